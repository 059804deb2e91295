#!/usr/bin/env bats
# Denied calls in words: --explain, --seccomp-mode=complain, and the supervisor behind them.
# shellcheck disable=SC2154,SC2016 # run sets status, output, stderr; the sandbox expands what is quoted

bats_require_minimum_version 1.5.0

load worlds
load sandbox

setup() {
	sandbox_setup
	POLICY=$SANDBOX_DIR/test.policy
}

# policy LINE...: all calls but what the lines say.
policy() {
	printf '%s\n' 'allow @known' "$@" >"$POLICY"
	chmod 644 "$POLICY"
}

# explain [OPTION...] -- CMD...: in a sandbox with that policy.
explain() {
	run --separate-stderr as_user timeout "$SANDBOX_DEADLINE" "$CRADLE" run --explain --chdir / \
		--ro-bind "$SUITE_DIR/bin" "$SUITE_DIR/bin" --bind "$SANDBOX_DIR" "$SANDBOX_DIR" \
		--seccomp "$POLICY" "$@"
}

# said TEXT: a line of the supervisor has it.
said() {
	[[ $stderr == *"$1"* ]] || { echo "not said: $1" && echo "$stderr" && false; } >&2
}

said_not() {
	[[ $stderr != *"$1"* ]] || { echo "said: $1" && echo "$stderr" && false; } >&2
}

@test "a denied call is named with its arguments, its process, the line that denied it and the one that would allow it" {
	policy 'deny EACCES socket if arg0 == AF_INET'
	explain -- "$PROBE" call 41 2 1 6
	[ "$output" = "call 41 = -13" ]
	said "cradle: denied: socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = EACCES in probe["
	said ", by $POLICY:2: deny EACCES socket if arg0 == AF_INET; to allow: allow socket if arg0 == AF_INET"
}

@test "the same denial is told once, and counted" {
	policy 'deny mkdir'
	explain -- sh -c 'for i in 1 2 3; do mkdir /tmp/a; done; mkdir /tmp/b; exit 3'
	[ "$status" -eq 3 ]
	[ "$(grep -c 'denied: mkdir("/tmp/a", 0777) = EPERM' <<<"$stderr")" -eq 1 ]
	[ "$(grep -c 'denied: mkdir("/tmp/b", 0777) = EPERM' <<<"$stderr")" -eq 1 ]
	[ "$(tail -n 1 <<<"$stderr")" = "cradle: denied in all: mkdir 4 times" ]
}

@test "an init, too, tells the sum, before it kills what is left" {
	local n how
	policy 'deny mkdir'
	for n in {1..10}; do
		for how in "unshare -Urpf --mount-proc" env; do
			# shellcheck disable=SC2086 # words
			run --separate-stderr as_user $how "$CRADLE" init --explain --seccomp "$POLICY" -- mkdir /tmp/a
			[ "$(tail -n 1 <<<"$stderr")" = "cradle: denied in all: mkdir 1 time" ]
		done
	done
}

@test "a call that is tried with ever new arguments doesn't fill the screen" {
	policy 'deny mkdir'
	explain -- sh -c 'mkdir $(seq 1 100)'
	[ "$(grep -c 'denied: mkdir' <<<"$stderr")" -eq 16 ]
	said "cradle: further calls of mkdir are only counted"
	said "cradle: denied in all: mkdir 100 times"
}

@test "nothing is said where nothing is denied" {
	policy
	explain -- true
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
}

@test "the line that is said to allow a call does, and opens nothing else" {
	local line
	policy 'deny socket unlink' 'deny unshare if arg0 & CLONE_NEWUSER == CLONE_NEWUSER' \
		'deny prctl if arg0 == PR_SET_NAME'
	for call in "41 1 2 0" "272 0x10000000" "157 15 0" "87 0"; do
		# shellcheck disable=SC2086 # words
		explain -- "$PROBE" call $call
		[[ $output == *" = -1" ]]
		line=$(sed -n 's/^cradle: denied: .*; to allow: //p' <<<"$stderr")
		[ -n "$line" ]
		echo "$line" >>"$POLICY"
		# shellcheck disable=SC2086 # words
		explain -- "$PROBE" call $call
		[[ $output != *" = -1" ]]
		[ -z "$stderr" ]
	done
	explain -- "$PROBE" call 41 2 2 0
	[ "$output" = "call 41 = -1" ]
	explain -- "$PROBE" call 41 1 1 0
	[ "$output" = "call 41 = -1" ]
}

