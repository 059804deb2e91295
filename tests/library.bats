# libcradle: for agents that link the core, and what `make install` puts where.
# shellcheck disable=SC2154 # variables of setup_suite.bash

load worlds

# A build of its own: the prefix is compiled in, and other tests use the common one meanwhile.
setup_file() {
	make -s -C "$TOP" install B="$BATS_FILE_TMPDIR/build" DESTDIR="$BATS_FILE_TMPDIR/root" PREFIX=/opt/x \
		>"$BATS_FILE_TMPDIR/log" 2>&1 || { cat "$BATS_FILE_TMPDIR/log"; return 1; }
}

setup() {
	root=$BATS_FILE_TMPDIR/root
	cd "$BATS_TEST_TMPDIR" || return 1
	agent=$BUILD/agent
}

@test "an agent that links the core is its own init: it runs as a child of PID 1" {
	run -3 --separate-stderr unshare -Urpf --mount-proc "$agent" 3
	[[ "$output" == "agent: init=linked world=- pid=2 ppid=1 "* ]]
	[ "$stderr" = "" ]
}

@test "the same agent is an ordinary process elsewhere, and under cradle" {
	run -4 --separate-stderr "$agent" 4
	[[ "$output" == "agent: init="*" pid="* ]]
	[[ "$output" != *init=linked* ]]
	run -5 "$CRADLE" run -- "$agent" 5
	[[ "$output" == "agent: init=cradle world=namespace pid=2 ppid=1 "* ]]
}

@test "its init reaps orphans and ends with its code" {
	cat >orphans.c <<-'END'
		#include <cradle.h>
		#include <stdio.h>
		#include <sys/wait.h>
		#include <unistd.h>
		int main(void)
		{
			if (cradle_init_as_pid1() < 0 || !cradle_was_forked_from_pid1() || cradle_is_pid1())
				return 99;
			for (int i = 0; i < 500; i++) {
				pid_t pid = fork();
				if (!pid)
					_exit(fork() ? 0 : 0);
				waitpid(pid, 0, 0);
			}
			return 6;
		}
	END
	gcc -I"$TOP/include" -o orphans orphans.c "$BUILD/libcradle.a"
	run -6 unshare -Urpf --mount-proc ./orphans
}

@test "its shutdown is reboot(2) when it was forked from PID 1" {
	run -0 --separate-stderr "$CRADLE" run --report=fd:1 -- sh -c "exec '$agent' --poweroff" || true
	# Below cradle, PID 1 is asked, which as an entrypoint without --grace hands the signal on.
	[[ "$output" == *'"signal":38'* ]] || [ "$status" = 166 ]
	# As its own init, the namespace ends by reboot(2): unshare(1) sees its child die of SIGINT.
	run unshare -Urpf --mount-proc "$agent" --poweroff
	[ "$status" -ne 0 ]
	[[ "$output" == "agent: init=linked"* ]]
}

@test "the library exports the functions of its header and nothing else" {
	nm -D --defined-only "$BUILD/libcradle.so.0" | awk '{print $3}' | sort >exported
	sed -n 's/^CRADLE_API .*[ *]\(cradle_[a-z0-9_]*\)(.*/\1/p' "$TOP/include/cradle.h" | sort >declared
	diff declared exported
	nm --defined-only --extern-only "$BUILD/libcradle.a" | awk 'NF == 3 {print $3}' | sort >global
	diff declared global
}

@test "an installed library is found by pkg-config, static and shared" {
	export PKG_CONFIG_PATH=$root/opt/x/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
	# shellcheck disable=SC2046 # words
	gcc -o dynamic "$TOP/contrib/agent/agent.c" $(pkg-config --cflags --libs cradle)
	run -2 env LD_LIBRARY_PATH="$root/opt/x/lib" unshare -Urpf --mount-proc ./dynamic 2
	[[ "$output" == "agent: init=linked"* ]]
	# shellcheck disable=SC2046
	gcc -static -o static "$TOP/contrib/agent/agent.c" $(pkg-config --cflags --libs --static cradle)
	run -2 unshare -Urpf --mount-proc ./static 2
}

@test "an installed cradle finds its helper, and says what it is" {
	run -0 "$root"/opt/x/bin/cradle --version
	[[ "${lines[0]}" =~ ^cradle\ [0-9.]+\ \((musl|glibc),\ (static|dynamic)\)$ ]]
	[[ "$output" == *"cradle-net: $root/opt/x/bin/../libexec/cradle/cradle-net"* ]]
	[[ "$output" == *"cradle-policy: $root/opt/x/bin/../libexec/cradle/cradle-policy"* ]]
	run -0 "$root"/opt/x/bin/cradle net --version
	run -0 "$root"/opt/x/bin/cradle policy --version
	run -125 "$root"/opt/x/bin/cradle nosuch
	[[ "$output" == "cradle: unknown command nosuch: "* ]]
}

@test "a dynamic cradle and one with glibc do the same" {
	[ -z "${SANITIZE:-}" ] || skip "SANITIZE=1 is a build of its own kind"
	local kind
	for kind in SHARED=1 LIBC=glibc; do
		make -s -C "$TOP" B="$PWD/${kind%=*}" $kind "$PWD/${kind%=*}/cradle" >make.log 2>&1 || { cat make.log; return 1; }
		run -7 unshare -Urpf --mount-proc "${kind%=*}/cradle" init -- "$PROBE" storm 200 + exit 7
		run -166 unshare -Urpf --mount-proc "${kind%=*}/cradle" init -- "$PROBE" die 38
		run -9 "${kind%=*}/cradle" run -- "$PROBE" exit 9
		run -127 "${kind%=*}/cradle" init -- /no/such/agent
	done
	run -0 SHARED/cradle --version
	[[ "$output" == *"(glibc, dynamic)"* ]]
	run -0 LIBC/cradle --version
	[[ "$output" == *"(glibc, static)"* ]]
}

# boot WORD: the agent as the machine's rdinit, to the end; $output is the console
boot() {
	"$TOP/contrib/initramfs" --cradle "$CRADLE" -o agent.cpio "$agent"
	run -0 timeout 120 qemu-system-x86_64 -accel tcg -m 256 -nodefaults -display none -no-reboot \
		-kernel "$TOP/build/vm/vmlinuz" -initrd agent.cpio -serial stdio \
		-append "console=ttyS0 panic=-1 rdinit=/agent -- $1" </dev/null
	[[ "$output" == *"agent: init=linked "*" ppid=1 "* ]]
}

@test "as a machine's rdinit it panics with its code when it fails, and powers off when it asks" {
	boot 3
	[[ "$output" == *"Attempted to kill init! exitcode=0x00000300"* ]]
	boot --poweroff
	[[ "$output" == *"reboot: Power down"* ]]
	boot 0
	[[ "$output" == *"reboot: Power down"* ]]
}
