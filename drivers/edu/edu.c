// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Driver for QEMU's educational device, and a tutorial: README.md beside this
 * file walks through it. From top to bottom: waiting, the interrupt, the
 * operations, starting and stopping, probe and remove, the driver's table.
 */
#include <trivet/driver.h>
#include <trivet/hw/edu.h>

#include "edu.h"

/* QEMU's DMA engine takes 100 ms for anything; large factorials a little while. */
#define EDU_TIMEOUT_US 1000000
#define EDU_IRQ_TEST_US 100000
#define EDU_POLL_US 1000

TRV_REG_TABLE(edu_regs, EDU_REGS, EDU_FIELDS);

/**
 * struct edu - one device
 * @dev:      it, to the operating system
 * @regs:     its registers
 * @lock:     held through each operation; the device does one thing at a time
 * @done:     signalled by the interrupt handler
 * @irq:      kind of interrupt that was proved to arrive; 0 polls
 * @stopping: operations return early; written by stop(), read by them
 * @broken:   it did not stop when told; only a rebind helps. Under @lock.
 */
struct edu {
	struct trv_dev *dev;
	struct trv_mmio regs;
	struct trv_mutex lock;
	struct trv_event done;
	enum trv_irq_kind irq;
	u32 stopping;
	bool broken;
};

/* ---- waiting ------------------------------------------------------------- */

/* Wait until the bits @busy of register @reg are clear; stop() does not shorten this. */
static int edu_wait_idle(struct edu *edu, u32 reg, u32 busy)
{
	u32 val;

	return trv_poll_timeout(trv_read32(edu->regs, reg), val, !(val & busy), EDU_POLL_US,
				EDU_TIMEOUT_US);
}

/* An operation was started: sleep until the interrupt says it is over, if there is one. */
static void edu_wait_irq(struct edu *edu)
{
	if (edu->irq && trv_event_wait(&edu->done, EDU_TIMEOUT_US))
		trv_warn(edu->dev, "no interrupt within %u ms", EDU_TIMEOUT_US / 1000);
}

/* A read that cannot be all ones was: is the device gone, or was it a glitch? */
static int edu_ones(struct edu *edu)
{
	return trv_dev_gone(edu->dev) ? -ENODEV : -EIO;
}

/* ---- the interrupt ------------------------------------------------------- */

static enum trv_irq_ret edu_interrupt(void *arg)
{
	struct edu *edu = arg;
	u32 causes = trv_read32(edu->regs, EDU_IRQ_STATUS);

	/* Another device on the same line, or no device any more. */
	if (!causes || causes == ~0U)
		return TRV_IRQ_NONE;

	trv_write32(edu->regs, EDU_IRQ_ACK, causes);
	/* The write may linger on its way; a read drives it home before the line is looked at. */
	(void)trv_read32(edu->regs, EDU_IRQ_STATUS);
	trv_event_signal(&edu->done);
	return TRV_IRQ_HANDLED;
}

TRV_IRQ_HANDLER(edu_irq_handler, edu_interrupt, NULL);

/* ---- operations ---------------------------------------------------------- */

/* Take the device for one operation. On an error it is not taken. */
static int edu_begin(struct edu *edu)
{
	trv_mutex_lock(&edu->lock);
	trv_event_reset(&edu->done);
	/* Acquire pairs with edu_stop(): an operation that sees 0 will be waited for. */
	if (trv_load_acquire(&edu->stopping)) {
		trv_mutex_unlock(&edu->lock);
		return -ECANCELED;
	}
	if (edu->broken) {
		trv_mutex_unlock(&edu->lock);
		return -EIO;
	}
	return 0;
}

static void edu_end(struct edu *edu)
{
	trv_mutex_unlock(&edu->lock);
}

static int edu_test_liveness(struct edu *edu)
{
	const u32 pattern = 0x12345678;
	u32 val;

	trv_write32(edu->regs, EDU_LIVENESS, pattern);
	val = trv_read32(edu->regs, EDU_LIVENESS);
	if (val == ~pattern)
		return 0;
	return val == ~0U ? edu_ones(edu) : -EIO;
}

int edu_liveness(struct trv_dev *dev)
{
	struct edu *edu = trv_drvdata(dev);
	int rc = edu_begin(edu);

	if (rc)
		return rc;
	rc = edu_test_liveness(edu);
	edu_end(edu);
	return rc;
}

