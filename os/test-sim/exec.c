// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Levels of execution: what the running code may do, and why not. */
#include <stdio.h>

#include <os/test-sim/engine.h>
#include <os/test-sim/machine_priv.h>
#include <os/test-sim/trace.h>
#include <os/test-sim/watch.h>

void sim_exec_push(enum sim_level level, const char *name)
{
	struct sim_exec *x = sim_m.exec + 1;

	x->level = level;
	x->name = name;
	x->atomic = 1;
	x->bh_off = 0;
	x->irqs_off = level == SIM_L_IRQ;
	x->n_held = 0;
	x->n_frames = 0;
	x->stop = SIM_STOP_NOT;
	x->quick = false;
	sim_m.cur->exec = sim_m.exec = x;
	sim_watch_level();
}

void sim_exec_pop(void)
{
	sim_m.cur->exec = --sim_m.exec;
}

void sim_frame_begin(const char *what, const char *atomic)
{
	struct sim_exec *x = sim_m.exec;
	struct sim_frame *f;

	if (x->n_frames == SIM_MAX_FRAMES)
		sim_fail(SIM_API, NULL, "%s: %u calls into driver and class code deep", what,
			 SIM_MAX_FRAMES);
	f = &x->frames[x->n_frames++];
	f->what = what;
	f->atomic = atomic;
	f->n_held = x->n_held;
	f->bh_off = x->bh_off;
	f->irqs_off = x->irqs_off;
	f->of_class = false;
	x->atomic += !!atomic;
	sim_watch_begin();
}

void sim_frame_end(void)
{
	struct sim_exec *x = sim_m.exec;
	struct sim_frame *f;

	if (!x->n_frames)
		sim_fail(SIM_API, NULL, "sim_entry_end() without sim_entry_begin()");
	f = &x->frames[x->n_frames - 1];
	sim_lock_left(f);
	x->n_frames--;
	x->atomic -= !!f->atomic;
}

void sim_entry_begin(const char *what, const char *atomic)
{
	sim_body_goes_on();
	sim_frame_begin(what, atomic);
	sim_trace(SIM_T_ENTRY, NULL, what, 0, 0, 0);
}

void sim_class_begin(const char *what, const char *atomic)
{
	sim_frame_begin(what, atomic);
	sim_m.exec->frames[sim_m.exec->n_frames - 1].of_class = true;
	sim_trace(SIM_T_ENTRY, NULL, what, 0, 0, 0);
}

static void entry_end(s64 rc, bool answers)
{
	const struct sim_exec *x = sim_m.exec;
	u32 visit = sim_watch_visit();

	sim_trace(SIM_T_ENTRY_END, NULL, x->n_frames ? x->frames[x->n_frames - 1].what : "", 0,
		  (u64)rc, answers);
	sim_trace_aux(visit);
	sim_frame_end();
}

void sim_entry_end(void)
{
	entry_end(0, false);
}

void sim_entry_returned(s64 rc)
{
	entry_end(rc, true);
}

const char *sim_atomic(void)
{
	const struct sim_exec *x = sim_m.exec;
	static char text[200];

	if (!x->atomic)
		return NULL;
	for (u32 i = x->n_held; i-- > 0;) {
		if (x->held[i]->kind == SIM_O_SPIN) {
			sim_because(x->held[i]->lock.taken, x->held[i]->lock.since,
				    "\"%s\" is taken, and held since", x->held[i]->name);
			snprintf(text, sizeof(text), "%s is held", sim_lock_describe(x->held[i]));
			return text;
		}
	}
	for (u32 i = x->n_frames; i-- > 0;) {
		if (x->frames[i].atomic) {
			snprintf(text, sizeof(text), "this is %s, %s", x->frames[i].what,
				 x->frames[i].atomic);
			return text;
		}
	}
	if (x->level == SIM_L_IRQ)
		snprintf(text, sizeof(text), "this is the interrupt handler of %s", x->name);
	else
		snprintf(text, sizeof(text), "this is a timer function");
	return text;
}
