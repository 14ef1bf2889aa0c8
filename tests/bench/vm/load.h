/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One request after the other: what the programs that put load on a disk have in common. They are
 * called
 *
 *	PROGRAM read|write|seqread BYTES TIMES DISK
 *
 * and print the nanoseconds that took by the clock, and those a process had of them that runs when
 * nobody else wants to: SOAKER is its id. The first WARM requests (20) do not count.
 */
#ifndef TRIVET_BENCH_LOAD_H
#define TRIVET_BENCH_LOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mark.h"
#include "profiler.h"

/**
 * struct load - what is to be done
 * @random: else one after the other, from the first block on
 * @size:   of the disk, set once it is open
 */
struct load {
	bool write, random;
	size_t bytes;
	long times;
	const char *disk;
	uint64_t size;
};

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

static void requests(const struct load *l, void (*one)(const struct load *l, uint64_t at),
		     long times)
{
	static uint64_t rnd = 88172645463325252u;
	const uint64_t places = l->size / l->bytes;
	uint64_t next = 0;

	while (times-- > 0) {
		rnd ^= rnd << 13;
		rnd ^= rnd >> 7;
		rnd ^= rnd << 17;
		one(l, (l->random ? rnd % places : next++ % places) * l->bytes);
	}
}

/** load_args() - what the command line asks for */
static struct load load_args(int argc, char **argv)
{
	struct load l = { 0 };

	if (argc == 5) {
		l.write = !strcmp(argv[1], "write");
		l.random = strcmp(argv[1], "seqread");
		l.bytes = (size_t)atol(argv[2]);
		l.times = atol(argv[3]);
		l.disk = argv[4];
	}
	if (!l.bytes || !l.times) {
		fprintf(stderr, "usage: %s read|write|seqread BYTES TIMES DISK\n", argv[0]);
		exit(2);
	}
	return l;
}

/** load_run() - @one request, and all the others; say what they took */
static void load_run(const struct load *l, void (*one)(const struct load *l, uint64_t at))
{
	const char *warm = getenv("WARM");
	uint64_t start, before, ns;

	requests(l, one, warm ? atol(warm) : 20);
	profiler_wait();
	before = soaked();
	start = now();
	mark_begin();
	requests(l, one, l->times);
	mark_end();
	ns = now() - start;
	printf("%llu %llu\n", (unsigned long long)ns, (unsigned long long)(soaked() - before));
}

#endif /* TRIVET_BENCH_LOAD_H */
