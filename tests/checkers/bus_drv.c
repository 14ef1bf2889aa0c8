// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Tiny drivers, half of them wrong: see bus_drv.h. */
#include <trivet/hw/edu.h>

#include "bus_drv.h"

struct bus {
	struct trv_mmio regs;
	bool mapped;
	bool attached;
	struct trv_dma_mem mem;
};

static int quiet_rc(int rc)
{
	return rc > 0 ? 0 : rc;
}

static void unmap(struct trv_dev *dev, struct bus *bus)
{
	if (bus->mapped)
		trv_bar_unmap(dev, &bus->regs);
	bus->mapped = false;
}

static int map(struct trv_dev *dev, struct bus *bus)
{
	int rc = trv_bar_map(dev, EDU_BAR, EDU_BAR_LEN, &bus->regs);

	bus->mapped = !rc;
	return rc;
}

static void usual_remove(struct trv_dev *dev)
{
	unmap(dev, trv_drvdata(dev));
}

#define DRIVER(id, probe_fn, remove_fn)           \
	const struct trv_driver bus_##id = {      \
		.name = "bus",                    \
		.description = "a checker's own", \
		.priv_size = sizeof(struct bus),  \
		.probe = probe_fn,                \
		.remove = remove_fn,              \
	}

/* BODY(id) { what probe does with @dev and @bus; BAR0 is mapped } */
#define BODY(id)                                                                   \
	static int id##_body(struct trv_dev *dev, struct bus *bus);                \
	static int id##_probe(struct trv_dev *dev, const struct trv_pci_id *match) \
	{                                                                          \
		struct bus *bus = trv_drvdata(dev);                                \
		int rc = map(dev, bus);                                            \
                                                                                   \
		if (rc)                                                            \
			return rc;                                                 \
		rc = id##_body(dev, bus);                                          \
		if (rc)                                                            \
			unmap(dev, bus);                                           \
		return rc;                                                         \
	}                                                                          \
	DRIVER(id, id##_probe, usual_remove);                                      \
	static int id##_body(struct trv_dev *dev, struct bus *bus)

/* ---- the window ---------------------------------------------------------- */

BODY(bounds_trips)
{
	(void)trv_read32(bus->regs, EDU_BAR_LEN);
	return 0;
}

/* Another register, the last one there is. */
BODY(bounds_clean)
{
	(void)trv_read64(bus->regs, EDU_DMA_CMD);
	return 0;
}

BODY(bounds_bind_trips)
{
	struct trv_mmio door;
	int rc = trv_reg_bind(bus->regs, EDU_STATUS, 4, &door);

	if (!rc)
		(void)trv_read32(door, 4);
	return rc;
}

BODY(bounds_bind_clean)
{
	struct trv_mmio door;
	int rc = trv_reg_bind(bus->regs, EDU_STATUS, 8, &door);

	if (!rc)
		(void)trv_read32(door, 4);
	return rc;
}

BODY(stale_trips)
{
	unmap(dev, bus);
	(void)trv_read32(bus->regs, EDU_ID);
	return 0;
}

BODY(stale_clean)
{
	int rc;

	unmap(dev, bus);
	rc = map(dev, bus);
	if (!rc)
		(void)trv_read32(bus->regs, EDU_ID);
	return rc;
}

/* The BAR is mapped again, but not for this copy. */
BODY(stale_copy_trips)
{
	struct trv_mmio copy = bus->regs;
	int rc;

	unmap(dev, bus);
	rc = map(dev, bus);
	if (!rc)
		trv_write32(copy, EDU_LIVENESS, 0);
	return rc;
}

BODY(stale_copy_clean)
{
	struct trv_mmio copy = bus->regs;

	trv_write32(copy, EDU_LIVENESS, 0);
	return 0;
}

BODY(stale_failed_trips)
{
	struct trv_mmio none;

	if (trv_bar_map(dev, EDU_BAR, EDU_BAR_LEN, &none) == -EBUSY)
		(void)trv_read32(none, EDU_ID);
	return 0;
}

BODY(stale_failed_clean)
{
	struct trv_mmio none;

	if (!trv_bar_map(dev, EDU_BAR, EDU_BAR_LEN, &none))
		return -EIO;
	(void)trv_read32(bus->regs, EDU_ID);
	return 0;
}

/* ---- decoding ------------------------------------------------------------ */

static int command(struct trv_dev *dev, u16 clear, u16 set)
{
	u16 cmd;
	int rc = trv_cfg_read16(dev, TRV_PCI_COMMAND, &cmd);

	return rc ? rc : trv_cfg_write16(dev, TRV_PCI_COMMAND, (u16)((cmd & ~clear) | set));
}

BODY(decode_trips)
{
	int rc = command(dev, TRV_PCI_CMD_MEMORY, 0);

	if (!rc)
		(void)trv_read32(bus->regs, EDU_ID);
	return rc;
}

BODY(decode_clean)
{
	int rc = command(dev, TRV_PCI_CMD_MEMORY, 0);

	if (!rc)
		rc = command(dev, 0, TRV_PCI_CMD_MEMORY);
	if (!rc)
		(void)trv_read32(bus->regs, EDU_ID);
	return rc;
}

/* How one learns a BAR's size: the address has to be put back. */
static int size_bar(struct trv_dev *dev, bool put_back)
{
	u32 addr, mask;
	int rc = trv_cfg_read32(dev, TRV_PCI_BAR0, &addr);

	if (!rc)
		rc = trv_cfg_write32(dev, TRV_PCI_BAR0, ~0U);
	if (!rc)
		rc = trv_cfg_read32(dev, TRV_PCI_BAR0, &mask);
	if (!rc && mask != 0xfff00000)
		rc = -EIO;
	if (!rc && put_back)
		rc = trv_cfg_write32(dev, TRV_PCI_BAR0, addr);
	return rc;
}

BODY(decode_moved_trips)
{
	int rc = size_bar(dev, false);

	if (!rc)
		(void)trv_read32(bus->regs, EDU_ID);
	return rc;
}

BODY(decode_moved_clean)
{
	int rc = size_bar(dev, true);

	if (!rc)
		(void)trv_read32(bus->regs, EDU_ID);
	return rc;
}

/* ---- leaks --------------------------------------------------------------- */

static int map_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	return map(dev, trv_drvdata(dev));
}

