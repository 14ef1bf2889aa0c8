// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The history of one thing, looked up in the recording, newest first. */
#include <stdio.h>
#include <string.h>

#include <os/test-sim/dev.h>
#include <os/test-sim/story.h>
#include <os/test-sim/timeline.h>

static const struct sim_trace *log_of(size_t *n)
{
	return sim_trace_log(n);
}

static bool covers(u64 from, u64 len, u64 at)
{
	return at - from < len;
}

static const char *direction(u64 dir)
{
	switch (dir) {
	case TRV_DMA_TO_DEVICE:
		return "to the device";
	case TRV_DMA_FROM_DEVICE:
		return "from the device";
	default:
		return "in both directions";
	}
}

/* ---- memory -------------------------------------------------------------- */

static void tell_mapping(struct sim_story *st, const struct sim_trace *t)
{
	switch (t->kind) {
	case SIM_T_MAP:
		sim_fact_add(st, t,
			     "mapped for %s: %llu bytes %s, address 0x%llx: now the device's",
			     t->dev->name, (unsigned long long)t->b, direction(t->c),
			     (unsigned long long)t->a);
		break;
	case SIM_T_UNMAP:
		sim_fact_add(st, t, "unmapped: the CPU's again, and out of the device's reach");
		break;
	case SIM_T_SYNC:
		sim_fact_add(st, t, "synced %s: %llu bytes at +0x%llx", t->name,
			     (unsigned long long)(t->b & 0xffffffff),
			     (unsigned long long)(t->b >> 32));
		break;
	case SIM_T_TAKE:
		sim_fact_add(st, t, "allocated: %s, %llu bytes", t->name, (unsigned long long)t->b);
		break;
	case SIM_T_GIVE:
		sim_fact_add(st, t, "freed: %s, %llu bytes", t->name, (unsigned long long)t->b);
		break;
	}
}

static bool is_memory(const struct sim_trace *t)
{
	return strstr(t->name, "memory");
}

/* Back to its allocation: freed, mapped, synced, unmapped. */
static void about_bytes(struct sim_story *st, u64 at)
{
	bool unmapped = false, mapped = false;
	u64 iova = 0, iova_len = 0;
	size_t n;
	const struct sim_trace *log = log_of(&n);

	/* First the latest mapping, whose address the other events go by. */
	for (size_t i = n; i-- > 0 && !iova_len;) {
		if (log[i].kind == SIM_T_MAP && covers(log[i].aux, log[i].b, at)) {
			iova = log[i].a;
			iova_len = log[i].b;
		} else if (log[i].kind == SIM_T_TAKE && is_memory(&log[i]) &&
			   covers(log[i].a, log[i].b, at)) {
			break;
		}
	}
	for (size_t i = n; i-- > 0;) {
		const struct sim_trace *t = &log[i];

		if ((t->kind == SIM_T_TAKE || t->kind == SIM_T_GIVE) && is_memory(t) &&
		    covers(t->a, t->b, at)) {
			tell_mapping(st, t);
			if (t->kind == SIM_T_TAKE)
				return;
		}
		if (!iova_len ||
		    !(t->kind == SIM_T_MAP || t->kind == SIM_T_UNMAP || t->kind == SIM_T_SYNC) ||
		    !covers(iova, iova_len, t->a) || mapped)
			continue;
		if (t->kind == SIM_T_UNMAP) {
			if (unmapped)
				continue;
			unmapped = true;
		}
		mapped = t->kind == SIM_T_MAP;
		tell_mapping(st, t);
	}
}

/* ---- device addresses ---------------------------------------------------- */

struct range {
	u64 from, len;
	size_t since; /* the event that made it */
};

/* What was last mapped or allocated at @at of @dev; gives it by its last byte too, for those beyond. */
static bool range_of(const struct trv_dev *dev, u64 at, size_t before, struct range *r)
{
	size_t n;
	const struct sim_trace *log = log_of(&n);

	for (size_t i = trv_min(n, before); i-- > 0;) {
		const struct sim_trace *t = &log[i];
		u64 iova = t->kind == SIM_T_TAKE ? t->aux : t->a;

		if (t->dev != dev || !iova || !(t->kind == SIM_T_MAP || t->kind == SIM_T_TAKE) ||
		    (t->kind == SIM_T_TAKE && !is_memory(t)))
			continue;
		/* A little behind it is most likely still meant to be it. */
		if (covers(iova, t->b + 4096, at)) {
			*r = (struct range){ iova, t->b, i };
			return true;
		}
	}
	return false;
}

