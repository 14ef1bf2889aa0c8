/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The vocabulary every other header uses: fixed-width and endian-annotated
 * integers, error numbers, and a handful of helpers. The kernel brings its
 * own; elsewhere they come from the kernel's exported headers, so that sparse
 * checks byte order in every leg.
 */
#ifndef TRIVET_TYPES_H
#define TRIVET_TYPES_H

#if defined(TRV_OS_LINUX_KMOD)
#include <linux/types.h>
#include <linux/errno.h>
#else
#include <linux/types.h>
#include <linux/errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;
#endif

/** typedef trv_iova - an address as the device sees it, never a CPU address. */
typedef u64 trv_iova;

#ifdef __CHECKER__
#define TRV_FORCE __attribute__((force))
#else
#define TRV_FORCE
#endif

/* How a leg provides hot entries: inlined in products, functions in the simulator. */
#if defined(TRV_OS_LINUX_KMOD)
#define TRV_HOT static __always_inline
#elif defined(TRV_OS_LINUX_USER)
#define TRV_HOT static inline __attribute__((always_inline))
#else
#define TRV_HOT
#endif

#define TRV_MUST_CHECK __attribute__((warn_unused_result))
#define TRV_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define TRV_BUILD_ASSERT(cond, why) _Static_assert(cond, why)

#define TRV_BIT(n) (1U << (n))
#define TRV_BIT64(n) (1ULL << (n))
#define TRV_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define TRV_ALIGN_UP(x, a) (((x) + (a) - 1) & ~((typeof(x))(a) - 1))

#define trv_container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#define trv_min(a, b) \
	({ typeof(a) __a = (a); typeof(b) __b = (b); __a < __b ? __a : __b; })
#define trv_max(a, b) \
	({ typeof(a) __a = (a); typeof(b) __b = (b); __a > __b ? __a : __b; })

/*
 * Byte order. Registers are converted by their accessors; these are for
 * descriptors and data in memory. The unaligned forms take any address.
 */
#define TRV_ENDIAN(bits, order, other)                                                  \
	static inline __##order##bits trv_cpu_to_##order##bits(u##bits v)               \
	{                                                                               \
		return (TRV_FORCE __##order##bits)(                                     \
			__BYTE_ORDER__ == __ORDER_##other##_ENDIAN__ ?                  \
				__builtin_bswap##bits(v) : v);                          \
	}                                                                               \
	static inline u##bits trv_##order##bits##_to_cpu(__##order##bits v)             \
	{                                                                               \
		return __BYTE_ORDER__ == __ORDER_##other##_ENDIAN__ ?                   \
			       __builtin_bswap##bits((TRV_FORCE u##bits)v) :            \
			       (TRV_FORCE u##bits)v;                                    \
	}                                                                               \
	struct trv_unaligned_##order##bits { __##order##bits v; } __attribute__((packed)); \
	static inline u##bits trv_get_##order##bits(const void *p)                      \
	{                                                                               \
		return trv_##order##bits##_to_cpu(                                      \
			((const struct trv_unaligned_##order##bits *)p)->v);            \
	}                                                                               \
	static inline void trv_put_##order##bits(u##bits v, void *p)                    \
	{                                                                               \
		((struct trv_unaligned_##order##bits *)p)->v =                          \
			trv_cpu_to_##order##bits(v);                                    \
	}

TRV_ENDIAN(16, le, BIG)
TRV_ENDIAN(32, le, BIG)
TRV_ENDIAN(64, le, BIG)
TRV_ENDIAN(16, be, LITTLE)
TRV_ENDIAN(32, be, LITTLE)
TRV_ENDIAN(64, be, LITTLE)

#endif /* TRIVET_TYPES_H */
