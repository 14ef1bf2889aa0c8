// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Interrupts: the kernel writes an eventfd for each. INTx it has masked by
 * then; unmasking says it anew if the line is asserted still.
 */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <os/linux-user/vfio/vfio.h>

/** struct irq_set - VFIO_DEVICE_SET_IRQS with room for the vectors' descriptors */
struct irq_set {
	struct vfio_irq_set head;
	s32 fds[USER_VECS];
};

static int set_irqs(const struct vfio_dev *d, u32 index, u32 flags, u32 n, const int *fds)
{
	struct irq_set set = {
		.head = {
			.argsz = (u32)(sizeof(set.head) + (fds ? n * sizeof(*set.fds) : 0)),
			.flags = flags,
			.index = index,
			.count = n,
		},
	};

	if (fds)
		memcpy(set.fds, fds, n * sizeof(*set.fds));
	return ioctl(d->fd, VFIO_DEVICE_SET_IRQS, &set);
}

static u32 index_of(enum trv_irq_kind kind)
{
	switch (kind) {
	case TRV_IRQ_MSIX:
		return VFIO_PCI_MSIX_IRQ_INDEX;
	case TRV_IRQ_MSI:
		return VFIO_PCI_MSI_IRQ_INDEX;
	case TRV_IRQ_INTX:
		return VFIO_PCI_INTX_IRQ_INDEX;
	case TRV_IRQ_LEGACY: /* lines of the ISA bus, not the device's to give */
		break;
	}
	return VFIO_PCI_NUM_IRQS;
}

u32 vfio_irq_max(struct trv_dev *dev, enum trv_irq_kind kind)
{
	u32 index = index_of(kind);

	return index < VFIO_PCI_NUM_IRQS ? vfio_dev_of(dev)->irqs[index] : 0;
}

int vfio_irq_setup(struct trv_dev *dev, enum trv_irq_kind kind, u32 n, int *fds)
{
	struct vfio_dev *d = vfio_dev_of(dev);
	int rc = -ENOMEM;
	u32 i;

	for (i = 0; i < n; i++) {
		fds[i] = eventfd(0, EFD_CLOEXEC); /* read by a thread that waits: irq_bytes */
		if (fds[i] < 0)
			goto err_close;
	}
	rc = set_irqs(d, index_of(kind), VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER, n,
		      fds);
	if (!rc) {
		d->kind = kind;
		return 0;
	}
	/* The kernel has no interrupt of its own to spare for a device that cannot hold it back. */
	if (rc < 0 && errno == EBUSY && kind == TRV_IRQ_INTX)
		trv_warn(dev,
			 "INTx: another driver has its line, and a device whose Interrupt Disable "
			 "does not work cannot share; who: cat /proc/interrupts");
	/* More than 0: so many could be had. */
	if (rc < 0)
		rc = errno == ENODEV ? -ENODEV : errno == ENOMEM ? -ENOMEM : -EOPNOTSUPP;
err_close:
	while (i-- > 0)
		close(fds[i]);
	return rc;
}

void vfio_irq_teardown(struct trv_dev *dev)
{
	struct vfio_dev *d = vfio_dev_of(dev);

	/* Of a device that is gone there is nothing to switch off. */
	(void)set_irqs(d, index_of(d->kind), VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
		       0, NULL);
	d->kind = 0;
}

void vfio_irq_rearm(struct trv_dev *dev, u32 vec)
{
	(void)set_irqs(vfio_dev_of(dev), VFIO_PCI_INTX_IRQ_INDEX,
		       VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_UNMASK, 1, NULL);
}

/* Held back until irq_rearm(), which follows each unmasking. */
void vfio_irq_mask(struct trv_dev *dev, u32 vec, bool mask)
{
	if (mask)
		(void)set_irqs(vfio_dev_of(dev), VFIO_PCI_INTX_IRQ_INDEX,
			       VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_MASK, 1, NULL);
}

/* ---- about the device itself --------------------------------------------- */

enum { NOTICE_ERR, NOTICE_REQ };

static int notice_by(struct vfio_dev *d, u32 index, int *fd, u32 which)
{
	int rc;

	if (!d->irqs[index])
		return 0;
	*fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (*fd < 0)
		return -ENOMEM;
	rc = user_loop_notice(d->dev, *fd, which);
	if (!rc &&
	    set_irqs(d, index, VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER, 1, fd))
		rc = -EIO;
	return rc;
}

int vfio_irq_notices(struct vfio_dev *d)
{
	int rc = notice_by(d, VFIO_PCI_ERR_IRQ_INDEX, &d->err_fd, NOTICE_ERR);

	return rc ?: notice_by(d, VFIO_PCI_REQ_IRQ_INDEX, &d->req_fd, NOTICE_REQ);
}

/* Whoever unbinds it waits until our descriptors are closed: nothing more is begun. */
void vfio_irq_notice(struct trv_dev *dev, u32 which)
{
	struct vfio_dev *d = vfio_dev_of(dev);

	if (__atomic_load_n(&d->gone, __ATOMIC_ACQUIRE))
		return; /* it asks again every so often */
	/*
	 * Its requests end, and then their memory is somebody else's: no DMA from here on. This comes
	 * first, for nothing is written any more once another thread has found it gone.
	 */
	(void)user_cfg_set_bits(dev, TRV_PCI_COMMAND, TRV_PCI_CMD_MASTER, 0);
	__atomic_store_n(&d->gone, 1, __ATOMIC_RELEASE);
	if (which == NOTICE_REQ)
		trv_warn(dev, "the kernel wants it back: it is unbound or pulled out");
	else
		trv_err(dev, "the bus reports an error that cannot be corrected");
	user_dev_set_gone(dev);
}
