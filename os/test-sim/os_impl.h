/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The simulator's backend of os.h: handles, and nothing inline. Every entry is
 * an ordinary function that can fail, wait, be interrupted or complain; the
 * macros below only tell it which line of the driver is calling.
 */
#ifndef TRIVET_SIM_OS_IMPL_H
#define TRIVET_SIM_OS_IMPL_H

/** struct sim_site - a place in the source: where a choice was met, where a complaint points */
struct sim_site {
	const char *file;
	const char *func;
	u32 line;
};

#define SIM_SITE                                                               \
	({                                                                     \
		static const struct sim_site __site = { __FILE__, __func__, __LINE__ }; \
		&__site;                                                       \
	})

/** sim_at() - the next entry is called from here */
void sim_at(const struct sim_site *site);

/* A handle is a window into a BAR; the generation tells a stale one. */
struct trv_mmio {
	struct trv_dev *dev;
	u32 base;
	u32 len;
	u16 bar;
	u16 gen;
};

struct trv_port {
	struct trv_dev *dev;
	u32 base;
	u32 len;
	u16 bar;
	u16 gen;
};

struct trv_irq_handler {
	enum trv_irq_ret (*fn)(void *arg);
	void (*deferred)(void *arg);
	const char *name;
};

#define TRV_IRQ_HANDLER(handler, fn, deferred) \
	static const struct trv_irq_handler handler = { fn, deferred, #fn }

/*
 * The driver's memory holds these, but the simulator keeps the truth in its
 * own: @obj points there and @magic says the object was initialised.
 */
#define SIM_HANDLE              \
	{                       \
		u32 magic;      \
		u32 id;         \
		void *obj;      \
	}
struct trv_spin SIM_HANDLE;
struct trv_mutex SIM_HANDLE;
struct trv_event SIM_HANDLE;
struct trv_work SIM_HANDLE;
struct trv_timer SIM_HANDLE;
struct trv_refcount {
	u32 n;
};

#define TRV_DRIVER(drv)                                                        \
	static const struct trv_driver *const trv_driver_##drv                        \
		__attribute__((used, section("trv_drivers"))) = &(drv)

#define SIM_CALL(fn, ...) (sim_at(SIM_SITE), (fn)(__VA_ARGS__))

/* The generic register macros go through these two. */
#undef TRV_IO
#undef TRV_IO_MEM
#undef TRV_BAR
#define TRV_IO(h, op)                                                          \
	(sim_at(SIM_SITE),                                                     \
	 _Generic((h), struct trv_mmio : trv_mmio_##op, struct trv_port : trv_port_##op))
#define TRV_IO_MEM(h, op) (sim_at(SIM_SITE), _Generic((h), struct trv_mmio : trv_mmio_##op))
#define TRV_BAR(h, op)                                                         \
	(sim_at(SIM_SITE),                                                     \
	 _Generic((h), struct trv_mmio * : trv_mmio_##op, struct trv_port * : trv_port_##op))

/*
 * Real calls, which the build turns to checked ones: the compilers put the
 * __builtin_ forms of os.h inline, where no hook sees them.
 */
void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
#undef trv_memcpy
#undef trv_memmove
#undef trv_memset
#undef trv_memcmp
#define trv_memcpy(dst, src, n) memcpy(dst, src, n)
#define trv_memmove(dst, src, n) memmove(dst, src, n)
#define trv_memset(dst, c, n) memset(dst, c, n)
#define trv_memcmp(a, b, n) memcmp(a, b, n)

#ifndef SIM_NO_SITES
#define trv_dev_gone(...) SIM_CALL(trv_dev_gone, __VA_ARGS__)
#define trv_dev_reset(...) SIM_CALL(trv_dev_reset, __VA_ARGS__)
#define trv_option(...) SIM_CALL(trv_option, __VA_ARGS__)
#define trv_cfg_read8(...) SIM_CALL(trv_cfg_read8, __VA_ARGS__)
#define trv_cfg_read16(...) SIM_CALL(trv_cfg_read16, __VA_ARGS__)
#define trv_cfg_read32(...) SIM_CALL(trv_cfg_read32, __VA_ARGS__)
#define trv_cfg_write8(...) SIM_CALL(trv_cfg_write8, __VA_ARGS__)
#define trv_cfg_write16(...) SIM_CALL(trv_cfg_write16, __VA_ARGS__)
#define trv_cfg_write32(...) SIM_CALL(trv_cfg_write32, __VA_ARGS__)
#define trv_find_cap(...) SIM_CALL(trv_find_cap, __VA_ARGS__)
#define trv_bus_master(...) SIM_CALL(trv_bus_master, __VA_ARGS__)
#define trv_cpu_relax() SIM_CALL(trv_cpu_relax)
#define trv_dma_rmb() SIM_CALL(trv_dma_rmb)
#define trv_dma_wmb() SIM_CALL(trv_dma_wmb)
#define trv_mb() SIM_CALL(trv_mb)
#define trv_load_acquire(...) SIM_CALL(trv_load_acquire, __VA_ARGS__)
#define trv_store_release(...) SIM_CALL(trv_store_release, __VA_ARGS__)
#define trv_fetch_add(...) SIM_CALL(trv_fetch_add, __VA_ARGS__)
#define trv_xchg(...) SIM_CALL(trv_xchg, __VA_ARGS__)
#define trv_refcount_set(...) SIM_CALL(trv_refcount_set, __VA_ARGS__)
#define trv_refcount_get(...) SIM_CALL(trv_refcount_get, __VA_ARGS__)
#define trv_refcount_put(...) SIM_CALL(trv_refcount_put, __VA_ARGS__)
#define trv_dma_limits(...) SIM_CALL(trv_dma_limits, __VA_ARGS__)
#define trv_dma_alloc(...) SIM_CALL(trv_dma_alloc, __VA_ARGS__)
#define trv_dma_free(...) SIM_CALL(trv_dma_free, __VA_ARGS__)
#define trv_dma_map(...) SIM_CALL(trv_dma_map, __VA_ARGS__)
#define trv_dma_unmap(...) SIM_CALL(trv_dma_unmap, __VA_ARGS__)
#define trv_dma_sync_for_cpu(...) SIM_CALL(trv_dma_sync_for_cpu, __VA_ARGS__)
#define trv_dma_sync_for_device(...) SIM_CALL(trv_dma_sync_for_device, __VA_ARGS__)
#define trv_dma_map_sg(...) SIM_CALL(trv_dma_map_sg, __VA_ARGS__)
#define trv_dma_unmap_sg(...) SIM_CALL(trv_dma_unmap_sg, __VA_ARGS__)
#define trv_irq_alloc(...) SIM_CALL(trv_irq_alloc, __VA_ARGS__)
#define trv_irq_free(...) SIM_CALL(trv_irq_free, __VA_ARGS__)
#define trv_irq_attach(...) SIM_CALL(trv_irq_attach, __VA_ARGS__)
#define trv_irq_detach(...) SIM_CALL(trv_irq_detach, __VA_ARGS__)
#define trv_irq_mask(...) SIM_CALL(trv_irq_mask, __VA_ARGS__)
#define trv_irq_unmask(...) SIM_CALL(trv_irq_unmask, __VA_ARGS__)
#define trv_irq_sync(...) SIM_CALL(trv_irq_sync, __VA_ARGS__)
#define trv_work_init(...) SIM_CALL(trv_work_init, __VA_ARGS__)
#define trv_work_queue(...) SIM_CALL(trv_work_queue, __VA_ARGS__)
#define trv_work_cancel_sync(...) SIM_CALL(trv_work_cancel_sync, __VA_ARGS__)
#define trv_timer_init(...) SIM_CALL(trv_timer_init, __VA_ARGS__)
#define trv_timer_arm(...) SIM_CALL(trv_timer_arm, __VA_ARGS__)
#define trv_timer_cancel_sync(...) SIM_CALL(trv_timer_cancel_sync, __VA_ARGS__)
#define trv_spin_init(...) SIM_CALL(trv_spin_init, __VA_ARGS__)
#define trv_spin_lock(...) SIM_CALL(trv_spin_lock, __VA_ARGS__)
#define trv_spin_unlock(...) SIM_CALL(trv_spin_unlock, __VA_ARGS__)
#define trv_spin_lock_bh(...) SIM_CALL(trv_spin_lock_bh, __VA_ARGS__)
#define trv_spin_unlock_bh(...) SIM_CALL(trv_spin_unlock_bh, __VA_ARGS__)
#define trv_spin_lock_irqsave(...) SIM_CALL(trv_spin_lock_irqsave, __VA_ARGS__)
#define trv_spin_unlock_irqrestore(...) SIM_CALL(trv_spin_unlock_irqrestore, __VA_ARGS__)
#define trv_spin_assert_held(...) SIM_CALL(trv_spin_assert_held, __VA_ARGS__)
#define trv_mutex_init(...) SIM_CALL(trv_mutex_init, __VA_ARGS__)
#define trv_mutex_lock(...) SIM_CALL(trv_mutex_lock, __VA_ARGS__)
#define trv_mutex_unlock(...) SIM_CALL(trv_mutex_unlock, __VA_ARGS__)
#define trv_mutex_assert_held(...) SIM_CALL(trv_mutex_assert_held, __VA_ARGS__)
#define trv_event_init(...) SIM_CALL(trv_event_init, __VA_ARGS__)
#define trv_event_signal(...) SIM_CALL(trv_event_signal, __VA_ARGS__)
#define trv_event_reset(...) SIM_CALL(trv_event_reset, __VA_ARGS__)
#define trv_event_wait(...) SIM_CALL(trv_event_wait, __VA_ARGS__)
#define trv_time_ns() SIM_CALL(trv_time_ns)
#define trv_delay_ns(...) SIM_CALL(trv_delay_ns, __VA_ARGS__)
#define trv_delay_us(...) SIM_CALL(trv_delay_us, __VA_ARGS__)
#define trv_sleep_us(...) SIM_CALL(trv_sleep_us, __VA_ARGS__)
#define trv_alloc(...) SIM_CALL(trv_alloc, __VA_ARGS__)
#define trv_zalloc(...) SIM_CALL(trv_zalloc, __VA_ARGS__)
#define trv_alloc_array(...) SIM_CALL(trv_alloc_array, __VA_ARGS__)
#define trv_free(...) SIM_CALL(trv_free, __VA_ARGS__)
#define trv_log(...) SIM_CALL(trv_log, __VA_ARGS__)
#define trv_trace(...) SIM_CALL(trv_trace, __VA_ARGS__)
#define trv_fault_point(...) SIM_CALL(trv_fault_point, __VA_ARGS__)
#endif /* SIM_NO_SITES */

#ifdef SIM_SABOTAGE
#include <os/test-sim/sabotage_impl.h>
#endif

#endif /* TRIVET_SIM_OS_IMPL_H */
