// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What goes wrong: no QEMU, no image, nonsense in a specification, a QEMU that
 * dies or hangs, something else behind the socket. Each ends in time, with an
 * error that says why, and leaves nothing behind.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <core/core.h>

#include "help.h"

/* Long before any request would time out, on a busy machine too. */
enum { DISK = 1 << 20, SOON_MS = 8000 };

static struct qt_things before;

static void *nothing(void *arg)
{
	return arg;
}

/* The first thread may bring others: a sanitizer's. */
static void remember(void)
{
	pthread_t first;

	if (!before.threads && !pthread_create(&first, NULL, nothing, NULL))
		pthread_join(first, NULL);
	usleep(1000);
	before = qt_things();
}

/* A thread that was joined stays a moment. */
static void nothing_left(void)
{
	struct qt_things after = qt_things();

	for (u32 i = 0; i < SOON_MS && after.threads > before.threads; i++) {
		usleep(1000);
		after = qt_things();
	}
	CU_ASSERT_EQUAL(after.fds, before.fds);
	CU_ASSERT_EQUAL(after.threads, before.threads);
	CU_ASSERT_EQUAL(after.children, 0);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

static bool says(const char *what)
{
	return strstr(qt_err.text, what);
}

/* ---- that does not begin ------------------------------------------------- */

static void no_qemu(void)
{
	CU_ASSERT_EQUAL(qt_error("qemu:edu,qemu=/nowhere/qemu"), -ENODEV);
	CU_ASSERT(says("/nowhere/qemu"));
	CU_ASSERT_EQUAL(qt_error("qemu:edu,qemu=/bin/false"), -ENODEV);
	CU_ASSERT(says("has ended"));
}

static void no_image(void)
{
	CU_ASSERT_EQUAL(qt_error("qemu:piix3-ide,disk0=/nowhere/d.img"), -ENODEV);
	CU_ASSERT(says("/nowhere/d.img"));
}

static void no_such_device(void)
{
	CU_ASSERT_EQUAL(qt_error("qemu:no-such-device"), -ENODEV);
	CU_ASSERT(says("no-such-device"));
	CU_ASSERT_EQUAL(qt_error("qemu:edu,colour=red"), -ENODEV);
	CU_ASSERT(says("colour"));
}

static void nonsense(void)
{
	static const char *const specs[] = {
		"",
		"edu",
		"qemu:",
		"qemu:edu,",
		"qemu:edu+",
		"qemu:edu,x",
		"qemu:edu,=1",
		"qemu:edu,a=1,a=2",
		"qemu:edu,addr=2",
		"qemu:edu,addr=x",
		"qemu:edu,ram=1",
		"qemu:edu,timeout=0",
		"qemu:edu,timeout=soon",
		"qtest:/nowhere",
		"qemu:edu,ram=17M1",
	};

	for (u32 i = 0; i < TRV_ARRAY_SIZE(specs); i++) {
		CU_ASSERT_EQUAL(qt_error("%s", specs[i]), -EINVAL);
		CU_ASSERT(*qt_err.text);
	}
}

/* ---- that ends too early ------------------------------------------------- */

static u64 ms_since(u64 start)
{
	return (trv_time_ns() - start) / 1000000;
}

static struct trv_host *open_disk(const char *more)
{
	return qt_open("qemu:piix3-ide,disk0=%s%s", qt_file("d.img", DISK), more);
}

/* Every entry still answers, at once, and says so. */
static void all_gone(struct trv_host *host)
{
	struct trv_dev *dev = trv_user_dev(host, 0);
	u64 start = trv_time_ns();
	u8 buf[512];
	u32 val;

	CU_ASSERT(trv_dev_gone(dev));
	CU_ASSERT_EQUAL(trv_cfg_read32(dev, 0, &val), -ENODEV);
	CU_ASSERT_EQUAL(val, ~0U);
	CU_ASSERT_EQUAL(trv_disk_rw(qt_disk(host, 0), TRV_REQ_READ, 0, 1, buf), -ENODEV);
	trv_user_unbind(dev);
	CU_ASSERT_EQUAL(trv_user_bind(dev, NULL), -ENODEV);
	CU_ASSERT(ms_since(start) < SOON_MS);
}

/* The other thread reads and reads, until it cannot. */
static void *keep_reading(void *arg)
{
	static int rc;
	u8 buf[4096];

	do {
		rc = trv_disk_rw(arg, TRV_REQ_READ, 0, sizeof(buf) / 512, buf);
	} while (!rc);
	return &rc;
}

static void interrupted_by(int sig, const char *more)
{
	struct trv_host *host = open_disk(more);
	pthread_t thread;
	void *rc;
	u64 start;

	if (!host)
		return;
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, keep_reading, qt_disk(host, 0)), 0);
	usleep(50000);
	start = trv_time_ns();
	CU_ASSERT_FATAL(qt_child() != 0);
	kill(qt_child(), sig);
	pthread_join(thread, &rc);
	CU_ASSERT_EQUAL(*(int *)rc, -ENODEV);
	CU_ASSERT(ms_since(start) < SOON_MS);
	all_gone(host);
	trv_user_close(host);
}

static void dies(void)
{
	interrupted_by(SIGKILL, "");
}

static void hangs(void)
{
	interrupted_by(SIGSTOP, ",timeout=1500");
}

static void unplugged(void)
{
	struct trv_host *host = open_disk("");

	if (!host)
		return;
	trv_user_unplug(host);
	all_gone(host);
	trv_user_close(host);
}

