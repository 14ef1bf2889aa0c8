// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet doctor uio: huge pages that stay where they are, privileges, and what it cannot protect. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/capability.h>

#include <os/linux-user/cli/hw/doctor.h>

/* A driver in a process has 4 MiB of memory for DMA, unless it is told otherwise. */
enum { PAGES = 2, MORE = 8 };

static void module(struct doctor_finding *f)
{
	doctor_module(f, HW_UIO);
}

static void pages(struct doctor_finding *f)
{
	struct hw_path all = hw_path("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
	struct hw_path unused = hw_path("sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages");
	char n_all[32], n_free[32], fix[96];
	int rc = hw_read(&all, n_all, sizeof(n_all)) ?: hw_read(&unused, n_free, sizeof(n_free));

	/* Fewer than there are would take some away. */
	snprintf(fix, sizeof(fix),
		 "echo %lu >/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages",
		 strtoul(n_all, NULL, 10) + MORE);
	if (rc)
		doctor_say(f, DOCTOR_FAIL, "a kernel with CONFIG_HUGETLBFS",
			   "this kernel has no huge pages of 2 MiB");
	else if (strtoul(n_free, NULL, 10) < PAGES)
		doctor_say(f, DOCTOR_FAIL, fix,
			   "%s huge pages of 2 MiB are free, of %s; %d are needed", n_free, n_all,
			   PAGES);
	else
		doctor_say(f, DOCTOR_PASS, "", "%s huge pages of 2 MiB are free, of %s", n_free,
			   n_all);
}

static void hugetlbfs(struct doctor_finding *f)
{
	struct hw_path path = hw_path("proc/self/mounts");
	char line[4096], where[2048], type[64];
	bool found = false;
	FILE *m = fopen(path.s, "re");

	while (m && !found && fgets(line, sizeof(line), m))
		found = sscanf(line, "%*s %2047s %63s", where, type) == 2 &&
			!strcmp(type, "hugetlbfs");
	if (m)
		fclose(m);
	if (found)
		doctor_say(f, DOCTOR_PASS, "", "hugetlbfs is mounted on %s", where);
	else
		doctor_say(f, DOCTOR_FAIL,
			   "mkdir -p /dev/hugepages; mount -t hugetlbfs none /dev/hugepages",
			   "hugetlbfs is not mounted");
}

static void privileges(struct doctor_finding *f)
{
	const bool admin = doctor_capable(CAP_SYS_ADMIN), rawio = doctor_capable(CAP_SYS_RAWIO);
	static const char fix[] = "start it as root; it needs these to begin with, not later";

	if (!admin)
		doctor_say(f, DOCTOR_FAIL, fix,
			   "no CAP_SYS_ADMIN: the kernel does not tell where memory is");
	else if (!rawio)
		doctor_say(f, DOCTOR_WARN, fix,
			   "no CAP_SYS_RAWIO: ports are read and written slowly");
	else
		doctor_say(f, DOCTOR_PASS, "", "may ask where memory is, and for ports");
}

static void lockdown(struct doctor_finding *f)
{
	char mode[32];

	doctor_lockdown(mode, sizeof(mode));
	if (!mode[0])
		doctor_say(f, DOCTOR_PASS, "", "kernel lockdown: none to be seen");
	else if (!strcmp(mode, "none"))
		doctor_say(f, DOCTOR_PASS, "", "kernel lockdown: none");
	else
		doctor_say(f, DOCTOR_FAIL, "switch off Secure Boot in the firmware, or use vfio",
			   "kernel lockdown: %s; it forbids writing to configuration space and "
			   "mapping registers",
			   mode);
}

static void translated(struct doctor_finding *f)
{
	struct hw_path path = hw_path("sys/kernel/iommu_groups");
	struct hw_list names = { 0 };
	char type[32];
	u32 n = 0;

	hw_names(&path, &names);
	for (u32 i = 0; i < names.n; i++) {
		path = hw_path("sys/kernel/iommu_groups/%s/type", names.at[i]);
		n += !hw_read(&path, type, sizeof(type)) && !strncmp(type, "DMA", 3);
	}
	if (n)
		doctor_say(f, DOCTOR_WARN,
			   "use vfio; or boot with the kernel argument iommu=pt, and without "
			   "protection",
			   "an IOMMU translates for %u of %u groups: DMA to physical addresses "
			   "fails there",
			   n, names.n);
	else
		doctor_say(f, DOCTOR_PASS, "", "DMA is to physical addresses");
	hw_list_free(&names);
}

static void protection(struct doctor_finding *f)
{
	doctor_say(f, DOCTOR_WARN, "use vfio where there is an IOMMU",
		   "uio is unprotected against rogue DMA: a driver's mistake may overwrite any "
		   "memory of this machine");
}

const struct doctor_check doctor_uio[] = {
	{ "uio", "uio_pci_generic", module }, { "uio", "hugepages", pages },
	{ "uio", "hugetlbfs", hugetlbfs },    { "uio", "privileges", privileges },
	{ "uio", "lockdown", lockdown },      { "uio", "addresses", translated },
	{ "uio", "protection", protection },  { 0 },
};
