# Policies as people write and read them: check, show, diff, groups; and the shipped ones, each under a real
# program of its kind. Every line of the format is in unit/policy_parse_test.c.
# shellcheck disable=SC2154,SC2034,SC2016 # variables of and for setup_suite.bash and worlds.bash; scripts of others

load worlds
load sandbox

policy() {
	world=none
	run --separate-stderr timeout -s KILL 60 "$CRADLE" policy "$@"
}

# under POLICY COMMAND...: a normal user's program with one directory of his own. $UNDER: more options.
under() {
	local name=$1
	shift
	world=none
	# shellcheck disable=SC2086 # options
	run --separate-stderr as_user timeout -s KILL 60 "$CRADLE" run --bind "$SANDBOX_DIR" "$SANDBOX_DIR" \
		--chdir "$SANDBOX_DIR" --setenv HOME "$SANDBOX_DIR" --setenv TMPDIR /tmp ${UNDER:-} --seccomp "$name" -- "$@"
}

# calls POLICY CALL...: what the probe is answered there; a CALL is a number and arguments.
calls() {
	local name=$1 call
	local -a words=()
	shift
	for call; do
		# shellcheck disable=SC2206 # words
		words+=(${words:+ +} call $call)
	done
	under "$name" "$PROBE" "${words[@]}"
}

