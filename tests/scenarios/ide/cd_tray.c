// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Discs come and go. What was asked of one disc is never answered with another's
 * data, and after somebody asked what there is now, all is well.
 */
#include <trivet/hw/atapi.h>

#include "ide_scn.h"

#define CD "disk0=cdmem:2M"
#define MS 1000000ULL

static int check(struct scn *s, u32 unit)
{
	struct trv_disk *d = scn_disk(s, unit);

	return d ? trv_disk_check_events(d) : -ENODEV;
}

/* Asked for news, it has @want to tell, or a deviation explains another answer. */
static void check_is(struct scn *s, u32 unit, int want)
{
	int rc = check(s, unit);

	if (rc != want && !sim_deviated())
		sim_fail(SIM_EXPECT, SIM_SITE, "a check returned %d, expected %d", rc, want);
}

static u64 blocks(struct scn *s, u32 unit)
{
	struct trv_disk *d = scn_disk(s, unit);

	return d ? trv_disk_info(d)->blocks : 0;
}

/* Ask until a disc that takes its time is there; the events seen on the way. */
static int until_ready(struct scn *s, u32 unit)
{
	int seen = 0, rc;

	for (u32 i = 0; i < 20; i++) {
		rc = check(s, unit);
		if (rc < 0)
			return scn_ok(rc, "a check") ? 0 : rc;
		seen |= rc;
		if (blocks(s, unit))
			return seen;
		sim_sleep(100 * MS);
	}
	return scn_ok(-ETIMEDOUT, "the new disc") ? seen : -ETIMEDOUT;
}

static void new_disc_is_read(struct scn *s, u32 unit)
{
	if (until_ready(s, unit) < 0)
		return;
	if (sim_class_reached() == SIM_SCHEDULE)
		sim_expect_eq(blocks(s, unit), ide_sectors(s->dev, unit) / 4);
	scn_ok(scn_read(s, unit, 3, 12), "a read of the new disc");
}

SIM_SCENARIO(cd_check, "ide/cd-check", "asked when nothing happened: no event, no change")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 CD ",disk1=mem:2M"))
		return;
	for (u32 i = 0; i < 3; i++) {
		int rc = check(&s, 0);

		scn_ok(trv_min(rc, 0), "a check");
		sim_expect(sim_deviated() || rc == 0);
		scn_ok(scn_read(&s, 0, 10 * i, 4), "a read");
	}
	check_is(&s, 1, -EOPNOTSUPP);
	scn_down(&s);
}

SIM_SCENARIO(cd_empty, "ide/cd-empty",
	     "an empty tray is a disk of no blocks; then a disc comes, and goes")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 "disk0=cd:,disk1=mem:2M"))
		return;
	if (!sim_deviated()) {
		sim_expect_eq(scn_disks(&s), 2);
		sim_expect(sim_deviated() || blocks(&s, 0) == 0);
		scn_fails(scn_read(&s, 0, 0, 1), -ENOMEDIUM, "a read of no disc");
		check_is(&s, 0, 0);
	}
	for (u32 i = 0; i < 2; i++) {
		ide_cd_insert(s.dev, 0, 500 + i, 7 + i);
		new_disc_is_read(&s, 0);
		scn_rw_ok(&s, 1, 30, 8);
		ide_cd_take(s.dev, 0);
		scn_fails(scn_read(&s, 0, 3, 12), -ENOMEDIUM, "a read of no disc");
		if (sim_deviated())
			continue;
		check_is(&s, 0, TRV_DISK_MEDIA_CHANGE);
		sim_expect(sim_deviated() || blocks(&s, 0) == 0);
		check_is(&s, 0, 0);
	}
	scn_down(&s);
}

static void change_idle(u32 dma, u32 blocks)
{
	struct scn s = scn_plug(PIIX4 CD);
	int seen;

	scn_option(&s, "dma", dma);
	if (!scn_bind(&s))
		return;
	scn_ok(scn_read(&s, 0, 3, 12), "a read");
	ide_cd_insert(s.dev, 0, blocks, 7);
	/* One of the old disc's size is ready, or that it is not would tell. */
	if (blocks == 1024)
		sim_sleep(1000 * MS);
	seen = until_ready(&s, 0);
	sim_expect(sim_deviated() || seen == TRV_DISK_MEDIA_CHANGE);
	new_disc_is_read(&s, 0);
	scn_down(&s);
}

