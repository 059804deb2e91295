# cradle - one PID 1 for three worlds.
#
#   make deps demo     install what is needed (Debian 12), build, show the main job in all worlds
#   make deps check    the same, and all tests
#   make bench         figures and ratios against the peers
#   make install       DESTDIR= PREFIX=
#
# SHARED=1    a dynamic cradle       SANITIZE=1   ASan and UBSan (tests/run says what is left out)
# LIBC=glibc  even if musl-gcc is there

ifneq (,$(and $(filter deps,$(MAKECMDGOALS)),$(filter-out deps,$(MAKECMDGOALS))))
# What deps installs decides what all else is built with (musl-gcc), so make starts anew after it.
REST = $(filter-out deps,$(MAKECMDGOALS))
.PHONY: deps $(REST)
$(REST): deps
	$(MAKE) --no-print-directory $@
deps:
	contrib/deps
else

PREFIX ?= /usr/local
BINDIR = $(PREFIX)/bin
LIBDIR = $(PREFIX)/lib
LIBEXECDIR = $(PREFIX)/libexec/cradle
MANDIR = $(PREFIX)/share/man
POLICYDIR = $(PREFIX)/share/cradle/policies

VERSION := $(shell sed -n 's/^.define CRADLE_VERSION *"\(.*\)"/\1/p' include/cradle.h)
SO_MAJOR = 0
B = build
# V=1 shows the compiler calls
Q = $(if $(V),,@)

# For another architecture: CC=aarch64-linux-gnu-gcc or CROSS_COMPILE=aarch64-linux-gnu-, and PKG_CONFIG. cradle-policy
# compiles the shipped policies, by EXEC_WRAPPER where this machine can't execute it.
ifeq ($(origin CC),default)
CC = $(CROSS_COMPILE)gcc
else
CROSS_COMPILE ?= $(patsubst %gcc,%,$(filter %-gcc,$(lastword $(CC))))
endif
AR = $(CROSS_COMPILE)ar
LD = $(CROSS_COMPILE)ld
NM = $(CROSS_COMPILE)nm
OBJCOPY = $(CROSS_COMPILE)objcopy
STRIP = $(CROSS_COMPILE)strip
PKG_CONFIG ?= $(CROSS_COMPILE)pkg-config
MUSL_GCC := $(shell command -v $(patsubst %gnu-,%musl-,$(or $(CROSS_COMPILE),musl-))gcc 2>/dev/null)
ifneq ($(SHARED)$(SANITIZE),)
LIBC = glibc
endif
LIBC ?= $(if $(MUSL_GCC),musl,glibc)

WARNINGS = -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	-Wpointer-arith -Wwrite-strings
CFLAGS ?= -O2 -g
BASE_CFLAGS = -std=c17 -D_GNU_SOURCE $(WARNINGS)
HARDEN_C = -fstack-protector-strong -fno-plt
HARDEN_LD = -Wl,-z,relro,-z,now,-z,noexecstack

ifdef SANITIZE
HARDEN_C += -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
HARDEN_LD += -fsanitize=address,undefined
else
HARDEN_C += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
endif

KERNEL_HEADERS = $(B)/kernel-headers

# cradle itself: libc alone, static by default. musl-gcc finds no kernel headers by itself.
ifeq ($(LIBC),musl)
CRADLE_CC = $(MUSL_GCC)
CRADLE_CFLAGS = -idirafter $(KERNEL_HEADERS)
else
CRADLE_CC = $(CC)
endif
# What a launch maps counts for more than how fast it runs: small code takes 3 % off.
CRADLE_CFLAGS += $(patsubst -O2,-Os,$(filter -O2,$(CFLAGS)))
ifneq ($(SHARED)$(SANITIZE),)
CRADLE_LINK = dynamic
CRADLE_PIC = -fPIE
CRADLE_LDFLAGS = -pie
IDLE_AT = 0x1000000
else
CRADLE_LINK = static
# At a fixed address, and all that isn't written in one mapping: the tables of options need no relocation then, and
# exec, fork and exit have two mappings less to do, together 5 % of a launch. Random addresses would protect nothing,
# as it reads nothing that who is confined could have written.
CRADLE_PIC = -fno-pie -fno-asynchronous-unwind-tables
CRADLE_LDFLAGS = -static -no-pie -Wl,-z,noseparate-code
IDLE_AT = 0x5e0000
endif

