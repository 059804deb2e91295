# One helper for all worlds: start an agent under cradle there, talk to it, see how it ends.
#
#   in_world WORLD [OPTION...] -- VERB...     to the end; gives $status, $output, $stderr
#   start_world WORLD [OPTION...] -- VERB...  in the background
#   await_line REGEX                          read its output up to a line that matches
#   signal_world SIG                          to its PID 1, from outside
#   finish_world                              read the rest; gives $status, $output, $stderr
#
# WORLD is one of:
#   unshare        PID 1 below unshare(1)     run        cradle run
#   unshare-user   the same, no root          run-user   the same, no root
#   container      podman                     vm         QEMU
#
# Variables that change the next start: WORLD_PREFIX (words of the probe that runs before cradle and
# executes it), WORLD_AGENT (a program other than the probe), WORLD_ENV (an array NAME=VALUE),
# WORLD_FILES (vm: the initramfs to use), WORLD_MACHINE and WORLD_QEMU (vm: QEMU's machine, more of its
# words), WORLD_CONSOLE (vm: where the first serial port goes), WORLD_CMDLINE (vm: more words for the
# kernel), WORLD_ENDING (vm: what is said of the ending there), WORLD_PODMAN (container: more options),
# WORLD_KEEP_FD (a descriptor to hand on).
# shellcheck disable=SC2034 # status, output and stderr are read by the tests

bats_require_minimum_version 1.5.0

WORLDS=(unshare unshare-user run run-user container vm)
WORLD_DEADLINE=60

# What a world can't express, and why. Each line is asked for by a test, which prints it: see can().
cannot_table() {
	cat <<-'END'
	unshare       reboot-told       unshare(1) dies of the same signal whatever was asked
	unshare-user  reboot-told       unshare(1) dies of the same signal whatever was asked
	run           about             PID 1 of a sandbox isn't dumpable; escape.bats asserts just that
	run-user      about             PID 1 of a sandbox isn't dumpable; escape.bats asserts just that
	container     reboot            podman gives no CAP_SYS_BOOT, so the kernel refuses reboot(2)
	vm            reboot-told       nobody outside but the VMM sees it; vm.bats looks there
	vm            signal-outside    a VMM has Ctrl-Alt-Del and the power button, nothing else; vm.bats presses them
	vm            stderr-apart      stdout, stderr and the kernel share one console
	vm            forward-stop      TERM, INT, PWR, RTMIN+3, +4 and +5 are requests to a machine, never only forwarded
	all           vsock             QEMU needs /dev/vhost-vsock, a module that not every host has; the address is checked by badinput.bats
	sanitized     pss               the sanitizers' shadow memory is larger than PID 1
	END
}

# can WORLD WHAT: false, and says so in the test's output, when the table says that it can't.
can() {
	local world what reason
	while read -r world what reason; do
		if [ "$world" = "$1" ] && [ "$what" = "$2" ]; then
			echo "# $1 cannot express $2: $reason" >&3
			return 1
		fi
	done < <(cannot_table)
	return 0
}

# once NAME FUNCTION ARGS: by whoever comes first in this suite; the others wait.
once() {
	local name=$1
	shift
	(
		flock 9
		[ -e "$SUITE_DIR/$name.done" ] && exit 0
		"$@" && touch "$SUITE_DIR/$name.done"
	) 9>"$SUITE_DIR/$name.lock" 3>&- || {
		echo "cannot make $name: $*"
		return 1
	}
}

# --- container ---------------------------------------------------------------------------

podman_() {
	"$TOP/tests/podman" "$@"
}

# The first set of flags with which a container really runs here: the defaults, then what machines
# that are containers or VMs themselves may need. No network in any case.
find_podman_flags() {
	local flags
	while read -r flags; do
		# shellcheck disable=SC2086,SC2046 # words
		if podman_ $flags run --rm $(podman_limits) --network none --entrypoint /probe \
			cradle-test exit 42 >"$SUITE_DIR/podman.log" 2>&1 || [ $? -ne 42 ]; then
			continue
		fi
		echo "$flags" >"$SUITE_DIR/podman.flags"
		return 0
	done <<-'END'
	--log-level=error
	--runtime=runc
	--runtime=crun
	END
	cat "$SUITE_DIR/podman.log"
	return 1
}

# No more than what we have may be asked for; podman asks for 1048576.
podman_limits() {
	local files procs
	files=$(ulimit -Hn)
	procs=$(ulimit -Hu)
	[ "$files" = unlimited ] || [ "$files" -le 1048576 ] || files=1048576
	[ "$files" = unlimited ] && files=1048576
	[ "$procs" = unlimited ] && procs=4194304
	echo "--ulimit nofile=$((files < 1024 ? files : 1024)):$((files < 4096 ? files : 4096))" \
		"--ulimit nproc=$((procs < 1000 ? procs : 1000)):$((procs < 1000 ? procs : 1000))"
}

