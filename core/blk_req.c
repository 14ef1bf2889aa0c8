// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Requests, as the driver uses them: mapping, moving by register, ending.
 */
#define TRV_BLK_INLINE /* this file has the out-of-line copies */
#include <core/blk_core.h>

/* ---- DMA ----------------------------------------------------------------- */

/* The request's part of its operation's vectors; their number, or -EFBIG. */
static int trv_req_pieces(struct trv_req *req)
{
	const struct trv_vec *vec = req->vec;
	u32 left = req->bytes, skip = req->skip, n = 0, len;

	for (; left; vec++, skip = 0) {
		len = trv_min(vec->len - skip, left);
		if (!len)
			continue;
		if (n == req->q->max_segs)
			return -EFBIG;
		req->pieces[n].buf = (char *)vec->buf + skip;
		req->pieces[n].len = len;
		n++;
		left -= len;
	}
	return (int)n;
}

int trv_req_map(struct trv_req *req)
{
	enum trv_dma_dir dir = req->op == TRV_REQ_READ ? TRV_DMA_FROM_DEVICE : TRV_DMA_TO_DEVICE;
	int n, rc;

	if (!req->bytes)
		return 0;
	if (req->n_maps) {
		trv_check_misuse(req->q->dev, "request %u mapped twice", req->tag);
		return -EINVAL;
	}
	n = trv_req_pieces(req);
	if (n < 0)
		return n;
	rc = trv_dma_map_sg(req->q->dev, req->pieces, (u32)n, dir, req->maps, req->segs,
			    req->q->max_segs);
	if (rc < 0)
		return rc;
	req->n_maps = (u32)n;
	req->n_segs = (u32)rc;
	return rc;
}

void trv_req_unmap(struct trv_req *req)
{
	u32 n;

	if (!req->n_maps)
		return;
	/* The driver and the class may both think it is time. */
	n = trv_xchg(&req->n_maps, 0);
	if (!n)
		return;
	req->n_segs = 0;
	trv_dma_unmap_sg(req->q->dev, req->maps, n);
}

/* ---- PIO ----------------------------------------------------------------- */

void trv_req_pio_rewind(struct trv_req *req)
{
	req->pio_vec = req->vec;
	req->pio_skip = req->skip;
	req->pio_left = req->bytes;
}

/* The contiguous bytes at the cursor, at most @max of them; there is one at least. */
static u8 *trv_pio_run(struct trv_req *req, u32 max, u32 *len)
{
	while (req->pio_skip == req->pio_vec->len) {
		req->pio_vec++;
		req->pio_skip = 0;
	}
	*len = trv_min(req->pio_vec->len - req->pio_skip, max);
	return (u8 *)req->pio_vec->buf + req->pio_skip;
}

static void trv_pio_done(struct trv_req *req, u32 len)
{
	req->pio_skip += len;
	req->pio_left -= len;
}

static int trv_pio_check(struct trv_req *req, enum trv_req_op op, u32 bytes)
{
	if (req->op != op || req->n_maps) {
		trv_check_misuse(req->q->dev, "request %u: PIO %s", req->tag,
				 req->n_maps ? "of a mapped request" : "in the wrong direction");
		return -EINVAL;
	}
	if (bytes & 1)
		return -EINVAL;
	return bytes > req->pio_left ? -ERANGE : 0;
}

int trv_req_pio_in(struct trv_req *req, struct trv_port h, u32 off, u32 bytes)
{
	u8 word[2], *p;
	u32 len;
	int rc = trv_pio_check(req, TRV_REQ_READ, bytes);

	if (rc)
		return rc;
	for (; bytes; bytes -= len) {
		p = trv_pio_run(req, bytes, &len);
		if (len > 1) {
			len &= ~1U;
			trv_read_rep16(h, off, p, len / 2);
			trv_pio_done(req, len);
			continue;
		}
		/* One FIFO word, two pieces of memory. */
		trv_read_rep16(h, off, word, 1);
		*p = word[0];
		trv_pio_done(req, 1);
		p = trv_pio_run(req, 1, &len);
		*p = word[1];
		trv_pio_done(req, 1);
		len = 2;
	}
	return 0;
}

int trv_req_pio_out(struct trv_req *req, struct trv_port h, u32 off, u32 bytes)
{
	u8 word[2], *p;
	u32 len;
	int rc = trv_pio_check(req, TRV_REQ_WRITE, bytes);

	if (rc)
		return rc;
	for (; bytes; bytes -= len) {
		p = trv_pio_run(req, bytes, &len);
		if (len > 1) {
			len &= ~1U;
			trv_write_rep16(h, off, p, len / 2);
			trv_pio_done(req, len);
			continue;
		}
		word[0] = *p;
		trv_pio_done(req, 1);
		p = trv_pio_run(req, 1, &len);
		word[1] = *p;
		trv_pio_done(req, 1);
		trv_write_rep16(h, off, word, 1);
		len = 2;
	}
	return 0;
}

/* ---- ending -------------------------------------------------------------- */

/*
 * One of completion, requeue, time-out and removal ends a request; here the
 * driver tries. When it wins, the request is unmapped, the disk stays until
 * trv_disk_put(), and the queue is locked.
 */
static bool trv_req_win(struct trv_req *req, unsigned long *flags)
{
	struct trv_blkq *q = req->q;
	u32 state;

	*flags = trv_spin_lock_irqsave(&q->lock);
	state = req->state;
	if (state != TRV_REQ_OFFERED && state != TRV_REQ_RUNNING) {
		if (state == TRV_REQ_CLAIMED)
			req->disk->n.late++;
		trv_spin_unlock_irqrestore(&q->lock, *flags);
		if (state != TRV_REQ_CLAIMED)
			trv_check_misuse(q->dev, "request %u ended, and it is not the driver's",
					 req->tag);
		return false;
	}
	req->state = TRV_REQ_ENDING;
	trv_disk_get(req->disk);
	if (req->n_maps) {
		trv_spin_unlock_irqrestore(&q->lock, *flags);
		trv_req_unmap(req);
		*flags = trv_spin_lock_irqsave(&q->lock);
	}
	return true;
}

bool trv_req_complete(struct trv_req *req, int status)
{
	struct trv_disk *disk = req->disk;
	struct trv_blkq *q = req->q;
	unsigned long flags;

	if (status > 0) {
		trv_check_misuse(q->dev, "request %u completed with %d", req->tag, status);
		status = -EIO;
	}
	if (!trv_req_win(req, &flags))
		return false;
	trv_blkq_back(q);
	trv_blkq_retire(req, status);
	flags = trv_blkq_pump(q, flags);
	trv_disk_put(disk);
	trv_spin_unlock_irqrestore(&q->lock, flags);
	return true;
}

bool trv_req_requeue(struct trv_req *req)
{
	struct trv_disk *disk = req->disk;
	struct trv_blkq *q = req->q;
	unsigned long flags;

	if (!trv_req_win(req, &flags))
		return false;
	disk->n.requeues++;
	trv_blkq_back(q);
	trv_blkq_hold(q, req, false);
	flags = trv_blkq_pump(q, flags);
	trv_disk_put(disk);
	trv_spin_unlock_irqrestore(&q->lock, flags);
	return true;
}
