// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the tests on QEMU's devices share. */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "help.h"

enum {
	START_MS = 30000,	/* until a QEMU listens, on a busy machine */
	UNIX_LISTENS = 1 << 16, /* of the flags in /proc/net/unix: __SO_ACCEPTCON */
};

struct trv_user_error qt_err;

/* ---- files --------------------------------------------------------------- */

static char dir[96];
static char *paths[256]; /* freed at the end */
static u32 n_paths;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static void remove_dir(void)
{
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	while (n_paths)
		free(paths[--n_paths]);
}

const char *qt_path(const char *name)
{
	char *path;

	if (!*dir) {
		snprintf(dir, sizeof(dir), "%s/trivet-qemu.XXXXXX", getenv("TMPDIR") ?: "/tmp");
		if (!mkdtemp(dir))
			abort();
		atexit(remove_dir);
	}
	if (asprintf(&path, "%s/%s", dir, name) < 0)
		abort();
	return qt_keep(path);
}

const char *qt_keep(char *text)
{
	if (n_paths == TRV_ARRAY_SIZE(paths))
		abort();
	paths[n_paths++] = text;
	return text;
}

const char *qt_file(const char *name, u64 size)
{
	const char *path = qt_path(name);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)size))
		abort();
	close(fd);
	return path;
}

void qt_fill(void *buf, size_t len, u32 seed)
{
	u8 *p = buf;

	for (size_t i = 0; i < len; i++)
		p[i] = (u8)(i * 7 + i / 251 * 3 + seed * 29 + 1);
}

bool qt_filled(const void *buf, size_t len, u32 seed)
{
	const u8 *p = buf;

	for (size_t i = 0; i < len; i++) {
		if (p[i] != (u8)(i * 7 + i / 251 * 3 + seed * 29 + 1))
			return false;
	}
	return true;
}

void qt_file_write(const char *path, u64 off, size_t len, u32 seed)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	u8 *buf = malloc(len);

	qt_fill(buf, len, seed);
	CU_ASSERT_EQUAL(pwrite(fd, buf, len, (off_t)off), (ssize_t)len);
	free(buf);
	close(fd);
}

bool qt_file_filled(const char *path, u64 off, size_t len, u32 seed)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	u8 *buf = malloc(len);
	bool same = pread(fd, buf, len, (off_t)off) == (ssize_t)len && qt_filled(buf, len, seed);

	free(buf);
	close(fd);
	return same;
}

bool qt_file_zero(const char *path, u64 off, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	u8 *buf = malloc(len);
	bool zero = pread(fd, buf, len, (off_t)off) == (ssize_t)len;

	for (size_t i = 0; i < len && zero; i++)
		zero = !buf[i];
	free(buf);
	close(fd);
	return zero;
}

/* ---- hosts --------------------------------------------------------------- */

static int open_spec(const char *fmt, va_list ap, struct trv_host **host)
{
	char spec[1024];

	vsnprintf(spec, sizeof(spec), fmt, ap);
	return trv_user_open(spec, &qt_err, host);
}

int qt_error(const char *fmt, ...)
{
	struct trv_host *host;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = open_spec(fmt, ap, &host);
	va_end(ap);
	if (!rc)
		trv_user_close(host);
	else
		ktap_note("%s", qt_err.text);
	return rc;
}

/* Where the @n-th device of @model is, in words like "vfio edu=0000:00:04.0 edu=0000:00:08.0"; NULL. */
static const char *place_of(const char *words, const char *model, size_t len, u32 n)
{
	for (const char *at = strchr(words, ' '); at; at = strchr(at, ' ')) {
		at++;
		if (!strncmp(at, model, len) && at[len] == '=' && !n--)
			return at + len + 1;
	}
	return NULL;
}

const char *qt_hardware(const char *models)
{
	static char spec[256];
	const char *words = getenv("TRIVET_HARDWARE"), *at = models, *place;
	size_t len, used;

	if (!words) {
		snprintf(spec, sizeof(spec), "qemu:%s", models);
		return spec;
	}
	used = (size_t)snprintf(spec, sizeof(spec), "%.*s:", (int)strcspn(words, " "), words);
	for (u32 n = 0; *at; n++) {
		len = strcspn(at, ",+");
		/* Those of several are all the same, or the first of their kind. */
		place = place_of(words, at, len, strncmp(at, models, len) ? 0 : n);
		CU_ASSERT_FATAL(place && used < sizeof(spec) - 32);
		used += (size_t)snprintf(spec + used, sizeof(spec) - used, "%s%.*s", n ? "+" : "",
					 (int)strcspn(place, " "), place);
		at += strcspn(at, "+");
		at += *at == '+';
	}
	return spec;
}

struct trv_host *qt_open(const char *fmt, ...)
{
	struct trv_host *host;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = open_spec(fmt, ap, &host);
	va_end(ap);
	CU_ASSERT_EQUAL(rc, 0);
	if (rc) {
		ktap_note("%s: error %d: %s", fmt, -rc, qt_err.text);
		return NULL;
	}
	rc = trv_user_bind(trv_user_dev(host, 0), NULL);
	CU_ASSERT_EQUAL(rc, 0);
	if (!rc)
		return host;
	ktap_note("%s: bind: error %d", fmt, -rc);
	trv_user_close(host);
	return NULL;
}

