// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Failures by the kernel's /proc/self/fail-nth: inject DEVICE DISK CD COUNT. Each thing one can do
 * to a driver is done with the first call failing that may fail, with the second, and so on, in an
 * order that mixes all of them. After each the driver is unbound and bound again, which has to
 * succeed, and what is written to the disk is read again. It goes on until COUNT failures had a
 * function of ours on their stack, which the kernel's log shows. DEVICE has driver_override set.
 * Prints KTAP's diagnostics and results without a plan; exit status 1 when something went wrong.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/hdreg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define DRIVER "/sys/bus/pci/drivers/trivet_ide"

enum {
	MOST = 100000, /* more than any operation has */
	SITES = 1000,  /* places of ours that are kept */
	BLOCK = 16384,
	IDLE_ROUNDS = 3, /* rounds without a failure of ours: there are none to be had */
};

static const char *device;
static char disk[64], cd[64], bound_path[256], debug[256];
static int nth_fd, log_fd;
static unsigned char *data, *back;
static uint32_t seed = 1;

static void die(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- what can be done ---------------------------------------------------- */

/**
 * struct op - one of those
 * @open:  the file that is opened before, NULL: none
 * @flags: for that
 * @run:   do it; what it returns is of no interest
 * @bound: the driver has to have the device before, or must not
 * @n:     of the calls that may fail, how many there were when none did
 */
struct op {
	const char *name;
	const char *open;
	int flags;
	void (*run)(int fd);
	bool bound;
	unsigned int n;
};

static void op_name(int fd)
{
	(void)!write(fd, device, strlen(device));
}

static void op_read(int fd)
{
	(void)!pread(fd, back, BLOCK, 1 << 20);
}

static void op_write(int fd)
{
	(void)!pwrite(fd, data, BLOCK, 2 << 20);
}

static void op_sync(int fd)
{
	fsync(fd);
}

static void op_cat(int fd)
{
	while (read(fd, back, BLOCK) > 0)
		;
}

static void op_identity(int fd)
{
	ioctl(fd, HDIO_GET_IDENTITY, back);
}

static void op_power(int fd)
{
	unsigned char args[4] = { WIN_CHECKPOWERMODE1 };

	ioctl(fd, HDIO_DRIVE_CMD, args);
}

static void op_identify(int fd)
{
	unsigned char args[4 + 512] = { WIN_IDENTIFY, 0, 0, 1 };

	ioctl(fd, HDIO_DRIVE_CMD, args);
}

static void op_open_disk(int fd)
{
	int d = open(disk, O_RDWR | O_DIRECT);

	(void)fd;
	if (d >= 0)
		close(d);
}

static void op_open_cd(int fd)
{
	int d = open(cd, O_RDONLY);

	(void)fd;
	if (d >= 0)
		close(d);
}

static char regs[300], counters[300], errors[300];

static struct op ops[] = {
	{ "bind", DRIVER "/bind", O_WRONLY, op_name, false, 0 },
	{ "unbind", DRIVER "/unbind", O_WRONLY, op_name, true, 0 },
	{ "open", NULL, 0, op_open_disk, true, 0 },
	{ "open of the CD", NULL, 0, op_open_cd, true, 0 },
	{ "read", disk, O_RDONLY | O_DIRECT, op_read, true, 0 },
	{ "write", disk, O_WRONLY | O_DIRECT, op_write, true, 0 },
	{ "cached write", disk, O_WRONLY, op_write, true, 0 },
	{ "fsync", disk, O_WRONLY, op_sync, true, 0 },
	{ "read of the CD", cd, O_RDONLY, op_read, true, 0 },
	{ "HDIO_GET_IDENTITY", disk, O_RDONLY, op_identity, true, 0 },
	{ "CHECK POWER MODE", disk, O_RDONLY, op_power, true, 0 },
	{ "IDENTIFY", disk, O_RDONLY, op_identify, true, 0 },
	{ "regs", regs, O_RDONLY, op_cat, true, 0 },
	{ "counters", counters, O_RDONLY, op_cat, true, 0 },
	{ "errors", errors, O_RDONLY, op_cat, true, 0 },
};
enum { OPS = sizeof(ops) / sizeof(ops[0]) };

/* ---- the driver between them --------------------------------------------- */

static bool is_bound(void)
{
	return !access(bound_path, F_OK);
}

/* Without a failure: 0 or a negative errno. */
static int tell(const char *file)
{
	char path[300];
	int fd, rc = 0;

	snprintf(path, sizeof(path), DRIVER "/%s", file);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -errno;
	if (write(fd, device, strlen(device)) < 0)
		rc = -errno;
	close(fd);
	return rc;
}

static int want_bound(bool bound)
{
	if (is_bound() == bound)
		return 0;
	return tell(bound ? "bind" : "unbind");
}

static uint32_t next(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 8;
}

/* What is written is read again, past the cache. */
static int verify(const char *path)
{
	off_t at = (off_t)(next() % 2000) * 4096;
	int fd, rc = -EIO;

	for (int i = 0; i < BLOCK; i++)
		data[i] = (unsigned char)next();
	fd = open(path, O_RDWR | O_DIRECT);
	if (fd < 0)
		return -errno;
	memset(back, 0, BLOCK);
	if (pwrite(fd, data, BLOCK, at) == BLOCK && !fsync(fd) &&
	    pread(fd, back, BLOCK, at) == BLOCK && !memcmp(data, back, BLOCK))
		rc = 0;
	close(fd);
	return rc;
}

/* All is well after a failure: it can be unbound, bound, and used. */
static const char *recover(void)
{
	static char why[128];
	const char *what = "unbind";
	int rc = want_bound(false);

	if (!rc) {
		what = "bind";
		rc = tell("bind");
	}
	if (!rc) {
		what = "verify";
		rc = verify(disk);
	}
	if (!rc && access(cd, F_OK)) {
		what = "the CD drive";
		rc = -errno;
	}
	if (!rc)
		return NULL;
	snprintf(why, sizeof(why), "%s: %s", what, strerror(-rc));
	return why;
}

/* ---- failures ------------------------------------------------------------ */

static void set_nth(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(nth_fd, text, (size_t)len, 0) != len)
		die("/proc/self/fail-nth");
}