static void forgetful_remove(struct trv_dev *dev)
{
}

DRIVER(leak_trips, map_probe, forgetful_remove);
DRIVER(leak_clean, map_probe, usual_remove);

static int fail_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	int rc = map(dev, trv_drvdata(dev));

	return rc ? rc : -ENODEV;
}

static int fail_clean_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	struct bus *bus = trv_drvdata(dev);
	int rc = map(dev, bus);

	unmap(dev, bus);
	return rc ? rc : -ENODEV;
}

DRIVER(leak_probe_trips, fail_probe, usual_remove);
DRIVER(leak_probe_clean, fail_clean_probe, usual_remove);

/* ---- the register table -------------------------------------------------- */

BODY(width_trips)
{
	(void)trv_read16(bus->regs, EDU_ID);
	return 0;
}

BODY(width_clean)
{
	(void)trv_read32(bus->regs, EDU_ID);
	(void)trv_read64(bus->regs, EDU_DMA_SRC);
	(void)trv_read32(bus->regs, EDU_DMA_SRC);
	return 0;
}

BODY(misaligned_trips)
{
	(void)trv_read32(bus->regs, EDU_LIVENESS + 2);
	return 0;
}

BODY(misaligned_clean)
{
	(void)trv_read32(bus->regs, EDU_LIVENESS + 4);
	return 0;
}

BODY(access_ro_trips)
{
	trv_write32(bus->regs, EDU_IRQ_STATUS, 0);
	return 0;
}

BODY(access_ro_clean)
{
	trv_write32(bus->regs, EDU_IRQ_ACK, 0);
	return 0;
}

BODY(access_wo_trips)
{
	(void)trv_read32(bus->regs, EDU_IRQ_ACK);
	return 0;
}

BODY(access_wo_clean)
{
	(void)trv_read32(bus->regs, EDU_IRQ_STATUS);
	return 0;
}

BODY(unknown_trips)
{
	(void)trv_read32(bus->regs, EDU_BUF);
	return 0;
}

BODY(unknown_clean)
{
	(void)trv_read32(bus->regs, EDU_STATUS);
	return 0;
}

BODY(reserved_trips)
{
	trv_write32(bus->regs, EDU_STATUS, EDU_STATUS_RAISE_IRQ | TRV_BIT(4));
	return 0;
}

/* What was read may be written back. */
BODY(reserved_clean)
{
	u32 status = trv_read32(bus->regs, EDU_STATUS);

	trv_write32(bus->regs, EDU_STATUS, status | EDU_STATUS_RAISE_IRQ);
	return 0;
}

/* ---- the device's own rules ---------------------------------------------- */

