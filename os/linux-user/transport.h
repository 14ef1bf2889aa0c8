/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a way to reach hardware provides: one table per kind of host. Every
 * call names a device of that host and, unless it says so, may come from any
 * thread and at any time between open and close, also under the driver's
 * locks; none may wait longer than the host's own time limit.
 */
#ifndef TRIVET_USER_TRANSPORT_H
#define TRIVET_USER_TRANSPORT_H

#include <trivet/user.h>

#define USER_NOTICE_READ (~0U)

struct user_needs;

/**
 * struct user_transport - the table
 * @name:     "qemu"
 * @cfg_read, @cfg_write: arguments were checked; -ENODEV when gone, -EIO
 * @bar_read, @bar_write: one access of that width; all ones, or dropped, on any failure
 * @bar_rep:  @n accesses of @bytes each to one register, between it and @buf
 * @bar_map:  plain memory for a memory BAR, NULL when it has none; undone by close
 * @irq_max:  how many vectors of one kind the device can have here
 * @irq_bytes: read(2) of so many bytes of a vector's descriptor waits for its next interrupt: 8
 *            of an eventfd, 4 of a device's node. 0: it is non-blocking, and watched by epoll.
 * @irq_setup: open an eventfd for each of @n vectors, empty, for the caller to close after
 *            teardown: one write for each interrupt. INTx is level: after a write the next one
 *            comes after irq_rearm(). 0; an error, or how many there can be at this time (less
 *            than @n), and then none is open. INTx may be what behaves alike.
 * @irq_teardown: no eventfd is written after it returned
 * @irq_rearm: INTx was looked at: write again if it is asserted still
 * @irq_mask: hold INTx back at the device; the other kinds are held back by irq.c
 * @irq_restore: the function was reset: what of its interrupts is not in configuration space; may
 *            be NULL
 * @notice:   what user_loop_notice() was asked for has come, or USER_NOTICE_READ: reading a vector's
 *            descriptor failed. With the device's turn; may be NULL
 * @gone:     has the device left? Cheap, no access.
 * @reset:    a reset of one function that configuration space does not offer; may be NULL
 * @sandbox:  what the host goes on needing when the process has given up all else; what needs a
 *            privilege until close is an act of struct user_needs. May be NULL: nothing
 * @unplug:   for tests: the hardware is gone from here on
 * @close:    end of the host. No other call is under way or follows.
 */
struct user_transport {
	const char *name;
	int (*cfg_read)(struct trv_dev *dev, u32 off, u32 bytes, u32 *val);
	int (*cfg_write)(struct trv_dev *dev, u32 off, u32 bytes, u32 val);
	u64 (*bar_read)(struct trv_dev *dev, u32 bar, u32 off, u32 bytes);
	void (*bar_write)(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val);
	void (*bar_read_rep)(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, void *buf, u32 n);
	void (*bar_write_rep)(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, const void *buf,
			      u32 n);
	void *(*bar_map)(struct trv_dev *dev, u32 bar);
	u32 irq_bytes;
	u32 (*irq_max)(struct trv_dev *dev, enum trv_irq_kind kind);
	int (*irq_setup)(struct trv_dev *dev, enum trv_irq_kind kind, u32 n, int *fds);
	void (*irq_teardown)(struct trv_dev *dev);
	void (*irq_rearm)(struct trv_dev *dev, u32 vec);
	void (*irq_mask)(struct trv_dev *dev, u32 vec, bool mask);
	int (*irq_restore)(struct trv_dev *dev);
	void (*notice)(struct trv_dev *dev, u32 which);
	bool (*gone)(const struct trv_dev *dev);
	int (*reset)(struct trv_dev *dev);
	void (*sandbox)(struct trv_host *host, struct user_needs *needs);
	void (*unplug)(struct trv_host *host);
	void (*close)(struct trv_host *host);
};

#endif /* TRIVET_USER_TRANSPORT_H */
