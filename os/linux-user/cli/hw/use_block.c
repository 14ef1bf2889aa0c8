// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Who uses a disk or partition: file systems, swap, devices made of it, anyone who claims it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <os/linux-user/cli/hw/hw.h>

/* /proc has \040 for a blank. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; to++) {
		if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && text[2] && text[3]) {
			*to = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
			text += 4;
		} else {
			*to = *text++;
		}
	}
	*to = '\0';
}

/* "36 35 8:1 / /mnt rw,noatime - ext4 /dev/sda1 rw": the number, or for file systems that have one of
 * their own, the name. */
static void mounts(const char *name, const char *number, struct hw_uses *uses)
{
	char line[8192], major_minor[32], where[4096], source[4096], *rest;
	struct hw_path path = hw_path("proc/self/mountinfo");
	FILE *f = fopen(path.s, "re");

	if (!f) {
		hw_list_add(&uses->unknown, "what is mounted of %s: %s: %s", name, path.s,
			    strerror(errno));
		return;
	}
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*d %*d %31s %*s %4095s", major_minor, where) != 2)
			continue;
		rest = strstr(line, " - ");
		if (!rest || sscanf(rest, " - %*s %4095s", source) != 1)
			source[0] = '\0';
		unescape(where);
		if (!strcmp(major_minor, number) ||
		    (!strncmp(source, "/dev/", 5) && !strcmp(source + 5, name)))
			hw_list_add(&uses->certain, "%s is mounted on %s", name, where);
	}
	fclose(f);
}

static void swap(const char *name, struct hw_uses *uses)
{
	char line[4200], file[4096];
	struct hw_path path = hw_path("proc/swaps");
	FILE *f = fopen(path.s, "re");

	if (!f && errno != ENOENT) /* a kernel may have been built without */
		hw_list_add(&uses->unknown, "what of %s is swap: %s: %s", name, path.s,
			    strerror(errno));
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%4095s", file) == 1 && !strncmp(file, "/dev/", 5) &&
		    !strcmp(file + 5, name))
			hw_list_add(&uses->certain, "%s is swap", name);
	}
	if (f)
		fclose(f);
}

static void holders(const char *name, struct hw_uses *uses)
{
	struct hw_path path = hw_path("sys/class/block/%s/holders", name);
	struct hw_list names = { 0 };
	char friendly[128];
	int rc = hw_names(&path, &names);

	if (rc && rc != -ENOENT)
		hw_list_add(&uses->unknown, "what is made of %s: %s", name, strerror(-rc));
	for (u32 i = 0; i < names.n; i++) {
		path = hw_path("sys/class/block/%s/dm/name", names.at[i]);
		hw_read(&path, friendly, sizeof(friendly));
		hw_list_add(&uses->certain, "%s is part of %s%s%s%s", name, names.at[i],
			    friendly[0] ? " (" : "", friendly, friendly[0] ? ")" : "");
	}
	hw_list_free(&names);
}

/*
 * File systems, swap, md, dm and others claim what they use, also those that
 * other mount namespaces alone can see. A whole disk counts as claimed when a
 * part of it is.
 */
static void claimed(const char *name, struct hw_uses *uses)
{
	struct hw_path path = hw_path("dev/%s", name);
	struct stat st;
	int fd;

	if (stat(path.s, &st) || !S_ISBLK(st.st_mode)) {
		if (!hw_rooted())
			hw_list_add(&uses->unknown, "who claims %s: no block device %s", name,
				    path.s);
		return;
	}
	fd = open(path.s, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	else if (errno == EBUSY)
		hw_list_add(&uses->certain,
			    "%s is claimed, maybe by a file system that is mounted elsewhere",
			    name);
	else if (errno != ENXIO && errno != ENOMEDIUM)
		hw_list_add(&uses->unknown, "who claims %s: %s", path.s, strerror(errno));
}

static void one_name(const char *name, const char *number, struct hw_uses *uses)
{
	const u32 before = uses->certain.n;

	mounts(name, number, uses);
	swap(name, uses);
	holders(name, uses);
	if (uses->certain.n == before)
		claimed(name, uses);
}

void hw_use_block(const char *name, const char *number, struct hw_uses *uses)
{
	struct hw_path path;
	char head[64], of_head[32], is_hidden[8];
	int subsystem, controller, disk;

	path = hw_path("sys/class/block/%s/hidden", name);
	/* One of the paths to an NVMe disk, which hangs below none of its controllers. */
	if (!hw_read(&path, is_hidden, sizeof(is_hidden)) && is_hidden[0] == '1' &&
	    sscanf(name, "nvme%dc%dn%d", &subsystem, &controller, &disk) == 3) {
		struct hw_list parts = { 0 };
		u32 found = 0;
		size_t len = (size_t)snprintf(head, sizeof(head), "nvme%dn%d", subsystem, disk);

		path = hw_path("sys/class/block");
		hw_names(&path, &parts);
		for (u32 i = 0; i < parts.n; i++) {
			const char *part = parts.at[i];

			if (strncmp(part, head, len) || (part[len] && part[len] != 'p'))
				continue;
			path = hw_path("sys/class/block/%s/dev", part);
			hw_read(&path, of_head, sizeof(of_head));
			one_name(part, of_head, uses);
			found++;
		}
		if (!found)
			hw_list_add(&uses->unknown, "who uses the disk of %s: there is no %s", name,
				    head);
		hw_list_free(&parts);
		return;
	}
	one_name(name, number, uses);
}
