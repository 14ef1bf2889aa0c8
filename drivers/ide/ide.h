/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The IDE driver's own structures. README.md says where to start reading.
 *
 * "V1" and "V2" are ATA/ATAPI-7 volumes 1 and 2 (T13/1532D), "ACS-2" is
 * T13/2015-D, "BMIDE" is SFF-8038i, "PIIX4" the Intel 82371AB datasheet and
 * "PCI IDE" the PCI IDE Controller Specification 1.0; "SPC" and "MMC" are SCSI
 * Primary Commands-3 and MultiMedia Commands-5, for what is in a packet. The
 * headers that hold their numbers say the same.
 */
#ifndef IDE_H
#define IDE_H

#include <trivet/blk.h>
#include <trivet/hw/ata.h>
#include <trivet/hw/atapi.h>
#include <trivet/hw/piix.h>

/* enum ide_chip - the match table's word */
enum ide_chip {
	IDE_GENERIC, /* keep the timings firmware made */
	IDE_PIIX3,   /* PIO 4, Multiword DMA 2 */
	IDE_PIIX4,   /* and Ultra DMA 2 */
};

enum {
	/* Alternate Status when read, Device Control when written: the one port of ide_channel.ctl */
	IDE_CTL = 0,

	/* 8 KiB of table: 32 MiB, the longest LBA48 request, in 64 KiB pieces and then some */
	IDE_PRDS = 1024,

	/* A discard's list of ranges: at most this many 512-byte blocks (ACS-2, word 105) */
	IDE_TRIM_BLOCKS = 8,

	/* Is anybody there to keep them? Neither is what a reset leaves, nor the other's byte. */
	IDE_PROBE_COUNT = 0x55,
	IDE_PROBE_LBA_LOW = 0xaa,

	/* Bounds of what is awaited with a lock held, in microseconds. */
	IDE_SELECT_US = 100, /* an idle drive answers at once */
	IDE_DRQ_US = 50,     /* a drive's buffer is mostly free; a timer looks after slower ones */
	IDE_IDLE_US = 1000,  /* after the last word of a PIO read; nearly all are silent at once */

	IDE_DRQ_TIMER_US = 200,

	/* A context that completes a request is through with it long before. */
	IDE_ENDING_US = 1000000,

	/* Bounds in task context, in milliseconds. */
	IDE_READY_MS = 10000,  /* DRDY, a disk that spins up */
	IDE_COMMAND_MS = 5000, /* IDENTIFY, SET FEATURES, SET MULTIPLE */
	IDE_SPIN_MS = 30000,   /* STANDBY IMMEDIATE, which writes the cache and stops the disk */

	/* Selects in a row that fail, each with a reset after it, before a request does. */
	IDE_SELECT_TRIES = 3,

	/* How often a request crosses the cable wrong before it fails. */
	IDE_CRC_TRIES = 5,
	/* So many CRC errors within the window, and the drive is run a mode slower. */
	IDE_CRC_LIMIT = 3,
	IDE_CRC_WINDOW_S = 600,

	/* FLUSH CACHEs in a row that end at a bad sector, each going on after the one before's. */
	IDE_FLUSH_TRIES = 16,

	/* What a CD drive is asked for at once: by DMA two seconds' worth at its slowest. */
	IDE_CD_MAX_BLOCKS = 128,
	/* Bytes per interrupt that a PACKET allows: 8 CD blocks, even (V1, PACKET). */
	IDE_PACKET_LIMIT = 8 * CD_BLOCK,
	IDE_PACKET_MS = 10000,	    /* a packet in task context; a disc may have to spin up */
	IDE_DEVICE_RESET_MS = 5000, /* then the other drive has to suffer, too */

	/* How often a packet is sent again that failed for no fault of its own. */
	IDE_PACKET_TRIES = 5,
	/* The same while the drive becomes ready, and the pause before each: 10 s in all. */
	IDE_SPIN_UP_TRIES = 40,
	IDE_SPIN_UP_US = 250000,
	/* Unit attentions in a row that a task puts up with. */
	IDE_ATTENTIONS = 6,
	/* DMA transfers in a row that broke off or hung, and a CD drive is used by PIO. */
	IDE_DMA_FAULTS = 2,
	/* How often a task looks whether the channel is free to be borrowed. */
	IDE_BORROW_US = 1000,

