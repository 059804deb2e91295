#!/usr/bin/env bats
# A policy from a run: cradle policy learn, and the same program under what it learnt.
# shellcheck disable=SC2154,SC2016 # run sets status, output, stderr; the sandbox expands what is quoted

bats_require_minimum_version 1.5.0

load worlds
load sandbox

setup() {
	sandbox_setup
	LEARNT=$SANDBOX_DIR/learnt.policy
	OPTIONS=(--ro-bind "$SUITE_DIR/bin" "$SUITE_DIR/bin" --bind "$SANDBOX_DIR" "$SANDBOX_DIR"
		--chdir "$SANDBOX_DIR")
}

teardown() {
	[ -z "${LEARN_PID:-}" ] || kill -KILL "$LEARN_PID" 2>/dev/null || true
	sandbox_teardown
}

learn() {
	run --separate-stderr as_user timeout "$SANDBOX_DEADLINE" "$CRADLE" policy learn -o "$LEARNT" \
		"${OPTIONS[@]}" "$@"
}

# under_it CMD...: in the same sandbox, with what was learnt, and what is denied in $stderr.
under_it() {
	run --separate-stderr as_user timeout "$SANDBOX_DEADLINE" "$CRADLE" run --explain \
		"${OPTIONS[@]}" --seccomp "$LEARNT" -- "$@"
}

# works CODE CMD...: it does the same under what was learnt from it, and nothing is denied but clone3,
# which libc asks for first.
works() {
	local code=$1 learnt
	shift
	learn -- "$@"
	[ "$status" -eq "$code" ]
	learnt=$output
	under_it "$@"
	[ "$status" -eq "$code" ]
	[ "$output" = "$learnt" ]
	stderr=$(grep '^cradle: denied: ' <<<"$stderr" | grep -v 'denied: clone3(' || true)
	[ -z "$stderr" ] || { echo "$stderr" >&2 && false; }
}

has_line() {
	grep -qE -- "$1" "$LEARNT" || { echo "no line $1:" && cat "$LEARNT" && false; } >&2
}

@test "a pipeline of the shell works under what was learnt from it" {
	works 0 sh -c 'for i in 3 1 2; do echo $i; done | sort | (cat; ls -d /usr | wc -l)'
	[ "$output" = $'1\n2\n3\n1' ]
}

@test "a compiler and make work under what was learnt from them" {
	printf '#include <stdio.h>\nint b(void);\nint main(void) { printf("%%d\\n", b()); }\n' \
		>"$SANDBOX_DIR/a.c"
	printf 'int b(void) { return 42; }\n' >"$SANDBOX_DIR/b.c"
	printf 'prog: a.o b.o\n\tgcc -o $@ $^\n%%.o: %%.c\n\tgcc -O2 -c $<\nclean:\n\trm -f *.o prog\n' \
		>"$SANDBOX_DIR/Makefile"
	works 0 sh -c 'make -s clean && make -s -j2 prog && ./prog'
	[ "$output" = 42 ]
	rm -f "$SANDBOX_DIR/prog"
}

@test "git works under what was learnt from it" {
	works 0 sh -c 'git init -q repo && cd repo && echo x >f && git add f &&
		git -c user.name=a -c user.email=a@b commit -q -m m && git status --short &&
		git log --format=%s && git clone -q . ../copy && cat ../copy/f &&
		rm -rf ../repo ../copy'
	[ "$output" = $'m\nx' ]
}

@test "python works under what was learnt from it" {
	works 0 "$PYTHON" -c 'import subprocess, tempfile, threading
thread = threading.Thread(target=print, args=("thread",))
thread.start()
thread.join()
print(subprocess.run(["ls", "-d", "/"], capture_output=True).stdout)
tempfile.TemporaryFile().write(b"x")'
	[ "${#lines[@]}" -eq 2 ]
}

@test "node works under what was learnt from it" {
	works 0 node -e 'require("child_process").execSync("true")
require("fs").promises.readdir("/").then(names => console.log(names.includes("usr")))
setTimeout(() => console.log("later"), 10)'
	[[ $output == *later* ]]
}

@test "nginx serving curl works under what was learnt from both" {
	mkdir "$SANDBOX_DIR/www"
	echo served >"$SANDBOX_DIR/www/index.html"
	cat >"$SANDBOX_DIR/nginx.conf" <<-END
	daemon off;
	pid /tmp/pid;
	error_log /dev/null;
	events { worker_connections 64; }
	http {
		access_log off;
		client_body_temp_path /tmp/b;
		proxy_temp_path /tmp/p;
		fastcgi_temp_path /tmp/f;
		uwsgi_temp_path /tmp/u;
		scgi_temp_path /tmp/s;
		server { listen 127.0.0.1:8088; root $SANDBOX_DIR/www; }
	}
	END
	chmod -R a+rX "$SANDBOX_DIR"
	works 0 bash -c '/usr/sbin/nginx -e /dev/null -c "$PWD/nginx.conf" &
		until curl -s -o /dev/null http://127.0.0.1:8088/; do kill -0 $! || exit; done
		curl -s http://127.0.0.1:8088/
		curl -s -o /dev/null -w "%{http_code}\n" http://127.0.0.1:8088/none
		kill $!
		wait $!'
	[ "$output" = $'served\n404' ]
}