SIM_SCENARIO(cd_change_idle, "ide/cd-change-idle",
	     "another disc while idle: an event, and its capacity")
{
	change_idle(1, 600);
}

SIM_SCENARIO(cd_change_same, "ide/cd-change-same",
	     "another disc as large as the old one while idle: an event all the same")
{
	change_idle(1, 1024);
}

SIM_SCENARIO(cd_change_idle_pio, "ide/cd-change-idle-pio", "the same by PIO")
{
	change_idle(0, 600);
}

SIM_SCENARIO(cd_change_between, "ide/cd-change-between",
	     "another disc between two reads: reads fail until somebody asks, then they are its")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 CD))
		return;
	for (u32 i = 0; i < 2; i++) {
		scn_ok(scn_read(&s, 0, 3, 12), "a read");
		ide_cd_insert(s.dev, 0, 600 + i, 7 + i);
		if (i)
			sim_sleep(1000 * MS);
		scn_fails(scn_read(&s, 0, 3, 12), -ENOMEDIUM, "a read from the old disc");
		scn_fails(scn_read(&s, 0, 40, 12), -ENOMEDIUM, "another");
		check_is(&s, 0, TRV_DISK_MEDIA_CHANGE);
		new_disc_is_read(&s, 0);
	}
	scn_down(&s);
}

SIM_SCENARIO(cd_sense_key, "ide/cd-sense-key",
	     "sense data that end with the key: a change of discs is one all the same")
{
	const struct ide_fault abort = { .kind = IDE_F_ABRT, .first = 500, .last = 500, .times = 1 };
	struct scn s = scn_plug(PIIX4 CD);

	ide_caps(s.dev, 0)->sense_bytes = 8;
	if (!scn_bind(&s))
		return;
	ide_fault_add(s.dev, &abort);
	scn_ok(scn_read(&s, 0, 500, 1), "a read that is tried again");
	/* The old disc's size, so that the sense data alone can tell. */
	ide_cd_insert(s.dev, 0, 1024, 7);
	sim_sleep(1000 * MS);
	scn_fails(scn_read(&s, 0, 3, 12), -ENOMEDIUM, "a read from the old disc");
	check_is(&s, 0, TRV_DISK_MEDIA_CHANGE);
	new_disc_is_read(&s, 0);
	scn_down(&s);
}

/* With another disc of the old one's size the drive comes back from a power cut; who learns of it? */
static void power_swap(bool read)
{
	struct scn s;

	if (!scn_up(&s, PIIX4 CD))
		return;
	scn_ok(scn_read(&s, 0, 3, 12), "a read");
	/* The old disc's size, so that the sense data alone can tell. */
	ide_cd_insert(s.dev, 0, 1024, 7);
	sim_sleep(1000 * MS);
	ide_cd_power_cut(s.dev, 0);
	if (read)
		scn_fails(scn_read(&s, 0, 3, 12), -ENOMEDIUM, "a read from the old disc");
	check_is(&s, 0, TRV_DISK_MEDIA_CHANGE);
	new_disc_is_read(&s, 0);
	scn_down(&s);
}

SIM_SCENARIO(cd_power_swap, "ide/cd-power-swap",
	     "the drive loses its power and comes back with another disc: no data of that one")
{
	power_swap(true);
}

SIM_SCENARIO(cd_power_swap_check, "ide/cd-power-swap-check",
	     "the same, and somebody asks before anything is read")
{
	power_swap(false);
}

/*
 * Another disc of the same size, of which a check or a read (@rc) is told; and
 * @fault sees to it that nobody hears it.
 */
static void change_unheard(enum ide_fault_kind fault, u8 packet, bool ask, int rc)
{
	const struct ide_fault f = { .kind = fault, .packet = packet, .times = 1 };
	struct scn s = scn_plug(PIIX4 CD);

	scn_option(&s, "timeout_ms", 500);
	if (!scn_bind(&s))
		return;
	ide_cd_insert(s.dev, 0, 1024, 7);
	sim_sleep(1000 * MS);
	ide_fault_add(s.dev, &f);
	if (ask)
		check_is(&s, 0, rc);
	else
		scn_fails(scn_read(&s, 0, 3, 12), rc, "a read that fails");
	scn_fails(scn_read(&s, 0, 3, 12), -ENOMEDIUM, "a read from the old disc");
	check_is(&s, 0, TRV_DISK_MEDIA_CHANGE);
	new_disc_is_read(&s, 0);
	scn_down(&s);
}

