/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Recording in an ordinary process: what a driver and its device did to each
 * other, one fact at a time, to a function of the program's or to a file.
 * trivet/user.h includes this.
 *
 *	struct trv_user_recording *rec;
 *
 *	rc = trv_user_recording_create("run.trace", &err, &rec);
 *	rc = trv_user_record(host, trv_user_recording_add, rec);	before any bind
 *	...
 *	rc = trv_user_record_end(host);		-ENOSPC: the file ends early
 *	trv_user_recording_close(rec);
 *
 * While nothing is recorded it costs one predictable branch where an access
 * goes through a transport, and nothing where registers are mapped memory.
 */
#ifndef TRIVET_RECORD_H
#define TRIVET_RECORD_H

#include <trivet/os.h>

struct trv_host;
struct trv_user_error;

/**
 * enum trv_fact_kind - what happened, and which fields of struct trv_fact say more
 *
 * Registers:
 * @TRV_FACT_REG_READ:  @bar, @off, @width, @val as it was read
 * @TRV_FACT_REG_WRITE: the same; the device has not seen it yet
 * @TRV_FACT_REG_READ_REP, @TRV_FACT_REG_WRITE_REP: @count accesses of @width bytes to one register,
 *	together @len bytes; @data, @digest
 * @TRV_FACT_CFG_READ, @TRV_FACT_CFG_WRITE: @off, @width, @val; @rc
 *
 * DMA, which names memory by @iova and @len:
 * @TRV_FACT_DMA_ALLOC, @TRV_FACT_DMA_FREE: coherent memory
 * @TRV_FACT_DMA_MAP:   @dir; @digest when the device is to read it; @val is 1 when it was copied
 * @TRV_FACT_DMA_UNMAP: the same; @digest when the device was to write it
 * @TRV_FACT_DMA_SYNC_CPU, @TRV_FACT_DMA_SYNC_DEVICE: @len bytes at @off of the mapping at @iova;
 *	@dir; @digest if they are data for the one they go to
 *
 * Interrupts, which name a vector by @vec:
 * @TRV_FACT_IRQ_ALLOC: @count vectors; @val is an enum trv_irq_kind
 * @TRV_FACT_IRQ_FREE:
 * @TRV_FACT_IRQ_ATTACH: @name
 * @TRV_FACT_IRQ_DETACH:
 * @TRV_FACT_IRQ_MASK, @TRV_FACT_IRQ_UNMASK:
 * @TRV_FACT_IRQ_RAISE: the process was told of it; @val is 1 when no handler will be called now
 * @TRV_FACT_IRQ:       the handler is called; @name
 * @TRV_FACT_IRQ_DONE:  it returned @val, an enum trv_irq_ret
 *
 * Functions that run later; @id tells them apart and is the same in the next run:
 * @TRV_FACT_WORK_QUEUE: asked for; @name and @vec when it is the deferred function of an interrupt
 * @TRV_FACT_WORK, @TRV_FACT_WORK_DONE:
 * @TRV_FACT_TIMER_ARM: @val is the delay in nanoseconds
 * @TRV_FACT_TIMER, @TRV_FACT_TIMER_DONE:
 *
 * What the driver is about:
 * @TRV_FACT_REQ_START: a request is offered to the driver: @vec its tag, @unit, @op, @lba, @count blocks
 * @TRV_FACT_REQ_DONE:  the same, and @rc
 * @TRV_FACT_EVENT:     trv_trace(): @name, @val and @val2
 *
 * Life:
 * @TRV_FACT_DEVICE:    there is such a device: @name, @val is vendor << 16 | device, @off the class
 * @TRV_FACT_BIND, @TRV_FACT_BIND_DONE: @name of the driver; @rc of the second
 * @TRV_FACT_UNBIND, @TRV_FACT_UNBIND_DONE:
 * @TRV_FACT_SUSPEND, @TRV_FACT_SUSPEND_DONE, @TRV_FACT_RESUME, @TRV_FACT_RESUME_DONE: @rc of the second
 * @TRV_FACT_SHUTDOWN, @TRV_FACT_SHUTDOWN_DONE:
 * @TRV_FACT_GONE:      the device has left
 *
 * The numbers are in files: new ones come at the end.
 */
enum trv_fact_kind {
	TRV_FACT_REG_READ,
	TRV_FACT_REG_WRITE,
	TRV_FACT_REG_READ_REP,
	TRV_FACT_REG_WRITE_REP,
	TRV_FACT_CFG_READ,
	TRV_FACT_CFG_WRITE,
	TRV_FACT_DMA_ALLOC,
	TRV_FACT_DMA_FREE,
	TRV_FACT_DMA_MAP,
	TRV_FACT_DMA_UNMAP,
	TRV_FACT_DMA_SYNC_CPU,
	TRV_FACT_DMA_SYNC_DEVICE,
	TRV_FACT_IRQ_ALLOC,
	TRV_FACT_IRQ_FREE,
	TRV_FACT_IRQ_ATTACH,
	TRV_FACT_IRQ_DETACH,
	TRV_FACT_IRQ_MASK,
	TRV_FACT_IRQ_UNMASK,
	TRV_FACT_IRQ_RAISE,
	TRV_FACT_IRQ,
	TRV_FACT_IRQ_DONE,
	TRV_FACT_WORK_QUEUE,
	TRV_FACT_WORK,
	TRV_FACT_WORK_DONE,
	TRV_FACT_TIMER_ARM,
	TRV_FACT_TIMER,
	TRV_FACT_TIMER_DONE,
	TRV_FACT_REQ_START,
	TRV_FACT_REQ_DONE,
	TRV_FACT_EVENT,
	TRV_FACT_DEVICE,
	TRV_FACT_BIND,
	TRV_FACT_BIND_DONE,
	TRV_FACT_UNBIND,
	TRV_FACT_UNBIND_DONE,
	TRV_FACT_SUSPEND,
	TRV_FACT_SUSPEND_DONE,
	TRV_FACT_RESUME,
	TRV_FACT_RESUME_DONE,
	TRV_FACT_SHUTDOWN,
	TRV_FACT_SHUTDOWN_DONE,
	TRV_FACT_GONE,
	TRV_FACT_KINDS
};

