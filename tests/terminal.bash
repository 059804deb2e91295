# A user at a terminal, played by the probe's verb pty: waits for text, types, changes the size.
# shellcheck disable=SC2034,SC2154 # variables of worlds.bash

# An interactive shell with job control and nothing of the tester's.
SHELL_WORDS=(env -i PATH="$PATH" HOME=/ TERM=dumb PS1='ready> ' bash --norc --noprofile -i)

# at_terminal STEP... -- COMMAND...: gives $status and $output
at_terminal() {
	local rc=0
	"$PROBE" pty "$@" >pty.out 2>pty.err 3>&- || rc=$?
	# shellcheck disable=SC2034 # for fail()
	world=pty status=$rc output=$(<pty.out) stderr=$(<pty.err)
	[ $rc -ne 124 ] || fail "the terminal waited in vain"
}