@test "check: an error is told by file, line, column and word, with what was expected and what may have been meant" {
	printf 'default EPERM\n\n  alow read\nallow read opne \\\n\twriteit\ndeny ENOSY fork\n' >bad.policy
	policy check bad.policy
	expect_status 125
	[ -z "$output" ]
	[ "$stderr" = "bad.policy:3:3: alow: expected default, unknown, arch, include, allow, deny, log, trap or kill, did you mean allow?
bad.policy:4:12: opne: expected a system call or @group, did you mean open?
bad.policy:5:2: writeit: expected a system call or @group, did you mean write?
bad.policy:6:6: ENOSY: expected an errno such as EPERM, did you mean ENOSYS?" ]
}

@test "check: a file as another system's editor writes it, with a byte order mark and CR LF, is read" {
	printf '\xef\xbb\xbfdefault EPERM\r\nallow execve @basic-io # and more\r\nalow read\r\n' >foreign.policy
	policy check foreign.policy
	[ "${stderr%%:\ *}" = foreign.policy:3:1 ]
	sed -i 3d foreign.policy
	policy check foreign.policy
	expect_status 0
	printf '\xef\xbb\xbf{ "defaultAction": "SCMP_ACT_ALLOW" }\r\n' >foreign.json
	policy show foreign.json
	expect_status 0
	expect_line "default allow"
}

@test "check: a word that never decides is told with the line that does, and is code 1" {
	printf 'allow @basic-io ptrace\ndeny read\ndeny ENOENT read\n' >shadow.policy
	policy check shadow.policy
	expect_status 1
	expect_line "shadow.policy:2:6: read never decides: line 3 has the last word: deny ENOENT read"
	expect_match '^still allowed:$' '^  ptrace .* \(shadow.policy:1\)$'
	expect_count 1 'never decides'
}

@test "check: the shipped policies have nothing that never decides, and allow none of what they say they deny" {
	local name
	for name in agent build default network-client strict; do
		policy check "$name"
		expect_status 0
		refute_match 'never decides' io_uring 'bpf' perf_event userfaultfd keyctl kexec TIOCSTI TIOCLINUX AF_ALG
	done
	policy check strict
	[ -z "$output" ]
	policy check --cap ALL agent
	refute_match mknod fanotify
}

@test "check: a file that isn't there, a name that nobody has, a compiled policy" {
	policy check nonesuch.policy
	expect_status 125
	[ "$stderr" = "cradle-policy: cannot read policy nonesuch.policy: No such file or directory" ]
	policy check strct
	expect_status 125
	[ "$stderr" = "cradle-policy: no policy strct: expected a path or one of agent, build, default, network-client, strict; did you mean strict?" ]
	touch mine
	policy check mine
	expect_status 125
	[ "$stderr" = "cradle-policy: no policy mine: expected a path or one of agent, build, default, network-client, strict; the file that is here is ./mine" ]
	"$CRADLE" policy compile -o strict.bpf strict
	policy check strict.bpf
	expect_status 125
	[ "$(wc -l <<<"$stderr")" = 1 ]
}

@test "include is relative to the file that it stands in, and a circle ends" {
	mkdir inner
	printf 'include inner/one.policy\n' >outer.policy
	printf 'include two.policy\nallow write\n' >inner/one.policy
	printf 'allow read\n' >inner/two.policy
	policy show outer.policy
	expect_status 0
	expect_line "allow read write"
	printf 'include ../outer.policy\n' >inner/two.policy
	policy show outer.policy
	expect_status 125
	[ "$stderr" = "inner/two.policy:1:9: ../outer.policy: it includes itself" ]
}

@test "check: files that include each other too often, a FIFO that nobody writes to, and what would talk to the terminal" {
	local level n
	for level in 1 2 3 4; do
		for ((n = 0; n < 20; n++)); do echo "include ./$((level + 1)).policy"; done >$level.policy
	done
	echo 'allow read' >5.policy
	policy check ./1.policy
	expect_status 125
	[[ $stderr == *': expected at most 256 files in all'* ]]
	mkfifo silent
	policy check ./silent
	expect_status 1
	run --separate-stderr timeout -s KILL 60 "$CRADLE" run --seccomp ./silent -- "$PROBE" print inside
	expect_status 125
	[[ $stderr == 'cradle: cannot use the policy ./silent: expected '* ]]
	printf 'allow rea\033[31md\n' >loud.policy
	policy check ./loud.policy
	[ "$stderr" = './loud.policy:1:7: rea?[31md: expected a system call or @group' ]
}

@test "check: a policy under which nothing can be started is told, and is code 1" {
	local rule
	printf 'default EPERM\nallow read\n' >read.policy
	policy check ./read.policy
	expect_status 1
	[[ $output == 'nothing can be started under it: expected allow execve'* ]]
	for rule in 'allow execve' 'allow execve if arg1 != 0'; do
		printf 'allow read\n%s\n' "$rule" >start.policy
		policy check ./start.policy
		expect_status 0
		[ -z "$output" ]
	done
}

@test "check: a policy that is too long for the kernel is told as when it is compiled" {
	{ echo 'default allow' && seq 3000 | sed 's/.*/deny ioctl if arg1 == & and arg2 != &/'; } >long.policy
	policy check long.policy
	expect_status 125
	[ "$stderr" = "cradle-policy: cannot compile long.policy into the 4096 instructions that the kernel takes" ]
	expect_line "still allowed:"
}

@test "show: what is printed is a policy, the same one" {
	local name
	for name in agent build default network-client strict; do
		"$CRADLE" policy show "$name" >shown.policy
		policy diff "$name" shown.policy
		expect_status 0
		[ -z "$output" ]
		policy show shown.policy
		[ "$output" = "$(<shown.policy)" ]
	done
}

@test "show: every call of this architecture is named once as allowed, denied, by default or by unknown" {
	"$CRADLE" policy show strict | sed 's/ if .*//; s/^# E[A-Z]* by [a-z ,]*: //' |
		grep -oE '\b[a-z_][a-z0-9_]+\b' | sort >shown
	grep -qx userfaultfd shown
	grep -qx mseal shown
	grep -qx read shown
	[ "$(grep -cx read shown)" = 1 ]
}

@test "show: a capability that is kept gives back what it is for" {
	policy show default
	refute_match '^allow.* mount '
	policy show --cap CAP_SYS_ADMIN default
	expect_match '(^allow|	).*\bmount\b'
	policy diff --cap sys_time default <(policy show default; echo "$output")
	expect_status 1
	expect_line "clock_settime settimeofday" "- allow" "+ deny EPERM"
}

@test "show: another kernel, another answer" {
	echo 'allow ptrace if kernel >= 4.8' >p.policy
	policy show --kernel 4.4 p.policy
	refute_match '^allow'
	policy show --kernel 4.10 p.policy
	expect_line 'allow ptrace'
}

@test "diff: the same however it is written, else the calls, both answers, and code 1" {
	printf 'deny read\nallow read write socket\ndeny socket if arg0 != AF_UNIX\n' >a.policy
	printf 'allow write\nallow socket if arg0 == AF_UNIX\nallow read\n' >b.policy
	policy diff a.policy a.policy
	expect_status 0
	[ -z "$output" ]
	printf 'allow @basic-io\n' >c.policy
	policy diff b.policy c.policy
	expect_status 1
	expect_order '^_?close close_range' '^- deny EPERM$' '^\+ allow$' '^socket$' \
		'^- allow if arg0 == AF_UNIX else deny EPERM$' '^\+ deny EPERM$'
	# A container runtime's form of it, which has neither a default for known calls nor an order.
	printf 'deny socket if arg0 not in {AF_UNIX, AF_INET}\nkill personality if arg0 < 9 and arg0 >= 8\n' >>a.policy
	policy compile --to oci -o a.json a.policy
	expect_status 0
	policy diff a.policy a.json
	expect_status 0
	[ -z "$output" ]
	printf 'deny socket if arg0 & 0xffffffff != 1\nkill personality if arg0 == 8\n' >>b.policy
	policy diff a.json b.policy
	expect_status 0
	policy diff a.policy nonesuch.policy
	expect_status 125
}

@test "groups: all with what they are for, and the calls of one" {
	local group
	policy groups
	expect_status 0
	for group in @default @aio @basic-io @chown @clock @cpu-emulation @debug @file-system @io-event @ipc @keyring \
		@memlock @module @mount @network-io @obsolete @pkey @privileged @process @raw-io @reboot @resources \
		@sandbox @setuid @signal @swap @sync @system-service @timer @known; do
		expect_match "^$group +[0-9]+  [^ ]" || return
	done
	policy groups @swap
	expect_status 0
	[ "$output" = $'swapoff\nswapon' ]
	policy groups @swpa
	expect_status 125
	[ "$stderr" = "cradle-policy: no group @swpa, did you mean @swap?" ]
}

@test "each verb says how it is called" {
	local verb
	for verb in check show diff groups; do
		policy $verb --help
		expect_status 0
		[[ $output == "usage: cradle policy $verb"* ]]
		policy $verb --nonesuch
		expect_status 125
		[ "$(wc -l <<<"$stderr")" = 1 ]
	done
	policy diff default
	expect_status 125
	[ "$stderr" = "cradle-policy: cradle policy diff: expected two policies, see --help" ]
}

@test "what can't be written to standard output is said in one line, and is code 125" {
	local words
	echo 'default allow' >all.policy
	for words in "show default" "check all.policy" "diff default strict" groups "groups @swap" --help --version \
		"show --help" "groups --help" "compile --help" "learn --help" "supervise --help" "compile -o - all.policy" \
		"compile --to pfc default" "compile --to oci default"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr sh -c 'exec "$0" policy "$@" >/dev/full' "$CRADLE" $words
		expect_status 125
		[ "$stderr" = "cradle-policy: cannot write to standard output: No space left on device" ] || fail "$words: $stderr"
		# shellcheck disable=SC2086 # words
		run --separate-stderr sh -c 'exec "$0" policy "$@" >&-' "$CRADLE" $words
		expect_status 125
		[ "$stderr" = "cradle-policy: cannot write to standard output: Bad file descriptor" ] || fail "$words: $stderr"
	done
	run --separate-stderr sh -c 'exec "$0" policy compile -o all.bpf all.policy >&-' "$CRADLE"
	expect_status 0
	[ -s all.bpf ]
}

# The numbers are x86_64's: keyctl, unshare of a user namespace, clone of one, clone3, io_uring_setup, bpf,
# perf_event_open, userfaultfd, TIOCSTI, TIOCSTI with a bit that the kernel doesn't read, TIOCLINUX, mount.
DANGEROUS=(250 "272 0x10000000" "56 0x10000011" 435 425 321 298 323 "16 99 0x5412" "16 99 0x100005412" "16 99 0x541c"
	165)

@test "default denies what has cost hosts most, with EPERM, and new calls with ENOSYS" {
	local n
	[ "$(uname -m)" = x86_64 ]
	calls default "${DANGEROUS[@]}"
	expect_status 0
	for n in 250 272 56 425 321 298 323 16 165; do
		expect_line "call $n = -1"
	done
	expect_line "call 435 = -38"
	expect_count 3 '^call 16 = -1$'
	calls default $(seq 460 600)
	expect_count 141 '= -38$'
}

@test "default runs a shell's pipeline, a compiler, git, python and node" {
	under default sh -c 'printf "b\na\n" | sort | tr a-z A-Z | head -n 1'
	[ "$output" = A ]
	printf 'int main(void) { return 42; }\n' >main.c
	under default sh -c 'gcc -O2 -o main main.c && ./main'
	expect_status 42
	under default sh -c 'git init -q repo && cd repo && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m first &&
		git log --format=%s'
	[ "$output" = first ]
	under default /usr/bin/python3 -c 'import os, threading
t = threading.Thread(target=print, args=("thread",))
t.start(); t.join()
print(os.waitpid(os.fork() or os._exit(7), 0)[1] >> 8)'
	[ "$output" = $'thread\n7' ]
	under default node -e 'require("child_process").exec("echo child", (e, out) => console.log(out.trim()))'
	[ "$output" = child ]
}

@test "default runs nginx, master and workers" {
	mkdir www
	echo served >www/file
	cat >conf <<-'END'
		daemon off; master_process on; error_log stderr; pid pid;
		events {}
		http {
			access_log off;
			client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t; uwsgi_temp_path t; scgi_temp_path t;
			server { listen unix:socket; root www; }
		}
	END
	as_user mkdir -p t
	under default sh -c 'nginx -p "$PWD" -c conf & pid=$!
		until [ -S socket ]; do [ -d /proc/$pid ] || exit 9; done
		curl -s --retry 5 --retry-all-errors --unix-socket socket http://localhost/file
		kill $pid; wait $pid'
	expect_status 0
	[ "$output" = served ]
}

@test "strict computes on what is open, with threads, and does nothing by name but read" {
	printf 'b\na\n' >in
	under strict sort in
	[ "$output" = $'a\nb' ]
	under strict awk '{ n += length($0) } END { print n }' in
	[ "$output" = 2 ]
	under strict /usr/bin/python3 -c 'import threading
t = threading.Thread(target=print, args=(sum(range(100)),))
t.start(); t.join()'
	[ "$output" = 4950 ]
	under strict node -e 'console.log([3, 1, 2].sort().join(""))'
	[ "$output" = 123 ]
	under strict sh -c 'echo x > new'
	[ "$status" -ne 0 ]
	[ ! -e new ]
	under strict sh -c 'true | true'
	[ "$status" -ne 0 ]
	# socket, unlink, mkdir, chmod, kill, connect, openat to create, to write; threads with namespaces.
	calls strict 41 87 83 90 "62 1" 42 "257 -100 0 0x40" "257 -100 0 1" "56 0x04010f00" "56 0x20010f00"
	expect_status 0
	expect_count 10 '= -1$'
}

@test "strict: no signal comes from a descriptor that has news" {
	# F_SETOWN, F_SETOWN_EX, F_SETSIG; F_GETFL.
	calls strict "72 0 8 1" "72 0 15 0" "72 0 10 9" "72 0 3"
	expect_status 0
	expect_count 3 '^call 72 = -1$'
	expect_match '^call 72 = [0-9]'
}

serve() {
	# shellcheck disable=SC2016 # node's
	node -e 'require("http").createServer((q, r) => r.end("got " + q.url)).listen(0, "127.0.0.1", function () {
		console.log(this.address().port) })' >port &
	server=$!
	until [ -s port ]; do
		[ -d /proc/$server ] || return
	done
	port=$(<port)
}

