// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * trivet trace, for waveform viewers: a Value Change Dump (IEEE 1364-2005,
 * section 18). A fact says which signals it changes; on the first pass over
 * all facts that declares the signals, on the second it gives them values.
 */
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include <os/linux-user/cli/trace.h>

enum { SIGNALS = 8192, DEVS = 8, VECS = 32, DISKS = 256, EVENTS = 64 };

enum scope { REGS, ACCESSES, IRQ, DMA, REQ, LATER, LIFE, TRACED, SCOPES };

static const char *const scope_names[SCOPES] = {
	"regs", "accesses", "irq", "dma", "req", "later", "life", "traced",
};

enum type { WIRE, REG, INTEGER, EVENT };

/** struct signal - @known: it has the value @val */
struct signal {
	char name[72];
	u8 dev;
	u8 scope;
	u8 type;
	u8 width;
	bool known;
	u64 val;
};

/** struct dev - its signals, and what their values are counted with */
struct dev {
	struct signal *read[6], *write[6], *handler[VECS], *raised[VECS], *masked[VECS];
	struct signal *coherent, *mapped, *to_device, *from_device, *disk[DISKS], *error[DISKS];
	struct signal *work, *timer, *bound, *gone;
	struct {
		char name[TRV_FACT_NAME];
		struct signal *signal;
	} events[EVENTS];
	struct {
		u64 coherent, mapped, to_device, from_device, disk[DISKS], work;
		u32 masked[VECS];
	} n;
};

static struct {
	FILE *out; /* NULL on the first pass */
	struct signal signals[SIGNALS];
	u32 n_signals;
	bool too_many;
	struct dev devs[DEVS];
	u64 now;
} vcd;

/* ---- signals ------------------------------------------------------------- */

static void vcd_id(const struct signal *s, char *id)
{
	size_t i = (size_t)(s - vcd.signals);

	do {
		*id++ = (char)('!' + i % 94);
		i /= 94;
	} while (i);
	*id = '\0';
}

static bool name_taken(const struct signal *s)
{
	for (const struct signal *t = vcd.signals; t < s; t++) {
		if (t->dev == s->dev && t->scope == s->scope && !strcmp(t->name, s->name))
			return true;
	}
	return false;
}

/* What lies between names in viewers must not lie in them, and no two may be alike. */
static void clean_name(struct signal *s)
{
	size_t len = strlen(s->name);

	for (char *c = s->name; *c; c++) {
		if (!isalnum((unsigned char)*c))
			*c = '_';
	}
	len = trv_min(len, sizeof(s->name) - 8);
	if (!len || name_taken(s))
		snprintf(s->name + len, sizeof(s->name) - len, "_%u",
			 (u32)(s - vcd.signals) % 100000);
}

/* @slot's signal; made on the first pass. NULL when it has none. */
static struct signal *signal_of(struct signal **slot, u8 dev, enum scope scope, enum type type,
				u32 width, const char *fmt, ...) TRV_PRINTF(6, 7);

static struct signal *signal_of(struct signal **slot, u8 dev, enum scope scope, enum type type,
				u32 width, const char *fmt, ...)
{
	struct signal *s = *slot;
	va_list ap;

	if (s || vcd.out)
		return s;
	if (vcd.n_signals == SIGNALS) {
		vcd.too_many = true;
		return NULL;
	}
	s = &vcd.signals[vcd.n_signals++];
	*s = (struct signal){ .dev = dev, .scope = (u8)scope, .type = (u8)type, .width = (u8)width };
	va_start(ap, fmt);
	vsnprintf(s->name, sizeof(s->name), fmt, ap);
	va_end(ap);
	clean_name(s);
	*slot = s;
	return s;
}

