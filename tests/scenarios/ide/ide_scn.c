// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <string.h>

#include "ide_scn.h"

enum {
	SEED = 0x1de,
	BIND_TRIES = 4,
	LONGEST_WAIT_S = 200, /* of virtual time, for one request */
	READY_TRIES = 20,     /* of a CD drive, */
	READY_NS = 100000000, /* and the pause after each */
};

/* A disk's blocks in sectors, in which media and buffers are measured. */
static u32 sectors_of(const struct trv_disk *d, u32 blocks)
{
	return blocks * (trv_disk_info(d)->block_size / ATA_SECTOR);
}

/* ---- up and down ---------------------------------------------------------- */

static struct scn scn_of(struct trv_dev *dev)
{
	return (struct scn){ .dev = dev, .seed = SEED };
}

/* Most scenarios move eight sectors at a time, and clearing hundreds would be most of their work. */
void scn_room(struct scn *s, u32 n)
{
	if (n <= s->room)
		return;
	s->room = n;
	s->buf = sim_buf(n * ATA_SECTOR);
	s->want = sim_own(n * ATA_SECTOR);
}

static u32 absent;	  /* drives of this world that never become disks */
static bool failures_due; /* the scenario has asked for what cannot be */

void scn_absent(u32 unit)
{
	absent |= 1u << unit;
}

struct scn scn_plug(const char *spec)
{
	struct trv_dev *dev = sim_plug(spec);
	struct scn s;

	absent = 0;
	failures_due = false;
	if (!dev)
		sim_fail(SIM_EXPECT, SIM_SITE, "%s: %s", spec, sim_opt_error_text());
	s = scn_of(dev);
	for (u32 i = 0; i < IDE_DRIVES; i++) {
		if (ide_caps(s.dev, i)->present && ide_sectors(s.dev, i))
			ide_medium_pattern(s.dev, i, SEED + i);
	}
	return s;
}

/* After a resource fault, with everything unbound: as if nothing had been. */
static void recovery(struct trv_dev *dev)
{
	struct scn s = scn_of(dev);

	ide_faults_clear(dev);
	failures_due = true; /* what has happened was reported */
	scn_bind(&s);
	for (u32 i = 0; i < IDE_DRIVES; i++) {
		if (ide_caps(dev, i)->present && !(absent >> i & 1))
			scn_disk(&s, i);
	}
	scn_down(&s);
}

void scn_option(struct scn *s, const char *name, u32 val)
{
	sim_option_set(s->dev, name, val);
	if (!strcmp(name, "irq"))
		s->polled = !val;
}

static u64 asserted(struct scn *s)
{
	u64 n = 0;

	for (u32 i = 0; i < IDE_DRIVES; i++)
		n += ide_stats(s->dev, i)->irqs;
	return n;
}

bool scn_bind(struct scn *s)
{
	u32 tries = 0;
	int rc;

	sim_recover_with(s->dev, recovery);
	/* A run has few faults: when they are over, it works. */
	do {
		rc = sim_bind(s->dev);
	} while (rc && sim_class_reached() == SIM_RESOURCE && ++tries < BIND_TRIES);
	if (rc && sim_class_reached() != SIM_HOSTILE)
		sim_fail(SIM_EXPECT, SIM_SITE, "probe returned %d", rc);
	s->bound = !rc;
	s->irqs = asserted(s);
	return s->bound;
}

void scn_hurry(struct scn *s, u32 ms)
{
	scn_option(s, "timeout_ms", ms);
	for (u32 i = 0; i < IDE_DRIVES; i++)
		ide_trait_set(s->dev, i, IDE_T_RESET, 0);
}

bool scn_up(struct scn *s, const char *spec)
{
	*s = scn_plug(spec);
	return scn_bind(s);
}

/* A disc may take its time to be ready, and then somebody must ask for it. */
bool scn_medium(struct scn *s, struct trv_disk *d)
{
	const struct trv_disk_info *info = trv_disk_info(d);
	u64 sectors = ide_sectors(s->dev, info->unit);
	int rc = 0;

	if (!(info->flags & TRV_DISK_REMOVABLE))
		return true;
	if (ide_cd_is_open(s->dev, info->unit))
		sectors = 0;
	for (u32 i = 0; i < READY_TRIES && rc >= 0; i++) {
		rc = trv_disk_check_events(d);
		if (info->blocks * sectors_of(d, 1) == sectors)
			return sectors;
		sim_sleep(READY_NS);
	}
	if (sim_class_reached() == SIM_SCHEDULE)
		sim_fail(SIM_EXPECT, SIM_SITE, "disk %u has %llu blocks, and %llu sectors: %d",
			 info->unit, (unsigned long long)info->blocks, (unsigned long long)sectors,
			 rc);
	return false;
}

