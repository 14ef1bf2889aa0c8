/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Inside the IDE models: a PCI function (piix_ide.c) with two channels
 * (ata_channel.c), each with two drives (ata_disk.c, ata_cmd.c,
 * ata_identify.c; CD drives add atapi_*.c) on one set of wires and a bus
 * master engine (bmdma.c).
 * Tests use ide_test.h.
 */
#ifndef TRIVET_SIM_ATA_MODEL_H
#define TRIVET_SIM_ATA_MODEL_H

#include <os/test-sim/mem.h>
#include <os/test-sim/models/backing.h>
#include <os/test-sim/models/ide_test.h>
#include <os/test-sim/op.h>
#include <os/test-sim/sabotage.h>
#include <trivet/hw/ata.h>
#include <trivet/hw/atapi.h>
#include <trivet/hw/piix.h>

struct ata_channel;
struct ata_op;
struct ide_hba;

/* ---- rules ---------------------------------------------------------------- */

/* X(enumerator, id, section, text) */
#define ATA_RULES(X)                                                                          \
	X(R_400NS, "ata-400ns", "ATA/ATAPI-7 V1 Status, V2 HI1 and HI4",                      \
	  "after a command or a change of DEV the host waits 400 ns before it reads")         \
	X(R_BUSY_WRITE, "ata-busy-write", "ATA/ATAPI-7 V1, Command Block registers",          \
	  "the host does not write the command block while BSY or DRQ is set")                \
	X(R_SELECT_BUSY, "ata-select-busy", "ATA/ATAPI-7 V1, Device register",                \
	  "DEV is not changed while BSY or DRQ is set")                                       \
	X(R_SELECT_CHECK, "ata-select-check", "ATA/ATAPI-7 V2, HI1 Check_Status",             \
	  "a command is written only after status was read with BSY and DRQ clear")           \
	X(R_DATA_PHASE, "ata-data-phase", "ATA/ATAPI-7 V1, Data register",                    \
	  "Data is accessed only while DRQ is set, in the direction of the command")          \
	X(R_DRDY, "ata-drdy", "ATA/ATAPI-7 V1, Status register, DRDY",                        \
	  "while DRDY is clear the device takes EXECUTE DEVICE DIAGNOSTIC, DEVICE RESET, "    \
	  "PACKET and IDENTIFY PACKET DEVICE only")                                           \
	X(R_SRST_HOLD, "ata-srst-hold", "ATA/ATAPI-7 V2, HSR0 Set_SRST",                      \
	  "SRST stays set for at least 5 us")                                                 \
	X(R_SRST_WAIT, "ata-srst-wait", "ATA/ATAPI-7 V2, HSR1 Clear_wait",                    \
	  "after clearing SRST the host waits 2 ms before it touches the device")             \
	X(R_DEVCTL, "ata-devctl-reserved", "ATA/ATAPI-7 V1, Device Control register",         \
	  "bits other than HOB, SRST and nIEN are written as zero")                           \
	X(R_RESERVED, "ata-reserved", "ATA8-ACS, DATA SET MANAGEMENT; V1, READ DMA EXT",      \
	  "bits that a 48-bit command reserves are zero, in both bytes of a parameter")       \
	X(R_CABLE, "ata-cable", "ATA/ATAPI-7 V2, cable assemblies and Ultra DMA modes",       \
	  "Ultra DMA above mode 2 is not enabled over a 40-conductor cable")                  \
	X(R_PKT_PHASE, "packet-phase", "ATA/ATAPI-7 V1, PACKET; V2, HP2",                     \
	  "the packet is written while DRQ is set with C/D 1 and I/O 0")                      \
	X(R_PKT_LENGTH, "packet-length", "ATA/ATAPI-7 V1, PACKET; IDENTIFY word 0",           \
	  "a packet is 12 bytes, no more and no fewer")                                       \
	X(R_PKT_LIMIT, "packet-byte-count", "ATA/ATAPI-7 V1, PACKET, byte count limit",       \
	  "for data by PIO the limit is not 0, and even unless one block takes them all")     \
	X(R_PKT_FEATURES, "packet-features", "ATA/ATAPI-7 V1, PACKET, Features",              \
	  "no bit but DMA is set for a device without overlap and DMADIR")                    \
	X(R_BM_EARLY, "bm-start-before-command", "SFF-8038i, standard programming sequence",  \
	  "the bus master is started after the DMA command was written to the device")        \
	X(R_BM_STALE, "bm-status-stale", "SFF-8038i, standard programming sequence",          \
	  "Interrupt and Error are cleared before a DMA command")                             \
	X(R_BM_STOP, "bm-stop-missing", "SFF-8038i, standard programming sequence",           \
	  "Start/Stop is cleared at the end of a transfer, before the next command")          \
	X(R_BM_DIR, "bm-direction", "SFF-8038i, command register, Read/Write Control",        \
	  "the bus master's direction is that of the device's command")                       \
	X(R_BM_DIR_RUN, "bm-direction-running", "82371AB 5.2.1 BMICX, RWCON",                 \
	  "the direction is not changed while the bus master is active")                      \
	X(R_BM_PTR_RUN, "bm-pointer-running", "SFF-8038i, descriptor table pointer register", \
	  "the table pointer is not written while the bus master is active")                  \
	X(R_BM_TABLE, "bm-table-boundary", "SFF-8038i, Physical Region Descriptor Table",     \
	  "the table does not cross a 64 KiB boundary and ends with EOT")                     \
	X(R_BM_ALIGN, "bm-prd-align", "SFF-8038i, Physical Region Descriptor",                \
	  "a region's address and byte count are even")                                       \
	X(R_BM_BOUNDARY, "bm-prd-boundary", "SFF-8038i, Physical Region Descriptor",          \
	  "a region does not cross a 64 KiB boundary")                                        \
	X(R_BM_RESERVED, "bm-prd-reserved", "SFF-8038i, Physical Region Descriptor",          \
	  "bits 30:16 and 0 of a descriptor's second word are zero")                          \
	X(R_BM_SIMPLEX, "bm-simplex", "SFF-8038i, status register, Simplex only",             \
	  "of a simplex function one bus master at a time is started")                        \
	X(R_UDMA, "piix-udma-mismatch", "82371AB 5.1, UDMACTL and UDMATIM",                   \
	  "Ultra DMA is enabled for a drive exactly when the drive was set to it, "           \
	  "at no faster a cycle")                                                             \
	X(R_PIO_TIMING, "piix-pio-timing", "82371AB 5.1, IDETIM and SIDETIM; V2, PIO timing", \
	  "cycles of the data port are no shorter than the drive's PIO mode allows, and in " \
	  "those of mode 3 or 4 IORDY is sampled")                                                       \
	X(R_MWDMA_TIMING, "piix-mwdma-timing", "82371AB 5.1, IDETIM; V2, Multiword DMA timing", \
	  "cycles are no shorter than the drive's Multiword DMA mode allows")

