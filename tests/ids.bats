# Ids, joined namespaces and clocks of a sandbox.
# shellcheck disable=SC2154,SC2016 # variables of setup_suite.bash and background.bash; for the shell inside

load worlds
load background

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" 2>/dev/null || true
}

# subids SUBUID SUBGID COMMAND...: as nobody, where these are /etc/subuid and /etc/subgid.
subids() {
	printf '%b' "$1" >subuid
	printf '%b' "$2" >subgid
	shift 2
	# shellcheck disable=SC2016 # for the shell inside
	unshare --mount sh -c 'mount --bind subuid /etc/subuid && mount --bind subgid /etc/subgid && "$@"' - \
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# What the maps are, blanks squeezed.
maps() {
	tr -s ' ' <<<"$1" | sed 's/^ //;s/ $//'
}

@test "--map-auto maps the caller to himself and all subordinate ids around him" {
	run -0 --separate-stderr subids 'nobody:200000:65536\n' 'nobody:300000:1000\n' \
		"$CRADLE" run --map-auto -- cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups
	[ "$(maps "$output")" = "$(printf '%s\n' '65534 65534 1' '0 200000 65534' '65535 265534 2' \
		'65534 65534 1' '0 300000 1000' allow)" ]
	[ "$stderr" = "" ]
}

@test "subordinate ids are found by name and by number, in several ranges, and the groups' by the user" {
	run -0 subids 'other:1:1\nnobody:200000:10\n65534:210000:10\nnobody:200005:10\n' 'nobody:300000:5\nnogroup:7:7\n' \
		"$CRADLE" run --map-auto --uid 0 --gid 0 -- cat /proc/self/uid_map /proc/self/gid_map
	[ "$(maps "$output")" = "$(printf '%s\n' '0 65534 1' '1 200000 10' '11 210000 10' '21 200010 5' \
		'0 65534 1' '1 300000 5')" ]
}

@test "with mapped ids chown works inside, and the agent is who --uid says" {
	run -0 subids 'nobody:200000:1000\n' 'nobody:300000:1000\n' \
		"$CRADLE" run --map-auto --uid 0 --gid 0 --cap-add CAP_CHOWN -- \
		sh -c 'touch /tmp/x && chown 5:6 /tmp/x && stat -c %u:%g /tmp/x'
	[ "$output" = 5:6 ]
	run -0 subids 'nobody:200000:1000\n' 'nobody:300000:1000\n' \
		"$CRADLE" run --map-uid 0:65534:1 --map-uid 1:200000:999 --uid 33 -- \
		sh -c 'id -u; grep -cE "^Cap(Prm|Eff|Bnd|Inh|Amb):.0{16}$" /proc/self/status'
	[ "$output" = $'33\n5' ]
}

@test "without subordinate ids it is said how to get some" {
	run -125 --separate-stderr subids 'other:100000:65536\n' 'nobody:1:1\n' "$CRADLE" run --map-auto -- true
	[ "$output" = "" ]
	[ "$stderr" = "cradle: --map-auto: /etc/subuid gives nobody no ids (as root: usermod --add-subuids 165536-231071 nobody)" ]
	run -125 --separate-stderr subids 'nobody:1:1\n' '' "$CRADLE" run --map-auto -- true
	[[ "$stderr" == "cradle: --map-auto: /etc/subgid gives nobody no ids (as root: usermod --add-subgids 100000-165535 nobody)" ]]
}

@test "ids of somebody else are refused, and it is said why" {
	run -125 --separate-stderr subids 'nobody:200000:10\n' 'nobody:200000:10\n' \
		"$CRADLE" run --map-uid 0:500000:10 -- "$PROBE" print started
	[ "$output" = "" ]
	[[ "$stderr" == *"cradle: cannot map uids: newuidmap refused it"* ]]
}

@test "without newuidmap, or where it has no rights, nothing is started" {
	run -125 --separate-stderr subids 'nobody:200000:10\n' 'nobody:200000:10\n' \
		env PATH=/nowhere "$CRADLE" run --map-auto -- "$PROBE" print started
	[ "$stderr" = "cradle: cannot map uids: there is no newuidmap (Debian has it in the package uidmap)" ]
	run -125 --separate-stderr subids 'nobody:200000:10\n' 'nobody:200000:10\n' \
		setpriv --no-new-privs "$CRADLE" run --map-auto -- "$PROBE" print started
	[[ "$stderr" == "cradle: cannot map uids: no_new_privs is set, so that newuidmap has no rights"* ]]
}

@test "maps that contradict each other are refused before anything is touched" {
	run -125 --separate-stderr "$CRADLE" run --map-uid 0:1000:10 --map-uid 9:2000:1 -- true
	[[ "$stderr" == "cradle: --map-uid: 0:1000:10 and 9:2000:1 have an id in common inside"* ]]
	run -125 --separate-stderr "$CRADLE" run --map-gid 0:1000:10 --map-gid 10:1009:1 -- true
	[[ "$stderr" == "cradle: --map-gid: 0:1000:10 and 10:1009:1 have an id in common outside"* ]]
	run -125 --separate-stderr as_nobody "$CRADLE" run --map-uid 0:100000:65536 -- true
	[[ "$stderr" == "cradle: --map-uid: uid 65534 inside is you yourself"* ]]
	run -125 --separate-stderr "$CRADLE" run --map-uid 0:0:1 --uid 5 -- true
	[[ "$stderr" == "cradle: --uid: 5 isn't there inside"* ]]
	run -125 --separate-stderr "$CRADLE" run --map-uid 0:4294967290:10 -- true
	[[ "$stderr" == *"expected a COUNT that ends below 4294967295"* ]]
	run -125 --separate-stderr "$CRADLE" run --share-user --map-uid 0:0:1 -- true
	[[ "$stderr" == *"--map-uid, --map-gid and --map-auto: expected --unshare-user with it" ]]
}

@test "root maps what it likes, keeps its groups, and large ids stay positive" {
	run -0 --separate-stderr "$CRADLE" run --map-uid 7:3000000000:9 --map-gid 8:4000000000:1 -- \
		cat /proc/self/uid_map /proc/self/gid_map
	grep -qx '7 3000000000 9' <<<"$(maps "$output")"
	grep -qx '8 4000000000 1' <<<"$(maps "$output")"
	[ "$stderr" = "" ]
	run -0 setpriv --groups 0,4,27 "$CRADLE" run -- sh -c 'id -G; cat /proc/self/setgroups'
	[ "$output" = $'0 4 27\ndeny' ]
}

@test "with one id alone groups can't be dropped" {
	run -0 as_nobody "$CRADLE" run -- cat /proc/self/uid_map /proc/self/setgroups
	[ "$(maps "$output")" = $'65534 65534 1\ndeny' ]
}

@test "all namespaces of a sandbox are joined by its owner, without rights" {
	sandbox --hostname inner --unshare-time
	local ns options=()
	for ns in user mnt pid net ipc uts cgroup time; do
		options+=(--join "$ns=$agent")
	done
	run -0 --separate-stderr as_nobody "$CRADLE" run "${options[@]}" -- \
		sh -c 'for ns in user mnt pid net ipc uts cgroup time; do readlink /proc/self/ns/$ns; done
			hostname; grep -cE "^Cap(Prm|Eff|Bnd|Inh|Amb):.0{16}$|^NoNewPrivs:.1" /proc/self/status; ls /proc/self/fd'
	local want
	want=$(for ns in user mnt pid net ipc uts cgroup time; do readlink "/proc/$agent/ns/$ns"; done)
	[ "$output" = "$want"$'\ninner\n6\n0\n1\n2\n3' ]
	[ "$stderr" = "" ]
	end_sandbox
}

@test "some are joined by path, the others are new" {
	sandbox
	run -0 as_nobody "$CRADLE" run --join "user=$agent" --join "net=/proc/$agent/ns/net" -- \
		readlink /proc/self/ns/net /proc/self/ns/user /proc/self/ns/ipc
	[ "${lines[0]}" = "$(readlink "/proc/$agent/ns/net")" ]
	[ "${lines[1]}" = "$(readlink "/proc/$agent/ns/user")" ]
	[ "${lines[2]}" != "$(readlink "/proc/$agent/ns/ipc")" ]
	[ "${lines[2]}" != "$(readlink /proc/self/ns/ipc)" ]
	end_sandbox
}

@test "bwrap's --userns and --pidns take descriptors" {
	sandbox
	run -0 as_nobody "$CRADLE" bwrap --userns 10 --pidns 11 --ro-bind / / --proc /proc -- \
		sh -c 'readlink /proc/self/ns/user /proc/self/ns/pid; cat /proc/1/comm' \
		10<"/proc/$agent/ns/user" 11<"/proc/$agent/ns/pid"
	[ "$output" = "$(readlink "/proc/$agent/ns/user")"$'\n'"$(readlink "/proc/$agent/ns/pid")"$'\ncradle' ]
	end_sandbox
}

@test "bwrap's --unshare-pid makes a PID namespace below the one of --pidns" {
	sandbox
	run -7 as_nobody "$CRADLE" bwrap --userns 10 --pidns 11 --unshare-pid --ro-bind / / --proc /proc -- \
		sh -c 'readlink /proc/self/ns/pid; echo $PPID; exit 7' 10<"/proc/$agent/ns/user" 11<"/proc/$agent/ns/pid"
	[ "${lines[0]}" != "$(readlink "/proc/$agent/ns/pid")" ]
	[ "${lines[0]}" != "$(readlink /proc/self/ns/pid)" ]
	[ "${lines[1]}" = 1 ]
	# Those above see it.
	setpriv --reuid=65534 --regid=65534 --clear-groups "$CRADLE" bwrap --userns 10 --pidns 11 --unshare-pid \
		--ro-bind / / --proc /proc -- "$PROBE" print lower + hang >under 3>&- \
		10<"/proc/$agent/ns/user" 11<"/proc/$agent/ns/pid" &
	local other=$!
	await "grep -q lower under"
	run -0 as_nobody "$CRADLE" enter "$agent" sh -c 'cat /proc/[0-9]*/cmdline | tr "\0" " "'
	[[ "$output" == *"print lower"* ]]
	end_sandbox
	wait $other || true
}

@test "a second user namespace is entered after the set-up" {
	sandbox
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		nsenter -U --preserve-credentials -t "$agent" unshare -U sleep 60 3>&- &
	local second=$!
	await '[ "$(cat /proc/$second/comm)" = sleep ]'
	run -0 as_nobody "$CRADLE" bwrap --userns 10 --userns2 11 --unshare-pid --ro-bind / / --proc /proc -- \
		readlink /proc/self/ns/user 10<"/proc/$agent/ns/user" 11<"/proc/$second/ns/user"
	[ "$output" = "$(readlink "/proc/$second/ns/user")" ]
	kill "$second"
	end_sandbox
}

@test "what can't be joined is named with the reason" {
	sandbox
	run -125 --separate-stderr as_nobody "$CRADLE" run --join "net=$agent" -- true
	[[ "$stderr" == "cradle: cannot join the net namespace (it belongs to another user namespace"* ]]
	run -125 --separate-stderr "$CRADLE" run --join "net=/proc/$agent/ns/uts" -- true
	[[ "$stderr" == "cradle: cannot join /proc/$agent/ns/uts: it is no net namespace"* ]]
	run -125 --separate-stderr "$CRADLE" run --join net=/etc/passwd -- true
	[[ "$stderr" == "cradle: cannot join /etc/passwd: it is no net namespace"* ]]
	run -125 --separate-stderr "$CRADLE" run --join net=/no/such -- true
	[[ "$stderr" == "cradle: cannot open the namespace /no/such: No such file or directory" ]]
	run -125 --separate-stderr "$CRADLE" run --join "mnt=$agent" -- true
	[[ "$stderr" == "cradle: --join=mnt: expected --join=user"* ]]
	run -125 --separate-stderr "$CRADLE" run --share-user --join "mnt=$agent" --tmpfs /mnt -- true
	[[ "$stderr" == "cradle: --join=mnt: expected no option that mounts"* ]]
	end_sandbox
}

@test "--assert-userns-disabled fails unless they are" {
	run -125 --separate-stderr as_nobody "$CRADLE" run --assert-userns-disabled -- "$PROBE" print started
	[ "$output" = "" ]
	[[ "$stderr" == *"cradle: --assert-userns-disabled: user namespaces can be made inside (--disable-userns prevents it)"* ]]
	run -0 as_nobody "$CRADLE" run --disable-userns --assert-userns-disabled -- "$PROBE" print started
	[ "$output" = started ]
}

@test "clocks are set off inside, and nowhere else" {
	local before after
	before=$(cut -d. -f1 /proc/uptime)
	run -0 as_nobody "$CRADLE" run --boottime 1h --monotonic -500ms -- cat /proc/uptime /proc/self/timens_offsets
	after=$(cut -d. -f1 /proc/uptime)
	((${lines[0]%%.*} >= before + 3600 && ${lines[0]%%.*} <= after + 3600))
	[ "$(maps "${lines[1]}")" = "monotonic -1 500000000" ]
	[ "$(maps "${lines[2]}")" = "boottime 3600 0" ]
	run -0 as_nobody "$CRADLE" run --unshare-time -- readlink /proc/self/ns/time
	[ "$output" != "$(readlink /proc/self/ns/time)" ]
	run -0 as_nobody "$CRADLE" run --unshare-time --as-pid-1 -- readlink /proc/self/ns/time
	[ "$output" != "$(readlink /proc/self/ns/time)" ]
	run -0 as_nobody "$CRADLE" run -- readlink /proc/self/ns/time
	[ "$output" = "$(readlink /proc/self/ns/time)" ]
}

@test "clocks that can't be set are refused" {
	run -125 --separate-stderr as_nobody "$CRADLE" run --boottime -500h -- true
	[[ "$stderr" == "cradle: cannot set the clocks (none may get below zero)"* ]]
	run -125 --separate-stderr as_nobody "$CRADLE" run --as-pid-1 --boottime 1h -- true
	[[ "$stderr" == "cradle: --monotonic and --boottime: expected an init"* ]]
}

@test "an idmapped bind shows files as owned by other ids, and makes them so" {
	mkdir mapped
	touch mapped/theirs mapped/roots
	chown 5001:5001 mapped mapped/theirs
	run -0 --separate-stderr "$CRADLE" run --bind-mapped 0:5001:1 "$PWD/mapped" /mnt -- \
		sh -c 'touch /mnt/new && stat -c "%n %u %g" /mnt /mnt/theirs /mnt/roots'
	[ "$output" = $'/mnt 0 0\n/mnt/theirs 0 0\n/mnt/roots 65534 65534' ]
	[ "$stderr" = "" ]
	[ "$(stat -c %u:%g mapped/new mapped/theirs mapped/roots)" = $'5001:5001\n5001:5001\n0:0' ]
	# Over the edges of what is mapped.
	run -0 "$CRADLE" run --map-uid 10:100000:5 --map-uid 15:200000:5 --map-gid 10:300000:10 \
		--bind-mapped 14:5000:2 "$PWD/mapped" /mnt -- stat -c "%u %g" /mnt
	[ "$output" = "15 15" ]
	run -0 "$CRADLE" run --share-user --bind-mapped 7:5001:1 "$PWD/mapped" /mnt -- stat -c "%u %g" /mnt
	[ "$output" = "7 7" ]
}

@test "an idmapped bind that can't be is refused with the reason" {
	mkdir mapped
	run -125 --separate-stderr "$CRADLE" run --bind-mapped 8:5001:1 "$PWD/mapped" /mnt -- true
	[[ "$stderr" == "cradle: --bind-mapped=8:5001:1: uid 8 isn't there inside"* ]]
	run -125 --separate-stderr as_nobody "$CRADLE" run --bind-mapped 65534:65534:1 /usr /mnt -- true
	[[ "$stderr" == "cradle: cannot bind /usr with other ids (the kernel lets only root do that"* ]]
	run -125 --separate-stderr "$CRADLE" run --bind-mapped 0:5001:1 /proc /mnt -- true
	[[ "$stderr" == "cradle: cannot bind /proc with other ids (its file system can't"* ]]
	[ "$output" = "" ]
}
