// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What could go wrong with locks some other day: two of them taken in both
 * orders, or one taken by an interrupt handler and elsewhere with interrupts
 * on. Locks initialised at one place of the source are one class, as in
 * Linux's lockdep; the graph is this run's.
 */
#include <os/test-sim/machine_priv.h>
#include <os/test-sim/symbol.h>

#define MAX_CLASSES 64
#define MAX_EDGES 512

enum usage { IN_IRQ, IN_SOFTIRQ, IRQS_ON, BH_ON, USAGES };
#define U(usage) TRV_BIT(usage)

struct lock_class {
	const struct sim_site *site;
	const char *name;
	enum sim_obj_kind kind;
	u32 usage;
	const struct sim_site *used_at[USAGES];
	u64 used_time[USAGES];
	u64 after;  /* classes taken while one of this was held */
	u32 nested; /* two of this class: 1 in order of initialisation, 2 the other way */
	const struct sim_site *nested_at[3];
	u64 nested_time[3];
};

static struct {
	struct lock_class classes[MAX_CLASSES];
	u32 n;
	struct edge {
		u8 from, to;
		const struct sim_site *held, *taken;
		u64 held_time, taken_time;
	} edges[MAX_EDGES];
	u32 n_edges;
} dep;

void sim_lockdep_reset(void)
{
	dep.n = 0;
	dep.n_edges = 0;
}

void sim_lockdep_class(struct sim_obj *o)
{
	struct lock_class *c;

	for (u32 i = 0; i < dep.n; i++) {
		c = &dep.classes[i];
		if (c->site == o->site && c->name == o->name && c->kind == o->kind) {
			o->lock.class = (u8)i;
			return;
		}
	}
	if (dep.n == MAX_CLASSES)
		sim_fail(SIM_API, NULL, "locks are initialised at more than %u places",
			 MAX_CLASSES);
	c = &dep.classes[dep.n];
	*c = (struct lock_class){ .site = o->site, .name = o->name, .kind = o->kind };
	o->lock.class = (u8)dep.n++;
}

/* Everything that is ever taken, step by step, while one of @from is held; @from too. */
static u64 reach(u32 from)
{
	u64 seen = TRV_BIT64(from), todo = seen;

	while (todo) {
		u32 i = (u32)__builtin_ctzll(todo);
		u64 more = dep.classes[i].after & ~seen;

		todo &= todo - 1;
		seen |= more;
		todo |= more;
	}
	return seen;
}

static const struct edge *edge_on_path(u32 from, u32 to)
{
	for (u32 i = 0; i < dep.n_edges; i++) {
		const struct edge *e = &dep.edges[i];

		if (e->from == from && reach(e->to) & TRV_BIT64(to))
			return e;
	}
	return NULL;
}

/* ---- order --------------------------------------------------------------- */

static void same_class(struct sim_obj *held, struct sim_obj *o)
{
	struct lock_class *c = &dep.classes[o->lock.class];
	u32 way = held->id < o->id ? 1 : 2;

	if (!(c->nested & way)) {
		c->nested |= way;
		c->nested_at[way - 1] = sim_here();
		c->nested_time[way - 1] = sim_now();
	}
	if (c->nested != 3)
		return;
	sim_because(c->nested_at[2 - way], c->nested_time[2 - way],
		    "the other order: the inner one is taken");
	sim_because(held->lock.taken, held->lock.since, "this order: the outer one is taken");
	sim_complain(
		SIM_LOCK_ORDER, NULL,
		"two locks \"%s\" are taken one inside the other in this order here, in the other at %s",
		c->name, sim_site_text(c->nested_at[2 - way]));
}

