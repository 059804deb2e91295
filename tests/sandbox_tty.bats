# The terminal of a sandbox: its own, relayed to the host's, which is given back as it was found.
# shellcheck disable=SC1003,SC2016,SC2034,SC2086,SC2154 # what shells at the terminal expand; words; worlds.bash

load worlds
load terminal

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	world_pid=
	# Where the probe and the test's files are is seen inside.
	RUN="$CRADLE run --bind ${TMPDIR:-/tmp} ${TMPDIR:-/tmp}"
	mkfifo go
}

# as_job CODE STEP... -- WORDS...: in an interactive shell, in the foreground; ends with that code. The
# shell echoes the words typed, so what is awaited must not be among them.
as_job() {
	local code=$1 before behind
	cut_at_dashes "${@:2}"
	at_terminal expect='ready> ' send="${behind[*]}"'\r' "${before[@]}" expect='ready> ' \
		send='echo code=$?\r' expect="code=$code" expect='ready> ' send='exit\r' -- "${SHELL_WORDS[@]}"
}

# modes_stay SCRIPT STEP...: a shell without jobs, which leaves the terminal's modes alone, runs the
# script as a job of one that has. The modes are such as neither a terminal starts with nor a shell sets.
modes_stay() {
	cat >script <<-END
	stty -echoctl ixany susp undef
	stty -g >before
	exec 3<&0
	$1
	stty -g >after
	cmp before after && echo modes are the same
	END
	shift
	at_terminal expect='ready> ' send="dash $PWD/script\\r" "$@" expect='modes are the same' expect='ready> ' \
		send='exit\r' -- "${SHELL_WORDS[@]}"
}

# Words of a script: wait until the launcher has the terminal; until it is stopped.
RAW='until stty -a <&3 | grep -q -- "-icanon"; do :; done'
STOPPED='until grep -q "^State:.T" /proc/$pid/status; do :; done'

@test "with a terminal on stdin the agent has another one, in its foreground" {
	as_job 0 -- "$RUN -- $PROBE tty; stat -Lc dev=%d:%i /dev/fd/0; $RUN -- stat -Lc dev=%d:%i /dev/fd/0"
	expect_match 'tty=111' 'terminal=yes foreground=yes size=24x80'
	[ "$(grep -oE '^dev=[0-9:]+' <<<"$output" | sort -u | wc -l)" = 2 ] || fail "expected two terminals"
}

@test "--tty=inherit shares the terminal, --tty=new-session leaves it out of control" {
	at_terminal expect='size=24x80' -- $RUN --tty=inherit -- "$PROBE" tty
	expect_match 'tty=111' 'terminal=yes foreground=yes'
	at_terminal expect='terminal=' -- $RUN --tty=new-session -- "$PROBE" tty
	expect_match 'tty=111' 'terminal=none'
	at_terminal expect='terminal=' -- $RUN --new-session -- "$PROBE" tty
	expect_match 'terminal=none'
}

@test "no word gets into the host's terminal" {
	local how
	echo "exec $PROBE stuff 'echo bro\"\"ken
'" >inject
	for how in '' '</dev/null' '</dev/null >/dev/null' '2>/dev/null | cat'; do
		as_job 0 -- "$RUN -- sh $PWD/inject $how"
		refute_match broken
	done
	as_job 0 -- "$RUN --tty=new-session -- sh $PWD/inject"
	refute_match broken
	# The same does harm where it is allowed to, or the above would prove nothing.
	if [ "$(cat /proc/sys/dev/tty/legacy_tiocsti 2>/dev/null || echo 1)" = 1 ]; then
		as_job 0 expect=broken -- "$RUN --seccomp=none --tty=inherit -- sh $PWD/inject"
	fi
}

@test "a terminal that isn't the agent's refuses injection" {
	as_job 0 -- "$RUN --tty=new-session -- $PROBE stuff x"
	expect_count 6 'inject fd=[012] high=[01] errno=(1|5)'
	refute_match 'inject fd=tty'
	as_job 0 -- "$RUN -- $PROBE stuff x </dev/null"
	expect_count 4 'inject fd=[12] high=[01] errno=(1|5)'
	refute_match 'inject fd=tty'
}

