// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* QEMU's command line, from a device specification. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <os/linux-user/qemu/qemu.h>

enum { ARGS_MAX = 160, UNITS = 4 };

/** struct args - an argument vector under construction; @failed: no memory somewhere */
struct args {
	char **argv;
	u32 n;
	bool failed;
};

static void add(struct args *a, const char *fmt, ...) TRV_PRINTF(2, 3);
static void add(struct args *a, const char *fmt, ...)
{
	va_list ap;

	if (a->n >= ARGS_MAX - 1) {
		a->failed = true;
		return;
	}
	va_start(ap, fmt);
	if (vasprintf(&a->argv[a->n], fmt, ap) < 0) {
		a->argv[a->n] = NULL;
		a->failed = true;
	} else {
		a->n++;
	}
	va_end(ap);
}

/* As QEMU wants a value: with its commas doubled. To be freed; NULL without memory. */
static char *quoted(const char *val)
{
	char *text = malloc(2 * strlen(val) + 1), *to = text;

	while (text && *val) {
		if (*val == ',')
			*to++ = ',';
		*to++ = *val++;
	}
	if (text)
		*to = '\0';
	return text;
}

static void add_quoted(struct args *a, const char *before, const char *val, const char *after)
{
	char *text = quoted(val);

	if (text)
		add(a, "%s%s%s", before, text, after);
	else
		a->failed = true;
	free(text);
}

/* ---- where QEMU is ------------------------------------------------------- */

static const char qemu_name[] = "qemu-system-x86_64";

static char *search_path(void)
{
	const char *path = getenv("PATH"), *end;
	char *file;

	for (path = path ?: "/usr/bin:/bin"; *path; path = *end ? end + 1 : end) {
		end = strchrnul(path, ':');
		if (asprintf(&file, "%.*s/%s", (int)(end - path), path, qemu_name) < 0)
			return NULL;
		if (!access(file, X_OK))
			return file;
		free(file);
	}
	return NULL;
}

/* A program somebody named. */
static int check_qemu(const char *file, struct trv_user_error *err)
{
	struct stat st;
	int rc = access(file, X_OK) || stat(file, &st) ? errno : S_ISDIR(st.st_mode) ? EISDIR : 0;

	if (!rc)
		return 0;
	return user_error(err, rc == EACCES ? -EACCES : -ENODEV,
			  "qemu=%s: %s; where there is one: command -v %s", file, strerror(rc),
			  qemu_name);
}

static int find_qemu(struct args *a, struct user_spec *spec, struct trv_user_error *err)
{
	const char *file = user_opt(&spec->items[0], "qemu") ?: getenv("TRIVET_QEMU");
	char *found;
	int rc;

	if (file) {
		rc = check_qemu(file, err);
		if (!rc)
			add(a, "%s", file);
		return rc;
	}
	found = search_path();
	if (!found)
		return user_error(err, -ENODEV,
				  "no %s in PATH; install qemu-system-x86, or say "
				  "qemu=FILE",
				  qemu_name);
	add(a, "%s", found);
	free(found);
	return 0;
}

/* ---- drives -------------------------------------------------------------- */

static int check_file(struct user_item *item, const char *key, const char *file, int mode,
		      struct trv_user_error *err)
{
	int rc = access(file, mode) ? errno : 0;

	if (!rc)
		return 0;
	return user_error(err, rc == EACCES || rc == EROFS ? -EACCES : -ENODEV, "%s: %s=%s: %s%s%s",
			  item->model, key, file, strerror(rc),
			  rc == ENOENT ? "; a new one: truncate -s 64M " : "; see: ls -l ", file);
}

/* An image with nothing in it is a disk of no blocks, and QEMU rounds others up to whole sectors. */
static int check_image(struct user_item *item, const char *key, const char *file, bool cd,
		       struct trv_user_error *err)
{
	const u32 block = cd ? 2048 : 512;
	struct stat st;
	int rc = check_file(item, key, file, cd ? R_OK : R_OK | W_OK, err);

	if (rc)
		return rc;
	if (stat(file, &st))
		return user_error(err, -ENODEV, "%s: %s=%s: %s", item->model, key, file,
				  strerror(errno));
	if (S_ISBLK(st.st_mode))
		return 0;
	if (!S_ISREG(st.st_mode))
		return user_error(err, -ENODEV, "%s: %s=%s: neither a file nor a block device",
				  item->model, key, file);
	if (!st.st_size || st.st_size % block)
		return user_error(err, -ENODEV,
				  "%s: %s=%s: %lld bytes are not a whole number of blocks of %u; "
				  "%s %s makes one of it",
				  item->model, key, file, (long long)st.st_size, block,
				  st.st_size ? cd ? "truncate -s %2048" : "truncate -s %512" :
					       "truncate -s 64M",
				  file);
	return 0;
}

/* What of @text comes behind "disk0.", for unit 0 also "disk."; NULL when it begins otherwise. */
static const char *behind(const char *text, const char *kind, u32 unit)
{
	const size_t n = strlen(kind);

	if (strncmp(text, kind, n))
		return NULL;
	text += n;
	if (*text == (char)('0' + unit))
		text++;
	else if (unit)
		return NULL;
	return *text == '.' ? text + 1 : NULL;
}

