/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the leg's entries tell the recorder and whoever has attached to a
 * probe. Off, a hook is one branch never taken and a nop.
 */
#ifndef TRIVET_USER_RECORD_H
#define TRIVET_USER_RECORD_H

#include <os/linux-user/probes.h>
#include <os/linux-user/user.h>

/** user_recording() - is anybody listening? A hint: user_record_fact() looks again. */
static inline bool user_recording(const struct trv_dev *dev)
{
	return __builtin_expect(__atomic_load_n(&dev->host->recording, __ATOMIC_ACQUIRE), 0);
}

/**
 * user_watched() - is somebody to see every access to a register?
 *
 * Then no register is handed out as plain memory, and each access comes here.
 */
static inline bool user_watched(const struct trv_dev *dev)
{
	return user_recording(dev) || user_probed(reg_read) || user_probed(reg_write);
}

/** user_record_fact() - complete @fact (time, thread, device) and hand it on */
void user_record_fact(const struct trv_dev *dev, struct trv_fact *fact);
/** user_record_data() - set @fact's len, digest and, for a FIFO, its first bytes */
void user_record_data(struct trv_fact *fact, const void *data, size_t len, bool fifo);
/** user_record_free() - with the host */
void user_record_free(struct user_recorder *rec);
/** user_record_fn() - what names the function @fn in every run of this program */
u64 user_record_fn(const void *fn);

/** user_record() - kind, then the fields that matter to it */
#define user_record(dev, fact_kind, ...)                                                          \
	do {                                                                                      \
		if (user_recording(dev))                                                          \
			user_record_fact(dev,                                                     \
					 &(struct trv_fact){ .kind = fact_kind, ##__VA_ARGS__ }); \
	} while (0)

void user_record_map(const struct trv_dev *dev, enum trv_fact_kind kind,
		     const struct trv_dma_map *map, const void *bounce, u32 off, u32 len);

/**
 * user_saw_map() - a mapping begins, ends or is synchronised: probe and record
 * @kind:   a constant, where it is called
 * @bounce: the copy that the device has; NULL: it is mapped in place
 *
 * The data may be looked at: not while they are the device's.
 */
static inline void user_saw_map(const struct trv_dev *dev, enum trv_fact_kind kind,
				const struct trv_dma_map *map, const void *bounce, u32 off, u32 len)
{
	if (kind == TRV_FACT_DMA_MAP)
		user_probe(dma_map, dev, map->iova, len, map->dir, bounce != NULL);
	else if (kind == TRV_FACT_DMA_UNMAP)
		user_probe(dma_unmap, dev, map->iova, len, map->dir, bounce != NULL);
	else if (kind == TRV_FACT_DMA_SYNC_CPU)
		user_probe(dma_sync_cpu, dev, map->iova, off, len, map->dir);
	else
		user_probe(dma_sync_device, dev, map->iova, off, len, map->dir);
	if (user_recording(dev))
		user_record_map(dev, kind, map, bounce, off, len);
}

#endif /* TRIVET_USER_RECORD_H */
