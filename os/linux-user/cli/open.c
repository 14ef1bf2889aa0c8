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

static bool is_path(const char *name)
{
	size_t n = strlen(name);

	return strchr(name, '/') || (n > 3 && !strcmp(name + n - 3, ".so"));
}

int cli_drivers_find(const char *name, struct cli_drivers *drivers)
{
	const struct trv_user_module *module;
	struct trv_user_error err;
	int rc;

	if (!is_path(name)) {
		drivers->one = trv_driver_by_name(name);
		drivers->first = &drivers->one;
		drivers->end = drivers->first + 1;
		if (drivers->one)
			return CLI_OK;
		return cli_error(CLI_USAGE,
				 "no driver '%s'; see: trivet list; a file of yours has a / "
				 "in its name, or ends in .so",
				 name);
	}
	rc = trv_user_load(name, &err, &module);
	if (rc)
		return cli_error(cli_code(rc), "%s", err.text);
	drivers->first = module->first;
	drivers->end = module->end;
	return CLI_OK;
}

static const struct trv_driver *match(const struct cli_drivers *drivers,
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

const struct trv_driver *cli_driver_for(const struct cli_drivers *drivers, struct trv_dev *dev)
{
	const struct trv_pci_ident *ident = trv_dev_ident(dev);
	const struct trv_driver *drv = match(drivers, ident);

	if (!drv && drivers->first)
		cli_error(CLI_FAILED,
			  "%s: driver %s does not take %s, class %06x; see: trivet list",
			  trv_dev_name(dev), (*drivers->first)->name, cli_id(dev), ident->class);
	else if (!drv)
		cli_error(CLI_FAILED, "%s: no driver takes %s, class %06x; see: trivet list",
			  trv_dev_name(dev), cli_id(dev), ident->class);
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
