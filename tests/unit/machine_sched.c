// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The machine: time, two CPUs, who goes when, and how runs end. */
#include "machine_test.h"

/* ---- time ---------------------------------------------------------------- */

static void time_body(void)
{
	u64 t0 = trv_time_ns(), start = sim_now();

	trv_delay_ns(400);
	sim_expect(sim_now() - start >= 400);
	start = sim_now();
	trv_delay_us(1000);
	sim_expect(sim_now() - start >= 1000000);
	sim_expect(sim_now() - start < 1000200);
	start = sim_now();
	trv_sleep_us(50000);
	sim_expect(sim_now() - start >= 50000000);
	sim_expect(sim_now() - start < 50001000);
	sim_expect(trv_time_ns() - t0 >= 51000400);
	sim_expect(t0 != 0);
}

static void time_passes_in_entries(void)
{
	passes(time_body);
}

static void long_delay_body(void)
{
	trv_delay_us(1001);
}

static void long_delay_is_reported(void)
{
	trips(long_delay_body, API, "slept, not spun");
	CU_ASSERT_STRING_EQUAL(last.site->func, "long_delay_body");
}

static char order[16];
static u32 n_order;

static void note(void *arg)
{
	order[n_order++] = *(const char *)arg;
	order[n_order] = '\0';
}

static void events_body(void)
{
	struct sim_event *ev = sim_own(4 * sizeof(*ev));
	static const char names[] = "abcd";

	n_order = 0;
	for (u32 i = 0; i < 4; i++)
		sim_event_init(&ev[i], "test", note, (void *)&names[i]);
	sim_event_in(&ev[0], 300);
	sim_event_in(&ev[1], 100);
	sim_event_in(&ev[2], 100);
	sim_event_in(&ev[3], 50);
	sim_expect(sim_event_pending(&ev[0]));
	sim_event_in(&ev[0], 100); /* moved behind the others of that time */
	sim_expect(sim_event_cancel(&ev[3]));
	sim_expect(!sim_event_cancel(&ev[3]));
	trv_delay_ns(99);
	sim_expect(n_order == 3 || sim_now() < 100);
	trv_delay_ns(10);
	sim_expect(!sim_event_pending(&ev[0]));
	sim_expect(!strcmp(order, "bca"));
}

static void events_keep_their_order(void)
{
	passes(events_body);
}

static void many_events_body(void)
{
	enum { N = 500 };
	static u32 seen;
	struct sim_event *ev = sim_own(N * sizeof(*ev));
	u64 x = 1;

	n_order = 0;
	seen = 0;
	for (u32 i = 0; i < N; i++) {
		sim_event_init(&ev[i], "test", note, (void *)"x");
		x = x * 6364136223846793005ULL + 1;
		sim_event_in(&ev[i], 1000 + (x >> 40) % 5000);
		if (i % 3 == 2)
			sim_event_cancel(&ev[i - 1]);
	}
	/* What is left runs in order of time, however it was put in and taken out. */
	for (u64 t = 0; t < 8000; t += 1) {
		n_order = 0;
		trv_delay_ns(1);
		seen += n_order;
		for (u32 i = 0; i < N && t % 100 == 0; i++)
			sim_expect(!sim_event_pending(&ev[i]) || ev[i].due > sim_now());
	}
	sim_expect_eq(seen, N - N / 3);
}

static void many_events_all_happen(void)
{
	passes(many_events_body);
}

/* ---- two CPUs ------------------------------------------------------------ */

static u64 stamps[400];
static u32 n_stamps;
static u32 cpus_seen;

static void stamper(void *arg)
{
	for (u32 i = 0; i < 100; i++) {
		stamps[n_stamps++] = trv_time_ns();
		cpus_seen |= 1U << sim_cpu();
		trv_delay_ns((u32)(uintptr_t)arg);
	}
}

static void parallel_body(void)
{
	struct sim_task *t;
	u64 start = sim_now();
	u32 swaps = 0;

	n_stamps = 0;
	cpus_seen = 0;
	t = sim_task_start("other", 1, stamper, (void *)700);
	stamper((void *)300);
	sim_task_join(t);
	sim_expect_eq(n_stamps, 200);
	sim_expect_eq(cpus_seen, 3);
	for (u32 i = 1; i < n_stamps; i++) {
		sim_expect(stamps[i] >= stamps[i - 1]); /* one clock, whoever asks */
		swaps += stamps[i] - stamps[i - 1] < 300;
	}
	sim_expect(swaps > 50);		       /* they took turns */
	sim_expect(sim_now() - start < 80000); /* and did not add up */
}

