// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* os.h: the trace. (The log is a macro, for dynamic debug and the rate limit of each line.) */
#include <os/linux-kmod/kmod.h>

#define CREATE_TRACE_POINTS
#include <os/linux-kmod/trace.h>

EXPORT_TRACEPOINT_SYMBOL_GPL(trivet_event);

void trv_trace(const struct trv_dev *dev, const char *event, u64 a, u64 b)
{
	trace_trivet_event(pci_name(dev->pdev), event, a, b);
}
EXPORT_SYMBOL_GPL(trv_trace);
