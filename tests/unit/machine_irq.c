// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Interrupts: lines, messages, nesting, the other CPU, and waiting for handlers. */
#include "machine_test.h"

/* One vector's story, told by its handler. */
struct ear {
	struct trv_dev *dev;
	u32 vec;
	bool quiets; /* the handler lowers the line */
	enum trv_irq_ret ret;
	u32 busy_us; /* in the handler */
	u32 calls, deferred;
	u32 inside, most_inside;
	u32 cpu;
	bool irqs_off, in_irq, nested_in_task;
	const char *where;
	u64 begun, ended;
	u32 defer_us;
};

static struct ear ear, ear2;

static enum trv_irq_ret hear(void *arg)
{
	struct ear *e = arg;

	e->calls++;
	if (++e->inside > e->most_inside)
		e->most_inside = e->inside;
	e->begun = sim_now();
	e->cpu = sim_cpu();
	e->irqs_off = sim_irqs_off();
	e->in_irq = sim_in_irq();
	if (e->busy_us)
		trv_delay_us(e->busy_us);
	if (e->quiets)
		sim_intx_set(e->dev, false);
	e->ended = sim_now();
	e->inside--;
	return e->ret;
}

static void hear_later(void *arg)
{
	struct ear *e = arg;

	if (++e->inside > e->most_inside)
		e->most_inside = e->inside;
	if (e->defer_us)
		trv_sleep_us(e->defer_us);
	e->deferred++;
	e->inside--;
}

TRV_IRQ_HANDLER(handler, hear, hear_later);
TRV_IRQ_HANDLER(handler_only, hear, NULL);

static void open_ear(struct ear *e, const char *spec, u32 kinds)
{
	enum trv_irq_kind kind;

	*e = (struct ear){ .quiets = true, .ret = TRV_IRQ_HANDLED };
	e->dev = plug(spec);
	sim_expect(trv_irq_alloc(e->dev, 1, 4, kinds, &kind) >= 1);
	sim_expect_eq(kind, kinds);
	sim_expect_eq(trv_bus_master(e->dev, true), 0);
	sim_expect_eq(trv_irq_attach(e->dev, 0, &handler, e, "ear"), 0);
}

static void close_ear(struct ear *e)
{
	trv_irq_detach(e->dev, 0);
	trv_irq_free(e->dev);
	sim_expect_eq(trv_bus_master(e->dev, false), 0);
}

/* The device rings after some time. */
struct bell {
	struct sim_event ev;
	struct trv_dev *dev;
	int msi; /* -1: the line */
};

static void ring(void *arg)
{
	struct bell *b = arg;

	if (b->msi < 0)
		sim_intx_set(b->dev, true);
	else
		sim_msi_fire(b->dev, (u32)b->msi);
}

static void ring_in(struct trv_dev *dev, int msi, u64 ns)
{
	struct bell *b = sim_own(sizeof(*b));

	b->dev = dev;
	b->msi = msi;
	sim_event_init(&b->ev, "bell", ring, b);
	sim_event_in(&b->ev, ns);
}

/* ---- delivery ------------------------------------------------------------ */

static void nested_body(void)
{
	u64 start;

	open_ear(&ear, "bell", TRV_IRQ_INTX);
	start = sim_now();
	ring_in(ear.dev, -1, 3000);
	ear.busy_us = 2;
	trv_delay_us(10);
	sim_expect_eq(ear.calls, 1);
	sim_expect(ear.begun - start >= 3000 && ear.begun - start < 4000); /* not after the delay */
	sim_expect(sim_now() - start < 10100); /* the delay went on meanwhile */
	sim_expect(ear.in_irq && ear.irqs_off);
	sim_expect(!sim_in_irq() && !sim_irqs_off());
	sim_expect_eq(ear.cpu, 0);
	sim_expect_eq(sim_irq_count(ear.dev, 0), 1);
	close_ear(&ear);
}

static void nests_in_a_delay(void)
{
	passes(nested_body);
}

static void idle_body(void)
{
	u64 start;

	open_ear(&ear, "bell", TRV_IRQ_INTX);
	start = sim_now();
	ring_in(ear.dev, -1, 3000);
	sim_sleep(100000);
	sim_expect_eq(ear.calls, 1);
	sim_expect(ear.begun - start < 4000);
	sim_expect_eq(sim_now() - start, 100000);
	close_ear(&ear);
}

static void taken_by_an_idle_cpu(void)
{
	passes(idle_body);
}

