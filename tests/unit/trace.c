// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The trace: what its hash knows and does not, and what a recording keeps. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/engine.h>
#include <os/test-sim/timeline.h>
#include "ktap.h"

/* The trace belongs to a run: each test is one, and its body may fail its assertions. */
static void (*body)(void);

static void run_body(void)
{
	body();
}

static const struct sim_scenario as_run = { .name = "unit/trace", .what = "", .run = run_body };

static void in_run(void (*fn)(void), bool record)
{
	struct sim_result r;

	body = fn;
	sim_run(&as_run, NULL, 0, record, &r);
	if (!r.pass)
		ktap_note("%s", r.message);
	CU_ASSERT_TRUE(r.pass);
}

static u64 hash_of(enum sim_trace_kind kind, const char *name, u64 a, u64 b, u64 c)
{
	sim_trace_reset(false);
	sim_trace(kind, NULL, name, a, b, c);
	return sim_trace_hash();
}

static void check_payload(void)
{
	u64 h = hash_of(SIM_T_WRITE, NULL, 1, 2, 3);

	CU_ASSERT_EQUAL(hash_of(SIM_T_WRITE, "named", 1, 2, 3), h);
	CU_ASSERT_NOT_EQUAL(hash_of(SIM_T_READ, NULL, 1, 2, 3), h);
	CU_ASSERT_NOT_EQUAL(hash_of(SIM_T_WRITE, NULL, 0, 2, 3), h);
	CU_ASSERT_NOT_EQUAL(hash_of(SIM_T_WRITE, NULL, 1, 0, 3), h);
	CU_ASSERT_NOT_EQUAL(hash_of(SIM_T_WRITE, NULL, 1, 2, 0), h);
	CU_ASSERT_NOT_EQUAL(hash_of(SIM_T_WRITE, NULL, 2, 1, 3), h);
	CU_ASSERT_NOT_EQUAL(hash_of(SIM_T_WRITE, NULL, 1, 3, 2), h);
}

static void hash_knows_every_word(void)
{
	in_run(check_payload, false);
}

static void check_user(void)
{
	CU_ASSERT_EQUAL(hash_of(SIM_T_USER, "x", 1, 2, 0), hash_of(SIM_T_USER, "x", 3, 4, 0));
	CU_ASSERT_NOT_EQUAL(hash_of(SIM_T_USER, "x", 1, 2, 0), hash_of(SIM_T_READ, "x", 1, 2, 0));
}

/* A driver may trace a pointer, and a pointer is not the same in every process. */
static void hash_ignores_a_drivers_own_words(void)
{
	in_run(check_user, false);
}

static void check_order(void)
{
	u64 h;

	sim_trace_reset(false);
	sim_trace(SIM_T_READ, NULL, NULL, 1, 1, 1);
	sim_trace(SIM_T_READ, NULL, NULL, 2, 2, 2);
	h = sim_trace_hash();
	sim_trace_reset(false);
	sim_trace(SIM_T_READ, NULL, NULL, 2, 2, 2);
	sim_trace(SIM_T_READ, NULL, NULL, 1, 1, 1);
	CU_ASSERT_NOT_EQUAL(sim_trace_hash(), h);
}

static void hash_knows_the_order(void)
{
	in_run(check_order, false);
}

static void check_same_recorded(void)
{
	u64 h = hash_of(SIM_T_READ, NULL, 1, 2, 3);

	sim_trace_reset(true);
	sim_trace(SIM_T_READ, NULL, NULL, 1, 2, 3);
	CU_ASSERT_EQUAL(sim_trace_hash(), h);
}

static void recording_changes_no_hash(void)
{
	in_run(check_same_recorded, false);
}

static void digest_knows_bytes_and_length(void)
{
	static const u8 zeroes[64];
	u8 one[64] = { 0 };
	u64 seen[65];

	for (size_t n = 0; n <= 64; n++) {
		seen[n] = sim_digest(zeroes, n);
		for (size_t m = 0; m < n; m++)
			CU_ASSERT_NOT_EQUAL(seen[m], seen[n]);
	}
	for (size_t at = 0; at < 64; at++) {
		one[at] = 1;
		CU_ASSERT_NOT_EQUAL(sim_digest(one, 64), seen[64]);
		one[at] = 0;
	}
	/* Unaligned data have the same digest. */
	memcpy(one + 1, "0123456789abcdef", 16);
	CU_ASSERT_EQUAL(sim_digest(one + 1, 16), sim_digest("0123456789abcdef", 16));
}

