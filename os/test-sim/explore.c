// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The plan of an exploration: breadth first, level by level, for each scenario
 * by itself; scenarios one after the other, the next one begun while the last
 * batches of the one before are still out. Whatever the order in which workers
 * come back, what is reported is the same.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/explore.h>

enum {
	WINDOW = 64, /* scenarios under way at once */
	LEAST = 4,   /* runs of a batch, when there are as many left */
};

/* A run that others go on from. */
struct node {
	u32 parent; /* among the runs with one deviation less */
	u32 kids;   /* ways to go on */
	u64 first;  /* the first of them, among the runs with one more */
	struct sim_turn turn;
};

/* Runs of one node that are to be done, or were when their worker died. */
struct part {
	u32 node;
	u32 from, n;
	bool suspect; /* the first of them may have killed a worker */
};

struct plan {
	struct sim_explored e;
	u32 level; /* deviations of the runs under way */
	struct node *nodes[SIM_MAX_DEPTH + 1];
	u64 n_nodes[SIM_MAX_DEPTH + 1];
	u32 at_node, at_kid; /* what to hand out next */
	u32 out;	     /* batches with a worker */
	struct part retry[SIM_MAX_JOBS];
	u32 n_retry;
	struct sim_failure *failures;
	u32 n_failures, room;
};

struct ticket {
	struct plan *plan;
	struct part part;
};

static struct {
	const struct sim_explore *how;
	struct sim_explore_sum *sum;
	struct sim_pool pool;
	struct plan *plans;
	struct ticket tickets[SIM_MAX_JOBS];
	u32 first;     /* all before it are reported */
	u32 stop_plan; /* with stop_at_first: nothing after this run matters */
	u64 stop_order;
	double begun, shown;
	bool time_is_up;
} ex;

static void *allocate(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p && n) {
		fputs("trivet-sim: no memory for the plan of the exploration\n", stderr);
		exit(4);
	}
	return p;
}

static u32 number(const struct plan *p)
{
	return (u32)(p - ex.plans);
}

/* ---- failures ------------------------------------------------------------ */

static u64 order_of(const struct plan *p, const struct part *part, u32 nth)
{
	u64 at = p->level ? p->nodes[p->level - 1][part->node].first + part->from + nth : 0;

	return (u64)p->level << 56 | at;
}

static void stop_here(const struct plan *p, u64 order)
{
	u32 n = number(p);

	if (!ex.how->stop_at_first)
		return;
	if (n < ex.stop_plan || (n == ex.stop_plan && order < ex.stop_order)) {
		ex.stop_plan = n;
		ex.stop_order = order;
	}
}

static void add_failure(struct plan *p, const struct sim_failure *f)
{
	struct sim_failure *mine = p->failures;

	stop_here(p, f->order);
	for (u32 i = 0; i < p->n_failures; i++) {
		u64 runs = mine[i].runs + f->runs;

		if (strcmp(mine[i].id, f->id))
			continue;
		if (f->order < mine[i].order)
			mine[i] = *f;
		mine[i].runs = runs;
		return;
	}
	if (p->n_failures == p->room) {
		p->room = p->room ? p->room * 2 : 4;
		mine = reallocarray(p->failures, p->room, sizeof(*mine));
		if (!mine) {
			fputs("trivet-sim: no memory for failures\n", stderr);
			exit(4);
		}
		p->failures = mine;
	}
	mine[p->n_failures++] = *f;
}

static int by_order(const void *a, const void *b)
{
	const struct sim_failure *fa = a, *fb = b;

	return fa->order < fb->order ? -1 : fa->order > fb->order;
}

/* ---- handing out --------------------------------------------------------- */

static u32 fair_share(u32 left)
{
	u32 n = left / (2 * ex.how->jobs);

	return trv_min(left, trv_max((u32)LEAST, trv_min(n, (u32)SIM_BATCH)));
}

/* Nothing of this level is left to hand out; moves on to the next run that has something. */
static bool all_given(struct plan *p)
{
	if (!p->level)
		return p->at_node;
	while (p->at_node < p->n_nodes[p->level - 1] &&
	       p->at_kid == p->nodes[p->level - 1][p->at_node].kids) {
		p->at_node++;
		p->at_kid = 0;
	}
	return p->at_node == p->n_nodes[p->level - 1];
}

