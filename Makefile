# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Trivet: one driver source, three legs. `make help` lists what there is to do.
#
# The pieces are in ci/mk/: what is compiled (sources.mk), with which compiler and
# flags (flags.mk), into what (sim.mk, legs.mk), and where it goes (install.mk).

VERSION	:= 0.1.0
O	?= build
$(if $(filter 1,$(words $(O))),,$(error O='$(O)': it takes one path, without blanks))
ifeq ($(strip $(O)),)
$(error O= names no directory; leave it away for the default, build)
endif
# One spelling for one directory: object names are also the targets in dependency files.
override O := $(patsubst $(CURDIR)/%,%,$(abspath $(O)))

# The name of every target a user types; each has a "##" line below.
.PHONY: all trivet demo check check-sim check-asan check-mutants check-coverage check-user-build
.PHONY: check-kmod-build check-qemu check-valgrind check-vm-kmod check-vm-user check-tsan check-cli
.PHONY: check-debug-kernel lint purity
.PHONY: readme mutants coverage kmod dkms modules_install bench-sim bench-kmod nightly
.PHONY: bench-irq bench-user
.PHONY: install uninstall new-driver
.PHONY: format clean help

all: ## build the commands, the simulator's library and all drivers
	+$(LOCKED) build-sim build-trivet

trivet: ## build the command trivet alone: drivers in a process
	+$(LOCKED) build-trivet

include ci/mk/flags.mk
include ci/mk/sources.mk
include ci/mk/sim.mk
include ci/mk/mutants.mk
include ci/mk/legs.mk
include ci/mk/history.mk
include ci/mk/install.mk

# --- show ----------------------------------------------------------------------------------

# DISK and WRITE go to the script through the environment.
demo: ## drive a real disk image through the IDE driver (DISK=any.img, WRITE=1)
	+$(Q)ci/build build-sim
	$(Q)TRIVET_SIM=$(abspath $(O))/bin/trivet-sim tests/demo/demo.sh

bench-sim: ## measure the simulator: choice points and IDE life cycles per second
	+$(Q)ci/build build-bench
	$(Q)ci/bench $(bench_names:%=$(O)/bin/%)

bench-kmod: ## our modules beside the kernel's drivers, in a kernel under QEMU: a quarter of an hour
	+$(Q)ci/build build-modules
	$(Q)VM_KERNEL=$$(ci/kmod-build --release) tests/bench/vm/run tests/bench/kmod/arms $(O)/kmod/modules - $$(NIGHTLY=1 ci/count bench-repeats) $(O)/results/bench-kmod

bench-irq: ## instructions from an interrupt to a handler in a process, beside the least there can be
	+$(Q)ci/build build-vm-bench
	$(Q)tests/bench/vm/run tests/bench/irq/arms - $(O)/user/bin $$(NIGHTLY=1 ci/count bench-repeats) $(O)/results/bench-irq

bench-user: ## a disk driven by a process, beside modules and the kernel's driver: long
	+$(Q)ci/build build-modules build-vm-bench
	$(Q)VM_KERNEL=$$(ci/kmod-build --release) tests/bench/vm/run tests/bench/user/arms $(O)/kmod/modules $(O)/user/bin $$(NIGHTLY=1 ci/count bench-repeats) $(O)/results/bench-user

# --- prove ---------------------------------------------------------------------------------

LEVELS := lint purity check-sim check-asan check-mutants check-coverage check-user-build
LEVELS += check-kmod-build check-qemu check-valgrind check-vm-kmod check-vm-user check-tsan check-cli
LEVELS += readme
# An hour and more.
NIGHT_LEVELS := check-debug-kernel

check: ## run every level this machine can run; one summary line at the end
	+$(Q)ci/check $(LEVELS)

nightly: ## the same with the full counts of ci/counts, and in a debug kernel
	+$(Q)NIGHTLY=1 ci/check $(NIGHT_LEVELS) $(LEVELS)

# Each level by itself prints its whole KTAP.
check-sim: ## unit tests, scenarios, conformance and checkers on the simulator
check-asan: ## the same under AddressSanitizer and UBSan; and drivers in a process
check-coverage: ## lines and branches of drivers/ and core/ that the tests reach
check-mutants: ## seeded bugs: each is still found by the run on record
check-user-build: ## compile every driver for the linux-user leg
check-kmod-build: ## compile every driver against the kernel's headers (KDIR=); sparse
check-qemu: ## drivers in a process, on QEMU's device models; conformance
check-valgrind: ## the same under valgrind, and seeded bugs it has to find
check-vm-kmod: ## modules in stock Debian kernels under QEMU: conformance, disks, tools, DKMS
check-debug-kernel: ## modules in a kernel with KASAN, lockdep and the like; failures of calls
check-vm-user: ## drivers in a process over vfio and uio, in a stock Debian kernel under QEMU
check-tsan: ## conformance and drivers on QEMU's models, under ThreadSanitizer
check-cli: ## the commands: bad input, installation, parallel runs, the demo
lint: ## format, SPDX, file size, banned patterns, sparse, checkpatch, shell, man pages
readme: ## README's table against the last reports
purity: ## drivers depend on the public headers alone; counter-tests included
$(LEVELS) $(NIGHT_LEVELS):
	+$(Q)ci/check -k $@

mutants: ## grade the simulator by seeded bugs; writes tests/mutants/*/RESULTS.md
	+$(Q)ci/build build-sim build-asan build-units-asan
	$(Q)for dir in $(MUTANT_DIRS); do tests/mutants/run "$$dir" || exit; done

coverage: ## the table of check-coverage by itself; HTML in $(O)/coverage/html
	+$(Q)ci/coverage

# --- the kernel's modules ------------------------------------------------------------------

kmod: ## build the modules for the kernel of KDIR= (AUTOLOAD=1: they take their devices)
	+$(Q)ci/build build-modules

dkms: ## write a source tree for DKMS, $(O)/dkms/trivet-$(VERSION) (AUTOLOAD=1 as above)
	$(Q)rm -rf $(O)/dkms
	$(Q)ci/kmod-tree --dkms $(VERSION) $(O)/dkms/trivet-$(VERSION)

modules_install: ## install them (INSTALL_MOD_PATH=), as the kernel's own
	$(Q)ci/kmod-modules --install $(O)/kmod/modules

# --- the rest ------------------------------------------------------------------------------

new-driver: ## write a driver skeleton: NAME=x CLASS=blk DIR=path
	$(Q)TRIVET_MK=$(PREFIX)/share/trivet/trivet.mk ci/new-driver '$(NAME)' '$(CLASS)' '$(DIR)'

format: ## let clang-format rewrite the C sources in place
	$(Q)ci/sources c | xargs ci/lint-format -i

clean: ## remove everything under $(O) that was built
	$(Q)rm -rf $(addprefix $(O)/,sim asan cov sabotage user user-asan user-tsan kmod dkms lint bin lib man results coverage)
	$(Q)rm -f $(O)/.lock
	$(Q)rmdir $(O) 2>/dev/null || true

help: ## this list
	@echo 'usage: make [TARGET] [O=build] [V=1] [CC=gcc|clang] [CFLAGS=...] [DESTDIR= PREFIX=/usr/local]'
	@echo
	@awk -F ':.*## ' '/^[a-z_-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' Makefile ci/mk/install.mk