SIM_SCENARIO(cd_change_unheard, "ide/cd-change-unheard",
	     "another disc, and the drive cannot tell the read that met it: still no data of it")
{
	change_unheard(IDE_F_DF, PACKET_REQUEST_SENSE, false, -ENOMEDIUM);
}

SIM_SCENARIO(cd_change_unasked, "ide/cd-change-unheard-check", "nor the check that met it")
{
	change_unheard(IDE_F_DF, PACKET_REQUEST_SENSE, true, -EIO);
}

SIM_SCENARIO(cd_change_lost, "ide/cd-change-lost-irq", "nor can its interrupt, which is lost")
{
	change_unheard(IDE_F_DROP_IRQ, PACKET_READ_10, false, -ETIMEDOUT);
}

/* A read is under way, by @dma or not, when the disc is taken, and @another put in. */
static void change_during(u32 dma, bool another)
{
	const struct ide_fault hold = {
		.kind = IDE_F_HOLD, .packet = PACKET_READ_10, .first = 500, .last = 500, .times = 1
	};
	struct scn s = scn_plug(PIIX4 CD);
	struct scn_io io[3];
	u32 n = 0;

	scn_option(&s, "dma", dma);
	if (!scn_bind(&s))
		return;
	ide_fault_add(s.dev, &hold);
	for (; n < TRV_ARRAY_SIZE(io); n++)
		if (!scn_ok(scn_submit(&s, &io[n], 0, TRV_REQ_READ, 500 + 100 * n, 50), "submit"))
			break;
	/* The first one's data have arrived, and its end has not; the others wait. */
	sim_sleep(200 * MS);
	if (another)
		ide_cd_insert(s.dev, 0, 900, 5);
	else
		ide_cd_take(s.dev, 0);
	ide_release(s.dev, 0);
	for (u32 i = 0; i < n; i++) {
		int rc = scn_end(&io[i]);

		if (i)
			scn_fails(rc, -ENOMEDIUM, "a read of the old disc");
	}
	if (another)
		new_disc_is_read(&s, 0);
	scn_down(&s);
}

SIM_SCENARIO(cd_change_during, "ide/cd-change-during",
	     "another disc while one read is under way and two wait: none is the new disc's")
{
	change_during(1, true);
}

SIM_SCENARIO(cd_change_during_pio, "ide/cd-change-during-pio", "the same by PIO")
{
	change_during(0, true);
}

SIM_SCENARIO(cd_take_during, "ide/cd-take-during", "the disc is taken under a read")
{
	change_during(1, false);
}

static void asker(void *arg)
{
	struct scn *s = arg;

	(void)check(s, 0);
}

SIM_SCENARIO(cd_check_change, "ide/cd-check-during",
	     "asked while reads wait, and there is another disc: none of them is the new disc's")
{
	struct sim_task *task;
	struct scn_io io[3];
	struct scn s;
	u32 n = 0;

	if (!scn_up(&s, PIIX4 CD))
		return;
	ide_cd_insert(s.dev, 0, 900, 5);
	sim_sleep(1000 * MS);
	task = sim_task_start("asker", 1, asker, &s);
	for (; n < TRV_ARRAY_SIZE(io); n++) {
		/* None of these is a success unless it was submitted after the change was told. */
		if (blocks(&s, 0) == 900 ||
		    scn_submit(&s, &io[n], 0, TRV_REQ_READ, 300 + 100 * n, 50))
			break;
	}
	for (u32 i = 0; i < n; i++)
		scn_fails(scn_end(&io[i]), -ENOMEDIUM, "a read of the old disc");
	sim_task_join(task);
	new_disc_is_read(&s, 0);
	scn_down(&s);
}

SIM_SCENARIO(cd_check_told, "ide/cd-check-told",
	     "of another disc the drive has told, then the look fails: it is not the old one's")
{
	const struct ide_fault fault = { .kind = IDE_F_DF,
					 .packet = PACKET_READ_CAPACITY,
					 .times = 1 };
	struct scn s;

	if (!scn_up(&s, PIIX4 CD))
		return;
	ide_cd_insert(s.dev, 0, 1024, 5);
	sim_sleep(1000 * MS);
	ide_fault_add(s.dev, &fault);
	sim_expect(check(&s, 0) < 0 || sim_deviated());
	scn_fails(scn_read(&s, 0, 300, 50), -ENOMEDIUM, "a read of the old disc");
	new_disc_is_read(&s, 0);
	scn_down(&s);
}

