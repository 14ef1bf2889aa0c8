// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The least there can be, by hand: a thread blocked in read(2), of the eventfd that vfio writes or of
 * the device's node that uio has. It uses nothing of ours but edu's register names.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/vfio.h>

#include <trivet/hw/edu.h>

#include "irq.h"

enum { COMMAND = 4, COMMAND_MASTER = 4 };

static enum kind kind;
static int device_fd, irq_fd, config_fd;
static off_t config_at;
static uint16_t command;
static volatile uint32_t *regs;
static pthread_t thread;
static bool stopping;

static void set_irqs(uint32_t index, uint32_t flags, uint32_t count, const int *fd)
{
	struct {
		struct vfio_irq_set head;
		int32_t fd;
	} set = {
		.head = {
			.argsz = sizeof(set.head) + (fd ? sizeof(set.fd) : 0),
			.flags = flags,
			.index = index,
			.count = count,
		},
		.fd = fd ? *fd : -1,
	};

	if (ioctl(device_fd, VFIO_DEVICE_SET_IRQS, &set))
		die("interrupt: %s", strerror(errno));
}

static void rearm(void)
{
	if (kind == VFIO_INTX)
		set_irqs(VFIO_PCI_INTX_IRQ_INDEX,
			 VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_UNMASK, 1, NULL);
	else if (kind == UIO && pwrite(config_fd, &command, 2, config_at + COMMAND) != 2)
		die("configuration: %s", strerror(errno));
}

static void *reader(void *arg)
{
	const size_t len = kind == UIO ? 4 : 8;
	uint64_t n;

	real_time();
	for (;;) {
		ssize_t got = read(irq_fd, &n, len);
		const uint64_t at = tick();

		hear(at);
		if (got != (ssize_t)len)
			die("read: %s", strerror(errno));
		if (__atomic_load_n(&stopping, __ATOMIC_ACQUIRE))
			return NULL;
		regs[EDU_IRQ_ACK / 4] = regs[EDU_IRQ_STATUS / 4];
		(void)regs[EDU_IRQ_STATUS / 4];
		rearm();
		said();
	}
}

static int open_or_die(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		die("%s: %s", path, strerror(errno));
	return fd;
}

static void map(int fd, off_t at)
{
	void *p = mmap(NULL, EDU_BAR_LEN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, at);

	if (p == MAP_FAILED)
		die("BAR: %s", strerror(errno));
	regs = p;
}

static off_t region(uint32_t index)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = index };

	if (ioctl(device_fd, VFIO_DEVICE_GET_REGION_INFO, &info))
		die("region %u: %s", index, strerror(errno));
	return (off_t)info.offset;
}

static void start_vfio(const char *device)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	int container = open_or_die("/dev/vfio/vfio", O_RDWR), group;
	char path[256], link[256];
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", device);
	n = readlink(path, link, sizeof(link) - 1);
	if (n < 0)
		die("%s: %s", path, strerror(errno));
	link[n] = '\0';
	snprintf(path, sizeof(path), "/dev/vfio/%.32s", basename(link));
	group = open_or_die(path, O_RDWR);
	if (ioctl(group, VFIO_GROUP_GET_STATUS, &status) ||
	    !(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		die("%s: not viable", path);
	if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) ||
	    ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		die("%s: %s", path, strerror(errno));
	device_fd = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, device);
	if (device_fd < 0)
		die("%s: %s", device, strerror(errno));
	map(device_fd, region(VFIO_PCI_BAR0_REGION_INDEX));
	config_fd = device_fd;
	config_at = region(VFIO_PCI_CONFIG_REGION_INDEX);
	irq_fd = eventfd(0, EFD_CLOEXEC);
	if (irq_fd < 0)
		die("eventfd: %s", strerror(errno));
}

static void start_uio(const char *device)
{
	char path[256];
	struct dirent *e;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/uio", device);
	dir = opendir(path);
	while (dir && (e = readdir(dir)) && strncmp(e->d_name, "uio", 3))
		continue;
	if (!dir || !e)
		die("%s: not bound to uio_pci_generic", device);
	snprintf(path, sizeof(path), "/dev/%.32s", e->d_name);
	closedir(dir);
	irq_fd = open_or_die(path, O_RDONLY);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", device);
	config_fd = open_or_die(path, O_RDWR);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource0", device);
	map(open_or_die(path, O_RDWR), 0);
}

static void raw_start(enum kind which, const char *device)
{
	int rc;

	kind = which;
	if (kind == UIO)
		start_uio(device);
	else
		start_vfio(device);
	if (pread(config_fd, &command, 2, config_at + COMMAND) != 2)
		die("configuration: %s", strerror(errno));
	command |= COMMAND_MASTER; /* a message is DMA */
	regs[EDU_IRQ_ACK / 4] = ~0U;
	if (pwrite(config_fd, &command, 2, config_at + COMMAND) != 2)
		die("configuration: %s", strerror(errno));
	if (kind != UIO)
		set_irqs(kind == VFIO_MSI ? VFIO_PCI_MSI_IRQ_INDEX : VFIO_PCI_INTX_IRQ_INDEX,
			 VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER, 1, &irq_fd);
	rc = pthread_create(&thread, NULL, reader, NULL);
	if (rc)
		die("thread: %s", strerror(rc));
	usleep(10000); /* it is in read() before the first interrupt */
}

static uint64_t raw_raise(void)
{
	const uint64_t from = tick();

	regs[EDU_IRQ_RAISE / 4] = 1;
	return from;
}

static void raw_stop(void)
{
	__atomic_store_n(&stopping, true, __ATOMIC_RELEASE);
	(void)raw_raise();
	pthread_join(thread, NULL);
	regs[EDU_IRQ_ACK / 4] = ~0U;
	command &= (uint16_t)~COMMAND_MASTER;
	(void)!pwrite(config_fd, &command, 2, config_at + COMMAND);
}

const struct way raw_way = { "raw", raw_start, raw_raise, raw_stop };
