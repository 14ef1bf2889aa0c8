// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * os.h: deferred work. One queue, served by tasks on CPU 1, so that it runs
 * beside what CPU 0 does; when a worker sleeps in a work function another one
 * takes over, as in Linux, and no two ever run the same work.
 */
#include <os/test-sim/machine_priv.h>
#include <os/test-sim/mem.h>
#include <os/test-sim/symbol.h>
#include <os/test-sim/trace.h>

#define QUEUE_NS 50
#define WORK_CPU 1
#define SOON_NS 2000 /* from the queue to a worker's first instruction */
#define LATE_NS 1000000
#define BUSY_NS 30000000 /* the machine has other work to do: a reset, a removal take less */

static struct {
	struct sim_obj *head, **tail;
	u32 awake; /* workers that will look at the queue before they sleep */
	u32 workers;
	struct sim_event soon;
	bool late;
} wq;

static bool runnable(const struct sim_obj *o)
{
	return !o->work.runner || SIM_SAB("work-concurrent");
}

static struct sim_obj *first_runnable(void)
{
	struct sim_obj *o = wq.head;

	while (o && !runnable(o))
		o = o->work.next;
	return o;
}

static void unqueue(struct sim_obj *o)
{
	struct sim_obj **at = &wq.head;

	while (*at != o)
		at = &(*at)->work.next;
	*at = o->work.next;
	if (!*at)
		wq.tail = at;
	o->work.queued = false;
	sim_mem_unhold(o->addr);
	sim_trace_note(SIM_T_GIVE, o->dev, "queued work", o->id, 0, 0);
}

static void run(struct sim_obj *o)
{
	struct sim_task *me = sim_m.cur;
	bool atomic = SIM_SAB("work-atomic");

	unqueue(o);
	o->work.runner = me;
	me->work = o;
	sim_trace(SIM_T_WORK, o->dev, NULL, o->id, 0, 0);
	sim_trace_aux((u64)(uintptr_t)o->fn);
	sim_at(o->site);
	sim_entry_begin("a work function", atomic ? "sabotage" : NULL);
	o->fn(SIM_SAB("work-drops-arg") ? NULL : o->arg);
	if (SIM_SAB("work-runs-twice"))
		o->fn(o->arg);
	sim_entry_end();
	/* Its memory may be gone by now; the object is ours. */
	me->work = NULL;
	o->work.runner = NULL;
	sim_wake(o);
}

static void worker(void *arg)
{
	struct sim_task *me = sim_m.cur;
	struct sim_obj *o;

	for (;;) {
		while ((o = first_runnable()))
			run(o);
		me->idle = true;
		wq.awake--;
		sim_block(&wq, SIM_NEVER, "for work");
		me->idle = false;
	}
}

/* Somebody must be on his way to what is queued. */
static void kick(void)
{
	if (!wq.awake && !sim_event_pending(&wq.soon) && first_runnable())
		sim_event_in(&wq.soon, SOON_NS);
}

/* Each its own: reports and timelines tell them apart. */
static const char *worker_name(void)
{
	static const char *const names[] = { "worker", "worker/2", "worker/3", "worker/4" };

	return names[trv_min(wq.workers++, (u32)TRV_ARRAY_SIZE(names) - 1)];
}

static void soon(void *arg)
{
	u32 cpu = WORK_CPU, late;

	if (wq.awake || !first_runnable())
		return;
	if (sim_op_until_stopped()) {
		sim_event_in(&wq.soon, sim_op_until_stopped());
		return;
	}
	late = wq.late ? 0 : sim_choose(SIM_K_SWITCH, 3, first_runnable()->site);
	if (late) {
		sim_means(late == 1 ? "the work begins late, after all else that may run" :
				      "the work begins 30 ms late");
		wq.late = true;
		sim_event_in(&wq.soon, late == 1 ? LATE_NS : BUSY_NS);
		return;
	}
	wq.late = false;
	wq.awake++;
	if (SIM_SAB("work-concurrent") && wq.head->work.runner)
		cpu = 0;
	else if (sim_wake_first(&wq))
		return;
	sim_task_ready(sim_service_start(worker_name(), cpu, worker, NULL));
}

