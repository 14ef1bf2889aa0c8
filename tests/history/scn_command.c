// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Commands without data: what they answer, and what is no command. */
#include "drives.h"
#include "raw.h"

static void nondata(struct ide_raw *r, u32 drive, u8 op)
{
	raw_nondata(r, drive, op, 0, 0);
	raw_in(r, ATA_ERROR);
}

HIST(unknown, "ide/command/unknown", "codes that no standard of its time gives a meaning",
     .model = "piix3-ide", .drive = { DISK })
{
	static const u8 op[] = { ATA_OP_NOP, 0x01, 0x80, 0x9f, 0xff };
	struct ide_raw *r = raw_begin(dev);

	for (u32 i = 0; i < TRV_ARRAY_SIZE(op); i++) {
		nondata(r, 0, op[i]);
		nondata(r, 0, ATA_OP_CHECK_POWER);
	}
	raw_end(r);
}

HIST(power, "ide/command/power", "CHECK POWER MODE, IDLE and STANDBY IMMEDIATE",
     .model = "piix3-ide", .drive = { DISK, [2] = DISK })
{
	static const u8 op[] = { ATA_OP_CHECK_POWER, ATA_OP_IDLE_IMMEDIATE,
				 ATA_OP_STANDBY_IMMEDIATE };
	struct ide_raw *r = raw_begin(dev);

	for (r->ch = 0; r->ch < 2; r->ch++) {
		for (u32 i = 0; i < TRV_ARRAY_SIZE(op); i++) {
			nondata(r, 0, op[i]);
			if (op[i] == ATA_OP_CHECK_POWER)
				raw_in(r, ATA_COUNT);
		}
	}
	raw_end(r);
}

HIST(flush, "ide/command/flush", "FLUSH CACHE and FLUSH CACHE EXT", .model = "piix3-ide",
     .drive = { DISK })
{
	struct ide_raw *r = raw_begin(dev);

	nondata(r, 0, ATA_OP_FLUSH);
	nondata(r, 0, ATA_OP_FLUSH_EXT);
	raw_end(r);
}

HIST(native_max, "ide/command/native-max", "READ NATIVE MAX ADDRESS and EXT: the last sector",
     .model = "piix3-ide", .drive = { DISK, FAR_DISK })
{
	struct ide_raw *r = raw_begin(dev);

	raw_select(r, 0);
	raw_command(r, ATA_OP_READ_NATIVE_MAX);
	raw_wait(r);
	raw_block(r);
	for (u32 drive = 0; drive < 2; drive++) {
		raw_select(r, drive);
		raw_command(r, ATA_OP_READ_NATIVE_MAX_EXT);
		raw_wait(r);
		raw_block(r);
		raw_ctl(r, ATA_DEVCTL_HOB);
		for (u32 reg = ATA_LBA_LOW; reg <= ATA_LBA_HIGH; reg++)
			raw_in(r, reg);
		raw_ctl(r, 0);
	}
	raw_end(r);
}

HIST(verify, "ide/command/verify", "READ VERIFY SECTORS, inside and beyond the end",
     .model = "piix3-ide", .drive = { DISK })
{
	struct ide_raw *r = raw_begin(dev);

	for (u32 lba = 8190; lba <= 8192; lba += 2) {
		raw_task28(r, 0, lba, 2);
		raw_command(r, ATA_OP_READ_VERIFY);
		raw_wait(r);
		raw_in(r, ATA_STATUS);
		raw_in(r, ATA_ERROR);
	}
	raw_end(r);
}

HIST(nondata_irq, "ide/command/interrupts", "one interrupt for each, by error or not",
     .model = "piix4-ide", .drive = { DISK, [3] = CD, [2] = DISK })
{
	static const u8 op[] = { ATA_OP_FLUSH, ATA_OP_NOP, ATA_OP_IDLE_IMMEDIATE };
	struct ide_raw *r = raw_begin(dev);

	raw_irqs(r);
	for (r->ch = 0; r->ch < 2; r->ch++) {
		for (u32 i = 0; i < TRV_ARRAY_SIZE(op); i++) {
			raw_select(r, 0);
			raw_command(r, op[i]);
			raw_interrupted(r, 1);
		}
	}
	r->ch = 1;
	raw_select(r, 1);
	raw_command(r, ATA_OP_IDENTIFY);
	raw_interrupted(r, 1);
	raw_end(r);
}

HIST(no_fua, "ide/command/no-fua", "a command of a feature IDENTIFY does not announce",
     .model = "piix4-ide", .drive = { DISK })
{
	struct ide_raw *r = raw_begin(dev);

	raw_task48(r, 0, 3, 1);
	raw_command(r, ATA_OP_WRITE_MULTIPLE_FUA_EXT);
	raw_wait(r);
	raw_in(r, ATA_STATUS);
	raw_in(r, ATA_ERROR);
	raw_end(r);
}

HIST(pending_select, "ide/command/pending-select", "INTRQ of one drive while the other is selected",
     .model = "piix3-ide", .drive = { DISK, DISK })
{
	struct ide_raw *r = raw_begin(dev);

	raw_select(r, 0);
	raw_command(r, ATA_OP_CHECK_POWER);
	raw_wait(r);
	raw_bm(r, BM_STATUS);
	raw_select(r, 1);
	raw_in(r, ATA_STATUS);
	raw_bm(r, BM_STATUS);
	raw_select(r, 0);
	raw_in(r, ATA_STATUS);
	raw_bm(r, BM_STATUS);
	raw_end(r);
}