@test "network-client fetches, and nobody can connect to it" {
	local server port UNDER=--share-net
	serve
	under network-client curl -sS "http://127.0.0.1:$port/a"
	[ "$output" = "got /a" ]
	under network-client sh -c "curl -sS http://127.0.0.1:$port/a | tr a-z A-Z"
	[ "$output" = "GOT /A" ]
	# shellcheck disable=SC2016 # node's
	under network-client node -e 'fetch(process.argv[1]).then(r => r.text()).then(console.log)' "http://127.0.0.1:$port/b"
	[ "$output" = "got /b" ]
	kill $server
	# listen, accept, raw sockets' family, chroot, ptrace, mount.
	calls network-client 50 43 "41 17 3 0" 161 101 165 "${DANGEROUS[@]}"
	expect_line "call 50 = -1" "call 43 = -1" "call 41 = -97" "call 161 = -1" "call 101 = -1"
	expect_count 3 '^call 16 = -1$'
}

@test "build runs make, packages, test runners and sandboxes within" {
	printf 'all: main\n\t./main\nmain: main.c\n\tgcc -o $@ $<\n' >Makefile
	printf '#include <stdio.h>\nint main(void) { return puts("made") < 0; }\n' >main.c
	under build make -s -j2
	[ "$output" = made ]
	mkdir -p package/DEBIAN
	printf 'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: x\n' >package/DEBIAN/control
	under build sh -c 'dpkg-deb -b package x.deb >&2 && dpkg-deb -f x.deb Package'
	expect_status 0
	[ "$output" = x ]
	under build bwrap --ro-bind / / --dev /dev --proc /proc --unshare-all echo within
	[ "$output" = within ]
	under build unshare -Urm sh -c 'mount -t tmpfs none /mnt && echo mounted'
	[ "$output" = mounted ]
	under build setarch -R echo plain
	[ "$output" = plain ]
	calls build 425 321 298 323 "16 99 0x5412" 250
	expect_count 6 '= -1$'
}

