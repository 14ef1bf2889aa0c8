// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ATA commands: how each is decoded and what it means (ATA/ATAPI-7 V1, command descriptions). */
#include <os/test-sim/models/ata_model.h>

enum {
	NS_COMMAND = 15000, /* from the command to the first answer */
	NS_SEEK = 60000,    /* more, when the heads are elsewhere */
	NS_FLUSH = 100000,
	NS_FLUSH_SECTOR = 2000,
	NS_DIAGNOSTIC = 1000 * 1000,
	NS_LATE = 30 * 1000 * 1000,
};
#define NS_TURN_UP 12000000000ULL
#define NS_LONG_FLUSH 20000000000ULL

/* ---- addresses ------------------------------------------------------------ */

void ata_set_lba(struct ata_drive *d, u64 lba, bool ext)
{
	struct ata_regs *r = &d->regs;

	if (!ext && !(r->device & ATA_DEVICE_LBA)) {
		u64 track = lba / d->spt;

		r->lba[0].cur = lba % d->spt + 1;
		r->lba[1].cur = track / d->heads;
		r->lba[2].cur = (track / d->heads) >> 8;
		r->device = (r->device & ~ATA_DEVICE_HEAD) | track % d->heads;
		return;
	}
	for (u32 i = 0; i < 3; i++) {
		r->lba[i].cur = lba >> (8 * i);
		r->lba[i].prev = ext ? lba >> (8 * i + 24) : 0;
	}
	if (!ext)
		r->device = (r->device & ~ATA_DEVICE_HEAD) | (lba >> 24 & ATA_DEVICE_HEAD);
}

/* Where the registers point; ~0 for what is no address at all. */
static u64 get_lba(const struct ata_drive *d, bool ext)
{
	const struct ata_regs *r = &d->regs;
	u64 lba = r->lba[0].cur | r->lba[1].cur << 8 | (u64)r->lba[2].cur << 16;

	if (ext && SIM_SAB("model-lba-bit-32"))
		return lba | (u64)r->lba[0].prev << 24;
	if (ext)
		return lba | (u64)r->lba[0].prev << 24 | (u64)r->lba[1].prev << 32 |
		       (u64)r->lba[2].prev << 40;
	if (r->device & ATA_DEVICE_LBA)
		return lba | (u64)(r->device & ATA_DEVICE_HEAD) << 24;
	if (!r->lba[0].cur || r->lba[0].cur > d->spt || (r->device & ATA_DEVICE_HEAD) >= d->heads)
		return ~0ULL;
	lba = (u64)(lba >> 8) * d->heads + (r->device & ATA_DEVICE_HEAD);
	return lba * d->spt + r->lba[0].cur - 1;
}

static u32 get_count(const struct ata_drive *d, bool ext)
{
	const struct ata_reg *c = &d->regs.count;

	if (ext)
		return c->prev << 8 | c->cur ?: ATA_COUNT_MAX_LBA48;
	return c->cur ?: ATA_COUNT_MAX_LBA28;
}

/* ---- commands without data ------------------------------------------------ */

static void abort_op(struct ata_drive *d)
{
	d->x.error = SIM_SAB("model-abort-bit") ? ATA_ERROR_MCR : ATA_ERROR_ABRT;
}

static void nothing(struct ata_drive *d)
{
}

static void flush(struct ata_drive *d)
{
	if (d->x.bad_lba != ~0ULL) {
		d->x.error = d->x.bad_error;
		ata_set_lba(d, d->x.bad_lba, d->x.op->flags & ATA_OF_EXT);
		return;
	}
	backing_flush(&d->back);
	d->stats.flushes++;
	d->stats.dirty = 0;
}

static void standby(struct ata_drive *d)
{
	flush(d);
	d->stats.flushes--; /* nobody asked for it by name */
}

static void verify(struct ata_drive *d)
{
	if (d->x.bad_lba < d->x.lba || d->x.bad_lba - d->x.lba >= d->x.left)
		return;
	d->x.error = d->x.bad_error;
	ata_set_lba(d, d->x.bad_lba, d->x.op->flags & ATA_OF_EXT);
}

static void check_power(struct ata_drive *d)
{
	d->regs.count.cur = 0xff; /* active or idle */
}

static void native_max(struct ata_drive *d)
{
	bool ext = d->x.op->flags & ATA_OF_EXT;

	ata_set_lba(d, (ext ? ata_sectors(d) : ata_lba28_sectors(d)) - 1, ext);
}

