// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the drive reports as wrong, and what the driver makes of it. */
#include "ide_scn.h"

/* One way to move data, as options. */
static const struct way {
	const char *name;
	u32 dma, multi, irq;
} ways[] = {
	{ "DMA", 1, 16, 1 },	    { "MULTIPLE", 0, 16, 1 },  { "PIO", 0, 0, 1 },
	{ "polled DMA", 1, 16, 0 }, { "polled PIO", 0, 0, 0 },
};

static bool up(struct scn *s, const struct way *w)
{
	*s = scn_plug(PIIX4 TWO_DISKS);
	scn_option(s, "dma", w->dma);
	scn_option(s, "multi", w->multi);
	scn_option(s, "irq", w->irq);
	return scn_bind(s);
}

#define FOR_EACH_WAY(w) for (const struct way *w = ways; w < ways + TRV_ARRAY_SIZE(ways); w++)

SIM_SCENARIO(unc, "ide/error-unc", "an unreadable sector fails its request and no other")
{
	const struct ide_fault f = { .kind = IDE_F_UNC, .first = 1005, .last = 1005 };

	FOR_EACH_WAY(w)
	{
		struct scn s;

		if (!up(&s, w))
			return;
		ide_fault_add(s.dev, &f);
		scn_fails(scn_read(&s, 0, 1000, 16), -EIO, w->name);
		scn_fails(scn_read(&s, 0, 1005, 1), -EIO, w->name);
		scn_ok(scn_read(&s, 0, 1000, 5), "the sectors before it");
		scn_ok(scn_read(&s, 0, 1006, 10), "the sectors after it");
		scn_ok(scn_read(&s, 1, 1000, 16), "the other drive");
		scn_down(&s);
	}
}

SIM_SCENARIO(unc_48, "ide/error-unc-lba48", "the same beyond 28 bits")
{
	const u64 bad = (1ULL << 33) + 7;
	const struct ide_fault f = { .kind = IDE_F_UNC, .first = bad, .last = bad };
	struct scn s;

	if (!scn_up(&s, PIIX4 "disk0=sparse:8T"))
		return;
	ide_fault_add(s.dev, &f);
	scn_fails(scn_read(&s, 0, bad - 7, 16), -EIO, "a read of the bad sector");
	scn_ok(scn_read(&s, 0, bad + 1, 8), "a read after it");
	scn_down(&s);
}

SIM_SCENARIO(write_error, "ide/error-write", "a sector that cannot be written fails the write")
{
	const struct ide_fault f = { .kind = IDE_F_IDNF, .first = 2010, .last = 2012 };

	FOR_EACH_WAY(w)
	{
		struct scn s;

		if (!up(&s, w))
			return;
		ide_fault_add(s.dev, &f);
		scn_fails(scn_write(&s, 0, 2000, 40), -EIO, w->name);
		scn_rw_ok(&s, 0, 2013, 40);
		scn_down(&s);
	}
}

SIM_SCENARIO(abort_cmd, "ide/error-abrt", "an aborted command is an I/O error")
{
	const struct ide_fault f = { .kind = IDE_F_ABRT, .first = 3000, .last = 3000 };

	FOR_EACH_WAY(w)
	{
		struct scn s;

		if (!up(&s, w))
			return;
		ide_fault_add(s.dev, &f);
		scn_fails(scn_read(&s, 0, 3000, 8), -EIO, w->name);
		scn_fails(scn_write(&s, 0, 2999, 8), -EIO, w->name);
		scn_down(&s);
	}
}

SIM_SCENARIO(mute, "ide/error-mute", "an error that the drive gives no reason for is one")
{
	const struct ide_fault f = { .kind = IDE_F_MUTE, .first = 3000, .last = 3000 };

	FOR_EACH_WAY(w)
	{
		struct scn s;

		if (!up(&s, w))
			return;
		ide_fault_add(s.dev, &f);
		scn_fails(scn_read(&s, 0, 3000, 8), -EIO, w->name);
		scn_ok(scn_read(&s, 1, 3000, 8), "the other drive");
		scn_down(&s);
	}
}

