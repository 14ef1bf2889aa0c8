// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who drove a device before. It is written before anything is changed, and
 * removed when all is as it was: a process that is killed in between leaves
 * enough behind for "unbind". In /run, for after a start nothing is bound.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/linux-user/cli/hw/hw.h>

static struct hw_path dir(void)
{
	return hw_path("run/trivet/bind");
}

static struct hw_path file(const struct hw_dev *dev)
{
	return hw_path("run/trivet/bind/%s", dev->name);
}

int hw_record_load(const struct hw_dev *dev, struct hw_record *rec)
{
	struct hw_path path = file(dev);
	char line[PATH_MAX + 64], key[16], value[HW_NAME];
	unsigned int vendor, device;
	FILE *f = fopen(path.s, "re");

	*rec = (struct hw_record){ 0 };
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strcmp(line, "anyone"))
			rec->anyone = true;
		if (!strncmp(line, "owner ", 6))
			hw_list_add(&rec->owners, "%s", line + 6);
		if (sscanf(line, "id %4x:%4x", &vendor, &device) == 2) {
			rec->vendor = (u16)vendor;
			rec->device = (u16)device;
		}
		if (sscanf(line, "%15s %63s", key, value) != 2)
			continue;
		if (!strcmp(key, "driver"))
			snprintf(rec->driver, sizeof(rec->driver), "%s", value);
		if (!strcmp(key, "override"))
			snprintf(rec->override, sizeof(rec->override), "%s", value);
	}
	fclose(f);
	if (rec->vendor == dev->ident.vendor && rec->device == dev->ident.device)
		return 0;
	hw_record_free(rec);
	return -ENOENT;
}

void hw_record_free(struct hw_record *rec)
{
	hw_list_free(&rec->owners);
	*rec = (struct hw_record){ 0 };
}

int hw_record_save(const struct hw_dev *dev, const struct hw_record *rec)
{
	struct hw_path where = dir(), path = file(dev);
	char *text = NULL;
	size_t len;
	int rc = hw_mkdir(&where);
	FILE *f = rc ? NULL : open_memstream(&text, &len);

	if (rc)
		return rc;
	if (!f)
		return cli_error(CLI_LIMIT, "out of memory");
	fprintf(f, "id %04x:%04x\n", dev->ident.vendor, dev->ident.device);
	if (rec->anyone)
		fputs("anyone\n", f);
	if (rec->driver[0])
		fprintf(f, "driver %s\n", rec->driver);
	if (rec->override[0])
		fprintf(f, "override %s\n", rec->override);
	for (u32 i = 0; i < rec->owners.n; i++)
		fprintf(f, "owner %s\n", rec->owners.at[i]);
	rc = fclose(f) ? cli_error(CLI_LIMIT, "out of memory") : hw_replace(&path, text);
	free(text);
	return rc;
}

int hw_record_drop(const struct hw_dev *dev)
{
	struct hw_path path = file(dev);

	return hw_exists(&path) ? hw_remove(&path) : CLI_OK;
}
