/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The engine's own seams: between the choice log, the findings, the trace and
 * the runner. Nothing outside os/test-sim/ needs them.
 */
#ifndef TRIVET_SIM_ENGINE_H
#define TRIVET_SIM_ENGINE_H

#include <stdarg.h>

#include <os/test-sim/choice.h>
#include <os/test-sim/scenario.h>

/* ---- choice.c ------------------------------------------------------------ */

/** sim_choice_begin() - a new run: an empty log, and these answers to give */
void sim_choice_begin(const struct sim_deviation *dev, u32 n);
/** sim_choice_count() - points met so far */
u64 sim_choice_count(void);
/** sim_choice_taken() - deviations taken so far */
u32 sim_choice_taken(void);
/** sim_choice_freeze() - the rest of the run is a nice day: no points, and sim_class_reached() starts again */
void sim_choice_freeze(void);
/** sim_choice_honest() - all that was hostile is an operation that ended twice: registers say what is */
bool sim_choice_honest(void);
/** sim_choice_worst() - the worst class of the whole run */
enum sim_class sim_choice_worst(void);
/** sim_choice_hash() - of kinds, widths and answers, in order; never of places in memory */
u64 sim_choice_hash(void);
/** sim_choice_trouble() - why not every deviation was taken, into @buf; false when all were */
bool sim_choice_trouble(char *buf, size_t len);
/** sim_points_number() - fill in the occurrences (deviations.c) */
void sim_points_number(struct sim_point *points, size_t n);

/* ---- check.c ------------------------------------------------------------- */

#define SIM_MAX_ABOUT 8

/**
 * struct sim_finding - what ended a run
 * @question: of an expectation: what it asked, see sim_question()
 * @visit: the driver's steps in the call it came to that in, for sim_visit(); 0: in none
 * @about, @because: what its report is to tell; of this run's world, like all its pointers
 */
struct sim_finding {
	int check; /* enum sim_check, -1: nothing */
	char rule[32];
	char message[512];
	char question[64];
	const struct sim_site *site;
	char where[64];
	u64 time_ns;
	u32 visit;

	struct sim_subject {
		enum sim_about what;
		const struct trv_dev *dev;
		u64 at, len;
	} about[SIM_MAX_ABOUT];
	struct sim_cause {
		const struct sim_site *site;
		u64 time;
		char text[200];
	} because[SIM_MAX_ABOUT];
	u32 n_about, n_because;
};

/** sim_check_begin() - a new run: no finding, signals are crashes from here on */
void sim_check_begin(void);
/** sim_check_end() - the run is over; signals kill again */
const struct sim_finding *sim_check_end(void);
/** sim_finding() - of the last run */
const struct sim_finding *sim_finding(void);

/* ---- question.c ---------------------------------------------------------- */

/** sim_question() - the words of a message without its numbers, "disk-does-not-recover" */
void sim_question(char *buf, size_t len, const char *fmt, va_list *ap);

/* ---- coherent.c ---------------------------------------------------------- */

/** struct sim_blame - why a run with this one deviation ended as no other would */
struct sim_blame {
	int check;
	const struct sim_site *site;
	char what[256];
};
/** sim_coherent_blame() - a load or fetch of coherent memory that a correct driver makes differently */
const struct sim_blame *sim_coherent_blame(void);

/* ---- body.c -------------------------------------------------------------- */

/** struct sim_body - how the body of a scenario ended */
struct sim_body {
	bool ended;	   /* it returned */
	bool excused;	   /* an expectation failed, as it may under a hostile device */
	char message[512]; /* which */
};

/** sim_body_run() - as the main task: the scenario's body, and the end of every run */
void sim_body_run(void *scenario);
const struct sim_body *sim_body_result(void);
/**
 * sim_body_excuse() - an expectation of the scenario's own fails
 *
 * Does not return when that is no finding: the task that had it goes no
 * further. Returns when it is one.
 */
void sim_body_excuse(const struct sim_site *site, const char *message);
/** sim_body_recovering() - the body is over, and what sim_recover_with() announced is tried */
bool sim_body_recovering(void);
/** sim_body_may_pull() - may the bus take the driver away: is it there, and no call of life.c under way? */
bool sim_body_may_pull(const struct trv_dev *dev);
/**
 * sim_body_pull() - @dev is gone, and the bus takes its driver away, beside all that goes on
 *
 * The body ends: where it waits, or when it would do more.
 */
void sim_body_pull(struct trv_dev *dev);
/** sim_body_goes_on() - a task is about to do more; does not return when its body ended so */
void sim_body_goes_on(void);
/** sim_body_stuck() - nothing can happen any more: ends a body that waits for an excused task */
bool sim_body_stuck(void);

/* ---- crash.c ------------------------------------------------------------- */

/** sim_crash_arm() - catch faults and endless loops of the run; disarm gives them back */
void sim_crash_arm(void);
void sim_crash_disarm(void);
/** sim_crash_forked() - in a new process, which has no timer yet */
void sim_crash_forked(void);

/* ---- names --------------------------------------------------------------- */

/** sim_basename() - a path's last part: what names and reports call a source file */
const char *sim_basename(const char *path);
/** sim_site_file(), sim_site_func() - of a site, or of "device:event" where there is none */
const char *sim_site_file(const struct sim_site *site);
const char *sim_site_func(const struct sim_site *site);

/* ---- hashing ------------------------------------------------------------- */

/** sim_mix() - folds two words into one, each bit into every bit */
static inline u64 sim_mix(u64 a, u64 b)
{
	unsigned __int128 m =
		(unsigned __int128)(a ^ 0xa0761d6478bd642fULL) * (b ^ 0xe7037ed1a0b428dbULL);

	return (u64)m ^ (u64)(m >> 64);
}

#endif /* TRIVET_SIM_ENGINE_H */
