// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Locks: they exclude, and what the checks around them find and do not find. */
#include "machine_test.h"

static struct trv_spin a, b;
static struct trv_mutex m, m2;
static struct trv_timer timer;
static u32 inside, most_inside, entered;
static char order[16];
static u32 n_order;

static void enter(u32 us, bool sleeps)
{
	if (++inside > most_inside)
		most_inside = inside;
	entered++;
	if (sleeps)
		trv_sleep_us(us);
	else
		trv_delay_us(us);
	inside--;
}

static void start(void)
{
	inside = most_inside = entered = n_order = 0;
	memset(order, 0, sizeof(order));
	trv_spin_init(&a, "a");
	trv_spin_init(&b, "b");
	trv_mutex_init(&m, "m");
	trv_mutex_init(&m2, "m2");
}

/* ---- exclusion ----------------------------------------------------------- */

static void spinner(void *arg)
{
	for (u32 i = 0; i < 20; i++) {
		trv_spin_lock(&a);
		trv_spin_assert_held(&a);
		enter(3, false);
		trv_spin_unlock(&a);
		trv_delay_ns(700);
	}
}

static void spin_body(void)
{
	struct sim_task *t;

	start();
	t = sim_task_start("spinner", 1, spinner, NULL);
	spinner(NULL);
	sim_task_join(t);
	sim_expect_eq(entered, 40);
	sim_expect_eq(most_inside, 1);
	sim_expect(sim_now() >= 120000);
}

static void spinlock_excludes(void)
{
	passes(spin_body);
}

static void sleeper(void *arg)
{
	trv_mutex_lock(&m);
	trv_mutex_assert_held(&m);
	order[n_order++] = *(const char *)arg;
	enter(10, true);
	trv_mutex_unlock(&m);
	order[n_order++] = *(const char *)arg;
}

static void mutex_body(void)
{
	struct sim_task *t[3];

	start();
	trv_mutex_lock(&m);
	t[0] = sim_task_start("x", 1, sleeper, (void *)"x");
	trv_delay_us(1);
	t[1] = sim_task_start("y", 0, sleeper, (void *)"y");
	trv_sleep_us(1);
	t[2] = sim_task_start("z", 1, sleeper, (void *)"z");
	trv_sleep_us(1);
	trv_mutex_unlock(&m);
	sleeper("w");
	for (u32 i = 0; i < 3; i++)
		sim_task_join(t[i]);
	sim_expect_eq(most_inside, 1);
	sim_expect_eq(entered, 4);
	sim_expect(order[0] == 'x' && order[2] == 'y' && order[4] == 'z');
}

static void mutex_is_fair(void)
{
	passes(mutex_body);
}

static void two_locks_body(void)
{
	start();
	for (u32 i = 0; i < 3; i++) {
		trv_spin_lock(&a);
		trv_spin_lock(&b);
		trv_spin_unlock(&a); /* in another order: fine */
		trv_spin_unlock(&b);
	}
	trv_mutex_lock(&m);
	trv_spin_lock(&a);
	trv_spin_unlock(&a);
	trv_mutex_unlock(&m);
}

static void any_order_of_unlocking(void)
{
	passes(two_locks_body);
}

static u32 timer_ran;
static bool timer_irqs_off;

static void timer_fn(void *arg)
{
	timer_irqs_off = sim_irqs_off();
	trv_spin_lock(&a);
	timer_ran++;
	trv_spin_unlock(&a);
}

static void bh_body(void)
{
	start();
	timer_ran = 0;
	trv_timer_init(NULL, &timer, timer_fn, NULL);
	trv_spin_lock_bh(&a);
	trv_timer_arm(&timer, 5);
	trv_delay_us(50);
	sim_expect_eq(timer_ran, 0);
	sim_expect(!sim_irqs_off());
	trv_spin_unlock_bh(&a);
	sim_expect_eq(timer_ran, 1); /* at once */
	sim_expect(!timer_irqs_off);
}

static void bh_excludes_timers(void)
{
	passes(bh_body);
}

/* ---- an interrupt that wants a lock -------------------------------------- */

static u32 irqs;
static bool irq_irqsave;

static enum trv_irq_ret lock_handler(void *arg)
{
	unsigned long flags;

	sim_intx_set(arg, false);
	if (irq_irqsave) {
		flags = trv_spin_lock_irqsave(&a);
		irqs++;
		trv_spin_unlock_irqrestore(&a, flags);
		return TRV_IRQ_HANDLED;
	}
	trv_spin_lock(&a);
	irqs++;
	trv_spin_unlock(&a);
	return TRV_IRQ_HANDLED;
}

TRV_IRQ_HANDLER(locks, lock_handler, NULL);

static struct trv_dev *open_bell(void)
{
	struct trv_dev *dev = plug("bell");
	enum trv_irq_kind kind;

	start();
	irqs = 0;
	irq_irqsave = false;
	sim_expect_eq(trv_irq_alloc(dev, 1, 1, TRV_IRQ_INTX, &kind), 1);
	sim_expect_eq(trv_irq_attach(dev, 0, &locks, dev, "locks"), 0);
	return dev;
}

