// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From one driver to another, by driver_override: no other device is affected. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

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
 * before. Files that were given away are so no longer; those that will be are.
 */
static int remember(const struct hw_dev *dev, const char *driver, const uid_t *to,
		    struct hw_record *rec, bool *fresh)
{
	struct hw_list before;
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
	before = rec->owners;
	rec->owners = (struct hw_list){ 0 };
	if (!rc && to)
		rc = hw_owners(dev, driver, *to, &before, rec);
	hw_list_free(&before);
	return rc ?: hw_record_save(dev, rec);
}

int hw_take(const struct hw_dev *dev, const char *driver, const uid_t *to)
{
	struct hw_record rec;
	char now[HW_NAME];
	bool fresh = false;
	int rc = remember(dev, driver, to, &rec, &fresh);

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