@test "a program with threads isn't told to allow clone3, which would open namespaces, but that it does without" {
	local threads='import threading
t = threading.Thread(target=print, args=("thread",)); t.start(); t.join()'
	policy
	explain --seccomp default -- "$PYTHON" -c "$threads"
	[ "$output" = thread ]
	said "denied: clone3("
	said "; the C library does with clone what it can"
	said_not "to allow"
	policy 'deny EPERM clone3'
	explain -- "$PYTHON" -c "$threads"
	[ "$status" -ne 0 ]
	said "; to have the C library do without: deny ENOSYS clone3"
	said_not "to allow"
	sed -n 's/^cradle: denied: clone3.*; to have the C library do without: //p' <<<"$stderr" >>"$POLICY"
	explain -- "$PYTHON" -c "$threads"
	[ "$output" = thread ]
}

@test "what a line to allow opens is told behind it, as a comment" {
	policy 'deny ioctl if arg1 in {TIOCSTI, TIOCNXCL}'
	explain -- "$PROBE" call 16 99 0x5412 + call 16 99 0x540d
	grep -q ' to allow: allow ioctl if arg1 == TIOCSTI # risky: types into the terminal$' <<<"$stderr"
	grep -q ' to allow: allow ioctl if arg1 == TIOCNXCL$' <<<"$stderr"
}

@test "what no rule allows is put down to the default's line" {
	printf '%s\n' 'default EACCES' 'allow @default @basic-io @signal' >"$POLICY"
	explain -- "$PROBE" call 161 0
	[ "$output" = "call 161 = -13" ]
	said "denied: chroot(NULL) = EACCES in "
	said ", by $POLICY:1: default EACCES; to allow: allow chroot"
}

@test "a number that nobody knows is told as one" {
	policy
	explain -- "$PROBE" call 599 1 2
	[ "$output" = "call 599 = -38" ]
	said "denied: call 599(0x1, 0x2, "
	said "nobody has a name for it"
	said_not "to allow"
}

@test "ever new numbers are neither told nor remembered each by itself" {
	policy
	explain -- "$PROBE" call-range 1000 3000
	[ "$(grep -c 'denied: call' <<<"$stderr")" = 16 ]
	said "further calls of numbers without a name are only counted"
	said "denied in all: numbers without a name 2001 times"
}

@test "who is refused even its exit ends all the same" {
	[ -z "$SANITIZED" ] || skip "a sanitizer makes calls of its own before a process ends, and takes no refusal"
	local how
	printf '%s\n' 'default EPERM' 'allow execve' >"$POLICY"
	for how in --explain --as-pid-1 --seccomp-mode=enforce; do
		run -132 --separate-stderr as_user timeout -s KILL "$SANDBOX_DEADLINE" "$CRADLE" run "$how" \
			--seccomp "$POLICY" -- /etc/passwd
	done
}

# init OPTION... -- CMD...: PID 1 of a container that has one user
init() {
	run --separate-stderr timeout -s KILL "$SANDBOX_DEADLINE" unshare -pf --mount-proc \
		setpriv --reuid="$SANDBOX_UID" --regid="$SANDBOX_UID" --clear-groups --bounding-set=-all \
		--inh-caps=-all "$CRADLE" init "$@"
}

@test "an agent of the same user can't have PID 1 or the supervisor do what is refused to it" {
	local how
	[ "$(id -u)" = 0 ] || skip "only root can make such a container"
	for how in --seccomp=default --explain; do
		init --seccomp=default "$how" --oom-score-adj=500 -- sh -c '
			for p in /proc/[0-9]*; do
				read -r name <"$p/comm"
				! [ "$name" = sh ] && (: 3<>"$p/mem") 2>/dev/null && echo "$name is open"
			done
			cat /proc/self/oom_score_adj'
		[ "$output" = 500 ]
	done
}

