// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet trace, for programs: an array of objects, a line each; nothing is folded. */
#include <os/linux-user/cli/trace.h>

static u32 printed;

static void string(FILE *out, const char *key, const char *value)
{
	fprintf(out, ", \"%s\": ", key);
	cli_json_to(out, value);
}

static void number(FILE *out, const char *key, u64 value)
{
	fprintf(out, ", \"%s\": %llu", key, (unsigned long long)value);
}

/* More than 53 bits would not survive as a number. */
static void hex(FILE *out, const char *key, u64 value)
{
	fprintf(out, ", \"%s\": \"0x%llx\"", key, (unsigned long long)value);
}

static void data(FILE *out, const struct trv_fact *f)
{
	fputs(", \"data\": \"", out);
	for (u32 i = 0; i < f->n_data; i++)
		fprintf(out, "%02x", f->data[i]);
	putc('"', out);
}

static void reg(FILE *out, const struct trv_fact *f)
{
	struct trace_reg *r = trace_reg(f);
	char text[512];

	number(out, "bar", f->bar);
	number(out, "offset", f->off);
	number(out, "width", f->width);
	if (r)
		string(out, "register", r->name);
	if (trace_is_fifo(f)) {
		number(out, "count", f->count);
		number(out, "bytes", f->len);
		hex(out, "digest", f->digest);
		data(out, f);
	} else {
		hex(out, "value", f->val);
		trace_reg_text(r, f, text, sizeof(text));
		string(out, "text", text);
		trace_reg_changes(r, f->val, text, sizeof(text));
		string(out, "changes", text);
		if (r) {
			r->last = f->val;
			r->known = true;
		}
	}
}

static void dma(FILE *out, const struct trv_fact *f)
{
	hex(out, "iova", f->iova);
	if (f->kind == TRV_FACT_DMA_SYNC_CPU || f->kind == TRV_FACT_DMA_SYNC_DEVICE)
		number(out, "offset", f->off);
	number(out, "bytes", f->len);
	if (!f->dir)
		return;
	string(out, "direction", trace_dir_word(f->dir));
	fprintf(out, ", \"copied\": %s", f->val ? "true" : "false");
	if (f->digest)
		hex(out, "digest", f->digest);
}

static void irq(FILE *out, const struct trv_fact *f)
{
	if (f->kind != TRV_FACT_IRQ_ALLOC && f->kind != TRV_FACT_IRQ_FREE)
		number(out, "vector", f->vec);
	if (f->kind == TRV_FACT_IRQ_ALLOC) {
		number(out, "vectors", f->count);
		string(out, "type", trace_irq_kind_word(f->val));
	} else if (f->kind == TRV_FACT_IRQ_RAISE) {
		fprintf(out, ", \"held\": %s", f->val ? "true" : "false");
	} else if (f->kind == TRV_FACT_IRQ_DONE) {
		string(out, "result", trace_irq_ret_word(f->val));
	}
}

static void later(FILE *out, const struct trv_fact *f)
{
	hex(out, "function", f->id);
	if (f->kind == TRV_FACT_TIMER_ARM)
		number(out, "delay_ns", f->val);
}

static void request(FILE *out, const struct trv_fact *f)
{
	number(out, "disk", f->unit);
	number(out, "tag", f->vec);
	string(out, "operation", trace_op_word(f->op));
	number(out, "lba", f->lba);
	number(out, "blocks", f->count);
}

static void begin(FILE *out)
{
	putc('[', out);
}

static void fact(FILE *out, const struct trv_fact *f)
{
	const u64 took = trace_took(f);

	fprintf(out, "%s\n  {\"ns\": %llu, \"kind\": \"%s\"", printed++ ? "," : "",
		(unsigned long long)trace_ns(f), trv_fact_kind_name(f->kind));
	string(out, "device", trace_dev_name(f->dev));
	string(out, "context", trace_ctx_word(f->ctx));
	number(out, "thread", f->tid);
	if (*f->name && f->kind != TRV_FACT_DEVICE)
		string(out, "name", f->name);
	if (trace_is_reg(f)) {
		reg(out, f);
	} else if (f->kind <= TRV_FACT_CFG_WRITE) {
		number(out, "offset", f->off);
		number(out, "width", f->width);
		hex(out, "value", f->val);
	} else if (f->kind <= TRV_FACT_DMA_SYNC_DEVICE) {
		dma(out, f);
	} else if (f->kind <= TRV_FACT_IRQ_DONE) {
		irq(out, f);
	} else if (f->kind <= TRV_FACT_TIMER_DONE) {
		later(out, f);
	} else if (f->kind <= TRV_FACT_REQ_DONE) {
		request(out, f);
	} else if (f->kind == TRV_FACT_EVENT) {
		hex(out, "a", f->val);
		hex(out, "b", f->val2);
	} else if (f->kind == TRV_FACT_DEVICE) {
		fprintf(out, ", \"id\": \"%04x:%04x\", \"class\": \"%06x\"", (u16)(f->val >> 16),
			(u16)f->val, f->off);
	}
	if (took)
		number(out, "took_ns", took);
	if (f->rc)
		fprintf(out, ", \"error\": %lld", -(long long)f->rc);
	putc('}', out);
}

static void end(FILE *out)
{
	fputs("\n]\n", out);
}

const struct trace_form trace_json = {
	.name = "json",
	.begin = begin,
	.fact = fact,
	.end = end,
};
