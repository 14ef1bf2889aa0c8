// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Register access: every entry of os.h that takes a handle. A port handle is
 * the same thing under another name.
 */
#include <string.h>

#include <os/test-sim/engine.h>
#include <os/test-sim/machine_priv.h>
#include <os/test-sim/mem.h>
#include <os/test-sim/order.h>
#include <os/test-sim/pci.h>
#include <os/test-sim/sabotage.h>
#include <os/test-sim/trace.h>

#define unlikely(x) __builtin_expect(!!(x), 0)

static bool is_port(enum sim_bar_kind kind)
{
	return kind == SIM_BAR_IO || kind == SIM_BAR_LEGACY;
}

static struct trv_mmio as_mmio(struct trv_port p)
{
	return (struct trv_mmio){ p.dev, p.base, p.len, p.bar, p.gen };
}

static struct trv_port as_port(struct trv_mmio m)
{
	return (struct trv_port){ m.dev, m.base, m.len, m.bar, m.gen };
}

/* ---- how fast the bus is ------------------------------------------------- */

/* The shortest cycle there is to a register: PIO mode 4 (ATA/ATAPI-7 V2, register transfers). */
#define QUICK_NS 120

u32 sim_read_ns(void)
{
	if (!sim_m.bus_known) {
		sim_m.bus_known = true;
		sim_m.bus_quick = sim_choose(SIM_K_TRAIT, 2, sim_here());
		if (sim_m.bus_quick)
			sim_means("the bus is quick: a register read takes %u ns, not %u", QUICK_NS,
				  SIM_COST_READ);
	}
	return sim_m.bus_quick || sim_m.exec->quick ? QUICK_NS : SIM_COST_READ;
}

/* ---- map, bind, unmap ---------------------------------------------------- */

static int map(struct trv_dev *dev, u32 n, u32 min_len, bool port, struct trv_mmio *h)
{
	struct sim_bar *bar;

	sim_enter("bar_map", SIM_SLEEPS, SIM_COST_CFG);
	if (n >= TRV_PCI_BARS)
		return -ERANGE;
	bar = &dev->bars[n];
	if (dev->gone || bar->kind == SIM_BAR_NONE ||
	    (bar->kind == SIM_BAR_LEGACY && SIM_SAB("map-no-legacy")))
		return SIM_SAB("map-absent-ok") ? 0 : -ENODEV;
	if (is_port(bar->kind) != port && !SIM_SAB("map-wrong-kind-ok"))
		return -EINVAL;
	if (bar->size < min_len && !SIM_SAB("map-short-ok"))
		return -ERANGE;
	if (bar->msix || (bar->maps && !SIM_SAB("map-twice-ok")))
		return -EBUSY;
	if (sim_choose(SIM_K_BAR, 2, sim_here()))
		return -EBUSY;
	if (!SIM_SAB("map-no-decode"))
		sim_pci_decode(dev, n);
	bar->maps++;
	bar->gen++;
	bar->site = sim_here();
	*h = (struct trv_mmio){ dev, 0, bar->size, (u16)n, bar->gen };
	sim_trace_note(SIM_T_TAKE, dev, "BAR", n, bar->size, 0);
	if (SIM_SAB("map-other-bar"))
		h->base = 4;
	return 0;
}

static inline const char *stale(const struct trv_mmio *h)
{
	const struct sim_bar *bar;

	if (!h->dev || h->bar >= TRV_PCI_BARS)
		return "was never mapped";
	bar = &h->dev->bars[h->bar];
	return bar->maps && bar->gen == h->gen ? NULL : "is of a BAR that was unmapped";
}

