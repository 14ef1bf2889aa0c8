// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Register tables: lookup, text, fields. */
#include <stdio.h>
#include <string.h>

#include <trivet/hw/edu.h>
#include <trivet/reg.h>

#include "ktap.h"

#define CHIP_REGS(REG)                            \
	REG(STATUS, 0x07, 8, RX, 0x50, 0xef, "1") \
	REG(SPEED, 0x10, 16, RW, 0, 0x0f3f, "2")  \
	REG(WIDE, 0x18, 64, RW, 0, ~0ULL, "3")    \
	REG(STATUS2, 0x07, 8, WO, 0, 0xff, "4")
#define CHIP_FIELDS(FIELD)        \
	FIELD(STATUS, DRDY, 6, 1) \
	FIELD(STATUS, ERR, 0, 1)  \
	FIELD(SPEED, MODE, 0, 4)  \
	FIELD(SPEED, FAST, 5, 1)  \
	FIELD(SPEED, UNIT, 8, 4)  \
	FIELD(WIDE, ALL, 0, 64)

enum { CHIP_REGS(TRV_REG_OFFSET) };
TRV_REG_TABLE(chip, CHIP_REGS, CHIP_FIELDS);
TRV_REG_TABLE(edu, EDU_REGS, EDU_FIELDS);

static void decodes(const struct trv_regtable *t, u32 off, u64 val, const char *want)
{
	char buf[128];
	size_t n = trv_reg_decode(t, off, val, buf, sizeof(buf));

	if (strcmp(buf, want))
		ktap_note("got '%s', not '%s'", buf, want);
	CU_ASSERT_STRING_EQUAL(buf, want);
	CU_ASSERT_EQUAL(n, strlen(want));
}

static void finds(void)
{
	const struct trv_regdesc *reg = trv_reg_find(&chip, SPEED);

	CU_ASSERT_PTR_NOT_NULL_FATAL(reg);
	CU_ASSERT_STRING_EQUAL(reg->name, "SPEED");
	CU_ASSERT_PTR_NULL(trv_reg_find(&chip, 0x11));
	CU_ASSERT_PTR_NULL(trv_reg_find(&chip, 0xffffffff));
	/* The first of two at one offset. */
	CU_ASSERT_PTR_EQUAL(trv_reg_find(&chip, STATUS2), &chip.regs[0]);
}

static void names_bits(void)
{
	decodes(&chip, STATUS, 0x41, "STATUS = 0x41 (DRDY ERR)");
	decodes(&chip, STATUS, 0x01, "STATUS = 0x01 (ERR)");
	decodes(&chip, STATUS, 0x00, "STATUS = 0x00");
	decodes(&chip, STATUS, 0x20, "STATUS = 0x20");
}

static void names_fields(void)
{
	decodes(&chip, SPEED, 0x0a25, "SPEED = 0x0a25 (MODE=0x5 FAST UNIT=0xa)");
	decodes(&chip, SPEED, 0x0000, "SPEED = 0x0000 (MODE=0x0 UNIT=0x0)");
	decodes(&chip, WIDE, ~0ULL, "WIDE = 0xffffffffffffffff (ALL=0xffffffffffffffff)");
}

static void tells_reserved(void)
{
	decodes(&chip, STATUS, 0x51, "STATUS = 0x51 (DRDY ERR RESERVED=0x10)");
	decodes(&chip, SPEED, 0xf040, "SPEED = 0xf040 (MODE=0x0 UNIT=0x0 RESERVED=0xf040)");
}

static void tells_too_wide(void)
{
	decodes(&chip, STATUS, 0x100, "STATUS = 0x100 (RESERVED=0x100)");
}

static void knows_unknown(void)
{
	decodes(&chip, 0x44, 0x12, "0x44 = 0x12");
	decodes(&chip, 4, 0, "0x04 = 0x0");
}

/* Whatever the room: a prefix, terminated, nothing behind it, and the full length. */
static void fits_any_buffer(void)
{
	const char *full = "SPEED = 0x0a25 (MODE=0x5 FAST UNIT=0xa)";
	char buf[64];

	for (size_t len = 0; len <= strlen(full) + 2; len++) {
		memset(buf, '#', sizeof(buf));
		CU_ASSERT_EQUAL(trv_reg_decode(&chip, SPEED, 0x0a25, buf, len), strlen(full));
		CU_ASSERT_EQUAL(buf[len], '#');
		if (!len)
			continue;
		CU_ASSERT_EQUAL(strlen(buf), trv_min(len - 1, strlen(full)));
		CU_ASSERT_EQUAL(memcmp(buf, full, strlen(buf)), 0);
	}
}

