/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A failure with all that is known of it, between what gathers it and what prints it. */
#ifndef TRIVET_SIM_CLI_REPORT_H
#define TRIVET_SIM_CLI_REPORT_H

#include <os/test-sim/cli/cli.h>
#include <os/test-sim/story.h>

#define REPORT_FRAMES 16

/** struct report_place - a moment of the run: the finding, or a deviation */
struct report_place {
	struct sim_witness w;
	char name[160];	  /* of a deviation, as -r takes it; without its answer */
	char source[160]; /* the line of source; "": not at hand */
	struct sim_frame_line frame[REPORT_FRAMES];
	u32 n_frames;
};

/**
 * struct report - a failure
 * @place:   deviations in order, then the finding if there is one
 * @nearest: valid if @compared: with no deviation there is nothing to leave out
 */
struct report {
	const struct sim_scenario *s;
	const struct sim_deviation *dev;
	u32 n_dev;
	struct sim_result r;
	struct sim_story story;
	struct report_place place[SIM_MAX_DEVIATIONS + 1];
	u32 n_places;
	bool compared;
	struct sim_nearest nearest;
	char *timeline;
	size_t timeline_len;
};

/** report_gather() - from the run that has just ended; the nearest ones are run for it. report_free() it. */
void report_gather(struct report *rep, const struct sim_scenario *s,
		   const struct sim_deviation *dev, u32 n_dev, const struct sim_result *r,
		   u32 timeline_lines);
void report_free(struct report *rep);

/** report_class() - "a legal day": what kind of run it was */
const char *report_class(const struct report *rep);
/**
 * report_scenario_line() - where the scenario itself was when an expectation failed
 *
 * The function that did not get what it expected may be a helper of many. NULL for what
 * a driver did wrong at a line of its own.
 */
const struct sim_frame_line *report_scenario_line(const struct report *rep);
/** report_list() - its deviations as -r takes them */
void report_list(FILE *out, const struct report *rep);

#endif /* TRIVET_SIM_CLI_REPORT_H */
