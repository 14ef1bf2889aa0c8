// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Deviation lists as text: what is understood, and what is said of the rest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/engine.h>
#include "ktap.h"

static struct sim_deviation dev[SIM_MAX_DEVIATIONS];
static char err[256];

static int parse(const char *text)
{
	memset(dev, 0xff, sizeof(dev));
	strcpy(err, "untouched");
	return sim_deviations_parse(text, dev, SIM_MAX_DEVIATIONS, err, sizeof(err));
}

static void empty_is_the_nice_day(void)
{
	CU_ASSERT_EQUAL(parse(""), 0);
}

static void index_alone(void)
{
	CU_ASSERT_EQUAL_FATAL(parse("#542"), 1);
	CU_ASSERT_EQUAL(dev[0].index, 542);
	CU_ASSERT_EQUAL(dev[0].alt, 1);
}

static void index_with_answer(void)
{
	CU_ASSERT_EQUAL_FATAL(parse("#0=254"), 1);
	CU_ASSERT_EQUAL(dev[0].index, 0);
	CU_ASSERT_EQUAL(dev[0].alt, 254);
}

static void full_name(void)
{
	CU_ASSERT_EQUAL_FATAL(parse("dma_alloc@ide-probe.c:ide_probe2#12=3"), 1);
	CU_ASSERT_EQUAL(dev[0].index, SIM_BY_NAME);
	CU_ASSERT_EQUAL(dev[0].kind, SIM_K_DMA_ALLOC);
	CU_ASSERT_STRING_EQUAL(dev[0].where, "ide-probe.c:ide_probe2");
	CU_ASSERT_EQUAL(dev[0].occurrence, 12);
	CU_ASSERT_EQUAL(dev[0].alt, 3);
}

static void largest_numbers(void)
{
	CU_ASSERT_EQUAL(parse("#4294967294"), 1);
	CU_ASSERT_EQUAL(dev[0].index, 4294967294u);
	CU_ASSERT_EQUAL(parse("irq@a.c:b#4294967294"), 1);
	CU_ASSERT_EQUAL(dev[0].occurrence, 4294967294u);
}

static void every_kind(void)
{
	char text[64];

	for (int k = 0; k < SIM_N_KINDS; k++) {
		snprintf(text, sizeof(text), "%s@a.c:f#1", sim_kind_name((enum sim_kind)k));
		CU_ASSERT_EQUAL_FATAL(parse(text), 1);
		CU_ASSERT_EQUAL(dev[0].kind, (enum sim_kind)k);
	}
}

static void several_keep_their_order(void)
{
	CU_ASSERT_EQUAL_FATAL(parse("#9,irq@a.c:b#1,#3=2"), 3);
	CU_ASSERT_EQUAL(dev[0].index, 9);
	CU_ASSERT_EQUAL(dev[1].kind, SIM_K_IRQ);
	CU_ASSERT_EQUAL(dev[2].index, 3);
	CU_ASSERT_EQUAL(dev[2].alt, 2);
}

static void format_is_the_inverse(void)
{
	static const char *const lists[] = { "#0", "#7=3", "irq@a.c:b#1", "gone@x-y.c:f_1#20=2" };
	char text[160];

	for (size_t i = 0; i < TRV_ARRAY_SIZE(lists); i++) {
		CU_ASSERT_EQUAL_FATAL(parse(lists[i]), 1);
		sim_deviation_format(&dev[0], text, sizeof(text));
		CU_ASSERT_STRING_EQUAL(text, lists[i]);
	}
}

/* ---- malformed ----------------------------------------------------------- */

