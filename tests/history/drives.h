/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The drives that scenarios have, for .drive = { ... }. */
#ifndef TRIVET_TESTS_HISTORY_DRIVES_H
#define TRIVET_TESTS_HISTORY_DRIVES_H

#include "history.h"

#define HIST_A(kind, sectors) \
	{                     \
		kind, sectors \
	}
#define DISK HIST_A(HIST_DISK, 8192)
/* A little more than 28 and 32 bits can say. */
#define BIG_DISK HIST_A(HIST_DISK, (1ULL << 28) + 4096)
#define FAR_DISK HIST_A(HIST_DISK, (1ULL << 32) + 4096)
#define CD HIST_A(HIST_CD, 4096)
#define NO_DISC HIST_A(HIST_EMPTY_CD, 0)

#endif /* TRIVET_TESTS_HISTORY_DRIVES_H */
