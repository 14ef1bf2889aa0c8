// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The suite on the simulator: a scenario for each clause, in a fresh world;
 * for the clauses about a delivered interrupt one for each kind and CPU.
 */
#include <stdio.h>
#include <string.h>

#include <os/test-sim/scenario.h>
#include <tests/conformance/conf.h>

#define ALL_KINDS (TRV_IRQ_MSIX | TRV_IRQ_MSI | TRV_IRQ_INTX)

/* ---- what the leg does for the suite ------------------------------------- */

static void irq_far(struct trv_dev *dev, bool far)
{
	sim_irq_affinity(dev, far);
}

static bool elsewhere(void (*fn)(void *arg), void *arg)
{
	sim_task_service(sim_task_start("far", 1, fn, arg));
	return true;
}

static void cfg_force(struct trv_dev *dev, u32 off, u8 val)
{
	sim_pci_cfg_set(dev, off, 1, val);
}

static void fault(struct trv_dev *dev, const char *name, bool on)
{
	sim_fault_set(dev, on ? name : NULL);
}

/* A misuse ends the run: nobody gets as far as to count it. */
static u32 reports(struct trv_dev *dev)
{
	return 0;
}

/* What the tap saw, for log and trace. */
static struct {
	struct {
		enum sim_trace_kind kind;
		const char *text;
		u64 a, b;
	} seen[4096];
	u32 n;
} tapped;

static void tap(enum sim_trace_kind kind, const struct trv_dev *dev, const char *text, u64 a, u64 b)
{
	u32 n = tapped.n;

	if (n == TRV_ARRAY_SIZE(tapped.seen))
		return;
	tapped.seen[n].kind = kind;
	tapped.seen[n].text = sim_own_strdup(text);
	tapped.seen[n].a = a;
	tapped.seen[n].b = b;
	tapped.n++;
}

static u32 logged(struct trv_dev *dev, const char *text)
{
	u32 n = 0;

	for (u32 i = 0; i < tapped.n; i++)
		n += tapped.seen[i].kind == SIM_T_LOG &&
		     (!text || strstr(tapped.seen[i].text, text));
	return n;
}

static u32 traced(struct trv_dev *dev, const char *event, u64 a, u64 b)
{
	u32 n = 0;

	for (u32 i = 0; i < tapped.n; i++)
		n += tapped.seen[i].kind == SIM_T_USER && !strcmp(tapped.seen[i].text, event) &&
		     tapped.seen[i].a == a && tapped.seen[i].b == b;
	return n;
}

/* ---- verdicts ------------------------------------------------------------ */

/* Where a resource was refused, or the device lies, a clause cannot show what it says. */
static void fail(struct conf *c)
{
	const struct conf_failure *f = &c->failure;
	struct sim_site *site = sim_own(sizeof(*site));

	if (sim_class_reached() > SIM_SCHEDULE)
		return;

	*site = (struct sim_site){ f->file, c->clause->id, f->line };
	if (f->has_values)
		sim_fail(SIM_EXPECT, site, "%s: %s: %lld (0x%llx), not %lld (0x%llx); os.h: %s",
			 c->clause->entry, f->what, (long long)f->got, (unsigned long long)f->got,
			 (long long)f->want, (unsigned long long)f->want, c->clause->text);
	sim_fail(SIM_EXPECT, site, "%s: expected %s; os.h: %s", c->clause->entry, f->what,
		 c->clause->text);
}

static const struct conf_clause *find(const char *entry, const char *id)
{
	for (u32 g = 0; g < conf_n_groups; g++) {
		for (u32 i = 0; i < conf_groups[g]->n; i++) {
			const struct conf_clause *clause = &conf_groups[g]->clauses[i];

			if (!strcmp(clause->entry, entry) && !strcmp(clause->id, id))
				return clause;
		}
	}
	sim_fail(SIM_EXPECT, SIM_SITE, "no clause %s/%s in any group", entry, id);
}

/* ---- one clause ---------------------------------------------------------- */

/** struct subject - the clause under test, in its world; as many as there are worlds: one */
static struct {
	const struct conf_clause *clause;
	struct conf_leg *leg;
	struct conf *c;
	bool whole;
} subject;

static void bind_companion(struct trv_dev *dev)
{
	int rc;

	if (!dev)
		return;
	rc = sim_bind_to(dev, &conf_companion);
	if (sim_class_reached() == SIM_SCHEDULE)
		sim_expect_eq(rc, 0);
}

static void unbind_all(void)
{
	for (struct trv_dev *dev = sim_dev_first(); dev; dev = dev->next)
		sim_unbind(dev);
}

/* Also what must work once a resource fault is over: the whole clause. */
static void try(struct trv_dev *dev)
{
	const struct conf_clause *clause = subject.clause;
	struct conf *c = subject.c;
	int rc;

	tapped.n = 0;
	sim_fault_set(dev, NULL);
	bind_companion(subject.leg->scratch);
	bind_companion(subject.leg->sharer);
	bind_companion(subject.leg->ide);
	conf_begin(c, clause, subject.leg);
	rc = sim_bind_to(dev, &c->drv);
	if (sim_class_reached() == SIM_SCHEDULE)
		sim_expect_eq(rc, 0);
	sim_unbind(dev);
	if (c->failed)
		fail(c);
	if (subject.whole && c->skipped && sim_class_reached() == SIM_SCHEDULE)
		sim_fail(SIM_EXPECT, SIM_SITE, "%s/%s was skipped: %s", clause->entry, clause->id,
			 c->skipped);
	unbind_all();
}

