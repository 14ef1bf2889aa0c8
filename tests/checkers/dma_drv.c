// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "dma_drv.h"
#include "dummy.h"

enum { N = 96 };

/* ---- a driver of the dummy, as short as it gets -------------------------- */

struct job {
	struct trv_dev *dev;
	struct trv_mmio regs;
	struct trv_dma_map map;
	u8 *buf;
};

static void open_job(struct trv_dev *dev, struct job *j)
{
	j->dev = dev;
	j->buf = trv_zalloc(dev, N, TRV_SLEEP);
	if (!j->buf || trv_bus_master(dev, true) ||
	    trv_bar_map(dev, DUMMY_BAR_MEM, DUMMY_MEM_SIZE, &j->regs))
		trv_err(dev, "the dummy could not be brought up");
}

static void close_job(struct job *j)
{
	if (trv_bus_master(j->dev, false))
		trv_err(j->dev, "bus master stays on");
	trv_free(j->dev, j->buf, N);
	trv_bar_unmap(j->dev, &j->regs);
}

static void map_job(struct job *j, enum trv_dma_dir dir)
{
	if (trv_dma_map(j->dev, j->buf, N, dir, &j->map))
		trv_err(j->dev, "mapping failed");
}

/* The device moves @len bytes and is done when this returns. */
static void move(struct job *j, trv_iova addr, u32 len, u32 cmd)
{
	trv_write64(j->regs, DUMMY_DMA_ADDR, addr);
	trv_write32(j->regs, DUMMY_DMA_LEN, len);
	trv_write32(j->regs, DUMMY_DMA_CMD, cmd);
	if (!(trv_read32(j->regs, DUMMY_DMA_STATUS) & DUMMY_DMA_STATUS_DONE))
		trv_err(j->dev, "the dummy is not done");
}

/* ---- dma-owner ----------------------------------------------------------- */

void dma_touch_owned(struct trv_dev *dev)
{
	struct job j;

	open_job(dev, &j);
	map_job(&j, TRV_DMA_FROM_DEVICE);
	trv_write_once(j.buf[5], 1);
	trv_dma_unmap(dev, &j.map);
	close_job(&j);
}

void dma_touch_outside_sync(struct trv_dev *dev)
{
	struct job j;
	u8 val;

	open_job(dev, &j);
	map_job(&j, TRV_DMA_FROM_DEVICE);
	trv_dma_sync_for_cpu(dev, &j.map, 8, 8);
	val = trv_read_once(j.buf[16]);
	trv_dma_unmap(dev, &j.map);
	close_job(&j);
	(void)val;
}

void dma_copy_owned(struct trv_dev *dev)
{
	struct job j;
	u8 local[N];

	open_job(dev, &j);
	map_job(&j, TRV_DMA_BIDIRECTIONAL);
	trv_memcpy(local, j.buf, N);
	trv_dma_unmap(dev, &j.map);
	close_job(&j);
}

u32 dma_touch_synced(struct trv_dev *dev)
{
	struct job j;
	u32 sum = 0;

	open_job(dev, &j);
	map_job(&j, TRV_DMA_FROM_DEVICE);
	move(&j, j.map.iova, N, DUMMY_DMA_CMD_WRITE);
	trv_dma_sync_for_cpu(dev, &j.map, 8, 8);
	for (u32 i = 8; i < 16; i++)
		sum += trv_read_once(j.buf[i]);
	trv_dma_sync_for_device(dev, &j.map, 8, 8);
	trv_dma_unmap(dev, &j.map);
	for (u32 i = 0; i < N; i++)
		sum += trv_read_once(j.buf[i]);
	close_job(&j);
	return sum;
}

/* ---- dma-stale ----------------------------------------------------------- */

void dma_write_after_unmap(struct trv_dev *dev)
{
	struct job j;
	trv_iova addr;

	open_job(dev, &j);
	map_job(&j, TRV_DMA_FROM_DEVICE);
	addr = j.map.iova;
	trv_dma_unmap(dev, &j.map);
	move(&j, addr, N, DUMMY_DMA_CMD_WRITE);
	close_job(&j);
}

void dma_write_past_end(struct trv_dev *dev)
{
	struct job j;

	open_job(dev, &j);
	map_job(&j, TRV_DMA_FROM_DEVICE);
	move(&j, j.map.iova, N + 1, DUMMY_DMA_CMD_WRITE);
	trv_dma_unmap(dev, &j.map);
	close_job(&j);
}