/* The driver told the device an address of @r: in a register, or in a descriptor the device fetched. */
static void who_told(struct sim_story *st, const struct trv_dev *dev, const struct range *r,
		     u32 deeper)
{
	size_t n;
	const struct sim_trace *log = log_of(&n);
	char text[160];

	for (size_t i = n; i-- > r->since;) {
		const struct sim_trace *t = &log[i];
		struct range table;

		if (t->dev != dev)
			continue;
		if (t->kind == SIM_T_WRITE && covers(r->from, r->len, t->b)) {
			sim_trace_text(t, text, sizeof(text));
			sim_fact_add(st, t, "the device is told that address: %s", text);
			return;
		}
		if (t->kind != SIM_T_DMA_READ || t->c < 8 ||
		    !(covers(r->from, r->len, t->aux) || covers(r->from, r->len, (u32)t->aux)))
			continue;
		sim_fact_add(st, t, "the device fetches a descriptor, at 0x%llx, with that address",
			     (unsigned long long)t->a);
		if (deeper && range_of(dev, t->a, i, &table))
			who_told(st, dev, &table, deeper - 1);
		return;
	}
}

static void about_device(struct sim_story *st, const struct trv_dev *dev, size_t before);

static bool is_write(const struct sim_trace *t)
{
	return t->kind == SIM_T_WRITE || t->kind == SIM_T_WRITE_REP || t->kind == SIM_T_CFG_WRITE;
}

/* Did the device ever read or hear the address? If not it has it from its own reset. */
static bool was_told(const struct trv_dev *dev, u64 at)
{
	size_t n;
	const struct sim_trace *log = log_of(&n);

	for (size_t i = 0; i < n; i++) {
		const struct sim_trace *t = &log[i];

		if (t->dev != dev)
			continue;
		if ((t->kind == SIM_T_WRITE && at && covers(t->b, 8, at)) ||
		    (t->kind == SIM_T_DMA_READ && (t->aux == at || (u32)t->aux == at)))
			return true;
	}
	return false;
}

/* An address nobody gave it: which it was given last, and what may have made it forget. */
static void about_forgotten(struct sim_story *st, const struct trv_dev *dev, u64 at)
{
	size_t n;
	const struct sim_trace *log = log_of(&n);
	struct range r;
	char text[160];

	if (was_told(dev, at))
		return;
	sim_line_add(st, "address", "no write has told %s of 0x%llx: it has that from a reset",
		     dev->name, (unsigned long long)at);
	for (size_t i = n; i-- > 0;) {
		const struct sim_trace *t = &log[i];

		if (t->kind == SIM_T_ENTRY &&
		    (!strcmp(t->name, "suspend") || !strcmp(t->name, "resume"))) {
			sim_fact_add(st, t, "enters the driver: %s", t->name);
			sim_story_look(st, t);
		}
		if (t->dev != dev || t->kind != SIM_T_WRITE || !range_of(dev, t->b, i, &r))
			continue;
		sim_trace_text(t, text, sizeof(text));
		sim_fact_add(st, t, "the last address that it was told: %s", text);
		sim_story_look(st, t);
		return;
	}
}

static void about_iova(struct sim_story *st, const struct trv_dev *dev, u64 at)
{
	size_t n;
	const struct sim_trace *log = log_of(&n);
	struct range r;

	if (range_of(dev, at, n, &r)) {
		for (size_t i = r.since; i < n; i++) {
			const struct sim_trace *t = &log[i];

			if (t->dev == dev && (t->kind == SIM_T_MAP || t->kind == SIM_T_UNMAP) &&
			    t->a == r.from)
				tell_mapping(st, t);
			else if (t->dev == dev && t->kind == SIM_T_TAKE && t->aux == r.from)
				sim_fact_add(st, t,
					     "allocated: DMA memory, %llu bytes, address 0x%llx",
					     (unsigned long long)t->b, (unsigned long long)t->aux);
			else if (t->kind == SIM_T_GIVE && log[r.since].kind == SIM_T_TAKE &&
				 is_memory(t) && t->a == log[r.since].a)
				tell_mapping(st, t);
		}
		who_told(st, dev, &r, 1);
	} else {
		about_forgotten(st, dev, at);
	}
	about_device(st, dev, n);
}

/* ---- registers ----------------------------------------------------------- */

#define LAST_WRITES 8

