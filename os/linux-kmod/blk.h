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

/** kmod_blkq_poller() - the timer of a polled queue */
enum hrtimer_restart kmod_blkq_poller(struct hrtimer *timer);

/** kmod_disk_alloc() - a gendisk and its queue with the limits of disk and device; an ERR_PTR */
struct gendisk *kmod_disk_alloc(struct trv_blkq *q, struct trv_disk *disk);

extern const struct attribute_group *kmod_disk_groups[];

#endif /* TRIVET_KMOD_BLK_H */
