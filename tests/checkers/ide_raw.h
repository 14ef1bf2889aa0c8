/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An IDE function in bare hands: each register by itself, every wait left to
 * the caller. For judging the model, not for use; the driver is in drivers/ide.
 */
#ifndef TRIVET_TESTS_IDE_RAW_H
#define TRIVET_TESTS_IDE_RAW_H

#include <trivet/driver.h>
#include <trivet/hw/ata.h>
#include <trivet/hw/atapi.h>
#include <trivet/hw/piix.h>

#define RAW_PRDS 16
#define RAW_TABLE (2 * PRD_TABLE_MAX) /* with a 64 KiB boundary in the middle */
#define RAW_BUF (3 * PRD_BOUNDARY)    /* so that two whole 64 KiB lie in it */

struct ide_raw {
	struct trv_dev *dev;
	struct trv_port cmd[2], ctl[2], bm;
	u32 ctl_off[2];
	bool native[2];
	u32 ch; /* the channel the functions below act on */
	struct trv_dma_mem table;
	u32 table_at; /* where in it the descriptors begin */
	u8 *buf;      /* mapped both ways: */
	struct trv_dma_map map;
	u32 irqs[2]; /* handler calls */
	bool attached;
};

extern const struct trv_driver ide_raw_driver;

static inline struct ide_raw *ide_raw(struct trv_dev *dev)
{
	return trv_drvdata(dev);
}

/** raw_addr() - where the device finds the data buffer; offsets into it count from there */
static inline u32 raw_addr(const struct ide_raw *r)
{
	return TRV_ALIGN_UP((u32)r->map.iova, (u32)PRD_BOUNDARY);
}

/* ---- one access ----------------------------------------------------------- */
u8 raw_in(struct ide_raw *r, u32 reg);
void raw_out(struct ide_raw *r, u32 reg, u8 val);
u8 raw_alt(struct ide_raw *r);
void raw_ctl(struct ide_raw *r, u8 val);
u8 raw_bm(struct ide_raw *r, u32 reg);
void raw_bm_out(struct ide_raw *r, u32 reg, u8 val);
void raw_prdt(struct ide_raw *r, u32 addr);
/** raw_data_in(), raw_data_out() - @bytes through the data port */
void raw_data_in(struct ide_raw *r, void *buf, u32 bytes);
void raw_data_out(struct ide_raw *r, const void *buf, u32 bytes);

/* ---- by the book ---------------------------------------------------------- */
/** raw_select() - wait for idle, select @drive, wait 400 ns, wait for idle; false: never idle */
bool raw_select(struct ide_raw *r, u32 drive);
void raw_wait_400ns(void);
/** raw_wait() - until BSY is clear, at most 40 s; the Alternate Status then */
u8 raw_wait(struct ide_raw *r);
/** raw_task28(), raw_task48() - select, then address and count */
void raw_task28(struct ide_raw *r, u32 drive, u32 lba, u8 count);
void raw_task48(struct ide_raw *r, u32 drive, u64 lba, u16 count);
/** raw_command() - write it and wait 400 ns */
void raw_command(struct ide_raw *r, u8 op);
/** raw_nondata() - a command without data on @drive, waited for; Status */
u8 raw_nondata(struct ide_raw *r, u32 drive, u8 op, u8 features, u8 count);
/** raw_pio_read(), raw_pio_write() - after the registers are set: all blocks; last Status */
u8 raw_pio_read(struct ide_raw *r, u8 op, void *buf, u32 bytes, u32 block);
u8 raw_pio_write(struct ide_raw *r, u8 op, const void *buf, u32 bytes, u32 block);
/** raw_reset() - SRST as the standard has it; Status */
u8 raw_reset(struct ide_raw *r);

/* ---- packets --------------------------------------------------------------- */
/** raw_packet_begin() - select, registers, PACKET, and wait for its DRQ; Alternate Status */
u8 raw_packet_begin(struct ide_raw *r, u32 drive, u8 features, u16 limit);
/** raw_packet_send() - the twelve bytes, and 400 ns */
void raw_packet_send(struct ide_raw *r, const u8 *cdb);
/** raw_packet_in() - a whole packet with data by PIO into @bytes at @buf, @got of them; Status */
u8 raw_packet_in(struct ide_raw *r, u32 drive, const u8 *cdb, u16 limit, void *buf, u32 bytes,
		 u32 *got);
/** raw_packet_dma() - a whole packet with @bytes by DMA into the buffer; Status */
u8 raw_packet_dma(struct ide_raw *r, u32 drive, const u8 *cdb, u32 bytes);

/* ---- bus master ----------------------------------------------------------- */
/** raw_prd() - entry @i of the table */
void raw_prd(struct ide_raw *r, u32 i, u32 addr, u32 count_word);
/** raw_dma_prepare() - one region of @bytes of the buffer, direction, status cleared */
void raw_dma_prepare(struct ide_raw *r, u32 bytes, bool to_memory);
void raw_dma_start(struct ide_raw *r, bool to_memory);
void raw_dma_stop(struct ide_raw *r);
/** raw_dma_wait() - until INTR or ERROR, at most @us; BM_STATUS */
u8 raw_dma_wait(struct ide_raw *r, u32 us);
/** raw_dma() - everything around a DMA command whose registers are set; Status of the drive */
u8 raw_dma(struct ide_raw *r, u8 op, u32 bytes, bool to_memory);
/** raw_buf_get(), raw_buf_put() - copy the buffer, with the syncs; not while the device has it */
void raw_buf_get(struct ide_raw *r, void *to, u32 off, u32 bytes);
void raw_buf_put(struct ide_raw *r, const void *from, u32 off, u32 bytes);

/** raw_irq() - attach handlers that read Status; false where there is no interrupt */
bool raw_irq(struct ide_raw *r);

#endif /* TRIVET_TESTS_IDE_RAW_H */
