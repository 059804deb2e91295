#!/usr/bin/env bats
# cradle run --net: from nothing at all to the host's own network. The "host" is a network namespace
# with an uplink and a second link, made for each test, so that this machine's isn't touched.
# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own, and meant to be
# shellcheck disable=SC2154 # variables of setup_suite.bash and of run --separate-stderr

bats_require_minimum_version 1.5.0

load await

# A router, 192.0.2.1, is behind the uplink up0; a network, 10.8.0.0/24, behind lan0. What is behind is
# in a second network namespace, LAN.
make_host() {
	ip link set lo up
	ip link add up0 type veth peer name up1 netns "$1"
	ip address add 192.0.2.2/24 dev up0
	ip link set up0 up
	ip route add default via 192.0.2.1
	ip link add lan0 type veth peer name lan1 netns "$1"
	ip link set lan0 up
	# As udev leaves it; not every machine has udev.
	mount -t tmpfs -o mode=755 tmpfs /mnt
	mknod -m 666 /mnt/tun c 10 200
	mount --bind /mnt/tun /dev/net/tun
	echo 'nameserver 127.0.0.53' >/mnt/resolv.conf
	mount --bind /mnt/resolv.conf /etc/resolv.conf
	mkdir /mnt/netns
	touch /mnt/netns/lan
	mount --bind "/proc/$1/ns/net" /mnt/netns/lan
}

# world NAME COMMAND: in new namespaces, which live as long as a process that reads its input.
setup() {
	local line
	cd "$BATS_TEST_TMPDIR" || return 1
	chmod 777 "$BATS_TEST_TMPDIR"
	# bash supports only one coprocess, it says; for two it needs no more than to be told apart.
	{ coproc LAN { exec unshare -n sh -c 'ip link set lo up && echo ready && exec cat' 3>&-; }; } 2>/dev/null
	read -r -t 20 line <&"${LAN[0]}"
	[ "$line" = ready ]
	export -f make_host
	{ coproc HOST { exec unshare -nm bash -ec "make_host $LAN_PID && echo ready && exec cat" 3>&-; }; } 2>/dev/null
	read -r -t 20 line <&"${HOST[0]}"
	[ "$line" = ready ]
	nsenter -t "$LAN_PID" -n sh -c '
		ip address add 10.8.0.1/24 dev lan1 && ip link set lan1 up &&
		ip address add 192.0.2.1/24 dev up1 && ip link set up1 up'
	on_host=(nsenter -t "$HOST_PID" -n -m --wdns=/)
	on_lan=(nsenter -t "$LAN_PID" -n)
	user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	background=()
}

teardown() {
	local pid
	for pid in "${background[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	[ -z "${HOST_PID:-}" ] || { local host=$HOST_PID && eval "exec ${HOST[1]}>&-" && wait "$host"; }
	[ -z "${LAN_PID:-}" ] || { local lan=$LAN_PID && eval "exec ${LAN[1]}>&-" && wait "$lan"; }
}

as_user() {
	"${on_host[@]}" "${user[@]}" "$@"
}

as_root() {
	"${on_host[@]}" "$@"
}

as_lan() {
	"${on_lan[@]}" "$@"
}

# start NAME COMMAND...: in the background, its pid in $pid
start() {
	local name=$1
	shift
	# Not by a function, which would be a process of its own in between.
	case $1 in
	as_user) set -- "${on_host[@]}" "${user[@]}" "${@:2}" ;;
	as_root) set -- "${on_host[@]}" "${@:2}" ;;
	as_lan) set -- "${on_lan[@]}" "${@:2}" ;;
	esac
	"$@" >"$name.out" 2>"$name.err" 3>&- &
	pid=$!
	background+=("$pid")
}

# ends_with CODE PID: of a process that start() started
ends_with() {
	local code=0
	wait "$2" || code=$?
	[ "$code" -eq "$1" ] || { echo "ended with $code" && false; }
}

# says ADDRESS TEXT WHERE...: true if who serves at that address, of socat, sends TEXT back
says() {
	local address=$1 text=$2
	shift 2
	[ "$(echo "$text" | "$@" timeout 5 socat -t 1 - "$address")" = "$text" ]
}

