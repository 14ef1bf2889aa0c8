/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The nbdkit plugin, to itself: disks of a device that is driven in this process, served to
 * whatever speaks NBD. nbdkit has the protocol, the connections and a thread for each request
 * under way; here is what they do to a disk.
 */
#ifndef TRIVET_USER_NBDKIT_PLUG_H
#define TRIVET_USER_NBDKIT_PLUG_H

#include <trivet/disk.h>
#include <trivet/user.h>

enum { PLUG_OPTIONS = 16 };

/** struct plug_config - what the command line said; all strings are nbdkit's, and stay */
struct plug_config {
	const char *spec;
	const char *driver; /* NULL: the first that takes the device */
	const char *disk;   /* NULL: the first */
	u32 timeout_ms;	    /* 0: the driver's */
	struct {
		const char *name;
		u32 val;
	} option[PLUG_OPTIONS];
	u32 n_options;
};

/**
 * struct plug_disk - one export
 * @name:       its unit, as `trivet run` calls it; with several devices, DEVICE.UNIT
 * @about:      for people who choose among them
 * @rotational: places next to each other are faster
 * @medium:     atomic; counts the discs in it that were noticed
 * @silent:     atomic; its end has been told already
 */
struct plug_disk {
	struct trv_dev *dev;
	struct trv_disk *disk;
	char name[16];
	char about[112];
	bool rotational;
	u32 medium;
	u32 silent;
};

/**
 * struct plug_conn - one client's connection
 * @blocks, @medium: as they were when it began: it never sees another disc's data
 */
struct plug_conn {
	struct plug_disk *d;
	u64 blocks;
	u32 medium;
};

/* exports.c */

/** plug_open() - open the hardware, start drivers, find disks; @err says what is wrong */
int plug_open(const struct plug_config *config, struct trv_user_error *err) TRV_MUST_CHECK;
/** plug_close() - flush, quiesce, close; no request is under way */
void plug_close(void);
/** plug_disk_at() - in the order of their units; NULL after the last */
struct plug_disk *plug_disk_at(u32 index);
/** plug_disk_default() - that of disk=, or the first */
struct plug_disk *plug_disk_default(void);
/** plug_disk_find() - by name, "" is the default; NULL */
struct plug_disk *plug_disk_find(const char *name);
/** plug_all_gone() - is there no device left that could serve anybody? While it is open. */
bool plug_all_gone(void);

/* io.c: 0, or -1 after the error was told to nbdkit */

int plug_rw(struct plug_conn *conn, enum trv_req_op op, void *buf, u32 count, u64 offset, bool fua);
int plug_flush(struct plug_conn *conn);
int plug_trim(struct plug_conn *conn, u32 count, u64 offset, bool fua);
/** plug_flush_disk() - the same for nobody: a negative error */
int plug_flush_disk(struct plug_disk *d) TRV_MUST_CHECK;

/* bufs.c: memory that the device reaches, for data on its way; nbdkit's own it does not */

enum { PLUG_BUFS_AT_ONCE = 4 /* of one request */ };

/** plug_bufs_open() - take them from the host of @dev; -ENOMEM when there is room for none */
int plug_bufs_open(struct trv_dev *dev) TRV_MUST_CHECK;
void plug_bufs_close(void);
/** plug_bufs_bytes() - how long each is, a power of 2 from 4096 on */
u32 plug_bufs_bytes(void);
/** plug_bufs_take() - up to @want, at least one, for which it waits; how many */
u32 plug_bufs_take(void **bufs, u32 want);
void plug_bufs_give(void **bufs, u32 n);

/* start.c: whoever puts a server into the background learns how its start went */

/** plug_start_prepare() - before nbdkit forks: 0, or -1 after the error was told to nbdkit */
int plug_start_prepare(void);
/** plug_start_begin() - after that: paths mean again what they meant; @err says why they do not */
int plug_start_begin(struct trv_user_error *err) TRV_MUST_CHECK;
/**
 * plug_start_end() - what came of it, NULL: all is well. Always after plug_start_begin().
 *
 * True when the server has to stay in spite of the error, and refuse whoever connects.
 */
bool plug_start_end(const char *error);

#endif /* TRIVET_USER_NBDKIT_PLUG_H */
