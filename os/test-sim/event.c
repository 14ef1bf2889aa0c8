// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* os.h: events, what a task waits for. */
#include <os/test-sim/machine_priv.h>
#include <os/test-sim/mem.h>

#define EVENT_NS 50

void trv_event_init(struct trv_event *e)
{
	sim_enter("event_init", SIM_ANY, 0);
	sim_obj_init(SIM_O_EVENT, e, "event", NULL);
}

void trv_event_signal(struct trv_event *e)
{
	struct sim_obj *o;

	sim_enter("event_signal", SIM_ANY, EVENT_NS);
	o = sim_obj_get(SIM_O_EVENT, e);
	if (SIM_SAB("event-lost-signal") && !o->event.waiters)
		return;
	o->event.on = !SIM_SAB("event-not-sticky");
	if (SIM_SAB("event-deaf"))
		return;
	if (SIM_SAB("event-one-waiter"))
		sim_wake_first(o);
	else
		sim_wake(o);
}

void trv_event_reset(struct trv_event *e)
{
	sim_enter("event_reset", SIM_ANY, EVENT_NS);
	if (!SIM_SAB("event-reset-ignored"))
		sim_obj_get(SIM_O_EVENT, e)->event.on = false;
}

int trv_event_wait(struct trv_event *e, u64 timeout_us)
{
	struct sim_obj *o;
	u64 timeout = sim_saturate(timeout_us);
	bool signalled;

	sim_enter("event_wait", SIM_SLEEPS, EVENT_NS);
	o = sim_obj_get(SIM_O_EVENT, e);
	if (SIM_SAB("event-wait-early"))
		timeout /= 2;
	signalled = o->event.on;
	if (!signalled) {
		if (!o->event.waiters++)
			sim_mem_hold(e, sizeof(*e), "event");
		/* A signal counts for those who waited then, whatever is reset later. */
		signalled = sim_block(o, timeout, "for an event");
		if (!--o->event.waiters)
			sim_mem_unhold(o->addr);
	}
	if (signalled && SIM_SAB("event-auto-reset"))
		o->event.on = false;
	return signalled || SIM_SAB("event-never-times-out") ? 0 : -ETIMEDOUT;
}
