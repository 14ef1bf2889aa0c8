// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The PACKET transport of a CD drive (ATA/ATAPI-7 V1, PACKET; V2, PACKET
 * protocols HP and DP): it asks for twelve bytes, moves the data in blocks of
 * at most the host's limit or all by DMA, and ends with a status interrupt.
 */
#include <string.h>

#include <os/test-sim/models/ata_model.h>

enum {
	NS_PACKET = 20000,    /* from PACKET to its DRQ, when quick */
	NS_EXECUTE = 30000,   /* from the packet to the first answer */
	NS_SEEK = 100 * 1000, /* more, when the head is elsewhere */
	NS_BLOCK = 4000,      /* preparing a DRQ block */
	NS_PIO_KB = 4000,     /* and each KiB of it */
	NS_DMA_BLOCK = 60000, /* 33 MB/s */
	NS_DEVICE_RESET = 500 * 1000,
	NS_LATE = 30 * 1000 * 1000,
	DMA_CHUNK = 32, /* blocks */
};

/* ---- commands ------------------------------------------------------------- */

/* READ SECTORS and IDENTIFY DEVICE: aborted, with the signature that says why. */
static void not_a_disk(struct ata_drive *d)
{
	d->x.error = ATA_ERROR_ABRT;
	d->regs.count.cur = 1;
	d->regs.lba[0].cur = 1;
	d->regs.lba[1].cur = ATA_SIG_ATAPI_MID;
	d->regs.lba[2].cur = ATA_SIG_ATAPI_HIGH;
}

const struct ata_op *atapi_op(u8 code)
{
	static const struct ata_op packet = { "PACKET", ATA_PACKET, ATA_OF_NODRDY, NULL };
	static const struct ata_op identify = { "IDENTIFY PACKET DEVICE", ATA_PIO_IN, ATA_OF_NODRDY,
						atapi_identify };
	static const struct ata_op disk = { "of a disk", ATA_ND, 0, not_a_disk };

	switch (code) {
	case ATA_OP_PACKET:
		return &packet;
	case ATA_OP_IDENTIFY_PACKET:
		return &identify;
	case ATA_OP_READ_SECTORS:
	case ATA_OP_IDENTIFY:
		return &disk;
	default:
		return NULL;
	}
}

static void reset_over(struct ata_drive *d)
{
	ata_drive_ready(d);
	ide_history_done(d);
}

void atapi_device_reset(struct ata_drive *d)
{
	static const struct ata_op op = { "DEVICE RESET", ATA_ND, ATA_OF_NODRDY, NULL };
	u64 ns;

	sim_event_cancel(&d->ev);
	d->held_now = false;
	d->ch->device &= ATA_DEVICE_DEV; /* that alone is not the signature's (V1, DEVICE RESET) */
	d->x = (struct ata_xfer){
		.op = &op,
		.code = ATA_OP_DEVICE_RESET,
		.bad_lba = ~0ULL,
	};
	d->stats.commands++;
	d->op_count[ATA_OP_DEVICE_RESET]++;
	ide_history_add(d);
	ns = NS_DEVICE_RESET + ide_faults_apply(d, false);
	if (sim_choose(SIM_K_LATE, 2, SIM_SITE))
		ns += NS_LATE;
	ata_after(d, ns, reset_over);
	d->phase = ATA_P_RESET;
	if (d->dead || d->x.hang)
		sim_event_cancel(&d->ev);
}

/* ---- asking for the packet ------------------------------------------------ */

u8 atapi_drq_type(struct ata_drive *d)
{
	return d->caps.drq_type ?: ata_trait(d, IDE_T_DRQ);
}

u64 atapi_begin(struct ata_drive *d)
{
	static const u32 limit_us[] = { ATAPI_US_DRQ, ATAPI_US_DRQ_INTR, ATAPI_US_DRQ_FAST };
	struct ata_regs *r = &d->regs;
	u32 us = limit_us[atapi_drq_type(d) % TRV_ARRAY_SIZE(limit_us)];

	if (d->x.features & ~ATAPI_FEATURE_DMA)
		ata_rule(d->ch->dev, R_PKT_FEATURES, "Features = %02x at PACKET", d->x.features);
	d->pk = (struct atapi){
		.dma = d->x.features & ATAPI_FEATURE_DMA,
		.limit = r->lba[1].cur | r->lba[2].cur << 8,
	};
	d->pk.limit = trv_min(d->pk.limit, (u32)ATAPI_LIMIT_MAX);
	r->count.cur = ATAPI_REASON_STATUS; /* should it end before the packet */
	(void)ide_faults_apply(d, false);
	/* Late is as late as its type allows. */
	return sim_choose(SIM_K_LATE, 2, SIM_SITE) ? 950ULL * us : NS_PACKET;
}

void atapi_want_packet(struct ata_drive *d)
{
	d->regs.count.cur = ATAPI_REASON_PACKET;
	d->x.in_block = ATAPI_PACKET_BYTES;
	ata_drq(d, ATA_P_OUT, atapi_drq_type(d) == 1);
}

