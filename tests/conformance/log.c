// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What a driver says, and where it asks whether to fail. */
#include <tests/conformance/conf.h>

static u32 lines(struct conf *c, const char *text)
{
	return c->leg->logged(c->dev, text);
}

static void conf_log_line(struct conf *c)
{
	u32 all = lines(c, NULL);

	trv_info(c->dev, "conf says %d and %s", 42, "more");
	conf_eq(c, lines(c, NULL), all + 1);
	conf_eq(c, lines(c, "conf says 42 and more"), 1);
	trv_err(c->dev, "with a newline\n");
	conf_eq(c, lines(c, NULL), all + 2);
	trv_warn(c->dev, "without");
	conf_eq(c, lines(c, NULL), all + 3);
	/* The two are lines of their own. */
	conf_eq(c, lines(c, "newline"), 1);
	conf_eq(c, lines(c, "without"), 1);
}

static void conf_log_prefix(struct conf *c)
{
	u32 named = lines(c, trv_dev_name(c->dev)), ours = lines(c, "conf");

	trv_info(c->dev, "x");
	conf_eq(c, lines(c, trv_dev_name(c->dev)), named + 1);
	conf_eq(c, lines(c, "conf"), ours + 1);
}

#define MANY 2000

static void conf_log_limited(struct conf *c)
{
	u32 before = lines(c, "again and again");

	for (u32 i = 0; i < MANY; i++)
		trv_warn(c->dev, "again and again");
	conf_check(c, lines(c, "again and again") > before);
	conf_check(c, lines(c, "again and again") < before + MANY);
}

static void conf_trace_recorded(struct conf *c)
{
	u32 before = c->leg->traced(c->dev, "conf event", 5, ~0ULL);

	trv_trace(c->dev, "conf event", 5, ~0ULL);
	trv_trace(c->dev, "conf event", 6, 0);
	trv_trace(c->dev, "another event", 5, ~0ULL);
	conf_eq(c, c->leg->traced(c->dev, "conf event", 5, ~0ULL), before + 1);
	conf_eq(c, c->leg->traced(c->dev, "conf event", 6, 0), 1);
}

static void conf_fault_point_quiet(struct conf *c)
{
	for (u32 i = 0; i < 10; i++)
		conf_check(c, !trv_fault_point(c->dev, "conf fault"));
}

static void conf_fault_point_fires(struct conf *c)
{
	conf_check(c, !trv_fault_point(c->dev, "conf fault"));
	c->leg->fault(c->dev, "conf fault", true);
	conf_check(c, trv_fault_point(c->dev, "conf fault"));
	conf_check(c, !trv_fault_point(c->dev, "another fault"));
	c->leg->fault(c->dev, "conf fault", false);
	conf_check(c, !trv_fault_point(c->dev, "conf fault"));
}

CONF_GROUP(log, CONF_LOG_CLAUSES);