@test "the window has its size from the start, and follows the host's" {
	at_terminal expect='ready pid=' resize=50x132 expect='agent got 28' expect='size=50x132' -- \
		$RUN -- "$PROBE" catch 1 WINCH + tty
	expect_status 0
	expect_count 1 'agent got 28'
}

@test "a size changed while it was stopped is there when it goes on" {
	as_job 0 expect='ready pid=' send='^Z' expect=Stopped expect='ready> ' resize=31x97 send='fg\r' \
		expect='size=31x97' -- \
		"$RUN -- $PROBE block WINCH + catch 1 CONT + tty"
}

@test "Ctrl-C and Ctrl-\\ reach the agent once each, Ctrl-D ends its input" {
	as_job 3 expect='ready pid=' send='^C' expect='agent got 2' send='^\' expect='agent got 3' -- \
		"$RUN -- $PROBE catch-until QUIT INT QUIT WINCH + exit 3"
	expect_count 2 'agent got'
	as_job 130 expect=hanging send='^C' -- "$RUN -- $PROBE hang"
	as_job 0 expect='ppid=' send='typed\r' expect=typed expect=typed send='^D' -- \
		"$RUN -- sh -c '$PROBE ids; cat'"
}

@test "Ctrl-Z stops agent and launcher, fg continues both" {
	as_job 3 expect='ready pid=' send='^Z' expect=Stopped expect='ready> ' \
		send='fg\r' expect='agent got 18' send='^Z' expect=Stopped expect='ready> ' \
		send='fg\r' expect='agent got 18' send='^C' expect='agent got 2' -- \
		"$RUN -- $PROBE catch-until INT CONT INT + exit 3"
	expect_count 2 'agent got 18'
}

@test "Ctrl-Z stops all of the agent's group, and fg continues all of it" {
	as_job 5 expect='ppid=' send='^Z' expect=Stopped expect='ready> ' send='fg\r' job \
		send='next\r' expect='line=next' -- "$RUN -- sh -c '$PROBE ids + wait-line; exit 5'"
}

@test "a stopped job goes on with bg and ends by itself" {
	as_job 7 expect='ready pid=' send='^Z' expect=Stopped expect='ready> ' send='bg\r' expect='agent got 18' \
		send='stty -a\r' expect=' icanon' expect='ready> ' send="echo >$PWD/now\\r" expect='fds=' \
		send='wait %1\r' -- "$RUN -- $PROBE catch 1 CONT + wait-file $PWD/now + fds + exit 7"
}

@test "an agent stopped by anybody stops its launcher, and goes on with it" {
	as_job 7 expect=stopping expect=Stopped expect='ready> ' send='fg\r' expect=continued -- \
		"$RUN -- $PROBE stop + exit 7"
}

@test "where no shell could continue it, Ctrl-Z stops nothing for long" {
	at_terminal expect='ready pid=' send='^Z' expect='agent got 18' send='^C' expect='agent got 2' -- \
		$RUN -- "$PROBE" catch-until INT CONT INT + exit 3
	expect_status 3
}

@test "a shell inside has jobs of its own" {
	as_job 9 expect='inner> ' send="$PROBE catch 1 CONT + wait-line\\r" expect='ready pid=' send='^Z' expect=Stopped \
		expect='inner> ' send='jobs\r' expect=Stopped expect='inner> ' send='fg\r' expect='agent got 18' \
		send='typed\r' expect='line=typed' expect='inner> ' send="$PROBE hang\\r" expect=hanging \
		send='^C' expect='inner> ' send='echo inner=$?\r' expect='inner=130' expect='inner> ' \
		send="$PROBE wait-line &\\r" expect='inner> ' send='until jobs | grep Stop; do :; done\r' \
		expect=Stopped expect='inner> ' send='exec '"$PROBE"' exit 9\r' -- \
		"$RUN -- env PS1='in''ner> ' bash --norc --noprofile -i"
}

