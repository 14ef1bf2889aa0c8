/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Trace events: /sys/kernel/tracing/events/trivet/. Each has the name and the
 * arguments of a probe of the user leg (os/linux-user/TRACING.md), with trivet_
 * before it, since the names of events are the whole kernel's. Registers have
 * none: README.md says why.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM trivet

#if !defined(TRIVET_KMOD_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define TRIVET_KMOD_TRACE_H

#include <linux/tracepoint.h>

#include <trivet/blk.h>

/* clang-format off */

/* ---- configuration space -------------------------------------------------- */

DECLARE_EVENT_CLASS(trivet_cfg,
	TP_PROTO(const char *dev, u32 off, u32 bytes, u32 val, int rc),
	TP_ARGS(dev, off, bytes, val, rc),
	TP_STRUCT__entry(
		__string(dev, dev)
		__field(u32, off)
		__field(u32, bytes)
		__field(u32, val)
		__field(int, rc)
	),
	TP_fast_assign(
		TRV_TRACE_ASSIGN(dev, dev);
		__entry->off = off;
		__entry->bytes = bytes;
		__entry->val = val;
		__entry->rc = rc;
	),
	TP_printk("%s off=%#x bytes=%u val=%#x rc=%d", __get_str(dev), __entry->off,
		  __entry->bytes, __entry->val, __entry->rc)
);

DEFINE_EVENT(trivet_cfg, trivet_cfg_read,
	TP_PROTO(const char *dev, u32 off, u32 bytes, u32 val, int rc),
	TP_ARGS(dev, off, bytes, val, rc));
DEFINE_EVENT(trivet_cfg, trivet_cfg_write,
	TP_PROTO(const char *dev, u32 off, u32 bytes, u32 val, int rc),
	TP_ARGS(dev, off, bytes, val, rc));

/* ---- DMA ------------------------------------------------------------------ */

DECLARE_EVENT_CLASS(trivet_mem,
	TP_PROTO(const char *dev, u64 addr, u64 bytes),
	TP_ARGS(dev, addr, bytes),
	TP_STRUCT__entry(
		__string(dev, dev)
		__field(u64, addr)
		__field(u64, bytes)
	),
	TP_fast_assign(
		TRV_TRACE_ASSIGN(dev, dev);
		__entry->addr = addr;
		__entry->bytes = bytes;
	),
	TP_printk("%s addr=%#llx bytes=%llu", __get_str(dev), __entry->addr, __entry->bytes)
);

DEFINE_EVENT(trivet_mem, trivet_dma_alloc,
	TP_PROTO(const char *dev, u64 addr, u64 bytes),
	TP_ARGS(dev, addr, bytes));
DEFINE_EVENT(trivet_mem, trivet_dma_free,
	TP_PROTO(const char *dev, u64 addr, u64 bytes),
	TP_ARGS(dev, addr, bytes));

TRACE_DEFINE_ENUM(TRV_DMA_TO_DEVICE);
TRACE_DEFINE_ENUM(TRV_DMA_FROM_DEVICE);
TRACE_DEFINE_ENUM(TRV_DMA_BIDIRECTIONAL);

#define trivet_show_dir(dir) __print_symbolic(dir, \
	{ TRV_DMA_TO_DEVICE, "to_device" }, \
	{ TRV_DMA_FROM_DEVICE, "from_device" }, \
	{ TRV_DMA_BIDIRECTIONAL, "both" })

DECLARE_EVENT_CLASS(trivet_map,
	TP_PROTO(const char *dev, u64 addr, u32 bytes, u32 dir),
	TP_ARGS(dev, addr, bytes, dir),
	TP_STRUCT__entry(
		__string(dev, dev)
		__field(u64, addr)
		__field(u32, bytes)
		__field(u32, dir)
	),
	TP_fast_assign(
		TRV_TRACE_ASSIGN(dev, dev);
		__entry->addr = addr;
		__entry->bytes = bytes;
		__entry->dir = dir;
	),
	TP_printk("%s addr=%#llx bytes=%u dir=%s", __get_str(dev), __entry->addr,
		  __entry->bytes, trivet_show_dir(__entry->dir))
);

DEFINE_EVENT(trivet_map, trivet_dma_map,
	TP_PROTO(const char *dev, u64 addr, u32 bytes, u32 dir),
	TP_ARGS(dev, addr, bytes, dir));
DEFINE_EVENT(trivet_map, trivet_dma_unmap,
	TP_PROTO(const char *dev, u64 addr, u32 bytes, u32 dir),
	TP_ARGS(dev, addr, bytes, dir));

