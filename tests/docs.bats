# What the documents promise is what the program says of itself: the man page names every option
# that --help does, and no other; the table of the end of life is that of the source. What
# init and run have in common is in cradle(1), what only run has in cradle-run(1).

bats_require_minimum_version 1.5.0

load help

setup() {
	man=$top/contrib/man
}

# A help text with one line per option, its continuation behind it.
option_lines() {
	awk '/^ *-/ { if (line) print line; line = $0; next } /^                              / { line = line $0; next }
		{ if (line) print line; line = "" } END { if (line) print line }'
}

# Options that init has not, or in another sense.
options_of_run_alone() {
	comm -13 <("$cradle" init --help | option_lines | sort) <("$cradle" run --help | option_lines | sort) |
		grep -oE -e '^  (-., |    )--[a-z][a-z0-9-]+' | options_of_help
}

# Options have a heading of their own: a mention in running text is no description. Names sit in a line that
# starts with * and is followed by one that is indented.
described_in() {
	awk '/^\*-/ { head = $0; next } /^\t/ && head != "" { print head } { head = "" }' "$1" |
		grep -oE -e '--[a-z][a-z0-9-]*[a-z0-9]' | sort -u
}

@test "cradle's --help has options to compare, each command its own" {
	local init run
	init=$("$cradle" init --help | options_of_help)
	run=$("$cradle" run --help | options_of_help)
	[ "$(wc -l <<<"$init")" -gt 20 ]
	grep -qx -e --modules <<<"$init"
	grep -qx -e --root <<<"$run"
	run ! grep -qx -e --root <<<"$init"
}

