// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* CD drives: what they are to the class, and data in every way they can come. */
#include <string.h>

#include <trivet/hw/atapi.h>

#include "ide_scn.h"

#define CD "disk0=cdmem:2M"
enum { BLOCKS = 1024 }; /* of that */

static void sizes(struct scn *s, u32 unit)
{
	static const u32 counts[] = { 1, 2, 7, 8, 9, 31, 64, 127, 128, 129, 300 };
	u64 end = ide_sectors(s->dev, unit) / 4;

	for (u32 i = 0; i < TRV_ARRAY_SIZE(counts); i++)
		scn_ok(scn_read(s, unit, 3 + 37 * i, counts[i]), "a read");
	scn_ok(scn_read(s, unit, 0, 1), "a read");
	scn_ok(scn_read(s, unit, end - 1, 1), "a read");
	scn_ok(scn_read(s, unit, end - 100, 100), "a read");
}

SIM_SCENARIO(cd_identify, "ide/cd-identify",
	     "a CD drive is a read-only, removable disk of 2048-byte blocks")
{
	const struct trv_disk_info *info;
	struct trv_disk *d;
	struct scn s;

	if (!scn_up(&s, PIIX4 CD))
		return;
	d = scn_disk(&s, 0);
	if (d) {
		struct trv_io io = { .op = TRV_REQ_DISCARD, .blocks = 1, .done = (void *)1 };

		info = trv_disk_info(d);
		sim_expect_eq(info->flags,
			      TRV_DISK_CDROM | TRV_DISK_REMOVABLE | TRV_DISK_READ_ONLY);
		sim_expect_eq(info->block_size, CD_BLOCK);
		sim_expect(!strcmp(info->model, "TRIVET SIMULATED CD-ROM"));
		sim_expect_eq(trv_disk_submit(d, &io), -EOPNOTSUPP);
		if (!sim_deviated()) {
			sim_expect_eq(info->blocks, BLOCKS);
			sim_expect(!strcmp(info->mode, "UDMA/33"));
			sim_expect_eq(scn_write(&s, 0, 3, 2), -EACCES);
			sim_expect_eq(scn_flush(&s, 0), 0);
			sim_expect_eq(scn_read(&s, 0, BLOCKS, 1), -ERANGE);
			sim_expect_eq(scn_read(&s, 0, BLOCKS - 1, 2), -ERANGE);
			/* What a disk is asked, a CD drive is not. */
			sim_expect_eq(ide_count_op(s.dev, 0, ATA_OP_IDENTIFY), 0);
			sim_expect_eq(ide_count_op(s.dev, 0, ATA_OP_SET_MULTIPLE), 0);
			sim_expect_eq(ide_count_packet(s.dev, 0, PACKET_INQUIRY), 1);
		}
	}
	scn_down(&s);
}

static void read_test(const char *spec, u32 dma, u32 irq)
{
	struct scn s = scn_plug(spec);

	scn_option(&s, "dma", dma);
	scn_option(&s, "irq", irq);
	if (!scn_bind(&s))
		return;
	sizes(&s, 0);
	if (!sim_deviated())
		sim_expect(!ide_stats(s.dev, 0)->dma_commands == !dma);
	scn_down(&s);
}

SIM_SCENARIO(cd_dma, "ide/cd-read-dma", "read by DMA")
{
	read_test(PIIX4 CD, 1, 1);
}

SIM_SCENARIO(cd_large, "ide/cd-large", "a disc whose blocks need all 32 bits of their address")
{
	static const u64 edges[] = { 1ULL << 16, 1ULL << 24, 1ULL << 28, 1ULL << 31 };
	struct scn s;

	if (!scn_up(&s, PIIX4 "disk0=cdmem:6T"))
		return;
	for (u32 i = 0; i < TRV_ARRAY_SIZE(edges); i++)
		scn_ok(scn_read(&s, 0, edges[i] - 3, 9), "a read across an edge");
	scn_ok(scn_read(&s, 0, ide_sectors(s.dev, 0) / 4 - 1, 1), "a read of the last block");
	scn_down(&s);
}

