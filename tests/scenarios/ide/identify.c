// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the driver learns of its drives. */
#include <string.h>

#include "ide_scn.h"

static const struct trv_disk_info *info(struct scn *s, u32 unit)
{
	struct trv_disk *d = scn_disk(s, unit);

	return d ? trv_disk_info(d) : NULL;
}

static void expect_string(const char *got, const char *want)
{
	if (strcmp(got, want))
		sim_fail(SIM_EXPECT, SIM_SITE, "\"%s\" is not \"%s\"", got, want);
}

SIM_SCENARIO(identify, "ide/identify",
	     "model, serial, firmware, capacity and abilities are as the drive says")
{
	const u32 has = TRV_DISK_WRITE_CACHE | TRV_DISK_FUA | TRV_DISK_DISCARD;
	const struct trv_disk_info *i;
	struct scn s = scn_plug(PIIX4 TWO_DISKS);

	strcpy(ide_caps(s.dev, 0)->model, "WDC AC2850F");
	strcpy(ide_caps(s.dev, 0)->firmware, "27.25C38");
	strcpy(ide_caps(s.dev, 0)->serial, "WD-WM3491203394");
	if (!scn_bind(&s))
		return;
	i = info(&s, 0);
	if (i) {
		expect_string(i->model, "WDC AC2850F");
		expect_string(i->firmware, "27.25C38");
		expect_string(i->serial, "WD-WM3491203394");
		sim_expect_eq(i->blocks, 32768);
		sim_expect_eq(i->block_size, 512);
		sim_expect_eq(i->phys_block, 512);
		if (!sim_deviated())
			sim_expect_eq(i->flags & has, has);
		sim_expect_eq(i->flags & (TRV_DISK_READ_ONLY | TRV_DISK_CDROM), 0);
		sim_expect(i->max_blocks >= 256);
		sim_expect(i->max_discard > 0);
	}
	i = info(&s, 1);
	if (i) {
		sim_expect_eq(i->unit, 1);
		sim_expect_eq(i->blocks, 16384);
		expect_string(i->model, ide_caps(s.dev, 1)->model);
	}
	scn_down(&s);
}

SIM_SCENARIO(identify_plain, "ide/identify-plain",
	     "a drive that can do nothing but PIO and 28 bits is used as such")
{
	const struct trv_disk_info *i;
	struct scn s = scn_plug(PIIX4 "disk0=mem:16M");
	struct ide_caps *c = ide_caps(s.dev, 0);

	c->lba48 = c->dma = c->flush = c->fua = c->trim = c->write_cache = false;
	c->mwdma = c->udma = -1;
	c->multiple_max = 0;
	c->pio = 2;
	if (!scn_bind(&s))
		return;
	i = info(&s, 0);
	if (i) {
		sim_expect_eq(i->flags & (TRV_DISK_WRITE_CACHE | TRV_DISK_FUA | TRV_DISK_DISCARD),
			      0);
		sim_expect(i->max_blocks <= ATA_COUNT_MAX_LBA28);
		scn_rw_few(&s, 0);
		sim_expect_eq(ide_stats(s.dev, 0)->dma_commands, 0);
		sim_expect_eq(ide_count_op(s.dev, 0, ATA_OP_SET_MULTIPLE), 0);
	}
	scn_down(&s);
}

SIM_SCENARIO(identify_phys, "ide/identify-4k-physical",
	     "512-byte logical sectors on 4 KiB physical ones")
{
	const struct trv_disk_info *i;
	struct scn s = scn_plug(PIIX4 "disk0=mem:4M");

	ide_caps(s.dev, 0)->phys_shift = 3;
	if (!scn_bind(&s))
		return;
	i = info(&s, 0);
	if (i) {
		sim_expect_eq(i->block_size, 512);
		sim_expect_eq(i->phys_block, 4096);
	}
	scn_down(&s);
}

SIM_SCENARIO(identify_checksum, "ide/identify-checksum",
	     "IDENTIFY data with a wrong checksum are not believed; the other drive works")
{
	struct scn s = scn_plug(PIIX4 TWO_DISKS);

	ide_identify_corrupt(s.dev, 0);
	scn_absent(0);
	if (!scn_bind(&s))
		return;
	if (!sim_deviated()) {
		sim_expect_eq(scn_disks(&s), 1);
		sim_expect_eq(trv_disk_info(trv_disk_first(s.dev))->unit, 1);
	}
	scn_down(&s);
}

