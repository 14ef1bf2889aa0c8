// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The table of drivers, and which of them fits a device. */
#include <core/core.h>

/* The linker gathers what TRV_DRIVER() registered; there may be nothing. */
extern const struct trv_driver *const __start_trv_drivers[] __attribute__((weak));
extern const struct trv_driver *const __stop_trv_drivers[] __attribute__((weak));

#define trv_for_each_driver(d) for (d = __start_trv_drivers; d < __stop_trv_drivers; d++)

static bool id_matches(const struct trv_pci_id *id, const struct trv_pci_ident *ident)
{
	return (id->vendor == TRV_PCI_ANY || id->vendor == ident->vendor) &&
	       (id->device == TRV_PCI_ANY || id->device == ident->device) &&
	       !((id->class ^ ident->class) & id->class_mask);
}

const struct trv_pci_id *trv_pci_match(const struct trv_pci_id *ids,
				       const struct trv_pci_ident *ident)
{
	if (!ids)
		return NULL;
	for (; ids->vendor || ids->device || ids->class || ids->class_mask; ids++) {
		if (id_matches(ids, ident))
			return ids;
	}
	return NULL;
}

const struct trv_driver *trv_driver_find(const struct trv_pci_ident *ident,
					 const struct trv_pci_id **id)
{
	const struct trv_driver *const *d;

	trv_for_each_driver(d) {
		*id = trv_pci_match((*d)->ids, ident);
		if (*id)
			return *d;
	}
	return NULL;
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

const struct trv_driver *trv_driver_by_name(const char *name)
{
	const struct trv_driver *const *d;

	trv_for_each_driver(d) {
		if (same((*d)->name, name))
			return *d;
	}
	return NULL;
}

void trv_driver_each(void (*fn)(const struct trv_driver *drv, void *arg), void *arg)
{
	const struct trv_driver *const *d;

	trv_for_each_driver(d)
		fn(*d, arg);
}
