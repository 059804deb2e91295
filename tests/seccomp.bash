# The agent's policies, in one world: the one in the name of the file. The files seccomp-WORLD.bats are
# links to this one, so every world runs the very same tests. The numbers are those of x86-64.
# shellcheck disable=SC2154 # variables of worlds.bash

load worlds

WORLD=${BATS_TEST_FILENAME##*/seccomp-}
WORLD=${WORLD%.bats}

EPERM=-1 ENOSYS=-38 EAFNOSUPPORT=-97 KILLED=159
CLONE_NEWUSER=0x10000000

# confined POLICY... [OPTION...] -- VERB...: of an agent that keeps no capability in a sandbox, as it is by default
confined() {
	local policies=()
	while [ "$1" != -- ]; do
		case $1 in
		--*) policies+=("$1") ;;
		*) policies+=("--seccomp=$1") ;;
		esac
		shift
	done
	case $WORLD in run*) policies+=(--cap-drop=ALL) ;; esac
	in_world "$WORLD" "${policies[@]}" "$@"
}

# answers NUMBER [ARG]...=ANSWER...: what the agent said of each call
answers() {
	local line
	for line; do
		expect_line "call ${line%%[ =]*} = ${line##*=}" || return
	done
}

@test "$WORLD: every shipped policy loads, and the agent has it and no_new_privs" {
	local policy
	for policy in default agent strict network-client build; do
		confined "$policy" -- cat /proc/self/status + exit 7
		expect_status 7
		expect_line $'Seccomp:\t2' $'NoNewPrivs:\t1'
	done
}

# Filters that are there without us: podman's own.
others() {
	[ "$WORLD" = container ] && echo 1 || echo 0
}

@test "$WORLD: PID 1 has no filter, and neither has an agent without a policy" {
	confined default -- cat /proc/1/status + print agent + cat /proc/self/status
	expect_status 0
	expect_order $'^Seccomp_filters:\t'"$(others)$" '^agent$' $'^Seccomp_filters:\t'"$(($(others) + 1))$"
	confined none -- cat /proc/self/status
	expect_status 0
	expect_line $'Seccomp_filters:\t'"$(others)"
}

@test "$WORLD: what is dangerous is answered with EPERM, also namespaces by whichever call" {
	confined default -- call 165 + call 250 + call 321 + call 323 + call 298 + call 425 + \
		call 272 $CLONE_NEWUSER + call 56 0x10000011
	expect_status 0
	answers 165=$EPERM 250=$EPERM 321=$EPERM 323=$EPERM 298=$EPERM 425=$EPERM 272=$EPERM 56=$EPERM
}

@test "$WORLD: clone3, whose flags no filter can see, is answered with ENOSYS, and clone forks" {
	confined default -- call 435 + orphan 0 + print forked
	expect_status 0
	answers 435=$ENOSYS
	expect_line forked
}

@test "$WORLD: numbers from 460 to 600, and others that nobody knows, are answered with ENOSYS" {
	confined default -- call-range 460 600 + call-range 337 423 + call 100000
	expect_status 0
	expect_line 'call-range 460 600: 0 others' 'call-range 337 423: 0 others' "call 100000 = $ENOSYS"
}

@test "$WORLD: upper halves of arguments of which the kernel reads the lower one deceive nobody" {
	# TIOCSTI and TIOCLINUX of ioctl, AF_VSOCK and AF_ALG of socket: CVE-2019-10063
	confined default -- call 16 0 0x5412 + call 16 1 0x100005412 + call 16 2 0xffffffff0000541c + \
		call 41 40 1 + call 41 0x100000028 1 + call 41 0xdeadbeef00000026 5
	expect_status 0
	expect_count 3 "^call 16 = $EPERM$"
	expect_count 3 "^call 41 = $EAFNOSUPPORT$"
}

@test "$WORLD: numbers of i386, by int 0x80, are the end of the agent, and that is told" {
	confined default -- print begun + call-i386 20 + print survived
	expect_status $KILLED
	expect_line begun
	refute_match survived
	grep -qE 'cradle: the agent was killed by SIGSYS, as ' <<<"$stderr" || fail "it isn't told"
}

