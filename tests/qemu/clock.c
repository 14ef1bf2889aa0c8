// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The clock stands while the process does, and only then. A process that is
 * stopped (here by a signal, or, with STAND_STILL=debugger in the environment,
 * by whoever has a breakpoint at stand_still()) loses no request to a time-out;
 * one that runs waits no longer than it said.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "help.h"

enum {
	STAND_MS = 3000, /* in a request; what a debugger stops for, always */
	SHORT_MS = 2000,
	TIMEOUT_MS = 2000,
	WAIT_MS = 500,
	BLOCKS = 128, /* by the throttle, one such read takes no time, and the next 3.9 s */
};
#define SLOW_DISK "drive0=file=%s,,format=raw,,throttling.bps-total=16384"

static u64 system_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000 + (u64)ts.tv_nsec / 1000000;
}

void stand_still(u32 ms);

/* A helper wakes us. Should it be killed, the level's time limit is the next to. */
__attribute__((noinline)) void stand_still(u32 ms)
{
	const char *how = getenv("STAND_STILL");
	int pid;

	if (how && !strcmp(how, "debugger"))
		return;
	pid = fork();
	if (!pid) {
		usleep(ms * 1000);
		kill(getppid(), SIGCONT);
		_exit(0);
	}
	CU_ASSERT(pid > 0);
	if (pid > 0) {
		raise(SIGSTOP);
		waitpid(pid, NULL, 0);
	}
}

/* ---- a disk that takes longer than its time-out -------------------------- */

static struct trv_host *slow_disk(void)
{
	char spec[300];
	struct trv_host *host;
	struct trv_dev *dev;

	snprintf(spec, sizeof(spec), "qemu:piix3-ide," SLOW_DISK, qt_file("slow.img", 1 << 20));
	if (trv_user_open(spec, &qt_err, &host)) {
		ktap_note("%s", qt_err.text);
		return NULL;
	}
	dev = trv_user_dev(host, 0);
	if (!trv_user_option(dev, "timeout_ms", TIMEOUT_MS) && !trv_user_bind(dev, NULL))
		return host;
	trv_user_close(host);
	return NULL;
}

struct reading {
	struct trv_io io;
	struct trv_event done;
};

static void finished(struct trv_io *io)
{
	trv_event_signal(&((struct reading *)io->arg)->done);
}

/* Read what takes long; @still: stand still meanwhile. Its status, and how often it timed out. */
static int read_slowly(bool still, u64 *timeouts)
{
	struct trv_host *host = slow_disk();
	struct trv_dev *dev = host ? trv_user_dev(host, 0) : NULL;
	struct trv_disk_stats stats;
	struct reading r = { .io = { .op = TRV_REQ_READ, .blocks = BLOCKS, .n_vec = 1 } };
	struct trv_vec vec = { .len = BLOCKS * 512 };
	struct trv_disk *disk;

	CU_ASSERT_PTR_NOT_NULL_FATAL(host);
	disk = qt_disk(host, 0);
	vec.buf = trv_user_dma_buf(dev, vec.len);
	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_READ, 0, BLOCKS, vec.buf), 0);
	trv_event_init(&r.done);
	r.io.vec = &vec;
	r.io.done = finished;
	r.io.arg = &r;
	CU_ASSERT_EQUAL_FATAL(trv_disk_submit(disk, &r.io), 0);
	if (still)
		stand_still(STAND_MS);
	CU_ASSERT_EQUAL(trv_event_wait(&r.done, 20000000), 0);
	trv_disk_stats(disk, &stats);
	*timeouts = stats.timeouts;
	trv_user_dma_buf_free(dev, vec.buf, vec.len);
	trv_user_close(host);
	return r.io.status;
}

static void stopped_in_a_request(void)
{
	u64 start = system_ms(), took, timeouts;

	CU_ASSERT_EQUAL(read_slowly(true, &timeouts), 0);
	CU_ASSERT_EQUAL(timeouts, 0);
	/* The test of the test: by the clock on the wall it was much too late. */
	took = system_ms() - start;
	CU_ASSERT(took > TIMEOUT_MS + 500);
}

