#!/usr/bin/env bats
# cradle-net in a network namespace of its own, with the real kernel's answers.
# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own, and meant to be

bats_require_minimum_version 1.5.0

setup() {
	local build=${BUILD:-$BATS_TEST_DIRNAME/../build}
	NET=$build/cradle-net
	CRADLE=$build/cradle
	RESOLV="$BATS_TEST_TMPDIR/resolv.conf"
	# The namespaces live as long as this process, which lives until it reads an end of file.
	# v1 stays down: without a carrier the kernel gives v0 no address of its own invention.
	coproc WORLD { exec unshare -Urn sh -c \
		'ip link add v0 type veth peer name v1 && echo ready && exec cat' 3>&-; }
	local line
	read -r -t 20 line <&"${WORLD[0]}"
	[ "$line" = ready ]
	ENTER=(nsenter -t "$WORLD_PID" -U -n --preserve-credentials)
}

teardown() {
	[ -z "${WAITING_PID:-}" ] || kill "$WAITING_PID" 2>/dev/null || true
	[ -z "${WORLD_PID:-}" ] || { local world=$WORLD_PID && eval "exec ${WORLD[1]}>&-" && wait "$world"; }
}

inside() {
	"${ENTER[@]}" "$@"
}

net() {
	inside "$NET" --resolv-conf "$RESOLV" "$@"
}

# All that cradle-net may change, in one text.
network_state() {
	inside ip address
	inside ip route show table all
	inside ip -6 route show table all
}

# Start cradle-net and return when it sleeps and has subscribed to link changes: in /proc/net/netlink
# a socket of rtnetlink (0) has the group RTMGRP_LINK (1).
start_waiting() {
	local deadline=$((SECONDS + 20)) stat
	"${ENTER[@]}" "$NET" --resolv-conf "$RESOLV" "$@" 2>"$BATS_TEST_TMPDIR/waiting.err" 3>&- &
	WAITING_PID=$!
	until [ "$(cat "/proc/$WAITING_PID/comm")" = cradle-net ] &&
		awk '$2 == 0 && $4 == "00000001" { found = 1 } END { exit !found }' \
			"/proc/$WAITING_PID/net/netlink" &&
		read -r stat <"/proc/$WAITING_PID/stat" && [[ $stat == *") S "* ]]; do
		kill -0 "$WAITING_PID"
		[ "$SECONDS" -lt "$deadline" ]
	done
}

# refused WORD EXPECTED ARG...: exit 125, one line that names the word and what was expected; a good
# argument before it has no effect either.
refused() {
	local word=$1 expected=$2 before
	shift 2
	before=$(network_state)
	run -125 --separate-stderr net v0,address=10.9.9.9/24,dns=10.9.9.1 "$@"
	[ -z "$output" ]
	# shellcheck disable=SC2154 # set by run --separate-stderr
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "cradle-net: "*"$word"*"$expected"* ]] || { echo "got: $stderr" && false; }
	[ "$(network_state)" = "$before" ]
	[ ! -e "$RESOLV" ]
}

@test "MTU, address, default route and name server are set and the interface is up" {
	run -0 net v0,address=10.0.2.15/24,gateway=10.0.2.2,mtu=1400,dns=10.0.2.3
	[ -z "$output" ]
	run -0 inside ip -oneline link show v0
	[[ $output == *",UP"*" mtu 1400 "* ]]
	run -0 inside ip -oneline -4 address show v0
	[[ $output == *" 10.0.2.15/24 "*"scope global"* ]]
	run -0 inside ip -4 route show default
	[[ $output == "default via 10.0.2.2 dev v0 "* ]]
	[[ $output != *onlink* ]]
	run -0 grep -v '^#' "$RESOLV"
	[ "$output" = "nameserver 10.0.2.3" ]
}

