# The launcher is killed, at any moment: nothing outlives it.
# shellcheck disable=SC2154 # variables of setup_suite.bash

load worlds
load sandbox

setup() {
	unset cgroup
	setup_there
	mkdir rw root
	cp "$PROBE" root/probe
	echo hidden | tee root/text >root/secret
	mkdir root/{dev,proc,tmp,run,sys}
	chmod -R a+rwX .
}

teardown() {
	[ -z "${cgroup:-}" ] || rmdir "$cgroup"
	cd / && sandbox_teardown
}

# killed COUNT USER [OPTION...] -- AGENT...: as many launchers, killed at a moment between their start
# and some time after the agent's
killed() {
	local count=$1 seed=${SEED:-$RANDOM} user=() was before behind
	[ "$2" = root ] || user=(setpriv "--reuid=$SANDBOX_UID" "--regid=$SANDBOX_UID"
		"--groups=$SANDBOX_UID,$SANDBOX_GROUP")
	cut_at_dashes "${@:3}"
	echo "seed $seed (again: SEED=$seed)"
	was=$(snapshot . && cgroups)
	world=killed status=0
	(
		cd / && close_others
		[ -z "${cgroup:-}" ] || echo $BASHPID >"$cgroup/cgroup.procs"
		exec timeout -s KILL $SANDBOX_DEADLINE unshare -m -p -f --mount-proc "${user[@]}" "$PROBE" \
			killer "$count" "$seed" "$CRADLE" run "${before[@]}" -- "${behind[@]}"
	) </dev/null >"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" 3>&- || status=$?
	output=$(<"$BATS_TEST_TMPDIR/stdout")
	stderr=$(<"$BATS_TEST_TMPDIR/stderr")
	expect_status 0
	expect_line survivors=0 mounts=0 pipe=closed
	[[ $output =~ started=([0-9]+) ]] || fail "no count"
	# Both before and after its agent ran: otherwise the moments weren't random.
	echo "# $count killed, ${BASH_REMATCH[1]} with the agent running" >&3
	[ "${BASH_REMATCH[1]}" -gt $((count / 10)) ] && [ "${BASH_REMATCH[1]}" -lt $((count * 9 / 10)) ] ||
		fail "the agent ran too seldom or too often"
	[ "$(snapshot . && cgroups)" = "$was" ] || fail "something is left"
}

# A cgroup of the test's own, with nobody else's in it, where limits can be set: v1's or v2's.
make_cgroup() {
	local dir
	for dir in /sys/fs/cgroup/pids /sys/fs/cgroup; do
		[ -e "$dir/cgroup.procs" ] && mkdir "$dir/$CANARY" 2>/dev/null && cgroup=$dir/$CANARY && return
	done
	skip "no cgroup can be made here"
}

cgroups() {
	[ -z "${cgroup:-}" ] || find "$cgroup" -type d
}

needs_root() {
	[ "$(id -u)" = 0 ] || skip "only root can watch over all of a user's processes"
}

@test "a normal user's launcher killed 200 times leaves nothing, background processes in the sandbox" {
	needs_root
	killed 200 user --ro-bind "$SUITE_DIR/bin" "$SUITE_DIR/bin" --bind "$SANDBOX_DIR/rw" /tmp/rw -- \
		"$PROBE" to /dev/null + stubborn + obedient + stopped-orphan + to /dev/stdout + print ! + hang
}

@test "a normal user's launcher killed 150 times leaves nothing, a throw-away layer below the sandbox" {
	needs_root
	killed 150 user --root "$SANDBOX_DIR/root" --mask /secret --mask '/tex*' --tmpfs /tmp/x -- /probe print ! + ignore TERM + hang
}

@test "root's launcher killed 150 times leaves nothing, and no cgroup of its limits" {
	needs_root
	make_cgroup
	killed 150 root --root "$SANDBOX_DIR/root" --pids 50 --bind "$SANDBOX_DIR/rw" /tmp/rw --hostname box -- \
		/probe stubborn + print ! + hang
}