/* It hangs when it is asked to end: it is killed. */
static void hangs_at_close(void)
{
	struct trv_host *host = open_disk("");
	u64 start = trv_time_ns();

	if (!host)
		return;
	trv_user_unbind(trv_user_dev(host, 0));
	kill(qt_child(), SIGSTOP);
	trv_user_close(host);
	CU_ASSERT(ms_since(start) < 5000 + SOON_MS);
}

/* We are killed, with no chance to clean up. */
static void dies_with_us(void)
{
	int pipe_fds[2], child = 0, pid;
	char path[64];

	CU_ASSERT_EQUAL_FATAL(pipe(pipe_fds), 0);
	pid = fork();
	if (!pid) {
		struct trv_host *host;

		if (trv_user_open("qemu:edu", NULL, &host))
			_exit(1);
		child = qt_child();
		(void)!write(pipe_fds[1], &child, sizeof(child));
		raise(SIGKILL);
	}
	close(pipe_fds[1]);
	CU_ASSERT_EQUAL(read(pipe_fds[0], &child, sizeof(child)), (ssize_t)sizeof(child));
	close(pipe_fds[0]);
	waitpid(pid, NULL, 0);
	CU_ASSERT(child > 1);
	snprintf(path, sizeof(path), "/proc/%d/exe", child);
	for (u32 i = 0; i < SOON_MS / 10 && !access(path, F_OK); i++)
		usleep(10000);
	CU_ASSERT(access(path, F_OK));
}

/* ---- that is no QEMU ----------------------------------------------------- */

struct impostor {
	int sock;
	const char *answer;
};

static void *impersonate(void *arg)
{
	struct impostor *im = arg;
	int fd = accept(im->sock, NULL, NULL);
	char buf[64];

	if (im->answer && read(fd, buf, sizeof(buf)) > 0) {
		while (send(fd, im->answer, strlen(im->answer), MSG_NOSIGNAL) > 0)
			usleep(1000);
	}
	/* Says nothing, until the other side has had enough. */
	while (read(fd, buf, sizeof(buf)) > 0)
		continue;
	close(fd);
	return NULL;
}

static int attach_to(const char *answer)
{
	const char *path = qt_path("impostor"), *ram = qt_file("ram", 16 << 20);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct impostor im = { socket(AF_UNIX, SOCK_STREAM, 0), answer };
	pthread_t thread;
	int rc;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	unlink(path);
	CU_ASSERT_EQUAL_FATAL(bind(im.sock, (struct sockaddr *)&addr, sizeof(addr)), 0);
	CU_ASSERT_EQUAL_FATAL(listen(im.sock, 1), 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, impersonate, &im), 0);
	rc = qt_error("qtest:%s,addr=4.0,ram=%s,timeout=300", path, ram);
	pthread_join(thread, NULL);
	close(im.sock);
	return rc;
}

static void garbage(void)
{
	static const char *const answers[] = {
		"HTTP/1.1 400 Bad Request\r\n",
		"\x7f\x45\x4c\x46\x01\n",
		"OK 0xzz\n",
		"IRQ raise\n",
		"IRQ lower 3x\n",
		"OKAY\n",
		"OK\n",
	};

	for (u32 i = 0; i < TRV_ARRAY_SIZE(answers); i++)
		CU_ASSERT_EQUAL(attach_to(answers[i]), -ENODEV);
	CU_ASSERT_EQUAL(attach_to("no end of line "), -ENODEV);
}

static void silence(void)
{
	u64 start = trv_time_ns();

	CU_ASSERT_EQUAL(attach_to(NULL), -ENODEV);
	CU_ASSERT(says("no answer"));
	CU_ASSERT(ms_since(start) < SOON_MS);
}

static void wrong_memory(void)
{
	struct qt_qemu q;

	CU_ASSERT_FATAL(qt_start(&q, "q35", "edu,addr=5"));
	CU_ASSERT_EQUAL(qt_error("qtest:%s,addr=5.0,ram=%s", q.sock, qt_file("other", 32 << 20)),
			-ENODEV);
	CU_ASSERT(says("memory"));
	CU_ASSERT_EQUAL(qt_error("qtest:%s,addr=6.0,ram=%s", q.sock, q.ram), -ENODEV);
	CU_ASSERT(says("no device"));
	qt_stop(&q);
}

/* A device the drivers do not know, and a driver for another one. */
static void wrong_device(void)
{
	struct trv_user_error err;
	struct trv_host *host;

	CU_ASSERT_EQUAL_FATAL(trv_user_open("qemu:e1000+edu", &err, &host), 0);
	CU_ASSERT_EQUAL(trv_user_bind(trv_user_dev(host, 0), NULL), -ENODEV);
	CU_ASSERT_EQUAL(trv_user_bind(trv_user_dev(host, 1), trv_driver_by_name("ide")), -ENODEV);
	CU_ASSERT_PTR_NULL(trv_user_dev(host, 2));
	trv_user_close(host);
}

KTAP_SUITE_WITH(bad, remember, nothing_left, KTAP_TEST(no_qemu), KTAP_TEST(no_image),
		KTAP_TEST(no_such_device), KTAP_TEST(nonsense), KTAP_TEST(dies), KTAP_TEST(hangs),
		KTAP_TEST(unplugged), KTAP_TEST(hangs_at_close), KTAP_TEST(dies_with_us),
		KTAP_TEST(garbage), KTAP_TEST(silence), KTAP_TEST(wrong_memory),
		KTAP_TEST(wrong_device));
KTAP_MAIN(&bad);
