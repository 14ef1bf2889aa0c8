// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What goes wrong with CD drives: errors with a sense key, hangs, lies, and ends of all kinds. */
#include <string.h>

#include <trivet/hw/atapi.h>

#include "ide_scn.h"

#define CD "disk0=cdmem:2M"
#define CD_AND_DISK "disk0=cdmem:2M,disk1=mem:2M"
#define MS 1000000ULL

static bool up(struct scn *s, const char *spec, u32 dma)
{
	*s = scn_plug(spec);
	scn_option(s, "dma", dma);
	scn_option(s, "timeout_ms", 500);
	return scn_bind(s);
}

static u64 resets(struct scn *s, u32 unit)
{
	return ide_stats(s->dev, unit)->resets;
}

/* Blocks 500 to 599 are struck. */
static u32 strike(struct scn *s, enum ide_fault_kind kind, u32 times)
{
	const struct ide_fault f = { .kind = kind, .first = 500, .last = 599, .times = times };

	return ide_fault_add(s->dev, &f);
}

/* ---- sense keys ----------------------------------------------------------- */

static void bad_block(enum ide_fault_kind kind)
{
	const struct ide_fault f = { .kind = kind, .first = 505, .last = 505 };

	for (u32 dma = 0; dma < 2; dma++) {
		struct scn s;
		u64 before;

		if (!up(&s, PIIX4 CD_AND_DISK, dma))
			return;
		before = resets(&s, 1);
		ide_fault_add(s.dev, &f);
		scn_fails(scn_read(&s, 0, 500, 16), -EIO, "a read over the bad block");
		scn_fails(scn_read(&s, 0, 505, 1), -EIO, "a read of the bad block");
		scn_ok(scn_read(&s, 0, 500, 5), "the blocks before it");
		scn_ok(scn_read(&s, 0, 506, 10), "the blocks after it");
		scn_rw_ok(&s, 1, 500, 16);
		if (!sim_deviated()) {
			/* Not for a scratch. */
			sim_expect_eq(resets(&s, 1), before);
			sim_expect_eq(ide_count_op(s.dev, 0, ATA_OP_DEVICE_RESET), 0);
		}
		scn_down(&s);
	}
}

SIM_SCENARIO(cd_unc, "ide/cd-medium-error", "an unreadable block fails its request and no other")
{
	bad_block(IDE_F_UNC);
}

SIM_SCENARIO(cd_hw, "ide/cd-hardware-error", "a hardware error fails its request and no other")
{
	bad_block(IDE_F_IDNF);
}

/* One error of that kind is tried again, and nobody notices. */
static void once(enum ide_fault_kind kind, u32 dma)
{
	struct scn s;
	u32 f;

	if (!up(&s, PIIX4 CD, dma))
		return;
	f = strike(&s, kind, 1);
	scn_ok(scn_read(&s, 0, 500, 16), "a read that is tried again");
	sim_expect(sim_deviated() || ide_fault_hits(s.dev, f) == 1);
	scn_down(&s);
}

SIM_SCENARIO(cd_abort, "ide/cd-aborted-once", "a command aborted once is sent again")
{
	once(IDE_F_ABRT, 1);
	once(IDE_F_ABRT, 0);
}

SIM_SCENARIO(cd_crc, "ide/cd-crc-once", "data that crossed the cable wrong are read again")
{
	once(IDE_F_ICRC, 1);
}

SIM_SCENARIO(cd_cut, "ide/cd-short-once", "a transfer that ends too early is made again")
{
	once(IDE_F_SHORT, 1);
	once(IDE_F_SHORT, 0);
}

SIM_SCENARIO(cd_aborts, "ide/cd-aborted", "one that is always aborted fails, after a few times")
{
	struct scn s;
	u32 f;

	if (!up(&s, PIIX4 CD, 1))
		return;
	f = strike(&s, IDE_F_ABRT, 0);
	scn_fails(scn_read(&s, 0, 500, 16), -EIO, "a read that is always aborted");
	sim_expect(sim_deviated() ||
		   (ide_fault_hits(s.dev, f) > 1 && ide_fault_hits(s.dev, f) < 10));
	scn_ok(scn_read(&s, 0, 700, 16), "another read");
	scn_down(&s);
}

