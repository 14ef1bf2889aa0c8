// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * trivet run, for a disk: identify, read, write, verify. It is tried at a few
 * places from the first block to the last, and where an address needs another
 * byte; a whole disk would take hours where each register access is a message.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/linux-user/cli/run.h>

enum { PIECE = 64 * 1024, SPREAD = 8, PLACES = SPREAD + 2 };

struct place {
	u64 lba;
	u32 blocks;
};

/**
 * struct job - one disk
 * @shared, @copied: PIECE bytes each: memory the device reaches, and memory that is copied
 */
struct job {
	struct trv_disk *disk;
	const struct trv_disk_info *info;
	const struct run_how *how;
	int unit;
	struct place places[PLACES];
	u32 n_places;
	u64 blocks; /* in all places */
	u8 *shared, *copied;
};

static void add_place(struct job *job, u64 lba, u64 blocks)
{
	job->places[job->n_places++] = (struct place){ lba, (u32)blocks };
	job->blocks += blocks;
}

static void choose_places(struct job *job)
{
	/* The first address of more than 28 and 32 bits. */
	static const u64 steps[] = { 1ULL << 28, 1ULL << 32 };
	const u64 size = job->info->blocks, piece = PIECE / job->info->block_size;

	if (size <= SPREAD * piece) {
		for (u64 lba = 0; lba < size; lba += piece)
			add_place(job, lba, trv_min(piece, size - lba));
		return;
	}
	for (u32 i = 0; i < SPREAD; i++)
		add_place(job, (size - piece) / (SPREAD - 1) * i, piece);
	job->places[SPREAD - 1].lba = size - piece;
	for (u32 i = 0; i < TRV_ARRAY_SIZE(steps); i++) {
		if (size >= steps[i] + piece)
			add_place(job, steps[i] - piece / 2, piece);
	}
}

/* The step cannot go on: why, as a line. */
static bool failed(const struct job *job, const char *step, const struct place *p, int rc)
{
	return run_step(step, job->unit, RUN_FAILED, NULL, 0, "%u blocks at %llu: %s", p->blocks,
			(unsigned long long)p->lba, strerror(-rc));
}

static bool stopped(const struct job *job, const char *step)
{
	const char *why = cli_stopped();

	if (why)
		run_step(step, job->unit, RUN_FAILED, NULL, 0, "%s", why);
	return why;
}

static bool identify(const struct job *job)
{
	const struct trv_disk_info *i = job->info;
	const struct run_fact facts[] = {
		{ .key = "model", .text = i->model },
		{ .key = "serial", .text = i->serial },
		{ .key = "firmware", .text = i->firmware },
		{ .key = "mode", .text = i->mode },
		{ .key = "blocks", .number = (double)i->blocks },
		{ .key = "block_size", .number = i->block_size },
	};

	return run_step("identify", job->unit, RUN_OK, facts, TRV_ARRAY_SIZE(facts),
			"%s, serial %s, %llu blocks of %u bytes (%.1f MiB), %s%s", i->model,
			*i->serial ? i->serial : "none", (unsigned long long)i->blocks,
			i->block_size, (double)i->blocks * i->block_size / 1048576, i->mode,
			i->flags & TRV_DISK_READ_ONLY ? ", read-only" : "");
}

/* Twice: into memory of the device's, and into memory that is copied. */
static bool read_twice(const struct job *job)
{
	for (u32 i = 0; i < job->n_places; i++) {
		const struct place *p = &job->places[i];
		int rc;

		if (stopped(job, "read"))
			return false;
		/* What was there before must not pass for data. */
		memset(job->shared, 0x5a, PIECE);
		memset(job->copied, 0xa5, PIECE);
		rc = trv_disk_rw(job->disk, TRV_REQ_READ, p->lba, p->blocks, job->shared);
		if (!rc)
			rc = trv_disk_rw(job->disk, TRV_REQ_READ, p->lba, p->blocks, job->copied);
		if (rc)
			return failed(job, "read", p, rc);
		if (memcmp(job->shared, job->copied, (size_t)p->blocks * job->info->block_size))
			return run_step("read", job->unit, RUN_FAILED, NULL, 0,
					"%u blocks at %llu: different data the second time",
					p->blocks, (unsigned long long)p->lba);
	}
	return run_step("read", job->unit, RUN_OK, NULL, 0,
			"%llu blocks at %u places, twice, the same data",
			(unsigned long long)job->blocks, job->n_places);
}

