// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet regs: registers, read and decoded by a driver's tables. No driver is bound meanwhile. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <os/linux-user/cli/cli.h>

static bool json, force;
static u32 printed;

/** struct window - a BAR, of whichever kind it is */
struct window {
	bool port;
	struct trv_mmio mmio;
	struct trv_port io;
};

static int window_open(struct trv_dev *dev, u32 bar, struct window *w)
{
	int rc = trv_bar_map(dev, bar, 1, &w->mmio);

	w->port = rc == -EINVAL; /* of the other kind */
	return w->port ? trv_bar_map(dev, bar, 1, &w->io) : rc;
}

static void window_close(struct trv_dev *dev, struct window *w)
{
	if (w->port)
		trv_bar_unmap(dev, &w->io);
	else
		trv_bar_unmap(dev, &w->mmio);
}

static bool inside(const struct window *w, const struct trv_regdesc *reg)
{
	const u32 len = w->port ? w->io.len : w->mmio.len, bytes = reg->bits / 8U;

	return bytes <= len && reg->off <= len - bytes && !(w->port && bytes == 8);
}

static u64 window_read(const struct window *w, const struct trv_regdesc *reg)
{
	switch (reg->bits) {
	case 8:
		return w->port ? trv_read8(w->io, reg->off) : trv_read8(w->mmio, reg->off);
	case 16:
		return w->port ? trv_read16(w->io, reg->off) : trv_read16(w->mmio, reg->off);
	case 32:
		return w->port ? trv_read32(w->io, reg->off) : trv_read32(w->mmio, reg->off);
	default:
		return trv_read64(w->mmio, reg->off);
	}
}

/* Why it is better not read; NULL when there is nothing against it. */
static const char *objection(const struct trv_regdesc *reg)
{
	switch (reg->access) {
	case TRV_REG_WO:
		return "write-only";
	case TRV_REG_RC:
		return force ? NULL : "a read clears it; --force reads";
	case TRV_REG_RX:
		return force ? NULL : "a read has side effects; --force reads";
	default:
		return NULL;
	}
}

static void print_json(const struct trv_dev *dev, u32 bar, const struct trv_regdesc *reg,
		       const char *why_not, u64 val, const char *text)
{
	printf("%s\n  {\"device\": ", printed++ ? "," : "");
	cli_json_string(trv_dev_name(dev));
	printf(", \"bar\": %u, \"offset\": %u, \"bits\": %u, \"name\": ", bar, reg->off, reg->bits);
	cli_json_string(reg->name);
	if (why_not)
		fputs(", \"value\": null, \"text\": ", stdout);
	else /* more than 53 bits would not survive as a number */
		printf(", \"value\": \"0x%llx\", \"text\": ", (unsigned long long)val);
	cli_json_string(why_not ? why_not : text);
	putchar('}');
}

static void one_register(const struct trv_dev *dev, u32 bar, const struct trv_regtable *table,
			 const struct trv_regdesc *reg, const struct window *w)
{
	const char *why_not = inside(w, reg) ? objection(reg) : "beyond the BAR's end";
	char text[512] = "";
	u64 val = 0;

	if (!why_not) {
		/* Several registers may share an offset: decode this one by a table of its own. */
		const struct trv_regtable one = { table->name, reg, 1, table->fields,
						  table->n_fields };

		val = window_read(w, reg);
		trv_reg_decode(&one, reg->off, val, text, sizeof(text));
	}
	if (json)
		print_json(dev, bar, reg, why_not, val, text);
	else if (why_not)
		printf("  BAR%u+0x%02x  %s: not read: %s\n", bar, reg->off, reg->name, why_not);
	else
		printf("  BAR%u+0x%02x  %s\n", bar, reg->off, text);
}

