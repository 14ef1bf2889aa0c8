// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * os.h: the trace. (The log is a macro, for dynamic debug and the rate limit of each line.) And what
 * a hot path calls while somebody looks at an event of its: there it is a nop, as it is in code that
 * is inlined into drivers, which may not know the events.
 */
#include <os/linux-kmod/blk.h>

#define CREATE_TRACE_POINTS
#include <os/linux-kmod/trace.h>

/* The conformance suite listens to it. */
EXPORT_TRACEPOINT_SYMBOL_GPL(trivet_event);

void trv_trace(const struct trv_dev *dev, const char *event, u64 a, u64 b)
{
	trace_trivet_event(pci_name(dev->pdev), event, a, b);
}
EXPORT_SYMBOL_GPL(trv_trace);

/* ---- DMA ----------------------------------------------------------------- */

EXPORT_TRACEPOINT_SYMBOL_GPL(trivet_dma_unmap);
EXPORT_TRACEPOINT_SYMBOL_GPL(trivet_dma_sync_cpu);
EXPORT_TRACEPOINT_SYMBOL_GPL(trivet_dma_sync_device);

void trv_kmod_trace_dma_unmap(const struct trv_dev *dev, const struct trv_dma_map *map)
{
	trace_trivet_dma_unmap(pci_name(dev->pdev), map->iova, map->len, map->dir);
}
EXPORT_SYMBOL_GPL(trv_kmod_trace_dma_unmap);

void trv_kmod_trace_dma_sync_cpu(const struct trv_dev *dev, const struct trv_dma_map *map, u32 off,
				 u32 len)
{
	trace_trivet_dma_sync_cpu(pci_name(dev->pdev), map->iova, off, len, map->dir);
}
EXPORT_SYMBOL_GPL(trv_kmod_trace_dma_sync_cpu);

void trv_kmod_trace_dma_sync_device(const struct trv_dev *dev, const struct trv_dma_map *map,
				    u32 off, u32 len)
{
	trace_trivet_dma_sync_device(pci_name(dev->pdev), map->iova, off, len, map->dir);
}
EXPORT_SYMBOL_GPL(trv_kmod_trace_dma_sync_device);

/* ---- interrupts ---------------------------------------------------------- */

EXPORT_TRACEPOINT_SYMBOL_GPL(trivet_irq);
EXPORT_TRACEPOINT_SYMBOL_GPL(trivet_irq_done);
EXPORT_TRACEPOINT_SYMBOL_GPL(trivet_work);
EXPORT_TRACEPOINT_SYMBOL_GPL(trivet_work_done);

void trv_kmod_trace_irq(const struct trv_kmod_vec *vec)
{
	trace_trivet_irq(pci_name(vec->dev->pdev), vec->nr, vec->name);
}
EXPORT_SYMBOL_GPL(trv_kmod_trace_irq);

void trv_kmod_trace_irq_done(const struct trv_kmod_vec *vec, irqreturn_t ret)
{
	trace_trivet_irq_done(pci_name(vec->dev->pdev), vec->nr, vec->name, ret);
}
EXPORT_SYMBOL_GPL(trv_kmod_trace_irq_done);

void trv_kmod_trace_work(const struct trv_dev *dev, void (*fn)(void *arg))
{
	trace_trivet_work(pci_name(dev->pdev), fn);
}
EXPORT_SYMBOL_GPL(trv_kmod_trace_work);

void trv_kmod_trace_work_done(const struct trv_dev *dev, void (*fn)(void *arg))
{
	trace_trivet_work_done(pci_name(dev->pdev), fn);
}
EXPORT_SYMBOL_GPL(trv_kmod_trace_work_done);

/* ---- requests ------------------------------------------------------------ */

EXPORT_TRACEPOINT_SYMBOL_GPL(trivet_req_start);

void trv_kmod_trace_req_start(const struct trv_req *req)
{
	const struct trv_disk *disk = trv_req_disk(req);

	trace_trivet_req_start(trv_dev_name(disk->q->dev), disk->info.unit, trv_req_tag(req),
			       trv_req_op(req), kmod_req_lba(req), trv_req_blocks(req));
}
EXPORT_SYMBOL_GPL(trv_kmod_trace_req_start);

void kmod_trace_req_done(const struct trv_req *req, int status)
{
	const struct trv_disk *disk = trv_req_disk(req);

	trace_trivet_req_done(trv_dev_name(disk->q->dev), disk->info.unit, trv_req_tag(req),
			      trv_req_op(req), kmod_req_lba(req), trv_req_blocks(req), status);
}

static enum trv_dma_dir req_dir(const struct trv_req *req)
{
	return trv_req_op(req) == TRV_REQ_READ ? TRV_DMA_FROM_DEVICE : TRV_DMA_TO_DEVICE;
}

void kmod_trace_req_map(const struct trv_req *req)
{
	for (u32 i = 0; i < req->n_sg; i++)
		trace_trivet_dma_map(trv_dev_name(trv_req_disk(req)->q->dev),
				     sg_dma_address(&req->sg[i]), sg_dma_len(&req->sg[i]),
				     req_dir(req));
}

void kmod_trace_req_unmap(const struct trv_req *req)
{
	for (u32 i = 0; i < req->n_sg; i++)
		trace_trivet_dma_unmap(trv_dev_name(trv_req_disk(req)->q->dev),
				       sg_dma_address(&req->sg[i]), sg_dma_len(&req->sg[i]),
				       req_dir(req));
}
