# Completion of cradle for bash. Option names are stable; tests/completion.bats compares them, and how many
# words each takes, with --help.
# shellcheck shell=bash

_cradle_names() {
	local both="subreaper pdeathsig kill-process-group signal-to rewrite reset-signals grace deadline
		stop-signal leftovers success-code on-success on-failure verbose warn-reaped report hostname
		nofile mount net user groups cap-add cap-drop cap-keep no-new-privs landlock-ro landlock-rw
		landlock-exec landlock-tcp-bind landlock-tcp-connect landlock-scope best-effort seccomp
		seccomp-mode explain seccomp-listener rlimit nice oom-score-adj umask license help version"

	case $1 in
	init) echo "$both world modules" ;;
	enter) echo "chdir cap-add seccomp seccomp-mode explain license help version" ;;
	doctor) echo "json help" ;;
	*)
		echo "$both on-reboot die-with-parent json-status-fd info-fd level-prefix root
			overlay-tmp-root bind bind-try dev-bind dev-bind-try ro-bind ro-bind-try bind-fd
			ro-bind-fd bind-mapped remount-ro mask overlay-src overlay tmp-overlay ro-overlay proc
			dev devpts sysfs cgroupfs mqueue tmpfs dir file bind-data ro-bind-data symlink chmod
			perms size unshare-user unshare-user-try unshare-pid unshare-net unshare-ipc
			unshare-uts unshare-cgroup unshare-cgroup-try unshare-time unshare-all share-user
			share-pid share-net share-ipc share-uts share-cgroup monotonic boottime join userns
			userns2 pidns disable-userns assert-userns-disabled backend address route dns mtu uid gid
			map-uid map-gid map-auto add-seccomp-fd
			exec-label file-label keep-keyring setenv unsetenv clearenv chdir argv0 keep-fd
			inherit-fds tty new-session as-pid-1 memory pids cpus time-limit
			name lock-file sync-fd block-fd userns-block-fd config args dry-run"
		;;
	esac
}

# What each word behind an option is, a line each: a function that completes it and its arguments. Nothing
# for a flag.
_cradle_kinds() {
	case $1:$2 in
	*:p | *:pdeathsig | *:stop-signal) echo _cradle_signals ;;
	*:signal-to) echo _cradle_words child group all ;;
	*:leftovers) echo _cradle_words kill term wait ;;
	*:on-success | *:on-failure) echo _cradle_words exit poweroff reboot halt panic restart ;;
	*:on-reboot) echo _cradle_words exit restart ;;
	*:report) echo _cradle_words fd: file: kmsg vsock: virtio: isa-debug-exit ;;
	*:world) echo _cradle_words container namespace ;;
	*:tty) echo _cradle_words pty inherit new-session ;;
	init:best-effort) echo _cradle_list landlock ;;
	*:best-effort) echo _cradle_list memory pids cpus rlimit keyring landlock ;;
	*:backend) echo _cradle_words namespaces landlock ;;
	*:landlock-ro | *:landlock-rw | *:landlock-exec) echo _cradle_files ;;
	*:landlock-tcp-bind | *:landlock-tcp-connect) echo _cradle_words none ;;
	*:landlock-scope) echo _cradle_list abstract signal ;;
	*:join) echo _cradle_words user= mnt= pid= net= ipc= uts= cgroup= time= ;;
	*:cap-add | *:cap-drop | *:cap-keep) echo _cradle_capabilities ;;
	*:rlimit)
		echo _cradle_words as= core= cpu= data= fsize= locks= memlock= msgqueue= nice= nofile= nproc= \
			rss= rtprio= rttime= sigpending= stack=
		;;
	init:net) echo _cradle_nothing ;;
	*:net)
		echo _cradle_words none loopback host ns: pasta pasta:tcp= pasta:udp= pasta:tcp-ns= \
			pasta:udp-ns= veth: macvlan:
		;;
	*:root | *:chdir | *:overlay-src | *:tmp-overlay | *:ro-overlay | *:proc | *:dev | *:devpts | *:sysfs | \
		*:cgroupfs | *:mqueue | *:tmpfs | *:dir) echo _cradle_files -d ;;
	*:seccomp) echo _cradle_policies ;;
	*:seccomp-mode) echo _cradle_words enforce complain ;;
	*:modules | *:remount-ro | *:mask | *:lock-file | *:config) echo _cradle_files ;;
	*:bind | *:bind-try | *:dev-bind | *:dev-bind-try | *:ro-bind | *:ro-bind-try | *:symlink)
		printf '%s\n' _cradle_files _cradle_files
		;;
	*:bind-fd | *:ro-bind-fd | *:file | *:bind-data | *:ro-bind-data | *:chmod)
		printf '%s\n' _cradle_nothing _cradle_files
		;;
	*:bind-mapped) printf '%s\n' _cradle_nothing _cradle_files _cradle_files ;;
	*:overlay) printf '%s\n' "_cradle_files -d" "_cradle_files -d" "_cradle_files -d" ;;
	*:setenv) printf '%s\n' _cradle_variables _cradle_nothing ;;
	*:unsetenv) echo _cradle_variables ;;
	*:user) echo _cradle_users ;;
	*:groups) echo _cradle_groups ;;
	*:nice | *:oom-score-adj | *:umask) echo _cradle_nothing ;;
	*:r | *:e | *:rewrite | *:success-code | *:grace | *:deadline | *:hostname | *:nofile | *:mount) echo _cradle_nothing ;;
	*:json-status-fd | *:info-fd | *:perms | *:size | *:monotonic | *:boottime | *:userns | *:userns2 | \
		*:pidns | *:address | *:route | *:dns | *:mtu | *:uid | *:gid | *:map-uid | *:map-gid | \
		*:add-seccomp-fd | *:seccomp-listener | *:exec-label | *:file-label | *:argv0 | *:keep-fd | *:memory | \
		*:pids | *:cpus | *:time-limit | *:name | *:sync-fd | *:block-fd | *:userns-block-fd | \
		*:args) echo _cradle_nothing ;;
	esac
}

