// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Work, timers and events. */
#include "machine_test.h"

static struct trv_work w, w2;
static struct trv_timer t, t2;
static struct trv_event e, gate;
static struct trv_spin lock;
static u32 runs, inside, most_inside, busy_us, requeue;
static u32 cpu;
static bool sleeps, atomic;
static u64 ran_at;
static u32 n_late_runs;

static void in(void)
{
	runs++;
	if (++inside > most_inside)
		most_inside = inside;
	cpu = sim_cpu();
	atomic = sim_atomic() != NULL;
	ran_at = sim_now();
}

static void work_fn(void *arg)
{
	in();
	if (sleeps)
		trv_sleep_us(busy_us);
	else
		trv_delay_us(busy_us);
	if (requeue) {
		requeue--;
		trv_work_queue(&w);
	}
	inside--;
}

static void other_fn(void *arg)
{
	trv_event_signal(arg);
}

static void start(void)
{
	runs = inside = most_inside = requeue = 0;
	busy_us = 10;
	sleeps = false;
	trv_work_init(NULL, &w, work_fn, NULL);
	trv_work_init(NULL, &w2, other_fn, &e);
	trv_event_init(&e);
	trv_event_init(&gate);
	trv_spin_init(&lock, "lock");
}

/* ---- work ---------------------------------------------------------------- */

static void work_body(void)
{
	start();
	sim_expect(trv_work_queue(&w));
	sim_expect(!trv_work_queue(&w));
	while (!inside)
		trv_cpu_relax();
	sim_expect(!atomic && cpu == 1);
	sim_expect(trv_work_queue(&w)); /* it runs: once more, later */
	sim_sleep(1000000);
	sim_expect_eq(runs, 2);
	sim_expect_eq(most_inside, 1);
	requeue = 5;
	sim_expect(trv_work_queue(&w));
	sim_sleep(1000000);
	sim_expect_eq(runs, 8);
	sim_expect(!trv_work_cancel_sync(&w));
}

static void work_runs(void)
{
	passes(work_body);
}

static void cancel_work_body(void)
{
	start();
	sleeps = true;
	trv_work_queue(&w);
	sim_expect(trv_work_cancel_sync(&w)); /* nobody was there yet */
	sim_sleep(100000);
	sim_expect_eq(runs, 0);
	trv_work_queue(&w);
	trv_sleep_us(5);
	sim_expect_eq(inside, 1);
	sim_expect(!trv_work_cancel_sync(&w));
	sim_expect_eq(inside, 0);
	sim_expect_eq(runs, 1);
	/* One that would go on for ever is over, too. */
	requeue = 100;
	trv_work_queue(&w);
	trv_sleep_us(5);
	trv_work_cancel_sync(&w);
	sim_sleep(1000000);
	sim_expect_eq(runs, 2);
	requeue = 0;
	sim_expect(trv_work_queue(&w));
	sim_sleep(100000);
	sim_expect_eq(runs, 3);
}

static void cancel_work(void)
{
	passes(cancel_work_body);
}

static void waiting_fn(void *arg)
{
	runs++;
	sim_expect_eq(trv_event_wait(&e, 1000000), 0);
	runs++;
}

static void sleeping_worker_body(void)
{
	start();
	trv_work_init(NULL, &w, waiting_fn, NULL);
	trv_work_queue(&w);
	trv_sleep_us(10);
	sim_expect_eq(runs, 1);
	trv_work_queue(&w2); /* what the first one waits for */
	trv_sleep_us(10);
	sim_expect_eq(runs, 2);
}

static void sleeping_worker_blocks_nobody(void)
{
	passes(sleeping_worker_body);
}

static void self_cancel_fn(void *arg)
{
	trv_work_cancel_sync(&w);
}

static void self_cancel_body(void)
{
	start();
	trv_work_init(NULL, &w, self_cancel_fn, NULL);
	trv_work_queue(&w);
	trv_sleep_us(100);
}

