/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * PCI: how a device is named and matched, and the standard configuration
 * registers a driver meets (PCI Local Bus Specification 3.0, chapter 6).
 */
#ifndef TRIVET_PCI_H
#define TRIVET_PCI_H

#include <trivet/types.h>

#define TRV_PCI_ANY 0xffffu
#define TRV_PCI_BARS 6

/**
 * struct trv_pci_id - one line of a driver's match table
 * @vendor:      vendor ID, or TRV_PCI_ANY
 * @device:      device ID, or TRV_PCI_ANY
 * @class:       24-bit class code (base, sub, interface)
 * @class_mask:  bits of @class that must match; 0 matches any class
 * @data:        the driver's own word for this line: chip kind, quirk flags
 *
 * A table ends with a line of zeroes. The first matching line wins, so exact
 * parts stand before class matches.
 */
struct trv_pci_id {
	u16 vendor;
	u16 device;
	u32 class;
	u32 class_mask;
	unsigned long data;
};

/**
 * struct trv_pci_ident - what a device says it is (trv_dev_ident())
 */
struct trv_pci_ident {
	u16 vendor;
	u16 device;
	u16 subvendor;
	u16 subdevice;
	u32 class;
	u8 revision;
};

/* Configuration space, type 0 header (PCI 3.0, 6.1 and 6.2). */
enum {
	TRV_PCI_VENDOR_ID = 0x00,
	TRV_PCI_DEVICE_ID = 0x02,
	TRV_PCI_COMMAND = 0x04,
	TRV_PCI_STATUS = 0x06,
	TRV_PCI_REVISION = 0x08,
	TRV_PCI_CLASS_PROG = 0x09,
	TRV_PCI_SUBCLASS = 0x0a,
	TRV_PCI_CLASS = 0x0b,
	TRV_PCI_HEADER_TYPE = 0x0e,
	TRV_PCI_BAR0 = 0x10,
	TRV_PCI_SUBVENDOR_ID = 0x2c,
	TRV_PCI_SUBDEVICE_ID = 0x2e,
	TRV_PCI_CAP_PTR = 0x34,
	TRV_PCI_INT_LINE = 0x3c,
	TRV_PCI_INT_PIN = 0x3d,
};

/* Command register (6.2.2). */
enum {
	TRV_PCI_CMD_IO = 0x0001,
	TRV_PCI_CMD_MEMORY = 0x0002,
	TRV_PCI_CMD_MASTER = 0x0004,
	TRV_PCI_CMD_INTX_OFF = 0x0400,
};

/* Status register (6.2.3). */
enum {
	TRV_PCI_STATUS_INTX = 0x0008,
	TRV_PCI_STATUS_CAPS = 0x0010,
};

/* Capability IDs (PCI 3.0 appendix H). */
enum trv_pci_cap {
	TRV_PCI_CAP_PM = 0x01,
	TRV_PCI_CAP_MSI = 0x05,
	TRV_PCI_CAP_EXP = 0x10,
	TRV_PCI_CAP_MSIX = 0x11,
};

/* Class codes used here (base << 16 | sub << 8 | interface). */
enum {
	TRV_PCI_CLASS_IDE = 0x010100,
	TRV_PCI_CLASS_ETHERNET = 0x020000,
	TRV_PCI_CLASS_OTHER = 0x00ff00,
};

#endif /* TRIVET_PCI_H */
