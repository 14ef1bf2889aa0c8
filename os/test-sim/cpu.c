// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who goes next. Every entry of os.h comes through sim_enter(); as long as
 * nothing else in the world is earlier, that is an addition and two compares.
 */
#include <stdio.h>

#include <os/test-sim/engine.h>
#include <os/test-sim/machine_priv.h>
#include <os/test-sim/symbol.h>

#define STOP_NS 10000000 /* a handler is stopped for longer than a time-out works */
#define SLICE_NS 4000000 /* then a task gives way to another one of its CPU */

struct sim_exec sim_outside[SIM_LEVELS] = { { .name = "nobody" } };
struct sim_machine sim_m = { .exec = sim_outside };

/* What choices are called by that no line of a driver brings about. */
static const struct sim_site idle_site = { "os/test-sim/cpu.c", "idle", 0 };

_Noreturn void sim_hang(void)
{
	const struct sim_task *t = sim_m.cur;

	sim_about(SIM_ABOUT_WAIT, NULL, 0, 0);
	if (sim_m.steps >= sim_m.steps_max)
		sim_fail(SIM_HANG, t->site, "no end after %llu entries and events",
			 (unsigned long long)sim_m.steps);
	sim_fail(SIM_HANG, t->site, "no end after %llu s of virtual time",
		 (unsigned long long)(sim_m.time_max / 1000000000));
}

/* ---- choosing ------------------------------------------------------------ */

static u64 later(u64 a, u64 b)
{
	return a > b ? a : b;
}

static bool interruptible(const struct sim_cpu *c, const struct sim_exec *x)
{
	return (c->soft_head && sim_softirqs_admitted(x)) ||
	       (sim_m.irq_list && sim_irq_deliverable(c, x));
}

/* When could @c do its next thing? */
static u64 ready_at(struct sim_cpu *c)
{
	struct sim_task *t = c->cur;

	if (!t) {
		if (c->polled)
			sim_promote(c);
		if (c->run_head || interruptible(c, NULL))
			return later(c->now, sim_m.clock);
		return SIM_NEVER;
	}
	if (t->state == SIM_RUN)
		return c->now;
	if (interruptible(c, t->exec))
		return later(c->now, sim_m.clock);
	if (t->state == SIM_DELAY)
		return t->until;
	return t->cond(t->cond_arg) ? SIM_NEVER : later(c->now, sim_m.clock);
}

static const struct sim_site *site_of(const struct sim_cpu *c)
{
	return c->cur && c->cur->site ? c->cur->site : &idle_site;
}

static void deadlock(void)
{
	const struct sim_site *site = NULL;
	char text[400];
	size_t n = 0;

	text[0] = '\0';
	for (const struct sim_task *t = sim_m.tasks; t; t = t->next) {
		if (t->idle || t->state == SIM_PARKED)
			continue;
		if (!site)
			site = t->site;
		sim_because(t->site, SIM_SOMETIME, "%s waits %s", t->name, t->what);
		n += (size_t)snprintf(text + n, sizeof(text) - n, "; %s on CPU%u waits %s%s%s",
				      t->name, t->cpu, t->what, t->site ? " at " : "",
				      t->site ? sim_site_text(t->site) : "");
		if (n >= sizeof(text))
			break;
	}
	sim_fail(SIM_DEADLOCK, site, "nothing can ever happen again%s", text);
}

/* One of the tasks that would like this CPU. */
static struct sim_task *dequeue(struct sim_cpu *c)
{
	struct sim_task **at = &c->run_head, *t;
	u32 n = 0, which;

	for (t = c->run_head; t; t = t->run_next)
		n++;
	which = n > 1 ? sim_choose(SIM_K_SWITCH, n, c->run_head->site ?: &idle_site) : 0;
	for (u32 i = 0; i < which; i++)
		at = &(*at)->run_next;
	t = *at;
	if (which)
		sim_means("task %s goes before %s", t->name, c->run_head->name);
	*at = t->run_next;
	if (!*at)
		c->run_tail = at;
	t->run_next = NULL;
	return t;
}

static void idle_main(void *arg)
{
	struct sim_cpu *c = arg;

	for (;;) {
		sim_boundary();
		sim_m.cur->state = SIM_PARKED;
		c->cur = NULL;
		sim_m.clock = later(sim_m.clock, sim_m.now);
		sim_resched();
	}
}

static struct sim_task *idle_task(struct sim_cpu *c)
{
	if (!c->idle_task)
		c->idle_task = sim_service_start(c->id ? "idle/1" : "idle/0", c->id, idle_main, c);
	return c->idle_task;
}

static struct sim_task *claim(struct sim_cpu *c, u64 when)
{
	c->now = when;
	sim_m.clock = later(sim_m.clock, when);
	if (!c->cur) {
		c->cur = interruptible(c, NULL) ? idle_task(c) : dequeue(c);
		c->cur->state = SIM_RUN;
		c->slice_end = when + SLICE_NS;
	}
	return c->cur;
}