static void freed_work_body(void)
{
	struct trv_work *work = trv_zalloc(NULL, sizeof(*work), TRV_SLEEP);

	start();
	trv_work_init(NULL, work, work_fn, NULL);
	trv_work_queue(work);
	trv_free(NULL, work, sizeof(*work));
}

static void left_work_body(void)
{
	start();
	sleeps = true;
	busy_us = 1000;
	trv_work_queue(&w);
	trv_sleep_us(100);
}

static void misused_work(void)
{
	trips(self_cancel_body, DEADLOCK, "from its own function");
	trips(freed_work_body, TIMER_LEAK, "live work");
	trips(left_work_body, TIMER_LEAK, "still runs");
}

/* ---- timers -------------------------------------------------------------- */

static void timer_fn(void *arg)
{
	in();
	trv_delay_us(busy_us);
	if (requeue) {
		requeue--;
		trv_timer_arm(arg, 20);
	}
	inside--;
}

static void timer_body(void)
{
	u64 from;

	start();
	busy_us = 1;
	trv_timer_init(NULL, &t, timer_fn, &t);
	from = sim_now();
	trv_timer_arm(&t, 100);
	trv_delay_us(90);
	sim_expect_eq(runs, 0);
	trv_delay_us(20);
	sim_expect_eq(runs, 1);
	sim_expect(ran_at - from >= 100000 && ran_at - from < 101000);
	sim_expect(atomic);
	/* Moved to later, and to earlier. */
	trv_timer_arm(&t, 50);
	trv_delay_us(30);
	trv_timer_arm(&t, 50);
	trv_delay_us(40);
	sim_expect_eq(runs, 1);
	trv_timer_arm(&t, 5);
	trv_delay_us(10);
	sim_expect_eq(runs, 2);
	trv_sleep_us(1000);
	sim_expect_eq(runs, 2);
	requeue = 3;
	trv_timer_arm(&t, 0);
	trv_sleep_us(1000);
	sim_expect_eq(runs, 6);
	sim_expect(!trv_timer_cancel_sync(&t));
	trv_timer_arm(&t, 50);
	sim_expect(trv_timer_cancel_sync(&t));
	trv_sleep_us(100);
	sim_expect_eq(runs, 6);
}

static void timers(void)
{
	passes(timer_body);
}

static void arm_on_1(void *arg)
{
	trv_timer_arm(&t, 5);
	trv_delay_us(1);
}

static void cancel_timer_body(void)
{
	start();
	busy_us = 100;
	trv_timer_init(NULL, &t, timer_fn, &t);
	sim_task_join(sim_task_start("arms", 1, arm_on_1, NULL));
	while (!inside)
		trv_cpu_relax();
	sim_expect_eq(cpu, 1);
	requeue = 1; /* it will want to run again */
	sim_expect(!trv_timer_cancel_sync(&t));
	sim_expect_eq(inside, 0);
	sim_expect_eq(requeue, 0);
	trv_sleep_us(1000);
	sim_expect_eq(runs, 1);
	busy_us = 1;
	trv_timer_arm(&t, 5);
	trv_sleep_us(10);
	sim_expect_eq(runs, 2);
}

static void cancel_timer(void)
{
	passes(cancel_timer_body);
}

static void late_body(void)
{
	start();
	busy_us = 1;
	trv_timer_init(NULL, &t, timer_fn, &t);
	trv_timer_arm(&t, 100);
	trv_sleep_us(200);
	n_late_runs = runs;
	trv_sleep_us(100000);
	sim_expect_eq(runs, 1);
}

static void timers_may_be_late(void)
{
	passes(late_body);
	CU_ASSERT_EQUAL(n_late_runs, 1);
	passes_with(late_body, "timer@machine_defer.c:late_body#1");
	CU_ASSERT_EQUAL(n_late_runs, 0);
}

