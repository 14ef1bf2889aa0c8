// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet-sim: its verbs, and what several of them ask for. */
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/cli/cli.h>

const struct sim_scenario *cli_scenario(const char *name)
{
	const struct sim_scenario *s = sim_scenario_find(name);

	if (!s)
		cli_error(CLI_USAGE, "no scenario '%s'; see: trivet-sim list", name);
	return s;
}

int cli_deviations(const char *text, struct sim_deviation *dev)
{
	char err[256];
	int n = sim_deviations_parse(text, dev, SIM_MAX_DEVIATIONS, err, sizeof(err));

	if (n >= 0)
		return n;
	cli_error(CLI_USAGE, "malformed deviations: %s; see: trivet-sim replay --help", err);
	return -1;
}

bool cli_checkers(const char *only)
{
	char *copy = strdup(only), *rest = copy, *id;
	u64 checks_off = ~0ULL;
	bool none = !strcmp(only, "none");

	while (copy && !none && (id = strsep(&rest, ","))) {
		int check = sim_check_parse(id);

		if (check < 0) {
			cli_error(CLI_USAGE, "no check '%s'; see: trivet-sim list --checks", id);
			free(copy);
			return false;
		}
		checks_off &= ~(1ULL << check);
	}
	free(copy);
	sim_checks_off(checks_off);
	return true;
}

static const struct cli_verb *const verbs[] = {
	&cli_verb_list,	  &cli_verb_run,  &cli_verb_explore, &cli_verb_replay, &cli_verb_points,
	&cli_verb_checks, &cli_verb_disk, &cli_verb_bench,   &cli_verb_twice,
};

static const struct cli_command command = {
	.name = "trivet-sim",
	.what = "Run drivers against simulated hardware: the same way every time, or with\n"
		"any deviation from the nice day that you name.",
	.examples = "  trivet-sim list\n"
		    "  trivet-sim run 'ide/*'\n"
		    "  trivet-sim replay ide/lifecycle --svg picture.svg\n",
	.verbs = verbs,
	.n_verbs = TRV_ARRAY_SIZE(verbs),
	.finish = sim_dev_reset_all, /* host files of the last world are closed */
};

int sim_main(int argc, char **argv)
{
	if (argc)
		cli_program = argv[0];
	return cli_main(&command, argc, argv);
}