/* Nothing but @c, running, can do anything before this time. */
static u64 horizon_of(const struct sim_cpu *c, const u64 *ready)
{
	u64 h = sim_m.time_max;

	if (c->cur->exec->stop || sim_m.irq_list || c->soft_head || sim_m.under_way || sim_m.shared)
		return 0;
	for (u32 i = 0; i < SIM_CPUS; i++) {
		const struct sim_cpu *o = &sim_m.cpus[i];

		if (o == c)
			continue;
		if (o->polled && !o->cur)
			return 0;
		h = trv_min(h, ready[i]);
	}
	if (c->run_head)
		h = trv_min(h, c->slice_end);
	return trv_min(h, sim_next_due());
}

/* The context that is furthest behind, after every event that comes before it. */
static struct sim_task *pick(void)
{
	for (;;) {
		u64 ready[SIM_CPUS], due;
		struct sim_cpu *best = &sim_m.cpus[0];
		struct sim_task *t;

		for (u32 i = 0; i < SIM_CPUS; i++) {
			ready[i] = ready_at(&sim_m.cpus[i]);
			if (ready[i] < ready[best->id])
				best = &sim_m.cpus[i];
		}
		due = sim_next_due();
		if (due <= ready[best->id]) {
			if (due == SIM_NEVER) {
				if (sim_body_stuck())
					continue;
				deadlock();
			}
			if (due > sim_m.time_max)
				sim_hang();
			sim_event_run();
			continue;
		}
		if (ready[best->id] > sim_m.time_max)
			sim_hang();
		for (u32 i = best->id + 1; i < SIM_CPUS; i++) {
			if (ready[i] == ready[best->id] &&
			    sim_choose(SIM_K_SWITCH, 2, site_of(best))) {
				sim_means("CPU%u goes before CPU%u", i, best->id);
				best = &sim_m.cpus[i];
			}
		}
		t = claim(best, ready[best->id]);
		sim_m.horizon = horizon_of(best, ready);
		return t;
	}
}

/* ---- running ------------------------------------------------------------- */

void sim_resched(void)
{
	struct sim_task *me = sim_m.cur, *next;

	me->site = sim_here();
	sim_m.cpu->now = sim_m.now;
	next = pick();
	if (next != me) {
		sim_m.zombie = me->done ? me : NULL;
		sim_co_switch(&me->co, &next->co, me->done);
	}
	sim_task_resumed(me);
}

static void run_timer(struct sim_cpu *c)
{
	sim_exec_push(SIM_L_SOFTIRQ, "timer");
	sim_timer_run(c);
	sim_exec_pop();
}

bool sim_deliver(void)
{
	struct sim_cpu *c = sim_m.cpu;

	if (sim_m.irq_list && sim_irq_deliverable(c, sim_m.exec))
		return sim_irq_take(c);
	if (c->soft_head && sim_softirqs_admitted(sim_m.exec)) {
		run_timer(c);
		return true;
	}
	return false;
}

static bool preemptible(void)
{
	return sim_m.cpu->run_head && sim_m.exec->level == SIM_L_TASK && !sim_m.exec->atomic &&
	       sim_m.cur != sim_m.cpu->idle_task;
}

static void give_way(void)
{
	struct sim_task *me = sim_m.cur;

	sim_m.cpu->cur = NULL;
	me->what = "for its CPU";
	sim_task_ready(me);
	sim_resched();
}

/* A task that was just woken may go first; the others wait for the slice to end. */
static void maybe_give_way(void)
{
	struct sim_cpu *c = sim_m.cpu;

	if (!preemptible())
		return;
	if (sim_m.now >= c->slice_end) {
		give_way();
	} else if (c->woken) {
		c->woken = false;
		if (sim_choose(SIM_K_SWITCH, 2, sim_here() ?: &idle_site)) {
			sim_means("a task that was just woken goes first");
			give_way();
		}
	}
}

void sim_yield(void)
{
	if (sim_m.running && preemptible())
		give_way();
}

void sim_stand(void)
{
	const struct sim_exec *x = sim_m.exec;

	if (!sim_m.running || sim_m.device || x->level != SIM_L_TASK || x->atomic || x->irqs_off)
		return;
	if (!sim_choose(SIM_K_SWITCH, 2, sim_here() ?: &idle_site))
		return;
	sim_means("the task stands here for %u ms, between reading a register and writing it",
		  STOP_NS / 1000000);
	sim_sleep(STOP_NS);
}

void sim_boundary(void)
{
	do {
		sim_resched();
	} while (sim_deliver());
	if (sim_m.cpu->run_head)
		maybe_give_way();
}

