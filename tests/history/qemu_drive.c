// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* QEMU's ide-hd and ide-cd (7.2, hw/ide/core.c, atapi.c), as data for our models. */
#include <stdio.h>
#include <string.h>

#include <os/test-sim/models/ide_test.h>
#include <trivet/hw/ata.h>
#include <trivet/hw/atapi.h>
#include <trivet/hw/piix.h>

#include "history.h"
#include "qemu_drive.h"

/** struct id_word - bits of IDENTIFY that tell of nothing our models do: all but @mask is theirs */
struct id_word {
	u16 word, mask, val;
};

enum { ALL = 0xffff };

/* Retired words with values of their time, versions, features apart from data; no checksum. */
static const struct id_word disk_words[] = {
	{ 4, ALL, 63 * ATA_SECTOR },
	{ 5, ALL, ATA_SECTOR },
	{ 20, ALL, 3 },
	{ 21, ALL, 512 },
	{ 22, ALL, 4 },
	{ 48, ALL, 1 },
	{ ATA_ID_CAPS, ATA_ID_CAPS_IORDY_OFF, 0 },
	{ ATA_ID_CAPS2, ALL, 0 },
	{ 52, ALL, 0x0200 },
	{ 62, ALL, 0x0007 },
	{ ATA_ID_MAJOR, ALL, 0x00f0 },
	{ ATA_ID_MINOR, ALL, 0x0016 },
	{ ATA_ID_CMDS1, ATA_ID_CMDS1_NOP | 1, ATA_ID_CMDS1_NOP | 1 },
	{ ATA_ID_ENABLED1, ATA_ID_CMDS1_NOP | 1, ATA_ID_CMDS1_NOP | 1 },
	{ ATA_ID_RESET_RESULT, 0x1fff, 0x0001 },
	{ ATA_ID_SECTOR_SIZE, ALL, 0x6000 },
	{ ATA_ID_ROTATION, ALL, 0 },
	{ ATA_ID_INTEGRITY, ALL, 0 },
};

static const struct id_word cd_words[] = {
	{ 20, ALL, 3 },
	{ 21, ALL, 512 },
	{ 22, ALL, 4 },
	{ 48, ALL, 1 },
	{ ATA_ID_CAPS, ATA_ID_CAPS_IORDY | ATA_ID_CAPS_IORDY_OFF, 0 },
	{ 51, ALL, 0 },
	{ ATA_ID_VALID, ATA_ID_VALID_54_58, ATA_ID_VALID_54_58 },
	{ 62, ALL, 0x0007 },
	{ 65, ALL, 0x00b4 },
	{ 66, ALL, 0x00b4 },
	{ 67, ALL, 0x012c },
	{ 68, ALL, 0x00b4 },
	{ 71, ALL, 0x001e },
	{ 72, ALL, 0x001e },
	{ ATA_ID_MAJOR, ALL, 0x001e },
	{ ATA_ID_CMDS1, ALL, 0 },
	{ ATA_ID_CMDS2, ALL, 0 },
	{ ATA_ID_CMDS3, ALL, 0 },
	{ ATA_ID_ENABLED1, ALL, 0 },
	{ ATA_ID_ENABLED3, ALL, 0 },
	{ ATA_ID_UDMA, 0x007f, 0x003f },
	{ ATA_ID_RESET_RESULT, ALL, 0 },
	{ ATA_ID_INTEGRITY, ALL, 0 },
};

static const u8 inquiry[INQUIRY_BYTES + 1] = "\x05\x80\x00\x21\x1f\0\0\0"
					     "QEMU    "
					     "QEMU DVD-ROM    "
					     "2.5+";

static const u8 mode_caps[] = { MODE_PAGE_CAPS, 0x14, 0x3b, 0x00, 0x71, 0x60, 0x29, 0x00,
				0x02,		0xc0, 0x00, 0x02, 0x02, 0x00, 0x02, 0xc0,
				0x00,		0x00, 0x00, 0x00, 0x00, 0x00 };

static void name(char *to, size_t len, const char *text)
{
	snprintf(to, len, "%s", text);
}

static void traits(struct trv_dev *dev, u32 i)
{
	/* Nobody there: zeroes, on an empty channel and for an absent device 1. */
	ide_trait_set(dev, i, IDE_T_FLOATING, 2);
	ide_trait_set(dev, i, IDE_T_ABSENT, 1);
	/* It does not say how many blocks of ranges it takes. */
	ide_trait_set(dev, i, IDE_T_TRIM, 1);
}

void qemu_drive(struct trv_dev *dev, u32 i)
{
	struct ide_caps *c = ide_caps(dev, i);
	bool cd = c->present && ide_is_cd(dev, i);
	const struct id_word *w = cd ? cd_words : disk_words;
	size_t n = cd ? TRV_ARRAY_SIZE(cd_words) : TRV_ARRAY_SIZE(disk_words);

	traits(dev, i);
	if (!c->present)
		return;
	name(c->model, sizeof(c->model), cd ? "QEMU DVD-ROM" : "QEMU HARDDISK");
	name(c->firmware, sizeof(c->firmware), "2.5+");
	snprintf(c->serial, sizeof(c->serial), "HIST%u", i);
	c->fua = false;
	c->look_ahead = false;
	c->rotating = true;
	c->multiple = cd ? 0 : 16;
	if (cd) {
		c->drq_type = 2;
		c->inquiry = inquiry;
		c->mode_caps = mode_caps;
		c->medium_type = 0x70;
		c->lead_out = 0x16;
	}
	for (size_t k = 0; k < n; k++)
		ide_identify_bits(dev, i, w[k].word, w[k].mask, w[k].val);
	ide_used(dev, i, ATA_XFER_UDMA | 5);
}

void qemu_firmware(struct trv_dev *dev)
{
	sim_pci_cfg_set(dev, PIIX_IDETIM0, 2, 0);
	sim_pci_cfg_set(dev, PIIX_IDETIM1, 2, 0);
	sim_pci_cfg_set(dev, PIIX_SIDETIM, 1, 0);
	if (trv_dev_ident(dev)->device != PIIX_DEV_PIIX4)
		return;
	sim_pci_cfg_set(dev, PIIX_UDMACTL, 1, 0);
	sim_pci_cfg_set(dev, PIIX_UDMATIM, 2, 0);
}