enum ata_rule_id {
#define ATA_RULE_ENUM(e, id, section, text) e,
	ATA_RULES(ATA_RULE_ENUM)
#undef ATA_RULE_ENUM
		ATA_N_RULES
};
extern const struct sim_rule ata_rules[ATA_N_RULES];

/*
 * ata_rule() - @rule was broken, unless the device itself has misbehaved: then
 * it returns and the access has whatever effect it has
 */
#define ata_rule(dev, rule, ...)                                             \
	do {                                                                 \
		if (!(dev)->hostile)                                         \
			sim_rule_broken(dev, &ata_rules[rule], __VA_ARGS__); \
	} while (0)

/* ---- drives --------------------------------------------------------------- */

enum ata_phase {
	ATA_P_IDLE,
	ATA_P_BUSY, /* BSY: the event is pending, or the command is held or hung */
	ATA_P_IN,   /* DRQ: the host reads a block */
	ATA_P_OUT,  /* DRQ: the host writes a block */
	ATA_P_DMA,  /* DMARQ: waits for the bus master, or the transfer's event is pending */
	ATA_P_RESET,
};

enum {
	ATA_BLOCK_MAX = 128 * ATA_SECTOR, /* the longest DRQ block */
	ATA_OVERRIDES = 40,
};

/** struct ata_reg - a register with room for the value before (V1, 48-bit addressing) */
struct ata_reg {
	u8 cur, prev;
};

/** struct ata_regs - the command block as the host wrote it, or the device answers */
struct ata_regs {
	struct ata_reg features, count, lba[3];
	u8 device;
};

