// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What several checks of trivet doctor ask the kernel. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <os/linux-user/cli/hw/doctor.h>

/* The line that begins so, without that; false: there is none */
static bool line_of(const char *file, const char *begins, char *rest, size_t len, int *err)
{
	struct hw_path path = hw_path("proc/self/%s", file);
	FILE *f = fopen(path.s, "re");
	char line[512];
	bool found = false;

	*err = f ? -ENOENT : -errno;
	while (f && !found && fgets(line, sizeof(line), f)) {
		found = !strncmp(line, begins, strlen(begins));
		if (found)
			snprintf(rest, len, "%s", line + strlen(begins));
	}
	if (f)
		fclose(f);
	return found;
}

int doctor_memlock(u64 *bytes)
{
	char text[128], soft[32];
	unsigned long long number;
	int err;

	if (!line_of("limits", "Max locked memory", text, sizeof(text), &err))
		return err;
	if (sscanf(text, "%31s", soft) != 1)
		return -EINVAL;
	*bytes = UINT64_MAX;
	if (!strcmp(soft, "unlimited"))
		return 0;
	if (sscanf(soft, "%llu", &number) != 1)
		return -EINVAL;
	*bytes = number;
	return 0;
}

bool doctor_capable(u32 cap)
{
	char text[64];
	unsigned long long set;
	int err;

	return line_of("status", "CapEff:", text, sizeof(text), &err) &&
	       sscanf(text, "%llx", &set) == 1 && set >> cap & 1;
}

void doctor_lockdown(char *mode, size_t len)
{
	struct hw_path path = hw_path("sys/kernel/security/lockdown");
	char line[128], *in;

	mode[0] = '\0';
	if (hw_read(&path, line, sizeof(line)))
		return;
	in = strchr(line, '['); /* "none [integrity] confidentiality" */
	if (in)
		snprintf(mode, len, "%.*s", (int)strcspn(in + 1, "]"), in + 1);
}

void doctor_module(struct doctor_finding *f, const char *driver)
{
	struct hw_path path = hw_path("sys/bus/pci/drivers/%s", driver);
	char fix[64];

	snprintf(fix, sizeof(fix), "modprobe %s", driver);
	if (hw_exists(&path))
		doctor_say(f, DOCTOR_PASS, "", "%s is loaded", driver);
	else
		doctor_say(f, DOCTOR_FAIL, fix, "%s is not loaded", driver);
}