SIM_SCENARIO(cd_pio, "ide/cd-read-pio", "read by PIO, in as many blocks as the drive likes")
{
	read_test(PIIX4 CD, 0, 1);
}

SIM_SCENARIO(cd_poll, "ide/cd-read-poll", "read by DMA without an interrupt")
{
	read_test(PIIX4 CD, 1, 0);
}

SIM_SCENARIO(cd_poll_pio, "ide/cd-read-poll-pio", "read by PIO without an interrupt")
{
	read_test(PIIX4 CD, 0, 0);
}

SIM_SCENARIO(cd_native, "ide/cd-read-native", "read by DMA in native mode")
{
	read_test(NATIVE CD, 1, 1);
}

SIM_SCENARIO(cd_piix3, "ide/cd-read-mwdma", "read by Multiword DMA")
{
	read_test(PIIX3 CD, 1, 1);
}

SIM_SCENARIO(cd_drq, "ide/cd-drq-types",
	     "asking for the packet by interrupt, within 3 ms or at once, each by DMA and PIO")
{
	for (u32 i = 0; i < 6; i++) {
		struct scn s = scn_plug(PIIX4 CD);

		ide_caps(s.dev, 0)->drq_type = i / 2;
		scn_option(&s, "dma", i % 2);
		if (!scn_bind(&s))
			return;
		scn_ok(scn_read(&s, 0, 10, 5), "a read");
		scn_ok(scn_read(&s, 0, 700, 40), "a read");
		scn_down(&s);
	}
}

SIM_SCENARIO(cd_drq_poll, "ide/cd-drq-types-poll", "the same without an interrupt")
{
	for (u32 i = 0; i < 6; i++) {
		struct scn s = scn_plug(PIIX4 CD);

		ide_caps(s.dev, 0)->drq_type = i / 2;
		scn_option(&s, "dma", i % 2);
		scn_option(&s, "irq", 0);
		if (!scn_bind(&s))
			return;
		scn_ok(scn_read(&s, 0, 700, 40), "a read");
		scn_down(&s);
	}
}

static void read_in_blocks_of(u16 bytes)
{
	struct scn s = scn_plug(PIIX4 CD);

	ide_caps(s.dev, 0)->block_max = bytes;
	scn_option(&s, "dma", 0);
	if (!scn_bind(&s))
		return;
	scn_ok(scn_read(&s, 0, 10, 1), "a read");
	if (bytes > 100)
		scn_ok(scn_read(&s, 0, 700, 9), "a read");
	scn_down(&s);
}

SIM_SCENARIO(cd_short, "ide/cd-short-blocks",
	     "by PIO the drive picks the size of each block: here an odd one to us")
{
	read_in_blocks_of(2046);
}

SIM_SCENARIO_LONG(cd_all_short, "ide/cd-short-blocks-all",
		  "and also small ones, or longer than a CD's")
{
	static const u16 sizes_of[] = { 2, 14, 512, 2048, 3000, 9000 };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(sizes_of); i++)
		read_in_blocks_of(sizes_of[i]);
}

SIM_SCENARIO(cd_unmapped, "ide/cd-odd-address", "data that cannot be mapped go by PIO")
{
	struct scn s;
	struct trv_disk *d;
	u8 *buf;

	if (!scn_up(&s, PIIX4 CD))
		return;
	d = scn_disk(&s, 0);
	buf = sim_buf(9 * CD_BLOCK + 1);
	scn_room(&s, 9 * CD_BLOCK / ATA_SECTOR);
	if (d && scn_ok(trv_disk_rw(d, TRV_REQ_READ, 50, 9, buf + 1), "a read")) {
		ide_medium_read(s.dev, 0, 200, 36, s.want);
		sim_expect(!memcmp(buf + 1, s.want, 9 * CD_BLOCK));
		if (!sim_deviated())
			sim_expect_eq(ide_stats(s.dev, 0)->dma_commands, 0);
	}
	scn_down(&s);
}

/* ---- two on a cable ------------------------------------------------------- */