# A room sees itself and the rooms below it, by include path: design rule, not decoration.
ROOM_base = -Isrc/base
ROOM_pid1 = $(ROOM_base) -Iinclude -Isrc/pid1
ROOM_lib = $(ROOM_base) -Iinclude -Isrc -Isrc/lib
ROOM_spec = $(ROOM_lib) -Isrc/spec -I$(B)/generated
ROOM_stage = $(ROOM_spec) -Isrc/stage
ROOM_run = $(ROOM_stage) -Isrc/run
ROOM_command = $(ROOM_run) -Isrc/command
ROOM_top = $(ROOM_command)
ROOM_net = -Isrc/spec -Isrc/net
ROOM_policy = $(ROOM_base) -Iinclude -Isrc/spec -Isrc/policy -I$(B)/generated

LIB_SRC = $(wildcard src/base/*.c src/pid1/*.c src/lib/*.c) src/end.c
CRADLE_SRC = $(LIB_SRC) $(wildcard src/spec/*.c src/stage/*.c src/run/*.c src/command/*.c) src/report.c src/tell.c src/live.c \
	src/main.c
NET_SRC = $(wildcard src/net/*.c) src/spec/net.c src/spec/netmode.c src/spec/netconflict.c
POLICY_SRC = $(wildcard src/policy/*.c src/base/*.c) src/spec/capability.c src/spec/cache.c src/spec/bpf_run.c

CRADLE_OBJ = $(CRADLE_SRC:src/%.c=$(B)/cradle.o/%.o)
LIB_OBJ = $(LIB_SRC:src/%.c=$(B)/lib.o/%.o)
NET_OBJ = $(NET_SRC:src/%.c=$(B)/net.o/%.o)
POLICY_OBJ = $(POLICY_SRC:src/%.c=$(B)/policy.o/%.o)
POLICY_LIBS = libseccomp jansson

room = $(ROOM_$(if $(findstring /,$1),$(firstword $(subst /, ,$1)),top))

MANPAGES = cradle.1 cradle-run.1 cradle-policy.1 cradle-policy.5 cradle-initramfs.1 cradle-vm.1 cradle-net.8 libcradle.3

all: $(B)/cradle $(B)/cradle-net $(B)/cradle-policy $(B)/libcradle.a $(B)/libcradle.so.$(SO_MAJOR) $(B)/cradle.pc \
	$(B)/agent $(B)/links

DEFINES = -DLIBEXECDIR='"$(LIBEXECDIR)"' -DBUILD_LIBC='"$(LIBC)"' -DBUILD_LINK='"$(CRADLE_LINK)"'

# The names as the kernel's header has them.
$(B)/generated/capability_names.h:
	@mkdir -p $(@D)
	echo '#include <linux/capability.h>' | $(CC) -E -dM - | \
		sed -n 's/^#define \(CAP_[A-Z_]*\) \([0-9]*\)$$/[\2] = "\1",/p' | sort > $@

# The native architecture's calls, each as "NUMBER NAME\0"; and those of the other one that x86-64 runs. Numbers may be
# defined by others, and as sums; two names aren't calls but where those of one architecture begin and all end.
$(B)/generated/call_names.h: CALLS = unistd.h
$(B)/generated/call_names_i386.h: CALLS = unistd_32.h
INCLUDE_CALLS = printf '%s\n' '\#if __has_include(<asm/$(CALLS)>)' '\#include <asm/$(CALLS)>' '\#endif'
$(B)/generated/call_names%h:
	@mkdir -p $(@D)
	{ $(INCLUDE_CALLS); $(INCLUDE_CALLS) | $(CC) -E -dM - | sed -n \
		'/^#define __NR_\(arch_specific_syscall\|syscalls\) /d; s/^#define __NR_\([a-z0-9_]*\) .*/"\1" __NR_\1/p'; } | \
		$(CC) -E -P - | awk '/^"/ { \
			gsub(/[()"]/, ""); nr = 0; for (i = 2; i <= NF; i++) nr += $$i; \
			printf "\"%d %s\\0\"\n", nr, $$1 }' | sort > $@

