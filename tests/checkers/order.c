// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Order of memory, and registers that mind when they are read: each wrong and right. */
#include <string.h>

#include <os/test-sim/scenario.h>

#include "order_drv.h"

static struct trv_dev *open_ring(void)
{
	struct trv_dev *dev = sim_plug("ring");

	if (!dev || sim_bind_to(dev, &ring_driver))
		sim_fail(SIM_EXPECT, SIM_SITE, "no ring device: %s", sim_opt_error_text());
	return dev;
}

static void echo(struct trv_dev *dev, order_post *post, order_reap *reap)
{
	const struct ring_steps steps = { post ?: ring_steps.post, reap ?: ring_steps.reap };
	u8 in[RING_MOST], out[RING_MOST / 2];

	memset(in, 1, sizeof(in));
	sim_entry_begin("echo", NULL);
	sim_expect_eq(ring_echo(trv_drvdata(dev), &steps, in, sizeof(in), out, sizeof(out)),
		      RING_MOST / 2);
	sim_entry_end();
	for (u32 i = 0; i < RING_MOST / 2; i++)
		sim_expect_eq(out[i], 2);
	sim_unbind(dev);
}

static void posted(enum sim_order order, order_post *post)
{
	struct trv_dev *dev = open_ring();

	sim_coherent_order(order);
	echo(dev, post, NULL);
}

static void reaped(enum sim_order order, bool restless, order_reap *reap)
{
	struct trv_dev *dev = open_ring();

	/* An interrupt would order everything. */
	sim_entry_begin("poll", NULL);
	ring_poll(trv_drvdata(dev));
	sim_entry_end();
	sim_coherent_order(order);
	sim_coherent_restless(restless);
	echo(dev, NULL, reap);
}

/* What only the compiler's hooks see. */
#ifndef SIM_NO_HOOKS
SIM_TRIPS(order_doorbell, "checker/dma-order/trips", "a relaxed doorbell before the OWN bit",
	  DMA_ORDER)
{
	posted(SIM_ORDER_LATE, order_doorbell_trips);
}

SIM_TRIPS(order_own, "checker/dma-order/trips-own", "the OWN bit before the address", DMA_ORDER)
{
	posted(SIM_ORDER_NEWEST, order_own_trips);
}

SIM_TRIPS(order_done, "checker/dma-order/trips-done", "the length before the DONE bit", DMA_ORDER)
{
	reaped(SIM_ORDER_LATE, false, order_done_trips);
}

SIM_TRIPS(fetch_twice, "checker/double-fetch/trips", "a length checked, and then loaded again",
	  DOUBLE_FETCH)
{
	reaped(SIM_ORDER_CHOSEN, true, double_fetch_trips);
}
#endif

SIM_SCENARIO(order_doorbell_not, "checker/dma-order/clean",
	     "a plain doorbell, seen as late as may be")
{
	posted(SIM_ORDER_LATE, order_doorbell_clean);
}

SIM_SCENARIO(order_own_not, "checker/dma-order/clean-own", "a barrier between address and OWN")
{
	posted(SIM_ORDER_NEWEST, order_own_clean);
}

SIM_SCENARIO(order_done_not, "checker/dma-order/clean-done", "a barrier between DONE and length")
{
	reaped(SIM_ORDER_LATE, false, order_done_clean);
}

SIM_SCENARIO(fetch_once, "checker/double-fetch/clean", "a descriptor copied, checked, used")
{
	reaped(SIM_ORDER_CHOSEN, true, double_fetch_clean);
}

/* ---- read-to-clear ------------------------------------------------------- */

static void busy(void *arg)
{
	sim_entry_begin("busy", NULL);
	reg_clear_busy(arg);
	sim_entry_end();
}

/* The interrupt is for the other processor, which does not take any just now. */
static void look(void (*at)(struct ring *r))
{
	struct trv_dev *dev = open_ring();
	struct ring *r = trv_drvdata(dev);
	struct sim_task *other;

	sim_irq_affinity(dev, 1);
	other = sim_task_start("busy", 1, busy, r);
	sim_sleep(5000);
	ring_raise(dev);
	sim_sleep(5000);
	sim_entry_begin("look", NULL);
	at(r);
	sim_entry_end();
	sim_task_join(other);
	sim_unbind(dev);
}

SIM_TRIPS(clear, "checker/reg-clear/trips", "a read-to-clear cause read while its interrupt waits",
	  REG_CLEAR)
{
	look(reg_clear_trips);
}

SIM_SCENARIO(clear_not, "checker/reg-clear/clean", "the same with the handler held off")
{
	look(reg_clear_clean);
}

/* ---- reset --------------------------------------------------------------- */

static void with_ring(void (*deed)(struct ring *r))
{
	struct trv_dev *dev = open_ring();

	sim_entry_begin("deed", NULL);
	deed(trv_drvdata(dev));
	sim_entry_end();
	sim_unbind(dev);
}

SIM_TRIPS(reset, "checker/reg-reset/trips", "a register written right after the reset bit",
	  REG_RESET)
{
	with_ring(reg_reset_trips);
}

SIM_SCENARIO(reset_not, "checker/reg-reset/clean", "the same when the reset is over")
{
	with_ring(reg_reset_clean);
}
