// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the command says of runs that fail: programs with broken scenarios of their own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <os/test-sim/engine.h>
#include <os/test-sim/models/edu_test.h>
#include <trivet/hw/edu.h>
#include <trivet/pci.h>

#include "ktap.h"

SIM_SCENARIO(bad_expect, "bad/expect", "an expectation that fails")
{
	trv_sleep_us(5);
	sim_expect_eq(1 + 1, 3);
}

SIM_TRIPS(bad_missed, "bad/missed", "a finding that does not come", DMA_OWNER)
{
}

static int runs;

SIM_SCENARIO(bad_changing, "bad/changing", "another run each time")
{
	trv_sleep_us((u64)++runs);
}

SIM_SCENARIO(good_one, "good/one", "nothing wrong")
{
	void *p = trv_alloc(NULL, 8, TRV_SLEEP);

	sim_expect(p);
	trv_free(NULL, p, 8);
}

/* Two ways to the same defect, and neither on the nice day. */
static void take(u64 us)
{
	void *p;

	trv_sleep_us(us);
	p = trv_alloc(NULL, 8, TRV_SLEEP);
	if (!p)
		sim_fail(SIM_API, SIM_SITE, "no memory %llu us later", (unsigned long long)us);
	trv_free(NULL, p, 8);
}

SIM_SCENARIO(twin_one, "twin/one", "fails when memory runs out")
{
	take(1);
}

SIM_SCENARIO(twin_two, "twin/two", "so does this, later")
{
	take(2);
}

static void one_of_two(bool second)
{
	if (!second)
		sim_fail(SIM_API, SIM_SITE, "here");
	/* and some lines further down */
	sim_fail(SIM_API, SIM_SITE, "or there");
}

SIM_SCENARIO(line_one, "line/one", "a function that fails")
{
	one_of_two(false);
}

SIM_SCENARIO(line_two, "line/two", "the same one, at another line")
{
	one_of_two(true);
}

SIM_SCENARIO(good_device, "good/device", "what a device may do is told in its words")
{
	struct trv_dev *dev = sim_plug("edu");
	struct trv_mmio regs = { 0 };

	sim_expect_eq(trv_bar_map(dev, EDU_BAR, EDU_BAR_LEN, &regs), 0);
	(void)trv_read32(regs, EDU_ID);
	trv_bar_unmap(dev, &regs);
}

SIM_SCENARIO(hasty, "bad/hasty", "expects a write to be there at once")
{
	struct trv_dev *dev = sim_plug("edu");
	struct trv_mmio regs = { 0 };
	bool at_once;

	sim_expect_eq(trv_bar_map(dev, EDU_BAR, EDU_BAR_LEN, &regs), 0);
	trv_write32(regs, EDU_FACTORIAL, 4);
	at_once = sim_edu_busy(dev);
	trv_delay_us(3);
	trv_bar_unmap(dev, &regs);
	sim_expect(at_once);
}

/* Helpers as scenarios have them: all that fails does so in one function. */
static bool all_is_well(int rc, const char *what)
{
	if (rc)
		sim_fail(SIM_EXPECT, SIM_SITE, "%s returned %d", what, rc);
	return !rc;
}

static int allocate(u32 n, int error)
{
	void *p = trv_alloc(NULL, n, TRV_SLEEP);

	trv_free(NULL, p, n);
	return p ? 0 : error;
}

SIM_SCENARIO(help_one, "help/one", "two defects that one helper notices, one of them by two ways")
{
	int error = allocate(8, -5);

	all_is_well(allocate(8, error ?: -110), "the write");
	all_is_well(error, "the write");
	all_is_well(allocate(8, -5), "the flush");
}

SIM_SCENARIO(help_two, "help/two", "another one, of which the same is asked")
{
	all_is_well(allocate(8, -5), "the flush");
}

SIM_SCENARIO(wordy, "bad/wordy", "an expectation that is long")
{
	int numbers[] = { 1, 2, 3 };

	sim_expect_eq(numbers[0] + numbers[1] + numbers[2] * 1000, numbers[2] - numbers[1]);
}

static struct trv_spin outer, inner;

static void nest(bool other)
{
	trv_spin_lock(other ? &inner : &outer);
}

