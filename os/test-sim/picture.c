// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The picture of a run: which lanes, which bars, and where on the line of time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/dev.h>
#include <os/test-sim/picture.h>

/* A long run shows its beginning and its end. */
#define FIRST_EVENTS 1500
#define LAST_EVENTS 500

#define SCALE 0.022 /* per nanosecond: a register read is 11 wide */
#define CUT_AT 44.0 /* what a gap takes at most, and then it is cut */

static void *need(void *p)
{
	if (!p) {
		fputs("trivet-sim: no memory for the picture\n", stderr);
		exit(4);
	}
	return p;
}

/* ---- what is shown ------------------------------------------------------- */

static bool shown(const struct sim_trace *t)
{
	return !sim_trace_noise(t);
}

static int by_time(const void *a, const void *b)
{
	const struct sim_trace *const *ta = a, *const *tb = b;

	if ((*ta)->time != (*tb)->time)
		return (*ta)->time < (*tb)->time ? -1 : 1;
	return *ta < *tb ? -1 : *ta > *tb; /* the order of recording */
}

/* The clock tells of an event, and then the device in its own words: once is enough. */
static bool told_again(const struct sim_trace *t, const struct sim_trace *end)
{
	return t->kind == SIM_T_EVENT && !t->dev && t + 1 < end && t[1].kind == SIM_T_EVENT &&
	       t[1].dev && t[1].time == t->time;
}

static void choose_events(struct picture *p)
{
	size_t n, kept, at;
	const struct sim_trace *log = sim_trace_log(&n);
	u64 gap = sim_trace_gap(&at);

	p->events = need(calloc(n + 1, sizeof(*p->events)));
	for (size_t i = 0; i < n; i++) {
		if (shown(&log[i]) && !told_again(&log[i], log + n))
			p->events[p->n_events++] = &log[i];
	}
	if (!p->n_events)
		return;
	p->first = p->events[0]->time;
	p->last = p->events[p->n_events - 1]->time;
	kept = p->n_events;
	if (kept > FIRST_EVENTS + LAST_EVENTS) {
		size_t drop = kept - FIRST_EVENTS - LAST_EVENTS;

		p->hidden = drop + gap;
		p->hidden_from = p->events[FIRST_EVENTS - 1]->time;
		p->hidden_to = p->events[FIRST_EVENTS + drop]->time;
		memmove(p->events + FIRST_EVENTS, p->events + FIRST_EVENTS + drop,
			LAST_EVENTS * sizeof(*p->events));
		p->n_events = FIRST_EVENTS + LAST_EVENTS;
	}
	/* Two processors are recorded side by side, not in order. */
	qsort(p->events, p->n_events, sizeof(*p->events), by_time);
}

/* ---- lanes --------------------------------------------------------------- */

static u32 lane(struct picture *p, enum pic_lane_kind kind, const char *key, u64 id)
{
	struct pic_lane *l;

	for (u32 i = 0; i < p->n_lanes; i++) {
		l = &p->lanes[i];
		if (l->kind == kind && l->id == id && !strcmp(l->key, key))
			return i;
	}
	p->lanes = need(reallocarray(p->lanes, p->n_lanes + 1, sizeof(*p->lanes)));
	l = &p->lanes[p->n_lanes];
	*l = (struct pic_lane){ .kind = kind, .key = key, .id = id, .last_label = -1e9 };
	switch (kind) {
	case PIC_REQUESTS:
		snprintf(l->name, sizeof(l->name), "requests");
		break;
	case PIC_DEVICE:
		snprintf(l->name, sizeof(l->name), "device");
		break;
	case PIC_MAPPINGS:
		snprintf(l->name, sizeof(l->name), "mapped for DMA");
		break;
	case PIC_LOCK:
		snprintf(l->name, sizeof(l->name), "lock \"%.24s\"", key);
		break;
	case PIC_LINE:
		snprintf(l->name, sizeof(l->name), "%s %llu", key[0] ? key : "line",
			 (unsigned long long)id);
		break;
	default:
		snprintf(l->name, sizeof(l->name), "%s", key);
		break;
	}
	return p->n_lanes++;
}

