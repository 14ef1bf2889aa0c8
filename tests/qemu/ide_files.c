// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A tree of files, from the host through the driver and back: mke2fs makes a
 * file system of it, the driver copies that from disk to disk block by block, and e2fsck
 * and debugfs find on the copy what was put in.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "help.h"

enum { SECTOR = 512, PIECE = 128 };

/**
 * struct tree - how much there is: by register each 16 bits are a message
 * @size:  of the images
 * @type:  of the file system
 * @files: small ones
 * @large: bytes of the large one
 */
struct tree {
	u32 size;
	const char *type;
	u32 files;
	u32 large;
};

static const struct tree big = { 6 << 20, "ext4", 200, 3000000 };
static const struct tree little = { 256 << 10, "ext2", 20, 60000 };

static const char *dir;

/* A command of the host's; its output goes into the diagnostics when it fails. */
static bool host_does(const char *fmt, ...) TRV_PRINTF(1, 2);
static bool host_does(const char *fmt, ...)
{
	char command[1024], line[512];
	va_list ap;
	FILE *f;
	int n;

	n = snprintf(command, sizeof(command), "cd '%s' && PATH=$PATH:/usr/sbin:/sbin && { ", dir);
	va_start(ap, fmt);
	n += vsnprintf(command + n, sizeof(command) - (size_t)n, fmt, ap);
	va_end(ap);
	snprintf(command + n, sizeof(command) - (size_t)n, "; } 2>&1");
	f = popen(command, "re");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	n = 0;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (n++ < 20)
			ktap_note("%s", line);
	}
	n = pclose(f);
	CU_ASSERT_EQUAL(n, 0);
	return !n;
}

/* Small files, a large one, a link, a directory in a directory. */
static bool make_tree(const struct tree *tree)
{
	return host_does("rm -rf tree back && mkdir -p tree/a/b && "
			 "for i in $(seq %u); do echo file $i >tree/a/f$i; done && "
			 "head -c %u /dev/urandom >tree/a/b/large && ln -s a/f7 tree/link && "
			 ": >tree/empty && chmod 640 tree/a/f9",
			 tree->files, tree->large) &&
	       host_does("mke2fs -q -t %s -b 1024 -N %u -d tree src.img", tree->type,
			 tree->files + 40);
}

static void copy(struct trv_disk *from, struct trv_disk *to, u32 size)
{
	const u64 blocks = trv_disk_info(from)->blocks;
	u8 *buf = malloc(PIECE * SECTOR);

	CU_ASSERT_EQUAL(blocks, size / SECTOR);
	for (u64 at = 0; at < blocks; at += PIECE) {
		const u32 n = (u32)trv_min(blocks - at, (u64)PIECE);
		int rc = trv_disk_rw(from, TRV_REQ_READ, at, n, buf);

		if (!rc)
			rc = trv_disk_rw(to, TRV_REQ_WRITE, at, n, buf);
		CU_ASSERT_EQUAL_FATAL(rc, 0);
	}
	CU_ASSERT_EQUAL(trv_disk_rw(to, TRV_REQ_FLUSH, 0, 0, NULL), 0);
	free(buf);
}

static void there_and_back(const char *model, const struct tree *tree, u32 to, u32 dma)
{
	struct trv_host *host;

	dir = strdup(qt_path(""));
	(void)qt_file("src.img", tree->size);
	(void)qt_file("dst.img", tree->size);
	if (!make_tree(tree))
		return;
	host = qt_open_unbound("qemu:%s,disk0=%ssrc.img,disk%u=%sdst.img", model, dir, to, dir);
	if (host && qt_bind_with(host, "dma", dma)) {
		copy(qt_disk(host, 0), qt_disk(host, to), tree->size);
		/* While QEMU has it still: the flush is what counts. */
		CU_ASSERT(host_does("cmp src.img dst.img"));
		CU_ASSERT(host_does("e2fsck -fn dst.img >log 2>&1 || { cat log; false; }"));
	}
	trv_user_close(host);
	CU_ASSERT(host_does("mkdir back && debugfs -R 'rdump / back' dst.img >log 2>&1 && "
			    "rm -rf back/lost+found && diff -r --no-dereference tree back"));
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
	free((char *)dir);
}

static void dma_to_the_slave(void)
{
	there_and_back("piix4-ide", &big, 1, 1);
}

static void dma_to_the_other_channel(void)
{
	there_and_back("piix3-ide", &big, 2, 1);
}

static void pio_to_the_other_channel(void)
{
	there_and_back("piix3-ide", &little, 3, 0);
}

KTAP_SUITE(files, KTAP_TEST(dma_to_the_slave), KTAP_TEST(dma_to_the_other_channel),
	   KTAP_TEST(pio_to_the_other_channel));
KTAP_MAIN(&files);
