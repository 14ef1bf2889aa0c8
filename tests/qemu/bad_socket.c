// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Something else behind the test socket, from the first line on or from the
 * middle of a request. Each ends in time, with a line that says why, and
 * leaves nothing behind.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "help.h"

enum { DISK = 1 << 20, RAM = 16 << 20, TIMEOUT_MS = 1500, FLOOD_KIB = 65536 };

static bool says(const char *what)
{
	return strstr(qt_err.text, what);
}

/* ---- from the first line on ---------------------------------------------- */

static int attach_to(const char *answer)
{
	struct qt_impostor im;
	int rc;

	qt_impostor_start(&im, answer);
	rc = qt_error("qtest:%s,addr=4.0,ram=%s,timeout=300", im.path, qt_file("ram", RAM));
	qt_impostor_stop(&im);
	return rc;
}

static void garbage(void)
{
	static const struct {
		const char *answer;
		const char *why;
	} answers[] = {
		{ "HTTP/1.1 400 Bad Request\r\n", "not QEMU's test protocol" },
		{ "\x7f\x45\x4c\x46\x01\n", "not QEMU's test protocol" },
		{ "OK 0xzz\n", "not QEMU's test protocol" },
		{ "IRQ raise\n", "not QEMU's test protocol" },
		{ "IRQ lower 3x\n", "not QEMU's test protocol" },
		{ "OKAY\n", "not QEMU's test protocol" },
		{ "\n", "not QEMU's test protocol" },
		{ "FAIL no such command\n", "QEMU" },
		{ "no end of line ", "a line of more than" },
	};

	for (u32 i = 0; i < TRV_ARRAY_SIZE(answers); i++) {
		CU_ASSERT_EQUAL(attach_to(answers[i].answer) == 0, 0);
		CU_ASSERT(says(answers[i].why));
	}
	/* What looks right in each line, and is not as a whole. */
	CU_ASSERT_EQUAL(attach_to("OK\n"), -ENODEV);
	CU_ASSERT_EQUAL(attach_to("OK 0x0\n"), -ENODEV);
}

/* A conversation that goes on and on, and never gets to an answer. */
static void chatter(void)
{
	u64 start = trv_time_ns();

	CU_ASSERT_EQUAL(attach_to("IRQ raise 3\nIRQ lower 3\n"), -ENODEV);
	CU_ASSERT(says("no answer"));
	CU_ASSERT(qt_ms_since(start) < QT_SOON_MS);
}

static void silence(void)
{
	u64 start = trv_time_ns();

	CU_ASSERT_EQUAL(attach_to(NULL), -ENODEV);
	CU_ASSERT(says("no answer"));
	CU_ASSERT(qt_ms_since(start) < QT_SOON_MS);
}

static void addresses(void)
{
	const char *ram = qt_file("ram", RAM), *absent = qt_path("absent");
	char long_path[200];

	memset(long_path, 'x', sizeof(long_path) - 1);
	long_path[0] = '/';
	long_path[sizeof(long_path) - 1] = '\0';
	CU_ASSERT_EQUAL(qt_error("qtest:%s,addr=4.0,ram=%s", absent, ram), -ENODEV);
	CU_ASSERT(says("No such file"));
	CU_ASSERT_EQUAL(qt_error("qtest:%s,addr=4.0,ram=%s", ram, ram), -ENODEV);
	CU_ASSERT(says("Connection refused"));
	CU_ASSERT_EQUAL(qt_error("qtest:%s,addr=4.0,ram=%s", long_path, ram), -EINVAL);
	CU_ASSERT(says("too long"));
	CU_ASSERT_EQUAL(qt_error("qemu:edu,qmp=%s", long_path), -EINVAL);
	CU_ASSERT(says("too long"));
	CU_ASSERT_EQUAL(qt_error("qemu:edu,qmp=%s", ram), -EBUSY);
	CU_ASSERT(says(ram));
	CU_ASSERT_EQUAL(access(ram, F_OK), 0);
	CU_ASSERT_EQUAL(qt_error("qemu:edu,qmp=/nowhere/qmp"), -ENODEV);
	CU_ASSERT(says("/nowhere/qmp"));
}

static void memories(void)
{
	const char *absent = qt_path("absent");

	CU_ASSERT_EQUAL(qt_error("qtest:%s,addr=4.0,ram=%s", absent, absent), -ENODEV);
	CU_ASSERT(says("No such file"));
	CU_ASSERT_EQUAL(qt_error("qtest:%s,addr=4.0,ram=%s", absent, qt_file("ram", RAM - 1)),
			-ENODEV);
	CU_ASSERT(says("less than 16 MiB"));
	CU_ASSERT_EQUAL(qt_error("qtest:%s,addr=4.0,ram=/tmp", absent), -ENODEV);
	CU_ASSERT(says("ram=/tmp"));
	CU_ASSERT_EQUAL(qt_error("qtest:%s,addr=4.0", absent), -EINVAL);
	CU_ASSERT(says("ram=FILE"));
}

