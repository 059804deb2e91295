# Both completions offer what the program takes: every option that --help names, and no other.

bats_require_minimum_version 1.5.0

load help

@test "the bash completion offers exactly the options of each command" {
	local command offered
	for command in init run enter; do
		# shellcheck disable=SC2016 # for the other shell
		offered=$(bash -c 'source "$1"; COMP_WORDS=(cradle "$2" --) COMP_CWORD=2; _cradle
			printf "%s\n" "${COMPREPLY[@]}"' - "$top/contrib/completion/cradle.bash" "$command" | sort -u)
		same "$("$cradle" "$command" --help | options_of_help)" "$offered"
	done
}

# What bash offers for the words given, as it cuts them; one a line.
offered() {
	# shellcheck disable=SC2016 # for the other shell
	bash -c 'source "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _cradle
		[ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\n" "${COMPREPLY[@]}"' - "$top/contrib/completion/cradle.bash" "$@" | sort -u
}

# NAME and how many words it takes.
words_of_help() {
	sed -nE 's/^  (-., |    )--([a-z0-9-]+)(=|( [A-Z]+)*)( .*|[^ ].*)?$/\2\3/p' | grep -vE '^(license|help|version)' |
		awk '{ n = NF - 1 } sub(/=$/, "", $1) { n = 1 } { print $1, n }' | sort
}

@test "the bash completion knows how many words each option takes" {
	local command name n known all
	for command in enter init run; do
		all=$("$cradle" "$command" --help | words_of_help)
		[ "$(wc -l <<<"$all")" -ge "$([ "$command" = enter ] && echo 5 || echo 21)" ]
		while read -r name n; do
			# shellcheck disable=SC2016 # for the other shell
			known=$(bash -c 'source "$1"; _cradle_kinds "$2" "$3" | wc -l' - \
				"$top/contrib/completion/cradle.bash" "$command" "$name")
			[ "$known" = "$n" ] || fail "$command --$name takes $n, not $known"
		done <<<"$all"
	done
	grep -qx "bind-mapped 3" <<<"$all"
	grep -qx "dry-run 0" <<<"$all"
}

@test "the bash completion completes a value that holds = and :" {
	same "$(printf '%s\n' tcp-ns= tcp=)" "$(offered cradle run --net = pasta : tc)"
	same inherit "$(offered cradle run --tty = in)"
	same "$(printf '%s\n' inherit new-session pty)" "$(offered cradle run --tty =)"
	same --overlay-tmp-root "$(offered cradle run --mount tmpfs : /x : tmpfs --overlay-t)"
}

@test "the bash completion goes on behind the comma of a list" {
	same CAP_KILL,CAP_NET_RAW "$(offered cradle run --cap-drop = CAP_KILL,CAP_NET_R)"
	same memory,keyring "$(offered cradle run --best-effort memory,k)"
}

@test "the bash completion offers no name that isn't one of a signal" {
	local name n=0
	for name in $(offered cradle run --pdeathsig ""); do
		"$cradle" run --dry-run --pdeathsig "$name" -- true >/dev/null || fail "$name"
		n=$((n + 1))
	done
	[ "$n" -eq $((31 + 31)) ]
}

@test "the bash completion leaves the agent's words alone" {
	same "" "$(offered cradle run --grace 5 sh --)"
	same "" "$(offered cradle run --bind /a /b -- sh --)"
	same "" "$(offered cradle enter name --)"
	same whoami "$(offered cradle enter name -- whoam)"
}

@test "the bash completion offers the options of enter and doctor" {
	same "$("$cradle" enter --help | options_of_help)" "$(offered cradle enter --)"
	same "$("$cradle" doctor --help | options_of_help)" "$(offered cradle doctor -- | grep -vx -e --help)"
}

@test "the bash completion offers the verbs of policy and their options" {
	local verb
	same "$(verbs_of_policy | sort)" "$(offered cradle policy "" | grep -v '^-')"
	for verb in $(verbs_of_policy | grep -vx learn); do
		same "$(options_of_tool "$cradle" policy "$verb")" "$(offered "$cradle" policy "$verb" --)"
	done
	same "$(printf '%s\n' bpf oci pfc)" "$(offered cradle policy compile --to "")"
	same network-client "$(offered cradle policy compile network-)"
}

@test "the zsh completion names every option of the help and no other" {
	local offered
	offered=$(grep -E "^	['\"]" "$top/contrib/completion/_cradle" | sed 's/\[.*//' | options_of_help)
	same "$({ "$cradle" init --help && "$cradle" run --help; } | options_of_help)" "$offered"
}
