// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The recorder: what is recorded, of registers that are plain memory too;
 * that a listener or file which fails harms no driver; and that no file, cut
 * off or garbled anywhere, is read as anything but what was written.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <drivers/edu/edu.h>
#include <os/linux-user/probes.h>
#include <tests/checkers/dummy.h>
#include <tests/conformance/user_dummy.h>

#include "help.h"

enum { MANY = 4096, LEN = 600 };

/** struct heard - a listener: the first MANY facts; after @most it has had enough */
struct heard {
	struct trv_fact facts[MANY];
	u32 n;
	u32 most;
};

static struct heard heard;

static int hear(const struct trv_fact *fact, void *arg)
{
	struct heard *h = arg;

	if (h->n == h->most)
		return -ENOSPC;
	h->facts[h->n] = *fact;
	h->facts[h->n].name = strdup(fact->name);
	h->n++;
	return 0;
}

static void forget(void)
{
	while (heard.n)
		free((char *)heard.facts[--heard.n].name);
	heard.most = MANY;
}

/* The @nth of that kind; NULL. */
static const struct trv_fact *find(enum trv_fact_kind kind, u32 nth)
{
	for (u32 i = 0; i < heard.n; i++) {
		if (heard.facts[i].kind == kind && !nth--)
			return &heard.facts[i];
	}
	return NULL;
}

static u32 count(enum trv_fact_kind kind)
{
	u32 n = 0;

	while (find(kind, n))
		n++;
	return n;
}

static int probe(struct trv_dev *d, const struct trv_pci_id *id)
{
	return 0;
}

static const struct trv_driver idle = { .name = "idle", .probe = probe };

/* A host of the dummy device, recorded, with a driver bound that leaves it to us. */
static struct trv_dev *dummy_up(struct trv_host **host, bool mapped)
{
	struct trv_dev *dev;

	forget();
	*host = user_dummy_open(mapped);
	dev = trv_user_dev(*host, 0);
	CU_ASSERT_EQUAL(trv_user_record(*host, hear, &heard), 0);
	CU_ASSERT_EQUAL(trv_user_bind(dev, &idle), 0);
	return dev;
}

/* ---- registers ----------------------------------------------------------- */

static void access_each_width(struct trv_mmio h)
{
	u8 fifo[8];

	trv_write64(h, 0x10, 0x0123456789abcdefULL);
	trv_write8(h, 0x10, 0x5a);
	trv_write16(h, 0x12, 0x1234);
	trv_write32(h, 0x14, 0x89abcdef);
	CU_ASSERT_EQUAL(trv_read64(h, 0x10), 0x89abcdef1234cd5aULL);
	CU_ASSERT_EQUAL(trv_read32(h, 0x14), 0x89abcdef);
	CU_ASSERT_EQUAL(trv_read16(h, 0x12), 0x1234);
	CU_ASSERT_EQUAL(trv_read8(h, 0x11), 0xcd);
	trv_read_rep16(h, 0x12, fifo, 4);
	trv_write_rep32(h, 0x14, "abcd", 1);
}

static void check_each_width(void)
{
	static const struct {
		u32 off, width;
		u64 val;
	} written[] = { { 0x10, 8, 0x0123456789abcdefULL },
			{ 0x10, 1, 0x5a },
			{ 0x12, 2, 0x1234 },
			{ 0x14, 4, 0x89abcdef } },
	  read[] = { { 0x10, 8, 0x89abcdef1234cd5aULL },
		     { 0x14, 4, 0x89abcdef },
		     { 0x12, 2, 0x1234 },
		     { 0x11, 1, 0xcd } };
	const struct trv_fact *f;

	CU_ASSERT_EQUAL(count(TRV_FACT_REG_WRITE), 4);
	CU_ASSERT_EQUAL(count(TRV_FACT_REG_READ), 4);
	for (u32 i = 0; i < 4; i++) {
		f = find(TRV_FACT_REG_WRITE, i);
		CU_ASSERT(f && f->bar == DUMMY_BAR_MEM && f->off == written[i].off &&
			  f->width == written[i].width && f->val == written[i].val && !f->rc);
		f = find(TRV_FACT_REG_READ, i);
		CU_ASSERT(f && f->bar == DUMMY_BAR_MEM && f->off == read[i].off &&
			  f->width == read[i].width && f->val == read[i].val && !f->rc);
	}
	f = find(TRV_FACT_REG_READ_REP, 0);
	CU_ASSERT(f && f->off == 0x12 && f->width == 2 && f->count == 4 && f->len == 8 &&
		  f->n_data == 8 && !memcmp(f->data, "\x34\x12\x34\x12\x34\x12\x34\x12", 8));
	f = find(TRV_FACT_REG_WRITE_REP, 0);
	CU_ASSERT(f && f->off == 0x14 && f->width == 4 && f->count == 1 && f->len == 4 &&
		  f->n_data == 4 && !memcmp(f->data, "abcd", 4));
}

