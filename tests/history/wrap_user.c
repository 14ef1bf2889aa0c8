// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* os.h's entries as the user leg has them, recorded. A BAR behind a socket is never inlined. */
#include <pthread.h>

#include "wrap.h"

static __thread bool in_irq;

void rec_leg_irq(bool in)
{
	in_irq = in;
}

bool rec_in_irq(void)
{
	return in_irq;
}

u64 __real_trv_user_read(struct trv_dev *dev, u32 bar, u32 off, u32 bytes);
u64 __wrap_trv_user_read(struct trv_dev *dev, u32 bar, u32 off, u32 bytes);
u64 __wrap_trv_user_read(struct trv_dev *dev, u32 bar, u32 off, u32 bytes)
{
	u64 val = __real_trv_user_read(dev, bar, off, bytes);

	rec_read(bar, off, bytes, val);
	return val;
}

void __real_trv_user_write(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val);
void __wrap_trv_user_write(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val);
void __wrap_trv_user_write(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val)
{
	rec_write(bar, off, bytes, val);
	__real_trv_user_write(dev, bar, off, bytes, val);
}

void __real_trv_user_read_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, void *buf, u32 n);
void __wrap_trv_user_read_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, void *buf, u32 n);
void __wrap_trv_user_read_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, void *buf, u32 n)
{
	u32 mark = rec_mark();

	__real_trv_user_read_rep(dev, bar, off, bytes, buf, n);
	rec_read_rep(mark, bar, off, bytes, buf, n);
}

void __real_trv_user_write_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, const void *buf,
			       u32 n);
void __wrap_trv_user_write_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, const void *buf,
			       u32 n);
void __wrap_trv_user_write_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, const void *buf,
			       u32 n)
{
	rec_write_rep(bar, off, bytes, buf, n);
	__real_trv_user_write_rep(dev, bar, off, bytes, buf, n);
}

void __real_trv_user_dma_unmap(struct trv_dev *dev, struct trv_dma_map *map);
void __wrap_trv_user_dma_unmap(struct trv_dev *dev, struct trv_dma_map *map);
void __wrap_trv_user_dma_unmap(struct trv_dev *dev, struct trv_dma_map *map)
{
	struct trv_dma_map was = *map;

	__real_trv_user_dma_unmap(dev, map);
	rec_unmapped(&was);
}

void __real_trv_user_dma_sync(struct trv_dev *dev, struct trv_dma_map *map, u32 off, u32 len,
			      bool to_device);
void __wrap_trv_user_dma_sync(struct trv_dev *dev, struct trv_dma_map *map, u32 off, u32 len,
			      bool to_device);
void __wrap_trv_user_dma_sync(struct trv_dev *dev, struct trv_dma_map *map, u32 off, u32 len,
			      bool to_device)
{
	__real_trv_user_dma_sync(dev, map, off, len, to_device);
	rec_dma(to_device, (u8 *)map->buf + off, len);
}
