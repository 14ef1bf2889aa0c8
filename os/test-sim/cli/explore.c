// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet-sim explore: every run with a few deviations. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <os/test-sim/cli/cli.h>

static struct {
	char **patterns;
	int n_patterns;
	bool *used;
	const struct sim_scenario **picked;
	u32 n, room;
	bool json, sites, quiet;
} job;

/* ---- what to explore ----------------------------------------------------- */

static bool explorable(const struct sim_scenario *s)
{
	return !s->expect && !s->nice;
}

static void pick(const struct sim_scenario *s, void *arg)
{
	bool hit = !job.n_patterns;

	for (int i = 0; i < job.n_patterns; i++) {
		if (!fnmatch(job.patterns[i], s->name, 0) && explorable(s))
			hit = job.used[i] = true;
	}
	if (!hit || !explorable(s))
		return;
	if (job.n == job.room) {
		job.room = job.room ? job.room * 2 : 256;
		job.picked = reallocarray(job.picked, job.room, sizeof(const void *));
		if (!job.picked)
			exit(cli_error(CLI_LIMIT, "no memory"));
	}
	job.picked[job.n++] = s;
}

static int pick_all(char **patterns, int n)
{
	job.patterns = patterns;
	job.n_patterns = n;
	job.used = calloc((size_t)n + 1, sizeof(*job.used));
	if (!job.used)
		return cli_error(CLI_LIMIT, "no memory");
	sim_scenario_each(pick, NULL);
	for (int i = 0; i < n; i++) {
		const struct sim_scenario *s = sim_scenario_find(patterns[i]);

		if (s && !explorable(s))
			return cli_error(CLI_USAGE, "'%s' is not one to explore: %s", patterns[i],
					 s->expect ? "it must end with a finding" :
						     "its driver knows no errors");
		if (!job.used[i])
			return cli_error(CLI_USAGE, "no scenario '%s'; see: trivet-sim list",
					 patterns[i]);
	}
	return CLI_OK;
}

static bool kind_list(const char *text, u32 *mask)
{
	char *copy = strdup(text), *rest = copy, *name;

	*mask = 0;
	while (copy && (name = strsep(&rest, ","))) {
		u32 k = 0;

		while (k < SIM_N_KINDS && strcmp(sim_kind_name(k), name))
			k++;
		if (k == SIM_N_KINDS) {
			cli_error(CLI_USAGE, "no kind '%s'; see: trivet-sim list --kinds", name);
			free(copy);
			return false;
		}
		*mask |= 1u << k;
	}
	free(copy);
	return true;
}

static bool class_list(const char *text, u32 *mask)
{
	static const char *const names[] = { "schedule", "resource", "hostile" };
	char *copy = strdup(text), *rest = copy, *name;

	*mask = 0;
	while (copy && (name = strsep(&rest, ","))) {
		u32 c = 0;

		while (c < TRV_ARRAY_SIZE(names) && strcmp(names[c], name))
			c++;
		if (c == TRV_ARRAY_SIZE(names)) {
			cli_error(CLI_USAGE, "no class '%s': schedule, resource or hostile", name);
			free(copy);
			return false;
		}
		for (u32 k = 0; k < SIM_N_KINDS; k++)
			*mask |= (u32)(sim_kind_class(k) == c) << k;
	}
	free(copy);
	return true;
}

/* ---- doing it ------------------------------------------------------------ */

static void done(const struct sim_explored *e, void *arg)
{
	cli_explore_ids_add(e);
	if (job.json)
		cli_explore_json_one(e);
	else if (!job.quiet || e->n_failures || !e->complete)
		cli_explore_ktap_one(e);
	else
		printf("ok %u - %s\n", e->number, e->scenario->name);
	fflush(stdout);
}

/* ---- the first failure soon ---------------------------------------------- */

struct cost {
	const struct sim_scenario *scenario;
	u64 points;
};