static void registers(bool mapped)
{
	struct trv_host *host;
	struct trv_dev *dev = dummy_up(&host, mapped);
	struct trv_mmio h;
	u32 before;

	CU_ASSERT_EQUAL_FATAL(trv_bar_map(dev, DUMMY_BAR_MEM, 64, &h), 0);
	access_each_width(h);
	check_each_width();
	/* When nobody listens any more, the accesses are the same. */
	CU_ASSERT_EQUAL(trv_user_record_end(host), 0);
	before = heard.n;
	access_each_width(h);
	CU_ASSERT_EQUAL(heard.n, before);
	trv_bar_unmap(dev, &h);
	trv_user_unbind(dev);
	/* And the next driver gets its memory. */
	CU_ASSERT_EQUAL(trv_user_bind(dev, &idle), 0);
	CU_ASSERT_EQUAL(trv_bar_map(dev, DUMMY_BAR_MEM, 64, &h), 0);
	CU_ASSERT_EQUAL(h.base != NULL, mapped);
	trv_bar_unmap(dev, &h);
	trv_user_close(host);
}

static void registers_mapped(void)
{
	registers(true);
}

static void registers_not_mapped(void)
{
	registers(false);
}

/* A debugger has attached to a probe, or has left. */
static void attach(int by)
{
#ifdef STAP_PROBEV
	trivet_reg_write_semaphore = (unsigned short)(trivet_reg_write_semaphore + by);
#endif
}

static void registers_probed(void)
{
	struct trv_host *host = user_dummy_open(true);
	struct trv_dev *dev = trv_user_dev(host, 0);
	struct trv_mmio h;

	if (strcmp(USER_PROBES_BUILT, "USDT")) {
		trv_user_close(host);
		KTAP_SKIP("built without probes");
	}
	attach(1);
	CU_ASSERT_EQUAL(trv_user_bind(dev, &idle), 0);
	CU_ASSERT_EQUAL(trv_bar_map(dev, DUMMY_BAR_MEM, 64, &h), 0);
	CU_ASSERT_PTR_NULL((void *)h.base);
	access_each_width(h);
	trv_bar_unmap(dev, &h);
	attach(-1);
	CU_ASSERT_EQUAL(trv_bar_map(dev, DUMMY_BAR_MEM, 64, &h), 0);
	CU_ASSERT_PTR_NOT_NULL((void *)h.base);
	access_each_width(h);
	trv_bar_unmap(dev, &h);
	trv_user_close(host);
}

static void registers_out_of_reach(void)
{
	struct trv_host *host;
	struct trv_dev *dev = dummy_up(&host, true);
	const struct trv_fact *f;
	struct trv_port h;

	CU_ASSERT_EQUAL_FATAL(trv_bar_map(dev, DUMMY_BAR_PORT, 4, &h), 0);
	trv_user_unplug(host);
	CU_ASSERT(trv_dev_gone(dev));
	trv_write16(h, 0, 1);
	CU_ASSERT_EQUAL(trv_read16(h, 0), 0xffff);
	trv_bar_unmap(dev, &h);
	/* Until then a worker tells of its work, which is that the device has gone. */
	trv_user_close(host);
	f = find(TRV_FACT_REG_READ, 0);
	CU_ASSERT(f && f->rc == -ENODEV && f->val == 0xffff);
	f = find(TRV_FACT_REG_WRITE, 0);
	CU_ASSERT(f && f->rc == -ENODEV && f->val == 1);
	CU_ASSERT_EQUAL(count(TRV_FACT_GONE), 1);
}

