// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Whose memory is it just now: a list of what each device may reach, for
 * debuggers, and what memory checkers are told of it. A streaming mapping is
 * the device's, and nobody else touches it: neither the driver's bytes nor, where
 * the device works on a copy, the copy.
 */
#include <errno.h>
#include <stdlib.h>

#define USER_MEMCHECK_SAY
#include <os/linux-user/memcheck.h>
#include <os/linux-user/user.h>

struct user_dma *user_dma_new(struct trv_dev *dev, const struct user_dma *what)
{
	struct user_dma *d = malloc(sizeof(*d));

	if (!d)
		return NULL;
	*d = *what;
	pthread_mutex_lock(&dev->lock);
	d->next = dev->dma;
	d->at = &dev->dma;
	if (d->next)
		d->next->at = &d->next;
	dev->dma = d;
	pthread_mutex_unlock(&dev->lock);
	return d;
}

/* With the lock held. */
static void unlist(struct user_dma *d)
{
	if (!d->at)
		return;
	*d->at = d->next;
	if (d->next)
		d->next->at = d->at;
	d->at = NULL;
}

void user_dma_drop(struct trv_dev *dev, struct user_dma *d)
{
	pthread_mutex_lock(&dev->lock);
	unlist(d);
	pthread_mutex_unlock(&dev->lock);
	free(d);
}

/* ---- memory checkers ----------------------------------------------------- */

/* What other mappings have of [p, p + len); it is denied again, or only counted. With the lock held. */
static u32 others(struct trv_dev *dev, const struct user_dma *me, u8 *p, size_t len, bool deny)
{
	u8 *from, *to;
	u32 n = 0;

	for (const struct user_dma *d = dev->dma; d; d = d->next) {
		from = trv_max((u8 *)d->cpu, p);
		to = trv_min((u8 *)d->cpu + d->len, p + len);
		if (d == me || d->owner != USER_DMA_DEVICE || from >= to)
			continue;
		if (deny)
			user_mem_deny(from, (size_t)(to - from));
		n++;
	}
	return n;
}

void user_dma_about_to_map(struct trv_dev *dev, void *buf, size_t len, enum trv_dma_dir dir)
{
	u32 n;

	if (!user_memcheck())
		return;
	pthread_mutex_lock(&dev->lock);
	n = others(dev, NULL, buf, len, false);
	pthread_mutex_unlock(&dev->lock);
	if (n) /* one buffer in two transfers; the leg copies it, if need be, and not the driver */
		user_mem_allow(buf, len);
	else if (dir & TRV_DMA_TO_DEVICE)
		(void)VALGRIND_CHECK_MEM_IS_DEFINED(buf, len);
}

static void count(struct user_dma *d, size_t cpu_len)
{
	d->cpu_len = cpu_len;
	if (!cpu_len)
		d->owner = USER_DMA_DEVICE;
	else
		d->owner = cpu_len < d->len ? USER_DMA_PARTS : USER_DMA_CPU;
}

void user_dma_to_device(struct user_dma *d, size_t off, size_t len)
{
	count(d, d->cpu_len - trv_min(len, d->cpu_len));
	user_mem_deny((u8 *)d->cpu + off, len);
	if (d->bounce)
		user_mem_deny((u8 *)d->bounce + off, len);
}

void user_dma_to_cpu(struct user_dma *d, size_t off, size_t len)
{
	count(d, trv_min(d->cpu_len + len, d->len));
	if (!user_memcheck())
		return;
	user_mem_allow((u8 *)d->cpu + off, len);
	if (d->bounce)
		user_mem_allow((u8 *)d->bounce + off, len);
}

void user_dma_keep_others(struct trv_dev *dev, const struct user_dma *d, size_t off, size_t len)
{
	if (!user_memcheck())
		return;
	pthread_mutex_lock(&dev->lock);
	others(dev, d, (u8 *)d->cpu + off, len, true);
	pthread_mutex_unlock(&dev->lock);
}

u32 user_dma_forget(struct trv_dev *dev)
{
	struct user_dma *d;
	u32 n = 0;

	pthread_mutex_lock(&dev->lock);
	for (; (d = dev->dma); n++) {
		if (d->streaming)
			user_dma_to_cpu(d, 0, d->len);
		unlist(d); /* it is the driver's still, should it come back to it */
	}
	pthread_mutex_unlock(&dev->lock);
	return n;
}
