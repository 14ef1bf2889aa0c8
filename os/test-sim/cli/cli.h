/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The trivet-sim command: one verb per file, each a struct cli_verb that
 * verbs.c lists.
 */
#ifndef TRIVET_SIM_CLI_H
#define TRIVET_SIM_CLI_H

#include <stdio.h>

#include <os/cli/cli.h>
#include <os/test-sim/engine.h>
#include <os/test-sim/explore.h>

extern const struct cli_verb cli_verb_list, cli_verb_run, cli_verb_replay, cli_verb_points,
	cli_verb_checks, cli_verb_disk, cli_verb_bench, cli_verb_explore, cli_verb_twice;

/** cli_program - what this program was started as, for commands to copy from a report */
extern const char *cli_program;

/** cli_checkers() - turn off all checkers but these: IDs separated by commas, or "none"; or complain */
bool cli_checkers(const char *only);

/** cli_scenario() - by name; NULL after it complained */
const struct sim_scenario *cli_scenario(const char *name);

/** cli_deviations() - parse @text into @dev; the count, or -1 after it complained */
int cli_deviations(const char *text, struct sim_deviation *dev);

/** cli_gdb() - become gdb, replaying; returns an exit code when there is none */
int cli_gdb(const char *scenario, const char *list);

/* report.c */

/**
 * sim_report() - what went wrong in the last run, for people
 * @prefix:  before each line: "# " inside KTAP
 * @verbose: not only what fits on a screen
 * @dev:     the deviations it was run with
 *
 * The run was a recorded one. The scenario is run a few times more, to find
 * the nearest run that passes: what the last run left is gone afterwards.
 */
void sim_report(FILE *out, const char *prefix, bool verbose, const struct sim_scenario *s,
		const struct sim_deviation *dev, u32 n_dev, const struct sim_result *r);

/** sim_report_json() - the same for programs: one object on stdout */
void sim_report_json(const struct sim_scenario *s, const struct sim_deviation *dev, u32 n_dev,
		     const struct sim_result *r);

/* explore_ids.c */

/** cli_explore_ids_add() - remember a scenario's failures; _ktap(), _json(): all of them by id, with reports */
void cli_explore_ids_add(const struct sim_explored *e);
void cli_explore_ids_ktap(void);
void cli_explore_ids_json(void);

/* explore_report.c */

/** cli_explore_ktap_one() - a scenario's lines; cli_explore_ktap_end(): the kinds, the totals */
void cli_explore_ktap_one(const struct sim_explored *e);
void cli_explore_ktap_end(const struct sim_explore *how, const struct sim_explore_sum *sum,
			  bool sites);
/** cli_explore_json_one(), cli_explore_json_end() - the same for programs */
void cli_explore_json_one(const struct sim_explored *e);
void cli_explore_json_end(const struct sim_explore *how, const struct sim_explore_sum *sum);

#endif /* TRIVET_SIM_CLI_H */
