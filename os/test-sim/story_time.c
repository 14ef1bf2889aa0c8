// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Where the time of an operation went, and what became of its interrupts. */
#include <stdio.h>
#include <string.h>

#include <os/test-sim/dev.h>
#include <os/test-sim/story.h>
#include <os/test-sim/symbol.h>
#include <os/test-sim/timeline.h>

#define WORTH_NS 10000000 /* waits of less than that altogether are nobody's concern */
#define MOST_PLACES 4
#define MAX_PLACES 64

/* ---- waiting ------------------------------------------------------------- */

struct place {
	const struct sim_trace *t;
	u64 ns;
	u32 times;
};

static struct place *place_of(struct place *p, u32 *n, const struct sim_trace *t)
{
	for (u32 i = 0; i < *n; i++) {
		if (p[i].t->site == t->site && p[i].t->stack == t->stack &&
		    !strcmp(p[i].t->name, t->name))
			return &p[i];
	}
	if (*n == MAX_PLACES)
		return NULL;
	p[*n] = (struct place){ .t = t };
	return &p[(*n)++];
}

/* Who had the lock that was waited for so long, and by which line. */
static void tell_holder(struct sim_story *st, const struct sim_trace *wait)
{
	size_t n;
	const struct sim_trace *log = sim_trace_log(&n), *got = wait, *t;

	while (got < log + n && !(got->kind == SIM_T_LOCK && got->ctx == wait->ctx))
		got++;
	if (got == log + n)
		return;
	for (t = got; t-- > log;) {
		if (t->kind == SIM_T_LOCK && t->a == got->a)
			break;
	}
	if (t < log || t->time > wait->time || !t->site)
		return;
	sim_line_add(st, "time", "    \"%s\" was held by %s, since %.3f us: %s", got->name ?: "?",
		     sim_trace_context(t->ctx), (double)t->time / 1000, sim_site_text(t->site));
	sim_story_look(st, t);
}

static void tell_place(struct sim_story *st, const struct place *p)
{
	char stack[160];

	sim_line_add(st, "time", "%.1f ms in %u wait%s %s: %s", (double)p->ns / 1000000, p->times,
		     p->times == 1 ? "" : "s", p->t->name, sim_site_text(p->t->site));
	if (sim_stack_text(NULL, p->t->stack, 5, stack, sizeof(stack)))
		sim_line_add(st, "time", "    called from %s", stack);
	if (!strcmp(p->t->name, "for a mutex"))
		tell_holder(st, p->t);
}

void sim_story_time(struct sim_story *st, const struct sim_trace *begin,
		    const struct sim_trace *end)
{
	struct place p[MAX_PLACES];
	u32 n = 0;

	/* What calls of the driver wait for; that scenarios wait for their driver goes without saying. */
	for (const struct sim_trace *t = begin; t <= end; t++) {
		struct place *at =
			t->kind == SIM_T_WAIT && t->a > 1 && t->site ? place_of(p, &n, t) : NULL;

		if (at) {
			at->ns += t->b;
			at->times++;
		}
	}
	for (u32 told = 0; told < MOST_PLACES; told++) {
		struct place *most = NULL;

		for (u32 i = 0; i < n; i++) {
			if (p[i].ns >= WORTH_NS && (!most || p[i].ns > most->ns))
				most = &p[i];
		}
		if (!most)
			break;
		tell_place(st, most);
		most->ns = 0;
	}
}

/* ---- interrupts ---------------------------------------------------------- */

#define MOST_RAISED 6
#define MAX_REGS 32

struct raised {
	const struct sim_trace *first;
	u32 times;
};

static void tell_taken(struct sim_story *st, const struct raised *r, const struct sim_trace *irq,
		       const struct sim_trace *end)
{
	char what[100], answer[100] = "still runs";

	sim_trace_text(r->first, what, sizeof(what));
	if (end)
		sim_trace_text(end, answer, sizeof(answer));
	sim_line_add(st, "irqs", "%.3f us: %s", (double)r->first->time / 1000, what);
	if (r->times > 1)
		sim_line_add(st, "irqs", "    %u times before it was taken: one interrupt for all",
			     r->times);
	sim_line_add(st, "irqs", "    taken at %.3f us in %s; at %.3f us %s",
		     (double)irq->time / 1000, sim_trace_context(irq->ctx),
		     (double)(end ? end : irq)->time / 1000, answer);
	sim_story_look(st, r->first);
	sim_story_look(st, irq);
	if (end)
		sim_story_lines(st, "irqs", end);
}

