// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet doctor: what this machine has of what is needed, and how to get the rest. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <os/linux-user/cli/hw/doctor.h>

static const char *const verdicts[] = { "PASS", "WARN", "FAIL" };
static const struct doctor_check *const tables[] = { doctor_tools, doctor_vfio, doctor_uio };

void doctor_say(struct doctor_finding *f, enum doctor_verdict verdict, const char *fix,
		const char *fmt, ...)
{
	va_list ap;

	f->verdict = verdict;
	snprintf(f->fix, sizeof(f->fix), "%s", verdict == DOCTOR_PASS ? "" : fix);
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
}

static void print(const struct doctor_check *check, const struct doctor_finding *f)
{
	cli_row();
	cli_field("verdict", verdicts[f->verdict], 4);
	cli_field_json("area", check->area);
	cli_field_json("check", check->name);
	cli_plain("%-5s %-15s ", check->area, check->name);
	cli_field("text", f->text, 0);
	cli_field_json("fix", f->fix[0] ? f->fix : NULL);
	cli_end_row();
	if (f->fix[0])
		cli_plain("     next: %s\n", f->fix);
}

/* Without areas: all. */
static bool asked_for(const char *area, char **areas)
{
	if (!*areas)
		return true;
	for (; *areas; areas++) {
		if (!strcmp(*areas, area))
			return true;
	}
	return false;
}

static bool is_area(const char *name)
{
	for (u32 i = 0; i < TRV_ARRAY_SIZE(tables); i++) {
		for (const struct doctor_check *c = tables[i]; c->name; c++) {
			if (!strcmp(c->area, name))
				return true;
		}
	}
	return false;
}

static int doctor(int argc, char **argv)
{
	static const struct option longs[] = { HW_OPT_JSON, HW_OPT_END };
	struct doctor_finding f;
	struct hw_args args;
	bool failed = false;
	int rc = hw_options(argc, argv, ":h", longs, &args);

	if (rc >= 0)
		return rc;
	for (char **area = argv + optind; *area; area++) {
		if (!is_area(*area))
			return cli_error(CLI_USAGE,
					 "nothing is known of '%s'; see: trivet doctor --help",
					 *area);
	}
	cli_table_begin(args.json);
	for (u32 i = 0; i < TRV_ARRAY_SIZE(tables); i++) {
		for (const struct doctor_check *c = tables[i]; c->name; c++) {
			if (!asked_for(c->area, argv + optind))
				continue;
			c->find(&f);
			failed = failed || f.verdict == DOCTOR_FAIL;
			print(c, &f);
		}
	}
	cli_table_end();
	return failed ? CLI_FAILED : CLI_OK;
}

const struct cli_verb cli_verb_doctor = {
	.name = "doctor",
	.args = "[--json] [qemu|vfio|uio|pci|debug]...",
	.what = "what this machine lacks to run drivers, and the commands that help",
	.help = "Each line begins with PASS, WARN or FAIL; the status is 1 if there is a FAIL. qemu, vfio\n"
		"and uio are independent of each other: one of them is enough. Without arguments: all.\n\n"
		"Options:\n"
		"  --json            an array of objects\n"
		"  --sysfs-root DIR  use DIR/sys, proc and dev, for tests\n\n"
		"Examples:\n"
		"  trivet doctor qemu debug\n"
		"  trivet doctor qemu --json\n",
	.run = doctor,
};
