// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The block class: requests. Completion, requeueing, time-out and removal each try to take a
 * request; an atomic bit lets one of them.
 */
#include <linux/dma-mapping.h>
#include <linux/highmem.h>

#include <os/linux-kmod/blk.h>

#define KMOD_POLL_MIN_NS (10 * NSEC_PER_USEC) /* between calls of poll(): doubles while */
#define KMOD_POLL_MAX_NS (1 * NSEC_PER_MSEC)  /* they find nothing */

DECLARE_TRACEPOINT(trivet_dma_map);
DECLARE_TRACEPOINT(trivet_req_done);

static const char *const op_names[] = { "read", "write", "flush", "discard" };

static struct trv_blkq *queue_of(const struct trv_req *req)
{
	return trv_req_disk(req)->q;
}

static bool take(struct trv_req *req)
{
	return !test_and_set_bit(TRV_REQ_TAKEN, &req->flags);
}

static void trace_done(const struct trv_req *req, int status)
{
	if (tracepoint_enabled(trivet_req_done))
		kmod_trace_req_done(req, status);
}

/* ---- DMA ----------------------------------------------------------------- */

/* The list is an array, which costs less to walk than sg_next() does. */
static bool aligned(const struct trv_req *req, u32 n, u32 align)
{
	u32 bits = 0;

	for (u32 i = 0; i < n; i++)
		bits |= req->sg[i].offset | req->sg[i].length;
	return !(bits & (align - 1));
}

int trv_req_map(struct trv_req *req)
{
	struct request *rq = trv_kmod_rq(req);
	struct trv_blkq *q = queue_of(req);
	int n;

	if (!req->pio_left)
		return 0;
	if (WARN_ONCE(req->n_sg, "%s: request %d mapped twice\n", trv_dev_name(q->dev), rq->tag))
		return -EINVAL;
	n = blk_rq_map_sg(rq->q, rq, req->sg);
	if (q->limits.align > 1 && !aligned(req, n, q->limits.align)) {
		atomic_inc(&trv_req_disk(req)->unmapped);
		return -EFBIG;
	}
	req->n_pages = n;
	n = dma_map_sg(kmod_device(q->dev), req->sg, n, rq_dma_dir(rq));
	if (!n) {
		atomic_inc(&trv_req_disk(req)->unmapped);
		return -ENOMEM;
	}
	req->n_sg = n;
	if (tracepoint_enabled(trivet_dma_map))
		kmod_trace_req_map(req);
	return n;
}
EXPORT_SYMBOL_GPL(trv_req_map);

void trv_req_unmap(struct trv_req *req)
{
	if (!req->n_sg)
		return;
	if (tracepoint_enabled(trivet_dma_unmap))
		kmod_trace_req_unmap(req);
	req->n_sg = 0;
	dma_unmap_sg(kmod_device(queue_of(req)->dev), req->sg, req->n_pages,
		     rq_dma_dir(trv_kmod_rq(req)));
}
EXPORT_SYMBOL_GPL(trv_req_unmap);

/* ---- PIO ----------------------------------------------------------------- */

u32 trv_req_pio_left(const struct trv_req *req)
{
	return req->pio_left;
}
EXPORT_SYMBOL_GPL(trv_req_pio_left);

void trv_req_pio_rewind(struct trv_req *req)
{
	req->pio_bio = trv_kmod_rq(req)->bio;
	if (req->pio_bio)
		req->pio_iter = req->pio_bio->bi_iter;
	req->pio_left = trv_req_bytes(req);
}
EXPORT_SYMBOL_GPL(trv_req_pio_rewind);

/* The bytes at the cursor that lie in one page; there is one at least. */
static struct bio_vec pio_piece(struct trv_req *req)
{
	while (!req->pio_iter.bi_size) {
		req->pio_bio = req->pio_bio->bi_next;
		req->pio_iter = req->pio_bio->bi_iter;
	}
	return bio_iter_iovec(req->pio_bio, req->pio_iter);
}

static void pio_advance(struct trv_req *req, u32 bytes)
{
	bio_advance_iter_single(req->pio_bio, &req->pio_iter, bytes);
	req->pio_left -= bytes;
}

static int pio_check(struct trv_req *req, enum trv_req_op op, u32 bytes)
{
	if (WARN_ONCE(trv_req_op(req) != op || req->n_sg, "%s: request %d: PIO %s\n",
		      trv_dev_name(queue_of(req)->dev), trv_kmod_rq(req)->tag,
		      req->n_sg ? "of a mapped request" : "in the wrong direction"))
		return -EINVAL;
	if (bytes & 1)
		return -EINVAL;
	return bytes > req->pio_left ? -ERANGE : 0;
}

