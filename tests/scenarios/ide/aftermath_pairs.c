// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Mishaps after each other, on either drive of a cable: what the first leaves
 * behind the second one meets. All pairs on one rig, some of them on the rest;
 * on nice days alone, for there are thousands. aftermath_one.c has what is
 * explored.
 */
#include "aftermath.h"

/* As it was when it was bound: nothing lost, and DMA where there was. */
static bool is_fresh(struct am *a, u32 dma)
{
	for (u32 unit = 0; unit < IDE_DRIVES; unit++)
		if (dma >> unit & 1 &&
		    (!am_has_dma(a, unit) || ide_xfer_mode(a->s.dev, unit) != (ATA_XFER_UDMA | 2)))
			return false;
	return !a->lost;
}

static u32 with_dma(struct am *a)
{
	u32 dma = 0;

	for (u32 unit = 0; unit < IDE_DRIVES; unit++)
		dma |= (u32)(ide_caps(a->s.dev, unit)->present && am_has_dma(a, unit)) << unit;
	return dma;
}

static void bind_again(struct am *a)
{
	am_down(a);
	a->lost = 0;
	if (!scn_bind(&a->s))
		sim_fail(SIM_EXPECT, SIM_SITE, "cannot be bound again");
}

/* CRC errors are remembered, by right. */
static bool is_remembered(const struct am_mishap *m)
{
	return m->fault[0].kind == IDE_F_ICRC;
}

/* @first happens to @unit, and then each other, or each @step-th, to each of the two. */
static void followed(struct am *a, const struct am_mishap *first, u32 unit, u32 step)
{
	u32 dma = with_dma(a);

	for (u32 i = (first - am_mishaps) % step; i < am_n_mishaps; i += step) {
		const struct am_mishap *second = &am_mishaps[i];

		for (u32 other = 0; other < PCI_IDE_DRIVES; other++) {
			if ((is_remembered(first) && is_remembered(second)) ||
			    !am_suits(a, second, other))
				continue;
			am_happen(a, first, unit);
			if (!first->lasts || am_suits(a, second, other))
				am_happen(a, second, other);
			if (is_remembered(first) || is_remembered(second) || first->lasts ||
			    second->lasts || !is_fresh(a, dma))
				bind_again(a);
		}
	}
	am_life(a);
	am_happen(a, first, unit);
	am_limits(a);
	am_life(a);
	if (!is_remembered(first))
		am_patience(a);
	bind_again(a);
}

static void pairs(const struct am_rig *rig, u32 step)
{
	struct am a;

	if (!am_up(&a, rig))
		return;
	for (u32 i = 0; i < am_n_mishaps; i++)
		for (u32 unit = 0; unit < PCI_IDE_DRIVES; unit++)
			if (am_suits(&a, &am_mishaps[i], unit))
				followed(&a, &am_mishaps[i], unit, step);
	am_down(&a);
}

#define PAIRS(rig, step, name, what)                                              \
	SIM_SCENARIO_LONG(pairs_##rig, "ide/aftermath-pairs-" name,               \
			  "each mishap after each other, on either drive: " what) \
	{                                                                         \
		pairs(&am_##rig, step);                                           \
	}

PAIRS(disks, 5, "disks", "some of them, two unlike disks")
PAIRS(cd_second, 1, "cd", "a disk and a CD drive")
PAIRS(disks_turned, 17, "turned", "some of them, the disks the other way round")
PAIRS(cd_first, 17, "cd-first", "some of them, the CD drive first")
PAIRS(by_pio, 17, "pio", "some of them, without DMA")
PAIRS(polled, 17, "poll", "some of them, without an interrupt")
PAIRS(shared, 17, "shared", "some of them, a line for both channels")
