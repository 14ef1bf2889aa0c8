/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The block class, from the driver's side.
 *
 * A queue (struct trv_blkq) is what the hardware serialises: an IDE channel,
 * a ring. Disks hang on a queue and share its tags. The class splits requests
 * to the limits, keeps tags, maps data when asked, runs time-outs, polls where
 * there is no interrupt, and completes each request exactly once.
 *
 * The life of a request: the class calls queue(); the driver starts it; the
 * driver calls trv_req_complete() from its interrupt handler, poll() or
 * timeout(). From queue() returning 0 until trv_req_complete() the request is
 * the driver's. When a time-out or a removal comes first, the class claims the
 * request: a later trv_req_complete() returns false and touches nothing, and
 * the request stays valid until timeout() has returned.
 *
 * Room made is room used: trv_req_complete(), trv_req_requeue() and
 * trv_blkq_run() may call queue() before they return, unless they are called
 * from queue() or kick() themselves. The driver holds no lock of its own that
 * queue() takes when it calls them.
 *
 * trv_dma_limits() comes before trv_blkq_init(): requests are cut to them. A
 * request maps its data only if every piece of it meets the alignment there;
 * by register any piece will do.
 */
#ifndef TRIVET_BLK_H
#define TRIVET_BLK_H

#include <trivet/driver.h>

/* Accessors cost nothing in the kernel; elsewhere the class decides. */
#if defined(TRV_OS_LINUX_KMOD)
#define TRV_BLK_HOT TRV_HOT
#else
#define TRV_BLK_HOT
#endif

struct trv_blkq;
struct trv_disk;
struct trv_req;
struct trv_seg_iter;
struct trv_ata_cmd;

enum trv_req_op {
	TRV_REQ_READ,
	TRV_REQ_WRITE,
	TRV_REQ_FLUSH,	 /* no data: everything written before is on the medium */
	TRV_REQ_DISCARD, /* no data: the blocks' contents are no longer needed */
};

/**
 * struct trv_blk_ops - what a disk driver does
 *
 * @queue:   start @req, or hold it if the driver keeps a list of its own.
 *           Atomic; serialised per queue and with kick(); never called for
 *           more than depth requests at a time. 0: taken. -EBUSY: not now,
 *           offered again after the next completion or trv_blkq_run(), until
 *           the disk's time-out is over with nothing under way: -ETIMEDOUT.
 *           Any other error completes the request with it.
 * @kick:    the last of a batch of queue() calls: ring the doorbell. Atomic.
 *           May be NULL.
 * @poll:    look for completions without an interrupt; returns how many were
 *           completed, at most @budget. Atomic; not concurrent with itself
 *           or with timeout().
 *           Required where trv_blkq_params.polled may be set.
 * @timeout: @req took longer than the disk's time-out, or its disk is being
 *           removed, and the class has claimed it. Make the hardware forget
 *           it: when this returns the device touches none of its memory, and
 *           no interrupt handler is about to complete it (trv_irq_sync()).
 *           Requests the reset took down with it are the driver's to
 *           complete or requeue. Sleeps; one at a time per queue. The class
 *           then completes @req: -ETIMEDOUT, or -ENODEV when gone.
 * @check_events: what happened to @disk's medium since the last call: enum
 *           trv_disk_event, or an error. A change is also told by
 *           trv_disk_set_capacity(), before this returns. Sleeps; one at a time
 *           per queue, and concurrent with everything but suspend and removal.
 *           NULL where the medium stays.
 * @ata:     a command of somebody's, in an ATA disk's own registers, which
 *           reads @bytes into @data, or nothing. 0 once the disk has ended
 *           it, also with an error of its own. -EOPNOTSUPP: not let through;
 *           -EINVAL: it does not read so many. Sleeps, as check_events().
 *           NULL where disks are no ATA disks.
 */
struct trv_blk_ops {
	int (*queue)(struct trv_blkq *q, struct trv_req *req);
	void (*kick)(struct trv_blkq *q);
	int (*poll)(struct trv_blkq *q, int budget);
	void (*timeout)(struct trv_blkq *q, struct trv_req *req);
	int (*check_events)(struct trv_disk *disk);
	int (*ata)(struct trv_disk *disk, struct trv_ata_cmd *cmd, void *data, u32 bytes);
};

