// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "mem_drv.h"

enum { N = 40 }; /* no multiple of a word or an alignment */

static u8 *new_block(struct trv_dev *dev)
{
	return trv_zalloc(dev, N, TRV_SLEEP);
}

/* ---- mem-oob ------------------------------------------------------------- */

u32 mem_write_past_end(struct trv_dev *dev)
{
	u8 *p = new_block(dev);

	for (u32 i = 0; p && i <= N; i++)
		trv_write_once(p[i], (u8)i);
	trv_free(dev, p, N);
	return 0;
}

u32 mem_write_before_start(struct trv_dev *dev)
{
	u8 *p = new_block(dev);

	if (p)
		trv_write_once(*(u32 *)(p - 4), 1);
	trv_free(dev, p, N);
	return 0;
}

u32 mem_copy_past_end(struct trv_dev *dev)
{
	u8 *p = new_block(dev);
	u8 other[N + 1] = { 0 };

	if (p)
		trv_memcpy(p, other, sizeof(other));
	trv_free(dev, p, N);
	return 0;
}

u32 mem_whole_block(struct trv_dev *dev)
{
	u8 *p = new_block(dev);
	u8 other[N] = { 0 };
	u32 sum = 0;

	if (!p)
		return 0;
	for (u32 i = 0; i < N; i++)
		trv_write_once(p[i], (u8)i);
	trv_memcpy(other, p, N);
	trv_memset(p, 1, N);
	trv_put_le32(7, p + N - 4);
	for (u32 i = 0; i < N; i++)
		sum += trv_read_once(p[i]) + other[i];
	trv_free(dev, p, N);
	return sum;
}

/* ---- use-after-free ------------------------------------------------------ */

u32 mem_read_freed(struct trv_dev *dev)
{
	u8 *p = new_block(dev);

	trv_free(dev, p, N);
	return p ? trv_read_once(p[3]) : 0;
}

u32 mem_set_freed(struct trv_dev *dev)
{
	u8 *p = new_block(dev);

	trv_free(dev, p, N);
	if (p)
		trv_memset(p, 0, N);
	return 0;
}

u32 mem_read_then_free(struct trv_dev *dev)
{
	u8 *p = new_block(dev);
	u32 val = p ? trv_read_once(p[3]) : 0;

	trv_free(dev, p, N);
	return val;
}

/* ---- mem-uninit ---------------------------------------------------------- */

struct padded {
	u8 tag;
	/* three bytes nobody names */
	u32 val;
};

struct wide {
	u64 a, b;
	u32 c[5];
};

struct bits {
	u32 low : 5;
	u32 high : 9;
};

u32 mem_read_unwritten(struct trv_dev *dev)
{
	u32 *p = trv_alloc(dev, 2 * sizeof(*p), TRV_SLEEP);
	u32 val = 0;

	if (p) {
		p[0] = 1;
		val = trv_read_once(p[1]);
	}
	trv_free(dev, p, 2 * sizeof(*p));
	return val;
}

u32 mem_compare_unwritten(struct trv_dev *dev)
{
	u8 *p = trv_alloc(dev, N, TRV_SLEEP);
	u8 pattern[N];
	int rc = 0;

	/* What trv_alloc() happens to leave there: the whole is compared. */
	trv_memset(pattern, 0xa5, N);
	if (p)
		rc = trv_memcmp(p, pattern, N);
	trv_free(dev, p, N);
	return (u32)rc;
}

u32 mem_read_copy_of_unwritten(struct trv_dev *dev)
{
	u8 *from = trv_alloc(dev, N, TRV_SLEEP);
	u8 *to = new_block(dev);
	u32 val = 0;

	if (from && to) {
		trv_memcpy(to, from, N);
		val = trv_read_once(to[N - 1]);
	}
	trv_free(dev, from, N);
	trv_free(dev, to, N);
	return val;
}

u32 mem_read_struct_copy_of_unwritten(struct trv_dev *dev)
{
	struct wide *from = trv_alloc(dev, sizeof(*from), TRV_SLEEP);
	struct wide *to = trv_zalloc(dev, sizeof(*to), TRV_SLEEP);
	u32 val = 0;

	if (from && to) {
		from->a = 1;
		*to = *from;
		val = (u32)trv_read_once(to->a) + trv_read_once(to->c[4]);
	}
	trv_free(dev, from, sizeof(*from));
	trv_free(dev, to, sizeof(*to));
	return val;
}

u32 mem_padding_and_bits(struct trv_dev *dev)
{
	struct padded *p = trv_alloc(dev, 3 * sizeof(*p), TRV_SLEEP);
	struct wide *w = trv_alloc(dev, 2 * sizeof(*w), TRV_SLEEP);
	struct bits *b = trv_alloc(dev, sizeof(*b), TRV_SLEEP);
	u32 val = 0;

	if (p && w && b) {
		p[0].tag = 1;
		p[0].val = 2;
		p[1] = p[0];
		trv_memcpy(&p[2], &p[1], sizeof(p[2]));
		val += p[2].tag + p[2].val;
		w[0].a = 3;
		w[1] = w[0]; /* the rest may be copied, only not used */
		val += (u32)w[1].a;
		b->low = 4;
		b->high = 5;
		val += b->low + b->high;
	}
	trv_free(dev, p, 3 * sizeof(*p));
	trv_free(dev, w, 2 * sizeof(*w));
	trv_free(dev, b, sizeof(*b));
	return val;
}

