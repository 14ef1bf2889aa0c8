/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The whole operating system, as a Trivet driver sees it.
 *
 * Every prototype below is implemented by each leg: a Linux module, a Linux
 * process, the simulator. A leg that lacks one does not link, a leg whose
 * types differ does not compile, and none is ever a silent no-op. Names use
 * Linux's verb where Linux has one, and mean what they mean there unless the
 * comment says otherwise. tests/conformance/ holds one test per sentence.
 * Entries marked TRV_HOT are inlined where the leg is a product.
 *
 * Context. "Any" is callable everywhere. "Atomic" may not sleep and is also
 * callable everywhere. "Sleeps" is callable only in task context: probe,
 * stop, remove, suspend, resume, a class op that says so, a work function, a
 * deferred interrupt function; never under a spinlock, in an interrupt
 * handler, a timer function, or a class op marked atomic.
 *
 * Errors. 0 (or a documented count) or one of these, negated:
 *	EINVAL      the caller's argument breaks this contract
 *	ERANGE      an offset, length or index lies outside its object
 *	ENOMEM      no memory, DMA address space or table slot
 *	EFBIG       does not fit the device's DMA limits
 *	EBUSY       taken by someone else, or no room now: try again
 *	ENODEV      the device is gone, or never was there
 *	EIO         the device reported or caused a failure
 *	ETIMEDOUT   the device did not answer in time
 *	EILSEQ      data arrived corrupted
 *	EOPNOTSUPP  this device or leg cannot do that: fall back
 *	EACCES      not permitted: read-only, or no privilege
 *	ENOMEDIUM   no disc in the drive, or not the one it was
 *	ECANCELED   withdrawn before it ran
 *
 * Teardown, the same in every driver: stop the device; the core clears bus
 * master; then mask and detach interrupts, cancel timers, cancel work, free
 * and unmap DMA, unmap BARs, free memory.
 */
#ifndef TRIVET_OS_H
#define TRIVET_OS_H

#include <trivet/pci.h>
#include <trivet/types.h>

/* The leg's handles: complete types only in the backend, held by value. */
struct trv_dev;
struct trv_mmio;
struct trv_port;
struct trv_spin;
struct trv_mutex;
struct trv_event;
struct trv_work;
struct trv_timer;
struct trv_refcount;
struct trv_irq_handler;

/* ---- the device ---------------------------------------------------------- */

/** trv_dev_name() - "0000:00:01.1", for messages. Any context; lives as long as @dev. */
const char *trv_dev_name(const struct trv_dev *dev);

/** trv_dev_ident() - IDs and class, read when the device was found. Any context. */
const struct trv_pci_ident *trv_dev_ident(const struct trv_dev *dev);

/** trv_drvdata() - what trv_set_drvdata() stored, NULL before. Any context. */
void *trv_drvdata(const struct trv_dev *dev);

/** trv_set_drvdata() - store the driver's pointer. The driver owns what it points to. */
void trv_set_drvdata(struct trv_dev *dev, void *data);

/**
 * trv_dev_gone() - has the device left the bus?
 *
 * True for ever once it was true. A driver asks when a register reads all ones
 * or a wait says -ENODEV. Any context; may read configuration space.
 */
bool trv_dev_gone(struct trv_dev *dev);

/**
 * trv_dev_reset() - reset this function only, by the bus (FLR, PM, bus reset)
 *
 * Configuration space is saved and restored around it; the device's own
 * registers are at their reset values afterwards and no DMA is under way.
 * -EOPNOTSUPP where there is no method: that is normal, reset by register.
 * Sleeps.
 */
int trv_dev_reset(struct trv_dev *dev) TRV_MUST_CHECK;

/**
 * trv_option() - one named setting, given by the user (module parameter,
 * command line, scenario)
 * @def: value when not given; given values are clamped to [@min, @max] with a warning
 *
 * Task context.
 */
u32 trv_option(struct trv_dev *dev, const char *name, u32 def, u32 min, u32 max);

/* ---- configuration space ------------------------------------------------- */

/**
 * trv_cfg_read8/16/32() - read configuration space
 *
 * @off is aligned to the width, else -EINVAL; -ERANGE past the end; -ENODEV
 * from a device that is gone and -EIO from a bus error, with *@val all ones.
 * Values in CPU byte order. Atomic.
 */
