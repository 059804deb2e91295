# The bwrap name: the same command lines under Debian's bubblewrap and under cradle, side by side. What
# 0.8 doesn't have yet is asserted of cradle alone.
# shellcheck disable=SC2154,SC2016 # variables of setup_suite.bash; $ is for the shell inside

bats_require_minimum_version 1.5.0

load await

PEER=/usr/bin/bwrap

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" 2>/dev/null || true
	mkdir ours && ln -s "$CRADLE" ours/bwrap
	OURS=$PWD/ours/bwrap
	mkdir -m 755 dir && echo in dir >dir/file && ln -s dir link
}

# A command, not a function, so that $! is the program's.
as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)

# same WORDS...: stdout and exit code don't differ. Standard input and what the caller opened is given to
# each of them anew: $feed FD TEXT.
same() {
	local program out rc first='' first_rc=''
	for program in "$PEER" "$OURS"; do
		rm -f out
		rc=0
		if [ -n "${FEED:-}" ]; then
			out=$("${as_nobody[@]}" timeout -s KILL 20 "$program" "$@" 2>err 5< <(printf %b "$FEED") 6>side 7< <(printf %b "${FEED2:-}")) || rc=$?
		else
			out=$("${as_nobody[@]}" timeout -s KILL 20 "$program" "$@" 2>err) || rc=$?
		fi
		if [ "$program" = "$PEER" ]; then
			first=$out first_rc=$rc
		elif [ "$out" != "$first" ] || [ "$rc" != "$first_rc" ]; then
			echo "bwrap $*"
			echo "bubblewrap: $first_rc $first"
			echo "cradle: $rc $out"
			cat err
			return 1
		fi
	done
	SAME=$first SAME_RC=$first_rc
}

# Each line: what the shell inside is asked for, after options. Binds that every case needs come first.
HOST=(--ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64 --ro-bind /etc /etc --dev /dev)

@test "mount options, in order, mean the same" {
	local line words
	while IFS= read -r line; do
		[ -n "$line" ] || continue
		eval "words=($line)"
		same "${HOST[@]}" "${words[@]}"
		[ "$SAME_RC" != 1 ] || [ -n "$SAME" ] || {
			echo "refused by both: $line"
			return 1
		}
	done <<-'END'
		ls -A /
		--dir /a/b stat -c '%a %F' /a /a/b
		--perms 0700 --dir /a/b stat -c '%a' /a /a/b
		--perms 0770 --dir /a/b stat -c '%a' /a /a/b
		--perms 0701 --dir /a/b stat -c '%a' /a /a/b
		--dir /a --perms 0700 --dir /a stat -c '%a' /a
		--tmpfs /t stat -c '%a' /t
		--perms 1777 --tmpfs /t/u stat -c '%a' /t /t/u
		--perms 0700 --tmpfs /t --tmpfs /u stat -c '%a' /t /u
		--size 1048576 --tmpfs /t stat -f -c '%b %S' /t
		--size 0x100000 --perms 0711 --tmpfs /t sh -c 'stat -c %a /t; stat -f -c %b /t'
		--symlink target /a/link readlink /a/link
		--bind dir /d sh -c 'cat /d/file; stat -c %a /d'
		--bind link /d cat /d/file
		--ro-bind dir /d sh -c 'cat /d/file; touch /d/x 2>/dev/null; echo $?'
		--bind-try /nosuch /d --ro-bind-try /nosuch /e --dev-bind-try /nosuch /f ls -A /
		--ro-bind dir/file /x/y cat /x/y
		--tmpfs /t --ro-bind dir /t/d --chmod 0711 /t sh -c 'stat -c %a /t; cat /t/d/file'
		--tmpfs /t --remount-ro /t sh -c 'touch /t/x 2>/dev/null; echo $?'
		--tmpfs /t --dir /t/a --remount-ro /t ls /t
		--ro-bind dir /d --tmpfs /d ls -A /d
		--tmpfs /d --ro-bind dir /d ls -A /d
		--dev /dev sh -c 'cd /dev; ls; stat -c "%a %F" . shm pts null; readlink fd stdin stdout stderr core ptmx; echo x >null; head -c 3 zero | od -c; test -c tty && echo tty'
		--dev /dev --dev-bind /dev/null /dev/mine sh -c 'echo x >/dev/mine; test -c /dev/mine && echo dev'
		--dev /d/e ls /d/e
		--proc /proc --unshare-pid sh -c 'ls -d /proc/[0-9]*; cut -d" " -f 1-10 /proc/self/mountinfo | grep -c proc'
		--proc /proc sh -c 'test -d /proc/self && test -r /proc/1/stat && echo shared'
		--unshare-ipc --dev /dev --mqueue /dev/mqueue stat -c '%F' /dev/mqueue
		--dir /home --chdir /home pwd
		--dir /home --chdir /home env -u OLDPWD sh -c 'echo $PWD'
		--setenv HOME /h --dir /h pwd
		--unsetenv HOME pwd
		--ro-bind "$PWD" "$PWD" sh -c 'pwd; echo $PWD'
		--clearenv --setenv A 1 --setenv B 2 --unsetenv A env
		--setenv PATH /nosuch --setenv X y /bin/sh -c 'echo $PATH $X'
		--setenv A 1 --clearenv /usr/bin/env
		--unshare-uts --hostname inside hostname
		--unshare-user --uid 7 --gid 8 id
		--uid 65534 id -u
		--unshare-all sh -c 'id -u; cat /etc/hostname | wc -l'
		--unshare-all --share-net true
		--unshare-user-try --unshare-cgroup-try true
		--cap-add CAP_NET_RAW --proc /proc grep CapEff /proc/self/status
		--cap-add ALL --cap-drop CAP_SYS_ADMIN --cap-drop CAP_KILL --proc /proc grep Cap /proc/self/status
		--cap-drop ALL --cap-add CAP_KILL --proc /proc grep CapBnd /proc/self/status
		--proc /proc grep -E 'Cap|NoNewPrivs|Seccomp:' /proc/self/status
		-- sh -c 'exit 42'
		--unshare-pid sh -c 'kill -9 $$'
		--unshare-pid --proc /proc sh -c 'echo $$; cat /proc/1/comm >/dev/null'
		--unshare-pid --as-pid-1 sh -c 'echo $$'
		--unshare-pid --proc /proc sh -c 'readlink /proc/self/fd/3 /proc/self/fd/9; ls /proc/self/fd | wc -l'
		--disable-userns --unshare-user sh -c 'unshare -U true 2>/dev/null; echo $?'
	END
}