/* What works at the end is named otherwise than what the scenario asked before. */
static void last_requests(struct scn *s, u32 unit, bool writable)
{
	if (writable)
		scn_ok(scn_write(s, unit, 3, 2), "recovery write");
	scn_ok(scn_read(s, unit, 3, 2), "recovery read");
}

/*
 * A run has few faults. When they are over the disk works, the driver being bound all the time;
 * unless it did not come back from a reset, and the driver says so.
 */
static void recovers(struct scn *s, struct trv_disk *d)
{
	u32 unit = trv_disk_info(d)->unit;
	int rc = 0;

	if (sim_class_reached() != SIM_RESOURCE)
		return;
	for (u32 i = 0; i < SCN_TRIES; i++) {
		rc = scn_read(s, unit, 3, 2);
		if (!rc || rc == -ENODEV)
			return;
		/* It may be getting ready, and say nothing but that it is not. */
		if (rc == -EIO)
			sim_sleep(READY_NS);
		/* Another disc: nothing is read before somebody asks. */
		if (rc == -ENOMEDIUM && !scn_medium(s, d))
			return;
	}
	if (sim_class_reached() == SIM_RESOURCE)
		sim_fail(SIM_EXPECT, SIM_SITE, "disk %u does not recover: %d", unit, rc);
}

void scn_recover(struct scn *s)
{
	ide_faults_clear(s->dev);
	if (s->dev->gone || sim_class_reached() == SIM_HOSTILE)
		return; /* safe is all that is asked */
	for (struct trv_disk *d = trv_disk_first(s->dev); d; d = trv_disk_next(d)) {
		u32 unit = trv_disk_info(d)->unit;

		if (!scn_medium(s, d))
			continue;
		last_requests(s, unit, !(trv_disk_info(d)->flags & TRV_DISK_READ_ONLY));
		recovers(s, d);
	}
}

void scn_down(struct scn *s)
{
	if (!s->bound)
		return;
	scn_recover(s);
	sim_unbind(s->dev);
	s->bound = false;
	if (s->dev->gone)
		return;
	scn_quiet(s);
	/* Nothing has failed, then: of an interrupt that comes late, or for nothing, none is told. */
	if (sim_class_reached() == SIM_SCHEDULE && !ide_faults(s->dev) && !failures_due)
		sim_expect_eq(sim_log_errors(s->dev), 0);
	/* On a shared line an interrupt that nobody asked for is everybody's. */
	if (s->polled && sim_class_reached() != SIM_HOSTILE)
		sim_expect_eq(asserted(s), s->irqs);
}

void scn_quiet(struct scn *s)
{
	if (sim_class_reached() == SIM_SCHEDULE)
		sim_expect(ide_quiet(s->dev));
	/* A drive that was given up, or flushes for too long, is left alone with its command. */
	if (sim_class_reached() == SIM_RESOURCE)
		sim_expect(ide_silent(s->dev));
}

/* ---- judging -------------------------------------------------------------- */

bool scn_ok(int rc, const char *what)
{
	if (rc && sim_class_reached() == SIM_SCHEDULE)
		sim_fail(SIM_EXPECT, SIM_SITE, "%s returned %d", what, rc);
	return !rc;
}

void scn_fails(int rc, int want, const char *what)
{
	failures_due = true;
	if (rc == want)
		return;
	if (rc == 0 || sim_class_reached() == SIM_SCHEDULE)
		sim_fail(SIM_EXPECT, SIM_SITE, "%s returned %d, expected %d", what, rc, want);
}

static struct scn_disc disc_in(struct scn *s, u32 unit)
{
	if (!ide_is_cd(s->dev, unit))
		return (struct scn_disc){ 0 };
	return (struct scn_disc){ ide_cd_seed(s->dev, unit), ide_cd_is_news(s->dev, unit) };
}

/*
 * Who asks means the disc that is there, as far as anybody can know. So what was asked before the
 * drive told of another one is not answered from that, whatever its size.
 */
static void check_disc(u32 unit, const struct scn_disc *disc)
{
	if (disc->news)
		sim_fail(SIM_DATA, SIM_SITE,
			 "disk %u: what was asked of a disc before is answered from another", unit);
}

/* All in sectors. @disc: of a CD drive, when it was asked */
static void same(struct scn *s, u32 unit, u64 lba, u32 n, const u8 *got,
		 const struct scn_disc *disc)
{
	u32 i = 0;

	scn_room(s, n);
	check_disc(unit, disc);
	if (disc->seed)
		ide_pattern(disc->seed, lba, n, s->want);
	else
		ide_medium_read(s->dev, unit, lba, n, s->want);
	if (!memcmp(got, s->want, n * ATA_SECTOR))
		return;
	while (got[i] == s->want[i])
		i++;
	sim_fail(SIM_DATA, SIM_SITE,
		 "disk %u, %u sectors from %llu: byte %u is %02x, on the medium %02x", unit, n,
		 (unsigned long long)lba, i, got[i], s->want[i]);
}

