# cradle policy compile: from any form of a policy to any other, and what the kernel and container runtimes
# make of it. That compiled programs answer as their policies do is asked for every number in
# unit/compile_property_test.c.
# shellcheck disable=SC2154 # variables of setup_suite.bash

load worlds

export XDG_CACHE_HOME=/nonexistent

compile() {
	run --separate-stderr timeout -s KILL 60 "$CRADLE" policy compile "$@"
}

# What the probe says of these calls under a compiled policy, as CALL = RESULT lines.
under() {
	local filter=$1
	shift
	run --separate-stderr timeout -s KILL 60 "$CRADLE" run --seccomp "$filter" -- "$PROBE" "$@"
}

# Calls that tell policies apart: a new number, unshare of a user namespace (with a flag that is none), TIOCSTI and TIOCSTI with a
# bit that the kernel doesn't read, clone3, a netlink socket for audit, personality, mount, keyctl.
CALLS=(call 999 + call 272 0x10000001 + call 16 99 0x5412 + call 16 99 0x100005412 + call 435 + call 41 16 3 9
	+ call 135 0xffffffff + call 165 + call 250 + call 317 99)

write_policy() {
	cat >"$1.policy"
}

@test "compile: what -o names is the program, whole instructions that the kernel takes" {
	write_policy plain <<-'END'
		default ENOSYS
		allow @default @basic-io @process @file-system @io-event @network-io @signal
		deny EACCES chdir
		deny EXDEV ioctl if arg1 == TIOCSTI
		allow ioctl if arg1 != TIOCSTI
	END
	compile -o plain.bpf plain.policy
	expect_status 0
	[ -z "$output$stderr" ]
	[ $(($(stat -c %s plain.bpf) % 8)) -eq 0 ]
	under plain.bpf call 80 + call 16 99 0x5412 + call 16 99 0x100005412 + call 16 99 0x5413 + call 171 + call 999
	expect_status 0
	expect_line "call 80 = -13" "call 16 = -18" "call 16 = -9" "call 171 = -38" "call 999 = -38"
	expect_count 2 '^call 16 = -18$'
}

@test "compile: to standard output the program, and the same each time" {
	write_policy same <<-'END'
		allow @default @basic-io
		deny kill if arg1 in {SIGKILL, SIGTERM}
	END
	compile -o a.bpf same.policy
	expect_status 0
	"$CRADLE" policy compile same.policy >b.bpf
	cmp a.bpf b.bpf
}

@test "compile: numbers of i386 and x32 kill, unless the policy names the architecture" {
	[ "$(uname -m)" = x86_64 ]
	write_policy native <<-'END'
		default allow
		deny EXDEV getpid
	END
	{ echo 'arch i386 x32' && cat native.policy; } >all.policy
	compile -o native.bpf native.policy
	expect_status 0
	compile -o all.bpf all.policy
	expect_status 0
	under native.bpf call 39
	expect_line "call 39 = -18"
	under native.bpf call-i386 20
	expect_status $((128 + 31))
	under native.bpf call-x32 39
	expect_status $((128 + 31))
	under all.bpf call 39 + call-i386 20 + call-x32 39
	expect_status 0
	expect_line "call 39 = -18" "call-i386 20 = -18" "call-x32 39 = -18"
	compile -o by-option.bpf --arch i386 --arch x32 native.policy
	cmp all.bpf by-option.bpf
}

@test "compile: i386's socketcall is no way around a condition on socket" {
	[ "$(uname -m)" = x86_64 ]
	write_policy socket <<-'END'
		arch i386
		default allow
		deny EXDEV socket if arg0 == AF_NETLINK
	END
	compile -o socket.bpf socket.policy
	expect_status 0
	# socket(AF_NETLINK) by its own number, socketcall(SYS_SOCKET), socketcall(SYS_SHUTDOWN)
	under socket.bpf call-i386 359 16 3 0 + call-i386 102 1 0 + call-i386 102 13 0
	expect_line "call-i386 359 = -18" "call-i386 102 = -18" "call-i386 102 = -14"
}

