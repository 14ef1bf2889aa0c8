// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the reporter must show: run by tests/cli/ktap-unit.sh, which knows the answer. */
#include <stdlib.h>

#include "ktap.h"

static int prepared;

static void passes(void)
{
	CU_ASSERT(1);
}

static void fails(void)
{
	CU_ASSERT_EQUAL(1 + 1, 3);
	CU_FAIL("twice over");
}

static void stops_at_fatal(void)
{
	CU_ASSERT_FATAL(0);
	CU_FAIL("not reached");
}

static void skips(void)
{
	KTAP_SKIP("nothing to do here");
}

static void prepare(void)
{
	prepared++;
}

static void is_prepared_once(void)
{
	CU_ASSERT_EQUAL(prepared, 1);
}

static void is_prepared_again(void)
{
	CU_ASSERT_EQUAL(prepared, 2);
}

static void crashes(void)
{
	if (getenv("KTAP_SELFTEST_CRASH"))
		abort();
}

static void counts(void)
{
	ktap_count("ktap-selftest", 7);
	CU_PASS("counted");
}

KTAP_SUITE(good, KTAP_TEST(passes), KTAP_TEST(skips), KTAP_TEST(counts));
KTAP_SUITE_WITH(prepared_suite, prepare, NULL, KTAP_TEST(is_prepared_once),
		KTAP_TEST(is_prepared_again));
KTAP_SUITE(bad, KTAP_TEST(fails), KTAP_TEST(stops_at_fatal));
KTAP_SUITE(last, KTAP_TEST(passes), KTAP_TEST(crashes));
KTAP_MAIN(&good, &prepared_suite, &bad, &last);