SIM_SCENARIO(cd_crcs, "ide/cd-crc", "too many CRC errors make the drive slower, and it works")
{
	const struct trv_disk_info *info;
	struct trv_disk *d;
	struct scn s;

	if (!up(&s, PIIX4 CD, 1))
		return;
	strike(&s, IDE_F_ICRC, 4);
	scn_ok(scn_read(&s, 0, 500, 16), "a read with four CRC errors");
	d = scn_disk(&s, 0);
	if (d && !sim_deviated()) {
		info = trv_disk_info(d);
		sim_expect_eq(ide_xfer_mode(s.dev, 0), ATA_XFER_UDMA | 1);
		sim_expect(info->block_size == CD_BLOCK);
	}
	scn_down(&s);
}

SIM_SCENARIO(cd_df, "ide/cd-device-fault",
	     "a device fault fails the request; the drive is reset alone")
{
	struct scn s;
	u64 before;

	if (!up(&s, PIIX4 CD_AND_DISK, 1))
		return;
	before = resets(&s, 1);
	strike(&s, IDE_F_DF, 1);
	scn_fails(scn_read(&s, 0, 500, 16), -EIO, "a read with a device fault");
	scn_ok(scn_read(&s, 0, 500, 16), "the next");
	sim_expect(sim_deviated() ||
		   (ide_count_op(s.dev, 0, ATA_OP_DEVICE_RESET) == 1 && resets(&s, 1) == before));
	scn_down(&s);
}

SIM_SCENARIO(cd_sense_hangs, "ide/cd-sense-hangs",
	     "a drive that fails, and then does not say why, is reset")
{
	const struct ide_fault f = { .kind = IDE_F_HANG,
				     .packet = PACKET_REQUEST_SENSE,
				     .times = 1 };
	struct scn s = scn_plug(PIIX4 CD);

	if (!scn_bind(&s))
		return;
	strike(&s, IDE_F_UNC, 1);
	ide_fault_add(s.dev, &f);
	scn_fails(scn_read(&s, 0, 500, 16), -EIO, "a read that fails");
	scn_ok(scn_read(&s, 0, 500, 16), "the next");
	sim_expect(sim_deviated() || ide_count_op(s.dev, 0, ATA_OP_DEVICE_RESET) == 1);
	scn_down(&s);
}

SIM_SCENARIO(cd_sense_fails, "ide/cd-sense-fails", "when even that fails, the sense key must do")
{
	const struct ide_fault f = { .kind = IDE_F_ABRT, .packet = PACKET_REQUEST_SENSE };
	struct scn s;

	if (!up(&s, PIIX4 CD, 1))
		return;
	strike(&s, IDE_F_UNC, 1);
	ide_fault_add(s.dev, &f);
	scn_fails(scn_read(&s, 0, 500, 16), -EIO, "a read that fails");
	scn_ok(scn_read(&s, 0, 500, 16), "the next");
	scn_down(&s);
}

/* ---- hangs ---------------------------------------------------------------- */

static void hang(enum ide_fault_kind kind, u32 dma)
{
	struct scn s;
	u64 before;

	if (!up(&s, PIIX4 CD_AND_DISK, dma))
		return;
	before = resets(&s, 1);
	strike(&s, kind, 1);
	scn_fails(scn_read(&s, 0, 500, 16), -ETIMEDOUT, "a read that never ends");
	scn_ok(scn_read(&s, 0, 500, 16), "the next");
	scn_rw_ok(&s, 1, 500, 16);
	if (!sim_deviated()) {
		sim_expect_eq(ide_count_op(s.dev, 0, ATA_OP_DEVICE_RESET), 1);
		sim_expect_eq(resets(&s, 1), before);
		if (dma)
			sim_expect_eq(ide_xfer_mode(s.dev, 0), ATA_XFER_UDMA | 2);
	}
	scn_down(&s);
}

SIM_SCENARIO(cd_timeout, "ide/cd-timeout",
	     "a read that never ends: DEVICE RESET, and the neighbour never notices")
{
	hang(IDE_F_HANG, 1);
}

