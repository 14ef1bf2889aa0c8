/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Memory the driver can reach, and what is known of every byte of it.
 *
 * Drivers' memory comes from one arena at a fixed address, whatever ASLR
 * does; each byte has a shadow byte at a fixed distance. The compiler reports
 * each load and store of hooked code (hooks.c); addresses outside the arena
 * (stacks, constants) are not looked at.
 */
#ifndef TRIVET_SIM_MEM_H
#define TRIVET_SIM_MEM_H

#include <os/test-sim/check.h>

#define SIM_ARENA 0x200000000000ULL
#define SIM_ARENA_SIZE (256ULL << 20)
#define SIM_SHADOW (SIM_ARENA + SIM_ARENA_SIZE)

/* One shadow byte per byte of the arena. */
enum {
	SIM_M_LIVE = 0x01,     /* inside an allocation */
	SIM_M_INIT = 0x02,     /* somebody wrote it */
	SIM_M_FREED = 0x04,    /* was inside one */
	SIM_M_DEVICE = 0x08,   /* in a streaming mapping: the device's */
	SIM_M_COHERENT = 0x10, /* in trv_dma_alloc() memory */
	SIM_M_TAINTED = 0x20,  /* the device wrote it, nobody read it yet */
	SIM_M_ODD = 0x40,      /* coherent, and a load of it is worth looking at */
};

static inline bool sim_mem_inside(const void *p)
{
	return (u64)(uintptr_t)p - SIM_ARENA < SIM_ARENA_SIZE;
}
static inline u8 *sim_shadow(const void *p)
{
	return (u8 *)((uintptr_t)p + SIM_ARENA_SIZE);
}

/*
 * An entry of os.h is about to touch memory of the driver's on its behalf; @site
 * NULL: its caller. A write also makes the bytes initialised, so an entry that
 * stores through a pointer must say so. (Hooked code itself: hooks.c.)
 */
void sim_mem_read(const void *p, size_t n, const struct sim_site *site);
void sim_mem_write(void *p, size_t n, const struct sim_site *site);

/** sim_buf() - a data buffer for scenarios: live, initialised to zero, mappable. World lifetime. */
void *sim_buf(size_t len);
/** sim_buf_uninit() - the same, not initialised as far as the checkers know */
void *sim_buf_uninit(size_t len);
/** sim_buf_free() - for runs that go through more buffers than fit the arena; optional */
void sim_buf_free(void *p);
#ifndef SIM_NO_SITES
#define sim_buf(...) SIM_CALL(sim_buf, __VA_ARGS__)
#define sim_buf_uninit(...) SIM_CALL(sim_buf_uninit, __VA_ARGS__)
#define sim_buf_free(...) SIM_CALL(sim_buf_free, __VA_ARGS__)
#endif

/** sim_own() - the simulator's own memory: zeroed, world lifetime, outside the arena */
void *sim_own(size_t size);
char *sim_own_strdup(const char *s);

/** sim_mem_reset() - forget everything, cheaply: only what was used is cleared */
void sim_mem_reset(void);
/** sim_mem_leftovers() - MEM_LEAK for what @dev's driver still holds (NULL: anybody) */
void sim_mem_leftovers(struct trv_dev *dev);
/** sim_mem_describe() - "64 bytes at +0x10 of 128 from ide_probe.c:42 (freed at ...)" for messages */
const char *sim_mem_describe(const void *p, size_t n);

/**
 * sim_mem_hold() - note that a live handle lies at @p, so that freeing it is seen
 * @what: "timer x", "work x", or "lock x", "spin x", "mutex x" (then the finding is LOCK_HELD)
 */
void sim_mem_hold(const void *p, size_t n, const char *what);
void sim_mem_unhold(const void *p);

#endif /* TRIVET_SIM_MEM_H */
