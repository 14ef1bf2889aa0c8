// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Another user, and no capability. libcap-ng knows in which order that is
 * done, for the calling thread; what it leaves to other threads, by calls that
 * a signal handler may make, is done before (bounding set, ambient set) and
 * after it (what there is to lose without being root).
 */
#include <cap-ng.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <os/linux-user/sandbox/sandbox.h>

const char user_drop_built[] = "libcap-ng";

enum { CAPS = 64 }; /* more than there are */

/* ---- who --------------------------------------------------------------------- */

static bool known(const char *user, struct user_drop *drop)
{
	const struct passwd *pw;
	char *end;
	const unsigned long number = strtoul(user, &end, 10);
	const bool is_number = *user >= '0' && *user <= '9' && !*end && number < 0xffffffffUL;

	pw = is_number ? getpwuid((uid_t)number) : getpwnam(user);
	if (!pw && !is_number)
		return false;
	drop->uid = pw ? pw->pw_uid : (uid_t)number;
	drop->gid = pw ? pw->pw_gid : (gid_t)number;
	snprintf(drop->name, sizeof(drop->name), "%s", pw ? pw->pw_name : user);
	return true;
}

/* Is there such a number here? In a user namespace there may be few. */
static bool mapped(const char *map, unsigned long id)
{
	unsigned long first, outside, n;
	bool found = false;
	FILE *f = fopen(map, "re");

	if (!f)
		return true;
	while (!found && fscanf(f, "%lu %lu %lu", &first, &outside, &n) == 3)
		found = id >= first && id - first < n;
	fclose(f);
	return found;
}

/* Why root cannot become anybody here; NULL: it can. */
static const char *obstacle(const struct user_drop *drop)
{
	capng_get_caps_process();
	if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_SETUID) ||
	    !capng_have_capability(CAPNG_EFFECTIVE, CAP_SETGID))
		return "it lacks CAP_SETUID or CAP_SETGID";
	if (!mapped("/proc/self/uid_map", drop->uid) || !mapped("/proc/self/gid_map", drop->gid))
		return "there is no such user in this user namespace";
	return NULL;
}

int user_drop_find(const char *user, struct user_drop *drop, struct trv_user_error *err)
{
	const char *why;

	*drop = (struct user_drop){ .uid = geteuid() };
	if (user && !known(user, drop))
		return user_error(err, -EINVAL, "there is no user '%s'; see: getent passwd", user);
	if (geteuid()) {
		if (drop->uid == geteuid())
			return 0;
		return user_error(err, -EPERM, "only root can become another user; run it as %s",
				  drop->name);
	}
	/*
	 * Of root's choice, or one of its own where somebody made it: no other process has that
	 * number. Else nobody, as whom there may be others, which is why nobody may look into us
	 * afterwards (PR_SET_DUMPABLE).
	 */
	if (!user && !known("trivet", drop) && !known("nobody", drop))
		known("65534", drop);
	drop->change = drop->uid != 0;
	why = drop->change ? obstacle(drop) : NULL;
	if (!why)
		return 0;
	if (user)
		return user_error(err, -EPERM, "root cannot become %s here: %s", drop->name, why);
	trv_log(NULL, TRV_LOG_WARN, "sandbox: it stays root, without capabilities: %s", why);
	drop->change = false;
	return 0;
}

/* ---- becoming ---------------------------------------------------------------- */

static int drop_bounds(void *arg)
{
	/* Without CAP_SETPCAP it stays, and with PR_SET_NO_NEW_PRIVS nothing comes of it. */
	for (unsigned long cap = 0; cap < CAPS; cap++)
		(void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return 0;
}

static int drop_caps(void *arg)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };

	return syscall(SYS_capset, &head, none) ? -errno : 0;
}

/* The three of an ordinary user who runs a program of somebody else's. */
static int one_user(void)
{
	uid_t r, e, s;
	gid_t gr, ge, gs;

	getresuid(&r, &e, &s);
	getresgid(&gr, &ge, &gs);
	if ((gr != ge || gs != ge) && setresgid(ge, ge, ge))
		return -errno;
	return (r != e || s != e) && setresuid(e, e, e) ? -errno : 0;
}

static int change(const struct user_drop *drop)
{
	int rc;

	capng_clear(CAPNG_SELECT_BOTH);
	if (!drop->change) {
		rc = one_user();
		if (!rc && capng_apply(CAPNG_SELECT_CAPS))
			rc = -EPERM;
		return rc;
	}
	rc = capng_change_id((int)drop->uid, (int)drop->gid, CAPNG_DROP_SUPP_GRP);
	return rc ? -EPERM : 0;
}

int user_drop(const struct user_drop *drop, struct trv_user_error *err)
{
	int rc = user_each_thread(drop_bounds, NULL, err);

	if (rc)
		return rc;
	rc = change(drop);
	if (rc)
		return user_error(err, rc, "cannot become %s: %s",
				  drop->change ? drop->name : "one user", strerror(-rc));
	rc = user_each_thread(drop_caps, NULL, err);
	if (rc)
		return rc;
	/* Asked of the kernel once more, for what follows relies on it. */
	capng_get_caps_process();
	if (capng_have_capabilities(CAPNG_SELECT_CAPS) != CAPNG_NONE ||
	    (drop->change && (geteuid() != drop->uid || getegid() != drop->gid)))
		return user_error(err, -EPERM, "capabilities do not go");
	return 0;
}