static void note_cost(const struct sim_explored *e, void *arg)
{
	struct cost *cost = arg;

	cost[e->number - 1] = (struct cost){ e->scenario, e->points };
}

static int by_cost(const void *a, const void *b)
{
	const struct cost *x = a, *y = b;

	if (x->points != y->points)
		return x->points < y->points ? -1 : 1;
	return strcmp(x->scenario->name, y->scenario->name);
}

/*
 * Who looks for one failure wants it soon: all nice days come first, and then
 * the scenarios with the fewest points, of which there is the least to run.
 */
static int cheap_first(struct sim_explore *how)
{
	struct cost *cost = calloc(how->n, sizeof(*cost));
	struct sim_explore nice = *how;
	struct sim_explore_sum sum;
	int rc;

	if (!cost)
		return -ENOMEM;
	nice.depth = 0;
	nice.kinds = 0;
	nice.stop_at_first = false;
	nice.done = note_cost;
	nice.arg = cost;
	rc = sim_explore(&nice, &sum);
	if (!rc) {
		free(sum.sites);
		qsort(cost, how->n, sizeof(*cost), by_cost);
		for (u32 i = 0; i < how->n; i++)
			job.picked[i] = cost[i].scenario;
		if (sum.failures) {
			how->depth = 0;
			how->kinds = 0;
		}
	}
	free(cost);
	return rc;
}

static int explore_picked(struct sim_explore *how)
{
	struct sim_explore_sum sum;
	int rc = 0;

	how->scenarios = job.picked;
	how->n = job.n;
	how->progress = isatty(STDERR_FILENO) ? stderr : NULL;
	if (!job.n) {
		printf("KTAP version 1\n1..0 # SKIP no scenario to explore in this program\n");
		return CLI_SKIPPED;
	}
	if (how->stop_at_first && how->depth)
		rc = cheap_first(how);
	if (rc)
		return cli_error(CLI_LIMIT, "no worker process: %s", strerror(-rc));
	how->done = done;
	if (!job.json)
		printf("KTAP version 1\n1..%u\n", job.n + 1);
	rc = sim_explore(how, &sum);
	if (rc)
		return cli_error(CLI_LIMIT, "no worker process: %s", strerror(-rc));
	if (job.json)
		cli_explore_json_end(how, &sum);
	else
		cli_explore_ktap_end(how, &sum, job.sites);
	free(sum.sites);
	if (sum.failures || (sum.never && !sum.incomplete))
		return CLI_FAILED;
	return CLI_OK;
}

static bool numbers(int c, struct sim_explore *how)
{
	unsigned long v;

	switch (c) {
	case 'd':
		if (!cli_number("--depth", optarg, 0, SIM_MAX_DEPTH, &v))
			return false;
		how->depth = (u32)v;
		return true;
	case 'j':
		if (!cli_number("--jobs", optarg, 1, SIM_MAX_JOBS, &v))
			return false;
		how->jobs = (u32)v;
		return true;
	case 'm':
		if (!cli_number("--most", optarg, 1, 100000000, &v))
			return false;
		how->most = (u32)v;
		return true;
	case 'l':
		if (!cli_number("--long", optarg, 1, 100000000, &v))
			return false;
		how->long_points = (u32)v;
		return true;
	case 'p':
		if (!cli_number("--max-points", optarg, 1, 100000000, &v))
			return false;
		how->max_points = (u32)v;
		return true;
	default:
		if (!cli_number("--budget-seconds", optarg, 1, 1000000, &v))
			return false;
		how->seconds = (u32)v;
		return true;
	}
}

