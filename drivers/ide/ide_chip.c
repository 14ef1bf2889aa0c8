// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How fast PIIX3 and PIIX4 run the cable (PIIX4 5.1). Each drive has a data
 * timing, used for PIO and Multiword DMA alike, and on PIIX4 an Ultra DMA cycle
 * time. Other chips keep what firmware programmed.
 *
 * A cycle is its sample point plus its recovery time, in PCI clocks of 30 ns:
 * IORDY sampled after 5 - ISP clocks, recovered after another 4 - RTC.
 */
#include "ide.h"

/* struct piix_timing - the fast timing of PIO mode 0 to 4; 0 and 1 run at compatible timing */
struct piix_timing {
	u8 isp;
	u8 rtc;
};

static const struct piix_timing piix_timings[] = {
	{ 0, 0 }, /* PIO 0: compatible, 600 ns */
	{ 0, 0 }, /* PIO 1: likewise */
	{ 1, 0 }, /* PIO 2: 240 ns, 4 + 4 clocks */
	{ 2, 1 }, /* PIO 3, Multiword DMA 1: 180 ns, 3 + 3 */
	{ 2, 3 }, /* PIO 4, Multiword DMA 2: 120 ns, 3 + 1 */
};

enum {
	PIIX_MODE_FAST = 2,  /* the first that is not compatible timing */
	PIIX_MODE_IORDY = 3, /* from here on the drive may stretch a cycle */
	PIIX_MWDMA_TO_PIO = 2,
	PIIX_MWDMA_MODES = 0x6, /* 1 and 2: there is no 480 ns timing for mode 0 */
	PIIX_UDMA_MODES = (2 << PIIX_UDMA_MAX) - 1,

	PIIX_IDETIM_DRIVE_BITS = 4,
	PIIX_IDETIM_DRIVE = 0xf, /* TIME, IE, PPE, DTE of drive 0 */
	PIIX_SIDETIM_CHANNEL_BITS = 4,
	PIIX_SIDETIM_CHANNEL = 0xf,
	PIIX_UDMACTL_CHANNEL_BITS = 2,
	PIIX_UDMATIM_CHANNEL_BITS = 8,
	PIIX_UDMATIM_DRIVE_BITS = 4,
	PIIX_UDMATIM_DRIVE = 0x3,
};

u32 ide_chip_udma(const struct ide_host *host)
{
	return host->chip == IDE_PIIX4 ? PIIX_UDMA_MODES : 0;
}

u32 ide_chip_mwdma(const struct ide_host *host)
{
	return host->chip == IDE_GENERIC ? 0 : PIIX_MWDMA_MODES;
}

int ide_chip_channels(struct ide_host *host)
{
	bool any = false;
	u16 tim;
	int rc;

	ide_for_each_channel(host, ch) {
		ch->decoded = true;
		if (host->chip == IDE_GENERIC)
			continue;
		rc = trv_cfg_read16(host->dev, PIIX_IDETIM0 + 2 * ch->index, &tim);
		if (rc)
			return rc;
		ch->decoded = tim & PIIX_IDETIM0_DECODE;
		any |= ch->decoded;
	}
	/* Where firmware enabled one of them it disabled the other; where it enabled none, none ran. */
	ide_for_each_channel(host, ch) {
		if (!any)
			ch->decoded = true;
		else if (!ch->decoded)
			trv_info(host->dev, "channel %u: disabled by firmware", ch->index);
	}
	return 0;
}

int ide_chip_decode(struct ide_channel *ch)
{
	struct trv_dev *dev = ch->host->dev;
	u16 tim;
	int rc;

	if (ch->host->chip == IDE_GENERIC)
		return 0;
	rc = trv_cfg_read16(dev, PIIX_IDETIM0 + 2 * ch->index, &tim);
	if (rc || tim & PIIX_IDETIM0_DECODE)
		return rc;
	rc = trv_cfg_write16(dev, PIIX_IDETIM0 + 2 * ch->index, tim | PIIX_IDETIM0_DECODE);
	ch->switched_on = !rc;
	return rc;
}

/* Or the next probe would take for firmware's decision how far this one came. */
void ide_chip_undecode(struct ide_channel *ch)
{
	struct trv_dev *dev = ch->host->dev;
	u32 reg = PIIX_IDETIM0 + 2 * ch->index;
	u16 tim;

	if (!ch->switched_on)
		return;
	if (trv_cfg_read16(dev, reg, &tim) ||
	    trv_cfg_write16(dev, reg, (u16)(tim & ~PIIX_IDETIM0_DECODE)))
		trv_warn(dev, "channel %u stays switched on", ch->index);
	ch->switched_on = false;
}

/* struct piix_choice - a drive's timing, as the PIO mode of that cycle, and its control bits */
struct piix_choice {
	u8 mode;
	u8 control;
};

static struct piix_choice piix_choose(const struct ide_drive *drive)
{
	struct piix_choice c = { 0, 0 };
	bool dma_only = false;

