// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * One ATA channel: two drives on one set of wires. Both see every write; the
 * one that DEV names answers. This is where the host's manners are judged.
 */
#include <string.h>

#include <os/test-sim/models/ata_model.h>

enum {
	NS_SETTLE = ATA_NS_STATUS,
	NS_SRST_HOLD = 1000 * ATA_US_SRST_HOLD,
	NS_SRST_WAIT = 1000 * ATA_US_SRST_WAIT,
	NS_RESET_DEV1 = 2400 * 1000,
	NS_RESET_DEV0 = 2600 * 1000, /* waits for device 1's PDIAG- */
	NS_RESET_LATE = 300 * 1000 * 1000,
};
#define NS_RESET_LONG 12000000000ULL

static bool empty(const struct ata_channel *ch)
{
	return !ch->drive[0].present && !ch->drive[1].present;
}

static bool busy(const struct ata_drive *d)
{
	return d->present && d->status & (ATA_STATUS_BSY | ATA_STATUS_DRQ);
}

static const char *const reg_names[] = {
	"Data",	   "Error/Features", "Sector Count", "LBA Low",
	"LBA Mid", "LBA High",	     "Device",	     "Status/Command",
};

/* ---- interrupts ----------------------------------------------------------- */

void ata_irq_update(struct ata_channel *ch)
{
	struct ata_drive *d = ata_selected(ch);
	bool line = d->present && d->intrq &&
		    (!(ch->devctl & ATA_DEVCTL_NIEN) || SIM_SAB("model-nien-ignored"));

	if (line == ch->line)
		return;
	ch->line = line;
	if (line) {
		d->stats.irqs++;
		bm_intrq(ch);
	}
	ide_line(ch);
}

/* ---- nobody there ---------------------------------------------------------- */

/*
 * What is left to the cable: a host pulls DD7 down, so that an empty one is not busy (ATA-3 and
 * later, DD7), and says nothing of the others; older hosts pull all of it up; and a cable keeps
 * the charge of the last byte for a while.
 */
static u8 floating(struct ata_channel *ch)
{
	switch (ata_trait(&ch->drive[0], IDE_T_FLOATING)) {
	case 1:
		return 0xff;
	case 2:
		return 0;
	case 3:
		return ch->bus & ATA_FLOATING;
	default:
		return ATA_FLOATING;
	}
}

/*
 * Device 0 answers for a device 1 that is not there with Status 00h and else with its own
 * registers (ATA/ATAPI-7 V2, single device configurations). ATA-1 left it to the drive: some have
 * 00h everywhere, some say nothing, some do not look at DEV, but for commands.
 */
static u8 for_absent(struct ata_channel *ch, u8 own, bool status)
{
	switch (ata_trait(&ch->drive[0], IDE_T_ABSENT)) {
	case 1:
		return 0;
	case 2:
		return floating(ch);
	case 3:
		return own;
	default:
		return status ? 0 : own;
	}
}

/* ---- status --------------------------------------------------------------- */

/* What Status shows of the selected drive, and what the host may conclude from it. */
static u8 status_of(struct ata_channel *ch)
{
	struct ata_drive *d = ata_selected(ch);
	u8 status;

	if (d->present)
		status = ata_trait_status(d);
	else if (d->index && ch->drive[0].present)
		status = for_absent(ch, ata_trait_status(&ch->drive[0]), true);
	else
		status = floating(ch);
	if (!(status & (ATA_STATUS_BSY | ATA_STATUS_DRQ)))
		ch->idle_seen = true;
	return status;
}

static void check_reset_wait(struct ata_channel *ch, const char *what, u64 now)
{
	if (now < ch->t_srst_end)
		ata_rule(ch->dev, R_SRST_WAIT, "%s %llu ns too early after SRST was cleared", what,
			 (unsigned long long)(ch->t_srst_end - now));
}

/*
 * Reading Alternate Status and looking away is how hosts pass the time, so
 * that is no offence; what it shows is the state before.
 */
u8 ata_altstatus(struct ata_channel *ch)
{
	u64 now = ata_read_time();

	if (empty(ch))
		return floating(ch);
	check_reset_wait(ch, "Alternate Status is read", now);
	ch->bus = now < ch->t_quiet ? ch->stale : status_of(ch);
	return ch->bus;
}

static u8 reg_of(struct ata_drive *d, u32 reg)
{
	struct ata_channel *ch = d->ch;
	bool hob = ch->devctl & ATA_DEVCTL_HOB && !SIM_SAB("model-hob-ignored");

	if (d->status & ATA_STATUS_BSY) /* the rest of the block is not the host's to see */
		return ata_trait_status(d);
	switch (reg) {
	case ATA_ERROR:
		return d->error;
	case ATA_COUNT:
		return hob ? d->regs.count.prev : d->regs.count.cur;
	case ATA_DEVICE:
		return (ch->device & ~ATA_DEVICE_HEAD) | (d->regs.device & ATA_DEVICE_HEAD);
	default:
		return hob ? d->regs.lba[reg - ATA_LBA_LOW].prev :
			     d->regs.lba[reg - ATA_LBA_LOW].cur;
	}
}

