// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What drivers use of the core: it is the same in every leg and knows no modules. */
#include <linux/export.h>

#include <core/core.h>

EXPORT_SYMBOL_GPL(trv_pci_match);
EXPORT_SYMBOL_GPL(trv_reg_find);
EXPORT_SYMBOL_GPL(trv_reg_decode);
EXPORT_SYMBOL_GPL(trv_reg_decode_write);
EXPORT_SYMBOL_GPL(trv_reg_written);
