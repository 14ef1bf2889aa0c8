// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Every way to move data, each over the same sizes and places. */
#include <string.h>

#include "ide_scn.h"

static u64 ops(struct scn *s, u32 unit, u8 op, u8 op_ext)
{
	return ide_count_op(s->dev, unit, op) + ide_count_op(s->dev, unit, op_ext);
}

static void expect_mode(struct scn *s, u32 unit, const char *prefix)
{
	struct trv_disk *d = scn_disk(s, unit);

	if (d && !sim_deviated() && strncmp(trv_disk_info(d)->mode, prefix, strlen(prefix)))
		sim_fail(SIM_EXPECT, SIM_SITE, "mode is \"%s\", not %s", trv_disk_info(d)->mode,
			 prefix);
}

static void by_sector(bool lba48, void (*move)(struct scn *s, u32 unit))
{
	struct scn s = scn_plug(PIIX4 "disk0=mem:16M");

	ide_caps(s.dev, 0)->lba48 = lba48;
	scn_option(&s, "dma", 0);
	scn_option(&s, "multi", 0);
	if (!scn_bind(&s))
		return;
	expect_mode(&s, 0, "PIO");
	move(&s, 0);
	sim_expect_eq(ide_stats(s.dev, 0)->dma_commands, 0);
	sim_expect_eq(ops(&s, 0, ATA_OP_READ_MULTIPLE, ATA_OP_READ_MULTIPLE_EXT), 0);
	scn_down(&s);
}

SIM_SCENARIO(pio, "ide/pio", "READ and WRITE SECTORS: one interrupt and one block a sector")
{
	by_sector(true, scn_rw_few);
}

SIM_SCENARIO_LONG(pio_sizes, "ide/pio-sizes", "the same in many sizes, with 28 and 48 bits")
{
	by_sector(true, scn_rw_sizes);
	by_sector(false, scn_rw_sizes);
}

SIM_SCENARIO(pio_read, "ide/pio-read", "one PIO read of eight sectors")
{
	struct scn s = scn_plug(PIIX4 "disk0=mem:16M");

	scn_option(&s, "dma", 0);
	scn_option(&s, "multi", 0);
	if (!scn_bind(&s))
		return;
	scn_ok(scn_read(&s, 0, 77, 8), "the read");
	scn_down(&s);
}

SIM_SCENARIO(pio_write, "ide/pio-write", "one PIO write of eight sectors")
{
	struct scn s = scn_plug(PIIX4 "disk0=mem:16M");

	scn_option(&s, "dma", 0);
	scn_option(&s, "multi", 0);
	if (!scn_bind(&s))
		return;
	scn_ok(scn_write(&s, 0, 77, 8), "the write");
	scn_down(&s);
}

SIM_SCENARIO(multiple, "ide/multiple", "READ and WRITE MULTIPLE by 16, whole and broken blocks")
{
	struct scn s = scn_plug(PIIX4 "disk0=mem:16M");
	u64 blocks;

	scn_option(&s, "dma", 0);
	scn_option(&s, "multi", 16);
	if (!scn_bind(&s))
		return;
	expect_mode(&s, 0, "MULTI16");
	if (!sim_deviated())
		sim_expect_eq(ide_multiple(s.dev, 0), 16);
	blocks = ide_stats(s.dev, 0)->pio_blocks;
	scn_ok(scn_read(&s, 0, 50, 40), "a read");
	if (!sim_deviated()) {
		sim_expect_eq(scn_last(&s, 0)->count, 40);
		sim_expect_eq(ide_stats(s.dev, 0)->pio_blocks - blocks, 3);
	}
	scn_rw_few(&s, 0);
	sim_expect_eq(ide_stats(s.dev, 0)->dma_commands, 0);
	scn_down(&s);
}

static void by_block(u32 sectors, void (*move)(struct scn *s, u32 unit))
{
	struct scn s = scn_plug(PIIX4 "disk0=mem:16M");

	ide_caps(s.dev, 0)->multiple_max = sectors;
	scn_option(&s, "dma", 0);
	if (!scn_bind(&s))
		return;
	if (!sim_deviated())
		sim_expect_eq(ide_multiple(s.dev, 0), sectors);
	move(&s, 0);
	scn_down(&s);
}

SIM_SCENARIO(multiple_small, "ide/multiple-4", "a drive whose blocks are four sectors at most")
{
	by_block(4, scn_rw_few);
}

SIM_SCENARIO_LONG(multiple_sizes, "ide/multiple-sizes", "blocks of 4 and 16 sectors in many sizes")
{
	by_block(4, scn_rw_sizes);
	by_block(16, scn_rw_sizes);
}

SIM_SCENARIO(multiple_refused, "ide/multiple-refused",
	     "SET MULTIPLE is aborted: single sectors then")
{
	const struct ide_fault f = { .kind = IDE_F_ABRT, .op = ATA_OP_SET_MULTIPLE };
	struct scn s = scn_plug(PIIX4 "disk0=mem:16M");

	scn_option(&s, "dma", 0);
	ide_fault_add(s.dev, &f);
	if (!scn_bind(&s))
		return;
	scn_rw_ok(&s, 0, 300, 33);
	scn_down(&s);
}

