// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Devices bound to vfio-pci, as a host: open, registers, close. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <os/linux-user/sandbox/sandbox.h>
#include <os/linux-user/vfio/vfio.h>

/* ---- accesses ------------------------------------------------------------ */

static int cfg_read(struct trv_dev *dev, u32 off, u32 bytes, u32 *val)
{
	const struct vfio_dev *d = vfio_dev_of(dev);
	u64 wide;
	int rc = pci_pread(d->fd, d->cfg.offset + off, bytes, &wide);

	*val = (u32)wide;
	return rc;
}

static int cfg_write(struct trv_dev *dev, u32 off, u32 bytes, u32 val)
{
	const struct vfio_dev *d = vfio_dev_of(dev);

	return pci_pwrite(d->fd, d->cfg.offset + off, bytes, val);
}

static u64 bar_read(struct trv_dev *dev, u32 bar, u32 off, u32 bytes)
{
	const struct vfio_dev *d = vfio_dev_of(dev);
	u64 val;

	/* On an error it is all ones. */
	(void)pci_pread(d->fd, d->bars[bar].offset + off, bytes, &val);
	return val;
}

static void bar_write(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val)
{
	const struct vfio_dev *d = vfio_dev_of(dev);

	/* On an error it is dropped. */
	(void)pci_pwrite(d->fd, d->bars[bar].offset + off, bytes, val);
}

static void bar_read_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, void *buf, u32 n)
{
	const struct vfio_dev *d = vfio_dev_of(dev);

	pci_pread_rep(d->fd, d->bars[bar].offset + off, bytes, buf, n);
}

static void bar_write_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, const void *buf, u32 n)
{
	const struct vfio_dev *d = vfio_dev_of(dev);

	pci_pwrite_rep(d->fd, d->bars[bar].offset + off, bytes, buf, n);
}

static void *bar_map(struct trv_dev *dev, u32 bar)
{
	const struct vfio_dev *d = vfio_dev_of(dev);
	void *at;

	if (!d->bars[bar].mappable || d->no_mmap)
		return NULL;
	at = mmap(NULL, dev->bars[bar].len, PROT_READ | PROT_WRITE, MAP_SHARED, d->fd,
		  (off_t)d->bars[bar].offset);
	if (at == MAP_FAILED)
		return NULL;
	/* A child that had it as well would keep the device from being unbound. */
	(void)madvise(at, dev->bars[bar].len, MADV_DONTFORK);
	return at;
}

static int reset(struct trv_dev *dev)
{
	const struct vfio_dev *d = vfio_dev_of(dev);

	if (!d->can_reset)
		return -EOPNOTSUPP;
	if (!ioctl(d->fd, VFIO_DEVICE_RESET))
		return 0;
	return errno == ENODEV ? -ENODEV : -EIO;
}

static bool gone(const struct trv_dev *dev)
{
	return __atomic_load_n(&vfio_dev_of(dev)->gone, __ATOMIC_ACQUIRE);
}

static void sandbox(struct trv_host *host, struct user_needs *needs)
{
	user_needs_ioctl(needs, VFIO_DEVICE_SET_IRQS);
	user_needs_ioctl(needs, VFIO_DEVICE_RESET);
}

static void unplug(struct trv_host *host)
{
	for (u32 i = 0; i < host->n_devs; i++) {
		__atomic_store_n(&vfio_dev_of(host->devs[i])->gone, 1, __ATOMIC_RELEASE);
		user_dev_set_gone(host->devs[i]);
	}
}

/* ---- closing ------------------------------------------------------------- */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_device(struct vfio_dev *d)
{
	for (u32 i = 0; d->dev && i < TRV_PCI_BARS; i++) {
		if (d->dev->bars[i].base)
			munmap((void *)d->dev->bars[i].base, d->dev->bars[i].len);
	}
	/* With its descriptor the kernel clears bus master: no DMA after that. */
	close_fd(&d->fd);
	close_fd(&d->err_fd);
	close_fd(&d->req_fd);
	if (d->dev)
		user_dev_free(d->dev);
}

static void close_host(struct trv_host *host)
{
	struct vfio *v = (struct vfio *)host;

	for (u32 i = 0; i < v->n_devs; i++)
		close_device(&v->devs[i]);
	vfio_iommu_close(v);
	free(v);
}

static const struct user_transport vfio_transport = {
	.name = "vfio",
	.cfg_read = cfg_read,
	.cfg_write = cfg_write,
	.bar_read = bar_read,
	.bar_write = bar_write,
	.bar_read_rep = bar_read_rep,
	.bar_write_rep = bar_write_rep,
	.bar_map = bar_map,
	.irq_bytes = sizeof(u64),
	.irq_max = vfio_irq_max,
	.irq_setup = vfio_irq_setup,
	.irq_teardown = vfio_irq_teardown,
	.irq_rearm = vfio_irq_rearm,
	.irq_mask = vfio_irq_mask,
	.notice = vfio_irq_notice,
	.gone = gone,
	.reset = reset,
	.sandbox = sandbox,
	.unplug = unplug,
	.close = close_host,
};

/* ---- opening ------------------------------------------------------------- */

/* A part of it must not be mapped: then none of it is, and all goes by read() and write(). */
static bool has_holes(const struct vfio_dev *d, u32 index, u32 argsz)
{
	struct vfio_region_info *info = calloc(1, argsz);
	bool holes = true;

	if (!info)
		return true;
	info->argsz = argsz;
	info->index = index;
	if (!ioctl(d->fd, VFIO_DEVICE_GET_REGION_INFO, info))
		holes = vfio_cap(info, argsz, info->cap_offset, VFIO_REGION_INFO_CAP_SPARSE_MMAP);
	free(info);
	return holes;
}

