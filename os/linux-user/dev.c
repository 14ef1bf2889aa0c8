// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Devices: from a transport's find to a bound driver, and back. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <core/blk_core.h>
#include <os/linux-user/record.h>
#include <os/linux-user/sandbox/sandbox.h>

/* ---- os.h: the device ---------------------------------------------------- */

const char *trv_dev_name(const struct trv_dev *dev)
{
	return dev->name;
}

const struct trv_pci_ident *trv_dev_ident(const struct trv_dev *dev)
{
	return &dev->ident;
}

void *trv_drvdata(const struct trv_dev *dev)
{
	return dev->core.drvdata;
}

void trv_set_drvdata(struct trv_dev *dev, void *data)
{
	dev->core.drvdata = data;
}

bool user_dev_gone(const struct trv_dev *dev)
{
	return __atomic_load_n(&dev->gone, __ATOMIC_ACQUIRE);
}

void user_dev_set_gone(struct trv_dev *dev)
{
	if (__atomic_exchange_n(&dev->gone, 1, __ATOMIC_ACQ_REL))
		return;
	user_probe(gone, dev);
	user_record(dev, TRV_FACT_GONE);
	trv_work_queue(&dev->gone_work);
}

static struct {
	pthread_mutex_t lock;
	void (*fn)(struct trv_dev *dev, void *arg);
	void *arg;
} on_gone = { .lock = PTHREAD_MUTEX_INITIALIZER };

void trv_user_on_gone(void (*fn)(struct trv_dev *dev, void *arg), void *arg)
{
	pthread_mutex_lock(&on_gone.lock);
	on_gone.fn = fn;
	on_gone.arg = arg;
	pthread_mutex_unlock(&on_gone.lock);
}

/* Whoever waits for a request need not wait for its time-out. */
static void tell(void *arg)
{
	struct trv_dev *dev = arg;
	struct trv_disk *disk;

	pthread_mutex_lock(&dev->life_lock);
	for (disk = trv_disk_first(dev); disk; disk = trv_disk_next(disk))
		trv_blkq_kill(disk->q);
	pthread_mutex_unlock(&dev->life_lock);
	pthread_mutex_lock(&on_gone.lock);
	if (on_gone.fn)
		on_gone.fn(dev, on_gone.arg);
	pthread_mutex_unlock(&on_gone.lock);
}

/* ---- made and unmade ----------------------------------------------------- */

struct trv_dev *user_dev_alloc(struct trv_host *host, void *transport, const char *name)
{
	struct trv_dev *dev = calloc(1, sizeof(*dev));

	if (!dev)
		return NULL;
	dev->events = calloc(USER_TRACE_LEN, sizeof(*dev->events));
	if (!dev->events) {
		free(dev);
		return NULL;
	}
	snprintf(dev->name, sizeof(dev->name), "%s", name);
	dev->host = host;
	dev->ops = host->ops;
	dev->transport = transport;
	dev->lim = (struct trv_dma_limits){ .mask = 0xffffffff };
	pthread_mutex_init(&dev->lock, NULL);
	dev->works_tail = &dev->works;
	trv_work_init(dev, &dev->gone_work, tell, dev);
	pthread_mutex_init(&dev->turn, NULL);
	pthread_mutex_init(&dev->cfg_lock, NULL);
	pthread_mutex_init(&dev->life_lock, NULL);
	pthread_mutex_init(&dev->log_lock, NULL);
	pthread_cond_init(&dev->settled, NULL);
	pthread_cond_init(&dev->work_cond, NULL);
	return dev;
}

static int read_ident(struct trv_dev *dev)
{
	struct trv_pci_ident *id = &dev->ident;
	u32 class;
	int rc = trv_cfg_read16(dev, TRV_PCI_VENDOR_ID, &id->vendor);

	if (!rc)
		rc = trv_cfg_read16(dev, TRV_PCI_DEVICE_ID, &id->device);
	if (!rc)
		rc = trv_cfg_read16(dev, TRV_PCI_SUBVENDOR_ID, &id->subvendor);
	if (!rc)
		rc = trv_cfg_read16(dev, TRV_PCI_SUBDEVICE_ID, &id->subdevice);
	if (!rc)
		rc = trv_cfg_read32(dev, TRV_PCI_REVISION, &class);
	if (rc)
		return rc;
	id->class = class >> 8;
	id->revision = (u8) class;
	return 0;
}

int user_dev_start(struct trv_dev *dev)
{
	int rc = read_ident(dev);

	if (!rc)
		rc = user_loop_start(dev);
	if (rc)
		return rc;
	rc = user_workers_start(dev);
	if (rc)
		user_loop_stop(dev);
	return rc;
}

void user_dev_stop(struct trv_dev *dev)
{
	user_workers_stop(dev);
	user_listen_wait(dev);
	user_loop_stop(dev);
}

void user_dev_free(struct trv_dev *dev)
{
	struct user_option *o;

	while ((o = dev->options)) {
		dev->options = o->next;
		free(o);
	}
	free(dev->events);
	free(dev);
}

/* ---- a driver's life ----------------------------------------------------- */

/* What a driver that has gone, or never came, should have given back. */
static void leftovers(struct trv_dev *dev)
{
	bool timer, work;
	u32 dma;

	if (dev->n_vecs) {
		user_misuse(dev, "its driver left %u interrupt vectors", dev->n_vecs);
		trv_irq_free(dev);
	}
	for (u32 i = 0; i < TRV_PCI_BARS; i++) {
		if (dev->bars[i].taken)
			user_misuse(dev, "its driver left BAR %u mapped", i);
		dev->bars[i].taken = false;
	}
	pthread_mutex_lock(&dev->lock);
	timer = dev->timers;
	work = dev->works && (dev->works != &dev->gone_work || dev->works->next);
	pthread_mutex_unlock(&dev->lock);
	if (timer)
		user_misuse(dev, "its driver left a timer armed");
	if (work)
		user_misuse(dev, "its driver left a work queued");
	dma = user_dma_forget(dev);
	if (dma)
		user_misuse(dev, "its driver left %u pieces of DMA memory", dma);
	if (dev->allocs)
		user_misuse(dev, "its driver left %u pieces of memory", dev->allocs);
	dev->allocs = 0;
	dev->lim = (struct trv_dma_limits){ .mask = 0xffffffff };
}

