// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How a driver came to a bad answer: the lines it went by, what it read on the
 * way, who had written that and when, and what has been run since and left it so.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <os/test-sim/mem_impl.h>
#include <os/test-sim/story.h>
#include <os/test-sim/timeline.h>
#include <os/test-sim/watch.h>

#define MOST_READS 3
#define MOST_SINCE 5
#define A_POINTER 0x10000 /* what is not smaller is no state, but an address */

void sim_line_add(struct sim_story *st, const char *part, const char *fmt, ...)
{
	struct sim_line *l = &st->line[st->n_lines];
	va_list ap;

	if (st->n_lines == SIM_MAX_LINES)
		return;
	st->n_lines++;
	l->part = part;
	va_start(ap, fmt);
	vsnprintf(l->text, sizeof(l->text), fmt, ap);
	va_end(ap);
}

void sim_story_look(struct sim_story *st, const struct sim_trace *t)
{
	size_t n;
	const struct sim_trace *log = sim_trace_log(&n);

	if (st->n_look < SIM_MAX_LOOK)
		st->look[st->n_look++] = (size_t)(t - log);
}

static double us(u64 ns)
{
	return (double)ns / 1000;
}

/* ---- stacks -------------------------------------------------------------- */

/* The driver's part of it: how the class came to call says nothing. */
int sim_stack_text(const void *pc, u32 stack, u32 most, char *buf, size_t len)
{
	const void *pcs[SIM_WATCH_STACK + 1] = { pc };
	u32 n_pc = 1 + sim_watch_frames(stack, pcs + 1), n = 0;
	const struct sim_frame_line *f, *last = NULL;
	bool inside = pc;
	int at = 0;

	buf[0] = '\0';
	sim_frames_learn(pcs, n_pc);
	for (u32 i = 0; i < n_pc; i++) {
		u32 n_frames = sim_frames_of(pcs[i], &f);

		/* Of @pc itself those it was inlined in. */
		for (u32 k = !i; k < n_frames && n < most; k++) {
			if (sim_frame_is_class(&f[k]) && inside)
				return at;
			/* The compiler makes several of one: no driver calls itself. */
			if (sim_frame_is_class(&f[k]) || (last && !strcmp(last->func, f[k].func)))
				continue;
			last = &f[k];
			inside = true;
			at += snprintf((size_t)at < len ? buf + at : NULL,
				       (size_t)at < len ? len - (size_t)at : 0, "%s%s() %s:%u",
				       n ? " < " : "", f[k].func, f[k].file, f[k].line);
			n++;
		}
	}
	return at;
}

/* False when no driver has a part in it. */
static bool tell_stack(struct sim_story *st, const char *part, const char *what, u32 stack)
{
	char text[200];
	bool any = sim_stack_text(NULL, stack, 5, text, sizeof(text));

	if (any)
		sim_line_add(st, part, "%s%s", what, text);
	return any;
}

/* ---- a visit ------------------------------------------------------------- */

static void learn_visit(const struct sim_visit *v)
{
	const void *pc[2 * SIM_WATCH_STEPS];

	for (u32 i = 0; i < v->n; i++) {
		pc[2 * i] = v->step[i].pc;
		pc[2 * i + 1] = v->step[i].by.pc;
	}
	sim_frames_learn(pc, 2 * v->n);
}

static bool same_line(const struct sim_frame_line *a, const struct sim_frame_line *b)
{
	return a->line == b->line && !strcmp(a->func, b->func) && !strcmp(a->path, b->path);
}

/* The lines of a visit; what goes round in a loop is there once. */
static u32 lines_of(const struct sim_visit *v, const struct sim_frame_line *line[SIM_WATCH_STEPS])
{
	u32 n = 0;

	learn_visit(v);
	for (u32 i = 0; i < v->n; i++) {
		const struct sim_frame_line *f = sim_driver_frame(v->step[i].pc);

		if (!f)
			continue;
		line[n++] = f;
		for (u32 k = 1; k <= 24 && 2 * k <= n; k++) {
			u32 same = 0;

			while (same < k && same_line(line[n - 1 - same], line[n - 1 - same - k]))
				same++;
			if (same == k) {
				n -= k;
				break;
			}
		}
	}
	return n;
}

