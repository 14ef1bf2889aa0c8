// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What disks are made of, and what is said about specifications that are wrong. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model.h"

static void refused(const char *spec, const char *words)
{
	if (sim_plug(spec))
		sim_fail(SIM_EXPECT, SIM_SITE, "%s was accepted", spec);
	if (!strstr(sim_opt_error_text(), words))
		sim_fail(SIM_EXPECT, SIM_SITE, "%s: \"%s\" does not say \"%s\"", spec,
			 sim_opt_error_text(), words);
}

SIM_SCENARIO(m_specs, "ide_model/bad-specs",
	     "wrong specifications are refused, and the message names what to change")
{
	refused("piix4-ide,disk0=mem:0", "1 or more");
	refused("piix4-ide,disk0=mem:1000", "whole number of 512-byte sectors");
	refused("piix4-ide,disk0=mem:", "is not a size");
	refused("piix4-ide,disk0=mem:-5", "is not a size");
	refused("piix4-ide,disk0=mem:5X", "is not a size");
	refused("piix4-ide,disk0=mem:5Gb", "is not a size");
	refused("piix4-ide,disk0=mem:129P", "larger than a disk can be");
	/* Its sectors were 2^48, and IDENTIFY counts them in 48 bits. */
	refused("piix4-ide,disk0=sparse:128P", "larger than a disk can be");
	refused("piix4-ide,disk0=mem:99999999999999999999", "is not a size");
	refused("piix4-ide,disk0=sparse:99999999P", "larger than a disk can be");
	refused("piix4-ide,disk0=64M", "mem:SIZE");
	refused("piix4-ide,disk0=file:", "no file is named");
	refused("piix4-ide,disk0=file:/nonexistent/x.img", "/nonexistent/x.img");
	refused("piix4-ide,disk0=file:/nonexistent/x.img", "truncate");
	refused("piix4-ide,disk4=mem:1M", "disk4");
	refused("piix4-ide,mode=native", "mode");
	refused("pci-ide,mode=weird", "native-switchable");
	refused("pci-ide,udma=7", "0 to 6");
	refused("pci-ide,lba48=yes", "0 to 1");
}

/* ---- images --------------------------------------------------------------- */

struct image {
	char dir[64], path[96], spec[160];
};

