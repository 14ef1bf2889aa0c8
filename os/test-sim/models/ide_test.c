// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The IDE models' second face: faults, the medium, what drives are, what happened. */
#include <string.h>

#include <os/test-sim/models/ata_model.h>
#include <os/test-sim/scenario.h>

static struct ata_drive *drive(struct trv_dev *dev, u32 n)
{
	sim_expect(n < IDE_DRIVES);
	return &ide_hba(dev)->ch[n / 2].drive[n % 2];
}

/* ---- faults --------------------------------------------------------------- */

u32 ide_fault_add(struct trv_dev *dev, const struct ide_fault *fault)
{
	struct ide_hba *hba = ide_hba(dev);

	sim_expect(hba->n_fault < TRV_ARRAY_SIZE(hba->fault));
	hba->fault[hba->n_fault] = *fault;
	hba->fault_seen[hba->n_fault] = 0;
	hba->fault_hits[hba->n_fault] = 0;
	hba->faults++;
	return hba->n_fault++;
}

u32 ide_faults(struct trv_dev *dev)
{
	return ide_hba(dev)->faults;
}

u32 ide_fault_hits(struct trv_dev *dev, u32 index)
{
	return ide_hba(dev)->fault_hits[index];
}

void ide_faults_clear(struct trv_dev *dev)
{
	ide_hba(dev)->n_fault = 0;
}

static bool matches(const struct ide_fault *f, const struct ata_drive *d, bool media)
{
	const struct ata_xfer *x = &d->x;

	if (f->drive != 2 * d->ch->index + d->index || (f->op && f->op != x->code))
		return false;
	if (f->kind == IDE_F_SELECT)
		return false;
	if (f->kind == IDE_F_NO_PACKET)
		return x->op->proto == ATA_PACKET && !d->pk.taken;
	/* All else happens to a PACKET once it is known what is asked. */
	if (x->op->proto == ATA_PACKET && !d->pk.taken)
		return false;
	if (f->packet && (x->op->proto != ATA_PACKET || f->packet != d->pk.cdb[0]))
		return false;
	if (!f->first && !f->last)
		return true;
	return media && x->lba <= f->last && f->first < x->lba + x->left;
}

static u64 strike(struct ata_drive *d, const struct ide_fault *f, bool media)
{
	struct ata_xfer *x = &d->x;

	switch (f->kind) {
	case IDE_F_OFFER:
		x->offer = x->op->proto == ATA_PIO_IN;
		/* fallthrough */
	case IDE_F_UNC:
	case IDE_F_IDNF:
		x->bad_lba = media ? trv_max(f->first, x->lba) : f->first;
		x->bad_error = f->kind == IDE_F_IDNF ? ATA_ERROR_IDNF : ATA_ERROR_UNC;
		break;
	case IDE_F_ABRT:
		x->error = ATA_ERROR_ABRT;
		break;
	case IDE_F_MUTE:
		x->error = ATA_ERROR_ABRT;
		x->mute = true;
		break;
	case IDE_F_ICRC:
		x->icrc = true;
		break;
	case IDE_F_DF:
		x->df = true;
		break;
	case IDE_F_DF_END:
		x->df_at_end = true;
		break;
	case IDE_F_GARBLE:
		x->garbled = true;
		break;
	case IDE_F_DEAD:
		d->dead = true;
		x->hang = true;
		break;
	case IDE_F_HANG:
	case IDE_F_NO_PACKET:
		x->hang = true;
		break;
	case IDE_F_DROP_IRQ:
		x->drop_irq = true;
		break;
	case IDE_F_HOLD:
		x->held = true;
		break;
	case IDE_F_EARLY:
		x->early_ns = f->ns;
		x->timed = true;
		break;
	case IDE_F_LINGER:
		x->linger_ns = f->ns;
		break;
	case IDE_F_COUNT:
		x->wrong_count = true;
		x->count = f->count;
		break;
	case IDE_F_REASON:
		x->wrong_way = true;
		break;
	case IDE_F_SHORT:
		if (x->op->proto == ATA_PIO_OUT)
			x->left -= x->left / 2;
		else
			x->cut_short = true;
		break;
	case IDE_F_BUS:
		x->bus_error = true;
		break;
	case IDE_F_BUS_END:
		x->bus_lost = true;
		break;
	case IDE_F_LATE:
		x->timed = true;
		return f->ns;
	case IDE_F_SELECT:
	case IDE_N_FAULTS:
		break;
	}
	return 0;
}

