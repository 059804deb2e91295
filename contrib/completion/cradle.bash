# Completion of cradle for bash. Option names are stable; tests/docs.bats compares them with --help.
# shellcheck shell=bash

_cradle_value() {
	case $1 in
	--signal-to) echo "child group all" ;;
	--leftovers) echo "kill term wait" ;;
	--on-success | --on-failure) echo "exit poweroff reboot halt panic restart" ;;
	--on-reboot) echo "exit restart" ;;
	--world) echo "container namespace" ;;
	--report) echo "fd: file: kmsg vsock: virtio: isa-debug-exit" ;;
	--pdeathsig | -p | --stop-signal) compgen -A signal | sed 's/^SIG//' ;;
	*) return 1 ;;
	esac
}

_cradle_takes_value() {
	case $1 in
	-p | --pdeathsig | -e | --success-code | -r | --rewrite | --signal-to | --stop-signal | \
		--grace | --deadline | --leftovers | --on-success | --on-failure | --on-reboot | \
		--report | --world | --hostname | --mount | --net | --nofile | --modules | --root) return 0 ;;
	esac
	return 1
}

# The index of the agent's word, or nothing while options go on.
_cradle_agent() {
	local i=2 word
	while [ "$i" -lt "$COMP_CWORD" ]; do
		word=${COMP_WORDS[i]}
		case $word in
		--) echo $((i + 1)) && return ;;
		-*)
			if [ "${COMP_WORDS[i + 1]-}" = = ]; then
				i=$((i + 2))
			elif _cradle_takes_value "$word"; then
				i=$((i + 1))
			fi
			;;
		*) echo "$i" && return ;;
		esac
		i=$((i + 1))
	done
}

_cradle() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words
	local both="--subreaper --pdeathsig --verbose --warn-reaped --kill-process-group
		--success-code --rewrite --signal-to --reset-signals --stop-signal --grace --deadline
		--leftovers --on-success --on-failure --report --hostname --mount --net --nofile
		--license --help --version"

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		words="init run net initramfs vm --help --license --version"
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	case ${COMP_WORDS[1]} in init | run) ;; *) return ;; esac
	[ -z "$(_cradle_agent)" ] || return
	# bash cuts --name=value in three
	[ "$cur" != = ] || cur=
	[ "$prev" != = ] || prev=${COMP_WORDS[COMP_CWORD - 2]}
	[ "${COMP_WORDS[COMP_CWORD]}" != = ] || prev=${COMP_WORDS[COMP_CWORD - 1]}
	case $prev in
	--root | --modules) mapfile -t COMPREPLY < <(compgen -f -- "$cur") && return ;;
	esac
	if words=$(_cradle_value "$prev"); then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	! _cradle_takes_value "$prev" || return
	case ${COMP_WORDS[1]}:$cur in
	init:-*) mapfile -t COMPREPLY < <(compgen -W "$both --world --modules" -- "$cur") ;;
	run:-*) mapfile -t COMPREPLY < <(compgen -W "$both --on-reboot --root" -- "$cur") ;;
	*) mapfile -t COMPREPLY < <(compgen -c -- "$cur") ;;
	esac
}

complete -o default -F _cradle cradle
