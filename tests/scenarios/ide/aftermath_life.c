// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What every drive can do, and its patience: the life after a mishap. */
#include <string.h>

#include <trivet/hw/atapi.h>

#include "aftermath.h"

enum {
	PIECES = 12,
	MOST_PIECES = 512, /* of a request */
	FLUSH_BAD = 2,
	CRC_TRIES = 5,
	PACKET_RETRIES = 5, /* of one that was aborted */
	LONG_TRIM = 150000, /* three ranges */
};

static struct trv_disk *each(struct am *a, struct trv_disk *d)
{
	d = d ? trv_disk_next(d) : trv_disk_first(a->s.dev);
	while (d && a->lost >> trv_disk_info(d)->unit & 1)
		d = trv_disk_next(d);
	return d;
}

static bool is_cd(const struct trv_disk *d)
{
	return trv_disk_info(d)->flags & TRV_DISK_REMOVABLE;
}

/* ---- pieces of memory ---------------------------------------------------------- */

/* A read into @n pieces of @len bytes, of which the data are compared one by one. */
static void scattered(struct am *a, struct trv_disk *d, u64 lba, u32 n, u32 len)
{
	u32 block = trv_disk_info(d)->block_size, blocks = n * len / block;
	u32 unit = trv_disk_info(d)->unit, per = block / ATA_SECTOR;
	struct trv_vec *vec = sim_own(n * sizeof(*vec));
	struct scn_io io = { .s = &a->s, .unit = unit };
	u8 *memory = sim_buf(n * (len + 2));

	for (u32 i = 0; i < n; i++)
		vec[i] = (struct trv_vec){ .buf = memory + i * (len + 2), .len = len };
	memset(memory, 0xa5, n * (len + 2));
	if (!scn_submit_vec(&io, TRV_REQ_READ, lba, blocks, vec, n)) {
		am_is(a, -EINVAL, 0, "a scattered read");
		return;
	}
	am_is(a, scn_end(&io), 0, "a scattered read");
	am_idle(a);
	if (io.io.status)
		return;
	scn_room(&a->s, blocks * per);
	ide_medium_read(a->s.dev, unit, lba * per, blocks * per, a->s.want);
	for (u32 i = 0; i < n; i++)
		if (memcmp(vec[i].buf, a->s.want + i * len, len))
			sim_fail(SIM_DATA, SIM_SITE, "piece %u of %u differs", i, n);
}

/* ---- each by itself -------------------------------------------------------------- */

static void trims(struct am *a, struct trv_disk *d)
{
	u32 unit = trv_disk_info(d)->unit;
	bool big = trv_disk_info(d)->blocks > 2 * LONG_TRIM;
	/* The list of ranges goes by DMA only; but the read may just have been unmappable. */
	bool sure = am_steady(a) || sim_class_reached() == SIM_SCHEDULE;
	int want = am_by_dma(a, unit) || !sure ? 0 : -EOPNOTSUPP;

	if (!(trv_disk_info(d)->flags & TRV_DISK_DISCARD))
		return;
	if (big)
		am_is(a, am_discard(a, unit, 20000, LONG_TRIM), want, "a long discard");
	am_is(a, am_discard(a, unit, 704, 8), want, "a discard");
	am_is(a, am_read(a, unit, 700, 24), 0, "a read around what was discarded");
}

static void forced(struct am *a, struct trv_disk *d)
{
	u32 unit = trv_disk_info(d)->unit;
	u64 dirty = ide_stats(a->s.dev, unit)->dirty;
	struct scn_io io;

	if (!(trv_disk_info(d)->flags & TRV_DISK_FUA))
		return;
	if (scn_submit_fua(&a->s, &io, unit, 900, 4))
		return;
	am_is(a, scn_wait(&io), 0, "a forced write");
	am_idle(a);
	if (!io.io.status && sim_class_reached() != SIM_HOSTILE)
		sim_expect(ide_stats(a->s.dev, unit)->dirty <= dirty);
}

