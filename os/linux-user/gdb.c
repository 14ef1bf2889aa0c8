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

/*
 * No gdb before 14 can write vector registers where the processor has AMX: its
 * buffer is smaller than what ptrace() wants. After a call it writes those it
 * finds changed, so we leave none changed. Assembly, for what a compiler puts
 * in front of C might change some. Without the tiles, which no code here uses.
 */
#if defined(__x86_64__)
__asm__(".pushsection .text\n"
	".globl trv_user_debug_call\n"
	".type trv_user_debug_call, @function\n"
	"trv_user_debug_call:\n"
	"	.cfi_startproc\n"
	"	push %rbp\n"
	"	.cfi_def_cfa_offset 16\n"
	"	.cfi_offset %rbp, -16\n"
	"	mov %rsp, %rbp\n"
	"	.cfi_def_cfa_register %rbp\n"
	"	push %rbx\n"
	"	.cfi_offset %rbx, -24\n"
	"	push %r12\n"
	"	.cfi_offset %r12, -32\n"
	"	push %r13\n"
	"	.cfi_offset %r13, -40\n"
	"	push %r14\n"
	"	.cfi_offset %r14, -48\n"
	"	push %r15\n"
	"	.cfi_offset %r15, -56\n"
	"	cld\n"
	"	mov %rdi, %r12\n"
	"	mov %esi, %r13d\n"
	/* XSAVE, if the system has enabled it; its size, as much as it has enabled of it. */
	"	mov $1, %eax\n"
	"	xor %ecx, %ecx\n"
	"	cpuid\n"
	"	mov $512, %ebx\n"
	"	xor %r15d, %r15d\n"
	"	bt $27, %ecx\n"
	"	jnc 1f\n"
	"	mov $0xd, %eax\n"
	"	xor %ecx, %ecx\n"
	"	cpuid\n"
	"	xor %ecx, %ecx\n"
	"	xgetbv\n"
	"	and $~0x60000, %eax\n"
	"	mov %eax, %r15d\n"
	"	mov %edx, %r14d\n"
	"1:	sub %rbx, %rsp\n"
	"	and $-64, %rsp\n"
	"	test %r15d, %r15d\n"
	"	jz 2f\n"
	/* Of its header XSAVE writes a part, and XRSTOR wants the rest to be zero. */
	"	lea 512(%rsp), %rdi\n"
	"	mov $8, %ecx\n"
	"	xor %eax, %eax\n"
	"	rep stosq\n"
	"	mov %r15d, %eax\n"
	"	mov %r14d, %edx\n"
	"	xsave64 (%rsp)\n"
	"	jmp 3f\n"
	"2:	fxsave64 (%rsp)\n"
	"3:	mov %r12, %rdi\n"
	"	mov %r13d, %esi\n"
	"	call trv_user_debug_read@PLT\n"
	"	mov %r15d, %eax\n"
	"	mov %r14d, %edx\n"
	"	test %eax, %eax\n"
	"	jz 4f\n"
	"	xrstor64 (%rsp)\n"
	"	jmp 5f\n"
	"4:	fxrstor64 (%rsp)\n"
	"5:	lea -40(%rbp), %rsp\n"
	"	pop %r15\n"
	"	pop %r14\n"
	"	pop %r13\n"
	"	pop %r12\n"
	"	pop %rbx\n"
	"	pop %rbp\n"
	"	.cfi_def_cfa %rsp, 8\n"
	"	ret\n"
	"	.cfi_endproc\n"
	".size trv_user_debug_call, . - trv_user_debug_call\n"
	".popsection\n");
#else
double trv_user_debug_call(struct trv_dev *dev, u32 n)
{
	trv_user_debug_read(dev, n);
	return 0;
}
#endif
