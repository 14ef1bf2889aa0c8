// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Mapped registers that go: here files that are cut off, for which the kernel has the same signal. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <os/linux-user/uio/uio.h>

#include "help.h"

enum { LEN = 3 * 4096 };

static sigjmp_buf back;
static volatile sig_atomic_t others;

static void on_other(int sig)
{
	others++;
	siglongjmp(back, 1);
}

/* A mapped file with nothing behind it any more. */
static volatile u8 *hole(const char *name)
{
	int fd = open(qt_file(name, LEN), O_RDWR | O_CLOEXEC);
	volatile u8 *at = mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	CU_ASSERT_PTR_NOT_EQUAL_FATAL(at, MAP_FAILED);
	at[0] = 1;
	CU_ASSERT_EQUAL(ftruncate(fd, 0), 0);
	close(fd);
	return at;
}

static bool is_handled_by(void (*handler)(int sig))
{
	struct sigaction now;

	return !sigaction(SIGBUS, NULL, &now) && !(now.sa_flags & SA_SIGINFO) &&
	       now.sa_handler == handler;
}

static void ones(void)
{
	volatile u8 *one = hole("one"), *two = hole("two");

	signal(SIGBUS, on_other);
	CU_ASSERT_EQUAL(uio_bus_watch((void *)one, LEN), 0);
	CU_ASSERT_EQUAL(uio_bus_watch((void *)two, LEN), 0);
	CU_ASSERT_EQUAL(*(volatile u32 *)one, ~0U);
	one[4096] = 5; /* a write does not end it either */
	CU_ASSERT_EQUAL(one[4097], 0xff);
	CU_ASSERT_EQUAL(two[LEN - 1], 0xff);
	CU_ASSERT_EQUAL(one[LEN - 1], 0xff);
	CU_ASSERT_EQUAL(others, 0);
	uio_bus_unwatch((void *)one);
	uio_bus_unwatch((void *)one); /* which it is not */
	CU_ASSERT(!is_handled_by(on_other));
	uio_bus_unwatch((void *)two);
	CU_ASSERT(is_handled_by(on_other));
	munmap((void *)one, LEN);
	munmap((void *)two, LEN);
	signal(SIGBUS, SIG_DFL);
}

static void somebody_elses(void)
{
	volatile u8 *ours = hole("ours"), *other = hole("other");
	volatile u32 got = 0;

	others = 0;
	signal(SIGBUS, on_other);
	CU_ASSERT_EQUAL(uio_bus_watch((void *)ours, LEN), 0);
	if (!sigsetjmp(back, 1))
		got = other[0];
	CU_ASSERT_EQUAL(others, 1);
	CU_ASSERT_EQUAL(got, 0);
	CU_ASSERT_EQUAL(ours[7], 0xff);
	uio_bus_unwatch((void *)ours);
	munmap((void *)ours, LEN);
	munmap((void *)other, LEN);
	signal(SIGBUS, SIG_DFL);
}

/* Nobody wanted it: the process ends as it would have. */
static void nobodys(void)
{
	volatile u8 *ours = hole("mine"), *other = hole("nobodys");
	int status = 0, pid;

	signal(SIGBUS, SIG_DFL);
	pid = fork();
	if (!pid) {
		alarm(60);
		prctl(PR_SET_DUMPABLE, 0); /* no core file */
		_exit(uio_bus_watch((void *)ours, LEN) ? 1 : other[0]);
	}
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	munmap((void *)ours, LEN);
	munmap((void *)other, LEN);
}

KTAP_SUITE(bus, KTAP_TEST(ones), KTAP_TEST(somebody_elses), KTAP_TEST(nobodys));
KTAP_MAIN(&bus);