static void put_value(const struct signal *s)
{
	char id[8];
	u32 n = 64;

	vcd_id(s, id);
	if (s->width == 1) {
		fprintf(vcd.out, "%c%s\n", s->known ? '0' + (char)(s->val & 1) : 'x', id);
		return;
	}
	putc('b', vcd.out);
	if (!s->known)
		putc('x', vcd.out);
	else
		while (n > 1 && !(s->val >> (n - 1)))
			n--;
	while (s->known && n--)
		putc('0' + (int)(s->val >> n & 1), vcd.out);
	fprintf(vcd.out, " %s\n", id);
}

static void at(u64 ns)
{
	if (ns != vcd.now)
		fprintf(vcd.out, "#%llu\n", (unsigned long long)ns);
	vcd.now = ns;
}

static void set(struct signal *s, u64 ns, u64 val)
{
	if (!s || !vcd.out)
		return;
	if (s->type != EVENT && s->known && s->val == val)
		return;
	at(ns);
	s->known = true;
	s->val = val;
	put_value(s);
}

/* ---- what facts do to them ----------------------------------------------- */

static struct dev *dev_of(const struct trv_fact *f)
{
	return &vcd.devs[f->dev % DEVS];
}

/* What is read and what is written there are one value, or two. */
static struct trace_reg *value_of(const struct trv_fact *f, const char **suffix)
{
	struct trace_reg *reg = trace_reg(f), *twin;
	struct trv_fact read = *f;

	*suffix = "";
	if (!reg || !trace_is_write(f))
		return reg;
	read.kind = trace_is_fifo(f) ? TRV_FACT_REG_READ_REP : TRV_FACT_REG_READ;
	twin = trace_reg(&read);
	if (!twin || strcmp(twin->name, reg->name))
		return reg;
	if (!reg->desc || reg->desc->access == TRV_REG_RW)
		return twin;
	*suffix = "_written";
	return reg;
}

static void reg(const struct trv_fact *f, u64 ns)
{
	const bool write = trace_is_write(f);
	struct dev *d = dev_of(f);
	struct signal **access = write ? d->write : d->read;
	const char *suffix;
	struct trace_reg *r = value_of(f, &suffix);
	struct signal **slot, *s;

	set(signal_of(&access[f->bar], f->dev, ACCESSES, EVENT, 1, "BAR%u_%s", f->bar,
		      write ? "write" : "read"),
	    ns, 1);
	if (!r)
		return;
	slot = (struct signal **)&r->own;
	if (!trace_is_fifo(f)) {
		set(signal_of(slot, f->dev, REGS, REG, 8 * f->width, "%s%s%s", r->where, r->name,
			      suffix),
		    ns, f->val);
		return;
	}
	/* A FIFO has no value: how much has gone through it. */
	s = signal_of(slot, f->dev, REGS, INTEGER, 32, "%s%s_bytes", r->where, r->name);
	if (s && s->type == INTEGER)
		set(s, ns, (s->known ? s->val : 0) + f->len);
}

static void count_up(u64 *n, u64 by)
{
	*n += by;
}

/* What began before the recording, or is filtered out, is not counted. */
static void count_down(u64 *n, u64 by)
{
	*n -= trv_min(*n, by);
}

static void dma(const struct trv_fact *f, u64 ns)
{
	struct dev *d = dev_of(f);

	if (f->kind == TRV_FACT_DMA_ALLOC || f->kind == TRV_FACT_DMA_FREE) {
		(f->kind == TRV_FACT_DMA_ALLOC ? count_up : count_down)(&d->n.coherent, f->len);
		set(signal_of(&d->coherent, f->dev, DMA, INTEGER, 32, "coherent_bytes"), ns,
		    d->n.coherent);
		return;
	}
	if (f->kind == TRV_FACT_DMA_MAP || f->kind == TRV_FACT_DMA_UNMAP) {
		void (*count)(u64 * n, u64 by) = f->kind == TRV_FACT_DMA_MAP ? count_up :
									       count_down;

		count(&d->n.mapped, f->len);
		count(&d->n.to_device, !!(f->dir & TRV_DMA_TO_DEVICE));
		count(&d->n.from_device, !!(f->dir & TRV_DMA_FROM_DEVICE));
		set(signal_of(&d->mapped, f->dev, DMA, INTEGER, 32, "mapped_bytes"), ns,
		    d->n.mapped);
		set(signal_of(&d->to_device, f->dev, DMA, WIRE, 1, "to_device"), ns,
		    d->n.to_device != 0);
		set(signal_of(&d->from_device, f->dev, DMA, WIRE, 1, "from_device"), ns,
		    d->n.from_device != 0);
	}
}

