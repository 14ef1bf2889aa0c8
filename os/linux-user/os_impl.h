/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The user process's backend of os.h. A memory BAR that can be mapped is
 * plain loads and stores; anything else (ports, a device behind a socket)
 * costs one predictable branch and goes through the device's transport.
 */
#ifndef TRIVET_USER_OS_IMPL_H
#define TRIVET_USER_OS_IMPL_H

#include <pthread.h>
#include <sys/io.h>
#include <time.h>

/* ---- registers ----------------------------------------------------------- */

/**
 * struct trv_mmio - a window into a memory BAR
 * @base: where it is mapped, or NULL: ask the transport
 * @off:  of the window in the BAR, for the transport
 */
struct trv_mmio {
	volatile u8 *base;
	struct trv_dev *dev;
	u32 bar;
	u32 off;
	u32 len;
};

/** struct trv_port - a window into a port BAR; @io is the first port once ioperm was granted, else 0 */
struct trv_port {
	u32 io;
	struct trv_dev *dev;
	u32 bar;
	u32 off;
	u32 len;
};

u64 trv_user_read(struct trv_dev *dev, u32 bar, u32 off, u32 bytes);
void trv_user_write(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val);
void trv_user_read_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, void *buf, u32 n);
void trv_user_write_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, const void *buf, u32 n);

/*
 * Order between memory and uncached device accesses. On x86 the processor
 * keeps it and only the compiler must be told.
 */
#if defined(__x86_64__)
#define TRV_USER_IO_RMB() __asm__ __volatile__("" ::: "memory")
#define TRV_USER_IO_WMB() __asm__ __volatile__("" ::: "memory")
#define TRV_USER_DMA_MB() __asm__ __volatile__("" ::: "memory")
#define TRV_USER_MB() __asm__ __volatile__("mfence" ::: "memory")
#define TRV_USER_RELAX() __asm__ __volatile__("pause" ::: "memory")
#elif defined(__aarch64__)
#define TRV_USER_IO_RMB() __asm__ __volatile__("dmb oshld" ::: "memory")
#define TRV_USER_IO_WMB() __asm__ __volatile__("dmb oshst" ::: "memory")
#define TRV_USER_DMA_MB() __asm__ __volatile__("dmb osh" ::: "memory")
#define TRV_USER_MB() __asm__ __volatile__("dsb sy" ::: "memory")
#define TRV_USER_RELAX() __asm__ __volatile__("yield" ::: "memory")
#else
#error "linux-user: say how this processor orders device accesses"
#endif

#define TRV_USER_LE(bits, v) ((u##bits)trv_le##bits##_to_cpu((TRV_FORCE __le##bits)(v)))
#define TRV_USER_LE8(v) (v)

