# await COMMAND: until it is true, for at most 11 s. It is tried again with each tick.
await() {
	local until=$((SECONDS + 10))
	while [ "$SECONDS" -le "$until" ]; do
		eval "$1" 2>/dev/null && return 0
		read -rt 0.02 <> <(:) || true
	done
	echo "never became true: $1"
	return 1
}
