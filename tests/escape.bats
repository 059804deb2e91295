# Out of the sandbox: each known way, tried by the probe from inside, in every setting of
# sandbox.bash. What the probe finds without a sandbox is tested as well, lest it be blind.
# shellcheck disable=SC2154,SC2034,SC2016 # variables of setup_suite.bash and worlds.bash; sh -c expands its own

load worlds
load sandbox

# KEY VALUE [SETTING=VALUE]...: what a fact is, and where it differs; "*" is anything. "?" after a key:
# or the kernel hasn't got that at all. What follows "#" is the row of the table of known escapes.
facts_table() {
	cat <<-'END'
	Uid                    UID_UID_UID_UID               # an id of its own would be 65534
	CapInh                 0000000000000000              # 23: CVE-2022-29162
	CapPrm                 0000000000000000
	CapEff                 0000000000000000
	CapBnd                 0000000000000000
	CapAmb                 0000000000000000
	NoNewPrivs             1
	setgroups.policy       deny root=* container=*       # 16: CVE-2014-8989
	group.outside          no
	cwd                    /                             # 2: CVE-2024-21626
	cwd.link               /
	root.above             same                          # nothing is left on top of the root
	tty                    ENXIO
	fds                    0_1_2                         # 2
	unshare.user           ok root=* container=*         # what it gives is tried below
	clone3.user            ok root=* container=*
	unshare.mnt            EPERM
	unshare.net            EPERM
	mount                  EPERM                         # 10
	umount                 EPERM                         # 6
	pivot_root             EPERM
	fsopen                 EPERM
	open_tree              EPERM
	chroot                 EPERM
	sethostname            EPERM
	setgroups              EPERM                         # 16
	setuid                 EINVAL
	capset                 EPERM                         # 23
	ambient                EPERM
	mknod.block            EPERM                         # 22
	mknod.char             EPERM
	reboot                 EPERM
	init_module?           EPERM
	kexec_load?            EPERM
	swapon?                EPERM
	acct?                  EPERM
	settimeofday           EPERM
	syslog                 EPERM
	ioperm?                EPERM
	open_by_handle         EPERM
	rlimit                 EPERM
	nice                   EACCES
	oom_score_adj          EACCES
	init.ptrace            EPERM                         # 14
	init.vm_readv          EPERM
	init.getfd             EPERM
	init.setns             EPERM
	init.link.exe          EACCES                        # 1: CVE-2019-5736
	init.link.cwd          EACCES
	init.link.root         EACCES
	init.link.ns/user      EACCES
	init.link.ns/mnt       EACCES
	init.read.environ      EACCES                        # 14
	init.read.maps         EACCES
	init.read.auxv         EACCES
	init.read.smaps        EACCES
	init.read.syscall?     EACCES root=EPERM container=EPERM
	init.read.stack?       EACCES
	init.read.map_files    EACCES
	init.read.pagemap?     EACCES
	init.write.exe         EACCES                        # 1
	init.write.mem         EACCES                        # 14
	init.write.root/tmp    EACCES
	init.write.uid_map     EACCES root=EPERM container=EPERM
	init.write.gid_map     EACCES root=EPERM container=EPERM
	init.write.setgroups   EACCES
	init.opath.exe         EACCES                        # 1
	init.fds               0                             # 14
	init.cmdline           cradle
	init.comm              cradle
	init.lives             ok
	write./proc/sys/kernel/core_pattern       EACCES root=EROFS container=EROFS   # 18
	write./proc/sys/kernel/modprobe?          EACCES root=EROFS container=EROFS
	write./proc/sys/kernel/hotplug?           EACCES root=EROFS container=EROFS
	write./proc/sys/kernel/poweroff_cmd       EACCES root=EROFS container=EROFS
	write./proc/sys/fs/binfmt_misc?           EISDIR
	write./proc/sys/vm/panic_on_oom           EACCES root=EROFS container=EROFS
	write./proc/sys/user/max_user_namespaces  EACCES                              # 15
	write./proc/sysrq-trigger?                EACCES root=EROFS container=EROFS
	write./proc/kcore?                        EACCES root=EROFS container=EROFS
	write./proc/kmem?                         EACCES root=EROFS container=EROFS
	write./proc/mtrr?                         EACCES root=EPERM container=EPERM
	write./proc/irq/default_smp_affinity?     EACCES root=EROFS container=EROFS
	write./proc/timer_list?                   EACCES root=EROFS container=EROFS
	write./sys/kernel/uevent_helper?          EACCES root=EROFS container=EROFS
	write./sys/kernel/uevent_seqnum?          EACCES container=EROFS
	write./sys/power/state?                   EACCES root=EROFS container=EROFS
	read./proc/kcore?      EACCES root=empty container=empty
	read./proc/kmsg?       EACCES root=empty container=empty
	read./proc/kpagecount? EACCES root=empty container=empty
	read./proc/kpageflags? EACCES root=empty container=empty
	read./dev/mem          ENOENT                        # 22
	read./dev/kmsg         ENOENT
	read./dev/port         ENOENT
	writable./sys/fs       0                             # 17: release_agent, cgroup.procs
	writable./sys/kernel   0                             # 22: debugfs and the like
	writable./sys/power    0
	writable./sys/module   0
	devices.block          0                             # 22
	devices.other          0
	mounts.suid            0                             # 9
	mounts.dev             0
	mounts.propagate       0                             # 10
	reach.abstract         ECONNREFUSED                  # 19
	reach.tcp              ECONNREFUSED
	reach.shm              ENOENT                        # 21
	reach.mqueue           ENOENT
	reach.shm_open         ENOENT
	reach.key.session      ENOKEY                        # 13
	reach.key.user         ENOKEY
	END
}

