/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The second face of the IDE models: what a test turns and looks at.
 *
 * @drive is 0 to 3: primary device 0 and 1, secondary device 0 and 1. All of
 * this acts on the device from outside, as the hardware's hands would; nothing
 * here takes virtual time.
 */
#ifndef TRIVET_SIM_IDE_TEST_H
#define TRIVET_SIM_IDE_TEST_H

#include <os/test-sim/dev.h>

#define IDE_DRIVES 4

/* ---- faults are data ----------------------------------------------------- */

/* X(enumerator, what the device does with a command that matches) */
#define IDE_FAULTS(X)                                                                      \
	X(IDE_F_UNC, "ends at the first bad sector with ERR, UNC")                         \
	X(IDE_F_OFFER, "READ by PIO: as UNC, but offers the bad block with ERR and DRQ")   \
	X(IDE_F_IDNF, "ends at the first bad sector with ERR, IDNF")                       \
	X(IDE_F_ABRT, "is aborted before any data")                                        \
	X(IDE_F_MUTE, "is aborted, with ERR and no reason in Error")                       \
	X(IDE_F_ICRC, "moves its data, then ends with ERR, ICRC and ABRT")                 \
	X(IDE_F_DF, "ends with device fault")                                              \
	X(IDE_F_DF_END, "DMA, or a write: moves its data, then ends with device fault")    \
	X(IDE_F_HANG, "stays busy until a reset")                                          \
	X(IDE_F_DROP_IRQ, "ends normally and never asserts INTRQ")                         \
	X(IDE_F_LATE, "takes @ns longer")                                                  \
	X(IDE_F_HOLD, "ends only when ide_release() is called")                            \
	X(IDE_F_NO_PACKET, "PACKET: stays busy and never asks for the packet")             \
	X(IDE_F_GARBLE, "its own data, of IDENTIFY, cross the cable with one bit wrong")   \
	X(IDE_F_DEAD, "stays busy, and BSY survives every reset: a broken device")         \
	X(IDE_F_EARLY, "asserts INTRQ @ns before its end, which asserts it again")         \
	X(IDE_F_LINGER, "stays busy @ns after the last block of a PIO read")               \
	X(IDE_F_SELECT, "is not asked: for @ns after a select DRDY reads zero")            \
	X(IDE_F_COUNT, "PACKET by PIO: announces blocks of @count bytes, whatever it has") \
	X(IDE_F_REASON, "PACKET by PIO: announces data the wrong way")                     \
	X(IDE_F_SHORT, "DMA, PACKET or a write: ends well after half of its data")         \
	X(IDE_F_BUS, "by DMA: the bus master meets a PCI error, and moves nothing more")   \
	X(IDE_F_BUS_END, "reads by DMA: the same, with all data sent: the drive ends well")

enum ide_fault_kind {
#define IDE_FAULT_ENUM(e, what) e,
	IDE_FAULTS(IDE_FAULT_ENUM)
#undef IDE_FAULT_ENUM
		IDE_N_FAULTS
};

/**
 * struct ide_fault - one planned misbehaviour
 *
 * On a CD drive sectors are blocks of 2048 bytes, and a PACKET ends as the
 * fault's nearest kin does: UNC with MEDIUM ERROR 3/11, IDNF with HARDWARE
 * ERROR 4/15, ABRT with ABORTED COMMAND, ICRC with ABORTED COMMAND B/08/03, DF
 * with DF and HARDWARE ERROR 4/44.
 *
 * @kind:  what happens
 * @drive: to commands of this drive
 * @op:    with this command code; 0 any
 * @packet: and with this operation code in the packet; 0 any
 * @first, @last: that touch one of these sectors; both 0 any, with or without an address
 * @skip:  let that many matching commands pass first
 * @times: then hit that many, 0 for ever
 * @ns:    for IDE_F_LATE, IDE_F_EARLY, IDE_F_LINGER and IDE_F_SELECT
 * @count: for IDE_F_COUNT
 */
struct ide_fault {
	enum ide_fault_kind kind;
	u32 drive;
	u8 op;
	u8 packet;
	u64 first, last;
	u32 skip;
	u32 times;
	u64 ns;
	u16 count;
};

