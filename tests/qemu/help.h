/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the tests on QEMU's devices share. */
#ifndef TRIVET_TESTS_QEMU_HELP_H
#define TRIVET_TESTS_QEMU_HELP_H

#include <trivet/disk.h>
#include <trivet/user.h>

#include "ktap.h"

/** qt_file() - a new file of @size bytes, in a directory that goes away at exit; the path lives so long */
const char *qt_file(const char *name, u64 size);
/** qt_path() - a path there, of a file nobody has made */
const char *qt_path(const char *name);
/** qt_fill(), qt_filled() - a pattern of @len bytes that differs for each @seed */
void qt_fill(void *buf, size_t len, u32 seed);
bool qt_filled(const void *buf, size_t len, u32 seed);
/** qt_file_write(), qt_file_filled() - the pattern in a file, from the host's side */
void qt_file_write(const char *path, u64 off, size_t len, u32 seed);
bool qt_file_filled(const char *path, u64 off, size_t len, u32 seed);

/** qt_open() - open @fmt... and bind its first device; NULL, and a failed assertion, on errors */
struct trv_host *qt_open(const char *fmt, ...) TRV_PRINTF(1, 2);
/** qt_error() - what opening @fmt... returns; the sentence is in qt_error_text */
int qt_error(const char *fmt, ...) TRV_PRINTF(1, 2);
extern struct trv_user_error qt_err;

/** qt_disk() - the disk of that unit */
struct trv_disk *qt_disk(struct trv_host *host, u32 unit);

/** struct qt_things - open files, threads and children of this process */
struct qt_things {
	u32 fds, threads, children;
};
struct qt_things qt_things(void);
/** qt_child() - the one QEMU under this process; 0 when there is none */
int qt_child(void);

/** struct qt_qemu - a QEMU that somebody else started, with a test socket */
struct qt_qemu {
	int pid;
	const char *sock, *ram;
};
bool qt_start(struct qt_qemu *q, const char *machine, const char *device);
void qt_stop(struct qt_qemu *q);

#endif /* TRIVET_TESTS_QEMU_HELP_H */
