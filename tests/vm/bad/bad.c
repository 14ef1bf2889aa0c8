// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * trv_bad.ko makes one mistake for each detector of the debug kernel, so that tests/vm/bad.sh can
 * see whether it is noticed. The driver takes the device it is given (driver_override), an edu.
 * In /sys/kernel/debug/trv_bad/:
 *
 *	list	its mistakes, one a line: name, tab, what the kernel says about it
 *	make	write a name here, and it is made
 *
 * Between lines "trv_bad: NAME begins" and "trv_bad: NAME ends" is what the kernel said.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "bad.h"

static const struct bad *const groups[] = { bad_locks, bad_memory, bad_dma, bad_life, bad_last };

static struct pci_dev *device;
static struct dentry *dir;

static const struct bad *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		for (const struct bad *bad = groups[i]; bad->name; bad++)
			if (!strcmp(bad->name, name))
				return bad;
	return NULL;
}

static ssize_t make_write(struct file *file, const char __user *from, size_t n, loff_t *at)
{
	const struct bad *bad;
	char name[32];

	if (n >= sizeof(name))
		return -EINVAL;
	if (copy_from_user(name, from, n))
		return -EFAULT;
	name[n] = '\0';
	bad = find(strim(name));
	if (!bad)
		return -EINVAL;
	pr_info("trv_bad: %s begins\n", bad->name);
	bad->make(device);
	pr_info("trv_bad: %s ends\n", bad->name);
	return n;
}

static const struct file_operations make_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = make_write,
};

static int list_show(struct seq_file *s, void *unused)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		for (const struct bad *bad = groups[i]; bad->name; bad++)
			seq_printf(s, "%s\t%s\n", bad->name, bad->shows);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(list);

static int bad_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int rc;

	if (device)
		return -EBUSY;
	rc = pci_enable_device(pdev);
	if (rc)
		return rc;
	rc = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(28));
	if (rc) {
		pci_disable_device(pdev);
		return rc;
	}
	device = pdev;
	dir = debugfs_create_dir("trv_bad", NULL);
	debugfs_create_file("make", 0200, dir, NULL, &make_fops);
	debugfs_create_file("list", 0400, dir, NULL, &list_fops);
	return 0;
}

static void bad_remove(struct pci_dev *pdev)
{
	debugfs_remove_recursive(dir);
	device = NULL;
	pci_disable_device(pdev);
}

static struct pci_driver bad_driver = {
	.name = "trv_bad",
	.probe = bad_probe,
	.remove = bad_remove,
};
module_pci_driver(bad_driver);

MODULE_DESCRIPTION("Trivet's tests: one mistake for each of the kernel's detectors");
MODULE_LICENSE("Dual BSD/GPL");