static void cpus_run_side_by_side(void)
{
	passes(parallel_body);
}

static void determinism(void)
{
	u64 hash;

	passes(parallel_body);
	hash = last.hash;
	passes(time_body);
	CU_ASSERT_NOT_EQUAL(last.hash, hash);
	passes(parallel_body);
	CU_ASSERT_EQUAL(last.hash, hash);
}

static volatile u32 flag;

static void set_flag(void *arg)
{
	trv_delay_us(20);
	flag = 1;
}

static void relax_body(void)
{
	u32 turns = 0;

	flag = 0;
	/* Even on the same CPU: a spin that may be preempted is. */
	sim_task_start("setter", 0, set_flag, NULL);
	while (!flag && ++turns < 1000)
		trv_cpu_relax();
	sim_expect(flag);
	flag = 0;
	sim_task_start("setter", 1, set_flag, NULL);
	for (turns = 0; !flag && turns < 1000; turns++)
		trv_cpu_relax();
	sim_expect(flag);
	sim_expect(turns > 10);
	sim_sleep(1000);
}

static void relax_lets_others_run(void)
{
	passes(relax_body);
}

static void hog(void *arg)
{
	while (!flag)
		trv_time_ns();
}

static void slices_body(void)
{
	struct sim_task *t;

	flag = 0;
	t = sim_task_start("hog", 0, hog, NULL);
	sim_sleep(100000); /* the hog has the CPU, and loses it when its slice ends */
	flag = 1;
	sim_task_join(t);
	sim_expect(sim_now() < 10000000);
}

static void slices_end(void)
{
	passes(slices_body);
}

static void first(void *arg)
{
	note("1");
}

static void second(void *arg)
{
	note("2");
}

static void switch_body(void)
{
	struct sim_task *a, *b;

	n_order = 0;
	a = sim_task_start("a", 0, first, NULL);
	b = sim_task_start("b", 0, second, NULL);
	sim_task_join(a);
	sim_task_join(b);
}

static void choice_switches(void)
{
	passes(switch_body);
	CU_ASSERT_STRING_EQUAL(order, "12");
	passes_with(switch_body, "#0");
	CU_ASSERT_STRING_EQUAL(order, "21");
}

/* ---- waiting ------------------------------------------------------------- */

static bool flagged(void *arg)
{
	return flag;
}

static void flag_event(void *arg)
{
	flag = 1;
}

static void wait_body(void)
{
	struct sim_event *ev = sim_own(sizeof(*ev));
	u64 start;

	flag = 0;
	sim_event_init(ev, "flag", flag_event, NULL);
	sim_event_in(ev, 5000);
	start = sim_now();
	sim_expect(!sim_wait(flagged, NULL, 4000));
	sim_expect_eq(sim_now() - start, 4000);
	sim_expect(sim_wait(flagged, NULL, ~0ULL));
	sim_expect_eq(sim_now() - start, 5000);
	sim_expect(sim_wait(flagged, NULL, 0));
	flag = 0;
	sim_expect(!sim_wait(flagged, NULL, 0));
	/* Something another CPU does without a word to anybody. */
	sim_task_start("setter", 1, set_flag, NULL);
	sim_expect(sim_wait(flagged, NULL, 1000000));
}

static void waits_end_in_time(void)
{
	passes(wait_body);
}

static void returns_soon(void *arg)
{
	trv_delay_ns(10);
}

static void many_tasks_body(void)
{
	for (u32 i = 0; i < 3000; i++)
		sim_task_join(sim_task_start("short", i & 1, returns_soon, NULL));
}

static void stacks_are_used_again(void)
{
	passes(many_tasks_body);
}

/* ---- endings ------------------------------------------------------------- */

static void wait_for_ever(void *arg)
{
	sim_wait(flagged, NULL, ~0ULL);
}

static void deadlock_body(void)
{
	flag = 0;
	sim_task_start("stuck", 1, wait_for_ever, NULL);
	trv_delay_us(1);
	wait_for_ever(NULL);
}

static void deadlock_is_found(void)
{
	trips(deadlock_body, DEADLOCK, "main on CPU0 waits for a condition");
	CU_ASSERT(strstr(last.message, "stuck on CPU1") != NULL);
}

static void endless_body(void)
{
	sim_budget(100000, ~0ULL);
	for (;;)
		trv_time_ns();
}

