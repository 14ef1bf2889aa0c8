/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the two ways to receive edu's interrupts have in common. */
#ifndef TRIVET_BENCH_IRQ_H
#define TRIVET_BENCH_IRQ_H

#include <stdint.h>
#include <x86intrin.h>

/* With QEMU's icount a tick is an instruction. */
static inline uint64_t tick(void)
{
	return __rdtsc();
}

/**
 * struct heard - one interrupt
 * @tick: when whoever waited for it was there
 * @n:    how many there were, with that one; written last
 */
struct heard {
	uint64_t tick;
	uint32_t n;
};
extern struct heard heard;

/** hear() - first of all where an interrupt ends: it was heard @at; said() when all is done about it */
void hear(uint64_t at);
void said(void);

/** real_time() - this thread runs before all that do not need to */
void real_time(void);
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

enum kind { VFIO_MSI, VFIO_INTX, UIO };

/**
 * struct way - how interrupts are received
 * @start: from @device; in the end whoever waits is another thread
 * @raise: have edu raise one; returns the tick before the register is written
 */
struct way {
	const char *name;
	void (*start)(enum kind kind, const char *device);
	uint64_t (*raise)(void);
	void (*stop)(void);
};
extern const struct way raw_way, trivet_way;

#endif /* TRIVET_BENCH_IRQ_H */
