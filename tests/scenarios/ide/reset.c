// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Commands that never end, interrupts that never come, states left behind. */
#include "ide_scn.h"

static bool up(struct scn *s, u32 dma)
{
	*s = scn_plug(PIIX4 FOUR_DISKS);
	scn_option(s, "timeout_ms", 500);
	scn_option(s, "dma", dma);
	return scn_bind(s);
}

static void hang(struct scn *s, u32 unit)
{
	const struct ide_fault f = {
		.kind = IDE_F_HANG, .drive = unit, .first = 5000, .last = 5999, .times = 1
	};

	ide_fault_add(s->dev, &f);
}

static void timeout_test(u32 dma)
{
	struct scn s;
	u64 resets;

	if (!up(&s, dma))
		return;
	hang(&s, 0);
	resets = ide_stats(s.dev, 0)->resets;
	scn_fails(scn_read(&s, 0, 5000, 8), -ETIMEDOUT, "a read that never ends");
	if (!sim_deviated())
		sim_expect(ide_stats(s.dev, 0)->resets > resets);
	scn_rw_ok(&s, 0, 5000, 8);
	scn_rw_ok(&s, 1, 5000, 8);
	scn_down(&s);
}

SIM_SCENARIO(timeout_dma, "ide/timeout",
	     "a DMA read that never ends: -ETIMEDOUT, soft reset, business as before")
{
	timeout_test(1);
}

SIM_SCENARIO(timeout_pio, "ide/timeout-pio",
	     "the same by PIO; the block size is set again after the reset")
{
	timeout_test(0);
}

SIM_SCENARIO(timeout_write, "ide/timeout-write", "a write that never ends")
{
	struct scn s;

	if (!up(&s, 1))
		return;
	hang(&s, 2);
	scn_fails(scn_write(&s, 2, 5000, 8), -ETIMEDOUT, "a write that never ends");
	scn_rw_ok(&s, 2, 5000, 8);
	scn_down(&s);
}

SIM_SCENARIO(soft_reset, "ide/soft-reset", "after a reset both drives have their modes again")
{
	struct scn s;

	if (!up(&s, 1))
		return;
	hang(&s, 1);
	scn_fails(scn_read(&s, 1, 5000, 8), -ETIMEDOUT, "a read that never ends");
	for (u32 i = 0; i < 2; i++) {
		scn_rw_ok(&s, i, 100, 64);
		if (!sim_deviated())
			sim_expect_eq(ide_xfer_mode(s.dev, i), ATA_XFER_UDMA | 2);
	}
	scn_down(&s);
}

SIM_SCENARIO(reset_identify, "ide/reset-identify",
	     "a drive that refuses the first command after a reset is asked again, not given up")
{
	const struct ide_fault f = { .kind = IDE_F_ABRT, .op = ATA_OP_IDENTIFY, .times = 1 };
	struct scn s;

	if (!up(&s, 1))
		return;
	ide_fault_add(s.dev, &f);
	hang(&s, 0);
	scn_fails(scn_read(&s, 0, 5000, 8), -ETIMEDOUT, "a read that never ends");
	scn_rw_ok(&s, 0, 5000, 8);
	scn_down(&s);
}

SIM_SCENARIO(reset_hangs, "ide/reset-identify-hangs",
	     "device 0 hangs in its first command after a reset: it is lost, and device 1 is not")
{
	const struct ide_fault f = { .kind = IDE_F_HANG, .op = ATA_OP_IDENTIFY, .times = 1 };
	struct scn s;

	if (!up(&s, 1))
		return;
	ide_fault_add(s.dev, &f);
	hang(&s, 0);
	scn_fails(scn_read(&s, 0, 5000, 8), -ETIMEDOUT, "a read that never ends");
	scn_rw_ok(&s, 1, 100, 8);
	if (!sim_deviated())
		sim_expect_eq(ide_xfer_mode(s.dev, 1), ATA_XFER_UDMA | 2);
	scn_fails(scn_read(&s, 0, 100, 8), -ENODEV, "a read of the lost one");
	sim_unbind(s.dev);
}

