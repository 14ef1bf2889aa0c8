/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is behind a simulated disk: memory that appears page by page, or a
 * file. Sector addressed; it knows nothing of ATA.
 */
#ifndef TRIVET_SIM_BACKING_H
#define TRIVET_SIM_BACKING_H

#include <trivet/types.h>

enum { BACKING_SECTOR = 512, BACKING_PAGE = 4096 };

struct backing_page;
struct backing_undo;

struct backing {
	enum { BACKING_NONE, BACKING_MEM, BACKING_FILE } kind;
	bool read_only;
	bool written; /* the file needs a sync at close */
	int fd;
	const char *path;
	u64 sectors;
	/* memory */
	struct backing_page *pages; /* open addressing, by page number */
	u32 n_pages, size;
	bool patterned; /* never-written sectors read as backing_pattern() */
	u64 seed;
	/* what un-flushed writes replaced, while kept */
	bool keep;
	struct backing_undo *undo;
	u32 n_undo, undo_size;
};

/**
 * backing_open() - @spec is mem:SIZE, sparse:SIZE, file:PATH or ro:PATH
 * @key: the option's name, for messages
 *
 * Sizes are bytes with an optional K, M, G, T or P. 0, or -EINVAL, -EBUSY or
 * -EACCES with sim_opt_error() called.
 */
int backing_open(struct backing *b, const char *key, const char *spec);
/** backing_open_disc() - a disc's image, read-only, of whole blocks of @block bytes; the rest alike */
int backing_open_disc(struct backing *b, const char *key, const char *path, u32 block);
void backing_close(struct backing *b);

/* 0, or -EIO when the host could not, -EACCES for a write to read-only. */
int backing_read(struct backing *b, u64 lba, u32 n, void *buf);
int backing_write(struct backing *b, u64 lba, u32 n, const void *buf, bool through);
/** backing_trim() - back to how it reads before anything is written: zeroes, or the pattern */
int backing_trim(struct backing *b, u64 lba, u64 n);
/** backing_flush() - what was written stays, whatever happens to the power */
void backing_flush(struct backing *b);
/** backing_undo() - the power fails: back to the last flush, as far as it was kept */
int backing_undo(struct backing *b);

/** backing_digest() - of all that was written, in whatever order; a file's contents are not looked at */
u64 backing_digest(const struct backing *b);
void backing_pattern(u64 seed, u64 lba, u32 n, void *buf);

#endif /* TRIVET_SIM_BACKING_H */
