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

/*
 * A call, by the number of its arguments: they come first, calls among them
 * included, so that the line told last is the one that calls.
 */
#define SIM_CALL(fn, ...)                                                                     \
	SIM_PICK(__VA_ARGS__, SIM_CALL_5, SIM_CALL_4, SIM_CALL_3, SIM_CALL_2, SIM_CALL_1)(fn, \
											   __VA_ARGS__)
#define SIM_PICK(_1, _2, _3, _4, _5, name, ...) name
#define SIM_CALL_0(fn) (sim_at(SIM_SITE), (fn)())
/* Where nobody calls among the arguments. */
#define SIM_CALL_ANY(fn, ...) (sim_at(SIM_SITE), (fn)(__VA_ARGS__))
#ifdef __CHECKER__ /* sparse cannot deduce a type from a string */
#define SIM_CALL_1 SIM_CALL_ANY
#define SIM_CALL_2 SIM_CALL_ANY
#define SIM_CALL_3 SIM_CALL_ANY
#define SIM_CALL_4 SIM_CALL_ANY
#define SIM_CALL_5 SIM_CALL_ANY
#else
#define SIM_CALL_1(fn, a)                \
	({                               \
		__auto_type __a1 = (a);  \
		sim_at(SIM_SITE);        \
		(fn)(__a1);              \
	})
#define SIM_CALL_2(fn, a, b)             \
	({                               \
		__auto_type __a1 = (a);  \
		__auto_type __a2 = (b);  \
		sim_at(SIM_SITE);        \
		(fn)(__a1, __a2);        \
	})
#define SIM_CALL_3(fn, a, b, c)          \
	({                               \
		__auto_type __a1 = (a);  \
		__auto_type __a2 = (b);  \
		__auto_type __a3 = (c);  \
		sim_at(SIM_SITE);        \
		(fn)(__a1, __a2, __a3);  \
	})
#define SIM_CALL_4(fn, a, b, c, d)             \
	({                                     \
		__auto_type __a1 = (a);        \
		__auto_type __a2 = (b);        \
		__auto_type __a3 = (c);        \
		__auto_type __a4 = (d);        \
		sim_at(SIM_SITE);              \
		(fn)(__a1, __a2, __a3, __a4);  \
	})
#define SIM_CALL_5(fn, a, b, c, d, e)                \
	({                                           \
		__auto_type __a1 = (a);              \
		__auto_type __a2 = (b);              \
		__auto_type __a3 = (c);              \
		__auto_type __a4 = (d);              \
		__auto_type __a5 = (e);              \
		sim_at(SIM_SITE);                    \
		(fn)(__a1, __a2, __a3, __a4, __a5);  \
	})
#endif

/* The generic names of os_generic.h, told where they are called from. */
#undef trv_bar_map
#undef trv_bar_unmap
#undef trv_reg_bind
#undef trv_read8
#undef trv_read16
#undef trv_read32
#undef trv_read64
#undef trv_write8
#undef trv_write16
#undef trv_write32
#undef trv_write64
#undef trv_read32_relaxed
#undef trv_read64_relaxed
#undef trv_write32_relaxed
#undef trv_write64_relaxed
#undef trv_read_rep16
#undef trv_read_rep32
#undef trv_write_rep16
#undef trv_write_rep32
#undef trv_peek32
#define trv_bar_map(dev, bar, min_len, h) SIM_CALL_4(TRV_BAR(h, map), dev, bar, min_len, h)
#define trv_bar_unmap(dev, h) SIM_CALL_2(TRV_BAR(h, unmap), dev, h)
#define trv_reg_bind(h, off, len, reg) SIM_CALL_4(TRV_IO(h, bind), h, off, len, reg)
#define trv_read8(h, off) SIM_CALL_2(TRV_IO(h, read8), h, off)
#define trv_read16(h, off) SIM_CALL_2(TRV_IO(h, read16), h, off)
#define trv_read32(h, off) SIM_CALL_2(TRV_IO(h, read32), h, off)
#define trv_read64(h, off) SIM_CALL_2(TRV_IO_MEM(h, read64), h, off)
#define trv_write8(h, off, val) SIM_CALL_3(TRV_IO(h, write8), h, off, val)
#define trv_write16(h, off, val) SIM_CALL_3(TRV_IO(h, write16), h, off, val)
#define trv_write32(h, off, val) SIM_CALL_3(TRV_IO(h, write32), h, off, val)
#define trv_write64(h, off, val) SIM_CALL_3(TRV_IO_MEM(h, write64), h, off, val)
#define trv_read32_relaxed(h, off) SIM_CALL_2(TRV_IO_MEM(h, read32_relaxed), h, off)
#define trv_read64_relaxed(h, off) SIM_CALL_2(TRV_IO_MEM(h, read64_relaxed), h, off)
#define trv_write32_relaxed(h, off, val) SIM_CALL_3(TRV_IO_MEM(h, write32_relaxed), h, off, val)
#define trv_write64_relaxed(h, off, val) SIM_CALL_3(TRV_IO_MEM(h, write64_relaxed), h, off, val)
#define trv_read_rep16(h, off, buf, n) SIM_CALL_4(TRV_IO(h, read_rep16), h, off, buf, n)
#define trv_read_rep32(h, off, buf, n) SIM_CALL_4(TRV_IO(h, read_rep32), h, off, buf, n)
#define trv_write_rep16(h, off, buf, n) SIM_CALL_4(TRV_IO(h, write_rep16), h, off, buf, n)
#define trv_write_rep32(h, off, buf, n) SIM_CALL_4(TRV_IO(h, write_rep32), h, off, buf, n)
#define trv_peek32(h, off, val) SIM_CALL_3(TRV_IO(h, peek32), h, off, val)

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
#define trv_cpu_relax() SIM_CALL_0(trv_cpu_relax)
#define trv_dma_rmb() SIM_CALL_0(trv_dma_rmb)
#define trv_dma_wmb() SIM_CALL_0(trv_dma_wmb)
#define trv_mb() SIM_CALL_0(trv_mb)
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
#define trv_dma_map_sg(...) SIM_CALL_ANY(trv_dma_map_sg, __VA_ARGS__)
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
#define trv_time_ns() SIM_CALL_0(trv_time_ns)
#define trv_delay_ns(...) SIM_CALL(trv_delay_ns, __VA_ARGS__)
#define trv_delay_us(...) SIM_CALL(trv_delay_us, __VA_ARGS__)
#define trv_sleep_us(...) SIM_CALL(trv_sleep_us, __VA_ARGS__)
#define trv_alloc(...) SIM_CALL(trv_alloc, __VA_ARGS__)
#define trv_zalloc(...) SIM_CALL(trv_zalloc, __VA_ARGS__)
#define trv_alloc_array(...) SIM_CALL(trv_alloc_array, __VA_ARGS__)
#define trv_free(...) SIM_CALL(trv_free, __VA_ARGS__)
#define trv_log(...) SIM_CALL_ANY(trv_log, __VA_ARGS__)
#define trv_trace(...) SIM_CALL(trv_trace, __VA_ARGS__)
#define trv_fault_point(...) SIM_CALL(trv_fault_point, __VA_ARGS__)
#endif /* SIM_NO_SITES */

#ifdef SIM_SABOTAGE
#include <os/test-sim/sabotage_impl.h>
#endif

#endif /* TRIVET_SIM_OS_IMPL_H */
