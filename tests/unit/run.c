// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Runs: verdicts, what every end is checked for, crashes, replay, and a fresh world each time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/engine.h>
#include "ktap.h"

static volatile u32 bodies; /* how often a body ran to its end */

SIM_SCENARIO(unit_passes, "unit/passes", "nothing is wrong")
{
	void *p = trv_alloc(NULL, 100, TRV_SLEEP);

	trv_sleep_us(10);
	if (p)
		trv_free(NULL, p, 100);
	bodies++;
}

SIM_SCENARIO(unit_expects, "unit/expects", "an expectation that fails")
{
	int three = 3;

	sim_expect_eq(three, 4);
	bodies++;
}

SIM_TRIPS(unit_trips, "unit/trips", "ends with the finding it announces", EXPECT)
{
	sim_expect(false);
}

SIM_TRIPS(unit_misses, "unit/misses", "announces a finding that does not come", MEM_UAF)
{
	bodies++;
}

static const struct sim_rule a_rule = { "rule-a", "Datasheet 1.2", "One must." };

SIM_TRIPS_RULE(unit_right_rule, "unit/right-rule", "breaks the rule it announces", "rule-a")
{
	sim_rule_broken(sim_plug("edu"), &a_rule, "it was not done");
}

SIM_TRIPS_RULE(unit_wrong_rule, "unit/wrong-rule", "breaks another rule", "rule-b")
{
	sim_rule_broken(sim_plug("edu"), &a_rule, "it was not done");
}

SIM_SCENARIO(unit_leaks, "unit/leaks", "memory is left at the end")
{
	void *p = trv_alloc(NULL, 100, TRV_SLEEP);

	(void)p;
	bodies++;
}

#define STACK_BYTES 20000
static bool soil;
static u32 soiled;

/*
 * Locals as they are found, far down the stack. Whole words: a byte of an address, which is
 * another in every process, may be anything.
 */
static __attribute__((noinline)) void look_at_stack(void)
{
	u64 local[STACK_BYTES / sizeof(u64)];

	__asm__ volatile("" : "=m"(local));
	for (u32 i = 0; i < TRV_ARRAY_SIZE(local); i++)
		soiled += local[i] == 0x7777777777777777ULL;
	if (soil)
		memset(local, 0x77, sizeof(local));
	__asm__ volatile("" : : "m"(local));
}

SIM_SCENARIO(unit_soil, "unit/soil", "finds out who was on its stack before")
{
	look_at_stack();
}

/* UBSan would end the process where these should end their run. */
#define UNSANITIZED __attribute__((no_sanitize("undefined")))
static void unit_segv(void) UNSANITIZED;
static void unit_fpe(void) UNSANITIZED;
static void unit_ill(void) UNSANITIZED;

static volatile int zero;
static int *volatile nowhere;

SIM_SCENARIO(unit_segv, "unit/segv", "writes to nowhere")
{
	*nowhere = 1;
	bodies++;
}

SIM_SCENARIO(unit_fpe, "unit/fpe", "divides by zero")
{
	zero = 100 / zero;
	bodies++;
}

SIM_SCENARIO(unit_ill, "unit/ill", "is no instruction")
{
	__builtin_trap();
}

static int deeper(volatile char *above)
{
	volatile char frame[4096];

	frame[0] = above ? above[0] : 0;
	return zero ? 0 : deeper(frame) + frame[0];
}

SIM_SCENARIO(unit_stack, "unit/stack", "calls itself for ever")
{
	zero = deeper(NULL);
}

SIM_SCENARIO(unit_spins, "unit/spins", "waits for ever, and calls nobody")
{
	while (!zero)
		;
	bodies++;
}

SIM_SCENARIO(unit_bound, "unit/bound", "ends with a device still bound")
{
	struct trv_dev *dev = sim_plug("edu");

	sim_expect(dev);
	sim_expect_eq(sim_bind(dev), 0);
	bodies++;
}

SIM_SCENARIO(unit_memory, "unit/memory", "needs memory twice, and says which was refused")
{
	void *one = trv_alloc(NULL, 8, TRV_SLEEP);
	void *two = trv_alloc(NULL, 8, TRV_SLEEP);

	if (!one && !two)
		sim_fail(SIM_EXPECT, SIM_SITE, "both");
	if (!one)
		sim_fail(SIM_EXPECT, SIM_SITE, "first");
	if (!two)
		sim_fail(SIM_EXPECT, SIM_SITE, "second");
	trv_free(NULL, one, 8);
	trv_free(NULL, two, 8);
}

static struct sim_result r;

static void run_with(const char *name, const char *list)
{
	struct sim_deviation dev[SIM_MAX_DEVIATIONS];
	const struct sim_scenario *s = sim_scenario_find(name);
	char err[256];
	int n;

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	n = sim_deviations_parse(list, dev, SIM_MAX_DEVIATIONS, err, sizeof(err));
	CU_ASSERT_FATAL(n >= 0);
	bodies = 0;
	sim_run(s, dev, (u32)n, false, &r);
}