void dma_write_cpu_address(struct trv_dev *dev)
{
	struct job j;

	open_job(dev, &j);
	map_job(&j, TRV_DMA_FROM_DEVICE);
	move(&j, (trv_iova)(uintptr_t)j.buf, N, DUMMY_DMA_CMD_WRITE);
	trv_dma_unmap(dev, &j.map);
	close_job(&j);
}

void dma_write_failed_map(struct trv_dev *dev)
{
	struct job j;
	int rc;

	open_job(dev, &j);
	rc = trv_dma_map(dev, j.buf, 0, TRV_DMA_FROM_DEVICE, &j.map);
	(void)rc; /* the defect */
	move(&j, j.map.iova, N, DUMMY_DMA_CMD_WRITE);
	close_job(&j);
}

static const struct trv_dma_limits wide = { .mask = ~0ULL };

static u32 truncated(trv_iova addr)
{
	return (u32)addr;
}

/* The device takes 64 bits, and the driver says so, but keeps 32. */
void dma_write_truncated(struct trv_dev *dev)
{
	struct job j;

	if (trv_dma_limits(dev, &wide))
		return;
	open_job(dev, &j);
	map_job(&j, TRV_DMA_FROM_DEVICE);
	move(&j, truncated(j.map.iova), N, DUMMY_DMA_CMD_WRITE);
	trv_dma_unmap(dev, &j.map);
	close_job(&j);
}

void dma_write_wide(struct trv_dev *dev)
{
	struct job j;

	if (trv_dma_limits(dev, &wide))
		return;
	open_job(dev, &j);
	map_job(&j, TRV_DMA_FROM_DEVICE);
	move(&j, j.map.iova, N, DUMMY_DMA_CMD_WRITE);
	trv_dma_unmap(dev, &j.map);
	close_job(&j);
}

void dma_write_freed(struct trv_dev *dev)
{
	struct trv_dma_mem mem;
	struct job j;
	trv_iova addr;

	open_job(dev, &j);
	if (trv_dma_alloc(dev, N, 16, &mem))
		trv_err(dev, "no DMA memory");
	addr = mem.iova;
	trv_dma_free(dev, &mem);
	move(&j, addr + 4, 4, DUMMY_DMA_CMD_WRITE);
	close_job(&j);
}

void dma_write_then_unmap(struct trv_dev *dev)
{
	struct job j;

	open_job(dev, &j);
	map_job(&j, TRV_DMA_FROM_DEVICE);
	move(&j, j.map.iova, N, DUMMY_DMA_CMD_WRITE);
	move(&j, j.map.iova + N - 1, 1, DUMMY_DMA_CMD_WRITE);
	trv_dma_unmap(dev, &j.map);
	close_job(&j);
}

/* ---- dma-dir ------------------------------------------------------------- */

static void move_mapped(struct trv_dev *dev, enum trv_dma_dir dir, u32 cmd)
{
	struct job j;

	open_job(dev, &j);
	map_job(&j, dir);
	move(&j, j.map.iova, N, cmd);
	trv_dma_unmap(dev, &j.map);
	close_job(&j);
}

void dma_write_to_device_map(struct trv_dev *dev)
{
	move_mapped(dev, TRV_DMA_TO_DEVICE, DUMMY_DMA_CMD_WRITE);
}

void dma_read_from_device_map(struct trv_dev *dev)
{
	move_mapped(dev, TRV_DMA_FROM_DEVICE, DUMMY_DMA_CMD_READ);
}

void dma_both_ways(struct trv_dev *dev)
{
	move_mapped(dev, TRV_DMA_TO_DEVICE, DUMMY_DMA_CMD_READ);
	move_mapped(dev, TRV_DMA_FROM_DEVICE, DUMMY_DMA_CMD_WRITE);
	move_mapped(dev, TRV_DMA_BIDIRECTIONAL, DUMMY_DMA_CMD_READ | DUMMY_DMA_CMD_WRITE);
}

/* ---- dma-unmap ----------------------------------------------------------- */

void dma_unmap_twice(struct trv_dev *dev)
{
	struct job j;

	open_job(dev, &j);
	map_job(&j, TRV_DMA_FROM_DEVICE);
	trv_dma_unmap(dev, &j.map);
	trv_dma_unmap(dev, &j.map);
	close_job(&j);
}