int trv_cfg_read8(struct trv_dev *dev, u32 off, u8 *val) TRV_MUST_CHECK;
int trv_cfg_read16(struct trv_dev *dev, u32 off, u16 *val) TRV_MUST_CHECK;
int trv_cfg_read32(struct trv_dev *dev, u32 off, u32 *val) TRV_MUST_CHECK;

/** trv_cfg_write8/16/32() - write it; same errors, nothing written on any of them. Atomic. */
int trv_cfg_write8(struct trv_dev *dev, u32 off, u8 val) TRV_MUST_CHECK;
int trv_cfg_write16(struct trv_dev *dev, u32 off, u16 val) TRV_MUST_CHECK;
int trv_cfg_write32(struct trv_dev *dev, u32 off, u32 val) TRV_MUST_CHECK;

/** trv_find_cap() - offset of a capability, 0 when absent or the list is broken. Bounded. Atomic. */
u32 trv_find_cap(struct trv_dev *dev, enum trv_pci_cap cap);

/**
 * trv_bus_master() - let the device start DMA and MSI, or stop it
 *
 * On before the first DMA or MSI. Off again by the core after the driver's
 * stop(), or by the driver. Other command bits keep their value. Task context.
 */
int trv_bus_master(struct trv_dev *dev, bool on) TRV_MUST_CHECK;

/* ---- registers ----------------------------------------------------------- */

/*
 * A BAR is mapped into a handle: struct trv_mmio for memory, struct trv_port
 * for I/O ports. The driver declares which it wants; trv_bar_map, trv_read32
 * and the rest are written without the infix and pick by the handle's type. Handles are small and copied freely; none outlives the unmap.
 * Offsets are bytes from the start of the BAR, aligned to the width.
 *
 * Values are in CPU byte order, the device's registers little-endian. A plain
 * write happens after every earlier store to memory, a plain read before
 * every later load, and plain accesses to one device happen in program order.
 * Writes to memory BARs may be posted: they reach the device before a later
 * read of it returns. Relaxed accesses keep only their order among each other
 * to one device. A device that is gone reads all ones and drops writes. All
 * are atomic. Write one device access per expression.
 */
/**
 * trv_bar_map() - map BAR @bar (0-5), at least @min_len bytes long, into *@h
 *
 * -EINVAL when the BAR is of the other kind (memory for a struct trv_mmio,
 * ports for a struct trv_port); -ERANGE when it is shorter; -ENODEV when it
 * is absent; -EBUSY when taken. A PCI IDE function in compatibility mode has
 * the legacy ports as BARs 0-3. Enables the matching decode bit. Sleeps.
 */
int trv_mmio_map(struct trv_dev *dev, u32 bar, u32 min_len, struct trv_mmio *h) TRV_MUST_CHECK;
int trv_port_map(struct trv_dev *dev, u32 bar, u32 min_len, struct trv_port *h) TRV_MUST_CHECK;

/** trv_bar_unmap() - undo trv_bar_map(); every copy of the handle is dead. Sleeps. */
void trv_mmio_unmap(struct trv_dev *dev, struct trv_mmio *h);
void trv_port_unmap(struct trv_dev *dev, struct trv_port *h);

/**
 * trv_reg_bind() - a handle for @len bytes at @off, checked once, for a hot doorbell
 *
 * The new handle's offsets start at 0. -ERANGE when it would leave the BAR.
 * Lives as long as @h. Any context.
 */
TRV_HOT int trv_mmio_bind(struct trv_mmio h, u32 off, u32 len, struct trv_mmio *reg) TRV_MUST_CHECK;
TRV_HOT int trv_port_bind(struct trv_port h, u32 off, u32 len, struct trv_port *reg) TRV_MUST_CHECK;

