// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The drive's volatile cache: flush, FUA; and trim. */
#include <string.h>

#include "ide_scn.h"

static u64 flushes(struct scn *s, u32 unit)
{
	return ide_stats(s->dev, unit)->flushes;
}

/* Does the medium hold at @lba what the @seed-th write wrote, now that the power has failed? */
static void expect_survivor(struct scn *s, u32 unit, u64 lba, u32 n, u64 seed)
{
	u8 *got = sim_own(n * ATA_SECTOR);

	ide_medium_read(s->dev, unit, lba, n, got);
	scn_room(s, n);
	ide_pattern(seed, lba, n, s->want);
	if (memcmp(got, s->want, n * ATA_SECTOR))
		sim_fail(SIM_DATA, SIM_SITE, "%u sectors at %llu did not survive the power cut", n,
			 (unsigned long long)lba);
}

SIM_SCENARIO(flush, "ide/flush",
	     "FLUSH reaches the drive; what was written before survives a power cut")
{
	struct scn s = scn_plug(PIIX4 "disk0=mem:16M");
	u64 kept;

	ide_cache_model(s.dev, 0);
	if (!scn_bind(&s))
		return;
	if (!scn_ok(scn_write(&s, 0, 100, 32), "a write"))
		goto out;
	kept = s.seed;
	if (!scn_ok(scn_flush(&s, 0), "the flush"))
		goto out;
	sim_expect(sim_deviated() || flushes(&s, 0) == 1);
	sim_expect_eq(ide_stats(s.dev, 0)->dirty, 0);
	scn_ok(scn_write(&s, 0, 200, 32), "a write after it");
	scn_recover(&s);
	sim_unbind(s.dev);
	s.bound = false;
	ide_power_cut(s.dev);
	expect_survivor(&s, 0, 100, 32, kept);
	return;
out:
	scn_down(&s);
}

SIM_SCENARIO(flush_28, "ide/flush-28", "a drive without 48-bit commands is flushed by FLUSH CACHE")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 "lba48=0,disk0=mem:16M"))
		return;
	scn_ok(scn_write(&s, 0, 100, 32), "a write");
	scn_ok(scn_flush(&s, 0), "the flush");
	sim_expect_eq(ide_count_op(s.dev, 0, ATA_OP_FLUSH_EXT), 0);
	sim_expect(sim_deviated() || ide_count_op(s.dev, 0, ATA_OP_FLUSH));
	scn_down(&s);
}

SIM_SCENARIO(flush_slow, "ide/flush-slow", "a flush that takes 20 s is waited for, not timed out")
{
	const struct ide_fault f = {
		.kind = IDE_F_LATE, .op = ATA_OP_FLUSH_EXT, .ns = 20000000000ULL, .times = 1
	};
	struct scn s;
	u64 resets;

	if (!scn_up(&s, PIIX4 "disk0=mem:16M"))
		return;
	ide_fault_add(s.dev, &f);
	resets = ide_stats(s.dev, 0)->resets;
	scn_ok(scn_write(&s, 0, 100, 32), "a write");
	scn_ok(scn_flush(&s, 0), "the flush");
	sim_expect(sim_deviated() || ide_stats(s.dev, 0)->resets == resets);
	scn_down(&s);
}

SIM_SCENARIO(flush_fails, "ide/flush-fails",
	     "a flush that cannot write a sector is an error, not a success")
{
	const struct ide_fault f = { .kind = IDE_F_ABRT, .op = ATA_OP_FLUSH_EXT, .times = 1 };
	struct scn s;

	if (!scn_up(&s, PIIX4 "disk0=mem:16M"))
		return;
	ide_fault_add(s.dev, &f);
	scn_ok(scn_write(&s, 0, 100, 32), "a write");
	scn_fails(scn_flush(&s, 0), -EIO, "the flush");
	scn_ok(scn_flush(&s, 0), "the next flush");
	scn_down(&s);
}