static const struct {
	const char *text, *err;
} malformed[] = {
	{ ",", "item 1, column 1: expected KIND@FILE:FUNCTION#N or #INDEX, found ','" },
	{ " ", "item 1, column 1: expected KIND@FILE:FUNCTION#N or #INDEX, found ' '" },
	{ "#", "item 1, column 2: expected the index (a number), found the end" },
	{ "#x", "item 1, column 2: expected the index (a number), found 'x'" },
	{ "#-1", "item 1, column 2: expected the index (a number), found '-'" },
	{ "#1,", "item 2, column 4: expected KIND@FILE:FUNCTION#N or #INDEX, found the end" },
	{ "#1,,#2", "item 2, column 4: expected KIND@FILE:FUNCTION#N or #INDEX, found ','" },
	{ ",#1", "item 1, column 1: expected KIND@FILE:FUNCTION#N or #INDEX, found ','" },
	{ "#1 ,#2", "item 1, column 3: expected ',' or the end, found ' '" },
	{ "#1;#2", "item 1, column 3: expected ',' or the end, found ';'" },
	{ "#1=", "item 1, column 4: expected the alternative (a number), found the end" },
	{ "#1=0", "item 1, column 4: answer 0 is the nice day, no deviation" },
	{ "#1=255", "item 1, column 4: the alternative is above 254" },
	{ "#1=99999999999999999999", "item 1, column 4: the alternative is above 254" },
	{ "#1=1x", "item 1, column 5: expected ',' or the end, found 'x'" },
	{ "#1=1=1", "item 1, column 5: expected ',' or the end, found '='" },
	{ "#4294967295", "item 1, column 2: the index is above 4294967294" },
	{ "#18446744073709551616", "item 1, column 2: the index is above 4294967294" },
	{ "alok@a.c:b#1", "item 1, column 1: no kind 'alok'; see: trivet-sim list --kinds" },
	{ "ALLOC@a.c:b#1", "item 1, column 1: no kind 'ALLOC'; see: trivet-sim list --kinds" },
	{ "allo@a.c:b#1", "item 1, column 1: no kind 'allo'; see: trivet-sim list --kinds" },
	{ "allocs@a.c:b#1", "item 1, column 1: no kind 'allocs'; see: trivet-sim list --kinds" },
	{ "alloc", "item 1, column 6: expected '@' before the file, found the end" },
	{ "alloc#1", "item 1, column 6: expected '@' before the file, found '#'" },
	{ "alloc@", "item 1, column 7: expected a file name, found the end" },
	{ "alloc@:f#1", "item 1, column 7: expected a file name, found ':'" },
	{ "alloc@a.c", "item 1, column 10: expected ':' before the function, found the end" },
	{ "alloc@a.c#1", "item 1, column 10: expected ':' before the function, found '#'" },
	{ "alloc@a.c:", "item 1, column 11: expected a function name, found the end" },
	{ "alloc@a.c:#1", "item 1, column 11: expected a function name, found '#'" },
	{ "alloc@a.c:f", "item 1, column 12: expected '#' before the occurrence, found the end" },
	{ "alloc@a.c:f#", "item 1, column 13: expected the occurrence (a number), found the end" },
	{ "alloc@a.c:f#0", "item 1, column 13: occurrences count from 1" },
	{ "alloc@a.c:f#1.5", "item 1, column 14: expected ',' or the end, found '.'" },
	{ "alloc@a.c:f#4294967295", "item 1, column 13: the occurrence is above 4294967294" },
	{ "alloc@d/a.c:f#1",
	  "item 1, column 8: a file goes by its last part, without directories" },
	{ "alloc@a.c:f()#1", "item 1, column 12: expected '#' before the occurrence, found '('" },
	{ "#1\n", "item 1, column 3: expected ',' or the end, found byte 0x0a" },
	{ "\xff", "item 1, column 1: expected KIND@FILE:FUNCTION#N or #INDEX, found byte 0xff" },
	{ "#1,#2,#1=2", "item 3, column 7: the same point as item 1" },
	{ "irq@a.c:f#2,irq@a.c:f#2", "item 2, column 13: the same point as item 1" },
};

static void malformed_lists_say_where(void)
{
	for (size_t i = 0; i < TRV_ARRAY_SIZE(malformed); i++) {
		CU_ASSERT_EQUAL(parse(malformed[i].text), -EINVAL);
		if (strcmp(err, malformed[i].err)) {
			ktap_note("'%s': got  %s", malformed[i].text, err);
			ktap_note("'%s': want %s", malformed[i].text, malformed[i].err);
			CU_FAIL("another message");
		}
	}
}

static void too_long_a_name(void)
{
	char text[200];

	snprintf(text, sizeof(text), "alloc@%0*d:f#1", 120, 0);
	CU_ASSERT_EQUAL(parse(text), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err, "item 1, column 7: FILE:FUNCTION is longer than 95 characters");
	snprintf(text, sizeof(text), "alloc@%0*d:f#1", 93, 0);
	CU_ASSERT_EQUAL(parse(text), 1);
	CU_ASSERT_EQUAL(strlen(dev[0].where), 95);
}

static void too_many(void)
{
	char text[1024] = "#0";
	size_t at = 2;

	for (int i = 1; i <= SIM_MAX_DEVIATIONS; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, ",#%d", i);
	CU_ASSERT_EQUAL(parse(text), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "item 65, "));
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "more than 64 deviations"));
	*strrchr(text, ',') = '\0';
	CU_ASSERT_EQUAL(parse(text), SIM_MAX_DEVIATIONS);
}

static void small_error_buffer(void)
{
	char tiny[8] = "1234567";

	CU_ASSERT_EQUAL(sim_deviations_parse("#x", dev, SIM_MAX_DEVIATIONS, tiny, 4), -EINVAL);
	CU_ASSERT_STRING_EQUAL(tiny, "ite");
	CU_ASSERT_EQUAL(tiny[4], '5');
}

/* Whatever is cut off a good list, or changed in it, is understood or refused; nothing else. */
static void mangled_lists_are_safe(void)
{
	static const char good[] = "alloc@ide_probe.c:ide_probe#1,#542=2,irq@a.c:b#3=2";
	char text[sizeof(good)];
	u32 refused = 0;

	for (size_t at = 0; at < sizeof(good) - 1; at++) {
		for (int c = 0; c < 256; c++) {
			strcpy(text, good);
			text[at] = (char)c;
			refused += parse(text) < 0;
		}
	}
	CU_ASSERT(refused > 1000);
}

KTAP_SUITE(wellformed, KTAP_TEST(empty_is_the_nice_day), KTAP_TEST(index_alone),
	   KTAP_TEST(index_with_answer), KTAP_TEST(full_name), KTAP_TEST(largest_numbers),
	   KTAP_TEST(every_kind), KTAP_TEST(several_keep_their_order),
	   KTAP_TEST(format_is_the_inverse));
KTAP_SUITE(refused, KTAP_TEST(malformed_lists_say_where), KTAP_TEST(too_long_a_name),
	   KTAP_TEST(too_many), KTAP_TEST(small_error_buffer), KTAP_TEST(mangled_lists_are_safe));
KTAP_MAIN(&wellformed, &refused);