# serve NAME ADDRESS WHERE...: send back what comes in, for as many as come
serve() {
	local name=$1 address=$2
	shift 2
	start "$name" "$@" socat "$address,fork" EXEC:cat
}

# The processes of pasta below a process.
pastas() {
	pgrep -P "$(pgrep -d, -P "$1")" -f '^pasta '
}

# refused WORDS OPTION...: exit 125 and one line; nothing was started
refused() {
	local words=$1
	shift
	run -125 --separate-stderr "$@" -- touch "$BATS_TEST_TMPDIR/started"
	[ "${#stderr_lines[@]}" -eq 1 ]
	# shellcheck disable=SC2076 # no pattern
	[[ $stderr == "cradle: "*"$words"* ]] || { echo "got: $stderr" && false; }
	[ ! -e "$BATS_TEST_TMPDIR/started" ]
}

@test "--net=none leaves not even the loopback interface up" {
	run -0 as_user "$CRADLE" run --net=none -- ip -brief link
	[[ $output =~ ^lo\ +DOWN ]]
	[ "${#lines[@]}" -eq 1 ]
}

@test "--net=host shares the caller's network namespace" {
	run -0 as_user "$CRADLE" run --net=host -- readlink /proc/self/ns/net
	[ "$output" = "$(as_root readlink /proc/self/ns/net)" ]
}

@test "a normal user gives the loopback interface addresses, a route and an MTU" {
	run -0 --separate-stderr as_user "$CRADLE" run --address 10.0.0.1/32 --address fd00::1/64 \
		--route 10.5.0.0/16 --mtu 9000 -- \
		sh -c 'ip -brief address; ip route; ip link show lo'
	[ "$stderr" = "" ]
	[[ ${lines[0]} =~ ^lo\ +UNKNOWN ]]
	[[ ${lines[0]} == *" 10.0.0.1/32 "*"fd00::1/64 "* ]]
	[[ ${lines[1]} == "10.5.0.0/16 dev lo "* ]]
	[[ $output == *9000* ]]
}