SIM_SCENARIO(device_fault, "ide/error-df", "a device fault is an I/O error")
{
	const struct ide_fault f = { .kind = IDE_F_DF, .first = 3000, .last = 3000 };

	FOR_EACH_WAY(w)
	{
		struct scn s;

		if (!up(&s, w))
			return;
		ide_fault_add(s.dev, &f);
		scn_fails(scn_read(&s, 0, 3000, 8), -EIO, w->name);
		scn_down(&s);
	}
}

/* One disk, moved as the options say, and a fault in sectors 4000 to 4007. */
static bool up_one(struct scn *s, u32 dma, u32 irq, enum ide_fault_kind kind)
{
	const struct ide_fault f = { .kind = kind, .first = 4000, .last = 4007, .times = 1 };

	*s = scn_plug(PIIX4 "disk0=mem:16M");
	scn_option(s, "dma", dma);
	scn_option(s, "multi", 0);
	scn_option(s, "irq", irq);
	if (!scn_bind(s))
		return false;
	ide_fault_add(s->dev, &f);
	return true;
}

/* It fails, and leaves nothing behind. On another day it goes by PIO, and well. */
static void fails_once(struct scn *s, bool write, const char *what)
{
	int rc = write ? scn_write(s, 0, 4000, 8) : scn_read(s, 0, 4000, 8);

	if (rc || !sim_deviated())
		scn_fails(rc, -EIO, what);
	scn_rw_ok(s, 0, 4000, 8);
	scn_down(s);
}

SIM_SCENARIO(device_fault_end, "ide/error-df-end",
	     "a write whose data the drive took, and could not store, is an I/O error")
{
	struct scn s;

	if (up_one(&s, 1, 1, IDE_F_DF_END))
		fails_once(&s, true, "a write that is not stored");
}

SIM_SCENARIO(device_fault_end_pio, "ide/error-df-end-pio", "the same by PIO")
{
	struct scn s;

	if (up_one(&s, 0, 1, IDE_F_DF_END))
		fails_once(&s, true, "a write that is not stored");
}

SIM_SCENARIO(pio_short, "ide/error-short-pio",
	     "a drive that asks for half of what was to be written: not all of it is")
{
	struct scn s;

	if (up_one(&s, 0, 1, IDE_F_SHORT))
		fails_once(&s, true, "half of a write");
}

SIM_SCENARIO(pio_short_poll, "ide/error-short-pio-poll", "the same without an interrupt")
{
	struct scn s;

	if (up_one(&s, 0, 0, IDE_F_SHORT))
		fails_once(&s, true, "half of a write");
}

SIM_SCENARIO(bus_lost, "ide/error-bus",
	     "the drive sends all of it, and the bus master cannot store it: no data, an error")
{
	struct scn s;

	if (up_one(&s, 1, 1, IDE_F_BUS_END))
		fails_once(&s, false, "a read that is lost on the bus");
}

SIM_SCENARIO(bus_lost_poll, "ide/error-bus-poll", "the same without an interrupt")
{
	struct scn s;

	if (up_one(&s, 1, 0, IDE_F_BUS_END))
		fails_once(&s, false, "a read that is lost on the bus");
}

SIM_SCENARIO(dma_short, "ide/error-short",
	     "a drive that ends a DMA command early, and only the bus master knows")
{
	const u8 ops[] = { ATA_OP_READ_DMA, ATA_OP_WRITE_DMA };
	struct scn s;
	int rc;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	for (u32 i = 0; i < TRV_ARRAY_SIZE(ops); i++) {
		const struct ide_fault f = {
			.kind = IDE_F_SHORT, .op = ops[i], .first = 4000, .last = 4007, .times = 1
		};

		ide_fault_add(s.dev, &f);
		rc = i ? scn_write(&s, 0, 4000, 8) : scn_read(&s, 0, 4000, 8);
		/* On another day the drive has PIO modes alone, and moves all of it. */
		if (rc || !sim_deviated())
			scn_fails(rc, -EIO, "half of a transfer");
		scn_rw_ok(&s, 0, 4000, 8);
		scn_rw_ok(&s, 1, 4000, 8);
	}
	scn_down(&s);
}

