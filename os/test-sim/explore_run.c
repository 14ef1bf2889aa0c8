// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The worker's side of an exploration: runs, one after the other, and what is
 * to be told of them. Everything the parent must know after a crash is written
 * to shared memory before the run begins.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/explore.h>

/* A point at which the runs of a batch may go on: everything but 0 is a way. */
struct fork_point {
	u32 index;
	u32 before; /* ways of all points before it */
	struct sim_point point;
};

/* The run all those of a batch have in common, kept from batch to batch. */
static struct {
	bool valid;
	u32 scenario, n_turns;
	struct sim_turn turns[SIM_MAX_DEPTH];
	char list[512]; /* its deviations by name */
	struct fork_point *at;
	u32 n, room;
	u32 ways;
} node;

static const struct sim_scenario *scenario_of(const struct sim_explore *how,
					      const struct sim_shared *sh)
{
	return how->scenarios[sh->batch.scenario];
}

static void run_turns(const struct sim_scenario *s, const struct sim_turn *turns, u32 n,
		      struct sim_result *r)
{
	struct sim_deviation dev[SIM_MAX_DEPTH];

	for (u32 i = 0; i < n; i++)
		dev[i] = (struct sim_deviation){ .index = turns[i].index, .alt = turns[i].alt };
	sim_run(s, dev, n, false, r);
}

/* ---- the common run ------------------------------------------------------ */

static bool node_is(const struct sim_batch *b)
{
	return node.valid && node.scenario == b->scenario && node.n_turns == b->n_turns &&
	       !memcmp(node.turns, b->turns, b->n_turns * sizeof(b->turns[0]));
}

static size_t append(char *list, size_t room, const struct sim_point *p, u32 alt)
{
	size_t at = strlen(list);

	if (at && at < room)
		at += (size_t)snprintf(list + at, room - at, ",");
	if (at < room)
		at += (size_t)sim_point_format(p, list + at, room - at);
	if (alt != 1 && at < room)
		at += (size_t)snprintf(list + at, room - at, "=%u", alt);
	return at;
}

static void add(u32 index, const struct sim_point *p)
{
	if (node.n == node.room) {
		node.room = node.room ? node.room * 2 : 1024;
		node.at = realloc(node.at, node.room * sizeof(*node.at));
		if (!node.at) {
			fputs("trivet-sim: no memory for choice points\n", stderr);
			exit(4);
		}
	}
	node.at[node.n++] = (struct fork_point){ index, node.ways, *p };
	node.ways += p->n - 1u;
}

/*
 * What comes first at a place is how the driver begins, what comes last how it ends; a few
 * between, ever further apart, see it at work. Of hardware that has gone bad less is asked,
 * and it may go so at every read: there the ends will do.
 */
static bool spread(const struct sim_point *p, u32 most)
{
	if (p->occurrence <= most || p->of - p->occurrence < most)
		return true;
	return sim_kind_class(p->kind) != SIM_HOSTILE && !(p->occurrence & (p->occurrence - 1));
}

static bool wanted(const struct sim_explore *how, const struct sim_point *p)
{
	return how->kinds >> p->kind & 1 && (!how->most || spread(p, how->most));
}

/* From the last run's points: those after the last deviation. */
static void node_take(const struct sim_explore *how, const struct sim_batch *b)
{
	size_t n;
	const struct sim_point *p = sim_points(&n);
	size_t first = b->n_turns ? b->turns[b->n_turns - 1].index + 1u : 0;

	node.scenario = b->scenario;
	node.n_turns = b->n_turns;
	memcpy(node.turns, b->turns, sizeof(node.turns));
	node.n = node.ways = 0;
	node.list[0] = '\0';
	for (u32 i = 0; i < b->n_turns && b->turns[i].index < n; i++)
		append(node.list, sizeof(node.list), &p[b->turns[i].index], b->turns[i].alt);
	for (size_t i = first; i < n; i++) {
		if (wanted(how, &p[i]))
			add((u32)i, &p[i]);
	}
	node.valid = true;
}

static const struct fork_point *find(u32 way)
{
	u32 low = 0, high = node.n;

	while (high - low > 1) {
		u32 mid = (low + high) / 2;

		if (node.at[mid].before <= way)
			low = mid;
		else
			high = mid;
	}
	return &node.at[low];
}

static u32 count_ways(const struct sim_explore *how, u32 after)
{
	size_t n;
	const struct sim_point *p = sim_points(&n);
	u32 ways = 0;

	for (size_t i = after + 1u; i < n; i++) {
		if (wanted(how, &p[i]))
			ways += p[i].n - 1u;
	}
	return ways;
}

/* ---- what was tried where ------------------------------------------------ */

