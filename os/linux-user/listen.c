// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A vector's own thread, blocked in read(2) of its descriptor: of all ways to wait for an
 * interrupt the one with the fewest instructions (make bench-irq). Who polls descriptors, as the
 * loop does, pays 450 more for each.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <os/linux-user/user.h>

#define AGAIN_US 10000 /* a signal that came before read() is lost: the next one */

/**
 * struct user_listener - the thread
 * @bytes:  what read() of @fd wants: 8 for an eventfd, 4 for a device's node, which only a signal ends
 * @tag:    for user_irq_fire()
 * @stop:   atomic: it ends
 * @ended:  it has nothing more to do
 * @orphan: it was told to by its own handler; written and read by this thread
 */
struct user_listener {
	struct trv_dev *dev;
	pthread_t thread;
	int fd;
	u32 bytes;
	u32 tag;
	u32 stop;
	struct trv_event ended;
	bool orphan;
};

/* ---- a signal that does nothing but end a read() ------------------------- */

static pthread_once_t signal_once = PTHREAD_ONCE_INIT;
static int wake_signal; /* 0: the application has them all */

static void on_signal(int number)
{
}

/* A real-time signal that nobody has a use for; other threads keep it blocked, or never get it. */
static void choose_signal(void)
{
	struct sigaction before, ours = { .sa_handler = on_signal }; /* and no SA_RESTART */

	for (int number = SIGRTMAX; number >= SIGRTMIN; number--) {
		if (sigaction(number, NULL, &before) || before.sa_handler != SIG_DFL)
			continue;
		if (sigaction(number, &ours, NULL))
			continue;
		wake_signal = number;
		return;
	}
}

static void hear_signal(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, wake_signal);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/* ---- the thread ---------------------------------------------------------- */

static bool stops(const struct user_listener *l)
{
	return __atomic_load_n(&l->stop, __ATOMIC_ACQUIRE);
}

static void *listen_main(void *arg)
{
	struct user_listener *l = arg;
	struct trv_dev *dev = l->dev;
	u64 n;

	if (l->bytes < sizeof(n))
		hear_signal();
	while (!stops(l)) {
		ssize_t got = read(l->fd, &n, l->bytes);

		if (stops(l))
			break;
		if (got == (ssize_t)l->bytes) {
			user_turn_take(dev);
			user_irq_fire(dev, l->tag);
			user_turn_give(dev);
		} else if (got >= 0 || errno != EINTR) {
			user_turn_take(dev);
			dev->ops->notice(dev, USER_NOTICE_READ);
			user_turn_give(dev);
			break;
		}
	}
	if (l->orphan) {
		free(l);
		/* The last of the device: it may be closed now. */
		pthread_mutex_lock(&dev->lock);
		dev->orphans--;
		pthread_cond_broadcast(&dev->settled);
		pthread_mutex_unlock(&dev->lock);
		return NULL;
	}
	trv_event_signal(&l->ended);
	return NULL;
}

int user_listen(struct trv_dev *dev, u32 vec, u32 tag, struct user_listener **listener)
{
	struct user_listener *l;
	char name[32];
	int rc;

	if (dev->ops->irq_bytes < sizeof(u64)) {
		pthread_once(&signal_once, choose_signal);
		if (!wake_signal) {
			trv_err(dev, "no real-time signal is left for interrupts over %s",
				dev->ops->name);
			return -EBUSY;
		}
	}
	l = calloc(1, sizeof(*l));
	if (!l)
		return -ENOMEM;
	*l = (struct user_listener){
		.dev = dev,
		.fd = dev->vecs[vec].fd,
		.bytes = dev->ops->irq_bytes,
		.tag = tag,
	};
	trv_event_init(&l->ended);
	snprintf(name, sizeof(name), "trv %s/%u", dev->name + 5, vec);
	rc = user_thread_start(&l->thread, name, listen_main, l);
	if (rc) {
		free(l);
		return rc;
	}
	*listener = l;
	return 0;
}

static void end_read(struct user_listener *l)
{
	if (l->bytes == sizeof(u64)) {
		eventfd_write(l->fd, 1);
	} else {
		do
			pthread_kill(l->thread, wake_signal);
		while (user_event_wait(&l->ended, AGAIN_US));
	}
	pthread_join(l->thread, NULL);
}

void user_listen_end(struct user_listener *l)
{
	struct trv_dev *dev = l->dev;
	const bool self = pthread_equal(pthread_self(), l->thread);
	/* Its thread may be waiting for that. */
	const bool turn = !self && user_has_turn(dev);

	if (self) { /* reported: freeing interrupts sleeps */
		l->orphan = true;
		pthread_detach(l->thread);
		pthread_mutex_lock(&dev->lock);
		dev->orphans++;
		pthread_mutex_unlock(&dev->lock);
	}
	__atomic_store_n(&l->stop, 1, __ATOMIC_RELEASE);
	if (self)
		return;
	if (turn)
		user_turn_give(dev);
	end_read(l);
	if (turn)
		user_turn_take(dev);
	free(l);
}

void user_listen_wait(struct trv_dev *dev)
{
	pthread_mutex_lock(&dev->lock);
	while (dev->orphans)
		pthread_cond_wait(&dev->settled, &dev->lock);
	pthread_mutex_unlock(&dev->lock);
}