static bool is_held(void *arg)
{
	return ide_held(((struct scn *)arg)->dev, 0);
}

SIM_SCENARIO(cd_check_same, "ide/cd-check-during-same",
	     "asked while the driver looks at a disc as large as the old one: nobody was told of it")
{
	const struct ide_fault hold = { .kind = IDE_F_HOLD,
					.packet = PACKET_READ_CAPACITY,
					.times = 1 };
	struct sim_task *task;
	struct scn_io io[3];
	struct scn s;
	u32 n = 0;

	if (!scn_up(&s, PIIX4 CD))
		return;
	ide_cd_insert(s.dev, 0, 1024, 5);
	sim_sleep(1000 * MS);
	ide_fault_add(s.dev, &hold);
	task = sim_task_start("asker", 1, asker, &s);
	/* The drive has told its driver by now, which has not told anybody. */
	for (; sim_wait(is_held, &s, 5000 * MS) && n < TRV_ARRAY_SIZE(io); n++)
		if (scn_submit(&s, &io[n], 0, TRV_REQ_READ, 300 + 100 * n, 50))
			break;
	ide_release(s.dev, 0);
	for (u32 i = 0; i < n; i++)
		scn_fails(scn_end(&io[i]), -ENOMEDIUM, "a read that waited for the look");
	sim_task_join(task);
	new_disc_is_read(&s, 0);
	scn_down(&s);
}

SIM_SCENARIO(cd_not_ready, "ide/cd-becoming-ready",
	     "a read that meets a disc that is not ready yet waits for it")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 CD))
		return;
	ide_cd_insert(s.dev, 0, 1024, 7);
	/* Told that it is another one, but not that it is ready: the capacity comes later. */
	if (!sim_deviated()) {
		check_is(&s, 0, TRV_DISK_MEDIA_CHANGE);
		sim_expect(sim_deviated() || blocks(&s, 0) == 0);
	}
	new_disc_is_read(&s, 0);
	/* Spinning down and up again is no change. */
	ide_cd_spin_up(s.dev, 0, 900 * MS);
	scn_ok(scn_read(&s, 0, 3, 12), "a read while it spins up");
	scn_down(&s);
}

SIM_SCENARIO(cd_never_ready, "ide/cd-never-ready",
	     "one that is never ready is given up, and works when it is")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 CD))
		return;
	ide_cd_spin_up(s.dev, 0, 60000 * MS);
	scn_fails(scn_read(&s, 0, 3, 12), -ETIMEDOUT, "a read of a disc that is never ready");
	sim_sleep(60000 * MS);
	scn_down(&s);
}

SIM_SCENARIO(cd_attention, "ide/cd-attention-reset",
	     "a drive that reports each reset: none of them is taken for another disc")
{
	const struct ide_fault f = {
		.kind = IDE_F_HANG, .drive = 1, .first = 500, .last = 500, .times = 1
	};
	struct scn s = scn_plug(PIIX4 "disk0=cdmem:2M,disk1=mem:2M");

	ide_caps(s.dev, 0)->srst_attention = true;
	scn_option(&s, "timeout_ms", 500);
	if (!scn_bind(&s))
		return;
	ide_fault_add(s.dev, &f);
	scn_fails(scn_read(&s, 1, 500, 8), -ETIMEDOUT, "a read that hangs the other drive");
	scn_ok(scn_read(&s, 0, 3, 12), "a read after the reset");
	scn_down(&s);
}

SIM_SCENARIO(cd_button, "ide/cd-button",
	     "somebody presses the button of a locked drive: an event, and reads go on")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 CD))
		return;
	ide_cd_lock(s.dev, 0);
	sim_expect(!ide_cd_button(s.dev, 0) || sim_deviated());
	if (!sim_deviated())
		check_is(&s, 0, TRV_DISK_EJECT_REQUEST);
	scn_ok(scn_read(&s, 0, 3, 12), "a read");
	sim_expect(!ide_cd_button(s.dev, 0) || sim_deviated());
	scn_ok(scn_read(&s, 0, 30, 12), "a read that is told of it");
	scn_down(&s);
}