SIM_SCENARIO(cd_timeout_pio, "ide/cd-timeout-pio", "the same by PIO")
{
	hang(IDE_F_HANG, 0);
}

SIM_SCENARIO(cd_lost_irq, "ide/cd-lost-irq", "the interrupt at the end is lost")
{
	hang(IDE_F_DROP_IRQ, 1);
}

SIM_SCENARIO(cd_no_packet, "ide/cd-no-packet", "a drive that never asks for the packet")
{
	for (u32 i = 0; i < 4; i++) {
		struct ide_fault f = { .kind = IDE_F_NO_PACKET, .times = 1 };
		struct scn s = scn_plug(PIIX4 CD);

		ide_caps(s.dev, 0)->drq_type = i % 2;
		scn_option(&s, "timeout_ms", 500);
		scn_option(&s, "irq", i / 2);
		if (!scn_bind(&s))
			return;
		ide_fault_add(s.dev, &f);
		scn_fails(scn_read(&s, 0, 500, 16), -ETIMEDOUT, "a read that never begins");
		scn_ok(scn_read(&s, 0, 500, 16), "the next");
		scn_down(&s);
	}
}

SIM_SCENARIO(cd_dma_hangs, "ide/cd-dma-fallback",
	     "a drive whose DMA hangs again and again is used by PIO")
{
	const struct trv_disk_info *info;
	struct trv_disk *d;
	struct scn s;

	if (!up(&s, PIIX4 CD, 1))
		return;
	strike(&s, IDE_F_HANG, 2);
	for (u32 i = 0; i < 2; i++)
		scn_fails(scn_read(&s, 0, 500, 16), -ETIMEDOUT, "a read that hangs");
	scn_ok(scn_read(&s, 0, 500, 16), "the next");
	d = scn_disk(&s, 0);
	if (d && !sim_deviated()) {
		info = trv_disk_info(d);
		sim_expect_eq(ide_history(s.dev, 0, 0)->features & ATAPI_FEATURE_DMA, 0);
		sim_expect(info->blocks == 1024);
	}
	scn_down(&s);
}

SIM_SCENARIO(cd_dma_short, "ide/cd-dma-short",
	     "one whose DMA ends too early is read by PIO at the third try, and nobody notices")
{
	const struct ide_fault f = { .kind = IDE_F_SHORT, .first = 500, .last = 599, .times = 2 };
	struct scn s;

	if (!up(&s, PIIX4 CD, 1))
		return;
	ide_fault_add(s.dev, &f);
	scn_ok(scn_read(&s, 0, 500, 16), "a read");
	if (!sim_deviated())
		sim_expect_eq(ide_history(s.dev, 0, 0)->features & ATAPI_FEATURE_DMA, 0);
	scn_down(&s);
}

SIM_SCENARIO(cd_dead, "ide/cd-dead", "a drive no reset wakes is given up, and its neighbour works")
{
	const struct ide_fault f = { .kind = IDE_F_DEAD, .drive = 1, .first = 500, .last = 500 };
	struct scn s = scn_plug(PIIX4 "disk0=mem:2M,disk1=cdmem:2M");
	u64 since;

	scn_absent(1);
	scn_option(&s, "timeout_ms", 500);
	if (!scn_bind(&s))
		return;
	ide_fault_add(s.dev, &f);
	scn_fails(scn_read(&s, 1, 500, 16), -ETIMEDOUT, "a read that kills it");
	since = sim_now();
	scn_fails(scn_read(&s, 1, 3, 4), -ENODEV, "a dead drive");
	scn_rw_ok(&s, 0, 500, 16);
	sim_expect(sim_now() - since < 200000 * MS);
	ide_faults_clear(s.dev);
	sim_unbind(s.dev);
}

/* ---- lies ----------------------------------------------------------------- */

/* The lies of the scenario's own faults are over: the drive is held to the rules again. */
static void mended(struct scn *s)
{
	s->dev->hostile = sim_class_reached() == SIM_HOSTILE;
}

