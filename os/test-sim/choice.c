// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The choice log: every point of the run in order, and the few answers that
 * are not 0. The nice day costs one compare and one store; the rest is asked
 * only at the index of the next deviation, or, when some are given by name,
 * at every point.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/engine.h>
#include <os/test-sim/sabotage.h>
#include <os/test-sim/story.h>

static const struct {
	const char *name;
	enum sim_class class;
	const char *what;
} kinds[SIM_N_KINDS] = {
#define SIM_KIND_ROW(e, name, cls, what) [SIM_##e] = { name, cls, what },
	SIM_KINDS(SIM_KIND_ROW)
#undef SIM_KIND_ROW
};

/* One deviation of this run, and what became of it. */
struct asked {
	struct sim_deviation d;
	u32 met;   /* by name: points of that name so far */
	u32 taken; /* index of the point + 1 */
	u32 width; /* the point was met, and offers only that many answers */
	u32 rival; /* another deviation, counted from 1, had the point */
};

static struct {
	struct sim_point *log;
	size_t n, room;
	size_t stop; /* first index that is not plain */

	struct asked asked[SIM_MAX_DEVIATIONS];
	u32 n_asked, n_taken;
	u32 n_odd; /* of those taken, not traits */
	u32 n_hostile, n_twice;
	u32 n_by_name; /* of those not settled yet */
	enum sim_class class, worst;
	bool frozen;
} ch;

const char *sim_kind_name(enum sim_kind kind)
{
	return kinds[kind].name;
}

enum sim_class sim_kind_class(enum sim_kind kind)
{
	return kinds[kind].class;
}

const char *sim_kind_what(enum sim_kind kind)
{
	return kinds[kind].what;
}

/* The next point at which the fast path must not be taken. */
static void find_stop(void)
{
	ch.stop = ch.room;
	if (ch.n_by_name) {
		ch.stop = 0;
		return;
	}
	for (u32 i = 0; i < ch.n_asked; i++) {
		const struct sim_deviation *d = &ch.asked[i].d;

		if (d->index >= ch.n && d->index < ch.stop)
			ch.stop = d->index;
	}
}

void sim_choice_begin(const struct sim_deviation *dev, u32 n)
{
	ch.n = 0;
	ch.n_asked = trv_min(n, (u32)SIM_MAX_DEVIATIONS);
	ch.n_by_name = 0;
	ch.n_taken = ch.n_odd = 0;
	ch.n_hostile = ch.n_twice = 0;
	ch.class = ch.worst = SIM_SCHEDULE;
	ch.frozen = false;
	for (u32 i = 0; i < ch.n_asked; i++) {
		ch.asked[i] = (struct asked){ .d = dev[i] };
		ch.n_by_name += dev[i].index == SIM_BY_NAME;
	}
	find_stop();
}

static bool named(const struct sim_deviation *d, enum sim_kind kind, const struct sim_site *site)
{
	const char *file = sim_site_file(site);
	size_t len = strlen(file);

	return d->kind == kind && !strncmp(d->where, file, len) && d->where[len] == ':' &&
	       !strcmp(d->where + len + 1, sim_site_func(site));
}

/* Is @a for this point? Counts the points of its name as it goes. */
static bool meets(struct asked *a, enum sim_kind kind, const struct sim_site *site)
{
	if (a->d.index != SIM_BY_NAME)
		return a->d.index == ch.n;
	return named(&a->d, kind, site) && ++a->met == a->d.occurrence;
}

/* Its point has been met, for better or worse: no need to look for it again. */
static bool settled(const struct asked *a)
{
	return a->taken || a->width || a->rival;
}

static u32 answer(enum sim_kind kind, u32 n, const struct sim_site *site)
{
	u32 alt = 0, winner = 0;

	for (u32 i = 0; i < ch.n_asked; i++) {
		struct asked *a = &ch.asked[i];

		if (settled(a) || !meets(a, kind, site))
			continue;
		ch.n_by_name -= a->d.index == SIM_BY_NAME;
		if (winner) {
			a->rival = winner;
			continue;
		}
		if (a->d.alt >= n) {
			a->width = n;
			continue;
		}
		a->taken = ch.n + 1;
		alt = a->d.alt;
		winner = i + 1;
	}
	return alt;
}