# A real one is in guest_agent.bats.
@test "agent: a machine's agent mounts and reboots, and makes no other privileged call" {
	# mount and umount2 of nothing, reboot without its magic, a socket to the host's family; then modules, bpf, clocks,
	# ptrace, unshare, kexec, swap, and keys; fanotify_init, mbind; mknod and mknodat of devices, and of a FIFO.
	in_world vm --seccomp agent -- call 165 + call 166 + call 169 + call 41 1 1 0 + call 175 + call 321 + call 227 + \
		call 101 16 1 + call 272 0x10000000 + call 246 + call 167 + call 250 + call 435 + call 300 + call 237 + \
		call 133 0 0x2180 0x101 + call 133 0 0x6180 0x101 + call 259 -100 0 0x2180 0x101 + call 259 -100 0 0x1180 0
	expect_line "call 300 = -1" "call 237 = -1" "call 259 = -1" "call 259 = -14"
	expect_count 2 '^call 133 = -1$'
	expect_line "call 165 = -14" "call 169 = -22" "call 175 = -1" "call 321 = -1" "call 227 = -1" "call 101 = -1" \
		"call 272 = -1" "call 246 = -1" "call 167 = -1" "call 250 = -1" "call 435 = -38"
	expect_match '^call 166 = -(14|2|22)$' '^call 41 = [0-9]+$'
}

