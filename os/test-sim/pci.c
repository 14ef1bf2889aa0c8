// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Configuration space, from the device's side: what a model declares, what a
 * write changes, which addresses are decoded.
 */
#include <string.h>

#include <os/test-sim/irq.h>
#include <os/test-sim/pci.h>

/* MSI and MSI-X capabilities (PCI 3.0, 6.8.1 and 6.8.2), PCI Express (PCIe 2.0, 7.8). */
enum {
	MSI_CTRL = 2, /* MSI-X has its control word there too */
	MSI_CTRL_ENABLE = 0x0001,
	MSI_CTRL_MME_SHIFT = 4,
	MSI_CTRL_64BIT = 0x0080,
	MSI_CTRL_MASKING = 0x0100,
	MSI_LEN = 0x18,
	MSIX_CTRL_ENABLE = 0x8000,
	MSIX_CTRL_MASK_ALL = 0x4000,
	MSIX_TABLE = 4,
	MSIX_PBA = 8,
	MSIX_LEN = 0x0c,
	MSIX_BAR_SIZE = 0x1000,
	EXP_DEVCAP = 4,
	EXP_DEVCAP_FLR = 0x10000000,
	EXP_DEVCTL = 8,
	EXP_DEVCTL_FLR = 0x8000,
	EXP_LEN = 0x14,
	CAPS_START = 0x40,
};

static u32 get(const u8 *cfg, u32 off, u32 bytes)
{
	u32 val = 0;

	for (u32 i = 0; i < bytes; i++)
		val |= (u32)cfg[off + i] << (8 * i);
	return val;
}

static void put(u8 *cfg, u32 off, u32 bytes, u32 val)
{
	for (u32 i = 0; i < bytes; i++)
		cfg[off + i] = (u8)(val >> (8 * i));
}

/* A model that leaves configuration space is a bug in the model. */
static void inside(const struct trv_dev *dev, u32 off, u32 bytes)
{
	if (off + bytes > SIM_CFG_SIZE)
		sim_fail(SIM_API, NULL, "model of %s: configuration space has no byte 0x%x",
			 dev->name, off + bytes - 1);
}

u32 sim_pci_cfg_get(const struct trv_dev *dev, u32 off, u32 bytes)
{
	inside(dev, off, bytes);
	return get(dev->cfg, off, bytes);
}

void sim_pci_cfg_set(struct trv_dev *dev, u32 off, u32 bytes, u32 val)
{
	inside(dev, off, bytes);
	put(dev->cfg, off, bytes, val);
}

void sim_pci_cfg(struct trv_dev *dev, u32 off, u32 bytes, u32 val, u32 wmask)
{
	inside(dev, off, bytes);
	put(dev->cfg, off, bytes, val);
	put(dev->cfg_wmask, off, bytes, wmask);
}

void sim_pci_init(struct trv_dev *dev)
{
	sim_pci_cfg(dev, TRV_PCI_COMMAND, 2, 0,
		    TRV_PCI_CMD_IO | TRV_PCI_CMD_MEMORY | TRV_PCI_CMD_MASTER |
			    TRV_PCI_CMD_INTX_OFF);
	/* Parity, abort and system error bits: nothing sets them, writing ones is legal. */
	put(dev->cfg_w1c, TRV_PCI_STATUS, 2, 0xf900);
	dev->cap_end = CAPS_START;
	dev->cap_last = TRV_PCI_CAP_PTR;
}

void sim_pci_ident(struct trv_dev *dev, const struct trv_pci_ident *ident)
{
	dev->ident = *ident;
	put(dev->cfg, TRV_PCI_VENDOR_ID, 2, ident->vendor);
	put(dev->cfg, TRV_PCI_DEVICE_ID, 2, ident->device);
	put(dev->cfg, TRV_PCI_SUBVENDOR_ID, 2, ident->subvendor);
	put(dev->cfg, TRV_PCI_SUBDEVICE_ID, 2, ident->subdevice);
	put(dev->cfg, TRV_PCI_REVISION, 1, ident->revision);
	put(dev->cfg, TRV_PCI_CLASS_PROG, 3, ident->class);
}