static void other_cpu_body(void)
{
	u64 start;

	open_ear(&ear, "bell", TRV_IRQ_INTX);
	sim_irq_affinity(ear.dev, 1);
	ear.busy_us = 50;
	start = sim_now();
	ring_in(ear.dev, -1, 1000);
	while (!ear.calls)
		trv_cpu_relax();
	sim_expect_eq(ear.cpu, 1);
	sim_expect_eq(ear.inside, 1); /* it runs, and so do we */
	sim_expect(sim_now() - start < 3000);
	trv_irq_sync(ear.dev, 0);
	sim_expect_eq(ear.inside, 0);
	sim_expect(sim_now() - start >= 51000);
	close_ear(&ear);
}

static void other_cpu_runs_beside(void)
{
	passes(other_cpu_body);
}

static void detach_body(void)
{
	open_ear(&ear, "bell", TRV_IRQ_INTX);
	sim_irq_affinity(ear.dev, 1);
	ear.busy_us = 50;
	ear.defer_us = 100;
	ear.ret = TRV_IRQ_DEFER;
	ring_in(ear.dev, -1, 1000);
	while (!ear.calls)
		trv_cpu_relax();
	sim_expect_eq(ear.inside, 1);
	trv_irq_detach(ear.dev, 0);
	sim_expect_eq(ear.inside, 0);
	sim_expect_eq(ear.deferred, 1); /* what was asked for was done */
	sim_intx_set(ear.dev, true);
	trv_delay_us(10);
	sim_expect_eq(ear.calls, 1);
	sim_intx_set(ear.dev, false);
	trv_irq_free(ear.dev);
}

static void detach_waits(void)
{
	passes(detach_body);
}

/* ---- lines --------------------------------------------------------------- */

static void open_wired(struct ear *e, u32 line)
{
	enum trv_irq_kind kind;

	*e = (struct ear){ .quiets = true, .ret = TRV_IRQ_HANDLED };
	e->dev = plug("bell");
	sim_irq_wire(e->dev, line);
	sim_expect_eq(trv_irq_alloc(e->dev, 1, 1, TRV_IRQ_INTX, &kind), 1);
	sim_expect_eq(trv_irq_attach(e->dev, 0, &handler, e, "wired"), 0);
}

static void shared_body(void)
{
	open_wired(&ear, 2);
	open_wired(&ear2, 2);
	ear.ret = TRV_IRQ_NONE;
	ear.quiets = false;
	sim_intx_set(ear2.dev, true); /* one device rings, both handlers are asked */
	trv_delay_us(1);
	sim_expect_eq(ear.calls, 1);
	sim_expect_eq(ear2.calls, 1);

	/* A masked one hears nothing, and its level does not count. */
	trv_irq_mask(ear.dev, 0);
	sim_intx_set(ear.dev, true);
	trv_delay_us(1);
	sim_expect_eq(ear.calls, 1);
	sim_intx_set(ear2.dev, true);
	trv_delay_us(1);
	sim_expect_eq(ear.calls, 1);
	sim_expect_eq(ear2.calls, 2);
	trv_irq_mask(ear.dev, 0);
	trv_irq_unmask(ear.dev, 0);
	trv_delay_us(1);
	sim_expect_eq(ear.calls, 1);
	ear.quiets = true;
	trv_irq_unmask(ear.dev, 0);
	trv_delay_us(1);
	sim_expect_eq(ear.calls, 2);
	trv_irq_detach(ear.dev, 0);
	trv_irq_detach(ear2.dev, 0);
	trv_irq_free(ear.dev);
	trv_irq_free(ear2.dev);
}

static void line_is_shared(void)
{
	passes(shared_body);
}

static void intx_off_body(void)
{
	u16 command;

	open_ear(&ear, "bell", TRV_IRQ_INTX);
	sim_expect_eq(trv_cfg_read16(ear.dev, TRV_PCI_COMMAND, &command), 0);
	sim_expect_eq(trv_cfg_write16(ear.dev, TRV_PCI_COMMAND, command | TRV_PCI_CMD_INTX_OFF), 0);
	sim_intx_set(ear.dev, true);
	trv_delay_us(5);
	sim_expect_eq(ear.calls, 0);
	sim_expect_eq(trv_cfg_write16(ear.dev, TRV_PCI_COMMAND, command), 0);
	trv_delay_us(1);
	sim_expect_eq(ear.calls, 1);
	close_ear(&ear);
}

static void command_bit_blocks_the_line(void)
{
	passes(intx_off_body);
}

