/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* trivet run, to itself: what is tried with a driver, and how it is reported. */
#ifndef TRIVET_USER_CLI_RUN_H
#define TRIVET_USER_CLI_RUN_H

#include <os/linux-user/cli/cli.h>

/* report.c */

enum run_result { RUN_OK, RUN_FAILED, RUN_SKIPPED };

/** struct run_fact - a figure or (@text) a word of a step's own, for programs */
struct run_fact {
	const char *key;
	const char *text;
	double number;
};

void run_report_begin(FILE *out, bool json, const char *driver, const char *spec);
void run_report_dev(const struct trv_dev *dev, const struct trv_driver *drv);
/** run_step() - one line; @unit of the disk it is about, or -1; true unless it failed */
bool run_step(const char *step, int unit, enum run_result result, const struct run_fact *facts,
	      u32 n_facts, const char *fmt, ...) TRV_PRINTF(6, 7);
/** run_report_end() - the last line; false when not @ok, a step failed, or none was done */
bool run_report_end(bool ok);

/* run.c, also for trivet trace */

#define RUN_SHORTS "d:b:t:s:vq"
#define RUN_LONGS                                                               \
	{ "device", required_argument, NULL, 'd' }, { "write", no_argument, NULL, 'w' }, \
	{ "verify", no_argument, NULL, 'y' }, { "power", no_argument, NULL, 'p' }, \
	{ "bench", required_argument, NULL, 'b' },                              \
	{ "timeout", required_argument, NULL, 't' },                            \
	{ "set", required_argument, NULL, 's' },                                \
	CLI_SANDBOX_LONGS, { "verbose", no_argument, NULL, 'v' }, { "quiet", no_argument, NULL, 'q' }

#define RUN_HELP                                                                                 \
	"  -d, --device HARDWARE  qemu:MODEL[,key=value...]; see: trivet list --transports\n"     \
	"  --write                write too: WHAT IS ON THE DISKS IS LOST\n"                      \
	"  --verify               check what an earlier run with --write wrote\n"                 \
	"  --power                suspend and resume; always done where there is no disk\n"       \
	"  -b, --bench SECONDS    measure each figure so long; 0 for none\n"                      \
	"  -t, --timeout SECONDS  begin nothing more after that; 120 if not given, 0: no limit\n" \
	"  -s, --set NAME=NUMBER  option of the driver\n"                                         \
	CLI_SANDBOX_HELP                                                                         \
	"  -v, --verbose          what the driver logs; twice: all of it\n"                       \
	"  -q, --quiet            of what it logs, errors only\n"

/** run_option() - one of those, from cli_getopt(); false after it complained, or when it is none */
bool run_option(int c);
/** run_options() - were any given? */
bool run_options(void);

/**
 * struct run_call - how to run
 * @out:    where the report goes, @json: as one object
 * @opened: called when the hardware is there and no driver is bound; not CLI_OK: an exit code, and
 *          nothing is run. May be NULL.
 * @closing: called before it is closed, when @opened was. May be NULL.
 */
struct run_call {
	FILE *out;
	bool json;
	int (*opened)(struct trv_host *host, const struct user_drivers *drivers);
	void (*closing)(struct trv_host *host);
};

/** run_driver() - find the driver, open the hardware, try each device, close; an exit code */
int run_driver(const char *driver, const struct run_call *call, unsigned long bench_seconds);

/* gdb.c */

/** run_gdb() - become gdb, about to run the verb with these arguments less --gdb; or an exit code */
int run_gdb(int argc, char **argv, const char *driver);

/* disk.c */

/**
 * struct run_how - what is asked for
 * @write:   what is on a disk may be lost
 * @verify:  a pattern is there already
 * @power:   suspend and resume
 * @seconds: for each figure of the bench, 0: no bench
 */
struct run_how {
	bool write;
	bool verify;
	bool power;
	unsigned long seconds;
};

/** run_disk() - the steps for one disk; false when one of them failed */
bool run_disk(struct trv_dev *dev, struct trv_disk *disk, const struct run_how *how);

/* bench.c */

/** run_bench() - @buf: @len bytes to read into, or with the pattern to write */
bool run_bench(struct trv_disk *disk, const struct run_how *how, void *buf, u32 len);

/* pattern.c */

/** run_pattern() - what each of @blocks from @lba on says: where it should be */
void run_pattern(void *buf, u32 block_size, u64 lba, u32 blocks);
/** run_pattern_check() - the first block from @lba on that says something else; @blocks when none does */
u32 run_pattern_check(const void *buf, u32 block_size, u64 lba, u32 blocks);

#endif /* TRIVET_USER_CLI_RUN_H */