	/* Not error numbers. ide_complete(): try again. ide_packet(): ended with ERR, ask why. */
	IDE_RETRY = 1,
	IDE_CHECK = 2,

	IDE_ALL_ONES = 0xff, /* what a register reads when nobody answers */
};

/**
 * enum ide_state - what a channel is doing
 *
 * The hot path owns the registers up to IDE_PACKET_DMA; a task, which holds
 * ide_channel.setup, owns them in IDE_HELD; nobody in IDE_STOPPED.
 */
enum ide_state {
	IDE_IDLE,      /* the selected drive has BSY and DRQ clear */
	IDE_DMA,       /* a DMA command; an interrupt ends it */
	IDE_NO_DATA,   /* a command without data; an interrupt ends it */
	IDE_PIO_IN,    /* an interrupt announces each block */
	IDE_PIO_FIRST, /* a PIO write's first block, which no interrupt announces */
	IDE_PIO_OUT,   /* an interrupt asks for each further block, and ends it */
	IDE_PACKET,    /* a PACKET; the drive will ask for its twelve bytes, perhaps by interrupt */
	IDE_PACKET_IO, /* it has them; an interrupt announces each block of data, and ends it */
	IDE_PACKET_DMA, /* it has them; an interrupt ends it */
	IDE_HELD,
	IDE_STOPPED,
};

/** struct ide_prd - physical region descriptor (BMIDE 1.2) */
struct ide_prd {
	__le32 addr;
	__le32 count;
};

/*
 * Who ends requests. None of the four runs concurrently with itself, so each
 * has a flag of its own and no atomics are needed.
 */
enum ide_ender { IDE_BY_IRQ, IDE_BY_POLL, IDE_BY_TIMER, IDE_BY_TASK, IDE_ENDERS };

struct ide_channel;

/**
 * struct ide_drive - one of a channel's two
 * @index:    0 or 1, master or slave
 * @select:   its Device register, LBA bits 27:24 zero
 * @lost:     it did not come back from a reset: requests fail
 * @waking:   there was a reset, and its self-test may not be over
 * @dma:      data go by bus master
 * @multiple: blocks per PIO interrupt by the MULTIPLE commands; 0: one, by the SECTORS ones
 * @pio_bytes: bytes per PIO interrupt
 * @flush_op: 0 when it has no such command
 * @xfer:     transfer mode for SET FEATURES, 0: leave it alone
 * @pio_mode, @iordy: fastest PIO mode 0-4; it drives IORDY
 * @trim_blocks: 512-byte blocks of ranges per discard; 0: no discard
 * @deaf:     selects in a row that failed
 * @crc_errors, @crc_since: in the window that began then, in nanoseconds
 * @packet:   a CD drive: it takes packets, and the next four are used
 * @packet_irq: it interrupts when it wants the packet
 * @medium:   blocks of the disc it was last seen with, 0: none
 * @changed:  that one is gone: nothing is read before somebody asks what there is now
 * @dma_faults: DMA transfers in a row that broke off or hung
 */
struct ide_drive {
	struct ide_channel *ch;
	u32 index;
	u8 select;
	bool present;
	bool lost;
	bool waking;
	bool dma;
	u8 multiple;
	u8 flush_op;
	u8 xfer;
	u8 pio_mode;
	bool iordy;
	bool lba48;
	u8 deaf;
	u8 crc_errors;
	u64 crc_since;
	bool packet;
	bool packet_irq;
	bool changed;
	u8 dma_faults;
	u64 medium;
	u32 pio_bytes;
	u32 trim_blocks;
	struct trv_disk_info info;
	struct trv_disk disk;
	bool added;
};

/**
 * struct ide_channel - a cable and its queue
 * @lock:     registers and the fields below it, against the interrupt handler
 * @cmd, @ctl, @bm: registers; @bm only with @has_bm
 * @selected: the drive the bus listens to; NULL: unknown
 * @bm_dir:   the direction bit that BM_COMMAND holds
 * @bm_ack:   written to BM_STATUS: clears both events, keeps software's bits
 * @devctl:   Device Control in operation: nIEN when polled
 * @watched:  status is read without an interrupt bit having announced it
 * @op, @op_ext, @lba, @blocks: of the request under way, for messages
 * @tries:    how often it was tried again: with one request at a time, that is the next
 * @then_flush: it is a FUA write that goes by a command without FUA
 * @flush_rc: what the FLUSH CACHE before this one failed with; this one goes on after it
 * @packet_dma: the data of its packet go by DMA
 * @sense_due: its packet failed with this @error, and the recovery task is to ask why
 * @faulty:   the drive that needs the reset; NULL: who knows, both
 * @wanted:   a task waits for its end, and no other is taken
 * @ending:   this context took a request off and has not yet completed it
 * @setup:    held by the one task that resets, identifies or stops
 * @switched_on: firmware had left it off
 * @live:     it has drives
 * @asleep:   held for a suspend
 */