SIM_SCENARIO(crc_once, "ide/error-icrc",
	     "data that crossed the cable wrong are never taken for good")
{
	const struct ide_fault f = { .kind = IDE_F_ICRC, .first = 4000, .last = 4007, .times = 1 };
	struct scn s;

	if (!scn_up(&s, PIIX4 "disk0=mem:16M"))
		return;
	ide_fault_add(s.dev, &f);
	scn_ok(scn_read(&s, 0, 4000, 8), "a read that is tried again");
	if (!sim_deviated())
		sim_expect_eq(ide_count_op(s.dev, 0, ATA_OP_READ_DMA), 2);
	scn_rw_ok(&s, 0, 4000, 8);
	scn_down(&s);
}

SIM_SCENARIO(crc_always, "ide/error-icrc-always", "a bad cable: an error in the end, not a loop")
{
	const struct ide_fault f = { .kind = IDE_F_ICRC, .first = 4000, .last = 4007 };
	struct scn s;
	int rc;

	if (!scn_up(&s, PIIX4 "disk0=mem:16M"))
		return;
	ide_fault_add(s.dev, &f);
	rc = scn_read(&s, 0, 4000, 8);
	/* Where its data cannot be mapped it goes by PIO, and crosses well. */
	if (rc || !sim_deviated())
		scn_fails(rc, -EILSEQ, "a read that never crosses");
	if (!sim_deviated())
		sim_expect_eq(ide_count_op(s.dev, 0, ATA_OP_READ_DMA), 5);
	scn_down(&s);
}

/* @n CRC errors, @pause[i] seconds before each; the last one costs a mode, or none does. */
static void crc_few(u32 n, const u32 *pause, bool costs)
{
	const struct ide_fault f = { .kind = IDE_F_ICRC, .first = 4000, .last = 4007, .times = 1 };
	struct scn s;

	if (!scn_up(&s, PIIX4 "disk0=mem:16M"))
		return;
	for (u32 i = 0; i < n; i++) {
		sim_sleep(pause[i] * 1000000000ULL);
		ide_fault_add(s.dev, &f);
		scn_ok(scn_read(&s, 0, 4000, 8), "a read that is tried again");
		if (!sim_deviated())
			sim_expect_eq(ide_xfer_mode(s.dev, 0),
				      ATA_XFER_UDMA | (costs && i == n - 1 ? 1 : 2));
	}
	scn_down(&s);
}

SIM_SCENARIO(crc_three, "ide/error-icrc-three",
	     "three CRC errors soon after each other cost a mode")
{
	crc_few(3, (const u32[]){ 0, 0, 0 }, true);
}

SIM_SCENARIO(crc_decay, "ide/error-icrc-decay", "once in a while they do not")
{
	crc_few(5, (const u32[]){ 0, 0, 700, 0, 0 }, true);
}

SIM_SCENARIO(crc_seldom, "ide/error-icrc-seldom", "nor one every nine minutes, however long")
{
	crc_few(6, (const u32[]){ 0, 540, 540, 540, 540, 540 }, false);
}

SIM_SCENARIO(deaf, "ide/error-select",
	     "a drive that answers a select too late, each time: an error, not a loop of resets")
{
	const struct ide_fault f = { .kind = IDE_F_SELECT, .ns = 300000 };
	struct scn s;
	u64 resets;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	scn_rw_ok(&s, 1, 10, 8);
	ide_fault_add(s.dev, &f);
	resets = ide_stats(s.dev, 0)->resets;
	for (u32 i = 0; i < 2; i++) {
		scn_fails(scn_read(&s, 0, 10, 8), -EIO, "a read of the drive that is late");
		scn_rw_ok(&s, 1, 10, 8);
	}
	sim_expect(sim_deviated() || ide_stats(s.dev, 0)->resets - resets < 10);
	scn_down(&s);
}

