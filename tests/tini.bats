# What tini and dumb-init promise, under their flags and variables; and life outside of PID 1.
# shellcheck disable=SC2034,SC2016,SC2154 # variables of worlds.bash; scripts of sh

load worlds

# same_as_peer CODE PEER-WORDS -- CRADLE-WORDS -- AGENT...: both end with the code
same_as_peer() {
	local code=$1 peer before behind rc=0
	cut_at_dashes "${@:2}"
	peer=("${before[@]}")
	cut_at_dashes "${behind[@]}"
	unshare -Urpf --mount-proc "${peer[@]}" -- "${behind[@]}" >peer.out 2>peer.err || rc=$?
	[ $rc = "$code" ] || { echo "${peer[*]}: $rc, expected $code"; cat peer.err; return 1; }
	rc=0
	unshare -Urpf --mount-proc "$CRADLE" init "${before[@]}" -- "${behind[@]}" >ours.out 2>ours.err || rc=$?
	[ $rc = "$code" ] || { echo "cradle ${before[*]}: $rc, expected $code"; cat ours.err; return 1; }
	# Who of a group writes first is nobody's promise.
	diff <(sort peer.out) <(sort ours.out)
}

@test "cradle ends as tini does" {
	same_as_peer 0 tini -- -- "$PROBE" print x
	same_as_peer 3 tini -- -- "$PROBE" exit 3
	same_as_peer 143 tini -- -- "$PROBE" die TERM
	same_as_peer 162 tini -- -- "$PROBE" die 34
	same_as_peer 127 tini -- -- /no/such/agent
	same_as_peer 0 tini -e 143 -- -e 143 -- "$PROBE" die TERM
	same_as_peer 0 tini -e 3 -e 4 -- -e 3 -e 4 -- "$PROBE" exit 4
	same_as_peer 5 tini -e 3 -- -e 3 -- "$PROBE" exit 5
	same_as_peer 0 tini -g -- -g -- "$PROBE" family USR1
	same_as_peer 0 tini -sg -- -sg -- "$PROBE" relay HUP USR1 40
	same_as_peer 0 tini -p SIGKILL -- -p SIGKILL -- "$PROBE" print x
	same_as_peer 1 tini -- -- "$PROBE" exit 1
}

@test "cradle rewrites as dumb-init does" {
	same_as_peer 0 dumb-init -c -r 15:1 -r 10:0 -- -r 15:1 -r 10:0 -- "$PROBE" relay TERM
	same_as_peer 0 dumb-init --single-child --rewrite 1:12 -- --rewrite 1:12 -- "$PROBE" relay HUP TERM
}

@test "TINI_KILL_PROCESS_GROUP is -g" {
	WORLD_ENV=(TINI_KILL_PROCESS_GROUP=1)
	in_world unshare -- family USR1
	expect_status 0
	expect_line 'agent got 10' 'child got 10'
	refute_match '^daemon got'
}

@test "TINI_VERBOSITY is -v, TINI_SUBREAPER is -s" {
	WORLD_ENV=(TINI_VERBOSITY=3 TINI_SUBREAPER=)
	in_world unshare -- exit 0
	[ -n "$stderr" ] || fail "TINI_VERBOSITY=3 says nothing"
	WORLD_ENV=(TINI_VERBOSITY=0 TINI_SUBREAPER=1)
	in_world unshare -- exit 0
	[ -z "$stderr" ] || fail "TINI_VERBOSITY=0 says something"
}

