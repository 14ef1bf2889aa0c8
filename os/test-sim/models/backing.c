// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Disk contents: memory page by page, or a file. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <os/test-sim/dev.h>
#include <os/test-sim/mem.h>
#include <os/test-sim/models/backing.h>
#include <os/test-sim/sabotage.h>
#include <os/test-sim/trace.h>

#define PAGE_SECTORS (BACKING_PAGE / BACKING_SECTOR)
/* What IDENTIFY words 100 to 103 count: 48 bits of it, and not one more (ACS, words 100-103). */
#define MAX_SECTORS ((1ULL << 48) - 1)
#define SMALLEST_TABLE 64

struct backing_page {
	u64 key; /* page number + 1; 0 is free */
	u8 *data;
};

struct backing_undo {
	u64 lba;
	u8 old[BACKING_SECTOR];
};

/* ---- contents nobody wrote ------------------------------------------------ */

static u64 mix(u64 x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/*
 * The first word of a sector is its address, readable in a dump; the rest
 * depends on it. No word on the one before, so that several are made at once:
 * scenarios compare a lot of data.
 */
void backing_pattern(u64 seed, u64 lba, u32 n, void *buf)
{
	u8 *p = buf;

	for (; n; n--, lba++) {
		u64 x = mix(seed ^ mix(lba)) + SIM_NOISE("environment");

		trv_put_le64(lba, p);
		for (u32 i = 8; i < BACKING_SECTOR; i += 8)
			trv_put_le64((x + i / 8) * 6364136223846793005ULL, p + i);
		p += BACKING_SECTOR;
	}
}

static void unwritten(const struct backing *b, u64 lba, u32 n, void *buf)
{
	if (b->patterned)
		backing_pattern(b->seed, lba, n, buf);
	else
		memset(buf, 0, (size_t)n * BACKING_SECTOR);
}

/* ---- memory --------------------------------------------------------------- */

static struct backing_page *slot(struct backing_page *pages, u32 size, u64 key)
{
	u32 i = (u32)mix(key) & (size - 1);

	while (pages[i].key && pages[i].key != key)
		i = (i + 1) & (size - 1);
	return &pages[i];
}

static u8 *page_find(const struct backing *b, u64 page)
{
	return b->size ? slot(b->pages, b->size, page + 1)->data : NULL;
}

/* A page of which the sectors from @first to @end are about to be written. */
static u8 *page_get(struct backing *b, u64 page, u32 first, u32 end)
{
	struct backing_page *p;

	if (2 * b->n_pages >= b->size) {
		u32 size = b->size ? 4 * b->size : SMALLEST_TABLE;
		struct backing_page *pages = sim_own(size * sizeof(*pages));

		for (u32 i = 0; i < b->size; i++) {
			if (b->pages[i].key)
				*slot(pages, size, b->pages[i].key) = b->pages[i];
		}
		b->pages = pages;
		b->size = size;
	}
	p = slot(b->pages, b->size, page + 1);
	if (!p->key) {
		p->key = page + 1;
		p->data = sim_own(BACKING_PAGE);
		if (b->patterned) {
			unwritten(b, page * PAGE_SECTORS, first, p->data);
			unwritten(b, page * PAGE_SECTORS + end, PAGE_SECTORS - end,
				  p->data + end * BACKING_SECTOR);
		}
		b->n_pages++;
	}
	return p->data;
}

/* One page's share of a request: where it begins in the page, and how many sectors. */
static u32 share(u64 lba, u64 n, u32 *first)
{
	*first = lba % PAGE_SECTORS;
	return trv_min(n, (u64)(PAGE_SECTORS - *first));
}

static void mem_read(const struct backing *b, u64 lba, u32 n, u8 *buf)
{
	while (n) {
		u32 first, k = share(lba, n, &first);
		const u8 *page = page_find(b, lba / PAGE_SECTORS);

		if (page)
			memcpy(buf, page + first * BACKING_SECTOR, k * BACKING_SECTOR);
		else
			unwritten(b, lba, k, buf);
		lba += k;
		n -= k;
		buf += k * BACKING_SECTOR;
	}
}

static void mem_write(struct backing *b, u64 lba, u32 n, const u8 *buf)
{
	while (n) {
		u32 first, k = share(lba, n, &first);

		memcpy(page_get(b, lba / PAGE_SECTORS, first, first + k) + first * BACKING_SECTOR,
		       buf, k * BACKING_SECTOR);
		lba += k;
		n -= k;
		buf += k * BACKING_SECTOR;
	}
}

static void mem_trim(struct backing *b, u64 lba, u64 n)
{
	/* A range longer than what exists: look at the pages there are. */
	if (n / PAGE_SECTORS > b->size) {
		for (u32 i = 0; i < b->size; i++) {
			u64 start = (b->pages[i].key - 1) * PAGE_SECTORS;
			u64 from = trv_max(start, lba), to = trv_min(start + PAGE_SECTORS, lba + n);

			if (b->pages[i].key && from < to)
				unwritten(b, from, to - from,
					  b->pages[i].data + (from - start) * BACKING_SECTOR);
		}
		return;
	}
	while (n) {
		u32 first, k = share(lba, n, &first);
		u8 *page = page_find(b, lba / PAGE_SECTORS);

		if (page)
			unwritten(b, lba, k, page + first * BACKING_SECTOR);
		lba += k;
		n -= k;
	}
}

/* ---- files ---------------------------------------------------------------- */

static int file_read(const struct backing *b, u64 lba, u32 n, u8 *buf)
{
	size_t left = (size_t)n * BACKING_SECTOR;
	off_t off = (off_t)(lba * BACKING_SECTOR);

	while (left) {
		ssize_t got = pread(b->fd, buf, left, off);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) /* an error, or somebody truncated the image */
			return -EIO;
		buf += got;
		off += got;
		left -= (size_t)got;
	}
	return 0;
}

