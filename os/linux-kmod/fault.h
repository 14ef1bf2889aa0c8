/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Calls that may fail can be made to, in modules built with FAULT_POINTS=1 for tests. The sources
 * stay as they are: every one is compiled with fault_kernel.h (this leg) or fault_driver.h (core
 * and drivers) in front, whose macros stand before the functions.
 *
 * A place is named FILE:LINE CALL. Those of KMOD_FAULT() are in a module's section trv_faults,
 * which a test reads to visit each. The parameter fault of trivet.ko says which one fails: its
 * name, or its function's, or the call's, and then how often, where that is not once:
 *
 *	echo 'core/lifecycle.c:50 trv_zalloc' > /sys/module/trivet/parameters/fault
 *	echo ide_dma_start 3 > /sys/module/trivet/parameters/fault
 *
 * and, read, how often it has failed since. Places for which nothing is said count for the
 * kernel's /proc/PID/fail-nth, too. Made for the debug kernel, a 6.1 (tests/vm/debug-kernel): later
 * ones have some of the kernel's functions below as macros, which cannot be wrapped like this.
 */
#ifndef TRIVET_KMOD_FAULT_H
#define TRIVET_KMOD_FAULT_H

#include <linux/compiler.h>
#include <linux/stringify.h>
#include <linux/types.h>

/** kmod_fault() - should the call at @site, in function @func, fail now? Any context. */
bool kmod_fault(const char *site, const char *func);

/** kmod_fault_said() - the same, when the parameter says so and not otherwise */
bool kmod_fault_said(const char *site, const char *func);

/* clang-format off */
#define KMOD_SITE(call) __FILE__ ":" __stringify(__LINE__) " " call
/* clang-format on */

/* True: the call that follows is to fail. */
#define KMOD_FAULT(call)                                                             \
	({                                                                           \
		static const char __site[] __section("trv_faults") = KMOD_SITE(call); \
		unlikely(kmod_fault(__site, __func__));                              \
	})

#endif /* TRIVET_KMOD_FAULT_H */