static void check_log(void)
{
	const struct sim_trace *t;
	size_t n, before;

	sim_trace_log(&before);
	sim_trace(SIM_T_WRITE, NULL, "first", 1, 2, 3);
	sim_sleep(1500);
	sim_trace(SIM_T_EVENT, NULL, "second", 4, 5, 6);
	t = sim_trace_log(&n);
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	CU_ASSERT(n >= before + 2);
	CU_ASSERT_EQUAL(t[before].kind, SIM_T_WRITE);
	CU_ASSERT_STRING_EQUAL(t[before].name, "first");
	CU_ASSERT_EQUAL(t[before].c, 3);
	CU_ASSERT_EQUAL(t[n - 1].kind, SIM_T_EVENT);
	CU_ASSERT(t[n - 1].time >= t[before].time + 1500);
	CU_ASSERT_PTR_NULL(t[n - 1].site); /* the device's own doing */
	CU_ASSERT_PTR_NOT_NULL(strstr(sim_trace_context(t[before].ctx), "main"));
}

static void recording_keeps_everything(void)
{
	in_run(check_log, true);
}

static void check_no_log(void)
{
	size_t n = 99;

	CU_ASSERT_PTR_NULL(sim_trace_log(&n));
	CU_ASSERT_EQUAL(n, 0);
	CU_ASSERT_FALSE(sim_trace_recording());
}

static void without_recording_there_is_no_log(void)
{
	in_run(check_no_log, false);
}

static void check_long(void)
{
	const u64 many = 3000000;
	const struct sim_trace *t;
	size_t n, at;
	u64 gap;

	sim_trace_reset(true);
	for (u64 i = 0; i < many; i++)
		sim_trace(SIM_T_READ, NULL, NULL, i, 0, 0);
	t = sim_trace_log(&n);
	gap = sim_trace_gap(&at);
	CU_ASSERT_EQUAL(gap + n, many);
	CU_ASSERT_EQUAL(t[0].a, 0);
	CU_ASSERT_EQUAL(t[at - 1].a, at - 1);
	CU_ASSERT_EQUAL(t[at].a, at + gap);
	CU_ASSERT_EQUAL(t[n - 1].a, many - 1);
	for (size_t i = at + 1; i < n; i++)
		CU_ASSERT_EQUAL_FATAL(t[i].a, t[i - 1].a + 1);
	/* And it can go on after somebody looked. */
	sim_trace(SIM_T_READ, NULL, NULL, many, 0, 0);
	t = sim_trace_log(&n);
	CU_ASSERT_EQUAL(t[n - 1].a, many);
	CU_ASSERT_EQUAL(sim_trace_gap(&at), gap + 1);
}

static void long_recordings_keep_both_ends(void)
{
	in_run(check_long, false);
}

/* ---- words --------------------------------------------------------------- */

static void check_text(const struct sim_trace *t, const char *want)
{
	char text[128];

	sim_trace_text(t, text, sizeof(text));
	if (strcmp(text, want))
		ktap_note("got '%s', want '%s'", text, want);
	CU_ASSERT_STRING_EQUAL(text, want);
}

static void events_in_words(void)
{
	check_text(
		&(struct sim_trace){ .kind = SIM_T_WRITE, .a = 4ULL << 32 | 2, .b = 0x9, .c = 1 },
		"wr bar4+0x02 = 0x09");
	check_text(&(struct sim_trace){ .kind = SIM_T_READ_REP, .a = 0, .c = 2ULL << 32 | 256 },
		   "rd bar0+0x00 256 x 2 bytes");
	check_text(&(struct sim_trace){ .kind = SIM_T_REQ, .name = "read", .b = 7, .c = 8 },
		   "request read 7+8");
	check_text(
		&(struct sim_trace){ .kind = SIM_T_REQ_END, .name = "read", .b = (u64)-5, .c = 7 },
		"request done read 7: -5");
	check_text(
		&(struct sim_trace){
			.kind = SIM_T_MAP, .a = 0x1000, .b = 512, .c = TRV_DMA_FROM_DEVICE },
		"dma map 0x1000+512 from device");
}

static void text_fits_any_buffer(void)
{
	const struct sim_trace t = { .kind = SIM_T_DMA_READ, .a = 0x123456, .c = 4096 };
	char text[64], whole[64];
	int want = sim_trace_text(&t, whole, sizeof(whole));

	CU_ASSERT_EQUAL(want, (int)strlen(whole));
	for (size_t len = 1; len < sizeof(text); len++) {
		memset(text, '#', sizeof(text));
		CU_ASSERT_EQUAL(sim_trace_text(&t, text, len), want);
		CU_ASSERT_EQUAL(text[len], '#');
		CU_ASSERT_EQUAL(strncmp(text, whole, len - 1), 0);
	}
}

KTAP_SUITE(trace, KTAP_TEST(hash_knows_every_word), KTAP_TEST(hash_ignores_a_drivers_own_words),
	   KTAP_TEST(hash_knows_the_order), KTAP_TEST(recording_changes_no_hash),
	   KTAP_TEST(digest_knows_bytes_and_length), KTAP_TEST(recording_keeps_everything),
	   KTAP_TEST(without_recording_there_is_no_log), KTAP_TEST(long_recordings_keep_both_ends));
KTAP_SUITE(words, KTAP_TEST(events_in_words), KTAP_TEST(text_fits_any_buffer));
KTAP_MAIN(&trace, &words);
