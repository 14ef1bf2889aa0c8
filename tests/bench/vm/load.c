// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Load on a disk of the kernel's, past its cache: load.h has the command line. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/fs.h>

#include "load.h"

static int fd;
static void *buf;

static void one(const struct load *l, uint64_t at)
{
	ssize_t n = l->write ? pwrite(fd, buf, l->bytes, (off_t)at) :
			       pread(fd, buf, l->bytes, (off_t)at);

	if (n != (ssize_t)l->bytes)
		die("a request");
}

int main(int argc, char **argv)
{
	struct load l = load_args(argc, argv);

	fd = open(l.disk, (l.write ? O_WRONLY : O_RDONLY) | O_DIRECT);
	if (fd < 0)
		die(l.disk);
	if (ioctl(fd, BLKGETSIZE64, &l.size))
		die("size");
	if (posix_memalign(&buf, 4096, l.bytes))
		die("memory");
	memset(buf, 1, l.bytes);
	load_run(&l, one);
	return 0;
}
