// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet run: its report, a line for each step as it is done, or one JSON object. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <os/linux-user/cli/run.h>

static struct {
	bool json;
	u32 devs, steps; /* @steps of this device */
	u32 count[3];	 /* of all, by enum run_result */
	u64 start;
} rep;

void run_report_begin(bool json, const char *driver, const char *spec)
{
	memset(&rep, 0, sizeof(rep));
	rep.json = json;
	rep.start = trv_time_ns();
	if (!json)
		return;
	fputs("{\"driver\": ", stdout);
	cli_json_string(driver);
	fputs(", \"hardware\": ", stdout);
	cli_json_string(spec);
	fputs(", \"devices\": [", stdout);
}

static void end_dev(void)
{
	if (rep.json && rep.devs)
		fputs("\n  ]}", stdout);
}

void run_report_dev(const struct trv_dev *dev, const struct trv_driver *drv)
{
	end_dev();
	if (rep.json) {
		printf("%s\n {\"name\": ", rep.devs ? "," : "");
		cli_json_string(trv_dev_name(dev));
		printf(", \"id\": \"%s\", \"driver\": ", cli_id(dev));
		cli_json_string(drv->name);
		fputs(", \"steps\": [", stdout);
	} else {
		printf("%s: %s, driver %s\n", trv_dev_name(dev), cli_id(dev), drv->name);
		fflush(stdout);
	}
	rep.devs++;
	rep.steps = 0;
}

static void step_json(const char *step, int unit, const char *result, const char *text,
		      const struct run_fact *facts, u32 n_facts)
{
	printf("%s\n  {\"step\": \"%s\", ", rep.steps++ ? "," : "", step);
	if (unit >= 0)
		printf("\"disk\": %d, ", unit);
	printf("\"result\": \"%s\", \"text\": ", result);
	cli_json_string(text);
	for (u32 i = 0; i < n_facts; i++) {
		printf(", \"%s\": ", facts[i].key);
		if (facts[i].text)
			cli_json_string(facts[i].text);
		else
			printf("%.15g", facts[i].number);
	}
	putchar('}');
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
		printf("  %-7s %-6s %-8s %s\n", words[result], where, step, text);
	}
	fflush(stdout);
	return result != RUN_FAILED;
}

bool run_report_end(bool ok)
{
	const bool passed = ok && !rep.count[RUN_FAILED] && rep.count[RUN_OK];
	const double seconds = (double)(trv_time_ns() - rep.start) / 1e9;

	end_dev();
	if (rep.json)
		printf("\n], \"passed\": %s, \"seconds\": %.3f}\n", passed ? "true" : "false",
		       seconds);
	else
		printf("%s: %u ok, %u failed, %u skipped, in %.1f s\n",
		       passed ? "passed" : "FAILED", rep.count[RUN_OK], rep.count[RUN_FAILED],
		       rep.count[RUN_SKIPPED], seconds);
	return passed;
}
