// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* IDENTIFY PACKET DEVICE data (ATA/ATAPI-7 V1, IDENTIFY PACKET DEVICE). */
#include <string.h>

#include <os/test-sim/models/ata_model.h>

static u16 drq_bits(struct ata_drive *d)
{
	static const u16 bits[] = { ATAPI_ID_DRQ_3MS, ATAPI_ID_DRQ_INTR, ATAPI_ID_DRQ_50US };

	return bits[atapi_drq_type(d) % TRV_ARRAY_SIZE(bits)];
}

void atapi_identify(struct ata_drive *d)
{
	const u16 cmds = ATA_ID_CMDS1_NOP | ATA_ID_CMDS1_DEVICE_RESET | ATA_ID_CMDS1_PACKET |
			 ATA_ID_CMDS1_POWER;
	const struct ide_caps *c = &d->caps;
	u8 *out = d->buf;

	memset(out, 0, ATA_ID_BYTES);
	ata_id_put(out, ATA_ID_CONFIG,
		   ATAPI_ID_TYPE | ATAPI_ID_SET_CD | ATAPI_ID_REMOVABLE | drq_bits(d) |
			   ATAPI_ID_PACKET_12);
	ata_id_string(out, ATA_ID_SERIAL, c->serial, ATA_ID_SERIAL_LEN);
	ata_id_string(out, ATA_ID_FIRMWARE, c->firmware, ATA_ID_FIRMWARE_LEN);
	ata_id_string(out, ATA_ID_MODEL, c->model, ATA_ID_MODEL_LEN);
	ata_id_put(out, ATA_ID_CAPS,
		   ATA_ID_CAPS_LBA | ATA_ID_CAPS_IORDY | ATA_ID_CAPS_IORDY_OFF |
			   (c->dma ? ATA_ID_CAPS_DMA : 0));
	ata_id_put(out, ATA_ID_VALID, ATA_ID_VALID_64_70 | (c->udma >= 0 ? ATA_ID_VALID_88 : 0));
	ata_id_put(out, ATA_ID_MAJOR, 0x00f0);
	ata_id_put(out, ATA_ID_CMDS1, cmds);
	ata_id_put(out, ATA_ID_CMDS2, ATA_ID_SIGNATURE);
	ata_id_put(out, ATA_ID_CMDS3, ATA_ID_SIGNATURE);
	ata_id_put(out, ATA_ID_ENABLED1, cmds);
	ata_id_put(out, ATA_ID_ENABLED3, ATA_ID_SIGNATURE);
	ata_id_put(out, ATA_ID_RESET_RESULT,
		   ATA_ID_SIGNATURE | (c->cable80 ? ATA_ID_80WIRE : 0) |
			   (d->index ? 0x0300 : 0x0009));
	ata_id_timing(d, out);
	ata_id_finish(d, out);
}
