// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What is left to do for a process that was root when a host was opened, and
 * is nobody when it is closed: files of that time have to be unlinked, and a
 * QEMU of root's killed. A child does it that stays who we were. It knows what
 * there is to do before the first byte is read from a device, can be told
 * "the third of these" and nothing else, and has neither our memory's devices
 * nor our descriptors. When this process dies it ends: files that are to
 * outlive us do, children do not.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/capability.h>

#include <os/linux-user/sandbox/sandbox.h>

enum { ANSWER_S = 5, END_MS = 5000, MOST_FDS = 1 << 16 };

/** struct order - one message to the steward; @sig is for a process, @number comes back */
struct order {
	u8 act;
	u8 sig;
	u8 number;
};

/** struct answer - to the order of that number: an errno */
struct answer {
	u8 number;
	u8 rc;
};

static struct {
	pthread_mutex_t lock;
	pid_t pid; /* 0: none */
	int sock;
	u8 number;			       /* of the last order */
	struct user_act acts[USER_NEEDS_ACTS]; /* with names of its own: hosts go before it does */
	u32 n;
} steward = { .lock = PTHREAD_MUTEX_INITIALIZER, .sock = -1 };

/* ---- the child: system calls only, for others' locks may be held -------------- */

/* All descriptors but @sock, @ruleset and those of children. */
static void close_others(int sock, int ruleset)
{
	for (int fd = 0; fd < MOST_FDS; fd++) {
		bool keep = fd == sock || fd == ruleset;

		for (u32 i = 0; i < steward.n; i++)
			keep |= !steward.acts[i].path && steward.acts[i].pidfd == fd;
		if (!keep)
			close(fd);
	}
}

/* No capability but to reach files in directories of others. */
static void few_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	for (unsigned long cap = 0; cap < 64; cap++)
		(void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	data[0].effective = data[0].permitted = 1U << CAP_DAC_OVERRIDE;
	if (!syscall(SYS_capset, &head, data))
		return;
	/* It did not have that one either. */
	data[0].effective = data[0].permitted = 0;
	(void)syscall(SYS_capset, &head, data);
}

static int do_kill(const struct user_act *act, int sig)
{
	if (act->pidfd >= 0)
		return syscall(SYS_pidfd_send_signal, act->pidfd, sig, NULL, 0) ? errno : 0;
	return kill(act->pid, sig) ? errno : 0;
}

static int do_order(const struct order *order)
{
	const struct user_act *act = &steward.acts[order->act];

	if (order->act >= steward.n)
		return EINVAL;
	if (act->path)
		return unlink(act->path) ? errno : 0;
	return order->sig == SIGTERM || order->sig == SIGKILL ? do_kill(act, order->sig) : EINVAL;
}

