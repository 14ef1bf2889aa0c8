/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * State that outlives an event. A driver that leaves a flag, a counter, a list,
 * an action that is due or a channel held behind it works on, until something
 * else happens. So everything here comes in pairs: a mishap that the driver has
 * to survive, and then a life in which each drive of the controller does all
 * that it can, and meets mishaps of its own.
 *
 * What is expected is exact: statuses, data, numbers of tries (drivers/ide/README.md),
 * what the drive was told to trim, and silence on the line after every request.
 * A deviation relaxes it only while it lasts: the next phase is as strict again,
 * but for what the driver says it has given up.
 */
#ifndef TRIVET_TESTS_IDE_AFTERMATH_H
#define TRIVET_TESTS_IDE_AFTERMATH_H

#include "ide_scn.h"

#define AM_MS 1000000ULL
enum { AM_TIMEOUT_MS = 500 };

/**
 * struct am_rig - a controller and what is on its cables
 * @dma, @irq: the driver's options
 * @apart:     its disks differ in all they can: 1 and 3 know 28 bits, short blocks, no trim;
 *             2 the other way round
 */
struct am_rig {
	const char *spec;
	u32 dma, irq;
	u32 apart;
};
extern const struct am_rig am_disks, am_disks_turned, am_cd_first, am_cd_second, am_by_pio,
	am_polled, am_shared;

/**
 * struct am - a controller under test
 * @last:  the mishap before, for messages
 * @lost:  bitmap of units that did not come back, as the driver says: -ENODEV
 * @taken: deviations up to the beginning of this phase
 * @raw:   nothing was asked of the drives since the phase before
 */
struct am {
	struct scn s;
	const struct am_rig *rig;
	const char *last;
	u32 lost;
	u32 taken;
	bool raw;
};

bool am_up(struct am *a, const struct am_rig *rig);
void am_down(struct am *a);

/* ---- aftermath.c: judging --------------------------------------------------- */

/** am_steady() - nothing deviated in this phase, and nothing is broken */
bool am_steady(const struct am *a);
/** am_cut_shows() - does a DMA transfer that ends too early? Not to a status that is polled */
bool am_cut_shows(struct am *a, u32 unit);
/** am_is() - @rc is @want, or a deviation of this phase explains another */
void am_is(struct am *a, int rc, int want, const char *what);
/**
 * am_settle() - a phase is over: after a deviation each drive works again, or is said to be lost
 *
 * From here on everything is exact again.
 */
void am_settle(struct am *a);
/**
 * am_go_on() - a phase is over, and the next request finds what the last one left
 *
 * As exact as after am_settle(), but a drive may turn out to be lost, or its disc gone.
 */
void am_go_on(struct am *a);
/** am_idle() - a request has ended: no line is up, and no command under way */
void am_idle(struct am *a);
/** am_by_dma() - did the last read of the drive go by DMA? What the disk calls its mode is of its bind */
bool am_by_dma(struct am *a, u32 unit);
/** am_has_dma() - does the next one? */
bool am_has_dma(struct am *a, u32 unit);

/* One request, exactly. */
int am_read(struct am *a, u32 unit, u64 lba, u32 n);
int am_write(struct am *a, u32 unit, u64 lba, u32 n);
int am_flush(struct am *a, u32 unit);
int am_discard(struct am *a, u32 unit, u64 lba, u32 n);

/* ---- aftermath_life.c: what every drive can do --------------------------------- */

/** am_life() - settle; then each drive by itself, then all at once; all of it succeeds */
void am_life(struct am *a);
/** am_patience() - each drive has all its tries, of each kind; a disk is slower for it */
void am_patience(struct am *a);
/** am_limits() - as large and as scattered as a request may be, then as small, on each drive */
void am_limits(struct am *a);
/** am_sleep() - suspended, with what the caches held on the media; the power off; resumed */
void am_sleep(struct am *a);

/* ---- aftermath_mishap.c: what it has to survive ---------------------------------- */

/**
 * struct am_mishap - one request that meets faults
 * @op:     of the request, to 8 blocks at a place of its own
 * @cd:     for CD drives; else for disks
 * @dma:    by DMA only
 * @fault:  what happens to it and, second, to what the driver does about it; kind and times alone,
 *          op or packet of the second one too
 * @rc:     what it ends with
 * @hits:   how often the first fault strikes
 * @lasts:  the drive is slower afterwards, or gone: AM_SLOW, AM_LOST
 */
struct am_mishap {
	const char *name;
	enum trv_req_op op;
	bool cd, dma;
	struct ide_fault fault[2];
	int rc;
	u32 hits;
	enum { AM_WELL, AM_SLOW, AM_LOST } lasts;
};
extern const struct am_mishap am_mishaps[];
extern const u32 am_n_mishaps;

/** am_mishap() - by name; ends the run when there is none */
const struct am_mishap *am_mishap(const char *name);
/** am_suits() - can this happen to that unit? */
bool am_suits(struct am *a, const struct am_mishap *m, u32 unit);
/** am_op() - the command that is a flush or discard to that drive; else 0 */
u8 am_op(struct am *a, enum trv_req_op op, u32 unit);
/** am_begin() - submit the request, with its faults planned; scn_submit()'s result */
int am_begin(struct am *a, const struct am_mishap *m, u32 unit, struct scn_io *io);
/** am_happen() - all of it: begin, wait, judge */
void am_happen(struct am *a, const struct am_mishap *m, u32 unit);

#endif /* TRIVET_TESTS_IDE_AFTERMATH_H */
