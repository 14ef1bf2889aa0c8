// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How many instructions lie between the write to a register with which edu raises an interrupt, and
 * the code that the interrupt is for:
 *
 *	irq raw|trivet vfio-msi|vfio-intx|uio DEVICE TIMES
 *
 * Prints the median, and what nine in ten lie between. Only with QEMU's icount are they instructions,
 * and only with one CPU is there nothing but them. The writing thread is preempted by the one that
 * waits, which has a real-time priority. MAPS names a file for /proc/self/maps.
 */
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../vm/mark.h"
#include "../vm/profiler.h"
#include "irq.h"

enum { WARM = 50, LIMIT_S = 10 };

/* Those that count are marked for the profiler. */
static int counts;

struct heard heard;

void die(const char *fmt, ...)
{
	va_list ap;

	fputs("irq: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

void real_time(void)
{
	const struct sched_param param = { .sched_priority = 50 };

	if (sched_setscheduler(0, SCHED_FIFO, &param))
		die("no real-time priority: %s", strerror(errno));
}

void hear(uint64_t at)
{
	if (counts)
		mark_end();
	heard.tick = at;
}

void said(void)
{
	__atomic_store_n(&heard.n, heard.n + 1, __ATOMIC_RELEASE);
}

static int by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void wait_for(uint32_t n)
{
	const time_t end = time(NULL) + LIMIT_S;

	while (__atomic_load_n(&heard.n, __ATOMIC_ACQUIRE) != n) {
		if (time(NULL) > end)
			die("interrupt %u is not heard of", n);
		sched_yield();
	}
}

static uint64_t one(const struct way *way)
{
	const uint32_t n = heard.n;
	uint64_t from;

	if (counts)
		mark_begin();
	from = way->raise();
	wait_for(n + 1);
	return heard.tick - from;
}

int main(int argc, char **argv)
{
	static const struct way *const ways[] = { &raw_way, &trivet_way };
	static const char *const kinds[] = { "vfio-msi", "vfio-intx", "uio" };
	const struct way *way = NULL;
	int kind = -1, times = argc == 5 ? atoi(argv[4]) : 0;
	uint64_t *took;

	for (int i = 0; argc == 5 && i < 2; i++) {
		if (!strcmp(argv[1], ways[i]->name))
			way = ways[i];
	}
	for (int i = 0; argc == 5 && i < 3; i++) {
		if (!strcmp(argv[2], kinds[i]))
			kind = i;
	}
	if (!way || kind < 0 || times < 1) {
		fputs("usage: irq raw|trivet vfio-msi|vfio-intx|uio DEVICE TIMES\n", stderr);
		return 2;
	}
	took = calloc((size_t)times, sizeof(*took));
	if (!took)
		die("no memory");
	way->start(kind, argv[3]);
	for (int i = 0; i < WARM; i++)
		(void)one(way);
	profiler_wait();
	counts = 1;
	for (int i = 0; i < times; i++)
		took[i] = one(way);
	if (heard.n != (uint32_t)(WARM + times))
		die("%u interrupts instead of %d", heard.n, WARM + times);
	maps_copy();
	way->stop();

	qsort(took, (size_t)times, sizeof(*took), by_value);
	printf("%llu %llu %llu\n", (unsigned long long)took[times / 2],
	       (unsigned long long)took[times / 20],
	       (unsigned long long)took[times - 1 - times / 20]);
	free(took);
	return 0;
}
