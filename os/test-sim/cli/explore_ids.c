// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What an exploration found, by failure id: a defect that shows in thirty
 * scenarios is one, and is explained once. An expectation is another one in
 * each scenario, and may well have failed for the same reason: one is explained.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <os/test-sim/cli/cli.h>

#define MOST_REPORTS 3 /* in full; of the others there is the command */

static struct defect {
	struct sim_failure first;
	const struct sim_scenario *s;
	u64 runs;
	u32 scenarios;
} * defects;
static u32 n_defects, room;

static struct defect *find(const char *id)
{
	for (u32 i = 0; i < n_defects; i++) {
		if (!strcmp(defects[i].first.id, id))
			return &defects[i];
	}
	return NULL;
}

void cli_explore_ids_add(const struct sim_explored *e)
{
	for (u32 i = 0; i < e->n_failures; i++) {
		struct defect *d = find(e->failures[i].id);

		if (!d) {
			if (n_defects == room) {
				room = room ? 2 * room : 16;
				defects = reallocarray(defects, room, sizeof(*defects));
				if (!defects)
					exit(cli_error(CLI_LIMIT, "no memory"));
			}
			d = &defects[n_defects++];
			*d = (struct defect){ .first = e->failures[i], .s = e->scenario };
		}
		d->runs += e->failures[i].runs;
		d->scenarios++;
	}
}

static bool same_question(const char *a, const char *b)
{
	size_t n = strcspn(a, "@");

	return n == strcspn(b, "@") && !memcmp(a, b, n);
}

/* Which are explained, by number; returns how many. */
static u32 worth_a_report(u32 which[MOST_REPORTS])
{
	u32 n = 0;

	for (u32 i = 0; i < n_defects && n < MOST_REPORTS; i++) {
		u32 k = 0;

		while (k < n && !same_question(defects[which[k]].first.id, defects[i].first.id))
			k++;
		if (k == n)
			which[n++] = i;
	}
	return n;
}

/* ---- the report, in a process of its own: the run may end it ------------- */

static void explain(const struct defect *d, bool json)
{
	struct sim_deviation dev[SIM_MAX_DEVIATIONS];
	struct sim_result r;
	char err[200];
	int n = sim_deviations_parse(d->first.list, dev, SIM_MAX_DEVIATIONS, err, sizeof(err));

	if (d->first.list[0] && n < 0)
		return;
	n = trv_max(n, 0);
	sim_run(d->s, dev, (u32)n, true, &r);
	if (strcmp(r.id, d->first.id))
		return; /* not that run's own: two runs that differed, a process that died */
	if (json) {
		printf(",\n   \"report\": ");
		sim_report_json(d->s, dev, (u32)n, &r);
	} else {
		printf("#\n");
		sim_report(stdout, "# ", false, d->s, dev, (u32)n, &r);
	}
}

static void explain_apart(const struct defect *d, bool json)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		sim_crash_forked();
		explain(d, json);
		fflush(stdout);
		_exit(0);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0)
		;
}

/* -------------------------------------------------------------------------- */

static void forget(void)
{
	free(defects);
	defects = NULL;
	n_defects = room = 0;
}

void cli_explore_ids_ktap(void)
{
	u32 which[MOST_REPORTS], n = worth_a_report(which);

	if (n_defects)
		printf("# %u defect%s, by id:\n", n_defects, n_defects == 1 ? "" : "s");
	for (u32 i = 0; i < n_defects; i++)
		printf("#   %s  %llu run%s of %u scenario%s, first %s%s%s\n", defects[i].first.id,
		       (unsigned long long)defects[i].runs, defects[i].runs == 1 ? "" : "s",
		       defects[i].scenarios, defects[i].scenarios == 1 ? "" : "s",
		       defects[i].s->name, defects[i].first.list[0] ? " -r " : "",
		       defects[i].first.list);
	for (u32 i = 0; i < n; i++)
		explain_apart(&defects[which[i]], false);
	if (n_defects > n)
		printf("# the other %u: by their replay commands\n", n_defects - n);
	forget();
}

void cli_explore_ids_json(void)
{
	u32 which[MOST_REPORTS], n = worth_a_report(which), next = 0;

	printf(",\n \"defects\": [");
	for (u32 i = 0; i < n_defects; i++) {
		const struct defect *d = &defects[i];

		printf("%s\n  {\"id\": ", i ? "," : "");
		cli_json_string(d->first.id);
		printf(", \"runs\": %llu, \"scenarios\": %u, \"first\": ",
		       (unsigned long long)d->runs, d->scenarios);
		cli_json_string(d->s->name);
		printf(", \"deviations\": ");
		cli_json_string(d->first.list);
		if (next < n && which[next] == i) {
			explain_apart(d, true);
			next++;
		}
		printf("}");
	}
	printf("]");
	forget();
}
