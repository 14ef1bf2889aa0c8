// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Commands: which verb, and what all verbs of all commands share. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <os/cli/cli.h>

static int help(int argc, char **argv);
static int version(int argc, char **argv);

static const struct cli_verb verb_help = {
	.name = "help",
	.args = "[VERB]",
	.what = "what there is, or what a verb does",
	.run = help,
};

static const struct cli_verb verb_version = {
	.name = "version",
	.args = "",
	.what = "print the version",
	.run = version,
};

static const struct cli_command *command;
static const struct cli_verb *verb; /* the one running */

/* The command's own verbs, then those every command has; NULL after the last. */
static const struct cli_verb *verb_at(u32 i)
{
	if (i < command->n_verbs)
		return command->verbs[i];
	i -= command->n_verbs;
	return i == 0 ? &verb_version : i == 1 ? &verb_help : NULL;
}

static const struct cli_verb *find_verb(const char *name)
{
	const struct cli_verb *v;

	for (u32 i = 0; (v = verb_at(i)); i++) {
		if (!strcmp(v->name, name))
			return v;
	}
	return NULL;
}

static void verb_usage(const struct cli_verb *v)
{
	printf("usage: %s %s%s%s\n\n%c%s.\n\n", command->name, v->name, v->args[0] ? " " : "",
	       v->args, v->what[0] - 'a' + 'A', v->what + 1);
	if (v->help) {
		fputs(v->help, stdout);
		return;
	}
	printf("Examples:\n  %s %s\n", command->name, v->name);
	if (v == &verb_help)
		printf("  %s help %s\n", command->name, verb_at(0)->name);
}

static void usage(void)
{
	const struct cli_verb *v;

	printf("usage: %s VERB [OPTION]... [ARGUMENT]...\n\n%s\n\nVerbs:\n", command->name,
	       command->what);
	for (u32 i = 0; (v = verb_at(i)); i++)
		printf("  %-9s %s\n", v->name, v->what);
	printf("\nExamples:\n%s", command->examples);
	puts("\nEvery verb has --help. Exit status: 0 all is well, 1 something failed, 2 wrong\n"
	     "usage, 3 in use or unsafe, 4 no privilege or a limit, 77 skipped.");
}

int cli_error(int code, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fprintf(stderr, "%s%s%s: ", command->name, verb ? " " : "", verb ? verb->name : "");
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
		cli_error(CLI_USAGE, "no option '%.*s'; is '--%s' meant? see: %s %s --help",
			  (int)strcspn(arg, "="), arg, meant, command->name, verb->name);
		c = '?';
	} else if (c == 'h') {
		verb_usage(verb);
	} else if (c == ':') {
		cli_error(CLI_USAGE, "option '%s' needs a value; see: %s %s --help", arg,
			  command->name, verb->name);
		c = '?';
	} else if (c == '?' && optopt && !strncmp(arg, "--", 2) && strchr(arg, '=')) {
		cli_error(CLI_USAGE, "option '%s' takes no value; see: %s %s --help", arg,
			  command->name, verb->name);
	} else if (c == '?' && optopt) {
		cli_error(CLI_USAGE, "no option '-%c'; see: %s %s --help", optopt, command->name,
			  verb->name);
	} else if (c == '?') {
		cli_error(CLI_USAGE, "no option '%s'; see: %s %s --help", arg, command->name,
			  verb->name);
	}
	return c;
}

bool cli_no_arguments(int argc, char **argv)
{
	if (optind == argc)
		return true;
	cli_error(CLI_USAGE, "takes no argument '%s'; see: %s %s --help", argv[optind],
		  command->name, verb->name);
	return false;
}

bool cli_one_argument(int argc, char **argv, const char *what)
{
	if (optind + 1 == argc)
		return true;
	if (optind == argc)
		cli_error(CLI_USAGE, "needs a %s; see: %s %s --help", what, command->name,
			  verb->name);
	else
		cli_error(CLI_USAGE, "takes one %s, '%s' is too many; see: %s %s --help", what,
			  argv[optind + 1], command->name, verb->name);
	return false;
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

int cli_check_write(const char *path)
{
	int err = write_errno(path);

	if (!err)
		return CLI_OK;
	return cli_error(err == EACCES || err == EPERM || err == EROFS ? CLI_LIMIT : CLI_FAILED,
			 "cannot write '%s': %s", path, strerror(err));
}

/* Length of the character that begins at @s: 0 when it is none of UTF-8 (RFC 3629, section 4). */
static size_t utf8_len(const unsigned char *s)
{
	const size_t n = *s < 0x80 ? 1 :
			 *s < 0xc2 ? 0 :
			 *s < 0xe0 ? 2 :
			 *s < 0xf0 ? 3 :
			 *s < 0xf5 ? 4 :
				     0;

	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	/* Longer than need be, half of a pair, beyond the last. */
	if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
	    (*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

void cli_json_to(FILE *f, const char *s)
{
	if (!s) {
		fputs("null", f);
		return;
	}
	putc('"', f);
	for (size_t n; *s; s += n ?: 1) {
		unsigned char c = (unsigned char)*s;

		n = utf8_len((const unsigned char *)s);
		if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else if (c < 0x20)
			fprintf(f, "\\u%04x", c);
		else if (!n) /* a file may have such a name, and a disk a serial number */
			fputs("\\ufffd", f);
		else
			fwrite(s, 1, n, f);
	}
	putc('"', f);
}

void cli_json_string(const char *s)
{
	cli_json_to(stdout, s);
}

static const struct option plain_options[] = { { "help", no_argument, NULL, 'h' }, { 0 } };

static int help(int argc, char **argv)
{
	const struct cli_verb *about;
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
		return cli_error(CLI_USAGE, "no verb '%s'; see: %s help", argv[optind],
				 command->name);
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
	printf("%s %s\n%s", command->name, TRIVET_VERSION,
	       command->built_in ? command->built_in : "");
	return CLI_OK;
}

/* Nothing was written into a full disk. */
static int finish(int code)
{
	if (command->finish)
		command->finish();
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

int cli_main(const struct cli_command *cmd, int argc, char **argv)
{
	static char version_verb[] = "version";

	command = cmd;
	hold_standard_streams();
	signal(SIGXFSZ, SIG_IGN); /* a write past ulimit -f is an error like any other */
	if (argc < 2)
		return cli_error(CLI_USAGE, "which verb? see: %s help", command->name);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		usage();
		return finish(CLI_OK);
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		argv[1] = version_verb;
	if (argv[1][0] == '-')
		return cli_error(CLI_USAGE, "no option '%s'; see: %s --help", argv[1],
				 command->name);
	verb = find_verb(argv[1]);
	if (!verb)
		return cli_error(CLI_USAGE, "no verb '%s'; see: %s help", argv[1], command->name);
	optind = 0;
	opterr = 0;
	return finish(verb->run(argc - 1, argv + 1));
}
