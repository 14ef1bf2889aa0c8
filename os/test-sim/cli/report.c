// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A failure, as a person wants to hear of it. */
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/cli/cli.h>

#define TIMELINE_LINES 25

const char *cli_program = "trivet-sim";

static const char *class_text(u32 n_dev, const struct sim_result *r)
{
	if (!n_dev)
		return "the nice day";
	switch (r->class) {
	case SIM_SCHEDULE:
		return "a legal day";
	case SIM_RESOURCE:
		return "a resource fault";
	default:
		return "a hostile device";
	}
}

/* The list as -r takes it, in quotes for the shell: names hold no quote. */
static void put_deviations(FILE *out, const struct sim_deviation *dev, u32 n)
{
	char text[160];

	for (u32 i = 0; i < n; i++) {
		sim_deviation_format(&dev[i], text, sizeof(text));
		fprintf(out, "%s%s", i ? "," : "", text);
	}
}

static void put_text(FILE *out, const struct sim_scenario *s, const struct sim_deviation *dev,
		     u32 n_dev, const struct sim_result *r)
{
	const char *check = r->check >= 0 ? sim_check_id((enum sim_check)r->check) : "no finding";

	fprintf(out, "FAIL %s  %s%s%s  (%s, %u deviation%s)\n", s->name, check,
		r->rule[0] ? " " : "", r->rule, class_text(n_dev, r), n_dev, n_dev == 1 ? "" : "s");
	if (r->check >= 0)
		fprintf(out, "  means     %s\n", sim_check_what((enum sim_check)r->check));
	fprintf(out, "  what      %s\n", r->message);
	if (r->site)
		fprintf(out, "  at        %s:%u, %s()\n", r->site->file, r->site->line,
			r->site->func);
	if (r->where[0])
		fprintf(out, "  in        %s\n", r->where);
	fprintf(out, "  time      %.3f us\n", (double)r->time_ns / 1000);
	fprintf(out, "  id        %s\n", r->id);
	if (n_dev) {
		fputs("  deviates  ", out);
		put_deviations(out, dev, n_dev);
		fputc('\n', out);
	}
	fprintf(out, "  replay    %s replay %s", cli_program, s->name);
	if (n_dev) {
		fputs(" -r '", out);
		put_deviations(out, dev, n_dev);
		fputc('\'', out);
	}
	fputs(" --svg picture.svg\n", out);
	if (sim_trace_recording()) {
		fprintf(out, "  the end of it, from the last %d lines:\n", TIMELINE_LINES);
		sim_timeline_text(out, TIMELINE_LINES);
	}
}

void sim_report(FILE *out, const char *prefix, const struct sim_scenario *s,
		const struct sim_deviation *dev, u32 n_dev, const struct sim_result *r)
{
	char *text = NULL;
	size_t len = 0;
	FILE *mem = open_memstream(&text, &len);

	if (!mem) {
		cli_error(CLI_LIMIT, "no memory for the report");
		return;
	}
	put_text(mem, s, dev, n_dev, r);
	fclose(mem);
	for (char *line = text, *end; line < text + len; line = end + 1) {
		end = strchr(line, '\n');
		fprintf(out, "%s%.*s\n", prefix, (int)(end - line), line);
	}
	free(text);
}
