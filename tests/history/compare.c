// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * history_compare [-a] EXCEPTIONS OURS THEIRS [NAME] - two histories of one scenario.
 *
 * Lines are aligned so that as many as possible are the same (the longest
 * common subsequence). What is left over on either side, between two that are,
 * is a difference, unless an exception names it. Prints the first one side by
 * side with what came before, counts them, and says which exceptions were
 * used. With -a it prints every difference. Exit status: 0 alike, 1 different, 2 usage or
 * a bad file.
 *
 * An exception is a block of lines:
 *
 *	exception NAME
 *	scenarios GLOB		where; several of them are alternatives
 *	ours      GLOB		a line that only our history has; or
 *	theirs    GLOB		only theirs; both: one in place of the other
 *	section   ...		the datasheet's
 *	why       ...		both are legal, or who is wrong
 *
 * More pairs of lines may follow, and other scenarios with lines of their own.
 * Which lines of the file were of use is written to the file that HISTORY_USED
 * names, one number a line: what never is should go.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_EXCEPTIONS = 10, MAX_PAIRS = 32, MAX_GLOBS = 4, CONTEXT = 6, WIDTH = 58 };
enum { MAX_LINES = 12000, KEY = 10 };

struct text {
	char **line;
	uint32_t n;
};

/** struct where - globs of scenarios, of which one fits; closed once a line follows */
struct where {
	char *glob[MAX_GLOBS];
	uint32_t n;
	bool closed;
};

/** struct pair - globs of lines; NULL: none on that side. @nr: of the line in the file */
struct pair {
	char *ours, *theirs;
	const struct where *where;
	uint32_t nr, used;
};

struct exception {
	char *name, *section, *why;
	struct where where[MAX_PAIRS];
	struct pair pair[MAX_PAIRS];
	uint32_t n_where, n_pairs;
	uint32_t used;
};

static struct exception exceptions[MAX_EXCEPTIONS];
static uint32_t n_exceptions;

static _Noreturn void die(const char *what, const char *why)
{
	fprintf(stderr, "history_compare: %s: %s\n", what, why);
	exit(2);
}

static struct text read_text(const char *path)
{
	struct text t = { 0 };
	size_t room = 0, len = 0;
	char *line = NULL;
	FILE *f = fopen(path, "r");
	ssize_t n;

