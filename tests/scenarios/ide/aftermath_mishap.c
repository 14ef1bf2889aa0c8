// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What a driver has to survive, and how each of them ends: aftermath.h. */
#include <string.h>

#include <trivet/hw/atapi.h>

#include "aftermath.h"

enum { PLACE_DISK = 3000, PLACE_CD = 300, BLOCKS = 8 };

#define READ TRV_REQ_READ
#define WRITE TRV_REQ_WRITE
#define FLUSH TRV_REQ_FLUSH
#define TRIM TRV_REQ_DISCARD
#define F(k, n)                               \
	{                                     \
		.kind = IDE_F_##k, .times = n \
	}
#define DURING(k, n, o)                                         \
	{                                                       \
		.kind = IDE_F_##k, .times = n, .op = ATA_OP_##o \
	}
#define IN_PACKET(k, n, p)                                          \
	{                                                           \
		.kind = IDE_F_##k, .times = n, .packet = PACKET_##p \
	}

#define DISK(name, op, ...)                         \
	{                                           \
		name, op, false, false, __VA_ARGS__ \
	}
#define DMA(name, op, ...)                         \
	{                                          \
		name, op, false, true, __VA_ARGS__ \
	}
#define CD(name, ...)                                \
	{                                            \
		name, READ, true, false, __VA_ARGS__ \
	}
#define CD_DMA(name, ...)                           \
	{                                           \
		name, READ, true, true, __VA_ARGS__ \
	}

