// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet trace, for people: a line for each fact; reads that find nothing new are one line. */
#include <stdarg.h>
#include <string.h>

#include <os/linux-user/cli/trace.h>

bool trace_text_fold = true;

/** struct line - the one to be printed next; @n reads of it so far, the last at @ns */
static struct {
	char text[1024];
	size_t len;
	struct trv_fact fact;
	u32 n;
	u64 ns;
} line;

static void add(const char *fmt, ...) TRV_PRINTF(1, 2);

static void add(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line.text + line.len, sizeof(line.text) - line.len, fmt, ap);
	va_end(ap);
	line.len = trv_min(line.len + (size_t)trv_max(n, 0), sizeof(line.text) - 1);
}

/* "1.204 ms" */
static void add_time(u64 ns)
{
	if (ns < 1000000)
		add("%.1f us", (double)ns / 1e3);
	else if (ns < 1000000000)
		add("%.3f ms", (double)ns / 1e6);
	else
		add("%.3f s", (double)ns / 1e9);
}

static void flush_line(FILE *out)
{
	if (line.n > 1) {
		add("  x %u in ", line.n);
		add_time(line.ns - line.fact.ns);
	}
	if (line.n)
		fprintf(out, "%s\n", line.text);
	line.n = 0;
}

/* Is it the same read again, with the same result? */
static bool again(const struct trv_fact *f)
{
	const struct trv_fact *was = &line.fact;

	return trace_text_fold && line.n && f->kind == TRV_FACT_REG_READ && was->kind == f->kind &&
	       was->dev == f->dev && was->bar == f->bar && was->off == f->off &&
	       was->width == f->width && was->val == f->val && was->rc == f->rc &&
	       was->tid == f->tid && was->ctx == f->ctx;
}

static void add_error(s32 rc)
{
	if (rc)
		add(": %s", strerror((int)(0U - (u32)rc)));
}

static void add_data(const struct trv_fact *f)
{
	for (u32 i = 0; i < f->n_data; i++)
		add(" %02x", f->data[i]);
	add("%s, digest %016llx", f->n_data < f->len ? " ..." : "", (unsigned long long)f->digest);
}

static void reg(const struct trv_fact *f)
{
	struct trace_reg *r = trace_reg(f);
	char text[512];

	add("%c ", trace_is_write(f) ? 'W' : 'R');
	if (r)
		add("%s%s", r->where, r->name);
	else
		add("BAR%u+0x%x", f->bar, f->off);
	if (trace_is_fifo(f)) {
		add(" %u x %u bytes:", f->count, f->width);
		add_data(f);
	} else {
		trace_reg_text(r, f, text, sizeof(text));
		add(" = %s", text);
		trace_reg_changes(r, f->val, text, sizeof(text));
		if (*text)
			add("  %s", text);
		if (r) {
			r->last = f->val;
			r->known = true;
		}
	}
	if (f->rc)
		add(", went nowhere");
	add_error(f->rc);
}

static void cfg(const struct trv_fact *f)
{
	const char *name = trace_cfg_name(f->off);

	add("%c cfg ", f->kind == TRV_FACT_CFG_WRITE ? 'W' : 'R');
	if (name)
		add("%s", name);
	else
		add("0x%02x", f->off);
	add(" = 0x%0*llx", 2 * (int)f->width, (unsigned long long)f->val);
	add_error(f->rc);
}

static void dma(const struct trv_fact *f)
{
	const bool sync = f->kind == TRV_FACT_DMA_SYNC_CPU || f->kind == TRV_FACT_DMA_SYNC_DEVICE;

	add("%s 0x%llx", trv_fact_kind_name(f->kind), (unsigned long long)f->iova);
	if (sync)
		add(" at %u", f->off);
	add(" + %u", f->len);
	if (!f->dir)
		return;
	add(" %s, %s", trace_dir_word(f->dir), f->val ? "copied" : "in place");
	if (f->digest)
		add(", digest %016llx", (unsigned long long)f->digest);
}