static struct trv_dev *plug(const char *spec)
{
	struct trv_dev *dev = sim_plug(spec);

	sim_expect(dev);
	return dev;
}

/**
 * run() - a clause
 * @kinds: of interrupts to try
 * @cpu:   that takes them, unless the clause has its own idea
 * @whole: the clause must show what it says; a variant may have nothing to show
 */
static void run(const char *entry, const char *id, u32 kinds, u32 cpu, bool whole)
{
	const struct conf_clause *clause = find(entry, id);
	struct conf_leg *leg = sim_own(sizeof(*leg));
	const char *missing;
	struct trv_dev *dev;

	*leg = (struct conf_leg){
		.name = "simulator",
		.irq_kinds = kinds,
		.has_reset = clause->needs & CONF_RESET,
		.irq_far = irq_far,
		.elsewhere = elsewhere,
		.unplug = sim_unplug,
		.option = sim_option_set,
		.cfg_force = cfg_force,
		.logged = logged,
		.traced = traced,
		.fault = fault,
		.reports = reports,
		.fail = fail,
	};
	sim_tap = tap;
	sim_coherent_order(SIM_ORDER_LATE);
	dev = plug(leg->has_reset ? "edu,msi=4,msix=4,flr=on" : "edu,msi=4,msix=4");
	sim_irq_wire(dev, 0);
	sim_irq_affinity(dev, cpu);
	sim_irq_exact(dev);
	if (clause->needs & CONF_SCRATCH)
		leg->scratch = plug("dummy");
	if (clause->needs & CONF_SHARER) {
		leg->sharer = plug("edu");
		sim_irq_wire(leg->sharer, 0);
	}
	if (clause->needs & CONF_IDE)
		leg->ide = plug("piix3-ide,disk0=mem:1M");
	missing = conf_missing(leg, clause);
	if (missing)
		sim_fail(SIM_EXPECT, SIM_SITE, "the simulator lacks something: %s", missing);
	subject.clause = clause;
	subject.leg = leg;
	subject.c = sim_own(sizeof(*subject.c));
	subject.whole = whole;
	sim_recover_with(dev, try);
	try(dev);
}

/* ---- the scenarios ------------------------------------------------------- */

#define EXPECTED(needs)                                                    \
	(((needs) & CONF_UNHELD) == CONF_UNHELD ? SIM_WANTS(LOCK_UNHELD) : \
	 (needs) & CONF_REPORT			? SIM_WANTS(API) :         \
						  0)

#define SCENARIO(entry, id, needs, text, name, suffix, kinds, cpu, whole)                  \
	SIM_SCENARIO_FULL(conf_##entry##_##id##name, "conformance/" #entry "/" #id suffix, \
			  text, EXPECTED(needs), NULL)                                     \
	{                                                                                  \
		run(#entry, #id, kinds, cpu, whole);                                       \
	}

#define ONE(entry, id, needs, sabotage, text) \
	SCENARIO(entry, id, needs, text, , "", ALL_KINDS, 0, true)
#define SIX(entry, id, needs, sabotage, text)                                              \
	SCENARIO(entry, id, needs, text, _1, "/intx", TRV_IRQ_INTX, 0, false)              \
	SCENARIO(entry, id, needs, text, _2, "/msi", TRV_IRQ_MSI, 0, false)                \
	SCENARIO(entry, id, needs, text, _3, "/msix", TRV_IRQ_MSIX, 0, false)              \
	SCENARIO(entry, id, needs, text, _4, "/intx-far", TRV_IRQ_INTX, 1, false)          \
	SCENARIO(entry, id, needs, text, _5, "/msi-far", TRV_IRQ_MSI, 1, false)            \
	SCENARIO(entry, id, needs, text, _6, "/msix-far", TRV_IRQ_MSIX, 1, false)

#define SIX_WAYS(C) CONF_IRQ_CLAUSES(C) CONF_MASK_CLAUSES(C)
#define ONE_WAY(C)                                                                         \
	CONF_DEVICE_CLAUSES(C) CONF_CONFIG_CLAUSES(C) CONF_REGS_CLAUSES(C)                 \
	CONF_FIFO_CLAUSES(C) CONF_POLL_CLAUSES(C) CONF_ORDER_CLAUSES(C)                    \
	CONF_ATOMICS_CLAUSES(C) CONF_DMA_CLAUSES(C) CONF_SG_CLAUSES(C)                     \
	CONF_VECTORS_CLAUSES(C) CONF_DEFER_CLAUSES(C) CONF_TIMER_CLAUSES(C)                \
	CONF_LOCK_CLAUSES(C) CONF_EVENT_CLAUSES(C) CONF_TIME_CLAUSES(C) CONF_MEM_CLAUSES(C) \
	CONF_LOG_CLAUSES(C) CONF_CONTEXT_CLAUSES(C)

#define ADD(entry, id, needs, sabotage, text) +1
TRV_BUILD_ASSERT((0 SIX_WAYS(ADD) ONE_WAY(ADD)) == (0 CONF_CLAUSES(ADD)),
		 "a group of clauses has no scenarios");

ONE_WAY(ONE)
SIX_WAYS(SIX)
