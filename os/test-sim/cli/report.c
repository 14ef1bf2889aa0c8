// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A failure, as a person wants to hear of it. */
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/cli/report.h>

#define TIMELINE_LINES 16
#define TIMELINE_LINES_VERBOSE 60
#define MOST_FACTS 12
#define WIDTH 100
#define INDENT "            "

const char *cli_program = "trivet-sim";

/* ---- stacks -------------------------------------------------------------- */

/* "ide_start() ide_io.c:136 < ide_queue() ide_io.c:200", broken where a line is full. */
static void put_stack(FILE *out, const struct report_place *p, u32 most)
{
	char text[240];
	int at = 0, len;

	for (u32 i = 0; i < p->n_frames && i < most; i++) {
		const struct sim_frame_line *f = &p->frame[i];

		len = snprintf(text, sizeof(text), "%s%s%s%s() %s:%u",
			       !i     ? "" :
			       f->gap ? " [" :
					" < ",
			       i && f->gap ? f->gap : "", i && f->gap ? "] " : "", f->func, f->file,
			       f->line);
		if (at && at + len > WIDTH - 12) {
			fputs("\n" INDENT, out);
			at = 0;
		}
		fputs(at || !i ? text : text + 1, out);
		at += len;
	}
	if (p->n_frames > most)
		fputs(" < ...", out);
	fputc('\n', out);
}

/* ---- the parts ----------------------------------------------------------- */

static void put_head(FILE *out, const struct report *rep)
{
	const struct sim_result *r = &rep->r;
	const char *check = r->check >= 0 ? sim_check_id((enum sim_check)r->check) : "no finding";

	fprintf(out, "FAIL %s  %s%s%s  (%s, %u deviation%s)\n", rep->s->name, check,
		r->rule[0] ? " " : "", r->rule, report_class(rep), rep->n_dev,
		rep->n_dev == 1 ? "" : "s");
	if (r->check >= 0)
		fprintf(out, "  means     %s\n", sim_check_what((enum sim_check)r->check));
	fprintf(out, "  what      %s\n", r->message);
}

/* What the scenario was doing: its own line, and those around it. */
static void put_scenario(FILE *out, const struct sim_frame_line *f)
{
	char source[120];

	fprintf(out, "  at        %s:%u, %s()\n", f->path, f->line, f->func);
	for (u32 line = f->line > 3 ? f->line - 3 : 1; line <= f->line + 1; line++) {
		struct sim_site site = { .file = f->path, .func = f->func, .line = line };

		if (sim_source_line(&site, source, sizeof(source)))
			fprintf(out, "%9u %s %.88s\n", line, line == f->line ? ">|" : " |", source);
	}
}

static void put_finding(FILE *out, const struct report *rep, bool verbose)
{
	const struct sim_result *r = &rep->r;
	const struct report_place *p = rep->n_places ? &rep->place[rep->n_places - 1] : NULL;

	if (p && p->w.kind != SIM_N_KINDS)
		p = NULL;
	if (p && report_scenario_line(rep)) {
		put_scenario(out, report_scenario_line(rep));
	} else if (r->site) {
		fprintf(out, "  at        %s:%u, %s()\n", r->site->file, r->site->line,
			r->site->func);
		if (p && p->source[0])
			fprintf(out, INDENT "| %s\n", p->source);
	}
	if (r->where[0])
		fprintf(out, "  in        %s, at %.3f us\n", r->where, (double)r->time_ns / 1000);
	if (p && p->n_frames) {
		fputs("  stack     ", out);
		put_stack(out, p, verbose ? REPORT_FRAMES : 6);
	}
	fprintf(out, "  id        %s\n", r->id);
}

/* The newest are the nearest to the finding; a deviation is always told. */
static bool left_out(const struct report *rep, u32 i, bool verbose)
{
	return !verbose && rep->story.n - i > MOST_FACTS && !rep->story.fact[i].deviates;
}

static void put_fact(FILE *out, const struct sim_fact *f)
{
	char source[160];

	if (f->time == SIM_SOMETIME)
		fprintf(out, "%14s  ", "earlier");
	else
		fprintf(out, "%14.3f  ", (double)f->time / 1000);
	fprintf(out, "%s%s%s%s\n", f->deviates ? ">>> " : "", f->who, f->who[0] ? ": " : "",
		f->text);
	if (!f->site)
		return;
	fprintf(out, "%16s%s:%u, %s()", "", sim_basename(f->site->file), f->site->line,
		f->site->func);
	if (sim_source_line(f->site, source, sizeof(source)))
		fprintf(out, "  | %.90s", source);
	fputc('\n', out);
}

static void put_story(FILE *out, const struct report *rep, bool verbose)
{
	u32 hidden = 0;

	if (!rep->story.n)
		return;
	fputs("  causes    in order of time, us:\n", out);
	for (u32 i = 0; i < rep->story.n; i++) {
		if (left_out(rep, i, verbose))
			hidden++;
		else
			put_fact(out, &rep->story.fact[i]);
	}
	if (hidden)
		fprintf(out, "%16s(%u earlier ones: -v)\n", "", hidden);
}