SIM_SCENARIO_LONG(
	cd_counts, "ide/cd-hostile-counts",
	"byte counts of nothing, odd, too long, or of more than was asked: an error, no overrun")
{
	static const u16 counts[] = { 0, 1, 2047, 4098, 16386, 0x8000, 0xfffe, 0xffff };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(counts); i++) {
		struct ide_fault f = {
			.kind = IDE_F_COUNT, .first = 500, .last = 599, .count = counts[i]
		};
		struct scn s;
		struct trv_disk *d;
		u8 *buf;

		if (!up(&s, PIIX4 CD, 0))
			return;
		d = scn_disk(&s, 0);
		buf = sim_buf(2 * CD_BLOCK);
		ide_fault_add(s.dev, &f);
		if (d)
			sim_expect(trv_disk_rw(d, TRV_REQ_READ, 500, 2, buf) < 0);
		ide_faults_clear(s.dev);
		mended(&s);
		scn_down(&s);
	}
}

SIM_SCENARIO(cd_odd_count, "ide/cd-odd-count",
	     "a block of odd length, though it is not the last: no data moved, and read again")
{
	const struct ide_fault f = {
		.kind = IDE_F_COUNT, .first = 500, .last = 599, .times = 1, .count = 2047
	};
	struct scn s;
	u32 i;

	if (!up(&s, PIIX4 CD, 0))
		return;
	i = ide_fault_add(s.dev, &f);
	scn_ok(scn_read(&s, 0, 500, 16), "a read with an odd block");
	sim_expect(sim_deviated() || ide_fault_hits(s.dev, i) == 1);
	ide_faults_clear(s.dev);
	mended(&s);
	scn_ok(scn_read(&s, 0, 500, 16), "the next");
	scn_down(&s);
}

SIM_SCENARIO_LONG(cd_replies, "ide/cd-hostile-replies",
		  "the same counts for the replies that say what the drive is and has")
{
	static const u8 packets[] = { PACKET_INQUIRY, PACKET_READ_CAPACITY, PACKET_REQUEST_SENSE };
	static const u16 counts[] = { 0, 1, 7, 38, 0xffff };

	for (u32 i = 0; i < 15; i++) {
		struct ide_fault f = { .kind = IDE_F_COUNT,
				       .packet = packets[i % 3],
				       .count = counts[i / 3] };
		struct scn s = scn_plug(PIIX4 CD);
		int rc;

		ide_fault_add(s.dev, &f);
		rc = sim_bind(s.dev);
		if (rc)
			return;
		ide_faults_clear(s.dev);
		sim_unbind(s.dev);
	}
}

SIM_SCENARIO(cd_reason, "ide/cd-hostile-reason", "a drive that wants data of a read")
{
	struct scn s;

	if (!up(&s, PIIX4 CD, 0))
		return;
	strike(&s, IDE_F_REASON, 0);
	sim_expect(scn_read(&s, 0, 500, 16) < 0);
	ide_faults_clear(s.dev);
	mended(&s);
	scn_down(&s);
}

/* ---- the end -------------------------------------------------------------- */

static void under_way(struct scn *s, struct scn_io *io, enum ide_fault_kind kind)
{
	strike(s, kind, 1);
	if (scn_ok(scn_submit(s, io, 0, TRV_REQ_READ, 500, 16), "submit"))
		sim_sleep(5 * MS);
	else
		io->s = NULL;
}

static void ends(struct scn_io *io)
{
	if (!io->s)
		return;
	scn_end(io);
}

SIM_SCENARIO(cd_remove, "ide/cd-remove-busy", "removed while a read is under way")
{
	for (u32 dma = 0; dma < 2; dma++) {
		struct scn_io io;
		struct scn s;

		if (!up(&s, PIIX4 CD, dma))
			return;
		under_way(&s, &io, IDE_F_HANG);
		sim_unbind(s.dev);
		ends(&io);
		sim_expect(sim_class_reached() == SIM_HOSTILE || ide_quiet(s.dev));
	}
}

SIM_SCENARIO(cd_remove_sense, "ide/cd-remove-sense", "removed while it is asked why")
{
	const struct ide_fault f = { .kind = IDE_F_LATE,
				     .packet = PACKET_REQUEST_SENSE,
				     .ns = 400 * MS };
	struct scn_io io;
	struct scn s;

	if (!up(&s, PIIX4 CD, 1))
		return;
	ide_fault_add(s.dev, &f);
	under_way(&s, &io, IDE_F_UNC);
	sim_unbind(s.dev);
	ends(&io);
}

