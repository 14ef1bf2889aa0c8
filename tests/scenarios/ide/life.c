// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A device's life: bind, work, and every way to leave. */
#include "ide_scn.h"

/* The one that is run ten thousand times: keep it small. */
SIM_SCENARIO(lifecycle, "ide/lifecycle", "probe, 16 requests, remove")
{
	struct scn_io io[16];
	struct scn s = scn_plug(PIIX4 "disk0=mem:16M");
	u32 n = 0;

	if (!scn_bind(&s))
		return;
	for (; n < TRV_ARRAY_SIZE(io); n++) {
		enum trv_req_op op = n & 1 ? TRV_REQ_WRITE : TRV_REQ_READ;

		if (!scn_ok(scn_submit(&s, &io[n], 0, op, 64 * n, 1 + n % 3), "submit"))
			break;
	}
	while (n--)
		scn_ok(scn_wait(&io[n]), "a request");
	sim_unbind(s.dev);
	scn_quiet(&s);
}

SIM_SCENARIO(rebind, "ide/rebind", "bound, removed and bound again, three times")
{
	struct scn s = scn_plug(PIIX4 FOUR_DISKS);

	for (u32 i = 0; i < 3; i++) {
		if (!scn_bind(&s))
			return;
		scn_rw_ok(&s, i, 10, 10);
		scn_down(&s);
	}
}

/* Requests on every drive, so that some are in the hardware and some are waiting. */
static u32 flood(struct scn *s, struct scn_io *io, u32 max)
{
	u32 n = 0;

	for (; n < max; n++) {
		enum trv_req_op op = n % 3 ? TRV_REQ_READ : TRV_REQ_WRITE;

		if (scn_submit(s, &io[n], n % IDE_DRIVES, op, 100 * n, 16))
			break;
	}
	return n;
}

static void remove_after(u64 ns)
{
	struct scn s;
	struct scn_io io[12];
	u32 n;

	if (!scn_up(&s, PIIX4 FOUR_DISKS))
		return;
	n = flood(&s, io, TRV_ARRAY_SIZE(io));
	sim_sleep(ns);
	sim_unbind(s.dev);
	for (u32 i = 0; i < n; i++) {
		int rc = scn_wait(&io[i]);

		/* Finished or refused, and nothing in between. */
		sim_expect(sim_deviated() || !rc || rc == -ENODEV || rc == -ECANCELED);
	}
	scn_quiet(&s);
	s.bound = false;
	if (sim_class_reached() == SIM_SCHEDULE && scn_bind(&s))
		scn_down(&s);
}

SIM_SCENARIO(remove_io, "ide/remove-during-io",
	     "removed with requests in the hardware and in the queue")
{
	remove_after(0);
}

SIM_SCENARIO(remove_io_later, "ide/remove-during-dma", "removed in a DMA transfer")
{
	remove_after(20000);
	remove_after(300000);
}

SIM_SCENARIO_LONG(remove_io_sweep, "ide/remove-during-dma-sweep",
		  "removed at several moments of a DMA transfer")
{
	for (u64 us = 20; us <= 420; us += 40)
		remove_after(us * 1000);
}

SIM_SCENARIO(remove_hung, "ide/remove-hung",
	     "removed while a command hangs: bounded, and the disk's memory is free")
{
	const struct ide_fault f = { .kind = IDE_F_HANG, .first = 5000, .last = 5000 };
	struct scn_io io[3];
	struct scn s;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	ide_fault_add(s.dev, &f);
	for (u32 i = 0; i < 3; i++) {
		if (!scn_ok(scn_submit(&s, &io[i], i == 2, TRV_REQ_READ, 5000, 8), "submit")) {
			scn_down(&s);
			return;
		}
	}
	sim_sleep(1000000);
	sim_unbind(s.dev);
	for (u32 i = 0; i < 3; i++) {
		int rc = scn_wait(&io[i]);

		sim_expect(sim_deviated() || rc == -ENODEV || rc == -ETIMEDOUT ||
			   rc == -ECANCELED || (i == 2 && !rc));
	}
	ide_faults_clear(s.dev);
	if (sim_class_reached() == SIM_SCHEDULE && scn_bind(&s))
		scn_down(&s);
}

