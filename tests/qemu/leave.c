// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How the end of a binding to uio_pci_generic is seen, by a process in its sandbox: on files of ours
 * in place of sysfs and of the node in /dev.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <os/linux-user/sandbox/sandbox.h>
#include <os/linux-user/uio/uio.h>
#include <tests/conformance/user_dummy.h>

#include "help.h"

enum { GONE_MS = 20000 };

static char dir[PCI_PATH - 16];
static struct uio_dev d;

static void make(void)
{
	char path[320];
	int fd;

	snprintf(dir, sizeof(dir), "%.200s/trv-leave.XXXXXX", getenv("TMPDIR") ?: "/tmp");
	if (!mkdtemp(dir))
		abort();
	d = (struct uio_dev){ .watch_fd = -1 };
	snprintf(d.place.dir, sizeof(d.place.dir), "%s", dir);
	snprintf(path, sizeof(path), "%s/uio", dir);
	snprintf(d.node, sizeof(d.node), "%s/node", dir);
	fd = open(d.node, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || mkdir(path, 0700))
		abort();
	close(fd);
	snprintf(path, sizeof(path), "%s/driver", dir);
	if (symlink("../drivers/uio_pci_generic", path))
		abort();
}

static void clean(void)
{
	char path[320];

	snprintf(path, sizeof(path), "%s/driver", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/uio", dir);
	rmdir(path);
	unlink(d.node);
	CU_ASSERT_EQUAL(rmdir(dir), 0);
}

static void needs(struct trv_host *host, struct user_needs *needs)
{
	needs->looks = true;
}

/* In a process of its own, which its parent tells when the node has gone. What went wrong. */
static const char *in_sandbox(int from, int to, bool before)
{
	struct trv_user_sandbox how = { .user = NULL };
	struct trv_host *host = user_dummy_open(false);
	struct user_transport ops;
	char user[16], byte = 0;

	if (!host || user_clock_get())
		return "no device";
	ops = *host->ops;
	ops.sandbox = needs;
	host->ops = &ops;
	user_host_opened(host);
	d.dev = host->devs[0];
	d.dev->transport = &d;
	d.dev->ops = host->ops;
	if (uio_leave_open(&d))
		return "no watch";
	if (before)
		uio_leave_read(&d, true);
	/* The files are ours. */
	snprintf(user, sizeof(user), "%u", (unsigned)geteuid());
	how.user = user;
	if (trv_user_sandbox(&how, NULL))
		return "no sandbox";
	if (!before)
		uio_leave_read(&d, true);
	uio_leave_read(&d, false);
	if (user_dev_gone(d.dev) || d.gone)
		return "gone, when its interrupt was given back";
	if (write(to, &byte, 1) != 1 || read(from, &byte, 1) != 1)
		return "no parent";
	/* Seen by the node, or when its interrupt is given back again. */
	if (before)
		uio_leave_read(&d, false);
	else if (poll(&(struct pollfd){ .fd = d.watch_fd, .events = POLLIN }, 1, GONE_MS) != 1)
		return "the node goes, and nobody is told";
	else
		uio_leave_notice(d.dev, 0);
	return d.gone ? NULL : "gone, and nobody has noticed";
}

static void left(bool before)
{
	int to[2], from[2], status = -1;
	char byte = 0;
	pid_t pid;

	make();
	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		abort();
	fflush(NULL);
	pid = fork();
	if (!pid) {
		const char *wrong;

		trv_user_log_level(TRV_LOG_ERR);
		wrong = in_sandbox(to[0], from[1], before);
		if (wrong)
			fprintf(stderr, "# %s\n", wrong);
		_exit(wrong != NULL);
	}
	close(to[0]);
	close(from[1]);
	if (read(from[0], &byte, 1) == 1) {
		char path[320];

		snprintf(path, sizeof(path), "%s/driver", dir);
		unlink(path);
		unlink(d.node);
		CU_ASSERT_EQUAL(write(to[1], &byte, 1), 1);
	}
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(status, 0);
	close(to[1]);
	close(from[0]);
	clean();
}

static void driver_bound_afterwards(void)
{
	left(false);
}

static void driver_bound_before(void)
{
	left(true);
}

KTAP_SUITE(leave, KTAP_TEST(driver_bound_afterwards), KTAP_TEST(driver_bound_before));
KTAP_MAIN(&leave);
