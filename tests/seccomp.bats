#!/usr/bin/env bats
# How cradle finds, loads and tells of policies. What they do to an agent in each world is in seccomp.bash,
# what they say in policy.bats, denials in words in explain.bats.
# shellcheck disable=SC2016,SC2154 # the shell inside; run sets status, output, stderr

bats_require_minimum_version 1.5.0

load worlds
load sandbox

setup() {
	setup_there
	export HOME=$SANDBOX_DIR
	unset XDG_CACHE_HOME
}

# cradle WORD...: by a normal user
cradle() {
	run --separate-stderr as_user timeout -s KILL "$SANDBOX_DEADLINE" "$CRADLE" "$@"
}

# sandboxed [OPTION...] -- VERB...: the probe
sandboxed() {
	local before behind
	cut_at_dashes "$@"
	cradle run --chdir / --ro-bind "$SUITE_DIR/bin" "$SUITE_DIR/bin" "${before[@]}" -- "$PROBE" "${behind[@]}"
}

filters() {
	sed -n 's/^Seccomp_filters:\t//p' <<<"$output"
}

# refused REGEX [OPTION...]: 125 and one line
refused() {
	local regex=$1
	shift
	sandboxed "$@" -- print started
	[ "$status" = 125 ] && [ -z "$output" ] && [ "$(wc -l <<<"$stderr")" = 1 ] && [[ $stderr =~ $regex ]] || {
		echo "$*: $status, $output, $stderr"
		return 1
	}
}

# What a static program needs to begin and to end, and nothing of cradle's but execve.
program_policy() {
	printf '%s\n' 'default kill' 'allow execve arch_prctl set_tid_address brk mmap munmap mprotect' \
		'allow write writev ioctl exit exit_group rt_sigprocmask' "$@"
}

@test "run applies the policy default unless told otherwise, bwrap and init don't" {
	sandboxed -- cat /proc/self/status
	[ "$(filters)" = 1 ]
	sandboxed --seccomp=none -- cat /proc/self/status
	[ "$(filters)" = 0 ]
	sandboxed --seccomp=strict -- cat /proc/self/status
	[ "$(filters)" = 1 ]
	cradle bwrap --ro-bind / / --proc /proc "$PROBE" cat /proc/self/status
	[ "$(filters)" = 0 ]
	cradle init -- "$PROBE" cat /proc/self/status
	[ "$(filters)" = 0 ]
}

@test "a dry run tells which policies there are, also by default" {
	cradle run --dry-run -- true
	grep -qx 'seccomp default' <<<"$output"
	cradle run --dry-run --seccomp strict --seccomp ./a.policy -- true
	[ "$(grep seccomp <<<"$output")" = $'seccomp strict\nseccomp ./a.policy' ]
	cradle bwrap --dry-run -- true
	grep -qx 'seccomp none' <<<"$output"
}

@test "a policy has to allow execve and what the program itself does, nothing of cradle's" {
	local how
	program_policy >needed.policy
	for how in '' --as-pid-1 --tty=inherit --share-pid --keep-keyring '--rlimit nofile=50' '--uid 0' --nice=19 \
		'--landlock-ro / --landlock-exec /' --name=sandbox-$$; do
		# shellcheck disable=SC2086 # words
		PATH=/nowhere:$SUITE_DIR/bin:$PATH run --separate-stderr as_user "$CRADLE" run --chdir / \
			--ro-bind "$SUITE_DIR/bin" "$SUITE_DIR/bin" --seccomp needed.policy $how -- probe print ran
		[ "$status" = 0 ] && [ "$output" = ran ] || {
			echo "$how: $status, $output, $stderr"
			return 1
		}
	done
	PATH=/nowhere:$SUITE_DIR/bin:$PATH cradle init --seccomp needed.policy -- probe print ran
	[ "$output" = ran ]
}

@test "execve that a policy refuses for its arguments is told as what it is" {
	printf '%s\n' 'default allow' 'deny EACCES execve if arg2 != 0' >noexec.policy
	sandboxed --seccomp noexec.policy -- print ran
	[ "$status" = 126 ]
	[[ $stderr == "cradle: cannot execute $PROBE"*"Permission denied" ]]
}

