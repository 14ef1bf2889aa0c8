// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Tasks: starting, waiting, waking. */
#include <stdio.h>
#include <stdlib.h>

#include <os/test-sim/engine.h>
#include <os/test-sim/machine_priv.h>
#include <os/test-sim/mem.h>
#include <os/test-sim/trace.h>

void sim_task_resumed(struct sim_task *t)
{
	if (sim_m.zombie) {
		sim_co_free(&sim_m.zombie->co);
		sim_m.zombie = NULL;
	}
	sim_m.cpu = &sim_m.cpus[t->cpu];
	sim_m.now = sim_m.cpu->now;
	sim_m.exec = t->exec;
	sim_at(t->site);
	if (sim_m.cur != t) {
		sim_m.cur = t;
		sim_trace(SIM_T_TASK, NULL, t->name, t->id, 0, 0);
	}
}

static void forget(struct sim_task *t)
{
	struct sim_task **at = &sim_m.tasks;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	if (!*at)
		sim_m.tasks_tail = at;
}

static void task_main(void *arg)
{
	struct sim_task *t = arg;

	sim_task_resumed(t);
	sim_frame_begin(t->name, NULL);
	t->fn(t->arg);
	sim_frame_end();
	t->done = true;
	forget(t);
	sim_wake(t);
	sim_m.cpu->cur = NULL;
	sim_m.clock = trv_max(sim_m.clock, sim_m.now);
	sim_resched();
}

static void timed_out(void *arg)
{
	struct sim_task *t = arg;
	u64 wait;

	/* Awake already, for a better reason, and only waits for its CPU. */
	if (t->state != SIM_WAIT)
		return;
	/* A driver waits for its event; tests wait for conditions. */
	wait = t->on ? sim_op_time_out(t->since, t->cpu) : 0;
	if (wait) {
		sim_event_in(&t->timeout, wait);
		return;
	}
	t->timed_out = true;
	sim_task_ready(t);
}

struct sim_task *sim_task_new(const char *name, u32 cpu, void (*fn)(void *arg), void *arg)
{
	struct sim_task *t = sim_own(sizeof(*t));

	if (cpu >= SIM_CPUS)
		sim_fail(SIM_API, NULL, "task %s on CPU%u: there are %u", name, cpu, SIM_CPUS);
	t->id = ++sim_m.n_tasks;
	t->cpu = cpu;
	t->name = name;
	t->fn = fn;
	t->arg = arg;
	t->what = "to begin";
	t->exec = &t->execs[0];
	t->exec->name = name;
	sim_event_init(&t->timeout, NULL, timed_out, t);
	sim_co_new(&t->co, task_main, t);
	*sim_m.tasks_tail = t;
	sim_m.tasks_tail = &t->next;
	return t;
}

struct sim_task *sim_task_start(const char *name, u32 cpu, void (*fn)(void *arg), void *arg)
{
	struct sim_task *t = sim_task_new(name, cpu, fn, arg);

	sim_task_ready(t);
	return t;
}

struct sim_task *sim_service_start(const char *name, u32 cpu, void (*fn)(void *arg), void *arg)
{
	struct sim_task *t = sim_task_new(name, cpu, fn, arg);

	t->service = true;
	return t;
}

void sim_task_service(struct sim_task *task)
{
	task->service = true;
}

/* ---- waking -------------------------------------------------------------- */

static void unpoll(struct sim_task *t)
{
	struct sim_task **at = &sim_m.cpus[t->cpu].polled;

	while (*at && *at != t)
		at = &(*at)->poll_next;
	if (*at)
		*at = t->poll_next;
}

void sim_task_ready(struct sim_task *t)
{
	struct sim_cpu *c = &sim_m.cpus[t->cpu];

	if (t->cond)
		unpoll(t);
	t->cond = NULL;
	t->on = NULL;
	t->state = SIM_READY;
	*c->run_tail = t;
	c->run_tail = &t->run_next;
	c->woken = true;
	sim_poke();
}

void sim_promote(struct sim_cpu *c)
{
	struct sim_task *next;

	for (struct sim_task *t = c->polled; t; t = next) {
		next = t->poll_next;
		if (t->cond(t->cond_arg)) {
			t->woken = true;
			sim_task_ready(t);
		}
	}
}

void sim_wake(const void *on)
{
	for (struct sim_task *t = sim_m.tasks; t; t = t->next) {
		if (t->on == on) {
			t->woken = true;
			sim_task_ready(t);
		}
	}
}

struct sim_task *sim_wake_first(const void *on)
{
	struct sim_task *first = NULL;

	for (struct sim_task *t = sim_m.tasks; t; t = t->next) {
		if (t->on == on && (!first || (s32)(t->wait_seq - first->wait_seq) < 0))
			first = t;
	}
	if (first) {
		first->woken = true;
		sim_task_ready(first);
	}
	return first;
}

/* ---- waiting ------------------------------------------------------------- */

static void may_sleep(const char *what)
{
	if (!sim_m.running || sim_m.device)
		sim_fail(SIM_API, NULL, "waiting %s, but this is %s", what, sim_where());
	if (sim_m.exec->atomic)
		sim_complain(SIM_CONTEXT, NULL, "waiting %s, but %s", what, sim_atomic());
	/* A task that sleeps with a spinlock held may wake up again; a handler has nothing to. */
	if (sim_m.exec->level != SIM_L_TASK)
		sim_fail(SIM_CONTEXT, NULL, "waiting %s, but %s", what, sim_atomic());
}

