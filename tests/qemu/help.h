/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the tests on QEMU's devices share. */
#ifndef TRIVET_TESTS_QEMU_HELP_H
#define TRIVET_TESTS_QEMU_HELP_H

#include <pthread.h>

#include <trivet/disk.h>
#include <trivet/user.h>

#include "ktap.h"

/** qt_file() - a new file of @size bytes, in a directory that goes away at exit; the path lives so long */
const char *qt_file(const char *name, u64 size);
/** qt_path() - a path there, of a file nobody has made */
const char *qt_path(const char *name);
/** qt_keep() - free @text when the files go, and not before */
const char *qt_keep(char *text);
/** qt_fill(), qt_filled() - a pattern of @len bytes that differs for each @seed */
void qt_fill(void *buf, size_t len, u32 seed);
bool qt_filled(const void *buf, size_t len, u32 seed);
/** qt_file_write(), qt_file_filled() - the pattern in a file, from the host's side */
void qt_file_write(const char *path, u64 off, size_t len, u32 seed);
bool qt_file_filled(const char *path, u64 off, size_t len, u32 seed);
/** qt_file_zero() - there is nothing but zeroes there */
bool qt_file_zero(const char *path, u64 off, size_t len);

/**
 * qt_hardware() - a specification of these devices, "edu+edu": of QEMU's models
 *
 * Or, with TRIVET_HARDWARE="vfio edu=0000:00:04.0 edu=0000:00:08.0" in the environment, of that
 * transport, without their properties. Until the next call.
 */
const char *qt_hardware(const char *models);
/** qt_open() - open @fmt... and bind its first device; NULL, and a failed assertion, on errors */
struct trv_host *qt_open(const char *fmt, ...) TRV_PRINTF(1, 2);
/** qt_error() - what opening @fmt... returns; the sentence is in qt_error_text */
int qt_error(const char *fmt, ...) TRV_PRINTF(1, 2);
extern struct trv_user_error qt_err;

/** qt_disk() - the disk of that unit; a failed assertion and NULL when there is none */
struct trv_disk *qt_disk(struct trv_host *host, u32 unit);

/** struct qt_things - open files, threads and children of this process */
struct qt_things {
	u32 fds, threads, children;
};
struct qt_things qt_things(void);
/** qt_child() - the one QEMU under this process; 0 when there is none */
int qt_child(void);

/** qt_remember(), qt_nothing_left() - around each test: the same files and threads, no child, no misuse */
void qt_remember(void);
void qt_nothing_left(void);

/** struct qt_qemu - a QEMU that somebody else started, with a test socket */
struct qt_qemu {
	int pid;
	const char *sock, *ram;
};
bool qt_start(struct qt_qemu *q, const char *machine, const char *device);
/** qt_start_disk() - a piix3-ide at 5.0 with @image as its primary master */
bool qt_start_disk(struct qt_qemu *q, const char *machine, const char *image);
void qt_stop(struct qt_qemu *q);

/* ---- help_qmp.c: QEMU from outside, by qmp=SOCKET -------------------------- */

/** struct qt_qmp - its monitor: one connection, the last answer */
struct qt_qmp {
	int fd;
	u32 have;
	char line[1 << 16];
};

/** qt_qmp_open() - connect to the socket at @path; false, and a failed assertion, on errors */
bool qt_qmp_open(struct qt_qmp *q, const char *path);
void qt_qmp_close(struct qt_qmp *q);
/** qt_qmp() - execute @command with @args ("" or "{...}"), in whose text ' stands for " */
bool qt_qmp(struct qt_qmp *q, const char *command, const char *args, ...) TRV_PRINTF(3, 4);
/** qt_qmp_stat() - of the drive @id (dev0-0): a counter of query-blockstats */
u64 qt_qmp_stat(struct qt_qmp *q, const char *id, const char *key);

/* ---- help_disk.c: disks under load ----------------------------------------- */