static unsigned int get_nth(void)
{
	char text[16] = "";

	if (pread(nth_fd, text, sizeof(text) - 1, 0) < 0)
		die("/proc/self/fail-nth");
	return (unsigned int)strtoul(text, NULL, 10);
}

/* One operation with its @n-th call failing: what is left of n, 0 when it has failed. */
static unsigned int run(const struct op *op, unsigned int n)
{
	unsigned int left;
	int fd = -1;

	if (op->open) {
		fd = open(op->open, op->flags);
		if (fd < 0)
			die(op->open);
	}
	set_nth(n);
	op->run(fd);
	left = get_nth();
	set_nth(0);
	if (fd >= 0)
		close(fd);
	return left;
}

static char *sites[SITES];
static unsigned int n_sites;

static void note(const char *line)
{
	const char *from = line, *end = strstr(line, " [trivet");
	char *site;

	while (*from == ' ')
		from++;
	site = strndup(from, (size_t)(end - from));
	for (unsigned int i = 0; i < n_sites; i++) {
		if (!strcmp(sites[i], site)) {
			free(site);
			return;
		}
	}
	if (n_sites < SITES)
		sites[n_sites++] = site;
}

/* Does the log since the last call of this have a failure with us on its stack? */
static bool ours(void)
{
	static char record[8192];
	bool failure = false, found = false;
	char *line;
	ssize_t len;

	for (;;) {
		len = read(log_fd, record, sizeof(record) - 1);
		if (len < 0 && errno == EPIPE)
			continue; /* too slow: some are gone */
		if (len <= 0)
			return found;
		record[len] = '\0';
		line = strchr(record, ';');
		if (!line)
			continue;
		if (strstr(line, "FAULT_INJECTION: forcing a failure"))
			failure = true;
		if (strstr(line, "</TASK>"))
			failure = false;
		if (failure && !found && strstr(line, " [trivet") && !strstr(line, "? ")) {
			found = true;
			note(line + 1);
		}
	}
}