static void serve(int sock, int ruleset)
{
	static const int not_ours[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	struct answer answer = { 0 };
	struct order order;

	/* What ends a process is for the one that closes in order; this one follows it. */
	setpgid(0, 0);
	for (u32 i = 0; i < TRV_ARRAY_SIZE(not_ours); i++)
		signal(not_ours[i], SIG_IGN);
	(void)prctl(PR_SET_NAME, "trv steward", 0, 0, 0);
	close_others(sock, ruleset);
	few_capabilities();
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (ruleset >= 0) {
		answer.rc = (u8)-user_landlock_self(ruleset);
		close(ruleset);
	}
	/* Nobody's descriptor is open here any more. */
	(void)send(sock, &answer, sizeof(answer), MSG_NOSIGNAL);
	for (;;) {
		ssize_t n = recv(sock, &order, sizeof(order), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n != (ssize_t)sizeof(order))
			break;
		answer = (struct answer){ order.number, (u8)do_order(&order) };
		(void)send(sock, &answer, sizeof(answer), MSG_NOSIGNAL);
	}
	for (u32 i = 0; i < steward.n; i++) {
		/* A process without a descriptor may be another by now. */
		if (!steward.acts[i].path && steward.acts[i].pidfd >= 0)
			(void)do_kill(&steward.acts[i], SIGKILL);
	}
	_exit(0);
}

/* ---- this process ------------------------------------------------------------ */

static void forget(void)
{
	for (u32 i = 0; i < steward.n; i++)
		free((char *)steward.acts[i].path);
	steward.n = 0;
}

/* Names of our own: a host frees its names while it asks for the next. */
static int learn(const struct user_needs *needs)
{
	for (; steward.n < needs->n_acts; steward.n++) {
		struct user_act *act = &steward.acts[steward.n];

		*act = needs->acts[steward.n];
		act->path = act->path ? strdup(act->path) : NULL;
		if (needs->acts[steward.n].path && !act->path) {
			forget();
			return -ENOMEM;
		}
	}
	return 0;
}

static void bury(void)
{
	close(steward.sock);
	steward.sock = -1;
	for (int ms = 0; waitpid(steward.pid, NULL, WNOHANG) == 0; ms += 10) {
		if (ms >= END_MS) {
			trv_log(NULL, TRV_LOG_WARN, "process %d does not end by itself",
				(int)steward.pid);
			break;
		}
		poll(NULL, 0, 10);
	}
	steward.pid = 0;
	forget();
}

/* Its answer to the last order, an errno; -ETIMEDOUT, or whatever became of it. */
static int answer(void)
{
	struct answer a;
	ssize_t n;

	/* One to an order that nobody waits for any more may come first. */
	do
		n = recv(steward.sock, &a, sizeof(a), 0);
	while (n < 0 ? errno == EINTR : n == (ssize_t)sizeof(a) && a.number != steward.number);
	if (n == (ssize_t)sizeof(a))
		return -a.rc;
	return n < 0 && errno == EAGAIN ? -ETIMEDOUT : -ESRCH;
}

int user_steward_start(const struct user_needs *needs, struct trv_user_error *err)
{
	const struct timeval limit = { .tv_sec = ANSWER_S };
	int pair[2], ruleset, rc;
	pid_t pid;

	if (!needs->n_acts)
		return 0;
	rc = learn(needs);
	if (rc)
		return rc;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) {
		forget();
		return user_error(err, -ENOMEM, "no socket: %s; see: ulimit -a", strerror(errno));
	}
	(void)setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	steward.number = 0;
	ruleset = user_landlock_open(needs);
	pid = fork();
	if (!pid)
		serve(pair[1], ruleset);
	close(pair[1]);
	if (ruleset >= 0)
		close(ruleset);
	steward.sock = pair[0];
	steward.pid = pid;
	if (pid < 0) {
		close(pair[0]);
		steward.sock = -1;
		steward.pid = 0;
		forget();
		return user_error(err, -ENOMEM, "cannot start a process: %s; see: ulimit -a",
				  strerror(errno));
	}
	rc = answer();
	if (rc)
		bury();
	return rc ? user_error(err, rc, "a process of ours does not start: %s", strerror(-rc)) : 0;
}

void user_steward_stop(void)
{
	pthread_mutex_lock(&steward.lock);
	if (steward.pid)
		bury();
	pthread_mutex_unlock(&steward.lock);
}

static bool is(const struct user_act *act, const char *path, s32 pid)
{
	if (!path || !act->path)
		return !path && !act->path && act->pid == pid;
	return !strcmp(act->path, path);
}

/* 1: nobody knows of it. */
static int ask(const char *path, s32 pid, int sig)
{
	struct order order = { .sig = (u8)sig };
	int rc = 1;

	pthread_mutex_lock(&steward.lock);
	for (; steward.pid && order.act < steward.n; order.act++) {
		if (!is(&steward.acts[order.act], path, pid))
			continue;
		rc = -ESRCH;
		order.number = ++steward.number;
		if (send(steward.sock, &order, sizeof(order), MSG_NOSIGNAL) > 0)
			rc = answer();
		break;
	}
	pthread_mutex_unlock(&steward.lock);
	return rc;
}

int user_unlink(const char *path)
{
	int rc = ask(path, 0, 0);

	if (rc <= 0)
		return rc;
	return unlink(path) ? -errno : 0;
}

int user_kill(s32 pid, int sig)
{
	int rc = ask(NULL, pid, sig);

	if (rc <= 0)
		return rc;
	return kill(pid, sig) ? -errno : 0;
}
