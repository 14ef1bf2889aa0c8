// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The plugin as nbdkit sees it: options, the life of a server, and what a client may ask for. */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#include <os/linux-user/nbdkit/plug.h>

#define THREAD_MODEL NBDKIT_THREAD_MODEL_PARALLEL /* but see trivet_thread_model() */

/* A client makes of its requests what suits it; longer ones nbdkit does not take anyway. */
#define LONGEST_REQUEST (32U << 20)

static struct plug_config config;
static int sandbox = 1;
static int parallel = -1;	      /* or what parallel= says */
static struct trv_user_error failure; /* why there is no disk, and still a server: start.c */

/* ---- options ------------------------------------------------------------- */

static int set_once(const char *key, const char **to, const char *value)
{
	if (*to) {
		nbdkit_error("%s= is given twice: '%s' and '%s'", key, *to, value);
		return -1;
	}
	if (!*value) {
		nbdkit_error("%s= is empty", key);
		return -1;
	}
	*to = value;
	return 0;
}

static int set_option(const char *key, const char *name, const char *value)
{
	unsigned val;

	if (!*name) {
		nbdkit_error("%s= names no option of a driver: option.NAME=NUMBER", key);
		return -1;
	}
	if (config.n_options == PLUG_OPTIONS) {
		nbdkit_error("more than %u options of a driver", PLUG_OPTIONS);
		return -1;
	}
	if (nbdkit_parse_unsigned(key, value, &val))
		return -1;
	config.option[config.n_options].name = name;
	config.option[config.n_options++].val = val;
	return 0;
}

static int set_timeout(const char *key, const char *value)
{
	unsigned seconds;

	if (nbdkit_parse_unsigned(key, value, &seconds))
		return -1;
	if (!seconds || seconds > 86400) {
		nbdkit_error("timeout=%s: seconds, from 1 to 86400", value);
		return -1;
	}
	config.timeout_ms = seconds * 1000;
	return 0;
}

static int set_parallel(const char *value)
{
	parallel = nbdkit_parse_bool(value);
	return parallel < 0 ? -1 : 0;
}

static int trivet_config(const char *key, const char *value)
{
	if (!strcmp(key, "device"))
		return set_once(key, &config.spec, value);
	if (!strcmp(key, "driver"))
		return set_once(key, &config.driver, value);
	if (!strcmp(key, "disk"))
		return set_once(key, &config.disk, value);
	if (!strcmp(key, "timeout"))
		return set_timeout(key, value);
	if (!strcmp(key, "parallel"))
		return set_parallel(value);
	if (!strcmp(key, "sandbox")) {
		sandbox = nbdkit_parse_bool(value);
		return sandbox < 0 ? -1 : 0;
	}
	if (!strncmp(key, "option.", 7))
		return set_option(key, key + 7, value);
	nbdkit_error("unknown parameter '%s'; there are: device, driver, disk, timeout, "
		     "parallel, sandbox, option.NAME; see nbdkit-trivet-plugin(1)",
		     key);
	return -1;
}

static int trivet_config_complete(void)
{
	if (config.spec)
		return 0;
	nbdkit_error("which disk? device=qemu:piix3-ide,disk=d.img, for example; "
		     "see: trivet list --transports");
	return -1;
}

/*
 * nbdkit 1.32.4 to 1.33.10 aborts when a client goes away while several of its requests are under
 * way: "raw_send_socket: Assertion `sock >= 0' failed". One client must not take the disk from
 * the others, so there each connection has one request at a time. A server does not tell its
 * version; those with this call are new enough.
 */
static int trivet_thread_model(void)
{
	if (parallel < 0)
		parallel = dlsym(RTLD_DEFAULT, "nbdkit_disconnect") != NULL;
	return parallel ? NBDKIT_THREAD_MODEL_PARALLEL : NBDKIT_THREAD_MODEL_SERIALIZE_REQUESTS;
}

static void trivet_dump_plugin(void)
{
	const struct trv_user_transport *t;

	printf("trivet_version=%s\n", TRIVET_VERSION);
	for (u32 i = 0; (t = trv_user_transport(i)); i++)
		printf("trivet_transport=%s%s\n", t->prefix, t->args);
}

/* ---- the server's life --------------------------------------------------- */

static void to_log(const struct trv_dev *dev, enum trv_log_level level, const char *line, void *arg)
{
	if (level <= TRV_LOG_WARN)
		nbdkit_error("%s", line);
	else
		nbdkit_debug("%s", line);
}

