# The stop plan: who gets what, in which order. No test waits for a time to pass but the shortest
# grace that lets one step end; where a step must not end by time, its grace is ten minutes.
# shellcheck disable=SC2034,SC2016,SC2154 # variables of worlds.bash; jq's are not the shell's

load worlds

# asked WORLD SIGNAL REQUEST STOP-SIGNAL: what the record says of a request from outside
asked() {
	local sent=$2
	exec 9>"$BATS_TEST_TMPDIR/report"
	WORLD_KEEP_FD=9
	start_world "$1" --grace=10m --report=fd:9 -- catch 1 all + exit 3
	await_line '^ready'
	signal_world "$sent"
	finish_world
	exec 9>&-
	report=$(<"$BATS_TEST_TMPDIR/report")
	expect_status 3
	expect_match "^agent got $4 "
	expect_report ".requested == \"$3\"" '.by | test("from pid 0$")' '.code == 3'
}

# await_children N: until PID 1 has so many
await_children() {
	local init until=$((SECONDS + 20))
	init=$(world_init)
	until [ "$(wc -w <"/proc/$init/task/$init/children")" = "$1" ]; do
		[ $SECONDS -lt $until ] || return 1
	done
}

@test "TERM, PWR, RTMIN+3, +4 and +5 from outside ask for what systemd and lxc mean by them" {
	local kind
	for kind in unshare run; do
		asked $kind TERM stop 15
		asked $kind PWR poweroff 15
		asked $kind 37 halt 15
		asked $kind 38 poweroff 15
		asked $kind 39 reboot 15
	done
}

@test "the record names the process that asked" {
	in_world unshare --grace=10m --report=fd:2 -- ids + kill parent PWR + hang
	report=$stderr
	expect_status 143
	[[ $output =~ pid=([0-9]+) ]] || fail "no ids"
	expect_report '.by | test("PWR|30")' ".by | test(\"from pid ${BASH_REMATCH[1]}\$\")"
}

@test "without --grace all of them are only forwarded" {
	in_world unshare -- stubborn + obedient + relay TERM PWR 37 38 39 + exit 3
	expect_status 3
	expect_count 5 '^agent got'
	refute_match '^obedient got' '^stubborn got'
}

@test "INT, HUP and the rest are forwarded with --grace, too" {
	in_world unshare --grace=10m -- relay INT HUP QUIT USR1 36 40 + exit 3
	expect_status 3
	expect_count 6 '^agent got'
}

@test "--stop-signal replaces what the agent gets first, and -r applies to the rest" {
	in_world unshare --grace=10m --stop-signal=QUIT -- block all + kill parent TERM + catch 1 QUIT TERM HUP
	expect_status 0
	expect_match '^agent got 3 '
	in_world unshare --grace=10m -r TERM:HUP -- block all + kill parent TERM + catch 1 QUIT TERM HUP
	expect_status 0
	expect_match '^agent got 1 '
}

@test "first the agent, then all, then the end: in this order" {
	in_world unshare --grace=300ms -- stubborn + patient + obedient + stopped-orphan + \
		block TERM + kill parent TERM + catch 1 TERM + sync + print agent leaves + exit 4
	expect_status 4
	expect_order '^agent got 15' '^agent leaves' '^obedient got 15' '^obedient leaves'
	expect_order '^agent leaves' '^patient got 15' '^patient leaves'
	expect_order '^agent leaves' '^stubborn got 15'
	expect_order '^agent leaves' '^stopped-orphan got 15'
	# Once each.
	expect_count 1 '^obedient got'
	expect_count 1 '^stubborn got 15'
}

@test "nobody else hears of it while the agent has its grace" {
	start_world unshare --grace=10m -- obedient + block TERM USR1 + kill parent TERM + \
		catch 1 TERM + catch 1 USR1 + print agent leaves
	await_line '^agent got 15'
	signal_world USR1
	finish_world
	expect_order '^agent got 10' '^agent leaves' '^obedient got 15'
}

@test "the second request takes the next step at once, and so does the third" {
	start_world unshare --grace=10m -- obedient + stubborn + block TERM + catch 2 TERM + hang
	await_line '^ready'
	signal_world TERM
	await_line '^agent got 15'
	signal_world TERM
	await_line '^stubborn got 15'
	signal_world TERM
	finish_world
	expect_status 137
	expect_order '^agent got 15' '^obedient leaves'
	expect_count 2 '^agent got 15'
}

