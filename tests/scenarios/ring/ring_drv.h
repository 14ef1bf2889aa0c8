/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A driver for the device of ring.h, right in every step; the checkers' drivers replace some. */
#ifndef TRIVET_TESTS_RING_DRV_H
#define TRIVET_TESTS_RING_DRV_H

#include <trivet/driver.h>

#include "ring.h"

struct ring {
	struct trv_dev *dev;
	struct trv_mmio regs;
	struct trv_dma_mem mem;
	struct ring_desc *desc;
	struct trv_event done;
	u32 next;
	u8 *buf;
	struct trv_dma_map map;
};

/** struct ring_steps - what a request is made of */
struct ring_steps {
	/* Hand the descriptor to the device. */
	void (*post)(struct ring *r, struct ring_desc *d, u32 len);
	/* It is done: its data go to @out, which has room for @room; how many, or an error. */
	int (*reap)(struct ring *r, struct ring_desc *d, u8 *out, u32 room);
};
extern const struct ring_steps ring_steps;

/** ring_echo() - @len bytes there, half of them back; how many, or an error. Sleeps. */
int ring_echo(struct ring *r, const struct ring_steps *steps, const u8 *in, u32 len, u8 *out,
	      u32 room);
/** ring_poll() - no interrupts from here to a reset: memory alone says what is done */
void ring_poll(struct ring *r);
/** ring_reset() - the device forgets everything; -ETIMEDOUT, -ENODEV. Sleeps. */
int ring_reset(struct ring *r);

extern const struct trv_driver ring_driver;

#endif /* TRIVET_TESTS_RING_DRV_H */
