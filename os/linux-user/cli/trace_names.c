// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet trace: the names of things, from facts that tell them and from drivers' register tables. */
#include <string.h>

#include <core/core.h>
#include <os/linux-user/cli/trace.h>

enum { DEVS = 8, REGS = 4096 };

static struct {
	struct user_drivers drivers;
	bool started, complained;
	u64 start;
	u32 n_devs;
	struct {
		char name[TRV_FACT_NAME];
		const struct trv_driver *drv;
	} devs[DEVS];
	struct trace_reg regs[REGS]; /* open addressing */
	u32 n_regs;
} all;

void trace_names_begin(const struct user_drivers *drivers)
{
	memset(&all, 0, sizeof(all));
	all.drivers = *drivers;
	/* A table of one is in the structure itself. */
	if (drivers->first == &drivers->one) {
		all.drivers.first = &all.drivers.one;
		all.drivers.end = all.drivers.first + 1;
	}
}

static const struct trv_driver *driver_named(const char *name)
{
	for (const struct trv_driver *const *d = all.drivers.first; d < all.drivers.end; d++) {
		if (*d && !strcmp((*d)->name, name))
			return *d;
	}
	return trv_driver_by_name(name);
}

static void learn_driver(const struct trv_fact *f)
{
	const struct trv_driver *drv = driver_named(f->name);

	if (!drv && !all.complained)
		cli_error(CLI_OK,
			  "driver '%s' is not built in, registers have no names; "
			  "its FILE.so as an argument gives them",
			  f->name);
	all.complained |= !drv;
	all.devs[f->dev].drv = drv;
}

void trace_learn(const struct trv_fact *f)
{
	if (!all.started)
		all.start = f->ns;
	all.started = true;
	if (f->dev >= DEVS)
		return;
	for (; all.n_devs <= f->dev; all.n_devs++)
		snprintf(all.devs[all.n_devs].name, sizeof(all.devs[0].name), "device%u",
			 all.n_devs);
	if (f->kind == TRV_FACT_DEVICE)
		snprintf(all.devs[f->dev].name, sizeof(all.devs[0].name), "%s", f->name);
	else if (f->kind == TRV_FACT_BIND)
		learn_driver(f);
}

u32 trace_n_devs(void)
{
	return all.n_devs;
}

const char *trace_dev_name(u32 dev)
{
	return dev < all.n_devs ? all.devs[dev].name : "?";
}

u64 trace_ns(const struct trv_fact *f)
{
	return f->ns - all.start;
}

bool trace_is_reg(const struct trv_fact *f)
{
	return f->kind <= TRV_FACT_REG_WRITE_REP;
}

bool trace_is_write(const struct trv_fact *f)
{
	return f->kind == TRV_FACT_REG_WRITE || f->kind == TRV_FACT_REG_WRITE_REP;
}

bool trace_is_fifo(const struct trv_fact *f)
{
	return f->kind == TRV_FACT_REG_READ_REP || f->kind == TRV_FACT_REG_WRITE_REP;
}

/* ---- registers ----------------------------------------------------------- */

/* The one of that width, else one that begins there, else one that lies across it. */
static const struct trv_regdesc *desc_at(const struct trv_regtable *t, u32 off, u32 width)
{
	const struct trv_regdesc *begins = NULL, *across = NULL, *r;

	for (r = t->regs; r < t->regs + t->n_regs; r++) {
		if (r->off == off && r->bits == 8 * width)
			return r;
		if (r->off == off && !begins)
			begins = r;
		if (r->off < off && off < r->off + r->bits / 8U)
			across = r;
	}
	return begins ?: across;
}

/* Two channels, say, with registers alike. */
static bool several_bars(const struct trv_driver *drv, const struct trv_regtable *t)
{
	u32 n = 0;

	for (u32 bar = 0; bar < TRV_PCI_BARS; bar++)
		n += drv->regs[bar] == t;
	return n > 1;
}

