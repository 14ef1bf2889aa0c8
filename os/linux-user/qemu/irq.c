// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Interrupts. Lines are seen at the I/O APIC's inputs, which QEMU reports when
 * asked to (irq_intercept_in). A message is a write to memory, and QEMU would
 * deliver it to a processor that sleeps: so it is aimed at the doorbell of an
 * ivshmem device, and each write rings one eventfd of ours. We are that
 * device's server, through a socket pair.
 */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/mman.h>
#include <unistd.h>

#include <os/linux-user/qemu/qemu.h>

/* MSI capability (PCI 3.0, 6.8.1). */
enum {
	MSI_CTRL = 2,
	MSI_CTRL_ENABLE = 0x0001,
	MSI_CTRL_MMC_SHIFT = 1,
	MSI_CTRL_MME = 0x0070,
	MSI_CTRL_MME_SHIFT = 4,
	MSI_CTRL_64BIT = 0x0080,
	MSI_ADDR = 4,
	MSI_ADDR_HIGH = 8,
	MSI_DATA_32 = 8,
	MSI_DATA_64 = 12,
};

/* ivshmem (docs/specs/ivshmem-spec.rst): its register, and the protocol of its server. */
enum {
	IVSHMEM_ID = 0x11101af4,
	IVSHMEM_DOORBELL = 12,
	IVSHMEM_VERSION = 0,
	IVSHMEM_PEER_QEMU = 1,
	IVSHMEM_PEER_US = 0, /* in the upper half of what is written: a message has zeroes there */
	IVSHMEM_MEMORY = -1,
	IVSHMEM_BYTES = 4096,
};

static const u32 legacy_lines[2] = { 14, 15 };

/* ---- lines --------------------------------------------------------------- */

/* Is vector @vec of @d on @line, and wants to know? With the lock held. */
static void raise(struct qemu_dev *d, u32 vec)
{
	if (d->kind == TRV_IRQ_INTX) {
		if (d->held)
			return;
		d->held = true;
	}
	eventfd_write(d->fd[vec], 1);
}

void qemu_line_event(struct qemu *q, u32 line, bool level)
{
	pthread_mutex_lock(&q->irq_lock);
	q->level[line] = level;
	for (u32 i = 0; level && i < TRV_ARRAY_SIZE(q->devs); i++) {
		struct qemu_dev *d = &q->devs[i];

		if (!(d->kind & (TRV_IRQ_INTX | TRV_IRQ_LEGACY)))
			continue;
		for (u32 vec = 0; vec < d->n_vecs; vec++) {
			if (d->line[vec] == line)
				raise(d, vec);
		}
	}
	pthread_mutex_unlock(&q->irq_lock);
}

void qemu_irq_rearm(struct trv_dev *dev, u32 vec)
{
	struct qemu_dev *d = qemu_dev_of(dev);
	struct qemu *q = qemu_of(dev);

	pthread_mutex_lock(&q->irq_lock);
	d->held = false;
	if (d->kind == TRV_IRQ_INTX && vec < d->n_vecs && q->level[d->line[vec]])
		raise(d, vec);
	pthread_mutex_unlock(&q->irq_lock);
}

void qemu_irq_mask(struct trv_dev *dev, u32 vec, bool mask)
{
	/* Of a device that is gone nothing needs to be held back. */
	(void)user_cfg_set_bits(dev, TRV_PCI_COMMAND, mask ? 0 : TRV_PCI_CMD_INTX_OFF,
				mask ? TRV_PCI_CMD_INTX_OFF : 0);
}

