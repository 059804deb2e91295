# Landlock in any world, what an older kernel can't deny, and the sandbox that has nothing else.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2054,SC2154 # the shell inside; variables of worlds.bash and sandbox.bash

load worlds
load sandbox

setup() {
	setup_here
}

# The kernel that the tests run on; the VM's is always Debian's 6.1, with version 2.
need_version() {
	local version
	version=$("$CRADLE" doctor | sed -nE 's/^(ok  |warn) Landlock: version ([0-9]+).*/\2/p')
	[ "${version:-0}" -ge "$1" ] || skip "the kernel's Landlock has version ${version:-0}, not $1"
}

# A tree in which everybody may do anything, by its modes.
make_tree() {
	local dir
	rm -rf "${1:?}"/*
	for dir in ro rw exec other; do
		mkdir -p "$1/$dir/below"
		echo text >"$1/$dir/file"
		cp "$PROBE" "$1/$dir/program"
	done
	chmod -R a+rwX "$1"
}

# rules DIR: options that name the tree's, and let the probe itself be executed
rules() {
	words=(--landlock-exec="${2:-$PROBE}" --landlock-ro="$1/ro" --landlock-rw="$1/rw" --landlock-exec="$1/exec")
}

# attempts DIR: verbs that try each right on each directory
attempts() {
	local dir
	verbs=()
	for dir in ro rw exec other; do
		verbs+=(+ "try" list "$1/$dir" + "try" read "$1/$dir/file" + "try" write "$1/$dir/file" +
			truncate "$1/$dir/file" + execute "$1/$dir/program" + "try" create "$1/$dir/made" +
			"try" mkdir "$1/$dir/new" + symlink-fact x "$1/$dir/link" + "try" unlink "$1/$dir/file")
	done
	verbs=("${verbs[@]:1}")
}

# expect_attempts DIR: what each of them is answered
expect_attempts() {
	local dir read write execute
	while read -r dir read write execute; do
		expect_line "list $1/$dir=$read" "read $1/$dir/file=$read" "write $1/$dir/file=$write" \
			"truncate $1/$dir/file=$write" "execute $1/$dir/program=$execute" \
			"create $1/$dir/made=$write" "mkdir $1/$dir/new=$write" "symlink $1/$dir/link=$write" \
			"unlink $1/$dir/file=$write" || return
	done <<-'END'
	ro    ok     EACCES EACCES
	rw    ok     ok     EACCES
	exec  ok     EACCES ok
	other EACCES EACCES EACCES
	END
}

# --- files -------------------------------------------------------------------------------

@test "files in every setting of run: each right is there, or answered with EACCES" {
	local setting probe
	need_version 5
	for setting in "${SETTINGS[@]}"; do
		can_be "$setting" || continue
		make_tree "$SANDBOX_DIR"
		probe=$PROBE
		[ "$setting" != container ] || probe=/probe
		rules "$SANDBOX_DIR" "$probe"
		attempts "$SANDBOX_DIR"
		sandbox "$setting" --bind "$SANDBOX_DIR" "$SANDBOX_DIR" "${words[@]}" -- "${verbs[@]}"
		expect_status 0
		[ -z "$stderr" ] || fail "expected no word"
		expect_attempts "$SANDBOX_DIR"
	done
}

@test "files in an entrypoint: the same rules, and no_new_privs with them" {
	local where
	need_version 5
	for where in unshare-user container; do
		[ "$where" != container ] || can_be container || continue
		make_tree "$SANDBOX_DIR"
		WORLD_PODMAN=(--volume "$SANDBOX_DIR:$SANDBOX_DIR")
		rules "$SANDBOX_DIR" "$(agent_path "$where")"
		attempts "$SANDBOX_DIR"
		in_world "$where" "${words[@]}" --landlock-ro=/proc -- "${verbs[@]}" + wall
		expect_status 0
		expect_attempts "$SANDBOX_DIR"
		expect_match 'NoNewPrivs=1'
	done
}

@test "files: who is no root any more obeys, and so does what he starts" {
	[ "$(id -u)" = 0 ] || skip "only root can be somebody else"
	need_version 5
	make_tree "$SANDBOX_DIR"
	rules "$SANDBOX_DIR"
	attempts "$SANDBOX_DIR"
	run -0 "$CRADLE" init --user=99:98 --cap-drop=ALL "${words[@]}" -- "$PROBE" again "${verbs[@]}"
	expect_attempts "$SANDBOX_DIR"
}

@test "a file can be named alone, and what paths allow adds up" {
	need_version 5
	make_tree "$SANDBOX_DIR"
	sandbox user --bind "$SANDBOX_DIR" "$SANDBOX_DIR" --landlock-exec="$PROBE" --landlock-rw="$SANDBOX_DIR/other/file" \
		--landlock-ro="$SANDBOX_DIR/rw" --landlock-rw="$SANDBOX_DIR/rw/below" --landlock-exec="$SANDBOX_DIR/rw/below" -- \
		"try" write "$SANDBOX_DIR/other/file" + "try" read "$SANDBOX_DIR/other/program" + "try" list "$SANDBOX_DIR/other" + \
		"try" create "$SANDBOX_DIR/rw/made" "$SANDBOX_DIR/rw/below/made" + "try" read "$SANDBOX_DIR/rw/file"
	expect_line "write $SANDBOX_DIR/other/file=ok" "read $SANDBOX_DIR/other/program=EACCES" "list $SANDBOX_DIR/other=EACCES" \
		"create $SANDBOX_DIR/rw/made=EACCES" "create $SANDBOX_DIR/rw/below/made=ok" "read $SANDBOX_DIR/rw/file=ok"
}

@test "moving between directories: where both may be written, and nowhere else" {
	need_version 5
	make_tree "$SANDBOX_DIR"
	rules "$SANDBOX_DIR"
	sandbox user --bind "$SANDBOX_DIR" "$SANDBOX_DIR" "${words[@]}" -- \
		rename "$SANDBOX_DIR/rw/file" "$SANDBOX_DIR/rw/below/moved"
	expect_line rename=ok
	sandbox user --bind "$SANDBOX_DIR" "$SANDBOX_DIR" "${words[@]}" -- \
		rename "$SANDBOX_DIR/rw/program" "$SANDBOX_DIR/other/moved"
	expect_match '^rename=E(XDEV|ACCES)$'
}

@test "devices: what may only be read can't be asked for more" {
	need_version 5
	sandbox user --landlock-exec="$PROBE" --landlock-ro=/dev/zero --landlock-rw=/dev/null -- ask-device /dev/zero /dev/null
	expect_line 'ask-device /dev/zero=EACCES' 'ask-device /dev/null=ENOTTY'
}

@test "paths are those of the sandbox's root, relative ones of the agent's directory" {
	need_version 5
	make_tree "$SANDBOX_DIR"
	sandbox user --ro-bind "$SANDBOX_DIR" /tmp/inside --chdir /tmp/inside --landlock-exec="$PROBE" --landlock-ro=ro \
		--landlock-ro=/tmp/inside/exec -- "try" read /tmp/inside/ro/file /tmp/inside/exec/file /tmp/inside/other/file \
		"$SANDBOX_DIR/ro/file"
	expect_line 'read /tmp/inside/ro/file=ok' 'read /tmp/inside/exec/file=ok' 'read /tmp/inside/other/file=EACCES'
	sandbox user --ro-bind "$SANDBOX_DIR" /tmp/inside --landlock-ro=/tmp/nosuch -- print started
	expect_status 125
	expect_complaint 'cannot let the agent use /tmp/nosuch by Landlock: No such file or directory'
}

@test "a link in the root that leads into PID 1's descriptors names nothing" {
	need_version 5
	ln -s /proc/self/fd/0 "$SANDBOX_DIR/evil"
	sandbox user --ro-bind "$SANDBOX_DIR" /tmp/inside --landlock-ro=/tmp/inside/evil -- print started
	expect_status 125
	expect_complaint 'cannot let the agent use /tmp/inside/evil'
}

@test "PID 1 isn't held by its agent's rules, nor is an agent that is started again left without" {
	need_version 5
	make_tree "$SANDBOX_DIR"
	run -0 "$CRADLE" init --on-failure=restart --report="file:$SANDBOX_DIR/other/report" --landlock-exec="$PROBE" \
		--landlock-rw="$SANDBOX_DIR/rw" -- "$PROBE" "try" read "$SANDBOX_DIR/other/file" + attempt "$SANDBOX_DIR/rw/count" 2
	[ "$(grep -c "^read $SANDBOX_DIR/other/file=EACCES" <<<"$output")" = 3 ]
	[ "$(jq .restarts "$SANDBOX_DIR/other/report")" = 2 ]
}

@test "an agent that may not be executed: 126, and which option would allow it" {
	need_version 5
	sandbox user --landlock-ro=/ -- print started
	expect_status 126
	expect_complaint 'cannot execute .*Landlock.*--landlock-exec.*Permission denied'
}

# --- network, scopes ---------------------------------------------------------------------

@test "TCP: the ports that are named, and no other; each way by itself" {
	local setting
	need_version 4
	for setting in "${SETTINGS[@]}"; do
		can_be "$setting" || continue
		sandbox "$setting" --landlock-tcp-connect=4001 --landlock-tcp-connect 4002 -- connect 4001 4002 4003 + bind 4003
		expect_line 'connect 4001=ECONNREFUSED' 'connect 4002=ECONNREFUSED' 'connect 4003=EACCES' 'bind 4003=ok'
		sandbox "$setting" --landlock-tcp-bind=4001 -- connect 4003 + bind 4001 4003 0
		expect_line 'connect 4003=ECONNREFUSED' 'bind 4001=ok' 'bind 4003=EACCES' 'bind 0=EACCES'
		sandbox "$setting" --landlock-tcp-bind=none --landlock-tcp-connect=none -- connect 4001 + bind 4001
		expect_line 'connect 4001=EACCES' 'bind 4001=EACCES'
		# Nothing is said of files.
		expect_status 0
	done
}

@test "TCP: no way past Landlock, in whatever policy: MPTCP, SMC, a connection opened by a message, io_uring" {
	need_version 4
	local how policy
	cat >around.py <<-'END'
		import ctypes, errno, socket
		def attempt(name, act):
		    try: print(name, act() or "done")
		    except OSError as e: print(name, errno.errorcode[e.errno])
		def stream(protocol): return socket.socket(socket.AF_INET, socket.SOCK_STREAM, protocol)
		there = ("127.0.0.1", 4001)
		libc = ctypes.CDLL(None, use_errno=True)
		def ring():
		    if libc.syscall(425, 8, ctypes.create_string_buffer(120)) < 0: raise OSError(ctypes.get_errno(), "")
		attempt("connect", lambda: stream(0).connect(there))
		attempt("bind", lambda: stream(0).bind(there))
		attempt("mptcp", lambda: stream(262).connect(there))
		attempt("inet-smc", lambda: stream(256).connect(there))
		attempt("smc", lambda: socket.socket(43, socket.SOCK_STREAM, 0).connect(there))
		attempt("sendto", lambda: stream(0).sendto(b"x", socket.MSG_FASTOPEN, there))
		attempt("sendmsg", lambda: stream(0).sendmsg([b"x"], [], socket.MSG_FASTOPEN, there))
		attempt("ulp", lambda: stream(0).setsockopt(socket.IPPROTO_TCP, 31, b""))
		attempt("nodelay", lambda: stream(0).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1))
		attempt("udp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", there) and None)
		attempt("uring", ring)
	END
	for policy in default none; do
		for how in "run --net=host" "run --backend=landlock" init; do
			# shellcheck disable=SC2086 # words
			run -0 --separate-stderr as_user "$CRADLE" $how --seccomp=$policy --landlock-tcp-connect=none \
				--landlock-tcp-bind=none -- /usr/bin/python3 -c "$(cat around.py)"
			expect_line "connect EACCES" "bind EACCES" "mptcp EPROTONOSUPPORT" "inet-smc EPROTONOSUPPORT" "smc EAFNOSUPPORT" \
				"sendto ENOTSUP" "sendmsg ENOTSUP" "udp done" "ulp ENOENT" "nodelay done"
			expect_match "^uring (ENOSYS|EPERM)$"
		done
	done
	run -0 --separate-stderr as_user "$CRADLE" run --net=host --seccomp=none -- /usr/bin/python3 -c "$(cat around.py)"
	expect_line "ulp EINVAL" "connect ECONNREFUSED" "mptcp ECONNREFUSED" "sendto ECONNREFUSED"
}

@test "scopes: abstract sockets and signals of those outside, each by itself" {
	need_version 6
	local name=cradle-test-$BASHPID-$BATS_TEST_NUMBER listener
	"$PROBE" abstract-listen "$name" + print ready + hang >ready 2>&1 3>&- &
	listener=$!
	until grep -q hanging ready; do kill -0 $listener; done
	run -0 "$CRADLE" init --landlock-scope=abstract -- "$PROBE" abstract "$name" + signal $listener self parent
	expect_line abstract=EPERM "signal $listener=ok" 'signal self=ok' 'signal parent=ok'
	run -0 "$CRADLE" init --landlock-scope=signal -- "$PROBE" abstract "$name" + signal $listener self parent
	expect_line abstract=ok "signal $listener=EPERM" 'signal self=ok' 'signal parent=EPERM'
	run -0 "$CRADLE" init --landlock-scope=signal,abstract -- "$PROBE" abstract "$name" + signal $listener
	expect_line abstract=EPERM "signal $listener=EPERM"
	kill $listener
}

@test "values that are none are refused" {
	local option
	for option in --landlock-ro= --landlock-tcp-bind=65536 --landlock-tcp-bind=-1 --landlock-tcp-connect=http \
		--landlock-tcp-connect= --landlock-scope= --landlock-scope=signals "--landlock-scope=signal," \
		--best-effort=nosuch; do
		run --separate-stderr "$CRADLE" init "$option" -- true
		[ "$status" -eq 125 ] || { echo "$option: $status $output"; return 1; }
		[[ $stderr == "cradle: $option: expected "* ]] || { echo "$option: $stderr"; return 1; }
		run --separate-stderr "$CRADLE" run "$option" -- true
		[ "$status" -eq 125 ] || { echo "$option: $status $output"; return 1; }
		[[ $stderr == "cradle: $option: expected "* ]] || { echo "$option: $stderr"; return 1; }
	done
}

# --- what the kernel can't ---------------------------------------------------------------

# bats test_tags=image
@test "an older kernel: what it can't deny is an error, by name" {
	in_world vm --landlock-exec=/agent -- print started
	expect_match 'cradle: cannot keep the agent from truncate\(2\) \(Linux 6.2\), ioctl\(2\) on devices \(Linux 6.10\): this kernel.s Landlock has version 2 \(--best-effort landlock'
	refute_match '^started'
	WORLD_CMDLINE='cradle.landlock-tcp-connect=80 cradle.landlock-scope=signal,abstract'
	in_world vm -- print started
	expect_match 'from TCP ports \(Linux 6.7\), abstract sockets \(Linux 6.12\), signals \(Linux 6.12\): '
	refute_match '^started'
}

# bats test_tags=image
@test "an older kernel, best effort: the rest holds, and what doesn't is told" {
	WORLD_CMDLINE='cradle.best-effort=landlock cradle.landlock-rw=/tmp cradle.landlock-ro=/text cradle.landlock-tcp-connect=80'
	in_world vm --landlock-exec=/agent -- "try" read /text /plain /proc/version + "try" write /text + truncate /text + \
		"try" create /tmp/made /run/made + execute /agent + connect 81
	expect_status 0
	expect_match "cradle: the agent isn't kept from truncate\(2\) .*TCP ports .*version 2"
	expect_line 'read /text=ok' 'read /proc/version=EACCES' 'write /text=EACCES' 'truncate /text=ok' \
		'create /tmp/made=ok' 'create /run/made=EACCES' 'execute /agent=ok' 'connect 81=ECONNREFUSED'
}

# In the VM, cradle run as the agent; the event goes to the console.
# bats test_tags=image
@test "an older kernel, best effort in a sandbox: told in the exit event, too" {
	in_world vm -- exec /cradle run --json-status-fd=1 --best-effort=landlock --landlock-exec=/ -- /agent "try" create /tmp/made
	expect_status 0
	expect_line 'create /tmp/made=EACCES'
	expect_match "cradle: the agent isn't kept from " '"event": "exit".*"not-enforced": \["landlock"\]'
	in_world vm -- exec /cradle run --backend=landlock -- /agent print started
	expect_status 125
	refute_match '^started'
	expect_match 'cannot keep the agent from .*signals .*version 2 \(--best-effort landlock'
	in_world vm -- exec /cradle run --backend=landlock --best-effort=landlock -- /agent "try" create /tmp/made + print started
	expect_status 0
	expect_line 'create /tmp/made=EACCES' started
}

@test "no Landlock at all: an error, or told" {
	SANDBOX_PREFIX="filter landlock"
	sandbox user --landlock-scope=signal -- print started
	expect_status 125
	expect_complaint 'from signals \(Linux 6.12\): there is no Landlock .*--best-effort landlock'
	sandbox user --landlock-ro=/nosuch --best-effort=landlock --json-status-fd=1 -- print started
	expect_status 0
	expect_line started
	expect_match '"not-enforced": \["landlock"\]'
	[[ $stderr == "cradle: the agent isn't kept from files (Linux 5.13), "*"there is no Landlock"* ]]
	# Nothing would be left of this one.
	sandbox user --backend=landlock --best-effort=landlock -- print started
	expect_status 125
	refute_match started
	[[ $stderr == *$'\n'"cradle: --backend=landlock: there is no Landlock "* ]] || fail "expected the reason"
}

@test "rules upon rules, until the kernel takes no more" {
	need_version 6
	local words=() i
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
		words+=("$CRADLE" init --landlock-exec=/ --)
	done
	run -0 "${words[@]}" "$PROBE" print started
	[ "$output" = started ]
	run -125 --separate-stderr "${words[@]}" "$CRADLE" init --landlock-exec=/ -- "$PROBE" print started
	[[ $stderr == "cradle: cannot obey the Landlock ruleset (16 are in force already): "* ]]
}

# --- the sandbox of Landlock alone -------------------------------------------------------

# backend SETTING [OPTION...] -- VERB...
backend() {
	local setting=$1
	shift
	SANDBOX_PREFIX="filter userns"
	sandbox "$setting" --backend=landlock "$@"
	unset SANDBOX_PREFIX
}

@test "backend: works where user namespaces are refused, and says in a line what it doesn't cover" {
	need_version 6
	local setting
	for setting in user root container; do
		can_be "$setting" || continue
		backend "$setting" -- print started
		expect_status 0
		expect_line started
		expect_complaint '--backend=landlock: without namespaces, not covered are sockets that have a path .*UDP.*chmod.*System V IPC'
	done
	SANDBOX_PREFIX="filter userns"
	sandbox user -- print started
	expect_status 125
}

@test "backend: reads and executes what the caller can, writes nothing, reaches nobody" {
	need_version 6
	local setting
	for setting in user root container; do
		can_be "$setting" || continue
		make_tree "$SANDBOX_DIR"
		backend "$setting" -- again wall + "try" read "$SANDBOX_DIR/ro/file" + execute "$SANDBOX_DIR/exec/program" + \
			"try" write "$SANDBOX_DIR/rw/file" /dev/null /dev/zero + truncate "$SANDBOX_DIR/rw/file" + \
			"try" create "$SANDBOX_DIR/rw/made" /tmp/made /dev/shm/made + "try" unlink "$SANDBOX_DIR/rw/file" + \
			connect 4001 + bind 4001 + signal self parent
		expect_status 0
		expect_line "read $SANDBOX_DIR/ro/file=ok" "execute $SANDBOX_DIR/exec/program=ok" \
			"write $SANDBOX_DIR/rw/file=EACCES" 'write /dev/null=ok' 'write /dev/zero=ok' \
			"truncate $SANDBOX_DIR/rw/file=EACCES" "create $SANDBOX_DIR/rw/made=EACCES" \
			'create /tmp/made=EACCES' "unlink $SANDBOX_DIR/rw/file=EACCES" 'connect 4001=EACCES' \
			'bind 4001=EACCES' 'signal self=ok' 'signal parent=EPERM'
		expect_match 'CapPrm=0000000000000000 CapEff=0000000000000000 .*CapAmb=0000000000000000 NoNewPrivs=1'
	done
}

@test "backend: what is named may be written, by a rule or a bind onto itself" {
	need_version 6
	make_tree "$SANDBOX_DIR"
	backend user --landlock-rw="$SANDBOX_DIR/rw" --bind "$SANDBOX_DIR/other" "$SANDBOX_DIR/other" \
		--ro-bind "$SANDBOX_DIR/ro" "$SANDBOX_DIR/ro" --bind-try /nosuch /nosuch \
		--landlock-tcp-connect=4001 -- "try" create "$SANDBOX_DIR/rw/made" "$SANDBOX_DIR/other/made" "$SANDBOX_DIR/ro/made" + \
		connect 4001 4002
	expect_status 0
	expect_line "create $SANDBOX_DIR/rw/made=ok" "create $SANDBOX_DIR/other/made=ok" "create $SANDBOX_DIR/ro/made=EACCES" \
		'connect 4001=ECONNREFUSED' 'connect 4002=EACCES'
	backend user --net=host -- connect 4001 + bind 4001
	expect_line 'connect 4001=ECONNREFUSED' 'bind 4001=ok'
	expect_complaint 'not covered are TCP, sockets'
}

@test "backend: who names what may be read means that alone" {
	need_version 6
	make_tree "$SANDBOX_DIR"
	backend user --landlock-exec="$PROBE" --landlock-ro="$SANDBOX_DIR/ro" -- "try" read "$SANDBOX_DIR/ro/file" \
		"$SANDBOX_DIR/other/file" /etc/passwd + "try" write /dev/null
	expect_line "read $SANDBOX_DIR/ro/file=ok" "read $SANDBOX_DIR/other/file=EACCES" 'read /etc/passwd=EACCES' 'write /dev/null=ok'
}

@test "backend: by root, another user and a capability" {
	[ "$(id -u)" = 0 ] || skip "only root can be somebody else"
	need_version 6
	make_tree "$SANDBOX_DIR"
	chmod 600 "$SANDBOX_DIR/ro/file"
	chown root "$SANDBOX_DIR/ro/file"
	backend root --user=99:98 --cap-keep=net_raw --landlock-rw="$SANDBOX_DIR/rw" -- again wall + \
		"try" read "$SANDBOX_DIR/ro/file" + "try" create "$SANDBOX_DIR/rw/made"
	expect_line uid=99,99,99,99 groups= "read $SANDBOX_DIR/ro/file=EACCES" "create $SANDBOX_DIR/rw/made=ok"
	expect_match 'CapEff=0000000000002000 CapBnd=0000000000002000 CapAmb=0000000000002000 NoNewPrivs=1 securebits=0xeb'
}

@test "backend: options that need namespaces are refused beforehand" {
	local option
	while read -r option; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr "$CRADLE" run --backend=landlock $option -- "$PROBE" print started
		[ "$status" -eq 125 ] || { echo "$option: $status"; return 1; }
		[ "$output" = "" ]
		[[ $stderr == "cradle: --backend=landlock makes no namespaces: expected no --"*" with it" ]] ||
			{ echo "$option: $stderr"; return 1; }
	done <<-'END'
	--unshare-pid
	--unshare-all
	--join net=1
	--net=none
	--net=pasta
	--address 192.0.2.1/24
	--uid 5
	--map-auto
	--hostname x
	--root empty
	--root /
	--overlay-tmp-root
	--tmpfs /tmp
	--bind /etc /srv
	--ro-bind-fd 0 /etc
	--mask /etc/shadow
	--proc /proc
	--symlink a /b
	--as-pid-1
	--name x
	--monotonic 5
	--disable-userns
	--on-reboot restart
	--no-new-privs=0
	END
	run -1 --separate-stderr "$CRADLE" bwrap --backend landlock true
	[[ $stderr == "bwrap: --backend=landlock "* ]]
}

@test "backend: exit codes, events, environment, descriptors and directory are those of any sandbox" {
	need_version 6
	run -3 --separate-stderr as_user "$CRADLE" run --backend=landlock --json-status-fd=1 --chdir=/usr --setenv A b -- \
		"$PROBE" env A CRADLE_WORLD PWD + fds + exit 3
	expect_line A=b CRADLE_WORLD=namespace PWD=/usr 'fds=0 1 2'
	expect_match '^\{ "event": "start", "child-pid": [0-9]+ \}$' '^\{ "event": "exec" \}$' \
		'"event": "exit", "exit-code": 3, .*"not-enforced": \[\]'
	run -127 as_user "$CRADLE" run --backend=landlock -- /nosuch
	run -143 as_user "$CRADLE" run --backend=landlock -- "$PROBE" die TERM
}

# What is left of a marked sandbox.
marked() {
	grep -lzxF "CANARY=$CANARY" /proc/[0-9]*/environ 2>/dev/null | wc -l
}

