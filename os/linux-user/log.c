// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* os.h: the log, the trace, and options: what drivers say, and what they are told. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/linux-user/record.h>

enum { LINES_PER_WINDOW = 32 };
#define WINDOW_NS 1000000000ULL

static struct {
	pthread_mutex_t lock;
	void (*fn)(const struct trv_dev *dev, enum trv_log_level level, const char *line,
		   void *arg);
	void *arg;
	enum trv_log_level max_level;
} out = { .lock = PTHREAD_MUTEX_INITIALIZER, .max_level = TRV_LOG_INFO };

void trv_user_on_log(void (*fn)(const struct trv_dev *dev, enum trv_log_level level,
				const char *line, void *arg),
		     void *arg)
{
	pthread_mutex_lock(&out.lock);
	out.fn = fn;
	out.arg = arg;
	pthread_mutex_unlock(&out.lock);
}

void trv_user_log_level(enum trv_log_level max_level)
{
	pthread_mutex_lock(&out.lock);
	out.max_level = max_level;
	pthread_mutex_unlock(&out.lock);
}

static char letter(enum trv_log_level level)
{
	switch (level) {
	case TRV_LOG_ERR:
		return 'E';
	case TRV_LOG_WARN:
		return 'W';
	case TRV_LOG_INFO:
		return 'I';
	default:
		return 'D';
	}
}

static void say(const struct trv_dev *dev, enum trv_log_level level, const char *text)
{
	const u64 now = trv_time_ns();
	char line[384];

	if (dev && dev->core.drv)
		snprintf(line, sizeof(line), "%s %s: %s", dev->core.drv->name, dev->name, text);
	else
		snprintf(line, sizeof(line), "trivet%s%s: %s", dev ? " " : "", dev ? dev->name : "",
			 text);
	pthread_mutex_lock(&out.lock);
	if (out.fn)
		out.fn(dev, level, line, out.arg);
	else if (level <= out.max_level)
		fprintf(stderr, "[%6llu.%06llu] %c %s\n", (unsigned long long)(now / 1000000000),
			(unsigned long long)(now / 1000 % 1000000), letter(level), line);
	pthread_mutex_unlock(&out.lock);
}

/* So many lines of a device in a second; then one that tells how many were not. */
static bool limited(struct trv_dev *dev)
{
	const u64 now = trv_time_ns();
	char text[64] = "";
	bool drop;

	pthread_mutex_lock(&dev->log_lock);
	if (now - dev->log_window >= WINDOW_NS) {
		if (dev->log_dropped)
			snprintf(text, sizeof(text), "%u messages suppressed", dev->log_dropped);
		dev->log_window = now;
		dev->log_lines = 0;
		dev->log_dropped = 0;
	}
	drop = dev->log_lines >= LINES_PER_WINDOW;
	dev->log_lines += !drop;
	dev->log_dropped += drop;
	pthread_mutex_unlock(&dev->log_lock);
	if (*text)
		say(dev, TRV_LOG_WARN, text);
	return drop;
}

void user_log_restart(struct trv_dev *dev)
{
	pthread_mutex_lock(&dev->log_lock);
	dev->log_window = trv_time_ns();
	dev->log_lines = 0;
	dev->log_dropped = 0;
	pthread_mutex_unlock(&dev->log_lock);
}

void trv_log(const struct trv_dev *dev, enum trv_log_level level, const char *fmt, ...)
{
	char text[320];
	va_list ap;
	size_t n;

	/* The counters are the leg's own, whatever the caller may not change. */
	if (dev && limited((struct trv_dev *)dev))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (n = strlen(text); n && text[n - 1] == '\n'; n--)
		text[n - 1] = '\0';
	say(dev, level, text);
}

/* ---- trace --------------------------------------------------------------- */

void user_trace(struct trv_dev *dev, const char *event, u64 a, u64 b)
{
	struct trv_user_event *e;

	pthread_mutex_lock(&dev->log_lock);
	e = &dev->events[dev->n_events++ % USER_TRACE_LEN];
	*e = (struct trv_user_event){ trv_time_ns(), event, a, b };
	pthread_mutex_unlock(&dev->log_lock);
}

void trv_trace(const struct trv_dev *dev, const char *event, u64 a, u64 b)
{
	/* As in trv_log(). */
	user_trace((struct trv_dev *)dev, event, a, b);
	user_probe(event, dev, event, a, b);
	user_record(dev, TRV_FACT_EVENT, .name = event, .val = a, .val2 = b);
}

u32 trv_user_trace(struct trv_dev *dev, struct trv_user_event *events, u32 max)
{
	u64 first;
	u32 n;

	pthread_mutex_lock(&dev->log_lock);
	n = (u32)trv_min(dev->n_events, (u64)trv_min(max, (u32)USER_TRACE_LEN));
	first = dev->n_events - n;
	for (u32 i = 0; i < n; i++)
		events[i] = dev->events[(first + i) % USER_TRACE_LEN];
	pthread_mutex_unlock(&dev->log_lock);
	return n;
}

/* ---- options ------------------------------------------------------------- */

int trv_user_option(struct trv_dev *dev, const char *name, u32 val)
{
	size_t len = strlen(name) + 1;
	struct user_option *o;

	for (o = dev->options; o; o = o->next) {
		if (!strcmp(o->name, name)) {
			o->val = val;
			return 0;
		}
	}
	o = malloc(sizeof(*o) + len);
	if (!o)
		return -ENOMEM;
	memcpy(o->name, name, len);
	o->val = val;
	o->asked = false;
	o->next = dev->options;
	dev->options = o;
	return 0;
}

u32 trv_option(struct trv_dev *dev, const char *name, u32 def, u32 min, u32 max)
{
	struct user_option *o = dev->options;
	u32 val;

	while (o && strcmp(o->name, name))
		o = o->next;
	if (!o)
		return def;
	o->asked = true;
	val = trv_min(trv_max(o->val, min), max);
	if (val != o->val)
		trv_warn(dev, "option %s=%u is outside %u to %u: %u is used", name, o->val, min,
			 max, val);
	return val;
}

const char *trv_user_option_unused(const struct trv_dev *dev)
{
	for (const struct user_option *o = dev->options; o; o = o->next) {
		if (!o->asked)
			return o->name;
	}
	return NULL;
}
