// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <linux/pci.h>

int probe = PCI_IRQ_INTX;