static void set_multiple(struct ata_drive *d)
{
	u32 n = d->regs.count.cur;

	/* An unsupported count also switches the multiple commands off. */
	d->multiple = 0;
	if (n & (n - 1) || n > d->caps.multiple_max)
		abort_op(d);
	else
		d->multiple = n;
}

static void init_params(struct ata_drive *d)
{
	u32 heads = (d->regs.device & ATA_DEVICE_HEAD) + 1;

	if (!d->regs.count.cur) {
		abort_op(d);
		return;
	}
	d->spt = d->regs.count.cur;
	d->heads = heads;
	d->cyls = trv_min(ata_sectors(d) / ((u64)d->heads * d->spt), (u64)65535);
}

static void xfer_mode(struct ata_drive *d, u8 mode)
{
	s32 n = mode & 7;

	switch (mode & ~7) {
	case 0:
		d->pio_mode = ATA_XFER_PIO;
		if (n > 1)
			abort_op(d);
		return;
	case ATA_XFER_PIO:
		if (n > d->caps.pio)
			abort_op(d);
		else
			d->pio_mode = mode;
		return;
	case ATA_XFER_MWDMA:
		if (n > d->caps.mwdma)
			abort_op(d);
		else
			d->dma_mode = mode;
		return;
	case ATA_XFER_UDMA:
		if (n > d->caps.udma) {
			abort_op(d);
			return;
		}
		if (n > 2 && !d->caps.cable80)
			ata_rule(d->ch->dev, R_CABLE, "device %u is set to Ultra DMA %d", d->index,
				 n);
		d->dma_mode = mode;
		return;
	default:
		abort_op(d);
	}
}

static void set_features(struct ata_drive *d)
{
	switch (d->x.features) {
	case ATA_SF_XFER_MODE:
		xfer_mode(d, d->regs.count.cur);
		break;
	case ATA_SF_WRITE_CACHE_ON:
	case ATA_SF_WRITE_CACHE_OFF:
		if (!d->caps.write_cache) {
			abort_op(d);
			break;
		}
		d->wcache_on = d->x.features == ATA_SF_WRITE_CACHE_ON;
		if (!d->wcache_on) { /* what is in it goes to the medium first */
			backing_flush(&d->back);
			d->stats.dirty = 0;
		}
		break;
	case ATA_SF_LOOK_AHEAD_ON:
	case ATA_SF_LOOK_AHEAD_OFF:
		d->look_ahead_on = d->x.features == ATA_SF_LOOK_AHEAD_ON;
		break;
	case ATA_SF_REVERT_ON:
	case ATA_SF_REVERT_OFF:
		d->revert = d->x.features == ATA_SF_REVERT_ON;
		break;
	default:
		abort_op(d);
	}
}

/* ---- commands with data of their own -------------------------------------- */

static void identify(struct ata_drive *d)
{
	ata_identify(d, d->buf);
}

/* The ranges are in the buffer: all are checked before one is trimmed. */
static void trim(struct ata_drive *d)
{
	u32 n = d->x.pos / ATA_DSM_RANGE_BYTES;
	u8 shift = d->caps.sector_shift;

	for (u32 pass = 0; pass < 2; pass++) {
		for (u32 i = 0; i < n; i++) {
			u64 range = trv_get_le64(d->buf + i * ATA_DSM_RANGE_BYTES);
			u64 lba = range & (ATA_LBA48_SECTORS - 1), len = range >> 48;

			if (!len)
				continue;
			if (lba + len > ata_sectors(d)) {
				d->x.error = ATA_ERROR_IDNF | ATA_ERROR_ABRT;
				ata_set_lba(d, lba, true);
				return;
			}
			if (!pass)
				continue;
			if (backing_trim(&d->back, lba << shift, len << shift)) {
				abort_op(d);
				return;
			}
			d->stats.trimmed += len;
		}
	}
}

/* ---- the table ------------------------------------------------------------ */

