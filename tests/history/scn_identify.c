// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* IDENTIFY, and the settings that show in it. */
#include "drives.h"
#include "raw.h"

static void identify(struct ide_raw *r, u32 drive, u8 op)
{
	raw_select(r, drive);
	raw_pio_read(r, op, raw_data, ATA_ID_BYTES, ATA_ID_BYTES);
	raw_in(r, ATA_ERROR);
}

HIST(identify_disk, "ide/identify/disk", "IDENTIFY DEVICE of device 0", .model = "piix4-ide",
     .drive = { DISK })
{
	struct ide_raw *r = raw_begin(dev);

	identify(r, 0, ATA_OP_IDENTIFY);
	raw_end(r);
}

HIST(identify_large, "ide/identify/large", "of a disk beyond 2^32 sectors, secondary slave",
     .model = "piix3-ide", .drive = { [2] = DISK, [3] = { HIST_DISK, (1ULL << 32) + 2048 } })
{
	struct ide_raw *r = raw_begin(dev);

	r->ch = 1;
	identify(r, 1, ATA_OP_IDENTIFY);
	raw_end(r);
}

HIST(identify_cd, "ide/identify/cd", "IDENTIFY PACKET DEVICE", .model = "piix4-ide",
     .drive = { [2] = CD })
{
	struct ide_raw *r = raw_begin(dev);

	r->ch = 1;
	identify(r, 0, ATA_OP_IDENTIFY_PACKET);
	raw_end(r);
}

HIST(identify_other, "ide/identify/wrong-kind",
     "a disk's commands to a CD drive bring its signature; a packet device's to a disk an abort",
     .model = "piix4-ide", .drive = { CD, DISK })
{
	static const u8 of_disk[] = { ATA_OP_IDENTIFY, ATA_OP_READ_SECTORS };
	static const u8 of_cd[] = { ATA_OP_IDENTIFY_PACKET, ATA_OP_PACKET };
	struct ide_raw *r = raw_begin(dev);

	for (u32 i = 0; i < 2; i++) {
		raw_nondata(r, 0, of_disk[i], 0, 1);
		raw_block(r);
		raw_nondata(r, 1, of_cd[i], 0, 1);
		raw_block(r);
	}
	raw_end(r);
}

HIST(modes, "ide/identify/modes", "SET FEATURES: every transfer mode, and what IDENTIFY says then",
     .model = "piix4-ide", .drive = { DISK })
{
	static const u8 mode[] = {
		ATA_XFER_PIO_DEFAULT, ATA_XFER_PIO_DEFAULT_NO_IORDY,
		ATA_XFER_PIO,	      ATA_XFER_PIO | 3,
		ATA_XFER_PIO | 4,     ATA_XFER_MWDMA,
		ATA_XFER_MWDMA | 1,   ATA_XFER_MWDMA | 2,
		ATA_XFER_UDMA,	      ATA_XFER_UDMA | 1,
		ATA_XFER_UDMA | 2,    ATA_XFER_UDMA | 4,
	};
	struct ide_raw *r = raw_begin(dev);

	for (u32 i = 0; i < TRV_ARRAY_SIZE(mode); i++) {
		raw_mode(r, 0, mode[i]);
		raw_in(r, ATA_ERROR);
		identify(r, 0, ATA_OP_IDENTIFY);
	}
	raw_end(r);
}

HIST(bad_modes, "ide/identify/bad-modes", "transfer modes that there are not", .model = "piix3-ide",
     .drive = { DISK })
{
	static const u8 mode[] = { 0x18, 0x46, 0x7f, 0x80, 0xff };
	struct ide_raw *r = raw_begin(dev);

	for (u32 i = 0; i < TRV_ARRAY_SIZE(mode); i++) {
		raw_nondata(r, 0, ATA_OP_SET_FEATURES, ATA_SF_XFER_MODE, mode[i]);
		raw_in(r, ATA_ERROR);
	}
	raw_end(r);
}

HIST(features, "ide/identify/features", "SET FEATURES: the write cache, look-ahead, unknown ones",
     .model = "piix3-ide", .drive = { DISK })
{
	static const u8 sub[] = { ATA_SF_WRITE_CACHE_OFF,
				  ATA_SF_WRITE_CACHE_ON,
				  ATA_SF_LOOK_AHEAD_OFF,
				  ATA_SF_LOOK_AHEAD_ON,
				  ATA_SF_REVERT_OFF,
				  ATA_SF_REVERT_ON,
				  0x00,
				  0xfe };
	struct ide_raw *r = raw_begin(dev);

	for (u32 i = 0; i < TRV_ARRAY_SIZE(sub); i++) {
		raw_nondata(r, 0, ATA_OP_SET_FEATURES, sub[i], 0);
		raw_in(r, ATA_ERROR);
		if (i < 4)
			identify(r, 0, ATA_OP_IDENTIFY);
	}
	raw_end(r);
}

HIST(multiple, "ide/identify/multiple", "SET MULTIPLE MODE: 1 to 16, none, too many, not a power",
     .model = "piix3-ide", .drive = { DISK })
{
	static const u8 n[] = { 1, 2, 4, 16, 0, 8, 32, 3 };
	struct ide_raw *r = raw_begin(dev);

	for (u32 i = 0; i < TRV_ARRAY_SIZE(n); i++) {
		raw_nondata(r, 0, ATA_OP_SET_MULTIPLE, 0, n[i]);
		raw_in(r, ATA_ERROR);
		identify(r, 0, ATA_OP_IDENTIFY);
	}
	raw_end(r);
}