/** trv_read8..64(), trv_write8..64() - one access of exactly that width, never split. */
TRV_HOT u8 trv_mmio_read8(struct trv_mmio h, u32 off);
TRV_HOT u16 trv_mmio_read16(struct trv_mmio h, u32 off);
TRV_HOT u32 trv_mmio_read32(struct trv_mmio h, u32 off);
TRV_HOT u64 trv_mmio_read64(struct trv_mmio h, u32 off);
TRV_HOT u8 trv_port_read8(struct trv_port h, u32 off);
TRV_HOT u16 trv_port_read16(struct trv_port h, u32 off);
TRV_HOT u32 trv_port_read32(struct trv_port h, u32 off);
TRV_HOT void trv_mmio_write8(struct trv_mmio h, u32 off, u8 val);
TRV_HOT void trv_mmio_write16(struct trv_mmio h, u32 off, u16 val);
TRV_HOT void trv_mmio_write32(struct trv_mmio h, u32 off, u32 val);
TRV_HOT void trv_mmio_write64(struct trv_mmio h, u32 off, u64 val);
TRV_HOT void trv_port_write8(struct trv_port h, u32 off, u8 val);
TRV_HOT void trv_port_write16(struct trv_port h, u32 off, u16 val);
TRV_HOT void trv_port_write32(struct trv_port h, u32 off, u32 val);

/** trv_read32/64_relaxed(), trv_write32/64_relaxed() - memory BARs only, unordered with memory. */
TRV_HOT u32 trv_mmio_read32_relaxed(struct trv_mmio h, u32 off);
TRV_HOT u64 trv_mmio_read64_relaxed(struct trv_mmio h, u32 off);
TRV_HOT void trv_mmio_write32_relaxed(struct trv_mmio h, u32 off, u32 val);
TRV_HOT void trv_mmio_write64_relaxed(struct trv_mmio h, u32 off, u64 val);

/**
 * trv_read_rep16/32(), trv_write_rep16/32() - @n accesses to one FIFO register
 *
 * Bytes keep their order in memory (no conversion): the data port of a disk.
 * @buf may have any alignment; @n 0 touches nothing.
 */
TRV_HOT void trv_mmio_read_rep16(struct trv_mmio h, u32 off, void *buf, u32 n);
TRV_HOT void trv_mmio_read_rep32(struct trv_mmio h, u32 off, void *buf, u32 n);
TRV_HOT void trv_port_read_rep16(struct trv_port h, u32 off, void *buf, u32 n);
TRV_HOT void trv_port_read_rep32(struct trv_port h, u32 off, void *buf, u32 n);
TRV_HOT void trv_mmio_write_rep16(struct trv_mmio h, u32 off, const void *buf, u32 n);
TRV_HOT void trv_mmio_write_rep32(struct trv_mmio h, u32 off, const void *buf, u32 n);
TRV_HOT void trv_port_write_rep16(struct trv_port h, u32 off, const void *buf, u32 n);
TRV_HOT void trv_port_write_rep32(struct trv_port h, u32 off, const void *buf, u32 n);

/** trv_peek32() - like trv_read32(), but -ENODEV or -EIO where the bus may fault, *@val all ones. */
int trv_mmio_peek32(struct trv_mmio h, u32 off, u32 *val) TRV_MUST_CHECK;
int trv_port_peek32(struct trv_port h, u32 off, u32 *val) TRV_MUST_CHECK;

/* ---- waiting for a register ---------------------------------------------- */

/**
 * trv_poll_timeout() - the only way to wait for a register
 * @read:       expression with one device access
 * @var:        where its value goes; holds the last value read afterwards
 * @cond:       done when true of @var
 * @delay_us:   pause between reads; 0 spins
 * @timeout_us: at least this long; one read always follows the deadline, so
 *              a caller that was not scheduled does not miss the event
 *
 * 0, -ETIMEDOUT, or -ENODEV as soon as @var is all ones and @cond is false.
 * Sleeps; trv_poll_timeout_atomic() busy-waits instead and is atomic.
 */

/** trv_cpu_relax() - one turn of a bounded spin; lets another context run. Atomic. */
TRV_HOT void trv_cpu_relax(void);

/* ---- order and atomics --------------------------------------------------- */

/*
 * dma_rmb: loads of DMA memory before it happen before loads after it.
 * dma_wmb: stores to DMA memory before it are seen by the device before
 * stores, and before relaxed register writes, after it. mb: everything.
 * One sentence above each use names the two accesses.
 */
TRV_HOT void trv_dma_rmb(void);
TRV_HOT void trv_dma_wmb(void);
TRV_HOT void trv_mb(void);

