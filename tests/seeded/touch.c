// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * touch BUG [far]: a driver that touches DMA memory when it must not, or ("clean") only when
 * it may. Memory checkers name the line that memory.sh finds by its comment, "BUG" and the
 * name; without one, nothing shows.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tests/checkers/dummy.h>
#include <tests/conformance/user_dummy.h>
#include <trivet/user.h>

enum { LEN = 256 };

static struct trv_dev *dev;
static struct trv_dma_map map, other;
static volatile u8 sink;
static const char *bug;
static bool far_first;

static bool is(const char *name)
{
	return !strcmp(bug, name);
}

static void map_it(u8 *buf, enum trv_dma_dir dir, struct trv_dma_map *to)
{
	if (trv_dma_map(dev, buf, LEN, dir, to))
		abort();
}

/* A copy stands in for memory the device cannot reach, or the device works on it as it is. */
static void streaming(u8 *buf)
{
	volatile u8 *p = buf;

	if (!is("unwritten"))
		memset(buf, 1, LEN);
	if (!is("unwritten"))
		map_it(buf, TRV_DMA_FROM_DEVICE, &map);
	else if (trv_dma_map(dev, buf, LEN, TRV_DMA_TO_DEVICE, &map)) /* BUG unwritten */
		abort();
	if (is("read"))
		sink = p[7]; /* BUG read */
	if (is("write"))
		p[LEN - 1] = 1; /* BUG write */
	trv_dma_sync_for_cpu(dev, &map, 64, 64);
	sink = p[64];
	p[127] = 2;
	if (is("outside"))
		sink = p[128]; /* BUG outside */
	trv_dma_sync_for_device(dev, &map, 64, 64);
	if (is("again"))
		sink = p[64]; /* BUG again */
	trv_dma_unmap(dev, &map);
	sink = p[0];
	p[LEN - 1] = 3;
}

/* One buffer, two transfers: it is the device's until both are over. */
static void twice(u8 *buf)
{
	volatile u8 *p = buf;

	memset(buf, 1, LEN);
	map_it(buf, TRV_DMA_TO_DEVICE, &map);
	map_it(buf, TRV_DMA_TO_DEVICE, &other);
	trv_dma_unmap(dev, &map);
	if (is("twice"))
		sink = p[0]; /* BUG twice */
	trv_dma_unmap(dev, &other);
	sink = p[0];
}

static void coherent(void)
{
	struct trv_dma_mem mem, behind;
	volatile u8 *p;

	if (trv_dma_alloc(dev, LEN, 64, &mem) || trv_dma_alloc(dev, LEN, 64, &behind))
		abort();
	p = mem.cpu;
	p[0] = p[LEN - 1];
	if (is("overrun"))
		p[LEN] = 1; /* BUG overrun */
	trv_dma_free(dev, &mem);
	if (is("freed"))
		sink = p[0]; /* BUG freed */
	trv_dma_free(dev, &behind);
}

static int probe(struct trv_dev *d, const struct trv_pci_id *id)
{
	u8 *far = trv_alloc(d, LEN, TRV_SLEEP), *near = trv_user_dma_buf(d, LEN);

	dev = d;
	if (!far || !near)
		abort();
	/* Of two alike, the first has the bug: the process may not come to the second. */
	streaming(far_first ? far : near);
	streaming(far_first ? near : far);
	twice(far);
	twice(near);
	coherent();
	trv_free(d, far, LEN);
	trv_user_dma_buf_free(d, near, LEN);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct trv_driver drv = { .name = "toucher", .probe = probe };
	struct trv_host *host = user_dummy_open(false);

	if (argc < 2 || !host) {
		fputs("usage: touch BUG [far]\n", stderr);
		return 2;
	}
	bug = argv[1];
	far_first = argc > 2;
	if (trv_user_bind(trv_user_dev(host, 0), &drv))
		return 2;
	trv_user_close(host);
	return trv_user_misuses() ? 2 : 0;
}