@test "compile: capabilities and the kernel's version decide terms and templates" {
	write_policy terms <<-'END'
		default EXDEV
		allow @default @basic-io @process @file-system
		allow sethostname if CAP_SYS_ADMIN
		allow sync if kernel >= 6.0
	END
	compile -o none.bpf --kernel 5.15 terms.policy
	compile -o all.bpf --cap CAP_SYS_ADMIN --kernel 6.1 terms.policy
	under none.bpf call 170 0 -1 + call 162
	expect_line "call 170 = -18" "call 162 = -18"
	under all.bpf call 170 0 -1 + call 162
	expect_line "call 170 = -1" "call 162 = 0"
}

@test "compile: a profile of podman's loads and answers as under its own file name" {
	compile -o profile.bpf /usr/share/containers/seccomp.json
	expect_status 0
	[ -z "$stderr" ]
	under profile.bpf "${CALLS[@]}"
	expect_status 0
	expect_line "call 999 = -38" "call 41 = -22" "call 317 = -22"
}

@test "compile: moby's own profile loads, and lets through what a kept capability is for" {
	local profile=$BUILD/foreign/moby-default.json
	compile -o moby.bpf "$profile"
	expect_status 0
	[ -z "$stderr" ]
	under moby.bpf "${CALLS[@]}"
	expect_status 0
	# Namespaces only for who keeps CAP_SYS_ADMIN: unshare(CLONE_NEWUTS), mount.
	under moby.bpf call 272 0x4000000 + call 165
	expect_line "call 272 = -1" "call 165 = -1"
	compile -o admin.bpf --cap CAP_SYS_ADMIN "$profile"
	under admin.bpf call 165
	expect_line "call 165 = -14"
	"$CRADLE" run --seccomp "$profile" -- sh -c 'ls / | sort >/dev/null'
}

@test "compile: moby's test cases load, and other projects' policies are refused with what is wrong" {
	local profile
	for profile in default-old-format example conditional_include; do
		compile -o "$profile.bpf" "$BUILD/foreign/moby-$profile.json"
		expect_status 0
	done
	# minijail, kafel, systemd, firejail, lxc: as their manuals write them.
	printf 'read: 1\nioctl: arg1 == TCGETS\n' >minijail.policy
	printf 'POLICY a { ALLOW { read, write } } USE a DEFAULT KILL\n' >kafel.policy
	printf 'SystemCallFilter=@system-service\n' >systemd.policy
	printf 'seccomp.drop @clock,@mount\n' >firejail.policy
	printf '2\nallowlist\nread\n' >lxc.policy
	for profile in minijail kafel systemd firejail lxc; do
		compile "$profile.policy"
		expect_status 125
		[[ $stderr =~ ^(cradle-policy: |cradle: )?$profile.policy:1:1:\ .*:\ expected\  ]] ||
			fail "$profile: $stderr"
	done
}

# bats test_tags=image
@test "compile: what is written as OCI JSON means the same to a container runtime as to us" {
	local profile ours
	[ "$(id -u)" = 0 ]
	once image make_image
	write_policy mixed <<-'END'
		default EACCES
		allow @known
		deny EXDEV unshare if arg0 & CLONE_NEWUSER != 0
		deny ioctl if arg1 in {TIOCSTI, TIOCLINUX}
		deny EXDEV socket if arg0 == AF_NETLINK and arg2 > 8
		deny ENOSYS clone3
		deny personality if arg0 not in {0, 8}
	END
	for profile in /usr/share/containers/seccomp.json mixed.policy; do
		compile --to oci -o written.json "$profile"
		expect_status 0
		jq -e '.syscalls | length > 3' written.json
		compile -o ours.bpf written.json
		expect_status 0
		compile -o again.bpf "$profile"
		# No capabilities on both sides; the runtime's own calls have passed already.
		under ours.bpf "${CALLS[@]}"
		ours=$output
		under again.bpf "${CALLS[@]}"
		[ "$output" = "$ours" ] || fail "$profile: what was written and read isn't what it was"
		run podman_run --cap-drop ALL --security-opt seccomp="$PWD/written.json" --entrypoint /probe \
			cradle-test "${CALLS[@]}"
		[ "$output" = "$ours" ] || fail "$profile: podman answers otherwise than: $ours"
	done
}