#define EXT ATA_OF_EXT
#define MED ATA_OF_MEDIA
#define MUL ATA_OF_MULTI
#define PKT ATA_OF_PACKET
static const struct ata_op ops[256] = {
	[ATA_OP_DATA_SET_MANAGEMENT] = { "DATA SET MANAGEMENT", ATA_DMA_OUT, EXT, trim },
	[ATA_OP_READ_SECTORS] = { "READ SECTORS", ATA_PIO_IN, MED, NULL },
	[ATA_OP_READ_SECTORS_EXT] = { "READ SECTORS EXT", ATA_PIO_IN, MED | EXT, NULL },
	[ATA_OP_READ_DMA_EXT] = { "READ DMA EXT", ATA_DMA_IN, MED | EXT, NULL },
	[ATA_OP_READ_NATIVE_MAX_EXT] = { "READ NATIVE MAX EXT", ATA_ND, EXT, native_max },
	[ATA_OP_READ_MULTIPLE_EXT] = { "READ MULTIPLE EXT", ATA_PIO_IN, MED | EXT | MUL, NULL },
	[ATA_OP_WRITE_SECTORS] = { "WRITE SECTORS", ATA_PIO_OUT, MED, NULL },
	[ATA_OP_WRITE_SECTORS_EXT] = { "WRITE SECTORS EXT", ATA_PIO_OUT, MED | EXT, NULL },
	[ATA_OP_WRITE_DMA_EXT] = { "WRITE DMA EXT", ATA_DMA_OUT, MED | EXT, NULL },
	[ATA_OP_WRITE_MULTIPLE_EXT] = { "WRITE MULTIPLE EXT", ATA_PIO_OUT, MED | EXT | MUL, NULL },
	[ATA_OP_WRITE_DMA_FUA_EXT] = { "WRITE DMA FUA EXT", ATA_DMA_OUT, MED | EXT | ATA_OF_FUA,
				       NULL },
	[ATA_OP_READ_VERIFY] = { "READ VERIFY SECTORS", ATA_ND, MED | ATA_OF_VERIFY, verify },
	[ATA_OP_READ_VERIFY_EXT] = { "READ VERIFY SECTORS EXT", ATA_ND, MED | EXT | ATA_OF_VERIFY,
				     verify },
	[ATA_OP_INIT_PARAMS] = { "INITIALIZE DEVICE PARAMETERS", ATA_ND, ATA_OF_NODRDY,
				 init_params },
	[ATA_OP_READ_MULTIPLE] = { "READ MULTIPLE", ATA_PIO_IN, MED | MUL, NULL },
	[ATA_OP_WRITE_MULTIPLE] = { "WRITE MULTIPLE", ATA_PIO_OUT, MED | MUL, NULL },
	[ATA_OP_SET_MULTIPLE] = { "SET MULTIPLE MODE", ATA_ND, 0, set_multiple },
	[ATA_OP_READ_DMA] = { "READ DMA", ATA_DMA_IN, MED, NULL },
	[ATA_OP_WRITE_DMA] = { "WRITE DMA", ATA_DMA_OUT, MED, NULL },
	[ATA_OP_WRITE_MULTIPLE_FUA_EXT] = { "WRITE MULTIPLE FUA EXT", ATA_PIO_OUT,
					    MED | EXT | MUL | ATA_OF_FUA, NULL },
	[ATA_OP_STANDBY_IMMEDIATE] = { "STANDBY IMMEDIATE", ATA_ND, PKT, standby },
	[ATA_OP_IDLE_IMMEDIATE] = { "IDLE IMMEDIATE", ATA_ND, PKT, nothing },
	[ATA_OP_CHECK_POWER] = { "CHECK POWER MODE", ATA_ND, PKT, check_power },
	[ATA_OP_FLUSH] = { "FLUSH CACHE", ATA_ND, 0, flush },
	[ATA_OP_FLUSH_EXT] = { "FLUSH CACHE EXT", ATA_ND, EXT, flush },
	[ATA_OP_IDENTIFY] = { "IDENTIFY DEVICE", ATA_PIO_IN, 0, identify },
	[ATA_OP_SET_FEATURES] = { "SET FEATURES", ATA_ND, PKT, set_features },
	[ATA_OP_READ_NATIVE_MAX] = { "READ NATIVE MAX ADDRESS", ATA_ND, 0, native_max },
};
#undef EXT
#undef MED
#undef MUL
#undef PKT

/* What a disk answers to what it does not know: NOP, packet commands, all the rest. */
static const struct ata_op unknown_op = { "unknown", ATA_ND, 0, abort_op };
/* Commands for packet devices may come without DRDY; a disk aborts them all the same. */
static const struct ata_op packet_op = { "packet", ATA_ND, ATA_OF_NODRDY, abort_op };

bool ata_is_dma(const struct ata_drive *d, u8 code)
{
	if (d->packet)
		return code == ATA_OP_PACKET && d->regs.features.cur & ATAPI_FEATURE_DMA;
	return ops[code].proto == ATA_DMA_IN || ops[code].proto == ATA_DMA_OUT;
}