@test "a death by SIGSYS is named with its call" {
	policy 'kill chroot'
	explain -- "$PROBE" call 161 0
	[ "$status" -eq 159 ]
	[ -z "$output" ]
	said "denied: chroot(NULL) = SIGSYS in "
	said ", by $POLICY:2: kill chroot"
	# Whoever ends first, it is put down to the policy alone.
	local n
	for n in {1..20}; do
		explain -- "$PROBE" call 161 0
		said_not "not for its policy"
	done
}

@test "every death by SIGSYS is told, be it the same again, or the twentieth of its kind" {
	policy 'kill chroot' 'trap swapoff'
	explain -- sh -c 'for n in $(seq 20); do "$0" call 161 0; done; for n in $(seq 18); do "$0" call 168 $n; done; :' "$PROBE"
	[ "$status" -eq 0 ]
	[ "$(grep -c 'denied: chroot(NULL) = SIGSYS in ' <<<"$stderr")" -eq 20 ]
	[ "$(grep -c 'denied: swapoff(.* = SIGSYS in ' <<<"$stderr")" -eq 18 ]
	said_not "only counted"
	said_not "the agent was killed"
}

@test "a death by SIGSYS that isn't the policy's is told as none of its" {
	policy 'kill chroot'
	explain -- sh -c '"$0" call 250; kill -SYS $$' "$PROBE"
	[ "$status" -eq 159 ]
	[ "$stderr" = "cradle: the agent was killed by SIGSYS, and not for its policy: by a filter of its own, or by somebody's signal" ]
}

@test "who blocks, ignores or handles SIGSYS is killed all the same" {
	policy 'kill chroot'
	explain -- "$PROBE" block SYS + call 161 0
	[ "$status" -eq 137 ]
	explain -- "$PROBE" ignore SYS + call 161 0
	[ "$status" -eq 137 ]
	explain -- "$PYTHON" -c 'import os, signal
signal.signal(signal.SIGSYS, lambda *_: print("handled"))
os.chroot("/")'
	[ "$status" -eq 137 ]
	[ -z "$output" ]
}

@test "who has others change what SIGSYS does to it is killed all the same" {
	local n
	cat >"$SANDBOX_DIR/toggle.c" <<-'END'
		#define _GNU_SOURCE
		#include <sched.h>
		#include <signal.h>
		#include <stdio.h>
		#include <unistd.h>
		static char stack[65536];
		static volatile int started;
		static int toggle(void *arg)
		{
			for (;; started = 1) {
				signal(SIGSYS, SIG_DFL);
				signal(SIGSYS, SIG_IGN);
			}
			return arg != NULL;
		}
		int main(int argc, char **argv)
		{
			int flags = argc > 1 ? CLONE_VM | CLONE_SIGHAND : CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
			clone(toggle, stack + sizeof(stack), flags, argv);
			while (!started)
				;
			if (chroot("/") && argc == 1)
				puts("survived");
			for (;;)
				pause();
		}
	END
	gcc -o "$SANDBOX_DIR/toggle" "$SANDBOX_DIR/toggle.c"
	policy 'kill chroot'
	for n in {1..20}; do
		explain -- "$SANDBOX_DIR/toggle"
		[ "$status" -eq 137 ]
		[ -z "$output" ]
	done
	# That they share it can't be seen, so it may live a moment.
	for n in {1..5}; do
		explain -- "$SANDBOX_DIR/toggle" apart
		[[ $status = 137 || $status = 159 ]]
	done
}

@test "trap runs the program's handler, and ends who has none" {
	policy 'trap chroot'
	explain -- "$PYTHON" -c 'import os, signal
signal.signal(signal.SIGSYS, lambda *_: print("handled"))
try: os.chroot("/")
except OSError: print("refused")'
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = handled ]
	[ "${lines[1]}" = refused ]
	explain -- "$PROBE" call 161 0
	[ "$status" -eq 159 ]
	said "denied: chroot(NULL) = SIGSYS in "
}

