// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet list: what this program was built with. */
#include <stdio.h>

#include <core/core.h>
#include <os/linux-user/cli/cli.h>

enum { IDS_SHOWN = 32 };

/* "8086:7010", "class 0101xx": a digit that need not match is an x. */
static void id_text(const struct trv_pci_id *id, char *text, size_t len)
{
	int n = 0;

	text[0] = '\0';
	if (id->vendor != TRV_PCI_ANY || id->device != TRV_PCI_ANY) {
		n = id->vendor == TRV_PCI_ANY ? snprintf(text, len, "*:") :
						snprintf(text, len, "%04x:", id->vendor);
		n += id->device == TRV_PCI_ANY ?
			     snprintf(text + n, len - (size_t)n, "*") :
			     snprintf(text + n, len - (size_t)n, "%04x", id->device);
	} else if (id->class_mask) {
		n = snprintf(text, len, "class ");
		for (int shift = 20; shift >= 0; shift -= 4) {
			if ((id->class_mask >> shift & 0xf) == 0xf)
				n += snprintf(text + n, len - (size_t)n, "%x",
					      id->class >> shift & 0xf);
			else
				n += snprintf(text + n, len - (size_t)n, "x");
		}
	} else {
		snprintf(text, len, "any");
	}
}

static bool last(const struct trv_pci_id *id)
{
	return !id->vendor && !id->device && !id->class && !id->class_mask;
}

static void one_driver(const struct trv_driver *drv, void *arg)
{
	char texts[IDS_SHOWN][24];
	const char *values[IDS_SHOWN];
	u32 n = 0;

	for (const struct trv_pci_id *id = drv->ids; id && !last(id) && n < IDS_SHOWN; id++, n++) {
		id_text(id, texts[n], sizeof(texts[n]));
		values[n] = texts[n];
	}
	cli_row();
	cli_field("name", drv->name, 12);
	cli_field_list("ids", values, n, 34);
	cli_field("what", drv->description, 0);
	cli_end_row();
}

static void list_transports(void)
{
	const struct trv_user_transport *t;

	for (u32 i = 0; (t = trv_user_transport(i)); i++) {
		cli_row();
		cli_field("prefix", t->prefix, 7);
		cli_field("args", t->args, 54);
		cli_field("what", t->what, 0);
		cli_end_row();
	}
}

static int list(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "drivers", no_argument, NULL, 'd' },
		{ "transports", no_argument, NULL, 't' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	bool json = false;
	int c, of = 0;

	while ((c = cli_getopt(argc, argv, ":h", longs)) != -1) {
		if (c == 'h')
			return CLI_OK;
		if (c == '?')
			return CLI_USAGE;
		if (c == 'j')
			json = true;
		else if (of && of != c)
			return cli_error(CLI_USAGE, "one list at a time; see: trivet list --help");
		else
			of = c;
	}
	if (!cli_no_arguments(argc, argv))
		return CLI_USAGE;
	cli_table_begin(json);
	if (of == 't')
		list_transports();
	else
		trv_driver_each(one_driver, NULL);
	cli_table_end();
	return CLI_OK;
}

const struct cli_verb cli_verb_list = {
	.name = "list",
	.args = "[--drivers|--transports] [--json]",
	.what = "name the drivers of this program, or the ways to reach hardware",
	.help = "Options:\n"
		"  --drivers     built-in drivers, with the PCI IDs they take (the default)\n"
		"  --transports  what -d of other verbs may begin with\n"
		"  --json        an array of objects\n\n"
		"Examples:\n"
		"  trivet list\n"
		"  trivet list --transports\n"
		"  trivet list --drivers --json\n",
	.run = list,
};