enum ata_rule_id atapi_write_rule(const struct ata_drive *d)
{
	if (!d->x.op || d->x.op->proto != ATA_PACKET || d->phase == ATA_P_IDLE)
		return R_DATA_PHASE;
	if (d->phase == ATA_P_OUT)
		return R_PKT_LENGTH;
	if (!d->pk.taken)
		return R_PKT_PHASE;
	return d->phase == ATA_P_IN ? R_DATA_PHASE : R_PKT_LENGTH;
}

void atapi_dma_check(struct ata_drive *d)
{
	if (d->phase == ATA_P_OUT && d->x.pos)
		ata_rule(d->ch->dev, R_PKT_LENGTH,
			 "the bus master is started after %u bytes of the packet", d->x.pos);
}

/* ---- the end -------------------------------------------------------------- */

static void end(struct ata_drive *d, u32 sense)
{
	u8 key = sense >> 16;

	d->pk.sense = sense;
	d->tray.sense = sense;
	d->regs.count.cur = SIM_SAB("model-reason-bit") ? ATAPI_REASON_CD : ATAPI_REASON_STATUS;
	d->x.error = key << ATAPI_ERROR_KEY_SHIFT;
	if (key == SENSE_ILLEGAL_REQUEST || key == SENSE_ABORTED)
		d->x.error |= ATAPI_ERROR_ABRT;
	ata_complete(d);
}

static void end_at(struct ata_drive *d, u64 lba, u32 sense)
{
	d->tray.information = lba;
	d->tray.information_valid = true;
	end(d, sense);
}

/* Why no more data come from the medium; SENSE_GOOD: they do. */
static u32 lost_disc(struct ata_drive *d)
{
	if (!d->pk.media || d->pk.disc == d->tray.serial)
		return SENSE_GOOD;
	return cd_ready(d) ?: SENSE_MEDIUM_CHANGED;
}

/* Up to @want bytes at pk.moved into @buf; 0: the command has ended with an error. */
static u32 fill(struct ata_drive *d, u32 want, u8 *buf)
{
	struct atapi *pk = &d->pk;
	u64 lba = d->x.lba + pk->moved / CD_BLOCK;
	u32 blocks, in = pk->moved % CD_BLOCK, sense;

	if (pk->media && !pk->moved)
		cd_fate(d);
	sense = lost_disc(d);
	if (sense) {
		end(d, sense);
		return 0;
	}
	if (!pk->media) {
		memcpy(buf, pk->reply + pk->moved, want);
		return want;
	}
	blocks = cd_good(d, lba, (in + want + CD_BLOCK - 1) / CD_BLOCK);
	want = trv_min(want, blocks * CD_BLOCK - (blocks ? in : 0));
	if (!want) {
		end_at(d, lba,
		       d->x.bad_error == ATA_ERROR_UNC ? SENSE_UNRECOVERED_READ :
							 SENSE_POSITIONING);
		return 0;
	}
	if (cd_read(d, pk->moved, want, buf)) { /* the host's image cannot be read */
		end_at(d, lba, SENSE_UNRECOVERED_READ);
		return 0;
	}
	return want;
}

static void moved(struct ata_drive *d, u32 bytes)
{
	struct atapi *pk = &d->pk;

	if (pk->media)
		d->stats.read += (pk->moved + bytes) / CD_BLOCK - pk->moved / CD_BLOCK;
	pk->moved += bytes;
	d->next_lba = d->x.lba + pk->moved / CD_BLOCK;
}

/* ---- data by PIO ---------------------------------------------------------- */

/* A device gone bad: it announces what nobody asked for. Answers of SIM_K_DEVICE. */
static void misannounce(struct ata_drive *d)
{
	static const char *const announced[] = { "", "more bytes than were asked for", "no bytes",
						 "data in the wrong direction" };
	u32 how = sim_choose(SIM_K_DEVICE, 4, SIM_SITE);
	u32 bytes = d->x.wrong_count ? d->x.count : d->pk.chunk;

	if (!how && !d->x.wrong_count && !d->x.wrong_way)
		return;
	if (how)
		sim_means("the drive announces %s", announced[how]);
	d->ch->dev->hostile = true;
	if (how == 1) /* more than the limit, and than the host's buffer */
		bytes = ATAPI_LIMIT_MAX;
	if (how == 2)
		bytes = 0;
	if (how == 3 || d->x.wrong_way)
		d->regs.count.cur = ATAPI_REASON_DATA_OUT;
	d->regs.lba[1].cur = bytes;
	d->regs.lba[2].cur = bytes >> 8;
}

/* Blocks are as long as the drive likes, up to the limit, and all but the last even (V1, PACKET). */
static u32 block_max(struct ata_drive *d)
{
	static const u32 bytes[] = { ATAPI_LIMIT_MAX, CD_BLOCK, 1030 };

	return d->caps.block_max ?: bytes[ata_trait(d, IDE_T_BLOCK)];
}