/* The last write to each of the registers written last, and what the device did by itself since. */
static void about_device(struct sim_story *st, const struct trv_dev *dev, size_t before)
{
	const struct sim_trace *seen[LAST_WRITES];
	u32 n_seen = 0, n_own = 0;
	size_t n;
	const struct sim_trace *log = log_of(&n);
	char text[160];

	for (size_t i = trv_min(n, before); i-- > 0 && n_seen < LAST_WRITES;) {
		const struct sim_trace *t = &log[i];
		bool again = false;

		if (t->kind == SIM_T_EVENT && t->dev && (!dev || t->dev == dev) && !n_own++) {
			sim_fact_add(st, t, "by itself: %s", t->name);
			continue;
		}
		if (!is_write(t) || (dev && t->dev != dev))
			continue;
		for (u32 k = 0; k < n_seen; k++)
			again |= seen[k]->a == t->a && seen[k]->kind == t->kind;
		if (again)
			continue;
		seen[n_seen++] = t;
		sim_trace_text(t, text, sizeof(text));
		sim_fact_add(st, t, "%s", text);
	}
}

static void about_bar(struct sim_story *st, const struct trv_dev *dev, u64 nr)
{
	const struct sim_trace *take = NULL, *give = NULL;
	size_t n;
	const struct sim_trace *log = log_of(&n);

	for (size_t i = n; i-- > 0 && !take;) {
		const struct sim_trace *t = &log[i];

		if (t->dev != dev || t->a != nr || !t->name || strcmp(t->name, "BAR"))
			continue;
		if (t->kind == SIM_T_GIVE)
			give = give ?: t;
		else if (t->kind == SIM_T_TAKE)
			take = t;
	}
	if (take)
		sim_fact_add(st, take, "BAR%llu is mapped", (unsigned long long)nr);
	if (give)
		sim_fact_add(st, give, "BAR%llu is unmapped", (unsigned long long)nr);
}

/* ---- waiting ------------------------------------------------------------- */

#define LOOP_EVENTS 200000
#define LOOP_PARTS 4

struct part {
	const struct sim_trace *last, *first;
	u64 times;
	bool changes;
};

static bool same_access(const struct sim_trace *a, const struct sim_trace *b)
{
	return a->kind == b->kind && a->a == b->a && a->site == b->site && a->dev == b->dev;
}

/* What the loop of the context that ended the run consists of. */
static void about_wait(struct sim_story *st)
{
	struct part part[LOOP_PARTS];
	char text[160];
	u32 n_parts = 0;
	size_t n;
	const struct sim_trace *log = log_of(&n);
	u16 ctx = n ? log[n - 1].ctx : 0;

	for (size_t i = n, looked = 0; i-- > 0 && looked < LOOP_EVENTS; looked++) {
		const struct sim_trace *t = &log[i];
		u32 k = 0;

		if (t->ctx != ctx ||
		    (t->kind != SIM_T_READ && !is_write(t) && t->kind != SIM_T_CFG_READ))
			continue;
		while (k < n_parts && !same_access(part[k].last, t))
			k++;
		if (k == LOOP_PARTS)
			break;
		if (k == n_parts)
			part[n_parts++] = (struct part){ .last = t };
		part[k].first = t;
		part[k].times++;
		part[k].changes |= part[k].last->b != t->b;
	}
	for (u32 k = 0; k < n_parts; k++) {
		if (part[k].times == 1)
			continue;
		sim_trace_text(part[k].last, text, sizeof(text));
		sim_fact_add(st, part[k].first, "%s: since then %llu times, %s", text,
			     (unsigned long long)part[k].times,
			     part[k].changes ? "the last value" : "never another value");
	}
	about_device(st, NULL, n);
}

/* ---- interrupts ---------------------------------------------------------- */

/* What the driver was doing then: the call that had not ended. */
static void about_call(struct sim_story *st, const struct sim_trace *then)
{
	size_t n;
	const struct sim_trace *log = log_of(&n);
	u32 depth = 0;

	for (const struct sim_trace *t = then; t-- > log;) {
		if (t->kind == SIM_T_ENTRY_END) {
			depth++;
		} else if (t->kind == SIM_T_ENTRY && !depth--) {
			sim_fact_add(st, t, "enters the driver: %s", t->name);
			return;
		}
	}
}

