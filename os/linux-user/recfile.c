// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Files of facts. A header, then one record after the other, each of
 * RECORD bytes and the name; all numbers little-endian, 0 where a kind has no
 * such field:
 *
 *	 0 u16 bytes of this record	 2 u8 kind	 3 u8 ctx	 4 u8 dev	 5 u8 bar
 *	 6 u8 dir	 7 u8 op	 8 u8 unit	 9 u8 n_data	10 u16 zero
 *	12 u32 tid	16 u64 ns	24 s32 rc	28 u32 off	32 u32 width
 *	36 u32 count	40 u32 vec	44 u32 len	48 u64 val	56 u64 val2
 *	64 u64 iova, lba or id		72 u64 digest	80 u8 data[16]	96 name
 *
 * Each is one write: what is in the file when a process crashes is whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <os/linux-user/user.h>

enum { RECORD = 96, HEADER = 16, VERSION = 1 };

static const char magic[8] = "trvtrace";

/* ---- writing ------------------------------------------------------------- */

/** struct trv_user_recording - @whole: bytes up to the last whole record */
struct trv_user_recording {
	int fd;
	int rc;
	off_t whole;
	bool regular;
};

/* All of it, or nothing that stays. */
static int put(struct trv_user_recording *rec, const void *data, size_t len)
{
	const u8 *p = data;
	size_t left = len;
	ssize_t n;

	while (left) {
		n = write(rec->fd, p, left);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			rec->rc = n ? -errno : -EIO;
			if (rec->regular && left < len)
				(void)!ftruncate(rec->fd, rec->whole);
			return rec->rc;
		}
		p += n;
		left -= (size_t)n;
	}
	rec->whole += (off_t)len;
	return 0;
}

static int start(struct trv_user_recording *rec)
{
	u8 header[HEADER] = { 0 };
	struct stat st;

	memcpy(header, magic, sizeof(magic));
	trv_put_le32(VERSION, header + 8);
	trv_put_le32(RECORD, header + 12);
	rec->regular = !fstat(rec->fd, &st) && S_ISREG(st.st_mode);
	return put(rec, header, sizeof(header));
}

int trv_user_recording_create(const char *path, struct trv_user_error *err,
			      struct trv_user_recording **recp)
{
	struct trv_user_recording *rec = calloc(1, sizeof(*rec));
	int rc;

	if (!rec)
		return user_error(err, -ENOMEM, "%s: no memory", path);
	/* A driver waits for no reader of a pipe. */
	rec->fd =
		open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);
	if (rec->fd < 0) {
		rc = -errno;
		goto err_free;
	}
	rc = start(rec);
	if (rc)
		goto err_close;
	*recp = rec;
	return 0;

err_close:
	close(rec->fd);
err_free:
	free(rec);
	return user_error(err, rc, "cannot record to '%s': %s", path, strerror(-rc));
}

/* As much of it as fits and can be printed; the bytes. */
static u32 put_name(u8 *to, const char *name)
{
	u32 n = 0;

	for (; name[n] && n < TRV_FACT_NAME - 1; n++)
		to[n] = name[n] >= ' ' && name[n] <= '~' ? (u8)name[n] : '?';
	return n;
}

int trv_user_recording_add(const struct trv_fact *f, void *arg)
{
	struct trv_user_recording *rec = arg;
	u8 to[RECORD + TRV_FACT_NAME] = { 0 };
	const u32 len = RECORD + put_name(to + RECORD, f->name);

	if (rec->rc)
		return rec->rc;
	trv_put_le16((u16)len, to);
	to[2] = f->kind;
	to[3] = f->ctx;
	to[4] = f->dev;
	to[5] = f->bar;
	to[6] = f->dir;
	to[7] = f->op;
	to[8] = f->unit;
	to[9] = f->n_data;
	trv_put_le32(f->tid, to + 12);
	trv_put_le64(f->ns, to + 16);
	trv_put_le32((u32)f->rc, to + 24);
	trv_put_le32(f->off, to + 28);
	trv_put_le32(f->width, to + 32);
	trv_put_le32(f->count, to + 36);
	trv_put_le32(f->vec, to + 40);
	trv_put_le32(f->len, to + 44);
	trv_put_le64(f->val, to + 48);
	trv_put_le64(f->val2, to + 56);
	trv_put_le64(f->iova, to + 64);
	trv_put_le64(f->digest, to + 72);
	memcpy(to + 80, f->data, TRV_FACT_DATA);
	return put(rec, to, len);
}

int trv_user_recording_close(struct trv_user_recording *rec)
{
	int rc;

	if (!rec)
		return 0;
	rc = rec->rc;
	if (close(rec->fd) && !rc)
		rc = -errno;
	free(rec);
	return rc;
}

/* ---- reading ------------------------------------------------------------- */

/** struct trv_user_reading - @at: where the record begins that is read next */
struct trv_user_reading {
	FILE *file;
	u64 at;
	u64 ns;
	char name[TRV_FACT_NAME];
};

static int refuse(struct trv_user_error *err, const char *path, int rc, const char *why)
{
	return user_error(err, rc, "cannot read '%s': %s", path, why);
}

/* @file may be NULL: errno says why */
static int begin(FILE *file, const char *path, struct trv_user_error *err,
		 struct trv_user_reading **rp)
{
	struct trv_user_reading *r;
	u8 header[HEADER];
	int rc;

