// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The way of hooked code through its lines. Each level of execution has its
 * own; each byte of the arena has the number of its last store.
 */
#include <string.h>
#include <sys/mman.h>

#include <os/test-sim/engine.h>
#include <os/test-sim/machine_priv.h>
#include <os/test-sim/mem_impl.h>
#include <os/test-sim/watch.h>

#define MAX_DEPTH 64
#define MAX_STORES (1u << 20)
#define MAX_VISITS (1u << 10)
#define RING 512 /* steps that a level remembers */
#define MAX_STACKS (1u << 12)

#ifdef SIM_NO_HOOKS
#define HOOKED false
#else
#define HOOKED true
#endif

bool sim_watching;

struct sim_path {
	const void *call[MAX_DEPTH];
	u64 hash[MAX_DEPTH + 1]; /* of the calls below */
	u32 depth;
	u32 begun[SIM_MAX_FRAMES]; /* the first step of each call into a driver */
	u32 n;
	struct sim_act step[RING];
};

static struct {
	u32 *store_of; /* by byte of the arena: the number of a store, from 1 */
	struct sim_writer *stores;
	u32 n_stores;
	size_t from, to; /* what of @store_of is in use */

	struct sim_visit *visits;
	u32 n_visits;

	struct stack {
		u64 hash;
		u32 n;
		const void *pc[SIM_WATCH_STACK];
	} * stacks;
} w;

void sim_watch_reset(bool on)
{
	/* Nobody reports anything there, and AddressSanitizer may have marks where the tables go. */
	sim_watching = on && HOOKED;
	if (!sim_watching)
		return;
	if (!w.store_of) {
		w.store_of = sim_reserve(NULL, SIM_ARENA_SIZE * sizeof(*w.store_of),
					 "the driver's stores");
		w.stores = sim_reserve(NULL, MAX_STORES * sizeof(*w.stores), "stores");
		w.visits = sim_reserve(NULL, MAX_VISITS * sizeof(*w.visits), "calls");
		w.stacks = sim_reserve(NULL, MAX_STACKS * sizeof(*w.stacks), "stacks");
	}
	if (w.to > w.from)
		memset(w.store_of + w.from, 0, (w.to - w.from) * sizeof(*w.store_of));
	memset(w.stacks, 0, MAX_STACKS * sizeof(*w.stacks));
	w.from = SIM_ARENA_SIZE;
	w.to = 0;
	w.n_stores = 0;
	w.n_visits = 0;
}

static struct sim_path *path(void)
{
	struct sim_exec *x = sim_m.exec;

	if (!x->path)
		x->path = sim_own(sizeof(*x->path));
	return x->path;
}

/* ---- calls --------------------------------------------------------------- */

void sim_watch_call(const void *pc)
{
	struct sim_path *p;

	if (!sim_m.running)
		return;
	p = path();
	if (p->depth < MAX_DEPTH) {
		p->call[p->depth] = pc;
		p->hash[p->depth + 1] = sim_mix(p->hash[p->depth] + 1, (u64)(uintptr_t)pc);
	}
	p->depth++;
}

static struct sim_act *new_step(struct sim_path *p, const void *pc)
{
	struct sim_act *s = &p->step[p->n++ % RING];

	*s = (struct sim_act){ .pc = pc, .frame = (u8)sim_m.exec->n_frames };
	return s;
}

void sim_watch_return(const void *pc)
{
	struct sim_path *p;

	if (!sim_m.running)
		return;
	p = path();
	new_step(p, pc);
	if (p->depth)
		p->depth--;
}

u32 sim_watch_stack(void)
{
	struct sim_path *p;
	u32 depth, at;
	u64 hash;

	if (!sim_watching || !sim_m.running || sim_m.device)
		return 0;
	p = path();
	depth = trv_min(p->depth, (u32)MAX_DEPTH);
	if (!depth)
		return 0;
	hash = p->hash[depth];
	at = (u32)(hash % (MAX_STACKS - 1)) + 1;
	for (u32 tries = 0; tries < 64; tries++, at = at % (MAX_STACKS - 1) + 1) {
		struct stack *s = &w.stacks[at];

		if (s->n && s->hash != hash)
			continue;
		if (!s->n) {
			s->hash = hash;
			while (s->n < depth && s->n < SIM_WATCH_STACK) {
				s->pc[s->n] = p->call[depth - 1 - s->n];
				s->n++;
			}
		}
		return at;
	}
	return 0;
}

