// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet-sim run: scenarios on their nice day, as a KTAP report. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/cli/cli.h>

struct job {
	char **patterns; /* NULL: all of them */
	int n_patterns;
	bool *used; /* by pattern: matched something */
	bool twice, verbose, hashes;
	u32 selected, number, failed;
};

static bool selected(struct job *job, const struct sim_scenario *s)
{
	bool hit = !job->patterns;

	for (int i = 0; i < job->n_patterns; i++) {
		if (!fnmatch(job->patterns[i], s->name, 0)) {
			job->used[i] = true;
			hit = true;
		}
	}
	return hit;
}

static void count(const struct sim_scenario *s, void *arg)
{
	struct job *job = arg;

	job->selected += selected(job, s);
}

static void print_logs(void)
{
	size_t n;
	const struct sim_trace *t = sim_trace_log(&n);

	for (size_t i = 0; i < n; i++) {
		if (t[i].kind == SIM_T_LOG)
			printf("#   %12.3f us  %s\n", (double)t[i].time / 1000, t[i].name);
	}
}

static void print_figures(const struct sim_result *r)
{
	printf("#   hash %016llx, %llu points, %llu steps, %.3f us\n", (unsigned long long)r->hash,
	       (unsigned long long)r->points, (unsigned long long)r->steps,
	       (double)r->time_ns / 1000);
}

/* Why it failed, from a second run that is recorded. */
static void explain(const struct sim_scenario *s, const struct sim_result *seen, bool verbose)
{
	struct sim_result again;

	sim_run(s, NULL, 0, true, &again);
	sim_report(stdout, "# ", verbose, s, NULL, 0, &again);
	if (again.hash != seen->hash)
		printf("# the recorded run differed: hash %016llx, not %016llx\n",
		       (unsigned long long)again.hash, (unsigned long long)seen->hash);
}

static void one(const struct sim_scenario *s, void *arg)
{
	struct job *job = arg;
	struct sim_result r, again;
	bool differs = false;

	if (!selected(job, s))
		return;
	sim_run(s, NULL, 0, job->verbose, &r);
	if (job->verbose) {
		printf("# %s: %s\n", s->name, s->what);
		print_logs();
	}
	if (job->verbose || job->hashes)
		print_figures(&r);
	if (job->twice) {
		sim_run(s, NULL, 0, false, &again);
		differs = again.hash != r.hash;
	}
	if (!r.pass)
		explain(s, &r, job->verbose);
	if (differs)
		printf("# not deterministic: hash %016llx, then %016llx; compare:\n"
		       "#   %s replay %s --trace\n",
		       (unsigned long long)r.hash, (unsigned long long)again.hash, cli_program,
		       s->name);
	if (!r.pass || differs)
		job->failed++;
	printf("%s %u - %s\n", r.pass && !differs ? "ok" : "not ok", ++job->number, s->name);
	fflush(stdout);
}

static int run_job(struct job *job)
{
	sim_scenario_each(count, job);
	for (int i = 0; i < job->n_patterns; i++) {
		if (!job->used[i])
			return cli_error(CLI_USAGE, "no scenario '%s'; see: trivet-sim list",
					 job->patterns[i]);
	}
	if (!job->selected) {
		printf("KTAP version 1\n1..0 # SKIP no scenario is linked into this program\n");
		return CLI_SKIPPED;
	}
	printf("KTAP version 1\n1..%u\n", job->selected);
	fflush(stdout);
	sim_scenario_each(one, job);
	printf("# %u passed, %u failed\n", job->selected - job->failed, job->failed);
	return job->failed ? CLI_FAILED : CLI_OK;
}

static int run(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "all", no_argument, NULL, 'a' },
		{ "twice", no_argument, NULL, '2' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "checkers", required_argument, NULL, 'c' },
		{ "hashes", no_argument, NULL, 'H' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct job job = { 0 };
	bool all = false;
	int c, rc;

	while ((c = cli_getopt(argc, argv, ":hav", longs)) != -1) {
		switch (c) {
		case 'h':
			return CLI_OK;
		case '?':
			return CLI_USAGE;
		case 'a':
			all = true;
			break;
		case '2':
			job.twice = true;
			break;
		case 'v':
			job.verbose = true;
			break;
		case 'H':
			job.hashes = true;
			break;
		case 'c':
			if (!cli_checkers(optarg))
				return CLI_USAGE;
			break;
		}
	}
	if (all && optind < argc)
		return cli_error(CLI_USAGE, "--all and '%s': which? see: trivet-sim run --help",
				 argv[optind]);
	if (!all && optind == argc)
		return cli_error(CLI_USAGE, "which scenarios? name some, or --all; "
					    "see: trivet-sim list");
	if (!all) {
		job.patterns = argv + optind;
		job.n_patterns = argc - optind;
		job.used = calloc((size_t)job.n_patterns, sizeof(*job.used));
		if (!job.used)
			return cli_error(CLI_LIMIT, "no memory");
	}
	rc = run_job(&job);
	free(job.used);
	return rc;
}

const struct cli_verb cli_verb_run = {
	.name = "run",
	.args = "[--twice] [-v] [--checkers ID,...|none] NAME|GLOB...|--all",
	.what = "run scenarios on their nice day and report in KTAP",
	.help = "A failure is explained in diagnostic lines, with the command that replays it.\n\n"
		"Options:\n"
		"  -a, --all      every scenario\n"
		"      --twice    run each twice: the hash of all that happened must agree\n"
		"      --hashes   the figures of each run; the hash is of all that happened\n"
		"  -v, --verbose  those, and what drivers logged\n"
		"      --checkers ID,...|none\n"
		"                 with these checkers alone: what a test sees on a machine where\n"
		"                 nobody checks; see: trivet-sim list --checks\n\n"
		"Examples:\n"
		"  trivet-sim run --all\n"
		"  trivet-sim run 'ide/*' edu/dma\n"
		"  trivet-sim run --twice 'checker/*'\n",
	.run = run,
};
