// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * When an operation of a device ends. On the nice day when the model says; but
 * a device may be as fast as it likes, so the end may come at any entry of
 * os.h that is called meanwhile; and it may come just as the driver's patience
 * ends, before that, at the same time, or after.
 *
 * A line that is passed again and again while the same operation is under way,
 * as in a loop that polls, is offered the end once: nothing has changed since.
 */
#include <os/test-sim/irq.h>
#include <os/test-sim/op.h>
#include <os/test-sim/trace.h>

enum {
	PATIENCE_MS = 200, /* who waits for less looks again, and gives nothing up */
	HEAD_START_NS = 2000,
	TOO_LATE_NS = 3000, /* the time-out was noticed, and somebody is about to do something */
	NOTICED_NS = 1000,  /* a timer function is through */
	STARTED_NS = 1000,  /* look again whether the handler was stopped */
	STOPPED_BY_NS = 200000,
	SPARE_NS = 5000000, /* timers are late, but not that much; then it ends anyway */
};

/*
 * From AMID on the handler has begun, has said so under its lock, and is stopped after it, as a
 * hypervisor may do: there the time-out goes to work. That happens on the CPU of whoever loses his
 * patience, or on the other one: his function may do it itself, or leave it to a work.
 */
enum race { NO_RACE, BEFORE, WITH, AFTER, AMID, AMID_HERE, LATER_HERE, N_RACES };

static const char *const races[N_RACES] = {
	[BEFORE] = " right before the time-out",
	[WITH] = " together with the time-out",
	[AFTER] = " right after the time-out",
	[AMID] = ", and the time-out comes while the handler stands behind its first lock, "
		 "on the other CPU",
	[AMID_HERE] = " right after the time-out, and the handler stands behind its first lock, "
		      "on the time-out's CPU",
	[LATER_HERE] = " right after the time-out, and the handler stands before its second call "
		       "after its first lock, on the time-out's CPU",
};

static struct sim_op *under_way;

void sim_ops_reset(void)
{
	under_way = NULL;
	sim_m.under_way = false;
	sim_m.patient = 0;
	sim_m.patience_end = 0;
	sim_m.stop_by = 0;
}

static bool valid(const struct sim_op *op)
{
	return sim_event_pending(op->ev) && op->ev->seq == op->seq && !op->dev->gone;
}

static void forget(struct sim_op *op)
{
	struct sim_op **at = &under_way;

	while (*at && *at != op)
		at = &(*at)->next;
	if (*at)
		*at = op->next;
}

/* The end waits for a time-out, which will come in @ns if nobody calls it off. */
static void hold_back(struct sim_op *op, u64 ns)
{
	op->awaited = sim_m.now + ns;
	sim_event_in(op->ev, ns + SPARE_NS);
	op->seq = op->ev->seq;
}

static const char *name_of(const struct sim_op *op)
{
	return op->ev->name ?: "the operation";
}

static void race(struct sim_op *op, u64 ns, const struct sim_site *site)
{
	op->asked = true;
	op->race = (u8)sim_choose(SIM_K_RACE, N_RACES, site);
	if (!op->race)
		return;
	sim_means("%s: it ends late%s", name_of(op), races[op->race]);
	hold_back(op, ns);
}

static void begin(struct sim_op *op, struct trv_dev *dev, struct sim_event *ev, u64 begun)
{
	/* The last one of this kind, should it still be known. */
	forget(op);
	*op = (struct sim_op){ .dev = dev, .ev = ev, .seq = ev->seq, .begun = begun };
	op->next = under_way;
	under_way = op;
	sim_m.under_way = true;
	sim_poke();
	/* Somebody waits already, and will wait again when he sees that it is not over. */
	if (sim_m.patient)
		race(op, trv_max(sim_m.patience_end, sim_m.now) - sim_m.now, SIM_SITE);
}

void sim_op(struct sim_op *op, struct trv_dev *dev, struct sim_event *ev)
{
	begin(op, dev, ev, sim_m.now);
}

void sim_op_goes_on(struct sim_op *op, struct trv_dev *dev, struct sim_event *ev)
{
	begin(op, dev, ev, op->begun);
}

/* ---- early --------------------------------------------------------------- */

/* Was it offered here before? When there is no room to remember, it was offered often enough. */
static bool offered(struct sim_op *op, const struct sim_site *site)
{
	for (u32 i = 0; i < op->n_sites; i++) {
		if (op->sites[i] == site)
			return true;
	}
	op->sites[op->n_sites++] = site;
	return false;
}

static void end_now(struct sim_op *op, bool elsewhere)
{
	const struct sim_site *site = sim_here();
	struct sim_event *ev = op->ev;

	forget(op);
	sim_event_cancel(ev);
	if (elsewhere)
		sim_irq_elsewhere(op->dev, true);
	sim_m.device = ev;
	sim_at(NULL);
	sim_trace(SIM_T_EVENT, op->dev, ev->name, 0, 0, 0);
	ev->fn(ev->arg);
	sim_m.device = NULL;
	if (elsewhere)
		sim_irq_elsewhere(op->dev, false);
	sim_at(site);
}