static int file_write(struct backing *b, u64 lba, u32 n, const u8 *buf)
{
	size_t left = (size_t)n * BACKING_SECTOR;
	off_t off = (off_t)(lba * BACKING_SECTOR);

	b->written = true;
	while (left) {
		ssize_t put = pwrite(b->fd, buf, left, off);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return -EIO;
		buf += put;
		off += put;
		left -= (size_t)put;
	}
	return 0;
}

static int file_trim(struct backing *b, u64 lba, u64 n)
{
	static const u8 zeroes[64 * BACKING_SECTOR];

	b->written = true;
	if (!fallocate(b->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		       (off_t)(lba * BACKING_SECTOR), (off_t)(n * BACKING_SECTOR)))
		return 0;
	while (n) { /* a file system without holes */
		u32 k = trv_min(n, (u64)64);

		if (file_write(b, lba, k, zeroes))
			return -EIO;
		lba += k;
		n -= k;
	}
	return 0;
}

/* ---- what a power failure would lose -------------------------------------- */

static struct backing_undo *undo_find(struct backing *b, u64 lba)
{
	for (u32 i = 0; i < b->n_undo; i++) {
		if (b->undo[i].lba == lba)
			return &b->undo[i];
	}
	return NULL;
}

/* The oldest contents since the last flush count, so a sector is kept once. */
static int undo_keep(struct backing *b, u64 lba, u64 n)
{
	for (; n; n--, lba++) {
		struct backing_undo *u;

		if (undo_find(b, lba))
			continue;
		if (b->n_undo == b->undo_size) {
			u32 size = b->undo_size ? 2 * b->undo_size : 64;

			u = sim_own(size * sizeof(*u));
			if (b->n_undo)
				memcpy(u, b->undo, b->n_undo * sizeof(*u));
			b->undo = u;
			b->undo_size = size;
		}
		u = &b->undo[b->n_undo];
		u->lba = lba;
		if (backing_read(b, lba, 1, u->old))
			return -EIO;
		b->n_undo++;
	}
	return 0;
}

static void undo_forget(struct backing *b, u64 lba, u64 n)
{
	for (u32 i = 0; i < b->n_undo;) {
		if (b->undo[i].lba >= lba && b->undo[i].lba - lba < n)
			b->undo[i] = b->undo[--b->n_undo];
		else
			i++;
	}
}

