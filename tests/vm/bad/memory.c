// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Mistakes with memory: KASAN, UBSAN, DEBUG_LIST, kmemleak. */
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "bad.h"

enum { BYTES = 40 };

/* Hidden from the compiler, which would warn about the mistake. */
static noinline u8 *memory(void)
{
	u8 *p = kzalloc(BYTES, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
	return p;
}

static void out_of_bounds(struct pci_dev *pdev)
{
	u8 *p = memory();

	if (p)
		WRITE_ONCE(p[BYTES], 1);
	kfree(p);
}

static void use_after_free(struct pci_dev *pdev)
{
	u8 *p = memory();

	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	(void)READ_ONCE(p[8]);
}

static void double_free(struct pci_dev *pdev)
{
	u8 *p = memory();

	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	kfree(p);
}

static void vmalloc_out_of_bounds(struct pci_dev *pdev)
{
	u8 *p = vmalloc(PAGE_SIZE - 64);

	if (p)
		WRITE_ONCE(p[PAGE_SIZE - 8], 1);
	vfree(p);
}

static void stack_out_of_bounds(struct pci_dev *pdev)
{
	u8 array[BYTES];
	size_t at = BYTES + 1;

	OPTIMIZER_HIDE_VAR(at);
	memset(array, 0, sizeof(array));
	(void)READ_ONCE(*(array + at));
}

static void shift(struct pci_dev *pdev)
{
	u32 by = 36, val = 1;

	OPTIMIZER_HIDE_VAR(by);
	OPTIMIZER_HIDE_VAR(val);
	val <<= by;
	OPTIMIZER_HIDE_VAR(val);
}

static void array_bounds(struct pci_dev *pdev)
{
	static u32 array[4];
	u32 at = 6; /* 4 may have its address taken */

	OPTIMIZER_HIDE_VAR(at);
	(void)READ_ONCE(array[at]);
}

static void list(struct pci_dev *pdev)
{
	struct list_head a, b;

	INIT_LIST_HEAD(&a);
	INIT_LIST_HEAD(&b);
	a.next = &b;
	list_add(&b, &a);
}

/* What the guest's last scan finds. */
static void leak(struct pci_dev *pdev)
{
	for (int i = 0; i < 8; i++)
		(void)memory();
}

const struct bad bad_memory[] = {
	{ "out-of-bounds", "BUG: KASAN: slab-out-of-bounds in out_of_bounds", out_of_bounds },
	{ "use-after-free", "BUG: KASAN: (slab-)?use-after-free in use_after_free",
	  use_after_free },
	{ "double-free", "BUG: KASAN: (double-free|invalid-free)", double_free },
	{ "vmalloc", "BUG: KASAN: vmalloc-out-of-bounds in vmalloc_out_of_bounds",
	  vmalloc_out_of_bounds },
	{ "stack", "BUG: KASAN: stack-out-of-bounds in stack_out_of_bounds", stack_out_of_bounds },
	{ "shift", "UBSAN: shift-out-of-bounds", shift },
	{ "array", "UBSAN: array-index-out-of-bounds", array_bounds },
	{ "list", "list_add corruption", list },
	{ "leak", "new suspected memory leaks", leak },
	{},
};