/* A device that has gone stays with its transport until it is closed, and with vfio the kernel waits. */
static void end_without_devices(struct trv_dev *dev, void *arg)
{
	if (!plug_all_gone())
		return;
	nbdkit_error("no device is left; start nbdkit again when there is one");
	nbdkit_shutdown();
}

static int trivet_get_ready(void)
{
	return plug_start_prepare();
}

/* Threads do not survive a fork, so all of it is here; start.c says who hears of errors. */
static int trivet_after_fork(void)
{
	int rc;

	trv_user_on_log(to_log, NULL);
	rc = plug_start_begin(&failure);
	if (!rc)
		rc = plug_open(&config, &failure);
	/*
	 * The device is open, every descriptor and thread is there, and nobody is served yet. In
	 * the background messages go to a socket, which is connected with the first of them.
	 */
	if (!rc && sandbox) {
		openlog("nbdkit", LOG_PID | LOG_NDELAY, LOG_DAEMON);
		rc = trv_user_sandbox(&(struct trv_user_sandbox){ .serves = true }, &failure);
		if (rc)
			plug_close();
	}
	if (rc) {
		nbdkit_error("%s", failure.text);
	} else {
		trv_user_on_gone(end_without_devices, NULL);
		if (plug_all_gone()) /* before that */
			nbdkit_shutdown();
	}
	return plug_start_end(rc ? failure.text : NULL) || !rc ? 0 : -1;
}

static int trivet_preconnect(int readonly)
{
	if (!failure.text[0])
		return 0;
	nbdkit_error("%s", failure.text);
	return -1;
}

/* nbdkit has waited for every request by now. */
static void trivet_cleanup(void)
{
	trv_user_on_gone(NULL, NULL);
	plug_close();
	trv_user_on_log(NULL, NULL);
}

/* ---- exports ------------------------------------------------------------- */

static int trivet_list_exports(int readonly, int is_tls, struct nbdkit_exports *exports)
{
	struct plug_disk *d;

	for (u32 i = 0; (d = plug_disk_at(i)); i++) {
		if (nbdkit_add_export(exports, d->name, d->about))
			return -1;
	}
	return 0;
}

static const char *trivet_default_export(int readonly, int is_tls)
{
	return plug_disk_default()->name;
}

/*
 * Another disc since the last time? Then earlier connections are over. Of an exchange, a drive
 * may tell first that the one is gone, and the next time that another is there.
 */
static int look_at_medium(struct plug_disk *d)
{
	int rc;

	for (u32 looks = 0; looks < 3; looks++) {
		rc = trv_disk_check_events(d->disk);
		if (rc <= 0 || !(rc & TRV_DISK_MEDIA_CHANGE))
			break;
		__atomic_fetch_add(&d->medium, 1, __ATOMIC_ACQ_REL);
		if (trv_disk_info(d->disk)->blocks)
			break;
	}
	if (rc >= 0 || rc == -EOPNOTSUPP)
		return 0;
	nbdkit_error("disk %s: is there a disc in it? %s", d->name, strerror(-rc));
	return -1;
}

static void *trivet_open(int readonly)
{
	const char *name = nbdkit_export_name();
	struct plug_conn *conn;
	struct plug_disk *d;

	if (!name)
		return NULL;
	d = plug_disk_find(name);
	if (!d) {
		nbdkit_error("no export '%s'; nbdinfo --list shows which there are", name);
		return NULL;
	}
	if (trv_dev_gone(d->dev)) {
		nbdkit_error("disk %s: its device is gone; start nbdkit again", d->name);
		return NULL;
	}
	if (look_at_medium(d))
		return NULL;
	conn = malloc(sizeof(*conn));
	if (!conn) {
		nbdkit_error("no memory");
		return NULL;
	}
	*conn = (struct plug_conn){ .d = d,
				    .blocks = trv_disk_info(d->disk)->blocks,
				    .medium = __atomic_load_n(&d->medium, __ATOMIC_ACQUIRE) };
	return conn;
}

static void trivet_close(void *handle)
{
	free(handle);
}

static const struct trv_disk_info *info_of(void *handle)
{
	struct plug_conn *conn = handle;

	return trv_disk_info(conn->d->disk);
}

