// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The recorder. Lines are kept until the end, in memory of the process. Three
 * things are done to them, and no more:
 *
 *  - a register that is read while it says "busy" and then read again was
 *    polled: how often is time, so the last value stands for all of them;
 *  - what Alternate Status says in passing, right before an interrupt, is time
 *    too: busy still, or no more;
 *  - an address in memory is written as the piece of memory it lies in.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* asprintf() */
#endif
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trivet/hw/ata.h>
#include <trivet/hw/edu.h>
#include <trivet/hw/piix.h>

#include "history.h"
#include "record.h"

TRV_REG_TABLE(cmd_regs, ATA_CMD_REGS, ATA_CMD_FIELDS);
TRV_REG_TABLE(ctl_regs, ATA_CTL_COMPAT_REGS, ATA_CTL_FIELDS);
TRV_REG_TABLE(bm_regs, BM_REGS, BM_FIELDS);
TRV_REG_TABLE(cfg_regs, PIIX_CFG_REGS, PIIX_CFG_FIELDS);
TRV_REG_TABLE(edu_regs, EDU_REGS, EDU_FIELDS);

enum { REGIONS = 64, ROW = 16, HANDLERS = 8 };

/** struct region - memory the device reaches */
struct region {
	trv_iova iova;
	u64 len;
	char name[24];
};

static struct {
	pthread_mutex_t lock;
	char **lines;
	u32 n, room;
	bool paused, is_edu;
	/* the last line, if it is a read: of what, and what it said */
	bool last_read, last_busy, last_irq;
	u32 last_reg;
	u64 last_val;
	bool irq_waits; /* a handler has made no access yet */
	u32 irq_vec;
	u32 irq_line[32]; /* by vector: 1 + the number of the line of the call under way, 0 none yet */
	u8 command[PCI_IDE_CHANNELS];
	bool started[PCI_IDE_CHANNELS]; /* the bus master */
	struct region region[REGIONS];
	u32 regions, named;
} rec = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct rec_handler handlers[HANDLERS];
static u32 n_handlers;

/* ---- lines ---------------------------------------------------------------- */

static void add(const char *text)
{
	if (rec.n == rec.room) {
		rec.room = rec.room ? 2 * rec.room : 1024;
		rec.lines = realloc(rec.lines, rec.room * sizeof(*rec.lines));
		if (!rec.lines)
			abort();
	}
	rec.lines[rec.n] = strdup(text);
	if (!rec.lines[rec.n++])
		abort();
}

static void vline(const char *fmt, va_list ap)
{
	char text[512];

	vsnprintf(text, sizeof(text), fmt, ap);
	add(text);
	rec.last_read = false;
}

static void line(const char *fmt, ...) TRV_PRINTF(1, 2);
static void line(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vline(fmt, ap);
	va_end(ap);
}

/* The line before an interrupt, if it is a read of Alternate Status. */
static void in_passing(void)
{
	u32 bar = rec.last_reg >> 24;

	if (!rec.last_read || rec.is_edu || bar >= PCI_IDE_BAR_BM || !(bar & 1))
		return;
	free(rec.lines[--rec.n]);
	line("read  ch%u ATA_ALTSTATUS, and then its interrupt", bar / 2);
}

/* Held from here to leave(); false when nothing is recorded. */
static bool enter(void)
{
	pthread_mutex_lock(&rec.lock);
	if (!rec.paused && rec.irq_waits && rec_in_irq()) {
		rec.irq_waits = false;
		in_passing();
		line("irq %u", rec.irq_vec);
		rec.irq_line[rec.irq_vec] = rec.n;
	}
	return !rec.paused;
}

static void leave(void)
{
	pthread_mutex_unlock(&rec.lock);
}

void rec_line(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (enter())
		vline(fmt, ap);
	leave();
	va_end(ap);
}

