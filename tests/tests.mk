# What the tests and the bench are built from. Included by the Makefile.

TEST_CC = $(if $(MUSL_GCC),$(MUSL_GCC),$(CC))
TEST_CFLAGS = $(CFLAGS) $(BASE_CFLAGS) $(if $(MUSL_GCC),-idirafter $(KERNEL_HEADERS)) -fno-pie -static -no-pie

$(B)/probe: $(wildcard tests/probe/*.c tests/probe/*.h) $(B)/flags | $(KERNEL_HEADERS)
	$(Q)$(TEST_CC) $(TEST_CFLAGS) -o $@ $(filter %.c,$^)

# Unit tests: pure rooms, with the host's compiler, so that they can be sanitized.
# cradle-policy's have its objects and libraries instead of cradle's.
UNIT_POLICY = $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/policy_*_test.c tests/unit/compile_*_test.c))
$(UNIT_POLICY): $(B)/unit/%: tests/unit/%.c tests/unit/tap.h $(filter-out $(B)/policy.o/policy/main.o,$(POLICY_OBJ))
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(BASE_CFLAGS) $(HARDEN_C) $(HARDEN_LD) $(ROOM_policy) -o $@ $(filter %.c %.o,$^) \
		$$($(PKG_CONFIG) --libs $(POLICY_LIBS))

UNIT = $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*_test.c))
$(B)/unit/%: tests/unit/%.c tests/unit/tap.h $(filter-out $(B)/unit.o/main.o,$(CRADLE_SRC:src/%.c=$(B)/unit.o/%.o))
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(BASE_CFLAGS) $(HARDEN_C) $(HARDEN_LD) $(ROOM_top) -Isrc/pid1 -o $@ $(filter %.c %.o,$^)

$(B)/unit.o/%.o: src/%.c $(B)/flags | $(CRADLE_GENERATED)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(BASE_CFLAGS) $(HARDEN_C) $(DEFINES) $(call room,$*) -MMD -MP -c -o $@ $<

-include $(CRADLE_SRC:src/%.c=$(B)/unit.o/%.d)

# Fuzzing: the parsers and the planner, with clang's libFuzzer. make fuzz FUZZ_SECONDS=3600
FUZZ_CC = clang
FUZZ_CFLAGS = -std=gnu17 -D_GNU_SOURCE -O1 -g -fsanitize=fuzzer,address,undefined \
	-fno-sanitize-recover=undefined -fno-omit-frame-pointer
FUZZ_SECONDS = 60
FUZZ_POLICY = $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/policy_*_fuzz.c tests/fuzz/oci_fuzz.c))
$(FUZZ_POLICY): $(B)/fuzz/%: tests/fuzz/%.c tests/fuzz/fuzz.h $(filter-out %/main.c,$(POLICY_SRC)) $(wildcard src/*/*.h) | $(POLICY_GENERATED)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(FUZZ_CFLAGS) -DPOLICYDIR='"$(POLICYDIR)"' $(ROOM_policy) -o $@ $(filter %.c,$^) \
		$$($(PKG_CONFIG) --libs $(POLICY_LIBS))

FUZZ = $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))
FUZZ_SRC = $(wildcard src/base/*.c src/spec/*.c src/lib/world.c)
$(B)/fuzz/%: tests/fuzz/%.c tests/fuzz/fuzz.h $(FUZZ_SRC) $(wildcard src/*/*.h) $(B)/generated/shipped_policies.h | $(B)/generated/capability_names.h
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(FUZZ_CFLAGS) $(DEFINES) $(ROOM_spec) -Isrc/pid1 -o $@ $(filter %.c,$^)

fuzz: $(FUZZ)
	BUILD=$(abspath $(B)) tests/fuzz/run $(FUZZ_SECONDS)

check: all $(B)/probe $(UNIT) $(FUZZ) lint $(B)/vm/vmlinuz $(B)/foreign/complete
	SANITIZE=$(SANITIZE) BUILD=$(abspath $(B)) tests/run

# Headers compile alone, the public one as C++ as well, the library needs nothing but what is committed, the layout is clang-format's.
lint: $(B)/libcradle.a
	@for h in $$(git ls-files 'src/*.h' 'include/*.h'); do \
		$(CC) $(BASE_CFLAGS) $(ROOM_top) -Isrc/pid1 -Isrc/net -Isrc/policy -fsyntax-only -x c $$h || exit 1; done
	@clang -Wall -Werror -Wno-pragma-once-outside-header -fsyntax-only -x c++-header include/cradle.h
	@# The sanitizers bring symbols of their own, and take some of ours.
	@[ -n "$(SANITIZE)" ] || $(NM) -u $(B)/libcradle.a | awk 'NF == 2 && !/_chk|_GLOBAL_OFFSET|__isoc|__asan|__ubsan/ {print $$2}' | sort -u | \
		diff -u tests/libcradle.symbols - || { echo "lint: libcradle needs other symbols"; exit 1; }
	@clang-format --dry-run -Werror $$(git ls-files 'src/*.[ch]' 'include/*.h' 'tests/*.[ch]' 'contrib/*.c')
	@shellcheck -x $$(git ls-files contrib .ci tests | xargs grep -lE '^#!/bin/(ba)?sh|^#!/usr/bin/env bash')

# The bench: peers are Debian's packages (contrib/deps); missing ones are listed as missing.
BENCH_SRC = $(filter-out %/agent.c %/floor.c %/sandbox_floor.c,$(wildcard tests/bench/*.c))
BENCH_STATIC = $(addprefix $(B)/bench/,agent floor sandbox_floor)
$(BENCH_STATIC): $(B)/bench/%: tests/bench/%.c $(wildcard tests/bench/*.h) | $(KERNEL_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(TEST_CC) $(TEST_CFLAGS) -s -o $@ $<
$(B)/bench/bench: $(BENCH_SRC) $(wildcard tests/bench/*.h)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(BASE_CFLAGS) -o $@ $(BENCH_SRC) -lm

# Of the policy part: a user's file is the shipped text.
$(B)/bench/%.policy: policies/%.policy
	@mkdir -p $(@D)
	$(Q)cp $< $@
BENCH_POLICY = $(B)/cradle-policy $(B)/bench/default.policy

bench: $(B)/cradle $(B)/bench/bench $(BENCH_STATIC) $(BENCH_POLICY)
	$(B)/bench/bench --output $(B)/bench/results.tsv

# The sandbox launchers only.
bench-sandbox: $(B)/cradle $(B)/bench/bench $(BENCH_STATIC)
	$(B)/bench/bench --only sandbox --output $(B)/bench/sandbox.tsv

# What a policy costs, at launch and for each system call.
bench-policy: $(B)/cradle $(B)/bench/bench $(BENCH_STATIC) $(BENCH_POLICY)
	$(B)/bench/bench --only policy --output $(B)/bench/policy.tsv

.SECONDARY:
.PHONY: check fuzz lint bench bench-sandbox bench-policy
