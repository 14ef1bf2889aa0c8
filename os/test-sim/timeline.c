// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One event of the trace, in words. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <os/test-sim/dev.h>
#include <os/test-sim/story.h>
#include <os/test-sim/timeline.h>

static const char *const words[] = {
	[SIM_T_READ] = "rd",
	[SIM_T_WRITE] = "wr",
	[SIM_T_READ_REP] = "rd",
	[SIM_T_WRITE_REP] = "wr",
	[SIM_T_CFG_READ] = "cfg rd",
	[SIM_T_CFG_WRITE] = "cfg wr",
	[SIM_T_IRQ] = "irq",
	[SIM_T_IRQ_END] = "irq end",
	[SIM_T_LINE] = "line",
	[SIM_T_MAP] = "dma map",
	[SIM_T_UNMAP] = "dma unmap",
	[SIM_T_DMA_READ] = "dma rd",
	[SIM_T_DMA_WRITE] = "dma wr",
	[SIM_T_LOCK] = "lock",
	[SIM_T_UNLOCK] = "unlock",
	[SIM_T_WORK] = "work",
	[SIM_T_TIMER] = "timer",
	[SIM_T_TASK] = "switch to",
	[SIM_T_EVENT] = "event",
	[SIM_T_CHOICE] = "deviation",
	[SIM_T_ENTRY] = "enter",
	[SIM_T_ENTRY_END] = "leave",
	[SIM_T_REQ] = "request",
	[SIM_T_REQ_END] = "request done",
	[SIM_T_USER] = "trace",
	[SIM_T_LOG] = "log",
	[SIM_T_FINDING] = "***",
	[SIM_T_TAKE] = "got",
	[SIM_T_GIVE] = "gave back",
	[SIM_T_SYNC] = "dma sync",
	[SIM_T_ARRIVE] = "arrives: wr",
	[SIM_T_WAIT] = "waited",
	[SIM_T_TIMER_END] = "timer end",
	[SIM_T_DEFER] = "later:",
};

/* snprintf() that goes on where the last one stopped. */
struct text {
	char *buf;
	size_t len;
	int at;
};

static void put(struct text *t, const char *fmt, ...) TRV_PRINTF(2, 3);

static void put(struct text *t, const char *fmt, ...)
{
	bool room = (size_t)t->at < t->len;
	va_list ap;

	va_start(ap, fmt);
	t->at +=
		vsnprintf(room ? t->buf + t->at : NULL, room ? t->len - (size_t)t->at : 0, fmt, ap);
	va_end(ap);
}

enum sim_column sim_trace_column(const struct sim_trace *t)
{
	switch (t->kind) {
	case SIM_T_EVENT:
	case SIM_T_LINE:
	case SIM_T_DMA_READ:
	case SIM_T_DMA_WRITE:
	case SIM_T_ARRIVE:
		return SIM_COL_DEVICE;
	default:
		return t->cpu ? SIM_COL_CPU1 : SIM_COL_CPU0;
	}
}

/* A driver's waits for somebody else are told, for time to pass only when they are long. */
static bool short_wait(const struct sim_trace *t)
{
	return t->a <= 1 || (t->b < 1000000 && !strstr(t->name, "mutex"));
}

/* The class arms its timer anew for every request. */
static bool of_class(const struct sim_trace *t)
{
	return !strncmp(sim_function_name((const void *)(uintptr_t)t->aux), "trv_", 4);
}

bool sim_trace_noise(const struct sim_trace *t)
{
	return t->kind == SIM_T_TASK || t->kind == SIM_T_LOCK || t->kind == SIM_T_UNLOCK ||
	       t->kind == SIM_T_TAKE || t->kind == SIM_T_GIVE || t->kind == SIM_T_TIMER_END ||
	       (t->kind == SIM_T_WAIT && short_wait(t)) || (t->kind == SIM_T_DEFER && of_class(t));
}

static const struct trv_regtable *table_of(const struct sim_trace *t)
{
	u32 bar = (u32)(t->a >> 32);

	return t->dev && bar < TRV_PCI_BARS ? t->dev->bars[bar].regs : NULL;
}

static const struct trv_regdesc *reg_of(const struct sim_trace *t)
{
	const struct trv_regtable *table = table_of(t);

	return table ? trv_reg_find(table, (u32)t->a) : NULL;
}

static void put_place(struct text *t, const struct sim_trace *e)
{
	const struct trv_regdesc *reg = reg_of(e);

	if (reg)
		put(t, "%s", reg->name);
	else
		put(t, "bar%u+0x%02x", (u32)(e->a >> 32), (u32)e->a);
}

static void put_access(struct text *t, const struct sim_trace *e)
{
	char decoded[160];

	if (reg_of(e)) {
		if (e->kind == SIM_T_WRITE)
			trv_reg_decode_write(table_of(e), (u32)e->a, e->b, decoded,
					     sizeof(decoded));
		else
			trv_reg_decode(table_of(e), (u32)e->a, e->b, decoded, sizeof(decoded));
		put(t, "%s", decoded);
		return;
	}
	put_place(t, e);
	put(t, " = 0x%0*llx", (int)(2 * e->c), (unsigned long long)e->b);
}

