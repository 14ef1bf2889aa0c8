// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Quiet, asleep, awake.
 */
#include "ide.h"

/* Take the registers from the hot path, whatever it was doing. Returns the request under way. */
static struct trv_req *ide_seize(struct ide_channel *ch, enum ide_state *before)
{
	unsigned long flags = trv_spin_lock_irqsave(&ch->lock);
	struct trv_req *req = ch->req;

	*before = ch->state;
	ch->req = NULL;
	ch->sense_due = false;
	if (ch->state < IDE_HELD)
		ide_hold(ch);
	trv_spin_unlock_irqrestore(&ch->lock, flags);
	return req;
}

static void ide_set_stopped(struct ide_channel *ch)
{
	unsigned long flags = trv_spin_lock_irqsave(&ch->lock);

	ch->state = IDE_STOPPED;
	trv_spin_unlock_irqrestore(&ch->lock, flags);
}

static bool ide_has_cache(const struct ide_drive *drive)
{
	return drive->present && !drive->lost && drive->info.flags & TRV_DISK_WRITE_CACHE;
}

/*
 * What the caches hold goes to the media. All drives are tried. The first error
 * is returned, but a time-out before any other: a drive may still be at it.
 */
static int ide_flush_caches(struct ide_channel *ch)
{
	int rc, first = 0;

	ide_for_each_drive(ch, drive) {
		/* Device 0 may still be at it: only a reset lets the bus go, and may lose both. */
		if (first == -ETIMEDOUT && ide_has_cache(drive))
			ide_restore(ch);
		if (!ide_has_cache(drive))
			continue;
		rc = ide_flush_cache(drive);
		if (rc)
			trv_err(ch->host->dev, "%s: its cache cannot be flushed: %d",
				drive->info.model, rc);
		if (rc && (!first || rc == -ETIMEDOUT))
			first = rc;
	}
	return first;
}

static void ide_channel_stop(struct ide_channel *ch)
{
	enum ide_state before;
	struct trv_req *req;

	trv_mutex_lock(&ch->setup);
	req = ide_seize(ch, &before);
	if (before != IDE_STOPPED && !trv_dev_gone(ch->host->dev)) {
		/* A command is under way, or a reset is due: the caches are flushed all the same. */
		if (before != IDE_IDLE)
			ide_restore(ch);
		ide_flush_caches(ch);
	}
	ide_set_stopped(ch);
	if (req)
		trv_req_complete(req, -ENODEV);
	trv_mutex_unlock(&ch->setup);
}

void ide_stop(struct trv_dev *dev)
{
	struct ide_host *host = trv_drvdata(dev);

	ide_for_each_channel(host, ch)
		if (ch->live)
			ide_channel_stop(ch);
}

/* The class has quiesced, so no request is under way. On an error the channel works on. */
static int ide_channel_flush(struct ide_channel *ch)
{
	enum ide_state before;
	int rc;

	trv_mutex_lock(&ch->setup);
	ide_seize(ch, &before);
	/* It was held for a reset, and this task is faster than that one. */
	if (before == IDE_HELD)
		ide_restore(ch);
	rc = before == IDE_STOPPED ? 0 : ide_flush_caches(ch);
	/* It may still be at it, and nothing else can be asked of the channel. */
	if (rc == -ETIMEDOUT)
		ide_restore(ch);
	if (rc)
		ide_unhold(ch);
	ch->asleep = !rc;
	trv_mutex_unlock(&ch->setup);
	return rc;
}

static void ide_channel_standby(struct ide_channel *ch)
{
	trv_mutex_lock(&ch->setup);
	ide_for_each_drive(ch, drive)
		if (drive->present && !drive->lost && !drive->packet &&
		    ide_no_data(drive, ATA_OP_STANDBY_IMMEDIATE, 0, 0, IDE_SPIN_MS))
			trv_warn(ch->host->dev, "%s does not go to standby", drive->info.model);
	ide_set_stopped(ch);
	trv_mutex_unlock(&ch->setup);
}

int ide_suspend(struct trv_dev *dev)
{
	struct ide_host *host = trv_drvdata(dev);
	int rc;

	/* Every cache first: an error leaves all drives as they were. */
	ide_for_each_channel(host, ch) {
		rc = ch->live ? ide_channel_flush(ch) : 0;
		if (rc)
			goto err_wake;
	}
	ide_for_each_channel(host, ch)
		if (ch->live)
			ide_channel_standby(ch);
	return 0;

err_wake:
	ide_for_each_channel(host, ch) {
		if (ch->asleep)
			ide_unhold(ch);
		ch->asleep = false;
	}
	return rc;
}

int ide_resume(struct trv_dev *dev)
{
	struct ide_host *host = trv_drvdata(dev);
	int alive = 0;
	int rc;

	ide_for_each_channel(host, ch) {
		if (!ch->live)
			continue;
		rc = ide_chip_decode(ch);
		if (rc)
			return rc;
		trv_mutex_lock(&ch->setup);
		ide_take(ch);
		/* With the power a drive may have come back that no reset woke. */
		ide_for_each_drive(ch, drive)
			drive->lost = false;
		if (!ide_restore(ch))
			alive++;
		rc = ide_chip_tune(ch);
		if (!rc)
			ide_unhold(ch);
		ch->asleep = false;
		trv_mutex_unlock(&ch->setup);
		if (rc)
			return rc;
	}
	return alive || !host->n_live ? 0 : -ENODEV;
}
