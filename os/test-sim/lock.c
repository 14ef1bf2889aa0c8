// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* os.h: spinlocks and mutexes. They lock, and they watch. */
#include <stdio.h>

#include <os/test-sim/machine_priv.h>
#include <os/test-sim/mem.h>
#include <os/test-sim/symbol.h>
#include <os/test-sim/trace.h>

#define LOCK_NS 20
#define MUTEX_NS 50

/* What irqsave returns: the state to go back to, and whose it is. */
#define FLAGS(o, off) ((unsigned long)(o)->id << 1 | (off))

static const char *const unlocks[] = {
	[SIM_PLAIN] = "trv_spin_unlock",
	[SIM_BH] = "trv_spin_unlock_bh",
	[SIM_IRQSAVE] = "trv_spin_unlock_irqrestore",
	[SIM_MUTEX] = "trv_mutex_unlock",
};

const char *sim_lock_describe(const struct sim_obj *o)
{
	static char text[4][160];
	static u32 turn;
	char *s = text[turn++ % 4];

	snprintf(s, sizeof(text[0]), "%s \"%s\" (taken at %s)",
		 o->kind == SIM_O_MUTEX ? "mutex" : "spinlock", o->name,
		 sim_site_text(o->lock.taken));
	return s;
}

static void hold(struct sim_obj *o, enum sim_lock_form form)
{
	struct sim_exec *x = sim_m.exec;

	if (x->n_held == SIM_MAX_HELD)
		sim_fail(SIM_API, NULL, "more than %u locks held at once", SIM_MAX_HELD);
	o->lock.owner = x;
	o->lock.task = sim_m.cur;
	o->lock.taken = sim_here();
	o->lock.since = sim_now();
	o->lock.form = form;
	x->held[x->n_held++] = o;
	x->atomic += form != SIM_MUTEX || SIM_SAB("mutex-atomic");
	sim_mem_hold(o->addr, sizeof(struct trv_spin), form == SIM_MUTEX ? "mutex" : "spinlock");
	sim_trace(SIM_T_LOCK, NULL, o->name, o->id, 0, 0);
	sim_trace_aux(o->kind == SIM_O_MUTEX);
}

static void drop(struct sim_obj *o)
{
	struct sim_exec *x = sim_m.exec;
	u32 i = x->n_held;

	sim_trace(SIM_T_UNLOCK, NULL, o->name, o->id, 0, 0);
	sim_trace_aux(o->kind == SIM_O_MUTEX);
	sim_mem_unhold(o->addr);
	if (!SIM_SAB(o->kind == SIM_O_SPIN ? "spin-unlock-keeps" : "mutex-unlock-keeps"))
		o->lock.owner = NULL;
	while (i && x->held[i - 1] != o)
		i--;
	if (!i)
		return; /* somebody else took it too, or nobody did */
	for (x->n_held--; i <= x->n_held; i++)
		x->held[i - 1] = x->held[i];
	x->atomic -= o->lock.form != SIM_MUTEX || SIM_SAB("mutex-atomic");
}

static void check_not_mine(const char *entry, const struct sim_obj *o)
{
	if (!o->lock.owner || o->lock.task != sim_m.cur)
		return;
	sim_because(o->lock.taken, o->lock.since, "\"%s\" is taken, and held since", o->name);
	if (o->lock.owner == sim_m.exec)
		sim_fail(SIM_LOCK_RECURSION, NULL, "%s: %s is already held right here", entry,
			 sim_lock_describe(o));
	sim_fail(SIM_LOCK_RECURSION, NULL,
		 "%s in %s: %s is held by what was interrupted: neither goes on", entry,
		 sim_where(), sim_lock_describe(o));
}

static void check_mine(const char *entry, const struct sim_obj *o)
{
	if (o->lock.owner && o->lock.owner != sim_m.exec)
		sim_because(o->lock.taken, o->lock.since, "\"%s\" is taken, and held since",
			    o->name);
	if (!o->lock.owner)
		sim_complain(SIM_LOCK_UNHELD, NULL, "%s: \"%s\" is not held by anybody", entry,
			     o->name);
	else if (o->lock.owner != sim_m.exec)
		sim_complain(SIM_LOCK_UNHELD, NULL, "%s: %s is held by %s%s, not here", entry,
			     sim_lock_describe(o), o->lock.task->name,
			     o->lock.task == sim_m.cur ? ", which was interrupted" : "");
}

