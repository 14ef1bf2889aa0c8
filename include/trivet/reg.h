/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Register tables: one per chip, in include/trivet/hw/ or beside the driver,
 * written from the datasheet as two X-macro lists. The driver's constants,
 * the simulator's access rules, the trace decoder and register dumps all come
 * from the same lines:
 *
 *	#define EDU_REGS(REG)                                                  \
 *		REG(EDU_ID, 0x00, 32, RO, 0x010000ed, 0xffffffff, "edu 0x00")  \
 *		...
 *	#define EDU_FIELDS(FIELD)                                              \
 *		FIELD(EDU_STATUS, COMPUTING, 0, 1)
 *
 *	enum { EDU_REGS(TRV_REG_OFFSET) };	EDU_ID is 0x00
 *	enum { EDU_FIELDS(TRV_REG_MASK) };	EDU_STATUS_COMPUTING is 0x1
 *	TRV_REG_TABLE(edu_regs, EDU_REGS, EDU_FIELDS);
 */
#ifndef TRIVET_REG_H
#define TRIVET_REG_H

#include <trivet/types.h>

/**
 * enum trv_reg_access - what accesses a register takes
 * @TRV_REG_RO:  reads; a write is the driver's error
 * @TRV_REG_WO:  writes; a read is the driver's error
 * @TRV_REG_RW:  both
 * @TRV_REG_RC:  a read clears it, so each read counts; no writes
 * @TRV_REG_W1C: writing ones clears those bits
 * @TRV_REG_RX:  a read has another side effect (pops a FIFO, drops an interrupt)
 */
enum trv_reg_access {
	TRV_REG_RO,
	TRV_REG_WO,
	TRV_REG_RW,
	TRV_REG_RC,
	TRV_REG_W1C,
	TRV_REG_RX,
};

/**
 * struct trv_regdesc - one register
 * @name:    as in the datasheet
 * @off:     byte offset in its BAR or register block
 * @bits:    the access width: 8, 16, 32 or 64
 * @access:  enum trv_reg_access
 * @reset:   value after reset
 * @valid:   bits that exist; the others are reserved and written as read or 0
 * @section: where the datasheet says so
 */
struct trv_regdesc {
	const char *name;
	u32 off;
	u8 bits;
	u8 access;
	u64 reset;
	u64 valid;
	const char *section;
};

/**
 * struct trv_fielddesc - @width bits from bit @lo of the register named @reg
 *
 * A @width of 0 is no field: @name is what the register is called when it is
 * written, if that is another one, and may have fields of its own.
 */
struct trv_fielddesc {
	const char *reg;
	const char *name;
	u8 lo;
	u8 width;
};

/** struct trv_regtable - a chip's registers in one BAR or block */
struct trv_regtable {
	const char *name;
	const struct trv_regdesc *regs;
	u32 n_regs;
	const struct trv_fielddesc *fields;
	u32 n_fields;
};

#define TRV_REG_OFFSET(name, off, bits, access, reset, valid, section) name = (off),
#define TRV_REG_DESC(name, off, bits, access, reset, valid, section) \
	{ #name, off, bits, TRV_REG_##access, reset, valid, section },
#define TRV_REG_MASK(reg, name, lo, width) \
	reg##_##name = (int)(((1ULL << (width)) - 1) << (lo)),
#define TRV_REG_FIELD(reg, name, lo, width) { #reg, #name, lo, width },

#define TRV_REG_TABLE(table, REGS, FIELDS)                                     \
	static const struct trv_regdesc table##_regs[] = { REGS(TRV_REG_DESC) }; \
	static const struct trv_fielddesc table##_fields[] = { FIELDS(TRV_REG_FIELD) }; \
	static const struct trv_regtable table = {                             \
		#table, table##_regs, TRV_ARRAY_SIZE(table##_regs),            \
		table##_fields, TRV_ARRAY_SIZE(table##_fields),                \
	}

/** trv_field_get() - the value of a field given its mask */
#define trv_field_get(mask, val) (((val) & (mask)) / ((mask) & -(mask)))
/** trv_field_prep() - a value shifted into a field given its mask */
#define trv_field_prep(mask, val) (((val) * ((mask) & -(mask))) & (mask))

/** trv_reg_find() - the register at @off, NULL when the table has none */
const struct trv_regdesc *trv_reg_find(const struct trv_regtable *t, u32 off);

/**
 * trv_reg_decode() - "STATUS = 0x51 (DRDY DSC ERR)" into @buf, always terminated
 *
 * Single bits are named when set, wider fields as NAME=value, reserved bits
 * that are set as RESERVED=mask. Returns the length it would have had.
 */
size_t trv_reg_decode(const struct trv_regtable *t, u32 off, u64 val, char *buf, size_t len);

/** trv_reg_decode_write() - the same of a value written, by the name for that */
size_t trv_reg_decode_write(const struct trv_regtable *t, u32 off, u64 val, char *buf, size_t len);

/** trv_reg_written() - what @reg is called when it is written */
const char *trv_reg_written(const struct trv_regtable *t, const struct trv_regdesc *reg);

#endif /* TRIVET_REG_H */