static void unmap(struct trv_dev *dev, const struct trv_mmio *h)
{
	const char *why = stale(h);
	struct sim_bar *bar;

	sim_enter("bar_unmap", SIM_SLEEPS, SIM_COST_CFG);
	if (why) {
		sim_about(SIM_ABOUT_BAR, h->dev, h->bar, 0);
		sim_complain(SIM_BAR_STALE, NULL, "bar_unmap: the handle %s", why);
		return;
	}
	bar = &dev->bars[h->bar];
	if (h->dev != dev)
		sim_fail(SIM_API, NULL, "bar_unmap: the handle is of %s, not of %s", h->dev->name,
			 dev->name);
	if (h->base || h->len != bar->size)
		sim_fail(SIM_API, NULL, "bar_unmap: the handle is from reg_bind(), not bar_map()");
	sim_teardown_step(dev, SIM_STEP_BAR_UNMAP);
	if (!SIM_SAB("unmap-keeps-taken"))
		bar->maps--;
	sim_trace_note(SIM_T_GIVE, dev, "BAR", h->bar, bar->size, 0);
}

static int bind(const struct trv_mmio *h, u32 off, u32 len, struct trv_mmio *reg)
{
	const char *why = stale(h);

	sim_enter("reg_bind", SIM_ANY, SIM_COST_CALL);
	if (why) {
		sim_about(SIM_ABOUT_BAR, h->dev, h->bar, 0);
		sim_fail(SIM_BAR_STALE, NULL, "reg_bind: the handle %s", why);
	}
	if (!len)
		return -EINVAL;
	if ((u64)off + len > h->len && !SIM_SAB("bind-no-check"))
		return -ERANGE;
	*reg = *h;
	reg->base = SIM_SAB("bind-wrong-base") ? h->base : h->base + off;
	reg->len = len;
	return 0;
}

/* A failed call leaves a handle that is known to be dead, so using it is seen. */
int trv_mmio_map(struct trv_dev *dev, u32 bar, u32 min_len, struct trv_mmio *h)
{
	struct trv_mmio m = { 0 };
	int rc = map(dev, bar, min_len, false, &m);

	sim_mem_write(h, sizeof(*h), sim_here());
	*h = m;
	return rc;
}

int trv_port_map(struct trv_dev *dev, u32 bar, u32 min_len, struct trv_port *h)
{
	struct trv_mmio m = { 0 };
	int rc = map(dev, bar, min_len, true, &m);

	sim_mem_write(h, sizeof(*h), sim_here());
	*h = as_port(m);
	return rc;
}

void trv_mmio_unmap(struct trv_dev *dev, struct trv_mmio *h)
{
	sim_mem_read(h, sizeof(*h), sim_here());
	unmap(dev, h);
}

void trv_port_unmap(struct trv_dev *dev, struct trv_port *h)
{
	struct trv_mmio m;

	sim_mem_read(h, sizeof(*h), sim_here());
	m = as_mmio(*h);
	unmap(dev, &m);
}

int trv_mmio_bind(struct trv_mmio h, u32 off, u32 len, struct trv_mmio *reg)
{
	struct trv_mmio m = { 0 };
	int rc = bind(&h, off, len, &m);

	sim_mem_write(reg, sizeof(*reg), sim_here());
	*reg = m;
	return rc;
}

int trv_port_bind(struct trv_port h, u32 off, u32 len, struct trv_port *reg)
{
	struct trv_mmio m = as_mmio(h), out = { 0 };
	int rc = bind(&m, off, len, &out);

	sim_mem_write(reg, sizeof(*reg), sim_here());
	*reg = as_port(out);
	return rc;
}

/* ---- the checks every access passes -------------------------------------- */

/** struct access - one access that is allowed */
struct access {
	struct trv_dev *dev; /* NULL: not allowed, and nobody checks; it goes nowhere */
	struct sim_bar *bar;
	u32 off; /* from the start of the BAR */
	u32 pos; /* of the register in the BAR's table */
	u32 n_bar;
	u32 bytes;
};