# What cradle and cradle-policy are made from besides their sources.
CRADLE_GENERATED = $(addprefix $(B)/generated/,capability_names.h call_names.h call_names_i386.h)
POLICY_GENERATED = $(addprefix $(B)/generated/,capability_names.h policy_constants.h policy_groups.h policy_texts.h)

# Names that policies use for numbers, from the headers of the system that cradle-policy is built on.
$(B)/generated/policy_constants.h: src/policy/list_constants src/policy/constant_headers.h
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) -dD -E src/policy/constant_headers.h | src/policy/list_constants > $@

# Texts as C strings.
QUOTE = sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/"&\\n"/'
$(B)/generated/policy_groups.h: policies/groups
	@mkdir -p $(@D)
	$(QUOTE) $< > $@
$(B)/generated/policy_texts.h: $(wildcard policies/*.policy)
	@mkdir -p $(@D)
	{ $(foreach p,$^,echo '{ "$(basename $(notdir $p))",' && $(QUOTE) $p && echo '},' &&) :; } > $@
$(B)/policy.o/policy/constants.o: $(B)/generated/policy_constants.h
$(B)/policy.o/policy/groups.o: $(B)/generated/policy_groups.h
$(B)/policy.o/policy/source.o: $(B)/generated/policy_texts.h

# Shipped policies are compiled now and built into cradle, so that a launch with one reads no file and runs no helper.
POLICIES = $(wildcard policies/*.policy)
# The least that cradle run needs, so that they don't depend on what they are built on.
POLICY_KERNEL = 5.12
POLICIES_BPF = $(POLICIES:policies/%.policy=$(B)/policies/%.bpf)
# So are those that go with Landlock, which have no name for users.
GUARDS_BPF = $(patsubst src/stage/guard/%.policy,$(B)/guards/%.bpf,$(wildcard src/stage/guard/*.policy))
COMPILE_POLICY = $(EXEC_WRAPPER) $(B)/cradle-policy compile --kernel $(POLICY_KERNEL) -o $@ $< $(if $(CROSS_COMPILE),|| { \
	echo "$@: what can't be executed here needs EXEC_WRAPPER=" >&2; exit 1; })
$(B)/policies/%.bpf: policies/%.policy $(wildcard policies/*) $(B)/cradle-policy
	@mkdir -p $(@D)
	$(COMPILE_POLICY)
$(B)/guards/%.bpf: src/stage/guard/%.policy $(B)/cradle-policy
	@mkdir -p $(@D)
	$(COMPILE_POLICY)

$(B)/generated/shipped_policies.h: policies/embed $(POLICIES_BPF)
$(B)/generated/guard_policies.h: policies/embed $(GUARDS_BPF)
$(B)/generated/%_policies.h:
	@mkdir -p $(@D)
	policies/embed $(filter %.bpf,$^) > $@
$(B)/cradle.o/spec/shipped.o $(B)/unit.o/spec/shipped.o: $(B)/generated/shipped_policies.h
$(B)/cradle.o/stage/guard.o $(B)/unit.o/stage/guard.o: $(B)/generated/guard_policies.h

$(KERNEL_HEADERS):
	mkdir -p $@
	for d in linux asm asm-generic; do \
		ln -sfn $$(dirname $$(echo "#include <$$d/types.h>" | $(CC) -E - | \
			sed -n "s|^# 1 \"\(.*/$$d/types.h\)\".*|\1|p" | head -n1)) $@/$$d || exit 1; done

