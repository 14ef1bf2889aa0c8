// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Waiting for a register. The "registers" here are functions that know when to answer what. */
#include <tests/conformance/conf.h>

/* How often it was read. */
static u32 counted(struct conf *c)
{
	return ++c->a;
}

static u32 never(struct conf *c)
{
	c->a++;
	return 0;
}

static u32 ones(struct conf *c)
{
	c->a++;
	return ~0U;
}

/*
 * The first read takes longer than anybody wants to wait; then the answer is there. It begins
 * in time, also in a process that runs slowly, as under valgrind.
 */
static u32 late_sleeping(struct conf *c)
{
	if (c->a++)
		return 1;
	trv_sleep_us(50000);
	return 0;
}

static u32 late_spinning(struct conf *c)
{
	if (c->a++)
		return 1;
	for (u32 i = 0; i < 5; i++)
		trv_delay_us(1000);
	return 0;
}

static void conf_poll_timeout_done(struct conf *c)
{
	u32 val;

	conf_eq(c, trv_poll_timeout(counted(c), val, val == 1, 10, 10000), 0);
	conf_eq(c, c->a, 1);
	conf_eq(c, trv_poll_timeout(counted(c), val, val == 4, 10, 1000000), 0);
	conf_eq(c, c->a, 4);
	conf_eq(c, trv_poll_timeout_atomic(counted(c), val, val == 6, 1, 1000000), 0);
	conf_eq(c, c->a, 6);
	/* Of a real one. */
	conf_eq(c, trv_poll_timeout(trv_read32(c->regs, EDU_ID), val, val & EDU_ID_MAGIC, 1, 1), 0);
}

static void conf_poll_timeout_last(struct conf *c)
{
	u32 val = 77;

	conf_eq(c, trv_poll_timeout(counted(c), val, val >= 3, 1, 1000000), 0);
	conf_eq(c, val, 3);
	conf_eq(c, trv_poll_timeout(never(c), val, val, 10, 100), -ETIMEDOUT);
	conf_eq(c, val, 0);
	conf_eq(c, trv_poll_timeout(ones(c), val, false, 10, 100), -ENODEV);
	conf_eq(c, val, ~0U);
}

static void conf_poll_timeout_timeout(struct conf *c)
{
	static const u32 timeouts[] = { 1, 50, 900, 5000 };
	u32 val;

	for (u32 i = 0; i < TRV_ARRAY_SIZE(timeouts); i++) {
		u64 start = trv_time_ns();

		conf_eq(c, trv_poll_timeout(never(c), val, val, 10, timeouts[i]), -ETIMEDOUT);
		conf_check(c, trv_time_ns() - start >= timeouts[i] * 1000ULL);
		start = trv_time_ns();
		conf_eq(c, trv_poll_timeout_atomic(never(c), val, val, 1, timeouts[i]), -ETIMEDOUT);
		conf_check(c, trv_time_ns() - start >= timeouts[i] * 1000ULL);
	}
}

static void conf_poll_timeout_late(struct conf *c)
{
	u32 val;

	conf_eq(c, trv_poll_timeout(late_sleeping(c), val, val, 10, 20000), 0);
	conf_eq(c, c->a, 2);
	c->a = 0;
	conf_eq(c, trv_poll_timeout_atomic(late_spinning(c), val, val, 1, 2000), 0);
	conf_eq(c, c->a, 2);
	c->a = 0;
	conf_eq(c, trv_poll_timeout(late_sleeping(c), val, val, 0, 20000), 0);
	conf_eq(c, c->a, 2);
}

static void conf_poll_timeout_gone(struct conf *c)
{
	u32 val;

	conf_eq(c, trv_poll_timeout(ones(c), val, val == 5, 10, 1000000), -ENODEV);
	conf_eq(c, c->a, 1);
	conf_eq(c, trv_poll_timeout_atomic(ones(c), val, val == 5, 1, 1000000), -ENODEV);
	conf_eq(c, c->a, 2);
}

static void conf_poll_timeout_ones_ok(struct conf *c)
{
	u32 val;

	conf_eq(c, trv_poll_timeout(ones(c), val, val == ~0U, 10, 1000), 0);
	conf_eq(c, trv_poll_timeout_atomic(ones(c), val, val & 1, 1, 1000), 0);
}

static void conf_poll_timeout_narrow(struct conf *c)
{
	u8 byte;
	u16 half;
	u32 word;
	u64 wide;

	conf_eq(c, trv_poll_timeout((u8)ones(c), byte, byte == 5, 10, 1000), -ENODEV);
	conf_eq(c, trv_poll_timeout((u16)ones(c), half, half == 5, 10, 1000), -ENODEV);
	conf_eq(c, trv_poll_timeout(~0ULL * (never(c) + 1), wide, wide == 5, 10, 1000), -ENODEV);
	conf_eq(c, trv_poll_timeout((u8)ones(c), word, word == 5, 10, 1000), -ETIMEDOUT);
	conf_eq(c, trv_poll_timeout(ones(c), wide, wide == 5, 10, 1000), -ETIMEDOUT);
}

static void conf_poll_timeout_pause(struct conf *c)
{
	u64 start = trv_time_ns();
	u32 val;

	conf_eq(c, trv_poll_timeout(counted(c), val, val == 4, 2000, 1000000), 0);
	conf_check(c, trv_time_ns() - start >= 3 * 2000000ULL);
	start = trv_time_ns();
	conf_eq(c, trv_poll_timeout_atomic(counted(c), val, val == 8, 100, 1000000), 0);
	conf_check(c, trv_time_ns() - start >= 3 * 100000ULL);
}

static void conf_poll_timeout_once(struct conf *c)
{
	u32 val, looks = 0;

	conf_eq(c, trv_poll_timeout(counted(c), val, (looks++, val >= 10), 1, 1000000), 0);
	conf_eq(c, c->a, looks);
	conf_eq(c, trv_poll_timeout(counted(c), val, (looks++, false), 10, 500), -ETIMEDOUT);
	conf_eq(c, c->a, looks);
	conf_eq(c, trv_poll_timeout_atomic(counted(c), val, (looks++, false), 10, 500), -ETIMEDOUT);
	conf_eq(c, c->a, looks);
}

static void poll_atomically(struct conf *c)
{
	u32 val;

	(void)conf_note(c, trv_poll_timeout_atomic(never(c), val, val, 5, 50) == -ETIMEDOUT);
	(void)conf_note(c, trv_poll_timeout_atomic(ones(c), val, !val, 0, 50) == -ENODEV);
}

static void conf_poll_timeout_atomic(struct conf *c)
{
	conf_in_atomic(c, poll_atomically);
}

/* ---- a spin of one's own ------------------------------------------------- */

static void relax_timer(void *arg)
{
	struct conf *c = arg;

	conf_set(&c->b, 1);
}

static void relax_far(struct conf *c)
{
	conf_set(&c->a, 1);
}

/* The loop does nothing else that could let anybody run, so it counts its turns. */
static void conf_cpu_relax_others(struct conf *c)
{
	struct trv_timer *t = conf_timer(c, relax_timer);
	u32 turns = 0;

	trv_timer_arm(t, 50);
	while (!trv_read_once(c->b) && ++turns < 100000000)
		trv_cpu_relax();
	conf_check(c, trv_read_once(c->b));
	conf_far(c, relax_far);
	for (turns = 0; !trv_read_once(c->a) && turns < 100000000; turns++)
		trv_cpu_relax();
	conf_check(c, trv_read_once(c->a));
	conf_far_join(c);
}

CONF_GROUP(poll, CONF_POLL_CLAUSES);