/* What is wrong with it, from the most basic on; true when the device hears it all the same. */
static __attribute__((noinline, cold)) bool refuse(const struct trv_mmio *h, u32 off, u32 bytes,
						   bool write)
{
	const char *verb = write ? "write" : "read";
	const char *why = stale(h);
	u32 at = h->base + off;

	if (why)
		sim_about(SIM_ABOUT_BAR, h->dev, h->bar, 0);
	if (why)
		sim_complain(SIM_BAR_STALE, NULL, "%u-bit %s at 0x%x: the handle %s", 8 * bytes,
			     verb, off, why);
	else if ((u64)off + bytes > h->len)
		sim_complain(SIM_BAR_BOUNDS, NULL,
			     "%s: %u-bit %s at 0x%x of a window of 0x%x bytes", h->dev->name,
			     8 * bytes, verb, off, h->len);
	else if (at & (bytes - 1))
		sim_complain(SIM_REG_WIDTH, NULL, "%s: %u-bit %s at BAR%u+0x%x is not aligned",
			     h->dev->name, 8 * bytes, verb, h->bar, at);
	else
		sim_complain(SIM_BAR_DECODE, NULL,
			     "%s: %u-bit %s at BAR%u+0x%x, but command register 0x%x and the BAR "
			     "register do not let it answer there",
			     h->dev->name, 8 * bytes, verb, h->bar, at,
			     sim_pci_read(h->dev, TRV_PCI_COMMAND, 2));
	/* A port needs no mapping. */
	return why && h->dev && h->bar < TRV_PCI_BARS && is_port(h->dev->bars[h->bar].kind) &&
	       (u64)off + bytes <= h->len && !(at & (bytes - 1));
}

static inline __attribute__((always_inline)) struct access checked(const struct trv_mmio *h,
								   u32 off, u32 bytes, bool write)
{
	struct access a = { .off = h->base + off, .n_bar = h->bar, .bytes = bytes };
	bool heard = true;

	if (unlikely(stale(h) || (u64)off + bytes > h->len || a.off & (bytes - 1))) {
		heard = refuse(h, off, bytes, write);
		if (!heard)
			return a;
	}
	a.bar = &h->dev->bars[h->bar];
	if (a.bar->regs)
		a.pos = sim_reg_check(h->dev, a.bar, a.off, bytes, write);
	if (unlikely(!a.bar->on && !h->dev->gone)) {
		sim_reset_check(h->dev, write ? "a register write" : "a register read");
		heard = a.bar->on || refuse(h, off, bytes, write);
	}
	if (heard && a.pos != SIM_NO_REG)
		a.dev = h->dev;
	return a;
}

enum fate { FINE, ONCE_ONES, GONE };

/*
 * Does the device still answer this read? One choice point per entry, rep or
 * not. In a loop, all ones once is the same in every turn; and gone is gone.
 */
static enum fate read_fate(struct trv_dev *dev, bool repeats)
{
	u32 answer;

	if (dev->gone)
		return GONE;
	answer = sim_choose(SIM_K_GONE, repeats ? 2 : sim_body_may_pull(dev) ? 4 : 3, sim_here());
	switch (answer) {
	case 1:
	case 3:
		sim_means("the device is gone from this read on%s",
			  answer == 3 ? ", and its driver is taken away at once" : "");
		dev->hostile = true;
		sim_unplug(dev);
		if (answer == 3)
			sim_body_pull(dev);
		return GONE;
	case 2:
		sim_means("this read is all ones, and the device is there");
		dev->hostile = true;
		return ONCE_ONES;
	default:
		return FINE;
	}
}

static u64 ones(u32 bytes)
{
	return ~0ULL >> (64 - 8 * bytes);
}

static u64 swapped(u64 val, u32 bytes)
{
	return __builtin_bswap64(val) >> (64 - 8 * bytes);
}

/*
 * What a read clears is lost to everybody else. While the device's interrupt is on its way,
 * that is the handler, unless the reader keeps it out.
 */
static __attribute__((noinline)) u64 clearing_read(const struct access *a)
{
	const struct trv_regdesc *reg = &a->bar->regs->regs[a->pos];
	bool awaited = reg->access == TRV_REG_RC && sim_irq_awaited(a->dev);
	u64 val = a->dev->model->read(a->dev, a->n_bar, a->off, a->bytes);

	if (awaited && val && !a->dev->hostile)
		sim_complain(SIM_REG_CLEAR, NULL,
			     "%s: %s is read to clear (%s); 0x%llx is lost to the handler whose "
			     "interrupt is on its way",
			     a->dev->name, reg->name, reg->section, (unsigned long long)val);
	return val;
}

