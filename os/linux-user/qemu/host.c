// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A QEMU, started or attached to, as a host of devices. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <os/linux-user/memcheck.h>
#include <os/linux-user/qemu/qemu.h>
#include <os/linux-user/sandbox/sandbox.h>

enum {
	HOST_Q35 = 0x29c08086,
	HOST_440FX = 0x12378086,
};

static const char widths[] = { [1] = 'b', [2] = 'w', [4] = 'l', [8] = 'q' };

/* ---- accesses ------------------------------------------------------------ */

static int cfg_read(struct trv_dev *dev, u32 off, u32 bytes, u32 *val)
{
	const struct qemu_dev *d = qemu_dev_of(dev);

	return qemu_cfg_read(qemu_of(dev), d->slot, d->func, off, bytes, val);
}

static int cfg_write(struct trv_dev *dev, u32 off, u32 bytes, u32 val)
{
	const struct qemu_dev *d = qemu_dev_of(dev);

	return qemu_cfg_write(qemu_of(dev), d->slot, d->func, off, bytes, val);
}

static u64 bar_read(struct trv_dev *dev, u32 bar, u32 off, u32 bytes)
{
	const struct user_bar *b = &dev->bars[bar];
	u64 val;

	/* On an error it is all ones. */
	(void)qtest_cmd(qemu_of(dev), &val, "%s%c 0x%llx", b->port ? "in" : "read", widths[bytes],
			(unsigned long long)b->addr + off);
	return val;
}

static void bar_write(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val)
{
	const struct user_bar *b = &dev->bars[bar];

	/* On an error it is dropped. */
	(void)qtest_cmd(qemu_of(dev), NULL, "%s%c 0x%llx 0x%llx", b->port ? "out" : "write",
			widths[bytes], (unsigned long long)b->addr + off, (unsigned long long)val);
}

/* Many accesses, one trip: what is sent together is answered together. */
static void bar_read_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, void *buf, u32 n)
{
	const struct user_bar *b = &dev->bars[bar];
	char text[QEMU_BATCH * 24], *to;
	struct qtest_call call;
	u8 *data = buf;
	u32 now;

	for (; n; n -= now, data += now * bytes) {
		now = trv_min(n, (u32)QEMU_BATCH);
		call = (struct qtest_call){ .want = now, .buf = data, .bytes = bytes };
		to = text;
		for (u32 i = 0; i < now; i++)
			to += sprintf(to, "%s%c 0x%llx\n", b->port ? "in" : "read", widths[bytes],
				      (unsigned long long)b->addr + off);
		if (qtest_send(qemu_of(dev), text, (size_t)(to - text), &call))
			memset(data, 0xff, now * bytes);
	}
}

static void bar_write_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, const void *buf, u32 n)
{
	const struct user_bar *b = &dev->bars[bar];
	char text[QEMU_BATCH * 36], *to;
	struct qtest_call call;
	const u8 *data = buf;
	u32 now;

	for (; n; n -= now) {
		now = trv_min(n, (u32)QEMU_BATCH);
		call = (struct qtest_call){ .want = now };
		to = text;
		for (u32 i = 0; i < now; i++, data += bytes)
			to += sprintf(to, "%s%c 0x%llx 0x%x\n", b->port ? "out" : "write",
				      widths[bytes], (unsigned long long)b->addr + off,
				      bytes == 2 ? trv_get_le16(data) : trv_get_le32(data));
		if (qtest_send(qemu_of(dev), text, (size_t)(to - text), &call) == -ENODEV)
			return;
	}
}

static bool gone(const struct trv_dev *dev)
{
	return qemu_is_dead(qemu_of(dev));
}

static void unplug(struct trv_host *host)
{
	qemu_die((struct qemu *)host, "unplugged");
}

