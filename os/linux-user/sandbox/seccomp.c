// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A filter of system calls, for all threads at once (TSYNC): what a driver, the
 * leg and the C library do between open and close, and nothing that opens,
 * executes, connects or becomes anything.
 *
 * All else is an error, EPERM, and not the process's end: one that is killed
 * leaves a device in the middle of a transfer and a disk's cache unwritten,
 * and a C library that tries a newer call first goes on with the older one.
 * Calls of another architecture (32 bits, x32) end it: none of ours makes one.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <os/linux-user/sandbox/sandbox.h>

const char user_filter_built[] = "libseccomp";

static const int always[] = {
	/* what is open: registers, recordings, the report */
	SCMP_SYS(read),
	SCMP_SYS(write),
	SCMP_SYS(readv),
	SCMP_SYS(writev),
	SCMP_SYS(pread64),
	SCMP_SYS(pwrite64),
	SCMP_SYS(lseek),
	SCMP_SYS(ftruncate),
	SCMP_SYS(fsync),
	SCMP_SYS(fdatasync),
	SCMP_SYS(fstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(statx),
	SCMP_SYS(close),
	SCMP_SYS(dup),
	SCMP_SYS(flock),
	/* events */
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(epoll_create1),
	SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait),
	SCMP_SYS(eventfd2),
	SCMP_SYS(timerfd_create),
	SCMP_SYS(timerfd_settime),
	SCMP_SYS(timerfd_gettime),
	/* threads and time */
	SCMP_SYS(futex),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(gettid),
	SCMP_SYS(getpid),
	SCMP_SYS(getcpu),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_getres),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(membarrier),
	/* memory */
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(sysinfo),
	SCMP_SYS(getrandom),
	/* signals, and the end */
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(wait4),
	SCMP_SYS(waitid),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(getrusage),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
};

/* Sockets that listen or are connected already. */
static const int serving[] = {
	SCMP_SYS(accept4),    SCMP_SYS(recvmsg),     SCMP_SYS(sendmsg),	    SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt), SCMP_SYS(getpeername), SCMP_SYS(getsockname), SCMP_SYS(shutdown),
	SCMP_SYS(fchdir),     SCMP_SYS(recvfrom),    SCMP_SYS(pipe2),
};

/* Of a terminal, whether it is one and how wide; nothing that types into it. */
static const unsigned long terminal[] = { TCGETS, TIOCGWINSZ };

static const int descriptor[] = { F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL };

struct filter {
	scmp_filter_ctx ctx;
	int rc, n;
};

static void allow(struct filter *f, int call)
{
	if (f->rc)
		return;
	f->rc = seccomp_rule_add(f->ctx, SCMP_ACT_ALLOW, call, 0);
	f->n++;
}

static void allow_if(struct filter *f, int call, struct scmp_arg_cmp cmp)
{
	if (!f->rc)
		f->rc = seccomp_rule_add_array(f->ctx, SCMP_ACT_ALLOW, call, 1, &cmp);
}

static void allow_all(struct filter *f, const int *calls, u32 n)
{
	for (u32 i = 0; i < n; i++)
		allow(f, calls[i]);
}

static void memory(struct filter *f)
{
	/* Nothing that could be executed. */
	allow_if(f, SCMP_SYS(mmap), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	allow_if(f, SCMP_SYS(mprotect), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	f->n += 2;
}

static void threads(struct filter *f)
{
	const u64 thread = CLONE_THREAD | CLONE_VM | CLONE_SIGHAND;
	const u64 spaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
			   CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

	/* Threads, and no process. The arguments of clone3() are in memory, where no filter sees them. */
	allow_if(f, SCMP_SYS(clone), SCMP_A0_64(SCMP_CMP_MASKED_EQ, thread | spaces, thread));
	if (!f->rc)
		f->rc = seccomp_rule_add(f->ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	allow_if(f, SCMP_SYS(prctl), SCMP_A0_64(SCMP_CMP_EQ, PR_SET_NAME));
	allow_if(f, SCMP_SYS(prctl), SCMP_A0_64(SCMP_CMP_EQ, PR_GET_NAME));
	f->n += 2;
}

static void signals(struct filter *f, const struct user_needs *needs)
{
	/* Itself: raise(), abort() and what ends it by the signal it got. */
	allow_if(f, SCMP_SYS(tgkill), SCMP_A0_64(SCMP_CMP_EQ, (u64)getpid()));
	allow_if(f, SCMP_SYS(kill), SCMP_A0_64(SCMP_CMP_EQ, (u64)getpid()));
	for (u32 i = 0; i < needs->n_acts; i++) {
		if (!needs->acts[i].path)
			allow_if(f, SCMP_SYS(kill),
				 SCMP_A0_64(SCMP_CMP_EQ, (u64)needs->acts[i].pid));
	}
	f->n += 2;
}

static void descriptors(struct filter *f, const struct user_needs *needs)
{
	for (u32 i = 0; i < TRV_ARRAY_SIZE(descriptor); i++)
		allow_if(f, SCMP_SYS(fcntl), SCMP_A1_64(SCMP_CMP_EQ, (u64)descriptor[i]));
	for (u32 i = 0; i < TRV_ARRAY_SIZE(terminal); i++)
		allow_if(f, SCMP_SYS(ioctl), SCMP_A1_64(SCMP_CMP_EQ, terminal[i]));
	for (u32 i = 0; i < needs->n_ioctls; i++)
		allow_if(f, SCMP_SYS(ioctl), SCMP_A1_64(SCMP_CMP_EQ, needs->ioctls[i]));
	f->n += 2;
}

static void hosts(struct filter *f, const struct user_needs *needs)
{
	bool unlinks = false;

	for (u32 i = 0; i < needs->n_acts; i++)
		unlinks |= needs->acts[i].path != NULL;
	if (unlinks) {
		allow(f, SCMP_SYS(unlink));
		allow(f, SCMP_SYS(unlinkat));
	}
	if (needs->looks) {
		allow(f, SCMP_SYS(readlink));
		allow(f, SCMP_SYS(readlinkat));
	}
	if (needs->ports) {
		allow_if(f, SCMP_SYS(ioperm), SCMP_A2_64(SCMP_CMP_EQ, 0));
		f->n++;
	}
	if (needs->sockets) {
		/* To whom it is connected, and nobody else. */
		allow_if(f, SCMP_SYS(sendto), SCMP_A4_64(SCMP_CMP_EQ, 0));
		f->n++;
		allow(f, SCMP_SYS(recvfrom));
		allow(f, SCMP_SYS(shutdown));
	}
}

int user_filter(const struct user_needs *needs, bool serves)
{
	struct filter f = { .ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM)) };

	if (!f.ctx)
		return -ENOMEM;
	f.rc = seccomp_attr_set(f.ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	allow_all(&f, always, TRV_ARRAY_SIZE(always));
	if (serves) {
		allow_all(&f, serving, TRV_ARRAY_SIZE(serving));
		allow_if(&f, SCMP_SYS(sendto), SCMP_A4_64(SCMP_CMP_EQ, 0));
	}
	memory(&f);
	threads(&f);
	signals(&f, needs);
	descriptors(&f, needs);
	hosts(&f, needs);
	if (!f.rc)
		f.rc = seccomp_load(f.ctx);
	seccomp_release(f.ctx);
	return f.rc < 0 ? f.rc : f.n;
}
