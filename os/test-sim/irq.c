// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Interrupts from the device to the handler: lines, messages, delivery. */
#include <stdio.h>

#include <os/test-sim/irq.h>
#include <os/test-sim/mem.h>
#include <os/test-sim/order.h>
#include <os/test-sim/pci.h>
#include <os/test-sim/symbol.h>
#include <os/test-sim/trace.h>

#define ENTRY_NS 500  /* from the instruction interrupted to the handler */
#define LATE_NS 10000 /* a late interrupt is not later than that */
#define STORM 64      /* calls with the level never low */

/* MSI and MSI-X message control (PCI 3.0, 6.8.1.3 and 6.8.2.3). */
enum {
	MSG_CTRL = 2,
	MSI_ENABLE = 0x0001,
	MSIX_ENABLE = 0x8000,
	MSIX_MASK_ALL = 0x4000,
};

/* Lines of the driver at which a shared line was offered to fire. */
enum { OFFERED_AT = 256, OFFERED = 2 };
static struct {
	struct line {
		const struct sim_site *site;
		u32 times;
	} at[OFFERED_AT];
	u32 n;
} lines;

static struct sim_irq_src intx[SIM_INTX_LINES], isa[SIM_ISA_LINES];
static struct sim_irq_state *states;

/* ---- sources ------------------------------------------------------------- */

struct sim_irq_state *sim_irq_states(void)
{
	return states;
}

struct sim_irq_state *sim_irq_state_of(struct trv_dev *dev)
{
	struct sim_irq_state *st = dev->irq;

	if (st)
		return st;
	st = sim_own(sizeof(*st));
	st->dev = dev;
	st->wire = -1;
	st->next = states;
	states = st;
	dev->irq = st;
	return st;
}

struct sim_irq_src *sim_irq_intx_src(struct sim_irq_state *st)
{
	u32 pin = st->dev->cfg[TRV_PCI_INT_PIN];

	if (st->wire >= 0)
		return &intx[st->wire];
	return &intx[(st->dev->slot + pin - 1) % SIM_INTX_LINES];
}

struct sim_irq_src *sim_irq_isa_src(u32 channel)
{
	return &isa[channel % SIM_ISA_LINES];
}

static void late_end(void *arg)
{
	struct sim_irq_src *src = arg;

	src->held = false;
}

void sim_irq_src_init(struct sim_irq_src *src, u32 number, bool edge)
{
	*src = (struct sim_irq_src){ .number = number, .edge = edge, .target = -1 };
	snprintf(src->name, sizeof(src->name), "irq %u", number);
	sim_event_init(&src->late, NULL, late_end, src);
}

/* Does the device drive the line high, as far as the driver lets it? */
static bool drives_intx(const struct trv_dev *dev)
{
	u32 command = dev->cfg[TRV_PCI_COMMAND] | (u32)dev->cfg[TRV_PCI_COMMAND + 1] << 8;

	return dev->irq->intx && !dev->irq->lost && !dev->gone && !(command & TRV_PCI_CMD_INTX_OFF);
}

static bool asserted(const struct sim_irq_vec *vec)
{
	return drives_intx(vec->dev);
}

static bool hears(const struct sim_irq_vec *vec)
{
	return !vec->going && (!vec->masked || SIM_SAB("mask-ignored"));
}

/* Is an interrupt on its way to a handler that the running code does not keep out? */
bool sim_irq_awaited(const struct trv_dev *dev)
{
	const struct sim_irq_state *st = dev->irq;

	if (!st || sim_m.exec->level == SIM_L_IRQ || sim_m.exec->irqs_off)
		return false;
	for (u32 i = 0; i < st->n; i++) {
		const struct sim_irq_vec *v = &st->vecs[i];

		if (v->h && hears(v) && (v->src->edge ? v->src->pending : asserted(v)))
			return true;
	}
	return false;
}

/* Could it be deliverable soon? The interrupt-disable bit may change behind our back. */
static bool interesting(const struct sim_irq_src *src)
{
	if (src->disabled)
		return false;
	for (const struct sim_irq_vec *v = src->vecs; v; v = v->next) {
		if (hears(v) && (src->phantom || (src->edge ? src->pending : v->dev->irq->intx)))
			return true;
	}
	return false;
}

static bool any_masked(const struct sim_irq_src *src)
{
	for (const struct sim_irq_vec *v = src->vecs; v; v = v->next) {
		if (v->masked)
			return true;
	}
	return false;
}

