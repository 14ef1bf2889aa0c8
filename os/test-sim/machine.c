// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The machine as a whole: power-on, a run from beginning to end, what is left. */
#include <stdio.h>
#include <stdlib.h>

#include <os/test-sim/machine_priv.h>

#define STEPS_MAX 20000000ULL
#define TIME_MAX_NS 3600000000000ULL

void sim_machine_reset(void)
{
	sim_m.now = 0;
	sim_m.horizon = 0;
	sim_m.steps = 0;
	sim_m.steps_max = STEPS_MAX;
	sim_m.time_max = TIME_MAX_NS;
	sim_m.clock = 0;
	sim_m.event_seq = 0;
	sim_m.device = NULL;
	sim_m.running = false;
	sim_m.entry = NULL;
	sim_m.exec = sim_outside;
	sim_m.bus_known = sim_m.bus_quick = false;
	sim_outside[0] = (struct sim_exec){ .name = "nobody" };
	sim_cpus_reset();
	sim_tasks_reset();
	sim_clock_reset();
	sim_ops_reset();
	sim_irq_reset();
	sim_obj_reset();
	sim_lockdep_reset();
	sim_work_reset();
}

struct main_call {
	void (*fn)(void *arg);
	void *arg;
};

static void main_task(void *arg)
{
	struct main_call *call = arg;

	call->fn(call->arg);
	/* Whatever else still runs is left where it is. */
	sim_frame_end();
	sim_m.aborted = false;
	sim_co_switch(&sim_m.cur->co, &sim_m.host, true);
	abort();
}

bool sim_machine_run(void (*fn)(void *arg), void *arg)
{
	struct main_call call = { fn, arg };
	struct sim_cpu *c = &sim_m.cpus[0];

	if (sim_m.running) {
		fputs("trivet-sim: a run within a run\n", stderr);
		abort();
	}
	c->cur = sim_task_new("main", 0, main_task, &call);
	sim_m.running = true;
	sim_co_switch(&sim_m.host, &c->cur->co, false);
	sim_m.running = false;
	sim_m.device = NULL;
	sim_m.exec = sim_outside;
	sim_m.horizon = SIM_NEVER;
	return !sim_m.aborted;
}

void sim_machine_go_on(void (*fn)(void *arg), void *arg)
{
	static struct main_call call;

	call = (struct main_call){ fn, arg };
	sim_task_ready(sim_task_new("end", 0, main_task, &call));
}

_Noreturn void sim_machine_abort(void)
{
	if (!sim_m.running) {
		fputs("trivet-sim: the end of a run, outside any\n", stderr);
		abort();
	}
	sim_m.aborted = true;
	sim_co_switch(&sim_m.cur->co, &sim_m.host, true);
	abort();
}

void sim_machine_leftovers(struct trv_dev *dev)
{
	sim_irq_leftovers(dev);
	sim_timer_leftovers(dev);
	sim_work_leftovers(dev);
	for (const struct sim_task *t = sim_m.tasks; t && !dev; t = t->next) {
		if (!t->service && t != sim_m.cur)
			sim_fail(SIM_TIMER_LEAK, t->site, "task %s never returned", t->name);
	}
}