u64 ide_faults_apply(struct ata_drive *d, bool media)
{
	struct ide_hba *hba = d->ch->hba;
	u64 ns = 0;

	for (u32 i = 0; i < hba->n_fault; i++) {
		const struct ide_fault *f = &hba->fault[i];

		if (!matches(f, d, media) || hba->fault_seen[i]++ < f->skip)
			continue;
		if (f->times && hba->fault_hits[i] >= f->times)
			continue;
		hba->fault_hits[i]++;
		ns += strike(d, f, media);
	}
	return ns;
}

u64 ide_faults_select(struct ata_drive *d)
{
	struct ide_hba *hba = d->ch->hba;
	u64 ns = 0;

	for (u32 i = 0; i < hba->n_fault; i++) {
		const struct ide_fault *f = &hba->fault[i];

		if (f->kind != IDE_F_SELECT || f->drive != 2 * d->ch->index + d->index ||
		    hba->fault_seen[i]++ < f->skip || (f->times && hba->fault_hits[i] >= f->times))
			continue;
		hba->fault_hits[i]++;
		ns += f->ns;
	}
	return ns;
}

bool ide_held(struct trv_dev *dev, u32 n)
{
	return drive(dev, n)->held_now;
}

void ide_interrupt(struct trv_dev *dev, u32 n)
{
	ata_stray(drive(dev, n));
}

bool ide_release(struct trv_dev *dev, u32 n)
{
	struct ata_drive *d = drive(dev, n);

	if (!d->held_now)
		return false;
	d->held_now = false;
	d->x.held = false;
	/* From an event, as everything the hardware does by itself. */
	ata_after(d, 0, ata_complete);
	return true;
}

/* ---- the medium ----------------------------------------------------------- */

u64 ide_sectors(struct trv_dev *dev, u32 n)
{
	return drive(dev, n)->sectors;
}

void ide_medium_read(struct trv_dev *dev, u32 n, u64 lba, u32 sectors, void *buf)
{
	sim_expect_eq(backing_read(&drive(dev, n)->back, lba, sectors, buf), 0);
}

void ide_medium_write(struct trv_dev *dev, u32 n, u64 lba, u32 sectors, const void *buf)
{
	sim_expect_eq(backing_write(&drive(dev, n)->back, lba, sectors, buf, true), 0);
}

void ide_medium_pattern(struct trv_dev *dev, u32 n, u64 seed)
{
	struct backing *b = &drive(dev, n)->back;

	sim_expect_eq(b->kind, BACKING_MEM);
	b->patterned = true;
	b->seed = seed;
}

void ide_pattern(u64 seed, u64 lba, u32 sectors, void *buf)
{
	backing_pattern(seed, lba, sectors, buf);
}

void ide_cache_model(struct trv_dev *dev, u32 n)
{
	drive(dev, n)->back.keep = true;
}

/* As the lights going out and on again: the function's reset comes from its model. */
void ide_power_cut(struct trv_dev *dev)
{
	dev->model->reset(dev);
}

void ide_capacity(struct trv_dev *dev, u32 n, u64 sectors)
{
	struct ata_drive *d = drive(dev, n);

	sim_expect_eq(d->back.kind, BACKING_MEM);
	sim_expect(sectors && sectors < ATA_LBA48_SECTORS);
	d->sectors = sectors;
}

/* ---- what the drives are -------------------------------------------------- */

bool ide_is_cd(struct trv_dev *dev, u32 n)
{
	return drive(dev, n)->packet;
}

struct ide_caps *ide_caps(struct trv_dev *dev, u32 n)
{
	return &drive(dev, n)->caps;
}

void ide_identify_bits(struct trv_dev *dev, u32 n, u32 word, u16 mask, u16 val)
{
	struct ata_drive *d = drive(dev, n);

	sim_expect(d->n_override < ATA_OVERRIDES);
	d->override[d->n_override].word = word;
	d->override[d->n_override].mask = mask;
	d->override[d->n_override++].val = val;
}

void ide_identify_set(struct trv_dev *dev, u32 n, u32 word, u16 val)
{
	ide_identify_bits(dev, n, word, 0xffff, val);
}

void ide_identify_corrupt(struct trv_dev *dev, u32 n)
{
	drive(dev, n)->bad_checksum = true;
}

/* ---- states left behind --------------------------------------------------- */