/* A drive without a disc is an empty export: a client looks again by connecting again. */
static int64_t trivet_get_size(void *handle)
{
	struct plug_conn *conn = handle;
	const u64 size = conn->blocks * info_of(handle)->block_size;

	if (size <= INT64_MAX)
		return (int64_t)size;
	nbdkit_error("disk %s: %llu blocks are more than NBD can tell", conn->d->name,
		     (unsigned long long)conn->blocks);
	return -1;
}

static const char *trivet_export_description(void *handle)
{
	struct plug_conn *conn = handle;

	return conn->d->about;
}

static int trivet_block_size(void *handle, uint32_t *minimum, uint32_t *preferred,
			     uint32_t *maximum)
{
	const struct trv_disk_info *info = info_of(handle);

	*minimum = info->block_size;
	/* A page, or what the medium has in one, where that is a power of two as NBD asks. */
	*preferred = trv_max(info->block_size, 4096U);
	if (info->phys_block > *preferred && !(info->phys_block & (info->phys_block - 1)))
		*preferred = info->phys_block;
	*maximum = LONGEST_REQUEST;
	return 0;
}

static int trivet_can_write(void *handle)
{
	return !(info_of(handle)->flags & TRV_DISK_READ_ONLY);
}

static int trivet_can_trim(void *handle)
{
	return (info_of(handle)->flags & TRV_DISK_DISCARD) != 0;
}

static int trivet_can_fua(void *handle)
{
	return NBDKIT_FUA_NATIVE;
}

/* One cache, the disk's: a flush by any client is a flush for all. */
static int trivet_can_multi_conn(void *handle)
{
	return 1;
}

static int trivet_is_rotational(void *handle)
{
	struct plug_conn *conn = handle;

	return conn->d->rotational;
}

/* ---- requests ------------------------------------------------------------ */

static int trivet_pread(void *handle, void *buf, uint32_t count, uint64_t offset, uint32_t flags)
{
	return plug_rw(handle, TRV_REQ_READ, buf, count, offset, false);
}

static int trivet_pwrite(void *handle, const void *buf, uint32_t count, uint64_t offset,
			 uint32_t flags)
{
	/* It is read alone. */
	return plug_rw(handle, TRV_REQ_WRITE, (void *)buf, count, offset, flags & NBDKIT_FLAG_FUA);
}

static int trivet_flush(void *handle, uint32_t flags)
{
	return plug_flush(handle);
}

static int trivet_trim(void *handle, uint32_t count, uint64_t offset, uint32_t flags)
{
	return plug_trim(handle, count, offset, flags & NBDKIT_FLAG_FUA);
}

/* No zero: no class has it, and nbdkit then writes zeroes. */
static struct nbdkit_plugin plugin = {
	.name = "trivet",
	.longname = "Trivet",
	.version = TRIVET_VERSION,
	.description = "Serve the disks of a device whose driver runs in this process.",
	.config_help =
		"device=HARDWARE   (required) qemu:..., vfio:..., uio:...; as trivet run -d\n"
		"driver=NAME|FILE  The driver, or a shared object; else the first that fits.\n"
		"disk=UNIT         The disk for clients that name none.\n"
		"timeout=SECONDS   How long a request may take.\n"
		"option.NAME=NUMBER  An option of the driver.",
	.magic_config_key = "device",
	.config = trivet_config,
	.config_complete = trivet_config_complete,
	.thread_model = trivet_thread_model,
	.dump_plugin = trivet_dump_plugin,
	.get_ready = trivet_get_ready,
	.after_fork = trivet_after_fork,
	.preconnect = trivet_preconnect,
	.cleanup = trivet_cleanup,
	.list_exports = trivet_list_exports,
	.default_export = trivet_default_export,
	.export_description = trivet_export_description,
	.open = trivet_open,
	.close = trivet_close,
	.get_size = trivet_get_size,
	.block_size = trivet_block_size,
	.can_write = trivet_can_write,
	.can_trim = trivet_can_trim,
	.can_fua = trivet_can_fua,
	.can_multi_conn = trivet_can_multi_conn,
	.is_rotational = trivet_is_rotational,
	.pread = trivet_pread,
	.pwrite = trivet_pwrite,
	.flush = trivet_flush,
	.trim = trivet_trim,
};

/* What NBDKIT_REGISTER_PLUGIN() defines, by the name nbdkit looks for. */
struct nbdkit_plugin *plugin_init(void);
NBDKIT_REGISTER_PLUGIN(plugin)
