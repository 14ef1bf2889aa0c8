// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Requests: each is one operation of the class, or several when it is longer than the buffers.
 * The thread that nbdkit gave it waits for it, so a disk has as many under way as clients have.
 */
#include <errno.h>
#include <string.h>

#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#include <os/linux-user/nbdkit/plug.h>

static const char *const op_names[] = { "read", "write", "flush", "trim" };

/* ---- errors -------------------------------------------------------------- */

/* What of the protocol's few errors comes nearest; nbdkit makes EINVAL of all others. */
static int wire_errno(const struct plug_disk *d, int rc)
{
	switch (-rc) {
	case ENODEV:
		/* No request will ever be served again; a drive that was lost may come back. */
		return trv_dev_gone(d->dev) ? ESHUTDOWN : EIO;
	case EACCES:
		return EPERM;
	case EINVAL:
	case ENOMEM:
	case EOPNOTSUPP:
		return -rc;
	default:
		return EIO;
	}
}

static int failed(struct plug_disk *d, enum trv_req_op op, u32 count, u64 offset, int rc)
{
	const bool gone = rc == -ENODEV;

	/* Clients go on asking for what is gone: the log has it once. */
	if (gone && __atomic_exchange_n(&d->silent, 1, __ATOMIC_RELAXED))
		nbdkit_debug("disk %s: %s: %s", d->name, op_names[op], strerror(-rc));
	else if (op == TRV_REQ_FLUSH)
		nbdkit_error("disk %s: flush: %s", d->name, strerror(-rc));
	else
		nbdkit_error("disk %s: %s of %u bytes at %llu: %s", d->name, op_names[op], count,
			     (unsigned long long)offset, strerror(-rc));
	nbdkit_set_error(wire_errno(d, rc));
	return -1;
}

static int unaligned(const struct plug_disk *d, enum trv_req_op op, u32 count, u64 offset)
{
	nbdkit_error("disk %s: %s of %u bytes at %llu: not whole blocks of %u bytes; "
		     "--filter=blocksize minblock=%u serves such clients",
		     d->name, op_names[op], count, (unsigned long long)offset,
		     trv_disk_info(d->disk)->block_size, trv_disk_info(d->disk)->block_size);
	nbdkit_set_error(EINVAL);
	return -1;
}

/* 0 while what the client was told about the disk still holds. */
static int same_medium(const struct plug_conn *conn)
{
	const struct trv_disk_info *info = trv_disk_info(conn->d->disk);

	if (!(info->flags & TRV_DISK_REMOVABLE))
		return 0;
	if (conn->medium == __atomic_load_n(&conn->d->medium, __ATOMIC_ACQUIRE) &&
	    conn->blocks == info->blocks)
		return 0;
	return -ENOMEDIUM;
}

/* Whoever came before this no longer knows what disc is in it. */
static void note_medium(struct plug_disk *d, int rc)
{
	if (rc == -ENOMEDIUM || rc == -ERANGE)
		__atomic_fetch_add(&d->medium, 1, __ATOMIC_ACQ_REL);
}

/* ---- data ---------------------------------------------------------------- */

static void copy(struct trv_vec *vec, u32 n, u8 *data, bool in)
{
	for (u32 i = 0; i < n; i++) {
		if (in)
			memcpy(vec[i].buf, data, vec[i].len);
		else
			memcpy(data, vec[i].buf, vec[i].len);
		data += vec[i].len;
	}
}

/* As much of it as the buffers there are can hold; *@len bytes. */
static int piece(struct plug_disk *d, struct trv_io *io, u8 *data, u32 left, u32 *len)
{
	const u32 each = plug_bufs_bytes(), bs = trv_disk_info(d->disk)->block_size;
	struct trv_vec vec[PLUG_BUFS_AT_ONCE];
	void *bufs[PLUG_BUFS_AT_ONCE];
	u32 n, done = 0;
	int rc;

	n = plug_bufs_take(bufs, trv_min((left - 1) / each + 1, (u32)PLUG_BUFS_AT_ONCE));
	for (u32 i = 0; i < n; i++) {
		vec[i] = (struct trv_vec){ .buf = bufs[i], .len = trv_min(left - done, each) };
		done += vec[i].len;
	}
	*len = done;
	io->blocks = done / bs;
	io->vec = vec;
	io->n_vec = n;
	/*
	 * Without FUA of its own the class flushes after the write, and with the last piece that
	 * is good for the others too, which are over by then.
	 */
	if (done < left && !(trv_disk_info(d->disk)->flags & TRV_DISK_FUA))
		io->fua = false;
	if (io->op == TRV_REQ_WRITE)
		copy(vec, n, data, true);
	rc = trv_disk_submit_wait(d->disk, io);
	if (!rc && io->op == TRV_REQ_READ)
		copy(vec, n, data, false);
	plug_bufs_give(bufs, n);
	return rc;
}

int plug_rw(struct plug_conn *conn, enum trv_req_op op, void *buf, u32 count, u64 offset, bool fua)
{
	struct plug_disk *d = conn->d;
	const u32 bs = trv_disk_info(d->disk)->block_size;
	u32 done = 0, len;
	int rc;

	if ((offset | count) % bs)
		return unaligned(d, op, count, offset);
	for (; done < count; done += len) {
		struct trv_io io = { .op = op, .lba = (offset + done) / bs, .fua = fua };

		rc = same_medium(conn);
		if (!rc)
			rc = piece(d, &io, (u8 *)buf + done, count - done, &len);
		if (rc) {
			note_medium(d, rc);
			return failed(d, op, count, offset, rc);
		}
	}
	/* A disc that was exchanged meanwhile may have been the one that was read. */
	rc = same_medium(conn);
	return rc ? failed(d, op, count, offset, rc) : 0;
}

int plug_flush_disk(struct plug_disk *d)
{
	return trv_disk_submit_wait(d->disk, &(struct trv_io){ .op = TRV_REQ_FLUSH });
}

int plug_flush(struct plug_conn *conn)
{
	int rc = plug_flush_disk(conn->d);

	return rc ? failed(conn->d, TRV_REQ_FLUSH, 0, 0, rc) : 0;
}

int plug_trim(struct plug_conn *conn, u32 count, u64 offset, bool fua)
{
	const u32 bs = trv_disk_info(conn->d->disk)->block_size;
	int rc;

	if ((offset | count) % bs)
		return unaligned(conn->d, TRV_REQ_DISCARD, count, offset);
	if (!count)
		return 0;
	rc = trv_disk_submit_wait(conn->d->disk, &(struct trv_io){ .op = TRV_REQ_DISCARD,
								   .lba = offset / bs,
								   .blocks = count / bs });
	if (rc)
		return failed(conn->d, TRV_REQ_DISCARD, count, offset, rc);
	return fua ? plug_flush(conn) : 0;
}