static void image(struct image *im, const char *kind, off_t size)
{
	int fd;

	snprintf(im->dir, sizeof(im->dir), "%s/trivet-XXXXXX", getenv("TMPDIR") ?: "/tmp");
	sim_expect(mkdtemp(im->dir));
	snprintf(im->path, sizeof(im->path), "%s/disk.img", im->dir);
	snprintf(im->spec, sizeof(im->spec), "piix4-ide,disk0=%s:%s", kind, im->path);
	fd = open(im->path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	sim_expect(fd >= 0);
	sim_expect_eq(ftruncate(fd, size), 0);
	close(fd);
}

static void image_gone(struct image *im)
{
	unlink(im->path);
	rmdir(im->dir);
}

/* The file is removed whether the expectation inside holds or not. */
static void bad_image(off_t size, const char *words)
{
	struct image im;
	bool plugged, says;

	image(&im, "file", size);
	plugged = sim_plug(im.spec);
	says = strstr(sim_opt_error_text(), words) && strstr(sim_opt_error_text(), im.path);
	image_gone(&im);
	if (plugged || !says)
		sim_fail(SIM_EXPECT, SIM_SITE, "an image of %lld bytes: \"%s\"", (long long)size,
			 sim_opt_error_text());
}

SIM_SCENARIO(m_bad_images, "ide_model/bad-images",
	     "empty and odd images, a directory: refused by name, with the cure")
{
	struct image im;
	char spec[128];

	bad_image(0, "is empty");
	bad_image(1000, "has 1000 bytes");
	bad_image(513, "truncate -s %512");
	image(&im, "file", 512);
	snprintf(spec, sizeof(spec), "piix4-ide,disk0=ro:%s", im.dir);
	image_gone(&im);
	im.spec[0] = 0;
	refused("piix4-ide,disk0=ro:/", "not a regular file");
	refused("piix4-ide,disk0=file:/", "not a regular file");
	refused("piix4-ide,disk0=ro:/dev/null", "not a regular file");
}

SIM_SCENARIO(m_file, "ide_model/file",
	     "an image of 8 TiB: what is written is in the file, at its place")
{
	const u64 lba = (8ULL << 40) / 512 - 3;
	u8 data[ATA_SECTOR], got[ATA_SECTOR] = { 0 };
	struct ide_raw *r;
	struct image im;
	ssize_t n;
	u8 status;
	int fd;

	image(&im, "file", (off_t)8 << 40);
	r = sim_plug(im.spec) ? ide_raw(sim_dev_first()) : NULL;
	if (!sim_dev_first()) {
		image_gone(&im);
		sim_fail(SIM_EXPECT, SIM_SITE, "%s", sim_opt_error_text());
	}
	ide_clean(sim_dev_first());
	sim_expect_eq(sim_bind_to(sim_dev_first(), &ide_raw_driver), 0);
	r = ide_raw(sim_dev_first());
	ide_pattern(3, lba, 1, data);
	raw_task48(r, 0, lba, 1);
	status = raw_pio_write(r, ATA_OP_WRITE_SECTORS_EXT, data, 512, 512);
	fd = open(im.path, O_RDONLY | O_CLOEXEC);
	n = pread(fd, got, sizeof(got), (off_t)(lba * ATA_SECTOR));
	close(fd);
	image_gone(&im);
	sim_expect_eq(status, IDLE);
	sim_expect_eq(n, ATA_SECTOR);
	sim_expect(!memcmp(got, data, sizeof(got)));
	model_down(r);
}

SIM_SCENARIO(m_file_trim, "ide_model/file-trim",
	     "a trimmed range of an image reads as zeroes, its neighbours as before")
{
	u8 *data = model_buf(32), *got = model_buf(32), *ranges = model_buf(1);
	struct trv_dev *dev;
	struct ide_raw *r;
	struct image im;
	u8 status;

	image(&im, "file", 65536);
	dev = sim_plug(im.spec);
	image_gone(&im);
	sim_expect(dev);
	ide_clean(dev);
	sim_expect_eq(sim_bind_to(dev, &ide_raw_driver), 0);
	r = ide_raw(dev);
	ide_pattern(9, 0, 32, data);
	ide_medium_write(dev, 0, 0, 32, data);
	trv_put_le64(5 | 20ULL << 48, ranges);
	raw_buf_put(r, ranges, 0, ATA_SECTOR);
	raw_task48(r, 0, 0, 1);
	raw_out(r, ATA_FEATURES, 0);
	raw_out(r, ATA_FEATURES, ATA_DSM_TRIM);
	status = raw_dma(r, ATA_OP_DATA_SET_MANAGEMENT, ATA_SECTOR, false);
	sim_expect_eq(status, IDLE);
	memset(data + 5 * ATA_SECTOR, 0, 20 * ATA_SECTOR);
	ide_medium_read(dev, 0, 0, 32, got);
	sim_expect(!memcmp(got, data, 32 * ATA_SECTOR));
	model_down(r);
}

SIM_SCENARIO(m_zero, "ide_model/zeroes",
	     "memory nobody wrote reads as zeroes, around what was written too")
{
	struct trv_dev *dev = sim_plug("piix4-ide,disk0=mem:1M");
	u8 *got = model_buf(16), *want = model_buf(16);

	sim_expect(dev);
	memset(got, 0xff, 16 * ATA_SECTOR);
	ide_medium_read(dev, 0, 8, 16, got);
	sim_expect(!memcmp(got, want, 16 * ATA_SECTOR));
	memset(want + 2 * ATA_SECTOR, 0x33, ATA_SECTOR);
	ide_medium_write(dev, 0, 10, 1, want + 2 * ATA_SECTOR);
	ide_medium_read(dev, 0, 8, 16, got);
	sim_expect(!memcmp(got, want, 16 * ATA_SECTOR));
}

SIM_SCENARIO(m_ro, "ide_model/read-only", "a read-only image reads, and refuses writes")
{
	struct trv_dev *dev;
	struct ide_raw *r;
	struct image im;
	u8 buf[ATA_SECTOR], read_status, write_status;

	image(&im, "ro", 4096);
	dev = sim_plug(im.spec);
	image_gone(&im); /* it stays open */
	sim_expect(dev);
	ide_clean(dev);
	sim_expect_eq(sim_bind_to(dev, &ide_raw_driver), 0);
	r = ide_raw(dev);
	raw_task28(r, 0, 2, 1);
	read_status = raw_pio_read(r, ATA_OP_READ_SECTORS, buf, 512, 512);
	memset(buf, 0xee, sizeof(buf));
	raw_task28(r, 0, 2, 1);
	write_status = raw_pio_write(r, ATA_OP_WRITE_SECTORS, buf, 512, 512);
	sim_expect_eq(read_status, IDLE);
	sim_expect(write_status & ATA_STATUS_ERR);
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_ERROR_ABRT);
	ide_medium_read(dev, 0, 2, 1, buf);
	sim_expect_eq(buf[0], 0);
	model_down(r);
}