/* "ide_channel_irq() ide_irq.c:76,89 > ide_fail() ide_error.c:122,123" */
static void tell_lines(struct sim_story *st, const char *part, const char *indent,
		       const struct sim_visit *v)
{
	const struct sim_frame_line *line[SIM_WATCH_STEPS];
	u32 n = lines_of(v, line);
	char text[200];
	int at = 0;

	for (u32 i = 0; i < n; i++) {
		const struct sim_frame_line *f = line[i];
		char more[140];

		if (at && !strcmp(line[i - 1]->func, f->func))
			snprintf(more, sizeof(more), ",%u", f->line);
		else
			snprintf(more, sizeof(more), "%s%s() %s:%u", i ? " > " : "", f->func,
				 f->file, f->line);
		if (at && at + (int)strlen(more) > 86) {
			sim_line_add(st, part, "%s", text);
			snprintf(more, sizeof(more), "> %s() %s:%u", f->func, f->file, f->line);
			at = 0;
		}
		if (!at)
			at = snprintf(text, sizeof(text), "%s", indent);
		at += snprintf(text + at, sizeof(text) - (size_t)at, "%s", more);
	}
	if (at)
		sim_line_add(st, part, "%s", text);
}

/* A load of something that decides: state, not the way to it. */
static bool is_state(const struct sim_act *a)
{
	return a->addr && !a->store && a->size <= 8 && a->value < A_POINTER &&
	       sim_driver_frame(a->pc);
}

/* The last different ones, in order. */
static u32 last_reads(const struct sim_visit *v, const struct sim_act *out[MOST_READS], u32 most)
{
	const struct sim_act *found[MOST_READS];
	u32 n = 0;

	learn_visit(v);
	for (u32 i = v->n; i-- > 0 && n < most;) {
		bool known = false;

		if (!is_state(&v->step[i]))
			continue;
		for (u32 k = 0; k < n; k++)
			known |= found[k]->addr == v->step[i].addr;
		if (!known)
			found[n++] = &v->step[i];
	}
	for (u32 k = 0; k < n; k++)
		out[k] = found[n - 1 - k];
	return n;
}

static void tell_writer(struct sim_story *st, const char *part, const struct sim_writer *by)
{
	static const char *const level[] = { "task ", "", "" };
	const struct sim_frame_line *f = by->pc ? sim_driver_frame(by->pc) : NULL;
	char stack[160], where[140];

	if (!by->pc && !by->site) {
		sim_line_add(st, part, "    not written by any driver since it was allocated");
		return;
	}
	if (f)
		snprintf(where, sizeof(where), "%s:%u, %s()", f->file, f->line, f->func);
	else if (by->site)
		snprintf(where, sizeof(where), "%s:%u, %s()", sim_basename(by->site->file),
			 by->site->line, by->site->func);
	else
		snprintf(where, sizeof(where), "the class");
	sim_line_add(st, part, "    last written %.3f us, %s%s, CPU%u: %s%s%.90s", us(by->time),
		     level[by->level], by->name, by->cpu, where, f ? "  | " : "",
		     f ? sim_frame_source(f) : "");
	if (sim_stack_text(by->pc, by->stack, 4, stack, sizeof(stack)))
		sim_line_add(st, part, "    called from %s", stack);
}

static void tell_read(struct sim_story *st, const char *part, const struct sim_act *a)
{
	const struct sim_frame_line *f = sim_driver_frame(a->pc);

	sim_line_add(st, part, "%s:%u, %s() read %u (%u byte%s)  | %.90s", f->file, f->line,
		     f->func, (u32)a->value, a->size, a->size == 1 ? "" : "s", sim_frame_source(f));
	tell_writer(st, part, &a->by);
}

/* ---- what ran since ------------------------------------------------------ */

