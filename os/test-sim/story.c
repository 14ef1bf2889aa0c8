// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The causes of a finding, put in order: what checkers said of it, and what the recording adds. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/story.h>
#include <os/test-sim/timeline.h>

/* What is known already is not told again; of two texts the longer one says more. */
static void add(struct sim_story *story, const struct sim_fact *f)
{
	for (u32 i = 0; i < story->n; i++) {
		struct sim_fact *old = &story->fact[i];

		if (old->time != f->time ||
		    (f->site ? old->site != f->site : strcmp(old->text, f->text) != 0))
			continue;
		if (strlen(f->text) > strlen(old->text))
			memcpy(old->text, f->text, sizeof(old->text));
		return;
	}
	if (story->n < SIM_MAX_FACTS)
		story->fact[story->n++] = *f;
}

void sim_fact_add(struct sim_story *story, const struct sim_trace *t, const char *fmt, ...)
{
	struct sim_fact f = { .time = t->time, .site = t->site };
	va_list ap;

	f.deviates = t->kind == SIM_T_CHOICE;
	snprintf(f.who, sizeof(f.who), "%s",
		 sim_trace_column(t) == SIM_COL_DEVICE ? "the device" : sim_trace_context(t->ctx));
	va_start(ap, fmt);
	vsnprintf(f.text, sizeof(f.text), fmt, ap);
	va_end(ap);
	add(story, &f);
}

/* A line that a checker remembered: who was at it, and when if that is not known, is recorded. */
static void add_cause(struct sim_story *story, const struct sim_cause *c)
{
	struct sim_fact f = { .time = c->time, .site = c->site };
	const struct sim_trace *log;
	size_t n;

	if (c->time == sim_finding()->time_ns)
		snprintf(f.who, sizeof(f.who), "%s", sim_finding()->where);
	log = sim_trace_log(&n);
	for (size_t i = n; i-- > 0;) {
		if (log[i].site != c->site || log[i].kind == SIM_T_FINDING ||
		    (c->time != SIM_SOMETIME && c->time != log[i].time))
			continue;
		f.time = log[i].time;
		snprintf(f.who, sizeof(f.who), "%s", sim_trace_context(log[i].ctx));
		break;
	}
	snprintf(f.text, sizeof(f.text), "%s", c->text);
	add(story, &f);
}

static void add_deviations(struct sim_story *story)
{
	size_t n;
	const struct sim_trace *log = sim_trace_log(&n);
	u32 k = 0, n_seen;
	const struct sim_witness *seen = sim_witnesses(&n_seen);

	for (size_t i = 0; i < n; i++) {
		if (log[i].kind != SIM_T_CHOICE)
			continue;
		while (k < n_seen && seen[k].index != log[i].a)
			k++;
		if (k < n_seen)
			sim_fact_add(story, &log[i], "deviation: %s", seen[k].what);
	}
}

/* What the driver had written and the device got only later: the last of it. */
static void add_arrivals(struct sim_story *story)
{
	size_t n;
	const struct sim_trace *log = sim_trace_log(&n);
	char text[160];
	u32 left = 4;

	for (size_t i = n; i-- > 0 && left;) {
		if (log[i].kind != SIM_T_ARRIVE)
			continue;
		left--;
		sim_trace_text(&log[i], text, sizeof(text));
		sim_fact_add(story, &log[i], "a write that was in flight %s", text);
	}
}

/* A load or a store of coherent memory that would not have mattered with a barrier. */
static void add_unordered(struct sim_story *story)
{
	const struct sim_blame *b = sim_coherent_blame();
	struct sim_cause c = { .time = SIM_SOMETIME };

	if (!b || !b->site || sim_finding()->site == b->site)
		return;
	c.site = b->site;
	snprintf(c.text, sizeof(c.text), "%.199s", b->what);
	add_cause(story, &c);
}

/* What drivers had to complain of: the last two words. */
static void add_words(struct sim_story *story)
{
	size_t n;
	const struct sim_trace *log = sim_trace_log(&n);
	u32 left = 2;

	for (size_t i = n; i-- > 0 && left;) {
		if (log[i].kind != SIM_T_LOG || log[i].a > TRV_LOG_WARN)
			continue;
		left--;
		sim_fact_add(story, &log[i], "logged \"%.180s\"", log[i].name);
	}
}

#define MOST_DMA 4

/* Wrong data: how the last request went about them. */
static void add_last_request(struct sim_story *story)
{
	size_t n;
	const struct sim_trace *log = sim_trace_log(&n), *end = log + n, *t;
	char text[160];
	u32 n_dma = 0;

	while (end > log && end[-1].kind != SIM_T_REQ_END)
		end--;
	if (end == log)
		return;
	end--;
	t = sim_story_begin(end);
	sim_story_look(story, t);
	for (; t <= end; t++) {
		bool dma = t->kind == SIM_T_DMA_READ || t->kind == SIM_T_DMA_WRITE;

		if (t->dev != end->dev || (dma && n_dma == MOST_DMA))
			continue;
		if (!dma && t->kind != SIM_T_REQ && t->kind != SIM_T_REQ_END &&
		    t->kind != SIM_T_MAP && t->kind != SIM_T_UNMAP)
			continue;
		n_dma += dma;
		sim_trace_text(t, text, sizeof(text));
		sim_fact_add(story, t, "%s", text);
	}
}

/* What is known of a request, or of another call of the driver, that failed. */
static void add_failure(struct sim_story *story, bool data)
{
	const struct sim_trace *end = sim_story_failure(), *begin;
	char text[160];
	bool taken;

	if (!end) {
		if (data)
			add_last_request(story);
		return;
	}
	begin = sim_story_begin(end);
	sim_story_look(story, begin);
	sim_story_look(story, end);
	sim_trace_text(begin, text, sizeof(text));
	sim_fact_add(story, begin, "%s", text);
	sim_trace_text(end, text, sizeof(text));
	sim_fact_add(story, end, "%s", text);
	taken = sim_story_way(story, end);
	sim_story_time(story, begin, end);
	if (taken && end->kind == SIM_T_REQ_END && (s64)end->b == -ETIMEDOUT)
		sim_story_interrupts(story, begin, end);
	if (end->kind != SIM_T_REQ_END)
		sim_story_under_way(story);
}

static int by_time(const void *a, const void *b)
{
	const struct sim_fact *fa = a, *fb = b;
	/* What has no time was long ago. */
	u64 ta = fa->time + 1, tb = fb->time + 1;

	return ta < tb ? -1 : ta > tb;
}

void sim_story_tell(struct sim_story *story)
{
	const struct sim_finding *f = sim_finding();

	story->n = 0;
	story->n_lines = 0;
	story->n_look = 0;
	for (u32 i = 0; i < f->n_because; i++)
		add_cause(story, &f->because[i]);
	for (u32 i = 0; i < f->n_about; i++)
		sim_story_about(story, &f->about[i]);
	if (f->check == SIM_EXPECT || f->check == SIM_DATA || f->check == SIM_RULE)
		add_failure(story, f->check != SIM_RULE);
	if (f->check != SIM_EXPECT && f->check != SIM_DATA)
		sim_story_now(story);
	add_deviations(story);
	add_arrivals(story);
	add_unordered(story);
	add_words(story);
	qsort(story->fact, story->n, sizeof(story->fact[0]), by_time);
}
