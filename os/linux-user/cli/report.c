// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet run: its report, a line for each step as it is done, or one JSON object. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <os/linux-user/cli/run.h>

static struct {
	FILE *out;
	bool json;
	u32 devs, steps; /* @steps of this device */
	u32 count[3];	 /* of all, by enum run_result */
	u64 start;
} rep;

void run_report_begin(FILE *out, bool json, const char *driver, const char *spec)
{
	memset(&rep, 0, sizeof(rep));
	rep.out = out;
	rep.json = json;
	rep.start = trv_time_ns();
	if (!json)
		return;
	fputs("{\"driver\": ", rep.out);
	cli_json_to(rep.out, driver);
	fputs(", \"hardware\": ", rep.out);
	cli_json_to(rep.out, spec);
	fputs(", \"devices\": [", rep.out);
}

static void end_dev(void)
{
	if (rep.json && rep.devs)
		fputs("\n  ]}", rep.out);
}

void run_report_dev(const struct trv_dev *dev, const struct trv_driver *drv)
{
	end_dev();
	if (rep.json) {
		fprintf(rep.out, "%s\n {\"name\": ", rep.devs ? "," : "");
		cli_json_to(rep.out, trv_dev_name(dev));
		fprintf(rep.out, ", \"id\": \"%s\", \"driver\": ", cli_id(dev));
		cli_json_to(rep.out, drv->name);
		fputs(", \"steps\": [", rep.out);
	} else {
		fprintf(rep.out, "%s: %s, driver %s\n", trv_dev_name(dev), cli_id(dev), drv->name);
		fflush(rep.out);
	}
	rep.devs++;
	rep.steps = 0;
}

static void step_json(const char *step, int unit, const char *result, const char *text,
		      const struct run_fact *facts, u32 n_facts)
{
	fprintf(rep.out, "%s\n  {\"step\": \"%s\", ", rep.steps++ ? "," : "", step);
	if (unit >= 0)
		fprintf(rep.out, "\"disk\": %d, ", unit);
	fprintf(rep.out, "\"result\": \"%s\", \"text\": ", result);
	cli_json_to(rep.out, text);
	for (u32 i = 0; i < n_facts; i++) {
		fprintf(rep.out, ", \"%s\": ", facts[i].key);
		if (facts[i].text)
			cli_json_to(rep.out, facts[i].text);
		else
			fprintf(rep.out, "%.15g", facts[i].number);
	}
	putc('}', rep.out);
}

bool run_step(const char *step, int unit, enum run_result result, const struct run_fact *facts,
	      u32 n_facts, const char *fmt, ...)
{
	static const char *const words[] = { "ok", "failed", "skipped" };
	char text[512], where[16] = "";
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	rep.count[result]++;
	if (rep.json) {
		step_json(step, unit, words[result], text, facts, n_facts);
	} else {
		if (unit >= 0)
			snprintf(where, sizeof(where), "disk %d", unit);
		fprintf(rep.out, "  %-7s %-6s %-8s %s\n", words[result], where, step, text);
	}
	fflush(rep.out);
	return result != RUN_FAILED;
}

bool run_report_end(bool ok)
{
	const bool passed = ok && !rep.count[RUN_FAILED] && rep.count[RUN_OK];
	const double seconds = (double)(trv_time_ns() - rep.start) / 1e9;

	end_dev();
	if (rep.json)
		fprintf(rep.out, "\n], \"passed\": %s, \"seconds\": %.3f}\n",
			passed ? "true" : "false", seconds);
	else
		fprintf(rep.out, "%s: %u ok, %u failed, %u skipped, in %.1f s\n",
			passed ? "passed" : "FAILED", rep.count[RUN_OK], rep.count[RUN_FAILED],
			rep.count[RUN_SKIPPED], seconds);
	return passed;
}