struct trv_disk *qt_disk(struct trv_host *host, u32 unit)
{
	struct trv_disk *disk = trv_disk_first(trv_user_dev(host, 0));

	while (disk && trv_disk_info(disk)->unit != unit)
		disk = trv_disk_next(disk);
	CU_ASSERT_PTR_NOT_NULL(disk);
	return disk;
}

/* ---- what is left -------------------------------------------------------- */

static u32 entries(const char *path)
{
	DIR *d = opendir(path);
	u32 n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

int qt_child(void)
{
	char path[64];
	int pid = 0;
	FILE *f;
	DIR *d = opendir("/proc/self/task");
	struct dirent *e;

	while (d && !pid && (e = readdir(d))) {
		snprintf(path, sizeof(path), "/proc/self/task/%.20s/children", e->d_name);
		f = fopen(path, "r");
		if (f && fscanf(f, "%d", &pid) != 1)
			pid = 0;
		if (f)
			fclose(f);
	}
	if (d)
		closedir(d);
	return pid;
}

struct qt_things qt_things(void)
{
	return (struct qt_things){ .fds = entries("/proc/self/fd"),
				   .threads = entries("/proc/self/task"),
				   .children = qt_child() != 0 };
}

static struct qt_things before;

static void *nothing(void *arg)
{
	return arg;
}

/* The first thread may bring others: a sanitizer's. */
void qt_remember(void)
{
	pthread_t first;

	if (!before.threads && !pthread_create(&first, NULL, nothing, NULL))
		pthread_join(first, NULL);
	usleep(1000);
	before = qt_things();
}

/* A thread that was joined stays a moment. */
void qt_nothing_left(void)
{
	struct qt_things after = qt_things();

	for (u32 i = 0; i < QT_SOON_MS && after.threads > before.threads; i++) {
		usleep(1000);
		after = qt_things();
	}
	CU_ASSERT_EQUAL(after.fds, before.fds);
	CU_ASSERT_EQUAL(after.threads, before.threads);
	CU_ASSERT_EQUAL(after.children, 0);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

/* ---- somebody else's QEMU ------------------------------------------------ */

/* Is somebody listening there? A socket has its name before it takes connections. */
static bool listening(const char *path)
{
	FILE *f = fopen("/proc/net/unix", "re");
	char line[256], *at;
	unsigned int flags;
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f)) {
		at = strchr(line, '/');
		line[strcspn(line, "\n")] = '\0';
		found = at && !strcmp(at, path) && sscanf(line, "%*s %*s %*s %x", &flags) == 1 &&
			flags & UNIX_LISTENS;
	}
	if (f)
		fclose(f);
	return found;
}

static bool start(struct qt_qemu *q, const char *machine, const char *const more[6])
{
	const char *bios = qt_file("bios", 65536);
	static const u8 stop[] = { 0xfa, 0xf4, 0xeb, 0xfd };
	char ram_arg[256], sock_arg[256], machine_arg[64];
	int fd = open(bios, O_RDWR | O_CLOEXEC);

	if (pwrite(fd, stop, sizeof(stop), 65536 - 16) != sizeof(stop))
		abort();
	close(fd);
	q->sock = qt_path("sock");
	q->ram = qt_file("ram", 32 << 20);
	snprintf(machine_arg, sizeof(machine_arg), "%s,memory-backend=ram", machine);
	snprintf(sock_arg, sizeof(sock_arg), "unix:%s,server=on,wait=off", q->sock);
	snprintf(ram_arg, sizeof(ram_arg),
		 "memory-backend-file,id=ram,size=32M,share=on,mem-path=%s", q->ram);
	unlink(q->sock);
	q->pid = fork();
	if (!q->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* not to be left behind, should the test crash */
		execlp("qemu-system-x86_64", "qemu", "-nodefaults", "-display", "none", "-accel",
		       "tcg", "-machine", machine_arg, "-m", "32", "-object", ram_arg, "-bios",
		       bios, "-qtest", sock_arg, "-qtest-log", "none", more[0], more[1], more[2],
		       more[3], more[4], more[5], NULL);
		_exit(127);
	}
	if (q->pid < 0)
		return false;
	for (u32 i = 0; i < START_MS / 20; i++) {
		if (listening(q->sock))
			return true;
		if (waitpid(q->pid, NULL, WNOHANG))
			return false;
		usleep(20000);
	}
	qt_stop(q);
	return false;
}

bool qt_start(struct qt_qemu *q, const char *machine, const char *device)
{
	return start(q, machine, (const char *const[6]){ "-device", device });
}

bool qt_start_disk(struct qt_qemu *q, const char *machine, const char *image)
{
	char drive[256];

	snprintf(drive, sizeof(drive), "if=none,id=d,format=raw,file=%s", image);
	return start(q, machine,
		     (const char *const[6]){ "-device", "piix3-ide,id=ide,addr=5", "-drive", drive,
					     "-device", "ide-hd,bus=ide.0,drive=d" });
}

void qt_stop(struct qt_qemu *q)
{
	int status;

	kill(q->pid, SIGTERM);
	waitpid(q->pid, &status, 0);
}
