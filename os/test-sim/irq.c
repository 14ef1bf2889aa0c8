// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Where interrupts come from: lines and messages, and who listens to them. */
#include <stdio.h>

#include <os/test-sim/irq.h>
#include <os/test-sim/mem.h>
#include <os/test-sim/order.h>
#include <os/test-sim/pci.h>
#include <os/test-sim/symbol.h>
#include <os/test-sim/trace.h>

/* MSI and MSI-X message control (PCI 3.0, 6.8.1.3 and 6.8.2.3). */
enum {
	MSG_CTRL = 2,
	MSI_ENABLE = 0x0001,
	MSIX_ENABLE = 0x8000,
	MSIX_MASK_ALL = 0x4000,
};

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

/* ---- the device's side --------------------------------------------------- */

bool sim_irq_is_exact(const struct sim_irq_src *src)
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
	return src->vecs && !sim_irq_is_exact(src) && sim_choose(SIM_K_LOST, 2, src->vecs->site);
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
	if (asserted && SIM_SAB("unmask-replays-level") && sim_irq_any_masked(src))
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

void sim_irq_stop(struct trv_dev *dev, u32 cpu, enum sim_stop where)
{
	struct sim_irq_state *st = sim_irq_state_of(dev);

	for (u32 i = 0; i < st->n; i++) {
		st->vecs[i].src->target = (s8)cpu;
		st->vecs[i].src->stop = (u8)where;
	}
}

u64 sim_irq_count(struct trv_dev *dev, u32 vector)
{
	struct sim_irq_state *st = sim_irq_state_of(dev);

	return vector < st->max ? st->vecs[vector].count : 0;
}

/* ---- who listens ---------------------------------------------------------- */

struct sim_irq_src *sim_irq_shared(u32 n)
{
	return n < SIM_INTX_LINES ? &intx[n] : NULL;
}

static void any_shared(void)
{
	sim_m.shared = false;
	for (u32 i = 0; i < SIM_INTX_LINES; i++)
		sim_m.shared |= intx[i].vecs && !sim_irq_is_exact(&intx[i]);
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
		vec->src->pending = vec->src->phantom = vec->src->prompt = false;
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
		if (dev && st->attached_once && sim_irq_asserted(dev) && !dev->hostile) {
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
	sim_m.shared = false;
	sim_irqs_forget();
}
