// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Handles. The driver's memory holds a number and a mark; what is true about
 * the lock, event, work or timer is here, where a stray store cannot reach it
 * and a handle that was copied, freed or never initialised is told apart.
 */
#include <string.h>

#include <os/test-sim/machine_priv.h>
#include <os/test-sim/mem.h>
#include <os/test-sim/symbol.h>

#define MAX_OBJS (1U << 18)
#define MAGIC 0x7452a000u /* plus the kind */
#define RECENT 4096

/* Every handle looks like this one. */
struct any_handle SIM_HANDLE;

static struct sim_obj *objs[MAX_OBJS];
static u32 n_objs;
static u32 n_inits; /* the number traces show: the same wherever stacks happen to lie */
/* By address: a handle on the stack comes back in the same place. Checked when used. */
static u32 recent[RECENT];

static const char *const kinds[] = {
	[SIM_O_SPIN] = "spinlock", [SIM_O_MUTEX] = "mutex", [SIM_O_EVENT] = "event",
	[SIM_O_WORK] = "work",	   [SIM_O_TIMER] = "timer",
};

static u32 slot_of(const void *h)
{
	return (u32)((u64)(uintptr_t)h * 0x9e3779b97f4a7c15ULL >> 32) % RECENT;
}

bool sim_obj_busy(const struct sim_obj *o)
{
	switch (o->kind) {
	case SIM_O_SPIN:
	case SIM_O_MUTEX:
		return o->lock.owner;
	case SIM_O_EVENT:
		return o->event.waiters;
	case SIM_O_WORK:
		return o->work.queued || o->work.runner;
	default:
		return o->timer.armed || o->timer.running;
	}
}

/* Is the object at @id the one this address had in this run? */
static struct sim_obj *known(u32 id, const void *h)
{
	return id < n_objs && objs[id]->addr == h ? objs[id] : NULL;
}

static struct sim_obj *fresh(void)
{
	if (n_objs == MAX_OBJS)
		sim_fail(SIM_API, NULL, "more than %u locks, events, works and timers in one run",
			 MAX_OBJS);
	return objs[n_objs++] = sim_own(sizeof(struct sim_obj));
}

struct sim_obj *sim_obj_init(enum sim_obj_kind kind, void *h, const char *name, struct trv_dev *dev)
{
	struct any_handle *handle = h;
	u32 *hint = &recent[slot_of(h)];
	struct sim_obj *o = known(*hint, h);
	u32 id;

	sim_mem_write(h, sizeof(*handle), sim_here());
	if (o && sim_obj_busy(o))
		sim_fail(SIM_API, NULL, "%s initialised while the %s there is in use", kinds[kind],
			 kinds[o->kind]);
	if (!o) {
		o = fresh();
		*hint = n_objs - 1;
	}
	id = *hint;
	memset(o, 0, sizeof(*o));
	o->addr = h;
	o->id = ++n_inits;
	o->kind = kind;
	o->name = name;
	o->site = sim_here();
	o->dev = dev;
	handle->magic = MAGIC + kind;
	handle->id = id;
	handle->obj = o;
	return o;
}

static _Noreturn void not_one(enum sim_obj_kind kind, const struct any_handle *handle)
{
	if (handle->magic == MAGIC + kind && handle->id < n_objs)
		sim_fail(SIM_LOCK_UNINIT, NULL,
			 "this %s is a copy of one initialised at %s elsewhere", kinds[kind],
			 sim_site_text(objs[handle->id]->site));
	sim_fail(SIM_LOCK_UNINIT, NULL, "this %s was never initialised", kinds[kind]);
}

struct sim_obj *sim_obj_get(enum sim_obj_kind kind, const void *h)
{
	const struct any_handle *handle = h;
	struct sim_obj *o;

	sim_mem_read(h, sizeof(*handle), sim_here());
	if (handle->magic != MAGIC + kind)
		not_one(kind, handle);
	o = known(handle->id, h);
	if (!o || o->kind != kind)
		not_one(kind, handle);
	return o;
}

void sim_obj_each(enum sim_obj_kind kind, void (*fn)(struct sim_obj *o, void *arg), void *arg)
{
	for (u32 i = 0; i < n_objs; i++) {
		if (objs[i]->kind == kind)
			fn(objs[i], arg);
	}
}

void sim_obj_reset(void)
{
	n_objs = 0;
	n_inits = 0;
}