static void irq(const struct trv_fact *f)
{
	const u64 took = trace_took(f);

	add("irq %u%s%s", f->vec, *f->name ? " " : "", f->name);
	switch (f->kind) {
	case TRV_FACT_IRQ_ALLOC:
		add(" to %u allocated, %s", f->vec + f->count - 1, trace_irq_kind_word(f->val));
		break;
	case TRV_FACT_IRQ_FREE:
		add(" and all others freed");
		break;
	case TRV_FACT_IRQ_ATTACH:
		add(" attached");
		break;
	case TRV_FACT_IRQ_DETACH:
		add(" detached");
		break;
	case TRV_FACT_IRQ_MASK:
		add(" masked");
		break;
	case TRV_FACT_IRQ_UNMASK:
		add(" unmasked");
		break;
	case TRV_FACT_IRQ_RAISE:
		add(" raised%s", f->val ? ", held back" : "");
		break;
	case TRV_FACT_IRQ:
		add(": handler");
		break;
	default:
		add(": %s after ", trace_irq_ret_word(f->val));
		add_time(took);
	}
}

static void later(const struct trv_fact *f)
{
	const bool timer = f->kind >= TRV_FACT_TIMER_ARM;
	const u64 took = trace_took(f);

	add("%s ", timer ? "timer" : "work");
	if (*f->name)
		add("%s", f->name);
	else
		add("0x%llx", (unsigned long long)f->id);
	if (f->kind == TRV_FACT_WORK_QUEUE) {
		add(" queued");
	} else if (f->kind == TRV_FACT_TIMER_ARM) {
		add(" in ");
		add_time(f->val);
	} else if (f->kind == TRV_FACT_WORK || f->kind == TRV_FACT_TIMER) {
		add(" runs");
	} else {
		add(" done after ");
		add_time(took);
	}
}

static void request(const struct trv_fact *f)
{
	const u64 took = trace_took(f);

	add("req disk %u tag %u: %s %u blocks at %llu", f->unit, f->vec, trace_op_word(f->op),
	    f->count, (unsigned long long)f->lba);
	if (f->kind != TRV_FACT_REQ_DONE)
		return;
	add(f->rc ? ", failed after " : ", done after ");
	add_time(took);
	add_error(f->rc);
}

static void life(const struct trv_fact *f)
{
	const u64 took = trace_took(f);

	if (f->kind == TRV_FACT_DEVICE) {
		add("device %s %04x:%04x, class %06x", f->name, (u16)(f->val >> 16), (u16)f->val,
		    f->off);
		return;
	}
	add("%s%s%s", trv_fact_kind_name(f->kind), *f->name ? " " : "", f->name);
	if (took) {
		add(" after ");
		add_time(took);
	}
	add_error(f->rc);
}

static void fact(FILE *out, const struct trv_fact *f)
{
	if (again(f)) {
		line.n++;
		line.ns = f->ns;
		return;
	}
	flush_line(out);
	line.fact = *f;
	line.ns = f->ns;
	line.n = 1;
	line.len = 0;
	/* An interrupt comes from outside all contexts. */
	add("%12.6f %-5s ", (double)trace_ns(f) / 1e9,
	    f->kind == TRV_FACT_IRQ_RAISE ? "" : trace_ctx_word(f->ctx));
	if (trace_n_devs() > 1 && f->kind != TRV_FACT_DEVICE)
		add("%s ", trace_dev_name(f->dev));
	if (trace_is_reg(f))
		reg(f);
	else if (f->kind <= TRV_FACT_CFG_WRITE)
		cfg(f);
	else if (f->kind <= TRV_FACT_DMA_SYNC_DEVICE)
		dma(f);
	else if (f->kind <= TRV_FACT_IRQ_DONE)
		irq(f);
	else if (f->kind <= TRV_FACT_TIMER_DONE)
		later(f);
	else if (f->kind <= TRV_FACT_REQ_DONE)
		request(f);
	else if (f->kind == TRV_FACT_EVENT)
		add("event %s 0x%llx 0x%llx", f->name, (unsigned long long)f->val,
		    (unsigned long long)f->val2);
	else
		life(f);
	/* Only a read may come again. */
	if (f->kind != TRV_FACT_REG_READ)
		flush_line(out);
}

const struct trace_form trace_text = {
	.name = "text",
	.fact = fact,
	.end = flush_line,
};
