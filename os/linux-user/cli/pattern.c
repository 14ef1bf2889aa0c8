// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What trivet run writes: each block is lines of 16 bytes that name the block
 * and the line, both hexadecimal. A block that went elsewhere, or a piece of
 * one, gives itself away, also in a hex dump.
 */
#include <stdio.h>
#include <string.h>

#include <os/linux-user/cli/run.h>

enum { LINE = 16 };

static void line_text(char *text, u64 lba, u32 line)
{
	snprintf(text, LINE + 1, "%012llx.%02x\n", (unsigned long long)lba & 0xffffffffffffULL,
		 line & 0xff);
}

void run_pattern(void *buf, u32 block_size, u64 lba, u32 blocks)
{
	char text[LINE + 1], *to = buf;

	for (u32 block = 0; block < blocks; block++) {
		for (u32 line = 0; line < block_size / LINE; line++, to += LINE) {
			line_text(text, lba + block, line);
			memcpy(to, text, LINE);
		}
	}
}

u32 run_pattern_check(const void *buf, u32 block_size, u64 lba, u32 blocks)
{
	const char *from = buf;
	char text[LINE + 1];

	for (u32 block = 0; block < blocks; block++) {
		for (u32 line = 0; line < block_size / LINE; line++, from += LINE) {
			line_text(text, lba + block, line);
			if (memcmp(from, text, LINE))
				return block;
		}
	}
	return blocks;
}