/** ide_fault_add() - up to 16 at a time, asked in the order added; returns its index */
u32 ide_fault_add(struct trv_dev *dev, const struct ide_fault *fault);
/** ide_faults() - how many have ever been added, struck or not */
u32 ide_faults(struct trv_dev *dev);
/** ide_fault_hits() - how often it struck */
u32 ide_fault_hits(struct trv_dev *dev, u32 index);
/** ide_faults_clear() - behave from now on; a hung drive still wants its reset */
void ide_faults_clear(struct trv_dev *dev);
/** ide_release() - let a command held by IDE_F_HOLD end now; false when there is none */
bool ide_release(struct trv_dev *dev, u32 drive);
/** ide_held() - is a command held back? */
bool ide_held(struct trv_dev *dev, u32 drive);

/** ide_interrupt() - it has one that nobody asked for, as after a moment without power */
void ide_interrupt(struct trv_dev *dev, u32 drive);

/* ---- the medium, past model and driver ------------------------------------ */

/* In sectors of 512 bytes, whatever the drive's own are. */
u64 ide_sectors(struct trv_dev *dev, u32 drive);
void ide_medium_read(struct trv_dev *dev, u32 drive, u64 lba, u32 sectors, void *buf);
void ide_medium_write(struct trv_dev *dev, u32 drive, u64 lba, u32 sectors, const void *buf);
/**
 * ide_medium_pattern() - sectors never written read as ide_pattern() of their address
 *
 * For disks in memory; then a read from a wrong address shows without filling
 * the disk first.
 */
void ide_medium_pattern(struct trv_dev *dev, u32 drive, u64 seed);
/** ide_pattern() - the contents of @sectors from @lba under @seed: no two sectors alike */
void ide_pattern(u64 seed, u64 lba, u32 sectors, void *buf);

/**
 * ide_cache_model() - from now on keep what un-flushed writes replaced
 *
 * Then ide_power_cut() puts it back: every write since the last flush that was
 * not FUA is lost, as a volatile cache may. The drive is as at power-on after.
 */
void ide_cache_model(struct trv_dev *dev, u32 drive);
void ide_power_cut(struct trv_dev *dev);

/* ---- the hand at a CD drive (cd:PATH, cdmem:SIZE, or cd: with an empty tray) ---- */

bool ide_is_cd(struct trv_dev *dev, u32 drive);
/**
 * ide_cd_insert() - another disc: the tray opens, takes it and closes
 * @blocks: of 2048 bytes, which read as ide_pattern() of their 512-byte quarters
 *
 * The next command is told (UNIT ATTENTION 28h), and for a while the drive is
 * becoming ready. A lock does not help against it: this is the emergency hole.
 */
void ide_cd_insert(struct trv_dev *dev, u32 drive, u32 blocks, u64 seed);
/** ide_cd_take() - the tray opens and the disc is gone, locked or not */
void ide_cd_take(struct trv_dev *dev, u32 drive);
/** ide_cd_button() - eject: opens, or closes, the tray; false: locked, the host is told of the wish */
bool ide_cd_button(struct trv_dev *dev, u32 drive);
/** ide_cd_lock() - as PREVENT ALLOW MEDIUM REMOVAL does */
void ide_cd_lock(struct trv_dev *dev, u32 drive);
/** ide_cd_spin_up() - the disc is stopped, and takes @ns to be ready again: the same one */
void ide_cd_spin_up(struct trv_dev *dev, u32 drive, u64 ns);
/** ide_cd_power_cut() - the drive alone was without power: of all there was to tell, that is left */
void ide_cd_power_cut(struct trv_dev *dev, u32 drive);
/** ide_cd_seed() - the disc reads as ide_pattern() of this; 0: it does not */
u64 ide_cd_seed(struct trv_dev *dev, u32 drive);
/** ide_cd_is_news() - is the disc another one, and nobody has been told? */
bool ide_cd_is_news(struct trv_dev *dev, u32 drive);
bool ide_cd_is_open(struct trv_dev *dev, u32 drive);
bool ide_cd_is_locked(struct trv_dev *dev, u32 drive);

/* ---- what the drives are: change before the driver probes ------------------ */

