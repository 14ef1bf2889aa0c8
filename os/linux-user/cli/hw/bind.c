// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * trivet bind: give devices to the kernel's drivers that lend them to
 * processes. Everything is looked at before anything is changed, and what
 * cannot be looked at counts as in use.
 */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/linux-user/cli/hw/move.h>
#include <os/linux-user/pci/pci.h>

enum { CLASS_BRIDGE = 0x0604, CLASS_BRIDGE_SEMI = 0x0609 };

static bool among(const struct hw_devs *devs, const char *name)
{
	for (u32 i = 0; i < devs->n; i++) {
		if (!strcmp(devs->at[i].name, name))
			return true;
	}
	return false;
}

/* A process may have a group only as a whole: those that drivers of the kernel keep. */
static void siblings(const struct hw_dev *dev, const struct hw_devs *devs, struct hw_uses *uses)
{
	struct hw_list names = { 0 };
	char driver[HW_NAME];

	hw_group(dev, &names);
	if (!names.n)
		hw_list_add(&uses->unknown, "who else is in its IOMMU group %s", dev->group);
	for (u32 i = 0; i < names.n; i++) {
		if (among(devs, names.at[i]))
			continue;
		hw_driver(names.at[i], driver, sizeof(driver));
		if (!pci_is_viable(driver))
			hw_list_add(&uses->certain,
				    "its IOMMU group %s is not viable: %s is driven by %s; name "
				    "both to bind both",
				    dev->group, names.at[i], driver);
	}
	hw_list_free(&names);
}

static int can_bind(const struct hw_dev *dev, const struct hw_devs *devs, const char *driver,
		    bool force)
{
	const u32 class = dev->ident.class >> 8;
	const bool vfio = !strcmp(driver, HW_VFIO);
	struct hw_uses uses = { 0 };
	char now[HW_NAME];
	int rc;

	hw_driver(dev->name, now, sizeof(now));
	if (!strcmp(now, driver))
		return CLI_OK;
	if (class == CLASS_BRIDGE || class == CLASS_BRIDGE_SEMI)
		return cli_error(CLI_FAILED, "%s: a bridge is the kernel's, for what is behind it",
				 dev->name);
	if (vfio && !dev->group[0])
		return cli_error(CLI_LIMIT,
				 "%s: no IOMMU stands before it; trivet doctor vfio says more; "
				 "trivet bind uio does without, and without protection",
				 dev->name);
	hw_uses(dev, &uses);
	if (vfio)
		siblings(dev, devs, &uses);
	rc = hw_refuse(dev, &uses, force);
	hw_uses_free(&uses);
	return rc;
}

/* What is good to know, once it is bound. */
static void warn(const struct hw_dev *dev, const char *driver)
{
	struct hw_path path = hw_path("sys/kernel/iommu_groups/%s/type", dev->group);
	char type[32];

	if (strcmp(driver, HW_UIO))
		return;
	cli_error(0,
		  "%s: note: nothing protects against rogue DMA under uio; whoever drives the "
		  "device can have it read and write all memory",
		  dev->name);
	if (dev->group[0] && !hw_read(&path, type, sizeof(type)) && !strncmp(type, "DMA", 3))
		cli_error(0,
			  "%s: note: an IOMMU translates for it (group %s: %s), so DMA to physical "
			  "addresses, which uio needs, will fail; vfio does not need them",
			  dev->name, dev->group, type);
}

static int one(const struct hw_dev *dev, const char *driver, bool give, uid_t uid)
{
	char was[HW_NAME];
	int rc = CLI_OK;

	hw_driver(dev->name, was, sizeof(was));
	if (strcmp(was, driver))
		rc = hw_take(dev, driver, give ? &uid : NULL);
	else if (give)
		rc = hw_record_owners(dev, driver, uid);
	if (rc)
		return rc;
	if (!hw_dry_run() && !strcmp(was, driver))
		printf("%s: %s has it already\n", dev->name, driver);
	else if (!hw_dry_run())
		printf("%s: %s has it now, %s had it; trivet unbind gives it back\n", dev->name,
		       driver, was[0] ? was : "nobody");
	warn(dev, driver);
	return give ? hw_give(dev, driver, uid) : CLI_OK;
}

