// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who owns a channel's registers: the hot path, or one task at a time. README.md
 * has the picture.
 */
#include "ide.h"

void ide_stop_bm(struct ide_channel *ch)
{
	if (!ch->has_bm)
		return;
	trv_write8(ch->bm, BM_COMMAND, 0);
	ch->bm_dir = 0;
	trv_write8(ch->bm, BM_STATUS, ch->bm_ack);
}

void ide_hold(struct ide_channel *ch)
{
	trv_spin_assert_held(&ch->lock);
	ch->state = IDE_HELD;
	/* Nothing of this channel moves or interrupts after these two, whatever was under way. */
	ide_stop_bm(ch);
	trv_write8(ch->ctl, IDE_CTL, ATA_DEVCTL_NIEN);
	/* The hot path may have written a command just now; status is read next. */
	trv_delay_ns(ATA_NS_STATUS);
}

void ide_take(struct ide_channel *ch)
{
	unsigned long flags = trv_spin_lock_irqsave(&ch->lock);

	ide_hold(ch);
	trv_spin_unlock_irqrestore(&ch->lock, flags);
}

void ide_unhold(struct ide_channel *ch)
{
	unsigned long flags = trv_spin_lock_irqsave(&ch->lock);

	if (ch->state == IDE_HELD) {
		/* An interrupt that nIEN kept inside a drive, or that the bus master noted, ends here. */
		trv_read8(ch->cmd, ATA_STATUS);
		if (ch->has_bm)
			trv_write8(ch->bm, BM_STATUS, ch->bm_ack);
		trv_write8(ch->ctl, IDE_CTL, ch->devctl);
		ch->state = IDE_IDLE;
	}
	trv_spin_unlock_irqrestore(&ch->lock, flags);
}

static void ide_want(struct ide_channel *ch, bool wanted)
{
	unsigned long flags = trv_spin_lock_irqsave(&ch->lock);

	ch->wanted = wanted;
	trv_spin_unlock_irqrestore(&ch->lock, flags);
}

/* Hold the channel if nothing is under way. Returns what it was doing. */
static enum ide_state ide_try_hold(struct ide_channel *ch)
{
	unsigned long flags = trv_spin_lock_irqsave(&ch->lock);
	enum ide_state before = ch->state;

	if (before == IDE_IDLE)
		ide_hold(ch);
	trv_spin_unlock_irqrestore(&ch->lock, flags);
	return before;
}

int ide_borrow(struct ide_channel *ch)
{
	/* A request may hang until its time is over, and then have a reset. */
	u64 patience = (ch->host->opt.timeout_ms + 2 * ATA_MS_RESET) * 1000000ULL;
	u64 since = trv_time_ns();
	enum ide_state state;
	bool late = false;

	ide_want(ch, true);
	for (;;) {
		/* Not while waiting: timeout() needs it to end what is waited for. */
		trv_mutex_lock(&ch->setup);
		state = ide_try_hold(ch);
		if (state == IDE_IDLE)
			return 0;
		trv_mutex_unlock(&ch->setup);
		if (state == IDE_STOPPED || late)
			break;
		late = trv_time_ns() - since > patience;
		trv_sleep_us(IDE_BORROW_US);
	}
	ide_want(ch, false);
	trv_blkq_run(&ch->queue);
	return state == IDE_STOPPED ? -ENODEV : -EBUSY;
}

void ide_give_back(struct ide_channel *ch)
{
	ide_want(ch, false);
	ide_unhold(ch);
	trv_mutex_unlock(&ch->setup);
	/* Requests that met the borrowed channel with -EBUSY. */
	trv_blkq_run(&ch->queue);
}
