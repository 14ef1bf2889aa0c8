// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Drives that say something unusual of themselves, and drives that are exchanged. */
#include <string.h>

#include "ide_scn.h"

static const struct trv_disk_info *info(struct scn *s, u32 unit)
{
	struct trv_disk *d = scn_disk(s, unit);

	return d ? trv_disk_info(d) : NULL;
}

static void expect_mode(struct scn *s, u32 unit, const char *want)
{
	const struct trv_disk_info *i = info(s, unit);

	if (i && !sim_deviated() && strcmp(i->mode, want))
		sim_fail(SIM_EXPECT, SIM_SITE, "mode \"%s\", expected \"%s\"", i->mode, want);
}

SIM_SCENARIO(old_drive, "ide/identify-old",
	     "a drive of before ATA-4: no checksum, no mode words but the oldest, no IORDY")
{
	struct scn s = scn_plug(PIIX4 "disk0=mem:4M");

	ide_identify_set(s.dev, 0, ATA_ID_VALID, 0);
	ide_identify_set(s.dev, 0, ATA_ID_PIO_OLD, 0x0100);
	ide_identify_set(s.dev, 0, ATA_ID_CAPS, ATA_ID_CAPS_LBA | ATA_ID_CAPS_DMA);
	ide_identify_set(s.dev, 0, ATA_ID_INTEGRITY, 0);
	if (!scn_bind(&s))
		return;
	/* Word 88 does not count, word 63 always did. */
	expect_mode(&s, 0, "MWDMA2");
	if (!sim_deviated()) {
		u32 tim = sim_pci_cfg_get(s.dev, PIIX_IDETIM0, 2);

		/* PIO cannot keep up with the timing of its DMA, and must not wait for IORDY. */
		sim_expect(tim & PIIX_IDETIM0_DTE0);
		sim_expect(!(tim & PIIX_IDETIM0_IE0));
		sim_expect_eq(ide_xfer_mode(s.dev, 0), ATA_XFER_MWDMA | 2);
	}
	scn_rw_ok(&s, 0, 100, 20);
	scn_down(&s);
}

SIM_SCENARIO(slowest_drive, "ide/identify-pio1",
	     "PIO 1 and nothing else runs at the compatible timing")
{
	struct scn s = scn_plug(PIIX4 "disk0=mem:4M");
	struct ide_caps *c = ide_caps(s.dev, 0);

	c->dma = false;
	c->pio = 2;
	c->multiple_max = 0;
	ide_identify_set(s.dev, 0, ATA_ID_PIO_OLD, 0x0100);
	if (!scn_bind(&s))
		return;
	expect_mode(&s, 0, "PIO1");
	if (!sim_deviated())
		sim_expect_eq(sim_pci_cfg_get(s.dev, PIIX_IDETIM0, 2) & 0xf, 0);
	scn_rw_ok(&s, 0, 100, 20);
	scn_down(&s);
}

SIM_SCENARIO(sector_sizes, "ide/identify-sector-size",
	     "logical sectors too short, too long, or no power of two: not used; the other drive is")
{
	static const u32 words[] = { 128, 300, 4096, 65536 + 256 };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(words); i++) {
		struct scn s = scn_plug(PIIX4 TWO_DISKS);

		ide_identify_set(s.dev, 0, ATA_ID_SECTOR_SIZE,
				 ATA_ID_SIGNATURE | ATA_ID_SECTOR_LOGICAL_BIG);
		ide_identify_set(s.dev, 0, ATA_ID_LOGICAL_WORDS, words[i] & 0xffff);
		ide_identify_set(s.dev, 0, ATA_ID_LOGICAL_WORDS + 1, words[i] >> 16);
		scn_absent(0);
		if (!scn_bind(&s))
			return;
		if (!sim_deviated())
			sim_expect_eq(scn_disks(&s), 1);
		scn_rw_ok(&s, 1, 100, 20);
		scn_down(&s);
	}
}

