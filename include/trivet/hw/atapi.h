/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packet devices: the PACKET transport's register meanings, and the packets,
 * replies and sense codes of a CD drive.
 *
 * "V1" is ATA/ATAPI-7 volume 1 (T13/1532D revision 4b), "SPC" SCSI Primary Commands-3, "MMC"
 * MultiMedia Commands-5; all quoted by the name of the command or table.
 * Numbers in packets and replies are big-endian.
 */
#ifndef TRIVET_HW_ATAPI_H
#define TRIVET_HW_ATAPI_H

/* Features, written with PACKET (V1, PACKET). The other bits are reserved. */
enum {
	ATAPI_FEATURE_DMA = 0x01,    /* data by DMA */
	ATAPI_FEATURE_OVL = 0x02,    /* may release the bus: overlapped feature set only */
	ATAPI_FEATURE_DMADIR = 0x04, /* IDENTIFY word 62 asks for it: to the host */
};

/* Sector Count, read: the interrupt reason (V1, PACKET). */
enum {
	ATAPI_REASON_CD = 0x01, /* a command packet or status, not data */
	ATAPI_REASON_IO = 0x02, /* to the host */
	ATAPI_REASON_REL = 0x04,
	ATAPI_REASON_MASK = 0x07,
	ATAPI_REASON_PACKET = ATAPI_REASON_CD, /* with DRQ: the device waits for the packet */
	ATAPI_REASON_DATA_IN = ATAPI_REASON_IO,
	ATAPI_REASON_DATA_OUT = 0,
	ATAPI_REASON_STATUS = ATAPI_REASON_CD | ATAPI_REASON_IO, /* the end */
};

/* Error, read after PACKET: the sense key in 7:4 (V1, PACKET, error outputs). */
enum {
	ATAPI_ERROR_KEY_SHIFT = 4,
	ATAPI_ERROR_ABRT = 0x04,
	ATAPI_ERROR_EOM = 0x02,
	ATAPI_ERROR_ILI = 0x01,
};

enum {
	ATAPI_PACKET_BYTES = 12,
	ATAPI_LIMIT_MAX = 0xfffe, /* 0xffff means the same (V1, PACKET, byte count limit) */
	CD_BLOCK = 2048,
};

/* IDENTIFY PACKET DEVICE (V1): words it has apart from those of IDENTIFY DEVICE. */
enum {
	ATA_ID_DMADIR = 62,
	ATA_ID_LIMIT_ZERO = 125, /* what a byte count limit of 0 means; 0: the command is aborted */
	ATAPI_ID_TYPE_MASK = 0xc000, /* word 0 */
	ATAPI_ID_TYPE = 0x8000,
	ATAPI_ID_SET_MASK = 0x1f00,
	ATAPI_ID_SET_CD = 0x0500,
	ATAPI_ID_REMOVABLE = 0x0080,
	ATAPI_ID_DRQ_MASK = 0x0060,
	ATAPI_ID_DRQ_3MS = 0x0000,  /* DRQ within 3 ms of PACKET */
	ATAPI_ID_DRQ_INTR = 0x0020, /* INTRQ with DRQ, within 10 ms (obsolete, ATA/ATAPI-5) */
	ATAPI_ID_DRQ_50US = 0x0040, /* DRQ within 50 us */
	ATAPI_ID_PACKET_MASK = 0x0003,
	ATAPI_ID_PACKET_12 = 0x0000,
	ATAPI_ID_PACKET_16 = 0x0001,
	ATA_ID_CMDS1_POWER = 0x0008, /* word 82 */
	ATA_ID_CMDS1_PACKET = 0x0010,
	ATA_ID_CMDS1_DEVICE_RESET = 0x0200,
	ATA_ID_CMDS1_NOP = 0x4000,
};

/* Operation codes, byte 0 of the packet (SPC, MMC). */
enum {
	PACKET_TEST_UNIT_READY = 0x00,
	PACKET_REQUEST_SENSE = 0x03,
	PACKET_INQUIRY = 0x12,
	PACKET_START_STOP = 0x1b,
	PACKET_PREVENT_ALLOW = 0x1e,
	PACKET_READ_CAPACITY = 0x25,
	PACKET_READ_10 = 0x28,
	PACKET_READ_TOC = 0x43,
	PACKET_GET_EVENT = 0x4a, /* GET EVENT STATUS NOTIFICATION */
	PACKET_MODE_SENSE_10 = 0x5a,
	PACKET_READ_12 = 0xa8,
};

