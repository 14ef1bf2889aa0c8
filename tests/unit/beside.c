// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What happens beside what a driver does: a removal, a neighbour's interrupt; and a quick bus. */
#include <os/test-sim/models/edu_test.h>
#include <trivet/hw/edu.h>

#include "machine_test.h"

static struct {
	u64 ns, removed, looked, went_on, before, after;
	u32 handler_cpu;
} saw;

static struct trv_mmio regs;

static void run(void (*body)(void), const char *deviation)
{
	memset(&saw, 0, sizeof(saw));
	passes_with(body, deviation);
	CU_ASSERT(!deviation || !last.unmet[0]);
}

/* ---- gone, and taken away ------------------------------------------------- */

static int guest_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	return trv_bar_map(dev, EDU_BAR, EDU_BAR_LEN, &regs);
}

static void guest_remove(struct trv_dev *dev)
{
	saw.removed = sim_now();
	trv_bar_unmap(dev, &regs);
}

static const struct trv_driver guest = {
	.name = "guest",
	.probe = guest_probe,
	.remove = guest_remove,
};

static void guest_body(void)
{
	struct trv_dev *dev = plug("edu");

	sim_expect_eq(sim_bind_to(dev, &guest), 0);
	sim_entry_begin("look", NULL);
	saw.looked = trv_read32(regs, EDU_ID);
	trv_delay_us(50);
	saw.before = sim_now();
	sim_entry_end();
	sim_sleep(1000000);
	saw.went_on = sim_now();
	sim_unbind(dev);
}

/* The call it is in comes to its end, the driver is still there for it, and nothing else begins. */
static void a_driver_is_taken_away(void)
{
	run(guest_body, NULL);
	CU_ASSERT(saw.looked == 0x010000ed && saw.went_on && saw.removed > saw.went_on);
	run(guest_body, "gone@beside.c:guest_body#1");
	CU_ASSERT(saw.looked == ~0U && saw.went_on && saw.removed > saw.went_on);
	run(guest_body, "gone@beside.c:guest_body#1=3");
	CU_ASSERT(saw.looked == ~0U && saw.before && !saw.went_on);
	CU_ASSERT(saw.removed >= saw.before && saw.removed < saw.before + 100000);
	CU_ASSERT(last.excused && last.class == SIM_HOSTILE);
}

/* ---- a quick bus ----------------------------------------------------------- */

static void bus_body(void)
{
	struct trv_dev *dev = plug("edu");
	struct trv_mmio r;

	sim_expect_eq(trv_bar_map(dev, EDU_BAR, EDU_BAR_LEN, &r), 0);
	trv_read32(r, EDU_ID);
	saw.ns = sim_now();
	trv_read32(r, EDU_ID);
	saw.ns = sim_now() - saw.ns;
	sim_expect(!sim_deviated());
	trv_bar_unmap(dev, &r);
}

static void a_bus_may_be_quick(void)
{
	run(bus_body, NULL);
	CU_ASSERT(saw.ns == SIM_COST_READ);
	run(bus_body, "trait@beside.c:bus_body#1");
	CU_ASSERT(saw.ns && saw.ns < SIM_COST_READ / 2);
	CU_ASSERT(last.class == SIM_SCHEDULE);
}

/* ---- a neighbour's interrupt beside a lock ---------------------------------- */

static struct trv_spin lock;
static u64 last_write;

static enum trv_irq_ret neighbour(void *arg)
{
	unsigned long flags = trv_spin_lock_irqsave(&lock);

	if (!saw.after)
		saw.after = sim_now();
	saw.handler_cpu = sim_cpu();
	trv_spin_unlock_irqrestore(&lock, flags);
	return TRV_IRQ_NONE;
}
TRV_IRQ_HANDLER(neighbour_handler, neighbour, NULL);

static void lock_body(void)
{
	struct trv_dev *dev = plug("bell");
	enum trv_irq_kind kind;
	unsigned long flags;

	trv_spin_init(&lock, "beside");
	sim_expect_eq(trv_irq_alloc(dev, 1, 1, TRV_IRQ_INTX, &kind), 1);
	sim_expect_eq(trv_irq_attach(dev, 0, &neighbour_handler, NULL, "bell"), 0);
	flags = trv_spin_lock_irqsave(&lock);
	trv_delay_us(2);
	last_write = sim_now();
	trv_spin_unlock_irqrestore(&lock, flags);
	trv_delay_us(20);
	trv_irq_detach(dev, 0);
	trv_irq_free(dev);
}

/* Points of one name: as it is attached, before the lock is taken, and then beside it. */
static void an_interrupt_waits_for_the_lock(void)
{
	run(lock_body, NULL);
	CU_ASSERT(!saw.after);
	run(lock_body, "spurious@beside.c:lock_body#3");
	CU_ASSERT(saw.after && saw.handler_cpu == 1);
	CU_ASSERT(saw.after >= last_write && saw.after <= last_write + 100);
	CU_ASSERT(last.class == SIM_SCHEDULE);
}

KTAP_SUITE(beside, KTAP_TEST(a_driver_is_taken_away), KTAP_TEST(a_bus_may_be_quick),
	   KTAP_TEST(an_interrupt_waits_for_the_lock));
KTAP_MAIN(&beside);
