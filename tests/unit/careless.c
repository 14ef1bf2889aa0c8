// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * For each kind of deviation a driver that has not thought of it, and is
 * caught; and one that has, under the same deviation. On the nice day all of
 * them work, and no test but an exploration would tell them apart.
 */
#include <os/test-sim/models/edu_test.h>
#include <trivet/hw/edu.h>

#include "machine_test.h"

/* What the driver has not thought of. */
enum thoughtless {
	CAREFUL,
	POLLS,	      /* just as careful */
	LATE_STATE,   /* prepares for the end after it started the operation */
	COUNTS_TWICE, /* each interrupt ends the operation */
	TRUSTS_IRQ,   /* waits for the interrupt without end */
	TRUSTS_READ,  /* polls, and without end */
	FORGETS,      /* a time-out ends the operation; so does the interrupt after it */
	HASTY,	      /* a time-out does not wait for a handler that has the operation in hand */
	PATIENT,      /* with the same handler it does */
	LEAVES,	      /* calls an operation off, and does not wait for that handler */
	CALLS_OFF,    /* does */
};

static struct driver {
	struct trv_dev *dev;
	struct trv_mmio regs;
	struct trv_spin lock;
	struct trv_event done;
	enum thoughtless is;
	bool under_way;
	u32 ended;
} d;

enum { WAIT_US = 1000000 };

static enum trv_irq_ret interrupt(void *arg)
{
	unsigned long flags;

	if (!trv_read32(d.regs, EDU_IRQ_STATUS))
		return TRV_IRQ_NONE;
	trv_write32(d.regs, EDU_IRQ_ACK, ~0u);
	(void)trv_read32(d.regs, EDU_IRQ_STATUS);
	flags = trv_spin_lock_irqsave(&d.lock);
	if (d.under_way) {
		d.ended++;
		d.under_way = false;
		trv_event_signal(&d.done);
	}
	trv_spin_unlock_irqrestore(&d.lock, flags);
	return TRV_IRQ_HANDLED;
}

/* What it took under the lock it ends after it. */
static enum trv_irq_ret two_step_interrupt(void *arg)
{
	unsigned long flags;
	bool ours;

	if (!trv_read32(d.regs, EDU_IRQ_STATUS))
		return TRV_IRQ_NONE;
	trv_write32(d.regs, EDU_IRQ_ACK, ~0u);
	(void)trv_read32(d.regs, EDU_IRQ_STATUS);
	flags = trv_spin_lock_irqsave(&d.lock);
	ours = d.under_way;
	d.under_way = false;
	trv_spin_unlock_irqrestore(&d.lock, flags);
	if (ours) {
		trv_event_signal(&d.done);
		d.ended++;
	}
	return TRV_IRQ_HANDLED;
}

/* It does not look who it was. */
static enum trv_irq_ret careless_interrupt(void *arg)
{
	trv_write32(d.regs, EDU_IRQ_ACK, ~0u);
	(void)trv_read32(d.regs, EDU_IRQ_STATUS);
	d.ended++;
	trv_event_signal(&d.done);
	return TRV_IRQ_HANDLED;
}

TRV_IRQ_HANDLER(handler, interrupt, NULL);
TRV_IRQ_HANDLER(two_step_handler, two_step_interrupt, NULL);
TRV_IRQ_HANDLER(careless_handler, careless_interrupt, NULL);

/* Whose is the end: the interrupt's, or this time-out's? */
static bool take_back(void)
{
	unsigned long flags = trv_spin_lock_irqsave(&d.lock);
	bool ours = d.under_way;

	if (d.is != FORGETS)
		d.under_way = false;
	d.ended += ours;
	trv_spin_unlock_irqrestore(&d.lock, flags);
	return ours;
}

static int wait_for_it(void)
{
	if (trv_event_wait(&d.done, d.is == TRUSTS_IRQ ? ~0ULL : WAIT_US) && take_back())
		return -ETIMEDOUT;
	if (d.is == PATIENT)
		trv_irq_sync(d.dev, 0);
	return 0;
}

static const struct trv_irq_handler *handler_of(enum thoughtless is)
{
	if (is == COUNTS_TWICE)
		return &careless_handler;
	return is >= HASTY ? &two_step_handler : &handler;
}

static int wait_until_idle(void)
{
	u32 status;

	while (d.is == TRUSTS_READ) {
		status = trv_read32(d.regs, EDU_STATUS);
		if (!(status & EDU_STATUS_COMPUTING))
			return 0;
		trv_delay_us(10);
	}
	return trv_poll_timeout(trv_read32(d.regs, EDU_STATUS), status,
				!(status & EDU_STATUS_COMPUTING), 10, WAIT_US);
}

static int operate(void)
{
	d.ended = 0;
	trv_event_reset(&d.done);
	if (d.is != LATE_STATE)
		d.under_way = true;
	trv_write32(d.regs, EDU_FACTORIAL, 100);
	if (d.is == LATE_STATE) {
		trv_trace(d.dev, "started", 0, 0);
		d.under_way = true;
	}
	if (d.is == POLLS || d.is == TRUSTS_READ)
		return wait_until_idle();
	return wait_for_it() ?: wait_until_idle();
}

/* It is called off at once: by whom, and has it ended then? */
static int call_off(void)
{
	d.under_way = true;
	trv_write32(d.regs, EDU_FACTORIAL, 100);
	(void)take_back();
	if (d.is == CALLS_OFF)
		trv_irq_sync(d.dev, 0);
	sim_expect_eq(d.ended, 1);
	return wait_until_idle();
}