@test "what bubblewrap refuses is refused with exit code 1 and a line that begins with bwrap:" {
	local line words
	while IFS= read -r line; do
		eval "words=($line)"
		same "${HOST[@]}" "${words[@]}"
		[ "$SAME_RC" = 1 ]
		[[ "$(cat err)" == "bwrap: "* ]]
	done <<-'END'
		nosuch-program
		--nosuch-option true
		--bind /nosuch /x true
		--bind /usr
		--perms 9 --dir /x true
		--perms 0700 --bind /usr /x true
		--perms 0700 --perms 0700 --dir /x true
		--size 5 --dir /x true
		--size 0 --tmpfs /x true
		--size -1 --tmpfs /x true
		--uid 5000 --args 99 true
		--hostname x true
		--as-pid-1 true
		--unshare-pid --as-pid-1 --lock-file /etc/passwd true
		--lock-file /nosuch --unshare-pid true
		--cap-add nosuch true
		--chdir /nosuch true
		--symlink a /l --symlink b /l true
		--remount-ro /nosuch true
		--chmod 700 /nosuch true
		--seccomp 99 true
		--userns-block-fd 0 --unshare-user true
		--assert-userns-disabled true
		--unshare-user --uid x true
		--
	END
	run -1 --separate-stderr "$OURS"
	[[ "$stderr" == "bwrap: "* ]]
}

@test "mount points are made in what is bound, but through no link out of the root" {
	mkdir -m 777 host canary && ln -s "$PWD/canary" host/out
	same "${HOST[@]}" --bind host /h --bind dir /h/made/here cat /h/made/here/file
	[ -d host/made/here ]
	run -1 "${as_nobody[@]}" "$OURS" "${HOST[@]}" --ro-bind host /h --bind dir /h/other/here true
	run "${as_nobody[@]}" "$OURS" "${HOST[@]}" --bind host /h --bind dir /h/out/here true
	[ -z "$(ls canary)" ]
}

