# At a terminal: keys, stops, sizes, hang-ups, and descriptors that aren't there. The probe's verb pty
# plays the user.
# shellcheck disable=SC1003,SC2086,SC2034,SC2016,SC2154 # variables of worlds.bash; those that bash -i expands

load worlds
load terminal

# ways: how cradle is started below the shell or the terminal
WAYS=(init run unshare)

command_of() {
	case $1 in
	unshare) echo "unshare -Urpf --mount-proc $CRADLE init" ;;
	# As a job of the shell; sandbox_tty.bats has the terminal of its own.
	run) echo "$CRADLE run --tty=inherit --bind ${TMPDIR:-/tmp} ${TMPDIR:-/tmp}" ;;
	*) echo "$CRADLE $1" ;;
	esac
}

# unshare(1) ignores INT and TERM itself, but dies of QUIT; so there only Ctrl-C is pressed.
quit_keys() {
	[ "$1" = unshare ] || printf '%s\n' 'send=^\' 'expect=agent got 3'
}

@test "Ctrl-C and Ctrl-\\ reach the agent once, below an interactive shell" {
	local way quit
	for way in "${WAYS[@]}"; do
		mapfile -t quit < <(quit_keys $way)
		at_terminal expect='ready> ' \
			send="$(command_of $way) -- $PROBE catch-until WINCH INT QUIT WINCH + exit 3\\r" \
			expect='ready pid=' send='^C' expect='agent got 2' "${quit[@]}" \
			resize=30x90 expect='agent got 28' expect='ready> ' send='echo code=$?\r' expect='code=3' \
			send='exit\r' -- "${SHELL_WORDS[@]}"
		expect_count $((2 + ${#quit[@]} / 2)) 'agent got'
	done
}

@test "Ctrl-C kills an agent that doesn't care, and the shell sees it" {
	local way
	for way in "${WAYS[@]}"; do
		at_terminal expect='ready> ' send="$(command_of $way) -- $PROBE hang\\r" expect=hanging \
			send='^C' expect='ready> ' send='echo code=$?\r' expect='code=130' send='exit\r' -- \
			"${SHELL_WORDS[@]}"
	done
}

@test "Ctrl-Z stops agent and cradle, fg continues both" {
	local way
	for way in "${WAYS[@]}"; do
		# The shell prints the job before it hands the terminal over; only the agent knows when.
		at_terminal expect='ready> ' \
			send="$(command_of $way) -- $PROBE catch-until INT CONT INT + exit 3\\r" \
			expect='ready pid=' send='^Z' expect=Stopped expect='ready> ' \
			send='fg\r' expect='agent got 18' send='^Z' expect=Stopped expect='ready> ' \
			send='fg\r' expect='agent got 18' send='^C' expect='agent got 2' expect='ready> ' \
			send='echo code=$?\r' expect='code=3' send='exit\r' -- "${SHELL_WORDS[@]}"
		# The shell continues the whole group: passed on besides, it might undo the next ^Z.
		expect_count 2 'agent got 18'
	done
}

@test "what Ctrl-Z stopped dies of Ctrl-C once it goes on" {
	local way
	for way in "${WAYS[@]}"; do
		at_terminal expect='ready> ' send="$(command_of $way) -- $PROBE print one + block CONT + \
catch 1 CONT + hang\\r" expect='ready pid=' send='^Z' expect=Stopped expect='ready> ' send='fg\r' \
			expect=hanging send='^C' expect='ready> ' send='echo code=$?\r' expect='code=130' \
			send='exit\r' -- "${SHELL_WORDS[@]}"
	done
}

@test "a stopped job goes on with bg and ends by itself" {
	local way
	# The shell echoes the words typed, so what is awaited must not be among them.
	for way in "${WAYS[@]}"; do
		at_terminal expect='ready> ' \
			send="$(command_of $way) -- $PROBE ids + wait-file $PWD/go.$way + fds + exit 7\\r" \
			expect='ppid=' send='^Z' expect=Stopped expect='ready> ' send='bg\r' expect='ready> ' \
			send="echo >$PWD/go.$way\\r" expect='fds=' send='wait %1; echo code=$?\r' expect='code=7' \
			send='exit\r' -- "${SHELL_WORDS[@]}"
	done
}

@test "an agent that stops itself stops cradle, outside of PID 1" {
	at_terminal expect='ready> ' send="$CRADLE init -- $PROBE stop + exit 7\\r" expect=stopping \
		expect=Stopped expect='ready> ' send='fg\r' expect=continued expect='ready> ' \
		send='echo code=$?\r' expect='code=7' send='exit\r' -- "${SHELL_WORDS[@]}"
}

@test "in the background it leaves the terminal to the shell" {
	local way
	for way in "${WAYS[@]}"; do
		at_terminal expect='ready> ' \
			send="$(command_of $way) -- $PROBE tty + wait-file $PWD/go.$way + exit 0 &\\r" \
			expect='terminal=yes' send="echo al''ive; touch $PWD/go.$way\\r" expect=alive \
			send='wait; echo code=$?\r' expect='code=0' send='exit\r' -- "${SHELL_WORDS[@]}"
		# Inside a PID namespace all groups of the outside have the number 0.
		[ "$way" != init ] || expect_match 'foreground=no'
	done
}

@test "in a pipeline it works as any command does" {
	local way
	for way in "${WAYS[@]}"; do
		at_terminal expect='ready> ' \
			send="$(command_of $way) -- $PROBE print one + tty | cat; echo code=\${PIPESTATUS[0]}\\r" \
			expect='one' expect='foreground=yes' expect='code=0' send='exit\r' -- "${SHELL_WORDS[@]}"
	done
}

@test "the agent reads from the terminal and is in its foreground" {
	local way
	for way in "${WAYS[@]}"; do
		# shellcheck disable=SC2046 # words
		at_terminal expect='foreground=yes size=24x80' send='typed\r' expect='line=typed' -- \
			$(command_of "$way") -- "$PROBE" tty + wait-line
		expect_status 0
		at_terminal expect='ready> ' send="$(command_of $way) -- $PROBE tty + wait-line\\r" \
			expect='foreground=yes' send='typed\r' expect='line=typed' expect='ready> ' send='exit\r' -- \
			"${SHELL_WORDS[@]}"
	done
}

# once_at_terminal [OPTION]: what the terminal sends comes once
once_at_terminal() {
	local way quit
	for way in "${WAYS[@]}"; do
		mapfile -t quit < <(quit_keys $way)
		# shellcheck disable=SC2046 # words
		at_terminal expect='ready pid=' send='^C' expect='agent got 2' "${quit[@]}" \
			resize=30x90 expect='agent got 28' -- \
			$(command_of "$way") "$@" -- "$PROBE" catch-until WINCH INT QUIT WINCH + exit 3
		expect_status 3
		expect_count $((2 + ${#quit[@]} / 2)) 'agent got'
	done
}

@test "Ctrl-C reaches the agent once when cradle leads the session" {
	once_at_terminal
}

@test "-g at a terminal doubles nothing" {
	once_at_terminal -g
}

@test "the agent hears of a new window size once and finds it" {
	local way
	for way in "${WAYS[@]}"; do
		# shellcheck disable=SC2046 # words
		at_terminal expect='ready pid=' resize=50x132 expect='agent got 28' expect='size=50x132' expect='ready pid=' send='^C' -- \
			$(command_of "$way") -- "$PROBE" catch 1 WINCH + tty + block WINCH + catch-until INT WINCH INT
		expect_status 0
		expect_count 1 'agent got 28'
	done
}

@test "a hang-up reaches the agent, once" {
	local way until=$((SECONDS + 20))
	for way in "${WAYS[@]}"; do
		# shellcheck disable=SC2046 # words
		at_terminal expect=terminal=yes hangup -- $(command_of "$way") -- "$PROBE" block HUP + tty + \
			to "$PWD/$way" + catch 1 HUP + sync + pending + print over + exit 4
		# unshare(1) dies of the hang-up itself, before its world has ended.
		if [ "$way" = unshare ]; then expect_status 129; else expect_status 4; fi
		until grep -qx over "$way"; do [ $SECONDS -lt $until ]; done
		[ "$(grep -c '^agent got 1 ' "$way")" = 1 ]
		grep -qx 'pending=0000000000000000' "$way"
	done
}

# bats test_tags=image
@test "in a container with a terminal: keys once, and the size" {
	once image make_image
	local words=()
	# shellcheck disable=SC2207 # words
	words=("$TOP/tests/podman" $(cat "$SUITE_DIR/podman.flags") run --rm -it --network none $(podman_limits))
	at_terminal expect='ready pid=' send='^C' expect='agent got 2' send='^\' expect='agent got 3' \
		expect='foreground=yes' -- \
		"${words[@]}" cradle-test -- /probe catch-until QUIT INT QUIT + tty + exit 3
	expect_status 3
	expect_count 2 'agent got'
}

@test "any of the descriptors 0 to 2 may be closed" {
	local way closed
	for way in "${WAYS[@]}"; do
		for closed in 0 1 2 01 02 12 012; do
			local facts=$PWD/$way.$closed rc=0
			# shellcheck disable=SC2046 # words
			"$PROBE" close $(grep -o . <<<$closed) 3 4 5 6 7 8 9 + exec $(command_of "$way") -- \
				"$PROBE" to "$facts" + fds + print over + exit 6 </dev/null >/dev/null 2>&1 || rc=$?
			[ $rc = 6 ] || { echo "$way without $closed: $rc"; return 1; }
			# What was closed is filled, so that no file of the agent gets to be its stdout.
			grep -qE '^fds=0 1 2( |$)' "$facts" || { echo "$way without $closed: $(cat "$facts")"; return 1; }
			grep -qx over "$facts"
		done
	done
}

@test "closed descriptors at a terminal, too" {
	local way closed
	for way in "${WAYS[@]}"; do
		for closed in 0 1 2 01 02 12 012; do
			# shellcheck disable=SC2046 # words
			at_terminal close=$closed -- $(command_of "$way") -- "$PROBE" to "$PWD/$way.$closed" + tty + exit 6
			expect_status 6
			grep -q '^tty=' "$way.$closed"
		done
	done
}