# expect_fact KEY VALUE [SETTING=VALUE]...
expect_fact() {
	local key=${1%\?} want=$2 got exception
	for exception in "${@:3}"; do
		[ "${exception%%=*}" != "$world" ] || want=${exception#*=}
	done
	got=${facts[$key]:-not told}
	[ "$want" != '*' ] && [ "$got" != "${want//_/ }" ] || return 0
	[ "$1" = "$key" ] || [[ $got != ENOENT && $got != ENOSYS ]] || return 0
	echo "$world: $key is $got, not $want"
	return 1
}

# The whole table; all that is wrong is told.
expect_facts() {
	local wrong=0 line uid=$SANDBOX_UID
	local -A facts=()
	while IFS= read -r line; do
		[[ $line != *=* ]] || facts[${line%%=*}]=${line#*=}
	done <<<"$output"
	[[ $world = user || $world = nested ]] || uid=0
	[ "$(id -u)" = 0 ] || uid=$(id -u)
	while IFS= read -r line; do
		line=${line%%#*}
		line=${line//UID/$uid}
		# shellcheck disable=SC2086 # words
		expect_fact $line || wrong=$((wrong + 1))
	done < <(facts_table)
	[ "$wrong" = 0 ] || fail "$wrong facts are wrong"
}

every_fact() {
	can_be "$1" || skip "only root can be $1"
	SANDBOX_PREFIX='session-key + canary'
	sandbox "$1" -- escape-facts
	expect_status 0
	expect_facts
	# Writable are the pressure files, which anybody may watch, and a number of our PID namespace.
	refute_match '^writable./proc=.* /(proc/sys/[^k]|proc/[^ps]|sys)' \
		'^writable./proc=.*/proc/sys/kernel/[^n]' '^cgroup.outside='
	expect_match '^looked./proc=[0-9]{3}'
	# Nothing but our own file systems.
	refute_match '^mounts.rw=.* /( |$)' '^mounts.rw=.* /(usr|etc|var|sys|home)'
}

@test "a normal user's sandbox: nothing of the host can be reached, changed or asked" {
	every_fact user
}

@test "root's sandbox: nothing of the host can be reached, changed or asked" {
	every_fact root
}

@test "a sandbox in a sandbox: nothing of the outer one can be reached, changed or asked" {
	every_fact nested
}

# bats test_tags=image
@test "a sandbox in a container: nothing of the container can be reached, changed or asked" {
	every_fact container
}

@test "without a sandbox the probe reaches all of that" {
	run -0 as_user "$PROBE" session-key + canary + escape-facts reach
	local fact
	for fact in abstract tcp shm mqueue shm_open key.session key.user; do
		[[ $output == *"reach.$fact=ok"* ]]
	done
	cd /
	# What PID 1 of a namespace is to its children, if it doesn't hide: theirs.
	run -0 as_user unshare -Urpf --mount-proc sh -c '"$0" escape-facts rights init + escape-facts calls; exit' "$PROBE"
	for fact in ptrace vm_readv getfd read.environ read.maps opath.exe; do
		[[ $output == *"init.$fact="* && $output != *"init.$fact=E"[AP]* ]]
	done
	[[ $output != *CapEff=0000000000000000* && $output == *NoNewPrivs=0* && $output != *init.fds=0* ]]
}

# bats test_tags=image
@test "a container's masked /proc is refused in one line that tells the fix" {
	can_be container || skip "only root makes containers"
	SANDBOX_PODMAN=(--security-opt seccomp=unconfined)
	sandbox container -- print inside
	expect_status 125
	expect_complaint 'cannot mount proc on /proc \(.*masked.*unmask=ALL'
	refute_match inside
}

@test "leaked descriptors, also of directories, and a deleted directory stay outside" {
	local setting
	for setting in user root nested; do
		can_be $setting || continue
		# The nested one leaks the outer sandbox's root.
		SANDBOX_WRAP=(bash -c 'mkdir -m 755 "$1" && chown "$2" "$1" && cd "$1" && rmdir "$1" && exec 7<. 9</ &&
			exec "${@:3}"' sh "$SANDBOX_DIR/gone" $SANDBOX_UID)
		[ "$(id -u)" = 0 ] || SANDBOX_WRAP=()
		SANDBOX_PREFIX='keep-open /dev/null'
		sandbox $setting -- escape-facts rights + "try" list /proc/self/fd/7 /proc/self/fd/9 /proc/1/fd/9
		expect_status 0
		expect_line 'fds=0 1 2' cwd=/ cwd.link=/ 'list /proc/self/fd/7=ENOENT' 'list /proc/self/fd/9=ENOENT'
		expect_match 'list /proc/1/fd/9=E(ACCES|NOENT)'
	done
}

@test "who enters a sandbox isn't led out of it by a link of the agent's" {
	local setting fd start='' user
	for fd in {3..14}; do
		start+="symlink /proc/self/fd/$fd /tmp/w$fd + "
	done
	for setting in user root; do
		can_be $setting || continue
		# shellcheck disable=SC2086 # words
		start_sandbox $setting -- $start print ready + hang
		await_line ready
		user=as_user
		[ $setting = user ] || user=
		for fd in {3..14}; do
			status=0
			output=$($user "$CRADLE" enter --chdir "/tmp/w$fd" "$world_pid" -- "$PROBE" escape-facts rights \
				2>"$BATS_TEST_TMPDIR/stderr" 3>&-) || status=$?
			stderr=$(<"$BATS_TEST_TMPDIR/stderr")
			[ "$status" = 125 ] || expect_match '^cwd=/'
			[ "$status" = 125 ] || expect_line root.above=same
		done
		kill -KILL "$world_pid"
		finish_world
	done
}

@test "a launcher that its user may write can't be written from inside" {
	cp "$CRADLE" "$SANDBOX_DIR/cradle"
	chmod 777 "$SANDBOX_DIR/cradle"
	local setting
	for setting in user root nested; do
		can_be $setting || continue
		SANDBOX_CRADLE=$SANDBOX_DIR/cradle
		sandbox $setting -- escape-facts init + "try" write "$SANDBOX_DIR/cradle"
		expect_status 0
		expect_line init.write.exe=EACCES init.opath.exe=EACCES init.link.exe=EACCES
		# ETXTBSY: it runs; the kernel asks that first.
		expect_match "^write $SANDBOX_DIR/cradle=E(ROFS|TXTBSY)"
	done
	cmp "$CRADLE" "$SANDBOX_DIR/cradle"
}

# A directory of the user's with a file system below it that only root could mount; in a mount
# namespace of its own.
with_submount() {
	mkdir "$SANDBOX_DIR/dir" "$SANDBOX_DIR/dir/sub"
	touch "$SANDBOX_DIR/dir/file"
	chmod -R 777 "$SANDBOX_DIR/dir"
	SANDBOX_WRAP=(unshare -m sh -c 'mount -t tmpfs -o mode=777 host "$0/dir/sub" && mkdir -m 777 "$0/dir/sub/own" &&
		exec "$@"' "$SANDBOX_DIR")
}

@test "a read-only bind is read-only with the file systems below it, the default root as well" {
	[ "$(id -u)" = 0 ] || skip "only root can mount a file system on the host"
	with_submount
	local setting dir=$SANDBOX_DIR/dir
	for setting in "${SETTINGS[@]}"; do
		sandbox $setting --ro-bind "$dir" /tmp/bound -- "try" create "$dir/x" "$dir/sub/own/x" \
			/tmp/bound/x /tmp/bound/sub/own/x + "try" write "$dir/file" /tmp/bound/file \
			+ "try" create /tmp/own
		expect_status 0
		expect_line "create $dir/x=EROFS" "create $dir/sub/own/x=EROFS" 'create /tmp/bound/x=EROFS' \
			'create /tmp/bound/sub/own/x=EROFS' "write $dir/file=EROFS" 'write /tmp/bound/file=EROFS' \
			'create /tmp/own=ok'
	done
	[ -z "$(find "$dir" -name x)" ]
}

# expect_readonly DIR: of the one that is bound to /tmp/bound
expect_readonly() {
	local path
	expect_status 0
	for path in / /tmp/bound /tmp/bound/sub; do
		expect_line "remount $path=EPERM" "clear-ro $path=EPERM" || return
	done
	expect_line "create $1/x=EROFS" 'create /tmp/bound/x=EROFS'
}

@test "read-only stays read-only for one who is allowed to mount" {
	[ "$(id -u)" = 0 ] || skip "only root can mount a file system on the host"
	with_submount
	local setting dir=$SANDBOX_DIR/dir
	for setting in "${SETTINGS[@]}"; do
		# With all capabilities in the sandbox, and in a namespace of the agent's own.
		sandbox $setting --cap-add ALL --ro-bind "$dir" /tmp/bound -- "try" remount / /tmp/bound \
			/tmp/bound/sub + "try" clear-ro / /tmp/bound /tmp/bound/sub + "try" create "$dir/x" /tmp/bound/x
		expect_readonly "$dir"
		sandbox $setting --disable-userns=0 --ro-bind "$dir" /tmp/bound -- become-root + "try" remount / /tmp/bound \
			/tmp/bound/sub + "try" clear-ro / /tmp/bound /tmp/bound/sub + "try" create "$dir/x" /tmp/bound/x
		expect_readonly "$dir"
	done
}

@test "what is masked is empty, read-only and can't be uncovered" {
	local setting dir=$SANDBOX_DIR want path
	mkdir secrets keys
	echo hidden >secrets/one
	echo hidden | tee key keys/a.pem keys/b.pem >plain
	chmod -R a+rwX .
	for setting in "${SETTINGS[@]}"; do
		can_be $setting || continue
		for want in '' become-root caps; do
			local -a options=() verbs=()
			[ "$want" != caps ] || options=(--cap-add ALL)
			[ "$want" != become-root ] || options=(--disable-userns=0) verbs=(become-root +)
			sandbox $setting "${options[@]}" --bind "$dir" "$dir" --mask "$dir/secrets" --mask "$dir/key" \
				--mask "$dir/keys/*.pem" -- "${verbs[@]}" \
				"try" umount "$dir/secrets" "$dir/key" "$dir/keys/a.pem" \
				+ size "$dir/secrets" "$dir/key" "$dir/keys/a.pem" "$dir/keys/b.pem" "$dir/plain" \
				+ "try" write "$dir/key" + "try" create "$dir/secrets/x" + "try" clear-ro "$dir/key" + \
				"try" read "$dir/secrets/one"
			expect_status 0
			expect_line "size $dir/secrets=0" "size $dir/key=0" "size $dir/keys/a.pem=0" "size $dir/keys/b.pem=0" \
				"size $dir/plain=7" "read $dir/secrets/one=ENOENT" "write $dir/key=EROFS" \
				"create $dir/secrets/x=EROFS" "clear-ro $dir/key=EPERM"
			for path in secrets key keys/a.pem; do
				case $want in
				'') expect_line "umount $dir/$path=EPERM" ;;
				# Locked together with what is below (mount_namespaces(7)).
				*) expect_line "umount $dir/$path=EINVAL" ;;
				esac
			done
		done
	done
	[ "$(cat key secrets/one)" = $'hidden\nhidden' ]
}

@test "a /dev/null in the image that is a link or a file of its own unmasks nothing" {
	mkdir -p image/dev image/bin image/proc image/tmp image/run image/sys
	cp "$PROBE" image/bin/probe
	echo hidden >image/secret
	ln -s /secret image/dev/null
	ln -s /secret image/dev/zero
	chmod -R a+rwX image
	local before setting
	before=$(snapshot image)
	for setting in user root; do
		can_be $setting || continue
		PROBE=/bin/probe sandbox $setting --root "$SANDBOX_DIR/image" --mask /secret -- size /secret /dev/null + \
			stat /dev/null + "try" write /secret
		expect_status 0
		expect_line 'size /secret=0' 'size /dev/null=0' 'write /secret=EROFS'
		expect_match '^stat /dev/null type=char'
	done
	[ "$(snapshot image)" = "$before" ]
}

@test "no name is made on the host for a mount point, a file, a link or a mask" {
	local setting before dir=$SANDBOX_DIR
	mkdir rw rw/there
	touch file rw/there/file
	chmod -R a+rwX .
	before=$(snapshot rw)
	for setting in "${SETTINGS[@]}"; do
		can_be $setting || continue
		local -a op
		while read -ra op; do
			sandbox $setting --bind "$dir/rw" "$dir/rw" "${op[@]}" -- print inside
			expect_status 125
			expect_match '^$'
			[[ $stderr == *"$dir/rw"* ]] || fail "the complaint doesn't name the place: ${op[*]}"
			[ "$(snapshot rw)" = "$before" ] || fail "the host changed: ${op[*]}"
			[ $setting != container ] || break
		done <<-OPS
		--bind $dir/file $dir/rw/missing
		--ro-bind $dir/rw/there $dir/rw/new/deep/er
		--tmpfs $dir/rw/missing
		--proc $dir/rw/missing
		--dev $dir/rw/missing
		--mqueue $dir/rw/missing
		--dir $dir/rw/missing
		--dir $dir/rw/there/missing
		--file 0 $dir/rw/missing
		--bind-data 0 $dir/rw/missing
		--symlink there $dir/rw/missing
		--mask $dir/rw/missing
		--chmod 0000 $dir/rw/there/file
		--file 0 $dir/rw/there/file
		OPS
	done
}

@test "mounts don't travel, neither in nor out" {
	[ "$(id -u)" = 0 ] || skip "only root can mount a file system on the host"
	mkdir dir dir/late dir/own
	chmod 777 dir dir/own
	local setting dir=$SANDBOX_DIR/dir
	for setting in "${SETTINGS[@]}"; do
		# All in one mount namespace whose mounts are shared: what the agent asks for by a file is done
		# outside, while it waits.
		SANDBOX_WRAP=(unshare -m --propagation private bash -c '
			mount --bind "$0" "$0" && mount --make-shared "$0" && cd "$0" || exit 99
			"$@" &
			pid=$!
			for ((i = 0; i < 3000; i++)); do [ -e own/ready ] && break; read -rt 0.01 <> <(:); done
			[ -e own/ready ] || exit 98
			grep -c " - tmpfs escape " /proc/self/mountinfo >own/escaped
			mount -t tmpfs host late && touch late/file && touch own/go && wait $pid' "$dir")
		rm -rf "$dir"/own/*
		sandbox $setting --cap-add ALL --bind "$dir" "$dir" -- "try" mkdir "$dir/own/mine" + "try" mount "$dir/own/mine" + \
			write "$dir/own/ready" yes + wait-file "$dir/own/go" + "try" read "$dir/late/file"
		expect_status 0
		expect_line "mount $dir/own/mine=ok" "read $dir/late/file=ENOENT"
		[ "$(cat "$dir/own/escaped")" = 0 ] || fail "a mount of the agent's is on the host"
	done
}

@test "a device node in the host's tree can't be opened" {
	[ "$(id -u)" = 0 ] || skip "only root can make a device node"
	mknod -m 666 null c 1 3
	chmod 777 .
	local setting dir=$SANDBOX_DIR
	for setting in "${SETTINGS[@]}"; do
		sandbox $setting --bind "$dir" /tmp/rw -- "try" read "$dir/null" /tmp/rw/null /dev/null + "try" mknod /tmp/rw/new
		expect_status 0
		expect_line "read $dir/null=EACCES" 'read /tmp/rw/null=EACCES' 'read /dev/null=ok' 'mknod /tmp/rw/new=EPERM'
	done
}

@test "device nodes, which are the host's, keep owner and permissions" {
	local setting node
	for setting in "${SETTINGS[@]}"; do
		can_be $setting || continue
		sandbox $setting -- "try" chmod /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty + \
			write /dev/null text
		expect_status 0
		for node in null zero full random urandom tty; do
			expect_match "^chmod /dev/$node=E(PERM|ROFS)$"
		done
		expect_line 'write /dev/null: done'
	done
}

@test "with --disable-userns nobody inside makes another user namespace" {
	local setting
	for setting in "${SETTINGS[@]}"; do
		can_be $setting || continue
		sandbox $setting --disable-userns -- escape-facts calls + \
			"try" write /proc/sys/user/max_user_namespaces
		expect_status 0
		expect_line unshare.user=ENOSPC clone3.user=ENOSPC
		expect_match '^write /proc/sys/user/max_user_namespaces=E(ACCES|ROFS)'
		# Whoever may do everything in there may not take that back.
		sandbox $setting --disable-userns --cap-add ALL -- \
			write /proc/sys/user/max_user_namespaces 100 + escape-facts calls
		expect_status 0
		expect_line unshare.user=ENOSPC clone3.user=ENOSPC
	done
}

@test "groups can't be given up, so a file that excludes one stays closed" {
	[ "$(id -u)" = 0 ] || skip "only root can give a file to another group"
	echo secret >closed
	chown root:$SANDBOX_GROUP closed
	chmod 604 closed
	local setting
	for setting in user nested; do
		sandbox $setting -- escape-facts rights calls + "try" read "$SANDBOX_DIR/closed" + become-root + \
			"try" read "$SANDBOX_DIR/closed"
		expect_status 0
		# Kept as the kernel allows: without a number inside.
		expect_match '^groups=(65534 12345|12345 65534)$'
		expect_line setgroups=EPERM
		expect_count 2 "^read $SANDBOX_DIR/closed=EACCES"
	done
}

# none_here: the agent can't make a user namespace, and so gets no capability that way.
none_here() {
	[ "$status" = 99 ] && [[ $world != user && $world != nested ]] &&
		[[ $stderr == 'probe: '*': No space left on device' ]]
}

# expect_nothing_fresh: file systems of the kernel's that the agent mounted itself show what the
# sandbox's show, and no more. With root's uid their files would obey.
expect_nothing_fresh() {
	refute_match '^fresh.(debugfs|tracefs|securityfs|bpf|devtmpfs|efivarfs)=ok' '^fresh.sysfs=ok [1-9]' \
		'^(write|writable).*(core_pattern|sysrq|modprobe|poweroff_cmd).*=ok'
	[[ $world = user || $world = nested ]] || refute_match '^fresh.proc=ok'
}

@test "namespaces of the agent's own, and capabilities, give nothing of the host" {
	[ "$(id -u)" = 0 ] || skip "somebody's own cgroups may obey him"
	local setting fresh=/tmp/fresh-0/sys/kernel/core_pattern caps
	for setting in "${SETTINGS[@]}"; do
		sandbox $setting -- nest + fresh + "try" write $fresh + escape-facts calls tree
		# Where nobody may make one, all is said.
		if ! none_here; then
			expect_status 0
			expect_nothing_fresh
			expect_host_calls_refused
			expect_match "^write $fresh=E"
			# cgroup.kill, cgroup.freeze and cgroup.procs of whoever is below the launcher's cgroup.
			refute_match '^fresh.cgroup.*=ok [1-9]'
		fi
		sandbox $setting --cap-add ALL -- fresh + "try" write $fresh + escape-facts calls init
		expect_status 0
		expect_nothing_fresh
		expect_host_calls_refused
		expect_match "^write $fresh=E"
		# PID 1 is out of reach for one who has all capabilities in there.
		expect_line init.ptrace=EPERM init.vm_readv=EPERM init.getfd=EPERM init.setns=EPERM \
			init.read.environ=EACCES init.write.mem=EACCES init.link.exe=EACCES init.opath.exe=EACCES init.fds=0
	done
}

# What would change the machine takes a capability in its first user namespace.
expect_host_calls_refused() {
	local call
	for call in init_module kexec_load swapon acct ioperm; do
		expect_match "^$call=E(PERM|NOSYS)$"
	done
	expect_line settimeofday=EPERM syslog=EPERM open_by_handle=EPERM setgroups=EPERM
	# EOVERFLOW: root's uid can't be mapped there.
	expect_match '^mknod.block=E(PERM|75)$' '^mknod.char=E(PERM|75)$' '^nice=EACCES$' '^reboot=E(PERM|INVAL)$'
}

# at_terminal STEP... -- SETTING [OPTION...] -- VERB...: all of it on one pseudo terminal, of which
# what waits to be read is counted at the end.
at_terminal() {
	local steps before behind sandbox_words
	cut_at_dashes "$@"
	steps=("${before[@]}") world=${behind[0]}
	cut_at_dashes "${behind[@]:1}"
	find_words "$world"
	status=0
	(
		cd / && close_others
		exec timeout -s KILL $SANDBOX_DEADLINE "$PROBE" pty "${steps[@]}" -- sh -c \
			'redirect=$1 probe=$2; shift 2; eval "\"\$@\" $redirect"; "$probe" typed' sh \
			"${REDIRECT:-}" "$PROBE" "${sandbox_words[@]}" "${before[@]}" -- "$PROBE" "${behind[@]}"
	) </dev/null >"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" 3>&- || status=$?
	output=$(<"$BATS_TEST_TMPDIR/stdout")
	stderr=$(<"$BATS_TEST_TMPDIR/stderr")
}

@test "without a sandbox the probe types on the terminal" {
	[ "$(cat /proc/sys/dev/tty/legacy_tiocsti 2>/dev/null || echo 1)" = 1 ] ||
		skip "this kernel lets nobody type for another"
	run -0 "$PROBE" pty -- sh -c '"$0" escape-tty; "$0" typed' "$PROBE"
	[[ $output == *tty.tiocsti=ok* && $output =~ typed=[1-9] ]]
}

@test "the host's terminal can't be typed on, whichever descriptor leads to it" {
	local setting tty
	for setting in user root nested; do
		can_be $setting || continue
		for tty in pty new-session; do
			for REDIRECT in '' '</dev/null' '2>/dev/null' '</dev/null >/dev/null 2>&1'; do
				at_terminal -- $setting --tty=$tty -- escape-tty
				expect_status 0
				expect_line typed=0
				# Where it is told; the outer sandbox's has no terminal already.
				[[ $setting = nested || $REDIRECT == *'>'* ]] || expect_line session.outside=no
			done
		done
		for REDIRECT in '' '</dev/null'; do
			at_terminal -- $setting --tty=new-session -- escape-tty
			expect_line tty.open=ENXIO fd1.tiocsti=EPERM fd1.tiocsti.high=EPERM fd1.tioclinux=ENOTTY
		done
	done
}

@test "nobody but the sandbox gets what the agent sends to its process group" {
	local setting
	for setting in user root nested; do
		can_be $setting || continue
		# A sibling in the launcher's group, as in a script, with and without a terminal.
		for REDIRECT in '' '</dev/null' '</dev/null >/dev/null 2>&1'; do
			at_terminal -- $setting -- ignore TERM + kill group TERM
			expect_status 0
			expect_match '^typed='
		done
	done
}

@test "a program with the name of an option is executed" {
	mkdir bin
	printf '#!/bin/sh\necho "$0 $*"\n' | tee bin/--bind >bin/--help
	chmod -R a+rx bin
	local name
	for name in --bind --help; do
		run -0 --separate-stderr as_user env -C / PATH="$SANDBOX_DIR/bin:$PATH" "$CRADLE" run -- "$name" / /mnt
		[[ $output == *"/$name / /mnt" ]]
	done
}

@test "a setuid or setgid launcher refuses" {
	[ "$(id -u)" = 0 ] || skip "only root can make it root's"
	cp "$CRADLE" setuid
	cp "$CRADLE" setgid
	chmod 4755 setuid
	chmod 2755 setgid
	local name
	for name in setuid setgid; do
		run -125 --separate-stderr as_user "./$name" run -- "$PROBE" print inside
		[ "$output" = "" ]
		[[ $stderr == "cradle: refused to run setuid"* ]]
	done
	ln -s setuid bwrap
	run -1 --separate-stderr as_user ./bwrap --ro-bind / / "$PROBE" print inside
	[ "$output" = "" ]
	[[ $stderr == "bwrap: refused to run setuid"* ]]
}

@test "a user number above 2^31 stays positive" {
	[ "$(id -u)" = 0 ] || skip "only root can map another's id"
	world=root
	run -0 --separate-stderr "$CRADLE" run --map-uid 3000000000:0:1 --map-gid 4000000000:0:1 --uid 3000000000 \
		--gid 4000000000 --ro-bind "$SUITE_DIR/bin" "$SUITE_DIR/bin" -- "$PROBE" escape-facts rights
	[[ $output == *"Uid=3000000000 3000000000 "* ]]
	[[ $output == *"Gid=4000000000 4000000000 "* ]]
	run -0 --separate-stderr "$CRADLE" run --uid 3000000000 --gid 4294967294 --ro-bind "$SUITE_DIR/bin" \
		"$SUITE_DIR/bin" -- "$PROBE" escape-facts rights
	[[ $output == *"Uid=3000000000 "* && $output == *"Gid=4294967294 "* ]]
	run -0 --separate-stderr "$CRADLE" run --map-uid 3000000000:0:1 --map-gid 0:0:1 --uid 3000000000 --dry-run -- /bin/true
	[[ $output == *3000000000* && $output != *-129* ]]
}

@test "capabilities that the launcher was given on are nobody's inside" {
	[ "$(id -u)" = 0 ] || skip "only root has capabilities to hand on"
	local set
	for set in --inh-caps=+sys_admin,+chown '--inh-caps=+sys_admin,+chown --ambient-caps=+sys_admin,+chown'; do
		# shellcheck disable=SC2206 # words
		SANDBOX_WRAP=(setpriv $set)
		sandbox root -- escape-facts rights calls
		expect_status 0
		expect_line CapInh=0000000000000000 CapPrm=0000000000000000 CapEff=0000000000000000 \
			CapBnd=0000000000000000 CapAmb=0000000000000000 mount=EPERM
	done
}