static void storm_body(void)
{
	open_ear(&ear, "bell", TRV_IRQ_INTX);
	ear.quiets = false;
	sim_intx_set(ear.dev, true);
	trv_delay_us(1000);
	sim_expect_eq(ear.calls, 0); /* not reached */
}

static void storm_is_found(void)
{
	trips(storm_body, IRQ_STORM, "still asserted, not quieted by handler ear");
}

static void hostile_storm_body(void)
{
	open_ear(&ear, "bell", TRV_IRQ_INTX);
	ear.quiets = false;
	ear.dev->hostile = true;
	sim_intx_set(ear.dev, true);
	trv_delay_us(1000);
	sim_expect(ear.calls > 10 && ear.calls < 1000);
	sim_intx_set(ear.dev, false);
	close_ear(&ear);
}

static void hostile_storm_is_cut_off(void)
{
	passes(hostile_storm_body);
}

static void busy_line_body(void)
{
	open_ear(&ear, "bell", TRV_IRQ_INTX);
	for (u32 i = 0; i < 500; i++) {
		sim_intx_set(ear.dev, true);
		trv_delay_ns(100);
	}
	sim_expect_eq(ear.calls, 500);
	close_ear(&ear);
}

static void busy_line_is_no_storm(void)
{
	passes(busy_line_body);
}

static void isa_body(void)
{
	enum trv_irq_kind kind;

	ear = (struct ear){ .dev = plug("bell,legacy=1"), .ret = TRV_IRQ_HANDLED };
	ear2 = ear;
	sim_expect_eq(trv_irq_alloc(ear.dev, 2, 2, TRV_IRQ_LEGACY, &kind), 2);
	sim_expect_eq(kind, TRV_IRQ_LEGACY);
	sim_isa_set(ear.dev, 0, true); /* nobody there: gone */
	sim_expect_eq(trv_irq_attach(ear.dev, 0, &handler, &ear, "primary"), 0);
	sim_expect_eq(trv_irq_attach(ear.dev, 1, &handler, &ear2, "secondary"), 0);
	trv_delay_us(1);
	sim_expect_eq(ear.calls, 0);
	sim_isa_set(ear.dev, 0, false);
	sim_isa_set(ear.dev, 0, true);
	trv_delay_us(2);
	sim_expect_eq(ear.calls, 1); /* an edge: once, though it stays high */
	sim_isa_set(ear.dev, 1, true);
	trv_delay_us(2);
	sim_expect_eq(ear.calls, 1);
	sim_expect_eq(ear2.calls, 1);
	trv_irq_detach(ear.dev, 0);
	trv_irq_detach(ear.dev, 1);
	trv_irq_free(ear.dev);
}

static void isa_lines_are_edges(void)
{
	passes(isa_body);
}

/* ---- messages ------------------------------------------------------------ */

static void msi_body(void)
{
	enum trv_irq_kind kind;
	struct trv_dev *dev = plug("bell,msi=4");
	u16 ctrl;

	ear = (struct ear){ .dev = dev, .ret = TRV_IRQ_HANDLED };
	sim_expect_eq(trv_irq_alloc(dev, 5, 8, TRV_IRQ_MSI, &kind), -EOPNOTSUPP);
	sim_expect_eq(trv_irq_alloc(dev, 0, 1, TRV_IRQ_MSI, &kind), -EINVAL);
	sim_expect_eq(trv_irq_alloc(dev, 2, 8, TRV_IRQ_MSI | TRV_IRQ_INTX, &kind), 4);
	sim_expect_eq(kind, TRV_IRQ_MSI);
	sim_expect_eq(trv_irq_alloc(dev, 1, 1, TRV_IRQ_MSI, &kind), -EBUSY);
	sim_expect_eq(trv_cfg_read16(dev, trv_find_cap(dev, TRV_PCI_CAP_MSI) + 2, &ctrl), 0);
	sim_expect_eq(ctrl & 0x71, 0x21); /* enabled, 4 messages */
	sim_expect_eq(trv_irq_attach(dev, 4, &handler, &ear, "ear"), -ERANGE);
	sim_expect_eq(trv_irq_attach(dev, 3, &handler, &ear, "ear"), 0);
	sim_expect_eq(trv_irq_attach(dev, 3, &handler, &ear, "ear"), -EBUSY);
	sim_msi_fire(dev, 3);
	trv_delay_us(2);
	sim_expect_eq(ear.calls, 0); /* not bus master: the message goes nowhere */
	sim_expect_eq(trv_bus_master(dev, true), 0);
	sim_msi_fire(dev, 2);
	trv_delay_us(2);
	sim_expect_eq(ear.calls, 0);
	sim_msi_fire(dev, 3);
	trv_delay_us(2);
	sim_expect_eq(ear.calls, 1);
	trv_irq_mask(dev, 3);
	sim_msi_fire(dev, 3);
	sim_msi_fire(dev, 3);
	trv_delay_us(2);
	sim_expect_eq(ear.calls, 1);
	trv_irq_unmask(dev, 3);
	trv_delay_us(2);
	sim_expect_eq(ear.calls, 2);
	sim_expect_eq(trv_bus_master(dev, false), 0);
	trv_irq_detach(dev, 3);
	trv_irq_free(dev);
	sim_expect_eq(trv_cfg_read16(dev, trv_find_cap(dev, TRV_PCI_CAP_MSI) + 2, &ctrl), 0);
	sim_expect_eq(ctrl & 1, 0);
	sim_expect_eq(trv_irq_alloc(dev, 1, 1, TRV_IRQ_MSI | TRV_IRQ_INTX, &kind), 1);
	trv_irq_free(dev);
}