/* ---- base address registers ---------------------------------------------- */

static u32 power_of_two(u32 n, u32 least)
{
	while (least < n)
		least <<= 1;
	return least;
}

void sim_pci_bar(struct trv_dev *dev, u32 bar, enum sim_bar_kind kind, u32 size,
		 const struct trv_regtable *regs)
{
	struct sim_bar *b = &dev->bars[bar];
	u32 off = TRV_PCI_BAR0 + 4 * bar;

	b->kind = kind;
	b->size = size;
	b->regs = regs;
	if (kind == SIM_BAR_MEM32)
		sim_pci_cfg(dev, off, 4, 0, ~(power_of_two(size, 16) - 1));
	if (kind == SIM_BAR_MEM64) {
		sim_pci_cfg(dev, off, 4, 4, ~(power_of_two(size, 16) - 1));
		sim_pci_cfg(dev, off + 4, 4, 0, ~0U);
	}
	if (kind == SIM_BAR_IO)
		sim_pci_cfg(dev, off, 4, 1, ~(power_of_two(size, 4) - 1));
}

/* The fixed ports of a compatibility-mode IDE function (PCI IDE Controller Spec. 1.0, 2.1). */
static const u16 legacy_ports[4] = { 0x1f0, 0x3f6, 0x170, 0x376 };

static bool is_port(const struct sim_bar *bar)
{
	return bar->kind == SIM_BAR_IO || bar->kind == SIM_BAR_LEGACY;
}

static u64 cfg_address(const struct trv_dev *dev, u32 bar)
{
	u32 off = TRV_PCI_BAR0 + 4 * bar;

	switch (dev->bars[bar].kind) {
	case SIM_BAR_MEM32:
		return get(dev->cfg, off, 4) & ~0xfU;
	case SIM_BAR_MEM64:
		return (get(dev->cfg, off, 4) & ~0xfU) | (u64)get(dev->cfg, off + 4, 4) << 32;
	case SIM_BAR_IO:
		return get(dev->cfg, off, 4) & ~3U;
	default:
		return legacy_ports[bar & 3];
	}
}

/* Which BARs answer at the address the system gave them? */
static void decode_update(struct trv_dev *dev)
{
	u32 cmd = get(dev->cfg, TRV_PCI_COMMAND, 2);

	for (u32 i = 0; i < TRV_PCI_BARS; i++) {
		struct sim_bar *bar = &dev->bars[i];
		u32 bit = is_port(bar) ? TRV_PCI_CMD_IO : TRV_PCI_CMD_MEMORY;

		bar->on = bar->kind != SIM_BAR_NONE && (cmd & bit) && !dev->reset_until &&
			  cfg_address(dev, i) == bar->addr;
	}
}

/* ---- resets the driver asked for in a register --------------------------- */

void sim_reset_hold(struct trv_dev *dev, u64 ns, const char *section)
{
	dev->reset_until = sim_now() + ns;
	dev->reset_by = section;
	decode_update(dev);
}

void sim_reset_check(struct trv_dev *dev, const char *what)
{
	if (!dev->reset_until)
		return;
	if (sim_now() < dev->reset_until && !dev->hostile)
		sim_complain(SIM_REG_RESET, NULL, "%s: %s %llu ns before its reset is over (%s)",
			     dev->name, what, (unsigned long long)(dev->reset_until - sim_now()),
			     dev->reset_by);
	dev->reset_until = 0;
	decode_update(dev);
}