until_none() {
	local until=$((SECONDS + 20)) n
	while n=$(marked) && [ "$n" -gt "$1" ]; do [ $SECONDS -lt $until ] || { echo "$n are left"; return 1; }; done
}

@test "backend: all ends with the agent, with the launcher and with the time" {
	need_version 6
	local mine launcher
	mine=$(marked)
	run -0 "$CRADLE" run --backend=landlock -- sh -c 'trap "" TERM; setsid sleep 300 & exit 0'
	until_none "$mine"
	run -124 "$CRADLE" run --backend=landlock --time-limit=200ms --grace=100ms -- \
		sh -c 'trap "" TERM; setsid sleep 300 & sleep 300'
	until_none "$mine"
	# Daemons that ignore TERM, of a launcher that is killed.
	"$CRADLE" run --backend=landlock -- sh -c 'trap "" TERM; setsid sh -c "trap \"\" TERM; sleep 300; :" & echo ready; sleep 300' \
		>ready 2>/dev/null 3>&- &
	launcher=$!
	until grep -q ready ready; do kill -0 $launcher; done
	kill -KILL $launcher
	until_none "$mine"
	# Of one whose parent has ended.
	sh -c '"$1" run --backend=landlock -- sh -c "setsid sleep 300 & echo ready; sleep 300" >"$2" 2>/dev/null & 
		until grep -q ready "$2"; do :; done' - "$CRADLE" ready2 3>&-
	until_none "$mine"
}

