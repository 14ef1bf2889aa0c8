// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet-sim replay, points: one run with given deviations, looked at closely. */
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/cli/cli.h>
#include <os/test-sim/story.h>
#include <os/test-sim/timeline.h>

/* What each of them did, of a run that may well have passed. */
static void print_deviations(void)
{
	u32 n;
	const struct sim_witness *w = sim_witnesses(&n);

	for (u32 i = 0; i < n; i++) {
		if (w[i].kind != SIM_N_KINDS)
			printf("    #%-8u at %.3f us: %s\n", w[i].index, (double)w[i].time / 1000,
			       w[i].what);
	}
}

static void print_result(const struct sim_scenario *s, u32 n_dev, const struct sim_result *r,
			 bool verbose)
{
	char finding[80] = "none";

	if (r->check >= 0)
		snprintf(finding, sizeof(finding), "%s%s%s%s",
			 sim_check_id((enum sim_check)r->check), r->rule[0] ? " " : "", r->rule,
			 r->pass ? ", as the scenario expects" : "");
	printf("%s: %s\n", s->name, r->pass ? "pass" : "FAIL");
	printf("  finding     %s\n", finding);
	if (r->excused)
		printf("  body        ended early, as it may under a hostile device: %s\n",
		       r->check < 0 ? r->message : "an expectation failed");
	printf("  hash        %016llx\n", (unsigned long long)r->hash);
	printf("  points      %llu\n", (unsigned long long)r->points);
	printf("  deviations  %u of %u taken\n", r->deviations_used, n_dev);
	if (verbose)
		print_deviations();
	printf("  steps       %llu\n", (unsigned long long)r->steps);
	printf("  time        %.3f us\n", (double)r->time_ns / 1000);
}

struct replay {
	const char *list, *svg;
	bool text, trace, report, verbose, json, gdb;
};

/* gdb runs a plain replay, and the object is all that is printed: what would be ignored is refused. */
static bool sensible(const struct replay *how)
{
	const struct {
		const char *name;
		bool given, with_json;
	} others[] = {
		{ "--json", how->json, true },	   { "--svg", how->svg, true },
		{ "--text", how->text, false },	   { "--trace", how->trace, false },
		{ "--report", how->report, true }, { "--verbose", how->verbose, true },
	};

	for (u32 i = 0; i < TRV_ARRAY_SIZE(others); i++) {
		if (!others[i].given)
			continue;
		if (how->gdb) {
			cli_error(CLI_USAGE, "--gdb and %s: which?", others[i].name);
			return false;
		}
		if (how->json && !others[i].with_json) {
			cli_error(CLI_USAGE, "--json and %s: which?", others[i].name);
			return false;
		}
	}
	return true;
}

static int draw(const struct replay *how, const struct sim_scenario *s)
{
	int rc = how->svg ? sim_timeline_svg(how->svg, s->name) : 0;

	return rc ? cli_error(CLI_FAILED, "cannot write '%s': %s", how->svg, strerror(-rc)) :
		    CLI_OK;
}

static int show(const struct replay *how, const struct sim_scenario *s)
{
	if (how->trace)
		sim_trace_print(stdout);
	if (how->text)
		sim_timeline_text(stdout);
	if (draw(how, s))
		return CLI_FAILED;
	if (how->svg)
		printf("  picture     %s\n", how->svg);
	return CLI_OK;
}

static int replay_one(const struct replay *how, const struct sim_scenario *s)
{
	struct sim_deviation dev[SIM_MAX_DEVIATIONS];
	struct sim_result r;
	int n, rc;

	n = cli_deviations(how->list, dev);
	if (n < 0)
		return CLI_USAGE;
	if (how->gdb)
		return cli_gdb(s->name, how->list);
	rc = how->svg ? cli_check_write(how->svg) : CLI_OK;
	if (rc)
		return rc;
	sim_run(s, dev, (u32)n, true, &r);
	if (how->json) {
		rc = draw(how, s);
		sim_report_json(s, dev, (u32)n, &r);
		putchar('\n');
		return r.pass && !r.unmet[0] ? rc : CLI_FAILED;
	}
	print_result(s, (u32)n, &r, how->verbose);
	rc = show(how, s);
	if (!r.pass || (how->report && r.check >= 0))
		sim_report(stdout, "", how->verbose, s, dev, (u32)n, &r);
	if (r.unmet[0])
		return cli_error(CLI_FAILED, "%s; see: trivet-sim points %s", r.unmet, s->name);
	return r.pass ? rc : CLI_FAILED;
}

