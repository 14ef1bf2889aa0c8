# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Histories (tests/history): one program for our device models, in two flavours of the
# simulator, one for QEMU's, and the comparer. In each the entries of os.h that reach the
# device go through the recorder, by --wrap.

hist_all	:= $(sort $(wildcard tests/history/*.c))
hist_common	:= $(filter tests/history/hist.c tests/history/record.c tests/history/raw.c \
		   tests/history/scn_%.c,$(hist_all))
hist_sim	:= $(hist_common) tests/history/leg_sim.c tests/history/wrap_sim.c \
		   tests/history/qemu_drive.c
hist_user	:= $(hist_common) tests/history/leg_user.c tests/history/wrap_user.c \
		   tests/checkers/ide_raw_drv.c

hist_wrap_both	:= cfg_read8 cfg_read16 cfg_read32 cfg_write8 cfg_write16 cfg_write32 bus_master \
		   irq_alloc irq_free irq_attach dma_alloc dma_free dma_map dma_map_sg dma_unmap_sg
hist_wrap_sim	:= port_read8 port_read32 port_write8 port_write32 port_read_rep16 \
		   port_write_rep16 mmio_read32 mmio_read64 mmio_write32 mmio_write64 dma_unmap \
		   dma_sync_for_cpu dma_sync_for_device
hist_wrap_user	:= user_read user_write user_read_rep user_write_rep user_dma_unmap user_dma_sync
hist_wrap	= $(addprefix -Wl$(comma)--wrap=trv_,$(hist_wrap_both) $(hist_wrap_$(1)))
comma		:= ,

# $(call hist_sim_rules,FLAVOUR): its objects are the simulator's own, which take no sites.
define hist_sim_rules
hist_objs_$(1) := $(hist_sim:%.c=$(O)/$(1)/%.o)

$$(hist_objs_$(1)): flavour := $(1)
$$(hist_objs_$(1)): $(O)/$(1)/%.o: %.c $(O)/$(1)/.flags
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)$$(call sim_cc,$$(plain_$(1)) $$(if $$(findstring /wrap_,$$<),-DSIM_NO_SITES)) -MMD -MP -c -o $$@ $$<

$(bin_$(1))/history_sim: flavour := $(1)
$(bin_$(1))/history_sim: $$(hist_objs_$(1)) $(O)/$(1)/tests/checkers/ide_raw_drv.o \
			$(program_srcs:%.c=$(O)/$(1)/%.o)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)$$(call sim_ld,$$(call hist_wrap,sim))

-include $$(hist_objs_$(1):.o=.d)
endef
$(foreach f,sim sabotage,$(eval $(call hist_sim_rules,$(f))))

$(O)/user/bin/history_user: $(hist_user:%.c=$(O)/user/%.o) $(user_objs_user)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(call user_ld,user,$(call hist_wrap,user))

$(O)/user/bin/history_compare: $(O)/user/tests/history/compare.o
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

-include $(hist_all:%.c=$(O)/user/%.d) $(O)/user/tests/checkers/ide_raw_drv.d

build-history: $(O)/bin/history_sim $(O)/sabotage/bin/history_sim $(O)/user/bin/history_user \
	       $(O)/user/bin/history_compare
.PHONY: build-history