@test "a policy comes by name, as text or compiled, and from a descriptor" {
	printf '%s\n' 'default allow' 'deny ENOTEMPTY mkdir' >text.policy
	cradle policy compile -o raw.bpf text.policy
	local policy
	for policy in text.policy ./text.policy raw.bpf "$PWD/raw.bpf" fd:7 7; do
		sandboxed --seccomp "$policy" -- call 83 7<raw.bpf
		[ "$output" = 'call 83 = -39' ] || { echo "$policy: $output $stderr"; return 1; }
	done
	sandboxed --add-seccomp-fd 7 --seccomp fd:8 -- call 83 + cat /proc/self/status 7<raw.bpf 8<raw.bpf
	[ "${lines[0]}" = 'call 83 = -39' ]
	# What is read once only, as <(...) of a shell.
	run as_user bash -c '"$1" run --seccomp <(cat raw.bpf) --chdir / --ro-bind "$3" "$3" -- "$2" call 83' - \
		"$CRADLE" "$PROBE" "$SUITE_DIR/bin"
	[ "$output" = 'call 83 = -39' ]
	cradle init --seccomp raw.bpf -- "$PROBE" call 83
	[ "$output" = 'call 83 = -39' ]
	printf '%s\n' 'seccomp = text.policy' >config
	sandboxed --config config -- call 83
	[ "$output" = 'call 83 = -39' ]
}

@test "what a policy refuses it for is given back with the capability that is kept" {
	sandboxed -- call 165
	[ "$output" = 'call 165 = -1' ]
	# Past the filter: an address that isn't there.
	sandboxed --cap-keep=CAP_SYS_ADMIN -- call 165
	[ "$output" = 'call 165 = -14' ]
	printf '%s\n' 'default allow' 'deny ENOTEMPTY mkdir' 'allow mkdir if CAP_KILL' >kill.policy
	sandboxed --seccomp kill.policy -- call 83
	[ "$output" = 'call 83 = -39' ]
	sandboxed --seccomp kill.policy --cap-add=kill -- call 83
	[ "$output" = 'call 83 = -14' ]
}

@test "what can't be a policy is refused in one line, and nothing is started" {
	refused 'no policy bogus: expected' --seccomp bogus
	refused 'cannot open the policy ./none.policy: No such file' --seccomp ./none.policy
	refused 'cannot open the policy /etc/.*: ' --seccomp /etc/nothing.policy
	refused 'expected none, the name' --seccomp=
	echo 'deny mkdri' >wrong.policy
	refused 'wrong.policy:1:6: mkdri: .*mkdir' --seccomp wrong.policy
	printf 'abc\0' >odd.bpf
	refused 'cannot use the policy odd.bpf: expected' --seccomp odd.bpf
	refused 'fd:99: expected a descriptor' --seccomp fd:99
	refused 'fd:x: expected' --seccomp fd:x
	refused 'fd:7: expected a compiled program.*: a policy in text has to be a file$' --seccomp fd:7 7<wrong.policy
	head -c 8 /dev/zero | tr '\0' '\377' >invalid.bpf
	printf '\0' | dd of=invalid.bpf bs=1 seek=1 conv=notrunc status=none
	refused 'cannot load the seccomp filter \(its program is wrong\)' --seccomp fd:7 7<invalid.bpf
	# Instructions that are none aren't joined with others.
	refused 'cannot join 2 policies' --seccomp default --seccomp fd:7 7<invalid.bpf
}

@test "a policy under which nothing could be started is refused beforehand" {
	local action
	for action in 'default EPERM' 'default kill' $'default allow\ndeny EACCES execve' $'default allow\ntrap execve'; do
		echo "$action" >none.policy
		refused '^cradle: cannot start anything under the policy none.policy: it refuses execve' --seccomp none.policy
		refused '^cradle: cannot start anything under the policy none.policy: it ' --seccomp none.policy --seccomp strict --explain
		cradle policy compile -o none.bpf none.policy
		refused '^cradle: cannot start anything under the policy fd:7: it refuses execve' --seccomp fd:7 7<none.bpf
		cradle init --seccomp none.policy -- "$PROBE" print started
		[ "$status" = 125 ]
		[ -z "$output" ]
		sandboxed --seccomp none.policy --seccomp-mode=complain -- print ran
		[ "$output" = ran ]
	done
}