SIM_SCENARIO(lost_irq, "ide/lost-irq",
	     "an interrupt is lost: the request ends all the same, and in time")
{
	const struct ide_fault f = {
		.kind = IDE_F_DROP_IRQ, .first = 5000, .last = 5999, .times = 1
	};

	for (u32 dma = 0; dma < 2; dma++) {
		struct scn s;
		int rc;

		if (!up(&s, dma))
			return;
		ide_fault_add(s.dev, &f);
		rc = scn_read(&s, 0, 5000, 8);
		sim_expect(sim_deviated() || !rc || rc == -ETIMEDOUT);
		scn_down(&s);
	}
}

SIM_SCENARIO(early_irq, "ide/early-irq",
	     "an interrupt before the end does not cost the one at the end, however close")
{
	struct ide_fault f = { .kind = IDE_F_EARLY, .first = 5000, .last = 5999, .times = 1 };
	struct scn s;

	if (!up(&s, 1))
		return;
	/* Between the handler's look at the drive and its acknowledgement, at one time or another. */
	for (f.ns = 100; f.ns <= 6000; f.ns += 50) {
		ide_faults_clear(s.dev);
		ide_fault_add(s.dev, &f);
		scn_ok(scn_read(&s, 0, 5000, 8), "a read interrupted early");
		/* Nor does it keep its line up, which others may share. */
		if (sim_class_reached() == SIM_SCHEDULE)
			sim_expect(ide_silent(s.dev));
	}
	scn_down(&s);
}

SIM_SCENARIO(early_irq_error, "ide/early-irq-bus",
	     "what the bus master has met by the time of such an interrupt is not forgotten with it")
{
	const struct ide_fault early = {
		.kind = IDE_F_EARLY, .first = 5000, .last = 5999, .times = 1, .ns = 50000
	};
	const struct ide_fault bus = {
		.kind = IDE_F_BUS_END, .first = 5000, .last = 5999, .times = 1
	};
	struct scn s;
	int rc;

	/* A reset follows, which may take longer than some requests are given in here. */
	if (!scn_up(&s, PIIX4 "disk0=mem:16M"))
		return;
	ide_fault_add(s.dev, &early);
	ide_fault_add(s.dev, &bus);
	rc = scn_read(&s, 0, 5000, 8);
	/* On another day it goes by PIO. */
	if (rc || !sim_deviated())
		scn_fails(rc, -EIO, "a read that is lost on the bus");
	scn_rw_ok(&s, 0, 5000, 8);
	scn_down(&s);
}

SIM_SCENARIO(linger, "ide/pio-linger", "a drive that takes its time after the last word of a read")
{
	const struct ide_fault f = {
		.kind = IDE_F_LINGER, .first = 5000, .last = 5999, .ns = 800000
	};
	struct scn s;

	if (!up(&s, 0))
		return;
	ide_fault_add(s.dev, &f);
	for (u32 i = 0; i < 3; i++)
		scn_ok(scn_read(&s, 0, 5000 + i, 40), "a read that lingers");
	scn_down(&s);
}

SIM_SCENARIO(slow, "ide/slow",
	     "a command that takes long, but less than the time-out, is waited for")
{
	const struct ide_fault f = {
		.kind = IDE_F_LATE, .first = 5000, .last = 5999, .times = 1, .ns = 400000000
	};
	struct scn s;

	if (!up(&s, 1))
		return;
	ide_fault_add(s.dev, &f);
	scn_ok(scn_read(&s, 0, 5000, 8), "a slow read");
	scn_down(&s);
}

/* The command's own time comes on top: before, about at, and after 500 ms. */
static void late_ends(u64 step_us)
{
	for (u64 us = 499000; us <= 501000; us += step_us) {
		const struct ide_fault f = {
			.kind = IDE_F_LATE, .first = 5000, .last = 5999, .times = 1, .ns = us * 1000
		};
		struct scn_io io;
		struct scn s;
		int rc;

		if (!up(&s, 1))
			return;
		ide_fault_add(s.dev, &f);
		if (scn_ok(scn_submit(&s, &io, 0, TRV_REQ_READ, 5000, 8), "submit")) {
			rc = scn_wait(&io);
			sim_expect(sim_deviated() || !rc || rc == -ETIMEDOUT);
			sim_sleep(2000000);
			sim_expect_eq(io.dones, 1);
		}
		scn_down(&s);
	}
}