static void close_bell(struct trv_dev *dev)
{
	trv_irq_detach(dev, 0);
	trv_irq_free(dev);
}

static void irqsave_body(void)
{
	struct trv_dev *dev = open_bell();
	unsigned long flags, inner;

	irq_irqsave = true;
	flags = trv_spin_lock_irqsave(&a);
	inner = trv_spin_lock_irqsave(&b);
	sim_intx_set(dev, true);
	trv_delay_us(20);
	sim_expect_eq(irqs, 0);
	trv_spin_unlock_irqrestore(&b, inner);
	sim_expect(sim_irqs_off());
	trv_delay_us(1);
	sim_expect_eq(irqs, 0);
	trv_spin_unlock_irqrestore(&a, flags);
	sim_expect_eq(irqs, 1); /* at once */
	sim_expect(!sim_irqs_off());
	close_bell(dev);
}

static void irqsave_excludes_interrupts(void)
{
	passes(irqsave_body);
}

static void plain_admits_body(void)
{
	struct trv_dev *dev = open_bell();

	trv_spin_lock(&b);
	sim_intx_set(dev, true);
	trv_delay_us(2);
	sim_expect_eq(irqs, 1);
	trv_spin_unlock(&b);
	close_bell(dev);
}

static void plain_admits_interrupts(void)
{
	passes(plain_admits_body);
}

static void irq_deadlock_body(void)
{
	struct trv_dev *dev = open_bell();

	trv_spin_lock(&a);
	sim_intx_set(dev, true);
	trv_delay_us(2);
}

static void irq_unsafe_body(void)
{
	struct trv_dev *dev = open_bell();

	sim_intx_set(dev, true);
	trv_delay_us(2);
	trv_spin_lock(&a); /* harmless today */
	trv_spin_unlock(&a);
}

static void irq_unsafe_chain_body(void)
{
	struct trv_dev *dev = open_bell();
	unsigned long flags;

	sim_intx_set(dev, true);
	trv_delay_us(2);
	trv_spin_lock(&b);
	trv_spin_unlock(&b);
	flags = trv_spin_lock_irqsave(&a);
	trv_spin_lock(&b);
	trv_spin_unlock(&b);
	trv_spin_unlock_irqrestore(&a, flags);
}

static void timer_unsafe_body(void)
{
	start();
	trv_timer_init(NULL, &timer, timer_fn, NULL);
	trv_timer_arm(&timer, 1);
	trv_sleep_us(10);
	trv_spin_lock(&a);
}

static void interrupt_safety(void)
{
	trips(irq_deadlock_body, LOCK_RECURSION, "is held by what was interrupted");
	trips(irq_unsafe_body, LOCK_IRQ, "\"a\" is taken in an interrupt handler");
	trips(irq_unsafe_chain_body, LOCK_IRQ, "with it held \"b\" is taken");
	trips(timer_unsafe_body, LOCK_IRQ, "\"a\" is taken in a timer function");
}

/* ---- what else is found -------------------------------------------------- */

static void recursion_body(void)
{
	start();
	trv_spin_lock(&a);
	trv_spin_lock(&a);
}

static void mutex_recursion_body(void)
{
	start();
	trv_mutex_lock(&m);
	trv_mutex_lock(&m);
}

static void unheld_body(void)
{
	start();
	trv_spin_unlock(&a);
}

static void assert_body(void)
{
	start();
	trv_mutex_assert_held(&m);
}

static void holder(void *arg)
{
	trv_spin_lock(&a);
	trv_delay_us(50);
	trv_spin_unlock(&a);
}

static void assert_other_body(void)
{
	start();
	sim_task_start("holder", 1, holder, NULL);
	trv_delay_us(10);
	trv_spin_assert_held(&a);
}

static void order_body(void)
{
	start();
	trv_spin_lock(&a);
	trv_spin_lock(&b);
	trv_spin_unlock(&b);
	trv_spin_unlock(&a);
	trv_spin_lock(&b);
	trv_spin_lock(&a);
}

static void mutex_order_body(void)
{
	struct trv_mutex third;

	start();
	trv_mutex_init(&third, "third");
	trv_mutex_lock(&m);
	trv_mutex_lock(&m2);
	trv_mutex_unlock(&m2);
	trv_mutex_unlock(&m);
	trv_mutex_lock(&m2);
	trv_mutex_lock(&third);
	trv_mutex_unlock(&third);
	trv_mutex_unlock(&m2);
	trv_mutex_lock(&third);
	trv_mutex_lock(&m);
}

static void same_class_body(void)
{
	struct trv_spin two[2];

	for (u32 i = 0; i < 2; i++)
		trv_spin_init(&two[i], "pair");
	trv_spin_lock(&two[0]);
	trv_spin_lock(&two[1]);
	trv_spin_unlock(&two[1]);
	trv_spin_unlock(&two[0]);
	trv_spin_lock(&two[1]);
	trv_spin_lock(&two[0]);
}

static void held_body(void)
{
	start();
	sim_entry_begin("queue", NULL);
	trv_spin_lock(&a);
	sim_entry_end();
}