static void run(const char *name)
{
	run_with(name, "");
}

/* ---- verdicts ------------------------------------------------------------ */

static void a_good_run_passes(void)
{
	run("unit/passes");
	CU_ASSERT_TRUE(r.pass);
	CU_ASSERT_TRUE(r.ended);
	CU_ASSERT_EQUAL(r.check, -1);
	CU_ASSERT_EQUAL(bodies, 1);
	CU_ASSERT(r.time_ns >= 10000);
	CU_ASSERT(r.steps >= 3);
	CU_ASSERT(r.points >= 1);
	CU_ASSERT_STRING_EQUAL(r.id, "");
}

static void a_failed_expectation_fails(void)
{
	run("unit/expects");
	CU_ASSERT_FALSE(r.pass);
	CU_ASSERT_FALSE(r.ended);
	CU_ASSERT_EQUAL(bodies, 0);
	CU_ASSERT_EQUAL(r.check, SIM_EXPECT);
	CU_ASSERT_STRING_EQUAL(r.message, "three is 3 (0x3), expected 4 = 4 (0x4)");
	CU_ASSERT_STRING_EQUAL(r.id, "expect-unit_expects-three-is-expected-4@unit/expects");
	CU_ASSERT_PTR_NOT_NULL(strstr(r.where, "main"));
}

static void an_announced_finding_passes(void)
{
	run("unit/trips");
	CU_ASSERT_TRUE(r.pass);
	CU_ASSERT_EQUAL(r.check, SIM_EXPECT);
}

static void a_missed_finding_fails(void)
{
	run("unit/misses");
	CU_ASSERT_EQUAL(bodies, 1);
	CU_ASSERT_FALSE(r.pass);
	CU_ASSERT_EQUAL(r.check, -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(r.message, "use-after-free"));
	CU_ASSERT_STRING_EQUAL(r.id, "missed-use-after-free-unit/misses");
}

static void the_rule_must_be_the_one(void)
{
	run("unit/right-rule");
	CU_ASSERT_TRUE(r.pass);
	CU_ASSERT_STRING_EQUAL(r.rule, "rule-a");
	CU_ASSERT_PTR_NOT_NULL(strstr(r.message, "Datasheet 1.2"));
	run("unit/wrong-rule");
	CU_ASSERT_FALSE(r.pass);
	CU_ASSERT_PTR_NOT_NULL(strstr(r.id, "rule-a"));
}

/* ---- the end of every run ------------------------------------------------ */

static void a_leak_is_found(void)
{
	run("unit/leaks");
	CU_ASSERT_EQUAL(bodies, 1);
	CU_ASSERT_TRUE(r.ended);
	CU_ASSERT_FALSE(r.pass);
	CU_ASSERT_EQUAL(r.check, SIM_MEM_LEAK);
}

static void a_bound_device_is_unbound(void)
{
	run("unit/bound");
	CU_ASSERT_EQUAL(bodies, 1);
	if (!r.pass)
		ktap_note("%s", r.message);
	CU_ASSERT_TRUE(r.pass);
	CU_ASSERT_PTR_NOT_NULL_FATAL(sim_dev_first());
	CU_ASSERT_EQUAL(sim_dev_first()->core.state, TRV_DEV_UNBOUND);
}

/* ---- crashes ------------------------------------------------------------- */

static void crash(const char *name, const char *sig, const char *where)
{
	run(name);
	CU_ASSERT_EQUAL(bodies, 0);
	CU_ASSERT_FALSE(r.pass);
	CU_ASSERT_EQUAL(r.check, SIM_CRASH);
	CU_ASSERT_PTR_NOT_NULL(strstr(r.message, sig));
	CU_ASSERT_PTR_NOT_NULL_FATAL(r.site);
	CU_ASSERT_STRING_EQUAL(r.site->func, where);
	/* And the world goes on. */
	run("unit/passes");
	CU_ASSERT_TRUE(r.pass);
}

static void crashes_are_findings(void)
{
	crash("unit/segv", "SIGSEGV", "unit_segv");
	crash("unit/fpe", "SIGFPE", "unit_fpe");
	crash("unit/ill", "SIGILL", "unit_ill");
	crash("unit/stack", "SIGSEGV", "deeper");
	crash("unit/segv", "SIGSEGV", "unit_segv");
}

static void an_endless_loop_is_a_hang(void)
{
	run("unit/spins");
	CU_ASSERT_EQUAL(bodies, 0);
	CU_ASSERT_EQUAL(r.check, SIM_HANG);
	run("unit/passes");
	CU_ASSERT_TRUE(r.pass);
}

/* ---- replay -------------------------------------------------------------- */