u32 mem_compare_written_part(struct trv_dev *dev)
{
	u8 *p = trv_alloc(dev, N, TRV_SLEEP);
	u8 pattern[N] = { 1, 2, 4 };
	u32 val = 0;

	if (p) {
		p[0] = 1;
		p[1] = 2;
		p[2] = 3;
		val = trv_memcmp(p, pattern, N) < 0;
	}
	trv_free(dev, p, N);
	return val;
}

/* ---- bad-free ------------------------------------------------------------ */

void mem_free_twice(struct trv_dev *dev)
{
	u8 *p = new_block(dev);

	trv_free(dev, p, N);
	trv_free(dev, p, N);
}

void mem_free_other_size(struct trv_dev *dev)
{
	u8 *p = new_block(dev);

	trv_free(dev, p, N - 1);
}

void mem_free_inside(struct trv_dev *dev)
{
	u8 *p = new_block(dev);

	trv_free(dev, p ? p + 8 : NULL, N);
}

void mem_free_foreign(struct trv_dev *dev, void *p)
{
	trv_free(dev, p, N);
}

void mem_free_mapped(struct trv_dev *dev)
{
	struct trv_dma_map map;
	u8 *p = new_block(dev);

	if (p && trv_dma_map(dev, p, N, TRV_DMA_TO_DEVICE, &map))
		return;
	trv_free(dev, p, N);
}

void mem_free_right(struct trv_dev *dev)
{
	struct trv_dma_map map;
	u8 *p = new_block(dev);

	trv_free(dev, NULL, N);
	if (p && !trv_dma_map(dev, p, N, TRV_DMA_TO_DEVICE, &map))
		trv_dma_unmap(dev, &map);
	trv_free(dev, p, N);
}

/* ---- leak-mem ------------------------------------------------------------ */

void mem_leak(struct trv_dev *dev)
{
	u8 *kept = new_block(dev);
	u8 *lost = new_block(dev);

	(void)lost;
	trv_free(dev, kept, N);
}

void mem_no_leak(struct trv_dev *dev)
{
	u8 *a = new_block(dev);
	u8 *b = new_block(dev);

	trv_free(dev, a, N);
	trv_free(dev, b, N);
}

/* ---- memory that is in use by a handle ----------------------------------- */

struct handles {
	struct trv_timer timer;
	struct trv_spin lock;
};

static void nothing(void *arg)
{
}

void mem_free_armed_timer(struct trv_dev *dev)
{
	struct handles *h = trv_zalloc(dev, sizeof(*h), TRV_SLEEP);

	if (!h)
		return;
	trv_timer_init(dev, &h->timer, nothing, h);
	trv_timer_arm(&h->timer, 1000);
	trv_free(dev, h, sizeof(*h));
}

void mem_free_held_lock(struct trv_dev *dev)
{
	struct handles *h = trv_zalloc(dev, sizeof(*h), TRV_SLEEP);

	if (!h)
		return;
	trv_spin_init(&h->lock, "held");
	trv_spin_lock(&h->lock);
	trv_free(dev, h, sizeof(*h));
}

void mem_free_idle_handles(struct trv_dev *dev)
{
	struct handles *h = trv_zalloc(dev, sizeof(*h), TRV_SLEEP);

	if (!h)
		return;
	trv_timer_init(dev, &h->timer, nothing, h);
	trv_timer_arm(&h->timer, 1000);
	(void)trv_timer_cancel_sync(&h->timer);
	trv_spin_init(&h->lock, "idle");
	trv_spin_lock(&h->lock);
	trv_spin_unlock(&h->lock);
	trv_free(dev, h, sizeof(*h));
}

/* ---- contexts ------------------------------------------------------------ */

static void alloc_locked(struct trv_dev *dev, enum trv_gfp gfp)
{
	struct trv_spin lock;
	u8 *p;

	trv_spin_init(&lock, "alloc");
	trv_spin_lock(&lock);
	p = trv_alloc(dev, N, gfp);
	trv_spin_unlock(&lock);
	trv_free(dev, p, N);
}

void mem_sleep_in_atomic(struct trv_dev *dev)
{
	alloc_locked(dev, TRV_SLEEP);
}

void mem_atomic_in_atomic(struct trv_dev *dev)
{
	alloc_locked(dev, TRV_ATOMIC);
}

/* ---- arguments ----------------------------------------------------------- */

void mem_memcpy_overlap(struct trv_dev *dev)
{
	u8 *p = new_block(dev);

	if (p)
		trv_memcpy(p + 4, p, 8);
	trv_free(dev, p, N);
}

void mem_memmove_overlap(struct trv_dev *dev)
{
	u8 *p = new_block(dev);

	if (p) {
		trv_memmove(p + 4, p, 8);
		trv_memcpy(p + 8, p, 8);
	}
	trv_free(dev, p, N);
}

void mem_put_too_often(struct trv_dev *dev)
{
	struct trv_refcount r;

	trv_refcount_set(&r, 1);
	if (trv_refcount_put(&r) && trv_refcount_put(&r))
		trv_err(dev, "the last reference twice");
}

void mem_get_after_last(struct trv_dev *dev)
{
	struct trv_refcount r;

	trv_refcount_set(&r, 1);
	if (trv_refcount_put(&r))
		trv_refcount_get(&r);
}

void mem_counts_right(struct trv_dev *dev)
{
	struct trv_refcount r;
	u32 last = 0;

	trv_refcount_set(&r, 1);
	trv_refcount_get(&r);
	last += trv_refcount_put(&r);
	last += trv_refcount_put(&r);
	if (last != 1)
		trv_err(dev, "%u callers were last", last);
}
