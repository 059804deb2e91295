# What cradle run makes a root file system of, beyond what bwrap.bats compares with bubblewrap.
# shellcheck disable=SC2154 # variables of setup_suite.bash

bats_require_minimum_version 1.5.0

load worlds

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" 2>/dev/null || true
}

as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# What is below a directory, with contents.
listing() {
	(cd "$1" && find . -printf '%p %m %l\n' | sort && find . -type f -exec sha256sum {} + | sort)
}

@test "the host's tree is writable on a layer that is thrown away" {
	# shellcheck disable=SC2016 # of the other shell
	run -0 as_nobody "$CRADLE" run --overlay-tmp-root -- sh -c '
		echo new >/etc/cradle-was-here && cat /etc/cradle-was-here && rm /etc/hostname && test ! -e /etc/hostname && ls /usr/bin | wc -l'
	[ "${lines[0]}" = new ]
	[ "${lines[1]}" -gt 100 ]
	[ ! -e /etc/cradle-was-here ]
	[ -e /etc/hostname ]
}

# In a sandbox whose host is one, where such a directory can be.
@test "the host's layered tree has what is mounted below a directory with a blank in its name" {
	# shellcheck disable=SC2016 # of the other shell
	run -0 as_nobody "$CRADLE" run --seccomp=none --disable-userns=0 --overlay-tmp-root --tmpfs "/a b/c" \
		--ro-bind "$SUITE_DIR" "$SUITE_DIR" -- \
		sh -c 'echo below >"/a b/c/file"; "$1" run --overlay-tmp-root -- cat "/a b/c/file"' - "$CRADLE"
	[ "$output" = below ]
}

@test "layers of an overlay hide each other in their order, and only the writable one changes" {
	mkdir low high up work
	echo low | tee low/both >low/one
	echo high >high/both
	chmod -R a+rX . && chown -R 65534:65534 low high up work
	local before
	before=$(listing low; listing high)
	run -0 as_nobody "$CRADLE" run --overlay-src low --overlay-src high --overlay up work /mnt -- \
		sh -c 'cat /mnt/both /mnt/one; echo mine >/mnt/one; echo mine >/mnt/two'
	[ "$output" = $'high\nlow' ]
	[ "$(cat up/one up/two)" = $'mine\nmine' ]
	run -0 as_nobody "$CRADLE" run --overlay-src low --overlay-src high --tmp-overlay /mnt -- \
		sh -c 'echo mine >/mnt/one; cat /mnt/one'
	[ "$output" = mine ]
	run -0 as_nobody "$CRADLE" run --overlay-src low --overlay-src high --ro-overlay /mnt -- \
		sh -c 'cat /mnt/both; echo mine 2>/dev/null >/mnt/one || echo refused'
	[ "$output" = $'high\nrefused' ]
	[ "$(listing low; listing high)" = "$before" ]
}

@test "the kernel's own words are shown when it refuses a file system" {
	run -125 --separate-stderr as_nobody "$CRADLE" run --mount none:/mnt:tmpfs:size=never -- true
	[ "${#stderr_lines[@]}" = 1 ]
	[[ "$stderr" == "cradle: cannot mount tmpfs on /mnt ("*size*"): Invalid argument" ]]
}

@test "many binds need no more descriptors than the soft limit has, and the agent has its limit" {
	mkdir source
	local i options=()
	for ((i = 0; i < 600; i++)); do
		options+=(--ro-bind source "/tmp/$i")
	done
	# shellcheck disable=SC2016 # of the other shell
	run -0 bash -c 'ulimit -Sn 256; exec "$0" run "$@"' "$CRADLE" "${options[@]}" -- \
		sh -c 'ulimit -Sn; grep -c " /tmp/[0-9]* ro," /proc/self/mountinfo'
	[ "$output" = $'256\n600' ]
}

@test "files, data and directories get the permissions that were asked for, whatever the umask" {
	echo text >data
	# shellcheck disable=SC2016 # of the other shell
	run -0 bash -c 'umask 077; exec "$0" run --perms 0640 --file 8 /run/file --perms 0444 --ro-bind-data 9 /run/data \
		--perms 0711 --dir /run/dir --dir /run/plain/below --symlink file /run/link --chmod 0600 /run/file -- \
		sh -c "stat -c %n:%a /run/file /run/data /run/dir /run/plain /dev/shm /tmp; cat /run/link /run/data; umask"' \
		"$CRADLE" 8<data 9<data
	[ "$output" = $'/run/file:600\n/run/data:444\n/run/dir:711\n/run/plain:755\n/dev/shm:1777\n/tmp:1777\ntext\ntext\n0077' ]
}

@test "a pattern masks what it matches, and what isn't named stays" {
	mkdir tree
	echo secret | tee tree/a.key tree/b.key >tree/plain
	ln -s nowhere tree/c.key
	chmod -R a+rX .
	run -0 as_nobody "$CRADLE" run --mask "$PWD/tree/*.key" --mask "$PWD/tree/.*" -- sh -c "cat $PWD/tree/a.key $PWD/tree/b.key $PWD/tree/plain"
	[ "$output" = secret ]
	run -125 --separate-stderr as_nobody "$CRADLE" run --mask "$PWD/**/a.key" -- true
	[[ "$stderr" == *"expected a pattern without "* ]]
	run -125 --separate-stderr as_nobody "$CRADLE" run --mask "$PWD/tree/missing" -- true
	[[ "$stderr" == "cradle: cannot find $PWD/tree/missing inside: No such file or directory" ]]
}