void sim_work_reset(void)
{
	wq.head = NULL;
	wq.tail = &wq.head;
	wq.awake = 0;
	wq.workers = 0;
	wq.late = false;
	sim_event_init(&wq.soon, NULL, soon, NULL);
}

void sim_work_asleep(bool asleep)
{
	if (!asleep) {
		wq.awake++;
		return;
	}
	wq.awake--;
	kick();
}

void trv_work_init(struct trv_dev *dev, struct trv_work *w, void (*fn)(void *arg), void *arg)
{
	struct sim_obj *o;

	sim_enter("work_init", SIM_ANY, 0);
	o = sim_obj_init(SIM_O_WORK, w, "work", dev);
	o->fn = fn;
	o->arg = arg;
}

bool trv_work_queue(struct trv_work *w)
{
	struct sim_obj *o;

	sim_enter("work_queue", SIM_ANY, QUEUE_NS);
	o = sim_obj_get(SIM_O_WORK, w);
	if (o->work.queued)
		return SIM_SAB("work-queue-always-true");
	if (o->work.cancelling && !SIM_SAB("work-cancel-admits-queue"))
		return false;
	if (SIM_SAB("work-never-runs") || (SIM_SAB("work-requeue-lost") && o->work.runner))
		return true;
	o->work.queued = true;
	o->work.next = NULL;
	o->site = sim_here();
	*wq.tail = o;
	wq.tail = &o->work.next;
	sim_mem_hold(o->addr, sizeof(struct trv_work), "work");
	sim_trace_note(SIM_T_TAKE, o->dev, "queued work", o->id, 0, 0);
	sim_trace_note(SIM_T_DEFER, o->dev, "queue", o->id, 0, (u64)(uintptr_t)o->fn);
	if (SIM_SAB("work-runs-at-once")) {
		unqueue(o);
		sim_m.exec->atomic++;
		o->fn(o->arg);
		sim_m.exec->atomic--;
		return true;
	}
	if (SIM_SAB("work-concurrent") && o->work.runner)
		wq.awake = 0;
	kick();
	return !SIM_SAB("work-queue-always-false");
}

bool trv_work_cancel_sync(struct trv_work *w)
{
	struct sim_obj *o;
	bool pending;

	sim_enter("work_cancel_sync", SIM_SLEEPS, QUEUE_NS);
	o = sim_obj_get(SIM_O_WORK, w);
	if (o->work.runner == sim_m.cur)
		sim_fail(SIM_DEADLOCK, NULL,
			 "trv_work_cancel_sync() of a work from its own function");
	if (o->dev)
		sim_teardown_step(o->dev, SIM_STEP_WORK_CANCEL);
	pending = o->work.queued;
	o->work.cancelling++;
	if (pending)
		sim_trace_note(SIM_T_DEFER, o->dev, "cancel", o->id, 0, (u64)(uintptr_t)o->fn);
	if (pending && !SIM_SAB("work-cancel-keeps"))
		unqueue(o);
	while (o->work.runner && !SIM_SAB("work-cancel-no-wait"))
		sim_block(o, SIM_NEVER, "for a work function to finish");
	o->work.cancelling--;
	return pending != SIM_SAB("work-cancel-lies");
}

static void leftover(struct sim_obj *o, void *dev)
{
	if ((dev && o->dev != dev) || !(o->work.queued || o->work.runner))
		return;
	sim_about(SIM_ABOUT_LEFT, o->dev, 0, 0);
	sim_complain(SIM_TIMER_LEAK, o->site, "%s: a work queued at %s %s",
		     o->dev ? o->dev->name : "no device", sim_site_text(o->site),
		     o->work.queued ? "is still queued" : "still runs");
}

void sim_work_leftovers(struct trv_dev *dev)
{
	sim_obj_each(SIM_O_WORK, leftover, dev);
}