@test "the manual's examples are policies that read without a word" {
	local n
	awk '/^```/ { on = !on; n += on; next } on && n { print > "example" n }' "$TOP/contrib/man/cradle-policy.5.scd"
	grep -l '^allow\|^include\|^deny' example* >policies
	[ "$(wc -l <policies)" -ge 2 ]
	while read -r n; do
		policy check "./$n"
		expect_status 0
		[ -z "$stderr" ]
		refute_match 'never decides'
	done <policies
}

# snapshot: names, contents, attributes and times: whatever changes one changes %C@.
snapshot() {
	find tree -printf '%p %y %m %U %G %s %n %T@ %C@ %l\n' | sort
}

@test "the manual's example of files only for reading: none of the calls there are changes any" {
	local before
	awk '/^```/ { on = !on; n += on; next } on && n { print > "example" n }' "$TOP/contrib/man/cradle-policy.5.scd"
	mv "$(grep -l '^deny EROFS' example*)" readonly.policy
	as_user sh -c 'umask 022; mkdir -p tree/dir; echo content >tree/file; ln -s file tree/link'
	before=$(snapshot)
	under ./readonly.policy /usr/bin/python3 -c 'import ctypes, errno, os
libc = ctypes.CDLL(None, use_errno=True)
file, link, dir, new = b"tree/file", b"tree/link", b"tree/dir", b"tree/new"
fd, dirfd, here = os.open(file, os.O_RDONLY), os.open(dir, os.O_RDONLY), -100
two = (ctypes.c_long * 4)(1, 1, 1, 1)
flags = (ctypes.c_long * 8)(0x40)
how = (ctypes.c_uint64 * 3)(os.O_RDWR | os.O_TRUNC, 0, 0)
attr = (ctypes.c_uint64 * 8)(0x40)
value = (ctypes.c_uint64 * 2)(ctypes.addressof(ctypes.create_string_buffer(b"v")), 1)
tries = {
	"open": [(2, file, f, 0o644) for f in (1, 2, 3, 0o1000, 0o1001, 0o2001)] + [(2, new, 0o100, 0o644), (2, dir, 0o20200002, 0o600)],
	"openat": [(257, here, file, f, 0o644) for f in (1, 2, 3, 0o1000, 0o2001)] + [(257, here, new, 0o100, 0o644)],
	"openat2": [(437, here, file, how, 24)],
	"creat": [(85, new, 0o644), (85, file, 0o644)],
	"open_by_handle_at": [(304, here, two, 2)],
	"mkdir": [(83, new, 0o755), (258, here, new, 0o755)],
	"mknod": [(133, new, 0o10644, 0), (259, here, new, 0o100644, 0)],
	"link": [(86, file, new), (265, here, file, here, new, 0)],
	"symlink": [(88, file, new), (266, file, here, new)],
	"rename": [(82, file, new), (264, here, file, here, new), (316, here, file, here, new, 0), (316, here, file, here, dir, 2)],
	"unlink": [(87, file), (263, here, file, 0), (263, here, dir, 0x200), (84, dir)],
	"truncate": [(76, file, 1)],
	"chmod": [(90, file, 0), (91, fd, 0), (91, dirfd, 0), (268, here, file, 0), (452, here, file, 0, 0)],
	"chown": [(92, file, os.getuid(), -1), (93, fd, os.getuid(), -1), (94, link, os.getuid(), -1), (260, here, file, os.getuid(), -1, 0)],
	"times": [(132, file, two), (132, file, None), (235, file, two), (235, file, None), (261, here, file, two), (261, here, file, None),
		(261, fd, None, two), (280, here, file, two, 0), (280, fd, None, None, 0), (280, dirfd, None, two, 0)],
	"setxattr": [(188, file, b"user.a", b"v", 1, 0), (189, file, b"user.a", b"v", 1, 0), (190, fd, b"user.a", b"v", 1, 0),
		(463, here, file, 0, b"user.a", value, 16)],
	"removexattr": [(197, file, b"user.a"), (198, file, b"user.a"), (199, fd, b"user.a"), (466, here, file, 0, b"user.a")],
	"file_setattr": [(469, here, file, attr, 32, 0)],
	"ioctl": [(16, f, request, flags) for f in (fd, dirfd) for request in (0x40086602, 0x401c5820, 0x40087602, 0x40049409, 0x5000940e)],
	"bind": [(41, 1, 1, 0)],
	"descriptors": [(77, fd, 1), (285, fd, 0, 0, 100), (1, fd, b"x", 1), (18, fd, b"x", 1, 0), (326, fd, None, dirfd, None, 1, 0)],
}
wrong = 0
for name, calls in tries.items():
	for call in calls:
		ctypes.set_errno(0)
		got = libc.syscall(*[ctypes.c_long(a) if isinstance(a, int) else a for a in call])
		error = errno.errorcode.get(ctypes.get_errno(), "none")
		named = ("EROFS", "ENOSYS", "ENOTTY", "EACCES", "EPERM")
		if got != -1 or name != "descriptors" and error not in named:
			print(name, call, got, error)
			wrong += 1
print(open(file).read().strip(), os.listdir("tree/dir"), os.readlink("tree/link"), wrong)'
	expect_line "content [] file 0"
	[ "$(snapshot)" = "$before" ]
}

