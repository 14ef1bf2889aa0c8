// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counters of a disk. */
#include <core/blk_core.h>

void trv_disk_count(struct trv_disk *disk, const struct trv_io *io)
{
	disk->n.ios[io->op]++;
	if (io->status)
		disk->n.errors++;
	else
		disk->n.bytes[io->op] += (u64)io->blocks * disk->info.block_size;
}

void trv_disk_stats(const struct trv_disk *disk, struct trv_disk_stats *stats)
{
	const struct trv_disk_counts *n = &disk->n;
	unsigned long flags;
	struct trv_blkq *q;

	trv_check_outside();
	q = disk->q;
	flags = trv_spin_lock_irqsave(&q->lock);
	for (u32 op = 0; op < TRV_ARRAY_SIZE(stats->ios); op++) {
		stats->ios[op] = n->ios[op];
		stats->bytes[op] = n->bytes[op];
	}
	stats->requests = n->requests;
	stats->errors = n->errors;
	stats->timeouts = n->timeouts;
	stats->requeues = n->requeues;
	stats->late = n->late;
	trv_spin_unlock_irqrestore(&q->lock, flags);
}