/* ---- from the middle of a request on ------------------------------------- */

/* A thread reads; then the answers go wrong. */
static void garbled(enum qt_proxy_mode mode, const char *text)
{
	struct trv_host *host = NULL;
	struct qt_proxy proxy;
	struct qt_qemu q;
	pthread_t thread;
	void *rc;
	u64 start;

	CU_ASSERT_FATAL(qt_start_disk(&q, "q35", qt_file("d.img", DISK)));
	qt_proxy_start(&proxy, &q);
	host = qt_open("qtest:%s,addr=5.0,ram=%s,timeout=%u", proxy.path, q.ram, TIMEOUT_MS);
	if (host) {
		CU_ASSERT_EQUAL_FATAL(
			pthread_create(&thread, NULL, qt_keep_reading, qt_disk(host, 0)), 0);
		usleep(50000);
		start = trv_time_ns();
		proxy.text = text;
		trv_store_release(&proxy.mode, mode);
		pthread_join(thread, &rc);
		CU_ASSERT_EQUAL(*(int *)rc, -ENODEV);
		CU_ASSERT(qt_ms_since(start) < QT_SOON_MS);
		qt_all_gone(host);
	}
	trv_user_close(host);
	qt_proxy_stop(&proxy);
	qt_stop(&q);
}

static void garbage_later(void)
{
	garbled(QT_TEXT, "HTTP/1.1 400 Bad Request\r\n");
}

static void half_a_line_later(void)
{
	garbled(QT_HALF, NULL);
}

static void silence_later(void)
{
	garbled(QT_SILENT, NULL);
}

static void unasked_later(void)
{
	garbled(QT_TEXT, "OK 0x50\n");
}

/* Without an end of line: it is not collected. */
static void endless_line_later(void)
{
	struct rusage before, after;
	char *text = malloc(1 << 20);

	memset(text, 'x', (1 << 20) - 1);
	text[(1 << 20) - 1] = '\0';
	getrusage(RUSAGE_SELF, &before);
	garbled(QT_TEXT, text);
	getrusage(RUSAGE_SELF, &after);
	CU_ASSERT(after.ru_maxrss - before.ru_maxrss < FLOOD_KIB);
	free(text);
}

/* ---- a device of ones ---------------------------------------------------- */

/* The bus is there and answers, but nobody drives it: under the driver, or before it comes. */
static void all_ones(bool bound)
{
	struct trv_host *host;
	struct qt_proxy proxy;
	struct qt_qemu q;
	u64 start;
	u8 block[512];

	CU_ASSERT_FATAL(qt_start_disk(&q, "q35", qt_file("d.img", DISK)));
	qt_proxy_start(&proxy, &q);
	host = qt_open_unbound("qtest:%s,addr=5.0,ram=%s,timeout=%u", proxy.path, q.ram,
			       TIMEOUT_MS);
	if (host && bound) {
		CU_ASSERT(qt_bind_with(host, "timeout_ms", 500));
		CU_ASSERT_EQUAL(qt_get(qt_disk(host, 0), 0, 1, 0), -1000); /* no pattern there */
	}
	if (host) {
		trv_store_release(&proxy.mode, QT_ONES);
		start = trv_time_ns();
		if (bound) {
			int rc = trv_disk_rw(qt_disk(host, 0), TRV_REQ_READ, 0, 1, block);

			CU_ASSERT_EQUAL(rc, -ENODEV);
		} else {
			CU_ASSERT_EQUAL(trv_user_bind(trv_user_dev(host, 0), NULL), -ENODEV);
		}
		CU_ASSERT(trv_dev_gone(trv_user_dev(host, 0)));
		trv_user_unbind(trv_user_dev(host, 0));
		CU_ASSERT(qt_ms_since(start) < QT_SOON_MS);
	}
	trv_user_close(host);
	qt_proxy_stop(&proxy);
	qt_stop(&q);
}

static void all_ones_bound(void)
{
	all_ones(true);
}

static void all_ones_before(void)
{
	all_ones(false);
}

KTAP_SUITE_WITH(bad_socket, qt_remember, qt_nothing_left, KTAP_TEST(garbage), KTAP_TEST(chatter),
		KTAP_TEST(silence), KTAP_TEST(addresses), KTAP_TEST(memories),
		KTAP_TEST(garbage_later), KTAP_TEST(half_a_line_later), KTAP_TEST(silence_later),
		KTAP_TEST(unasked_later), KTAP_TEST(endless_line_later), KTAP_TEST(all_ones_before),
		KTAP_TEST(all_ones_bound));
KTAP_MAIN(&bad_socket);