@test "compile: what would be too long for a container runtime is refused, with the calls that it is for" {
	local set
	set=$(seq -s , 15)
	write_policy long <<-END
		default allow
		deny ioctl if arg1 == TIOCSTI
		deny lseek if arg0 not in {$set} and arg1 not in {$set}
		deny kill if arg0 not in {1, 2, 3}
	END
	compile -o long.bpf long.policy
	expect_status 0
	compile --to oci -o long.json long.policy
	expect_status 125
	[[ $stderr =~ ^"cradle-policy: cannot write long.policy as OCI JSON that a container runtime can load: expected at most 4000 instructions of libseccomp's, it would be "[0-9]+"; most are for the conditions of lseek, ioctl, kill"$ ]]
	[ ! -e long.json ]
}

@test "compile: all that is shipped, and the profiles of runtimes, can be written for runtimes" {
	local policy caps
	for policy in agent build default network-client strict /usr/share/containers/seccomp.json \
		"$BUILD"/foreign/moby-{default,default-old-format,example,conditional_include}.json; do
		for caps in CAP_CHOWN ALL; do
			compile --to oci --cap $caps -o "written.json" "$policy"
			expect_status 0
			[ -z "$stderr" ] || fail "$policy: $stderr"
		done
	done
}

@test "compile: pseudo code for people names calls and conditions" {
	write_policy small <<-'END'
		allow read
		deny EXDEV ioctl if arg1 == TIOCSTI
	END
	compile --to pfc small.policy
	expect_status 0
	expect_line "  # read" "    action ALLOW;" '    if ($a1.lo32 == 0x5412)' "      action ERRNO(18);" \
		"action KILL_PROCESS;"
}

@test "compile: what is wrong is said with its place, and no file is left" {
	printf 'allow read\nalow write\n' >wrong.policy
	printf '{ "defaultAction": "SCMP_ACT_ERRNO",\n  "syscalls": [ { "names": 1 ] }\n' >wrong.json
	printf '{ "defaultAction": "SCMP_ACT_ERRNO", "syscalls": [\n\n{ "names": ["read"], "action": "ALLOW" } ] }' \
		>action.json
	local file expected
	while read -r file expected; do
		compile -o out.bpf "$file"
		expect_status 125
		[[ "$stderr" == *"$expected"* ]] || fail "expected $expected in: $stderr"
		[ ! -e out.bpf ] || fail "$file left a file"
	done <<-'END'
		wrong.policy wrong.policy:2:1: alow
		wrong.json wrong.json:2:
		action.json action.json:3: syscalls[0]: action: ALLOW: expected SCMP_ACT_ALLOW
		none.policy none.policy: No such file
		no-such-name no-such-name: expected a path or one of
	END
}

@test "check: tells what of a profile means nothing here" {
	echo '{ "defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/s", "flags": ["SECCOMP_FILTER_FLAG_LOG"], "syscalls": [
		{ "names": ["read", "no_such_call"], "action": "SCMP_ACT_ERRNO" } ] }' >odd.json
	run "$CRADLE" policy check odd.json
	expect_line "odd.json:2: syscalls[0]: no_such_call: no architecture here has such a call" \
		"odd.json: listenerPath: nobody is asked" "odd.json: flags: the kernel is asked for none"
}

@test "compile: a program can't be compiled once more, and that is said" {
	echo 'default allow' >all.policy
	compile -o all.bpf all.policy
	compile -o again.bpf all.bpf
	expect_status 125
	[[ "$stderr" == *"all.bpf"*"compiled already"* ]]
	[ ! -e again.bpf ]
}

