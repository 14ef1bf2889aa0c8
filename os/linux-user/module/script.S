/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A driver's own script for gdb, as part of its object: SCRIPT is the file, NAME what gdb calls it. */
	.section .debug_gdb_scripts, "", @progbits
	.byte 4
	.ascii NAME
	.ascii "\n"
	.incbin SCRIPT
	.byte 0
	.section .note.GNU-stack, "", @progbits
