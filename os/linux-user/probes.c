// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Where debuggers count how many have attached to each probe. */
#include <os/linux-user/user.h>
#include <os/linux-user/probes.h>

#ifdef STAP_PROBEV
#define DEFINE_SEMAPHORE(name) \
	volatile unsigned short trivet_##name##_semaphore __attribute__((section(".probes")));
USER_PROBES(DEFINE_SEMAPHORE)
#elif !defined(TRIVET_NO_PROBES)
#pragma message("no sys/sdt.h: built without USDT probes; systemtap-sdt-dev has it")
#endif