DECLARE_EVENT_CLASS(trivet_sync,
	TP_PROTO(const char *dev, u64 addr, u32 off, u32 bytes, u32 dir),
	TP_ARGS(dev, addr, off, bytes, dir),
	TP_STRUCT__entry(
		__string(dev, dev)
		__field(u64, addr)
		__field(u32, off)
		__field(u32, bytes)
		__field(u32, dir)
	),
	TP_fast_assign(
		TRV_TRACE_ASSIGN(dev, dev);
		__entry->addr = addr;
		__entry->off = off;
		__entry->bytes = bytes;
		__entry->dir = dir;
	),
	TP_printk("%s addr=%#llx off=%u bytes=%u dir=%s", __get_str(dev), __entry->addr,
		  __entry->off, __entry->bytes, trivet_show_dir(__entry->dir))
);

DEFINE_EVENT(trivet_sync, trivet_dma_sync_cpu,
	TP_PROTO(const char *dev, u64 addr, u32 off, u32 bytes, u32 dir),
	TP_ARGS(dev, addr, off, bytes, dir));
DEFINE_EVENT(trivet_sync, trivet_dma_sync_device,
	TP_PROTO(const char *dev, u64 addr, u32 off, u32 bytes, u32 dir),
	TP_ARGS(dev, addr, off, bytes, dir));

/* ---- interrupts, works, timers -------------------------------------------- */

TRACE_EVENT(trivet_irq,
	TP_PROTO(const char *dev, u32 vec, const char *name),
	TP_ARGS(dev, vec, name),
	TP_STRUCT__entry(
		__string(dev, dev)
		__field(u32, vec)
		__string(name, name)
	),
	TP_fast_assign(
		TRV_TRACE_ASSIGN(dev, dev);
		__entry->vec = vec;
		TRV_TRACE_ASSIGN(name, name);
	),
	TP_printk("%s vec=%u name=%s", __get_str(dev), __entry->vec, __get_str(name))
);

TRACE_DEFINE_ENUM(TRV_IRQ_NONE);
TRACE_DEFINE_ENUM(TRV_IRQ_HANDLED);
TRACE_DEFINE_ENUM(TRV_IRQ_DEFER);

TRACE_EVENT(trivet_irq_done,
	TP_PROTO(const char *dev, u32 vec, const char *name, u32 ret),
	TP_ARGS(dev, vec, name, ret),
	TP_STRUCT__entry(
		__string(dev, dev)
		__field(u32, vec)
		__string(name, name)
		__field(u32, ret)
	),
	TP_fast_assign(
		TRV_TRACE_ASSIGN(dev, dev);
		__entry->vec = vec;
		TRV_TRACE_ASSIGN(name, name);
		__entry->ret = ret;
	),
	TP_printk("%s vec=%u name=%s ret=%s", __get_str(dev), __entry->vec, __get_str(name),
		  __print_symbolic(__entry->ret,
				   { TRV_IRQ_NONE, "not_mine" },
				   { TRV_IRQ_HANDLED, "handled" },
				   { TRV_IRQ_DEFER, "deferred" }))
);

DECLARE_EVENT_CLASS(trivet_fn,
	TP_PROTO(const char *dev, void *fn),
	TP_ARGS(dev, fn),
	TP_STRUCT__entry(
		__string(dev, dev)
		__field(void *, fn)
	),
	TP_fast_assign(
		TRV_TRACE_ASSIGN(dev, dev);
		__entry->fn = fn;
	),
	TP_printk("%s fn=%ps", __get_str(dev), __entry->fn)
);

DEFINE_EVENT(trivet_fn, trivet_work, TP_PROTO(const char *dev, void *fn), TP_ARGS(dev, fn));
DEFINE_EVENT(trivet_fn, trivet_work_done, TP_PROTO(const char *dev, void *fn), TP_ARGS(dev, fn));
DEFINE_EVENT(trivet_fn, trivet_timer, TP_PROTO(const char *dev, void *fn), TP_ARGS(dev, fn));
DEFINE_EVENT(trivet_fn, trivet_timer_done, TP_PROTO(const char *dev, void *fn), TP_ARGS(dev, fn));

/* ---- requests ------------------------------------------------------------- */

TRACE_DEFINE_ENUM(TRV_REQ_READ);
TRACE_DEFINE_ENUM(TRV_REQ_WRITE);
TRACE_DEFINE_ENUM(TRV_REQ_FLUSH);
TRACE_DEFINE_ENUM(TRV_REQ_DISCARD);

#define trivet_show_op(op) __print_symbolic(op, \
	{ TRV_REQ_READ, "read" }, \
	{ TRV_REQ_WRITE, "write" }, \
	{ TRV_REQ_FLUSH, "flush" }, \
	{ TRV_REQ_DISCARD, "discard" })