@test "the help of run comes in groups, each with options" {
	run awk '/^[A-Z].*:$/ { if (open) exit 1; open = 1; n++; next } /^ +-/ { open = 0 } END { print n }' \
		<("$cradle" run --help)
	[ "$status" -eq 0 ]
	[ "$output" = "$(sed -n '/^} groups/,/^};/p' "$top/src/spec/help.c" | grep -c '{ "')" ]
}

@test "cradle(1) describes every option of init and no other" {
	same "$("$cradle" init --help | options_of_help)" "$(described_in "$man/cradle.1.scd")"
}

@test "cradle-run(1) describes every option that only run has, and no other; the others it names" {
	local alone name n=0
	alone=$(options_of_run_alone)
	[ "$(wc -l <<<"$alone")" -gt 90 ]
	same "$alone" "$(described_in <(sed '/^# ENTER/,/^# DOCTOR/d' "$man/cradle-run.1.scd"))"
	for name in $(comm -23 <("$cradle" run --help | options_of_help) - <<<"$alone"); do
		grep -q -e "\*$name\*" "$man/cradle-run.1.scd" || fail "not named: $name"
		n=$((n + 1))
	done
	[ "$n" -gt 15 ]
}

@test "cradle-run(1) describes what cradle enter --help does" {
	local section
	section=$(sed -n '/^# ENTER/,/^# DOCTOR/p' "$man/cradle-run.1.scd")
	same "$("$cradle" enter --help | option_lines | options_of_help | grep -vxE -e '--(license|help|version)')" \
		"$(described_in /dev/stdin <<<"$section")"
}

@test "cradle(1) gives each option the letter that the help gives it" {
	local line letter name n=0
	while read -r line; do
		letter=${line%%,*} name=${line##* }
		name=${name%%=*}
		grep -qE -e "^\*$letter\*, \*$name\*" "$man/cradle.1.scd" || fail "not in cradle(1): $letter, $name"
		n=$((n + 1))
	done < <("$cradle" init --help | grep -oE -e '^  -[a-z], --[a-z-]+')
	[ "$n" -ge 7 ]
}

@test "cradle-initramfs(1), cradle-vm(1) and cradle-net(8) describe the options of their programs" {
	local build=${BUILD:-$top/build}
	same "$(options_of_tool "$top/contrib/initramfs")" "$(described_in "$man/cradle-initramfs.1.scd")"
	same "$(options_of_tool "$top/contrib/vm")" "$(described_in "$man/cradle-vm.1.scd")"
	same "$(options_of_tool "$build/cradle-net")" "$(described_in "$man/cradle-net.8.scd")"
}

@test "cradle-policy(1) describes the options of each verb, and no other" {
	local verb section n=0
	for verb in $(verbs_of_policy); do
		section=$(sed -n "/^# ${verb^^}\$/,/^# /p" "$man/cradle-policy.1.scd")
		[ -n "$section" ] || fail "no section: ${verb^^}"
		same "$(options_of_tool "$cradle" policy "$verb" | grep -vx -e --help)" \
			"$(described_in /dev/stdin <<<"$section" | grep -vx -e --help)"
		n=$((n + 1))
	done
	[ "$n" -ge 2 ]
}

@test "the help of policy and of each verb names -h, --help" {
	local verb n=0
	for verb in "" supervise $(verbs_of_policy); do
		# shellcheck disable=SC2086 # none, or one
		"$cradle" policy $verb --help | grep -qE '^  -h, --help +th' || fail "policy $verb --help"
		n=$((n + 1))
	done
	[ "$n" -ge 8 ]
}

@test "libcradle(3) has every function of the header" {
	local functions name
	functions=$(grep -oE '^CRADLE_API .*' "$top/include/cradle.h" | grep -oE 'cradle_[a-z0-9_]+\(' | tr -d '(')
	[ "$(wc -l <<<"$functions")" -ge 6 ]
	for name in $functions; do
		grep -q "^\*$name\*()" "$man/libcradle.3.scd" || fail "not described: $name"
	done
}

@test "libcradle(3) has every field of both structures, and every flag" {
	local name names n=0
	names=$(awk '/^struct cradle_(config|result) \{/ { on = 1; next } /^\}/ { on = 0 } on' "$top/include/cradle.h" |
		tr '\n' ' ' | sed -E 's:/[*]([^*]|[*][^/])*[*]/::g' | tr ';' '\n' | sed -E 's/\)\(.*//; s/\[[^]]*\]//' |
		tr ',' '\n' | grep -oE '[a-z_0-9]+ *$')
	for name in $names; do
		grep -qE "(^|, |\[ |  )_${name}_(,|$)" "$man/libcradle.3.scd" || fail "not described: $name"
		n=$((n + 1))
	done
	[ "$n" -ge 36 ]
	for name in $(grep -oE '^	CRADLE_[A-Z_]+ = 1 <<' "$top/include/cradle.h" | grep -oE 'CRADLE_[A-Z_]+'); do
		grep -qE "^(\[\[|\|  ).*$name(,|$)" "$man/libcradle.3.scd" || fail "not described: $name"
	done
}

# The cells as the source has them, in the words of the page.
cells_of_source() {
	awk '/^\t\[LIFE_[A-Z]+\] = \{/ { state = $1; gsub(/[^A-Z_]|LIFE_/, "", state); next }
		/^\t\t\[LIFE_/ {
			event = $1; gsub(/[^A-Z_]|LIFE_/, "", event)
			cell = $0; sub(/^.*\] = /, "", cell)
			if (cell ~ /^STAY/) cell = "="
			else if (cell ~ /^(TERM_ALL|KILL_ALL)/) cell = substr(cell, 1, 4)
			else if (cell ~ /^THE_END/) cell = "END"
			else if (cell ~ /LIFE_KILL_ALL, LIFE_KEEP/) cell = "AGAIN"
			else { sub(/^\{ LIFE_/, "", cell); sub(/,.*/, "", cell) }
			print state, event, cell
		}' "$top/src/pid1/life.c"
}

cells_of_page() {
	awk 'BEGIN { split("REQUEST GONE_KILL GONE_TERM GONE_WAIT EMPTY TIMER", events) }
		/^# / { on = $0 == "# END OF LIFE"; next }
		on && /^Events:/ { exit }
		on && /^\|/ { state = $2; n = 0; next }
		on && /^:  / { print state, events[++n], $2 }' "$man/cradle.1.scd"
}

@test "the table of the end of life in cradle(1) is the one in the source, all 42 cells" {
	[ "$(cells_of_source | wc -l)" = 42 ]
	same "$(cells_of_source)" "$(cells_of_page)"
}

@test "cradle(1) names every field of the result record" {
	local fields name
	fields=$(grep -oE '\\"[a-z_]+\\":' "$top/src/report.c" | tr -cd 'a-z_\n')
	[ "$(wc -l <<<"$fields")" = 15 ]
	for name in $fields; do
		grep -qE "^(\[\[|\|  ).*\*$name\*" "$man/cradle.1.scd" || fail "not in cradle(1): $name"
	done
}

@test "scdoc compiles every page without a word" {
	local page n=0
	for page in "$man"/*.scd; do
		run --separate-stderr scdoc <"$page"
		[ "$status" -eq 0 ] || fail "$page: $stderr"
		[ -z "$stderr" ] || fail "$page: $stderr"
		[[ $output == *.TH* ]] || fail "$page gives no manual page"
		n=$((n + 1))
	done
	[ "$n" -eq "$(sed -n 's/^MANPAGES = //p' "$top/Makefile" | wc -w)" ]
}
