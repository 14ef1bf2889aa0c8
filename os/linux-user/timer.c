// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* os.h: timers. A list by due time; the first of it is what the loop's timerfd is set to. */
#include <sys/timerfd.h>

#include <os/linux-user/record.h>

#define FOREVER_NS (365ULL * 24 * 3600 * 1000000000)

/* With the lock held. */
static void program(struct trv_dev *dev)
{
	/* 0 is no time at all. Too early, if the process is stopped meanwhile: then it is set again. */
	const u64 due = dev->timers ? user_clock_system(dev->timers->due) : 0;
	struct itimerspec when = {
		.it_value = { .tv_sec = (time_t)(due / 1000000000),
			      .tv_nsec = (long)(due % 1000000000) },
	};

	timerfd_settime(dev->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static bool unlink_timer(struct trv_dev *dev, struct trv_timer *t)
{
	struct trv_timer **at = &dev->timers;

	if (!t->armed)
		return false;
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	t->armed = false;
	return true;
}

void user_timers_run(struct trv_dev *dev)
{
	struct trv_timer *t;

	pthread_mutex_lock(&dev->lock);
	while ((t = dev->timers) && t->due <= trv_time_ns()) {
		void (*fn)(void *arg) = t->fn;
		void *arg = t->arg;

		unlink_timer(dev, t);
		dev->timer_running = t;
		pthread_mutex_unlock(&dev->lock);

		user_ctx_enter(USER_TIMER);
		user_probe(timer, dev, fn);
		user_record(dev, TRV_FACT_TIMER, .id = user_record_fn(fn));
		fn(arg);
		user_probe(timer_done, dev, fn);
		user_record(dev, TRV_FACT_TIMER_DONE, .id = user_record_fn(fn));
		user_ctx_leave();

		/* The timer may be gone by now, except to those who wait for it. */
		pthread_mutex_lock(&dev->lock);
		dev->timer_running = NULL;
		pthread_cond_broadcast(&dev->settled);
	}
	program(dev);
	pthread_mutex_unlock(&dev->lock);
}

void trv_timer_init(struct trv_dev *dev, struct trv_timer *t, void (*fn)(void *arg), void *arg)
{
	*t = (struct trv_timer){ .dev = dev, .fn = fn, .arg = arg };
}

void trv_timer_arm(struct trv_timer *t, u64 delay_us)
{
	struct trv_dev *dev = t->dev;
	const u64 delay = delay_us > FOREVER_NS / 1000 ? FOREVER_NS : delay_us * 1000;
	struct trv_timer **at;

	user_record(dev, TRV_FACT_TIMER_ARM, .id = user_record_fn(t->fn), .val = delay);
	pthread_mutex_lock(&dev->lock);
	if (!t->cancelling) {
		unlink_timer(dev, t);
		t->due = trv_time_ns() + delay;
		for (at = &dev->timers; *at && (*at)->due <= t->due; at = &(*at)->next)
			continue;
		t->next = *at;
		*at = t;
		t->armed = true;
		/* While one runs the loop is about to. */
		if (dev->timers == t && !dev->timer_running)
			program(dev);
	}
	pthread_mutex_unlock(&dev->lock);
}

bool trv_timer_cancel_sync(struct trv_timer *t)
{
	struct trv_dev *dev = t->dev;
	bool pending;

	user_may_sleep(dev, "timer_cancel_sync");
	pthread_mutex_lock(&dev->lock);
	t->cancelling++;
	pending = unlink_timer(dev, t);
	/* From a function of its own there is nothing to wait for that could end: reported above. */
	while (dev->timer_running == t && !user_has_turn(dev))
		pthread_cond_wait(&dev->settled, &dev->lock);
	t->cancelling--;
	pthread_mutex_unlock(&dev->lock);
	return pending;
}