static bool wants(const struct sim_irq_src *src)
{
	if (SIM_SAB("mask-holds-line") && any_masked(src))
		return false;
	for (const struct sim_irq_vec *v = src->vecs; v; v = v->next) {
		if (hears(v) && (src->phantom || (src->edge ? src->pending : asserted(v))))
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

/* ---- the device's side --------------------------------------------------- */

static bool is_exact(const struct sim_irq_src *src)
{
	for (const struct sim_irq_vec *v = src->vecs; v; v = v->next) {
		if (v->dev->irq->exact)
			return true;
	}
	return false;
}

/* On its way to whoever listens. */
static bool is_lost(const struct sim_irq_src *src)
{
	return src->vecs && !is_exact(src) && sim_choose(SIM_K_LOST, 2, src->vecs->site);
}

void sim_intx_set(struct trv_dev *dev, bool asserted)
{
	struct sim_irq_state *st = sim_irq_state_of(dev);
	struct sim_irq_src *src = sim_irq_intx_src(st);

	if (st->intx == asserted)
		return;
	st->intx = asserted;
	st->lost = asserted && is_lost(src);
	sim_trace(SIM_T_LINE, dev, NULL, src->number, asserted, 0);
	if (!asserted) {
		for (u32 i = 0; i < st->n; i++)
			st->vecs[i].rounds = 0;
	}
	if (asserted && SIM_SAB("unmask-replays-level") && any_masked(src))
		src->phantom = true;
	sim_irq_changed(src);
}

static void latch(struct sim_irq_src *src)
{
	if (!src->vecs)
		return; /* nobody has opened the controller's gate */
	if (is_lost(src) || (SIM_SAB("unmask-loses-edge") && src->vecs->masked))
		return;
	src->pending = true;
	sim_irq_changed(src);
}

void sim_isa_set(struct trv_dev *dev, u32 channel, bool asserted)
{
	struct sim_irq_state *st = sim_irq_state_of(dev);
	struct sim_irq_src *src = sim_irq_isa_src(channel);

	if (st->isa[channel] == asserted)
		return;
	st->isa[channel] = asserted;
	sim_trace(SIM_T_LINE, dev, NULL, src->number, asserted, 0);
	if (asserted && !dev->gone)
		latch(src);
}

void sim_msi_fire(struct trv_dev *dev, u32 vector)
{
	struct sim_irq_state *st = sim_irq_state_of(dev);
	u32 ctrl;

	if (vector >= st->n || dev->gone ||
	    !(sim_pci_cfg_get(dev, TRV_PCI_COMMAND, 2) & TRV_PCI_CMD_MASTER))
		return;
	switch (st->kind) {
	case TRV_IRQ_MSI:
		if (!(sim_pci_cfg_get(dev, dev->cap_msi + MSG_CTRL, 2) & MSI_ENABLE))
			return;
		break;
	case TRV_IRQ_MSIX:
		ctrl = sim_pci_cfg_get(dev, dev->cap_msix + MSG_CTRL, 2);
		if (!(ctrl & MSIX_ENABLE) || ctrl & MSIX_MASK_ALL)
			return;
		break;
	default:
		return;
	}
	sim_trace(SIM_T_LINE, dev, "message", vector, 1, 0);
	latch(&st->msgs[vector]);
}

void sim_irq_affinity(struct trv_dev *dev, u32 cpu)
{
	if (cpu >= SIM_CPUS)
		sim_fail(SIM_API, NULL, "interrupts to CPU%u: there are %u", cpu, SIM_CPUS);
	sim_irq_state_of(dev)->affinity = cpu;
	sim_poke();
}

void sim_irq_exact(struct trv_dev *dev)
{
	sim_irq_state_of(dev)->exact = true;
}

void sim_irq_elsewhere(struct trv_dev *dev, bool on)
{
	struct sim_irq_state *st = sim_irq_state_of(dev);

	for (u32 i = 0; i < st->n; i++) {
		struct sim_irq_src *src = st->vecs[i].src;

		if (on)
			src->target = (s8)!sim_m.cpu->id;
		else if (!src->listed)
			src->target = -1; /* it did not ask for anything */
	}
}

void sim_irq_wire(struct trv_dev *dev, u32 line)
{
	struct sim_irq_state *st = sim_irq_state_of(dev);

	if (st->n)
		sim_fail(SIM_API, NULL, "%s: rewired while its interrupts are allocated",
			 dev->name);
	st->wire = (s8)(line % SIM_INTX_LINES);
}

void sim_irq_stop(struct trv_dev *dev, u32 cpu)
{
	struct sim_irq_state *st = sim_irq_state_of(dev);

	for (u32 i = 0; i < st->n; i++) {
		st->vecs[i].src->target = (s8)cpu;
		st->vecs[i].src->stop = true;
	}
}

u64 sim_irq_count(struct trv_dev *dev, u32 vector)
{
	struct sim_irq_state *st = sim_irq_state_of(dev);

	return vector < st->max ? st->vecs[vector].count : 0;
}

/* ---- the CPU's side ------------------------------------------------------ */

static void run_handler(struct sim_irq_vec *vec)
{
	const struct trv_irq_handler *h = vec->h;
	enum trv_irq_ret ret;

	vec->count++;
	vec->in_handler++;
	sim_trace(SIM_T_IRQ, vec->dev, vec->name, vec->index, 0, 0);
	sim_at(vec->site);
	sim_dma_collect(vec->dev);
	sim_frame_begin(h->name, "an interrupt handler");
	ret = h->fn(SIM_SAB("attach-drops-arg") ? NULL : vec->arg);
	if (SIM_SAB("irq-runs-twice"))
		ret = h->fn(vec->arg);
	sim_frame_end();
	sim_trace(SIM_T_IRQ_END, vec->dev, vec->name, vec->index, ret, 0);
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
		if (!asserted(v) || !hears(v)) {
			v->rounds = 0;
			continue;
		}
		if (++v->rounds < STORM)
			continue;
		if (!v->dev->hostile) {
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
		sim_stop_begin();
	src->stop = false;
	sim_m.now += ENTRY_NS;
	for (struct sim_irq_vec *v = src->vecs; v; v = next) {
		if (hears(v))
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
	if (!src->vecs || is_exact(src) || !sim_choose(SIM_K_DOUBLE, 2, site))
		return;
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
		src->held = true;
		sim_m.irq_held = true;
		sim_event_in(&src->late, LATE_NS);
		break;
	default:
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

/* One shared line with a handler, chosen, fires: the reason is another device, not modelled. */
static void spurious(bool anywhere)
{
	struct sim_irq_src *ready[SIM_INTX_LINES];
	u32 n = 0, which;

	for (u32 i = 0; i < SIM_INTX_LINES; i++) {
		if (intx[i].vecs && !intx[i].running && !(anywhere && is_exact(&intx[i])))
			ready[n++] = &intx[i];
	}
	if (!n)
		return;
	which = sim_choose(SIM_K_SPURIOUS, n + 1, sim_here());
	if (which)
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
static bool tired_of(const struct sim_site *site)
{
	u32 i = 0;

	while (i < lines.n && lines.at[i].site != site)
		i++;
	if (i == OFFERED_AT)
		return true;
	if (i == lines.n)
		lines.at[lines.n++] = (struct line){ .site = site };
	return lines.at[i].times++ >= OFFERED;
}

void sim_irq_spurious_anywhere(void)
{
	const struct sim_site *site = sim_here();

	if (site && taken_here() && !tired_of(site))
		spurious(true);
}

static void any_shared(void)
{
	sim_m.shared = false;
	for (u32 i = 0; i < SIM_INTX_LINES; i++)
		sim_m.shared |= intx[i].vecs && !is_exact(&intx[i]);
	sim_poke();
}

void sim_irq_link(struct sim_irq_vec *vec)
{
	struct sim_irq_vec **at = &vec->src->vecs;

	while (*at)
		at = &(*at)->next;
	if (!vec->src->vecs)
		vec->src->disabled = false;
	vec->next = NULL;
	*at = vec;
	/* Whoever sets the line up looks at its level, and not for an edge of it. */
	for (struct sim_irq_vec *v = vec->src->vecs; v; v = v->next)
		v->dev->irq->lost = false;
	any_shared();
	sim_irq_changed(vec->src);
}

void sim_irq_unlink(struct sim_irq_vec *vec)
{
	struct sim_irq_vec **at = &vec->src->vecs;

	while (*at != vec)
		at = &(*at)->next;
	*at = vec->next;
	if (!vec->src->vecs)
		vec->src->pending = vec->src->phantom = false;
	any_shared();
}

void sim_irq_leftovers(struct trv_dev *dev)
{
	for (struct sim_irq_state *st = states; st; st = st->next) {
		if (dev && st->dev != dev)
			continue;
		for (u32 i = 0; i < st->n; i++) {
			if (!st->vecs[i].h)
				continue;
			sim_about(SIM_ABOUT_LEFT, st->dev, 0, 0);
			sim_complain(SIM_IRQ_LEAK, st->vecs[i].site,
				     "%s: handler %s is still attached to vector %u", st->dev->name,
				     st->vecs[i].h->name, i);
		}
		if (st->n) {
			sim_about(SIM_ABOUT_LEFT, st->dev, 0, 0);
			sim_complain(SIM_IRQ_LEAK, NULL,
				     "%s: %u interrupt vectors are still allocated", st->dev->name,
				     st->n);
		}
		if (dev && st->attached_once && drives_intx(dev) && !dev->hostile) {
			sim_about(SIM_ABOUT_LINE, dev, 0, 0);
			sim_complain(
				SIM_IRQ_LEAK, NULL,
				"%s: the driver is gone and the device still asserts its interrupt",
				dev->name);
		}
	}
}

void sim_irq_reset(void)
{
	for (u32 i = 0; i < SIM_INTX_LINES; i++)
		sim_irq_src_init(&intx[i], 16 + i, false);
	for (u32 i = 0; i < SIM_ISA_LINES; i++)
		sim_irq_src_init(&isa[i], 14 + i, true);
	states = NULL;
	sim_m.irq_list = NULL;
	sim_m.irq_tail = &sim_m.irq_list;
	sim_m.irq_held = false;
	sim_m.shared = false;
	lines.n = 0;
}
