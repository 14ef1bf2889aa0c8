/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The jobs of "trivet-sim disk", and what they share. */
#ifndef TRIVET_SIM_CLI_DISK_H
#define TRIVET_SIM_CLI_DISK_H

#include <trivet/disk.h>

/** struct sim_disk_job - one invocation */
struct sim_disk_job {
	const char *spec;
	const char *verb;
	const char *path; /* the host's file; "-" is a standard stream */
	int flags;	  /* to open it with */
	const char *svg;
	bool header;
	u32 unit;
	u64 lba;
	u64 count;
	bool count_given;
	u32 max;
	u32 seed;
	int fd;
	long long size; /* of a regular file, -1 of anything else */
	struct {
		char name[32];
		u32 val;
	} set[8];
	u32 n_set;
	/* NULL, or false after it complained: asked before the file is opened */
	bool (*allowed)(const struct trv_disk_info *info, const struct sim_disk_job *job);
	void (*work)(struct trv_disk *disk, struct sim_disk_job *job);
	/* results */
	int code;
	char mode[16];
	u64 requests, irqs, reads, writes, ns;
};

/** sim_disk_stop() - the job cannot go on: complain and remember the exit code; the first wins */
void sim_disk_stop(int code, const char *fmt, ...) TRV_PRINTF(2, 3);

bool sim_disk_read_allowed(const struct trv_disk_info *info, const struct sim_disk_job *job);
void sim_disk_read(struct trv_disk *disk, struct sim_disk_job *job);
void sim_disk_write(struct trv_disk *disk, struct sim_disk_job *job);
void sim_disk_exercise(struct trv_disk *disk, struct sim_disk_job *job);

#endif /* TRIVET_SIM_CLI_DISK_H */
