// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A drive at work: the phases of a command after it was accepted. PIO moves
 * one DRQ block at a time, each announced; DMA waits for the bus master and
 * then moves everything.
 */
#include <string.h>

#include <os/test-sim/models/ata_model.h>

enum {
	NS_BLOCK = 4000,       /* preparing or storing a DRQ block */
	NS_PIO_SECTOR = 2000,  /* and each sector of it */
	NS_DMA_SECTOR = 15000, /* 33 MB/s */
	NS_CHIP = 5000,	       /* the bus master's buffer becomes empty, at the latest */
	NS_SPIN_UP = 30 * 1000 * 1000,
	NS_PIO_CYCLE = 400, /* at most; and less than a read of Status takes */
	NS_SLOW_BLOCK = 700 * 1000,
	NS_LINGER = 500 * 1000,
	NS_STORE = 100 * 1000,
	DMA_CHUNK = 128, /* sectors */
};
#define NS_LATE_DRDY 5000000000ULL

static const u8 idle_status = ATA_STATUS_DRDY | ATA_STATUS_DSC;

static void tick(void *arg)
{
	struct ata_drive *d = arg;

	d->step(d);
}

void ata_drive_init(struct ata_drive *d, struct ata_channel *ch, u32 index)
{
	d->ch = ch;
	d->index = index;
	sim_event_init(&d->ev, index ? "ide device 1" : "ide device 0", tick, d);
	ata_fate_init(d);
	cd_init(d);
}

/*
 * Settings after a reset: a soft one leaves the transfer modes, if the drive is as new as that
 * (ATA-2 does not say so), and the rest only after 66h.
 */
void ata_drive_defaults(struct ata_drive *d, bool hard)
{
	d->spun_up = !hard;
	d->turning = false;
	if (hard || ata_trait(d, IDE_T_MODES)) {
		d->pio_mode = ATA_XFER_PIO;
		d->dma_mode = 0;
	}
	d->revert |= hard;
	if (d->revert) {
		d->multiple = d->caps.multiple;
		d->wcache_on = d->caps.write_cache;
		d->look_ahead_on = true;
	}
	if (hard) {
		d->heads = 16;
		d->spt = 63;
		d->cyls = trv_min(ata_sectors(d) / (16 * 63), (u64)16383);
	}
	d->next_lba = 0;
	if (d->packet)
		cd_reset(d, hard);
}

static void spun_up(struct ata_drive *d)
{
	d->spun_up = true;
	d->status = idle_status;
}

/* After power-on the registers answer before the medium turns: DRDY comes later. */
void ata_drive_ready(struct ata_drive *d)
{
	if (d->dead)
		return;
	d->phase = ATA_P_IDLE;
	d->status = idle_status;
	if (d->packet) { /* DRDY comes with the first command's end (V1, Status) */
		d->status = 0;
		d->spun_up = true;
	} else if (!d->spun_up || ata_trait_of(d, IDE_T_RESET) == 3) {
		/*
		 * No limit is set to when the command set is accepted (V1, Status, DRDY). Of device
		 * 1 DSC is set at least: 00h is what device 0 says when there is none.
		 */
		d->status = d->spun_up && d->index ? ATA_STATUS_DSC : 0;
		d->step = spun_up;
		sim_event_in(&d->ev, d->spun_up ? NS_LATE_DRDY : (u64)NS_SPIN_UP);
	}
	/* DSC is set once the heads have settled (ATA-3); a CD drive may set it, too (SFF-8020i). */
	if (ata_trait_of(d, IDE_T_RESET) == 1)
		d->status ^= ATA_STATUS_DSC;
	d->error = ATA_DIAG_PASSED;
	memset(&d->regs, 0, sizeof(d->regs));
	d->regs.count.cur = d->regs.lba[0].cur = !d->caps.sloppy_signature;
	if (ata_trait_of(d, IDE_T_SIGNATURE)) /* ATA-2 does not speak of them */
		d->regs.count.cur = d->regs.lba[0].cur = 0xa5;
	d->regs.lba[1].cur = d->packet ? ATA_SIG_ATAPI_MID : ATA_SIG_ATA_MID;
	d->regs.lba[2].cur = d->packet ? ATA_SIG_ATAPI_HIGH : ATA_SIG_ATA_HIGH;
	if (SIM_SAB("model-signature-bit") && d->packet)
		d->regs.lba[2].cur ^= 0x01;
}