@test "compile: options that can't be are refused by name" {
	echo 'default allow' >all.policy
	local words expected
	while IFS='|' read -r words expected; do
		# shellcheck disable=SC2086 # words
		compile $words all.policy
		expect_status 125
		[[ "$stderr" == *"$expected"* ]] || fail "expected $expected in: $stderr"
	done <<-'END'
		--to elf|--to=elf: expected bpf, oci or pfc
		--cap CAP_NONE|--cap=CAP_NONE: expected a capability
		--kernel new|--kernel=new: expected a version
		--arch pdp11|--arch=pdp11: expected an architecture
		--frobnicate|unknown option --frobnicate
		all.policy|expected one POLICY
	END
}

# The only entry of the cache, if there is one.
entry() {
	find "$XDG_CACHE_HOME/cradle" -type f
}

@test "cache: an entry is the user's alone and holds what it was made from" {
	export XDG_CACHE_HOME=$PWD/cache
	echo 'allow write' >inner.policy
	printf 'default allow\n# a remark\ninclude ./inner.policy\n' >outer.policy
	compile --cache -o out.bpf outer.policy
	expect_status 0
	[ "$(entry | wc -l)" -eq 1 ]
	[ "$(stat -c %a "$XDG_CACHE_HOME/cradle")" = 700 ]
	[ "$(stat -c %a "$(entry)")" = 600 ]
	grep -aq "# a remark" "$(entry)"
	grep -aq "$PWD/./inner.policy\|$PWD/inner.policy" "$(entry)"
	grep -aq "libseccomp.so" "$(entry)"
	grep -aq "cradle-policy" "$(entry)"
	# The same again is the same entry, other capabilities another one.
	compile --cache -o out.bpf outer.policy
	[ "$(entry | wc -l)" -eq 1 ]
	compile --cache --cap CAP_CHOWN -o out.bpf outer.policy
	[ "$(entry | wc -l)" -eq 2 ]
}

@test "cache: nothing is kept in a directory that others may write to, or that is a link" {
	export XDG_CACHE_HOME=$PWD/cache
	echo 'default allow' >all.policy
	mkdir -p cache/cradle elsewhere
	chmod 777 cache/cradle
	compile --cache -o out.bpf all.policy
	expect_status 0
	[ -z "$(entry)" ]
	rmdir cache/cradle
	ln -s ../elsewhere cache/cradle
	compile --cache -o out.bpf all.policy
	expect_status 0
	[ -z "$(find elsewhere -type f)" ]
	[ -s out.bpf ]
}

@test "cache: root makes nothing in another user's home, nor where that user's links lead" {
	[ "$(id -u)" = 0 ] || skip "only root has others' homes to write to"
	unset XDG_CACHE_HOME
	mkdir home elsewhere
	chown 65534 home
	echo 'default allow' >all.policy
	HOME=$PWD/home compile --cache -o out.bpf all.policy
	[ -s out.bpf ]
	[ -z "$(ls -A home)" ]
	ln -s ../elsewhere home/.cache
	HOME=$PWD/home compile --cache -o out.bpf all.policy
	[ -z "$(ls -A elsewhere)" ]
	HOME=$PWD/elsewhere compile --cache -o out.bpf all.policy
	[ "$(find elsewhere -type f | wc -l)" = 1 ]
}

@test "cache: what comes through a pipe isn't kept, for nobody could look whether it is the same" {
	export XDG_CACHE_HOME=$PWD/cache
	compile --cache -o out.bpf /dev/stdin < <(echo 'default allow')
	expect_status 0
	[ -s out.bpf ]
	[ ! -e cache/cradle ] || [ -z "$(entry)" ]
}

