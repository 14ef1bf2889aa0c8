/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Why a run failed: what its report knows beyond the finding itself. Gathered
 * from the recording after the run, so that runs nobody asks about pay nothing.
 */
#ifndef TRIVET_SIM_STORY_H
#define TRIVET_SIM_STORY_H

#include <os/test-sim/engine.h>

/* ---- witnesses: the stack when it happened (witness.c) ------------------- */

#define SIM_MAX_STACK 48

/** struct sim_witness - where a deviation was taken, or the run ended */
struct sim_witness {
	const struct sim_site *site;
	enum sim_kind kind; /* SIM_N_KINDS: the finding */
	u32 index, answer, n;
	u64 time;
	char what[144]; /* a deviation: what it does */
	char who[64];
	const void *pc[SIM_MAX_STACK]; /* return addresses, innermost first; in recorded runs */
	u32 n_pc;
};

void sim_witness_reset(void);
void sim_witness_deviation(const struct sim_site *site, enum sim_kind kind, u32 index, u32 answer,
			   u32 n);
void sim_witness_finding(const struct sim_site *site);
/** sim_witnesses() - of the last run, in order; the finding, if any, is the last */
const struct sim_witness *sim_witnesses(u32 *n);

/**
 * sim_deviation_here(), sim_finding_here() - called as it happens, from inside the driver's
 * call; they do nothing and are for a debugger to stop at
 */
void sim_deviation_here(const struct sim_site *site);
void sim_finding_here(const struct sim_site *site);

/**
 * struct sim_frame_line - a function on a stack
 * @path: as the compiler was told
 * @file: its last part
 * @gap:  entered by an interrupt or a timer, not by a call from the next one
 */
struct sim_frame_line {
	char path[160];
	char file[64];
	char func[64];
	u32 line;
	const char *gap;
};
/** sim_stack_lines() - functions of a stack that are not the simulator's, inlined ones too (symbol.c) */
u32 sim_stack_lines(const void *const *pc, u32 n, struct sim_frame_line *out, u32 max);

/* Lines of program counters, each looked up once (frames.c). */

/** sim_frames_learn() - look up so many at a time: much cheaper than one by one */
void sim_frames_learn(const void *const *pc, u32 n);
/** sim_frames_of() - what lies at the call that returns to @pc: innermost first, inlined ones too */
u32 sim_frames_of(const void *pc, const struct sim_frame_line **out);
/** sim_driver_frame() - the innermost of them; NULL where that is not a driver's */
const struct sim_frame_line *sim_driver_frame(const void *pc);
/** sim_frame_is_class() - is it of core/, between drivers and the system? */
bool sim_frame_is_class(const struct sim_frame_line *f);
/** sim_frame_source() - the text of that line; "" where it is not at hand */
const char *sim_frame_source(const struct sim_frame_line *f);
/** sim_function_name() - of a function's address; "?" */
const char *sim_function_name(const void *fn);

/** sim_source_line() - the text of a line, without its indentation; false when there is no such file (source.c) */
bool sim_source_line(const struct sim_site *site, char *buf, size_t len);

/* ---- the causes (story.c, story_facts.c) --------------------------------- */

#define SIM_MAX_FACTS 32
#define SIM_MAX_LOOK 24

/**
 * struct sim_fact - something that had to happen for the finding to come
 * @time:     SIM_SOMETIME where it is not known
 * @who:      the context; empty where it is not known
 * @site:     the line, or NULL: not a line of a driver
 * @deviates: this is a deviation
 */
struct sim_fact {
	u64 time;
	char who[64];
	const struct sim_site *site;
	char text[240];
	bool deviates;
};

#define SIM_MAX_LINES 96

/**
 * struct sim_line - a line of a part of the report
 * @part: its heading; lines of one part follow each other
 */
struct sim_line {
	const char *part;
	char text[232];
};

/**
 * struct sim_story - the causes of a finding, in order of time
 * @look: what of the recording a timeline is to show
 */
