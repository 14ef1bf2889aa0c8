// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Where each entry may be called: what is atomic, or allowed in any context,
 * is called under a spinlock with interrupts off, in a timer function, and in
 * an interrupt handler. That it works there is the whole test.
 */
#include <tests/checkers/dummy.h>
#include <tests/conformance/conf.h>

#define ANY_CONTEXT(entry, id)                           \
	static void conf_##entry##_##id(struct conf *c)  \
	{                                                \
		conf_in_atomic(c, entry##_##id##_calls); \
	}

/* ---- device and configuration space -------------------------------------- */

static void dev_gone_any_calls(struct conf *c)
{
	(void)conf_note(c, !trv_dev_gone(c->dev));
}
ANY_CONTEXT(dev_gone, any)

static void cfg_read_any_calls(struct conf *c)
{
	u8 byte;
	u16 half;
	u32 word;

	(void)conf_note(c, !trv_cfg_read8(c->dev, TRV_PCI_REVISION, &byte));
	(void)conf_note(c, !trv_cfg_read16(c->dev, TRV_PCI_VENDOR_ID, &half));
	(void)conf_note(c, half == EDU_VENDOR_ID);
	(void)conf_note(c, !trv_cfg_read32(c->dev, TRV_PCI_BAR0, &word));
}
ANY_CONTEXT(cfg_read, any)

static void cfg_write_any_calls(struct conf *c)
{
	u8 byte;
	u16 half;
	u32 word;

	(void)conf_note(c, !trv_cfg_read8(c->dev, TRV_PCI_INT_LINE, &byte));
	(void)conf_note(c, !trv_cfg_write8(c->dev, TRV_PCI_INT_LINE, byte));
	(void)conf_note(c, !trv_cfg_read16(c->dev, TRV_PCI_COMMAND, &half));
	(void)conf_note(c, !trv_cfg_write16(c->dev, TRV_PCI_COMMAND, half));
	(void)conf_note(c, !trv_cfg_read32(c->dev, TRV_PCI_INT_LINE, &word));
	(void)conf_note(c, !trv_cfg_write32(c->dev, TRV_PCI_INT_LINE, word));
}
ANY_CONTEXT(cfg_write, any)

static void find_cap_any_calls(struct conf *c)
{
	(void)conf_note(c, !trv_find_cap(c->dev, 0x77));
}
ANY_CONTEXT(find_cap, any)

/* ---- registers ----------------------------------------------------------- */

static void reg_bind_any_calls(struct conf *c)
{
	struct trv_mmio reg;

	(void)conf_note(c, !trv_reg_bind(c->regs, EDU_LIVENESS, 4, &reg));
}
ANY_CONTEXT(reg_bind, any)

static void read_any_calls(struct conf *c)
{
	(void)conf_note(c, (trv_read32(c->regs, EDU_ID) & EDU_ID_MAGIC) == EDU_ID_IS_EDU);
	(void)conf_note(c, !(trv_read64(c->regs, EDU_DMA_CMD) & EDU_DMA_CMD_START));
}
ANY_CONTEXT(read, any)

static void read_any_width_calls(struct conf *c)
{
	(void)trv_read8(c->smem, DUMMY_SCRATCH8);
	(void)trv_read16(c->smem, DUMMY_SCRATCH16);
	(void)trv_read8(c->sport, DUMMY_PORT_SCRATCH8);
	(void)trv_read32(c->sport, DUMMY_PORT_SCRATCH32);
}

static void conf_read_any_width(struct conf *c)
{
	conf_scratch(c);
	conf_ok(c);
	conf_in_atomic(c, read_any_width_calls);
}

static void write_any_calls(struct conf *c)
{
	trv_write32(c->regs, EDU_LIVENESS, 1);
	trv_write64(c->regs, EDU_DMA_SRC, 1);
	(void)conf_note(c, trv_read32(c->regs, EDU_LIVENESS) == ~1U);
}
ANY_CONTEXT(write, any)

static void write_any_width_calls(struct conf *c)
{
	trv_write8(c->smem, DUMMY_SCRATCH8, 1);
	trv_write16(c->smem, DUMMY_SCRATCH16, 2);
	trv_write8(c->sport, DUMMY_PORT_SCRATCH8, 3);
	trv_write32(c->sport, DUMMY_PORT_SCRATCH32, 4);
}

static void conf_write_any_width(struct conf *c)
{
	conf_scratch(c);
	conf_ok(c);
	conf_in_atomic(c, write_any_width_calls);
}

static void read_relaxed_any_calls(struct conf *c)
{
	(void)conf_note(c, (trv_read32_relaxed(c->regs, EDU_ID) & EDU_ID_MAGIC) == EDU_ID_IS_EDU);
	(void)trv_read64_relaxed(c->regs, EDU_DMA_DST);
}
ANY_CONTEXT(read_relaxed, any)

static void write_relaxed_any_calls(struct conf *c)
{
	trv_write32_relaxed(c->regs, EDU_LIVENESS, 1);
	trv_write64_relaxed(c->regs, EDU_DMA_DST, 1);
}
ANY_CONTEXT(write_relaxed, any)

static void read_rep_any_calls(struct conf *c)
{
	u32 words[2];

	trv_read_rep16(c->smem, DUMMY_SCRATCH16, words, 2);
	trv_read_rep32(c->smem, DUMMY_FIFO, words, 2);
	trv_read_rep16(c->sport, DUMMY_PORT_DATA, words, 2);
	trv_read_rep32(c->sport, DUMMY_PORT_SCRATCH32, words, 2);
}

static void conf_read_rep_any(struct conf *c)
{
	conf_scratch(c);
	conf_ok(c);
	conf_in_atomic(c, read_rep_any_calls);
}

static void write_rep_any_calls(struct conf *c)
{
	static const u32 words[2] = { 1, 2 };

	trv_write_rep16(c->smem, DUMMY_SCRATCH16, words, 2);
	trv_write_rep32(c->smem, DUMMY_TRIGGER, words, 2);
	trv_write_rep16(c->sport, DUMMY_PORT_DATA, words, 2);
	trv_write_rep32(c->sport, DUMMY_PORT_SCRATCH32, words, 2);
}

static void conf_write_rep_any(struct conf *c)
{
	conf_scratch(c);
	conf_ok(c);
	conf_in_atomic(c, write_rep_any_calls);
}

static void peek32_any_calls(struct conf *c)
{
	u32 val;

	(void)conf_note(c, !trv_peek32(c->regs, EDU_ID, &val));
}
ANY_CONTEXT(peek32, any)

static void cpu_relax_any_calls(struct conf *c)
{
	trv_cpu_relax();
}
ANY_CONTEXT(cpu_relax, any)

/* ---- order and atomics --------------------------------------------------- */

static void barrier_any_calls(struct conf *c)
{
	trv_dma_rmb();
	trv_dma_wmb();
	trv_mb();
}
ANY_CONTEXT(barrier, any)

static void load_acquire_any_calls(struct conf *c)
{
	(void)trv_load_acquire(&c->a);
}
ANY_CONTEXT(load_acquire, any)

static void store_release_any_calls(struct conf *c)
{
	trv_store_release(&c->a, 1);
}
ANY_CONTEXT(store_release, any)

static void fetch_add_any_calls(struct conf *c)
{
	(void)trv_fetch_add(&c->a, 1);
}
ANY_CONTEXT(fetch_add, any)

static void xchg_any_calls(struct conf *c)
{
	(void)trv_xchg(&c->a, 1);
}
ANY_CONTEXT(xchg, any)

static void refcount_any_calls(struct conf *c)
{
	trv_refcount_set(&c->ref, 1);
	trv_refcount_get(&c->ref);
	(void)conf_note(c, !trv_refcount_put(&c->ref));
	(void)conf_note(c, trv_refcount_put(&c->ref));
}
ANY_CONTEXT(refcount, any)

/* ---- DMA ----------------------------------------------------------------- */

static void dma_map_calls(struct conf *c)
{
	if (!conf_note(c, !trv_dma_map(c->dev, c->buf[0].p, 64, TRV_DMA_BIDIRECTIONAL, &c->map[0])))
		return;
	trv_dma_sync_for_cpu(c->dev, &c->map[0], 0, 64);
	trv_dma_sync_for_device(c->dev, &c->map[0], 0, 64);
	trv_dma_unmap(c->dev, &c->map[0]);
}

static void with_buffer(struct conf *c, void (*calls)(struct conf *c))
{
	conf_edu_limits(c);
	conf_ok(c);
	(void)conf_buf(c, 64);
	conf_ok(c);
	conf_in_atomic(c, calls);
}

static void conf_dma_map_any(struct conf *c)
{
	with_buffer(c, dma_map_calls);
}

static void conf_dma_unmap_any(struct conf *c)
{
	with_buffer(c, dma_map_calls);
}

static void conf_dma_sync_any(struct conf *c)
{
	with_buffer(c, dma_map_calls);
}

static void dma_map_sg_calls(struct conf *c)
{
	struct trv_vec vec = { c->buf[0].p, 64 };
	struct trv_seg segs[2];

	if (conf_note(c,
		      trv_dma_map_sg(c->dev, &vec, 1, TRV_DMA_TO_DEVICE, &c->map[0], segs, 2) > 0))
		trv_dma_unmap_sg(c->dev, &c->map[0], 1);
}

static void conf_dma_map_sg_any(struct conf *c)
{
	with_buffer(c, dma_map_sg_calls);
}

/* ---- interrupts, work, timers -------------------------------------------- */

static void irq_mask_any_calls(struct conf *c)
{
	trv_irq_mask(c->dev, 0);
	trv_irq_unmask(c->dev, 0);
}

static enum trv_irq_ret masks_itself(void *arg)
{
	struct conf *c = arg;
	u32 causes = trv_read32(c->regs, EDU_IRQ_STATUS);

	if (!causes || causes == ~0U)
		return TRV_IRQ_NONE;
	trv_write32(c->regs, EDU_IRQ_ACK, causes);
	irq_mask_any_calls(c);
	(void)trv_fetch_add(&c->irqs, 1);
	return TRV_IRQ_HANDLED;
}

TRV_IRQ_HANDLER(masks_itself_handler, masks_itself, NULL);

static void conf_irq_mask_any(struct conf *c)
{
	conf_irq_alloc(c);
	conf_ok(c);
	conf_irq_attach(c, &masks_itself_handler);
	conf_ok(c);
	conf_in_atomic(c, irq_mask_any_calls);
	conf_ok(c);
	conf_raise(c, 1);
	conf_check(c, conf_wait(conf_get(&c->irqs) == 1, CONF_LONG_US));
}

static void counts(void *arg)
{
	struct conf *c = arg;

	(void)trv_fetch_add(&c->a, 1);
}

static void work_queue_any_calls(struct conf *c)
{
	(void)trv_work_queue(&c->work[0]);
}

static void conf_work_queue_any(struct conf *c)
{
	(void)conf_work(c, counts);
	conf_in_atomic(c, work_queue_any_calls);
	conf_ok(c);
	conf_check(c, conf_wait(conf_get(&c->a), CONF_LONG_US));
}

static void timer_arm_any_calls(struct conf *c)
{
	trv_timer_arm(&c->timer[0], 50);
}

static void arms_itself(void *arg)
{
	struct conf *c = arg;

	if (trv_fetch_add(&c->a, 1) < 3)
		timer_arm_any_calls(c);
}

static void conf_timer_arm_any(struct conf *c)
{
	(void)conf_timer(c, arms_itself);
	conf_in_atomic(c, timer_arm_any_calls);
	conf_ok(c);
	conf_check(c, conf_wait(conf_get(&c->a) >= 3, CONF_LONG_US));
}

/* ---- locks and events ---------------------------------------------------- */

/* Of a lock that is taken everywhere, so only in the form for everywhere. */
static void spin_any_calls(struct conf *c)
{
	unsigned long flags = trv_spin_lock_irqsave(&c->inner);

	trv_spin_assert_held(&c->inner);
	trv_spin_unlock_irqrestore(&c->inner, flags);
}

static void conf_spin_any(struct conf *c)
{
	trv_spin_init(&c->inner, "conf any");
	conf_in_atomic(c, spin_any_calls);
}

/* With interrupts off the plain form is as good. */
static void spin_plain_calls(struct conf *c)
{
	trv_spin_lock(&c->inner);
	trv_spin_assert_held(&c->inner);
	trv_spin_unlock(&c->inner);
}

static void conf_spin_any_plain(struct conf *c)
{
	unsigned long flags;

	trv_spin_init(&c->spin, "conf any outer");
	trv_spin_init(&c->inner, "conf any inner");
	flags = trv_spin_lock_irqsave(&c->spin);
	spin_plain_calls(c);
	trv_spin_unlock_irqrestore(&c->spin, flags);
	trv_spin_lock(&c->spin);
	trv_spin_lock_bh(&c->inner);
	trv_spin_unlock_bh(&c->inner);
	trv_spin_unlock(&c->spin);
}

static void conf_assert_held_any(struct conf *c)
{
	trv_spin_init(&c->inner, "conf any assert");
	conf_in_atomic(c, spin_any_calls);
}

static void event_any_calls(struct conf *c)
{
	trv_event_reset(&c->event);
	trv_event_signal(&c->event);
}

static void conf_event_any(struct conf *c)
{
	trv_event_init(&c->event);
	conf_in_atomic(c, event_any_calls);
	conf_ok(c);
	conf_eq(c, trv_event_wait(&c->event, 0), 0);
}

/* ---- time, memory, log --------------------------------------------------- */

static void time_ns_any_calls(struct conf *c)
{
	u64 before = trv_time_ns();

	(void)conf_note(c, trv_time_ns() >= before);
}
ANY_CONTEXT(time_ns, any)

static void delay_any_calls(struct conf *c)
{
	trv_delay_ns(400);
	trv_delay_us(2);
}
ANY_CONTEXT(delay, any)

static void alloc_any_calls(struct conf *c)
{
	trv_free(c->dev, trv_alloc(c->dev, 10, TRV_ATOMIC), 10);
	trv_free(c->dev, trv_zalloc(c->dev, 10, TRV_ATOMIC), 10);
	trv_free(c->dev, trv_alloc_array(c->dev, 5, 2, TRV_ATOMIC), 10);
}
ANY_CONTEXT(alloc, any)

static void free_any_calls(struct conf *c)
{
	trv_free(c->dev, NULL, 10);
	alloc_any_calls(c);
}
ANY_CONTEXT(free, any)

static void log_any_calls(struct conf *c)
{
	trv_dbg(c->dev, "in atomic context");
}
ANY_CONTEXT(log, any)

static void trace_any_calls(struct conf *c)
{
	trv_trace(c->dev, "conf any", 1, 2);
}
ANY_CONTEXT(trace, any)

static void fault_point_any_calls(struct conf *c)
{
	(void)trv_fault_point(c->dev, "conf any");
}
ANY_CONTEXT(fault_point, any)

CONF_GROUP(context, CONF_CONTEXT_CLAUSES);
