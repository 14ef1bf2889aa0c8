// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* In place of seccomp.c, where libseccomp was not there to build with. */
#include <errno.h>

#include <os/linux-user/sandbox/sandbox.h>

const char user_filter_built[] = "";

int user_filter(const struct user_needs *needs, bool serves)
{
	return -ENOSYS;
}
