# What only a machine has: mounts, modules, network, buttons, power, a console or none.
# shellcheck disable=SC2034,SC2154 # variables of worlds.bash
# shellcheck disable=SC2016,SC2054 # jq's variables and QEMU's commas
# shellcheck disable=SC2030,SC2031 # a test is a subshell

load worlds

# with_modules NAME MODULE...: the plain initramfs with these; made once
with_modules() {
	local name=$1
	shift
	once "$name" make_with_modules "$name" "$@"
	WORLD_FILES=$SUITE_DIR/$name.cpio
}

make_with_modules() {
	local name=$1 words=() module
	shift
	for module; do
		case $module in
		--net) words+=(--net) ;;
		*) words+=(--module "$module") ;;
		esac
	done
	"$TOP/contrib/initramfs" --cradle "$CRADLE" --modules-dir "$BUILD/vm/modules" "${words[@]}" \
		-o "$SUITE_DIR/$name.cpio" "$PROBE"
}

@test "the file systems are there, with the field's flags" {
	in_world vm -- cat /proc/mounts + stat /dev/fd /dev/stdin /dev/stdout /dev/stderr /dev/ptmx \
		/dev/null /tmp /dev/shm /run
	expect_status 0
	expect_match '^devtmpfs /dev devtmpfs rw,nosuid,' \
		'^proc /proc proc rw,nosuid,nodev,noexec,' \
		'^sysfs /sys sysfs rw,nosuid,nodev,noexec,' \
		'^devpts /dev/pts devpts rw,nosuid,noexec,.*gid=5,mode=620,ptmxmode=666' \
		'^tmpfs /dev/shm tmpfs rw,nosuid,nodev' \
		'^mqueue /dev/mqueue mqueue rw,nosuid,nodev,noexec' \
		'^tmpfs /run tmpfs rw,nosuid,nodev,.*mode=755' \
		'^tmpfs /tmp tmpfs rw,nosuid,nodev' \
		'^cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nodev,noexec'
	expect_line 'stat /dev/fd type=link mode=0777 to=/proc/self/fd' \
		'stat /dev/stdin type=link mode=0777 to=/proc/self/fd/0' \
		'stat /dev/stdout type=link mode=0777 to=/proc/self/fd/1' \
		'stat /dev/stderr type=link mode=0777 to=/proc/self/fd/2' \
		'stat /dev/ptmx type=link mode=0777 to=pts/ptmx' \
		'stat /dev/null type=char mode=0666' \
		'stat /tmp type=directory mode=1777' 'stat /dev/shm type=directory mode=1777' \
		'stat /run type=directory mode=0755'
}

@test "the agent's surroundings: session, terminal, limits, score, loopback, name, pivotable root" {
	WORLD_CMDLINE='cradle.hostname=lab-7 cradle.nofile=2000:3000'
	in_world vm -- ids + tty + oom + limit + link lo + hostname + env PATH HOME CRADLE_WORLD + \
		status + pivot
	expect_status 0
	[[ $output =~ pid=([0-9]+)\ ppid=1\ pgrp=([0-9]+)\ sid=([0-9]+)\ uid=0 ]] || fail "no ids"
	[ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ] && [ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[3]}" ] ||
		fail "the agent leads no session"
	expect_line tty=111 'oom.self=0 oom.init=-1000' nofile=2000:3000 \
		'link lo state=up mtu=65536 address=127.0.0.1' hostname=lab-7 CRADLE_WORLD=vm pivot=done \
		SigBlk=0000000000000000 SigIgn=0000000000000000
	expect_match '^PATH=(/[a-z]+)+:'
}

@test "PID 1 leads a session of its own and never has the console as its terminal" {
	in_world vm -- cat /proc/1/stat
	# pid (comm) state ppid pgrp session tty_nr
	expect_match '^1 \(cradle\) . 0 1 1 0 '
}

