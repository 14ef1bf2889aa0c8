// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Data by PIO: addresses, counts, blocks, and what the interrupt says of each. */
#include "drives.h"
#include "raw.h"

static void read28(struct ide_raw *r, u32 drive, u32 lba, u32 n)
{
	raw_task28(r, drive, lba, (u8)n);
	raw_pio_read(r, ATA_OP_READ_SECTORS, raw_data, n * ATA_SECTOR, ATA_SECTOR);
	raw_in(r, ATA_ERROR);
}

static void read48(struct ide_raw *r, u32 drive, u64 lba, u32 n)
{
	raw_task48(r, drive, lba, (u16)n);
	raw_pio_read(r, ATA_OP_READ_SECTORS_EXT, raw_data, n * ATA_SECTOR, ATA_SECTOR);
	raw_in(r, ATA_ERROR);
}

HIST(read_sectors, "ide/pio/read-sectors", "READ SECTORS of both drives on both channels",
     .model = "piix3-ide", .drive = { DISK, DISK, DISK, DISK })
{
	struct ide_raw *r = raw_begin(dev);

	for (r->ch = 0; r->ch < 2; r->ch++) {
		read28(r, 0, 0, 1);
		read28(r, 1, 60, 6);
	}
	raw_end(r);
}

HIST(write_sectors, "ide/pio/write-sectors", "WRITE SECTORS, and what the medium has then",
     .model = "piix3-ide", .drive = { DISK, [2] = DISK, [3] = DISK })
{
	struct ide_raw *r = raw_begin(dev);

	raw_fill(raw_data, 4 * ATA_SECTOR, 77);
	raw_task28(r, 0, 9, 1);
	raw_pio_write(r, ATA_OP_WRITE_SECTORS, raw_data, ATA_SECTOR, ATA_SECTOR);
	r->ch = 1;
	raw_task28(r, 1, 100, 4);
	raw_pio_write(r, ATA_OP_WRITE_SECTORS, raw_data, 4 * ATA_SECTOR, ATA_SECTOR);
	raw_nondata(r, 1, ATA_OP_FLUSH, 0, 0);
	raw_end(r);
}

HIST(multiple_rw, "ide/pio/multiple", "READ and WRITE MULTIPLE: blocks of 8, the last one short",
     .model = "piix3-ide", .drive = { DISK })
{
	struct ide_raw *r = raw_begin(dev);

	raw_nondata(r, 0, ATA_OP_SET_MULTIPLE, 0, 8);
	raw_task28(r, 0, 3, 20);
	raw_pio_read(r, ATA_OP_READ_MULTIPLE, raw_data, 20 * ATA_SECTOR, 8 * ATA_SECTOR);
	raw_fill(raw_data, 20 * ATA_SECTOR, 5);
	raw_task28(r, 0, 200, 20);
	raw_pio_write(r, ATA_OP_WRITE_MULTIPLE, raw_data, 20 * ATA_SECTOR, 8 * ATA_SECTOR);
	raw_task48(r, 0, 210, 3);
	raw_pio_read(r, ATA_OP_READ_MULTIPLE_EXT, raw_data, 3 * ATA_SECTOR, 8 * ATA_SECTOR);
	raw_fill(raw_data, 9 * ATA_SECTOR, 6);
	raw_task48(r, 0, 300, 9);
	raw_pio_write(r, ATA_OP_WRITE_MULTIPLE_EXT, raw_data, 9 * ATA_SECTOR, 8 * ATA_SECTOR);
	raw_end(r);
}

HIST(multiple_off, "ide/pio/multiple-off", "READ MULTIPLE once the mode is off",
     .model = "piix3-ide", .drive = { DISK })
{
	struct ide_raw *r = raw_begin(dev);

	raw_nondata(r, 0, ATA_OP_SET_MULTIPLE, 0, 0);
	raw_task28(r, 0, 3, 8);
	raw_pio_read(r, ATA_OP_READ_MULTIPLE, raw_data, 8 * ATA_SECTOR, 8 * ATA_SECTOR);
	raw_in(r, ATA_ERROR);
	raw_end(r);
}