@test "backend: with its supervisor the agent ends" {
	need_version 6
	local launcher supervisor agent rc
	"$CRADLE" run --backend=landlock -- "$PROBE" print ready + hang >ready 2>/dev/null 3>&- &
	launcher=$!
	until grep -q hanging ready; do kill -0 $launcher; done
	supervisor=$(child_of $launcher)
	agent=$(child_of "$supervisor")
	kill -KILL "$supervisor"
	rc=0
	wait $launcher || rc=$?
	[ $rc = 137 ]
	until ! kill -0 "$agent" 2>/dev/null; do [ $SECONDS -lt 60 ]; done
}

@test "backend: the agent can't look into its supervisor" {
	need_version 6
	run -0 as_user env SECRET=xyzzy "$CRADLE" run --backend=landlock -- \
		sh -c 'cat /proc/$PPID/environ 2>/dev/null; cat /proc/$PPID/mem >/dev/null 2>&1 || echo refused'
	[[ $output == *refused ]]
	[[ $output != *xyzzy* ]]
}

@test "backend: limits of processes outside can be read, not set, by whatever policy" {
	local policy pid
	pid=$(as_user sh -c 'sleep 300 >/dev/null 2>&1 3>&- & echo $!')
	for policy in default none; do
		run -0 as_user "$CRADLE" run --backend=landlock "--seccomp=$policy" -- /usr/bin/python3 -c '
import resource, sys
for pid in int(sys.argv[1]), 0:
    try:
        print(len(resource.prlimit(pid, resource.RLIMIT_CPU)), end=" ")
        resource.prlimit(pid, resource.RLIMIT_CPU, (9, 9))
        print("set")
    except PermissionError as e: print(e.errno)' "$pid"
		[[ $output == *"2 1"*"2 set"* ]] || fail "$output"
	done
	kill "$pid"
}

@test "backend: doctor tells of it" {
	need_version 6
	run "$CRADLE" doctor
	grep -qx 'ok   landlock backend' <<<"$output"
	run "$PROBE" filter landlock + exec "$CRADLE" doctor
	grep -q '^warn Landlock: ' <<<"$output"
	grep -q '^warn landlock backend: --backend=landlock: there is no Landlock ' <<<"$output"
}
