// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <linux/blk-mq.h>

int probe = BLK_MQ_F_SHOULD_MERGE;
