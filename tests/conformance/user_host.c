// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The suite in an ordinary process, on an edu: every clause once, those about
 * delivered interrupts for each kind there is. Registers of every width are
 * the dummy's, through a transport in this process. Prints KTAP.
 *
 *	conformance [-d HARDWARE] [GLOB]
 *
 * HARDWARE, of QEMU's models if none is named, is an edu, and if there are more
 * another one on its interrupt line, and an IDE function.
 */
#include <fnmatch.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tests/conformance/conf.h>
#include <tests/conformance/user_dummy.h>
#include <trivet/user.h>

/* Two edu on one interrupt line (their slots are 4 apart), and an IDE function with a disk. */
#define SPEC "qemu:edu,addr=4+edu,addr=8+piix3-ide,addr=5,disk0=%s"
#define DISK_BYTES (1 << 20)

static struct {
	struct trv_host *host, *scratch;
	const char *hardware; /* NULL: QEMU's, with a disk of ours */
	char disk[200];
	bool unplugged; /* or to be, and not to be used for anything else */
	pthread_t far;
	bool far_runs;
	struct {
		pthread_mutex_t lock;
		char (*lines)[400];
		u32 n;
	} log;
} env = { .log.lock = PTHREAD_MUTEX_INITIALIZER };

enum { LOG_LINES = 4096 };

/* ---- what the leg does for the suite ------------------------------------- */

struct far_call {
	void (*fn)(void *arg);
	void *arg;
};

static void *far_main(void *arg)
{
	struct far_call call = *(struct far_call *)arg;

	free(arg);
	call.fn(call.arg);
	return NULL;
}

static void far_join(void)
{
	if (env.far_runs)
		pthread_join(env.far, NULL);
	env.far_runs = false;
}

static bool elsewhere(void (*fn)(void *arg), void *arg)
{
	struct far_call *call = malloc(sizeof(*call));

	far_join();
	if (!call)
		return false;
	*call = (struct far_call){ fn, arg };
	env.far_runs = !pthread_create(&env.far, NULL, far_main, call);
	if (!env.far_runs)
		free(call);
	return env.far_runs;
}

static void unplug(struct trv_dev *dev)
{
	bool scratch = dev == trv_user_dev(env.scratch, 0);

	env.unplugged |= !scratch;
	trv_user_unplug(scratch ? env.scratch : env.host);
}

static void option(struct trv_dev *dev, const char *name, u32 val)
{
	if (trv_user_option(dev, name, val))
		abort();
}

static void on_log(const struct trv_dev *dev, enum trv_log_level level, const char *line, void *arg)
{
	pthread_mutex_lock(&env.log.lock);
	if (env.log.n < LOG_LINES)
		snprintf(env.log.lines[env.log.n++], sizeof(*env.log.lines), "%s", line);
	pthread_mutex_unlock(&env.log.lock);
}

static u32 logged(struct trv_dev *dev, const char *text)
{
	u32 n = 0;

	pthread_mutex_lock(&env.log.lock);
	for (u32 i = 0; i < env.log.n; i++)
		n += !text || strstr(env.log.lines[i], text);
	pthread_mutex_unlock(&env.log.lock);
	return n;
}

static u32 traced(struct trv_dev *dev, const char *event, u64 a, u64 b)
{
	static struct trv_user_event events[1024];
	u32 all = trv_user_trace(dev, events, TRV_ARRAY_SIZE(events)), n = 0;

	for (u32 i = 0; i < all; i++)
		n += !strcmp(events[i].event, event) && events[i].a == a && events[i].b == b;
	return n;
}

static u32 reports(struct trv_dev *dev)
{
	return trv_user_misuses();
}

/* ---- hardware ------------------------------------------------------------ */

/* A fresh one for each clause: some count accesses. */
static bool open_scratch(void)
{
	trv_user_close(env.scratch);
	env.scratch = user_dummy_open(false);
	return env.scratch && !trv_user_bind(trv_user_dev(env.scratch, 0), &conf_companion);
}

/* What is mapped into this process nobody can pull out of it: then, its registers are read by call. */
static void spec_of(bool unplug, char *spec, size_t size)
{
	const size_t first = env.hardware ? strcspn(env.hardware, "+") : 0;

	if (!env.hardware)
		snprintf(spec, size, SPEC, env.disk);
	else
		snprintf(spec, size, "%.*s%s%s", (int)first, env.hardware,
			 unplug ? ",mmap=off" : "", env.hardware + first);
}

static bool open_host(bool unplug)
{
	struct trv_user_error err = { "" };
	struct trv_dev *dev;
	char spec[512];
	int rc;

	if (env.host && !env.unplugged && !(unplug && env.hardware))
		return true;
	trv_user_close(env.host);
	env.host = NULL;
	env.unplugged = unplug && env.hardware;
	spec_of(unplug, spec, sizeof(spec));
	rc = trv_user_open(spec, &err, &env.host);
	for (u32 i = 1; !rc && (dev = trv_user_dev(env.host, i)); i++)
		rc = trv_user_bind(dev, &conf_companion);
	if (!rc)
		return true;
	fprintf(stderr, "# %s: error %d: %s\n", spec, -rc, err.text);
	return false;
}