void ata_after(struct ata_drive *d, u64 ns, void (*step)(struct ata_drive *d))
{
	d->phase = ATA_P_BUSY;
	d->status = ATA_STATUS_BSY;
	d->step = step;
	sim_event_in(&d->ev, ns);
}

/* Whoever is interrupted need not wait any longer: BSY has been set, and is clear. */
static void announce(struct ata_drive *d, bool intrq)
{
	d->intrq = intrq && !d->x.drop_irq;
	if (d->intrq && ata_selected(d->ch) == d)
		d->ch->t_quiet = trv_min(d->ch->t_quiet, sim_now());
	ata_irq_update(d->ch);
}

static void finish(struct ata_drive *d, bool intrq)
{
	d->phase = ATA_P_IDLE;
	d->status = idle_status;
	d->x.df |= d->x.df_at_end;
	d->error = d->x.mute ? 0 : d->x.error;
	if (d->x.error)
		d->status |= ATA_STATUS_ERR;
	if (SIM_SAB("model-status-bit"))
		d->status |= ATA_STATUS_CORR;
	if (d->x.df)
		d->status |= ATA_STATUS_DF;
	if (d->x.error || d->x.df)
		d->stats.errors++;
	ide_history_done(d);
	ata_trait_outputs(d);
	announce(d, intrq);
	ata_fate_end(d);
}

void ata_complete(struct ata_drive *d)
{
	if (d->x.held) {
		d->phase = ATA_P_BUSY;
		d->status = ATA_STATUS_BSY;
		d->held_now = true;
		return;
	}
	if (d->x.early_ns) {
		ata_after(d, d->x.early_ns, ata_complete);
		d->x.early_ns = 0;
		d->intrq = true;
		ata_irq_update(d->ch);
		return;
	}
	finish(d, true);
}

void ata_drq(struct ata_drive *d, enum ata_phase phase, bool intrq)
{
	d->phase = phase;
	d->status = idle_status | ATA_STATUS_DRQ;
	d->x.pos = 0;
	announce(d, intrq);
}

void ata_block_ready(struct ata_drive *d, enum ata_phase phase, bool intrq)
{
	d->stats.pio_blocks++;
	ata_drq(d, phase, intrq);
}

/* ---- the medium ----------------------------------------------------------- */

/* @lba cannot be read or written: what came before it counts as done. */
static void fail_at(struct ata_drive *d, u64 lba, u8 error)
{
	d->x.error = error;
	ata_set_lba(d, lba, d->x.op->flags & ATA_OF_EXT);
}

/* How many of the next @n sectors are good; sets the error when not all are. */
static u32 good(struct ata_drive *d, u32 n)
{
	struct ata_xfer *x = &d->x;

	if (x->bad_lba < x->lba || x->bad_lba - x->lba >= n)
		return n;
	fail_at(d, x->bad_lba, x->bad_error);
	return x->bad_lba - x->lba;
}

static u32 medium_read(struct ata_drive *d, u32 n, void *buf)
{
	u8 shift = d->caps.sector_shift;

	n = good(d, n);
	if (n && backing_read(&d->back, d->x.lba << shift, n << shift, buf)) {
		fail_at(d, d->x.lba, ATA_ERROR_UNC);
		return 0;
	}
	if (SIM_SAB("model-read-bit") && n)
		((u8 *)buf)[5] ^= 0x10;
	return n;
}

static u32 medium_write(struct ata_drive *d, u32 n, const void *buf)
{
	bool through = d->x.fua || !d->wcache_on;
	u8 shift = d->caps.sector_shift;
	int rc;

	n = good(d, n);
	if (!n)
		return 0;
	rc = backing_write(&d->back, (d->x.lba ^ SIM_SAB("model-write-place")) << shift, n << shift,
			   buf, through);
	if (rc) {
		fail_at(d, d->x.lba, ATA_ERROR_ABRT);
		d->x.df = rc == -EIO;
		return 0;
	}
	d->stats.written += n;
	d->stats.dirty += through ? 0 : n;
	return n;
}