/* ---- listeners ----------------------------------------------------------- */

static void rules(void)
{
	struct trv_host *host;
	struct trv_dev *dev = dummy_up(&host, true);

	CU_ASSERT_EQUAL(trv_user_record(host, hear, &heard), -EBUSY);
	CU_ASSERT_EQUAL(trv_user_record_end(host), 0);
	CU_ASSERT_EQUAL(trv_user_record_end(host), -EINVAL);
	/* It is bound still: its registers may be mapped. */
	CU_ASSERT_EQUAL(trv_user_record(host, hear, &heard), -EBUSY);
	trv_user_unbind(dev);
	CU_ASSERT_EQUAL(trv_user_record(host, hear, &heard), 0);
	CU_ASSERT_EQUAL(count(TRV_FACT_DEVICE), 2);
	CU_ASSERT_STRING_EQUAL(find(TRV_FACT_DEVICE, 0)->name, trv_dev_name(dev));
	trv_user_close(host);
}

static u32 lines;

static void count_line(const struct trv_dev *dev, enum trv_log_level level, const char *line,
		       void *arg)
{
	if (strstr(line, "recording ends here: No space left"))
		lines++;
}

/* All that the tutorial driver can do, while the listener fails at the @most-th fact. */
static void works_with(struct trv_host *host)
{
	struct trv_dev *dev = trv_user_dev(host, 0);
	u8 *in = trv_alloc(dev, LEN, TRV_SLEEP), *out = trv_user_dma_buf(dev, LEN);
	u32 result = 0;

	qt_fill(in, LEN, 3);
	CU_ASSERT_EQUAL(edu_factorial(dev, 10, &result), 0);
	CU_ASSERT_EQUAL(result, 3628800);
	CU_ASSERT_EQUAL(edu_copy_in(dev, 0, in, LEN), 0);
	CU_ASSERT_EQUAL(edu_copy_out(dev, 0, out, LEN), 0);
	CU_ASSERT(qt_filled(out, LEN, 3));
	trv_user_dma_buf_free(dev, out, LEN);
	trv_free(dev, in, LEN);
}

static struct trv_host *edu_up(int (*fn)(const struct trv_fact *fact, void *arg), void *arg)
{
	struct trv_host *host;
	int rc = trv_user_open("qemu:edu", &qt_err, &host);

	CU_ASSERT_EQUAL_FATAL(rc, 0);
	CU_ASSERT_EQUAL(trv_user_record(host, fn, arg), 0);
	CU_ASSERT_EQUAL_FATAL(trv_user_bind(trv_user_dev(host, 0), NULL), 0);
	return host;
}

static void had_enough(void)
{
	struct trv_host *host;

	for (u32 most = 0; most <= 60; most += 20) {
		forget();
		heard.most = most;
		lines = 0;
		trv_user_on_log(count_line, NULL);
		host = edu_up(hear, &heard);
		works_with(host);
		trv_user_unbind(trv_user_dev(host, 0));
		CU_ASSERT_EQUAL(trv_user_record_end(host), -ENOSPC);
		trv_user_close(host);
		trv_user_on_log(NULL, NULL);
		CU_ASSERT_EQUAL(heard.n, most);
		CU_ASSERT_EQUAL(lines, 1);
	}
}

/* ---- a driver at work ---------------------------------------------------- */

/* Is there one of each in that order? */
static bool in_order(const enum trv_fact_kind *kinds, u32 n)
{
	u32 done = 0;

	for (u32 i = 0; i < heard.n && done < n; i++)
		done += heard.facts[i].kind == kinds[done];
	return done == n;
}

