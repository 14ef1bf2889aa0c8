// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Drives that refuse, or choke on, what they are told at the start and after a reset. */
#include <string.h>

#include "ide_scn.h"

static struct ide_fault refuse(u8 op, u32 skip, u32 times)
{
	return (struct ide_fault){ .kind = IDE_F_ABRT, .op = op, .skip = skip, .times = times };
}

/* Unit 0 ends up in mode @mode, told the drive's mode @xfer, and works. */
static void refuses(const char *spec, u32 dma, struct ide_fault f, const char *mode, u8 xfer)
{
	struct scn s = scn_plug(spec);
	struct trv_disk *d;

	scn_option(&s, "dma", dma);
	ide_trait_set(s.dev, 0, IDE_T_MODES, 0);
	ide_fault_add(s.dev, &f);
	if (!scn_bind(&s))
		return;
	d = scn_disk(&s, 0);
	if (d && !sim_deviated()) {
		const char *got = trv_disk_info(d)->mode;

		if (strcmp(got, mode))
			sim_fail(SIM_EXPECT, SIM_SITE, "mode \"%s\", expected \"%s\"", got, mode);
		sim_expect_eq(ide_xfer_mode(s.dev, 0), xfer);
	}
	for (u32 n = 1; n <= 40; n += 13)
		scn_rw_ok(&s, 0, 100, n);
	if (!sim_deviated() && strncmp(mode, "UDMA", 4))
		sim_expect_eq(ide_stats(s.dev, 0)->dma_commands, 0);
	scn_down(&s);
}

SIM_SCENARIO(refuse_pio, "ide/refuse-pio-mode",
	     "a drive that refuses PIO 4: its timing is made for PIO 2, and DMA stays")
{
	refuses(PIIX4 TWO_DISKS, 1, refuse(ATA_OP_SET_FEATURES, 0, 1), "UDMA/33",
		ATA_XFER_UDMA | 2);
}

SIM_SCENARIO(refuse_dma, "ide/refuse-dma-mode", "a drive that refuses its DMA mode goes by PIO")
{
	refuses(PIIX4 TWO_DISKS, 1, refuse(ATA_OP_SET_FEATURES, 1, 1), "MULTI16",
		ATA_XFER_UDMA | 2);
}

SIM_SCENARIO(refuse_multiple, "ide/refuse-multiple",
	     "a drive that refuses the block size it offers goes sector by sector, without FUA")
{
	struct scn s = scn_plug(PIIX4 TWO_DISKS);
	const struct ide_fault f = refuse(ATA_OP_SET_MULTIPLE, 0, 0);
	struct trv_disk *d;

	scn_option(&s, "dma", 0);
	ide_fault_add(s.dev, &f);
	if (!scn_bind(&s))
		return;
	d = scn_disk(&s, 0);
	if (d) {
		sim_expect_eq(trv_disk_info(d)->flags & TRV_DISK_FUA, 0);
		for (u32 n = 1; n <= 40; n += 13)
			scn_rw_ok(&s, 0, 100, n);
		sim_expect_eq(ide_count_op(s.dev, 0, ATA_OP_READ_MULTIPLE), 0);
		sim_expect_eq(ide_count_op(s.dev, 0, ATA_OP_WRITE_MULTIPLE), 0);
	}
	scn_down(&s);
}

/* A drive that hangs in its set-up is not used; its neighbour is, and the probe ends. */
static void chokes(u8 op, u32 skip)
{
	const struct ide_fault f = { .kind = IDE_F_HANG, .op = op, .skip = skip };
	struct scn s = scn_plug(PIIX4 TWO_DISKS);
	u64 start = sim_now();

	scn_absent(0);
	ide_fault_add(s.dev, &f);
	if (!scn_bind(&s))
		return;
	sim_expect(sim_deviated() || sim_now() - start < 60000000000ULL);
	if (!sim_deviated())
		sim_expect_eq(scn_disks(&s), 1);
	scn_rw_ok(&s, 1, 100, 20);
	sim_unbind(s.dev);
	s.bound = false;
}

SIM_SCENARIO(choke_pio, "ide/choke-pio-mode", "a drive that hangs when told its PIO mode")
{
	chokes(ATA_OP_SET_FEATURES, 0);
}

SIM_SCENARIO(choke_dma, "ide/choke-dma-mode", "a drive that hangs when told its DMA mode")
{
	chokes(ATA_OP_SET_FEATURES, 1);
}

SIM_SCENARIO(choke_multiple, "ide/choke-multiple", "a drive that hangs when told its block size")
{
	chokes(ATA_OP_SET_MULTIPLE, 0);
}

SIM_SCENARIO(choke_identify, "ide/choke-identify", "a drive that hangs when asked who it is")
{
	chokes(ATA_OP_IDENTIFY, 0);
}

SIM_SCENARIO(dead_master, "ide/choke-dead",
	     "a device 0 that no reset wakes has the channel to itself; the other one works")
{
	const struct ide_fault f = { .kind = IDE_F_DEAD, .op = ATA_OP_IDENTIFY };
	struct scn s = scn_plug(PIIX4 FOUR_DISKS);

	scn_absent(0);
	scn_absent(1);
	ide_fault_add(s.dev, &f);
	if (!scn_bind(&s))
		return;
	if (!sim_deviated())
		sim_expect_eq(scn_disks(&s), 2);
	scn_rw_ok(&s, 2, 100, 20);
	scn_rw_ok(&s, 3, 100, 20);
	sim_unbind(s.dev); /* the dead one stays busy */
}