SIM_SCENARIO(udma, "ide/udma", "Ultra DMA on PIIX4")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 "disk0=mem:16M"))
		return;
	expect_mode(&s, 0, "UDMA");
	if (!sim_deviated())
		sim_expect_eq(ide_xfer_mode(s.dev, 0), ATA_XFER_UDMA | 2);
	scn_rw_sizes(&s, 0);
	if (!sim_deviated())
		sim_expect_eq(ops(&s, 0, ATA_OP_READ_SECTORS, ATA_OP_READ_SECTORS_EXT), 0);
	sim_expect(sim_deviated() || ide_stats(s.dev, 0)->dma_commands >= 24);
	scn_down(&s);
}

SIM_SCENARIO(udma_read, "ide/udma-read", "one Ultra DMA read of 256 sectors")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 "disk0=mem:16M"))
		return;
	scn_ok(scn_read(&s, 0, 1000, 256), "the read");
	scn_down(&s);
}

SIM_SCENARIO(udma_write, "ide/udma-write", "one Ultra DMA write of 256 sectors")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 "disk0=mem:16M"))
		return;
	scn_ok(scn_write(&s, 0, 1000, 256), "the write");
	scn_down(&s);
}

SIM_SCENARIO(mwdma, "ide/mwdma", "multiword DMA on PIIX3, which has no Ultra DMA")
{
	struct scn s;

	if (!scn_up(&s, PIIX3 "disk0=mem:16M"))
		return;
	if (!sim_deviated())
		sim_expect_eq(ide_xfer_mode(s.dev, 0), ATA_XFER_MWDMA | 2);
	scn_rw_sizes(&s, 0);
	sim_expect(sim_deviated() || ide_stats(s.dev, 0)->dma_commands >= 24);
	scn_down(&s);
}

SIM_SCENARIO(slow_drive, "ide/mwdma-drive", "a drive without Ultra DMA on a controller with it")
{
	struct scn s = scn_plug(PIIX4 TWO_DISKS);

	/* What firmware left in UDMACTL for drive 0 does not suit it. */
	ide_caps(s.dev, 0)->udma = -1;
	if (!scn_bind(&s))
		return;
	if (!sim_deviated()) {
		sim_expect_eq(ide_xfer_mode(s.dev, 0), ATA_XFER_MWDMA | 2);
		sim_expect_eq(ide_xfer_mode(s.dev, 1), ATA_XFER_UDMA | 2);
	}
	scn_rw_ok(&s, 0, 10, 100);
	scn_rw_ok(&s, 1, 10, 100);
	scn_down(&s);
}

SIM_SCENARIO(mode_option, "ide/mode-option", "the user's limit on Ultra DMA is kept")
{
	for (u32 mode = 0; mode <= 2; mode++) {
		struct scn s = scn_plug(PIIX4 "disk0=mem:4M");

		scn_option(&s, "mode", mode);
		if (!scn_bind(&s))
			return;
		if (!sim_deviated())
			sim_expect_eq(ide_xfer_mode(s.dev, 0), ATA_XFER_UDMA | mode);
		scn_rw_ok(&s, 0, 10, 100);
		scn_down(&s);
	}
}

SIM_SCENARIO(cable40, "ide/cable-40", "no Ultra DMA above mode 2 over 40 conductors")
{
	struct scn s;

	if (!scn_up(&s, NATIVE "cable=40,disk0=mem:4M"))
		return;
	sim_expect((ide_xfer_mode(s.dev, 0) & 7) <= 2);
	scn_rw_ok(&s, 0, 10, 100);
	scn_down(&s);
}

SIM_SCENARIO(scatter, "ide/scatter", "one request over many odd pieces of memory")
{
	static const u32 sizes[] = { 2, 510, 6, 1018, 4096, 4094, 2, 2048, 20992, 512, 32256 };
	struct trv_vec vec[TRV_ARRAY_SIZE(sizes)];
	struct scn_io io = { 0 };
	struct trv_disk *d;
	struct scn s;
	u32 total = 0;
	int rc;

	if (!scn_up(&s, PIIX4 "disk0=mem:16M"))
		return;
	io.s = &s;
	for (u32 i = 0; i < TRV_ARRAY_SIZE(sizes); i++) {
		vec[i].buf = (u8 *)sim_buf(sizes[i] + 2) + 2; /* even, and no more than that */
		vec[i].len = sizes[i];
		total += sizes[i];
	}
	sim_expect_eq(total % ATA_SECTOR, 0);
	d = scn_disk(&s, 0);
	if (d) {
		const u8 *at;

		rc = scn_write(&s, 0, 500,
			       total / ATA_SECTOR); /* something other than the pattern */
		if (!scn_ok(rc, "the write"))
			goto out;
		rc = scn_submit(&s, &io, 0, TRV_REQ_READ, 500, total / ATA_SECTOR);
		if (!scn_ok(rc, "submit") || !scn_ok(scn_wait(&io), "the plain read"))
			goto out;
		io.dones = 0;
		io.io.vec = vec;
		io.io.n_vec = TRV_ARRAY_SIZE(vec);
		if (!scn_ok(trv_disk_submit(d, &io.io), "submit"))
			goto out;
		if (!scn_ok(scn_wait(&io), "the scattered read"))
			goto out;
		ide_medium_read(s.dev, 0, 500, total / ATA_SECTOR, s.want);
		at = s.want;
		for (u32 i = 0; i < TRV_ARRAY_SIZE(vec); i++) {
			if (memcmp(vec[i].buf, at, vec[i].len))
				sim_fail(SIM_DATA, SIM_SITE, "piece %u differs", i);
			at += vec[i].len;
		}
	}
out:
	scn_down(&s);
}

