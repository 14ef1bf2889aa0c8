/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a process gives up once its hosts are open, to itself. Each transport
 * says what its host goes on needing; all else goes: other users' rights and
 * capabilities (drop.c), files (landlock.c), system calls (seccomp.c). What
 * only the former user may do when a host is closed, a child of one purpose
 * does (steward.c).
 */
#ifndef TRIVET_USER_SANDBOX_H
#define TRIVET_USER_SANDBOX_H

#include <sys/types.h>

#include <os/linux-user/user.h>

enum { USER_NEEDS_IOCTLS = 4, USER_NEEDS_ACTS = 4 * USER_HOST_DEVS };

/**
 * struct user_act - something that is done to what has a name, or a process, as a host is closed
 * @path: a file, to be unlinked; the host's
 * @pid:  else a child, to be killed; @pidfd of it, or -1
 */
struct user_act {
	const char *path;
	s32 pid;
	int pidfd;
};

/**
 * struct user_needs - what the hosts of this process go on needing
 * @ioctls:  numbers of calls of the hosts' own
 * @sockets: send and receive on sockets there are
 * @looks:   links and attributes of files, by name
 * @ports:   ioperm(), to give ports back
 * @too_many: more than there is room for
 */
struct user_needs {
	u32 ioctls[USER_NEEDS_IOCTLS];
	u32 n_ioctls;
	bool sockets, looks, ports, too_many;
	struct user_act acts[USER_NEEDS_ACTS];
	u32 n_acts;
};

/* For transports, in their call sandbox(). */
void user_needs_ioctl(struct user_needs *needs, u32 number);
void user_needs_unlink(struct user_needs *needs, const char *path);
void user_needs_kill(struct user_needs *needs, s32 pid, int pidfd);

/* ---- drop.c, or nodrop.c without libcap-ng --------------------------------- */

/**
 * struct user_drop - who the process is to be
 * @change: it is somebody else now
 * @name:   for messages
 */
struct user_drop {
	bool change;
	uid_t uid;
	gid_t gid;
	char name[64];
};

extern const char user_drop_built[];
/** user_drop_find() - whom @user (NULL: nobody in particular) means; a sentence in @err */
int user_drop_find(const char *user, struct user_drop *drop, struct trv_user_error *err);
/** user_drop() - become that, without a group or a capability, in every thread */
int user_drop(const struct user_drop *drop, struct trv_user_error *err);

/* ---- landlock.c ------------------------------------------------------------ */

/** user_landlock_abi() - the kernel's version of it; -ENOSYS, -EOPNOTSUPP: switched off */
int user_landlock_abi(void);
/** user_landlock_open() - the rules: nothing but to unlink what @needs names. A descriptor. */
int user_landlock_open(const struct user_needs *needs);
/** user_landlock_self() - this thread, by rules of that descriptor. Async-signal-safe. -errno */
int user_landlock_self(int fd);

/* ---- seccomp.c, or noseccomp.c without libseccomp -------------------------- */

extern const char user_filter_built[];
/** user_filter() - all threads, from now on: how many system calls there are, or -errno */
int user_filter(const struct user_needs *needs, bool serves);

/* ---- threads.c ------------------------------------------------------------- */

/**
 * user_each_thread() - call @fn in every thread, the caller's last; the first error
 *
 * In the others it runs in a signal handler. -EBUSY and a sentence in @err when one cannot be
 * reached. Threads that are started meanwhile are not forgotten.
 */
int user_each_thread(int (*fn)(void *arg), void *arg, struct trv_user_error *err);

/* ---- steward.c ------------------------------------------------------------- */

/** user_steward_start() - a child that does what @needs names when it is asked, and nothing else */
int user_steward_start(const struct user_needs *needs, struct trv_user_error *err);
/** user_steward_stop() - it ends; there may be none */
void user_steward_stop(void);

/** user_unlink(), user_kill() - by the steward if there is one that knows it. 0 or -errno */
int user_unlink(const char *path);
int user_kill(s32 pid, int sig);

#endif /* TRIVET_USER_SANDBOX_H */
