// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The compiler's atomic operations: with -fsanitize=thread each becomes a call
 * that has to do the work as well. Contexts are coroutines of one host thread
 * and change only inside entries of os.h, so plain accesses are atomic here.
 *
 * The prototypes are those the compilers have built in.
 */
#include <os/test-sim/mem_impl.h>
#include <os/test-sim/watch.h>

typedef unsigned __int128 uint128_t;

#define CALLER __builtin_return_address(0)

static bool clean(const volatile void *p, size_t n, u8 unset)
{
	return !sim_mem_inside((const void *)p) ||
	       sim_shadow_all((const void *)p, n, SIM_OK, SIM_M_DEVICE | SIM_M_TAINTED | unset);
}

static void check_read(const volatile void *p, size_t n, const void *pc)
{
	if (sim_unlikely(sim_watching))
		sim_watch_load((const void *)p, n, pc);
	if (!clean(p, n, SIM_M_ODD))
		sim_mem_read((const void *)p, n, sim_site_of_pc(pc));
}

static void check_write(volatile void *p, size_t n, const void *pc)
{
	if (sim_unlikely(sim_watching))
		sim_watch_store((const void *)p, n, pc);
	if (!clean(p, n, SIM_M_COHERENT))
		sim_mem_write((void *)p, n, sim_site_of_pc(pc));
}

/* Replace *@p by @expr of old and val; the old value is the result. */
#define UPDATE(name, type, expr)                               \
	type name(volatile void *p, type val, int mo);         \
	type name(volatile void *p, type val, int mo)          \
	{                                                      \
		type old;                                      \
		check_read(p, sizeof(old), CALLER);            \
		check_write(p, sizeof(old), CALLER);           \
		old = *(volatile type *)p;                     \
		*(volatile type *)p = (type)(expr);            \
		return old;                                    \
	}

#define COMPARE_EXCHANGE(name, type)                                               \
	bool name(volatile void *p, void *want, type val, int mo, int fail_mo);    \
	bool name(volatile void *p, void *want, type val, int mo, int fail_mo)     \
	{                                                                          \
		type old;                                                          \
		check_read(p, sizeof(old), CALLER);                                \
		check_read(want, sizeof(old), CALLER);                             \
		old = *(volatile type *)p;                                         \
		if (old == *(type *)want) {                                        \
			check_write(p, sizeof(old), CALLER);                       \
			*(volatile type *)p = val;                                 \
			return true;                                               \
		}                                                                  \
		check_write(want, sizeof(old), CALLER);                            \
		*(type *)want = old;                                               \
		return false;                                                      \
	}

/* clang's form: the old value is the result, whether it was the one wanted or not. */
#define COMPARE_EXCHANGE_VAL(name, type)                                           \
	type name(volatile void *p, type want, type val, int mo, int fail_mo);     \
	type name(volatile void *p, type want, type val, int mo, int fail_mo)      \
	{                                                                          \
		type old;                                                          \
		check_read(p, sizeof(old), CALLER);                                \
		old = *(volatile type *)p;                                         \
		if (old == want) {                                                 \
			check_write(p, sizeof(old), CALLER);                       \
			*(volatile type *)p = val;                                 \
		}                                                                  \
		return old;                                                        \
	}

#define LOAD_STORE(bits, type)                                                     \
	type __tsan_atomic##bits##_load(const volatile void *p, int mo);           \
	type __tsan_atomic##bits##_load(const volatile void *p, int mo)            \
	{                                                                          \
		check_read(p, sizeof(type), CALLER);                               \
		return *(const volatile type *)p;                                  \
	}                                                                          \
	void __tsan_atomic##bits##_store(volatile void *p, type val, int mo);      \
	void __tsan_atomic##bits##_store(volatile void *p, type val, int mo)       \
	{                                                                          \
		check_write(p, sizeof(type), CALLER);                              \
		*(volatile type *)p = val;                                         \
	}

#define ATOMIC(bits, type)                                                         \
	LOAD_STORE(bits, type)                                                     \
	UPDATE(__tsan_atomic##bits##_exchange, type, val)                          \
	UPDATE(__tsan_atomic##bits##_fetch_add, type, old + val)                   \
	UPDATE(__tsan_atomic##bits##_fetch_sub, type, old - val)                   \
	UPDATE(__tsan_atomic##bits##_fetch_and, type, old & val)                   \
	UPDATE(__tsan_atomic##bits##_fetch_or, type, old | val)                    \
	UPDATE(__tsan_atomic##bits##_fetch_xor, type, old ^ val)                   \
	UPDATE(__tsan_atomic##bits##_fetch_nand, type, ~(old & val))               \
	COMPARE_EXCHANGE(__tsan_atomic##bits##_compare_exchange_strong, type)      \
	COMPARE_EXCHANGE(__tsan_atomic##bits##_compare_exchange_weak, type)        \
	COMPARE_EXCHANGE_VAL(__tsan_atomic##bits##_compare_exchange_val, type)

ATOMIC(8, uint8_t)
ATOMIC(16, uint16_t)
ATOMIC(32, uint32_t)
ATOMIC(64, uint64_t)
ATOMIC(128, uint128_t)

/* One host thread: only the compiler has to be told. */
void __tsan_atomic_thread_fence(int mo);
void __tsan_atomic_thread_fence(int mo)
{
	__asm__ volatile("" ::: "memory");
}

void __tsan_atomic_signal_fence(int mo);
void __tsan_atomic_signal_fence(int mo)
{
	__asm__ volatile("" ::: "memory");
}
