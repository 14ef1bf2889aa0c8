// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * FIFOs: many accesses to one register. The scratch device's 16-bit data port
 * walks through the device's memory; a single access there is the oracle.
 */
#include <tests/checkers/dummy.h>
#include <tests/conformance/conf.h>

#define N 13
#define GUARD 0xee

static u16 value(u32 i)
{
	return (u16)(0x0100 + 0x0303 * i);
}

static void seek(struct conf *c)
{
	trv_write32(c->sport, DUMMY_PORT_POS, 0);
}

/* What the device holds, one access at a time. */
static void device_fill(struct conf *c)
{
	seek(c);
	for (u32 i = 0; i < N; i++)
		trv_write16(c->sport, DUMMY_PORT_DATA, value(i));
	seek(c);
}

/* The low byte of a register is the first in memory. */
static bool memory_right(const u8 *p)
{
	for (u32 i = 0; i < N; i++) {
		if (p[2 * i] != (u8)value(i) || p[2 * i + 1] != value(i) >> 8)
			return false;
	}
	return true;
}

static void memory_fill(u8 *p)
{
	for (u32 i = 0; i < N; i++) {
		p[2 * i] = (u8)value(i);
		p[2 * i + 1] = (u8)(value(i) >> 8);
	}
}

static bool guarded(const u8 *p, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		if (p[i] != GUARD)
			return false;
	}
	return true;
}

/* ---- reading ------------------------------------------------------------- */

static void conf_read_rep_bytes(struct conf *c)
{
	u8 *p;

	conf_scratch(c);
	conf_ok(c);
	p = conf_buf(c, 64);
	conf_ok(c);

	device_fill(c);
	trv_memset(p, GUARD, 64);
	trv_read_rep16(c->sport, DUMMY_PORT_DATA, p, N);
	conf_check(c, memory_right(p));
	conf_check(c, guarded(p + 2 * N, 64 - 2 * N));
	conf_eq(c, trv_read32(c->sport, DUMMY_PORT_POS), 2 * N);

	trv_write32(c->sport, DUMMY_PORT_SCRATCH32, 0x04030201);
	trv_memset(p, GUARD, 64);
	trv_read_rep32(c->sport, DUMMY_PORT_SCRATCH32, p, 2);
	conf_check(c, p[0] == 1 && p[1] == 2 && p[2] == 3 && p[3] == 4 && p[4] == 1 && p[7] == 4);
	conf_check(c, guarded(p + 8, 56));

	trv_write16(c->smem, DUMMY_SCRATCH16, 0x0201);
	trv_memset(p, GUARD, 64);
	trv_read_rep16(c->smem, DUMMY_SCRATCH16, p, 3);
	conf_check(c, p[0] == 1 && p[1] == 2 && p[4] == 1 && p[5] == 2);
	conf_check(c, guarded(p + 6, 58));

	trv_memset(p, GUARD, 64);
	trv_read_rep32(c->smem, DUMMY_FIFO, p, 5);
	for (u32 i = 0; i < 5; i++)
		conf_eq(c, trv_get_le32(p + 4 * i), i + 1);
	conf_check(c, guarded(p + 20, 44));
}

static void conf_read_rep_unaligned(struct conf *c)
{
	u8 *p;

	conf_scratch(c);
	conf_ok(c);
	p = conf_buf(c, 64);
	conf_ok(c);
	for (u32 at = 1; at < 4; at++) {
		device_fill(c);
		trv_memset(p, GUARD, 64);
		trv_read_rep16(c->sport, DUMMY_PORT_DATA, p + at, N);
		conf_check(c, memory_right(p + at));
		conf_check(c, guarded(p, at) && guarded(p + at + 2 * N, 64 - at - 2 * N));

		trv_write32(c->sport, DUMMY_PORT_SCRATCH32, 0x04030201);
		trv_memset(p, GUARD, 64);
		trv_read_rep32(c->sport, DUMMY_PORT_SCRATCH32, p + at, 2);
		conf_eq(c, trv_get_le32(p + at + 4), 0x04030201);
		conf_check(c, guarded(p, at) && guarded(p + at + 8, 56 - at));
	}
}