@test "complain denies nothing, and tells what would be denied" {
	policy 'deny mkdir' 'kill rmdir'
	run --separate-stderr as_user "$CRADLE" run --seccomp-mode=complain --seccomp "$POLICY" -- \
		sh -c 'mkdir /tmp/a && rmdir /tmp/a && echo done'
	[ "$status" -eq 0 ]
	[ "$output" = "done" ]
	said 'cradle: would be denied: mkdir("/tmp/a", 0777) = EPERM in mkdir['
	said 'cradle: would be denied: rmdir("/tmp/a") = SIGSYS in rmdir['
	said "cradle: would be denied in all: mkdir 1 time, rmdir 1 time"
}

@test "no call that is denied goes on, as the supervisor's answers show" {
	policy 'deny mkdir' 'deny ENOSYS rmdir' 'kill chroot'
	# The leak checker of a sanitized build can't work under strace.
	run --separate-stderr as_user env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=ioctl -e signal=none \
		-o "$SANDBOX_DIR/trace" "$CRADLE" run --explain --seccomp "$POLICY" -- \
		sh -c 'mkdir /tmp/a; rmdir /tmp/a; chroot /; :'
	[ "$(grep -c 'SECCOMP_IOCTL_NOTIF_SEND' "$SANDBOX_DIR/trace")" -ge 3 ]
	run ! grep 'NOTIF_FLAG_CONTINUE' "$SANDBOX_DIR/trace"
}

@test "of several policies the strictest decides and is named, of equals the last" {
	policy 'deny EACCES mkdir' 'deny rmdir'
	printf '%s\n' 'allow @known' 'deny ENOENT mkdir' 'kill rmdir' >"$SANDBOX_DIR/second.policy"
	explain --seccomp "$SANDBOX_DIR/second.policy" -- "$PROBE" call 83 0
	[ "$output" = "call 83 = -2" ]
	said ", by $SANDBOX_DIR/second.policy:2: deny ENOENT mkdir"
	explain --seccomp "$SANDBOX_DIR/second.policy" -- "$PROBE" call 84 0
	[ "$status" -eq 159 ]
	said ", by $SANDBOX_DIR/second.policy:3: kill rmdir"
}

@test "a compiled program among the policies is named as what it is" {
	policy 'deny EACCES mkdir'
	"$CRADLE" policy compile -o "$SANDBOX_DIR/x.bpf" "$POLICY"
	chmod 644 "$SANDBOX_DIR/x.bpf"
	policy
	explain --seccomp "$SANDBOX_DIR/x.bpf" -- "$PROBE" call 83 0
	[ "$output" = "call 83 = -13" ]
	said "denied: mkdir(NULL, 0) = EACCES in "
	said "by the program $SANDBOX_DIR/x.bpf"
	for fd in 0 3 7 60; do
		eval 'explain --seccomp "fd:$fd" -- "$PROBE" call 83 0 '"$fd"'<"$SANDBOX_DIR/x.bpf"'
		[ "$output" = "call 83 = -13" ]
		said "by the program fd:$fd"
	done
	# Each has the number of the other's socket, file, or whatever came first.
	printf '%s\n' 'allow @known' 'deny EXDEV rmdir' >"$POLICY"
	"$CRADLE" policy compile -o "$SANDBOX_DIR/y.bpf" "$POLICY"
	chmod 644 "$SANDBOX_DIR/y.bpf"
	policy
	explain --seccomp fd:6 --seccomp fd:5 -- "$PROBE" call 83 0 + call 84 0 6<"$SANDBOX_DIR/x.bpf" 5<"$SANDBOX_DIR/y.bpf"
	[ "$output" = $'call 83 = -13\ncall 84 = -18' ]
	said "mkdir(NULL, 0) = EACCES"
	said ", by the program fd:6"
	said "rmdir(NULL) = EXDEV"
	said ", by the program fd:5"
}

