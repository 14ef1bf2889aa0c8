/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A recording, told to people. timeline.c says what one event means in words;
 * the text and the picture arrange those words.
 */
#ifndef TRIVET_SIM_TIMELINE_H
#define TRIVET_SIM_TIMELINE_H

#include <os/test-sim/trace.h>

/** enum sim_column - whose doing an event is */
enum sim_column { SIM_COL_CPU0, SIM_COL_CPU1, SIM_COL_DEVICE, SIM_COLUMNS };
enum sim_column sim_trace_column(const struct sim_trace *t);

/** sim_trace_text() - "wr COMMAND = 0x25", "dma write 512 at 0x10000"; length as snprintf() */
int sim_trace_text(const struct sim_trace *t, char *buf, size_t len);

/** sim_trace_label() - the same in a few characters, for a picture: "COMMAND=25" */
int sim_trace_label(const struct sim_trace *t, char *buf, size_t len);

/** sim_trace_noise() - scheduling, locking, and what was got and given back: of interest only event by event */
bool sim_trace_noise(const struct sim_trace *t);

/** sim_trace_print() - the raw recording, one event a line, onto a FILE */
void sim_trace_print(void *file);

#endif /* TRIVET_SIM_TIMELINE_H */
