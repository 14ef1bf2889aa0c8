// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The clock: CLOCK_MONOTONIC, less the time in which this process stood still.
 * Somebody sits at a breakpoint, and no deadline of a driver may pass because
 * of it. No clock of the system's stops with a process, so a thread beats: it
 * looks at the time every now and then, and when it comes much too late,
 * everybody else did. What is beyond one period of such a gap does not count.
 * Whoever asks for the time before the beat after a gap has come does that
 * sum himself: nobody sees a time that is taken back later.
 *
 * A debugger makes the beat fast, and stops of more than LIMIT are seen. Any
 * other way to stand still (SIGSTOP, a frozen container, a debugger that came
 * and went) is seen when it takes longer than a machine with much to do keeps
 * a thread waiting. Without it, the clock is the system's to the nanosecond.
 *
 * Under valgrind the processor is so much slower, and the device is not: of the
 * time that this process has worked, what valgrind makes of it does not count.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <os/linux-user/memcheck.h>
#include <os/linux-user/user.h>

/**
 * struct pace - how the clock is looked after, in nanoseconds
 * @period:   between two beats
 * @limit:    what is longer is a gap
 * @slowness: how many times slower the processor is; if not once, each reader looks
 */
struct pace {
	u64 period;
	u64 limit;
	u64 slowness;
};

#define MS 1000000ULL
static const struct pace usual = { 500 * MS, 1500 * MS, 1 };
static const struct pace traced = { 10 * MS, 50 * MS, 1 };
/* A thread waits longer for its turn there, and vgdb stops the process like a debugger. */
static const struct pace valgrind = { 50 * MS, 500 * MS, 20 };

enum { LOOK_EVERY = 10 }; /* beats of a traced process, before it is asked again whether it is */

struct trv_user_clock trv_user_clock = { .check = ~0ULL };

static struct {
	pthread_mutex_t users_lock;
	u32 users;
	pthread_t thread;
	int stop_fd, status_fd;

	pthread_mutex_t lock; /* of what follows; a leaf */
	const struct pace *pace;
	u64 worked; /* by that look, of CLOCK_PROCESS_CPUTIME_ID */
} own = { .users_lock = PTHREAD_MUTEX_INITIALIZER,
	  .status_fd = -1,
	  .lock = PTHREAD_MUTEX_INITIALIZER };

static u64 clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (u64)ts.tv_sec * 1000000000u + (u64)ts.tv_nsec;
}

/* How much of @gap is due to our working so slowly? With the lock held. */
static u64 slowed(u64 gap)
{
	const u64 before = own.worked;

	if (own.pace->slowness == 1)
		return 0;
	own.worked = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	return trv_min(gap, own.worked - before) / own.pace->slowness * (own.pace->slowness - 1);
}

/* With the lock held. A reader that meets the new @check sees the new @lag, or asks again. */
static u64 look(void)
{
	const u64 now = clock_ns(CLOCK_MONOTONIC), gap = now - trv_user_clock.beat;
	u64 check = now + own.pace->limit, lost = slowed(gap);

	if (gap > own.pace->limit)
		lost = gap - own.pace->period;
	if (own.pace->slowness != 1)
		check = 0;
	trv_user_clock.beat = now;
	__atomic_store_n(&trv_user_clock.lag, trv_user_clock.lag + lost, __ATOMIC_RELEASE);
	__atomic_store_n(&trv_user_clock.check, check, __ATOMIC_RELEASE);
	return now - trv_user_clock.lag;
}

u64 trv_user_clock_look(void)
{
	u64 ns;

	pthread_mutex_lock(&own.lock);
	/* The last user may just have gone. */
	if (own.pace)
		ns = look();
	else
		ns = clock_ns(CLOCK_MONOTONIC) - trv_user_clock.lag;
	pthread_mutex_unlock(&own.lock);
	return ns;
}

u64 user_clock_system(u64 ns)
{
	return ns + __atomic_load_n(&trv_user_clock.lag, __ATOMIC_ACQUIRE);
}

/* ---- the beat ------------------------------------------------------------ */

static int open_status(void)
{
	return open("/proc/self/status", O_RDONLY | O_CLOEXEC);
}

static bool has_tracer(int status_fd)
{
	static const char key[] = "\nTracerPid:\t";
	char text[1024], *at;
	ssize_t n = status_fd < 0 ? -1 : pread(status_fd, text, sizeof(text) - 1, 0);

	text[trv_max(n, (ssize_t)0)] = '\0';
	at = strstr(text, key);
	return at && at[sizeof(key) - 1] != '0';
}

bool user_traced(void)
{
	int fd = open_status();
	const bool traced = has_tracer(fd);

	if (fd >= 0)
		close(fd);
	return traced;
}

/* By a file that is open: in a sandbox no other can be. */
static const struct pace *choose(void)
{
	if (has_tracer(own.status_fd))
		return &traced;
	return RUNNING_ON_VALGRIND ? &valgrind : &usual;
}

static void *beat_main(void *arg)
{
	struct pollfd p = { .fd = own.stop_fd, .events = POLLIN };
	const struct pace *pace = choose();

	for (u32 n = 0;; n++) {
		if (pace != &traced || n % LOOK_EVERY == 0)
			pace = choose();
		pthread_mutex_lock(&own.lock);
		/* By the old pace: what came so far was not looked at faster. */
		(void)look();
		own.pace = pace;
		pthread_mutex_unlock(&own.lock);
		if (poll(&p, 1, (int)(pace->period / MS)) > 0)
			return NULL;
	}
}

static void close_fds(void)
{
	close(own.stop_fd);
	if (own.status_fd >= 0)
		close(own.status_fd);
	own.status_fd = -1;
}

static int start(void)
{
	int rc;

	own.stop_fd = eventfd(0, EFD_CLOEXEC);
	if (own.stop_fd < 0)
		return -ENOMEM;
	own.status_fd = open_status();
	pthread_mutex_lock(&own.lock);
	own.pace = choose();
	trv_user_clock.beat = clock_ns(CLOCK_MONOTONIC);
	own.worked = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	(void)look();
	pthread_mutex_unlock(&own.lock);
	rc = user_thread_start(&own.thread, "trv clock", beat_main, NULL);
	if (rc)
		close_fds();
	return rc;
}

static void stop(void)
{
	eventfd_write(own.stop_fd, 1);
	pthread_join(own.thread, NULL);
	close_fds();
}

/* From here on nobody looks: the clock runs like the system's. */
static void still(void)
{
	pthread_mutex_lock(&own.lock);
	own.pace = NULL;
	__atomic_store_n(&trv_user_clock.check, ~0ULL, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&own.lock);
}

int user_clock_get(void)
{
	int rc = 0;

	pthread_mutex_lock(&own.users_lock);
	if (!own.users)
		rc = start();
	if (!rc)
		own.users++;
	else
		still();
	pthread_mutex_unlock(&own.users_lock);
	return rc;
}

void user_clock_put(void)
{
	pthread_mutex_lock(&own.users_lock);
	if (!--own.users) {
		stop();
		still();
	}
	pthread_mutex_unlock(&own.users_lock);
}