static void fua(const char *spec, void (*turn)(struct scn *s))
{
	struct scn s = scn_plug(spec);
	struct scn_io io;
	u64 kept;

	ide_cache_model(s.dev, 0);
	turn(&s);
	if (!scn_bind(&s))
		return;
	scn_ok(scn_write(&s, 0, 300, 8), "a plain write");
	if (!scn_ok(scn_submit_fua(&s, &io, 0, 500, 16), "submit"))
		goto out;
	kept = io.seed;
	if (!scn_ok(scn_wait(&io), "the FUA write"))
		goto out;
	sim_unbind(s.dev);
	s.bound = false;
	ide_power_cut(s.dev);
	expect_survivor(&s, 0, 500, 16, kept);
	return;
out:
	scn_down(&s);
}

static void fua_command(struct scn *s)
{
}

static void fua_emulated(struct scn *s)
{
	ide_caps(s->dev, 0)->fua = false;
}

static void fua_pio(struct scn *s)
{
	scn_option(s, "dma", 0);
}

static void fua_pio_single(struct scn *s)
{
	scn_option(s, "dma", 0);
	scn_option(s, "multi", 0);
}

SIM_SCENARIO(fua_dma, "ide/fua", "a FUA write is on the medium when it completes")
{
	fua(PIIX4 "disk0=mem:16M", fua_command);
}

SIM_SCENARIO(fua_no_command, "ide/fua-emulated", "the same on a drive without WRITE DMA FUA EXT")
{
	fua(PIIX4 "disk0=mem:16M", fua_emulated);
}

SIM_SCENARIO(fua_multiple, "ide/fua-multiple",
	     "the same by WRITE MULTIPLE FUA EXT or what stands in for it")
{
	fua(PIIX4 "disk0=mem:16M", fua_pio);
}

SIM_SCENARIO(fua_single, "ide/fua-pio", "the same by single-sector PIO, which has no FUA command")
{
	fua(PIIX4 "disk0=mem:16M", fua_pio_single);
}

/* By register, and with a drive that refuses its blocks after a reset: then there is no FUA command. */
static bool fua_is_lost(struct scn *s)
{
	const struct ide_fault refuse = { .kind = IDE_F_ABRT, .op = ATA_OP_SET_MULTIPLE };
	const struct ide_fault hang = { .kind = IDE_F_HANG, .first = 900, .last = 900, .times = 1 };

	scn_option(s, "dma", 0);
	scn_option(s, "timeout_ms", 500);
	if (!scn_bind(s))
		return false;
	ide_fault_add(s->dev, &hang);
	ide_fault_add(s->dev, &refuse);
	scn_fails(scn_read(s, 0, 900, 1), -ETIMEDOUT, "a read that never ends");
	return true;
}

SIM_SCENARIO(fua_lost, "ide/fua-lost",
	     "a drive that refuses its blocks after a reset: FUA goes on without the FUA command")
{
	for (u32 irq = 0; irq < 2; irq++) {
		struct scn s = scn_plug(PIIX4 "disk0=mem:16M");
		struct scn_io io;

		scn_option(&s, "irq", irq);
		ide_cache_model(s.dev, 0);
		if (!fua_is_lost(&s))
			return;
		if (scn_ok(scn_submit_fua(&s, &io, 0, 500, 16), "submit") &&
		    scn_ok(scn_wait(&io), "the FUA write")) {
			sim_unbind(s.dev);
			s.bound = false;
			ide_power_cut(s.dev);
			expect_survivor(&s, 0, 500, 16, io.seed);
		}
		scn_down(&s);
	}
}

SIM_SCENARIO(fua_old_error, "ide/fua-after-bad-flush",
	     "a flush past a bad sector fails; a FUA write after it, with its own flush, does not")
{
	const struct ide_fault bad = { .kind = IDE_F_UNC, .op = ATA_OP_FLUSH_EXT, .times = 1 };
	struct scn s = scn_plug(PIIX4 "disk0=mem:16M");
	struct scn_io io;

	if (!fua_is_lost(&s))
		return;
	ide_fault_add(s.dev, &bad);
	scn_ok(scn_write(&s, 0, 100, 8), "a write");
	scn_fails(scn_flush(&s, 0), -EIO, "a flush past a bad sector");
	if (scn_ok(scn_submit_fua(&s, &io, 0, 500, 16), "submit"))
		scn_ok(scn_wait(&io), "the FUA write");
	sim_expect(sim_deviated() || ide_stats(s.dev, 0)->dirty == 0);
	scn_down(&s);
}

