// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Disks: adding and removing them, and what the application submits on its
 * way into requests.
 */
#include <core/blk_core.h>

/* ---- life ---------------------------------------------------------------- */

static bool trv_str_ended(const char *s, size_t size)
{
	while (size-- > 0) {
		if (!*s++)
			return true;
	}
	return false;
}

static bool trv_disk_info_valid(const struct trv_disk_info *info)
{
	const u32 all = TRV_DISK_READ_ONLY | TRV_DISK_REMOVABLE | TRV_DISK_WRITE_CACHE |
			TRV_DISK_FUA | TRV_DISK_DISCARD | TRV_DISK_CDROM;
	u32 bs = info->block_size;

	if (!trv_str_ended(info->model, sizeof(info->model)) ||
	    !trv_str_ended(info->serial, sizeof(info->serial)) ||
	    !trv_str_ended(info->firmware, sizeof(info->firmware)) ||
	    !trv_str_ended(info->mode, sizeof(info->mode)))
		return false;
	if (bs < 512 || bs > 4096 || (bs & (bs - 1)))
		return false;
	if (!info->phys_block || info->phys_block % bs)
		return false;
	if (info->blocks > ~0ULL / bs || (!info->blocks && !(info->flags & TRV_DISK_REMOVABLE)))
		return false;
	if (!info->max_blocks || info->max_blocks > ~0U / bs || !info->timeout_ms)
		return false;
	return !(info->flags & ~all) && (!(info->flags & TRV_DISK_DISCARD) || info->max_discard);
}

/* The limits a queue splits to are those of its creation. */
static bool trv_limits_kept(const struct trv_blkq *q)
{
	const struct trv_dma_limits *a = &q->limits, *b = trv_dev_dma_limits(q->dev);

	return a->mask == b->mask && a->align == b->align && a->boundary == b->boundary &&
	       a->max_seg == b->max_seg && a->max_segs == b->max_segs;
}

int trv_disk_add(struct trv_blkq *q, struct trv_disk *disk, const struct trv_disk_info *info,
		 void *priv)
{
	struct trv_disk **at = &trv_dev_core(q->dev)->disks;
	unsigned long flags;

	if (!trv_disk_info_valid(info))
		return -EINVAL;
	if (!trv_limits_kept(q)) {
		trv_err(q->dev, "disk %u: DMA limits changed after trv_blkq_init()", info->unit);
		return -EINVAL;
	}
	while (*at && (*at)->info.unit < info->unit)
		at = &(*at)->dev_next;
	if (*at && (*at)->info.unit == info->unit)
		return -EINVAL;
	/* Nothing is allocated here, as it is in the kernel. */
	if (trv_fault_point(q->dev, "disk_add"))
		return -ENOMEM;

	trv_memset(disk, 0, sizeof(*disk));
	disk->q = q;
	disk->priv = priv;
	disk->info = *info;
	disk->wait_tail = &disk->wait;
	disk->sync_tail = &disk->sync;
	trv_event_init(&disk->idle);

	disk->dev_next = *at;
	*at = disk;

	flags = trv_spin_lock_irqsave(&q->lock);
	if (q->disks) {
		disk->q_next = q->disks->q_next;
		q->disks->q_next = disk;
	} else {
		disk->q_next = disk;
		q->disks = disk;
	}
	trv_spin_unlock_irqrestore(&q->lock, flags);
	return 0;
}

void trv_disk_remove(struct trv_disk *disk)
{
	struct trv_disk **at = &trv_dev_core(disk->q->dev)->disks, *before = disk;
	struct trv_blkq *q = disk->q;
	unsigned long flags;

	trv_disk_drain(disk);

	while (*at != disk)
		at = &(*at)->dev_next;
	*at = disk->dev_next;

	flags = trv_spin_lock_irqsave(&q->lock);
	while (before->q_next != disk)
		before = before->q_next;
	before->q_next = disk->q_next;
	if (q->disks == disk)
		q->disks = before == disk ? NULL : before;
	trv_spin_unlock_irqrestore(&q->lock, flags);
}

void trv_disk_set_timeout(struct trv_disk *disk, u32 ms)
{
	struct trv_blkq *q;
	unsigned long flags;

	trv_check_outside();
	q = disk->q;
	flags = trv_spin_lock_irqsave(&q->lock);
	disk->info.timeout_ms = trv_max(ms, 1U);
	trv_spin_unlock_irqrestore(&q->lock, flags);
}

