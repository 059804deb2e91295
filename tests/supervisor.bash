# The promises of the supervisor, in one world: the one in the name of the file. The files
# supervisor-WORLD.bats are links to this one, so every world runs the very same tests.
# shellcheck disable=SC2034,SC2154,SC2016 # variables of worlds.bash; jq's are not the shell's

load worlds

WORLD=${BATS_TEST_FILENAME##*/supervisor-}
WORLD=${WORLD%.bats}

# What CRADLE_WORLD and the record call it.
kind() {
	case $WORLD in
	unshare* | run*) echo namespace ;;
	*) echo "$WORLD" ;;
	esac
}

# A world's directory that the agent may write to, for tests that need a file.
scratch() {
	case $WORLD in
	*-user) mkdir -p "$SUITE_DIR/$BATS_TEST_NAME.$WORLD" && chmod 777 "$SUITE_DIR/$BATS_TEST_NAME.$WORLD" &&
		echo "$SUITE_DIR/$BATS_TEST_NAME.$WORLD" ;;
	container | vm) echo /tmp ;;
	*) echo "$BATS_TEST_TMPDIR" ;;
	esac
}

@test "$WORLD: the agent's exit code is cradle's" {
	local code
	for code in 0 7 255; do
		in_world "$WORLD" -- print hello + exit "$code"
		expect_status "$code"
		expect_line hello
	done
}

@test "$WORLD: an agent killed by a signal gives 128 plus its number, real-time included" {
	local sig
	for sig in 9 11 34 64; do
		in_world "$WORLD" -- die "$sig"
		expect_status $((128 + sig))
	done
}

@test "$WORLD: nothing but the agent's own output is on stdout and stderr" {
	in_world "$WORLD" -- print out + error err
	expect_status 0
	if can "$WORLD" stderr-apart; then
		[ "$output" = out ] || fail "more than the agent's line on stdout"
		[ "$stderr" = err ] || fail "more than the agent's line on stderr"
	else
		[[ $output != *cradle:* ]] || fail "cradle said something"
		expect_line out err
	fi
}

@test "$WORLD: the agent is told its world, and PID 1 is small" {
	local about='about init'
	can "$WORLD" about || about='print untold'
	# shellcheck disable=SC2086 # words
	in_world "$WORLD" -- sync + env CRADLE_WORLD + ids + fds + status + $about + zombies
	expect_status 0
	expect_line "CRADLE_WORLD=$(kind)" 'fds=0 1 2' 'zombies=0'
	expect_line SigBlk=0000000000000000 SigIgn=0000000000000000
	expect_match '^pid=[0-9]+ ppid=1 '
	[[ $output =~ pid=([0-9]+)\ ppid=1\ pgrp=([0-9]+) ]]
	[ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ] || fail "the agent leads no process group"
	[ "$about" != 'print untold' ] || return 0
	expect_line about.cwd=/ about.threads=1
	[[ $output =~ about.pss_kb=([0-9]+) ]] || fail "no PSS"
	local pss=${BASH_REMATCH[1]}
	echo "# PSS of PID 1: $pss kB" >&3
	if [ -z "$SANITIZED" ] || can sanitized pss; then
		[ "$pss" -lt 100 ] || fail "PID 1 takes 100 kB or more"
	fi
	# Its own: what it waits with and where it reports.
	[ "$(grep -E '^about.fd\.' <<<"$output" |
		grep -vcE '=(anon_inode:.*|pidfd:.*|/dev/ttyS1|/dev/input/.*)$')" = 0 ] ||
		fail "PID 1 holds descriptors that aren't its own"
}

@test "$WORLD: orphans are reaped, also in bursts, and also when each is told" {
	in_world "$WORLD" -- orphan 20 + storm 2000 + zombies + census + exit 3
	expect_status 3
	expect_line orphans=20 stormed=2000 zombies=0 'others=0 zombies=0'
	in_world "$WORLD" -w -- orphan 3 + zombies
	expect_status 0
	expect_line zombies=0
	[ "$(grep -cE '^cradle: reaped orphan [0-9]+, exit code [012]' <<<"$stderr")" = 3 ] ||
		fail "expected three lines about orphans"
}