/* One FIFO word, two pieces of memory. */
static void pio_split_in(struct trv_req *req, struct trv_port h, u32 off)
{
	u8 word[2];

	trv_port_read_rep16(h, off, word, 1);
	for (u32 i = 0; i < sizeof(word); i++) {
		struct bio_vec bv = pio_piece(req);

		memcpy_to_page(bv.bv_page, bv.bv_offset, (char *)&word[i], 1);
		pio_advance(req, 1);
	}
}

static void pio_split_out(struct trv_req *req, struct trv_port h, u32 off)
{
	u8 word[2];

	for (u32 i = 0; i < sizeof(word); i++) {
		struct bio_vec bv = pio_piece(req);

		memcpy_from_page((char *)&word[i], bv.bv_page, bv.bv_offset, 1);
		pio_advance(req, 1);
	}
	trv_port_write_rep16(h, off, word, 1);
}

int trv_req_pio_in(struct trv_req *req, struct trv_port h, u32 off, u32 bytes)
{
	int rc = pio_check(req, TRV_REQ_READ, bytes);
	struct bio_vec bv;
	u32 len;
	void *p;

	if (rc)
		return rc;
	for (; bytes; bytes -= len) {
		bv = pio_piece(req);
		len = min(bv.bv_len, bytes) & ~1U;
		if (!len) {
			pio_split_in(req, h, off);
			len = 2;
			continue;
		}
		p = bvec_kmap_local(&bv);
		trv_port_read_rep16(h, off, p, len / 2);
		kunmap_local(p);
		flush_dcache_page(bv.bv_page);
		pio_advance(req, len);
	}
	return 0;
}
EXPORT_SYMBOL_GPL(trv_req_pio_in);

int trv_req_pio_out(struct trv_req *req, struct trv_port h, u32 off, u32 bytes)
{
	int rc = pio_check(req, TRV_REQ_WRITE, bytes);
	struct bio_vec bv;
	u32 len;
	void *p;

	if (rc)
		return rc;
	for (; bytes; bytes -= len) {
		bv = pio_piece(req);
		len = min(bv.bv_len, bytes) & ~1U;
		if (!len) {
			pio_split_out(req, h, off);
			len = 2;
			continue;
		}
		p = bvec_kmap_local(&bv);
		trv_port_write_rep16(h, off, p, len / 2);
		kunmap_local(p);
		pio_advance(req, len);
	}
	return 0;
}
EXPORT_SYMBOL_GPL(trv_req_pio_out);

/* ---- ending -------------------------------------------------------------- */

/* Whoever took it gives it back to the block layer. */
static void finish(struct trv_req *req, int status)
{
	struct trv_disk *disk = trv_req_disk(req);

	if (disk->q->params.polled)
		atomic_dec(&disk->q->out);
	kmod_blkq_progress(disk->q);
	req->status = errno_to_blk_status(status);
	if (unlikely(status)) {
		atomic_inc(&disk->errors);
		kmod_error_note(req, status);
	}
	trace_done(req, status);
	blk_mq_complete_request(trv_kmod_rq(req));
}

void trv_kmod_complete(struct request *rq)
{
	struct trv_req *req = blk_mq_rq_to_pdu(rq);

	blk_mq_end_request(rq, req->status);
}
EXPORT_SYMBOL_GPL(trv_kmod_complete);

bool trv_req_complete(struct trv_req *req, int status)
{
	if (!take(req)) {
		atomic_inc(&trv_req_disk(req)->late);
		return false;
	}
	if (WARN_ONCE(status > 0, "%s: a request completed with %d\n",
		      trv_dev_name(queue_of(req)->dev), status))
		status = -EIO;
	trv_req_unmap(req);
	finish(req, status);
	return true;
}
EXPORT_SYMBOL_GPL(trv_req_complete);

bool trv_req_requeue(struct trv_req *req)
{
	struct trv_disk *disk = trv_req_disk(req);

	if (!take(req)) {
		atomic_inc(&disk->late);
		return false;
	}
	trv_req_unmap(req);
	if (disk->q->params.polled)
		atomic_dec(&disk->q->out);
	kmod_blkq_progress(disk->q);
	atomic_inc(&disk->requeues);
	blk_mq_requeue_request(trv_kmod_rq(req), true);
	return true;
}
EXPORT_SYMBOL_GPL(trv_req_requeue);