@test "cache: a program for more architectures isn't kept, for a launch would take it for the policy's own" {
	export XDG_CACHE_HOME=$PWD/cache
	echo 'default allow' >all.policy
	compile --cache --arch x32 --arch i386 -o out.bpf all.policy
	expect_status 125
	[[ $stderr == *"--cache keeps what a launch looks for"*"expected one of the two"* ]]
	[ ! -e out.bpf ]
	[ ! -e cache/cradle ] || [ -z "$(entry)" ]
	[ "$(uname -m)" = x86_64 ] || return 0
	under all.policy call-i386 20
	expect_status $((128 + 31))
}

# chdir_gets ERRNO POLICY [OPTION...]: in a sandbox with that policy.
chdir_gets() {
	local errno=$1
	shift
	run --separate-stderr timeout -s KILL 60 "$CRADLE" run --seccomp "$@" -- "$PROBE" call 80
	[ "$output" = "call 80 = -$errno" ] || fail "expected -$errno from chdir"
}

# Each compilation writes a new file.
number_of_entry() {
	stat -c %i "$(entry)"
}

@test "cache: a launch with a policy that was compiled before doesn't compile it" {
	local first
	export XDG_CACHE_HOME=$PWD/cache
	printf 'default allow\ndeny EXDEV chdir\n' >my.policy
	chdir_gets 18 my.policy
	first=$(number_of_entry)
	chdir_gets 18 my.policy
	chdir_gets 18 "$PWD/my.policy"
	[ "$(number_of_entry)" = "$first" ]
}

@test "cache: a change of the policy, of what it includes or of the capabilities compiles it anew" {
	export XDG_CACHE_HOME=$PWD/cache
	echo 'deny EXDEV chdir' >inner.policy
	printf 'default allow\ninclude ./inner.policy\n' >my.policy
	chdir_gets 18 my.policy
	# As long as before, and with the time of before.
	touch -r inner.policy stamp
	echo 'deny EBUSY chdir' >inner.policy
	touch -r stamp inner.policy
	chdir_gets 16 my.policy
	printf 'default allow\ninclude ./inner.policy\ndeny EINTR chdir\n' >my.policy
	chdir_gets 4 my.policy
	printf 'default allow\ndeny EXDEV chdir\nallow chdir if CAP_SYS_ADMIN\n' >my.policy
	chdir_gets 18 my.policy
	chdir_gets 14 my.policy --cap-add CAP_SYS_ADMIN
	chdir_gets 18 my.policy
}

@test "cache: another cradle-policy compiles anew" {
	local first
	export XDG_CACHE_HOME=$PWD/cache
	printf 'default allow\ndeny EXDEV chdir\n' >my.policy
	mkdir bin
	cp "${CRADLE%/*}/cradle-policy" bin/
	export CRADLE_EXEC_PATH=$PWD/bin
	chdir_gets 18 my.policy
	first=$(number_of_entry)
	chdir_gets 18 my.policy
	[ "$(number_of_entry)" = "$first" ]
	touch bin/cradle-policy
	chdir_gets 18 my.policy
	[ "$(number_of_entry)" != "$first" ]
}

@test "cache: an entry that is damaged, or that others can have written, is not used" {
	local first damage
	export XDG_CACHE_HOME=$PWD/cache
	printf 'default allow\ndeny EXDEV chdir\n' >my.policy
	for damage in 'chmod 666 FILE' 'chmod 777 cache/cradle' 'truncate -s -8 FILE' 'truncate -s 40 FILE' \
		'truncate -s +8 FILE' 'truncate -s 0 FILE' 'cp FILE copy; ln -sf ../../copy FILE'; do
		rm -rf cache
		chdir_gets 18 my.policy
		first=$(entry)
		# Whoever uses it in spite of that is let through.
		sed -i 's/\x12\x00\x05\x00/\x00\x00\xff\x7f/' "$first"
		run -0 "$CRADLE" run --seccomp my.policy -- "$PROBE" call 80
		[ "$output" = "call 80 = -14" ] || fail "the entry isn't what decides"
		eval "${damage//FILE/$first}"
		chdir_gets 18 my.policy
	done
}
