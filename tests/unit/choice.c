// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The choice log: answers, names, classes, and what is said of deviations that were not taken. */
#include <stdio.h>
#include <string.h>

#include <os/test-sim/engine.h>
#include "ktap.h"

static const struct sim_site probe_a = { "drivers/x/x_probe.c", "x_probe", 10 };
static const struct sim_site probe_b = { "drivers/x/x_probe.c", "x_probe", 20 };
static const struct sim_site other = { "drivers/x/x_io.c", "x_start", 30 };

static u32 given(const char *list, struct sim_deviation *dev)
{
	char err[256];
	int n = sim_deviations_parse(list, dev, SIM_MAX_DEVIATIONS, err, sizeof(err));

	if (n < 0) {
		ktap_note("'%s': %s", list, err);
		CU_FAIL_FATAL("a list of the test's own is malformed");
	}
	return (u32)n;
}

static void begin(const char *list)
{
	struct sim_deviation dev[SIM_MAX_DEVIATIONS];

	sim_choice_begin(dev, given(list, dev));
}

static void nice_day_is_all_zeroes(void)
{
	begin("");
	for (u32 n = 0; n < 100; n++)
		CU_ASSERT_EQUAL(sim_choose(SIM_K_IRQ, n, &other), 0);
	CU_ASSERT_EQUAL(sim_choice_count(), 98);
	CU_ASSERT_FALSE(sim_deviated());
	CU_ASSERT_EQUAL(sim_class_reached(), SIM_SCHEDULE);
}

static void one_way_is_no_point(void)
{
	begin("#0");
	CU_ASSERT_EQUAL(sim_choose(SIM_K_ALLOC, 1, &other), 0);
	CU_ASSERT_EQUAL(sim_choose(SIM_K_ALLOC, 0, &other), 0);
	CU_ASSERT_EQUAL(sim_choice_count(), 0);
	CU_ASSERT_EQUAL(sim_choose(SIM_K_ALLOC, 2, &other), 1);
}

static void index_hits_only_its_point(void)
{
	begin("#7=3,#2");
	for (u32 i = 0; i < 20; i++)
		CU_ASSERT_EQUAL(sim_choose(SIM_K_DEVICE, 4, &other), i == 2 ? 1 : i == 7 ? 3 : 0);
	CU_ASSERT_EQUAL(sim_choice_taken(), 2);
}

static void name_counts_its_own_occurrences(void)
{
	begin("alloc@x_probe.c:x_probe#3");
	CU_ASSERT_EQUAL(sim_choose(SIM_K_ALLOC, 2, &probe_a), 0);
	CU_ASSERT_EQUAL(sim_choose(SIM_K_ALLOC, 2, &other), 0);
	CU_ASSERT_EQUAL(sim_choose(SIM_K_DMA_ALLOC, 2, &probe_a), 0);
	CU_ASSERT_EQUAL(sim_choose(SIM_K_ALLOC, 2, &probe_b), 0);
	CU_ASSERT_EQUAL(sim_choose(SIM_K_ALLOC, 2, &probe_a), 1);
	CU_ASSERT_EQUAL(sim_choose(SIM_K_ALLOC, 2, &probe_a), 0);
}

static void two_names_are_both_taken(void)
{
	begin("alloc@x_probe.c:x_probe#2,alloc@x_probe.c:x_probe#1,irq@x_io.c:x_start#1=2");
	CU_ASSERT_EQUAL(sim_choose(SIM_K_ALLOC, 2, &probe_a), 1);
	CU_ASSERT_EQUAL(sim_choose(SIM_K_ALLOC, 2, &probe_a), 1);
	CU_ASSERT_EQUAL(sim_choose(SIM_K_IRQ, 3, &other), 2);
	CU_ASSERT_EQUAL(sim_choose(SIM_K_ALLOC, 2, &probe_a), 0);
}

/* A file's name ends where it ends: x.c is not the beginning of x.cpp, nor a tail of ax.c. */
static void names_match_whole(void)
{
	static const struct sim_site longer = { "drivers/x/ax_probe.c", "x_probe", 1 };
	static const struct sim_site func = { "drivers/x/x_probe.c", "x_probes", 1 };

	begin("alloc@x_probe.c:x_probe#1");
	CU_ASSERT_EQUAL(sim_choose(SIM_K_ALLOC, 2, &longer), 0);
	CU_ASSERT_EQUAL(sim_choose(SIM_K_ALLOC, 2, &func), 0);
	CU_ASSERT_EQUAL(sim_choose(SIM_K_ALLOC, 2, &probe_b), 1);
}