static void sleepy_fn(void *arg)
{
	trv_sleep_us(1);
}

static void sleepy_timer_body(void)
{
	start();
	trv_timer_init(NULL, &t, sleepy_fn, NULL);
	trv_timer_arm(&t, 1);
	trv_delay_us(10);
}

static void armed_timer_body(void)
{
	start();
	trv_timer_init(NULL, &t, timer_fn, &t);
	trv_timer_arm(&t, 1000000);
}

static void rearmed_init_body(void)
{
	start();
	trv_timer_init(NULL, &t, timer_fn, &t);
	trv_timer_arm(&t, 1000000);
	trv_timer_init(NULL, &t, timer_fn, &t);
}

static void freed_timer_body(void)
{
	struct trv_timer *timer = trv_zalloc(NULL, sizeof(*timer), TRV_SLEEP);

	trv_timer_init(NULL, timer, timer_fn, timer);
	trv_timer_arm(timer, 1);
	trv_free(NULL, timer, sizeof(*timer));
}

static void misused_timers(void)
{
	trips(sleepy_timer_body, CONTEXT, "this is a timer function");
	trips(armed_timer_body, TIMER_LEAK, "still armed");
	trips(rearmed_init_body, API, "in use");
	trips(freed_timer_body, TIMER_LEAK, "live timer");
}

/* ---- events -------------------------------------------------------------- */

static u32 woken;

static void waiter(void *arg)
{
	sim_expect_eq(trv_event_wait(&e, 1000000), 0);
	woken++;
}

static void event_body(void)
{
	struct sim_task *a, *b;
	u64 from;

	start();
	woken = 0;
	from = sim_now();
	sim_expect_eq(trv_event_wait(&e, 50), -ETIMEDOUT);
	sim_expect(sim_now() - from >= 50000);
	sim_expect_eq(trv_event_wait(&e, 0), -ETIMEDOUT);
	trv_event_signal(&e);
	from = sim_now();
	sim_expect_eq(trv_event_wait(&e, 1000), 0);  /* before the wait: counts */
	sim_expect_eq(trv_event_wait(&e, ~0ULL), 0); /* and stays */
	sim_expect(sim_now() - from < 1000);
	trv_event_reset(&e);
	sim_expect_eq(trv_event_wait(&e, 1), -ETIMEDOUT);

	a = sim_task_start("a", 0, waiter, NULL);
	b = sim_task_start("b", 1, waiter, NULL);
	trv_sleep_us(10);
	sim_expect_eq(woken, 0);
	trv_spin_lock(&lock);
	trv_event_signal(&e);
	trv_event_reset(&e); /* who waited was woken all the same */
	trv_spin_unlock(&lock);
	sim_task_join(a);
	sim_task_join(b);
	sim_expect_eq(woken, 2);
}

static void events(void)
{
	passes(event_body);
}

static void signal_later(void *arg)
{
	trv_event_signal(&e);
}

static void timer_signals_body(void)
{
	start();
	trv_timer_init(NULL, &t2, signal_later, NULL);
	trv_timer_arm(&t2, 30);
	sim_expect_eq(trv_event_wait(&e, ~0ULL), 0);
	sim_expect(sim_now() < 40000);
}

static void woken_by_a_timer(void)
{
	passes(timer_signals_body);
}

KTAP_SUITE(work, KTAP_TEST(work_runs), KTAP_TEST(cancel_work),
	   KTAP_TEST(sleeping_worker_blocks_nobody), KTAP_TEST(misused_work));
KTAP_SUITE(timing, KTAP_TEST(timers), KTAP_TEST(cancel_timer), KTAP_TEST(timers_may_be_late),
	   KTAP_TEST(misused_timers));
KTAP_SUITE(waiting, KTAP_TEST(events), KTAP_TEST(woken_by_a_timer));
KTAP_MAIN(&work, &timing, &waiting);