# With cradle-policy and the libraries it is linked to, which --explain needs.
make_image() {
	local tree=$SUITE_DIR/image
	"$TOP/contrib/initramfs" --tree "$tree" --cradle "$CRADLE" \
		--file "${CRADLE%/*}/cradle-policy:/libexec/cradle/cradle-policy" "$PROBE" || return
	mv "$tree/agent" "$tree/probe"
	mkdir "$tree/dir"
	echo 'not a program' >"$tree/text"
	chmod 755 "$tree/text"
	echo 'no x bit' >"$tree/plain"
	tar -C "$tree" --owner=0 --group=0 -c . |
		podman_ import --change 'ENTRYPOINT ["/cradle"]' - cradle-test >/dev/null 2>&1 &&
		find_podman_flags
}

podman_run() {
	local flags
	flags=$(cat "$SUITE_DIR/podman.flags")
	# shellcheck disable=SC2086,SC2046 # words
	exec "$TOP/tests/podman" $flags run --rm --network none $(podman_limits) "$@"
}

# --- vm ----------------------------------------------------------------------------------

# The plain one: cradle, the probe at /agent, files that can't be executed.
make_initramfs() {
	printf 'not a program\n' >"$SUITE_DIR/text"
	chmod 755 "$SUITE_DIR/text"
	"$TOP/contrib/initramfs" --cradle "$CRADLE" --file "$SUITE_DIR/text:/text" \
		-o "$SUITE_DIR/plain.cpio" "$PROBE"
}

need_initramfs() {
	once plain make_initramfs
}

# Quoted as the kernel unquotes: double quotes around words with blanks; there is no escape.
kernel_words() {
	local word
	for word; do
		case $word in
		*\"*) echo "a kernel command line can't hold: $word" >&2 && return 1 ;;
		*[[:space:]]* | '') printf ' "%s"' "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
}

# qemu_start CMDLINE [WORD...]: the console on stdout, ttyS1 in $world_dir/report, the monitor at
# $world_dir/monitor. The kernel's own lines are left out but for the serious ones.
qemu_run() {
	local cmdline=$1 kernel=$BUILD/vm/vmlinuz
	shift
	exec qemu-system-x86_64 -accel tcg -m 256 -nodefaults -no-user-config -display none \
		-machine "${WORLD_MACHINE:-pc}" -no-reboot -kernel "$kernel" \
		-initrd "${WORLD_FILES:-$SUITE_DIR/plain.cpio}" -append "$cmdline" \
		-monitor "unix:$world_dir/monitor,server=on,wait=off" -serial "${WORLD_CONSOLE:-stdio}" \
		-chardev "file,id=record,path=$world_dir/report" \
		-device isa-serial,index=1,chardev=record "$@"
}

# monitor COMMAND: what a user of the VMM can do
monitor() {
	printf '%s\n' "$1" | socat - "UNIX-CONNECT:$world_dir/monitor" >"$world_dir/monitor.log"
}

# --- any world ---------------------------------------------------------------------------

# The words before cradle in a world, for WORLD_PREFIX, into $prefix. No subshell: it would be a child
# of whatever the launcher becomes by exec.
prefix_words() {
	prefix=()
	# shellcheck disable=SC2206 # words
	[ -z "${WORLD_PREFIX:-}" ] || prefix=("$1" $WORLD_PREFIX + exec)
}

# Descriptors that the harness has open are none of the agent's business.
close_others() {
	local path fd
	for path in /proc/"$BASHPID"/fd/*; do
		fd=${path##*/}
		[ "$fd" -le 2 ] || [ "$fd" -ge 255 ] || [ "$fd" = "${WORLD_KEEP_FD:-}" ] ||
			eval "exec $fd>&-"
	done
	return 0
}

# A shell starts jobs with SIGINT and SIGQUIT ignored.
launch_namespaced() {
	local user=() outer=() prefix world=$1
	if [[ $world = *-user ]] && [ "$(id -u)" = 0 ]; then
		user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
		cd / || return
	fi
	prefix_words "$PROBE"
	case $world in
	unshare*) outer=(unshare -Urpf --mount-proc "${prefix[@]}" "$CRADLE" init) ;;
	# What the tests share is seen inside, and the agent may do what unshare's may: the default
	# policy has tests of its own (seccomp.bash).
	run*) outer=("${prefix[@]}" "$CRADLE" run --tty=inherit --bind "${TMPDIR:-/tmp}" "${TMPDIR:-/tmp}"
		--cap-add=ALL --seccomp=none ${WORLD_KEEP_FD:+--keep-fd=$WORLD_KEEP_FD}) ;;
	esac
	exec env --default-signal "${WORLD_ENV[@]}" "${user[@]}" "${outer[@]}" \
		"${world_options[@]}" -- "${world_agent[@]}"
}