@test "what contradicts itself is refused beforehand" {
	refused '^cradle: --no-new-privs=0: expected --seccomp=none' --no-new-privs=0
	refused '^cradle: --no-new-privs=0: expected --seccomp=none' --no-new-privs=0 --seccomp strict
	sandboxed --no-new-privs=0 --seccomp=none -- print ran
	[ "$output" = ran ]
	sandboxed --no-new-privs=0 --cap-keep=CAP_SYS_ADMIN -- print ran
	[ "$output" = ran ]
	refused 'expected a policy to go with' --explain --seccomp=none
	refused 'expected a policy to go with' --seccomp-mode=complain --seccomp=none
	refused '^cradle: --seccomp-listener: expected no --explain' --explain --seccomp-listener 7 7</dev/null
	refused 'expected enforce or complain' --seccomp-mode=loudly
	refused 'expected a socket above 2' --seccomp-listener 1
	refused 'cannot use descriptor 7 for --seccomp-listener: ' --seccomp-listener 7 7</dev/null
	refused 'cannot use descriptor 77 for --seccomp-listener' --seccomp-listener 77
	refused 'expected at most 16 policies' --seccomp={a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a}
	cradle init --explain -- "$PROBE" print started
	[ "$status" = 125 ]
	[[ $stderr == *"expected a policy to go with"* ]]
}

@test "a policy without cradle-policy: what is shipped and what is compiled works, text says what to do" {
	mkdir alone
	cp "$CRADLE" "$PROBE" alone/
	echo 'default allow' >text.policy
	cradle policy compile -o raw.bpf text.policy
	local policy
	for policy in default strict raw.bpf; do
		run --separate-stderr as_user alone/cradle run --seccomp $policy --chdir / -- "$PWD/alone/probe" print ran
		[ "$output" = ran ]
	done
	run --separate-stderr as_user alone/cradle run --cap-keep=CAP_SYS_ADMIN --chdir / -- "$PWD/alone/probe" call 165
	[ "$output" = 'call 165 = -1' ]
	[[ $stderr == "cradle: the policy default refuses also what kept capabilities are for: "* ]]
	run --separate-stderr as_user alone/cradle run --seccomp text.policy -- "$PWD/alone/probe" print ran
	[ "$status" = 125 ]
	[[ $stderr == "cradle: cannot compile the policy text.policy: there is no cradle-policy here;"* ]]
	run --separate-stderr as_user alone/cradle run --explain -- "$PWD/alone/probe" print ran
	[ "$status" = 125 ]
	[[ $stderr == "cradle: cannot find cradle-policy, which --explain"* ]]
}

@test "what a policy refuses in each life of an agent or a sandbox is explained" {
	printf '%s\n' 'default allow' 'deny ENOTEMPTY mkdir' >text.policy
	cat >twice <<-END
		#!/bin/sh
		$PROBE call 83
		[ ! -e again ] || exit 0
		: >again
		exit 1
	END
	chmod 755 twice
	cradle init --seccomp text.policy --explain --on-failure=restart -- ./twice
	[ "$status" = 0 ]
	[ "$output" = $'call 83 = -39\ncall 83 = -39' ]
	[ "$(grep -c 'denied: mkdir' <<<"$stderr")" = 2 ]
	# Outside is one who tells it for all lives.
	rm again
	cradle run --bind "$PWD" "$PWD" --seccomp text.policy --explain --on-failure=restart -- ./twice
	[ "$status" = 0 ]
	[ "$output" = $'call 83 = -39\ncall 83 = -39' ]
	[[ $stderr == *"cradle: denied in all: mkdir 2 times" ]]
	rm again
	cradle policy learn -o learnt.policy --bind "$PWD" "$PWD" --on-failure=restart -- ./twice
	[ "$(grep -c 'call 83 = ' <<<"$output")" = 2 ]
	grep -qE '^allow mkdir +# 2 times$' learnt.policy
}

@test "what an init just leaves to its agent loosens no policy; what it is told to keep does" {
	local how
	for how in '' --cap-drop=SYS_BOOT '--cap-drop=SYS_BOOT --cap-drop=CHOWN'; do
		# shellcheck disable=SC2086 # words
		run -0 unshare -Urpf --mount-proc "$CRADLE" init --seccomp default $how -- "$PROBE" call 272 0x20000
		[ "$output" = 'call 272 = -1' ]
	done
	for how in --cap-keep=SYS_ADMIN '--cap-drop=ALL --cap-add=SYS_ADMIN'; do
		# shellcheck disable=SC2086 # words
		run -0 unshare -Urpf --mount-proc "$CRADLE" init --seccomp default $how -- "$PROBE" call 272 0x20000
		[ "$output" = 'call 272 = 0' ]
	done
}

