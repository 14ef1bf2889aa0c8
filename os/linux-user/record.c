// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The recorder: one listener for all devices of a host. The time is taken
 * under the lock that puts facts in order, so that it never goes back.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <os/linux-user/record.h>

/**
 * struct user_recorder - made by the first recording, freed with the host
 * @lock: a leaf, but for what @fn takes
 * @fn:   NULL: nobody listens, or he has had enough
 * @rc:   why he had
 */
struct user_recorder {
	pthread_mutex_t lock;
	int (*fn)(const struct trv_fact *fact, void *arg);
	void *arg;
	bool open;
	int rc;
};

static const char *const names[TRV_FACT_KINDS] = {
	[TRV_FACT_REG_READ] = "reg_read",
	[TRV_FACT_REG_WRITE] = "reg_write",
	[TRV_FACT_REG_READ_REP] = "reg_read_rep",
	[TRV_FACT_REG_WRITE_REP] = "reg_write_rep",
	[TRV_FACT_CFG_READ] = "cfg_read",
	[TRV_FACT_CFG_WRITE] = "cfg_write",
	[TRV_FACT_DMA_ALLOC] = "dma_alloc",
	[TRV_FACT_DMA_FREE] = "dma_free",
	[TRV_FACT_DMA_MAP] = "dma_map",
	[TRV_FACT_DMA_UNMAP] = "dma_unmap",
	[TRV_FACT_DMA_SYNC_CPU] = "dma_sync_cpu",
	[TRV_FACT_DMA_SYNC_DEVICE] = "dma_sync_device",
	[TRV_FACT_IRQ_ALLOC] = "irq_alloc",
	[TRV_FACT_IRQ_FREE] = "irq_free",
	[TRV_FACT_IRQ_ATTACH] = "irq_attach",
	[TRV_FACT_IRQ_DETACH] = "irq_detach",
	[TRV_FACT_IRQ_MASK] = "irq_mask",
	[TRV_FACT_IRQ_UNMASK] = "irq_unmask",
	[TRV_FACT_IRQ_RAISE] = "irq_raise",
	[TRV_FACT_IRQ] = "irq",
	[TRV_FACT_IRQ_DONE] = "irq_done",
	[TRV_FACT_WORK_QUEUE] = "work_queue",
	[TRV_FACT_WORK] = "work",
	[TRV_FACT_WORK_DONE] = "work_done",
	[TRV_FACT_TIMER_ARM] = "timer_arm",
	[TRV_FACT_TIMER] = "timer",
	[TRV_FACT_TIMER_DONE] = "timer_done",
	[TRV_FACT_REQ_START] = "req_start",
	[TRV_FACT_REQ_DONE] = "req_done",
	[TRV_FACT_EVENT] = "event",
	[TRV_FACT_DEVICE] = "device",
	[TRV_FACT_BIND] = "bind",
	[TRV_FACT_BIND_DONE] = "bind_done",
	[TRV_FACT_UNBIND] = "unbind",
	[TRV_FACT_UNBIND_DONE] = "unbind_done",
	[TRV_FACT_SUSPEND] = "suspend",
	[TRV_FACT_SUSPEND_DONE] = "suspend_done",
	[TRV_FACT_RESUME] = "resume",
	[TRV_FACT_RESUME_DONE] = "resume_done",
	[TRV_FACT_SHUTDOWN] = "shutdown",
	[TRV_FACT_SHUTDOWN_DONE] = "shutdown_done",
	[TRV_FACT_GONE] = "gone",
};

const char *trv_fact_kind_name(u32 kind)
{
	return kind < TRV_FACT_KINDS ? names[kind] : NULL;
}

/* ---- one fact ------------------------------------------------------------ */

static enum trv_fact_ctx ctx_now(void)
{
	const struct user_thread *self = user_self();

	if (self->ctx == USER_HANDLER)
		return TRV_FACT_IN_IRQ;
	if (self->ctx == USER_TIMER)
		return TRV_FACT_IN_TIMER;
	return self->worker ? TRV_FACT_IN_WORK : TRV_FACT_IN_TASK;
}

static u8 index_of(const struct trv_dev *dev)
{
	u8 i = 0;

	while (i < dev->host->n_devs - 1 && dev->host->devs[i] != dev)
		i++;
	return i;
}

/* With the lock held. When it does not return 0, that was one too many. */
static int hand_on(struct trv_host *host, struct trv_fact *fact)
{
	struct user_recorder *rec = host->recorder;

	if (!rec->fn)
		return 0;
	fact->ns = trv_time_ns();
	if (!fact->name)
		fact->name = "";
	rec->rc = rec->fn(fact, rec->arg);
	if (rec->rc) {
		rec->fn = NULL;
		__atomic_store_n(&host->recording, 0, __ATOMIC_RELEASE);
	}
	return rec->rc;
}

