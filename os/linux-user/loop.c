// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A device's loop: the thread on which its timer functions run, and with a
 * transport whose descriptors cannot be read by threads of their own
 * (listen.c), its interrupt handlers. Those are eventfds, edge-triggered and
 * never read: each write is an event, and writes that pile up are one.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <os/linux-user/user.h>

/* What an event is about: a vector's tag (see user_irq_fire()) or one of these. */
#define ABOUT_TIMER (1ULL << 32)
#define ABOUT_STOP (2ULL << 32)
#define ABOUT_NOTICE (3ULL << 32) /* and which */

enum { EVENTS = 16 };

/** struct first - what a thread does first: it names itself, which in a sandbox nobody else may */
struct first {
	void *(*fn)(void *arg);
	void *arg;
	char name[16]; /* as long as they may be */
};

static void *named(void *arg)
{
	const struct first first = *(struct first *)arg;

	free(arg);
	pthread_setname_np(pthread_self(), first.name);
	return first.fn(first.arg);
}

/*
 * A signal of the application's is for its own threads. What a thread does itself is for itself, and
 * by SIGURG a sandbox reaches them all (threads.c).
 */
int user_thread_start(pthread_t *thread, const char *name, void *(*fn)(void *arg), void *arg)
{
	sigset_t all, before;
	struct first *first = malloc(sizeof(*first)), copy;
	int rc;

	if (!first)
		return -ENOMEM;
	*first = (struct first){ .fn = fn, .arg = arg };
	snprintf(first->name, sizeof(first->name), "%s", name);
	copy = *first;
	sigfillset(&all);
	sigdelset(&all, SIGURG);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGILL);
	sigdelset(&all, SIGFPE);
	sigdelset(&all, SIGTRAP);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(thread, NULL, named, first);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc) {
		free(first);
		return rc == EAGAIN ? -ENOMEM : -rc;
	}
	/* Where that may be, it has its name before anybody asks for it. */
	pthread_setname_np(*thread, copy.name);
	return 0;
}

/* ---- whose turn it is ---------------------------------------------------- */

void user_turn_take(struct trv_dev *dev)
{
	pthread_mutex_lock(&dev->turn);
	user_self()->turn = dev;
}

void user_turn_give(struct trv_dev *dev)
{
	user_self()->turn = NULL;
	pthread_mutex_unlock(&dev->turn);
}

bool user_has_turn(const struct trv_dev *dev)
{
	return user_self()->turn == dev;
}

/* ---- the loop ------------------------------------------------------------ */

static void happens(struct trv_dev *dev, u64 about)
{
	u64 expired;

	user_turn_take(dev);
	if (about == ABOUT_TIMER) {
		/* Level-triggered: the read says it was seen. */
		(void)!read(dev->timer_fd, &expired, sizeof(expired));
		user_timers_run(dev);
	} else if (about >= ABOUT_NOTICE) {
		dev->ops->notice(dev, (u32)about);
	} else {
		user_irq_fire(dev, (u32)about);
	}
	user_turn_give(dev);
}

static void *loop_main(void *arg)
{
	struct trv_dev *dev = arg;
	struct epoll_event events[EVENTS];
	int n;

	for (;;) {
		n = epoll_wait(dev->epoll_fd, events, EVENTS, -1);
		for (int i = 0; i < n; i++) {
			if (events[i].data.u64 == ABOUT_STOP)
				return NULL;
			happens(dev, events[i].data.u64);
		}
	}
}

static int watch(struct trv_dev *dev, int fd, u32 events, u64 about)
{
	struct epoll_event e = { .events = events, .data.u64 = about };

	return epoll_ctl(dev->epoll_fd, EPOLL_CTL_ADD, fd, &e) ? -ENOMEM : 0;
}

int user_loop_watch(struct trv_dev *dev, int fd, u32 tag)
{
	return watch(dev, fd, EPOLLIN | EPOLLET, tag);
}

int user_loop_notice(struct trv_dev *dev, int fd, u32 which)
{
	return watch(dev, fd, EPOLLIN | EPOLLET, ABOUT_NOTICE | which);
}

void user_loop_unwatch(struct trv_dev *dev, int fd)
{
	epoll_ctl(dev->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_all(struct trv_dev *dev)
{
	close_fd(&dev->epoll_fd);
	close_fd(&dev->timer_fd);
	close_fd(&dev->stop_fd);
}

int user_loop_start(struct trv_dev *dev)
{
	char name[32];
	int rc = -ENOMEM;

	dev->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	dev->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	dev->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (dev->epoll_fd < 0 || dev->timer_fd < 0 || dev->stop_fd < 0)
		goto err_close;
	rc = watch(dev, dev->timer_fd, EPOLLIN, ABOUT_TIMER);
	if (!rc)
		rc = watch(dev, dev->stop_fd, EPOLLIN, ABOUT_STOP);
	if (rc)
		goto err_close;
	snprintf(name, sizeof(name), "trv %s", dev->name + 5); /* without the domain */
	rc = user_thread_start(&dev->loop, name, loop_main, dev);
	if (rc)
		goto err_close;
	dev->loop_runs = true;
	return 0;

err_close:
	close_all(dev);
	return rc;
}

void user_loop_stop(struct trv_dev *dev)
{
	if (!dev->loop_runs)
		return;
	eventfd_write(dev->stop_fd, 1);
	pthread_join(dev->loop, NULL);
	dev->loop_runs = false;
	close_all(dev);
}