static void put_lines(FILE *out, const struct sim_story *st)
{
	for (u32 i = 0; i < st->n_lines; i++) {
		const struct sim_line *l = &st->line[i];
		bool first = !i || strcmp(l->part, l[-1].part) != 0;

		fprintf(out, "  %-8s  %s\n", first ? l->part : "", l->text);
	}
}

static void put_deviations(FILE *out, const struct report *rep, bool verbose)
{
	for (u32 i = 0; i < rep->n_places; i++) {
		const struct report_place *p = &rep->place[i];

		if (p->w.kind == SIM_N_KINDS)
			continue;
		fprintf(out, "  deviates  %s: %u of 0 to %u, not 0: %s\n", p->name, p->w.answer,
			p->w.n - 1, p->w.what);
		fprintf(out, INDENT "at %.3f us in %s", (double)p->w.time / 1000, p->w.who);
		if (p->w.site && p->w.site->line)
			fprintf(out, ", %s:%u", p->w.site->file, p->w.site->line);
		fputc('\n', out);
		if (p->source[0])
			fprintf(out, INDENT "| %s\n", p->source);
		if (p->n_frames) {
			fputs(INDENT, out);
			put_stack(out, p, verbose ? REPORT_FRAMES : 5);
		}
	}
}

static void put_neighbours(FILE *out, const struct sim_nearest *n)
{
	static const char *const where[] = { "one point earlier", "one point later" };
	static const char *const what[] = { "", "passes", "fails the same way",
					    "fails in another way" };
	bool any = false;

	for (u32 i = 0; i < 2; i++) {
		if (n->neighbour[i] == SIM_NO_POINT)
			continue;
		fprintf(out, "%s%s %s", any ? ", " : "; the same deviation ", where[i],
			what[n->neighbour[i]]);
		any = true;
	}
}

static void put_next(FILE *out, const char *which, const char next[SIM_PARTING][200])
{
	for (u32 i = 0; i < SIM_PARTING && (!i || next[i - 1][0]); i++)
		fprintf(out, INDENT "%-12s%s\n", i ? "" : which, next[i][0] ? next[i] : "it ends");
}

static void put_nearest(FILE *out, const struct report *rep)
{
	const struct sim_nearest *n = &rep->nearest;
	char text[160];

	if (!rep->compared)
		return;
	fputs("  passes    ", out);
	if (!n->found) {
		fputs("no run with one deviation less\n", out);
		return;
	}
	sim_deviation_format(&rep->dev[n->without], text, sizeof(text));
	fprintf(out, "without %s", text);
	put_neighbours(out, n);
	fputc('\n', out);
	fprintf(out, INDENT "until %.3f us both do the same; then\n", (double)n->parts / 1000);
	put_next(out, "this run", n->fails);
	put_next(out, "without it", n->passes);
}

static void put_command(FILE *out, const struct report *rep, const char *name, const char *how)
{
	fprintf(out, "  %-8s  %s replay %s", name, cli_program, rep->s->name);
	if (rep->n_dev) {
		fputs(" -r '", out);
		report_list(out, rep);
		fputc('\'', out);
	}
	fprintf(out, " %s\n", how);
}

static void put_text(FILE *out, const struct report *rep, bool verbose)
{
	put_head(out, rep);
	put_finding(out, rep, verbose);
	put_lines(out, &rep->story);
	put_story(out, rep, verbose);
	put_deviations(out, rep, verbose);
	put_nearest(out, rep);
	put_command(out, rep, "replay", "--svg picture.svg");
	if (rep->r.check >= 0) {
		put_command(out, rep, "debug", "--gdb");
		fprintf(out, "  explain   %s checks %s\n", cli_program,
			sim_check_id((enum sim_check)rep->r.check));
	}
	if (rep->timeline) {
		fprintf(out, "  timeline  its end, and the calls it is about%s:\n",
			verbose ? "" : " (more: -v, all: --text)");
		fwrite(rep->timeline, 1, rep->timeline_len, out);
	}
}

void sim_report(FILE *out, const char *prefix, bool verbose, const struct sim_scenario *s,
		const struct sim_deviation *dev, u32 n_dev, const struct sim_result *r)
{
	static struct report rep;
	char *text = NULL;
	size_t len = 0;
	FILE *mem;

	report_gather(&rep, s, dev, n_dev, r, verbose ? TIMELINE_LINES_VERBOSE : TIMELINE_LINES);
	mem = open_memstream(&text, &len);
	if (!mem) {
		cli_error(CLI_LIMIT, "no memory for the report");
		return;
	}
	put_text(mem, &rep, verbose);
	fclose(mem);
	report_free(&rep);
	for (char *line = text, *end; line < text + len; line = end + 1) {
		end = strchr(line, '\n');
		fprintf(out, "%s%.*s\n", prefix, (int)(end - line), line);
	}
	free(text);
}