/* Off the CPU; whatever woke it says so in @woken or @timed_out. */
static bool leave_cpu(struct sim_task *t, u64 timeout_ns, const char *what)
{
	u64 begun = sim_m.now;

	if (++sim_m.steps >= sim_m.steps_max)
		sim_hang();
	t->state = SIM_WAIT;
	t->what = what;
	t->woken = false;
	t->timed_out = false;
	t->wait_seq = ++sim_m.wait_seq;
	if (timeout_ns != SIM_NEVER)
		sim_event_in(&t->timeout, timeout_ns);
	sim_m.cpu->cur = NULL;
	sim_m.clock = trv_max(sim_m.clock, sim_m.now);
	if (t->work)
		sim_work_asleep(true);
	sim_resched();
	if (t->work)
		sim_work_asleep(false);
	sim_event_cancel(&t->timeout);
	sim_trace_note(SIM_T_WAIT, NULL, what, sim_m.exec->n_frames, sim_m.now - begun, 0);
	return t->woken;
}

bool sim_block(const void *on, u64 timeout_ns, const char *what)
{
	struct sim_task *t = sim_m.cur;

	may_sleep(what);
	t->cond = NULL; /* what it may have spun for */
	t->on = on;
	t->since = sim_m.now;
	sim_op_awaited(timeout_ns);
	if (!leave_cpu(t, timeout_ns, what))
		return false;
	sim_op_woken(t->since, timeout_ns);
	return true;
}

bool sim_wait(bool (*cond)(void *arg), void *arg, u64 timeout_ns)
{
	struct sim_task *t = sim_m.cur;
	u64 end = sim_m.now + timeout_ns;
	struct sim_cpu *c = sim_m.cpu;

	may_sleep(cond ? "for a condition" : "for time to pass");
	sim_body_goes_on();
	if (end < sim_m.now)
		end = SIM_NEVER;
	while (!cond || !cond(arg)) {
		if (sim_m.now >= end)
			return false;
		t->on = NULL;
		t->cond = cond;
		if (cond) {
			t->cond_arg = arg;
			t->poll_next = NULL;
			for (struct sim_task **at = &c->polled;; at = &(*at)->poll_next) {
				if (!*at) {
					*at = t;
					break;
				}
			}
		}
		leave_cpu(t, end == SIM_NEVER ? end : end - sim_m.now,
			  cond ? "for a condition" : "for time to pass");
	}
	return true;
}

static bool is_done(void *arg)
{
	const struct sim_task *t = arg;

	return t->done || t->gave_up;
}

void sim_task_join(struct sim_task *task)
{
	while (!is_done(task))
		sim_block(task, SIM_NEVER, "for a task to return");
}

bool sim_task_is_service(const struct sim_task *task)
{
	return task->service;
}

/* ---- giving up ----------------------------------------------------------- */

struct sim_task *sim_task_running(void)
{
	return sim_m.cur;
}

static bool at_base(const struct sim_task *t)
{
	const struct sim_exec *x = t->exec;

	return x->level == SIM_L_TASK && x->n_frames == 1 && !x->n_held && !x->atomic;
}

bool sim_task_at_base(void)
{
	return sim_m.running && !sim_m.device && at_base(sim_m.cur);
}

/* Of the application, in a call of the driver that no class stands between. */
static bool in_driver(const struct sim_task *t)
{
	const struct sim_exec *x = &t->execs[SIM_L_TASK];

	return !t->service && x->n_frames > 1 && !x->frames[1].of_class;
}

bool sim_task_in_driver(const struct sim_task *but)
{
	const struct sim_task *t = sim_m.tasks;

	while (t && (t == but || !in_driver(t)))
		t = t->next;
	return t;
}

static void park(struct sim_task *t)
{
	t->gave_up = true;
	t->service = true;
	t->state = SIM_PARKED;
	sim_wake(t);
}

/* Its stack stays: requests that are under way may be on it. */
_Noreturn void sim_task_give_up(void)
{
	park(sim_m.cur);
	sim_m.cpu->cur = NULL;
	sim_m.clock = trv_max(sim_m.clock, sim_m.now);
	sim_resched();
	abort();
}

static bool is_task(const void *on)
{
	const struct sim_task *t = sim_m.tasks;

	while (t && t != on)
		t = t->next;
	return t;
}

/* A condition or a join: what tests wait for. A driver waits for events and locks. */
bool sim_task_abandon(struct sim_task *t)
{
	if (t->state != SIM_WAIT || !at_base(t) || !(t->cond || is_task(t->on)))
		return false;
	if (t->cond)
		unpoll(t);
	t->cond = NULL;
	t->on = NULL;
	sim_event_cancel(&t->timeout);
	park(t);
	return true;
}

static bool all_returned(void *arg)
{
	const struct sim_task *t = sim_m.tasks;

	while (t && (t->service || t == arg))
		t = t->next;
	return !t;
}

void sim_tasks_settle(u64 ns)
{
	sim_wait(all_returned, sim_m.cur, ns);
	for (struct sim_task *t = sim_m.tasks; t; t = t->next) {
		if (!t->service && t != sim_m.cur)
			sim_task_abandon(t);
	}
}

void sim_tasks_reset(void)
{
	sim_m.tasks = NULL;
	sim_m.tasks_tail = &sim_m.tasks;
	sim_m.cur = NULL;
	sim_m.zombie = NULL;
	sim_m.n_tasks = 0;
	sim_m.wait_seq = 0;
	sim_co_reset();
}
