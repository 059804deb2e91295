# cradle run --json-status-fd: one JSON line for each event. The plan: --dry-run, --config, --args.
# shellcheck disable=SC2154,SC2016 # variables of setup_suite.bash; $ is for the shell inside

bats_require_minimum_version 1.5.0

as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" 2>/dev/null || true
}

# events WORDS...: a sandbox; its events are in the file events, its code in $status.
events() {
	status=0
	"${as_nobody[@]}" timeout -s KILL 20 "$CRADLE" run --json-status-fd 6 "$@" 6>events 2>err || status=$?
	jq -c . events >/dev/null
}

# The member of the event.
told() {
	jq -r "select(.event == \"$1\") | $2" events
}

@test "start, exec and exit are told, with bwrap's members in them" {
	events -- "$PROBE" exit 3
	[ "$status" = 3 ]
	[ "$(jq -r .event events)" = $'start\nexec\nexit' ]
	[ "$(told exit '."exit-code"')" = 3 ]
	[ "$(told exit .signal)" = 0 ]
	[ "$(told exit '."not-enforced" | length')" = 0 ]
	[[ "$(told exit '.rusage."maxrss-kb"')" -gt 0 ]]
	[[ "$(told start '."child-pid"')" -gt 1 ]]
}

@test "the namespaces told are the sandbox's" {
	events -- sh -c 'for ns in cgroup ipc mnt net pid user uts; do readlink /proc/self/ns/$ns; done >&2'
	local ns
	for ns in cgroup ipc mnt net pid user uts; do
		grep -qF "$ns:[$(told start ".\"$ns-namespace\"")]" err
	done
}

@test "death by a signal is told by its number" {
	events -- sh -c 'kill -SEGV $$'
	[ "$status" = 139 ]
	[ "$(told exit .signal)" = 11 ]
	[ "$(told exit '."exit-code"')" = 139 ]
}

@test "a program that can't be executed has no exec event" {
	events -- /no/such/program
	[ "$status" = 127 ]
	[ "$(jq -r .event events)" = $'start\nexit' ]
	[ "$(told exit '."exit-code"')" = 127 ]
}

@test "a set-up that fails has no exec event, and exit code 125" {
	events --chdir /no/such/dir -- true
	[ "$status" = 125 ]
	[ "$(jq -r .event events)" = $'start\nexit' ]
	events --seccomp 7 -- true 7< <(printf '\377\0\377\377\377\377\377\377')
	[ "$status" = 125 ]
	[ "$(jq -r .event events)" = $'start\nexit' ]
}

@test "what was to be done without is told as not enforced" {
	events --rlimit nofile=99999999 --best-effort rlimit -- true
	[ "$status" = 0 ]
	[ "$(told exit '."not-enforced"[]')" = rlimit ]
	run -125 "$CRADLE" run --best-effort bogus -- true
	[[ "$output" == *"--best-effort=bogus: expected a comma list of memory, pids, cpus, rlimit, keyring"* ]]
}

@test "the agent has neither the status descriptor nor the pipe" {
	"${as_nobody[@]}" "$CRADLE" run --json-status-fd 6 --inherit-fds -- sh -c 'ls /proc/self/fd | wc -l' 6>events >with 3>&-
	"${as_nobody[@]}" "$CRADLE" run --inherit-fds -- sh -c 'ls /proc/self/fd | wc -l' >without 3>&-
	diff with without
}

@test "a status descriptor that isn't open is refused by name" {
	run -125 "$CRADLE" run --json-status-fd 99 -- true
	[ "$output" = "cradle: cannot use descriptor 99 for --json-status-fd: Bad file descriptor" ]
}

