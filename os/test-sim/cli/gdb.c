// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A replay under gdb that stops where it matters, in the driver's own frame. */
#define _GNU_SOURCE /* memfd_create() */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <os/test-sim/cli/cli.h>

/*
 * The timer signal is the simulator's own, for loops without an end. Where a
 * deviation is met inside a call of os.h, the function that made the call is
 * what one wants to see: its name is in the argument. A string of our own for
 * printf's %s gdb would put into the program's memory, by a call of malloc()
 * there: no gdb before 14 can make calls where processors have AMX.
 */
static const char script[] =
	"set pagination off\n"
	"set confirm off\n"
	"set print frame-arguments scalars\n"
	"handle SIGVTALRM nostop noprint pass\n"
	"define hook-stop\n"
	"end\n"
	"define to_driver\n"
	"  if site && site->line\n"
	"    printf \" here: %s:%d, %s()\\n\", site->file, site->line, site->func\n"
	"    eval \"frame function %s\", site->func\n"
	"  end\n"
	"end\n"
	"document to_driver\n"
	"Select the frame of the driver's function that met the deviation or the finding.\n"
	"end\n"
	"break sim_deviation_here\n"
	"commands\n"
	"  silent\n"
	"  printf \"\\ndeviation\"\n"
	"  to_driver\n"
	"end\n"
	"break sim_finding_here\n"
	"commands\n"
	"  silent\n"
	"  printf \"\\nfinding\"\n"
	"  to_driver\n"
	"end\n"
	"run\n";

static int write_script(void)
{
	int fd = memfd_create("trivet-gdb", 0);
	size_t done = 0;

	while (fd >= 0 && done < sizeof(script) - 1) {
		ssize_t n = write(fd, script + done, sizeof(script) - 1 - done);

		if (n < 0)
			return -1;
		done += (size_t)n;
	}
	return fd;
}

int cli_gdb(const char *scenario, const char *list)
{
	char exe[1024], path[32];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	int fd = write_script();

	if (n < 0 || fd < 0)
		return cli_error(CLI_LIMIT, "no way to tell gdb what to do: %s", strerror(errno));
	exe[n] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(), fd);
	fflush(stdout);
	execlp("gdb", "gdb", "-q", "-x", path, "--args", exe, "replay", scenario, "-r", list, NULL);
	return cli_error(CLI_LIMIT, "cannot run gdb: %s", strerror(errno));
}
