# Bad input: exit 125, one line that names the word and what was expected, nothing started.
# shellcheck disable=SC2034,SC2154 # variables of worlds.bash

load worlds

# A word as a regular expression that matches just it
literal() {
	# shellcheck disable=SC2001 # classes
	sed 's/[][\\.*^$+?(){}|]/\\&/g' <<<"$1"
}

# refused REGEX WORD...: for cradle init and cradle run
refused() {
	local regex=$1 command
	shift
	for command in init run; do
		refused_by $command "$regex" "$@" -- "$PROBE" write "$BATS_TEST_TMPDIR/started" x || return
	done
}

# refused_by COMMAND REGEX WORD...
refused_by() {
	local command=$1 regex=$2 rc=0
	shift 2
	"$CRADLE" "$command" "$@" >out 2>err </dev/null || rc=$?
	world=host status=$rc output=$(<out) stderr=$(<err)
	expect_status 125 || { echo "words: $command $*"; return 1; }
	[ -z "$output" ] || fail "something on stdout: $command $*" || return
	[ "$(wc -l <err)" = 1 ] || fail "not exactly one line: $command $*" || return
	[[ $stderr =~ ^cradle(-net)?:\  ]] || fail "it isn't cradle's: $command $*" || return
	[[ $stderr =~ $regex ]] || fail "expected $regex: $command $*" || return
	[ ! -e "$BATS_TEST_TMPDIR/started" ] || fail "the agent was started: $command $*"
}

@test "unknown options are named" {
	refused '--no-such-option' --no-such-option
	refused '--gracious' --gracious=5
	refused '-Z' -Z
	refused '-Z' -wZ
	refused '--grac' --grac=5s
}

@test "a missing value is asked for" {
	local option
	for option in --grace --deadline --stop-signal --rewrite --pdeathsig --success-code --signal-to \
		--leftovers --on-success --on-failure --report --hostname --mount --net --nofile; do
		refused_by init "$option.*(needs|expected)" "$option"
		refused_by run "$option.*(needs|expected)" "$option"
		refused "$option.*(needs|expected)" "$option="
	done
	for option in -r -p -e; do
		refused_by init "$option.*(needs|expected)" "$option"
	done
}

@test "times" {
	local value
	for value in abc -1 5x 1.5s s 99999999999999999999 '5 s' 0x10; do
		refused "--grace=$(literal "$value").*expected a time" "--grace=$value"
		refused "--deadline=$(literal "$value").*expected a time" "--deadline=$value"
	done
}

@test "signals" {
	local value
	for value in FOO 0 65 -1 SIG SIGFOO RTMIN+31 RTMIN+ RTMIN-1 TERMX 15x 1e1; do
		refused "--stop-signal=$(literal "$value").*expected" "--stop-signal=$value"
		refused "-p $(literal "$value").*expected" -p "$value"
		refused "$(literal "$value:TERM").*expected" -r "$value:TERM"
	done
	for value in TERM TERM: :TERM TERM:FOO TERM:65 TERM:-1 TERM:INT:HUP ''; do
		refused "-r $(literal "$value").*expected" -r "$value"
	done
}

@test "numbers and choices" {
	local value
	for value in 256 -1 x 1.0 99999999999; do
		refused "$(literal "$value").*expected an exit code" -e "$value"
	done
	refused 'nobody.*expected child, group or all' --signal-to=nobody
	refused 'spare.*expected kill, term or wait' --leftovers=spare
	refused 'vanish.*expected exit, poweroff' --on-success=vanish
	refused 'Exit.*expected exit, poweroff' --on-failure=Exit
	refused_by run 'maybe.*expected exit or restart' --on-reboot=maybe -- "$PROBE"
	refused_by init 'mars.*expected' --world=mars -- "$PROBE"
	refused '2.*expected' --kill-process-group=2
	refused 'yes.*expected' --reset-signals=yes
	for value in x 0 -5 9:1 5: :5 5:6:7 99999999999; do
		refused "--nofile=$(literal "$value").*expected" "--nofile=$value"
	done
	refused '--hostname=.*expected' "--hostname=$(printf 'x%.0s' {1..65})"
}

@test "reports" {
	local value
	for value in nowhere fd fd: fd:x fd:-1 file file: virtio: vsock: vsock:x vsock:1:2:3 \
		isa-debug-exit:zz isa-debug-exit:99999 kmsg:x ''; do
		refused "--report=$(literal "$value").*expected" "--report=$value"
	done
	refused 'fd 99' --report=fd:99
	refused '/no/such/dir/file' --report=file:/no/such/dir/file
	refused 'at most' --report=fd:1 --report=fd:1 --report=fd:1 --report=fd:1 --report=fd:1
}