static void grow(void)
{
	size_t room = ch.room ? ch.room * 2 : 1 << 16;
	struct sim_point *log = realloc(ch.log, room * sizeof(*log));

	if (!log) {
		fprintf(stderr, "trivet-sim: no memory for %zu choice points\n", room);
		exit(4);
	}
	ch.log = log;
	ch.room = room;
}

/* Told to the trace by its durable name: a flag on the timeline. */
static void tell(const struct sim_point *p)
{
	char name[160];
	const char *kept = kinds[p->kind].name;

	if (sim_trace_recording()) {
		snprintf(name, sizeof(name), "%s@%s:%s", kept, sim_site_file(p->site),
			 sim_site_func(p->site));
		kept = sim_own_strdup(name);
	}
	sim_trace(SIM_T_CHOICE, NULL, kept, ch.n - 1, p->answer, p->n);
	sim_witness_deviation(p->site, p->kind, (u32)ch.n - 1, p->answer, p->n);
}

static __attribute__((noinline)) u32 choose_slowly(enum sim_kind kind, u32 n,
						   const struct sim_site *site)
{
	struct sim_point *p;
	u32 alt;

	if (n <= 1 || ch.frozen)
		return 0;
	if (n > 255)
		sim_fail(SIM_API, site, "a choice of %u ways: at most 255", n);
	if (ch.n == ch.room)
		grow();
	alt = answer(kind, n, site);
	p = &ch.log[ch.n++];
	*p = (struct sim_point){ .site = site, .kind = kind, .n = n, .answer = alt };
	find_stop();
	if (alt) {
		ch.n_taken++;
		ch.n_odd += kind != SIM_K_TRAIT;
		ch.n_hostile += kinds[kind].class == SIM_HOSTILE;
		ch.n_twice += kind == SIM_K_TWICE;
		ch.class = trv_max(ch.class, kinds[kind].class);
		ch.worst = ch.class;
		tell(p);
	}
	return alt;
}

u32 sim_choose(enum sim_kind kind, u32 n, const struct sim_site *site)
{
	const u32 nice = kind == SIM_K_LATE ? SIM_NOISE("pid") % 2 : 0;

	if (__builtin_expect(n - 2 > 253 || ch.n >= ch.stop, 0))
		return choose_slowly(kind, n, site);
	ch.log[ch.n++] = (struct sim_point){ .site = site, .kind = kind, .n = n, .answer = nice };
	return nice;
}

void sim_choice_freeze(void)
{
	ch.frozen = true;
	ch.stop = 0;
	ch.class = SIM_SCHEDULE;
}

bool sim_choice_honest(void)
{
	return ch.n_hostile && ch.n_hostile == ch.n_twice;
}

enum sim_class sim_choice_worst(void)
{
	return ch.worst;
}

u64 sim_choice_count(void)
{
	return ch.n;
}

u32 sim_choice_taken(void)
{
	return ch.n_taken;
}

bool sim_deviated(void)
{
	return ch.n_odd != 0;
}

enum sim_class sim_class_reached(void)
{
	return ch.class;
}

u64 sim_choice_hash(void)
{
	u64 hash = ch.n;

	for (size_t i = 0; i < ch.n; i++) {
		const struct sim_point *p = &ch.log[i];

		hash = sim_mix(hash, p->kind | p->n << 8 | p->answer << 16);
	}
	return hash;
}

bool sim_choice_trouble(char *buf, size_t len)
{
	for (u32 i = 0; i < ch.n_asked; i++) {
		const struct asked *a = &ch.asked[i];
		char name[160];
		int at;

		if (a->taken)
			continue;
		sim_deviation_format(&a->d, name, sizeof(name));
		at = snprintf(buf, len, "deviation %u of %u ", i + 1, ch.n_asked);
		if ((size_t)at >= len)
			return true;
		buf += at;
		len -= at;
		if (a->rival)
			snprintf(buf, len, "is the same point as deviation %u: %s", a->rival, name);
		else if (a->width)
			snprintf(buf, len, "has no such answer: %s (the point has 0 to %u)", name,
				 a->width - 1);
		else if (a->d.index == SIM_BY_NAME)
			snprintf(buf, len, "was never met: %s (the run met %u of them)", name,
				 a->met);
		else
			snprintf(buf, len, "was never met: %s (the run met %zu points)", name,
				 ch.n);
		return true;
	}
	return false;
}

const struct sim_point *sim_points(size_t *n)
{
	sim_points_number(ch.log, ch.n);
	*n = ch.n;
	return ch.log;
}
