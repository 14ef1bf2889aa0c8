// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Exploration: what it must find at which depth, the three oracles, and workers that die. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <os/test-sim/explore.h>
#include <trivet/hw/edu.h>
#include "ktap.h"

#define KIND(k) (1u << SIM_K_##k)
#define ALL_KINDS ((1u << SIM_N_KINDS) - 1)

static struct {
	struct sim_explored e;
	struct sim_failure first;
} got[16];
static u32 n_got;
static struct sim_explore_sum sum;

static void done(const struct sim_explored *e, void *arg)
{
	if (n_got == TRV_ARRAY_SIZE(got))
		return;
	got[n_got].e = *e;
	if (e->n_failures)
		got[n_got].first = e->failures[0];
	n_got++;
}

static struct sim_explore how_to(u32 depth)
{
	return (struct sim_explore){
		.depth = depth,
		.jobs = 2,
		.kinds = ALL_KINDS,
		.done = done,
	};
}

static void explore_with(struct sim_explore how, const char *name)
{
	const struct sim_scenario *s = sim_scenario_find(name);

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	how.scenarios = &s;
	how.n = 1;
	n_got = 0;
	memset(got, 0, sizeof(got));
	free(sum.sites);
	CU_ASSERT_EQUAL_FATAL(sim_explore(&how, &sum), 0);
	CU_ASSERT_EQUAL(n_got, 1);
}

static void explore(const char *name, u32 depth)
{
	explore_with(how_to(depth), name);
}

/* One failure, of this id, by these deviations; and replaying those shows it again. */
static void found(const char *id, const char *list)
{
	struct sim_deviation dev[SIM_MAX_DEVIATIONS];
	struct sim_result r;
	char err[256];
	int n;

	CU_ASSERT_EQUAL(got[0].e.n_failures, 1);
	CU_ASSERT_STRING_EQUAL(got[0].first.id, id);
	CU_ASSERT_STRING_EQUAL(got[0].first.list, list);
	n = sim_deviations_parse(got[0].first.list, dev, SIM_MAX_DEVIATIONS, err, sizeof(err));
	CU_ASSERT_EQUAL_FATAL(n, (int)got[0].first.n_deviations);
	sim_run(got[0].e.scenario, dev, (u32)n, false, &r);
	CU_ASSERT_FALSE(r.pass);
	CU_ASSERT_STRING_EQUAL(r.id, id);
	CU_ASSERT_STRING_EQUAL(r.unmet, "");
}

static void nothing_found(void)
{
	if (got[0].e.n_failures)
		ktap_note("%s: %s by %s", got[0].first.id, got[0].first.message, got[0].first.list);
	CU_ASSERT_EQUAL(got[0].e.n_failures, 0);
	CU_ASSERT_TRUE(got[0].e.complete);
	CU_ASSERT_EQUAL(sum.failures, 0);
}

/* ---- a small driver ------------------------------------------------------ */

static struct {
	struct trv_mmio regs;
	bool alloced, attached;
	u32 counter, *count; /* the handler's */
	bool late;	     /* the bug: set up after the handler is attached */
	bool leaks;	     /* another: giving up costs memory */
} drv;

static enum trv_irq_ret handle(void *arg)
{
	u32 causes = trv_read32(drv.regs, EDU_IRQ_STATUS);

	if (!drv.count)
		sim_fail(SIM_MEM_UNINIT, SIM_SITE, "the handler ran before there was a counter");
	if (!causes || causes == ~0u)
		return TRV_IRQ_NONE;
	trv_write32(drv.regs, EDU_IRQ_ACK, causes);
	*drv.count += 1;
	return TRV_IRQ_HANDLED;
}

static void take_down(struct trv_dev *dev)
{
	if (drv.attached)
		trv_irq_detach(dev, 0);
	if (drv.alloced)
		trv_irq_free(dev);
	trv_bar_unmap(dev, &drv.regs);
}

