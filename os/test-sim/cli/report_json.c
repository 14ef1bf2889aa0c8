// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A failure, for programs: what the text says, and no more. */
#include <string.h>

#include <os/test-sim/cli/report.h>

static void put_us(const char *key, u64 time)
{
	if (time != SIM_SOMETIME)
		printf("\"%s\": %llu.%03llu, ", key, (unsigned long long)(time / 1000),
		       (unsigned long long)(time % 1000));
}

static void put_pair(const char *key, const char *value)
{
	printf("\"%s\": ", key);
	cli_json_string(value);
}

/* An object for a line of the driver, or null. */
static void put_site(const struct sim_site *site)
{
	char source[160];

	if (!site || !site->line) {
		printf("null");
		return;
	}
	printf("{");
	put_pair("file", site->file);
	printf(", \"line\": %u, ", site->line);
	put_pair("function", site->func);
	if (sim_source_line(site, source, sizeof(source))) {
		printf(", ");
		put_pair("source", source);
	}
	printf("}");
}

static void put_stack(const struct report_place *p)
{
	printf("\"stack\": [");
	for (u32 i = 0; i < p->n_frames; i++) {
		const struct sim_frame_line *f = &p->frame[i];

		printf("%s{", i ? ", " : "");
		put_pair("function", f->func);
		printf(", ");
		put_pair("file", f->file);
		printf(", \"line\": %u", f->line);
		if (f->gap) {
			printf(", ");
			put_pair("interrupted", f->gap);
		}
		printf("}");
	}
	printf("]");
}

static void put_causes(const struct sim_story *story)
{
	printf(",\n   \"causes\": [");
	for (u32 i = 0; i < story->n; i++) {
		const struct sim_fact *f = &story->fact[i];

		printf("%s\n    {", i ? "," : "");
		put_us("time_us", f->time);
		put_pair("context", f->who);
		printf(", ");
		put_pair("what", f->text);
		printf(", \"deviation\": %s, \"at\": ", f->deviates ? "true" : "false");
		put_site(f->site);
		printf("}");
	}
	printf("]");
}

/* The parts of the report that have no form of their own: headings and lines. */
static void put_parts(const struct sim_story *story)
{
	printf(",\n   \"parts\": [");
	for (u32 i = 0; i < story->n_lines; i++) {
		const struct sim_line *l = &story->line[i];
		bool first = !i || strcmp(l->part, l[-1].part) != 0;

		if (first) {
			printf("%s\n    {", i ? "]}," : "");
			put_pair("part", l->part);
			printf(", \"lines\": [");
		}
		printf("%s", first ? "" : ", ");
		cli_json_string(l->text);
	}
	printf("%s]", story->n_lines ? "]}" : "");
}

static void put_deviations(const struct report *rep)
{
	bool first = true;

	printf(",\n   \"deviations\": [");
	for (u32 i = 0; i < rep->n_places; i++) {
		const struct report_place *p = &rep->place[i];

		if (p->w.kind == SIM_N_KINDS)
			continue;
		printf("%s\n    {", first ? "" : ",");
		first = false;
		put_pair("point", p->name);
		printf(", \"answer\": %u, \"answers\": %u, ", p->w.answer, p->w.n);
		put_pair("means", p->w.what);
		printf(", ");
		put_us("time_us", p->w.time);
		put_pair("context", p->w.who);
		printf(", \"at\": ");
		put_site(p->w.site);
		printf(", ");
		put_stack(p);
		printf("}");
	}
	printf("]");
}

static void put_lines(const char *key, const char lines[SIM_PARTING][200])
{
	printf(", \"%s\": [", key);
	for (u32 i = 0; i < SIM_PARTING && lines[i][0]; i++) {
		printf("%s", i ? ", " : "");
		cli_json_string(lines[i]);
	}
	printf("]");
}

static void put_nearest(const struct report *rep)
{
	static const char *const names[] = { NULL, "passes", "fails the same way",
					     "fails in another way" };
	const struct sim_nearest *n = &rep->nearest;
	char without[160];

	if (!rep->compared || !n->found)
		return;
	sim_deviation_format(&rep->dev[n->without], without, sizeof(without));
	printf(",\n   \"passes\": {");
	put_pair("without", without);
	printf(", ");
	put_us("part_us", n->parts);
	put_pair("one_earlier", names[n->neighbour[0]]);
	printf(", ");
	put_pair("one_later", names[n->neighbour[1]]);
	put_lines("this_run", n->fails);
	put_lines("without_it", n->passes);
	printf("}");
}

/* The scenario's own line, where its helper's says little. */
static void put_scenario(const struct report *rep)
{
	const struct sim_frame_line *f = report_scenario_line(rep);
	struct sim_site site;

	if (!f)
		return;
	site = (struct sim_site){ .file = f->path, .func = f->func, .line = f->line };
	printf(", \"scenario_at\": ");
	put_site(&site);
}

static void put_report(const struct report *rep)
{
	const struct sim_result *r = &rep->r;
	const struct report_place *p = rep->n_places ? &rep->place[rep->n_places - 1] : NULL;

	printf("{");
	put_pair("scenario", rep->s->name);
	printf(", ");
	put_pair("id", r->id);
	printf(", ");
	put_pair("check", r->check >= 0 ? sim_check_id((enum sim_check)r->check) : NULL);
	printf(", ");
	put_pair("rule", r->rule[0] ? r->rule : NULL);
	printf(", ");
	put_pair("class", report_class(rep));
	printf(",\n   ");
	put_pair("message", r->message);
	printf(",\n   ");
	put_us("time_us", r->time_ns);
	put_pair("context", r->where);
	printf(", \"at\": ");
	put_site(r->site);
	put_scenario(rep);
	if (p && p->w.kind == SIM_N_KINDS) {
		printf(", ");
		put_stack(p);
	}
	put_parts(&rep->story);
	put_causes(&rep->story);
	put_deviations(rep);
	put_nearest(rep);
	printf("}");
}

void sim_report_json(const struct sim_scenario *s, const struct sim_deviation *dev, u32 n_dev,
		     const struct sim_result *r)
{
	static struct report rep;

	report_gather(&rep, s, dev, n_dev, r, 1);
	put_report(&rep);
	report_free(&rep);
}
