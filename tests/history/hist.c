// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What both programs share: the table of scenarios, images, the command line. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* SEEK_DATA */
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "history.h"
#include "record.h"

extern const struct hist_scenario *const __start_hist_scenarios[];
extern const struct hist_scenario *const __stop_hist_scenarios[];

enum { FAR = 8 };

static char dir[128];
static const struct hist_scenario *now;

/* ---- scenarios ------------------------------------------------------------ */

static int by_name(const void *a, const void *b)
{
	const struct hist_scenario *const *sa = a, *const *sb = b;

	return strcmp((*sa)->name, (*sb)->name);
}

void hist_each(void (*fn)(const struct hist_scenario *s, void *arg), void *arg)
{
	size_t n = (size_t)(__stop_hist_scenarios - __start_hist_scenarios);
	const struct hist_scenario **all = malloc(n * sizeof(*all));

	if (!all)
		abort();
	memcpy(all, __start_hist_scenarios, n * sizeof(*all));
	qsort(all, n, sizeof(*all), by_name);
	for (size_t i = 0; i < n; i++)
		fn(all[i], arg);
	free(all);
}

const struct hist_scenario *hist_find(const char *name)
{
	for (const struct hist_scenario *const *s = __start_hist_scenarios;
	     s < __stop_hist_scenarios; s++) {
		if (!strcmp((*s)->name, name))
			return *s;
	}
	return NULL;
}

const struct hist_scenario *hist_now(void)
{
	return now;
}

void hist_note(const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	rec_line("%s", text);
}

void hist_pause(void)
{
	rec_pause(true);
}

void hist_go_on(void)
{
	rec_pause(false);
}

/* ---- images --------------------------------------------------------------- */

void hist_fill(void *buf, u32 n, u32 drive, u64 lba)
{
	u8 *p = buf;

	for (u32 i = 0; i < n; i++)
		p[i] = (u8)(i * 7 + i / 251 * 3 + lba * 29 + (lba >> 8) * 5 + drive * 101 + 1);
}

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(4);
}

static void path_of(char *path, size_t len, u32 i)
{
	snprintf(path, len, "%s/d%u.img", dir, i);
}

static void fill_range(int fd, const struct hist_scenario *s, u32 drive, u64 first, u64 n)
{
	u8 sector[HIST_SECTOR];

	for (u64 lba = first; lba < trv_min(first + n, s->drive[drive].sectors); lba++) {
		hist_fill(sector, sizeof(sector), drive, lba);
		if (pwrite(fd, sector, sizeof(sector), (off_t)(lba * HIST_SECTOR)) < 0)
			die("an image");
	}
}

const char *hist_image(const struct hist_scenario *s, u32 i)
{
	static char path[HIST_DRIVES][160];
	int fd;

	if (!*dir) {
		snprintf(dir, sizeof(dir), "%.90s/trivet-history.XXXXXX",
			 getenv("TMPDIR") ?: "/tmp");
		if (!mkdtemp(dir))
			die(dir);
	}
	path_of(path[i], sizeof(path[i]), i);
	fd = open(path[i], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, (off_t)(s->drive[i].sectors * HIST_SECTOR)))
		die(path[i]);
	fill_range(fd, s, i, 0, HIST_FILLED);
	if (s->far)
		fill_range(fd, s, i, s->far, FAR);
	close(fd);
	return path[i];
}

static void expected(const struct hist_scenario *s, u32 drive, u64 lba, u8 *sector)
{
	if (lba < HIST_FILLED || (s->far && lba >= s->far && lba < s->far + FAR))
		hist_fill(sector, HIST_SECTOR, drive, lba);
	else
		memset(sector, 0, HIST_SECTOR);
}