SIM_SCENARIO(cd_open, "ide/cd-open-tray",
	     "the tray is opened and closed again: it may be another disc")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 CD))
		return;
	sim_expect(ide_cd_button(s.dev, 0) || sim_deviated());
	scn_fails(scn_read(&s, 0, 3, 12), -ENOMEDIUM, "a read with the tray open");
	check_is(&s, 0, TRV_DISK_MEDIA_CHANGE);
	sim_expect(ide_cd_button(s.dev, 0));
	new_disc_is_read(&s, 0);
	scn_down(&s);
}

SIM_SCENARIO(cd_check_busy, "ide/cd-check-busy",
	     "asked while its neighbour is busy: between two requests, which notice nothing")
{
	struct sim_task *task;
	struct scn_io io[6];
	struct scn s;
	u32 n = 0;

	if (!scn_up(&s, PIIX4 CD ",disk1=mem:2M"))
		return;
	for (; n < TRV_ARRAY_SIZE(io); n++)
		if (!scn_ok(scn_submit(&s, &io[n], 1, n & 1 ? TRV_REQ_READ : TRV_REQ_WRITE, 60 * n,
				       40),
			    "submit"))
			break;
	task = sim_task_start("asker", 1, asker, &s);
	check_is(&s, 0, 0);
	while (n--)
		scn_ok(scn_wait(&io[n]), "a request of the neighbour's");
	sim_task_join(task);
	scn_down(&s);
}

SIM_SCENARIO(cd_check_hung, "ide/cd-check-hung",
	     "asked while a request hangs: it waits for the time-out, and no longer")
{
	const struct ide_fault f = {
		.kind = IDE_F_HANG, .drive = 1, .first = 500, .last = 500, .times = 1
	};
	struct scn s = scn_plug(PIIX4 CD ",disk1=mem:2M");
	struct scn_io io;
	u64 since;

	scn_hurry(&s, 500);
	if (!scn_bind(&s))
		return;
	ide_fault_add(s.dev, &f);
	if (scn_ok(scn_submit(&s, &io, 1, TRV_REQ_READ, 500, 8), "submit")) {
		since = sim_now();
		scn_ok(trv_min(check(&s, 0), 0), "a check");
		sim_expect(sim_deviated() || sim_now() - since < 2000 * MS);
		scn_fails(scn_wait(&io), -ETIMEDOUT, "a read that hangs");
	}
	scn_down(&s);
}

SIM_SCENARIO_LONG(
	cd_check_in_vain, "ide/cd-check-in-vain",
	"asked while a request hangs for which the user has more patience: refused, and no more than that")
{
	const struct ide_fault f = {
		.kind = IDE_F_HANG, .drive = 1, .first = 500, .last = 500, .times = 1
	};
	struct scn s = scn_plug(PIIX4 CD ",disk1=mem:2M");
	struct scn_io hangs, waits;
	struct trv_disk *d;

	scn_hurry(&s, 500);
	if (!scn_bind(&s))
		return;
	d = scn_disk(&s, 1);
	ide_fault_add(s.dev, &f);
	if (!d)
		return;
	trv_disk_set_timeout(d, 100000);
	if (scn_ok(scn_submit(&s, &hangs, 1, TRV_REQ_READ, 500, 8), "submit") &&
	    scn_ok(scn_submit(&s, &waits, 1, TRV_REQ_READ, 600, 8), "submit another")) {
		scn_fails(check(&s, 0), -EBUSY, "a check");
		scn_fails(scn_wait(&hangs), -ETIMEDOUT, "a read that hangs");
		scn_ok(scn_wait(&waits), "the read behind it");
		scn_ok(scn_read(&s, 0, 5, 4), "a read of the disc");
		scn_ok(trv_min(check(&s, 0), 0), "a check again");
	}
	scn_workout(&s);
	scn_down(&s);
}

