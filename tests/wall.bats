# Who the agent is and what rights it has: the same options in all worlds, each value as /proc/self/status
# tells it. Landlock is in landlock.bats, seccomp in seccomp.bats.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154 # the shell inside; variables of worlds.bash and sandbox.bash

load worlds
load sandbox

setup() {
	setup_here
}

NONE=0000000000000000
NET_BIND_SERVICE=0000000000000400
KILL_AND_NET_RAW=0000000000002020
NOROOT_AND_ALL_LOCKS=0xeb
ROOTS_LOCKS=0xa

# The worlds of init, without and with an id of somebody else to become.
all_inits() {
	echo unshare-user
	[ "$(id -u)" != 0 ] || printf '%s\n' unshare "${INITS_WITH_USERS[@]}"
}

INITS_WITH_USERS=(here container vm)
# A sanitized cradle is no single file to copy into an image.
[ -z "${SANITIZED:-}" ] || INITS_WITH_USERS=(here)

need_root() {
	[ "$(id -u)" = 0 ] || skip "only root can be somebody else"
}

# A user, his groups and nobody else, in files for where the tests choose what /etc has.
make_users() {
	printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' '# a comment' 'worker:x:4711:4712:Somebody:/srv/worker:/bin/sh' \
		'noline' '1234:x:77:78::/home/number:/bin/sh' >passwd
	printf '%s\n' 'root:x:0:' 'workers:x:4712:' 'build:x:4800:other,worker' 'audio:x:29:worker,other' \
		'others:x:4900:workers,other' >group
	chmod 644 passwd group
}

make_user_initramfs() {
	"$TOP/contrib/initramfs" --cradle "$CRADLE" --file "$PWD/passwd:/etc/passwd" \
		--file "$PWD/group:/etc/group" -o "$SUITE_DIR/users.cpio" "$PROBE"
}

# with_users WORLD: the next start there has them
with_users() {
	make_users
	case $1 in
	vm) once users make_user_initramfs && WORLD_FILES=$SUITE_DIR/users.cpio ;;
	container) WORLD_PODMAN=(--volume "$PWD/passwd:/etc/passwd:ro" --volume "$PWD/group:/etc/group:ro") ;;
	esac
}

# init WORLD OPTION... -- VERB...: cradle init there; "here": not PID 1, in a mount namespace of its own with
# the users of make_users
init() {
	local before behind
	[ "$1" = here ] || { in_world "$@"; return; }
	world=here
	cut_at_dashes "${@:2}"
	run --separate-stderr unshare -m sh -c '
		[ ! -f passwd ] || { mount --bind passwd /etc/passwd && mount --bind group /etc/group; }
		exec "$@"' - "$CRADLE" init "${before[@]}" -- "$PROBE" "${behind[@]}"
}

# expect_rights FIELD=VALUE...: of the line of the probe's
expect_rights() {
	local line field
	line=$(grep -a '^rights ' <<<"$output")
	for field; do
		[[ " $line " == *" $field "* ]] || fail "expected $field in: $line" || return
	done
}

