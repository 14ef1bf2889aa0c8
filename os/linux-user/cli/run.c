// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet run: a driver on hardware, tried. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <core/core.h>
#include <os/linux-user/cli/run.h>

enum { MAX_SETS = 16, PCI_STORAGE = 0x01 /* base class */ };

static struct {
	const char *spec;
	struct run_how how;
	unsigned long timeout;
	bool given, bench_given;
	struct {
		char name[32];
		u32 val;
	} set[MAX_SETS];
	u32 n_set;
} job = { .timeout = 120 };

/* "name=value" */
static bool add_set(const char *text)
{
	const char *eq = strchr(text, '=');
	unsigned long val;

	if (!eq || eq == text || (size_t)(eq - text) >= sizeof(job.set[0].name)) {
		cli_error(CLI_USAGE, "--set takes NAME=NUMBER, not '%s'", text);
		return false;
	}
	if (job.n_set == MAX_SETS) {
		cli_error(CLI_USAGE, "more than %u times --set", MAX_SETS);
		return false;
	}
	snprintf(job.set[job.n_set].name, sizeof(job.set[0].name), "%.*s", (int)(eq - text), text);
	if (!cli_number("--set NAME=", eq + 1, 0, 0xffffffff, &val))
		return false;
	job.set[job.n_set++].val = (u32)val;
	return true;
}

/* Suspended and resumed; a disk must then still be read. */
static bool power(struct trv_dev *dev)
{
	struct trv_disk *disk;
	u8 block[4096];
	int rc = trv_user_suspend(dev);

	if (rc == -EOPNOTSUPP)
		return run_step("power", -1, RUN_SKIPPED, NULL, 0, "the driver cannot suspend");
	if (rc)
		return run_step("power", -1, RUN_FAILED, NULL, 0, "suspend: %s", strerror(-rc));
	rc = trv_user_resume(dev);
	if (rc)
		return run_step("power", -1, RUN_FAILED, NULL, 0, "resume: %s", strerror(-rc));
	for (disk = trv_disk_first(dev); disk; disk = trv_disk_next(disk)) {
		if (!trv_disk_info(disk)->blocks)
			continue;
		rc = trv_disk_rw(disk, TRV_REQ_READ, 0, 1, block);
		if (rc)
			return run_step("power", (int)trv_disk_info(disk)->unit, RUN_FAILED, NULL,
					0, "read after resume: %s", strerror(-rc));
	}
	return run_step("power", -1, RUN_OK, NULL, 0, "suspended and resumed");
}

static bool options_known(struct trv_dev *dev, const struct trv_driver *drv)
{
	const char *unused = trv_user_option_unused(dev);

	return !unused || run_step("start", -1, RUN_FAILED, NULL, 0,
				   "--set %s: driver %s has no such option", unused, drv->name);
}

static bool exercise(struct trv_dev *dev, const struct trv_driver *drv)
{
	struct trv_disk *disk;
	bool ok;

	run_step("start", -1, RUN_OK, NULL, 0, "%s", drv->description);
	ok = options_known(dev, drv);
	if (!ok)
		return false;
	/* One that fails says nothing about the others. */
	for (disk = trv_disk_first(dev); disk && !cli_stopped() && !trv_dev_gone(dev);
	     disk = trv_disk_next(disk))
		ok &= run_disk(dev, disk, &job.how);
	if (!trv_disk_first(dev) && trv_dev_ident(dev)->class >> 16 == PCI_STORAGE)
		run_step("identify", -1, RUN_SKIPPED, NULL, 0,
			 "no disk was found; on qemu: disk=FILE puts one in");
	/* A driver without disks shows what it can by this alone. */
	if (!ok || (trv_disk_first(dev) && !job.how.power))
		return ok;
	if (cli_stopped())
		return run_step("power", -1, RUN_FAILED, NULL, 0, "%s", cli_stopped());
	return power(dev);
}

static int run_dev(struct trv_dev *dev, const struct user_drivers *drivers)
{
	const struct trv_driver *drv = cli_driver_for(drivers, dev);
	int rc;

	if (!drv)
		return CLI_FAILED;
	for (u32 i = 0; i < job.n_set; i++) {
		if (trv_user_option(dev, job.set[i].name, job.set[i].val))
			return cli_error(CLI_LIMIT, "no memory");
	}
	run_report_dev(dev, drv);
	rc = trv_user_bind(dev, drv);
	if (rc) {
		run_step("start", -1, RUN_FAILED, NULL, 0,
			 "the driver did not start: %s; trace instead of run shows where",
			 strerror(-rc));
		return CLI_FAILED;
	}
	rc = exercise(dev, drv) ? CLI_OK : CLI_FAILED;
	trv_user_unbind(dev);
	return rc;
}