static u8 read_reg(struct ata_channel *ch, u32 reg)
{
	struct ata_drive *d = ata_selected(ch);
	u64 now = ata_read_time();
	u8 status;

	if (empty(ch))
		return floating(ch);
	check_reset_wait(ch, reg_names[reg], now);
	if (now < ch->t_quiet)
		ata_rule(ch->dev, R_400NS, "%s is read %llu ns after the write", reg_names[reg],
			 (unsigned long long)(now + NS_SETTLE - ch->t_quiet));
	status = status_of(ch);
	if (reg == ATA_STATUS) {
		d->intrq = d->unasked = false;
		ata_irq_update(ch);
		return status;
	}
	if (d->present)
		return reg_of(d, reg);
	if (!d->index || !ch->drive[0].present)
		return floating(ch);
	return for_absent(ch, reg_of(&ch->drive[0], reg), false);
}

u8 ata_cmd_read(struct ata_channel *ch, u32 reg)
{
	ch->bus = read_reg(ch, reg);
	return ch->bus;
}

/* ---- writes --------------------------------------------------------------- */

static void push(struct ata_reg *reg, u8 val)
{
	reg->prev = reg->cur;
	reg->cur = val;
}

static void write_reg(struct ata_regs *regs, u32 reg, u8 val)
{
	switch (reg) {
	case ATA_FEATURES:
		push(&regs->features, val);
		break;
	case ATA_COUNT:
		push(&regs->count, val);
		break;
	case ATA_DEVICE:
		regs->device = val;
		break;
	default:
		push(&regs->lba[reg - ATA_LBA_LOW], val);
	}
}

static void quiet_from_now(struct ata_channel *ch)
{
	ch->t_quiet = sim_now() + NS_SETTLE;
	ch->t_cycle = 0;
	ch->idle_seen = false;
}

static void select_drive(struct ata_channel *ch, u8 val)
{
	u8 before = ata_selected(ch)->status;

	if (!((ch->device ^ val) & ATA_DEVICE_DEV)) {
		ch->device = val;
		return;
	}
	ch->device = val;
	ch->t_drdy = sim_now() + ide_faults_select(ata_selected(ch));
	ch->stale = before;
	quiet_from_now(ch);
	ata_irq_update(ch);
}

static void command(struct ata_channel *ch, u8 code)
{
	struct ata_drive *d = ata_selected(ch);

	if (ch->bm.command & BM_COMMAND_START)
		ata_rule(ch->dev, R_BM_STOP, "command %02x while the bus master is started", code);
	ch->stale = d->status;
	if (code == ATA_OP_DIAGNOSTIC) {
		quiet_from_now(ch);
		ata_diagnostic(ch);
		return;
	}
	if (!d->present)
		return;
	if (!ch->idle_seen && code != ATA_OP_DEVICE_RESET)
		ata_rule(ch->dev, R_SELECT_CHECK,
			 "command %02x to device %u, whose status was not read since", code,
			 d->index);
	if (ata_is_dma(d, code)) {
		if (ch->bm.status &
		    (ch->bm.unasked ? BM_STATUS_ERROR : BM_STATUS_INTR | BM_STATUS_ERROR))
			ata_rule(ch->dev, R_BM_STALE, "command %02x with bus master status %02x",
				 code, ch->bm.status);
		ch->dma_command = true;
	}
	d->intrq = d->unasked = false;
	ata_irq_update(ch);
	ata_command(d, code);
	quiet_from_now(ch);
}

void ata_cmd_write(struct ata_channel *ch, u32 reg, u8 val)
{
	struct ata_drive *d = ata_selected(ch);

	ch->bus = val;
	if (empty(ch))
		return;
	check_reset_wait(ch, reg_names[reg], sim_now());
	if (busy(d)) {
		if (reg == ATA_COMMAND && val == ATA_OP_DEVICE_RESET) {
			if (d->packet) /* allowed; to a disk it is nothing */
				command(ch, val);
			return;
		}
		if (reg == ATA_DEVICE && (ch->device ^ val) & ATA_DEVICE_DEV)
			ata_rule(ch->dev, R_SELECT_BUSY, "device %u is left with status %02x",
				 d->index, d->status);
		else
			ata_rule(ch->dev, R_BUSY_WRITE, "%s = %02x with status %02x",
				 reg_names[reg], val, d->status);
		if (reg != ATA_DEVICE)
			return;
	}
	ch->devctl &= ~ATA_DEVCTL_HOB;
	if (reg == ATA_COMMAND) {
		command(ch, val);
		return;
	}
	for (u32 i = 0; i < PCI_IDE_DRIVES; i++)
		write_reg(&ch->drive[i].regs, reg, val);
	if (reg == ATA_DEVICE)
		select_drive(ch, val);
}