/* Of the one that is asked for, or will be found. */
static const char *driver_name(const struct trv_dev *dev, const struct trv_driver *drv)
{
	const struct trv_pci_id *id;

	if (!drv)
		drv = dev->core.drv ?: trv_driver_find(&dev->ident, &id);
	return drv ? drv->name : NULL;
}

int trv_user_bind(struct trv_dev *dev, const struct trv_driver *drv)
{
	bool unbound;
	int rc;

	pthread_mutex_lock(&dev->life_lock);
	unbound = dev->core.state == TRV_DEV_UNBOUND;
	user_log_restart(dev);
	user_probe(bind, dev, driver_name(dev, drv));
	user_record(dev, TRV_FACT_BIND, .name = driver_name(dev, drv));
	rc = trv_dev_gone(dev) ? -ENODEV : trv_core_probe(dev, drv);
	user_probe(bind_done, dev, driver_name(dev, drv), rc);
	user_record(dev, TRV_FACT_BIND_DONE, .name = driver_name(dev, drv), .rc = rc);
	if (rc && unbound)
		leftovers(dev);
	pthread_mutex_unlock(&dev->life_lock);
	return rc;
}

void trv_user_unbind(struct trv_dev *dev)
{
	pthread_mutex_lock(&dev->life_lock);
	if (dev->core.state != TRV_DEV_UNBOUND) {
		user_probe(unbind, dev, driver_name(dev, NULL));
		user_record(dev, TRV_FACT_UNBIND, .name = driver_name(dev, NULL));
		trv_core_remove(dev);
		user_probe(unbind_done, dev);
		user_record(dev, TRV_FACT_UNBIND_DONE);
		leftovers(dev);
	}
	pthread_mutex_unlock(&dev->life_lock);
}

int trv_user_suspend(struct trv_dev *dev)
{
	int rc;

	pthread_mutex_lock(&dev->life_lock);
	user_record(dev, TRV_FACT_SUSPEND);
	rc = trv_core_suspend(dev);
	user_record(dev, TRV_FACT_SUSPEND_DONE, .rc = rc);
	pthread_mutex_unlock(&dev->life_lock);
	return rc;
}

int trv_user_resume(struct trv_dev *dev)
{
	int rc;

	pthread_mutex_lock(&dev->life_lock);
	user_record(dev, TRV_FACT_RESUME);
	rc = trv_core_resume(dev);
	user_record(dev, TRV_FACT_RESUME_DONE, .rc = rc);
	pthread_mutex_unlock(&dev->life_lock);
	return rc;
}

void trv_user_shutdown(struct trv_dev *dev)
{
	pthread_mutex_lock(&dev->life_lock);
	user_record(dev, TRV_FACT_SHUTDOWN);
	trv_core_shutdown(dev);
	user_record(dev, TRV_FACT_SHUTDOWN_DONE);
	pthread_mutex_unlock(&dev->life_lock);
}

/* ---- hosts --------------------------------------------------------------- */

struct trv_dev *trv_user_dev(struct trv_host *host, u32 index)
{
	return index < host->n_devs ? host->devs[index] : NULL;
}

void trv_user_unplug(struct trv_host *host)
{
	host->ops->unplug(host);
}

struct trv_host *user_hosts;
static pthread_mutex_t hosts_lock = PTHREAD_MUTEX_INITIALIZER;

void user_host_opened(struct trv_host *host)
{
	pthread_mutex_lock(&hosts_lock);
	host->listed = true;
	host->next = user_hosts;
	user_hosts = host;
	pthread_mutex_unlock(&hosts_lock);
}

void user_each_host(void (*fn)(struct trv_host *host, void *arg), void *arg)
{
	pthread_mutex_lock(&hosts_lock);
	for (struct trv_host *host = user_hosts; host; host = host->next)
		fn(host, arg);
	pthread_mutex_unlock(&hosts_lock);
}

static bool forget(struct trv_host *host, bool *last)
{
	struct trv_host **at = &user_hosts;

	pthread_mutex_lock(&hosts_lock);
	while (*at && *at != host)
		at = &(*at)->next;
	if (*at)
		*at = host->next;
	*last = !user_hosts;
	pthread_mutex_unlock(&hosts_lock);
	return host->listed;
}

void trv_user_close(struct trv_host *host)
{
	struct user_recorder *recorder;
	bool listed, last;

	if (!host)
		return;
	for (u32 i = host->n_devs; i-- > 0;)
		trv_user_unbind(host->devs[i]);
	for (u32 i = host->n_devs; i-- > 0;)
		user_dev_stop(host->devs[i]);
	listed = forget(host, &last);
	(void)trv_user_record_end(host);
	/* Until it is closed, a transport may find a device gone. */
	recorder = host->recorder;
	host->ops->close(host);
	if (last)
		user_steward_stop();
	user_record_free(recorder);
	if (listed)
		user_clock_put();
}

int user_error(struct trv_user_error *err, int rc, const char *fmt, ...)
{
	va_list ap;

	if (err) {
		va_start(ap, fmt);
		vsnprintf(err->text, sizeof(err->text), fmt, ap);
		va_end(ap);
	}
	return rc;
}
