#!/usr/bin/env bats
# contrib/initramfs, contrib/vm and contrib/fetch-kernel
bats_require_minimum_version 1.5.0

setup() {
	TOP=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	agent=$TOP/build/agent
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir out
}

initramfs() {
	"$TOP/contrib/initramfs" "$@"
}

# No boot takes a minute; one that does has failed.
vm() {
	"$TOP/contrib/vm" --timeout 60 --console "$BATS_TEST_TMPDIR/console" "$@" </dev/null
}

listing() {
	cpio -t --quiet <"$1"
}

script() {
	printf '#!/bin/sh\n%s\n' "$2" >"$1"
	chmod +x "$1"
}

# refused WORD... -- COMMAND: exit 125, each WORD in the one line said, nothing left behind
refused() {
	local words=()
	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	shift
	run -125 --separate-stderr "$@"
	[ -z "$output" ]
	# shellcheck disable=SC2154 # set by run
	[ "${#stderr_lines[@]}" -eq 1 ] || { echo "$stderr" && return 1; }
	for word in "${words[@]}"; do
		[[ $stderr == *"$word"* ]] || { echo "no $word in: $stderr" && return 1; }
	done
	[ -z "$(ls -A out)" ] || { ls -A out && return 1; }
}

# --- initramfs ---------------------------------------------------------------------------

@test "an initramfs is the same bytes wherever and from whichever copies it is built" {
	mkdir -p /dev/shm/"$$" copies
	cp "$agent" copies/other-name
	touch -d 2001-02-03 copies/other-name
	chmod 700 copies/other-name
	initramfs -o out/a --module virtio_console --file /bin/cat:/bin/cat "$agent"
	(umask 077 && initramfs -o /dev/shm/"$$"/b --module virtio_console --file /bin/cat:/bin/cat \
		copies/other-name)
	run -0 cmp out/a /dev/shm/"$$"/b
	rm -r /dev/shm/"$$"
}

@test "SOURCE_DATE_EPOCH is the time of every file" {
	SOURCE_DATE_EPOCH=86400 TZ=UTC initramfs -o out/a "$agent"
	run -0 env TZ=UTC cpio -tv --quiet --file out/a
	[ "$(grep -c 'Jan  2  1970' <<<"$output")" -eq "${#lines[@]}" ]
}

@test "every file belongs to root" {
	initramfs -o out/a "$agent"
	run -0 cpio -tvn --quiet --file out/a
	[ "$(awk '$3 == 0 && $4 == 0' <<<"$output" | wc -l)" -eq "${#lines[@]}" ]
}

@test "cradle, the agent, the links and the empty directories are there" {
	initramfs -o out/a "$agent"
	run -0 listing out/a
	[ "$(tr '\n' ' ' <<<"$output")" = \
		"agent cradle dev etc proc run sbin sbin/halt sbin/poweroff sbin/reboot sbin/shutdown sys tmp " ]
}

@test "a dynamic agent brings its ELF interpreter and its libraries" {
	initramfs --tree out/tree /bin/cat
	rm -rf out/tree/cradle
	run -0 --separate-stderr unshare -Ur chroot out/tree /agent --version
	[[ $output == *coreutils* ]]
}

@test "a library from an unusual place is found by name" {
	mkdir far
	echo 'int far(void) { return 42; }' | gcc -shared -fPIC -o far/libfar.so -x c -
	echo 'int far(void); int main(void) { return far(); }' >main.c
	gcc -o user main.c -Lfar -lfar
	LD_LIBRARY_PATH=$PWD/far initramfs --tree out/tree user
	run -42 unshare -Ur chroot out/tree /agent
}

@test "a script brings its interpreter" {
	script hello 'echo hello from a script'
	initramfs --tree out/tree hello
	run -0 unshare -Ur chroot out/tree /agent
	[ "$output" = "hello from a script" ]
}

