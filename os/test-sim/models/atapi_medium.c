// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The tray of a CD drive: what is in it, whether it is open, locked or turning
 * already, and what the host must still be told of that.
 */
#include <string.h>

#include <os/test-sim/models/ata_model.h>
#include <os/test-sim/scenario.h>

enum {
	BLOCK_SECTORS = CD_BLOCK / ATA_SECTOR,
	NS_SPIN_UP = 400 * 1000 * 1000,
	NS_AWAY = 500 * 1000 * 1000,
};

/* ---- opening -------------------------------------------------------------- */

bool cd_is_spec(const char *spec)
{
	return !strncmp(spec, "cd:", 3) || !strncmp(spec, "cdmem:", 6);
}

int cd_open(struct ata_drive *d, const char *key, const char *spec)
{
	const char *what = strchr(spec, ':') + 1;
	bool mem = !strncmp(spec, "cdmem:", 6);
	int rc;

	if (!mem && !*what)
		return 0;
	/* "cdmem:SIZE" ends like the "mem:SIZE" it is */
	rc = mem ? backing_open(&d->back, key, spec + 2) :
		   backing_open_disc(&d->back, key, what, CD_BLOCK);
	if (rc)
		return rc;
	if (d->back.sectors % BLOCK_SECTORS || d->back.sectors / BLOCK_SECTORS > 0xffffffffULL) {
		sim_opt_error("%s: '%s' is not a whole number of %u-byte blocks, or is larger than "
			      "a CD can be (8T)",
			      key, what, CD_BLOCK);
		backing_close(&d->back);
		return -EINVAL;
	}
	d->tray.disc = true;
	return 0;
}

/* ---- state ---------------------------------------------------------------- */

u32 cd_blocks(const struct ata_drive *d)
{
	return d->sectors / BLOCK_SECTORS;
}

/* A disc that spins up: some say so, some cannot say why they are not ready (SPC, 04h/00h, /01h). */
static u32 becoming_ready(struct ata_drive *d)
{
	return ata_trait(d, IDE_T_NOT_READY) ? SENSE_NOT_READY_YET : SENSE_BECOMING_READY;
}

u32 cd_ready(struct ata_drive *d)
{
	if (d->tray.open)
		return SENSE_NO_MEDIUM_OPEN;
	if (!d->tray.disc)
		return SENSE_NO_MEDIUM_CLOSED;
	return sim_now() < d->tray.t_ready ? becoming_ready(d) : SENSE_GOOD;
}

/* A drive may queue what it has to tell in any order, but for its reset (SAM, unit attention). */
u32 cd_attention(struct ata_drive *d)
{
	static const u32 sense[] = { SENSE_POWER_ON, SENSE_PARAMETERS_CHANGED, SENSE_MEDIUM_CHANGED,
				     SENSE_PARAMETERS_CHANGED, SENSE_EJECT_WANTED };
	struct cd_tray *t = &d->tray;
	bool *pending[] = { &t->power_on, &t->parameters_lost, &t->changed, &t->parameters_later,
			    &t->eject_wanted };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(pending); i++) {
		if (*pending[i]) {
			*pending[i] = false;
			return sense[i];
		}
	}
	return SENSE_GOOD;
}

/* Another disc may have other parameters, in some drives (MMC, mode parameters; SPC, 2ah/01h). */
static void told_of_disc(struct ata_drive *d)
{
	u32 how = ata_trait(d, IDE_T_DISC);

	d->tray.changed = true;
	d->tray.parameters_later |= how == 1;
	d->tray.parameters_lost |= how == 2;
}

/* What a reset made the drive forget it tells, in one unit attention or in more (SPC, 29h, 2ah). */
static void told_of_reset(struct ata_drive *d)
{
	u32 how = ata_trait(d, IDE_T_ATTENTION);

	d->tray.power_on |= how;
	d->tray.parameters_lost |= how == 2;
	if (d->caps.srst_loads && d->tray.disc && !d->tray.open)
		d->tray.t_ready = sim_now() + NS_SPIN_UP;
}

void cd_reset(struct ata_drive *d, bool hard)
{
	struct cd_tray *t = &d->tray;

	if (hard || d->caps.srst_attention)
		t->power_on = true;
	if (!hard) {
		told_of_reset(d);
		return;
	}
	t->locked = t->changed = t->eject_wanted = false;
	t->parameters_lost = t->parameters_later = false;
	t->event = EVENT_NO_CHANGE;
	t->sense = SENSE_GOOD;
	t->information_valid = false;
}

