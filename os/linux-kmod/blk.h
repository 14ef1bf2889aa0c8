/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The block class of the kernel leg, to itself. */
#ifndef TRIVET_KMOD_BLK_H
#define TRIVET_KMOD_BLK_H

#include <os/linux-kmod/kmod.h>

/** kmod_blkq_kill() - the device is gone: nothing is offered any more, and what is out ends. Sleeps. */
void kmod_blkq_kill(struct trv_blkq *q);
/** kmod_blkq_progress() - something ended: a count that is missed in a race does not matter */
static inline void kmod_blkq_progress(struct trv_blkq *q)
{
	WRITE_ONCE(q->progress, READ_ONCE(q->progress) + 1);
}

/** kmod_error_note() - @req ends with @status: kept for debugfs. Any context. */
void kmod_error_note(const struct trv_req *req, int status);

/** kmod_req_lba() - trv_req_lba(), and 0 of a FLUSH, for which the block layer has all ones */
static inline u64 kmod_req_lba(const struct trv_req *req)
{
	return trv_req_op(req) == TRV_REQ_FLUSH ? 0 : trv_req_lba(req);
}

/* kmod_trace_req_EVENT() - the event, which somebody looks at. Any context. */
void kmod_trace_req_done(const struct trv_req *req, int status) __cold;
void kmod_trace_req_map(const struct trv_req *req) __cold;
void kmod_trace_req_unmap(const struct trv_req *req) __cold;

/** kmod_blkq_poller() - the timer of a polled queue */
enum hrtimer_restart kmod_blkq_poller(struct hrtimer *timer);

/** kmod_disk_alloc() - a gendisk and its queue with the limits of disk and device; an ERR_PTR */
struct gendisk *kmod_disk_alloc(struct trv_blkq *q, struct trv_disk *disk);

extern const struct attribute_group *kmod_disk_groups[];

#endif /* TRIVET_KMOD_BLK_H */