/** struct trv_ata_cmd - the registers of an ATA command; afterwards what they held then */
struct trv_ata_cmd {
	u8 command;
	u8 features;
	u8 count;
	u8 lba_low;
	u8 lba_mid;
	u8 lba_high;
	u8 device; /* afterwards only, as the next two */
	u8 status;
	u8 error;
};

/**
 * struct trv_blkq_params - a queue's shape
 * @name:          for messages and thread names
 * @depth:         requests the driver takes at a time, all disks together; 1 or more
 * @req_priv_size: bytes of driver memory with every request (trv_req_priv()), zeroed per request
 * @polled:        no interrupt: the class calls poll() while requests are out
 */
struct trv_blkq_params {
	const char *name;
	u32 depth;
	u32 req_priv_size;
	bool polled;
};

enum trv_disk_flags {
	TRV_DISK_READ_ONLY = 1,
	TRV_DISK_REMOVABLE = 2,
	TRV_DISK_WRITE_CACHE = 4, /* volatile: FLUSH means something */
	TRV_DISK_FUA = 8,
	TRV_DISK_DISCARD = 16,
	TRV_DISK_CDROM = 32,
};

/* What check_events() may report, any of them together. */
enum trv_disk_event {
	TRV_DISK_MEDIA_CHANGE = 1,  /* another medium, or none any more, or one again */
	TRV_DISK_EJECT_REQUEST = 2, /* somebody pressed the button */
};

/**
 * struct trv_disk_info - what a disk is
 * @model, @serial, @firmware: trimmed, printable, terminated
 * @mode:         how data moves: "PIO4", "MULTI16", "UDMA/33"
 * @unit:         position on its controller, for names
 * @blocks:       capacity in @block_size units; 0: no medium, where TRV_DISK_REMOVABLE
 * @block_size:   logical block, 512 to 4096, a power of two
 * @phys_block:   physical block, a multiple of @block_size
 * @max_blocks:   longest request
 * @max_discard:  longest discard in blocks, 0 when there is none
 * @timeout_ms:   before timeout() is called
 * @flags:        enum trv_disk_flags
 */
struct trv_disk_info {
	char model[41];
	char serial[21];
	char firmware[9];
	char mode[16];
	u32 unit;
	u64 blocks;
	u32 block_size;
	u32 phys_block;
	u32 max_blocks;
	u32 max_discard;
	u32 timeout_ms;
	u32 flags;
};

/* ---- queues and disks: task context, may sleep --------------------------- */

/** trv_blkq_init() - @q is the driver's memory, @priv its pointer. -ENOMEM, -EINVAL. */
int trv_blkq_init(struct trv_dev *dev, struct trv_blkq *q, const struct trv_blk_ops *ops,
		  const struct trv_blkq_params *params, void *priv) TRV_MUST_CHECK;
/** trv_blkq_destroy() - after the last disk is removed */
void trv_blkq_destroy(struct trv_blkq *q);
TRV_BLK_HOT void *trv_blkq_priv(const struct trv_blkq *q);
/** trv_blkq_run() - offer requests that met -EBUSY again. Atomic. */
void trv_blkq_run(struct trv_blkq *q);

/** trv_disk_add() - requests may arrive before it returns. -ENOMEM, -EINVAL (@info breaks its rules). */
int trv_disk_add(struct trv_blkq *q, struct trv_disk *disk, const struct trv_disk_info *info,
		 void *priv) TRV_MUST_CHECK;
/**
 * trv_disk_remove() - no new requests (-ENODEV); waits for those under way
 *
 * Each ends by completion or by timeout(), at once when the device is gone.
 */
void trv_disk_remove(struct trv_disk *disk);
/**
 * trv_disk_set_capacity() - @disk has another medium, @blocks long; 0: none
 *
 * What waits was meant for the old one and ends with -ENOMEDIUM, as does all
 * that is submitted while there is none. The driver keeps what it has been
 * given from the new medium. Sleeps.
 */
