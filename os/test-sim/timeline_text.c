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
	else if (t->kind == SIM_T_FINDING)
		snprintf(l->text, sizeof(l->text), "%.*s", (int)strcspn(what, ":"), what);
	else
		snprintf(l->text, sizeof(l->text), "%.*s%s%s", len, who, len ? ": " : "", what);
}

/* A column is there if something happens in it. */
struct columns {
	bool cpu[2];
};

static void print_line(FILE *out, const struct columns *cols, const struct line *l)
{
	char text[192];

	if (l->times > 1)
		snprintf(text, sizeof(text), "%s  x%u", l->text, l->times);
	else
		snprintf(text, sizeof(text), "%s", l->text);
	fprintf(out, "%12.3f ", (double)l->from / 1000);
	for (enum sim_column c = 0; c < SIM_COL_DEVICE; c++) {
		if (cols->cpu[c])
			fprintf(out, "| %-*s ", WIDTH, c == l->column ? text : "");
	}
	fprintf(out, "|%s%s\n", l->column == SIM_COL_DEVICE ? " " : "",
		l->column == SIM_COL_DEVICE ? text : "");
}

static void heading(FILE *out, const struct columns *cols)
{
	fprintf(out, "%12s ", "us");
	for (int c = 0; c < 2; c++) {
		if (cols->cpu[c])
			fprintf(out, "| %-*s ", WIDTH, c ? "CPU1" : "CPU0");
	}
	fputs("| device\n-------------", out);
	for (int c = 0; c < 2; c++) {
		if (!cols->cpu[c])
			continue;
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
	size_t first = last ? tail(log, n, last) : 0;
	struct columns cols = { { true, false } };

	for (size_t i = first; i < n; i++) {
		if (shown(&log[i]) && sim_trace_column(&log[i]) == SIM_COL_CPU1)
			cols.cpu[1] = true;
	}
	heading(file, &cols);
	for (size_t i = first; i < n; i++) {
		if (!shown(&log[i]))
			continue;
		make_line(&log[i], &l);
		if (pending.times && same(&pending, &l)) {
			pending.times++;
			continue;
		}
		if (pending.times)
			print_line(file, &cols, &pending);
		if (gap && i >= at) {
			fprintf(file, "%12s  %llu events not recorded\n", "...",
				(unsigned long long)gap);
			gap = 0;
		}
		pending = l;
	}
	if (pending.times)
		print_line(file, &cols, &pending);
}