/* Options of a drive's device: disk0.serial=X is serial=X there. */
static char *drive_props(struct args *a, struct user_item *item, const char *kind, u32 unit)
{
	char *props = strdup(""), *more, *val;

	for (u32 i = 0; i < item->n_opts && props; i++) {
		struct user_opt *o = &item->opts[i];
		const char *prop = behind(o->key, kind, unit);

		if (!prop)
			continue;
		o->used = true;
		val = quoted(o->val);
		if (!val || asprintf(&more, "%s,%s=%s", props, prop, val) < 0)
			more = NULL;
		free(val);
		free(props);
		props = more;
	}
	if (!props)
		a->failed = true;
	return props;
}

/** struct image - the drive of a unit: the option that said so, its value; @key "" while there is none */
struct image {
	const char *kind, *val;
	char key[16];
};

static int take_image(struct user_item *item, const char *kind, const char *key,
		      struct image *image, struct trv_user_error *err)
{
	const char *val = user_opt(item, key);

	if (!val)
		return 0;
	if (*image->key)
		return user_error(err, -EINVAL, "%s: %s and %s are the same unit", item->model,
				  image->key, key);
	image->kind = kind;
	image->val = val;
	snprintf(image->key, sizeof(image->key), "%s", key);
	return 0;
}

static int find_image(struct user_item *item, u32 unit, struct image *image,
		      struct trv_user_error *err)
{
	static const char *const kinds[] = { "disk", "cd", "drive" };
	char key[16];
	int rc = 0;

	for (u32 i = 0; i < TRV_ARRAY_SIZE(kinds) && !rc; i++) {
		snprintf(key, sizeof(key), "%s%u", kinds[i], unit);
		rc = take_image(item, kinds[i], key, image, err);
		if (!rc && !unit && strcmp(kinds[i], "drive"))
			rc = take_image(item, kinds[i], kinds[i], image, err);
	}
	return rc;
}

/* With a colon in front of any slash it would name a protocol of QEMU's. */
static bool like_protocol(const char *file)
{
	return file[strcspn(file, ":/")] == ':';
}

/**
 * drive() - unit @unit of device @index, if the specification has one
 *
 * diskN=FILE is a raw image, cdN=FILE one that is read, cdN= an empty drive,
 * driveN=... whatever QEMU's -drive understands. Of unit 0 the N may be left
 * out, but not with "drive": that is also a property of QEMU's other disks.
 * One with media=cdrom is a CD drive.
 */
static int drive(struct args *a, struct user_item *item, u32 index, u32 unit,
		 struct trv_user_error *err)
{
	struct image image = { 0 };
	const char *kind, *val;
	char key[16], *props;
	bool cd;
	int rc = find_image(item, unit, &image, err);

	kind = image.kind;
	val = image.val;
	if (rc || !val)
		return rc;
	cd = !strcmp(kind, "cd");
	rc = strcmp(kind, "drive") && *val ? check_image(item, image.key, val, cd, err) : 0;
	if (rc)
		return rc;
	if (!*val && !cd)
		return user_error(err, -EINVAL,
				  "%s: %s= names no image; a new one: truncate -s 64M d.img",
				  item->model, image.key);
	/* QEMU's own word for it. */
	cd |= !strcmp(kind, "drive") && strstr(val, "media=cdrom");

	if (*val)
		add(a, "-drive");
	snprintf(key, sizeof(key), "d%uu%u", index, unit);
	if (!strcmp(kind, "drive"))
		add(a, "if=none,id=%s,%s", key, val);
	else if (*val)
		add_quoted(a,
			   like_protocol(val) ? "if=none,format=raw,file=./" :
						"if=none,format=raw,file=",
			   val, cd ? ",media=cdrom,readonly=on" : "");
	/* The id goes last, where it need not be put into a longer string. */
	if (strcmp(kind, "drive") && *val && !a->failed) {
		char *text = a->argv[--a->n];

		add(a, "%s,id=%s", text, key);
		free(text);
	}
	props = drive_props(a, item, kind, unit);
	add(a, "-device");
	/* By its id a disc is changed from outside (qmp=). */
	if (*val)
		add(a, "%s,id=dev%u-%u,bus=dev%u.%u,unit=%u,drive=%s,rerror=report,werror=report%s",
		    cd ? "ide-cd" : "ide-hd", index, unit, index, unit / 2, unit % 2, key,
		    props ?: "");
	else
		add(a, "ide-cd,id=dev%u-%u,bus=dev%u.%u,unit=%u%s", index, unit, index, unit / 2,
		    unit % 2, props ?: "");
	free(props);
	return 0;
}

/* ---- devices ------------------------------------------------------------- */

bool qemu_slot(const char *text, struct qemu_dev *d)
{
	unsigned long slot, func = 0;
	char *end;

	if (!isxdigit((unsigned char)*text))
		return false;
	slot = strtoul(text, &end, 16);
	if (*end == '.' && isxdigit((unsigned char)end[1]))
		func = strtoul(end + 1, &end, 16);
	d->slot = (u32)slot;
	d->func = (u32)func;
	return !*end && slot < QEMU_SLOTS && func < QEMU_FUNCTIONS;
}

