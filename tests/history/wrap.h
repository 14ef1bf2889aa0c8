/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Entries of os.h that both legs have as functions, with the recorder in
 * between. The linker's --wrap puts these in place of the ones that driver,
 * class and scenario call (ci/mk/history.mk has the list).
 */
#ifndef TRIVET_TESTS_HISTORY_WRAP_H
#define TRIVET_TESTS_HISTORY_WRAP_H

#include "record.h"

#define WRAP_CFG(bits)                                                             \
	int __real_trv_cfg_read##bits(struct trv_dev *dev, u32 off, u##bits *val); \
	int __wrap_trv_cfg_read##bits(struct trv_dev *dev, u32 off, u##bits *val); \
	int __wrap_trv_cfg_read##bits(struct trv_dev *dev, u32 off, u##bits *val)  \
	{                                                                          \
		int rc = __real_trv_cfg_read##bits(dev, off, val);                 \
		rec_cfg_read(off, bits / 8, *val);                                 \
		return rc;                                                         \
	}                                                                          \
	int __real_trv_cfg_write##bits(struct trv_dev *dev, u32 off, u##bits val); \
	int __wrap_trv_cfg_write##bits(struct trv_dev *dev, u32 off, u##bits val); \
	int __wrap_trv_cfg_write##bits(struct trv_dev *dev, u32 off, u##bits val)  \
	{                                                                          \
		rec_cfg_write(off, bits / 8, val);                                 \
		return __real_trv_cfg_write##bits(dev, off, val);                  \
	}

WRAP_CFG(8)
WRAP_CFG(16)
WRAP_CFG(32)

int __real_trv_bus_master(struct trv_dev *dev, bool on);
int __wrap_trv_bus_master(struct trv_dev *dev, bool on);
int __wrap_trv_bus_master(struct trv_dev *dev, bool on)
{
	rec_line("bus master %s", on ? "on" : "off");
	return __real_trv_bus_master(dev, on);
}

/* How a leg finds vectors is its own business, configuration space included. */
int __real_trv_irq_alloc(struct trv_dev *dev, u32 min, u32 max, u32 kinds, enum trv_irq_kind *kind);
int __wrap_trv_irq_alloc(struct trv_dev *dev, u32 min, u32 max, u32 kinds, enum trv_irq_kind *kind);
int __wrap_trv_irq_alloc(struct trv_dev *dev, u32 min, u32 max, u32 kinds, enum trv_irq_kind *kind)
{
	bool was = rec_pause(true);
	int rc = __real_trv_irq_alloc(dev, min, max, kinds, kind);

	rec_pause(was);
	rec_line("irq vectors of kinds %x: %d, kind %x", kinds, rc, rc > 0 ? *kind : 0);
	return rc;
}

void __real_trv_irq_free(struct trv_dev *dev);
void __wrap_trv_irq_free(struct trv_dev *dev);
void __wrap_trv_irq_free(struct trv_dev *dev)
{
	bool was = rec_pause(true);

	__real_trv_irq_free(dev);
	rec_pause(was);
}

int __real_trv_irq_attach(struct trv_dev *dev, u32 vec, const struct trv_irq_handler *h, void *arg,
			  const char *name);
int __wrap_trv_irq_attach(struct trv_dev *dev, u32 vec, const struct trv_irq_handler *h, void *arg,
			  const char *name);
int __wrap_trv_irq_attach(struct trv_dev *dev, u32 vec, const struct trv_irq_handler *h, void *arg,
			  const char *name)
{
	struct rec_handler *w = rec_handler(vec, h, arg);

	return __real_trv_irq_attach(dev, vec, &w->wrapper, w, name);
}

int __real_trv_dma_alloc(struct trv_dev *dev, size_t size, size_t align, struct trv_dma_mem *mem);
int __wrap_trv_dma_alloc(struct trv_dev *dev, size_t size, size_t align, struct trv_dma_mem *mem);
int __wrap_trv_dma_alloc(struct trv_dev *dev, size_t size, size_t align, struct trv_dma_mem *mem)
{
	int rc = __real_trv_dma_alloc(dev, size, align, mem);

	if (!rc)
		rec_region(mem->iova, size, "coherent");
	return rc;
}

void __real_trv_dma_free(struct trv_dev *dev, struct trv_dma_mem *mem);
void __wrap_trv_dma_free(struct trv_dev *dev, struct trv_dma_mem *mem);
void __wrap_trv_dma_free(struct trv_dev *dev, struct trv_dma_mem *mem)
{
	rec_region_gone(mem->iova);
	__real_trv_dma_free(dev, mem);
}

static inline void rec_mapped(const struct trv_dma_map *map)
{
	rec_region(map->iova, map->len, "map");
	if (map->dir & TRV_DMA_TO_DEVICE)
		rec_dma(true, map->buf, map->len);
}

int __real_trv_dma_map(struct trv_dev *dev, void *buf, u32 len, enum trv_dma_dir dir,
		       struct trv_dma_map *map);
int __wrap_trv_dma_map(struct trv_dev *dev, void *buf, u32 len, enum trv_dma_dir dir,
		       struct trv_dma_map *map);
int __wrap_trv_dma_map(struct trv_dev *dev, void *buf, u32 len, enum trv_dma_dir dir,
		       struct trv_dma_map *map)
{
	int rc = __real_trv_dma_map(dev, buf, len, dir, map);

	if (!rc)
		rec_mapped(map);
	return rc;
}

int __real_trv_dma_map_sg(struct trv_dev *dev, const struct trv_vec *vec, u32 n,
			  enum trv_dma_dir dir, struct trv_dma_map *maps, struct trv_seg *segs,
			  u32 max);
int __wrap_trv_dma_map_sg(struct trv_dev *dev, const struct trv_vec *vec, u32 n,
			  enum trv_dma_dir dir, struct trv_dma_map *maps, struct trv_seg *segs,
			  u32 max);
int __wrap_trv_dma_map_sg(struct trv_dev *dev, const struct trv_vec *vec, u32 n,
			  enum trv_dma_dir dir, struct trv_dma_map *maps, struct trv_seg *segs,
			  u32 max)
{
	int rc = __real_trv_dma_map_sg(dev, vec, n, dir, maps, segs, max);

	for (u32 i = 0; rc >= 0 && i < n; i++)
		rec_mapped(&maps[i]);
	return rc;
}

/* What came over is there once the real one has returned, which forgets the rest of @map. */
static inline void rec_unmapped(const struct trv_dma_map *was)
{
	if (was->dir & TRV_DMA_FROM_DEVICE)
		rec_dma(false, was->buf, was->len);
	rec_region_gone(was->iova);
}

void __real_trv_dma_unmap_sg(struct trv_dev *dev, struct trv_dma_map *maps, u32 n);
void __wrap_trv_dma_unmap_sg(struct trv_dev *dev, struct trv_dma_map *maps, u32 n);
void __wrap_trv_dma_unmap_sg(struct trv_dev *dev, struct trv_dma_map *maps, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		struct trv_dma_map was = maps[i];

		__real_trv_dma_unmap_sg(dev, &maps[i], 1);
		rec_unmapped(&was);
	}
}

#endif /* TRIVET_TESTS_HISTORY_WRAP_H */