u32 sim_watch_frames(u32 stack, const void *pc[SIM_WATCH_STACK])
{
	if (!stack || stack >= MAX_STACKS)
		return 0;
	memcpy(pc, w.stacks[stack].pc, sizeof(w.stacks[stack].pc));
	return w.stacks[stack].n;
}

/* ---- loads and stores ---------------------------------------------------- */

static struct sim_writer writer_of(const void *p)
{
	u32 nr = w.store_of[(uintptr_t)p - SIM_ARENA];

	/* Too long ago: its place was needed. */
	if (!nr || w.n_stores - nr >= MAX_STORES)
		return (struct sim_writer){ 0 };
	return w.stores[nr % MAX_STORES];
}

static bool inside(const void *p, size_t n)
{
	return sim_mem_inside(p) && n <= SIM_ARENA + SIM_ARENA_SIZE - (u64)(uintptr_t)p;
}

void sim_watch_load(const void *p, size_t n, const void *pc)
{
	struct sim_act *s;

	if (!sim_m.running)
		return;
	s = new_step(path(), pc);
	s->size = (u8)trv_min(n, (size_t)255);
	if (!inside(p, n) || !n)
		return;
	s->addr = p;
	s->by = writer_of(p);
	if (n <= sizeof(s->value) && (*sim_shadow(p) & SIM_M_LIVE))
		memcpy(&s->value, p, n);
}

static void remember(const void *p, size_t n, const struct sim_writer *by)
{
	size_t at = (uintptr_t)p - SIM_ARENA;
	u32 nr = 0;

	w.from = trv_min(w.from, at);
	w.to = trv_max(w.to, at + n);
	if (by) {
		nr = ++w.n_stores;
		w.stores[nr % MAX_STORES] = *by;
	}
	for (size_t i = 0; i < n; i++)
		w.store_of[at + i] = nr;
}

static struct sim_writer me(const void *pc, const struct sim_site *site)
{
	return (struct sim_writer){
		.pc = pc,
		.site = site,
		.time = sim_now(),
		.name = sim_m.exec->name,
		.stack = sim_watch_stack(),
		.level = (u8)sim_m.exec->level,
		.cpu = (u8)sim_m.cpu->id,
	};
}

void sim_watch_store(const void *p, size_t n, const void *pc)
{
	struct sim_writer by;
	struct sim_act *s;

	if (!sim_m.running)
		return;
	s = new_step(path(), pc);
	s->size = (u8)trv_min(n, (size_t)255);
	s->store = true;
	if (!inside(p, n) || !n)
		return;
	s->addr = p;
	by = me(pc, NULL);
	remember(p, n, &by);
}

void sim_watch_wrote(const void *p, size_t n, const struct sim_site *site)
{
	struct sim_writer by;

	if (!sim_watching || !sim_m.running || !inside(p, n) || !n)
		return;
	if (site)
		by = me(NULL, site);
	remember(p, n, site ? &by : NULL);
}

/* ---- calls into a driver ------------------------------------------------- */

void sim_watch_begin(void)
{
	const struct sim_exec *x = sim_m.exec;
	struct sim_path *p;

	if (!sim_watching || !sim_m.running || !x->n_frames)
		return;
	p = path();
	p->begun[x->n_frames - 1] = p->n;
}

void sim_watch_level(void)
{
	if (sim_m.exec->path)
		sim_m.exec->path->depth = 0;
}

u32 sim_watch_visit(void)
{
	const struct sim_exec *x = sim_m.exec;
	struct sim_visit *v;
	struct sim_path *p;
	u32 from, n = 0;

	if (!sim_watching || !sim_m.running || !x->n_frames)
		return 0;
	p = path();
	from = p->begun[x->n_frames - 1];
	if (p->n - from > RING)
		from = p->n - RING;
	for (u32 i = p->n; i != from && n < SIM_WATCH_STEPS; i--)
		n += p->step[(i - 1) % RING].frame == x->n_frames;
	if (!n)
		return 0;
	v = &w.visits[++w.n_visits % MAX_VISITS];
	v->n = n;
	for (u32 i = p->n; n; i--) {
		const struct sim_act *a = &p->step[(i - 1) % RING];

		if (a->frame == x->n_frames)
			v->step[--n] = *a;
	}
	return w.n_visits;
}

const struct sim_visit *sim_visit(u32 nr)
{
	return nr && nr <= w.n_visits && w.n_visits - nr < MAX_VISITS ? &w.visits[nr % MAX_VISITS] :
									NULL;
}