void backing_flush(struct backing *b)
{
	b->n_undo = 0;
}

int backing_undo(struct backing *b)
{
	bool keep = b->keep;
	int rc = 0;

	b->keep = false;
	for (u32 i = 0; i < b->n_undo && !rc; i++)
		rc = backing_write(b, b->undo[i].lba, 1, b->undo[i].old, true);
	b->n_undo = 0;
	b->keep = keep;
	return rc;
}

/* ---- both ----------------------------------------------------------------- */

int backing_read(struct backing *b, u64 lba, u32 n, void *buf)
{
	if (b->kind == BACKING_FILE)
		return file_read(b, lba, n, buf);
	mem_read(b, lba, n, buf);
	return 0;
}

int backing_write(struct backing *b, u64 lba, u32 n, const void *buf, bool through)
{
	if (b->read_only)
		return -EACCES;
	if (b->keep && through)
		undo_forget(b, lba, n);
	else if (b->keep && undo_keep(b, lba, n))
		return -EIO;
	if (b->kind == BACKING_FILE)
		return file_write(b, lba, n, buf);
	mem_write(b, lba, n, buf);
	return 0;
}

int backing_trim(struct backing *b, u64 lba, u64 n)
{
	if (b->read_only)
		return -EACCES;
	if (b->keep)
		undo_forget(b, lba, n); /* nobody may ask for the old contents again */
	if (b->kind == BACKING_FILE)
		return file_trim(b, lba, n);
	mem_trim(b, lba, n);
	return 0;
}

u64 backing_digest(const struct backing *b)
{
	u64 sum = b->sectors ^ b->seed;

	for (u32 i = 0; i < b->size; i++) {
		const struct backing_page *p = &b->pages[i];
		const u64 at[] = { p->key, p->data ? sim_digest(p->data, BACKING_PAGE) : 0 };

		if (p->key)
			sum += sim_digest(at, sizeof(at));
	}
	return sum;
}

/* ---- opening -------------------------------------------------------------- */

static int too_large(const char *key, const char *size)
{
	sim_opt_error("%s: %s is larger than a disk can be: a sector less than 128P", key, size);
	return -EINVAL;
}

static int open_mem(struct backing *b, const char *key, const char *size)
{
	static const char units[] = "KMGTP";
	unsigned long long n;
	const char *unit;
	char *end;

	errno = 0;
	n = strtoull(size, &end, 10);
	unit = *end ? strchr(units, *end) : NULL;
	if (end == size || *size == '-' || errno || (*end && (!unit || end[1]))) {
		sim_opt_error(
			"%s: '%s' is not a size; write bytes, or a number with K, M, G, T or P",
			key, size);
		return -EINVAL;
	}
	for (const char *u = units; unit && u <= unit; u++) {
		if (n > ~0ULL >> 10)
			return too_large(key, size);
		n <<= 10;
	}
	if (!n || n % BACKING_SECTOR) {
		sim_opt_error("%s: %s is not a whole number of %u-byte sectors, 1 or more", key,
			      size, BACKING_SECTOR);
		return -EINVAL;
	}
	if (n / BACKING_SECTOR > MAX_SECTORS)
		return too_large(key, size);
	b->kind = BACKING_MEM;
	b->sectors = n / BACKING_SECTOR;
	return 0;
}

/* What an image is opened as: a disk is easily made, a disc has a file system on it already. */
struct use {
	bool read_only;
	u32 unit; /* bytes */
	const char *unit_name, *missing, *empty;
};

static const struct use disk_use = {
	.unit = BACKING_SECTOR,
	.unit_name = "sectors",
	.missing = "make it with: truncate -s 64M FILE",
	.empty = "give it a size with: truncate -s 64M FILE",
};

/* What to do about an image that cannot be opened. */
static const char *remedy(int err, const struct use *use)
{
	switch (err) {
	case ENOENT:
		return use->missing;
	case EACCES:
	case EPERM:
	case EROFS:
		return use->read_only ? "give yourself permission to read it" :
					"give yourself permission to write it, or use ro:FILE";
	case EBUSY:
		return "unmount it, or use ro:FILE";
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return "raise the limit, see: ulimit -a";
	default:
		return "choose another file";
	}
}

