// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet unbind: a device goes back to the driver that it had before "trivet bind". */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <os/linux-user/cli/hw/move.h>

static int can_unbind(const struct hw_dev *dev, bool force)
{
	struct hw_uses uses = { 0 };
	char driver[HW_NAME];
	int rc;

	hw_driver(dev->name, driver, sizeof(driver));
	if (!hw_is_ours(driver))
		return CLI_OK; /* it is not taken from anybody */
	hw_uses(dev, &uses);
	rc = hw_refuse(dev, &uses, force);
	hw_uses_free(&uses);
	return rc;
}

static int one(const struct hw_dev *dev)
{
	struct hw_record rec;
	char driver[HW_NAME];
	int rc = hw_record_load(dev, &rec);

	hw_driver(dev->name, driver, sizeof(driver));
	if (rc == -ENOENT && !hw_is_ours(driver)) {
		if (!hw_dry_run())
			printf("%s: nothing to undo, %s%s\n", dev->name,
			       driver[0] ? "driven by " : "without a driver", driver);
		return CLI_OK;
	}
	if (rc && rc != -ENOENT)
		return cli_error(cli_code(rc), "%s: the record of its driver: %s", dev->name,
				 strerror(-rc));
	rc = hw_give_back(dev, rc ? NULL : &rec);
	hw_record_free(&rec);
	hw_driver(dev->name, driver, sizeof(driver));
	if (!rc && !hw_dry_run())
		printf("%s: %s%s\n", dev->name, driver[0] ? "back with " : "without a driver",
		       driver);
	return rc;
}

static int unbind(int argc, char **argv)
{
	return hw_each(argc, argv, can_unbind, one,
		       "nothing was changed; end those processes, or --force");
}

const struct cli_verb cli_verb_unbind = {
	.name = "unbind",
	.args = "[OPTION]... DEVICE...",
	.what = "give devices back to the drivers they had before bind",
	.help = "One that trivet did not bind goes to whichever driver the kernel finds for it.\n\n"
		"Options:\n"
		"  -s, --slot [[[[DOMAIN]:]BUS]:][DEVICE][.[FUNCTION]]  all that lspci -s shows\n"
		"  -d, --id [VENDOR]:[DEVICE][:CLASS]  all that lspci -d shows\n"
		"  --force                also when a process has it open\n"
		"  --dry-run              print what would be written, as shell commands\n"
		"  -t, --timeout SECONDS  how long the kernel may take for a step (30)\n"
		"  --sysfs-root DIR       use DIR/sys, proc, dev and run, for tests\n\n"
		"Examples:\n"
		"  trivet unbind 0000:00:02.0\n"
		"  trivet unbind --dry-run -s 00:02\n",
	.run = unbind,
};
