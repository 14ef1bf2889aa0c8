/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The block class, to itself. What lifecycle.c calls is in core.h.
 *
 * An operation (struct trv_io) waits at its disk, is cut into requests as
 * tags become free, and is finished when its last request is. One loop, the
 * pump, moves everything: it offers requests, rings the doorbell and calls
 * done(). Only one context is in a queue's pump; others change the state
 * under the lock and leave, and the pump sees it before it stops. So queue()
 * and kick() are serialised, neither is called under a lock of the class, and
 * a driver that completes inside queue() recurses no deeper than that.
 */
#ifndef TRIVET_BLK_CORE_H
#define TRIVET_BLK_CORE_H

#include <core/core.h>
#include <trivet/disk.h>

/**
 * enum trv_req_state - who has a request; changes under the queue's lock only
 *
 *	FREE ---> OFFERED ---> RUNNING ---> CLAIMED
 *	 ^         |  ^ \_________|            |
 *	 |         v  |      |                 |
 *	 |        HELD       v                 v
 *	 +---------+------ ENDING <------------+
 *
 * @TRV_REQ_FREE:    nobody
 * @TRV_REQ_OFFERED: the driver, queue() has not returned; cannot be claimed
 * @TRV_REQ_RUNNING: the driver
 * @TRV_REQ_CLAIMED: the class: overdue, or its device is gone. The memory
 *                   stays until timeout() has returned.
 * @TRV_REQ_ENDING:  the one caller who ends or requeues it
 * @TRV_REQ_HELD:    the class, to be offered again
 */
enum trv_req_state {
	TRV_REQ_FREE,
	TRV_REQ_OFFERED,
	TRV_REQ_RUNNING,
	TRV_REQ_CLAIMED,
	TRV_REQ_ENDING,
	TRV_REQ_HELD,
};

/* trv_io.pending: requests under way, one more while it waits, and a mark. */
#define TRV_IO_FLUSHED 0x80000000u /* its FLUSH is under way or done */
#define TRV_IO_COUNT 0x7fffffffu

#define TRV_BLKQ_MAX_DEPTH 1024u
#define TRV_BLKQ_MAX_SEGS 512u	/* of a request, whatever the device could do */
#define TRV_BLKQ_DEF_SEGS 128u	/* when it states no limit */
#define TRV_BLKQ_RETRY_US 3000u /* after -EBUSY with nothing under way: doubles while it lasts */
#define TRV_BLKQ_RETRY_MAX_US 100000u
#define TRV_BLKQ_POLL_MIN_US 10u /* between poll() calls: doubles while they find nothing */
#define TRV_BLKQ_POLL_MAX_US 1000u
#define TRV_BLKQ_MEAN_MAX_US 50000u /* no longer is waited before the first */
#define TRV_BLKQ_REST_US 20000u	    /* after that nobody knows how long one takes */
#define TRV_BLKQ_SPIN_US 50u	 /* trv_disk_rw() on a polled queue spins, then sleeps */
#define TRV_BLKQ_WAIT_US 100000u /* how often a waiting removal looks at the device */

/* ---- blk_queue.c: with the lock held ------------------------------------- */

/** trv_blkq_pump() - move what can move; gives the lock up on the way, and back */
unsigned long trv_blkq_pump(struct trv_blkq *q, unsigned long flags) TRV_MUST_CHECK;
/** trv_blkq_hold() - @req is offered again, @first or after the others held */
void trv_blkq_hold(struct trv_blkq *q, struct trv_req *req, bool first);
/** trv_blkq_retire() - @req is over: free its tag, count it for its operation */
void trv_blkq_retire(struct trv_req *req, int status);
/** trv_blkq_back() - the driver has one less: room for another */
void trv_blkq_back(struct trv_blkq *q);
/** trv_blkq_refused() - offer nothing before the next completion, trv_blkq_run() or retry of @req */
void trv_blkq_refused(struct trv_blkq *q, const struct trv_req *req);
/** trv_blkq_fail() - end what is not with the driver, of @disk or of all (NULL) */
void trv_blkq_fail(struct trv_blkq *q, struct trv_disk *disk, int status);
/** trv_disk_get(), trv_disk_put() - the disk stays; after the last put nothing of it is touched */
void trv_disk_get(struct trv_disk *disk);
void trv_disk_put(struct trv_disk *disk);

/* ---- blk_disk.c: with the lock held -------------------------------------- */

/** trv_disk_pending() - has it anything to make a request of? */
bool trv_disk_pending(const struct trv_disk *disk);
/** trv_disk_cut() - make a request of what waits; false when nothing was left after all */
bool trv_disk_cut(struct trv_disk *disk, struct trv_req *req);
/** trv_disk_fail() - what waits is over */
void trv_disk_fail(struct trv_disk *disk, int status);
/** trv_io_put() - one request, or the wait, less; the last one finishes @io */
void trv_io_put(struct trv_io *io, int status);

/* ---- blk_timeout.c, blk_poll.c ------------------------------------------- */

/** trv_blkq_watch() - the timer is due at @when at the latest. With the lock held. */
void trv_blkq_watch(struct trv_blkq *q, u64 when);
/** trv_blkq_expire() - claim what is overdue, or all when the queue is dead. Sleeps. */
void trv_blkq_expire(struct trv_blkq *q);
/** trv_blkq_kill() - the device is gone: end everything, now. Sleeps. */
void trv_blkq_kill(struct trv_blkq *q);
/** trv_disk_drain() - no new requests; returns when none is left. Sleeps. */
void trv_disk_drain(struct trv_disk *disk);
void trv_blkq_timer(void *q);
void trv_blkq_work(void *q);

/** trv_blkq_poll() - call poll() unless somebody is; completions found */
int trv_blkq_poll(struct trv_blkq *q);
/** trv_blkq_poll_stop(), trv_blkq_poll_start() - no poll() in between. Sleeps. */
void trv_blkq_poll_stop(struct trv_blkq *q);
void trv_blkq_poll_start(struct trv_blkq *q);
/** trv_blkq_poll_begin() - the driver took @req at @now. With the lock held. */
void trv_blkq_poll_begin(struct trv_blkq *q, const struct trv_req *req, u64 now);
/** trv_blkq_poll_end() - it is over, without an error. With the lock held. */
void trv_blkq_poll_end(struct trv_blkq *q, const struct trv_req *req);
/** trv_blkq_poll_soon() - arm the poller. With the lock held. */
void trv_blkq_poll_soon(struct trv_blkq *q);
/** trv_blkq_spins() - what is under way is over so soon that sleeping is not worth it */
bool trv_blkq_spins(struct trv_blkq *q);
void trv_blkq_poller(void *q);

/** trv_disk_count() - @io is over. With the lock held. */
void trv_disk_count(struct trv_disk *disk, const struct trv_io *io);

#endif /* TRIVET_BLK_CORE_H */