/* A read pushes writes ahead of it, and one of them may have been a reset. */
static void push_writes(struct trv_dev *dev)
{
	sim_post_flush(dev);
	if (unlikely(dev->reset_until))
		sim_reset_check(dev, "a register read");
}

static u64 model_read(const struct access *a)
{
	const struct sim_model *m = a->dev->model;
	u64 val;

	if (SIM_SAB("read-splits") && a->bytes > 1) {
		u32 half = a->bytes / 2;

		val = m->read(a->dev, a->n_bar, a->off, half);
		return val | m->read(a->dev, a->n_bar, a->off + half, half) << 8 * half;
	}
	val = unlikely(a->bar->clears) ? clearing_read(a) :
					 m->read(a->dev, a->n_bar, a->off, a->bytes);
	val &= ones(a->bytes);
	if (a->bar->seen)
		a->bar->seen[a->pos] |= val;
	return SIM_SAB("read-swaps-bytes") ? swapped(val, a->bytes) : val;
}

static int read_reg(const struct trv_mmio *h, const char *entry, u32 off, u32 bytes, bool relaxed,
		    u64 *val)
{
	struct access a;
	int rc = 0;

	sim_enter(entry, SIM_ANY, sim_read_ns());
	a = checked(h, off, bytes, false);
	if (unlikely(!a.dev)) {
		*val = ones(bytes);
		return -EIO;
	}
	a.dev->reads++;
	switch (read_fate(a.dev, sim_lie_repeats(a.dev, a.n_bar, a.off))) {
	case FINE:
		if (!SIM_SAB("read-passes-write") && !(relaxed && SIM_SAB("read-relaxed-passes")))
			push_writes(a.dev);
		*val = relaxed && SIM_SAB("read-relaxed-zero") ? 0 : model_read(&a);
		*val = sim_lie_read(a.dev, a.n_bar, a.off, bytes, *val);
		break;
	case ONCE_ONES:
		*val = ones(bytes);
		rc = -EIO;
		break;
	case GONE:
		*val = SIM_SAB("gone-reads-zero") ? 0 : ones(bytes);
		rc = -ENODEV;
		break;
	}
	/* And every later load comes after it. */
	if (!relaxed && !SIM_SAB("plain-read-fetches-nothing"))
		sim_dma_collect(a.dev);
	sim_trace(SIM_T_READ, a.dev, NULL, (u64)a.n_bar << 32 | a.off, *val, bytes);
	return rc;
}

static void write_reg(const struct trv_mmio *h, const char *entry, u32 off, u32 bytes, bool relaxed,
		      u64 val)
{
	struct access a;

	sim_enter(entry, SIM_ANY, SIM_COST_WRITE);
	a = checked(h, off, bytes, true);
	if (unlikely(!a.dev))
		return;
	if (a.bar->regs)
		sim_reg_check_value(a.dev, a.bar, a.pos, val);
	a.dev->writes++;
	sim_trace(SIM_T_WRITE, a.dev, NULL, (u64)a.n_bar << 32 | a.off, val, bytes);
	if (SIM_SAB("write-swaps-bytes"))
		val = swapped(val, bytes);
	/* Every earlier store to memory comes first, unless the driver said it need not. */
	if (!relaxed && !SIM_SAB("plain-write-publishes-nothing"))
		sim_dma_publish();
	if (relaxed && SIM_SAB("write-relaxed-lost"))
		return;
	if (a.dev->gone && SIM_SAB("write-gone-dies"))
		sim_fail(SIM_BAR_DECODE, NULL, "%s: nobody answers", a.dev->name);
	if (!a.dev->gone)
		sim_post_write(a.dev, a.n_bar, a.off, bytes, val, relaxed);
}

static u64 read_value(const struct trv_mmio *h, const char *entry, u32 off, u32 bytes, bool relaxed)
{
	u64 val;

	(void)read_reg(h, entry, off, bytes, relaxed, &val);
	return val;
}

/* ---- FIFOs --------------------------------------------------------------- */