SIM_SCENARIO(
	identify_garbled, "ide/identify-garbled",
	"IDENTIFY data that cross the cable wrong are asked for again, at first and after a reset")
{
	const struct ide_fault f = { .kind = IDE_F_GARBLE, .op = ATA_OP_IDENTIFY, .times = 1 };
	const struct ide_fault hang = {
		.kind = IDE_F_HANG, .first = 3000, .last = 3000, .times = 1
	};
	struct scn s = scn_plug(PIIX4 "disk0=mem:4M");

	/* Only a checksum can tell. */
	ide_trait_set(s.dev, 0, IDE_T_IDENTIFY, 0);
	scn_hurry(&s, 500);
	ide_fault_add(s.dev, &f);
	if (!scn_bind(&s))
		return;
	ide_fault_add(s.dev, &f);
	ide_fault_add(s.dev, &hang);
	scn_fails(scn_read(&s, 0, 3000, 8), -ETIMEDOUT, "a read that hangs");
	scn_rw_ok(&s, 0, 3000, 8);
	scn_down(&s);
}

SIM_SCENARIO(identify_absurd, "ide/identify-absurd",
	     "a capacity of zero, an impossible MULTIPLE, strings of control characters")
{
	struct scn s = scn_plug(PIIX4 TWO_DISKS);
	const struct trv_disk_info *i;

	ide_identify_set(s.dev, 0, ATA_ID_LBA28, 0);
	ide_identify_set(s.dev, 0, ATA_ID_LBA28 + 1, 0);
	ide_identify_set(s.dev, 0, ATA_ID_LBA48, 0);
	ide_identify_set(s.dev, 1, ATA_ID_MODEL, 0x0107);
	ide_identify_set(s.dev, 1, ATA_ID_MODEL + 1, 0xff80);
	ide_identify_set(s.dev, 1, ATA_ID_MAX_MULTIPLE, 0x80ff);
	scn_absent(0);
	if (!scn_bind(&s))
		return;
	i = info(&s, 1);
	for (u32 n = 0; i && i->model[n]; n++)
		sim_expect(i->model[n] >= ' ' && i->model[n] <= '~');
	if (!sim_deviated())
		sim_expect_eq(scn_disks(&s), 1);
	scn_down(&s);
}

SIM_SCENARIO(empty, "ide/no-drives",
	     "a controller without drives: probe says so or has no disks, and no interrupt hangs")
{
	struct scn s = scn_plug("piix3-ide");
	int rc = sim_bind(s.dev);

	if (rc && !sim_deviated())
		sim_expect_eq(rc, -ENODEV);
	if (rc)
		return;
	sim_expect_eq(scn_disks(&s), 0);
	sim_unbind(s.dev);
}

SIM_SCENARIO(slave_absent, "ide/no-slave",
	     "device 0 answers for an absent device 1; the driver is not fooled")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 "disk0=mem:4M,disk2=mem:4M"))
		return;
	if (!sim_deviated())
		sim_expect_eq(scn_disks(&s), 2);
	scn_rw_ok(&s, 0, 10, 20);
	scn_rw_ok(&s, 2, 10, 20);
	scn_down(&s);
}

SIM_SCENARIO(compact_flash, "ide/identify-compact-flash",
	     "a CompactFlash card is an ATA disk, whatever bit 15 of word 0 says")
{
	struct scn s = scn_plug(PIIX4 TWO_DISKS);

	ide_identify_set(s.dev, 1, ATA_ID_CONFIG, ATA_ID_CONFIG_CF);
	if (!scn_bind(&s))
		return;
	scn_rw_ok(&s, 1, 10, 20);
	scn_down(&s);
}

SIM_SCENARIO(slave_only, "ide/slave-only", "a device 1 with no device 0")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 "disk1=mem:4M"))
		return;
	if (!sim_deviated())
		sim_expect_eq(scn_disks(&s), 1);
	scn_rw_ok(&s, 1, 10, 20);
	scn_down(&s);
}

SIM_SCENARIO(channel_off, "ide/channel-off", "a channel the firmware disabled is left alone")
{
	struct scn s = scn_plug(PIIX4 FOUR_DISKS);

	ide_clean(s.dev); /* nobody will fetch an interrupt there */
	sim_pci_cfg_set(s.dev, PIIX_IDETIM1, 2, 0);
	scn_absent(2);
	scn_absent(3);
	if (!scn_bind(&s))
		return;
	if (!sim_deviated())
		sim_expect_eq(scn_disks(&s), 2);
	sim_expect_eq(ide_stats(s.dev, 2)->commands, 0);
	scn_rw_ok(&s, 1, 10, 20);
	scn_down(&s);
}