@test "IPv6 address, default route and name server are set" {
	run -0 net v0,address=fd00::5/64,gateway=fd00::1,dns=fd00::3
	run -0 inside ip -oneline -6 address show v0
	[[ $output == *" fd00::5/64 "* ]]
	run -0 inside ip -6 route show default
	[[ $output == "default via fd00::1 dev v0 "* ]]
	run -0 grep -v '^#' "$RESOLV"
	[ "$output" = "nameserver fd00::3" ]
}

@test "an IPv6 address is usable at once: not tentative, and routed to this host" {
	run -0 net v0,address=fd00::5/64
	# Before any other program gives the kernel time: a queue of it adds the local route.
	run -0 inside ip -6 route show table local
	[[ $output == *"local fd00::5 "* ]]
	run -0 inside ip -6 address show v0 tentative
	[ -z "$output" ]
}

@test "several addresses of both families and a gateway of each are set together" {
	run -0 net v0,address=10.0.2.15/24,address=10.0.3.1/32,gateway=fe80::2,address=fd00::5/64,gateway=10.0.2.2
	run -0 inside ip -oneline address show v0
	[[ $output == *" 10.0.2.15/24 "*" 10.0.3.1/32 "*" fd00::5/64 "* ]]
	run -0 inside ip -4 route show default
	[[ $output == "default via 10.0.2.2 dev v0 "* ]]
	run -0 inside ip -6 route show default
	[[ $output == "default via fe80::2 dev v0 "* ]]
}

@test "several arguments set several interfaces" {
	run -0 net lo v0,address=10.0.2.15/24,dns=10.0.2.3 v1,address=10.0.4.1/30,dns=fd00::3
	run -0 inside ip -oneline link show up
	[[ $output == *" lo: "*" v1"*" v0"* ]]
	run -0 inside ip -oneline -4 address
	[[ $output == *" 127.0.0.1/8 "* ]]
	[[ $output == *" 10.0.2.15/24 "* ]]
	[[ $output == *" 10.0.4.1/30 "* ]]
	run -0 grep -v '^#' "$RESOLV"
	[ "$output" = "nameserver 10.0.2.3"$'\n'"nameserver fd00::3" ]
}

@test "a gateway outside of all networks is reached on the link" {
	run -0 net v0,address=10.0.2.15/32,address=fd00::5/128,gateway=192.168.7.1,gateway=fd01::1
	run -0 inside ip -4 route show default
	[[ $output == "default via 192.168.7.1 dev v0 "*onlink* ]]
	run -0 inside ip -6 route show default
	[[ $output == "default via fd01::1 dev v0 "*onlink* ]]
}

@test "a second run succeeds, says nothing and changes nothing" {
	local all=lo,address=127.0.0.1/8,address=::1/128 before
	all+=" v0,address=10.0.2.15/24,address=fd00::5/64,gateway=10.0.2.2,gateway=fd00::1,mtu=1400,dns=10.0.2.3"
	# shellcheck disable=SC2086 # two words
	run -0 net $all
	before=$(network_state)
	# shellcheck disable=SC2086
	run -0 net $all
	[ -z "$output" ]
	[ "$(network_state)" = "$before" ]
}

@test "an IPv6 address that is there with another prefix is an error" {
	run -0 net v0,address=fd00::5/64
	run -125 net v0,address=fd00::5/48
	[[ $output == "cradle-net: cannot add fd00::5/48 to v0: "*"File exists"*"; it is there with another prefix: remove it first" ]]
	[ "${#lines[@]}" -eq 1 ]
}

@test "another default route is an error, and stays" {
	run -0 net v0,address=10.0.2.15/24,gateway=10.0.2.2
	run -125 net v0,address=10.0.2.15/24,gateway=10.0.2.9
	[ "$output" = "cradle-net: cannot add a default route through 10.0.2.9 on v0: File exists; there is another default route: remove it first" ]
	run -0 inside ip -4 route show default
	[[ $output == "default via 10.0.2.2 "* ]]
	[ "${#lines[@]}" -eq 1 ]
}