static void irq(const struct trv_fact *f, u64 ns)
{
	struct dev *d = dev_of(f);
	const u32 v = f->vec % VECS;
	struct signal *handler, *raised, *masked;

	if (f->kind == TRV_FACT_IRQ_ALLOC || f->kind == TRV_FACT_IRQ_FREE)
		return;
	handler = signal_of(&d->handler[v], f->dev, IRQ, WIRE, 1, "irq%u_handler", v);
	raised = signal_of(&d->raised[v], f->dev, IRQ, WIRE, 1, "irq%u_raised", v);
	masked = signal_of(&d->masked[v], f->dev, IRQ, WIRE, 1, "irq%u_masked", v);
	switch (f->kind) {
	case TRV_FACT_IRQ_ATTACH:
	case TRV_FACT_IRQ_DETACH:
		d->n.masked[v] = 0;
		set(handler, ns, 0);
		set(raised, ns, 0);
		set(masked, ns, 0);
		break;
	case TRV_FACT_IRQ_MASK:
		d->n.masked[v]++;
		set(masked, ns, 1);
		break;
	case TRV_FACT_IRQ_UNMASK:
		d->n.masked[v] -= d->n.masked[v] != 0;
		set(masked, ns, d->n.masked[v] != 0);
		break;
	case TRV_FACT_IRQ_RAISE:
		set(raised, ns, 1);
		break;
	case TRV_FACT_IRQ:
		set(raised, ns, 0);
		set(handler, ns, 1);
		break;
	default:
		set(handler, ns, 0);
	}
}

static void later(const struct trv_fact *f, u64 ns)
{
	struct dev *d = dev_of(f);

	if (f->kind == TRV_FACT_WORK || f->kind == TRV_FACT_WORK_DONE) {
		(f->kind == TRV_FACT_WORK ? count_up : count_down)(&d->n.work, 1);
		set(signal_of(&d->work, f->dev, LATER, INTEGER, 32, "works_running"), ns,
		    d->n.work);
	} else if (f->kind == TRV_FACT_TIMER || f->kind == TRV_FACT_TIMER_DONE) {
		set(signal_of(&d->timer, f->dev, LATER, WIRE, 1, "timer_running"), ns,
		    f->kind == TRV_FACT_TIMER);
	}
}

static void request(const struct trv_fact *f, u64 ns)
{
	struct dev *d = dev_of(f);
	u64 *n = &d->n.disk[f->unit];

	(f->kind == TRV_FACT_REQ_START ? count_up : count_down)(n, 1);
	set(signal_of(&d->disk[f->unit], f->dev, REQ, INTEGER, 32, "disk%u_requests", f->unit), ns,
	    *n);
	if (f->rc)
		set(signal_of(&d->error[f->unit], f->dev, REQ, EVENT, 1, "disk%u_error", f->unit),
		    ns, 1);
}

static void traced(const struct trv_fact *f, u64 ns)
{
	struct dev *d = dev_of(f);

	for (u32 i = 0; i < EVENTS; i++) {
		if (!d->events[i].name[0])
			snprintf(d->events[i].name, sizeof(d->events[i].name), "%s", f->name);
		if (strcmp(d->events[i].name, f->name))
			continue;
		set(signal_of(&d->events[i].signal, f->dev, TRACED, EVENT, 1, "%s", f->name), ns,
		    1);
		return;
	}
	vcd.too_many = true;
}

