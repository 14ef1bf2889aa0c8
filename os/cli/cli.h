/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the commands of all legs share: verbs, options, messages, exit codes.
 * A verb gets argv with its own name in argv[0]. It belongs to no leg, and
 * may be built with any.
 */
#ifndef TRIVET_CLI_H
#define TRIVET_CLI_H

#include <getopt.h>
#include <stdio.h>

#include <trivet/types.h>

/* Exit codes, the same for every command of the project. */
enum {
	CLI_OK = 0,
	CLI_FAILED = 1,
	CLI_USAGE = 2,
	CLI_BUSY = 3,  /* in use, or unsafe to touch */
	CLI_LIMIT = 4, /* no privilege, or a limit of this machine */
	CLI_SKIPPED = 77,
};

/**
 * struct cli_verb - one verb
 * @name, @args: for "usage: COMMAND NAME ARGS"
 * @what:        one line for the list of verbs
 * @help:        the rest of --help: options, then examples
 * @run:         returns an exit code
 */
struct cli_verb {
	const char *name;
	const char *args;
	const char *what;
	const char *help;
	int (*run)(int argc, char **argv);
};

/**
 * struct cli_command - a program
 * @name:     what messages begin with
 * @what:     a sentence or two for --help
 * @examples: lines for --help
 * @built_in: the rest of --version's output, lines; may be NULL
 * @verbs:    all but "help" and "version", which every command has
 * @finish:   called before the end; may be NULL
 */
struct cli_command {
	const char *name;
	const char *what;
	const char *examples;
	const char *built_in;
	const struct cli_verb *const *verbs;
	u32 n_verbs;
	void (*finish)(void);
};

/** cli_main() - find the verb and run it; the exit code */
int cli_main(const struct cli_command *command, int argc, char **argv);

/** cli_error() - "COMMAND VERB: ..." on stderr; returns @code */
int cli_error(int code, const char *fmt, ...) TRV_PRINTF(2, 3);

/**
 * cli_getopt() - getopt_long() with our messages, and no abbreviations
 *
 * '?' after it complained: return CLI_USAGE. 'h' after it printed the help:
 * return CLI_OK. Both are values no verb's own option has.
 */
int cli_getopt(int argc, char **argv, const char *shorts, const struct option *longs);

/** cli_no_arguments(), cli_one_argument() - true when that is what is left, else it complained */
bool cli_no_arguments(int argc, char **argv);
bool cli_one_argument(int argc, char **argv, const char *what);

/** cli_number() - a decimal number from @min to @max; false after it complained */
bool cli_number(const char *option, const char *text, unsigned long min, unsigned long max,
		unsigned long *value);

/** cli_check_write() - can @path be a file to write? Asked before the work is done; else an exit code */
int cli_check_write(const char *path);

/** cli_json_string(), cli_json_to() - quoted and escaped, on stdout or @f; null for NULL */
void cli_json_string(const char *s);
void cli_json_to(FILE *f, const char *s);

/* table.c: rows of fields, as columns for people or as an array of objects for programs */

/** cli_table_begin(), cli_table_end() - around all rows */
void cli_table_begin(bool json);
void cli_table_end(void);
/** cli_row(), cli_end_row() - around one row's fields */
void cli_row(void);
void cli_end_row(void);
/** cli_field() - a column @width wide, 0: the last one; @value may be NULL */
void cli_field(const char *key, const char *value, int width);
/** cli_field_json() - a field that people are not shown */
void cli_field_json(const char *key, const char *value);
/** cli_plain() - what programs are not shown */
void cli_plain(const char *fmt, ...) TRV_PRINTF(1, 2);
/** cli_field_list() - @n values: an array, or one column with commas */
void cli_field_list(const char *key, const char *const *values, u32 n, int width);

#endif /* TRIVET_CLI_H */
