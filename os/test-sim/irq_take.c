// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From a source to its handlers: what is deliverable, when a CPU takes it, and what if not. */
#include <os/test-sim/engine.h>
#include <os/test-sim/irq.h>
#include <os/test-sim/order.h>
#include <os/test-sim/pci.h>
#include <os/test-sim/trace.h>
#include <os/test-sim/watch.h>

#define ENTRY_NS 500  /* from the instruction interrupted to the handler */
#define LATE_NS 10000 /* a late interrupt is not later than that */
#define STORM 64      /* calls with the level never low */

/* Lines of the driver at which a shared line was offered to fire in this stage of its life. */
enum { OFFERED_AT = 256, OFFERED = 2 };
static struct lines {
	struct line {
		const struct sim_site *site;
		u32 times;
	} at[OFFERED_AT];
	u32 n;
} lines, locks;

/* ---- what is deliverable -------------------------------------------------- */

/* Could it be deliverable soon? The interrupt-disable bit may change behind our back. */
static bool interesting(const struct sim_irq_src *src)
{
	if (src->disabled)
		return false;
	for (const struct sim_irq_vec *v = src->vecs; v; v = v->next) {
		if (sim_irq_hears(v) &&
		    (src->phantom || (src->edge ? src->pending : v->dev->irq->intx)))
			return true;
	}
	return false;
}

bool sim_irq_any_masked(const struct sim_irq_src *src)
{
	for (const struct sim_irq_vec *v = src->vecs; v; v = v->next) {
		if (v->masked)
			return true;
	}
	return false;
}

static bool wants(const struct sim_irq_src *src)
{
	if (SIM_SAB("mask-holds-line") && sim_irq_any_masked(src))
		return false;
	for (const struct sim_irq_vec *v = src->vecs; v; v = v->next) {
		if (sim_irq_hears(v) &&
		    (src->phantom || (src->edge ? src->pending : sim_irq_asserted(v->dev))))
			return !src->disabled;
	}
	return false;
}

static u32 target(const struct sim_irq_src *src)
{
	if (src->target >= 0)
		return (u32)src->target;
	return src->vecs ? src->vecs->dev->irq->affinity : 0;
}

void sim_irq_changed(struct sim_irq_src *src)
{
	if (src->listed || !interesting(src))
		return;
	src->listed = true;
	src->next = NULL;
	*sim_m.irq_tail = src;
	sim_m.irq_tail = &src->next;
	sim_poke();
}

static void drop(struct sim_irq_src **at)
{
	struct sim_irq_src *src = *at;

	src->listed = false;
	*at = src->next;
	if (!*at)
		sim_m.irq_tail = at;
}

/* The next source for @c; forgets on the way what became uninteresting. */
static struct sim_irq_src *next_for(const struct sim_cpu *c)
{
	struct sim_irq_src **at = &sim_m.irq_list, *src;

	while ((src = *at)) {
		if (!interesting(src)) {
			drop(at);
			continue;
		}
		if (!src->held && target(src) == c->id && wants(src) &&
		    (!src->running || SIM_SAB("handler-concurrent")))
			return src;
		at = &src->next;
	}
	return NULL;
}

bool sim_irq_deliverable(const struct sim_cpu *c, const struct sim_exec *x)
{
	return sim_irqs_admitted(x) && (!x || x->level < SIM_L_IRQ) && next_for(c);
}

/* Is an interrupt on its way to a handler that the running code does not keep out? */
bool sim_irq_awaited(const struct trv_dev *dev)
{
	const struct sim_irq_state *st = dev->irq;

	if (!st || sim_m.exec->level == SIM_L_IRQ || sim_m.exec->irqs_off)
		return false;
	for (u32 i = 0; i < st->n; i++) {
		const struct sim_irq_vec *v = &st->vecs[i];

		if (v->h && sim_irq_hears(v) &&
		    (v->src->edge ? v->src->pending : sim_irq_asserted(v->dev)))
			return true;
	}
	return false;
}

/* ---- a CPU takes it ------------------------------------------------------- */

