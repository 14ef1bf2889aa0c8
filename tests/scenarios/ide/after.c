// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What an event leaves behind. Something happens that the driver gets over: a
 * sleep, a failed flush, a select in vain, an error with data. Then life goes
 * on, on both drives: scn_workout(), first of all with what is closest to it.
 */
#include "ide_scn.h"

#define CD_AND_DISK "disk0=cdmem:2M,disk1=mem:8M"

static bool up(struct scn *s, const char *spec)
{
	*s = scn_plug(spec);
	scn_hurry(s, 500);
	return scn_bind(s);
}

static bool sleep_and_wake(struct scn *s)
{
	if (!scn_ok(sim_suspend(s->dev), "suspend"))
		return false;
	ide_power_cut(s->dev);
	return scn_ok(sim_resume(s->dev), "resume");
}

/* ---- after a sleep --------------------------------------------------------- */

SIM_SCENARIO(resume_reset, "ide/after-resume-reset",
	     "after a sleep a device fault is followed by a reset, as before it")
{
	const struct ide_fault f = { .kind = IDE_F_DF, .first = 3000, .last = 3000, .times = 1 };
	struct scn s;

	if (!up(&s, PIIX4 TWO_DISKS))
		return;
	if (sleep_and_wake(&s)) {
		ide_fault_add(s.dev, &f);
		scn_fails(scn_read(&s, 0, 3000, 8), -EIO, "a read with a device fault");
		scn_workout(&s);
	}
	scn_down(&s);
}

SIM_SCENARIO(resume_sense, "ide/after-resume-sense",
	     "after a sleep a CD drive is asked why a read failed, as before it")
{
	const struct ide_fault f = { .kind = IDE_F_UNC, .first = 300, .last = 300, .times = 1 };
	struct scn s;
	int rc;

	if (!up(&s, PIIX4 CD_AND_DISK))
		return;
	if (scn_ok(sim_suspend(s.dev), "suspend") && scn_ok(sim_resume(s.dev), "resume")) {
		ide_fault_add(s.dev, &f);
		rc = scn_read(&s, 0, 296, 8);
		/* A drive that ended before it has been asked once more, and the fault is spent. */
		if (rc || !sim_deviated())
			scn_fails(rc, -EIO, "a read of a bad block");
		scn_workout(&s);
	}
	scn_down(&s);
}

SIM_SCENARIO(resume_hang, "ide/after-resume-hang",
	     "after a sleep a command that hangs is given up, as before it")
{
	const struct ide_fault f = {
		.kind = IDE_F_HANG, .drive = 1, .first = 3000, .last = 3000, .times = 1
	};
	struct scn s;

	if (!up(&s, PIIX4 TWO_DISKS))
		return;
	if (sleep_and_wake(&s)) {
		ide_fault_add(s.dev, &f);
		scn_fails(scn_read(&s, 1, 3000, 8), -ETIMEDOUT, "a read that hangs");
		scn_workout(&s);
	}
	scn_down(&s);
}

/* ---- after a sleep that came to nothing ------------------------------------- */

SIM_SCENARIO(sleep_refused, "ide/after-suspend-refused",
	     "the second channel's cache cannot be flushed: nobody sleeps, and resets still work")
{
	const struct ide_fault flush = { .kind = IDE_F_DF, .drive = 2, .op = ATA_OP_FLUSH_EXT };
	const struct ide_fault fault = { .kind = IDE_F_DF, .first = 3000, .last = 3000, .times = 1 };
	struct scn s;
	int rc;

	if (!up(&s, PIIX4 "disk0=mem:8M,disk2=mem:8M"))
		return;
	scn_ok(scn_write(&s, 0, 100, 8), "a write");
	scn_ok(scn_write(&s, 2, 100, 8), "a write on the second channel");
	ide_fault_add(s.dev, &flush);
	rc = sim_suspend(s.dev);
	sim_expect(rc == -EIO || sim_deviated());
	if (!rc)
		scn_ok(sim_resume(s.dev), "resume");
	ide_faults_clear(s.dev);
	ide_fault_add(s.dev, &fault);
	rc = scn_read(&s, 0, 3000, 8);
	if (rc || !sim_deviated())
		scn_fails(rc, -EIO, "a read with a device fault");
	scn_workout(&s);
	scn_down(&s);
}

