# cradle run: the launcher itself. What it shares with the other worlds is in supervisor-run*.bats.
# shellcheck disable=SC2154 # variables of setup_suite.bash

load worlds
load await

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" 2>/dev/null || true
}

# A tree as contrib/initramfs makes it, where any user can read it.
tree() {
	[ -d "$SUITE_DIR/tree" ] ||
		"$TOP/contrib/initramfs" --cradle "$CRADLE" --tree "$SUITE_DIR/tree.new" "$PROBE" &&
		chmod -R a+rX "$SUITE_DIR/tree.new" && mv "$SUITE_DIR/tree.new" "$SUITE_DIR/tree"
}

as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# The pid of the launcher's only child: PID 1 inside.
inner() {
	cat "/proc/$1/task/$1/children"
}

@test "a normal user gets namespaces of all kinds, his own id and no other process" {
	run -0 --separate-stderr as_nobody "$CRADLE" run -- sh -c '
		for ns in user pid mnt uts ipc net cgroup; do readlink /proc/self/ns/$ns; done; id -u; ls -d /proc/[0-9]*'
	local ns
	for ns in user pid mnt uts ipc net cgroup; do
		# shellcheck disable=SC2076 # no pattern
		[[ ! "$output" =~ "$(readlink "/proc/self/ns/$ns")" ]]
		[[ "$output" == *"$ns:["* ]]
	done
	[[ "$output" == *$'\n65534\n/proc/1\n'* ]]
	[ "$stderr" = "" ]
}

@test "the loopback interface is up, and there is no other" {
	run -0 as_nobody "$CRADLE" run -- cat /proc/net/dev
	[ "$(grep -c : <<<"$output")" = 1 ]
	run -0 as_nobody "$CRADLE" run -- sh -c 'cat /sys/class/net/lo/flags 2>/dev/null; ip -o addr show lo 2>/dev/null || cat /proc/net/fib_trie'
	[[ "$output" == *127.0.0.1* ]]
}

@test "a root directory gets the duties of a VM, and nothing in it changes" {
	once tree tree
	local before
	before=$(cd "$SUITE_DIR/tree" && find . -printf '%p %m %s\n' | sort)
	run -0 --separate-stderr as_nobody "$CRADLE" run --root "$SUITE_DIR/tree" -- /agent \
		cat /proc/self/mounts + write /new text + cat /new + stat /dev/null + stat /dev/ptmx + stat /dev/fd
	local want
	for want in '/ overlay' '/proc proc' '/sys sysfs' '/dev tmpfs' '/dev/pts devpts' \
		'/dev/mqueue mqueue' '/run tmpfs' '/tmp tmpfs'; do
		grep -q " $want " <<<"$output"
	done
	[[ "$output" == *text* ]]
	[ "$(cd "$SUITE_DIR/tree" && find . -printf '%p %m %s\n' | sort)" = "$before" ]
}

@test "nothing of the host's tree stays mounted but what was asked for" {
	once tree tree
	local option
	for option in --root="$SUITE_DIR/tree" --mask=/etc/passwd --overlay-tmp-root --name=plain; do
		run -0 as_nobody "$CRADLE" run "$option" --ro-bind-try "$PROBE" /dev/agent -- /dev/agent cat /proc/self/mountinfo
		[ "$(awk '$5 == "/"' <<<"$output" | wc -l)" = 1 ] || { echo "$option: $output"; return 1; }
	done
}

@test "the host's files are out of reach from a root directory" {
	once tree tree
	local path
	for path in /etc/passwd /../../../../etc/passwd /proc/1/root/etc/passwd /proc/1/cwd/etc/passwd; do
		run as_nobody "$CRADLE" run --root "$SUITE_DIR/tree" -- /agent cat "$path"
		[[ "$output" != *root:* ]]
	done
}

@test "links in the root directory lead nowhere outside" {
	mkdir -p evil/agentdir canary
	cp "$PROBE" evil/agent
	ln -s "$PWD/canary" evil/dev
	ln -s ../../../../../../../../../.. evil/proc
	ln -s /canary evil/run
	ln -s loop evil/loop
	chmod -R a+rX .
	"$CRADLE" run --root evil -- /agent print x >/dev/null 2>&1 || true
	[ -z "$(ls -A canary)" ]
	[ "$(ls evil)" = "$(printf '%s\n' agent agentdir dev loop proc run)" ]
}

@test "no descriptor is handed on but 0 to 2, those named, and sockets for the agent" {
	exec 7</etc/passwd 8</etc/group
	run -0 "$CRADLE" run -- "$PROBE" fds
	[ "$output" = "fds=0 1 2" ]
	run -0 "$CRADLE" run --keep-fd=8 -- "$PROBE" fds
	[ "$output" = "fds=0 1 2 8" ]
	run -0 "$CRADLE" run --inherit-fds -- "$PROBE" fds
	[[ "$output" == *" 7 8"* ]]
	# shellcheck disable=SC2016 # of the other shell
	run -0 bash -c 'exec 3</etc/passwd 4</etc/group
		LISTEN_FDS=2 LISTEN_PID=$$ exec "$0" run -- sh -c "[ \$LISTEN_PID = \$\$ ] && [ \$LISTEN_FDS = 2 ] && exec $1 fds"' \
		"$CRADLE" "$PROBE"
	[ "$output" = "fds=0 1 2 3 4" ]
	# Somebody else's.
	run -0 bash -c 'exec 3</etc/passwd; LISTEN_FDS=1 LISTEN_PID=1 exec "$0" run -- "$1" fds' "$CRADLE" "$PROBE"
	[ "$output" = "fds=0 1 2" ]
}

@test "the sandbox dies with its launcher" {
	"$CRADLE" run -- "$PROBE" print ready + hang >out &
	local launcher=$! pid
	await "grep -q ready out"
	pid=$(inner $launcher)
	kill -KILL $launcher
	await "! kill -0 $pid"
}

@test "a killed PID 1 inside is told as 137" {
	"$CRADLE" run -- "$PROBE" print ready + hang >out &
	local launcher=$! rc=0
	await "grep -q ready out"
	kill -KILL "$(inner $launcher)"
	wait $launcher || rc=$?
	[ $rc = 137 ]
}

@test "nothing but the agent's own output is seen, and no mount stays" {
	once tree tree
	# Of ours only: other tests mount meanwhile.
	local ours="^[^ ]+ (/proc|$SUITE_DIR/tree[^ ]*) " before
	before=$(grep -cE "$ours" /proc/self/mounts)
	run -0 --separate-stderr "$CRADLE" run -- "$PROBE" print only
	[ "$output" = only ]
	[ "$stderr" = "" ]
	run -0 --separate-stderr "$CRADLE" run --root "$SUITE_DIR/tree" --chdir=/ -- /agent print only
	[ "$output" = only ]
	[ "$stderr" = "" ]
	[ "$(grep -cE "$ours" /proc/self/mounts)" = "$before" ]
}

@test "a root that isn't there is refused in one line that names it" {
	run -125 --separate-stderr "$CRADLE" run --root /no/such/dir -- /agent
	[ "$output" = "" ]
	[[ "$stderr" == "cradle: cannot use /no/such/dir as root: No such file or directory" ]]
}