@test "bare words before -- never become the agent, quotes and dotted keys are read as the kernel does" {
	WORLD_CMDLINE='alpha init beta=gamma some.module=1 cradle.hostname="two words" "cradle.nofile=1234" cradle.warn-reaped'
	in_world vm -w -- hostname + limit + env beta + orphan 1
	expect_status 0
	expect_line 'hostname=two words' nofile=1234:1234 beta=gamma
	expect_match 'cradle: reaped orphan'
	WORLD_CMDLINE='alpha beta'
	# As written there: blanks within quotes are one word.
	start_raw_vm 'console=ttyS0 rdinit=/cradle -- /agent args "one two" A=b --flag "" x.y=1'
	finish_world
	expect_line args=5 'arg=one two' arg=A=b arg=--flag arg= arg=x.y=1
}

# start_raw_vm CMDLINE: nothing added but the record, no console either
start_raw_vm() {
	world=vm
	world_dir=$(mktemp -d "$BATS_TEST_TMPDIR/world.XXXXXX")
	need_initramfs || return
	mkfifo "$world_dir/stdout"
	(
		close_others
		qemu_run "quiet panic=-1 cradle.report=file:/dev/ttyS1 $1" "${WORLD_QEMU[@]}"
	) </dev/null >"$world_dir/stdout" 2>"$world_dir/stderr" 3>&- &
	world_pid=$!
	exec {world_fd}<"$world_dir/stdout"
	world_until=$((SECONDS + WORLD_DEADLINE))
	: >"$world_dir/output"
}

@test "every long option has its key; an unknown key is named and ignored" {
	WORLD_CMDLINE='cradle.no-such-key=1 cradle.grace=300ms cradle.leftovers=term cradle.stop-signal=HUP cradle.rewrite=USR1:USR2 cradle.success-code=9'
	in_world vm -- relay USR1 + block all + kill parent TERM + catch 1 all + exit 9
	expect_status 0
	expect_match 'cradle: .*cradle\.no-such-key'
	expect_order '^agent got 12 ' '^agent got 1 '
	expect_report '.exit == 9' '.requested == "poweroff"'
}

@test "a bad value on the kernel command line is told and nothing is started" {
	WORLD_CMDLINE='cradle.grace=soon'
	in_world vm -- print started
	expect_match 'cradle: .*cradle\.grace=soon.*expected a time'
	refute_match '^started'
}

@test "on success the machine powers off, on failure it panics, with the code to be seen" {
	WORLD_ENDING=
	in_world vm -- exit 0
	expect_status 0
	expect_match 'reboot: Power down'
	refute_match 'panic'
	expect_report '.ending == "poweroff"'
	in_world vm -- exit 7
	expect_status 7
	expect_match 'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000700'
	expect_report '.ending == "panic"' '.code == 7'
}

@test "an agent that isn't there is named, then on-failure applies" {
	WORLD_ENDING='' WORLD_AGENT=/no/such/agent
	in_world vm --
	expect_status 127
	expect_match 'cradle: .*/no/such/agent.*No such file' 'Kernel panic - not syncing'
	WORLD_ENDING=cradle.on-failure=reboot
	in_world vm --
	expect_status 127
	expect_match 'reboot: Restarting system'
	refute_match 'panic'
}

@test "no agent at all is told, too" {
	start_raw_vm 'console=ttyS0 rdinit=/cradle foo bar'
	finish_world
	expect_match 'cradle: no agent' 'Kernel panic'
}

@test "a machine that can't power off is reset instead of hanging" {
	WORLD_CMDLINE=acpi=off
	in_world vm -- exit 0
	expect_status 0
	expect_match "cradle: .*can't power off" 'reboot: Restarting system'
}

@test "Ctrl-Alt-Del asks for a restart in order, and is no instant reset" {
	start_world vm --grace=10m -- obedient + block INT + print waiting + catch 1 INT + exit 0
	await_line '^ready'
	monitor 'sendkey ctrl-alt-delete'
	finish_world
	expect_status 0
	expect_order '^agent got 2 ' '^obedient got 15' '^obedient leaves' 'reboot: Restarting system'
	expect_report '.requested == "reboot"' '.by | test("INT|2")' '.ending == "reboot"'
}

