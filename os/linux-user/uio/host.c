// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Devices bound to uio_pci_generic, as a host: open and close. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <os/linux-user/sandbox/sandbox.h>
#include <os/linux-user/uio/uio.h>

static bool gone(const struct trv_dev *dev)
{
	return __atomic_load_n(&uio_dev_of(dev)->gone, __ATOMIC_ACQUIRE);
}

static void unplug(struct trv_host *host)
{
	for (u32 i = 0; i < host->n_devs; i++) {
		__atomic_store_n(&uio_dev_of(host->devs[i])->gone, 1, __ATOMIC_RELEASE);
		user_dev_set_gone(host->devs[i]);
	}
}

/* Addresses and ports were looked up and taken as it was opened. */
static void sandbox(struct trv_host *host, struct user_needs *needs)
{
	struct uio *u = (struct uio *)host;

	needs->looks = true; /* who has it now: leave.c */
	needs->ports = true;
	for (u32 i = 0; i < u->n_devs; i++) {
		uio_leave_sandbox(&u->devs[i]);
		if (u->devs[i].memory)
			user_needs_unlink(needs, u->devs[i].memory);
	}
}

/* ---- closing ------------------------------------------------------------- */

/*
 * What was begun may go on as long as it is bus master. The kernel clears that when the last of its
 * node is closed, and not when the device has been unbound: it alone can tell, at that moment. A write
 * of ours might hit its next driver.
 */
static void quiet(struct uio_dev *d)
{
	if (!d->memory)
		return;
	close(d->uio_fd);
	d->uio_fd = -1;
	if (uio_is_quiet(d) > 0)
		uio_memory_release(d);
	else
		trv_log(d->dev, TRV_LOG_ERR,
			"bus master does not go off: %s stays, for the device may write there",
			d->memory);
	free(d->memory);
}

static void close_host(struct trv_host *host)
{
	struct uio *u = (struct uio *)host;

	for (u32 i = 0; i < u->n_devs; i++)
		quiet(&u->devs[i]);
	uio_memory_close(u);
	for (u32 i = 0; i < u->n_devs; i++) {
		struct uio_dev *d = &u->devs[i];

		uio_bars_close(d);
		if (d->watch_fd >= 0)
			close(d->watch_fd);
		if (d->uio_fd >= 0)
			close(d->uio_fd);
		if (d->cfg_fd >= 0)
			close(d->cfg_fd); /* the last: its lock says the device is ours */
		if (d->dev)
			user_dev_free(d->dev);
	}
	free(u);
}

static const struct user_transport uio_transport = {
	.name = "uio",
	.cfg_read = uio_cfg_read,
	.cfg_write = uio_cfg_write,
	.bar_read = uio_bar_read,
	.bar_write = uio_bar_write,
	.bar_read_rep = uio_bar_read_rep,
	.bar_write_rep = uio_bar_write_rep,
	.bar_map = uio_bar_map,
	.irq_bytes = sizeof(u32),
	.irq_max = uio_irq_max,
	.irq_setup = uio_irq_setup,
	.irq_teardown = uio_irq_teardown,
	.irq_rearm = uio_irq_rearm,
	.irq_mask = uio_irq_mask,
	.irq_restore = uio_irq_restore,
	.notice = uio_leave_notice,
	.gone = gone,
	.sandbox = sandbox,
	.unplug = unplug,
	.close = close_host,
};

/* ---- opening ------------------------------------------------------------- */

/* Its name in /dev: "uio0"; "" when it has none. */
static void uio_name(const struct pci_place *place, char name[32])
{
	char path[PCI_PATH + 8];
	struct dirent *e;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/uio", place->dir);
	*name = '\0';
	dir = opendir(path);
	while (dir && !*name && (e = readdir(dir))) {
		if (!strncmp(e->d_name, "uio", 3))
			snprintf(name, 32, "%.31s", e->d_name);
	}
	if (dir)
		closedir(dir);
}

static int cannot_open(const struct uio_dev *d, const char *path, struct trv_user_error *err)
{
	char owner[64];

	if (errno == EACCES || errno == EPERM)
		return user_error(err, -EACCES, "%s: %s: no permission, %s; run as root",
				  d->place.name, path, pci_owner(path, owner));
	return user_error(err, -ENODEV, "%s: %s: %s; run: modprobe uio_pci_generic", d->place.name,
			  path, strerror(errno));
}

static int take_lock(const struct uio_dev *d, int fd, const char *node, struct trv_user_error *err)
{
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return 0;
	return user_error(err, -EBUSY, "%s: another process has %s; who: fuser -v %s",
			  d->place.name, node, node);
}

/*
 * The kernel lets anybody open its node in /dev as often as he likes, and clears bus master at each
 * close: another's is not even opened. So configuration space says that it is ours, and the node,
 * where another's sysfs is not the same as this.
 */
static int take_node(struct uio *u, struct uio_dev *d, struct trv_user_error *err)
{
	char name[32], config[PCI_PATH + 8];
	const char *path = d->node;
	int rc;

	uio_name(&d->place, name);
	if (!*name)
		return user_error(
			err, -ENODEV,
			"%s: uio_pci_generic has made no device for it; see: dmesg | tail",
			d->place.name);
	snprintf(d->node, sizeof(d->node), "%.200s/%s", u->roots.dev, name);
	snprintf(config, sizeof(config), "%s/config", d->place.dir);
	d->cfg_fd = open(config, O_RDWR | O_CLOEXEC);
	if (d->cfg_fd < 0)
		return cannot_open(d, config, err);
	rc = take_lock(d, d->cfg_fd, path, err);
	if (rc)
		return rc;
	d->uio_fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (d->uio_fd < 0)
		return cannot_open(d, path, err);
	rc = take_lock(d, d->uio_fd, path, err);
	return rc ?: uio_leave_open(d);
}

