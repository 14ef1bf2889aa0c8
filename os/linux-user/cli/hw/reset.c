// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet reset: the kernel resets a device, by what the device offers for that. */
#include <stdio.h>

#include <os/linux-user/cli/hw/hw.h>

static int can_reset(const struct hw_dev *dev, bool force)
{
	struct hw_path path = hw_path("sys/bus/pci/devices/%s/reset", dev->name);
	struct hw_uses uses = { 0 };
	int rc;

	if (!hw_exists(&path))
		return cli_error(CLI_FAILED,
				 "%s: the kernel knows no way to reset it, as for many devices; "
				 "its driver resets what it can",
				 dev->name);
	hw_uses(dev, &uses);
	rc = hw_refuse(dev, &uses, force);
	hw_uses_free(&uses);
	return rc;
}

static int one(const struct hw_dev *dev)
{
	struct hw_path path = hw_path("sys/bus/pci/devices/%s/reset_method", dev->name);
	char methods[64];
	int rc;

	hw_read(&path, methods, sizeof(methods));
	path = hw_path("sys/bus/pci/devices/%s/reset", dev->name);
	rc = hw_write(&path, "1\n");
	if (!rc && !hw_dry_run())
		printf("%s: reset%s%s\n", dev->name, methods[0] ? ", by the first of: " : "",
		       methods);
	return rc;
}

static int reset(int argc, char **argv)
{
	return hw_each(argc, argv, can_reset, one,
		       "nothing was reset; --force resets all the same");
}

const struct cli_verb cli_verb_reset = {
	.name = "reset",
	.args = "[OPTION]... DEVICE...",
	.what = "have the kernel reset devices",
	.help = "A device in use is not reset. Many have no reset: then a driver is all that can.\n\n"
		"Options:\n"
		"  -s, --slot [[[[DOMAIN]:]BUS]:][DEVICE][.[FUNCTION]]  all that lspci -s shows\n"
		"  -d, --id [VENDOR]:[DEVICE][:CLASS]  all that lspci -d shows\n"
		"  --force                in use or not\n"
		"  --dry-run              print what would be written, as shell commands\n"
		"  -t, --timeout SECONDS  how long the kernel may take (30)\n"
		"  --sysfs-root DIR       use DIR/sys, proc, dev and run, for tests\n\n"
		"Examples:\n"
		"  trivet reset 0000:00:02.0\n"
		"  trivet reset --dry-run 00:02.0\n",
	.run = reset,
};