SIM_SCENARIO(fua_neighbour, "ide/fua-beside-none",
	     "a FUA write with its own flush fails; a write of a neighbour that knows none does not")
{
	const struct ide_fault bad = { .kind = IDE_F_UNC, .first = 500, .last = 500 };
	struct scn s = scn_plug(PIIX4 TWO_DISKS);
	struct ide_caps *old = ide_caps(s.dev, 1);
	struct scn_io io;

	old->lba48 = old->fua = old->trim = old->flush = old->write_cache = false;
	if (!fua_is_lost(&s))
		return;
	ide_fault_add(s.dev, &bad);
	if (scn_ok(scn_submit_fua(&s, &io, 0, 500, 16), "submit"))
		scn_fails(scn_wait(&io), -EIO, "the FUA write");
	scn_ok(scn_write(&s, 1, 100, 8), "a write of the neighbour");
	scn_down(&s);
}

/* ---- trim ----------------------------------------------------------------- */

static int discard(struct scn *s, u64 lba, u32 n)
{
	struct trv_disk *d = scn_disk(s, 0);

	return d ? trv_disk_rw(d, TRV_REQ_DISCARD, lba, n, NULL) : -ENODEV;
}

/* A trimmed sector of a simulated disk in memory reads as before anything was written. */
static bool is_trimmed(struct scn *s, u64 lba, u32 n)
{
	u8 *got = sim_own(n * ATA_SECTOR), *fresh = sim_own(n * ATA_SECTOR);

	ide_medium_read(s->dev, 0, lba, n, got);
	ide_pattern(0x1de, lba, n, fresh);
	return !memcmp(got, fresh, n * ATA_SECTOR);
}

SIM_SCENARIO(trim, "ide/trim", "exactly the discarded sectors are trimmed")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 "disk0=mem:16M"))
		return;
	if (scn_ok(scn_write(&s, 0, 1000, 100), "a write") &&
	    scn_ok(discard(&s, 1010, 50), "the discard")) {
		sim_expect(is_trimmed(&s, 1010, 50));
		sim_expect(!is_trimmed(&s, 1009, 1));
		sim_expect(!is_trimmed(&s, 1060, 1));
		sim_expect(sim_deviated() || ide_stats(s.dev, 0)->trimmed == 50);
	}
	scn_ok(scn_read(&s, 0, 1000, 100), "a read of it");
	scn_rw_ok(&s, 0, 1020, 10);
	scn_down(&s);
}

/* Several million sectors, from @lba on. */
static void trim_many(const char *spec, u64 lba)
{
	const u32 n = 5000000;
	struct scn s;

	if (!scn_up(&s, spec))
		return;
	if (scn_ok(scn_write(&s, 0, lba - 1, 1), "a write just before") &&
	    scn_ok(scn_write(&s, 0, lba + n, 1), "a write just after") &&
	    scn_ok(scn_write(&s, 0, lba + n - 1, 1), "a write of the last") &&
	    scn_ok(scn_write(&s, 0, lba + 65535, 2), "a write where ranges meet") &&
	    scn_ok(discard(&s, lba, n), "the discard")) {
		sim_expect(is_trimmed(&s, lba + n - 1, 1));
		sim_expect(is_trimmed(&s, lba + 65535, 2));
		sim_expect(!is_trimmed(&s, lba - 1, 1));
		sim_expect(!is_trimmed(&s, lba + n, 1));
		sim_expect(sim_deviated() || ide_stats(s.dev, 0)->trimmed == n);
	}
	scn_down(&s);
}

SIM_SCENARIO(trim_large, "ide/trim-large",
	     "a discard of several million sectors: many ranges, every sector once")
{
	trim_many(PIIX4 "disk0=sparse:1T", (1ULL << 28) - 1000);
}

