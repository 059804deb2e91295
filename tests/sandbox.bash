# One sandbox in four settings: start the probe in it, see what it found. With worlds.bash.
#
#   sandbox SETTING [OPTION...] -- VERB...    cradle run, to the end; gives $status, $output, $stderr
#
# SETTING is one of:
#   user      a normal user                  nested     the same, in a sandbox of ours
#   root      root                           container  root in a podman container
#
# All see $SANDBOX_DIR at the same path, writable; below the sandbox's own tree it is read-only as
# the rest. What the test makes in it belongs to the user.
#
# Without the default policy: here the namespaces' own wall is asserted, most of which the policy hides,
# and a sandbox is started inside of another. seccomp.bash has the policies.
#
# Variables that change the next start: SANDBOX_PREFIX (words of the probe that runs before cradle and
# executes it), SANDBOX_WRAP (an array: words before everything), SANDBOX_OUTER (an array: options of
# the outer sandbox), SANDBOX_PODMAN (an array: instead of the options that let us in), SANDBOX_CRADLE
# (another cradle; not in a container).
# shellcheck disable=SC2034,SC2154 # status, output and stderr are read by the tests

SETTINGS=(user root nested container)
# A sanitized cradle is no single file to copy into an image.
[ -z "${SANITIZED:-}" ] || SETTINGS=(user root nested)
SANDBOX_UID=12345
SANDBOX_GROUP=4242
SANDBOX_DEADLINE=60
PYTHON=/usr/bin/python3 # another may be where no normal user can read

# What a container must allow: namespaces at all, and a /proc of which nothing is hidden.
CONTAINER_OPEN=(--security-opt unmask=ALL --security-opt seccomp=unconfined)

sandbox_setup() {
	SANDBOX_WRAP=() SANDBOX_OUTER=() SANDBOX_PODMAN=("${CONTAINER_OPEN[@]}")
	unset SANDBOX_PREFIX SANDBOX_CRADLE
	export CANARY=cradle-canary-$BASHPID-$BATS_TEST_NUMBER
	# Not below /tmp or /run, which a sandbox has for itself.
	SANDBOX_DIR=$(mktemp -d /var/tmp/cradle-sandbox.XXXXXX)
	[ "$(id -u)" != 0 ] || chown $SANDBOX_UID:$SANDBOX_UID "$SANDBOX_DIR"
	chmod 755 "$SANDBOX_DIR"
}

sandbox_teardown() {
	[ -n "$BATS_TEST_COMPLETED" ] || end_marked
	[ -z "${SANDBOX_DIR:-}" ] || rm -rf "$SANDBOX_DIR"
}

# In a directory of the test's own that is no part of the sandbox.
setup_here() {
	world_setup
	sandbox_setup
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" 2>/dev/null || true
}

setup_there() {
	world_setup
	sandbox_setup
	cd "$SANDBOX_DIR" || return
}

setup() {
	setup_there
}

teardown() {
	kill_world
	cd / && sandbox_teardown
}

# can_be SETTING: only root can be root, and make the tests' containers.
can_be() {
	[ -z "$SANITIZED" ] || [ "$1" != container ] || return 1
	[ "$(id -u)" = 0 ] || [ "$1" = user ] || [ "$1" = nested ]
}

# as_user COMMAND...
as_user() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=$SANDBOX_UID --regid=$SANDBOX_UID \
			--groups=$SANDBOX_UID,$SANDBOX_GROUP "$@"
	else
		"$@"
	fi
}