static int bring_up(struct trv_dev *dev)
{
	static const struct trv_irq_handler handler = { .fn = handle };
	enum trv_irq_kind kind;
	int rc;

	if ((trv_read32(drv.regs, EDU_ID) & EDU_ID_MAGIC) != EDU_ID_IS_EDU)
		return -ENODEV;
	rc = trv_irq_alloc(dev, 1, 1, TRV_IRQ_INTX, &kind);
	if (rc < 0)
		return rc;
	drv.alloced = true;
	if (!drv.late)
		drv.count = &drv.counter;
	rc = trv_irq_attach(dev, 0, &handler, NULL, "unit");
	if (rc)
		return rc;
	drv.attached = true;
	drv.count = &drv.counter;
	return 0;
}

static int probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	int rc;

	memset(&drv, 0, offsetof(typeof(drv), late));
	rc = trv_bar_map(dev, EDU_BAR, EDU_BAR_LEN, &drv.regs);
	if (rc)
		return rc;
	rc = bring_up(dev);
	if (rc) {
		take_down(dev);
		if (drv.leaks)
			(void)!trv_alloc(dev, 16, TRV_SLEEP);
	}
	return rc;
}

static const struct trv_pci_id ids[] = { { .vendor = EDU_VENDOR_ID, .device = EDU_DEVICE_ID },
					 { 0 } };
static const struct trv_driver driver = {
	.name = "unit", .ids = ids, .probe = probe, .remove = take_down
};

static struct trv_dev *plug(bool late, bool leaks)
{
	struct trv_dev *dev = sim_plug("edu,msi=off");

	sim_expect(dev);
	drv.late = late;
	drv.leaks = leaks;
	return dev;
}

static int bind(struct trv_dev *dev)
{
	int rc = sim_bind_to(dev, &driver);

	if (sim_class_reached() == SIM_SCHEDULE)
		sim_expect_eq(rc, 0);
	return rc;
}

/* ---- depth --------------------------------------------------------------- */

SIM_SCENARIO(x_good, "x/good", "probe and remove")
{
	struct trv_dev *dev = plug(false, false);

	if (!bind(dev))
		sim_unbind(dev);
}

SIM_SCENARIO(x_race, "x/race", "the same, with a handler that may come too early")
{
	struct trv_dev *dev = plug(true, false);

	if (!bind(dev))
		sim_unbind(dev);
}

static void a_good_driver_is_clean(void)
{
	explore("x/good", 2);
	nothing_found();
	CU_ASSERT(sum.kind_runs[SIM_K_GONE] > 0);
	CU_ASSERT(sum.kind_runs[SIM_K_SPURIOUS] > 0);
	CU_ASSERT(got[0].e.runs[2] > 0);
	CU_ASSERT_EQUAL(sum.runs, got[0].e.runs[0] + got[0].e.runs[1] + got[0].e.runs[2]);
}

static void a_race_needs_one_deviation(void)
{
	explore("x/race", 0);
	nothing_found();
	CU_ASSERT_EQUAL(got[0].e.runs[0], 1);
	CU_ASSERT_EQUAL(got[0].e.runs[1], 0);
	explore("x/race", 1);
	found("mem-uninit-explore.c:handle", "spurious@explore.c:bring_up#1");
	CU_ASSERT_EQUAL(got[0].first.class, SIM_SCHEDULE);
}

SIM_SCENARIO(x_pair, "x/pair", "copes with either of two missing, and not with both")
{
	void *one = trv_alloc(NULL, 8, TRV_SLEEP);
	void *two = trv_alloc(NULL, 8, TRV_SLEEP);

	sim_expect(one || two);
	trv_free(NULL, one, 8);
	trv_free(NULL, two, 8);
}

static void a_pair_needs_two(void)
{
	explore("x/pair", 1);
	nothing_found();
	CU_ASSERT_EQUAL(got[0].e.runs[1], 2);
	explore("x/pair", 2);
	found("expect-x_pair-expected-one-two@x/pair",
	      "alloc@explore.c:x_pair#1,alloc@explore.c:x_pair#2");
	/* One after the other, never the same twice, never backwards. */
	CU_ASSERT_EQUAL(got[0].e.runs[2], 1);
	explore("x/pair", 3);
	CU_ASSERT_EQUAL(got[0].e.n_failures, 1);
}

