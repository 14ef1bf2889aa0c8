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
	u64 from, to;
	enum sim_column column;
	char text[192];
	u32 times;
};

/* And what a driver's mutexes keep apart. */
static bool shown(const struct sim_trace *t)
{
	if ((t->kind == SIM_T_LOCK || t->kind == SIM_T_UNLOCK) && t->aux && t->site)
		return !strstr(t->site->file, "core/");
	return !sim_trace_noise(t);
}

static void make_line(const struct sim_trace *t, struct line *l)
{
	char what[120], where[48] = "";
	const char *who = "";
	int len = 0;

	l->from = l->to = t->time;
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
	if (t->site && (t->kind == SIM_T_READ || t->kind == SIM_T_WRITE ||
			t->kind == SIM_T_READ_REP || t->kind == SIM_T_WRITE_REP ||
			t->kind == SIM_T_CFG_READ || t->kind == SIM_T_CFG_WRITE ||
			t->kind == SIM_T_WAIT || t->kind == SIM_T_LOCK || t->kind == SIM_T_UNLOCK))
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

#define BESIDE 4	 /* lines before and behind a deviation */
#define MOST_OF_CALL 80	 /* lines of one call: of a longer one its two ends */
#define LONG_NS 10000000 /* when nothing happens for so long, that is said */
#define MOST_PERIOD 12	 /* lines of something that is done again and again */

/* The recording as lines, repeats put together. */
struct page {
	struct line *line;
	bool *keep;
	u32 *again; /* so many more times these @period lines, which are folded into the first */
	u8 *period;
	size_t n, room;
	size_t gap_at; /* before this line events are missing */
};

static void add_line(struct page *p, const struct line *l)
{
	if (p->n && same(&p->line[p->n - 1], l)) {
		p->line[p->n - 1].times++;
		p->line[p->n - 1].to = l->to;
		return;
	}
	if (p->n == p->room) {
		p->room = p->room ? 2 * p->room : 1024;
		p->line = reallocarray(p->line, p->room, sizeof(*p->line));
		p->keep = reallocarray(p->keep, p->room, sizeof(*p->keep));
		p->again = reallocarray(p->again, p->room, sizeof(*p->again));
		p->period = reallocarray(p->period, p->room, sizeof(*p->period));
		if (!p->line || !p->keep || !p->again || !p->period) {
			fputs("trivet-sim: no memory for the timeline\n", stderr);
			exit(4);
		}
	}
	p->keep[p->n] = false;
	p->again[p->n] = p->period[p->n] = 0;
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

/* How often the @k lines at @i come again right behind themselves. */
static u32 repeats(const struct page *p, size_t i, u32 k)
{
	u32 n = 0;

	for (size_t at = i + k; at + k <= p->n; at += k, n++) {
		for (u32 j = 0; j < k; j++) {
			if (!same(&p->line[i + j], &p->line[at + j]))
				return n;
		}
	}
	return n;
}

/* What is tried again and again is shown once. */
static void fold(struct page *p)
{
	for (size_t i = 0; i < p->n; i++) {
		for (u32 k = 2; k <= MOST_PERIOD && k <= p->n - i; k++) {
			u32 n = repeats(p, i, k);

			if (n < 2)
				continue;
			/* An excerpt may begin at any of them, and a long one has a million. */
			for (i += k - 1; n >= 2; i += k, n--) {
				p->again[i] = n;
				p->period[i] = (u8)k;
			}
			i -= k;
			break;
		}
	}
}

static void print_folded(FILE *out, const struct page *p, size_t at)
{
	size_t end = at + (size_t)p->again[at] * p->period[at];

	fprintf(out, "%12s  these %u lines %u times more, the last at %.3f us\n", "...",
		p->period[at], p->again[at], (double)p->line[end].from / 1000);
}

static void print_page(FILE *out, const struct page *p, u64 gap)
{
	struct columns cols = { { NARROW, 0 } };
	size_t skipped = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (p->keep[i] && p->line[i].column != SIM_COL_DEVICE)
			widen(&cols.width[p->line[i].column], &p->line[i]);
	}
	heading(out, &cols);
	for (size_t i = 0; i < p->n; i++) {
		if (gap && i == p->gap_at)
			fprintf(out, "%12s  %llu events not recorded\n", "...",
				(unsigned long long)gap);
		if (!p->keep[i]) {
			skipped++;
			continue;
		}
		if (skipped)
			fprintf(out, "%12s  %zu line%s left out\n", "...", skipped,
				skipped == 1 ? "" : "s");
		else if (i && p->line[i].from - p->line[i - 1].to > LONG_NS)
			fprintf(out, "%12s  nothing else happens for %.1f ms\n", "...",
				(double)(p->line[i].from - p->line[i - 1].to) / 1000000);
		skipped = 0;
		print_line(out, &cols, &p->line[i]);
		if (p->again[i]) {
			print_folded(out, p, i);
			i += (size_t)p->again[i] * p->period[i];
		}
	}
}

/* ---- whole calls --------------------------------------------------------- */

static int opens(const struct sim_trace *t)
{
	switch (t->kind) {
	case SIM_T_ENTRY:
	case SIM_T_IRQ:
	case SIM_T_TIMER:
		return 1;
	case SIM_T_ENTRY_END:
	case SIM_T_IRQ_END:
	case SIM_T_TIMER_END:
		return -1;
	default:
		return 0;
	}
}

/* The innermost call that @at is part of, in its own context: the end of one is part of it. */
static void call_around(const struct sim_trace *log, size_t n, size_t at, size_t *from, size_t *to)
{
	int depth = opens(&log[at]) < 0;
	size_t i = at;

	*from = *to = at;
	if (opens(&log[at]) <= 0) {
		while (i-- > 0) {
			if (log[i].ctx != log[at].ctx)
				continue;
			if (opens(&log[i]) > 0 && --depth < (opens(&log[at]) < 0)) {
				*from = i;
				break;
			}
			depth += opens(&log[i]) < 0;
		}
		if (*from == at)
			return; /* nobody's call */
	}
	depth = 1;
	for (i = *from + 1; i < n; i++) {
		if (log[i].ctx != log[at].ctx)
			continue;
		depth += opens(&log[i]);
		if (!depth) {
			*to = i;
			return;
		}
	}
	*to = n - 1;
}

static void keep_call(struct page *p, const struct sim_trace *log, const size_t *line_of, size_t n,
		      size_t at)
{
	size_t from, to, first, last;

	call_around(log, n, at, &from, &to);
	first = line_of[from];
	last = trv_min(line_of[to], p->n - 1);
	if (last - first < MOST_OF_CALL) {
		keep(p, first, last - first + 1);
		return;
	}
	keep(p, first, MOST_OF_CALL / 8);
	keep(p, last - MOST_OF_CALL / 4, MOST_OF_CALL / 4 + 1);
	keep_around(p, trv_min(line_of[at], p->n - 1));
}

void sim_timeline_excerpt(void *file, size_t last, const size_t *look, u32 n_look)
{
	size_t n, at;
	const struct sim_trace *log = sim_trace_log(&n);
	u64 gap = sim_trace_gap(&at);
	struct page p = { .gap_at = 0 };
	size_t *line_of = calloc(n + 1, sizeof(*line_of));
	struct line l;

	if (!line_of) {
		fputs("trivet-sim: no memory for the timeline\n", stderr);
		exit(4);
	}
	for (size_t i = 0; i < n; i++) {
		if (gap && i == at)
			p.gap_at = p.n;
		line_of[i] = p.n;
		if (!shown(&log[i]))
			continue;
		make_line(&log[i], &l);
		add_line(&p, &l);
		line_of[i] = p.n - 1;
	}
	fold(&p);
	keep(&p, last && p.n > last ? p.n - last : 0, p.n);
	for (size_t i = 0; i < n; i++) {
		if (log[i].kind != SIM_T_CHOICE)
			continue;
		keep_around(&p, line_of[i]);
		keep_call(&p, log, line_of, n, i);
	}
	for (u32 i = 0; i < n_look; i++) {
		size_t next = look[i] + 1;

		keep_call(&p, log, line_of, n, look[i]);
		/* With a request the driver's answer to it. */
		while (next < n && log[next].ctx != log[look[i]].ctx)
			next++;
		if (log[look[i]].kind == SIM_T_REQ && next < n)
			keep_call(&p, log, line_of, n, next);
	}
	print_page(file, &p, gap);
	free(line_of);
	free(p.line);
	free(p.keep);
	free(p.again);
	free(p.period);
}

void sim_timeline_text(void *file)
{
	sim_timeline_excerpt(file, 0, NULL, 0);
}
