// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The recording as columns: one per processor, one for the device. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/engine.h>
#include <os/test-sim/timeline.h>

#define NARROW 20 /* a column for a CPU */
#define WIDE 64

/* What several equal lines in a row become: a poll loop is one line. */
struct line {
	u64 from;
	enum sim_column column;
	char text[192];
	u32 times;
};

static bool shown(const struct sim_trace *t)
{
	return !sim_trace_noise(t);
}

static void make_line(const struct sim_trace *t, struct line *l)
{
	char what[120], where[48] = "";
	const char *who = "";
	int len = 0;

	l->from = t->time;
	l->times = 1;
	l->column = sim_trace_column(t);
	if (l->column != SIM_COL_DEVICE) {
		who = sim_trace_context(t->ctx);
		len = (int)strcspn(who, ",");
		if (!strncmp(who, "task ", 5)) {
			who += 5;
			len -= 5;
		}
	}
	sim_trace_text(t, what, sizeof(what));
	/* Which line of the driver it is, for those that have no name to look for. */
	if (t->site &&
	    (t->kind == SIM_T_READ || t->kind == SIM_T_WRITE || t->kind == SIM_T_READ_REP ||
	     t->kind == SIM_T_WRITE_REP || t->kind == SIM_T_CFG_READ || t->kind == SIM_T_CFG_WRITE))
		snprintf(where, sizeof(where), "  %s:%u", sim_basename(t->site->file),
			 t->site->line);
	if (t->kind == SIM_T_CHOICE)
		snprintf(l->text, sizeof(l->text), ">>> %s", what);
	else if (t->kind == SIM_T_FINDING)
		snprintf(l->text, sizeof(l->text), "%.*s", (int)strcspn(what, ":"), what);
	else
		snprintf(l->text, sizeof(l->text), "%.*s%s%s%s", len, who, len ? ": " : "", what,
			 where);
}

/* A column is as wide as what is in it; 0: nothing is. */
struct columns {
	int width[2];
};

static void print_line(FILE *out, const struct columns *cols, const struct line *l)
{
	char text[224];

	if (l->times > 1)
		snprintf(text, sizeof(text), "%s  x%u", l->text, l->times);
	else
		snprintf(text, sizeof(text), "%s", l->text);
	fprintf(out, "%12.3f ", (double)l->from / 1000);
	for (enum sim_column c = 0; c < SIM_COL_DEVICE; c++) {
		if (cols->width[c])
			fprintf(out, "| %-*s ", cols->width[c], c == l->column ? text : "");
	}
	fprintf(out, "|%s%s\n", l->column == SIM_COL_DEVICE ? " " : "",
		l->column == SIM_COL_DEVICE ? text : "");
}

static void heading(FILE *out, const struct columns *cols)
{
	fprintf(out, "%12s ", "us");
	for (int c = 0; c < 2; c++) {
		if (cols->width[c])
			fprintf(out, "| %-*s ", cols->width[c], c ? "CPU1" : "CPU0");
	}
	fputs("| device\n-------------", out);
	for (int c = 0; c < 2; c++) {
		if (!cols->width[c])
			continue;
		fputc('+', out);
		for (int i = 0; i < cols->width[c] + 2; i++)
			fputc('-', out);
	}
	fputs("+--------\n", out);
}

static bool same(const struct line *a, const struct line *b)
{
	return a->column == b->column && !strcmp(a->text, b->text);
}

/* ---- which lines --------------------------------------------------------- */

#define BESIDE 4      /* lines before and behind a deviation */
#define FROM_THERE 26 /* lines from where it began to go wrong */

/* The recording as lines, repeats put together. */
struct page {
	struct line *line;
	bool *keep;
	size_t n, room;
	size_t gap_at; /* before this line events are missing */
};

static void add_line(struct page *p, const struct line *l)
{
	if (p->n && same(&p->line[p->n - 1], l)) {
		p->line[p->n - 1].times++;
		return;
	}
	if (p->n == p->room) {
		p->room = p->room ? 2 * p->room : 1024;
		p->line = reallocarray(p->line, p->room, sizeof(*p->line));
		p->keep = reallocarray(p->keep, p->room, sizeof(*p->keep));
		if (!p->line || !p->keep) {
			fputs("trivet-sim: no memory for the timeline\n", stderr);
			exit(4);
		}
	}
	p->keep[p->n] = false;
	p->line[p->n++] = *l;
}

static void keep(struct page *p, size_t from, size_t n)
{
	for (size_t i = from; i < p->n && i - from < n; i++)
		p->keep[i] = true;
}

static void keep_around(struct page *p, size_t at)
{
	size_t before = trv_min(at, (size_t)BESIDE);

	keep(p, at - before, before + BESIDE + 1);
}

static void widen(int *width, const struct line *l)
{
	int len = (int)strlen(l->text) + (l->times > 1 ? 8 : 0);

	*width = trv_max(*width, trv_min(trv_max(len, NARROW), WIDE));
}

static void print_page(FILE *out, const struct page *p, u64 gap)
{
	struct columns cols = { { NARROW, 0 } };
	bool skipped = false;

	for (size_t i = 0; i < p->n; i++) {
		if (p->keep[i] && p->line[i].column != SIM_COL_DEVICE)
			widen(&cols.width[p->line[i].column], &p->line[i]);
	}
	heading(out, &cols);
	for (size_t i = 0; i < p->n; i++) {
		if (gap && i == p->gap_at)
			fprintf(out, "%12s  %llu events not recorded\n", "...",
				(unsigned long long)gap);
		if (p->keep[i] && skipped)
			fprintf(out, "%12s\n", "...");
		skipped = !p->keep[i];
		if (p->keep[i])
			print_line(out, &cols, &p->line[i]);
	}
}

void sim_timeline_excerpt(void *file, size_t last, size_t from)
{
	size_t n, at, look = ~(size_t)0;
	const struct sim_trace *log = sim_trace_log(&n);
	u64 gap = sim_trace_gap(&at);
	struct page p = { .gap_at = 0 };
	struct line l;

	for (size_t i = 0; i < n; i++) {
		if (gap && i == at)
			p.gap_at = p.n;
		if (i == from)
			look = p.n;
		if (!shown(&log[i]))
			continue;
		make_line(&log[i], &l);
		add_line(&p, &l);
	}
	keep(&p, last && p.n > last ? p.n - last : 0, p.n);
	for (size_t i = 0; i < p.n; i++) {
		if (!strncmp(p.line[i].text, ">>> ", 4))
			keep_around(&p, i);
	}
	if (look < p.n)
		keep(&p, look, FROM_THERE);
	print_page(file, &p, gap);
	free(p.line);
	free(p.keep);
}

void sim_timeline_text(void *file)
{
	sim_timeline_excerpt(file, 0, ~(size_t)0);
}
