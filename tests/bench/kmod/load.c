// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * One O_DIRECT request after the other, at random:
 *
 *	load read|write BYTES TIMES DISK
 *
 * Prints the nanoseconds they took by the clock, and those a process had of them that runs when
 * nobody else wants to: SOAKER is its id. The first WARM requests (20) do not count.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <linux/fs.h>

/* The profiler knows the requests that count by calls of these. */
#define MARK __attribute__((noinline, noipa, used)) void
MARK mark_begin(void)
{
	__asm__ volatile("");
}

MARK mark_end(void)
{
	__asm__ volatile("");
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* What the soaker has run, to the nanosecond. */
static uint64_t soaked(void)
{
	const char *pid = getenv("SOAKER");
	unsigned long long ns = 0;
	char path[64];
	FILE *f;

	if (!pid)
		return 0;
	snprintf(path, sizeof(path), "/proc/%s/schedstat", pid);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%llu", &ns) != 1)
		die(path);
	fclose(f);
	return ns;
}

static void requests(int fd, int wr, void *buf, size_t bytes, long times)
{
	static uint64_t rnd = 88172645463325252u;
	uint64_t size;

	if (ioctl(fd, BLKGETSIZE64, &size))
		die("size");
	while (times-- > 0) {
		off_t at;

		rnd ^= rnd << 13;
		rnd ^= rnd >> 7;
		rnd ^= rnd << 17;
		at = (off_t)(rnd % (size / bytes) * bytes);
		if ((wr ? pwrite(fd, buf, bytes, at) : pread(fd, buf, bytes, at)) != (ssize_t)bytes)
			die("a request");
	}
}

int main(int argc, char **argv)
{
	const char *warm = getenv("WARM");
	uint64_t start, before, ns;
	size_t bytes;
	long times;
	void *buf;
	int fd, wr;

	if (argc != 5) {
		fprintf(stderr, "usage: load read|write BYTES TIMES DISK\n");
		return 2;
	}
	wr = !strcmp(argv[1], "write");
	bytes = (size_t)atol(argv[2]);
	times = atol(argv[3]);
	fd = open(argv[4], (wr ? O_WRONLY : O_RDONLY) | O_DIRECT);
	if (fd < 0)
		die(argv[4]);
	if (posix_memalign(&buf, 4096, bytes))
		die("memory");
	memset(buf, 1, bytes);

	requests(fd, wr, buf, bytes, warm ? atol(warm) : 20);
	before = soaked();
	start = now();
	mark_begin();
	requests(fd, wr, buf, bytes, times);
	mark_end();
	ns = now() - start;
	printf("%llu %llu\n", (unsigned long long)ns, (unsigned long long)(soaked() - before));
	return 0;
}
