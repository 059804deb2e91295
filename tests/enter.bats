# cradle enter: a further command in a sandbox that is there.
# shellcheck disable=SC2154,SC2016 # variables of setup_suite.bash and background.bash; for the shell inside

load worlds
load background

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" 2>/dev/null || true
	# One for each test, as all run at once.
	box=box$BATS_TEST_NUMBER.${SUITE_DIR##*.}
}

namespaces() {
	local ns
	for ns in user mnt pid net ipc uts cgroup time; do
		readlink "/proc/$1/ns/$ns"
	done
}

@test "a sandbox is entered by name, by its launcher, its PID 1 and any process inside" {
	sandbox --name "$box" --hostname inner --unshare-time
	local who want
	want=$(namespaces "$agent")
	for who in "$box" "$launcher" "$init" "$agent"; do
		run -0 --separate-stderr as_nobody "$CRADLE" enter "$who" -- \
			sh -c 'for ns in user mnt pid net ipc uts cgroup time; do readlink /proc/self/ns/$ns; done; hostname'
		[ "$output" = "$want"$'\ninner' ]
		[ "$stderr" = "" ]
	done
	end_sandbox
}

@test "what enters has no more rights than the agent, and nothing of the host's" {
	sandbox --name "$box"
	exec 9</
	run -0 as_nobody "$CRADLE" enter "$box" sh -c 'grep -cE "^Cap(Prm|Eff|Bnd|Inh|Amb):.0{16}$|^NoNewPrivs:.1$" /proc/self/status
		ls /proc/self/fd; pwd; id -u; cut -d" " -f6 /proc/$$/stat; echo $$; cat /dev/tty || true'
	exec 9<&-
	[ "${lines[0]}" = 6 ]
	[ "${lines[*]:1:4}" = "0 1 2 3" ]
	[ "${lines[*]:5:2}" = "/ 65534" ]
	# Leader of a session without a terminal.
	[ "${lines[7]}" = "${lines[8]}" ]
	[[ "${lines[9]}" == *"No such device or address" ]]
	run -0 as_nobody "$CRADLE" enter --cap-add CAP_SYS_ADMIN "$box" grep CapEff /proc/self/status
	[ "$output" = $'CapEff:\t0000000000200000' ]
	end_sandbox
}

@test "what enters finds its input as it was given" {
	sandbox --name "$box"
	echo word >input
	chmod 666 input
	run -0 as_nobody "$CRADLE" enter "$box" true 0<>input
	[ "$(cat input)" = word ]
	end_sandbox
}

@test "what enters has the policy default unless told otherwise, and others of its own" {
	sandbox --name "$box"
	run -0 as_nobody "$CRADLE" enter "$box" "$PROBE" call 250
	[ "$output" = "call 250 = -1" ]
	run -0 as_nobody "$CRADLE" enter --seccomp=none "$box" grep Seccomp: /proc/self/status
	[ "$output" = $'Seccomp:\t0' ]
	printf 'default allow\nkill mkdir mkdirat\n' >own.policy
	run -159 --separate-stderr as_nobody "$CRADLE" enter --seccomp "$PWD/own.policy" "$box" mkdir /tmp/x
	[ "$stderr" = "cradle: the agent was killed by SIGSYS, as a policy does for a system call: --explain tells which" ]
	run -125 --separate-stderr as_nobody "$CRADLE" enter --seccomp no-such "$box" "$PROBE" print started
	[ "$output" = "" ]
	[[ "$stderr" == *no-such* ]]
	end_sandbox
}

@test "what a policy refuses to a command that enters is told" {
	sandbox --name "$box"
	printf 'default allow\nkill mkdir mkdirat\n' >own.policy
	run -159 --separate-stderr as_nobody "$CRADLE" enter --explain --seccomp "$PWD/own.policy" "$box" mkdir /tmp/x
	[[ "$stderr" == *mkdir*/tmp/x*"$PWD/own.policy:2"* ]]
	run -0 --separate-stderr as_nobody "$CRADLE" enter --seccomp-mode=complain --seccomp "$PWD/own.policy" "$box" \
		sh -c 'mkdir /tmp/x && ls /tmp'
	[ "$output" = x ]
	[[ "$stderr" == *mkdir*/tmp/x* ]]
	end_sandbox
}

@test "nobody inside can look into what enters before it has executed" {
	sandbox --cap-add ALL
	# Of all that comes it tries to open the descriptors and the memory.
	as_nobody "$CRADLE" enter --cap-add ALL "$agent" sh -c 'echo on; while :; do for p in /proc/[0-9]*; do
		case $p in /proc/1 | /proc/2 | /proc/$$) continue ;; esac
		exe=$(readlink $p/exe) && case $exe in */cradle) echo "open: $exe" ;; esac; done; done' >found 2>/dev/null 3>&- &
	local hunter=$! i
	await "grep -q on found"
	for ((i = 0; i < 50; i++)); do
		as_nobody "$CRADLE" enter "$agent" true
	done
	kill "$hunter"
	wait "$hunter" || true
	[ "$(cat found)" = on ]
	end_sandbox
}

@test "exit codes are those of the contract" {
	sandbox --name "$box"
	run -7 as_nobody "$CRADLE" enter "$box" sh -c 'exit 7'
	run -137 as_nobody "$CRADLE" enter "$box" sh -c 'kill -9 $$'
	run -143 as_nobody "$CRADLE" enter "$box" "$PROBE" die 15
	run -127 as_nobody "$CRADLE" enter "$box" /no/such
	run -126 as_nobody "$CRADLE" enter "$box" /etc/passwd
	run -125 as_nobody "$CRADLE" enter --chdir /no/such "$box" true
	[ "$output" = "cradle: cannot change to /no/such inside: No such file or directory" ]
	run -125 as_nobody "$CRADLE" enter "$box"
	run -125 as_nobody "$CRADLE" enter --no-such "$box" true
	end_sandbox
}

