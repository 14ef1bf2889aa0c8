/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What hooked code does between two events, in recorded runs: the way it took,
 * what it read on that way, and who had written that. Nothing here is part of
 * a run's hash; where the compiler's hooks are missing there is nothing to tell.
 */
#ifndef TRIVET_SIM_WATCH_H
#define TRIVET_SIM_WATCH_H

#include <os/test-sim/check.h>

#define SIM_WATCH_STACK 16
#define SIM_WATCH_STEPS 160

/**
 * struct sim_writer - who stored to a byte of the driver's last
 * @pc:    NULL: not by an instruction of hooked code
 * @site:  but by an entry of os.h called here; both NULL: nobody since it was allocated
 * @name:  of the context, with @level and @cpu
 * @stack: sim_watch_stack()
 */
struct sim_writer {
	const void *pc;
	const struct sim_site *site;
	u64 time;
	const char *name;
	u32 stack;
	u8 level, cpu;
};

/**
 * struct sim_act - a load, a store, or the end of a function
 * @addr:  NULL where it is not the driver's memory
 * @value: what was loaded, up to 8 bytes of it
 * @frame: how many calls into drivers and class deep
 * @by:    who had written that
 */
struct sim_act {
	const void *pc;
	const u8 *addr;
	u64 value;
	u8 size;
	u8 frame;
	bool store;
	struct sim_writer by;
};

/** struct sim_visit - the last steps of a call into a driver, without those of calls inside it */
struct sim_visit {
	u32 n;
	struct sim_act step[SIM_WATCH_STEPS];
};

/** sim_watching - is this a recorded run? Asked by every hook before it calls the rest. */
extern bool sim_watching;
void sim_watch_reset(bool on);

/* For hooks; @pc is what the hook returns to. */
void sim_watch_call(const void *pc);
void sim_watch_return(const void *pc);
void sim_watch_load(const void *p, size_t n, const void *pc);
void sim_watch_store(const void *p, size_t n, const void *pc);

/** sim_watch_wrote() - by an entry of os.h; @site NULL: by the device, which nobody knows */
void sim_watch_wrote(const void *p, size_t n, const struct sim_site *site);

/** sim_watch_begin() - a call into a driver: what follows is its way */
void sim_watch_begin(void);
/** sim_watch_level() - an interrupt or timer: nobody called it */
void sim_watch_level(void);
/** sim_watch_visit() - its last steps, kept under a number; 0 when there are none */
u32 sim_watch_visit(void);
/** sim_visit() - by that number; NULL once there were too many others since */
const struct sim_visit *sim_visit(u32 nr);

/** sim_watch_stack() - who called whom, kept under a number; 0: no hooked code at all */
u32 sim_watch_stack(void);
/** sim_watch_frames() - of such a stack: where each call returns to, innermost first */
u32 sim_watch_frames(u32 stack, const void *pc[SIM_WATCH_STACK]);

#endif /* TRIVET_SIM_WATCH_H */
