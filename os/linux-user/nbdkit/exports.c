// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From the command line to disks: the hardware, its drivers, and what each disk is called. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#include <trivet/hw/ata.h>
#include <os/linux-user/drivers.h>
#include <os/linux-user/nbdkit/plug.h>
#include <os/linux-user/user.h>

static struct {
	struct trv_host *host;
	struct user_drivers drivers;
	bool bufs;
	struct plug_disk *disks;
	u32 n_disks;
	u32 standard; /* of those, for clients that name none */
} exports;

static int start_driver(struct trv_dev *dev, const struct plug_config *config,
			struct trv_user_error *err)
{
	const struct trv_driver *drv = user_driver_for(&exports.drivers, dev, err);
	const char *unused;
	int rc = 0;

	if (!drv)
		return -ENODEV;
	for (u32 i = 0; !rc && i < config->n_options; i++)
		rc = trv_user_option(dev, config->option[i].name, config->option[i].val);
	if (!rc)
		rc = trv_user_bind(dev, drv);
	if (rc)
		return user_error(err, rc,
				  "%s: driver %s did not start: %s; run: trivet trace %s -d %s",
				  trv_dev_name(dev), drv->name, strerror(-rc), drv->name,
				  config->spec);
	unused = trv_user_option_unused(dev);
	return unused ? user_error(err, -EINVAL, "option.%s: driver %s has no such option", unused,
				   drv->name) :
			0;
}

/* ---- disks --------------------------------------------------------------- */

/* What the drive says of itself; a disk that says nothing rotates, as everywhere else. */
static bool rotates(struct trv_disk *disk)
{
	struct trv_ata_cmd cmd = { .command = ATA_OP_IDENTIFY };
	__le16 id[ATA_ID_BYTES / 2];

	if (trv_disk_info(disk)->flags & TRV_DISK_CDROM)
		return true;
	if (trv_disk_ata(disk, &cmd, id, sizeof(id)) || cmd.status & ATA_STATUS_ERR)
		return true;
	return trv_le16_to_cpu(id[ATA_ID_ROTATION]) != 1;
}

static void add_disk(struct trv_dev *dev, u32 index, bool alone, struct trv_disk *disk)
{
	const struct trv_disk_info *info = trv_disk_info(disk);
	struct plug_disk *d = &exports.disks[exports.n_disks++];

	*d = (struct plug_disk){ .dev = dev, .disk = disk, .rotational = rotates(disk) };
	if (alone)
		snprintf(d->name, sizeof(d->name), "%u", info->unit);
	else
		snprintf(d->name, sizeof(d->name), "%u.%u", index, info->unit);
	snprintf(d->about, sizeof(d->about), "%s, serial %s, %s%s", info->model,
		 *info->serial ? info->serial : "none", info->mode,
		 info->flags & TRV_DISK_READ_ONLY ? ", read-only" : "");
}

static int find_disks(const struct plug_config *config, struct trv_user_error *err)
{
	struct trv_disk *disk;
	struct trv_dev *dev;
	u32 n = 0;

	for (u32 i = 0; (dev = trv_user_dev(exports.host, i)); i++) {
		for (disk = trv_disk_first(dev); disk; disk = trv_disk_next(disk))
			n++;
	}
	if (!n)
		return user_error(err, -ENODEV,
				  "%s: no disk was found; on qemu, disk=FILE puts one in",
				  config->spec);
	exports.disks = calloc(n, sizeof(*exports.disks));
	if (!exports.disks)
		return user_error(err, -ENOMEM, "no memory");
	for (u32 i = 0; (dev = trv_user_dev(exports.host, i)); i++) {
		for (disk = trv_disk_first(dev); disk; disk = trv_disk_next(disk)) {
			if (config->timeout_ms)
				trv_disk_set_timeout(disk, config->timeout_ms);
			add_disk(dev, i, !trv_user_dev(exports.host, 1), disk);
		}
	}
	return 0;
}

static int find_default(const struct plug_config *config, struct trv_user_error *err)
{
	char names[128] = "";
	size_t len = 0;

	for (u32 i = 0; i < exports.n_disks; i++) {
		const char *name = exports.disks[i].name;

		if (!config->disk || !strcmp(config->disk, name)) {
			exports.standard = i;
			return 0;
		}
		if (len < sizeof(names))
			len += (size_t)snprintf(names + len, sizeof(names) - len, " %s", name);
	}
	return user_error(err, -EINVAL, "disk=%s: no such disk; there are:%s", config->disk, names);
}

struct plug_disk *plug_disk_at(u32 index)
{
	return index < exports.n_disks ? &exports.disks[index] : NULL;
}

struct plug_disk *plug_disk_default(void)
{
	return plug_disk_at(exports.standard);
}

struct plug_disk *plug_disk_find(const char *name)
{
	if (!*name)
		return plug_disk_default();
	for (u32 i = 0; i < exports.n_disks; i++) {
		if (!strcmp(exports.disks[i].name, name))
			return &exports.disks[i];
	}
	return NULL;
}

bool plug_all_gone(void)
{
	struct trv_dev *dev;

	for (u32 i = 0; (dev = trv_user_dev(exports.host, i)); i++) {
		if (!trv_dev_gone(dev))
			return false;
	}
	return true;
}

/* ---- open and close ------------------------------------------------------ */

static void end(void)
{
	if (exports.bufs)
		plug_bufs_close();
	exports.bufs = false;
	trv_user_close(exports.host);
	exports.host = NULL;
	free(exports.disks);
	exports.disks = NULL;
	exports.n_disks = 0;
}

int plug_open(const struct plug_config *config, struct trv_user_error *err)
{
	struct trv_dev *dev;
	int rc = config->driver ? user_drivers_find(config->driver, &exports.drivers, err) : 0;

	if (!rc)
		rc = trv_user_open(config->spec, err, &exports.host);
	if (rc)
		return rc;
	for (u32 i = 0; !rc && (dev = trv_user_dev(exports.host, i)); i++)
		rc = start_driver(dev, config, err);
	if (!rc)
		rc = find_disks(config, err);
	if (!rc)
		rc = find_default(config, err);
	if (!rc) {
		rc = plug_bufs_open(trv_user_dev(exports.host, 0));
		exports.bufs = !rc;
		if (rc)
			user_error(err, rc, "%s: no memory for data; dma= (qemu: ram=) gives more",
				   config->spec);
	}
	if (rc)
		end();
	return rc;
}

void plug_close(void)
{
	u32 misuses;

	for (u32 i = 0; i < exports.n_disks; i++) {
		struct plug_disk *d = &exports.disks[i];
		int rc = trv_dev_gone(d->dev) ? 0 : plug_flush_disk(d);

		if (rc && !(rc == -ENOMEDIUM && trv_disk_info(d->disk)->flags & TRV_DISK_READ_ONLY))
			nbdkit_error("disk %s: its cache cannot be flushed at the end: %s", d->name,
				     strerror(-rc));
	}
	end();
	misuses = trv_user_misuses();
	if (misuses)
		nbdkit_error(
			"the driver broke the header's contract %u times: see \"misuse\" above",
			misuses);
}