launch_container() {
	local prefix entry options=() variable
	prefix_words /probe
	entry=("${prefix[@]}" /cradle)
	for variable in "${WORLD_ENV[@]}"; do
		options+=(--env "$variable")
	done
	podman_run --name "$world_name" "${options[@]}" "${WORLD_PODMAN[@]}" --entrypoint "${entry[0]}" \
		cradle-test "${entry[@]:1}" "${world_options[@]}" -- "${world_agent[@]}"
}

# The kernel takes 32 words at most, hence "do": all the probe's in one. A second -- and what follows
# it would never arrive (init/main.c parses the rest once more). A failure of the agent is no panic
# unless a test wants it; the code is told by the record.
launch_vm() {
	local words init=/cradle tail=()
	if [ -n "${WORLD_PREFIX:-}" ]; then
		init=/agent
		tail=("do" "$WORLD_PREFIX + exec /cradle ${world_options[*]} -- ${world_agent[*]}")
	elif [ "${world_agent[0]}" = /agent ] && [ ${#world_agent[@]} -gt 1 ]; then
		tail=("${world_options[@]}" /agent "do" "${world_agent[*]:1}")
	else
		tail=("${world_options[@]}" "${world_agent[@]}")
	fi
	words=$(kernel_words "${tail[@]}") || return
	qemu_run "console=ttyS0 quiet panic=-1 rdinit=$init cradle.report=file:/dev/ttyS1 \
${WORLD_ENDING-cradle.on-failure=poweroff} ${WORLD_CMDLINE:-} --$words" "${WORLD_QEMU[@]}"
}

agent_path() {
	case $1 in
	container) echo /probe ;;
	vm) echo /agent ;;
	*) echo "$PROBE" ;;
	esac
}

# cut_at_dashes WORD... -- WORD...: into $before and $behind
cut_at_dashes() {
	before=()
	while [ "$1" != -- ]; do
		before+=("$1")
		shift
	done
	shift
	behind=("$@")
}

# start_world WORLD [OPTION...] -- VERB...
start_world() {
	local before behind
	world=$1
	cut_at_dashes "${@:2}"
	world_options=("${before[@]}")
	world_agent=("${WORLD_AGENT:-$(agent_path "$world")}" "${behind[@]}")
	world_dir=$(mktemp -d "$BATS_TEST_TMPDIR/world.XXXXXX")
	world_name=$(basename "$SUITE_DIR")-$BASHPID-${world_dir##*.}
	case $world in
	container) once image make_image || return ;;
	vm) [ -n "${WORLD_FILES:-}" ] || need_initramfs || return ;;
	esac
	mkfifo "$world_dir/stdout"
	(
		close_others
		case $world in
		container) launch_container ;;
		vm) launch_vm ;;
		*) launch_namespaced "$world" ;;
		esac
	) </dev/null >"$world_dir/stdout" 2>"$world_dir/stderr" 3>&- &
	world_pid=$!
	exec {world_fd}<"$world_dir/stdout"
	world_until=$((SECONDS + WORLD_DEADLINE))
	: >"$world_dir/output"
}

# Reads one line into $line. Serial lines end in CR LF.
read_world() {
	local left=$((world_until - SECONDS))
	[ "$left" -gt 0 ] || left=1
	line=
	IFS= read -r -t "$left" -u "$world_fd" line
	local rc=$?
	line=${line%$'\r'}
	[ $rc -eq 0 ] || [ -n "$line" ] || return $rc
	printf '%s\n' "$line" >>"$world_dir/output"
	return $rc
}

# await_line REGEX: leaves the line in $line
await_line() {
	while read_world; do
		[[ $line =~ $1 ]] && return 0
	done
	echo "no line matched '$1' in time or before the end; output so far:"
	cat "$world_dir/output"
	echo "stderr:"
	cat "$world_dir/stderr"
	return 1
}

# The only child of a process
child_of() {
	tr -d ' ' <"/proc/$1/task/$1/children"
}

# The process that is PID 1 in there, as seen from here.
world_init() {
	case $world in
	unshare* | run*) child_of "$world_pid" ;;
	container) podman_ inspect -f '{{.State.Pid}}' "$world_name" ;;
	esac
}

# To whom somebody outside sends it: PID 1 itself, the launcher of cradle run, or podman.
signal_world() {
	case $world in
	unshare*)
		kill -s "$1" "$(world_init)"
		;;
	run*) kill -s "$1" "$world_pid" ;;
	container) podman_ kill -s "$1" "$world_name" >/dev/null ;;
	vm) return 1 ;;
	esac
}

