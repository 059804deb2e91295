# The .zshrc of a shell that asks its own completion what it offers: for each line of the file $OFFERED_LINES
# "= LINE", then the words or, if $OFFERED_AS is "line", the line that comes of it.
unset HISTFILE
PROMPT= RPROMPT=
setopt no_auto_list no_auto_menu no_beep
fpath=($OFFERED_FROM $fpath)
autoload -Uz compinit
compinit -u -D

# The completion system hands every word to this one; with -A, -O or -D it only asks which of them match.
compadd() {
	local -a matching

	if [[ -z ${(M)@[1,(i)(-|--)]:#-[AOD]} ]]; then
		builtin compadd -A matching "$@"
		offered+=($matching)
	fi
	builtin compadd "$@"
}

zle-line-init() {
	local line
	local -a offered

	while IFS= read -r line; do
		offered=() BUFFER=$line CURSOR=$#line
		zle complete-word
		[[ $OFFERED_AS != line ]] || offered=("$BUFFER|")
		print -rC 1 -- "= $line" ${(ou)offered}
	done <$OFFERED_LINES >$OFFERED_TO
	exit
}
zle -N zle-line-init
