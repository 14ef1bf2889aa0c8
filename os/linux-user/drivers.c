// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which driver somebody means: a built-in one, one of a file, or whichever takes the device. */
#include <errno.h>
#include <string.h>

#include <core/core.h>
#include <os/linux-user/drivers.h>
#include <os/linux-user/user.h>

static bool is_path(const char *name)
{
	const size_t n = strlen(name);

	return strchr(name, '/') || (n > 3 && !strcmp(name + n - 3, ".so"));
}

int user_drivers_find(const char *name, struct user_drivers *drivers, struct trv_user_error *err)
{
	const struct trv_user_module *module;
	int rc;

	if (!is_path(name)) {
		drivers->one = trv_driver_by_name(name);
		drivers->first = &drivers->one;
		drivers->end = drivers->first + 1;
		if (drivers->one)
			return 0;
		return user_error(err, -EINVAL,
				  "no driver '%s'; see: trivet list; a file of yours has a / "
				  "in its name, or ends in .so",
				  name);
	}
	rc = trv_user_load(name, err, &module);
	if (rc)
		return rc;
	drivers->first = module->first;
	drivers->end = module->end;
	return 0;
}

static const struct trv_driver *match(const struct user_drivers *drivers,
				      const struct trv_pci_ident *ident)
{
	const struct trv_pci_id *id;

	if (!drivers->first)
		return trv_driver_find(ident, &id);
	for (const struct trv_driver *const *d = drivers->first; d < drivers->end; d++) {
		if (!(*d)->ids || trv_pci_match((*d)->ids, ident))
			return *d;
	}
	return NULL;
}

const struct trv_driver *user_driver_for(const struct user_drivers *drivers, struct trv_dev *dev,
					 struct trv_user_error *err)
{
	const struct trv_pci_ident *ident = trv_dev_ident(dev);
	const struct trv_driver *drv = match(drivers, ident);

	if (!drv && drivers->first)
		user_error(err, -ENODEV,
			   "%s: driver %s does not take %04x:%04x, class %06x; see: trivet list",
			   trv_dev_name(dev), (*drivers->first)->name, ident->vendor, ident->device,
			   ident->class);
	else if (!drv)
		user_error(err, -ENODEV,
			   "%s: no driver takes %04x:%04x, class %06x; see: trivet list",
			   trv_dev_name(dev), ident->vendor, ident->device, ident->class);
	return drv;
}