static u32 lane_of(struct picture *p, const struct sim_trace *t)
{
	switch (t->kind) {
	case SIM_T_REQ:
	case SIM_T_REQ_END:
		return lane(p, PIC_REQUESTS, "", 0);
	case SIM_T_MAP:
	case SIM_T_UNMAP:
		return lane(p, PIC_MAPPINGS, "", 0);
	case SIM_T_LINE:
		return lane(p, PIC_LINE, t->name ? t->name : "", t->a);
	case SIM_T_EVENT:
	case SIM_T_DMA_READ:
	case SIM_T_DMA_WRITE:
		return lane(p, PIC_DEVICE, "", 0);
	default:
		return lane(p, PIC_CONTEXT, sim_trace_context(t->ctx), 0);
	}
}

/* Has it a label of its own, or does a span or a wave tell of it? */
static bool labelled(const struct sim_trace *t)
{
	switch (t->kind) {
	case SIM_T_READ:
	case SIM_T_WRITE:
	case SIM_T_READ_REP:
	case SIM_T_WRITE_REP:
	case SIM_T_CFG_READ:
	case SIM_T_CFG_WRITE:
	case SIM_T_DMA_READ:
	case SIM_T_DMA_WRITE:
	case SIM_T_EVENT:
	case SIM_T_USER:
	case SIM_T_LOG:
		return true;
	default:
		return false;
	}
}

/* ---- the line of time ---------------------------------------------------- */

/* A poll loop is one label. */
static bool repeats(const struct pic_item *head, const struct sim_trace *t)
{
	return t->kind == SIM_T_READ && head->t->kind == SIM_T_READ && head->t->a == t->a &&
	       head->t->b == t->b && head->t->dev == t->dev;
}

static struct pic_item *last_of(struct picture *p, u32 at)
{
	for (size_t i = p->n_items; i-- > 0;) {
		if (p->items[i].lane == at)
			return &p->items[i];
	}
	return NULL;
}

static void add_anchor(struct picture *p, u64 time, double x, bool cut)
{
	p->anchors[p->n_anchors++] = (struct pic_anchor){ time, x, cut };
}

static double advance(u64 dt, bool *cut)
{
	double dx = (double)dt * SCALE;

	*cut = dx > CUT_AT * 1.5;
	return *cut ? CUT_AT : dx;
}

static void lay_out_time(struct picture *p)
{
	struct pic_item *head;
	const struct sim_trace *t;
	double x = 0, dx;
	u64 now = 0;
	bool cut;
	u32 at;

	p->items = need(calloc(p->n_events + 1, sizeof(*p->items)));
	p->anchors = need(calloc(p->n_events + 2, sizeof(*p->anchors)));
	for (size_t i = 0; i < p->n_events; i++) {
		t = p->events[i];
		at = lane_of(p, t);
		head = labelled(t) ? last_of(p, at) : NULL;
		if (head && repeats(head, t)) {
			head->times++;
			head->end = t->time;
			continue;
		}
		dx = i ? advance(t->time - now, &cut) : 0;
		cut = i && cut;
		if (labelled(t) && x + dx < p->lanes[at].last_label + PIC_STEP)
			dx = p->lanes[at].last_label + PIC_STEP - x;
		x += dx;
		now = t->time;
		add_anchor(p, now, x, cut);
		if (!labelled(t))
			continue;
		p->lanes[at].last_label = x;
		p->items[p->n_items++] =
			(struct pic_item){ .t = t, .lane = at, .times = 1, .end = now, .x = x };
	}
}

