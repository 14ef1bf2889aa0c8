// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * QEMU's monitor (docs/interop/qmp-spec of its source): a line per command, a
 * line per answer, and lines about events in between.
 */
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "help.h"

enum { ANSWER_MS = 30000 };

/* The next line, in q->line. */
static bool next_line(struct qt_qmp *q)
{
	struct pollfd p = { .fd = q->fd, .events = POLLIN };
	char *end;
	ssize_t n;
	u32 len;

	/* What was answered before goes. */
	len = (u32)strlen(q->line);
	if (q->have > len) {
		memmove(q->line, q->line + len + 1, q->have - len - 1);
		q->have -= len + 1;
	}
	while (!(end = memchr(q->line, '\n', q->have))) {
		if (q->have == sizeof(q->line) || poll(&p, 1, ANSWER_MS) != 1)
			return false;
		n = recv(q->fd, q->line + q->have, sizeof(q->line) - q->have, 0);
		if (n <= 0)
			return false;
		q->have += (u32)n;
	}
	*end = '\0';
	return true;
}

static bool answer(struct qt_qmp *q, const char *command)
{
	while (next_line(q)) {
		if (strstr(q->line, "\"return\":") == q->line + 1)
			return true;
		if (strstr(q->line, "\"error\":") == q->line + 1) {
			ktap_note("qmp %s: %.200s", command, q->line);
			return false;
		}
	}
	ktap_note("qmp %s: no answer", command);
	return false;
}

bool qt_qmp(struct qt_qmp *q, const char *command, const char *args, ...)
{
	char text[1024], line[1200];
	va_list ap;
	bool ok;
	int n;

	va_start(ap, args);
	vsnprintf(text, sizeof(text), args, ap);
	va_end(ap);
	n = snprintf(line, sizeof(line), "{'execute': '%s'%s%s}\n", command,
		     *text ? ", 'arguments': " : "", text);
	for (char *c = line; *c; c++)
		*c = *c == '\'' ? '"' : *c;
	ok = send(q->fd, line, (size_t)n, MSG_NOSIGNAL) == n && answer(q, command);
	CU_ASSERT(ok);
	return ok;
}

bool qt_qmp_open(struct qt_qmp *q, const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	bool ok;

	memset(q, 0, sizeof(*q));
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	q->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ok = !connect(q->fd, (struct sockaddr *)&addr, sizeof(addr)) && next_line(q) &&
	     strstr(q->line, "\"QMP\"");
	CU_ASSERT(ok);
	if (ok)
		ok = qt_qmp(q, "qmp_capabilities", "%s", "");
	if (!ok)
		close(q->fd);
	return ok;
}

void qt_qmp_close(struct qt_qmp *q)
{
	close(q->fd);
}

u64 qt_qmp_stat(struct qt_qmp *q, const char *id, const char *key)
{
	char name[64];
	const char *end, *at = NULL;

	if (!qt_qmp(q, "query-blockstats", "%s", ""))
		return ~0ULL;
	/* Its own counters are the last before its id; in front of them are those of the file. */
	snprintf(name, sizeof(name), "\"qdev\": \"%s\"", id);
	end = strstr(q->line, name);
	snprintf(name, sizeof(name), "\"%s\": ", key);
	for (const char *p = strstr(q->line, name); p && end && p < end; p = strstr(p + 1, name))
		at = p;
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	return strtoull(at + strlen(name), NULL, 10);
}