_cradle_nothing() { :; }
_cradle_users() { compgen -u -- "$cur"; }
_cradle_variables() { compgen -e -- "$cur"; }
_cradle_words() { compgen -W "$*" -- "$cur"; }
_cradle_list() { compgen -P "${cur%"${cur##*,}"}" -W "$*" -- "${cur##*,}"; }
_cradle_groups() { _cradle_list "$(compgen -g)"; }
_cradle_files() { compgen "${1:--f}" -- "$cur"; }
_cradle_policies() { _cradle_words none default agent strict network-client build; _cradle_files; }
_cradle_sandboxes() { _cradle_words "$(sed -n "s|.* @cradle/$EUID/||p" /proc/net/unix | sort -u)"; }
_cradle_signals() {
	_cradle_words HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP \
		TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS RTMIN RTMIN+{1..15} RTMAX RTMAX-{1..14}
}
_cradle_capabilities() {
	_cradle_list ALL CAP_{CHOWN,DAC_OVERRIDE,DAC_READ_SEARCH,FOWNER,FSETID,KILL,SETGID,SETUID,SETPCAP} \
		CAP_{LINUX_IMMUTABLE,NET_BIND_SERVICE,NET_BROADCAST,NET_ADMIN,NET_RAW,IPC_LOCK,IPC_OWNER} \
		CAP_{SYS_MODULE,SYS_RAWIO,SYS_CHROOT,SYS_PTRACE,SYS_PACCT,SYS_ADMIN,SYS_BOOT,SYS_NICE} \
		CAP_{SYS_RESOURCE,SYS_TIME,SYS_TTY_CONFIG,MKNOD,LEASE,AUDIT_WRITE,AUDIT_CONTROL,SETFCAP} \
		CAP_{MAC_OVERRIDE,MAC_ADMIN,SYSLOG,WAKE_ALARM,BLOCK_SUSPEND,AUDIT_READ,PERFMON,BPF} \
		CAP_CHECKPOINT_RESTORE
}

# bash cuts words at = and : as well; here they are whole again.
_cradle_line() {
	local i glue=

	line=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} =~ ^[=:]+$ && ${#line[@]} -gt 0 ]]; then
			line[-1]+=${COMP_WORDS[i]} glue=1
		elif [ "$glue" ]; then
			line[-1]+=${COMP_WORDS[i]} glue=
		else
			line+=("${COMP_WORDS[i]}")
		fi
	done
}

# The last word stands behind the options, which end before word N: what is it? "agent": a word behind that.
_cradle_operand() {
	local n=$((${#line[@]} - 1 - $2))

	if [ "$1" = enter ]; then
		[ "$n" -lt 2 ] || [ "${line[$2 + 1]}" != -- ] || n=$((n - 1))
		n=$((n - 1))
	fi
	case $n in
	-1) kind=_cradle_sandboxes ;;
	0) kind="command" ;;
	*) kind="agent" ;;
	esac
}

# What the last word is: sets kind, and cur to the part of it that is meant.
_cradle_last() {
	local command=$1 i word kinds=()

	cur=${line[-1]} kind=
	for ((i = 2; i < ${#line[@]} - 1; i++)); do
		word=${line[i]}
		if [ ${#kinds[@]} -gt 0 ]; then
			kinds=("${kinds[@]:1}")
			continue
		fi
		case $word in
		--) _cradle_operand "$command" $((i + 1)) && return ;;
		--*=*) ;;
		--*) mapfile -t kinds < <(_cradle_kinds "$command" "${word#--}") ;;
		-?) mapfile -t kinds < <(_cradle_kinds "$command" "${word#-}") ;;
		-*) ;;
		*) _cradle_operand "$command" "$i" && return ;;
		esac
	done
	case ${#kinds[@]}:$cur in
	[1-9]*) kind=${kinds[0]} ;;
	*:--*=*)
		word=${cur%%=*} cur=${cur#*=}
		kind=$(_cradle_kinds "$command" "${word#--}" | head -n 1)
		;;
	*:-*) kind=option ;;
	*) _cradle_operand "$command" "$i" ;;
	esac
}

