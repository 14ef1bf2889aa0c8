/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What kernels call differently. ci/kmod-probes compiles os/linux-kmod/probes/ against the
 * kernel's headers and writes the outcome into kmod_probes.h; versions are never compared,
 * since distributions carry changes back.
 */
#ifndef TRIVET_KMOD_COMPAT_H
#define TRIVET_KMOD_COMPAT_H

#include <linux/pci.h>
#include <linux/timer.h>

#include "kmod_probes.h"

#ifndef HAVE_TIMER_DELETE_SYNC
#define timer_delete_sync(t) del_timer_sync(t)
#endif

#ifdef HAVE_PCI_IRQ_INTX
#define TRV_PCI_IRQ_INTX PCI_IRQ_INTX
#else
#define TRV_PCI_IRQ_INTX PCI_IRQ_LEGACY
#endif

#ifndef HAVE_TIMER_CONTAINER_OF
#define timer_container_of(var, callback_timer, timer_fieldname) \
	from_timer(var, callback_timer, timer_fieldname)
#endif

#ifndef HAVE_HRTIMER_SETUP
#define hrtimer_setup(timer, fn, clock, mode)   \
	do {                                    \
		struct hrtimer *__h = (timer);  \
		hrtimer_init(__h, clock, mode); \
		__h->function = (fn);           \
	} while (0)
#endif

/* The default where there is none. */
#ifdef HAVE_BLK_MQ_SHOULD_MERGE
#define TRV_BLK_MQ_FLAGS BLK_MQ_F_SHOULD_MERGE
#else
#define TRV_BLK_MQ_FLAGS 0
#endif

#ifdef HAVE_BDEV_CHECK_MEDIA_CHANGE
#define disk_check_media_change(gd) bdev_check_media_change((gd)->part0)
#endif

/** trv_pci_given_to() - somebody reserved @pdev for the driver of that name (driver_override) */
static inline bool trv_pci_given_to(struct pci_dev *pdev, const char *name)
{
#ifdef HAVE_DEVICE_DRIVER_OVERRIDE
	const struct device_driver drv = { .name = name };

	return device_match_driver_override(&pdev->dev, &drv) > 0;
#else
	return pdev->driver_override && !strcmp(pdev->driver_override, name);
#endif
}

/* In a TP_fast_assign(). */
#ifdef HAVE_ASSIGN_STR_1
#define TRV_TRACE_ASSIGN(dst, src) __assign_str(dst)
#else
#define TRV_TRACE_ASSIGN(dst, src) __assign_str(dst, src)
#endif

#endif /* TRIVET_KMOD_COMPAT_H */
