// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet run --gdb: the same command again, in a debugger that may load what we bring for it. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <os/linux-user/cli/run.h>

/* "add-auto-load-safe-path FILE": gdb loads scripts from files it was told to trust alone. */
static char *trust(const char *path)
{
	char *real = realpath(path, NULL), *text = NULL;

	if (real && asprintf(&text, "add-auto-load-safe-path %s", real) < 0)
		text = NULL;
	free(real);
	return text;
}

int run_gdb(int argc, char **argv, const char *driver)
{
	static const char *const first[] = { "gdb", "-q", "-iex" };
	char self[PATH_MAX], *ours, *theirs;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char **args = calloc((size_t)argc + 12, sizeof(*args)), **to = args;

	self[trv_max(n, (ssize_t)0)] = '\0';
	ours = trust(self);
	if (!args || !ours)
		return cli_error(CLI_LIMIT, "no way to start gdb: %s", strerror(errno));
	theirs = trust(driver); /* NULL for one of ours, which is no file */
	for (u32 i = 0; i < TRV_ARRAY_SIZE(first); i++)
		*to++ = first[i];
	*to++ = ours;
	if (theirs) {
		*to++ = "-iex";
		*to++ = theirs;
	}
	*to++ = "--args";
	*to++ = self;
	*to++ = "run";
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--gdb"))
			*to++ = argv[i];
	}
	fflush(stdout);
	/* gdb changes neither its arguments nor what they point to. */
	execvp("gdb", (char **)args);
	return cli_error(CLI_LIMIT, "cannot run gdb: %s; ci/deps installs it", strerror(errno));
}
