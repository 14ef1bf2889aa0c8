// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * trivet-sim twice: is a run the same in another process, at other addresses,
 * in another environment, or built by another compiler? Many runs, drawn over
 * all scenarios and kinds, each in two processes of its own.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#include <os/test-sim/cli/twice.h>

#define SHOWN 10

static struct {
	struct cli_twice how;
	char **patterns;
	int n_patterns;
	bool *used;
	const struct sim_scenario **picked;
	u32 n_picked;
	bool thorough;
	u64 drawn[SIM_N_KINDS]; /* deviations, by kind */
	u64 lists[CLI_TWICE_DEPTH + 1];
} job;

/* A run to be drawn: a scenario, how many deviations, the kind of the first. */
struct plan {
	u32 scenario;
	u32 n;
	int kind;
};

static const char *const part_names[SIM_N_PARTS] = {
	[SIM_P_CHOICES] = "choices", [SIM_P_REGISTERS] = "registers", [SIM_P_IRQS] = "interrupts",
	[SIM_P_DMA] = "DMA",	     [SIM_P_RESULTS] = "results",     [SIM_P_IMAGES] = "images",
	[SIM_P_REST] = "the rest",
};

/* ---- what to run --------------------------------------------------------- */

static void pick(const struct sim_scenario *s, void *arg)
{
	bool hit = !job.n_patterns;

	for (int i = 0; i < job.n_patterns; i++) {
		if (!fnmatch(job.patterns[i], s->name, 0))
			hit = job.used[i] = true;
	}
	if (!hit)
		return;
	if (job.picked)
		job.picked[job.n_picked] = s;
	job.n_picked++;
}

static int pick_all(void)
{
	job.used = calloc((size_t)job.n_patterns + 1, sizeof(*job.used));
	sim_scenario_each(pick, NULL);
	for (int i = 0; i < job.n_patterns; i++) {
		if (job.used && !job.used[i])
			return cli_error(CLI_USAGE, "no scenario '%s'; see: trivet-sim list",
					 job.patterns[i]);
	}
	job.picked = calloc(job.n_picked + 1, sizeof(const void *));
	job.how.runs = calloc(job.how.n, sizeof(*job.how.runs));
	if (!job.used || !job.picked || !job.how.runs)
		return cli_error(CLI_LIMIT, "no memory");
	job.n_picked = 0;
	sim_scenario_each(pick, NULL);
	return CLI_OK;
}

static u64 random_of(u64 a, u64 b)
{
	return sim_mix(sim_mix(a + 1, b + 1), 0x9e3779b97f4a7c15ULL);
}

static bool explored(const struct sim_scenario *s)
{
	return !s->expect && !s->nice && (job.thorough || !s->once);
}

/* The kind that had the fewest deviations so far, of those the run has points of. */
static int rarest(const u32 *points)
{
	int best = -1;

	for (int k = 0; k < SIM_N_KINDS; k++) {
		if (points[k] && (best < 0 || job.drawn[k] < job.drawn[best]))
			best = k;
	}
	return best;
}

static size_t nth_of_kind(const struct sim_point *p, int kind, u32 nth)
{
	size_t i = 0;

	while (p[i].kind != kind || nth--)
		i++;
	return i;
}

static void append(char *list, size_t room, const struct sim_point *p, u32 alt)
{
	size_t at = strlen(list);

	if (at && at + 1 < room)
		at += (size_t)snprintf(list + at, room - at, ",");
	if (at < room)
		at += (size_t)sim_point_format(p, list + at, room - at);
	if (at < room)
		snprintf(list + at, room - at, "=%u", alt);
}