@test "environment and --chdir are as given" {
	sandbox --name "$box" --dir /tmp/there
	WORD=given run -0 as_nobody "$CRADLE" enter --chdir /tmp/there "$box" sh -c 'pwd; echo $WORD'
	[ "$output" = $'/tmp/there\ngiven' ]
	end_sandbox
}

@test "the sandbox's resource limits hold what enters it, and its own stay where they are lower" {
	sandbox --name "$box" --rlimit nofile=55:66
	run -0 --separate-stderr as_nobody "$CRADLE" enter "$box" sh -c 'ulimit -n; ulimit -Hn'
	[ "$output" = $'55\n66' ]
	[ "$stderr" = "" ]
	run -0 as_nobody sh -c 'ulimit -n 44; exec "$0" enter "$1" sh -c "ulimit -n; ulimit -Hn"' "$CRADLE" "$box"
	[ "$output" = $'44\n44' ]
	end_sandbox
}

@test "signals reach what entered, and it ends with who entered it and with the sandbox" {
	sandbox --name "$box"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$CRADLE" enter "$box" \
		"$PROBE" print in + catch-until USR1 TERM USR1 + exit 42 >entered 3>&- &
	local entered=$! rc=0 inner
	await "grep -q ready entered"
	kill -TERM $entered
	await "grep -q 'got 15' entered"
	kill -USR1 $entered
	wait $entered || rc=$?
	[ $rc = 42 ]

	setpriv --reuid=65534 --regid=65534 --clear-groups "$CRADLE" enter "$box" "$PROBE" print in + hang >second 3>&- &
	entered=$!
	await "grep -q in second"
	inner=$(child_of $entered)
	kill -KILL $entered
	await "! kill -0 $inner"

	setpriv --reuid=65534 --regid=65534 --clear-groups "$CRADLE" enter "$box" "$PROBE" print in + hang >third 3>&- &
	entered=$!
	await "grep -q in third"
	end_sandbox
	rc=0
	wait $entered || rc=$?
	[ $rc = 137 ]
}

@test "a name is taken once, and free as soon as the launcher is gone" {
	sandbox --name "$box"
	run -125 --separate-stderr as_nobody "$CRADLE" run --name "$box" -- true
	[[ "$stderr" == "cradle: cannot call the sandbox $box (there is one of that name)"* ]]
	# Another user's is another one.
	run -0 "$CRADLE" run --name "$box" -- true
	kill -KILL "$launcher"
	await "! kill -0 $init"
	run -125 --separate-stderr as_nobody "$CRADLE" enter "$box" true
	[[ "$stderr" == "cradle: cannot find the sandbox $box "* ]]
	run -0 as_nobody "$CRADLE" run --name "$box" -- true
	launcher=
}

@test "a sandbox that is only just being made is entered when it is complete, or not at all" {
	local i rc seen=0
	for ((i = 0; i < 20; i++)); do
		setpriv --reuid=65534 --regid=65534 --clear-groups "$CRADLE" run --name "$box" -- \
			"$PROBE" hang 3>&- &
		launcher=$!
		rc=0
		# The host's /tmp isn't there.
		as_nobody "$CRADLE" enter "$box" sh -c 'ls -A /tmp; exit 9' >listing 2>/dev/null || rc=$?
		[ ! -s listing ]
		[ $rc = 9 ] && seen=$((seen + 1))
		kill "$launcher" && wait "$launcher" || true
	done
	[ $seen -gt 0 ]
	launcher=
}

@test "a name that somebody in a sandbox holds is not believed" {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$CRADLE" run --share-net -- \
		socat -d -d ABSTRACT-LISTEN:cradle/65534/fake,type=5,fork - 2>log </dev/null 3>&- &
	launcher=$!
	await "grep -q listening log"
	run -125 --separate-stderr as_nobody "$CRADLE" enter fake true
	[[ "$stderr" == "cradle: cannot find the sandbox fake (the name is held by a process that isn't this user's, or is in a sandbox itself)"* ]]
	end_sandbox
}

@test "root who enters a user's sandbox is that user there, without root's groups" {
	sandbox
	run -0 setpriv --groups 0,4,42 "$CRADLE" enter "$agent" sh -c 'id -u; id -G; grep Groups /proc/self/status; cat /etc/shadow || echo closed'
	[[ "$output" == 65534$'\n'65534$'\n'Groups:*closed ]]
	[[ "$output" != *$'\n'Groups:*[0-9]*closed ]]
	end_sandbox
}

@test "what is no sandbox, or another user's, can't be entered" {
	run -125 --separate-stderr "$CRADLE" enter $$ "$PROBE" print started
	[[ "$stderr" == "cradle: cannot enter $$: it shares all our namespaces, so it is no sandbox" ]]
	sandbox
	run -125 --separate-stderr setpriv --reuid=1 --regid=1 --clear-groups "$CRADLE" enter "$agent" "$PROBE" print started
	[[ "$stderr" == "cradle: cannot enter $agent: none of its processes may be looked at"* ]]
	[ "$output" = "" ]
	run -125 --separate-stderr as_nobody "$CRADLE" enter 999999999 true
	[[ "$stderr" == "cradle: cannot enter 999999999: No such process" ]]
	end_sandbox
}

@test "started setuid it refuses" {
	sandbox
	cp "$CRADLE" setuid
	chmod 4755 setuid
	run -125 --separate-stderr setpriv --reuid=1 --regid=1 --clear-groups ./setuid enter "$agent" "$PROBE" print started
	[ "$output" = "" ]
	[[ "$stderr" == "cradle: refused to run setuid"* ]]
	end_sandbox
}
