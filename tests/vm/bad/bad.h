/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* trv_bad.ko: what its mistakes share. */
#ifndef TRV_BAD_H
#define TRV_BAD_H

#include <linux/pci.h>

/**
 * struct bad - one mistake
 * @name:  what trv_bad's file takes
 * @shows: what the kernel has to say then, as in its log
 * @make:  make it; @pdev is the device the module is bound to
 */
struct bad {
	const char *name;
	const char *shows;
	void (*make)(struct pci_dev *pdev);
};

/* Each ends with a nameless one. */
extern const struct bad bad_locks[];
extern const struct bad bad_memory[];
extern const struct bad bad_dma[];
extern const struct bad bad_life[];
extern const struct bad bad_last[];

#endif /* TRV_BAD_H */
