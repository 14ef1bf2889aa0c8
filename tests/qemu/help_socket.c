// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What may be behind a test socket: nobody who knows the protocol, or a QEMU that is garbled on the way. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "help.h"

static struct sockaddr_un address(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	CU_ASSERT_FATAL(strlen(path) < sizeof(addr.sun_path));
	strcpy(addr.sun_path, path);
	return addr;
}

static int listen_at(const char *path)
{
	struct sockaddr_un addr = address(path);
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	unlink(path);
	CU_ASSERT_EQUAL_FATAL(bind(sock, (struct sockaddr *)&addr, sizeof(addr)), 0);
	CU_ASSERT_EQUAL_FATAL(listen(sock, 1), 0);
	return sock;
}

static bool say(int fd, const char *text, size_t len)
{
	return send(fd, text, len, MSG_NOSIGNAL) == (ssize_t)len;
}

/* ---- nobody who knows ---------------------------------------------------- */

static void *impersonate(void *arg)
{
	struct qt_impostor *im = arg;
	int fd = accept(im->sock, NULL, NULL);
	char buf[64];

	if (im->answer && read(fd, buf, sizeof(buf)) > 0) {
		while (say(fd, im->answer, strlen(im->answer)))
			continue;
	}
	/* Says nothing, until the other side has had enough. */
	while (read(fd, buf, sizeof(buf)) > 0)
		continue;
	close(fd);
	return NULL;
}

void qt_impostor_start(struct qt_impostor *im, const char *answer)
{
	im->path = qt_path("impostor");
	im->answer = answer;
	im->sock = listen_at(im->path);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&im->thread, NULL, impersonate, im), 0);
}

void qt_impostor_stop(struct qt_impostor *im)
{
	shutdown(im->sock, SHUT_RDWR); /* when nobody ever came */
	pthread_join(im->thread, NULL);
	close(im->sock);
	unlink(im->path);
}

/* ---- garbled ------------------------------------------------------------- */

/* Answers with values in them, all ones instead. */
static bool ones(int fd, char *lines)
{
	static const char all[] = "OK 0xffffffffffffffff\n";
	char *line, *end;

	for (line = lines; *line; line = end) {
		end = strchrnul(line, '\n');
		end += *end == '\n';
		if (!strncmp(line, "OK 0x", 5) ? !say(fd, all, sizeof(all) - 1) :
						 !say(fd, line, (size_t)(end - line)))
			return false;
	}
	return true;
}

static bool pass_on(struct qt_proxy *p, char *text, size_t n)
{
	switch (trv_load_acquire(&p->mode)) {
	case QT_PASS:
		return say(p->ours, text, n);
	case QT_ONES:
		return ones(p->ours, text);
	case QT_SILENT:
		return true;
	case QT_HALF:
		(void)say(p->ours, text, n / 2);
		return false;
	default:
		while (say(p->ours, p->text, strlen(p->text)))
			continue;
		return false;
	}
}

static void *between(void *arg)
{
	struct qt_proxy *p = arg;
	struct pollfd fds[2];
	char buf[65536];
	bool more;
	ssize_t n;

	p->ours = accept(p->listening, NULL, NULL);
	do {
		fds[0] = (struct pollfd){ .fd = p->ours, .events = POLLIN };
		fds[1] = (struct pollfd){ .fd = p->qemu, .events = POLLIN };
		more = poll(fds, 2, -1) > 0;
		if (fds[0].revents) {
			n = recv(p->ours, buf, sizeof(buf), 0);
			more = n > 0 && say(p->qemu, buf, (size_t)n);
		}
		if (more && fds[1].revents) {
			n = recv(p->qemu, buf, sizeof(buf) - 1, 0);
			buf[n > 0 ? n : 0] = '\0';
			more = n > 0 && pass_on(p, buf, (size_t)n);
		}
	} while (more);
	close(p->ours);
	close(p->qemu);
	return NULL;
}

void qt_proxy_start(struct qt_proxy *p, struct qt_qemu *to)
{
	struct sockaddr_un addr = address(to->sock);

	*p = (struct qt_proxy){ .path = qt_path("proxy"), .to = to };
	p->listening = listen_at(p->path);
	p->qemu = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_EQUAL_FATAL(connect(p->qemu, (struct sockaddr *)&addr, sizeof(addr)), 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&p->thread, NULL, between, p), 0);
}

void qt_proxy_stop(struct qt_proxy *p)
{
	shutdown(p->listening, SHUT_RDWR);
	pthread_join(p->thread, NULL);
	close(p->listening);
	unlink(p->path);
}