@test "the modes of the host's terminal are as before when the agent has ended" {
	modes_stay "$RUN -- $PROBE print one"
	modes_stay "$RUN -- sh -c 'stty raw -echo; kill -KILL \$\$'; echo \$?" expect=137
	modes_stay "$RUN -- /no/such/program; echo \$?" expect=127
	modes_stay "$RUN --chdir /no/such -- true; echo \$?" expect=125
	modes_stay "$RUN -- $PROBE hang; echo \$?" expect=hanging send='^C' expect=130
	modes_stay "$RUN -- $PROBE print ready + wait-line" expect=ready send='typed\r'
}

@test "the modes of the host's terminal are as before when the launcher was asked to end" {
	modes_stay "$RUN -- $PROBE hang <&3 & pid=\$!; $RAW; kill -TERM \$pid; wait \$pid; echo \$?" \
		expect=143
	modes_stay "$RUN -- $PROBE hang <&3 & pid=\$!; $RAW; kill -HUP \$pid; wait \$pid; echo \$?" \
		expect=129
}

@test "the modes of the host's terminal are as before while and after the agent was stopped" {
	modes_stay "$RUN -- $PROBE hang <&3 & pid=\$!; $RAW; kill -TSTP \$pid; $STOPPED
		stty -g >stopped; cmp before stopped && echo given back
		kill -CONT \$pid; $RAW; kill -TERM \$pid; wait \$pid; echo \$?" expect='given back' expect=143
}

@test "the launcher stopped by force takes the terminal again, and gives back what it then finds" {
	modes_stay "$RUN -- $PROBE hang <&3 & pid=\$!; $RAW; kill -STOP \$pid; $STOPPED
		stty \$(cat before) intr ^A; stty -g >before
		kill -CONT \$pid; $RAW; kill -TERM \$pid; wait \$pid; echo \$?" expect=143
	modes_stay "$RUN -- $PROBE hang <&3 & pid=\$!; $RAW; kill -STOP \$pid; $STOPPED
		kill -CONT \$pid; kill -TERM \$pid; wait \$pid; echo \$?" expect=143
}

@test "the launcher killed at its work leaves nobody" {
	at_terminal expect=gone -- dash -c "exec 3<&0
$RUN -- $PROBE to $PWD/out + print here + hang <&3 & pid=\$!
$RAW; read init </proc/\$pid/task/\$pid/children; kill -KILL \$pid
while [ -e /proc/\$init ]; do :; done; echo gone"
}

@test "a redirected stdout stays so, and the terminal is still the agent's" {
	as_job 0 expect='reading' send='typed\r' expect='line=typed' -- \
		"$RUN -- $PROBE tty + error read''ing + wait-line >out; cat out"
	expect_match 'tty=101' 'foreground=yes'
	as_job 0 -- "$RUN -- $PROBE tty 2>err"
	expect_match 'tty=110'
}

@test "a long output has its end" {
	at_terminal -- $RUN -- seq 1 10000
	expect_status 0
	[ "$(tr -d '\r' <<<"$output" | cksum)" = "$(seq 1 10000 | cksum)" ] || fail "something is missing"
	# Nobody reads until PID 1 is at its end, so the last is still on its way then.
	at_terminal await="$PWD/now" -- dash -c "exec 3<&0
		$RUN -- sh -c 'seq 1 3000; read _ <$PWD/go' <&3 & pid=\$!
		echo >go; read init </proc/\$pid/task/\$pid/children
		while grep -qs '^State:.[^Z]' /proc/\$init/status; do :; done; echo >now; wait \$pid"
	[ "$(tr -d '\r' <<<"$output" | cksum)" = "$(seq 1 3000 | cksum)" ] || fail "something is missing"
}

@test "who still has the terminal after the agent doesn't hold the launcher" {
	# One that writes on and on, one that sleeps.
	as_job 4 -- "$RUN -- sh -c '(trap \"\" TERM HUP; exec yes y) & sleep .1; exit 4'"
	as_job 4 -- "$RUN -- sh -c '(trap \"\" HUP; exec setsid sleep 100) & exit 4'"
}

@test "in the background it leaves the terminal to the shell" {
	at_terminal expect='ready> ' send="$RUN -- $PROBE tty + wait-file $PWD/now + exit 6 &\\r" \
		expect='terminal=yes foreground=no' send='stty -a <&0\r' expect=' icanon' expect='ready> ' \
		send="echo al''ive; echo >$PWD/now\\r" expect=alive expect='ready> ' \
		send='wait %1; echo code=$?\r' expect='code=6' send='exit\r' -- "${SHELL_WORDS[@]}"
}