static int run_host(struct trv_host *host, const struct user_drivers *drivers,
		    const struct run_call *call)
{
	struct trv_dev *dev;
	int rc = CLI_OK;
	u32 misuses;

	for (u32 i = 0; !cli_stopped() && (dev = trv_user_dev(host, i)); i++) {
		int dev_rc = run_dev(dev, drivers);

		rc = rc ? rc : dev_rc;
	}
	if (call->closing)
		call->closing(host);
	trv_user_close(host);
	misuses = trv_user_misuses();
	if (misuses) {
		run_step("contract", -1, RUN_FAILED, NULL, 0,
			 "the driver broke the header's contract %u times: see \"misuse\" above",
			 misuses);
		rc = CLI_FAILED;
	}
	return rc;
}

bool run_options(void)
{
	return job.given;
}

bool run_option(int c)
{
	static enum trv_log_level level = TRV_LOG_WARN;

	job.given = true;
	switch (c) {
	case 'd':
		job.spec = optarg;
		return true;
	case 'w':
		job.how.write = true;
		return true;
	case 'y':
		job.how.verify = true;
		return true;
	case 'p':
		job.how.power = true;
		return true;
	case 'b':
		job.bench_given = true;
		return cli_number("--bench", optarg, 0, 3600, &job.how.seconds);
	case 't':
		return cli_number("--timeout", optarg, 0, 86400, &job.timeout);
	case 's':
		return add_set(optarg);
	case 'v':
		level = level == TRV_LOG_WARN ? TRV_LOG_INFO : TRV_LOG_DBG;
		trv_user_log_level(level);
		return true;
	case 'q':
		trv_user_log_level(TRV_LOG_ERR);
		return true;
	default:
		return cli_sandbox_option(c);
	}
}

/* Is it clear what is to be run, and on what? */
static int find(const char *driver, struct user_drivers *drivers)
{
	if (!job.spec)
		return cli_error(CLI_USAGE,
				 "on which hardware? -d names it; see: trivet list --transports");
	return cli_drivers_find(driver, drivers);
}

int run_driver(const char *driver, const struct run_call *call, unsigned long bench_seconds)
{
	struct user_drivers drivers;
	struct trv_host *host;
	int rc;

	if (!job.bench_given)
		job.how.seconds = bench_seconds;
	rc = find(driver, &drivers);
	if (!rc)
		rc = cli_sandbox_check();
	if (rc)
		return rc;
	rc = cli_open(job.spec, &host);
	if (rc)
		return rc;
	/* Until here nothing has to be left in order: a signal need not wait for a QEMU that hangs. */
	cli_stop_catch(job.timeout);
	rc = call->opened ? call->opened(host, &drivers) : CLI_OK;
	/* A driver has not seen the device yet, and the device nothing of this process. */
	if (!rc)
		rc = cli_sandbox_enter();
	if (rc) {
		trv_user_close(host);
		return rc;
	}
	run_report_begin(call->out, call->json, driver, job.spec);
	rc = run_host(host, &drivers, call);
	if (!run_report_end(!rc) && !rc)
		rc = CLI_FAILED;
	return rc;
}

static int run(int argc, char **argv)
{
	static const struct option longs[] = {
		RUN_LONGS,
		{ "json", no_argument, NULL, 'j' },
		{ "gdb", no_argument, NULL, 'g' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct run_call call = { .out = stdout };
	struct user_drivers drivers;
	bool gdb = false;
	int c, rc;

	trv_user_log_level(TRV_LOG_WARN);
	while ((c = cli_getopt(argc, argv, ":h" RUN_SHORTS, longs)) != -1) {
		if (c == 'h')
			return CLI_OK;
		if (c == 'j')
			call.json = true;
		else if (c == 'g')
			gdb = true;
		else if (c == '?' || !run_option(c))
			return CLI_USAGE;
	}
	if (!cli_one_argument(argc, argv, "driver"))
		return CLI_USAGE;
	if (gdb)
		return find(argv[optind], &drivers) ?: run_gdb(argc, argv, argv[optind]);
	rc = run_driver(argv[optind], &call, 1);
	cli_stop_raise();
	return rc;
}

const struct cli_verb cli_verb_run = {
	.name = "run",
	.args = "DRIVER|FILE.so -d HARDWARE [OPTION]...",
	.what = "try a driver: identify, read, write, verify, measure",
	.help = "DRIVER is one of trivet list, or a driver of yours, built with trivet.mk.\n"
		"Every device of HARDWARE is tried. Without --write a disk is only read. Each figure\n"
		"of the bench is measured for a second unless -b says otherwise.\n\n"
		"Options:\n" RUN_HELP "  --json                 the report as one object\n"
		"  --gdb                  under gdb, where \"help trivet\" shows what it knows of devices\n\n"
		"Examples:\n"
		"  trivet run ide -d qemu:piix3-ide,disk=d.img\n"
		"  trivet run ide -d qemu:piix4-ide,disk=scratch.img --write --bench 0\n"
		"  trivet run ide -d qemu:piix4-ide,disk=scratch.img --verify --json\n"
		"  trivet run edu -d qemu:edu -v\n",
	.run = run,
};