static void irqs_left_off_body(void)
{
	unsigned long outer, inner;

	start();
	sim_entry_begin("queue", NULL);
	outer = trv_spin_lock_irqsave(&a);
	inner = trv_spin_lock_irqsave(&b);
	trv_spin_unlock_irqrestore(&a, outer);
	trv_spin_unlock_irqrestore(&b, inner);
	sim_entry_end();
}

static void released_body(void)
{
	start();
	trv_spin_lock(&a);
	sim_entry_begin("queue", NULL);
	trv_spin_unlock(&a);
	sim_entry_end();
}

static void sleep_body(void)
{
	start();
	trv_spin_lock(&a);
	trv_sleep_us(1);
}

static void mutex_in_spin_body(void)
{
	start();
	trv_spin_lock_bh(&a);
	trv_mutex_lock(&m);
}

static void sleep_with_mutex_body(void)
{
	start();
	trv_mutex_lock(&m);
	trv_sleep_us(1);
	trv_mutex_unlock(&m);
}

static void uninit_body(void)
{
	struct trv_spin l;

	memset(&l, 0, sizeof(l));
	trv_spin_lock(&l);
}

static void copied_body(void)
{
	struct trv_spin l;

	start();
	l = a;
	trv_spin_lock(&l);
}

static void wrong_kind_body(void)
{
	start();
	trv_spin_lock((struct trv_spin *)&m);
}

static void reinit_body(void)
{
	start();
	trv_spin_lock(&a);
	trv_spin_init(&a, "a");
}

static void form_body(void)
{
	unsigned long flags;

	start();
	flags = trv_spin_lock_irqsave(&a);
	(void)flags;
	trv_spin_unlock(&a);
}

static void flags_body(void)
{
	unsigned long f1, f2;

	start();
	f1 = trv_spin_lock_irqsave(&a);
	f2 = trv_spin_lock_irqsave(&b);
	trv_spin_unlock_irqrestore(&b, f1);
	trv_spin_unlock_irqrestore(&a, f2);
}

static void freed_body(void)
{
	struct trv_spin *l = trv_zalloc(NULL, sizeof(*l), TRV_SLEEP);

	trv_spin_init(l, "freed");
	trv_spin_lock(l);
	trv_free(NULL, l, sizeof(*l));
}

static void abba(void *arg)
{
	trv_mutex_lock(&m2);
	trv_sleep_us(10);
	trv_mutex_lock(&m);
}

static void deadlock_body(void)
{
	start();
	/* Real: both wait, though no order was ever seen twice before. */
	sim_task_start("abba", 1, abba, NULL);
	trv_mutex_lock(&m);
	trv_sleep_us(5);
	trv_mutex_lock(&m2);
}

static void findings(void)
{
	trips(recursion_body, LOCK_RECURSION, "already held right here");
	trips(mutex_recursion_body, LOCK_RECURSION, "mutex \"m\" (taken at machine_lock.c");
	trips(unheld_body, LOCK_UNHELD, "\"a\" is not held by anybody");
	trips(assert_body, LOCK_UNHELD, "trv_mutex_assert_held()");
	trips(assert_other_body, LOCK_UNHELD, "is held by holder, not here");
	trips(order_body, LOCK_ORDER, "\"a\" is taken here with \"b\" held");
	CU_ASSERT_STRING_EQUAL(last.site->func, "order_body");
	trips(mutex_order_body, LOCK_ORDER, "which leads to the first one");
	trips(same_class_body, LOCK_ORDER, "two locks \"pair\"");
	trips(held_body, LOCK_HELD, "queue returned with spinlock \"a\"");
	trips(irqs_left_off_body, LOCK_HELD,
	      "called with interrupts on and returned with them off");
	trips(released_body, LOCK_UNHELD, "released 1 lock of its caller");
	trips(sleep_body, CONTEXT, "spinlock \"a\" (taken at machine_lock.c");
	trips(mutex_in_spin_body, CONTEXT, "trv_mutex_lock() may sleep");
	trips(uninit_body, LOCK_UNINIT, "never initialised");
	trips(copied_body, LOCK_UNINIT, "a copy of one initialised");
	trips(wrong_kind_body, LOCK_UNINIT, "this spinlock was never initialised");
	trips(reinit_body, API, "initialised while the spinlock there is in use");
	trips(form_body, API, "ends with trv_spin_unlock_irqrestore()");
	trips(flags_body, API, "flags that its lock did not return");
	trips(freed_body, LOCK_HELD, "live spinlock");
	trips(deadlock_body, LOCK_ORDER, "\"m\" is taken here with \"m2\" held");
	passes(sleep_with_mutex_body);
}

KTAP_SUITE(exclusion, KTAP_TEST(spinlock_excludes), KTAP_TEST(mutex_is_fair),
	   KTAP_TEST(any_order_of_unlocking), KTAP_TEST(bh_excludes_timers),
	   KTAP_TEST(irqsave_excludes_interrupts), KTAP_TEST(plain_admits_interrupts));
KTAP_SUITE(checking, KTAP_TEST(interrupt_safety), KTAP_TEST(findings));
KTAP_MAIN(&exclusion, &checking);