TRACE_EVENT(trivet_req_start,
	TP_PROTO(const char *dev, u32 disk, u32 tag, u32 op, u64 lba, u32 blocks),
	TP_ARGS(dev, disk, tag, op, lba, blocks),
	TP_STRUCT__entry(
		__string(dev, dev)
		__field(u32, disk)
		__field(u32, tag)
		__field(u32, op)
		__field(u64, lba)
		__field(u32, blocks)
	),
	TP_fast_assign(
		TRV_TRACE_ASSIGN(dev, dev);
		__entry->disk = disk;
		__entry->tag = tag;
		__entry->op = op;
		__entry->lba = lba;
		__entry->blocks = blocks;
	),
	TP_printk("%s disk=%u tag=%u op=%s lba=%llu blocks=%u", __get_str(dev), __entry->disk,
		  __entry->tag, trivet_show_op(__entry->op), __entry->lba, __entry->blocks)
);

TRACE_EVENT(trivet_req_done,
	TP_PROTO(const char *dev, u32 disk, u32 tag, u32 op, u64 lba, u32 blocks, int status),
	TP_ARGS(dev, disk, tag, op, lba, blocks, status),
	TP_STRUCT__entry(
		__string(dev, dev)
		__field(u32, disk)
		__field(u32, tag)
		__field(u32, op)
		__field(u64, lba)
		__field(u32, blocks)
		__field(int, status)
	),
	TP_fast_assign(
		TRV_TRACE_ASSIGN(dev, dev);
		__entry->disk = disk;
		__entry->tag = tag;
		__entry->op = op;
		__entry->lba = lba;
		__entry->blocks = blocks;
		__entry->status = status;
	),
	TP_printk("%s disk=%u tag=%u op=%s lba=%llu blocks=%u status=%d", __get_str(dev),
		  __entry->disk, __entry->tag, trivet_show_op(__entry->op), __entry->lba,
		  __entry->blocks, __entry->status)
);

/* ---- drivers and devices -------------------------------------------------- */

/* trv_trace(): one event of a driver or the core, with two words. */
TRACE_EVENT(trivet_event,
	TP_PROTO(const char *dev, const char *event, u64 a, u64 b),
	TP_ARGS(dev, event, a, b),
	TP_STRUCT__entry(
		__string(dev, dev)
		__string(event, event)
		__field(u64, a)
		__field(u64, b)
	),
	TP_fast_assign(
		TRV_TRACE_ASSIGN(dev, dev);
		TRV_TRACE_ASSIGN(event, event);
		__entry->a = a;
		__entry->b = b;
	),
	TP_printk("%s %s %#llx %#llx", __get_str(dev), __get_str(event), __entry->a, __entry->b)
);

DECLARE_EVENT_CLASS(trivet_driver,
	TP_PROTO(const char *dev, const char *driver),
	TP_ARGS(dev, driver),
	TP_STRUCT__entry(
		__string(dev, dev)
		__string(driver, driver)
	),
	TP_fast_assign(
		TRV_TRACE_ASSIGN(dev, dev);
		TRV_TRACE_ASSIGN(driver, driver);
	),
	TP_printk("%s driver=%s", __get_str(dev), __get_str(driver))
);

DEFINE_EVENT(trivet_driver, trivet_bind,
	TP_PROTO(const char *dev, const char *driver),
	TP_ARGS(dev, driver));
DEFINE_EVENT(trivet_driver, trivet_unbind,
	TP_PROTO(const char *dev, const char *driver),
	TP_ARGS(dev, driver));

TRACE_EVENT(trivet_bind_done,
	TP_PROTO(const char *dev, const char *driver, int rc),
	TP_ARGS(dev, driver, rc),
	TP_STRUCT__entry(
		__string(dev, dev)
		__string(driver, driver)
		__field(int, rc)
	),
	TP_fast_assign(
		TRV_TRACE_ASSIGN(dev, dev);
		TRV_TRACE_ASSIGN(driver, driver);
		__entry->rc = rc;
	),
	TP_printk("%s driver=%s rc=%d", __get_str(dev), __get_str(driver), __entry->rc)
);

DECLARE_EVENT_CLASS(trivet_device,
	TP_PROTO(const char *dev),
	TP_ARGS(dev),
	TP_STRUCT__entry(
		__string(dev, dev)
	),
	TP_fast_assign(
		TRV_TRACE_ASSIGN(dev, dev);
	),
	TP_printk("%s", __get_str(dev))
);

DEFINE_EVENT(trivet_device, trivet_unbind_done, TP_PROTO(const char *dev), TP_ARGS(dev));
DEFINE_EVENT(trivet_device, trivet_gone, TP_PROTO(const char *dev), TP_ARGS(dev));

/* clang-format on */

#endif /* TRIVET_KMOD_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