void ide_clean(struct trv_dev *dev)
{
	for (u32 i = 0; i < PCI_IDE_CHANNELS; i++) {
		struct ata_channel *ch = &ide_hba(dev)->ch[i];

		bm_reset(ch);
		for (u32 j = 0; j < PCI_IDE_DRIVES; j++) {
			struct ata_drive *d = &ch->drive[j];

			if (!d->present)
				continue;
			d->intrq = false;
			ata_drive_ready(d);
		}
		ata_irq_update(ch);
	}
}

void ide_used(struct trv_dev *dev, u32 n, u8 mode)
{
	struct ata_drive *d = drive(dev, n);

	d->dma_mode = mode;
	d->multiple = d->caps.multiple;
	d->status |= ATA_STATUS_DRDY | ATA_STATUS_DSC;
	while (d->packet && cd_attention(d))
		;
}

void ide_left_busy(struct trv_dev *dev, u32 n)
{
	struct ata_drive *d = drive(dev, n);

	/* A PIO read of eight sectors, the first of them waiting. */
	d->regs.device = ATA_DEVICE_LBA;
	d->regs.count.cur = 8;
	ata_command(d, ATA_OP_READ_SECTORS);
}

void ide_left_dma(struct trv_dev *dev, u32 channel)
{
	struct bm_engine *e = &ide_hba(dev)->ch[channel].bm;

	e->command = BM_COMMAND_START | BM_COMMAND_TO_MEMORY;
	e->status |= BM_STATUS_ACTIVE;
	e->entry = e->prdt;
	e->broken = true; /* its table is gone */
	e->left = true;
}

void ide_prdt_moves(struct trv_dev *dev)
{
	ide_hba(dev)->prdt_moves = true;
}

/* ---- what happened -------------------------------------------------------- */

const struct ide_stats *ide_stats(struct trv_dev *dev, u32 n)
{
	return &drive(dev, n)->stats;
}

void ide_history_add(struct ata_drive *d)
{
	d->hist[d->n_hist++ % IDE_HISTORY] = (struct ide_history){
		.time = sim_now(),
		.lba = d->x.lba,
		.count = d->x.left,
		.op = d->x.code,
		.features = d->x.features,
	};
}

void ide_history_packet(struct ata_drive *d)
{
	struct ide_history *h = &d->hist[(d->n_hist - 1) % IDE_HISTORY];

	h->packet = d->pk.cdb[0];
	h->lba = d->x.lba;
	h->count = d->x.left;
}

void ide_history_done(struct ata_drive *d)
{
	struct ide_history *h = &d->hist[(d->n_hist - 1) % IDE_HISTORY];

	h->done = true;
	h->status = d->status;
	h->error = d->error;
}

const struct ide_history *ide_history(struct trv_dev *dev, u32 n, u32 back)
{
	struct ata_drive *d = drive(dev, n);

	if (back >= d->n_hist || back >= IDE_HISTORY)
		return NULL;
	return &d->hist[(d->n_hist - 1 - back) % IDE_HISTORY];
}

u64 ide_count_op(struct trv_dev *dev, u32 n, u8 op)
{
	return drive(dev, n)->op_count[op];
}

u64 ide_count_packet(struct trv_dev *dev, u32 n, u8 op)
{
	return drive(dev, n)->packet_count[op];
}

u8 ide_xfer_mode(struct trv_dev *dev, u32 n)
{
	struct ata_drive *d = drive(dev, n);

	return d->dma_mode ?: d->pio_mode;
}

u32 ide_multiple(struct trv_dev *dev, u32 n)
{
	return drive(dev, n)->multiple;
}

bool ide_silent(struct trv_dev *dev)
{
	for (u32 i = 0; i < PCI_IDE_CHANNELS; i++) {
		const struct ata_channel *ch = &ide_hba(dev)->ch[i];

		if (ch->line || ch->bm.command & BM_COMMAND_START || ch->devctl & ATA_DEVCTL_SRST)
			return false;
	}
	return true;
}

bool ide_quiet(struct trv_dev *dev)
{
	if (!ide_silent(dev))
		return false;
	for (u32 i = 0; i < PCI_IDE_CHANNELS; i++) {
		struct ata_channel *ch = &ide_hba(dev)->ch[i];

		for (u32 j = 0; j < PCI_IDE_DRIVES; j++) {
			struct ata_drive *d = &ch->drive[j];

			/* A reset that runs to its end by itself is nobody's work. */
			if (d->present && d->phase != ATA_P_IDLE && d->phase != ATA_P_RESET)
				return false;
		}
	}
	return true;
}