static int device(struct args *a, struct qemu *q, struct user_item *item, u32 index,
		  struct trv_user_error *err)
{
	struct qemu_dev *d = &q->devs[index];
	const char *addr = user_opt(item, "addr");
	char *text, *more;
	u32 slot_arg;
	int rc;

	d->slot = QEMU_FIRST_SLOT + index;
	d->func = 0;
	if (addr &&
	    (!qemu_slot(addr, d) || d->slot >= QEMU_SLOTS - 1 || d->slot <= QEMU_DOORBELL_SLOT))
		return user_error(err, -EINVAL,
				  "%s: addr=%s is not a free place on the bus, "
				  "like 5 or 0x5.0",
				  item->model, addr);
	/* Their options are those of drives, and what is left is for QEMU. */
	slot_arg = a->n + 1;
	add(a, "-device");
	add(a, "%s,id=dev%u,addr=%x.%x", item->model, index, d->slot, d->func);
	for (u32 unit = 0; unit < UNITS; unit++) {
		rc = drive(a, item, index, unit, err);
		if (rc)
			return rc;
	}
	for (u32 i = 0; i < item->n_opts && !a->failed; i++) {
		struct user_opt *o = &item->opts[i];

		if (o->used)
			continue;
		o->used = true;
		text = quoted(o->val);
		if (!text || asprintf(&more, "%s,%s=%s", a->argv[slot_arg], o->key, text) < 0) {
			a->failed = true;
		} else {
			free(a->argv[slot_arg]);
			a->argv[slot_arg] = more;
		}
		free(text);
	}
	return 0;
}

/* ---- its monitor --------------------------------------------------------- */

/* QEMU makes the socket, where it would also take the place of any file. */
static int monitor(struct args *a, struct qemu *q, struct user_item *item,
		   struct trv_user_error *err)
{
	const char *path = user_opt(item, "qmp");
	struct stat st;

	if (!path)
		return 0;
	if (!*path || strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
		return user_error(err, -EINVAL, "qmp=%s: %s for a socket's name", path,
				  *path ? "too long" : "too short");
	if (!lstat(path, &st))
		return user_error(err, -EBUSY,
				  "qmp=%s: there is something of that name; remove it "
				  "if nobody uses it",
				  path);
	q->qmp_path = strdup(path);
	if (!q->qmp_path)
		return -ENOMEM;
	add(a, "-qmp");
	add_quoted(a, "unix:", path, ",server=on,wait=off");
	return 0;
}

int qemu_args(struct qemu *q, struct user_spec *spec, int sock_fd, int bios_fd, int doorbell_fd,
	      struct trv_user_error *err)
{
	struct args a = { .argv = calloc(ARGS_MAX, sizeof(char *)) };
	const unsigned long long mib = q->ram_size >> 20;
	int rc;

	if (!a.argv)
		return -ENOMEM;
	q->argv = a.argv;
	rc = find_qemu(&a, spec, err);
	if (rc)
		return rc;
	add(&a, "-nodefaults");
	add(&a, "-no-user-config");
	add(&a, "-display");
	add(&a, "none");
	add(&a, "-name");
	add(&a, "trivet");
	add(&a, "-machine");
	add(&a, "q35,memory-backend=ram,vmport=off");
	/* A running machine, whose processor has nothing to do: clock and networks go on. */
	add(&a, "-accel");
	add(&a, "tcg,tb-size=1");
	add(&a, "-smp");
	add(&a, "1");
	add(&a, "-bios");
	add(&a, "/proc/self/fd/%d", bios_fd);
	add(&a, "-m");
	add(&a, "%llu", mib);
	add(&a, "-object");
	add(&a, "memory-backend-file,id=ram,size=%lluM,share=on,mem-path=/proc/self/fd/%d", mib,
	    q->ram_fd);
	add(&a, "-chardev");
	add(&a, "socket,id=qtest,fd=%d", sock_fd);
	add(&a, "-object");
	add(&a, "qtest,id=qtest0,chardev=qtest,log=none");
	add(&a, "-chardev");
	add(&a, "socket,id=doorbell,fd=%d", doorbell_fd);
	add(&a, "-device");
	add(&a, "ivshmem-doorbell,chardev=doorbell,vectors=%u,addr=%x", QEMU_MESSAGES,
	    QEMU_DOORBELL_SLOT);
	rc = monitor(&a, q, &spec->items[0], err);
	for (u32 i = 0; i < spec->n_items && !rc; i++)
		rc = device(&a, q, &spec->items[i], i, err);
	if (!rc && a.failed)
		rc = user_error(err, -ENOMEM, "no memory, or too many options for QEMU");
	q->pass[0] = sock_fd;
	q->pass[1] = bios_fd;
	q->pass[2] = doorbell_fd;
	q->pass[3] = q->ram_fd;
	return rc;
}

void qemu_args_free(struct qemu *q)
{
	for (char **arg = q->argv; arg && *arg; arg++)
		free(*arg);
	free(q->argv);
	q->argv = NULL;
}
