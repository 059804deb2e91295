# Both completions offer what the program takes: every option that --help names, and no other.

bats_require_minimum_version 1.5.0

load help
load await

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

# What zsh offers for the lines on stdin: see offered.zsh. A terminal without a width shows nothing.
zsh_offers() {
	local dir=$BATS_TEST_TMPDIR/zsh
	mkdir -p "$dir"
	cp "$BATS_TEST_DIRNAME/offered.zsh" "$dir/.zshrc"
	cat >"$dir/lines"
	OFFERED_LINES=$dir/lines OFFERED_TO=$dir/offered OFFERED_FROM=$top/contrib/completion ZDOTDIR=$dir TERM=dumb \
		timeout 20 script -qec 'stty cols 200 rows 50; zsh -d -i' /dev/null </dev/null >"$dir/terminal" 3>&- ||
		fail "$(cat "$dir/terminal")" || return
	# Nothing but what was typed.
	! grep -aE 'zsh:|_cradle|rror' "$dir/terminal" || return
	cat "$dir/offered"
}

# The same of bash.
bash_offers() {
	# shellcheck disable=SC2016 # for the other shell
	bash -c 'source "$1"
		while IFS= read -r line; do
			echo "= $line"
			words=${line//=/ = }
			read -ra COMP_WORDS <<<"${words//:/ : }"
			[[ $line != *" " ]] || COMP_WORDS+=("")
			COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
			_cradle
			[ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\n" "${COMPREPLY[@]}" | sort -u
		done' - "$top/contrib/completion/cradle.bash"
}

# both_offer LINE...: the same, and something. Of a list bash's word is the whole of it.
both_offer() {
	local offered
	offered=$(printf '%s\n' "$@" | zsh_offers)
	same "$(printf '%s\n' "$@" | bash_offers | sed '/^=/!s/.*,//')" "$offered" || return
	awk '/^=/ && bare { exit } { bare = /^=/ } END { exit bare }' <<<"$offered" || fail "nothing is offered: $offered"
}

@test "the zsh completion offers exactly the options of each command" {
	local command
	for command in init run enter; do
		echo "= cradle $command --"
		"$cradle" "$command" --help | options_of_help
	done >"$BATS_TEST_TMPDIR/expected"
	same "$(<"$BATS_TEST_TMPDIR/expected")" "$(printf 'cradle %s --\n' init run enter | zsh_offers)"
}

@test "both completions offer the commands, and for policy the verbs and their options" {
	local verb lines=()
	for verb in $(verbs_of_policy); do
		lines+=("$cradle policy $verb --")
	done
	both_offer "${lines[@]}" 'cradle ' 'cradle bwrap --' 'cradle doctor --' 'cradle policy ' 'cradle policy check str' \
		'cradle policy compile --to ' 'cradle policy compile --arch ' 'cradle policy diff --cap CAP_SYS'
}

# As many words as it takes are asked for, behind others.
@test "both completions offer the same for every word of every option" {
	local command name n before='x x x ' lines=()
	for command in enter init run; do
		while read -r name n; do
			for (( ; n > 0; n--)); do
				lines+=("cradle $command --$name ${before:0:$((n * 2 - 2))}")
			done
		done < <("$cradle" "$command" --help | words_of_help | grep -vE '^(un)?setenv ')
	done
	[ ${#lines[@]} -gt 120 ]
	mkdir "$BATS_TEST_TMPDIR/here" "$BATS_TEST_TMPDIR/here/dir"
	cd "$BATS_TEST_TMPDIR/here"
	touch file
	same "$(printf '%s\n' "${lines[@]}" | bash_offers)" "$(printf '%s\n' "${lines[@]}" | zsh_offers)"
}

@test "both completions offer values: policies, capabilities, endings, signals, limits" {
	cd "$BATS_TEST_TMPDIR"
	export EXPORTED_CANARY=1
	both_offer 'cradle run --seccomp=' 'cradle run --seccomp ne' 'cradle init --cap-add=CAP_SYS' 'cradle run --cap-keep ' \
		'cradle init --on-failure=' 'cradle run --on-success ' 'cradle run --stop-signal=T' 'cradle init --pdeathsig RTM' \
		'cradle run --rlimit=n' 'cradle run --join u' 'cradle run --tty=in' 'cradle bwrap --best-effort=k' \
		'cradle run --setenv EXPORTED_C' 'cradle run --unsetenv=EXPORTED_C' 'cradle run --user=roo' \
		'cradle run --groups ro' 'cradle run -p H'
}

@test "both completions go on behind the comma of a list" {
	both_offer 'cradle run --cap-drop=CAP_KILL,CAP_NET_R' 'cradle run --best-effort=memory,lan' \
		'cradle run --landlock-scope signal,ab' 'cradle init --groups=root,dae'
}

@test "a value that is only begun gets no blank" {
	local expected='= cradle run --rlimit=nof
cradle run --rlimit=nofile=|
= cradle run --report=vs
cradle run --report=vsock:|
= cradle run --net=pasta:udp-
cradle run --net=pasta:udp-ns=|
= cradle run --join us
cradle run --join user=|
= cradle run --tty=i
cradle run --tty=inherit |'
	same "$expected" "$(sed -n 's/^= //p' <<<"$expected" | OFFERED_AS=line zsh_offers)"
}

@test "both completions offer programs where the agent is, and no options behind it" {
	local offered
	both_offer 'cradle run --dry-run whoam' 'cradle run -- whoam' 'cradle init -- whoam' 'cradle run --bind x x -- whoam' \
		'cradle enter name whoam' 'cradle enter name -- whoam' 'cradle enter -- name whoam'
	offered=$(printf '%s\n' 'cradle run whoami --d' 'cradle run -- whoami --d' 'cradle enter name --' | zsh_offers)
	same $'= cradle run whoami --d\n= cradle run -- whoami --d\n= cradle enter name --' "$offered"
}

@test "both completions of enter offer the sandboxes that have a name" {
	"$cradle" run --name="completed-$$" -- sleep 60 3>&- &
	local launcher=$! offered
	await "grep -q '/completed-$$\$' /proc/net/unix"
	offered=$(both_offer "cradle enter comp" "cradle enter -- comp" && zsh_offers <<<'cradle enter comp') || true
	kill -TERM $launcher
	wait $launcher || true
	same "= cradle enter comp"$'\n'"completed-$$" "$offered"
}