static int edu_compute(struct edu *edu, u32 n, u32 *result)
{
	u32 status, val;
	int rc;

	/* A number written while the device computes would be lost. */
	rc = edu_wait_idle(edu, EDU_STATUS, EDU_STATUS_COMPUTING);
	if (rc)
		return rc;
	trv_write32(edu->regs, EDU_STATUS, edu->irq ? EDU_STATUS_RAISE_IRQ : 0);
	trv_write32(edu->regs, EDU_FACTORIAL, n);

	/* With an interrupt this is one read; without, or if it got lost, it is the wait. */
	edu_wait_irq(edu);
	rc = trv_poll_timeout(trv_read32(edu->regs, EDU_STATUS), status,
			      !(status & EDU_STATUS_COMPUTING) || trv_load_acquire(&edu->stopping),
			      EDU_POLL_US, EDU_TIMEOUT_US);
	if (rc)
		return rc;
	if (status == ~0U)
		return edu_ones(edu);
	if (status & EDU_STATUS_COMPUTING)
		return -ECANCELED;

	/* No factorial is all ones, not even modulo 2^32: 0! and 1! are 1, the others even. */
	val = trv_read32(edu->regs, EDU_FACTORIAL);
	if (val == ~0U)
		return edu_ones(edu);
	*result = val;
	return 0;
}

int edu_factorial(struct trv_dev *dev, u32 n, u32 *result)
{
	struct edu *edu = trv_drvdata(dev);
	int rc = edu_begin(edu);

	if (rc)
		return rc;
	rc = edu_compute(edu, n, result);
	edu_end(edu);
	return rc;
}

/* Run one transfer. When this returns, the device touches memory no more. */
static int edu_transfer(struct edu *edu, trv_iova src, trv_iova dst, u32 len, u32 cmd)
{
	int rc;

	if (edu->irq)
		cmd |= EDU_DMA_CMD_RAISE_IRQ;
	/* Addresses fit 32 bits, see edu_limits: 32-bit writes do, and every host has them. */
	trv_write32(edu->regs, EDU_DMA_SRC, (u32)src);
	trv_write32(edu->regs, EDU_DMA_DST, (u32)dst);
	trv_write32(edu->regs, EDU_DMA_COUNT, len);
	/* A plain write: every store to the buffer comes before it. */
	trv_write32(edu->regs, EDU_DMA_CMD, cmd | EDU_DMA_CMD_START);

	edu_wait_irq(edu);
	rc = edu_wait_idle(edu, EDU_DMA_CMD, EDU_DMA_CMD_START);
	if (!rc)
		return 0;

	/*
	 * It may still be at it, and the memory is about to be somebody
	 * else's. There is no way to stop the engine, so the bus has to.
	 */
	edu->broken = true;
	trv_err(edu->dev, "a transfer did not end: error %d, device given up", -rc);
	if (trv_bus_master(edu->dev, false) && !trv_dev_gone(edu->dev))
		trv_err(edu->dev, "and its bus master cannot be turned off");
	return rc;
}

static int edu_copy(struct trv_dev *dev, u32 off, void *buf, u32 len, enum trv_dma_dir dir)
{
	struct edu *edu = trv_drvdata(dev);
	struct trv_dma_map map;
	int rc;

	if (!len || off >= EDU_BUF_LEN || len > EDU_BUF_LEN - off)
		return -ERANGE;
	rc = edu_begin(edu);
	if (rc)
		return rc;
	rc = trv_dma_map(dev, buf, len, dir, &map);
	if (rc)
		goto err_end;
	if (dir == TRV_DMA_TO_DEVICE)
		rc = edu_transfer(edu, map.iova, EDU_BUF + off, len, 0);
	else
		rc = edu_transfer(edu, EDU_BUF + off, map.iova, len, EDU_DMA_CMD_TO_RAM);
	/* From here the CPU owns the bytes again and sees what the device wrote. */
	trv_dma_unmap(dev, &map);
err_end:
	edu_end(edu);
	return rc;
}

int edu_copy_in(struct trv_dev *dev, u32 off, void *src, u32 len)
{
	return edu_copy(dev, off, src, len, TRV_DMA_TO_DEVICE);
}

int edu_copy_out(struct trv_dev *dev, u32 off, void *dst, u32 len)
{
	return edu_copy(dev, off, dst, len, TRV_DMA_FROM_DEVICE);
}

u32 edu_interrupts(struct trv_dev *dev)
{
	const struct edu *edu = trv_drvdata(dev);

	return edu->irq;
}

/* ---- starting and stopping ----------------------------------------------- */

/* Whatever firmware, a crash or we left running: end it, and raise no interrupt. */
static int edu_quiet(struct edu *edu)
{
	int rc;

	trv_write32(edu->regs, EDU_STATUS, 0);
	rc = edu_wait_idle(edu, EDU_STATUS, EDU_STATUS_COMPUTING);
	if (!rc)
		rc = edu_wait_idle(edu, EDU_DMA_CMD, EDU_DMA_CMD_START);
	trv_write32(edu->regs, EDU_IRQ_ACK, ~0U);
	return rc;
}

static void edu_stop(struct trv_dev *dev)
{
	struct edu *edu = trv_drvdata(dev);

	/* Release pairs with edu_begin(); the signal wakes an operation that sleeps. */
	trv_store_release(&edu->stopping, 1);
	trv_event_signal(&edu->done);
	trv_mutex_lock(&edu->lock);
	if (edu_quiet(edu) && !trv_dev_gone(dev))
		trv_warn(dev, "did not become quiet");
	trv_mutex_unlock(&edu->lock);
}

