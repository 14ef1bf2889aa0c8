// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Blocks of the arena. Addresses only go up, with a redzone between any two,
 * and freed memory stays untouched, so that a stale pointer is always seen.
 * Only when the arena is full is freed memory used again, oldest first.
 */
#include <string.h>

#include <os/test-sim/mem_impl.h>
#include <os/test-sim/trace.h>

#define PAGE_SHIFT 12
#define REDZONE 32
#define MAX_BLOCKS (SIM_ARENA_SIZE / SIM_BLOCK_ALIGN + 2)
/* Where nobody reports the driver's stores, nothing can be said to be unwritten. */
#ifdef SIM_NO_HOOKS
#define FRESH SIM_OK
#else
#define FRESH SIM_M_LIVE
#endif
/* The rest of a recycled block is worth keeping from this size on. */
#define WORTH_SPLITTING 256

static struct sim_block *blocks; /* by id; 0 is none */
static u32 *page_block;		 /* the block that has the page's first byte */

static struct {
	u32 n;	   /* ids used so far */
	u32 spare; /* unused ids, by next */
	u32 first, last;
	u32 cursor; /* where the search for freed memory goes on */
	u32 top;    /* offset: everything below is tiled by blocks */
	u32 live;   /* the driver's blocks, by live_next; the newest first */
} mem;

static void init(void)
{
	if (sim_likely(blocks))
		return;
	sim_arena_init();
	blocks = sim_reserve(NULL, MAX_BLOCKS * sizeof(*blocks), "the table of allocations");
	page_block = sim_reserve(NULL, (SIM_ARENA_SIZE >> PAGE_SHIFT) * sizeof(*page_block),
				 "the index of allocations");
}

static u8 *arena(u32 off)
{
	return (u8 *)(uintptr_t)(SIM_ARENA + off);
}

void sim_block_reset(void)
{
	init();
	sim_arena_clear(mem.top);
	SIM_POISON(arena(0), mem.top);
	memset(page_block, 0, ((mem.top >> PAGE_SHIFT) + 1) * sizeof(*page_block));
	memset(&mem, 0, sizeof(mem));
}

static u32 new_id(void)
{
	u32 id = mem.spare;

	if (id)
		mem.spare = blocks[id].next;
	else
		id = ++mem.n;
	return id;
}

static void drop_id(u32 id)
{
	blocks[id].next = mem.spare;
	mem.spare = id;
}

static void index_pages(u32 id)
{
	const struct sim_block *b = &blocks[id];
	u32 first = (b->base + (1u << PAGE_SHIFT) - 1) >> PAGE_SHIFT;

	for (u32 page = first; page << PAGE_SHIFT < b->end; page++)
		page_block[page] = id;
}

static u64 fit(u64 base, size_t size, size_t align)
{
	return TRV_ALIGN_UP(base + REDZONE, (u64)align) + size;
}

/* A new block at the high-water mark; 0 when there is no room left. */
static u32 extend(size_t size, size_t align)
{
	u64 end = fit(mem.top, size, align);
	u32 id;

	if (end > SIM_ARENA_SIZE - REDZONE)
		return 0;
	id = new_id();
	blocks[id] = (struct sim_block){ .base = mem.top, .end = end };
	if (mem.last)
		blocks[mem.last].next = id;
	else
		mem.first = id;
	mem.last = id;
	mem.top = end;
	return id;
}

/*
 * Blocks @from to @to are freed neighbours with room enough: make them one, and
 * leave what is not needed as a freed block of its own.
 */
static u32 merge(u32 from, u32 to, u64 need_end)
{
	struct sim_block *b = &blocks[from];
	const struct sim_site *free_site = blocks[to].free_site;
	const struct sim_site *site = blocks[to].site;
	u32 end = blocks[to].end;
	u32 next = blocks[to].next;

	while (b->next != next) {
		u32 gone = b->next;

		b->next = blocks[gone].next;
		drop_id(gone);
	}
	memset(sim_shadow(arena(b->base)), 0, end - b->base);
	b->end = end;
	if (mem.last == to)
		mem.last = from;
	if (end - need_end >= WORTH_SPLITTING) {
		u32 rest = new_id();

		blocks[rest] = (struct sim_block){
			.base = need_end,
			.addr = need_end,
			.size = end - need_end,
			.end = end,
			.next = next,
			.kind = SIM_B_FREED,
			.site = site,
			.free_site = free_site,
		};
		memset(sim_shadow(arena(need_end)), SIM_M_FREED, end - need_end);
		b->end = need_end;
		b->next = rest;
		if (mem.last == from)
			mem.last = rest;
		index_pages(rest);
	}
	return from;
}

