# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The simulator, in four flavours that share flavour.mk's rules and nothing on disk:
#
#	sim		the product: driver-side code reports its memory accesses to hooks
#	asan		AddressSanitizer and UBSan in place of the hooks
#	cov		hooks, and counters for lines and branches
#	sabotage	hooks, and the backend's deliberate defects compiled in

# Compiler flags for driver-side code, for all other code, and for both; a command to run
# on each driver-side object; where programs go.
hooked_sim	:= $(HOOK_CFLAGS)
hooked_asan	:= $(ASAN_CFLAGS) -fno-builtin
hooked_cov	:= $(HOOK_CFLAGS) $(COV_CFLAGS)
hooked_sabotage	:= $(HOOK_CFLAGS)

plain_asan	:= $(ASAN_CFLAGS)
plain_cov	:= $(COV_CFLAGS)

both_asan	:= -DSIM_NO_HOOKS
both_cov	:= -DSIM_COVERAGE
both_sabotage	:= -DSIM_SABOTAGE

# An optimiser adds branches and merges lines.
last_cov	:= -O0

finish_sim	= $(OBJCOPY) $(HOOK_OBJCOPY) $@
finish_cov	= $(finish_sim)
finish_sabotage	= $(finish_sim)

bin_sim		:= $(O)/bin
bin_asan	:= $(O)/asan/bin
bin_cov		:= $(O)/cov/bin
bin_sabotage	:= $(O)/sabotage/bin

SIM_LIBS	:= -lm

# $(flavour) is set per target in flavour.mk.
sim_cc	= $(CC) $(BASE) $(INCL) -DTRV_OS_TEST_SIM $(both_$(flavour)) $(1) $(CPPFLAGS) $(CFLAGS) $(last_$(flavour))
sim_ld	= $(CC) $(plain_$(flavour)) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(1) $(SIM_LIBS) $(LDLIBS)

# The library. Drivers, models and scenarios register through linker sections, so the tree's
# own programs link everything as objects; a test program has its own main().
lib_srcs	:= $(strip $(CORE_SRCS) $(CLI_SRCS) $(SIM_SRCS))
program_srcs	:= $(filter-out os/test-sim/cli/main.c,$(lib_srcs)) $(MODEL_SRCS) $(DRIVER_SRCS)
unit_names	:= $(patsubst tests/unit/%.c,unit_%,$(UNIT_SRCS))
bench_names	:= $(patsubst tests/bench/%.c,bench_%,$(BENCH_SRCS))

F := sim
include ci/mk/flavour.mk
F := asan
include ci/mk/flavour.mk
F := cov
include ci/mk/flavour.mk
F := sabotage
include ci/mk/flavour.mk

# What is installed beside the command.
build-sim: $(if $(lib_srcs),$(O)/lib/libtrivet-sim.a)
build-sim: $(if $(MODEL_SRCS),$(O)/lib/libtrivet-sim-models.a)

$(O)/lib/libtrivet-sim.a: $(lib_srcs:%.c=$(O)/sim/%.o)
$(O)/lib/libtrivet-sim-models.a: $(MODEL_SRCS:%.c=$(O)/sim/%.o)
$(O)/lib/%.a:
	@mkdir -p $(@D)
	$(call say,AR,$@)rm -f $@ && $(AR) rcsD $@ $^

build-bench: build-sim $(bench_names:%=$(O)/bin/%)

# The reporter's self-test fails on purpose: it is built, and is no unit test.
list-units: ; @echo $(filter-out %_selftest,$(unit_names))
build-selftest: $(patsubst %,$(O)/bin/%,$(filter %_selftest,$(unit_names)))

.PHONY: build-bench build-selftest list-units FORCE
.DELETE_ON_ERROR:
.SECONDARY:
FORCE:
