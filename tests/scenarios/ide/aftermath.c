// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Phases, and requests judged exactly: aftermath.h. */
#include <string.h>

#include <os/test-sim/engine.h>

#include <trivet/hw/atapi.h>

#include "aftermath.h"

enum {
	GUARD = 8, /* sectors on both sides of what changes */
};

const struct am_rig am_disks = { PIIX4 "disk0=mem:256M,disk1=mem:256M,disk2=mem:4M", 1, 1, 1 };
const struct am_rig am_disks_turned = { PIIX4 "disk0=mem:256M,disk1=mem:256M,disk2=mem:4M", 1, 1,
					2 };
const struct am_rig am_cd_first = { PIIX4 "disk0=cdmem:2M,disk1=mem:256M,disk2=mem:4M", 1, 1, 0 };
const struct am_rig am_cd_second = { PIIX4 "disk0=mem:256M,disk1=cdmem:2M,disk2=mem:4M", 1, 1, 0 };
const struct am_rig am_by_pio = { PIIX4 "disk0=mem:256M,disk1=cdmem:2M,disk2=mem:4M", 0, 1, 0 };
const struct am_rig am_polled = { PIIX4 "disk0=mem:256M,disk1=cdmem:2M,disk2=mem:4M", 1, 0, 0 };
const struct am_rig am_shared = { NATIVE "disk0=mem:256M,disk1=cdmem:2M,disk2=mem:4M", 1, 1, 0 };

/* ---- up and down ------------------------------------------------------------- */

/* The lesser of two unlike disks: no 48 bits, no trim, shorter blocks. */
static void lessen(struct trv_dev *dev, u32 unit)
{
	struct ide_caps *c = ide_caps(dev, unit);

	c->lba48 = c->trim = c->fua = false;
	c->multiple_max = 4;
}

bool am_up(struct am *a, const struct am_rig *rig)
{
	*a = (struct am){ .s = scn_plug(rig->spec), .rig = rig, .last = "nothing" };
	scn_hurry(&a->s, AM_TIMEOUT_MS);
	scn_option(&a->s, "dma", rig->dma);
	scn_option(&a->s, "irq", rig->irq);
	/* A self-test of 12 s outlasts what is granted here, and then the waiting requests' time is over. */
	for (u32 unit = 0; unit < IDE_DRIVES; unit++)
		ide_trait_set(a->s.dev, unit, IDE_T_RESET, 0);
	if (rig->apart)
		lessen(a->s.dev, rig->apart == 1);
	if (!scn_bind(&a->s))
		return false;
	am_settle(a);
	return true;
}

void am_down(struct am *a)
{
	if (!a->lost) {
		scn_down(&a->s);
		return;
	}
	/* A drive that was given up is nothing that scn_down() could ask anything of. */
	ide_faults_clear(a->s.dev);
	if (a->s.bound)
		sim_unbind(a->s.dev);
	a->s.bound = false;
}

/* ---- phases ------------------------------------------------------------------ */

bool am_steady(const struct am *a)
{
	return sim_choice_taken() == a->taken && sim_class_reached() != SIM_HOSTILE;
}

static void settle_disk(struct am *a, struct trv_disk *d)
{
	u32 unit = trv_disk_info(d)->unit;
	int rc = -EIO;

	for (u32 i = 0; rc && i < SCN_TRIES; i++) {
		/* A hand that takes a disc brings it back. */
		if (!scn_medium(&a->s, d)) {
			sim_sleep(1000 * AM_MS);
			continue;
		}
		rc = scn_read(&a->s, unit, 3, 2);
		if (rc == -ENODEV) {
			a->lost |= 1u << unit;
			return;
		}
	}
	if (rc && sim_class_reached() != SIM_HOSTILE)
		sim_fail(SIM_EXPECT, SIM_SITE, "disk %u does not recover: %d", unit, rc);
}

static void settle(struct am *a)
{
	for (u32 unit = 0; unit < IDE_DRIVES; unit++) {
		struct trv_disk *d = trv_disk_first(a->s.dev);

		while (d && trv_disk_info(d)->unit != unit)
			d = trv_disk_next(d);
		if (d)
			settle_disk(a, d);
		else if (ide_caps(a->s.dev, unit)->present)
			a->lost |= 1u << unit;
	}
	a->taken = sim_choice_taken();
	a->raw = false;
}

void am_settle(struct am *a)
{
	ide_faults_clear(a->s.dev);
	if (a->raw || sim_choice_taken() != a->taken)
		settle(a);
}