static int computed(struct bus *bus)
{
	u32 status;

	return trv_poll_timeout(trv_read32(bus->regs, EDU_STATUS), status,
				!(status & EDU_STATUS_COMPUTING), 10, 1000000);
}

BODY(fact_busy_trips)
{
	trv_write32(bus->regs, EDU_FACTORIAL, 1000);
	trv_write32(bus->regs, EDU_FACTORIAL, 5);
	return 0;
}

BODY(fact_busy_clean)
{
	int rc;

	trv_write32(bus->regs, EDU_FACTORIAL, 1000);
	rc = computed(bus);
	if (!rc)
		trv_write32(bus->regs, EDU_FACTORIAL, 5);
	return rc;
}

BODY(fact_early_trips)
{
	trv_write32(bus->regs, EDU_FACTORIAL, 1000);
	(void)trv_read32(bus->regs, EDU_FACTORIAL);
	return 0;
}

BODY(fact_early_clean)
{
	int rc;

	trv_write32(bus->regs, EDU_FACTORIAL, 1000);
	rc = computed(bus);
	if (!rc)
		(void)trv_read32(bus->regs, EDU_FACTORIAL);
	return rc;
}

static void program(struct bus *bus, u64 src, u64 dst, u64 len, u32 cmd)
{
	trv_write64(bus->regs, EDU_DMA_SRC, src);
	trv_write64(bus->regs, EDU_DMA_DST, dst);
	trv_write64(bus->regs, EDU_DMA_COUNT, len);
	trv_write32(bus->regs, EDU_DMA_CMD, cmd);
}

static int transferred(struct bus *bus)
{
	u32 cmd;

	return trv_poll_timeout(trv_read32(bus->regs, EDU_DMA_CMD), cmd, !(cmd & EDU_DMA_CMD_START),
				10, 1000000);
}

/* Coherent memory of the device's to read from, and the bus to do it. */
static int dma_start(struct trv_dev *dev, struct bus *bus)
{
	struct trv_dma_limits lim = { .mask = EDU_DMA_MASK };
	int rc = trv_dma_limits(dev, &lim);

	if (!rc)
		rc = trv_bus_master(dev, true);
	if (!rc)
		rc = trv_dma_alloc(dev, EDU_BUF_LEN, 4, &bus->mem);
	return rc;
}

static void dma_end(struct trv_dev *dev, struct bus *bus)
{
	trv_dma_free(dev, &bus->mem);
}

BODY(dma_busy_trips)
{
	int rc = dma_start(dev, bus);

	if (rc)
		return rc;
	program(bus, bus->mem.iova, EDU_BUF, 64, EDU_DMA_CMD_START);
	trv_write64(bus->regs, EDU_DMA_COUNT, 32);
	rc = transferred(bus);
	dma_end(dev, bus);
	return rc;
}

BODY(dma_busy_clean)
{
	int rc = dma_start(dev, bus);

	if (rc)
		return rc;
	program(bus, bus->mem.iova, EDU_BUF, 64, EDU_DMA_CMD_START);
	rc = transferred(bus);
	trv_write64(bus->regs, EDU_DMA_COUNT, 32);
	dma_end(dev, bus);
	return rc;
}

static int transfer(struct trv_dev *dev, struct bus *bus, u64 more_src, u64 dst, u64 len)
{
	int rc = dma_start(dev, bus);

	if (rc)
		return rc;
	program(bus, bus->mem.iova + more_src, dst, len, EDU_DMA_CMD_START);
	rc = transferred(bus);
	dma_end(dev, bus);
	return rc;
}

BODY(dma_range_trips)
{
	return transfer(dev, bus, 0, EDU_BUF + 1, EDU_BUF_LEN);
}

BODY(dma_range_clean)
{
	return transfer(dev, bus, 0, EDU_BUF, EDU_BUF_LEN);
}

BODY(dma_mask_trips)
{
	return transfer(dev, bus, EDU_DMA_MASK + 1, EDU_BUF, 16);
}

BODY(dma_mask_clean)
{
	return transfer(dev, bus, EDU_BUF_LEN - 16, EDU_BUF, 16);
}

/* Nobody said that the device reaches 28 bits only. */
BODY(mask_missing_trips)
{
	int rc = trv_bus_master(dev, true);

	if (!rc)
		rc = trv_dma_alloc(dev, EDU_BUF_LEN, 4, &bus->mem);
	if (rc)
		return rc;
	program(bus, bus->mem.iova, EDU_BUF, 16, EDU_DMA_CMD_START);
	rc = transferred(bus);
	dma_end(dev, bus);
	return rc;
}