static bool ends_call(const struct sim_trace *t)
{
	return t->kind == SIM_T_ENTRY_END || t->kind == SIM_T_IRQ_END || t->kind == SIM_T_TIMER_END;
}

/* A work, timer or interrupt by its function. */
static void name_call(const struct sim_trace *log, const struct sim_trace *end, char *buf,
		      size_t len)
{
	bool work = end->kind == SIM_T_ENTRY_END && !strcmp(end->name, "a work function");
	u8 want = end->kind == SIM_T_TIMER_END ? SIM_T_TIMER : SIM_T_WORK;

	snprintf(buf, len, "%s", end->name ?: "?");
	if (end->kind == SIM_T_IRQ_END)
		snprintf(buf, len, "interrupt %s", end->name ?: "");
	if (!work && end->kind != SIM_T_TIMER_END)
		return;
	for (const struct sim_trace *t = end; t-- > log;) {
		if (t->kind != want || t->ctx != end->ctx)
			continue;
		snprintf(buf, len, "%s %s()", work ? "work" : "timer",
			 sim_function_name((const void *)(uintptr_t)t->aux));
		return;
	}
}

static const struct sim_trace *begin_of(const struct sim_trace *log, const struct sim_trace *end)
{
	u32 depth = 0;

	for (const struct sim_trace *t = end; t-- > log;) {
		if (t->ctx != end->ctx)
			continue;
		if (end->kind == SIM_T_TIMER_END) {
			if (t->kind == SIM_T_TIMER)
				return t;
		} else if (t->kind == end->kind) {
			depth++;
		} else if (t->kind == (end->kind == SIM_T_IRQ_END ? SIM_T_IRQ : SIM_T_ENTRY) &&
			   !depth--) {
			return t;
		}
	}
	return end;
}

struct since {
	const struct sim_trace *first, *last;
	const struct sim_act *read;
	u32 times;
};

static bool same_reason(const struct since *s, const struct sim_trace *t, const struct sim_act *a)
{
	return s->first->kind == t->kind && s->read->pc == a->pc && s->read->addr == a->addr &&
	       s->read->value == a->value;
}

/* Requests come and go; what else a driver is called for may have to do with its state. */
static bool is_of_class(const struct sim_trace *t)
{
	static const char *const names[] = { "queue", "done", "kick", "poll" };
	bool is = false;

	for (u32 i = 0; i < TRV_ARRAY_SIZE(names) && t->kind == SIM_T_ENTRY_END; i++)
		is |= !strcmp(t->name, names[i]);
	return is;
}

/* Calls after @from that left for a reason of their own, each with what it read last. */
static void tell_since(struct sim_story *st, u64 from, const struct sim_trace *end,
		       const struct sim_visit *but)
{
	struct since found[MOST_SINCE];
	const struct sim_act *mine[MOST_READS], *a[MOST_READS];
	u32 n = 0, n_mine = last_reads(but, mine, MOST_READS);
	size_t n_log;
	const struct sim_trace *log = sim_trace_log(&n_log);
	char name[100];

	for (const struct sim_trace *t = log; t < end; t++) {
		const struct sim_visit *v = ends_call(t) ? sim_visit((u32)t->aux) : NULL;
		bool known = false;
		u32 k;

		if (!v || t->time <= from || is_of_class(t) || begin_of(log, t)->time <= from ||
		    !last_reads(v, a, 1))
			continue;
		for (k = 0; k < n_mine; k++)
			known |= mine[k]->addr == a[0]->addr;
		for (k = 0; k < n && !known; k++) {
			if (!same_reason(&found[k], t, a[0]))
				continue;
			found[k].last = t;
			found[k].times++;
			known = true;
		}
		if (!known && n < MOST_SINCE)
			found[n++] = (struct since){ t, t, a[0], 1 };
	}
	for (u32 k = 0; k < n; k++) {
		const struct sim_trace *first = begin_of(log, found[k].first);

		sim_story_look(st, found[k].first);
		name_call(log, found[k].first, name, sizeof(name));
		sim_line_add(st, "since", "%.3f to %.3f us, %s: %s%s", us(first->time),
			     us(found[k].first->time), sim_trace_context(first->ctx), name,
			     found[k].times > 1 ? ", and again" : "");
		tell_read(st, "since", found[k].read);
	}
}

