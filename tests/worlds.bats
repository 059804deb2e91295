# The helper that all suites rest on, and what it says that a world can't express.
# shellcheck disable=SC2034,SC2154 # variables of worlds.bash

load worlds

@test "what a world cannot express is listed with its reason, and each entry is used" {
	local world what reason n=0
	while read -r world what reason; do
		n=$((n + 1))
		echo "# $world cannot express $what: $reason" >&3
		[[ " ${WORLDS[*]} all sanitized " = *" $world "* ]]
		[ "${#reason}" -gt 20 ]
		# A test or helper asks for it by name.
		grep -qE "can (\"\\\$WORLD\"|$world) $what\\b" "$BATS_TEST_DIRNAME"/*.ba*
	done < <(cannot_table)
	[ $n -gt 0 ]
	[ "$(cannot_table | awk '{ print $1, $2 }' | sort | uniq -d)" = '' ]
}

@test "every world has its link to the one suite" {
	local world
	for world in "${WORLDS[@]}"; do
		[ "$(readlink "$BATS_TEST_DIRNAME/supervisor-$world.bats")" = supervisor.bash ]
	done
	[ "$(find "$BATS_TEST_DIRNAME" -name 'supervisor-*.bats' | wc -l)" = ${#WORLDS[@]} ]
}

@test "the assertions fail when they should" {
	output=$'one\ntwo\nthree' stderr='cradle: a line' status=3 world=run report='{"code":3}'
	expect_status 3
	run -1 expect_status 4
	output=$'one\ntwo\nthree'
	expect_line two
	run -1 expect_line tw
	output=$'one\ntwo\nthree'
	expect_match '^t.o$'
	run -1 expect_match '^four'
	output=$'one\ntwo\nthree'
	refute_match '^four'
	run -1 refute_match '^t'
	output=$'one\ntwo\nthree'
	expect_count 2 '^t'
	run -1 expect_count 1 '^t'
	output=$'one\ntwo\nthree'
	expect_order '^one' '^three'
	run -1 expect_order '^three' '^one'
	output=$'one\ntwo\nthree'
	run -1 expect_order '^one' '^one'
	expect_complaint line
	run -1 expect_complaint other
	stderr=$'cradle: a line\ncradle: another'
	run -1 expect_complaint line
	expect_report '.code == 3'
	run -1 expect_report '.code == 4'
	report=''
	run -1 expect_report '.code == 3'
}

@test "a program of the world that says nothing in time is ended and told" {
	WORLD_DEADLINE=1
	start_world run -- hang
	local pid=$world_pid
	# Not in a shell of run's, which couldn't wait for it.
	finish_world >told && return 1
	grep -q "didn't end in 1 s" told
	run ! kill -0 "$pid"
}
