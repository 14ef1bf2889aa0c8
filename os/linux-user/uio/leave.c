// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A device that is unbound while a process drives it. The kernel asks nobody:
 * it disables the device, removes the node in /dev, and may give the device to
 * another driver, which nothing of ours must disturb from then on.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <os/linux-user/uio/uio.h>

/* What the kernel makes in sysfs when it is bound, anew each time; 0: it is not. */
static ino_t made(const struct uio_dev *d)
{
	char path[PCI_PATH + 8];
	struct stat st;

	snprintf(path, sizeof(path), "%s/uio", d->place.dir);
	return stat(path, &st) ? 0 : st.st_ino;
}

/* It stays open here, so what is seen of its end is that its name goes. */
static bool watch(struct uio_dev *d)
{
	d->watch = inotify_add_watch(d->watch_fd, d->node, IN_ATTRIB | IN_DELETE_SELF);
	return d->watch >= 0;
}

int uio_leave_open(struct uio_dev *d)
{
	d->made = made(d);
	d->watch_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (d->watch_fd < 0)
		return -ENOMEM;
	return watch(d) ? 0 : -ENOMEM;
}

int uio_leave_start(struct uio_dev *d)
{
	return user_loop_notice(d->dev, d->watch_fd, 0);
}

static void leave(struct trv_dev *dev)
{
	if (__atomic_exchange_n(&uio_dev_of(dev)->gone, 1, __ATOMIC_ACQ_REL))
		return;
	trv_warn(dev, "unbound from uio_pci_generic, or pulled out");
	user_dev_set_gone(dev);
}

/*
 * As long as anything is watched in /dev, each read() of anything there costs 180 instructions more.
 * In a sandbox it stays watched: nobody there can watch it again. Elsewhere, too, watching may fail
 * (there are limits); then it is looked for here, and not heard of.
 */
void uio_leave_read(struct uio_dev *d, bool reads)
{
	if (reads && !d->stays_watched) {
		inotify_rm_watch(d->watch_fd, d->watch);
		d->watch = -1;
	} else if (!reads && ((d->watch < 0 && !watch(d) && errno == ENOENT) || uio_left(d))) {
		leave(d->dev);
	}
}

/* Whoever may not read the node cannot watch it once more. */
void uio_leave_sandbox(struct uio_dev *d)
{
	if (d->watch < 0 && !watch(d) && errno == ENOENT)
		leave(d->dev);
	d->stays_watched = true;
}

bool uio_left(const struct uio_dev *d)
{
	char driver[64];

	pci_link(&d->place, "driver", driver);
	/* Bound to it again, it is another's all the same. */
	return strcmp(driver, "uio_pci_generic") || made(d) != d->made;
}

void uio_leave_notice(struct trv_dev *dev, u32 which)
{
	struct uio_dev *d = uio_dev_of(dev);
	char seen[512];

	/* An event like the last that nobody has read is none: its end would not be told. */
	while (read(d->watch_fd, seen, sizeof(seen)) > 0)
		;
	/* Its owner may have changed, and nothing else. A read that fails is sure. */
	if (which == USER_NOTICE_READ || uio_left(d))
		leave(dev);
}