SIM_SCENARIO(odd_address, "ide/odd-address",
	     "data at an odd address, which bus mastering cannot reach")
{
	struct trv_disk *d;
	struct scn s;
	u8 *odd;

	if (!scn_up(&s, PIIX4 "disk0=mem:16M"))
		return;
	d = scn_disk(&s, 0);
	odd = (u8 *)sim_buf(9 * ATA_SECTOR) + 1;
	if (d && scn_ok(trv_disk_rw(d, TRV_REQ_READ, 40, 8, odd), "the read")) {
		scn_room(&s, 8);
		ide_medium_read(s.dev, 0, 40, 8, s.want);
		if (memcmp(odd, s.want, 8 * ATA_SECTOR))
			sim_fail(SIM_DATA, SIM_SITE, "the data at the odd address differ");
	}
	scn_down(&s);
}

/* Eight sectors to where bus mastering cannot reach, though the disk has DMA. */
static void read_by_pio(struct scn *s, u32 unit)
{
	struct trv_disk *d = scn_disk(s, unit);
	u8 *odd = (u8 *)sim_buf(9 * ATA_SECTOR) + 1;

	if (!d || !scn_ok(trv_disk_rw(d, TRV_REQ_READ, 40, 8, odd), "a read by PIO"))
		return;
	scn_room(s, 8);
	ide_medium_read(s->dev, unit, 40, 8, s->want);
	sim_expect(!memcmp(odd, s->want, 8 * ATA_SECTOR));
}

/* Two drives of which each can do what the other cannot; their cycles are the model's to judge. */
static void timing(const char *chip, u8 pio, s8 mwdma)
{
	struct scn s = scn_plug(chip);

	for (u32 unit = 0; unit < 2; unit++) {
		struct ide_caps *c = ide_caps(s.dev, unit);

		c->udma = -1;
		c->pio = unit ? 4 - pio : pio;
		c->mwdma = unit ? 1 - mwdma : mwdma;
		c->dma = c->mwdma >= 0;
	}
	if (!scn_bind(&s))
		return;
	for (u32 unit = 0; unit < 2; unit++) {
		scn_ok(scn_read(&s, unit, 100, 8), "a read as fast as can be");
		read_by_pio(&s, unit);
	}
	scn_down(&s);
}

SIM_SCENARIO(slow_pio, "ide/mwdma-slow-pio",
	     "drives whose PIO is one mode slower than their DMA: by PIO, at no DMA's pace")
{
	timing(PIIX3 "disk0=mem:1M,disk1=mem:1M", 3, 2);
}

SIM_SCENARIO_LONG(timings, "ide/timings", "the same with all modes of PIO and Multiword DMA")
{
	for (u8 pio = 0; pio <= 4; pio++)
		for (s8 mwdma = -1; mwdma <= 2; mwdma++)
			timing(PIIX4 "disk0=mem:1M,disk1=mem:1M", pio, mwdma);
}

static void random_ops(u32 n_ops)
{
	struct scn s;
	u64 x = 0x243f6a8885a308d3ULL;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	for (u32 i = 0; i < n_ops; i++) {
		u32 unit, n;
		u64 lba;
		int rc;

		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		unit = x >> 63;
		n = (x >> 40) % 256 + 1;
		lba = (x >> 20) % (ide_sectors(s.dev, unit) - n);
		switch (x >> 60 & 3) {
		case 0:
			rc = i % 16 ? scn_read(&s, unit, lba, n) : scn_flush(&s, unit);
			break;
		case 1:
			rc = scn_read(&s, unit, lba, n);
			break;
		default:
			rc = scn_write(&s, unit, lba, n);
		}
		if (!scn_ok(rc, "a random request"))
			break;
	}
	scn_down(&s);
}

SIM_SCENARIO(random_few, "ide/random",
	     "20 reads, writes and flushes of random sizes and places on two drives")
{
	random_ops(20);
}

SIM_SCENARIO_LONG(random_many, "ide/random-many", "500 of them")
{
	random_ops(500);
}
