/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ATA disks: registers, commands, IDENTIFY words and times, as the driver and
 * the simulator's disk both read them.
 *
 * "V1" and "V2" are ATA/ATAPI-7 volumes 1 and 2 (T13/1532D revision 4b), quoted by the
 * name of the register, command or protocol state; "ACS-2" is
 * T13/2015-D (for DATA SET MANAGEMENT, which is younger).
 */
#ifndef TRIVET_HW_ATA_H
#define TRIVET_HW_ATA_H

#include <trivet/reg.h>

/*
 * The command block, eight ports (V1). A table names what a read returns;
 * a write to the same port means what the aliases below say.
 */
#define ATA_CMD_REGS(REG)                                          \
	REG(ATA_DATA, 0, 16, RX, 0, 0xffff, "V1, Data")            \
	REG(ATA_ERROR, 1, 8, RW, 0x01, 0xff, "V1, Error/Features") \
	REG(ATA_COUNT, 2, 8, RW, 0x01, 0xff, "V1, Sector Count")   \
	REG(ATA_LBA_LOW, 3, 8, RW, 0x01, 0xff, "V1, LBA Low")      \
	REG(ATA_LBA_MID, 4, 8, RW, 0x00, 0xff, "V1, LBA Mid")      \
	REG(ATA_LBA_HIGH, 5, 8, RW, 0x00, 0xff, "V1, LBA High")    \
	REG(ATA_DEVICE, 6, 8, RW, 0x00, 0xff, "V1, Device")        \
	REG(ATA_STATUS, 7, 8, RX, 0x50, 0xff, "V1, Status/Command")

#define ATA_CMD_FIELDS(FIELD)                \
	FIELD(ATA_ERROR, ICRC, 7, 1)         \
	FIELD(ATA_ERROR, UNC, 6, 1)          \
	FIELD(ATA_ERROR, MC, 5, 1)           \
	FIELD(ATA_ERROR, IDNF, 4, 1)         \
	FIELD(ATA_ERROR, MCR, 3, 1)          \
	FIELD(ATA_ERROR, ABRT, 2, 1)         \
	FIELD(ATA_ERROR, NM, 1, 1)           \
	FIELD(ATA_ERROR, AMNF, 0, 1)         \
	FIELD(ATA_ERROR, ATA_FEATURES, 0, 0) \
	FIELD(ATA_STATUS, ATA_COMMAND, 0, 0) \
	FIELD(ATA_DEVICE, LBA, 6, 1)         \
	FIELD(ATA_DEVICE, DEV, 4, 1)         \
	FIELD(ATA_DEVICE, HEAD, 0, 4)        \
	ATA_STATUS_FIELDS(FIELD, ATA_STATUS)

#define ATA_STATUS_FIELDS(FIELD, reg) \
	FIELD(reg, BSY, 7, 1)         \
	FIELD(reg, DRDY, 6, 1)        \
	FIELD(reg, DF, 5, 1)          \
	FIELD(reg, DSC, 4, 1)         \
	FIELD(reg, DRQ, 3, 1)         \
	FIELD(reg, CORR, 2, 1)        \
	FIELD(reg, IDX, 1, 1)         \
	FIELD(reg, ERR, 0, 1)

enum {
	ATA_CMD_REGS(TRV_REG_OFFSET)
	/* the same ports, written */
	ATA_FEATURES = ATA_ERROR,
	ATA_COMMAND = ATA_STATUS,
	ATA_CMD_LEN = 8,
};
enum { ATA_CMD_FIELDS(TRV_REG_MASK) };

/*
 * The control block is one port, read as Alternate Status, written as Device
 * Control. In compatibility mode it stands alone (0x3f6); a native-mode BAR
 * has four bytes with it in the third (PCI IDE Controller Specification 1.0).
 */
enum {
	ATA_CTL_COMPAT = 0,
	ATA_CTL_COMPAT_LEN = 1,
	ATA_CTL_NATIVE = 2,
	ATA_CTL_NATIVE_LEN = 4,
};
#define ATA_CTL_COMPAT_REGS(REG) \
	REG(ATA_ALTSTATUS, ATA_CTL_COMPAT, 8, RW, 0x50, 0xff, "V1, Alternate Status/Device Control")
#define ATA_CTL_NATIVE_REGS(REG) \
	REG(ATA_ALTSTATUS, ATA_CTL_NATIVE, 8, RW, 0x50, 0xff, "V1, Alternate Status/Device Control")

