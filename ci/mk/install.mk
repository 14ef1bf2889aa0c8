# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Installation. Nothing installed knows where PREFIX is: trivet.mk and the .pc files find
# their neighbours relative to themselves, so a DESTDIR tree works where it stands.

bin_to	:= $(PREFIX)/bin
inc_to	:= $(PREFIX)/include/trivet
legs_to	:= $(PREFIX)/include/trivet-legs
pc_to	:= $(LIBDIR)/pkgconfig
data_to	:= $(PREFIX)/share/trivet
man_to	:= $(PREFIX)/share/man/man1
doc_to	:= $(PREFIX)/share/doc/trivet
unit_to	:= $(PREFIX)/lib/systemd/system
sysuser_to := $(PREFIX)/lib/sysusers.d
bash_to	:= $(PREFIX)/share/bash-completion/completions

commands	:= trivet trivet-sim
pc_files	:= trivet-sim.pc trivet-user.pc

man_pages	:= $(wildcard os/*/cli/*.1) $(if $(NBDKIT),$(wildcard os/linux-user/nbdkit/*.1))

# nbdkit looks for plugins in one directory of its own prefix. With another PREFIX the plugin goes
# to the same place below that, and nbdkit is given its path; PLUGINDIR= overrides.
nbdkit_dir	= $(shell pkg-config --variable=plugindir nbdkit 2>/dev/null)
PLUGINDIR	?= $(if $(filter $(PREFIX)/%,$(nbdkit_dir)),$(nbdkit_dir),$(shell \
	pkg-config --define-variable=prefix='$(PREFIX)' --variable=plugindir nbdkit 2>/dev/null || echo '$(LIBDIR)/nbdkit/plugins'))
plugin_to	= $(PLUGINDIR)/$(notdir $(plugin_user))
docs		:= $(wildcard README.md LICENSES os/*/*.md os/*/checks/*.md drivers/*/*.md)

relative = $(shell realpath -m --relative-to='$(1)' '$(2)')

# $(call tree,DIR,WHAT,TO): what find finds below DIR, with its directories.
tree = cd $(1) && find $(2) -type f -exec install -D -m 644 {} '$(DESTDIR)$(3)/{}' ';'

fill_in = sed -e 's|@VERSION@|$(VERSION)|g' \
	-e 's|@UP_FROM_PC@|$(call relative,$(pc_to),$(PREFIX))|g' \
	-e 's|@UP_FROM_DATA@|$(call relative,$(data_to),$(PREFIX))|g' \
	-e 's|@LIB_BELOW_PREFIX@|$(call relative,$(PREFIX),$(LIBDIR))|g' \
	-e 's|@HOOK_CFLAGS@|$(HOOK_CFLAGS)|g' -e 's|@HOOK_OBJCOPY@|$(HOOK_OBJCOPY)|g' \
	-e 's|@SIM_LIBS@|$(SIM_LIBS)|g' -e 's|@USER_LIBS@|$(USER_LIBS)|g' \
	-e 's|@USER_EXPORT@|$(USER_EXPORT)|g' -e 's|@BINDIR@|$(bin_to)|g' \
	-e 's|@NBDKIT@|$(or $(shell command -v nbdkit),/usr/bin/nbdkit)|g'

install: ## install commands, libraries, headers, trivet.mk (DESTDIR=, PREFIX=, LIBDIR=, PLUGINDIR=)
	+$(LOCKED) do-install

# Make splits lists at blanks, and a relative prefix would end up glued to DESTDIR.
ifneq ($(filter install do-install uninstall,$(MAKECMDGOALS)),)
$(foreach v,PREFIX LIBDIR PLUGINDIR,$(if $(filter 1/%,$(words $($(v)))$($(v))),,$(error $(v)='$($(v))': \
	it takes an absolute path without blanks, e.g. /usr/local)))
$(if $(filter 0 1,$(words $(DESTDIR))),,$(error DESTDIR='$(DESTDIR)': choose a path without blanks))
endif