@test "--file takes programs with their libraries, and data" {
	echo text >data
	initramfs --tree out/tree --file /bin/cat:/usr/bin/cat --file data:/etc/some/data "$agent"
	run -0 unshare -Ur chroot out/tree /usr/bin/cat /etc/some/data
	[ "$output" = text ]
	[ "$(stat -c %a out/tree/etc/some/data)" = 644 ]
}

@test "the tree runs under cradle run --root" {
	initramfs --tree out/tree "$agent"
	run -9 --separate-stderr "$TOP/build/cradle" run --root out/tree -- /agent 9
	[[ $output == *world=namespace* ]]
}

@test "modules are listed once, dependencies first, builtin ones not at all" {
	initramfs --tree out/tree --module virtio_pci --module ext4 --module virtio_console \
		--module virtio_pci "$agent"
	run -0 sed 's|.*/||' out/tree/etc/cradle/modules
	[ "$(tr '\n' ' ' <<<"$output")" = "virtio_ring.ko virtio.ko virtio_pci_modern_dev.ko \
virtio_pci_legacy_dev.ko virtio_pci.ko virtio_console.ko " ]
	while read -r path; do
		[ -f "out/tree$path" ]
	done <out/tree/etc/cradle/modules
}

@test "a module's parameters are in the list" {
	initramfs --tree out/tree --module 'loop max_loop=3' "$agent"
	[ "$(sed 's|.*/||' out/tree/etc/cradle/modules)" = "loop.ko max_loop=3" ]
}

@test "compressed modules are unpacked" {
	version=$(cat "$TOP/build/vm/version")
	cp -r "$TOP/build/vm/modules" modules
	find modules -name virtio.ko -exec xz --check=crc32 {} \;
	find modules -name virtio_ring.ko -exec zstd -q --rm {} \;
	depmod -b modules "$version"
	initramfs --tree out/a --modules-dir modules --kernel-version "$version" --module virtio "$agent"
	initramfs --tree out/b --module virtio "$agent"
	run -0 diff -r out/a out/b
}

@test "--net adds cradle-net where cradle looks for it" {
	initramfs --tree out/tree --net "$agent"
	run -0 "$TOP/build/cradle" run --root out/tree -- /cradle --version
	[[ $output == *"cradle-net: /"* ]]
	run unshare -Ur chroot out/tree /libexec/cradle/cradle-net --no-such-option
	[ "$status" -ne 126 ] && [ "$status" -ne 127 ] # its libraries are there
}

@test "--policy puts a compiled policy where a kernel parameter can name it" {
	printf 'default allow\ndeny ENOTEMPTY mkdir\n' >my.policy
	echo 'allow nosuchcall' >wrong.policy
	refused "cannot compile the policy wrong.policy" nosuchcall -- \
		initramfs -o out/a --policy wrong.policy "$agent"
	initramfs --tree out/tree --policy my.policy --policy strict "$agent"
	"$TOP/build/cradle" policy compile -o my.bpf my.policy
	cmp my.bpf out/tree/etc/cradle/policies/my.bpf
	cmp "$TOP/build/policies/strict.bpf" out/tree/etc/cradle/policies/strict.bpf
	# For the VM's kernel, whatever runs here.
	echo 'deny EXDEV rmdir if kernel < 6.5' >>my.policy
	rm -r out/tree
	initramfs --modules-dir "$TOP/build/vm/modules" --tree out/tree --policy my.policy "$agent"
	"$TOP/build/cradle" policy compile --kernel 6.1 -o my.bpf my.policy
	cmp my.bpf out/tree/etc/cradle/policies/my.bpf
	"$TOP/build/cradle" policy compile --kernel 6.5 -o other.bpf my.policy
	run ! cmp -s other.bpf my.bpf
	initramfs --tree out/again --policy my.bpf "$agent"
	cmp my.bpf out/again/etc/cradle/policies/my.bpf
}

