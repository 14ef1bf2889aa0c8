// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* In place of pci.c where libpci was not installed when this was built. */
#include <os/linux-user/cli/hw/hw.h>

const bool hw_pci_built;

int hw_scan(const char *slot, const char *id, struct hw_devs *devs)
{
	return cli_error(CLI_LIMIT, "built without libpci, which knows this machine's devices; "
				    "install libpci-dev and build again");
}