@test "the power button asks for a power-off in order" {
	with_modules button button evdev
	start_world vm --grace=10m -- obedient + block TERM + catch 1 TERM + exit 3
	await_line '^ready'
	monitor system_powerdown
	finish_world
	# A request isn't a failure, whatever the agent's code.
	expect_status 3
	expect_order '^agent got 15 ' '^obedient leaves' 'reboot: Power down'
	refute_match panic
	expect_report '.requested == "poweroff"' '.by == "power button"' '.ending == "poweroff"'
}

@test "poweroff, reboot and halt within the VM are links to cradle that ask PID 1" {
	in_world vm -- obedient + spawn /sbin/poweroff + hang
	expect_status 143
	expect_order '^obedient leaves' 'reboot: Power down'
	expect_report '.requested == "poweroff"'
	in_world vm -- spawn /sbin/reboot + hang
	expect_match 'reboot: Restarting system'
	expect_report '.requested == "reboot"'
	# A halt never ends QEMU, so the monitor does.
	start_world vm -- spawn /sbin/halt + hang
	await_line 'reboot: System halted'
	monitor quit
	finish_world
	expect_report '.requested == "halt"'
}

@test "reboot(2) by the agent itself is immediate" {
	in_world vm -- obedient + reboot restart + hang
	expect_match 'reboot: Restarting system'
	refute_match '^obedient got'
}

@test "without any console driver everything goes on" {
	WORLD_CMDLINE='console=null'
	in_world vm -- sync + tty + fds + about init + exit 6
	expect_status 6
	WORLD_CMDLINE=''
	start_raw_vm 'console=null rdinit=/cradle cradle.on-failure=poweroff -- /agent do "to /dev/ttyS0 + tty + fds + print hello + exit 6"'
	finish_world
	expect_status 6
	# Standard descriptors are open all the same, so no file of the agent becomes one.
	expect_line hello 'fds=0 1 2'
	start_raw_vm 'console=hvc0 rdinit=/cradle cradle.on-failure=poweroff -- /agent do "to /dev/ttyS0 + fds + print hello + exit 4"'
	finish_world
	expect_status 4
	expect_line hello 'fds=0 1 2'
}

@test "a console whose driver is a module is used once it is loaded" {
	with_modules virtio virtio_pci virtio_console
	WORLD_CONSOLE=null
	WORLD_QEMU=(-device virtio-serial-pci -chardev "file,id=hvc,path=$PWD/hvc" -device virtconsole,chardev=hvc)
	start_raw_vm 'console=hvc0 rdinit=/cradle cradle.on-failure=poweroff -- /agent do "print hello + exit 5"'
	finish_world
	expect_status 5
	grep -q '^hello' <(tr -d '\r' <"$PWD/hvc")
}

@test "a microvm without ACPI boots, and ends by a reset" {
	# With its ACPI tables the kernel doesn't see the PIT, and calibrates the TSC only on a fast host.
	WORLD_MACHINE=microvm,acpi=off,auto-kernel-cmdline=off
	WORLD_CMDLINE=reboot=t
	in_world vm -- print hello + exit 0
	expect_status 0
	expect_line hello
	expect_match 'reboot: Restarting system'
	expect_report '.code == 0'
}

@test "modules of the list are loaded in order with their parameters; a bad one is a warning" {
	with_modules dummy 'dummy numdummies=2'
	in_world vm -- link dummy0 + link dummy1 + link dummy2 + exit 0
	expect_match '^link dummy0 state=down' '^link dummy1 state=down'
	expect_line 'link dummy2 missing'
	once badlist make_bad_list
	WORLD_FILES=$SUITE_DIR/badlist.cpio
	in_world vm --modules=/modules -- print alive
	expect_status 0
	expect_match 'cradle: .*cannot load module /no/such\.ko'
	expect_line alive
	in_world vm --modules=/no/such/list -- print alive
	expect_match 'cradle: .*/no/such/list'
	refute_match '^alive'
}

make_bad_list() {
	printf '# a comment\n\n/no/such.ko some=parameter\n' >"$SUITE_DIR/modules"
	"$TOP/contrib/initramfs" --cradle "$CRADLE" --file "$SUITE_DIR/modules:/modules" \
		-o "$SUITE_DIR/badlist.cpio" "$PROBE"
}