double pic_x(const struct picture *p, u64 time)
{
	size_t lo = 0, hi = p->n_anchors;
	const struct pic_anchor *a, *b;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (p->anchors[mid].time < time)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == p->n_anchors)
		return p->n_anchors ? p->anchors[p->n_anchors - 1].x : 0;
	b = &p->anchors[lo];
	if (b->time == time || !lo)
		return b->x;
	a = b - 1;
	return a->x + (b->x - a->x) * (double)(time - a->time) / (double)(b->time - a->time);
}

/* ---- spans --------------------------------------------------------------- */

static struct pic_span *add_span(struct picture *p, u32 at, const struct sim_trace *t)
{
	struct pic_span *s;

	if (p->n_spans == p->spans_room) {
		p->spans_room = p->spans_room ? p->spans_room * 2 : 64;
		p->spans = need(reallocarray(p->spans, p->spans_room, sizeof(*p->spans)));
	}
	s = &p->spans[p->n_spans++];
	*s = (struct pic_span){ .from = t->time, .to = ~0ULL, .lane = at, .t = t };
	return s;
}

/* The lowest row that is free from now on. */
static u32 free_row(struct pic_lane *l, u64 now)
{
	u32 row = 0;

	while (row < l->n_rows && l->rows[row] > now)
		row++;
	if (row == l->n_rows && l->n_rows < TRV_ARRAY_SIZE(l->rows))
		l->n_rows++;
	row = trv_min(row, l->n_rows - 1);
	l->rows[row] = ~0ULL;
	return row;
}

static bool closes(const struct pic_span *s, const struct sim_trace *t)
{
	switch (t->kind) {
	case SIM_T_UNMAP:
		return s->t->kind == SIM_T_MAP && s->t->a == t->a && s->t->dev == t->dev;
	case SIM_T_UNLOCK:
		return s->t->kind == SIM_T_LOCK;
	case SIM_T_REQ_END:
		return s->t->kind == SIM_T_REQ && s->t->dev == t->dev && s->t->b == t->c &&
		       !strcmp(s->t->name, t->name);
	case SIM_T_IRQ_END:
		return s->t->kind == SIM_T_IRQ;
	case SIM_T_ENTRY_END:
		return s->t->kind == SIM_T_ENTRY && !strcmp(s->t->name, t->name);
	default:
		return false;
	}
}

static void close_span(struct picture *p, u32 at, const struct sim_trace *t)
{
	for (size_t i = p->n_spans; i-- > 0;) {
		struct pic_span *s = &p->spans[i];

		if (s->lane != at || s->to != ~0ULL || !closes(s, t))
			continue;
		s->to = t->time;
		s->end = t;
		if (p->lanes[at].kind == PIC_CONTEXT)
			p->lanes[at].n_rows--;
		else
			p->lanes[at].rows[s->row] = t->time;
		return;
	}
}

/* A task's own outermost entry says no more than its lane's name. */
static bool is_lane_itself(const struct pic_lane *l, const struct sim_trace *t)
{
	size_t n = strlen(t->name);

	return !strncmp(l->key, "task ", 5) && !strncmp(l->key + 5, t->name, n) &&
	       (l->key[5 + n] == ',' || !l->key[5 + n]);
}

static void find_spans(struct picture *p)
{
	struct pic_span *s;
	u32 at;

	for (size_t i = 0; i < p->n_events; i++) {
		const struct sim_trace *t = p->events[i];

		at = lane_of(p, t);
		switch (t->kind) {
		case SIM_T_MAP:
		case SIM_T_REQ:
			s = add_span(p, at, t);
			s->row = free_row(&p->lanes[at], t->time);
			break;
		case SIM_T_IRQ:
		case SIM_T_ENTRY:
			if (t->kind == SIM_T_ENTRY && is_lane_itself(&p->lanes[at], t))
				break;
			s = add_span(p, at, t);
			s->row = p->lanes[at].n_rows++;
			break;
		default:
			close_span(p, at, t);
			break;
		}
	}
}

/* What nothing closed lasts to the end. */
static void close_all(struct picture *p)
{
	for (size_t i = 0; i < p->n_spans; i++) {
		if (p->spans[i].to == ~0ULL)
			p->spans[i].to = p->last;
	}
}