void sim_lock_left(const struct sim_frame *f)
{
	const struct sim_exec *x = sim_m.exec;

	if (x->n_held > f->n_held)
		sim_complain(SIM_LOCK_HELD, x->held[x->n_held - 1]->lock.taken,
			     "%s returned with %s held", f->what,
			     sim_lock_describe(x->held[x->n_held - 1]));
	if (x->n_held < f->n_held)
		sim_complain(SIM_LOCK_UNHELD, NULL, "%s released %u lock%s of its caller", f->what,
			     f->n_held - x->n_held, f->n_held - x->n_held > 1 ? "s" : "");
	if (x->irqs_off != f->irqs_off)
		sim_complain(SIM_LOCK_HELD, NULL,
			     "%s was called with interrupts %s and returned with them %s", f->what,
			     f->irqs_off ? "off" : "on", x->irqs_off ? "off" : "on");
}

/* ---- spinlocks ----------------------------------------------------------- */

static bool taken(void *arg)
{
	const struct sim_obj *o = arg;

	return o->lock.owner;
}

static void spin_lock(struct trv_spin *l, const char *entry, enum sim_lock_form form)
{
	struct sim_obj *o;

	sim_enter(entry, SIM_ANY, LOCK_NS);
	o = sim_obj_get(SIM_O_SPIN, l);
	if (form == SIM_BH && !SIM_SAB("bh-admits-timer"))
		sim_m.exec->bh_off++;
	check_not_mine(entry, o);
	sim_lockdep_take(o);
	if (o->lock.owner && !SIM_SAB("spin-no-exclusion"))
		sim_spin_while(taken, o, "for a spinlock");
	hold(o, form);
	if (sim_m.shared)
		sim_irq_spurious_beside();
}

static struct sim_obj *spin_unlock(struct trv_spin *l, const char *entry, enum sim_lock_form form)
{
	struct sim_obj *o;

	sim_enter(entry, SIM_ANY, LOCK_NS);
	o = sim_obj_get(SIM_O_SPIN, l);
	if (!SIM_SAB("spin-no-exclusion"))
		check_mine(entry, o);
	if (o->lock.form != form) {
		sim_because(o->lock.taken, o->lock.since, "\"%s\" is taken", o->name);
		sim_fail(SIM_API, NULL, "%s: %s was taken in the form that ends with %s()", entry,
			 sim_lock_describe(o), unlocks[o->lock.form]);
	}
	drop(o);
	for (u32 i = 0; i < SIM_CPUS; i++) {
		if (sim_m.cpus[i].cur && sim_m.cpus[i].cur->state == SIM_SPIN)
			sim_poke();
	}
	return o;
}

/* What was held back while it was locked comes now, not at the next entry. */
static void opened(void)
{
	if (sim_m.running && (sim_m.irq_list || sim_m.cpu->soft_head))
		sim_boundary();
}

void trv_spin_init(struct trv_spin *l, const char *name)
{
	sim_enter("spin_init", SIM_ANY, 0);
	sim_lockdep_class(sim_obj_init(SIM_O_SPIN, l, name, NULL));
}

void trv_spin_lock(struct trv_spin *l)
{
	spin_lock(l, "spin_lock", SIM_PLAIN);
}

void trv_spin_unlock(struct trv_spin *l)
{
	spin_unlock(l, "spin_unlock", SIM_PLAIN);
	sim_stop_let_go();
}

void trv_spin_lock_bh(struct trv_spin *l)
{
	spin_lock(l, "spin_lock_bh", SIM_BH);
}

void trv_spin_unlock_bh(struct trv_spin *l)
{
	spin_unlock(l, "spin_unlock_bh", SIM_BH);
	if (SIM_SAB("bh-admits-timer"))
		return;
	if (!--sim_m.exec->bh_off)
		opened();
}

