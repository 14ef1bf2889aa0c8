// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A mishap; at once the patience that is left for others; a life; and another
 * mishap to the other drive. With anything in between, for these are explored.
 */
#include "aftermath.h"

static void after(const struct am_rig *rig, const char *first, u32 unit, const char *then)
{
	struct am a;

	if (!am_up(&a, rig))
		return;
	am_happen(&a, am_mishap(first), unit);
	am_patience(&a);
	am_life(&a);
	am_happen(&a, am_mishap(then), !unit);
	am_down(&a);
}

#define AFTER(id, rig, first, unit, then)                                                    \
	SIM_SCENARIO(after_##id, "ide/aftermath-" first, "life after " first ", then " then) \
	{                                                                                    \
		after(&am_##rig, first, unit, then);                                         \
	}

AFTER(fault_write, disks, "fault-write", 1, "crc-twice")
AFTER(hang_trim, disks, "hang-trim", 0, "fault-flush")
AFTER(reset_lost, disks, "reset-lost", 1, "fault-after-bad")
AFTER(crc_slower, disks_turned, "crc-slower", 0, "fault-trim")
AFTER(cd_bad, cd_first, "cd-bad", 0, "hang-write")
AFTER(cd_short_twice, cd_first, "cd-short-twice", 0, "fault-read")
AFTER(bad_write, cd_second, "bad-write", 0, "cd-aborts")
AFTER(cd_hang, cd_second, "cd-hang", 1, "refused-trim")
AFTER(hang_write, by_pio, "hang-write", 0, "cd-short")
AFTER(fault_read, polled, "fault-read", 0, "cd-no-packet")
AFTER(bus_error, shared, "bus-error-read", 0, "cd-sense-slow")
