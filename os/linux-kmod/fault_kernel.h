/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What of the kernel's may fail in this leg; see fault.h. A macro does not expand in itself. */
#ifndef TRIVET_KMOD_FAULT_KERNEL_H
#define TRIVET_KMOD_FAULT_KERNEL_H

#include <linux/blk-mq.h>
#include <linux/dma-mapping.h>
#include <linux/idr.h>
#include <linux/interrupt.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <os/linux-kmod/fault.h>

#define kmalloc(...) (KMOD_FAULT("kmalloc") ? NULL : kmalloc(__VA_ARGS__))
#define kzalloc(...) (KMOD_FAULT("kzalloc") ? NULL : kzalloc(__VA_ARGS__))
#define kcalloc(...) (KMOD_FAULT("kcalloc") ? NULL : kcalloc(__VA_ARGS__))
#define kstrdup(...) (KMOD_FAULT("kstrdup") ? NULL : kstrdup(__VA_ARGS__))
#define ida_alloc(...) (KMOD_FAULT("ida_alloc") ? -ENOMEM : ida_alloc(__VA_ARGS__))
#define alloc_workqueue(...) (KMOD_FAULT("alloc_workqueue") ? NULL : alloc_workqueue(__VA_ARGS__))

#define __pci_register_driver(...) \
	(KMOD_FAULT("pci_register_driver") ? -ENOMEM : __pci_register_driver(__VA_ARGS__))
#define pci_enable_device(...) \
	(KMOD_FAULT("pci_enable_device") ? -ENOMEM : pci_enable_device(__VA_ARGS__))
#define pci_request_region(...) \
	(KMOD_FAULT("pci_request_region") ? -EBUSY : pci_request_region(__VA_ARGS__))
#define pci_iomap(...) (KMOD_FAULT("pci_iomap") ? NULL : pci_iomap(__VA_ARGS__))
#define pci_alloc_irq_vectors(...) \
	(KMOD_FAULT("pci_alloc_irq_vectors") ? -ENOMEM : pci_alloc_irq_vectors(__VA_ARGS__))
#define request_threaded_irq(...) \
	(KMOD_FAULT("request_threaded_irq") ? -ENOMEM : request_threaded_irq(__VA_ARGS__))

#define dma_set_mask_and_coherent(...) \
	(KMOD_FAULT("dma_set_mask") ? -EIO : dma_set_mask_and_coherent(__VA_ARGS__))
#define dma_alloc_coherent(...) \
	(KMOD_FAULT("dma_alloc_coherent") ? NULL : dma_alloc_coherent(__VA_ARGS__))
/* What the macros dma_map_single() and dma_map_sg() call. */
#define dma_map_single_attrs(...) \
	(KMOD_FAULT("dma_map_single") ? DMA_MAPPING_ERROR : dma_map_single_attrs(__VA_ARGS__))
#define dma_map_sg_attrs(...) (KMOD_FAULT("dma_map_sg") ? 0 : dma_map_sg_attrs(__VA_ARGS__))

#define blk_mq_alloc_tag_set(...) \
	(KMOD_FAULT("blk_mq_alloc_tag_set") ? -ENOMEM : blk_mq_alloc_tag_set(__VA_ARGS__))
/* Likewise blk_mq_alloc_disk(). */
#define __blk_mq_alloc_disk(...) \
	(KMOD_FAULT("blk_mq_alloc_disk") ? ERR_PTR(-ENOMEM) : __blk_mq_alloc_disk(__VA_ARGS__))
#define device_add_disk(...) (KMOD_FAULT("device_add_disk") ? -ENOMEM : device_add_disk(__VA_ARGS__))

#endif /* TRIVET_KMOD_FAULT_KERNEL_H */