/* One access, not torn, fused or repeated by the compiler; no ordering. */
#define trv_read_once(x) (*(const volatile typeof(x) *)&(x))
#define trv_write_once(x, val) (*(volatile typeof(x) *)&(x) = (val))

/* load_acquire: before every later access. store_release: after every earlier one. CPU to CPU. */
TRV_HOT u32 trv_load_acquire(const u32 *p);
TRV_HOT void trv_store_release(u32 *p, u32 val);

/* Old value returned; fully ordered. Any context. */
TRV_HOT u32 trv_fetch_add(u32 *p, u32 val);
TRV_HOT u32 trv_xchg(u32 *p, u32 val);

/* refcount: starts at @n; get on zero and put below zero are reported and refused.
 * trv_refcount_put() is true for exactly one caller, the last; it sees every earlier store.
 */
TRV_HOT void trv_refcount_set(struct trv_refcount *r, u32 n);
TRV_HOT void trv_refcount_get(struct trv_refcount *r);
TRV_HOT bool trv_refcount_put(struct trv_refcount *r) TRV_MUST_CHECK;

/* ---- DMA ----------------------------------------------------------------- */

enum trv_dma_dir {
	TRV_DMA_TO_DEVICE = 1,
	TRV_DMA_FROM_DEVICE = 2,
	TRV_DMA_BIDIRECTIONAL = 3,
};

/**
 * struct trv_dma_limits - what the device can address
 * @mask:     highest address, a power of two less one
 * @align:    alignment of every segment's address and length, a power of two; 0 is 1
 * @boundary: no segment crosses a multiple of it; a power of two, or 0 for none
 * @max_seg:  longest segment in bytes; 0 for none
 * @max_segs: most segments of one mapping; 0 for none
 */
struct trv_dma_limits {
	u64 mask;
	u32 align;
	u32 boundary;
	u32 max_seg;
	u32 max_segs;
};

/** struct trv_seg - one piece of memory as the device sees it */
struct trv_seg {
	trv_iova addr;
	u32 len;
};

/** struct trv_vec - one piece of memory as the CPU sees it */
struct trv_vec {
	void *buf;
	u32 len;
};

/** struct trv_dma_mem - coherent memory; @cpu and @iova name the same bytes */
struct trv_dma_mem {
	void *cpu;
	trv_iova iova;
	size_t size;
	void *leg;
};

/** struct trv_dma_map - one streaming mapping; read @iova and @len only */
struct trv_dma_map {
	trv_iova iova;
	u32 len;
	enum trv_dma_dir dir;
	void *buf;
	void *leg;
};

/**
 * trv_dma_limits() - state the device's limits, in probe, before any other DMA call
 *
 * -EFBIG when the platform cannot meet @mask, -EINVAL for values that are not
 * what the structure says. Without it: 32-bit mask, no other limit. Sleeps.
 */
int trv_dma_limits(struct trv_dev *dev, const struct trv_dma_limits *lim) TRV_MUST_CHECK;

/**
 * trv_dma_alloc() - coherent memory, zeroed, @align-ed (power of two) for both sides
 *
 * Meets the limits; a piece no longer than the boundary never crosses it.
 * CPU stores reach the device without a sync, in the order the barriers
 * give. The driver owns it until trv_dma_free(). -ENOMEM. Both sleep.
 */
int trv_dma_alloc(struct trv_dev *dev, size_t size, size_t align, struct trv_dma_mem *mem)
	TRV_MUST_CHECK;
void trv_dma_free(struct trv_dev *dev, struct trv_dma_mem *mem);

/**
 * trv_dma_map() - hand @len bytes at @buf to the device
 *
 * @buf is from trv_alloc() or the class layer, never a stack. From here the
 * device owns the bytes: the CPU touches none of them until unmap or
 * sync_for_cpu. -ENOMEM; -EFBIG when the limits cannot be met in one segment;
 * -EINVAL for 0 bytes. *@map must not move while mapped. Atomic.
 */
int trv_dma_map(struct trv_dev *dev, void *buf, u32 len, enum trv_dma_dir dir,
		struct trv_dma_map *map) TRV_MUST_CHECK;

/** trv_dma_unmap() - take it back; what the device wrote is visible. Once. Atomic. */
TRV_HOT void trv_dma_unmap(struct trv_dev *dev, struct trv_dma_map *map);

