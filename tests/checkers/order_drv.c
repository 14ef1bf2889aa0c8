// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "order_drv.h"

/* ---- dma-order: the CPU's stores ----------------------------------------- */

/* OWN may still be on its way when the doorbell rings. */
void order_doorbell_trips(struct ring *r, struct ring_desc *d, u32 len)
{
	d->addr = trv_cpu_to_le64(r->map.iova);
	d->len = trv_cpu_to_le32(len);
	trv_dma_wmb();
	d->flags = trv_cpu_to_le32(RING_OWN);
	trv_write32_relaxed(r->regs, RING_DOORBELL, 0);
}

/* A plain register write comes after every earlier store. */
void order_doorbell_clean(struct ring *r, struct ring_desc *d, u32 len)
{
	d->addr = trv_cpu_to_le64(r->map.iova);
	d->len = trv_cpu_to_le32(len);
	trv_dma_wmb();
	d->flags = trv_cpu_to_le32(RING_OWN);
	trv_write32(r->regs, RING_DOORBELL, 0);
}

/* OWN may arrive before the address. */
void order_own_trips(struct ring *r, struct ring_desc *d, u32 len)
{
	d->addr = trv_cpu_to_le64(r->map.iova);
	d->len = trv_cpu_to_le32(len);
	d->flags = trv_cpu_to_le32(RING_OWN);
	trv_write32_relaxed(r->regs, RING_DOORBELL, 0);
}

void order_own_clean(struct ring *r, struct ring_desc *d, u32 len)
{
	d->addr = trv_cpu_to_le64(r->map.iova);
	d->len = trv_cpu_to_le32(len);
	trv_dma_wmb();
	d->flags = trv_cpu_to_le32(RING_OWN);
	trv_mb();
	trv_write32_relaxed(r->regs, RING_DOORBELL, 0);
}

/* ---- dma-order: the device's --------------------------------------------- */

/* DONE was seen, the length may be the old one. */
int order_done_trips(struct ring *r, struct ring_desc *d, u8 *out, u32 room)
{
	u32 len = trv_le32_to_cpu(trv_read_once(d->len));

	if (len > room)
		return -EIO;
	trv_memcpy(out, r->buf, len);
	return (int)len;
}

int order_done_clean(struct ring *r, struct ring_desc *d, u8 *out, u32 room)
{
	u32 len;

	trv_dma_rmb();
	len = trv_le32_to_cpu(trv_read_once(d->len));
	if (len > room)
		return -EIO;
	trv_memcpy(out, r->buf, len);
	return (int)len;
}

/* ---- double-fetch -------------------------------------------------------- */

/* What is copied is not what was checked. */
int double_fetch_trips(struct ring *r, struct ring_desc *d, u8 *out, u32 room)
{
	trv_dma_rmb();
	if (trv_le32_to_cpu(trv_read_once(d->len)) > room)
		return -EIO;
	trv_memcpy(out, r->buf, trv_le32_to_cpu(trv_read_once(d->len)));
	return (int)room;
}

int double_fetch_clean(struct ring *r, struct ring_desc *d, u8 *out, u32 room)
{
	struct ring_desc copy;

	trv_dma_rmb();
	trv_memcpy(&copy, d, sizeof(copy));
	if (trv_le32_to_cpu(copy.len) > room)
		return -EIO;
	trv_memcpy(out, r->buf, trv_le32_to_cpu(copy.len));
	return (int)trv_le32_to_cpu(copy.len);
}

/* ---- reg-clear ----------------------------------------------------------- */

void reg_clear_busy(struct ring *r)
{
	struct trv_spin lock;
	unsigned long flags;

	trv_spin_init(&lock, "busy");
	flags = trv_spin_lock_irqsave(&lock);
	trv_delay_us(100);
	trv_spin_unlock_irqrestore(&lock, flags);
}

/* "Just for the log": the handler will find nothing. */
void reg_clear_trips(struct ring *r)
{
	trv_info(r->dev, "cause 0x%x", trv_read32(r->regs, RING_CAUSE));
}

/* Whoever keeps the handler out may read for it, and must then act for it too. */
void reg_clear_clean(struct ring *r)
{
	trv_irq_mask(r->dev, 0);
	if (trv_read32(r->regs, RING_CAUSE) & RING_CAUSE_DONE)
		trv_event_signal(&r->done);
	trv_irq_unmask(r->dev, 0);
}

/* ---- reg-reset ----------------------------------------------------------- */

void reg_reset_trips(struct ring *r)
{
	trv_write32(r->regs, RING_CTRL, RING_CTRL_RESET);
	trv_write64(r->regs, RING_BASE, r->mem.iova);
}

void reg_reset_clean(struct ring *r)
{
	trv_write32(r->regs, RING_CTRL, RING_CTRL_RESET);
	trv_sleep_us(20);
	trv_write64(r->regs, RING_BASE, r->mem.iova);
}
