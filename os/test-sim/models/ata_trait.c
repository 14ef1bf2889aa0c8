// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Traits: what the standards leave to the drive and no capability tells. A
 * driver has to be content with every answer, as it was with the first; so
 * each is a choice, made where it first shows and then kept.
 */
#include <string.h>

#include <os/test-sim/models/ata_model.h>
#include <os/test-sim/scenario.h>

static const u8 answers[IDE_N_TRAITS] = {
#define IDE_TRAIT_ANSWERS(e, n, what) [e] = n,
	IDE_TRAITS(IDE_TRAIT_ANSWERS)
#undef IDE_TRAIT_ANSWERS
};

/* What each answer is, one after the other. */
static const char *const words[IDE_N_TRAITS] = {
#define IDE_TRAIT_WORDS(e, n, what) [e] = what,
	IDE_TRAITS(IDE_TRAIT_WORDS)
#undef IDE_TRAIT_WORDS
};

static void say(enum ide_trait trait, u32 answer)
{
	const char *nice = words[trait], *other = nice;

	for (u32 i = 0; i < answer && strchr(other, ';'); i++)
		other = strchr(other, ';') + 2;
	sim_means("one of its kind of which \"%.*s\" holds, not \"%.*s\"", (int)strcspn(other, ";"),
		  other, (int)strcspn(nice, ";"), nice);
}

static u32 ways(const struct ata_drive *d, enum ide_trait trait)
{
	/*
	 * DRDY of a CD drive comes with its first command, if at all; a PIIX's pointer stays; and
	 * where firmware chose the modes, a drive that forgets them is one without DMA.
	 */
	if ((trait == IDE_T_RESET && d->packet) || (trait == IDE_T_STATUS && !d->packet) ||
	    (trait == IDE_T_MASTER && d->ch->hba->kind != IDE_GENERIC) ||
	    (trait == IDE_T_MODES && d->ch->hba->kind == IDE_GENERIC))
		return answers[trait] - 1;
	return answers[trait];
}

static bool overridden(const struct ata_drive *d, u32 word)
{
	for (u32 i = 0; i < d->n_override; i++) {
		if (d->override[i].word == word)
			return true;
	}
	return false;
}

/* Its driver has been told to have less patience than such a drive needs. */
static bool is_hurried(const struct ata_drive *d)
{
	const struct trv_dev *dev = d->ch->dev;

	for (u32 i = 0; i < dev->n_options; i++) {
		if (!strcmp(dev->options[i].name, "timeout_ms"))
			return dev->options[i].val < 30000;
	}
	return false;
}

/* Has a test said by other means what this drive is like? */
static bool is_settled(const struct ata_drive *d, enum ide_trait trait)
{
	switch (trait) {
	case IDE_T_SIGNATURE:
		return d->caps.sloppy_signature;
	case IDE_T_IDENTIFY:
		return d->bad_checksum || overridden(d, ATA_ID_INTEGRITY);
	case IDE_T_TRIM:
		return overridden(d, ATA_ID_DSM_BLOCKS);
	case IDE_T_SLOW:
		return is_hurried(d);
	case IDE_T_ATTENTION:
		return d->caps.srst_attention;
	default:
		return false;
	}
}

u32 ata_trait_at(struct ata_drive *d, enum ide_trait trait, const struct sim_site *site)
{
	if (d->traits_known >> trait & 1)
		return d->trait[trait];
	d->traits_known |= 1u << trait;
	if (!is_settled(d, trait))
		d->trait[trait] = sim_choose(SIM_K_TRAIT, ways(d, trait), site);
	if (d->trait[trait])
		say(trait, d->trait[trait]);
	return d->trait[trait];
}

/* ---- Status ---------------------------------------------------------------- */

/*
 * DSC, CORR and IDX are obsolete or the command's since ATA-4 and tell nothing of the command
 * before that; with BSY set no other bit means anything; and a DMA transfer shows BSY, DRQ, or now
 * the one and now the other (ATA/ATAPI-7 V1, Status; V2, DMA data protocols; ATA-3, Status). DRDY
 * of a packet device is "na" (V1, PACKET, normal outputs).
 */
