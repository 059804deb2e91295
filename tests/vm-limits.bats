# Limits by cgroups of version 2, as only a VM has them for certain. The cases are in vm-limits.sh.
# shellcheck disable=SC2034,SC2154 # variables of worlds.bash
# shellcheck disable=SC2030,SC2031 # a test is a subshell

load worlds

make_limits() {
	local words=() name
	for name in cat chown find grep head ls mkdir mkfifo mount sed setpriv setsid sleep tail; do
		words+=(--file "$(command -v "$name"):/bin/$name")
	done
	"$TOP/contrib/initramfs" --cradle "$CRADLE" "${words[@]}" \
		--file "$TOP/tests/vm-limits.sh:/vm-limits.sh" -o "$SUITE_DIR/limits.cpio" "$PROBE"
}

# in_vm CASE
in_vm() {
	once limits make_limits
	WORLD_FILES=$SUITE_DIR/limits.cpio
	WORLD_AGENT=/vm-limits.sh
	in_world vm -- "$1"
	expect_status 0
}

all_limits=(memory.max=50331648 memory.swap.max=0 pids.max=40 'cpu.max=25000 100000')

@test "root gets limits below the root cgroup, and the sandbox sees itself at the top" {
	in_vm root
	expect_line 'made in /' "${all_limits[@]}" 'own 0::/' 'code 7' 'nothing is left'
}

@test "a user beside a free group of his own gets limits there, without being moved" {
	in_vm leaf
	expect_line 'made in /user/' "${all_limits[@]}" 'own 0::/' 'code 7' 'code 137'
	expect_count 2 '^nothing is left'
}

@test "a user who is alone in a delegated group gets limits in it, and it is as before at the end" {
	in_vm alone
	expect_line 'made in /user/' "${all_limits[@]}" 'own 0::/' 'code 7' 'code 137'
	expect_count 2 '^nothing is left'
	expect_count 2 '^handed down in /user: $'
}

@test "what cannot be delegated is an error with its fix, unless it may be missing" {
	in_vm refused
	expect_count 0 '^started'
	expect_match "^cradle: cannot limit memory: no delegated cgroup, other processes are in /sys/fs/cgroup/user \(.*chown" \
		"^cradle: cannot limit pids: its controller isn't handed down to /sys/fs/cgroup/user \(.*--best-effort pids\)$" \
		"^cradle: cannot limit memory: no delegated cgroup, we can't write to /sys/fs/cgroup \(.*: Permission denied"
	expect_line 'code 125' 'went on' 'unlimited' 'nothing is left' \
		'cradle: pids is less limited than asked for, as --best-effort allows'
}

@test "on version 1 a group in each hierarchy holds its limit" {
	in_vm v1
	expect_line memory.limit_in_bytes=50331648 pids.max=40 cpu.cfs_quota_us=25000 cpu.cfs_period_us=100000 \
		'own memory:/ pids:/ cpu:/' 'code 7' 'code 137'
	expect_match '^cradle: the sandbox reached its limit of memory: 1 process was killed'
	expect_count 3 '^nothing is left'
	expect_match "^cradle: cannot limit memory: no delegated cgroup, we can't write to /v1/memory \(.*--best-effort memory\): Permission denied"
	refute_match '^started'
}

@test "a controller of version 1 and one of version 2 hold their limits side by side" {
	in_vm hybrid
	expect_line memory.limit_in_bytes=50331648 pids.max=40 'code 7' 'nothing is left'
}

@test "a launcher that is killed at any moment leaves no group, guard or process" {
	in_vm storm
	expect_line 'nothing is left' 'handed down in /user: '
	refute_match '^survivor'
}

@test "without a PID namespace the rest of the sandbox ends with its group" {
	in_vm shared
	expect_line 'code 5' 'nothing is left'
	refute_match '^survivor'
}

@test "the limits hold, PID 1 survives to report, and what they did is told" {
	in_vm reached
	expect_line 'agent lives' 'small: code 137' 'code 137' 'code 2' 'nothing is left'
	expect_count 3 '^cradle: the sandbox reached its limit of memory: 1 process was killed'
	expect_match '^cradle: limits: "cgroup": \{ "memory-peak": 16777216, "pids-peak": 0, "cpu-us": [0-9]{3,}, "oom-kills": 1, "forks-denied": 0 \}'
	expect_match '^cradle: the sandbox reached its limit of processes: [0-9]+ w'
}

@test "root raises a hard limit for the agent, a user can't" {
	in_vm rlimit
	expect_line 'raised to 2' 0
	expect_match '^cradle: cannot raise the limit core \(our own hard limit is 0, .*: Operation not permitted'
	refute_match '^started'
}

@test "what dead launchers left is swept, what lives is not" {
	in_vm leftover
	expect_line /sys/fs/cgroup/cradle-2-2 /sys/fs/cgroup/other
	refute_match cradle-1-1
}

@test "a helper of a killed launcher that was alone in its group goes, too" {
	in_vm helper
	expect_line 'code 7' 'nothing is left' 'handed down in /user: '
	refute_match '^survivor'
}

@test "the groups that a sandbox makes in its own go with it" {
	in_vm deep
	expect_match '^depth [1-9]'
	expect_line 'nothing is left'
}

@test "a sandbox that sees its own cgroup has no limit in it to raise" {
	in_vm inner
	expect_line 0 cgroup.procs
}