void dma_unmap_changed(struct trv_dev *dev)
{
	struct job j;

	open_job(dev, &j);
	map_job(&j, TRV_DMA_FROM_DEVICE);
	j.map.len -= 4;
	trv_dma_unmap(dev, &j.map);
	close_job(&j);
}

void dma_unmap_copy(struct trv_dev *dev)
{
	struct trv_dma_map moved;
	struct job j;

	open_job(dev, &j);
	map_job(&j, TRV_DMA_FROM_DEVICE);
	moved = j.map;
	trv_dma_unmap(dev, &moved);
	close_job(&j);
}

void dma_unmap_other_device(struct trv_dev *dev, struct trv_dev *other)
{
	struct job j;

	open_job(dev, &j);
	map_job(&j, TRV_DMA_FROM_DEVICE);
	trv_dma_unmap(other, &j.map);
	close_job(&j);
}

void dma_unmap_failed(struct trv_dev *dev)
{
	struct job j;
	int rc;

	open_job(dev, &j);
	rc = trv_dma_map(dev, j.buf, 0, TRV_DMA_FROM_DEVICE, &j.map);
	(void)rc; /* the defect */
	trv_dma_unmap(dev, &j.map);
	close_job(&j);
}

void dma_sync_outside(struct trv_dev *dev)
{
	struct job j;

	open_job(dev, &j);
	map_job(&j, TRV_DMA_FROM_DEVICE);
	trv_dma_sync_for_cpu(dev, &j.map, N - 4, 8);
	trv_dma_unmap(dev, &j.map);
	close_job(&j);
}

void dma_free_twice(struct trv_dev *dev)
{
	struct trv_dma_mem mem;

	if (trv_dma_alloc(dev, N, 16, &mem))
		return;
	trv_dma_free(dev, &mem);
	trv_dma_free(dev, &mem);
}

void dma_unmap_right(struct trv_dev *dev)
{
	struct trv_dma_map other;
	struct job j;

	open_job(dev, &j);
	map_job(&j, TRV_DMA_FROM_DEVICE);
	trv_dma_sync_for_cpu(dev, &j.map, N - 4, 4);
	trv_dma_unmap(dev, &j.map);
	map_job(&j, TRV_DMA_TO_DEVICE);
	if (!trv_dma_map(dev, j.buf, 4, TRV_DMA_TO_DEVICE, &other))
		trv_dma_unmap(dev, &other);
	trv_dma_unmap(dev, &j.map);
	close_job(&j);
}

/* ---- dma-src ------------------------------------------------------------- */

static void map_and_unmap(struct trv_dev *dev, void *buf, u32 len)
{
	struct trv_dma_map map;

	if (!trv_dma_map(dev, buf, len, TRV_DMA_TO_DEVICE, &map))
		trv_dma_unmap(dev, &map);
}

void dma_map_stack(struct trv_dev *dev)
{
	u8 local[N] = { 0 };

	map_and_unmap(dev, local, N);
}

void dma_map_constant(struct trv_dev *dev)
{
	static const u8 table[N] = { 1 };

	map_and_unmap(dev, (void *)table, N);
}

void dma_map_freed(struct trv_dev *dev)
{
	u8 *p = trv_zalloc(dev, N, TRV_SLEEP);

	trv_free(dev, p, N);
	map_and_unmap(dev, p, N);
}

void dma_map_two_blocks(struct trv_dev *dev)
{
	u8 *a = trv_zalloc(dev, N, TRV_SLEEP);
	u8 *b = trv_zalloc(dev, N, TRV_SLEEP);

	map_and_unmap(dev, trv_min(a, b), 2 * N);
	trv_free(dev, a, N);
	trv_free(dev, b, N);
}

void dma_map_coherent(struct trv_dev *dev)
{
	struct trv_dma_mem mem;

	if (trv_dma_alloc(dev, N, 16, &mem))
		return;
	map_and_unmap(dev, mem.cpu, 16);
	trv_dma_free(dev, &mem);
}

void dma_map_part(struct trv_dev *dev)
{
	u8 *p = trv_zalloc(dev, N, TRV_SLEEP);

	map_and_unmap(dev, p, N);
	map_and_unmap(dev, p + 3, 5);
	map_and_unmap(dev, p + N - 1, 1);
	trv_free(dev, p, N);
}

/* ---- dma-overlap --------------------------------------------------------- */

