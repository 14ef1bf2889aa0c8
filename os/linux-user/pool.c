// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The memory host and device share: first fit over a list of free extents. */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <os/linux-user/memcheck.h>
#include <os/linux-user/user.h>

#define GRAIN 64ULL

/* What a block takes: where somebody looks at each access, bytes behind it that nobody may touch. */
static u64 taken(size_t size)
{
	return TRV_ALIGN_UP((u64)size, GRAIN) + (user_memcheck() ? GRAIN : 0);
}

/** struct user_extent - free bytes at an offset of the pool */
struct user_extent {
	struct user_extent *next;
	u64 off;
	u64 len;
};

static struct user_extent *extent(u64 off, u64 len, struct user_extent *next)
{
	struct user_extent *e = malloc(sizeof(*e));

	if (e)
		*e = (struct user_extent){ next, off, len };
	return e;
}

u8 *user_pool_reserve(size_t size, size_t align)
{
	const size_t room = size + align;
	u8 *at = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	u8 *base;

	if (at == MAP_FAILED)
		return NULL;
	base = (u8 *)TRV_ALIGN_UP((uintptr_t)at, (uintptr_t)align);
	if (base > at)
		munmap(at, (size_t)(base - at));
	munmap(base + size, (size_t)(at + room - (base + size)));
	return base;
}

void user_pool_init_empty(struct user_pool *pool, u8 *base, u64 iova, size_t size)
{
	pool->base = base;
	pool->iova = iova;
	pool->size = size;
	pool->free = pool->parts = NULL;
	pthread_mutex_init(&pool->lock, NULL);
	VALGRIND_CREATE_MEMPOOL(pool, 0, 0);
}

/* At the end of the list, or longer what is there; NULL: no memory. */
static struct user_extent *append(struct user_extent **at, u64 off, u64 len)
{
	while (*at && (*at)->next)
		at = &(*at)->next;
	if (*at && (*at)->off + (*at)->len == off) {
		(*at)->len += len;
		return *at;
	}
	if (*at)
		at = &(*at)->next;
	*at = extent(off, len, NULL);
	return *at;
}

int user_pool_add(struct user_pool *pool, u64 off, u64 len)
{
	if (!append(&pool->parts, off, len) || !append(&pool->free, off, len))
		return -ENOMEM;
	user_mem_deny(pool->base + off, len);
	return 0;
}

int user_pool_init(struct user_pool *pool, u8 *base, u64 iova, size_t size)
{
	user_pool_init_empty(pool, base, iova, size);
	return user_pool_add(pool, 0, size);
}

static void forget(struct user_extent **list)
{
	struct user_extent *e;

	while ((e = *list)) {
		*list = e->next;
		free(e);
	}
}

void user_pool_exit(struct user_pool *pool)
{
	if (!pool->base)
		return;
	VALGRIND_DESTROY_MEMPOOL(pool);
	for (struct user_extent *e = pool->parts; e; e = e->next)
		user_mem_allow(pool->base + e->off, e->len);
	forget(&pool->free);
	forget(&pool->parts);
}

/* Where in @e do @len bytes fit? ~0 when nowhere. Addresses count, not offsets. */
static u64 place(const struct user_pool *pool, const struct user_extent *e, u64 len, u64 align,
		 const struct trv_dma_limits *lim)
{
	u64 at = TRV_ALIGN_UP(pool->iova + e->off, align);

	if (lim->boundary && len <= lim->boundary &&
	    (at ^ (at + len - 1)) & ~((u64)lim->boundary - 1))
		at = TRV_ALIGN_UP(at, trv_max(align, (u64)lim->boundary));
	if (at + len > pool->iova + e->off + e->len || at + len - 1 > lim->mask)
		return ~0ULL;
	return at - pool->iova;
}

/* Cut [off, off + len) out of *@at, the extent that holds it. */
static bool cut(struct user_extent **at, u64 off, u64 len)
{
	struct user_extent *e = *at, *rest;
	u64 end = e->off + e->len;

	if (off > e->off && off + len < end) {
		rest = extent(off + len, end - off - len, e->next);
		if (!rest)
			return false;
		e->next = rest;
		e->len = off - e->off;
	} else if (off > e->off) {
		e->len = off - e->off;
	} else if (off + len < end) {
		e->off = off + len;
		e->len = end - e->off;
	} else {
		*at = e->next;
		free(e);
	}
	return true;
}

void *user_pool_alloc(struct user_pool *pool, size_t size, size_t align,
		      const struct trv_dma_limits *lim)
{
	struct user_extent **at;
	void *p = NULL;
	u64 len, off;

	if (!size || size > pool->size)
		return NULL;
	/* The CPU's addresses are aligned to no more than the pool is. */
	if (align > USER_POOL_ALIGN)
		return NULL;
	align = trv_max(align, (size_t)GRAIN);
	len = taken(size);
	pthread_mutex_lock(&pool->lock);
	for (at = &pool->free; *at; at = &(*at)->next) {
		off = place(pool, *at, len, align, lim);
		if (off == ~0ULL)
			continue;
		if (cut(at, off, len))
			p = pool->base + off;
		break;
	}
	pthread_mutex_unlock(&pool->lock);
	if (p) {
		VALGRIND_MEMPOOL_ALLOC(pool, p, size);
		ASAN_UNPOISON_MEMORY_REGION(p, size);
	}
	return p;
}

void user_pool_free(struct user_pool *pool, void *p, size_t size)
{
	u64 off = (u64)((u8 *)p - pool->base), len = taken(size);
	struct user_extent **at, *e, *after, *before = NULL;

	VALGRIND_MEMPOOL_FREE(pool, p);
	ASAN_POISON_MEMORY_REGION(p, size);
	pthread_mutex_lock(&pool->lock);
	for (at = &pool->free; *at && (*at)->off < off; at = &(*at)->next)
		before = *at;
	after = *at;
	if (before && before->off + before->len == off) {
		before->len += len;
		e = before;
	} else if (after && off + len == after->off) {
		after->off = off;
		after->len += len;
		after = NULL; /* merged */
		e = NULL;
	} else {
		e = extent(off, len, after);
		if (e)
			*at = e;
		else
			trv_log(NULL, TRV_LOG_ERR,
				"no memory for a list entry: %llu bytes of "
				"DMA memory are lost",
				(unsigned long long)len);
		e = NULL;
	}
	if (e && after && e->off + e->len == after->off) {
		e->len += after->len;
		e->next = after->next;
		free(after);
	}
	pthread_mutex_unlock(&pool->lock);
}

bool user_pool_has(const struct user_pool *pool, const void *p, size_t len)
{
	const u8 *at = p;

	return at >= pool->base && len <= pool->size &&
	       (size_t)(at - pool->base) <= pool->size - len;
}

u64 user_pool_iova(const struct user_pool *pool, const void *p)
{
	return pool->iova + (u64)((const u8 *)p - pool->base);
}
