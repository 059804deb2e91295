# The exit contract, exhaustively, in the worlds where a start costs a millisecond.
# shellcheck disable=SC2154 # variables of worlds.bash

load worlds

# may_say WAY COMMAND...: what is said of that end. Only where a policy is loaded, SIGSYS may come of it.
may_say() {
	[ "$1 $3 $4" != "run die 31" ] ||
		echo 'cradle: the agent was killed by SIGSYS, as a policy does for a system call: --explain tells which'
}

# each_way COMMAND...: under each way to be a supervisor here, with the exit code $expected
each_way() {
	local way rc
	for way in "init" "run" "unshare"; do
		rc=0
		case $way in
		unshare) unshare -Urpf --mount-proc "$CRADLE" init -- "$@" >"$way.out" 2>"$way.err" || rc=$? ;;
		*) "$CRADLE" $way -- "$@" >"$way.out" 2>"$way.err" || rc=$? ;;
		esac
		[ "$rc" = "$expected" ] ||
			{ echo "$way -- $*: exit code $rc, expected $expected"; cat "$way.err"; return 1; }
		[ "$(cat "$way.err")" = "$(may_say "$way" "$@")" ] ||
			{ echo "$way -- $*: said: $(cat "$way.err")"; return 1; }
		[ ! -s "$way.out" ] || { echo "$way -- $*: wrote: $(cat "$way.out")"; return 1; }
	done
}

@test "every exit code from 0 to 255 comes through" {
	local code expected
	for code in {0..255}; do
		expected=$code
		each_way "$PROBE" exit "$code" || return
	done
}

@test "every signal that kills the agent gives 128 plus its number" {
	local sig expected
	for sig in {1..16} {24..27} {29..64}; do
		expected=$((128 + sig))
		each_way "$PROBE" die "$sig" || return
	done
}

@test "a signal that kills nobody is no end" {
	local sig expected=0
	for sig in CHLD CONT URG WINCH; do
		each_way "$PROBE" die $sig || return
	done
}

@test "an agent that was stopped and continued ends with its own code" {
	local sig
	for sig in STOP TSTP TTIN TTOU; do
		start_world unshare -- print ready + die $sig + print continued + exit 5
		await_line '^ready'
		local agent
		agent=$(child_of "$(world_init)")
		until grep -q '^State:.T' "/proc/$agent/status"; do :; done
		kill -CONT "$agent"
		finish_world
		expect_status 5
		expect_line continued
	done
}