static void messages(void)
{
	passes(msi_body);
}

static void again_body(void)
{
	open_ear(&ear, "bell,msi=4", TRV_IRQ_MSI);
	sim_irq_affinity(ear.dev, 1);
	ear.busy_us = 20;
	ring_in(ear.dev, 0, 1000);
	ring_in(ear.dev, 0, 5000); /* while the handler runs */
	ring_in(ear.dev, 0, 6000);
	sim_sleep(100000);
	sim_expect_eq(ear.calls, 2);
	sim_expect_eq(ear.most_inside, 1);
	close_ear(&ear);
}

static void never_beside_itself(void)
{
	passes(again_body);
	passes_with(again_body, "irq@machine_irq.c:open_ear#1=2");
}

/* ---- deferred functions -------------------------------------------------- */

static void defer_body(void)
{
	open_ear(&ear, "bell,msi=4", TRV_IRQ_MSI);
	ear.ret = TRV_IRQ_DEFER;
	ear.defer_us = 50;
	ring_in(ear.dev, 0, 1000);
	ring_in(ear.dev, 0, 20000); /* during the deferred function */
	ring_in(ear.dev, 0, 30000); /* again: one more run serves both */
	sim_sleep(10000);
	sim_expect_eq(ear.inside, 1);
	trv_irq_sync(ear.dev, 0);
	sim_expect(ear.deferred >= 1);
	sim_sleep(200000);
	sim_expect_eq(ear.calls, 3);
	sim_expect_eq(ear.deferred, 2);
	close_ear(&ear);
}

static void deferred_functions(void)
{
	passes(defer_body);
}

static void defer_to_nobody_body(void)
{
	open_ear(&ear, "bell", TRV_IRQ_INTX);
	trv_irq_detach(ear.dev, 0);
	ear.ret = TRV_IRQ_DEFER;
	sim_expect_eq(trv_irq_attach(ear.dev, 0, &handler_only, &ear, "ear"), 0);
	sim_intx_set(ear.dev, true);
	trv_delay_us(1);
}

static void defer_needs_a_function(void)
{
	trips(defer_to_nobody_body, API, "has no deferred function");
}

/* ---- choices ------------------------------------------------------------- */

static u64 marks[3];

static void choices_body(void)
{
	open_ear(&ear, "bell", TRV_IRQ_INTX);
	sim_intx_set(ear.dev, true);
	marks[0] = ear.calls;
	trv_delay_ns(1);
	marks[1] = ear.calls;
	marks[2] = ear.cpu;
	trv_delay_ns(1);
	trv_delay_us(100);
	sim_expect(ear.calls >= 1);
	close_ear(&ear);
}

static void choices_move_an_interrupt(void)
{
	passes(choices_body);
	CU_ASSERT_EQUAL(marks[1], 1);
	CU_ASSERT_EQUAL(marks[2], 0);
	passes_with(choices_body, "irq@machine_irq.c:choices_body#1=1");
	CU_ASSERT_EQUAL(marks[1], 0);
	passes_with(choices_body, "irq@machine_irq.c:choices_body#1=2");
	CU_ASSERT_EQUAL(ear.cpu, 1);
	passes_with(choices_body, "spurious@machine_irq.c:close_ear#1");
	CU_ASSERT_EQUAL(ear.calls, 2);
	passes_with(choices_body, "spurious@machine_irq.c:open_ear#1");
	CU_ASSERT_EQUAL(ear.calls, 2);
}

