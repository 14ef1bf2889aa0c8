// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Choice points and deviations as text, both ways. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/engine.h>

/* A list being read: where we are, and room for the complaint. */
struct reader {
	const char *text;
	const char *at;
	u32 item; /* from 1 */
	char *err;
	size_t errlen;
};

static int complain(const struct reader *r, const char *fmt, ...) TRV_PRINTF(2, 3);

static int complain(const struct reader *r, const char *fmt, ...)
{
	char what[192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(r->err, r->errlen, "item %u, column %zu: %s", r->item,
		 (size_t)(r->at - r->text) + 1, what);
	return -EINVAL;
}

/* What stands here, for a message: one character, quoted. */
static const char *seen(const struct reader *r)
{
	static char quoted[16];
	unsigned char c = *r->at;

	if (!c)
		return "the end";
	snprintf(quoted, sizeof(quoted), isprint(c) ? "'%c'" : "byte 0x%02x", c);
	return quoted;
}

static int number(struct reader *r, const char *what, u32 max, u32 *out)
{
	const char *start = r->at;
	u64 v = 0;

	if (!isdigit((unsigned char)*r->at))
		return complain(r, "expected %s (a number), found %s", what, seen(r));
	for (; isdigit((unsigned char)*r->at); r->at++) {
		v = v * 10 + (u64)(*r->at - '0');
		if (v > max) {
			r->at = start;
			return complain(r, "%s is above %u", what, max);
		}
	}
	*out = (u32)v;
	return 0;
}

/* The length of the word here: letters, digits and @extra. */
static size_t word(const struct reader *r, const char *extra)
{
	size_t n = 0;

	while (r->at[n] && (isalnum((unsigned char)r->at[n]) || strchr(extra, r->at[n])))
		n++;
	return n;
}

static int parse_kind(struct reader *r, enum sim_kind *kind)
{
	size_t len = word(r, "_");

	for (int k = 0; k < SIM_N_KINDS; k++) {
		const char *name = sim_kind_name(k);

		if (strlen(name) == len && !strncmp(name, r->at, len)) {
			*kind = k;
			r->at += len;
			return 0;
		}
	}
	if (!len)
		return complain(r, "expected KIND@FILE:FUNCTION#N or #INDEX, found %s", seen(r));
	return complain(r, "no kind '%.*s'; see: trivet-sim list --kinds", (int)trv_min(len, 32ul),
			r->at);
}

static int expect(struct reader *r, char c, const char *before)
{
	if (*r->at != c)
		return complain(r, "expected '%c' before %s, found %s", c, before, seen(r));
	r->at++;
	return 0;
}

static int parse_where(struct reader *r, char *where, size_t room)
{
	const char *start = r->at;
	size_t file, func, len;

	file = word(r, "_.+-");
	if (r->at[file] == '/') {
		r->at += file;
		return complain(r, "a file goes by its last part, without directories");
	}
	if (!file)
		return complain(r, "expected a file name, found %s", seen(r));
	r->at += file;
	if (expect(r, ':', "the function"))
		return -EINVAL;
	func = word(r, "_");
	if (!func)
		return complain(r, "expected a function name, found %s", seen(r));
	r->at += func;
	len = (size_t)(r->at - start);
	if (len >= room) {
		r->at = start;
		return complain(r, "FILE:FUNCTION is longer than %zu characters", room - 1);
	}
	memcpy(where, start, len);
	where[len] = '\0';
	return 0;
}

static int parse_name(struct reader *r, struct sim_deviation *d)
{
	d->index = SIM_BY_NAME;
	if (parse_kind(r, &d->kind) || expect(r, '@', "the file") ||
	    parse_where(r, d->where, sizeof(d->where)) || expect(r, '#', "the occurrence"))
		return -EINVAL;
	if (*r->at == '0')
		return complain(r, "occurrences count from 1");
	return number(r, "the occurrence", SIM_BY_NAME - 1, &d->occurrence);
}

static int parse_item(struct reader *r, struct sim_deviation *d)
{
	int rc;

	*d = (struct sim_deviation){ .alt = 1 };
	if (*r->at == '#') {
		r->at++;
		rc = number(r, "the index", SIM_BY_NAME - 1, &d->index);
	} else {
		rc = parse_name(r, d);
	}
	if (rc)
		return rc;
	if (*r->at == '=') {
		r->at++;
		if (number(r, "the alternative", 254, &d->alt))
			return -EINVAL;
		if (!d->alt) {
			r->at--;
			return complain(r, "answer 0 is the nice day, no deviation");
		}
	}
	if (*r->at && *r->at != ',')
		return complain(r, "expected ',' or the end, found %s", seen(r));
	return 0;
}

static bool same_point(const struct sim_deviation *a, const struct sim_deviation *b)
{
	if (a->index != b->index)
		return false;
	return a->index != SIM_BY_NAME || (a->kind == b->kind && a->occurrence == b->occurrence &&
					   !strcmp(a->where, b->where));
}

int sim_deviations_parse(const char *text, struct sim_deviation *out, u32 max, char *err,
			 size_t errlen)
{
	struct reader r = { .text = text, .at = text, .err = err, .errlen = errlen };
	const char *start;
	u32 n = 0;

	if (!*text)
		return 0;
	for (;;) {
		r.item = n + 1;
		start = r.at;
		if (n == max)
			return complain(&r, "more than %u deviations", max);
		if (parse_item(&r, &out[n]))
			return -EINVAL;
		for (u32 i = 0; i < n; i++) {
			if (same_point(&out[i], &out[n])) {
				r.at = start;
				return complain(&r, "the same point as item %u", i + 1);
			}
		}
		n++;
		if (!*r.at)
			return (int)n;
		r.at++;
	}
}

int sim_deviation_format(const struct sim_deviation *d, char *buf, size_t len)
{
	char alt[16] = "";

	if (d->alt != 1)
		snprintf(alt, sizeof(alt), "=%u", d->alt);
	if (d->index != SIM_BY_NAME)
		return snprintf(buf, len, "#%u%s", d->index, alt);
	return snprintf(buf, len, "%s@%s#%u%s", sim_kind_name(d->kind), d->where, d->occurrence,
			alt);
}

int sim_point_format(const struct sim_point *p, char *buf, size_t len)
{
	return snprintf(buf, len, "%s@%s:%s#%u", sim_kind_name(p->kind), sim_site_file(p->site),
			sim_site_func(p->site), p->occurrence);
}

/* ---- occurrences --------------------------------------------------------- */

/*
 * Two places may share a name (two calls in one function, one header in two
 * objects): sites are looked up by address, and names behind them by text.
 */
struct name {
	const struct sim_site *site; /* one of those with this name */
	u32 count[SIM_N_KINDS];
};

struct names {
	const struct sim_site **sites; /* open addressing, by address */
	u32 *ids;
	size_t slots, used;
	struct name *names;
	u32 n, room;
};

static void *more(void *p, size_t n, size_t size)
{
	p = reallocarray(p, n, size);
	if (!p) {
		fputs("trivet-sim: no memory to number choice points\n", stderr);
		exit(4);
	}
	return p;
}

static size_t slot_of(const struct names *t, const struct sim_site *site)
{
	size_t i = sim_mix((uintptr_t)site, 0) & (t->slots - 1);

	while (t->sites[i] && t->sites[i] != site)
		i = (i + 1) & (t->slots - 1);
	return i;
}

static void widen(struct names *t)
{
	struct names old = *t;

	t->slots = old.slots ? old.slots * 2 : 256;
	t->sites = more(NULL, t->slots, sizeof(*t->sites));
	t->ids = more(NULL, t->slots, sizeof(*t->ids));
	memset(t->sites, 0, t->slots * sizeof(*t->sites));
	for (size_t i = 0; i < old.slots; i++) {
		if (old.sites[i]) {
			size_t at = slot_of(t, old.sites[i]);

			t->sites[at] = old.sites[i];
			t->ids[at] = old.ids[i];
		}
	}
	free(old.sites);
	free(old.ids);
}

static bool same_name(const struct sim_site *a, const struct sim_site *b)
{
	return !strcmp(sim_site_func(a), sim_site_func(b)) &&
	       !strcmp(sim_site_file(a), sim_site_file(b));
}

static u32 name_id(struct names *t, const struct sim_site *site)
{
	u32 id = 0;

	while (id < t->n && !same_name(t->names[id].site, site))
		id++;
	if (id == t->n) {
		if (t->n == t->room) {
			t->room = t->room ? t->room * 2 : 64;
			t->names = more(t->names, t->room, sizeof(*t->names));
		}
		t->names[t->n++] = (struct name){ .site = site };
	}
	return id;
}

static struct name *name_of(struct names *t, const struct sim_site *site)
{
	static const struct sim_site nowhere = { "device", "event", 0 };
	size_t at;

	if (!site)
		site = &nowhere;
	if (t->used * 2 >= t->slots)
		widen(t);
	at = slot_of(t, site);
	if (!t->sites[at]) {
		t->sites[at] = site;
		t->ids[at] = name_id(t, site);
		t->used++;
	}
	return &t->names[t->ids[at]];
}

void sim_points_number(struct sim_point *points, size_t n)
{
	struct names t = { 0 };

	for (size_t i = 0; i < n; i++)
		points[i].occurrence = ++name_of(&t, points[i].site)->count[points[i].kind];
	for (size_t i = 0; i < n; i++)
		points[i].of = name_of(&t, points[i].site)->count[points[i].kind];
	free(t.sites);
	free(t.ids);
	free(t.names);
}