static bool has_erred(void *arg)
{
	return ide_stats(((struct scn *)arg)->dev, 0)->errors;
}

/* An error has a task repair the channel; before that begins to, or while it does, the driver goes. */
static void remove_in_repair(const char *spec, enum ide_fault_kind kind, u32 irq)
{
	const struct ide_fault f = { .kind = kind, .first = 300, .last = 300, .times = 1 };
	struct scn s = scn_plug(spec);
	struct scn_io io;

	scn_option(&s, "irq", irq);
	if (!scn_bind(&s))
		return;
	ide_fault_add(s.dev, &f);
	if (scn_submit(&s, &io, 0, TRV_REQ_READ, 300, 8)) {
		scn_down(&s);
		return;
	}
	/* A disk's request ends, and then there is a repair; a CD drive's only with it. */
	if (!ide_is_cd(s.dev, 0))
		(void)scn_end(&io);
	else if (sim_wait(has_erred, &s, 1000000000))
		sim_sleep(20000);
	sim_unbind(s.dev);
	sim_expect(scn_end(&io) < 0 || sim_deviated());
	s.bound = false;
	scn_quiet(&s);
}

SIM_SCENARIO(remove_repair, "ide/remove-during-repair",
	     "removed right after an error, with a reset due that a task is to do")
{
	remove_in_repair(PIIX4 "disk0=mem:2M", IDE_F_DF, 1);
}

SIM_SCENARIO(remove_repair_polled, "ide/remove-during-repair-polled",
	     "the same without an interrupt")
{
	remove_in_repair(PIIX4 "disk0=mem:2M", IDE_F_DF, 0);
}

SIM_SCENARIO(remove_repair_cd, "ide/remove-during-repair-cd",
	     "removed while a CD drive is to be asked why a read failed")
{
	remove_in_repair(PIIX4 "disk0=cdmem:2M", IDE_F_UNC, 1);
}

static void unplug_after(u64 ns, u32 irq)
{
	struct scn s = scn_plug(PIIX4 FOUR_DISKS);
	struct scn_io io[12];
	u64 start;
	u32 n;

	scn_option(&s, "irq", irq);
	if (!scn_bind(&s))
		return;
	n = flood(&s, io, TRV_ARRAY_SIZE(io));
	sim_sleep(ns);
	start = sim_now();
	sim_unplug(s.dev);
	for (u32 i = 0; i < n; i++) {
		int rc = scn_wait(&io[i]);

		sim_expect(sim_deviated() || rc <= 0);
	}
	sim_expect(trv_dev_gone(s.dev));
	/* Later requests are refused, at once. */
	sim_expect(scn_read(&s, 1, 0, 8) < 0);
	sim_unbind(s.dev);
	/* One time-out a queue may pass before the driver looks. */
	sim_expect(sim_deviated() || sim_now() - start < 100000000000ULL);
}

SIM_SCENARIO(unplug_io, "ide/unplug-during-io",
	     "pulled out with requests in the hardware and in the queue")
{
	unplug_after(0, 1);
}

SIM_SCENARIO(unplug_dma, "ide/unplug-during-dma", "pulled out at several moments of a transfer")
{
	for (u64 us = 20; us <= 420; us += 80)
		unplug_after(us * 1000, 1);
}

SIM_SCENARIO(unplug_polled, "ide/unplug-polled", "pulled out under a polling driver")
{
	unplug_after(50000, 0);
}

SIM_SCENARIO(unplug_idle, "ide/unplug-idle", "pulled out while nothing happens, then removed")
{
	struct scn s;

	if (!scn_up(&s, NATIVE FOUR_DISKS))
		return;
	sim_unplug(s.dev);
	sim_unbind(s.dev);
}

SIM_SCENARIO(shutdown, "ide/shutdown",
	     "the system goes down: requests done or refused, the hardware quiet")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 FOUR_DISKS))
		return;
	scn_rw_ok(&s, 0, 10, 10);
	sim_shutdown(s.dev);
	scn_quiet(&s);
	sim_unbind(s.dev);
}