static void name_reg(struct trace_reg *reg, const struct trv_fact *f)
{
	const struct trv_driver *drv = all.devs[f->dev].drv;
	const struct trv_regtable *t = drv ? drv->regs[f->bar] : NULL;
	const struct trv_regdesc *desc = t ? desc_at(t, f->off, f->width) : NULL;
	const char *name;

	if (!desc) {
		snprintf(reg->name, sizeof(reg->name), "BAR%u+0x%x", f->bar, f->off);
		return;
	}
	name = trace_is_write(f) ? trv_reg_written(t, desc) : desc->name;
	if (desc->off == f->off)
		snprintf(reg->name, sizeof(reg->name), "%s", name);
	else
		snprintf(reg->name, sizeof(reg->name), "%s+0x%x", name, f->off - desc->off);
	if (several_bars(drv, t))
		snprintf(reg->where, sizeof(reg->where), "BAR%u ", f->bar);
	if (desc->off == f->off && desc->bits == 8 * f->width) {
		reg->table = t;
		reg->desc = desc;
	}
}

struct trace_reg *trace_reg(const struct trv_fact *f)
{
	const u64 key = (u64)f->off << 12 | (f->width & 0xf) << 8 | (f->bar & 7) << 5 |
			(f->dev & 7) << 1 | trace_is_write(f);
	const u32 hash = (u32)(key * 0x9e3779b97f4a7c15ULL >> 40);
	struct trace_reg *reg;

	if (f->dev >= DEVS)
		return NULL;
	for (u32 i = 0; i < REGS; i++) {
		reg = &all.regs[(hash + i) % REGS];
		if (reg->used && reg->key == key)
			return reg;
		if (reg->used)
			continue;
		if (all.n_regs == REGS / 2)
			return NULL;
		all.n_regs++;
		reg->used = true;
		reg->key = key;
		name_reg(reg, f);
		return reg;
	}
	return NULL;
}

void trace_reg_text(const struct trace_reg *reg, const struct trv_fact *f, char *buf, size_t len)
{
	char text[512], *value;

	struct trv_regtable one;

	if (!reg || !reg->desc) {
		snprintf(buf, len, "0x%0*llx", 2 * (int)f->width, (unsigned long long)f->val);
		return;
	}
	/* Several may share an offset: this one, by a table of its own. */
	one = *reg->table;
	one.regs = reg->desc;
	one.n_regs = 1;
	if (trace_is_write(f))
		trv_reg_decode_write(&one, f->off, f->val, text, sizeof(text));
	else
		trv_reg_decode(&one, f->off, f->val, text, sizeof(text));
	value = strstr(text, " = ");
	snprintf(buf, len, "%s", value ? value + 3 : text);
}

void trace_reg_changes(const struct trace_reg *reg, u64 val, char *buf, size_t len)
{
	size_t n = 0;

	buf[0] = '\0';
	if (!reg || !reg->known || !reg->desc || reg->last == val)
		return;
	for (u32 i = 0; i < reg->table->n_fields && n < len; i++) {
		const struct trv_fielddesc *fd = &reg->table->fields[i];
		u64 mask, now, was;

		if (!fd->width || strcmp(fd->reg, reg->name))
			continue;
		mask = ~0ULL >> (64 - fd->width);
		now = val >> fd->lo & mask;
		was = reg->last >> fd->lo & mask;
		if (now == was)
			continue;
		if (fd->width == 1)
			n += (size_t)snprintf(buf + n, len - n, "%s%c%s", n ? " " : "",
					      now ? '+' : '-', fd->name);
		else
			n += (size_t)snprintf(buf + n, len - n, "%s%s:0x%llx>0x%llx", n ? " " : "",
					      fd->name, (unsigned long long)was,
					      (unsigned long long)now);
	}
}

/* ---- pairs of facts ------------------------------------------------------ */

enum { OPEN = 128 };

/** struct open - the first of a pair; @slot tells apart what may be under way at a time */
struct open {
	u64 slot;
	u64 ns;
};

static u64 slot_of(const struct trv_fact *f, enum trv_fact_kind first)
{
	const u64 kind = (u64)first << 56 | (u64)f->dev << 48;

	if (first == TRV_FACT_REQ_START)
		return kind | (u64)f->unit << 32 | f->vec;
	if (first == TRV_FACT_IRQ)
		return kind | f->vec;
	return kind | f->tid;
}