static int alloc_rc, attach_rc;

static void refused_body(void)
{
	struct trv_dev *dev = plug("bell,msi=4");
	enum trv_irq_kind kind;

	attach_rc = 1;
	alloc_rc = trv_irq_alloc(dev, 1, 1, TRV_IRQ_MSI | TRV_IRQ_INTX, &kind);
	if (alloc_rc < 0)
		return;
	if (kind == TRV_IRQ_INTX)
		alloc_rc = 100;
	attach_rc = trv_irq_attach(dev, 0, &handler, &ear, "ear");
	if (!attach_rc)
		trv_irq_detach(dev, 0);
	trv_irq_free(dev);
}

static void requests_are_refused(void)
{
	passes(refused_body);
	CU_ASSERT_EQUAL(alloc_rc, 1);
	CU_ASSERT_EQUAL(attach_rc, 0);
	passes_with(refused_body, "irq_req@machine_irq.c:refused_body#1=1");
	CU_ASSERT_EQUAL(alloc_rc, -ENOMEM);
	passes_with(refused_body, "irq_req@machine_irq.c:refused_body#1=2");
	CU_ASSERT_EQUAL(alloc_rc, 100);
	passes_with(refused_body, "irq_req@machine_irq.c:refused_body#2=1");
	CU_ASSERT_EQUAL(attach_rc, -EBUSY);
}

/* ---- misuse, and what is left -------------------------------------------- */

static void leak_body(void)
{
	open_ear(&ear, "bell", TRV_IRQ_INTX);
}

static void free_first_body(void)
{
	open_ear(&ear, "bell", TRV_IRQ_INTX);
	trv_irq_free(ear.dev);
}

static void unmask_body(void)
{
	open_ear(&ear, "bell", TRV_IRQ_INTX);
	trv_irq_unmask(ear.dev, 0);
}

static void detach_twice_body(void)
{
	open_ear(&ear, "bell", TRV_IRQ_INTX);
	trv_irq_detach(ear.dev, 0);
	trv_irq_detach(ear.dev, 0);
}

static enum trv_irq_ret sleeps(void *arg)
{
	sim_intx_set(arg, false);
	trv_sleep_us(1);
	return TRV_IRQ_HANDLED;
}

TRV_IRQ_HANDLER(sleepy, sleeps, NULL);

static void sleepy_body(void)
{
	enum trv_irq_kind kind;
	struct trv_dev *dev = plug("bell");

	sim_expect_eq(trv_irq_alloc(dev, 1, 1, TRV_IRQ_INTX, &kind), 1);
	sim_expect_eq(trv_irq_attach(dev, 0, &sleepy, dev, "sleepy"), 0);
	sim_intx_set(dev, true);
	trv_delay_us(1);
}

static void abort_in_handler_body(void)
{
	sleepy_body();
}

static void misuse(void)
{
	trips(leak_body, IRQ_LEAK, "still attached");
	trips(free_first_body, API, "before vector 0 was detached");
	trips(unmask_body, API, "which is not masked");
	trips(detach_twice_body, API, "where no handler is attached");
	trips(sleepy_body, CONTEXT, "this is sleeps, an interrupt handler");
	for (u32 i = 0; i < 100; i++)
		trips(abort_in_handler_body, CONTEXT, "trv_sleep_us() may sleep");
	passes(nested_body);
}

KTAP_SUITE(delivery, KTAP_TEST(nests_in_a_delay), KTAP_TEST(taken_by_an_idle_cpu),
	   KTAP_TEST(other_cpu_runs_beside), KTAP_TEST(detach_waits));
KTAP_SUITE(lines, KTAP_TEST(line_is_shared), KTAP_TEST(command_bit_blocks_the_line),
	   KTAP_TEST(storm_is_found), KTAP_TEST(hostile_storm_is_cut_off),
	   KTAP_TEST(busy_line_is_no_storm), KTAP_TEST(isa_lines_are_edges), KTAP_TEST(messages),
	   KTAP_TEST(never_beside_itself));
KTAP_SUITE(deferring, KTAP_TEST(deferred_functions), KTAP_TEST(defer_needs_a_function));
KTAP_SUITE(choosing, KTAP_TEST(choices_move_an_interrupt), KTAP_TEST(requests_are_refused),
	   KTAP_TEST(misuse));
KTAP_MAIN(&delivery, &lines, &deferring, &choosing);