void trv_disk_get(struct trv_disk *disk)
{
	disk->refs++;
}

void trv_disk_put(struct trv_disk *disk)
{
	if (!--disk->refs && disk->going)
		trv_event_signal(&disk->idle);
}

struct trv_disk *trv_disk_first(struct trv_dev *dev)
{
	trv_check_outside();
	return trv_dev_core(dev)->disks;
}

struct trv_disk *trv_disk_next(struct trv_disk *disk)
{
	trv_check_outside();
	return disk->dev_next;
}

/* ---- operations that wait ------------------------------------------------ */

static void trv_io_append(struct trv_io ***tail, struct trv_io *io)
{
	io->next = NULL;
	**tail = io;
	*tail = &io->next;
}

static struct trv_io *trv_io_pop(struct trv_io **head, struct trv_io ***tail)
{
	struct trv_io *io = *head;

	*head = io->next;
	if (!*head)
		*tail = head;
	return io;
}

static void trv_disk_pop(struct trv_disk *disk)
{
	trv_io_pop(&disk->wait, &disk->wait_tail);
	disk->cut_blocks = 0;
	disk->cut_vec = 0;
	disk->cut_skip = 0;
}

/* A write that must be on the medium, through a cache, on a disk that cannot do it in one. */
static bool trv_io_wants_flush(const struct trv_io *io)
{
	const u32 flags = io->disk->info.flags;

	return io->fua && !io->status && !(io->pending & TRV_IO_FLUSHED) &&
	       (flags & TRV_DISK_WRITE_CACHE) && !(flags & TRV_DISK_FUA);
}

void trv_io_put(struct trv_io *io, int status)
{
	struct trv_disk *disk = io->disk;

	if (!io->status)
		io->status = status;
	io->pending--;
	if (io->pending & TRV_IO_COUNT)
		return;
	if (trv_io_wants_flush(io)) {
		io->pending = TRV_IO_FLUSHED | 1;
		trv_io_append(&disk->sync_tail, io);
		return;
	}
	trv_disk_count(disk, io);
	trv_io_append(&disk->q->done_tail, io);
}

bool trv_disk_pending(const struct trv_disk *disk)
{
	return disk->wait || disk->sync;
}

void trv_disk_fail(struct trv_disk *disk, int status)
{
	struct trv_io *io;

	while ((io = disk->wait)) {
		trv_disk_pop(disk);
		trv_io_put(io, status);
	}
	while (disk->sync)
		trv_io_put(trv_io_pop(&disk->sync, &disk->sync_tail), status);
}

/* ---- cutting ------------------------------------------------------------- */

/* The most segments @len contiguous bytes become: where they start is up to the leg. */
static u64 trv_segs_of(const struct trv_blkq *q, u64 len)
{
	u64 segs = q->seg_len ? (len + q->seg_len - 1) / q->seg_len : 1;

	if (q->limits.boundary)
		segs += (len - 1 + q->limits.boundary - 1) / q->limits.boundary;
	return segs;
}

/* The longest piece, up to @len bytes, that is sure to fit @room segments. */
static u64 trv_len_of(const struct trv_blkq *q, u64 len, u64 room)
{
	u64 fits = 0, mid;

	while (fits < len) {
		mid = (fits + len + 1) / 2;
		if (trv_segs_of(q, mid) <= room)
			fits = mid;
		else
			len = mid - 1;
	}
	return fits;
}

/*
 * How many of the next @blocks may one request have? At least one: if that
 * has too many segments even so, trv_req_map() says -EFBIG.
 */
static u32 trv_disk_fit(const struct trv_disk *disk, const struct trv_io *io, u32 blocks)
{
	const struct trv_blkq *q = disk->q;
	const struct trv_vec *vec = io->vec + disk->cut_vec;
	u64 want = (u64)blocks * disk->info.block_size, have = 0, segs = 0, len, n;
	u32 skip = disk->cut_skip;

	for (; have < want; vec++, skip = 0) {
		len = trv_min((u64)(vec->len - skip), want - have);
		if (!len)
			continue;
		n = trv_segs_of(q, len);
		if (segs + n > q->max_segs) {
			have += trv_len_of(q, len, q->max_segs - segs);
			break;
		}
		segs += n;
		have += len;
	}
	return trv_max((u32)(have / disk->info.block_size), 1U);
}