@test "a listener that nobody takes ends the agent before it has begun" {
	# A socket whose other end is closed.
	run --separate-stderr as_user /usr/bin/python3 -c 'import os, socket, sys
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
a.close()
os.set_inheritable(b.fileno(), True)
os.execv(sys.argv[1], [sys.argv[1], "run", "--seccomp-listener", str(b.fileno()), "--", "/bin/echo", "ran"])' "$CRADLE"
	[ "$status" = 125 ]
	[ -z "$output" ]
	[[ $stderr == *"cannot hand over the listener of the seccomp filter (who was to get it is gone): Broken pipe" ]]
}

@test "the agent has neither the listener nor the socket it went through" {
	printf '%s\n' 'default allow' 'deny ENOTEMPTY mkdir' >text.policy
	sandboxed --seccomp text.policy --explain -- fds + call 83
	[ "${lines[0]}" = 'fds=0 1 2' ]
	[ "${lines[1]}" = 'call 83 = -39' ]
	sandboxed --seccomp text.policy --explain --as-pid-1 -- fds + call 83
	[ "${lines[0]}" = 'fds=0 1 2' ]
	[ "${lines[1]}" = 'call 83 = -39' ]
}

@test "what enters a sandbox has the default policy, whatever the agent's is" {
	local pid
	as_user "$CRADLE" run --seccomp=none --name "entered-$$" -- "$PROBE" print ready + hang >out 3>&- &
	pid=$!
	until grep -qs ready out; do kill -0 $pid; done
	cradle enter "entered-$$" "$PROBE" cat /proc/self/status
	[ "$(filters)" = 1 ]
	cradle enter --seccomp none "entered-$$" "$PROBE" cat /proc/self/status
	[ "$(filters)" = 0 ]
	kill $pid
	wait $pid || true
}

# calls_of OPTION: the system calls of one launch, a name a line, but for those that only wait
calls_of() {
	as_user strace -f -qq -e signal=none -o calls "$CRADLE" run "$1" --chdir / \
		--ro-bind "$SUITE_DIR/bin" "$SUITE_DIR/bin" -- "$PROBE" print ran >/dev/null
	# One a line, but for those that another process interrupted.
	grep -vE 'resumed|\+\+\+' calls | sed -E 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/' |
		grep -vxE 'ppoll|wait4|rt_sigtimedwait|restart_syscall' | sort
}

@test "a launch with the default policy makes one system call more than without" {
	[ -z "$SANITIZED" ] || skip "a sanitizer's own calls differ from run to run"
	local more
	# Who is slow, as on a busy machine, settles down before the agent ends, or is woken for nothing: no
	# launch makes fewer calls by that.
	for _ in {1..20}; do
		calls_of --seccomp=none >without
		calls_of --seccomp=default >with
		more=$(diff without with | grep '^[<>]') || true
		[ "$more" != '> seccomp' ] || return 0
	done
	fail "the calls differ by: $more"
}

@test "a machine's log names the call that killed the agent, and each that may have" {
	in_world vm --seccomp default -- call-i386 39
	expect_status 159
	expect_match "^cradle: the agent was killed by SIGSYS, as its policy refuses i386 mkdir, says the kernel's log: --explain tells the line$"
	in_world vm --seccomp default -- spawn /agent call-i386 39 + spawn /agent call-i386 39 + call-x32 83
	expect_status 159
	expect_match "^cradle: the agent was killed by SIGSYS, as its policy refuses i386 mkdir or x32 mkdir, says the kernel's log: --explain tells the line$"
	in_world vm --seccomp default -- spawn /agent call-x32 600 + spawn /agent call-i386 1 + spawn /agent call-i386 2 + \
		spawn /agent call-i386 3 + call-i386 4
	expect_match "SIGSYS, as its policy refuses x32 system call 600 of architecture 0xc000003e, i386 exit, i386 fork, i386 read or others, says"
}