static int explore(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "depth", required_argument, NULL, 'd' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "kind", required_argument, NULL, 'k' },
		{ "class", required_argument, NULL, 'c' },
		{ "without", required_argument, NULL, 'w' },
		{ "most", required_argument, NULL, 'm' },
		{ "long", required_argument, NULL, 'l' },
		{ "max-points", required_argument, NULL, 'p' },
		{ "budget-seconds", required_argument, NULL, 'b' },
		{ "stop-at-first", no_argument, NULL, '1' },
		{ "thorough", no_argument, NULL, 't' },
		{ "sites", no_argument, NULL, 's' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "json", no_argument, NULL, 'J' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	u32 kinds = (1u << SIM_N_KINDS) - 1, classes = kinds, without = 0;
	struct sim_explore how = {
		.depth = 1,
		.jobs = cpus < 1 ? 1 : trv_min((u32)cpus, (u32)SIM_MAX_JOBS),
	};
	int c, rc;

	while ((c = cli_getopt(argc, argv, ":hd:j:k:q", longs)) != -1) {
		bool fine = true;

		switch (c) {
		case 'h':
			return CLI_OK;
		case '?':
			return CLI_USAGE;
		case 'k':
			fine = kind_list(optarg, &kinds);
			break;
		case 'c':
			fine = class_list(optarg, &classes);
			break;
		case 'w':
			fine = kind_list(optarg, &without);
			break;
		case '1':
			how.stop_at_first = true;
			break;
		case 't':
			how.thorough = true;
			break;
		case 's':
			job.sites = true;
			break;
		case 'q':
			job.quiet = true;
			break;
		case 'J':
			job.json = true;
			break;
		default:
			fine = numbers(c, &how);
		}
		if (!fine)
			return CLI_USAGE;
	}
	how.kinds = kinds & classes & ~without;
	if (!how.kinds)
		return cli_error(CLI_USAGE, "no kind is left; see: trivet-sim list --kinds");
	if (!how.depth)
		how.kinds = 0;
	rc = pick_all(argv + optind, argc - optind);
	if (!rc)
		rc = explore_picked(&how);
	free(job.picked);
	free(job.used);
	memset(&job, 0, sizeof(job));
	return rc;
}

const struct cli_verb cli_verb_explore = {
	.name = "explore",
	.args = "[OPTION]... [NAME|GLOB]...",
	.what = "run scenarios with every deviation, or every pair, and report in KTAP",
	.help = "All scenarios that must end well, or those named. After a legal deviation all must\n"
		"work; after a resource fault the error must be clean and the device work again; a\n"
		"hostile device must do no harm. Every failing run and one in a hundred of the\n"
		"others is run twice. A kind that no run deviated by is a failure.\n\n"
		"Options:\n"
		"  -d, --depth N           most deviations of a run: 1 if not given, at most 3\n"
		"  -j, --jobs N            processes; one for each processor if not given\n"
		"  -k, --kind KIND,...     deviate by these alone; see: trivet-sim list --kinds\n"
		"      --class CLASS,...   by kinds of these classes: schedule, resource, hostile\n"
		"      --without KIND,...  not by these\n"
		"      --most N            of a kind at a place in the source only the first N points,\n"
		"                          the last N, and between them, unless they are\n"
		"                          hostile, the 2nd, 4th, 8th ...\n"
		"      --max-points N      fail a scenario whose nice day meets more\n"
		"      --budget-seconds N  begin nothing new after that; what is left is skipped\n"
		"      --stop-at-first     look for one failure: all nice days first, then the scenarios\n"
		"                          with the fewest points\n"
		"      --long N            a scenario whose nice day meets more points counts as long\n"
		"      --thorough          long scenarios too, of which else only the nice day is run\n"
		"      --sites             count runs by place in the source\n"
		"  -q, --quiet             figures of failures alone\n"
		"      --json              one object, with all of it\n\n"
		"Examples:\n"
		"  trivet-sim explore --class schedule --without timer,order,trait 'edu/*'\n"
		"  trivet-sim explore -d 2 --kind irq,late,post edu/intx\n"
		"  trivet-sim explore --kind alloc,dma_map --stop-at-first\n",
	.run = explore,
};
