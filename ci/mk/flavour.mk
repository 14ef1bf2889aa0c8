# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The rules of flavour $(F) of the simulator; sim.mk includes this once for each.

hooked_objs	:= $(HOOKED_SRCS:%.c=$(O)/$(F)/%.o)
plain_objs	:= $(PLAIN_SRCS:%.c=$(O)/$(F)/%.o)
test_objs	:= $(patsubst %.c,$(O)/$(F)/%.o,$(UNIT_SRCS) $(BENCH_SRCS) tests/unit/ktap.c)
program_objs	:= $(program_srcs:%.c=$(O)/$(F)/%.o)

$(O)/$(F)/% $(bin_$(F))/%: flavour := $(F)

build-$(F): $(if $(filter %/cli/main.c,$(SIM_SRCS)),$(bin_$(F))/trivet-sim)
build-units-$(F): $(unit_names:%=$(bin_$(F))/%)
.PHONY: build-$(F) build-units-$(F)

# Objects depend on the command that makes them: another CC or CFLAGS rebuilds them all.
$(O)/$(F)/.flags: FORCE
	@mkdir -p $(@D)
	$(call if_changed,$(call sim_cc,$(hooked_$(flavour)) / $(plain_$(flavour))) $(LDFLAGS) $(LDLIBS))

$(hooked_objs): $(O)/$(F)/%.o: %.c $(O)/$(F)/.flags
	@mkdir -p $(@D)
	$(call say,CC,$@)$(call sim_cc,$(hooked_$(flavour))) -MMD -MP -c -o $@ $<
	$(Q)$(finish_$(flavour))

# The simulator's own sources define the entries; only its users call them with a site.
$(plain_objs) $(test_objs): sim_side = $(if $(filter os/test-sim/%,$<),-DSIM_NO_SITES)
# Raw drivers of models and checkers have no error paths: their days are all nice.
$(plain_objs) $(test_objs): nice_only = $(if $(filter tests/checkers/% tests/scenarios/ide_model/%,$<),-DSIM_NICE_ONLY=1)
$(plain_objs) $(test_objs): $(O)/$(F)/%.o: %.c $(O)/$(F)/.flags
	@mkdir -p $(@D)
	$(call say,CC,$@)$(call sim_cc,$(plain_$(flavour)) $(sim_side) $(nice_only) -Ios/test-sim -Itests/unit) -MMD -MP -c -o $@ $<

# The pages are part of the program (.incbin).
$(O)/$(F)/os/test-sim/cli/checks.o: $(wildcard os/test-sim/checks/*.md)

$(bin_$(F))/trivet-sim: $(hooked_objs) $(plain_objs)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(call sim_ld)

$(bin_$(F))/unit_%: $(O)/$(F)/tests/unit/%.o $(O)/$(F)/tests/unit/ktap.o $(program_objs)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(call sim_ld,-lcunit)

$(bin_$(F))/bench_%: $(O)/$(F)/tests/bench/%.o $(program_objs)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(call sim_ld)

-include $(patsubst %.o,%.d,$(hooked_objs) $(plain_objs) $(test_objs))
