// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What "trivet-sim disk" does with a disk: copy out, copy in, and try everything at random. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <os/test-sim/cli/cli.h>
#include <os/test-sim/cli/disk.h>

/* Whole, or false with errno; a short file is EIO. */
static bool host_io(int fd, void *buf, size_t n, off_t at, bool write)
{
	u8 *p = buf;

	while (n) {
		ssize_t did = write ? pwrite(fd, p, n, at) : pread(fd, p, n, at);

		if (did < 0 && errno == EINTR)
			continue;
		if (did <= 0) {
			if (!did)
				errno = EIO;
			return false;
		}
		p += did;
		at += did;
		n -= (size_t)did;
	}
	return true;
}

/* Sequential, so that pipes do. Returns what was moved, -1 with errno. */
static ssize_t host_stream(int fd, void *buf, size_t n, bool write_out)
{
	u8 *p = buf;
	size_t left = n;

	while (left) {
		ssize_t did = write_out ? write(fd, p, left) : read(fd, p, left);

		if (did < 0 && errno == EINTR)
			continue;
		if (did < 0)
			return -1;
		if (!did)
			break;
		p += did;
		left -= (size_t)did;
	}
	return (ssize_t)(n - left);
}

static bool disk_ok(int rc, const char *what, u64 lba, u32 blocks)
{
	if (rc)
		sim_disk_stop(rc == -EACCES ? CLI_LIMIT : CLI_FAILED, "%s of %u blocks at %llu: %s",
			      what, blocks, (unsigned long long)lba, strerror(-rc));
	return !rc;
}

static u64 read_end(const struct trv_disk_info *info, const struct sim_disk_job *job)
{
	return job->count_given ? job->lba + job->count : info->blocks;
}

bool sim_disk_read_allowed(const struct trv_disk_info *info, const struct sim_disk_job *job)
{
	const u64 end = read_end(info, job);

	if (job->lba <= info->blocks && end <= info->blocks)
		return true;
	sim_disk_stop(CLI_USAGE,
		      "block %llu is wanted, but the disk has %llu; use less of --lba and --count",
		      (unsigned long long)(end > job->lba ? end - 1 : job->lba),
		      (unsigned long long)info->blocks);
	return false;
}

void sim_disk_read(struct trv_disk *disk, struct sim_disk_job *job)
{
	const struct trv_disk_info *info = trv_disk_info(disk);
	const u32 chunk = trv_min(info->max_blocks, job->max);
	void *buf = sim_buf((size_t)chunk * info->block_size);
	const u64 end = read_end(info, job);

	for (u64 lba = job->lba; lba < end;) {
		u32 n = (u32)trv_min((u64)chunk, end - lba);
		size_t bytes = (size_t)n * info->block_size;

		if (!disk_ok(trv_disk_rw(disk, TRV_REQ_READ, lba, n, buf), "read", lba, n))
			return;
		if (host_stream(job->fd, buf, bytes, true) != (ssize_t)bytes) {
			sim_disk_stop(CLI_FAILED, "cannot write '%s': %s", job->path,
				      strerror(errno));
			return;
		}
		lba += n;
	}
}

/* As far as it can be known beforehand: half a write is worse than none. */
static bool fits(const struct trv_disk_info *info, u64 lba, const struct sim_disk_job *job)
{
	const u64 size = job->size > 0 ? (u64)job->size : 0;
	const u64 blocks = size / info->block_size;

	if (size % info->block_size) {
		sim_disk_stop(CLI_USAGE,
			      "'%s' has %llu bytes, not a whole number of %u-byte blocks; "
			      "pad it with: truncate -s %%%u FILE",
			      job->path, (unsigned long long)size, info->block_size,
			      info->block_size);
		return false;
	}
	if (lba > info->blocks || blocks > info->blocks - lba) {
		sim_disk_stop(CLI_USAGE,
			      "'%s' has %llu blocks, from --lba %llu on the disk has %llu; "
			      "choose a smaller file or a larger disk",
			      job->path, (unsigned long long)blocks, (unsigned long long)lba,
			      (unsigned long long)(lba > info->blocks ? 0 : info->blocks - lba));
		return false;
	}
	return true;
}