SIM_SCENARIO(cd_slow_sense, "ide/cd-timeout-sense",
	     "a time-out while it is asked why: one end, and it works")
{
	const struct ide_fault f = {
		.kind = IDE_F_LATE, .packet = PACKET_REQUEST_SENSE, .ns = 800 * MS, .times = 1
	};
	struct scn s;
	int rc;

	if (!up(&s, PIIX4 CD, 1))
		return;
	ide_fault_add(s.dev, &f);
	strike(&s, IDE_F_UNC, 1);
	rc = scn_read(&s, 0, 500, 16);
	sim_expect(sim_deviated() || rc == -EIO || rc == -ETIMEDOUT);
	scn_ok(scn_read(&s, 0, 500, 16), "the next");
	scn_down(&s);
}

static void unplug(enum ide_fault_kind kind, u32 irq)
{
	struct scn s = scn_plug(PIIX4 CD);
	struct scn_io io;

	scn_option(&s, "irq", irq);
	if (!scn_bind(&s))
		return;
	under_way(&s, &io, kind);
	sim_unplug(s.dev);
	ends(&io);
	sim_expect(!io.s || io.io.status < 0);
	sim_unbind(s.dev);
}

SIM_SCENARIO(cd_unplug, "ide/cd-unplug", "pulled out while a read is under way")
{
	unplug(IDE_F_HANG, 1);
	unplug(IDE_F_HANG, 0);
}

SIM_SCENARIO(cd_unplug_packet, "ide/cd-unplug-packet", "pulled out before it asked for the packet")
{
	struct ide_fault f = { .kind = IDE_F_NO_PACKET };
	struct scn s;
	struct scn_io io;

	if (!scn_up(&s, PIIX4 CD))
		return;
	ide_fault_add(s.dev, &f);
	if (scn_ok(scn_submit(&s, &io, 0, TRV_REQ_READ, 500, 16), "submit")) {
		sim_sleep(5 * MS);
		sim_unplug(s.dev);
		ends(&io);
		sim_expect(io.io.status < 0);
	}
	sim_unbind(s.dev);
}

/* ---- errors and the clock -------------------------------------------------- */

enum { RESET_MS = 32000 }; /* how long one may take */

/* An error @before its time-out; then a fault of the disk beside it, which costs a reset. */
static void error_before_timeout(u64 before)
{
	const struct ide_fault late = {
		.kind = IDE_F_LATE, .first = 500, .last = 500, .times = 1, .ns = 500 * MS - before
	};
	const struct ide_fault fault = {
		.kind = IDE_F_DF, .drive = 1, .first = 40, .last = 40, .times = 1
	};
	struct scn s;
	u64 before_fault;
	int rc;

	if (!up(&s, PIIX4 CD_AND_DISK, 1))
		return;
	ide_fault_add(s.dev, &late);
	strike(&s, IDE_F_ABRT, 1);
	rc = scn_read(&s, 0, 500, 1);
	sim_expect(sim_deviated() || !rc || rc == -ETIMEDOUT);
	sim_sleep(RESET_MS * MS);
	scn_rw_ok(&s, 1, 30, 8);
	before_fault = resets(&s, 1);
	ide_fault_add(s.dev, &fault);
	scn_fails(scn_read(&s, 1, 40, 1), -EIO, "a read that meets a device fault");
	sim_sleep(RESET_MS * MS);
	scn_rw_ok(&s, 1, 30, 8);
	if (sim_class_reached() < SIM_RESOURCE) {
		sim_expect_eq(resets(&s, 1), before_fault + 1);
		/* Nobody asks a disk for sense data. */
		sim_expect_eq(ide_count_op(s.dev, 1, ATA_OP_PACKET), 0);
	}
	scn_down(&s);
}

SIM_SCENARIO(cd_error_timeout, "ide/cd-error-at-timeout",
	     "an error just before the time-out: it is one or the other")
{
	error_before_timeout(900000);
	error_before_timeout(500000);
	error_before_timeout(200000);
	error_before_timeout(1);
}
