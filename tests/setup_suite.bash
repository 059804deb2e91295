# Once for all files: where things are, and copies that every user can read and execute.

setup_suite() {
	local top
	top=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	export TOP=$top BUILD=${BUILD:-$top/build}
	SANITIZED=$(grep -ao -m 1 __asan_init "$BUILD/cradle" | head -n 1)
	export SANITIZED
	# Not below bats' own directory, which nobody else can enter.
	SUITE_DIR=$(mktemp -d "${TMPDIR:-/tmp}/cradle-tests.XXXXXX")
	export SUITE_DIR
	chmod 755 "$SUITE_DIR"
	mkdir "$SUITE_DIR/bin"
	cp "$BUILD/cradle" "$BUILD/cradle-net" "$BUILD/cradle-policy" "$BUILD/probe" "$SUITE_DIR/bin/"
	chmod 755 "$SUITE_DIR/bin/"*
	export CRADLE=$SUITE_DIR/bin/cradle PROBE=$SUITE_DIR/bin/probe
}

teardown_suite() {
	[ -d "${SUITE_DIR:-}" ] || return 0
	if [ -d "$SUITE_DIR/podman" ]; then
		local container
		while read -r container; do
			"$TOP/tests/podman" rm -f "$container" >/dev/null 2>&1
		done < <("$TOP/tests/podman" ps -aq 2>/dev/null)
	fi
	rm -rf "$SUITE_DIR"
}
