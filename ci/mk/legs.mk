# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The two product legs, compiled and not yet linked: one relocatable object per driver,
# which proves that the same source builds for all three.
#
#	build-user	core, backend and drivers for a Linux process
#	build-kmod	backend and drivers against the headers of KDIR, by Kbuild, with gcc

USER_COMPILE = $(CC) $(BASE) $(INCL) -DTRV_OS_LINUX_USER $(CPPFLAGS) $(CFLAGS)

user_objs   := $(patsubst %.c,$(O)/user/%.o,$(USER_SRCS) $(CORE_SRCS) $(DRIVER_SRCS))
user_parts  := $(if $(USER_SRCS),os/linux-user) $(if $(CORE_SRCS),core) $(DRIVERS:%=drivers/%)
kmod_parts  := $(if $(KMOD_SRCS),os/linux-kmod) $(DRIVERS:%=drivers/%)

$(O)/user/.flags: FORCE
	@mkdir -p $(@D)
	$(call if_changed,$(USER_COMPILE))

$(user_objs): $(O)/user/%.o: %.c $(O)/user/.flags
	@mkdir -p $(@D)
	$(call say,CC,$@)$(USER_COMPILE) -MMD -MP -c -o $@ $<

build-user: $(user_parts:%=build-user/%)
build-kmod: $(kmod_parts:%=build-kmod/%)

define leg_rules
build-user/$(1): $$(filter $(O)/user/$(1)/%,$$(user_objs))
build-kmod/$(1):
	$$(Q)ci/kmod-build $$(subst /,_,$(1)) $(O)/kmod/$(1) -I$(CURDIR)/include -I$(CURDIR) -- $$(wildcard $(1)/*.[ch])
.PHONY: build-user/$(1) build-kmod/$(1)
endef
$(foreach p,$(sort $(user_parts) $(kmod_parts)),$(eval $(call leg_rules,$(p))))

# For the level scripts, which report one line per part.
list-user: ; @echo $(user_parts)
list-kmod: ; @echo $(kmod_parts)

.PHONY: build-user build-kmod list-user list-kmod
-include $(user_objs:.o=.d)
