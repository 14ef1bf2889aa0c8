/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Trace events: /sys/kernel/tracing/events/trivet/. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM trivet

#if !defined(TRIVET_KMOD_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define TRIVET_KMOD_TRACE_H

#include <linux/tracepoint.h>

/* clang-format off */

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

/* clang-format on */

#endif /* TRIVET_KMOD_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