struct ide_channel {
	struct ide_host *host;
	struct trv_spin lock;
	struct trv_port cmd;
	struct trv_port ctl;
	struct trv_port bm;
	enum ide_state state;
	struct trv_req *req;
	struct ide_drive *drive;
	struct ide_drive *selected;
	struct ide_prd *prd;
	u8 bm_dir;
	u8 bm_ack;
	u8 devctl;
	u8 op;
	bool op_ext;
	bool has_bm;
	bool watched;
	bool polled;
	bool then_flush;
	bool packet_dma;
	bool sense_due;
	bool wanted;
	u8 error;
	u8 tries;
	int flush_rc;
	struct ide_drive *faulty;
	u32 blocks;
	u64 lba;
	u32 ending[IDE_ENDERS];
	__le64 *trim;

	struct trv_mutex setup;
	struct trv_blkq queue;
	struct trv_timer drq_timer;
	struct trv_work recovery;
	struct trv_dma_mem prd_mem;
	struct trv_dma_mem trim_mem;
	struct trv_port ctl_bar;
	struct ide_drive drives[PCI_IDE_DRIVES];
	__le16 id[ATA_ID_WORDS];
	u32 index;
	bool native;
	bool decoded;
	bool switched_on;
	bool mapped;
	bool live;
	bool attached;
	bool queued;
	bool asleep;
};

/**
 * struct ide_host - one PCI function; the core's private memory of the device
 * @timing:    the timing registers that both channels share
 * @simplex:   only one channel at a time may use the bus master
 * @n_live:    channels with drives
 * @n_vectors: interrupt vectors: 0, 1 for both channels, or 2
 * @attached:  the one vector of both channels is
 */
struct ide_host {
	struct trv_dev *dev;
	enum ide_chip chip;
	struct trv_mutex timing;
	struct trv_port bm_bar;
	bool has_bm;
	bool simplex;
	bool attached;
	u32 n_vectors;
	u32 n_live;
	struct {
		bool dma;
		bool irq;
		bool lba48;
		u32 multiple;
		u32 udma;
		u32 timeout_ms;
	} opt;
	struct ide_channel channels[PCI_IDE_CHANNELS];
};

#define ide_for_each_channel(host, ch)                                                            \
	for (struct ide_channel *ch = (host)->channels; ch < (host)->channels + PCI_IDE_CHANNELS; \
	     ch++)

#define ide_for_each_drive(ch, drive) \
	for (struct ide_drive *drive = (ch)->drives; drive < (ch)->drives + PCI_IDE_DRIVES; drive++)

/** ide_floating() - nobody drives the bus: DD7 is pulled down (V2), or all of it up */
static inline bool ide_floating(u8 status)
{
	return status == ATA_FLOATING || status == IDE_ALL_ONES;
}

/* ---- ide_probe.c: the function's life ------------------------------------ */
int ide_probe(struct trv_dev *dev, const struct trv_pci_id *id);
void ide_remove(struct trv_dev *dev);

/* ---- ide_power.c: quiet, asleep, awake ----------------------------------- */
void ide_stop(struct trv_dev *dev);
int ide_suspend(struct trv_dev *dev);
int ide_resume(struct trv_dev *dev);

/* ---- ide_chip.c: the timing of PIIX3 and PIIX4 --------------------------- */
/** ide_chip_channels() - which of the two are to be used: ide_channel.decoded */
int ide_chip_channels(struct ide_host *host);
/** ide_chip_decode() - make the channel answer at its ports */
int ide_chip_decode(struct ide_channel *ch);
/** ide_chip_undecode() - for a probe that fails: as firmware left it */
void ide_chip_undecode(struct ide_channel *ch);
/** ide_chip_slow() - timing for drives that may have lost their modes; before they are asked */
void ide_chip_slow(struct ide_channel *ch);
/** ide_chip_tune() - the channel's timing as its drives' modes ask */
int ide_chip_tune(struct ide_channel *ch);
u32 ide_chip_udma(const struct ide_host *host);
u32 ide_chip_mwdma(const struct ide_host *host);

