// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tests/checkers' dummy device as a host of the user leg. */
#include <stdlib.h>
#include <string.h>

#include <os/linux-user/user.h>
#include <tests/checkers/dummy.h>
#include <tests/conformance/user_dummy.h>

enum { POOL = 65536 };

/** struct dummy - @lock: a register is accessed by one thread at a time, as on a bus */
struct dummy {
	struct trv_host host;
	pthread_mutex_t lock;
	u8 cfg[USER_CFG_SIZE];
	_Alignas(8) u8 mem[DUMMY_MEM_SIZE];
	u8 ports[DUMMY_PORT_SIZE];
	u8 buf[DUMMY_BUF];
	u8 pool[POOL];
	u32 pos;
	bool mapped;
	u32 gone;
};

static struct dummy *of(const struct trv_dev *dev)
{
	return (struct dummy *)dev->host;
}

static int cfg_read(struct trv_dev *dev, u32 off, u32 bytes, u32 *val)
{
	*val = 0;
	pthread_mutex_lock(&of(dev)->lock);
	memcpy(val, of(dev)->cfg + off, bytes);
	pthread_mutex_unlock(&of(dev)->lock);
	return 0;
}

static int cfg_write(struct trv_dev *dev, u32 off, u32 bytes, u32 val)
{
	pthread_mutex_lock(&of(dev)->lock);
	if (off == TRV_PCI_COMMAND)
		memcpy(of(dev)->cfg + off, &val, bytes);
	pthread_mutex_unlock(&of(dev)->lock);
	return 0;
}

/* Does it answer there? */
static bool decodes(const struct dummy *d, bool port)
{
	return d->cfg[TRV_PCI_COMMAND] & (port ? TRV_PCI_CMD_IO : TRV_PCI_CMD_MEMORY);
}

static u64 port_access(struct dummy *d, u32 off, u32 bytes, const u64 *write)
{
	u8 *at = d->ports + off;
	u64 val = 0;

	if (off == DUMMY_PORT_POS)
		memcpy(at, &d->pos, sizeof(d->pos));
	if (off == DUMMY_PORT_DATA) {
		at = d->buf + d->pos;
		d->pos = (d->pos + bytes) % DUMMY_BUF;
	}
	if (!write)
		memcpy(&val, at, bytes);
	else
		memcpy(at, write, bytes);
	if (write && off == DUMMY_PORT_POS)
		d->pos = (u32)*write % DUMMY_BUF & ~1U;
	return val;
}

static u64 mem_access(struct dummy *d, u32 off, u32 bytes, const u64 *write)
{
	u64 val = 0;
	u32 n;

	if (write && off == DUMMY_TRIGGER) {
		n = trv_get_le32(d->mem + DUMMY_COUNT) + 1;
		trv_put_le32(n, d->mem + DUMMY_COUNT);
	} else if (write) {
		memcpy(d->mem + off, write, bytes);
	} else {
		if (off == DUMMY_FIFO)
			trv_put_le32(trv_get_le32(d->mem + off) + 1, d->mem + off);
		memcpy(&val, d->mem + off, bytes);
		if (off == DUMMY_COUNT)
			trv_put_le32(0, d->mem + off);
	}
	return val;
}

static u64 access_bar(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, const u64 *write)
{
	struct dummy *d = of(dev);
	bool port = bar == DUMMY_BAR_PORT;
	u64 val = ~0ULL;

	pthread_mutex_lock(&d->lock);
	if (decodes(d, port))
		val = port ? port_access(d, off, bytes, write) : mem_access(d, off, bytes, write);
	pthread_mutex_unlock(&d->lock);
	return val;
}

static u64 bar_read(struct trv_dev *dev, u32 bar, u32 off, u32 bytes)
{
	return access_bar(dev, bar, off, bytes, NULL);
}

static void bar_write(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val)
{
	(void)access_bar(dev, bar, off, bytes, &val);
}

static void bar_read_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, void *buf, u32 n)
{
	for (u8 *to = buf; n; n--, to += bytes) {
		u64 val = access_bar(dev, bar, off, bytes, NULL);

		memcpy(to, &val, bytes);
	}
}

static void bar_write_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, const void *buf, u32 n)
{
	for (const u8 *from = buf; n; n--, from += bytes) {
		u64 val = 0;

		memcpy(&val, from, bytes);
		(void)access_bar(dev, bar, off, bytes, &val);
	}
}

static void *bar_map(struct trv_dev *dev, u32 bar)
{
	return of(dev)->mapped && bar == DUMMY_BAR_MEM ? of(dev)->mem : NULL;
}

static u32 irq_max(struct trv_dev *dev, enum trv_irq_kind kind)
{
	return 0;
}

static bool gone(const struct trv_dev *dev)
{
	return __atomic_load_n(&of(dev)->gone, __ATOMIC_ACQUIRE);
}

static void unplug(struct trv_host *host)
{
	__atomic_store_n(&((struct dummy *)host)->gone, 1, __ATOMIC_RELEASE);
	user_dev_set_gone(host->devs[0]);
}

static void close_host(struct trv_host *host)
{
	if (host->n_devs)
		user_dev_free(host->devs[0]);
	user_pool_exit(&host->pool);
	free(host);
}

static const struct user_transport transport = {
	.name = "dummy",
	.cfg_read = cfg_read,
	.cfg_write = cfg_write,
	.bar_read = bar_read,
	.bar_write = bar_write,
	.bar_read_rep = bar_read_rep,
	.bar_write_rep = bar_write_rep,
	.bar_map = bar_map,
	.irq_max = irq_max,
	.gone = gone,
	.unplug = unplug,
	.close = close_host,
};

struct trv_host *user_dummy_open(bool mapped)
{
	struct dummy *d = calloc(1, sizeof(*d));
	struct trv_dev *dev;

	if (!d)
		return NULL;
	d->host.ops = &transport;
	d->mapped = mapped;
	pthread_mutex_init(&d->lock, NULL);
	trv_put_le16(DUMMY_VENDOR, d->cfg + TRV_PCI_VENDOR_ID);
	trv_put_le16(DUMMY_DEVICE, d->cfg + TRV_PCI_DEVICE_ID);
	trv_put_le32(DUMMY_CLASS << 8, d->cfg + TRV_PCI_REVISION);
	dev = user_dev_alloc(&d->host, NULL, "0000:01:00.0");
	if (!dev || user_pool_init(&d->host.pool, d->pool, 0, POOL))
		abort();
	d->host.devs[d->host.n_devs++] = dev;
	dev->bars[DUMMY_BAR_MEM] = (struct user_bar){ .len = DUMMY_MEM_SIZE };
	dev->bars[DUMMY_BAR_PORT] = (struct user_bar){ .len = DUMMY_PORT_SIZE, .port = true };
	if (!user_dev_start(dev))
		return &d->host;
	trv_user_close(&d->host);
	return NULL;
}

u8 *user_dummy_memory(struct trv_host *host)
{
	return ((struct dummy *)host)->mem;
}