	if (!f)
		die(path, strerror(errno));
	while ((n = getline(&line, &len, f)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		if (t.n == room) {
			room = room ? 2 * room : 256;
			t.line = realloc(t.line, room * sizeof(*t.line));
		}
		if (!t.line || !(t.line[t.n++] = strdup(line)))
			die(path, "no memory");
	}
	free(line);
	fclose(f);
	if (t.n > MAX_LINES)
		die(path, "more lines than can be compared");
	return t;
}

/* ---- exceptions ----------------------------------------------------------- */

static void take_where(struct exception *e, char *glob, const char *path)
{
	struct where *w = e->n_where ? &e->where[e->n_where - 1] : NULL;

	if (!w || w->closed) {
		if (e->n_where == MAX_PAIRS)
			die(path, "too many scenarios in an exception");
		w = &e->where[e->n_where++];
	}
	if (w->n == MAX_GLOBS)
		die(path, "too many scenarios in a row");
	w->glob[w->n++] = glob;
}

/* "ours" begins a pair, and "theirs" ends it; either may stand alone. */
static void take_line(struct exception *e, bool ours, char *glob, uint32_t nr, const char *path)
{
	struct pair *p = e->n_pairs ? &e->pair[e->n_pairs - 1] : NULL;

	if (!e->n_where)
		die(path, "a line before the first scenario");
	if (!p || ours || p->theirs || p->where != &e->where[e->n_where - 1]) {
		if (e->n_pairs == MAX_PAIRS)
			die(path, "too many lines in an exception");
		p = &e->pair[e->n_pairs++];
		p->where = &e->where[e->n_where - 1];
		p->nr = nr;
		e->where[e->n_where - 1].closed = true;
	}
	*(ours ? &p->ours : &p->theirs) = glob;
}

static void take_field(struct exception *e, const char *key, char *val, uint32_t nr,
		       const char *path)
{
	if (!strcmp(key, "scenarios"))
		take_where(e, val, path);
	else if (!strcmp(key, "section"))
		e->section = val;
	else if (!strcmp(key, "why"))
		e->why = val;
	else if (!strcmp(key, "ours") || !strcmp(key, "theirs"))
		take_line(e, *key == 'o', val, nr, path);
	else
		die(path, key);
}

static void read_exceptions(const char *path)
{
	struct text t = read_text(path);
	struct exception *e = NULL;

	for (uint32_t i = 0; i < t.n; i++) {
		char *key = t.line[i], *val = key + strcspn(key, " \t");

		if (!*key || *key == '#')
			continue;
		if (*val)
			*val++ = '\0';
		/* The key has ten columns; what is further to the right is part of a line. */
		for (char *end = key + KEY; val < end && (*val == ' ' || *val == '\t'); val++)
			;
		if (!strcmp(key, "exception")) {
			if (n_exceptions == MAX_EXCEPTIONS)
				die(path, "more than 10 exceptions");
			e = &exceptions[n_exceptions++];
			e->name = val;
		} else if (e) {
			take_field(e, key, val, i + 1, path);
		} else {
			die(path, "it does not begin with an exception");
		}
	}
	for (uint32_t i = 0; i < n_exceptions; i++) {
		e = &exceptions[i];
		if (!*e->name || !e->section || !*e->section || !e->why || !*e->why || !e->n_pairs)
			die(path, "an exception needs a name, a section, why, and a line");
	}
}

static bool like(const char *glob, const char *line)
{
	return !fnmatch(glob, line, 0);
}

static bool applies(const struct where *w, const char *name)
{
	for (uint32_t i = 0; i < w->n; i++) {
		if (like(w->glob[i], name))
			return true;
	}
	return false;
}

/* Is this excused? A side that has no line is NULL. */
static bool excused(const char *name, const char *ours, const char *theirs)
{
	for (uint32_t i = 0; i < n_exceptions; i++) {
		struct exception *e = &exceptions[i];

		for (uint32_t k = 0; k < e->n_pairs; k++) {
			struct pair *p = &e->pair[k];

			if (!applies(p->where, name) || !p->ours != !ours ||
			    !p->theirs != !theirs || (ours && !like(p->ours, ours)) ||
			    (theirs && !like(p->theirs, theirs)))
				continue;
			e->used++;
			p->used++;
			return true;
		}
	}
	return false;
}

/* ---- alignment ------------------------------------------------------------ */

/*
 * len[i][j] is the longest common subsequence of what follows line i here and
 * j there. A pair that an exception excuses counts as a match, of less worth.
 */
static uint16_t *longest(const struct text *a, const struct text *b, const char *name)
{
	size_t cols = (size_t)b->n + 1;
	uint16_t *len = calloc((size_t)(a->n + 1) * cols, sizeof(*len));

	if (!len)
		die(name, "no memory");
	for (uint32_t i = a->n; i-- > 0;) {
		for (uint32_t j = b->n; j-- > 0;) {
			uint16_t *at = &len[i * cols + j], across = at[cols], down = at[1];

			if (!strcmp(a->line[i], b->line[j]))
				*at = (uint16_t)(at[cols + 1] + 2);
			else
				*at = across > down ? across : down;
		}
	}
	return len;
}

/** struct row - a line of the alignment; NULL where a side has none */
struct row {
	const char *ours, *theirs;
	bool differs;
};

static struct row *rows;
static uint32_t n_rows;

/* Between two common lines: the k-th here goes with the k-th there. */
static void add_block(char **ours, uint32_t n, char **theirs, uint32_t m)
{
	for (uint32_t i = 0; i < n || i < m; i++)
		rows[n_rows++] =
			(struct row){ i < n ? ours[i] : NULL, i < m ? theirs[i] : NULL, true };
}

static void align(const struct text *a, const struct text *b, const char *name)
{
	uint16_t *len = longest(a, b, name);
	size_t cols = (size_t)b->n + 1;
	uint32_t i = 0, j = 0, i0 = 0, j0 = 0;

	rows = calloc((size_t)a->n + b->n + 1, sizeof(*rows));
	if (!rows)
		die(name, "no memory");
	while (i < a->n && j < b->n) {
		if (!strcmp(a->line[i], b->line[j])) {
			add_block(a->line + i0, i - i0, b->line + j0, j - j0);
			rows[n_rows++] = (struct row){ a->line[i], b->line[j], false };
			i0 = ++i;
			j0 = ++j;
		} else if (len[(i + 1) * cols + j] >= len[i * cols + j + 1]) {
			i++;
		} else {
			j++;
		}
	}
	add_block(a->line + i0, a->n - i0, b->line + j0, b->n - j0);
	free(len);
}

/* ---- the verdict ---------------------------------------------------------- */

/* As a pair, or each by itself. */
static bool row_excused(const struct row *r, const char *name)
{
	if (r->ours && r->theirs && excused(name, r->ours, r->theirs))
		return true;
	return (!r->ours || excused(name, r->ours, NULL)) &&
	       (!r->theirs || excused(name, NULL, r->theirs));
}

static void print_row(const struct row *r)
{
	const char *mark = r->differs ? r->ours && r->theirs ? "|" : r->ours ? "<" : ">" : " ";

	printf("  %-*.*s %s %.*s\n", WIDTH, WIDTH, r->ours ?: "", mark, WIDTH, r->theirs ?: "");
}

static void print_difference(uint32_t at, uint32_t from, uint32_t to)
{
	printf("  %-*s   %s\n", WIDTH, "our model", "QEMU's");
	for (uint32_t i = at > from ? at - from : 0; i < n_rows && i < at + to; i++)
		print_row(&rows[i]);
	printf("\n");
}

/* All of them, those that follow each other together. */
static void print_all(void)
{
	for (uint32_t i = 0, n; i < n_rows; i += n) {
		for (n = 0; i + n < n_rows && rows[i + n].differs; n++)
			;
		if (n)
			print_difference(i, CONTEXT / 2, n);
		else
			n = 1;
	}
}

/* Which differences count; how many, and the first of them. */
static uint32_t judge(const char *name, uint32_t *first)
{
	uint32_t differences = 0;

	for (uint32_t i = 0; i < n_rows; i++) {
		struct row *r = &rows[i];

		if (!r->differs)
			continue;
		r->differs = !row_excused(r, name);
		if (r->differs && !differences++)
			*first = i;
	}
	return differences;
}

static void report_used(void)
{
	const char *path = getenv("HISTORY_USED");
	FILE *f = path ? fopen(path, "a") : NULL;

	if (path && !f)
		die(path, strerror(errno));
	for (uint32_t i = 0; i < n_exceptions; i++) {
		struct exception *e = &exceptions[i];

		if (e->used)
			printf("excused: %s, %u times\n", e->name, e->used);
		for (uint32_t k = 0; f && k < e->n_pairs; k++) {
			if (e->pair[k].used)
				fprintf(f, "%u\n", e->pair[k].nr);
		}
	}
	if (f && fclose(f))
		die(path, strerror(errno));
}

static const char usage[] = "usage: history_compare [-a] EXCEPTIONS OURS THEIRS [NAME]\n";

int main(int argc, char **argv)
{
	bool all = argc > 1 && !strcmp(argv[1], "-a");
	uint32_t differences, first = 0;
	struct text a, b;
	const char *name;

	argv += all;
	argc -= all;
	if (argc < 4 || argc > 5) {
		fputs(usage, stderr);
		return 2;
	}
	name = argv[argc - 1];
	read_exceptions(argv[1]);
	a = read_text(argv[2]);
	b = read_text(argv[3]);
	if (!a.n || !b.n)
		die(name, "an empty history");
	align(&a, &b, name);
	differences = judge(name, &first);
	if (differences)
		printf("%s: %u of %u lines differ%s:\n\n", name, differences, n_rows,
		       all ? "" : "; the first");
	if (differences && all)
		print_all();
	else if (differences)
		print_difference(first, CONTEXT, CONTEXT);
	report_used();
	return differences != 0;
}
