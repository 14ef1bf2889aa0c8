// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* os.h: sleeping, and events to sleep on. */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <os/linux-user/user.h>

#define NS_PER_S 1000000000ULL
#define FOREVER_US (365ULL * 24 * 3600 * 1000000) /* far enough, and adds without overflow */

/* By our clock. The system's may get there sooner, if the process is stopped meanwhile. */
static u64 end_of(u64 timeout_us)
{
	return trv_time_ns() + trv_min(timeout_us, (u64)FOREVER_US) * 1000;
}

static struct timespec system_time(u64 ns)
{
	const u64 at = user_clock_system(ns);

	return (struct timespec){ .tv_sec = (time_t)(at / NS_PER_S),
				  .tv_nsec = (long)(at % NS_PER_S) };
}

void trv_sleep_us(u64 us)
{
	struct timespec ts;
	u64 end;

	user_may_sleep(NULL, "sleep_us");
	for (end = end_of(us); trv_time_ns() < end;) {
		ts = system_time(end);
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
	}
}

/* ---- events -------------------------------------------------------------- */

static long futex(u32 *word, int op, u32 val, const struct timespec *end)
{
	return syscall(SYS_futex, word, op | FUTEX_PRIVATE_FLAG, val, end, NULL,
		       FUTEX_BITSET_MATCH_ANY);
}

void trv_event_init(struct trv_event *e)
{
	__atomic_store_n(&e->signalled, 0, __ATOMIC_RELAXED);
}

/* After the exchange the event may be gone: the wake-up names an address and reads nothing. */
void trv_event_signal(struct trv_event *e)
{
	if (!__atomic_exchange_n(&e->signalled, 1, __ATOMIC_SEQ_CST))
		futex(&e->signalled, FUTEX_WAKE, INT_MAX, NULL);
}

void trv_event_reset(struct trv_event *e)
{
	__atomic_store_n(&e->signalled, 0, __ATOMIC_SEQ_CST);
}

int user_event_wait(struct trv_event *e, u64 timeout_us)
{
	const u64 end = end_of(timeout_us);
	struct timespec ts;
	bool late;

	for (;;) {
		/* The clock is asked first: what is signalled in time is seen. */
		late = trv_time_ns() >= end;
		if (__atomic_load_n(&e->signalled, __ATOMIC_ACQUIRE))
			return 0;
		if (late)
			return -ETIMEDOUT;
		ts = system_time(end);
		futex(&e->signalled, FUTEX_WAIT_BITSET, 0, &ts);
	}
}

int trv_event_wait(struct trv_event *e, u64 timeout_us)
{
	user_may_sleep(NULL, "event_wait");
	return user_event_wait(e, timeout_us);
}
