// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What firmware would have done: addresses for BARs, routes for interrupt
 * pins. Configuration space by mechanism #1 (PCI 3.0, 3.2.2.3.2), its two
 * accesses sent as one.
 */
#include <errno.h>
#include <stdio.h>

#include <os/linux-user/qemu/qemu.h>

enum {
	CFG_ADDRESS = 0xcf8,
	CFG_DATA = 0xcfc,
	CFG_ENABLE = 0x80000000,
	MEM_START = 0xe0000000,
	MEM_END = 0xfec00000, /* the I/O APIC */
	IO_START = 0xc000,
	IO_END = 0x10000,
	BAR_IO = 1,
	BAR_64 = 4,
	BAR_TYPE = 6,
	/* Class and interface of an IDE function (PCI IDE Controller Specification 1.0, 2.1). */
	IDE_NATIVE_0 = 1,
	IDE_NATIVE_1 = 4,
	/* 440FX: PIRQ route registers of its ISA bridge (PIIX3 datasheet, 2.2.11). */
	PIIX_SLOT = 1,
	PIIX_PIRQ = 0x60,
	PIIX_PIRQ_OFF = 0x80,
	PIIX_IRQ = 11,
	/* Q35: PIRQE to PIRQH are inputs 20 to 23. */
	Q35_FIRST_LINE = 20,
};

static const char width[] = { [1] = 'b', [2] = 'w', [4] = 'l' };

static int access_cfg(struct qemu *q, u32 slot, u32 func, u32 off, struct qtest_call *call,
		      const char *data)
{
	char text[96];
	int n = snprintf(text, sizeof(text), "outl 0x%x 0x%x\n%s\n", CFG_ADDRESS,
			 CFG_ENABLE | slot << 11 | func << 8 | (off & ~3U), data);

	return qtest_send(q, text, (size_t)n, call);
}

int qemu_cfg_read(struct qemu *q, u32 slot, u32 func, u32 off, u32 bytes, u32 *val)
{
	struct qtest_call call = { .want = 2 };
	char data[32];
	int rc;

	snprintf(data, sizeof(data), "in%c 0x%x", width[bytes], CFG_DATA + (off & 3));
	rc = access_cfg(q, slot, func, off, &call, data);
	*val = rc ? ~0U : (u32)call.val;
	return rc;
}

int qemu_cfg_write(struct qemu *q, u32 slot, u32 func, u32 off, u32 bytes, u32 val)
{
	struct qtest_call call = { .want = 2 };
	char data[48];

	snprintf(data, sizeof(data), "out%c 0x%x 0x%x", width[bytes], CFG_DATA + (off & 3), val);
	return access_cfg(q, slot, func, off, &call, data);
}

/* ---- base address registers ---------------------------------------------- */

/* What sticks of ones; the register keeps its old value. */
static int size_mask(struct qemu *q, const struct qemu_dev *d, u32 off, u32 *before, u32 *mask)
{
	int rc = qemu_cfg_read(q, d->slot, d->func, off, 4, before);

	if (!rc)
		rc = qemu_cfg_write(q, d->slot, d->func, off, 4, ~0U);
	if (!rc)
		rc = qemu_cfg_read(q, d->slot, d->func, off, 4, mask);
	if (!rc)
		rc = qemu_cfg_write(q, d->slot, d->func, off, 4, *before);
	return rc;
}

/* An address of its own, unless firmware has given it one. */
static int place(struct qemu *q, const struct qemu_dev *d, u32 off, u32 now, struct user_bar *b)
{
	const u32 flags = b->port ? 3 : 0xf;
	u32 *next = b->port ? &q->io_next : &q->mem_next;
	u64 at = TRV_ALIGN_UP((u64)*next, (u64)b->len);

	b->addr = now & ~flags;
	if (b->addr)
		return 0;
	if (at + b->len > (u64)(b->port ? (u32)IO_END : MEM_END))
		return -ENOMEM;
	b->addr = at;
	*next = (u32)(at + b->len);
	return qemu_cfg_write(q, d->slot, d->func, off, 4, (u32)at);
}

