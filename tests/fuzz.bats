# A few seconds of each fuzz target; `make fuzz` is for hours. A finding is a file in build/fuzz/found.
# bats file_tags=fuzz

bats_require_minimum_version 1.5.0

# Each with a corpus of its own, so that a run finds what the last one did.
fuzz() {
	local build=$BATS_TEST_TMPDIR/build
	mkdir -p "$build/fuzz"
	ln -s "$BUILD/cradle" "$BUILD/cradle-policy" "$build/"
	ln -s "$BUILD/fuzz/$1_fuzz" "$build/fuzz/$1_fuzz"
	BUILD=$build run -0 timeout -s KILL 60 "$TOP/tests/fuzz/run" 4 "$1"
	run ! ls "$build/fuzz/found/"*
	# It did something.
	[ "$(find "$build/fuzz/corpus/$1" -type f | wc -l)" -gt "${2:-20}" ]
}

@test "options, whatever they are, make a plan that is read back the same" {
	fuzz plan
}

@test "the kernel's command line may hold anything" {
	fuzz cmdline
}

@test "mounts, maps, networks and words of a configuration file may be anything" {
	fuzz value
}

@test "an entry of the cache may be anything" {
	fuzz cache 8
}

@test "profiles of container runtimes may be anything, and mean the same when written again" {
	fuzz oci
}

@test "policies may be any text, and are shown as policies that mean the same" {
	fuzz policy_text
}

@test "a learnt policy may have been edited to anything, and is written as it is read" {
	fuzz policy_learn
}