/* Written, not flushed; then an error after which the channel wants a reset. */
static bool up_after_fault(struct scn *s)
{
	const struct ide_fault f = { .kind = IDE_F_DF, .first = 3000, .last = 3000, .times = 1 };

	if (!scn_up(s, PIIX4 TWO_DISKS))
		return false;
	ide_fault_add(s->dev, &f);
	scn_ok(scn_write(s, 0, 100, 32), "a write");
	scn_fails(scn_read(s, 0, 3000, 8), -EIO, "a read that ends with a device fault");
	return true;
}

SIM_SCENARIO(shutdown_fault, "ide/shutdown-after-fault",
	     "the system goes down while a reset is due: the caches are flushed all the same")
{
	struct scn s;

	if (!up_after_fault(&s))
		return;
	sim_shutdown(s.dev);
	if (!sim_deviated())
		sim_expect_eq(ide_stats(s.dev, 0)->dirty, 0);
	sim_unbind(s.dev);
}

SIM_SCENARIO(shutdown_offer, "ide/shutdown-after-offer",
	     "the same while a drive holds the bus with a block that nobody takes")
{
	const struct ide_fault f = { .kind = IDE_F_OFFER, .first = 3000, .last = 3000 };
	struct scn s = scn_plug(PIIX4 TWO_DISKS);

	scn_option(&s, "dma", 0);
	if (!scn_bind(&s))
		return;
	ide_fault_add(s.dev, &f);
	for (u32 i = 0; i < 2; i++)
		scn_ok(scn_write(&s, i, 100, 32), "a write");
	scn_fails(scn_read(&s, 0, 3000, 8), -EIO, "a read of a bad sector");
	sim_shutdown(s.dev);
	for (u32 i = 0; i < 2 && sim_class_reached() == SIM_SCHEDULE; i++)
		sim_expect_eq(ide_stats(s.dev, i)->dirty, 0);
	sim_unbind(s.dev);
}

/* Device 0 meets @kind in the flush at shutdown, while device 1's cache holds something as well. */
static void down_in_flush(struct scn *s, enum ide_fault_kind kind)
{
	const struct ide_fault f = { .kind = kind, .op = ATA_OP_FLUSH_EXT, .times = 1 };
	u64 start;

	scn_ok(scn_write(s, 0, 100, 8), "a write");
	scn_ok(scn_write(s, 1, 100, 8), "a write");
	ide_fault_add(s->dev, &f);
	start = sim_now();
	sim_shutdown(s->dev);
	sim_expect(sim_now() - start < 200000000000ULL);
}

SIM_SCENARIO(shutdown_flush, "ide/shutdown-flush-hangs",
	     "device 0 hangs in its flush at shutdown: device 1 is flushed all the same")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	down_in_flush(&s, IDE_F_HANG);
	if (sim_class_reached() == SIM_SCHEDULE)
		sim_expect_eq(ide_stats(s.dev, 1)->dirty, 0);
	scn_quiet(&s);
	sim_unbind(s.dev);
}

SIM_SCENARIO(shutdown_dead, "ide/shutdown-flush-dead",
	     "the same, and no reset brings device 0 back: the shutdown comes to an end")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	scn_absent(0);
	scn_absent(1); /* beside a dead one nobody answers */
	down_in_flush(&s, IDE_F_DEAD);
	sim_unbind(s.dev);
}

SIM_SCENARIO(suspend_fault, "ide/suspend-after-fault",
	     "suspended while a reset is due: it is done before, and not once more in between")
{
	struct scn s;
	u64 resets;

	if (!up_after_fault(&s))
		return;
	resets = ide_stats(s.dev, 0)->resets;
	if (!scn_ok(sim_suspend(s.dev), "suspend")) {
		scn_down(&s);
		return;
	}
	if (!sim_deviated()) {
		sim_expect_eq(ide_stats(s.dev, 0)->resets, resets + 1);
		sim_expect_eq(ide_stats(s.dev, 0)->dirty, 0);
		sim_expect_eq(scn_last(&s, 0)->op, ATA_OP_STANDBY_IMMEDIATE);
	}
	if (scn_ok(sim_resume(s.dev), "resume"))
		scn_down(&s);
	else
		sim_unbind(s.dev);
}
