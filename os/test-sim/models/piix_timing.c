// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Is the controller slow enough for the drive? What a controller that is too
 * fast reads is noise, now and then: so it is a rule, asked for each block.
 */
#include <trivet/hw/piix.h>

#include <os/test-sim/models/ata_model.h>
#include <os/test-sim/pci.h>

enum { CLOCK_NS = 30 };

/* struct timing - the least a mode allows */
struct timing {
	u16 cycle_ns; /* t0 */
	u16 pulse_ns; /* DIOR- and DIOW- asserted: t2 of 16-bit PIO, tD of Multiword DMA */
};

/* V2, register and PIO data transfer timing (16 bits), Multiword DMA timing */
static const struct timing pio_modes[] = {
	{ 600, 165 }, { 383, 125 }, { 240, 100 }, { 180, 80 }, { 120, 70 }
};
static const struct timing mwdma_modes[] = { { 480, 215 }, { 150, 80 }, { 120, 70 } };

/* struct piix_drive - what IDETIM and SIDETIM say of one drive */
struct piix_drive {
	bool fast;  /* else the compatible timing, 600 ns */
	bool dma;   /* the fast one is for DMA only */
	bool iordy; /* sampled, so that the drive can stretch a cycle */
	struct timing t;
};

static struct piix_drive piix_drive(const struct ata_drive *d)
{
	struct ata_channel *ch = d->ch;
	u32 idetim = sim_pci_cfg_get(ch->dev, PIIX_IDETIM0 + 2 * ch->index, 2);
	u32 control = idetim >> (4 * d->index), data = idetim;
	u32 isp = trv_field_get(PIIX_IDETIM0_ISP, data),
	    rtc = trv_field_get(PIIX_IDETIM0_RTC, data);

	if (d->index && idetim & PIIX_IDETIM0_SITRE) {
		u32 slave = sim_pci_cfg_get(ch->dev, PIIX_SIDETIM, 1) >> (4 * ch->index);

		isp = trv_field_get(PIIX_SIDETIM_PISP1, slave);
		rtc = trv_field_get(PIIX_SIDETIM_PRTC1, slave);
	}
	return (struct piix_drive){
		.fast = control & PIIX_IDETIM0_TIME0,
		.dma = control & PIIX_IDETIM0_DTE0,
		.iordy = control & PIIX_IDETIM0_IE0,
		/* IORDY is sampled at the end of the pulse, and the rest is recovery. */
		.t = { (u16)((5 - isp + 4 - rtc) * CLOCK_NS), (u16)((5 - isp) * CLOCK_NS) },
	};
}

static bool too_fast(const struct piix_drive *p, const struct timing *need)
{
	return p->t.cycle_ns < need->cycle_ns || p->t.pulse_ns < need->pulse_ns;
}

void ide_check_pio(struct ata_drive *d)
{
	struct piix_drive p = piix_drive(d);
	/* Unless it was told, a drive is in its default mode, which is one without flow control. */
	u32 mode = d->pio_mode & ATA_XFER_PIO && d->pio_mode & 7u ?
			   d->pio_mode & 7u :
			   (u32)trv_min(d->caps.pio, (s32)ATA_PIO_NO_FLOW_CONTROL);

	if (d->ch->hba->kind == IDE_GENERIC || !p.fast || p.dma)
		return;
	if (too_fast(&p, &pio_modes[mode]))
		ata_rule(
			d->ch->dev, R_PIO_TIMING,
			"channel %u device %u is in PIO mode %u, and IDETIM makes cycles of %u ns with "
			"a pulse of %u ns",
			d->ch->index, d->index, mode, p.t.cycle_ns, p.t.pulse_ns);
	/* It has time enough in cycles that need no flow control. */
	else if (too_fast(&p, &pio_modes[ATA_PIO_NO_FLOW_CONTROL]) && !p.iordy)
		ata_rule(d->ch->dev, R_PIO_TIMING,
			 "channel %u device %u: cycles of %u ns, and IORDY is not sampled",
			 d->ch->index, d->index, p.t.cycle_ns);
}

static void check_mwdma(struct ata_drive *d)
{
	struct piix_drive p = piix_drive(d);
	u32 mode = d->dma_mode & 7u;

	if (p.fast && too_fast(&p, &mwdma_modes[mode]))
		ata_rule(
			d->ch->dev, R_MWDMA_TIMING,
			"channel %u device %u is in Multiword DMA mode %u, and IDETIM makes cycles of "
			"%u ns with a pulse of %u ns",
			d->ch->index, d->index, mode, p.t.cycle_ns, p.t.pulse_ns);
}

void ide_check_mode(struct ata_drive *d)
{
	struct ata_channel *ch = d->ch;
	u32 unit = 2 * ch->index + d->index;
	bool udma = (d->dma_mode & ~7) == ATA_XFER_UDMA;
	bool on = sim_pci_cfg_get(ch->dev, PIIX_UDMACTL, 1) >> unit & 1;
	u32 cycle = sim_pci_cfg_get(ch->dev, PIIX_UDMATIM, 2) >> (4 * unit) & 3;

	if (ch->hba->kind == IDE_GENERIC)
		return;
	if (ch->hba->kind == IDE_PIIX3)
		on = false; /* no such register, no Ultra DMA */
	if (udma != on)
		ata_rule(ch->dev, R_UDMA,
			 "channel %u device %u was set to mode %02x, UDMACTL is %s", ch->index,
			 d->index, d->dma_mode, on ? "on" : "off");
	else if (on && cycle > (d->dma_mode & 7u))
		ata_rule(ch->dev, R_UDMA,
			 "channel %u device %u was set to Ultra DMA %u, UDMATIM to cycle %u",
			 ch->index, d->index, d->dma_mode & 7, cycle);
	else if ((d->dma_mode & ~7) == ATA_XFER_MWDMA)
		check_mwdma(d);
}
