# What --help says, to compare other texts with.

top=$BATS_TEST_DIRNAME/..
cradle=${CRADLE:-${BUILD:-$top/build}/cradle}

fail() {
	echo "$*"
	return 1
}

# Long options of a help text, one a line.
options_of_help() {
	grep -oE -e '--[a-z][a-z0-9-]*[a-z0-9]' | sort -u
}

# The programs beside it: only what stands in the left column, as the right one may mention others'.
options_of_tool() {
	"$@" --help | grep -E '^ +-' | sed 's/^ *//; s/  .*//' | options_of_help
}

# Verbs for people; supervise is started by cradle.
verbs_of_policy() {
	"$cradle" policy --help | sed -nE 's/^  ([a-z]+).*/\1/p' | grep -vx supervise
}

same() {
	diff -u <(echo "$1") <(echo "$2")
}