int uio_refused(const struct uio *u, const struct uio_dev *d, const char *what,
		struct trv_user_error *err)
{
	char mode[32];

	pci_lockdown(&u->roots, mode);
	if (!strcmp(mode, "none"))
		return user_error(err, -EIO, "%s: %s; see: dmesg | tail", d->place.name, what);
	if (*mode)
		return user_error(err, -EPERM,
				  "%s: %s: the kernel is locked down (%s, "
				  "/sys/kernel/security/lockdown), as by Secure Boot; use vfio:%s",
				  d->place.name, what, mode, d->place.name);
	return user_error(err, -EPERM,
			  "%s: %s; if the kernel is locked down (Secure Boot), use vfio:%s",
			  d->place.name, what, d->place.name);
}

static int take_config(struct uio *u, struct uio_dev *d, struct trv_user_error *err)
{
	u64 id;
	int rc = pci_pread(d->cfg_fd, TRV_PCI_VENDOR_ID, 4, &id);

	if (!rc)
		rc = pci_answers(&d->place, id, err);
	if (rc)
		return rc;
	/* Before all else: a process that died may have left it writing. */
	rc = uio_master_off(d);
	if (rc < 0)
		return uio_refused(u, d, "its configuration cannot be written", err);
	if (rc)
		trv_log(NULL, TRV_LOG_WARN, "%s: was left bus master, and is not any more",
			d->place.name);
	return 0;
}

/* Does an IOMMU stand between it and memory? It knows nothing of addresses we look up. */
static int not_translated(const struct uio_dev *d, struct trv_user_error *err)
{
	char path[PCI_PATH + 32], type[16] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/iommu_group/type", d->place.dir);
	f = fopen(path, "re");
	if (f && fscanf(f, "%15s", type) != 1)
		*type = '\0';
	if (f)
		fclose(f);
	if (strncmp(type, "DMA", 3))
		return 0;
	return user_error(
		err, -ENODEV,
		"%s: an IOMMU keeps it from memory, and uio cannot change that; use vfio:%s",
		d->place.name, d->place.name);
}

#define NOT_CONNECTED (1U << 31) /* the kernel's IRQ_NOTCONNECTED: for uio there is none, too */

static bool has_irq(const struct pci_place *place)
{
	char path[PCI_PATH + 8];
	unsigned irq = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/irq", place->dir);
	f = fopen(path, "re");
	if (f && fscanf(f, "%u", &irq) != 1)
		irq = 0;
	if (f)
		fclose(f);
	return irq && irq != NOT_CONNECTED;
}

static int find_device(struct uio *u, struct user_item *item, struct trv_user_error *err)
{
	static const char *const on_off[] = { "on", "off" };
	static const char *const direct_file[] = { "direct", "file" };
	struct uio_dev *d = &u->devs[u->n_devs++];
	int rc = pci_find(item, &u->roots, &d->place, err);

	if (!rc)
		rc = pci_switch(item, "mmap", on_off, &d->no_mmap, err);
	if (!rc)
		rc = pci_switch(item, "ports", direct_file, &d->ports_by_file, err);
	if (!rc)
		rc = pci_no_unknown(
			item, "mmap ports; and, with the first device: dma hugetlbfs sysfs dev",
			err);
	if (!rc)
		rc = pci_bound(&d->place, "uio_pci_generic", "uio", err);
	if (!rc)
		rc = not_translated(d, err);
	if (!rc)
		rc = take_node(u, d, err);
	d->has_irq = has_irq(&d->place);
	return rc ?: take_config(u, d, err);
}

static int start_device(struct uio *u, struct uio_dev *d, struct trv_user_error *err)
{
	int rc;

	d->dev = user_dev_alloc(&u->host, d, d->place.name);
	if (!d->dev)
		return -ENOMEM;
	u->host.devs[u->host.n_devs++] = d->dev;
	/* Before its threads are started: they have the ports from us. */
	rc = uio_bars_open(u, d, err);
	if (!rc)
		rc = user_dev_start(d->dev);
	return rc ?: uio_leave_start(d);
}

static struct uio *new_uio(struct user_spec *spec)
{
	struct uio *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->host.ops = &uio_transport;
	u->roots = pci_roots(&spec->items[0]);
	u->mem_fd = -1;
	for (u32 i = 0; i < USER_HOST_DEVS; i++) {
		u->devs[i].uio_fd = u->devs[i].watch_fd = u->devs[i].cfg_fd = -1;
		pthread_mutex_init(&u->devs[i].lock, NULL);
		for (u32 bar = 0; bar < TRV_PCI_BARS; bar++)
			u->devs[i].bars[bar].fd = -1;
	}
	return u;
}

int uio_open(struct user_spec *spec, struct trv_user_error *err, struct trv_host **host)
{
	struct uio *u = new_uio(spec);
	int rc;

	if (!u)
		return -ENOMEM;
	rc = uio_memory_options(u, &spec->items[0], err);
	for (u32 i = 0; i < spec->n_items && !rc; i++)
		rc = find_device(u, &spec->items[i], err);
	if (!rc)
		rc = uio_memory_open(u, err);
	for (u32 i = 0; i < u->n_devs && !rc; i++)
		rc = start_device(u, &u->devs[i], err);
	if (rc)
		trv_user_close(&u->host);
	else
		*host = &u->host;
	return rc;
}
