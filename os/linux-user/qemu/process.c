// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * QEMU as a child, and the thread that reads what it says. The child dies
 * with us however we die, keeps nothing on disk, and cannot outlive close.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <os/linux-user/memcheck.h>
#include <os/linux-user/qemu/qemu.h>
#include <os/linux-user/sandbox/sandbox.h>

enum { QEMU_WORDS = 65536 };

#define BURY_MS 2000 /* from the socket's end to the exit status */

static int signal_child(struct qemu *q, int sig)
{
	int rc = 0;

	pthread_mutex_lock(&q->child_lock);
	if (q->child)
		rc = user_kill(q->child, sig);
	pthread_mutex_unlock(&q->child_lock);
	return rc;
}

void qemu_kill(struct qemu *q)
{
	/* Who has to be told that it failed, waits for its end. */
	(void)signal_child(q, SIGKILL);
}

/* ---- the child ----------------------------------------------------------- */

/* Between fork and exec of a process with threads: system calls only. */
static void become_qemu(const struct qemu *q, s32 parent)
{
	sigset_t none;
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* it was too late for that */
		_exit(127);
	setpgid(0, 0); /* an interrupt from the keyboard is for us, who then close it in order */
	dup2(null, 0);
	dup2(null, 1);
	dup2(q->child_stderr, 2);
	for (u32 i = 0; i < TRV_ARRAY_SIZE(q->pass) && q->pass[i] >= 0; i++)
		fcntl(q->pass[i], F_SETFD, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execv(q->argv[0], q->argv);
	dprintf(2, "cannot run %s: %s\n", q->argv[0], strerror(errno));
	_exit(127);
}

static int spawn(struct qemu *q)
{
	s32 parent = getpid();
	pid_t pid;

	/* What it says is kept as long as it is short: somebody else's program may talk for ever. */
	q->child_stderr = memfd_create("qemu stderr", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (q->child_stderr < 0 || ftruncate(q->child_stderr, QEMU_WORDS) ||
	    fcntl(q->child_stderr, F_ADD_SEALS, F_SEAL_GROW))
		return -ENOMEM;
	pid = fork();
	if (pid < 0)
		return -ENOMEM;
	if (!pid)
		become_qemu(q, parent);
	pthread_mutex_lock(&q->child_lock);
	q->child = pid;
	pthread_mutex_unlock(&q->child_lock);
	/* Without one, it is asked now and then. Debian 12's valgrind does not know the call, and says so. */
	q->child_fd = RUNNING_ON_VALGRIND ? -1 : (int)syscall(SYS_pidfd_open, pid, 0);
	return 0;
}

/* Has it ended within @ms? Then its status is in *@status, -1 when somebody else took it. */
static bool ended(struct qemu *q, int ms, int *status)
{
	struct pollfd p = { .fd = q->child_fd, .events = POLLIN };
	bool gone = false;

	for (;;) {
		pthread_mutex_lock(&q->child_lock);
		*status = -1;
		gone = !q->child || waitpid(q->child, status, WNOHANG);
		if (gone)
			q->child = 0;
		pthread_mutex_unlock(&q->child_lock);
		if (gone || ms <= 0)
			return gone;
		if (q->child_fd < 0 || ms < 10)
			poll(NULL, 0, 10), ms -= 10;
		else
			poll(&p, 1, ms), ms = 0;
	}
}

/* The last line it wrote to standard error. */
static void last_words(struct qemu *q, char *buf, size_t size)
{
	/* The child writes with our file's position. */
	off_t end = lseek(q->child_stderr, 0, SEEK_CUR);
	off_t from = end > (off_t)size - 1 ? end - ((off_t)size - 1) : 0;
	ssize_t n = end > 0 ? pread(q->child_stderr, buf, (size_t)(end - from), from) : 0;
	char *line;

	buf[trv_max(n, (ssize_t)0)] = '\0';
	while (n > 0 && buf[n - 1] == '\n')
		buf[--n] = '\0';
	line = strrchr(buf, '\n');
	if (line)
		memmove(buf, line + 1, strlen(line));
}

static void post_mortem(struct qemu *q)
{
	char words[160];
	int status;

	if (!q->argv) {
		qemu_die(q, "QEMU closed its test socket");
		return;
	}
	if (!ended(q, BURY_MS, &status)) {
		qemu_die(q, "QEMU closed its test socket");
		return;
	}
	last_words(q, words, sizeof(words));
	if (status != -1 && WIFSIGNALED(status))
		qemu_die(q, "QEMU was killed by signal %d%s%s", WTERMSIG(status),
			 *words ? ": " : "", words);
	else if (*words)
		qemu_die(q, "QEMU has ended: %s", words);
	else
		qemu_die(q, "QEMU has ended, with exit status %d", WEXITSTATUS(status));
}

/* ---- the reader ---------------------------------------------------------- */

static void bury(struct qemu *q)
{
	int status, rc;

	if (!q->argv)
		return;
	rc = signal_child(q, SIGTERM);
	if (ended(q, QEMU_QUIT_US / 1000, &status))
		return;
	if (!rc)
		trv_log(NULL, TRV_LOG_WARN, "QEMU does not end by itself: killed");
	rc = signal_child(q, SIGKILL);
	while (!rc && !ended(q, 1000, &status))
		continue;
	/* Of another user, who we were, and the steward has died. */
	if (rc)
		trv_log(NULL, TRV_LOG_ERR, "QEMU, process %d, cannot be ended: %s; run: kill %d",
			q->child, strerror(-rc), q->child);
}

/*
 * Nothing came for as long as an answer may take, and nobody may be waiting
 * for one: a request whose interrupt is to come, say. Ask, and if the last
 * question is still open, that is the answer.
 */
static void ask(struct qemu *q)
{
	if (!__atomic_load_n(&q->open, __ATOMIC_ACQUIRE))
		return; /* open waits for every answer itself */
	if (q->asked && q->ping.got < q->ping.want) {
		qemu_die(q, "QEMU hangs: it has said nothing for %llu ms",
			 (unsigned long long)qemu_call_us(q) / 500);
		return;
	}
	q->asked = !qtest_post(q, &q->ping, "inb 0x80\n");
}

static void *reader_main(void *arg)
{
	struct qemu *q = arg;
	struct pollfd p = { .events = POLLIN };
	char buf[16384];
	ssize_t n;
	int ready;

	q->start_rc = q->argv ? spawn(q) : 0;
	trv_event_signal(&q->started);
	if (q->start_rc)
		return NULL;
	p.fd = q->sock;
	for (;;) {
		ready = poll(&p, 1, (int)(qemu_call_us(q) / 1000));
		if (!ready)
			ask(q);
		if (ready <= 0)
			continue;
		n = recv(q->sock, buf, sizeof(buf), 0);
		if (n > 0)
			qtest_feed(q, buf, (size_t)n);
		else if (!n || errno != EINTR)
			break;
	}
	if (!__atomic_load_n(&q->closing, __ATOMIC_ACQUIRE))
		post_mortem(q);
	/* Our end is the child's end: stay until somebody closes. */
	(void)!user_event_wait(&q->stop, ~0ULL);
	bury(q);
	return NULL;
}

int qemu_start(struct qemu *q, struct trv_user_error *err)
{
	int rc = user_thread_start(&q->reader, "trv qemu", reader_main, q);

	if (rc)
		return user_error(err, rc, "cannot start a thread: %s; see: ulimit -a",
				  strerror(-rc));
	q->reader_runs = true;
	while (user_event_wait(&q->started, QEMU_START_US))
		continue;
	return q->start_rc ?
		       user_error(err, q->start_rc, "cannot start a process: %s; see: ulimit -a",
				  strerror(-q->start_rc)) :
		       0;
}

void qemu_stop(struct qemu *q)
{
	if (!q->reader_runs)
		return;
	__atomic_store_n(&q->closing, 1, __ATOMIC_RELEASE);
	shutdown(q->sock, SHUT_RDWR);
	trv_event_signal(&q->stop);
	pthread_join(q->reader, NULL);
	q->reader_runs = false;
}
