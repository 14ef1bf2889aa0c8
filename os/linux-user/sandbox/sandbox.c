// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * trv_user_sandbox(): layer after layer, each of which is there or said to be
 * missing. What can fail for a reason of the user's is asked before the first.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <os/linux-user/memcheck.h>
#include <os/linux-user/sandbox/sandbox.h>

#if defined(USER_ASAN)
#define SANITIZER "AddressSanitizer"
#elif defined(USER_TSAN)
#define SANITIZER "ThreadSanitizer"
#else
#define SANITIZER ""
#endif

/**
 * struct entry - on the way into the sandbox
 * @ruleset: Landlock's, or why there is none; of that @abi
 * @calls:   how many the filter lets through, 0: there is none
 */
struct entry {
	const struct trv_user_sandbox *how;
	struct trv_user_error *err;
	struct user_needs needs;
	struct user_drop drop;
	int ruleset, abi;
	int calls;
};

/* ---- for transports ------------------------------------------------------------ */

void user_needs_ioctl(struct user_needs *needs, u32 number)
{
	for (u32 i = 0; i < needs->n_ioctls; i++) {
		if (needs->ioctls[i] == number)
			return;
	}
	needs->too_many |= needs->n_ioctls == USER_NEEDS_IOCTLS;
	if (!needs->too_many)
		needs->ioctls[needs->n_ioctls++] = number;
}

static void add_act(struct user_needs *needs, struct user_act act)
{
	needs->too_many |= needs->n_acts == USER_NEEDS_ACTS;
	if (!needs->too_many)
		needs->acts[needs->n_acts++] = act;
}

void user_needs_unlink(struct user_needs *needs, const char *path)
{
	add_act(needs, (struct user_act){ .path = path, .pidfd = -1 });
}

void user_needs_kill(struct user_needs *needs, s32 pid, int pidfd)
{
	add_act(needs, (struct user_act){ .pid = pid, .pidfd = pidfd });
}

/* ---- layers -------------------------------------------------------------------- */

/* A layer is missing. 0, or an error where all are demanded. */
static int missing(const struct entry *e, enum trv_log_level level, const char *fmt, ...)
	TRV_PRINTF(3, 4);
static int missing(const struct entry *e, enum trv_log_level level, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (e->how->demand)
		return user_error(e->err, -EOPNOTSUPP, "no sandbox: %s", text);
	trv_log(NULL, level, "sandbox: %s", text);
	return 0;
}

static int drop(struct entry *e)
{
	int rc = user_drop(&e->drop, e->err);

	if (rc == -ENOSYS)
		return missing(e, TRV_LOG_WARN,
			       "user and capabilities stay: built without libcap-ng; install "
			       "libcap-ng-dev and build again");
	return rc;
}

static int no_new_privs(void *arg)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
}

static int restrict_files(void *arg)
{
	const struct entry *e = arg;

	return user_landlock_self(e->ruleset);
}

/* Before users change: the directories may be closed to the next. */
static int open_rules(struct entry *e)
{
	static const struct user_needs nothing;

	e->abi = user_landlock_abi();
	/* A steward unlinks for us. */
	e->ruleset = user_landlock_open(e->drop.change ? &nothing : &e->needs);
	if (e->ruleset >= 0 || e->ruleset == -ENOSYS || e->ruleset == -EOPNOTSUPP)
		return 0;
	return user_error(e->err, e->ruleset, "no Landlock rules: %s", strerror(-e->ruleset));
}

static int files(struct entry *e)
{
	const int rc = e->ruleset >= 0 ? user_each_thread(restrict_files, e, e->err) : 0;

	if (rc && !e->err->text[0])
		return user_error(e->err, rc, "Landlock: %s", strerror(-rc));
	if (rc || e->ruleset >= 0)
		return rc;
	/* A filter refuses whatever opens a file; without, they are as open as ever. */
	return missing(e, *user_filter_built ? TRV_LOG_INFO : TRV_LOG_WARN, "%s",
		       e->ruleset == -ENOSYS ?
			       "this kernel has no Landlock" :
			       "Landlock is switched off; boot with landlock in lsm=");
}

static int calls(struct entry *e)
{
	int rc;

	/* A steward does them. */
	if (e->drop.change)
		e->needs.n_acts = 0;
	rc = user_filter(&e->needs, e->how->serves);
	e->calls = trv_max(rc, 0);
	if (rc == -ENOSYS)
		return missing(e, TRV_LOG_WARN,
			       "system calls are not filtered: built without libseccomp; install "
			       "libseccomp-dev and build again");
	if (rc == -EINVAL || rc == -EOPNOTSUPP)
		return missing(e, TRV_LOG_WARN, "this kernel has no filters of system calls");
	if (rc < 0)
		return user_error(e->err, rc, "no filter of system calls: %s", strerror(-rc));
	return 0;
}

