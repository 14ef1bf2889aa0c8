// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Without -f, nbdkit forks into the background, and the process somebody waits for ends at once.
 * A device cannot be opened before that, because its threads would not be in the child; and after
 * it nobody is there to be told why it failed. So that process waits as it exits, until the server
 * says how it went: the error comes where it was asked for, with an exit status, and a command
 * that has ended well has left a disk behind.
 *
 * With --run, the other process runs a command, which may be connecting to the socket by now. It
 * would wait for ever if the server ended: then the server stays, to send it away.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#include <os/linux-user/nbdkit/plug.h>

/* Everything in an open has limits of its own, and this is longer than their sum. */
#define LIMIT_MS 300000
/* It is in exit() when the server begins. */
#define HELLO_MS 5000

/**
 * start - between the process that was started and the server
 * @pid:  of the former
 * @dir:  where it was: nbdkit leaves for /
 * @from: where the server was when it began
 * @fds:  the one's and the other's; the former says hello when it waits, and the server
 *        answers with a zero byte, or the error
 * @here: this process is the server
 */
static struct {
	pid_t pid;
	int dir;
	int from;
	int fds[2];
	bool here;
} start = { .dir = -1, .from = -1, .fds = { -1, -1 } };

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void give_up(const char *text)
{
	fprintf(stderr, "nbdkit: error: %s\n", text);
	fflush(NULL);
	_exit(EXIT_FAILURE);
}

/* In the process that was started, as it exits. */
static void wait_for_server(void)
{
	struct pollfd p = { .fd = start.fds[0], .events = POLLIN };
	char text[sizeof(struct trv_user_error) + 64];
	size_t len = 0;
	ssize_t n = 1;

	if (start.here || getpid() != start.pid)
		return;
	/* No child: it failed before, or (--run) has waited for the server by now. */
	if (waitpid(-1, NULL, WNOHANG) < 0)
		return;
	close_fd(&start.fds[1]);
	/* It may be dead: the end of its answer says so. */
	(void)!send(p.fd, "", 1, MSG_NOSIGNAL);
	while (n > 0 && len < sizeof(text) - 1) {
		n = poll(&p, 1, LIMIT_MS);
		if (!n)
			give_up("the device is not open after 300 s; what goes on is in the "
				"system log, and the server still runs: see ps");
		if (n > 0)
			n = read(p.fd, text + len, sizeof(text) - 1 - len);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			len += (size_t)n;
		if (len && !text[0])
			return;
	}
	text[len] = '\0';
	give_up(len ? text : "the server has died while it opened the device; see the system log");
}

int plug_start_prepare(void)
{
	start.pid = getpid();
	start.dir = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (start.dir < 0) {
		nbdkit_error("the current directory cannot be opened: %s", strerror(errno));
		return -1;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, start.fds) ||
	    atexit(wait_for_server)) {
		nbdkit_error("cannot prepare the start: %s", strerror(errno));
		return -1;
	}
	return 0;
}

int plug_start_begin(struct trv_user_error *err)
{
	int rc;

	start.here = true;
	close_fd(&start.fds[0]);
	start.from = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (start.from >= 0 && !fchdir(start.dir))
		return 0;
	rc = -errno;
	snprintf(err->text, sizeof(err->text),
		 "cannot go back to the directory this was started in: %s", strerror(-rc));
	return rc;
}

/* Does somebody wait for the answer? Not in the foreground, not with --run. */
static bool somebody_waits(void)
{
	struct pollfd p = { .fd = start.fds[1], .events = POLLIN };

	return poll(&p, 1, HELLO_MS) > 0;
}

static void answer(const char *word, size_t len)
{
	while (len) {
		ssize_t n = send(start.fds[1], word, len, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return;
		word += trv_max(n, (ssize_t)0);
		len -= (size_t)trv_max(n, (ssize_t)0);
	}
}

bool plug_start_end(const char *error)
{
	bool stay = false;

	if (start.from >= 0 && fchdir(start.from))
		nbdkit_error("the working directory stays where it is: %s", strerror(errno));
	if (!error)
		answer("", 1);
	else if (getpid() != start.pid && !somebody_waits())
		stay = getppid() == start.pid;
	else
		answer(error, strlen(error));
	close_fd(&start.from);
	close_fd(&start.dir);
	close_fd(&start.fds[1]);
	return stay;
}
