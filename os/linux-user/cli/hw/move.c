// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From one driver to another, by driver_override: no other device is affected. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <os/linux-user/cli/hw/move.h>

static int set_override(const struct hw_dev *dev, const char *driver)
{
	struct hw_path path = hw_path("sys/bus/pci/devices/%s/driver_override", dev->name);
	char line[HW_NAME + 1];

	snprintf(line, sizeof(line), "%s\n", driver);
	return hw_write(&path, line);
}

/* @what: unbind, or bind */
static int tell_driver(const struct hw_dev *dev, const char *driver, const char *what)
{
	struct hw_path path = hw_path("sys/bus/pci/drivers/%s/%s", driver, what);
	char line[32];

	snprintf(line, sizeof(line), "%s\n", dev->name);
	return hw_write(&path, line);
}

static int probe(const struct hw_dev *dev)
{
	struct hw_path path = hw_path("sys/bus/pci/drivers_probe");
	char line[32];

	snprintf(line, sizeof(line), "%s\n", dev->name);
	return hw_write(&path, line);
}

/* Whoever has it lets go of it, unless that is @driver. */
static int release(const struct hw_dev *dev, const char *driver)
{
	char now[HW_NAME];
	int rc;

	hw_driver(dev->name, now, sizeof(now));
	if (!now[0] || !strcmp(now, driver))
		return CLI_OK;
	rc = tell_driver(dev, now, "unbind");
	if (!rc && !hw_wait_driver(dev->name, ""))
		rc = cli_error(CLI_FAILED, "%s: %s does not let go of it", dev->name, now);
	return rc;
}

static int take_files_back(const struct hw_record *rec)
{
	unsigned int uid, gid;
	struct hw_path path;
	int rc = CLI_OK, at;

	for (u32 i = 0; i < rec->owners.n; i++) {
		if (sscanf(rec->owners.at[i], "%u %u %n", &uid, &gid, &at) != 2)
			continue;
		snprintf(path.s, sizeof(path.s), "%s", rec->owners.at[i] + at);
		if (hw_exists(&path))
			rc = hw_chown(&path, uid, gid) ?: rc;
	}
	return rc;
}

/*
 * Who has it now; or, if that is one of ours, who is on record as the one
 * before. Files that were given away are so no longer.
 */
static int remember(const struct hw_dev *dev, struct hw_record *rec, bool *fresh)
{
	int rc = hw_record_load(dev, rec);
	char now[HW_NAME];

	if (rc && rc != -ENOENT)
		return cli_error(cli_code(rc), "%s: the record of its driver: %s", dev->name,
				 strerror(-rc));
	hw_driver(dev->name, now, sizeof(now));
	*fresh = rc || !hw_is_ours(now);
	if (*fresh) {
		/* One of ours, but not by us: somebody else alone knows what it had before. */
		rec->anyone = hw_is_ours(now);
		snprintf(rec->driver, sizeof(rec->driver), "%s", rec->anyone ? "" : now);
		hw_override(dev->name, rec->override, sizeof(rec->override));
		if (rec->anyone)
			rec->override[0] = '\0';
	}
	rc = take_files_back(rec);
	hw_list_free(&rec->owners);
	return rc ?: hw_record_save(dev, rec);
}

int hw_take(const struct hw_dev *dev, const char *driver)
{
	struct hw_record rec;
	char now[HW_NAME];
	bool fresh = false;
	int rc = remember(dev, &rec, &fresh);

	if (rc)
		goto out;
	rc = set_override(dev, driver);
	if (rc) {
		if (fresh)
			hw_record_drop(dev);
		goto out;
	}
	rc = release(dev, driver) ?: probe(dev);
	if (!rc && !hw_wait_driver(dev->name, driver))
		rc = cli_error(CLI_FAILED, "%s: %s did not take it, for a reason that dmesg tells",
			       dev->name, driver);
	if (rc && hw_give_back(dev, &rec) == CLI_OK) {
		hw_driver(dev->name, now, sizeof(now));
		cli_error(0, "%s: %s%s", dev->name, now[0] ? "back with " : "without a driver",
			  now);
	}
out:
	hw_record_free(&rec);
	return rc;
}

