// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The same load on a disk that this process drives itself, by the API: DISK is vfio:DEVICE or
 * uio:DEVICE. MAPS names a file for /proc/self/maps.
 */
#include <errno.h>

#include <trivet/disk.h>
#include <trivet/user.h>

#include "../vm/load.h"

static struct trv_disk *disk;
static void *buf;

static void fail(const char *what, int rc)
{
	errno = -rc;
	die(what);
}

static void one(const struct load *l, uint64_t at)
{
	const u32 block = trv_disk_info(disk)->block_size;
	int rc = trv_disk_rw(disk, l->write ? TRV_REQ_WRITE : TRV_REQ_READ, at / block,
			     (u32)(l->bytes / block), buf);

	if (rc)
		fail("a request", rc);
}

int main(int argc, char **argv)
{
	struct load l = load_args(argc, argv);
	const struct trv_disk_info *info;
	struct trv_user_error err;
	struct trv_host *host;
	struct trv_dev *dev;
	int rc = trv_user_open(l.disk, &err, &host);

	if (rc) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	dev = trv_user_dev(host, 0);
	rc = trv_user_bind(dev, NULL);
	if (rc)
		fail(l.disk, rc);
	disk = trv_disk_first(dev);
	if (!disk)
		fail("its disk", -ENODEV);
	info = trv_disk_info(disk);
	l.size = info->blocks * info->block_size;
	if (l.bytes % info->block_size)
		fail("part of a block", -EINVAL);
	buf = trv_user_dma_buf(dev, l.bytes);
	if (!buf)
		fail("memory", -ENOMEM);
	memset(buf, 1, l.bytes);

	load_run(&l, one);
	maps_copy();
	trv_user_dma_buf_free(dev, buf, l.bytes);
	trv_user_close(host);
	if (trv_user_misuses())
		fail("misuse", -EPROTO);
	return 0;
}