static void disk_lives(struct am *a, struct trv_disk *d)
{
	u32 unit = trv_disk_info(d)->unit;

	am_is(a, am_write(a, unit, 700, 24), 0, "a write");
	forced(a, d);
	am_is(a, am_read(a, unit, 690, 40), 0, "a read");
	scattered(a, d, 696, PIECES, ATA_SECTOR);
	am_is(a, am_read(a, unit, 711, 1), 0, "a read of one sector");
	trims(a, d);
	am_is(a, am_flush(a, unit), 0, "a flush");
}

static void cd_lives(struct am *a, struct trv_disk *d)
{
	u32 unit = trv_disk_info(d)->unit;

	am_is(a, am_read(a, unit, 5, 9), 0, "a read of the disc");
	am_is(a, trv_disk_check_events(d), 0, "a check for events");
	am_idle(a);
	scattered(a, d, 8, 4, CD_BLOCK);
	am_is(a, am_read(a, unit, 40, 1), 0, "another read of the disc");
}

/* ---- all at once ----------------------------------------------------------------- */

static void together(struct am *a)
{
	struct scn_io io[2 * IDE_DRIVES];
	u32 n = 0;

	for (u32 turn = 0; turn < 2; turn++)
		for (struct trv_disk *d = each(a, NULL); d; d = each(a, d)) {
			bool write = !turn && !is_cd(d);
			int rc = scn_submit(&a->s, &io[n], trv_disk_info(d)->unit,
					    write ? TRV_REQ_WRITE : TRV_REQ_READ, 300 + 20 * turn,
					    16);

			am_is(a, rc, 0, "submit");
			n += !rc;
		}
	while (n--)
		am_is(a, scn_wait(&io[n]), 0, "a request beside others");
	am_idle(a);
}

static void lost_stay_lost(struct am *a)
{
	for (u32 unit = 0; unit < IDE_DRIVES; unit++)
		if (a->lost >> unit & 1)
			am_is(a, scn_read(&a->s, unit, 3, 1), -ENODEV, "a read of a lost drive");
}

void am_life(struct am *a)
{
	am_settle(a);
	for (struct trv_disk *d = each(a, NULL); d; d = each(a, d))
		if (trv_disk_info(d)->flags & TRV_DISK_WRITE_CACHE)
			am_is(a, am_flush(a, trv_disk_info(d)->unit), 0, "a flush before all else");
	for (struct trv_disk *d = each(a, NULL); d; d = each(a, d)) {
		if (is_cd(d))
			cd_lives(a, d);
		else
			disk_lives(a, d);
	}
	lost_stay_lost(a);
	together(a);
}

/* ---- limits ---------------------------------------------------------------------- */

void am_limits(struct am *a)
{
	for (struct trv_disk *d = each(a, NULL); d; d = each(a, d)) {
		const struct trv_disk_info *info = trv_disk_info(d);
		u32 unit = info->unit;

		if (is_cd(d)) {
			am_is(a, am_read(a, unit, 8, info->max_blocks), 0, "the longest read");
			am_is(a, am_read(a, unit, 7, info->max_blocks + 1), 0, "a longer one");
			scattered(a, d, 9, MOST_PIECES, CD_BLOCK / 4);
			am_is(a, am_read(a, unit, 6, 1), 0, "the shortest read");
			continue;
		}
		/* 64 KiB is a whole region, 128 KiB the most for 28 bits. */
		for (u32 n = 128; n <= 512; n *= 2) {
			am_is(a, am_write(a, unit, 1000 + n, n), 0, "a long write");
			am_is(a, am_read(a, unit, 1000 + n - 1, 1), 0, "a short read");
			am_is(a, am_read(a, unit, 1000 + n, n), 0, "a long read");
			am_is(a, am_write(a, unit, 1000 + n + 1, 1), 0, "a short write");
		}
		scattered(a, d, 1000, MOST_PIECES, ATA_SECTOR / 2);
		scattered(a, d, 1100, 2, ATA_SECTOR / 2);
		scattered(a, d, 1000, MOST_PIECES + 2, ATA_SECTOR);
		am_is(a, am_read(a, unit, 1001, 1), 0, "a read of one sector");
	}
}