@test "$WORLD: children with another exit signal are reaped when orphaned" {
	in_world "$WORLD" -- odd-orphans 4 0 + odd-orphans 4 USR1 + odd-orphans 2 CHLD + zombies
	expect_status 0
	expect_line zombies=0
	# Inherited through exec: they are PID 1's own children then, and some dead already.
	WORLD_PREFIX='children 3 0 + children 3 USR1 + children 3 CHLD + children 3 0 alive'
	in_world "$WORLD" -- zombies + exit 4
	expect_status 4
	expect_line zombies=0
}

@test "$WORLD: an ignored or blocked SIGCHLD is inherited by the agent and doesn't blind PID 1" {
	WORLD_PREFIX='ignore CHLD'
	in_world "$WORLD" -- status + exit 5
	expect_status 5
	expect_line SigIgn=0000000000010000
	WORLD_PREFIX='block CHLD'
	in_world "$WORLD" -- status + orphan 3 + zombies + exit 6
	expect_status 6
	expect_line SigBlk=0000000000010000 zombies=0
	WORLD_PREFIX='ignore CHLD + block CHLD'
	in_world "$WORLD" -w -- exit 7
	expect_status 7
}

@test "$WORLD: the agent gets the dispositions and the mask that cradle was started with" {
	WORLD_PREFIX='ignore HUP PIPE 34 + block USR1 33 64'
	in_world "$WORLD" -- status
	expect_status 0
	expect_line SigBlk=8000000100000200 SigIgn=0000000200001001
	in_world "$WORLD" --reset-signals -- status
	expect_status 0
	expect_line SigBlk=0000000000000000 SigIgn=0000000000000000
}

@test "$WORLD: each signal sent to PID 1 reaches the agent exactly once" {
	local all sig
	all=$(echo 1 {3..8} {10..14} 16 17 18 {20..29} {31..36} {40..62})
	# shellcheck disable=SC2086 # words
	in_world "$WORLD" -- relay $all
	expect_status 0
	for sig in $all; do
		expect_count 1 "^agent got $sig "
	done
	expect_count "$(wc -w <<<"$all")" '^agent got'
	if can "$WORLD" forward-stop; then
		in_world "$WORLD" -- relay 2 15 30 37 38 39
		expect_status 0
		expect_count 6 '^agent got'
		expect_order 'got 2' 'got 15' 'got 30' 'got 37' 'got 38' 'got 39'
	fi
}

@test "$WORLD: queued values and their number survive forwarding" {
	in_world "$WORLD" -- block 40 + sigqueue parent 40 7 -8 2147483647 7 + catch 4 40
	expect_status 0
	expect_order 'got 40 code=-1 value=7 ' 'value=-8 ' 'value=2147483647 ' 'value=7 '
}

@test "$WORLD: a signal from outside reaches the agent once, as from pid 0 or PID 1" {
	can "$WORLD" signal-outside || return 0
	start_world "$WORLD" -- catch-until USR2 HUP USR1 WINCH USR2
	await_line '^ready'
	local sig
	for sig in HUP USR1 WINCH USR2; do
		signal_world $sig
		await_line "^agent got $(kill -l $sig) "
	done
	finish_world
	expect_status 0
	expect_count 4 '^agent got'
}

@test "$WORLD: signals go to the child, its group or everybody, as asked" {
	in_world "$WORLD" -- family USR1
	expect_status 0
	expect_line 'agent got 10' 'family over'
	expect_count 1 'got 10'
	in_world "$WORLD" --signal-to=group -- family USR1
	expect_status 0
	expect_line 'agent got 10' 'child got 10' 'family over'
	expect_count 2 'got 10'
	in_world "$WORLD" --signal-to=all -- family USR1
	expect_status 0
	expect_line 'agent got 10' 'child got 10' 'daemon got 10' 'family over'
	expect_count 3 'got 10'
}

