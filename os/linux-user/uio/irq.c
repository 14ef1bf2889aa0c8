// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Interrupts: INTx and nothing else. uio_pci_generic counts each one and sets
 * Interrupt Disable; clearing that is one write, and the level, if it is still
 * asserted, the next interrupt. Its descriptor is readable from the first
 * interrupt on, and each further one is an edge for epoll: it is never read.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <os/linux-user/uio/uio.h>

u32 uio_irq_max(struct trv_dev *dev, enum trv_irq_kind kind)
{
	return kind == TRV_IRQ_INTX && uio_dev_of(dev)->has_irq;
}

int uio_irq_setup(struct trv_dev *dev, enum trv_irq_kind kind, u32 n, int *fds)
{
	const struct uio_dev *d = uio_dev_of(dev);
	u32 count;

	fds[0] = fcntl(d->uio_fd, F_DUPFD_CLOEXEC, 0);
	if (fds[0] < 0)
		return -ENOMEM;
	/* Those of a former owner. */
	(void)!read(fds[0], &count, sizeof(count));
	return 0;
}

/* What comes now is masked by the kernel, once, and counted for nobody. */
void uio_irq_teardown(struct trv_dev *dev)
{
}

void uio_irq_rearm(struct trv_dev *dev, u32 vec)
{
	/* Whoever changes another bit of that register must not write back what it was before this. */
	pthread_mutex_lock(&dev->cfg_lock);
	uio_intx_on(uio_dev_of(dev));
	pthread_mutex_unlock(&dev->cfg_lock);
}

/* What was saved before the reset may have been read between an interrupt and its handler. */
int uio_irq_restore(struct trv_dev *dev)
{
	uio_irq_rearm(dev, 0);
	return 0;
}

/* Held back until irq_rearm(), which follows each unmasking. */
void uio_irq_mask(struct trv_dev *dev, u32 vec, bool mask)
{
	if (mask)
		(void)user_cfg_set_bits(dev, TRV_PCI_COMMAND, 0, TRV_PCI_CMD_INTX_OFF);
}
