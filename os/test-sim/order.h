/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where stores to DMA memory become visible to the other side. */
#ifndef TRIVET_SIM_ORDER_H
#define TRIVET_SIM_ORDER_H

#include <os/test-sim/dev.h>

/**
 * sim_dma_publish() - everything stored so far is visible to devices
 *
 * Called by the entries that os.h says order earlier stores before what the
 * device does next: dma_wmb, mb, and plain register writes.
 */
void sim_dma_publish(void);

/**
 * sim_dma_collect() - everything @dev (NULL: all) wrote so far is visible to the CPU
 *
 * Called by the entries that order what the device did before later loads:
 * dma_rmb, mb, plain register reads; and before an interrupt handler.
 */
void sim_dma_collect(const struct trv_dev *dev);

#endif /* TRIVET_SIM_ORDER_H */
