/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Module aliases from a driver's own table, for AUTOLOAD=1. MODULE_DEVICE_TABLE() wants the
 * kernel's struct, by name, and MODULE_ALIAS() a string; a driver has neither. But its table is a
 * constant, so the compiler can hand the numbers to the assembler, which writes the text.
 */
#ifndef TRIVET_KMOD_ALIAS_H
#define TRIVET_KMOD_ALIAS_H

#ifdef TRV_KMOD_AUTOLOAD

/* NAME and DIGITS hexadecimal digits of VALUE; where it is any, an asterisk. True is -1 there. */
asm(".macro trv_alias_hex name:req, value:req, digits:req, any:req\n"
    "	.ascii \"\\name\"\n"
    "	.if \\any\n"
    "	.ascii \"*\"\n"
    "	.else\n"
    "	.set .Ltrv_shift, 4 * (\\digits)\n"
    "	.rept \\digits\n"
    "	.set .Ltrv_shift, .Ltrv_shift - 4\n"
    "	.set .Ltrv_digit, ((\\value) >> .Ltrv_shift) & 15\n"
    "	.byte 48 + .Ltrv_digit - 7 * (.Ltrv_digit > 9)\n"
    "	.endr\n"
    "	.endif\n"
    ".endm\n");

/* As modpost writes them: a byte of the class counts where the mask has all of it. */
#define TRV_KMOD_ALIAS(id)                                                                 \
	asm volatile(".pushsection .modinfo, \"a\", @progbits\n"                           \
		     ".ascii \"alias=pci:\"\n"                                             \
		     "trv_alias_hex v,%c0,8,(%c0==0xffff)\n"                               \
		     "trv_alias_hex d,%c1,8,(%c1==0xffff)\n"                               \
		     ".ascii \"sv*sd*\"\n"                                                 \
		     "trv_alias_hex bc,(%c2>>16)&255,2,(((%c3>>16)&255)!=255)\n"           \
		     "trv_alias_hex sc,(%c2>>8)&255,2,(((%c3>>8)&255)!=255)\n"             \
		     "trv_alias_hex i,%c2&255,2,((%c3&255)!=255)\n"                        \
		     ".if (%c3&255)==255\n"                                                \
		     ".ascii \"*\"\n"                                                      \
		     ".endif\n"                                                           \
		     ".byte 0\n"                                                          \
		     ".popsection\n"                                                      \
		     :                                                                     \
		     : "i"((unsigned long)(id).vendor), "i"((unsigned long)(id).device),   \
		       "i"((unsigned long)(id).class), "i"((unsigned long)(id).class_mask))

/* Line @n of the table and, if that is not its end, @rest. */
#define TRV_KMOD_ALIAS_AT(ids, n, rest)                                                     \
	do {                                                                                \
		if ((ids)[n].vendor || (ids)[n].device || (ids)[n].class ||                 \
		    (ids)[n].class_mask) {                                                  \
			TRV_KMOD_ALIAS((ids)[n]);                                           \
			rest;                                                               \
		}                                                                           \
	} while (0)

/* A table with more lines does not compile. */
#define TRV_KMOD_ALIASES(ids)                                                               \
	TRV_KMOD_ALIAS_AT(ids, 0, TRV_KMOD_ALIAS_AT(ids, 1, TRV_KMOD_ALIAS_AT(ids, 2,       \
	TRV_KMOD_ALIAS_AT(ids, 3, TRV_KMOD_ALIAS_AT(ids, 4, TRV_KMOD_ALIAS_AT(ids, 5,       \
	TRV_KMOD_ALIAS_AT(ids, 6, TRV_KMOD_ALIAS_AT(ids, 7, BUILD_BUG()))))))))

#define TRV_KMOD_AUTO true

#else

/* Without it no device is taken but by driver_override or new_id. */
#define TRV_KMOD_ALIASES(ids) (void)(ids)
#define TRV_KMOD_AUTO false

#endif

#endif /* TRIVET_KMOD_ALIAS_H */