static const struct sim_trace *end_of(const struct sim_trace *irq, const struct sim_trace *stop)
{
	for (const struct sim_trace *t = irq; t < stop; t++) {
		if (t->kind == SIM_T_IRQ_END && t->ctx == irq->ctx && t->dev == irq->dev)
			return t;
	}
	return NULL;
}

static bool is_read(const struct sim_trace *t)
{
	return t->kind == SIM_T_READ;
}

/* "rd BM_STATUS1 = ..": the name without a number, which says which of several alike. */
static size_t name_of(const struct sim_trace *t, char *buf, size_t len)
{
	size_t n;

	sim_trace_text(t, buf, len);
	n = strcspn(buf, "=");
	while (n && (buf[n - 1] == ' ' || (buf[n - 1] >= '0' && buf[n - 1] <= '9')))
		n--;
	buf[n] = '\0';
	return n;
}

/* Does some handler of the device read a register of that name? */
static bool is_status(const struct sim_trace *log, size_t n_log, const struct sim_trace *t)
{
	char mine[120], other[120];

	name_of(t, mine, sizeof(mine));
	for (size_t i = 0; i < n_log; i++) {
		if (!is_read(&log[i]) || log[i].dev != t->dev || !(log[i].ctx & 0x8000))
			continue;
		name_of(&log[i], other, sizeof(other));
		if (!strcmp(mine, other))
			return true;
	}
	return false;
}

/* Each register that handlers of the device read, and those alike: when they were read at all. */
static void tell_registers(struct sim_story *st, const struct trv_dev *dev, u64 since)
{
	const struct sim_trace *reg[MAX_REGS];
	size_t n_log;
	const struct sim_trace *log = sim_trace_log(&n_log);
	u32 n = 0, n_seen = 0;
	char text[120];
	u64 seen[MAX_REGS];

	for (size_t i = 0; i < n_log && n_seen < MAX_REGS; i++) {
		u32 k = 0;

		if (!is_read(&log[i]) || log[i].dev != dev)
			continue;
		while (k < n_seen && seen[k] != log[i].a)
			k++;
		if (k < n_seen)
			continue;
		seen[n_seen++] = log[i].a;
		if (is_status(log, n_log, &log[i]))
			reg[n++] = &log[i];
	}
	for (u32 k = 0; k < n; k++) {
		const struct sim_trace *last = reg[k], *after = NULL;

		for (size_t i = 0; i < n_log; i++) {
			if (!is_read(&log[i]) || log[i].dev != dev || log[i].a != reg[k]->a)
				continue;
			if (log[i].time >= since && !after)
				after = &log[i];
			if (log[i].time < since)
				last = &log[i];
		}
		sim_trace_text(after ?: last, text, sizeof(text));
		if (after)
			sim_line_add(st, "irqs", "    then first at %.3f us, %s: %s (bar%u+0x%x)",
				     (double)after->time / 1000, sim_trace_context(after->ctx),
				     text, (u32)(after->a >> 32), (u32)after->a);
		else
			sim_line_add(st, "irqs",
				     "    not read since: bar%u+0x%x, last at %.3f us: %s",
				     (u32)(last->a >> 32), (u32)last->a, (double)last->time / 1000,
				     text);
	}
}

void sim_story_interrupts(struct sim_story *st, const struct sim_trace *begin,
			  const struct sim_trace *end)
{
	struct raised up = { 0 };
	u64 last = 0;
	u32 told = 0;

	for (const struct sim_trace *t = begin; t < end; t++) {
		if (t->dev != begin->dev)
			continue;
		if (t->kind == SIM_T_LINE && t->b) {
			up.first = up.times++ ? up.first : t;
			last = t->time;
		}
		if (t->kind == SIM_T_IRQ && up.times && told < MOST_RAISED) {
			tell_taken(st, &up, t, end_of(t, end));
			up.times = 0;
			told++;
		}
	}
	if (up.times)
		sim_line_add(st, "irqs", "%.3f us: raised, and never taken",
			     (double)up.first->time / 1000);
	if (!last)
		sim_line_add(st, "irqs", "none was raised while it was under way");
	else
		tell_registers(st, begin->dev, last);
}