@test "the exit code is the command's, also of a signal" {
	learn -- "$PROBE" exit 7
	[ "$status" -eq 7 ]
	learn -- "$PROBE" die TERM
	[ "$status" -eq 143 ]
	learn -- sh -c 'exit 126'
	[ "$status" -eq 126 ]
}

@test "what wasn't needed is denied" {
	learn -- "$PROBE" print learnt
	[ "$output" = learnt ]
	under_it "$PROBE" call 41 1 1 0 + call 83 0 + call 101 0
	[ "$output" = $'call 41 = -1\ncall 83 = -1\ncall 101 = -1' ]
}

@test "arguments are learnt where they choose between different things" {
	learn -- "$PROBE" call 41 1 0x80001 0 + call 16 0 0x5413 0 + call 157 15 0 + call 272 0x200
	has_line '^allow socket if arg0 == AF_UNIX and arg1 & 0xf == SOCK_STREAM +# 1 time$'
	has_line '^allow ioctl if arg1 == TIOCGWINSZ +# 1 time$'
	has_line '^allow prctl if arg0 == PR_SET_NAME +# 1 time$'
	has_line '^allow unshare if arg0 == CLONE_FS +# 1 time$'
	under_it "$PROBE" call 41 1 1 0 + call 41 2 1 0 + call 41 1 2 0 + call 16 0 0x5412 0 + call 272 0x10000000
	[[ $output == "call 41 = "[0-9]*$'\ncall 41 = -1\ncall 41 = -1\ncall 16 = -1\ncall 272 = -1' ]]
}

@test "what every program may need is in, though the run didn't need it" {
	learn -- "$PROBE" exit 0
	run --separate-stderr "$CRADLE" policy compile --to oci "$LEARNT"
	output=$(jq -r '.syscalls[] | select(.action == "SCMP_ACT_ALLOW" and .args == null) | .names[]' <<<"$output")
	for call in exit exit_group rt_sigreturn restart_syscall rt_sigaction rt_sigprocmask tgkill \
		clock_gettime gettimeofday time getcpu execve; do
		grep -qx "$call" <<<"$output"
	done
}

@test "a program without clone3 makes threads and processes, and no namespaces" {
	works 0 "$PYTHON" -c 'import os, threading
t = threading.Thread(target=print, args=("thread",)); t.start(); t.join()
if os.fork() == 0: os._exit(0)
os.wait()'
	has_line '^deny ENOSYS clone3 '
	has_line '^allow clone if arg0 & CLONE_NEWNS\|[A-Z|_]+\|CLONE_NEWNET == 0 '
	under_it "$PROBE" call 56 0x10000011
	[ "$output" = "call 56 = -1" ]
}

@test "a run is merged with another, and both work" {
	learn -- "$PROBE" call 83 0
	has_line '^allow mkdir '
	learn --merge -- "$PROBE" call 84 0
	has_line ' in 2 runs\.$'
	has_line '^allow mkdir +# 1 time$'
	has_line '^allow rmdir +# 1 time$'
	has_line '^allow write +# 2 times$'
	under_it "$PROBE" call 83 0 + call 84 0 + call 87 0
	[ "$output" = $'call 83 = -14\ncall 84 = -14\ncall 87 = -1' ]
}

@test "what was written by hand into a learnt file stays when it is merged, and wins" {
	learn -- "$PROBE" call 83 0
	echo "deny EXDEV mkdir  # by hand" >>"$LEARNT"
	learn --merge -- "$PROBE" call 83 0
	has_line '^allow mkdir +# 2 times$'
	[ "$(tail -n 1 "$LEARNT")" = "deny EXDEV mkdir  # by hand" ]
	under_it "$PROBE" call 83 0
	[ "$output" = "call 83 = -18" ]
}

@test "a file that learn didn't write is left as it is" {
	echo "default EPERM" >"$LEARNT"
	learn --merge -- "$PROBE" exit 0
	[ "$status" -eq 125 ]
	[[ $stderr == *"cannot merge with $LEARNT, which learn didn't write"* ]]
	[ "$(cat "$LEARNT")" = "default EPERM" ]
}

