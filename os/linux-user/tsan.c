// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * For builds under ThreadSanitizer alone: trv_read_once() and trv_write_once()
 * are volatile accesses, which the compiler tells apart there (gcc: --param
 * tsan-distinguish-volatile=1), and count as relaxed atomics, as in a kernel.
 */
#ifdef USER_TSAN
#include <os/linux-user/user.h>

#define VOLATILE_HOOKS(bytes, type)                                             \
	void __tsan_volatile_read##bytes(void *p);                              \
	void __tsan_volatile_read##bytes(void *p)                               \
	{                                                                       \
		(void)__atomic_load_n((type *)p, __ATOMIC_RELAXED);             \
	}                                                                       \
	void __tsan_volatile_write##bytes(void *p);                             \
	void __tsan_volatile_write##bytes(void *p)                              \
	{                                                                       \
		/* The hook comes before the store: add nothing, atomically. */ \
		(void)__atomic_fetch_or((type *)p, 0, __ATOMIC_RELAXED);        \
	}
VOLATILE_HOOKS(1, u8)
VOLATILE_HOOKS(2, u16)
VOLATILE_HOOKS(4, u32)
VOLATILE_HOOKS(8, u64)

#endif /* USER_TSAN */