/* name, request, faults, its end, hits of the first fault, what stays */
const struct am_mishap am_mishaps[] = {
	/* The drive says what is wrong, and goes on. */
	DISK("bad-read", READ, { F(UNC, 1) }, -EIO, 1, AM_WELL),
	DISK("bad-write", WRITE, { F(IDNF, 1) }, -EIO, 1, AM_WELL),
	DISK("refused-read", READ, { F(ABRT, 1) }, -EIO, 1, AM_WELL),
	DISK("mute-write", WRITE, { F(MUTE, 1) }, -EIO, 1, AM_WELL),
	DISK("bad-flush", FLUSH, { F(UNC, 3) }, -EIO, 3, AM_WELL),
	DISK("worse-flush", FLUSH, { F(UNC, 17) }, -EIO, 16, AM_WELL),
	DISK("refused-flush", FLUSH, { F(ABRT, 17) }, -EIO, 16, AM_WELL),
	DMA("short-read", READ, { F(SHORT, 1) }, -EIO, 1, AM_WELL),
	DMA("short-write", WRITE, { F(SHORT, 1) }, -EIO, 1, AM_WELL),
	DMA("refused-trim", TRIM, { F(ABRT, 1) }, -EIO, 1, AM_WELL),
	DMA("crc-twice", READ, { F(ICRC, 2) }, 0, 2, AM_WELL),
	DMA("crc-slower", WRITE, { F(ICRC, 4) }, 0, 4, AM_SLOW),
	DMA("crc", READ, { F(ICRC, 6) }, -EILSEQ, 5, AM_SLOW),

	/* A reset is due. */
	DISK("fault-read", READ, { F(DF, 1) }, -EIO, 1, AM_WELL),
	DISK("fault-write", WRITE, { F(DF, 1) }, -EIO, 1, AM_WELL),
	DISK("fault-flush", FLUSH, { F(DF, 1) }, -EIO, 1, AM_WELL),
	DMA("fault-trim", TRIM, { F(DF, 1) }, -EIO, 1, AM_WELL),
	DISK("fault-after-bad", FLUSH, { F(UNC, 2), { .kind = IDE_F_DF, .times = 1, .skip = 2 } },
	     -EIO, 2, AM_WELL),

	/* It takes too long. */
	DISK("hang-read", READ, { F(HANG, 1) }, -ETIMEDOUT, 1, AM_WELL),
	DISK("hang-write", WRITE, { F(HANG, 1) }, -ETIMEDOUT, 1, AM_WELL),
	DMA("bus-error-read", READ, { F(BUS, 1) }, -ETIMEDOUT, 1, AM_WELL),
	DMA("bus-error-write", WRITE, { F(BUS, 1) }, -ETIMEDOUT, 1, AM_WELL),
	DISK("hang-flush", FLUSH, { F(HANG, 1) }, -ETIMEDOUT, 1, AM_WELL),
	DMA("hang-trim", TRIM, { F(HANG, 1) }, -ETIMEDOUT, 1, AM_WELL),
	DISK("hang-after-bad", FLUSH, { F(UNC, 2), { .kind = IDE_F_HANG, .times = 1, .skip = 2 } },
	     -ETIMEDOUT, 2, AM_WELL),
	DISK("slow-read", READ, { { .kind = IDE_F_LATE, .times = 1, .ns = 400 * AM_MS } }, 0, 1,
	     AM_WELL),

	/* And the reset is not all well. */
	DISK("reset-refused", READ, { F(HANG, 1), DURING(ABRT, 1, IDENTIFY) }, -ETIMEDOUT, 1,
	     AM_WELL),
	DISK("reset-lost", READ, { F(HANG, 1), DURING(HANG, 1, IDENTIFY) }, -ETIMEDOUT, 1, AM_LOST),
	DMA("reset-slower", WRITE, { F(HANG, 1), DURING(ABRT, 2, SET_FEATURES) }, -ETIMEDOUT, 1,
	    AM_SLOW),
	DISK("reset-single", READ, { F(HANG, 1), DURING(ABRT, 1, SET_MULTIPLE) }, -ETIMEDOUT, 1,
	     AM_SLOW),

	/* CD drives are asked why. */
	CD("cd-bad", { F(UNC, 1) }, -EIO, 1, AM_WELL),
	CD("cd-hardware", { F(IDNF, 1) }, -EIO, 1, AM_WELL),
	CD("cd-aborts", { F(ABRT, 5) }, 0, 5, AM_WELL),
	CD("cd-aborted", { F(ABRT, 7) }, -EIO, 6, AM_WELL),
	CD("cd-crc", { F(ICRC, 1) }, 0, 1, AM_WELL),
	CD("cd-crc-slower", { F(ICRC, 3) }, 0, 3, AM_SLOW),
	CD("cd-fault", { F(DF, 1) }, -EIO, 1, AM_WELL),
	CD("cd-hang", { F(HANG, 1) }, -ETIMEDOUT, 1, AM_WELL),
	CD("cd-no-packet", { F(NO_PACKET, 1) }, -ETIMEDOUT, 1, AM_WELL),
	CD("cd-short", { F(SHORT, 1) }, 0, 1, AM_WELL),
	CD_DMA("cd-short-twice", { F(SHORT, 2) }, 0, 2, AM_SLOW),
	CD("cd-slow", { { .kind = IDE_F_LATE, .times = 1, .ns = 400 * AM_MS } }, 0, 1, AM_WELL),
	CD("cd-sense-fails", { F(ABRT, 1), IN_PACKET(ABRT, 1, REQUEST_SENSE) }, 0, 1, AM_WELL),
	CD("cd-sense-bad", { F(UNC, 1), IN_PACKET(ABRT, 1, REQUEST_SENSE) }, -EIO, 1, AM_WELL),
	CD("cd-sense-fault", { F(UNC, 1), IN_PACKET(DF, 1, REQUEST_SENSE) }, -EIO, 1, AM_WELL),
	CD("cd-sense-short", { F(UNC, 1), IN_PACKET(SHORT, 1, REQUEST_SENSE) }, -EIO, 1, AM_WELL),
	CD("cd-sense-hangs", { F(UNC, 1), IN_PACKET(HANG, 1, REQUEST_SENSE) }, -ETIMEDOUT, 1,
	   AM_WELL),
	CD("cd-sense-slow",
	   { F(UNC, 1),
	     { .kind = IDE_F_LATE, .times = 1, .packet = PACKET_REQUEST_SENSE, .ns = 400 * AM_MS } },
	   -EIO, 1, AM_WELL),
	CD("cd-reset-lost", { F(HANG, 1), DURING(HANG, 2, IDENTIFY_PACKET) }, -ETIMEDOUT, 1,
	   AM_LOST),
};
const u32 am_n_mishaps = TRV_ARRAY_SIZE(am_mishaps);