/* By name, or by number where there is no such name. */
static int find_user(const char *name, uid_t *uid)
{
	struct passwd *user;
	unsigned long number;

	errno = 0;
	user = getpwnam(name);
	if (user) {
		*uid = user->pw_uid;
		return CLI_OK;
	}
	if (name[0] < '0' || name[0] > '9')
		return cli_error(CLI_USAGE, "no user '%s'", name);
	if (!cli_number("--user", name, 0, UINT_MAX - 1, &number))
		return CLI_USAGE;
	*uid = (uid_t)number;
	return CLI_OK;
}

/* The driver, if the first word is one; argv[*first] is the first device then. */
static const char *which(int argc, char **argv, int *first)
{
	const bool named = *first < argc;
	const char *word = named ? argv[*first] : "";

	if (strcmp(word, "vfio") && strcmp(word, "uio"))
		return HW_VFIO;
	(*first)++;
	return strcmp(word, "uio") ? HW_VFIO : HW_UIO;
}

static int loaded(const char *driver)
{
	struct hw_path path = hw_path("sys/bus/pci/drivers/%s", driver);

	return hw_exists(&path) ?
		       CLI_OK :
		       cli_error(CLI_LIMIT, "the kernel has no driver %s now; as root: modprobe %s",
				 driver, driver);
}

static int bind(int argc, char **argv)
{
	static const struct option longs[] = { HW_OPT_FILTER,  HW_OPT_USER,    HW_OPT_FORCE,
					       HW_OPT_DRY_RUN, HW_OPT_TIMEOUT, HW_OPT_END };
	struct hw_devs devs = { 0 };
	const char *driver;
	struct hw_args args;
	uid_t uid = 0;
	int rc = hw_options(argc, argv, ":hs:d:u:t:", longs, &args), first = optind, bad = CLI_OK;

	if (rc >= 0)
		return rc;
	driver = which(argc, argv, &first);
	rc = args.user ? find_user(args.user, &uid) : CLI_OK;
	rc = rc ?: hw_choose(&args, argc, argv, first, &devs);
	rc = rc ?: loaded(driver);
	rc = rc ?: hw_lock();
	for (u32 i = 0; !rc && i < devs.n; i++)
		bad = can_bind(&devs.at[i], &devs, driver, args.force) ?: bad;
	if (bad == CLI_BUSY)
		cli_error(0, "nothing was changed; --force binds all the same");
	rc = rc ?: bad;
	for (u32 i = 0; !rc && i < devs.n; i++)
		rc = one(&devs.at[i], driver, args.user, uid);
	free(devs.at);
	return rc;
}

const struct cli_verb cli_verb_bind = {
	.name = "bind",
	.args = "[vfio|uio] [OPTION]... DEVICE...",
	.what = "give devices to vfio-pci or uio_pci_generic, for drivers in processes",
	.help = "Without vfio or uio it is vfio, which needs an IOMMU and protects everybody's memory\n"
		"by it. Under uio nothing does: the device reads and writes where its driver says.\n\n"
		"It is refused when a device is in use: a file system or swap on its disks, volumes made\n"
		"of them, addresses or routes of its interfaces, processes that have it open; or when\n"
		"another of its IOMMU group is driven by the kernel. The driver it had is noted in\n"
		"/run/trivet, and trivet unbind gives it back. After a start of the machine everything\n"
		"is as before; driverctl keeps bindings.\n\n"
		"Options:\n"
		"  -s, --slot [[[[DOMAIN]:]BUS]:][DEVICE][.[FUNCTION]]  all that lspci -s shows\n"
		"  -d, --id [VENDOR]:[DEVICE][:CLASS]  all that lspci -d shows\n"
		"  -u, --user NAME        that user may open the device\n"
		"  --force                in use or not\n"
		"  --dry-run              print what would be written, as shell commands\n"
		"  -t, --timeout SECONDS  how long the kernel may take for a step (30)\n"
		"  --sysfs-root DIR       use DIR/sys, proc, dev and run, for tests\n\n"
		"Examples:\n"
		"  trivet bind 0000:00:02.0\n"
		"  trivet bind vfio --user nobody 00:02.0\n"
		"  trivet bind uio --dry-run -d 1234:11e8\n",
	.run = bind,
};