/**
 * trv_dma_sync_for_cpu() - the CPU owns [@off, @off + @len) and sees what the device wrote
 * trv_dma_sync_for_device() - the device owns it again and sees what the CPU wrote
 *
 * The mapping stays. The range lies inside it. Atomic.
 */
TRV_HOT void trv_dma_sync_for_cpu(struct trv_dev *dev, struct trv_dma_map *map, u32 off, u32 len);
TRV_HOT void trv_dma_sync_for_device(struct trv_dev *dev, struct trv_dma_map *map, u32 off,
				     u32 len);

/**
 * trv_dma_map_sg() - map @n pieces at once, split to the device's limits
 * @maps: @n entries of the caller's, for the unmap
 * @segs: room for @max segments, in the order of the pieces
 *
 * Returns the number of segments; -EFBIG when they exceed @max or max_segs,
 * else as trv_dma_map(). Nothing stays mapped on an error. Atomic.
 */
int trv_dma_map_sg(struct trv_dev *dev, const struct trv_vec *vec, u32 n, enum trv_dma_dir dir,
		   struct trv_dma_map *maps, struct trv_seg *segs, u32 max) TRV_MUST_CHECK;
void trv_dma_unmap_sg(struct trv_dev *dev, struct trv_dma_map *maps, u32 n);

/* ---- interrupts ---------------------------------------------------------- */

enum trv_irq_kind {
	TRV_IRQ_MSIX = 1,
	TRV_IRQ_MSI = 2,
	TRV_IRQ_INTX = 4,
	TRV_IRQ_LEGACY = 8, /* ISA lines 14 and 15: vectors 0 and 1 of a compatibility-mode IDE */
};

/**
 * enum trv_irq_ret - what a handler found
 * @TRV_IRQ_NONE:    not this device; the line is shared
 * @TRV_IRQ_HANDLED: dealt with
 * @TRV_IRQ_DEFER:   quieted at the device; run the deferred function in task context
 */
enum trv_irq_ret { TRV_IRQ_NONE = 0, TRV_IRQ_HANDLED = 1, TRV_IRQ_DEFER = 2 };

/*
 * TRV_IRQ_HANDLER(name, fn, deferred) defines a static handler @name for
 * trv_irq_attach() from
 *	enum trv_irq_ret fn(void *arg)	atomic, interrupts off, never concurrent with itself
 *	void deferred(void *arg)	task context, or NULL; never concurrent with itself
 */

/**
 * trv_irq_alloc() - get @min to @max interrupt vectors of the best kind in @kinds
 *
 * Kinds are tried in the order MSIX, MSI, INTX, LEGACY. Returns how many;
 * *@kind says which. Nothing is delivered before trv_irq_attach().
 * -EOPNOTSUPP when the device or leg has none of them: poll instead. -ENOMEM,
 * -EBUSY when already allocated. trv_irq_free() after the last detach. Sleep.
 */
int trv_irq_alloc(struct trv_dev *dev, u32 min, u32 max, u32 kinds, enum trv_irq_kind *kind)
	TRV_MUST_CHECK;
void trv_irq_free(struct trv_dev *dev);

/**
 * trv_irq_attach() - deliver vector @vec to @h with @arg
 *
 * The handler may run before this returns, and on a shared line when the
 * device is silent. -EBUSY when attached, -ERANGE for a bad vector. Sleeps.
 */
int trv_irq_attach(struct trv_dev *dev, u32 vec, const struct trv_irq_handler *h, void *arg,
		   const char *name) TRV_MUST_CHECK;

/** trv_irq_detach() - returns only when neither handler nor deferred function runs or will. Sleeps. */
void trv_irq_detach(struct trv_dev *dev, u32 vec);

/**
 * trv_irq_mask(), trv_irq_unmask() - hold back this device's vector
 *
 * Nests. A running handler may still finish; what the device raises meanwhile
 * is delivered after the last unmask (a level that is still asserted; an edge,
 * once). Other devices on a shared line are not affected. Atomic.
 */
void trv_irq_mask(struct trv_dev *dev, u32 vec);
void trv_irq_unmask(struct trv_dev *dev, u32 vec);