void sim_pci_power_on(struct trv_dev *dev, struct sim_pci_space *space)
{
	memcpy(dev->cfg_reset, dev->cfg, sizeof(dev->cfg));
	for (u32 i = 0; i < TRV_PCI_BARS; i++) {
		struct sim_bar *bar = &dev->bars[i];
		u32 off = TRV_PCI_BAR0 + 4 * i;
		u32 size;

		if (bar->kind == SIM_BAR_NONE)
			continue;
		if (bar->kind == SIM_BAR_LEGACY) {
			bar->addr = legacy_ports[i & 3];
		} else if (bar->kind == SIM_BAR_IO) {
			size = power_of_two(bar->size, 4);
			bar->addr = TRV_ALIGN_UP(space->io, size);
			space->io = (u32)bar->addr + size;
			put(dev->cfg, off, 4, (u32)bar->addr | 1);
		} else {
			size = power_of_two(bar->size, 4096);
			bar->addr = TRV_ALIGN_UP(space->mem, size);
			space->mem = (u32)bar->addr + size;
			put(dev->cfg, off, 4, (u32)bar->addr | get(dev->cfg, off, 1));
		}
	}
	decode_update(dev);
}

void sim_pci_decode(struct trv_dev *dev, u32 bar)
{
	u32 bit = is_port(&dev->bars[bar]) ? TRV_PCI_CMD_IO : TRV_PCI_CMD_MEMORY;

	sim_pci_write(dev, TRV_PCI_COMMAND, 2, get(dev->cfg, TRV_PCI_COMMAND, 2) | bit);
}

/* ---- capabilities -------------------------------------------------------- */

static u32 cap_add(struct trv_dev *dev, enum trv_pci_cap id, u32 len)
{
	u32 off = TRV_ALIGN_UP(dev->cap_end, 4);

	inside(dev, off, len);
	put(dev->cfg, dev->cap_last, 1, off);
	put(dev->cfg, off, 1, id);
	put(dev->cfg, off + 1, 1, 0);
	dev->cap_last = off + 1;
	dev->cap_end = off + len;
	put(dev->cfg, TRV_PCI_STATUS, 2, get(dev->cfg, TRV_PCI_STATUS, 2) | TRV_PCI_STATUS_CAPS);
	return off;
}

void sim_pci_intx(struct trv_dev *dev, u8 pin)
{
	dev->has_intx = true;
	sim_pci_cfg(dev, TRV_PCI_INT_LINE, 1, 0, 0xff);
	sim_pci_cfg(dev, TRV_PCI_INT_PIN, 1, pin, 0);
}

void sim_pci_legacy_irq(struct trv_dev *dev)
{
	dev->has_legacy = true;
}

static u32 log2_up(u32 n)
{
	u32 log = 0;

	while ((1U << log) < n)
		log++;
	return log;
}

void sim_pci_msi(struct trv_dev *dev, u32 vectors)
{
	u32 cap = cap_add(dev, TRV_PCI_CAP_MSI, MSI_LEN);
	u32 log = log2_up(vectors);

	dev->cap_msi = cap;
	dev->n_msi = vectors;
	sim_pci_cfg(dev, cap + MSI_CTRL, 2, MSI_CTRL_64BIT | MSI_CTRL_MASKING | log << 1,
		    MSI_CTRL_ENABLE | 7 << MSI_CTRL_MME_SHIFT);
	sim_pci_cfg(dev, cap + 0x04, 4, 0, ~3U);
	sim_pci_cfg(dev, cap + 0x08, 4, 0, ~0U);
	sim_pci_cfg(dev, cap + 0x0c, 2, 0, 0xffff);
	sim_pci_cfg(dev, cap + 0x10, 4, 0, (u32)((1ULL << vectors) - 1));
}

