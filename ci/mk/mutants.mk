# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The simulator with a seeded bug: MUTANT is a directory with changed sources of drivers
# (drivers/NAME/*.c, and all headers beside them). Those are compiled there, and linked with
# what is built already for everything else. Nothing under $(O) is written, so any number of
# these run at a time.
#
#	build-mutant		$(MUTANT)/sim/trivet-sim
#	build-mutant-asan	$(MUTANT)/asan/trivet-sim, and unit tests that have to do with drivers

MUTANT_DIRS := $(filter-out tests/mutants/self-test,$(patsubst %/,%,$(wildcard tests/mutants/*/)))

ifneq ($(MUTANT),)

mutant_srcs := $(patsubst $(MUTANT)/%,%,$(wildcard $(MUTANT)/drivers/*/*.c))
mutant_units := unit_bus unit_lifecycle unit_pci_match unit_reg_decode

# $(call mutant_ld,FLAVOUR,SOURCES,LIBS): what is built already is no prerequisite: several of
# these makes run at a time, and none of them may write there.
mutant_ld = $(CC) $(plain_$(1)) $(CFLAGS) $(LDFLAGS) -o $@ $^ \
	    $(patsubst %.c,$(O)/$(1)/%.o,$(filter-out $(mutant_srcs),$(2))) $(3) $(SIM_LIBS) $(LDLIBS)

define mutant_rules
$(MUTANT)/$(1)/%: flavour := $(1)

$(MUTANT)/$(1)/%.o: $(MUTANT)/%.c
	@mkdir -p $$(@D)
	$$(Q)$$(call sim_cc,$$(hooked_$(1))) -c -o $$@ $$<
	$$(Q)$$(finish_$(1))

$(MUTANT)/$(1)/trivet-sim: $(mutant_srcs:%.c=$(MUTANT)/$(1)/%.o)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(call mutant_ld,$(1),$(HOOKED_SRCS) $(PLAIN_SRCS))

$(MUTANT)/$(1)/unit_%: $(mutant_srcs:%.c=$(MUTANT)/$(1)/%.o)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(call mutant_ld,$(1),tests/unit/$$*.c tests/unit/ktap.c $(program_srcs),-lcunit)
endef
$(foreach f,sim asan,$(eval $(call mutant_rules,$(f))))

build-mutant: $(MUTANT)/sim/trivet-sim
build-mutant-asan: $(MUTANT)/asan/trivet-sim $(mutant_units:%=$(MUTANT)/asan/%)

endif

.PHONY: build-mutant build-mutant-asan