/* The same without a stop: what it says it waits is what it waits. */
static void running_in_a_request(void)
{
	u64 start = system_ms(), timeouts;

	CU_ASSERT_EQUAL(read_slowly(false, &timeouts), -ETIMEDOUT);
	CU_ASSERT_EQUAL(timeouts, 1);
	CU_ASSERT(system_ms() - start >= TIMEOUT_MS);
}

/* ---- everything that waits ----------------------------------------------- */

static struct trv_host *host;
static struct trv_dev *dev;

static void up(void)
{
	host = qt_open("qemu:edu");
	if (!host)
		abort();
	dev = trv_user_dev(host, 0);
}

static void down(void)
{
	trv_user_close(host);
}

/* A wait took so long on the wall's clock, and for @stood of that the process stood still. */
static void took(const char *what, u64 ms, u64 stood)
{
	ktap_note("%s: %llu ms, of which %llu stopped", what, (unsigned long long)ms,
		  (unsigned long long)stood);
	/* As long as it was said, and a busy machine longer. */
	CU_ASSERT(ms >= WAIT_MS);
	CU_ASSERT(ms < WAIT_MS + stood + 2000);
	/* A stop is nearly all added: the clock is looked at now and then. */
	CU_ASSERT(ms + 500 >= WAIT_MS + stood);
}

static void fires(void *arg)
{
	trv_event_signal(arg);
}

static void poll_500(void)
{
	u32 val;

	CU_ASSERT_EQUAL(trv_poll_timeout(0U, val, val, 1000, 500000), -ETIMEDOUT);
}

static void sleep_500(void)
{
	trv_sleep_us(500000);
}

static void event_500(void)
{
	struct trv_event never;

	trv_event_init(&never);
	CU_ASSERT_EQUAL(trv_event_wait(&never, 500000), -ETIMEDOUT);
}

static void timer_500(void)
{
	struct trv_event fired;
	struct trv_timer timer;

	trv_event_init(&fired);
	trv_timer_init(dev, &timer, fires, &fired);
	trv_timer_arm(&timer, 500000);
	CU_ASSERT_EQUAL(trv_event_wait(&fired, 10000000), 0);
	(void)trv_timer_cancel_sync(&timer);
}

static const struct {
	const char *name;
	void (*fn)(void);
} waits[] = { { "poll_timeout", poll_500 },
	      { "sleep_us", sleep_500 },
	      { "event_wait", event_500 },
	      { "timer_arm", timer_500 } };

static void running(void)
{
	for (u32 i = 0; i < TRV_ARRAY_SIZE(waits); i++) {
		u64 start = system_ms();

		waits[i].fn();
		took(waits[i].name, system_ms() - start, 0);
	}
}

static u64 stop_begins, stop_ends;

static void *stands(void *arg)
{
	usleep(100000);
	stop_begins = system_ms();
	stand_still(SHORT_MS);
	stop_ends = system_ms();
	return NULL;
}

/* False if nothing is to be seen: a busy machine came to the stop when the wait was over. */
static bool stopped_while(const char *what, void (*fn)(void))
{
	u64 start, end, begin, passed;
	pthread_t thread;

	start = system_ms();
	begin = trv_time_ns();
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, stands, NULL), 0);
	fn();
	end = system_ms();
	passed = trv_time_ns() - begin;
	pthread_join(thread, NULL);
	if (stop_ends > end + 50)
		return false;
	took(what, end - start, stop_ends - stop_begins);
	CU_ASSERT(passed >= WAIT_MS * 1000000ULL);
	CU_ASSERT(passed / 1000000 < end - start - (stop_ends - stop_begins) + 1000);
	return true;
}

/* Somebody stops the process while it waits: nearly all of that is added to the wait. */
static void stopped(void)
{
	for (u32 i = 0; i < TRV_ARRAY_SIZE(waits); i++) {
		int tries = 5;

		while (!stopped_while(waits[i].name, waits[i].fn) && --tries)
			ktap_note("%s: the stop came when it was over", waits[i].name);
		CU_ASSERT(tries > 0);
	}
}

KTAP_SUITE(requests, KTAP_TEST(stopped_in_a_request), KTAP_TEST(running_in_a_request));
KTAP_SUITE_WITH(waiting, up, down, KTAP_TEST(running), KTAP_TEST(stopped));
KTAP_MAIN(&requests, &waiting);