/* ---- patience -------------------------------------------------------------------- */

/* @f strikes a request of @op, which ends with @rc; so many times. */
static void patient(struct am *a, u32 unit, enum trv_req_op op, struct ide_fault f, int rc,
		    const char *what)
{
	u32 i;
	int got;

	if (a->lost >> unit & 1)
		return;
	f.drive = unit;
	f.op = am_op(a, op, unit);
	i = ide_fault_add(a->s.dev, &f);
	got = op == TRV_REQ_FLUSH ? am_flush(a, unit) : am_read(a, unit, f.first, 4);
	am_is(a, got, rc, what);
	if (am_steady(a) && got == rc)
		am_is(a, (int)ide_fault_hits(a->s.dev, i), (int)f.times, "its number of faults");
	ide_faults_clear(a->s.dev);
}

static void disk_is_patient(struct am *a, u32 unit)
{
	const struct ide_fault bad = { .kind = IDE_F_ABRT, .times = FLUSH_BAD };
	const struct ide_fault crc = {
		.kind = IDE_F_ICRC, .first = 40, .last = 40, .times = CRC_TRIES - 1
	};

	patient(a, unit, TRV_REQ_FLUSH, bad, -EIO, "a flush past bad sectors");
	if (a->lost >> unit & 1)
		return;
	am_is(a, am_flush(a, unit), 0, "the flush after it");
	/* Where there is but one DMA mode, the third one costs it. */
	if (trv_dev_ident(a->s.dev)->vendor == PIIX_VENDOR && am_has_dma(a, unit))
		patient(a, unit, TRV_REQ_READ, crc, 0, "a read with four CRC errors");
}

static void cd_is_patient(struct am *a, u32 unit)
{
	const struct ide_fault abort = {
		.kind = IDE_F_ABRT, .first = 40, .last = 40, .times = PACKET_RETRIES
	};
	const struct ide_fault cut = { .kind = IDE_F_SHORT, .first = 40, .last = 40, .times = 1 };
	bool dma = am_has_dma(a, unit), raw = a->raw, now;

	patient(a, unit, TRV_REQ_READ, abort, 0, "a read that is aborted five times");
	if (!am_cut_shows(a, unit))
		return;
	patient(a, unit, TRV_REQ_READ, cut, 0, "a read that ends too early once");
	/* That costs the DMA only when it happens twice in a row. */
	now = am_has_dma(a, unit);
	if (am_steady(a) && !raw)
		sim_expect_eq(now, dma);
}

void am_patience(struct am *a)
{
	am_go_on(a);
	for (struct trv_disk *d = each(a, NULL); d; d = each(a, d)) {
		if (is_cd(d))
			cd_is_patient(a, trv_disk_info(d)->unit);
		else if (trv_disk_info(d)->flags & TRV_DISK_WRITE_CACHE)
			disk_is_patient(a, trv_disk_info(d)->unit);
	}
}

/* ---- sleep ------------------------------------------------------------------------ */

void am_sleep(struct am *a)
{
	int rc;

	am_settle(a);
	rc = sim_suspend(a->s.dev);
	am_is(a, rc, 0, "suspend");
	if (rc)
		return;
	if (am_steady(a))
		for (u32 i = 0; i < IDE_DRIVES; i++)
			if (!(a->lost >> i & 1) && ide_caps(a->s.dev, i)->present)
				sim_expect_eq(ide_stats(a->s.dev, i)->dirty, 0);
	ide_power_cut(a->s.dev);
	am_is(a, sim_resume(a->s.dev), 0, "resume");
	/* With the power they come back; what is in a tray somebody has to ask. */
	a->lost = 0;
	for (struct trv_disk *d = each(a, NULL); d; d = each(a, d))
		if (is_cd(d) && !scn_medium(&a->s, d))
			am_is(a, -ENOMEDIUM, 0, "the disc after a sleep");
}