static void one_order(void)
{
	nest(false);
	trv_spin_lock(&inner);
	trv_spin_unlock(&inner);
	trv_spin_unlock(&outer);
}

static void other_order(void)
{
	nest(true);
	trv_spin_lock(&outer);
	trv_spin_unlock(&outer);
	trv_spin_unlock(&inner);
}

static void init_locks(void)
{
	trv_spin_init(&outer, "outer");
	trv_spin_init(&inner, "inner");
}

SIM_SCENARIO(order_one, "order/one", "two locks, this order first")
{
	init_locks();
	one_order();
	other_order();
}

SIM_SCENARIO(order_two, "order/two", "the other order first")
{
	init_locks();
	other_order();
	one_order();
}

static size_t size_from_elsewhere(void)
{
	return trv_time_ns() ? 8 : 16;
}

SIM_SCENARIO(good_nested, "good/nested", "a call among the arguments of a call")
{
	void *p = trv_alloc(NULL, size_from_elsewhere(), TRV_SLEEP);

	sim_expect(p);
	trv_free(NULL, p, 8);
}

SIM_SCENARIO(good_long, "good/long", "more than a picture holds")
{
	for (u32 i = 0; i < 5000; i++)
		trv_trace(NULL, "<&\"tick\">", i, 0);
}

static char out[1 << 20];
static int status;

/* The command with its output in @out; our own report is not disturbed. */
static void command(const char *a, const char *b, const char *c, const char *d)
{
	const char *argv[] = { "trivet-sim", a, b, c, d, NULL };
	int argc = 1, saved = dup(STDOUT_FILENO);
	FILE *to = tmpfile();
	size_t n;

	CU_ASSERT_PTR_NOT_NULL_FATAL(to);
	while (argv[argc])
		argc++;
	fflush(stdout);
	dup2(fileno(to), STDOUT_FILENO);
	status = sim_main(argc, (char **)argv);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	rewind(to);
	n = fread(out, 1, sizeof(out) - 1, to);
	out[n] = '\0';
	fclose(to);
}

static void says(const char *text)
{
	if (!strstr(out, text))
		ktap_note("no '%s' in the output", text);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, text));
}

static void every_line_but_results_is_a_comment(void)
{
	const char *line = out, *end;

	for (; (end = strchr(line, '\n')); line = end + 1)
		CU_ASSERT(line[0] == '#' || !strncmp(line, "ok ", 3) ||
			  !strncmp(line, "not ok ", 7) || !strncmp(line, "1..", 3) ||
			  !strncmp(line, "KTAP ", 5));
}

static void a_failed_run_is_explained(void)
{
	command("run", "bad/expect", NULL, NULL);
	CU_ASSERT_EQUAL(status, 1);
	says("KTAP version 1\n1..1\n");
	says("# FAIL bad/expect  expect  (the nice day, 0 deviations)\n");
	says("#   what      1 + 1 is 2 (0x2), expected 3 = 3 (0x3)\n");
	says("tests/unit/report.c:");
	says(", bad_expect()\n");
	says("#   id        expect-bad_expect-1-1-is-expected-3@bad/expect\n");
	says("#   replay    trivet-sim replay bad/expect --svg picture.svg\n");
	says(" CPU0 ");
	says("*** expect");
	says("\nnot ok 1 - bad/expect\n# 0 passed, 1 failed\n");
	every_line_but_results_is_a_comment();
}

static void one_failure_stops_no_other_scenario(void)
{
	command("run", "*d/[emo]*e*", NULL, NULL);
	CU_ASSERT_EQUAL(status, 1);
	says("1..3\n");
	says("\nnot ok 1 - bad/expect\n");
	says("\nnot ok 2 - bad/missed\n");
	says("\nok 3 - good/one\n# 1 passed, 2 failed\n");
	every_line_but_results_is_a_comment();
}

static void a_missed_finding_is_explained(void)
{
	command("run", "bad/missed", NULL, NULL);
	CU_ASSERT_EQUAL(status, 1);
	says("the run ended well, but this scenario must end with a dma-owner");
}

static void a_run_that_changes_is_caught(void)
{
	command("run", "bad/changing", NULL, NULL);
	CU_ASSERT_EQUAL(status, 0);
	command("run", "--twice", "bad/changing", NULL);
	CU_ASSERT_EQUAL(status, 1);
	says("# not deterministic: hash ");
	says("\nnot ok 1 - bad/changing\n");
	command("run", "--twice", "good/one", NULL);
	CU_ASSERT_EQUAL(status, 0);
}

