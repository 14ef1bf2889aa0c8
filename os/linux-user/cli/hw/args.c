// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the verbs about this machine's devices share: options, the choice of devices, refusals. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/linux-user/cli/hw/hw.h>

enum { SECONDS = 30, SECONDS_MAX = 3600 };

int hw_options(int argc, char **argv, const char *shorts, const struct option *longs,
	       struct hw_args *args)
{
	int c, rc = CLI_OK;

	*args = (struct hw_args){ .seconds = SECONDS };
	while ((c = cli_getopt(argc, argv, shorts, longs)) != -1) {
		switch (c) {
		case 's':
			args->slot = optarg;
			break;
		case 'd':
			args->id = optarg;
			break;
		case 'u':
			args->user = optarg;
			break;
		case 'j':
			args->json = true;
			break;
		case 'n':
			args->dry_run = true;
			break;
		case 'f':
			args->force = true;
			break;
		case 't':
			if (!cli_number("--timeout", optarg, 1, SECONDS_MAX, &args->seconds))
				return CLI_USAGE;
			break;
		case 'R':
			rc = hw_root_set(optarg);
			if (rc)
				return rc;
			break;
		default:
			return c == 'h' ? CLI_OK : CLI_USAGE;
		}
	}
	hw_steps(args->dry_run, args->seconds);
	return -1;
}

static void add(struct hw_devs *devs, const struct hw_dev *dev)
{
	struct hw_dev *at;

	for (u32 i = 0; i < devs->n; i++) {
		if (!strcmp(devs->at[i].name, dev->name))
			return;
	}
	at = realloc(devs->at, (devs->n + 1) * sizeof(*at));
	if (!at)
		exit(cli_error(CLI_LIMIT, "out of memory"));
	devs->at = at;
	at[devs->n++] = *dev;
}

static int add_named(struct hw_devs *devs, const char *name)
{
	struct hw_devs found = { 0 };
	int rc = hw_scan(name, NULL, &found);

	if (!rc && !found.n)
		rc = cli_error(CLI_FAILED, "no device %s; see: trivet status", name);
	else if (!rc && found.n > 1)
		rc = cli_error(CLI_USAGE, "%s may be %s, %s%s; -s %s takes all %u", name,
			       found.at[0].name, found.at[1].name, found.n > 2 ? " and others" : "",
			       name, found.n);
	else if (!rc)
		add(devs, &found.at[0]);
	free(found.at);
	return rc;
}

int hw_choose(const struct hw_args *args, int argc, char **argv, int first, struct hw_devs *devs)
{
	struct hw_devs found = { 0 };
	int rc = CLI_OK;

	if (first == argc && !args->slot && !args->id)
		return cli_error(CLI_USAGE, "which device? see: trivet status; trivet %s --help",
				 argv[0]);
	for (int i = first; !rc && i < argc; i++)
		rc = add_named(devs, argv[i]);
	if (rc || (!args->slot && !args->id))
		return rc;
	rc = hw_scan(args->slot, args->id, &found);
	if (!rc && !found.n)
		rc = cli_error(CLI_FAILED, "no such device; see: trivet status");
	for (u32 i = 0; !rc && i < found.n; i++)
		add(devs, &found.at[i]);
	free(found.at);
	return rc;
}

int hw_refuse(const struct hw_dev *dev, const struct hw_uses *uses, bool force)
{
	const char *how = force ? "forced all the same: " : "";

	for (u32 i = 0; i < uses->certain.n; i++)
		cli_error(0, "%s: %s%s", dev->name, how, uses->certain.at[i]);
	for (u32 i = 0; i < uses->unknown.n; i++)
		cli_error(0, "%s: %scannot tell %s", dev->name, how, uses->unknown.at[i]);
	return force || uses->certain.n + uses->unknown.n == 0 ? CLI_OK : CLI_BUSY;
}

int hw_each(int argc, char **argv, int (*may)(const struct hw_dev *dev, bool force),
	    int (*one)(const struct hw_dev *dev), const char *in_use)
{
	static const struct option longs[] = { HW_OPT_FILTER, HW_OPT_FORCE, HW_OPT_DRY_RUN,
					       HW_OPT_TIMEOUT, HW_OPT_END };
	struct hw_devs devs = { 0 };
	struct hw_args args;
	int rc = hw_options(argc, argv, ":hs:d:t:", longs, &args), refused = CLI_OK;

	if (rc >= 0)
		return rc;
	rc = hw_choose(&args, argc, argv, optind, &devs);
	rc = rc ?: hw_lock();
	for (u32 i = 0; !rc && i < devs.n; i++)
		refused = may(&devs.at[i], args.force) ?: refused;
	if (refused == CLI_BUSY)
		cli_error(0, "%s", in_use);
	rc = rc ?: refused;
	for (u32 i = 0; !rc && i < devs.n; i++)
		rc = one(&devs.at[i]);
	free(devs.at);
	return rc;
}
