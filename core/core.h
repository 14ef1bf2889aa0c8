/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The core, to the legs: matching and the life of a device. Everything here
 * is task context and one call at a time per device.
 */
#ifndef TRIVET_CORE_H
#define TRIVET_CORE_H

#include <trivet/blk.h>
#include <trivet/driver.h>

enum trv_dev_state {
	TRV_DEV_UNBOUND,
	TRV_DEV_BOUND,
	TRV_DEV_SUSPENDED,
	TRV_DEV_STOPPED, /* a failed resume, or shutdown: only remove follows */
};

/** struct trv_dev_core - the core's part of every leg's struct trv_dev */
struct trv_dev_core {
	const struct trv_driver *drv;
	const struct trv_pci_id *id;
	void *priv;
	void *drvdata;
	struct trv_disk *disks; /* in order of unit; the block class's */
	enum trv_dev_state state;
};

/** trv_dev_core() - provided by the leg */
struct trv_dev_core *trv_dev_core(struct trv_dev *dev);

/** trv_driver_find() - the first registered driver that matches; NULL when none does */
const struct trv_driver *trv_driver_find(const struct trv_pci_ident *ident,
					 const struct trv_pci_id **id);
/** trv_driver_by_name(), trv_driver_each() - the table */
const struct trv_driver *trv_driver_by_name(const char *name);
void trv_driver_each(void (*fn)(const struct trv_driver *drv, void *arg), void *arg);

/**
 * trv_core_probe() - match (or take @drv when not NULL) and probe
 *
 * -ENODEV when no driver matches, -EBUSY when the device has one. On an error
 * nothing is left allocated and bus master is off. A driver without @ids takes
 * any device it is given, with an @id of NULL.
 */
int trv_core_probe(struct trv_dev *dev, const struct trv_driver *drv);
/** trv_core_remove() - drain the class, stop, bus master off, remove, free private memory */
void trv_core_remove(struct trv_dev *dev);
/** trv_core_shutdown() - drain, stop, bus master off; only remove may follow */
void trv_core_shutdown(struct trv_dev *dev);
/**
 * trv_core_suspend() - quiesce the class, driver's suspend, bus master off
 *
 * -EOPNOTSUPP without both ops, -EINVAL unless bound; on any error the device
 * goes on working.
 */
int trv_core_suspend(struct trv_dev *dev);
/**
 * trv_core_resume() - bus master on, driver's resume, requests again
 *
 * -EINVAL unless suspended. On an error of the driver's the device is stopped
 * and its requests fail.
 */
int trv_core_resume(struct trv_dev *dev);

/*
 * The block class's part of a life, by core/blk_timeout.c or the leg's own
 * block class. A device without disks is none of its business.
 */
/**
 * trv_blk_quiesce_dev() - nothing is with the driver, and nothing is offered any more
 *
 * Operations keep arriving, and wait. Before suspend().
 */
void trv_blk_quiesce_dev(struct trv_dev *dev);
/** trv_blk_resume_dev() - undo it: after resume(), or a suspend() that failed */
void trv_blk_resume_dev(struct trv_dev *dev);
/**
 * trv_blk_drain_dev() - the disks take nothing new, and what they had is finished
 *
 * As trv_disk_remove(), which then finds nothing left to do. Before stop(),
 * while the device still answers; after a failed resume() it fails what waits.
 */
void trv_blk_drain_dev(struct trv_dev *dev);

/* ---- what the core needs of a leg, beyond os.h --------------------------- */

/** trv_dev_dma_limits() - what trv_dma_limits() was last given, or its defaults. Any context. */
const struct trv_dma_limits *trv_dev_dma_limits(const struct trv_dev *dev);

/*
 * Annotations for a leg's checkers and tracer. They change nothing the driver
 * or the core can see; a leg without checkers leaves the first two and the
 * last two empty, and logs a misuse.
 */

/**
 * trv_check_enter(), trv_check_leave() - around each call of the class into driver or application
 * @what:   the op, a literal
 * @atomic: the callee may not sleep
 *
 * Nest. The callee may leave no lock held.
 */
void trv_check_enter(const char *what, bool atomic);
void trv_check_leave(void);
/** trv_check_answer() - trv_check_leave() of one that returned @rc */
void trv_check_answer(int rc);
/** trv_check_misuse() - the driver broke the class's contract; returns only where nobody checks */
void trv_check_misuse(struct trv_dev *dev, const char *fmt, ...) TRV_PRINTF(2, 3);
/** trv_check_req() - @req is offered to the driver now, or (@end) is over with @status */
void trv_check_req(const struct trv_req *req, bool end, int status);
/** trv_check_outside() - the application calls the class, which has not looked at anything of it yet */
void trv_check_outside(void);

#endif /* TRIVET_CORE_H */
