/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The transport "vfio", to itself: devices bound to vfio-pci, behind an IOMMU.
 *
 * Who may reach which device, and which memory a device may reach, is decided
 * in iommu.c alone, by groups in a container. A kernel with iommufd has other
 * files for the same three questions (vfio_iommu_open(), _device(), _memory()).
 */
#ifndef TRIVET_USER_VFIO_H
#define TRIVET_USER_VFIO_H

#include <linux/vfio.h>

#include <os/linux-user/pci/pci.h>

/** struct vfio_region - a BAR, or configuration space, in the device's descriptor */
struct vfio_region {
	u64 offset;
	bool mappable;
};

/** struct vfio_dev - one device */
struct vfio_dev {
	struct trv_dev *dev;
	struct pci_place place;
	int group; /* number */
	bool no_mmap;
	int fd;
	bool can_reset;
	u32 gone; /* atomic */
	struct vfio_region bars[TRV_PCI_BARS];
	struct vfio_region cfg;
	u32 irqs[VFIO_PCI_NUM_IRQS]; /* how many of each */
	enum trv_irq_kind kind;	     /* in use, 0: none */
	int err_fd, req_fd;
};

struct vfio {
	struct trv_host host;
	struct pci_roots roots;
	struct vfio_dev devs[USER_HOST_DEVS];
	u32 n_devs; /* with a place; as many as host.n_devs once all are open */

	int container;
	struct {
		int number;
		int fd;
	} groups[USER_HOST_DEVS];
	u32 n_groups;

	u64 mem_size; /* option dma= */
	u8 *mem;
};

static inline struct vfio *vfio_of(const struct trv_dev *dev)
{
	return (struct vfio *)dev->host;
}

static inline struct vfio_dev *vfio_dev_of(const struct trv_dev *dev)
{
	return dev->transport;
}

/* ---- iommu.c ------------------------------------------------------------- */

/** vfio_iommu_group() - its number into @d->group, when every device of the group may be ours */
int vfio_iommu_group(struct vfio_dev *d, struct trv_user_error *err);
/** vfio_iommu_open() - the groups of all devices are ours, behind one IOMMU */
int vfio_iommu_open(struct vfio *v, struct trv_user_error *err);
/** vfio_iommu_permitted() - may this user open the group of @d, if it is there? A sentence in @err */
int vfio_iommu_permitted(const struct vfio *v, const struct vfio_dev *d,
			 struct trv_user_error *err);
/** vfio_iommu_device() - @d->fd */
int vfio_iommu_device(struct vfio *v, struct vfio_dev *d, struct trv_user_error *err);
/** vfio_iommu_memory() - the host's pool, which its devices reach */
int vfio_iommu_memory(struct vfio *v, struct trv_user_error *err);
/** vfio_cap() - in what an ioctl said, @len bytes with a list of capabilities at @at: that one, or NULL */
const struct vfio_info_cap_header *vfio_cap(const void *info, u32 len, u32 at, u16 id);
/** vfio_iommu_close() - after the devices' descriptors: nothing reaches memory any more */
void vfio_iommu_close(struct vfio *v);

/* ---- irq.c --------------------------------------------------------------- */

u32 vfio_irq_max(struct trv_dev *dev, enum trv_irq_kind kind);
int vfio_irq_setup(struct trv_dev *dev, enum trv_irq_kind kind, u32 n, int *fds);
void vfio_irq_teardown(struct trv_dev *dev);
void vfio_irq_rearm(struct trv_dev *dev, u32 vec);
void vfio_irq_mask(struct trv_dev *dev, u32 vec, bool mask);
/** vfio_irq_notices() - let the kernel tell when the device has to leave, or has failed */
int vfio_irq_notices(struct vfio_dev *d);
void vfio_irq_notice(struct trv_dev *dev, u32 which);

/* ---- host.c -------------------------------------------------------------- */

int vfio_open(struct user_spec *spec, struct trv_user_error *err, struct trv_host **host);

#endif /* TRIVET_USER_VFIO_H */