static void map_two(struct trv_dev *dev, enum trv_dma_dir dir, u32 second)
{
	struct trv_dma_map a, b;
	u8 *p = trv_zalloc(dev, N, TRV_SLEEP);

	if (trv_dma_map(dev, p, N / 2, dir, &a) || trv_dma_map(dev, p + second, N / 2, dir, &b))
		trv_err(dev, "mapping failed");
	trv_dma_unmap(dev, &a);
	trv_dma_unmap(dev, &b);
	trv_free(dev, p, N);
}

void dma_map_overlap(struct trv_dev *dev)
{
	map_two(dev, TRV_DMA_FROM_DEVICE, N / 2 - 1);
}

void dma_map_shared_read(struct trv_dev *dev)
{
	map_two(dev, TRV_DMA_FROM_DEVICE, N / 2);
	/* The device only reads: twice is no harm. */
	map_two(dev, TRV_DMA_TO_DEVICE, 0);
}

/* ---- dma-uninit ---------------------------------------------------------- */

/* All but the bytes from @hole to @end are written before the device reads them. */
static void give_with_hole(struct trv_dev *dev, u32 hole, u32 end, u32 len)
{
	struct trv_dma_map map;
	struct job j;
	u8 *p = trv_alloc(dev, N, TRV_SLEEP);

	open_job(dev, &j);
	for (u32 i = 0; i < N; i++) {
		if (i < hole || i >= end)
			trv_write_once(p[i], (u8)i);
	}
	if (trv_dma_map(dev, p, N, TRV_DMA_TO_DEVICE, &map))
		trv_err(dev, "mapping failed");
	move(&j, map.iova, len, DUMMY_DMA_CMD_READ);
	trv_dma_unmap(dev, &map);
	trv_free(dev, p, N);
	close_job(&j);
}

void dma_give_unwritten(struct trv_dev *dev)
{
	give_with_hole(dev, 0, N, N);
}

void dma_give_unwritten_hole(struct trv_dev *dev)
{
	give_with_hole(dev, 61, 62, N);
}

void dma_give_written(struct trv_dev *dev)
{
	give_with_hole(dev, N, N, N);
	/* Unwritten bytes may be mapped, if the device does not read them. */
	give_with_hole(dev, 61, 62, 61);
}

/* ---- dma-master ---------------------------------------------------------- */

static void move_with_master(struct trv_dev *dev, bool on)
{
	struct job j;

	open_job(dev, &j);
	map_job(&j, TRV_DMA_FROM_DEVICE);
	if (trv_bus_master(dev, on))
		trv_err(dev, "bus master does not change");
	move(&j, j.map.iova, N, DUMMY_DMA_CMD_WRITE);
	trv_dma_unmap(dev, &j.map);
	close_job(&j);
}

void dma_without_master(struct trv_dev *dev)
{
	move_with_master(dev, false);
}

void dma_with_master(struct trv_dev *dev)
{
	move_with_master(dev, true);
}

/* ---- leak-dma ------------------------------------------------------------ */

void dma_leak_map(struct trv_dev *dev)
{
	struct trv_dma_map map;
	u8 *p = trv_zalloc(dev, N, TRV_SLEEP);

	if (trv_dma_map(dev, p, N, TRV_DMA_TO_DEVICE, &map))
		trv_err(dev, "mapping failed");
}

void dma_leak_alloc(struct trv_dev *dev)
{
	struct trv_dma_mem mem;

	if (trv_dma_alloc(dev, N, 16, &mem))
		trv_err(dev, "no DMA memory");
}

void dma_leak_nothing(struct trv_dev *dev)
{
	struct trv_dma_mem mem;

	dma_map_part(dev);
	if (!trv_dma_alloc(dev, N, 16, &mem))
		trv_dma_free(dev, &mem);
}

/* ---- limits -------------------------------------------------------------- */

static const struct trv_dma_limits limits = { .mask = 0xffffffff, .align = 2 };

void dma_limits_late(struct trv_dev *dev)
{
	dma_map_part(dev);
	if (trv_dma_limits(dev, &limits))
		trv_err(dev, "limits refused");
}

void dma_limits_first(struct trv_dev *dev)
{
	u8 *p = trv_zalloc(dev, N, TRV_SLEEP);

	if (trv_dma_limits(dev, &limits))
		trv_err(dev, "limits refused");
	map_and_unmap(dev, p, N);
	trv_free(dev, p, N);
}