bool rec_pause(bool on)
{
	bool was;

	pthread_mutex_lock(&rec.lock);
	was = rec.paused;
	rec.paused = on;
	rec.last_read = false;
	pthread_mutex_unlock(&rec.lock);
	return was;
}

void rec_begin(const char *model)
{
	while (rec.n)
		free(rec.lines[--rec.n]);
	rec.paused = rec.last_read = rec.irq_waits = false;
	memset(rec.irq_line, 0, sizeof(rec.irq_line));
	rec.is_edu = !strcmp(model, "edu");
	rec.regions = rec.named = 0;
	n_handlers = 0;
	memset(rec.command, 0, sizeof(rec.command));
}

void rec_print(FILE *f)
{
	for (u32 i = 0; i < rec.n; i++)
		fprintf(f, "%s\n", rec.lines[i]);
}

/* ---- memory --------------------------------------------------------------- */

void rec_region(trv_iova iova, u64 len, const char *kind)
{
	struct region *r;

	pthread_mutex_lock(&rec.lock);
	if (rec.regions == REGIONS)
		abort();
	r = &rec.region[rec.regions++];
	r->iova = iova;
	r->len = len;
	snprintf(r->name, sizeof(r->name), "%s%u", kind, ++rec.named);
	pthread_mutex_unlock(&rec.lock);
}

void rec_region_gone(trv_iova iova)
{
	pthread_mutex_lock(&rec.lock);
	for (u32 i = 0; i < rec.regions; i++) {
		if (rec.region[i].iova != iova)
			continue;
		rec.region[i] = rec.region[--rec.regions];
		break;
	}
	pthread_mutex_unlock(&rec.lock);
}

static bool in_memory(u64 val, char *text, size_t len)
{
	for (u32 i = 0; i < rec.regions; i++) {
		const struct region *r = &rec.region[i];

		if (val < r->iova || val - r->iova >= r->len)
			continue;
		snprintf(text, len, "%s+0x%llx", r->name, (unsigned long long)(val - r->iova));
		return true;
	}
	return false;
}

static u64 digest(const u8 *p, u32 n)
{
	u64 d = 0xcbf29ce484222325ULL; /* FNV-1a */

	while (n--)
		d = (d ^ *p++) * 0x100000001b3ULL;
	return d;
}

/* How many bytes from here on, in whole steps, are the same; 0: not even a step. */
static u32 alike(const u8 *p, u32 len, u32 step)
{
	u32 n = 1;

	while (n < len && p[n] == p[0])
		n++;
	return n == len && n > 4 ? n : n / step * step;
}

/* Little is shown whole, a row a line; of much, how each 512 bytes begin, and a digest. */
static void bytes(const u8 *p, u32 len)
{
	u32 step = len > HIST_SECTOR ? HIST_SECTOR : ROW;

	for (u32 at = 0, n; at < len; at += n) {
		char text[4 * ROW + 64], *t = text;
		u32 shown;

		n = alike(p + at, len - at, step);
		if (n) {
			line("    +0x%04x %02x, %u times", at, p[at], n);
			continue;
		}
		n = trv_min(step, len - at);
		shown = trv_min(n, (u32)ROW);
		for (u32 i = 0; i < shown; i++)
			t += snprintf(t, 4, " %02x", p[at + i]);
		if (n > ROW)
			snprintf(t, 48, " ... %016llx", (unsigned long long)digest(p + at, n));
		line("    +0x%04x%s", at, text);
	}
}

void rec_dma(bool to_device, const void *buf, u32 len)
{
	if (enter()) {
		line("dma %s device, %u bytes", to_device ? "to" : "from", len);
		bytes(buf, len);
	}
	leave();
}

/* ---- registers ------------------------------------------------------------ */

enum { CFG = 7 };

static const struct trv_regtable *table_of(u32 bar)
{
	if (bar == CFG)
		return rec.is_edu ? NULL : &cfg_regs;
	if (rec.is_edu)
		return &edu_regs;
	return bar == PCI_IDE_BAR_BM ? &bm_regs : bar & 1 ? &ctl_regs : &cmd_regs;
}

