/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's backend of os.h. Hot entries are inlined to the kernel's own
 * primitive, so that a register write is one mov and a lock is the lock; the
 * rest is ordinary functions of trivet.ko.
 */
#ifndef TRIVET_KMOD_OS_IMPL_H
#define TRIVET_KMOD_OS_IMPL_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/tracepoint-defs.h>
#include <linux/workqueue.h>

#include <os/linux-kmod/alias.h>

struct trv_blk_glue;

/** struct trv_dev - the driver-visible half; the core's half stands around it */
struct trv_dev {
	struct pci_dev *pdev;
	struct trv_dma_limits limits;
	struct trv_pci_ident ident;
	const struct trv_blk_glue *glue;
};

/* ---- registers ----------------------------------------------------------- */

struct trv_mmio {
	void __iomem *base;
	struct trv_dev *dev;
	u32 len;
	u32 bar;
};

struct trv_port {
	unsigned long base;
	struct trv_dev *dev;
	u32 len;
	u32 bar;
};

#define TRV_KMOD_MMIO(bits, suffix)                                                \
	TRV_HOT u##bits trv_mmio_read##bits(struct trv_mmio h, u32 off)            \
	{                                                                          \
		return read##suffix(h.base + off);                                 \
	}                                                                          \
	TRV_HOT void trv_mmio_write##bits(struct trv_mmio h, u32 off, u##bits val) \
	{                                                                          \
		write##suffix(val, h.base + off);                                  \
	}
TRV_KMOD_MMIO(8, b)
TRV_KMOD_MMIO(16, w)
TRV_KMOD_MMIO(32, l)
TRV_KMOD_MMIO(64, q)

#define TRV_KMOD_MMIO_RELAXED(bits, suffix)                                                  \
	TRV_HOT u##bits trv_mmio_read##bits##_relaxed(struct trv_mmio h, u32 off)            \
	{                                                                                    \
		return read##suffix##_relaxed(h.base + off);                                 \
	}                                                                                    \
	TRV_HOT void trv_mmio_write##bits##_relaxed(struct trv_mmio h, u32 off, u##bits val) \
	{                                                                                    \
		write##suffix##_relaxed(val, h.base + off);                                  \
	}
TRV_KMOD_MMIO_RELAXED(32, l)
TRV_KMOD_MMIO_RELAXED(64, q)

#define TRV_KMOD_PORT(bits, suffix)                                                \
	TRV_HOT u##bits trv_port_read##bits(struct trv_port h, u32 off)            \
	{                                                                          \
		return in##suffix(h.base + off);                                   \
	}                                                                          \
	TRV_HOT void trv_port_write##bits(struct trv_port h, u32 off, u##bits val) \
	{                                                                          \
		out##suffix(val, h.base + off);                                    \
	}
TRV_KMOD_PORT(8, b)
TRV_KMOD_PORT(16, w)
TRV_KMOD_PORT(32, l)

#define TRV_KMOD_REP(bits, suffix)                                                                \
	TRV_HOT void trv_mmio_read_rep##bits(struct trv_mmio h, u32 off, void *buf, u32 n)        \
	{                                                                                         \
		ioread##bits##_rep(h.base + off, buf, n);                                         \
	}                                                                                         \
	TRV_HOT void trv_mmio_write_rep##bits(struct trv_mmio h, u32 off, const void *buf, u32 n) \
	{                                                                                         \
		iowrite##bits##_rep(h.base + off, buf, n);                                        \
	}                                                                                         \
	TRV_HOT void trv_port_read_rep##bits(struct trv_port h, u32 off, void *buf, u32 n)        \
	{                                                                                         \
		ins##suffix(h.base + off, buf, n);                                                \
	}                                                                                         \
	TRV_HOT void trv_port_write_rep##bits(struct trv_port h, u32 off, const void *buf, u32 n) \
	{                                                                                         \
		outs##suffix(h.base + off, buf, n);                                               \
	}
TRV_KMOD_REP(16, w)
TRV_KMOD_REP(32, l)