/** struct ata_xfer - the command under way */
struct ata_xfer {
	const struct ata_op *op;
	u8 code;
	u8 features;
	u64 lba;      /* next sector */
	u32 left;     /* sectors still to move */
	u32 block;    /* sectors per DRQ block */
	u32 in_block; /* bytes of the block in the buffer */
	u32 pos;      /* bytes the host has moved of it */
	u8 error;     /* what the command ends with */
	bool df;
	bool df_at_end;
	bool garbled;
	bool fua;
	u64 bad_lba; /* first sector that fails, ~0 none */
	u8 bad_error;
	bool icrc, drop_irq, held, hang;
	bool mute;	   /* ERR, and no reason */
	bool offer;	   /* the bad block of a PIO read is the host's to take */
	bool timed;	   /* a test says how long it takes */
	bool again;	   /* INTRQ once more after the end */
	bool bus_error;	   /* of the bus master: a PCI cycle of the transfer is aborted */
	bool bus_lost;	   /* the same, when the drive has sent all of it already */
	bool held_in_chip; /* the drive is done, the bus master not yet */
	bool wrong_count, wrong_way, cut_short;
	u16 count;
	u64 early_ns, linger_ns;
};

/** struct atapi - the packet under way */
struct atapi {
	u8 cdb[ATAPI_PACKET_BYTES];
	bool taken; /* all of it arrived */
	bool dma;
	bool media; /* data are the medium's, not @reply */
	u32 limit;  /* most bytes per DRQ block */
	u64 total, moved;
	u32 chunk; /* bytes of the block the host moves now */
	u32 sense; /* how it ends: SENSE_GOOD ... */
	u32 disc;  /* which one it began on */
	u8 reply[64];
};

/** struct cd_tray - what is in it, and what the host has not been told yet */
struct cd_tray {
	bool open, disc, locked;
	u32 serial;	       /* counts discs */
	u64 t_ready;	       /* spinning up until then */
	u8 event;	       /* the newest EVENT_ ... not yet fetched */
	bool power_on;	       /* unit attentions to report */
	bool parameters_lost;  /* told before the change, */
	bool parameters_later; /* or after it */
	bool changed;
	bool eject_wanted;
	struct sim_event back;	/* the disc that was taken */
	u32 sense, information; /* of the last command, for REQUEST SENSE */
	bool information_valid;
};

struct ata_drive {
	struct ata_channel *ch;
	u32 index; /* on its channel */
	bool present;
	bool dead;    /* IDE_F_DEAD struck */
	bool spun_up; /* else DRDY is still to come */
	bool turning; /* of a slow one: the medium, by now */
	enum ata_phase phase;
	u8 status, error;
	bool intrq; /* interrupt pending inside the drive */
	struct ata_regs regs;
	struct ata_xfer x;
	bool packet; /* a CD drive: the next two; x.lba and x.left count its blocks */
	struct atapi pk;
	struct cd_tray tray;
	u8 *buf;
	u32 multiple;
	u8 pio_mode, dma_mode; /* as ATA_OP_SET_FEATURES set them; dma_mode 0: none */
	bool wcache_on, look_ahead_on, revert;
	u16 cyls, heads, spt; /* current translation */
	u64 sectors;
	u64 next_lba;  /* where the heads are */
	bool held_now; /* a completion waits for ide_release() */
	void (*step)(struct ata_drive *d);
	struct sim_event ev;
	struct sim_op op;
	struct sim_event stray; /* an INTRQ too many */
	bool unasked;		/* that is what its INTRQ is */
	struct backing back;
	struct ide_caps caps;
	struct ide_stats stats;
	struct ide_history hist[IDE_HISTORY];
	u64 n_hist;
	u32 op_count[256];
	u32 packet_count[256];
	struct {
		u8 word;
		u16 mask, val;
	} override[ATA_OVERRIDES];
	u32 n_override;
	bool bad_checksum;
	u8 trait[IDE_N_TRAITS];
	u32 traits_known; /* bits: asked, or set by a test */
};

/* ---- the bus master engine of one channel --------------------------------- */

struct bm_engine {
	bool unasked; /* INTR is of a drive that nobody had asked: the host may not know of it yet */
	u8 command, status;
	u32 prdt;
	/* since START was set */
	u32 entry;     /* address of the descriptor in @addr, @len, @eot */
	u32 addr, len; /* what is left of the region */
	bool eot;
	bool spent;   /* the last region is used up */
	bool stuck;   /* and does not say so */
	bool broken;  /* a bus error, or a stop in mid-transfer */
	bool touched; /* since its reset */
	bool left;    /* started by somebody before, and kept off the bus: it goes on once it may */
};