/* ---- resets --------------------------------------------------------------- */

static void reset_over(struct ata_drive *d)
{
	(void)ata_trait(d, IDE_T_SIGNATURE);
	ata_drive_ready(d);
}

/*
 * A self-test may take its time: 30 s for device 1, and one more for device 0, which waits for it
 * unless PDIAG- came first (ATA/ATAPI-7 V2, D0SR and D1SR; ATA-3, where BSY may outlast PDIAG-).
 */
static u64 reset_ns(struct ata_drive *d)
{
	u64 ns = d->index ? NS_RESET_DEV1 : NS_RESET_DEV0;

	return ata_trait(d, IDE_T_RESET) == 2 ? ns + NS_RESET_LONG : ns;
}

void ata_channel_reset(struct ata_channel *ch, bool hard, u64 ns)
{
	bool late = ns && !empty(ch) && sim_choose(SIM_K_LATE, 2, SIM_SITE);

	ch->device = 0;
	ch->idle_seen = false;
	ch->t_drdy = ch->t_cycle = 0;
	for (u32 i = 0; i < PCI_IDE_DRIVES; i++) {
		struct ata_drive *d = &ch->drive[i];

		if (!d->present)
			continue;
		sim_event_cancel(&d->ev);
		d->phase = ATA_P_RESET;
		d->status = ATA_STATUS_BSY;
		ata_fate_reset(d);
		d->held_now = false;
		memset(&d->x, 0, sizeof(d->x));
		ata_drive_defaults(d, hard);
		if (!ns)
			continue;
		d->step = reset_over;
		sim_event_in(&d->ev, ns + reset_ns(d) + (late ? NS_RESET_LATE : 0));
	}
	ata_irq_update(ch);
}

void ata_devctl(struct ata_channel *ch, u8 val)
{
	u8 was = ch->devctl;
	u64 now = sim_now();

	if (val & ~ATA_DEVCTL_VALID)
		ata_rule(ch->dev, R_DEVCTL, "Device Control = %02x", val);
	ch->bus = val;
	ch->devctl = val & ATA_DEVCTL_VALID;
	if (!(was & ATA_DEVCTL_SRST) && val & ATA_DEVCTL_SRST) {
		ch->t_srst = now;
		ch->t_srst_end = 0;
		for (u32 i = 0; i < PCI_IDE_DRIVES; i++)
			ch->drive[i].stats.resets += ch->drive[i].present;
		ata_channel_reset(ch, false, 0); /* busy until it is cleared */
	} else if (was & ATA_DEVCTL_SRST && !(val & ATA_DEVCTL_SRST)) {
		if (!empty(ch) && now - ch->t_srst < NS_SRST_HOLD)
			ata_rule(ch->dev, R_SRST_HOLD, "SRST was set for %llu ns",
				 (unsigned long long)(now - ch->t_srst));
		ch->t_srst_end = now + NS_SRST_WAIT;
		ata_channel_reset(ch, false, 1);
	}
	ata_irq_update(ch);
}

/* ---- data ----------------------------------------------------------------- */

/* How many of @bytes the selected drive moves now. */
static u32 data_room(struct ata_channel *ch, enum ata_phase phase, u32 bytes)
{
	struct ata_drive *d = ata_selected(ch);
	u32 room;

	if (empty(ch))
		return 0;
	room = d->present && d->phase == phase ? d->x.in_block - d->x.pos : 0;
	if (bytes > room)
		ata_rule(ch->dev,
			 phase == ATA_P_OUT && d->packet ? atapi_write_rule(d) : R_DATA_PHASE,
			 "%s of %u bytes, the block has %u left; status %02x",
			 phase == ATA_P_IN ? "a read" : "a write", bytes, room,
			 d->present ? d->status : 0);
	return trv_min(bytes, room);
}

void ata_data_read(struct ata_channel *ch, void *buf, u32 bytes)
{
	struct ata_drive *d = ata_selected(ch);
	u32 n = data_room(ch, ATA_P_IN, bytes);

	memset((u8 *)buf + n, 0xff, bytes - n);
	if (!n)
		return;
	if (!d->x.pos)
		ide_check_pio(d);
	memcpy(buf, d->buf + d->x.pos, n);
	d->x.pos += n;
	if (d->x.pos == d->x.in_block)
		ata_block_done(d);
}

void ata_data_write(struct ata_channel *ch, const void *buf, u32 bytes)
{
	struct ata_drive *d = ata_selected(ch);
	u32 n = data_room(ch, ATA_P_OUT, bytes);

	if (!n)
		return;
	if (!d->x.pos)
		ide_check_pio(d);
	memcpy(d->buf + d->x.pos, buf, n);
	d->x.pos += n;
	if (d->x.pos == d->x.in_block)
		ata_block_done(d);
}