@test "calls of another architecture are named by its numbers" {
	[ "$(uname -m)" = x86_64 ] || skip "only x86_64 kernels run two other architectures' programs"
	policy
	explain -- "$PROBE" call-i386 39 0 0
	[ "$status" -eq 159 ]
	said "denied: mkdir("
	said " = SIGSYS in "
	said "$POLICY, which doesn't name i386; to allow: arch i386"
	explain -- "$PROBE" call-x32 83 0 0
	[ "$status" -eq 159 ]
	said "denied: mkdir("
	said "$POLICY, which doesn't name x32; to allow: arch x32"
	explain -- "$PROBE" call-i386 9999 1
	said "denied: call 9999(0x1, "
	explain -- "$PROBE" call-x32 9998 1
	said "denied: call 9998(0x1, "
	policy 'arch i386' 'deny EXDEV mkdir' 'deny EACCES socket if arg0 == AF_INET'
	explain -- "$PROBE" call-i386 39 0 0 + call-i386 102 1 0
	[ "$output" = $'call-i386 39 = -18\ncall-i386 102 = -13' ]
	said "denied: mkdir("
	said " = EXDEV in "
	said ", by $POLICY:3: deny EXDEV mkdir; to allow: allow mkdir"
	said "denied: socketcall("
	said "$POLICY, which can't see its arguments on i386 and gives the strictest answer"
}

@test "what a program chose can't write to the terminal" {
	policy 'deny mkdir'
	explain -- sh -c 'mkdir "$(printf "/tmp/\033[31m\a\"\\\\")"' sh
	said 'denied: mkdir("/tmp/\x1b[31m\x07\"\\", 0777)'
	run ! grep -q $'\e' <<<"$stderr"
}

@test "many threads that are denied at once all get their answer" {
	policy 'deny EXDEV mkdir'
	explain -- "$PYTHON" -c 'import os, threading
answers = []
def work(n):
    for i in range(50):
        try: os.mkdir("/tmp/%d" % n)
        except OSError as e: answers.append(e.errno)
threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
for t in threads: t.start()
for t in threads: t.join()
print(len(answers), set(answers))'
	[ "$output" = "800 {18}" ]
	said "cradle: denied in all: mkdir 800 times"
}

@test "processes that are killed while they wait for an answer hold up nobody" {
	policy 'deny EXDEV mkdir'
	explain -- "$PYTHON" -c 'import os, random, signal
def work():
    while True:
        try: os.mkdir("/tmp/x")
        except OSError: pass
for round in range(40):
    pids = []
    for i in range(4):
        pid = os.fork()
        if not pid: work()
        pids.append(pid)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
try: os.mkdir("/tmp/y")
except OSError as e: print(e.errno)'
	[ "$status" -eq 0 ]
	[ "$output" = 18 ]
	said 'denied: mkdir("/tmp/y", 0777) = EXDEV'
}

# With SA_RESTART: where a handler has none, the kernel ends a call with EINTR that the supervisor has not
# taken yet.
@test "a signal doesn't break a call that waits for its answer" {
	policy 'deny EXDEV mkdir'
	explain -- "$PYTHON" -c 'import ctypes, signal
libc = ctypes.CDLL(None, use_errno=True)
caught = 0
def catch(*_):
    global caught
    caught += 1
signal.signal(signal.SIGALRM, catch)
signal.siginterrupt(signal.SIGALRM, False)
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
errors = set()
while caught < 100:
    libc.mkdir(b"/tmp/x", 0o700)
    errors.add(ctypes.get_errno())
print(errors)'
	[ "$output" = "{18}" ]
}

# The listener by hand: supervise with --json, and cradle run with --seccomp-listener.
listen() {
	run --separate-stderr as_user timeout "$SANDBOX_DEADLINE" "$PYTHON" - "$CRADLE" "$POLICY" "$@" <<'END'
import socket, subprocess, sys, os
cradle, policy, *command = sys.argv[1:]
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
end, json = os.pipe()
supervisor = subprocess.Popen([cradle, "policy", "supervise", "--socket=%d" % ours.fileno(),
	"--json=%d" % json, policy], pass_fds=[ours.fileno(), json])
ours.close(); os.close(json)
run = subprocess.Popen([cradle, "run", "--seccomp-listener=%d" % theirs.fileno(), "--seccomp", policy,
	"--ro-bind", os.path.dirname(cradle), os.path.dirname(cradle), *command], pass_fds=[theirs.fileno()],
	stdout=subprocess.DEVNULL)
theirs.close()
sys.stdout.write(open(end).read())
code = run.wait()
print("codes", code, supervisor.wait())
END
}

