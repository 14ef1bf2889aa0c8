// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The passing run nearest to a failing one, and where the two part. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/dev.h>
#include <os/test-sim/story.h>
#include <os/test-sim/symbol.h>
#include <os/test-sim/timeline.h>

/* Histories are compared so far; where runs that long part is of no help to anybody. */
#define MOST_LINES 200000

static void *need(void *p)
{
	if (!p) {
		fputs("trivet-sim: no memory for a run's history\n", stderr);
		exit(4);
	}
	return p;
}

/* ---- a run as lines ------------------------------------------------------ */

static bool counts(const struct sim_trace *t)
{
	return !sim_trace_noise(t) && t->kind != SIM_T_CHOICE && t->kind != SIM_T_FINDING &&
	       t->kind != SIM_T_SYNC && t->kind != SIM_T_ARRIVE && t->kind != SIM_T_DEFER;
}

static void append(struct sim_history *h, const struct sim_trace *t)
{
	char what[160], line[320];

	if (h->n == h->room) {
		h->room = h->room ? h->room * 2 : 1024;
		h->line = need(reallocarray(h->line, h->room, sizeof(*h->line)));
		h->time = need(reallocarray(h->time, h->room, sizeof(*h->time)));
	}
	sim_trace_text(t, what, sizeof(what));
	snprintf(line, sizeof(line), "%s%s%s%s%s",
		 sim_trace_column(t) == SIM_COL_DEVICE ? "the device" : sim_trace_context(t->ctx),
		 ": ", what, t->site ? " at " : "", t->site ? sim_site_text(t->site) : "");
	h->line[h->n] = need(strdup(line));
	h->time[h->n++] = t->time;
}

void sim_history_take(struct sim_history *h)
{
	size_t n, at;
	const struct sim_trace *log = sim_trace_log(&n);

	*h = (struct sim_history){ 0 };
	/* Not across what a long recording left out. */
	if (sim_trace_gap(&at))
		n = trv_min(n, at);
	for (size_t i = 0; i < n && h->n < MOST_LINES; i++) {
		if (counts(&log[i]))
			append(h, &log[i]);
	}
}

void sim_history_free(struct sim_history *h)
{
	for (u32 i = 0; i < h->n; i++)
		free(h->line[i]);
	free(h->line);
	free(h->time);
}

/* ---- runs like it -------------------------------------------------------- */

static bool try(const struct sim_scenario *s, const struct sim_deviation *dev, u32 n, bool record,
		struct sim_result *r)
{
	sim_run(s, dev, n, record, r);
	return r->pass && !r->unmet[0];
}

/* All but deviation @without. */
static u32 but(const struct sim_deviation *dev, u32 n, u32 without, struct sim_deviation *out)
{
	u32 kept = 0;

	for (u32 i = 0; i < n; i++) {
		if (i != without)
			out[kept++] = dev[i];
	}
	return kept;
}

static void compare(const struct sim_history *failed, struct sim_nearest *out)
{
	struct sim_history passed;
	u32 i = 0;

	sim_history_take(&passed);
	while (i < failed->n && i < passed.n && !strcmp(failed->line[i], passed.line[i]))
		i++;
	out->parts = failed->n ? failed->time[trv_min(i, failed->n - 1)] : 0;
	for (u32 k = 0; k < SIM_PARTING; k++, i++) {
		snprintf(out->fails[k], sizeof(out->fails[k]), "%s",
			 i < failed->n ? failed->line[i] : "");
		snprintf(out->passes[k], sizeof(out->passes[k]), "%s",
			 i < passed.n ? passed.line[i] : "");
	}
	sim_history_free(&passed);
}

/* The same deviation one point of its name earlier or later. */
static void look_beside(const struct sim_scenario *s, const struct sim_deviation *dev, u32 n,
			u32 which, const char *id, struct sim_nearest *out)
{
	struct sim_deviation other[SIM_MAX_DEVIATIONS];
	struct sim_result r;

	if (dev[which].index != SIM_BY_NAME)
		return;
	memcpy(other, dev, n * sizeof(*dev));
	for (u32 i = 0; i < 2; i++) {
		other[which].occurrence = dev[which].occurrence + (i ? 1 : -1);
		if (!other[which].occurrence)
			continue;
		if (try(s, other, n, false, &r))
			out->neighbour[i] = SIM_PASSES;
		else if (!r.unmet[0])
			out->neighbour[i] = strcmp(r.id, id) ? SIM_OTHER_FAILURE : SIM_SAME_FAILURE;
	}
}

void sim_nearest_find(const struct sim_scenario *s, const struct sim_deviation *dev, u32 n_dev,
		      const struct sim_history *failed, const char *id, struct sim_nearest *out)
{
	struct sim_deviation fewer[SIM_MAX_DEVIATIONS];
	struct sim_result r;

	*out = (struct sim_nearest){ 0 };
	/* The last one first: the longer the two go together, the more it says. */
	for (u32 i = n_dev; i-- > 0 && !out->found;) {
		u32 n = but(dev, n_dev, i, fewer);

		if (!try(s, fewer, n, true, &r))
			continue;
		out->found = true;
		out->without = i;
		compare(failed, out);
	}
	if (out->found)
		look_beside(s, dev, n_dev, out->without, id, out);
}
