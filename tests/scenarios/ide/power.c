// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Sleep. The power is off in between: drives have lost their modes, their
 * MULTIPLE setting and what their cache held, the controller its timings, and
 * all of them take their time to come back.
 */
#include <string.h>

#include "ide_scn.h"

/* Suspend, power off and on, resume; false when a deviation explains that it failed. */
static bool sleep_and_wake(struct scn *s)
{
	if (!scn_ok(sim_suspend(s->dev), "suspend"))
		return false;
	if (sim_class_reached() == SIM_SCHEDULE)
		sim_expect(ide_quiet(s->dev));
	ide_power_cut(s->dev);
	return scn_ok(sim_resume(s->dev), "resume");
}

/* The contents the last write left, although they were never flushed by name. */
static void expect_kept(struct scn *s, u32 unit, u64 lba, u32 n, u64 seed)
{
	if (!scn_ok(scn_read(s, unit, lba, n), "a read after resume"))
		return;
	ide_pattern(seed, lba, n, s->want);
	if (memcmp(s->buf, s->want, n * ATA_SECTOR))
		sim_fail(SIM_DATA, SIM_SITE, "what was written before the sleep is lost");
}

static void sleep_test(const char *spec, u32 dma)
{
	struct scn s = scn_plug(spec);
	u8 mode[2];
	u32 multiple;
	u64 seed;

	scn_option(&s, "dma", dma);
	ide_cache_model(s.dev, 0);
	ide_cache_model(s.dev, 2);
	if (!scn_bind(&s))
		return;
	mode[0] = ide_xfer_mode(s.dev, 0);
	mode[1] = ide_xfer_mode(s.dev, 2);
	multiple = ide_multiple(s.dev, 2);
	for (u32 i = 0; i < 2; i++) {
		if (!scn_ok(scn_write(&s, 0, 100, 64), "a write"))
			break;
		seed = s.seed;
		if (!sleep_and_wake(&s))
			break;
		expect_kept(&s, 0, 100, 64, seed);
		for (u32 unit = 0; unit < IDE_DRIVES; unit++)
			scn_rw_ok(&s, unit, 300, 40);
		if (sim_deviated())
			continue;
		if (dma) {
			sim_expect_eq(ide_xfer_mode(s.dev, 0), mode[0]);
			sim_expect_eq(ide_xfer_mode(s.dev, 2), mode[1]);
		} else {
			sim_expect_eq(ide_multiple(s.dev, 2), multiple);
		}
	}
	scn_down(&s);
}

SIM_SCENARIO(suspend, "ide/suspend-resume",
	     "asleep and awake twice: data, modes and timings are back")
{
	sleep_test(PIIX4 FOUR_DISKS, 1);
}

SIM_SCENARIO(suspend_pio, "ide/suspend-pio", "the same by PIO: the block size is set again")
{
	sleep_test(PIIX4 FOUR_DISKS, 0);
}

SIM_SCENARIO(suspend_native, "ide/suspend-native", "the same in native mode")
{
	sleep_test(NATIVE FOUR_DISKS, 1);
}

SIM_SCENARIO(suspend_poll, "ide/suspend-poll", "the same without an interrupt")
{
	struct scn s = scn_plug(PIIX4 TWO_DISKS);

	scn_option(&s, "irq", 0);
	if (!scn_bind(&s))
		return;
	if (sleep_and_wake(&s))
		scn_rw_ok(&s, 1, 300, 40);
	scn_down(&s);
}

SIM_SCENARIO(suspend_powered, "ide/suspend-powered",
	     "asleep with the power left on: nothing was lost, nothing is assumed")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	if (scn_ok(sim_suspend(s.dev), "suspend") && scn_ok(sim_resume(s.dev), "resume"))
		scn_rw_ok(&s, 0, 300, 40);
	scn_down(&s);
}