static void put_rep(struct text *t, const struct sim_trace *e)
{
	put_place(t, e);
	put(t, " %u x %u bytes", (u32)e->c, (u32)(e->c >> 32));
}

static void put_request(struct text *t, const struct sim_trace *e)
{
	put(t, "%s", e->name ? e->name : "?");
	if ((u32)e->aux)
		put(t, " #%u", (u32)e->aux);
	if (e->kind == SIM_T_REQ_END)
		put(t, " %llu: %lld", (unsigned long long)e->c, (long long)e->b);
	else if (e->c)
		put(t, " %llu+%llu", (unsigned long long)e->b, (unsigned long long)e->c);
}

/* Errors by the names drivers give them. */
static void put_answer(struct text *t, s64 rc)
{
	static const struct {
		s64 rc;
		const char *name;
	} names[] = {
		{ EBUSY, "EBUSY" },	      { EIO, "EIO" },	    { ETIMEDOUT, "ETIMEDOUT" },
		{ ENODEV, "ENODEV" },	      { EINVAL, "EINVAL" }, { ENOMEM, "ENOMEM" },
		{ EOPNOTSUPP, "EOPNOTSUPP" }, { EROFS, "EROFS" },   { ENOMEDIUM, "ENOMEDIUM" },
		{ ENOSPC, "ENOSPC" },	      { EAGAIN, "EAGAIN" },
	};

	for (u32 i = 0; i < TRV_ARRAY_SIZE(names); i++) {
		if (rc == -names[i].rc) {
			put(t, " = -%s", names[i].name);
			return;
		}
	}
	put(t, " = %lld", (long long)rc);
}

static const char *irq_result(u64 ret)
{
	static const char *const names[] = {
		[TRV_IRQ_NONE] = "not mine",
		[TRV_IRQ_HANDLED] = "handled",
		[TRV_IRQ_DEFER] = "deferred",
	};

	return ret < TRV_ARRAY_SIZE(names) ? names[ret] : "?";
}

static const char *dir_name(u64 dir)
{
	switch (dir) {
	case TRV_DMA_TO_DEVICE:
		return "to device";
	case TRV_DMA_FROM_DEVICE:
		return "from device";
	default:
		return "both ways";
	}
}

static void put_operands(struct text *t, const struct sim_trace *e)
{
	const char *name = e->name ? e->name : "";
	unsigned long long a = e->a, b = e->b, c = e->c;

	switch (e->kind) {
	case SIM_T_READ:
	case SIM_T_WRITE:
		put_access(t, e);
		break;
	case SIM_T_READ_REP:
	case SIM_T_WRITE_REP:
		put_rep(t, e);
		break;
	case SIM_T_CFG_READ:
	case SIM_T_CFG_WRITE:
		put(t, "0x%02llx = 0x%0*llx", a, (int)(2 * c), b);
		break;
	case SIM_T_IRQ:
		put(t, "%llu %s", a, name);
		break;
	case SIM_T_IRQ_END:
		put(t, "%llu: %s", a, irq_result(b));
		break;
	case SIM_T_LINE:
		put(t, "%s%s%llu %s", name, name[0] ? " " : "", a, b ? "high" : "low");
		break;
	case SIM_T_MAP:
		put(t, "0x%llx+%llu %s", a, b, dir_name(c));
		break;
	case SIM_T_UNMAP:
		put(t, "0x%llx+%llu", a, b);
		break;
	case SIM_T_DMA_READ:
		put(t, "0x%llx+%llu", a, c);
		if (c <= 8) /* a descriptor, or a part of one */
			put(t, ": 0x%0*llx", (int)(2 * c), (unsigned long long)e->aux);
		break;
	case SIM_T_DMA_WRITE:
		put(t, "0x%llx+%llu", a, c);
		break;
	case SIM_T_LOCK:
	case SIM_T_UNLOCK:
		put(t, "%s", name[0] ? name : "?");
		break;
	case SIM_T_CHOICE:
		put(t, "%s (point #%llu, answer %llu of %llu)", name, a, b, c - 1);
		break;
	case SIM_T_REQ:
	case SIM_T_REQ_END:
		put_request(t, e);
		break;
	case SIM_T_USER:
		put(t, "%s 0x%llx 0x%llx", name, a, b);
		break;
	case SIM_T_TAKE:
	case SIM_T_GIVE:
		put(t, "%s", name);
		if (b)
			put(t, ", %llu", b);
		break;
	case SIM_T_ENTRY_END:
		put(t, "%s", name);
		if (c)
			put_answer(t, (s64)b);
		break;
	case SIM_T_WAIT:
		put(t, "%s", name);
		break;
	case SIM_T_DEFER:
		put(t, "%s %s()", name, sim_function_name((const void *)(uintptr_t)e->aux));
		if (b)
			put(t, " in %.3f ms", (double)b / 1000000);
		break;
	case SIM_T_TIMER:
	case SIM_T_WORK:
		put(t, "%s()", sim_function_name((const void *)(uintptr_t)e->aux));
		break;
	case SIM_T_SYNC:
		put(t, "%s, %llu bytes at +0x%llx of 0x%llx", name, b & 0xffffffff, b >> 32, a);
		break;
	case SIM_T_ARRIVE:
		put_access(t, &(struct sim_trace){ .dev = e->dev, .a = a, .b = b, .c = e->aux });
		break;
	default:
		put(t, "%s", name);
		break;
	}
}