/* As replay -r takes it: what another compiler must find again are the names, too. */
static char *draw_list(u32 nth, const struct plan *plan, const struct sim_point *p, size_t n_points)
{
	char list[CLI_TWICE_DEPTH * 160] = "";
	u32 points[SIM_N_KINDS] = { 0 };

	for (size_t i = 0; i < n_points; i++)
		points[p[i].kind]++;
	for (u32 d = 0; d < plan->n; d++) {
		u64 random = random_of(nth, d);
		int kind = d ? rarest(points) : plan->kind;
		size_t at;

		if (kind < 0)
			break;
		at = nth_of_kind(p, kind, (u32)(random % points[kind]));
		append(list, sizeof(list), &p[at], 1 + (u32)(random >> 32) % (p[at].n - 1u));
		job.drawn[kind]++;
		points[kind] = 0; /* the next one is of another kind, and so at another point */
	}
	return strdup(list);
}

/* All runs of one scenario at once: its points are known from one nice day. */
static int draw_scenario(const struct sim_scenario *s, const struct plan *plan, u32 index)
{
	const struct sim_point *p = NULL;
	struct sim_result r;
	size_t n_points = 0;

	for (u32 i = 0; i < job.how.n; i++) {
		struct cli_twice_run *run = &job.how.runs[i];

		if (plan[i].scenario != index)
			continue;
		if (plan[i].n && !p) {
			sim_run(s, NULL, 0, false, &r);
			p = sim_points(&n_points);
		}
		run->scenario = s;
		run->list = draw_list(i, &plan[i], p, n_points);
		if (!run->list)
			return cli_error(CLI_LIMIT, "no memory");
		job.lists[plan[i].n]++;
	}
	return CLI_OK;
}

/* Which kinds of points each scenario has, one bit for each. */
static void survey(u32 *kinds)
{
	for (u32 i = 0; i < job.n_picked; i++) {
		const struct sim_point *p;
		struct sim_result r;
		size_t n;

		kinds[i] = 0;
		if (!explored(job.picked[i]))
			continue;
		sim_run(job.picked[i], NULL, 0, false, &r);
		p = sim_points(&n);
		while (n--)
			kinds[i] |= 1u << p[n].kind;
	}
}

/* The @share-th part of 2^32 of those scenarios that have all of @mask. */
static u32 one_with(const u32 *kinds, u32 mask, u32 share)
{
	u32 n = 0, nth, i = 0;

	for (u32 k = 0; k < job.n_picked; k++)
		n += (kinds[k] & mask) == mask;
	nth = (u32)((u64)share * n >> 32);
	while ((kinds[i] & mask) != mask || nth--)
		i++;
	return i;
}

/* One kind after the other, so that rare ones are not lost; and evenly over their scenarios. */
static void make_plan(struct plan *plan, const u32 *kinds)
{
	static const u8 depth[] = { 1, 2, 0, 1, 3, 1, 0, 2 };
	u32 all = 0, with = 0;

	for (u32 i = 0; i < job.n_picked; i++)
		all |= kinds[i];
	for (u32 i = 0; i < job.how.n; i++) {
		struct plan *p = &plan[i];

		*p = (struct plan){ .n = all ? depth[i % sizeof(depth)] : 0 };
		if (p->n) {
			do {
				p->kind = (int)(with++ % SIM_N_KINDS);
			} while (!(all >> p->kind & 1));
		}
		p->scenario = one_with(kinds, p->n ? 1u << p->kind : 0, i * 0x9e3779b9u);
	}
}

static int draw(void)
{
	struct plan *plan = calloc(job.how.n, sizeof(*plan));
	u32 *kinds = calloc(job.n_picked, sizeof(*kinds));
	int rc = plan && kinds ? CLI_OK : cli_error(CLI_LIMIT, "no memory");

	if (!rc) {
		survey(kinds);
		make_plan(plan, kinds);
	}
	for (u32 i = 0; !rc && i < job.n_picked; i++)
		rc = draw_scenario(job.picked[i], plan, i);
	free(kinds);
	free(plan);
	return rc;
}

/* ---- what came of it ----------------------------------------------------- */

static bool same(const struct cli_twice_outcome *o, bool says)
{
	return o[0].ran && o[1].ran && !memcmp(o[0].part, o[1].part, sizeof(o->part)) &&
	       (!says || o[0].said == o[1].said);
}

