// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Threads that wait for interrupts, on descriptors of ours: eventfds as vfio has them, and pipes in
 * place of uio's node. What ends them, and from where.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <os/linux-user/user.h>
#include <tests/conformance/user_dummy.h>

#include "help.h"

enum { VECS = 2, MS = 1000, LIMIT_S = 30 };

static struct user_transport ops;
static struct trv_host *host;
static struct trv_dev *dev;
static int ring[VECS]; /* the other ends */

static u32 irq_max(struct trv_dev *dev, enum trv_irq_kind kind)
{
	return kind == TRV_IRQ_MSI ? VECS : 0;
}

static int irq_setup(struct trv_dev *dev, enum trv_irq_kind kind, u32 n, int *fds)
{
	int ends[2];

	for (u32 i = 0; i < n; i++) {
		if (ops.irq_bytes == sizeof(u64)) {
			fds[i] = eventfd(0, EFD_CLOEXEC);
			ring[i] = dup(fds[i]);
		} else if (!pipe2(ends, O_CLOEXEC)) {
			fds[i] = ends[0];
			ring[i] = ends[1];
		}
	}
	return 0;
}

static void irq_teardown(struct trv_dev *dev)
{
}

static void open_device(u32 irq_bytes)
{
	host = user_dummy_open(false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(host);
	dev = host->devs[0];
	ops = *host->ops;
	ops.irq_bytes = irq_bytes;
	ops.irq_max = irq_max;
	ops.irq_setup = irq_setup;
	ops.irq_teardown = irq_teardown;
	host->ops = dev->ops = &ops;
}

static void close_device(void)
{
	trv_user_close(host);
	for (u32 i = 0; i < VECS; i++)
		close(ring[i]);
}

static void interrupt(u32 vec)
{
	static const u64 one = 1;

	CU_ASSERT_EQUAL(write(ring[vec], &one, ops.irq_bytes), (ssize_t)ops.irq_bytes);
}

/* Its thread has read it: until then a pipe or an eventfd has something to read. */
static bool heard(u32 vec)
{
	struct pollfd p = { .fd = dev->vecs[vec].fd, .events = POLLIN };

	for (u32 ms = 0; ms < 10 * MS; ms++) {
		if (!poll(&p, 1, 0))
			return true;
		poll(NULL, 0, 1);
	}
	return false;
}

/* ---- handlers ------------------------------------------------------------ */

static u32 calls[VECS];
static struct trv_event over;
static bool frees;

static enum trv_irq_ret handle(void *arg)
{
	const u32 vec = (u32)((u32 *)arg - calls);

	if (frees) {
		/* The other's thread waits for our turn to end. */
		interrupt(!vec);
		CU_ASSERT(heard(!vec));
		poll(NULL, 0, 50);
		trv_irq_free(dev); /* is wrong: it sleeps */
		trv_event_signal(&over);
		/* Whoever closes it now has to wait for us. */
		poll(NULL, 0, 50);
	}
	trv_fetch_add(&calls[vec], 1);
	return TRV_IRQ_HANDLED;
}
TRV_IRQ_HANDLER(handler, handle, NULL);

static void begin(u32 irq_bytes)
{
	enum trv_irq_kind kind;

	open_device(irq_bytes);
	CU_ASSERT_EQUAL_FATAL(trv_irq_alloc(dev, VECS, VECS, TRV_IRQ_MSI, &kind), VECS);
	for (u32 i = 0; i < VECS; i++) {
		calls[i] = 0;
		CU_ASSERT_EQUAL(trv_irq_attach(dev, i, &handler, &calls[i], "test"), 0);
	}
	frees = false;
	trv_event_init(&over);
}

static bool called(u32 vec, u32 times)
{
	for (u32 ms = 0; ms < 10 * MS; ms++) {
		if (trv_load_acquire(&calls[vec]) == times)
			return true;
		poll(NULL, 0, 1);
	}
	return false;
}

static void end(void)
{
	for (u32 i = 0; i < VECS; i++)
		trv_irq_detach(dev, i);
	trv_irq_free(dev);
	close_device();
}

/* ---- tests --------------------------------------------------------------- */

static void each_by_its_own(void)
{
	static const u32 kinds[] = { sizeof(u64), sizeof(u32) };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(kinds); i++) {
		begin(kinds[i]);
		for (u32 n = 1; n <= 20; n++) {
			interrupt(n % VECS);
			CU_ASSERT(called(n % VECS, (n + n % VECS) / VECS));
		}
		end();
	}
}

static void begun_and_ended_at_once(void)
{
	static const u32 kinds[] = { sizeof(u64), sizeof(u32) };

	for (u32 n = 0; n < 60; n++) {
		begin(kinds[n % 2]);
		if (n % 3)
			interrupt(n % VECS);
		end();
	}
}

static void timer(void *arg)
{
	interrupt(0);
	interrupt(1);
	CU_ASSERT(heard(0) && heard(1));
	poll(NULL, 0, 50);
	trv_irq_free(dev); /* is wrong, too */
	trv_event_signal(&over);
}

/* By a process of its own, which would hang. */
static void freed(bool by_timer, u32 irq_bytes)
{
	struct trv_timer t;
	int status = -1;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid) {
		alarm(LIMIT_S);
		trv_user_log_level(TRV_LOG_ERR - 1);
		begin(irq_bytes);
		trv_timer_init(dev, &t, timer, NULL);
		frees = !by_timer;
		if (by_timer)
			trv_timer_arm(&t, 0);
		else
			interrupt(0);
		if (trv_event_wait(&over, LIMIT_S * 1000000ULL))
			_exit(2);
		close_device();
		_exit(!trv_user_misuses());
	}
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(status, 0);
}

static void freed_by_a_handler(void)
{
	freed(false, sizeof(u64));
	freed(false, sizeof(u32));
}

static void freed_by_a_timer(void)
{
	freed(true, sizeof(u64));
	freed(true, sizeof(u32));
}

KTAP_SUITE_WITH(listen, qt_remember, qt_nothing_left, KTAP_TEST(each_by_its_own),
		KTAP_TEST(begun_and_ended_at_once), KTAP_TEST(freed_by_a_handler),
		KTAP_TEST(freed_by_a_timer));
KTAP_MAIN(&listen);