@test "denials come as lines of JSON, too" {
	policy 'deny EACCES mkdir'
	listen -- "$PROBE" call 83 0 0700
	[ "${lines[-1]}" = "codes 0 0" ]
	[ "$(jq -r 'select(.event == "denied") | "\(.call) \(.number) \(.text) \(.outcome) \(.file):\(.line) \(.rule) \(.allow) \(.comm)"' <<<"${lines[0]}")" = \
		"mkdir 83 mkdir(NULL, 0700) EACCES $POLICY:2 deny EACCES mkdir allow mkdir probe" ]
	[ "$(jq -r 'select(.event == "sum") | .calls.mkdir' <<<"${lines[1]}")" = 1 ]
}

@test "the lines of JSON have what allowing opens, and what to write instead" {
	policy 'deny EACCES ptrace' 'deny clone3'
	listen -- "$PROBE" call 101 16 1 + call 435 0 0
	[ "${lines[-1]}" = "codes 0 0" ]
	output=$(head -n -1 <<<"$output")
	[ "$(jq -r 'select(.call == "ptrace") | "\(.allow); \(.risk); \(.instead)"' <<<"$output")" = \
		"allow ptrace if arg0 == PTRACE_ATTACH; stops and changes other processes of the same user; null" ]
	[ "$(jq -r 'select(.call == "clone3") | "\(.allow); \(.risk); \(.instead)"' <<<"$output")" = \
		"null; what it is asked for can't be filtered, namespaces neither; deny ENOSYS clone3" ]
}

@test "nothing is executed where the supervisor can't be, or dies at once" {
	local n verb
	mkdir "$SANDBOX_DIR/alone"
	cp "$CRADLE" "$PROBE" "$SANDBOX_DIR/alone/"
	cp /bin/false "$SANDBOX_DIR/alone/cradle-policy"
	for n in {1..10}; do
		for verb in "run --chdir /" init; do
			# shellcheck disable=SC2086 # words
			run -125 --separate-stderr as_user "$SANDBOX_DIR/alone/cradle" $verb --seccomp=default --explain -- \
				"$SANDBOX_DIR/alone/probe" print started
			[ -z "$output" ]
			said "cannot hand over the listener of the seccomp filter (who was to get it is gone)"
		done
	done
	# A program without its loader.
	printf 'int main(void) { return 0; }' | gcc -Wl,--dynamic-linker=/nowhere -o "$SANDBOX_DIR/alone/cradle-policy" -x c -
	run -125 --separate-stderr as_user "$SANDBOX_DIR/alone/cradle" init --seccomp=default --explain -- \
		"$SANDBOX_DIR/alone/probe" print started
	[ -z "$output" ]
	said "cradle-policy (its loader isn't here: bring its libraries, as cradle initramfs --file does): No such file"
}

@test "the supervisor ends in silence when nothing could be started" {
	policy
	listen --no-such-option -- true
	[[ ${lines[-1]} == "codes 125 0" ]]
	said_not "cannot receive"
}

@test "supervise says what is wrong with its own arguments" {
	policy
	run --separate-stderr "$CRADLE" policy supervise "$POLICY"
	[ "$status" -eq 125 ]
	said "no listener: expected --socket=FD"
	run --separate-stderr "$CRADLE" policy supervise --socket=x "$POLICY"
	[ "$status" -eq 125 ]
	said "--socket=x: expected the number of a descriptor"
	run --separate-stderr "$CRADLE" policy supervise --socket=0 --mode=allow "$POLICY"
	[ "$status" -eq 125 ]
	said "--mode=allow: expected explain or complain"
}