static bool next_part(struct plan *p, struct part *part)
{
	u32 left;

	if (p->n_retry) {
		*part = p->retry[--p->n_retry];
		return true;
	}
	if (!p->level) {
		*part = (struct part){ .n = 1 };
		return !p->at_node++;
	}
	if (all_given(p))
		return false;
	left = p->nodes[p->level - 1][p->at_node].kids - p->at_kid;
	*part = (struct part){ p->at_node, p->at_kid, fair_share(left), false };
	if (number(p) == ex.stop_plan && order_of(p, part, 0) > ex.stop_order)
		return false;
	p->at_kid += part->n;
	return true;
}

static void fill(struct sim_batch *b, const struct plan *p, const struct part *part)
{
	u32 node = part->node;

	*b = (struct sim_batch){
		.scenario = number(p),
		.from = part->from,
		.n = part->n,
		.root = !p->level,
		.kids = p->level < ex.how->depth,
	};
	if (!p->level)
		return;
	b->n_turns = p->level - 1;
	for (u32 l = p->level - 1; l > 0; l--) {
		b->turns[l - 1] = p->nodes[l][node].turn;
		node = p->nodes[l][node].parent;
	}
}

static bool give(struct sim_worker *w)
{
	struct ticket *t = &ex.tickets[w - ex.pool.worker];
	u32 last = trv_min(ex.how->n, ex.first + WINDOW);

	if (ex.stop_plan < last)
		last = ex.stop_plan + 1;
	for (u32 i = ex.first; i < last && !ex.time_is_up; i++) {
		struct plan *p = &ex.plans[i];

		if (p->e.complete || !next_part(p, &t->part))
			continue;
		t->plan = p;
		w->ticket = t;
		p->out++;
		fill(&w->shared->batch, p, &t->part);
		sim_pool_give(&ex.pool, w);
		return true;
	}
	return false;
}

/* ---- taking back --------------------------------------------------------- */

static void take_outcome(struct plan *p, const struct part *part, u32 nth,
			 const struct sim_outcome *o)
{
	p->e.runs[p->level]++;
	p->e.twice += o->twice;
	p->e.excused += o->excused;
	if (p->level < ex.how->depth) {
		u64 at = p->level ? p->nodes[p->level - 1][part->node].first + part->from + nth : 0;

		p->nodes[p->level][at] = (struct node){
			.parent = part->node,
			.kids = o->kids,
			.turn = o->turn,
		};
	}
}

static void take_points(struct plan *p, const struct sim_shared *sh)
{
	struct sim_failure f = { .order = 0, .runs = 1 };

	p->e.points = sh->points;
	p->e.nice_only = sim_explore_long(ex.how, p->e.scenario, sh->points);
	ex.sum->points += sh->points;
	for (u32 k = 0; k < SIM_N_KINDS; k++)
		ex.sum->kind_points[k] += sh->kind_points[k];
	if (!ex.how->max_points || sh->points <= ex.how->max_points)
		return;
	snprintf(f.id, sizeof(f.id), "too-many-points-%s", p->e.scenario->name);
	snprintf(f.message, sizeof(f.message),
		 "the nice day has %llu choice points, at most %u are allowed",
		 (unsigned long long)sh->points, ex.how->max_points);
	add_failure(p, &f);
}

/* The run a worker died of. Once may be an accident of this machine: it is asked again. */
static void take_death(struct plan *p, const struct sim_worker *w, struct part part)
{
	struct sim_failure f = { .runs = 1, .n_deviations = p->level };
	bool again = part.suspect && !w->shared->done;

	p->e.deaths++;
	part.from += w->shared->done;
	part.n -= w->shared->done;
	part.suspect = !again;
	if (again) {
		snprintf(f.id, sizeof(f.id), "%s-worker-%s", sim_check_id(SIM_CRASH),
			 p->e.scenario->name);
		snprintf(f.message, sizeof(f.message), "the process that ran it %s, twice",
			 w->death);
		memcpy(f.list, w->shared->list, sizeof(f.list));
		f.order = order_of(p, &part, 0);
		add_failure(p, &f);
		take_outcome(p, &part, 0, &(struct sim_outcome){ .failed = true });
		part.from++;
		part.n--;
	}
	if (part.n)
		p->retry[p->n_retry++] = part;
}

