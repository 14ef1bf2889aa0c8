// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * os.h: spinlocks and mutexes. Each is a mutex of the process and excludes
 * every other thread, whatever form it was taken in. In a kernel the form
 * matters: a lock that a handler takes and a task takes with interrupts on
 * deadlocks there, sooner or later. So each lock remembers where it was taken,
 * and the combination is reported the first time it is complete.
 */
#include <stdlib.h>

#include <os/linux-user/user.h>

/* trv_spin.seen: taken so at least once. */
enum {
	IN_HANDLER = 1,
	IN_TIMER = 2,
	IRQS_ON = 4,   /* where a handler could have come */
	TIMERS_ON = 8, /* where a timer could have come */
	REPORTED_IRQ = 16,
	REPORTED_BH = 32,
};

static void set_owner(s32 *owner, s32 tid)
{
	__atomic_store_n(owner, tid, __ATOMIC_RELAXED);
}

static s32 get_owner(const s32 *owner)
{
	return __atomic_load_n(owner, __ATOMIC_RELAXED);
}

/* To go on would be to wait for ourselves for ever. */
static void no_recursion(s32 owner, const char *kind, const char *name)
{
	if (owner != user_tid())
		return;
	user_misuse(NULL, "deadlock: %s %s taken again by its owner", kind, name);
	abort();
}

static void check_forms(struct trv_spin *l, const struct user_thread *t)
{
	u32 now = 0, seen;

	if (t->ctx == USER_HANDLER)
		now |= IN_HANDLER;
	else if (!t->irqs_off)
		now |= IRQS_ON;
	if (t->ctx == USER_TIMER)
		now |= IN_TIMER;
	else if (t->ctx == USER_TASK && !t->irqs_off && !t->bh_off)
		now |= TIMERS_ON;

	seen = __atomic_load_n(&l->seen, __ATOMIC_RELAXED);
	if ((seen & now) == now)
		return;
	seen = __atomic_or_fetch(&l->seen, now, __ATOMIC_RELAXED);
	if ((seen & (IN_HANDLER | IRQS_ON | REPORTED_IRQ)) == (IN_HANDLER | IRQS_ON) &&
	    !(__atomic_fetch_or(&l->seen, REPORTED_IRQ, __ATOMIC_RELAXED) & REPORTED_IRQ))
		user_misuse(NULL,
			    "spinlock %s: taken by an interrupt handler, and elsewhere "
			    "without irqsave",
			    l->name);
	if ((seen & (IN_TIMER | TIMERS_ON | REPORTED_BH)) == (IN_TIMER | TIMERS_ON) &&
	    !(__atomic_fetch_or(&l->seen, REPORTED_BH, __ATOMIC_RELAXED) & REPORTED_BH))
		user_misuse(NULL,
			    "spinlock %s: taken by a timer, and by a task without bh or "
			    "irqsave",
			    l->name);
}

void trv_spin_init(struct trv_spin *l, const char *name)
{
	pthread_mutex_init(&l->lock, NULL);
	l->name = name;
	l->seen = 0;
	set_owner(&l->owner, 0);
}

void trv_user_spin_lock(struct trv_spin *l, enum trv_user_exclude exclude)
{
	struct user_thread *t = user_self();

	no_recursion(get_owner(&l->owner), "spinlock", l->name);
	t->irqs_off += exclude == TRV_USER_IRQ;
	t->bh_off += exclude == TRV_USER_BH;
	t->atomic++;
	check_forms(l, t);
	pthread_mutex_lock(&l->lock);
	set_owner(&l->owner, user_tid());
}

void trv_user_spin_unlock(struct trv_spin *l, enum trv_user_exclude exclude)
{
	struct user_thread *t = user_self();

	if (get_owner(&l->owner) != user_tid()) {
		user_misuse(NULL, "spinlock %s: unlocked by somebody who does not hold it",
			    l->name);
		return;
	}
	set_owner(&l->owner, 0);
	pthread_mutex_unlock(&l->lock);
	t->atomic--;
	t->irqs_off -= exclude == TRV_USER_IRQ;
	t->bh_off -= exclude == TRV_USER_BH;
}

void trv_mutex_init(struct trv_mutex *m, const char *name)
{
	pthread_mutex_init(&m->lock, NULL);
	m->name = name;
	set_owner(&m->owner, 0);
}

void trv_user_mutex_lock(struct trv_mutex *m)
{
	user_may_sleep(NULL, "mutex_lock");
	no_recursion(get_owner(&m->owner), "mutex", m->name);
	pthread_mutex_lock(&m->lock);
	set_owner(&m->owner, user_tid());
}

void trv_user_mutex_unlock(struct trv_mutex *m)
{
	if (get_owner(&m->owner) != user_tid()) {
		user_misuse(NULL, "mutex %s: unlocked by somebody who does not hold it", m->name);
		return;
	}
	set_owner(&m->owner, 0);
	pthread_mutex_unlock(&m->lock);
}

void trv_user_assert_held(s32 owner, const char *name)
{
	if (owner != user_tid())
		user_misuse(NULL, "%s is not held", name);
}