void cd_tray_move(struct ata_drive *d, bool open)
{
	struct cd_tray *t = &d->tray;

	if (t->open == open)
		return;
	t->open = open;
	if (!t->disc)
		return;
	t->serial++; /* a command under way has lost its disc, even if this one comes back */
	t->changed = false;
	if (!open)
		told_of_disc(d);
	t->event = open ? EVENT_MEDIA_REMOVAL : EVENT_NEW_MEDIA;
	t->t_ready = sim_now() + NS_SPIN_UP;
}

/* Answers of SIM_K_MEDIA: the tray opened and closed already, or is open for half a second. */
void cd_fate(struct ata_drive *d)
{
	struct cd_tray *t = &d->tray;
	u32 answer;

	if (!t->disc || t->open || t->locked)
		return;
	answer = sim_choose(SIM_K_MEDIA, 3, SIM_SITE);
	if (!answer)
		return;
	cd_tray_move(d, true);
	if (answer == 1) {
		sim_means("the disc was changed just now, for one of its size");
		/* Of a file there is no other. */
		d->back.seed += d->back.patterned;
		cd_tray_move(d, false);
	} else {
		sim_means("the tray is open for %u ms", NS_AWAY / 1000000);
		sim_event_in(&t->back, NS_AWAY);
	}
}

static void back(void *arg)
{
	cd_tray_move(arg, false);
}

void cd_init(struct ata_drive *d)
{
	sim_event_init(&d->tray.back, "cd disc back", back, d);
}

void cd_unplug(struct ata_drive *d)
{
	sim_event_cancel(&d->tray.back);
}

/* ---- reading -------------------------------------------------------------- */

u32 cd_good(const struct ata_drive *d, u64 lba, u32 n)
{
	u64 bad = d->x.bad_lba;

	return bad < lba || bad - lba >= n ? n : bad - lba;
}

int cd_read(struct ata_drive *d, u64 off, u32 bytes, u8 *buf)
{
	while (bytes) {
		u8 block[CD_BLOCK];
		u32 in = off % CD_BLOCK, n = trv_min(bytes, CD_BLOCK - in);
		u64 lba = d->x.lba + off / CD_BLOCK;

		if (backing_read(&d->back, lba * BLOCK_SECTORS, BLOCK_SECTORS, block))
			return -EIO;
		memcpy(buf, block + in, n);
		buf += n;
		off += n;
		bytes -= n;
	}
	return 0;
}

/* ---- the hand ------------------------------------------------------------- */

static struct ata_drive *cd(struct trv_dev *dev, u32 n)
{
	struct ata_drive *d;

	sim_expect(n < IDE_DRIVES);
	d = &ide_hba(dev)->ch[n / 2].drive[n % 2];
	sim_expect(d->packet);
	return d;
}

void ide_cd_take(struct trv_dev *dev, u32 n)
{
	struct ata_drive *d = cd(dev, n);

	cd_tray_move(d, true);
	d->tray.disc = false;
	d->tray.serial++;
	backing_close(&d->back);
	memset(&d->back, 0, sizeof(d->back));
	d->sectors = 0;
}

void ide_cd_insert(struct trv_dev *dev, u32 n, u32 blocks, u64 seed)
{
	struct ata_drive *d = cd(dev, n);

	sim_expect(blocks);
	ide_cd_take(dev, n);
	d->back = (struct backing){
		.kind = BACKING_MEM,
		.sectors = (u64)blocks * BLOCK_SECTORS,
		.patterned = true,
		.seed = seed,
	};
	d->sectors = d->back.sectors;
	d->tray.disc = true;
	cd_tray_move(d, false);
}

u64 ide_cd_seed(struct trv_dev *dev, u32 n)
{
	const struct backing *b = &cd(dev, n)->back;

	return b->patterned ? b->seed : 0;
}

bool ide_cd_is_news(struct trv_dev *dev, u32 n)
{
	return cd(dev, n)->tray.changed;
}

void ide_cd_power_cut(struct trv_dev *dev, u32 n)
{
	cd_reset(cd(dev, n), true);
}

bool ide_cd_button(struct trv_dev *dev, u32 n)
{
	struct ata_drive *d = cd(dev, n);

	if (d->tray.locked && !d->tray.open) {
		d->tray.eject_wanted = true;
		d->tray.event = EVENT_EJECT_REQUEST;
		return false;
	}
	cd_tray_move(d, !d->tray.open);
	return true;
}

void ide_cd_lock(struct trv_dev *dev, u32 n)
{
	cd(dev, n)->tray.locked = true;
}

void ide_cd_spin_up(struct trv_dev *dev, u32 n, u64 ns)
{
	cd(dev, n)->tray.t_ready = sim_now() + ns;
}

bool ide_cd_is_open(struct trv_dev *dev, u32 n)
{
	return cd(dev, n)->tray.open;
}

bool ide_cd_is_locked(struct trv_dev *dev, u32 n)
{
	return cd(dev, n)->tray.locked;
}
