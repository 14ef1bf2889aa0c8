/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The tiny drivers of bus_drv.c. Each is for an edu device and does one thing
 * in probe(), with BAR0 mapped: _trips what it must not, _clean what looks
 * most like it and is right.
 */
#ifndef TRIVET_CHECKERS_BUS_DRV_H
#define TRIVET_CHECKERS_BUS_DRV_H

#include <trivet/driver.h>

#define BUS_DRIVERS(X)                                                                     \
	X(bounds) X(bounds_bind) X(stale) X(stale_copy) X(stale_failed) X(decode) X(decode_moved) \
	X(leak) X(leak_probe) X(width) X(misaligned) X(access_ro) X(access_wo) X(unknown)  \
	X(reserved) X(fact_busy) X(fact_early) X(dma_busy) X(dma_range) X(dma_mask)        \
	X(mask_missing)                                                                    \
	X(unmap_bound) X(option_default) X(probe_result) X(unmap_attached) X(free_attached) \
	X(free_master) X(unmap_first) X(master_again)

#define BUS_DRIVER_DECLARE(id) extern const struct trv_driver bus_##id##_trips, bus_##id##_clean;
BUS_DRIVERS(BUS_DRIVER_DECLARE)

#endif /* TRIVET_CHECKERS_BUS_DRV_H */