/** struct ide_caps - what IDENTIFY DEVICE says and the drive does */
struct ide_caps {
	bool present;
	bool lba48;
	bool dma;   /* any DMA at all */
	bool flush; /* FLUSH CACHE (EXT with lba48) */
	bool fua;   /* needs lba48 */
	bool trim;
	bool write_cache; /* has a volatile one that can be switched */
	bool look_ahead;  /* can be switched */
	bool cable80;
	u8 pio;		 /* highest mode, 0 to 4 */
	s8 mwdma;	 /* highest mode, -1 none */
	s8 udma;	 /* highest mode, -1 none */
	u8 multiple_max; /* sectors, a power of two; 0: none */
	u8 multiple;	 /* sectors after a reset; 0: the mode is off then */
	u8 phys_shift;	 /* 2^n logical sectors per physical one */
	u8 sector_shift; /* a logical sector has 2^n times 512 bytes; 3 at most */
	bool rotating;
	bool sloppy_signature; /* of its four registers only LBA Mid and High */
	/* CD drives */
	u8 drq_type;	     /* of ATAPI_ID_DRQ_MASK: 0, 1 with INTRQ, 2 at once */
	u16 block_max;	     /* bytes per DRQ block whatever the limit, even; 0: the limit */
	bool srst_attention; /* a software reset too is reported as a unit attention */
	bool srst_loads;     /* and has the disc loaded anew, which takes a while */
	u8 inquiry_type;     /* what INQUIRY calls it; 5 is a CD drive */
	u8 sense_bytes;	     /* REQUEST SENSE brings so many, 8 at least; 0: as usual */
	u16 block_len;	     /* what READ CAPACITY says of its blocks */
	u8 lead_out;	     /* ADR and control of the lead-out in READ TOC */
	u8 medium_type;	     /* what MODE SENSE says of the disc; 0: what it is */
	const u8 *inquiry;   /* INQUIRY_BYTES of reply; NULL: of its own */
	const u8 *mode_caps; /* mode page 2Ah, its length in byte 1, the lock in bit 1 of 6 */
	char model[41], serial[21], firmware[9];
};
struct ide_caps *ide_caps(struct trv_dev *dev, u32 drive);

/** ide_identify_set() - IDENTIFY word @word reads @val, whatever is true. Checksum kept, but by 255. */
void ide_identify_set(struct trv_dev *dev, u32 drive, u32 word, u16 val);
/** ide_identify_bits() - the same for the bits of @mask alone; up to 40 of both */
void ide_identify_bits(struct trv_dev *dev, u32 drive, u32 word, u16 mask, u16 val);
/** ide_identify_corrupt() - the checksum in word 255 is wrong from now on */
void ide_identify_corrupt(struct trv_dev *dev, u32 drive);

/** ide_capacity() - pretend the drive has @sectors; for disks in memory */
void ide_capacity(struct trv_dev *dev, u32 drive, u64 sectors);

/* ---- traits: another drive of its kind, as it may be ----------------------- */

/*
 * X(enumerator, answers, what a legal device may do; 0 is what it does on the nice day)
 *
 * The standards leave these open, so no capability says which it is. Each is a choice
 * (SIM_K_TRAIT), asked where it first shows and then kept, over resets too. What a scenario has
 * turned by other means is not asked. Channels' traits are those of their device 0.
 */
#define IDE_TRAITS(X)                                                                            \
	X(IDE_T_FLOATING, 4, "channel: what nobody drives reads 7fh; ffh; 00h; the last byte")   \
	X(IDE_T_ABSENT, 4, "device 0 for no device 1: Status 00h; all 00h; mute; its own")       \
	X(IDE_T_RESET, 4, "a reset ends ready; DSC the other way; after 12 s; DRDY 5 s later")   \
	X(IDE_T_MODES, 2, "a soft reset leaves the transfer modes; takes them back")             \
	X(IDE_T_SIGNATURE, 2, "it has Count and LBA Low 01h; just Mid and High")                 \
	X(IDE_T_STATUS, 6, "DSC; no DSC; CORR, and IDX; all with BSY; BSY in DMA; CD: no DRDY")  \
	X(IDE_T_OUTPUTS, 2, "registers without a meaning keep their values; hold junk")          \
	X(IDE_T_PACE, 3, "PIO blocks take their time; are ready at once; late, busy after all")  \
	X(IDE_T_CYCLE, 2, "Status is right after the last word; a PIO cycle later")              \
	X(IDE_T_SLOW, 3, "the medium turns; takes 12 s to, asked first; FLUSH CACHE takes 20 s") \
	X(IDE_T_STORE, 2, "a DMA write ends with its last word; when that was stored")           \
	X(IDE_T_IDENTIFY, 4, "IDENTIFY; full of junk; with little to say; without checksum")     \
	X(IDE_T_TRIM, 4, "8 blocks of ranges; it does not say; 1; 2")                            \
	X(IDE_T_MASTER, 4, "DMA bits as usual; clear; set; no make: the pointer moves")          \
	X(IDE_T_DRQ, 3, "CD: asks for a packet in 3 ms; with INTRQ; in 50 us")                   \
	X(IDE_T_BLOCK, 3, "CD: DRQ blocks up to the limit; of 2048 bytes; of 1030")              \
	X(IDE_T_REPLY, 4, "CD: replies; sense as short as may be; junk in them; sense VALID")    \
	X(IDE_T_ATTENTION, 3, "CD: SRST is not told; is; and so are lost mode parameters")       \
	X(IDE_T_DISC, 3, "CD: another disc is told; then lost mode parameters, too; before it")  \
	X(IDE_T_NOT_READY, 2, "CD: becoming ready; not ready, and no reason reported")

