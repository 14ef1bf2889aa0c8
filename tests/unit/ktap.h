/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * CUnit with KTAP on stdout: a nested report per suite, one line per test as
 * soon as it is done, so that a crash leaves a valid prefix. A whole program:
 *
 *	#include "ktap.h"
 *
 *	static void wraps(void)
 *	{
 *		CU_ASSERT_EQUAL(ring_next(7, 8), 0);
 *	}
 *
 *	KTAP_SUITE(ring, KTAP_TEST(wraps), KTAP_TEST(is_full));
 *	KTAP_MAIN(&ring);
 *
 * Run with suite or suite.test as arguments to run only those, with --list to
 * see them. Exit status: 0 all passed, 1 some failed, 2 usage.
 */
#ifndef TRIVET_TESTS_KTAP_H
#define TRIVET_TESTS_KTAP_H

#include <CUnit/CUnit.h>

struct ktap_test {
	const char *name;
	void (*run)(void);
};

struct ktap_suite {
	const char *name;
	void (*setup)(void);	/* before each test, may be NULL */
	void (*teardown)(void); /* after each test, may be NULL */
	const struct ktap_test *tests;
};

/* clang-format off */
#define KTAP_TEST(fn) { #fn, fn }
/* clang-format on */

/** KTAP_SUITE() - a suite of tests that need no preparation */
#define KTAP_SUITE(ident, ...) KTAP_SUITE_WITH(ident, NULL, NULL, __VA_ARGS__)

/** KTAP_SUITE_WITH() - a suite with a function to run before and one after each test */
#define KTAP_SUITE_WITH(ident, before, after, ...)                                  \
	static const struct ktap_suite ident = {                                    \
		.name = #ident,                                                     \
		.setup = before,                                                    \
		.teardown = after,                                                  \
		.tests = (const struct ktap_test[]){ __VA_ARGS__, { NULL, NULL } }, \
	}

/** KTAP_MAIN() - main() that runs these suites in this order */
#define KTAP_MAIN(...)                                                                     \
	int main(int argc, char **argv)                                                    \
	{                                                                                  \
		return ktap_main(argc, argv,                                               \
				 (const struct ktap_suite *const[]){ __VA_ARGS__, NULL }); \
	}                                                                                  \
	struct ktap_suite /* takes the semicolon */

/** KTAP_SKIP() - leave the test, reported as skipped for this reason */
#define KTAP_SKIP(reason)          \
	do {                       \
		ktap_skip(reason); \
		return;            \
	} while (0)

int ktap_main(int argc, char **argv, const struct ktap_suite *const *suites);

/** ktap_skip() - the running test counts as skipped. @reason must outlive the test. */
void ktap_skip(const char *reason);

/** ktap_note() - a diagnostic line at the running test's place */
void ktap_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** ktap_count() - report how often something was repeated, see ci/counts */
void ktap_count(const char *name, unsigned long n);

#endif /* TRIVET_TESTS_KTAP_H */
