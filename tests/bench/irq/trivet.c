// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Ours: a driver for edu whose interrupt handler looks at the clock before all else, and is for the
 * rest that of drivers/edu.
 */
#include <stdio.h>
#include <string.h>

#include <trivet/hw/edu.h>
#include <trivet/user.h>

#include "irq.h"

struct bench {
	struct trv_dev *dev;
	struct trv_mmio regs;
	bool fast;
};

static struct trv_host *host;
static struct bench *bench;

static enum trv_irq_ret bench_interrupt(void *arg)
{
	const u64 at = tick();
	struct bench *b = arg;
	u32 causes;

	hear(at);
	if (!b->fast) {
		real_time(); /* the thread that runs handlers */
		b->fast = true;
	}
	causes = trv_read32(b->regs, EDU_IRQ_STATUS);
	if (!causes || causes == ~0U)
		return TRV_IRQ_NONE;
	trv_write32(b->regs, EDU_IRQ_ACK, causes);
	(void)trv_read32(b->regs, EDU_IRQ_STATUS);
	said();
	return TRV_IRQ_HANDLED;
}

TRV_IRQ_HANDLER(bench_handler, bench_interrupt, NULL);

static int bench_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	struct bench *b = trv_drvdata(dev);
	enum trv_irq_kind kind;
	int rc;

	b->dev = dev;
	rc = trv_bar_map(dev, EDU_BAR, EDU_BAR_LEN, &b->regs);
	if (rc)
		return rc;
	trv_write32(b->regs, EDU_IRQ_ACK, ~0U);
	rc = trv_bus_master(dev, true); /* a message is DMA */
	if (rc)
		goto err_unmap;
	rc = trv_irq_alloc(dev, 1, 1, trv_option(dev, "msi", 0, 0, 1) ? TRV_IRQ_MSI : TRV_IRQ_INTX,
			   &kind);
	if (rc < 0)
		goto err_unmap;
	rc = trv_irq_attach(dev, 0, &bench_handler, b, "bench");
	if (rc)
		goto err_free;
	bench = b;
	return 0;

err_free:
	trv_irq_free(dev);
err_unmap:
	trv_bar_unmap(dev, &b->regs);
	return rc;
}

static void bench_stop(struct trv_dev *dev)
{
	struct bench *b = trv_drvdata(dev);

	trv_write32(b->regs, EDU_IRQ_ACK, ~0U);
}

static void bench_remove(struct trv_dev *dev)
{
	struct bench *b = trv_drvdata(dev);

	trv_irq_detach(dev, 0);
	trv_irq_free(dev);
	trv_bar_unmap(dev, &b->regs);
}

static const struct trv_driver bench_driver = {
	.name = "irq-bench",
	.priv_size = sizeof(struct bench),
	.probe = bench_probe,
	.stop = bench_stop,
	.remove = bench_remove,
};

static void trivet_start(enum kind kind, const char *device)
{
	struct trv_user_error err;
	struct trv_dev *dev;
	char spec[64];
	int rc;

	snprintf(spec, sizeof(spec), "%s:%s", kind == UIO ? "uio" : "vfio", device);
	rc = trv_user_open(spec, &err, &host);
	if (rc)
		die("%s", err.text);
	dev = trv_user_dev(host, 0);
	rc = trv_user_option(dev, "msi", kind == VFIO_MSI);
	if (!rc)
		rc = trv_user_bind(dev, &bench_driver);
	if (rc)
		die("%s: %s", spec, strerror(-rc));
}

static uint64_t trivet_raise(void)
{
	const uint64_t from = tick();

	trv_write32(bench->regs, EDU_IRQ_RAISE, 1);
	return from;
}

static void trivet_stop(void)
{
	trv_user_close(host);
	if (trv_user_misuses())
		die("%u misuses", trv_user_misuses());
}

const struct way trivet_way = { "trivet", trivet_start, trivet_raise, trivet_stop };