static bool make_disk(void)
{
	int fd;

	snprintf(env.disk, sizeof(env.disk), "%s/trivet-conf.XXXXXX", getenv("TMPDIR") ?: "/tmp");
	fd = mkstemp(env.disk);
	if (fd < 0 || ftruncate(fd, DISK_BYTES)) {
		perror("# disk image");
		return false;
	}
	close(fd);
	return true;
}

/* ---- one clause ---------------------------------------------------------- */

static u32 nr, failures;

static void diagnose(const struct conf *c, u32 misuses)
{
	const struct conf_failure *f = &c->failure;

	if (c->failed && f->has_values)
		printf("# %s:%u: %s: %lld, not %lld\n", f->file, f->line, f->what,
		       (long long)f->got, (long long)f->want);
	else if (c->failed)
		printf("# %s:%u: expected %s\n", f->file, f->line, f->what);
	if (misuses)
		printf("# %u misuses were reported\n", misuses);
	printf("# os.h: %s\n", c->clause->text);
	for (u32 i = 0; i < env.log.n; i++)
		printf("# log: %s\n", env.log.lines[i]);
}

static void result(const char *name, const char *suffix, const char *skipped, bool ok)
{
	nr++;
	failures += !ok;
	printf("%s %u - %s%s%s%s\n", ok ? "ok" : "not ok", nr, name, suffix,
	       skipped ? " # SKIP " : "", skipped ?: "");
	fflush(stdout);
}

static void run(const struct conf_clause *clause, u32 kinds, const char *suffix)
{
	struct conf_leg leg = {
		.name = "linux-user",
		.irq_kinds = kinds,
		.elsewhere = elsewhere,
		.unplug = unplug,
		.option = option,
		.logged = logged,
		.traced = traced,
		.reports = reports,
	};
	struct conf *c = malloc(sizeof(*c));
	u32 misuses = trv_user_misuses();
	const char *missing;
	char name[128];
	int rc;

	snprintf(name, sizeof(name), "%s/%s", clause->entry, clause->id);
	if (!c || !open_host(clause->needs & CONF_UNPLUG) || !open_scratch()) {
		result(name, suffix, NULL, false);
		free(c);
		return;
	}
	leg.sharer = trv_user_dev(env.host, 1);
	leg.ide = trv_user_dev(env.host, 2);
	leg.scratch = trv_user_dev(env.scratch, 0);
	missing = conf_missing(&leg, clause);
	if (missing) {
		result(name, suffix, missing, true);
		free(c);
		return;
	}
	env.log.n = 0;
	conf_begin(c, clause, &leg);
	rc = trv_user_bind(trv_user_dev(env.host, 0), &c->drv);
	trv_user_unbind(trv_user_dev(env.host, 0));
	far_join();
	misuses = trv_user_misuses() - misuses;
	if (rc && !c->failed)
		conf_fail(c, CONF_FAILURE("the suite's driver is bound", true, rc, 0));
	if (clause->needs & CONF_REPORT && misuses == 1)
		misuses = 0;
	if (c->failed || misuses)
		diagnose(c, misuses);
	result(name, suffix, c->failed || misuses ? NULL : c->skipped, !c->failed && !misuses);
	free(c);
}

static bool wanted(const struct conf_clause *clause, const char *glob)
{
	char name[128];

	snprintf(name, sizeof(name), "%s/%s", clause->entry, clause->id);
	return !glob || !fnmatch(glob, name, 0);
}

/* uio hands out INTx and nothing else. */
static bool messages(void)
{
	return !env.hardware || strncmp(env.hardware, "uio:", 4);
}

static u32 for_each(const char *glob, bool go)
{
	u32 n = 0;

	for (u32 g = 0; g < conf_n_groups; g++) {
		const struct conf_group *group = conf_groups[g];
		bool by_kind = !strcmp(group->name, "irq") || !strcmp(group->name, "mask");

		for (u32 i = 0; i < group->n; i++) {
			const struct conf_clause *clause = &group->clauses[i];

			if (!wanted(clause, glob))
				continue;
			n += by_kind && messages() ? 2 : 1;
			if (!go)
				continue;
			if (by_kind) {
				run(clause, TRV_IRQ_INTX, "/intx");
				if (messages())
					run(clause, TRV_IRQ_MSI, "/msi");
			} else {
				run(clause, TRV_IRQ_MSIX | TRV_IRQ_MSI | TRV_IRQ_INTX, "");
			}
		}
	}
	return n;
}

int main(int argc, char **argv)
{
	const char *glob;
	int c;

	while ((c = getopt(argc, argv, "d:")) != -1) {
		if (c != 'd')
			return 2;
		env.hardware = optarg;
	}
	glob = argv[optind];
	env.log.lines = calloc(LOG_LINES, sizeof(*env.log.lines));
	if (!env.log.lines || (!env.hardware && !make_disk()))
		return 1;
	trv_user_on_log(on_log, NULL);
	printf("KTAP version 1\n1..%u\n", for_each(glob, false));
	(void)for_each(glob, true);
	trv_user_close(env.scratch);
	trv_user_close(env.host);
	if (!env.hardware)
		unlink(env.disk);
	free(env.log.lines);
	return failures != 0;
}
