// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A driver with every barrier it needs, against all that memory order and a
 * device that rewrites its descriptors can do to it.
 */
#include <string.h>

#include <os/test-sim/scenario.h>

#include "ring_drv.h"

enum { TRIES = 4 }; /* more than there are deviations in any exploration */

static bool bind(struct trv_dev *dev)
{
	int rc = sim_bind_to(dev, &ring_driver);

	/* It may fail for want of a resource; sooner or later there is enough of it again. */
	for (u32 i = 0; rc && i < TRIES && sim_class_reached() == SIM_RESOURCE; i++)
		rc = sim_bind_to(dev, &ring_driver);
	if (rc && sim_class_reached() == SIM_SCHEDULE)
		sim_expect_eq(rc, 0);
	return !rc;
}

static void echo(struct ring *r, u8 seed)
{
	u8 in[RING_MOST], out[RING_MOST / 2];
	int rc;

	for (u32 i = 0; i < RING_MOST; i++)
		in[i] = (u8)(seed + i);
	memset(out, 0, sizeof(out));
	sim_entry_begin("echo", NULL);
	rc = ring_echo(r, &ring_steps, in, RING_MOST, out, sizeof(out));
	for (u32 i = 0; rc < 0 && i < TRIES && sim_class_reached() == SIM_RESOURCE; i++)
		rc = ring_echo(r, &ring_steps, in, RING_MOST, out, sizeof(out));
	sim_entry_end();
	if (sim_class_reached() == SIM_HOSTILE)
		return;
	sim_expect_eq(rc, RING_MOST / 2);
	for (u32 i = 0; i < RING_MOST / 2; i++) {
		if (out[i] != (u8)(in[i] + 1))
			sim_fail(SIM_DATA, SIM_SITE, "byte %u is %u, not %u", i, out[i],
				 (u8)(in[i] + 1));
	}
}

/* More than once around the ring. */
SIM_SCENARIO(ring_echoes, "ring/echo", "descriptors in coherent memory, a relaxed doorbell")
{
	struct trv_dev *dev = sim_plug("ring");

	if (!bind(dev))
		return;
	for (u32 i = 0; i <= RING_SLOTS; i++)
		echo(trv_drvdata(dev), (u8)(i * 40));
	sim_unbind(dev);
}

SIM_SCENARIO(ring_polls, "ring/poll", "completions seen in memory, without interrupts")
{
	struct trv_dev *dev = sim_plug("ring");

	if (!bind(dev))
		return;
	ring_poll(trv_drvdata(dev));
	for (u32 i = 0; i <= RING_SLOTS; i++)
		echo(trv_drvdata(dev), (u8)(i * 40));
	sim_unbind(dev);
}

SIM_SCENARIO(ring_resets, "ring/reset", "a reset between two requests")
{
	struct trv_dev *dev = sim_plug("ring");
	int rc;

	if (!bind(dev))
		return;
	echo(trv_drvdata(dev), 1);
	rc = ring_reset(trv_drvdata(dev));
	if (sim_class_reached() != SIM_HOSTILE)
		sim_expect_eq(rc, 0);
	echo(trv_drvdata(dev), 2);
	sim_unbind(dev);
}