SIM_SCENARIO(deaf_once, "ide/error-select-once",
	     "one that answers too late once in a while: selected again, however often that was")
{
	const struct ide_fault f = { .kind = IDE_F_SELECT, .ns = 300000, .times = 1 };
	struct scn s;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	for (u32 i = 0; i < 3; i++) {
		scn_ok(scn_read(&s, 1, 10, 8), "a read of the other drive");
		ide_fault_add(s.dev, &f);
		scn_ok(scn_read(&s, 0, 10, 8), "a read of the drive that is late once");
	}
	scn_down(&s);
}

SIM_SCENARIO(idnf_end, "ide/error-idnf", "a drive smaller than it said")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 "disk0=mem:16M"))
		return;
	ide_capacity(s.dev, 0, 20000);
	scn_fails(scn_read(&s, 0, 19990, 20), -EIO, "a read across its true end");
	scn_fails(scn_read(&s, 0, 25000, 8), -EIO, "a read past its true end");
	scn_ok(scn_read(&s, 0, 19990, 10), "a read up to it");
	scn_down(&s);
}

SIM_SCENARIO(many_errors, "ide/error-many", "error after error, and everything in between is right")
{
	const struct ide_fault f = { .kind = IDE_F_UNC, .first = 64, .last = 127 };
	struct scn s;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	ide_fault_add(s.dev, &f);
	for (u32 i = 0; i < 20; i++) {
		scn_fails(scn_read(&s, 0, 60 + i, 8), -EIO, "a read of bad sectors");
		scn_rw_ok(&s, i & 1, 200 + i, 8);
	}
	scn_down(&s);
}

SIM_SCENARIO(dead_slave, "ide/dead-drive",
	     "a drive that never becomes ready costs time, not its neighbours")
{
	const struct ide_fault f = { .kind = IDE_F_DEAD, .drive = 3, .op = ATA_OP_IDENTIFY };
	struct scn s = scn_plug(PIIX4 FOUR_DISKS);

	ide_fault_add(s.dev, &f);
	scn_absent(3);
	if (!scn_bind(&s))
		return;
	scn_rw_ok(&s, 0, 10, 10);
	scn_rw_ok(&s, 1, 10, 10);
	if (!s.dev->hostile && s.bound) {
		/* The dead one stays busy at the end, as it must. */
		sim_unbind(s.dev);
		s.bound = false;
	}
	scn_down(&s);
}

SIM_SCENARIO(crc_both, "ide/error-icrc-both",
	     "both channels' slaves lose their DMA at once: timings they share are right for each")
{
	struct ide_fault f = { .kind = IDE_F_ICRC, .first = 400, .last = 407 };
	struct scn s = scn_plug(PIIX3 "disk0=mem:1M,disk1=mem:1M,disk2=mem:1M,disk3=mem:1M");
	struct scn_io io[2];
	bool sent[2];

	/* Slower by PIO than by DMA. */
	for (u32 unit = 1; unit < IDE_DRIVES; unit += 2)
		ide_caps(s.dev, unit)->pio = 2;
	if (!scn_bind(&s))
		return;
	for (u32 i = 0; i < 2; i++) {
		f.drive = 2 * i + 1;
		ide_fault_add(s.dev, &f);
		sent[i] = scn_disk(&s, f.drive) &&
			  !scn_submit(&s, &io[i], f.drive, TRV_REQ_READ, 400, 8);
	}
	for (u32 i = 0; i < 2; i++)
		if (sent[i])
			(void)scn_wait(&io[i]);
	ide_faults_clear(s.dev);
	for (u32 unit = 0; unit < IDE_DRIVES; unit++)
		scn_rw_ok(&s, unit, 400, 8);
	scn_down(&s);
}
