/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A disk made to test the block class: the driver (ramdisk_drv.c) does
 * whatever a scenario turns here, and writes down what the class did to it.
 * Commands reach the model by plain calls; data, DMA and interrupts are real.
 */
#ifndef TESTS_BLK_RAMDISK_H
#define TESTS_BLK_RAMDISK_H

#include <trivet/blk.h>

#define RD_VENDOR 0x7256
#define RD_DEVICE 0x0d15
#define RD_BLOCK 512u
#define RD_BLOCKS 256u
#define RD_DISKS 2u
#define RD_DEPTH 32u
#define RD_LOG 256u

/* One FIFO for each command slot. */
#define RD_FIFO(tag) ((tag)*2)
#define RD_PORTS RD_FIFO(RD_DEPTH)

/* What queue() does with the next requests instead of starting them. */
enum rd_odd {
	RD_START,
	RD_SYNC,	/* complete it before returning */
	RD_REFUSE,	/* -EBUSY */
	RD_MAP_REFUSE,	/* map it, then -EBUSY */
	RD_ERROR,	/* -EIO */
	RD_REQUEUE,	/* requeue it before returning */
	RD_HANG,	/* take it, and never answer */
	RD_REFUSE_DONE, /* complete it, then refuse it: broken */
	RD_POSITIVE,	/* return 1: broken */
	RD_MAP_TWICE,	/* broken */
	RD_MAP_PIO,	/* map it, then move it by register: broken */
	RD_BACKWARDS,	/* by register, in the other direction: broken */
};

/** struct rd_entry - one thing the class did */
struct rd_entry {
	char what; /* 'q'ueue, 'k'ick, 't'imeout, 'd'one */
	u8 op;
	u8 unit;
	bool fua;
	bool mapped;
	u32 segs;
	u32 tag;
	u64 lba;
	u32 blocks;
};

/** struct ramdisk_ctl - knobs above, observations below */
struct ramdisk_ctl {
	struct trv_blkq_params params;
	struct trv_disk_info info[RD_DISKS];
	struct trv_dma_limits limits;
	u32 disks;
	bool pio;
	bool reverse;	      /* complete the newest first */
	bool complete_locked; /* call the class with the driver's lock held: broken */
	bool complete_twice;  /* broken */
	bool keep_disks;      /* destroy the queue before removing them: broken */
	bool poll_lies;	      /* poll() says it found more than can be: broken */
	bool resume_fails;
	u64 delay_ns[RD_DISKS];
	u32 poll_us, timeout_us; /* how long poll() and timeout() take */
	u32 room;		 /* -EBUSY beyond so many at a time; 0: none is too many */
	enum rd_odd odd;	 /* what to do with the next @n_odd requests, */
	u32 n_odd;
	u32 skip_odd;	   /* after so many normal ones */
	u32 n_requeue;	   /* the interrupt handler requeues so many */
	bool late;	   /* timeout() completes the request it was called for, */
	bool late_requeue; /* or requeues it */
	bool reset;	   /* timeout() takes the others down and requeues them */
	u64 bad_lba;	   /* requests with this block end with bad_status */
	int bad_status;

	struct trv_blkq *q;
	u8 *store[RD_DISKS];
	struct rd_entry log[RD_LOG];
	u32 n_log;
	u32 queues, kicks, polls, timeouts;
	u32 out, max_out;     /* between queue() and the end */
	u32 depth, max_depth; /* queue() inside queue() */
	u32 dirty_priv;	      /* requests whose private memory was not zeroed */
	u32 pio_wrong;	      /* more bytes, or an odd number, were moved all the same */
	u32 in_poll, in_kick, in_timeout;
	u32 overlaps; /* calls at the same time that must not be */
};

extern struct ramdisk_ctl rd;

/** rd_remove_unit() - one of its disks is pulled. Task context. */
void rd_remove_unit(struct trv_dev *dev, u32 unit);

/** rd_note() - into the log; entries beyond RD_LOG are counted, not kept */
struct rd_entry *rd_note(char what, struct trv_req *req);

/* The hardware: command slots by tag. */
void rd_hw_start(struct trv_dev *dev, struct trv_req *req, bool dma);
/** rd_hw_now() - the same, over when it returns; its status */
int rd_hw_now(struct trv_dev *dev, struct trv_req *req);
void rd_hw_cancel(struct trv_dev *dev, u32 tag);
bool rd_hw_done(struct trv_dev *dev, u32 tag, int *status);
/** rd_hw_fifo() - the command's FIFO begins at the first byte */
void rd_hw_fifo(struct trv_dev *dev, u32 tag);

#endif /* TESTS_BLK_RAMDISK_H */
