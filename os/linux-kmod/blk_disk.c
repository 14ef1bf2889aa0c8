// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The block class: queues and disks. A queue is a tag set, its disks are gendisks that share it.
 * Requests are blk_req.c's, limits blk_limits.c's.
 */
#include <linux/idr.h>
#include <linux/log2.h>

#include <os/linux-kmod/blk.h>

#define KMOD_MAX_DEPTH 1024u
#define KMOD_MAX_SEGS 512u /* of a request, whatever the device could do */
#define KMOD_DEF_SEGS 128u /* when it states no limit */

static DEFINE_IDA(kmod_disks);

/* ---- queues -------------------------------------------------------------- */

static size_t priv_room(const struct trv_blkq *q)
{
	return ALIGN(q->params.req_priv_size, __alignof__(struct scatterlist));
}

int trv_kmod_init_hctx(struct blk_mq_hw_ctx *hctx, void *data, unsigned int index)
{
	hctx->driver_data = data;
	return 0;
}
EXPORT_SYMBOL_GPL(trv_kmod_init_hctx);

int trv_kmod_init_request(struct blk_mq_tag_set *set, struct request *rq, unsigned int index,
			  unsigned int node)
{
	struct trv_blkq *q = set->driver_data;
	struct trv_req *req = blk_mq_rq_to_pdu(rq);

	req->sg = (void *)req->priv + priv_room(q);
	sg_init_table(req->sg, q->max_segs);
	return 0;
}
EXPORT_SYMBOL_GPL(trv_kmod_init_request);

int trv_blkq_init(struct trv_dev *dev, struct trv_blkq *q, const struct trv_blk_ops *ops,
		  const struct trv_blkq_params *params, void *priv)
{
	if (!ops->queue || !ops->timeout || (params->polled && !ops->poll) || !params->name)
		return -EINVAL;
	if (!params->depth || params->depth > KMOD_MAX_DEPTH || !dev->glue)
		return -EINVAL;

	memset(q, 0, sizeof(*q));
	q->ops = ops;
	q->dev = dev;
	q->params = *params;
	q->priv = priv;
	q->limits = dev->limits;
	q->max_segs = min(q->limits.max_segs ?: KMOD_DEF_SEGS, KMOD_MAX_SEGS);
	spin_lock_init(&q->lock);
	mutex_init(&q->eh);
	mutex_init(&q->check);
	hrtimer_setup(&q->poller, kmod_blkq_poller, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);

	q->set.ops = dev->glue->mq;
	q->set.nr_hw_queues = 1;
	q->set.queue_depth = params->depth;
	q->set.numa_node = dev_to_node(kmod_device(dev));
	q->set.cmd_size =
		sizeof(struct trv_req) + priv_room(q) + q->max_segs * sizeof(struct scatterlist);
	q->set.flags = TRV_BLK_MQ_FLAGS;
	q->set.driver_data = q;
	return blk_mq_alloc_tag_set(&q->set);
}
EXPORT_SYMBOL_GPL(trv_blkq_init);

void trv_blkq_destroy(struct trv_blkq *q)
{
	if (WARN_ONCE(!list_empty(&q->set.tag_list), "%s: queue %s destroyed with a disk on it\n",
		      trv_dev_name(q->dev), q->params.name))
		return;
	hrtimer_cancel(&q->poller);
	blk_mq_free_tag_set(&q->set);
}
EXPORT_SYMBOL_GPL(trv_blkq_destroy);

#define kmod_for_each_disk(disk, dev) \
	for (disk = kmod_dev(dev)->core.disks; disk; disk = disk->next)

void trv_blkq_run(struct trv_blkq *q)
{
	struct kmod_dev *kd = kmod_dev(q->dev);
	struct trv_disk *disk;
	unsigned long flags;

	kmod_blkq_progress(q);
	spin_lock_irqsave(&kd->disks_lock, flags);
	kmod_for_each_disk(disk, q->dev)
		if (disk->q == q && !disk->deleted)
			blk_mq_run_hw_queues(disk->gd->queue, true);
	spin_unlock_irqrestore(&kd->disks_lock, flags);
}
EXPORT_SYMBOL_GPL(trv_blkq_run);

/* ---- disks come ---------------------------------------------------------- */

static bool ended(const char *s, size_t size)
{
	return strnlen(s, size) < size;
}

static bool info_valid(const struct trv_disk_info *info)
{
	const u32 all = TRV_DISK_READ_ONLY | TRV_DISK_REMOVABLE | TRV_DISK_WRITE_CACHE |
			TRV_DISK_FUA | TRV_DISK_DISCARD | TRV_DISK_CDROM;
	const u32 bs = info->block_size;

	if (!ended(info->model, sizeof(info->model)) ||
	    !ended(info->serial, sizeof(info->serial)) ||
	    !ended(info->firmware, sizeof(info->firmware)) ||
	    !ended(info->mode, sizeof(info->mode)))
		return false;
	if (bs < SECTOR_SIZE || bs > PAGE_SIZE || !is_power_of_2(bs))
		return false;
	if (!info->phys_block || info->phys_block % bs)
		return false;
	if (info->blocks > U64_MAX / bs || (!info->blocks && !(info->flags & TRV_DISK_REMOVABLE)))
		return false;
	if (!info->max_blocks || info->max_blocks > U32_MAX / bs || !info->timeout_ms)
		return false;
	return !(info->flags & ~all) && (!(info->flags & TRV_DISK_DISCARD) || info->max_discard);
}