static void trv_disk_advance(struct trv_disk *disk, const struct trv_io *io, u64 bytes)
{
	u32 len;

	while (bytes) {
		len = io->vec[disk->cut_vec].len - disk->cut_skip;
		if (len > bytes) {
			disk->cut_skip += (u32)bytes;
			return;
		}
		bytes -= len;
		disk->cut_vec++;
		disk->cut_skip = 0;
	}
}

static void trv_req_fill(struct trv_req *req, struct trv_disk *disk, struct trv_io *io,
			 enum trv_req_op op, u32 blocks)
{
	bool data = op == TRV_REQ_READ || op == TRV_REQ_WRITE;

	req->disk = disk;
	req->io = io;
	req->op = op;
	req->fua = op == TRV_REQ_WRITE && io->fua && (disk->info.flags & TRV_DISK_WRITE_CACHE) &&
		   (disk->info.flags & TRV_DISK_FUA);
	req->lba = op == TRV_REQ_FLUSH ? 0 : io->lba + disk->cut_blocks;
	req->blocks = blocks;
	req->bytes = data ? blocks * disk->info.block_size : 0;
	req->vec = data ? io->vec + disk->cut_vec : NULL;
	req->skip = data ? disk->cut_skip : 0;
	req->refused = 0;
	req->n_maps = 0;
	req->n_segs = 0;
}

bool trv_disk_cut(struct trv_disk *disk, struct trv_req *req)
{
	struct trv_io *io;
	u32 blocks;

	if (disk->sync) {
		io = trv_io_pop(&disk->sync, &disk->sync_tail);
		trv_req_fill(req, disk, io, TRV_REQ_FLUSH, 0);
		return true;
	}

	io = disk->wait;
	if (io->status) { /* one part failed: what is left is not tried */
		trv_disk_pop(disk);
		trv_io_put(io, 0);
		return false;
	}

	blocks = io->blocks - disk->cut_blocks;
	if (io->op == TRV_REQ_DISCARD)
		blocks = trv_min(blocks, disk->info.max_discard);
	else if (io->op != TRV_REQ_FLUSH)
		blocks = trv_disk_fit(disk, io, trv_min(blocks, disk->info.max_blocks));
	trv_req_fill(req, disk, io, io->op, blocks);

	if (disk->cut_blocks + blocks == io->blocks) {
		trv_disk_pop(disk); /* its count goes on to the request */
		return true;
	}
	io->pending++;
	disk->cut_blocks += blocks;
	trv_disk_advance(disk, io, req->bytes);
	return true;
}

/* ---- submitting ---------------------------------------------------------- */

static bool trv_io_data_valid(const struct trv_io *io, u32 block_size)
{
	u64 bytes = 0;

	for (u32 i = 0; i < io->n_vec; i++) {
		if (io->vec[i].len && !io->vec[i].buf)
			return false;
		bytes += io->vec[i].len;
	}
	return bytes == (u64)io->blocks * block_size;
}

static int trv_io_check(const struct trv_disk *disk, const struct trv_io *io)
{
	const struct trv_disk_info *info = &disk->info;
	bool changes = false;

	if (!io->done || (io->fua && io->op != TRV_REQ_WRITE))
		return -EINVAL;
	switch (io->op) {
	case TRV_REQ_FLUSH:
		return io->lba || io->blocks || io->n_vec ? -EINVAL : 0;
	case TRV_REQ_DISCARD:
		if (!io->blocks || io->n_vec)
			return -EINVAL;
		if (!(info->flags & TRV_DISK_DISCARD))
			return -EOPNOTSUPP;
		changes = true;
		break;
	case TRV_REQ_WRITE:
		changes = true;
		/* fall through */
	case TRV_REQ_READ:
		if (!io->blocks || !trv_io_data_valid(io, info->block_size))
			return -EINVAL;
		break;
	default:
		return -EINVAL;
	}
	return changes && (info->flags & TRV_DISK_READ_ONLY) ? -EACCES : 0;
}

/* Where on the medium? Which one that is changes: with the lock held. */
static int trv_io_place(const struct trv_disk *disk, const struct trv_io *io)
{
	const u64 end = disk->info.blocks;

	if (disk->going || disk->q->dead)
		return -ENODEV;
	if (!end)
		return -ENOMEDIUM;
	return io->lba > end || io->blocks > end - io->lba ? -ERANGE : 0;
}

