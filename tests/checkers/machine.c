// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The machine's checkers: each has a driver that trips it, and one that must not. */
#include <os/test-sim/scenario.h>

#include "machine_drv.h"

static void life(void (*deed)(struct rig *rig))
{
	struct trv_dev *dev = sim_plug("dummy");

	if (!dev)
		sim_fail(SIM_EXPECT, SIM_SITE, "no dummy device: %s", sim_opt_error_text());
	if (sim_bind_to(dev, &rig_driver))
		return;
	/* No honest deed here takes anything like that long. */
	sim_budget(200000, 10000000000ULL);
	sim_entry_begin("deed", NULL);
	deed(trv_drvdata(dev));
	sim_entry_end();
	sim_unbind(dev);
}

#define PAIR(id, path, check, desc)                                           \
	SIM_TRIPS(rig_##id##_is_found, "checker/" path "/trips", desc, check) \
	{                                                                     \
		life(rig_##id##_trips);                                       \
	}                                                                     \
	SIM_SCENARIO(rig_##id##_is_clean, "checker/" path "/clean",           \
		     "a driver that looks like it, and is right")             \
	{                                                                     \
		life(rig_##id##_clean);                                       \
	}

PAIR(hang, "hang", HANG, "a register polled for ever")
PAIR(deadlock, "deadlock", DEADLOCK, "a wait for an event that nobody signals")
PAIR(self_wait, "deadlock/work", DEADLOCK, "a work function that waits for itself")
PAIR(sleep_spin, "sleep-in-atomic", CONTEXT, "a sleep under a spinlock")
PAIR(sleep_irq, "sleep-in-atomic/interrupt", CONTEXT, "a sleep in an interrupt handler")
PAIR(sleep_timer, "sleep-in-atomic/timer", CONTEXT, "a sleep in a timer function")
PAIR(mutex_bh, "sleep-in-atomic/mutex", CONTEXT, "a mutex taken under a spinlock")
PAIR(long_delay, "api-misuse/delay", API, "a busy-wait of more than 1,000 us")
PAIR(unmask, "api-misuse/unmask", API, "one unmask too many")
PAIR(detach_twice, "api-misuse/detach", API, "a vector detached twice")
PAIR(wrong_form, "api-misuse/unlock", API, "a lock taken in one form, released in another")
PAIR(recursion, "lock-recursion", LOCK_RECURSION, "a mutex taken twice")
PAIR(recursion_irq, "lock-recursion/interrupt", LOCK_RECURSION,
     "a handler that spins for what it interrupted")
PAIR(unheld, "lock-not-held", LOCK_UNHELD, "a lock released that was not taken")
PAIR(assert, "lock-not-held/assert", LOCK_UNHELD,
     "held by what was interrupted, not by the handler")
PAIR(held, "lock-held", LOCK_HELD, "an entry point that returns with a lock")
PAIR(order, "lock-order", LOCK_ORDER, "two locks in both orders")
PAIR(order_pair, "lock-order/class", LOCK_ORDER, "two locks of one kind in both orders")
PAIR(irq_safe, "lock-irq", LOCK_IRQ, "a handler's lock taken with interrupts on")
PAIR(timer_safe, "lock-irq/timer", LOCK_IRQ, "a timer's lock taken with timers on")
PAIR(uninit, "lock-uninit", LOCK_UNINIT, "a lock in zeroed memory")
PAIR(copy, "lock-uninit/copy", LOCK_UNINIT, "a copy of an event")
PAIR(storm, "irq-storm", IRQ_STORM, "a handler that never quiets the device")
PAIR(leak_irq, "leak-irq", IRQ_LEAK, "a handler left attached")
PAIR(leak_vectors, "leak-irq/vectors", IRQ_LEAK, "vectors not freed")
PAIR(leak_timer, "leak-timer", TIMER_LEAK, "a timer left armed")
PAIR(leak_work, "leak-timer/work", TIMER_LEAK, "a work left running")