@test "--compress gives the same archive, compressed and reproducible" {
	initramfs -o out/plain "$agent"
	for how in gzip zstd; do
		initramfs --compress "$how" -o "out/$how" "$agent"
		initramfs --compress "$how" -o out/again "$agent"
		cmp "out/$how" out/again
		"$how" -dc <"out/$how" | cmp - out/plain
	done
}

@test "initramfs refuses bad input in one line and leaves nothing" {
	printf '\x7fELF' >notexec
	refused "one AGENT" -- initramfs -o out/a
	refused "2 given" -- initramfs -o out/a "$agent" "$agent"
	refused -- initramfs "$agent"
	refused "--frob" -- initramfs --frob -o out/a "$agent"
	refused "--module" "value" -- initramfs -o out/a "$agent" --module
	refused "/nowhere" -- initramfs -o out/a /nowhere
	refused "notexec" "chmod" -- initramfs -o out/a notexec
	refused "no_such_module" -- initramfs -o out/a --module no_such_module "$agent"
	refused "9.9.9" -- initramfs -o out/a --module virtio --kernel-version 9.9.9 "$agent"
	refused "/nodir" -- initramfs -o out/a --modules-dir /nodir "$agent"
	refused "lzma" "gzip" -- initramfs -o out/a --compress lzma "$agent"
	refused "SRC:/DST" -- initramfs -o out/a --file /bin/cat "$agent"
	refused "/missing" -- initramfs -o out/a --file /missing:/x "$agent"
	refused "/../x" -- initramfs -o out/a --file /bin/cat:/../x "$agent"
	refused "/agent" "already" -- initramfs -o out/a --file /bin/cat:/agent "$agent"
	refused "both" -- initramfs -o out/a --tree out/b "$agent"
	refused "nodir" -- initramfs -o nodir/a "$agent"
	refused "today" -- env SOURCE_DATE_EPOCH=today "$TOP/contrib/initramfs" -o out/a "$agent"
	refused "/nocradle" -- initramfs --cradle /nocradle -o out/a "$agent"
}

@test "a program whose libraries are missing is refused by the library's name" {
	mkdir far
	echo 'int far(void) { return 42; }' | gcc -shared -fPIC -o far/libfar.so -x c -
	echo 'int far(void); int main(void) { return far(); }' >main.c
	gcc -o user main.c -Lfar -lfar
	refused "user" "libfar.so" -- initramfs -o out/a user
}

@test "a tree isn't put over files that are there" {
	mkdir full
	touch full/precious
	refused "full" -- initramfs --tree full "$agent"
	[ -f full/precious ]
}

# --- vm ----------------------------------------------------------------------------------

@test "vm exits with 0 and the agent's words are on stdout" {
	run -0 --separate-stderr "$TOP/contrib/vm" --timeout 60 --agent "$agent" 0 </dev/null
	[[ $output == *"agent: init=cradle world=vm"* ]]
}

@test "vm exits with the agent's 7 and keeps the record" {
	run -7 vm --record out/record --agent "$agent" 7
	[[ $(cat out/record) == '{"code":7,'*'"world":"vm"'* ]]
}

@test "vm exits with 143 when SIGTERM killed the agent" {
	script killed 'kill -TERM $$'
	run -143 vm --agent killed
}

@test "vm works with a finished initramfs, on microvm" {
	initramfs -o out/a "$agent"
	run -201 vm --machine microvm --initramfs out/a -- 201
}

@test "an agent's arguments arrive as they are" {
	# shellcheck disable=SC2016 # for the script
	script show 'for word; do echo "<$word>"; done'
	run -0 vm --append cradle.hostname=somewhere --agent show -- --flag "two words" a=b "c=d e"
	run -0 tr -d '\r' <console
	[ "${lines[0]}" = "<--flag>" ]
	[ "${lines[1]}" = "<two words>" ]
	[ "${lines[2]}" = "<a=b>" ]
	[ "${lines[3]}" = "<c=d e>" ]
}

