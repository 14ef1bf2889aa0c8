// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* os.h's entries as the simulator has them, recorded. Built without sites: the caller's stays. */
#include <os/test-sim/machine.h>

#include "wrap.h"

/* The machine knows by itself: contexts there are no threads. */
void rec_leg_irq(bool in)
{
}

bool rec_in_irq(void)
{
	return sim_in_irq();
}

#define WRAP_READ(kind, bits)                                                 \
	u##bits __real_trv_##kind##_read##bits(struct trv_##kind h, u32 off); \
	u##bits __wrap_trv_##kind##_read##bits(struct trv_##kind h, u32 off); \
	u##bits __wrap_trv_##kind##_read##bits(struct trv_##kind h, u32 off)  \
	{                                                                     \
		u##bits val = __real_trv_##kind##_read##bits(h, off);         \
		rec_read(h.bar, h.base + off, bits / 8, val);                 \
		return val;                                                   \
	}
#define WRAP_WRITE(kind, bits)                                                           \
	void __real_trv_##kind##_write##bits(struct trv_##kind h, u32 off, u##bits val); \
	void __wrap_trv_##kind##_write##bits(struct trv_##kind h, u32 off, u##bits val); \
	void __wrap_trv_##kind##_write##bits(struct trv_##kind h, u32 off, u##bits val)  \
	{                                                                                \
		rec_write(h.bar, h.base + off, bits / 8, val);                           \
		__real_trv_##kind##_write##bits(h, off, val);                            \
	}

WRAP_READ(port, 8)
WRAP_READ(port, 32)
WRAP_READ(mmio, 32)
WRAP_READ(mmio, 64)
WRAP_WRITE(port, 8)
WRAP_WRITE(port, 32)
WRAP_WRITE(mmio, 32)
WRAP_WRITE(mmio, 64)

void __real_trv_port_read_rep16(struct trv_port h, u32 off, void *buf, u32 n);
void __wrap_trv_port_read_rep16(struct trv_port h, u32 off, void *buf, u32 n);
void __wrap_trv_port_read_rep16(struct trv_port h, u32 off, void *buf, u32 n)
{
	u32 mark = rec_mark();

	__real_trv_port_read_rep16(h, off, buf, n);
	rec_read_rep(mark, h.bar, h.base + off, 2, buf, n);
}

void __real_trv_port_write_rep16(struct trv_port h, u32 off, const void *buf, u32 n);
void __wrap_trv_port_write_rep16(struct trv_port h, u32 off, const void *buf, u32 n);
void __wrap_trv_port_write_rep16(struct trv_port h, u32 off, const void *buf, u32 n)
{
	rec_write_rep(h.bar, h.base + off, 2, buf, n);
	__real_trv_port_write_rep16(h, off, buf, n);
}

void __real_trv_dma_unmap(struct trv_dev *dev, struct trv_dma_map *map);
void __wrap_trv_dma_unmap(struct trv_dev *dev, struct trv_dma_map *map);
void __wrap_trv_dma_unmap(struct trv_dev *dev, struct trv_dma_map *map)
{
	struct trv_dma_map was = *map;

	__real_trv_dma_unmap(dev, map);
	rec_unmapped(&was);
}

#define WRAP_SYNC(name, to_device)                                                                 \
	void __real_trv_dma_sync_for_##name(struct trv_dev *dev, struct trv_dma_map *map, u32 off, \
					    u32 len);                                              \
	void __wrap_trv_dma_sync_for_##name(struct trv_dev *dev, struct trv_dma_map *map, u32 off, \
					    u32 len);                                              \
	void __wrap_trv_dma_sync_for_##name(struct trv_dev *dev, struct trv_dma_map *map, u32 off, \
					    u32 len)                                               \
	{                                                                                          \
		__real_trv_dma_sync_for_##name(dev, map, off, len);                                \
		rec_dma(to_device, (u8 *)map->buf + off, len);                                     \
	}

WRAP_SYNC(cpu, false)
WRAP_SYNC(device, true)