# cradle policy: what a verb's own help says.
_cradle_policy() {
	local verb=${line[2]} last=${line[-2]} names

	cur=${line[-1]}
	if [ ${#line[@]} -eq 3 ]; then
		names="check compile diff groups learn show --help --version"
		mapfile -t COMPREPLY < <(compgen -W "$names" -- "$cur")
		return
	fi
	case $last:$cur in
	--to:*) mapfile -t COMPREPLY < <(compgen -W "bpf oci pfc" -- "$cur") ;;
	--cap:*) mapfile -t COMPREPLY < <(_cradle_capabilities) ;;
	--arch:*) mapfile -t COMPREPLY < <(compgen -W "x86 x32 arm" -- "$cur") ;;
	--kernel:*) ;;
	*:-*)
		names=$("${line[0]}" policy "$verb" --help 2>/dev/null | grep -oE '^ +(-., )?--[a-z-]+' | grep -oE -e '--.*')
		mapfile -t COMPREPLY < <(compgen -W "$names" -- "$cur")
		;;
	*) mapfile -t COMPREPLY < <(_cradle_policies) ;;
	esac
}

_cradle() {
	local cur kind line names cut

	COMPREPLY=()
	_cradle_line
	if [ "${#line[@]}" -eq 2 ]; then
		names="init run bwrap enter doctor net policy initramfs vm --help --license --version"
		mapfile -t COMPREPLY < <(compgen -W "$names" -- "${line[1]}")
		return
	fi
	[ "${line[1]}" != policy ] || { _cradle_policy && return; }
	case ${line[1]} in init | run | bwrap | enter | doctor) ;; *) return ;; esac
	_cradle_last "${line[1]}"
	case $kind in
	agent) return ;;
	command)
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
		return
		;;
	option)
		names=$(_cradle_names "${line[1]}" | sed 's/[^ \t]\+/--&/g')
		mapfile -t COMPREPLY < <(compgen -W "$names" -- "$cur")
		return
		;;
	esac
	# shellcheck disable=SC2086 # a function and its arguments
	mapfile -t COMPREPLY < <($kind)
	# Only what stands behind the last = or : is replaced.
	cut=${cur%"${cur##*[=:]}"}
	COMPREPLY=("${COMPREPLY[@]#"$cut"}")
	[[ ${COMPREPLY[0]-} != *[=:] ]] || compopt -o nospace 2>/dev/null
}

complete -o default -F _cradle cradle