static void order(struct sim_obj *held, struct sim_obj *o)
{
	u32 from = held->lock.class, to = o->lock.class;
	const struct edge *back;

	if (dep.classes[from].after & TRV_BIT64(to))
		return;
	if (reach(to) & TRV_BIT64(from)) {
		back = edge_on_path(to, from);
		sim_because(back->taken, back->taken_time,
			    "the other order: \"%s\" is taken inside", dep.classes[back->to].name);
		sim_because(back->held, back->held_time, "the other order: \"%s\" is taken first",
			    o->name);
		sim_because(held->lock.taken, held->lock.since, "this order: \"%s\" is taken first",
			    held->name);
		sim_complain(
			SIM_LOCK_ORDER, NULL,
			"\"%s\" is taken here with \"%s\" held since %s; but with \"%s\" held since %s, \"%s\" is taken at %s%s",
			o->name, held->name, sim_site_text(held->lock.taken), o->name,
			sim_site_text(back->held), dep.classes[back->to].name,
			sim_site_text(back->taken),
			back->to == from ? "" : ", which leads to the first one");
		return;
	}
	if (dep.n_edges == MAX_EDGES)
		sim_fail(SIM_API, NULL, "more than %u pairs of locks nest", MAX_EDGES);
	dep.edges[dep.n_edges++] = (struct edge){ .from = (u8)from,
						  .to = (u8)to,
						  .held = held->lock.taken,
						  .taken = sim_here(),
						  .held_time = held->lock.since,
						  .taken_time = sim_now() };
	dep.classes[from].after |= TRV_BIT64(to);
}

/* ---- interrupts ---------------------------------------------------------- */

static u32 usage_now(void)
{
	const struct sim_exec *x = sim_m.exec;

	if (x->level == SIM_L_IRQ)
		return U(IN_IRQ) | (x->irqs_off ? 0 : U(IRQS_ON));
	return (x->level == SIM_L_SOFTIRQ ? U(IN_SOFTIRQ) : 0) | (x->irqs_off ? 0 : U(IRQS_ON)) |
	       (sim_softirqs_admitted(x) ? U(BH_ON) : 0);
}

static void conflict(const struct lock_class *a, enum usage in, const struct lock_class *b,
		     enum usage on)
{
	const char *who = in == IN_IRQ ? "an interrupt handler" : "a timer function";
	const char *what = in == IN_IRQ ? "interrupts on" : "bottom halves on";

	sim_because(b->used_at[on], b->used_time[on], "\"%s\" is taken with %s", b->name, what);
	sim_because(a->used_at[in], a->used_time[in], "\"%s\" is taken in %s", a->name, who);
	if (a == b)
		sim_complain(SIM_LOCK_IRQ, NULL, "\"%s\" is taken in %s at %s, and with %s at %s",
			     a->name, who, sim_site_text(a->used_at[in]), what,
			     sim_site_text(b->used_at[on]));
	else
		sim_complain(
			SIM_LOCK_IRQ, NULL,
			"\"%s\" is taken in %s at %s; with it held \"%s\" is taken, and that is taken with %s at %s",
			a->name, who, sim_site_text(a->used_at[in]), b->name, what,
			sim_site_text(b->used_at[on]));
}

/* A lock that an interrupt may want must never wait for one that an interrupt may delay. */
static void check_usage(void)
{
	static const enum usage pairs[2][2] = { { IN_IRQ, IRQS_ON }, { IN_SOFTIRQ, BH_ON } };

	for (u32 a = 0; a < dep.n; a++) {
		u64 all;

		if (!(dep.classes[a].usage & (U(IN_IRQ) | U(IN_SOFTIRQ))))
			continue;
		for (all = reach(a); all; all &= all - 1) {
			const struct lock_class *b = &dep.classes[__builtin_ctzll(all)];

			for (u32 i = 0; i < 2; i++) {
				if (dep.classes[a].usage & U(pairs[i][0]) &&
				    b->usage & U(pairs[i][1]) && b->kind == SIM_O_SPIN)
					conflict(&dep.classes[a], pairs[i][0], b, pairs[i][1]);
			}
		}
	}
}

void sim_lockdep_take(struct sim_obj *o)
{
	const struct sim_exec *x = sim_m.exec;
	struct lock_class *c = &dep.classes[o->lock.class];
	u32 usage = o->kind == SIM_O_SPIN ? usage_now() : 0;
	u32 n_edges = dep.n_edges;

	for (u32 i = 0; i < x->n_held; i++) {
		if (x->held[i]->lock.class == o->lock.class)
			same_class(x->held[i], o);
		else
			order(x->held[i], o);
	}
	if (usage & ~c->usage) {
		for (u32 i = 0; i < USAGES; i++) {
			if (!(usage & ~c->usage & U(i)))
				continue;
			c->used_at[i] = sim_here();
			c->used_time[i] = sim_now();
		}
		c->usage |= usage;
	} else if (n_edges == dep.n_edges) {
		return;
	}
	check_usage();
}