HIST(count_zero, "ide/pio/count-zero", "a count of 0 is 256 sectors", .model = "piix3-ide",
     .drive = { DISK })
{
	static u8 all[256 * ATA_SECTOR];
	struct ide_raw *r = raw_begin(dev);

	raw_task28(r, 0, 0, 0);
	raw_pio_read(r, ATA_OP_READ_SECTORS, all, sizeof(all), ATA_SECTOR);
	raw_end(r);
}

HIST(lba28_end, "ide/pio/lba28-boundary", "around sector 2^28, by 28 and 48 bits",
     .model = "piix3-ide", .drive = { BIG_DISK }, .far = (1ULL << 28) - 4)
{
	struct ide_raw *r = raw_begin(dev);

	read28(r, 0, (1u << 28) - 4, 3);
	read48(r, 0, (1u << 28) - 3, 6);
	raw_fill(raw_data, 2 * ATA_SECTOR, 9);
	raw_task48(r, 0, (1ULL << 28) - 1, 2);
	raw_pio_write(r, ATA_OP_WRITE_SECTORS_EXT, raw_data, 2 * ATA_SECTOR, ATA_SECTOR);
	read48(r, 0, (1u << 28) - 1, 2);
	raw_end(r);
}

HIST(lba48_far, "ide/pio/lba48-far", "around sector 2^32, secondary slave", .model = "piix4-ide",
     .drive = { [2] = DISK, [3] = FAR_DISK }, .far = (1ULL << 32) - 2)
{
	struct ide_raw *r = raw_begin(dev);

	r->ch = 1;
	read48(r, 1, (1ULL << 32) - 1, 2);
	raw_fill(raw_data, ATA_SECTOR, 9);
	raw_task48(r, 1, 1ULL << 32, 1);
	raw_pio_write(r, ATA_OP_WRITE_SECTORS_EXT, raw_data, ATA_SECTOR, ATA_SECTOR);
	read48(r, 1, 0, 1);
	raw_end(r);
}

HIST(beyond, "ide/pio/beyond-the-end", "addresses at and beyond the last sector",
     .model = "piix3-ide", .drive = { DISK })
{
	struct ide_raw *r = raw_begin(dev);

	read28(r, 0, 8191, 1);
	read28(r, 0, 8192, 1);
	read48(r, 0, 8192, 1);
	read48(r, 0, 1ULL << 40, 1);
	read28(r, 0, 1, 1);
	raw_end(r);
}

HIST(over, "ide/pio/over-the-end", "a read that begins before the end, a write that does not",
     .model = "piix3-ide", .drive = { DISK })
{
	struct ide_raw *r = raw_begin(dev);

	read28(r, 0, 8190, 4);
	raw_task28(r, 0, 8192, 1);
	raw_pio_write(r, ATA_OP_WRITE_SECTORS, raw_data, ATA_SECTOR, ATA_SECTOR);
	raw_in(r, ATA_ERROR);
	read28(r, 0, 1, 1);
	raw_end(r);
}

HIST(chs, "ide/pio/chs", "cylinder, head, sector, in the default translation", .model = "piix3-ide",
     .drive = { DISK })
{
	static const struct {
		u8 head, sector;
	} at[] = { { 0, 1 }, { 0, 63 }, { 1, 1 }, { 0, 0 } };
	struct ide_raw *r = raw_begin(dev);

	for (u32 i = 0; i < TRV_ARRAY_SIZE(at); i++) {
		raw_select(r, 0);
		raw_out(r, ATA_DEVICE, (u8)(ATA_DEVICE_OBSOLETE | at[i].head));
		raw_out(r, ATA_COUNT, 1);
		raw_out(r, ATA_LBA_LOW, at[i].sector);
		raw_out(r, ATA_LBA_MID, 0);
		raw_out(r, ATA_LBA_HIGH, 0);
		raw_pio_read(r, ATA_OP_READ_SECTORS, raw_data, ATA_SECTOR, ATA_SECTOR);
		raw_in(r, ATA_ERROR);
	}
	raw_end(r);
}