static int lines_setup(struct trv_dev *dev, enum trv_irq_kind kind, u32 n, int *fds)
{
	struct qemu_dev *d = qemu_dev_of(dev);
	struct qemu *q = qemu_of(dev);
	u32 line[2];

	for (u32 i = 0; i < n; i++) {
		line[i] = kind == TRV_IRQ_LEGACY ? legacy_lines[i] : (u32)qemu_pci_line(q, d);
		if (line[i] >= QEMU_LINES)
			return -EOPNOTSUPP;
	}
	for (u32 i = 0; i < n; i++) {
		fds[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (fds[i] < 0) {
			while (i-- > 0)
				close(fds[i]);
			return -ENOMEM;
		}
	}
	pthread_mutex_lock(&q->irq_lock);
	memcpy(d->line, line, sizeof(line));
	memcpy(d->fd, fds, n * sizeof(*fds));
	d->kind = kind;
	d->n_vecs = n;
	/* Nothing before attach, which looks at the level. */
	d->held = kind == TRV_IRQ_INTX;
	pthread_mutex_unlock(&q->irq_lock);
	return 0;
}

/* ---- messages ------------------------------------------------------------ */

/* Of the next power of two. */
static u32 log2_up(u32 n)
{
	return n > 1 ? 32 - (u32)__builtin_clz(n - 1) : 0;
}

/* With MSI the device counts in the low bits of the data: a power of two, aligned. */
static int take_messages(struct qemu *q, u32 n, u32 *first)
{
	const u32 mask = n == 32 ? ~0U : TRV_BIT(n) - 1;
	int rc = -EOPNOTSUPP;

	pthread_mutex_lock(&q->irq_lock);
	for (u32 at = 0; at < QEMU_MESSAGES && rc; at += n) {
		if (q->messages_used & mask << at)
			continue;
		q->messages_used |= mask << at;
		*first = at;
		rc = 0;
	}
	pthread_mutex_unlock(&q->irq_lock);
	return rc;
}

static void give_messages(struct qemu *q, u32 n, u32 first)
{
	const u32 mask = n == 32 ? ~0U : TRV_BIT(n) - 1;

	pthread_mutex_lock(&q->irq_lock);
	q->messages_used &= ~(mask << first);
	pthread_mutex_unlock(&q->irq_lock);
}

static int msi_program(struct trv_dev *dev, const struct qemu_dev *d, u64 addr, u32 data, u32 log)
{
	u16 ctrl;
	int rc = trv_cfg_read16(dev, d->msi + MSI_CTRL, &ctrl);
	bool wide = ctrl & MSI_CTRL_64BIT;

	if (!rc)
		rc = trv_cfg_write32(dev, d->msi + MSI_ADDR, (u32)addr);
	if (!rc && wide)
		rc = trv_cfg_write32(dev, d->msi + MSI_ADDR_HIGH, (u32)(addr >> 32));
	if (!rc)
		rc = trv_cfg_write16(dev, d->msi + (wide ? MSI_DATA_64 : MSI_DATA_32), (u16)data);
	ctrl = (u16)((ctrl & ~MSI_CTRL_MME) | log << MSI_CTRL_MME_SHIFT | MSI_CTRL_ENABLE);
	return rc ? rc : trv_cfg_write16(dev, d->msi + MSI_CTRL, ctrl);
}

static int program(struct trv_dev *dev, const struct qemu_dev *d, u32 n)
{
	const u32 data = (u32)IVSHMEM_PEER_US << 16 | d->message;
	const u64 doorbell = qemu_of(dev)->doorbell;

	if (d->kind == TRV_IRQ_MSIX)
		return qemu_msix_program(dev, n, doorbell, data);
	return msi_program(dev, d, doorbell, data, log2_up(n));
}

static int messages_setup(struct trv_dev *dev, enum trv_irq_kind kind, u32 n, int *fds)
{
	struct qemu_dev *d = qemu_dev_of(dev);
	struct qemu *q = qemu_of(dev);
	eventfd_t old;
	u32 first, i;
	int rc = take_messages(q, TRV_BIT(log2_up(n)), &first);

	if (rc)
		return rc;
	for (i = 0; i < n; i++) {
		fds[i] = dup(q->message_fd[first + i]);
		if (fds[i] < 0) {
			rc = -ENOMEM;
			goto err_close;
		}
		(void)!eventfd_read(fds[i], &old); /* a former owner's */
	}
	pthread_mutex_lock(&q->irq_lock);
	d->kind = kind;
	d->n_vecs = n;
	d->message = first;
	pthread_mutex_unlock(&q->irq_lock);
	rc = program(dev, d, n);
	if (!rc)
		return 0;
	pthread_mutex_lock(&q->irq_lock);
	d->kind = 0;
	d->n_vecs = 0;
	pthread_mutex_unlock(&q->irq_lock);
err_close:
	while (i-- > 0)
		close(fds[i]);
	give_messages(q, TRV_BIT(log2_up(n)), first);
	return rc;
}

static u32 msi_max(struct trv_dev *dev)
{
	struct qemu_dev *d = qemu_dev_of(dev);
	u16 ctrl;

	if (!qemu_of(dev)->doorbell)
		return 0;
	d->msi = trv_find_cap(dev, TRV_PCI_CAP_MSI);
	if (!d->msi || trv_cfg_read16(dev, d->msi + MSI_CTRL, &ctrl))
		return 0;
	return trv_min(1U << (ctrl >> MSI_CTRL_MMC_SHIFT & 7), (u32)QEMU_MESSAGES);
}

/* ---- what the leg calls -------------------------------------------------- */

u32 qemu_irq_max(struct trv_dev *dev, enum trv_irq_kind kind)
{
	switch (kind) {
	case TRV_IRQ_MSIX:
		return qemu_of(dev)->doorbell ? qemu_msix_max(dev) : 0;
	case TRV_IRQ_MSI:
		return msi_max(dev);
	case TRV_IRQ_INTX:
		return qemu_pci_line(qemu_of(dev), qemu_dev_of(dev)) >= 0;
	case TRV_IRQ_LEGACY:
		return dev->bars[0].addr == 0x1f0 && dev->bars[2].addr == 0x170 ? 2 : 0;
	}
	return 0;
}

int qemu_irq_setup(struct trv_dev *dev, enum trv_irq_kind kind, u32 n, int *fds)
{
	return kind & (TRV_IRQ_MSI | TRV_IRQ_MSIX) ? messages_setup(dev, kind, n, fds) :
						     lines_setup(dev, kind, n, fds);
}

int qemu_irq_restore(struct trv_dev *dev)
{
	struct qemu_dev *d = qemu_dev_of(dev);

	return d->kind == TRV_IRQ_MSIX ? program(dev, d, d->n_vecs) : 0;
}

void qemu_irq_teardown(struct trv_dev *dev)
{
	struct qemu_dev *d = qemu_dev_of(dev);
	struct qemu *q = qemu_of(dev);
	u32 n = d->n_vecs;

	if (d->kind == TRV_IRQ_MSIX)
		qemu_msix_off(dev);
	else if (d->kind ==
		 TRV_IRQ_MSI) /* of a device that is gone there is nothing to switch off */
		(void)user_cfg_set_bits(dev, d->msi + MSI_CTRL, MSI_CTRL_ENABLE, 0);
	if (d->kind & (TRV_IRQ_MSI | TRV_IRQ_MSIX))
		give_messages(q, TRV_BIT(log2_up(n)), d->message);
	pthread_mutex_lock(&q->irq_lock);
	d->kind = 0;
	d->n_vecs = 0;
	d->held = false;
	pthread_mutex_unlock(&q->irq_lock);
}

/* ---- the doorbell -------------------------------------------------------- */

static int say(int sock, s64 number, int fd)
{
	u8 le[8], control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { le, sizeof(le) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	trv_put_le64((u64)number, le);
	if (fd >= 0) {
		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	return sendmsg(sock, &msg, MSG_NOSIGNAL) == (ssize_t)sizeof(le) ? 0 : -ENOMEM;
}

/* All that its server ever says, said in advance. */
static int greet(struct qemu *q)
{
	int memory = memfd_create("ivshmem", MFD_CLOEXEC);
	int rc;

	if (memory < 0 || ftruncate(memory, IVSHMEM_BYTES))
		rc = -ENOMEM;
	else
		rc = say(q->doorbell_sock, IVSHMEM_VERSION, -1);
	if (!rc)
		rc = say(q->doorbell_sock, IVSHMEM_PEER_QEMU, -1);
	if (!rc)
		rc = say(q->doorbell_sock, IVSHMEM_MEMORY, memory);
	for (u32 i = 0; i < QEMU_MESSAGES && !rc; i++)
		rc = say(q->doorbell_sock, IVSHMEM_PEER_US, q->message_fd[i]);
	if (memory >= 0)
		close(memory);
	return rc;
}

int qemu_doorbell_open(struct qemu *q)
{
	int pair[2], rc = 0;

	for (u32 i = 0; i < QEMU_MESSAGES; i++) {
		q->message_fd[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (q->message_fd[i] < 0)
			rc = -ENOMEM;
	}
	if (rc || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -ENOMEM;
	q->doorbell_sock = pair[0];
	rc = greet(q);
	if (!rc)
		return pair[1];
	close(pair[1]);
	return rc;
}

int qemu_doorbell_find(struct qemu *q)
{
	struct trv_dev bars = { .host = &q->host };
	struct qemu_dev d = { .dev = &bars, .slot = QEMU_DOORBELL_SLOT };
	u32 id;
	int rc = qemu_cfg_read(q, d.slot, 0, TRV_PCI_VENDOR_ID, 4, &id);

	if (!rc && id != IVSHMEM_ID)
		rc = -ENODEV;
	if (!rc)
		rc = qemu_pci_bars(q, &d);
	if (!rc)
		rc = qemu_cfg_write(q, d.slot, 0, TRV_PCI_COMMAND, 2, TRV_PCI_CMD_MEMORY);
	if (!rc)
		q->doorbell = bars.bars[0].addr + IVSHMEM_DOORBELL;
	return rc;
}

void qemu_doorbell_close(struct qemu *q)
{
	for (u32 i = 0; i < QEMU_MESSAGES; i++) {
		if (q->message_fd[i] >= 0)
			close(q->message_fd[i]);
	}
	if (q->doorbell_sock >= 0)
		close(q->doorbell_sock);
}
