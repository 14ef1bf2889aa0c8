// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* os.h: interrupts, as the driver asks for them. */
#include <stdio.h>

#include <os/test-sim/irq.h>
#include <os/test-sim/mem.h>
#include <os/test-sim/trace.h>

enum {
	ALL_KINDS = TRV_IRQ_MSIX | TRV_IRQ_MSI | TRV_IRQ_INTX | TRV_IRQ_LEGACY,
	ALLOC_NS = 5000,
	ATTACH_NS = 2000,
	MASK_NS = 100,

	/* message control (PCI 3.0, 6.8.1.3 and 6.8.2.3) */
	MSG_CTRL = 2,
	MSI_ENABLE = 0x0001,
	MSI_MME = 0x0070,
	MSI_MME_SHIFT = 4,
	MSIX_ENABLE = 0x8000,
};

static void cfg_bits(struct trv_dev *dev, u32 off, u32 clear, u32 set)
{
	sim_pci_cfg_set(dev, off, 2, (sim_pci_cfg_get(dev, off, 2) & ~clear) | set);
}

/* How many vectors of @kind the device and the platform have. */
static u32 vectors_of(const struct trv_dev *dev, enum trv_irq_kind kind)
{
	switch (kind) {
	case TRV_IRQ_MSIX:
		return dev->cap_msix ? dev->n_msix : 0;
	case TRV_IRQ_MSI:
		return dev->cap_msi ? dev->n_msi : 0;
	case TRV_IRQ_INTX:
		return dev->has_intx;
	default:
		return dev->has_legacy && !SIM_SAB("alloc-no-legacy") ? SIM_ISA_LINES : 0;
	}
}

static void make_room(struct sim_irq_state *st)
{
	const struct trv_dev *dev = st->dev;

	st->max = trv_max(trv_max(dev->n_msi, dev->n_msix), (u32)SIM_ISA_LINES);
	st->vecs = sim_own(st->max * sizeof(*st->vecs));
	st->msgs = sim_own(st->max * sizeof(*st->msgs));
	for (u32 i = 0; i < st->max; i++) {
		sim_irq_src_init(&st->msgs[i], i, true);
		snprintf(st->msgs[i].name, sizeof(st->msgs[i].name), "msi %u.%u", dev->slot, i);
	}
}

static void take_vectors(struct sim_irq_state *st, enum trv_irq_kind kind, u32 n)
{
	if (!st->vecs)
		make_room(st);
	st->kind = kind;
	st->n = n;
	for (u32 i = 0; i < n; i++) {
		struct sim_irq_vec *v = &st->vecs[i];

		v->dev = st->dev;
		v->index = i;
		if (kind == TRV_IRQ_INTX)
			v->src = sim_irq_intx_src(st);
		else if (kind == TRV_IRQ_LEGACY)
			v->src = sim_irq_isa_src(i);
		else
			v->src = &st->msgs[i];
	}
}

static u32 log2_up(u32 n)
{
	u32 bits = 0;

	while (1U << bits < n)
		bits++;
	return bits;
}

/* Messages and the pin exclude each other (PCI 3.0, 6.8.1.3, bit 0). */
static void switch_device(struct trv_dev *dev, enum trv_irq_kind kind, u32 n)
{
	if (dev->cap_msi)
		cfg_bits(dev, dev->cap_msi + MSG_CTRL, MSI_ENABLE | MSI_MME,
			 kind == TRV_IRQ_MSI ? MSI_ENABLE | log2_up(n) << MSI_MME_SHIFT : 0);
	if (dev->cap_msix)
		cfg_bits(dev, dev->cap_msix + MSG_CTRL, MSIX_ENABLE,
			 kind == TRV_IRQ_MSIX ? MSIX_ENABLE : 0);
	cfg_bits(dev, TRV_PCI_COMMAND, TRV_PCI_CMD_INTX_OFF,
		 kind == TRV_IRQ_MSI || kind == TRV_IRQ_MSIX ? TRV_PCI_CMD_INTX_OFF : 0);
}

