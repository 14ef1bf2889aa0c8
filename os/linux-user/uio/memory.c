// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * DMA memory: huge pages, which stay where they are, at the addresses the
 * machine knows them by (/proc/self/pagemap).
 *
 * They are a file with a name for each device, since a process may die while
 * its device writes: the kernel frees memory before it clears bus master, but
 * not what has a name. The name goes when the device is seen quiet, at close
 * or by the next process. A file of several devices goes with its last name.
 */
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <linux/magic.h>

#include <os/linux-user/sandbox/sandbox.h>
#include <os/linux-user/uio/uio.h>

#if !defined(MADV_POPULATE_WRITE) /* Linux 5.14; not in glibc before 2.35 */
#define MADV_POPULATE_WRITE 23
#endif

/* An entry of /proc/PID/pagemap (the kernel's Documentation/admin-guide/mm/pagemap.rst). */
#define PAGEMAP_PFN ((1ULL << 55) - 1)
#define PAGEMAP_PRESENT (1ULL << 63)

/* ---- where --------------------------------------------------------------- */

static bool mounted(char *dir, size_t size)
{
	FILE *f = setmntent("/proc/self/mounts", "re");
	struct mntent *m;
	bool found = false;

	while (f && !found && (m = getmntent(f))) {
		found = !strcmp(m->mnt_type, "hugetlbfs") && strlen(m->mnt_dir) < size;
		if (found)
			strcpy(dir, m->mnt_dir);
	}
	if (f)
		endmntent(f);
	return found;
}

int uio_memory_options(struct uio *u, struct user_item *item, struct trv_user_error *err)
{
	const char *dir = user_opt(item, "hugetlbfs");

	if (dir && strlen(dir) >= sizeof(u->dir))
		return user_error(err, -EINVAL, "hugetlbfs=%s: too long", dir);
	strcpy(u->dir, dir ?: "");
	return pci_dma_size(item, (u64)sysconf(_SC_PAGESIZE), &u->mem_size, err);
}

/* Which, and how large its pages are. */
static int find_pages(struct uio *u, struct trv_user_error *err)
{
	struct statfs fs;

	if (!*u->dir && !mounted(u->dir, sizeof(u->dir)))
		return user_error(
			err, -ENODEV,
			"no hugetlbfs is mounted; run: mkdir -p /dev/hugepages && mount -t "
			"hugetlbfs none /dev/hugepages");
	if (statfs(u->dir, &fs) || fs.f_type != HUGETLBFS_MAGIC)
		return user_error(err, -ENODEV,
				  "%s is no hugetlbfs; run: mount -t hugetlbfs none %s", u->dir,
				  u->dir);
	u->page = (u64)fs.f_bsize;
	u->mem_size = TRV_ALIGN_UP(u->mem_size, u->page);
	return 0;
}

/* ---- the file ------------------------------------------------------------ */

static int no_file(const char *path, struct trv_user_error *err)
{
	if (errno == EACCES)
		return user_error(err, -EACCES,
				  "%s: no permission; run as root, or give another "
				  "hugetlbfs=DIR",
				  path);
	return user_error(err, -EIO, "%s: %s", path, strerror(errno));
}

static void drop_name(const struct uio_dev *d, const char *dir)
{
	char path[PCI_PATH + 64];

	if (snprintf(path, sizeof(path), "%s/trivet-%s", dir, d->place.name) < (int)sizeof(path) &&
	    !unlink(path))
		trv_log(NULL, TRV_LOG_WARN, "%s: DMA memory of a process that died is given back",
			d->place.name);
}

/* It may have been told another hugetlbfs= than we: in none that is mounted is anything left. */
static void drop_names(const struct uio *u)
{
	FILE *f = setmntent("/proc/self/mounts", "re");
	struct mntent *m;

	for (u32 i = 0; i < u->n_devs; i++)
		drop_name(&u->devs[i], u->dir);
	while (f && (m = getmntent(f))) {
		for (u32 i = 0; i < u->n_devs && !strcmp(m->mnt_type, "hugetlbfs"); i++)
			drop_name(&u->devs[i], m->mnt_dir);
	}
	if (f)
		endmntent(f);
}

