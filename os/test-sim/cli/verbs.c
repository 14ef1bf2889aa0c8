// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet-sim: which verb, and what all verbs share. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <os/test-sim/cli/cli.h>

static int help(int argc, char **argv);
static int version(int argc, char **argv);

static const struct sim_verb verb_help = {
	.name = "help",
	.args = "[VERB]",
	.what = "what there is, or what a verb does",
	.help = "Examples:\n"
		"  trivet-sim help\n"
		"  trivet-sim help replay\n",
	.run = help,
};

static const struct sim_verb verb_version = {
	.name = "version",
	.args = "",
	.what = "print the version",
	.help = "Examples:\n"
		"  trivet-sim version\n",
	.run = version,
};

static const struct sim_verb *const verbs[] = {
	&cli_verb_list,	  &cli_verb_run,    &cli_verb_explore, &cli_verb_replay,
	&cli_verb_points, &cli_verb_checks, &cli_verb_disk,    &cli_verb_bench,
	&cli_verb_twice,  &verb_version,    &verb_help,
};

static const struct sim_verb *verb; /* the one running */

static const struct sim_verb *find_verb(const char *name)
{
	for (size_t i = 0; i < TRV_ARRAY_SIZE(verbs); i++) {
		if (!strcmp(verbs[i]->name, name))
			return verbs[i];
	}
	return NULL;
}

static void verb_usage(const struct sim_verb *v)
{
	printf("usage: trivet-sim %s%s%s\n\n%c%s.\n\n%s", v->name, v->args[0] ? " " : "", v->args,
	       v->what[0] - 'a' + 'A', v->what + 1, v->help);
}

static void usage(void)
{
	puts("usage: trivet-sim VERB [OPTION]... [ARGUMENT]...\n\n"
	     "Run drivers against simulated hardware: the same way every time, or with\n"
	     "any deviation from the nice day that you name.\n\nVerbs:");
	for (size_t i = 0; i < TRV_ARRAY_SIZE(verbs); i++)
		printf("  %-9s %s\n", verbs[i]->name, verbs[i]->what);
	puts("\nExamples:\n"
	     "  trivet-sim list\n"
	     "  trivet-sim run 'ide/*'\n"
	     "  trivet-sim replay ide/lifecycle --svg picture.svg\n\n"
	     "Every verb has --help. Exit status: 0 all is well, 1 something failed, 2 wrong\n"
	     "usage, 3 in use or unsafe, 4 no privilege or a limit, 77 skipped.");
}

int cli_error(int code, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fprintf(stderr, "trivet-sim%s%s: ", verb ? " " : "", verb ? verb->name : "");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return code;
}

/*
 * getopt_long() takes --with for --without. The one option that the element is
 * the beginning of; NULL if it is whole, or the beginning of none or several.
 */
static const char *abbreviated(const char *arg, const struct option *longs)
{
	const char *meant = NULL;
	size_t len;

	if (strncmp(arg, "--", 2))
		return NULL;
	arg += 2;
	len = strcspn(arg, "=");
	for (; len && longs->name; longs++) {
		if (strncmp(longs->name, arg, len))
			continue;
		if (!longs->name[len] || meant)
			return NULL;
		meant = longs->name;
	}
	return meant;
}

int cli_getopt(int argc, char **argv, const char *shorts, const struct option *longs)
{
	int index = -1;
	int c = getopt_long(argc, argv, shorts, longs, &index);
	const char *arg = argv[optind - 1]; /* a long option just taken */
	const char *meant = NULL;

	if (index >= 0 && optarg == arg)
		arg = argv[optind - 2];
	if (index >= 0 || c == ':' || c == '?')
		meant = abbreviated(arg, longs);
	if (meant) {
		cli_error(CLI_USAGE, "no option '%.*s'; is '--%s' meant? see: trivet-sim %s --help",
			  (int)strcspn(arg, "="), arg, meant, verb->name);
		c = '?';
	} else if (c == 'h') {
		verb_usage(verb);
	} else if (c == ':') {
		cli_error(CLI_USAGE, "option '%s' needs a value; see: trivet-sim %s --help", arg,
			  verb->name);
		c = '?';
	} else if (c == '?' && optopt && !strncmp(arg, "--", 2) && strchr(arg, '=')) {
		cli_error(CLI_USAGE, "option '%s' takes no value; see: trivet-sim %s --help", arg,
			  verb->name);
	} else if (c == '?' && optopt) {
		cli_error(CLI_USAGE, "no option '-%c'; see: trivet-sim %s --help", optopt,
			  verb->name);
	} else if (c == '?') {
		cli_error(CLI_USAGE, "no option '%s'; see: trivet-sim %s --help", arg, verb->name);
	}
	return c;
}

bool cli_no_arguments(int argc, char **argv)
{
	if (optind == argc)
		return true;
	cli_error(CLI_USAGE, "takes no argument '%s'; see: trivet-sim %s --help", argv[optind],
		  verb->name);
	return false;
}

bool cli_one_argument(int argc, char **argv, const char *what)
{
	if (optind + 1 == argc)
		return true;
	if (optind == argc)
		cli_error(CLI_USAGE, "needs a %s; see: trivet-sim %s --help", what, verb->name);
	else
		cli_error(CLI_USAGE, "takes one %s, '%s' is too many; see: trivet-sim %s --help",
			  what, argv[optind + 1], verb->name);
	return false;
}

