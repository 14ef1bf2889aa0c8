/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What of os.h and blk.h may fail in the core and in drivers; see fault.h. */
#ifndef TRIVET_KMOD_FAULT_DRIVER_H
#define TRIVET_KMOD_FAULT_DRIVER_H

#include <trivet/blk.h>
#include <trivet/driver.h>
#include <trivet/os.h>

#include <os/linux-kmod/fault.h>

#define trv_alloc(...) (KMOD_FAULT("trv_alloc") ? NULL : trv_alloc(__VA_ARGS__))
#define trv_zalloc(...) (KMOD_FAULT("trv_zalloc") ? NULL : trv_zalloc(__VA_ARGS__))
#define trv_alloc_array(...) (KMOD_FAULT("trv_alloc_array") ? NULL : trv_alloc_array(__VA_ARGS__))

#define trv_dma_limits(...) (KMOD_FAULT("trv_dma_limits") ? -EFBIG : trv_dma_limits(__VA_ARGS__))
#define trv_dma_alloc(...) (KMOD_FAULT("trv_dma_alloc") ? -ENOMEM : trv_dma_alloc(__VA_ARGS__))
#define trv_dma_map(...) (KMOD_FAULT("trv_dma_map") ? -ENOMEM : trv_dma_map(__VA_ARGS__))
#define trv_dma_map_sg(...) (KMOD_FAULT("trv_dma_map_sg") ? -ENOMEM : trv_dma_map_sg(__VA_ARGS__))
#define trv_irq_alloc(...) (KMOD_FAULT("trv_irq_alloc") ? -ENOMEM : trv_irq_alloc(__VA_ARGS__))
#define trv_irq_attach(...) (KMOD_FAULT("trv_irq_attach") ? -ENOMEM : trv_irq_attach(__VA_ARGS__))
#define trv_blkq_init(...) (KMOD_FAULT("trv_blkq_init") ? -ENOMEM : trv_blkq_init(__VA_ARGS__))
#define trv_disk_add(...) (KMOD_FAULT("trv_disk_add") ? -ENOMEM : trv_disk_add(__VA_ARGS__))
#define trv_req_map(...) (KMOD_FAULT("trv_req_map") ? -ENOMEM : trv_req_map(__VA_ARGS__))

/* Those os.h has as macros of its own. */
#undef trv_bar_map
#define trv_bar_map(dev, bar, len, h) \
	(KMOD_FAULT("trv_bar_map") ? -ENOMEM : TRV_BAR(h, map)(dev, bar, len, h))

#define trv_fault_point(dev, name) ((void)(dev), kmod_fault_said(KMOD_SITE(name), __func__))

/* A write that does not reach the device. */
#undef trv_write8
#define trv_write8(h, off, val)                                             \
	do {                                                                \
		if (!kmod_fault_said(KMOD_SITE("trv_write8"), __func__))     \
			TRV_IO(h, write8)(h, off, val);                     \
	} while (0)

#endif /* TRIVET_KMOD_FAULT_DRIVER_H */
