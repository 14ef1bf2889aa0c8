// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Files of the kernel, or of a tree that a test made in their place. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <os/linux-user/cli/hw/hw.h>

static const char *root = "";

int hw_root_set(const char *dir)
{
	struct stat st;

	if (stat(dir, &st))
		return cli_error(CLI_USAGE, "--sysfs-root '%s': %s", dir, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return cli_error(CLI_USAGE, "--sysfs-root '%s': not a directory", dir);
	root = strcmp(dir, "/") ? dir : "";
	return CLI_OK;
}

bool hw_rooted(void)
{
	return *root;
}

struct hw_path hw_path(const char *fmt, ...)
{
	struct hw_path path;
	int n = snprintf(path.s, sizeof(path.s), "%s/", root), m = 0;
	va_list ap;

	va_start(ap, fmt);
	if (n >= 0 && (size_t)n < sizeof(path.s))
		m = vsnprintf(path.s + n, sizeof(path.s) - (size_t)n, fmt, ap);
	va_end(ap);
	/* Half a path may be that of another file. */
	if (n < 0 || m < 0 || (size_t)n + (size_t)m >= sizeof(path.s))
		path.s[0] = '\0';
	return path;
}

struct hw_path hw_below(const char *dir, const char *name)
{
	struct hw_path path;
	int n = snprintf(path.s, sizeof(path.s), "%s/%s", dir, name);

	if (n < 0 || (size_t)n >= sizeof(path.s))
		path.s[0] = '\0';
	return path;
}

int hw_read(const struct hw_path *path, char *text, size_t len)
{
	int fd = open(path->s, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n;

	text[0] = '\0';
	if (fd < 0)
		return -errno;
	n = read(fd, text, len - 1);
	if (n < 0)
		n = -errno;
	close(fd);
	text[trv_max(n, (ssize_t)0)] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return n < 0 ? (int)n : 0;
}

void hw_link(const struct hw_path *path, char *name, size_t len)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path->s, target, sizeof(target) - 1);
	const char *slash;

	target[trv_max(n, (ssize_t)0)] = '\0';
	slash = strrchr(target, '/');
	snprintf(name, len, "%s", slash ? slash + 1 : target);
}

bool hw_exists(const struct hw_path *path)
{
	struct stat st;

	return !stat(path->s, &st);
}

static int no_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int hw_names(const struct hw_path *dir, struct hw_list *names)
{
	struct dirent **found;
	int n = scandir(dir->s, &found, no_dots, versionsort);

	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		hw_list_add(names, "%s", found[i]->d_name);
		free(found[i]);
	}
	free(found);
	return 0;
}