/* How @d takes a command, known to it or not. */
static const struct ata_op *lookup(const struct ata_drive *d, u8 code)
{
	if (d->packet)
		return ops[code].flags & ATA_OF_PACKET ? &ops[code] : atapi_op(code) ?: &unknown_op;
	if (ops[code].name)
		return &ops[code];
	if (code == ATA_OP_PACKET || code == ATA_OP_IDENTIFY_PACKET || code == ATA_OP_DEVICE_RESET)
		return &packet_op;
	return &unknown_op;
}

static bool supported(const struct ata_drive *d, u8 code)
{
	const struct ata_op *op = d->x.op;

	switch (code) {
	case ATA_OP_FLUSH:
	case ATA_OP_FLUSH_EXT:
		if (!d->caps.flush)
			return false;
		break;
	case ATA_OP_SET_MULTIPLE:
		return d->caps.multiple_max;
	case ATA_OP_DATA_SET_MANAGEMENT:
		if (!d->caps.trim || d->regs.features.cur != ATA_DSM_TRIM)
			return false;
		break;
	}
	if (op->flags & ATA_OF_EXT && !d->caps.lba48)
		return false;
	if (op->flags & ATA_OF_FUA && !d->caps.fua)
		return false;
	if (op->flags & ATA_OF_MULTI && !d->multiple)
		return false;
	return !ata_is_dma(d, code) || (d->caps.dma && d->dma_mode);
}

/*
 * A 48-bit command's address is nowhere in Device, whose low bits are reserved; and DATA SET
 * MANAGEMENT knows one bit of Features, which has two bytes then, and no address at all. A drive of
 * another standard may give them a meaning.
 */
static void check_reserved(struct ata_drive *d)
{
	const struct ata_regs *r = &d->regs;
	u8 flags = d->x.op->flags, lba = 0;

	if (!(flags & ATA_OF_EXT))
		return;
	if (flags & ATA_OF_MEDIA && r->device & ATA_DEVICE_HEAD)
		ata_rule(d->ch->dev, R_RESERVED, "command %02x with Device = %02x", d->x.code,
			 r->device);
	if (d->x.code != ATA_OP_DATA_SET_MANAGEMENT)
		return;
	if (r->features.prev || r->features.cur & ~ATA_DSM_TRIM)
		ata_rule(d->ch->dev, R_RESERVED, "command %02x with Features = %02x, %02x before",
			 d->x.code, r->features.cur, r->features.prev);
	for (u32 i = 0; i < TRV_ARRAY_SIZE(r->lba); i++)
		lba |= r->lba[i].cur | r->lba[i].prev;
	if (lba)
		ata_rule(d->ch->dev, R_RESERVED, "command %02x with an address", d->x.code);
}

/* Address and length of a command on the medium; false when it cannot begin. */
static bool aim(struct ata_drive *d)
{
	struct ata_xfer *x = &d->x;
	bool ext = x->op->flags & ATA_OF_EXT;
	u64 limit = ext ? ata_sectors(d) : ata_lba28_sectors(d);

	x->lba = get_lba(d, ext);
	x->left = get_count(d, ext);
	if (ext && !(d->regs.device & ATA_DEVICE_LBA)) {
		abort_op(d);
		return false;
	}
	if (x->lba < limit && x->left <= limit - x->lba)
		return true;
	x->error = ATA_ERROR_IDNF;
	if (x->lba != ~0ULL)
		ata_set_lba(d, trv_max(x->lba, limit), ext);
	return false;
}

static void run_nd(struct ata_drive *d)
{
	d->x.op->run(d);
	ata_complete(d);
}

static void need_buf(struct ata_drive *d)
{
	u32 block = trv_max(d->caps.multiple_max, (u8)1) * (ATA_SECTOR << d->caps.sector_shift);
	u32 bytes = trv_max(block, 8u * ATA_SECTOR);

	if (!d->buf)
		d->buf = sim_own(d->packet ? (u32)ATA_BLOCK_MAX : bytes);
}

/* Shape of the transfer, and the step after the seek. */
static void (*plan(struct ata_drive *d))(struct ata_drive *d)
{
	struct ata_xfer *x = &d->x;

	x->fua = x->op->flags & ATA_OF_FUA;
	d->stats.fua_writes += x->fua;
	x->block = x->op->flags & ATA_OF_MULTI ? d->multiple : 1;
	if (!(x->op->flags & ATA_OF_MEDIA))
		x->left = ata_is_dma(d, x->code) ? get_count(d, true) : 1;
	switch (x->op->proto) {
	case ATA_PIO_IN:
		need_buf(d);
		return ata_pio_in;
	case ATA_PIO_OUT:
		need_buf(d);
		return ata_pio_out;
	case ATA_DMA_IN:
	case ATA_DMA_OUT:
		d->stats.dma_commands++;
		if (x->op->run) {
			need_buf(d);
			if (x->left > ata_trim_limit(d)) {
				abort_op(d);
				return ata_complete;
			}
		}
		return ata_dma;
	case ATA_PACKET:
		need_buf(d);
		return atapi_want_packet;
	default:
		return run_nd;
	}
}

