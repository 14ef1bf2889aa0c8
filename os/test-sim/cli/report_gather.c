// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* All that is known of a failure, kept beyond the next run. */
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/cli/report.h>

const char *report_class(const struct report *rep)
{
	if (!rep->n_dev)
		return "the nice day";
	switch (rep->r.class) {
	case SIM_SCHEDULE:
		return "a legal day";
	case SIM_RESOURCE:
		return "a resource fault";
	default:
		return "a hostile device";
	}
}

void report_list(FILE *out, const struct report *rep)
{
	char text[160];

	for (u32 i = 0; i < rep->n_dev; i++) {
		sim_deviation_format(&rep->dev[i], text, sizeof(text));
		fprintf(out, "%s%s", i ? "," : "", text);
	}
}

const struct sim_frame_line *report_scenario_line(const struct report *rep)
{
	const struct report_place *p = rep->n_places ? &rep->place[rep->n_places - 1] : NULL;

	if (!p || p->w.kind != SIM_N_KINDS || !p->n_frames || p->n_frames == REPORT_FRAMES ||
	    (rep->r.check != SIM_EXPECT && rep->r.check != SIM_DATA))
		return NULL;
	return &p->frame[p->n_frames - 1];
}

static void gather_places(struct report *rep)
{
	size_t n_points;
	const struct sim_point *points = sim_points(&n_points);
	const struct sim_witness *w = sim_witnesses(&rep->n_places);

	for (u32 i = 0; i < rep->n_places; i++) {
		struct report_place *p = &rep->place[i];

		p->w = w[i];
		p->name[0] = p->source[0] = '\0';
		if (w[i].kind < SIM_N_KINDS && w[i].index < n_points)
			sim_point_format(&points[w[i].index], p->name, sizeof(p->name));
		sim_source_line(w[i].site, p->source, sizeof(p->source));
		p->n_frames = sim_stack_lines(w[i].pc, w[i].n_pc, p->frame, REPORT_FRAMES);
	}
}

static void gather_timeline(struct report *rep, u32 lines)
{
	FILE *mem = open_memstream(&rep->timeline, &rep->timeline_len);

	if (!mem) {
		cli_error(CLI_LIMIT, "no memory for the report");
		return;
	}
	sim_timeline_excerpt(mem, lines, rep->story.look, rep->story.n_look);
	fclose(mem);
}

/*
 * A run that spins without a call costs seconds of real time, and so may those like it: there is
 * nothing to compare either, it ends in the middle of things.
 */
static bool comparable(const struct report *rep)
{
	return rep->n_dev && rep->r.check >= 0 && rep->r.steps < 3000000;
}

void report_gather(struct report *rep, const struct sim_scenario *s,
		   const struct sim_deviation *dev, u32 n_dev, const struct sim_result *r,
		   u32 timeline_lines)
{
	struct sim_history history;

	memset(rep, 0, sizeof(*rep));
	rep->s = s;
	rep->dev = dev;
	rep->n_dev = n_dev;
	rep->r = *r;
	if (!sim_trace_recording())
		return;
	if (r->check >= 0)
		sim_story_tell(&rep->story);
	gather_places(rep);
	gather_timeline(rep, timeline_lines);
	if (!comparable(rep))
		return;
	/* Everything of this run is taken: the next one overwrites it. */
	sim_history_take(&history);
	sim_nearest_find(s, dev, n_dev, &history, r->id, &rep->nearest);
	sim_history_free(&history);
	rep->compared = true;
}

void report_free(struct report *rep)
{
	free(rep->timeline);
}
