# Sandboxes of a normal user that go on while a test looks at them.
# shellcheck disable=SC2034,SC2154 # variables for and of others

as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# await COMMAND: until it is true, for at most 10 s. It is tried again with each tick.
await() {
	local tick
	for ((tick = 0; tick < 500; tick++)); do
		eval "$1" 2>/dev/null && return 0
		read -rt 0.02 <> <(:) || true
	done
	echo "never became true: $1"
	return 1
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
