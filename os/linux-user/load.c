// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Drivers that are shared objects. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <os/linux-user/user.h>

/* What dlopen() would not say in one word; and a FIFO would keep it waiting. */
static int check_file(const char *path, struct trv_user_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int rc = 0;

	if (fd < 0 || fstat(fd, &st))
		rc = user_error(err, -errno, "%s: %s%s", path, strerror(errno),
				errno == ENOENT ? "; trivet.mk builds one: make user" : "");
	else if (!S_ISREG(st.st_mode))
		rc = user_error(err, -ENOEXEC, "%s: not a regular file", path);
	if (fd >= 0)
		close(fd);
	return rc;
}

static int check_module(const char *path, const struct trv_user_module *m,
			struct trv_user_error *err)
{
	if (!m)
		return user_error(err, -ENOEXEC,
				  "%s: a shared object, but no driver; build it with trivet.mk",
				  path);
	if (m->abi != TRV_USER_ABI)
		return user_error(err, -ENOEXEC,
				  "%s: built for version %u of the binary interface, and this is "
				  "version %u; build it again with this Trivet's trivet.mk",
				  path, m->abi, TRV_USER_ABI);
	if (m->first == m->end)
		return user_error(err, -ENOEXEC, "%s: has no driver; TRV_DRIVER() registers one",
				  path);
	return 0;
}

int trv_user_load(const char *path, struct trv_user_error *err,
		  const struct trv_user_module **module)
{
	int rc = check_file(path, err);
	char *real;
	void *so;

	if (rc)
		return rc;
	/* With a slash in it: a bare name would be searched for elsewhere. */
	real = realpath(path, NULL);
	if (!real)
		return user_error(err, -errno, "%s: %s", path, strerror(errno));
	so = dlopen(real, RTLD_NOW | RTLD_LOCAL);
	free(real);
	if (!so)
		return user_error(err, -ENOEXEC, "cannot load %s; trivet.mk builds one: make user",
				  dlerror());
	*module = dlsym(so, "trv_user_module");
	rc = check_module(path, *module, err);
	if (rc)
		dlclose(so);
	return rc;
}
