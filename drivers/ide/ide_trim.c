// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Discard: DATA SET MANAGEMENT with TRIM, whose data are a list of ranges
 * written by DMA (ACS-2, DATA SET MANAGEMENT).
 */
#include "ide_dma.h"

int ide_trim_start(struct ide_channel *ch, struct ide_drive *drive, struct trv_req *req)
{
	u64 lba = trv_req_lba(req);
	u32 left = trv_req_blocks(req);
	u32 n = 0, blocks;

	if (!drive->dma || left > drive->info.max_discard)
		return -EOPNOTSUPP;
	ch->lba = lba;
	ch->blocks = left;
	ch->op_ext = true;

	while (left) {
		u32 len = trv_min(left, (u32)ATA_DSM_RANGE_MAX);

		ch->trim[n++] = trv_cpu_to_le64(lba | (u64)len << ATA_DSM_RANGE_LEN_SHIFT);
		lba += len;
		left -= len;
	}
	/* Ranges of length 0 fill the last block up. */
	while (n % ATA_DSM_RANGES_PER_BLOCK)
		ch->trim[n++] = 0;
	blocks = n / ATA_DSM_RANGES_PER_BLOCK;

	ch->prd->addr = trv_cpu_to_le32((u32)ch->trim_mem.iova);
	ch->prd->count = trv_cpu_to_le32(blocks * ATA_SECTOR | PRD_EOT);
	ide_dma_prepare(ch, 0);
	trv_write8(ch->cmd, ATA_FEATURES, 0);
	trv_write8(ch->cmd, ATA_FEATURES, ATA_DSM_TRIM);
	ide_write_address(ch, drive, 0, blocks, true);
	ide_write_command(ch, drive, req, ATA_OP_DATA_SET_MANAGEMENT, IDE_DMA);
	ide_dma_start(ch);
	return 0;
}