struct trv_disk *scn_disk(struct scn *s, u32 unit)
{
	struct trv_disk *d = trv_disk_first(s->dev);

	while (d && trv_disk_info(d)->unit != unit)
		d = trv_disk_next(d);
	if (!d && sim_class_reached() == SIM_SCHEDULE)
		sim_fail(SIM_EXPECT, SIM_SITE, "there is no disk %u", unit);
	return d;
}

u32 scn_disks(struct scn *s)
{
	u32 n = 0;

	for (struct trv_disk *d = trv_disk_first(s->dev); d; d = trv_disk_next(d))
		n++;
	return n;
}

const struct ide_history *scn_last(struct scn *s, u32 unit)
{
	const struct ide_history *h = ide_history(s->dev, unit, 0);

	if (!h)
		sim_fail(SIM_EXPECT, SIM_SITE, "drive %u has seen no command", unit);
	return h;
}

/* ---- one at a time -------------------------------------------------------- */

int scn_read(struct scn *s, u32 unit, u64 lba, u32 n)
{
	struct trv_disk *d = scn_disk(s, unit);
	struct scn_disc disc;
	int rc;

	if (!d)
		return -ENODEV;
	scn_room(s, sectors_of(d, n));
	disc = disc_in(s, unit);
	memset(s->buf, 0xa5, sectors_of(d, n) * ATA_SECTOR);
	rc = trv_disk_rw(d, TRV_REQ_READ, lba, n, s->buf);
	if (!rc)
		same(s, unit, lba * sectors_of(d, 1), sectors_of(d, n), s->buf, &disc);
	return rc;
}

int scn_write(struct scn *s, u32 unit, u64 lba, u32 n)
{
	struct trv_disk *d = scn_disk(s, unit);
	u32 sectors;
	u64 first;
	int rc;

	if (!d)
		return -ENODEV;
	sectors = sectors_of(d, n);
	first = lba * sectors_of(d, 1);
	scn_room(s, sectors);
	ide_pattern(++s->seed, first, sectors, s->buf);
	rc = trv_disk_rw(d, TRV_REQ_WRITE, lba, n, s->buf);
	if (!rc) {
		ide_pattern(s->seed, first, sectors, s->buf);
		same(s, unit, first, sectors, s->buf, &(struct scn_disc){ 0 });
	}
	return rc;
}

void scn_rw_ok(struct scn *s, u32 unit, u64 lba, u32 n)
{
	scn_ok(scn_write(s, unit, lba, n), "a write");
	scn_ok(scn_read(s, unit, lba, n), "a read");
}

static void rw_counts(struct scn *s, u32 unit, const u32 *counts, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		u64 lba = 100 + 1000 * i;

		/* Its neighbours keep what they had. */
		scn_rw_ok(s, unit, lba, counts[i]);
		scn_ok(scn_read(s, unit, lba - 2, 4), "a read");
		scn_ok(scn_read(s, unit, lba + counts[i] - 2, 4), "a read");
	}
}

void scn_rw_few(struct scn *s, u32 unit)
{
	static const u32 counts[] = { 1, 16, 21 };

	rw_counts(s, unit, counts, TRV_ARRAY_SIZE(counts));
}

void scn_rw_sizes(struct scn *s, u32 unit)
{
	static const u32 counts[] = { 1, 2, 7, 8, 15, 16, 17, 127, 128, 129, 255, 256 };
	u64 end = ide_sectors(s->dev, unit);

	rw_counts(s, unit, counts, TRV_ARRAY_SIZE(counts));
	scn_rw_ok(s, unit, 0, 1);
	scn_rw_ok(s, unit, end - 1, 1);
	scn_rw_ok(s, unit, end - 200, 200);
}

int scn_flush(struct scn *s, u32 unit)
{
	struct trv_disk *d = scn_disk(s, unit);

	return d ? trv_disk_rw(d, TRV_REQ_FLUSH, 0, 0, NULL) : -ENODEV;
}

int scn_discard(struct scn *s, u32 unit, u64 lba, u32 n)
{
	struct trv_disk *d = scn_disk(s, unit);

	return d ? trv_disk_rw(d, TRV_REQ_DISCARD, lba, n, NULL) : -ENODEV;
}

