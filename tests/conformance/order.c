// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Order between CPU and device, seen through edu's DMA engine: what it read
 * out of coherent memory is brought back to another place and compared.
 */
#include <tests/conformance/conf.h>

#define LEN 64
#define TRIES 4

struct two {
	struct trv_dma_mem *out, *in;
};

/* Memory the device reads and memory it writes, both known to it as @seed 9 and zero. */
static bool two_get(struct conf *c, struct two *t)
{
	conf_edu_limits(c);
	t->out = c->failed ? NULL : conf_mem(c, LEN, 64);
	t->in = t->out ? conf_mem(c, LEN, 64) : NULL;
	if (!t->in)
		return false;
	conf_fill(t->out->cpu, LEN, 9);
	trv_mb();
	return true;
}

static void start(struct conf *c, bool to_ram)
{
	trv_write32(c->regs, EDU_DMA_CMD, EDU_DMA_CMD_START | (to_ram ? EDU_DMA_CMD_TO_RAM : 0));
}

static void start_relaxed(struct conf *c, bool to_ram)
{
	trv_write32_relaxed(c->regs, EDU_DMA_CMD,
			    EDU_DMA_CMD_START | (to_ram ? EDU_DMA_CMD_TO_RAM : 0));
}

/* What edu holds, brought to t->in. */
static void bring_back(struct conf *c, struct two *t)
{
	conf_dma_wait(c);
	conf_ok(c);
	conf_from_edu(c, t->in->iova, LEN);
	trv_mb();
}

/* ---- stores, then the doorbell ------------------------------------------- */

static void conf_write_after_stores(struct conf *c)
{
	struct two t;

	conf_check(c, two_get(c, &t));
	for (u32 i = 1; i <= TRIES; i++) {
		conf_dma_setup(c, t.out->iova, LEN, false);
		conf_fill(t.out->cpu, LEN, i);
		start(c, false);
		bring_back(c, &t);
		conf_ok(c);
		conf_check(c, conf_filled(t.in->cpu, LEN, i));
	}
}

static void stores_then_relaxed(struct conf *c, void (*barrier)(void))
{
	struct two t;

	conf_check(c, two_get(c, &t));
	for (u32 i = 1; i <= TRIES; i++) {
		conf_dma_setup(c, t.out->iova, LEN, false);
		conf_fill(t.out->cpu, LEN, i);
		barrier();
		start_relaxed(c, false);
		bring_back(c, &t);
		conf_ok(c);
		conf_check(c, conf_filled(t.in->cpu, LEN, i));
	}
}

static void before_doorbell(void)
{
	/* The pattern before the relaxed write of the command register. */
	trv_dma_wmb();
}

static void everything(void)
{
	trv_mb();
}

static void conf_barrier_wmb(struct conf *c)
{
	stores_then_relaxed(c, before_doorbell);
}

static void conf_barrier_mb(struct conf *c)
{
	stores_then_relaxed(c, everything);
}

/* Whether the second store is seen in time is open; if it is, so is the first. */
static void conf_barrier_wmb_stores(struct conf *c)
{
	struct two t;
	u32 *out, *in;

	conf_check(c, two_get(c, &t));
	out = t.out->cpu;
	in = t.in->cpu;
	for (u32 i = 1; i <= TRIES; i++) {
		conf_dma_setup(c, t.out->iova, LEN, false);
		trv_write_once(out[12], i);
		/* The body at 12 before the flag at 3. */
		trv_dma_wmb();
		trv_write_once(out[3], i);
		start_relaxed(c, false);
		bring_back(c, &t);
		conf_ok(c);
		if (in[3] == i)
			conf_eq(c, in[12], i);
		trv_mb();
	}
}

/* ---- the device's stores, then loads ------------------------------------- */

static void fill_edu(struct conf *c, struct two *t, u32 seed)
{
	conf_fill(t->out->cpu, LEN, seed);
	conf_to_edu(c, t->out->iova, LEN);
	conf_ok(c);
	trv_memset(t->in->cpu, 0, LEN);
	trv_mb();
}

static void conf_read_before_loads(struct conf *c)
{
	struct two t;

	conf_check(c, two_get(c, &t));
	for (u32 i = 1; i <= TRIES; i++) {
		fill_edu(c, &t, i);
		conf_ok(c);
		conf_dma_setup(c, t.in->iova, LEN, true);
		start(c, true);
		conf_dma_wait(c);
		conf_ok(c);
		conf_check(c, conf_filled(t.in->cpu, LEN, i));
	}
}

/*
 * As with a descriptor's done bit: the last word has arrived, no register was
 * read; what else the device wrote before it is there after the barrier.
 */
static void flag_then_loads(struct conf *c, void (*barrier)(void))
{
	struct two t;
	u32 *in;

	conf_check(c, two_get(c, &t));
	in = t.in->cpu;
	for (u32 i = 1; i <= TRIES; i++) {
		bool came;

		fill_edu(c, &t, i);
		conf_ok(c);
		conf_dma_setup(c, t.in->iova, LEN, true);
		start(c, true);
		came = conf_wait(trv_read_once(in[LEN / 4 - 1]), CONF_LONG_US);
		barrier();
		conf_check(c, came);
		conf_check(c, conf_filled(t.in->cpu, LEN, i));
		conf_dma_wait(c);
		conf_ok(c);
	}
}

static void after_flag(void)
{
	/* The last word before the rest of the block. */
	trv_dma_rmb();
}

static void conf_barrier_rmb(struct conf *c)
{
	flag_then_loads(c, after_flag);
}

static void conf_barrier_mb_loads(struct conf *c)
{
	flag_then_loads(c, everything);
}

CONF_GROUP(order, CONF_ORDER_CLAUSES);