BODY(mask_missing_clean)
{
	return transfer(dev, bus, 0, EDU_BUF, 16);
}

/* ---- misuse -------------------------------------------------------------- */

BODY(unmap_bound_trips)
{
	struct trv_mmio door;
	int rc = trv_reg_bind(bus->regs, 0, 16, &door);

	if (!rc)
		trv_bar_unmap(dev, &door);
	return rc;
}

BODY(unmap_bound_clean)
{
	struct trv_mmio door;
	int rc = trv_reg_bind(bus->regs, 0, 16, &door);

	unmap(dev, bus);
	return rc;
}

BODY(option_default_trips)
{
	return trv_option(dev, "depth", 0, 1, 32) ? 0 : -EINVAL;
}

BODY(option_default_clean)
{
	return trv_option(dev, "depth", 1, 1, 32) == 1 ? 0 : -EINVAL;
}

BODY(probe_result_trips)
{
	return 1;
}

BODY(probe_result_clean)
{
	return quiet_rc(1);
}

/* ---- teardown ------------------------------------------------------------ */

static enum trv_irq_ret not_mine(void *arg)
{
	return TRV_IRQ_NONE;
}

TRV_IRQ_HANDLER(handler, not_mine, NULL);

static void detach(struct trv_dev *dev, struct bus *bus)
{
	if (!bus->attached)
		return;
	trv_irq_detach(dev, 0);
	trv_irq_free(dev);
	bus->attached = false;
}

/* Everything a driver can have. */
static int full_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	struct bus *bus = trv_drvdata(dev);
	enum trv_irq_kind kind;
	int rc = map(dev, bus);

	if (rc)
		return rc;
	rc = dma_start(dev, bus);
	if (rc)
		goto err_unmap;
	rc = trv_irq_alloc(dev, 1, 1, TRV_IRQ_MSI | TRV_IRQ_INTX, &kind);
	if (rc < 0)
		goto err_free;
	rc = trv_irq_attach(dev, 0, &handler, bus, "bus");
	if (rc)
		goto err_irq;
	bus->attached = true;
	return 0;

err_irq:
	trv_irq_free(dev);
err_free:
	dma_end(dev, bus);
err_unmap:
	unmap(dev, bus);
	return rc;
}

static void full_remove(struct trv_dev *dev)
{
	struct bus *bus = trv_drvdata(dev);

	detach(dev, bus);
	dma_end(dev, bus);
	unmap(dev, bus);
}

static void unmap_attached_remove(struct trv_dev *dev)
{
	struct bus *bus = trv_drvdata(dev);

	dma_end(dev, bus);
	unmap(dev, bus);
	detach(dev, bus);
}

/* Not even when it is not being removed: the handler would find nothing. */
static int unmap_attached_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	int rc = full_probe(dev, id);

	if (!rc)
		unmap(dev, trv_drvdata(dev));
	return rc;
}

DRIVER(unmap_attached_trips, unmap_attached_probe, unmap_attached_remove);
DRIVER(unmap_attached_clean, full_probe, full_remove);

static void free_attached_remove(struct trv_dev *dev)
{
	struct bus *bus = trv_drvdata(dev);

	dma_end(dev, bus);
	detach(dev, bus);
	unmap(dev, bus);
}

DRIVER(free_attached_trips, full_probe, free_attached_remove);
DRIVER(free_attached_clean, full_probe, full_remove);

static void free_in_stop(struct trv_dev *dev)
{
	struct bus *bus = trv_drvdata(dev);

	detach(dev, bus);
	dma_end(dev, bus);
}

const struct trv_driver bus_free_master_trips = {
	.name = "bus",
	.priv_size = sizeof(struct bus),
	.probe = full_probe,
	.stop = free_in_stop,
	.remove = usual_remove,
};
DRIVER(free_master_clean, full_probe, full_remove);

static void unmap_first_remove(struct trv_dev *dev)
{
	struct bus *bus = trv_drvdata(dev);

	detach(dev, bus);
	unmap(dev, bus);
	dma_end(dev, bus);
}

DRIVER(unmap_first_trips, full_probe, unmap_first_remove);
DRIVER(unmap_first_clean, full_probe, full_remove);

static void master_again_remove(struct trv_dev *dev)
{
	full_remove(dev);
	if (trv_bus_master(dev, true))
		trv_err(dev, "no bus master");
}

DRIVER(master_again_trips, full_probe, master_again_remove);
DRIVER(master_again_clean, full_probe, full_remove);