void am_go_on(struct am *a)
{
	ide_faults_clear(a->s.dev);
	if (sim_choice_taken() == a->taken)
		return;
	a->taken = sim_choice_taken();
	a->raw = true;
}

void am_is(struct am *a, int rc, int want, const char *what)
{
	/* The disc is another one, the drive is lost, or others are held while it is looked for. */
	if (rc != want && am_steady(a) && a->raw &&
	    (rc == -ENODEV || rc == -ENOMEDIUM || rc == -ETIMEDOUT)) {
		settle(a);
		return;
	}
	if (rc != want && am_steady(a))
		sim_fail(SIM_EXPECT, SIM_SITE, "after %s: %s returned %d, expected %d", a->last,
			 what, rc, want);
	scn_fails(rc, want, what);
}

void am_idle(struct am *a)
{
	if (!a->s.dev->gone && am_steady(a))
		sim_expect(ide_silent(a->s.dev));
}

bool am_by_dma(struct am *a, u32 unit)
{
	const struct ide_history *h;

	for (u32 back = 0; (h = ide_history(a->s.dev, unit, back)); back++) {
		if (h->op == ATA_OP_READ_DMA || h->op == ATA_OP_READ_DMA_EXT)
			return true;
		if (h->op == ATA_OP_PACKET && h->packet == PACKET_READ_10)
			return h->features & ATAPI_FEATURE_DMA;
		if (h->op == ATA_OP_READ_SECTORS || h->op == ATA_OP_READ_SECTORS_EXT ||
		    h->op == ATA_OP_READ_MULTIPLE || h->op == ATA_OP_READ_MULTIPLE_EXT)
			return false;
	}
	return false;
}

bool am_has_dma(struct am *a, u32 unit)
{
	scn_read(&a->s, unit, 2, 1);
	return am_by_dma(a, unit);
}

/* Its last word came, and the bus master's never does: only the clock can tell. */
bool am_cut_shows(struct am *a, u32 unit)
{
	return a->rig->irq || !am_has_dma(a, unit);
}

/* ---- one request ---------------------------------------------------------------- */

int am_read(struct am *a, u32 unit, u64 lba, u32 n)
{
	int rc = scn_read(&a->s, unit, lba, n);

	am_idle(a);
	return rc;
}

/* What lies around @n sectors from @lba. */
struct guard {
	u64 lba;
	u32 n;
	u8 before[2][GUARD * ATA_SECTOR];
};

static void guard_look(struct am *a, u32 unit, const struct guard *g, u8 (*out)[GUARD * ATA_SECTOR])
{
	ide_medium_read(a->s.dev, unit, g->lba - GUARD, GUARD, out[0]);
	ide_medium_read(a->s.dev, unit, g->lba + g->n, GUARD, out[1]);
}

static void guard_judge(struct am *a, u32 unit, const struct guard *g)
{
	u8 now[2][GUARD * ATA_SECTOR];

	guard_look(a, unit, g, now);
	if (sim_class_reached() != SIM_HOSTILE && memcmp(now, g->before, sizeof(now)))
		sim_fail(SIM_DATA, SIM_SITE, "disk %u: what is around %u sectors from %llu changed",
			 unit, g->n, (unsigned long long)g->lba);
}

int am_write(struct am *a, u32 unit, u64 lba, u32 n)
{
	struct guard g = { .lba = lba, .n = n };
	int rc;

	guard_look(a, unit, &g, g.before);
	rc = scn_write(&a->s, unit, lba, n);
	guard_judge(a, unit, &g);
	am_idle(a);
	return rc;
}

int am_flush(struct am *a, u32 unit)
{
	int rc = scn_flush(&a->s, unit);

	am_idle(a);
	/* Past bad sectors to the end, too. */
	if (!rc && sim_class_reached() != SIM_HOSTILE)
		sim_expect_eq(ide_stats(a->s.dev, unit)->dirty, 0);
	return rc;
}

int am_discard(struct am *a, u32 unit, u64 lba, u32 n)
{
	struct guard g = { .lba = lba, .n = n };
	u64 trimmed = ide_stats(a->s.dev, unit)->trimmed;
	int rc;

	guard_look(a, unit, &g, g.before);
	rc = scn_discard(&a->s, unit, lba, n);
	guard_judge(a, unit, &g);
	am_idle(a);
	/* These sectors, each once, and no range of a list before. */
	if (!rc && am_steady(a))
		sim_expect_eq(ide_stats(a->s.dev, unit)->trimmed - trimmed, n);
	return rc;
}
