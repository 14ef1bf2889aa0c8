// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which deliberate defect is on. Only the sabotage flavour has any. */
#include <stdlib.h>
#include <string.h>

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
