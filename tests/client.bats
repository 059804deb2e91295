# Programs that call bwrap, with cradle in its place: flatpak by FLATPAK_BWRAP, opam by PATH.
# shellcheck disable=SC2154,SC2016 # variables of setup_suite.bash; $ is for the shell inside

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" 2>/dev/null || true
	mkdir -m 755 bin && cp "$CRADLE" bin/bwrap
	mkdir -m 777 box box/home
	export HOME=$PWD/box/home
	unset DBUS_SESSION_BUS_ADDRESS
	cd box || return 1
}

as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups timeout -s KILL 60 "$@"
}

# A runtime that is nothing but the probe, in a repository of its own.
install_runtime() {
	mkdir -p runtime/files runtime/usr/bin runtime/usr/etc
	cp "$PROBE" runtime/usr/bin/probe
	local ref
	ref=org.test.Platform/$(uname -m)/1
	printf '[Runtime]\nname=org.test.Platform\nruntime=%s\nsdk=%s\n' "$ref" "$ref" >runtime/metadata
	chown -R 65534:65534 .
	as_nobody flatpak build-export --runtime repository runtime 1
	as_nobody flatpak build-update-repo repository
	as_nobody flatpak --user remote-add --no-gpg-verify test repository
	as_nobody flatpak --user install -y test org.test.Platform//1
	as_nobody flatpak build-init application org.test.App org.test.Platform org.test.Platform 1
}

@test "flatpak builds in a cradle" {
	export FLATPAK_USER_DIR=$PWD/flatpak FLATPAK_BWRAP=$BATS_TEST_TMPDIR/bin/bwrap XDG_RUNTIME_DIR=$PWD/run
	mkdir -m 700 run
	install_runtime
	run -0 as_nobody flatpak build application /usr/bin/probe print hello
	[ "$output" = hello ]
	run -7 as_nobody flatpak build application /usr/bin/probe exit 7
	# What it makes stays, and nothing but that can be written.
	run -0 as_nobody flatpak build application /usr/bin/probe write /app/made text
	[ "$(cat application/files/made)" = text ]
	as_nobody flatpak build application /usr/bin/probe write /usr/made text || true
	[ -z "$(find flatpak -name made)" ]
	# It is really cradle that was called.
	run -1 as_nobody flatpak build application /nosuch
	[[ "$output" == "bwrap: cannot execute /nosuch: No such file or directory" ]]
}

@test "opam builds, installs and removes in a cradle" {
	export OPAMROOT=$PWD/root OPAM_SWITCH_PREFIX=$PWD/switch PATH=$BATS_TEST_TMPDIR/bin:$PATH
	local sandbox=$OPAMROOT/opam-init/hooks/sandbox.sh
	mkdir -p repository/packages switch/.opam-switch/build switch/lib
	echo 'opam-version: "2.0"' >repository/repo
	chown -R 65534:65534 .
	run -0 as_nobody opam init --bare -n repository
	cd switch/.opam-switch/build
	run -5 as_nobody "$sandbox" build sh -c 'echo x >made; touch ../not 2>/dev/null || echo "$TMPDIR"; exit 5'
	[ "$output" = /opam-tmp ]
	[ -e made ] && [ ! -e ../not ]
	run -0 as_nobody "$sandbox" install sh -c "cp made $OPAM_SWITCH_PREFIX/lib/made; cat /proc/net/dev"
	[ -e "$OPAM_SWITCH_PREFIX/lib/made" ]
	[ "$(grep -c : <<<"$output")" = 1 ]
	run -0 as_nobody "$sandbox" remove rm "$OPAM_SWITCH_PREFIX/lib/made"
	[ ! -e "$OPAM_SWITCH_PREFIX/lib/made" ]
}