@test "$WORLD: numbers of x32 are the end of the agent" {
	confined default -- print begun + call-x32 39 + print survived
	expect_status $KILLED
	expect_line begun
	refute_match survived
}

@test "$WORLD: who is killed by a policy isn't saved by a handler" {
	confined default -- ignore 31 + block 31 + call-x32 39 + print survived
	expect_status $KILLED
	refute_match survived
}

@test "$WORLD: policies add up, whichever comes first, also two that don't let any filter be loaded" {
	local policies
	# mkdir: strict refuses it, unshare: network-client does, and both refuse seccomp(2).
	for policies in 'strict build' 'build strict'; do
		# shellcheck disable=SC2086 # words
		confined $policies -- call 83 + call 41 1 1
		expect_status 0
		answers 83=$EPERM 41=$EPERM
	done
	confined strict network-client strict -- call 83 + call 317 + call 41 40 1
	expect_status 0
	answers 83=$EPERM 317=$EPERM 41=$EPERM
}

@test "$WORLD: the last of several policies answers for what all refuse" {
	# socket(AF_VSOCK): EPERM by strict, EAFNOSUPPORT by network-client
	confined network-client strict -- call 41 40 1
	answers 41=$EPERM
	confined strict network-client -- call 41 40 1
	answers 41=$EAFNOSUPPORT
}

@test "$WORLD: none forgets the policies before it" {
	confined strict none -- call 83 0
	expect_status 0
	refute_match "^call 83 = $EPERM$"
}

make_explaining_initramfs() {
	"$TOP/contrib/initramfs" --cradle "$CRADLE" -o "$SUITE_DIR/explaining.cpio" \
		--file "${CRADLE%/*}/cradle-policy:/libexec/cradle/cradle-policy" "$PROBE"
}

# Where cradle-policy is; the other worlds have it anyway.
with_policy_program() {
	[ "$WORLD" != vm ] || once explaining make_explaining_initramfs && WORLD_FILES=$SUITE_DIR/explaining.cpio
}

@test "$WORLD: --explain names what was refused, the line and the remedy, and the answer stays" {
	with_policy_program
	confined default --explain -- call 250 0 + call 435 + call 39
	expect_status 0
	answers 250=$EPERM 435=$ENOSYS
	refute_match '^call 39 = -'
	grep -qE 'denied: keyctl\(.*\) = EPERM in (agent|probe)' <<<"$stderr" ||
		fail "keyctl isn't explained"
	grep -qE 'by default:[0-9]+: ' <<<"$stderr" || fail "the line isn't told"
	grep -qE 'denied: clone3' <<<"$stderr" || fail "clone3 isn't explained"
}

@test "$WORLD: --explain names the call that killed the agent" {
	with_policy_program
	confined default --explain -- call-i386 20
	expect_status $KILLED
	grep -qE 'denied: (i386 )?getpid\(.* = SIGSYS in ' <<<"$stderr" || fail "it isn't named"
}

# Only a launcher knows whether it was told already; and only where the kernel's log can be read it has the call.
@test "$WORLD: a death by a filter of the agent's own isn't put down to its policy" {
	with_policy_program
	confined default --explain -- filter lethal + call 435
	expect_status $KILLED
	! grep -q 'denied: ' <<<"$stderr" || fail "it is put down to the policy"
	case $WORLD in
	vm) expect_match 'SIGSYS, as a filter of its own refuses clone3, says the kernel'"'"'s log$' ;;
	run*) grep -qE 'SIGSYS, (and not for its policy: |as a filter of its own refuses .*clone3)' <<<"$stderr" ||
		fail "it isn't told" ;;
	esac
}

@test "$WORLD: complain lets everything pass, and tells it" {
	with_policy_program
	confined strict --seccomp-mode=complain -- call 83 0 + print went on
	expect_status 0
	answers 83=-14
	expect_line "went on"
	grep -qE 'would be denied: mkdir\(' <<<"$stderr" || fail "it isn't told"
}