SIM_SCENARIO(trim_high, "ide/trim-high", "the same beyond 2^32 sectors")
{
	trim_many(PIIX4 "disk0=sparse:8T", (1ULL << 32) - 1000);
	trim_many(PIIX4 "disk0=sparse:8T", 0x2aabbccddULL);
}

/*
 * Two blocks of ranges in one command, or a block in each of several; then fewer ranges, of as
 * many blocks; then a single one. What was written since is not trimmed.
 */
static void trim_lists(u32 shorter)
{
	const u64 lba = 1000000, elsewhere = 20000000;
	const u32 many = 8000000, fewer = 5000000, few = 7;
	struct scn s = scn_plug(PIIX4 "disk0=sparse:1T,disk1=sparse:1T");

	ide_trait_set(s.dev, shorter, IDE_T_TRIM, 2);
	ide_trait_set(s.dev, !shorter, IDE_T_TRIM, 0);
	if (!scn_bind(&s))
		return;
	for (u32 i = 0; i < 2; i++) {
		scn_ok(scn_write(&s, i, lba - 1, 1), "a write just before");
		scn_ok(scn_write(&s, i, lba + many, 1), "a write just after");
		scn_ok(scn_discard(&s, i, lba, many), "a long discard");
		scn_ok(scn_write(&s, i, lba + many - 100, 100), "a write where it was");
		scn_ok(scn_discard(&s, i, elsewhere, fewer), "a shorter one");
		scn_ok(scn_discard(&s, i, 10, few), "one of a few sectors");
		scn_ok(scn_read(&s, i, lba + many - 100, 101), "a read of what was written");
		scn_ok(scn_read(&s, i, lba - 1, 1), "and just before");
		sim_expect(sim_deviated() || ide_stats(s.dev, i)->trimmed == many + fewer + few);
	}
	scn_down(&s);
}

SIM_SCENARIO(trim_shorter_slave, "ide/trim-lists", "device 1 takes shorter lists of ranges")
{
	trim_lists(1);
}

SIM_SCENARIO(trim_shorter_master, "ide/trim-lists-master", "device 0 does")
{
	trim_lists(0);
}

SIM_SCENARIO(trim_none, "ide/trim-none",
	     "a drive without TRIM: discards are refused, and no command is sent")
{
	struct scn s = scn_plug(PIIX4 "disk0=mem:16M");

	ide_caps(s.dev, 0)->trim = false;
	if (!scn_bind(&s))
		return;
	scn_fails(discard(&s, 10, 10), -EOPNOTSUPP, "the discard");
	sim_expect_eq(ide_count_op(s.dev, 0, ATA_OP_DATA_SET_MANAGEMENT), 0);
	scn_down(&s);
}

SIM_SCENARIO(flush_bad, "ide/flush-bad-sector",
	     "a flush that fails at bad sectors says so, but not before the rest is written")
{
	const struct ide_fault f = { .kind = IDE_F_UNC, .op = ATA_OP_FLUSH_EXT, .times = 3 };
	struct scn s;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	scn_ok(scn_write(&s, 0, 100, 64), "a write");
	ide_fault_add(s.dev, &f);
	scn_fails(scn_flush(&s, 0), -EIO, "a flush past three bad sectors");
	sim_expect(sim_deviated() || ide_stats(s.dev, 0)->dirty == 0);
	scn_ok(scn_flush(&s, 0), "the next flush");
	scn_down(&s);
}

SIM_SCENARIO(flush_never, "ide/flush-refused", "a flush that always fails comes to an end")
{
	const struct ide_fault f = { .kind = IDE_F_ABRT, .op = ATA_OP_FLUSH_EXT };
	struct scn s;
	u32 i;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	scn_ok(scn_write(&s, 0, 100, 64), "a write");
	i = ide_fault_add(s.dev, &f);
	scn_fails(scn_flush(&s, 0), -EIO, "a flush");
	sim_expect(sim_deviated() || ide_fault_hits(s.dev, i) < 100);
	scn_down(&s);
}
