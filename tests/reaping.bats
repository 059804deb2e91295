# Reaping, in both of its ways: by wait(2), which -w asks for, and by the kernel where it can.
# shellcheck disable=SC2034,SC2154 # variables of worlds.bash

load worlds

# Since 6.15 the exit status stays in the pidfd of a process that the kernel reaped.
kernel_keeps_exit() {
	[ "$(printf '%s\n' 6.15 "$(uname -r)" | sort -V | head -n 1)" = 6.15 ]
}

# each_mode VERB...: everything in both modes, in both kinds of namespaces
each_mode() {
	local kind mode
	for kind in unshare run; do
		for mode in '' -w; do
			# shellcheck disable=SC2086 # an option or nothing
			in_world $kind $mode -- "$@"
			expect_status 0
			expect_line zombies=0
		done
	done
}

# How often PID 1 woke up while 5000 orphans died
woken() {
	in_world unshare -- about init + storm 5000 + about init
	expect_status 0 || return
	sed -n 's/^about.switches=//p' <<<"$output" | awk 'NR == 1 { first = $1 } END { print $1 - first }'
}

# Ignored, or with SA_NOCLDWAIT after a signal, which shows as caught.
@test "orphans are left to the kernel where it can, and not when they are to be told" {
	in_world unshare -- sync + status init
	expect_status 0
	if kernel_keeps_exit; then
		expect_match '^Sig(Ign|Cgt)=[0-9a-f]{11}[13579bdf][0-9a-f]{4}$'
	else
		expect_line SigIgn=0000000000000000
		expect_line SigCgt=0000000000000000
	fi
	local option
	for option in -w --report=fd:2; do
		in_world unshare $option -- sync + status init
		expect_line SigIgn=0000000000000000
		# Not bit 17 of 64; a sanitizer catches others.
		expect_match '^SigCgt=[0-9a-f]{11}[02468ace][0-9a-f]{4}$'
	done
}

@test "100 000 orphans are reaped by waiting" {
	in_world unshare --report=fd:2 -- storm 100000 + zombies + exit 6
	expect_status 6
	expect_line stormed=100000 zombies=0
	report=$stderr
	# Each burst has a mother, which the agent reaps itself.
	expect_report '.orphans == 100000'
}

@test "100 000 orphans vanish in the ordinary way" {
	in_world run -- storm 100000 + zombies + exit 6
	expect_status 6
	expect_line stormed=100000 zombies=0
}

@test "SIGCHLD inherited ignored, blocked, or both" {
	local prefix
	for prefix in 'ignore CHLD' 'block CHLD' 'ignore CHLD + block CHLD' 'block all' 'ignore all'; do
		WORLD_PREFIX=$prefix
		each_mode orphan 3 + zombies
	done
}

@test "children with exit signal 0 or USR1 are reaped as orphans" {
	each_mode odd-orphans 5 0 + odd-orphans 5 USR1 + odd-orphans 5 64 + zombies
}

@test "children that came through exec are reaped, dead or alive" {
	WORLD_PREFIX='children 4 0 + children 4 USR1 + children 4 CHLD'
	each_mode zombies
	WORLD_PREFIX='children 4 0 alive + children 4 USR1 alive + children 4 CHLD alive'
	each_mode alone + zombies
}

@test "a child that came through exec isn't taken for the agent" {
	# They exit with 3.
	WORLD_PREFIX='children 4 CHLD alive + children 2 0 alive'
	local mode
	for mode in '' -w; do
		# shellcheck disable=SC2086 # an option or nothing
		in_world unshare $mode -- alone + exit 8
		expect_status 8
	done
}

@test "a SIGCHLD sent by hand neither ends nor blinds anything" {
	each_mode kill parent CHLD + sigqueue parent CHLD 5 + orphan 3 + zombies
}

@test "-w tells each orphan and how it ended" {
	in_world unshare -w -- orphan 3 + exit 4
	expect_status 4
	[ "$(grep -cE '^cradle: reaped orphan [0-9]+, exit code [0-2]$' <<<"$stderr")" = 3 ] ||
		fail "expected a line for each orphan"
	in_world unshare -w --leftovers=kill -- stubborn + exit 4
	expect_status 4
	grep -qE '^cradle: reaped orphan [0-9]+, killed by signal 9$' <<<"$stderr" ||
		fail "expected a line for the killed one"
}

@test "the agent's own children stay its own" {
	# Zombies whose parent lives can't be reaped by anybody else; the agent's wait(2) must see them.
	each_mode children 5 CHLD + own-children 5 + zombies
}