/* ---- bad answers --------------------------------------------------------- */

static bool is_refusal(const struct sim_trace *t)
{
	return t->kind == SIM_T_ENTRY_END && t->c && t->b && !strcmp(t->name, "queue");
}

const struct sim_trace *sim_story_failure(void)
{
	size_t n;
	const struct sim_trace *log = sim_trace_log(&n);

	for (size_t i = n; i-- > 0;) {
		const struct sim_trace *t = &log[i];

		if (t->kind == SIM_T_REQ_END && t->b)
			return t;
		if (t->kind == SIM_T_ENTRY_END && t->c && (s64)t->b < 0 && !is_refusal(t))
			return t;
	}
	return NULL;
}

static bool same_request(const struct sim_trace *a, const struct sim_trace *b)
{
	return (u32)a->aux == (u32)b->aux && a->dev == b->dev;
}

const struct sim_trace *sim_story_begin(const struct sim_trace *end)
{
	size_t n;
	const struct sim_trace *log = sim_trace_log(&n), *begin = end;

	if (end->kind != SIM_T_REQ_END)
		return begin_of(log, end);
	for (const struct sim_trace *t = end; t-- > log;) {
		if (t->kind == SIM_T_REQ && same_request(t, end))
			begin = t;
	}
	return begin;
}

/* The refusals of the request that ended at @end, unless it was taken after all. */
static u32 refusals(const struct sim_trace *end, const struct sim_trace **first,
		    const struct sim_trace **last)
{
	const struct sim_trace *offer = NULL;
	u32 n = 0;

	for (const struct sim_trace *t = sim_story_begin(end); t < end; t++) {
		if (t->kind == SIM_T_REQ && same_request(t, end))
			offer = t;
		if (!offer || t->kind != SIM_T_ENTRY_END || t->ctx != offer->ctx ||
		    strcmp(t->name, "queue"))
			continue;
		offer = NULL;
		if (!is_refusal(t)) {
			n = 0;
			continue;
		}
		if (!n++)
			*first = t;
		*last = t;
	}
	return n;
}

static void tell_reads(struct sim_story *st, const char *part, const struct sim_visit *v,
		       const struct sim_trace *end)
{
	const struct sim_act *a[MOST_READS];
	u32 n = last_reads(v, a, MOST_READS);
	u64 newest = 0;

	for (u32 i = 0; i < n; i++) {
		tell_read(st, part, a[i]);
		newest = trv_max(newest, a[i]->by.time);
	}
	if (n && newest)
		tell_since(st, newest, end, v);
}

static void tell_locks(struct sim_story *st, const char *part, const struct sim_trace *end)
{
	size_t n;
	const struct sim_trace *log = sim_trace_log(&n), *released = NULL;
	u64 gone[16];
	u32 n_gone = 0, n_held = 0, depth = 0;

	for (const struct sim_trace *t = end; t-- > log;) {
		bool known = false;

		if (t->ctx != end->ctx)
			continue;
		if (t->kind == SIM_T_ENTRY_END)
			depth++;
		if ((t->kind == SIM_T_ENTRY && !depth--) || t->kind == SIM_T_IRQ)
			break;
		if (!t->site || strstr(t->site->file, "core/"))
			continue;
		if (t->kind == SIM_T_UNLOCK && n_gone < TRV_ARRAY_SIZE(gone)) {
			gone[n_gone++] = t->a;
			released = released ?: t;
		}
		if (t->kind != SIM_T_LOCK)
			continue;
		for (u32 i = 0; i < n_gone && !known; i++) {
			if (gone[i] != t->a)
				continue;
			gone[i] = gone[--n_gone];
			known = true;
		}
		if (known)
			continue;
		n_held++;
		sim_story_look(st, t);
		sim_line_add(st, part, "under the lock \"%s\", since %.3f us: %s:%u, %s()",
			     t->name ?: "?", us(t->time), sim_basename(t->site->file),
			     t->site->line, t->site->func);
	}
	if (!n_held)
		sim_line_add(st, part, "under no lock of the driver's");
	if (!released)
		return;
	sim_story_look(st, released);
	sim_line_add(st, part, "    it had let go of \"%s\" at %.3f us: %s:%u, %s()",
		     released->name ?: "?", us(released->time), sim_basename(released->site->file),
		     released->site->line, released->site->func);
}