static void put_le(u8 *p, u64 val, u32 bytes)
{
	for (u32 i = 0; i < bytes; i++)
		p[i] = (u8)(val >> (8 * i));
}

static u64 get_le(const u8 *p, u32 bytes)
{
	u64 val = 0;

	for (u32 i = 0; i < bytes; i++)
		val |= (u64)p[i] << (8 * i);
	return val;
}

static void swap_each(u8 *p, u32 bytes, u32 n)
{
	for (; n; n--, p += bytes)
		put_le(p, swapped(get_le(p, bytes), bytes), bytes);
}

static void read_rep(const struct trv_mmio *h, const char *entry, u32 off, u32 bytes, void *buf,
		     u32 n)
{
	const struct sim_model *m;
	struct access a;

	sim_enter(entry, SIM_ANY, n * sim_read_ns());
	if (!n && SIM_SAB("rep-zero-touches"))
		n = 1;
	if (!n)
		return;
	a = checked(h, off, bytes, false);
	if (unlikely(!a.dev)) {
		memset(buf, 0xff, (size_t)n * bytes);
		return;
	}
	m = a.dev->model;
	a.dev->reads += n;
	if (SIM_SAB("rep-aligns"))
		buf = (void *)((uintptr_t)buf & ~3UL);
	sim_mem_write(buf, (size_t)n * bytes, sim_here());
	if (read_fate(a.dev, false) != FINE) {
		memset(buf, SIM_SAB("gone-reads-zero") ? 0 : 0xff, (size_t)n * bytes);
	} else {
		push_writes(a.dev);
		if (m->read_rep && !SIM_SAB("rep-advances")) {
			m->read_rep(a.dev, a.n_bar, a.off, bytes, buf, n);
		} else {
			for (u32 i = 0; i < n; i++) {
				put_le((u8 *)buf + (size_t)i * bytes, model_read(&a), bytes);
				a.off += SIM_SAB("rep-advances") ? bytes : 0;
			}
		}
		sim_lie_data(a.dev, buf, (size_t)n * bytes, sim_here());
	}
	if (SIM_SAB("rep-swaps-bytes"))
		swap_each(buf, bytes, n);
	sim_dma_collect(a.dev);
	sim_trace(SIM_T_READ_REP, a.dev, NULL, (u64)a.n_bar << 32 | a.off,
		  sim_digest(buf, (size_t)n * bytes), (u64)bytes << 32 | n);
}

static void write_rep(const struct trv_mmio *h, const char *entry, u32 off, u32 bytes,
		      const void *buf, u32 n)
{
	const struct sim_model *m;
	struct access a;

	sim_enter(entry, SIM_ANY, n * SIM_COST_WRITE);
	if (!n && SIM_SAB("rep-zero-touches"))
		n = 1;
	if (!n)
		return;
	a = checked(h, off, bytes, true);
	if (unlikely(!a.dev))
		return;
	m = a.dev->model;
	a.dev->writes += n;
	if (SIM_SAB("rep-aligns"))
		buf = (const void *)((uintptr_t)buf & ~3UL);
	sim_mem_read(buf, (size_t)n * bytes, sim_here());
	sim_trace(SIM_T_WRITE_REP, a.dev, NULL, (u64)a.n_bar << 32 | a.off,
		  sim_digest(buf, (size_t)n * bytes), (u64)bytes << 32 | n);
	sim_dma_publish();
	if (a.dev->gone)
		return;
	sim_post_flush(a.dev);
	if (m->write_rep && !SIM_SAB("rep-swaps-bytes") && !SIM_SAB("rep-advances")) {
		m->write_rep(a.dev, a.n_bar, a.off, bytes, buf, n);
		return;
	}
	for (u32 i = 0; i < n; i++) {
		u64 val = get_le((const u8 *)buf + (size_t)i * bytes, bytes);

		if (SIM_SAB("rep-swaps-bytes"))
			val = swapped(val, bytes);
		m->write(a.dev, a.n_bar, a.off, bytes, val);
		a.off += SIM_SAB("rep-advances") ? bytes : 0;
	}
}

/* ---- the entries --------------------------------------------------------- */