SIM_SCENARIO(late_end, "ide/late-completion",
	     "a command that ends just around its time-out ends once, one way or the other")
{
	late_ends(1000);
}

SIM_SCENARIO_LONG(late_end_sweep, "ide/late-completion-sweep", "the same at 21 moments")
{
	late_ends(100);
}

/* A read whose command takes @ns longer; -ETIMEDOUT, or 0: it ended before it was given up. */
static int read_late(struct scn *s, u64 ns)
{
	const struct ide_fault f = {
		.kind = IDE_F_LATE, .first = 5000, .last = 5999, .times = 1, .ns = ns
	};
	struct scn_io io;
	int rc;

	ide_faults_clear(s->dev);
	ide_fault_add(s->dev, &f);
	rc = scn_submit(s, &io, 0, TRV_REQ_READ, 5000, 8);
	if (rc)
		return rc;
	rc = scn_wait(&io);
	sim_expect(sim_deviated() || !rc || rc == -ETIMEDOUT);
	sim_sleep(5000000);
	sim_expect_eq(io.dones, 1);
	return rc;
}

SIM_SCENARIO(timeout_edge, "ide/timeout-edge",
	     "a command that ends while it is being given up: at each moment of that, one end")
{
	u64 early = 400000000, late = 600000000;
	struct scn s;

	if (!up(&s, 1))
		return;
	/* Where the one becomes the other. */
	while (late - early > 100) {
		u64 ns = (early + late) / 2;

		if (read_late(&s, ns))
			late = ns;
		else
			early = ns;
	}
	for (u64 ns = early - 200; ns < early + 1500; ns += 50)
		read_late(&s, ns);
	scn_down(&s);
}

SIM_SCENARIO(reset_other, "ide/reset-other-pending",
	     "drive 0 hangs while drive 1 has requests waiting: those survive its reset")
{
	struct scn_io io[6];
	struct scn s;

	if (!up(&s, 1))
		return;
	hang(&s, 0);
	if (!scn_ok(scn_submit(&s, &io[0], 0, TRV_REQ_READ, 5000, 8), "submit"))
		goto out;
	for (u32 i = 1; i < 6; i++) {
		enum trv_req_op op = i & 1 ? TRV_REQ_READ : TRV_REQ_WRITE;

		if (!scn_ok(scn_submit(&s, &io[i], i % 3 ? 1 : 0, op, 6000 + 100 * i, 16),
			    "submit")) {
			while (i--)
				scn_wait(&io[i]);
			goto out;
		}
	}
	scn_fails(scn_wait(&io[0]), -ETIMEDOUT, "the read that hangs");
	for (u32 i = 1; i < 6; i++)
		scn_ok(scn_wait(&io[i]), "a request that waited");
out:
	scn_down(&s);
}

SIM_SCENARIO(reset_channel, "ide/reset-other-channel",
	     "a reset of one channel leaves a transfer on the other alone")
{
	struct scn_io a, b;
	struct scn s;
	u64 resets;

	if (!up(&s, 1))
		return;
	hang(&s, 0);
	resets = ide_stats(s.dev, 2)->resets;
	if (!scn_ok(scn_submit(&s, &a, 0, TRV_REQ_READ, 5000, 8), "submit"))
		goto out;
	for (u32 i = 0; i < 40; i++) { /* 800 ms: the time-out and the reset fall into it */
		if (!scn_ok(scn_submit(&s, &b, 2, TRV_REQ_WRITE, 7000 + i, 8), "submit"))
			break;
		scn_ok(scn_wait(&b), "a write on the other channel");
		sim_sleep(20000000);
	}
	scn_fails(scn_wait(&a), -ETIMEDOUT, "the read that hangs");
	if (sim_class_reached() == SIM_SCHEDULE)
		sim_expect_eq(ide_stats(s.dev, 2)->resets, resets);
out:
	scn_down(&s);
}

