// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who may reach what: groups of devices in a container (VFIO type 1, version
 * 2), and the memory they reach. The kernel's Documentation/driver-api/vfio.rst.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <os/linux-user/vfio/vfio.h>

#define LOWEST_IOVA (2ULL << 20) /* an address of 0 is more often a mistake than a place */

/* ---- groups -------------------------------------------------------------- */

static int not_viable(const struct vfio_dev *d, const char *sibling, const char *driver,
		      struct trv_user_error *err)
{
	return user_error(err, -EBUSY,
			  "%s: IOMMU group %d not viable: %s is bound to %s; run: trivet bind "
			  "vfio %s",
			  d->place.name, d->group, sibling, driver, sibling);
}

/* The kernel would only say that something is in the way. */
static int look_at_siblings(const struct vfio_dev *d, struct trv_user_error *err)
{
	char path[PCI_PATH + 32], link[NAME_MAX + 40], driver[64];
	struct dirent *e;
	int rc = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/iommu_group/devices", d->place.dir);
	dir = opendir(path);
	while (!rc && dir && (e = readdir(dir))) {
		if (*e->d_name == '.')
			continue;
		snprintf(link, sizeof(link), "iommu_group/devices/%s/driver", e->d_name);
		pci_link(&d->place, link, driver);
		if (!pci_is_viable(driver))
			rc = not_viable(d, e->d_name, driver, err);
	}
	if (dir)
		closedir(dir);
	return rc;
}

int vfio_iommu_group(struct vfio_dev *d, struct trv_user_error *err)
{
	char name[64], *end;

	pci_link(&d->place, "iommu_group", name);
	d->group = (int)strtol(name, &end, 10);
	if (!*name || *end)
		return user_error(
			err, -ENODEV,
			"%s: not behind an IOMMU: enable it (firmware; intel_iommu=on on "
			"the kernel's command line), or use uio:%s, which protects nothing",
			d->place.name, d->place.name);
	return look_at_siblings(d, err);
}

static int group_closed(const struct vfio_dev *d, const char *path, struct trv_user_error *err)
{
	char owner[64];

	return user_error(err, -EACCES, "%s: %s: no permission, %s; as root, run: chown %u %s",
			  d->place.name, path, pci_owner(path, owner), (unsigned)geteuid(), path);
}

int vfio_iommu_permitted(const struct vfio *v, const struct vfio_dev *d, struct trv_user_error *err)
{
	char path[PCI_PATH];

	snprintf(path, sizeof(path), "%s/vfio/%d", v->roots.dev, d->group);
	if (faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) && errno == EACCES)
		return group_closed(d, path, err);
	return 0;
}

static int open_group(struct vfio *v, const struct vfio_dev *d, int *fd, struct trv_user_error *err)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	char path[PCI_PATH];

	snprintf(path, sizeof(path), "%s/vfio/%d", v->roots.dev, d->group);
	*fd = open(path, O_RDWR | O_CLOEXEC);
	if (*fd < 0 && errno == EBUSY)
		return user_error(err, -EBUSY, "%s: another process has %s; who: fuser -v %s",
				  d->place.name, path, path);
	if (*fd < 0 && errno == EACCES)
		return group_closed(d, path, err);
	if (*fd < 0)
		return user_error(err, errno == ENOENT ? -ENODEV : -EIO,
				  "%s: %s: %s; run: modprobe vfio-pci", d->place.name, path,
				  strerror(errno));
	if (ioctl(*fd, VFIO_GROUP_GET_STATUS, &status))
		return user_error(err, -EIO, "%s: %s is no group of VFIO's; run: modprobe vfio-pci",
				  d->place.name, path);
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		return user_error(err, -EBUSY,
				  "%s: IOMMU group %d not viable: another driver of the kernel's "
				  "has a device of it; see: ls %s/iommu_group/devices",
				  d->place.name, d->group, d->place.dir);
	return 0;
}

static bool has_group(const struct vfio *v, int number)
{
	for (u32 i = 0; i < v->n_groups; i++) {
		if (v->groups[i].number == number)
			return true;
	}
	return false;
}