static void mixed(const char *spec, u32 cd, u32 disk)
{
	struct scn_io io[8];
	u32 n = 0;
	struct scn s;

	if (!scn_up(&s, spec))
		return;
	sim_expect(sim_deviated() || scn_disks(&s) == 2);
	for (u32 i = 0; i < 3; i++) {
		scn_ok(scn_read(&s, cd, 100 * i, 10), "a read of the CD");
		scn_rw_ok(&s, disk, 100 * i, 10);
	}
	/* Both busy: the bus turns with each request. */
	for (; n < TRV_ARRAY_SIZE(io); n++) {
		u32 unit = n & 1 ? disk : cd;
		enum trv_req_op op = n % 4 == 1 ? TRV_REQ_WRITE : TRV_REQ_READ;

		if (!scn_ok(scn_submit(&s, &io[n], unit, op, 50 * n, 4 + n), "submit"))
			break;
	}
	while (n--)
		scn_ok(scn_wait(&io[n]), "one of many");
	scn_down(&s);
}

SIM_SCENARIO(cd_slave, "ide/cd-slave", "a disk and a CD drive on one cable, both busy")
{
	mixed(PIIX4 "disk0=mem:2M,disk1=cdmem:1M", 1, 0);
}

SIM_SCENARIO(cd_master, "ide/cd-master", "a CD drive and a disk on one cable, both busy")
{
	mixed(PIIX4 "disk0=cdmem:1M,disk1=mem:2M", 0, 1);
}

SIM_SCENARIO(cd_master_poll, "ide/cd-master-native", "the same in native mode")
{
	mixed(NATIVE "disk0=cdmem:1M,disk1=mem:2M", 0, 1);
}

SIM_SCENARIO(cd_two, "ide/cd-two", "two CD drives on one cable")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 "disk2=cdmem:1M,disk3=cdmem:2M"))
		return;
	for (u32 i = 0; i < 3; i++) {
		scn_ok(scn_read(&s, 2, 100 * i, 10), "a read of one");
		scn_ok(scn_read(&s, 3, 100 * i, 10), "a read of the other");
	}
	scn_down(&s);
}

SIM_SCENARIO(cd_alone, "ide/cd-slave-only", "a CD drive as device 1, and no device 0")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 "disk1=cdmem:1M"))
		return;
	scn_ok(scn_read(&s, 1, 100, 10), "a read");
	scn_down(&s);
}

/* ---- recognised, or not --------------------------------------------------- */

SIM_SCENARIO(cd_sloppy, "ide/sloppy-signature",
	     "drives that leave Count and LBA Low out of their signature are drives")
{
	struct scn s = scn_plug(PIIX4 "disk0=mem:2M,disk1=cdmem:1M");

	ide_caps(s.dev, 0)->sloppy_signature = true;
	ide_caps(s.dev, 1)->sloppy_signature = true;
	if (!scn_bind(&s))
		return;
	scn_rw_ok(&s, 0, 100, 10);
	scn_ok(scn_read(&s, 1, 100, 10), "a read");
	scn_down(&s);
}

/* A packet drive that is not for us is left alone; its neighbour is not. */
static void left_alone(struct scn *s)
{
	scn_absent(1);
	if (!scn_bind(s))
		return;
	if (!sim_deviated()) {
		sim_expect_eq(scn_disks(s), 1);
		sim_expect_eq(ide_count_packet(s->dev, 1, PACKET_READ_10), 0);
	}
	scn_rw_ok(s, 0, 100, 10);
	scn_down(s);
}

#define DISK_AND_CD "disk0=mem:2M,disk1=cdmem:1M"

SIM_SCENARIO(cd_not_cd, "ide/cd-other-kind", "a packet drive that is no CD drive is left alone")
{
	struct scn s = scn_plug(PIIX4 DISK_AND_CD);

	ide_identify_set(s.dev, 1, ATA_ID_CONFIG, ATAPI_ID_TYPE | ATAPI_ID_REMOVABLE);
	left_alone(&s);
}