static const char *place_of(u32 bar)
{
	static const char *const ide[] = { "ch0", "ch0", "ch1", "ch1", "bm", "", "", "cfg" };

	return rec.is_edu ? bar == CFG ? "cfg" : "edu" : ide[bar];
}

/* What says that the device is at work, and polled. */
static bool is_busy(u32 bar, u32 off, u64 val)
{
	if (rec.is_edu)
		return (off == EDU_STATUS && val & EDU_STATUS_COMPUTING) ||
		       (off == EDU_DMA_CMD && val & EDU_DMA_CMD_START);
	if (bar == PCI_IDE_BAR_BM)
		return off % BM_STRIDE == BM_STATUS && val & BM_STATUS_ACTIVE &&
		       !(val & (BM_STATUS_INTR | BM_STATUS_ERROR));
	if (bar >= PCI_IDE_BAR_BM || (!(bar & 1) && off != ATA_STATUS))
		return false;
	/* While data flow by DMA a drive shows BSY or DRQ (V2, DMA data protocols). */
	return val & ATA_STATUS_BSY || (val & ATA_STATUS_DRQ && rec.started[bar / 2]);
}

static bool is_address(u32 bar, u32 off)
{
	if (rec.is_edu)
		return bar != CFG && (off == EDU_DMA_SRC || off == EDU_DMA_DST);
	return bar == PCI_IDE_BAR_BM && off % BM_STRIDE == BM_PRDT;
}

/* "read  ch0 ATA_STATUS = 0x50 (DRDY DSC)" */
static void access_line(bool write, u32 bar, u32 off, u32 width, u64 val)
{
	const struct trv_regtable *table = table_of(bar);
	const char *verb = write ? "write" : "read ";
	char text[160], where[64];

	if (is_address(bar, off) && in_memory(val, where, sizeof(where))) {
		const struct trv_regdesc *reg = trv_reg_find(table, off);

		line("%s %-3s %s = %s", verb, place_of(bar), reg->name, where);
		return;
	}
	if (table && trv_reg_find(table, off) && write)
		trv_reg_decode_write(table, off, val, text, sizeof(text));
	else if (table && trv_reg_find(table, off))
		trv_reg_decode(table, off, val, text, sizeof(text));
	else
		snprintf(text, sizeof(text), "0x%02x.%u = 0x%llx", off, 8 * width,
			 (unsigned long long)val);
	line("%s %-3s %s", verb, place_of(bar), text);
}

static void read_line(u32 bar, u32 off, u32 width, u64 val)
{
	u32 reg = bar << 24 | off;
	bool again = rec.last_read && rec.last_reg == reg && rec.last_irq == rec_in_irq();

	if (again && (rec.last_busy || rec.last_val == val))
		free(rec.lines[--rec.n]);
	access_line(false, bar, off, width, val);
	rec.last_read = true;
	rec.last_reg = reg;
	rec.last_val = val;
	rec.last_busy = is_busy(bar, off, val);
	rec.last_irq = rec_in_irq();
}

void rec_read(u32 bar, u32 off, u32 width, u64 val)
{
	if (enter())
		read_line(bar, off, width, val);
	leave();
}

void rec_write(u32 bar, u32 off, u32 width, u64 val)
{
	if (!rec.is_edu && bar < PCI_IDE_BAR_BM && !(bar & 1) && off == ATA_COMMAND)
		rec.command[bar / 2] = val;
	if (!rec.is_edu && bar == PCI_IDE_BAR_BM && off % BM_STRIDE == BM_COMMAND)
		rec.started[off / BM_STRIDE] = val & BM_COMMAND_START;
	if (enter())
		access_line(true, bar, off, width, val);
	leave();
}

void rec_cfg_read(u32 off, u32 width, u32 val)
{
	rec_read(CFG, off, width, val);
}

void rec_cfg_write(u32 off, u32 width, u32 val)
{
	rec_write(CFG, off, width, val);
}