/* May whoever calls stand here until a handler on the other CPU does? */
static bool may_stand(void)
{
	const struct sim_exec *x = sim_m.exec;

	return x->level == SIM_L_TASK && !x->n_held && !x->irqs_off && !x->atomic;
}

/* It ends, its handler on the other CPU stands behind its first lock, and this call goes on. */
static void end_amid(struct sim_op *op)
{
	const struct sim_site *site = sim_here();

	sim_irq_stop(op->dev, !sim_m.cpu->id, SIM_STOP_UNLOCKED);
	sim_m.stop_by = sim_m.now + STOPPED_BY_NS;
	end_now(op, false);
	while (sim_m.now < sim_m.stop_by)
		sim_busy_until(sim_m.now + STARTED_NS);
	sim_at(site);
}

void sim_op_hasten(void)
{
	static const char *const told[] = {
		"", "", ", and the other CPU is told",
		", which goes on once the handler, on the other CPU, stands behind its first lock"
	};
	const struct sim_site *site = sim_here();
	struct sim_op *op, *next;
	u32 answer = 0;

	sim_m.under_way = false;
	for (op = under_way; op; op = next) {
		next = op->next;
		if (!valid(op)) {
			forget(op);
			continue;
		}
		if (op->race || op->n_sites == SIM_OP_SITES)
			continue;
		sim_m.under_way = true;
		if (answer || !site || offered(op, site))
			continue;
		answer = sim_choose(SIM_K_EARLY,
				    !sim_irq_attached(op->dev) ? 2 :
				    may_stand()		       ? 4 :
								 3,
				    site);
		if (!answer)
			continue;
		sim_means("%s: it ends at this very call%s", name_of(op), told[answer]);
		if (answer == 3)
			end_amid(op);
		else
			end_now(op, answer == 2);
	}
}

/* ---- with a time-out ----------------------------------------------------- */

bool sim_op_is_patience(u64 ns)
{
	return ns >= PATIENCE_MS * 1000000ULL && ns != SIM_NEVER;
}

void sim_op_awaited(u64 ns)
{
	if (!sim_op_is_patience(ns))
		return;
	sim_m.patience_end = trv_max(sim_m.patience_end, sim_m.now + ns);
	for (struct sim_op *op = under_way; op; op = op->next) {
		if (!valid(op))
			continue;
		if (!op->asked)
			race(op, ns, sim_here());
		else if (op->race)
			hold_back(op, ns);
	}
}

/*
 * His time-out does not come. It still ends when he would have lost patience, and not after: he
 * may look for himself from now on, and must not have waited in vain when he could have known.
 */
void sim_op_woken(u64 since, u64 ns)
{
	if (!sim_op_is_patience(ns))
		return;
	for (struct sim_op *op = under_way; op; op = op->next) {
		if (!op->race || op->awaited != since + ns || !valid(op))
			continue;
		sim_event_in(op->ev, trv_max(op->awaited, sim_m.now) - sim_m.now);
		op->seq = op->ev->seq;
	}
}

/* The interrupt is taken on @cpu, and its handler stopped; who waits for that waits no longer. */
static void stop_handler(const struct sim_op *op, u32 cpu, enum sim_stop where)
{
	if (!sim_irq_attached(op->dev))
		return;
	sim_irq_stop(op->dev, cpu, where);
	sim_m.stop_by = sim_m.now + STOPPED_BY_NS;
}

u64 sim_op_until_stopped(void)
{
	return sim_m.now < sim_m.stop_by ? STARTED_NS : 0;
}

u64 sim_op_time_out(u64 since, u32 cpu)
{
	static const u32 ends_in[N_RACES] = {
		[AFTER] = TOO_LATE_NS, [AMID_HERE] = NOTICED_NS, [LATER_HERE] = NOTICED_NS
	};
	struct sim_op *op, *next;
	u64 wait;

	if (!sim_op_is_patience(sim_m.now - since))
		return 0;
	wait = sim_op_until_stopped();
	for (op = under_way; op; op = next) {
		next = op->next;
		/* Who began to wait before this operation waits for another one. */
		if (!op->race || op->begun > since || !valid(op))
			continue;
		forget(op);
		sim_event_in(op->ev, ends_in[op->race]);
		if (op->race == BEFORE)
			wait = HEAD_START_NS;
		if (op->race >= AMID)
			stop_handler(op, op->race == AMID ? !cpu : cpu,
				     op->race == LATER_HERE ? SIM_STOP_SECOND : SIM_STOP_UNLOCKED);
		if (op->race == AMID)
			wait = STARTED_NS;
	}
	return wait;
}
