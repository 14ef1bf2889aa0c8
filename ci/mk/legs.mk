# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The two product legs.
#
#	build-user	core, backend and drivers for a Linux process
#	build-trivet	the command $(O)/bin/trivet
#	build-user-lib	libtrivet-user, static and shared
#	build-nbdkit	the plugin $(O)/lib/nbdkit-trivet-plugin.so, where nbdkit's header is
#	build-programs-F  test programs of the user leg; F is user, user-asan or user-tsan
#	build-kmod	backend and drivers against the headers of KDIR, by Kbuild, with gcc
#	build-modules	kernel modules; build-vm-modules: those and the tests'
#	build-debug-modules  the same for the debug kernel, and a second time so that calls can fail
#	build-vm-user	what a process does to devices in a virtual machine
#	build-vm-bench	and the programs that measure it

user_parts  := $(if $(USER_SRCS),os/linux-user) $(if $(CLI_SRCS),os/cli) $(if $(CORE_SRCS),core) $(DRIVERS:%=drivers/%)
kmod_parts  := $(if $(KMOD_SRCS),os/linux-kmod) $(DRIVERS:%=drivers/%)

USER_FLAVOURS := user user-asan user-tsan
# Those of a sandbox. Without one (LIBSECCOMP= makes believe) it has a layer less, and says so.
ifeq ($(origin LIBCAPNG),undefined)
LIBCAPNG      := $(shell pkg-config --libs libcap-ng 2>/dev/null)
endif
ifeq ($(origin LIBSECCOMP),undefined)
LIBSECCOMP    := $(shell pkg-config --libs libseccomp 2>/dev/null)
endif
user_not      := os/linux-user/sandbox/$(if $(LIBCAPNG),nodrop,drop).c \
		 os/linux-user/sandbox/$(if $(LIBSECCOMP),noseccomp,seccomp).c
