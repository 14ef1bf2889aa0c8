// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Device specifications: "model,key=value,key=value". */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <os/test-sim/dev.h>
#include <os/test-sim/mem.h>

static char error_text[4096 + 256]; /* the longest path and a sentence */

void sim_opt_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(error_text, sizeof(error_text), fmt, ap);
	va_end(ap);
}

const char *sim_opt_error_text(void)
{
	return error_text;
}

/* Length of the item at @p, and of the key in front of its '='. */
static size_t item(const char *p, size_t *key)
{
	size_t len = strcspn(p, ",");
	const char *eq = memchr(p, '=', len);

	*key = eq ? (size_t)(eq - p) : len;
	return len;
}

static const char *next_item(const char *p, size_t len)
{
	return p[len] ? p + len + 1 : NULL;
}

char *sim_opt(const char *opts, const char *key)
{
	size_t len, klen;

	for (const char *p = opts; p && *p; p = next_item(p, len)) {
		len = item(p, &klen);
		if (klen == strlen(key) && !memcmp(p, key, klen) && klen < len) {
			char *val = sim_own(len - klen);

			memcpy(val, p + klen + 1, len - klen - 1);
			return val;
		}
	}
	return NULL;
}

static bool known_key(const char *key, size_t len, const char *known)
{
	while (*known) {
		size_t n = strcspn(known, " ");

		if (n == len && !memcmp(known, key, n))
			return true;
		known += n + strspn(known + n, " ");
	}
	return false;
}

bool sim_opt_check(const char *opts, const char *known)
{
	size_t len, klen;

	for (const char *p = opts; p && *p; p = next_item(p, len)) {
		size_t other_len, other_klen;

		len = item(p, &klen);
		if (klen == len || !klen) {
			sim_opt_error("'%.*s' is not an option of the form key=value; "
				      "a path with a comma needs a link without one: ln -s",
				      (int)len, p);
			return false;
		}
		if (!known_key(p, klen, known)) {
			sim_opt_error("unknown option '%.*s'; there are: %s", (int)klen, p, known);
			return false;
		}
		for (const char *q = opts; q < p; q = next_item(q, other_len)) {
			other_len = item(q, &other_klen);
			if (other_klen == klen && !memcmp(p, q, klen)) {
				sim_opt_error("option '%.*s' is given twice", (int)klen, p);
				return false;
			}
		}
		if (p[len] && !p[len + 1]) {
			sim_opt_error("an option is missing after the last comma");
			return false;
		}
	}
	return true;
}