int sim_trace_text(const struct sim_trace *e, char *buf, size_t len)
{
	struct text t = { buf, len, 0 };

	put(&t, "%s ", e->kind < TRV_ARRAY_SIZE(words) ? words[e->kind] : "?");
	put_operands(&t, e);
	return t.at;
}

/* How much of @n characters of @prefix every register of @table begins with. */
static size_t shared(const struct trv_regtable *table, const char *prefix, size_t n)
{
	for (u32 i = 0; i < table->n_regs; i++) {
		size_t same = 0;

		while (same < n && table->regs[i].name[same] == prefix[same])
			same++;
		n = same;
	}
	return n;
}

/* "EDU_", where all registers of a device begin so: a picture has no room for it. */
static size_t common_prefix(const struct trv_dev *dev, const char *name)
{
	const char *last = strrchr(name, '_');
	size_t n = last ? (size_t)(last - name) + 1 : 0;
	u32 regs = 0;

	for (u32 bar = 0; bar < TRV_PCI_BARS; bar++) {
		const struct trv_regtable *table = dev->bars[bar].regs;

		if (!table)
			continue;
		n = shared(table, name, n);
		regs += table->n_regs;
	}
	while (n && name[n - 1] != '_')
		n--;
	return regs > 1 ? n : 0;
}

static void put_short_place(struct text *t, const struct sim_trace *e)
{
	const struct trv_regdesc *reg = reg_of(e);
	const char *name;

	if (reg) {
		name = e->kind == SIM_T_WRITE ? trv_reg_written(table_of(e), reg) : reg->name;
		put(t, "%s", name + common_prefix(e->dev, name));
	} else {
		put_place(t, e);
	}
}

int sim_trace_label(const struct sim_trace *e, char *buf, size_t len)
{
	struct text t = { buf, len, 0 };
	unsigned long long b = e->b, c = e->c;

	switch (e->kind) {
	case SIM_T_READ:
	case SIM_T_WRITE:
		put_short_place(&t, e);
		put(&t, " %llx", b);
		break;
	case SIM_T_READ_REP:
	case SIM_T_WRITE_REP:
		put_short_place(&t, e);
		put(&t, " [%llu]", (c >> 32) * (u32)c);
		break;
	case SIM_T_CFG_READ:
	case SIM_T_CFG_WRITE:
		put(&t, "cfg[%02llx] %llx", (unsigned long long)e->a, b);
		break;
	case SIM_T_DMA_READ:
		put(&t, "reads %llu", c);
		break;
	case SIM_T_DMA_WRITE:
		put(&t, "writes %llu", c);
		break;
	case SIM_T_REQ:
		put_request(&t, e);
		break;
	default:
		/* A call by its name, without its arguments. */
		put(&t, "%.*s", (int)strcspn(e->name ? e->name : "", "("), e->name);
		break;
	}
	return t.at;
}

/* Data are in the trace by their digest alone. */
static bool has_digest(const struct sim_trace *e)
{
	return e->kind == SIM_T_READ_REP || e->kind == SIM_T_WRITE_REP ||
	       e->kind == SIM_T_DMA_READ || e->kind == SIM_T_DMA_WRITE;
}

void sim_trace_print(void *file)
{
	size_t n, at;
	const struct sim_trace *e = sim_trace_log(&n);
	u64 gap = sim_trace_gap(&at);
	char text[256];

	for (size_t i = 0; i < n; i++) {
		if (gap && i == at)
			fprintf(file, "... %llu events not recorded ...\n",
				(unsigned long long)gap);
		sim_trace_text(&e[i], text, sizeof(text));
		fprintf(file, "%12.3f  %-20s  %-12s  %s", (double)e[i].time / 1000,
			sim_trace_column(&e[i]) == SIM_COL_DEVICE ? "device" :
								    sim_trace_context(e[i].ctx),
			e[i].dev ? e[i].dev->name : "", text);
		if (has_digest(&e[i]))
			fprintf(file, "  digest %016llx", (unsigned long long)e[i].b);
		if (e[i].site)
			fprintf(file, "  at %s:%u", e[i].site->file, e[i].site->line);
		fputc('\n', file);
	}
}