SIM_SCENARIO(suspend_io, "ide/suspend-during-io",
	     "put to sleep with requests under way: each ends once, and well")
{
	struct scn_io io[8];
	struct scn s;
	u32 n = 0;

	if (!scn_up(&s, PIIX4 FOUR_DISKS))
		return;
	for (; n < TRV_ARRAY_SIZE(io); n++) {
		enum trv_req_op op = n & 1 ? TRV_REQ_READ : TRV_REQ_WRITE;

		if (!scn_ok(scn_submit(&s, &io[n], n % IDE_DRIVES, op, 100 * n, 16), "submit"))
			break;
	}
	sleep_and_wake(&s);
	while (n--)
		scn_ok(scn_wait(&io[n]), "a request from before the sleep");
	scn_down(&s);
}

SIM_SCENARIO(suspend_flush, "ide/suspend-flush-fails",
	     "a drive that cannot flush: awake and working, or asleep and told")
{
	const struct ide_fault f = { .kind = IDE_F_ABRT, .op = ATA_OP_FLUSH_EXT };
	struct scn s;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	scn_ok(scn_write(&s, 0, 100, 64), "a write");
	ide_fault_add(s.dev, &f);
	if (!sim_suspend(s.dev))
		scn_ok(sim_resume(s.dev), "resume");
	scn_down(&s);
}

SIM_SCENARIO(suspend_bad, "ide/suspend-bad-sector",
	     "a sector of the cache cannot be written: the rest is, and it sleeps all the same")
{
	const struct ide_fault f = { .kind = IDE_F_UNC, .op = ATA_OP_FLUSH_EXT, .times = 2 };
	struct scn s;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	scn_ok(scn_write(&s, 0, 100, 64), "a write");
	ide_fault_add(s.dev, &f);
	if (scn_ok(sim_suspend(s.dev), "suspend")) {
		sim_expect(sim_deviated() || ide_stats(s.dev, 0)->dirty == 0);
		scn_ok(sim_resume(s.dev), "resume");
	}
	scn_down(&s);
}

SIM_SCENARIO_LONG(suspend_flush_late, "ide/suspend-flush-late",
		  "a drive that flushes for longer than anybody waits: awake, and working")
{
	const struct ide_fault f = {
		.kind = IDE_F_LATE,
		.op = ATA_OP_FLUSH_EXT,
		.times = 1,
		.ns = 2 * ATA_MS_FLUSH * 1000000ULL,
	};
	struct scn s;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	scn_ok(scn_write(&s, 0, 100, 64), "a write");
	ide_fault_add(s.dev, &f);
	scn_fails(sim_suspend(s.dev), -ETIMEDOUT, "suspend");
	scn_rw_ok(&s, 0, 200, 8);
	scn_rw_ok(&s, 1, 200, 8);
	scn_down(&s);
}

SIM_SCENARIO_LONG(suspend_flush_both, "ide/suspend-flush-both",
		  "device 0 refuses to flush, device 1 takes too long: awake, and both work")
{
	const struct ide_fault refuse = { .kind = IDE_F_ABRT, .op = ATA_OP_FLUSH_EXT };
	const struct ide_fault late = {
		.kind = IDE_F_LATE,
		.drive = 1,
		.op = ATA_OP_FLUSH_EXT,
		.times = 1,
		.ns = 2 * ATA_MS_FLUSH * 1000000ULL,
	};
	struct scn s;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	scn_ok(scn_write(&s, 0, 100, 8), "a write");
	scn_ok(scn_write(&s, 1, 100, 8), "a write");
	ide_fault_add(s.dev, &refuse);
	ide_fault_add(s.dev, &late);
	sim_expect(sim_suspend(s.dev) < 0);
	scn_rw_ok(&s, 1, 200, 8);
	scn_rw_ok(&s, 0, 200, 8);
	scn_down(&s);
}

SIM_SCENARIO(suspend_flush_hangs, "ide/suspend-flush-hangs",
	     "device 0 hangs in its flush: device 1 is flushed all the same; awake, and both work")
{
	const struct ide_fault f = { .kind = IDE_F_HANG, .op = ATA_OP_FLUSH_EXT, .times = 1 };
	struct scn s;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	scn_ok(scn_write(&s, 0, 100, 8), "a write");
	scn_ok(scn_write(&s, 1, 100, 8), "a write");
	ide_fault_add(s.dev, &f);
	scn_fails(sim_suspend(s.dev), -ETIMEDOUT, "suspend");
	if (sim_class_reached() == SIM_SCHEDULE)
		sim_expect_eq(ide_stats(s.dev, 1)->dirty, 0);
	scn_rw_ok(&s, 0, 200, 8);
	scn_rw_ok(&s, 1, 200, 8);
	scn_down(&s);
}

