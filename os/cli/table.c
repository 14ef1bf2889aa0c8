// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Lists that a command prints: for people, or for programs. */
#include <stdarg.h>
#include <stdio.h>

#include <os/cli/cli.h>

static bool json;
static bool first; /* field of its row */
static u32 rows;

void cli_table_begin(bool as_json)
{
	json = as_json;
	rows = 0;
	if (json)
		putchar('[');
}

void cli_table_end(void)
{
	if (json)
		puts("\n]");
}

void cli_row(void)
{
	if (json)
		fputs(rows++ ? ",\n  {" : "\n  {", stdout);
	first = true;
}

void cli_end_row(void)
{
	fputs(json ? "}" : "\n", stdout);
}

static void key_of(const char *key)
{
	printf("%s\"%s\": ", first ? "" : ", ", key);
	first = false;
}

void cli_field_json(const char *key, const char *value)
{
	if (!json)
		return;
	key_of(key);
	cli_json_string(value);
}

void cli_plain(const char *fmt, ...)
{
	va_list ap;

	if (json)
		return;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}

void cli_field(const char *key, const char *value, int width)
{
	if (json)
		cli_field_json(key, value);
	else
		printf("%-*s%s", width, value ? value : "", width ? " " : "");
}

void cli_field_list(const char *key, const char *const *values, u32 n, int width)
{
	int len = 0;

	if (json) {
		key_of(key);
		putchar('[');
	}
	for (u32 i = 0; i < n; i++) {
		if (i)
			len += printf(json ? ", " : ",");
		if (json)
			cli_json_string(values[i]);
		else
			len += printf("%s", values[i]);
	}
	if (json)
		putchar(']');
	else
		printf("%*s", len < width ? width + 1 - len : width ? 1 : 0, "");
}