void trv_disk_set_capacity(struct trv_disk *disk, u64 blocks);
TRV_BLK_HOT void *trv_disk_priv(const struct trv_disk *disk);
TRV_BLK_HOT const struct trv_disk_info *trv_disk_info(const struct trv_disk *disk);

/* ---- requests: any context ----------------------------------------------- */

TRV_BLK_HOT enum trv_req_op trv_req_op(const struct trv_req *req);
/** trv_req_fua() - a write that must be on the medium when it completes */
TRV_BLK_HOT bool trv_req_fua(const struct trv_req *req);
/** trv_req_lba(), trv_req_blocks() - first block and count, in the disk's block_size */
TRV_BLK_HOT u64 trv_req_lba(const struct trv_req *req);
TRV_BLK_HOT u32 trv_req_blocks(const struct trv_req *req);
/** trv_req_bytes() - bytes of data; 0 for FLUSH and DISCARD */
TRV_BLK_HOT u32 trv_req_bytes(const struct trv_req *req);
/** trv_req_tag() - below the queue's depth, unique among requests under way */
TRV_BLK_HOT u32 trv_req_tag(const struct trv_req *req);
TRV_BLK_HOT struct trv_disk *trv_req_disk(const struct trv_req *req);
TRV_BLK_HOT void *trv_req_priv(struct trv_req *req);

/**
 * trv_req_map() - map the data for DMA, split to the device's limits
 *
 * Returns the number of segments. -ENOMEM now: fall back to PIO or return
 * -EBUSY; -EFBIG never fits. Unmapped by trv_req_complete() at the latest.
 * A mapped request is not also moved by trv_req_pio_*(). Atomic.
 */
int trv_req_map(struct trv_req *req) TRV_MUST_CHECK;
void trv_req_unmap(struct trv_req *req);

/*
 * trv_req_for_each_seg(req, it) - walk a mapped request's segments
 *	struct trv_seg_iter it;
 *	trv_req_for_each_seg(req, it)
 *		use(it.seg.addr, it.seg.len);
 */
TRV_BLK_HOT bool trv_req_first_seg(struct trv_req *req, struct trv_seg_iter *it);
TRV_BLK_HOT bool trv_req_next_seg(struct trv_seg_iter *it);
#define trv_req_for_each_seg(req, it) \
	for (bool __more = trv_req_first_seg(req, &(it)); __more; __more = trv_req_next_seg(&(it)))

/**
 * trv_req_pio_in(), trv_req_pio_out() - move the request's next @bytes by register
 *
 * Reads (writes) the 16-bit FIFO register at @off. -EINVAL when @bytes is odd,
 * -ERANGE when the request has fewer left; then nothing was moved.
 * trv_req_pio_left() says how many it has; trv_req_pio_rewind() starts over.
 * Atomic.
 */
int trv_req_pio_in(struct trv_req *req, struct trv_port h, u32 off, u32 bytes) TRV_MUST_CHECK;
int trv_req_pio_out(struct trv_req *req, struct trv_port h, u32 off, u32 bytes) TRV_MUST_CHECK;
u32 trv_req_pio_left(const struct trv_req *req);
void trv_req_pio_rewind(struct trv_req *req);

/**
 * trv_req_complete() - the request is over, with @status 0 or one of os.h's errors
 *
 * True for exactly one caller; unmaps. False: the class has claimed it, leave
 * it alone. Afterwards the request is not the driver's to touch. Any context.
 */
bool trv_req_complete(struct trv_req *req, int status);

/**
 * trv_req_requeue() - not done, offer it to queue() again from the start
 *
 * True and false as trv_req_complete(). Unmaps and rewinds; req_priv is zeroed. Any context.
 */
bool trv_req_requeue(struct trv_req *req);

/*
 * TRV_BLK_DRIVER(drv, ops) registers a struct trv_driver of class blk; @ops
 * is the static const struct trv_blk_ops its queues use. In the kernel this
 * instantiates queue_rq and its kin right here, so that no call is indirect.
 */
#if defined(TRV_OS_LINUX_KMOD)
#include <os/linux-kmod/blk_impl.h>
#elif defined(TRV_OS_NONE)
#include <trivet/blk_none.h>
#else
#include <core/blk_impl.h>
#endif

#endif /* TRIVET_BLK_H */