static int bar(struct qemu *q, struct qemu_dev *d, u32 index, bool *is_64)
{
	struct user_bar *b = &d->dev->bars[index];
	const u32 off = TRV_PCI_BAR0 + 4 * index;
	u32 now, mask;
	int rc = size_mask(q, d, off, &now, &mask);

	*is_64 = false;
	if (rc || !mask || mask == ~0U)
		return rc;
	b->port = mask & BAR_IO;
	*is_64 = !b->port && (mask & BAR_TYPE) == BAR_64;
	mask &= b->port ? ~3U : ~0xfU;
	if (b->port)
		mask |= 0xffff0000;
	b->len = ~mask + 1;
	if (!b->len) /* 4 GiB or more: nothing for us */
		return 0;
	return place(q, d, off, now, b);
}

/* The fixed ports of an IDE function in compatibility mode are its BARs 0 to 3. */
static u32 legacy_bars(struct trv_dev *dev)
{
	static const u16 ports[] = { 0x1f0, 0x3f6, 0x170, 0x376 };
	static const u8 lengths[] = { 8, 1, 8, 1 };
	u32 class, n = 0;

	class = dev->ident.class;
	if (class >> 8 != TRV_PCI_CLASS_IDE >> 8)
		return 0;
	for (u32 i = 0; i < 4; i++) {
		if (class & (i < 2 ? IDE_NATIVE_0 : IDE_NATIVE_1))
			continue;
		dev->bars[i] =
			(struct user_bar){ .addr = ports[i], .len = lengths[i], .port = true };
		n |= TRV_BIT(i);
	}
	return n;
}

int qemu_pci_bars(struct qemu *q, struct qemu_dev *d)
{
	u32 command, legacy = legacy_bars(d->dev);
	bool is_64;
	int rc;

	if (!q->mem_next) {
		q->mem_next = MEM_START;
		q->io_next = IO_START;
	}
	rc = qemu_cfg_read(q, d->slot, d->func, TRV_PCI_COMMAND, 2, &command);
	/* While a register holds ones the device must not answer there. And no DMA before a driver. */
	command &= ~(u32)(TRV_PCI_CMD_IO | TRV_PCI_CMD_MEMORY | TRV_PCI_CMD_MASTER);
	if (!rc)
		rc = qemu_cfg_write(q, d->slot, d->func, TRV_PCI_COMMAND, 2, command);
	for (u32 i = 0; i < TRV_PCI_BARS && !rc; i++) {
		if (legacy & TRV_BIT(i))
			continue;
		rc = bar(q, d, i, &is_64);
		if (!rc && is_64 && i + 1 < TRV_PCI_BARS)
			rc = qemu_cfg_write(q, d->slot, d->func, TRV_PCI_BAR0 + 4 * ++i, 4, 0);
	}
	return rc;
}

/* ---- interrupt pins ------------------------------------------------------ */

/* 440FX: four pins in turn, each with a register that says which ISA interrupt it is. */
static int piix_line(struct qemu *q, u32 pirq)
{
	u32 route;

	if (qemu_cfg_read(q, PIIX_SLOT, 0, PIIX_PIRQ + pirq, 1, &route))
		return -1;
	if (!(route & PIIX_PIRQ_OFF))
		return (int)route & 15;
	if (qemu_cfg_write(q, PIIX_SLOT, 0, PIIX_PIRQ + pirq, 1, PIIX_IRQ))
		return -1;
	return PIIX_IRQ;
}

int qemu_pci_line(struct qemu *q, struct qemu_dev *d)
{
	u32 pin;

	if (qemu_cfg_read(q, d->slot, d->func, TRV_PCI_INT_PIN, 1, &pin) || !pin || pin > 4)
		return -1;
	if (d->intx_line >= 0)
		return d->intx_line;
	if (q->q35)
		return Q35_FIRST_LINE + (int)((d->slot + pin - 1) % 4);
	return piix_line(q, (d->slot + pin - 2) % 4);
}