u8 ata_trait_status(struct ata_drive *d)
{
	const u8 in_dma = ATA_STATUS_BSY | ATA_STATUS_DRQ;
	struct ata_channel *ch = d->ch;
	u8 status = d->status;

	if (ata_read_time() < ch->t_cycle && ata_selected(ch) == d)
		status = ATA_STATUS_DRDY | ATA_STATUS_DSC | ATA_STATUS_DRQ;
	if (sim_now() < ch->t_drdy)
		status &= ~ATA_STATUS_DRDY;
	switch (ata_trait(d, IDE_T_STATUS)) {
	case 1:
		return status & ~ATA_STATUS_DSC;
	case 2:
		status |= ATA_STATUS_CORR;
		return sim_now() / 1000 & 1 ? status | ATA_STATUS_IDX : status;
	case 3:
		return status & ATA_STATUS_BSY ? status | (u8)~ATA_STATUS_DF : status;
	case 4:
		return d->phase == ATA_P_DMA && status & ATA_STATUS_DRQ ? status ^ in_dma : status;
	case 5:
		return status & ~ATA_STATUS_DRDY;
	default:
		return status;
	}
}

/* ---- outputs ---------------------------------------------------------------- */

/* Does its answer stand in the registers? */
static bool has_outputs(const struct ata_drive *d)
{
	switch (d->x.code) {
	case ATA_OP_CHECK_POWER:
	case ATA_OP_READ_NATIVE_MAX:
	case ATA_OP_READ_NATIVE_MAX_EXT:
		return true;
	default:
		return d->x.error || d->x.df;
	}
}

static void junk(struct ata_reg *reg)
{
	reg->cur = 0xee;
	reg->prev = 0xdd;
}

/*
 * The Error register is valid with ERR set, the address after some errors, the count hardly ever;
 * a PACKET's tag only with queueing (ATA/ATAPI-7 V1, Error; normal outputs of each command: "na").
 */
void ata_trait_outputs(struct ata_drive *d)
{
	bool packet = d->x.op && d->x.op->proto == ATA_PACKET;

	if (!ata_trait(d, IDE_T_OUTPUTS))
		return;
	if (packet)
		d->regs.count.cur |= (u8) ~(ATAPI_REASON_CD | ATAPI_REASON_IO | ATAPI_REASON_REL);
	if (has_outputs(d))
		return;
	d->error = 0xff;
	for (u32 i = 0; i < TRV_ARRAY_SIZE(d->regs.lba); i++)
		junk(&d->regs.lba[i]);
	if (!packet)
		junk(&d->regs.count);
	d->regs.device |= ATA_DEVICE_HEAD;
}

/* ---- IDENTIFY --------------------------------------------------------------- */

/** struct words - some of IDENTIFY's */
struct words {
	u8 first, last;
};

static void fill(const struct ata_drive *d, u8 *out, struct words w, u16 val)
{
	for (u32 i = w.first; i <= w.last; i++) {
		if (!overridden(d, i))
			ata_id_put(out, i, val);
	}
}

/* Vendor's, retired, and of standards later than the drive's age (ATA/ATAPI-7 V1, IDENTIFY). */
static void put_junk(const struct ata_drive *d, u8 *out)
{
	static const struct words words[] = {
		{ 4, 5 },     { 7, 9 },	    { 20, 22 },	  { 48, 48 },	{ 52, 52 },
		{ 62, 62 },   { 70, 74 },   { 94, 99 },	  { 104, 104 }, { 107, 116 },
		{ 121, 126 }, { 129, 168 }, { 170, 216 }, { 218, 254 },
	};

	for (u32 i = 0; i < TRV_ARRAY_SIZE(words); i++)
		fill(d, out, words[i], 0x3b5f);
	if (!d->packet)
		fill(d, out, (struct words){ ATA_ID_CONFIG, ATA_ID_CONFIG }, 0x0c5a);
}