SIM_SCENARIO(reset_reload, "ide/after-reset-reload",
	     "a reset for the disk's sake has the CD drive load its disc anew: the same one")
{
	const struct ide_fault f = {
		.kind = IDE_F_HANG, .drive = 1, .first = 3000, .last = 3000, .times = 1
	};
	struct scn s;
	int rc;

	s = scn_plug(PIIX4 CD_AND_DISK);
	ide_caps(s.dev, 0)->srst_attention = true;
	/* One that does not say why it is not ready is not waited for. */
	ide_trait_set(s.dev, 0, IDE_T_NOT_READY, 0);
	if (!scn_bind(&s))
		return;
	scn_ok(scn_read(&s, 0, 20, 8), "a read of the disc");
	ide_caps(s.dev, 0)->srst_loads = true;
	ide_fault_add(s.dev, &f);
	rc = scn_read(&s, 1, 3000, 8);
	if (rc || !sim_deviated())
		scn_fails(rc, -ETIMEDOUT, "a read of the disk that hangs");
	scn_ok(scn_read(&s, 0, 40, 8), "the disc, which is not ready at once");
	ide_caps(s.dev, 0)->srst_loads = false;
	scn_workout(&s);
	scn_down(&s);
}

/* ---- after a flush that failed --------------------------------------------- */

/* A bad sector first, which a flush goes on after; then @end. */
static void failed_flush(enum ide_fault_kind end, int want)
{
	const struct ide_fault bad = { .kind = IDE_F_UNC, .op = ATA_OP_FLUSH_EXT, .times = 1 };
	const struct ide_fault last = { .kind = end, .op = ATA_OP_FLUSH_EXT, .skip = 1, .times = 1 };
	struct scn s;

	if (!up(&s, PIIX4 TWO_DISKS))
		return;
	scn_ok(scn_write(&s, 0, 100, 8), "a write");
	ide_fault_add(s.dev, &bad);
	ide_fault_add(s.dev, &last);
	scn_fails(scn_flush(&s, 0), want, "the flush");
	scn_ok(scn_flush(&s, 1), "the other drive's");
	scn_workout(&s);
	scn_down(&s);
}

SIM_SCENARIO(flush_fault, "ide/after-flush-fault",
	     "a flush past a bad sector that ends with a device fault; the next one is well")
{
	failed_flush(IDE_F_DF, -EIO);
}

SIM_SCENARIO(flush_hang, "ide/after-flush-hang",
	     "a flush past a bad sector that then hangs; the next one is well")
{
	failed_flush(IDE_F_HANG, -ETIMEDOUT);
}

SIM_SCENARIO(flush_aborts, "ide/after-flush-refused",
	     "a flush that is refused each time it goes on; the other drive's is well")
{
	const struct ide_fault f = { .kind = IDE_F_ABRT, .op = ATA_OP_FLUSH_EXT };
	struct scn s;

	if (!up(&s, PIIX4 TWO_DISKS))
		return;
	scn_ok(scn_write(&s, 0, 100, 8), "a write");
	ide_fault_add(s.dev, &f);
	scn_fails(scn_flush(&s, 0), -EIO, "the flush");
	scn_ok(scn_flush(&s, 1), "the other drive's");
	ide_faults_clear(s.dev);
	scn_workout(&s);
	scn_down(&s);
}

/* ---- after a select in vain ------------------------------------------------ */

SIM_SCENARIO(select_slow, "ide/after-select",
	     "device 1 is not ready to be flushed: awake, and each command goes where it should")
{
	const struct ide_fault f = {
		.kind = IDE_F_SELECT, .drive = 1, .ns = 30000000000ULL, .times = 1
	};
	struct scn s;
	int rc;

	if (!up(&s, PIIX4 TWO_DISKS))
		return;
	scn_ok(scn_write(&s, 0, 100, 8), "a write");
	ide_fault_add(s.dev, &f);
	rc = sim_suspend(s.dev);
	sim_expect(sim_deviated() || rc == -ETIMEDOUT);
	if (!rc) /* device 1 did not even become a disk */
		scn_ok(sim_resume(s.dev), "resume");
	scn_workout(&s);
	scn_down(&s);
}

/* ---- after an error with data ---------------------------------------------- */

static void offered(u32 multi, u32 irq)
{
	const struct ide_fault f = { .kind = IDE_F_OFFER, .first = 1005, .last = 1005 };
	struct scn s = scn_plug(PIIX4 TWO_DISKS);

	scn_option(&s, "dma", 0);
	scn_option(&s, "multi", multi);
	scn_option(&s, "irq", irq);
	if (!scn_bind(&s))
		return;
	ide_fault_add(s.dev, &f);
	scn_fails(scn_read(&s, 0, 1000, 24), -EIO, "a read across the bad sector");
	scn_ok(scn_read(&s, 0, 1006, 10), "the sectors after it");
	scn_fails(scn_read(&s, 0, 1005, 1), -EIO, "a read of the bad sector");
	scn_workout(&s);
	scn_down(&s);
}

SIM_SCENARIO(offered_single, "ide/after-bad-block",
	     "a drive offers the bad block of a PIO read with ERR and DRQ: nobody's data")
{
	offered(0, 1);
}

SIM_SCENARIO(offered_multiple, "ide/after-bad-block-multiple", "the same by READ MULTIPLE")
{
	offered(16, 1);
}

SIM_SCENARIO(offered_polled, "ide/after-bad-block-poll", "the same without an interrupt")
{
	offered(0, 0);
}
