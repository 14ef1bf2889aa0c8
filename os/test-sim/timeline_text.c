// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The recording as columns: one per processor, one for the device. */
#include <stdio.h>
#include <string.h>

#include <os/test-sim/timeline.h>

#define WIDTH 44

/* What several equal lines in a row become: a poll loop is one line. */
struct line {
	u64 from;
	enum sim_column column;
	char text[160];
	u32 times;
};

static bool shown(const struct sim_trace *t)
{
	return !sim_trace_noise(t);
}

static void make_line(const struct sim_trace *t, struct line *l)
{
	char what[120];
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
	if (t->kind == SIM_T_CHOICE)
		snprintf(l->text, sizeof(l->text), ">>> %s", what);
	else
		snprintf(l->text, sizeof(l->text), "%.*s%s%s", len, who, len ? ": " : "", what);
}

static void print_line(FILE *out, const struct line *l)
{
	char text[192];

	if (l->times > 1)
		snprintf(text, sizeof(text), "%s  x%u", l->text, l->times);
	else
		snprintf(text, sizeof(text), "%s", l->text);
	fprintf(out, "%12.3f ", (double)l->from / 1000);
	for (enum sim_column c = 0; c < l->column; c++)
		fprintf(out, "| %-*s ", WIDTH, "");
	if (l->column == SIM_COL_DEVICE) {
		fprintf(out, "| %s\n", text);
		return;
	}
	fprintf(out, "| %-*s ", WIDTH, text);
	for (enum sim_column c = l->column + 1; c < SIM_COLUMNS - 1; c++)
		fprintf(out, "| %-*s ", WIDTH, "");
	fputs("|\n", out);
}

static void heading(FILE *out)
{
	fprintf(out, "%12s | %-*s | %-*s | device\n", "us", WIDTH, "CPU0", WIDTH, "CPU1");
	fputs("-------------", out);
	for (int c = 0; c < 2; c++) {
		fputc('+', out);
		for (int i = 0; i < WIDTH + 2; i++)
			fputc('-', out);
	}
	fputs("+--------\n", out);
}

static bool same(const struct line *a, const struct line *b)
{
	return a->column == b->column && !strcmp(a->text, b->text);
}

/* The first event to print so that about @last lines come out; repeats count once. */
static size_t tail(const struct sim_trace *log, size_t n, size_t last)
{
	struct line newer = { .times = 0 }, l;
	size_t lines = 0, i = n;

	while (i > 0) {
		if (shown(&log[i - 1])) {
			make_line(&log[i - 1], &l);
			if (!newer.times || !same(&newer, &l)) {
				if (lines == last)
					break;
				lines++;
			}
			newer = l;
		}
		i--;
	}
	return i;
}

void sim_timeline_text(void *file, size_t last)
{
	size_t n, at;
	const struct sim_trace *log = sim_trace_log(&n);
	u64 gap = sim_trace_gap(&at);
	struct line pending = { .times = 0 }, l;

	heading(file);
	for (size_t i = last ? tail(log, n, last) : 0; i < n; i++) {
		if (!shown(&log[i]))
			continue;
		make_line(&log[i], &l);
		if (pending.times && same(&pending, &l)) {
			pending.times++;
			continue;
		}
		if (pending.times)
			print_line(file, &pending);
		if (gap && i >= at) {
			fprintf(file, "%12s  %llu events not recorded\n", "...",
				(unsigned long long)gap);
			gap = 0;
		}
		pending = l;
	}
	if (pending.times)
		print_line(file, &pending);
}