/** trv_irq_sync() - wait until a handler and deferred function running now are done. Sleeps. */
void trv_irq_sync(struct trv_dev *dev, u32 vec);

/* ---- deferred work and timers -------------------------------------------- */

/**
 * trv_work_queue() - run @fn(@arg) once, soon, in task context
 *
 * False when it is queued already. A function may queue itself again. Two
 * CPUs never run one work at a time. Queue: atomic. trv_work_cancel_sync()
 * takes it off the queue, waits for a running one, and is true when it was
 * pending; it sleeps.
 */
void trv_work_init(struct trv_dev *dev, struct trv_work *w, void (*fn)(void *arg), void *arg);
bool trv_work_queue(struct trv_work *w);
bool trv_work_cancel_sync(struct trv_work *w);

/**
 * trv_timer_arm() - run @fn(@arg) once, atomic, no earlier than @delay_us from now
 *
 * Arming again moves it. Atomic, the function itself included.
 * trv_timer_cancel_sync() also waits for a running one and keeps it from
 * re-arming; true when it was pending. Sleeps.
 */
void trv_timer_init(struct trv_dev *dev, struct trv_timer *t, void (*fn)(void *arg), void *arg);
void trv_timer_arm(struct trv_timer *t, u64 delay_us);
bool trv_timer_cancel_sync(struct trv_timer *t);

/* ---- locks and events ---------------------------------------------------- */

/*
 * Spinlocks, in task context against task context (plain), against timers
 * and class polls (bh), against interrupt handlers (irqsave). The one that
 * also excludes the others' contexts is always allowed. Not recursive. A
 * mutex belongs to the task that took it and sleeps. trv_spin_assert_held()
 * and trv_mutex_assert_held() report a caller that does not hold the lock.
 * @name is kept, a literal.
 */
void trv_spin_init(struct trv_spin *l, const char *name);
void trv_mutex_init(struct trv_mutex *m, const char *name);
TRV_HOT void trv_spin_lock(struct trv_spin *l);
TRV_HOT void trv_spin_unlock(struct trv_spin *l);
TRV_HOT void trv_spin_lock_bh(struct trv_spin *l);
TRV_HOT void trv_spin_unlock_bh(struct trv_spin *l);
TRV_HOT unsigned long trv_spin_lock_irqsave(struct trv_spin *l) TRV_MUST_CHECK;
TRV_HOT void trv_spin_unlock_irqrestore(struct trv_spin *l, unsigned long flags);
TRV_HOT void trv_spin_assert_held(const struct trv_spin *l);
TRV_HOT void trv_mutex_lock(struct trv_mutex *m);
TRV_HOT void trv_mutex_unlock(struct trv_mutex *m);
TRV_HOT void trv_mutex_assert_held(const struct trv_mutex *m);

/**
 * trv_event_wait() - sleep until the event is signalled: 0, or -ETIMEDOUT
 *
 * Signalled before the wait counts. Stays signalled, for every waiter, until
 * trv_event_reset(). Signal and reset are atomic; stores before a signal are
 * seen after the wait.
 */
void trv_event_init(struct trv_event *e);
void trv_event_signal(struct trv_event *e);
void trv_event_reset(struct trv_event *e);
int trv_event_wait(struct trv_event *e, u64 timeout_us) TRV_MUST_CHECK;

/* ---- time ---------------------------------------------------------------- */

/** trv_time_ns() - monotonic, from an arbitrary start, the same for all CPUs. Any context. */
TRV_HOT u64 trv_time_ns(void);
/** trv_delay_ns(), trv_delay_us() - busy-wait at least that long; at most 1,000 us. Atomic. */
TRV_HOT void trv_delay_ns(u32 ns);
TRV_HOT void trv_delay_us(u32 us);
/** trv_sleep_us() - sleep at least that long. Sleeps. */
void trv_sleep_us(u64 us);

/* ---- memory -------------------------------------------------------------- */

/** enum trv_gfp - may the allocation sleep? TRV_SLEEP only where the caller may. */
enum trv_gfp { TRV_SLEEP, TRV_ATOMIC };

/**
 * trv_alloc() - memory of the driver's, aligned for any type and for DMA
 *
 * NULL when there is none (or for 0 bytes). zalloc zeroes; alloc_array zeroes and refuses an
 * overflowing product. trv_free() takes the size that was asked for; NULL is
 * allowed. Free: atomic.
 */