@test "$WORLD: kill(0) of the agent doesn't come back through PID 1" {
	in_world "$WORLD" -- groupkill USR1 + groupkill TERM
	expect_status 0
	expect_count 1 '^agent got 10 '
	expect_count 1 '^agent got 15 '
}

@test "$WORLD: a signal is rewritten by name, by number, or dropped" {
	in_world "$WORLD" -r HUP:USR1 --rewrite=12:RTMIN+6 -r SIGWINCH:0 -r 1:USR1 -- \
		relay HUP USR2 USR1 + block WINCH CONT + kill parent WINCH + kill parent CONT + catch 1 WINCH CONT
	expect_status 0
	expect_order 'agent got 10 ' 'agent got 40 ' 'agent got 10 ' 'agent got 18 '
	expect_count 4 '^agent got'
}

@test "$WORLD: asked to stop, all get their turn in order" {
	# The agent asks itself; in a VM TERM is a request by itself.
	in_world "$WORLD" --grace=300ms --deadline=20s -- stubborn + obedient + stopped-orphan + \
		block TERM + kill parent TERM + catch 1 TERM + print agent leaves + exit 8
	expect_status 8
	expect_order '^agent got 15' '^agent leaves' '^obedient leaves'
	expect_order '^agent leaves' '^stubborn got 15'
	expect_line 'stopped-orphan got 15'
}

@test "$WORLD: an agent that ignores the request is terminated with all others, then killed" {
	in_world "$WORLD" --grace=200ms -- stubborn + obedient + block TERM CONT + kill parent TERM + \
		catch 4 TERM CONT
	# Twice: the request with its CONT, and the turn of all. Then KILL, which nobody survives.
	expect_status 0
	expect_count 2 '^agent got 15 '
	expect_order '^agent got 15' '^obedient leaves'
	in_world "$WORLD" --grace=200ms -- stubborn + ignore TERM + kill parent TERM + hang
	expect_status 137
	expect_count 1 '^stubborn got 15'
}

@test "$WORLD: a second request shortens the grace, a third the next one" {
	# With these graces only the requests can end it in time.
	in_world "$WORLD" --grace=10m -- stubborn + ignore TERM + kill parent RTMIN+4 + \
		kill parent RTMIN+4 + kill parent RTMIN+4 + hang
	expect_status 137
}

@test "$WORLD: a stopped agent is continued so that it can end" {
	in_world "$WORLD" --grace=10m -- when-stopped PWR + stop + hang
	expect_status 143
	expect_line stopping
}

@test "$WORLD: leftovers are killed" {
	in_world "$WORLD" --leftovers=kill -- stubborn + obedient + short-orphan 60000 + exit 2
	expect_status 2
	refute_match 'got 15' 'leaves'
}

@test "$WORLD: leftovers are terminated, then killed" {
	in_world "$WORLD" --leftovers=term --grace=500ms -- stubborn + patient + stopped-orphan + exit 2
	expect_status 2
	expect_order '^patient got 15' '^patient leaves'
	expect_line 'stubborn got 15' 'stopped-orphan got 15'
}

@test "$WORLD: leftovers are waited for, but not for ever" {
	in_world "$WORLD" --leftovers=wait -- short-orphan 400 + exit 2
	expect_status 2
	expect_line 'short-orphan leaves'
	in_world "$WORLD" --leftovers=wait --deadline=300ms --grace=100ms -- stubborn + exit 2
	expect_status 2
}

@test "$WORLD: the record tells code, signal, orphans and world" {
	if [ "$WORLD" = vm ]; then
		in_world vm -- orphan 5 + exit 6
	else
		# fd 9 is a file outside; podman passes none, so there it's the console of the agent.
		local channel
		case $WORLD in
		container) channel=fd:1 ;;
		*)
			channel=fd:9 WORLD_KEEP_FD=9
			exec 9>"$BATS_TEST_TMPDIR/report"
			;;
		esac
		in_world "$WORLD" --report="$channel" -- orphan 5 + exit 6
		case $WORLD in
		container) report=$(grep '^{' <<<"$output") ;;
		*) report=$(<"$BATS_TEST_TMPDIR/report") ;;
		esac
	fi
	expect_status 6
	expect_report '.code == 6' '.exit == 6' '.signal == null' '.core == false' '.requested == null' \
		'.by == null' '.orphans == 5' '.leftovers == 0' '.restarts == 0' ".world == \"$(kind)\"" \
		'[.wall_ms, .user_us, .system_us, .maxrss_kb] | all(type == "number")' '.wall_ms >= 0'
}

