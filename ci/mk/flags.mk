# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Compiler and flags. CC, CFLAGS, CPPFLAGS, LDFLAGS and LDLIBS are the user's: they come
# last, so they win. WERROR=1 makes every warning an error.

ifeq ($(origin CC),default)
CC := gcc
endif
OBJCOPY	?= objcopy
CFLAGS	?= -O2 -g
PREFIX	?= /usr/local
LIBDIR	?= $(PREFIX)/lib

export O V CC CFLAGS CPPFLAGS LDFLAGS LDLIBS WERROR KDIR DISK WRITE
export NIGHTLY STRICT BUDGET

# Quiet as the kernel's build is: one line per file, the command itself with V=1.
Q	:= $(if $(filter-out 0,$(V)),,@)
say	= $(if $(filter-out 0,$(V)),,@printf '  %-7s %s\n' '$(1)' '$(2)';)

# $(call if_changed,TEXT): write TEXT to the target unless that is what it holds already.
if_changed = @printf '%s\n' '$(subst ','\'',$(1))' >$@.new; \
	cmp -s $@.new $@ && rm $@.new || mv $@.new $@

# For targets that change the tree: one make at a time.
LOCKED	= @mkdir -p $(O) && flock $(O)/.lock $(MAKE) --no-print-directory

WARN := -Wall -Wextra -Wno-unused-parameter -Wmissing-prototypes -Wstrict-prototypes
WARN += -Wpointer-arith -Wvla -Wundef -Werror=implicit-function-declaration
WARN += -Werror=incompatible-pointer-types -Werror=int-conversion
WARN += $(if $(WERROR),-Werror)

# As the kernel compiles its own: no type-based aliasing, one definition per variable.
BASE := -std=gnu11 $(WARN) -fno-strict-aliasing -fno-common -DTRIVET_VERSION='"$(VERSION)"'
INCL := -Iinclude -I.

# Driver-side code on the simulator: every memory access reports itself through a
# __tsan_* hook, and the mem* functions become the checked ones. The simulator provides
# the hooks, so -fsanitize=thread never reaches the linker. What a function never stored in its
# own variables is the same odd value each time, for no hook sees a stack.
HOOK_CFLAGS  := -fsanitize=thread -fno-builtin -ftrivial-auto-var-init=pattern
HOOK_OBJCOPY := $(foreach f,memcpy memmove memset memcmp,--redefine-sym $(f)=sim_$(f))

ASAN_CFLAGS  := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
# One thread, and coroutines that only switch between statements: no atomic counters.
COV_CFLAGS   := --coverage -fprofile-update=single
