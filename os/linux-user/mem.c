// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * os.h: memory. It is the C library's, so that sanitizers and valgrind see
 * every block; a header in front of it keeps the size the driver must repeat.
 */
#include <stdlib.h>
#include <string.h>

#include <os/linux-user/user.h>

#define BLOCK_ALIGN 64 /* a cache line: any type, and any alignment DMA asks of small pieces */
#define BLOCK_MOST ((size_t)1 << 36) /* sanitizers end the program where the library says no */
#define BLOCK_MAGIC 0x7472765f616c6c6fULL

struct block {
	u64 magic;
	size_t size;
	struct trv_dev *dev;
};
TRV_BUILD_ASSERT(sizeof(struct block) <= BLOCK_ALIGN, "the header keeps the alignment");

void *trv_alloc(struct trv_dev *dev, size_t size, enum trv_gfp gfp)
{
	struct block *b;

	if (gfp == TRV_SLEEP)
		user_may_sleep(dev, "alloc");
	if (!size || size > BLOCK_MOST)
		return NULL;
	b = aligned_alloc(BLOCK_ALIGN, BLOCK_ALIGN + TRV_ALIGN_UP(size, (size_t)BLOCK_ALIGN));
	if (!b)
		return NULL;
	*b = (struct block){ .magic = BLOCK_MAGIC, .size = size, .dev = dev };
	__atomic_fetch_add(&dev->allocs, 1, __ATOMIC_RELAXED);
	return (u8 *)b + BLOCK_ALIGN;
}

void *trv_zalloc(struct trv_dev *dev, size_t size, enum trv_gfp gfp)
{
	void *p = trv_alloc(dev, size, gfp);

	if (p)
		memset(p, 0, size);
	return p;
}

void *trv_alloc_array(struct trv_dev *dev, size_t n, size_t size, enum trv_gfp gfp)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return trv_zalloc(dev, bytes, gfp);
}

void trv_free(struct trv_dev *dev, void *p, size_t size)
{
	struct block *b = p ? (struct block *)((u8 *)p - BLOCK_ALIGN) : NULL;

	if (!b)
		return;
	if (b->magic != BLOCK_MAGIC) {
		user_misuse(dev, "trv_free() of %p, which trv_alloc() did not return", p);
		return;
	}
	if (b->size != size || b->dev != dev)
		user_misuse(dev, "trv_free() of %zu bytes of %s that are %zu of %s", size,
			    trv_dev_name(dev), b->size, trv_dev_name(b->dev));
	b->magic = 0;
	__atomic_fetch_sub(&b->dev->allocs, 1, __ATOMIC_RELAXED);
	free(b);
}
