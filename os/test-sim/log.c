// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What drivers say, and where they ask whether to fail. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <os/test-sim/dev.h>
#include <os/test-sim/mem.h>
#include <os/test-sim/sabotage.h>
#include <os/test-sim/trace.h>

enum {
	LINES_PER_WINDOW = 32,
};
#define WINDOW_NS (1000ULL * 1000 * 1000)

bool sim_verbose;

static char level_letter(enum trv_log_level level)
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
	const char *drv = dev->core.drv ? dev->core.drv->name : "?";
	char line[320];

	if (SIM_SAB("log-no-prefix"))
		snprintf(line, sizeof(line), "%s", text);
	else
		snprintf(line, sizeof(line), "%s %s: %s", drv, dev->name, text);
	sim_trace(SIM_T_LOG, dev, sim_own_strdup(line), level, 0, 0);
	if (sim_tap && !SIM_SAB("log-drops"))
		sim_tap(SIM_T_LOG, dev, line, level, 0);
	if (sim_verbose)
		fprintf(stderr, "[%12.6f] %c %s\n", (double)sim_now() / 1e9, level_letter(level),
			line);
}

/* So many lines of a device in a second of its time; then one that tells how many were not. */
static bool limited(struct trv_dev *dev)
{
	char text[64];
	u32 dropped = dev->log_dropped;

	if (sim_now() - dev->log_window >= WINDOW_NS) {
		dev->log_window = sim_now();
		dev->log_lines = 0;
		dev->log_dropped = 0;
		if (dropped) {
			snprintf(text, sizeof(text), "%u messages suppressed", dropped);
			say(dev, TRV_LOG_WARN, text);
		}
	}
	if (dev->log_lines < LINES_PER_WINDOW) {
		dev->log_lines++;
		return false;
	}
	dev->log_dropped++;
	return true;
}

void trv_log(const struct trv_dev *dev, enum trv_log_level level, const char *fmt, ...)
{
	char text[256];
	va_list ap;
	int n;

	sim_enter("log", SIM_ANY, SIM_COST_CALL);
	/* The counters are the simulator's own, whatever the caller may not change. */
	((struct trv_dev *)dev)->log_errors += level == TRV_LOG_ERR;
	if (limited((struct trv_dev *)dev) && !SIM_SAB("log-unlimited"))
		return;
	if (SIM_SAB("log-drops") && dev->log_lines & 1)
		return;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	n = trv_min(n, (int)sizeof(text) - 1);
	while (n > 0 && text[n - 1] == '\n')
		text[--n] = '\0';
	say(dev, level, text);
}

void trv_trace(const struct trv_dev *dev, const char *event, u64 a, u64 b)
{
	sim_enter("trace", SIM_ANY, SIM_COST_CALL);
	if (SIM_SAB("trace-drops"))
		return;
	sim_trace(SIM_T_USER, dev, event, a, b, 0);
	if (sim_tap)
		sim_tap(SIM_T_USER, dev, event, a, b);
}

u32 sim_log_errors(const struct trv_dev *dev)
{
	return dev->log_errors;
}

void sim_fault_set(struct trv_dev *dev, const char *name)
{
	dev->fault = name;
}

bool trv_fault_point(const struct trv_dev *dev, const char *name)
{
	bool fails;

	sim_enter("fault_point", SIM_ANY, SIM_COST_CALL);
	fails = sim_choose(SIM_K_FAULT, 2, sim_here()) || SIM_SAB("fault-point-fires");
	if (dev->fault && !strcmp(dev->fault, name) && !SIM_SAB("fault-point-dead"))
		fails = true;
	if (SIM_SAB("fault-point-dead"))
		return false;
	if (fails)
		sim_trace(SIM_T_USER, dev, name, 0, 0, 0);
	return fails;
}
