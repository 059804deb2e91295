#!/bin/sh
# What vm-limits.bats runs inside a VM, whose kernel has cgroups of version 2 alone: vm-limits.sh CASE.
# Prints facts, judges nothing.
# shellcheck disable=SC2317 # called by await
PATH=/bin:/usr/bin:/
top=/sys/fs/cgroup

# The groups that a launcher made, wherever they are.
groups() { find $top -name 'cradle-*'; }

# await COMMAND...: until it succeeds
await() {
	n=0
	until "$@"; do
		n=$((n + 1))
		if [ $n -gt 1000 ]; then
			echo "gave up waiting for: $*"
			return 1
		fi
		sleep 0.02
	done
}

none_left() { [ -z "$(groups)" ]; }
one_runs() { cat "$top"/cradle-*/inner/cgroup.procs "$top"/*/cradle-*/inner/cgroup.procs 2>/dev/null | grep -q .; }
no_guard() { ! cat /proc/[0-9]*/comm 2>/dev/null | grep -q cradle-guard; }

left() {
	await none_left && await no_guard && echo "nothing is left"
	echo "handed down in ${1#"$top"}: $(cat "$1/cgroup.subtree_control")"
}

# A subtree that belongs to uid 1000, with the controllers in "$@".
delegate() {
	for controller; do
		echo "+$controller" >$top/cgroup.subtree_control
	done
	mkdir $top/user
	give user
}

give() { chown 1000:1000 "$top/$1" "$top/$1/cgroup.procs" "$top/$1/cgroup.subtree_control"; }

# as_user GROUP COMMAND: uid 1000, alone in that group. replace=exec: as the process that we are.
replace=
as_user() {
	# shellcheck disable=SC2016 # the inner shell's
	$replace sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec setpriv --reuid=1000 --regid=1000 --clear-groups "$@"' \
		sh "$top/$1" /bin/sh -c "$2"
}

# Of the sandbox that runs: where it is, and its limits.
show() {
	await one_runs || return
	group=$(find $top -name inner)
	group=${group%/inner}
	echo "made in $(echo "${group%/*}/" | sed "s:^$top::")"
	for file in memory.max memory.swap.max pids.max cpu.max; do
		[ ! -e "$group/$file" ] || echo "$file=$(cat "$group/$file")"
	done
}

# The launcher's pid, from the name of what it made.
launcher() {
	name=$(groups | grep -v launcher | head -n 1)
	name=${name##*/cradle-}
	echo "${name%%-*}"
}

# watch GROUP LAUNCH...: in the background, look, then let it end
watch() {
	home=$1
	shift
	mkfifo /tmp/go
	"$@" </tmp/go &
	exec 3>/tmp/go
	show
	exec 3>&-
	wait $!
	echo "code $?"
	left "$home"
}

# killed GROUP LAUNCH...: the launcher is, by KILL
killed() {
	home=$1
	shift
	"$@" &
	await one_runs
	kill -KILL "$(launcher)"
	wait $!
	echo "code $?"
	left "$home"
}

# mount_v1 CONTROLLER...: each in a hierarchy of its own; version 2 has no use for them yet
mount_v1() {
	for controller; do
		mkdir -p "/v1/$controller"
		mount -t cgroup -o "$controller" cgroup "/v1/$controller"
	done
}

v1_groups() { find /v1 "$top" -name 'cradle-*'; }
v1_none_left() { [ -z "$(v1_groups)" ]; }
v1_left() { await v1_none_left && await no_guard && echo "nothing is left"; }
v1_runs() { cat /v1/*/cradle-*/cgroup.procs 2>/dev/null | grep -q .; }

v1_show() {
	await v1_runs || return
	for file in memory.limit_in_bytes pids.max cpu.cfs_quota_us cpu.cfs_period_us; do
		for group in /v1/*/cradle-* "$top"/cradle-*; do
			[ ! -e "$group/$file" ] || echo "$file=$(cat "$group/$file")"
		done
	done
}

v1_watch() {
	mkfifo /tmp/go
	"$@" </tmp/go &
	exec 3>/tmp/go
	v1_show
	exec 3>&-
	wait $!
	echo "code $?"
	v1_left
}

survivors() {
	cat /proc/[0-9]*/comm 2>/dev/null | grep sleep | sed 's/^/survivor /'
}

limits='--memory 48M --pids 40 --cpus 0.25'
# shellcheck disable=SC2016 # the agent's shell
agent='echo "own $(cat /proc/self/cgroup)"; read x; exit 7'

case $1 in
rlimit)
	# shellcheck disable=SC3045 # dash has it
	ulimit -c 0
	# shellcheck disable=SC2016 # the agent's shell
	cradle run --rlimit core=0:1024 -- /bin/sh -c 'echo "raised to $(ulimit -Hc)"; ulimit -Sc'
	setpriv --reuid=1000 --regid=1000 --clear-groups cradle run --rlimit core=1024 -- /bin/sh -c 'echo started'
	;;
root)
	# shellcheck disable=SC2086 # words
	watch $top cradle run $limits -- /bin/sh -c "$agent"
	;;