static void replay_reports_too(void)
{
	command("replay", "-r", "alloc@report.c:good_one#1", "good/one");
	CU_ASSERT_EQUAL(status, 1);
	says("good/one: FAIL\n  finding     expect\n");
	says("  deviations  1 of 1 taken\n");
	says("FAIL good/one  expect  (a resource fault, 1 deviation)\n");
	says("  replay    trivet-sim replay good/one -r 'alloc@report.c:good_one#1' --svg");
	says(">>> deviation alloc@report.c:good_one");
}

static void points_show_the_answer_given(void)
{
	command("points", "-k", "alloc", "good/one");
	CU_ASSERT_EQUAL(status, 0);
	says("  0..1  0  alloc@report.c:good_one#1\n");
}

/* The outer call is where it is, whatever was called on the way to its arguments. */
static void an_outer_call_has_its_own_line(void)
{
	command("points", "-k", "alloc", "good/nested");
	says("alloc@report.c:good_nested#1\n");
}

static void a_deviation_is_explained(void)
{
	command("replay", "-r", "alloc@report.c:take#1", "twin/one");
	says("  deviates  alloc@report.c:take#1: 1 of 0 to 1, not 0: an allocation fails\n");
	says(" us in task main, CPU0, tests/unit/report.c:");
	says("            | p = trv_alloc(NULL, 8, TRV_SLEEP);\n");
	says(">>> task main, CPU0: deviation: an allocation fails\n");
	says("  passes    without alloc@report.c:take#1\n");
	says(" us both do the same; then\n            this run    ");
	says("  debug     trivet-sim replay twin/one -r 'alloc@report.c:take#1' --gdb\n");
}

static void a_deviation_says_what_it_does(void)
{
	command("replay", "-vr", "value@report.c:good_device#1=2", "good/device");
	CU_ASSERT_EQUAL(status, 0);
	says(" us: the register reads 0x10000ed from here on, whatever happens\n");
	command("replay", "-vr", "value@report.c:good_device#1", "good/device");
	says(" us: this read lies: 0xfeffff12, where the register holds 0x10000ed\n");
	command("replay", "-vr", "gone@report.c:good_device#1=2", "good/device");
	says(" us: this read is all ones, and the device is there\n");
	command("replay", "-r", "gone@report.c:good_device#1", "good/device");
	CU_ASSERT_PTR_NULL(strstr(out, " us: "));
}

static void a_write_in_flight_is_a_cause(void)
{
	command("replay", "-r", "post@report.c:hasty#1", "bad/hasty");
	CU_ASSERT_EQUAL(status, 1);
	says("post@report.c:hasty#1: 1 of 0 to 1, not 0: this write stays in flight until a read "
	     "pushes it, or 2 us have passed\n");
	says("the device: a write that was in flight arrives: wr ");
}

static void one_defect_in_two_scenarios_is_one(void)
{
	command("explore", "--kind", "alloc", "twin/*");
	CU_ASSERT_EQUAL(status, 1);
	says("# 1 defect, by id:\n#   api-misuse-report.c:take  2 runs of 2 scenarios, "
	     "first twin/one -r alloc@report.c:take#1\n");
	says("\n# FAIL twin/one  api-misuse  (a resource fault, 1 deviation)\n");
	says("\n#   deviates  alloc@report.c:take#1: 1 of 0 to 1, not 0");
	every_line_but_results_is_a_comment();
}

static void the_same_as_json(void)
{
	command("explore", "--json", "--kind=alloc", "twin/*");
	CU_ASSERT_EQUAL(status, 1);
	says("\"defects\": [\n  {\"id\": \"api-misuse-report.c:take\", \"runs\": 2, \"scenarios\": 2");
	says("\"report\": {\"scenario\": \"twin/one\", \"id\": \"api-misuse-report.c:take\", "
	     "\"check\": \"api-misuse\"");
	says("\"point\": \"alloc@report.c:take#1\", \"answer\": 1, \"answers\": 2");
	says("\"passes\": {\"without\": \"alloc@report.c:take#1\"");
}