/* It killed a worker, and then it did not. */
static void take_survivor(struct plan *p, const struct part *part)
{
	struct sim_failure f = { .runs = 1, .n_deviations = p->level };

	f.order = order_of(p, part, 0);
	snprintf(f.id, sizeof(f.id), "nondeterministic-%s", p->e.scenario->name);
	snprintf(f.message, sizeof(f.message),
		 "run %u of this level ended its process, and when it was run again it did not",
		 (u32)f.order);
	add_failure(p, &f);
}

static void take(struct sim_worker *w)
{
	const struct sim_shared *sh = w->shared;
	struct ticket *t = w->ticket;
	struct plan *p = t->plan;
	u32 done = trv_min(sh->done, t->part.n);

	p->out--;
	for (u32 i = 0; i < done; i++)
		take_outcome(p, &t->part, i, &sh->outcome[i]);
	for (u32 i = 0; i < sh->n_failures; i++) {
		struct sim_failure f = sh->failure[i];

		if (sh->failed_at[i] >= done)
			continue;
		f.order = order_of(p, &t->part, sh->failed_at[i]);
		add_failure(p, &f);
	}
	if (!p->level && done)
		take_points(p, sh);
	if (t->part.suspect && done)
		take_survivor(p, &t->part);
	if (w->death[0])
		take_death(p, w, t->part);
}

/* ---- levels -------------------------------------------------------------- */

static void begin_level(struct plan *p, u32 level, u64 runs)
{
	p->level = level;
	p->at_node = p->at_kid = 0;
	if (level < ex.how->depth) {
		p->n_nodes[level] = runs;
		p->nodes[level] = allocate(runs, sizeof(struct node));
	}
}

/* All runs of a level are back: on to the next, if there is one. */
static void advance(struct plan *p)
{
	u64 runs = 0;

	if (p->e.complete)
		return;
	if (number(p) == ex.stop_plan && !p->out) {
		p->e.complete = true;
		return;
	}
	if (p->n_retry || p->out || !all_given(p))
		return;
	if (p->level == ex.how->depth) {
		p->e.complete = true;
		return;
	}
	for (u64 i = 0; i < p->n_nodes[p->level]; i++) {
		p->nodes[p->level][i].first = runs;
		runs += p->nodes[p->level][i].kids;
	}
	if (runs)
		begin_level(p, p->level + 1, runs);
	else
		p->e.complete = true;
}

static void report(struct plan *p)
{
	struct sim_explore_sum *sum = ex.sum;

	if (p->n_failures)
		qsort(p->failures, p->n_failures, sizeof(*p->failures), by_order);
	if (ex.how->stop_at_first && p->n_failures)
		p->n_failures = 1;
	if (number(p) > ex.stop_plan) {
		/* Begun in advance, and of no interest any more. */
		p->n_failures = 0;
		p->e.complete = false;
	}
	p->e.failures = p->failures;
	p->e.n_failures = p->n_failures;
	for (u32 i = 0; i <= ex.how->depth; i++)
		sum->runs += p->e.runs[i];
	sum->twice += p->e.twice;
	sum->excused += p->e.excused;
	sum->failures += p->n_failures;
	sum->failed += p->n_failures != 0;
	sum->incomplete += !p->e.complete;
	ex.how->done(&p->e, ex.how->arg);
	free(p->failures);
	for (u32 i = 0; i <= SIM_MAX_DEPTH; i++)
		free(p->nodes[i]);
}

/* ---- progress ------------------------------------------------------------ */

static void bar(bool last)
{
	FILE *out = ex.how->progress;
	double now = sim_explore_clock();
	char line[41];
	u64 runs = ex.sum->runs;
	u32 full;

	if (!out || (!last && now - ex.shown < 0.2))
		return;
	ex.shown = now;
	if (last) {
		fputs("\r\033[K", out);
		fflush(out);
		return;
	}
	for (u32 i = ex.first; i < trv_min(ex.how->n, ex.first + WINDOW); i++) {
		for (u32 l = 0; l <= ex.how->depth; l++)
			runs += ex.plans[i].e.runs[l];
	}
	full = ex.first * 40 / ex.how->n;
	memset(line, '.', 40);
	memset(line, '#', full);
	line[40] = '\0';
	fprintf(out, "\r\033[K[%s] %u/%u  %llu runs, %u failures  %s", line, ex.first, ex.how->n,
		(unsigned long long)runs, ex.sum->failures,
		ex.plans[trv_min(ex.first, ex.how->n - 1)].e.scenario->name);
	fflush(out);
}