@test "-v speaks on stderr, -vvv more, and stdout stays the agent's" {
	local few
	in_world unshare -v -- print x
	[ "$output" = x ]
	few=${#stderr}
	in_world unshare -vvv -- print x
	[ "$output" = x ]
	[ "${#stderr}" -ge "$few" ] && [ -n "$stderr" ] || fail "-vvv says no more than -v"
	! grep -qv '^cradle: ' <<<"$stderr" || fail "a line that isn't cradle's"
}

@test "short options combine, and take their value apart or attached" {
	in_world unshare -vsg -e143 -pTERM -w -e 5 -r15:15 -- exit 5
	expect_status 0
	in_world unshare -swge5 -- exit 5
	expect_status 0
	in_world unshare -swge 5 -p KILL -- exit 5
	expect_status 0
}

@test "-h, -V and -l tell on stdout and end with 0" {
	local option
	for option in -h --help; do
		run -0 --separate-stderr "$CRADLE" init $option
		[[ $output = Usage:* && $output = *--grace* && -z $stderr ]]
	done
	for option in -V --version; do
		run -0 --separate-stderr "$CRADLE" $option
		[[ $output =~ ^cradle\ [0-9]+\.[0-9]+ && -z $stderr ]]
	done
	for option in -l --license; do
		run -0 --separate-stderr "$CRADLE" $option
		[[ $output = *MIT* && -z $stderr ]]
	done
}

@test "the options end at the agent, whose own are untouched" {
	run -0 --separate-stderr "$CRADLE" init "$PROBE" args -x --grace=1 -- -v
	[ "$output" = $'args=4\narg=-x\narg=--grace=1\narg=--\narg=-v' ]
	run -0 --separate-stderr "$CRADLE" init -w -- "$PROBE" args -- init
	[ "$output" = $'args=2\narg=--\narg=init' ]
	# Without a command: options, or a path.
	run -0 --separate-stderr "$CRADLE" -g -- "$PROBE" args x
	[ "$output" = $'args=1\narg=x' ]
	run -0 --separate-stderr "$CRADLE" "$PROBE" args x
	[ "$output" = $'args=1\narg=x' ]
}

@test "not PID 1: says nothing, is a subreaper by itself, ends like the agent" {
	run -4 --separate-stderr "$CRADLE" init -- "$PROBE" print x + exit 4
	[ "$output" = x ] && [ -z "$stderr" ]
	run -137 --separate-stderr "$CRADLE" init -- "$PROBE" die KILL
	[ -z "$stderr$output" ]
	# The orphan finds a new parent: us.
	run -0 --separate-stderr "$CRADLE" init -w --leftovers=wait -- "$PROBE" short-orphan 100
	[[ $stderr =~ ^cradle:\ reaped\ orphan\ [0-9]+,\ exit\ code\ 0$ ]]
	[[ $output = *'short-orphan leaves' ]]
	exec 9>report
	run -0 --separate-stderr "$CRADLE" init --report=fd:9 --leftovers=wait -- "$PROBE" short-orphan 100 + short-orphan 50
	report=$(<report) status=0 world=host
	expect_report '.orphans == 2' '.leftovers == 0'
}

@test "not PID 1: forwards like PID 1" {
	run -0 --separate-stderr "$CRADLE" init -- "$PROBE" relay 1 2 15 17 34 40 62
	[ "$(grep -c '^agent got' <<<"$output")" = 7 ]
	run -0 --separate-stderr "$CRADLE" init -g -- "$PROBE" family USR1
	[ "$(grep -c 'got 10' <<<"$output")" = 2 ]
	run -0 --separate-stderr "$CRADLE" init --signal-to=all -- "$PROBE" family USR1
	[ "$(grep -c 'got 10' <<<"$output")" = 3 ]
}

@test "not PID 1: ends its own descendants, and nobody else of the same user" {
	local user=() how bystander
	# Should it be wrong, it must not be the tester's other processes who suffer.
	[ "$(id -u)" != 0 ] || user=(setpriv --reuid=61234 --regid=61234 --clear-groups)
	"${user[@]}" "$PROBE" hang >/dev/null 3>&- &
	bystander=$!
	for how in kill term; do
		rc=0
		"${user[@]}" "$CRADLE" init --leftovers=$how --grace=200ms -- "$PROBE" stubborn + obedient + exit 3 >out || rc=$?
		[ $rc = 3 ]
		kill -0 $bystander
		run ! kill -0 "$(sed -n 's/^stubborn=//p' out)"
	done
	rc=0
	"${user[@]}" "$CRADLE" init --signal-to=all --grace=200ms -- "$PROBE" stubborn + kill parent TERM + hang >out || rc=$?
	[ $rc = 143 ]
	grep -q '^stubborn got 15' out
	run ! kill -0 "$(sed -n 's/^stubborn=//p' out)"
	kill -0 $bystander
	kill -KILL $bystander
	wait $bystander 2>/dev/null || true
}

@test "not PID 1: -p sends its signal when the parent dies" {
	mkfifo go
	# The parent lives until the agent is ready.
	sh -c '"$1" init -p USR1 -- "$2" to "$3" + catch 1 USR1 3>&- & read -r line <go' sh \
		"$CRADLE" "$PROBE" "$PWD/facts" 3>&- &
	local parent=$! until=$((SECONDS + 20))
	"$PROBE" to /dev/null + wait-file "$PWD/facts"
	until grep -q '^ready' facts; do [ $SECONDS -lt $until ]; done
	echo >go
	wait $parent
	until grep -q '^agent got 10 ' facts; do [ $SECONDS -lt $until ]; done
}

@test "the agent is not in cradle's process group, so kill(0) stays with the agent" {
	run -0 --separate-stderr "$CRADLE" init -- "$PROBE" groupkill USR1 + groupkill TERM
	[ "$(grep -c '^agent got 10' <<<"$output")" = 1 ]
	[ "$(grep -c '^agent got 15' <<<"$output")" = 1 ]
}

# bats test_tags=image
@test "PID 1 by --init of podman: the agent's words come without options" {
	start_world container -- print x
	finish_world
	expect_status 0
	WORLD_PODMAN=(--init --init-path "$CRADLE")
	# podman puts it before the entrypoint: cradle below cradle then.
	in_world container -- env CRADLE_WORLD + orphan 3 + ids + exit 9
	expect_status 9
	expect_line CRADLE_WORLD=container
}
