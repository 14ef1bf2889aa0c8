/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The trivet-sim command: one verb per file, each a struct sim_verb that
 * verbs.c lists. A verb gets argv with its own name in argv[0].
 */
#ifndef TRIVET_SIM_CLI_H
#define TRIVET_SIM_CLI_H

#include <getopt.h>
#include <stdio.h>

#include <os/test-sim/engine.h>
#include <os/test-sim/explore.h>

/* Exit codes, the same for every command of the project. */
enum {
	CLI_OK = 0,
	CLI_FAILED = 1,
	CLI_USAGE = 2,
	CLI_BUSY = 3,  /* in use, or unsafe to touch */
	CLI_LIMIT = 4, /* no privilege, or a limit of this machine */
	CLI_SKIPPED = 77,
};

/**
 * struct sim_verb - one verb
 * @name, @args: for "usage: trivet-sim NAME ARGS"
 * @what:        one line for the list of verbs
 * @help:        the rest of --help: options, then examples
 * @run:         returns an exit code
 */
struct sim_verb {
	const char *name;
	const char *args;
	const char *what;
	const char *help;
	int (*run)(int argc, char **argv);
};

extern const struct sim_verb cli_verb_list, cli_verb_run, cli_verb_replay, cli_verb_points,
	cli_verb_checks, cli_verb_disk, cli_verb_bench, cli_verb_explore, cli_verb_twice;

/** cli_program - what this program was started as, for commands to copy from a report */
extern const char *cli_program;

/** cli_error() - "trivet-sim VERB: ..." on stderr; returns @code */
int cli_error(int code, const char *fmt, ...) TRV_PRINTF(2, 3);

/**
 * cli_getopt() - getopt_long() with our messages, and no abbreviations
 *
 * '?' after it complained: return CLI_USAGE. 'h' after it printed the help:
 * return CLI_OK. Both are values no verb's own option has.
 */
int cli_getopt(int argc, char **argv, const char *shorts, const struct option *longs);

/** cli_checkers() - turn off all checkers but these: IDs separated by commas, or "none"; or complain */
bool cli_checkers(const char *only);

/** cli_no_arguments(), cli_one_argument() - true when that is what is left, else it complained */
bool cli_no_arguments(int argc, char **argv);
bool cli_one_argument(int argc, char **argv, const char *what);

/** cli_scenario() - by name; NULL after it complained */
const struct sim_scenario *cli_scenario(const char *name);

/** cli_deviations() - parse @text into @dev; the count, or -1 after it complained */
int cli_deviations(const char *text, struct sim_deviation *dev);

/** cli_number() - a decimal number from @min to @max; false after it complained */
bool cli_number(const char *option, const char *text, unsigned long min, unsigned long max,
		unsigned long *value);

/** cli_can_write() - can @path be a picture? Asked before the work is done; false after it complained */
bool cli_can_write(const char *path);

/** cli_json_string() - quoted and escaped, on stdout; null for NULL */
void cli_json_string(const char *s);

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