SIM_SCENARIO(capacities, "ide/identify-capacity",
	     "48-bit words that say nothing, 28-bit ones that say too much, sizes that do not count")
{
	struct scn s = scn_plug(PIIX4 FOUR_DISKS);
	const struct trv_disk_info *i;
	u64 sectors = ide_sectors(s.dev, 0);

	for (u32 w = 0; w < 4; w++)
		ide_identify_set(s.dev, 0, ATA_ID_LBA48 + w, 0);
	ide_caps(s.dev, 1)->lba48 = false;
	ide_identify_set(s.dev, 1, ATA_ID_LBA28, 0x5678);
	ide_identify_set(s.dev, 1, ATA_ID_LBA28 + 1, 0x1234);
	/* An exponent without its flag; all of it without a signature. */
	ide_identify_set(s.dev, 2, ATA_ID_SECTOR_SIZE, ATA_ID_SIGNATURE | 3);
	ide_identify_set(s.dev, 3, ATA_ID_SECTOR_SIZE, ATA_ID_SECTOR_MULTIPLE | 3);
	if (!scn_bind(&s))
		return;
	i = info(&s, 0);
	sim_expect(!i || i->blocks == sectors);
	i = info(&s, 1);
	sim_expect(!i || i->blocks == ATA_LBA28_CAPACITY);
	/* It says that it trims, by a 48-bit command that it has not. */
	sim_expect(!i || !(i->flags & TRV_DISK_DISCARD));
	for (u32 unit = 2; unit < IDE_DRIVES; unit++) {
		i = info(&s, unit);
		sim_expect(!i || i->phys_block == ATA_SECTOR);
	}
	scn_rw_ok(&s, 0, 100, 20);
	sim_unbind(s.dev);
}

SIM_SCENARIO(not_ata, "ide/identify-not-ata",
	     "what is no ATA device, or knows cylinders and heads alone, is left alone")
{
	struct scn s = scn_plug(PIIX4 "disk0=mem:4M,disk1=mem:4M,disk2=mem:4M");

	ide_identify_set(s.dev, 0, ATA_ID_CONFIG, ATA_ID_CONFIG_NOT_ATA);
	ide_identify_set(s.dev, 1, ATA_ID_CAPS, ATA_ID_CAPS_DMA);
	scn_absent(0);
	scn_absent(1);
	if (!scn_bind(&s))
		return;
	if (!sim_deviated())
		sim_expect_eq(scn_disks(&s), 1);
	scn_rw_ok(&s, 2, 100, 20);
	sim_expect_eq(ide_stats(s.dev, 0)->written, 0);
	sim_expect_eq(ide_stats(s.dev, 1)->written, 0);
	scn_down(&s);
}

SIM_SCENARIO(blank, "ide/identify-blank", "no model, no serial: empty names, and a working disk")
{
	struct scn s = scn_plug(PIIX4 "disk0=mem:4M");
	const struct trv_disk_info *i;

	ide_caps(s.dev, 0)->model[0] = '\0';
	ide_caps(s.dev, 0)->serial[0] = '\0';
	if (!scn_bind(&s))
		return;
	i = info(&s, 0);
	if (i) {
		sim_expect_eq(i->model[0], '\0');
		sim_expect_eq(i->serial[0], '\0');
	}
	scn_rw_ok(&s, 0, 100, 20);
	scn_down(&s);
}

/* ---- caches --------------------------------------------------------------- */

SIM_SCENARIO(flush_short, "ide/flush-no-ext",
	     "48-bit addresses, but FLUSH CACHE only: that one is used, and it flushes")
{
	struct scn s = scn_plug(PIIX4 "disk0=mem:4M");

	ide_identify_set(s.dev, 0, ATA_ID_CMDS2,
			 ATA_ID_SIGNATURE | ATA_ID_CMDS2_LBA48 | ATA_ID_CMDS2_FLUSH);
	if (!scn_bind(&s))
		return;
	scn_ok(scn_write(&s, 0, 100, 32), "a write");
	if (scn_ok(scn_flush(&s, 0), "the flush")) {
		sim_expect_eq(ide_stats(s.dev, 0)->dirty, 0);
		sim_expect(sim_deviated() || ide_count_op(s.dev, 0, ATA_OP_FLUSH) == 1);
	}
	sim_expect_eq(ide_count_op(s.dev, 0, ATA_OP_FLUSH_EXT), 0);
	scn_down(&s);
}

