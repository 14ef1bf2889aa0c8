// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which deliberate defect is on. Only the sabotage flavour has any. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <trivet/os.h>

#include <os/test-sim/machine.h>
#include <os/test-sim/sabotage.h>

#ifdef SIM_SABOTAGE
static const char *chosen;

bool sim_sabotaged(const char *name)
{
	return chosen && !strcmp(chosen, name);
}

bool sim_sabotaged_sleep(const char *entry)
{
	return chosen && !strncmp(chosen, "sleeps:", 7) && !strcmp(chosen + 7, entry);
}

void sim_sabotage_set(const char *name)
{
	chosen = name;
}

/* For the commands of the sabotage flavour, none of which knows of it. */
static __attribute__((constructor)) void from_environment(void)
{
	sim_sabotage_set(getenv("TRIVET_SABOTAGE"));
}

/* ---- noise --------------------------------------------------------------- */

static u64 of_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_nsec;
}

/* What whoever was here before has left on the heap. */
static u64 of_heap(void)
{
	volatile u64 *p = malloc(64), *q;
	u64 left;

	free((void *)p);
	q = malloc(64);
	left = q ? q[0] ^ q[1] : 0;
	free((void *)q);
	return left;
}

static u64 of_environment(void)
{
	u64 n = 0;

	while (environ[n])
		n++;
	return n;
}

u64 sim_noise(const char *name)
{
	static const char *noise;
	static bool asked;

	if (!asked)
		noise = getenv("TRIVET_NOISE");
	asked = true;
	if (!noise || strcmp(noise, name))
		return 0;
	if (!strcmp(name, "clock"))
		return of_clock();
	if (!strcmp(name, "heap"))
		return of_heap();
	if (!strcmp(name, "pid"))
		return (u64)getpid();
	if (!strcmp(name, "environment"))
		return of_environment();
	return (u64)(uintptr_t)&name; /* "address" */
}

/* ---- single accesses ----------------------------------------------------- */

static const void *first_seen(const volatile void *p, size_t n)
{
	static struct {
		const volatile void *p;
		u64 val;
	} seen[64];
	u32 i = 0;

	while (i < TRV_ARRAY_SIZE(seen) - 1 && seen[i].p && seen[i].p != p)
		i++;
	if (seen[i].p != p)
		memcpy(&seen[i].val, (const void *)p, n);
	seen[i].p = p;
	return &seen[i].val;
}

const void *sim_sab_read(const volatile void *p, size_t n)
{
	static u64 torn[8];
	static u32 turn;
	u8 *copy;

	if (SIM_SAB("once-caches-read") && n <= 8)
		return first_seen(p, n);
	if (!SIM_SAB("once-tears-read") || n < 2 || n > 8)
		return (const void *)p;
	copy = (u8 *)&torn[turn++ % TRV_ARRAY_SIZE(torn)];
	memcpy(copy, (const void *)p, n / 2);
	sim_enter("read_once", SIM_ANY, SIM_COST_CALL);
	memcpy(copy + n / 2, (const u8 *)p + n / 2, n - n / 2);
	return copy;
}

bool sim_sab_write(volatile void *p, const void *val, size_t n)
{
	static u32 turn;

	if (SIM_SAB("once-drops-write") && turn++ & 1)
		return true;
	if (!SIM_SAB("once-tears-write"))
		return false;
	memcpy((void *)p, val, n / 2);
	sim_enter("write_once", SIM_ANY, SIM_COST_CALL);
	memcpy((u8 *)p + n / 2, (const u8 *)val + n / 2, n - n / 2);
	return true;
}
#endif