static void sandbox(struct trv_host *host, struct user_needs *needs)
{
	struct qemu *q = (struct qemu *)host;

	needs->sockets = true;
	pthread_mutex_lock(&q->child_lock);
	if (q->child)
		user_needs_kill(needs, q->child, q->child_fd);
	pthread_mutex_unlock(&q->child_lock);
	if (q->qmp_path)
		user_needs_unlink(needs, q->qmp_path);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_host(struct trv_host *host)
{
	struct qemu *q = (struct qemu *)host;

	qemu_stop(q);
	for (u32 i = 0; i < host->n_devs; i++)
		user_dev_free(host->devs[i]);
	qemu_args_free(q);
	/* One that was killed has left it. */
	if (q->qmp_path)
		(void)user_unlink(q->qmp_path);
	free(q->qmp_path);
	qemu_ram_unmap(q);
	qemu_doorbell_close(q);
	close_fd(&q->ram_fd);
	close_fd(&q->sock);
	close_fd(&q->child_fd);
	close_fd(&q->child_stderr);
	free(q);
}

const struct user_transport qemu_transport = {
	.name = "qemu",
	.cfg_read = cfg_read,
	.cfg_write = cfg_write,
	.bar_read = bar_read,
	.bar_write = bar_write,
	.bar_read_rep = bar_read_rep,
	.bar_write_rep = bar_write_rep,
	.irq_max = qemu_irq_max,
	.irq_setup = qemu_irq_setup,
	.irq_teardown = qemu_irq_teardown,
	.irq_rearm = qemu_irq_rearm,
	.irq_mask = qemu_irq_mask,
	.irq_restore = qemu_irq_restore,
	.gone = gone,
	.sandbox = sandbox,
	.unplug = unplug,
	.close = close_host,
};

/* ---- opening ------------------------------------------------------------- */

static struct qemu *new_qemu(void)
{
	struct qemu *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	q->host.ops = &qemu_transport;
	q->sock = q->ram_fd = q->child_fd = q->child_stderr = q->doorbell_sock = -1;
	q->ram_size = QEMU_RAM_DEFAULT;
	q->calls_tail = &q->calls;
	for (u32 i = 0; i < QEMU_MESSAGES; i++)
		q->message_fd[i] = -1;
	for (u32 i = 0; i < TRV_ARRAY_SIZE(q->pass); i++)
		q->pass[i] = -1;
	for (u32 i = 0; i < TRV_ARRAY_SIZE(q->devs); i++)
		q->devs[i].intx_line = -1;
	pthread_mutex_init(&q->send_lock, NULL);
	pthread_mutex_init(&q->call_lock, NULL);
	pthread_mutex_init(&q->child_lock, NULL);
	pthread_mutex_init(&q->irq_lock, NULL);
	trv_event_init(&q->started);
	trv_event_init(&q->stop);
	return q;
}

static int host_options(struct qemu *q, struct user_spec *spec, struct trv_user_error *err)
{
	u64 ms = QEMU_CALL_MS;
	int rc = user_opt_number(&spec->items[0], "timeout", 1, 3600000, &ms, err);

	q->option_us = ms * 1000;
	q->call_us = q->option_us;
	return rc;
}

/** hints - what QEMU says, and what to do then; with an @after, its program is before that */
static const struct {
	const char *words, *before, *after;
} hints[] = {
	{ "is not a valid device model name", "see: ", " -device help" },
	{ "Property '", "see: ", " -device MODEL,help" },
	{ "Bus 'dev", "disk=, cd= and drive= are for a controller: piix3-ide, piix4-ide", NULL },
	{ "Is another process using", "who: fuser -v FILE", NULL },
	{ "no answer in", "timeout=MS gives it longer", NULL },
	{ "Cannot allocate memory", "see: ulimit -a", NULL },
	{ "failed to allocate", "see: ulimit -a", NULL },
	{ "Resource temporarily unavailable", "see: ulimit -a", NULL },
};

/* Why it did not come up: the reader knows, once QEMU is dead. */
static int failed(struct qemu *q, int rc, const char *what, struct trv_user_error *err)
{
	char reason[sizeof(q->reason)];

	pthread_mutex_lock(&q->call_lock);
	memcpy(reason, q->reason, sizeof(reason));
	pthread_mutex_unlock(&q->call_lock);
	if (strstr(reason, "Is another process using") || strstr(reason, "Address already in use"))
		rc = -EBUSY;
	else if (strstr(reason, "Permission denied"))
		rc = -EACCES;
	else if (strstr(reason, "Cannot allocate memory") ||
		 strstr(reason, "Resource temporarily unavailable"))
		rc = -ENOMEM;
	for (u32 i = 0; i < TRV_ARRAY_SIZE(hints); i++) {
		if (strstr(reason, hints[i].words) && (q->argv || !hints[i].after))
			return user_error(err, rc, "%s; %s%s%s", reason, hints[i].before,
					  hints[i].after ? q->argv[0] : "", hints[i].after ?: "");
	}
	if (*reason)
		return user_error(err, rc, "%s", reason);
	return user_error(err, rc, "%s: %s", what, strerror(-rc));
}

/* Is its memory, at the pool's first word, the same on both sides? */
static int test_memory(struct qemu *q, volatile u32 *word, struct trv_user_error *err)
{
	static const u32 ours = 0x74726976, theirs = 0x65742121;
	const u64 iova = user_pool_iova(&q->host.pool, (const void *)word);
	const u32 before = *word;
	u64 val;
	int rc;

	*word = ours;
	rc = qtest_cmd(q, &val, "readl 0x%llx", (unsigned long long)iova);
	if (!rc && val == ours)
		rc = qtest_cmd(q, NULL, "writel 0x%llx 0x%x", (unsigned long long)iova, theirs);
	if (rc)
		return failed(q, rc, "QEMU's memory", err);
	if (*word != theirs)
		return user_error(err, -ENODEV, "QEMU's memory is not what was given as such");
	*word = before;
	return 0;
}

/* The other side is what we think it is, and the memory is the same on both. */
static int self_test(struct qemu *q, struct trv_user_error *err)
{
	static const struct trv_dma_limits any = { .mask = ~0ULL };
	u32 *word, id;
	int rc = qtest_cmd(q, NULL, "irq_intercept_in ioapic");

	if (rc)
		return failed(q, rc, "QEMU has no I/O APIC", err);
	word = user_pool_alloc(&q->host.pool, sizeof(*word), sizeof(*word), &any);
	if (!word)
		return -ENOMEM;
	/* Somebody else's machine may have something there: for a checker it is not new. */
	user_mem_allow(word, sizeof(*word));
	rc = test_memory(q, word, err);
	user_pool_free(&q->host.pool, word, sizeof(*word));
	if (rc)
		return rc;

	rc = qemu_cfg_read(q, 0, 0, TRV_PCI_VENDOR_ID, 4, &id);
	if (rc)
		return failed(q, rc, "QEMU's host bridge", err);
	q->q35 = id == HOST_Q35;
	if (!q->q35 && id != HOST_440FX)
		return user_error(err, -ENODEV,
				  "a machine with host bridge %04x:%04x: q35 and pc "
				  "are understood",
				  id & 0xffff, id >> 16);
	return 0;
}

static int find_device(struct qemu *q, u32 index, const char *model, struct trv_user_error *err)
{
	struct qemu_dev *d = &q->devs[index];
	char name[16];
	u32 id;
	int rc = qemu_cfg_read(q, d->slot, d->func, TRV_PCI_VENDOR_ID, 4, &id);

	snprintf(name, sizeof(name), "0000:00:%02x.%x", d->slot & 31, d->func & 7);
	if (!rc && id == ~0U)
		return user_error(err, -ENODEV, "%s: no device at %s", model, name);
	if (rc)
		return failed(q, rc, model, err);
	d->dev = user_dev_alloc(&q->host, d, name);
	if (!d->dev)
		return -ENOMEM;
	pthread_mutex_lock(&q->call_lock);
	q->host.devs[index] = d->dev;
	q->host.n_devs = index + 1;
	if (qemu_is_dead(q)) /* since the read above: qemu_die() has not seen this one */
		user_dev_set_gone(d->dev);
	pthread_mutex_unlock(&q->call_lock);
	rc = user_dev_start(d->dev);
	if (!rc)
		rc = qemu_pci_bars(q, d);
	return rc ? failed(q, rc, model, err) : 0;
}

static int find_devices(struct qemu *q, struct user_spec *spec, struct trv_user_error *err)
{
	int rc = 0;

	for (u32 i = 0; i < spec->n_items && !rc; i++)
		rc = find_device(q, i, spec->items[i].model, err);
	return rc;
}

static int send_limit(struct qemu *q)
{
	struct timeval tv = { .tv_sec = (time_t)(q->option_us / 1000000),
			      .tv_usec = (suseconds_t)(q->option_us % 1000000) };

	return setsockopt(q->sock, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)) ? -ENOMEM : 0;
}