static void print_difference(const struct cli_twice_run *run, const struct cli_twice_outcome *o)
{
	const char *option = run->list[0] ? " -r " : "";
	const char *between = "differ in ";

	printf("# %s replay %s%s%s --trace\n#   ", cli_program, run->scenario->name, option,
	       run->list);
	for (int i = 0; i < 2; i++) {
		if (!o[i].ran) {
			printf("process %d did not end well\n", i + 1);
			return;
		}
	}
	for (int p = 0; p < SIM_N_PARTS; p++) {
		if (o[0].part[p] == o[1].part[p])
			continue;
		printf("%s%s", between, part_names[p]);
		between = ", ";
	}
	puts(between[0] == ',' ? "" : "differ in what the finding says");
}

static u32 differences(void)
{
	u32 n = 0;

	for (u32 i = 0; i < job.how.n; i++) {
		const struct cli_twice_outcome *o = &job.how.outcome[2 * i];

		if (same(o, !job.how.with))
			continue;
		if (n++ < SHOWN)
			print_difference(&job.how.runs[i], o);
	}
	if (n > SHOWN)
		printf("# and %u more\n", n - SHOWN);
	return n;
}

static int by_value(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* How many different addresses something had. */
static u32 places(enum cli_twice_address which)
{
	u64 *all = calloc(2 * job.how.n, sizeof(*all));
	u32 n = 0;

	for (u32 i = 0; all && i < 2 * job.how.n; i++)
		all[i] = job.how.outcome[i].address[which];
	if (all)
		qsort(all, 2 * job.how.n, sizeof(*all), by_value);
	for (u32 i = 0; all && i < 2 * job.how.n; i++)
		n += !i || all[i] != all[i - 1];
	free(all);
	return n;
}

static void verdict(bool good, u32 *nr, u32 *failed, const char *what)
{
	printf("%sok %u - %s\n", good ? "" : "not ", ++*nr, what);
	*failed += !good;
}

static void print_kinds(void)
{
	u64 taken = 0;

	for (u32 i = 0; i < job.how.n; i++)
		taken += job.how.outcome[2 * i].all_taken;
	printf("# deviations  runs\n");
	for (u32 d = 0; d <= CLI_TWICE_DEPTH; d++)
		printf("# %-10u %5llu\n", d, (unsigned long long)job.lists[d]);
	printf("# in %llu of %u runs all of their deviations were met\n# kind       deviations\n",
	       (unsigned long long)taken, job.how.n);
	for (int k = 0; k < SIM_N_KINDS; k++)
		printf("# %-10s %10llu\n", sim_kind_name((enum sim_kind)k),
		       (unsigned long long)job.drawn[k]);
}

static int report(void)
{
	u32 nr = 0, failed = 0, stacks = places(CLI_A_STACK), heaps = places(CLI_A_HEAP);
	u32 least = job.how.n;

	printf("KTAP version 1\n1..%d\n", 1 + !job.how.with);
	verdict(!differences(), &nr, &failed,
		job.how.with ? "each run is the same in the other program" :
			       "each run is the same in another process");
	if (!job.how.with) {
		/* Half as many as processes: a few may meet by chance, all of them do not. */
		printf("# %u processes had their stack at %u addresses, their heap at %u, the "
		       "program at %u\n",
		       2 * job.how.n, stacks, heaps, places(CLI_A_PROGRAM));
		verdict(stacks > least && heaps > least, &nr, &failed,
			"each process had addresses of its own");
	}
	print_kinds();
	printf("# %u runs over %u scenarios, %u processes\n", job.how.n, job.n_picked,
	       2 * job.how.n);
	return failed ? CLI_FAILED : CLI_OK;
}

/* ---- may it be done at all? ---------------------------------------------- */

/* Why the kernel would give every process the same addresses; NULL when it does not. */
static const char *not_random(void)
{
	FILE *f = fopen("/proc/sys/kernel/randomize_va_space", "r");
	int level = 0;

	if (!f || fscanf(f, "%d", &level) != 1)
		level = -1;
	if (f)
		fclose(f);
	if (level < 0)
		return "/proc/sys/kernel/randomize_va_space cannot be read";
	if (level < 2)
		return "/proc/sys/kernel/randomize_va_space is not 2";
	if (personality(0xffffffff) & ADDR_NO_RANDOMIZE)
		return "this process was started with ADDR_NO_RANDOMIZE (setarch -R, or a debugger)";
	return NULL;
}

static int twice_all(void)
{
	const char *why = job.how.with ? NULL : not_random();
	int rc;

	if (why) {
		printf("KTAP version 1\n1..0 # SKIP addresses are not random here: %s\n", why);
		return CLI_SKIPPED;
	}
	rc = pick_all();
	if (!rc && !job.n_picked) {
		printf("KTAP version 1\n1..0 # SKIP no scenario is linked into this program\n");
		return CLI_SKIPPED;
	}
	rc = rc ?: draw();
	rc = rc ?: cli_twice_processes(&job.how);
	rc = rc ?: report();
	for (u32 i = 0; job.how.runs && i < job.how.n; i++)
		free(job.how.runs[i].list);
	free(job.how.runs);
	free(job.picked);
	free(job.used);
	return rc;
}

static int twice(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "runs", required_argument, NULL, 'n' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "with", required_argument, NULL, 'w' },
		{ "thorough", no_argument, NULL, 't' },
		{ CLI_TWICE_ONE, required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned long n = 1000, jobs = cpus < 1 ? 1 : trv_min((unsigned long)cpus, 64ul);
	const char *one = NULL;
	int c;

	while ((c = cli_getopt(argc, argv, ":hn:j:", longs)) != -1) {
		switch (c) {
		case 'h':
			return CLI_OK;
		case '?':
			return CLI_USAGE;
		case 'n':
			if (!cli_number("--runs", optarg, 1, 10000000, &n))
				return CLI_USAGE;
			break;
		case 'j':
			if (!cli_number("--jobs", optarg, 1, 64, &jobs))
				return CLI_USAGE;
			break;
		case 'w':
			job.how.with = optarg;
			if (access(optarg, X_OK))
				return cli_error(CLI_USAGE, "cannot run '%s': %s", optarg,
						 strerror(errno));
			break;
		case 't':
			job.thorough = true;
			break;
		case 'o':
			one = optarg;
			break;
		}
	}
	if (one)
		return cli_one_argument(argc, argv, "scenario") ? cli_twice_one(argv[optind], one) :
								  CLI_USAGE;
	job.how.n = (u32)n;
	job.how.jobs = (u32)jobs;
	job.patterns = argv + optind;
	job.n_patterns = argc - optind;
	return twice_all();
}

const struct cli_verb cli_verb_twice = {
	.name = "twice",
	.args = "[-n RUNS] [-j JOBS] [--with PROGRAM] [NAME|GLOB]...",
	.what = "run scenarios in two processes each, and compare all that happened",
	.help = "Draws runs over all scenarios, or those named, with up to three deviations of all\n"
		"kinds, the same ones every time. Each is run in two processes of its own, at\n"
		"random addresses and in different environments; choices, register accesses,\n"
		"interrupts, DMA, results and what is left in the devices must be the same.\n\n"
		"Options:\n"
		"  -n, --runs N        how many runs; 1000 if not given\n"
		"  -j, --jobs N        how many at a time; one for each processor if not given\n"
		"      --with PROGRAM  the second time in another build of this program\n"
		"      --thorough      deviations in long scenarios too, whose nice days alone\n"
		"                      take most of the time that a few hundred runs take\n\n"
		"Examples:\n"
		"  trivet-sim twice -n 10000\n"
		"  trivet-sim twice --with build-clang/bin/trivet-sim 'ide/*'\n",
	.run = twice,
};
