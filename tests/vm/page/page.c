// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * trv_page.ko has a page of the kernel's own memory, which no device was ever told of. In
 * /sys/kernel/debug/trv_page/:
 *
 *	address	where it is in the machine
 *	changed	how many of its bytes are not as they were
 *	fill	write anything here, and it is as new
 */
#include <linux/debugfs.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "page.h"

static struct page *page;
static struct dentry *dir;

static void fill(void)
{
	u8 *at = page_address(page);

	for (unsigned int i = 0; i < PAGE_SIZE; i++)
		at[i] = page_byte(i);
}

static int address_show(struct seq_file *s, void *unused)
{
	seq_printf(s, "0x%llx\n", (unsigned long long)page_to_phys(page));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(address);

static int changed_show(struct seq_file *s, void *unused)
{
	const u8 *at = page_address(page);
	unsigned int n = 0;

	/* A device may write it at any time, behind the compiler's back. */
	for (unsigned int i = 0; i < PAGE_SIZE; i++)
		n += READ_ONCE(at[i]) != page_byte(i);
	seq_printf(s, "%u\n", n);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(changed);

static ssize_t fill_write(struct file *file, const char __user *from, size_t n, loff_t *at)
{
	fill();
	return n;
}

static const struct file_operations fill_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = fill_write,
};

static int __init page_init(void)
{
	/* Within reach of a device with 32 address bits. */
	page = alloc_page(GFP_KERNEL | GFP_DMA32);
	if (!page)
		return -ENOMEM;
	fill();
	dir = debugfs_create_dir("trv_page", NULL);
	debugfs_create_file("address", 0400, dir, NULL, &address_fops);
	debugfs_create_file("changed", 0400, dir, NULL, &changed_fops);
	debugfs_create_file("fill", 0200, dir, NULL, &fill_fops);
	return 0;
}

static void __exit page_exit(void)
{
	debugfs_remove_recursive(dir);
	__free_page(page);
}

module_init(page_init);
module_exit(page_exit);

MODULE_DESCRIPTION("Trivet's tests: a page of the kernel's, and whether it has changed");
MODULE_LICENSE("Dual BSD/GPL");