/* @path: with the owner it had, if it is a file that outlives the binding */
static int give_file(struct hw_record *rec, const struct hw_path *path, bool stays, uid_t uid)
{
	struct stat st;

	if (!hw_dry_run() && stat(path->s, &st))
		return cli_error(CLI_FAILED, "cannot give away %s: %s", path->s, strerror(errno));
	if (!hw_dry_run() && st.st_uid == uid)
		return CLI_OK;
	if (stays && !hw_dry_run())
		hw_list_add(&rec->owners, "%u %u %s", st.st_uid, st.st_gid, path->s);
	return hw_chown(path, uid, (gid_t)-1);
}

static int give_vfio(const struct hw_dev *dev, struct hw_record *rec, uid_t uid)
{
	struct hw_path path = hw_path("dev/vfio/%s", dev->group);

	if (!hw_wait_exists(&path))
		return cli_error(CLI_FAILED, "%s: no %s appears", dev->name, path.s);
	return give_file(rec, &path, false, uid);
}

/* Interrupts are read from the node, registers and bus master are in sysfs. */
static int give_uio(const struct hw_dev *dev, struct hw_record *rec, uid_t uid)
{
	struct hw_path path = hw_path("sys/bus/pci/devices/%s/uio", dev->name);
	struct hw_list names = { 0 };
	int rc = CLI_OK;

	if (hw_dry_run()) {
		struct hw_path nodes = hw_path("dev");

		printf("chown %u ", uid);
		hw_print_path(&nodes);
		fputs("/\"$(ls ", stdout);
		hw_print_path(&path);
		puts(")\"");
	} else if (!hw_wait_exists(&path) || hw_names(&path, &names) || !names.n) {
		rc = cli_error(CLI_FAILED, "%s: no %s appears", dev->name, path.s);
	}
	for (u32 i = 0; !rc && i < names.n; i++) {
		path = hw_path("dev/%s", names.at[i]);
		if (!hw_wait_exists(&path))
			rc = cli_error(CLI_FAILED, "%s: no %s appears", dev->name, path.s);
		rc = rc ?: give_file(rec, &path, false, uid);
	}
	hw_list_free(&names);
	path = hw_path("sys/bus/pci/devices/%s/config", dev->name);
	rc = rc ?: give_file(rec, &path, true, uid);
	for (u32 bar = 0; !rc && bar < TRV_PCI_BARS; bar++) {
		path = hw_path("sys/bus/pci/devices/%s/resource%u", dev->name, bar);
		if (hw_exists(&path))
			rc = give_file(rec, &path, true, uid);
	}
	return rc;
}

int hw_give(const struct hw_dev *dev, const char *driver, uid_t uid)
{
	const bool uio = !strcmp(driver, HW_UIO);
	struct hw_record rec;
	int rc = hw_record_load(dev, &rec), saved;
	const u32 before = rec.owners.n;

	if (rc && rc != -ENOENT)
		return cli_error(cli_code(rc), "%s: the record of its driver: %s", dev->name,
				 strerror(-rc));
	rec.anyone = rec.anyone || rc;
	rc = uio ? give_uio(dev, &rec, uid) : give_vfio(dev, &rec, uid);
	/* What was given away, also if that was not all. */
	saved = rec.owners.n > before ? hw_record_save(dev, &rec) : CLI_OK;
	hw_record_free(&rec);
	return rc ?: saved;
}

int hw_give_back(const struct hw_dev *dev, const struct hw_record *rec)
{
	char now[HW_NAME];
	int rc = CLI_OK;

	/* Another is somebody else's, who set it meanwhile. */
	hw_override(dev->name, now, sizeof(now));
	if (hw_is_ours(now))
		rc = set_override(dev, rec ? rec->override : "");
	if (rec)
		rc = rc ?: take_files_back(rec);
	hw_driver(dev->name, now, sizeof(now));
	if (hw_is_ours(now))
		rc = rc ?: release(dev, rec ? rec->driver : "");
	if (rc)
		return rc;
	hw_driver(dev->name, now, sizeof(now));
	/* Somebody else has given it another driver meanwhile. */
	if (now[0] && !hw_is_ours(now))
		return hw_record_drop(dev);
	if (!rec || rec->anyone || rec->driver[0])
		rc = probe(dev);
	if (!rc && rec && !rec->anyone && !hw_wait_driver(dev->name, rec->driver)) {
		/* Nobody took it, or another that likes it as well. */
		rc = release(dev, rec->driver) ?: tell_driver(dev, rec->driver, "bind");
		if (!rc && !hw_wait_driver(dev->name, rec->driver))
			rc = cli_error(CLI_FAILED,
				       "%s: %s does not take it back; is its module loaded?",
				       dev->name, rec->driver);
	}
	return rc ?: hw_record_drop(dev);
}