/*
 * The first to need the medium may have to wait for it, after a reset or a sleep; and nobody knows
 * how long a cache takes to be stored: 30 s and more (V1, FLUSH CACHE; Standby mode).
 */
static u64 slowness(struct ata_drive *d)
{
	bool flushes = d->x.op->run == flush || d->x.op->run == standby;
	bool turns = d->turning;

	if (!(d->x.op->flags & ATA_OF_MEDIA) && !flushes)
		return 0;
	/* What ends at once needs no medium; and a test may say how long it takes. */
	if (d->x.error || d->x.df || d->x.timed || d->x.bad_lba != ~0ULL)
		return 0;
	d->turning = d->x.op->run != standby;
	switch (ata_trait(d, IDE_T_SLOW)) {
	case 1:
		return turns ? 0 : NS_TURN_UP;
	case 2:
		return flushes ? NS_LONG_FLUSH : 0;
	default:
		return 0;
	}
}

static u64 latency(struct ata_drive *d)
{
	u64 ns = NS_COMMAND;

	if (d->x.op->flags & ATA_OF_MEDIA && d->x.lba != d->next_lba)
		ns += NS_SEEK;
	if (d->x.op->run == flush)
		ns += NS_FLUSH + NS_FLUSH_SECTOR * trv_min(d->stats.dirty, (u64)1000);
	return ns;
}

void ata_command(struct ata_drive *d, u8 code)
{
	struct ata_xfer *x = &d->x;
	void (*step)(struct ata_drive * d) = ata_complete;
	bool packet;
	u64 ns;

	if (d->packet && code == ATA_OP_DEVICE_RESET) {
		atapi_device_reset(d);
		return;
	}
	*x = (struct ata_xfer){
		.op = lookup(d, code),
		.code = code,
		.features = d->regs.features.cur,
		.bad_lba = ~0ULL,
	};
	if (!(d->status & ATA_STATUS_DRDY) && !(x->op->flags & ATA_OF_NODRDY))
		ata_rule(d->ch->dev, R_DRDY, "command %02x with status %02x", code, d->status);
	check_reserved(d);
	d->stats.commands++;
	d->op_count[code]++;
	if (x->op->run != abort_op && !supported(d, code))
		abort_op(d);
	else if (!(x->op->flags & ATA_OF_MEDIA) || aim(d))
		step = plan(d);
	ide_history_add(d);
	packet = x->op->proto == ATA_PACKET; /* then faults and lateness come with the packet */
	ns = packet ? atapi_begin(d) :
		      latency(d) + ide_faults_apply(d, x->op->flags & ATA_OF_MEDIA);
	ata_fate(d, ns);
	if (!packet && sim_choose(SIM_K_LATE, 2, SIM_SITE))
		ns += NS_LATE;
	if (!packet)
		ns += slowness(d);
	if (x->error || x->df)
		step = ata_complete;
	ata_after(d, ns, step);
	ata_fate_when(d, true);
}

/* ---- EXECUTE DEVICE DIAGNOSTIC -------------------------------------------- */

static void diagnosed(struct ata_drive *d)
{
	ata_drive_ready(d);
	ide_history_done(d);
	if (!d->index) {
		d->intrq = true;
		ata_irq_update(d->ch);
	}
}

void ata_diagnostic(struct ata_channel *ch)
{
	ch->device = 0; /* the signature's (V1, device signatures) */
	for (u32 i = 0; i < PCI_IDE_DRIVES; i++) {
		struct ata_drive *d = &ch->drive[i];

		if (!d->present)
			continue;
		d->x = (struct ata_xfer){ .op = &unknown_op, .code = ATA_OP_DIAGNOSTIC };
		d->stats.commands++;
		d->op_count[ATA_OP_DIAGNOSTIC]++;
		d->intrq = false;
		ide_history_add(d);
		ata_after(d, NS_DIAGNOSTIC + (i ? 0 : 1000), diagnosed);
	}
	ata_irq_update(ch);
}