# Rebuilt when the flags change, so that SANITIZE=1 after a plain make isn't a mixture, nor another architecture.
FLAGS_NOW = $(CC) $(CRADLE_CC) $(CFLAGS) $(BASE_CFLAGS) $(CRADLE_CFLAGS) $(CRADLE_PIC) $(HARDEN_C) $(DEFINES)
$(shell mkdir -p $(B) && echo '$(subst ','"'"',$(FLAGS_NOW))' | cmp -s - $(B)/flags || \
	echo '$(subst ','"'"',$(FLAGS_NOW))' > $(B)/flags)
$(KERNEL_HEADERS) $(CRADLE_GENERATED) $(B)/generated/policy_constants.h: $(B)/flags

# What an idle init executes, also to forward a signal or reap, goes into a segment of its own; src/pid1/memory.c says why.
IDLE_OBJ = $(addprefix $(B)/cradle.o/,$(addsuffix .o,pid1/pid1 pid1/memory pid1/reap pid1/signals \
	pid1/life base/sys))
$(IDLE_OBJ): SET_APART = $(OBJCOPY) --rename-section .text=.pid1 $(foreach s,.rodata .rodata.cst4 .rodata.cst8 .rodata.cst16,--rename-section $s=.pid1,alloc,load,readonly,code,contents) $@
# Below the same 2 MiB as the rest where that is static: a page of page tables less.
IDLE_LD = -Wl,--section-start=.pid1=$(IDLE_AT)

$(B)/cradle.o/%.o: src/%.c $(B)/flags | $(KERNEL_HEADERS) $(CRADLE_GENERATED)
	@mkdir -p $(@D)
	$(Q)$(CRADLE_CC) $(CFLAGS) $(BASE_CFLAGS) $(CRADLE_CFLAGS) $(CRADLE_PIC) $(HARDEN_C) $(DEFINES) \
		$(call room,$*) -MMD -MP -c -o $@ $<
	$(Q)$(SET_APART)

$(B)/lib.o/%.o: src/%.c $(B)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(BASE_CFLAGS) -fPIC -fvisibility=hidden $(HARDEN_C) $(call room,$*) -MMD -MP -c -o $@ $<

$(B)/net.o/%.o: src/%.c $(B)/flags $(B)/generated/capability_names.h
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(BASE_CFLAGS) -fPIE $(HARDEN_C) $(ROOM_net) -Iinclude \
		$$($(PKG_CONFIG) --cflags libmnl) -MMD -MP -c -o $@ $<

$(B)/policy.o/%.o: src/%.c $(B)/flags | $(POLICY_GENERATED)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(BASE_CFLAGS) -fPIE $(HARDEN_C) $(ROOM_policy) -DPOLICYDIR='"$(POLICYDIR)"' \
		$$($(PKG_CONFIG) --cflags $(POLICY_LIBS)) -MMD -MP -c -o $@ $<

ifdef SANITIZE
CRADLE_OBJ += $(B)/sanitize.o
$(B)/sanitize.o: tests/sanitize.c $(B)/flags
	$(Q)$(CC) $(CFLAGS) $(BASE_CFLAGS) -fPIE -c -o $@ $<
endif

$(B)/cradle.debug: $(CRADLE_OBJ)
	$(CRADLE_CC) $(CFLAGS) $(CRADLE_LDFLAGS) $(IDLE_LD) $(HARDEN_LD) $(LDFLAGS) -o $@ $^

$(B)/cradle: $(B)/cradle.debug
	$(if $(SANITIZE),cp $< $@,$(STRIP) -o $@ $<)

$(B)/cradle-net: $(NET_OBJ)
	$(CC) $(CFLAGS) -pie $(HARDEN_LD) $(LDFLAGS) -o $@ $^ $$($(PKG_CONFIG) --libs libmnl)

$(B)/cradle-policy: $(POLICY_OBJ)
	$(CC) $(CFLAGS) -pie $(HARDEN_LD) $(LDFLAGS) -o $@ $^ $$($(PKG_CONFIG) --libs $(POLICY_LIBS))

# One object with only cradle_* global: an agent's own log_error() must not clash with ours.
$(B)/libcradle.o: $(LIB_OBJ)
	$(LD) -r -o $@ $^
	$(OBJCOPY) --localize-hidden $@

