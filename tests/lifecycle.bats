# How a sandbox ends, and what it does with signals, stops and processes in the background.
# shellcheck disable=SC2154,SC2034 # variables of setup_suite.bash and worlds.bash

load worlds
load sandbox

# await COMMAND...: until it's true, for at most 20 s
await() {
	local until=$((SECONDS + 20))
	until "$@"; do
		[ $SECONDS -lt $until ] || { echo "never became true: $*" && return 1; }
		read -rt 0.01 <> <(:) || true
	done
}

# The agent, by the name that it was started with, as seen from here.
agent_pid() {
	local pid
	for pid in $(pgrep -f -- "$1"); do
		[ "$(readlink "/proc/$pid/exe")" != "$PROBE" ] || echo "$pid"
	done | tail -n 1
}

nobody_left() {
	[ -z "$(pgrep -f -- "$1")" ]
}

state_is() {
	[ "$(awk '{ print $3 }' "/proc/$1/stat" 2>/dev/null)" = "$2" ]
}

@test "the agent's exit code is the launcher's, a signal is 128 and its number" {
	local setting
	for setting in user root nested; do
		can_be $setting || continue
		sandbox $setting -- exit 3
		expect_status 3
		sandbox $setting -- die 15
		expect_status 143
		sandbox $setting -- die 64
		expect_status 192
		sandbox $setting --as-pid-1 -- exit 255
		expect_status 255
	done
	can_be container || return 0
	sandbox container -- die 15
	expect_status 143
}

@test "what can't be executed is 126, what isn't there 127, our own failure 125, and nothing ran" {
	local setting options
	mkdir dir
	echo text >plain
	chmod 755 dir plain .
	for setting in user root nested; do
		can_be $setting || continue
		for options in '' --as-pid-1; do
			expect_refusal 127 'No such file' $setting $options -- /tmp/x/no
			expect_refusal 126 'Exec format' $setting $options -- /tmp/x/plain
			expect_refusal 126 'Permission denied|directory' $setting $options -- /tmp/x/dir
		done
		expect_refusal 125 /no/such/source $setting --bind /no/such/source /tmp/y -- "$PROBE" print ran
	done
	can_be container || return 0
	expect_refusal 127 'No such file' container -- /tmp/x/no
}

# expect_refusal CODE REGEX SETTING [OPTION...] -- AGENT...: with the test's directory at /tmp/x
expect_refusal() {
	local code=$1 regex=$2 before behind sandbox_words
	world=$3
	cut_at_dashes "${@:4}"
	[ "$world" != container ] || once image make_image || return
	find_words "$world"
	status=0
	(
		cd / && close_others
		exec timeout -s KILL $SANDBOX_DEADLINE "${sandbox_words[@]}" "${before[@]}" \
			--ro-bind "$SANDBOX_DIR" /tmp/x -- "${behind[@]}"
	) </dev/null >"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" 3>&- || status=$?
	output=$(<"$BATS_TEST_TMPDIR/stdout")
	stderr=$(<"$BATS_TEST_TMPDIR/stderr")
	expect_status "$code"
	expect_complaint "$regex"
	[ "$output" = "" ] || fail "something ran"
}

@test "TERM to the launcher reaches an agent that traps it, whose code is the answer" {
	local setting
	for setting in user root nested; do
		can_be $setting || continue
		start_sandbox $setting -- block TERM + print ready + catch 1 TERM + exit 42
		await_line ready
		kill -TERM "$world_pid"
		finish_world
		expect_status 42
		expect_count 1 'agent got 15'
		# One that doesn't, dies of it.
		start_sandbox $setting -- print ready + hang
		await_line hanging
		kill -TERM "$world_pid"
		finish_world
		expect_status 143
	done
}

@test "each signal from outside reaches the agent once, in order, whoever stands between" {
	local setting sig
	for setting in user root nested; do
		can_be $setting || continue
		start_sandbox $setting -- catch-until RTMIN+7 HUP INT QUIT USR1 USR2 ALRM TERM WINCH 34 RTMIN+7
		await_line '^ready'
		for sig in HUP INT QUIT USR1 USR2 ALRM TERM WINCH 34 RTMIN+7; do
			kill -"$sig" "$world_pid"
			await_line "^agent got $([ "$sig" = 34 ] && echo 34 || kill -l "$sig") "
		done
		finish_world
		expect_status 0
		expect_count 10 '^agent got'
	done
}