static void data_in(struct ata_drive *d)
{
	struct atapi *pk = &d->pk;
	u32 n = trv_min(pk->total - pk->moved, (u64)pk->limit);

	if (pk->moved == pk->total) {
		end(d, d->x.icrc ? SENSE_CRC : SENSE_GOOD);
		return;
	}
	n = trv_min(n, block_max(d));
	if (SIM_SAB("model-byte-count") && n > 512)
		n = 512;
	n = fill(d, n, d->buf);
	if (!n)
		return;
	pk->chunk = n;
	d->x.in_block = TRV_ALIGN_UP(n, 2u); /* the last word of an odd length is padded */
	if (n & 1)
		d->buf[n] = 0;
	d->regs.count.cur = ATAPI_REASON_DATA_IN;
	d->regs.lba[1].cur = n;
	d->regs.lba[2].cur = n >> 8;
	misannounce(d);
	ata_block_ready(d, ATA_P_IN, true);
}

/* Is the host's limit one to work with? A limit of 0 aborts, as IDENTIFY word 125 says. */
static bool limit_ok(struct ata_drive *d)
{
	struct atapi *pk = &d->pk;

	if (!pk->limit || (pk->limit & 1 && pk->total > pk->limit))
		ata_rule(d->ch->dev, R_PKT_LIMIT, "the limit is %u, packet %02x has %llu bytes",
			 pk->limit, pk->cdb[0], (unsigned long long)pk->total);
	if (pk->total > pk->limit)
		pk->limit &= ~1u;
	return pk->limit;
}

/* ---- data by DMA ---------------------------------------------------------- */

u64 atapi_dma_ns(const struct ata_drive *d)
{
	return NS_DMA_BLOCK * ((d->pk.total + CD_BLOCK - 1) / CD_BLOCK);
}

/* When the regions end before the command does, the drive waits for more, as a disk. */
void atapi_dma_move(struct ata_drive *d)
{
	static u8 chunk[DMA_CHUNK * CD_BLOCK];
	struct atapi *pk = &d->pk;

	ata_fate_dma(d, 1);
	while (pk->moved < pk->total) {
		u32 want = trv_min(pk->total - pk->moved, (u64)sizeof(chunk));
		u32 n = fill(d, want, chunk);
		u32 bus = TRV_ALIGN_UP(n, 2u);

		if (!n)
			return;
		if (n & 1)
			chunk[n] = 0;
		if (bm_move(d->ch, true, chunk, bus) < bus)
			return;
		moved(d, n);
	}
	end(d, d->x.icrc ? SENSE_CRC : SENSE_GOOD);
}

/* ---- the packet is there -------------------------------------------------- */

/* What a fault that struck the command makes of it. */
static u32 fault_sense(const struct ata_drive *d)
{
	if (d->x.df)
		return SENSE_TARGET_FAILURE;
	return d->x.error ? SENSE_COMMAND_ABORTED : SENSE_GOOD;
}

static void execute(struct ata_drive *d)
{
	struct atapi *pk = &d->pk;
	u32 sense = fault_sense(d);

	if (!sense) {
		atapi_run(d);
		sense = pk->sense;
	}
	if (sense || !pk->total) {
		end(d, sense ?: d->x.icrc ? SENSE_CRC : SENSE_GOOD);
		return;
	}
	pk->disc = d->tray.serial;
	if (d->x.cut_short)
		pk->total /= 2;
	if (pk->dma) {
		d->regs.count.cur = ATAPI_REASON_DATA_IN;
		ata_dma(d);
	} else if (limit_ok(d)) {
		data_in(d);
	} else {
		end(d, SENSE_COMMAND_ABORTED);
	}
}

static void take_packet(struct ata_drive *d)
{
	struct atapi *pk = &d->pk;
	u64 ns = NS_EXECUTE;

	memcpy(pk->cdb, d->buf, sizeof(pk->cdb));
	pk->taken = true;
	d->packet_count[pk->cdb[0]]++;
	d->stats.dma_commands += pk->dma;
	atapi_aim(d);
	ide_history_packet(d);
	if (d->x.left && d->x.lba != d->next_lba)
		ns += NS_SEEK;
	ns += ide_faults_apply(d, d->x.left);
	ata_fate(d, ns);
	cd_fate(d);
	if (sim_choose(SIM_K_LATE, 2, SIM_SITE))
		ns += NS_LATE;
	ata_after(d, ns, execute);
	ata_fate_when(d, false);
}

void atapi_block_done(struct ata_drive *d)
{
	u32 left;

	if (d->phase == ATA_P_OUT) {
		take_packet(d);
		return;
	}
	moved(d, d->pk.chunk);
	left = trv_min(d->pk.total - d->pk.moved, (u64)d->pk.limit);
	ata_after(d, ata_pace(d, NS_BLOCK + (u64)NS_PIO_KB * left / 1024), data_in);
}