/* queue() said @rc. Nothing of the request is out; it is offered again, or over. */
blk_status_t trv_kmod_refused(struct trv_blkq *q, struct trv_req *req, int rc)
{
	struct trv_disk *disk = trv_req_disk(req);

	trv_req_unmap(req);
	if (q->params.polled)
		atomic_dec(&q->out);
	if (rc != -EBUSY) {
		atomic_inc(&disk->errors);
		kmod_error_note(req, rc);
		trace_done(req, rc);
		return errno_to_blk_status(rc);
	}
	atomic_inc(&disk->refused);
	/* The driver may refuse for as long as something moves, or else for a time-out. */
	if (!req->refused_since || req->refused_at != READ_ONCE(q->progress)) {
		req->refused_since = jiffies ?: 1;
		req->refused_at = READ_ONCE(q->progress);
	} else if (time_after(jiffies,
			      req->refused_since + msecs_to_jiffies(disk->info.timeout_ms))) {
		trv_warn(q->dev, "disk %u: a request refused for %u ms", disk->info.unit,
			 disk->info.timeout_ms);
		atomic_inc(&disk->timeouts);
		atomic_inc(&disk->errors);
		kmod_error_note(req, -ETIMEDOUT);
		trace_done(req, -ETIMEDOUT);
		return BLK_STS_TIMEOUT;
	}
	/* Asked again in some milliseconds, if nothing ends before. */
	return BLK_STS_RESOURCE;
}
EXPORT_SYMBOL_GPL(trv_kmod_refused);

/* A request for a medium that is not in the drive any more. */
blk_status_t trv_kmod_stale(const struct trv_req *req)
{
	atomic_inc(&trv_req_disk(req)->errors);
	kmod_error_note(req, -ENOMEDIUM);
	return BLK_STS_IOERR;
}
EXPORT_SYMBOL_GPL(trv_kmod_stale);

/* ---- polling ------------------------------------------------------------- */

enum hrtimer_restart kmod_blkq_poller(struct hrtimer *timer)
{
	struct trv_blkq *q = container_of(timer, struct trv_blkq, poller);
	int n;

	if (READ_ONCE(q->poll_stopped) || !atomic_read(&q->out))
		return HRTIMER_NORESTART;
	n = q->ops->poll(q, (int)q->params.depth);
	q->poll_ns = n > 0 ? KMOD_POLL_MIN_NS : min_t(u32, 2 * q->poll_ns, KMOD_POLL_MAX_NS);
	if (!atomic_read(&q->out))
		return HRTIMER_NORESTART;
	hrtimer_forward_now(timer, ns_to_ktime(q->poll_ns));
	return HRTIMER_RESTART;
}

void trv_kmod_poll_soon(struct trv_blkq *q)
{
	if (READ_ONCE(q->poll_stopped))
		return;
	q->poll_ns = KMOD_POLL_MIN_NS;
	hrtimer_start(&q->poller, ns_to_ktime(q->poll_ns), HRTIMER_MODE_REL_SOFT);
}
EXPORT_SYMBOL_GPL(trv_kmod_poll_soon);

/* No poll() in between; one that was about to complete something has done so. */
static void poll_stop(struct trv_blkq *q)
{
	WRITE_ONCE(q->poll_stopped, true);
	hrtimer_cancel(&q->poller);
}

static void poll_go(struct trv_blkq *q)
{
	WRITE_ONCE(q->poll_stopped, false);
	if (atomic_read(&q->out))
		trv_kmod_poll_soon(q);
}

/* ---- time-out and removal ------------------------------------------------ */

/* We took @req from the driver: make the hardware forget it, and end it. Sleeps. */
static void end_taken(struct trv_req *req)
{
	struct trv_disk *disk = trv_req_disk(req);
	struct trv_blkq *q = disk->q;
	bool gone;

	mutex_lock(&q->eh);
	if (q->params.polled)
		poll_stop(q);
	q->ops->timeout(q, req);
	if (q->params.polled)
		poll_go(q);
	mutex_unlock(&q->eh);
	trv_req_unmap(req);
	gone = trv_dev_gone(q->dev);
	if (!gone) {
		trv_warn(q->dev, "disk %u: %s of %u blocks at %llu: no answer in %u ms",
			 disk->info.unit, op_names[trv_req_op(req)], trv_req_blocks(req),
			 kmod_req_lba(req), disk->info.timeout_ms);
		atomic_inc(&disk->timeouts);
	}
	finish(req, gone ? -ENODEV : -ETIMEDOUT);
}

enum blk_eh_timer_return trv_kmod_timeout(struct request *rq)
{
	struct trv_req *req = blk_mq_rq_to_pdu(rq);

	/* Whoever has taken it is about to end it. */
	if (take(req))
		end_taken(req);
	return BLK_EH_DONE;
}
EXPORT_SYMBOL_GPL(trv_kmod_timeout);

static bool take_one(struct request *rq, void *list)
{
	struct trv_req *req = blk_mq_rq_to_pdu(rq);

	if (take(req))
		list_add_tail(&req->claimed, list);
	return true;
}

void kmod_blkq_kill(struct trv_blkq *q)
{
	struct trv_req *req, *next;
	unsigned long flags;
	LIST_HEAD(taken);

	/* From here on nothing is in queue(), or comes to it. */
	spin_lock_irqsave(&q->lock, flags);
	q->dead = true;
	spin_unlock_irqrestore(&q->lock, flags);

	blk_mq_tagset_busy_iter(&q->set, take_one, &taken);
	list_for_each_entry_safe(req, next, &taken, claimed)
		end_taken(req);
}
