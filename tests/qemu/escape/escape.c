// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A driver that tries to get out of its process: built and loaded by
 * ../sandbox.sh and ../../vm/user-devices.sh, for any device. As it is bound,
 * it writes a line for each attempt to standard error: its name, and "done"
 * or the error's. Each does no harm where it is let, and each has another
 * outcome then.
 *
 * Of a device with ports in BAR 4 it reads one in a thread that it starts: the
 * line "port" says how it was read.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <trivet/driver.h>

static const char *tag = "";

/* A line in one write, whoever else writes. */
static void say(const char *name, long rc)
{
	dprintf(2, "escape: %s%s %s\n", tag, name, rc < 0 ? strerrorname_np(errno) : "done");
}

static long try_open(void)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static long try_create(void)
{
	const char *path = getenv("ESCAPE_FILE");

	return path ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
}

/* A file that is there, in another directory than any the host has. */
static long try_unlink(void)
{
	const char *path = getenv("ESCAPE_VICTIM");

	return path ? unlink(path) : -1;
}

static long try_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* Of what is not there: ENOENT where it was looked for. */
static long try_execve(void)
{
	char *argv[] = { "x", NULL }, *envp[] = { NULL };

	return execve("/nowhere/x", argv, envp);
}

static long try_fork(void)
{
	const pid_t pid = fork();

	if (!pid)
		_exit(0);
	return pid < 0 ? -1 : waitpid(pid, NULL, 0);
}

static long try_clone_namespace(void)
{
	return syscall(SYS_unshare, 0) ? -1 : 0;
}

static long try_ptrace(void)
{
	return ptrace(PTRACE_PEEKUSER, getpid(), NULL, NULL); /* ESRCH: it is not ours to trace */
}

static long try_vm_read(void)
{
	char from[8] = "", to[8];
	struct iovec mine = { to, sizeof(to) }, theirs = { from, sizeof(from) };

	return syscall(SYS_process_vm_readv, getpid(), &mine, 1UL, &theirs, 1UL, 0UL);
}

static long try_execute_memory(void)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? -1 : munmap(at, 4096);
}

static long try_make_executable(void)
{
	void *at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const int rc = mprotect(at, 4096, PROT_READ | PROT_EXEC);

	return rc;
}

static long try_kill(void)
{
	return kill(getppid(), 0);
}

/* ENOTTY or EIO of what is no terminal of ours. */
static long try_type(void)
{
	return ioctl(0, TIOCSTI, "x");
}

static long try_limit(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_CORE, &limit) ? -1 : setrlimit(RLIMIT_CORE, &limit);
}

static long try_priority(void)
{
	return setpriority(PRIO_PROCESS, 0, 19);
}

/* EINVAL or ENOSYS where it is let. */
static long try_bpf(void)
{
	return syscall(SYS_bpf, -1, NULL, 0);
}

static long try_keep(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static const struct {
	const char *name;
	long (*fn)(void);
} attempts[] = {
	{ "open", try_open },
	{ "create", try_create },
	{ "unlink", try_unlink },
	{ "socket", try_socket },
	{ "execve", try_execve },
	{ "fork", try_fork },
	{ "unshare", try_clone_namespace },
	{ "ptrace", try_ptrace },
	{ "vm-read", try_vm_read },
	{ "map-executable", try_execute_memory },
	{ "make-executable", try_make_executable },
	{ "kill", try_kill },
	{ "type", try_type },
	{ "limit", try_limit },
	{ "priority", try_priority },
	{ "bpf", try_bpf },
	{ "dumpable", try_keep },
};

static void *thread(void *arg)
{
	const struct trv_port *port = arg;

	tag = "thread-";
	if (port->dev) {
		/* One that this thread was not given is its end. */
		(void)trv_read8(*port, 2);
		dprintf(2, "escape: port %s\n", port->io ? "instruction" : "call");
	}
	say("open", try_open());
	say("socket", try_socket());
	return NULL;
}

/* It runs on a thread that was there before the sandbox. */
static void work(void *arg)
{
	tag = "worker-";
	say("open", try_open());
	say("socket", try_socket());
	trv_event_signal(arg);
}

static int escape_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	struct trv_port port = { 0 };
	struct trv_event done;
	struct trv_work w;
	pthread_t t;
	int rc;

	for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++)
		say(attempts[i].name, attempts[i].fn());
	trv_event_init(&done);
	trv_work_init(dev, &w, work, &done);
	trv_work_queue(&w);
	rc = trv_event_wait(&done, 10000000);
	trv_work_cancel_sync(&w);
	if (trv_bar_map(dev, 4, 3, &port))
		port.dev = NULL;
	rc = rc ?: -pthread_create(&t, NULL, thread, &port);
	rc = rc ?: -pthread_join(t, NULL);
	if (port.dev)
		trv_bar_unmap(dev, &port);
	return rc;
}

static void escape_remove(struct trv_dev *dev)
{
}

static const struct trv_driver escape_driver = {
	.name = "escape",
	.description = "tries to get out",
	.priv_size = sizeof(u32),
	.probe = escape_probe,
	.stop = escape_remove,
	.remove = escape_remove,
};

TRV_DRIVER(escape_driver);
