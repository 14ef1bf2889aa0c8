/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What memory checkers are told: valgrind by its requests, which are a few
 * instructions without effect outside of it, AddressSanitizer by its calls,
 * in builds that have it. Without valgrind's header (Debian: valgrind) the
 * build says so, and valgrind does not know who owns DMA memory.
 */
#ifndef TRIVET_USER_MEMCHECK_H
#define TRIVET_USER_MEMCHECK_H

#include <trivet/types.h>

#if defined(__SANITIZE_ADDRESS__)
#define USER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define USER_ASAN 1
#endif
#endif

#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#else
#if defined(USER_MEMCHECK_SAY)
#pragma message("no valgrind/memcheck.h (Debian: valgrind): it will not see who owns DMA memory")
#endif
#define RUNNING_ON_VALGRIND 0
#define VALGRIND_MAKE_MEM_NOACCESS(p, n) ((void)(p), (void)(n))
#define VALGRIND_MAKE_MEM_DEFINED(p, n) ((void)(p), (void)(n))
#define VALGRIND_CHECK_MEM_IS_DEFINED(p, n) ((void)(p), (void)(n))
#define VALGRIND_CREATE_MEMPOOL(pool, red, zeroed) ((void)(pool))
#define VALGRIND_DESTROY_MEMPOOL(pool) ((void)(pool))
#define VALGRIND_MEMPOOL_ALLOC(pool, p, n) ((void)(pool), (void)(p), (void)(n))
#define VALGRIND_MEMPOOL_FREE(pool, p) ((void)(pool), (void)(p))
#endif

#if defined(USER_ASAN)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

/** user_memcheck() - does anybody check? */
static inline bool user_memcheck(void)
{
#if defined(USER_ASAN)
	return true;
#else
	return RUNNING_ON_VALGRIND;
#endif
}

/** user_mem_deny() - whoever touches these bytes is reported */
static inline void user_mem_deny(const volatile void *p, size_t n)
{
	VALGRIND_MAKE_MEM_NOACCESS(p, n);
	ASAN_POISON_MEMORY_REGION(p, n);
}

/** user_mem_allow() - they may be touched, and have been written */
static inline void user_mem_allow(const volatile void *p, size_t n)
{
	VALGRIND_MAKE_MEM_DEFINED(p, n);
	ASAN_UNPOISON_MEMORY_REGION(p, n);
}

#endif /* TRIVET_USER_MEMCHECK_H */
