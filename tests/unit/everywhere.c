// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * At every call into the OS the world may move on: an interrupt comes on this
 * CPU or is taken by the other, an operation ends. A test for each line of
 * TRV_OS_ENTRIES; one that is added there and not here does not compile.
 */
#include <trivet/hw/edu.h>
#include <os/test-sim/models/edu_test.h>

#include "machine_test.h"

/* ---- a driver that calls everything -------------------------------------- */

static struct rig {
	struct trv_dev *dev;  /* with registers; it is polled */
	struct trv_dev *line; /* whose line fires */
	struct trv_dev *other;
	struct trv_mmio regs;
	struct trv_dma_mem mem;
	struct trv_work work;
	struct trv_timer timer;
	struct trv_spin spin;
	struct trv_mutex mutex;
	struct trv_event event;
	struct trv_refcount refs;
	u8 *buf;
	u32 word;
} r;

static enum trv_irq_ret not_mine(void *arg)
{
	return TRV_IRQ_NONE;
}
TRV_IRQ_HANDLER(handler, not_mine, NULL);

static void nothing(void *arg)
{
}

static void attach(struct trv_dev *dev)
{
	enum trv_irq_kind kind;

	sim_expect_eq(trv_irq_alloc(dev, 1, 1, TRV_IRQ_INTX, &kind), 1);
	sim_expect_eq(trv_irq_attach(dev, 0, &handler, NULL, "everywhere"), 0);
}

static void up(void)
{
	memset(&r, 0, sizeof(r));
	r.dev = plug("edu,flr=on");
	r.line = plug("bell");
	r.other = plug("bell");
	sim_expect_eq(trv_bar_map(r.dev, EDU_BAR, EDU_BAR_LEN, &r.regs), 0);
	r.buf = trv_alloc(r.dev, 64, TRV_SLEEP);
	sim_expect(r.buf);
	memset(r.buf, 0, 64);
	trv_work_init(r.dev, &r.work, nothing, NULL);
	trv_timer_init(r.dev, &r.timer, nothing, NULL);
	trv_spin_init(&r.spin, "spin");
	trv_mutex_init(&r.mutex, "mutex");
	trv_event_init(&r.event);
	attach(r.line);
}

static void detach(struct trv_dev *dev)
{
	trv_irq_detach(dev, 0);
	trv_irq_free(dev);
}

static void down(void)
{
	detach(r.line);
	detach(r.other);
	trv_free(r.dev, r.buf, 64);
	trv_bar_unmap(r.dev, &r.regs);
}

/* ---- each entry, by itself ----------------------------------------------- */

/* They tell what the driver was told, or are a load or a store of the CPU's, and no call at all. */
#define NO_CALL(X) X(dev_name) X(dev_ident) X(drvdata) X(once) X(mem)

#define AT(entry) static void at_##entry(void)

