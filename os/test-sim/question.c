// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What an expectation asked, for the id of its failure: the words of its text
 * and the strings in them. Numbers are left out, being what came of it, and
 * differ from run to run.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <os/test-sim/engine.h>

#define LONGEST 44 /* what is longer is cut at a word, and a digest of all of it follows */

struct words {
	char text[512];
	size_t n;
};

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void put(struct words *w, char c)
{
	if (w->n < sizeof(w->text) - 1)
		w->text[w->n++] = c;
}

/* Everything that is no word is one hyphen, and none begins or ends it. */
static void put_words(struct words *w, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (in_word(text[i]))
			put(w, text[i]);
		else if (w->n && w->text[w->n - 1] != '-')
			put(w, '-');
	}
}

/* "%u", "%-5.*s": the argument is taken; returns what follows. A string is words like others. */
static const char *put_conversion(struct words *w, const char *fmt, va_list *ap)
{
	int precision = -1, longs = 0;
	const char *s;

	for (;; fmt++) {
		if (*fmt == '*') {
			precision = va_arg(*ap, int); /* or the width, which cuts nothing */
			if (fmt[-1] != '.')
				precision = -1;
		} else if (*fmt == 'l') {
			longs++;
		} else if (*fmt == 'z' || *fmt == 't' || *fmt == 'j') {
			longs = 1;
		} else if (!*fmt || !strchr("-+ #.0123456789h", *fmt)) {
			break;
		}
	}
	switch (*fmt) {
	case '\0':
		return fmt;
	case '%':
		break;
	case 's':
		s = va_arg(*ap, const char *) ?: "";
		put_words(w, s, precision >= 0 ? strnlen(s, (size_t)precision) : strlen(s));
		break;
	case 'p':
		(void)va_arg(*ap, void *);
		break;
	case 'e':
	case 'f':
	case 'g':
		(void)va_arg(*ap, double);
		break;
	default:
		if (longs)
			(void)va_arg(*ap, long long);
		else
			(void)va_arg(*ap, int);
	}
	return fmt + 1;
}

static void put_all(struct words *w, const char *fmt, va_list *ap)
{
	while (*fmt) {
		size_t n = strcspn(fmt + 1, "%0") + 1;

		if (*fmt == '%') {
			fmt = put_conversion(w, fmt + 1, ap);
		} else if (!strncmp(fmt, "0x%", 3)) {
			fmt += 2; /* of a number, and no word */
		} else {
			put_words(w, fmt, n);
			fmt += n;
		}
	}
}

void sim_question(char *buf, size_t len, const char *fmt, va_list *ap)
{
	struct words w = { .n = 0 };
	size_t n;

	put_all(&w, fmt, ap);
	while (w.n && w.text[w.n - 1] == '-')
		w.n--;
	w.text[w.n] = '\0';
	if (w.n <= LONGEST) {
		snprintf(buf, len, "%s", w.text);
		return;
	}
	for (n = LONGEST; n > LONGEST / 2 && w.text[n] != '-'; n--)
		;
	snprintf(buf, len, "%.*s-%04llx", (int)n, w.text,
		 (unsigned long long)sim_digest(w.text, w.n) & 0xffff);
}
