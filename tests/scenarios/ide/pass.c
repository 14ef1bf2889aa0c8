// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Commands by hand, between requests: what is let through, and that it leaves nothing behind. */
#include "ide_scn.h"

/* IDENTIFY of the drive at @unit; its capacity must be in it. The result. */
static int identify(struct scn *s, u32 unit)
{
	struct trv_ata_cmd cmd = { .command = ATA_OP_IDENTIFY };
	struct trv_disk *d = scn_disk(s, unit);
	int rc = -ENODEV;

	scn_room(s, 1);
	if (d)
		rc = trv_disk_ata(d, &cmd, s->buf, ATA_ID_BYTES);
	if (!rc && !(cmd.status & (ATA_STATUS_ERR | ATA_STATUS_DF))) {
		const __le16 *id = (const __le16 *)s->buf;

		sim_expect_eq(trv_le16_to_cpu(id[60]) | trv_le16_to_cpu(id[61]) << 16,
			      ide_sectors(s->dev, unit));
		sim_expect_eq(cmd.status & ATA_STATUS_DRQ, 0);
	}
	return rc;
}

SIM_SCENARIO(pass, "ide/by-hand", "IDENTIFY by hand, and a SMART command the drive does not know")
{
	struct trv_ata_cmd smart = { .command = ATA_OP_SMART,
				     .features = ATA_SMART_RETURN_STATUS,
				     .lba_mid = ATA_SMART_KEY_MID,
				     .lba_high = ATA_SMART_KEY_HIGH };
	struct trv_disk *d;
	struct scn s;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	scn_ok(identify(&s, 0), "IDENTIFY of device 0");
	scn_rw_few(&s, 0);
	scn_ok(identify(&s, 1), "IDENTIFY of device 1");
	d = scn_disk(&s, 0);
	if (d && scn_ok(trv_disk_ata(d, &smart, NULL, 0), "SMART RETURN STATUS") &&
	    !sim_deviated()) {
		sim_expect(smart.status & ATA_STATUS_ERR);
		sim_expect(smart.error & ATA_ERROR_ABRT);
	}
	scn_rw_few(&s, 1);
	scn_down(&s);
}

SIM_SCENARIO(pass_refused, "ide/by-hand-refused",
	     "what would change the drive's setup does not reach it, nor does a wrong length")
{
	struct trv_ata_cmd cmd = { .command = ATA_OP_SET_FEATURES, .features = ATA_SF_XFER_MODE };
	struct trv_disk *d;
	struct scn s;
	u32 before;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	d = scn_disk(&s, 0);
	if (d) {
		before = ide_count_op(s.dev, 0, ATA_OP_SET_FEATURES);
		sim_expect_eq(trv_disk_ata(d, &cmd, NULL, 0), -EOPNOTSUPP);
		sim_expect_eq(ide_count_op(s.dev, 0, ATA_OP_SET_FEATURES), before);
		cmd.command = ATA_OP_SMART;
		cmd.features = ATA_SMART_ENABLE + 1;
		sim_expect_eq(trv_disk_ata(d, &cmd, NULL, 0), -EOPNOTSUPP);
		cmd.features = ATA_SMART_READ_DATA;
		sim_expect_eq(trv_disk_ata(d, &cmd, NULL, 0), -EINVAL);
		sim_expect_eq(ide_count_op(s.dev, 0, ATA_OP_SMART), 0);
	}
	scn_down(&s);
}

SIM_SCENARIO(pass_hang, "ide/by-hand-hang",
	     "a drive that hangs over a command by hand is reset, and works as before")
{
	const struct ide_fault hang = {
		.kind = IDE_F_HANG, .drive = 0, .op = ATA_OP_IDENTIFY, .times = 1
	};
	struct scn s;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	ide_fault_add(s.dev, &hang);
	if (scn_disk(&s, 0))
		scn_fails(identify(&s, 0), -ETIMEDOUT, "IDENTIFY of a drive that hangs");
	scn_rw_few(&s, 0);
	scn_rw_few(&s, 1);
	scn_down(&s);
}