/* What QEMU gets of us: sockets, memory, something to execute. */
static int launch(struct qemu *q, struct user_spec *spec, struct trv_user_error *err)
{
	int pair[2] = { -1, -1 }, doorbell = -1, bios = -1, rc = -ENOMEM;

	q->ram_fd = memfd_create("ram", MFD_CLOEXEC);
	if (q->ram_fd < 0 || ftruncate(q->ram_fd, (off_t)q->ram_size) ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		goto out;
	q->sock = pair[0];
	bios = qemu_bios();
	doorbell = qemu_doorbell_open(q);
	if (bios < 0 || doorbell < 0 || send_limit(q))
		goto out;
	q->call_us = trv_max(q->option_us, (u64)QEMU_START_US);
	rc = qemu_args(q, spec, pair[1], bios, doorbell, err);
	if (!rc)
		rc = qemu_ram_map(q, err);
	if (!rc)
		rc = qemu_start(q, err);
out:
	/* From here on they are the child's alone: so its end is the socket's. */
	close_fd(&pair[1]);
	close_fd(&bios);
	close_fd(&doorbell);
	return rc;
}

static int come_up(struct qemu *q, struct user_spec *spec, struct trv_user_error *err)
{
	int rc = self_test(q, err);

	/* What comes now has no start to wait for. */
	__atomic_store_n(&q->call_us, q->option_us, __ATOMIC_RELAXED);
	if (!rc && q->argv && qemu_doorbell_find(q))
		trv_log(NULL, TRV_LOG_WARN, "QEMU has no doorbell: no message interrupts");
	if (!rc)
		rc = find_devices(q, spec, err);
	__atomic_store_n(&q->open, !rc, __ATOMIC_RELEASE);
	return rc;
}

int qemu_open(struct user_spec *spec, struct trv_user_error *err, struct trv_host **host)
{
	struct qemu *q = new_qemu();
	int rc = q ? host_options(q, spec, err) : -ENOMEM;

	if (!rc)
		rc = user_opt_number(&spec->items[0], "ram", 16 << 20, 1 << 30, &q->ram_size, err);
	if (!rc && q->ram_size & ((1 << 20) - 1))
		rc = user_error(err, -EINVAL, "ram: whole megabytes");
	if (!rc)
		rc = launch(q, spec, err);
	if (!rc)
		rc = come_up(q, spec, err);
	if (rc && q)
		trv_user_close(&q->host);
	else if (!rc)
		*host = &q->host;
	return rc;
}

/* ---- somebody else's QEMU ------------------------------------------------ */

static int connect_to(struct qemu *q, const char *path, struct trv_user_error *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(addr.sun_path))
		return user_error(err, -EINVAL, "%s: too long for a socket's name", path);
	memcpy(addr.sun_path, path, strlen(path) + 1);
	q->sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (q->sock < 0 || send_limit(q))
		return -ENOMEM;
	if (connect(q->sock, (struct sockaddr *)&addr, sizeof(addr)))
		return user_error(err, errno == EACCES ? -EACCES : -ENODEV,
				  "%s: %s; a QEMU makes it: -qtest unix:%s,server=on,wait=off",
				  path, strerror(errno), path);
	return 0;
}

