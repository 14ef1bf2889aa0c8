// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet status: the PCI devices of this machine, who drives them and who uses them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <core/core.h>
#include <os/linux-user/cli/hw/hw.h>

/** struct facts - about one device */
struct facts {
	const struct hw_dev *dev;
	char driver[HW_NAME];
	char was[HW_NAME]; /* before bind */
	bool recorded;
	const char *takes;    /* a driver of ours that takes it; NULL: none does */
	struct hw_list group; /* all of it */
	struct hw_list nodes;
	struct hw_uses uses;
};

static bool unseen;

static void find_facts(const struct hw_dev *dev, struct facts *f)
{
	const struct trv_driver *drv;
	const struct trv_pci_id *id;
	struct hw_record rec;

	*f = (struct facts){ .dev = dev };
	hw_driver(dev->name, f->driver, sizeof(f->driver));
	f->recorded = !hw_record_load(dev, &rec) && !rec.anyone;
	snprintf(f->was, sizeof(f->was), "%s", rec.driver);
	hw_record_free(&rec);
	drv = trv_driver_find(&dev->ident, &id);
	f->takes = drv ? drv->name : NULL;
	hw_group(dev, &f->group);
	hw_nodes(dev, &f->nodes);
	hw_uses(dev, &f->uses);
	unseen = unseen || f->uses.unknown.n;
}

static void free_facts(struct facts *f)
{
	hw_list_free(&f->group);
	hw_list_free(&f->nodes);
	hw_uses_free(&f->uses);
}

static void json_string(const char *key, const char *value)
{
	printf(", \"%s\": ", key);
	cli_json_string(value && value[0] ? value : NULL);
}

static void json_list(const char *key, const struct hw_list *list)
{
	printf(", \"%s\": [", key);
	for (u32 i = 0; i < list->n; i++) {
		fputs(i ? ", " : "", stdout);
		cli_json_string(list->at[i]);
	}
	putchar(']');
}

static void print_json(const struct facts *f, bool first)
{
	const struct hw_dev *dev = f->dev;
	char text[HW_NAME];

	fputs(first ? "\n  {\"device\": " : ",\n  {\"device\": ", stdout);
	cli_json_string(dev->name);
	snprintf(text, sizeof(text), "%04x:%04x", dev->ident.vendor, dev->ident.device);
	json_string("id", text);
	snprintf(text, sizeof(text), "%06x", dev->ident.class);
	json_string("class", text);
	json_string("what", dev->what);
	json_string("driver", f->driver);
	printf(", \"bound\": %s", hw_is_ours(f->driver) ? "true" : "false");
	json_string("previous_driver", f->was);
	hw_override(dev->name, text, sizeof(text));
	json_string("driver_override", text);
	json_string("takes", f->takes);
	json_string("iommu_group", dev->group);
	fputs(", \"iommu_group_members\": [", stdout);
	for (u32 i = 0; i < f->group.n; i++) {
		fputs(i ? ", {\"device\": " : "{\"device\": ", stdout);
		cli_json_string(f->group.at[i]);
		hw_driver(f->group.at[i], text, sizeof(text));
		json_string("driver", text);
		putchar('}');
	}
	putchar(']');
	if (dev->numa < 0)
		fputs(", \"numa_node\": null", stdout);
	else
		printf(", \"numa_node\": %d", dev->numa);
	json_list("nodes", &f->nodes);
	json_list("used_by", &f->uses.certain);
	json_list("unknown", &f->uses.unknown);
	putchar('}');
}

static void print_group(const struct facts *f)
{
	char driver[HW_NAME];
	u32 shown = 0;

	for (u32 i = 0; i < f->group.n; i++) {
		if (!strcmp(f->group.at[i], f->dev->name))
			continue;
		hw_driver(f->group.at[i], driver, sizeof(driver));
		printf("%s%s%s%s%s", shown++ ? ", " : "    its group: ", f->group.at[i],
		       driver[0] ? " (" : "", driver, driver[0] ? ")" : "");
	}
	if (shown)
		putchar('\n');
}

static void print_text(const struct facts *f)
{
	const struct hw_dev *dev = f->dev;

	printf("%s %04x:%04x %s\n", dev->name, dev->ident.vendor, dev->ident.device, dev->what);
	printf("    driver %s", f->driver[0] ? f->driver : "none");
	if (f->recorded)
		printf(", %s before", f->was[0] ? f->was : "none");
	for (u32 i = 0; i < f->nodes.n; i++)
		printf(", %s", f->nodes.at[i]);
	if (f->takes)
		printf("; trivet's %s takes it", f->takes);
	if (dev->group[0])
		printf("; IOMMU group %s", dev->group);
	else
		fputs("; no IOMMU group", stdout);
	if (dev->numa >= 0)
		printf("; NUMA node %d", dev->numa);
	putchar('\n');
	print_group(f);
	for (u32 i = 0; i < f->uses.certain.n; i++)
		printf("    in use: %s\n", f->uses.certain.at[i]);
}

static int status(int argc, char **argv)
{
	static const struct option longs[] = { HW_OPT_FILTER, HW_OPT_JSON, HW_OPT_END };
	struct hw_devs devs = { 0 };
	struct hw_args args;
	struct facts facts;
	int rc = hw_options(argc, argv, ":hs:d:", longs, &args);

	if (rc >= 0)
		return rc;
	if (optind < argc && (args.slot || args.id))
		return cli_error(CLI_USAGE, "devices, or -s and -d; see: trivet status --help");
	if (optind < argc)
		rc = hw_choose(&args, argc, argv, optind, &devs);
	else
		rc = hw_scan(args.slot, args.id, &devs);
	if (!rc && args.json)
		putchar('[');
	for (u32 i = 0; !rc && i < devs.n; i++) {
		find_facts(&devs.at[i], &facts);
		if (args.json)
			print_json(&facts, !i);
		else
			print_text(&facts);
		free_facts(&facts);
	}
	if (!rc && args.json)
		puts("\n]");
	if (!rc && !args.json && unseen)
		cli_error(0, "note: some uses cannot be seen%s",
			  geteuid() ? " by this user; root sees all" : "");
	free(devs.at);
	return rc;
}

const struct cli_verb cli_verb_status = {
	.name = "status",
	.args = "[OPTION]... [DEVICE]...",
	.what = "PCI devices of this machine: who drives them, and who uses them",
	.help = "Without arguments: all devices.\n\n"
		"Options:\n"
		"  -s, --slot [[[[DOMAIN]:]BUS]:][DEVICE][.[FUNCTION]]  all that lspci -s shows\n"
		"  -d, --id [VENDOR]:[DEVICE][:CLASS]  all that lspci -d shows\n"
		"  --json                 an array of objects\n"
		"  --sysfs-root DIR       use DIR/sys, proc, dev and run, for tests\n\n"
		"Examples:\n"
		"  trivet status\n"
		"  trivet status -d ::0200 --json\n"
		"  trivet status -s 00:02.0\n",
	.run = status,
};