@test "in the background it is stopped when its agent reads, and reads after fg" {
	as_job 6 expect='ppid=' send='until jobs | grep Stop; do :; done\r' expect=Stopped expect='ready> ' \
		send='bg\r' expect='ready> ' send='until jobs | grep Stop; do :; done\r' expect=Stopped \
		expect='ready> ' send='fg\r' job send='typed\r' expect='line=typed' -- \
		"$RUN -- $PROBE ids + wait-line + exit 6 &"
}

@test "a running job brought to the foreground reads and is interrupted there" {
	as_job 6 expect='ppid=' send='fg\r' job touch="$PWD/now" send='typed\r' expect='line=typed' -- \
		"$RUN -- $PROBE ids + wait-file $PWD/now + wait-line + exit 6 &"
	as_job 130 expect='ppid=' send='fg\r' job send='^C' -- "$RUN -- $PROBE ids + hang &"
}

@test "at the head of a pipeline it leaves the keys to others until its agent reads" {
	# Both could read what is typed; only one of them wants to.
	as_job 0 expect='ppid=' send='theirs\r' expect='line=theirs' -- \
		"$RUN -- $PROBE wait-file $PWD/now | sh -c '$PROBE ids + wait-line </dev/tty; touch now'"
	as_job 5 expect='ppid=' send='mine\r' expect='line=mine' -- \
		"$RUN -- $PROBE ids + wait-line + exit 5 | cat; (exit \${PIPESTATUS[0]})"
	as_job 130 expect='hanging' send='^C' -- "$RUN -- $PROBE hang | cat; (exit \${PIPESTATUS[0]})"
}

@test "a pipeline is stopped and continued as a whole" {
	as_job 0 expect='ready pid=' send='^Z' expect=Stopped expect='ready> ' send='fg\r' expect='agent got 18' -- \
		"$RUN -- $PROBE catch 1 CONT | cat"
}

@test "without a terminal the agent gets the keys by way of the launcher" {
	local how
	for how in '</dev/null' '--tty=new-session'; do
		as_job 130 expect=hanging send='^C' -- "$RUN ${how##<*} -- $PROBE hang ${how##--*}"
		as_job 3 expect='ready pid=' send='^Z' expect=Stopped expect='ready> ' send='fg\r' \
			expect='agent got 18' -- "$RUN ${how##<*} -- $PROBE catch 1 CONT + exit 3 ${how##--*}"
	done
}

@test "a hang-up reaches the agent, once" {
	local how until=$((SECONDS + 20))
	# The leader of the session is told by a signal; below one that survives, the terminal has to tell.
	for how in 'exec "$@"' 'trap : HUP; "$@"; exit'; do
		rm -f out
		at_terminal expect=terminal=yes hangup -- dash -c "$how" dash \
			$RUN -- "$PROBE" block HUP + tty + to "$PWD/out" + catch 1 HUP + sync + pending + print over + exit 4
		until grep -qsx over out; do [ $SECONDS -lt $until ]; done
		[ "$(grep -c '^agent got 1 ' out)" = 1 ]
		grep -qx 'pending=0000000000000000' out
	done
}

@test "the terminal of another user is used, too" {
	local nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
	[ "$(id -u)" = 0 ] || skip "only root becomes another user"
	as_job 0 expect='ppid=' send='typed\r' expect='line=typed' -- "$nobody $RUN -- $PROBE ids + wait-line"
	# As after su -c, which leads a session of its own, so that there is no terminal to open.
	as_job 0 expect='ppid=' send='typed\r' expect='line=typed' -- \
		"setsid -w $nobody $RUN -- $PROBE ids + wait-line"
}

@test "a root without terminals is told of" {
	at_terminal expect='/dev/pts/ptmx' -- $RUN --root empty --ro-bind "${PROBE%/*}" /bin -- /bin/probe print x
	expect_status 125
	expect_match 'cannot open /dev/pts/ptmx inside .*--tty=new-session'
}
