/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Exploration: every run of a scenario with no deviation, then every run with
 * one, then every pair. What a run does once it has taken its last deviation
 * is a nice day again, so its later points are where the next one may be: each
 * set of deviations is met exactly once.
 *
 * The parent keeps the plan and never runs anything itself. Workers, forked
 * once, are handed batches and run thousands of them; one that dies is
 * replaced, and the run that killed it is a finding.
 */
#ifndef TRIVET_SIM_EXPLORE_H
#define TRIVET_SIM_EXPLORE_H

#include <os/test-sim/engine.h>

#define SIM_MAX_DEPTH 3
#define SIM_MAX_JOBS 64

struct sim_explored;

/**
 * struct sim_explore - what to explore, and how
 * @depth:         most deviations of a run
 * @jobs:          worker processes
 * @kinds:         one bit for each kind that may deviate
 * @most:          at each place in the source only so many points of a kind from either end,
 *                 and the 2nd, 4th, 8th ... between if it is not hostile; 0: all of them
 * @max_points:    a scenario that meets more on its nice day fails; 0: any number
 * @long_points:   a scenario that meets more on its nice day counts as long, as if marked; 0: none
 * @thorough:      long scenarios as well, not only their nice day
 * @seconds:       begin nothing new after so long; 0: no limit
 * @stop_at_first: the first failure, in order of the plan, is the only one looked for
 * @progress:      where to show a progress bar, or NULL
 * @done:          told of each scenario, in the order given
 */
struct sim_explore {
	const struct sim_scenario *const *scenarios;
	u32 n;
	u32 depth, jobs;
	u32 kinds;
	u32 most;
	u32 max_points;
	u32 long_points;
	u32 seconds;
	bool stop_at_first;
	bool thorough;
	void *progress;
	void (*done)(const struct sim_explored *e, void *arg);
	void *arg;
};

/** sim_explore_long() - is its nice day, with @points, all that is run of @s? */
bool sim_explore_long(const struct sim_explore *how, const struct sim_scenario *s, u64 points);

/** struct sim_failure - a defect, and the shortest way to it */
struct sim_failure {
	char id[224];	   /* what tells one from another */
	char message[512]; /* what the first one said */
	char list[512];	   /* its deviations, by durable name, as replay -r takes them */
	u32 n_deviations;
	enum sim_class class;
	u64 order; /* of the run in the plan */
	u64 runs;  /* how many runs had it */
};

/** struct sim_explored - one scenario, explored */
struct sim_explored {
	const struct sim_scenario *scenario;
	u32 number;		     /* from 1, in the order given */
	u64 points;		     /* of the nice day */
	u64 runs[SIM_MAX_DEPTH + 1]; /* by number of deviations */
	u64 twice;		     /* how many of them were run a second time */
	u64 excused;		     /* bodies that ended early, as they may */
	u32 deaths;		     /* of workers */
	bool complete;
	bool nice_only;			    /* long, and nobody asked for more than its nice day */
	const struct sim_failure *failures; /* in order of the plan, each id once */
	u32 n_failures;
};

/** struct sim_explored_site - what was tried at a place in the source */
struct sim_explored_site {
	char where[112]; /* "ide_probe.c:ide_probe" */
	enum sim_kind kind;
	u64 runs;	/* whose last deviation was here */
	u64 answers[4]; /* bit n: answer n was given */
};

/** struct sim_explore_sum - all of it */
struct sim_explore_sum {
	u64 runs, twice, excused;
	u64 points;		       /* of nice days */
	u64 kind_points[SIM_N_KINDS];  /* likewise, by kind */
	u64 kind_runs[SIM_N_KINDS];    /* runs whose last deviation was of this kind */
	u32 kind_sites[SIM_N_KINDS];   /* places where one was */
	u64 kind_answers[SIM_N_KINDS]; /* answers, counted at each place */
	u32 never;		       /* one bit for each kind asked for that never deviated */
	u32 failures;		       /* ids, counted in each scenario */
	u32 failed;		       /* scenarios */
	u32 incomplete;		       /* scenarios the time did not suffice for */
	double seconds;
	struct sim_explored_site *sites; /* in order of kind and name; free() it */
	u32 n_sites;
};

/** sim_explore() - do it; 0, or a negative errno when no worker can be had */
int sim_explore(const struct sim_explore *how, struct sim_explore_sum *sum);

/* ---- workers (explore_pool.c) -------------------------------------------- */

#define SIM_BATCH 64

/** struct sim_turn - a deviation by index, for plans */
struct sim_turn {
	u32 index;
	u32 alt;
};

/**
 * struct sim_batch - some runs that have all deviations but the last in common
 * @n_turns:  how many those are
 * @from, @n: which of the ways to go on from there; counted over points and answers
 * @root:     no way to go on: the run itself, once
 * @kids:     tell in how many ways each run could go on
 */
struct sim_batch {
	u32 scenario;
	u32 n_turns;
	struct sim_turn turns[SIM_MAX_DEPTH];
	u32 from, n;
	bool root, kids;
};

/** struct sim_outcome - a run of a batch */
struct sim_outcome {
	struct sim_turn turn; /* its last deviation */
	u32 kids;
	bool failed, twice, excused;
};

/**
 * struct sim_worker - a process; what both sides see of it is shared memory
 * @busy:   it has a batch
 * @ticket: the plan's own
 * @death:  why it is gone, when it was busy
 */
struct sim_worker {
	int pid, fd;
	bool busy;
	u64 beat_seen;
	double beat_at;
	char death[64];
	void *ticket;
	struct sim_shared *shared;
};

/** struct sim_shared - survives the worker's death */
struct sim_shared {
	struct sim_batch batch;
	u32 done;	/* runs of it that are over; the next one killed the worker if it died */
	u64 beat;	/* counts */
	u64 points;	/* of a root */
	char list[512]; /* deviations of the run under way */
	struct sim_outcome outcome[SIM_BATCH];
	u32 n_failures;
	struct sim_failure failure[SIM_BATCH];
	u32 failed_at[SIM_BATCH]; /* which run each is of */
	u64 kind_points[SIM_N_KINDS];
	u32 n_sites;
	struct sim_explored_site site[2048];
};

struct sim_pool {
	const struct sim_explore *how;
	u32 n;
	struct sim_worker worker[SIM_MAX_JOBS];
};

int sim_pool_open(struct sim_pool *p, const struct sim_explore *how);
/** sim_pool_give() - @w is idle, its shared batch is filled in: go */
void sim_pool_give(struct sim_pool *p, struct sim_worker *w);
/**
 * sim_pool_wait() - the next worker that is through with its batch, or dead
 *
 * A dead one has been replaced: death[] says how it went, shared is as it left
 * it. NULL when @seconds passed first.
 */
struct sim_worker *sim_pool_wait(struct sim_pool *p, double seconds);
/** sim_pool_close() - no more batches; also ends workers that have one */
void sim_pool_close(struct sim_pool *p);
/** sim_explore_clock() - seconds of real time, for budgets and progress; no verdict hangs on it */
double sim_explore_clock(void);

/* ---- in the worker (explore_run.c) --------------------------------------- */

/** sim_explore_batch() - do what @sh->batch says */
void sim_explore_batch(const struct sim_explore *how, struct sim_shared *sh);

#endif /* TRIVET_SIM_EXPLORE_H */