static void conf_read_rep_zero(struct conf *c)
{
	u8 *p;

	conf_scratch(c);
	conf_ok(c);
	p = conf_buf(c, 8);
	conf_ok(c);
	trv_memset(p, GUARD, 8);
	seek(c);
	trv_read_rep16(c->sport, DUMMY_PORT_DATA, p, 0);
	trv_read_rep32(c->smem, DUMMY_FIFO, p, 0);
	conf_eq(c, trv_read32(c->sport, DUMMY_PORT_POS), 0);
	conf_eq(c, trv_read32(c->smem, DUMMY_FIFO), 1);
	conf_check(c, guarded(p, 8));
}

static void conf_read_rep_gone(struct conf *c)
{
	u8 *p;

	conf_scratch(c);
	conf_ok(c);
	p = conf_buf(c, 16);
	conf_ok(c);
	c->leg->unplug(c->leg->scratch);
	trv_read_rep16(c->sport, DUMMY_PORT_DATA, p, 4);
	trv_read_rep32(c->smem, DUMMY_FIFO, p + 8, 1);
	for (u32 i = 0; i < 12; i++)
		conf_eq(c, p[i], 0xff);
	conf_eq(c, p[12], 0);
}

/* ---- writing ------------------------------------------------------------- */

static void conf_write_rep_bytes(struct conf *c)
{
	u8 *p;

	conf_scratch(c);
	conf_ok(c);
	p = conf_buf(c, 64);
	conf_ok(c);
	memory_fill(p);
	seek(c);
	trv_write_rep16(c->sport, DUMMY_PORT_DATA, p, N);
	conf_eq(c, trv_read32(c->sport, DUMMY_PORT_POS), 2 * N);
	seek(c);
	for (u32 i = 0; i < N; i++)
		conf_eq(c, trv_read16(c->sport, DUMMY_PORT_DATA), value(i));

	p[0] = p[4] = 1, p[1] = p[5] = 2, p[2] = p[6] = 3, p[3] = p[7] = 4;
	trv_write_rep32(c->sport, DUMMY_PORT_SCRATCH32, p, 2);
	conf_eq(c, trv_read32(c->sport, DUMMY_PORT_SCRATCH32), 0x04030201);
	trv_write_rep16(c->smem, DUMMY_SCRATCH16, p, 2);
	conf_eq(c, trv_read16(c->smem, DUMMY_SCRATCH16), 0x0403);
	(void)trv_read32(c->smem, DUMMY_COUNT);
	trv_write_rep32(c->smem, DUMMY_TRIGGER, p, 5);
	conf_eq(c, trv_read32(c->smem, DUMMY_COUNT), 5);
}

static void conf_write_rep_unaligned(struct conf *c)
{
	u8 *p;

	conf_scratch(c);
	conf_ok(c);
	p = conf_buf(c, 64);
	conf_ok(c);
	for (u32 at = 1; at < 4; at++) {
		trv_memset(p, GUARD, 64);
		memory_fill(p + at);
		seek(c);
		trv_write_rep16(c->sport, DUMMY_PORT_DATA, p + at, N);
		seek(c);
		for (u32 i = 0; i < N; i++)
			conf_eq(c, trv_read16(c->sport, DUMMY_PORT_DATA), value(i));
		trv_put_le32(0x04030201, p + at);
		trv_write_rep32(c->sport, DUMMY_PORT_SCRATCH32, p + at, 1);
		conf_eq(c, trv_read32(c->sport, DUMMY_PORT_SCRATCH32), 0x04030201);
	}
}

static void conf_write_rep_zero(struct conf *c)
{
	u8 *p;

	conf_scratch(c);
	conf_ok(c);
	p = conf_buf(c, 8);
	conf_ok(c);
	seek(c);
	(void)trv_read32(c->smem, DUMMY_COUNT);
	trv_write_rep16(c->sport, DUMMY_PORT_DATA, p, 0);
	trv_write_rep32(c->smem, DUMMY_TRIGGER, p, 0);
	conf_eq(c, trv_read32(c->sport, DUMMY_PORT_POS), 0);
	conf_eq(c, trv_read32(c->smem, DUMMY_COUNT), 0);
}

CONF_GROUP(fifo, CONF_FIFO_CLAUSES);
