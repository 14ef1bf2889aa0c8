// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The qtest protocol (docs/devel/testing/qtest of QEMU's source): a line per
 * command, a line per answer in the same order, and lines about interrupts in
 * between. An interrupt a register access causes is told before its answer.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <os/linux-user/qemu/qemu.h>

bool qemu_is_dead(const struct qemu *q)
{
	return __atomic_load_n(&q->dead, __ATOMIC_ACQUIRE);
}

void qemu_die(struct qemu *q, const char *fmt, ...)
{
	struct qtest_call *call, *calls;
	char reason[sizeof(q->reason)];
	va_list ap;
	bool tell;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);

	pthread_mutex_lock(&q->call_lock);
	/* Whoever sees it dead may close: that must not keep the reason from being told. */
	tell = !q->dead && !__atomic_load_n(&q->closing, __ATOMIC_ACQUIRE);
	if (!__atomic_exchange_n(&q->dead, 1, __ATOMIC_ACQ_REL))
		memcpy(q->reason, reason, sizeof(reason));
	calls = q->calls;
	q->calls = NULL;
	q->calls_tail = &q->calls;
	for (u32 i = 0; i < q->host.n_devs; i++)
		user_dev_set_gone(q->host.devs[i]);
	pthread_mutex_unlock(&q->call_lock);

	while ((call = calls)) {
		calls = call->next;
		call->status = -ENODEV;
		trv_event_signal(&call->done);
	}
	if (!tell)
		return;
	/* Before that it is what open returns. */
	if (__atomic_load_n(&q->open, __ATOMIC_ACQUIRE))
		trv_log(NULL, TRV_LOG_ERR, "%s", reason);
	qemu_kill(q);
	shutdown(q->sock, SHUT_RDWR);
}

/* ---- answers ------------------------------------------------------------- */

/* The answer to the oldest command under way. */
static void answer(struct qemu *q, bool ok, u64 val, const char *line)
{
	struct qtest_call *call;
	bool done = false;

	pthread_mutex_lock(&q->call_lock);
	call = q->calls;
	if (call) {
		if (!ok)
			call->status = -EIO;
		call->val = val;
		for (u32 i = 0; call->buf && i < call->bytes; i++)
			call->buf[call->got * call->bytes + i] = (u8)(val >> 8 * i);
		done = ++call->got == call->want;
		if (done) {
			q->calls = call->next;
			if (!q->calls)
				q->calls_tail = &q->calls;
		}
	}
	pthread_mutex_unlock(&q->call_lock);
	if (done)
		trv_event_signal(&call->done);
	else if (!call)
		qemu_die(q, "QEMU answers what nobody asked: '%.60s'", line);
}

static bool is_word(const char *line, const char *word, const char **rest)
{
	size_t n = strlen(word);

	if (strncmp(line, word, n) || (line[n] && line[n] != ' '))
		return false;
	*rest = line[n] ? line + n + 1 : line + n;
	return true;
}

static bool interrupt_line(struct qemu *q, const char *what)
{
	const char *number = NULL;
	char *end;
	u64 n;
	bool raise = is_word(what, "raise", &number);

	if (!raise && !is_word(what, "lower", &number))
		return false;
	n = strtoull(number, &end, 10);
	if (end == number || *end)
		return false;
	if (n < QEMU_LINES)
		qemu_line_event(q, (u32)n, raise);
	return true;
}

static bool one_line(struct qemu *q, const char *line)
{
	const char *rest;
	char *end;
	u64 val = 0;

	if (is_word(line, "IRQ", &rest))
		return interrupt_line(q, rest);
	if (is_word(line, "OK", &rest)) {
		if (*rest) {
			val = strtoull(rest, &end, 0);
			if (*end)
				return false;
		}
		answer(q, true, val, line);
		return true;
	}
	if (is_word(line, "FAIL", &rest) || is_word(line, "ERR", &rest)) {
		answer(q, false, ~0ULL, line);
		return true;
	}
	return false;
}

void qtest_feed(struct qemu *q, const char *bytes, size_t n)
{
	for (; n && !qemu_is_dead(q); n--, bytes++) {
		if (*bytes != '\n') {
			if (q->line_len < QEMU_LINE_MAX - 1) {
				q->line[q->line_len++] = *bytes;
				continue;
			}
			qemu_die(q, "not QEMU's test protocol: a line of more than %u bytes",
				 QEMU_LINE_MAX - 1);
			return;
		}
		q->line[q->line_len] = '\0';
		q->line_len = 0;
		if (!one_line(q, q->line)) {
			for (char *c = q->line; *c; c++)
				*c = *c < ' ' || *c > '~' ? '?' : *c;
			qemu_die(q, "not QEMU's test protocol: '%.60s'", q->line);
		}
	}
}

/* ---- commands ------------------------------------------------------------ */

static int send_all(struct qemu *q, const char *text, size_t len)
{
	ssize_t n;

	while (len) {
		n = send(q->sock, text, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

static int enqueue(struct qemu *q, struct qtest_call *call)
{
	int rc = -ENODEV;

	pthread_mutex_lock(&q->call_lock);
	if (!qemu_is_dead(q)) {
		*q->calls_tail = call;
		q->calls_tail = &call->next;
		rc = 0;
	}
	pthread_mutex_unlock(&q->call_lock);
	return rc;
}

/* Queue @call and send its commands. Errors but -ENODEV are the reader's to tell. */
static int start(struct qemu *q, const char *text, size_t len, struct qtest_call *call)
{
	int rc;

	call->next = NULL;
	call->got = 0;
	call->status = 0;
	trv_event_init(&call->done);

	pthread_mutex_lock(&q->send_lock);
	rc = enqueue(q, call);
	if (!rc) {
		int sent = send_all(q, text, len);

		if (sent == -EAGAIN || sent == -EWOULDBLOCK)
			qemu_die(q, "QEMU hangs: it took no command for %llu ms",
				 (unsigned long long)qemu_call_us(q) / 1000);
	}
	pthread_mutex_unlock(&q->send_lock);
	return rc;
}

int qtest_post(struct qemu *q, struct qtest_call *call, const char *text)
{
	*call = (struct qtest_call){ .want = 1 };
	return start(q, text, strlen(text), call);
}

int qtest_send(struct qemu *q, const char *text, size_t len, struct qtest_call *call)
{
	int rc = start(q, text, len, call);

	if (rc)
		return rc;
	/* After qemu_die() the event is signalled as well: nobody else knows the call then. */
	if (user_event_wait(&call->done, qemu_call_us(q))) {
		qemu_die(q, "QEMU hangs: no answer in %llu ms to '%.*s'",
			 (unsigned long long)qemu_call_us(q) / 1000, (int)strcspn(text, "\n"),
			 text);
		while (user_event_wait(&call->done, qemu_call_us(q)))
			continue;
	}
	return call->status;
}

int qtest_cmd(struct qemu *q, u64 *val, const char *fmt, ...)
{
	struct qtest_call call = { .want = 1 };
	char text[256];
	va_list ap;
	int n, rc;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text) - 1, fmt, ap);
	va_end(ap);
	if (n < 0 || n >= (int)sizeof(text) - 1)
		return -EINVAL;
	text[n++] = '\n';
	rc = qtest_send(q, text, (size_t)n, &call);
	if (val)
		*val = rc ? ~0ULL : call.val;
	return rc;
}
