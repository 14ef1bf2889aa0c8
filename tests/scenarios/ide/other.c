// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Other drives than the usual one. What a drive may be like and no word tells
 * are traits: an exploration meets them one by one, here they come all at once.
 * What IDENTIFY does tell differs from drive to drive on one cable.
 */
#include "ide_scn.h"

#define CD_AND_DISK "disk0=cdmem:2M,disk1=mem:8M"
#define DISK_AND_CD "disk0=mem:8M,disk1=cdmem:2M"
#define ONE_EACH "disk0=mem:8M,disk3=mem:4M"

/* Every trait of every drive has this answer, or its last. */
static void set_traits(struct scn *s, u32 answer)
{
	for (u32 unit = 0; unit < IDE_DRIVES; unit++) {
		for (u32 t = 0; t < IDE_N_TRAITS; t++) {
			u32 n = ide_trait_answers(s->dev, unit, t);

			ide_trait_set(s->dev, unit, t, trv_min(answer, n - 1));
		}
	}
}

static bool up(struct scn *s, const char *spec, u32 answer, bool dma)
{
	*s = scn_plug(spec);
	set_traits(s, answer);
	scn_option(s, "dma", dma);
	return scn_bind(s);
}

/* A whole life: work, a reset, a sleep. */
static void live(const char *spec, u32 answer, bool dma)
{
	const struct ide_fault f = { .kind = IDE_F_HANG, .first = 300, .last = 300, .times = 1 };
	struct scn s;

	if (!up(&s, spec, answer, dma))
		return;
	scn_workout(&s);
	ide_fault_add(s.dev, &f);
	scn_fails(scn_read(&s, 0, 300, 4), -ETIMEDOUT, "a read that hangs");
	scn_workout(&s);
	if (scn_ok(sim_suspend(s.dev), "suspend")) {
		ide_power_cut(s.dev);
		if (scn_ok(sim_resume(s.dev), "resume"))
			scn_workout(&s);
	}
	scn_down(&s);
}

static void all_answers(bool dma)
{
	static const char *const specs[] = { PIIX4 CD_AND_DISK, PIIX4 DISK_AND_CD, PIIX4 ONE_EACH,
					     NATIVE TWO_DISKS };

	for (u32 answer = 1; answer <= 4; answer++) {
		for (u32 i = answer % 2; i < TRV_ARRAY_SIZE(specs); i += 2)
			live(specs[i], answer, dma);
	}
}

SIM_SCENARIO_LONG(other_dma, "ide/other-traits",
		  "drives that take every freedom of the standards at once: work, a reset, a sleep")
{
	all_answers(true);
}

SIM_SCENARIO_LONG(other_pio, "ide/other-traits-pio", "the same by PIO")
{
	all_answers(false);
}

/* ---- abilities ------------------------------------------------------------- */

/* Four drives, no two of which can do the same. */
static void different(bool dma)
{
	struct scn s = scn_plug(PIIX4 FOUR_DISKS);
	struct ide_caps *c = ide_caps(s.dev, 0);

	/* a small one of the last century */
	c->lba48 = c->fua = c->trim = c->flush = c->write_cache = false;
	c->udma = -1;
	c->mwdma = 1;
	c->pio = 3;
	c->multiple_max = 0;

	c = ide_caps(s.dev, 1);
	c->multiple_max = 128;
	c->phys_shift = 3;
	c->udma = 1;
	c->fua = false;

	c = ide_caps(s.dev, 2);
	c->dma = c->trim = false;
	c->mwdma = c->udma = -1;
	c->multiple_max = 2;

	c = ide_caps(s.dev, 3);
	c->lba48 = c->fua = c->trim = false;
	c->cable80 = false;
	c->multiple_max = 64;
	c->rotating = true;

	scn_option(&s, "dma", dma);
	scn_option(&s, "multi", 128);
	if (!scn_bind(&s))
		return;
	scn_workout(&s);
	for (u32 i = 0; i < IDE_DRIVES; i++)
		scn_rw_few(&s, i);
	scn_down(&s);
}

SIM_SCENARIO(other_abilities, "ide/other-abilities",
	     "four drives with nothing in common: each is used as it can be")
{
	different(true);
}

SIM_SCENARIO(other_abilities_pio, "ide/other-abilities-pio", "the same by PIO")
{
	different(false);
}

/* ---- long sectors ---------------------------------------------------------- */

/* A disk of 4096-byte sectors, and one of 512 beside it. */
static void long_sectors(const char *spec, u32 unit, bool dma)
{
	struct scn s = scn_plug(spec);
	struct scn_io io;
	struct trv_disk *d;

	ide_caps(s.dev, unit)->sector_shift = 3;
	scn_option(&s, "dma", dma);
	if (!scn_bind(&s))
		return;
	d = scn_disk(&s, unit);
	if (d)
		sim_expect_eq(trv_disk_info(d)->block_size, 8 * ATA_SECTOR);
	scn_workout(&s);
	scn_rw_ok(&s, unit, 1, 1);
	scn_rw_ok(&s, unit, 900, 33);
	scn_rw_ok(&s, unit, ide_sectors(s.dev, unit) / 8 - 3, 3);
	scn_rw_ok(&s, !unit, 900, 33);
	if (scn_ok(scn_submit_fua(&s, &io, unit, 50, 20), "submit"))
		scn_ok(scn_wait(&io), "a write past the cache");
	scn_down(&s);
}

SIM_SCENARIO(other_4k, "ide/other-sectors", "sectors of 4096 bytes, and of 512 on the same cable")
{
	long_sectors(PIIX4 "disk0=mem:16M,disk1=mem:8M", 0, true);
}

SIM_SCENARIO(other_4k_pio, "ide/other-sectors-pio", "the same by PIO, as device 1")
{
	long_sectors(PIIX4 "disk0=mem:8M,disk1=mem:16M", 1, false);
}

/* ---- device 1 is slow ------------------------------------------------------- */

SIM_SCENARIO(other_slow, "ide/reset-slow-slave",
	     "device 1 comes out of a reset long after device 0: it is waited for, and not lost")
{
	const struct ide_fault f = { .kind = IDE_F_HANG, .first = 5000, .last = 5000, .times = 1 };
	struct scn s = scn_plug(PIIX4 TWO_DISKS);

	ide_trait_set(s.dev, 1, IDE_T_RESET, 2);
	if (!scn_bind(&s))
		return;
	for (u32 unit = 0; unit < 2; unit++) {
		struct ide_fault hang = f;

		hang.drive = unit;
		ide_fault_add(s.dev, &hang);
		scn_fails(scn_read(&s, unit, 5000, 8), -ETIMEDOUT, "a read that hangs");
		scn_rw_ok(&s, 1, 5000, 8);
		scn_rw_ok(&s, 0, 5000, 8);
	}
	scn_down(&s);
}
