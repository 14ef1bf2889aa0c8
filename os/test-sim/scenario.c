// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The scenarios linked into this program, in order of name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/scenario.h>

/* The linker's bounds of the section SIM_SCENARIO() fills; absent when nobody did. */
extern const struct sim_scenario *const __start_sim_scenarios[] __attribute__((weak));
extern const struct sim_scenario *const __stop_sim_scenarios[] __attribute__((weak));

static struct {
	const struct sim_scenario **v;
	size_t n;
} table;

static int by_name(const void *a, const void *b)
{
	const struct sim_scenario *const *sa = a, *const *sb = b;

	return strcmp((*sa)->name, (*sb)->name);
}

static void load(void)
{
	size_t n = (size_t)(__stop_sim_scenarios - __start_sim_scenarios);

	if (table.v || !n)
		return;
	table.v = calloc(n, sizeof(*table.v));
	if (!table.v) {
		fputs("trivet-sim: no memory for the list of scenarios\n", stderr);
		exit(4);
	}
	memcpy(table.v, __start_sim_scenarios, n * sizeof(*table.v));
	qsort(table.v, n, sizeof(*table.v), by_name);
	table.n = n;
	for (size_t i = 1; i < n; i++) {
		if (!strcmp(table.v[i - 1]->name, table.v[i]->name)) {
			fprintf(stderr, "trivet-sim: two scenarios are named '%s': rename one\n",
				table.v[i]->name);
			exit(2);
		}
	}
}

const struct sim_scenario *sim_scenario_find(const char *name)
{
	const struct sim_scenario key = { .name = name }, *pkey = &key;
	const struct sim_scenario **hit;

	load();
	hit = table.n ? bsearch(&pkey, table.v, table.n, sizeof(*table.v), by_name) : NULL;
	return hit ? *hit : NULL;
}

void sim_scenario_each(void (*fn)(const struct sim_scenario *s, void *arg), void *arg)
{
	load();
	for (size_t i = 0; i < table.n; i++)
		fn(table.v[i], arg);
}