SIM_SCENARIO(cd_16, "ide/cd-long-packets", "a drive with packets of 16 bytes is left alone")
{
	struct scn s = scn_plug(PIIX4 DISK_AND_CD);

	ide_identify_set(s.dev, 1, ATA_ID_CONFIG,
			 ATAPI_ID_TYPE | ATAPI_ID_SET_CD | ATAPI_ID_PACKET_16);
	left_alone(&s);
}

SIM_SCENARIO(cd_inquiry, "ide/cd-inquiry",
	     "a drive that INQUIRY calls something else is left alone")
{
	struct scn s = scn_plug(PIIX4 DISK_AND_CD);

	ide_caps(s.dev, 1)->inquiry_type = 0;
	left_alone(&s);
}

SIM_SCENARIO(cd_no_inquiry, "ide/cd-inquiry-fails", "a drive that cannot say what it is, likewise")
{
	const struct ide_fault f = { .kind = IDE_F_ABRT, .drive = 1, .packet = PACKET_INQUIRY };
	struct scn s = scn_plug(PIIX4 DISK_AND_CD);

	ide_fault_add(s.dev, &f);
	left_alone(&s);
}

static void asked_again(const struct ide_fault *f)
{
	struct scn s = scn_plug(PIIX4 DISK_AND_CD);

	ide_fault_add(s.dev, f);
	if (!scn_bind(&s))
		return;
	scn_ok(scn_read(&s, 1, 100, 10), "a read");
	scn_down(&s);
}

SIM_SCENARIO(cd_inquiry_once, "ide/cd-inquiry-again",
	     "one that fails the first time is asked again")
{
	const struct ide_fault f = {
		.kind = IDE_F_ABRT, .drive = 1, .packet = PACKET_INQUIRY, .times = 1
	};

	asked_again(&f);
}

SIM_SCENARIO(cd_no_identify, "ide/cd-identify-fails",
	     "a drive that does not identify itself, likewise")
{
	const struct ide_fault f = { .kind = IDE_F_ABRT, .drive = 1, .op = ATA_OP_IDENTIFY_PACKET };
	struct scn s = scn_plug(PIIX4 DISK_AND_CD);

	ide_fault_add(s.dev, &f);
	left_alone(&s);
}

SIM_SCENARIO(cd_identify_once, "ide/cd-identify-again",
	     "one that refuses the first time is asked again")
{
	const struct ide_fault f = {
		.kind = IDE_F_ABRT, .drive = 1, .op = ATA_OP_IDENTIFY_PACKET, .times = 1
	};

	asked_again(&f);
}

SIM_SCENARIO(cd_hangs, "ide/cd-setup-hangs",
	     "one that hangs when asked what it is costs only itself")
{
	const struct ide_fault f = { .kind = IDE_F_HANG, .drive = 1, .packet = PACKET_INQUIRY };
	struct scn s = scn_plug(PIIX4 DISK_AND_CD);

	ide_fault_add(s.dev, &f);
	left_alone(&s);
}

SIM_SCENARIO(cd_blocks, "ide/cd-other-blocks",
	     "raw sectors are read as data; a disc with blocks of another length is not read")
{
	struct scn s = scn_plug(PIIX4 CD);
	struct trv_disk *d;

	ide_caps(s.dev, 0)->block_len = 2352;
	if (!scn_bind(&s))
		return;
	scn_ok(scn_read(&s, 0, 100, 10), "a read");
	d = scn_disk(&s, 0);
	for (u32 turn = 0; d && turn < 2; turn++) {
		ide_caps(s.dev, 0)->block_len = turn ? 4096 : 512;
		ide_cd_insert(s.dev, 0, 64 + turn, 9);
		/* Ready after 400 ms. */
		for (u32 i = 0; i < 3; i++) {
			sim_sleep(200000000);
			scn_ok(trv_min(trv_disk_check_events(d), 0), "a check");
		}
		sim_expect(sim_deviated() || trv_disk_info(d)->blocks == 0);
		scn_fails(scn_read(&s, 0, 0, 1), -ENOMEDIUM, "a read of a disc that is none");
	}
	ide_caps(s.dev, 0)->block_len = CD_BLOCK;
	scn_down(&s);
}
