# The sandbox on another kernel: Debian's 6.1 in a VM knows neither open_tree_attr(2) nor mounts below a
# detached one, and has cgroup v2. The same options do the same.
bats_require_minimum_version 1.5.0

# shellcheck disable=SC2154 # variables of setup_suite.bash

load worlds

# bats test_tags=image
# sandboxed WORD...: cradle run with these words, in a VM; the probe is /agent
sandboxed() {
	once plain make_initramfs
	run "$TOP/contrib/vm" --timeout 60 --initramfs "$SUITE_DIR/plain.cpio" --append quiet \
		--append cradle.on-failure=poweroff -- do "exec /cradle run $*"
	output=${output//$'\r'/}
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# bats test_tags=image
@test "the default sandbox in a VM: the tree read-only with all submounts, PID 2, no capability" {
	sandboxed /agent ids + status + cat /proc/self/mountinfo + write /x y + write /run/x y + exit 4
	[ "$status" -eq 4 ] || { echo "$output"; return 1; }
	grep -q '^pid=2 ppid=1 ' <<<"$output"
	# What the host's tree brought, and nothing of it a second time.
	[ "$(grep -cE '^[0-9]+ [0-9]+ [0-9:]+ / / ' <<<"$output")" = 1 ]
	grep -qE '^[0-9]+ [0-9]+ [0-9:]+ / / ro,nosuid,nodev' <<<"$output"
	grep -qE '^[0-9]+ [0-9]+ [0-9:]+ / /sys/fs/cgroup ro,' <<<"$output"
	grep -qE '/sys /proc/sys ro,' <<<"$output"
	grep -q 'write /x: Read-only file system' <<<"$output"
	grep -q 'write /run/x: done' <<<"$output"
}

# bats test_tags=image
@test "a root made of binds in a VM: order, links, masks and what is made where" {
	sandboxed --root empty --ro-bind /agent /bin/agent --symlink bin /sbin --ro-bind /proc /host-proc \
		--dev /dev --proc /proc --perms 0700 --tmpfs /tmp --dir /tmp/a/b --ro-bind /text /tmp/a/b/text \
		--mask /tmp/a/b/text --remount-ro / --chdir /tmp \
		/sbin/agent stat /tmp + stat /tmp/a/b/text + cat /tmp/a/b/text + write /made x + \
		write /tmp/made x + stat /dev/null + exit 5
	[ "$status" -eq 5 ] || { echo "$output"; return 1; }
	grep -q 'write /made: Read-only file system' <<<"$output"
	grep -q 'write /tmp/made: done' <<<"$output"
	run ! grep -q 'not a program' <<<"$output"
}