static void device_has_a_name_too(void)
{
	struct sim_point p;
	const struct sim_point *all;
	char name[128];
	size_t n;

	begin("late@device:event#2");
	CU_ASSERT_EQUAL(sim_choose(SIM_K_LATE, 2, NULL), 0);
	CU_ASSERT_EQUAL(sim_choose(SIM_K_LATE, 2, NULL), 1);
	all = sim_points(&n);
	CU_ASSERT_EQUAL_FATAL(n, 2);
	p = all[1];
	sim_point_format(&p, name, sizeof(name));
	CU_ASSERT_STRING_EQUAL(name, "late@device:event#2");
}

static void worst_class_is_kept(void)
{
	begin("#0,#1,#2");
	sim_choose(SIM_K_IRQ, 2, &other);
	CU_ASSERT_EQUAL(sim_class_reached(), SIM_SCHEDULE);
	CU_ASSERT_TRUE(sim_deviated());
	sim_choose(SIM_K_GONE, 2, &other);
	CU_ASSERT_EQUAL(sim_class_reached(), SIM_HOSTILE);
	sim_choose(SIM_K_ALLOC, 2, &other);
	CU_ASSERT_EQUAL(sim_class_reached(), SIM_HOSTILE);
}

static void a_trait_excuses_nothing(void)
{
	begin("#0,#1");
	CU_ASSERT_EQUAL(sim_choose(SIM_K_TRAIT, 2, &other), 1);
	CU_ASSERT_FALSE(sim_deviated());
	CU_ASSERT_EQUAL(sim_choice_taken(), 1);
	CU_ASSERT_EQUAL(sim_class_reached(), SIM_SCHEDULE);
	CU_ASSERT_EQUAL(sim_choose(SIM_K_LATE, 2, &other), 1);
	CU_ASSERT_TRUE(sim_deviated());
}

static void points_are_numbered_by_name(void)
{
	const struct sim_point *p;
	size_t n;

	begin("");
	sim_choose(SIM_K_ALLOC, 2, &probe_a);
	sim_choose(SIM_K_ALLOC, 2, &other);
	sim_choose(SIM_K_ALLOC, 2, &probe_b);
	sim_choose(SIM_K_IRQ, 3, &probe_a);
	p = sim_points(&n);
	CU_ASSERT_EQUAL_FATAL(n, 4);
	CU_ASSERT_EQUAL(p[0].occurrence, 1);
	CU_ASSERT_EQUAL(p[1].occurrence, 1);
	CU_ASSERT_EQUAL(p[2].occurrence, 2); /* two lines of one function share a name */
	CU_ASSERT_EQUAL(p[3].occurrence, 1);
	CU_ASSERT_EQUAL(p[3].n, 3);
}

/* Every name the list of points shows brings back exactly that point. */
static void every_listed_name_replays(void)
{
	static const struct sim_site *const sites[] = { &probe_a, &other, &probe_b, NULL };
	char names[40][128];
	const struct sim_point *p;
	size_t n;

	begin("");
	for (u32 i = 0; i < 40; i++)
		sim_choose(i % 3 ? SIM_K_ALLOC : SIM_K_IRQ, 2 + i % 2, sites[i % 4]);
	p = sim_points(&n);
	CU_ASSERT_EQUAL_FATAL(n, 40);
	for (u32 i = 0; i < 40; i++)
		sim_point_format(&p[i], names[i], sizeof(names[i]));
	for (u32 want = 0; want < 40; want++) {
		begin(names[want]);
		for (u32 i = 0; i < 40; i++)
			CU_ASSERT_EQUAL(sim_choose(i % 3 ? SIM_K_ALLOC : SIM_K_IRQ, 2 + i % 2,
						   sites[i % 4]),
					i == want);
	}
}

static void long_runs_keep_every_point(void)
{
	const struct sim_point *p;
	size_t n;

	begin("#200000");
	for (u32 i = 0; i < 300000; i++)
		CU_ASSERT_EQUAL_FATAL(sim_choose(SIM_K_IRQ, 2, &other), i == 200000);
	p = sim_points(&n);
	CU_ASSERT_EQUAL_FATAL(n, 300000);
	CU_ASSERT_EQUAL(p[299999].occurrence, 300000);
	CU_ASSERT_EQUAL(p[200000].answer, 1);
}

