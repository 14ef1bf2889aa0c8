// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Byte-exact: an access of 1, 2, 4 and 8 bytes, and a copy, begins at every
 * offset around and inside a range that changes its nature at both ends. What
 * must be found follows from the offsets alone.
 */
#include <os/test-sim/memfn.h>

#include "memory_test.h"

void __tsan_unaligned_read1(void *p);
void __tsan_unaligned_read2(void *p);
void __tsan_unaligned_read4(void *p);
void __tsan_unaligned_read8(void *p);
void __tsan_unaligned_write1(void *p);
void __tsan_unaligned_write2(void *p);
void __tsan_unaligned_write4(void *p);
void __tsan_unaligned_write8(void *p);

/* A block of N bytes; in it, what the range is about lies from FROM to before TO. */
enum { N = 48, FROM = 13, TO = 35, AROUND = 12 };

enum how { LOAD, STORE, COPY_FROM, COPY_TO, SET, DEV_READ, DEV_WRITE, HOWS };

static struct {
	enum how how;
	int off;
	u32 len;
	u8 *p;
	struct trv_dev *dev;
	struct trv_dma_map map;
	struct trv_dma_mem mem;
	trv_iova iova;
} probe;

static const u32 lens[] = { 1, 2, 4, 8, 3, 17 };

static bool by_device(enum how how)
{
	return how == DEV_READ || how == DEV_WRITE;
}

static void access(void)
{
	static void (*const read[])(void *p) = { __tsan_unaligned_read1, __tsan_unaligned_read2,
						 __tsan_unaligned_read4, __tsan_unaligned_read8 };
	static void (*const write[])(void *p) = { __tsan_unaligned_write1, __tsan_unaligned_write2,
						  __tsan_unaligned_write4,
						  __tsan_unaligned_write8 };
	u32 log = (u32)__builtin_ctz(probe.len);
	u8 *p = probe.p + probe.off;
	u8 local[32] = { 0 };

	switch (probe.how) {
	case LOAD:
		read[log](p);
		break;
	case STORE:
		write[log](p);
		break;
	case COPY_FROM:
		sim_memcpy(local, p, probe.len);
		break;
	case COPY_TO:
		sim_memcpy(p, local, probe.len);
		break;
	case SET:
		sim_memset(p, 0, probe.len);
		break;
	case DEV_READ:
		CU_ASSERT_EQUAL(
			sim_dma_read(probe.dev, probe.iova + (u64)probe.off, local, probe.len), 0);
		break;
	default:
		CU_ASSERT_EQUAL(
			sim_dma_write(probe.dev, probe.iova + (u64)probe.off, local, probe.len), 0);
	}
}

/* ---- the worlds ---------------------------------------------------------- */

static void start(void)
{
	probe.dev = new_dev();
	probe.p = sim_buf(N);
}

static void end(void)
{
	if (probe.mem.cpu)
		trv_dma_free(probe.dev, &probe.mem);
	if (probe.map.leg)
		trv_dma_unmap(probe.dev, &probe.map);
}

static void body_block(void)
{
	start();
	access();
}

static void body_freed(void)
{
	start();
	sim_buf_free(probe.p);
	access();
}

static void body_mapped(void)
{
	start();
	CU_ASSERT_EQUAL_FATAL(trv_dma_map(probe.dev, probe.p + FROM, TO - FROM,
					  TRV_DMA_BIDIRECTIONAL, &probe.map),
			      0);
	probe.iova = probe.map.iova - FROM;
	access();
	end();
}

static void body_synced(void)
{
	start();
	CU_ASSERT_EQUAL_FATAL(trv_dma_map(probe.dev, probe.p, N, TRV_DMA_BIDIRECTIONAL, &probe.map),
			      0);
	trv_dma_sync_for_cpu(probe.dev, &probe.map, FROM, TO - FROM);
	access();
	end();
}

static void body_unmapped(void)
{
	start();
	CU_ASSERT_EQUAL_FATAL(trv_dma_map(probe.dev, probe.p, N, TRV_DMA_BIDIRECTIONAL, &probe.map),
			      0);
	probe.iova = probe.map.iova;
	trv_dma_unmap(probe.dev, &probe.map);
	access();
}

static void body_coherent(void)
{
	start();
	CU_ASSERT_EQUAL_FATAL(trv_dma_alloc(probe.dev, N, 64, &probe.mem), 0);
	probe.p = probe.mem.cpu;
	probe.iova = probe.mem.iova;
	access();
	end();
}

static void body_coherent_freed(void)
{
	start();
	CU_ASSERT_EQUAL_FATAL(trv_dma_alloc(probe.dev, N, 64, &probe.mem), 0);
	probe.p = probe.mem.cpu;
	probe.iova = probe.mem.iova;
	trv_dma_free(probe.dev, &probe.mem);
	access();
}

/* Nobody looked whether the mapping failed. */
static void body_map_failed(void)
{
	int rc;

	start();
	rc = trv_dma_map(probe.dev, probe.p, N, TRV_DMA_BIDIRECTIONAL, &probe.map);
	CU_ASSERT_EQUAL(rc, -ENOMEM);
	probe.iova = probe.map.iova;
	access();
}