@test "a network card gets its static address, MTU, route and resolver" {
	with_modules net virtio_pci virtio_net --net
	# A hub with nothing else on it: no packet leaves QEMU.
	WORLD_QEMU=(-netdev hubport,id=n0,hubid=0 -device virtio-net-pci,netdev=n0)
	WORLD_CMDLINE='cradle.net=eth0,address=192.0.2.5/24,gateway=192.0.2.1,mtu=1400,dns=192.0.2.53,dns=192.0.2.54'
	in_world vm -- link eth0 + cat /proc/net/route /etc/resolv.conf
	expect_status 0
	expect_line 'link eth0 state=up mtu=1400 address=192.0.2.5' 'nameserver 192.0.2.53' 'nameserver 192.0.2.54'
	# The default route, in the kernel's hexadecimal.
	expect_match '^eth0[[:space:]]+00000000[[:space:]]+010200C0'
	WORLD_CMDLINE='cradle.net=eth9,address=192.0.2.5/24'
	in_world vm -- print started
	expect_match 'eth9'
	refute_match '^started'
}

@test "a network that was asked for without cradle-net in the initramfs is told" {
	WORLD_CMDLINE='cradle.net=eth0,address=192.0.2.5/24'
	in_world vm -- print started
	expect_match 'cradle: .*cradle-net'
	refute_match '^started'
}

@test "extra mounts: made in order, with options; nofail warns, anything else ends it" {
	WORLD_CMDLINE='cradle.mount=scratch:/mnt/a:tmpfs:size=1m,mode=0700,noexec cradle.mount=/mnt/a:/mnt/b:bind cradle.mount=/dev/vdz:/mnt/c:ext4:nofail,ro'
	in_world vm -- write /mnt/a/file text + cat /mnt/b/file + print + stat /mnt/a + cat /proc/mounts
	expect_status 0
	expect_match 'cradle: .*/dev/vdz' '^text' '^stat /mnt/a type=directory mode=0700' \
		'^scratch /mnt/a tmpfs rw,.*noexec.*size=1024k,mode=700' '^scratch /mnt/b tmpfs'
	WORLD_CMDLINE='cradle.mount=/dev/vdz:/mnt/c:ext4'
	in_world vm -- print started
	expect_match 'cradle: .*/dev/vdz'
	refute_match '^started'
}

@test "a dirty disk is clean after power-off" {
	with_modules disk virtio_pci virtio_blk
	dd if=/dev/zero of=disk bs=1M count=16 status=none
	PATH=$PATH:/sbin:/usr/sbin
	mkfs.ext4 -q -F disk
	WORLD_QEMU=(-drive "file=$PWD/disk,format=raw,if=none,id=d0" -device virtio-blk-pci,drive=d0)
	WORLD_CMDLINE='cradle.mount=/dev/vda:/data:ext4:commit=600'
	# The stubborn one holds a file open there until the KILL.
	in_world vm --grace=200ms -- dirty /data/file 2000 + dirty /data/other 10 + exit 0
	expect_status 0
	expect_match 'reboot: Power down'
	run -0 e2fsck -fn disk
	run -0 dumpe2fs -h disk
	[[ $output =~ Filesystem\ state:\ +clean ]]
	[[ $output != *needs_recovery* ]]
	run -0 debugfs -R 'stat /file' disk
	[[ $output =~ Size:\ 2048000 ]]
	# And after a crash of the agent that ends by reset, with leftovers on the disk.
	WORLD_ENDING=cradle.on-failure=reboot
	in_world vm --leftovers=term --grace=200ms -- dirty /data/third 500 + keep-open /data/third + stubborn + die SEGV
	expect_status 139
	run -0 e2fsck -fn disk
	run -0 dumpe2fs -h disk
	[[ $output != *needs_recovery* ]]
}

@test "an agent that is stopped from outside in a VM powers off, no panic, whatever its code" {
	WORLD_ENDING=
	in_world vm -- kill parent TERM + hang
	expect_status 143
	expect_match 'reboot: Power down'
	refute_match panic
	expect_report '.requested == "poweroff"' '.code == 143'
}