struct ata_channel {
	struct ide_hba *hba;
	struct trv_dev *dev;
	u32 index;
	struct ata_drive drive[PCI_IDE_DRIVES];
	u8 device; /* Device register: DEV is shared by both drives */
	u8 devctl;
	bool line;	  /* INTRQ as the controller sees it */
	bool idle_seen;	  /* status of the selected drive was read with BSY = DRQ = 0 */
	bool dma_command; /* a DMA command was written since START was last clear */
	u8 stale;	  /* what Alternate Status still shows until then */
	u8 bus;		  /* the last byte on it */
	u64 t_cycle;	  /* Status is still that of a block: a PIO cycle after its last word */
	u64 t_drdy;	  /* no DRDY before: IDE_F_SELECT struck */
	u64 t_quiet;	  /* no reads before: 400 ns after a command or a select */
	u64 t_srst;	  /* when SRST was set */
	u64 t_srst_end;	  /* no access before: 2 ms after it was cleared */
	struct bm_engine bm;
};

struct ide_hba {
	struct trv_dev *dev;
	enum ide_kind { IDE_PIIX3, IDE_PIIX4, IDE_GENERIC } kind;
	bool native[PCI_IDE_CHANNELS];
	u32 channels; /* with ports */
	bool powered; /* not the first reset */
	bool prdt_moves;
	bool simplex;
	struct ata_channel ch[PCI_IDE_CHANNELS];
	struct ide_fault fault[16];
	u32 fault_seen[16], fault_hits[16];
	u32 n_fault;
	u32 faults; /* ever added */
};

static inline struct ide_hba *ide_hba(struct trv_dev *dev)
{
	return dev->state;
}

/* Where a read began: entries charge the bus cycle before the model is asked. */
static inline u64 ata_read_time(void)
{
	u64 now = sim_now();

	return now > sim_read_ns() ? now - sim_read_ns() : 0;
}

/* ---- ata_channel.c: the wires --------------------------------------------- */
u8 ata_cmd_read(struct ata_channel *ch, u32 reg);
void ata_cmd_write(struct ata_channel *ch, u32 reg, u8 val);
u8 ata_altstatus(struct ata_channel *ch);
void ata_devctl(struct ata_channel *ch, u8 val);
void ata_data_read(struct ata_channel *ch, void *buf, u32 bytes);
void ata_data_write(struct ata_channel *ch, const void *buf, u32 bytes);
/** ata_irq_update() - INTRQ follows the selected drive's interrupt and nIEN */
void ata_irq_update(struct ata_channel *ch);
/**
 * ata_channel_reset() - both drives are busy, and after @ns and their own time idle
 * @hard: by power or RESET-: settings are lost
 * @ns:   0 for as long as SRST is set
 */
void ata_channel_reset(struct ata_channel *ch, bool hard, u64 ns);
static inline struct ata_drive *ata_selected(struct ata_channel *ch)
{
	return &ch->drive[!!(ch->device & ATA_DEVICE_DEV)];
}

/** ata_sectors() - the disk's own, not of 512 bytes */
static inline u64 ata_sectors(const struct ata_drive *d)
{
	return d->sectors >> d->caps.sector_shift;
}

/* ---- ata_disk.c: a drive's life ------------------------------------------- */
void ata_drive_init(struct ata_drive *d, struct ata_channel *ch, u32 index);
void ata_drive_ready(struct ata_drive *d); /* the end of a reset: signature, DRDY */
void ata_drive_defaults(struct ata_drive *d, bool hard);
/** ata_after() - the command goes on with @step in @ns */
void ata_after(struct ata_drive *d, u64 ns, void (*step)(struct ata_drive *d));
/** ata_complete() - the command is over; x.error and x.df say how */
void ata_complete(struct ata_drive *d);
/** ata_block_ready() - a DRQ block may be moved; the first block of a write comes without INTRQ */
void ata_block_ready(struct ata_drive *d, enum ata_phase phase, bool intrq);
/** ata_drq() - the same for what is no data block */
void ata_drq(struct ata_drive *d, enum ata_phase phase, bool intrq);
/** ata_pace() - the next block takes @ns, of this drive */
u64 ata_pace(struct ata_drive *d, u64 ns);
void ata_pio_in(struct ata_drive *d);
void ata_pio_out(struct ata_drive *d);
/** ata_block_done() - the host has moved the whole block */
void ata_block_done(struct ata_drive *d);
void ata_dma(struct ata_drive *d);
/** ata_dma_go() - the bus master was started: if the drive waits for it, move the data */
void ata_dma_go(struct ata_drive *d);
/** ata_dma_stopped() - START was cleared under a transfer */
void ata_dma_stopped(struct ata_drive *d);

