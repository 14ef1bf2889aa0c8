// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Registers: configuration space and BARs as sysfs has them. Memory is mapped.
 * Ports are ours by ioperm(), or files: about 1,430 instructions an access.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <unistd.h>

#include <os/linux-user/uio/uio.h>

/* ---- configuration space ------------------------------------------------- */

int uio_cfg_read(struct trv_dev *dev, u32 off, u32 bytes, u32 *val)
{
	u64 wide;
	int rc = pci_pread(uio_dev_of(dev)->cfg_fd, off, bytes, &wide);

	*val = (u32)wide;
	return rc;
}

/* What is known of the command register, after such a write; with the lock held. */
static void remember(struct uio_dev *d, u32 off, u32 bytes, u32 val)
{
	for (; bytes; bytes--, off++, val >>= 8) {
		if (off == TRV_PCI_COMMAND)
			d->command = (u16)((d->command & 0xff00) | (val & 0xff));
		else if (off == TRV_PCI_COMMAND + 1)
			d->command = (u16)((d->command & 0xff) | (val & 0xff) << 8);
	}
	d->command &= (u16)~TRV_PCI_CMD_INTX_OFF;
}

int uio_cfg_write(struct trv_dev *dev, u32 off, u32 bytes, u32 val)
{
	struct uio_dev *d = uio_dev_of(dev);
	int rc;

	pthread_mutex_lock(&d->lock);
	remember(d, off, bytes, val);
	rc = pci_pwrite(d->cfg_fd, off, bytes, val);
	pthread_mutex_unlock(&d->lock);
	return rc;
}

/* Both bytes: QEMU does not look at its lines when the upper one is written alone. */
void uio_intx_on(struct uio_dev *d)
{
	pthread_mutex_lock(&d->lock);
	(void)pci_pwrite(d->cfg_fd, TRV_PCI_COMMAND, 2, d->command);
	pthread_mutex_unlock(&d->lock);
}

int uio_master_off(struct uio_dev *d)
{
	u64 command, now;
	int rc = pci_pread(d->cfg_fd, TRV_PCI_COMMAND, 2, &command);

	if (rc)
		return rc;
	pthread_mutex_lock(&d->lock);
	d->command = (u16)(command & ~(u64)(TRV_PCI_CMD_MASTER | TRV_PCI_CMD_INTX_OFF));
	rc = pci_pwrite(d->cfg_fd, TRV_PCI_COMMAND, 2, d->command);
	pthread_mutex_unlock(&d->lock);
	/* What it has sent before this answer is in memory. */
	if (!rc)
		rc = pci_pread(d->cfg_fd, TRV_PCI_COMMAND, 2, &now);
	if (!rc && now & TRV_PCI_CMD_MASTER)
		rc = -EIO;
	return rc ?: !!(command & TRV_PCI_CMD_MASTER);
}

int uio_is_quiet(const struct uio_dev *d)
{
	u64 command;
	int rc = pci_pread(d->cfg_fd, TRV_PCI_COMMAND, 2, &command);

	if (!rc && !(command & TRV_PCI_CMD_MASTER))
		return true;
	/* Its next driver may have made it one. */
	return rc == -ENODEV || uio_left(d) ? true : rc;
}

/* ---- BARs ---------------------------------------------------------------- */

/* Where register @off is mapped; NULL: it is in a file. */
static volatile u8 *mapped(struct trv_dev *dev, u32 bar, u32 off)
{
	const struct uio_bar *b = &uio_dev_of(dev)->bars[bar];
	const u64 page = (u64)sysconf(_SC_PAGESIZE);

	return b->map ? b->map + dev->bars[bar].addr % page + off : NULL;
}

u64 uio_bar_read(struct trv_dev *dev, u32 bar, u32 off, u32 bytes)
{
	volatile u8 *reg = mapped(dev, bar, off);
	u64 val;

	if (reg)
		return user_mapped_read(reg, bytes);
	/* On an error it is all ones. */
	(void)pci_pread(uio_dev_of(dev)->bars[bar].fd, off, bytes, &val);
	return val;
}

void uio_bar_write(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val)
{
	volatile u8 *reg = mapped(dev, bar, off);

	if (reg)
		user_mapped_write(reg, bytes, val);
	else /* on an error it is dropped */
		(void)pci_pwrite(uio_dev_of(dev)->bars[bar].fd, off, bytes, val);
}

void uio_bar_read_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, void *buf, u32 n)
{
	volatile u8 *reg = mapped(dev, bar, off);

	if (reg)
		user_mapped_read_rep(reg, bytes, buf, n);
	else
		pci_pread_rep(uio_dev_of(dev)->bars[bar].fd, off, bytes, buf, n);
}