/** enum trv_fact_ctx - in what a fact came about */
enum trv_fact_ctx {
	TRV_FACT_IN_TASK,
	TRV_FACT_IN_WORK,
	TRV_FACT_IN_IRQ,
	TRV_FACT_IN_TIMER,
	TRV_FACT_CTXS
};

enum {
	TRV_FACT_DATA = 16,  /* bytes of a FIFO that a fact repeats */
	TRV_FACT_NAME = 128, /* the longest name, with the zero at its end */
};

/**
 * struct trv_fact - one; which fields mean something depends on @kind, the others are 0
 * @ns:     trv_time_ns(); of several facts in order, never less than before
 * @tid:    thread
 * @ctx:    enum trv_fact_ctx
 * @dev:    index for trv_user_dev()
 * @rc:     0 or a negative error; of a register, -ENODEV or -ERANGE when the access went nowhere
 * @digest: of all of @len bytes, FNV-1a: equal data have equal ones
 * @data:   the first @n_data of the bytes
 * @name:   "" when there is none; lives as long as the call it is handed to
 */
struct trv_fact {
	u64 ns;
	u32 tid;
	u8 kind;
	u8 ctx;
	u8 dev;
	u8 bar;
	s32 rc;
	u32 off;
	u32 width;
	u32 count;
	u32 vec;
	u64 val;
	u64 val2;
	union {
		u64 iova;
		u64 lba;
		u64 id;
	};
	u32 len;
	u8 dir;
	u8 op;
	u8 unit;
	u8 n_data;
	u64 digest;
	u8 data[TRV_FACT_DATA];
	const char *name;
};

/**
 * trv_user_record() - from here on, hand each fact of @host's devices to @fn
 *
 * Before any of them is bound, since a driver that is bound may have its registers mapped: else
 * -EBUSY, and also when @host is being recorded already; -ENOMEM. @fn is called by one thread at a
 * time, any thread, in the order of what happened, also under a driver's locks and in its interrupt
 * handlers: it may wait for no driver and call nothing of this leg's. When it does not return 0
 * it is not called any more, the log says so once, and the driver goes on as ever. First
 * come the TRV_FACT_DEVICE of all devices.
 */
int trv_user_record(struct trv_host *host, int (*fn)(const struct trv_fact *fact, void *arg),
		    void *arg) TRV_MUST_CHECK;

/**
 * trv_user_record_end() - no more
 *
 * @fn is not running and will not run again. Returns what it did not return 0 with, if ever, or
 * -EINVAL when nothing is recorded. trv_user_close() ends it as well.
 */
int trv_user_record_end(struct trv_host *host);

/** trv_fact_kind_name() - "reg_read", the name of the probe and event as well; NULL: no such kind */
const char *trv_fact_kind_name(u32 kind);

/** struct trv_user_recording - a file of facts, being written */
struct trv_user_recording;

/**
 * trv_user_recording_create() - start a file, or write over one
 *
 * A negative error, and @err (may be NULL) then says more. Nothing is kept in memory: what was
 * recorded is in the file, should the process crash.
 */
int trv_user_recording_create(const char *path, struct trv_user_error *err,
			      struct trv_user_recording **rec) TRV_MUST_CHECK;
/**
 * trv_user_recording_add() - for trv_user_record(), with the recording as @arg
 *
 * It never waits for anything but the disk. -ENOSPC and the like: the file is whole up to the
 * fact before.
 */
int trv_user_recording_add(const struct trv_fact *fact, void *rec);
/** trv_user_recording_close() - @rec may be NULL; a negative error when the file cannot be relied on */
int trv_user_recording_close(struct trv_user_recording *rec);

/** struct trv_user_reading - such a file, being read */
struct trv_user_reading;

/** trv_user_reading_open() - -ENOENT and the like, -EPROTO when it is no recording; @err as above */
int trv_user_reading_open(const char *path, struct trv_user_error *err, struct trv_user_reading **r)
	TRV_MUST_CHECK;
/** trv_user_reading_fd() - the same of a descriptor, which stays the caller's; @name is for messages */
int trv_user_reading_fd(int fd, const char *name, struct trv_user_error *err,
			struct trv_user_reading **r) TRV_MUST_CHECK;
/**
 * trv_user_reading_next() - the next fact; 1, 0 at the end, or a negative error
 *
 * -EPROTO: from there on it is damaged or cut off, and @err (may be NULL) says where. A fact that
 * is handed out makes sense: its numbers are in range, its name is printable.
 */
int trv_user_reading_next(struct trv_user_reading *r, struct trv_user_error *err,
			  struct trv_fact *fact) TRV_MUST_CHECK;
void trv_user_reading_close(struct trv_user_reading *r);

#endif /* TRIVET_RECORD_H */