void sim_disk_write(struct trv_disk *disk, struct sim_disk_job *job)
{
	const struct trv_disk_info *info = trv_disk_info(disk);
	const u32 chunk = trv_min(info->max_blocks, job->max);
	void *buf = sim_buf((size_t)chunk * info->block_size);
	u64 lba = job->lba;

	if (!fits(info, lba, job))
		return;
	for (;;) {
		ssize_t did = host_stream(job->fd, buf, (size_t)chunk * info->block_size, false);
		u32 n = (u32)(did / (ssize_t)info->block_size);

		if (did < 0) {
			sim_disk_stop(CLI_FAILED, "cannot read '%s': %s", job->path,
				      strerror(errno));
			return;
		}
		if (did % (ssize_t)info->block_size) {
			sim_disk_stop(CLI_USAGE, "the data are no multiple of %u bytes; pad them",
				      info->block_size);
			return;
		}
		if (!n)
			break;
		if (n > info->blocks - lba) {
			sim_disk_stop(CLI_USAGE,
				      "more data than fit; the disk has %llu blocks, "
				      "%llu are written",
				      (unsigned long long)info->blocks,
				      (unsigned long long)(lba - job->lba));
			return;
		}
		if (!disk_ok(trv_disk_rw(disk, TRV_REQ_WRITE, lba, n, buf), "write", lba, n))
			return;
		lba += n;
	}
	disk_ok(trv_disk_rw(disk, TRV_REQ_FLUSH, 0, 0, NULL), "flush", 0, 0);
}

/* ---- exercise ------------------------------------------------------------ */

struct exercise {
	struct trv_disk *disk;
	struct sim_disk_job *job;
	u64 random;
	u64 generation; /* of the last write: no two writes of a run carry the same data */
	u8 *buf;
	u8 *want;
};

static u64 next_random(struct exercise *x)
{
	x->random ^= x->random << 13;
	x->random ^= x->random >> 7;
	x->random ^= x->random << 17;
	return x->random;
}

/* Each word says which block of which write it is, so that misplaced data show. */
static void fill(struct exercise *x, u64 lba, u32 blocks, u32 block_size)
{
	x->generation++;
	for (size_t i = 0; i < (size_t)blocks * block_size; i += 16) {
		u64 word[2] = { (lba * block_size + i) ^ (x->generation << 40),
				x->generation * 0x9e3779b97f4a7c15ULL ^ i };

		memcpy(x->want + i, word, sizeof(word));
	}
}

static bool exercise_write(struct exercise *x, u64 lba, u32 n, size_t bytes, off_t at)
{
	const u32 block_size = trv_disk_info(x->disk)->block_size;

	fill(x, lba, n, block_size);
	memcpy(x->buf, x->want, bytes);
	if (!disk_ok(trv_disk_rw(x->disk, TRV_REQ_WRITE, lba, n, x->buf), "write", lba, n))
		return false;
	if (!host_io(x->job->fd, x->want, bytes, at, true)) {
		sim_disk_stop(CLI_FAILED, "cannot write '%s': %s", x->job->path, strerror(errno));
		return false;
	}
	return true;
}

static bool exercise_read(struct exercise *x, u64 lba, u32 n, size_t bytes, off_t at)
{
	if (!host_io(x->job->fd, x->want, bytes, at, false)) {
		sim_disk_stop(CLI_FAILED, "cannot read '%s': %s", x->job->path, strerror(errno));
		return false;
	}
	memset(x->buf, 0xdb, bytes);
	if (!disk_ok(trv_disk_rw(x->disk, TRV_REQ_READ, lba, n, x->buf), "read", lba, n))
		return false;
	if (memcmp(x->buf, x->want, bytes)) {
		sim_disk_stop(CLI_FAILED, "data of %u blocks at %llu differ from what was written",
			      n, (unsigned long long)lba);
		return false;
	}
	return true;
}

void sim_disk_exercise(struct trv_disk *disk, struct sim_disk_job *job)
{
	const struct trv_disk_info *info = trv_disk_info(disk);
	const u32 max = (u32)trv_min((u64)job->max, info->blocks);
	struct exercise x = {
		.disk = disk,
		.job = job,
		.random = 0x2545f4914f6cdd1dULL * job->seed,
		.buf = sim_buf((size_t)max * info->block_size),
		.want = sim_own((size_t)max * info->block_size),
	};

	if (job->size < 0 || (u64)job->size / info->block_size < info->blocks) {
		sim_disk_stop(CLI_USAGE,
			      "'%s' is no file as large as the disk, %llu blocks of %u; "
			      "make it with: cp IMAGE FILE",
			      job->path, (unsigned long long)info->blocks, info->block_size);
		return;
	}
	for (u64 i = 0; i < job->count; i++) {
		u32 n = 1 + (u32)(next_random(&x) % max);
		u64 lba = next_random(&x) % (info->blocks - n + 1);
		size_t bytes = (size_t)n * info->block_size;
		off_t at = (off_t)(lba * info->block_size);
		bool ok = next_random(&x) & 1 ? exercise_write(&x, lba, n, bytes, at) :
						exercise_read(&x, lba, n, bytes, at);

		if (!ok)
			return;
	}
	disk_ok(trv_disk_rw(disk, TRV_REQ_FLUSH, 0, 0, NULL), "flush", 0, 0);
}
