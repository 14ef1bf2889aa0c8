// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The two regions all simulated memory comes from: the drivers' arena with its
 * shadow, at an address that is the same in every run, and the simulator's own
 * memory, which lives exactly as long as a world and is never freed singly.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <os/test-sim/mem_impl.h>

#define PAGE 4096ULL
#define EXIT_LIMIT 4

/* Reserved, not used: pages cost memory once they are touched. */
#define OWN_SIZE (4ULL << 30)
/* From here on giving pages back to the host is cheaper than clearing them. */
#define OWN_LARGE (256ULL << 10)
/* A world that used more than this returns it, so that one big run does not keep it. */
#define KEEP (16ULL << 20)

static struct {
	u8 *base;
	size_t top;
	size_t dirty; /* the region is known to be zero from here on */
} own;

void *sim_reserve(void *at, size_t size, const char *what)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (at ? MAP_FIXED_NOREPLACE : 0);
	void *p = mmap(at, size, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (p != MAP_FAILED && (!at || p == at))
		return p;
	fprintf(stderr, "trivet-sim: cannot reserve %zu MiB of address space for %s", size >> 20,
		what);
	if (at)
		fprintf(stderr, " at %p", at);
	/* A kernel before 4.17 takes the address for a hint, and goes elsewhere. */
	fprintf(stderr, ": %s\n", p == MAP_FAILED ? strerror(errno) : "the address is taken");
	exit(EXIT_LIMIT);
}

void sim_arena_init(void)
{
	if (sim_likely(own.base))
		return;
	/* A word-sized look at the last byte's shadow reads past it: one page more. */
	sim_reserve((void *)(uintptr_t)SIM_ARENA, 2 * SIM_ARENA_SIZE + PAGE, "the drivers' memory");
	own.base = sim_reserve(NULL, OWN_SIZE, "the simulator's memory");
}

void sim_arena_clear(size_t used)
{
	void *arena = (void *)(uintptr_t)SIM_ARENA;

	if (used > KEEP) {
		size_t pages = TRV_ALIGN_UP(used, PAGE);

		madvise(arena, pages, MADV_DONTNEED);
		madvise(sim_shadow(arena), pages, MADV_DONTNEED);
	} else if (used) {
		memset(sim_shadow(arena), 0, used);
	}
}

void *sim_own_raw(size_t size)
{
	size_t align = size >= OWN_LARGE ? PAGE : 16;
	size_t start;

	sim_arena_init();
	start = TRV_ALIGN_UP(own.top, align);
	if (size > OWN_SIZE || start > OWN_SIZE - size) {
		fprintf(stderr, "trivet-sim: a world's own memory is limited to %llu MiB\n",
			OWN_SIZE >> 20);
		exit(EXIT_LIMIT);
	}
	own.top = TRV_ALIGN_UP(start + size, align);
	return own.base + start;
}

void *sim_own(size_t size)
{
	u8 *p = sim_own_raw(size);
	size_t start = p - own.base;
	size_t end = trv_min(start + size, own.dirty);

	if (start >= end)
		return p;
	if (size >= OWN_LARGE)
		madvise(p, TRV_ALIGN_UP(end, PAGE) - start, MADV_DONTNEED);
	else
		memset(p, 0, end - start);
	return p;
}

char *sim_own_strdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(sim_own_raw(n), s, n);
}

void sim_own_reset(void)
{
	own.dirty = trv_max(own.dirty, own.top);
	own.top = 0;
	if (own.dirty > KEEP) {
		madvise(own.base + KEEP, TRV_ALIGN_UP(own.dirty, PAGE) - KEEP, MADV_DONTNEED);
		own.dirty = KEEP;
	}
}