static void cd_workout(struct scn *s, struct trv_disk *d)
{
	if (!scn_medium(s, d))
		return;
	scn_ok(scn_read(s, trv_disk_info(d)->unit, 5, 9), "a read of the disc");
	scn_ok(trv_min(trv_disk_check_events(d), 0), "a check for events");
	scn_ok(scn_read(s, trv_disk_info(d)->unit, 40, 1), "another read of it");
}

static void disk_workout(struct scn *s, u32 unit, u32 flags)
{
	scn_rw_ok(s, unit, 700, 24);
	if (flags & TRV_DISK_DISCARD) {
		scn_ok(scn_discard(s, unit, 704, 8), "a discard");
		scn_ok(scn_read(s, unit, 700, 24), "a read around what was discarded");
	}
	scn_ok(scn_flush(s, unit), "a flush");
}

void scn_workout(struct scn *s)
{
	for (struct trv_disk *d = trv_disk_first(s->dev); d; d = trv_disk_next(d))
		if (trv_disk_info(d)->flags & TRV_DISK_WRITE_CACHE)
			scn_ok(scn_flush(s, trv_disk_info(d)->unit), "a flush before all else");
	for (struct trv_disk *d = trv_disk_first(s->dev); d; d = trv_disk_next(d)) {
		if (trv_disk_info(d)->flags & TRV_DISK_REMOVABLE)
			cd_workout(s, d);
		else
			disk_workout(s, trv_disk_info(d)->unit, trv_disk_info(d)->flags);
	}
}

/* ---- many at a time ------------------------------------------------------- */

static void done(struct trv_io *io)
{
	struct scn_io *sio = trv_container_of(io, struct scn_io, io);

	if (sio->dones++)
		sim_fail(SIM_EXPECT, SIM_SITE, "a request was completed twice");
}

bool scn_submit_vec(struct scn_io *io, enum trv_req_op op, u64 lba, u32 n,
		    const struct trv_vec *vec, u32 n_vec)
{
	struct trv_disk *d = scn_disk(io->s, io->unit);

	io->io = (struct trv_io){
		.op = op,
		.lba = lba,
		.blocks = n,
		.vec = vec,
		.n_vec = n_vec,
		.done = done,
		.status = 1,
	};
	io->dones = 0;
	return d && !trv_disk_submit(d, &io->io);
}

bool scn_is_done(const struct scn_io *io)
{
	return io->dones;
}

static bool is_done(void *arg)
{
	return scn_is_done(arg);
}

static int submit(struct scn *s, struct scn_io *io, u32 unit, enum trv_req_op op, u64 lba, u32 n,
		  bool fua)
{
	struct trv_disk *d = scn_disk(s, unit);
	bool data = op == TRV_REQ_READ || op == TRV_REQ_WRITE;

	*io = (struct scn_io){ .s = s, .unit = unit, .seed = ++s->seed, .disc = disc_in(s, unit) };
	io->vec.len = d ? sectors_of(d, n) * ATA_SECTOR : 0;
	io->io = (struct trv_io){
		.op = op,
		.fua = fua,
		.lba = lba,
		.blocks = n,
		.vec = data ? &io->vec : NULL,
		.n_vec = data,
		.done = done,
		.status = 1,
	};
	if (!d)
		return -ENODEV;
	if (data)
		io->vec.buf = sim_buf(io->vec.len);
	if (op == TRV_REQ_WRITE)
		ide_pattern(io->seed, lba * sectors_of(d, 1), sectors_of(d, n), io->vec.buf);
	return trv_disk_submit(d, &io->io);
}

int scn_submit(struct scn *s, struct scn_io *io, u32 unit, enum trv_req_op op, u64 lba, u32 n)
{
	return submit(s, io, unit, op, lba, n, false);
}

int scn_submit_fua(struct scn *s, struct scn_io *io, u32 unit, u64 lba, u32 n)
{
	return submit(s, io, unit, TRV_REQ_WRITE, lba, n, true);
}

int scn_end(struct scn_io *io)
{
	if (!sim_wait(is_done, io, LONGEST_WAIT_S * 1000000000ULL))
		sim_fail(SIM_EXPECT, SIM_SITE, "a request was not completed in %u s",
			 LONGEST_WAIT_S);
	sim_expect(io->io.status <= 0);
	return io->io.status;
}

int scn_wait(struct scn_io *io)
{
	int rc = scn_end(io);

	if (rc)
		return rc;
	if (io->vec.buf) {
		u32 sectors = io->vec.len / ATA_SECTOR;
		u64 first = io->io.lba * (sectors / io->io.blocks);

		if (io->io.op == TRV_REQ_WRITE)
			ide_pattern(io->seed, first, sectors, io->vec.buf);
		same(io->s, io->unit, first, sectors, io->vec.buf, &io->disc);
	}
	return 0;
}
