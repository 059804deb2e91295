# A real guest agent of a machine: QEMU's own, below cradle and under the policy made for its kind.
# bats file_tags=image
# shellcheck disable=SC2034,SC2154 # variables of worlds.bash
# shellcheck disable=SC2054 # QEMU's commas

load worlds

make_guest() {
	"$TOP/contrib/initramfs" --cradle "$CRADLE" --modules-dir "$BUILD/vm/modules" --module virtio_pci \
		--module virtio_console --module virtio_blk --module ext4 \
		--file "$BUILD/foreign/qemu-ga:/usr/sbin/qemu-ga" --file /bin/dash:/bin/sh --file /bin/mount:/bin/mount \
		-o "$SUITE_DIR/guest.cpio" "$PROBE"
}

# start_guest: a machine with a disk, and its guest agent's other end: ${host[@]}.
start_guest() {
	once guest make_guest
	WORLD_FILES=$SUITE_DIR/guest.cpio
	WORLD_AGENT=/usr/sbin/qemu-ga
	truncate -s 4M disk
	mke2fs -q -t ext4 -O ^has_journal disk
	WORLD_QEMU=(-device virtio-serial-pci
		-chardev "socket,id=ga,path=$PWD/ga,server=on,wait=off"
		-device "virtserialport,chardev=ga,name=org.qemu.guest_agent.0"
		-drive "file=$PWD/disk,format=raw,if=none,id=disk" -device virtio-blk-pci,drive=disk)
	# The port appears some time after its driver is loaded, hence the agent's own --retry-path.
	WORLD_CMDLINE=cradle.seccomp=agent
	start_world vm -- --retry-path -p /dev/vport0p1 -t /run
	coproc host { exec socat - UNIX-CONNECT:ga,retry=100,interval=0.1 2>socat.log; }
	# What the agent reads first may be half a line of somebody else's.
	ask guest-sync '{ "id": 7 }'
	returned '. == 7'
}

# tell COMMAND [ARGUMENTS]
tell() {
	jq -cn --arg command "$1" --argjson arguments "${2:-{\}}" \
		'{ execute: $command, arguments: $arguments }' >&"${host[1]}"
}

# ask COMMAND [ARGUMENTS]: leaves the answer in $answer.
ask() {
	tell "$@"
	IFS= read -r -t "$WORLD_DEADLINE" -u "${host[0]}" answer || fail "no answer to $1"
}

# returned JQ-CONDITION...: of the last answer
returned() {
	local condition
	for condition; do
		[ "$(jq ".return | $condition" <<<"$answer")" = true ] ||
			fail "expected $condition in: $answer" || return
	done
}

# execute PROGRAM [ARG...]: by the agent, to its end; leaves its output in $output, its code in $status.
execute() {
	local pid
	ask guest-exec "$(jq -cn '{ path: $ARGS.positional[0], arg: $ARGS.positional[1:], "capture-output": true }' \
		--args -- "$@")"
	pid=$(jq -e .return.pid <<<"$answer") || fail "not executed: $answer" || return
	answer=
	until [ -n "$answer" ] && returned .exited >/dev/null; do
		ask guest-exec-status "{ \"pid\": $pid }"
	done
	status=$(jq .return.exitcode <<<"$answer")
	output=$(jq -r '.return | .["out-data"], .["err-data"] | values | @base64d' <<<"$answer")
}

# content FILE: by the agent's own reading
content() {
	local handle
	ask guest-file-open "{ \"path\": \"$1\" }"
	handle=$(jq .return <<<"$answer")
	ask guest-file-read "{ \"handle\": $handle, \"count\": 8192 }"
	jq -r '.return["buf-b64"] | @base64d' <<<"$answer"
	ask guest-file-close "{ \"handle\": $handle }"
}

@test "agent: QEMU's guest agent executes, mounts, freezes and powers off under it, and what it executes has no more rights" {
	start_guest
	ask guest-ping
	returned '. == {}'
	ask guest-info
	returned '.supported_commands | map(select(.enabled).name) | contains(["guest-exec", "guest-shutdown"])'
	ask guest-network-get-interfaces
	returned 'any(.name == "lo")'
	content /proc/self/status >own
	grep -qx 'Seccomp:	2' own

	# shellcheck disable=SC2016 # the guest's shell expands it
	execute /bin/sh -c 'echo "below $PPID" | (read -r line && echo "$line: $1"); exit 3' sh 'a word'
	expect_status 3
	expect_match '^below [0-9]+: a word$'

	execute /bin/mount -t ext4 /dev/vda /tmp
	expect_status 0
	content /proc/mounts >mounts
	grep -q '^/dev/vda /tmp ext4 ' mounts
	ask guest-fsfreeze-freeze
	returned '. == 1'
	ask guest-fsfreeze-thaw
	returned '. == 1'

	# Modules, bpf, clocks, ptrace, namespaces, kexec, swap and keys.
	execute /agent do "call 175 + call 321 + call 227 + call 101 16 1 + call 272 0x10000000 + call 246 + call 167 + call 250"
	expect_count 8 '^call [0-9]+ = -1$'
	tell guest-shutdown
	finish_world
	expect_report '.requested == "poweroff"' '.code == 0' '.ending == "poweroff"'
}

@test "agent: QEMU's guest agent reboots the machine under it" {
	start_guest
	tell guest-shutdown '{ "mode": "reboot" }'
	finish_world
	expect_report '.requested == "reboot"' '.ending == "reboot"'
}