void sim_busy_until(u64 end)
{
	struct sim_task *me = sim_m.cur;

	if (end < sim_m.horizon || !sim_m.running) {
		sim_m.now = trv_max(sim_m.now, end);
		return;
	}
	for (;;) {
		me->state = SIM_DELAY;
		me->until = trv_max(end, sim_m.now);
		me->what = "out a delay";
		sim_m.clock = later(sim_m.clock, sim_m.now);
		sim_resched();
		me->state = SIM_RUN;
		if (sim_m.now >= end)
			break;
		sim_deliver();
	}
}

void sim_spin_while(bool (*cond)(void *arg), void *arg, const char *what)
{
	struct sim_task *me = sim_m.cur;

	while (cond(arg)) {
		me->state = SIM_SPIN;
		me->cond = cond;
		me->cond_arg = arg;
		me->what = what;
		sim_m.clock = later(sim_m.clock, sim_m.now);
		sim_resched();
		me->state = SIM_RUN;
		if (cond(arg))
			sim_deliver();
	}
}

void sim_stop_begin(enum sim_stop where)
{
	sim_m.exec->stop = (u8)where;
	sim_m.exec->stop_soon = false;
	sim_poke();
}

void sim_stop_now(void)
{
	sim_m.exec->stop = SIM_STOP_NOT;
	sim_m.stop_by = 0;
	sim_busy_until(sim_m.now + STOP_NS);
}

/* What comes before the next call counts too: the handler stops right behind its lock. */
void sim_stop_let_go(void)
{
	struct sim_exec *x = sim_m.exec;

	if (!x->stop || x->n_held)
		return;
	x->stop_soon = true;
	if (x->stop == SIM_STOP_UNLOCKED)
		sim_stop_now();
}

/* Between two calls of a handler: where it was told to, or, before its first lock, at a choice. */
static void maybe_stop(void)
{
	struct sim_exec *x = sim_m.exec;

	if (x->n_held)
		return;
	if (x->stop_soon) {
		if (x->stop-- == SIM_STOP_UNLOCKED)
			sim_stop_now();
		return;
	}
	if (!sim_choose(SIM_K_SWITCH, 2, sim_here() ?: &idle_site))
		return;
	sim_means("the handler stands here for %u ms, not behind its first lock",
		  STOP_NS / 1000000);
	sim_stop_now();
}

static __attribute__((noinline)) void enter_slowly(enum sim_need need, u32 cost_ns)
{
	if (sim_m.device)
		sim_fail(SIM_API, NULL, "the device called trv_%s() from its event \"%s\"",
			 sim_m.entry, sim_m.device->name ?: "?");
	if (need == SIM_SLEEPS && sim_m.exec->atomic)
		sim_complain(SIM_CONTEXT, NULL, "trv_%s() may sleep, but %s", sim_m.entry,
			     sim_atomic());
	if (!sim_m.running)
		return; /* a unit test by itself: there is nothing else in the world */
	if (sim_m.steps >= sim_m.steps_max) {
		sim_m.cur->site = sim_here();
		sim_hang();
	}
	sim_m.clock = later(sim_m.clock, sim_m.now - cost_ns);
	if (sim_m.irq_held)
		sim_irq_unhold(sim_m.cpu);
	if (sim_m.under_way)
		sim_op_hasten();
	sim_boundary();
	if (sim_m.exec->stop)
		maybe_stop();
	if (sim_m.shared)
		sim_irq_spurious_anywhere();
}

void sim_enter(const char *entry, enum sim_need need, u32 cost_ns)
{
	struct sim_machine *m = &sim_m;

	m->entry = entry;
	m->now += cost_ns;
	if (SIM_SAB_SLEEPS(entry))
		need = SIM_SLEEPS;
	if (__builtin_expect(++m->steps < m->steps_max && m->now < m->horizon &&
				     (need == SIM_ANY || !m->exec->atomic),
			     1))
		return;
	enter_slowly(need, cost_ns);
}

/* ---- where am I? --------------------------------------------------------- */

u32 sim_cpu(void)
{
	return sim_m.cpu->id;
}

bool sim_in_irq(void)
{
	return !sim_m.device && sim_m.exec->level == SIM_L_IRQ;
}

bool sim_irqs_off(void)
{
	return sim_m.exec->irqs_off;
}

const char *sim_where(void)
{
	static char text[80];
	static const char *const what[] = { "task ", "", "" };

	if (!sim_m.running)
		return "outside any run";
	if (sim_m.device)
		return "the device";
	snprintf(text, sizeof(text), "%s%s, CPU%u", what[sim_m.exec->level], sim_m.exec->name,
		 sim_m.cpu->id);
	return text;
}

void sim_cpus_reset(void)
{
	for (u32 i = 0; i < SIM_CPUS; i++) {
		struct sim_cpu *c = &sim_m.cpus[i];

		*c = (struct sim_cpu){ .id = i };
		c->run_tail = &c->run_head;
		c->soft_tail = &c->soft_head;
	}
	sim_m.cpu = &sim_m.cpus[0];
}