SIM_SCENARIO(x_triple, "x/triple", "needs one of three")
{
	void *p[3];

	for (u32 i = 0; i < 3; i++)
		p[i] = trv_alloc(NULL, 8, TRV_SLEEP);
	sim_expect(p[0] || p[1] || p[2]);
	for (u32 i = 0; i < 3; i++)
		trv_free(NULL, p[i], 8);
}

static void a_triple_needs_three(void)
{
	explore("x/triple", 2);
	nothing_found();
	explore("x/triple", 3);
	found("expect-x_triple-expected-p-0-p-1-p-2@x/triple",
	      "alloc@explore.c:x_triple#1,alloc@explore.c:x_triple#2,alloc@explore.c:x_triple#3");
	CU_ASSERT_EQUAL(got[0].e.runs[1], 3);
	CU_ASSERT_EQUAL(got[0].e.runs[2], 3);
	CU_ASSERT_EQUAL(got[0].e.runs[3], 1);
}

/* What is found is the same for one worker and for four, whoever is first. */
static void workers_do_not_matter(void)
{
	static const char *const names[] = { "x/pair", "x/good", "x/triple", "x/race" };
	struct sim_explore how = how_to(2);

	for (u32 i = 0; i < TRV_ARRAY_SIZE(names); i++) {
		struct sim_explored e;
		struct sim_failure f;
		u64 runs, answers;

		how.jobs = 1;
		explore_with(how, names[i]);
		e = got[0].e;
		f = got[0].first;
		runs = sum.runs;
		answers = sum.kind_answers[SIM_K_ALLOC];
		how.jobs = 4;
		explore_with(how, names[i]);
		CU_ASSERT_EQUAL(sum.runs, runs);
		CU_ASSERT_EQUAL(sum.kind_answers[SIM_K_ALLOC], answers);
		CU_ASSERT_EQUAL(got[0].e.n_failures, e.n_failures);
		CU_ASSERT_EQUAL(got[0].e.twice, e.twice);
		CU_ASSERT_EQUAL(got[0].first.runs, f.runs);
		CU_ASSERT_STRING_EQUAL(got[0].first.list, f.list);
	}
}

/* ---- oracles ------------------------------------------------------------- */

SIM_SCENARIO(x_demands, "x/demands", "expects a resource to be there")
{
	void *p = trv_alloc(NULL, 8, TRV_SLEEP);

	sim_expect(p);
	trv_free(NULL, p, 8);
}

static void a_resource_fault_excuses_nobody(void)
{
	explore("x/demands", 1);
	found("expect-x_demands-expected-p@x/demands", "alloc@explore.c:x_demands#1");
	CU_ASSERT_EQUAL(got[0].first.class, SIM_RESOURCE);
}

static u32 recoveries;

static void recovery(struct trv_dev *dev)
{
	recoveries++;
	sim_expect_eq(sim_class_reached(), SIM_SCHEDULE);
	bind(dev);
	sim_unbind(dev);
}

static void no_recovery(struct trv_dev *dev)
{
	void *p = trv_alloc(dev, 8, TRV_SLEEP);

	trv_free(dev, p, 8);
	sim_fail(SIM_EXPECT, SIM_SITE, "it does not work any more");
}

SIM_SCENARIO(x_recovers, "x/recovers", "binds again after a fault")
{
	struct trv_dev *dev = plug(false, false);

	sim_recover_with(dev, recovery);
	if (!bind(dev))
		sim_unbind(dev);
}

SIM_SCENARIO(x_stays_down, "x/stays-down", "a fault is for ever")
{
	struct trv_dev *dev = plug(false, false);

	sim_recover_with(dev, no_recovery);
	if (!bind(dev))
		sim_unbind(dev);
}

