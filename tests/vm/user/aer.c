// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An error of the bus: aer HARDWARE SECONDS
 *
 * Any device, bus master and with its first memory BAR mapped, is waited for to be gone; "ready" says
 * that it is there. Then every entry has to say so. 1: it has not gone in time, or something is wrong.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <trivet/user.h>

enum { POLL_US = 20000 };

static struct trv_mmio regs;

static int probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	int rc = -ENODEV;

	for (u32 bar = 0; rc && bar < TRV_PCI_BARS; bar++)
		rc = trv_mmio_map(dev, bar, 4096, &regs);
	return rc ?: trv_bus_master(dev, true);
}

static void remove_it(struct trv_dev *dev)
{
	trv_bar_unmap(dev, &regs);
}

static const struct trv_driver driver = { .name = "aer", .probe = probe, .remove = remove_it };

static int says(const char *what, int rc)
{
	printf("%s %d\n", what, -rc);
	return rc == -ENODEV ? 0 : 1;
}

static int use(struct trv_dev *dev, u64 seconds)
{
	const u64 end = trv_time_ns() + seconds * 1000000000ULL;
	u16 command = 0;
	int rc;

	if (trv_user_bind(dev, &driver))
		return 1;
	rc = trv_cfg_read16(dev, TRV_PCI_COMMAND, &command);
	if (rc || !(command & TRV_PCI_CMD_MASTER))
		return 1;
	puts("ready");
	while (!trv_dev_gone(dev)) {
		if (trv_time_ns() >= end)
			return puts("nothing came"), 1;
		trv_sleep_us(POLL_US);
	}
	rc = says("configuration", trv_cfg_read16(dev, TRV_PCI_COMMAND, &command));
	trv_user_unbind(dev);
	return rc | says("bind", trv_user_bind(dev, &driver));
}

int main(int argc, char **argv)
{
	struct trv_user_error err = { 0 };
	struct trv_host *host;
	int rc;

	if (argc != 3) {
		fputs("usage: aer HARDWARE SECONDS\n", stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (trv_user_open(argv[1], &err, &host)) {
		fprintf(stderr, "aer: %s\n", err.text);
		return 1;
	}
	rc = use(trv_user_dev(host, 0), strtoul(argv[2], NULL, 10));
	trv_user_close(host);
	return rc;
}
