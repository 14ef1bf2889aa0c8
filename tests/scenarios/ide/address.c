// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Addresses and counts at the edges of 8, 16, 28, 32 and 48 bits. */
#include "ide_scn.h"

#define BIT28 (1ULL << 28)
#define BIT32 (1ULL << 32)
#define BIT48 (1ULL << 48)

static bool is_ext(u8 op)
{
	switch (op) {
	case ATA_OP_READ_DMA_EXT:
	case ATA_OP_WRITE_DMA_EXT:
	case ATA_OP_WRITE_DMA_FUA_EXT:
	case ATA_OP_READ_SECTORS_EXT:
	case ATA_OP_WRITE_SECTORS_EXT:
	case ATA_OP_READ_MULTIPLE_EXT:
	case ATA_OP_WRITE_MULTIPLE_EXT:
		return true;
	default:
		return false;
	}
}

/* A disk without 48-bit commands, as large as 28 bits allow. */
static struct scn big28(void)
{
	struct scn s = scn_plug(PIIX4 "disk0=sparse:1T");
	struct ide_caps *c = ide_caps(s.dev, 0);

	c->lba48 = c->fua = c->trim = false;
	ide_capacity(s.dev, 0, ATA_LBA28_CAPACITY);
	return s;
}

SIM_SCENARIO(lba28_edge, "ide/lba28-edge",
	     "the last sectors of the largest disk without 48-bit commands")
{
	struct scn s = big28();
	u64 end = ATA_LBA28_CAPACITY;

	if (!scn_bind(&s))
		return;
	scn_rw_ok(&s, 0, end - 1, 1);
	scn_rw_ok(&s, 0, end - 256, 256);
	scn_rw_ok(&s, 0, 1 << 24, 3);
	scn_fails(scn_read(&s, 0, end, 1), -ERANGE, "a read past the end");
	sim_expect(sim_deviated() || !is_ext(scn_last(&s, 0)->op));
	scn_down(&s);
}

SIM_SCENARIO(count_256, "ide/count-256", "256 sectors are 0 in an 8-bit Sector Count")
{
	struct scn s = big28();

	if (!scn_bind(&s))
		return;
	scn_rw_ok(&s, 0, 4096, 256);
	if (!sim_deviated()) {
		sim_expect_eq(scn_last(&s, 0)->count, 256);
		sim_expect(!is_ext(scn_last(&s, 0)->op));
	}
	scn_rw_ok(&s, 0, 4096, 255);
	scn_down(&s);
}

SIM_SCENARIO(lba48_edge, "ide/lba48-edge", "requests before, across and after sector 2^28")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 "disk0=sparse:1T"))
		return;
	/* 28-bit commands reach sector 2^28 - 2: word 60 cannot say more. */
	for (u32 i = 0; i < 4; i++)
		scn_rw_ok(&s, 0, BIT28 - 3 + i, 1);
	scn_rw_ok(&s, 0, BIT28 - 4, 3);
	scn_rw_ok(&s, 0, BIT28 - 4, 4);
	scn_rw_ok(&s, 0, BIT28 - 4, 8);
	sim_expect(sim_deviated() || is_ext(scn_last(&s, 0)->op));
	scn_rw_ok(&s, 0, BIT28, 256);
	scn_ok(scn_read(&s, 0, 0, 8), "a read at 0, which a wrapped address would have hit");
	scn_down(&s);
}

SIM_SCENARIO(lba48_pio, "ide/lba48-pio", "the same by PIO and by MULTIPLE")
{
	for (u32 multi = 0; multi <= 16; multi += 16) {
		struct scn s = scn_plug(PIIX4 "disk0=sparse:1T");

		scn_option(&s, "dma", 0);
		scn_option(&s, "multi", multi);
		if (!scn_bind(&s))
			return;
		scn_rw_ok(&s, 0, BIT28 - 4, 8);
		scn_rw_ok(&s, 0, BIT28 + 7, 40);
		scn_down(&s);
	}
}

SIM_SCENARIO(lba48_high, "ide/lba48-high",
	     "beyond 2^32 sectors on a disk of 8 TiB, and its last sector")
{
	struct scn s;
	u64 end = (8ULL << 40) / ATA_SECTOR;

	if (!scn_up(&s, PIIX4 "disk0=sparse:8T"))
		return;
	scn_rw_ok(&s, 0, BIT32 - 1, 2);
	scn_rw_ok(&s, 0, BIT32 + 0x123456, 16);
	scn_rw_ok(&s, 0, 0x2aabbccddULL, 1); /* every byte of the address its own */
	scn_rw_ok(&s, 0, end - 256, 256);
	scn_rw_ok(&s, 0, end - 1, 1);
	scn_fails(scn_read(&s, 0, end, 1), -ERANGE, "a read past the end");
	scn_fails(scn_read(&s, 0, end - 1, 2), -ERANGE, "a read across the end");
	scn_down(&s);
}