static int one_bar(struct trv_dev *dev, u32 bar, const struct trv_regtable *table)
{
	struct window w;
	int rc = window_open(dev, bar, &w);

	if (rc == -ENODEV && !trv_dev_gone(dev)) /* a part of the chip this one does not have */
		return CLI_OK;
	if (rc)
		return cli_error(cli_code(rc), "%s: BAR %u: %s", trv_dev_name(dev), bar,
				 strerror(-rc));
	for (u32 i = 0; i < table->n_regs; i++)
		one_register(dev, bar, table, &table->regs[i], &w);
	window_close(dev, &w);
	return trv_dev_gone(dev) ?
		       cli_error(CLI_FAILED, "%s: the device is gone", trv_dev_name(dev)) :
		       CLI_OK;
}

static int one_device(struct trv_dev *dev, const struct trv_driver *drv)
{
	u32 tables = 0;
	int rc = CLI_OK;

	if (!json)
		printf("%s: %s, registers of driver %s\n", trv_dev_name(dev), cli_id(dev),
		       drv->name);
	for (u32 bar = 0; !rc && bar < TRV_PCI_BARS; bar++) {
		if (!drv->regs[bar])
			continue;
		tables++;
		rc = one_bar(dev, bar, drv->regs[bar]);
	}
	if (!tables)
		rc = cli_error(CLI_FAILED, "driver %s has no register tables", drv->name);
	return rc;
}

static int all_devices(const char *spec, const char *name)
{
	const struct trv_driver *drv;
	struct user_drivers drivers = { 0 };
	struct trv_host *host;
	struct trv_dev *dev;
	int rc = CLI_OK;

	if (name)
		rc = cli_drivers_find(name, &drivers);
	if (!rc)
		rc = cli_sandbox_check();
	if (!rc)
		rc = cli_open(spec, &host);
	if (rc)
		return rc;
	cli_stop_catch(0);
	rc = cli_sandbox_enter();
	if (rc) {
		trv_user_close(host);
		return rc;
	}
	if (json)
		putchar('[');
	for (u32 i = 0; !rc && (dev = trv_user_dev(host, i)); i++) {
		drv = cli_driver_for(&drivers, dev);
		rc = drv ? one_device(dev, drv) : CLI_FAILED;
	}
	if (json)
		puts("\n]");
	trv_user_close(host);
	return rc;
}

static int regs(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "device", required_argument, NULL, 'd' }, { "force", no_argument, NULL, 'f' },
		{ "json", no_argument, NULL, 'j' },	    CLI_SANDBOX_LONGS,
		{ "help", no_argument, NULL, 'h' },	    { 0 }
	};
	const char *spec = NULL;
	int c, rc;

	while ((c = cli_getopt(argc, argv, ":hd:", longs)) != -1) {
		if (c == 'h')
			return CLI_OK;
		if (c == '?')
			return CLI_USAGE;
		if (c == 'd')
			spec = optarg;
		else if (c == 'f')
			force = true;
		else if (c == 'j')
			json = true;
		else
			cli_sandbox_option(c);
	}
	if (optind < argc && !cli_one_argument(argc, argv, "driver"))
		return CLI_USAGE;
	if (!spec)
		return cli_error(CLI_USAGE,
				 "of which hardware? -d names it; see: trivet regs --help");
	trv_user_log_level(TRV_LOG_WARN);
	rc = all_devices(spec, argv[optind]);
	cli_stop_raise();
	return rc;
}

const struct cli_verb cli_verb_regs = {
	.name = "regs",
	.args = "-d HARDWARE [--force] [--json] [DRIVER|FILE.so]",
	.what = "read registers, and decode them by a driver's tables",
	.help = "Without a DRIVER: the first that takes the device. It lends its tables and is not\n"
		"started, so these are the registers as they were found. One that a read would\n"
		"change is left alone.\n\n"
		"Options:\n"
		"  -d, --device HARDWARE  qemu:MODEL[,key=value...]; see: trivet list --transports\n"
		"  --force                read also where a read clears or has other side effects\n"
		"  --json                 an array of objects\n" CLI_SANDBOX_HELP "\n"
		"Examples:\n"
		"  trivet regs -d qemu:edu\n"
		"  trivet regs -d qemu:piix3-ide,disk=d.img --force ide\n"
		"  trivet regs -d qemu:edu --json edu\n",
	.run = regs,
};