do-install: build-sim build-trivet build-user-lib
	$(Q)install -d $(foreach d,$(bin_to) $(pc_to) $(data_to) $(man_to) $(bash_to) $(unit_to) $(sysuser_to),'$(DESTDIR)$(d)')
	$(Q)install -m 755 $(commands:%=$(O)/bin/%) '$(DESTDIR)$(bin_to)'
	$(Q)install -m 755 ci/new-driver '$(DESTDIR)$(bin_to)/trivet-new-driver'
	$(Q)ci/kmod-tree '$(DESTDIR)$(data_to)/kmod'
	$(Q)ln -sfn '$(call relative,$(data_to)/kmod,$(PREFIX)/include)' '$(DESTDIR)$(data_to)/kmod/include'
	$(Q)install -m 644 os/linux-user/module/module.c '$(DESTDIR)$(data_to)/user-module.c'
	$(Q)install -m 644 os/linux-user/module/script.S '$(DESTDIR)$(data_to)/user-script.S'
	$(Q)install -m 644 $(O)/lib/libtrivet-sim*.a $(O)/lib/libtrivet-user.a '$(DESTDIR)$(LIBDIR)'
	$(Q)install -m 755 $(O)/lib/$(user_so) '$(DESTDIR)$(LIBDIR)'
	$(Q)ln -sf $(user_so) '$(DESTDIR)$(LIBDIR)/libtrivet-user.so'
	$(Q)$(if $(NBDKIT),install -D -m 755 $(plugin_user) '$(DESTDIR)$(plugin_to)')
	@$(if $(NBDKIT),$(if $(filter $(nbdkit_dir),$(PLUGINDIR)),:,\
		echo '  NOTE    nbdkit looks for plugins elsewhere; run: nbdkit $(plugin_to)'),:)
	$(Q)$(if $(man_pages),install -m 644 $(man_pages) '$(DESTDIR)$(man_to)')
	$(Q)$(foreach c,$(commands),install -m 644 os/cli/completion.bash '$(DESTDIR)$(bash_to)/$(c)';)
	$(Q)$(call tree,include,trivet -name '*.h',$(PREFIX)/include)
	$(Q)$(call tree,.,core os -name '*.h',$(legs_to))
	$(Q)$(call tree,ci,skel -name '*.in',$(data_to))
	$(Q)$(call tree,.,$(docs),$(doc_to))
	$(Q)$(foreach f,$(pc_files),$(fill_in) ci/mk/$(f).in >'$(DESTDIR)$(pc_to)/$(f)';)
	$(Q)$(fill_in) ci/mk/trivet.mk.in >'$(DESTDIR)$(data_to)/trivet.mk'
	$(Q)$(fill_in) 'os/linux-user/systemd/trivet-nbd@.service.in' >'$(DESTDIR)$(unit_to)/trivet-nbd@.service'
	$(Q)install -m 644 os/linux-user/systemd/trivet.sysusers '$(DESTDIR)$(sysuser_to)/trivet.conf'
	$(Q)install -m 644 os/linux-user/systemd/nbd.conf.example '$(DESTDIR)$(doc_to)'

uninstall: ## remove what install installed
	$(Q)rm -f $(foreach c,$(commands) trivet-new-driver,'$(DESTDIR)$(bin_to)/$(c)')
	$(Q)rm -f '$(DESTDIR)$(unit_to)/trivet-nbd@.service' '$(DESTDIR)$(sysuser_to)/trivet.conf'
	$(Q)rm -f '$(DESTDIR)$(LIBDIR)'/libtrivet-sim*.a '$(DESTDIR)$(LIBDIR)'/libtrivet-user.*
	$(Q)$(if $(NBDKIT),rm -f '$(DESTDIR)$(plugin_to)')
	$(Q)rm -f $(foreach f,$(pc_files),'$(DESTDIR)$(pc_to)/$(f)')
	$(Q)rm -f $(foreach c,$(commands),'$(DESTDIR)$(bash_to)/$(c)')
	$(Q)rm -f $(foreach m,$(notdir $(man_pages)),'$(DESTDIR)$(man_to)/$(m)')
	$(Q)rm -rf '$(DESTDIR)$(inc_to)' '$(DESTDIR)$(legs_to)' '$(DESTDIR)$(data_to)' '$(DESTDIR)$(doc_to)'

.PHONY: do-install
