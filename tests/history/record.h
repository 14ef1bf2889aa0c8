/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The recorder: what happened, from the wrappers of either leg to lines of text. */
#ifndef TRIVET_TESTS_HISTORY_RECORD_H
#define TRIVET_TESTS_HISTORY_RECORD_H

#include <stdio.h>

#include <trivet/driver.h>

/** rec_begin() - a fresh history; @model says which register tables apply */
void rec_begin(const char *model);
void rec_print(FILE *f);

/* Register accesses; @bar as the driver's, config space is its own. */
void rec_read(u32 bar, u32 off, u32 bytes, u64 val);
void rec_write(u32 bar, u32 off, u32 bytes, u64 val);
/** rec_read_rep() - after it, with rec_mark() from before: an interrupt for the last word may be first */
void rec_read_rep(u32 mark, u32 bar, u32 off, u32 bytes, const void *buf, u32 n);
u32 rec_mark(void);
void rec_write_rep(u32 bar, u32 off, u32 bytes, const void *buf, u32 n);
void rec_cfg_read(u32 off, u32 bytes, u32 val);
void rec_cfg_write(u32 off, u32 bytes, u32 val);

/* DMA: memory the device may reach from now on, and no more; what goes over when the two sync. */
void rec_region(trv_iova iova, u64 len, const char *kind);
void rec_region_gone(trv_iova iova);
void rec_dma(bool to_device, const void *buf, u32 len);

/** rec_leg_irq() - the leg is told that a handler begins, or has returned, here */
void rec_leg_irq(bool in);
/** rec_in_irq() - and says whether one runs here and now */
bool rec_in_irq(void);

/** rec_line() - anything else */
void rec_line(const char *fmt, ...) TRV_PRINTF(1, 2);
/** rec_pause() - record nothing, or again; what it was before */
bool rec_pause(bool on);

/*
 * A handler that tells the recorder, in front of each that a driver attaches.
 * The call is recorded with its first access: until then it may wait for a
 * lock, and others go on.
 */
struct rec_handler {
	struct trv_irq_handler wrapper;
	const struct trv_irq_handler *h;
	void *arg;
	u32 vec;
};
/** rec_handler() - the one for @vec, from now on before @h */
struct rec_handler *rec_handler(u32 vec, const struct trv_irq_handler *h, void *arg);

#endif /* TRIVET_TESTS_HISTORY_RECORD_H */
