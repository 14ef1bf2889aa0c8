// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Lists of lines: a command without memory for a few of them has nothing better to do than to end. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <os/linux-user/cli/hw/hw.h>

void hw_list_add(struct hw_list *list, const char *fmt, ...)
{
	char **at = realloc(list->at, (list->n + 1) * sizeof(*at));
	va_list ap;

	if (!at)
		exit(cli_error(CLI_LIMIT, "out of memory"));
	list->at = at;
	va_start(ap, fmt);
	if (vasprintf(&at[list->n], fmt, ap) < 0)
		exit(cli_error(CLI_LIMIT, "out of memory"));
	va_end(ap);
	list->n++;
}

void hw_list_free(struct hw_list *list)
{
	for (u32 i = 0; i < list->n; i++)
		free(list->at[i]);
	free(list->at);
	*list = (struct hw_list){ 0 };
}