static void life(const struct trv_fact *f, u64 ns)
{
	struct dev *d = dev_of(f);

	if (f->kind == TRV_FACT_BIND_DONE || f->kind == TRV_FACT_UNBIND_DONE)
		set(signal_of(&d->bound, f->dev, LIFE, WIRE, 1, "bound"), ns,
		    f->kind == TRV_FACT_BIND_DONE && !f->rc);
	else if (f->kind == TRV_FACT_GONE)
		set(signal_of(&d->gone, f->dev, LIFE, WIRE, 1, "gone"), ns, 1);
}

static void apply(const struct trv_fact *f)
{
	const u64 ns = trace_ns(f);

	if (trace_is_reg(f))
		reg(f, ns);
	else if (f->kind <= TRV_FACT_CFG_WRITE)
		return;
	else if (f->kind <= TRV_FACT_DMA_SYNC_DEVICE)
		dma(f, ns);
	else if (f->kind <= TRV_FACT_IRQ_DONE)
		irq(f, ns);
	else if (f->kind <= TRV_FACT_TIMER_DONE)
		later(f, ns);
	else if (f->kind <= TRV_FACT_REQ_DONE)
		request(f, ns);
	else if (f->kind == TRV_FACT_EVENT)
		traced(f, ns);
	else
		life(f, ns);
}

/* ---- the file ------------------------------------------------------------ */

static bool is_in(const struct signal *s, u32 dev, u32 scope)
{
	return s->dev == dev && s->scope == scope;
}

static void declare_scope(u32 dev, u32 scope)
{
	static const char *const types[] = {
		[WIRE] = "wire", [REG] = "reg", [INTEGER] = "integer", [EVENT] = "event"
	};
	bool any = false;
	char id[8];

	for (u32 i = 0; i < vcd.n_signals; i++) {
		const struct signal *s = &vcd.signals[i];

		if (!is_in(s, dev, scope))
			continue;
		if (!any)
			fprintf(vcd.out, "$scope module %s $end\n", scope_names[scope]);
		any = true;
		vcd_id(s, id);
		fprintf(vcd.out, "$var %s %u %s %s $end\n", types[s->type], s->width, id, s->name);
	}
	if (any)
		fputs("$upscope $end\n", vcd.out);
}

static void declare_dev(u32 dev)
{
	char name[TRV_FACT_NAME];

	snprintf(name, sizeof(name), "%s", trace_dev_name(dev));
	for (char *c = name; *c; c++) {
		if (!isalnum((unsigned char)*c))
			*c = '_';
	}
	fprintf(vcd.out, "$scope module dev_%s $end\n", name);
	for (u32 scope = 0; scope < SCOPES; scope++)
		declare_scope(dev, scope);
	fputs("$upscope $end\n", vcd.out);
}

static void begin(FILE *out)
{
	vcd.out = out;
	for (u32 i = 0; i < DEVS; i++)
		memset(&vcd.devs[i].n, 0, sizeof(vcd.devs[i].n));
	fputs("$version trivet " TRIVET_VERSION " $end\n", out);
	if (vcd.too_many)
		fputs("$comment there were more signals than these $end\n", out);
	fputs("$timescale 1 ns $end\n$scope module trivet $end\n", out);
	for (u32 dev = 0; dev < trace_n_devs(); dev++)
		declare_dev(dev);
	fputs("$upscope $end\n$enddefinitions $end\n#0\n$dumpvars\n", out);
	vcd.now = 0;
	for (u32 i = 0; i < vcd.n_signals; i++) {
		/* An event has no value. */
		if (vcd.signals[i].type != EVENT)
			put_value(&vcd.signals[i]);
	}
	fputs("$end\n", out);
}

static void fact(FILE *out, const struct trv_fact *f)
{
	apply(f);
	/* The time goes on to the last fact, whatever it changes. */
	if (f->kind == TRV_FACT_UNBIND_DONE || f->kind == TRV_FACT_GONE)
		at(trace_ns(f));
}

const struct trace_form trace_vcd = {
	.name = "vcd",
	.whole = true,
	.look = apply,
	.begin = begin,
	.fact = fact,
};
