/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * For whoever profiles a program: it waits for him before what counts, and says where its functions
 * are (symbols).
 */
#ifndef TRIVET_BENCH_PROFILER_H
#define TRIVET_BENCH_PROFILER_H

#include <stdio.h>
#include <stdlib.h>

/** profiler_wait() - GO is a pipe: once GO.ready, a file of ours, is there, whoever writes it lets us go on */
static inline void profiler_wait(void)
{
	const char *go = getenv("GO");
	char ready[256];
	FILE *f;

	if (!go)
		return;
	snprintf(ready, sizeof(ready), "%s.ready", go);
	f = fopen(ready, "w");
	if (!f || fclose(f)) {
		perror(ready);
		exit(1);
	}
	/* No time-out: an idle guest's clock runs away, with sleep=off. The machine has one. */
	f = fopen(go, "r");
	if (!f) {
		perror(go);
		exit(1);
	}
	fclose(f);
}

/** maps_copy() - /proc/self/maps as the file that MAPS names, if it does */
static inline void maps_copy(void)
{
	const char *to = getenv("MAPS");
	FILE *in, *out;
	int c;

	if (!to)
		return;
	in = fopen("/proc/self/maps", "r");
	out = fopen(to, "w");
	while (in && out && (c = getc(in)) != EOF)
		putc(c, out);
	if (!in || !out || fclose(out)) {
		perror(to);
		exit(1);
	}
	fclose(in);
}

#endif /* TRIVET_BENCH_PROFILER_H */