AT(dev_name)
{
	sim_expect(trv_dev_name(r.dev));
}
AT(dev_ident)
{
	sim_expect(trv_dev_ident(r.dev));
}
AT(drvdata)
{
	trv_set_drvdata(r.dev, &r);
}
AT(dev_gone)
{
	sim_expect(!trv_dev_gone(r.dev));
}
AT(dev_reset)
{
	sim_expect_eq(trv_dev_reset(r.dev), 0);
}
AT(option)
{
	sim_expect_eq(trv_option(r.dev, "x", 1, 0, 2), 1);
}
AT(cfg_read)
{
	sim_expect_eq(trv_cfg_read32(r.dev, 0, &r.word), 0);
}
AT(cfg_write)
{
	sim_expect_eq(trv_cfg_write8(r.dev, TRV_PCI_INT_LINE, 0), 0);
}
AT(find_cap)
{
	sim_expect(trv_find_cap(r.dev, TRV_PCI_CAP_MSI));
}
AT(bus_master)
{
	sim_expect_eq(trv_bus_master(r.dev, true), 0);
}
AT(bar_map)
{
	trv_bar_unmap(r.dev, &r.regs);
	sim_expect_eq(trv_bar_map(r.dev, EDU_BAR, EDU_BAR_LEN, &r.regs), 0);
}
AT(bar_unmap)
{
	at_bar_map();
}
AT(reg_bind)
{
	struct trv_mmio reg;

	sim_expect_eq(trv_reg_bind(r.regs, 0, 4, &reg), 0);
}
AT(read)
{
	r.word = trv_read32(r.regs, EDU_ID);
}
AT(write)
{
	trv_write32(r.regs, EDU_LIVENESS, 0);
}
AT(read_relaxed)
{
	r.word = trv_read32_relaxed(r.regs, EDU_ID);
}
AT(write_relaxed)
{
	trv_write32_relaxed(r.regs, EDU_LIVENESS, 0);
}
AT(read_rep)
{
	trv_read_rep32(r.regs, EDU_ID, r.buf, 2);
}
AT(write_rep)
{
	trv_write_rep32(r.regs, EDU_LIVENESS, r.buf, 2);
}
AT(peek32)
{
	sim_expect_eq(trv_peek32(r.regs, EDU_ID, &r.word), 0);
}
AT(poll_timeout)
{
	sim_expect_eq(trv_poll_timeout(trv_read32(r.regs, EDU_ID), r.word, r.word, 1, 10), 0);
}
AT(cpu_relax)
{
	trv_cpu_relax();
}
AT(barrier)
{
	trv_mb();
}
AT(once)
{
	trv_write_once(r.word, trv_read_once(r.word));
}
AT(load_acquire)
{
	(void)trv_load_acquire(&r.word);
}
AT(store_release)
{
	trv_store_release(&r.word, 1);
}
AT(fetch_add)
{
	trv_fetch_add(&r.word, 1);
}
AT(xchg)
{
	trv_xchg(&r.word, 1);
}
AT(refcount)
{
	trv_refcount_set(&r.refs, 1);
}
AT(dma_limits)
{
	const struct trv_dma_limits lim = { .mask = 0xffffffff, .max_seg = 4096, .max_segs = 1 };

	sim_expect_eq(trv_dma_limits(r.dev, &lim), 0);
}
AT(dma_alloc)
{
	sim_expect_eq(trv_dma_alloc(r.dev, 64, 64, &r.mem), 0);
}
AT(dma_free)
{
	trv_dma_free(r.dev, &r.mem);
}
AT(dma_map)
{
	struct trv_dma_map map;

	sim_expect_eq(trv_dma_map(r.dev, r.buf, 64, TRV_DMA_TO_DEVICE, &map), 0);
	trv_dma_unmap(r.dev, &map);
}
AT(dma_unmap)
{
	at_dma_map();
}
AT(dma_sync)
{
	struct trv_dma_map map;

	sim_expect_eq(trv_dma_map(r.dev, r.buf, 64, TRV_DMA_TO_DEVICE, &map), 0);
	trv_dma_sync_for_cpu(r.dev, &map, 0, 64);
	trv_dma_sync_for_device(r.dev, &map, 0, 64);
	trv_dma_unmap(r.dev, &map);
}
AT(dma_map_sg)
{
	const struct trv_vec vec = { .buf = r.buf, .len = 64 };
	struct trv_dma_map map;
	struct trv_seg seg;

	sim_expect_eq(trv_dma_map_sg(r.dev, &vec, 1, TRV_DMA_TO_DEVICE, &map, &seg, 1), 1);
	trv_dma_unmap_sg(r.dev, &map, 1);
}
AT(irq_alloc)
{
	enum trv_irq_kind kind;

	sim_expect_eq(trv_irq_alloc(r.other, 1, 1, TRV_IRQ_INTX, &kind), 1);
}
AT(irq_attach)
{
	sim_expect_eq(trv_irq_attach(r.other, 0, &handler, NULL, "other"), 0);
}
AT(irq_mask)
{
	trv_irq_mask(r.other, 0);
	trv_irq_unmask(r.other, 0);
}
AT(irq_sync)
{
	trv_irq_sync(r.other, 0);
}
AT(irq_detach)
{
	trv_irq_detach(r.other, 0);
	at_irq_attach();
}
AT(irq_free)
{
	trv_irq_free(r.other);
	at_irq_alloc();
}
AT(work_queue)
{
	trv_work_queue(&r.work);
}
AT(work_cancel_sync)
{
	trv_work_cancel_sync(&r.work);
}
AT(timer_arm)
{
	trv_timer_arm(&r.timer, 1000);
}
AT(timer_cancel_sync)
{
	trv_timer_cancel_sync(&r.timer);
}
AT(spin)
{
	unsigned long flags = trv_spin_lock_irqsave(&r.spin);

	trv_spin_unlock_irqrestore(&r.spin, flags);
}
AT(mutex)
{
	trv_mutex_lock(&r.mutex);
	trv_mutex_unlock(&r.mutex);
}
AT(assert_held)
{
	trv_mutex_lock(&r.mutex);
	trv_mutex_assert_held(&r.mutex);
	trv_mutex_unlock(&r.mutex);
}
AT(event)
{
	trv_event_signal(&r.event);
}
AT(time_ns)
{
	sim_expect(trv_time_ns());
}
AT(delay)
{
	trv_delay_us(1);
}
AT(sleep_us)
{
	trv_sleep_us(1);
}
AT(alloc)
{
	trv_free(r.dev, trv_alloc(r.dev, 8, TRV_SLEEP), 8);
}
AT(free)
{
	at_alloc();
}
AT(mem)
{
	trv_memset(r.buf, 0, 64);
}
AT(log)
{
	trv_info(r.dev, "hello");
}
AT(trace)
{
	trv_trace(r.dev, "hello", 0, 0);
}
AT(fault_point)
{
	sim_expect(!trv_fault_point(r.dev, "x"));
}