static void recovery_follows_a_resource_fault(void)
{
	struct sim_deviation d = { .index = SIM_BY_NAME,
				   .alt = 1,
				   .kind = SIM_K_BAR,
				   .where = "explore.c:probe",
				   .occurrence = 1 };
	const struct sim_scenario *s = sim_scenario_find("x/recovers");
	struct sim_result r;
	size_t points;

	recoveries = 0;
	sim_run(s, NULL, 0, false, &r);
	CU_ASSERT_TRUE(r.pass);
	CU_ASSERT_EQUAL(recoveries, 0);
	sim_run(s, &d, 1, false, &r);
	CU_ASSERT_TRUE(r.pass);
	CU_ASSERT_EQUAL(recoveries, 1);
	CU_ASSERT_EQUAL(r.class, SIM_RESOURCE);
	/* It is a nice day, and offers no point to deviate at. */
	sim_points(&points);
	CU_ASSERT_EQUAL(points, r.points);
	explore("x/recovers", 2);
	nothing_found();
}

static void a_device_that_stays_down_is_found(void)
{
	explore_with((struct sim_explore){ .depth = 1,
					   .jobs = 2,
					   .kinds = KIND(BAR) | KIND(IRQ_REQ) | KIND(GONE),
					   .done = done },
		     "x/stays-down");
	CU_ASSERT_EQUAL(got[0].e.n_failures, 1);
	CU_ASSERT_STRING_EQUAL(
		got[0].first.id,
		"expect-no_recovery-it-does-not-work-any-more-recovering@x/stays-down");
	CU_ASSERT_EQUAL(got[0].first.class, SIM_RESOURCE);
	CU_ASSERT_EQUAL(got[0].first.runs, sum.kind_runs[SIM_K_BAR] + sum.kind_runs[SIM_K_IRQ_REQ]);
}

SIM_SCENARIO(x_trusts, "x/trusts", "expects a device that may lie to work")
{
	struct trv_dev *dev = plug(false, false);

	sim_expect_eq(sim_bind_to(dev, &driver), 0);
	sim_expect_eq(trv_read32(drv.regs, EDU_ID) & EDU_ID_MAGIC, EDU_ID_IS_EDU);
}

SIM_SCENARIO(x_leaks, "x/leaks", "the same, and giving up costs memory")
{
	struct trv_dev *dev = plug(false, true);

	sim_expect_eq(sim_bind_to(dev, &driver), 0);
}

static void hostile(const char *name)
{
	explore_with(
		(struct sim_explore){ .depth = 1, .jobs = 2, .kinds = KIND(GONE), .done = done },
		name);
}

static void a_hostile_device_excuses_the_body(void)
{
	hostile("x/trusts");
	nothing_found();
	/* In probe and after it; what was bound was unbound, and looked at. */
	CU_ASSERT(got[0].e.excused >= 3);
}

static void but_not_the_driver(void)
{
	hostile("x/leaks");
	CU_ASSERT_EQUAL(got[0].e.n_failures, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(got[0].first.id, "leak-mem"));
	CU_ASSERT_EQUAL(got[0].first.class, SIM_HOSTILE);
}

static bool reads_ones(u32 n)
{
	return trv_read32(drv.regs, n) == ~0u;
}

static void reader(void *arg)
{
	trv_sleep_us(10);
	sim_expect(!reads_ones(EDU_ID));
	*(bool *)arg = true;
}

static bool is_set(void *arg)
{
	return *(bool *)arg;
}

SIM_SCENARIO(x_helper, "x/helper", "another task has the expectation, and this one waits for it")
{
	struct trv_dev *dev = plug(false, false);
	bool read = false;

	if (bind(dev))
		return;
	sim_task_start("reader", 1, reader, &read);
	sim_wait(is_set, &read, ~0ULL);
	sim_unbind(dev);
}

SIM_SCENARIO(x_joins, "x/joins", "the same by its return")
{
	struct trv_dev *dev = plug(false, false);
	bool read = false;

	if (bind(dev))
		return;
	sim_task_join(sim_task_start("reader", 1, reader, &read));
	sim_unbind(dev);
}