@test "data from descriptors" {
	FEED='some\ntext\n'
	same "${HOST[@]}" --file 5 /a/f sh -c 'cat /a/f; stat -c %a /a /a/f'
	[[ "$SAME" == *$'text\n755\n666' ]]
	same "${HOST[@]}" --perms 0640 --file 5 /a/f sh -c 'cat /a/f; stat -c %a /a /a/f'
	same "${HOST[@]}" --bind-data 5 /a/f sh -c 'cat /a/f; stat -c %a /a /a/f; echo new >/a/f; cat /a/f'
	same "${HOST[@]}" --ro-bind-data 5 /a/f sh -c 'cat /a/f; echo new >/a/f 2>/dev/null || echo ro'
	same "${HOST[@]}" --perms 0444 --ro-bind-data 5 /etc/hostname cat /etc/hostname
}

@test "options from descriptors" {
	FEED='--dir\0/from/args\0--setenv\0A\0b c\0'
	same "${HOST[@]}" --args 5 sh -c 'ls -d /from/*; echo $A'
	[ "$SAME" = $'/from/args\nb c' ]
	FEED='--dir\0/x\0--\0ignored\0' same "${HOST[@]}" --args 5 ls -d /x
	FEED='--perms\0000700\0' same "${HOST[@]}" --args 5 --dir /x stat -c %a /x
	[ "$SAME_RC" = 1 ]
	# Nested, which bubblewrap doesn't have.
	run -0 "${as_nobody[@]}" "$OURS" "${HOST[@]}" --args 5 sh -c 'ls -d /y; ls -d /x' \
		5< <(printf -- '--dir\0/x\0--args\0007\0') 7< <(printf -- '--dir\0/y\0')
	[ "$output" = $'/y\n/x' ]
	run -1 "${as_nobody[@]}" "$OURS" --args 5 true 5< <(printf -- '--dir\0/x\0--bogus\0')
	[ "$output" = "bwrap: descriptor 5, word 3: unknown option --bogus: see bwrap --help" ]
}

@test "descriptors are handed on, but for those that were for bwrap itself" {
	FEED='x' same "${HOST[@]}" --proc /proc --unshare-pid --file 5 /f sh -c 'ls /proc/self/fd | tr "\n" " "'
	FEED='x' same "${HOST[@]}" --proc /proc --unshare-pid --info-fd 6 sh -c 'ls /proc/self/fd | tr "\n" " "'
	FEED='x' same "${HOST[@]}" --proc /proc --unshare-pid --json-status-fd 6 sh -c 'ls /proc/self/fd | tr "\n" " "'
	FEED='x' same "${HOST[@]}" --proc /proc --unshare-pid --block-fd 5 sh -c 'ls /proc/self/fd | tr "\n" " "'
	FEED='x' same "${HOST[@]}" --proc /proc --unshare-pid --sync-fd 6 sh -c 'ls /proc/self/fd | tr "\n" " "'
	FEED='x' same "${HOST[@]}" --proc /proc --unshare-pid sh -c 'ls /proc/self/fd | tr "\n" " "; cat <&5'
}

# numbers: what differs from start to start
shape() {
	sed -E 's/[0-9]{3,}/N/g' "$1"
}

@test "information about the sandbox has the same shape" {
	local option
	for option in --info-fd --json-status-fd; do
		for kinds in "" "--unshare-pid" "--unshare-all" "--unshare-net --unshare-uts"; do
			# shellcheck disable=SC2086 # words
			FEED=x same "${HOST[@]}" $kinds $option 6 sh -c 'exit 7'
			[ "$SAME_RC" = 7 ]
			shape side >ours.txt
			# shellcheck disable=SC2086 # words
			"${as_nobody[@]}" "$PEER" "${HOST[@]}" $kinds $option 6 sh -c 'exit 7' 6>side || true
			shape side >peers.txt
			diff peers.txt ours.txt
		done
	done
	# What was never executed has no exit code.
	run -1 "${as_nobody[@]}" "$OURS" "${HOST[@]}" --json-status-fd 6 /nosuch 6>side
	[ "$(wc -l <side)" = 1 ]
	run -1 "${as_nobody[@]}" "$OURS" "${HOST[@]}" --json-status-fd 99 true
	[[ "$output" == *"bwrap: cannot use descriptor 99 for --json-status-fd: Bad file descriptor"* ]]
}

@test "the namespaces told are those of the sandbox" {
	"${as_nobody[@]}" "$OURS" "${HOST[@]}" --unshare-all --proc /proc --info-fd 6 readlink /proc/self/ns/pid /proc/self/ns/net \
		6>side >links
	local pid net
	pid=$(jq '."pid-namespace"' side) net=$(jq '."net-namespace"' side)
	[ "$(cat links)" = "pid:[$pid]"$'\n'"net:[$net]" ]
}