@test "another IPv6 default route is an error, not a second path" {
	run -0 net v0,address=fd00::5/64,gateway=fd00::1
	run -125 net v0,address=fd00::5/64,gateway=fd00::2
	[[ $output == *"cannot add a default route through fd00::2 on v0: File exists; there is another default route"* ]]
	run -0 inside ip -6 route show default
	[[ $output == "default via fd00::1 "* ]]
	[ "${#lines[@]}" -eq 1 ]
}

@test "the kernel's own words are in the error, and no name server is written" {
	run -125 net v0,address=10.0.2.15/24,gateway=10.0.2.255,dns=10.0.2.3
	[ "$output" = "cradle-net: cannot add a default route through 10.0.2.255 on v0: Nexthop has invalid gateway (Invalid argument)" ]
	[ ! -e "$RESOLV" ]
}

@test "IPv6 on an interface whose MTU is too small for it is an error that says so" {
	run -0 net v0,mtu=1000
	run -125 net v0,address=fd00::5/64
	[ "$output" = "cradle-net: cannot add fd00::5/64 to v0: Invalid argument; IPv6 needs an MTU of at least 1280" ]
}

@test "without the right to change the network the error names the capability" {
	# Its own, nested user namespace owns nothing here.
	run -125 inside unshare -U "$NET" v0,mtu=1400
	[ "$output" = "cradle-net: cannot set the MTU of v0 to 1400: Operation not permitted; needs CAP_NET_ADMIN in the user namespace that owns this network namespace" ]
}

@test "a missing interface is an error that names those that exist" {
	run -125 net v7,address=10.0.2.15/24
	[[ $output == "cradle-net: cannot find v7: no such interface after 3 s; there are: "* ]]
	[[ $output == *lo* && $output == *v0* && $output == *v1* ]]
	[ "${#lines[@]}" -eq 1 ]
}

@test "an interface that appears later is waited for" {
	start_waiting v9,address=10.0.2.15/24
	# The first to appear is another one.
	inside ip link add v7 type veth peer name v8
	inside ip link add v9 type veth peer name v10
	wait "$WAITING_PID"
	[ ! -s "$BATS_TEST_TMPDIR/waiting.err" ]
	run -0 inside ip -oneline address show v9
	[[ $output == *" 10.0.2.15/24 "* ]]
}

@test "an interface that gets its name later is waited for" {
	start_waiting eth0,address=10.0.2.15/24
	inside ip link set v1 name eth0
	wait "$WAITING_PID"
	run -0 inside ip -oneline address show eth0
	[[ $output == *" 10.0.2.15/24 "* ]]
}

@test "resolv.conf is readable by all and leaves nothing beside it" {
	mkdir "$BATS_TEST_TMPDIR/etc"
	RESOLV=$BATS_TEST_TMPDIR/etc/resolv.conf
	umask 077
	run -0 net v0,dns=10.0.2.3,dns=fd00::3
	run -0 stat -c %a "$RESOLV"
	[ "$output" = 644 ]
	run -0 ls -A "$BATS_TEST_TMPDIR/etc"
	[ "$output" = resolv.conf ]
}

@test "the directory of resolv.conf is made when it is missing" {
	RESOLV=$BATS_TEST_TMPDIR/new/resolv.conf
	run -0 net v0,dns=10.0.2.3
	run -0 grep nameserver "$RESOLV"
	[ "$output" = "nameserver 10.0.2.3" ]
}

@test "a resolv.conf that is a link is replaced and not followed" {
	echo "the host's" >"$BATS_TEST_TMPDIR/elsewhere"
	ln -s elsewhere "$RESOLV"
	run -0 net v0,dns=10.0.2.3
	[ ! -L "$RESOLV" ]
	grep -q '^nameserver 10.0.2.3$' "$RESOLV"
	[ "$(cat "$BATS_TEST_TMPDIR/elsewhere")" = "the host's" ]
}