static void body_unmap_failed(void)
{
	start();
	CU_ASSERT_EQUAL(trv_dma_map(probe.dev, probe.p, N, TRV_DMA_BIDIRECTIONAL, &probe.map),
			-ENOMEM);
	trv_dma_unmap(probe.dev, &probe.map);
}

/* ---- what must be found --------------------------------------------------- */

/* Does the access touch a byte outside (inside) the range? */
static bool leaves(int from, int to)
{
	return probe.off < from || probe.off + (int)probe.len > to;
}

static bool touches(int from, int to)
{
	return probe.off < to && probe.off + (int)probe.len > from;
}

static int found_block(void)
{
	return leaves(0, N) ? SIM_MEM_OOB : NOTHING;
}

/* The first byte that is wrong decides, and in front of the block is no memory. */
static int found_freed(void)
{
	return probe.off < 0 || probe.off >= N ? SIM_MEM_OOB : SIM_MEM_UAF;
}

static int found_mapped(void)
{
	if (by_device(probe.how))
		return leaves(FROM, TO) ? SIM_DMA_STALE : NOTHING;
	if (touches(FROM, TO) && probe.off >= 0)
		return SIM_DMA_OWNER;
	return found_block();
}

static int found_synced(void)
{
	if (touches(0, N) && probe.off >= 0 && leaves(FROM, TO))
		return SIM_DMA_OWNER;
	return found_block();
}

static int found_stale(void)
{
	return by_device(probe.how) ? SIM_DMA_STALE : found_block();
}

static int found_coherent(void)
{
	if (by_device(probe.how))
		return leaves(0, N) ? SIM_DMA_STALE : NOTHING;
	return found_block();
}

static int found_coherent_freed(void)
{
	return by_device(probe.how) ? SIM_DMA_STALE : found_freed();
}

/* ---- all of them ---------------------------------------------------------- */

static u32 sweep(void (*body)(void), int (*expected)(void), u32 hows, bool map_fails)
{
	const struct sim_deviation fails = { .index = 0, .alt = 1, .kind = SIM_K_DMA_MAP };
	u32 n = 0;

	for (u32 how = 0; how < HOWS; how++) {
		for (u32 i = 0; hows >> how & 1 && i < TRV_ARRAY_SIZE(lens); i++) {
			if (how <= STORE && i >= 4)
				continue; /* no such instruction */
			for (int off = -AROUND; off < N + AROUND; off++, n++) {
				int got, want;

				memset(&probe, 0, sizeof(probe));
				probe.how = how;
				probe.off = off;
				probe.len = lens[i];
				got = run_with(body, &fails, map_fails);
				want = expected();
				if (got != want)
					ktap_note("%u bytes at %d, %u: %s instead of %s: %s",
						  lens[i], off, how,
						  got < 0 ? "nothing" : sim_check_id(got),
						  want < 0 ? "nothing" : sim_check_id(want),
						  result.message);
				CU_ASSERT_EQUAL(got, want);
			}
		}
	}
	return n;
}

#define CPU (1U << LOAD | 1U << STORE | 1U << COPY_FROM | 1U << COPY_TO | 1U << SET)
#define DEVICE (1U << DEV_READ | 1U << DEV_WRITE)

static void allocations_end_where_they_end(void)
{
	CU_ASSERT_TRUE(sweep(body_block, found_block, CPU, false) > 1000);
}

static void freed_memory(void)
{
	sweep(body_freed, found_freed, CPU, false);
}

static void mapped_bytes_are_the_devices(void)
{
	sweep(body_mapped, found_mapped, CPU | DEVICE, false);
}

static void synced_bytes_are_the_cpus(void)
{
	sweep(body_synced, found_synced, CPU, false);
}

static void unmapped_is_unmapped(void)
{
	sweep(body_unmapped, found_stale, CPU | DEVICE, false);
}

static void coherent_memory(void)
{
	sweep(body_coherent, found_coherent, CPU | DEVICE, false);
	sweep(body_coherent_freed, found_coherent_freed, CPU | DEVICE, false);
}

static void unchecked_map_errors(void)
{
	const struct sim_deviation fails = { .index = 0, .alt = 1, .kind = SIM_K_DMA_MAP };

	sweep(body_map_failed, found_stale, DEVICE, true);
	CU_ASSERT_EQUAL(run_with(body_unmap_failed, &fails, 1), SIM_DMA_UNMAP);
}

KTAP_SUITE(memory_edges, KTAP_TEST(allocations_end_where_they_end), KTAP_TEST(freed_memory),
	   KTAP_TEST(mapped_bytes_are_the_devices), KTAP_TEST(synced_bytes_are_the_cpus),
	   KTAP_TEST(unmapped_is_unmapped), KTAP_TEST(coherent_memory),
	   KTAP_TEST(unchecked_map_errors));
KTAP_MAIN(&memory_edges);
