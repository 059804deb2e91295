# reboot(2) as a request: told apart by what it asks for, at the outer process.
# shellcheck disable=SC2034,SC2016,SC2154 # variables of worlds.bash; scripts of sh

load worlds

@test "power-off and restart by reboot(2) are told apart and are no failure" {
	local kind
	for kind in run run-user; do
		exec 9>report
		WORLD_KEEP_FD=9
		in_world $kind --report=fd:9 -- reboot poweroff + hang
		expect_status 0
		refute_match hanging
		report=$(<report)
		expect_report '.requested == "poweroff"' '.by == "reboot(2)"' '.code == 0' '.world == "namespace"'
		exec 9>report
		in_world $kind --report=fd:9 -- reboot restart + hang
		expect_status 0
		refute_match hanging
		report=$(<report)
		expect_report '.requested == "reboot"' '.by == "reboot(2)"'
		exec 9>report
		in_world $kind --report=fd:9 -- reboot halt + hang
		report=$(<report)
		expect_report '.requested != null' '.by == "reboot(2)"'
	done
}

@test "any process may ask" {
	exec 9>report
	WORLD_KEEP_FD=9
	in_world run --report=fd:9 -- spawn "$PROBE" reboot poweroff + hang
	report=$(<report)
	expect_status 0
	expect_report '.requested == "poweroff"'
}

@test "other commands of reboot(2) fail as the kernel says, and end nothing" {
	in_world run -- reboot cad-off + reboot cad-on + exit 3
	expect_status 3
	expect_line 'reboot cad-off: Invalid argument' 'reboot cad-on: Invalid argument'
}

@test "--on-reboot=restart starts the world again, and only then" {
	WORLD_AGENT=/bin/sh
	local script='echo life; [ -e "$1" ] && exit 4; : >"$1"; exec "$2" reboot "$3"'
	in_world run --on-reboot=restart -- -c "$script" sh "$PWD/lived" "$PROBE" restart
	expect_status 4
	expect_count 2 '^life$'
	rm lived
	in_world run --on-reboot=restart -- -c "$script" sh "$PWD/lived" "$PROBE" poweroff
	expect_status 0
	expect_count 1 '^life$'
	rm lived
	in_world run --on-reboot=exit -- -c "$script" sh "$PWD/lived" "$PROBE" restart
	expect_status 0
	expect_count 1 '^life$'
}

@test "HUP and INT that somebody sends are no reboot" {
	local sig
	for sig in HUP INT; do
		exec 9>report
		WORLD_KEEP_FD=9
		start_world run --report=fd:9 -- hang
		await_line hanging
		# To PID 1 itself, by its pid out here.
		kill -s $sig "$(world_init)"
		finish_world
		expect_status $((128 + $(kill -l $sig)))
		report=$(<report)
		expect_report '.requested == null' ".signal == $(kill -l $sig)"
	done
}

@test "PID 1 killed from outside gives 137" {
	start_world run -- hang
	await_line hanging
	kill -KILL "$(world_init)"
	finish_world
	expect_status 137
}

@test "when the launcher dies, everything inside dies with it" {
	local init agent until=$((SECONDS + 20))
	start_world run -- stubborn + hang
	await_line hanging
	init=$(world_init)
	agent=$(sed -n 's/^stubborn=//p' "$world_dir/output")
	kill -KILL "$world_pid"
	while kill -0 "$init" 2>/dev/null; do
		[ $SECONDS -lt $until ] || fail "PID 1 survived its launcher"
	done
	[ -n "$agent" ]
}

@test "poweroff -f as a link to cradle is reboot(2) itself" {
	ln -sf "$CRADLE" "$PWD/poweroff"
	ln -sf "$CRADLE" "$PWD/reboot"
	exec 9>report
	WORLD_KEEP_FD=9
	in_world run --report=fd:9 -- spawn "$PWD/poweroff" -f + hang
	report=$(<report)
	expect_report '.requested == "poweroff"' '.by == "reboot(2)"'
	exec 9>report
	in_world run --report=fd:9 -- spawn "$PWD/reboot" --force + hang
	report=$(<report)
	expect_report '.requested == "reboot"' '.by == "reboot(2)"'
}

@test "below unshare(1), reboot(2) is the signal that the kernel makes of it" {
	in_world unshare -- reboot restart + hang
	expect_status 129
	in_world unshare -- reboot poweroff + hang
	expect_status 130
}

@test "an ending by reboot begins anew where --on-reboot=restart is asked, and is an exit elsewhere" {
	exec 9>report
	WORLD_KEEP_FD=9
	in_world run --on-failure=reboot --on-reboot=restart --report=fd:9 -- attempt "$PWD/attempts" 2
	expect_status 0
	expect_order '^attempt=1' '^attempt=2' '^attempt=3'
	in_world run --on-failure=poweroff -- exit 6
	expect_status 6
}