static bool pair(const struct trv_fact *f, enum trv_fact_kind *first)
{
	switch (f->kind) {
	case TRV_FACT_IRQ:
	case TRV_FACT_WORK:
	case TRV_FACT_TIMER:
	case TRV_FACT_REQ_START:
	case TRV_FACT_BIND:
	case TRV_FACT_UNBIND:
	case TRV_FACT_SUSPEND:
	case TRV_FACT_RESUME:
	case TRV_FACT_SHUTDOWN:
		*first = f->kind;
		return true;
	case TRV_FACT_IRQ_DONE:
	case TRV_FACT_WORK_DONE:
	case TRV_FACT_TIMER_DONE:
	case TRV_FACT_REQ_DONE:
	case TRV_FACT_BIND_DONE:
	case TRV_FACT_UNBIND_DONE:
	case TRV_FACT_SUSPEND_DONE:
	case TRV_FACT_RESUME_DONE:
	case TRV_FACT_SHUTDOWN_DONE:
		*first = f->kind - 1;
		return true;
	default:
		return false;
	}
}

u64 trace_took(const struct trv_fact *f)
{
	static struct open open[OPEN];
	enum trv_fact_kind first;
	struct open *o, *unused = NULL;
	u64 slot;

	if (!pair(f, &first))
		return 0;
	slot = slot_of(f, first);
	for (o = open; o < open + OPEN && !(o->ns && o->slot == slot); o++) {
		if (!o->ns)
			unused = o;
	}
	if (o == open + OPEN)
		o = f->kind == first ? unused : NULL;
	if (!o)
		return 0;
	slot = o->ns;
	*o = f->kind == first ? (struct open){ slot_of(f, first), f->ns } : (struct open){ 0 };
	return f->kind == first ? 0 : f->ns - slot;
}

/* ---- words --------------------------------------------------------------- */

static const char *word(const char *const *words, u32 n, u64 i)
{
	return i < n && words[i] ? words[i] : "?";
}

const char *trace_cfg_name(u32 off)
{
	static const struct {
		u32 off;
		const char *name;
	} names[] = {
		{ 0x00, "VENDOR_ID" }, { 0x02, "DEVICE_ID" }, { 0x04, "COMMAND" },
		{ 0x06, "STATUS" },    { 0x08, "REVISION" },  { 0x09, "PROG_IF" },
		{ 0x0a, "CLASS" },     { 0x10, "BAR0" },      { 0x14, "BAR1" },
		{ 0x18, "BAR2" },      { 0x1c, "BAR3" },      { 0x20, "BAR4" },
		{ 0x24, "BAR5" },      { 0x2c, "SUBVENDOR" }, { 0x2e, "SUBDEVICE" },
		{ 0x34, "CAP_PTR" },   { 0x3c, "IRQ_LINE" },  { 0x3d, "IRQ_PIN" },
	};

	for (u32 i = 0; i < TRV_ARRAY_SIZE(names); i++) {
		if (names[i].off == off)
			return names[i].name;
	}
	return NULL;
}

const char *trace_ctx_word(u32 ctx)
{
	static const char *const words[] = { [TRV_FACT_IN_TASK] = "task",
					     [TRV_FACT_IN_WORK] = "work",
					     [TRV_FACT_IN_IRQ] = "irq",
					     [TRV_FACT_IN_TIMER] = "timer" };

	return word(words, TRV_ARRAY_SIZE(words), ctx);
}

const char *trace_op_word(u32 op)
{
	static const char *const words[] = { [TRV_REQ_READ] = "read",
					     [TRV_REQ_WRITE] = "write",
					     [TRV_REQ_FLUSH] = "flush",
					     [TRV_REQ_DISCARD] = "discard" };

	return word(words, TRV_ARRAY_SIZE(words), op);
}

const char *trace_dir_word(u32 dir)
{
	static const char *const words[] = { [TRV_DMA_TO_DEVICE] = "to device",
					     [TRV_DMA_FROM_DEVICE] = "from device",
					     [TRV_DMA_BIDIRECTIONAL] = "both ways" };

	return word(words, TRV_ARRAY_SIZE(words), dir);
}

const char *trace_irq_ret_word(u64 ret)
{
	static const char *const words[] = {
		[TRV_IRQ_NONE] = "not mine", [TRV_IRQ_HANDLED] = "handled", [TRV_IRQ_DEFER] = "deferred"
	};

	return word(words, TRV_ARRAY_SIZE(words), ret);
}

const char *trace_irq_kind_word(u64 kind)
{
	switch (kind) {
	case TRV_IRQ_MSIX:
		return "MSI-X";
	case TRV_IRQ_MSI:
		return "MSI";
	case TRV_IRQ_INTX:
		return "INTx";
	case TRV_IRQ_LEGACY:
		return "ISA line";
	default:
		return "?";
	}
}