/** qt_open_unbound() - open @fmt... without a driver; for options, then trv_user_bind() */
struct trv_host *qt_open_unbound(const char *fmt, ...) TRV_PRINTF(1, 2);
/** qt_bind_with() - bind the first device with one option of its driver set */
bool qt_bind_with(struct trv_host *host, const char *option, u32 val);
/** qt_blkdebug() - the drive0=... of a raw @image with blkdebug's rules @rules; lives as a qt_path() */
const char *qt_blkdebug(const char *name, const char *image, const char *rules);

/** qt_put(), qt_get() - write the pattern of @seed to @blocks blocks, and read it back and compare */
int qt_put(struct trv_disk *disk, u64 lba, u32 blocks, u32 seed) TRV_MUST_CHECK;
int qt_get(struct trv_disk *disk, u64 lba, u32 blocks, u32 seed) TRV_MUST_CHECK;

/* Long before any request would time out, on a busy machine too. */
enum { QT_SOON_MS = 8000 };

u64 qt_ms_since(u64 start);
/** qt_keep_reading() - a thread's: reads of the disk @arg until one fails; (int *) with why */
void *qt_keep_reading(void *arg);
/** qt_all_gone() - after the end of @host's hardware: every entry says so, soon */
void qt_all_gone(struct trv_host *host);

/** struct qt_once - one request that was submitted, and how often it ended */
struct qt_once {
	struct trv_io io;
	struct trv_vec vec;
	struct trv_event ended;
	u32 ends; /* atomic */
};

/** qt_submit() - start it; a failed assertion when it is not taken */
bool qt_submit(struct qt_once *once, struct trv_disk *disk, enum trv_req_op op, u64 lba, u32 blocks,
	       void *buf);
/** qt_submit_fua() - a write that must be on the medium when it ends */
bool qt_submit_fua(struct qt_once *once, struct trv_disk *disk, u64 lba, u32 blocks, void *buf);
/** qt_wait() - its status; exactly one end is asserted */
int qt_wait(struct qt_once *once);

enum { QT_LOAD_THREADS = 4 };

/**
 * struct qt_load - threads that write, read and compare, each in a part of @disk of its own
 * @first:  of the errors, 0 when there was none
 * @bad:    blocks that read as something else than was written
 * @rounds: requests that ended well; each ends once or an assertion fails
 */
struct qt_load {
	struct trv_disk *disk;
	u64 lba;  /* where the first part begins */
	u32 stop; /* atomic, as the rest */
	u32 rounds, errors, bad, twice;
	int first;
	pthread_t thread[QT_LOAD_THREADS];
	u32 n_threads;
};

/** qt_load_start() - until qt_load_stop(), or the first error; parts of 256 blocks from @lba */
void qt_load_start(struct qt_load *load, struct trv_disk *disk, u64 lba);
/** qt_load_wait() - until @rounds more requests have ended, at most for some seconds */
void qt_load_wait(struct qt_load *load, u32 rounds);
void qt_load_stop(struct qt_load *load);

/* ---- help_socket.c: what else may be behind a test socket ------------------- */

/**
 * struct qt_impostor - somebody who listens, takes one connection and is no QEMU
 * @answer: said again and again, once something was asked; NULL: nothing is ever said
 */
struct qt_impostor {
	const char *path;
	const char *answer;
	int sock;
	pthread_t thread;
};

void qt_impostor_start(struct qt_impostor *im, const char *answer);
void qt_impostor_stop(struct qt_impostor *im);

/* What a proxy does to what QEMU answers. */
enum qt_proxy_mode {
	QT_PASS,
	QT_ONES,   /* every value is all ones */
	QT_SILENT, /* it is lost */
	QT_HALF,   /* half a line, and the end */
	QT_TEXT,   /* @text instead, again and again */
};

/** struct qt_proxy - between us and a QEMU; @mode and @text may change at any time */
struct qt_proxy {
	const char *path;
	const char *text;
	u32 mode; /* atomic */
	int listening, ours, qemu;
	pthread_t thread;
	struct qt_qemu *to;
};

void qt_proxy_start(struct qt_proxy *p, struct qt_qemu *to);
void qt_proxy_stop(struct qt_proxy *p);

#endif /* TRIVET_TESTS_QEMU_HELP_H */
