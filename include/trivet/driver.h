/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a driver is: a constant table the core finds by itself.
 */
#ifndef TRIVET_DRIVER_H
#define TRIVET_DRIVER_H

#include <trivet/os.h>
#include <trivet/pci.h>
#include <trivet/reg.h>

/**
 * struct trv_driver - one driver
 * @name:        short, [a-z0-9_]; the module is trivet_<name>.ko
 * @description: one line for people
 * @ids:         match table, ended by a line of zeroes
 * @priv_size:   bytes of private memory; zeroed, allocated before probe and
 *               freed after remove by the core; trv_drvdata() returns it
 * @regs:        the register tables, by BAR; entries may be NULL
 *
 * The core calls one op of a device at a time, in task context.
 *
 * @probe:    find the chip, bring it up from any state firmware or a crash
 *            left it in, register with its class. On an error it undoes
 *            everything itself, in reverse order, and the device is quiet.
 * @stop:     the device stops by its own means: no DMA, no interrupt after
 *            this returns, whatever was under way. Bounded. It may be gone.
 *            Called before remove, at shutdown and after a failed resume;
 *            may be called twice.
 * @remove:   after stop and with bus master off: the rest of the teardown in
 *            os.h's order. Cannot fail.
 * @suspend:  class requests are quiesced already; save what resume needs and
 *            stop. An error keeps the system awake and the device working.
 * @resume:   bring the chip back from power-on state; bus master is on. An
 *            error leaves the device stopped and its requests failing.
 */
struct trv_driver {
	const char *name;
	const char *description;
	const struct trv_pci_id *ids;
	size_t priv_size;
	const struct trv_regtable *regs[TRV_PCI_BARS];
	int (*probe)(struct trv_dev *dev, const struct trv_pci_id *id);
	void (*stop)(struct trv_dev *dev);
	void (*remove)(struct trv_dev *dev);
	int (*suspend)(struct trv_dev *dev);
	int (*resume)(struct trv_dev *dev);
};

/*
 * TRV_DRIVER(drv) registers a struct trv_driver that belongs to no class;
 * TRV_BLK_DRIVER() in blk.h registers a disk driver. Once per driver, in the
 * file with its hot functions. The backend defines how.
 */

/** trv_pci_match() - first line of @ids that matches, NULL when none does */
const struct trv_pci_id *trv_pci_match(const struct trv_pci_id *ids,
				       const struct trv_pci_ident *ident);

#endif /* TRIVET_DRIVER_H */
