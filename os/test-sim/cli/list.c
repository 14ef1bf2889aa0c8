// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet-sim list: what this program was linked with. */
#include <string.h>

#include <os/test-sim/cli/cli.h>

extern const struct sim_model *const __start_sim_models[] __attribute__((weak));
extern const struct sim_model *const __stop_sim_models[] __attribute__((weak));

static void one_scenario(const struct sim_scenario *s, void *arg)
{
	cli_row();
	cli_field("name", s->name, 36);
	cli_field_json("expect", s->expect ? sim_check_id((enum sim_check)(s->expect - 1)) : NULL);
	cli_field_json("rule", s->rule);
	cli_field("what", s->what, 0);
	cli_end_row();
}

static void one_driver(const struct trv_driver *drv, void *arg)
{
	cli_row();
	cli_field("name", drv->name, 12);
	cli_field("what", drv->description, 0);
	cli_end_row();
}

static void one_model(const struct sim_model *m)
{
	cli_row();
	cli_field("name", m->name, 12);
	cli_field("options", m->options, 40);
	cli_field("what", m->description, 0);
	cli_end_row();
}

static void list_models(void)
{
	for (const struct sim_model *const *m = __start_sim_models; m < __stop_sim_models; m++)
		one_model(*m);
}

static void list_checks(void)
{
	for (int i = 0; i < SIM_N_CHECKS; i++) {
		cli_row();
		cli_field("name", sim_check_id((enum sim_check)i), 16);
		cli_field("what", sim_check_what((enum sim_check)i), 0);
		cli_end_row();
	}
}

static void list_kinds(void)
{
	static const char *const classes[] = {
		[SIM_SCHEDULE] = "schedule", [SIM_RESOURCE] = "resource", [SIM_HOSTILE] = "hostile"
	};

	for (int i = 0; i < SIM_N_KINDS; i++) {
		cli_row();
		cli_field("name", sim_kind_name((enum sim_kind)i), 10);
		cli_field("class", classes[sim_kind_class((enum sim_kind)i)], 9);
		cli_field("what", sim_kind_what((enum sim_kind)i), 0);
		cli_end_row();
	}
}

static int list(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "models", no_argument, NULL, 'm' },
		{ "drivers", no_argument, NULL, 'd' },
		{ "checks", no_argument, NULL, 'c' },
		{ "kinds", no_argument, NULL, 'k' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	bool json = false;
	int c, of = 's';

	while ((c = cli_getopt(argc, argv, ":h", longs)) != -1) {
		if (c == 'h')
			return CLI_OK;
		if (c == '?')
			return CLI_USAGE;
		if (c == 'j')
			json = true;
		else if (of != 's' && of != c)
			return cli_error(CLI_USAGE,
					 "one list at a time; see: trivet-sim list --help");
		else
			of = c;
	}
	if (!cli_no_arguments(argc, argv))
		return CLI_USAGE;
	cli_table_begin(json);
	switch (of) {
	case 's':
		sim_scenario_each(one_scenario, NULL);
		break;
	case 'd':
		trv_driver_each(one_driver, NULL);
		break;
	case 'm':
		list_models();
		break;
	case 'c':
		list_checks();
		break;
	case 'k':
		list_kinds();
		break;
	}
	cli_table_end();
	return CLI_OK;
}

const struct cli_verb cli_verb_list = {
	.name = "list",
	.args = "[--models|--drivers|--checks|--kinds] [--json]",
	.what = "name the scenarios, or the models, drivers, checks, kinds of choice",
	.help = "Options:\n"
		"  --models   device models, with their options\n"
		"  --drivers  drivers linked into this program\n"
		"  --checks   what a run can be failed for; see also: trivet-sim checks\n"
		"  --kinds    what a choice point can be about\n"
		"  --json     an array of objects\n\n"
		"Examples:\n"
		"  trivet-sim list\n"
		"  trivet-sim list --models\n"
		"  trivet-sim list --checks --json\n",
	.run = list,
};
