// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What several verbs begin with: which driver, which hardware. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <core/core.h>
#include <os/linux-user/cli/cli.h>

int cli_code(int rc)
{
	switch (-rc) {
	case 0:
		return CLI_OK;
	case EINVAL:
	case ENOENT:
	case ENOTDIR:
	case ENOEXEC:
	case EISDIR:
		return CLI_USAGE;
	case EBUSY:
		return CLI_BUSY;
	case EACCES:
	case EPERM:
	case EROFS:
	case ENOMEM:
	case EMFILE:
	case ENFILE:
		return CLI_LIMIT;
	default:
		return CLI_FAILED;
	}
}

int cli_drivers_find(const char *name, struct user_drivers *drivers)
{
	struct trv_user_error err;
	int rc = user_drivers_find(name, drivers, &err);

	return rc ? cli_error(cli_code(rc), "%s", err.text) : CLI_OK;
}

const struct trv_driver *cli_driver_for(const struct user_drivers *drivers, struct trv_dev *dev)
{
	struct trv_user_error err;
	const struct trv_driver *drv = user_driver_for(drivers, dev, &err);

	if (!drv)
		cli_error(CLI_FAILED, "%s", err.text);
	return drv;
}

int cli_open(const char *spec, struct trv_host **host)
{
	struct trv_user_error err;
	int rc = trv_user_open(spec, &err, host);

	return rc ? cli_error(cli_code(rc), "%s", err.text) : CLI_OK;
}

const char *cli_id(const struct trv_dev *dev)
{
	static char text[16];
	const struct trv_pci_ident *ident = trv_dev_ident(dev);

	snprintf(text, sizeof(text), "%04x:%04x", ident->vendor, ident->device);
	return text;
}
