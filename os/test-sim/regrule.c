// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What a register table forbids: offsets without a register, other widths,
 * reads of write-only and writes to read-only registers, reserved bits.
 *
 * One offset may have several entries: a port that is one register when read
 * and another when written, or a register that takes two widths.
 */
#include <stdlib.h>

#include <os/test-sim/pci.h>

/* Positions are kept plus one, so that 0 is "none". */
struct sim_regindex {
	const struct trv_regtable *table;
	u32 span;
	u16 *first; /* by offset */
	u16 *next;  /* by position: another entry at the same offset */
	struct sim_regindex *link;
};

static struct sim_regindex *indexes;

static void *must(void *p)
{
	if (!p)
		sim_fail(SIM_API, NULL, "the simulator is out of memory");
	return p;
}

const struct sim_regindex *sim_regindex(const struct trv_regtable *t)
{
	struct sim_regindex *x;

	for (x = indexes; x; x = x->link) {
		if (x->table == t)
			return x;
	}
	x = must(calloc(1, sizeof(*x)));
	x->table = t;
	for (u32 i = 0; i < t->n_regs; i++)
		x->span = trv_max(x->span, t->regs[i].off + 1);
	x->first = must(calloc(x->span + 1, sizeof(*x->first)));
	x->next = must(calloc(t->n_regs + 1, sizeof(*x->next)));
	for (u32 i = t->n_regs; i-- > 0;) {
		x->next[i] = x->first[t->regs[i].off];
		x->first[t->regs[i].off] = (u16)(i + 1);
	}
	x->link = indexes;
	indexes = x;
	return x;
}

static bool takes(const struct trv_regdesc *reg, bool write)
{
	if (reg->access == TRV_REG_WO)
		return write;
	return !write || (reg->access != TRV_REG_RO && reg->access != TRV_REG_RC);
}

static void unknown(const struct trv_dev *dev, const struct sim_bar *bar, u32 off, u32 bytes,
		    bool write)
{
	const struct trv_regtable *t = bar->regs;
	u32 n = (u32)(bar - dev->bars);

	for (u32 i = 0; i < t->n_regs; i++) {
		const struct trv_regdesc *reg = &t->regs[i];

		if (off > reg->off && off < reg->off + reg->bits / 8U) {
			sim_complain(SIM_REG_WIDTH, NULL,
				     "%s: %u-bit %s at BAR%u+0x%x, inside %s (%s)", dev->name,
				     8 * bytes, write ? "write" : "read", n, off, reg->name,
				     reg->section);
			return;
		}
	}
	sim_complain(SIM_REG_UNKNOWN, NULL, "%s: %u-bit %s at BAR%u+0x%x, where %s has no register",
		     dev->name, 8 * bytes, write ? "write" : "read", n, off, t->name);
}

u32 sim_reg_check(const struct trv_dev *dev, const struct sim_bar *bar, u32 off, u32 bytes,
		  bool write)
{
	const struct sim_regindex *x = bar->index;
	const struct trv_regdesc *reg = NULL, *right_width = NULL;
	u32 at = off < x->span ? x->first[off] : 0;

	for (; at; at = x->next[at - 1]) {
		reg = &bar->regs->regs[at - 1];
		if (reg->bits != 8 * bytes)
			continue;
		if (takes(reg, write))
			return at - 1;
		right_width = reg;
	}
	if (right_width)
		sim_complain(SIM_REG_ACCESS, NULL, "%s: %s %s, which is %s (%s)", dev->name,
			     write ? "write to" : "read of", right_width->name,
			     write ? "read-only" : "write-only", right_width->section);
	else if (reg)
		sim_complain(SIM_REG_WIDTH, NULL, "%s: %u-bit %s %s, which is %u bits wide (%s)",
			     dev->name, 8 * bytes, write ? "write to" : "read of", reg->name,
			     reg->bits, reg->section);
	else
		unknown(dev, bar, off, bytes, write);
	return SIM_NO_REG;
}

void sim_reg_check_value(const struct trv_dev *dev, const struct sim_bar *bar, u32 pos, u64 val)
{
	const struct trv_regdesc *reg = &bar->regs->regs[pos];
	u64 bad = val & ~reg->valid;

	/*
	 * A reserved bit may be written as it was read, or as it is after reset. Who was
	 * answered all ones may have read anything.
	 */
	if (dev->gone || dev->hostile)
		return;
	bad &= ~(reg->reset | bar->seen[pos]);
	if (bad)
		sim_complain(SIM_REG_RESERVED, NULL,
			     "%s: 0x%llx written to %s, whose bits 0x%llx are reserved (%s)",
			     dev->name, (unsigned long long)val, reg->name, (unsigned long long)bad,
			     reg->section);
}