SIM_SCENARIO(suspend_hung, "ide/suspend-hung", "put to sleep while a command hangs: bounded")
{
	const struct ide_fault f = { .kind = IDE_F_HANG, .first = 5000, .last = 5000, .times = 1 };
	struct scn s = scn_plug(PIIX4 TWO_DISKS);
	struct scn_io io;

	scn_option(&s, "timeout_ms", 500);
	if (!scn_bind(&s))
		return;
	ide_fault_add(s.dev, &f);
	if (scn_ok(scn_submit(&s, &io, 0, TRV_REQ_READ, 5000, 8), "submit")) {
		sim_sleep(1000000);
		sleep_and_wake(&s);
		/* Timed out before the sleep, or done again after it. */
		sim_expect(sim_deviated() || scn_wait(&io) == 0 || io.io.status == -ETIMEDOUT);
		scn_wait(&io);
	}
	scn_down(&s);
}

SIM_SCENARIO(resume_dead, "ide/resume-dead",
	     "a drive does not come back: errors, bounded, and its channel's other drive is tried")
{
	const struct ide_fault f = { .kind = IDE_F_DEAD, .drive = 0 };
	struct scn s = scn_plug(PIIX4 "disk0=mem:4M,disk2=mem:4M");
	u64 start;

	scn_absent(0);
	scn_option(&s, "timeout_ms", 500);
	if (!scn_bind(&s))
		return;
	if (!scn_ok(sim_suspend(s.dev), "suspend")) {
		scn_down(&s);
		return;
	}
	ide_power_cut(s.dev);
	ide_fault_add(s.dev, &f);
	start = sim_now();
	if (!sim_resume(s.dev)) {
		sim_expect(scn_read(&s, 0, 0, 8) < 0);
		scn_ok(scn_read(&s, 2, 0, 8), "the drive that came back");
	}
	sim_expect(sim_now() - start < 200000000000ULL);
	sim_unbind(s.dev);
}

SIM_SCENARIO(resume_lost, "ide/resume-lost",
	     "a drive that did not come back from a reset comes back with the power")
{
	const struct ide_fault hang = {
		.kind = IDE_F_HANG, .first = 3000, .last = 3000, .times = 1
	};
	const struct ide_fault deaf = { .kind = IDE_F_HANG, .op = ATA_OP_IDENTIFY, .times = 1 };
	struct scn s = scn_plug(PIIX4 "disk0=mem:4M,disk1=mem:4M");

	scn_hurry(&s, 500);
	if (!scn_bind(&s))
		return;
	ide_fault_add(s.dev, &hang);
	ide_fault_add(s.dev, &deaf);
	scn_fails(scn_read(&s, 0, 3000, 8), -ETIMEDOUT, "a read that hangs");
	scn_fails(scn_read(&s, 0, 3000, 8), -ENODEV, "a read of the lost drive");
	ide_faults_clear(s.dev);
	if (scn_ok(sim_suspend(s.dev), "suspend")) {
		ide_power_cut(s.dev);
		if (scn_ok(sim_resume(s.dev), "resume")) {
			scn_rw_ok(&s, 0, 3000, 8);
			scn_rw_ok(&s, 1, 3000, 8);
		}
	}
	scn_down(&s);
}

SIM_SCENARIO(suspend_remove, "ide/suspend-remove", "removed while asleep")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	scn_ok(sim_suspend(s.dev), "suspend");
	sim_unbind(s.dev);
	s.bound = false;
	ide_power_cut(s.dev);
	if (sim_class_reached() == SIM_SCHEDULE && scn_bind(&s))
		scn_down(&s);
}

SIM_SCENARIO(resume_gone, "ide/resume-gone", "pulled out while asleep")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	scn_ok(sim_suspend(s.dev), "suspend");
	sim_unplug(s.dev);
	if (!sim_resume(s.dev))
		sim_expect(scn_read(&s, 0, 0, 8) < 0);
	sim_unbind(s.dev);
}
