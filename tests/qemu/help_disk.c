// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Requests to disks: single ones, ones that must end exactly once, many at a time. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "help.h"

enum { PART = 256, MOST = 32, WAIT_MS = 60000 };

struct trv_host *qt_open_unbound(const char *fmt, ...)
{
	struct trv_host *host = NULL;
	char spec[1024];
	va_list ap;
	int rc;

	va_start(ap, fmt);
	vsnprintf(spec, sizeof(spec), fmt, ap);
	va_end(ap);
	rc = trv_user_open(spec, &qt_err, &host);
	CU_ASSERT_EQUAL(rc, 0);
	if (!rc)
		return host;
	ktap_note("%s: error %d: %s", spec, -rc, qt_err.text);
	return NULL;
}

bool qt_bind_with(struct trv_host *host, const char *option, u32 val)
{
	struct trv_dev *dev = trv_user_dev(host, 0);
	int rc = trv_user_option(dev, option, val);

	if (!rc)
		rc = trv_user_bind(dev, NULL);
	CU_ASSERT_EQUAL(rc, 0);
	return !rc;
}

const char *qt_blkdebug(const char *name, const char *image, const char *rules)
{
	const char *config = qt_path(name);
	FILE *f = fopen(config, "we");
	char *text;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs(rules, f);
	CU_ASSERT_EQUAL(fclose(f), 0);
	if (asprintf(&text,
		     "driver=raw,,file.driver=blkdebug,,file.config=%s,,"
		     "file.image.driver=file,,file.image.filename=%s",
		     config, image) < 0)
		abort();
	return qt_keep(text);
}

/* ---- single ones --------------------------------------------------------- */

static size_t bytes_of(const struct trv_disk *disk, u32 blocks)
{
	return (size_t)blocks * trv_disk_info(disk)->block_size;
}

int qt_put(struct trv_disk *disk, u64 lba, u32 blocks, u32 seed)
{
	const size_t len = bytes_of(disk, blocks);
	u8 *buf = malloc(len);
	int rc;

	qt_fill(buf, len, seed);
	rc = trv_disk_rw(disk, TRV_REQ_WRITE, lba, blocks, buf);
	free(buf);
	return rc;
}

/* Data that are not the pattern are an error no disk returns. */
int qt_get(struct trv_disk *disk, u64 lba, u32 blocks, u32 seed)
{
	const size_t len = bytes_of(disk, blocks);
	u8 *buf = malloc(len);
	int rc;

	memset(buf, 0x5a, len);
	rc = trv_disk_rw(disk, TRV_REQ_READ, lba, blocks, buf);
	if (!rc && !qt_filled(buf, len, seed))
		rc = -1000;
	free(buf);
	return rc;
}

static void once_done(struct trv_io *io)
{
	struct qt_once *once = io->arg;

	(void)trv_fetch_add(&once->ends, 1);
	trv_event_signal(&once->ended);
}

static int once_start(struct qt_once *once, struct trv_disk *disk, enum trv_req_op op, bool fua,
		      u64 lba, u32 blocks, void *buf)
{
	*once = (struct qt_once){
		.io = { .op = op,
			.fua = fua,
			.lba = lba,
			.blocks = blocks,
			.done = once_done,
			.arg = once },
	};
	trv_event_init(&once->ended);
	if (buf) {
		once->vec = (struct trv_vec){ buf, (u32)bytes_of(disk, blocks) };
		once->io.vec = &once->vec;
		once->io.n_vec = 1;
	}
	return trv_disk_submit(disk, &once->io);
}

bool qt_submit(struct qt_once *once, struct trv_disk *disk, enum trv_req_op op, u64 lba, u32 blocks,
	       void *buf)
{
	int rc = once_start(once, disk, op, false, lba, blocks, buf);

	CU_ASSERT_EQUAL(rc, 0);
	return !rc;
}

bool qt_submit_fua(struct qt_once *once, struct trv_disk *disk, u64 lba, u32 blocks, void *buf)
{
	int rc = once_start(once, disk, TRV_REQ_WRITE, true, lba, blocks, buf);

	CU_ASSERT_EQUAL(rc, 0);
	return !rc;
}

int qt_wait(struct qt_once *once)
{
	CU_ASSERT_EQUAL_FATAL(trv_event_wait(&once->ended, WAIT_MS * 1000ULL), 0);
	CU_ASSERT_EQUAL(trv_load_acquire(&once->ends), 1);
	return once->io.status;
}