static void run_handler(struct sim_irq_vec *vec)
{
	const struct trv_irq_handler *h = vec->h;
	enum trv_irq_ret ret;
	u32 visit;

	vec->count++;
	vec->in_handler++;
	sim_trace(SIM_T_IRQ, vec->dev, vec->name, vec->index, 0, 0);
	sim_at(vec->site);
	sim_dma_collect(vec->dev);
	sim_frame_begin(h->name, "an interrupt handler");
	ret = h->fn(SIM_SAB("attach-drops-arg") ? NULL : vec->arg);
	if (SIM_SAB("irq-runs-twice"))
		ret = h->fn(vec->arg);
	visit = sim_watch_visit();
	sim_frame_end();
	sim_trace(SIM_T_IRQ_END, vec->dev, vec->name, vec->index, ret, 0);
	sim_trace_aux(visit);
	vec->in_handler--;
	vec->runs++;
	switch (ret) {
	case TRV_IRQ_NONE:
		break;
	case TRV_IRQ_HANDLED:
		if (SIM_SAB("handled-defers") && h->deferred)
			sim_irq_defer(vec);
		break;
	case TRV_IRQ_DEFER:
		if (!h->deferred)
			sim_fail(SIM_API, NULL,
				 "%s returned TRV_IRQ_DEFER, but has no deferred function",
				 h->name);
		sim_irq_defer(vec);
		break;
	default:
		sim_fail(SIM_API, NULL, "%s returned %d: no enum trv_irq_ret", h->name, ret);
	}
}

/* The handlers are done, the level is as it was: how often has that been so? */
static void check_storm(struct sim_irq_src *src)
{
	for (struct sim_irq_vec *v = src->vecs; v; v = v->next) {
		if (!sim_irq_asserted(v->dev) || !sim_irq_hears(v)) {
			v->rounds = 0;
			continue;
		}
		if (++v->rounds < STORM)
			continue;
		if (!v->dev->hostile || (sim_choice_honest() && !v->dev->unexplained)) {
			sim_about(SIM_ABOUT_LINE, v->dev, 0, 0);
			sim_fail(
				SIM_IRQ_STORM, v->site,
				"%s: %s ran %u times and %s is still asserted, not quieted by handler %s",
				v->dev->name, v->h->name, STORM, src->name, v->name);
		}
		/* As Linux does: the line is dead, whoever needs it must poll. */
		src->disabled = true;
	}
}

void sim_irq_run(struct sim_irq_src *src)
{
	const struct sim_site *site = sim_here();
	struct sim_irq_vec *next;

	sim_exec_push(SIM_L_IRQ, src->name);
	if (SIM_SAB("handler-irqs-on"))
		sim_m.exec->irqs_off = false;
	src->running = (u8)(sim_m.cpu->id + 1);
	src->pending = src->doubled;
	src->doubled = false;
	src->phantom = false;
	src->target = -1;
	if (src->stop)
		sim_stop_begin(src->stop);
	src->stop = SIM_STOP_NOT;
	sim_m.exec->quick = src->prompt;
	if (!src->prompt)
		sim_m.now += ENTRY_NS;
	src->prompt = false;
	for (struct sim_irq_vec *v = src->vecs; v; v = next) {
		if (sim_irq_hears(v))
			run_handler(v);
		if (SIM_SAB("shared-first-only"))
			break;
		next = v->next; /* only now: another CPU may have detached it meanwhile */
	}
	src->running = 0;
	if (!src->edge)
		check_storm(src);
	sim_wake(src);
	sim_irq_changed(src);
	if (sim_m.exec->stop)
		sim_m.stop_by = 0; /* it came to its end */
	sim_exec_pop();
	sim_at(site);
}

static bool could_take(const struct sim_cpu *c)
{
	const struct sim_exec *x = c->cur ? c->cur->exec : NULL;

	return sim_irqs_admitted(x) && (!x || x->level < SIM_L_IRQ);
}

/* A message sent twice; a level that fell too late to be seen low. */
static void repeat(struct sim_irq_src *src, const struct sim_site *site)
{
	if (!src->vecs || sim_irq_is_exact(src) || !sim_choose(SIM_K_DOUBLE, 2, site))
		return;
	sim_means("%s comes once more, for nothing", src->name);
	src->phantom = true;
	sim_irq_changed(src);
}

