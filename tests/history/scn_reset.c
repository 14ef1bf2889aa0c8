// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Who is there: signatures after each kind of reset, absent drives, empty channels. */
#include "drives.h"
#include "raw.h"

/* What both drives of the channel show, and that nobody else is disturbed. */
static void both(struct ide_raw *r)
{
	raw_block(r);
	raw_select(r, 1);
	raw_block(r);
	raw_select(r, 0);
	raw_block(r);
}

HIST(srst_one, "ide/reset/srst-one", "SRST with a disk as device 0 and no device 1",
     .model = "piix3-ide", .drive = { DISK })
{
	struct ide_raw *r = raw_begin(dev);

	raw_reset(r);
	both(r);
	raw_end(r);
}

HIST(srst_two, "ide/reset/srst-two", "SRST with two disks on the secondary channel",
     .model = "piix3-ide", .drive = { [2] = DISK, [3] = DISK })
{
	struct ide_raw *r = raw_begin(dev);

	r->ch = 1;
	raw_select(r, 1);
	raw_reset(r);
	both(r);
	raw_end(r);
}

HIST(srst_cd, "ide/reset/srst-cd", "SRST with a disk and a CD drive", .model = "piix4-ide",
     .drive = { DISK, CD })
{
	struct ide_raw *r = raw_begin(dev);

	raw_reset(r);
	both(r);
	raw_end(r);
}

HIST(srst_drq, "ide/reset/srst-drq", "SRST in the middle of a PIO read; then the read again",
     .model = "piix3-ide", .drive = { DISK })
{
	struct ide_raw *r = raw_begin(dev);

	raw_task28(r, 0, 5, 4);
	raw_command(r, ATA_OP_READ_SECTORS);
	raw_wait(r);
	raw_data_in(r, raw_data, 256);
	raw_reset(r);
	raw_block(r);
	raw_task28(r, 0, 5, 1);
	raw_pio_read(r, ATA_OP_READ_SECTORS, raw_data, ATA_SECTOR, ATA_SECTOR);
	raw_end(r);
}

HIST(srst_settings, "ide/reset/srst-settings",
     "of modes and settings, what a software reset leaves (IDENTIFY before and after)",
     .model = "piix4-ide", .drive = { DISK })
{
	struct ide_raw *r = raw_begin(dev);

	for (u32 i = 0; i < 2; i++) {
		raw_select(r, 0);
		raw_pio_read(r, ATA_OP_IDENTIFY, raw_data, ATA_ID_BYTES, ATA_ID_BYTES);
		if (!i)
			raw_reset(r);
	}
	raw_end(r);
}

HIST(absent_slave, "ide/reset/absent-slave", "device 1 that is not there: registers, a command",
     .model = "piix3-ide", .drive = { DISK })
{
	struct ide_raw *r = raw_begin(dev);

	raw_select(r, 1);
	raw_block(r);
	raw_alt(r);
	raw_command(r, ATA_OP_IDENTIFY);
	raw_alt(r);
	raw_block(r);
	raw_select(r, 0);
	raw_in(r, ATA_STATUS);
	raw_in(r, ATA_ERROR);
	raw_end(r);
}

HIST(empty_channel, "ide/reset/empty-channel", "a channel with no drive", .model = "piix3-ide",
     .drive = { DISK })
{
	struct ide_raw *r = raw_begin(dev);

	r->ch = 1;
	raw_block(r);
	raw_out(r, ATA_COUNT, 0x55);
	raw_in(r, ATA_COUNT);
	raw_command(r, ATA_OP_IDENTIFY);
	raw_alt(r);
	raw_bm(r, BM_STATUS);
	raw_end(r);
}

HIST(diagnostic, "ide/reset/diagnostic", "EXECUTE DEVICE DIAGNOSTIC: a disk and a CD drive",
     .model = "piix4-ide", .drive = { [2] = DISK, [3] = CD })
{
	struct ide_raw *r = raw_begin(dev);

	r->ch = 1;
	raw_select(r, 0);
	raw_command(r, ATA_OP_DIAGNOSTIC);
	raw_wait(r);
	both(r);
	raw_end(r);
}

HIST(device_reset, "ide/reset/device-reset", "DEVICE RESET of a CD drive, and to a disk",
     .model = "piix4-ide", .drive = { CD, DISK })
{
	struct ide_raw *r = raw_begin(dev);

	raw_select(r, 0);
	raw_command(r, ATA_OP_DEVICE_RESET);
	raw_wait(r);
	raw_block(r);
	raw_select(r, 1);
	raw_command(r, ATA_OP_DEVICE_RESET);
	raw_wait(r);
	raw_block(r);
	raw_end(r);
}

HIST(select, "ide/reset/select", "Device register: what is written is read, and DEV selects",
     .model = "piix3-ide", .drive = { DISK, DISK })
{
	static const u8 vals[] = { 0xa0, 0xe5, 0xb0, 0xff, 0xe0 };
	struct ide_raw *r = raw_begin(dev);

	for (u32 i = 0; i < TRV_ARRAY_SIZE(vals); i++) {
		raw_out(r, ATA_DEVICE, vals[i]);
		raw_wait_400ns();
		raw_in(r, ATA_DEVICE);
		raw_alt(r);
	}
	raw_end(r);
}
