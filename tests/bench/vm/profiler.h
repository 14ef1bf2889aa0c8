/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * For whoever profiles a program: it waits for him before what counts, and says where its functions
 * are (symbols).
 */
#ifndef TRIVET_BENCH_PROFILER_H
#define TRIVET_BENCH_PROFILER_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PROFILER_S = 60 };

/** profiler_wait() - GO names two files: GO.ready is ours, and who sees it makes GO */
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
	for (int i = 0; access(go, F_OK); i++) {
		if (i == PROFILER_S * 20) {
			fprintf(stderr, "%s does not come\n", go);
			exit(1);
		}
		usleep(50000);
	}
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
