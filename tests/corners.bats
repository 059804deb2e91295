# What went wrong once: races, full pipes, missing descriptors, a foreign /proc. Each ends in time or is
# killed; a kill is a failure.
# shellcheck disable=SC2154,SC2016,SC2034,SC2094 # setup_suite.bash; scripts of sh; lines only waited for

load worlds

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# within SECONDS COMMAND...: 137 if it had to be killed
within() {
	timeout -s KILL "$@"
}

@test "an agent and its last child that die together end a stop at once, in every policy" {
	local policy i rc ready timer
	for policy in kill wait term; do
		for ((i = 0; i < 60; i++)); do
			mkfifo ready
			timeout -k 1 20 "$CRADLE" run -g --leftovers=$policy --deadline=15s -- \
				sh -c 'sleep 60 & echo ready; exec sleep 60' >ready &
			timer=$!
			read -r ready <ready
			SECONDS=0
			kill -TERM $timer
			rc=0
			wait $timer || rc=$?
			rm ready
			[ $rc = 143 ] || [ $rc = 124 ]
			[ $SECONDS -lt 4 ] || { echo "$policy, round $i: ${SECONDS}s"; return 1; }
		done
	done
}

@test "no descriptor to spare: the agent is supervised all the same" {
	local cradle=(unshare -Urpf --mount-proc "$CRADLE" init)
	run -0 within 20 "${cradle[@]}" --nofile=4 -- "$PROBE" exit 0
	run -7 within 20 "${cradle[@]}" --nofile=4 -- "$PROBE" exit 7
	run -9 within 20 "${cradle[@]}" --nofile=3 -- "$PROBE" exit 9
}

@test "strangers that a foreign /proc shows under our numbers live on" {
	run -0 within 30 unshare -Urpf --kill-child sh -c '
		sleep 50 & a=$!; sleep 50 & b=$!
		"$0" init --leftovers=kill -- sh -c "sleep 50 & exit 3"
		[ $? = 3 ] && kill -0 $a && kill -0 $b' "$CRADLE"
}

@test "a stderr that nobody reads hangs nothing" {
	mkfifo full
	exec 8<>full
	# Until it takes no more.
	timeout 2 dd if=/dev/zero of=full bs=4096 oflag=nonblock 2>/dev/null || true
	run -3 within 20 "$CRADLE" init --report=fd:2 -- "$PROBE" exit 3 2>&8
	run -127 within 20 "$CRADLE" init -- /no/such/agent 2>&8
	run -5 within 20 "$CRADLE" run -w -- "$PROBE" orphan 1 + exit 5 2>&8
	exec 8>&-
}

@test "a FIFO that nobody reads is refused as a report, and nothing is started" {
	mkfifo unread
	run -125 within 20 "$CRADLE" init --report=file:unread -- "$PROBE" write started x
	[ "${#lines[@]}" = 1 ]
	[[ "$output" == "cradle: cannot report to the file unread: "* ]]
	[ ! -e started ]
}

@test "poweroff, reboot and halt do nothing for words that they don't know" {
	local name word
	for name in poweroff reboot halt; do
		ln -sf "$CRADLE" $name
		for word in --bogus -w -n; do
			run -125 within 20 "$CRADLE" run --grace=1s -- sh -c "./$name $word; rc=\$?; [ \$rc = 125 ] && exit 125"
			[[ "$output" == "cradle: unknown option $word: "* ]]
		done
		run -0 within 20 "$CRADLE" run --grace=1s -- sh -c "./$name --help && echo alive"
		[ "${lines[-1]}" = alive ]
	done
}

@test "a signal that F_SETSIG sends is forwarded like any other" {
	cat >fasync.c <<-'END'
		#define _GNU_SOURCE
		#include <fcntl.h>
		#include <signal.h>
		#include <stdio.h>
		#include <time.h>
		#include <unistd.h>
		int main(void)
		{
			int fd[2];
			sigset_t set;
			siginfo_t info;
			struct timespec limit = { 10, 0 };
			sigemptyset(&set);
			sigaddset(&set, SIGUSR1);
			sigprocmask(SIG_BLOCK, &set, NULL);
			if (pipe(fd) || fcntl(fd[0], F_SETOWN, 1) || fcntl(fd[0], F_SETSIG, SIGUSR1) ||
			    fcntl(fd[0], F_SETFL, O_ASYNC) || write(fd[1], "x", 1) != 1)
				return 99;
			return sigtimedwait(&set, &info, &limit) == SIGUSR1 ? 0 : 1;
		}
	END
	gcc -o fasync fasync.c
	run -0 within 30 "$CRADLE" run -- ./fasync
	run -0 within 30 "$CRADLE" run -w -- ./fasync
}

@test "a killed PID 1 is recorded by its launcher" {
	mkfifo ready
	"$CRADLE" run --report=file:record -- sh -c 'echo ready; exec sleep 60' >ready &
	local launcher=$! rc=0 line
	read -r line <ready
	kill -KILL "$(cat "/proc/$launcher/task/$launcher/children")"
	wait $launcher || rc=$?
	[ $rc = 137 ]
	[ "$(jq '[.code, .signal] | @csv' record)" = '"137,9"' ]
}

@test "a script whose interpreter is missing is told so, from PATH as well" {
	mkdir bin
	printf '#!/no/such/interpreter\n' >bin/lost-words
	chmod +x bin/lost-words
	PATH=$PWD/bin:$PATH run -126 "$CRADLE" init -- lost-words
	[[ "$output" == *"cannot execute $PWD/bin/lost-words (its interpreter"* ]]
	run -126 "$CRADLE" init -- bin/lost-words
}

@test "an agent in a directory that it may not search is restarted there" {
	mkdir -m 700 closed
	cd closed || return 1
	# Executed there as nobody: "." can't be opened, and must not be left either.
	run -0 within 30 setpriv --reuid=65534 --regid=65534 --clear-groups \
		unshare -Urpf --mount-proc "$CRADLE" init --on-failure=restart -- sh -c 'readlink /proc/self/cwd; [ "$PPID" = 1 ] && [ $$ -gt 2 ]'
	[ "${#lines[@]}" = 2 ]
	[ "${lines[0]}" = "$PWD" ]
	[ "${lines[1]}" = "$PWD" ]
}

@test "shutdown does nothing at a time that isn't now, or for words that it doesn't know" {
	ln -sf "$CRADLE" shutdown
	run -0 within 20 "$CRADLE" run --grace=1s -- sh -c '
		for word in "" -h "-r +1" "-P 23:00" "" "-P later"; do ./shutdown $word && exit 1; done
		for word in -c -k -f - -- --show --now -hPx; do ./shutdown $word now && exit 2; done
		./shutdown "" && exit 3
		./shutdown --help && echo alive'
	[[ "$output" == *'cannot shut down at no time: expected now or +0'* ]]
	[[ "$output" == *'cannot shut down at +1: expected now or +0'* ]]
	[[ "$output" == *'unknown option --show: expected -h, -P, -H or -r'* ]]
	[ "${lines[-1]}" = alive ]
}
