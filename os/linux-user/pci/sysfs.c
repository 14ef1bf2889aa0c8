// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* PCI functions in sysfs: where they are, who has them, what they decode. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <os/linux-user/pci/pci.h>

/* linux/ioport.h: flags in the file "resource". */
#define RESOURCE_IO 0x100ULL
#define RESOURCE_MEM 0x200ULL

struct pci_roots pci_roots(struct user_item *item)
{
	return (struct pci_roots){
		.sysfs = user_opt(item, "sysfs") ?: "/sys",
		.dev = user_opt(item, "dev") ?: "/dev",
	};
}

/* "0000:00:03.0", or without the domain. */
static bool parse(const char *text, char name[16])
{
	unsigned domain = 0, bus, slot, func;
	int end = 0;

	if (sscanf(text, "%5x:%2x:%2x.%1x%n", &domain, &bus, &slot, &func, &end) != 4 ||
	    text[end]) {
		domain = 0;
		if (sscanf(text, "%2x:%2x.%1x%n", &bus, &slot, &func, &end) != 3 || text[end])
			return false;
	}
	if (slot > 31 || func > 7)
		return false;
	snprintf(name, 16, "%04x:%02x:%02x.%x", domain & 0xfffff, bus & 0xff, slot, func);
	return true;
}

int pci_find(struct user_item *item, const struct pci_roots *roots, struct pci_place *place,
	     struct trv_user_error *err)
{
	int n;

	if (!parse(item->model, place->name))
		return user_error(err, -EINVAL,
				  "'%s' is no PCI function like 0000:00:03.0; see: lspci -D",
				  item->model);
	n = snprintf(place->dir, sizeof(place->dir), "%s/bus/pci/devices/%s", roots->sysfs,
		     place->name);
	if (n >= (int)sizeof(place->dir))
		return user_error(err, -EINVAL, "sysfs=%s: too long", roots->sysfs);
	if (access(place->dir, F_OK))
		return user_error(err, -ENODEV,
				  "%s: this machine has no such device; see: lspci -D",
				  place->name);
	return 0;
}

void pci_link(const struct pci_place *place, const char *link, char name[64])
{
	char path[2 * PCI_PATH + 64], target[PCI_PATH];
	ssize_t n;
	const char *last;

	snprintf(path, sizeof(path), "%s/%s", place->dir, link);
	n = readlink(path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	last = strrchr(target, '/');
	snprintf(name, 64, "%.63s", last ? last + 1 : target);
}

int pci_bound(const struct pci_place *place, const char *driver, const char *transport,
	      struct trv_user_error *err)
{
	char now[64];

	pci_link(place, "driver", now);
	if (!strcmp(now, driver))
		return 0;
	if (*now)
		return user_error(err, -EBUSY,
				  "%s: the kernel's driver %s has it, not %s; run: modprobe %s && "
				  "trivet bind %s %s",
				  place->name, now, driver, driver, transport, place->name);
	return user_error(err, -ENODEV,
			  "%s: not bound to %s; run: modprobe %s && trivet bind %s %s", place->name,
			  driver, driver, transport, place->name);
}

/*
 * os.h counts registers with 32 bits. Of a BAR that is larger a driver has what they reach, in whole
 * pages, and the log says so.
 */
static u32 reachable(const struct pci_place *place, u32 bar, unsigned long long last)
{
	if (last < PCI_BAR_MAX)
		return (u32)(last + 1);
	trv_log(NULL, TRV_LOG_WARN, "%s: of BAR %u, %llu MiB, drivers reach the first %llu MiB",
		place->name, bar, (last >> 20) + 1, PCI_BAR_MAX >> 20);
	return (u32)PCI_BAR_MAX;
}

int pci_bars(const struct pci_place *place, struct user_bar *bars)
{
	char path[PCI_PATH + 16];
	unsigned long long start, end, flags;
	FILE *f;
	u32 i;

	snprintf(path, sizeof(path), "%s/resource", place->dir);
	f = fopen(path, "re");
	if (!f)
		return -EIO;
	for (i = 0; i < TRV_PCI_BARS; i++) {
		if (fscanf(f, "%llx %llx %llx", &start, &end, &flags) != 3)
			break;
		if (!(flags & (RESOURCE_IO | RESOURCE_MEM)) || end < start)
			continue;
		bars[i] = (struct user_bar){ .addr = start,
					     .len = reachable(place, i, end - start),
					     .port = flags & RESOURCE_IO };
	}
	fclose(f);
	return i == TRV_PCI_BARS ? 0 : -EIO;
}

int pci_answers(const struct pci_place *place, u64 id, struct trv_user_error *err)
{
	if ((u32)id != ~0U)
		return 0;
	return user_error(
		err, -ENODEV,
		"%s: it does not answer (all ones): asleep, in reset, or gone; run: echo 1 "
		">%s/remove; echo 1 >/sys/bus/pci/rescan",
		place->name, place->dir);
}

int pci_is_there(const struct pci_place *place, struct trv_user_error *err)
{
	char path[PCI_PATH + 8];
	u64 id = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/config", place->dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	(void)!pci_pread(fd, TRV_PCI_VENDOR_ID, 4, &id);
	close(fd);
	return pci_answers(place, id, err);
}

int pci_no_unknown(const struct user_item *item, const char *known, struct trv_user_error *err)
{
	const char *unknown = user_opt_unused(item);

	if (!unknown)
		return 0;
	return user_error(err, -EINVAL, "%s: unknown option '%s'; there are: %s", item->model,
			  unknown, known);
}

int pci_switch(struct user_item *item, const char *key, const char *const words[2], bool *second,
	       struct trv_user_error *err)
{
	const char *val = user_opt(item, key);

	*second = val && !strcmp(val, words[1]);
	if (!val || *second || !strcmp(val, words[0]))
		return 0;
	return user_error(err, -EINVAL, "%s: %s=%s is neither %s nor %s", item->model, key, val,
			  words[0], words[1]);
}

bool pci_is_viable(const char *driver)
{
	/* The kernel's drivers that leave DMA to others; variants of vfio's own included. */
	return !driver[0] || !strcmp(driver, "pci-stub") || !strcmp(driver, "pcieport") ||
	       !strncmp(driver, "vfio", 4) || strstr(driver, "-vfio-") || strstr(driver, "_vfio_");
}