SIM_SCENARIO(hang_twice, "ide/hang-again", "time-out after time-out on both drives of a channel")
{
	struct scn s;

	if (!up(&s, 1))
		return;
	for (u32 i = 0; i < 6; i++) {
		hang(&s, i & 1);
		scn_fails(scn_read(&s, i & 1, 5000, 8), -ETIMEDOUT, "a read that never ends");
		scn_rw_ok(&s, 1 - (i & 1), 100 + i, 8);
	}
	scn_down(&s);
}

SIM_SCENARIO(stuck, "ide/stuck-busy",
	     "a drive that stays busy through resets: errors, bounded, and removable")
{
	const struct ide_fault f = { .kind = IDE_F_DEAD, .first = 5000, .last = 5999, .times = 1 };
	struct scn s;
	u64 start;

	if (!up(&s, 1))
		return;
	scn_absent(0);
	scn_absent(1); /* beside a dead one nobody answers */
	ide_fault_add(s.dev, &f);
	start = sim_now();
	sim_expect(scn_read(&s, 0, 5000, 8) < 0);
	sim_expect(scn_read(&s, 0, 100, 8) < 0);
	sim_expect(sim_now() - start < 200000000000ULL);
	scn_ok(scn_read(&s, 2, 100, 8), "a read on the other channel");
	if (s.bound) {
		sim_unbind(s.dev);
		s.bound = false;
	}
}

SIM_SCENARIO(stuck_slave, "ide/stuck-slave",
	     "a device 1 that stays busy through resets costs time, not device 0")
{
	const struct ide_fault f = { .kind = IDE_F_DEAD, .drive = 1, .first = 5000, .last = 5000 };
	struct scn s;

	if (!up(&s, 1))
		return;
	scn_absent(1);
	ide_fault_add(s.dev, &f);
	sim_expect(scn_read(&s, 1, 5000, 8) < 0);
	scn_rw_ok(&s, 0, 100, 8);
	sim_unbind(s.dev); /* the dead one stays busy */
}

SIM_SCENARIO(stuck_slave_probe, "ide/stuck-slave-probe",
	     "the same in the middle of a probe, and from the start of the next")
{
	const struct ide_fault f = { .kind = IDE_F_DEAD, .drive = 3, .op = ATA_OP_IDENTIFY };
	struct scn s = scn_plug(PIIX4 FOUR_DISKS);

	scn_absent(3);
	ide_fault_add(s.dev, &f);
	for (u32 i = 0; i < 2; i++) {
		if (!scn_bind(&s))
			return;
		scn_rw_ok(&s, 2, 100, 8);
		sim_unbind(s.dev);
	}
}

/* ---- what firmware or a crash left ---------------------------------------- */

SIM_SCENARIO(left_busy, "ide/left-busy", "probe finds drives in the middle of a read")
{
	struct scn s = scn_plug(PIIX4 FOUR_DISKS);

	ide_left_busy(s.dev, 0);
	ide_left_busy(s.dev, 2);
	sim_sleep(1000000);
	if (!scn_bind(&s))
		return;
	if (!sim_deviated())
		sim_expect_eq(scn_disks(&s), 4);
	scn_down(&s);
}

SIM_SCENARIO(left_dma, "ide/left-dma", "probe finds the bus master started on a table that is gone")
{
	struct scn s = scn_plug(PIIX4 FOUR_DISKS);

	ide_left_dma(s.dev, 0);
	ide_left_dma(s.dev, 1);
	if (!scn_bind(&s))
		return;
	if (!sim_deviated())
		sim_expect_eq(scn_disks(&s), 4);
	scn_down(&s);
}

SIM_SCENARIO(cold, "ide/cold-start", "probe right after power-on, drives still spinning up")
{
	struct scn s = scn_plug(PIIX4 FOUR_DISKS);

	ide_power_cut(s.dev);
	if (!scn_bind(&s))
		return;
	if (!sim_deviated())
		sim_expect_eq(scn_disks(&s), 4);
	scn_down(&s);
}