/*
 * What may be left out: the geometry (obsolete since ATA-6; word 53 bit 0 takes its currency back),
 * versions, and words that count only with 01 in their top bits. 0000h and ffffh both say nothing.
 */
static void leave_out(const struct ata_drive *d, u8 *out)
{
	const struct ide_caps *c = &d->caps;
	u16 valid = trv_get_le16(out + 2 * ATA_ID_VALID) & ~ATA_ID_VALID_54_58;

	fill(d, out, (struct words){ ATA_ID_MAJOR, ATA_ID_MINOR }, 0xffff);
	fill(d, out, (struct words){ 76, 79 }, 0xffff);
	if (d->packet)
		return;
	fill(d, out, (struct words){ ATA_ID_VALID, ATA_ID_VALID }, valid);
	fill(d, out, (struct words){ ATA_ID_CYLS, ATA_ID_CYLS }, 0);
	fill(d, out, (struct words){ ATA_ID_HEADS, ATA_ID_HEADS }, 0);
	fill(d, out, (struct words){ ATA_ID_SECTORS, ATA_ID_SECTORS }, 0);
	fill(d, out, (struct words){ ATA_ID_CUR_CYLS, ATA_ID_CUR_CAPACITY + 1 }, 0);
	if (!c->phys_shift && !c->sector_shift) {
		fill(d, out, (struct words){ ATA_ID_SECTOR_SIZE, ATA_ID_SECTOR_SIZE }, 0xffff);
		fill(d, out, (struct words){ ATA_ID_LOGICAL_WORDS, ATA_ID_LOGICAL_WORDS + 1 },
		     0xffff);
	}
	if (c->lba48)
		return;
	fill(d, out, (struct words){ ATA_ID_LBA48, ATA_ID_LBA48 + 3 }, 0xffff);
	if (c->flush || c->write_cache)
		return;
	/* Notification of command sets is not supported (ATA-3, words 82 to 87). */
	fill(d, out, (struct words){ ATA_ID_CMDS1, ATA_ID_CMDS2 }, 0xffff);
	fill(d, out, (struct words){ ATA_ID_CMDS3, ATA_ID_ENABLED3 }, 0);
}

/* A drive of before word 255, when the serial number stood on the right (ATA-1, words 10 to 19). */
static void be_old(const struct ata_drive *d, u8 *out)
{
	char serial[ATA_ID_SERIAL_LEN + 1];
	size_t n = strlen(d->caps.serial);

	memset(serial, ' ', sizeof(serial));
	memcpy(serial + ATA_ID_SERIAL_LEN - n, d->caps.serial, n);
	serial[ATA_ID_SERIAL_LEN] = '\0';
	ata_id_string(out, ATA_ID_SERIAL, serial, ATA_ID_SERIAL_LEN);
}

void ata_trait_identify(struct ata_drive *d, u8 *out)
{
	static void (*const put[])(const struct ata_drive *d, u8 *out) = { NULL, put_junk,
									   leave_out, be_old };
	u32 how = ata_trait(d, IDE_T_IDENTIFY);

	if (put[how])
		put[how](d, out);
}

/* ---- the test's face -------------------------------------------------------- */

static struct ata_drive *owner(struct trv_dev *dev, u32 n, enum ide_trait trait)
{
	bool channel = trait == IDE_T_FLOATING || trait == IDE_T_ABSENT || trait == IDE_T_MASTER;

	sim_expect(n < IDE_DRIVES);
	return &ide_hba(dev)->ch[n / 2].drive[channel ? 0 : n % 2];
}

u32 ide_trait_answers(struct trv_dev *dev, u32 n, enum ide_trait trait)
{
	return ways(owner(dev, n, trait), trait);
}

void ide_trait_set(struct trv_dev *dev, u32 n, enum ide_trait trait, u32 answer)
{
	struct ata_drive *d = owner(dev, n, trait);

	sim_expect(answer < ways(d, trait));
	d->trait[trait] = answer;
	d->traits_known |= 1u << trait;
}