	if (!file)
		return refuse(err, path, -errno, strerror(errno));
	r = calloc(1, sizeof(*r));
	if (!r) {
		fclose(file);
		return refuse(err, path, -ENOMEM, "no memory");
	}
	r->file = file;
	rc = -EPROTO;
	if (fread(header, sizeof(header), 1, r->file) != 1) {
		if (ferror(r->file))
			rc = -errno;
		refuse(err, path, rc,
		       rc == -EPROTO ? "it is too short for a recording" : strerror(-rc));
		goto err_close;
	}
	if (memcmp(header, magic, sizeof(magic))) {
		refuse(err, path, rc, "it is no recording; trivet trace --record makes one");
		goto err_close;
	}
	if (trv_get_le32(header + 8) != VERSION || trv_get_le32(header + 12) != RECORD) {
		refuse(err, path, rc, "it was recorded by another version of this program");
		goto err_close;
	}
	r->at = HEADER;
	*rp = r;
	return 0;

err_close:
	fclose(r->file);
	free(r);
	return rc;
}

int trv_user_reading_open(const char *path, struct trv_user_error *err,
			  struct trv_user_reading **rp)
{
	return begin(fopen(path, "re"), path, err, rp);
}

int trv_user_reading_fd(int fd, const char *name, struct trv_user_error *err,
			struct trv_user_reading **rp)
{
	int own = lseek(fd, 0, SEEK_SET) ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
	FILE *file = own < 0 ? NULL : fdopen(own, "r");

	if (own >= 0 && !file)
		close(own);
	return begin(file, name, err, rp);
}

static void unpack(const u8 *from, struct trv_fact *f)
{
	*f = (struct trv_fact){
		.kind = from[2],
		.ctx = from[3],
		.dev = from[4],
		.bar = from[5],
		.dir = from[6],
		.op = from[7],
		.unit = from[8],
		.n_data = from[9],
		.tid = trv_get_le32(from + 12),
		.ns = trv_get_le64(from + 16),
		.rc = (s32)trv_get_le32(from + 24),
		.off = trv_get_le32(from + 28),
		.width = trv_get_le32(from + 32),
		.count = trv_get_le32(from + 36),
		.vec = trv_get_le32(from + 40),
		.len = trv_get_le32(from + 44),
		.val = trv_get_le64(from + 48),
		.val2 = trv_get_le64(from + 56),
		.iova = trv_get_le64(from + 64),
		.digest = trv_get_le64(from + 72),
	};
	memcpy(f->data, from + 80, TRV_FACT_DATA);
}

/* What a reader may take for granted. */
static const char *nonsense(const struct trv_fact *f, u64 before)
{
	const bool access = f->kind <= TRV_FACT_CFG_WRITE;
	const bool fifo = f->kind == TRV_FACT_REG_READ_REP || f->kind == TRV_FACT_REG_WRITE_REP;

	if (f->kind >= TRV_FACT_KINDS)
		return "a kind that does not exist";
	if (f->ctx >= TRV_FACT_CTXS)
		return "a context that does not exist";
	if (f->dev >= USER_HOST_DEVS || f->bar >= TRV_PCI_BARS)
		return "a device or BAR that does not exist";
	if (access && f->width != 1 && f->width != 2 && f->width != 4 && f->width != 8)
		return "an access of no width";
	if (access && !fifo && f->width < 8 && f->val >> 8 * f->width)
		return "a value wider than its access";
	if (fifo && (u64)f->count * f->width != f->len)
		return "a FIFO whose lengths differ";
	if (f->n_data > TRV_FACT_DATA || (f->n_data && f->n_data > f->len))
		return "more data than there are";
	if (f->vec >= USER_VECS && f->kind != TRV_FACT_REQ_START && f->kind != TRV_FACT_REQ_DONE)
		return "a vector that does not exist";
	if (f->dir > TRV_DMA_BIDIRECTIONAL)
		return "a direction that does not exist";
	return f->ns < before ? "a time before the last one" : NULL;
}

static bool printable(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (name[i] < ' ' || name[i] > '~')
			return false;
	}
	return true;
}

static int damaged(const struct trv_user_reading *r, struct trv_user_error *err, const char *why)
{
	if (ferror(r->file))
		return user_error(err, -EIO, "at byte %llu: %s", (unsigned long long)r->at,
				  strerror(EIO));
	return user_error(err, -EPROTO, "damaged at byte %llu: %s", (unsigned long long)r->at, why);
}

int trv_user_reading_next(struct trv_user_reading *r, struct trv_user_error *err,
			  struct trv_fact *f)
{
	u8 from[RECORD];
	const size_t n = fread(from, 1, sizeof(from), r->file);
	const char *why;
	size_t len;

	if (!n && feof(r->file))
		return 0;
	if (n < sizeof(from))
		return damaged(r, err, "it was cut off");
	len = trv_get_le16(from);
	if (len < RECORD || len - RECORD >= sizeof(r->name))
		return damaged(r, err, "a record of no length");
	len -= RECORD;
	unpack(from, f);
	why = nonsense(f, r->ns);
	if (why)
		return damaged(r, err, why);
	if (len && fread(r->name, len, 1, r->file) != 1)
		return damaged(r, err, "it was cut off");
	if (!printable(r->name, len))
		return damaged(r, err, "a name that cannot be printed");
	r->name[len] = '\0';
	f->name = r->name;
	r->ns = f->ns;
	r->at += RECORD + len;
	return 1;
}

void trv_user_reading_close(struct trv_user_reading *r)
{
	if (!r)
		return;
	fclose(r->file);
	free(r);
}
