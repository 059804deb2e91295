# cradle doctor: each refusal is made for real, and doctor must name it, with its errno, its cause and
# its fix. What can't be made here (AppArmor, SELinux, Docker, Kubernetes) is in unit/why_test.c.
# shellcheck disable=SC2154 # variables of setup_suite.bash

load worlds

# What is tested mustn't depend on where the tests themselves run.
unset KUBERNETES_SERVICE_HOST INVOCATION_ID CRADLE_WORLD CRADLE_EXEC_PATH

# As somebody without any right. The directories of a test are root's alone.
as_user() {
	cd / && timeout -s KILL 60 setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

doctor() {
	run as_user "$@" "$CRADLE" doctor
}

# In a user namespace of its own, whose limits are the user's to set: the words of a shell, then doctor.
doctor_after() {
	# shellcheck disable=SC2016 # for the inner shell
	run as_user unshare -Urmpf --mount-proc sh -c "$1"' && exec "$0" doctor' "$CRADLE"
}

# The same sentence must come from the launcher: cause and fix.
expect_default_fails_with() {
	grep -qF "FAIL default sandbox: cannot $1 ($2" <<<"$output" ||
		fail "expected the default sandbox to fail with: cannot $1 ($2"
}

filter_fix='have us started without it, or with one that allows clone3, unshare, mount, '
filter_fix+='pivot_root and the calls from fsopen to mount_setattr'

@test "doctor: where all works, every line is ok or a warning, and the exit code is 0" {
	doctor
	expect_status 0
	expect_line 'ok   user namespaces' 'ok   all namespaces at once' 'ok   fresh /proc' \
		'ok   recursive read-only' 'ok   default sandbox'
	expect_count "${#lines[@]}" '^(ok  |warn) [A-Za-z/]'
	[ "$(tail -n 1 <<<"$output")" = 'ok   default sandbox' ] || fail "the default sandbox isn't last"
}

@test "doctor: works as root, too" {
	run timeout -s KILL 60 "$CRADLE" doctor
	expect_status 0
	expect_line 'ok   default sandbox'
}

@test "doctor: works in cradle's own sandbox, two deep" {
	local bind=(--ro-bind "${CRADLE%/*}" /tmp/bin)
	# The default policy refuses just that.
	run as_user "$CRADLE" run --seccomp=build "${bind[@]}" -- /tmp/bin/cradle run --seccomp=build \
		--ro-bind /tmp/bin /tmp/bin -- /tmp/bin/cradle doctor
	expect_status 0
	expect_match '^ok   surroundings: a cradle sandbox'
	expect_line 'ok   user namespaces' 'ok   fresh /proc' 'ok   default sandbox'
}

@test "doctor --json: one object that says the same" {
	doctor
	local text=$output
	run as_user "$CRADLE" doctor --json
	expect_status 0
	[ "$(jq -rs 'length' <<<"$output")" = 1 ] || fail "not one JSON value"
	[ "$(jq -r '.works' <<<"$output")" = true ] || fail "it should work"
	[ "$(jq -r '.checks[] | [.status, .check] | @tsv' <<<"$output")" = \
		"$(sed -E 's/^ok  /ok/; s/^(ok|warn) ([^:]*).*/\1\t\2/' <<<"$text")" ] || fail "$text"
	[ "$(jq '[.checks[] | keys == ["cause", "check", "errno", "fix", "status"]] | all' \
		<<<"$output")" = true ] || fail "other keys"
}

@test "doctor --json: a refusal has its errno as a number, its cause and its fix" {
	# shellcheck disable=SC2016 # for the inner shell
	run as_user unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces &&
		exec "$0" doctor --json' "$CRADLE"
	expect_status 1
	[ "$(jq -c '[.works, (.checks[] | select(.check == "user namespaces") | [.status, .errno, .cause,
		.fix])]' <<<"$output")" = '[false,["fail",28,"the sysctl user.max_user_namespaces is 0",'"\
\"as root: sysctl -w user.max_user_namespaces=10000\"]]" ] || fail "not that"
}

@test "doctor: user namespaces refused by a sysctl" {
	doctor_after 'echo 0 >/proc/sys/user/max_user_namespaces'
	expect_status 1
	expect_line 'FAIL user namespaces: No space left on device: the sysctl user.max_user_namespaces is 0; fix: as root: sysctl -w user.max_user_namespaces=10000'
	expect_default_fails_with 'make namespaces' \
		'the sysctl user.max_user_namespaces is 0; fix: as root: sysctl -w user.max_user_namespaces=10000)'
	refute_match '^.... (pid namespaces|fresh /proc)'
}

@test "doctor: each other namespace refused by a sysctl is told by its name" {
	local name word
	while read -r name word; do
		doctor_after "echo 0 >/proc/sys/user/max_${name}_namespaces"
		expect_status 1
		expect_line 'ok   user namespaces' \
			"FAIL $word namespaces: No space left on device: the sysctl user.max_${name}_namespaces is 0; fix: as root: sysctl -w user.max_${name}_namespaces=10000"
		expect_count 1 '^FAIL [a-z]+ namespaces:'
	done <<-'END'
	pid pid
	mnt mount
	net network
	ipc ipc
	uts uts
	cgroup cgroup
	END
}

@test "doctor: time namespaces are only a warning" {
	doctor_after 'echo 0 >/proc/sys/user/max_time_namespaces'
	expect_status 0
	expect_line 'warn time namespaces: No space left on device: the sysctl user.max_time_namespaces is 0; fix: as root: sysctl -w user.max_time_namespaces=10000' \
		'ok   default sandbox'
}

@test "doctor: a seccomp filter around us that refuses user namespaces" {
	doctor "$PROBE" filter userns + exec
	expect_status 1
	expect_line 'ok   surroundings: no container, a seccomp filter is on us, no_new_privs is set' \
		"FAIL user namespaces: Operation not permitted: a seccomp filter around us refuses user namespaces; fix: $filter_fix"
	expect_line 'ok   clone3: not here (Linux 5.3, or a seccomp filter); instead: clone'
	expect_default_fails_with 'make namespaces' 'a seccomp filter around us refuses'
}

@test "doctor: the fix for a filter is spelled for the runtime that is around us" {
	export KUBERNETES_SERVICE_HOST=10.0.0.1
	doctor "$PROBE" filter userns + exec
	expect_status 1
	expect_match "^FAIL user namespaces: .* a seccomp filter around us, probably Kubernetes', refuses user namespaces; fix: securityContext: \{seccompProfile: \{type: Unconfined\}\}"
}

@test "doctor: a seccomp filter that refuses mounts" {
	doctor "$PROBE" filter mounts + exec
	expect_status 1
	expect_line 'ok   all namespaces at once' \
		"FAIL tmpfs: Operation not permitted: a seccomp filter around us refuses mounts; fix: $filter_fix" \
		"FAIL fresh /proc: Operation not permitted: a seccomp filter around us refuses mounts; fix: $filter_fix"
	expect_match '^FAIL default sandbox: cannot mount .*seccomp filter'
}

@test "doctor: outlives a seccomp filter that kills" {
	doctor "$PROBE" filter lethal + exec
	expect_status 1
	expect_line 'FAIL system calls: who asks for them is killed by a seccomp filter around us' \
		'FAIL user namespaces: the try was killed: a seccomp filter around us kills who asks'
	expect_match '^FAIL default sandbox: cradle run was killed by signal SYS'
}

# bats test_tags=image
@test "doctor: in a chroot" {
	mkdir -p "$SUITE_DIR/chroot/proc"
	cp "$CRADLE" "$SUITE_DIR/chroot/cradle"
	# shellcheck disable=SC2016 # for the inner shell
	run as_user unshare -Urmpf sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" /cradle doctor' \
		"$SUITE_DIR/chroot"
	expect_status 1
	expect_line 'ok   surroundings: no container, a chroot' \
		'FAIL user namespaces: Operation not permitted: we are in a chroot, where the kernel refuses user namespaces; fix: pivot_root(2) instead of chroot(2), as cradle run --root DIR does'
	expect_default_fails_with 'make namespaces' 'we are in a chroot'
}

# bats test_tags=image
@test "doctor: in a chroot onto a mount point, seen by who may see PID 1's root" {
	mkdir -p "$SUITE_DIR/chroot2/proc"
	cp "$CRADLE" "$SUITE_DIR/chroot2/cradle"
	# shellcheck disable=SC2016 # for the inner shell
	run timeout -s KILL 60 unshare -mpf sh -c 'mount --bind "$0" "$0" && mount -t proc proc "$0/proc" &&
		chroot "$0" /cradle doctor; exit $?' "$SUITE_DIR/chroot2"
	expect_status 1
	expect_match '^FAIL user namespaces: Operation not permitted: we are in a chroot'
}

# bats test_tags=image
@test "doctor: without /proc" {
	mkdir -p "$SUITE_DIR/bare"
	cp "$CRADLE" "$SUITE_DIR/bare/cradle"
	run as_user unshare -Urm chroot "$SUITE_DIR/bare" /cradle doctor
	expect_status 1
	expect_line "FAIL /proc: No such file or directory: /proc isn't mounted here; fix: as root: mount -t proc proc /proc"
	expect_match '^FAIL user namespaces: Operation not permitted: we are in a chroot'
}

@test "doctor: parts of /proc are masked" {
	doctor_after 'mount -t tmpfs none /proc/sys && mount -t tmpfs none /proc/bus'
	expect_status 1
	expect_line 'FAIL fresh /proc: Operation not permitted: parts of /proc are masked (/proc/sys, /proc/bus), and the kernel gives nobody a /proc that shows more; fix: have us started where it is whole'
	expect_default_fails_with 'mount proc on /proc' 'parts of /proc are masked (/proc/sys, /proc/bus)'
	expect_line 'ok   tmpfs' 'ok   devpts'
}

@test "doctor: /proc is mounted read-only" {
	doctor_after 'mount -o remount,bind,ro /proc'
	expect_status 1
	expect_match '^FAIL fresh /proc: Operation not permitted: /proc is mounted read-only here'
}

# bats test_tags=image
@test "doctor: in podman, the default masks are named, and the fix that is told is one" {
	once image make_image
	run podman_run --entrypoint /cradle cradle-test doctor
	expect_status 1
	expect_line 'ok   user namespaces'
	expect_match '^ok   surroundings: podman' \
		'^FAIL fresh /proc: Operation not permitted: parts of /proc are masked \(.*/proc/sys.*; fix: podman run --security-opt unmask=ALL$'
	expect_match '^warn limit of memory: Read-only file system: cgroups are mounted read-only here; fix: podman run --security-opt unmask=/sys/fs/cgroup$'
	run podman_run --security-opt unmask=ALL --entrypoint /cradle cradle-test doctor
	expect_match '^ok   surroundings: podman'
	expect_line 'ok   fresh /proc' 'ok   default sandbox'
	expect_status 0
}

@test "doctor: newuidmap isn't installed" {
	run as_user env PATH=/nowhere "$CRADLE" doctor
	expect_status 0
	expect_line "warn id ranges: No such file or directory: newuidmap and newgidmap aren't installed; fix: install them (Debian, Ubuntu: uidmap; Fedora, Arch: shadow-utils, shadow)" \
		'warn pasta: No such file or directory: --net=pasta needs it; fix: install passt (https://passt.top)'
}

@test "doctor: no_new_privs disarms newuidmap" {
	doctor setpriv --no-new-privs
	expect_status 0
	expect_line "warn id ranges: Operation not permitted: no_new_privs is set on us, so newuidmap and newgidmap can't get the capability they need; fix: have us started without it"
}

# with_ranges TEXT: as a user to whom /etc/subuid and subgid give that, seen by this test alone
with_ranges() {
	echo "$1" >"$BATS_TEST_TMPDIR/ranges"
	shift
	# shellcheck disable=SC2016 # for the inner shell
	run timeout -s KILL 60 unshare -m sh -c 'mount --bind "$1" /etc/subuid && mount --bind "$1" /etc/subgid &&
		shift && cd / && exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"' sh \
		"$BATS_TEST_TMPDIR/ranges" "$@"
}

@test "doctor: a range of ids is mapped by newuidmap in truth" {
	with_ranges "$(id -nu 65534):200000:65536" "$CRADLE" doctor
	expect_status 0
	expect_line 'ok   id ranges: 65536 uids from 200000, 65536 gids from 200000'
	with_ranges 65534:300000:1000 "$CRADLE" doctor
	expect_line 'ok   id ranges: 1000 uids from 300000, 1000 gids from 300000'
}

@test "doctor: no range of ids is given to us" {
	with_ranges 'somebody:200000:65536' "$CRADLE" doctor
	expect_status 0
	expect_line 'warn id ranges: no range of ids is given to this user in /etc/subuid and /etc/subgid; fix: as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER'
}

@test "doctor: newuidmap has lost its right" {
	mkdir "$SUITE_DIR/plain"
	cp "$(command -v newuidmap)" "$(command -v newgidmap)" "$SUITE_DIR/plain/"
	chmod 755 "$SUITE_DIR/plain/"*
	with_ranges 65534:300000:1000 env PATH="$SUITE_DIR/plain" "$CRADLE" doctor
	expect_status 0
	expect_match '^warn id ranges: Operation not permitted: newuidmap and newgidmap are neither setuid root nor have file capabilities.*; fix: as root: setcap cap_setuid=ep newuidmap'
}

@test "doctor: a user namespace with one id has none to map on" {
	doctor_after true
	expect_status 0
	expect_match '^warn id ranges: the user namespace around us has one id only'
}

@test "doctor: started setuid, it tries nothing" {
	cp "$CRADLE" "$SUITE_DIR/setuid"
	chmod 4755 "$SUITE_DIR/setuid"
	run as_user "$SUITE_DIR/setuid" doctor
	expect_status 1
	[ "${#lines[@]}" = 1 ] || fail "more than one line"
	expect_line "FAIL start: cradle was started setuid, setgid or with file capabilities: it needs no such rights and refuses them; fix: as root: chmod u-s,g-s $SUITE_DIR/setuid; setcap -r $SUITE_DIR/setuid"
}

@test "doctor: a path with any bytes breaks neither a line nor the JSON" {
	local dir
	dir=$SUITE_DIR/$'od"d\n\033[31m\377'
	mkdir "$dir"
	cp "$BUILD/cradle-net" "$dir/cradle-net"
	chmod 755 "$dir" "$dir/cradle-net"
	doctor env CRADLE_EXEC_PATH="$dir"
	expect_status 0
	grep -qaF "ok   cradle-net: $SUITE_DIR/od\"d??[31m" <<<"$output" || fail "no such line"
	run as_user env CRADLE_EXEC_PATH="$dir" "$CRADLE" doctor --json
	[ "$(jq -r '.checks[] | select(.check == "cradle-net").cause' <<<"$output")" = \
		"$SUITE_DIR/"$'od"d\n\033[31m\xef\xbf\xbd/cradle-net' ] || fail "not that path"
}

@test "doctor: leaves no process, mount, file or cgroup behind" {
	# shellcheck disable=SC2016 # for the inner shell
	run timeout -s KILL 60 unshare -mpf --mount-proc sh -c '
		mount -t tmpfs none /run && cp "$0" /run/cradle && mount -t tmpfs -o mode=1777 none /tmp
		traces() {
			set -- /proc/[0-9]*
			echo $# processes
			cat /proc/self/mountinfo
			find /tmp /run
		}
		before=$(traces)
		/run/cradle doctor >/dev/null && setpriv --reuid=65534 --regid=65534 --clear-groups \
			/run/cradle doctor >/dev/null && echo works
		[ "$(traces)" = "$before" ] && echo same' "$CRADLE"
	expect_status 0
	expect_line works same
	# By the numbers of processes in there. Other tests may have such for a moment, too.
	local until=$((SECONDS + 10))
	while [ -n "$(find /sys/fs/cgroup -regex '.*/cradle-[0-9][0-9]?-[0-9]+' 2>/dev/null)" ]; do
		[ $SECONDS -lt $until ] || fail "a cgroup is left" || return
		sleep 0.05
	done
}

# bats test_tags=image
@test "doctor: in a VM as root, with cgroup v2 alone" {
	in_world vm -- spawn /cradle doctor
	expect_line 'ok   user namespaces' 'ok   limit of memory' 'ok   limit of pids' \
		'ok   limit of cpus' 'ok   default sandbox'
	refute_match '^FAIL'
}

# The VM's kernel is Debian's, which has that sysctl.
# bats test_tags=image
@test "doctor: in a VM as a user, refused by kernel.unprivileged_userns_clone" {
	in_world vm -- become 1000 + spawn /cradle doctor
	expect_line 'ok   default sandbox'
	expect_line "warn limit of memory: Permission denied: no delegated cgroup, we can't write to /sys/fs/cgroup; fix: root can make one: chown a group, its cgroup.procs and cgroup.subtree_control, and start this in a group below"
	in_world vm -- write /proc/sys/kernel/unprivileged_userns_clone 0 + become 1000 + \
		spawn /cradle doctor
	expect_line 'FAIL user namespaces: Operation not permitted: the sysctl kernel.unprivileged_userns_clone is 0; fix: as root: sysctl -w kernel.unprivileged_userns_clone=1'
	expect_default_fails_with 'make namespaces' 'the sysctl kernel.unprivileged_userns_clone is 0;'
}

@test "doctor: doesn't wait for children that it was executed with" {
	# shellcheck disable=SC2016 # for the inner shell
	run as_user sh -c 'sleep 60 >/dev/null 2>&1 & echo $! && exec "$0" doctor' "$CRADLE"
	kill "${lines[0]}"
	expect_status 0
	expect_line 'ok   default sandbox'
}

@test "doctor: what it doesn't know is refused, and --help tells what it knows" {
	run "$CRADLE" doctor --yaml
	expect_status 125
	expect_line 'cradle: unknown argument --yaml of doctor: expected --json or nothing'
	run "$CRADLE" doctor --json more
	expect_status 125
	run "$CRADLE" doctor --help
	expect_status 0
	expect_match '^Usage: cradle doctor \[--json\]'
}