/* The error that says which exit code this is: privilege, a limit, in use, or wrong usage. */
static int open_failed(const char *key, const char *path, const struct use *use)
{
	int err = errno;

	sim_opt_error("%s: cannot open '%s': %s; %s", key, path, strerror(err), remedy(err, use));
	switch (err) {
	case EACCES:
	case EPERM:
	case EROFS:
		return -EACCES;
	case EBUSY:
		return -EBUSY;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return -ENOMEM;
	default:
		return -EINVAL;
	}
}

static int open_file(struct backing *b, const char *key, const char *path, const struct use *use)
{
	struct stat st;
	off_t size;
	int flags;

	if (!*path) {
		sim_opt_error("%s: no file is named; write file:PATH or ro:PATH", key);
		return -EINVAL;
	}
	/* Asked before it is opened: a pipe would wait for its other end. */
	if (stat(path, &st))
		return open_failed(key, path, use);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)) {
		sim_opt_error("%s: '%s' is not a regular file or block device; name a disk image",
			      key, path);
		return -EINVAL;
	}
	flags = use->read_only ? O_RDONLY : O_RDWR;
	if (!use->read_only && S_ISBLK(st.st_mode))
		flags |= O_EXCL; /* not while it is mounted */
	b->fd = open(path, flags | O_CLOEXEC);
	if (b->fd < 0)
		return open_failed(key, path, use);
	size = lseek(b->fd, 0, SEEK_END);
	if (size <= 0) {
		sim_opt_error("%s: '%s' is empty; %s", key, path, use->empty);
		goto bad;
	}
	if (size % use->unit) {
		sim_opt_error("%s: '%s' has %lld bytes, not a whole number of %u-byte %s; "
			      "pad it with: truncate -s %%%u FILE",
			      key, path, (long long)size, use->unit, use->unit_name, use->unit);
		goto bad;
	}
	if (flock(b->fd, (use->read_only ? LOCK_SH : LOCK_EX) | LOCK_NB)) {
		sim_opt_error("%s: '%s' is in use by another run, or another disk of this one; "
			      "wait for it or take a copy",
			      key, path);
		close(b->fd);
		return -EBUSY;
	}
	b->kind = BACKING_FILE;
	b->path = sim_own_strdup(path);
	b->read_only = use->read_only;
	b->sectors = (u64)size / BACKING_SECTOR;
	return 0;
bad:
	close(b->fd);
	return -EINVAL;
}

int backing_open_disc(struct backing *b, const char *key, const char *path, u32 block)
{
	const struct use use = {
		.read_only = true,
		.unit = block,
		.unit_name = "blocks",
		.missing = "name the image of a disc, or none for an empty tray",
		.empty = "name the image of a disc, or none for an empty tray",
	};

	memset(b, 0, sizeof(*b));
	return open_file(b, key, path, &use);
}

int backing_open(struct backing *b, const char *key, const char *spec)
{
	struct use use = disk_use;

	use.read_only = !strncmp(spec, "ro:", 3);
	memset(b, 0, sizeof(*b));
	if (!strncmp(spec, "mem:", 4))
		return open_mem(b, key, spec + 4);
	if (!strncmp(spec, "sparse:", 7))
		return open_mem(b, key, spec + 7);
	if (!strncmp(spec, "file:", 5))
		return open_file(b, key, spec + 5, &use);
	if (!strncmp(spec, "ro:", 3))
		return open_file(b, key, spec + 3, &use);
	sim_opt_error("%s: '%s' is none of mem:SIZE, sparse:SIZE, file:PATH, ro:PATH, cd:PATH, "
		      "cdmem:SIZE, cd:",
		      key, spec);
	return -EINVAL;
}

void backing_close(struct backing *b)
{
	if (b->kind != BACKING_FILE)
		return;
	/* Too late for the run, which is over, but not for who owns the image. */
	if (b->written && fdatasync(b->fd) && errno != EINVAL)
		fprintf(stderr, "trivet-sim: '%s' may not hold all that was written: %s\n", b->path,
			strerror(errno));
	close(b->fd);
	b->kind = BACKING_NONE;
}