@test "a dry run touches nothing, and its configuration file is the same plan" {
	local line words n=0
	while IFS= read -r line; do
		eval "words=($line)"
		run -0 "${as_nobody[@]}" "$CRADLE" "${words[@]}" --dry-run -- /no/such/program
		echo "$output" >plan
		run -0 "${as_nobody[@]}" "$CRADLE" run --config plan --dry-run -- /no/such/program
		diff plan <(echo "$output")
		n=$((n + 1))
	done <<-'END'
		run
		run --root empty
		run --root /nosuch --bind a b
		run --overlay-tmp-root
		run --bind /a /b --ro-bind-try "/c d" '/e"f\g' --perms 0700 --tmpfs /t --size 65536 --tmpfs /u
		run --overlay-src /a --overlay-src /b --tmp-overlay /c --overlay-src /a --overlay /u /w /d
		run --dir /a --perms 0755 --dir /b --symlink x /l --chmod 0711 /a --remount-ro /a --mask '/etc/*.key'
		run --mount proc:/p:proc:ro,nofail --mount tmpfs:/t --mount /a:/b --bind-mapped 0:1000:1 /a /b
		run --file 5 /a --bind-data 6 /b --ro-bind-fd 7 /c
		run --setenv A $'two\nlines "q" \\' --unsetenv B --clearenv --setenv C '' --setenv D '#x = y'
		run --cap-add net_raw --cap-add sys_admin --cap-drop net_raw --no-new-privs=0 --keep-keyring
		run --uid 5 --gid 6 --share-net --unshare-time --monotonic 5s --hostname h --die-with-parent=0
		run --memory 1G --pids 5 --net pasta --rlimit nofile=5 --grace 5s --leftovers wait --chdir=-- --verbose
		run --lock-file /a --sync-fd 5 --block-fd 6 --best-effort memory,pids --tty inherit
		bwrap --ro-bind / / --dev /dev --proc /proc --unshare-all --share-net
		run --seccomp strict --seccomp a/b.bpf --explain --seccomp-mode complain
		run --seccomp build --seccomp none --no-new-privs=0
		bwrap --unshare-pid --as-pid-1 --new-session --die-with-parent --cap-add ALL
	END
	[ "$n" = 18 ]
}

@test "a configuration file may name options with dashes or not, with = or not" {
	cat >file <<-'END'
		# a comment

		hostname = other
		--share-net
		setenv A "b  c"
		 	uid 5
		no-new-privs = 0
		seccomp none
	END
	run -0 "${as_nobody[@]}" "$CRADLE" run --config file --proc /proc -- sh -c 'hostname; echo "$A"; id -u; grep NoNew /proc/self/status'
	[ "$output" = $'other\nb  c\n5\nNoNewPrivs:\t0' ]
}

@test "what is wrong in a configuration file is told with file and line" {
	local line want
	while IFS='|' read -r line want; do
		printf 'hostname x\n\n%b\n' "$line" >file
		run -125 "$CRADLE" run --config file -- true
		[ "$output" = "cradle: file:$(wc -l <file): $want" ] || {
			echo "$line: $output"
			return 1
		}
	done <<-'END'
		bogus|unknown option bogus
		bind /a|bind: expected it as: bind SRC DEST
		grace x|grace x: expected a time such as 500ms, 5s or 2m
		share-net yes|share-net yes: expected nothing, 1 or 0
		setenv A "b|setenv: expected a closing quote
		chdir|chdir: expected it as: chdir DIR
		bind a b c d e|bind: expected fewer words
		perms 7\nbind /a /b|--perms: expected an option after it that makes a file or directory
	END
}

@test "a configuration file that names itself is refused" {
	echo "config file" >file
	run -125 "$CRADLE" run --config file -- true
	[[ "$output" == *"expected files that don't name each other" ]]
}

@test "what is wrong in a descriptor's options is told with the number of the word" {
	run -125 "$CRADLE" run --args 5 -- true 5< <(printf -- '--hostname\0x\0--grace\0x\0')
	[ "$output" = "cradle: descriptor 5, word 3: --grace=x: expected a time such as 500ms, 5s or 2m" ]
	run -125 "$CRADLE" run --args 5 -- true 5< <(printf -- '--hostname\0x\0word\0')
	[ "$output" = "cradle: descriptor 5, word 3: word: expected an option" ]
}

@test "the sandbox ends with the launcher's parent" {
	bash -c '"$@" & echo $! >launcher; wait' - "${as_nobody[@]}" "$CRADLE" run -- "$PROBE" print ready + hang >out 3>&- &
	local parent=$! tick launcher
	for ((tick = 0; tick < 500; tick++)); do
		grep -q ready out && break
		read -rt 0.02 <> <(:) || true
	done
	launcher=$(cat launcher)
	kill -KILL "$parent"
	for ((tick = 0; tick < 500; tick++)); do
		kill -0 "$launcher" 2>/dev/null || return 0
		read -rt 0.02 <> <(:) || true
	done
	return 1
}
