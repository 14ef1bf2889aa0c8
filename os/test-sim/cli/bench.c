// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * trivet-sim bench: how many choice points and whole runs a second, on one
 * processor, with every checker on. The only real clock of the command; what
 * it shows is never a test's verdict.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <os/test-sim/cli/cli.h>

#define GOAL_POINTS 3e6
#define GOAL_RUNS 4e3
#define LIFECYCLE "ide/lifecycle"

/* Alternating through the two entries an I/O path cannot do without. */
#define LOOPS 20000

static void points_body(void)
{
	for (u32 i = 0; i < LOOPS; i++) {
		void *p = trv_alloc(NULL, 64, TRV_ATOMIC);

		sim_expect(p);
		trv_free(NULL, p, 64);
		trv_delay_ns(100);
	}
}

static const struct sim_scenario points_loop = {
	.name = "entry loop",
	.what = "trv_alloc(), trv_free(), trv_delay_ns()",
	.run = points_body,
};

struct figures {
	u64 runs, points, steps;
	double seconds;
};

static double processor_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* False when a run was not as it should be: then its speed means nothing. */
static bool measure(const struct sim_scenario *s, double seconds, struct figures *f)
{
	struct sim_result r;
	double start;
	u64 hash;

	sim_run(s, NULL, 0, false, &r);
	hash = r.hash;
	*f = (struct figures){ 0 };
	start = processor_seconds();
	do {
		for (int i = 0; i < 4; i++) {
			sim_run(s, NULL, 0, false, &r);
			if (!r.pass || r.hash != hash) {
				cli_error(CLI_FAILED, "%s failed: %s; see: trivet-sim run %s",
					  s->name, r.pass ? "not deterministic" : r.message,
					  s->name);
				return false;
			}
			f->runs++;
			f->points += r.points;
			f->steps += r.steps;
		}
		f->seconds = processor_seconds() - start;
	} while (f->seconds < seconds);
	return true;
}

static void print_row(const char *what, double got, double goal)
{
	printf("%-44s %14.0f", what, got);
	if (goal > 0)
		printf(" %12.0f  %s\n", goal, got >= goal ? "reached" : "NOT reached");
	else
		printf(" %12s\n", "-");
}

static int bench_one(const struct sim_scenario *s, double seconds, double run_goal,
		     double point_goal)
{
	struct figures f;
	char what[80];

	if (!measure(s, seconds, &f))
		return CLI_FAILED;
	snprintf(what, sizeof(what), "%s: runs/s", s->name);
	print_row(what, (double)f.runs / f.seconds, run_goal);
	snprintf(what, sizeof(what), "%s: choice points/s", s->name);
	print_row(what, (double)f.points / f.seconds, point_goal);
	snprintf(what, sizeof(what), "%s: entries/s", s->name);
	print_row(what, (double)f.steps / f.seconds, 0);
	printf("# %s: %llu points and %llu entries a run, %llu runs in %.2f s\n", s->name,
	       (unsigned long long)(f.points / f.runs), (unsigned long long)(f.steps / f.runs),
	       (unsigned long long)f.runs, f.seconds);
	fflush(stdout);
	return CLI_OK;
}

static int bench_default(double seconds)
{
	const struct sim_scenario *life = sim_scenario_find(LIFECYCLE);
	int rc, rc_life;

	rc = bench_one(&points_loop, seconds, 0, GOAL_POINTS);
	if (!life)
		return cli_error(CLI_SKIPPED, "no scenario '%s' in this program", LIFECYCLE);
	rc_life = bench_one(life, seconds, GOAL_RUNS, 0);
	return rc ? rc : rc_life;
}

static int bench(int argc, char **argv)
{
	static const struct option longs[] = { { "seconds", required_argument, NULL, 's' },
					       { "help", no_argument, NULL, 'h' },
					       { 0 } };
	unsigned long seconds = 2;
	int c, rc = CLI_OK;

	while ((c = cli_getopt(argc, argv, ":hs:", longs)) != -1) {
		if (c == 'h')
			return CLI_OK;
		if (c == '?' || !cli_number("--seconds", optarg, 1, 3600, &seconds))
			return CLI_USAGE;
	}
	for (int i = optind; i < argc; i++) {
		if (!cli_scenario(argv[i]))
			return CLI_USAGE;
	}
	printf("%-44s %14s %12s\n", "one processor, every checker on", "measured", "goal");
	if (optind == argc)
		return bench_default((double)seconds);
	for (int i = optind; i < argc && !rc; i++)
		rc = bench_one(cli_scenario(argv[i]), (double)seconds, 0, 0);
	return rc;
}

const struct cli_verb cli_verb_bench = {
	.name = "bench",
	.args = "[-s SECONDS] [NAME...]",
	.what = "measure choice points and runs per second",
	.help = "Without a name: choice points through a loop of real entries, and life cycles of\n"
		"the IDE driver (" LIFECYCLE "), each beside its goal. A goal that is not\n"
		"reached is shown, not failed.\n\n"
		"Options:\n"
		"  -s, --seconds N  processor time for each figure; 2 if not given\n\n"
		"Examples:\n"
		"  trivet-sim bench\n"
		"  trivet-sim bench --seconds 10 edu/dma\n",
	.run = bench,
};
