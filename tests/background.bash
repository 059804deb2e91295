# Sandboxes of a normal user that go on while a test looks at them.
# shellcheck disable=SC2034,SC2154 # variables for and of others

load await

as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# child_of PID: its only one.
child_of() {
	local pid
	# Without a newline at the end.
	read -r pid _ <"/proc/$1/task/$1/children" || [ -n "$pid" ] && echo "$pid"
}

# sandbox OPTION...: starts one; $launcher, its PID 1 $init and the $agent are pids seen from here.
sandbox() {
	# Not by a function, for which the shell would fork once more.
	setpriv --reuid=65534 --regid=65534 --clear-groups "$CRADLE" run "$@" -- "$PROBE" print ready + hang >out 3>&- &
	launcher=$!
	await "grep -q ready out"
	init=$(child_of $launcher)
	agent=$(child_of "$init")
}

end_sandbox() {
	kill -TERM "$launcher"
	wait "$launcher" || true
	launcher=
}

teardown() {
	[ -z "${launcher:-}" ] || kill -KILL "$launcher"
}
