// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* In place of drop.c, where libcap-ng was not there to build with. */
#include <errno.h>

#include <os/linux-user/sandbox/sandbox.h>

const char user_drop_built[] = "";

int user_drop_find(const char *user, struct user_drop *drop, struct trv_user_error *err)
{
	*drop = (struct user_drop){ 0 };
	if (!user)
		return 0;
	return user_error(err, -EOPNOTSUPP,
			  "built without libcap-ng, by which one becomes another user; install "
			  "libcap-ng-dev and build again, or run it as %s",
			  user);
}

int user_drop(const struct user_drop *drop, struct trv_user_error *err)
{
	return -ENOSYS;
}