void sim_pci_msix(struct trv_dev *dev, u32 vectors)
{
	u32 cap = cap_add(dev, TRV_PCI_CAP_MSIX, MSIX_LEN);
	u32 bar = TRV_PCI_BARS;

	/* The table lives in a BAR of its own, the last one that is free. */
	while (bar-- > 0) {
		if (dev->bars[bar].kind == SIM_BAR_NONE &&
		    (!bar || dev->bars[bar - 1].kind != SIM_BAR_MEM64))
			break;
	}
	if (bar >= TRV_PCI_BARS)
		sim_fail(SIM_API, NULL, "model of %s: no BAR is free for the MSI-X table",
			 dev->name);
	sim_pci_bar(dev, bar, SIM_BAR_MEM32, 2 * MSIX_BAR_SIZE, NULL);
	dev->bars[bar].msix = true;
	dev->cap_msix = cap;
	dev->n_msix = vectors;
	sim_pci_cfg(dev, cap + MSI_CTRL, 2, vectors - 1, MSIX_CTRL_ENABLE | MSIX_CTRL_MASK_ALL);
	sim_pci_cfg(dev, cap + MSIX_TABLE, 4, bar, 0);
	sim_pci_cfg(dev, cap + MSIX_PBA, 4, MSIX_BAR_SIZE | bar, 0);
}

void sim_pci_flr(struct trv_dev *dev)
{
	u32 cap = cap_add(dev, TRV_PCI_CAP_EXP, EXP_LEN);

	dev->cap_exp = cap;
	dev->has_flr = true;
	sim_pci_cfg(dev, cap + 2, 2, 0x0001, 0);
	sim_pci_cfg(dev, cap + EXP_DEVCAP, 4, EXP_DEVCAP_FLR, 0);
	sim_pci_cfg(dev, cap + EXP_DEVCTL, 2, 0, 0x7fff); /* the reset bit reads as zero */
}

static bool ctrl_enabled(const struct trv_dev *dev, u32 cap, u32 bit)
{
	return cap && get(dev->cfg, cap + MSI_CTRL, 2) & bit;
}

u32 sim_pci_messages(const struct trv_dev *dev)
{
	if (!dev->irq || (!ctrl_enabled(dev, dev->cap_msi, MSI_CTRL_ENABLE) &&
			  !ctrl_enabled(dev, dev->cap_msix, MSIX_CTRL_ENABLE)))
		return 0;
	return dev->irq->n;
}

bool sim_pci_master(const struct trv_dev *dev)
{
	return get(dev->cfg, TRV_PCI_COMMAND, 2) & TRV_PCI_CMD_MASTER;
}

/* ---- writes, reset ------------------------------------------------------- */

void sim_pci_function_reset(struct trv_dev *dev)
{
	sim_post_drop(dev);
	if (dev->has_intx)
		sim_intx_set(dev, false);
	memcpy(dev->cfg, dev->cfg_reset, sizeof(dev->cfg));
	dev->reset_until = 0;
	decode_update(dev);
	dev->model->reset(dev);
}

void sim_pci_restore(struct trv_dev *dev, const u8 *cfg)
{
	memcpy(dev->cfg, cfg, sizeof(dev->cfg));
	decode_update(dev);
}

static bool overlaps(u32 off, u32 bytes, u32 reg, u32 len)
{
	return off < reg + len && reg < off + bytes;
}

void sim_pci_write(struct trv_dev *dev, u32 off, u32 bytes, u32 val)
{
	for (u32 i = off; i < off + bytes; i++, val >>= 8) {
		u8 w = dev->cfg_wmask[i];

		dev->cfg[i] = (u8)((dev->cfg[i] & ~w) | (val & w));
		dev->cfg[i] &= (u8) ~(val & dev->cfg_w1c[i]);
		if (dev->cap_exp && i == dev->cap_exp + EXP_DEVCTL + 1 &&
		    val & EXP_DEVCTL_FLR >> 8) {
			sim_pci_function_reset(dev);
			return;
		}
	}
	if (overlaps(off, bytes, TRV_PCI_COMMAND, 2) ||
	    overlaps(off, bytes, TRV_PCI_BAR0, 4 * TRV_PCI_BARS))
		decode_update(dev);
	if (dev->model->cfg_write)
		dev->model->cfg_write(dev, off, bytes);
}

u32 sim_pci_read(const struct trv_dev *dev, u32 off, u32 bytes)
{
	return get(dev->cfg, off, bytes);
}
