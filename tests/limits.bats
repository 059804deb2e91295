# Limits that need no control group, and what is said where there is none. The groups themselves are in
# vm-limits.bats, where the kernel is known.
# shellcheck disable=SC2016,SC2154 # the shell inside; variables of setup_suite.bash

load worlds

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" 2>/dev/null || true
}

as_nobody() {
	cd / || return
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

ms() {
	date +%s%3N
}

@test "--nofile limits a sandbox's agent as --rlimit nofile does, and the last one counts" {
	run -0 as_nobody "$CRADLE" run --nofile=123:456 -- sh -c 'ulimit -n; ulimit -Hn'
	[ "$output" = $'123\n456' ]
	run -0 as_nobody "$CRADLE" run --rlimit nofile=77 --nofile 55 -- sh -c 'ulimit -n; ulimit -Hn'
	[ "$output" = $'55\n55' ]
}

@test "a resource limit is the agent's, not PID 1's" {
	run -0 --separate-stderr as_nobody "$CRADLE" run --rlimit nofile=123:456 --rlimit=core=0 \
		--rlimit RLIMIT_FSIZE=1M:unlimited --rlimit stack=8M -- sh -c '
		ulimit -n; ulimit -Hn; ulimit -c; ulimit -Hc; ulimit -f; ulimit -Hf; ulimit -s'
	[ "$output" = $'123\n456\n0\n0\n2048\nunlimited\n8192' ]
	[ "$stderr" = "" ]
	run -0 as_nobody "$CRADLE" run --rlimit nofile=123:456 --rlimit nofile=99 -- sh -c '
		ulimit -n; awk "/open files/ { print \$4 }" /proc/1/limits'
	[ "${lines[0]}" = 99 ]
	[ "${lines[1]}" != 99 ] && [ "${lines[1]}" != 123 ]
}

@test "a resource limit holds" {
	run as_nobody "$CRADLE" run --rlimit fsize=4k --rlimit core=0 -- sh -c 'cd /tmp && exec head -c 8k /dev/zero >file'
	[ "$status" -eq $((128 + 25)) ]
	run -0 as_nobody "$CRADLE" run --rlimit nofile=4 -- sh -c 'sh -c "exec 4</dev/null" 2>/dev/null || echo refused'
	[ "$output" = refused ]
}

# Raised by root: in vm-limits.bats.
@test "a limit above our own hard one is refused, unless it may stay as it is" {
	local hard
	hard=$(as_nobody sh -c 'ulimit -Hn')
	[ "$hard" != unlimited ]
	run -125 --separate-stderr as_nobody "$CRADLE" run --rlimit "nofile=10:$((hard + 1))" -- echo started
	[ "$output" = "" ]
	[ "$(wc -l <<<"$stderr")" = 1 ]
	[[ "$stderr" = "cradle: cannot raise the limit nofile "*"$hard"*"--best-effort rlimit"*"not permitted" ]]
	run -0 --separate-stderr as_nobody "$CRADLE" run --best-effort rlimit --rlimit "nofile=$((hard + 1))" -- \
		sh -c 'ulimit -n; ulimit -Hn'
	[ "$output" = "$hard"$'\n'"$hard" ]
	[ "$stderr" = "cradle: rlimit is less limited than asked for, as --best-effort allows" ]
}

@test "when the time is up the sandbox ends, with timeout's code" {
	local start
	start=$(ms)
	run -124 --separate-stderr as_nobody "$CRADLE" run --time-limit 300ms -- sleep 1000
	[ $(($(ms) - start)) -ge 300 ]
	[ "$stderr" = "" ]
	# Who has time doesn't notice.
	run -3 as_nobody "$CRADLE" run --time-limit 1h -- sh -c 'exit 3'
}

@test "when the time is up an agent may clean up, one that doesn't listen is killed" {
	run -124 as_nobody "$CRADLE" run --time-limit 300ms -- sh -c '
		trap "echo cleaned; exit 0" TERM; while :; do sleep 0.05; done'
	[ "$output" = cleaned ]
	# By PID 1, in order, where it has a plan.
	run -124 as_nobody "$CRADLE" run --time-limit 300ms --grace 200ms -- sh -c '
		trap "" TERM; while :; do sleep 0.05; done'
	# By the launcher, where all of the sandbox is PID 1, which the kernel spares TERM.
	run -124 as_nobody "$CRADLE" run --time-limit 300ms --grace 100ms --deadline 100ms --as-pid-1 -- sleep 1000
}

@test "a stopped sandbox ends when its time is up" {
	run -124 timeout -s KILL 30 setpriv --reuid=65534 --regid=65534 --clear-groups "$CRADLE" run \
		--time-limit 500ms -- sh -c 'kill -STOP $$; sleep 1000'
}

@test "without a group of its own no limit is promised" {
	run -125 --separate-stderr as_nobody "$CRADLE" run --memory 64M --pids 100 -- echo started
	[ "$output" = "" ]
	[ "$(wc -l <<<"$stderr")" = 1 ]
	[[ "$stderr" = "cradle: cannot limit memory: "*"cgroup"*"; or --best-effort memory)"* ]]
	run -125 --separate-stderr as_nobody "$CRADLE" run --memory 64M --pids 100 --best-effort memory -- echo started
	[[ "$stderr" = "cradle: cannot limit pids: "* ]]
	run -0 --separate-stderr as_nobody "$CRADLE" run --memory 64M --pids 100 --cpus 1 \
		--best-effort memory,pids --best-effort cpus -- echo started
	[ "$output" = started ]
	local limit
	for limit in memory pids cpus; do
		grep -qx "cradle: $limit is less limited than asked for, as --best-effort allows" <<<"$stderr"
	done
}

@test "a limit that can't be read is named with what was expected" {
	local option
	for option in --memory=0 --memory=64Q --memory=1.5G --pids=1 --pids=many --cpus=0 --cpus=.5 --time-limit=0 \
		--time-limit=soon --rlimit=nofile --rlimit=files=3 --rlimit=nofile=9:3 --best-effort=all; do
		run -125 --separate-stderr "$CRADLE" run "$option" -- echo started
		[ "$output" = "" ]
		[ "$(wc -l <<<"$stderr")" = 1 ]
		[[ "$stderr" = *"$option"*"expected "* || "$stderr" = *"${option#*=}"*"expected "* ]]
	done
}

# bats test_tags=image
@test "in a container the fix is in the words of who runs it" {
	in_world container -- exec /cradle run --memory 64M -- /probe print started
	expect_status 125
	expect_complaint '^cradle: cannot limit memory: .*cgroups.* \(podman run .*; or --best-effort memory\)'
}