/* Its neighbour has the channel for @ns, well within what a command may take. */
static void check_slow(enum trv_req_op op, u8 code, u64 ns)
{
	const struct ide_fault f = {
		.kind = IDE_F_LATE, .drive = 1, .op = code, .ns = ns, .times = 1
	};
	struct scn_io io;
	struct scn s;

	if (!scn_up(&s, PIIX4 CD ",disk1=mem:2M"))
		return;
	scn_ok(scn_write(&s, 1, 100, 8), "a write");
	ide_fault_add(s.dev, &f);
	if (scn_ok(scn_submit(&s, &io, 1, op, op == TRV_REQ_FLUSH ? 0 : 500,
			      op == TRV_REQ_FLUSH ? 0 : 8),
		   "submit")) {
		scn_ok(trv_min(check(&s, 0), 0), "a check");
		scn_ok(scn_wait(&io), "the slow one");
	}
	scn_workout(&s);
	scn_down(&s);
}

SIM_SCENARIO(cd_check_slow, "ide/cd-check-slow",
	     "asked while its neighbour tries a weak sector for 12 s: it waits for that")
{
	check_slow(TRV_REQ_READ, ATA_OP_READ_DMA, 12000 * MS);
}

SIM_SCENARIO(cd_check_flush, "ide/cd-check-slow-flush",
	     "asked while its neighbour flushes for 25 s: it waits for that")
{
	check_slow(TRV_REQ_FLUSH, ATA_OP_FLUSH_EXT, 25000 * MS);
}

SIM_SCENARIO(cd_check_fails, "ide/cd-check-fails",
	     "a drive that hangs when asked for news is reset, and asked again it answers")
{
	const struct ide_fault f = { .kind = IDE_F_NO_PACKET, .op = ATA_OP_PACKET, .times = 1 };
	struct scn s;

	if (!scn_up(&s, PIIX4 CD))
		return;
	ide_fault_add(s.dev, &f);
	scn_fails(check(&s, 0), -ETIMEDOUT, "a check that hangs");
	if (!sim_deviated())
		sim_expect_eq(ide_count_op(s.dev, 0, ATA_OP_DEVICE_RESET), 1);
	scn_ok(trv_min(check(&s, 0), 0), "the next one");
	scn_down(&s);
}

SIM_SCENARIO(cd_check_gone, "ide/cd-check-gone", "pulled out while it is asked")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 CD))
		return;
	sim_unplug(s.dev);
	sim_expect(check(&s, 0) < 0);
	sim_unbind(s.dev);
}

static void sleeper(void *arg)
{
	struct scn *s = arg;

	if (!sim_suspend(s->dev))
		scn_ok(sim_resume(s->dev), "resume");
}

SIM_SCENARIO(cd_check_sleep, "ide/cd-check-suspend", "asked while it is put to sleep")
{
	struct sim_task *task;
	struct scn s;

	if (!scn_up(&s, PIIX4 CD))
		return;
	task = sim_task_start("sleeper", 1, sleeper, &s);
	for (u32 i = 0; i < 3; i++) {
		int rc = check(&s, 0);

		sim_expect(sim_deviated() || rc == 0 || rc == -EBUSY);
		sim_sleep(MS);
	}
	sim_task_join(task);
	scn_down(&s);
}

static void sleep_test(bool power, bool swap)
{
	struct scn s;

	if (!scn_up(&s, PIIX4 CD ",disk1=mem:2M"))
		return;
	scn_ok(scn_read(&s, 0, 3, 12), "a read");
	if (scn_ok(sim_suspend(s.dev), "suspend")) {
		if (swap)
			ide_cd_insert(s.dev, 0, 700, 5);
		if (power)
			ide_power_cut(s.dev);
		sim_sleep(1000 * MS);
		if (scn_ok(sim_resume(s.dev), "resume")) {
			if (swap)
				scn_fails(scn_read(&s, 0, 3, 12), -ENOMEDIUM,
					  "a read of the disc from before");
			else
				scn_ok(scn_read(&s, 0, 3, 12), "a read");
			scn_rw_ok(&s, 1, 3, 12);
		}
	}
	scn_down(&s);
}

SIM_SCENARIO(cd_suspend, "ide/cd-suspend", "asleep and awake, with the power off in between")
{
	sleep_test(true, false);
}

SIM_SCENARIO(cd_suspend_on, "ide/cd-suspend-powered", "asleep and awake, with the power left on")
{
	sleep_test(false, false);
}

SIM_SCENARIO(cd_suspend_swap, "ide/cd-suspend-change", "another disc in the morning")
{
	sleep_test(true, true);
}

SIM_SCENARIO(cd_suspend_swap_on, "ide/cd-suspend-powered-change",
	     "another disc in the morning, which the drive has told")
{
	sleep_test(false, true);
}