void uio_bar_write_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, const void *buf, u32 n)
{
	volatile u8 *reg = mapped(dev, bar, off);

	if (reg)
		user_mapped_write_rep(reg, bytes, buf, n);
	else
		pci_pwrite_rep(uio_dev_of(dev)->bars[bar].fd, off, bytes, buf, n);
}

void *uio_bar_map(struct trv_dev *dev, u32 bar)
{
	return uio_dev_of(dev)->no_mmap ? NULL : (void *)mapped(dev, bar, 0);
}

/* ---- their files --------------------------------------------------------- */

/*
 * A thread has the ports it was given, and so have those it starts from then
 * on; one of the application's that runs already would die of its first access.
 */
static bool alone(void)
{
	char path[64], name[32];
	DIR *dir = opendir("/proc/self/task");
	struct dirent *e;
	u32 others = 0;
	FILE *f;

	while (dir && (e = readdir(dir))) {
		if (*e->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/self/task/%.20s/comm", e->d_name);
		f = fopen(path, "re");
		/* The leg's own have nothing to do with the ports of this device. */
		others += !f || !fgets(name, sizeof(name), f) || strncmp(name, "trv ", 4);
		if (f)
			fclose(f);
	}
	if (dir)
		closedir(dir);
	return others <= 1;
}

static u32 take_ports(const struct uio_dev *d, const struct user_bar *b)
{
#if defined(__x86_64__)
	if (!d->ports_by_file && b->addr && b->addr + b->len <= 0x10000 && alone() &&
	    !ioperm(b->addr, b->len, 1))
		return (u32)b->addr;
#endif
	return 0;
}

static int map_bar(struct uio_dev *d, u32 bar)
{
	const struct user_bar *b = &d->dev->bars[bar];
	const u64 page = (u64)sysconf(_SC_PAGESIZE);
	struct uio_bar *u = &d->bars[bar];
	void *at;

	u->map_len = TRV_ALIGN_UP(b->addr % page + b->len, page);
	at = mmap(NULL, u->map_len, PROT_READ | PROT_WRITE, MAP_SHARED, u->fd, 0);
	if (at == MAP_FAILED)
		return errno == EPERM ? -EPERM : -EIO;
	if (uio_bus_watch(at, u->map_len)) {
		munmap(at, u->map_len);
		return -ENOMEM;
	}
	u->map = at;
	(void)madvise(at, u->map_len, MADV_DONTFORK);
	return 0;
}

static int open_bar(const struct uio *u, struct uio_dev *d, u32 bar, struct trv_user_error *err)
{
	struct user_bar *b = &d->dev->bars[bar];
	char path[PCI_PATH + 16], owner[64];
	int rc = 0;

	snprintf(path, sizeof(path), "%s/resource%u", d->place.dir, bar);
	d->bars[bar].fd = open(path, O_RDWR | O_CLOEXEC);
	if (d->bars[bar].fd < 0)
		rc = -errno;
	else if (!b->port)
		rc = map_bar(d, bar);
	if (rc == -EACCES)
		return user_error(err, rc, "%s: no permission, %s; run as root", path,
				  pci_owner(path, owner));
	if (rc == -EPERM)
		return uio_refused(u, d, "its registers cannot be mapped", err);
	if (rc)
		return user_error(err, -EIO, "%s: %s; see: dmesg | tail", path, strerror(-rc));
	if (b->port)
		b->io = take_ports(d, b);
	return 0;
}

int uio_bars_open(const struct uio *u, struct uio_dev *d, struct trv_user_error *err)
{
	int rc = pci_bars(&d->place, d->dev->bars);

	if (rc)
		return user_error(err, rc, "%s/resource: not as it should be", d->place.dir);
	for (u32 i = 0; i < TRV_PCI_BARS && !rc; i++) {
		if (d->dev->bars[i].len)
			rc = open_bar(u, d, i, err);
	}
	return rc;
}

void uio_bars_close(struct uio_dev *d)
{
	for (u32 i = 0; i < TRV_PCI_BARS; i++) {
		const struct user_bar *b = d->dev ? &d->dev->bars[i] : NULL;

#if defined(__x86_64__)
		if (b && b->io)
			(void)ioperm(b->io, b->len, 0);
#endif
		if (d->bars[i].map) {
			uio_bus_unwatch(d->bars[i].map);
			munmap(d->bars[i].map, d->bars[i].map_len);
		}
		if (d->bars[i].fd >= 0)
			close(d->bars[i].fd);
	}
}