static void advance(struct ata_drive *d, u32 n)
{
	d->x.lba += n;
	d->x.left -= n;
	d->next_lba = d->x.lba;
}

static u64 block_ns(u32 sectors)
{
	return NS_BLOCK + (u64)NS_PIO_SECTOR * sectors;
}

/* A drive with a buffer has the next block at once, one without takes its time: no limits are set. */
u64 ata_pace(struct ata_drive *d, u64 ns)
{
	switch (ata_trait(d, IDE_T_PACE)) {
	case 1:
		return 0;
	case 2:
		return NS_SLOW_BLOCK;
	default:
		return ns;
	}
}

/* Data of the command's own come in pieces of 512 bytes, the medium's in its sectors (V1, DRQ data block). */
static u32 unit_bytes(const struct ata_drive *d)
{
	return d->x.op->run ? (u32)ATA_SECTOR : (u32)ATA_SECTOR << d->caps.sector_shift;
}

static u32 block_sectors(const struct ata_drive *d)
{
	return trv_min(d->x.left, d->x.block);
}

/* ---- PIO ------------------------------------------------------------------ */

/*
 * The bad block all the same, for a host that wants what could be read of it (ATA-3; Hitachi
 * Travelstar 5K160 and Fujitsu MHU2100AT manuals, data-in commands). The command is over when it
 * was taken, or with a reset.
 */
static void offer_bad_block(struct ata_drive *d, u32 sectors)
{
	d->x.in_block = sectors * unit_bytes(d);
	d->x.left = sectors;
	d->error = d->x.error;
	ata_block_ready(d, ATA_P_IN, true);
	d->status |= ATA_STATUS_ERR;
}

void ata_pio_in(struct ata_drive *d)
{
	u32 n = block_sectors(d);

	if (d->x.op->run)
		d->x.op->run(d);
	else
		(void)medium_read(d, n, d->buf);
	d->buf[2 * ATA_ID_SERIAL] ^= d->x.garbled;
	if (d->x.error && d->x.offer) {
		offer_bad_block(d, n);
		return;
	}
	if (d->x.error || d->x.df) {
		ata_complete(d); /* without the block */
		return;
	}
	d->x.in_block = n * unit_bytes(d);
	ata_block_ready(d, ATA_P_IN, true);
}

void ata_pio_out(struct ata_drive *d)
{
	d->x.in_block = block_sectors(d) * unit_bytes(d);
	ata_block_ready(d, ATA_P_OUT, false);
}

static void pio_written(struct ata_drive *d)
{
	u32 n = block_sectors(d);

	advance(d, medium_write(d, n, d->buf));
	if (d->x.error || d->x.df || !d->x.left) {
		ata_complete(d);
		return;
	}
	d->x.in_block = block_sectors(d) * unit_bytes(d);
	ata_block_ready(d, ATA_P_OUT, !SIM_SAB("model-write-block-irq"));
}

static void pio_read(struct ata_drive *d)
{
	finish(d, false);
}

/* Status is old for the time of a PIO cycle after a block's last word (V2, HPIOI, HPIOO, HP). */
static void last_word(struct ata_drive *d)
{
	if (ata_trait(d, IDE_T_CYCLE))
		d->ch->t_cycle = sim_now() + trv_min((u32)NS_PIO_CYCLE, sim_read_ns() - 1);
}

void ata_block_done(struct ata_drive *d)
{
	u32 n;

	last_word(d);
	if (d->x.op->proto == ATA_PACKET) {
		atapi_block_done(d);
		return;
	}
	n = d->x.in_block / unit_bytes(d);
	if (d->phase == ATA_P_OUT) {
		ata_after(d, ata_pace(d, block_ns(n)), pio_written);
		return;
	}
	if (!d->x.op->run)
		d->stats.read += n;
	advance(d, n);
	if (d->x.left)
		ata_after(d, ata_pace(d, block_ns(block_sectors(d))), ata_pio_in);
	else if (d->x.linger_ns)
		ata_after(d, d->x.linger_ns, pio_read);
	else if (ata_pace(d, 0) == NS_SLOW_BLOCK)
		/* BSY, while it puts its own house in order (ATA-3, PIO data in) */
		ata_after(d, NS_LINGER, pio_read);
	else
		finish(d,
		       SIM_SAB("model-read-end-irq")); /* the last block was announced; its end is not */
}

