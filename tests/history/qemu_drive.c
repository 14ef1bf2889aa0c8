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

/** struct id_word - a word of IDENTIFY that tells of nothing the model does */
struct id_word {
	u16 word, val;
};

/* Retired words with values of their time, versions, and no checksum. */
static const struct id_word disk_words[] = {
	{ ATA_ID_INTEGRITY, 0 },
};

static const struct id_word cd_words[] = {
	{ ATA_ID_INTEGRITY, 0 },
};

static void name(char *to, size_t len, const char *text)
{
	snprintf(to, len, "%s", text);
}

static void traits(struct trv_dev *dev, u32 i)
{
	/* Nobody there: all zeroes, on an empty channel and for an absent device 1. */
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
	c->rotating = true;
	if (cd)
		c->drq_type = 2;
	for (size_t k = 0; k < n; k++)
		ide_identify_set(dev, i, w[k].word, w[k].val);
}

void qemu_firmware(struct trv_dev *dev)
{
	sim_pci_cfg_set(dev, PIIX_IDETIM0, 2, PIIX_IDETIM0_DECODE);
	sim_pci_cfg_set(dev, PIIX_IDETIM1, 2, PIIX_IDETIM0_DECODE);
	sim_pci_cfg_set(dev, PIIX_SIDETIM, 1, 0);
	if (trv_dev_ident(dev)->device != PIIX_DEV_PIIX4)
		return;
	sim_pci_cfg_set(dev, PIIX_UDMACTL, 1, 0);
	sim_pci_cfg_set(dev, PIIX_UDMATIM, 2, 0);
}