leaf)
	delegate memory pids cpu
	mkdir $top/user/leaf
	watch $top/user as_user user/leaf "exec cradle run $limits -- /bin/sh -c '$agent'"
	killed $top/user as_user user/leaf "exec cradle run $limits -- sleep 1000"
	;;
alone)
	delegate memory pids cpu
	watch $top/user as_user user "exec cradle run $limits -- /bin/sh -c '$agent'"
	killed $top/user as_user user "exec cradle run $limits -- sleep 1000"
	;;
helper)
	# What a launcher started beside the sandbox, before it became one.
	delegate memory pids cpu
	# shellcheck disable=SC2016 # the inner shell's
	as_user user "exec cradle run $limits -- /bin/sh -c '$agent'" </dev/null
	echo "code $?"
	replace='exec'
	as_user user "exec cradle run $limits -- sleep 1000" &
	await one_runs
	# As if the launcher had made it.
	sleep 1000 &
	echo $! >"$(find $top -name '*.launcher')/cgroup.procs"
	kill -KILL "$(launcher)"
	left $top/user
	survivors
	;;
deep)
	# The sandbox may divide its own part; nothing of that is left either.
	# shellcheck disable=SC2016 # the agent's shell
	cradle run --memory 48M --cgroupfs /tmp/own -- /bin/sh -c '
		cd /tmp/own && n=0 && while mkdir a 2>/dev/null && cd a; do n=$((n + 1)); done; echo "depth $n"'
	left $top
	;;
leftover)
	# As of a launcher that was killed together with its guard.
	mkdir $top/cradle-1-1 $top/cradle-1-1/inner $top/cradle-2-2 $top/other
	sleep 1000 &
	echo $! >$top/cradle-2-2/cgroup.procs
	cradle run --pids 10 -- /bin/sh -c :
	ls -1d $top/cradle-* $top/other
	;;
refused)
	delegate memory
	mkdir $top/user/leaf
	as_user user 'cradle run --memory 32M -- /bin/sh -c "echo started"; echo code $?'
	as_user user/leaf 'exec cradle run --pids 10 -- /bin/sh -c "echo started"'
	as_user user/leaf 'exec cradle run --memory 32M --pids 10 --best-effort pids -- /bin/sh -c "echo went on"'
	setpriv --reuid=1000 --regid=1000 --clear-groups cradle run --memory 32M -- /bin/sh -c 'echo started'
	setpriv --reuid=1000 --regid=1000 --clear-groups cradle run --memory 32M --best-effort memory -- /bin/sh -c 'echo unlimited'
	left $top/user
	;;
v1)
	mount_v1 memory pids cpu
	# shellcheck disable=SC2016 # the agent's shell
	agent='echo "own memory:$(sed -n s/.*:memory://p /proc/self/cgroup) pids:$(sed -n s/.*:pids://p /proc/self/cgroup) cpu:$(sed -n s/.*:cpu://p /proc/self/cgroup)"; read x; exit 7'
	# shellcheck disable=SC2086 # words
	v1_watch cradle run $limits -- /bin/sh -c "$agent"
	# shellcheck disable=SC2086 # words
	cradle run $limits -- sleep 1000 &
	await v1_runs
	kill -KILL $!
	wait $!
	echo "code $?"
	v1_left
	cradle run --memory 16M -- tail /dev/zero
	v1_left
	setpriv --reuid=1000 --regid=1000 --clear-groups cradle run --memory 32M -- /bin/sh -c 'echo started'
	;;
hybrid)
	mount_v1 memory
	v1_watch cradle run --memory 48M --pids 40 -- /bin/sh -c 'read x; exit 7'
	;;
storm)
	replace='exec'
	delegate memory pids cpu
	for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19; do
		# shellcheck disable=SC2086 # words
		as_user user "exec cradle run $limits -- sleep 1000" &
		sleep "0.0$((i * 43 % 100))"
		kill -KILL $!
		wait $!
		if ! await none_left || ! await no_guard; then
			break
		fi
	done
	left $top/user
	survivors
	;;
shared)
	cradle run --share-user --share-pid --memory 32M -- /bin/sh -c 'setsid sleep 1000 & exit 5'
	echo "code $?"
	left $top
	survivors
	;;
reached)
	# The agent outlives the process that was killed.
	cradle run --memory 16M -- /bin/sh -c 'head -c 64M /dev/zero | tail >/dev/null; echo "agent lives"'
	# Not even PID 1 fits.
	cradle run --memory 4k -- /bin/sh -c :
	echo "small: code $?"
	# It is killed itself.
	cradle run -v --memory 16M -- tail /dev/zero
	echo "code $?"
	cradle run --pids 4 -- /bin/sh -c 'sleep 5 & sleep 5 & sleep 5 & sleep 5 & wait'
	echo "code $?"
	left $top
	;;
inner)
	# A sandbox that sees its own part of the tree can't raise its limits.
	cradle run --memory 32M --cgroupfs /tmp/own -- /bin/sh -c 'ls /tmp/own | grep -c memory.max; ls /tmp/own | grep cgroup.procs'
	;;
esac
exit 0
