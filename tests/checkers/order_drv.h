/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Steps of a driver for the ring device of tests/scenarios/ring/: _trips leaves
 * out what it must not, _clean does it in another way than ring_drv.c.
 */
#ifndef TRIVET_CHECKERS_ORDER_DRV_H
#define TRIVET_CHECKERS_ORDER_DRV_H

#include <tests/scenarios/ring/ring_drv.h>

typedef void order_post(struct ring *r, struct ring_desc *d, u32 len);
typedef int order_reap(struct ring *r, struct ring_desc *d, u8 *out, u32 room);

order_post order_doorbell_trips, order_doorbell_clean;
order_post order_own_trips, order_own_clean;
order_reap order_done_trips, order_done_clean;
order_reap double_fetch_trips, double_fetch_clean;

/* A look at the cause register, outside the handler. */
void reg_clear_trips(struct ring *r);
void reg_clear_clean(struct ring *r);
/* Keeps the processor from taking interrupts for a while. */
void reg_clear_busy(struct ring *r);

void reg_reset_trips(struct ring *r);
void reg_reset_clean(struct ring *r);

#endif /* TRIVET_CHECKERS_ORDER_DRV_H */