# The words that start cradle there, into $sandbox_words.
find_words() {
	local user=() prefix=() bin=(--seccomp=none --ro-bind "$SUITE_DIR/bin" "$SUITE_DIR/bin")
	local cradle=${SANDBOX_CRADLE:-$CRADLE}
	# shellcheck disable=SC2206 # words
	[ -z "${SANDBOX_PREFIX:-}" ] || prefix=("$PROBE" $SANDBOX_PREFIX + exec)
	[ "$(id -u)" != 0 ] || user=(setpriv "--reuid=$SANDBOX_UID" "--regid=$SANDBOX_UID"
		"--groups=$SANDBOX_UID,$SANDBOX_GROUP")
	case $1 in
	user) sandbox_words=("${user[@]}" "${prefix[@]}" "$cradle" run "${bin[@]}") ;;
	root) sandbox_words=("${prefix[@]}" "$cradle" run "${bin[@]}") ;;
	nested) sandbox_words=("${user[@]}" "$CRADLE" run "${bin[@]}" --bind "$SANDBOX_DIR" "$SANDBOX_DIR"
		"${SANDBOX_OUTER[@]}" -- "${prefix[@]}" "$cradle" run "${bin[@]}") ;;
	container) find_container_words ;;
	esac
}

# podman itself may need flags here; see find_podman_flags().
find_container_words() {
	local prefix=() flags limits
	# shellcheck disable=SC2206 # words
	[ -z "${SANDBOX_PREFIX:-}" ] || prefix=(/probe $SANDBOX_PREFIX + exec)
	prefix+=(/cradle)
	read -ra flags <"$SUITE_DIR/podman.flags"
	read -ra limits < <(podman_limits)
	sandbox_words=("$TOP/tests/podman" "${flags[@]}" run --rm --network none "${limits[@]}"
		"${SANDBOX_PODMAN[@]}" --volume "$SANDBOX_DIR:$SANDBOX_DIR" --env "CANARY=$CANARY"
		--entrypoint "${prefix[0]}" cradle-test "${prefix[@]:1}" run --seccomp=none)
}

sandbox() {
	local probe=$PROBE before behind sandbox_words
	world=$1
	cut_at_dashes "${@:2}"
	if [ "$world" = container ]; then
		once image make_image || return
		probe=/probe
	fi
	find_words "$world"
	status=0
	(
		cd / && close_others
		exec env --default-signal "${SANDBOX_WRAP[@]}" timeout -s KILL $SANDBOX_DEADLINE \
			"${sandbox_words[@]}" "${before[@]}" -- "$probe" "${behind[@]}"
	) </dev/null >"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" 3>&- || status=$?
	output=$(<"$BATS_TEST_TMPDIR/stdout")
	stderr=$(<"$BATS_TEST_TMPDIR/stderr")
}

# snapshot DIR: all names with type, mode, owner, size, times and contents. Two that are the same
# mean that nothing was touched.
snapshot() {
	find "$1" -printf '%P %y %m %U:%G %s %T@ %C@ %l\n' | sort
	find "$1" -type f -exec sha256sum {} + | sort
}

# start_sandbox SETTING [OPTION...] -- VERB...: in the background; then await_line, finish_world and the
# rest of worlds.bash. $world_pid is the launcher, the outer one when nested.
start_sandbox() {
	local before behind sandbox_words
	world=$1
	cut_at_dashes "${@:2}"
	find_words "$world"
	world_dir=$(mktemp -d "$BATS_TEST_TMPDIR/world.XXXXXX")
	mkfifo "$world_dir/stdout"
	(
		cd / && close_others
		exec env --default-signal "${SANDBOX_WRAP[@]}" "${sandbox_words[@]}" "${before[@]}" -- \
			"$PROBE" "${behind[@]}"
	) </dev/null >"$world_dir/stdout" 2>"$world_dir/stderr" 3>&- &
	world_pid=$!
	exec {world_fd}<"$world_dir/stdout"
	world_until=$((SECONDS + SANDBOX_DEADLINE))
	: >"$world_dir/output"
}

# What a failed test left of its sandboxes: all processes that have our CANARY in their environment.
end_marked() {
	local path pid
	while IFS= read -r path; do
		pid=${path#/proc/}
		pid=${pid%/environ}
		[ "$pid" = $$ ] || [ "$pid" = "$BASHPID" ] || kill -KILL "$pid" 2>/dev/null
	done < <(grep -lzxF "CANARY=$CANARY" /proc/[0-9]*/environ 2>/dev/null)
	return 0
}