/* ---- the plan ------------------------------------------------------------ */

struct step {
	struct op *op;
	unsigned int n;
};

static struct step *plan(unsigned int *count)
{
	struct step *steps, swap;
	unsigned int n = 0, other;

	for (int i = 0; i < OPS; i++)
		n += ops[i].n;
	steps = calloc(n, sizeof(*steps));
	if (!steps)
		die("memory");
	*count = n;
	n = 0;
	for (int i = 0; i < OPS; i++)
		for (unsigned int k = 1; k <= ops[i].n; k++)
			steps[n++] = (struct step){ &ops[i], k };
	for (unsigned int i = n; i > 1; i--) {
		other = next() % i;
		swap = steps[i - 1];
		steps[i - 1] = steps[other];
		steps[other] = swap;
	}
	return steps;
}

/* How many calls each operation has that may fail. */
static void measure(void)
{
	for (int i = 0; i < OPS; i++) {
		if (want_bound(ops[i].bound))
			die("bind or unbind");
		ops[i].n = MOST - run(&ops[i], MOST);
		printf("# %s: %u calls may fail\n", ops[i].name, ops[i].n);
	}
}

static void setup(char **argv)
{
	device = argv[1];
	snprintf(disk, sizeof(disk), "/dev/%s", argv[2]);
	snprintf(cd, sizeof(cd), "/dev/%s", argv[3]);
	snprintf(bound_path, sizeof(bound_path), DRIVER "/%s", device);
	snprintf(debug, sizeof(debug), "/sys/kernel/debug/trivet/%s", device);
	snprintf(regs, sizeof(regs), "%s/regs", debug);
	snprintf(counters, sizeof(counters), "%s/counters", debug);
	snprintf(errors, sizeof(errors), "%s/errors", debug);
	nth_fd = open("/proc/self/fail-nth", O_RDWR);
	if (nth_fd < 0)
		die("/proc/self/fail-nth");
	log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	if (log_fd < 0 || lseek(log_fd, 0, SEEK_END) < 0)
		die("/dev/kmsg");
	if (posix_memalign((void **)&data, 4096, BLOCK) ||
	    posix_memalign((void **)&back, 4096, BLOCK))
		die("memory");
	memset(data, 0, BLOCK);
	memset(back, 0, BLOCK);
	/* Or a page of ours would be what fails. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		die("mlockall");
}

int main(int argc, char **argv)
{
	unsigned int want, all = 0, hits = 0, before, count, rounds = 0, idle = 0;
	struct step *steps;
	const char *why;

	if (argc != 5) {
		fprintf(stderr, "usage: inject DEVICE DISK CD COUNT\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	want = (unsigned int)atoi(argv[4]);
	setup(argv);
	why = recover();
	if (why) {
		printf("Bail out! before any failure: %s\n", why);
		return 1;
	}
	measure();
	steps = plan(&count);
	while (hits < want && idle < IDLE_ROUNDS) {
		before = hits;
		for (unsigned int i = 0; i < count && hits < want; i++) {
			if (want_bound(steps[i].op->bound))
				die("bind or unbind");
			ours();
			if (run(steps[i].op, steps[i].n))
				continue; /* the last time there were more */
			all++;
			hits += ours();
			why = recover();
			if (!why)
				continue;
			printf("# after failure %u of \"%s\": %s\n", steps[i].n, steps[i].op->name,
			       why);
			printf("not ok - the driver recovers\n");
			return 1;
		}
		rounds++;
		idle = hits == before ? idle + 1 : 0;
	}
	printf("# %u failures, %u of them below functions of ours, at %u places there\n", all, hits,
	       n_sites);
	printf("# %u of %u points, round %u\n", all < count ? all : count, count, rounds);
	for (unsigned int i = 0; i < n_sites; i++)
		printf("# %s\n", sites[i]);
	printf("# injected %u\n", hits);
	return hits < want;
}