unsigned long trv_spin_lock_irqsave(struct trv_spin *l)
{
	bool was_off;
	struct sim_obj *o;

	sim_enter("spin_lock_irqsave", SIM_ANY, LOCK_NS);
	o = sim_obj_get(SIM_O_SPIN, l);
	check_not_mine("spin_lock_irqsave", o);
	was_off = sim_m.exec->irqs_off;
	if (!SIM_SAB("spin-admits-irq"))
		sim_m.exec->irqs_off = true;
	sim_lockdep_take(o);
	if (o->lock.owner && !SIM_SAB("spin-no-exclusion"))
		sim_spin_while(taken, o, "for a spinlock");
	hold(o, SIM_IRQSAVE);
	o->lock.flags = FLAGS(o, was_off);
	if (sim_m.shared)
		sim_irq_spurious_beside();
	return o->lock.flags;
}

void trv_spin_unlock_irqrestore(struct trv_spin *l, unsigned long flags)
{
	struct sim_obj *o = spin_unlock(l, "spin_unlock_irqrestore", SIM_IRQSAVE);

	if (flags != o->lock.flags && !SIM_SAB("spin-no-exclusion"))
		sim_fail(
			SIM_API, NULL,
			"trv_spin_unlock_irqrestore() of \"%s\" with flags that its lock did not return",
			o->name);
	sim_m.exec->irqs_off = SIM_SAB("irqrestore-always-on") ? false : flags & 1;
	sim_stop_let_go();
	if (sim_m.exec->irqs_off)
		return;
	opened();
	sim_irq_spurious();
}

void trv_spin_assert_held(const struct trv_spin *l)
{
	sim_enter("spin_assert_held", SIM_ANY, 0);
	if (SIM_SAB("spin-assert-silent"))
		return;
	check_mine("trv_spin_assert_held()", sim_obj_get(SIM_O_SPIN, l));
	if (SIM_SAB("spin-assert-loud"))
		sim_complain(SIM_LOCK_UNHELD, NULL, "sabotage: the lock is held");
}

/* ---- mutexes ------------------------------------------------------------- */

void trv_mutex_init(struct trv_mutex *m, const char *name)
{
	sim_enter("mutex_init", SIM_ANY, 0);
	sim_lockdep_class(sim_obj_init(SIM_O_MUTEX, m, name, NULL));
}

void trv_mutex_lock(struct trv_mutex *m)
{
	struct sim_obj *o;

	sim_enter("mutex_lock", SIM_SLEEPS, MUTEX_NS);
	o = sim_obj_get(SIM_O_MUTEX, m);
	check_not_mine("mutex_lock", o);
	sim_lockdep_take(o);
	if (o->lock.owner && !SIM_SAB("mutex-no-exclusion")) {
		if (SIM_SAB("mutex-spins"))
			sim_spin_while(taken, o, "for a mutex");
		else
			sim_block(o, SIM_NEVER, "for a mutex"); /* it is ours when that returns */
	}
	hold(o, SIM_MUTEX);
}

void trv_mutex_unlock(struct trv_mutex *m)
{
	struct sim_task *next;
	struct sim_obj *o;

	sim_enter("mutex_unlock", SIM_ANY, MUTEX_NS);
	o = sim_obj_get(SIM_O_MUTEX, m);
	if (!SIM_SAB("mutex-no-exclusion"))
		check_mine("mutex_unlock", o);
	drop(o);
	next = o->lock.owner ? NULL : sim_wake_first(o);
	if (next) {
		/* Handed over, so that nobody overtakes: first come, first served. */
		o->lock.owner = &next->execs[SIM_L_TASK];
		o->lock.task = next;
	}
	sim_poke();
}

void trv_mutex_assert_held(const struct trv_mutex *m)
{
	sim_enter("mutex_assert_held", SIM_ANY, 0);
	if (SIM_SAB("mutex-assert-silent"))
		return;
	check_mine("trv_mutex_assert_held()", sim_obj_get(SIM_O_MUTEX, m));
	if (SIM_SAB("mutex-assert-loud"))
		sim_complain(SIM_LOCK_UNHELD, NULL, "sabotage: the mutex is held");
}