HIST(hob, "ide/pio/hob", "both values of each register, and HOB falls with the next write",
     .model = "piix3-ide", .drive = { DISK, DISK })
{
	struct ide_raw *r = raw_begin(dev);

	for (u32 drive = 0; drive < 2; drive++) {
		raw_task48(r, drive, 0x0123456789abULL, 0x3412);
		for (u32 hob = 0; hob < 2; hob++) {
			raw_ctl(r, hob ? ATA_DEVCTL_HOB : 0);
			for (u32 reg = ATA_COUNT; reg <= ATA_DEVICE; reg++)
				raw_in(r, reg);
		}
		raw_out(r, ATA_COUNT, 0x56);
		raw_in(r, ATA_COUNT);
		raw_in(r, ATA_LBA_LOW);
		raw_ctl(r, ATA_DEVCTL_HOB);
		raw_in(r, ATA_COUNT);
		raw_ctl(r, 0);
	}
	raw_end(r);
}

HIST(outputs, "ide/pio/outputs", "what the registers hold after a command that worked",
     .model = "piix3-ide", .drive = { DISK })
{
	struct ide_raw *r = raw_begin(dev);

	read28(r, 0, 0x10, 2);
	raw_block(r);
	raw_fill(raw_data, ATA_SECTOR, 3);
	raw_task28(r, 0, 0x20, 1);
	raw_pio_write(r, ATA_OP_WRITE_SECTORS, raw_data, ATA_SECTOR, ATA_SECTOR);
	raw_block(r);
	raw_end(r);
}

HIST(pio_read_irq, "ide/pio/read-interrupts", "one interrupt a block read, none after the last",
     .model = "piix3-ide", .drive = { DISK })
{
	struct ide_raw *r = raw_begin(dev);

	raw_irqs(r);
	raw_task28(r, 0, 2, 3);
	raw_command(r, ATA_OP_READ_SECTORS);
	for (u32 i = 0; i < 3; i++) {
		raw_interrupted(r, 1);
		raw_data_in(r, raw_data, ATA_SECTOR);
	}
	raw_interrupted(r, 0);
	raw_in(r, ATA_STATUS);
	raw_task28(r, 0, 2, 17);
	raw_command(r, ATA_OP_READ_MULTIPLE);
	for (u32 i = 0; i < 2; i++) {
		raw_interrupted(r, 1);
		raw_data_in(r, raw_data, (i ? 1 : 16) * ATA_SECTOR);
	}
	raw_interrupted(r, 0);
	raw_end(r);
}

HIST(pio_write_irq, "ide/pio/write-interrupts",
     "none before the first block written, one after each, the last one included",
     .model = "piix3-ide", .drive = { [2] = DISK })
{
	struct ide_raw *r = raw_begin(dev);

	r->ch = 1;
	raw_irqs(r);
	raw_fill(raw_data, 3 * ATA_SECTOR, 8);
	raw_task28(r, 0, 2, 3);
	raw_command(r, ATA_OP_WRITE_SECTORS);
	raw_wait(r);
	raw_interrupted(r, 0);
	for (u32 i = 0; i < 3; i++) {
		raw_data_out(r, raw_data + i * ATA_SECTOR, ATA_SECTOR);
		raw_interrupted(r, 1);
	}
	raw_in(r, ATA_STATUS);
	raw_end(r);
}

HIST(nien, "ide/pio/nien", "with nIEN set nothing is heard, in Bus Master Status neither",
     .model = "piix3-ide", .drive = { DISK })
{
	struct ide_raw *r = raw_begin(dev);

	raw_irqs(r);
	raw_ctl(r, ATA_DEVCTL_NIEN);
	raw_nondata(r, 0, ATA_OP_CHECK_POWER, 0, 0);
	raw_interrupted(r, 0);
	raw_bm(r, BM_STATUS);
	raw_ctl(r, 0);
	raw_interrupted(r, 0);
	raw_select(r, 0);
	raw_command(r, ATA_OP_CHECK_POWER);
	raw_interrupted(r, 1);
	raw_end(r);
}

HIST(nien_pending, "ide/pio/nien-pending", "an interrupt that waits behind nIEN",
     .model = "piix3-ide", .drive = { DISK })
{
	struct ide_raw *r = raw_begin(dev);

	raw_irqs(r);
	raw_ctl(r, ATA_DEVCTL_NIEN);
	raw_select(r, 0);
	raw_command(r, ATA_OP_CHECK_POWER);
	raw_wait(r);
	raw_interrupted(r, 0);
	raw_ctl(r, 0);
	raw_interrupted(r, 1);
	raw_in(r, ATA_STATUS);
	raw_end(r);
}