SIM_SCENARIO(lba48_most, "ide/lba48-most", "the last sector of the largest disk there can be")
{
	struct trv_disk *d;
	struct scn s;

	/* IDENTIFY counts sectors in 48 bits, so the last one is 2^48 - 2 (ACS, words 100 to 103). */
	if (!scn_up(&s, PIIX4 "disk0=sparse:144115188075855360"))
		return;
	d = scn_disk(&s, 0);
	if (d && !sim_deviated())
		sim_expect_eq(trv_disk_info(d)->blocks, BIT48 - 1);
	scn_rw_ok(&s, 0, BIT48 - 2, 1);
	scn_fails(scn_read(&s, 0, BIT48 - 1, 1), -ERANGE, "a read past the end");
	scn_rw_ok(&s, 0, 0xa1b2c3d4e5f6ULL, 1);
	scn_down(&s);
}

SIM_SCENARIO(lba48_off, "ide/lba48-option", "lba48=0: the disk ends where 28 bits do")
{
	struct scn s = scn_plug(PIIX4 "disk0=sparse:1T");
	struct trv_disk *d;

	scn_option(&s, "lba48", 0);
	if (!scn_bind(&s))
		return;
	d = scn_disk(&s, 0);
	if (d)
		sim_expect_eq(trv_disk_info(d)->blocks, ATA_LBA28_CAPACITY);
	scn_rw_ok(&s, 0, ATA_LBA28_CAPACITY - 256, 256);
	scn_fails(scn_read(&s, 0, ATA_LBA28_CAPACITY, 1), -ERANGE, "a read past the end");
	scn_down(&s);
}

/* A read of @n sectors, and a write of one more, which the class splits. */
static void long_requests(struct scn *s, u32 n)
{
	struct scn_io io;

	if (scn_ok(scn_submit(s, &io, 0, TRV_REQ_READ, 50, n), "submit"))
		scn_ok(scn_wait(&io), "the long read");
	if (scn_ok(scn_submit(s, &io, 0, TRV_REQ_WRITE, 60, n + 1), "submit"))
		scn_ok(scn_wait(&io), "the long write");
}

SIM_SCENARIO(split_request, "ide/split-request",
	     "the longest request of a disk without 48 bits, and one sector more")
{
	struct scn s = scn_plug(PIIX4 "disk0=mem:16M");
	struct trv_disk *d;

	ide_caps(s.dev, 0)->lba48 = false;
	if (!scn_bind(&s))
		return;
	d = scn_disk(&s, 0);
	if (d) {
		sim_expect_eq(trv_disk_info(d)->max_blocks, ATA_COUNT_MAX_LBA28);
		long_requests(&s, ATA_COUNT_MAX_LBA28);
	}
	scn_down(&s);
}

SIM_SCENARIO_LONG(max_request, "ide/max-request",
		  "the longest request the driver says it takes, and one sector more")
{
	struct trv_disk *d;
	struct scn s;

	if (!scn_up(&s, PIIX4 "disk0=mem:64M"))
		return;
	d = scn_disk(&s, 0);
	if (d)
		long_requests(&s, trv_disk_info(d)->max_blocks);
	scn_down(&s);
}

enum { PIECE = ATA_SECTOR / 4 }; /* so that not the number of sectors ends a request */

/* More pieces of memory than a descriptor table has room for; each is compared by itself. */
static void in_pieces(struct scn *s, u32 n)
{
	struct trv_vec *vec = sim_own(n * sizeof(*vec));
	struct scn_io io = { .s = s };
	u8 *memory = sim_buf(n * (PIECE + 2));

	for (u32 i = 0; i < n; i++)
		vec[i] = (struct trv_vec){ memory + i * (PIECE + 2), PIECE };
	if (!scn_submit_vec(&io, TRV_REQ_READ, 77, n * PIECE / ATA_SECTOR, vec, n))
		sim_fail(SIM_EXPECT, SIM_SITE, "%u pieces are refused", n);
	scn_ok(scn_end(&io), "a read into many pieces");
	if (io.io.status)
		return;
	scn_room(s, n * PIECE / ATA_SECTOR);
	ide_medium_read(s->dev, 0, 77, n * PIECE / ATA_SECTOR, s->want);
	for (u32 i = 0; i < n; i++)
		if (memcmp(vec[i].buf, s->want + i * PIECE, PIECE))
			sim_fail(SIM_DATA, SIM_SITE, "piece %u of %u differs", i, n);
}

SIM_SCENARIO_LONG(most_pieces, "ide/most-pieces",
		  "a request in more pieces of memory than the driver says it takes at once")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 "disk0=mem:64M"))
		return;
	in_pieces(&s, 1104);
	in_pieces(&s, 2104);
	scn_down(&s);
}