static void tell_offers(struct sim_story *st, const struct sim_trace *end, u32 n,
			const struct sim_trace *first, const struct sim_trace *last)
{
	const struct sim_visit *v = sim_visit((u32)last->aux);
	char text[100];

	sim_trace_text(last, text, sizeof(text));
	sim_line_add(st, "refused", "%s #%u, %u times, from %.3f to %.3f us: %s", end->name,
		     (u32)end->aux, n, us(first->time), us(last->time),
		     text + strcspn(text, " ") + 1);
	sim_story_look(st, last);
	if (!v)
		return;
	tell_reads(st, "refused", v, end);
	tell_lines(st, "by lines", "", v);
}

bool sim_story_way(struct sim_story *st, const struct sim_trace *end)
{
	const struct sim_trace *first = end, *last = end;
	bool request = end->kind == SIM_T_REQ_END;
	u32 n = request ? refusals(end, &first, &last) : 0;
	const struct sim_visit *v = sim_visit((u32)(request ? end->aux >> 32 : end->aux));
	char text[160];

	if (n) {
		tell_offers(st, end, n, first, last);
		return false;
	}
	sim_trace_text(end, text, sizeof(text));
	/* "leave" is for timelines */
	sim_line_add(st, "failed", "%s, at %.3f us in %s",
		     text + (request ? 0 : strcspn(text, " ") + 1), us(end->time),
		     sim_trace_context(end->ctx));
	if (request) {
		if (!tell_stack(st, "failed", "by ", end->stack))
			return true;
		tell_locks(st, "failed", end);
	} else if (v) {
		tell_reads(st, "failed", v, end);
	}
	if (v)
		tell_lines(st, "by lines", "", v);
	return true;
}

void sim_story_lines(struct sim_story *st, const char *part, const struct sim_trace *end)
{
	const struct sim_visit *v = sim_visit((u32)end->aux);

	if (v)
		tell_lines(st, part, strcmp(part, "by lines") ? "    by lines " : "", v);
}

void sim_story_now(struct sim_story *st)
{
	const struct sim_visit *v = sim_visit(sim_finding()->visit);

	for (u32 i = 0; i < st->n_lines; i++) {
		if (!strcmp(st->line[i].part, "by lines"))
			return;
	}
	if (v)
		tell_lines(st, "by lines", "", v);
}

/* What was taken and has not ended when the run does. */
void sim_story_under_way(struct sim_story *st)
{
	const struct sim_trace *live[8];
	size_t n_log;
	const struct sim_trace *log = sim_trace_log(&n_log);
	u32 n = 0;
	char text[100];

	for (const struct sim_trace *t = log; t < log + n_log; t++) {
		u32 k = 0;

		if (t->kind != SIM_T_REQ && t->kind != SIM_T_REQ_END)
			continue;
		while (k < n && !same_request(live[k], t))
			k++;
		if (t->kind == SIM_T_REQ_END && k < n)
			live[k] = live[--n];
		else if (t->kind == SIM_T_REQ && k == n && n < TRV_ARRAY_SIZE(live))
			live[n++] = t;
	}
	for (u32 k = 0; k < n; k++) {
		sim_trace_text(live[k], text, sizeof(text));
		sim_line_add(st, "pending", "%s since %.3f us: no end", text, us(live[k]->time));
	}
}
