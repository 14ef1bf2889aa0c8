// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The bus master engine of one channel (SFF-8038i; 82371AB 5.2): walks the
 * descriptor table and moves what the drive offers or asks for.
 *
 * The first descriptor is fetched when START is set, as PIIX does; a table
 * completed after the start is too late.
 */
#include <os/test-sim/dma.h>
#include <os/test-sim/models/ata_model.h>

static const u8 software = BM_STATUS_DMA0 | BM_STATUS_DMA1;

/* A cycle of its own ended in an abort: it stops, and tells nobody but who reads its status. */
static void aborted(struct bm_engine *e)
{
	e->status |= BM_STATUS_ERROR;
	e->status &= ~BM_STATUS_ACTIVE;
	e->broken = true;
}

/* The descriptor at e->entry, judged and loaded. */
static void fetch(struct ata_channel *ch)
{
	struct bm_engine *e = &ch->bm;
	u8 raw[PRD_BYTES];
	u32 addr, count;

	if (sim_dma_read(ch->dev, e->entry, raw, sizeof(raw))) {
		aborted(e);
		return;
	}
	addr = trv_get_le32(raw + PRD_ADDR);
	count = trv_get_le32(raw + PRD_COUNT);
	if (count & ~(PRD_EOT | PRD_COUNT_MASK | 1))
		ata_rule(ch->dev, R_BM_RESERVED, "the descriptor at %x is %08x %08x", e->entry,
			 addr, count);
	if (addr & 1 || count & 1)
		ata_rule(ch->dev, R_BM_ALIGN, "the descriptor at %x is %08x %08x", e->entry, addr,
			 count);
	e->addr = addr & ~1u;
	e->len = count & PRD_COUNT_MASK;
	if (!e->len)
		e->len = SIM_SAB("model-prd-zero") ? PRD_MAX / 2 : PRD_MAX;
	e->eot = count & PRD_EOT;
	if (e->addr / PRD_BOUNDARY != (e->addr + e->len - 1) / PRD_BOUNDARY)
		ata_rule(ch->dev, R_BM_BOUNDARY, "the region at %08x is %u bytes long", e->addr,
			 e->len);
}

static void next(struct ata_channel *ch)
{
	struct bm_engine *e = &ch->bm;

	if (e->eot) {
		e->spent = true;
		if (!e->stuck && !SIM_SAB("model-bm-active-stays"))
			e->status &= ~BM_STATUS_ACTIVE;
		return;
	}
	e->entry += PRD_BYTES;
	if (!(e->entry % PRD_TABLE_MAX)) {
		ata_rule(ch->dev, R_BM_TABLE, "no EOT in the table at %08x up to %08x", e->prdt,
			 e->entry - 1);
		e->entry -= PRD_TABLE_MAX; /* the carry stops there */
	}
	fetch(ch);
}

u32 bm_move(struct ata_channel *ch, bool to_memory, void *buf, u32 len)
{
	struct bm_engine *e = &ch->bm;
	u32 done = 0;

	if (ata_selected(ch)->x.bus_error)
		aborted(e);
	/* The drive is rid of its words, and knows nothing of the engine's buffer. */
	if (ata_selected(ch)->x.bus_lost && to_memory) {
		aborted(e);
		return len;
	}
	while (done < len && !e->spent && !e->broken) {
		u32 n = trv_min(len - done, e->len);
		int rc = to_memory ? sim_dma_write(ch->dev, e->addr, (u8 *)buf + done, n) :
				     sim_dma_read(ch->dev, e->addr, (u8 *)buf + done, n);

		if (rc) {
			aborted(e);
			break;
		}
		done += n;
		e->addr += n;
		e->len -= n;
		if (!e->len)
			next(ch);
	}
	return done;
}

bool bm_active(struct ata_channel *ch, bool to_memory)
{
	struct bm_engine *e = &ch->bm;

	if (!(e->command & BM_COMMAND_START) || !(e->status & BM_STATUS_ACTIVE))
		return false;
	if (to_memory == !(e->command & BM_COMMAND_TO_MEMORY)) {
		ata_rule(ch->dev, R_BM_DIR, "the bus master is set %s memory, the command is not",
			 to_memory ? "to read" : "to write");
		return false;
	}
	return true;
}

