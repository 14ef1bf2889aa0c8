// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What may become of a command. A drive in order may report an error, for
 * which there is a bit in the standard; a broken one does not end, or ends
 * twice; and the bus master has faults of its own.
 */
#include <os/test-sim/models/ata_model.h>

enum {
	NS_AGAIN = 20000, /* from an end to the next one */
};

/* ---- a drive in order: answers of SIM_K_ERROR ------------------------------ */

enum error { FINE, REFUSED, FAULT, BAD_CRC, BUS_ERROR, CUT_SHORT, BUS_LOST, LATE_FAULT };

static bool writes(const struct ata_xfer *x)
{
	return x->op->proto == ATA_PIO_OUT || x->op->proto == ATA_DMA_OUT;
}

/* Reads end at the first sector that is asked for, all else is aborted (V1, Error register). */
static void refuse(struct ata_drive *d)
{
	struct ata_xfer *x = &d->x;
	bool media = d->pk.taken ? x->left : x->op->flags & ATA_OF_MEDIA;

	if (media && !writes(x)) {
		x->bad_lba = x->lba;
		x->bad_error = ATA_ERROR_UNC;
	} else {
		x->error = ATA_ERROR_ABRT;
	}
}

static void may_fail(struct ata_drive *d, bool dma)
{
	const u32 ways = !dma ? FAULT + 1 : writes(&d->x) ? CUT_SHORT + 1 : BUS_LOST + 1;
	struct ata_xfer *x = &d->x;
	u32 answer;

	if (x->error || x->df || x->hang)
		return; /* it does already */
	/* A drive knows only when it stores them whether it can. */
	answer = sim_choose(SIM_K_ERROR, ways + writes(x), SIM_SITE);
	switch (answer == ways ? LATE_FAULT : answer) {
	case FINE:
		break;
	case REFUSED:
		sim_means("the drive reports an error: aborted, or a sector that cannot be read");
		refuse(d);
		break;
	case FAULT:
		sim_means("the drive reports a device fault (DF)");
		x->df = true;
		break;
	case BUS_LOST:
		sim_means("the drive ends well, and the bus master reports an error");
		x->bus_lost = true;
		break;
	case LATE_FAULT:
		sim_means("the drive takes the data, and reports a device fault (DF) then");
		x->df_at_end = true;
		break;
	case BAD_CRC:
		sim_means("the drive reports a CRC error (ICRC)");
		x->icrc = true;
		break;
	case BUS_ERROR:
		sim_means("the bus master reports an error");
		x->bus_error = true;
		break;
	case CUT_SHORT:
		sim_means("the drive ends the command early, with the bus master still active");
		/* Only the bus master says so: it stays active (SFF-8038i, Interrupt 1 and Active 1). */
		x->cut_short = true;
		break;
	}
}

/* ---- a broken one ----------------------------------------------------------- */

static bool breaks(struct ata_drive *d, u32 answer)
{
	if (answer)
		d->ch->dev->hostile = true;
	return answer;
}

static void may_never_end(struct ata_drive *d)
{
	u32 answer = sim_choose(SIM_K_NEVER, 3, SIM_SITE);

	if (!breaks(d, answer))
		return;
	sim_means(answer == 1 ? "the command never ends" :
				"the command ends, and its interrupt never comes");
	if (answer == 1)
		d->x.hang = true;
	else
		d->x.drop_irq = true;
}

void ata_stray(struct ata_drive *d)
{
	d->intrq = d->unasked = true;
	ata_irq_update(d->ch);
}

static void stray(void *arg)
{
	struct ata_drive *d = arg;

	/* Where there is no bus master to note it, a host that sees BSY has to think it not theirs. */
	d->ch->dev->unexplained |= d->status & ATA_STATUS_BSY;
	ata_stray(d);
}

static void may_end_twice(struct ata_drive *d, u64 ns)
{
	u32 answer = sim_choose(SIM_K_TWICE, 3, SIM_SITE);

	if (!breaks(d, answer))
		return;
	sim_means(answer == 1 ? "an interrupt comes half-way, too" :
				"the interrupt at the end comes twice");
	if (answer == 1)
		sim_event_in(&d->stray, ns / 2);
	else
		d->x.again = true;
}

void ata_fate(struct ata_drive *d, u64 ns)
{
	bool packet = d->x.op->proto == ATA_PACKET;

	/* Until it has its packet nothing is known of the command. */
	if (!packet)
		may_fail(d, d->x.op->proto == ATA_DMA_IN || d->x.op->proto == ATA_DMA_OUT);
	else if (d->pk.taken)
		may_fail(d, d->pk.dma);
	may_never_end(d);
	may_end_twice(d, ns);
}

void ata_fate_when(struct ata_drive *d, bool first)
{
	if (d->x.hang)
		sim_event_cancel(&d->ev);
	else if (!d->x.timed && first)
		sim_op(&d->op, d->ch->dev, &d->ev);
	else if (!d->x.timed)
		sim_op_goes_on(&d->op, d->ch->dev, &d->ev);
}

void ata_fate_end(struct ata_drive *d)
{
	if (!d->x.again)
		return;
	d->x.again = false;
	sim_event_in(&d->stray, NS_AGAIN);
}

u32 ata_fate_dma(struct ata_drive *d, u32 sectors)
{
	struct bm_engine *e = &d->ch->bm;
	u32 answer = sim_choose(SIM_K_DEVICE, sectors > 1 ? 3 : 2, SIM_SITE);

	if (!breaks(d, answer))
		return sectors;
	sim_means(answer == 1 ? "the bus master stays active after the command" :
				"the bus master moves half of the data");
	if (answer == 1)
		e->stuck = true;
	return answer == 1 ? sectors : sectors / 2;
}

void ata_fate_init(struct ata_drive *d)
{
	sim_event_init(&d->stray, "ata stray interrupt", stray, d);
}

void ata_fate_reset(struct ata_drive *d)
{
	sim_event_cancel(&d->stray);
	d->intrq = false;
}