SIM_SCENARIO(m_locked, "ide_model/image-in-use",
	     "an image that another drive writes is not opened again; readers share")
{
	char spec[400];
	struct image im;
	bool both, twice;

	image(&im, "file", 4096);
	snprintf(spec, sizeof(spec), "%s,disk1=file:%s", im.spec, im.path);
	both = sim_plug(spec);
	snprintf(spec, sizeof(spec), "piix4-ide,disk0=ro:%s,disk1=ro:%s", im.path, im.path);
	twice = sim_plug(spec);
	image_gone(&im);
	sim_expect(!both);
	sim_expect(twice);
}

SIM_SCENARIO(m_truncated, "ide_model/image-truncated",
	     "an image that shrinks underneath: UNC, not zeroes and not a crash")
{
	struct trv_dev *dev;
	struct ide_raw *r;
	struct image im;
	u8 buf[ATA_SECTOR], status;

	image(&im, "file", 65536);
	dev = sim_plug(im.spec);
	if (truncate(im.path, 4096))
		dev = NULL;
	image_gone(&im);
	sim_expect(dev);
	ide_clean(dev);
	sim_expect_eq(sim_bind_to(dev, &ide_raw_driver), 0);
	r = ide_raw(dev);
	raw_task28(r, 0, 20, 1);
	status = raw_pio_read(r, ATA_OP_READ_SECTORS, buf, 512, 512);
	sim_expect(status & ATA_STATUS_ERR);
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_ERROR_UNC);
	model_down(r);
}

SIM_SCENARIO(m_pattern, "ide_model/pattern",
	     "the pattern differs between sectors and seeds, and a write changes only its own")
{
	struct trv_dev *dev = sim_plug("piix4-ide,disk0=mem:1M");
	u8 *a = model_buf(16), *b = model_buf(16), *c = model_buf(1);

	sim_expect(dev);
	ide_medium_pattern(dev, 0, 1);
	ide_medium_read(dev, 0, 0, 16, a);
	for (u32 i = 1; i < 16; i++)
		sim_expect(memcmp(a, a + i * ATA_SECTOR, ATA_SECTOR));
	ide_pattern(2, 0, 16, b);
	sim_expect(memcmp(a + 8, b + 8, ATA_SECTOR - 8));
	memset(c, 0, ATA_SECTOR);
	ide_medium_write(dev, 0, 5, 1, c);
	ide_medium_read(dev, 0, 0, 16, b);
	memcpy(a + 5 * ATA_SECTOR, c, ATA_SECTOR);
	sim_expect(!memcmp(a, b, 16 * ATA_SECTOR));
}