#define TRV_USER_MMIO_RELAXED(name_r, name_w, bits, swap)                         \
	TRV_HOT u##bits name_r(struct trv_mmio h, u32 off)                        \
	{                                                                         \
		if (__builtin_expect(h.base != NULL, 1))                          \
			return swap(*(volatile u##bits *)(h.base + off));         \
		return trv_user_read(h.dev, h.bar, h.off + off, bits / 8);        \
	}                                                                         \
	TRV_HOT void name_w(struct trv_mmio h, u32 off, u##bits val)              \
	{                                                                         \
		if (__builtin_expect(h.base != NULL, 1))                          \
			*(volatile u##bits *)(h.base + off) = swap(val);          \
		else                                                              \
			trv_user_write(h.dev, h.bar, h.off + off, bits / 8, val); \
	}
#define TRV_USER_LE16(v) TRV_USER_LE(16, v)
#define TRV_USER_LE32(v) TRV_USER_LE(32, v)
#define TRV_USER_LE64(v) TRV_USER_LE(64, v)
TRV_USER_MMIO_RELAXED(trv_user_mmio_r8, trv_user_mmio_w8, 8, TRV_USER_LE8)
TRV_USER_MMIO_RELAXED(trv_user_mmio_r16, trv_user_mmio_w16, 16, TRV_USER_LE16)
TRV_USER_MMIO_RELAXED(trv_mmio_read32_relaxed, trv_mmio_write32_relaxed, 32, TRV_USER_LE32)
TRV_USER_MMIO_RELAXED(trv_mmio_read64_relaxed, trv_mmio_write64_relaxed, 64, TRV_USER_LE64)

#define TRV_USER_MMIO(bits, read, write)                                           \
	TRV_HOT u##bits trv_mmio_read##bits(struct trv_mmio h, u32 off)            \
	{                                                                          \
		u##bits val = read(h, off);                                        \
		TRV_USER_IO_RMB();                                                 \
		return val;                                                        \
	}                                                                          \
	TRV_HOT void trv_mmio_write##bits(struct trv_mmio h, u32 off, u##bits val) \
	{                                                                          \
		TRV_USER_IO_WMB();                                                 \
		write(h, off, val);                                                \
	}
TRV_USER_MMIO(8, trv_user_mmio_r8, trv_user_mmio_w8)
TRV_USER_MMIO(16, trv_user_mmio_r16, trv_user_mmio_w16)
TRV_USER_MMIO(32, trv_mmio_read32_relaxed, trv_mmio_write32_relaxed)
TRV_USER_MMIO(64, trv_mmio_read64_relaxed, trv_mmio_write64_relaxed)

#if defined(__x86_64__)
#define TRV_USER_IN(suffix, h, off) in##suffix((u16)((h).io + (off)))
#define TRV_USER_OUT(suffix, h, off, val) out##suffix(val, (u16)((h).io + (off)))
#else /* no port instructions: trv_port_map() never sets io */
#define TRV_USER_IN(suffix, h, off) (__builtin_trap(), 0)
#define TRV_USER_OUT(suffix, h, off, val) __builtin_trap()
#endif

#define TRV_USER_PORT(bits, suffix)                                                \
	TRV_HOT u##bits trv_port_read##bits(struct trv_port h, u32 off)            \
	{                                                                          \
		if (h.io)                                                          \
			return TRV_USER_IN(suffix, h, off);                        \
		return trv_user_read(h.dev, h.bar, h.off + off, bits / 8);         \
	}                                                                          \
	TRV_HOT void trv_port_write##bits(struct trv_port h, u32 off, u##bits val) \
	{                                                                          \
		if (h.io)                                                          \
			TRV_USER_OUT(suffix, h, off, val);                         \
		else                                                               \
			trv_user_write(h.dev, h.bar, h.off + off, bits / 8, val);  \
	}
TRV_USER_PORT(8, b)
TRV_USER_PORT(16, w)
TRV_USER_PORT(32, l)

/* A FIFO is moved by the transport in one call; mapped memory by a loop there. */
#define TRV_USER_REP(kind, bits)                                                                 \
	TRV_HOT void trv_##kind##_read_rep##bits(struct trv_##kind h, u32 off, void *buf, u32 n) \
	{                                                                                        \
		trv_user_read_rep(h.dev, h.bar, h.off + off, bits / 8, buf, n);                  \
	}                                                                                        \
	TRV_HOT void trv_##kind##_write_rep##bits(struct trv_##kind h, u32 off, const void *buf, \
						  u32 n)                                         \
	{                                                                                        \
		trv_user_write_rep(h.dev, h.bar, h.off + off, bits / 8, buf, n);                 \
	}
TRV_USER_REP(mmio, 16)
TRV_USER_REP(mmio, 32)
TRV_USER_REP(port, 16)
TRV_USER_REP(port, 32)

TRV_HOT int trv_mmio_bind(struct trv_mmio h, u32 off, u32 len, struct trv_mmio *reg)
{
	if (off > h.len || len > h.len - off)
		return -ERANGE;
	*reg = (struct trv_mmio){ h.base ? h.base + off : NULL, h.dev, h.bar, h.off + off, len };
	return 0;
}

TRV_HOT int trv_port_bind(struct trv_port h, u32 off, u32 len, struct trv_port *reg)
{
	if (off > h.len || len > h.len - off)
		return -ERANGE;
	*reg = (struct trv_port){ h.io ? h.io + off : 0, h.dev, h.bar, h.off + off, len };
	return 0;
}

TRV_HOT void trv_cpu_relax(void)
{
	TRV_USER_RELAX();
}

/* ---- order and atomics --------------------------------------------------- */

TRV_HOT void trv_dma_rmb(void)
{
	TRV_USER_DMA_MB();
}

TRV_HOT void trv_dma_wmb(void)
{
	TRV_USER_DMA_MB();
}

TRV_HOT void trv_mb(void)
{
	TRV_USER_MB();
}

TRV_HOT u32 trv_load_acquire(const u32 *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

TRV_HOT void trv_store_release(u32 *p, u32 val)
{
	__atomic_store_n(p, val, __ATOMIC_RELEASE);
}

TRV_HOT u32 trv_fetch_add(u32 *p, u32 val)
{
	return __atomic_fetch_add(p, val, __ATOMIC_SEQ_CST);
}

TRV_HOT u32 trv_xchg(u32 *p, u32 val)
{
	return __atomic_exchange_n(p, val, __ATOMIC_SEQ_CST);
}

struct trv_refcount {
	u32 n;
};

void trv_user_refcount_get(struct trv_refcount *r);
bool trv_user_refcount_put(struct trv_refcount *r);

TRV_HOT void trv_refcount_set(struct trv_refcount *r, u32 n)
{
	__atomic_store_n(&r->n, n, __ATOMIC_RELAXED);
}

TRV_HOT void trv_refcount_get(struct trv_refcount *r)
{
	trv_user_refcount_get(r);
}

TRV_HOT bool trv_refcount_put(struct trv_refcount *r)
{
	return trv_user_refcount_put(r);
}

/* ---- DMA: memory is coherent here; a bounce buffer is copied by the leg --- */

void trv_user_dma_unmap(struct trv_dev *dev, struct trv_dma_map *map);
void trv_user_dma_sync(struct trv_dev *dev, struct trv_dma_map *map, u32 off, u32 len,
		       bool to_device);

TRV_HOT void trv_dma_unmap(struct trv_dev *dev, struct trv_dma_map *map)
{
	trv_user_dma_unmap(dev, map);
}

TRV_HOT void trv_dma_sync_for_cpu(struct trv_dev *dev, struct trv_dma_map *map, u32 off, u32 len)
{
	trv_user_dma_sync(dev, map, off, len, false);
}

TRV_HOT void trv_dma_sync_for_device(struct trv_dev *dev, struct trv_dma_map *map, u32 off, u32 len)
{
	trv_user_dma_sync(dev, map, off, len, true);
}

/* ---- interrupts, work, timers -------------------------------------------- */

struct trv_irq_handler {
	enum trv_irq_ret (*fn)(void *arg);
	void (*deferred)(void *arg);
	const char *name;
};

#define TRV_IRQ_HANDLER(handler, fn, deferred) \
	static const struct trv_irq_handler handler = { fn, deferred, #fn }

/** struct trv_work - everything from @next on under the device's lock */
struct trv_work {
	struct trv_dev *dev;
	void (*fn)(void *arg);
	void *arg;
	struct trv_work *next;
	bool queued;
	u32 cancelling;
};

/** struct trv_timer - everything from @due on under the device's lock */
struct trv_timer {
	struct trv_dev *dev;
	void (*fn)(void *arg);
	void *arg;
	u64 due;
	struct trv_timer *next;
	bool armed;
	u32 cancelling;
};

/* ---- locks and events ---------------------------------------------------- */

/*
 * Locks are mutexes of the process: a section may be as long as an access to
 * a device behind a socket. Interrupt handlers and timers are threads here as
 * they are other CPUs in a kernel; the lock itself is what excludes them, and
 * lock.c reports a lock whose forms would not have excluded them there.
 */
struct trv_spin {
	pthread_mutex_t lock;
	const char *name;
	s32 owner;
	u32 seen;
};

struct trv_mutex {
	pthread_mutex_t lock;
	const char *name;
	s32 owner;
};

/** struct trv_event - one futex, so that a signal touches nothing once a waiter may be gone */
struct trv_event {
	u32 signalled;
};

enum trv_user_exclude { TRV_USER_TASKS, TRV_USER_BH, TRV_USER_IRQ };
void trv_user_spin_lock(struct trv_spin *l, enum trv_user_exclude exclude);
void trv_user_spin_unlock(struct trv_spin *l, enum trv_user_exclude exclude);
void trv_user_assert_held(s32 owner, const char *name);
void trv_user_mutex_lock(struct trv_mutex *m);
void trv_user_mutex_unlock(struct trv_mutex *m);

TRV_HOT void trv_spin_lock(struct trv_spin *l)
{
	trv_user_spin_lock(l, TRV_USER_TASKS);
}

TRV_HOT void trv_spin_unlock(struct trv_spin *l)
{
	trv_user_spin_unlock(l, TRV_USER_TASKS);
}

TRV_HOT void trv_spin_lock_bh(struct trv_spin *l)
{
	trv_user_spin_lock(l, TRV_USER_BH);
}

TRV_HOT void trv_spin_unlock_bh(struct trv_spin *l)
{
	trv_user_spin_unlock(l, TRV_USER_BH);
}

TRV_HOT unsigned long trv_spin_lock_irqsave(struct trv_spin *l)
{
	trv_user_spin_lock(l, TRV_USER_IRQ);
	return 0;
}

TRV_HOT void trv_spin_unlock_irqrestore(struct trv_spin *l, unsigned long flags)
{
	(void)flags; /* how deep interrupts are off is counted per thread */
	trv_user_spin_unlock(l, TRV_USER_IRQ);
}

TRV_HOT void trv_spin_assert_held(const struct trv_spin *l)
{
	trv_user_assert_held(__atomic_load_n(&l->owner, __ATOMIC_RELAXED), l->name);
}

TRV_HOT void trv_mutex_lock(struct trv_mutex *m)
{
	trv_user_mutex_lock(m);
}

TRV_HOT void trv_mutex_unlock(struct trv_mutex *m)
{
	trv_user_mutex_unlock(m);
}

TRV_HOT void trv_mutex_assert_held(const struct trv_mutex *m)
{
	trv_user_assert_held(__atomic_load_n(&m->owner, __ATOMIC_RELAXED), m->name);
}

/* ---- time ---------------------------------------------------------------- */

/**
 * struct trv_user_clock - time that does not count: the process stood still, see clock.c
 * @lag:   how far behind CLOCK_MONOTONIC we are, in nanoseconds; only grows
 * @check: from then on somebody has to look whether it should
 * @beat:  when somebody did last; of no concern to readers of the time
 */
struct trv_user_clock {
	u64 lag;
	u64 check;
	u64 beat;
};
extern struct trv_user_clock trv_user_clock;
u64 trv_user_clock_look(void); /* somebody looks, and says what time it is */

TRV_HOT u64 trv_time_ns(void)
{
	struct timespec ts;
	u64 lag, now, check;

	for (;;) {
		lag = __atomic_load_n(&trv_user_clock.lag, __ATOMIC_ACQUIRE);
		clock_gettime(CLOCK_MONOTONIC, &ts);
		now = (u64)ts.tv_sec * 1000000000u + (u64)ts.tv_nsec;
		check = __atomic_load_n(&trv_user_clock.check, __ATOMIC_ACQUIRE);
		if (__builtin_expect(now >= check, 0))
			return trv_user_clock_look();
		/* Had we been stopped in between, the old lag would be a step ahead, and back again. */
		if (lag == __atomic_load_n(&trv_user_clock.lag, __ATOMIC_ACQUIRE))
			return now - lag;
	}
}

TRV_HOT void trv_delay_ns(u32 ns)
{
	const u64 end = trv_time_ns() + ns;

	while (trv_time_ns() < end)
		trv_cpu_relax();
}

TRV_HOT void trv_delay_us(u32 us)
{
	trv_delay_ns(us * 1000u);
}

/* Free in products. */
TRV_HOT bool trv_fault_point(const struct trv_dev *dev, const char *name)
{
	(void)dev;
	(void)name;
	return false;
}

#define TRV_DRIVER(drv)                                        \
	static const struct trv_driver *const trv_driver_##drv \
		__attribute__((used, section("trv_drivers"))) = &(drv)

#endif /* TRIVET_USER_OS_IMPL_H */