static void edu(void)
{
	static const enum trv_fact_kind story[] = {
		TRV_FACT_DEVICE,    TRV_FACT_BIND,	 TRV_FACT_IRQ_ALLOC,   TRV_FACT_IRQ_ATTACH,
		TRV_FACT_BIND_DONE, TRV_FACT_REG_WRITE,	 TRV_FACT_IRQ_RAISE,   TRV_FACT_IRQ,
		TRV_FACT_REG_READ,  TRV_FACT_REG_WRITE,	 TRV_FACT_DMA_MAP,     TRV_FACT_IRQ_RAISE,
		TRV_FACT_IRQ,	    TRV_FACT_DMA_UNMAP,	 TRV_FACT_DMA_MAP,     TRV_FACT_DMA_UNMAP,
		TRV_FACT_UNBIND,    TRV_FACT_IRQ_DETACH, TRV_FACT_UNBIND_DONE,
	};
	const struct trv_fact *map, *unmap;
	struct trv_host *host;
	u64 ns = 0;

	forget();
	host = edu_up(hear, &heard);
	works_with(host);
	trv_user_unbind(trv_user_dev(host, 0));
	CU_ASSERT_EQUAL(trv_user_record_end(host), 0);
	trv_user_close(host);
	CU_ASSERT(in_order(story, TRV_ARRAY_SIZE(story)));
	/* Whom a handler wakes may map before it has ended. */
	CU_ASSERT_EQUAL(count(TRV_FACT_IRQ_DONE), count(TRV_FACT_IRQ));
	for (u32 i = 0; i < heard.n; i++) {
		CU_ASSERT(heard.facts[i].ns >= ns);
		ns = heard.facts[i].ns;
		CU_ASSERT_PTR_NOT_NULL(trv_fact_kind_name(heard.facts[i].kind));
	}
	CU_ASSERT_STRING_EQUAL(find(TRV_FACT_BIND, 0)->name, "edu");
	CU_ASSERT_EQUAL(find(TRV_FACT_IRQ, 0)->ctx, TRV_FACT_IN_IRQ);
	CU_ASSERT_EQUAL(find(TRV_FACT_BIND, 0)->ctx, TRV_FACT_IN_TASK);
	CU_ASSERT(find(TRV_FACT_IRQ, 0)->tid != find(TRV_FACT_BIND, 0)->tid);

	/* The same data there and back; one way copied, the other way in place. */
	map = find(TRV_FACT_DMA_MAP, 0);
	CU_ASSERT(map->len == LEN && map->dir == TRV_DMA_TO_DEVICE && map->val == 1);
	unmap = find(TRV_FACT_DMA_UNMAP, 1);
	CU_ASSERT(unmap->len == LEN && unmap->dir == TRV_DMA_FROM_DEVICE && unmap->val == 0);
	CU_ASSERT_EQUAL(map->digest, unmap->digest);
	/* Nobody is to look at what was there before. */
	CU_ASSERT(map->digest);
	CU_ASSERT_EQUAL(find(TRV_FACT_DMA_MAP, 1)->digest, 0);
	CU_ASSERT_EQUAL(find(TRV_FACT_DMA_UNMAP, 0)->digest, 0);
	CU_ASSERT_EQUAL(count(TRV_FACT_DMA_MAP), count(TRV_FACT_DMA_UNMAP));
	CU_ASSERT_EQUAL(count(TRV_FACT_IRQ), count(TRV_FACT_IRQ_DONE));
}

static void ide(void)
{
	const char *path = qt_file("d.img", 1 << 20);
	const struct trv_fact *start, *done;
	struct trv_host *host;
	char spec[256];
	u8 buf[1024];

	forget();
	snprintf(spec, sizeof(spec), "qemu:piix3-ide,disk=%s", path);
	CU_ASSERT_EQUAL_FATAL(trv_user_open(spec, &qt_err, &host), 0);
	CU_ASSERT_EQUAL(trv_user_record(host, hear, &heard), 0);
	CU_ASSERT_EQUAL_FATAL(trv_user_bind(trv_user_dev(host, 0), NULL), 0);
	CU_ASSERT_EQUAL(trv_disk_rw(qt_disk(host, 0), TRV_REQ_READ, 7, 2, buf), 0);
	trv_user_close(host);
	start = find(TRV_FACT_REQ_START, 0);
	done = find(TRV_FACT_REQ_DONE, 0);
	CU_ASSERT(start && start->op == TRV_REQ_READ && start->lba == 7 && start->count == 2);
	CU_ASSERT(done && done->lba == 7 && !done->rc && done->vec == start->vec);
	/* IDENTIFY: 256 words. */
	CU_ASSERT(find(TRV_FACT_REG_READ_REP, 0) && find(TRV_FACT_REG_READ_REP, 0)->len == 512);
	CU_ASSERT(count(TRV_FACT_DMA_ALLOC) && count(TRV_FACT_DMA_MAP));
	CU_ASSERT_EQUAL(count(TRV_FACT_DMA_ALLOC), count(TRV_FACT_DMA_FREE));
}