static void masks_are_right(void)
{
	CU_ASSERT_EQUAL(trv_field_get(0x0f00, 0x0a25), 0xa);
	CU_ASSERT_EQUAL(trv_field_prep(0x0f00, 0xa), 0x0a00);
	CU_ASSERT_EQUAL(trv_field_prep(0x0f00, 0x1a), 0x0a00);
	CU_ASSERT_EQUAL(EDU_STATUS_COMPUTING, 0x01);
	CU_ASSERT_EQUAL(EDU_STATUS_RAISE_IRQ, 0x80);
	CU_ASSERT_EQUAL(trv_field_get((u32)EDU_ID_MAJOR, 0x010000edU), 1);
}

/* What the simulator and a dump rely on, for a table that exists. */
static void edu_table_is_sane(void)
{
	for (u32 i = 0; i < edu.n_regs; i++) {
		const struct trv_regdesc *reg = &edu.regs[i];
		u64 mask = ~0ULL >> (64 - reg->bits);

		CU_ASSERT(reg->bits == 32 || reg->bits == 64);
		CU_ASSERT_EQUAL(reg->off % (reg->bits / 8), 0);
		CU_ASSERT_EQUAL(reg->valid & ~mask, 0);
		CU_ASSERT_EQUAL(reg->reset & ~reg->valid, 0);
		CU_ASSERT(reg->off + reg->bits / 8 <= EDU_BAR_LEN);
	}
	for (u32 i = 0; i < edu.n_fields; i++) {
		const struct trv_fielddesc *f = &edu.fields[i];
		bool found = false;

		for (u32 r = 0; r < edu.n_regs; r++)
			found |= !strcmp(edu.regs[r].name, f->reg) &&
				 f->lo + f->width <= edu.regs[r].bits;
		CU_ASSERT(found);
	}
	decodes(&edu, EDU_ID, 0x010000ed, "EDU_ID = 0x010000ed (MAGIC=0xed MINOR=0x0 MAJOR=0x1)");
}

/* One port, read as one register and written as another. */
#define PORT_REGS(REG)                              \
	REG(PORT_STATUS, 0, 8, RW, 0x50, 0xff, "1") \
	REG(PORT_COUNT, 1, 8, RW, 0x01, 0xff, "2")
#define PORT_FIELDS(FIELD)                     \
	FIELD(PORT_STATUS, BUSY, 7, 1)         \
	FIELD(PORT_STATUS, PORT_CONTROL, 0, 0) \
	FIELD(PORT_CONTROL, RESET, 2, 1)
TRV_REG_TABLE(port, PORT_REGS, PORT_FIELDS);

static void writes_as(u32 off, u64 val, const char *want)
{
	char text[100];

	CU_ASSERT_EQUAL(trv_reg_decode_write(&port, off, val, text, sizeof(text)), strlen(want));
	CU_ASSERT_STRING_EQUAL(text, want);
}

static void what_is_written_has_its_own_name(void)
{
	decodes(&port, 0, 0x84, "PORT_STATUS = 0x84 (BUSY)");
	writes_as(0, 0x84, "PORT_CONTROL = 0x84 (RESET)");
	writes_as(1, 0x84, "PORT_COUNT = 0x84");
	CU_ASSERT_STRING_EQUAL(trv_reg_written(&port, &port.regs[0]), "PORT_CONTROL");
	CU_ASSERT_STRING_EQUAL(trv_reg_written(&port, &port.regs[1]), "PORT_COUNT");
}

KTAP_SUITE(reg_decode, KTAP_TEST(what_is_written_has_its_own_name), KTAP_TEST(finds),
	   KTAP_TEST(names_bits), KTAP_TEST(names_fields), KTAP_TEST(tells_reserved),
	   KTAP_TEST(tells_too_wide), KTAP_TEST(knows_unknown), KTAP_TEST(fits_any_buffer),
	   KTAP_TEST(masks_are_right), KTAP_TEST(edu_table_is_sane));
KTAP_MAIN(&reg_decode);