@test "resolv.conf is replaced as a whole, and left alone without dns" {
	echo "nameserver 10.1.1.1" >"$RESOLV"
	run -0 net v0,address=10.0.2.15/24
	[ "$(cat "$RESOLV")" = "nameserver 10.1.1.1" ]
	run -0 net v0,dns=10.0.2.3
	run -0 grep nameserver "$RESOLV"
	[ "$output" = "nameserver 10.0.2.3" ]
}

@test "a resolv.conf that cannot be written is an error and leaves nothing behind" {
	mkdir -p "$BATS_TEST_TMPDIR/etc/resolv.conf"
	RESOLV=$BATS_TEST_TMPDIR/etc/resolv.conf
	run -125 net v0,dns=10.0.2.3
	[ "$output" = "cradle-net: cannot write $RESOLV: Is a directory; give another file with --resolv-conf" ]
	run -0 ls -A "$BATS_TEST_TMPDIR/etc"
	[ "$output" = resolv.conf ]
}

@test "a bad interface name is refused before anything is touched" {
	refused "''" "expected the name of a network interface" ""
	refused "''" "expected the name of a network interface" ,mtu=1500
	refused "'abcdefghijklmnop'" "1 to 15 characters" abcdefghijklmnop
	refused "'../v0'" "without / : and spaces" ../v0
}

@test "a bad address is refused before anything is touched" {
	refused "'address=10.0.2.15'" "expected address=A.B.C.D/N or address=IPV6/N" v1,address=10.0.2.15
	refused "'address=10.0.2.15/33'" "at most 32 bits for IPv4" v1,address=10.0.2.15/33
	refused "'address=fd00::5/129'" "128 for IPv6" v1,address=fd00::5/129
	refused "'address=10.0.2.15/24x'" "expected address=A.B.C.D/N" v1,mtu=1500,address=10.0.2.15/24x,dns=1.1.1.1
	refused "'address=0.0.0.0/0'" "expected address=A.B.C.D/N" v1,address=0.0.0.0/0
}

@test "a bad gateway is refused before anything is touched" {
	refused "'gateway=router'" "expected gateway=IP" v1,address=10.0.2.15/24,gateway=router
	refused "'gateway=10.0.2.2'" "an address of the gateway's family" v1,gateway=10.0.2.2,address=fd00::5/64
	refused "'gateway=10.0.2.15'" "not the interface's own" v1,address=10.0.2.15/24,gateway=10.0.2.15
	refused "v1,address=10.0.3.1/24,gateway=10.0.3.2" "at most one gateway for IPv4" \
		lo,address=10.0.2.15/24,gateway=10.0.2.2 v1,address=10.0.3.1/24,gateway=10.0.3.2
}

@test "a bad MTU is refused before anything is touched" {
	refused "'mtu=67'" "68 <= N <= 65535" v1,mtu=67
	refused "'mtu=65536'" "68 <= N <= 65535" v1,mtu=65536
	refused "'mtu=1500b'" "68 <= N <= 65535" v1,mtu=1500b
	refused "'mtu=1400'" "only once" v1,mtu=1500,mtu=1400
	refused "'mtu=1000'" "at least mtu=1280" v1,mtu=1000,address=fd00::5/64
}

@test "a bad name server, an unknown word and an empty word are refused before anything is touched" {
	refused "'dns=localhost'" "expected dns=IP" v1,dns=localhost
	refused "v1,dns=1.1.1.2,dns=1.1.1.3,dns=1.1.1.4" "at most 3 name servers" \
		v1,dns=1.1.1.2,dns=1.1.1.3,dns=1.1.1.4
	refused "'route=10.0.0.0/8'" "expected address=CIDR, gateway=IP, mtu=N or dns=IP" v1,route=10.0.0.0/8
	refused "''" "expected address=CIDR, gateway=IP, mtu=N or dns=IP" v1,
}