/*
 * Device Control, written (V1, register descriptions): HOB reads back the previous values of an
 * LBA48 address, SRST resets both devices, with nIEN the selected device does not drive INTRQ.
 * All other bits are written as zero.
 */
#define ATA_DEVCTL_FIELDS(FIELD)      \
	FIELD(ATA_DEVCTL, HOB, 7, 1)  \
	FIELD(ATA_DEVCTL, SRST, 2, 1) \
	FIELD(ATA_DEVCTL, NIEN, 1, 1)
enum { ATA_DEVCTL_FIELDS(TRV_REG_MASK) ATA_DEVCTL_VALID = 0x86 };

#define ATA_CTL_FIELDS(FIELD)                   \
	ATA_STATUS_FIELDS(FIELD, ATA_ALTSTATUS) \
	FIELD(ATA_ALTSTATUS, ATA_DEVCTL, 0, 0)  \
	ATA_DEVCTL_FIELDS(FIELD)

/* Device (V1, register descriptions): bits 7 and 5 are obsolete; old devices want them set. */
enum {
	ATA_DEVICE_OBSOLETE = 0xa0,
};

/* What the four registers hold after a reset (V1, device signatures). */
enum {
	ATA_SIG_ATA_MID = 0x00,
	ATA_SIG_ATA_HIGH = 0x00,
	ATA_SIG_ATAPI_MID = 0x14,
	ATA_SIG_ATAPI_HIGH = 0xeb,
	ATA_DIAG_PASSED = 0x01,	     /* Error, device 0 or 1 */
	ATA_DIAG_DEV1_FAILED = 0x80, /* Error of device 0 */
};

/* A channel with no device: DD7 is pulled down, so BSY reads 0 (V2, pull-down resistors). */
enum {
	ATA_FLOATING = 0x7f,
};

/* Commands (V1, command descriptions). */
enum {
	ATA_OP_NOP = 0x00,
	ATA_OP_DATA_SET_MANAGEMENT = 0x06, /* ACS-2, DATA SET MANAGEMENT */
	ATA_OP_DEVICE_RESET = 0x08,	   /* packet devices only */
	ATA_OP_READ_SECTORS = 0x20,
	ATA_OP_READ_SECTORS_EXT = 0x24,
	ATA_OP_READ_DMA_EXT = 0x25,
	ATA_OP_READ_NATIVE_MAX_EXT = 0x27,
	ATA_OP_READ_MULTIPLE_EXT = 0x29,
	ATA_OP_WRITE_SECTORS = 0x30,
	ATA_OP_WRITE_SECTORS_EXT = 0x34,
	ATA_OP_WRITE_DMA_EXT = 0x35,
	ATA_OP_WRITE_MULTIPLE_EXT = 0x39,
	ATA_OP_WRITE_DMA_FUA_EXT = 0x3d,
	ATA_OP_READ_VERIFY = 0x40,
	ATA_OP_READ_VERIFY_EXT = 0x42,
	ATA_OP_DIAGNOSTIC = 0x90,  /* EXECUTE DEVICE DIAGNOSTIC */
	ATA_OP_INIT_PARAMS = 0x91, /* INITIALIZE DEVICE PARAMETERS */
	ATA_OP_PACKET = 0xa0,
	ATA_OP_IDENTIFY_PACKET = 0xa1,
	ATA_OP_SMART = 0xb0,
	ATA_OP_READ_MULTIPLE = 0xc4,
	ATA_OP_WRITE_MULTIPLE = 0xc5,
	ATA_OP_SET_MULTIPLE = 0xc6,
	ATA_OP_READ_DMA = 0xc8,
	ATA_OP_WRITE_DMA = 0xca,
	ATA_OP_WRITE_MULTIPLE_FUA_EXT = 0xce,
	ATA_OP_STANDBY_IMMEDIATE = 0xe0,
	ATA_OP_IDLE_IMMEDIATE = 0xe1,
	ATA_OP_CHECK_POWER = 0xe5,
	ATA_OP_FLUSH = 0xe7,
	ATA_OP_FLUSH_EXT = 0xea,
	ATA_OP_IDENTIFY = 0xec,
	ATA_OP_SET_FEATURES = 0xef,
	ATA_OP_READ_NATIVE_MAX = 0xf8,
};

/* SMART subcommands, in Features (V1, SMART). LBA Mid and High are a key. */
enum {
	ATA_SMART_READ_DATA = 0xd0,
	ATA_SMART_READ_THRESHOLDS = 0xd1, /* ATA-3 */
	ATA_SMART_READ_LOG = 0xd5,	  /* Count is blocks, LBA Low which */
	ATA_SMART_ENABLE = 0xd8,
	ATA_SMART_RETURN_STATUS = 0xda, /* by changing the key */
	ATA_SMART_KEY_MID = 0x4f,
	ATA_SMART_KEY_HIGH = 0xc2,
};