@test "what a symbolic link names is written, be it there or not, and the link stays" {
	local real=$LEARNT
	as_user mkdir "$SANDBOX_DIR/links"
	as_user ln -s ../learnt.policy "$SANDBOX_DIR/links/second"
	as_user ln -s "$SANDBOX_DIR/links/second" "$SANDBOX_DIR/first"
	LEARNT=$SANDBOX_DIR/first
	for runs in 1 2; do
		learn --merge -- "$PROBE" call 83 0
		[ "$status" -eq 0 ]
		[ "$(readlink "$SANDBOX_DIR/first")" = "$SANDBOX_DIR/links/second" ]
		[ "$(readlink "$SANDBOX_DIR/links/second")" = ../learnt.policy ]
		[ -f "$real" ] && [ ! -L "$real" ]
		has_line "^allow mkdir +# $runs time"
	done
	as_user ln -s loop "$SANDBOX_DIR/loop"
	LEARNT=$SANDBOX_DIR/loop
	learn -- "$PROBE" exit 0
	[ "$status" -eq 125 ]
	[[ $stderr == *"cannot write $LEARNT: Too many levels of symbolic links"* ]]
}

@test "a file that is replaced keeps its mode, and a new one has the umask's" {
	local mode
	learn -- "$PROBE" exit 0
	[ "$(stat -c %a "$LEARNT")" = "$(printf %o $((0666 & ~$(umask))))" ]
	for mode in 600 664; do
		chmod $mode "$LEARNT"
		learn --merge -- "$PROBE" exit 0
		[ "$status" -eq 0 ]
		[ "$(stat -c %a "$LEARNT")" = $mode ]
		learn -- "$PROBE" exit 0
		[ "$(stat -c %a "$LEARNT")" = $mode ]
	done
}

@test "a pipe that the policy goes to stays one" {
	LEARNT=$SANDBOX_DIR/pipe
	mkfifo -m 666 "$LEARNT"
	exec 8<>"$LEARNT"
	learn -- "$PROBE" exit 0
	exec 8>&-
	[ "$status" -eq 0 ]
	[ -p "$LEARNT" ]
}

@test "a file that an editor of another system saved is merged like any other" {
	learn -- "$PROBE" call 83 0
	sed -i 's/$/\r/' "$LEARNT"
	learn --merge -- "$PROBE" call 83 0
	has_line '^allow mkdir +# 2 times$'
	[ "$(grep -c 'allow mkdir' "$LEARNT")" = 1 ]
	run ! grep -q $'\r' "$LEARNT"
	run --separate-stderr "$CRADLE" policy check "$LEARNT"
	[ "$status" -eq 0 ]
}

@test "a run that doesn't begin writes nothing" {
	learn --no-such-option -- true
	[ "$status" -eq 125 ]
	[ ! -e "$LEARNT" ]
}

@test "learn says what is wrong with its arguments" {
	run --separate-stderr "$CRADLE" policy learn -o "$LEARNT" true
	[ "$status" -eq 125 ]
	[[ $stderr == *"no command to learn from: expected -- CMD" ]]
	run --separate-stderr "$CRADLE" policy learn -- true
	[ "$status" -eq 125 ]
	[[ $stderr == *"no file to write: expected -o FILE" ]]
	run --separate-stderr as_user sh -c 'cd "$1" && exec "$2" policy learn -o - -- true' sh "$SANDBOX_DIR" "$CRADLE"
	[ "$status" -eq 125 ]
	[[ $stderr == *"-o -: expected a file, as standard output is the command's" ]]
	[ ! -e "$SANDBOX_DIR/-" ]
	run --separate-stderr "$CRADLE" policy learn --output
	[ "$status" -eq 125 ]
	[[ $stderr == *"-o needs a value"* ]]
	run --separate-stderr as_user "$CRADLE" policy learn -o /no/such/dir/x -- true
	[ "$status" -eq 125 ]
	[[ $stderr == *"cannot write /no/such/dir/x"* ]]
}

@test "learning that is ended by a signal ends the command, and writes what was seen" {
	local line code=0
	mkfifo -m 666 "$SANDBOX_DIR/out"
	exec 8<>"$SANDBOX_DIR/out"
	as_user sh -c 'echo $$ && exec "$@"' sh "$CRADLE" policy learn -o "$LEARNT" "${OPTIONS[@]}" -- \
		"$PROBE" call 83 0 + hang >&8 2>&1 3>&- 8>&- &
	read -r -t "$SANDBOX_DEADLINE" LEARN_PID <&8
	read -r -t "$SANDBOX_DEADLINE" line <&8
	[ "$line" = "call 83 = -14" ]
	kill -TERM "$LEARN_PID"
	wait "$!" || code=$?
	LEARN_PID=
	[ "$code" -eq 143 ]
	has_line '^allow mkdir '
}