static void hang_by_entries(void)
{
	trips(endless_body, HANG, "100000 entries");
	CU_ASSERT_STRING_EQUAL(last.site->func, "endless_body");
}

static void sleepless_body(void)
{
	sim_budget(100000, 10000000000ULL);
	for (;;)
		trv_sleep_us(1000000);
}

static void hang_by_time(void)
{
	trips(sleepless_body, HANG, "10 s of virtual time");
}

static struct sim_event *again;

static void rearm(void *arg)
{
	sim_event_in(again, 0);
}

static void instant_body(void)
{
	again = sim_own(sizeof(*again));
	sim_event_init(again, "again", rearm, NULL);
	sim_event_in(again, 0);
	trv_delay_us(1);
}

static void hang_at_one_instant(void)
{
	trips(instant_body, HANG, "entries and events");
}

static void device_calls(void *arg)
{
	trv_delay_ns(1);
}

static void device_calls_body(void)
{
	again = sim_own(sizeof(*again));
	sim_event_init(again, "cheeky", device_calls, NULL);
	sim_event_in(again, 10);
	trv_delay_us(1);
}

static void device_may_not_call(void)
{
	trips(device_calls_body, API, "the device called trv_delay_ns() from its event \"cheeky\"");
}

static void fails_far_away(void *arg)
{
	trv_delay_us(3);
	sim_fail(SIM_DATA, SIM_SITE, "far away");
}

static void abort_body(void)
{
	sim_task_start("far", 1, fails_far_away, NULL);
	for (;;)
		trv_delay_us(10);
}

static void abort_from_anywhere(void)
{
	for (u32 i = 0; i < 200; i++) {
		trips(abort_body, DATA, "far away");
		CU_ASSERT_STRING_EQUAL(last.where, "task far, CPU1");
	}
	passes(time_body);
}

static void unjoined_body(void)
{
	flag = 0;
	sim_task_start("lost", 1, wait_for_ever, NULL);
	trv_delay_us(1);
}

static void task_left_over(void)
{
	trips(unjoined_body, TIMER_LEAK, "task lost never returned");
}

static void entries_body(void)
{
	sim_entry_begin("queue", "a class op marked atomic");
	trv_sleep_us(1);
}

static void atomic_entry(void)
{
	trips(entries_body, CONTEXT,
	      "trv_sleep_us() may sleep, but this is queue, a class op marked atomic");
}

/* ---- a signal and a time-out --------------------------------------------- */

static struct trv_event late_event;
static int late_rc[2];

static void late_waiter(void *arg)
{
	late_rc[0] = trv_event_wait(&late_event, 10);
	late_rc[1] = trv_event_wait(&late_event, 10);
}

/* Woken in time, it waits for its CPU when the time is over: that is no second reason to wake. */
static void signal_then_time_out_body(void)
{
	struct sim_task *task;

	trv_event_init(&late_event);
	task = sim_task_start("waiter", 0, late_waiter, NULL);
	trv_sleep_us(5);
	trv_event_signal(&late_event);
	trv_event_reset(&late_event);
	trv_delay_us(50);
	sim_task_join(task);
	sim_expect_eq(late_rc[0], 0);
	sim_expect_eq(late_rc[1], -ETIMEDOUT);
}

static void signal_then_time_out(void)
{
	passes(signal_then_time_out_body);
}

KTAP_SUITE(clock_and_cpus, KTAP_TEST(signal_then_time_out), KTAP_TEST(time_passes_in_entries),
	   KTAP_TEST(long_delay_is_reported), KTAP_TEST(events_keep_their_order),
	   KTAP_TEST(many_events_all_happen), KTAP_TEST(cpus_run_side_by_side),
	   KTAP_TEST(determinism), KTAP_TEST(relax_lets_others_run), KTAP_TEST(slices_end),
	   KTAP_TEST(choice_switches), KTAP_TEST(waits_end_in_time),
	   KTAP_TEST(stacks_are_used_again));
KTAP_SUITE(endings, KTAP_TEST(deadlock_is_found), KTAP_TEST(hang_by_entries),
	   KTAP_TEST(hang_by_time), KTAP_TEST(hang_at_one_instant), KTAP_TEST(device_may_not_call),
	   KTAP_TEST(abort_from_anywhere), KTAP_TEST(task_left_over), KTAP_TEST(atomic_entry));
KTAP_MAIN(&clock_and_cpus, &endings);
