// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet doctor vfio: an IOMMU, modules, files that may be opened, memory that may be locked. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/capability.h>

#include <os/linux-user/cli/hw/doctor.h>

/* What a driver in a process has of memory for DMA, unless it is told otherwise. */
enum { DMA_MEMORY = 4 << 20 };

static const char *iommu_fix(void)
{
	struct hw_path intel = hw_path("sys/firmware/acpi/tables/DMAR");
	struct hw_path amd = hw_path("sys/firmware/acpi/tables/IVRS");

	if (hw_exists(&intel))
		return "boot with the kernel argument intel_iommu=on";
	if (hw_exists(&amd))
		return "boot without the kernel argument amd_iommu=off or iommu=off";
	return "switch on VT-d or AMD-Vi in the firmware; in a QEMU guest -M q35 -device "
	       "intel-iommu,intremap=on,caching-mode=on";
}

static void iommu(struct doctor_finding *f)
{
	struct hw_path path = hw_path("sys/kernel/iommu_groups");
	struct hw_list groups = { 0 };

	hw_names(&path, &groups);
	if (groups.n)
		doctor_say(f, DOCTOR_PASS, "", "an IOMMU is on: %u groups of devices", groups.n);
	else
		doctor_say(f, DOCTOR_FAIL, iommu_fix(),
			   "no IOMMU is on, and vfio-pci takes no device without");
	hw_list_free(&groups);
}

static void vfio_pci(struct doctor_finding *f)
{
	doctor_module(f, HW_VFIO);
}

static void type1(struct doctor_finding *f)
{
	struct hw_path path = hw_path("sys/module/vfio_iommu_type1");

	if (hw_exists(&path))
		doctor_say(f, DOCTOR_PASS, "", "vfio_iommu_type1 is loaded");
	else
		doctor_say(f, DOCTOR_FAIL, "modprobe vfio_iommu_type1",
			   "vfio_iommu_type1 is not loaded, and not every system loads it in time");
}

static void container(struct doctor_finding *f)
{
	struct hw_path path = hw_path("dev/vfio/vfio");

	if (!access(path.s, R_OK | W_OK))
		doctor_say(f, DOCTOR_PASS, "", "/dev/vfio/vfio may be opened");
	else if (errno == ENOENT)
		doctor_say(f, DOCTOR_FAIL, "modprobe vfio", "there is no /dev/vfio/vfio");
	else
		doctor_say(f, DOCTOR_FAIL, "chmod 666 /dev/vfio/vfio",
			   "/dev/vfio/vfio may not be opened: %s", strerror(errno));
}

static void groups(struct doctor_finding *f)
{
	struct hw_path path = hw_path("dev/vfio");
	struct hw_list names = { 0 };
	char closed[128] = "", open[128] = "";

	hw_names(&path, &names);
	for (u32 i = 0; i < names.n; i++) {
		const char *name = names.at[i];
		struct hw_path node = hw_path("dev/vfio/%s", name);
		char *to = access(node.s, R_OK | W_OK) ? closed : open;
		const size_t len = strlen(to);

		if (name[0] >= '0' && name[0] <= '9')
			snprintf(to + len, sizeof(closed) - len, " %s", name);
	}
	hw_list_free(&names);
	if (closed[0])
		doctor_say(f, DOCTOR_WARN, "trivet bind vfio --user NAME DEVICE",
			   "this user may not open groups:%s", closed);
	else if (open[0])
		doctor_say(f, DOCTOR_PASS, "", "may be opened: groups%s", open);
	else
		doctor_say(f, DOCTOR_WARN, "trivet bind vfio --user NAME DEVICE",
			   "no device is bound to vfio-pci");
}

static void memlock(struct doctor_finding *f)
{
	static const char fix[] = "ulimit -l unlimited (root may; /etc/security/limits.d keeps it; "
				  "LimitMEMLOCK=infinity in a systemd unit)";
	u64 bytes;
	int rc = doctor_memlock(&bytes);

	if (doctor_capable(CAP_IPC_LOCK))
		doctor_say(f, DOCTOR_PASS, "", "this process may lock any amount of memory");
	else if (rc)
		doctor_say(f, DOCTOR_WARN, fix, "how much memory may be locked is not known: %s",
			   strerror(-rc));
	else if (bytes == UINT64_MAX)
		doctor_say(f, DOCTOR_PASS, "", "any amount of memory may be locked");
	else
		doctor_say(f, bytes >= DMA_MEMORY ? DOCTOR_PASS : DOCTOR_FAIL, fix,
			   "%llu KiB of memory may be locked; a driver's memory for DMA is, of %d "
			   "KiB as a rule",
			   (unsigned long long)bytes >> 10, DMA_MEMORY >> 10);
}

static void lockdown(struct doctor_finding *f)
{
	char mode[32];

	doctor_lockdown(mode, sizeof(mode));
	doctor_say(f, DOCTOR_PASS, "", "kernel lockdown: %s; vfio works under any",
		   mode[0] ? mode : "none to be seen");
}

const struct doctor_check doctor_vfio[] = {
	{ "vfio", "iommu", iommu },	  { "vfio", "vfio-pci", vfio_pci },
	{ "vfio", "type1", type1 },	  { "vfio", "container", container },
	{ "vfio", "groups", groups },	  { "vfio", "memlock", memlock },
	{ "vfio", "lockdown", lockdown }, { 0 },
};