static int trv_disk_take(struct trv_disk *disk, struct trv_io *io)
{
	struct trv_blkq *q = disk->q;
	unsigned long flags;
	int rc = trv_io_check(disk, io);

	if (rc)
		return rc;
	io->status = 0;
	io->disk = disk;
	io->pending = 1;

	flags = trv_spin_lock_irqsave(&q->lock);
	rc = trv_io_place(disk, io);
	if (rc) {
		trv_spin_unlock_irqrestore(&q->lock, flags);
		return rc;
	}
	trv_disk_get(disk); /* until done() has returned */
	trv_disk_get(disk); /* until this has */
	if (io->op == TRV_REQ_FLUSH && !(disk->info.flags & TRV_DISK_WRITE_CACHE))
		trv_io_put(io, 0); /* nothing to flush */
	else
		trv_io_append(&disk->wait_tail, io);
	flags = trv_blkq_pump(q, flags);
	trv_disk_put(disk);
	trv_spin_unlock_irqrestore(&q->lock, flags);
	return 0;
}

int trv_disk_submit(struct trv_disk *disk, struct trv_io *io)
{
	trv_check_outside();
	return trv_disk_take(disk, io);
}

/** struct trv_rw - somebody waits for an operation */
struct trv_rw {
	struct trv_event event;
	u32 done;
};

static void trv_rw_done(struct trv_io *io)
{
	struct trv_rw *rw = io->arg;

	/* trv_rw_spin() sees it, and goes on to wait for the event. */
	trv_store_release(&rw->done, 1);
	trv_event_signal(&rw->event);
}

/* Without an interrupt, looking is faster than sleeping: for a while, if that is all it takes. */
static void trv_rw_spin(struct trv_blkq *q, struct trv_rw *rw)
{
	u64 end = trv_time_ns() + TRV_BLKQ_SPIN_US * 1000ULL;

	if (!trv_blkq_spins(q))
		return;
	/* Pairs with trv_rw_done(): only a hint, the event decides. */
	while (!trv_load_acquire(&rw->done) && trv_time_ns() < end) {
		if (!trv_blkq_poll(q))
			trv_cpu_relax();
	}
}

static int trv_disk_wait(struct trv_disk *disk, struct trv_io *io)
{
	struct trv_rw rw = { .done = 0 };
	struct trv_blkq *q = disk->q;
	unsigned long flags;
	int rc;

	trv_event_init(&rw.event);
	io->done = trv_rw_done;
	io->arg = &rw;

	/* The spin touches the queue after done(). */
	flags = trv_spin_lock_irqsave(&q->lock);
	if (disk->going) {
		trv_spin_unlock_irqrestore(&q->lock, flags);
		return -ENODEV;
	}
	trv_disk_get(disk);
	trv_spin_unlock_irqrestore(&q->lock, flags);

	rc = trv_disk_take(disk, io);
	if (!rc) {
		if (q->params.polled)
			trv_rw_spin(q, &rw);
		/* With the driver or refused by it, a request has a deadline: this ends. */
		while (trv_event_wait(&rw.event, TRV_BLKQ_WAIT_US))
			continue;
		rc = io->status;
	}

	flags = trv_spin_lock_irqsave(&q->lock);
	trv_disk_put(disk);
	trv_spin_unlock_irqrestore(&q->lock, flags);
	return rc;
}

int trv_disk_submit_wait(struct trv_disk *disk, struct trv_io *io)
{
	trv_check_outside();
	return trv_disk_wait(disk, io);
}

int trv_disk_rw(struct trv_disk *disk, enum trv_req_op op, u64 lba, u32 blocks, void *buf)
{
	u64 bytes =
		op == TRV_REQ_READ || op == TRV_REQ_WRITE ? (u64)blocks * disk->info.block_size : 0;
	struct trv_vec vec = { .buf = buf, .len = (u32)bytes };
	struct trv_io io = {
		.op = op,
		.lba = lba,
		.blocks = blocks,
		.vec = &vec,
		.n_vec = bytes != 0,
	};

	trv_check_outside();
	return bytes > ~0U ? -EINVAL : trv_disk_wait(disk, &io);
}
