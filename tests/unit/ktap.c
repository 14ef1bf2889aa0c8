// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The KTAP reporter: CUnit runs the tests, its message handlers print. Its own
 * JUnit output is malformed in 2.1-3 and aborts on the first failure.
 */
#include <fnmatch.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <CUnit/TestRun.h>

#include "ktap.h"

static struct {
	unsigned int suite_nr;
	unsigned int test_nr;
	unsigned int failed_tests;
	unsigned int failed_in_suite;
	const char *skip;
} now;

void ktap_skip(const char *reason)
{
	now.skip = reason;
}

void ktap_note(const char *fmt, ...)
{
	va_list ap;

	printf("  # ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

void ktap_count(const char *name, unsigned long n)
{
	ktap_note("count %s=%lu", name, n);
}

static void on_suite_start(const CU_pSuite suite)
{
	now.suite_nr++;
	now.test_nr = 0;
	now.failed_in_suite = 0;
	printf("  KTAP version 1\n  # Subtest: %s\n  1..%u\n", suite->pName,
	       suite->uiNumberOfTests);
}

static void on_test_start(const CU_pTest test, const CU_pSuite suite)
{
	(void)test;
	(void)suite;
	now.skip = NULL;
}

static void on_test_complete(const CU_pTest test, const CU_pSuite suite,
			     const CU_pFailureRecord failures)
{
	const CU_FailureRecord *f;

	(void)suite;
	now.test_nr++;
	for (f = failures; f; f = f->pNext)
		ktap_note("%s:%u: %s", f->strFileName ? f->strFileName : "?", f->uiLineNumber,
			  f->strCondition ? f->strCondition : "failed");
	if (failures) {
		now.failed_tests++;
		now.failed_in_suite++;
		printf("  not ok %u - %s\n", now.test_nr, test->pName);
	} else if (now.skip) {
		printf("  ok %u - %s # SKIP %s\n", now.test_nr, test->pName, now.skip);
	} else {
		printf("  ok %u - %s\n", now.test_nr, test->pName);
	}
}

static void on_suite_complete(const CU_pSuite suite, const CU_pFailureRecord failures)
{
	(void)failures;
	printf("%sok %u - %s\n", now.failed_in_suite ? "not " : "", now.suite_nr, suite->pName);
}

/* Is suite.test among the arguments, which may be patterns? No argument: everything is. */
static bool selected(int argc, char **argv, const char *suite, const char *test)
{
	char full[256];
	int i;

	snprintf(full, sizeof(full), "%s.%s", suite, test);
	for (i = 1; i < argc; i++)
		if (!fnmatch(argv[i], suite, 0) || !fnmatch(argv[i], full, 0))
			return true;
	return argc < 2;
}

static void list(const struct ktap_suite *const *suites)
{
	const struct ktap_test *t;

	for (; *suites; suites++)
		for (t = (*suites)->tests; t->name; t++)
			printf("%s.%s\n", (*suites)->name, t->name);
}

/* Hands the selected tests to CUnit. Returns the number of suites, -1 when CUnit objects. */
static int register_suites(int argc, char **argv, const struct ktap_suite *const *suites)
{
	const struct ktap_test *t;
	int n = 0;

	for (; *suites; suites++) {
		const struct ktap_suite *s = *suites;
		CU_pSuite suite = NULL;

		for (t = s->tests; t->name; t++) {
			if (!selected(argc, argv, s->name, t->name))
				continue;
			if (!suite) {
				suite = CU_add_suite_with_setup_and_teardown(s->name, NULL, NULL,
									     s->setup, s->teardown);
				n++;
			}
			if (!suite || !CU_add_test(suite, t->name, t->run))
				return -1;
		}
	}
	return n;
}

int ktap_main(int argc, char **argv, const struct ktap_suite *const *suites)
{
	int n;

	if (argc == 2 && !strcmp(argv[1], "--list")) {
		list(suites);
		return 0;
	}
	if (argc > 1 && argv[1][0] == '-') {
		fprintf(!strcmp(argv[1], "--help") ? stdout : stderr,
			"usage: %s [--list | --help | SUITE | SUITE.TEST ...]\n", argv[0]);
		return strcmp(argv[1], "--help") ? 2 : 0;
	}

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	n = register_suites(argc, argv, suites);
	if (n <= 0) {
		fprintf(stderr, "%s: %s\n", argv[0],
			n ? CU_get_error_msg() : "no such test; try --list");
		CU_cleanup_registry();
		return n ? 1 : 2;
	}

	CU_set_suite_start_handler(on_suite_start);
	CU_set_test_start_handler(on_test_start);
	CU_set_test_complete_handler(on_test_complete);
	CU_set_suite_complete_handler(on_suite_complete);
	printf("KTAP version 1\n1..%d\n", n);
	CU_run_all_tests();
	CU_cleanup_registry();
	return now.failed_tests ? 1 : 0;
}
