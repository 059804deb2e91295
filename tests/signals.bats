# Forwarding, exhaustively: from outside, with values, to whom it was asked, and never twice.
# shellcheck disable=SC2034,SC2154 # variables of worlds.bash

load worlds

# Neither KILL nor STOP can be caught, and 64 ends the list.
SIGNALS=$(echo {1..8} {10..18} {20..63})

# Whom somebody outside would signal.
target() {
	case $world in
	run*) echo "$world_pid" ;;
	*) world_init ;;
	esac
}

# each_once WORLD OPTION...: every signal from outside, one after the other
each_once() {
	local sig pid
	# shellcheck disable=SC2086 # words
	start_world "$@" -- catch-until 64 $SIGNALS
	await_line '^ready'
	pid=$(target)
	for sig in $SIGNALS 64; do
		"$PROBE" kill "$pid" "$sig"
		await_line "^agent got $sig code=0 "
	done
	finish_world
	expect_status 0
	expect_count "$(wc -w <<<"$SIGNALS 64")" '^agent got'
}

@test "each signal from outside reaches the child exactly once" {
	each_once unshare
	each_once run
}

@test "each signal from outside reaches the group exactly once" {
	each_once unshare --signal-to=group
	each_once run --signal-to=group
}

@test "each signal from outside reaches everybody exactly once" {
	each_once unshare --signal-to=all
	each_once run --signal-to=all
}

@test "a burst of queued signals keeps number, order and values" {
	local world_kind pid option
	for world_kind in unshare run; do
		for option in --signal-to=child --signal-to=group --signal-to=all; do
			start_world $world_kind $option -- block 34 50 64 USR1 + catch 62 34 50 64 USR1
			await_line '^ready'
			pid=$(target)
			# shellcheck disable=SC2046 # words
			"$PROBE" sigqueue "$pid" 34 $(seq 1 30) + sigqueue "$pid" 50 $(seq 101 130) + \
				sigqueue "$pid" 64 -1 + sigqueue "$pid" USR1 77
			finish_world
			expect_status 0
			diff <(grep -E '^agent got 34 ' <<<"$output" | sed 's/.*value=\([-0-9]*\).*/\1/') <(seq 1 30)
			diff <(grep -E '^agent got 50 ' <<<"$output" | sed 's/.*value=\([-0-9]*\).*/\1/') <(seq 101 130)
			expect_match '^agent got 64 code=-1 value=-1 ' '^agent got 10 code=-1 value=77 '
		done
	done
}

@test "a signal that comes between fork and exec isn't lost" {
	run -0 "$PROBE" early 60 0 TERM "$CRADLE" init -- "$PROBE" hang
	[ "$output" = 'code 143: 60 times' ]
	run -0 "$PROBE" early 60 1 TERM unshare -Urpf --mount-proc "$CRADLE" init -- "$PROBE" hang
	[ "$output" = 'code 143: 60 times' ]
	run -0 "$PROBE" early 60 0 TERM "$CRADLE" run -- "$PROBE" hang
	[ "$output" = 'code 143: 60 times' ]
	run -0 "$PROBE" early 60 1 TERM "$CRADLE" run -- "$PROBE" hang
	[ "$output" = 'code 143: 60 times' ]
}

@test "signals are rewritten by number, name and real-time name, and dropped" {
	in_world unshare -r 15:3 -r SIGUSR1:sigusr2 --rewrite=RTMIN+3:RTMIN+4 --rewrite rtmin+5:1 \
		-r HUP:0 -r 64:SIGRTMIN+29 -- relay TERM USR1 37 39 64 + block HUP QUIT + \
		kill parent HUP + kill parent TERM + catch 1 HUP QUIT
	expect_status 0
	diff <(sed -nE 's/^agent got ([0-9]+) .*/\1/p' <<<"$output") <(printf '%s\n' 3 12 38 1 63 3)
}

@test "the last rewrite of a signal counts" {
	in_world unshare -r TERM:HUP -r TERM:USR1 -- relay TERM
	expect_count 1 '^agent got 10 '
	expect_count 1 '^agent got'
}

@test "an inherited ignored signal stays ignored and a blocked one blocked, unless reset" {
	local sig
	for sig in HUP INT QUIT PIPE CHLD TSTP 33 64; do
		local bit
		printf -v bit '%016x' $((1 << ($("$PROBE" number "$sig") - 1)))
		WORLD_PREFIX="ignore $sig"
		in_world unshare -- status
		expect_line "SigIgn=$bit" SigBlk=0000000000000000
		WORLD_PREFIX="block $sig"
		in_world unshare -- status
		expect_line SigIgn=0000000000000000 "SigBlk=$bit"
		WORLD_PREFIX="ignore $sig + block $sig"
		in_world unshare --reset-signals -- status
		expect_line SigIgn=0000000000000000 SigBlk=0000000000000000
	done
}

@test "an ignored signal doesn't kill the agent, a reset one does" {
	WORLD_PREFIX='ignore HUP'
	in_world unshare -- kill parent HUP + sync + print alive
	expect_status 0
	expect_line alive
	in_world unshare --reset-signals -- kill parent HUP + hang
	expect_status 129
}

@test "PID 1 is quiet again after each signal: nothing goes round in circles" {
	local option first last
	for option in --signal-to=child --signal-to=group --signal-to=all; do
		in_world unshare $option -- relay 1 10 15 20 34 + sync + about init + sync + about init
		expect_status 0
		first=$(sed -n 's/^about.switches=//p' <<<"$output" | head -n 1)
		last=$(sed -n 's/^about.switches=//p' <<<"$output" | tail -n 1)
		[ $((last - first)) -le 5 ] || fail "PID 1 woke up $((last - first)) times for one signal"
	done
}

@test "a fault signal sent by somebody is forwarded, not taken for a fault" {
	in_world unshare -- relay SEGV BUS FPE ILL TRAP ABRT SYS
	expect_status 0
	expect_count 7 '^agent got'
}