/* SET FEATURES subcommands, in Features (V1, SET FEATURES). */
enum {
	ATA_SF_WRITE_CACHE_ON = 0x02,
	ATA_SF_XFER_MODE = 0x03, /* mode in Sector Count */
	ATA_SF_LOOK_AHEAD_OFF = 0x55,
	ATA_SF_REVERT_OFF = 0x66, /* settings survive a soft reset */
	ATA_SF_WRITE_CACHE_OFF = 0x82,
	ATA_SF_LOOK_AHEAD_ON = 0xaa,
	ATA_SF_REVERT_ON = 0xcc,
};

/* Transfer modes for ATA_SF_XFER_MODE: kind in bits 7:3, number in 2:0. */
enum {
	ATA_XFER_PIO_DEFAULT = 0x00,
	ATA_XFER_PIO_DEFAULT_NO_IORDY = 0x01,
	ATA_XFER_PIO = 0x08,   /* | 0..4 */
	ATA_XFER_MWDMA = 0x20, /* | 0..2 */
	ATA_XFER_UDMA = 0x40,  /* | 0..6 */
	ATA_XFER_NUMBER = 0x07,
};

/* DATA SET MANAGEMENT (ACS-2): bit 0 of Features is TRIM; Count is 512-byte blocks of ranges. */
enum {
	ATA_DSM_TRIM = 0x01,
	ATA_DSM_RANGE_BYTES = 8, /* le64: LBA in 47:0, sectors in 63:48; 0 sectors: unused */
	ATA_DSM_RANGES_PER_BLOCK = 64,
	ATA_DSM_RANGE_MAX = 0xffff,
	ATA_DSM_RANGE_LEN_SHIFT = 48,
};

/* IDENTIFY DEVICE words (V1, IDENTIFY DEVICE, Table 16). */
enum {
	ATA_ID_CONFIG = 0,
	ATA_ID_CYLS = 1,
	ATA_ID_HEADS = 3,
	ATA_ID_SECTORS = 6,
	ATA_ID_SERIAL = 10,	  /* 10 words */
	ATA_ID_FIRMWARE = 23,	  /* 4 words */
	ATA_ID_MODEL = 27,	  /* 20 words */
	ATA_ID_MAX_MULTIPLE = 47, /* 15:8 0x80, 7:0 most sectors per DRQ block */
	ATA_ID_CAPS = 49,
	ATA_ID_CAPS2 = 50,
	ATA_ID_PIO_OLD = 51, /* 15:8 PIO mode 0-2 */
	ATA_ID_VALID = 53,
	ATA_ID_CUR_CYLS = 54,
	ATA_ID_CUR_HEADS = 55,
	ATA_ID_CUR_SECTORS = 56,
	ATA_ID_CUR_CAPACITY = 57, /* 2 words */
	ATA_ID_MULTIPLE = 59,
	ATA_ID_LBA28 = 60, /* 2 words */
	ATA_ID_MWDMA = 63, /* 2:0 supported, 10:8 selected */
	ATA_ID_PIO = 64,   /* bit 0 PIO3, bit 1 PIO4 */
	ATA_ID_MWDMA_MIN_NS = 65,
	ATA_ID_MWDMA_REC_NS = 66,
	ATA_ID_PIO_MIN_NS = 67,
	ATA_ID_PIO_IORDY_NS = 68,
	ATA_ID_ADDITIONAL = 69, /* ACS-2 */
	ATA_ID_MAJOR = 80,
	ATA_ID_MINOR = 81,
	ATA_ID_CMDS1 = 82, /* supported */
	ATA_ID_CMDS2 = 83,
	ATA_ID_CMDS3 = 84,
	ATA_ID_ENABLED1 = 85,
	ATA_ID_ENABLED2 = 86,
	ATA_ID_ENABLED3 = 87,
	ATA_ID_UDMA = 88, /* 6:0 supported, 14:8 selected */
	ATA_ID_RESET_RESULT = 93,
	ATA_ID_LBA48 = 100,	 /* 4 words */
	ATA_ID_DSM_BLOCKS = 105, /* most 512-byte blocks of ranges, 0: unlimited (ACS-2) */
	ATA_ID_SECTOR_SIZE = 106,
	ATA_ID_WWN = 108,	    /* 4 words */
	ATA_ID_LOGICAL_WORDS = 117, /* 2 words: words per logical sector */
	ATA_ID_DSM = 169,	    /* bit 0 TRIM (ACS-2) */
	ATA_ID_ROTATION = 217,	    /* 1: not rotating (ACS-2) */
	ATA_ID_INTEGRITY = 255,
	ATA_ID_WORDS = 256,
	ATA_ID_BYTES = 512,
	ATA_ID_SERIAL_LEN = 20,
	ATA_ID_FIRMWARE_LEN = 8,
	ATA_ID_MODEL_LEN = 40,
};

