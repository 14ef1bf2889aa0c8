// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which driver a device is reserved for is kept by the driver core, not by each bus. */
#include <linux/device.h>

int probe(struct device *d, const struct device_driver *drv);
int probe(struct device *d, const struct device_driver *drv)
{
	return device_match_driver_override(d, drv);
}
