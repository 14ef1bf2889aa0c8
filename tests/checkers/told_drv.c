// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "dummy.h"
#include "told_drv.h"

static void told_complete(struct told *t, int rc)
{
	struct trv_req *req = t->req;

	t->req = NULL;
	if (req)
		trv_req_complete(req, rc);
}

static enum trv_irq_ret told_interrupt(void *arg)
{
	struct told *t = arg;
	u32 status = trv_read32(t->regs, DUMMY_IRQ_STATUS);

	if (!status)
		return TRV_IRQ_NONE;
	trv_write32(t->regs, DUMMY_IRQ_STATUS, status);
	if (t->deaf)
		return TRV_IRQ_HANDLED;
	if (t->broken)
		trv_work_queue(&t->work);
	else
		told_complete(t, 0);
	return TRV_IRQ_HANDLED;
}

TRV_IRQ_HANDLER(told_handler, told_interrupt, NULL);

static void told_work(void *arg)
{
	struct told *t = arg;

	trv_mutex_lock(&t->setup);
	if (!t->unlocked)
		told_complete(t, -EIO);
	trv_mutex_unlock(&t->setup);
	if (t->unlocked)
		told_complete(t, -EIO);
}

static int told_queue(struct trv_blkq *q, struct trv_req *req)
{
	struct told *t = trv_blkq_priv(q);

	if (t->asleep)
		return -EBUSY;
	t->req = req;
	trv_write32(t->regs, DUMMY_IRQ_RAISE, 1);
	return 0;
}

/* It is over, and nothing is under way that could complete it. */
static void told_timeout(struct trv_blkq *q, struct trv_req *req)
{
	struct told *t = trv_blkq_priv(q);

	trv_irq_sync(t->dev, 0);
	t->req = NULL;
}

static int told_check_events(struct trv_disk *disk)
{
	struct told *t = trv_disk_priv(disk);

	for (u32 i = 0; t->slow && i < 30; i++)
		trv_sleep_us(1000);
	return t->slow ? -EBUSY : 0;
}

static const struct trv_blk_ops told_ops = {
	.queue = told_queue,
	.timeout = told_timeout,
	.check_events = told_check_events,
};
static const struct trv_blkq_params params = { .name = "told", .depth = 1 };
static const struct trv_disk_info info = {
	.model = "told",
	.blocks = TOLD_BLOCKS,
	.block_size = TOLD_BLOCK,
	.phys_block = TOLD_BLOCK,
	.max_blocks = TOLD_BLOCKS,
	.timeout_ms = 100,
	.flags = TRV_DISK_REMOVABLE | TRV_DISK_READ_ONLY,
};

static int told_start(struct told *t)
{
	enum trv_irq_kind kind;
	int rc = trv_irq_alloc(t->dev, 1, 1, TRV_IRQ_INTX, &kind);

	if (rc < 0)
		return rc;
	rc = trv_irq_attach(t->dev, 0, &told_handler, t, "told");
	if (rc)
		trv_irq_free(t->dev);
	else
		trv_write32(t->regs, DUMMY_IRQ_MASK, 0xff);
	return rc;
}

static void told_stop(struct told *t)
{
	trv_write32(t->regs, DUMMY_IRQ_MASK, 0);
	trv_irq_detach(t->dev, 0);
	trv_irq_free(t->dev);
	trv_work_cancel_sync(&t->work);
}

static int told_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	struct told *t = trv_drvdata(dev);
	int rc = trv_bar_map(dev, DUMMY_BAR_MEM, DUMMY_MEM_SIZE, &t->regs);

	if (rc)
		return rc;
	t->dev = dev;
	trv_mutex_init(&t->setup, "setup");
	trv_work_init(dev, &t->work, told_work, t);
	rc = told_start(t);
	if (rc)
		goto err_unmap;
	rc = trv_blkq_init(dev, &t->q, &told_ops, &params, t);
	if (rc)
		goto err_stop;
	rc = trv_disk_add(&t->q, &t->disk, &info, t);
	if (rc)
		goto err_queue;
	return 0;

err_queue:
	trv_blkq_destroy(&t->q);
err_stop:
	told_stop(t);
err_unmap:
	trv_bar_unmap(dev, &t->regs);
	return rc;
}

static void told_remove(struct trv_dev *dev)
{
	struct told *t = trv_drvdata(dev);

	trv_disk_remove(&t->disk);
	told_stop(t);
	trv_blkq_destroy(&t->q);
	trv_bar_unmap(dev, &t->regs);
}

static int told_suspend(struct trv_dev *dev)
{
	struct told *t = trv_drvdata(dev);

	t->asleep = true;
	trv_write32(t->regs, DUMMY_IRQ_MASK, 0);
	return 0;
}

static int told_resume(struct trv_dev *dev)
{
	struct told *t = trv_drvdata(dev);

	if (!t->forgetful)
		t->asleep = false;
	trv_write32(t->regs, DUMMY_IRQ_MASK, 0xff);
	return 0;
}

const struct trv_driver told_driver = {
	.name = "told",
	.description = "a report's own",
	.priv_size = sizeof(struct told),
	.probe = told_probe,
	.remove = told_remove,
	.suspend = told_suspend,
	.resume = told_resume,
};