@test "such an address is served and reached inside, and is unknown outside" {
	run -0 as_user "$CRADLE" run --address 10.0.0.1/32 -- sh -c '
		socat TCP-LISTEN:4444,bind=10.0.0.1 EXEC:cat &
		echo hello | socat -t 2 - TCP:10.0.0.1:4444,retry=100,interval=0.05'
	[ "$output" = hello ]
	run -0 as_root ip address
	[[ $output != *10.0.0.1/* ]]
}

@test "what contradicts itself is refused before anything is started" {
	refused "--net=none has no interface" as_user "$CRADLE" run --net=none --address 10.0.0.1/8
	refused "--net=host and" as_user "$CRADLE" run --net=host --mtu 1400
	refused "--net=host and" as_user "$CRADLE" run --route default --net=ns:/mnt/netns/lan
	refused "of its family" as_user "$CRADLE" run --address fd00::1/64 --route default,via=10.0.0.1
}

@test "a normal user is told why there is no veth and no macvlan, and what there is" {
	refused "--net=veth: only root may change the host's network" as_user "$CRADLE" run --net=veth
	refused "take --net=pasta" as_user "$CRADLE" run --net=macvlan:up0
}

@test "a veth pair joins the sandbox to the host, and goes with it" {
	start sandbox as_root "$CRADLE" run --net=veth:cradle0,host-address=10.9.0.1/24 \
		--address 10.9.0.2/24 --route default,via=10.9.0.1 --mtu 1400 -- \
		socat TCP-LISTEN:4444,fork EXEC:cat
	await 'says TCP:10.9.0.2:4444 hello as_root'
	run -0 as_root ip -oneline link show cradle0
	[[ $output == *" mtu 1400 "* ]]
	as_root test -e /proc/sys/net/ipv4/conf/cradle0
	kill -TERM "$pid"
	await '! as_root ip link show cradle0'
}

@test "inside, the veth's end is eth0 or as it was named, with its address and routes" {
	run -0 as_root "$CRADLE" run --net=veth --address 10.9.0.2/24 --route 10.10.0.0/16,via=10.9.0.1 -- \
		sh -c 'ip -oneline -4 address show eth0; ip route'
	[[ ${lines[0]} == *" 10.9.0.2/24 "* ]]
	[[ $output == *"10.10.0.0/16 via 10.9.0.1 dev eth0"* ]]
	run -0 as_root "$CRADLE" run --net=veth:name=inner9 -- ip -brief link show inner9
	[[ $output == "inner9@"*" UP "* ]]
}

@test "a veth pair joins a bridge of the host" {
	as_root ip link add br0 type bridge
	as_root ip address add 10.9.1.1/24 dev br0
	as_root ip link set br0 up
	start sandbox as_root "$CRADLE" run --net=veth:port0,bridge=br0 --address 10.9.1.2/24 -- \
		socat TCP-LISTEN:4444,fork EXEC:cat
	await 'says TCP:10.9.1.2:4444 hello as_root'
	run -0 as_root ip -oneline link show master br0
	[[ $output == *port0@* ]]
}

@test "a name that is taken, a bridge that is none or isn't there: refused by name" {
	run -125 as_root "$CRADLE" run --net=veth:up0 -- true
	[[ $output == *"cannot make a veth pair with the host's end up0: File exists"* ]]
	run -125 as_root "$CRADLE" run --net=veth:h0,bridge=up0 -- true
	[[ $output == *"that is no bridge"* ]]
	run -125 as_root "$CRADLE" run --net=veth:h0,bridge=br7 -- true
	[[ $output == *"cannot find the bridge br7 on the host"* ]]
	run -1 as_root ip link show h0
}

@test "a macvlan joins the sandbox to the network of an interface" {
	serve lan TCP-LISTEN:4444,bind=10.8.0.1 as_lan
	await 'says TCP:10.8.0.1:4444 hello as_lan'
	run -0 as_root "$CRADLE" run --net=macvlan:lan0,mode=private --address 10.8.0.5/24 -- sh -c '
		ip -details -oneline link show eth0
		echo hello | socat -t 2 - TCP:10.8.0.1:4444,retry=100,interval=0.05'
	[[ ${lines[0]} == *"macvlan mode private"* ]]
	[ "${lines[1]}" = hello ]
	run -125 as_root "$CRADLE" run --net=macvlan:nosuch -- true
	[[ $output == *"cannot find the interface nosuch on the host"* ]]
}

@test "pasta: a normal user's sandbox has the host's address and reaches the network" {
	serve router TCP-LISTEN:4444,bind=192.0.2.1 as_lan
	await 'says TCP:192.0.2.1:4444 hello as_root'
	run -0 --separate-stderr as_user "$CRADLE" run --net=pasta -- sh -c '
		ip -oneline -4 address
		echo hello | socat -t 2 - TCP:192.0.2.1:4444'
	[ "$stderr" = "" ]
	[[ $output == *" 192.0.2.2/24 "* ]]
	[ "${lines[-1]}" = hello ]
}

@test "pasta: ports are forwarded from the host's loopback alone, or from where it was said" {
	start sandbox as_user "$CRADLE" run --net=pasta:tcp=8080:80,tcp=0.0.0.0/8081:80,udp=5353 -- sh -c '
		socat UDP-LISTEN:5353,fork EXEC:cat & socat TCP-LISTEN:80,fork EXEC:cat'
	await 'says TCP:127.0.0.1:8080 hello as_root'
	await 'says UDP:127.0.0.1:5353 hello as_root'
	says TCP:192.0.2.2:8081 hello as_root
	run ! says TCP:192.0.2.2:8080 hello as_root
}

@test "pasta: nothing of the host's loopback is reached, but the ports that were asked for" {
	local gateway=192.0.2.1
	serve secret TCP-LISTEN:6666,bind=127.0.0.1 as_root
	serve wanted TCP-LISTEN:7777,bind=127.0.0.1 as_root
	await 'says TCP:127.0.0.1:6666 hello as_root'
	await 'says TCP:127.0.0.1:7777 hello as_root'
	run -0 as_user "$CRADLE" run --net=pasta:tcp-ns=7777 -- sh -c "
		for to in 127.0.0.1:6666 $gateway:6666 192.0.2.2:6666; do
			echo hello | timeout 3 socat -t 1 - TCP:\$to,connect-timeout=1 && echo reached \$to
		done 2>/dev/null
		echo wanted | socat -t 2 - TCP:127.0.0.1:7777"
	[ "$output" = wanted ]
}

@test "pasta: the host's name servers answer, also one on its loopback" {
	start server as_root socat -u UDP-RECVFROM:53,bind=127.0.0.53,fork "CREATE:$PWD/asked"
	await 'as_root ss -lun | grep -q 127.0.0.53:53'
	run -0 as_user "$CRADLE" run --net=pasta -- cat /etc/resolv.conf
	[ "$output" = "nameserver 169.254.1.1" ]
	run -0 as_user "$CRADLE" run --net=pasta -- sh -c 'echo a question | socat - UDP:169.254.1.1:53; sleep 0.2'
	await 'grep -q "a question" asked'
}

@test "pasta: address, router and MTU are as asked for" {
	run -0 as_user "$CRADLE" run --net=pasta --address 10.11.0.7/16 --route default,via=10.11.0.1 --mtu 1400 -- \
		sh -c 'ip -oneline -4 address; ip route; ip link'
	[[ $output == *" 10.11.0.7/16 "* ]]
	[[ $output == *"default via 10.11.0.1 "* ]]
	[[ $output == *" mtu 1400 "* ]]
}

@test "pasta: root's sandbox gets it, too" {
	run -0 as_root "$CRADLE" run --net=pasta -- ip -oneline -4 address
	[[ $output == *" 192.0.2.2/24 "* ]]
}

@test "pasta ends with the sandbox, however that ends" {
	start sandbox as_user "$CRADLE" run --net=pasta -- sh -c 'echo started; exec sleep 100'
	await 'grep -q started sandbox.out'
	local pasta
	pasta=$(pastas "$pid")
	kill -TERM "$pid"
	ends_with 143 "$pid"
	run ! kill -0 "$pasta"
	start killed as_user "$CRADLE" run --net=pasta -- sh -c 'echo started; exec sleep 100'
	await 'grep -q started killed.out'
	pasta=$(pastas "$pid")
	kill -KILL "$pid"
	await "! kill -0 $pasta"
}

@test "a sandbox whose pasta dies is ended, with 125 and a line that says so" {
	start sandbox as_user "$CRADLE" run --net=pasta -- sh -c 'echo started; exec sleep 100'
	await 'grep -q started sandbox.out'
	kill -KILL "$(pastas "$pid")"
	ends_with 125 "$pid"
	grep -q 'pasta' sandbox.err
}

@test "what looks after pasta can't be killed alone either" {
	start sandbox as_user "$CRADLE" run --net=pasta -- sh -c 'echo started; exec sleep 100'
	await 'grep -q started sandbox.out'
	local pasta
	pasta=$(pastas "$pid")
	kill -KILL "$(ps -o ppid= "$pasta")"
	ends_with 125 "$pid"
	await "! kill -0 $pasta"
}

@test "where /dev/net/tun is closed, the error says what to do" {
	as_root chmod 600 /mnt/tun
	refused "it needs /dev/net/tun" as_user "$CRADLE" run --net=pasta
}

@test "what pasta itself refuses is told in its words" {
	serve other TCP-LISTEN:8080,bind=127.0.0.1 as_root
	await 'says TCP:127.0.0.1:8080 hello as_root'
	refused "cannot start pasta: " as_user "$CRADLE" run --net=pasta:tcp=8080
	[[ $stderr == *"8080"* ]]
}

@test "without passt's program the package is named" {
	refused "install the package passt" as_user env PATH=/mnt/netns "$CRADLE" run --net=pasta
}

@test "name servers that were asked for are in the sandbox's resolv.conf, and only there" {
	run -0 as_user "$CRADLE" run --dns 10.0.0.53 --dns fd00::53 -- cat /etc/resolv.conf
	[ "$output" = $'nameserver 10.0.0.53\nnameserver fd00::53' ]
	run -0 as_root cat /etc/resolv.conf
	[ "$output" = "nameserver 127.0.0.53" ]
}

@test "name servers are there where resolv.conf is a link into the host's /run, or isn't at all" {
	as_root sh -c '
		mkdir /mnt/etc && cp /etc/passwd /mnt/etc/ && mount --bind /mnt/etc /etc &&
		ln -s ../run/no-such-resolver/resolv.conf /etc/resolv.conf'
	run -0 as_user "$CRADLE" run --dns 10.0.0.53 -- cat /etc/resolv.conf
	[ "$output" = "nameserver 10.0.0.53" ]
	run -0 as_user "$CRADLE" run --net=pasta -- cat /etc/resolv.conf
	[ "$output" = "nameserver 169.254.1.1" ]
	as_root rm /etc/resolv.conf
	run -0 as_user "$CRADLE" run --net=pasta -- sh -c '! test -e /etc/resolv.conf'
}

@test "an empty root has the network, too: nothing of it needs a program in there" {
	run -0 as_user "$CRADLE" run --root empty --ro-bind /usr /usr --symlink usr/bin /bin \
		--symlink usr/lib /lib --symlink usr/lib64 /lib64 --address 10.0.0.1/32 --dns 10.0.0.53 -- \
		sh -c 'ip -brief address; cat /etc/resolv.conf'
	[[ ${lines[0]} == *" 10.0.0.1/32 "* ]]
	[ "${lines[1]}" = "nameserver 10.0.0.53" ]
}

@test "as root without a user namespace a veth pair works, and pasta is refused" {
	run -0 as_root "$CRADLE" run --share-user --net=veth --address 10.9.0.2/24 -- ip -brief address show eth0
	[[ $output == *" UP "*" 10.9.0.2/24 "* ]]
	refused "needs a user namespace" as_root "$CRADLE" run --share-user --net=pasta
}

@test "--share-net and --net contradict, unless the last one is --net" {
	refused "--net needs a network namespace of its own" as_user "$CRADLE" run --net=pasta --share-net
	run -0 as_user "$CRADLE" run --share-net --net=none -- ip -brief link
	[ "${#lines[@]}" -eq 1 ]
	run -0 as_user "$CRADLE" run --net=host --unshare-net -- ip -brief link
	[ "${#lines[@]}" -eq 1 ]
}

@test "an agent without rights serves on a port below 1024 of a network of its own" {
	start sandbox as_user "$CRADLE" run --net=pasta:tcp=8080:80 -- socat TCP-LISTEN:80,fork EXEC:cat
	await 'says TCP:127.0.0.1:8080 hello as_root'
}

@test "ns:PATH: root joins a network namespace that has a name" {
	run -0 as_root "$CRADLE" run --net=ns:/mnt/netns/lan -- ip -oneline -4 address
	[[ $output == *" 10.8.0.1/24 "* ]]
}

@test "ns:PATH: a user joins what belongs to a user namespace of his own, with his own ids" {
	start owner as_user unshare -Urn sh -c 'ip link set lo mtu 4321 && echo ready && exec sleep 100'
	await 'grep -q ready owner.out'
	run -0 as_user "$CRADLE" run --net="ns:/proc/$pid/ns/net" -- sh -c 'ip link show lo; id -u'
	[[ ${lines[0]} == *" mtu 4321 "* ]]
	[ "${lines[-1]}" = 65534 ]
}

@test "ns:PATH: another's is refused, and what isn't one" {
	refused "only root may, or who made it" as_user "$CRADLE" run --net=ns:/mnt/netns/lan
	refused "it is no network namespace" as_user "$CRADLE" run --net=ns:/etc/passwd
	refused "cannot open the network namespace /no/such" as_user "$CRADLE" run --net=ns:/no/such
	as_root mkfifo -m 666 /mnt/fifo
	refused "it is no network namespace" as_user "$CRADLE" run --net=ns:/mnt/fifo
}

@test "a sandbox that begins anew after a reboot finds its network again, and its name servers" {
	as_root sh -c 'mkdir -m 777 /mnt/shared && cp "$1" /mnt/shared/probe' sh "$PROBE"
	run -0 as_user "$CRADLE" run --on-reboot=restart --cap-add=ALL --bind /mnt/shared /mnt \
		--net=pasta --dns 10.0.0.53 -- sh -c '
			cat /etc/resolv.conf; ip -oneline -4 address
			[ -e /mnt/lived ] || { : >/mnt/lived; exec /mnt/probe reboot restart; }'
	[ "$(grep -c "^nameserver 10.0.0.53$" <<<"$output")" -eq 2 ]
	[ "$(grep -c " 192.0.2.2/24 " <<<"$output")" -eq 2 ]
}