static int open_ram(struct qemu *q, const char *path, struct trv_user_error *err)
{
	struct stat st;

	if (!path)
		return user_error(err, -EINVAL, "ram=FILE, the memory of QEMU, is missing");
	q->ram_fd = open(path, O_RDWR | O_CLOEXEC);
	if (q->ram_fd < 0 || fstat(q->ram_fd, &st))
		return user_error(err, errno == EACCES ? -EACCES : -ENODEV,
				  "ram=%s: %s; it is that QEMU's memory-backend-file,share=on",
				  path, strerror(errno));
	/* Of a machine with much of it, what lies below the holes at 2 GiB and above. */
	q->ram_size = trv_min((u64)st.st_size, 1ULL << 30) & ~((1ULL << 20) - 1);
	if (q->ram_size < 16 << 20)
		return user_error(err, -ENODEV, "ram=%s: less than 16 MiB", path);
	return 0;
}

int qemu_attach(struct user_spec *spec, struct trv_user_error *err, struct trv_host **host)
{
	struct user_item *item = &spec->items[0];
	const char *addr = user_opt(item, "addr");
	struct qemu *q = new_qemu();
	struct qemu_dev *d = q ? &q->devs[0] : NULL;
	const char *unknown;
	u64 line = QEMU_LINES;
	int rc;

	if (!q)
		return -ENOMEM;
	rc = host_options(q, spec, err);
	if (!rc && (spec->n_items != 1 || !addr || !qemu_slot(addr, d)))
		rc = user_error(err, -EINVAL, "addr=SLOT.FUNCTION, like 4.0, says which device");
	if (!rc)
		rc = user_opt_number(item, "irq", 0, QEMU_LINES - 1, &line, err);
	if (line < QEMU_LINES)
		d->intx_line = (int)line;
	if (!rc)
		rc = open_ram(q, user_opt(item, "ram"), err);
	unknown = user_opt_unused(item);
	if (!rc && unknown)
		rc = user_error(err, -EINVAL,
				"unknown option '%s'; there are: addr ram irq timeout", unknown);
	if (!rc)
		rc = connect_to(q, item->model, err);
	if (!rc)
		rc = qemu_ram_map(q, err);
	if (!rc)
		rc = qemu_start(q, err);
	if (!rc)
		rc = come_up(q, spec, err);
	if (rc)
		trv_user_close(&q->host);
	else
		*host = &q->host;
	return rc;
}
