// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Disks whose medium comes and goes; and commands in their own language.
 */
#include <core/blk_core.h>

void trv_disk_set_capacity(struct trv_disk *disk, u64 blocks)
{
	struct trv_blkq *q = disk->q;
	unsigned long flags;

	if (!(disk->info.flags & TRV_DISK_REMOVABLE) || blocks > ~0ULL / disk->info.block_size) {
		trv_check_misuse(q->dev, "disk %u: a medium of %llu blocks", disk->info.unit,
				 (unsigned long long)blocks);
		return;
	}
	flags = trv_spin_lock_irqsave(&q->lock);
	disk->info.blocks = blocks;
	trv_blkq_fail(q, disk, -ENOMEDIUM);
	flags = trv_blkq_pump(q, flags);
	trv_spin_unlock_irqrestore(&q->lock, flags);
}

/* Count among what is with the driver, so that a suspend waits; the disk stays. */
static int trv_disk_check_begin(struct trv_disk *disk)
{
	struct trv_blkq *q = disk->q;
	unsigned long flags = trv_spin_lock_irqsave(&q->lock);
	int rc = 0;

	if (disk->going || q->dead)
		rc = -ENODEV;
	else if (q->paused)
		rc = -EBUSY;
	if (!rc) {
		trv_disk_get(disk);
		q->out++;
	}
	trv_spin_unlock_irqrestore(&q->lock, flags);
	return rc;
}

static void trv_disk_check_end(struct trv_disk *disk)
{
	struct trv_blkq *q = disk->q;
	unsigned long flags = trv_spin_lock_irqsave(&q->lock);

	trv_blkq_back(q);
	flags = trv_blkq_pump(q, flags);
	trv_disk_put(disk);
	trv_spin_unlock_irqrestore(&q->lock, flags);
}

int trv_disk_check_events(struct trv_disk *disk)
{
	const int all = TRV_DISK_MEDIA_CHANGE | TRV_DISK_EJECT_REQUEST;
	struct trv_blkq *q;
	int rc;

	trv_check_outside();
	q = disk->q;
	if (!q->ops->check_events || !(disk->info.flags & TRV_DISK_REMOVABLE))
		return -EOPNOTSUPP;
	rc = trv_disk_check_begin(disk);
	if (rc)
		return rc;

	trv_mutex_lock(&q->check);
	trv_check_enter("check_events", false);
	rc = q->ops->check_events(disk);
	trv_check_answer(rc);
	trv_mutex_unlock(&q->check);

	trv_disk_check_end(disk);
	if (rc > 0 && rc & ~all) {
		trv_check_misuse(q->dev, "check_events() returned 0x%x", (u32)rc);
		rc &= all;
	}
	return rc;
}

int trv_disk_ata(struct trv_disk *disk, struct trv_ata_cmd *cmd, void *data, u32 bytes)
{
	struct trv_blkq *q;
	int rc;

	trv_check_outside();
	q = disk->q;
	if (!q->ops->ata)
		return -EOPNOTSUPP;
	rc = trv_disk_check_begin(disk);
	if (rc)
		return rc;

	trv_mutex_lock(&q->check);
	trv_check_enter("ata", false);
	rc = q->ops->ata(disk, cmd, data, bytes);
	trv_check_answer(rc);
	trv_mutex_unlock(&q->check);

	trv_disk_check_end(disk);
	return rc;
}
