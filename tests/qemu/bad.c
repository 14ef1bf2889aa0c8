// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What goes wrong: no QEMU, no image, nonsense in a specification, a QEMU that
 * dies or hangs, something else than was expected behind it. Each ends in time, with an
 * error that says why, and leaves nothing behind.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <core/core.h>

#include "help.h"

enum { DISK = 1 << 20, SOON_MS = QT_SOON_MS };

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
	CU_ASSERT(says("-device help"));
	CU_ASSERT_EQUAL(qt_error("qemu:edu,colour=red"), -ENODEV);
	CU_ASSERT(says("colour"));
	CU_ASSERT(says("-device MODEL,help"));
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

/* A program that is no QEMU: what it says is not collected without end. */
static void talks_for_ever(void)
{
	const char *script = qt_file("talks", 0);
	FILE *f = fopen(script, "we");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs("#!/bin/sh\nhead -c 100000000 /dev/zero >&2 && exit 8\nexit 9\n", f);
	fclose(f);
	chmod(script, 0700);
	CU_ASSERT_EQUAL(qt_error("qemu:edu,qemu=%s", script), -ENODEV);
	CU_ASSERT(says("exit status 9"));
}

/* Each says which file, what is wrong with it, and what to do. */
static void images(void)
{
	const char *empty = qt_file("empty.img", 0), *odd = qt_file("odd.img", 1000);
	const char *closed = qt_file("closed.img", DISK);

	CU_ASSERT_EQUAL(qt_error("qemu:piix3-ide,disk0=%s", empty), -ENODEV);
	CU_ASSERT(says(empty) && says("0 bytes") && says("truncate -s 64M"));
	CU_ASSERT_EQUAL(qt_error("qemu:piix3-ide,disk0=%s", odd), -ENODEV);
	CU_ASSERT(says(odd) && says("1000 bytes") && says("truncate -s %512"));
	CU_ASSERT_EQUAL(qt_error("qemu:piix3-ide,cd0=%s", odd), -ENODEV);
	CU_ASSERT(says("truncate -s %2048"));
	CU_ASSERT_EQUAL(qt_error("qemu:piix3-ide,disk0=/tmp"), -ENODEV);
	CU_ASSERT(says("neither a file nor"));
	CU_ASSERT_EQUAL(qt_error("qemu:piix3-ide,disk0="), -EINVAL);
	CU_ASSERT(says("names no image"));
	if (!geteuid())
		return;
	chmod(closed, 0400);
	CU_ASSERT_EQUAL(qt_error("qemu:piix3-ide,disk0=%s", closed), -EACCES);
	CU_ASSERT(says(closed) && says("Permission denied") && says("ls -l"));
	CU_ASSERT_EQUAL(qt_error("qemu:piix3-ide,cd0=%s", closed), 0);
	chmod(closed, 0);
	CU_ASSERT_EQUAL(qt_error("qemu:piix3-ide,cd0=%s", closed), -EACCES);
}

/* ---- that ends too early ------------------------------------------------- */

static struct trv_host *open_disk(const char *more)
{
	return qt_open("qemu:piix3-ide,disk0=%s%s", qt_file("d.img", DISK), more);
}

static void interrupted_by(int sig, const char *more)
{
	struct trv_host *host = open_disk(more);
	pthread_t thread;
	void *rc;
	u64 start;

	if (!host)
		return;
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, qt_keep_reading, qt_disk(host, 0)), 0);
	usleep(50000);
	start = trv_time_ns();
	CU_ASSERT_FATAL(qt_child() != 0);
	kill(qt_child(), sig);
	pthread_join(thread, &rc);
	CU_ASSERT_EQUAL(*(int *)rc, -ENODEV);
	CU_ASSERT(qt_ms_since(start) < SOON_MS);
	qt_all_gone(host);
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

/* A request is under way for certain: the disk is too slow to have ended it. */
static void in_a_request(int sig)
{
	const char *path = qt_file("slow.img", DISK);
	struct trv_host *host = qt_open("qemu:piix4-ide,timeout=1500,drive0=format=raw,,file=%s,,"
					"throttling.bps-read=65536",
					path);
	struct trv_disk *disk = host ? qt_disk(host, 0) : NULL;
	u8 *buf = malloc(DISK);
	struct qt_once req;
	u64 start;

	if (disk) {
		/* Its price, 16 s, is paid by the next one. */
		CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_READ, 0, DISK / 512, buf), 0);
		qt_submit(&req, disk, TRV_REQ_READ, 0, 8, buf);
		usleep(100000);
		CU_ASSERT_EQUAL(trv_load_acquire(&req.ends), 0);
		start = trv_time_ns();
		kill(qt_child(), sig);
		CU_ASSERT_EQUAL(qt_wait(&req), -ENODEV);
		CU_ASSERT(qt_ms_since(start) < SOON_MS);
		qt_all_gone(host);
		CU_ASSERT_EQUAL(trv_load_acquire(&req.ends), 1);
	}
	trv_user_close(host);
	free(buf);
}

static void dies_in_a_request(void)
{
	in_a_request(SIGKILL);
}

static void ends_in_a_request(void)
{
	in_a_request(SIGTERM);
}

/* Nobody waits for an answer of QEMU's then: somebody has to ask whether it lives. */
static void hangs_in_a_request(void)
{
	in_a_request(SIGSTOP);
}

static void count_deaths(const struct trv_dev *dev, enum trv_log_level level, const char *line,
			 void *arg)
{
	if (level == TRV_LOG_ERR && strstr(line, "QEMU was killed by signal 9"))
		++*(u32 *)arg;
}

/* Whoever learns of its death closes at once: why it died is told all the same. */
static void tells_why(void)
{
	enum { TIMES = 20 };
	u32 told = 0;

	trv_user_on_log(count_deaths, &told);
	for (u32 i = 0; i < TIMES; i++) {
		struct trv_user_error err;
		struct trv_host *host;
		struct trv_mmio regs;
		struct trv_dev *dev;

		CU_ASSERT_EQUAL_FATAL(trv_user_open("qemu:edu", &err, &host), 0);
		dev = trv_user_dev(host, 0);
		CU_ASSERT_EQUAL_FATAL(trv_bar_map(dev, 0, 4, &regs), 0);
		kill(qt_child(), SIGKILL);
		while (trv_read32(regs, 0) != ~0U)
			continue;
		trv_bar_unmap(dev, &regs);
		trv_user_close(host);
	}
	trv_user_on_log(NULL, NULL);
	CU_ASSERT_EQUAL(told, TIMES);
}

static void unplugged(void)
{
	struct trv_host *host = open_disk("");

	if (!host)
		return;
	trv_user_unplug(host);
	qt_all_gone(host);
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
	CU_ASSERT(qt_ms_since(start) < 5000 + SOON_MS);
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

/* ---- that is another ------------------------------------------------------ */

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

KTAP_SUITE_WITH(bad, qt_remember, qt_nothing_left, KTAP_TEST(no_qemu), KTAP_TEST(talks_for_ever),
		KTAP_TEST(no_image), KTAP_TEST(images), KTAP_TEST(no_such_device),
		KTAP_TEST(nonsense), KTAP_TEST(dies), KTAP_TEST(hangs),
		KTAP_TEST(dies_in_a_request), KTAP_TEST(ends_in_a_request),
		KTAP_TEST(hangs_in_a_request), KTAP_TEST(tells_why), KTAP_TEST(unplugged),
		KTAP_TEST(hangs_at_close), KTAP_TEST(dies_with_us), KTAP_TEST(wrong_memory),
		KTAP_TEST(wrong_device));
KTAP_MAIN(&bad);
