// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * trivet-sim checks: the pages of os/test-sim/checks/, which are in the program, so
 * that they are at hand wherever it runs. A check without a page does not build.
 */
#include <string.h>

#include <os/test-sim/cli/cli.h>

#define PAGE(e, id, what)                                    \
	extern const char sim_page_##e[];                    \
	__asm__(".section .rodata\n"                         \
		"sim_page_" #e ":\n"                         \
		".incbin \"os/test-sim/checks/" id ".md\"\n" \
		".byte 0\n"                                  \
		".previous\n");
SIM_CHECKS(PAGE)
#undef PAGE

static const char *const pages[SIM_N_CHECKS] = {
#define PAGE(e, id, what) [SIM_##e] = sim_page_##e,
	SIM_CHECKS(PAGE)
#undef PAGE
};

/* One line of a page, for a terminal: no comments, no fences, no marks of headings. */
static void put_line(const char *line, int len, bool *code)
{
	int mark;

	if (!strncmp(line, "```", 3)) {
		*code = line[3] != '\n';
		return;
	}
	if (!strncmp(line, "<!--", 4))
		return;
	if (*code) {
		printf("%s%.*s\n", len ? "\t" : "", len, line);
		return;
	}
	mark = (int)strspn(line, "#");
	mark += mark && line[mark] == ' ';
	printf("%.*s\n", len - mark, line + mark);
}

/* @all: the whole page, else what comes before the first heading of a section. */
static void explain(enum sim_check check, bool all)
{
	const char *line = pages[check], *end;
	bool code = false;

	for (; (end = strchr(line, '\n')); line = end + 1) {
		if (!all && !strncmp(line, "## ", 3))
			return;
		put_line(line, (int)(end - line), &code);
	}
}

static int checks(int argc, char **argv)
{
	static const struct option longs[] = { { "help", no_argument, NULL, 'h' }, { 0 } };
	int c, check;

	while ((c = cli_getopt(argc, argv, ":h", longs)) != -1)
		return c == 'h' ? CLI_OK : CLI_USAGE;
	if (optind < argc) {
		if (!cli_one_argument(argc, argv, "check"))
			return CLI_USAGE;
		check = sim_check_parse(argv[optind]);
		if (check < 0)
			return cli_error(CLI_USAGE, "no check '%s'; see: trivet-sim list --checks",
					 argv[optind]);
		explain((enum sim_check)check, true);
		return CLI_OK;
	}
	for (int i = 0; i < SIM_N_CHECKS; i++)
		explain((enum sim_check)i, false);
	return CLI_OK;
}

const struct cli_verb cli_verb_checks = {
	.name = "checks",
	.args = "[CHECK]",
	.what = "explain a check: what it means, what is wrong, right, and how to mend it",
	.help = "Without a check: what each of them means.\n\n"
		"Examples:\n"
		"  trivet-sim checks dma-owner\n"
		"  trivet-sim checks\n",
	.run = checks,
};