static void start(struct ata_channel *ch)
{
	struct bm_engine *e = &ch->bm;

	if (ch->hba->simplex && ch->hba->ch[!ch->index].bm.command & BM_COMMAND_START)
		ata_rule(ch->dev, R_BM_SIMPLEX, "channel %u: the other channel's is under way",
			 ch->index);
	if (!ch->dma_command)
		ata_rule(ch->dev, R_BM_EARLY, "channel %u: no DMA command since the last stop",
			 ch->index);
	e->status |= BM_STATUS_ACTIVE;
	e->entry = e->prdt;
	e->spent = false;
	e->stuck = false;
	e->broken = false;
	e->left = false;
	fetch(ch);
	ata_dma_go(&ch->drive[0]);
	ata_dma_go(&ch->drive[1]);
}

static void stop(struct ata_channel *ch)
{
	ch->bm.status &= ~BM_STATUS_ACTIVE;
	if (ch->hba->prdt_moves || ata_trait_of(&ch->drive[0], IDE_T_MASTER) == 3)
		ch->bm.prdt = ch->bm.entry + PRD_BYTES;
	ch->dma_command = false;
	ata_dma_stopped(&ch->drive[0]);
	ata_dma_stopped(&ch->drive[1]);
}

static void write_command(struct ata_channel *ch, u8 val)
{
	struct bm_engine *e = &ch->bm;
	u8 change = e->command ^ val;

	/* The write that stops the engine may say what it likes about the direction. */
	if (change & BM_COMMAND_TO_MEMORY && val & BM_COMMAND_START &&
	    e->status & BM_STATUS_ACTIVE) {
		ata_rule(ch->dev, R_BM_DIR_RUN, "command register %02x, then %02x", e->command,
			 val);
		val ^= BM_COMMAND_TO_MEMORY; /* read-only meanwhile */
	}
	e->command = val & (BM_COMMAND_START | BM_COMMAND_TO_MEMORY);
	if (change & BM_COMMAND_START) {
		if (val & BM_COMMAND_START)
			start(ch);
		else
			stop(ch);
	}
}

/* Software's two bits are as somebody left them, or nobody did (SFF-8038i, status register). */
static u8 status(struct ata_channel *ch)
{
	u32 how = ata_trait(&ch->drive[0], IDE_T_MASTER);
	struct bm_engine *e = &ch->bm;

	if (!e->touched && (how == 1 || how == 2))
		e->status = (e->status & ~software) | (how == 2 ? software : 0);
	e->touched = true;
	return e->status | (ch->hba->simplex ? BM_STATUS_SIMPLEX : 0);
}

u32 bm_read(struct ata_channel *ch, u32 reg)
{
	switch (reg) {
	case BM_COMMAND:
		return ch->bm.command;
	case BM_STATUS:
		return status(ch);
	default:
		return ch->bm.prdt;
	}
}

void bm_write(struct ata_channel *ch, u32 reg, u32 val)
{
	struct bm_engine *e = &ch->bm;

	e->touched = true;
	switch (reg) {
	case BM_COMMAND:
		write_command(ch, val);
		break;
	case BM_STATUS:
		if (SIM_SAB("model-bm-clear-all") && val)
			val |= BM_STATUS_INTR;
		e->status &= ~(val & (BM_STATUS_ERROR | BM_STATUS_INTR));
		e->status = (e->status & ~software) | (val & software);
		break;
	default:
		if (e->status & BM_STATUS_ACTIVE) {
			ata_rule(ch->dev, R_BM_PTR_RUN, "table pointer = %08x", val);
			return;
		}
		e->prdt = val & ~(u32)(PRD_TABLE_ALIGN - 1);
	}
}

/* An edge of INTRQ: by then a read's data have left the engine's buffer. */
void bm_intrq(struct ata_channel *ch)
{
	ch->bm.status |= BM_STATUS_INTR;
	ch->bm.unasked = ata_selected(ch)->unasked;
}

/* Whoever wrote the table is no more: what is there now is somebody else's. */
void bm_mastering(struct ata_channel *ch)
{
	struct bm_engine *e = &ch->bm;

	if (!e->left)
		return;
	e->left = false;
	if (e->status & BM_STATUS_ACTIVE)
		fetch(ch);
	e->broken = true;
}

void bm_reset(struct ata_channel *ch)
{
	ch->bm = (struct bm_engine){ 0 };
	ch->dma_command = false;
}