@test "vm --policy compiles the agent's policy and has it loaded" {
	printf 'default allow\nkill unlink unlinkat\n' >my.policy
	script remove 'echo in; rm /etc/nothing; echo out'
	run -0 vm --policy my.policy --file /bin/rm:/bin/rm --agent remove
	grep -q in console
	grep -qE 'Bad system call' console
}

@test "vm without a result record is 125 and shows the console's end" {
	run -125 --separate-stderr vm --cradle "$agent" --agent "$agent" 0
	# shellcheck disable=SC2154 # set by run
	[[ $stderr == *"no result record"*"agent: init=linked"* ]]
}

@test "a VM that takes too long is killed by its timeout: 124" {
	script forever 'read -r line </dev/console'
	run -124 --separate-stderr env TMPDIR="$PWD/out" "$TOP/contrib/vm" --timeout 1 --console console --agent "$PWD/forever" \
		</dev/null
	[[ $stderr == *"after 1 s"* ]]
	[ -z "$(ls -A out)" ]
}

@test "a signal to vm ends the VM and leaves nothing" {
	script forever 'echo ready; read -r line </dev/console'
	TMPDIR=$PWD/out "$TOP/contrib/vm" --timeout 60 --console console --agent forever \
		--qemu-arg -pidfile --qemu-arg "$PWD/pid" </dev/null >log 2>&1 3>&- &
	vm=$!
	timeout 60 sh -c 'until grep -qs ^ready console; do sleep 0.1; done'
	qemu=$(cat pid)
	kill -0 "$qemu"
	kill "$vm"
	code=0
	wait "$vm" || code=$?
	[ "$code" -eq 143 ]
	run ! kill -0 "$qemu"
	[ -z "$(ls -A out)" ]
}

@test "vm refuses bad input in one line and leaves nothing" {
	export TMPDIR=$PWD/out
	refused "nothing to boot" -- vm
	refused "--frob" -- vm --frob --agent "$agent"
	refused "/nokernel" -- vm --kernel /nokernel --agent "$agent"
	refused "/noagent" -- vm --agent /noagent
	refused "/noinitramfs" -- vm --initramfs /noinitramfs
	refused "both" -- vm --initramfs /dev/null --agent "$agent"
	refused "--module" -- vm --initramfs /dev/null --module virtio
	refused "z80" "pc" -- vm --machine z80 --agent "$agent"
	refused "hvf" "tcg" -- vm --accel hvf --agent "$agent"
	refused "soon" -- vm --timeout soon --agent "$agent"
	refused 'a"b' -- vm --agent "$agent" 'a"b'
	refused "empty" -- vm --agent "$agent" ''
	refused "2047" -- vm --agent "$agent" "$(printf '%02048d' 0)"
}

# --- fetch-kernel ------------------------------------------------------------------------

@test "a complete kernel directory is left alone, without the network" {
	mkdir kernel
	echo 1.2.3 >kernel/version
	run -0 env PATH="$PATH" http_proxy=http://127.0.0.1:1 "$TOP/contrib/fetch-kernel" kernel
	[ -z "$output" ]
	[ "$(ls kernel)" = version ]
}

@test "a kernel that can't be downloaded leaves no kernel directory that looks complete" {
	mkdir bin
	script bin/apt-get 'echo "E: no network" >&2; exit 100'
	run -125 env PATH="$PWD/bin:$PATH" "$TOP/contrib/fetch-kernel" kernel
	[[ $output == *"cannot download linux-image-"*"no network"* ]]
	[ -z "$(ls kernel)" ]
	run -0 find kernel -name '.fetch*'
	[ -z "$output" ]
}

@test "the demo runs one agent in all three worlds, and its code comes back from each" {
	[ "$(id -u)" = 0 ] || skip "podman's image is made as root here"
	# Where most people's temporary files are.
	run env -u TMPDIR "$TOP/contrib/demo"
	[ "$status" -eq 0 ]
	[ "$(grep -cE '^(namespace|container|vm) .* 7$' <<<"$output")" = 3 ]
}