/* ---- files --------------------------------------------------------------- */

static bool same(const struct trv_fact *a, const struct trv_fact *b)
{
	return !strcmp(a->name, b->name) && a->ns == b->ns && a->tid == b->tid &&
	       a->kind == b->kind && a->ctx == b->ctx && a->dev == b->dev && a->bar == b->bar &&
	       a->rc == b->rc && a->off == b->off && a->width == b->width && a->count == b->count &&
	       a->vec == b->vec && a->val == b->val && a->val2 == b->val2 && a->iova == b->iova &&
	       a->len == b->len && a->dir == b->dir && a->op == b->op && a->unit == b->unit &&
	       a->n_data == b->n_data && a->digest == b->digest &&
	       !memcmp(a->data, b->data, sizeof(a->data));
}

static int both(const struct trv_fact *fact, void *rec)
{
	(void)!hear(fact, &heard);
	return trv_user_recording_add(fact, rec);
}

/* A recording of edu at work; what is in it was heard as well. */
static const char *recorded(void)
{
	const char *path = qt_path("run.trace");
	struct trv_user_recording *rec;
	struct trv_host *host;

	forget();
	CU_ASSERT_EQUAL_FATAL(trv_user_recording_create(path, &qt_err, &rec), 0);
	host = edu_up(both, rec);
	works_with(host);
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_recording_close(rec), 0);
	return path;
}

/* How many of @path are what was heard, and how it ended. */
static u32 reread(const char *path, int *rc)
{
	struct trv_user_reading *r;
	struct trv_fact f;
	u32 n = 0;

	qt_err.text[0] = '\0';
	*rc = trv_user_reading_open(path, &qt_err, &r);
	if (*rc)
		return 0;
	while ((*rc = trv_user_reading_next(r, &qt_err, &f)) == 1 && n < heard.n &&
	       same(&f, &heard.facts[n]))
		n++;
	trv_user_reading_close(r);
	return n;
}

static void files(void)
{
	const char *path = recorded();
	int rc;

	CU_ASSERT(heard.n > 20);
	CU_ASSERT_EQUAL(reread(path, &rc), heard.n);
	CU_ASSERT_EQUAL(rc, 0);
}

static void write_file(const char *path, const u8 *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CU_ASSERT_EQUAL(write(fd, data, len), (ssize_t)len);
	close(fd);
}

static u8 *read_file(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	u8 *data;

	if (fd < 0 || fstat(fd, &st))
		abort();
	*len = (size_t)st.st_size;
	data = malloc(*len);
	CU_ASSERT_EQUAL(read(fd, data, *len), (ssize_t)*len);
	close(fd);
	return data;
}

/* Each prefix is read to its end and no further; what is whole in it is what was written. */
static void cut_off(void)
{
	const char *path = recorded(), *cut = qt_path("cut.trace");
	size_t len;
	u8 *data = read_file(path, &len);
	u32 n, before = 0;
	int rc;

	for (size_t at = 0; at < trv_min(len, (size_t)1000); at++) {
		write_file(cut, data, at);
		n = reread(cut, &rc);
		CU_ASSERT(n == before || n == before + 1);
		before = n;
		CU_ASSERT(rc == -EPROTO || (rc == 0 && at >= 16));
		CU_ASSERT(!rc || qt_err.text[0]);
	}
	CU_ASSERT(before > 5);
	free(data);
}

