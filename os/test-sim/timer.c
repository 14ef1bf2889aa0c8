// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* os.h: timers. They expire as events and run as softirqs of the CPU that armed them. */
#include <os/test-sim/machine_priv.h>
#include <os/test-sim/mem.h>
#include <os/test-sim/symbol.h>
#include <os/test-sim/trace.h>
#include <os/test-sim/watch.h>

#define ARM_NS 50
#define LATE_NS 4000000 /* a jiffy at 250 Hz */

static void settle(struct sim_obj *o)
{
	o->timer.armed = false;
	sim_m.patient -= o->timer.patient;
	o->timer.patient = false;
	sim_mem_unhold(o->addr);
	sim_trace_note(SIM_T_GIVE, o->dev, "armed timer", o->id, 0, 0);
}

static void expire(void *arg)
{
	struct sim_obj *o = arg;
	struct sim_cpu *c;
	u64 wait;

	if (!o->timer.late && sim_choose(SIM_K_TIMER, 2, o->site)) {
		o->timer.late = true;
		sim_event_in(&o->timer.due, LATE_NS);
		return;
	}
	wait = o->timer.patient ? sim_op_time_out(o->timer.since, o->timer.cpu) : 0;
	if (wait) {
		sim_event_in(&o->timer.due, wait);
		return;
	}
	/* Never beside itself: where it runs now, it runs again. */
	if (o->timer.running && !SIM_SAB("timer-concurrent"))
		o->timer.cpu = o->timer.running - 1u;
	c = &sim_m.cpus[o->timer.cpu];
	o->timer.expired = true;
	o->timer.next = NULL;
	*c->soft_tail = o;
	c->soft_tail = &o->timer.next;
	sim_poke();
}

static void unexpire(struct sim_obj *o)
{
	struct sim_cpu *c = &sim_m.cpus[o->timer.cpu];
	struct sim_obj **at = &c->soft_head;

	while (*at != o)
		at = &(*at)->timer.next;
	*at = o->timer.next;
	if (!*at)
		c->soft_tail = at;
	o->timer.expired = false;
}

/* Off the clock and off the CPU's list, wherever it is. */
static bool disarm(struct sim_obj *o)
{
	if (!o->timer.armed)
		return false;
	sim_event_cancel(&o->timer.due);
	if (o->timer.expired)
		unexpire(o);
	settle(o);
	return true;
}

static void arm(struct sim_obj *o, u64 delay_ns)
{
	disarm(o);
	o->timer.armed = true;
	o->timer.late = false;
	o->timer.cpu = sim_m.cpu->id;
	o->timer.patient = sim_op_is_patience(delay_ns);
	o->timer.since = sim_m.now;
	sim_m.patient += o->timer.patient;
	o->site = sim_here();
	sim_mem_hold(o->addr, sizeof(struct trv_timer), "timer");
	sim_trace_note(SIM_T_DEFER, o->dev, "arm", o->id, delay_ns, (u64)(uintptr_t)o->fn);
	sim_trace_note(SIM_T_TAKE, o->dev, "armed timer", o->id, 0, 0);
	sim_event_in(&o->timer.due, delay_ns);
	sim_op_awaited(delay_ns);
}

void sim_timer_run(struct sim_cpu *c)
{
	struct sim_obj *o = c->soft_head;

	unexpire(o);
	settle(o);
	o->timer.running = (u8)(c->id + 1);
	sim_trace(SIM_T_TIMER, o->dev, NULL, o->id, 0, 0);
	sim_trace_aux((u64)(uintptr_t)o->fn);
	sim_at(o->site);
	if (SIM_SAB("timer-twice"))
		o->fn(o->arg);
	sim_frame_begin("a timer function", NULL);
	o->fn(SIM_SAB("timer-drops-arg") ? NULL : o->arg);
	sim_trace_note(SIM_T_TIMER_END, o->dev, NULL, o->id, 0, sim_watch_visit());
	sim_frame_end();
	/* Its memory may be gone by now; the object is ours. */
	o->timer.running = 0;
	sim_wake(o);
}

void trv_timer_init(struct trv_dev *dev, struct trv_timer *t, void (*fn)(void *arg), void *arg)
{
	struct sim_obj *o;

	sim_enter("timer_init", SIM_ANY, 0);
	o = sim_obj_init(SIM_O_TIMER, t, "timer", dev);
	o->fn = fn;
	o->arg = arg;
	sim_event_init(&o->timer.due, NULL, expire, o);
}

void trv_timer_arm(struct trv_timer *t, u64 delay_us)
{
	struct sim_obj *o;
	u64 delay = sim_saturate(delay_us);

	sim_enter("timer_arm", SIM_ANY, ARM_NS);
	o = sim_obj_get(SIM_O_TIMER, t);
	if (o->timer.cancelling && !SIM_SAB("timer-cancel-admits-arm"))
		return;
	if (SIM_SAB("timer-never") || (SIM_SAB("timer-rearm-ignored") && o->timer.running))
		return;
	if (o->timer.armed && SIM_SAB("timer-arm-keeps-first"))
		return;
	if (SIM_SAB("timer-early"))
		delay /= 2;
	arm(o, delay);
}

bool trv_timer_cancel_sync(struct trv_timer *t)
{
	struct sim_obj *o;
	bool pending;

	sim_enter("timer_cancel_sync", SIM_SLEEPS, ARM_NS);
	o = sim_obj_get(SIM_O_TIMER, t);
	o->timer.cancelling++;
	if (o->timer.armed)
		sim_trace_note(SIM_T_DEFER, o->dev, "cancel", o->id, 0, (u64)(uintptr_t)o->fn);
	pending = SIM_SAB("timer-cancel-keeps") ? o->timer.armed : disarm(o);
	if (o->dev)
		sim_teardown_step(o->dev, SIM_STEP_TIMER_CANCEL);
	while (o->timer.running && !SIM_SAB("timer-cancel-no-wait"))
		sim_block(o, SIM_NEVER, "for a timer function to finish");
	o->timer.cancelling--;
	return pending != SIM_SAB("timer-cancel-lies");
}

static void leftover(struct sim_obj *o, void *dev)
{
	if ((dev && o->dev != dev) || !o->timer.armed)
		return;
	sim_about(SIM_ABOUT_LEFT, o->dev, 0, 0);
	sim_complain(SIM_TIMER_LEAK, o->site, "%s: a timer armed at %s is still armed",
		     o->dev ? o->dev->name : "no device", sim_site_text(o->site));
}

void sim_timer_leftovers(struct trv_dev *dev)
{
	sim_obj_each(SIM_O_TIMER, leftover, dev);
}