int trv_irq_alloc(struct trv_dev *dev, u32 min, u32 max, u32 kinds, enum trv_irq_kind *kind)
{
	struct sim_irq_state *st = sim_irq_state_of(dev);
	enum trv_irq_kind found[4];
	u32 n[4], n_found = 0, which = 0, failure;

	sim_enter("irq_alloc", SIM_SLEEPS, ALLOC_NS);
	if (!min || min > max || !kinds || kinds & ~ALL_KINDS)
		return -EINVAL;
	if (st->n && !SIM_SAB("alloc-twice"))
		return -EBUSY;
	for (u32 k = TRV_IRQ_MSIX; k <= TRV_IRQ_LEGACY; k <<= 1) {
		u32 some = SIM_SAB("alloc-ignores-max") ? vectors_of(dev, k) :
							  trv_min(max, vectors_of(dev, k));

		if ((kinds & k || SIM_SAB("alloc-any-kind")) && some &&
		    (some >= min || SIM_SAB("alloc-ignores-min"))) {
			found[n_found] = k;
			n[n_found++] = some;
		}
	}
	if (SIM_SAB("alloc-invents") && !n_found) {
		*kind = TRV_IRQ_INTX;
		return (int)min;
	}
	if (!n_found)
		return -EOPNOTSUPP;
	/* It may fail altogether, or the best kind may be taken by others. */
	failure = sim_choose(SIM_K_IRQ_REQ, n_found > 1 ? 3 : 2, sim_here());
	if (failure == 1)
		return -ENOMEM;
	if (failure == 2) {
		sim_means("the best kind of interrupt is not to be had, another one is");
		which = 1;
	}
	if (SIM_SAB("alloc-order"))
		which = n_found - 1;
	take_vectors(st, found[which], n[which]);
	sim_trace_note(SIM_T_TAKE, dev, "interrupt vectors", 0, n[which], 0);
	switch_device(dev, found[which], n[which]);
	*kind = SIM_SAB("alloc-wrong-kind") ? TRV_IRQ_LEGACY : found[which];
	return SIM_SAB("alloc-wrong-count") ? (int)n[which] + 1 : (int)n[which];
}

void trv_irq_free(struct trv_dev *dev)
{
	struct sim_irq_state *st = sim_irq_state_of(dev);

	sim_enter("irq_free", SIM_SLEEPS, ALLOC_NS);
	if (!st->n)
		sim_fail(SIM_API, NULL, "%s: trv_irq_free() without trv_irq_alloc()", dev->name);
	for (u32 i = 0; i < st->n; i++) {
		if (st->vecs[i].h)
			sim_fail(SIM_API, NULL, "%s: trv_irq_free() before vector %u was detached",
				 dev->name, i);
	}
	switch_device(dev, 0, 0);
	sim_trace_note(SIM_T_GIVE, dev, "interrupt vectors", 0, st->n, 0);
	if (!SIM_SAB("free-keeps"))
		st->n = 0;
}

/* ---- handlers ------------------------------------------------------------ */

static struct sim_irq_vec *attached(const char *entry, struct trv_dev *dev, u32 vec)
{
	struct sim_irq_state *st = sim_irq_state_of(dev);

	if (vec >= st->n || !st->vecs[vec].h)
		sim_fail(SIM_API, NULL, "%s: trv_%s() of vector %u, where no handler is attached",
			 dev->name, entry, vec);
	return &st->vecs[vec];
}

int trv_irq_attach(struct trv_dev *dev, u32 vec, const struct trv_irq_handler *h, void *arg,
		   const char *name)
{
	struct sim_irq_state *st = sim_irq_state_of(dev);
	struct sim_irq_vec *v;

	sim_enter("irq_attach", SIM_SLEEPS, ATTACH_NS);
	if (vec >= st->n)
		return SIM_SAB("attach-bad-vector") ? -EINVAL : -ERANGE;
	v = &st->vecs[vec];
	if (v->h && SIM_SAB("attach-twice"))
		return 0;
	if (v->h)
		return -EBUSY;
	if (!h || !h->fn)
		return -EINVAL;
	if (sim_choose(SIM_K_IRQ_REQ, 2, sim_here()))
		return -EBUSY;
	v->h = h;
	v->deferred = h->deferred;
	v->arg = arg;
	v->name = name;
	v->site = sim_here();
	v->masked = 0;
	v->rounds = 0;
	v->going = false;
	sim_trace_note(SIM_T_TAKE, dev, "interrupt handler", vec, 0, 0);
	st->attached_once = true;
	if (!SIM_SAB("attach-delivers-nothing"))
		sim_irq_link(v);
	if (st->kind == TRV_IRQ_INTX)
		sim_irq_spurious();
	return 0;
}

bool sim_irq_attached(const struct trv_dev *dev)
{
	const struct sim_irq_state *st = dev->irq;

	for (u32 i = 0; st && i < st->n; i++) {
		if (st->vecs[i].h)
			return true;
	}
	return false;
}

static bool own_deferred(const struct sim_irq_vec *v)
{
	return v->thread && v->thread == sim_m.cur;
}

void trv_irq_detach(struct trv_dev *dev, u32 vec)
{
	struct sim_irq_vec *v;

	sim_enter("irq_detach", SIM_SLEEPS, ATTACH_NS);
	v = attached("irq_detach", dev, vec);
	if (own_deferred(v))
		sim_fail(SIM_DEADLOCK, NULL,
			 "%s: trv_irq_detach() in the vector's own deferred function", dev->name);
	sim_teardown_step(dev, SIM_STEP_IRQ_DETACH);
	if (SIM_SAB("detach-keeps-calling"))
		return;
	if (dev->irq->kind == TRV_IRQ_INTX)
		sim_irq_spurious();
	v->going = true;
	while (!SIM_SAB("detach-no-wait") && v->in_handler)
		sim_block(v->src, SIM_NEVER, "for an interrupt handler to finish");
	while (!SIM_SAB("detach-no-wait-deferred") && !sim_irq_quiet(v))
		sim_block(v, SIM_NEVER, "for a deferred function to finish");
	if (!SIM_SAB("attach-delivers-nothing"))
		sim_irq_unlink(v);
	if (SIM_SAB("detach-leaves-deferred") && v->thread) {
		v->asked++;
		sim_wake(&v->thread);
	}
	if (!SIM_SAB("detach-keeps-taken"))
		v->h = NULL;
	sim_trace_note(SIM_T_GIVE, dev, "interrupt handler", vec, 0, 0);
}

