// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Interrupts: INTx and nothing else. uio_pci_generic counts each one and sets
 * Interrupt Disable; clearing that is one write, and the level, if it is still
 * asserted, the next interrupt. A read of its descriptor waits until the count
 * is another than at the last.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <os/linux-user/uio/uio.h>

u32 uio_irq_max(struct trv_dev *dev, enum trv_irq_kind kind)
{
	return kind == TRV_IRQ_INTX && uio_dev_of(dev)->has_irq;
}

static int set_blocking(int fd, bool blocking)
{
	const int flags = fcntl(fd, F_GETFL);

	return flags < 0 || fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

int uio_irq_setup(struct trv_dev *dev, enum trv_irq_kind kind, u32 n, int *fds)
{
	struct uio_dev *d = uio_dev_of(dev);
	u32 count;

	fds[0] = fcntl(d->uio_fd, F_DUPFD_CLOEXEC, 0);
	if (fds[0] < 0)
		return -ENOMEM;
	/* Those of a former owner. */
	if (!set_blocking(fds[0], false)) {
		(void)!read(fds[0], &count, sizeof(count));
		if (!set_blocking(fds[0], true)) {
			uio_leave_read(d, true);
			return 0;
		}
	}
	close(fds[0]);
	return -EIO;
}

/* What comes now is masked by the kernel, once, and counted for nobody. */
void uio_irq_teardown(struct trv_dev *dev)
{
	uio_leave_read(uio_dev_of(dev), false);
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
