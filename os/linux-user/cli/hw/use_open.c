// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which processes have a device's files open. All descriptors are looked at once, for all devices. */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <os/linux-user/cli/hw/hw.h>

/* "PID FILE" of each descriptor that may matter, and how many processes did not show theirs. */
static struct hw_list all;
static u32 hidden;
static bool looked;

static void one_process(const char *pid)
{
	struct hw_path dir = hw_path("proc/%s/fd", pid), fd;
	struct hw_list fds = { 0 };
	char target[PATH_MAX];
	int rc = hw_names(&dir, &fds);
	ssize_t n;

	if (rc && rc != -ENOENT && rc != -ESRCH) /* those: it has ended */
		hidden++;
	for (u32 i = 0; i < fds.n; i++) {
		fd = hw_path("proc/%s/fd/%s", pid, fds.at[i]);
		n = readlink(fd.s, target, sizeof(target) - 1);
		if (n <= 0)
			continue;
		target[n] = '\0';
		if (!strncmp(target, "/dev/", 5) || !strncmp(target, "/sys/devices/", 13))
			hw_list_add(&all, "%s %s", pid, target);
	}
	hw_list_free(&fds);
}

static void look(void)
{
	struct hw_path dir = hw_path("proc");
	struct hw_list names = { 0 };

	if (hw_names(&dir, &names))
		hidden++;
	for (u32 i = 0; i < names.n; i++) {
		if (names.at[i][0] >= '1' && names.at[i][0] <= '9')
			one_process(names.at[i]);
	}
	hw_list_free(&names);
	looked = true;
}

static bool is_one(const struct hw_list *files, const char *resource, const char *file)
{
	for (u32 i = 0; i < files->n; i++) {
		if (!strcmp(files->at[i], file))
			return true;
	}
	return !fnmatch(resource, file, 0);
}

void hw_use_open(const struct hw_list *files, const char *dev, struct hw_uses *uses)
{
	char resource[64], comm[64], before[32] = "", pid[16];
	const char *file;
	struct hw_path path;

	if (!looked)
		look();
	snprintf(resource, sizeof(resource), "*/%s/resource[0-9]*", dev);
	for (u32 i = 0; i < all.n; i++) {
		file = strchr(all.at[i], ' ') + 1;
		if (!is_one(files, resource, file))
			continue;
		snprintf(pid, sizeof(pid), "%.*s", (int)(file - 1 - all.at[i]), all.at[i]);
		if (!strcmp(pid, before)) /* one of its files will do */
			continue;
		snprintf(before, sizeof(before), "%s", pid);
		path = hw_path("proc/%s/comm", pid);
		hw_read(&path, comm, sizeof(comm));
		hw_list_add(&uses->certain, "process %s (%s) has %s open", pid, comm, file);
	}
	if (hidden)
		hw_list_add(&uses->unknown, "what other processes have open: Permission denied");
}