const struct am_mishap *am_mishap(const char *name)
{
	for (u32 i = 0; i < am_n_mishaps; i++)
		if (!strcmp(am_mishaps[i].name, name))
			return &am_mishaps[i];
	sim_fail(SIM_EXPECT, SIM_SITE, "no mishap is called %s", name);
}

bool am_suits(struct am *a, const struct am_mishap *m, u32 unit)
{
	struct trv_disk *d;
	u32 flags;

	if (!ide_caps(a->s.dev, unit)->present || a->lost >> unit & 1)
		return false;
	d = scn_disk(&a->s, unit);
	if (!d)
		return false;
	flags = trv_disk_info(d)->flags;
	if (m->cd != !!(flags & TRV_DISK_REMOVABLE) || (m->dma && !am_has_dma(a, unit)))
		return false;
	/* Where firmware made the timing the third CRC error costs all DMA, and there is no fourth. */
	if (m->fault[0].kind == IDE_F_ICRC && m->fault[0].times > 3 &&
	    trv_dev_ident(a->s.dev)->vendor != PIIX_VENDOR)
		return false;
	if (m->fault[0].kind == IDE_F_SHORT && !am_cut_shows(a, unit))
		return false;
	if (m->op == FLUSH)
		return flags & TRV_DISK_WRITE_CACHE;
	return m->op != TRIM || flags & TRV_DISK_DISCARD;
}

u8 am_op(struct am *a, enum trv_req_op op, u32 unit)
{
	if (op == TRIM)
		return ATA_OP_DATA_SET_MANAGEMENT;
	if (op != FLUSH)
		return 0;
	return ide_caps(a->s.dev, unit)->lba48 ? ATA_OP_FLUSH_EXT : ATA_OP_FLUSH;
}

int am_begin(struct am *a, const struct am_mishap *m, u32 unit, struct scn_io *io)
{
	u64 lba = m->cd ? PLACE_CD : PLACE_DISK;

	for (u32 i = 0; i < TRV_ARRAY_SIZE(m->fault) && m->fault[i].times; i++) {
		struct ide_fault f = m->fault[i];

		f.drive = unit;
		if (!f.op && !f.packet)
			f.op = am_op(a, m->op, unit);
		if (!i && (m->op == READ || m->op == WRITE) && f.kind != IDE_F_NO_PACKET)
			f.first = f.last = lba;
		ide_fault_add(a->s.dev, &f);
	}
	if (m->op == FLUSH)
		return scn_submit(&a->s, io, unit, FLUSH, 0, 0);
	return scn_submit(&a->s, io, unit, m->op, lba, BLOCKS);
}

void am_happen(struct am *a, const struct am_mishap *m, u32 unit)
{
	struct scn_io io;
	int rc;

	am_go_on(a);
	if (a->lost >> unit & 1 || (sim_deviated() && m->dma && !am_has_dma(a, unit)))
		return;
	/* Not in the reset that is due after the one before. */
	if (m->fault[1].op || m->fault[0].kind == IDE_F_NO_PACKET)
		am_is(a, am_read(a, unit, 2, 1), 0, "a read before");
	rc = am_begin(a, m, unit, &io);
	if (!rc)
		rc = scn_wait(&io);
	/*
	 * What cannot be mapped goes by PIO, and meets nothing of DMA's; and a CD drive that is
	 * asked once more has no fault left.
	 */
	if (rc || am_steady(a) || !(m->dma || m->cd))
		am_is(a, rc, m->rc, m->name);
	if (rc == m->rc && am_steady(a))
		am_is(a, (int)ide_fault_hits(a->s.dev, 0), (int)m->hits, "its number of faults");
	am_idle(a);
	a->last = m->name;
	if (m->lasts == AM_LOST && am_steady(a))
		a->lost |= 1u << unit;
}
