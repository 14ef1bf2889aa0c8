/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The picture of a run, between its layout and its drawing.
 *
 * It reads like a score: time runs to the right in systems one below the
 * other, each with the lanes that have something to say in it. Virtual time
 * between two events takes room in proportion up to a limit; longer gaps are
 * cut, and marked as cut.
 */
#ifndef TRIVET_SIM_PICTURE_H
#define TRIVET_SIM_PICTURE_H

#include <os/test-sim/timeline.h>

/* All lengths are SVG user units: pixels at normal size. */
#define PIC_WIDTH 1500.0 /* of a system's time */
#define PIC_MARGIN 150.0 /* lane names */
#define PIC_STEP 13.0	 /* between two labels of one lane */

enum pic_lane_kind {
	PIC_REQUESTS,
	PIC_CONTEXT,
	PIC_LINE,
	PIC_DEVICE,
	PIC_MAPPINGS,
	PIC_LOCK,
	PIC_LANE_KINDS,
};

/** struct pic_lane - one lane, in all systems that use it */
struct pic_lane {
	enum pic_lane_kind kind;
	char name[48];
	const char *key; /* context or line name */
	u64 id;		 /* line number */
	double last_label;
	u64 rows[16]; /* of spans: busy until */
	u32 n_rows;
};

/** struct pic_item - a moment with a label, perhaps repeated */
struct pic_item {
	const struct sim_trace *t;
	u32 lane;
	u32 times;
	u64 end; /* of the last repetition */
	double x;
};

/** struct pic_span - a stretch of a lane; @row counts from the lane's base */
struct pic_span {
	u64 from, to;
	u32 lane, row;
	const struct sim_trace *t; /* what opened it */
	const struct sim_trace *end;
};

/** struct pic_anchor - a time and its place; @cut: the gap before it is not to scale */
struct pic_anchor {
	u64 time;
	double x;
	bool cut;
};

struct pic_system {
	u64 from, to;
	double x0, x1;
};

struct picture {
	const struct sim_trace **events; /* shown ones, by time */
	size_t n_events;
	u64 hidden;		    /* events left out, */
	u64 hidden_from, hidden_to; /* between these times */
	u64 first, last;	    /* of the whole run */

	struct pic_lane *lanes;
	u32 n_lanes;
	struct pic_item *items;
	size_t n_items;
	struct pic_span *spans;
	size_t n_spans, spans_room;
	struct pic_span *runs; /* when tasks had their processor */
	size_t n_runs, runs_room;
	struct pic_anchor *anchors;
	size_t n_anchors;
	struct pic_system *systems;
	u32 n_systems;
};

/** pic_layout() - from the recording; pic_free() after drawing */
void pic_layout(struct picture *p);
void pic_free(struct picture *p);
/** pic_x() - where a time is, on the endless line the systems are cut from */
double pic_x(const struct picture *p, u64 time);

#endif /* TRIVET_SIM_PICTURE_H */
