// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What changes the machine, one step at a time; with --dry-run the line of
 * shell that would do the same is printed instead. The kernel may take its
 * time, or for ever: a driver does not let go of a device that is in use. So
 * a child asks it, and is not waited for for ever.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <os/linux-user/cli/hw/hw.h>

enum { NAP_US = 10000, PROBE_S = 5 };

static bool dry;
static unsigned long limit = 30;
static int lock_fd = -1;

void hw_steps(bool dry_run, unsigned long seconds)
{
	dry = dry_run;
	limit = seconds;
}

bool hw_dry_run(void)
{
	return dry;
}

/* For a shell: printf's format, in single quotes. */
static void print_quoted(const char *text)
{
	putchar('\'');
	for (; *text; text++) {
		if (*text == '\n')
			fputs("\\n", stdout);
		else if (*text == '%' || *text == '\\')
			printf("%c%c", *text, *text);
		else if (*text == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*text);
	}
	putchar('\'');
}

void hw_print_path(const struct hw_path *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789/._:,@+-";

	if (path->s[0] && !path->s[strspn(path->s, plain)]) {
		fputs(path->s, stdout);
		return;
	}
	putchar('\'');
	for (const char *c = path->s; *c; c++) {
		if (*c == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*c);
	}
	putchar('\'');
}

static void print_command(const char *command, const struct hw_path *path)
{
	fputs(command, stdout);
	hw_print_path(path);
	putchar('\n');
}

static void print_write(const struct hw_path *path, const char *text)
{
	fputs("printf ", stdout);
	print_quoted(text);
	print_command(" >", path);
}

static int failed(const char *what, const struct hw_path *path, int err)
{
	const int code = cli_code(-err);

	return cli_error(code == CLI_USAGE ? CLI_FAILED : code, "cannot %s %s: %s%s", what, path->s,
			 strerror(err), err == EACCES || err == EPERM ? "; root can" : "");
}

/* The error as an exit status: there is none above 255. */
static int write_now(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	const size_t len = strlen(text);
	ssize_t n;

	if (fd < 0)
		return errno;
	errno = EIO; /* a part is no write */
	n = write(fd, text, len);
	if (n != (ssize_t)len)
		return errno;
	return close(fd) ? errno : 0;
}

int hw_write(const struct hw_path *path, const char *text)
{
	const u64 end = trv_time_ns() + limit * 1000000000ULL;
	int status;
	pid_t pid, ended;

	if (dry) {
		print_write(path, text);
		return CLI_OK;
	}
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return cli_error(CLI_LIMIT, "no process to write %s: %s", path->s, strerror(errno));
	if (!pid) {
		/* One that the kernel does not let go of must not keep others out. */
		if (lock_fd >= 0)
			close(lock_fd);
		_exit(write_now(path->s, text));
	}
	while (!(ended = waitpid(pid, &status, WNOHANG)) && trv_time_ns() < end)
		usleep(NAP_US);
	if (!ended) {
		kill(pid, SIGKILL);
		return cli_error(CLI_FAILED,
				 "writing %s is not done after %lu s; a process may hold the "
				 "device; --timeout gives it longer",
				 path->s, limit);
	}
	if (ended < 0 || !WIFEXITED(status))
		return cli_error(CLI_FAILED, "writing %s was ended from outside", path->s);
	return WEXITSTATUS(status) ? failed("write", path, WEXITSTATUS(status)) : CLI_OK;
}

int hw_mkdir(const struct hw_path *path)
{
	struct hw_path part = *path;

	if (hw_exists(path))
		return CLI_OK;
	if (dry) {
		print_command("mkdir -p ", path);
		return CLI_OK;
	}
	for (char *slash = part.s; (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		if (mkdir(part.s, 0755) && errno != EEXIST)
			return failed("make", &part, errno);
		*slash = '/';
	}
	return mkdir(path->s, 0755) && errno != EEXIST ? failed("make", path, errno) : CLI_OK;
}

int hw_replace(const struct hw_path *path, const char *text)
{
	struct hw_path new;
	int fd, err = 0;
	size_t len = strlen(text);

	if (dry) {
		print_write(path, text);
		return CLI_OK;
	}
	if (snprintf(new.s, sizeof(new.s), "%s.XXXXXX", path->s) >= (int)sizeof(new.s))
		return failed("write", path, ENAMETOOLONG);
	fd = mkostemp(new.s, O_CLOEXEC);
	if (fd < 0)
		return failed("write", path, errno);
	errno = EIO;
	if (fchmod(fd, 0644) || write(fd, text, len) != (ssize_t)len || fsync(fd))
		err = errno;
	if (close(fd) && !err)
		err = errno;
	if (!err && rename(new.s, path->s))
		err = errno;
	if (!err)
		return CLI_OK;
	unlink(new.s);
	return failed("write", path, err);
}

int hw_remove(const struct hw_path *path)
{
	if (dry) {
		print_command("rm ", path);
		return CLI_OK;
	}
	return unlink(path->s) && errno != ENOENT ? failed("remove", path, errno) : CLI_OK;
}

int hw_chown(const struct hw_path *path, uid_t uid, gid_t gid)
{
	if (dry) {
		printf("chown %u", uid);
		if (gid != (gid_t)-1)
			printf(":%u", gid);
		print_command(" ", path);
		return CLI_OK;
	}
	return chown(path->s, uid, gid) ? failed("give away", path, errno) : CLI_OK;
}

int hw_lock(void)
{
	const u64 end = trv_time_ns() + limit * 1000000000ULL;
	struct hw_path dir = hw_path("run/trivet"), path = hw_path("run/trivet/lock");
	int rc;

	if (dry)
		return CLI_OK;
	rc = hw_mkdir(&dir);
	if (rc)
		return rc;
	lock_fd = open(path.s, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (lock_fd < 0)
		return failed("open", &path, errno);
	while (flock(lock_fd, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return failed("lock", &path, errno);
		if (trv_time_ns() >= end)
			return cli_error(CLI_BUSY,
					 "another trivet has been changing devices for %lu s; who: "
					 "fuser -v %s; --timeout waits longer",
					 limit, path.s);
		usleep(NAP_US);
	}
	return CLI_OK;
}

bool hw_wait_driver(const char *dev, const char *driver)
{
	const u64 end = trv_time_ns() + trv_min(limit, (unsigned long)PROBE_S) * 1000000000ULL;
	char now[HW_NAME];

	for (;;) {
		hw_driver(dev, now, sizeof(now));
		if (dry || !strcmp(now, driver))
			return true;
		if (trv_time_ns() >= end)
			return false;
		usleep(NAP_US);
	}
}

bool hw_wait_exists(const struct hw_path *path)
{
	const u64 end = trv_time_ns() + trv_min(limit, (unsigned long)PROBE_S) * 1000000000ULL;

	while (!dry && !hw_exists(path)) {
		if (trv_time_ns() >= end)
			return false;
		usleep(NAP_US);
	}
	return true;
}