$(B)/libcradle.a: $(B)/libcradle.o
	rm -f $@
	$(AR) rcs $@ $^

$(B)/libcradle.so.$(SO_MAJOR): $(LIB_OBJ)
	$(CC) -shared $(CFLAGS) $(HARDEN_LD) $(LDFLAGS) -Wl,-soname,$(@F) -o $@ $^
	ln -sf $(@F) $(B)/libcradle.so

$(B)/cradle.pc: contrib/cradle.pc.in Makefile include/cradle.h $(B)/flags
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@VERSION@|$(VERSION)|' $< > $@

# The seed: an agent that links the core. Static, so that it is its own initramfs.
$(B)/agent: contrib/agent/agent.c include/cradle.h $(B)/libcradle.a
	$(CC) $(CFLAGS) $(BASE_CFLAGS) $(if $(SANITIZE),$(HARDEN_LD),-static) -Iinclude -o $@ $< $(B)/libcradle.a

# The build tree finds its helpers as an installed one does: beside the executable.
$(B)/links:
	@for name in poweroff reboot halt shutdown; do ln -sf cradle $(B)/$$name; done; touch $@

-include tests/tests.mk

deps:
	contrib/deps

demo: all $(B)/vm/vmlinuz
	contrib/demo

$(B)/vm/vmlinuz:
	contrib/fetch-kernel $(B)/vm

$(B)/foreign/complete:
	contrib/fetch-foreign $(B)/foreign

$(B)/man/%: contrib/man/%.scd
	@mkdir -p $(@D)
	scdoc < $< > $@

install: all $(MANPAGES:%=$(B)/man/%)
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(LIBEXECDIR) \
		$(DESTDIR)$(PREFIX)/include $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man3 $(DESTDIR)$(MANDIR)/man5 \
		$(DESTDIR)$(MANDIR)/man8 $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions
	install -m 755 $(B)/cradle $(DESTDIR)$(BINDIR)/cradle
	install -m 755 $(B)/cradle-net $(DESTDIR)$(LIBEXECDIR)/cradle-net
	install -m 755 $(B)/cradle-policy $(DESTDIR)$(LIBEXECDIR)/cradle-policy
	install -d $(DESTDIR)$(POLICYDIR) $(DESTDIR)$(LIBDIR)/cradle/policies
	for p in $(POLICIES); do install -m 644 $$p $(DESTDIR)$(POLICYDIR)/ || exit 1; done
	for p in $(POLICIES_BPF); do install -m 644 $$p $(DESTDIR)$(LIBDIR)/cradle/policies/ || exit 1; done
	install -m 755 contrib/initramfs $(DESTDIR)$(LIBEXECDIR)/cradle-initramfs
	install -m 755 contrib/vm $(DESTDIR)$(LIBEXECDIR)/cradle-vm
	install -m 644 include/cradle.h $(DESTDIR)$(PREFIX)/include/cradle.h
	install -m 644 $(B)/libcradle.a $(DESTDIR)$(LIBDIR)/libcradle.a
	install -m 755 $(B)/libcradle.so.$(SO_MAJOR) $(DESTDIR)$(LIBDIR)/libcradle.so.$(SO_MAJOR)
	ln -sf libcradle.so.$(SO_MAJOR) $(DESTDIR)$(LIBDIR)/libcradle.so
	install -m 644 $(B)/cradle.pc $(DESTDIR)$(LIBDIR)/pkgconfig/cradle.pc
	for p in $(MANPAGES); do \
		install -m 644 $(B)/man/$$p $(DESTDIR)$(MANDIR)/man$${p##*.}/$$p || exit 1; done
	install -m 644 contrib/completion/cradle.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/cradle
	install -m 644 contrib/completion/_cradle $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_cradle

clean:
	rm -rf $(B)

.PHONY: all deps demo install clean
-include $(CRADLE_OBJ:.o=.d) $(LIB_OBJ:.o=.d) $(NET_OBJ:.o=.d) $(POLICY_OBJ:.o=.d)

endif