@test "bad options and no interface at all are refused" {
	refused "unknown option --wait" "see cradle net --help" --wait
	refused --resolv-conf "needs a value" --resolv-conf
	run -125 inside "$NET"
	[[ $output == "cradle-net: no interface to set up: expected IFACE"* ]]
}

@test "--help and --version print on stdout and touch nothing" {
	local before
	before=$(network_state)
	run -0 --separate-stderr net --help v0
	[[ $output == "usage: cradle net "*"--resolv-conf FILE"* ]]
	[ -z "$stderr" ]
	run -0 --separate-stderr net --version v0
	[[ $output =~ ^cradle-net\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	[ "$(network_state)" = "$before" ]
}

@test "cradle net is cradle-net" {
	run -0 inside "$CRADLE" net v0,address=10.0.2.15/24
	run -0 inside ip -oneline -4 address show v0
	[[ $output == *" 10.0.2.15/24 "* ]]
	run -125 inside "$CRADLE" net v0,mtu=1
	[[ $output == "cradle-net: bad word 'mtu=1' in 'v0,mtu=1': expected mtu=N"* ]]
}

@test "a process's network is set up from outside: who owns it needs no more" {
	run -0 "$NET" --netns-pid "$WORLD_PID" --address 10.0.0.1/32 --address fd00::1/64 --route 10.5.0.0/16 \
		--route fd05::/16 --mtu 9000
	[ -z "$output" ]
	run -0 inside sh -c 'ip -oneline address show lo; ip route; ip -6 route; ip link show lo'
	[[ $output == *" 10.0.0.1/32 "*" fd00::1/64 "* ]]
	[[ $output == *"10.5.0.0/16 dev lo "* ]]
	[[ $output == *"fd05::/16 dev lo "* ]]
	[[ $output == *"UP"*" mtu 9000 "* ]]
	# Again, with the same result
	run -0 "$NET" --netns-pid "$WORLD_PID" --address 10.0.0.1/32 --route 10.5.0.0/16 --route fd05::/16
	[ -z "$output" ]
}

@test "a route that is there another way is an error that says so" {
	inside ip link set v0 up
	inside ip route add 10.5.0.0/16 dev v0
	run -125 "$NET" --netns-pid "$WORLD_PID" --route 10.5.0.0/16
	[ "$output" = "cradle-net: cannot add a route to 10.5.0.0/16 on lo: File exists; there is another route to that network: remove it first" ]
}

@test "from outside, what is missing, too much or not to be read is refused" {
	run -125 "$NET" --address 10.0.0.1/32
	[[ $output == *"--address needs a network namespace: expected --netns-pid PID"* ]]
	run -125 "$NET" --netns-pid "$WORLD_PID" --address 10.0.0.1/32 v0
	[[ $output == *"expected no IFACE"* ]]
	run -125 "$NET" --netns-pid "$WORLD_PID"
	[[ $output == *"nothing to do from outside"* ]]
	run -125 "$NET" --netns-pid "$WORLD_PID" --net host --address 10.0.0.1/32
	[[ $output == *"--net=host and"* ]]
	run -125 "$NET" --netns-pid x --address 10.0.0.1/32
	[[ $output == *"--netns-pid=x: expected the number of a process"* ]]
	run -125 "$NET" --netns-pid "$WORLD_PID" --net veth:h0,colour=red
	[[ $output == *"bad word 'colour=red': expected bridge=NAME"* ]]
	run -125 "$NET" --netns-pid 2147483647 --address 10.0.0.1/32
	[[ $output == *"cannot join the network namespace of process 2147483647: No such process"* ]]
	run -0 inside ip -oneline -4 address
	[[ $output != *10.0.0.1* ]]
}

@test "another user's network can't be joined" {
	run -125 unshare -Ur "$NET" --netns-pid "$$" --address 10.0.0.1/32
	[[ $output == *"cannot join the network namespace of process $$: Operation not permitted"* ]]
}
