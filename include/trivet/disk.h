/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Disks, from the application's side: the process that runs a driver (user
 * leg) or the scenario that tests it (simulator). In the kernel the block
 * layer stands here instead.
 */
#ifndef TRIVET_DISK_H
#define TRIVET_DISK_H

#include <trivet/blk.h>

/**
 * struct trv_io - one operation
 *
 * The caller fills the first part and leaves everything alone until @done has
 * been called. Data memory is from trv_alloc() or the leg's own allocator.
 *
 * @op, @fua:   as trv_req_op(), trv_req_fua()
 * @lba, @blocks: in the disk's blocks; both 0 for FLUSH
 * @vec, @n_vec: data, @blocks * block_size bytes in all; none for FLUSH, DISCARD
 * @done:       called exactly once, atomic context, perhaps before trv_disk_submit() returns
 * @arg:        for @done
 * @status:     set before @done: 0 or a negative error
 */
struct trv_io {
	enum trv_req_op op;
	bool fua;
	u64 lba;
	u32 blocks;
	const struct trv_vec *vec;
	u32 n_vec;
	void (*done)(struct trv_io *io);
	void *arg;
	int status;
	/* the class's */
	u32 pending;
	struct trv_disk *disk;
	struct trv_io *next;
};

/** trv_disk_first(), trv_disk_next() - the disks of a device in order of unit; NULL at the end */
struct trv_disk *trv_disk_first(struct trv_dev *dev);
struct trv_disk *trv_disk_next(struct trv_disk *disk);

/**
 * trv_disk_submit() - start @io; splits it where the disk's limits ask
 *
 * -EINVAL for vectors that do not add up, -ERANGE beyond the end, -EACCES for
 * a write to a read-only disk, -EOPNOTSUPP for DISCARD where there is none,
 * -ENOMEDIUM with no medium in it, -ENODEV once the disk is going away: then
 * @done is not called. Atomic.
 */
int trv_disk_submit(struct trv_disk *disk, struct trv_io *io) TRV_MUST_CHECK;

/** trv_disk_submit_wait() - submit @io, whose @done and @arg are the class's, and wait. Sleeps. */
int trv_disk_submit_wait(struct trv_disk *disk, struct trv_io *io) TRV_MUST_CHECK;

/** trv_disk_rw() - one contiguous operation, waited for. Same errors, or the io's status. Sleeps. */
int trv_disk_rw(struct trv_disk *disk, enum trv_req_op op, u64 lba, u32 blocks, void *buf)
	TRV_MUST_CHECK;

/**
 * trv_disk_check_events() - what happened to the medium since the last time: enum trv_disk_event
 *
 * Capacity and data are the new medium's afterwards: what the kernel does when
 * a disk is opened, and now and then. -EOPNOTSUPP for a medium that stays,
 * -EBUSY asleep, -ENODEV going away, or the driver's error. Sleeps.
 */
int trv_disk_check_events(struct trv_disk *disk) TRV_MUST_CHECK;

/**
 * trv_disk_ata() - an ATA command by hand; see trv_blk_ops.ata
 *
 * -EOPNOTSUPP also for a disk that is no ATA disk, -EBUSY asleep, -ENODEV going away. Sleeps.
 */
int trv_disk_ata(struct trv_disk *disk, struct trv_ata_cmd *cmd, void *data, u32 bytes)
	TRV_MUST_CHECK;

/**
 * trv_disk_set_timeout() - a request of @disk may take @ms from now on, whatever the driver said
 *
 * What io_timeout in sysfs is to the kernel. Requests under way keep theirs. Atomic.
 */
void trv_disk_set_timeout(struct trv_disk *disk, u32 ms);

/** struct trv_disk_stats - counters since trv_disk_add() */
struct trv_disk_stats {
	u64 ios[4]; /* by enum trv_req_op */
	u64 bytes[4];
	u64 requests; /* what the driver saw, after splitting */
	u64 errors;
	u64 timeouts;
	u64 requeues;
	u64 late; /* completions that lost to a time-out or removal */
};
void trv_disk_stats(const struct trv_disk *disk, struct trv_disk_stats *stats);

#endif /* TRIVET_DISK_H */
