// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What an exploration found, for people and KTAP, and for programs. */
#include <stdio.h>

#include <os/test-sim/cli/cli.h>

static const char *const class_names[] = { "schedule", "resource", "hostile" };

static u64 all_runs(const struct sim_explored *e)
{
	u64 n = 0;

	for (u32 i = 0; i <= SIM_MAX_DEPTH; i++)
		n += e->runs[i];
	return n;
}

/* ---- KTAP ---------------------------------------------------------------- */

static void print_failure(const struct sim_scenario *s, const struct sim_failure *f)
{
	printf("#   %s  (%s, %u deviation%s; %llu run%s)\n", f->id,
	       f->n_deviations ? class_names[f->class] : "the nice day", f->n_deviations,
	       f->n_deviations == 1 ? "" : "s", (unsigned long long)f->runs,
	       f->runs == 1 ? "" : "s");
	printf("#     what    %s\n", f->message);
	printf("#     replay  %s replay %s", cli_program, s->name);
	if (f->list[0])
		printf(" -r '%s'", f->list);
	putchar('\n');
}

void cli_explore_ktap_one(const struct sim_explored *e)
{
	printf("# %s: %llu points; runs", e->scenario->name, (unsigned long long)e->points);
	for (u32 i = 0; i <= SIM_MAX_DEPTH && e->runs[i]; i++)
		printf("%s %llu", i ? " +" : "", (unsigned long long)e->runs[i]);
	printf(", %llu of them twice%s\n", (unsigned long long)e->twice,
	       e->nice_only ? "; its nice day alone, being long" : "");
	for (u32 i = 0; i < e->n_failures; i++)
		print_failure(e->scenario, &e->failures[i]);
	printf("%s %u - %s%s\n", e->n_failures ? "not ok" : "ok", e->number, e->scenario->name,
	       e->n_failures || e->complete ? "" :
	       all_runs(e)		    ? " # SKIP not all of it" :
					      " # SKIP not begun");
	fflush(stdout);
}

static void print_kinds(const struct sim_explore *how, const struct sim_explore_sum *sum)
{
	printf("# %-10s %-9s %9s %7s %8s %9s\n", "kind", "class", "points", "places", "answers",
	       "runs");
	for (u32 k = 0; k < SIM_N_KINDS; k++) {
		if (!(how->kinds >> k & 1))
			continue;
		printf("# %-10s %-9s %9llu %7u %8llu %9llu\n", sim_kind_name(k),
		       class_names[sim_kind_class(k)], (unsigned long long)sum->kind_points[k],
		       sum->kind_sites[k], (unsigned long long)sum->kind_answers[k],
		       (unsigned long long)sum->kind_runs[k]);
	}
}

static void print_sites(const struct sim_explore_sum *sum)
{
	for (u32 i = 0; i < sum->n_sites; i++) {
		const struct sim_explored_site *s = &sum->sites[i];

		printf("#   %9llu  %s@%s\n", (unsigned long long)s->runs, sim_kind_name(s->kind),
		       s->where);
	}
}

static void print_never(const struct sim_explore *how, const struct sim_explore_sum *sum)
{
	bool whole = !sum->incomplete;

	for (u32 k = 0; whole && k < SIM_N_KINDS; k++) {
		if (sum->never >> k & 1)
			printf("# no run deviated by %s: no scenario meets such a point; to do "
			       "without it: --without %s\n",
			       sim_kind_name(k), sim_kind_name(k));
	}
	printf("%s %u - every kind deviated%s\n", sum->never && whole ? "not ok" : "ok", how->n + 1,
	       whole ? "" : " # SKIP the exploration is not complete");
}

void cli_explore_ktap_end(const struct sim_explore *how, const struct sim_explore_sum *sum,
			  bool sites)
{
	print_kinds(how, sum);
	if (sites)
		print_sites(sum);
	print_never(how, sum);
	printf("# %llu runs, %llu of them twice, in %.1f s; %llu bodies ended early by hostile "
	       "devices\n",
	       (unsigned long long)sum->runs, (unsigned long long)sum->twice, sum->seconds,
	       (unsigned long long)sum->excused);
	cli_explore_ids_ktap();
	printf("# %u scenarios, %u failed, %u failures, %u not complete\n", how->n, sum->failed,
	       sum->failures, sum->incomplete);
}

/* ---- JSON ---------------------------------------------------------------- */

static void json_failure(const struct sim_failure *f)
{
	printf("{\"id\": ");
	cli_json_string(f->id);
	printf(", \"message\": ");
	cli_json_string(f->message);
	printf(", \"deviations\": ");
	cli_json_string(f->list);
	printf(", \"n_deviations\": %u, \"class\": \"%s\", \"runs\": %llu}", f->n_deviations,
	       class_names[f->class], (unsigned long long)f->runs);
}

void cli_explore_json_one(const struct sim_explored *e)
{
	printf("%s\n  {\"name\": ", e->number == 1 ? "{\"scenarios\": [" : ",");
	cli_json_string(e->scenario->name);
	printf(", \"points\": %llu, \"runs\": [", (unsigned long long)e->points);
	for (u32 i = 0; i <= SIM_MAX_DEPTH && e->runs[i]; i++)
		printf("%s%llu", i ? ", " : "", (unsigned long long)e->runs[i]);
	printf("], \"twice\": %llu, \"complete\": %s, \"nice_only\": %s, \"failures\": [",
	       (unsigned long long)e->twice, e->complete ? "true" : "false",
	       e->nice_only ? "true" : "false");
	for (u32 i = 0; i < e->n_failures; i++) {
		printf("%s\n    ", i ? "," : "");
		json_failure(&e->failures[i]);
	}
	printf("]}");
}

static void json_answers(const struct sim_explored_site *s)
{
	bool first = true;

	for (u32 a = 1; a < 256; a++) {
		if (s->answers[a / 64] >> a % 64 & 1) {
			printf("%s%u", first ? "" : ", ", a);
			first = false;
		}
	}
}

void cli_explore_json_end(const struct sim_explore *how, const struct sim_explore_sum *sum)
{
	bool first = true;

	printf("],\n \"kinds\": [");
	for (u32 k = 0; k < SIM_N_KINDS; k++) {
		if (!(how->kinds >> k & 1))
			continue;
		printf("%s\n  {\"name\": \"%s\", \"class\": \"%s\", \"points\": %llu, \"places\": "
		       "%u, \"answers\": %llu, \"runs\": %llu}",
		       first ? "" : ",", sim_kind_name(k), class_names[sim_kind_class(k)],
		       (unsigned long long)sum->kind_points[k], sum->kind_sites[k],
		       (unsigned long long)sum->kind_answers[k],
		       (unsigned long long)sum->kind_runs[k]);
		first = false;
	}
	printf("],\n \"sites\": [");
	for (u32 i = 0; i < sum->n_sites; i++) {
		const struct sim_explored_site *s = &sum->sites[i];

		printf("%s\n  {\"kind\": \"%s\", \"where\": ", i ? "," : "",
		       sim_kind_name(s->kind));
		cli_json_string(s->where);
		printf(", \"runs\": %llu, \"answers\": [", (unsigned long long)s->runs);
		json_answers(s);
		printf("]}");
	}
	printf("]");
	cli_explore_ids_json();
	printf(",\n \"runs\": %llu, \"twice\": %llu, \"failures\": %u, \"incomplete\": %u, "
	       "\"seconds\": %.3f}\n",
	       (unsigned long long)sum->runs, (unsigned long long)sum->twice, sum->failures,
	       sum->incomplete, sum->seconds);
}