/* The limits a queue splits to are those of its creation; the block layer splits no page. */
static int limits_check(const struct trv_blkq *q, u32 unit)
{
	const struct trv_dma_limits *lim = &q->limits;

	if (memcmp(lim, &q->dev->limits, sizeof(*lim))) {
		trv_err(q->dev, "disk %u: DMA limits changed after trv_blkq_init()", unit);
		return -EINVAL;
	}
	if ((lim->max_seg && lim->max_seg < PAGE_SIZE) ||
	    (lim->boundary && lim->boundary < PAGE_SIZE)) {
		trv_err(q->dev, "disk %u: segments of less than a page", unit);
		return -EINVAL;
	}
	return 0;
}

/* trva to trvz, trvaa...: as sd does. */
static int disk_name(char *buf, size_t size, u32 index)
{
	char *end = buf + size - 1, *p = end;

	*p = '\0';
	for (u32 n = index + 1; n; n = (n - 1) / 26) {
		if (p == buf)
			return -ENOMEM;
		*--p = 'a' + (n - 1) % 26;
	}
	if (p - buf < 3)
		return -ENOMEM;
	memmove(buf + 3, p, end - p + 1);
	memcpy(buf, "trv", 3);
	return 0;
}

static void disk_setup(struct trv_disk *disk)
{
	const struct trv_disk_info *info = &disk->info;
	struct gendisk *gd = disk->gd;

	gd->fops = disk->q->dev->glue->fops;
	gd->private_data = disk;
	blk_queue_rq_timeout(gd->queue, msecs_to_jiffies(info->timeout_ms));
	if (info->flags & TRV_DISK_REMOVABLE)
		gd->flags |= GENHD_FL_REMOVABLE;
	if (info->flags & TRV_DISK_CDROM)
		gd->flags |= GENHD_FL_NO_PART;
	if (info->flags & TRV_DISK_REMOVABLE && disk->q->ops->check_events) {
		gd->events = DISK_EVENT_MEDIA_CHANGE | DISK_EVENT_EJECT_REQUEST;
		gd->event_flags = DISK_EVENT_FLAG_POLL | DISK_EVENT_FLAG_UEVENT;
	}
	set_disk_ro(gd, info->flags & TRV_DISK_READ_ONLY);
	set_capacity(gd, info->blocks << disk->block_shift);
}

/* Let *@at be @to: @disk itself, before what is there, or what follows it. */
static void disk_link(struct trv_disk **at, struct trv_disk *disk, struct trv_disk *to)
{
	struct kmod_dev *kd = kmod_dev(disk->q->dev);
	unsigned long flags;

	spin_lock_irqsave(&kd->disks_lock, flags);
	if (to == disk)
		disk->next = *at;
	*at = to;
	spin_unlock_irqrestore(&kd->disks_lock, flags);
}

int trv_disk_add(struct trv_blkq *q, struct trv_disk *disk, const struct trv_disk_info *info,
		 void *priv)
{
	struct trv_disk **at = &kmod_dev(q->dev)->core.disks;
	int rc;

	if (!info_valid(info))
		return -EINVAL;
	rc = limits_check(q, info->unit);
	if (rc)
		return rc;
	while (*at && (*at)->info.unit < info->unit)
		at = &(*at)->next;
	if (*at && (*at)->info.unit == info->unit)
		return -EINVAL;

	memset(disk, 0, sizeof(*disk));
	disk->q = q;
	disk->priv = priv;
	disk->info = *info;
	disk->block_shift = ilog2(info->block_size) - SECTOR_SHIFT;
	disk->index = ida_alloc(&kmod_disks, GFP_KERNEL);
	if (disk->index < 0)
		return -ENOMEM;
	disk->gd = kmod_disk_alloc(q, disk);
	if (IS_ERR(disk->gd)) {
		rc = PTR_ERR(disk->gd);
		goto err_index;
	}
	rc = disk_name(disk->gd->disk_name, sizeof(disk->gd->disk_name), disk->index);
	if (rc)
		goto err_disk;
	disk_setup(disk);
	disk_link(at, disk, disk);
	rc = device_add_disk(kmod_device(q->dev), disk->gd, kmod_disk_groups);
	if (rc)
		goto err_list;
	return 0;

err_list:
	disk_link(at, disk, disk->next);
err_disk:
	put_disk(disk->gd);
err_index:
	ida_free(&kmod_disks, disk->index);
	return rc == -ENOMEM ? rc : -EINVAL;
}
EXPORT_SYMBOL_GPL(trv_disk_add);

/* ---- disks go ------------------------------------------------------------ */