/* ---- ata_cmd.c: what commands mean ----------------------------------------- */
enum ata_proto { ATA_ND, ATA_PIO_IN, ATA_PIO_OUT, ATA_DMA_IN, ATA_DMA_OUT, ATA_PACKET };
enum {
	ATA_OF_MEDIA = 1, /* has a sector address and count */
	ATA_OF_EXT = 2,	  /* 48-bit registers */
	ATA_OF_MULTI = 4,
	ATA_OF_FUA = 8,
	ATA_OF_NODRDY = 16,
	ATA_OF_VERIFY = 32, /* reads the medium, moves nothing */
	ATA_OF_PACKET = 64, /* CD drives know it too */
};
/**
 * struct ata_op - one command
 * @run: after the seek; for PIO in fills the buffer, for writes takes it; NULL is plain media data.
 *       An error is left in x.error.
 */
struct ata_op {
	const char *name;
	u8 proto;
	u8 flags;
	void (*run)(struct ata_drive *d);
};
void ata_command(struct ata_drive *d, u8 code);
/** ata_is_dma() - would this command, written now, move data by DMA? */
bool ata_is_dma(const struct ata_drive *d, u8 code);
/** ata_diagnostic() - EXECUTE DEVICE DIAGNOSTIC, which both drives obey */
void ata_diagnostic(struct ata_channel *ch);
void ata_set_lba(struct ata_drive *d, u64 lba, bool ext);

/* ---- ata_fate.c: what may become of a command ------------------------------- */
/** ata_fate() - choose: an error, an end that does not come or comes twice; in @ns it has worked */
void ata_fate(struct ata_drive *d, u64 ns);
/** ata_fate_when() - choose: how soon does this step end, @first of its command or not, if ever? */
void ata_fate_when(struct ata_drive *d, bool first);
/** ata_fate_end() - the command ends: once, perhaps */
void ata_fate_end(struct ata_drive *d);
/** ata_fate_dma() - choose: does the bus master work? How many of @sectors it moves */
u32 ata_fate_dma(struct ata_drive *d, u32 sectors);
void ata_fate_init(struct ata_drive *d);
/** ata_stray() - INTRQ, which nobody asked for */
void ata_stray(struct ata_drive *d);
/** ata_fate_reset() - INTRQ is taken back, for good */
void ata_fate_reset(struct ata_drive *d);

/* ---- ata_trait.c: what else a drive may be like, all of it legal ------------- */
/**
 * ata_trait() - choose, the first time: which one of its kind is this?
 *
 * Asked where the difference first shows; ata_trait_of() is for the places that come later.
 */
#define ata_trait(d, trait) ata_trait_at(d, trait, SIM_SITE)
u32 ata_trait_at(struct ata_drive *d, enum ide_trait trait, const struct sim_site *site);
static inline u32 ata_trait_of(const struct ata_drive *d, enum ide_trait trait)
{
	return d->trait[trait];
}
/** ata_trait_status() - Status as this drive shows it */
u8 ata_trait_status(struct ata_drive *d);
/** ata_trait_outputs() - the command is over: what became of the registers it says nothing by */
void ata_trait_outputs(struct ata_drive *d);
/** ata_trait_identify() - words that say nothing of what the drive can do */
void ata_trait_identify(struct ata_drive *d, u8 *out);

/* ---- ata_identify.c -------------------------------------------------------- */
void ata_identify(struct ata_drive *d, u8 *out);
u64 ata_lba28_sectors(const struct ata_drive *d);
void ata_id_put(u8 *out, u32 word, u16 val);
void ata_id_string(u8 *out, u32 word, const char *s, u32 len);
void ata_id_timing(const struct ata_drive *d, u8 *out);
/** ata_id_finish() - what the test wants words to be, then the checksum */
void ata_id_finish(struct ata_drive *d, u8 *out);

/** ata_trim_blocks() - IDENTIFY word 105 */
u16 ata_trim_blocks(struct ata_drive *d);
/** ata_trim_limit() - and how many the drive takes */
u32 ata_trim_limit(const struct ata_drive *d);

