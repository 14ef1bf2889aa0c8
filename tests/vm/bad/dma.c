// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Mistakes with DMA. */
#include <linux/dma-mapping.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "bad.h"

enum { BYTES = 256 };

static void *memory(void)
{
	return kzalloc(BYTES, GFP_KERNEL | GFP_DMA);
}

static void unmap_unmapped(struct pci_dev *pdev)
{
	dma_unmap_single(&pdev->dev, 0x12340000, BYTES, DMA_TO_DEVICE);
}

/* @size and @dir are those of the unmapping. */
static void map_unmap(struct pci_dev *pdev, bool check, size_t size, enum dma_data_direction dir)
{
	void *p = memory();
	dma_addr_t iova;

	if (!p)
		return;
	iova = dma_map_single(&pdev->dev, p, BYTES, DMA_TO_DEVICE);
	if (!check || !dma_mapping_error(&pdev->dev, iova))
		dma_unmap_single(&pdev->dev, iova, size, dir);
	kfree(p);
}

static void size(struct pci_dev *pdev)
{
	map_unmap(pdev, true, BYTES / 2, DMA_TO_DEVICE);
}

static void direction(struct pci_dev *pdev)
{
	map_unmap(pdev, true, BYTES, DMA_FROM_DEVICE);
}

static void unchecked(struct pci_dev *pdev)
{
	map_unmap(pdev, false, BYTES, DMA_TO_DEVICE);
}

static void sync(struct pci_dev *pdev)
{
	dma_sync_single_for_cpu(&pdev->dev, 0x12340000, BYTES, DMA_FROM_DEVICE);
}

static void on_stack(struct pci_dev *pdev)
{
	u8 array[64] = { 0 };
	dma_addr_t iova = dma_map_single(&pdev->dev, array, sizeof(array), DMA_TO_DEVICE);

	if (!dma_mapping_error(&pdev->dev, iova))
		dma_unmap_single(&pdev->dev, iova, sizeof(array), DMA_TO_DEVICE);
}

/* A segment longer than the device takes: DMA_API_DEBUG_SG. */
static void segment(struct pci_dev *pdev)
{
	struct scatterlist sg;
	void *p = memory();

	if (!p)
		return;
	dma_set_max_seg_size(&pdev->dev, BYTES / 2);
	sg_init_one(&sg, p, BYTES);
	if (dma_map_sg(&pdev->dev, &sg, 1, DMA_TO_DEVICE))
		dma_unmap_sg(&pdev->dev, &sg, 1, DMA_TO_DEVICE);
	kfree(p);
}

/* Noticed when the driver leaves. */
static void leak(struct pci_dev *pdev)
{
	void *p = memory();
	dma_addr_t iova;

	if (!p)
		return;
	iova = dma_map_single(&pdev->dev, p, BYTES, DMA_TO_DEVICE);
	if (dma_mapping_error(&pdev->dev, iova))
		pr_err("trv_bad: cannot be mapped\n");
	/* Nobody uses it, and nobody calls that a leak of memory. */
	kfree(p);
}

const struct bad bad_dma[] = {
	{ "dma-unmap", "DMA-API: .* tries to free DMA memory it has not allocated",
	  unmap_unmapped },
	{ "dma-size", "DMA-API: .* frees DMA memory with different size", size },
	{ "dma-direction", "DMA-API: .* frees DMA memory with different direction", direction },
	{ "dma-unchecked", "DMA-API: .* failed to check map error", unchecked },
	{ "dma-sync", "DMA-API: .* tries to sync DMA memory it has not allocated", sync },
	{ "dma-stack", "DMA-API: .* maps memory from stack", on_stack },
	{ "dma-segment", "DMA-API: .* mapping sg segment longer than device claims", segment },
	{ "dma-leak", "DMA-API: .* has pending DMA allocations while released", leak },
	{},
};