@test "an agent that left its grace unused ends the wait: ten minutes are a limit, no delay" {
	in_world unshare --grace=10m -- obedient + block TERM + kill parent TERM + catch 1 TERM + exit 5
	expect_status 5
	expect_order '^agent got 15' '^obedient leaves'
}

@test "a stopped agent is continued" {
	in_world unshare --grace=10m -- when-stopped TERM + stop + hang
	expect_status 143
	in_world unshare --grace=10m -- when-stopped TERM + block TERM + stop + catch 1 TERM + exit 6
	expect_status 6
	expect_order '^stopping' '^continued' '^agent got 15'
}

@test "leftovers=kill: nothing but KILL" {
	in_world unshare --leftovers=kill -- obedient + stubborn + exit 2
	expect_status 2
	refute_match 'got 15' leaves
}

@test "leftovers=term: TERM and CONT at once, KILL after the grace" {
	in_world unshare --leftovers=term --grace=10m -- obedient + patient + stopped-orphan + exit 2
	expect_status 2
	expect_line 'obedient leaves' 'patient leaves' 'stopped-orphan got 15'
	in_world unshare --leftovers=term --grace=200ms -- stubborn + exit 2
	expect_status 2
	expect_order '^stubborn got 15'
}

@test "leftovers=wait: as long as they need, without a signal" {
	in_world unshare --leftovers=wait -- obedient + short-orphan 300 + end-later 600 + exit 2
	expect_status 2
	expect_order '^short-orphan leaves' '^obedient got 15'
	expect_count 1 'got 15'
}

@test "leftovers=wait: when the deadline passed they are ended like all others" {
	in_world unshare --leftovers=wait --deadline=200ms --grace=200ms -- stubborn + obedient + exit 2
	expect_status 2
	expect_line 'stubborn got 15' 'obedient leaves'
}

@test "leftovers=wait: a request ends the waiting" {
	start_world unshare --leftovers=wait --grace=10m -- obedient + print waiting + exit 2
	await_line '^waiting'
	# Asked only when the agent is gone, so that it is the leftovers who hear of it.
	await_children 1
	signal_world TERM
	finish_world
	expect_status 2
	expect_line 'obedient leaves'
}

@test "orphans made while all are killed are killed, too" {
	in_world unshare --leftovers=kill -- forker + forker + exit 2
	expect_status 2
}

@test "poweroff, reboot and halt as links to cradle ask PID 1" {
	local name
	for name in poweroff reboot halt; do
		ln -sf "$CRADLE" "$BATS_TEST_TMPDIR/$name"
		in_world unshare --grace=10m --report=fd:2 -- spawn "$BATS_TEST_TMPDIR/$name" + hang
		expect_status 143
		report=$stderr
		expect_report ".requested == \"$name\""
	done
}

@test "shutdown as a link to cradle asks PID 1 for what its options say, as a guest agent calls it" {
	local words
	ln -sf "$CRADLE" "$BATS_TEST_TMPDIR/shutdown"
	while read -r name words; do
		# shellcheck disable=SC2086 # words
		in_world unshare --grace=10m --report=fd:2 -- spawn "$BATS_TEST_TMPDIR/shutdown" $words + hang
		expect_status 143
		report=$stderr
		expect_report ".requested == \"$name\""
	done <<-'END'
		poweroff  now
		poweroff  -h +0
		poweroff  -h -P +0 hypervisor initiated shutdown
		halt      -h -H +0 hypervisor initiated shutdown
		reboot    -h -r +0 hypervisor initiated shutdown
		halt      -hH now
		reboot    --reboot now
		poweroff  --halt --poweroff now
	END
}

@test "poweroff outside of any cradle says that PID 1 is none" {
	ln -sf "$CRADLE" "$BATS_TEST_TMPDIR/poweroff"
	run --separate-stderr unshare -Urpf --mount-proc sh -c '"$1"; exit $?' sh "$BATS_TEST_TMPDIR/poweroff"
	[ "$status" = 125 ]
	[[ $stderr = cradle:*PID\ 1* ]]
	[ -z "$output" ]
}