static u32 next_random(u32 *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* The header and the records that lie before @most, in bytes. */
static size_t whole_records(const u8 *data, size_t len, size_t most)
{
	size_t at = 16;

	while (at + 2 <= len && at + trv_get_le16(data + at) <= trv_min(len, most))
		at += trv_get_le16(data + at);
	return at;
}

/* One byte after the other is another one: whatever is handed out makes sense. */
static void garbled(void)
{
	const char *path = recorded(), *bad = qt_path("bad.trace");
	struct trv_user_reading *r;
	struct trv_fact f;
	size_t len;
	u8 *data = read_file(path, &len);
	u32 state = 1, refused = 0;
	int rc;

	len = whole_records(data, len, 1500);
	for (size_t at = 0; at < len; at++) {
		u8 was = data[at];

		data[at] = (u8)next_random(&state);
		write_file(bad, data, len);
		data[at] = was;
		rc = trv_user_reading_open(bad, &qt_err, &r);
		CU_ASSERT(rc == 0 || rc == -EPROTO);
		refused += rc != 0;
		if (rc)
			continue;
		while ((rc = trv_user_reading_next(r, &qt_err, &f)) == 1) {
			CU_ASSERT(f.kind < TRV_FACT_KINDS && f.ctx < TRV_FACT_CTXS);
			CU_ASSERT(f.bar < TRV_PCI_BARS && f.n_data <= TRV_FACT_DATA);
			CU_ASSERT(strlen(f.name) < TRV_FACT_NAME);
		}
		CU_ASSERT(rc == 0 || rc == -EPROTO);
		refused += rc != 0;
		trv_user_reading_close(r);
	}
	ktap_note("%u of %zu are refused", refused, len);
	/* Most bytes of a number may be any. */
	CU_ASSERT(refused > len / 4 && refused < len);
	/* And nothing but noise. */
	for (size_t at = 16; at < len; at++)
		data[at] = (u8)next_random(&state);
	write_file(bad, data, len);
	CU_ASSERT_EQUAL(reread(bad, &rc), 0);
	CU_ASSERT_EQUAL(rc, -EPROTO);
	free(data);
}

/* Nothing fits: the driver works as ever, and what is wrong is said once it is asked. */
static void full_disk(void)
{
	struct trv_user_recording *rec;
	int rc = trv_user_recording_create("/dev/full", &qt_err, &rec);

	CU_ASSERT_EQUAL(rc, -ENOSPC);
	CU_ASSERT(strstr(qt_err.text, "/dev/full") && strstr(qt_err.text, "No space left"));
	CU_ASSERT_EQUAL(trv_user_recording_create("/nowhere/x", &qt_err, &rec), -ENOENT);
	CU_ASSERT_EQUAL(trv_user_recording_create("/", &qt_err, &rec), -EISDIR);
}

/* A pipe that nobody empties, as a disk that fills up on the way. */
static void slow_reader(void)
{
	const char *path = qt_path("pipe");
	struct trv_user_recording *rec;
	struct trv_host *host;
	int fd;

	CU_ASSERT_EQUAL_FATAL(mkfifo(path, 0600), 0);
	CU_ASSERT_EQUAL(trv_user_recording_create(path, &qt_err, &rec), -ENXIO);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	CU_ASSERT(fcntl(fd, F_SETPIPE_SZ, 4096) >= 4096);
	CU_ASSERT_EQUAL_FATAL(trv_user_recording_create(path, &qt_err, &rec), 0);
	trv_user_on_log(count_line, NULL);
	host = edu_up(trv_user_recording_add, rec);
	works_with(host);
	trv_user_unbind(trv_user_dev(host, 0));
	CU_ASSERT_EQUAL(trv_user_record_end(host), -EAGAIN);
	trv_user_close(host);
	trv_user_on_log(NULL, NULL);
	CU_ASSERT_EQUAL(trv_user_recording_close(rec), -EAGAIN);
	close(fd);
}

static void down(void)
{
	forget();
}

KTAP_SUITE_WITH(record, forget, down, KTAP_TEST(registers_mapped), KTAP_TEST(registers_not_mapped),
		KTAP_TEST(registers_probed), KTAP_TEST(registers_out_of_reach), KTAP_TEST(rules),
		KTAP_TEST(had_enough), KTAP_TEST(edu), KTAP_TEST(ide), KTAP_TEST(files),
		KTAP_TEST(cut_off), KTAP_TEST(garbled), KTAP_TEST(full_disk),
		KTAP_TEST(slow_reader));
KTAP_MAIN(&record);
