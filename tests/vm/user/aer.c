// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An error of the bus, or a device that is pulled out: aer HARDWARE SECONDS [ones]
 *
 * Any device, bus master and with its first memory BAR mapped and read all the time, by the thread that
 * runs interrupt handlers, is waited for to be gone; "ready" says that it is there. Then every entry has
 * to say so, and what is read is printed; with "ones" it has to be those, soon. 1: it has not gone in
 * time, or something is wrong.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trivet/user.h>

enum { POLL_US = 20000, ONES_US = 30000000 };

static struct trv_mmio regs;
static struct trv_timer timer;
static u32 seen; /* atomic: by the timer */

static void look(void *arg)
{
	trv_write_once(seen, trv_read32(regs, 0));
	trv_timer_arm(&timer, POLL_US);
}

static int probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	int rc = -ENODEV;

	for (u32 bar = 0; rc && bar < TRV_PCI_BARS; bar++)
		rc = trv_mmio_map(dev, bar, 4096, &regs);
	if (rc)
		return rc;
	rc = trv_bus_master(dev, true);
	if (rc) {
		trv_bar_unmap(dev, &regs);
		return rc;
	}
	trv_timer_init(dev, &timer, look, NULL);
	trv_timer_arm(&timer, POLL_US);
	return 0;
}

static void remove_it(struct trv_dev *dev)
{
	trv_timer_cancel_sync(&timer);
	trv_bar_unmap(dev, &regs);
}

static const struct trv_driver driver = { .name = "aer", .probe = probe, .remove = remove_it };

static int says(const char *what, int rc)
{
	printf("%s %d\n", what, -rc);
	return rc == -ENODEV ? 0 : 1;
}

static int use(struct trv_dev *dev, u64 seconds, bool ones)
{
	const u64 end = trv_time_ns() + seconds * 1000000000ULL;
	u16 command = 0;
	u32 now;
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
	/* Its next driver comes after that. */
	rc = ones ? trv_poll_timeout(trv_read_once(seen), now, now == ~0U, POLL_US, ONES_US) : 0;
	printf("read 0x%08x, by the loop 0x%08x\n", trv_read32(regs, 0), trv_read_once(seen));
	if (rc)
		return 1;
	rc = says("configuration", trv_cfg_read16(dev, TRV_PCI_COMMAND, &command));
	trv_user_unbind(dev);
	return rc | says("bind", trv_user_bind(dev, &driver));
}

int main(int argc, char **argv)
{
	struct trv_user_error err = { 0 };
	struct trv_host *host;
	int rc;

	if (argc != 3 && !(argc == 4 && !strcmp(argv[3], "ones"))) {
		fputs("usage: aer HARDWARE SECONDS [ones]\n", stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (trv_user_open(argv[1], &err, &host)) {
		fprintf(stderr, "aer: %s\n", err.text);
		return 1;
	}
	rc = use(trv_user_dev(host, 0), strtoul(argv[2], NULL, 10), argc == 4);
	trv_user_close(host);
	return rc;
}