static int replay(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "deviations", required_argument, NULL, 'r' },
		{ "svg", required_argument, NULL, 's' },
		{ "text", no_argument, NULL, 't' },
		{ "trace", no_argument, NULL, 'T' },
		{ "json", no_argument, NULL, 'J' },
		{ "gdb", no_argument, NULL, 'g' },
		{ "report", no_argument, NULL, 'R' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct replay how = { .list = "" };
	const struct sim_scenario *s;
	int c;

	while ((c = cli_getopt(argc, argv, ":hr:v", longs)) != -1) {
		switch (c) {
		case 'h':
			return CLI_OK;
		case '?':
			return CLI_USAGE;
		case 'r':
			how.list = optarg;
			break;
		case 's':
			how.svg = optarg;
			break;
		case 't':
			how.text = true;
			break;
		case 'T':
			how.trace = true;
			break;
		case 'g':
			how.gdb = true;
			break;
		case 'J':
			how.json = true;
			break;
		case 'R':
			how.report = true;
			break;
		case 'v':
			how.verbose = true;
			break;
		}
	}
	if (!sensible(&how) || !cli_one_argument(argc, argv, "scenario"))
		return CLI_USAGE;
	s = cli_scenario(argv[optind]);
	return s ? replay_one(&how, s) : CLI_USAGE;
}

const struct cli_verb cli_verb_replay = {
	.name = "replay",
	.args = "[-r DEVIATIONS] [--svg FILE] [--text] [--trace] [--gdb] [--report] [--json] [-v] NAME",
	.what = "run one scenario with deviations from its nice day, and show what happened",
	.help = "DEVIATIONS is a comma-separated list of KIND@FILE:FUNCTION#N or #INDEX, each with\n"
		"an optional =ANSWER (1 if absent). A deviation the run does not meet is an error.\n\n"
		"Options:\n"
		"  -r, --deviations LIST  answers that are not 0; none: the nice day\n"
		"      --svg FILE         draw the run\n"
		"      --text             print it as a timeline of columns\n"
		"      --trace            print every event, one a line\n"
		"      --gdb              run it under gdb, which stops at each deviation and at the\n"
		"                         finding, in the function of the driver; takes -r alone\n"
		"      --report           explain the finding, even if the scenario expects it\n"
		"      --json             the same facts as an object, and nothing else printed\n"
		"  -v, --verbose          explain at length, and say what each deviation did\n\n"
		"Examples:\n"
		"  trivet-sim replay ide/lifecycle --svg picture.svg\n"
		"  trivet-sim replay ide/lifecycle -r 'alloc@blk_queue.c:trv_blkq_alloc#1' --text\n"
		"  trivet-sim replay edu/dma -r '#19=2,#33'\n",
	.run = replay,
};

static int parse_kind(const char *name)
{
	for (int k = 0; k < SIM_N_KINDS; k++) {
		if (!strcmp(sim_kind_name((enum sim_kind)k), name))
			return k;
	}
	cli_error(CLI_USAGE, "no kind '%s'; see: trivet-sim list --kinds", name);
	return -1;
}

static int print_points(const struct sim_scenario *s, const char *list, int kind)
{
	struct sim_deviation dev[SIM_MAX_DEVIATIONS];
	const struct sim_point *p;
	struct sim_result r;
	char name[192];
	size_t n_points;
	int n;

	n = cli_deviations(list, dev);
	if (n < 0)
		return CLI_USAGE;
	sim_run(s, dev, (u32)n, false, &r);
	p = sim_points(&n_points);
	for (size_t i = 0; i < n_points; i++) {
		if (kind >= 0 && p[i].kind != kind)
			continue;
		sim_point_format(&p[i], name, sizeof(name));
		printf("#%-7zu 0..%u  %u  %s\n", i, p[i].n - 1u, p[i].answer, name);
	}
	if (r.unmet[0])
		return cli_error(CLI_FAILED, "%s", r.unmet);
	return CLI_OK;
}

static int points(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "deviations", required_argument, NULL, 'r' },
		{ "kind", required_argument, NULL, 'k' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const struct sim_scenario *s;
	const char *list = "";
	int c, kind = -1;

	while ((c = cli_getopt(argc, argv, ":hr:k:", longs)) != -1) {
		switch (c) {
		case 'h':
			return CLI_OK;
		case '?':
			return CLI_USAGE;
		case 'r':
			list = optarg;
			break;
		case 'k':
			kind = parse_kind(optarg);
			if (kind < 0)
				return CLI_USAGE;
			break;
		}
	}
	if (!cli_one_argument(argc, argv, "scenario"))
		return CLI_USAGE;
	s = cli_scenario(argv[optind]);
	return s ? print_points(s, list, kind) : CLI_USAGE;
}

const struct cli_verb cli_verb_points = {
	.name = "points",
	.args = "[-r DEVIATIONS] [-k KIND] NAME",
	.what = "list the choice points a scenario meets: index, answers, answer given, name",
	.help = "Each name, or #INDEX, is a deviation for replay -r.\n\n"
		"Options:\n"
		"  -r, --deviations LIST  run with these, as in replay\n"
		"  -k, --kind KIND        only points of this kind; see: trivet-sim list --kinds\n\n"
		"Examples:\n"
		"  trivet-sim points ide/lifecycle\n"
		"  trivet-sim points -k alloc ide/lifecycle\n",
	.run = points,
};
