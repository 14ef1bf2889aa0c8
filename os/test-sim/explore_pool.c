// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Worker processes: forked once, fed through a socket, replaced when they die. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <os/test-sim/explore.h>

/* No run takes so long: its entries are counted, and loops without any are noticed. */
#define SILENCE_S 120

#ifdef SIM_COVERAGE
void __gcov_dump(void);
void __gcov_reset(void);
#else
#define __gcov_dump() ((void)0)
#define __gcov_reset() ((void)0)
#endif

double sim_explore_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static _Noreturn void work(const struct sim_pool *p, struct sim_worker *w, int fd)
{
	const struct rlimit no_core = { 0, 0 };
	char byte;

	/* Each worker is alone with its parent: its socket ends when that does. */
	for (u32 i = 0; i < p->n; i++) {
		if (p->worker[i].pid)
			close(p->worker[i].fd);
	}
	setrlimit(RLIMIT_CORE, &no_core);
	/* What came before the fork is the parent's to count. */
	__gcov_reset();
	sim_crash_forked();
	while (read(fd, &byte, 1) == 1) {
		sim_explore_batch(p->how, w->shared);
		if (write(fd, &byte, 1) != 1)
			break;
	}
	sim_dev_reset_all();
	__gcov_dump();
	_exit(0);
}

static int start(struct sim_pool *p, struct sim_worker *w)
{
	int fd[2], pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd))
		return -errno;
	fflush(NULL);
	w->pid = 0;
	pid = fork();
	if (pid < 0) {
		int rc = -errno;

		close(fd[0]);
		close(fd[1]);
		return rc;
	}
	if (!pid) {
		close(fd[0]);
		work(p, w, fd[1]);
	}
	close(fd[1]);
	w->pid = pid;
	w->fd = fd[0];
	w->busy = false;
	return 0;
}

int sim_pool_open(struct sim_pool *p, const struct sim_explore *how)
{
	int rc;

	*p = (struct sim_pool){ .how = how, .n = how->jobs };
	sim_dev_reset_all();
	for (u32 i = 0; i < p->n; i++) {
		struct sim_worker *w = &p->worker[i];

		w->shared = mmap(NULL, sizeof(*w->shared), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (w->shared == MAP_FAILED) {
			w->shared = NULL;
			rc = -ENOMEM;
		} else {
			rc = start(p, w);
		}
		if (rc) {
			sim_pool_close(p);
			return rc;
		}
	}
	return 0;
}

void sim_pool_give(struct sim_pool *p, struct sim_worker *w)
{
	w->shared->done = w->shared->n_failures = 0;
	w->busy = true;
	w->death[0] = '\0';
	w->beat_seen = w->shared->beat;
	w->beat_at = sim_explore_clock();
	/* If it is dead, the wait will tell. */
	(void)!send(w->fd, "", 1, MSG_NOSIGNAL);
}

/* ---- the dead ------------------------------------------------------------ */

static void autopsy(struct sim_worker *w, const char *verdict)
{
	int status = 0;

	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (verdict)
		snprintf(w->death, sizeof(w->death), "%s", verdict);
	else if (WIFSIGNALED(status))
		snprintf(w->death, sizeof(w->death), "killed by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(w->death, sizeof(w->death), "exited with status %d", WEXITSTATUS(status));
}

static struct sim_worker *bury(struct sim_pool *p, struct sim_worker *w, const char *verdict)
{
	int rc;

	close(w->fd);
	autopsy(w, verdict);
	rc = start(p, w);
	if (rc) {
		fprintf(stderr, "trivet-sim: no process to replace a dead worker: %s\n",
			strerror(-rc));
		exit(4);
	}
	return w;
}

static struct sim_worker *find_silent(struct sim_pool *p)
{
	double now = sim_explore_clock();

	for (u32 i = 0; i < p->n; i++) {
		struct sim_worker *w = &p->worker[i];
		u64 beat = __atomic_load_n(&w->shared->beat, __ATOMIC_RELAXED);

		if (!w->busy)
			continue;
		if (w->beat_seen != beat) {
			w->beat_seen = beat;
			w->beat_at = now;
		} else if (now - w->beat_at > SILENCE_S) {
			kill(w->pid, SIGKILL);
			return w;
		}
	}
	return NULL;
}

struct sim_worker *sim_pool_wait(struct sim_pool *p, double seconds)
{
	double end = sim_explore_clock() + seconds;
	struct pollfd fds[SIM_MAX_JOBS];
	struct sim_worker *silent;
	char byte;

	do {
		for (u32 i = 0; i < p->n; i++)
			fds[i] = (struct pollfd){ .fd = p->worker[i].busy ? p->worker[i].fd : -1,
						  .events = POLLIN };
		poll(fds, p->n, 200);
		for (u32 i = 0; i < p->n; i++) {
			struct sim_worker *w = &p->worker[i];

			if (!w->busy || !fds[i].revents)
				continue;
			if (read(w->fd, &byte, 1) != 1)
				return bury(p, w, NULL);
			w->busy = false;
			return w;
		}
		silent = find_silent(p);
		if (silent)
			return bury(p, silent, "gave no sign of life and was ended");
	} while (sim_explore_clock() < end);
	return NULL;
}

void sim_pool_close(struct sim_pool *p)
{
	for (u32 i = 0; i < p->n; i++) {
		struct sim_worker *w = &p->worker[i];

		if (w->pid) {
			if (w->busy)
				kill(w->pid, SIGKILL);
			close(w->fd);
			autopsy(w, NULL);
			w->pid = 0;
		}
		if (w->shared)
			munmap(w->shared, sizeof(*w->shared));
		w->shared = NULL;
	}
}