static void say_it_ends(int rc)
{
	trv_log(NULL, TRV_LOG_WARN, "recording ends here: %s", strerror(abs(rc)));
}

void user_record_fact(const struct trv_dev *dev, struct trv_fact *fact)
{
	struct user_recorder *rec = dev->host->recorder;
	int rc;

	fact->tid = (u32)user_tid();
	fact->ctx = ctx_now();
	fact->dev = index_of(dev);
	pthread_mutex_lock(&rec->lock);
	rc = hand_on(dev->host, fact);
	pthread_mutex_unlock(&rec->lock);
	if (rc)
		say_it_ends(rc);
}

void user_record_data(struct trv_fact *fact, const void *data, size_t len, bool fifo)
{
	const u8 *p = data;
	u64 digest = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < len; i++)
		digest = (digest ^ p[i]) * 0x100000001b3ULL;
	fact->len = (u32)len;
	fact->digest = digest;
	if (fifo) {
		fact->n_data = (u8)trv_min(len, (size_t)TRV_FACT_DATA);
		memcpy(fact->data, data, fact->n_data);
	}
}

/* With what lies there, if it is for the one who has it from now on. */
void user_record_map(const struct trv_dev *dev, enum trv_fact_kind kind,
		     const struct trv_dma_map *map, const void *bounce, u32 off, u32 len)
{
	const bool to_device = kind == TRV_FACT_DMA_MAP || kind == TRV_FACT_DMA_SYNC_DEVICE;
	struct trv_fact fact = {
		.kind = kind,
		.iova = map->iova,
		.off = off,
		.len = len,
		.dir = (u8)map->dir,
		.val = bounce != NULL,
	};

	if (map->dir & (to_device ? TRV_DMA_TO_DEVICE : TRV_DMA_FROM_DEVICE))
		user_record_data(&fact, (const u8 *)(bounce ?: map->buf) + off, len, false);
	user_record_fact(dev, &fact);
}

/* An address differs from run to run, where it is in its file does not. */
u64 user_record_fn(const void *fn)
{
	Dl_info info;

	if (!dladdr(fn, &info))
		return (u64)(uintptr_t)fn;
	return (u64)((uintptr_t)fn - (uintptr_t)info.dli_fbase);
}

/* ---- on and off ---------------------------------------------------------- */

static struct user_recorder *recorder_of(struct trv_host *host)
{
	struct user_recorder *rec = host->recorder;

	if (rec)
		return rec;
	rec = calloc(1, sizeof(*rec));
	if (!rec)
		return NULL;
	pthread_mutex_init(&rec->lock, NULL);
	host->recorder = rec;
	return rec;
}

void user_record_free(struct user_recorder *rec)
{
	if (!rec)
		return;
	pthread_mutex_destroy(&rec->lock);
	free(rec);
}

static int tell_device(struct trv_host *host, u32 i)
{
	const struct trv_dev *dev = host->devs[i];
	struct trv_fact fact = {
		.kind = TRV_FACT_DEVICE,
		.dev = (u8)i,
		.tid = (u32)user_tid(),
		.ctx = ctx_now(),
		.val = (u64)dev->ident.vendor << 16 | dev->ident.device,
		.off = dev->ident.class,
		.name = dev->name,
	};

	return hand_on(host, &fact);
}

int trv_user_record(struct trv_host *host, int (*fn)(const struct trv_fact *fact, void *arg),
		    void *arg)
{
	struct user_recorder *rec;
	int rc = 0;

	for (u32 i = 0; i < host->n_devs; i++) {
		if (host->devs[i]->core.state != TRV_DEV_UNBOUND)
			return -EBUSY;
	}
	rec = recorder_of(host);
	if (!rec)
		return -ENOMEM;
	pthread_mutex_lock(&rec->lock);
	if (rec->open) {
		pthread_mutex_unlock(&rec->lock);
		return -EBUSY;
	}
	rec->open = true;
	rec->fn = fn;
	rec->arg = arg;
	rec->rc = 0;
	__atomic_store_n(&host->recording, 1, __ATOMIC_RELEASE);
	for (u32 i = 0; i < host->n_devs && !rc; i++)
		rc = tell_device(host, i);
	pthread_mutex_unlock(&rec->lock);
	if (rc)
		say_it_ends(rc);
	return 0;
}

int trv_user_record_end(struct trv_host *host)
{
	struct user_recorder *rec = host->recorder;
	int rc = -EINVAL;

	if (!rec)
		return rc;
	__atomic_store_n(&host->recording, 0, __ATOMIC_RELEASE);
	pthread_mutex_lock(&rec->lock);
	if (rec->open)
		rc = rec->rc;
	rec->open = false;
	rec->fn = NULL;
	pthread_mutex_unlock(&rec->lock);
	return rc;
}