@test "show: a container runtime's profile becomes a policy in text that says the same" {
	cat >profile.json <<-'END'
		{ "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "syscalls": [
			{ "names": ["execve", "read", "write", "exit_group"], "action": "SCMP_ACT_ALLOW" },
			{ "names": ["personality"], "action": "SCMP_ACT_ALLOW",
			  "args": [{ "index": 0, "value": 4294967295, "op": "SCMP_CMP_EQ" }] },
			{ "names": ["clone"], "action": "SCMP_ACT_ALLOW",
			  "args": [{ "index": 0, "value": 268435456, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ" }] },
			{ "names": ["socket"], "action": "SCMP_ACT_ERRNO", "errnoRet": 22,
			  "args": [{ "index": 0, "value": 40, "op": "SCMP_CMP_EQ" }] } ] }
	END
	policy show profile.json
	expect_status 0
	expect_line "default ENOSYS" "allow execve exit_group read write" "allow clone if arg0 & CLONE_NEWUSER == 0" \
		"allow personality if arg0 == 0xffffffff" "deny EINVAL socket if arg0 == AF_VSOCK"
	echo "$output" >shown.policy
	policy diff profile.json shown.policy
	expect_status 0
	[ -z "$output" ]
	policy check profile.json
	expect_status 0
	refute_match 'never decides'
}