/* The oldest freed memory that is large enough: once around, from where the last search ended. */
static u32 recycle(size_t size, size_t align)
{
	u32 id = mem.cursor ? mem.cursor : mem.first;
	u32 run = 0;

	for (u32 looked = 0; id && looked <= mem.n; looked++) {
		if (blocks[id].kind != SIM_B_FREED) {
			run = 0;
		} else {
			u64 end;

			if (!run)
				run = id;
			end = fit(blocks[run].base, size, align);
			if (end <= blocks[id].end) {
				id = merge(run, id, end);
				mem.cursor = blocks[id].next;
				return id;
			}
		}
		id = blocks[id].next;
		if (!id) {
			id = mem.first;
			run = 0;
		}
	}
	return 0;
}

struct sim_block *sim_block_alloc(struct trv_dev *dev, size_t size, size_t align,
				  enum sim_block_kind kind, const struct sim_site *site)
{
	struct sim_block *b;
	u32 id;

	init();
	if (!size || size > SIM_ARENA_SIZE)
		return NULL;
	align = trv_max(align, (size_t)SIM_BLOCK_ALIGN);
	id = extend(size, align);
	if (!id)
		id = recycle(size, align);
	if (!id)
		return NULL;
	b = &blocks[id];
	b->addr = TRV_ALIGN_UP(b->base + REDZONE, (u32)align);
	b->size = size;
	b->kind = kind;
	b->dev = dev;
	b->site = site;
	b->free_site = NULL;
	b->maps = NULL;
	index_pages(id);
	if (kind == SIM_B_DRIVER) {
		b->live_prev = 0;
		b->live_next = mem.live;
		if (mem.live)
			blocks[mem.live].live_prev = id;
		mem.live = id;
	}
	memset(sim_shadow(arena(b->addr)), FRESH, size);
	if (kind == SIM_B_DRIVER || kind == SIM_B_COHERENT)
		sim_trace_note(SIM_T_TAKE, dev, kind == SIM_B_COHERENT ? "DMA memory" : "memory",
			       (u64)(uintptr_t)arena(b->addr), size, 0);
	SIM_POISON(arena(b->base), b->end + REDZONE - b->base);
	SIM_UNPOISON(arena(b->addr), size);
	return b;
}

void sim_block_free(struct sim_block *b, const struct sim_site *site)
{
	if (b->kind == SIM_B_DRIVER) {
		if (b->live_prev)
			blocks[b->live_prev].live_next = b->live_next;
		else
			mem.live = b->live_next;
		if (b->live_next)
			blocks[b->live_next].live_prev = b->live_prev;
	}
	if (b->kind == SIM_B_DRIVER || b->kind == SIM_B_COHERENT)
		sim_trace_note(SIM_T_GIVE, b->dev,
			       b->kind == SIM_B_COHERENT ? "DMA memory" : "memory",
			       (u64)(uintptr_t)arena(b->addr), b->size, 0);
	b->kind = SIM_B_FREED;
	b->free_site = site;
	memset(sim_shadow(arena(b->addr)), SIM_M_FREED, b->size);
	SIM_POISON(arena(b->addr), b->size);
}

struct sim_block *sim_block_find(const void *p)
{
	u64 off = (u64)(uintptr_t)p - SIM_ARENA;
	u32 id;

	if (off >= mem.top)
		return NULL;
	id = page_block[off >> PAGE_SHIFT];
	while (blocks[id].end <= off)
		id = blocks[id].next;
	return &blocks[id];
}

struct sim_block *sim_block_near(const void *p)
{
	struct sim_block *b = sim_block_find(p);
	u64 off = (u64)(uintptr_t)p - SIM_ARENA;

	if (!b && mem.last && off - mem.top < 1u << PAGE_SHIFT)
		return &blocks[mem.last];
	/* In the redzone in front: the block before it may be the nearer one. */
	if (b && off < b->addr && b->base && off - b->base < b->addr - off)
		return sim_block_find(arena(b->base - 1));
	return b;
}

struct sim_block *sim_block_live(const struct sim_block *b)
{
	u32 id = b ? b->live_next : mem.live;

	return id ? &blocks[id] : NULL;
}