enum ide_trait {
#define IDE_TRAIT_ENUM(e, answers, what) e,
	IDE_TRAITS(IDE_TRAIT_ENUM)
#undef IDE_TRAIT_ENUM
		IDE_N_TRAITS
};

/** ide_trait_set() - this one, and no choice any more */
void ide_trait_set(struct trv_dev *dev, u32 drive, enum ide_trait trait, u32 answer);
/** ide_trait_answers() - how many @drive has of that trait, at least 1 */
u32 ide_trait_answers(struct trv_dev *dev, u32 drive, enum ide_trait trait);

/* ---- states firmware or a crash may leave: set before the driver probes ---- */

/** ide_clean() - undo the dirt every model starts with: stale interrupts, modes, registers */
void ide_clean(struct trv_dev *dev);
/** ide_used() - firmware has used the drive, left it in this transfer mode, and nothing to be told */
void ide_used(struct trv_dev *dev, u32 drive, u8 mode);
/** ide_left_busy() - the drive is in the middle of a read that nobody waits for, DRQ set */
void ide_left_busy(struct trv_dev *dev, u32 drive);
/**
 * ide_left_dma() - the bus master of @channel is still started on a stale table
 *
 * The function was kept off the bus in the middle of a transfer; it goes on when it is let.
 */
void ide_left_dma(struct trv_dev *dev, u32 channel);

/** ide_prdt_moves() - BM_PRDT is the bus master's own pointer, and does not stay where it was put */
void ide_prdt_moves(struct trv_dev *dev);

/* ---- what happened -------------------------------------------------------- */

struct ide_stats {
	u64 commands;
	u64 irqs;	   /* INTRQ assertions */
	u64 read, written; /* sectors that crossed the bus */
	u64 pio_blocks;	   /* DRQ data blocks */
	u64 dma_commands;
	u64 flushes, trimmed, fua_writes;
	u64 errors; /* commands that ended with ERR or DF */
	u64 resets; /* software resets */
	u64 dirty;  /* sectors written since the last flush, FUA apart */
};
const struct ide_stats *ide_stats(struct trv_dev *dev, u32 drive);

/** struct ide_history - one command as the drive took it */
struct ide_history {
	u64 time;
	u64 lba;
	u32 count; /* sectors; 0 in the register already means 256 or 65536 here */
	u8 op;
	u8 features;
	u8 packet; /* the operation code, once a PACKET's packet arrived */
	bool done;
	u8 status, error; /* when done */
};
#define IDE_HISTORY 64
/** ide_history() - the @back-th last command, 0 the last; NULL past the oldest kept */
const struct ide_history *ide_history(struct trv_dev *dev, u32 drive, u32 back);
/** ide_count_op() - how often this command was taken since the world began */
u64 ide_count_op(struct trv_dev *dev, u32 drive, u8 op);
/** ide_count_packet() - how often a packet with this operation code arrived */
u64 ide_count_packet(struct trv_dev *dev, u32 drive, u8 op);

/** ide_dma_mode() - the transfer mode the drive was told: ATA_XFER_UDMA | 2, or ATA_XFER_PIO | n */
u8 ide_xfer_mode(struct trv_dev *dev, u32 drive);
/** ide_multiple() - sectors per block the drive was told, 0 when not set */
u32 ide_multiple(struct trv_dev *dev, u32 drive);
/** ide_silent() - no SRST, bus master or interrupt line, whatever the drives do by themselves */
bool ide_silent(struct trv_dev *dev);
/** ide_quiet() - nothing under way: no command, SRST, bus master or interrupt line */
bool ide_quiet(struct trv_dev *dev);

#endif /* TRIVET_SIM_IDE_TEST_H */