static bool write_pattern(const struct job *job)
{
	int rc;

	if (!job->how->write)
		return run_step("write", job->unit, RUN_SKIPPED, NULL, 0,
				"not without --write: what is on the disk would be lost");
	if (job->info->flags & TRV_DISK_READ_ONLY)
		return run_step("write", job->unit, RUN_SKIPPED, NULL, 0, "the disk is read-only");
	for (u32 i = 0; i < job->n_places; i++) {
		const struct place *p = &job->places[i];
		u8 *buf = i % 2 ? job->copied : job->shared;

		if (stopped(job, "write"))
			return false;
		run_pattern(buf, job->info->block_size, p->lba, p->blocks);
		rc = trv_disk_rw(job->disk, TRV_REQ_WRITE, p->lba, p->blocks, buf);
		if (rc)
			return failed(job, "write", p, rc);
	}
	rc = trv_disk_rw(job->disk, TRV_REQ_FLUSH, 0, 0, NULL);
	if (rc)
		return run_step("write", job->unit, RUN_FAILED, NULL, 0, "flush: %s",
				strerror(-rc));
	return run_step("write", job->unit, RUN_OK, NULL, 0,
			"%llu blocks at %u places, each saying where it is; flushed",
			(unsigned long long)job->blocks, job->n_places);
}

static bool verify(const struct job *job)
{
	const bool written = job->how->write && !(job->info->flags & TRV_DISK_READ_ONLY);

	if (!written && !job->how->verify)
		return true;
	for (u32 i = 0; i < job->n_places; i++) {
		const struct place *p = &job->places[i];
		int rc;
		u32 bad;

		if (stopped(job, "verify"))
			return false;
		memset(job->shared, 0x5a, PIECE);
		rc = trv_disk_rw(job->disk, TRV_REQ_READ, p->lba, p->blocks, job->shared);
		if (rc)
			return failed(job, "verify", p, rc);
		bad = run_pattern_check(job->shared, job->info->block_size, p->lba, p->blocks);
		if (bad < p->blocks)
			return run_step("verify", job->unit, RUN_FAILED, NULL, 0,
					"block %llu is not what --write writes there",
					(unsigned long long)p->lba + bad);
	}
	return run_step("verify", job->unit, RUN_OK, NULL, 0, "%llu blocks say where they are",
			(unsigned long long)job->blocks);
}

static bool steps(struct job *job)
{
	if (!identify(job))
		return false;
	if (!job->info->blocks)
		return run_step("read", job->unit, RUN_SKIPPED, NULL, 0, "there is no disc in it");
	choose_places(job);
	return read_twice(job) && write_pattern(job) && verify(job) &&
	       run_bench(job->disk, job->how, job->shared, PIECE);
}

bool run_disk(struct trv_dev *dev, struct trv_disk *disk, const struct run_how *how)
{
	struct job job = {
		.disk = disk,
		.info = trv_disk_info(disk),
		.how = how,
		.unit = (int)trv_disk_info(disk)->unit,
		.shared = trv_user_dma_buf(dev, PIECE),
		.copied = malloc(PIECE),
	};
	bool ok;

	if (job.shared && job.copied)
		ok = steps(&job);
	else
		ok = run_step("read", job.unit, RUN_FAILED, NULL, 0,
			      "no memory for data; ram= of the specification gives more");
	free(job.copied);
	if (job.shared)
		trv_user_dma_buf_free(dev, job.shared, PIECE);
	return ok;
}