/* A sub-window keeps its parent's device; the one bounds check there is. */
#define TRV_KMOD_BIND(kind)                                                    \
	TRV_HOT int trv_##kind##_bind(struct trv_##kind h, u32 off, u32 len,   \
				      struct trv_##kind *reg)                  \
	{                                                                      \
		if (off > h.len || len > h.len - off)                          \
			return -ERANGE;                                        \
		*reg = (struct trv_##kind){ h.base + off, h.dev, len, h.bar }; \
		return 0;                                                      \
	}
TRV_KMOD_BIND(mmio)
TRV_KMOD_BIND(port)

TRV_HOT void trv_cpu_relax(void)
{
	cpu_relax();
}

/* ---- order and atomics --------------------------------------------------- */

TRV_HOT void trv_dma_rmb(void)
{
	dma_rmb();
}

TRV_HOT void trv_dma_wmb(void)
{
	dma_wmb();
}

TRV_HOT void trv_mb(void)
{
	mb();
}

TRV_HOT u32 trv_load_acquire(const u32 *p)
{
	return smp_load_acquire(p);
}

TRV_HOT void trv_store_release(u32 *p, u32 val)
{
	smp_store_release(p, val);
}

TRV_HOT u32 trv_fetch_add(u32 *p, u32 val)
{
	static_assert(sizeof(*p) == sizeof(atomic_t));
	return atomic_fetch_add((int)val, (atomic_t *)p);
}

TRV_HOT u32 trv_xchg(u32 *p, u32 val)
{
	return xchg(p, val);
}

struct trv_refcount {
	refcount_t r;
};

TRV_HOT void trv_refcount_set(struct trv_refcount *r, u32 n)
{
	refcount_set(&r->r, n);
}

TRV_HOT void trv_refcount_get(struct trv_refcount *r)
{
	refcount_inc(&r->r);
}

TRV_HOT bool trv_refcount_put(struct trv_refcount *r)
{
	return refcount_dec_and_test(&r->r);
}

/* ---- DMA: streaming is hot ----------------------------------------------- */

static __always_inline enum dma_data_direction trv_kmod_dir(enum trv_dma_dir dir)
{
	return dir == TRV_DMA_TO_DEVICE	  ? DMA_TO_DEVICE :
	       dir == TRV_DMA_FROM_DEVICE ? DMA_FROM_DEVICE :
					    DMA_BIDIRECTIONAL;
}

DECLARE_TRACEPOINT(trivet_dma_unmap);
DECLARE_TRACEPOINT(trivet_dma_sync_cpu);
DECLARE_TRACEPOINT(trivet_dma_sync_device);
/* trv_kmod_trace_EVENT() - the event, which somebody looks at; see trace.c. Any context. */
void trv_kmod_trace_dma_unmap(const struct trv_dev *dev, const struct trv_dma_map *map) __cold;
void trv_kmod_trace_dma_sync_cpu(const struct trv_dev *dev, const struct trv_dma_map *map, u32 off,
				 u32 len) __cold;
void trv_kmod_trace_dma_sync_device(const struct trv_dev *dev, const struct trv_dma_map *map,
				    u32 off, u32 len) __cold;

TRV_HOT void trv_dma_unmap(struct trv_dev *dev, struct trv_dma_map *map)
{
	if (tracepoint_enabled(trivet_dma_unmap))
		trv_kmod_trace_dma_unmap(dev, map);
	dma_unmap_single(&dev->pdev->dev, map->iova, map->len, trv_kmod_dir(map->dir));
}

TRV_HOT void trv_dma_sync_for_cpu(struct trv_dev *dev, struct trv_dma_map *map, u32 off, u32 len)
{
	if (tracepoint_enabled(trivet_dma_sync_cpu))
		trv_kmod_trace_dma_sync_cpu(dev, map, off, len);
	dma_sync_single_range_for_cpu(&dev->pdev->dev, map->iova, off, len, trv_kmod_dir(map->dir));
}

TRV_HOT void trv_dma_sync_for_device(struct trv_dev *dev, struct trv_dma_map *map, u32 off, u32 len)
{
	if (tracepoint_enabled(trivet_dma_sync_device))
		trv_kmod_trace_dma_sync_device(dev, map, off, len);
	dma_sync_single_range_for_device(&dev->pdev->dev, map->iova, off, len,
					 trv_kmod_dir(map->dir));
}

/* ---- interrupts ---------------------------------------------------------- */

/**
 * struct trv_kmod_vec - one vector, as its handler finds it
 * @arg:     the driver's
 * @held:    masked on a line that others use, too: the handler is called for them
 * @handler: attached, or NULL
 * @masks:   how often it is masked
 * @irq:     the kernel's number
 * @nr:      the driver's
 * @name:    as it was attached
 */
struct trv_kmod_vec {
	void *arg;
	bool held;
	const struct trv_irq_handler *handler;
	u32 masks;
	int irq;
	u32 nr;
	struct trv_dev *dev;
	const char *name;
};

struct trv_irq_handler {
	irq_handler_t hard;
	irq_handler_t thread; /* NULL without a deferred function */
};

DECLARE_TRACEPOINT(trivet_irq);
DECLARE_TRACEPOINT(trivet_irq_done);
DECLARE_TRACEPOINT(trivet_work);
DECLARE_TRACEPOINT(trivet_work_done);
void trv_kmod_trace_irq(const struct trv_kmod_vec *vec) __cold;
void trv_kmod_trace_irq_done(const struct trv_kmod_vec *vec, irqreturn_t ret) __cold;
void trv_kmod_trace_work(const struct trv_dev *dev, void (*fn)(void *arg)) __cold;
void trv_kmod_trace_work_done(const struct trv_dev *dev, void (*fn)(void *arg)) __cold;

/* The thread; NULL where that is what was given: a comparison would be warned about. */
#define TRV_KMOD_THREAD(fn, thread) \
	__builtin_choose_expr(__builtin_types_compatible_p(typeof(fn), void *), NULL, thread)

/* enum trv_irq_ret has the values of irqreturn_t; the driver's function is called directly. */
#define TRV_IRQ_HANDLER(name, fn, deferred_fn)                               \
	static irqreturn_t name##_hard(int irq, void *arg)                   \
	{                                                                    \
		const struct trv_kmod_vec *vec = arg;                        \
		irqreturn_t ret;                                             \
		static_assert((int)TRV_IRQ_HANDLED == (int)IRQ_HANDLED &&    \
			      (int)TRV_IRQ_DEFER == (int)IRQ_WAKE_THREAD);   \
		if (unlikely(READ_ONCE(vec->held)))                          \
			return IRQ_NONE;                                     \
		if (tracepoint_enabled(trivet_irq))                          \
			trv_kmod_trace_irq(vec);                             \
		ret = (irqreturn_t)fn(vec->arg);                             \
		if (tracepoint_enabled(trivet_irq_done))                     \
			trv_kmod_trace_irq_done(vec, ret);                   \
		return ret;                                                  \
	}                                                                    \
	static void (*const name##_deferred)(void *) = deferred_fn;          \
	static __maybe_unused irqreturn_t name##_thread(int irq, void *arg)  \
	{                                                                    \
		const struct trv_kmod_vec *vec = arg;                        \
		if (tracepoint_enabled(trivet_work))                         \
			trv_kmod_trace_work(vec->dev, name##_deferred);      \
		name##_deferred(vec->arg);                                   \
		if (tracepoint_enabled(trivet_work_done))                    \
			trv_kmod_trace_work_done(vec->dev, name##_deferred); \
		return IRQ_HANDLED;                                          \
	}                                                                    \
	static const struct trv_irq_handler name = {                         \
		.hard = name##_hard,                                         \
		.thread = TRV_KMOD_THREAD(deferred_fn, name##_thread),       \
	}

/* ---- deferred work and timers: macros, so that lockdep tells them apart --- */

struct trv_work {
	struct work_struct work;
	struct trv_dev *dev;
	void (*fn)(void *arg);
	void *arg;
};

struct trv_timer {
	struct timer_list timer;
	struct trv_dev *dev;
	void (*fn)(void *arg);
	void *arg;
	bool dead; /* being cancelled: nobody re-arms it now */
};

void trv_kmod_work(struct work_struct *work);
void trv_kmod_timer(struct timer_list *timer);

#define trv_work_init(tdev, w, func, data)            \
	do {                                          \
		struct trv_work *__w = (w);           \
		INIT_WORK(&__w->work, trv_kmod_work); \
		__w->dev = (tdev);                    \
		__w->fn = (func);                     \
		__w->arg = (data);                    \
	} while (0)

#define trv_timer_init(tdev, t, func, data)                  \
	do {                                                 \
		struct trv_timer *__t = (t);                 \
		timer_setup(&__t->timer, trv_kmod_timer, 0); \
		__t->dev = (tdev);                           \
		__t->fn = (func);                            \
		__t->arg = (data);                           \
		__t->dead = false;                           \
	} while (0)

/* ---- locks and events ---------------------------------------------------- */

struct trv_spin {
	spinlock_t lock;
};

struct trv_mutex {
	struct mutex lock;
};

#define trv_spin_init(l, name)                                        \
	do {                                                          \
		static struct lock_class_key __key;                   \
		spin_lock_init(&(l)->lock);                           \
		lockdep_set_class_and_name(&(l)->lock, &__key, name); \
	} while (0)
#define trv_mutex_init(m, name)                         \
	do {                                            \
		static struct lock_class_key __key;     \
		__mutex_init(&(m)->lock, name, &__key); \
	} while (0)

TRV_HOT void trv_spin_lock(struct trv_spin *l)
{
	spin_lock(&l->lock);
}

TRV_HOT void trv_spin_unlock(struct trv_spin *l)
{
	spin_unlock(&l->lock);
}

TRV_HOT void trv_spin_lock_bh(struct trv_spin *l)
{
	spin_lock_bh(&l->lock);
}

TRV_HOT void trv_spin_unlock_bh(struct trv_spin *l)
{
	spin_unlock_bh(&l->lock);
}

TRV_HOT unsigned long trv_spin_lock_irqsave(struct trv_spin *l)
{
	unsigned long flags;

	spin_lock_irqsave(&l->lock, flags);
	return flags;
}

TRV_HOT void trv_spin_unlock_irqrestore(struct trv_spin *l, unsigned long flags)
{
	spin_unlock_irqrestore(&l->lock, flags);
}

TRV_HOT void trv_spin_assert_held(const struct trv_spin *l)
{
	lockdep_assert_held(&l->lock);
}

TRV_HOT void trv_mutex_lock(struct trv_mutex *m)
{
	mutex_lock(&m->lock);
}

TRV_HOT void trv_mutex_unlock(struct trv_mutex *m)
{
	mutex_unlock(&m->lock);
}

TRV_HOT void trv_mutex_assert_held(const struct trv_mutex *m)
{
	lockdep_assert_held(&m->lock);
}

struct trv_event {
	struct completion done;
};

/* ---- time ---------------------------------------------------------------- */

TRV_HOT u64 trv_time_ns(void)
{
	return ktime_get_ns();
}

TRV_HOT void trv_delay_ns(u32 ns)
{
	ndelay(ns);
}

/* udelay() counts by the early calibration, and may be a little short of the clock. */
TRV_HOT void trv_delay_us(u32 us)
{
	const u64 end = ktime_get_ns() + (u64)us * NSEC_PER_USEC;

	udelay(us);
	while (unlikely(ktime_get_ns() < end))
		cpu_relax();
}

/* ---- log, faults, registration ------------------------------------------- */

/* A macro, so that dynamic debug and the rate limit work per line. */
#define trv_log(tdev, level, fmt, ...)                                      \
	do {                                                                \
		const struct device *__d = &(tdev)->pdev->dev;              \
		switch (level) {                                            \
		case TRV_LOG_ERR:                                           \
			dev_err_ratelimited(__d, fmt "\n", ##__VA_ARGS__);  \
			break;                                              \
		case TRV_LOG_WARN:                                          \
			dev_warn_ratelimited(__d, fmt "\n", ##__VA_ARGS__); \
			break;                                              \
		case TRV_LOG_INFO:                                          \
			dev_info_ratelimited(__d, fmt "\n", ##__VA_ARGS__); \
			break;                                              \
		default:                                                    \
			dev_dbg(__d, fmt "\n", ##__VA_ARGS__);              \
			break;                                              \
		}                                                           \
	} while (0)

/* Free; builds with FAULT_POINTS=1 have a macro before it (fault_driver.h). */
TRV_HOT bool trv_fault_point(const struct trv_dev *dev, const char *name)
{
	return false;
}

struct trv_driver;

/** struct trv_kmod_driver - a driver's registration: one per module, filled by TRV_DRIVER() */
struct trv_kmod_driver {
	struct pci_driver pci;
	const struct trv_driver *drv;
	const struct trv_blk_glue *glue;
	bool autoload;
	char options[256];
};

int trv_kmod_register(struct trv_kmod_driver *drv, struct module *owner, const char *name);
void trv_kmod_unregister(struct trv_kmod_driver *drv);

#define TRV_KMOD_MODULE(driver, blk_glue)                                                         \
	static struct trv_kmod_driver driver##_kmod = {                                           \
		.drv = &(driver),                                                                 \
		.glue = blk_glue,                                                                 \
		.autoload = TRV_KMOD_AUTO,                                                        \
	};                                                                                        \
	module_param_string(options, driver##_kmod.options, sizeof(driver##_kmod.options), 0644); \
	MODULE_PARM_DESC(options, "[DEVICE/]NAME=NUMBER,... for devices bound after it was set"); \
	static int __init driver##_init(void)                                                     \
	{                                                                                         \
		TRV_KMOD_ALIASES((driver).ids);                                                   \
		return trv_kmod_register(&driver##_kmod, THIS_MODULE, KBUILD_MODNAME);            \
	}                                                                                         \
	module_init(driver##_init);                                                               \
	static void __exit driver##_exit(void)                                                    \
	{                                                                                         \
		trv_kmod_unregister(&driver##_kmod);                                              \
	}                                                                                         \
	module_exit(driver##_exit);                                                               \
	MODULE_DESCRIPTION("Trivet: " #driver);                                                   \
	MODULE_LICENSE("Dual BSD/GPL")

#define TRV_DRIVER(drv) TRV_KMOD_MODULE(drv, NULL)

#endif /* TRIVET_KMOD_OS_IMPL_H */
