/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel leg, to itself: what trivet.ko knows about a device. */
#ifndef TRIVET_KMOD_H
#define TRIVET_KMOD_H

#include <core/core.h>
#include <os/linux-kmod/compat.h>
#include <trivet/blk.h>

/** struct kmod_error - a request that ended in an error; @when is the log's clock */
struct kmod_error {
	u64 when;
	u64 lba;
	u32 blocks;
	u32 unit;
	enum trv_req_op op;
	int status;
};

#define KMOD_ERRORS 32u /* are kept */

/**
 * struct kmod_dev - one bound device; lives from the PCI core's probe to its remove
 * @dev:     what the driver sees
 * @core:    the core's half
 * @owner:   the task that is in a call of the core, which holds the device's lock
 * @resets:  our own reset is under way: not somebody else's
 * @removing: the driver is being unbound, and its disks go for good
 * @gone:    it was seen to be gone once
 * @bars:    bit per BAR that is mapped
 * @vecs:    interrupt vectors, @n_vecs of them, of @irq_kind
 * @disks_lock: covers the list of disks, for those who walk it in any context
 * @irq_lock: covers the masks of @vecs and the command register's INTx bit
 * @options: what the module parameter said when the driver was bound, cut at each comma
 * @asked:   bit per entry of @options that the driver knows
 * @errors:  the last of them, @n_errors so far; under @errors_lock
 * @debug:   its directory in debugfs
 */
struct kmod_dev {
	struct trv_dev dev;
	struct trv_dev_core core;
	struct task_struct *owner;
	bool resets;
	bool removing;
	bool gone;
	unsigned long bars;
	spinlock_t disks_lock;
	struct trv_kmod_vec *vecs;
	u32 n_vecs;
	enum trv_irq_kind irq_kind;
	spinlock_t irq_lock;
	char *options;
	size_t options_len;
	u64 asked;
	spinlock_t errors_lock;
	struct kmod_error errors[KMOD_ERRORS];
	u32 n_errors;
	struct dentry *debug;
};

static inline struct kmod_dev *kmod_dev(const struct trv_dev *dev)
{
	return container_of(dev, struct kmod_dev, dev);
}

static inline struct device *kmod_device(const struct trv_dev *dev)
{
	return &dev->pdev->dev;
}

/** kmod_irq_leftover() - free what a driver forgot; false when there was something */
bool kmod_irq_leftover(struct kmod_dev *kd);

/** kmod_options_take() - the options @drv's module has now, for @kd. -ENOMEM. */
int kmod_options_take(struct kmod_dev *kd, struct trv_kmod_driver *drv);
/** kmod_options_check() - name those no driver asked for */
void kmod_options_check(struct kmod_dev *kd);
void kmod_options_free(struct kmod_dev *kd);

/** kmod_debug_add(), kmod_debug_del() - the files of a device that is bound */
void kmod_debug_add(struct kmod_dev *kd);
void kmod_debug_del(struct kmod_dev *kd);
void kmod_debug_init(void);
void kmod_debug_exit(void);

extern struct workqueue_struct *kmod_wq;

#endif /* TRIVET_KMOD_H */