@test "$WORLD: a file gets the record, with who asked to stop" {
	local file
	file=$(scratch)/report
	[ "$WORLD" = container ] && mkdir -p "$BATS_TEST_TMPDIR/out" &&
		WORLD_PODMAN=(--volume "$BATS_TEST_TMPDIR/out:/tmp")
	if [ "$WORLD" = vm ]; then
		in_world vm --grace=5s -- kill parent PWR + hang
	else
		in_world "$WORLD" --report="file:$file" --grace=5s -- kill parent PWR + hang
	fi
	case $WORLD in
	container) report=$(<"$BATS_TEST_TMPDIR/out/report") ;;
	vm) ;;
	*) report=$(<"$file") ;;
	esac
	expect_status 143
	expect_report '.code == 143' '.exit == null' '.signal == 15' '.requested == "poweroff"' \
		'.by | test("signal .* from pid [0-9]+")'
}

@test "$WORLD: an agent that isn't there is 127, one that can't be executed 126, with the reason" {
	local dir=$SUITE_DIR/text$WORLD
	WORLD_AGENT=/no/such/agent
	in_world "$WORLD" --
	expect_status 127
	expect_complaint '/no/such/agent' 'No such file'
	WORLD_AGENT=nowhere-in-path
	WORLD_ENV=(PATH=/usr/bin:/bin)
	in_world "$WORLD" --
	expect_status 127
	expect_complaint nowhere-in-path PATH
	case $WORLD in
	container) WORLD_AGENT=/text ;;
	vm) WORLD_AGENT=/text ;;
	*)
		echo 'not a program' >"$dir"
		chmod 755 "$dir"
		WORLD_AGENT=$dir
		;;
	esac
	in_world "$WORLD" --
	expect_status 126
	expect_complaint "$WORLD_AGENT" 'Exec format error'
	WORLD_AGENT=/
	in_world "$WORLD" --
	expect_status 126
	expect_complaint 'Permission denied|Is a directory'
}

@test "$WORLD: nothing is started when the command line is wrong" {
	in_world "$WORLD" --no-such-option -- print started
	refute_match started
	case $WORLD in
	vm) expect_match 'cradle: .*--no-such-option' ;;
	*)
		expect_status 125
		expect_complaint '--no-such-option'
		[ -z "$output" ] || fail "something on stdout"
		;;
	esac
}

@test "$WORLD: a failing agent is restarted until it succeeds" {
	local file
	file=$(scratch)/attempts
	in_world "$WORLD" --on-failure=restart -- attempt "$file" 2 + print well
	expect_status 0
	expect_order '^attempt=1' '^attempt=2' '^attempt=3' '^well'
	[ "$WORLD" != vm ] || expect_report '.restarts == 2'
}

@test "$WORLD: an exit code can be declared a success" {
	in_world "$WORLD" -e 143 --success-code=9 -- exit 9
	expect_status 0
	in_world "$WORLD" -e 143 -- die TERM
	expect_status 0
	in_world "$WORLD" -e 143 -- exit 9
	expect_status 9
}

@test "$WORLD: reboot(2) by the agent ends the world" {
	can "$WORLD" reboot || return 0
	in_world "$WORLD" -- reboot restart + hang
	refute_match 'reboot restart' hanging
	in_world "$WORLD" -- reboot poweroff + hang
	refute_match 'reboot poweroff' hanging
	can "$WORLD" reboot-told || return 0
	in_world "$WORLD" --report="file:$(scratch)/reboot" -- reboot poweroff + hang
	report=$(<"$(scratch)/reboot")
	expect_report '.requested == "poweroff"'
}