/* A name for each device. Those of dead processes first: we have all of these devices, and they are quiet. */
static int name_file(struct uio *u, struct trv_user_error *err)
{
	struct uio_dev *d;

	drop_names(u);
	for (u32 i = 0; i < u->n_devs; i++) {
		d = &u->devs[i];
		d->memory = malloc(strlen(u->dir) + sizeof("/trivet-") + sizeof(d->place.name));
		if (!d->memory)
			return -ENOMEM;
		sprintf(d->memory, "%s/trivet-%s", u->dir, d->place.name);
	}
	for (u32 i = 0; i < u->n_devs; i++) {
		d = &u->devs[i];
		if (i ? link(u->devs[0].memory, d->memory) : 0)
			return no_file(d->memory, err);
		if (i)
			continue;
		u->mem_fd = open(d->memory, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (u->mem_fd < 0)
			return no_file(d->memory, err);
	}
	return 0;
}

/* How many pages the machine has free, of that size. */
static unsigned long free_pages(const struct uio *u)
{
	unsigned long n = 0;
	char path[PCI_PATH + 96];
	FILE *f;

	snprintf(path, sizeof(path), "%s/kernel/mm/hugepages/hugepages-%llukB/free_hugepages",
		 u->roots.sysfs, (unsigned long long)u->page >> 10);
	f = fopen(path, "re");
	if (f && fscanf(f, "%lu", &n) != 1)
		n = 0;
	if (f)
		fclose(f);
	return n;
}

static int too_few(const struct uio *u, struct trv_user_error *err)
{
	const unsigned long want = (unsigned long)(u->mem_size / u->page);

	return user_error(
		err, -ENOMEM,
		"dma=%lluK: %lu huge pages of %llu KiB are needed, and %lu are free; as "
		"root, run: sysctl vm.nr_hugepages=%lu (more than there are now), or give a "
		"smaller dma=",
		(unsigned long long)u->mem_size >> 10, want, (unsigned long long)u->page >> 10,
		free_pages(u), want);
}

/* ---- addresses ----------------------------------------------------------- */

static int physical(int pagemap, const u8 *at, u64 *phys, struct trv_user_error *err)
{
	const u64 small = (u64)sysconf(_SC_PAGESIZE);
	u64 entry;

	if (pread(pagemap, &entry, sizeof(entry), (off_t)((uintptr_t)at / small * 8)) !=
		    (ssize_t)sizeof(entry) ||
	    !(entry & PAGEMAP_PRESENT))
		return user_error(err, -EIO, "/proc/self/pagemap does not know DMA memory");
	*phys = (entry & PAGEMAP_PFN) * small;
	if (!*phys)
		return user_error(err, -EPERM,
				  "/proc/self/pagemap hides addresses from this user; run as root "
				  "(CAP_SYS_ADMIN)");
	return 0;
}

/** struct page - one huge page: where in memory, where in the file */
struct page {
	u64 phys;
	u64 off;
};

static int by_address(const void *a, const void *b)
{
	const struct page *x = a, *y = b;

	return x->phys < y->phys ? -1 : x->phys > y->phys;
}

static int look_up(const struct uio *u, const u8 *at, struct page *pages, u32 n,
		   struct trv_user_error *err)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC), rc = 0;

	if (pagemap < 0)
		return user_error(err, -EACCES, "/proc/self/pagemap: %s; run as root",
				  strerror(errno));
	for (u32 i = 0; i < n && !rc; i++) {
		pages[i].off = i * u->page;
		rc = physical(pagemap, at + pages[i].off, &pages[i].phys, err);
	}
	close(pagemap);
	qsort(pages, n, sizeof(*pages), by_address);
	return rc;
}

/* The same distances between them as in the machine: then neighbours there are so here. */
static int lay_out(struct uio *u, const struct page *pages, u32 n, struct trv_user_error *err)
{
	const u64 first = pages[0].phys;
	struct user_pool *pool = &u->host.pool;
	int rc = 0;

	u->mem_span = pages[n - 1].phys - first + u->page;
	/* Pages of 1 GiB are mapped at no lesser multiple. */
	u->mem = user_pool_reserve(u->mem_span, trv_max((size_t)u->page, (size_t)USER_POOL_ALIGN));
	if (!u->mem)
		return user_error(err, -ENOMEM, "no address space for %zu bytes; see: ulimit -v",
				  u->mem_span);
	user_pool_init_empty(pool, u->mem, first, u->mem_span);
	for (u32 i = 0; i < n && !rc; i++) {
		if (mmap(u->mem + (pages[i].phys - first), u->page, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED, u->mem_fd, (off_t)pages[i].off) == MAP_FAILED)
			return user_error(err, -ENOMEM, "cannot map huge pages: %s",
					  strerror(errno));
		rc = user_pool_add(pool, pages[i].phys - first, u->page);
	}
	(void)madvise(u->mem, u->mem_span, MADV_DONTFORK);
	return rc;
}

int uio_memory_open(struct uio *u, struct trv_user_error *err)
{
	struct page *pages;
	void *at;
	u32 n;
	int rc = find_pages(u, err);

	if (!rc)
		rc = name_file(u, err);
	if (rc)
		return rc;
	n = (u32)(u->mem_size / u->page);
	if (ftruncate(u->mem_fd, (off_t)u->mem_size))
		return too_few(u, err);
	at = mmap(NULL, u->mem_size, PROT_READ | PROT_WRITE, MAP_SHARED, u->mem_fd, 0);
	if (at == MAP_FAILED)
		return too_few(u, err);
	/* Now, where it is an error: later it would be a signal. */
	if (madvise(at, u->mem_size, MADV_POPULATE_WRITE)) {
		munmap(at, u->mem_size);
		return too_few(u, err);
	}
	pages = calloc(n, sizeof(*pages));
	rc = pages ? look_up(u, at, pages, n, err) : -ENOMEM;
	if (!rc)
		rc = lay_out(u, pages, n, err);
	free(pages);
	munmap(at, u->mem_size);
	return rc;
}

void uio_memory_release(struct uio_dev *d)
{
	int rc = user_unlink(d->memory);

	if (rc)
		trv_log(d->dev, TRV_LOG_ERR, "%s stays: %s; the next start removes it", d->memory,
			strerror(-rc));
	free(d->memory);
	d->memory = NULL;
}

void uio_memory_close(struct uio *u)
{
	user_pool_exit(&u->host.pool);
	if (u->mem)
		munmap(u->mem, u->mem_span);
	if (u->mem_fd >= 0)
		close(u->mem_fd);
}
