// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * For debuggers. The script of gdb/ is part of the program, in the section
 * where gdb looks for it (".debug_gdb_scripts" in its manual), so that it goes
 * wherever the program goes; and a function for it to call.
 */
#include <errno.h>

#include <os/linux-user/user.h>

/* Kind 4 is Python, with its name in front. Nothing of it is loaded when the program runs. */
__asm__(".pushsection .debug_gdb_scripts, \"\", @progbits\n"
	".byte 4\n"
	".ascii \"trivet\\n\"\n"
	".incbin \"os/linux-user/gdb/10-base.py\"\n"
	".incbin \"os/linux-user/gdb/20-regs.py\"\n"
	".incbin \"os/linux-user/gdb/30-dma.py\"\n"
	".incbin \"os/linux-user/gdb/40-blk.py\"\n"
	".byte 0\n"
	".popsection\n");

struct trv_user_debug_reg trv_user_debug_regs[USER_DEBUG_REGS];

static int read_one(struct trv_dev *dev, struct trv_user_debug_reg *reg)
{
	const struct user_bar *b;

	if (user_dev_gone(dev) || reg->bar >= TRV_PCI_BARS || !dev->bars[reg->bar].len)
		return -ENODEV;
	b = &dev->bars[reg->bar];
	if (reg->bytes > b->len || reg->off > b->len - reg->bytes)
		return -ERANGE;
	reg->val = dev->ops->bar_read(dev, reg->bar, reg->off, reg->bytes);
	return user_dev_gone(dev) ? -ENODEV : 0;
}

/* All at once: for each call of a debugger the process's other threads run for some milliseconds. */
void trv_user_debug_read(struct trv_dev *dev, u32 n)
{
	for (u32 i = 0; i < trv_min(n, (u32)USER_DEBUG_REGS); i++)
		trv_user_debug_regs[i].rc = read_one(dev, &trv_user_debug_regs[i]);
}
