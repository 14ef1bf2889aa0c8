/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The bus master, as every DMA request uses it, inline (BMIDE 3.1): table and
 * direction before the command, start after it, stop and clear at its end.
 * ide_channel.lock is held.
 */
#ifndef IDE_DMA_H
#define IDE_DMA_H

#include "ide_bus.h"

/* A mapped request's pieces, as the device reads them. */
static inline void ide_fill_prds(struct ide_channel *ch, struct trv_req *req)
{
	struct ide_prd *prd = ch->prd;
	u32 left = trv_req_bytes(req);
	struct trv_seg_iter it;

	trv_req_for_each_seg(req, it) {
		left -= it.seg.len;
		prd->addr = trv_cpu_to_le32((u32)it.seg.addr);
		prd->count = trv_cpu_to_le32((it.seg.len & PRD_COUNT_MASK) | (left ? 0 : PRD_EOT));
		prd++;
	}
}

/* The last of the steps that come before a DMA command. */
static inline void ide_dma_prepare(struct ide_channel *ch, u8 dir)
{
	/* The pointer of PIIX stays where it was put; nobody vouches for all the others. */
	if (ch->host->chip == IDE_GENERIC)
		trv_write32(ch->bm, BM_PRDT, (u32)ch->prd_mem.iova);
	if (ch->bm_dir == dir)
		return;
	trv_write8(ch->bm, BM_COMMAND, dir);
	ch->bm_dir = dir;
}

/* The first one after it. */
static inline void ide_dma_start(struct ide_channel *ch)
{
	/* The stores to the PRD table come before this plain write, which makes the device read them. */
	trv_write8(ch->bm, BM_COMMAND, ch->bm_dir | BM_COMMAND_START);
	ide_let_status_settle(ch);
}

/* At its end, however it ended. */
static inline void ide_dma_stop(struct ide_channel *ch)
{
	trv_write8(ch->bm, BM_COMMAND, ch->bm_dir);
}

#endif /* IDE_DMA_H */