# $output: stdout; in a VM all of the console. $status: the exit code of the launcher; in a VM the
# agent's, from the record, and "none" without one.
finish_world() {
	local rc=0
	while [ $rc -eq 0 ]; do
		read_world || rc=$?
	done
	# 1: end of file. More than 128: the time is over.
	if [ $rc -gt 128 ]; then
		echo "$world didn't end in $WORLD_DEADLINE s; output so far:"
		cat "$world_dir/output" "$world_dir/stderr"
		kill_world
		return 1
	fi
	exec {world_fd}<&-
	status=0
	wait "$world_pid" || status=$?
	world_pid=
	output=$(<"$world_dir/output")
	stderr=$(<"$world_dir/stderr")
	report=
	if [ "$world" = vm ]; then
		[ -z "$stderr" ] || echo "qemu: $stderr"
		[ $status -eq 0 ] || return 1
		report=$(tr -d '\r' <"$world_dir/report")
		status=none
		[ -z "$report" ] || status=$(jq .code <<<"$report")
		stderr=$output
	fi
}

in_world() {
	start_world "$@" && finish_world
}

# For teardown: whatever a failed test left.
kill_world() {
	[ -n "${world_pid:-}" ] || return 0
	case $world in
	container) podman_ rm -f "$world_name" >/dev/null 2>&1 ;;
	# Before the launcher: nobody would know it afterwards.
	unshare* | run*) kill -KILL "$(world_init)" 2>/dev/null ;;
	esac
	kill -KILL "$world_pid" 2>/dev/null
	wait "$world_pid" 2>/dev/null
	exec {world_fd}<&-
	world_pid=
	return 0
}

# --- looking at the results --------------------------------------------------------------

# Without the register dumps of a panic.
show_world() {
	echo "status: $status"
	echo "stdout:"
	grep -vE '^\[ *[0-9.]+\] ( |\?|[A-Z0-9]{2,}:|Call Trace|CPU:|Hardware)' <<<"$output"
	if [ "$stderr" != "$output" ]; then
		echo "stderr:"
		echo "$stderr"
	fi
	[ -z "${report:-}" ] || echo "report: $report"
}

fail() {
	echo "$*"
	show_world
	return 1
}

expect_status() {
	[ "$status" = "$1" ] || fail "expected status $1"
}

# expect_line LINE...: each is a whole line of the output
expect_line() {
	local line
	for line; do
		grep -qxF -e "$line" <<<"$output" || fail "expected the line: $line" || return
	done
}

# expect_match REGEX...: each matches somewhere in a line
expect_match() {
	local regex
	for regex; do
		grep -qE -e "$regex" <<<"$output" || fail "expected a match of: $regex" || return
	done
}

refute_match() {
	local regex
	for regex; do
		! grep -qE -e "$regex" <<<"$output" || fail "unexpected match of: $regex" || return
	done
}

# expect_count N REGEX
expect_count() {
	local n
	n=$(grep -cE -e "$2" <<<"$output") || true
	[ "$n" = "$1" ] || fail "expected $1 lines with $2, not $n"
}

# expect_order REGEX...: a line for each, in that order
expect_order() {
	local wanted=("$@") line i=0
	while IFS= read -r line && [ $i -lt $# ]; do
		[[ $line =~ ${wanted[i]} ]] && i=$((i + 1))
	done <<<"$output"
	[ $i -eq $# ] || fail "expected, in this order: $*; not found: ${wanted[i]}"
}

# One line on stderr, and what it must name. In a VM: one line of cradle's on the console.
expect_complaint() {
	local lines regex
	lines=$(grep -aE '^cradle: ' <<<"$stderr")
	[ "$(wc -l <<<"$lines")" = 1 ] && [ -n "$lines" ] ||
		fail "expected exactly one line of cradle's on stderr" || return
	[ "$world" = vm ] || [ "$stderr" = "$lines" ] || fail "expected nothing else on stderr" || return
	for regex; do
		grep -qE -e "$regex" <<<"$lines" || fail "expected in the complaint: $regex" || return
	done
}

# expect_report JQ-CONDITION...: of the record in $report
expect_report() {
	local condition
	[ "$(wc -l <<<"$report")" = 1 ] || fail "expected one line of report" || return
	for condition; do
		[ "$(jq -e "$condition" <<<"$report")" = true ] ||
			fail "expected in the report: $condition" || return
	done
}

world_setup() {
	WORLD_ENV=() WORLD_QEMU=() WORLD_PODMAN=()
	unset WORLD_PREFIX WORLD_AGENT WORLD_FILES WORLD_MACHINE WORLD_CMDLINE WORLD_ENDING \
		WORLD_CONSOLE WORLD_KEEP_FD
	world_pid=
	cd "$BATS_TEST_TMPDIR" || return
}

setup() {
	world_setup
}

teardown() {
	kill_world
}