const struct sim_scenario *cli_scenario(const char *name)
{
	const struct sim_scenario *s = sim_scenario_find(name);

	if (!s)
		cli_error(CLI_USAGE, "no scenario '%s'; see: trivet-sim list", name);
	return s;
}

int cli_deviations(const char *text, struct sim_deviation *dev)
{
	char err[256];
	int n = sim_deviations_parse(text, dev, SIM_MAX_DEVIATIONS, err, sizeof(err));

	if (n >= 0)
		return n;
	cli_error(CLI_USAGE, "malformed deviations: %s; see: trivet-sim replay --help", err);
	return -1;
}

bool cli_checkers(const char *only)
{
	char *copy = strdup(only), *rest = copy, *id;
	u64 checks_off = ~0ULL;
	bool none = !strcmp(only, "none");

	while (copy && !none && (id = strsep(&rest, ","))) {
		int check = sim_check_parse(id);

		if (check < 0) {
			cli_error(CLI_USAGE, "no check '%s'; see: trivet-sim list --checks", id);
			free(copy);
			return false;
		}
		checks_off &= ~(1ULL << check);
	}
	free(copy);
	sim_checks_off(checks_off);
	return true;
}

bool cli_number(const char *option, const char *text, unsigned long min, unsigned long max,
		unsigned long *value)
{
	char *end;

	errno = 0;
	*value = strtoul(text, &end, 10);
	if (text[0] >= '0' && text[0] <= '9' && !*end && !errno && *value >= min && *value <= max)
		return true;
	cli_error(CLI_USAGE, "%s takes a number from %lu to %lu, not '%s'", option, min, max, text);
	return false;
}

/* Nothing is opened: a file would be made or a pipe's reader be woken, maybe for nothing. */
static int write_errno(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct stat st;
	char *dir;
	int rc;

	if (!stat(path, &st))
		return S_ISDIR(st.st_mode) ? EISDIR : access(path, W_OK) ? errno : 0;
	if (errno != ENOENT || !*path)
		return errno;
	dir = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	if (!dir)
		return ENOMEM;
	rc = access(dir, W_OK | X_OK) ? errno : 0;
	free(dir);
	return rc ? rc : slash && !slash[1] ? EISDIR : 0;
}

bool cli_can_write(const char *path)
{
	int err = write_errno(path);

	if (err)
		cli_error(CLI_FAILED, "cannot write '%s': %s", path, strerror(err));
	return !err;
}

void cli_json_string(const char *s)
{
	if (!s) {
		fputs("null", stdout);
		return;
	}
	putchar('"');
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20)
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static const struct option plain_options[] = { { "help", no_argument, NULL, 'h' }, { 0 } };

static int help(int argc, char **argv)
{
	const struct sim_verb *about;
	int c;

	while ((c = cli_getopt(argc, argv, ":h", plain_options)) != -1)
		return c == 'h' ? CLI_OK : CLI_USAGE;
	if (optind == argc) {
		usage();
		return CLI_OK;
	}
	if (!cli_one_argument(argc, argv, "verb"))
		return CLI_USAGE;
	about = find_verb(argv[optind]);
	if (!about)
		return cli_error(CLI_USAGE, "no verb '%s'; see: trivet-sim help", argv[optind]);
	verb_usage(about);
	return CLI_OK;
}

static int version(int argc, char **argv)
{
	int c;

	while ((c = cli_getopt(argc, argv, ":h", plain_options)) != -1)
		return c == 'h' ? CLI_OK : CLI_USAGE;
	if (!cli_no_arguments(argc, argv))
		return CLI_USAGE;
	puts("trivet-sim " TRIVET_VERSION);
	return CLI_OK;
}

/* Host files of the last world are closed, and nothing was written into a full disk. */
static int finish(int code)
{
	sim_dev_reset_all();
	if (fflush(stdout) || ferror(stdout)) {
		verb = NULL;
		return cli_error(CLI_FAILED, "cannot write the output: %s", strerror(errno));
	}
	return code;
}

/*
 * A closed 0, 1 or 2 would go to the next file that is opened, and a message into a disk
 * image. What holds its place cannot be used either: opened the other way round.
 */
static void hold_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			exit(CLI_LIMIT);
	}
}

int sim_main(int argc, char **argv)
{
	static char version_verb[] = "version";

	hold_standard_streams();
	if (argc)
		cli_program = argv[0];
	signal(SIGXFSZ, SIG_IGN); /* a write past ulimit -f is an error like any other */
	if (argc < 2) {
		cli_error(CLI_USAGE, "which verb? see: trivet-sim help");
		return CLI_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		usage();
		return finish(CLI_OK);
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		argv[1] = version_verb;
	if (argv[1][0] == '-')
		return cli_error(CLI_USAGE, "no option '%s'; see: trivet-sim --help", argv[1]);
	verb = find_verb(argv[1]);
	if (!verb)
		return cli_error(CLI_USAGE, "no verb '%s'; see: trivet-sim help", argv[1]);
	optind = 0;
	opterr = 0;
	return finish(verb->run(argc - 1, argv + 1));
}