/* ---- until the end ------------------------------------------------------- */

u64 qt_ms_since(u64 start)
{
	return (trv_time_ns() - start) / 1000000;
}

void *qt_keep_reading(void *arg)
{
	static int rc;
	u8 buf[4096];

	do {
		rc = trv_disk_rw(arg, TRV_REQ_READ, 0, sizeof(buf) / 512, buf);
	} while (!rc);
	return &rc;
}

void qt_all_gone(struct trv_host *host)
{
	struct trv_dev *dev = trv_user_dev(host, 0);
	u64 start = trv_time_ns();
	u8 buf[512];
	u32 val;

	CU_ASSERT(trv_dev_gone(dev));
	CU_ASSERT_EQUAL(trv_cfg_read32(dev, 0, &val), -ENODEV);
	CU_ASSERT_EQUAL(val, ~0U);
	CU_ASSERT_EQUAL(trv_disk_rw(qt_disk(host, 0), TRV_REQ_READ, 0, 1, buf), -ENODEV);
	trv_user_unbind(dev);
	CU_ASSERT_EQUAL(trv_user_bind(dev, NULL), -ENODEV);
	CU_ASSERT(qt_ms_since(start) < QT_SOON_MS);
}

/* ---- many ---------------------------------------------------------------- */

/* One request, waited for: its status. */
static int one(struct qt_load *load, enum trv_req_op op, u64 lba, u32 blocks, void *buf)
{
	struct qt_once once;
	int rc = once_start(&once, load->disk, op, false, lba, blocks, buf);

	if (rc)
		return rc;
	while (trv_event_wait(&once.ended, WAIT_MS * 1000ULL))
		continue;
	if (trv_load_acquire(&once.ends) != 1)
		(void)trv_fetch_add(&load->twice, 1);
	return once.io.status;
}

static void *load_main(void *arg)
{
	struct qt_load *load = arg;
	const u32 nr = trv_fetch_add(&load->n_threads, 1), size = 512;
	const u64 base = load->lba + nr * PART;
	u8 *buf = malloc((size_t)MOST * size);
	u32 state = nr;
	int rc = 0;

	while (!rc && !trv_load_acquire(&load->stop)) {
		u32 at, blocks;

		state = state * 1103515245 + 12345;
		blocks = 1 + state / 65536 % MOST;
		at = state / 4096 % (PART - MOST);
		qt_fill(buf, (size_t)blocks * size, state);
		rc = one(load, TRV_REQ_WRITE, base + at, blocks, buf);
		memset(buf, 0x5a, (size_t)blocks * size);
		if (!rc)
			rc = one(load, TRV_REQ_READ, base + at, blocks, buf);
		if (!rc && !qt_filled(buf, (size_t)blocks * size, state))
			(void)trv_fetch_add(&load->bad, 1);
		(void)trv_fetch_add(rc ? &load->errors : &load->rounds, 1);
	}
	if (rc)
		__atomic_store_n(&load->first, rc, __ATOMIC_RELAXED);
	free(buf);
	return NULL;
}

void qt_load_start(struct qt_load *load, struct trv_disk *disk, u64 lba)
{
	memset(load, 0, sizeof(*load));
	load->disk = disk;
	load->lba = lba;
	for (u32 i = 0; i < QT_LOAD_THREADS; i++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&load->thread[i], NULL, load_main, load), 0);
}

void qt_load_wait(struct qt_load *load, u32 rounds)
{
	const u32 until = trv_load_acquire(&load->rounds) + rounds;

	for (u32 i = 0; i < WAIT_MS && !trv_load_acquire(&load->errors) &&
			(s32)(until - trv_load_acquire(&load->rounds)) > 0;
	     i++)
		usleep(1000);
	CU_ASSERT(trv_load_acquire(&load->rounds) >= until || trv_load_acquire(&load->errors));
}

void qt_load_stop(struct qt_load *load)
{
	trv_store_release(&load->stop, 1);
	for (u32 i = 0; i < QT_LOAD_THREADS; i++)
		pthread_join(load->thread[i], NULL);
	CU_ASSERT_EQUAL(load->bad, 0);
	CU_ASSERT_EQUAL(load->twice, 0);
}