/* ---- DMA ------------------------------------------------------------------ */

static void dma_end(struct ata_drive *d)
{
	if (d->x.icrc && !d->x.error)
		d->x.error = ATA_ERROR_ICRC | ATA_ERROR_ABRT;
	ata_complete(d);
}

/*
 * The drive has sent its last word, but the bus master still has some of them,
 * and INTRQ with them: what was read is in memory once BM_STATUS says so
 * (BMIDE 3.2), and not when the drive's status does.
 */
static bool is_held_in_chip(struct ata_drive *d)
{
	struct ata_xfer *x = &d->x;

	if (x->held_in_chip || x->error || x->df || x->icrc || x->bad_lba != ~0ULL || x->held ||
	    x->early_ns || x->bus_error || x->bus_lost || !sim_choose(SIM_K_LATE, 2, SIM_SITE))
		return false;
	x->held_in_chip = true;
	d->status = idle_status;
	sim_event_in(&d->ev, NS_CHIP);
	return true;
}

/*
 * All of it, in the order of the medium. When the regions end before the
 * command does, the drive waits for more: only a reset frees it.
 */
static void dma_move(struct ata_drive *d)
{
	static u8 chunk[DMA_CHUNK * ATA_SECTOR];
	bool in = d->x.op->proto == ATA_DMA_IN;
	u32 unit = unit_bytes(d);

	if (in && is_held_in_chip(d))
		return;
	d->x.left = ata_fate_dma(d, d->x.left);
	if (d->x.cut_short)
		d->x.left /= 2;
	while (d->x.left && !d->x.error && !d->x.df) {
		u32 want = trv_min(d->x.left, (u32)sizeof(chunk) / unit), n = want;
		u32 moved;

		if (in) {
			n = medium_read(d, want, chunk);
			moved = bm_move(d->ch, true, chunk, n * unit) / unit;
			d->stats.read += moved;
		} else {
			moved = bm_move(d->ch, false, chunk, n * unit) / unit;
			if (d->x.op->run && moved) {
				memcpy(d->buf, chunk, moved * unit); /* plan() limits it */
				d->x.pos = moved * unit;
			} else if (moved) {
				u32 put = medium_write(d, moved, chunk);

				advance(d, put);
				if (put < moved)
					break;
			}
		}
		if (in || d->x.op->run)
			advance(d, moved);
		if (moved < n)
			return;
	}
	if (d->x.op->run && !d->x.error && !d->x.cut_short)
		d->x.op->run(d);
	if (!in && ata_trait(d, IDE_T_STORE)) {
		/* The last region is read and ACTIVE clear long before INTRQ (BMIDE 3.2). */
		ata_after(d, NS_STORE, dma_end);
		ata_fate_when(d, false);
		return;
	}
	dma_end(d);
}

void ata_dma_go(struct ata_drive *d)
{
	bool packet = d->packet && d->x.op && d->x.op->proto == ATA_PACKET;

	if (packet)
		atapi_dma_check(d);
	if (!d->present || d->phase != ATA_P_DMA || d->x.hang || sim_event_pending(&d->ev))
		return;
	if (!bm_active(d->ch, packet || d->x.op->proto == ATA_DMA_IN))
		return;
	ide_check_mode(d);
	d->step = packet ? atapi_dma_move : dma_move;
	sim_event_in(&d->ev, packet ? atapi_dma_ns(d) : (u64)NS_DMA_SECTOR * d->x.left);
	ata_fate_when(d, false);
}

void ata_dma(struct ata_drive *d)
{
	d->phase = ATA_P_DMA;
	d->status = idle_status | ATA_STATUS_DRQ;
	d->x.pos = 0;
	ata_dma_go(d);
}

/* The engine forgets where it was, so the transfer cannot go on (82371AB 5.2.1, SSBM). */
void ata_dma_stopped(struct ata_drive *d)
{
	if (!d->present || d->phase != ATA_P_DMA)
		return;
	sim_event_cancel(&d->ev);
	d->x.hang = true;
}