static void about_line(struct sim_story *st, const struct trv_dev *dev)
{
	const struct sim_trace *rise = NULL, *first = NULL, *end = NULL, *begin = NULL;
	size_t n;
	const struct sim_trace *log = log_of(&n);
	char text[160];
	u64 runs = 0;

	for (size_t i = n; i-- > 0;) {
		const struct sim_trace *t = &log[i];

		if (t->dev != dev)
			continue;
		if (t->kind == SIM_T_LINE) {
			rise = t->b ? t : NULL;
			break;
		}
		if (t->kind == SIM_T_IRQ_END && !end)
			end = t;
		if (t->kind == SIM_T_IRQ) {
			begin = begin ?: t;
			first = t;
			runs++;
		}
	}
	if (rise) {
		sim_fact_add(st, rise, "the interrupt line goes up, and stays");
		sim_story_look(st, rise);
		about_device(st, dev, (size_t)(rise - log));
		about_call(st, rise);
	}
	if (first)
		sim_fact_add(st, first, "handler %s is called for it: since then %llu times",
			     first->name ?: "?", (unsigned long long)runs);
	for (const struct sim_trace *t = begin; t && end && t < end; t++) {
		if (t->dev != dev || (t->kind != SIM_T_READ && !is_write(t)))
			continue;
		sim_trace_text(t, text, sizeof(text));
		sim_fact_add(st, t, "the last time, in the handler: %s", text);
	}
	if (end) {
		sim_trace_text(end, text, sizeof(text));
		sim_fact_add(st, end, "and it returns: %s", text);
		sim_story_lines(st, "by lines", end);
	}
}

/* ---- what is left -------------------------------------------------------- */

#define MOST_LEFT 64
#define MOST_LEFT_TOLD 8

static bool same_thing(const struct sim_trace *a, const struct sim_trace *b)
{
	return a->a == b->a && a->dev == b->dev && !strcmp(a->name, b->name);
}

static void tell_left(struct sim_story *st, const struct sim_trace *t)
{
	if (t->kind == SIM_T_MAP)
		sim_fact_add(st, t, "never unmapped: %llu bytes %s", (unsigned long long)t->b,
			     direction(t->c));
	else if (!strcmp(t->name, "BAR"))
		sim_fact_add(st, t, "never given back: BAR%llu", (unsigned long long)t->a);
	else if (t->b)
		sim_fact_add(st, t, "never given back: %s, %llu%s", t->name,
			     (unsigned long long)t->b, is_memory(t) ? " bytes" : "");
	else
		sim_fact_add(st, t, "never given back: %s", t->name);
}

/* All the driver has got and not given back, and how it came to leave. */
static void about_left(struct sim_story *st, const struct trv_dev *dev)
{
	const struct sim_trace *live[MOST_LEFT], *leave = NULL, *enter = NULL;
	u32 n_live = 0;
	size_t n;
	const struct sim_trace *log = log_of(&n);

	for (size_t i = 0; i < n; i++) {
		const struct sim_trace *t = &log[i];
		bool gets = t->kind == SIM_T_TAKE || t->kind == SIM_T_MAP;

		if (t->kind == SIM_T_ENTRY) {
			enter = t;
		} else if (t->kind == SIM_T_ENTRY_END) {
			leave = t;
		} else if (gets && n_live < MOST_LEFT && (!dev || t->dev == dev)) {
			live[n_live++] = t;
		} else if (t->kind == SIM_T_GIVE || t->kind == SIM_T_UNMAP) {
			for (u32 k = n_live; k-- > 0;) {
				bool map = live[k]->kind == SIM_T_MAP;

				if (map != (t->kind == SIM_T_UNMAP) ||
				    (map ? live[k]->a != t->a || live[k]->dev != t->dev :
					   !same_thing(live[k], t)))
					continue;
				memmove(&live[k], &live[k + 1], (--n_live - k) * sizeof(live[0]));
				break;
			}
		}
	}
	for (u32 k = 0; k < n_live && k < MOST_LEFT_TOLD; k++)
		tell_left(st, live[k]);
	if (enter)
		sim_fact_add(st, enter, "enters the driver: %s", enter->name);
	if (leave && leave > enter)
		sim_fact_add(st, leave, "leaves it: %s", leave->name);
}

/* -------------------------------------------------------------------------- */

void sim_story_about(struct sim_story *st, const struct sim_subject *s)
{
	switch (s->what) {
	case SIM_ABOUT_BYTES:
		about_bytes(st, s->at);
		break;
	case SIM_ABOUT_IOVA:
		about_iova(st, s->dev, s->at);
		break;
	case SIM_ABOUT_DEVICE:
		about_device(st, s->dev, SIZE_MAX);
		break;
	case SIM_ABOUT_BAR:
		about_bar(st, s->dev, s->at);
		break;
	case SIM_ABOUT_LINE:
		about_line(st, s->dev);
		break;
	case SIM_ABOUT_WAIT:
		about_wait(st);
		break;
	case SIM_ABOUT_LEFT:
		about_left(st, s->dev);
		break;
	}
}
