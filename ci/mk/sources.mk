# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What is compiled. Everything is found by wildcard: a new file is part of the build
# because it is there.

DRIVERS		:= $(sort $(notdir $(patsubst %/,%,$(dir $(wildcard drivers/*/*.c)))))
DRIVER_SRCS	:= $(sort $(wildcard drivers/*/*.c))
CORE_SRCS	:= $(sort $(wildcard core/*.c))
CONFORM_SRCS	:= $(filter-out %/user_host.c %/user_dummy.c %/kmod_host.c,$(sort $(wildcard tests/conformance/*.c)))
CHECKER_SRCS	:= $(sort $(wildcard tests/checkers/*.c))
SCENARIO_SRCS	:= $(sort $(wildcard tests/scenarios/*.c tests/scenarios/*/*.c))
MODEL_SRCS	:= $(sort $(wildcard os/test-sim/models/*.c os/test-sim/models/*/*.c))
SIM_SRCS	:= $(sort $(filter-out $(MODEL_SRCS),$(wildcard os/test-sim/*.c os/test-sim/*/*.c)))
CLI_SRCS	:= $(sort $(wildcard os/cli/*.c))
USER_CLI_SRCS	:= $(sort $(wildcard os/linux-user/cli/*.c os/linux-user/cli/*/*.c))
NBDKIT_SRCS	:= $(sort $(wildcard os/linux-user/nbdkit/*.c))
USER_SRCS	:= $(sort $(filter-out $(USER_CLI_SRCS) $(NBDKIT_SRCS) os/linux-user/module/%,$(wildcard os/linux-user/*.c os/linux-user/*/*.c)))
QEMU_SRCS	:= $(filter-out tests/qemu/help%.c,$(sort $(wildcard tests/qemu/*.c)))
KMOD_SRCS	:= $(sort $(wildcard os/linux-kmod/*.c))
UNIT_SRCS	:= $(filter-out tests/unit/ktap.c,$(sort $(wildcard tests/unit/*.c)))
BENCH_SRCS	:= $(sort $(wildcard tests/bench/*.c))

# Hooked: what a driver author writes. The rest of the simulator's program is plain.
HOOKED_SRCS := $(DRIVER_SRCS) $(CORE_SRCS) $(filter-out %_host.c,$(CONFORM_SRCS)) \
	       $(filter %_drv.c,$(CHECKER_SRCS) $(SCENARIO_SRCS))
PLAIN_SRCS  := $(SIM_SRCS) $(CLI_SRCS) $(MODEL_SRCS) $(filter %_host.c,$(CONFORM_SRCS)) \
	       $(filter-out %_drv.c,$(CHECKER_SRCS) $(SCENARIO_SRCS))
