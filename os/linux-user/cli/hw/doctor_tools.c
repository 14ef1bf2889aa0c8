// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet doctor qemu, trivet doctor debug: programs. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <os/linux-user/cli/hw/doctor.h>

enum { ANSWER_S = 10 };

/* The version of QEMU that all tests are run with. */
enum { QEMU_MAJOR = 7, QEMU_MINOR = 2 };

/* The first line that "PROGRAM --version" prints, empty: none; false: it cannot be run. */
static bool version_of(const char *program, char *line, size_t len)
{
	int out[2], status, rc;
	pid_t pid;
	FILE *f;

	line[0] = '\0';
	if (pipe2(out, O_CLOEXEC))
		return false;
	fflush(stdout);
	pid = fork();
	if (!pid) {
		alarm(ANSWER_S); /* it ends a program that does not */
		dup2(out[1], STDOUT_FILENO);
		execlp(program, program, "--version", (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	f = fdopen(out[0], "r");
	if (pid > 0 && f && fgets(line, (int)len, f))
		line[strcspn(line, "\n")] = '\0';
	if (f)
		fclose(f);
	else
		close(out[0]);
	do {
		rc = pid < 0 ? 0 : waitpid(pid, &status, 0);
	} while (rc < 0 && errno == EINTR);
	return rc > 0 && !(WIFEXITED(status) && WEXITSTATUS(status) == 127);
}

static void qemu(struct doctor_finding *f)
{
	const char *program = getenv("TRIVET_QEMU") ?: "qemu-system-x86_64", *number;
	int major = 0, minor = 0;
	char line[128];

	if (!version_of(program, line, sizeof(line))) {
		doctor_say(f, DOCTOR_FAIL, "apt-get install qemu-system-x86", "no %s to run",
			   program);
		return;
	}
	number = strstr(line, "version ");
	if (!number || sscanf(number, "version %d.%d", &major, &minor) != 2)
		doctor_say(f, DOCTOR_FAIL, "apt-get install qemu-system-x86",
			   "%s does not say that it is a QEMU", program);
	else if (major < QEMU_MAJOR || (major == QEMU_MAJOR && minor < QEMU_MINOR))
		doctor_say(f, DOCTOR_WARN, "install QEMU 7.2 or newer",
			   "QEMU %d.%d was never tried; 7.2 is what the tests run", major, minor);
	else
		doctor_say(f, DOCTOR_PASS, "", "QEMU %d.%d", major, minor);
}

static void libpci(struct doctor_finding *f)
{
	if (hw_pci_built)
		doctor_say(f, DOCTOR_PASS, "", "this program has it: status, bind, unbind, reset");
	else
		doctor_say(f, DOCTOR_WARN, "apt-get install libpci-dev, and build again",
			   "built without: no status, bind, unbind, reset");
}

static void tool(struct doctor_finding *f, const char *name, const char *what)
{
	char line[128], fix[64];

	snprintf(fix, sizeof(fix), "apt-get install %s", name);
	if (version_of(name, line, sizeof(line)))
		doctor_say(f, DOCTOR_PASS, "", "%s", line[0] ? line : name);
	else
		doctor_say(f, DOCTOR_WARN, fix, "no %s: %s", name, what);
}

static void gdb(struct doctor_finding *f)
{
	tool(f, "gdb", "trivet run --gdb needs it");
}

static void valgrind(struct doctor_finding *f)
{
	tool(f, "valgrind", "it finds a driver's wrong use of memory");
}

const struct doctor_check doctor_tools[] = {
	{ "qemu", "qemu", qemu },
	{ "pci", "libpci", libpci },
	{ "debug", "gdb", gdb },
	{ "debug", "valgrind", valgrind },
	{ 0 },
};
