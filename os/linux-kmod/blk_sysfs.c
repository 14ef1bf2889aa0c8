// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A disk's own files, in /sys/block/trvX/: what it is, and what went wrong. The block layer's stat
 * has the rest.
 */
#include <linux/sysfs.h>

#include <os/linux-kmod/blk.h>

static const struct trv_disk *disk_of(struct device *d)
{
	return dev_to_disk(d)->private_data;
}

#define KMOD_TEXT(file, field)                                                                 \
	static ssize_t file##_show(struct device *d, struct device_attribute *attr, char *buf) \
	{                                                                                      \
		return sysfs_emit(buf, "%s\n", disk_of(d)->info.field);                        \
	}                                                                                      \
	static DEVICE_ATTR_RO(file)
KMOD_TEXT(model, model);
KMOD_TEXT(serial, serial);
KMOD_TEXT(firmware_rev, firmware);
KMOD_TEXT(mode, mode);

#define KMOD_COUNT(file)                                                                       \
	static ssize_t file##_show(struct device *d, struct device_attribute *attr, char *buf) \
	{                                                                                      \
		return sysfs_emit(buf, "%u\n", atomic_read(&disk_of(d)->file));                \
	}                                                                                      \
	static DEVICE_ATTR_RO(file)
KMOD_COUNT(errors);
KMOD_COUNT(timeouts);
KMOD_COUNT(requeues);
KMOD_COUNT(late);

static struct attribute *kmod_disk_attrs[] = {
	&dev_attr_model.attr,	 &dev_attr_serial.attr, &dev_attr_firmware_rev.attr,
	&dev_attr_mode.attr,	 &dev_attr_errors.attr, &dev_attr_timeouts.attr,
	&dev_attr_requeues.attr, &dev_attr_late.attr,	NULL,
};

static const struct attribute_group kmod_disk_group = { .attrs = kmod_disk_attrs };

const struct attribute_group *kmod_disk_groups[] = { &kmod_disk_group, NULL };
