/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The drawing of a picture, between timeline_svg.c (lanes, the page) and timeline_marks.c (what lies across). */
#ifndef TRIVET_SIM_TIMELINE_SVG_H
#define TRIVET_SIM_TIMELINE_SVG_H

#include <stdio.h>

#include <os/test-sim/picture.h>

#define ROW 15.0 /* a span */

/** struct sheet - one system while it is drawn */
struct sheet {
	FILE *out;
	const struct picture *p;
	const struct pic_system *s;
	double y;	/* top of the next lane */
	double *lane_y; /* of each lane: where its line or bar is; 0: not in this system */
};

/* ---- timeline_svg.c ------------------------------------------------------ */
void svg_escaped(FILE *out, const char *text);
double svg_us(u64 ns);
/** svg_x(), svg_time_x() - where a place of the endless line, or a time, is on this sheet */
double svg_x(const struct sheet *h, double x);
double svg_time_x(const struct sheet *h, u64 time);
bool svg_inside(const struct sheet *h, u64 time);
void svg_text(FILE *out, const char *class, double x, double y, const char *more, const char *text);
/** svg_tooltip() - what a browser shows under the pointer: all there is to know of an event */
void svg_tooltip(FILE *out, const struct sim_trace *t, u32 times);

/* ---- timeline_marks.c ---------------------------------------------------- */
void svg_draw_axis(struct sheet *h, double y, double bottom);
/** svg_draw_interrupts() - from each line that went up to the handler that came for it */
void svg_draw_interrupts(struct sheet *h);
/** svg_count_flags() - of this system: each has a row of its own above it */
u32 svg_count_flags(const struct sheet *h);
void svg_draw_flags(struct sheet *h, double top, double bottom);
void svg_draw_bands(struct sheet *h, double top, double bottom);

#endif /* TRIVET_SIM_TIMELINE_SVG_H */