@test "mounts" {
	local value
	for value in x a: :b: '' tmpfs:relative:tmpfs; do
		refused "--mount=$(literal "$value").*expected" "--mount=$value"
	done
}

@test "interfaces and addresses" {
	local value
	for value in '' ',' eth0,address eth0,address= eth0,address=1.2.3 eth0,address=1.2.3.4 \
		eth0,address=1.2.3.4/33 eth0,address=1.2.3.256/24 eth0,address=::1/129 eth0,gateway=zz \
		eth0,gateway=1.2.3.4/24 eth0,mtu=x eth0,mtu=-1 eth0,mtu=10 eth0,dns=1.2.3 eth0,colour=red \
		a-name-that-is-too-long; do
		refused_by init '--net=.*(expected|unknown|address|needs)' "--net=$value" -- "$PROBE"
	done
	refused_by init '1\.2\.3\.4/33' --net=eth0,address=1.2.3.4/33 -- "$PROBE"
	refused_by init 'colour' --net=eth0,colour=red -- "$PROBE"
}

@test "the network of a sandbox: modes, addresses, routes, name servers" {
	local value
	for value in '' lo eth0,mtu=1500 none:x 'host,' macvlan ns: pasta:tcp pasta:tcp=auto veth:a,b; do
		refused_by run '--net=.*expected' "--net=$value" -- "$PROBE"
	done
	refused_by run 'tcp=70000' --net=pasta:tcp=80,tcp=70000 -- "$PROBE"
	refused_by run '--address=1\.2\.3\.4:.*expected' --address=1.2.3.4 -- "$PROBE"
	refused_by run '--route=10\.0\.0\.1/8:.*expected' --route=10.0.0.1/8 -- "$PROBE"
	refused_by run '--dns=localhost:.*expected' --dns=localhost -- "$PROBE"
	refused_by run '--mtu=10:.*expected' --mtu=10 -- "$PROBE"
	refused_by init '--address' --address=10.0.0.1/8 -- "$PROBE"
}

@test "no agent, no command" {
	refused_by init 'no agent'
	refused_by init 'no agent' --
	refused_by init 'no agent' -w
	refused_by run 'no agent'
	refused_by run 'no agent' --grace=5s --
	refused_by frobnicate 'frobnicate'
	refused_by init "''|empty|no agent|cannot execute" '' || [ "$status" = 127 ]
}

@test "what only PID 1 can do is refused elsewhere" {
	refused_by init '--hostname.*PID 1' --hostname=x -- "$PROBE"
	refused_by init '--mount.*PID 1' --mount=tmpfs:/mnt:tmpfs -- "$PROBE"
	refused_by init '--net.*PID 1' --net=lo -- "$PROBE"
	refused_by init '--modules.*PID 1' --modules=/etc/modules -- "$PROBE"
}

@test "what belongs to run isn't init's, and the other way round" {
	refused_by init '--root' --root=/ -- "$PROBE"
	refused_by init '--on-reboot' --on-reboot=exit -- "$PROBE"
	refused_by run '--world' --world=vm -- "$PROBE"
	refused_by run '/no/such/root' --root=/no/such/root -- "$PROBE"
	refused_by run '/dev/null' --root=/dev/null -- "$PROBE"
}

@test "setting up a world fails before anything is started" {
	refused_by run '/no/such/source' --mount=/no/such/source:/nowhere:bind -- \
		"$PROBE" write "$BATS_TEST_TMPDIR/started" x
	refused_by run '/no-such-net' --net=ns:/no-such-net -- \
		"$PROBE" write "$BATS_TEST_TMPDIR/started" x
}

@test "a bad value of tini's variables is named and ignored: an image may have set it for tini" {
	local command
	for command in init run; do
		TINI_VERBOSITY=much run -0 --separate-stderr "$CRADLE" $command -- "$PROBE" print x
		[ "$output" = x ]
		[[ $stderr =~ ^cradle:\ TINI_VERBOSITY=much.*expected && $stderr != *$'\n'* ]]
	done
}

@test "help, version and licence that can't be written are a failure, and one line" {
	local words
	for words in --help --version --license "init --help" "run --help" "enter --help" "run --version"; do
		# shellcheck disable=SC2086 # words
		run -125 --separate-stderr sh -c 'exec "$0" "$@" >/dev/full' "$CRADLE" $words
		[ "$stderr" = "cradle: cannot write to standard output: No space left on device" ] || fail "$words: $stderr"
	done
	run -1 --separate-stderr sh -c 'exec "$0" bwrap --version >/dev/full' "$CRADLE"
	[ "$stderr" = "bwrap: cannot write to standard output: No space left on device" ]
}