/* ---- ide_identify.c: what a drive says it can do ------------------------- */
/** ide_identify_decode() - ide_channel.id into @drive; -EOPNOTSUPP, said why, when unusable */
int ide_identify_decode(struct ide_drive *drive);
/** ide_identify_same() - is ide_channel.id still that drive's? */
bool ide_identify_same(const struct ide_drive *drive);
/** ide_id_word() - of ide_channel.id */
static inline u16 ide_id_word(const struct ide_drive *drive, u32 n)
{
	return trv_le16_to_cpu(drive->ch->id[n]);
}

/* ---- ide_mode.c: transfer modes ------------------------------------------ */
/** ide_mode_choose() - @drive's transfer mode, from ide_channel.id, chip and options */
void ide_mode_choose(struct ide_drive *drive);
/** ide_mode_slower() - the next one down */
void ide_mode_slower(struct ide_drive *drive);
/** ide_mode_pio() - no DMA any more */
void ide_mode_pio(struct ide_drive *drive);
/** ide_mode_name() - into ide_drive.info */
void ide_mode_name(struct ide_drive *drive);

/* ---- ide_task.c: commands in task context, nIEN set, IDE_HELD ------------ */
/** ide_wait() - until Alternate Status has only @want of @mask; *@status is the last one read */
int ide_wait(struct ide_channel *ch, u8 mask, u8 want, u32 timeout_ms, u8 *status);
/** ide_choose_drive() - select @drive and wait until it takes commands */
int ide_choose_drive(struct ide_drive *drive, u32 timeout_ms);
/** ide_no_data() - one command without data; -EIO when the drive refuses */
int ide_no_data(struct ide_drive *drive, u8 op, u8 features, u8 count, u32 timeout_ms);
/** ide_flush_cache() - to the end, past bad sectors; -EIO when it does not come to an end */
int ide_flush_cache(struct ide_drive *drive);
/** ide_identify() - IDENTIFY into ide_channel.id; -ENODEV when nobody is there after all */
int ide_identify(struct ide_drive *drive);
/** ide_configure() - the drive's modes, lost at every reset */
int ide_configure(struct ide_drive *drive);

/* ---- ide_cd.c: a CD drive and what is in it; a held channel ---------------- */
/** struct ide_reply - what a packet brings, at most */
struct ide_reply {
	u8 bytes[INQUIRY_BYTES];
	u32 len;
};
/** ide_packet() - one packet; IDE_CHECK when the drive ended it with ERR, *@error is why */
int ide_packet(struct ide_drive *drive, const u8 *packet, struct ide_reply *reply, u8 *error);
/** ide_cd_setup() - a drive just identified: is it a CD drive, and what is in it? */
int ide_cd_setup(struct ide_drive *drive);
/** ide_cd_restore() - after a reset: is it still the same disc? */
int ide_cd_restore(struct ide_drive *drive);
/** ide_check_events() - trv_blk_ops.check_events */
int ide_check_events(struct trv_disk *disk);

/* ---- ide_sense.c: why a packet failed ------------------------------------ */
/** ide_sense_ask() - REQUEST SENSE: *@sense is a SENSE_ number; just the key when that fails, too */
int ide_sense_ask(struct ide_drive *drive, u8 error, u32 *sense);
/** ide_sense_judge() - what the request under way ends with, or IDE_RETRY */
int ide_sense_judge(struct ide_channel *ch, u32 sense);
static inline u8 ide_sense_key(u32 sense)
{
	return sense >> 16 & 0xff;
}
static inline u8 ide_sense_code(u32 sense)
{
	return sense >> 8 & 0xff;
}

/* ---- ide_hold.c: who owns the registers ------------------------------------ */
/** ide_stop_bm() - the bus master transfers nothing more, and forgets what it noted */
void ide_stop_bm(struct ide_channel *ch);
/** ide_hold() - the registers belong to a task from here; lock held, the bus is made quiet */
void ide_hold(struct ide_channel *ch);
/** ide_take() - the same from a task, which does not care what was under way */
void ide_take(struct ide_channel *ch);
/** ide_unhold() - back to the hot path */
void ide_unhold(struct ide_channel *ch);
/**
 * ide_borrow() - take the channel between two requests, and ide_channel.setup
 *
 * -EBUSY when there is no end to the one under way, -ENODEV from a stopped channel.
 */