@test "--block-fd holds the program back until there is something to read, or nobody to write" {
	local pid program
	mkfifo gate
	for program in "$PEER" "$OURS"; do
		rm -f out
		"${as_nobody[@]}" "$program" "${HOST[@]}" --info-fd 6 --block-fd 5 echo started >out 5<>gate 6>side &
				pid=$!
await '[ -s side ]'
		[ ! -s out ]
		printf x >gate
		wait "$pid"
		[ "$(cat out)" = started ]
		rm side
	done
	run -0 "${as_nobody[@]}" "$OURS" "${HOST[@]}" --block-fd 5 echo started 5</dev/null
	[ "$output" = started ]
}

@test "--userns-block-fd waits for somebody who maps the ids" {
	local pid child
	mkfifo gate
	"$OURS" "${HOST[@]}" --unshare-user --info-fd 6 --userns-block-fd 5 --proc /proc --unshare-pid cat /proc/self/uid_map >out 5<>gate 6>side &
		pid=$!
await 'jq -e . side >/dev/null'
	child=$(jq '."child-pid"' side)
	echo '7 0 9' >"/proc/$child/uid_map"
	echo '7 0 9' >"/proc/$child/gid_map"
	printf x >gate
	wait "$pid"
	[ "$(tr -s ' ' <out)" = " 7 0 9" ]
}

@test "--lock-file holds a read lock as long as the sandbox lives, with a PID namespace or without" {
	local pid kinds
	chmod 666 dir/file
	for kinds in "" --unshare-pid; do
		rm -f out
		# shellcheck disable=SC2086 # words
		"${as_nobody[@]}" "$OURS" "${HOST[@]}" $kinds --bind dir /d --lock-file /d/file sh -c 'echo ready; exec sleep 1000' >out &
				pid=$!
await 'grep -q ready out'
		grep -q "POSIX.*READ.*:$(stat -c %i dir/file) " /proc/locks
		kill "$pid"
		wait "$pid" || true
		await "! grep -q 'POSIX.*READ.*:$(stat -c %i dir/file) ' /proc/locks"
	done
}

@test "--sync-fd stays open until the sandbox is gone" {
	local pid program
	mkfifo pipe
	for program in "$PEER" "$OURS"; do
		rm -f out
		"${as_nobody[@]}" "$program" "${HOST[@]}" --unshare-pid --sync-fd 6 sh -c 'exec 6>&-; echo ready; read -r x' \
			6>pipe >out < <(sleep 1000 & echo $! >sleeper; wait) 2>/dev/null &
				pid=$!
exec 8<pipe
		await 'grep -q ready out'
		run -142 bash -c 'read -rt 0.1 x <&8'
		kill "$(cat sleeper)"
		wait "$pid" || true
		cat <&8
		exec 8<&-
	done
}

@test "what the program leaves behind goes on after bwrap, and ends with it if --die-with-parent" {
	local program
	for program in "$PEER" "$OURS"; do
		rm -f out
		rm -f dir/later gate
		mkfifo gate && chmod 777 gate dir
		"${as_nobody[@]}" timeout -s KILL 20 "$program" "${HOST[@]}" --bind "$PWD" /w --dev /dev --unshare-pid \
			sh -c '{ read -r x </w/gate; echo x >/w/dir/later; } & ' >/dev/null 2>&1 3>&-
		[ ! -e dir/later ]
		echo go >gate
		await '[ -s dir/later ]'
	done
}

@test "--die-with-parent: the sandbox ends with bwrap's parent; a thread of that may end before" {
	local pid
	bash -c '"$@" & echo $! >launcher; wait' - "${as_nobody[@]}" \
		"$OURS" "${HOST[@]}" --unshare-pid --die-with-parent sh -c 'echo ready; exec sleep 1000' >out 3>&- &
		pid=$!
local parent=$pid launcher
	await 'grep -q ready out'
	launcher=$(cat launcher)
	kill -KILL $parent
	wait $parent || true
	await "! kill -0 $launcher"
}