static void live(enum thoughtless is)
{
	enum trv_irq_kind kind;
	int rc;

	memset(&d, 0, sizeof(d));
	d.is = is;
	d.dev = plug("edu");
	trv_event_init(&d.done);
	trv_spin_init(&d.lock, "edu");
	sim_expect_eq(trv_bar_map(d.dev, EDU_BAR, EDU_BAR_LEN, &d.regs), 0);
	sim_expect_eq(trv_irq_alloc(d.dev, 1, 1, TRV_IRQ_INTX, &kind), 1);
	sim_expect_eq(trv_irq_attach(d.dev, 0, handler_of(is), NULL, "edu"), 0);
	trv_write32(d.regs, EDU_STATUS, EDU_STATUS_RAISE_IRQ);
	rc = is == LEAVES || is == CALLS_OFF ? call_off() : operate();
	trv_delay_us(20);
	if (sim_class_reached() == SIM_SCHEDULE)
		sim_expect_eq(rc, 0);
	if (sim_class_reached() < SIM_HOSTILE)
		sim_expect_eq(d.ended, 1);
	trv_irq_detach(d.dev, 0);
	trv_irq_free(d.dev);
	trv_bar_unmap(d.dev, &d.regs);
}

#define BODY(name, is)                \
	static void name##_body(void) \
	{                             \
		live(is);             \
	}
BODY(careful, CAREFUL)
BODY(polls, POLLS)
BODY(late_state, LATE_STATE)
BODY(counts_twice, COUNTS_TWICE)
BODY(trusts_irq, TRUSTS_IRQ)
BODY(trusts_read, TRUSTS_READ)
BODY(forgets, FORGETS)
BODY(hasty, HASTY)
BODY(patient, PATIENT)
BODY(leaves, LEAVES)
BODY(calls_off, CALLS_OFF)

/* ---- tests --------------------------------------------------------------- */

static void caught(void (*careless)(void), const char *deviation, int check)
{
	passes(careless);
	passes_with(careful_body, deviation);
	run_with(careless, deviation);
	if (last.check != check)
		ktap_note("%s: %s", deviation,
			  last.check < 0 ? "nothing" : sim_check_id(last.check));
	CU_ASSERT_EQUAL(last.check, check);
	CU_ASSERT(!last.unmet[0]);
}

static void early_finds_a_state_set_late(void)
{
	passes(late_state_body);
	run_with(late_state_body, "early@careless.c:operate#1");
	CU_ASSERT_EQUAL(last.check, SIM_EXPECT);
	/* The careful one has no call there to be interrupted at; at the next one it is. */
	passes_with(careful_body, "early@careless.c:wait_for_it#1");
}

static void double_finds_who_counts_interrupts(void)
{
	caught(counts_twice_body, "double@careless.c:live#1", SIM_EXPECT);
	caught(counts_twice_body, "spurious@careless.c:wait_for_it#1", SIM_EXPECT);
}

static void lost_finds_a_wait_without_end(void)
{
	caught(trusts_irq_body, "lost@careless.c:live#1", SIM_DEADLOCK);
	caught(trusts_irq_body, "never@edu.c:never#1", SIM_DEADLOCK);
}

static void a_stuck_register_finds_a_loop_without_end(void)
{
	static const char *const ways[] = { "value@careless.c:wait_until_idle#1=2",
					    "never@edu.c:never#1" };

	passes(polls_body);
	passes(trusts_read_body);
	for (u32 i = 0; i < TRV_ARRAY_SIZE(ways); i++) {
		passes_with(polls_body, ways[i]);
		run_with(trusts_read_body, ways[i]);
		CU_ASSERT_EQUAL(last.check, SIM_HANG);
	}
}

static void race_finds_who_forgets_a_time_out(void)
{
	caught(forgets_body, "race@careless.c:wait_for_it#1=3", SIM_EXPECT);
	/* In time is in time. */
	passes_with(forgets_body, "race@careless.c:wait_for_it#1=1");
}

/* The time-out goes to work while the handler is between its lock and what it took there. */
static void race_finds_who_overtakes_a_handler(void)
{
	caught(hasty_body, "race@careless.c:wait_for_it#1=4", SIM_EXPECT);
	passes(patient_body);
	for (u32 way = 1; way <= 5; way++) {
		char deviation[64];

		snprintf(deviation, sizeof(deviation), "race@careless.c:wait_for_it#1=%u", way);
		passes_with(patient_body, deviation);
		if (way != 4)
			passes_with(hasty_body, deviation);
	}
	/* Stopped before its lock it has nothing yet: the time-out's is the operation. */
	passes_with(hasty_body, "race@careless.c:wait_for_it#1=4,"
				"switch@careless.c:two_step_interrupt#1");
}

/* Nobody has lost patience: a stop, or the next request, overtakes the handler as well. */
static void early_finds_who_overtakes_a_handler(void)
{
	run_with(leaves_body, "early@careless.c:take_back#1=3");
	CU_ASSERT_EQUAL(last.check, SIM_EXPECT);
	passes(leaves_body);
	passes(calls_off_body);
	for (u32 way = 1; way <= 3; way++) {
		char deviation[64];

		snprintf(deviation, sizeof(deviation), "early@careless.c:take_back#1=%u", way);
		passes_with(calls_off_body, deviation);
		if (way != 3)
			passes_with(leaves_body, deviation);
	}
}

KTAP_SUITE(careless, KTAP_TEST(early_finds_a_state_set_late),
	   KTAP_TEST(double_finds_who_counts_interrupts), KTAP_TEST(lost_finds_a_wait_without_end),
	   KTAP_TEST(a_stuck_register_finds_a_loop_without_end),
	   KTAP_TEST(race_finds_who_forgets_a_time_out),
	   KTAP_TEST(race_finds_who_overtakes_a_handler),
	   KTAP_TEST(early_finds_who_overtakes_a_handler));
KTAP_MAIN(&careless);
