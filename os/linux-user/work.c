// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * os.h: deferred work. A queue for each device and a few workers: one more is
 * started when all the others are busy, so that a work that sleeps, or waits
 * for another one, keeps nobody waiting.
 */
#include <os/linux-user/record.h>

static bool running(const struct trv_dev *dev, const struct trv_work *w)
{
	for (u32 i = 0; i < dev->n_workers; i++) {
		if (dev->workers[i].running == w)
			return true;
	}
	return false;
}

u32 user_work_load(const struct trv_work *w)
{
	return (u32)w->queued + running(w->dev, w);
}

static struct trv_fact fact_of(const struct trv_dev *dev, const struct trv_work *w,
			       enum trv_fact_kind kind)
{
	struct trv_fact fact = { .kind = kind, .id = user_record_fn(w->fn) };

	if (w == &dev->gone_work)
		fact.name = "gone";
	else
		user_irq_name_work(dev, w, &fact);
	return fact;
}

static void run(struct trv_dev *dev, const struct trv_work *w)
{
	struct trv_fact fact = { 0 };
	const bool recorded = user_recording(dev);
	void (*const fn)(void *arg) = w->fn;

	user_self()->worker = true;
	if (recorded) {
		fact = fact_of(dev, w, TRV_FACT_WORK);
		user_record_fact(dev, &fact);
	}
	user_probe(work, dev, w->fn);
	w->fn(w->arg);
	user_probe(work_done, dev, fn);
	/* The work may be gone by now. */
	if (recorded) {
		fact.kind = TRV_FACT_WORK_DONE;
		user_record_fact(dev, &fact);
	}
}

static void unqueue(struct trv_dev *dev, struct trv_work **at)
{
	struct trv_work *w = *at;

	*at = w->next;
	if (!*at)
		dev->works_tail = at;
	w->queued = false;
}

/* Where the first is that is not running already, or where none is; with the lock held. */
static struct trv_work **first_runnable(struct trv_dev *dev)
{
	struct trv_work **at = &dev->works;

	while (*at && running(dev, *at))
		at = &(*at)->next;
	return at;
}

static void help_wanted(struct trv_dev *dev);

static void *worker_main(void *arg)
{
	struct user_worker *me = arg;
	struct trv_dev *dev = me->dev;
	struct trv_work **at, *w;

	pthread_mutex_lock(&dev->lock);
	for (;;) {
		at = first_runnable(dev);
		w = *at;
		if (!w && dev->stopping)
			break;
		if (!w) {
			dev->idle++;
			pthread_cond_wait(&dev->work_cond, &dev->lock);
			dev->idle--;
			continue;
		}
		unqueue(dev, at);
		me->running = w;
		/* It may wait for those behind it, and who looks idle may have been told already. */
		if (*first_runnable(dev))
			help_wanted(dev);
		pthread_mutex_unlock(&dev->lock);
		run(dev, w);
		if (user_self()->atomic)
			user_misuse(dev, "a work function returned with a spinlock held");
		user_self()->atomic = 0;
		/* The work may be gone by now, except to those who wait for it. */
		pthread_mutex_lock(&dev->lock);
		me->running = NULL;
		pthread_cond_broadcast(&dev->settled);
	}
	pthread_mutex_unlock(&dev->lock);
	return NULL;
}

/* With the lock held. */
static int add_worker(struct trv_dev *dev)
{
	struct user_worker *new = &dev->workers[dev->n_workers];
	int rc;

	*new = (struct user_worker){ .dev = dev };
	rc = user_thread_start(&new->thread, "trv worker", worker_main, new);
	if (!rc)
		dev->n_workers++;
	return rc;
}

/* Wake a worker, or start one; with the lock held. */
static void help_wanted(struct trv_dev *dev)
{
	if (dev->idle)
		pthread_cond_signal(&dev->work_cond);
	/* Without another worker the work waits for one of those there are. */
	else if (!dev->stopping && dev->n_workers < USER_WORKERS)
		(void)!add_worker(dev);
}

int user_workers_start(struct trv_dev *dev)
{
	int rc;

	pthread_mutex_lock(&dev->lock);
	rc = dev->n_workers ? 0 : add_worker(dev);
	pthread_mutex_unlock(&dev->lock);
	return rc;
}

void user_workers_stop(struct trv_dev *dev)
{
	pthread_mutex_lock(&dev->lock);
	dev->stopping = true;
	pthread_cond_broadcast(&dev->work_cond);
	pthread_mutex_unlock(&dev->lock);
	/* Nobody starts one any more. */
	for (u32 i = 0; i < dev->n_workers; i++)
		pthread_join(dev->workers[i].thread, NULL);
	dev->n_workers = 0;
}

void trv_work_init(struct trv_dev *dev, struct trv_work *w, void (*fn)(void *arg), void *arg)
{
	*w = (struct trv_work){ .dev = dev, .fn = fn, .arg = arg };
}

bool trv_work_queue(struct trv_work *w)
{
	struct trv_dev *dev = w->dev;
	bool queued;

	if (user_recording(dev)) {
		struct trv_fact fact = fact_of(dev, w, TRV_FACT_WORK_QUEUE);

		user_record_fact(dev, &fact);
	}
	pthread_mutex_lock(&dev->lock);
	queued = !w->queued && !w->cancelling && !dev->stopping;
	if (queued) {
		w->queued = true;
		w->next = NULL;
		*dev->works_tail = w;
		dev->works_tail = &w->next;
		help_wanted(dev);
	}
	pthread_mutex_unlock(&dev->lock);
	return queued;
}

bool trv_work_cancel_sync(struct trv_work *w)
{
	struct trv_dev *dev = w->dev;
	struct trv_work **at = &dev->works;
	bool pending;

	user_may_sleep(dev, "work_cancel_sync");
	pthread_mutex_lock(&dev->lock);
	w->cancelling++;
	pending = w->queued;
	if (pending) {
		while (*at != w)
			at = &(*at)->next;
		unqueue(dev, at);
	}
	while (running(dev, w))
		pthread_cond_wait(&dev->settled, &dev->lock);
	w->cancelling--;
	pthread_mutex_unlock(&dev->lock);
	return pending;
}