/* ---- atapi_cmd.c: the PACKET transport -------------------------------------- */
const struct ata_op *atapi_op(u8 code);
/** atapi_begin() - PACKET was written: time until the step after */
u64 atapi_begin(struct ata_drive *d);
void atapi_want_packet(struct ata_drive *d);
void atapi_block_done(struct ata_drive *d);
void atapi_dma_move(struct ata_drive *d);
u64 atapi_dma_ns(const struct ata_drive *d);
/** atapi_write_rule() - the rule a write of Data breaks that no block takes */
enum ata_rule_id atapi_write_rule(const struct ata_drive *d);
/** atapi_dma_check() - the bus master was started: not in the middle of a packet */
void atapi_dma_check(struct ata_drive *d);
/** atapi_device_reset() - DEVICE RESET, at any time */
void atapi_device_reset(struct ata_drive *d);

/** atapi_drq_type() - how it asks for a packet, as ide_caps.drq_type */
u8 atapi_drq_type(struct ata_drive *d);

/* ---- atapi_packet.c: what packets mean; atapi_identify.c ---------------------- */
/** atapi_aim() - address and length of a read, for faults; then atapi_run() */
void atapi_aim(struct ata_drive *d);
/** atapi_run() - fills pk.reply, or sets pk.media; pk.total says how much there is, pk.sense */
void atapi_run(struct ata_drive *d);
void atapi_identify(struct ata_drive *d);

/* ---- atapi_medium.c: the tray ------------------------------------------------ */
/** cd_open() - @spec is cd:PATH, cdmem:SIZE or cd: (an empty tray); as backing_open() */
int cd_open(struct ata_drive *d, const char *key, const char *spec);
bool cd_is_spec(const char *spec);
u32 cd_blocks(const struct ata_drive *d);
/** cd_ready() - SENSE_GOOD, or why not */
u32 cd_ready(struct ata_drive *d);
/** cd_attention() - the next unit attention, which is then reported; SENSE_GOOD: none */
u32 cd_attention(struct ata_drive *d);
void cd_reset(struct ata_drive *d, bool hard);
void cd_tray_move(struct ata_drive *d, bool open);
/** cd_fate() - choose: is the disc changed just now, or taken and brought back? */
void cd_fate(struct ata_drive *d);
void cd_init(struct ata_drive *d);
/** cd_unplug() - nobody's hand is at it any more */
void cd_unplug(struct ata_drive *d);
/** cd_good() - how many of the @n blocks from @lba come before the bad one */
u32 cd_good(const struct ata_drive *d, u64 lba, u32 n);
/** cd_read() - @bytes of the medium from byte @off of the read under way; 0 or -EIO */
int cd_read(struct ata_drive *d, u64 off, u32 bytes, u8 *buf);

/* ---- bmdma.c --------------------------------------------------------------- */
u32 bm_read(struct ata_channel *ch, u32 reg);
void bm_write(struct ata_channel *ch, u32 reg, u32 val);
/** bm_active() - may data flow to memory (@to_memory) or from it? */
bool bm_active(struct ata_channel *ch, bool to_memory);
/**
 * bm_move() - the device moves @len bytes over the bus
 *
 * Returns how many the regions took: fewer when the last one is used up, or on
 * a bus error.
 */
u32 bm_move(struct ata_channel *ch, bool to_memory, void *buf, u32 len);
void bm_intrq(struct ata_channel *ch);
void bm_reset(struct ata_channel *ch);
/** bm_mastering() - the function may master the bus from now on */
void bm_mastering(struct ata_channel *ch);

/* ---- piix_ide.c ------------------------------------------------------------ */
void ide_line(struct ata_channel *ch);
/** ide_check_pio() - is the data port slow enough for @d? */
void ide_check_pio(struct ata_drive *d);
/** ide_check_mode() - do the controller's timings suit the mode @d was set to? */
void ide_check_mode(struct ata_drive *d);

/* ---- ide_test.c ------------------------------------------------------------ */
/** ide_faults_apply() - plan the misbehaviour of the command in d->x */
u64 ide_faults_apply(struct ata_drive *d, bool media);
/** ide_faults_select() - for how long the drive just selected is not ready */
u64 ide_faults_select(struct ata_drive *d);
void ide_history_add(struct ata_drive *d);
void ide_history_done(struct ata_drive *d);
/** ide_history_packet() - the last command's packet says what it is */
void ide_history_packet(struct ata_drive *d);

#endif /* TRIVET_SIM_ATA_MODEL_H */
