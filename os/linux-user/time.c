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

void user_deadline(struct timespec *ts, u64 timeout_us)
{
	u64 end = trv_time_ns() + trv_min(timeout_us, (u64)FOREVER_US) * 1000;

	ts->tv_sec = (time_t)(end / NS_PER_S);
	ts->tv_nsec = (long)(end % NS_PER_S);
}

void trv_sleep_us(u64 us)
{
	struct timespec end;
	int rc;

	user_may_sleep(NULL, "sleep_us");
	user_deadline(&end, us);
	do {
		rc = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL);
	} while (rc == EINTR);
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
	struct timespec end;
	long rc;

	user_deadline(&end, timeout_us);
	for (;;) {
		if (__atomic_load_n(&e->signalled, __ATOMIC_ACQUIRE))
			return 0;
		rc = futex(&e->signalled, FUTEX_WAIT_BITSET, 0, &end);
		if (rc && errno == ETIMEDOUT)
			return __atomic_load_n(&e->signalled, __ATOMIC_ACQUIRE) ? 0 : -ETIMEDOUT;
	}
}

int trv_event_wait(struct trv_event *e, u64 timeout_us)
{
	user_may_sleep(NULL, "event_wait");
	return user_event_wait(e, timeout_us);
}
