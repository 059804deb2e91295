# The record: valid JSON, one line, where it was asked for, and never in anybody's way.
# shellcheck disable=SC2034,SC2154 # variables of worlds.bash
# shellcheck disable=SC2016,SC2054 # jq's variables and QEMU's commas
# shellcheck disable=SC2030,SC2031,SC2094 # a test is a subshell; the pipe is read and written on purpose

load worlds

@test "every field is there, with its type, for an exit and for a death" {
	local keys='["code","exit","signal","core","requested","by","orphans","leftovers","restarts","world","ending","wall_ms","user_us","system_us","maxrss_kb"]'
	in_world run --report=fd:2 -- orphan 2 + exit 3
	report=$stderr
	expect_report "keys_unsorted == $keys" '.code == 3' '.exit == 3' '.signal == null' '.core == false' \
		'.requested == null' '.by == null' '.orphans == 2' '.leftovers == 0' '.restarts == 0' \
		'.world == "namespace"' '.ending == "exit"' \
		'[.wall_ms, .user_us, .system_us, .maxrss_kb] | all(type == "number" and . >= 0)'
	in_world run --report=fd:2 -- die 37
	report=$stderr
	expect_report "keys_unsorted == $keys" '.code == 165' '.exit == null' '.signal == 37' '.core == false'
}

@test "the code is what the world ends with, the exit what the agent gave" {
	in_world run --report=fd:2 -e 9 -- exit 9
	report=$stderr
	expect_status 0
	expect_report '.code == 0' '.exit == 9'
	in_world run --report=fd:2 -e 143 -- die TERM
	report=$stderr
	expect_status 0
	expect_report '.code == 0' '.signal == 15' '.exit == null'
}

@test "an agent that can't be executed is a result, too" {
	WORLD_AGENT=/no/such/agent
	exec 9>report
	WORLD_KEEP_FD=9
	in_world run --report=fd:9 --
	report=$(<report)
	expect_status 127
	expect_report '.code == 127'
}

@test "so is a failure of cradle's own" {
	local rc=0
	exec 9>report
	unshare -Urpf --mount-proc "$CRADLE" init --report=fd:9 --mount="/no/such:$BATS_TEST_TMPDIR/nowhere:bind" -- \
		"$PROBE" exit 0 2>err || rc=$?
	world=unshare status=$rc report=$(<report) output='' stderr=$(<err)
	expect_status 125
	expect_report '.code == 125'
	expect_complaint /no/such
}

@test "several channels each get it, files are appended to" {
	echo first >file
	in_world unshare --report=fd:2 --report="file:$PWD/file" --report="file:$PWD/other" -- exit 1
	report=$stderr
	expect_report '.code == 1'
	[ "$(head -n 1 file)" = first ]
	diff <(tail -n +2 file) <(echo "$stderr")
	diff other <(echo "$stderr")
}

@test "with cradle run a file is the host's, whatever the root is" {
	mkdir -p root/tmp
	cp "$PROBE" root/agent
	WORLD_AGENT=/agent
	in_world run --root="$PWD/root" --report="file:$PWD/file" -- exit 5
	report=$(<file)
	expect_status 5
	expect_report '.code == 5'
}

@test "the agent doesn't inherit the channel" {
	exec 9>report
	WORLD_KEEP_FD=9
	local kind
	for kind in unshare run; do
		in_world $kind --report=fd:9 --report="file:$PWD/file" -- fds
		expect_line 'fds=0 1 2'
	done
	[ "$(wc -l <report)" = 2 ]
}

@test "a reader that is gone, or never reads, doesn't hold up the end" {
	mkfifo pipe
	exec 8<>pipe 9>pipe
	# Full: nothing more goes in.
	until ! dd if=/dev/zero of=/proc/self/fd/9 bs=4096 count=1 oflag=nonblock 2>/dev/null; do :; done
	WORLD_KEEP_FD=9
	in_world unshare --report=fd:9 -- exit 3
	expect_status 3
	expect_complaint 'report'
	exec 8<&-
	in_world unshare --report=fd:9 -- exit 4
	expect_status 4
	expect_complaint 'report'
}

@test "leftovers that survived the deadline would be counted: none do" {
	in_world unshare --report=fd:2 --leftovers=kill -- stubborn + obedient + exit 3
	report=$stderr
	expect_report '.leftovers == 0' '.orphans == 2'
}

@test "restarts are counted" {
	in_world unshare --report=fd:2 --on-failure=restart -- attempt "$PWD/attempts" 3
	report=$stderr
	expect_report '.restarts == 3' '.code == 0'
}

# bats test_tags=image
@test "vm: a core dump is told" {
	in_world vm -- core + die SEGV
	expect_status 139
	expect_report '.core == true' '.signal == 11'
}

# bats test_tags=image
@test "vm: kmsg carries it to the console, not rate-limited away" {
	WORLD_CMDLINE='ignore_loglevel'
	in_world vm --report=kmsg -- exit 6
	report=$(grep -o '{"code.*}' <<<"$output")
	expect_report '.code == 6' '.world == "vm"'
}

# bats test_tags=image
@test "vm: a virtio port carries it" {
	once virtio make_virtio_initramfs
	WORLD_FILES=$SUITE_DIR/virtio.cpio
	WORLD_QEMU=(-device virtio-serial-pci -chardev "file,id=port,path=$PWD/port" -device virtserialport,chardev=port,name=org.cradle.result)
	in_world vm --report=virtio:org.cradle.result -- exit 7
	report=$(<port)
	expect_report '.code == 7' '.world == "vm"'
}

make_virtio_initramfs() {
	"$TOP/contrib/initramfs" --cradle "$CRADLE" --module virtio_pci --module virtio_console \
		--modules-dir "$BUILD/vm/modules" -o "$SUITE_DIR/virtio.cpio" "$PROBE"
}

# bats test_tags=image
@test "vm: isa-debug-exit makes it QEMU's exit code" {
	WORLD_QEMU=(-device isa-debug-exit,iobase=0xf4,iosize=0x04)
	start_world vm --report=isa-debug-exit -- exit 9
	finish_world || true
	[ "$status" = 19 ] || fail "expected QEMU to exit with 9 * 2 + 1"
	WORLD_QEMU=(-device isa-debug-exit,iobase=0x501,iosize=0x02)
	start_world vm --report=isa-debug-exit:0x501 -- exit 3
	finish_world || true
	[ "$status" = 7 ]
}

# bats test_tags=image
@test "vm: a channel that isn't there is complained about, and the agent not started" {
	in_world vm --report=virtio:nowhere -- print started
	expect_match 'cradle: .*nowhere.*virtio_console'
	refute_match '^started'
}

@test "vsock is listed as what can't be tried without the host's help" {
	can all vsock || return 0
	false
}