static void count_site(struct sim_shared *sh, const struct sim_point *p, u32 alt)
{
	struct sim_explored_site *s;
	char where[sizeof(s->where)];
	size_t slot;

	snprintf(where, sizeof(where), "%s:%s", sim_site_file(p->site), sim_site_func(p->site));
	slot = sim_digest(where, strlen(where)) + p->kind;
	for (;; slot++) {
		s = &sh->site[slot % TRV_ARRAY_SIZE(sh->site)];
		if (!s->runs)
			break;
		if (s->kind == p->kind && !strcmp(s->where, where))
			break;
	}
	if (!s->runs) {
		/* Probing needs an empty slot to end at. */
		if (sh->n_sites == TRV_ARRAY_SIZE(sh->site) - 1) {
			fputs("trivet-sim: too many places with choices\n", stderr);
			exit(4);
		}
		sh->n_sites++;
		memcpy(s->where, where, sizeof(where));
		s->kind = p->kind;
	}
	s->runs++;
	s->answers[alt / 64] |= 1ULL << alt % 64;
}

static void count_points(struct sim_shared *sh)
{
	size_t n;
	const struct sim_point *p = sim_points(&n);

	sh->points = n;
	memset(sh->kind_points, 0, sizeof(sh->kind_points));
	for (size_t i = 0; i < n; i++)
		sh->kind_points[p[i].kind]++;
}

/* ---- a run --------------------------------------------------------------- */

/* One in a hundred, the same ones every time, whoever runs them. */
static bool sampled(const struct sim_scenario *s, const struct sim_turn *turns, u32 n)
{
	u64 hash = sim_digest(s->name, strlen(s->name));

	for (u32 i = 0; i < n; i++)
		hash = sim_mix(hash, turns[i].index + ((u64)turns[i].alt << 32));
	return !n || hash % 100 == 0;
}

static void fail(struct sim_shared *sh, u32 nth, const struct sim_result *r, u32 n_turns)
{
	struct sim_failure *f = &sh->failure[sh->n_failures];

	sh->failed_at[sh->n_failures++] = nth;
	*f = (struct sim_failure){ .n_deviations = n_turns, .class = r->class, .runs = 1 };
	memcpy(f->id, r->id, sizeof(f->id));
	memcpy(f->message, r->message, sizeof(f->message));
	memcpy(f->list, sh->list, sizeof(f->list));
	sh->outcome[nth].failed = true;
}

static void differs(const struct sim_scenario *s, struct sim_result *r, u64 again)
{
	snprintf(r->id, sizeof(r->id), "nondeterministic-%s", s->name);
	snprintf(r->message, sizeof(r->message),
		 "the same run twice, and not the same: hash %016llx, then %016llx",
		 (unsigned long long)r->hash, (unsigned long long)again);
	r->pass = false;
}

bool sim_explore_long(const struct sim_explore *how, const struct sim_scenario *s, u64 points)
{
	if (how->thorough)
		return false;
	return s->once || (how->long_points && points > how->long_points);
}

static void one(const struct sim_explore *how, struct sim_shared *sh, u32 nth,
		const struct sim_turn *turns, u32 n, const struct sim_point *last)
{
	const struct sim_scenario *s = scenario_of(how, sh);
	struct sim_outcome *o = &sh->outcome[nth];
	struct sim_result r, again;

	sh->beat++;
	*o = (struct sim_outcome){ 0 };
	if (n)
		o->turn = turns[n - 1];
	run_turns(s, turns, n, &r);
	o->excused = r.excused;
	if (r.unmet[0]) {
		snprintf(r.id, sizeof(r.id), "nondeterministic-%s", s->name);
		snprintf(r.message, sizeof(r.message), "not the run that was announced: %s",
			 r.unmet);
		r.pass = false;
	}
	if (sh->batch.root) {
		count_points(sh);
		node_take(how, &sh->batch);
	}
	if (sh->batch.kids && r.pass && !(sh->batch.root && sim_explore_long(how, s, sh->points)))
		o->kids = count_ways(how, n ? turns[n - 1].index : ~0u);
	if (!r.pass || sampled(s, turns, n)) {
		sh->beat++;
		o->twice = true;
		run_turns(s, turns, n, &again);
		if (again.hash != r.hash)
			differs(s, &r, again.hash);
	}
	if (!r.pass)
		fail(sh, nth, &r, n);
	if (last)
		count_site(sh, last, turns[n - 1].alt);
	/* Everything of it is written: from here on a death is another run's. */
	__atomic_store_n(&sh->done, nth + 1, __ATOMIC_RELEASE);
}

void sim_explore_batch(const struct sim_explore *how, struct sim_shared *sh)
{
	const struct sim_batch *b = &sh->batch;
	struct sim_turn turns[SIM_MAX_DEPTH + 1];
	struct sim_result r;

	sh->done = sh->n_failures = 0;
	sh->list[0] = '\0';
	if (b->root) {
		node.valid = false;
		one(how, sh, 0, NULL, 0, NULL);
		return;
	}
	if (!node_is(b)) {
		node.valid = false;
		run_turns(scenario_of(how, sh), b->turns, b->n_turns, &r);
		node_take(how, b);
	}
	memcpy(turns, b->turns, sizeof(b->turns));
	for (u32 i = 0; i < b->n; i++) {
		const struct fork_point *at = find(b->from + i);
		u32 alt = b->from + i - at->before + 1;

		turns[b->n_turns] = (struct sim_turn){ at->index, alt };
		memcpy(sh->list, node.list, sizeof(sh->list));
		append(sh->list, sizeof(sh->list), &at->point, alt);
		one(how, sh, i, turns, b->n_turns + 1, &at->point);
	}
}