static int join(struct vfio *v, const struct vfio_dev *d, struct trv_user_error *err)
{
	int fd, rc = open_group(v, d, &fd, err);

	if (fd >= 0) {
		v->groups[v->n_groups].number = d->group;
		v->groups[v->n_groups++].fd = fd;
	}
	if (rc)
		return rc;
	if (ioctl(fd, VFIO_GROUP_SET_CONTAINER, &v->container))
		return user_error(err, -EIO,
				  "%s: IOMMU group %d cannot be used together with the others: %s",
				  d->place.name, d->group, strerror(errno));
	/* The container takes its kind from the first. */
	if (v->n_groups == 1 && ioctl(v->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		return user_error(err, -EIO,
				  "%s: VFIO does not take its IOMMU: %s; see: dmesg | tail",
				  d->place.name, strerror(errno));
	return 0;
}

static int open_container(struct vfio *v, struct trv_user_error *err)
{
	char path[PCI_PATH], owner[64];

	snprintf(path, sizeof(path), "%s/vfio/vfio", v->roots.dev);
	v->container = open(path, O_RDWR | O_CLOEXEC);
	if (v->container < 0 && errno == EACCES)
		return user_error(err, -EACCES, "%s: no permission, %s; as root, run: chmod 666 %s",
				  path, pci_owner(path, owner), path);
	if (v->container < 0)
		return user_error(err, -ENODEV, "%s: %s; run: modprobe vfio-pci", path,
				  strerror(errno));
	if (ioctl(v->container, VFIO_GET_API_VERSION) != VFIO_API_VERSION)
		return user_error(err, -ENODEV,
				  "%s: not VFIO as this program knows it; see: modinfo vfio", path);
	if (ioctl(v->container, VFIO_CHECK_EXTENSION, VFIO_TYPE1v2_IOMMU) != 1)
		return user_error(err, -ENODEV,
				  "%s: VFIO has no IOMMU driver of type 1; run: modprobe "
				  "vfio_iommu_type1",
				  path);
	return 0;
}

int vfio_iommu_open(struct vfio *v, struct trv_user_error *err)
{
	int rc = open_container(v, err);

	for (u32 i = 0; i < v->n_devs && !rc; i++) {
		if (!has_group(v, v->devs[i].group))
			rc = join(v, &v->devs[i], err);
	}
	return rc;
}

int vfio_iommu_device(struct vfio *v, struct vfio_dev *d, struct trv_user_error *err)
{
	for (u32 i = 0; i < v->n_groups; i++) {
		if (v->groups[i].number == d->group)
			d->fd = ioctl(v->groups[i].fd, VFIO_GROUP_GET_DEVICE_FD, d->place.name);
	}
	if (d->fd >= 0)
		return 0;
	return user_error(err, errno == EBUSY ? -EBUSY : -ENODEV,
			  "%s: VFIO does not give it out: %s; see: dmesg | tail", d->place.name,
			  strerror(errno));
}

/* ---- memory -------------------------------------------------------------- */

/* What the kernel says of the IOMMU, with everything that follows the structure; NULL: no memory. */
static struct vfio_iommu_type1_info *get_info(const struct vfio *v)
{
	struct vfio_iommu_type1_info head = { .argsz = sizeof(head) }, *info;

	if (ioctl(v->container, VFIO_IOMMU_GET_INFO, &head))
		return NULL;
	info = calloc(1, trv_max(head.argsz, (u32)sizeof(head)));
	if (!info)
		return NULL;
	info->argsz = head.argsz;
	if (!ioctl(v->container, VFIO_IOMMU_GET_INFO, info))
		return info;
	free(info);
	return NULL;
}

const struct vfio_info_cap_header *vfio_cap(const void *info, u32 len, u32 at, u16 id)
{
	const struct vfio_info_cap_header *cap;

	/* As many as fit, so that a loop of them ends. */
	for (u32 n = 0; at && at + sizeof(*cap) <= len && n < len / sizeof(*cap); n++) {
		cap = (const void *)((const u8 *)info + at);
		if (cap->id == id)
			return cap;
		at = cap->next;
	}
	return NULL;
}

/* The lowest address of @size bytes within [start, end]; ~0 when there is no room. */
static u64 room_in(u64 start, u64 end, u64 size)
{
	u64 at = TRV_ALIGN_UP(trv_max(start, LOWEST_IOVA), (u64)USER_POOL_ALIGN);

	return at >= start && at <= end && size - 1 <= end - at ? at : ~0ULL;
}

/* The lowest address in any of the IOMMU's ranges. The kernel may have put them at any address. */
static u64 room_in_ranges(const void *cap, u64 size)
{
	struct vfio_iommu_type1_info_cap_iova_range head;
	const u8 *at = (const u8 *)cap + sizeof(head);
	struct vfio_iova_range range;
	u64 best = ~0ULL;

	memcpy(&head, cap, sizeof(head));
	for (; head.nr_iovas--; at += sizeof(range)) {
		memcpy(&range, at, sizeof(range));
		best = trv_min(best, room_in(range.start, range.end, size));
	}
	return best;
}

/* Low, since a device may not have many address bits, and where the IOMMU has no hole. */
static u64 choose_iova(const struct vfio *v)
{
	struct vfio_iommu_type1_info *info = get_info(v);
	const void *ranges = NULL;
	u64 best = LOWEST_IOVA; /* before Linux 5.4 it did not say */

	if (!info)
		return ~0ULL;
	if (info->flags & VFIO_IOMMU_INFO_CAPS)
		ranges = vfio_cap(info, info->argsz, info->cap_offset,
				  VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE);
	if (ranges)
		best = room_in_ranges(ranges, v->mem_size);
	free(info);
	return best;
}

static int too_little(const struct vfio *v, struct trv_user_error *err)
{
	struct rlimit limit = { 0 };

	getrlimit(RLIMIT_MEMLOCK, &limit);
	if (limit.rlim_cur == RLIM_INFINITY)
		return user_error(err, -ENOMEM, "dma=%lluK: no memory; see: free",
				  (unsigned long long)v->mem_size >> 10);
	return user_error(
		err, -ENOMEM,
		"dma=%lluK: %llu KiB of locked memory are needed, and the limit is %llu KiB; "
		"run: ulimit -l %llu (as root; or raise memlock in "
		"/etc/security/limits.conf, LimitMEMLOCK= in a systemd unit), or give a smaller "
		"dma=",
		(unsigned long long)v->mem_size >> 10, (unsigned long long)v->mem_size >> 10,
		(unsigned long long)limit.rlim_cur >> 10, (unsigned long long)v->mem_size >> 10);
}

int vfio_iommu_memory(struct vfio *v, struct trv_user_error *err)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.iova = choose_iova(v),
		.size = v->mem_size,
	};

	if (map.iova == ~0ULL)
		return user_error(err, -ENOMEM,
				  "the IOMMU has no room for %llu KiB in one piece; give a smaller "
				  "dma=",
				  (unsigned long long)v->mem_size >> 10);
	v->mem = user_pool_reserve(v->mem_size, USER_POOL_ALIGN);
	if (!v->mem)
		return too_little(v, err);
	if (mmap(v->mem, v->mem_size, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		return too_little(v, err);
	(void)madvise(v->mem, v->mem_size, MADV_DONTFORK);
	map.vaddr = (uintptr_t)v->mem;
	if (ioctl(v->container, VFIO_IOMMU_MAP_DMA, &map)) {
		if (errno == ENOMEM)
			return too_little(v, err);
		return user_error(err, -EIO, "the IOMMU does not map %llu KiB at 0x%llx: %s",
				  (unsigned long long)map.size >> 10, (unsigned long long)map.iova,
				  strerror(errno));
	}
	return user_pool_init(&v->host.pool, v->mem, map.iova, v->mem_size);
}

void vfio_iommu_close(struct vfio *v)
{
	for (u32 i = 0; i < v->n_groups; i++)
		close(v->groups[i].fd);
	if (v->container >= 0)
		close(v->container);
	user_pool_exit(&v->host.pool);
	if (v->mem)
		munmap(v->mem, v->mem_size);
}