# Of a sandbox whose processes have a name, of whom nobody is left then.
kill_launcher() {
	kill -KILL "$world_pid"
	wait "$world_pid" || true
	await nobody_left "name-$CANARY"
	exec {world_fd}<&-
	world_pid=
}

@test "a killed launcher takes everybody along, background processes and stopped ones" {
	local setting
	for setting in user root nested; do
		can_be $setting || continue
		start_sandbox $setting -- stubborn + obedient + stopped-orphan + ignore TERM HUP + print "name-$CANARY" + \
			hang
		await_line hanging
		[ "$(pgrep -c -f -- "name-$CANARY")" -ge 4 ] || fail "the processes can't be seen"
		kill_launcher
	done
}

@test "who stays in the background is killed when the agent ends, or waited for if asked" {
	local setting
	for setting in user root nested; do
		can_be $setting || continue
		# Its output stays open as long as one of them lives: the end of it is their end.
		start_sandbox $setting -- stubborn + stopped-orphan + print "name-$CANARY" + exit 3
		finish_world
		expect_status 3
		await nobody_left "name-$CANARY"
		start_sandbox $setting --leftovers=wait -- short-orphan 300 + exit 4
		finish_world
		expect_status 4
		expect_line 'short-orphan leaves'
	done
}

@test "a stopped agent stops nobody else, goes on when continued, and can be ended" {
	local setting pid
	for setting in user root nested; do
		can_be $setting || continue
		start_sandbox $setting -- block TERM USR1 + print "name-$CANARY" + print ready + catch 2 USR1 TERM + exit 5
		await_line ready
		pid=$(agent_pid "name-$CANARY")
		kill -STOP "$pid"
		await state_is "$pid" T
		state_is "$world_pid" S || fail "the launcher doesn't wait"
		kill -USR1 "$world_pid"
		kill -CONT "$world_pid"
		await_line 'agent got 10'
		kill -STOP "$pid"
		await state_is "$pid" T
		kill -TERM "$world_pid"
		state_is "$pid" T || fail "TERM alone doesn't continue"
		kill -CONT "$pid"
		finish_world
		expect_status 5
	done
}

@test "a launcher that was stopped while the agent ended tells its code afterwards" {
	local setting pid
	for setting in user root; do
		can_be $setting || continue
		start_sandbox $setting -- block USR1 + print "name-$CANARY" + print ready + catch 1 USR1 + exit 6
		await_line ready
		pid=$(agent_pid "name-$CANARY")
		kill -STOP "$world_pid"
		await state_is "$world_pid" T
		kill -USR1 "$pid"
		await nobody_left_running "$pid"
		kill -CONT "$world_pid"
		finish_world
		expect_status 6
	done
}

nobody_left_running() {
	[ ! -e "/proc/$1" ] || state_is "$1" Z
}

@test "with --die-with-parent the sandbox ends when the launcher's parent does" {
	local setting pid
	for setting in user root; do
		can_be $setting || continue
		SANDBOX_WRAP=(sh -c '"$@" & wait' sh)
		start_sandbox $setting --die-with-parent -- ignore TERM HUP + print "name-$CANARY" + hang
		await_line hanging
		kill_launcher
	done
}

@test "a killed PID 1 is told as 137, and a launcher without children leaves no zombie" {
	local setting pid
	for setting in user root; do
		can_be $setting || continue
		start_sandbox $setting -- print ready + hang
		await_line hanging
		pid=$(child_of "$world_pid")
		kill -KILL "$pid"
		finish_world
		expect_status 137
		[ ! -e "/proc/$pid" ] || fail "PID 1 is left"
	done
}

@test "an agent that closed everything, or was started with nothing open, ends as any other" {
	local setting
	for setting in user root nested; do
		can_be $setting || continue
		sandbox $setting -- close 0 1 2 + exit 7
		expect_status 7
	done
	run -8 "$PROBE" close 0 1 2 + exec "$CRADLE" run --ro-bind "$SUITE_DIR/bin" "$SUITE_DIR/bin" -- "$PROBE" exit 8
}