void *trv_alloc(struct trv_dev *dev, size_t size, enum trv_gfp gfp) TRV_MUST_CHECK;
void *trv_zalloc(struct trv_dev *dev, size_t size, enum trv_gfp gfp) TRV_MUST_CHECK;
void *trv_alloc_array(struct trv_dev *dev, size_t n, size_t size, enum trv_gfp gfp) TRV_MUST_CHECK;
void trv_free(struct trv_dev *dev, void *p, size_t size);

/* As in C; the compiler's own copies of structures call them too. */
#define trv_memcpy(dst, src, n) __builtin_memcpy(dst, src, n)
#define trv_memmove(dst, src, n) __builtin_memmove(dst, src, n)
#define trv_memset(dst, c, n) __builtin_memset(dst, c, n)
#define trv_memcmp(a, b, n) __builtin_memcmp(a, b, n)

/* ---- log, trace, faults -------------------------------------------------- */

enum trv_log_level { TRV_LOG_ERR = 3, TRV_LOG_WARN = 4, TRV_LOG_INFO = 6, TRV_LOG_DBG = 7 };

/** trv_log() - one line, prefixed with driver and device name, no newline needed. Rate-limited. Any. */
void trv_log(const struct trv_dev *dev, enum trv_log_level level, const char *fmt, ...)
	TRV_PRINTF(3, 4);
#define trv_err(dev, ...) trv_log(dev, TRV_LOG_ERR, __VA_ARGS__)
#define trv_warn(dev, ...) trv_log(dev, TRV_LOG_WARN, __VA_ARGS__)
#define trv_info(dev, ...) trv_log(dev, TRV_LOG_INFO, __VA_ARGS__)
#define trv_dbg(dev, ...) trv_log(dev, TRV_LOG_DBG, __VA_ARGS__)

/** trv_trace() - one event with two words, for the leg's tracer. @event is a literal. Any context. */
void trv_trace(const struct trv_dev *dev, const char *event, u64 a, u64 b);

/** trv_fault_point() - should the named thing fail now? False, and free, in products. Any. */
TRV_HOT bool trv_fault_point(const struct trv_dev *dev, const char *name);

/*
 * The entries, by family: what a backend provides and the conformance suite
 * covers. A width, lock-form or ordering family is one.
 */
/* clang-format off */
#define TRV_OS_ENTRIES(X) \
	X(dev_name) X(dev_ident) X(drvdata) X(dev_gone) X(dev_reset) X(option) \
	X(cfg_read) X(cfg_write) X(find_cap) X(bus_master) \
	X(bar_map) X(bar_unmap) X(reg_bind) X(read) X(write) X(read_relaxed) X(write_relaxed) \
	X(read_rep) X(write_rep) X(peek32) X(poll_timeout) X(cpu_relax) \
	X(barrier) X(once) X(load_acquire) X(store_release) X(fetch_add) X(xchg) X(refcount) \
	X(dma_limits) X(dma_alloc) X(dma_free) X(dma_map) X(dma_unmap) X(dma_sync) X(dma_map_sg) \
	X(irq_alloc) X(irq_free) X(irq_attach) X(irq_detach) X(irq_mask) X(irq_sync) \
	X(work_queue) X(work_cancel_sync) X(timer_arm) X(timer_cancel_sync) \
	X(spin) X(mutex) X(assert_held) X(event) X(time_ns) X(delay) X(sleep_us) \
	X(alloc) X(free) X(mem) X(log) X(trace) X(fault_point)
/* clang-format on */

#include <trivet/os_generic.h>

#if defined(TRV_OS_LINUX_KMOD)
#include <os/linux-kmod/os_impl.h>
#elif defined(TRV_OS_LINUX_USER)
#include <os/linux-user/os_impl.h>
#elif defined(TRV_OS_TEST_SIM)
#include <os/test-sim/os_impl.h>
#elif defined(TRV_OS_NONE)
#include <trivet/os_none.h>
#else
#error "choose a leg: TRV_OS_LINUX_KMOD, TRV_OS_LINUX_USER, TRV_OS_TEST_SIM or TRV_OS_NONE"
#endif

#endif /* TRIVET_OS_H */
