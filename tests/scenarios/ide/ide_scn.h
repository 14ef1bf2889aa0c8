/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the IDE driver's scenarios share. They talk to the driver through
 * <trivet/disk.h> alone and judge it by the medium, read past it and past the
 * drive. Disks in memory hold a pattern of each sector's address, so data from
 * a wrong place show. Every scenario ends with a request on each disk and a
 * quiet controller: scn_down().
 */
#ifndef TRIVET_TESTS_IDE_SCN_H
#define TRIVET_TESTS_IDE_SCN_H

#include <os/test-sim/models/ide_test.h>
#include <os/test-sim/scenario.h>
#include <trivet/disk.h>
#include <trivet/hw/ata.h>
#include <trivet/hw/piix.h>

/**
 * SCN_TRIES - how often a disk is asked before it counts as lost
 *
 * Each try may be given up after the half-second that some scenarios allow, while a drive may be
 * waited for 31 s after a reset.
 */
enum { SCN_TRIES = 64 };

/** struct scn - a controller under test */
struct scn {
	struct trv_dev *dev;
	u8 *buf;  /* the driver's to fill or read */
	u8 *want; /* the scenario's own */
	u32 room; /* of both, in sectors: scn_room() */
	u64 seed;
	u64 irqs; /* asserted before the driver was there */
	bool bound;
	bool polled; /* the driver was told to do without interrupts */
};

/** scn_room() - @buf and @want hold @n sectors from here on; what they held is gone if that is more */
void scn_room(struct scn *s, u32 n);
/** scn_plug() - the device, patterned, not yet bound: turn what you like at it */
struct scn scn_plug(const char *spec);
/**
 * scn_bind() - probe; false when this run's deviations leave nothing to test
 *
 * On a day without resource faults it succeeds; after one, the second try does.
 * And after such a run, with the faults of drives and runs over, it succeeds
 * again, and every disk works.
 */
bool scn_bind(struct scn *s);
/** scn_absent() - this drive, the scenario sees to it, is nothing a driver can use, for ever */
void scn_absent(u32 unit);
/** scn_up() - both */
bool scn_up(struct scn *s, const char *spec);
/** scn_down() - faults off, a request on every disk, unbind, nothing under way */
void scn_down(struct scn *s);
/** scn_quiet() - nothing of the hardware is under way, as after remove or shutdown */
void scn_quiet(struct scn *s);
/** scn_recover() - one read and one write on every disk, which succeed */
void scn_recover(struct scn *s);

/**
 * scn_workout() - everything every drive can do, and all of it succeeds
 *
 * For after an event that should leave nothing behind. A flush comes first, which nothing has
 * cleaned up for; then write, read, trim and flush, and of a CD drive a read and its events.
 */
void scn_workout(struct scn *s);

/** scn_medium() - is there one in the drive? Asks for events until the disc is ready */
bool scn_medium(struct scn *s, struct trv_disk *d);

/** scn_disk() - the disk at @unit, 2 * channel + device; NULL when the driver has none there */
struct trv_disk *scn_disk(struct scn *s, u32 unit);
/** scn_disks() - how many it registered */
u32 scn_disks(struct scn *s);

/**
 * scn_ok() - was it a success, as it must be?
 *
 * A failure ends the run unless a deviation explains it: then false.
 */
bool scn_ok(int rc, const char *what);
/** scn_fails() - @rc is @want, or a deviation explains another error */
void scn_fails(int rc, int want, const char *what);

/** scn_read(), scn_write() - through the driver, then compared with the medium; the result */
int scn_read(struct scn *s, u32 unit, u64 lba, u32 n);
int scn_write(struct scn *s, u32 unit, u64 lba, u32 n);
/** scn_rw_ok() - both, and both succeed */
void scn_rw_ok(struct scn *s, u32 unit, u64 lba, u32 n);
/** scn_rw_few() - scn_rw_ok() of a sector, a whole block of MULTIPLE, and a broken one */
void scn_rw_few(struct scn *s, u32 unit);
/** scn_rw_sizes() - scn_rw_ok() over counts and places that have been edges to somebody */
void scn_rw_sizes(struct scn *s, u32 unit);
/** scn_flush() - FLUSH through the driver */
int scn_flush(struct scn *s, u32 unit);
/** scn_discard() - DISCARD through the driver */
int scn_discard(struct scn *s, u32 unit, u64 lba, u32 n);

/**
 * struct scn_disc - what was in a CD drive when something was asked of it
 * @seed: of its contents
 * @news: it was another one, and the drive had not told anybody
 */
struct scn_disc {
	u64 seed;
	bool news;
};

/** struct scn_io - one request under way; done exactly once */
struct scn_io {
	struct trv_io io;
	struct trv_vec vec;
	struct scn *s;
	u32 unit;
	u32 dones;
	u64 seed; /* of what a write writes */
	struct scn_disc disc;
};
/** scn_submit() - returns trv_disk_submit()'s result; the data are judged by scn_wait() */
int scn_submit(struct scn *s, struct scn_io *io, u32 unit, enum trv_req_op op, u64 lba, u32 n);
/** scn_submit_fua() - a write that must be on the medium when it is done */
int scn_submit_fua(struct scn *s, struct scn_io *io, u32 unit, u64 lba, u32 n);
/** scn_submit_vec() - into memory of the caller's, with @s and @unit set; then scn_end() */
bool scn_submit_vec(struct scn_io *io, enum trv_req_op op, u64 lba, u32 n,
		    const struct trv_vec *vec, u32 n_vec);
/** scn_wait() - until it is done; its status. A success moved the right data. */
int scn_wait(struct scn_io *io);
/** scn_end() - the same without a look at the data: the medium may have changed since */
int scn_end(struct scn_io *io);
bool scn_is_done(const struct scn_io *io);

/** scn_option() - a driver option, before scn_bind() */
void scn_option(struct scn *s, const char *name, u32 val);

/** scn_hurry() - requests may take @ms, and resets of no drive take seconds; before scn_bind() */
void scn_hurry(struct scn *s, u32 ms);

/** scn_last() - the last command of this drive; ends the run when there was none */
const struct ide_history *scn_last(struct scn *s, u32 unit);

#define TWO_DISKS "disk0=mem:16M,disk1=mem:8M"
#define FOUR_DISKS TWO_DISKS ",disk2=mem:4M,disk3=mem:2M"
#define PIIX3 "piix3-ide,"
#define PIIX4 "piix4-ide,"
#define NATIVE "pci-ide,mode=native,"
#define MESSAGE "pci-ide,mode=native,msi=1,"

#endif /* TRIVET_TESTS_IDE_SCN_H */
