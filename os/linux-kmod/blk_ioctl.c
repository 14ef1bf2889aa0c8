// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The block class: commands from user space, as the kernel's ATA disks take them (linux/hdreg.h).
 * hdparm and smartctl -d ata use these. Which commands a disk takes says its driver.
 */
#include <linux/capability.h>
#include <linux/hdreg.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <scsi/sg.h>

#include <os/linux-kmod/blk.h>
#include <trivet/hw/ata.h>

/* Status: the drive did not do it. */
#define ATA_FAILED (ATA_STATUS_ERR | ATA_STATUS_DF)

/* One at a time with check_events(), and none once the disk is going. */
static int ata(struct trv_disk *disk, struct trv_ata_cmd *cmd, void *data, u32 bytes)
{
	struct trv_blkq *q = disk->q;
	int rc = -ENODEV;

	mutex_lock(&q->check);
	if (!disk->going)
		rc = q->ops->ata(disk, cmd, data, bytes);
	mutex_unlock(&q->check);
	if (!rc && cmd->status & ATA_FAILED)
		rc = -EIO;
	return rc;
}

static bool may_command(void)
{
	return capable(CAP_SYS_ADMIN) && capable(CAP_SYS_RAWIO);
}

/* Where a word has two characters, the first is its high byte. */
static void text(u16 *words, u32 bytes)
{
	for (u32 i = 0; i < bytes / 2; i++)
		swab16s(&words[i]);
}

/* HDIO_GET_IDENTITY: struct hd_driveid, the sector of IDENTIFY with its texts in order. */
static int get_identity(struct trv_disk *disk, void __user *to)
{
	const bool cd = disk->info.flags & TRV_DISK_CDROM;
	struct trv_ata_cmd cmd = { .command = cd ? ATA_OP_IDENTIFY_PACKET : ATA_OP_IDENTIFY };
	u16 *data = kzalloc(ATA_SECTOR, GFP_KERNEL);
	int rc;

	if (!data)
		return -ENOMEM;
	rc = ata(disk, &cmd, data, ATA_SECTOR);
	text(&data[ATA_ID_SERIAL], ATA_ID_SERIAL_LEN);
	text(&data[ATA_ID_FIRMWARE], ATA_ID_FIRMWARE_LEN);
	text(&data[ATA_ID_MODEL], ATA_ID_MODEL_LEN);
	if (!rc && copy_to_user(to, data, ATA_SECTOR))
		rc = -EFAULT;
	kfree(data);
	return rc;
}

/*
 * HDIO_DRIVE_CMD: command, count (of SMART: LBA low), features, blocks of data that follow.
 * Status, error and count go back.
 */
static int drive_cmd(struct trv_disk *disk, u8 __user *arg)
{
	struct trv_ata_cmd cmd = { 0 };
	u8 args[4], *data = NULL;
	u32 bytes;
	int rc;

	if (!may_command())
		return -EACCES;
	if (copy_from_user(args, arg, sizeof(args)))
		return -EFAULT;
	cmd.command = args[0];
	cmd.features = args[2];
	cmd.count = args[1];
	if (cmd.command == ATA_OP_SMART) {
		cmd.count = args[3];
		cmd.lba_low = args[1];
		cmd.lba_mid = ATA_SMART_KEY_MID;
		cmd.lba_high = ATA_SMART_KEY_HIGH;
	}
	bytes = args[3] * ATA_SECTOR;
	if (bytes) {
		data = kzalloc(bytes, GFP_KERNEL);
		if (!data)
			return -ENOMEM;
	}
	rc = ata(disk, &cmd, data, bytes);
	args[0] = cmd.status;
	args[1] = cmd.error;
	args[2] = cmd.count;
	if (copy_to_user(arg, args, sizeof(args)) ||
	    (!rc && copy_to_user(arg + sizeof(args), data, bytes)))
		rc = -EFAULT;
	kfree(data);
	return rc;
}

/* HDIO_DRIVE_TASK: the seven registers, of a command without data, there and back. */
static int drive_task(struct trv_disk *disk, u8 __user *arg)
{
	struct trv_ata_cmd cmd;
	u8 args[7];
	int rc;

	if (!may_command())
		return -EACCES;
	if (copy_from_user(args, arg, sizeof(args)))
		return -EFAULT;
	cmd = (struct trv_ata_cmd){
		.command = args[0],
		.features = args[1],
		.count = args[2],
		.lba_low = args[3],
		.lba_mid = args[4],
		.lba_high = args[5],
	};
	rc = ata(disk, &cmd, NULL, 0);
	args[0] = cmd.status;
	args[1] = cmd.error;
	args[2] = cmd.count;
	args[3] = cmd.lba_low;
	args[4] = cmd.lba_mid;
	args[5] = cmd.lba_high;
	args[6] = cmd.device;
	return copy_to_user(arg, args, sizeof(args)) ? -EFAULT : rc;
}

int trv_kmod_ioctl(struct gendisk *gd, unsigned int cmd, unsigned long arg)
{
	struct trv_disk *disk = gd->private_data;
	void __user *argp = (void __user *)arg;

	if (!disk->q->ops->ata)
		return -ENOTTY;
	switch (cmd) {
	case HDIO_GET_IDENTITY:
		return get_identity(disk, argp);
	case HDIO_DRIVE_CMD:
		return drive_cmd(disk, argp);
	case HDIO_DRIVE_TASK:
		return drive_task(disk, argp);
	case SG_IO:
		/* No SCSI here. hdparm takes this for "use the others", and -ENOTTY for the end. */
		return -EINVAL;
	default:
		return -ENOTTY;
	}
}
EXPORT_SYMBOL_GPL(trv_kmod_ioctl);