@test "without --die-with-parent a killed bwrap leaves the sandbox running" {
	local pid program child
	for program in "$PEER" "$OURS"; do
		rm -f out
		"${as_nobody[@]}" "$program" "${HOST[@]}" --unshare-pid --info-fd 6 sh -c 'echo ready; exec sleep 1000' >out 6>side 3>&- &
				pid=$!
await 'grep -q ready out'
		child=$(jq '."child-pid"' side)
		kill -KILL "$pid"
		wait "$pid" || true
		run -1 bash -c "tail --pid=$child -f /dev/null & read -rt 0.2; kill -0 $child && kill -KILL $child && exit 1"
	done
}

# The bounding set isn't compared: bubblewrap leaves it as it is without a user namespace.
@test "root keeps its capabilities without a user namespace, and loses those that are dropped" {
	local program out=''
	for program in "$PEER" "$OURS"; do
		rm -f out
		out+=$("$program" --ro-bind / / --proc /proc grep Cap /proc/self/status)
		out+=$("$program" --ro-bind / / --proc /proc --cap-drop CAP_SYS_ADMIN grep -E 'Cap(Eff|Prm)' /proc/self/status)
		out+=$("$program" --ro-bind / / --proc /proc --cap-drop ALL --cap-add CAP_CHOWN grep -E 'Cap(Eff|Prm)' /proc/self/status)
		out+=$("$program" --unshare-user --uid 5 --ro-bind / / grep CapEff /proc/self/status)
		[ "$program" = "$PEER" ] && { peers=$out out=''; }
	done
	[ "$out" = "$peers" ] || { diff <(echo "$peers") <(echo "$out"); false; }
}

@test "the terminal that stdout is becomes /dev/console" {
	local program out
	for program in "$PEER" "$OURS"; do
		out=$(script -qec "$program --ro-bind / / --dev /dev sh -c 'test -c /dev/console && stat -c %t:%T /dev/console && tty'" /dev/null)
		[[ "$out" =~ ^88:[0-9a-f]+ ]]
	done
}

@test "the options of 0.9 to 0.11" {
	mkdir lower upper work && echo low >lower/a && chmod 777 upper work
	run -0 "${as_nobody[@]}" "$OURS" "${HOST[@]}" --argv0 other sh -c 'echo $0'
	[ "$output" = other ]
	run -0 "${as_nobody[@]}" "$OURS" "${HOST[@]}" --bind-fd 5 /d cat /d/file 5<dir
	[ "$output" = "in dir" ]
	run -1 "${as_nobody[@]}" "$OURS" "${HOST[@]}" --ro-bind-fd 5 /d touch /d/file 5<dir
	run -0 "${as_nobody[@]}" "$OURS" "${HOST[@]}" --symlink x /l --symlink x /l readlink /l
	[ "$output" = x ]
	run -1 "${as_nobody[@]}" "$OURS" --level-prefix --nosuch
	[ "$output" = "<3>bwrap: unknown option --nosuch: see bwrap --help" ]
	run -0 "${as_nobody[@]}" "$OURS" "${HOST[@]}" --overlay-src lower --tmp-overlay /o sh -c 'cat /o/a; echo new >/o/b; ls /o'
	[ "$output" = $'low\na\nb' ]
	run -0 "${as_nobody[@]}" "$OURS" "${HOST[@]}" --overlay-src dir --overlay-src lower --ro-overlay /o sh -c 'ls /o; touch /o/x 2>/dev/null || echo ro'
	[ "$output" = $'a\nfile\nro' ]
	run -0 "$OURS" "${HOST[@]}" --overlay-src lower --overlay upper work /o sh -c 'echo new >/o/b; ls /o'
	[ "$(cat upper/b)" = new ]
	run -1 "${as_nobody[@]}" "$OURS" "${HOST[@]}" --tmp-overlay /o true
	run -1 "${as_nobody[@]}" "$OURS" "${HOST[@]}" --overlay-src lower true
	run -1 "${as_nobody[@]}" "$OURS" "${HOST[@]}" --overlay-src lower --ro-overlay /o true
}

@test "--version is one that a caller can read, --help names all options" {
	run -0 "$OURS" --version
	[[ "$output" =~ ^bubblewrap\ 0\.1[1-9]\.[0-9]+$ ]]
	run -0 "$OURS" --help
	local option
	for option in $(man -P cat bwrap 2>/dev/null | col -b | grep -oE '^ +--[a-z0-9-]+' | sort -u) --overlay-src --argv0; do
		[[ "$output" == *"$option"* ]] || { echo "$option is missing"; return 1; }
	done
	[ "$("$CRADLE" bwrap --version)" = "$("$OURS" --version)" ]
}
