// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Registers that go while they are mapped: a driver of the kernel's that the
 * device is bound to next takes them for itself, and our next access is a
 * SIGBUS. In their place comes a page of all ones, which is what the bus answers
 * for a device that is not there; that it has gone is noticed as ever (leave.c).
 * Any other SIGBUS is for whoever wanted it before us.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <os/linux-user/uio/uio.h>

enum { MAPS = 256, PAGE_MAX = 65536 };

/* @base is written last and read first: a handler of another thread may be looking. 0: unused */
static struct {
	uintptr_t base; /* atomic */
	size_t len;
} maps[MAPS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static u32 n_maps;
static int ones = -1; /* a page of them */
static size_t page;
static struct sigaction before;

static bool is_ours(uintptr_t at)
{
	for (u32 i = 0; i < MAPS; i++) {
		const uintptr_t base = __atomic_load_n(&maps[i].base, __ATOMIC_ACQUIRE);

		if (base && at >= base && at - base < maps[i].len)
			return true;
	}
	return false;
}

static void pass_on(int sig, siginfo_t *info, void *context)
{
	if (before.sa_flags & SA_SIGINFO)
		before.sa_sigaction(sig, info, context);
	else if (before.sa_handler == SIG_DFL || before.sa_handler == SIG_IGN)
		signal(sig, SIG_DFL); /* the access comes again, and ends the process */
	else
		before.sa_handler(sig);
}

static void on_bus(int sig, siginfo_t *info, void *context)
{
	const uintptr_t at = (uintptr_t)info->si_addr;
	const int saved = errno;
	void *to = (void *)(at & ~(uintptr_t)(page - 1));

	/* All at once: no other thread sees anything else there. */
	if (info->si_code <= 0 || !is_ours(at) ||
	    mmap(to, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, ones, 0) == MAP_FAILED)
		pass_on(sig, info, context);
	errno = saved;
}

static int begin(void)
{
	static const struct sigaction act = { .sa_sigaction = on_bus,
					      .sa_flags = SA_SIGINFO | SA_ONSTACK };
	u8 text[PAGE_MAX];

	page = (size_t)sysconf(_SC_PAGESIZE);
	memset(text, 0xff, sizeof(text));
	ones = memfd_create("trivet: no device", MFD_CLOEXEC);
	if (ones < 0 || page > sizeof(text) || write(ones, text, page) != (ssize_t)page ||
	    sigaction(SIGBUS, &act, &before)) {
		if (ones >= 0)
			close(ones);
		ones = -1;
		return -ENOMEM;
	}
	return 0;
}

/* A handler that somebody has installed after ours may pass signals on to it: then it stays. */
static void end(void)
{
	struct sigaction now;

	if (!sigaction(SIGBUS, NULL, &now) && now.sa_flags & SA_SIGINFO &&
	    now.sa_sigaction == on_bus)
		sigaction(SIGBUS, &before, NULL);
	close(ones);
	ones = -1;
}

int uio_bus_watch(const void *base, size_t len)
{
	int rc = -ENOMEM;
	u32 i = 0;

	pthread_mutex_lock(&lock);
	while (i < MAPS && maps[i].base)
		i++;
	if (i < MAPS)
		rc = n_maps ? 0 : begin();
	if (!rc) {
		n_maps++;
		maps[i].len = len;
		__atomic_store_n(&maps[i].base, (uintptr_t)base, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&lock);
	return rc;
}

void uio_bus_unwatch(const void *base)
{
	pthread_mutex_lock(&lock);
	for (u32 i = 0; i < MAPS; i++) {
		if (maps[i].base != (uintptr_t)base)
			continue;
		__atomic_store_n(&maps[i].base, 0, __ATOMIC_RELEASE);
		if (!--n_maps)
			end();
	}
	pthread_mutex_unlock(&lock);
}
