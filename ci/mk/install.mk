# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Installation. Nothing installed knows where PREFIX is: trivet.mk and trivet-sim.pc find
# their neighbours relative to themselves, so a DESTDIR tree works where it stands.

bin_to	:= $(PREFIX)/bin
inc_to	:= $(PREFIX)/include/trivet
legs_to	:= $(PREFIX)/include/trivet-legs
pc_to	:= $(LIBDIR)/pkgconfig
data_to	:= $(PREFIX)/share/trivet
man_to	:= $(PREFIX)/share/man/man1
doc_to	:= $(PREFIX)/share/doc/trivet

man_pages	:= $(wildcard os/test-sim/cli/*.1)
docs		:= $(wildcard README.md LICENSES os/*/*.md os/*/checks/*.md drivers/*/*.md)

relative = $(shell realpath -m --relative-to='$(1)' '$(2)')

# $(call tree,DIR,WHAT,TO): what find finds below DIR, with its directories.
tree = cd $(1) && find $(2) -type f -exec install -D -m 644 {} '$(DESTDIR)$(3)/{}' ';'

fill_in = sed -e 's|@VERSION@|$(VERSION)|g' \
	-e 's|@UP_FROM_PC@|$(call relative,$(pc_to),$(PREFIX))|g' \
	-e 's|@UP_FROM_DATA@|$(call relative,$(data_to),$(PREFIX))|g' \
	-e 's|@LIB_BELOW_PREFIX@|$(call relative,$(PREFIX),$(LIBDIR))|g' \
	-e 's|@HOOK_CFLAGS@|$(HOOK_CFLAGS)|g' -e 's|@HOOK_OBJCOPY@|$(HOOK_OBJCOPY)|g' \
	-e 's|@SIM_LIBS@|$(SIM_LIBS)|g'

install: ## install simulator, library, headers, trivet.mk (DESTDIR=, PREFIX=, LIBDIR=)
	+$(LOCKED) do-install

# Make splits lists at blanks, and a relative prefix would end up glued to DESTDIR.
ifneq ($(filter install do-install uninstall,$(MAKECMDGOALS)),)
$(foreach v,PREFIX LIBDIR,$(if $(filter 1/%,$(words $($(v)))$($(v))),,$(error $(v)='$($(v))': \
	it takes an absolute path without blanks, e.g. /usr/local)))
$(if $(filter 0 1,$(words $(DESTDIR))),,$(error DESTDIR='$(DESTDIR)': choose a path without blanks))
endif

do-install: build-sim
	$(Q)install -d $(foreach d,$(bin_to) $(pc_to) $(data_to) $(man_to),'$(DESTDIR)$(d)')
	$(Q)install -m 755 $(O)/bin/trivet-sim '$(DESTDIR)$(bin_to)'
	$(Q)install -m 755 ci/new-driver '$(DESTDIR)$(bin_to)/trivet-new-driver'
	$(Q)install -m 755 ci/kmod-build '$(DESTDIR)$(data_to)'
	$(Q)install -m 644 $(O)/lib/libtrivet-sim*.a '$(DESTDIR)$(LIBDIR)'
	$(Q)$(if $(man_pages),install -m 644 $(man_pages) '$(DESTDIR)$(man_to)')
	$(Q)$(call tree,include,trivet -name '*.h',$(PREFIX)/include)
	$(Q)$(call tree,.,core os -name '*.h',$(legs_to))
	$(Q)$(call tree,ci,skel -name '*.in',$(data_to))
	$(Q)$(call tree,.,$(docs),$(doc_to))
	$(Q)$(fill_in) ci/mk/trivet-sim.pc.in >'$(DESTDIR)$(pc_to)/trivet-sim.pc'
	$(Q)$(fill_in) ci/mk/trivet.mk.in >'$(DESTDIR)$(data_to)/trivet.mk'

uninstall: ## remove what install installed
	$(Q)rm -f '$(DESTDIR)$(bin_to)/trivet-sim' '$(DESTDIR)$(bin_to)/trivet-new-driver'
	$(Q)rm -f '$(DESTDIR)$(LIBDIR)'/libtrivet-sim*.a '$(DESTDIR)$(pc_to)/trivet-sim.pc'
	$(Q)rm -f $(foreach m,$(notdir $(man_pages)),'$(DESTDIR)$(man_to)/$(m)')
	$(Q)rm -rf '$(DESTDIR)$(inc_to)' '$(DESTDIR)$(legs_to)' '$(DESTDIR)$(data_to)' '$(DESTDIR)$(doc_to)'

.PHONY: do-install