struct sim_story {
	size_t look[SIM_MAX_LOOK];
	u32 n_look;
	u32 n;
	struct sim_fact fact[SIM_MAX_FACTS];
	u32 n_lines;
	struct sim_line line[SIM_MAX_LINES];
};

/** sim_story_tell() - of the last run, which was recorded and has a finding */
void sim_story_tell(struct sim_story *story);

/* story.c, for story_facts.c */
struct sim_trace;
/** sim_fact_add() - a fact at @t; forgets one it has already */
void sim_fact_add(struct sim_story *story, const struct sim_trace *t, const char *fmt, ...)
	TRV_PRINTF(3, 4);
/** sim_story_about() - the history of one thing */
void sim_story_about(struct sim_story *story, const struct sim_subject *s);

/* story_way.c, story_time.c: parts of the report about what went wrong, of the recording */

/** sim_story_look() - the timeline is to show @t, and all of the call it is part of */
void sim_story_look(struct sim_story *story, const struct sim_trace *t);
/** sim_line_add() - a line of @part */
void sim_line_add(struct sim_story *story, const char *part, const char *fmt, ...) TRV_PRINTF(3, 4);
/** sim_story_failure() - the event a failed expectation is about, or NULL: the last bad answer */
const struct sim_trace *sim_story_failure(void);
/** sim_story_begin() - where the operation that ends with @end began */
const struct sim_trace *sim_story_begin(const struct sim_trace *end);
/**
 * sim_story_way() - by which lines the driver came to @end, and what it had read there
 *
 * False when that is a request which the driver never took.
 */
bool sim_story_way(struct sim_story *story, const struct sim_trace *end);
/** sim_story_lines() - by which lines a call went that ends with @end; for @part */
void sim_story_lines(struct sim_story *story, const char *part, const struct sim_trace *end);
/** sim_story_now() - by which lines the call went that the run ended in, unless that was told */
void sim_story_now(struct sim_story *story);
/** sim_story_under_way() - requests that have no end yet */
void sim_story_under_way(struct sim_story *story);
/** sim_story_time() - in what the driver waited between the two */
void sim_story_time(struct sim_story *story, const struct sim_trace *begin,
		    const struct sim_trace *end);
/** sim_story_interrupts() - those between the two: when raised, when taken, what they said */
void sim_story_interrupts(struct sim_story *story, const struct sim_trace *begin,
			  const struct sim_trace *end);
/**
 * sim_stack_text() - the calls of a recorded stack; length as snprintf()
 * @pc: where it was, or NULL: then only who called that
 */
int sim_stack_text(const void *pc, u32 stack, u32 most, char *buf, size_t len);

/* ---- another run (history.c) --------------------------------------------- */

/** struct sim_history - what a recorded run did, event by event and without its times */
struct sim_history {
	char **line;
	u64 *time;
	u32 n, room;
};
/** sim_history_take() - of the last run; sim_history_free() */
void sim_history_take(struct sim_history *h);
void sim_history_free(struct sim_history *h);

#define SIM_PARTING 3

/**
 * struct sim_nearest - the run closest to a failing one that passes
 * @found:     there is one
 * @without:   the deviation that it lacks
 * @neighbour: of the same run with that deviation one point of its name earlier [0], later [1]
 * @parts:     where the two begin to differ
 * @fails, @passes: what each of them does next, "" at its end
 */
struct sim_nearest {
	bool found;
	u32 without;
	enum { SIM_NO_POINT, SIM_PASSES, SIM_SAME_FAILURE, SIM_OTHER_FAILURE } neighbour[2];
	u64 parts;
	char fails[SIM_PARTING][200], passes[SIM_PARTING][200];
};
/**
 * sim_nearest_find() - look for it; runs the scenario a few times more
 * @failed: what the failing run did
 * @id:     of its failure
 */
void sim_nearest_find(const struct sim_scenario *s, const struct sim_deviation *dev, u32 n_dev,
		      const struct sim_history *failed, const char *id, struct sim_nearest *out);

#endif /* TRIVET_SIM_STORY_H */