/* Bits of those words. */
enum {
	ATA_ID_CONFIG_NOT_ATA = 0x8000,
	ATA_ID_CONFIG_CF =
		0x848a, /* the whole word: a CompactFlash card, an ATA disk all the same */
	ATA_ID_CONFIG_INCOMPLETE = 0x0004,
	ATA_ID_CAPS_DMA = 0x0100,
	ATA_ID_CAPS_LBA = 0x0200,
	ATA_ID_CAPS_IORDY_OFF = 0x0400,
	ATA_ID_CAPS_IORDY = 0x0800,
	ATA_ID_VALID_54_58 = 0x0001,
	ATA_ID_VALID_64_70 = 0x0002,
	ATA_ID_VALID_88 = 0x0004,
	ATA_ID_MULTIPLE_VALID = 0x0100,
	ATA_ID_SIGNATURE_MASK = 0xc000, /* words 83, 84, 87, 93, 106: 01 says the word is valid */
	ATA_ID_SIGNATURE = 0x4000,
	ATA_ID_CMDS1_WRITE_CACHE = 0x0020,
	ATA_ID_CMDS1_LOOK_AHEAD = 0x0040,
	ATA_ID_CMDS2_LBA48 = 0x0400,
	ATA_ID_CMDS2_FLUSH = 0x1000,
	ATA_ID_CMDS2_FLUSH_EXT = 0x2000,
	ATA_ID_CMDS3_FUA = 0x0040,
	ATA_ID_80WIRE = 0x2000,		    /* word 93 bit 13: CBLID- above Vih */
	ATA_ID_SECTOR_LOGICAL_BIG = 0x1000, /* word 106: logical sector longer than 256 words */
	ATA_ID_SECTOR_MULTIPLE = 0x2000,    /* word 106: 2^(3:0) logical per physical */
	ATA_ID_DSM_TRIM = 0x0001,
	ATA_ID_SECTOR_EXPONENT = 0x000f,
	ATA_ID_PIO_MODES = 0x0003,   /* word 64 */
	ATA_ID_MWDMA_MODES = 0x0007, /* word 63, and above the shift the selected one */
	ATA_ID_UDMA_MODES = 0x007f,  /* word 88, likewise */
	ATA_ID_MODE_SELECTED_SHIFT = 8,
	ATA_PIO_NO_FLOW_CONTROL = 2,   /* the fastest PIO mode without IORDY */
	ATA_ID_INTEGRITY_MAGIC = 0xa5, /* low byte of word 255: the high byte is a checksum */
};

/* Sizes and limits. */
enum {
	ATA_SECTOR = 512,
	ATA_COUNT_MAX_LBA28 = 256,   /* written as 0 */
	ATA_COUNT_MAX_LBA48 = 65536, /* written as 0, 0 */
};
#define ATA_LBA28_SECTORS (1ULL << 28)	 /* one past what 28 bits address */
#define ATA_LBA28_CAPACITY 0x0fffffffULL /* word 60 never exceeds it */
#define ATA_LBA48_SECTORS (1ULL << 48)

/* Times. */
enum {
	ATA_NS_STATUS =
		400, /* after a command or a select, before status is valid (V1, Status; V2, HI4) */
	ATA_US_SRST_HOLD = 5,	 /* SRST stays set at least that long (V2, software reset, HSR0) */
	ATA_US_SRST_WAIT = 2000, /* after clearing it, before status is read (V2, HSR1) */
	ATA_MS_RESET = 31000,	 /* device 0's limit, waiting for device 1 (V2, D0HR) */
	ATA_MS_RESET_DEV1 = 30000, /* device 1's own */
	ATA_MS_DIAGNOSTIC = 6000,  /* EXECUTE DEVICE DIAGNOSTIC, device 0 (V2, D0ED) */
	ATA_MS_FLUSH = 30000,	   /* FLUSH CACHE may take longer than that (V1, FLUSH CACHE) */
};

#endif /* TRIVET_HW_ATA_H */