# What a mask has in a set: bits NAME NUMBER...
expect_bits() {
	local set=$1 mask bit
	shift
	mask=$(grep -aoE "$set=[0-9a-f]+" <<<"$output")
	mask=$((16#${mask#*=}))
	for bit; do
		if [ "$bit" -lt 0 ]; then
			[ $((mask >> -bit & 1)) = 0 ] || fail "$set has $((-bit))" || return
		else
			[ $((mask >> bit & 1)) = 1 ] || fail "$set lacks $bit" || return
		fi
	done
}

# --- init: nothing by itself -------------------------------------------------------------

@test "an init's agent loses nothing that isn't named" {
	local where
	for where in $(all_inits); do
		init "$where" -- wall
		expect_status 0
		expect_rights NoNewPrivs=0 securebits=0 "CapInh=$NONE"
		expect_match "^nice=(0|$(nice)) umask=0022$"
		if [ "$where" != unshare-user ]; then
			expect_bits CapEff 0 5 10
			expect_bits CapBnd 0 5 10
		fi
	done
}

@test "init --no-new-privs" {
	local where
	for where in $(all_inits); do
		init "$where" --no-new-privs -- wall
		expect_rights NoNewPrivs=1 securebits=0
		init "$where" --no-new-privs --no-new-privs=0 -- wall
		expect_rights NoNewPrivs=0
	done
}

@test "init --cap-drop takes capabilities from every set, and locks what is left" {
	local where
	for where in $(all_inits); do
		init "$where" --cap-drop=kill,CAP_CHOWN --cap-drop mknod -- again wall
		expect_status 0
		expect_rights "CapInh=$NONE" "CapAmb=$NONE" "securebits=$ROOTS_LOCKS" NoNewPrivs=0
		expect_bits CapEff -5 -27 10
		expect_bits CapPrm -5 -27 10
		expect_bits CapBnd -5 -27 10
	done
}

@test "init --cap-drop ALL leaves none, and --cap-add one" {
	local where
	for where in $(all_inits); do
		init "$where" --cap-drop=ALL -- again wall
		expect_rights "CapInh=$NONE" "CapPrm=$NONE" "CapEff=$NONE" "CapBnd=$NONE" "CapAmb=$NONE"
		init "$where" --cap-drop=ALL --cap-add=net_bind_service -- again wall
		expect_rights "CapInh=$NET_BIND_SERVICE" "CapPrm=$NET_BIND_SERVICE" "CapEff=$NET_BIND_SERVICE" \
			"CapBnd=$NET_BIND_SERVICE" "CapAmb=$NET_BIND_SERVICE"
	done
}

@test "init --cap-keep keeps exactly these, ambient; as root root's magic is locked as it is" {
	local where
	for where in $(all_inits); do
		init "$where" --cap-add=chown --cap-keep=kill --cap-keep=CAP_SETFCAP --cap-drop=setfcap -- again wall
		expect_rights "CapInh=0000000000000020" "CapPrm=0000000000000020" "CapEff=0000000000000020" \
			"CapBnd=0000000000000020" "CapAmb=0000000000000020" "securebits=$ROOTS_LOCKS"
	done
}

# bats test_tags=image
@test "a capability that isn't there to give is named" {
	[ "$(id -u)" = 0 ] || skip "needs podman as root"
	in_world container --cap-keep=sys_boot -- print started
	expect_status 125
	expect_complaint 'cannot keep CAP_SYS_BOOT: .*CapPrm'
	refute_match started
	# All are those that there are.
	in_world container --cap-drop=ALL --cap-add=ALL -- wall
	expect_status 0
	expect_bits CapEff 0 -22
}

# --- users -------------------------------------------------------------------------------

@test "init --user: by name, with the group, the groups and the home of the agent's own files" {
	local where
	need_root
	for where in "${INITS_WITH_USERS[@]}"; do
		with_users "$where"
		init "$where" --user=worker -- wall + env HOME
		expect_status 0
		expect_line uid=4711,4711,4711,4711 gid=4712,4712,4712,4712 HOME=/srv/worker
		[[ $(grep -a '^groups=' <<<"$output") =~ ^groups=(4800,29|29,4800)$ ]] || fail "wrong groups"
		expect_rights "CapInh=$NONE" "CapPrm=$NONE" "CapEff=$NONE" "CapAmb=$NONE" NoNewPrivs=0
		# As for every user: a setuid program may still give.
		expect_bits CapBnd 0 5
	done
}

@test "init --user: numbers, and groups of one's own choice" {
	local where
	need_root
	for where in "${INITS_WITH_USERS[@]}"; do
		with_users "$where"
		# In the VM each start takes a while.
		init "$where" --user=4711 --groups=audio,77,root -- wall
		expect_line uid=4711,4711,4711,4711 gid=4712,4712,4712,4712 groups=0,29,77
		[ "$where" != vm ] || continue
		init "$where" --user=99:98 -- wall
		expect_line uid=99,99,99,99 gid=98,98,98,98 groups=
		init "$where" --user=worker:audio -- wall
		expect_line uid=4711,4711,4711,4711 gid=29,29,29,29 groups=
		init "$where" --user=worker --groups= -- wall
		expect_line gid=4712,4712,4712,4712 groups=
		# A name goes before a number.
		init "$where" --user=1234 -- wall
		expect_line uid=77,77,77,77 gid=78,78,78,78
		init "$where" --groups=build -- wall
		expect_line uid=0,0,0,0 gid=0,0,0,0 groups=4800
	done
}

@test "init --user: who isn't there is named, with what would do" {
	local where
	need_root
	for where in "${INITS_WITH_USERS[@]}"; do
		with_users "$where"
		init "$where" --user=nosuch -- print started
		expect_complaint 'there is no user nosuch in the agent.s /etc/passwd: expected .*UID:GID'
		refute_match '^started'
		[ "$where" != vm ] || continue
		expect_status 125
		init "$where" --user=4242 -- print started
		expect_status 125
		expect_complaint '--user=4242: .*expected 4242:GID'
		init "$where" --user=worker:nosuch -- print started
		expect_status 125
		expect_complaint 'no group nosuch'
		init "$where" --user=worker --groups=audio,nosuch -- print started
		expect_status 125
		expect_complaint 'no group nosuch'
	done
}

@test "init --user: what setresuid(2) takes for no change, and lines for NIS, make nobody root" {
	local who
	need_root
	make_users
	printf '%s\n' 'none:x:4294967295:4712::/:/bin/sh' 'minus:x:4711:-1::/:/bin/sh' '+nis:x:::::' >>passwd
	echo 'nobodys:x:4294967295:' >>group
	for who in none none:4712 minus worker:nobodys +nis; do
		init here "--user=$who" -- wall
		expect_status 125
		expect_complaint '(is nobody.s: expected 0 to 4294967294|there is no user (minus|.nis))'
		refute_match uid=
	done
}

@test "init --user keeps what --cap-keep names over the change of uid and over exec" {
	local where
	need_root
	for where in "${INITS_WITH_USERS[@]}"; do
		init "$where" --user=99:98 --cap-keep=net_bind_service -- again wall + bind 79
		expect_status 0
		expect_line uid=99,99,99,99 "bind 79=ok"
		expect_rights "CapInh=$NET_BIND_SERVICE" "CapPrm=$NET_BIND_SERVICE" "CapEff=$NET_BIND_SERVICE" \
			"CapBnd=$NET_BIND_SERVICE" "CapAmb=$NET_BIND_SERVICE" "securebits=$NOROOT_AND_ALL_LOCKS"
		[ "$where" != vm ] || continue
		init "$where" --user=99:98 --cap-keep=ALL -- again wall
		expect_rights "securebits=$NOROOT_AND_ALL_LOCKS"
		expect_bits CapEff 0 5 10
	done
}

@test "a user who may not change himself is told so" {
	run --separate-stderr as_user "$CRADLE" init --user=4:4 -- "$PROBE" print started
	[ "$status" -eq 125 ]
	[ "$output" = "" ]
	[[ $stderr == "cradle: cannot set the supplementary groups (only root may, or who has CAP_SETGID): Operation not permitted" ]]
}

# bats test_tags=image
@test "PID 1 keeps its own ids and rights" {
	need_root
	in_world container --user=99:98 --cap-drop=ALL --nice=19 --umask=077 --rlimit=core=5 -- \
		cat /proc/1/status
	expect_status 0
	expect_match $'^Uid:\t0\t0\t0\t0' $'^Umask:\t0022' $'^NoNewPrivs:\t0'
	expect_match $'^CapEff:\t0000[0-9a-f]*[1-9a-f]'
}

# --- traits ------------------------------------------------------------------------------

@test "init: limits, niceness, OOM score and umask are the agent's alone" {
	local where
	for where in $(all_inits); do
		init "$where" --rlimit=nofile=99:100 --rlimit core=0 --nice=19 --oom-score-adj=321 --umask=027 -- \
			wall + limit + oom
		expect_status 0
		expect_line 'nice=19 umask=0027' nofile=99:100
		expect_match '^oom.self=321 oom.init='
		refute_match 'oom.init=321'
	done
}

@test "values out of range, and what isn't a value, are refused" {
	local option
	for option in --nice=20 --nice=-21 --nice=x --nice=- --oom-score-adj=1001 --oom-score-adj=-1001 --umask=8 \
		--umask=1000 --umask= --umask=00000 --user= --user=: --user=a: --user=:b --user=a:b:c "--groups=," \
		--groups=a,,b "--groups=a," --cap-keep= --cap-keep=nosuch "--cap-keep=kill," --cap-drop=kill,nosuch \
		--rlimit=nofile; do
		run --separate-stderr "$CRADLE" init "$option" -- true
		[ "$status" -eq 125 ] || { echo "$option: $status $output"; return 1; }
		[[ $stderr == "cradle: $option: expected "* ]] || { echo "$option: $stderr"; return 1; }
		run --separate-stderr "$CRADLE" run "$option" -- true
		[ "$status" -eq 125 ]
		[[ $stderr == "cradle: $option: expected "* ]]
	done
}

# bats test_tags=image
@test "what takes the host's rights to lower is refused to a user, and root's in a VM" {
	run -125 --separate-stderr as_user "$CRADLE" run --nice=-1 -- "$PROBE" print started
	[[ $output$stderr == "cradle: cannot set the niceness -1 (less than now only as root, or as far as ulimit -e allows): "* ]]
	run -125 --separate-stderr as_user "$CRADLE" init --nice=-1 -- "$PROBE" print started
	[[ $output$stderr == "cradle: cannot set the niceness -1 ("* ]]
	run -125 --separate-stderr as_user "$CRADLE" run --oom-score-adj=-1 -- "$PROBE" print started
	[[ $output$stderr == "cradle: cannot set the OOM score -1 (less than the one found here only as the host's root): "* ]]
	in_world vm --nice=-9 --oom-score-adj=-77 -- wall + oom
	expect_line 'nice=-9 umask=0022' 'oom.self=-77 oom.init=-1000'
}

# bats test_tags=image
@test "the same options as words of a machine's command line" {
	make_users
	with_users vm
	WORLD_CMDLINE='cradle.user=worker cradle.cap-keep=kill,net_raw cradle.no-new-privs cradle.nice=4 cradle.umask=077 cradle.groups=build'
	in_world vm -- again wall
	expect_line uid=4711,4711,4711,4711 groups=4800 'nice=4 umask=0077'
	expect_rights "CapEff=$KILL_AND_NET_RAW" "CapBnd=$KILL_AND_NET_RAW" NoNewPrivs=1 "securebits=$NOROOT_AND_ALL_LOCKS"
}

# --- run ---------------------------------------------------------------------------------

@test "run: no capability, no_new_privs and no ids but one's own by default" {
	local setting
	for setting in "${SETTINGS[@]}"; do
		can_be "$setting" || continue
		sandbox "$setting" -- again wall
		expect_status 0
		expect_rights "CapInh=$NONE" "CapPrm=$NONE" "CapEff=$NONE" "CapBnd=$NONE" "CapAmb=$NONE" \
			NoNewPrivs=1 securebits=0
		expect_line "nice=$(nice) umask=0022"
	done
}

@test "run --cap-keep: in all five sets, securebits locked, by whoever isn't root" {
	local setting bits
	for setting in "${SETTINGS[@]}"; do
		can_be "$setting" || continue
		bits=$NOROOT_AND_ALL_LOCKS
		[ "$setting" != root ] && [ "$setting" != container ] || bits=$ROOTS_LOCKS
		sandbox "$setting" --cap-add=ALL --cap-keep=kill,net_raw -- again wall
		expect_status 0
		expect_rights "CapInh=$KILL_AND_NET_RAW" "CapPrm=$KILL_AND_NET_RAW" "CapEff=$KILL_AND_NET_RAW" \
			"CapBnd=$KILL_AND_NET_RAW" "CapAmb=$KILL_AND_NET_RAW" "securebits=$bits" NoNewPrivs=1
	done
}

@test "run: limits, niceness, OOM score and umask" {
	local setting
	for setting in "${SETTINGS[@]}"; do
		can_be "$setting" || continue
		sandbox "$setting" --rlimit=nofile=99:100 --nice=19 --oom-score-adj=321 --umask=027 -- wall + limit + oom
		expect_status 0
		expect_line 'nice=19 umask=0027' nofile=99:100
		expect_match '^oom.self=321 '
	done
}

@test "run --oom-score-adj isn't the launcher's, and comes again with each life" {
	run -0 --separate-stderr as_user sh -c '"$1" run --oom-score-adj=200 -- "$2" oom
		cat /proc/self/oom_score_adj' - "$CRADLE" "$PROBE"
	[[ $output == "oom.self=200 "* ]]
	start_sandbox user --oom-score-adj=200 -- print ready + hang
	await_line ready
	local launcher=$world_pid
	while [ "$(cat /proc/"$launcher"/comm)" != cradle ]; do launcher=$(child_of "$launcher"); done
	[ "$(cat /proc/"$launcher"/oom_score_adj)" != 200 ]
	[ "$(cat /proc/"$(child_of "$launcher")"/oom_score_adj)" = 200 ]
}

@test "run --user by root: really that user, whom root's files keep out" {
	need_root
	echo secret >"$SANDBOX_DIR/root-only"
	chown root:root "$SANDBOX_DIR/root-only"
	chmod 600 "$SANDBOX_DIR/root-only"
	local uid gid
	uid=$(id -u nobody) gid=$(id -g nobody)
	sandbox root --user=nobody -- wall + env HOME + "try" read "$SANDBOX_DIR/root-only" + cat /proc/self/uid_map
	expect_status 0
	expect_line "uid=$uid,$uid,$uid,$uid" "gid=$gid,$gid,$gid,$gid" groups= \
		"read $SANDBOX_DIR/root-only=EACCES" HOME="$(getent passwd nobody | cut -d: -f6)"
	expect_match "^ +0 +0 +1$" "^ +$uid +$uid +1$"
	expect_rights "CapEff=$NONE" "CapBnd=$NONE" NoNewPrivs=1
	# The same where there is no user namespace.
	sandbox root --share-user --user=nobody --groups=daemon -- wall + "try" read "$SANDBOX_DIR/root-only"
	expect_match "^uid=$uid,$uid,$uid,$uid" "^groups=$(id -g daemon)$" "^read .*=EACCES"
	expect_rights "CapEff=$NONE" "CapBnd=$NONE"
}

@test "run --user by a user: the numbers alone, as only his own id is mapped" {
	local uid gid
	uid=$(id -u nobody) gid=$(id -g nobody)
	sandbox user --user=nobody -- wall
	expect_status 0
	expect_line "uid=$uid,$uid,$uid,$uid" "gid=$gid,$gid,$gid,$gid"
	sandbox user --user=nobody --groups=daemon -- print started
	expect_status 125
	expect_complaint '--groups: only the caller.s own ids .*--map-auto'
	sandbox user --user=nobody --uid=5 -- print started
	expect_status 125
	expect_complaint '--uid and --gid: expected no --user'
}

@test "run --user: the sandbox's own files decide, and what they say otherwise is told" {
	local setting
	make_users
	for setting in user root; do
		can_be "$setting" || continue
		# A directory as root has files of its own.
		rm -rf tree
		mkdir -p tree/etc
		cp passwd group tree/etc/
		cp "$PROBE" tree/probe
		chmod -R a+rX tree
		words=("$CRADLE" run --root="$PWD/tree" --user=worker -- /probe wall)
		if [ "$setting" = user ]; then
			run -0 as_user "${words[@]}"
		else
			run -0 "${words[@]}"
		fi
		grep -qx uid=4711,4711,4711,4711 <<<"$output"
		# What is bound over the host's isn't what the ids were mapped by.
		sandbox "$setting" --ro-bind "$PWD/passwd" /etc/passwd --user=daemon -- print started
		expect_status 125
		expect_complaint 'no user daemon'
		sed "s/^worker:/daemon:/" passwd >other
		chmod 644 other
		sandbox "$setting" --ro-bind "$PWD/other" /etc/passwd --user=daemon -- print started
		expect_status 125
		expect_complaint 'say otherwise.*expected numbers'
		sandbox "$setting" --ro-bind "$PWD/other" /etc/passwd --user=99:98 -- wall
		expect_status 0
		expect_line uid=99,99,99,99
	done
}

@test "an agent that is started again is confined again" {
	run -0 "$CRADLE" init --on-failure=restart --no-new-privs --cap-drop=ALL --umask=077 --nice=5 -- \
		"$PROBE" attempt count 2 + wall
	grep -qx attempt=3 <<<"$output"
	grep -q "CapEff=$NONE .*NoNewPrivs=1" <<<"$output"
	grep -qx 'nice=5 umask=0077' <<<"$output"
}

@test "the plan says what is kept, and parses back" {
	run -0 "$CRADLE" run --cap-keep=kill,net_raw --user=nobody --nice=3 --umask=077 --oom-score-adj=5 --dry-run -- true
	grep -qx 'cap-drop ALL' <<<"$output"
	grep -qx 'cap-add CAP_KILL' <<<"$output"
	grep -qx 'cap-add CAP_NET_RAW' <<<"$output"
	grep -qx 'user nobody' <<<"$output"
	echo "$output" >plan
	run -0 "$CRADLE" run --config plan --dry-run -- true
	diff -u plan - <<<"$output"
}
