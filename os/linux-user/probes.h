/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * USDT probes: what gdb, bpftrace, perf and SystemTap attach to. Each has the
 * name of an enum trv_fact_kind, the device's name as its first argument, and
 * is a nop until then. TRACING.md has a table of their arguments.
 */
#ifndef TRIVET_USER_PROBES_H
#define TRIVET_USER_PROBES_H

#define USER_PROBES(X)                                                                    \
	X(reg_read) X(reg_write) X(reg_read_rep) X(reg_write_rep) X(cfg_read) X(cfg_write) \
	X(dma_alloc) X(dma_free) X(dma_map) X(dma_unmap) X(dma_sync_cpu) X(dma_sync_device) \
	X(irq_raise) X(irq) X(irq_done) X(work) X(work_done) X(timer) X(timer_done)       \
	X(req_start) X(req_done) X(event) X(bind) X(bind_done) X(unbind) X(unbind_done) X(gone)

#if __has_include(<sys/sdt.h>) && !defined(TRIVET_NO_PROBES)
#define USER_PROBES_BUILT "USDT"

#define _SDT_HAS_SEMAPHORES 1
#define SDT_USE_VARIADIC 1
#include <sys/sdt.h>

/* How many have attached. What is attached to reads and writes before bind sees them all. */
#define USER_PROBE_SEMAPHORE(name) \
	extern volatile unsigned short trivet_##name##_semaphore __attribute__((visibility("hidden")));
USER_PROBES(USER_PROBE_SEMAPHORE)

#define user_probe(probe, dev, ...) \
	STAP_PROBEV(trivet, probe, (const char *)(dev)->name, ##__VA_ARGS__)
#define user_probed(probe) (trivet_##probe##_semaphore != 0)

#else
#define USER_PROBES_BUILT "none"

/* The arguments are looked at by the compiler alone. */
static inline void user_no_probe(const void *dev, ...)
{
}

#define user_probe(probe, dev, ...)                        \
	do {                                               \
		if (0)                                     \
			user_no_probe(dev, ##__VA_ARGS__); \
	} while (0)
#define user_probed(probe) false
#endif

#endif /* TRIVET_USER_PROBES_H */