static void hash_knows_answers_and_order(void)
{
	u64 nice, one, two;

	begin("");
	sim_choose(SIM_K_IRQ, 2, &other);
	sim_choose(SIM_K_ALLOC, 2, &other);
	nice = sim_choice_hash();
	begin("#0");
	sim_choose(SIM_K_IRQ, 2, &probe_a);
	sim_choose(SIM_K_ALLOC, 2, &probe_a);
	one = sim_choice_hash();
	begin("#1");
	sim_choose(SIM_K_IRQ, 2, &other);
	sim_choose(SIM_K_ALLOC, 2, &other);
	two = sim_choice_hash();
	CU_ASSERT_NOT_EQUAL(nice, one);
	CU_ASSERT_NOT_EQUAL(one, two);
	begin("");
	sim_choose(SIM_K_IRQ, 2, &probe_b);
	sim_choose(SIM_K_ALLOC, 2, &probe_b);
	CU_ASSERT_EQUAL(sim_choice_hash(), nice);
}

/* ---- trouble ------------------------------------------------------------- */

static const char *trouble(void)
{
	static char text[256];

	return sim_choice_trouble(text, sizeof(text)) ? text : "";
}

static void all_taken_is_no_trouble(void)
{
	begin("#0,alloc@x_io.c:x_start#2");
	sim_choose(SIM_K_ALLOC, 2, &other);
	sim_choose(SIM_K_ALLOC, 2, &other);
	CU_ASSERT_STRING_EQUAL(trouble(), "");
}

static void unmet_name_is_reported(void)
{
	begin("#0,alloc@x_io.c:x_start#9,#1");
	for (u32 i = 0; i < 3; i++)
		sim_choose(SIM_K_ALLOC, 2, &other);
	CU_ASSERT_STRING_EQUAL(trouble(), "deviation 2 of 3 was never met: "
					  "alloc@x_io.c:x_start#9 (the run met 3 of them)");
}

static void unmet_index_is_reported(void)
{
	begin("#5=2");
	sim_choose(SIM_K_ALLOC, 2, &other);
	CU_ASSERT_STRING_EQUAL(trouble(),
			       "deviation 1 of 1 was never met: #5=2 (the run met 1 points)");
}

static void too_high_an_answer_is_reported(void)
{
	begin("#0=2");
	CU_ASSERT_EQUAL(sim_choose(SIM_K_ALLOC, 2, &other), 0);
	CU_ASSERT_FALSE(sim_deviated());
	CU_ASSERT_STRING_EQUAL(trouble(),
			       "deviation 1 of 1 has no such answer: #0=2 (the point has 0 to 1)");
}

static void two_for_one_point_are_reported(void)
{
	begin("#0,alloc@x_io.c:x_start#1=2");
	CU_ASSERT_EQUAL(sim_choose(SIM_K_ALLOC, 3, &other), 1);
	CU_ASSERT_STRING_EQUAL(trouble(), "deviation 2 of 2 is the same point as deviation 1: "
					  "alloc@x_io.c:x_start#1=2");
}

static void trouble_fits_any_buffer(void)
{
	char text[64];

	begin("alloc@x_io.c:x_start#9");
	for (size_t len = 1; len < sizeof(text); len++) {
		memset(text, 'x', sizeof(text));
		CU_ASSERT_TRUE(sim_choice_trouble(text, len));
		CU_ASSERT_EQUAL(strnlen(text, len), len - 1);
		CU_ASSERT_EQUAL(text[len], 'x');
	}
}

KTAP_SUITE(choice, KTAP_TEST(nice_day_is_all_zeroes), KTAP_TEST(one_way_is_no_point),
	   KTAP_TEST(index_hits_only_its_point), KTAP_TEST(name_counts_its_own_occurrences),
	   KTAP_TEST(two_names_are_both_taken), KTAP_TEST(names_match_whole),
	   KTAP_TEST(device_has_a_name_too), KTAP_TEST(worst_class_is_kept),
	   KTAP_TEST(a_trait_excuses_nothing), KTAP_TEST(points_are_numbered_by_name),
	   KTAP_TEST(every_listed_name_replays), KTAP_TEST(long_runs_keep_every_point),
	   KTAP_TEST(hash_knows_answers_and_order));
KTAP_SUITE(unmet, KTAP_TEST(all_taken_is_no_trouble), KTAP_TEST(unmet_name_is_reported),
	   KTAP_TEST(unmet_index_is_reported), KTAP_TEST(too_high_an_answer_is_reported),
	   KTAP_TEST(two_for_one_point_are_reported), KTAP_TEST(trouble_fits_any_buffer));
KTAP_MAIN(&choice, &unmet);