/* When each task had its processor, from the switches nobody wants to see one by one. */
static void find_runs(struct picture *p)
{
	struct pic_span *now[256] = { NULL };
	size_t n;
	const struct sim_trace *log = sim_trace_log(&n);

	/* First their number, so that none of them moves. */
	for (size_t i = 0; i < n; i++)
		p->runs_room += log[i].kind == SIM_T_TASK;
	p->runs = need(calloc(p->runs_room + 1, sizeof(*p->runs)));
	for (size_t i = 0; i < n; i++) {
		const struct sim_trace *t = &log[i];

		if (t->kind != SIM_T_TASK)
			continue;
		if (now[t->cpu])
			now[t->cpu]->to = t->time;
		now[t->cpu] = NULL;
		if (!strncmp(sim_trace_context(t->ctx), "task idle", 9))
			continue;
		now[t->cpu] = &p->runs[p->n_runs++];
		*now[t->cpu] = (struct pic_span){
			.from = t->time,
			.to = p->last,
			.lane = lane(p, PIC_CONTEXT, sim_trace_context(t->ctx), 0),
			.t = t,
		};
	}
}

/* From when to when each lock had an owner. */
static void find_locks(struct picture *p)
{
	size_t n;
	const struct sim_trace *log = sim_trace_log(&n);
	u64 first = p->hidden ? p->hidden_to : 0; /* of a long run, its end */
	u32 at;

	for (size_t i = 0; i < n; i++) {
		const struct sim_trace *t = &log[i];

		if ((t->kind != SIM_T_LOCK && t->kind != SIM_T_UNLOCK) || t->time < first)
			continue;
		at = lane(p, PIC_LOCK, t->name ?: "", t->a);
		if (t->kind == SIM_T_UNLOCK)
			close_span(p, at, t);
		else
			add_span(p, at, t)->row = free_row(&p->lanes[at], t->time);
	}
}

/* ---- systems ------------------------------------------------------------- */

/* The last anchor of the system that begins at @first: before a long gap, if one is near the end. */
static size_t last_anchor(const struct picture *p, size_t first)
{
	double limit = p->anchors[first].x + PIC_WIDTH;
	size_t end = first, best;
	double gap = 0;

	while (end + 1 < p->n_anchors && p->anchors[end + 1].x <= limit &&
	       !(p->hidden && p->anchors[end].time == p->hidden_from &&
		 p->anchors[end + 1].time >= p->hidden_to))
		end++;
	if (end + 1 == p->n_anchors || p->anchors[end + 1].x <= limit)
		return end;
	best = end;
	for (size_t i = end; i > first && p->anchors[i].x > limit - PIC_WIDTH / 4; i--) {
		double dx = p->anchors[i + 1].x - p->anchors[i].x;

		if (dx > gap + 1) {
			gap = dx;
			best = i;
		}
	}
	return best;
}

static void cut_systems(struct picture *p)
{
	size_t first = 0, last;

	p->systems = need(calloc(p->n_anchors + 1, sizeof(*p->systems)));
	while (first < p->n_anchors) {
		last = last_anchor(p, first);
		p->systems[p->n_systems++] = (struct pic_system){
			.from = p->anchors[first].time,
			.to = p->anchors[last].time,
			.x0 = p->anchors[first].x,
			.x1 = p->anchors[last].x,
		};
		first = last + 1;
	}
}

void pic_layout(struct picture *p)
{
	memset(p, 0, sizeof(*p));
	choose_events(p);
	lay_out_time(p);
	find_spans(p);
	find_locks(p);
	close_all(p);
	find_runs(p);
	cut_systems(p);
}

void pic_free(struct picture *p)
{
	free(p->events);
	free(p->lanes);
	free(p->items);
	free(p->spans);
	free(p->runs);
	free(p->anchors);
	free(p->systems);
}