static void another_task_may_give_up(void)
{
	hostile("x/helper");
	nothing_found();
	CU_ASSERT(got[0].e.excused >= 1);
	hostile("x/joins");
	nothing_found();
	CU_ASSERT(got[0].e.excused >= 1);
}

/* ---- workers ------------------------------------------------------------- */

SIM_SCENARIO(x_crash, "x/crash", "takes its process down without two of its three blocks")
{
	for (u32 i = 0; i < 3; i++) {
		void *p = trv_alloc(NULL, 8, TRV_SLEEP);

		if (!p && i == 1)
			_exit(7);
		if (!p && i == 2)
			abort();
		trv_free(NULL, p, 8);
	}
}

static void a_killed_worker_is_a_finding(void)
{
	explore("x/crash", 1);
	/* Both by name of the scenario: where it happened nobody knows. */
	CU_ASSERT_EQUAL(got[0].e.n_failures, 1);
	CU_ASSERT_STRING_EQUAL(got[0].first.id, "crash-worker-x/crash");
	CU_ASSERT_STRING_EQUAL(got[0].first.list, "alloc@explore.c:x_crash#2");
	CU_ASSERT_PTR_NOT_NULL(strstr(got[0].first.message, "exited with status 7"));
	CU_ASSERT_EQUAL(got[0].first.runs, 2);
	CU_ASSERT_EQUAL(got[0].e.deaths, 4);
	/* And all the others were run. */
	CU_ASSERT_EQUAL(got[0].e.runs[1], 3);
	CU_ASSERT_TRUE(got[0].e.complete);
}

SIM_SCENARIO(x_faults, "x/faults", "a plain crash is caught in the run, and costs no worker")
{
	int *volatile p = trv_alloc(NULL, sizeof(*p), TRV_SLEEP);

	*p = 1;
	trv_free(NULL, p, sizeof(*p));
}

static void a_fault_costs_no_worker(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(SIM_NO_HOOKS)
	KTAP_SKIP("the sanitizer ends the process first");
#endif
	explore("x/faults", 1);
	found("crash-explore.c:x_faults", "alloc@explore.c:x_faults#1");
	CU_ASSERT_EQUAL(got[0].e.deaths, 0);
}

SIM_SCENARIO(x_random, "x/random", "takes longer every time")
{
	static u32 times;

	trv_delay_ns(++times);
}

SIM_SCENARIO(x_flaky, "x/flaky", "fails as it should, and differently every time")
{
	static u32 times;
	void *p = trv_alloc(NULL, 8, TRV_SLEEP);

	if (!p) {
		trv_delay_ns(++times);
		sim_fail(SIM_EXPECT, SIM_SITE, "time %u", times);
	}
	trv_free(NULL, p, 8);
}

static void nondeterminism_is_found(void)
{
	explore("x/random", 0);
	CU_ASSERT_EQUAL(got[0].e.n_failures, 1);
	CU_ASSERT_STRING_EQUAL(got[0].first.id, "nondeterministic-x/random");
	explore("x/flaky", 1);
	CU_ASSERT_EQUAL(got[0].e.n_failures, 1);
	CU_ASSERT_STRING_EQUAL(got[0].first.id, "nondeterministic-x/flaky");
	CU_ASSERT_STRING_EQUAL(got[0].first.list, "alloc@explore.c:x_flaky#1");
}

/* ---- limits -------------------------------------------------------------- */

SIM_SCENARIO(x_long, "x/long", "meets five thousand points")
{
	for (u32 i = 0; i < 5000; i++)
		trv_free(NULL, trv_alloc(NULL, 8, TRV_SLEEP), 8);
}

