// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A function in every thread of the process. To the kernel a capability, a
 * Landlock domain and no_new_privs are a thread's own, and what one thread
 * still may, all may who share its memory. The C library does this for
 * setresuid() and keeps the means to itself.
 *
 * The signal is SIGURG: the leg's threads never block it, debuggers do not stop
 * for it, and one too many is ignored. There is a handler for it only here.
 */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <os/linux-user/sandbox/sandbox.h>

enum { TIMEOUT_MS = 5000, MOST_THREADS = 4096, RUNNING = -1 };

static struct {
	int (*fn)(void *arg);
	void *arg;
	s32 target; /* atomic: whose turn it is, 0 when it is over, RUNNING meanwhile */
	int rc;
} call;

/** struct seen - threads that had their turn */
struct seen {
	s32 tid[MOST_THREADS];
	u32 n;
};

static bool becomes(s32 from, s32 to)
{
	return __atomic_compare_exchange_n(&call.target, &from, to, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

static void handler(int sig)
{
	const int saved = errno;

	/* One that somebody else has sent is nothing to do with us. */
	if (becomes((s32)syscall(SYS_gettid), RUNNING)) {
		call.rc = call.fn(call.arg);
		__atomic_store_n(&call.target, 0, __ATOMIC_RELEASE);
	}
	errno = saved;
}

static int unreachable(s32 tid, struct trv_user_error *err)
{
	char path[64], name[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/comm", tid);
	f = fopen(path, "re");
	if (f && !fgets(name, sizeof(name), f))
		*name = '\0';
	if (f)
		fclose(f);
	name[strcspn(name, "\n")] = '\0';
	return user_error(err, -EBUSY,
			  "thread %d (%s) would keep its privileges: it blocks SIGURG; start it "
			  "after the sandbox, or leave that signal alone",
			  tid, name);
}

/* ThreadSanitizer has a thread that blocks all signals, and runs nothing of ours. */
static bool is_sanitizers(s32 tid)
{
#if defined(USER_TSAN)
	unsigned long long blocked = 0;
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", tid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f) && sscanf(line, "SigBlk: %llx", &blocked) != 1)
		continue;
	if (f)
		fclose(f);
	return blocked >> (SIGURG - 1) & 1;
#else
	return false;
#endif
}

static bool exists(s32 tid)
{
	return !syscall(SYS_tgkill, getpid(), tid, 0);
}

static int turn(s32 tid, struct trv_user_error *err)
{
	call.rc = 0;
	__atomic_store_n(&call.target, tid, __ATOMIC_RELEASE);
	if (syscall(SYS_tgkill, getpid(), tid, SIGURG))
		return 0; /* it has ended */
	for (u32 ms = 0;; ms++) {
		if (!__atomic_load_n(&call.target, __ATOMIC_ACQUIRE))
			return call.rc;
		if (!exists(tid))
			return 0;
		if (ms >= TIMEOUT_MS && becomes(tid, 0))
			return unreachable(tid, err);
		poll(NULL, 0, 1);
	}
}

static bool add(struct seen *seen, s32 tid)
{
	for (u32 i = 0; i < seen->n; i++) {
		if (seen->tid[i] == tid)
			return false;
	}
	if (seen->n < MOST_THREADS)
		seen->tid[seen->n++] = tid;
	return true;
}

/* Those that had no turn yet: how many, or -errno. */
static int pass(struct seen *seen, struct trv_user_error *err)
{
	DIR *dir = opendir("/proc/self/task");
	struct dirent *e;
	int n = 0, rc = 0;

	if (!dir)
		return user_error(err, -errno, "/proc/self/task: %s", strerror(errno));
	while (!rc && (e = readdir(dir))) {
		const s32 tid = (s32)atoi(e->d_name);

		if (tid <= 0 || !add(seen, tid) || is_sanitizers(tid))
			continue;
		n++;
		rc = seen->n == MOST_THREADS ?
			     user_error(err, -EBUSY, "more than %u threads", MOST_THREADS - 1) :
			     turn(tid, err);
	}
	closedir(dir);
	return rc ?: n;
}

int user_each_thread(int (*fn)(void *arg), void *arg, struct trv_user_error *err)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct sigaction act = { .sa_handler = handler, .sa_flags = SA_RESTART }, before;
	struct seen *seen = calloc(1, sizeof(*seen));
	int n;

	if (!seen)
		return -ENOMEM;
	pthread_mutex_lock(&lock);
	call.fn = fn;
	call.arg = arg;
	sigfillset(&act.sa_mask);
	sigaction(SIGURG, &act, &before);
	add(seen, (s32)syscall(SYS_gettid));
	/* Until there is no new one: who was started by one that had its turn is as it is. */
	do
		n = pass(seen, err);
	while (n > 0);
	sigaction(SIGURG, &before, NULL);
	pthread_mutex_unlock(&lock);
	free(seen);
	return n ?: fn(arg);
}
