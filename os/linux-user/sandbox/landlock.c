// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Landlock (the kernel's Documentation/userspace-api/landlock.rst): no file
 * can be opened, made, changed or executed by name any more, but for those to
 * be unlinked at the end. Descriptors that are open go on. There is no
 * library for it in Debian 12, and the header is older than some kernels.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <os/linux-user/sandbox/sandbox.h>

#if !defined(SYS_landlock_create_ruleset)
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

enum { CREATE_VERSION = 1, RULE_PATH_BENEATH = 1 };

#define FS_REMOVE_FILE (1ULL << 5)

/** struct ruleset_attr - as of ABI 6; what a kernel does not know has to be 0 */
struct ruleset_attr {
	u64 handled_fs, handled_net, scoped;
};

struct path_beneath {
	u64 allowed;
	s32 parent;
} __attribute__((packed));

int user_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);

	return abi < 0 ? -errno : (int)abi;
}

/* All that this ABI can take away. */
static struct ruleset_attr everything(int abi)
{
	struct ruleset_attr attr = { .handled_fs = (1ULL << 13) - 1 };

	if (abi >= 2)
		attr.handled_fs |= 1ULL << 13; /* link and rename elsewhere */
	if (abi >= 3)
		attr.handled_fs |= 1ULL << 14; /* truncate */
	if (abi >= 4)
		attr.handled_net = 1 << 0 | 1 << 1; /* bind and connect, by TCP */
	if (abi >= 5)
		attr.handled_fs |= 1ULL << 15; /* ioctl of devices, of those opened from here on */
	if (abi >= 6)
		attr.scoped = 1 << 0; /* abstract sockets of others */
	return attr;
}

static int may_unlink(int ruleset, const char *path)
{
	struct path_beneath rule = { .allowed = FS_REMOVE_FILE };
	const char *slash = strrchr(path, '/');
	char *dir = slash ? strndup(path, trv_max((size_t)(slash - path), (size_t)1)) : strdup(".");
	int rc = 0;

	if (!dir)
		return -ENOMEM;
	rule.parent = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (rule.parent < 0 || syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0))
		rc = -errno;
	if (rule.parent >= 0)
		close(rule.parent);
	free(dir);
	return rc;
}

int user_landlock_open(const struct user_needs *needs)
{
	const int abi = user_landlock_abi();
	struct ruleset_attr attr = everything(abi);
	int fd, rc = 0;

	if (abi < 0)
		return abi;
	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (fd < 0)
		return -errno;
	for (u32 i = 0; i < needs->n_acts && !rc; i++) {
		if (needs->acts[i].path)
			rc = may_unlink(fd, needs->acts[i].path);
	}
	if (!rc)
		return fd;
	close(fd);
	return rc;
}

int user_landlock_self(int fd)
{
	return syscall(SYS_landlock_restrict_self, fd, 0) ? -errno : 0;
}
