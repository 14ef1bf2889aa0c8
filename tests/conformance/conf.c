// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The driver a clause runs as: probe brings edu up and runs the clause, remove
 * gives back what it took, in os.h's order.
 */
#include <tests/conformance/conf.h>

/* QEMU's edu takes 100 ms for a transfer of any length. */
#define EDU_IDLE_US 1000000
#define EDU_POLL_US 20

/* ---- failures ------------------------------------------------------------ */

void conf_fail(struct conf *c, const struct conf_failure *failure)
{
	/* Plain, since no entry is above suspicion: of two at once either may win. */
	if (c->failed)
		return;
	c->failure = *failure;
	c->failed = 1;
}

/* ---- the device ---------------------------------------------------------- */

void conf_raise(struct conf *c, u32 bit)
{
	trv_write32(c->regs, EDU_IRQ_RAISE, bit);
}

void conf_quiet(struct conf *c)
{
	trv_write32(c->regs, EDU_IRQ_ACK, ~0U);
	/* The read drives the write home. */
	(void)trv_read32(c->regs, EDU_IRQ_STATUS);
}

void conf_edu_limits(struct conf *c)
{
	static const struct trv_dma_limits limits = { .mask = EDU_DMA_MASK };

	conf_eq(c, trv_dma_limits(c->dev, &limits), 0);
	conf_eq(c, trv_bus_master(c->dev, true), 0);
}

void conf_dma_setup(struct conf *c, trv_iova ram, u32 len, bool to_ram)
{
	trv_write32(c->regs, EDU_DMA_SRC, to_ram ? EDU_BUF : (u32)ram);
	trv_write32(c->regs, EDU_DMA_DST, to_ram ? (u32)ram : EDU_BUF);
	trv_write32(c->regs, EDU_DMA_COUNT, len);
}

void conf_dma_wait(struct conf *c)
{
	u32 cmd;

	conf_eq(c,
		trv_poll_timeout(trv_read32(c->regs, EDU_DMA_CMD), cmd, !(cmd & EDU_DMA_CMD_START),
				 EDU_POLL_US, EDU_IDLE_US),
		0);
}

void conf_dma_go(struct conf *c, bool to_ram)
{
	trv_write32(c->regs, EDU_DMA_CMD, EDU_DMA_CMD_START | (to_ram ? EDU_DMA_CMD_TO_RAM : 0));
	conf_dma_wait(c);
}

void conf_to_edu(struct conf *c, trv_iova from, u32 len)
{
	conf_dma_setup(c, from, len, false);
	conf_dma_go(c, false);
}

void conf_from_edu(struct conf *c, trv_iova to, u32 len)
{
	conf_dma_setup(c, to, len, true);
	conf_dma_go(c, true);
}

/* ---- probe --------------------------------------------------------------- */

static int conf_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	struct conf *c = (struct conf *)id->data;
	u32 magic;
	int rc;

	c->dev = dev;
	c->drvdata_before = trv_drvdata(dev);
	trv_set_drvdata(dev, c);
	rc = trv_bar_map(dev, EDU_BAR, EDU_BAR_LEN, &c->regs);
	if (rc) {
		conf_fail(c, CONF_FAILURE("the suite's own trv_bar_map()", true, rc, 0));
		return rc;
	}
	c->mapped = true;
	magic = trv_read32(c->regs, EDU_ID);
	if ((magic & EDU_ID_MAGIC) != EDU_ID_IS_EDU)
		conf_fail(c, CONF_FAILURE("the device is an edu", true, magic, EDU_ID_IS_EDU));
	else
		c->clause->run(c);
	if (c->failed && c->leg->fail)
		c->leg->fail(c);
	return 0;
}

/* ---- remove -------------------------------------------------------------- */

/* edu has no way to stop a transfer: wait it out. */
static void conf_stop(struct trv_dev *dev)
{
	struct conf *c = trv_drvdata(dev);
	u32 cmd;

	if (!c->mapped)
		return;
	if (trv_poll_timeout(trv_read32(c->regs, EDU_DMA_CMD), cmd, !(cmd & EDU_DMA_CMD_START),
			     EDU_POLL_US, EDU_IDLE_US) == -ETIMEDOUT)
		trv_err(dev, "a transfer does not end");
	conf_quiet(c);
}

static void conf_remove(struct trv_dev *dev)
{
	struct conf *c = trv_drvdata(dev);

	if (c->at_remove && !c->failed)
		c->at_remove(c);
	conf_far_join(c);
	conf_irq_close(c);
	if (c->xattached)
		trv_irq_detach(c->leg->sharer, 0);
	if (c->xalloced)
		trv_irq_free(c->leg->sharer);
	for (u32 i = 0; i < c->timers; i++)
		(void)trv_timer_cancel_sync(&c->timer[i]);
	for (u32 i = 0; i < c->works; i++)
		(void)trv_work_cancel_sync(&c->work[i]);
	if (c->far_by_work)
		(void)trv_work_cancel_sync(&c->far_work);
	while (c->maps)
		conf_unmap(c);
	while (c->mems)
		trv_dma_free(dev, &c->mem[--c->mems]);
	if (c->xmapped)
		trv_bar_unmap(c->leg->sharer, &c->xregs);
	if (c->sport_mapped)
		trv_bar_unmap(c->leg->scratch, &c->sport);
	if (c->smem_mapped)
		trv_bar_unmap(c->leg->scratch, &c->smem);
	if (c->mapped)
		trv_bar_unmap(dev, &c->regs);
	while (c->bufs) {
		c->bufs--;
		trv_free(dev, c->buf[c->bufs].p, c->buf[c->bufs].size);
	}
}

void conf_begin(struct conf *c, const struct conf_clause *clause, const struct conf_leg *leg)
{
	trv_memset(c, 0, sizeof(*c));
	c->clause = clause;
	c->leg = leg;
	c->ids[0] = (struct trv_pci_id){ .vendor = EDU_VENDOR_ID,
					 .device = EDU_DEVICE_ID,
					 .data = (unsigned long)c };
	c->drv = (struct trv_driver){
		.name = "conf",
		.description = "one clause of the conformance suite",
		.ids = c->ids,
		.probe = conf_probe,
		.stop = conf_stop,
		.remove = conf_remove,
	};
}

/* ---- the other devices --------------------------------------------------- */

static int companion_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	return 0;
}

const struct trv_driver conf_companion = {
	.name = "conf_companion",
	.description = "sits on the devices a clause uses beside edu",
	.probe = companion_probe,
};
