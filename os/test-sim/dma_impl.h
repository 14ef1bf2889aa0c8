/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * DMA, between its own files: dma.c (streaming), dma_coherent.c, dma_sg.c, the
 * entries of os.h; dma_device.c, the device's side; dma_core.c, what both share;
 * iova.c, device addresses.
 */
#ifndef TRIVET_SIM_DMA_IMPL_H
#define TRIVET_SIM_DMA_IMPL_H

#include <os/test-sim/dev.h>
#include <os/test-sim/dma.h>
#include <os/test-sim/mem_impl.h>
#include <os/test-sim/trace.h>

#define SIM_DMA_PAGE 4096ULL

/**
 * struct sim_map - memory as a device sees it
 * @user:  the driver's struct trv_dma_map or trv_dma_mem
 * @view:  what the device sees: a copy for streaming memory; for coherent memory only
 *         where that differs from the memory itself
 * @state: of each byte of @view: SIM_M_INIT, and SIM_M_TAINTED where the device wrote since
 *         the last sync; for coherent memory its shadow
 */
struct sim_map {
	trv_iova iova;
	u64 len;
	u8 *buf;
	u8 *view;
	u8 *state;
	struct trv_dev *dev;
	struct sim_block *block;
	const void *user;
	const struct sim_site *site;
	struct sim_map *next; /* of the same block; or in the pool */
	u8 dir;
	u8 order; /* of the view's size */
	bool coherent;
	struct sim_coherent *second; /* of coherent memory: where its two sides differ */
};

/** struct sim_iova_zone - a range of device addresses, and where the search for a free one goes on */
struct sim_iova_zone {
	u64 first, last, cursor;
};
enum { SIM_IOVA_LOW, SIM_IOVA_HIGH, SIM_IOVA_TOP, SIM_IOVA_ZONES };

struct sim_dma_state {
	struct trv_dev *dev;
	struct trv_dma_limits lim;
	struct sim_dma_stats stats;
	struct sim_map **live; /* in order of address */
	u32 n, cap;
	u32 lcg;
	bool used; /* an entry was called: the limits stand */
	u64 zoned; /* the mask that the zones are for */
	struct sim_iova_zone zones[SIM_IOVA_ZONES];
};

/* What a handle says after it failed or was given back; below it the device finds nothing. */
#define SIM_IOVA_FAILED 0xfeebad00ULL
#define SIM_IOVA_DEAD 0xfeedead0ULL

/* ---- dma_core.c ---------------------------------------------------------- */
struct sim_dma_state *sim_dma_state(struct trv_dev *dev);
/** sim_map_new() - a record with its view (streaming), not yet listed */
struct sim_map *sim_map_new(struct trv_dev *dev, u64 len, bool coherent);
/** sim_map_list() - it has its address: the device can reach it from here on */
void sim_map_list(struct sim_dma_state *s, struct sim_map *m);
/** sim_map_drop() - unreachable, remembered for messages, back to the pool */
void sim_map_drop(struct sim_dma_state *s, struct sim_map *m, const struct sim_site *site);
/** sim_map_at() - the live one of @s that covers @addr, or NULL */
struct sim_map *sim_map_at(const struct sim_dma_state *s, trv_iova addr);
/**
 * sim_dma_astray() - the memory that an access nothing allows would reach without an IOMMU
 *
 * Where the mapping at @addr goes on, or went when there was one; the CPU's own
 * address. NULL when that is no memory of the driver's.
 */
void *sim_dma_astray(const struct trv_dev *dev, trv_iova addr, u32 len);
/** sim_map_describe() - "512 bytes mapped at ide_io.c:70 in ide_start" */
const char *sim_map_describe(const struct sim_map *m);
/** sim_iova_describe() - what once was, or nearly is, at @addr of @dev; where it was unmapped, or else mapped */
const char *sim_iova_describe(struct trv_dev *dev, trv_iova addr, const struct sim_site **site,
			      const struct sim_site **mapped);

/* ---- coherent.c ---------------------------------------------------------- */

/** sim_coherent_init() - give coherent @m its second side */
void sim_coherent_init(struct sim_map *m);
void sim_coherent_exit(struct sim_map *m);
/** sim_coherent_fetch(), sim_coherent_store() - the device reads and writes coherent memory */
void sim_coherent_fetch(const struct sim_map *m, u64 off, void *dst, u32 len);
void sim_coherent_store(struct sim_map *m, u64 off, const void *src, u32 len);
/** sim_coherent_hold() - sabotage: what is stored from here on overtakes what was */
void sim_coherent_hold(void);
void sim_coherent_reset(void);

/* ---- iova.c -------------------------------------------------------------- */

/**
 * sim_iova_alloc() - a free range of device addresses, an unmapped page on both sides
 * @offset:   low bits of the address; below the page size or a multiple of @align
 * @align:    power of two, 0 for none
 * @boundary: power of two the range must not cross, 0 for none
 *
 * 0; -EFBIG when no address can satisfy that, -ENOMEM when none is free.
 */
int sim_iova_alloc(struct sim_dma_state *s, u64 len, u64 offset, u64 align, u64 boundary,
		   trv_iova *addr);

/* ---- dma.c, for dma_sg.c ------------------------------------------------- */

/** sim_stream_map() - map one piece; @split: the caller divides it into segments, so it may cross */
int sim_stream_map(struct trv_dev *dev, void *buf, u32 len, enum trv_dma_dir dir, bool split,
		   struct trv_dma_map *map, const struct sim_site *site);
void sim_stream_unmap(struct trv_dev *dev, struct trv_dma_map *map, const struct sim_site *site);
/** sim_map_fail() - make @map one that is seen when used all the same */
void sim_map_fail(struct trv_dma_map *map, enum trv_dma_dir dir);

#endif /* TRIVET_SIM_DMA_IMPL_H */
