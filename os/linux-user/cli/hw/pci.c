// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which devices there are: libpci's enumeration, names, and the filters that lspci has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/linux-user/cli/hw/hw.h>

#define PCI_HAVE_Uxx_TYPES /* ours */
#include <pci/pci.h>

const bool hw_pci_built = true;

static jmp_buf failed;
static char failure[256];

/* The library's own ends the process. This one must not return either. */
__attribute__((noreturn)) static void on_error(char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(failure, sizeof(failure), fmt, ap);
	va_end(ap);
	longjmp(failed, 1);
}

/* About attributes that a kernel need not have. */
static void on_warning(char *fmt, ...)
{
}

static int parse(struct pci_filter *filter, const char *option, const char *text,
		 char *(*parser)(struct pci_filter *, char *))
{
	char *copy, *wrong;

	if (!text)
		return CLI_OK;
	copy = strdup(text); /* it is cut up */
	if (!copy)
		return cli_error(CLI_LIMIT, "out of memory");
	wrong = parser(filter, copy);
	free(copy);
	return wrong ? cli_error(CLI_USAGE, "%s'%s': %s", option, text, wrong) : CLI_OK;
}

static void add(struct hw_devs *devs, struct pci_access *pci, struct pci_dev *from)
{
	struct hw_dev *at = realloc(devs->at, (devs->n + 1) * sizeof(*at)), *dev;
	const char *group;

	if (!at)
		exit(cli_error(CLI_LIMIT, "out of memory"));
	devs->at = at;
	dev = &at[devs->n++];
	*dev = (struct hw_dev){ .ident = { .vendor = from->vendor_id,
					   .device = from->device_id,
					   .subvendor = from->subsys_vendor_id,
					   .subdevice = from->subsys_id,
					   .class = (u32)from->device_class << 8 | from->prog_if,
					   .revision = from->rev_id },
				.numa = from->numa_node };
	snprintf(dev->name, sizeof(dev->name), "%04x:%02x:%02x.%x", (unsigned int)from->domain,
		 from->bus, from->dev, from->func);
	group = pci_get_string_property(from, PCI_FILL_IOMMU_GROUP);
	snprintf(dev->group, sizeof(dev->group), "%s", group ?: "");
	pci_lookup_name(pci, dev->what, sizeof(dev->what), PCI_LOOKUP_VENDOR | PCI_LOOKUP_DEVICE,
			from->vendor_id, from->device_id);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct hw_dev *)a)->name, ((const struct hw_dev *)b)->name);
}

/* What follows setjmp() keeps nothing in variables that setjmp() would have to save. */
static int scan(struct pci_access *pci, struct pci_filter *filter, struct hw_devs *devs)
{
	static char param[] = "sysfs.path";
	const int fields = PCI_FILL_IDENT | PCI_FILL_CLASS | PCI_FILL_CLASS_EXT | PCI_FILL_SUBSYS |
			   PCI_FILL_NUMA_NODE | PCI_FILL_IOMMU_GROUP;
	struct hw_path path = hw_path("sys/bus/pci");

	if (setjmp(failed))
		return cli_error(CLI_FAILED, "no PCI devices to be seen: %s", failure);
	pci->method = PCI_ACCESS_SYS_BUS_PCI;
	pci->error = on_error;
	pci->warning = on_warning;
	pci_set_param(pci, param, path.s);
	pci_init(pci);
	pci_scan_bus(pci);
	for (struct pci_dev *dev = pci->devices; dev; dev = dev->next) {
		pci_fill_info(dev, fields);
		if (pci_filter_match(filter, dev))
			add(devs, pci, dev);
	}
	return CLI_OK;
}

int hw_scan(const char *slot, const char *id, struct hw_devs *devs)
{
	struct pci_access *pci = pci_alloc();
	struct pci_filter filter;
	int rc;

	pci_filter_init(pci, &filter);
	rc = parse(&filter, "", slot, pci_filter_parse_slot)	    ?:
		     parse(&filter, "-d ", id, pci_filter_parse_id) ?:
								      scan(pci, &filter, devs);
	if (devs->n)
		qsort(devs->at, devs->n, sizeof(*devs->at), by_name);
	pci_cleanup(pci);
	return rc;
}
