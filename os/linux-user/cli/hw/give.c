// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A device's files to another user. Those in /dev go with the binding; those in
 * sysfs stay, so who had them is on record before the first is given away.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <os/linux-user/cli/hw/move.h>

/* In sysfs, with uio: registers and bus master. vfio has everything behind its node. */
static void stay_files(const struct hw_dev *dev, const char *driver, struct hw_list *files)
{
	struct hw_path path = hw_path("sys/bus/pci/devices/%s/config", dev->name);

	if (strcmp(driver, HW_UIO))
		return;
	hw_list_add(files, "%s", path.s);
	for (u32 bar = 0; bar < TRV_PCI_BARS; bar++) {
		path = hw_path("sys/bus/pci/devices/%s/resource%u", dev->name, bar);
		if (hw_exists(&path))
			hw_list_add(files, "%s", path.s);
	}
}

/* The line "UID GID PATH" of @file; NULL */
static const char *line_of(const struct hw_list *owners, const char *file)
{
	for (u32 i = 0; i < owners->n; i++) {
		int at = 0;

		(void)!sscanf(owners->at[i], "%*u %*u %n", &at);
		if (at && !strcmp(owners->at[i] + at, file))
			return owners->at[i];
	}
	return NULL;
}

int hw_owners(const struct hw_dev *dev, const char *driver, uid_t uid, const struct hw_list *before,
	      struct hw_record *rec)
{
	struct hw_list files = { 0 };
	const char *known;
	struct stat st;
	int rc = CLI_OK;

	stay_files(dev, driver, &files);
	for (u32 i = 0; !rc && i < files.n; i++) {
		if (line_of(&rec->owners, files.at[i]))
			continue;
		known = line_of(before, files.at[i]);
		if (known)
			hw_list_add(&rec->owners, "%s", known);
		else if (stat(files.at[i], &st))
			rc = cli_error(CLI_FAILED, "cannot give away %s: %s", files.at[i],
				       strerror(errno));
		else if (st.st_uid != uid)
			hw_list_add(&rec->owners, "%u %u %s", st.st_uid, st.st_gid, files.at[i]);
	}
	hw_list_free(&files);
	return rc;
}

int hw_record_owners(const struct hw_dev *dev, const char *driver, uid_t uid)
{
	const struct hw_list none = { 0 };
	struct hw_record rec;
	int rc = hw_record_load(dev, &rec);
	const u32 before = rec.owners.n;

	if (rc && rc != -ENOENT)
		return cli_error(cli_code(rc), "%s: the record of its driver: %s", dev->name,
				 strerror(-rc));
	rec.anyone = rec.anyone || rc;
	rc = hw_owners(dev, driver, uid, &none, &rec);
	if (!rc && rec.owners.n > before)
		rc = hw_record_save(dev, &rec);
	hw_record_free(&rec);
	return rc;
}

/* One that is the user's already stays as it is: its group too. */
static int give_file(const struct hw_path *path, uid_t uid)
{
	struct stat st;

	if (!hw_dry_run() && stat(path->s, &st))
		return cli_error(CLI_FAILED, "cannot give away %s: %s", path->s, strerror(errno));
	if (!hw_dry_run() && st.st_uid == uid)
		return CLI_OK;
	return hw_chown(path, uid, (gid_t)-1);
}

static int give_vfio(const struct hw_dev *dev, uid_t uid)
{
	struct hw_path path = hw_path("dev/vfio/%s", dev->group);

	if (!hw_wait_exists(&path))
		return cli_error(CLI_FAILED, "%s: no %s appears", dev->name, path.s);
	return give_file(&path, uid);
}

/* Which it will be only the kernel knows, with --dry-run. */
static void print_uio_node(const struct hw_path *below, uid_t uid)
{
	struct hw_path nodes = hw_path("dev");

	printf("chown %u ", uid);
	hw_print_path(&nodes);
	fputs("/\"$(ls ", stdout);
	hw_print_path(below);
	puts(")\"");
}

/* Interrupts are read from the node. */
static int give_uio_node(const struct hw_dev *dev, uid_t uid)
{
	struct hw_path path = hw_path("sys/bus/pci/devices/%s/uio", dev->name);
	struct hw_list names = { 0 };
	int rc = CLI_OK;

	if (hw_dry_run()) {
		print_uio_node(&path, uid);
		return CLI_OK;
	}
	if (!hw_wait_exists(&path) || hw_names(&path, &names) || !names.n)
		rc = cli_error(CLI_FAILED, "%s: no %s appears", dev->name, path.s);
	for (u32 i = 0; !rc && i < names.n; i++) {
		path = hw_path("dev/%s", names.at[i]);
		if (!hw_wait_exists(&path))
			rc = cli_error(CLI_FAILED, "%s: no %s appears", dev->name, path.s);
		rc = rc ?: give_file(&path, uid);
	}
	hw_list_free(&names);
	return rc;
}

int hw_give(const struct hw_dev *dev, const char *driver, uid_t uid)
{
	struct hw_list files = { 0 };
	struct hw_path path;
	int rc = strcmp(driver, HW_UIO) ? give_vfio(dev, uid) : give_uio_node(dev, uid);

	stay_files(dev, driver, &files);
	for (u32 i = 0; !rc && i < files.n; i++) {
		snprintf(path.s, sizeof(path.s), "%s", files.at[i]);
		rc = give_file(&path, uid);
	}
	hw_list_free(&files);
	return rc;
}