static int edu_suspend(struct trv_dev *dev)
{
	edu_stop(dev);
	return 0;
}

static int edu_resume(struct trv_dev *dev)
{
	struct edu *edu = trv_drvdata(dev);
	int rc;

	trv_mutex_lock(&edu->lock);
	rc = edu_quiet(edu);
	if (!rc)
		rc = edu_test_liveness(edu);
	if (!rc) {
		edu->broken = false;
		trv_store_release(&edu->stopping, 0);
	}
	trv_mutex_unlock(&edu->lock);
	return rc;
}

/* ---- probe and remove ---------------------------------------------------- */

/*
 * Not every leg has an interrupt for every device, and some have one that
 * never arrives. So: ask, raise one, and poll unless it came.
 */
static int edu_irq_start(struct edu *edu)
{
	enum trv_irq_kind kind;
	int rc;

	rc = trv_irq_alloc(edu->dev, 1, 1, TRV_IRQ_MSIX | TRV_IRQ_MSI | TRV_IRQ_INTX, &kind);
	if (rc == -EOPNOTSUPP) {
		trv_info(edu->dev, "no interrupt here: polling");
		return 0;
	}
	if (rc < 0)
		return rc;
	rc = trv_irq_attach(edu->dev, 0, &edu_irq_handler, edu, "edu");
	if (rc)
		goto out_free;

	trv_write32(edu->regs, EDU_IRQ_RAISE, EDU_IRQ_STATUS_FACTORIAL);
	if (!trv_event_wait(&edu->done, EDU_IRQ_TEST_US)) {
		edu->irq = kind;
		return 0;
	}
	trv_warn(edu->dev, "interrupts do not arrive: polling");
	trv_irq_detach(edu->dev, 0);
	trv_write32(edu->regs, EDU_IRQ_ACK, ~0U);
out_free:
	trv_irq_free(edu->dev);
	return rc;
}

static int edu_identify(struct edu *edu)
{
	u32 id = trv_read32(edu->regs, EDU_ID);

	if (id == ~0U)
		return edu_ones(edu);
	if (trv_field_get((u32)EDU_ID_MAGIC, id) != EDU_ID_IS_EDU) {
		trv_err(edu->dev, "identifies as 0x%08x, which is no edu device", id);
		return -ENODEV;
	}
	trv_info(edu->dev, "edu version %u.%u", trv_field_get((u32)EDU_ID_MAJOR, id),
		 trv_field_get((u32)EDU_ID_MINOR, id));
	return 0;
}

static const struct trv_dma_limits edu_limits = {
	.mask = EDU_DMA_MASK,
	.max_seg = EDU_BUF_LEN,
	.max_segs = 1,
};

static int edu_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	struct edu *edu = trv_drvdata(dev);
	int rc;

	edu->dev = dev;
	trv_mutex_init(&edu->lock, "edu.lock");
	trv_event_init(&edu->done);

	rc = trv_dma_limits(dev, &edu_limits);
	if (rc)
		return rc;
	rc = trv_bar_map(dev, EDU_BAR, EDU_BAR_LEN, &edu->regs);
	if (rc)
		return rc;
	rc = edu_identify(edu);
	if (rc)
		goto err_unmap;
	rc = edu_quiet(edu);
	if (rc)
		goto err_unmap;
	rc = edu_test_liveness(edu);
	if (rc)
		goto err_unmap;
	/* Before the first DMA, and before the first MSI, which is one. */
	rc = trv_bus_master(dev, true);
	if (rc)
		goto err_unmap;
	rc = edu_irq_start(edu);
	if (rc)
		goto err_unmap;
	return 0;

err_unmap:
	trv_bar_unmap(dev, &edu->regs);
	return rc;
}

/* The device is stopped and no bus master any more; give back in reverse order. */
static void edu_remove(struct trv_dev *dev)
{
	struct edu *edu = trv_drvdata(dev);

	if (edu->irq) {
		trv_irq_detach(dev, 0);
		trv_irq_free(dev);
	}
	trv_bar_unmap(dev, &edu->regs);
}

/* ---- the table ----------------------------------------------------------- */

static const struct trv_pci_id edu_ids[] = {
	{ .vendor = EDU_VENDOR_ID, .device = EDU_DEVICE_ID },
	{ 0 },
};

static const struct trv_driver edu_driver = {
	.name = "edu",
	.description = "QEMU educational device",
	.ids = edu_ids,
	.priv_size = sizeof(struct edu),
	.regs = { [EDU_BAR] = &edu_regs },
	.probe = edu_probe,
	.stop = edu_stop,
	.remove = edu_remove,
	.suspend = edu_suspend,
	.resume = edu_resume,
};

TRV_DRIVER(edu_driver);