int ide_borrow(struct ide_channel *ch);
/** ide_give_back() - the channel, and ide_channel.setup */
void ide_give_back(struct ide_channel *ch);

/* ---- ide_pass.c: commands by hand ------------------------------------------- */
/** ide_ata() - trv_blk_ops.ata: IDENTIFY, CHECK POWER MODE and SMART as far as it reads */
int ide_ata(struct trv_disk *disk, struct trv_ata_cmd *cmd, void *data, u32 bytes);

/* ---- ide_reset.c: resets, and what they find -------------------------------- */
/** ide_is_empty() - does nothing but the cable hang there? Cheap, and safe with a busy drive. */
bool ide_is_empty(struct ide_channel *ch);
/** ide_detect() - reset, find, identify and configure the drives of a held channel */
int ide_detect(struct ide_channel *ch);
/** ide_restore() - reset, and each drive not lost as it was before; -ENODEV when none came back */
int ide_restore(struct ide_channel *ch);
/** ide_restore_one() - reset a packet drive alone; an error when it takes more than that */
int ide_restore_one(struct ide_drive *drive);

/* ---- ide_error.c: what went wrong, and then? ----------------------------- */
/**
 * ide_fail() - the request under way failed: say why
 *
 * Lock held, bus master stopped. Returns the request to complete
 * with *@rc, which may be IDE_RETRY; the channel is idle again or held for a
 * reset to come. NULL: a flush goes on.
 */
struct trv_req *ide_fail(struct ide_channel *ch, u8 status, u8 bm, int *rc);
/** ide_abandon() - the device is gone: lock held, returns the request to complete, if any */
struct trv_req *ide_abandon(struct ide_channel *ch, int *rc);
/** ide_crc_note() - one more CRC error of @drive's */
void ide_crc_note(struct ide_drive *drive);

/* ---- ide_recover.c: the task that puts it right ---------------------------- */
/** ide_recover_later() - hold the channel and have the task reset @faulty, NULL both; lock held */
void ide_recover_later(struct ide_channel *ch, struct ide_drive *faulty);
/** ide_recover() - that task's function */
void ide_recover(void *arg);
/** ide_reset_held() - reset a held channel and give it back, or leave it stopped when gone */
void ide_reset_held(struct ide_channel *ch);
/** ide_timeout() - trv_blk_ops.timeout */
void ide_timeout(struct trv_blkq *q, struct trv_req *req);

/* ---- ide_open.c: interrupts and queues ----------------------------------- */
/** ide_io_open() - vectors, or polling, and a queue for each channel with drives */
int ide_io_open(struct ide_host *host);
void ide_io_close(struct ide_host *host);

/* ---- ide_io.c: requests, and the driver's table --------------------------- */
int ide_queue_init(struct ide_channel *ch);

/* ---- ide_irq.c: their ends ------------------------------------------------ */
int ide_irq_attach(struct ide_channel *ch);
/** ide_poll() - trv_blk_ops.poll */
int ide_poll(struct trv_blkq *q, int budget);
/** ide_drq_timer() - function of ide_channel.drq_timer: a drive slow to ask for data */
void ide_drq_timer(void *arg);

/* ---- the slower requests: registers are the hot path's, lock held --------- */
/** ide_pio_start() - the address is written; @op and, for a write, the first block */
int ide_pio_start(struct ide_channel *ch, struct ide_drive *drive, struct trv_req *req, u8 op,
		  bool write);
/** ide_pio_event() - @status just read, BSY clear: move a block, or end. As ide_fail(). */
struct trv_req *ide_pio_event(struct ide_channel *ch, u8 status, int *rc);
/** ide_trim_start() - a discard */
int ide_trim_start(struct ide_channel *ch, struct ide_drive *drive, struct trv_req *req);
/** ide_packet_start() - a read of a CD */
int ide_packet_start(struct ide_channel *ch, struct ide_drive *drive, struct trv_req *req);
/** ide_packet_event() - as ide_pio_event() */
struct trv_req *ide_packet_event(struct ide_channel *ch, u8 status, u8 bm, int *rc);

#endif /* IDE_H */