/* check_events() is over, and comes no more. */
static void disk_close(struct trv_disk *disk)
{
	mutex_lock(&disk->q->check);
	disk->going = true;
	mutex_unlock(&disk->q->check);
}

/* Whoever waits for a queue that sleeps is told that it does not wake up. */
static void disk_thaw(struct trv_disk *disk)
{
	if (disk->frozen)
		blk_mq_unfreeze_queue(disk->gd->queue);
	disk->frozen = false;
}

/* For good. What is in the page cache is written first, to a device that is there. */
static void disk_delete(struct trv_disk *disk)
{
	struct kmod_dev *kd = kmod_dev(disk->q->dev);
	unsigned long flags;

	if (disk->deleted)
		return;
	disk_close(disk);
	if (disk->frozen || trv_dev_gone(disk->q->dev))
		blk_mark_disk_dead(disk->gd);
	disk_thaw(disk);
	if (trv_dev_gone(disk->q->dev))
		kmod_blkq_kill(disk->q);
	del_gendisk(disk->gd);
	spin_lock_irqsave(&kd->disks_lock, flags);
	disk->deleted = true;
	spin_unlock_irqrestore(&kd->disks_lock, flags);
}

/* The device will do no more; its disk stays, and fails what comes. */
static void disk_kill(struct trv_disk *disk)
{
	if (disk->deleted)
		return;
	disk_close(disk);
	blk_mark_disk_dead(disk->gd);
	disk_thaw(disk);
	if (trv_dev_gone(disk->q->dev))
		kmod_blkq_kill(disk->q);
	blk_mq_freeze_queue_wait(disk->gd->queue);
}

void trv_blk_drain_dev(struct trv_dev *dev)
{
	struct trv_disk *disk;

	kmod_for_each_disk(disk, dev) {
		if (kmod_dev(dev)->removing)
			disk_delete(disk);
		else
			disk_kill(disk);
	}
}

void trv_disk_remove(struct trv_disk *disk)
{
	struct trv_disk **at = &kmod_dev(disk->q->dev)->core.disks;

	disk_delete(disk);
	while (*at != disk)
		at = &(*at)->next;
	disk_link(at, disk, disk->next);
	put_disk(disk->gd);
	ida_free(&kmod_disks, disk->index);
}
EXPORT_SYMBOL_GPL(trv_disk_remove);

/* ---- sleep --------------------------------------------------------------- */

void trv_blk_quiesce_dev(struct trv_dev *dev)
{
	struct trv_disk *disk;

	/* All of them stop first: channels that share hardware go down together. */
	kmod_for_each_disk(disk, dev) {
		disk->frozen = true;
		blk_freeze_queue_start(disk->gd->queue);
	}
	kmod_for_each_disk(disk, dev) {
		if (trv_dev_gone(dev))
			kmod_blkq_kill(disk->q);
		blk_mq_freeze_queue_wait(disk->gd->queue);
	}
}

void trv_blk_resume_dev(struct trv_dev *dev)
{
	struct trv_disk *disk;

	kmod_for_each_disk(disk, dev)
		disk_thaw(disk);
}

/* ---- media --------------------------------------------------------------- */

void trv_disk_set_capacity(struct trv_disk *disk, u64 blocks)
{
	if (WARN_ONCE(!(disk->info.flags & TRV_DISK_REMOVABLE) ||
			      blocks > U64_MAX / disk->info.block_size,
		      "%s: disk %u: a medium of %llu blocks\n", trv_dev_name(disk->q->dev),
		      disk->info.unit, blocks))
		return;
	disk->info.blocks = blocks;
	WRITE_ONCE(disk->changed_ns, ktime_get_ns());
	set_capacity_and_notify(disk->gd, blocks << disk->block_shift);
}
EXPORT_SYMBOL_GPL(trv_disk_set_capacity);

unsigned int trv_kmod_check_events(struct gendisk *gd, unsigned int clearing)
{
	struct trv_disk *disk = gd->private_data;
	struct trv_blkq *q = disk->q;
	unsigned int events = 0;
	int rc = 0;

	mutex_lock(&q->check);
	if (!disk->going)
		rc = q->ops->check_events(disk);
	mutex_unlock(&q->check);
	if (rc < 0)
		return 0;
	if (rc & TRV_DISK_MEDIA_CHANGE)
		events |= DISK_EVENT_MEDIA_CHANGE;
	if (rc & TRV_DISK_EJECT_REQUEST)
		events |= DISK_EVENT_EJECT_REQUEST;
	return events;
}
EXPORT_SYMBOL_GPL(trv_kmod_check_events);

int trv_kmod_open(struct gendisk *gd, bool nonblocking, bool writing)
{
	struct trv_disk *disk = gd->private_data;

	if (writing && disk->info.flags & TRV_DISK_READ_ONLY)
		return -EROFS;
	if (!(disk->info.flags & TRV_DISK_REMOVABLE))
		return 0;
	disk_check_media_change(gd);
	return disk->info.blocks || nonblocking ? 0 : -ENOMEDIUM;
}
EXPORT_SYMBOL_GPL(trv_kmod_open);
