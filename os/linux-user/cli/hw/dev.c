// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Facts about a device that change while it is moved, so they are read each time. */
#include <stdio.h>
#include <string.h>

#include <os/linux-user/cli/hw/hw.h>

void hw_driver(const char *dev, char *name, size_t len)
{
	struct hw_path path = hw_path("sys/bus/pci/devices/%s/driver", dev);

	hw_link(&path, name, len);
}

void hw_override(const char *dev, char *name, size_t len)
{
	struct hw_path path = hw_path("sys/bus/pci/devices/%s/driver_override", dev);

	if (hw_read(&path, name, len) || !strcmp(name, "(null)"))
		name[0] = '\0';
}

bool hw_is_ours(const char *driver)
{
	return !strcmp(driver, HW_VFIO) || !strcmp(driver, HW_UIO);
}

void hw_group(const struct hw_dev *dev, struct hw_list *names)
{
	struct hw_path path = hw_path("sys/kernel/iommu_groups/%s/devices", dev->group);

	if (dev->group[0])
		hw_names(&path, names);
}

void hw_nodes(const struct hw_dev *dev, struct hw_list *nodes)
{
	struct hw_path path = hw_path("sys/bus/pci/devices/%s/uio", dev->name);
	struct hw_list uios = { 0 };
	char driver[HW_NAME];

	hw_driver(dev->name, driver, sizeof(driver));
	if (!strcmp(driver, HW_VFIO) && dev->group[0])
		hw_list_add(nodes, "/dev/vfio/%s", dev->group);
	hw_names(&path, &uios);
	for (u32 i = 0; i < uios.n; i++)
		hw_list_add(nodes, "/dev/%s", uios.at[i]);
	hw_list_free(&uios);
}
