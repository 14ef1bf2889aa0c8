// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who uses a device: whatever hangs below it in sysfs, disks behind a USB
 * controller too, is asked for by its kind.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <os/linux-user/cli/hw/hw.h>

enum { DEEP = 32 };

/** struct walk - what was found so far; @files: in /dev */
struct walk {
	struct hw_uses *uses;
	struct hw_list files;
};

/* "DEVNAME=sda1" of an uevent file. */
static bool devname(const char *dir, char *name, size_t len)
{
	char line[256];
	struct hw_path path = hw_below(dir, "uevent");
	bool found = false;
	FILE *f = fopen(path.s, "re");

	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		found = !strncmp(line, "DEVNAME=", 8);
		if (found)
			snprintf(name, len, "%s", line + 8);
	}
	fclose(f);
	return found;
}

/* The directory that interfaces are in does not show those of other network namespaces. */
static void elsewhere(const char *dir, struct hw_uses *uses)
{
	struct hw_path path = hw_below(dir, ".");
	struct hw_list names = { 0 };

	hw_names(&path, &names);
	if (!names.n)
		hw_list_add(&uses->unknown,
			    "who uses its interface, which is in another network namespace");
	hw_list_free(&names);
}

static void one_dir(struct walk *w, const char *dir)
{
	const char *name = strrchr(dir, '/') + 1;
	char node[256], number[32], subsystem[HW_NAME];
	struct hw_path path = hw_below(dir, "subsystem");

	hw_link(&path, subsystem, sizeof(subsystem));
	if (!strcmp(subsystem, "net"))
		hw_use_net(name, w->uses);
	else if (!subsystem[0] && !strcmp(name, "net"))
		elsewhere(dir, w->uses);
	path = hw_below(dir, "dev");
	if (hw_read(&path, number, sizeof(number))) {
		/* A path to a disk has no number, and the disk is not below it. */
		if (!strcmp(subsystem, "block"))
			hw_use_block(name, "", w->uses);
		return;
	}
	if (!devname(dir, node, sizeof(node)))
		snprintf(node, sizeof(node), "%s", name);
	hw_list_add(&w->files, "/dev/%s", node);
	if (!strcmp(subsystem, "block"))
		hw_use_block(name, number, w->uses);
}

static void walk(struct walk *w, const char *dir, u32 depth)
{
	struct hw_path sub;
	struct dirent *entry;
	struct stat st;
	DIR *d = opendir(dir);

	if (!d) {
		if (errno != ENOENT)
			hw_list_add(&w->uses->unknown, "%s: %s", dir, strerror(errno));
		return;
	}
	while ((entry = readdir(d))) {
		sub = hw_below(dir, entry->d_name);
		if (entry->d_name[0] == '.' || lstat(sub.s, &st) || !S_ISDIR(st.st_mode))
			continue;
		one_dir(w, sub.s);
		if (depth < DEEP)
			walk(w, sub.s, depth + 1);
	}
	closedir(d);
}

void hw_uses(const struct hw_dev *dev, struct hw_uses *uses)
{
	struct hw_path path = hw_path("sys/bus/pci/devices/%s", dev->name);
	struct walk w = { .uses = uses };
	char *real = realpath(path.s, NULL), driver[HW_NAME], text[8];
	struct hw_list nodes = { 0 };

	if (real)
		walk(&w, real, 0);
	else
		hw_list_add(&uses->unknown, "%s: %s", path.s, strerror(errno));
	free(real);
	hw_nodes(dev, &nodes);
	for (u32 i = 0; i < nodes.n; i++)
		hw_list_add(&w.files, "%s", nodes.at[i]);
	hw_list_free(&nodes);
	hw_use_open(&w.files, dev->name, uses);
	hw_list_free(&w.files);
	hw_driver(dev->name, driver, sizeof(driver));
	path = hw_path("sys/bus/pci/devices/%s/boot_vga", dev->name);
	if (!hw_is_ours(driver) && !hw_read(&path, text, sizeof(text)) && text[0] == '1')
		hw_list_add(&uses->certain, "it is the console's display");
}

void hw_uses_free(struct hw_uses *uses)
{
	hw_list_free(&uses->certain);
	hw_list_free(&uses->unknown);
}