/* By two deviations it is one and by what was asked two; of what looks alike one is explained. */
static void two_expectations_of_one_helper_are_two(void)
{
	command("explore", "--kind", "alloc", "help/*");
	CU_ASSERT_EQUAL(status, 1);
	says("# 3 defects, by id:\n"
	     "#   expect-all_is_well-the-write-returned@help/one  2 runs of 1 scenario, "
	     "first help/one -r alloc@report.c:allocate#1\n"
	     "#   expect-all_is_well-the-flush-returned@help/one  1 run of 1 scenario, "
	     "first help/one -r alloc@report.c:allocate#3\n"
	     "#   expect-all_is_well-the-flush-returned@help/two  1 run of 1 scenario, "
	     "first help/two -r alloc@report.c:allocate#1\n");
	says("\n# FAIL help/one  expect  (a resource fault, 1 deviation)\n");
	says("\n#   what      the write returned -5\n");
	says("\n#   what      the flush returned -5\n");
	says("\n# the other 1: by their replay commands\n");
	CU_ASSERT_PTR_NULL(strstr(out, "\n# FAIL help/two"));
}

static const char *id_of(const char *name)
{
	static struct sim_result r;

	sim_run(sim_scenario_find(name), NULL, 0, false, &r);
	CU_ASSERT_FALSE(r.pass);
	return r.id;
}

static void the_id_outlives_edits(void)
{
	char first[224];

	snprintf(first, sizeof(first), "%s", id_of("line/one"));
	CU_ASSERT_STRING_EQUAL(first, "api-misuse-report.c:one_of_two");
	CU_ASSERT_STRING_EQUAL(id_of("line/two"), first);
}

static void a_long_question_is_cut(void)
{
	CU_ASSERT_STRING_EQUAL(id_of("bad/wordy"),
			       "expect-wordy-numbers-0-numbers-1-numbers-2-1000-is-00d8@bad/wordy");
}

static void the_id_knows_no_first_and_second(void)
{
	char first[224];

	snprintf(first, sizeof(first), "%s", id_of("order/one"));
	CU_ASSERT_STRING_EQUAL(first, "lock-order-report.c:one_order-report.c:other_order");
	CU_ASSERT_STRING_EQUAL(id_of("order/two"), first);
}

/* What a file holds, into @out. */
static void slurp(const char *path)
{
	FILE *f = fopen(path, "r");
	size_t n;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	n = fread(out, 1, sizeof(out) - 1, f);
	out[n] = '\0';
	fclose(f);
}

static void a_picture_says_what_it_leaves_out(void)
{
	char path[] = "/tmp/trivet-unit-XXXXXX";
	int fd = mkstemp(path);

	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
	command("replay", "--svg", path, "good/long");
	CU_ASSERT_EQUAL(status, 0);
	slurp(path);
	unlink(path);
	says("<svg xmlns=");
	says("5000 events");
	says("3000 events from ");
	says(" us are not shown");
	says("trace &lt;&amp;&quot;tick&quot;&gt; 0x0 0x0");
	says("&gt; 0x1387 0x0");			   /* the last one is there */
	CU_ASSERT_PTR_NULL(strstr(out, "&gt; 0x7d0 0x0")); /* and one in the middle is not */
	says("</svg>\n");
}

KTAP_SUITE(report, KTAP_TEST(a_failed_run_is_explained),
	   KTAP_TEST(one_failure_stops_no_other_scenario), KTAP_TEST(a_missed_finding_is_explained),
	   KTAP_TEST(a_run_that_changes_is_caught), KTAP_TEST(replay_reports_too),
	   KTAP_TEST(points_show_the_answer_given), KTAP_TEST(an_outer_call_has_its_own_line),
	   KTAP_TEST(a_deviation_is_explained), KTAP_TEST(a_deviation_says_what_it_does),
	   KTAP_TEST(a_write_in_flight_is_a_cause), KTAP_TEST(one_defect_in_two_scenarios_is_one),
	   KTAP_TEST(the_same_as_json), KTAP_TEST(two_expectations_of_one_helper_are_two),
	   KTAP_TEST(the_id_outlives_edits), KTAP_TEST(a_long_question_is_cut),
	   KTAP_TEST(the_id_knows_no_first_and_second),
	   KTAP_TEST(a_picture_says_what_it_leaves_out));
KTAP_MAIN(&report);