static bool in_handler(void *arg)
{
	const struct sim_irq_vec *v = arg;

	return v->in_handler;
}

void trv_irq_mask(struct trv_dev *dev, u32 vec)
{
	struct sim_irq_vec *v;

	sim_enter("irq_mask", SIM_ANY, MASK_NS);
	v = attached("irq_mask", dev, vec);
	v->masked++;
	v->rounds = 0;
	if (SIM_SAB("mask-does-not-nest"))
		v->masked = 1;
	if (SIM_SAB("mask-waits"))
		sim_spin_while(in_handler, v, "for an interrupt handler to finish");
}

void trv_irq_unmask(struct trv_dev *dev, u32 vec)
{
	struct sim_irq_vec *v;

	sim_enter("irq_unmask", SIM_ANY, MASK_NS);
	v = attached("irq_unmask", dev, vec);
	if (!v->masked) {
		if (SIM_SAB("mask-does-not-nest"))
			return;
		sim_fail(SIM_API, NULL, "%s: trv_irq_unmask() of vector %u, which is not masked",
			 dev->name, vec);
	}
	if (SIM_SAB("unmask-never"))
		return;
	if (--v->masked)
		return;
	if (SIM_SAB("unmask-loses-level") && !v->src->edge)
		dev->irq->intx = false;
	v->src->doubled = SIM_SAB("unmask-doubles-edge") && v->src->pending;
	sim_irq_changed(v->src);
}

void trv_irq_sync(struct trv_dev *dev, u32 vec)
{
	struct sim_irq_vec *v;
	u64 runs, asked;

	sim_enter("irq_sync", SIM_SLEEPS, SIM_COST_CALL);
	v = attached("irq_sync", dev, vec);
	if (own_deferred(v))
		sim_fail(SIM_DEADLOCK, NULL,
			 "%s: trv_irq_sync() in the vector's own deferred function", dev->name);
	runs = v->runs;
	while (v->in_handler && v->runs == runs && !SIM_SAB("sync-no-wait"))
		sim_block(v->src, SIM_NEVER, "for an interrupt handler to finish");
	asked = v->asked;
	while (v->served < asked && !SIM_SAB("sync-no-wait-deferred"))
		sim_block(v, SIM_NEVER, "for a deferred function to finish");
}

/* ---- deferred functions -------------------------------------------------- */

bool sim_irq_quiet(const struct sim_irq_vec *v)
{
	return v->served == v->asked;
}

static void serve(struct sim_irq_vec *v)
{
	u64 asked = v->asked;

	v->deferring = true;
	sim_trace(SIM_T_WORK, v->dev, v->name, v->index, 0, 0);
	sim_trace_aux((u64)(uintptr_t)v->deferred);
	sim_entry_begin(v->name, NULL);
	v->deferred(SIM_SAB("defer-drops-arg") ? NULL : v->arg);
	sim_entry_end();
	v->deferring = false;
	v->served = asked;
	sim_wake(v);
}

static void thread_main(void *arg)
{
	struct sim_irq_vec *v = arg;

	for (;;) {
		while (sim_irq_quiet(v)) {
			sim_m.cur->idle = true;
			sim_block(&v->thread, SIM_NEVER, "for an interrupt");
			sim_m.cur->idle = false;
		}
		serve(v);
	}
}

/* Sabotage: a second one, that does not look whether the first is at it. */
static void rival_main(void *arg)
{
	serve(arg);
}

void sim_irq_defer(struct sim_irq_vec *v)
{
	if (SIM_SAB("defer-loses") || (SIM_SAB("defer-lost-while-running") && v->deferring))
		return;
	v->asked++;
	if (SIM_SAB("defer-in-interrupt")) {
		v->deferred(v->arg);
		v->served = v->asked;
		return;
	}
	if (SIM_SAB("defer-concurrent") && v->deferring)
		sim_task_ready(sim_service_start(v->name, v->dev->irq->affinity, rival_main, v));
	if (!v->thread) {
		/* On the other CPU, where it runs beside the handler's next call. */
		v->thread = sim_service_start(v->name, !v->dev->irq->affinity, thread_main, v);
		sim_task_ready(v->thread);
	} else {
		sim_wake(&v->thread);
	}
}