SIM_SCENARIO(standby_refused, "ide/suspend-standby-refused",
	     "a drive that refuses to spin down does not keep the system awake")
{
	const struct ide_fault f = refuse(ATA_OP_STANDBY_IMMEDIATE, 0, 0);
	struct scn s;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	ide_fault_add(s.dev, &f);
	if (scn_ok(sim_suspend(s.dev), "suspend")) {
		sim_expect(sim_deviated() || ide_count_op(s.dev, 0, ATA_OP_STANDBY_IMMEDIATE) == 1);
		ide_power_cut(s.dev);
		if (scn_ok(sim_resume(s.dev), "resume"))
			scn_rw_ok(&s, 0, 100, 20);
	}
	scn_down(&s);
}

SIM_SCENARIO(flush_refused, "ide/suspend-second-refused",
	     "the second channel's cache cannot be flushed: the first one works on as well")
{
	const struct ide_fault f = { .kind = IDE_F_ABRT, .drive = 2, .op = ATA_OP_FLUSH_EXT };
	struct scn s;

	if (!scn_up(&s, PIIX4 FOUR_DISKS))
		return;
	ide_fault_add(s.dev, &f);
	scn_ok(scn_write(&s, 2, 100, 8), "a write");
	scn_fails(sim_suspend(s.dev), -EIO, "suspend");
	for (u32 i = 0; i < IDE_DRIVES; i++)
		scn_rw_ok(&s, i, 200, 8);
	ide_faults_clear(s.dev);
	if (scn_ok(sim_suspend(s.dev), "suspend"))
		scn_ok(sim_resume(s.dev), "resume");
	scn_down(&s);
}

/* ---- a cable that loses data ---------------------------------------------- */

/* Reads of unit 0 that cross wrong, one after the other, until it goes by PIO. */
static void decay(const char *spec, u32 udma)
{
	const struct ide_fault f = { .kind = IDE_F_ICRC, .first = 4000, .last = 4007, .times = 1 };
	struct scn s = scn_plug(spec);
	struct trv_disk *d;

	scn_option(&s, "mode", udma);
	if (!scn_bind(&s))
		return;
	for (u32 i = 0; i < 3; i++) {
		ide_fault_add(s.dev, &f);
		scn_ok(scn_read(&s, 0, 4000, 8), "a read that is tried again");
		scn_ok(scn_read(&s, 0, 3000, 8), "a read that crosses well");
	}
	d = scn_disk(&s, 0);
	if (d && !sim_deviated()) {
		u64 before = ide_stats(s.dev, 0)->dma_commands;

		sim_expect_eq(ide_stats(s.dev, 0)->errors, 3);
		scn_rw_ok(&s, 0, 4000, 8);
		/* What it was added with and cannot do by PIO is refused, and nothing is lost. */
		sim_expect_eq(trv_disk_rw(d, TRV_REQ_DISCARD, 4000, 8, NULL), -EOPNOTSUPP);
		scn_ok(scn_read(&s, 0, 4000, 8), "a read after a discard that was refused");
		sim_expect_eq(ide_stats(s.dev, 0)->dma_commands, before);
	}
	scn_down(&s);
}

SIM_SCENARIO(decay_last, "ide/error-icrc-last", "CRC errors in the slowest Ultra DMA mode: PIO")
{
	decay(PIIX4 "disk0=mem:16M", 0);
}

SIM_SCENARIO(decay_generic, "ide/error-icrc-generic",
	     "CRC errors on a chip whose timing is firmware's: there is no other mode but PIO")
{
	decay(NATIVE "disk0=mem:16M", 6);
}

/* Chip and drive are set to what firmware selected, and to nothing else the drive could do. */
static void selected(const char *disk, u8 mode)
{
	struct scn s = scn_plug(disk);

	ide_used(s.dev, 0, mode);
	if (!scn_bind(&s))
		return;
	scn_ok(scn_read(&s, 0, 100, 20), "a read");
	if (!sim_deviated()) {
		sim_expect_eq(!ide_stats(s.dev, 0)->dma_commands, !mode);
		sim_expect(!mode || ide_xfer_mode(s.dev, 0) == mode);
	}
	scn_down(&s);
}

SIM_SCENARIO(generic_selected, "ide/generic-selected",
	     "the mode that firmware selected is used, and where it selected none there is no DMA")
{
	selected(NATIVE "disk0=mem:4M", 0);
	selected(NATIVE "disk0=mem:4M", ATA_XFER_MWDMA | 0);
	selected(NATIVE "disk0=mem:4M", ATA_XFER_MWDMA | 2);
	selected(NATIVE "disk0=mem:4M", ATA_XFER_UDMA | 1);
	selected(NATIVE "disk0=cdmem:1M", 0);
	selected(NATIVE "disk0=cdmem:1M", ATA_XFER_MWDMA | 2);
}

SIM_SCENARIO(generic_slower, "ide/generic-mode",
	     "a chip whose timing is firmware's cannot run slower than that: PIO")
{
	struct scn s = scn_plug(NATIVE TWO_DISKS);

	scn_option(&s, "mode", 0);
	if (!scn_bind(&s))
		return;
	scn_rw_ok(&s, 0, 100, 20);
	sim_expect_eq(ide_stats(s.dev, 0)->dma_commands, 0);
	sim_expect_eq(ide_count_op(s.dev, 0, ATA_OP_SET_FEATURES), 0);
	scn_down(&s);
}