/* A sector that is no more what it was: how it begins, and which byte is the first other one. */
static void compare(const struct hist_scenario *s, u32 drive, u64 lba, int fd)
{
	u8 now[HIST_SECTOR], was[HIST_SECTOR];
	u32 sum = 0;

	if (pread(fd, now, sizeof(now), (off_t)(lba * HIST_SECTOR)) != sizeof(now))
		die("an image");
	expected(s, drive, lba, was);
	if (!memcmp(now, was, sizeof(now)))
		return;
	for (u32 i = 0; i < sizeof(now); i++)
		sum = sum * 31 + now[i];
	rec_line("medium %u, sector %llu: %02x %02x %02x %02x ... %08x", drive,
		 (unsigned long long)lba, now[0], now[1], now[2], now[3], sum);
}

static void compare_all(const struct hist_scenario *s, u32 drive, int fd)
{
	off_t end = (off_t)(s->drive[drive].sectors * HIST_SECTOR), at = 0, hole;
	u64 lba = 0;

	/* Where there is no data, none is expected, but for what was there in the beginning. */
	for (lba = 0; lba < trv_min((u64)HIST_FILLED, s->drive[drive].sectors); lba++)
		compare(s, drive, lba, fd);
	while (at < end) {
		at = lseek(fd, at, SEEK_DATA);
		if (at < 0)
			break;
		hole = lseek(fd, at, SEEK_HOLE);
		for (lba = trv_max(lba, (u64)at / HIST_SECTOR); lba < (u64)hole / HIST_SECTOR;
		     lba++)
			compare(s, drive, lba, fd);
		at = hole;
	}
}

void hist_media(const struct hist_scenario *s)
{
	char path[160];

	for (u32 i = 0; i < HIST_DRIVES; i++) {
		int fd;

		if (s->drive[i].kind == HIST_NONE || s->drive[i].kind == HIST_EMPTY_CD)
			continue;
		path_of(path, sizeof(path), i);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			die(path);
		if (s->drive[i].kind == HIST_DISK)
			compare_all(s, i, fd);
		close(fd);
		unlink(path);
	}
	if (*dir && rmdir(dir))
		die(dir);
	*dir = '\0';
}

/* ---- the command ---------------------------------------------------------- */

static struct {
	const char *to;
	int (*run)(const struct hist_scenario *s);
	int rc;
} job;

static void list_one(const struct hist_scenario *s, void *arg)
{
	printf("%s\t%s\n", s->name, s->what);
}

static void run_one(const struct hist_scenario *s, void *arg)
{
	char path[256];
	FILE *f = stdout;
	int rc;

	now = s;
	rc = job.run(s);
	if (rc) {
		fprintf(stderr, "%s: the scenario did not run\n", s->name);
		job.rc = rc;
	}
	if (job.to) {
		snprintf(path, sizeof(path), "%s/%s", job.to, s->name);
		for (char *p = path + strlen(job.to) + 1; *p; p++)
			*p = *p == '/' ? '.' : *p;
		f = fopen(path, "w");
		if (!f)
			die(path);
	}
	rec_print(f);
	if (f != stdout && fclose(f))
		die(path);
}

int hist_main(int argc, char **argv, int (*run)(const struct hist_scenario *s))
{
	int i = 1;

	job.run = run;
	if (argc == 2 && !strcmp(argv[1], "--list")) {
		hist_each(list_one, NULL);
		return 0;
	}
	if (argc > 2 && !strcmp(argv[1], "-o")) {
		job.to = argv[2];
		i = 3;
	}
	if (i == argc && job.to)
		hist_each(run_one, NULL);
	else if (i == argc || argv[i][0] == '-') {
		fprintf(stderr, "usage: %s --list | SCENARIO... | -o DIRECTORY [SCENARIO...]\n",
			argv[0]);
		return 2;
	}
	for (; i < argc; i++) {
		const struct hist_scenario *s = hist_find(argv[i]);

		if (!s) {
			fprintf(stderr, "%s: no scenario '%s'; see: %s --list\n", argv[0], argv[i],
				argv[0]);
			return 2;
		}
		run_one(s, NULL);
	}
	return job.rc;
}
