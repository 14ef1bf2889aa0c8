/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Runs in processes of their own: between the verb (twice.c) and who starts them (twice_run.c). */
#ifndef TRIVET_SIM_CLI_TWICE_H
#define TRIVET_SIM_CLI_TWICE_H

#include <os/test-sim/cli/cli.h>

#define CLI_TWICE_DEPTH 3
#define CLI_TWICE_ONE "one" /* the option that makes a process one of these */

/** struct cli_twice_run - a scenario and its deviations, as replay -r takes them */
struct cli_twice_run {
	const struct sim_scenario *scenario;
	char *list;
};

enum cli_twice_address { CLI_A_STACK, CLI_A_HEAP, CLI_A_PROGRAM, CLI_N_ADDRESSES };

/**
 * struct cli_twice_outcome - what a process tells of its run
 * @ran:       it has come to its end
 * @said:      a digest of the finding's text, which names lines, and may name addresses
 * @all_taken: every deviation of the list was met
 * @address:   where this process had things
 */
struct cli_twice_outcome {
	bool ran, all_taken;
	u64 part[SIM_N_PARTS];
	u64 said;
	u64 address[CLI_N_ADDRESSES];
};

/**
 * struct cli_twice - a lot of runs
 * @with:    the program for the second process of each, or NULL for this one
 * @outcome: of the first process of the first run, then of its second one, and so on
 */
struct cli_twice {
	u32 n, jobs;
	const char *with;
	struct cli_twice_run *runs;
	struct cli_twice_outcome *outcome;
};

/** cli_twice_processes() - run all of it, @jobs at a time; an exit code */
int cli_twice_processes(struct cli_twice *how);
/** cli_twice_one() - be one of these processes; an exit code */
int cli_twice_one(const char *name, const char *list);

#endif /* TRIVET_SIM_CLI_TWICE_H */