/* ---- what was tried where ------------------------------------------------ */

static int by_place(const void *a, const void *b)
{
	const struct sim_explored_site *sa = a, *sb = b;

	if (sa->kind != sb->kind)
		return sa->kind < sb->kind ? -1 : 1;
	return strcmp(sa->where, sb->where);
}

static void merge_sites(void)
{
	struct sim_explore_sum *sum = ex.sum;
	struct sim_explored_site *all;
	u32 n = 0, kept = 0;

	for (u32 i = 0; i < ex.pool.n; i++)
		n += ex.pool.worker[i].shared->n_sites;
	all = allocate(n + 1, sizeof(*all));
	n = 0;
	for (u32 i = 0; i < ex.pool.n; i++) {
		const struct sim_shared *sh = ex.pool.worker[i].shared;

		for (u32 k = 0; k < TRV_ARRAY_SIZE(sh->site); k++) {
			if (sh->site[k].runs)
				all[n++] = sh->site[k];
		}
	}
	qsort(all, n, sizeof(*all), by_place);
	for (u32 i = 0; i < n; i++) {
		if (kept && !by_place(&all[kept - 1], &all[i])) {
			all[kept - 1].runs += all[i].runs;
			for (u32 k = 0; k < TRV_ARRAY_SIZE(all[i].answers); k++)
				all[kept - 1].answers[k] |= all[i].answers[k];
		} else {
			all[kept++] = all[i];
		}
	}
	sum->sites = all;
	sum->n_sites = kept;
	sum->never = ex.how->kinds;
	for (u32 i = 0; i < kept; i++) {
		u32 kind = all[i].kind;

		sum->kind_sites[kind]++;
		sum->kind_runs[kind] += all[i].runs;
		for (u32 k = 0; k < TRV_ARRAY_SIZE(all[i].answers); k++)
			sum->kind_answers[kind] += (u64)__builtin_popcountll(all[i].answers[k]);
		sum->never &= ~(1u << kind);
	}
}

/* ---- all of it ----------------------------------------------------------- */

static void check_time(void)
{
	if (ex.how->seconds && sim_explore_clock() - ex.begun >= ex.how->seconds)
		ex.time_is_up = true;
}

static void run_plans(void)
{
	bool out;

	do {
		struct sim_worker *w;

		out = false;
		check_time();
		for (u32 i = 0; i < ex.pool.n; i++) {
			w = &ex.pool.worker[i];
			if (w->busy || give(w))
				out = true;
		}
		if (out) {
			w = sim_pool_wait(&ex.pool, 0.2);
			if (w)
				take(w);
			if (w)
				advance(((struct ticket *)w->ticket)->plan);
		}
		while (ex.first < ex.how->n && ex.plans[ex.first].e.complete) {
			report(&ex.plans[ex.first++]);
			out = true;
		}
		bar(false);
	} while (out);
	bar(true);
	while (ex.first < ex.how->n)
		report(&ex.plans[ex.first++]);
}

int sim_explore(const struct sim_explore *how, struct sim_explore_sum *sum)
{
	int rc;

	memset(sum, 0, sizeof(*sum));
	memset(&ex, 0, sizeof(ex));
	ex.how = how;
	ex.sum = sum;
	ex.stop_plan = how->n;
	ex.begun = sim_explore_clock();
	ex.plans = allocate(how->n, sizeof(*ex.plans));
	for (u32 i = 0; i < how->n; i++) {
		ex.plans[i].e.scenario = how->scenarios[i];
		ex.plans[i].e.number = i + 1;
		begin_level(&ex.plans[i], 0, 1);
	}
	rc = sim_pool_open(&ex.pool, how);
	if (!rc) {
		run_plans();
		merge_sites();
		sim_pool_close(&ex.pool);
	}
	sum->seconds = sim_explore_clock() - ex.begun;
	free(ex.plans);
	return rc;
}