	if (!drive->present)
		return c;
	c.mode = drive->pio_mode;
	if (drive->dma && (drive->xfer & ~ATA_XFER_NUMBER) == ATA_XFER_MWDMA) {
		c.mode = (drive->xfer & ATA_XFER_NUMBER) + PIIX_MWDMA_TO_PIO;
		/* One timing for both: PIO falls back to the compatible one if it cannot keep up. */
		dma_only = drive->pio_mode < c.mode;
	}
	if (c.mode < PIIX_MODE_FAST)
		return c;
	c.control = PIIX_IDETIM0_TIME0 | PIIX_IDETIM0_PPE0;
	if (drive->iordy && c.mode >= PIIX_MODE_IORDY)
		c.control |= PIIX_IDETIM0_IE0;
	if (dma_only)
		c.control |= PIIX_IDETIM0_DTE0;
	return c;
}

/* IDETIM belongs to the channel: drive 0's timing, and both drives' control bits. */
static int piix_tune_data(struct ide_channel *ch)
{
	struct trv_dev *dev = ch->host->dev;
	struct piix_choice c0 = piix_choose(&ch->drives[0]);
	struct piix_choice c1 = piix_choose(&ch->drives[1]);
	const struct piix_timing *t0 = &piix_timings[c0.mode];
	const struct piix_timing *t1 = &piix_timings[c1.mode];
	u32 shift = ch->index * PIIX_SIDETIM_CHANNEL_BITS;
	u16 tim = PIIX_IDETIM0_DECODE | PIIX_IDETIM0_SITRE;
	u8 slave;
	int rc;

	tim |= trv_field_prep(PIIX_IDETIM0_ISP, t0->isp) |
	       trv_field_prep(PIIX_IDETIM0_RTC, t0->rtc);
	tim |= c0.control | c1.control << PIIX_IDETIM_DRIVE_BITS;

	rc = trv_cfg_read8(dev, PIIX_SIDETIM, &slave);
	if (rc)
		return rc;
	slave &= ~(PIIX_SIDETIM_CHANNEL << shift);
	slave |= (trv_field_prep(PIIX_SIDETIM_PISP1, t1->isp) |
		  trv_field_prep(PIIX_SIDETIM_PRTC1, t1->rtc))
		 << shift;
	rc = trv_cfg_write8(dev, PIIX_SIDETIM, slave);
	if (rc)
		return rc;
	return trv_cfg_write16(dev, PIIX_IDETIM0 + 2 * ch->index, tim);
}

/* UDMACTL and UDMATIM hold all four drives. */
static int piix_tune_udma(struct ide_channel *ch)
{
	struct trv_dev *dev = ch->host->dev;
	u16 tim;
	u8 ctl;
	int rc;

	rc = trv_cfg_read8(dev, PIIX_UDMACTL, &ctl);
	if (!rc)
		rc = trv_cfg_read16(dev, PIIX_UDMATIM, &tim);
	if (rc)
		return rc;
	for (u32 d = 0; d < PCI_IDE_DRIVES; d++) {
		const struct ide_drive *drive = &ch->drives[d];
		u32 bit = ch->index * PIIX_UDMACTL_CHANNEL_BITS + d;
		u32 shift = ch->index * PIIX_UDMATIM_CHANNEL_BITS + d * PIIX_UDMATIM_DRIVE_BITS;

		ctl &= ~(PIIX_UDMACTL_PSDE0 << bit);
		tim &= ~(PIIX_UDMATIM_DRIVE << shift);
		if (drive->present && drive->dma &&
		    (drive->xfer & ~ATA_XFER_NUMBER) == ATA_XFER_UDMA) {
			ctl |= PIIX_UDMACTL_PSDE0 << bit;
			tim |= (drive->xfer & ATA_XFER_NUMBER) << shift;
		}
	}
	rc = trv_cfg_write16(dev, PIIX_UDMATIM, tim);
	if (rc)
		return rc;
	return trv_cfg_write8(dev, PIIX_UDMACTL, ctl);
}

int ide_chip_tune(struct ide_channel *ch)
{
	struct ide_host *host = ch->host;
	int rc;

	if (host->chip == IDE_GENERIC)
		return 0;
	/* Both channels' tasks write the registers they share. */
	trv_mutex_lock(&host->timing);
	rc = piix_tune_data(ch);
	if (!rc && host->chip == IDE_PIIX4)
		rc = piix_tune_udma(ch);
	trv_mutex_unlock(&host->timing);
	return rc;
}

void ide_chip_slow(struct ide_channel *ch)
{
	struct trv_dev *dev = ch->host->dev;

	if (ch->host->chip == IDE_GENERIC)
		return;
	if (trv_cfg_write16(dev, PIIX_IDETIM0 + 2 * ch->index, PIIX_IDETIM0_DECODE))
		trv_warn(dev, "channel %u keeps its timing", ch->index);
}
