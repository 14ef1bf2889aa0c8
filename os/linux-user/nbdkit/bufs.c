// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Memory for data on its way. nbdkit's buffers lie where the device does not reach; a request
 * whose data does would need a copy made by the leg, of any size, from memory that the driver
 * needs as well. So there is a fixed number of pieces, and a request waits for one.
 */
#include <errno.h>
#include <pthread.h>

#include <os/linux-user/nbdkit/plug.h>

enum {
	BUFS = 16,
	BUFS_FEW = 4, /* with fewer, shorter ones are better */
	BUF_BYTES = 128 * 1024,
	BUF_BYTES_LEAST = 4096, /* the longest block */
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t given;
	struct trv_dev *dev;
	void *free[BUFS];
	u32 n_free;
	u32 bytes;
} bufs = { .lock = PTHREAD_MUTEX_INITIALIZER, .given = PTHREAD_COND_INITIALIZER };

static void drop(u32 n)
{
	while (n-- > 0)
		trv_user_dma_buf_free(bufs.dev, bufs.free[--bufs.n_free], bufs.bytes);
}

/* As many as there is room for; of a pool that was used up, the driver gets some back. */
static u32 fill(u32 bytes)
{
	bufs.bytes = bytes;
	while (bufs.n_free < BUFS) {
		void *buf = trv_user_dma_buf(bufs.dev, bytes);

		if (!buf)
			break;
		bufs.free[bufs.n_free++] = buf;
	}
	if (bufs.n_free > 1 && bufs.n_free < BUFS)
		drop(trv_max(bufs.n_free / 4, 1U));
	return bufs.n_free;
}

int plug_bufs_open(struct trv_dev *dev)
{
	bufs.dev = dev;
	for (u32 bytes = BUF_BYTES; bytes >= BUF_BYTES_LEAST; bytes /= 2) {
		const u32 n = fill(bytes);

		if (n >= BUFS_FEW || (n && bytes == BUF_BYTES_LEAST))
			return 0;
		drop(n);
	}
	return -ENOMEM;
}

void plug_bufs_close(void)
{
	drop(bufs.n_free);
}

u32 plug_bufs_bytes(void)
{
	return bufs.bytes;
}

u32 plug_bufs_take(void **taken, u32 want)
{
	u32 n = 0;

	pthread_mutex_lock(&bufs.lock);
	/* Those who have them are in a request, which ends. */
	while (!bufs.n_free)
		pthread_cond_wait(&bufs.given, &bufs.lock);
	while (n < want && bufs.n_free)
		taken[n++] = bufs.free[--bufs.n_free];
	pthread_mutex_unlock(&bufs.lock);
	return n;
}

void plug_bufs_give(void **given, u32 n)
{
	pthread_mutex_lock(&bufs.lock);
	for (u32 i = 0; i < n; i++)
		bufs.free[bufs.n_free++] = given[i];
	if (n > 1)
		pthread_cond_broadcast(&bufs.given);
	else
		pthread_cond_signal(&bufs.given);
	pthread_mutex_unlock(&bufs.lock);
}
