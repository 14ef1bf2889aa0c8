/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Between the files that make up the bus: pci.c, cfg.c, mmio.c, post.c, regrule.c, dev.c. */
#ifndef TRIVET_SIM_PCI_H
#define TRIVET_SIM_PCI_H

#include <os/test-sim/dev.h>

/** struct sim_pci_space - where the next BAR goes */
struct sim_pci_space {
	u32 mem;
	u32 io;
};

/* ---- pci.c --------------------------------------------------------------- */

/** sim_pci_init() - the standard header, before the model's create() */
void sim_pci_init(struct trv_dev *dev);
/** sim_pci_power_on() - firmware gives the BARs addresses; what create() declared is the reset state */
void sim_pci_power_on(struct trv_dev *dev, struct sim_pci_space *space);
/** sim_pci_decode() - set the command bit that makes @bar answer */
void sim_pci_decode(struct trv_dev *dev, u32 bar);
/** sim_pci_read(), sim_pci_write() - an access by the system, already checked */
u32 sim_pci_read(const struct trv_dev *dev, u32 off, u32 bytes);
void sim_pci_write(struct trv_dev *dev, u32 off, u32 bytes, u32 val);
/** sim_pci_function_reset() - what FLR does: everything at its initial value, addresses included */
void sim_pci_function_reset(struct trv_dev *dev);
/** sim_pci_restore() - put back what was saved before a reset */
void sim_pci_restore(struct trv_dev *dev, const u8 *cfg);

/** sim_reset_check() - REG_RESET when @dev is still in a reset that its driver asked for */
void sim_reset_check(struct trv_dev *dev, const char *what);

/* ---- irq.c --------------------------------------------------------------- */

/** sim_irq_awaited() - is a handler of @dev about to run, which whoever asks does not keep out? */
bool sim_irq_awaited(const struct trv_dev *dev);

/* ---- post.c -------------------------------------------------------------- */

void sim_post_init(struct trv_dev *dev);
/** sim_post_write() - a write leaves the CPU: it arrives now, or a little later in order */
void sim_post_write(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val, bool relaxed);
/** sim_post_drop() - what was on its way never arrives */
void sim_post_drop(struct trv_dev *dev);

/* ---- lie.c --------------------------------------------------------------- */

void sim_lie_init(struct trv_dev *dev);
/** sim_lie_repeats() - did the same line read it before, and nothing was written since? */
bool sim_lie_repeats(const struct trv_dev *dev, u32 bar, u32 off);
/** sim_lie_read() - what the driver gets for @val, which the register really holds */
u64 sim_lie_read(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val);
/** sim_lie_data() - the same for bytes out of a FIFO, or that the device put into shared memory */
void sim_lie_data(struct trv_dev *dev, void *buf, size_t len, const struct sim_site *site);

/* ---- regrule.c ----------------------------------------------------------- */

/** sim_regindex() - for a table: found once, kept for the life of the process */
const struct sim_regindex *sim_regindex(const struct trv_regtable *t);
/**
 * sim_reg_check() - may the driver access @bytes at @off like that? Complains if not
 *
 * Returns the register's position in the table; SIM_NO_REG if not, and nobody listens.
 */
#define SIM_NO_REG (~0u)
u32 sim_reg_check(const struct trv_dev *dev, const struct sim_bar *bar, u32 off, u32 bytes,
		  bool write);
/** sim_reg_check_value() - no reserved bit of the register at @pos is written as one */
void sim_reg_check_value(const struct trv_dev *dev, const struct sim_bar *bar, u32 pos, u64 val);

#endif /* TRIVET_SIM_PCI_H */