/* Fields of those packets. */
enum {
	PACKET_INQUIRY_EVPD = 0x01,	/* byte 1 */
	PACKET_READ_RELADR = 0x01,	/* byte 1, obsolete */
	PACKET_READ_LBA = 2,		/* 4 bytes */
	PACKET_READ_10_COUNT = 7,	/* 2 bytes */
	PACKET_READ_12_COUNT = 6,	/* 4 bytes */
	PACKET_LENGTH_6 = 4,		/* allocation length of the 6-byte commands */
	PACKET_LENGTH_10 = 7,		/* of the 10-byte ones, 2 bytes */
	PACKET_START_STOP_START = 0x01, /* byte 4 */
	PACKET_START_STOP_LOEJ = 0x02,
	PACKET_START_STOP_POWER = 0xf0,
	PACKET_PREVENT = 0x01, /* byte 4 */
	PACKET_PREVENT_PERSISTENT = 0x02,
	PACKET_TOC_MSF = 0x02,	    /* byte 1 */
	PACKET_TOC_FORMAT = 0x0f,   /* byte 2 */
	PACKET_TOC_LEAD_OUT = 0xaa, /* track number */
	PACKET_EVENT_POLLED = 0x01, /* byte 1 */
	PACKET_EVENT_MEDIA = 0x10,  /* byte 4, class request */
	PACKET_MODE_PAGE = 0x3f,    /* byte 2 */
	PACKET_MODE_CONTROL = 0xc0,
	PACKET_MODE_CHANGEABLE = 0x40,
	PACKET_MODE_SAVED = 0xc0,
};

/* Replies. */
enum {
	INQUIRY_BYTES = 36,
	INQUIRY_TYPE_CD = 0x05,
	INQUIRY_REMOVABLE = 0x80, /* byte 1 */
	INQUIRY_VENDOR = 8,	  /* 8 characters */
	INQUIRY_PRODUCT = 16,	  /* 16 */
	INQUIRY_REVISION = 32,	  /* 4 */
	CAPACITY_BYTES = 8,	  /* the last block's address, the length of a block */
	SENSE_BYTES = 18,
	SENSE_FIXED = 0x70,
	SENSE_VALID = 0x80, /* byte 0: the information field means something */
	SENSE_KEY = 2,
	SENSE_INFORMATION = 3, /* 4 bytes */
	SENSE_ASC = 12,
	SENSE_ASCQ = 13,
	MODE_HEADER_BYTES = 8,
	MODE_PAGE_ERROR = 0x01,
	MODE_PAGE_CAPS = 0x2a,
	MODE_PAGE_ALL = 0x3f,
	EVENT_HEADER_BYTES = 4,
	EVENT_BYTES = 8,
	EVENT_NONE_AVAILABLE = 0x80, /* byte 2, above the class */
	EVENT_CLASS_MEDIA = 4,
	EVENT_NO_CHANGE = 0, /* byte 4, 3:0 */
	EVENT_EJECT_REQUEST = 1,
	EVENT_NEW_MEDIA = 2,
	EVENT_MEDIA_REMOVAL = 3,
	EVENT_TRAY_OPEN = 0x01, /* byte 5 */
	EVENT_PRESENT = 0x02,
	TOC_HEADER_BYTES = 4,
	TOC_ENTRY_BYTES = 8,
	TOC_DATA_TRACK = 0x14, /* ADR 1, data, digital copy prohibited */
};

/* Sense keys (SPC, sense key descriptions). */
enum {
	SENSE_NO_SENSE = 0x0,
	SENSE_NOT_READY = 0x2,
	SENSE_MEDIUM_ERROR = 0x3,
	SENSE_HARDWARE_ERROR = 0x4,
	SENSE_ILLEGAL_REQUEST = 0x5,
	SENSE_UNIT_ATTENTION = 0x6,
	SENSE_ABORTED = 0xb,
};

/* Key, ASC and ASCQ as one number (MMC, Annex: sense keys and additional sense codes). */
enum {
	SENSE_GOOD = 0,
	SENSE_NOT_READY_YET = 0x20400, /* cause not reportable */
	SENSE_BECOMING_READY = 0x20401,
	SENSE_NO_MEDIUM_CLOSED = 0x23a01,
	SENSE_NO_MEDIUM_OPEN = 0x23a02,
	SENSE_UNRECOVERED_READ = 0x31100,
	SENSE_POSITIONING = 0x41501,
	SENSE_TARGET_FAILURE = 0x44400,
	SENSE_INVALID_COMMAND = 0x52000,
	SENSE_OUT_OF_RANGE = 0x52100,
	SENSE_INVALID_FIELD = 0x52400,
	SENSE_SAVING = 0x53900, /* saving parameters not supported */
	SENSE_REMOVAL_PREVENTED = 0x55302,
	SENSE_MEDIUM_CHANGED = 0x62800,
	SENSE_POWER_ON = 0x62900,
	SENSE_PARAMETERS_CHANGED = 0x62a01, /* mode parameters changed */
	SENSE_EJECT_WANTED = 0x65a01,	    /* operator medium removal request */
	SENSE_COMMAND_ABORTED = 0xb0000,
	SENSE_CRC = 0xb0803, /* logical unit communication CRC error, Ultra DMA */
};

/* Times. */
enum {
	ATAPI_US_DRQ = 3000, /* PACKET to DRQ, by the type in word 0 */
	ATAPI_US_DRQ_INTR = 10000,
	ATAPI_US_DRQ_FAST = 50,
};

#endif /* TRIVET_HW_ATAPI_H */