/* IDENTIFY data by word: so an exception can name one. */
static void identify_words(const u8 *p)
{
	for (u32 i = 0; i < ATA_ID_WORDS; i++) {
		u16 v = trv_get_le16(p + 2 * i);

		if (v)
			line("    word %3u = %04x", i, v);
	}
}

static void rep(bool write, u32 bar, u32 off, u32 width, const void *buf, u32 n)
{
	u8 op = bar < PCI_IDE_BAR_BM ? rec.command[bar / 2] : 0;

	line("%s %-3s ATA_DATA, %u times", write ? "write" : "read ", place_of(bar), n);
	if (!write && n * width == ATA_ID_BYTES &&
	    (op == ATA_OP_IDENTIFY || op == ATA_OP_IDENTIFY_PACKET))
		identify_words(buf);
	else
		bytes(buf, n * width);
}

u32 rec_mark(void)
{
	u32 mark;

	(void)enter();
	mark = rec.n;
	leave();
	return mark;
}

/* The lines from @from on go to where @mark is. */
static void move_back(u32 from, u32 mark)
{
	u32 n = rec.n - from;
	char **block;

	if (from == mark || !n)
		return;
	block = malloc(n * sizeof(*block));
	if (!block)
		abort();
	memcpy(block, rec.lines + from, n * sizeof(*block));
	memmove(rec.lines + mark + n, rec.lines + mark, (from - mark) * sizeof(*block));
	memcpy(rec.lines + mark, block, n * sizeof(*block));
	free(block);
	for (u32 i = 0; i < TRV_ARRAY_SIZE(rec.irq_line); i++) {
		if (rec.irq_line[i] > mark)
			rec.irq_line[i] += n;
	}
}

void rec_read_rep(u32 mark, u32 bar, u32 off, u32 width, const void *buf, u32 n)
{
	u32 from;

	if (enter()) {
		from = rec.n;
		rep(false, bar, off, width, buf, n);
		move_back(from, mark);
	}
	leave();
}

void rec_write_rep(u32 bar, u32 off, u32 width, const void *buf, u32 n)
{
	if (enter())
		rep(true, bar, off, width, buf, n);
	leave();
}

/* ---- interrupts ----------------------------------------------------------- */

static void rec_irq(u32 vec)
{
	pthread_mutex_lock(&rec.lock);
	rec.irq_waits = true;
	rec.irq_vec = vec;
	rec.irq_line[vec] = 0;
	pthread_mutex_unlock(&rec.lock);
}

static void rec_irq_end(u32 vec, enum trv_irq_ret ret)
{
	static const char *const what[] = { "not mine", "handled", "deferred" };
	char *text;

	/*
	 * The others have gone on since it signalled what it found: its answer belongs to its
	 * beginning.
	 */
	if (enter() && rec.irq_line[vec]) {
		text = rec.lines[rec.irq_line[vec] - 1];
		free(text);
		if (asprintf(&rec.lines[rec.irq_line[vec] - 1], "irq %u %s", vec, what[ret]) < 0)
			abort();
	}
	leave();
}

static enum trv_irq_ret call(void *arg)
{
	struct rec_handler *w = arg;
	enum trv_irq_ret ret;

	rec_leg_irq(true);
	rec_irq(w->vec);
	ret = w->h->fn(w->arg);
	rec_irq_end(w->vec, ret);
	rec_leg_irq(false);
	return ret;
}

static void call_deferred(void *arg)
{
	struct rec_handler *w = arg;

	w->h->deferred(w->arg);
}

struct rec_handler *rec_handler(u32 vec, const struct trv_irq_handler *h, void *arg)
{
	struct rec_handler *w = &handlers[n_handlers++ % HANDLERS];

	*w = (struct rec_handler){
		.wrapper = { call, h->deferred ? call_deferred : NULL, h->name },
		.h = h,
		.arg = arg,
		.vec = vec,
	};
	return w;
}