bool sim_irq_take(struct sim_cpu *c)
{
	struct sim_irq_src *src = next_for(c);
	struct sim_cpu *other = &sim_m.cpus[!c->id];
	const struct sim_site *site = c->cur == c->idle_task ? src->vecs->site : sim_here();

	site = site ?: src->vecs->site;
	if (src->phantom) {
		sim_irq_run(src);
		return true;
	}
	switch (sim_choose(SIM_K_IRQ, could_take(other) ? 3 : 2, site)) {
	case 0:
		sim_irq_run(src);
		repeat(src, site);
		break;
	case 1:
		sim_means("%s is taken late: at a later call, or after %u us", src->name,
			  LATE_NS / 1000);
		src->held = true;
		sim_m.irq_held = true;
		sim_event_in(&src->late, LATE_NS);
		break;
	default:
		sim_means("%s is taken by CPU%u, not by CPU%u", src->name, other->id, c->id);
		src->target = (s8)other->id;
		break;
	}
	return true;
}

/* The boundary they were held back at is behind us. */
void sim_irq_unhold(struct sim_cpu *c)
{
	bool left = false;

	for (struct sim_irq_src *src = sim_m.irq_list; src; src = src->next) {
		if (src->held && target(src) == c->id) {
			src->held = false;
			sim_event_cancel(&src->late);
		}
		left |= src->held;
	}
	sim_m.irq_held = left;
}

/* ---- for no reason of the device's ---------------------------------------- */

/* One shared line with a handler, chosen, fires: the reason is another device, not modelled. */
static void spurious(bool anywhere)
{
	struct sim_irq_src *ready[SIM_INTX_LINES], *src;
	u32 n = 0, which;

	for (u32 i = 0; (src = sim_irq_shared(i)); i++) {
		if (src->vecs && !src->running && !(anywhere && sim_irq_is_exact(src)))
			ready[n++] = src;
	}
	if (!n)
		return;
	which = sim_choose(SIM_K_SPURIOUS, n + 1, sim_here());
	if (!which)
		return;
	sim_means("%s fires, and not for this device", ready[which - 1]->name);
	sim_irq_run(ready[which - 1]);
}

static bool taken_here(void)
{
	return sim_m.exec->level != SIM_L_IRQ && !sim_m.exec->irqs_off;
}

void sim_irq_spurious(void)
{
	if (taken_here())
		spurious(false);
}

/* Was there a choice at this line often enough? The first turns of a loop are as good as all. */
static bool tired_of(struct lines *l, const struct sim_site *site)
{
	u32 i = 0;

	while (i < l->n && l->at[i].site != site)
		i++;
	if (i == OFFERED_AT)
		return true;
	if (i == l->n)
		l->at[l->n++] = (struct line){ .site = site };
	return l->at[i].times++ >= OFFERED;
}

void sim_irq_spurious_anywhere(void)
{
	const struct sim_site *site = sim_here();

	if (site && taken_here() && !tired_of(&lines, site))
		spurious(true);
}

/*
 * On the other CPU, just as a lock was taken here: if the handler wants it, it is the next who
 * has it, without the time that an interrupt takes to be noticed, and looks at the device at once.
 * So it does before, if it looks at something without the lock.
 */
void sim_irq_spurious_beside(void)
{
	struct sim_cpu *other = &sim_m.cpus[!sim_m.cpu->id];
	const struct sim_site *site = sim_here();
	struct sim_irq_src *src;

	if (!site || sim_m.exec->level == SIM_L_IRQ || !could_take(other) || tired_of(&locks, site))
		return;
	for (u32 i = 0; (src = sim_irq_shared(i)); i++) {
		if (!src->vecs || src->running || src->listed || src->disabled ||
		    sim_irq_is_exact(src))
			continue;
		if (!sim_choose(SIM_K_SPURIOUS, 2, site))
			return;
		sim_means("%s fires on CPU%u, and not for this device; its handler is quick",
			  src->name, other->id);
		src->phantom = src->prompt = true;
		src->target = (s8)other->id;
		sim_irq_changed(src);
		/* What it looks at before it has the lock is as it was when this CPU took it. */
		sim_m.now++;
		sim_resched();
		return;
	}
}

void sim_irqs_offer_again(void)
{
	lines.n = locks.n = 0;
}

/* ---- a fresh world -------------------------------------------------------- */

void sim_irqs_forget(void)
{
	sim_m.irq_list = NULL;
	sim_m.irq_tail = &sim_m.irq_list;
	sim_m.irq_held = false;
	sim_irqs_offer_again();
}