static int peek(const struct trv_mmio *h, u32 off, u32 *val)
{
	u64 v;
	int rc = read_reg(h, "peek32", off, 4, false, &v);

	sim_mem_write(val, sizeof(*val), sim_here());
	*val = SIM_SAB(rc ? "peek-zero" : "peek-zero-value") ? 0 : (u32)v;
	return SIM_SAB("peek-no-error") ? 0 : rc;
}

#define READ(bits)                                                                  \
	u##bits trv_mmio_read##bits(struct trv_mmio h, u32 off)                     \
	{                                                                           \
		return (u##bits)read_value(&h, "read" #bits, off, bits / 8, false); \
	}
#define READ_PORT(bits)                                                             \
	u##bits trv_port_read##bits(struct trv_port h, u32 off)                     \
	{                                                                           \
		struct trv_mmio m = as_mmio(h);                                     \
                                                                                    \
		return (u##bits)read_value(&m, "read" #bits, off, bits / 8, false); \
	}
#define READ_RELAXED(bits)                                                                    \
	u##bits trv_mmio_read##bits##_relaxed(struct trv_mmio h, u32 off)                     \
	{                                                                                     \
		return (u##bits)read_value(&h, "read" #bits "_relaxed", off, bits / 8, true); \
	}
#define WRITE(bits)                                                        \
	void trv_mmio_write##bits(struct trv_mmio h, u32 off, u##bits val) \
	{                                                                  \
		write_reg(&h, "write" #bits, off, bits / 8, false, val);   \
	}
#define WRITE_PORT(bits)                                                   \
	void trv_port_write##bits(struct trv_port h, u32 off, u##bits val) \
	{                                                                  \
		struct trv_mmio m = as_mmio(h);                            \
                                                                           \
		write_reg(&m, "write" #bits, off, bits / 8, false, val);   \
	}
#define WRITE_RELAXED(bits)                                                          \
	void trv_mmio_write##bits##_relaxed(struct trv_mmio h, u32 off, u##bits val) \
	{                                                                            \
		write_reg(&h, "write" #bits "_relaxed", off, bits / 8, true, val);   \
	}
#define REP(bits)                                                                         \
	void trv_mmio_read_rep##bits(struct trv_mmio h, u32 off, void *buf, u32 n)        \
	{                                                                                 \
		read_rep(&h, "read_rep" #bits, off, bits / 8, buf, n);                    \
	}                                                                                 \
	void trv_port_read_rep##bits(struct trv_port h, u32 off, void *buf, u32 n)        \
	{                                                                                 \
		struct trv_mmio m = as_mmio(h);                                           \
                                                                                          \
		read_rep(&m, "read_rep" #bits, off, bits / 8, buf, n);                    \
	}                                                                                 \
	void trv_mmio_write_rep##bits(struct trv_mmio h, u32 off, const void *buf, u32 n) \
	{                                                                                 \
		write_rep(&h, "write_rep" #bits, off, bits / 8, buf, n);                  \
	}                                                                                 \
	void trv_port_write_rep##bits(struct trv_port h, u32 off, const void *buf, u32 n) \
	{                                                                                 \
		struct trv_mmio m = as_mmio(h);                                           \
                                                                                          \
		write_rep(&m, "write_rep" #bits, off, bits / 8, buf, n);                  \
	}

READ(8)
READ(16)
READ(32)
READ(64)
READ_PORT(8)
READ_PORT(16)
READ_PORT(32)
READ_RELAXED(32)
READ_RELAXED(64)
WRITE(8)
WRITE(16)
WRITE(32)
WRITE(64)
WRITE_PORT(8)
WRITE_PORT(16)
WRITE_PORT(32)
WRITE_RELAXED(32)
WRITE_RELAXED(64)
REP(16)
REP(32)

int trv_mmio_peek32(struct trv_mmio h, u32 off, u32 *val)
{
	return peek(&h, off, val);
}

int trv_port_peek32(struct trv_port h, u32 off, u32 *val)
{
	struct trv_mmio m = as_mmio(h);

	return peek(&m, off, val);
}
