// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet doctor qemu, trivet doctor debug: programs. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <os/linux-user/cli/hw/doctor.h>

enum { ANSWER_S = 10, NAP_US = 10000 };

/* The version of QEMU that all tests are run with. */
enum { QEMU_MAJOR = 7, QEMU_MINOR = 2 };

/* The first line that comes from @fd, until the deadline: false, as much as there was is in @line. */
static bool read_line(int fd, u64 end, char *line, size_t len)
{
	struct pollfd in = { .fd = fd, .events = POLLIN };
	u64 now = trv_time_ns();
	size_t have = 0;
	ssize_t n = 1;

	line[0] = '\0';
	for (; n > 0 && have < len - 1 && !strchr(line, '\n'); now = trv_time_ns()) {
		if (now >= end)
			return false;
		if (poll(&in, 1, (int)((end - now) / 1000000) + 1) <= 0)
			continue;
		n = read(fd, line + have, len - 1 - have);
		have += (size_t)trv_max(n, (ssize_t)0);
		line[have] = '\0';
	}
	line[strcspn(line, "\n")] = '\0';
	return true;
}

/* Once it has said what we asked it need not go on; it gets a moment to tell that it could not be run. */
static bool ended_well(pid_t pid, u64 end)
{
	int status = 0;
	pid_t ended;

	while (!(ended = waitpid(pid, &status, WNOHANG)) && trv_time_ns() < end)
		usleep(NAP_US);
	if (!ended) {
		kill(pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	return !(WIFEXITED(status) && WEXITSTATUS(status) == 127);
}

enum answer { NO_PROGRAM, NO_ANSWER, ANSWER };

/* The first line that "PROGRAM --version" prints, empty: none */
static enum answer version_of(const char *program, char *line, size_t len)
{
	const u64 end = trv_time_ns() + ANSWER_S * 1000000000ULL;
	bool in_time, runs;
	int out[2];
	pid_t pid;

	line[0] = '\0';
	if (pipe2(out, O_CLOEXEC))
		return NO_PROGRAM;
	fflush(stdout);
	pid = fork();
	if (!pid) {
		dup2(out[1], STDOUT_FILENO);
		execlp(program, program, "--version", (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	in_time = pid > 0 && read_line(out[0], end, line, len);
	close(out[0]);
	runs = pid > 0 && ended_well(pid, in_time ? end : 0);
	return !runs ? NO_PROGRAM : in_time ? ANSWER : NO_ANSWER;
}

/* WARN or FAIL: it was run, and said nothing. */
static void say_silent(struct doctor_finding *f, enum doctor_verdict verdict, const char *program)
{
	char fix[128];

	snprintf(fix, sizeof(fix), "run it by hand: %s --version", program);
	doctor_say(f, verdict, fix, "%s does not answer within %d s", program, ANSWER_S);
}

static void qemu(struct doctor_finding *f)
{
	const char *program = getenv("TRIVET_QEMU") ?: "qemu-system-x86_64", *number;
	int major = 0, minor = 0;
	char line[128];
	const enum answer answer = version_of(program, line, sizeof(line));

	if (answer == NO_ANSWER) {
		say_silent(f, DOCTOR_FAIL, program);
		return;
	}
	if (answer == NO_PROGRAM) {
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
	switch (version_of(name, line, sizeof(line))) {
	case ANSWER:
		doctor_say(f, DOCTOR_PASS, "", "%s", line[0] ? line : name);
		break;
	case NO_ANSWER:
		say_silent(f, DOCTOR_WARN, name);
		break;
	case NO_PROGRAM:
		doctor_say(f, DOCTOR_WARN, fix, "no %s: %s", name, what);
		break;
	}
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