static void a_kind_that_never_deviates_is_told(void)
{
	struct sim_explore how = how_to(1);

	explore("x/pair", 1);
	CU_ASSERT_EQUAL(sum.never, ALL_KINDS & ~KIND(ALLOC));
	how.kinds = KIND(ALLOC);
	explore_with(how, "x/pair");
	CU_ASSERT_EQUAL(sum.never, 0);
	CU_ASSERT_EQUAL(sum.kind_runs[SIM_K_ALLOC], 2);
	CU_ASSERT_EQUAL(sum.kind_sites[SIM_K_ALLOC], 1);
	CU_ASSERT_EQUAL(sum.kind_answers[SIM_K_ALLOC], 1);
	how.kinds = KIND(GONE);
	explore_with(how, "x/pair");
	CU_ASSERT_EQUAL(sum.never, KIND(GONE));
	CU_ASSERT_EQUAL(got[0].e.runs[1], 0);
}

static void too_many_points_are_found(void)
{
	struct sim_explore how = how_to(0);

	how.max_points = 4999;
	explore_with(how, "x/long");
	CU_ASSERT_EQUAL(got[0].e.n_failures, 1);
	CU_ASSERT_STRING_EQUAL(got[0].first.id, "too-many-points-x/long");
	how.max_points = 5000;
	explore_with(how, "x/long");
	nothing_found();
}

static void one_in_a_hundred_is_run_twice(void)
{
	explore("x/long", 1);
	nothing_found();
	CU_ASSERT_EQUAL(got[0].e.runs[1], 5000);
	CU_ASSERT(got[0].e.twice > 25 && got[0].e.twice < 100);
}

static void time_is_limited(void)
{
	struct sim_explore how = how_to(2);

	how.seconds = 1;
	explore_with(how, "x/long");
	CU_ASSERT_FALSE(got[0].e.complete);
	CU_ASSERT_EQUAL(sum.incomplete, 1);
	CU_ASSERT(sum.runs > 0);
}

static void the_first_is_enough(void)
{
	static const char *const names[] = { "x/good", "x/race", "x/pair", "x/triple" };
	const struct sim_scenario *s[TRV_ARRAY_SIZE(names)];
	struct sim_explore how = how_to(2);

	for (u32 i = 0; i < TRV_ARRAY_SIZE(names); i++)
		s[i] = sim_scenario_find(names[i]);
	how.scenarios = s;
	how.n = TRV_ARRAY_SIZE(names);
	how.stop_at_first = true;
	n_got = 0;
	free(sum.sites);
	CU_ASSERT_EQUAL_FATAL(sim_explore(&how, &sum), 0);
	CU_ASSERT_EQUAL_FATAL(n_got, 4);
	CU_ASSERT_TRUE(got[0].e.complete);
	CU_ASSERT_EQUAL(got[1].e.n_failures, 1);
	CU_ASSERT_STRING_EQUAL(got[1].first.list, "spurious@explore.c:bring_up#1");
	CU_ASSERT_FALSE(got[2].e.complete);
	CU_ASSERT_EQUAL(got[2].e.n_failures, 0);
	CU_ASSERT_EQUAL(sum.failures, 1);
}

KTAP_SUITE(depth, KTAP_TEST(a_good_driver_is_clean), KTAP_TEST(a_race_needs_one_deviation),
	   KTAP_TEST(a_pair_needs_two), KTAP_TEST(a_triple_needs_three),
	   KTAP_TEST(workers_do_not_matter));
KTAP_SUITE(oracles, KTAP_TEST(a_resource_fault_excuses_nobody),
	   KTAP_TEST(recovery_follows_a_resource_fault),
	   KTAP_TEST(a_device_that_stays_down_is_found),
	   KTAP_TEST(a_hostile_device_excuses_the_body), KTAP_TEST(but_not_the_driver),
	   KTAP_TEST(another_task_may_give_up));
KTAP_SUITE(workers, KTAP_TEST(a_killed_worker_is_a_finding), KTAP_TEST(a_fault_costs_no_worker),
	   KTAP_TEST(nondeterminism_is_found));
KTAP_SUITE(limits, KTAP_TEST(a_kind_that_never_deviates_is_told),
	   KTAP_TEST(too_many_points_are_found), KTAP_TEST(one_in_a_hundred_is_run_twice),
	   KTAP_TEST(time_is_limited), KTAP_TEST(the_first_is_enough));
KTAP_MAIN(&depth, &oracles, &workers, &limits);