/*
 * Whoever was somebody else has read what the new user may not see, and has a device's descriptors:
 * no other process of that user gets at them. To root it makes no difference. For an ordinary
 * process gdb and core files stay.
 */
static int dumpable(const struct entry *e, bool yes)
{
	if (e->drop.change && prctl(PR_SET_DUMPABLE, yes, 0, 0, 0))
		return user_error(e->err, -errno, "PR_SET_DUMPABLE: %s", strerror(errno));
	return 0;
}

/* ---- all of them ---------------------------------------------------------------- */

static void gather(struct trv_host *host, void *needs)
{
	if (host->ops->sandbox)
		host->ops->sandbox(host, needs);
}

static void tell(const struct entry *e)
{
	char user[96] = "", landlock[32] = "", calls[48] = "";

	if (e->drop.change)
		snprintf(user, sizeof(user), "user %s (%u), ", e->drop.name, (unsigned)e->drop.uid);
	if (e->ruleset >= 0)
		snprintf(landlock, sizeof(landlock), ", Landlock ABI %d", e->abi);
	if (e->calls)
		snprintf(calls, sizeof(calls), ", %d system calls", e->calls);
	trv_log(NULL, TRV_LOG_INFO, "sandbox: %sno %s%s%s", user,
		*user_drop_built ? "capabilities" : "new privileges", landlock, calls);
}

/* What a checker cannot do without: it asks for more at the end than we do on the way. */
static int enter_checked(struct entry *e)
{
	int rc = missing(e, TRV_LOG_INFO,
			 "files and system calls stay, for %s needs them at the end", SANITIZER);

	if (!rc)
		rc = drop(e);
	if (!rc)
		rc = dumpable(e, true);
	return rc ?: user_each_thread(no_new_privs, NULL, e->err);
}

/* The C library opens it when a thread exits or is cancelled, and aborts when it cannot. */
static void load_unwinder(void)
{
	(void)dlopen("libgcc_s.so.1", RTLD_NOW);
}

static int enter(struct entry *e)
{
	/* Asked while files can be opened. */
	const bool traced = user_traced();
	int rc = open_rules(e);

	load_unwinder();
	if (!rc)
		rc = drop(e);
	if (!rc)
		rc = dumpable(e, false);
	if (!rc)
		rc = user_each_thread(no_new_privs, NULL, e->err);
	if (!rc)
		rc = files(e);
	if (e->ruleset >= 0)
		close(e->ruleset);
	if (rc)
		return rc;
	/* A debugger calls functions in here, and some of them open files. */
	if (!e->how->demand && traced)
		return missing(e, TRV_LOG_INFO,
			       "system calls are not filtered: it is being debugged");
	return calls(e);
}

int trv_user_sandbox(const struct trv_user_sandbox *how, struct trv_user_error *err)
{
	static const struct trv_user_sandbox as_usual;
	static u32 entered;
	struct trv_user_error unheard;
	struct entry e = { .how = how ?: &as_usual, .err = err ?: &unheard, .ruleset = -1 };
	int rc;

	e.err->text[0] = '\0';
	if (RUNNING_ON_VALGRIND)
		return missing(&e, TRV_LOG_INFO, "none, for valgrind needs what it would take");
	if (__atomic_exchange_n(&entered, 1, __ATOMIC_ACQ_REL))
		return user_error(e.err, -EBUSY, "this process is in its sandbox already");
	rc = user_drop_find(e.how->user, &e.drop, e.err);
	if (rc) {
		__atomic_store_n(&entered, 0, __ATOMIC_RELEASE); /* nothing has changed */
		return rc;
	}
	user_each_host(gather, &e.needs);
	if (e.needs.too_many)
		rc = user_error(e.err, -ENOMEM, "more hosts are open than a sandbox can have");
	if (!rc && e.drop.change) {
		e.needs.sockets |= e.needs.n_acts > 0;
		rc = user_steward_start(&e.needs, e.err);
	}
	if (!rc)
		rc = *SANITIZER ? enter_checked(&e) : enter(&e);
	if (!rc)
		tell(&e);
	else if (!e.err->text[0])
		user_error(e.err, rc, "sandbox: %s", strerror(-rc));
	return rc;
}

const char *trv_user_sandbox_built(void)
{
	static char text[64];

	snprintf(text, sizeof(text), "%s%s%s", user_drop_built,
		 *user_drop_built && *user_filter_built ? " " : "", user_filter_built);
	return text;
}