static const struct {
	const char *name, *function;
	void (*call)(void);
} entries[] = {
#define ROW(entry) { #entry, "at_" #entry, at_##entry },
	TRV_OS_ENTRIES(ROW)
#undef ROW
};

static bool has_no_call(const char *name)
{
#define IS(entry)                  \
	if (!strcmp(name, #entry)) \
		return true;
	NO_CALL(IS)
#undef IS
	return false;
}

/* ---- tests --------------------------------------------------------------- */

static void all_body(void)
{
	up();
	for (u32 i = 0; i < TRV_ARRAY_SIZE(entries); i++)
		entries[i].call();
	sim_expect_eq(trv_bus_master(r.dev, false), 0);
	down();
}

static u32 points_in(enum sim_kind kind, const char *function)
{
	size_t n;
	const struct sim_point *p = sim_points(&n);
	u32 found = 0;

	for (size_t i = 0; i < n; i++)
		found += p[i].kind == kind && p[i].site && !strcmp(p[i].site->func, function);
	return found;
}

/* Entries whose work is done by another's function. */
static const char *caller(u32 i)
{
	if (!strcmp(entries[i].name, "dma_unmap"))
		return "at_dma_map";
	if (!strcmp(entries[i].name, "bar_unmap"))
		return "at_bar_map";
	return strcmp(entries[i].name, "free") ? entries[i].function : "at_alloc";
}

static void a_shared_line_fires_at_every_entry(void)
{
	passes(all_body);
	for (u32 i = 0; i < TRV_ARRAY_SIZE(entries); i++) {
		u32 points = points_in(SIM_K_SPURIOUS, caller(i));

		if (!points == !has_no_call(entries[i].name))
			ktap_note("%s: %u points", entries[i].name, points);
		CU_ASSERT(!points == has_no_call(entries[i].name));
	}
}

/* The same with an operation under way at each. */
static void busy_body(void)
{
	up();
	for (u32 i = 0; i < TRV_ARRAY_SIZE(entries); i++) {
		if (!strcmp(entries[i].name, "dev_reset"))
			continue; /* ends what is under way */
		trv_write32(r.regs, EDU_FACTORIAL, 100000);
		entries[i].call();
		sim_sleep(2000000);
	}
	sim_expect_eq(trv_bus_master(r.dev, false), 0);
	down();
}

static void an_operation_ends_at_every_entry(void)
{
	passes(busy_body);
	for (u32 i = 0; i < TRV_ARRAY_SIZE(entries); i++) {
		u32 points = points_in(SIM_K_EARLY, caller(i));

		if (!strcmp(entries[i].name, "dev_reset"))
			continue;
		if (!points == !has_no_call(entries[i].name))
			ktap_note("%s: %u points", entries[i].name, points);
		CU_ASSERT(!points == has_no_call(entries[i].name));
	}
}

KTAP_SUITE(everywhere, KTAP_TEST(a_shared_line_fires_at_every_entry),
	   KTAP_TEST(an_operation_ends_at_every_entry));
KTAP_MAIN(&everywhere);
