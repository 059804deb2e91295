# Images whose links lead everywhere: whatever is built on them stays inside, and the host as it was.
# shellcheck disable=SC2154 # variables of setup_suite.bash

load worlds
load sandbox

TREES=300

setup() {
	setup_there
	mkdir canary canary/dir source source/dir
	echo secret | tee canary/secret canary/dir/file >canary/null
	echo source | tee source/file >source/dir/file
	cp "$PROBE" probe
	# The builder's own, so that the kernel would let a mistake happen.
	[ "$(id -u)" != 0 ] || chown -R $SANDBOX_UID:$SANDBOX_UID .
}

as_builder() {
	if [ "$1" = root ]; then
		"${@:2}"
	else
		as_user "${@:2}"
	fi
}

# All names with type, mode, owner, size, times and where links lead; and the contents. bwrap makes
# mount points in what was bound, by promise: there it's what never was that stays as it is.
snapshot_all() {
	local -a watched=(canary source [0-9]* probe)
	[ "$1" = run ] || watched=(canary probe)
	find "${watched[@]}" -printf '%p %y %m %U:%G %s %T@ %C@ %l\n'
	find canary -type f -exec cat {} +
}

# It ran and saw nothing of the outside, or was refused in a line that says why, or hid its own
# program.
count_results() {
	local number code line
	while read -r number code line; do
		case "$code $line" in
		"0 read "*/canary/secret=E*) inside=$((inside + 1)) ;;
		"125 cradle: "* | "1 bwrap: "*) refused=$((refused + 1)) ;;
		"12"[67]" cradle: "*/probe*) hidden=$((hidden + 1)) ;;
		*)
			wrong=$((wrong + 1))
			echo "tree $number, code $code: $line"
			tr '\0' ' ' <"$number.words"
			;;
		esac
	done
}

# random_trees WHO run|bwrap
random_trees() {
	local seed=${SEED:-$((RANDOM * 32768 + RANDOM))} before inside=0 refused=0 hidden=0 wrong=0
	echo "seed $seed (again: SEED=$seed)"
	as_builder "$1" "$PROBE" links "$seed" $TREES "$SANDBOX_DIR"
	before=$(snapshot_all "$2")
	as_builder "$1" timeout -s KILL 60 "$PROBE" build $TREES "$SANDBOX_DIR" "$CRADLE" "$2" >results
	count_results <results
	echo "$inside ran, $refused were refused, $hidden hid the program"
	[ "$(snapshot_all "$2")" = "$before" ] || {
		echo "the host changed:"
		diff <(echo "$before") <(snapshot_all "$2")
		return 1
	}
	[ "$wrong" = 0 ] && [ $((inside + refused + hidden)) = $TREES ]
	# Only refusals would prove nothing.
	[ "$inside" -gt $((TREES / 10)) ]
}

@test "root: on random trees of links nothing outside the root changes" {
	[ "$(id -u)" = 0 ] || skip "only root is root"
	random_trees root run
}

@test "a normal user: on random trees of links nothing outside the root changes" {
	random_trees user run
}

@test "called as bwrap: on random trees of links nothing outside the root changes" {
	[ "$(id -u)" = 0 ] || skip "only root is root"
	random_trees root bwrap
}

@test "a link that leads into /proc's own links is refused as a destination" {
	local who link op
	for who in user root; do
		[ "$who" = user ] || [ "$(id -u)" = 0 ] || continue
		for link in /proc/self/cwd /proc/1/cwd /proc/self/root /proc/self/fd/3 /proc/thread-self/cwd; do
			rm -rf image
			mkdir -p image/{dev,proc,tmp,run,sys}
			cp probe image/probe
			ln -s "$link$SANDBOX_DIR/canary" image/out
			chmod -R a+rX image
			for op in "--tmpfs /out/dir" "--bind $SANDBOX_DIR/source /out/dir" "--mask /out/secret" "--dir /out/new" \
				"--symlink x /out/new" "--chmod 0700 /out/dir" "--remount-ro /out" "--proc /out" "--file 0 /out/secret"; do
				# shellcheck disable=SC2086 # words
				run -125 --separate-stderr as_builder $who timeout -s KILL 20 "$CRADLE" run --root "$SANDBOX_DIR/image" \
					$op -- /probe print inside </dev/null
				[ "$output" = "" ]
				[[ $stderr == "cradle: cannot "* ]]
				# shellcheck disable=SC2086 # words
				run -1 --separate-stderr as_builder $who timeout -s KILL 20 "$CRADLE" bwrap --bind "$SANDBOX_DIR/image" / \
					--proc /proc $op -- /probe print inside </dev/null
				[ "$output" = "" ]
				[[ $stderr == "bwrap: cannot "* ]]
			done
		done
	done
	[ "$(cat canary/secret)" = secret ]
	[ "$(ls canary)" = "$(printf '%s\n' dir null secret)" ]
}

# CVE-2024-21626: what PID 1 has open while the sandbox is made leads to the host.
@test "a working directory that is a link to a descriptor of PID 1 leads nowhere outside" {
	local who fd how
	local -a options
	mkdir deep work
	cd deep || return
	mkdir -p "image$SANDBOX_DIR" image/{dev,proc,tmp,run,sys}
	cp ../probe image/probe
	for who in user root; do
		[ "$who" = user ] || [ "$(id -u)" = 0 ] || continue
		for fd in {3..14}; do
			ln -sfn /proc/self/fd/$fd image/work
			ln -sfn /proc/self/fd/$fd "image$SANDBOX_DIR/work"
			chmod -R a+rX image
			for how in chdir cwd layers; do
				case $how in
				chdir) options=(--root "$SANDBOX_DIR/deep/image" --chdir /work) ;;
				cwd) options=(--root "$SANDBOX_DIR/deep/image" --mask /probe?) ;;
				layers) options=(--ro-bind "$SANDBOX_DIR/deep/image" / --bind "$SANDBOX_DIR/source" /tmp/source --overlay-src
					"$SANDBOX_DIR/source" --tmp-overlay /tmp/layers --chdir /work) ;;
				esac
				run --separate-stderr as_builder $who timeout -s KILL 20 env -C "$SANDBOX_DIR/work" "$CRADLE" run \
					"${options[@]}" -- /probe "try" create escaped ../escaped + \
					escape-facts rights </dev/null
				# The directory is refused, or one inside, which has a name there.
				[ "$status" = 0 ] || [ "$status" = 125 ]
				[ "$status" = 125 ] || grep -q '^cwd=/' <<<"$output"
				[ -z "$(find "$SANDBOX_DIR" -name escaped)" ]
				[ ! -e /escaped ] || { rm /escaped && return 1; }
			done
		done
	done
}