static int region(const struct vfio_dev *d, u32 index, struct vfio_region *r, u64 *size)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = index };

	if (ioctl(d->fd, VFIO_DEVICE_GET_REGION_INFO, &info))
		return -EIO;
	*size = info.flags & VFIO_REGION_INFO_FLAG_READ ? info.size : 0;
	r->offset = info.offset;
	r->mappable = info.flags & VFIO_REGION_INFO_FLAG_MMAP;
	if (r->mappable && info.flags & VFIO_REGION_INFO_FLAG_CAPS)
		r->mappable = !has_holes(d, index, info.argsz);
	return 0;
}

static int regions(struct vfio_dev *d)
{
	u64 size;
	int rc = region(d, VFIO_PCI_CONFIG_REGION_INDEX, &d->cfg, &size);

	for (u32 i = 0; i < TRV_PCI_BARS && !rc; i++) {
		rc = region(d, VFIO_PCI_BAR0_REGION_INDEX + i, &d->bars[i], &size);
		/* What the kernel could not reserve for VFIO is not there. */
		if (!rc && size < d->dev->bars[i].len)
			d->dev->bars[i].len = (u32)size;
	}
	return rc;
}

static void interrupts(struct vfio_dev *d)
{
	struct vfio_irq_info info = { .argsz = sizeof(info) };

	for (info.index = 0; info.index < VFIO_PCI_NUM_IRQS; info.index++) {
		/* An index it does not have is an error. */
		d->irqs[info.index] = ioctl(d->fd, VFIO_DEVICE_GET_IRQ_INFO, &info) ? 0 :
										      info.count;
	}
}

static int describe(struct vfio_dev *d, struct trv_user_error *err)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };
	int rc = ioctl(d->fd, VFIO_DEVICE_GET_INFO, &info) ? -EIO : 0;

	if (!rc && !(info.flags & VFIO_DEVICE_FLAGS_PCI))
		rc = -EIO;
	d->can_reset = info.flags & VFIO_DEVICE_FLAGS_RESET;
	if (!rc)
		rc = pci_bars(&d->place, d->dev->bars);
	if (!rc)
		rc = regions(d);
	interrupts(d);
	return rc ? user_error(err, rc, "%s: VFIO does not describe it: %s; see: dmesg | tail",
			       d->place.name, strerror(-rc)) :
		    0;
}

static int open_device(struct vfio *v, struct vfio_dev *d, struct trv_user_error *err)
{
	int rc = vfio_iommu_device(v, d, err);
	u64 id = 0;

	if (rc)
		return rc;
	d->dev = user_dev_alloc(&v->host, d, d->place.name);
	if (!d->dev)
		return -ENOMEM;
	v->host.devs[v->host.n_devs++] = d->dev;
	rc = describe(d, err);
	if (!rc)
		rc = pci_pread(d->fd, d->cfg.offset + TRV_PCI_VENDOR_ID, 4, &id);
	if (!rc)
		rc = pci_answers(&d->place, id, err);
	if (!rc)
		rc = user_dev_start(d->dev);
	return rc ?: vfio_irq_notices(d);
}

static int find_device(struct vfio *v, struct user_item *item, struct trv_user_error *err)
{
	static const char *const on_off[] = { "on", "off" };
	struct vfio_dev *d = &v->devs[v->n_devs];
	int rc = pci_find(item, &v->roots, &d->place, err);

	if (!rc)
		rc = pci_switch(item, "mmap", on_off, &d->no_mmap, err);
	if (!rc)
		rc = pci_no_unknown(item, "mmap; and, with the first device: dma sysfs dev", err);
	for (u32 i = 0; i < v->n_devs && !rc; i++) {
		if (!strcmp(v->devs[i].place.name, d->place.name))
			rc = user_error(err, -EINVAL, "%s is named twice", d->place.name);
	}
	if (!rc)
		rc = pci_bound(&d->place, "vfio-pci", "vfio", err);
	if (!rc)
		rc = vfio_iommu_group(d, err);
	if (!rc)
		rc = pci_is_there(&d->place, err);
	if (!rc)
		rc = vfio_iommu_permitted(v, d, err);
	v->n_devs++;
	return rc;
}

static struct vfio *new_vfio(struct user_spec *spec)
{
	struct vfio *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->host.ops = &vfio_transport;
	v->roots = pci_roots(&spec->items[0]);
	v->container = -1;
	for (u32 i = 0; i < USER_HOST_DEVS; i++)
		v->devs[i].fd = v->devs[i].err_fd = v->devs[i].req_fd = -1;
	return v;
}

int vfio_open(struct user_spec *spec, struct trv_user_error *err, struct trv_host **host)
{
	struct vfio *v = new_vfio(spec);
	int rc;

	if (!v)
		return -ENOMEM;
	rc = pci_dma_size(&spec->items[0], (u64)sysconf(_SC_PAGESIZE), &v->mem_size, err);
	for (u32 i = 0; i < spec->n_items && !rc; i++)
		rc = find_device(v, &spec->items[i], err);
	if (!rc)
		rc = vfio_iommu_open(v, err);
	if (!rc)
		rc = vfio_iommu_memory(v, err);
	for (u32 i = 0; i < v->n_devs && !rc; i++)
		rc = open_device(v, &v->devs[i], err);
	if (rc)
		trv_user_close(&v->host);
	else
		*host = &v->host;
	return rc;
}
