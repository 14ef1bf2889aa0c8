/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A tiny driver for the dummy device with one of everything that runs or
 * locks, and what it can be made to do: _trips what it must not, _clean what
 * looks most like it and is right.
 */
#ifndef TRIVET_CHECKERS_MACHINE_DRV_H
#define TRIVET_CHECKERS_MACHINE_DRV_H

#include <trivet/driver.h>

#define RIG_DEEDS(X)                                                                               \
	X(hang)                                                                                    \
	X(deadlock) X(sleep_spin) X(sleep_irq) X(sleep_timer) X(mutex_bh) X(long_delay) X(unmask)  \
		X(detach_twice) X(wrong_form) X(recursion) X(recursion_irq) X(unheld) X(assert)    \
			X(held) X(order) X(order_pair) X(irq_safe) X(timer_safe) X(uninit) X(copy) \
				X(storm) X(leak_irq) X(leak_vectors) X(leak_timer) X(leak_work)    \
					X(self_wait)

struct rig;
#define RIG_DECLARE(id)                         \
	void rig_##id##_trips(struct rig *rig); \
	void rig_##id##_clean(struct rig *rig);
RIG_DEEDS(RIG_DECLARE)

/** rig_driver - probe and remove without fault, unless a deed left something undone */
extern const struct trv_driver rig_driver;

#endif /* TRIVET_CHECKERS_MACHINE_DRV_H */