/* A drive on which word @word reads @val has not the abilities @not. */
static void lacks(u32 word, u16 val, u32 not )
{
	struct scn s = scn_plug(PIIX4 "disk0=mem:4M");
	const struct trv_disk_info *i;

	ide_identify_set(s.dev, 0, word, val);
	if (!scn_bind(&s))
		return;
	i = info(&s, 0);
	if (i)
		sim_expect_eq(i->flags & not, 0);
	scn_rw_ok(&s, 0, 100, 20);
	scn_ok(scn_flush(&s, 0), "a flush with nothing to do");
	if (not &TRV_DISK_WRITE_CACHE)
		sim_expect_eq(ide_stats(s.dev, 0)->flushes, 0);
	scn_down(&s);
}

SIM_SCENARIO(cache_off, "ide/cache-off", "a write cache that is switched off is not flushed")
{
	lacks(ATA_ID_ENABLED1, ATA_ID_CMDS1_LOOK_AHEAD, TRV_DISK_WRITE_CACHE);
}

SIM_SCENARIO(cache_unsigned, "ide/cache-unsigned",
	     "words 85 to 87 are not believed where nobody filled them in")
{
	lacks(ATA_ID_ENABLED3, 0, TRV_DISK_WRITE_CACHE);
}

SIM_SCENARIO(cache_unflushable, "ide/cache-no-flush",
	     "without any FLUSH CACHE there is neither a cache to speak of nor FUA")
{
	lacks(ATA_ID_CMDS2, ATA_ID_SIGNATURE | ATA_ID_CMDS2_LBA48,
	      TRV_DISK_WRITE_CACHE | TRV_DISK_FUA);
}

SIM_SCENARIO(trim_one, "ide/trim-one-block",
	     "TRIM that does not say how long its list may be: one block of ranges")
{
	struct scn s = scn_plug(PIIX4 "disk0=mem:4M");
	const struct trv_disk_info *i;
	struct trv_disk *d;

	ide_identify_set(s.dev, 0, ATA_ID_DSM_BLOCKS, 0);
	if (!scn_bind(&s))
		return;
	i = info(&s, 0);
	if (i && !sim_deviated())
		sim_expect_eq(i->max_discard, ATA_DSM_RANGES_PER_BLOCK * ATA_DSM_RANGE_MAX);
	d = scn_disk(&s, 0);
	if (d && i->flags & TRV_DISK_DISCARD) {
		scn_ok(trv_disk_rw(d, TRV_REQ_DISCARD, 1000, 500, NULL), "a discard");
		sim_expect(sim_deviated() || ide_stats(s.dev, 0)->trimmed == 500);
	}
	scn_down(&s);
}

/* ---- exchanged ------------------------------------------------------------ */

/*
 * Asleep, unit 1 becomes another drive: it is not given the old one's requests. Its name differs in
 * the last letter, as those of drives of one make do.
 */
static void exchange(struct scn *s, char *name)
{
	char *letter = name + strlen(name) - 1;

	if (!scn_bind(s))
		return;
	scn_rw_ok(s, 1, 100, 20);
	if (scn_ok(sim_suspend(s->dev), "suspend")) {
		u64 written = ide_stats(s->dev, 1)->written;

		*letter ^= 1;
		ide_power_cut(s->dev);
		if (scn_ok(sim_resume(s->dev), "resume")) {
			scn_fails(scn_write(s, 1, 100, 20), -ENODEV, "a write to what was there");
			scn_fails(scn_read(s, 1, 100, 20), -ENODEV, "a read of it");
			scn_rw_ok(s, 0, 100, 20);
		}
		sim_expect_eq(ide_stats(s->dev, 1)->written, written);
		*letter ^= 1;
	}
	sim_unbind(s->dev);
	s->bound = false;
}

SIM_SCENARIO(swap_model, "ide/swap-model",
	     "another drive after the sleep is not the disk of before")
{
	struct scn s = scn_plug(PIIX4 TWO_DISKS);

	exchange(&s, ide_caps(s.dev, 1)->model);
}

SIM_SCENARIO(swap_serial, "ide/swap-serial", "nor is another of the same model")
{
	struct scn s = scn_plug(PIIX4 TWO_DISKS);

	exchange(&s, ide_caps(s.dev, 1)->serial);
}