user_all      := $(filter-out $(user_not),$(USER_SRCS)) $(CORE_SRCS) $(DRIVER_SRCS)
user_scripts  := $(sort $(wildcard drivers/*/*-gdb.py))
user_conform  := $(filter-out %_host.c,$(CONFORM_SRCS)) \
		 tests/conformance/user_host.c tests/conformance/user_dummy.c
user_help     := $(wildcard tests/qemu/help*.c) tests/unit/ktap.c tests/conformance/user_dummy.c
# Programs with bugs for memory checkers to find.
user_seeds    := $(patsubst tests/seeded/%.c,seed_%,$(wildcard tests/seeded/*.c))
# libpci is the command's alone. Without it (LIBPCI= makes believe) the verbs that need it say so.
LIBPCI        ?= $(if $(shell printf '\043include <pci/pci.h>\n' | $(CC) $(CPPFLAGS) $(CFLAGS) -E - >/dev/null 2>&1 && echo y),-lpci)
# So is nbdkit's header the plugin's (NBDKIT= makes believe it is not there).
NBDKIT        ?= $(if $(shell printf '\043include <nbdkit-plugin.h>\n' | $(CC) $(CPPFLAGS) $(CFLAGS) -E - >/dev/null 2>&1 && echo y),y)
user_no_pci   := os/linux-user/cli/hw/$(if $(LIBPCI),nopci,pci).c
user_cli      := $(filter-out $(user_no_pci),$(USER_CLI_SRCS)) $(CLI_SRCS)
user_programs := conformance $(patsubst tests/qemu/%.c,qemu_%,$(QEMU_SRCS))

# Programs for virtual machines alone. This one lies to its device about memory.
user_vm       := $(patsubst tests/vm/user/%.c,%,$(wildcard tests/vm/user/*.c))
user_ld_rogue := -Wl,--wrap=trv_dma_map_sg

# No two versions of it are alike enough yet to stand in for each other.
user_so		:= libtrivet-user.so.$(VERSION)
# What is built for the library, and for the plugin, is also what the command is linked of.
flags_user	:= -fPIC -fno-semantic-interposition
flags_user-asan	:= -fPIC $(ASAN_CFLAGS)
# Volatile accesses, which trv_read_once() is, count as relaxed atomics there.
flags_user-tsan	:= -fPIC -fsanitize=thread -DUSER_TSAN $(if $(findstring clang,$(CC)),\
	-mllvm -tsan-distinguish-volatile=1,--param=tsan-distinguish-volatile=1)

user_cc = $(CC) $(BASE) $(INCL) -Itests/unit -D_GNU_SOURCE -DTRV_OS_LINUX_USER $(flags_$(1)) $(CPPFLAGS) $(CFLAGS)
user_ld = $(CC) $(flags_$(1)) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(USER_LIBS) $(2) $(LDLIBS)

# The command, by flavour. Drivers it loads find the leg's entries in it.
trivet_user	 := $(O)/bin/trivet
trivet_user-asan := $(O)/user-asan/bin/trivet
trivet_user-tsan := $(O)/user-tsan/bin/trivet
# The plugin for nbdkit the same.
plugin_user	 := $(O)/lib/nbdkit-trivet-plugin.so
plugin_user-asan := $(O)/user-asan/lib/nbdkit-trivet-plugin.so
plugin_user-tsan := $(O)/user-tsan/lib/nbdkit-trivet-plugin.so
USER_EXPORT	 := -Wl,--export-dynamic-symbol=trv_*
USER_LIBS	 := -lpthread $(LIBCAPNG) $(LIBSECCOMP)

# $(call user_rules,FLAVOUR)
define user_rules
$(O)/$(1)/.flags: FORCE
	@mkdir -p $$(@D)
	$$(call if_changed,$$(call user_cc,$(1)))

$(O)/$(1)/%.o: %.c $(O)/$(1)/.flags
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)$$(call user_cc,$(1)) -MMD -MP -c -o $$@ $$<

# A driver's script for gdb.
$(O)/$(1)/%-gdb.o: %-gdb.py os/linux-user/module/script.S $(O)/$(1)/.flags
	@mkdir -p $$(@D)
	$$(call say,AS,$$@)$$(CC) -c -DSCRIPT='"$$<"' -DNAME='"trivet-$$(notdir $$*)"' -o $$@ os/linux-user/module/script.S

# These come last: they use what the leg's own script defines.
user_objs_$(1) := $(user_all:%.c=$(O)/$(1)/%.o) $(user_scripts:%.py=$(O)/$(1)/%.o)
$(O)/$(1)/os/linux-user/gdb.o: $(wildcard os/linux-user/gdb/*.py)

$(trivet_$(1)): $(user_cli:%.c=$(O)/$(1)/%.o) $$(user_objs_$(1))
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)$$(call user_ld,$(1),$$(USER_EXPORT) $$(LIBPCI))

# What it calls of nbdkit is in the server, so names may be left open.
$(plugin_$(1)): $(NBDKIT_SRCS:%.c=$(O)/$(1)/%.o) $$(user_objs_$(1)) ci/mk/nbdkit-plugin.map
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)$$(CC) -shared $(flags_$(1)) -Wl,--version-script=ci/mk/nbdkit-plugin.map \
		$$(CFLAGS) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $$(USER_LIBS) $$(LDLIBS)

$(O)/$(1)/bin/conformance: $(user_conform:%.c=$(O)/$(1)/%.o)
$(O)/$(1)/bin/conformance: $$(user_objs_$(1))
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)$$(call user_ld,$(1))

$(O)/$(1)/bin/qemu_%: $(O)/$(1)/tests/qemu/%.o $(user_help:%.c=$(O)/$(1)/%.o) $$(user_objs_$(1))
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)$$(call user_ld,$(1),-lcunit)

$(O)/$(1)/bin/seed_%: $(O)/$(1)/tests/seeded/%.o $(O)/$(1)/tests/conformance/user_dummy.o $$(user_objs_$(1))
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)$$(call user_ld,$(1))

$(user_vm:%=$(O)/$(1)/bin/%): $(O)/$(1)/bin/%: $(O)/$(1)/tests/vm/user/%.o $$(user_objs_$(1))
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)$$(call user_ld,$(1),$$(user_ld_$$*))

build-programs-$(1): $(user_programs:%=$(O)/$(1)/bin/%) $(user_seeds:%=$(O)/$(1)/bin/%) $(trivet_$(1)) \
	$(if $(NBDKIT),$(filter $(plugin_user),$(plugin_$(1))))
.PHONY: build-programs-$(1)
-include $(patsubst %.c,$(O)/$(1)/%.d,$(user_all) $(user_cli) $(NBDKIT_SRCS) $(user_conform) $(QEMU_SRCS) $(user_help) $(wildcard tests/seeded/*.c tests/vm/user/*.c))
endef
$(foreach f,$(USER_FLAVOURS),$(eval $(call user_rules,$(f))))

# Programs that measure. What they mark for a profiler is at one address in all of them.
user_bench_irq    := $(wildcard tests/bench/irq/*.c)
user_bench_direct := $(wildcard tests/bench/user/*.c)
$(O)/user/bin/bench_irq: $(user_bench_irq:%.c=$(O)/user/%.o)
$(O)/user/bin/bench_direct: $(user_bench_direct:%.c=$(O)/user/%.o)
$(O)/user/bin/bench_irq $(O)/user/bin/bench_direct: $(user_objs_user)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(call user_ld,user,-no-pie $(shell tests/bench/vm/marks --link))
build-vm-bench: $(O)/user/bin/bench_irq $(O)/user/bin/bench_direct
-include $(patsubst %.c,$(O)/user/%.d,$(user_bench_irq) $(user_bench_direct))

user_objs := $(user_objs_user) $(user_cli:%.c=$(O)/user/%.o)

build-trivet: $(trivet_user) build-nbdkit
build-nbdkit: $(if $(NBDKIT),$(plugin_user))
ifeq ($(NBDKIT),)
	@echo '  SKIP    nbdkit-trivet-plugin.so: nbdkit-plugin-dev is not installed'
endif
build-vm-user: $(trivet_user) build-nbdkit $(addprefix $(O)/user/bin/,conformance qemu_reset qemu_msix $(user_vm)) \
	$(trivet_user-asan) $(O)/user-asan/bin/aer
build-user-lib: $(O)/lib/libtrivet-user.a $(O)/lib/$(user_so)

$(O)/lib/libtrivet-user.a: $(user_objs_user)

$(O)/lib/$(user_so): $(user_objs_user) ci/mk/libtrivet-user.map
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) -shared -Wl,-soname,$(user_so) -Wl,-z,defs \
		-Wl,--version-script=ci/mk/libtrivet-user.map $(CFLAGS) $(LDFLAGS) \
		-o $@ $(filter %.o,$^) $(USER_LIBS) $(LDLIBS)

build-user: $(user_parts:%=build-user/%)
build-kmod: $(kmod_parts:%=build-kmod/%)

define leg_rules
build-user/$(1): $$(filter $(O)/user/$(1)/%,$$(user_objs))
build-kmod/$(1):
	$$(Q)ci/kmod-build $$(subst /,_,$(1)) $(O)/kmod/$(1) -I$(CURDIR)/include -I$(CURDIR) -- $$(wildcard $(1)/*.[ch])
.PHONY: build-user/$(1) build-kmod/$(1)
endef
$(foreach p,$(sort $(user_parts) $(kmod_parts)),$(eval $(call leg_rules,$(p))))

build-modules:
	$(Q)ci/kmod-modules $(O)/kmod/modules
build-vm-modules:
	$(Q)ci/kmod-modules $(O)/kmod/vm tests/conformance tests/vm/edu tests/vm/page
build-debug-modules:
	$(Q)ci/kmod-modules $(O)/kmod/debug tests/conformance tests/vm/bad
	$(Q)FAULT_POINTS=1 AUTOLOAD=1 ci/kmod-modules $(O)/kmod/faults tests/conformance

# For the level scripts, which report one line per part.
list-user: ; @echo $(user_parts)
list-kmod: ; @echo $(kmod_parts)
list-programs: ; @echo $(user_programs)

.PHONY: build-user build-trivet build-nbdkit build-vm-user build-vm-bench build-user-lib build-kmod build-modules build-vm-modules \
	build-debug-modules list-user list-kmod list-programs