static void deviations_are_followed(void)
{
	run("unit/memory");
	CU_ASSERT_TRUE(r.pass);
	CU_ASSERT_EQUAL(r.deviations_used, 0);
	run_with("unit/memory", "alloc@run.c:unit_memory#1");
	CU_ASSERT_STRING_EQUAL(r.message, "first");
	CU_ASSERT_EQUAL(r.deviations_used, 1);
	run_with("unit/memory", "alloc@run.c:unit_memory#2");
	CU_ASSERT_STRING_EQUAL(r.message, "second");
	run_with("unit/memory", "alloc@run.c:unit_memory#2,alloc@run.c:unit_memory#1");
	CU_ASSERT_STRING_EQUAL(r.message, "both");
	CU_ASSERT_STRING_EQUAL(r.unmet, "");
}

static void an_unmet_deviation_is_told(void)
{
	run_with("unit/memory", "alloc@run.c:unit_memory#3");
	CU_ASSERT_TRUE(r.pass);
	CU_ASSERT_EQUAL(r.deviations_used, 0);
	CU_ASSERT_STRING_EQUAL(r.unmet, "deviation 1 of 1 was never met: "
					"alloc@run.c:unit_memory#3 (the run met 2 of them)");
}

/* By index and by name: the same point, the same run. */
static void index_and_name_agree(void)
{
	const struct sim_point *p;
	char name[160];
	size_t n;
	u64 hash;

	run("unit/memory");
	p = sim_points(&n);
	for (size_t i = 0; i < n; i++) {
		char index[32];

		sim_point_format(&p[i], name, sizeof(name));
		snprintf(index, sizeof(index), "#%zu", i);
		run_with("unit/memory", index);
		hash = r.hash;
		run_with("unit/memory", name);
		CU_ASSERT_EQUAL(r.hash, hash);
		run("unit/memory");
		p = sim_points(&n);
		CU_ASSERT_NOT_EQUAL(r.hash, hash);
	}
	CU_ASSERT(n >= 2);
}

/* ---- determinism --------------------------------------------------------- */

static void check_same(const struct sim_scenario *s, void *arg)
{
	struct sim_result a, b, recorded;

	if (!strcmp(s->name, "unit/spins"))
		return; /* ends by the clock */
	sim_run(s, NULL, 0, false, &a);
	sim_run(s, NULL, 0, false, &b);
	sim_run(s, NULL, 0, true, &recorded);
	CU_ASSERT_EQUAL(a.hash, b.hash);
	CU_ASSERT_EQUAL(a.hash, recorded.hash);
	CU_ASSERT_STRING_EQUAL(a.id, b.id);
	*(u32 *)arg += 1;
}

static void every_run_is_the_same_run(void)
{
	u32 n = 0;

	sim_scenario_each(check_same, &n);
	CU_ASSERT_EQUAL(n, 14);
}

static void different_runs_differ(void)
{
	u64 hash;

	run("unit/passes");
	hash = r.hash;
	run("unit/memory");
	CU_ASSERT_NOT_EQUAL(r.hash, hash);
}

/* ---- the table ----------------------------------------------------------- */

static void check_order(const struct sim_scenario *s, void *arg)
{
	const char **last = arg;

	CU_ASSERT(!*last || strcmp(*last, s->name) < 0);
	*last = s->name;
}

static void scenarios_are_in_order(void)
{
	const char *last = NULL;

	sim_scenario_each(check_order, &last);
	CU_ASSERT_STRING_EQUAL(last, "unit/wrong-rule");
	CU_ASSERT_PTR_NULL(sim_scenario_find("unit/"));
	CU_ASSERT_PTR_NULL(sim_scenario_find(""));
	CU_ASSERT_PTR_NOT_NULL(sim_scenario_find("unit/bound"));
}

static void stacks_are_as_new(void)
{
	for (u32 i = 0; i < 3; i++) {
		soil = i < 2;
		soiled = 0;
		run("unit/soil");
		CU_ASSERT_EQUAL(soiled, 0);
	}
}

KTAP_SUITE(verdict, KTAP_TEST(a_good_run_passes), KTAP_TEST(a_failed_expectation_fails),
	   KTAP_TEST(an_announced_finding_passes), KTAP_TEST(a_missed_finding_fails),
	   KTAP_TEST(the_rule_must_be_the_one));
KTAP_SUITE(end, KTAP_TEST(a_leak_is_found), KTAP_TEST(a_bound_device_is_unbound));
KTAP_SUITE(crashes, KTAP_TEST(crashes_are_findings), KTAP_TEST(an_endless_loop_is_a_hang));
KTAP_SUITE(replay, KTAP_TEST(deviations_are_followed), KTAP_TEST(an_unmet_deviation_is_told),
	   KTAP_TEST(index_and_name_agree));
KTAP_SUITE(determinism, KTAP_TEST(every_run_is_the_same_run), KTAP_TEST(different_runs_differ),
	   KTAP_TEST(scenarios_are_in_order), KTAP_TEST(stacks_are_as_new));
KTAP_MAIN(&verdict, &end, &crashes, &replay, &determinism);
