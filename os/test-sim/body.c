// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The body of a scenario and what follows it, which depends on the worst that
 * happened. A legal day: everything is unbound, and nothing may be left. A
 * resource fault: and then each device must work again. A hostile device: the
 * body may end wherever an expectation failed, and the rest is done by another
 * task of the same world; whatever the body was in the middle of stays as it is.
 */
#include <stdio.h>
#include <string.h>

#include <os/test-sim/engine.h>

/* Longer than any driver waits for anything. */
#define SETTLE_NS 300000000000ULL

static struct {
	struct sim_body result;
	struct sim_task *task;
	struct sim_task *puller; /* takes a driver away */
	struct sim_task *rest;	 /* does what is left when the body did not come to its end */
	bool recovering;
} body;

static void leave_nothing(void)
{
	struct trv_dev *dev;

	for (dev = sim_dev_first(); dev; dev = dev->next) {
		if (dev->core.state != TRV_DEV_UNBOUND)
			sim_unbind(dev);
		sim_dma_leftovers(dev);
	}
	sim_machine_leftovers(NULL);
	sim_mem_leftovers(NULL);
}

void sim_recover_with(struct trv_dev *dev, void (*fn)(struct trv_dev *dev))
{
	dev->recovery = fn;
}

static void recover(void)
{
	struct trv_dev *dev;

	body.recovering = true;
	sim_choice_freeze();
	for (dev = sim_dev_first(); dev; dev = dev->next) {
		if (dev->recovery && !dev->gone)
			dev->recovery(dev);
	}
	leave_nothing();
}

void sim_body_run(void *scenario)
{
	const struct sim_scenario *s = scenario;

	memset(&body.result, 0, sizeof(body.result));
	body.task = sim_task_running();
	body.puller = body.rest = NULL;
	body.recovering = false;
	s->run();
	body.result.ended = true;
	leave_nothing();
	if (sim_class_reached() == SIM_RESOURCE)
		recover();
}

const struct sim_body *sim_body_result(void)
{
	return &body.result;
}

bool sim_body_recovering(void)
{
	return body.recovering;
}

/* ---- the end of a body that did not come to its end ---------------------- */

/* Tasks the body started get as far as they can, without a driver and with one. */
static void rest(void *arg)
{
	struct trv_dev *dev;

	body.rest = sim_task_running();
	sim_tasks_settle(SETTLE_NS);
	for (dev = sim_dev_first(); dev; dev = dev->next)
		sim_unbind(dev);
	sim_tasks_settle(SETTLE_NS);
	leave_nothing();
}

static void end_body(void)
{
	body.task = NULL;
	sim_machine_go_on(rest, NULL);
}

void sim_body_excuse(const struct sim_site *site, const char *message)
{
	if (sim_class_reached() != SIM_HOSTILE || !sim_task_at_base())
		return;
	if (!body.result.excused) {
		body.result.excused = true;
		snprintf(body.result.message, sizeof(body.result.message), "%s:%u: %s",
			 sim_site_file(site), site ? site->line : 0, message);
	}
	sim_trace(SIM_T_EVENT, NULL, "an expectation failed: the device is hostile", 0, 0, 0);
	if (sim_task_running() == body.task)
		end_body();
	sim_task_give_up();
}

bool sim_body_stuck(void)
{
	if (!body.result.excused || !body.task || !sim_task_abandon(body.task))
		return false;
	end_body();
	return true;
}

/* ---- a device that is pulled out ------------------------------------------ */

/*
 * A bus that notices at once takes the driver away beside whatever that is doing: its timers are
 * armed, its works are due, requests are under way. They end, but nobody asks for more: what the
 * body would talk to is leaving.
 */
static bool nobody_inside(void *me)
{
	return !sim_task_in_driver(me);
}

static void pull(void *arg)
{
	struct trv_dev *dev = arg;

	if (body.task && sim_task_abandon(body.task))
		end_body();
	/* Who calls a driver without a class keeps it there himself. */
	sim_wait(nobody_inside, body.puller, SETTLE_NS);
	sim_unbind(dev);
}

bool sim_body_may_pull(const struct trv_dev *dev)
{
	if (!body.task || body.puller || dev->core.state != TRV_DEV_BOUND)
		return false;
	/* What a probe of another device does may be about this one, as in the conformance suite. */
	for (const struct trv_dev *other = sim_dev_first(); other; other = other->next) {
		if (other->living)
			return false;
	}
	return true;
}

void sim_body_pull(struct trv_dev *dev)
{
	body.result.excused = true;
	snprintf(body.result.message, sizeof(body.result.message),
		 "%s was pulled out, and its driver taken away", dev->name);
	body.puller = sim_task_start("hot removal", !sim_cpu(), pull, dev);
}

void sim_body_goes_on(void)
{
	struct sim_task *me;

	if (!body.puller || !sim_task_at_base())
		return;
	me = sim_task_running();
	if (me == body.puller || me == body.rest || sim_task_is_service(me))
		return;
	if (me == body.task)
		end_body();
	sim_task_give_up();
}
