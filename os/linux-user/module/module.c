// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Part of every driver that is a shared object: what trv_user_load() looks for. */
#include <trivet/user.h>

/* The linker gathers what TRV_DRIVER() registered. Hidden: the program has a table of its own. */
extern const struct trv_driver *const __start_trv_drivers[] __attribute__((visibility("hidden")));
extern const struct trv_driver *const __stop_trv_drivers[] __attribute__((visibility("hidden")));

extern const struct trv_user_module trv_user_module;
const struct trv_user_module trv_user_module = {
	.abi = TRV_USER_ABI,
	.version = TRIVET_VERSION,
	.first = __start_trv_drivers,
	.end = __stop_trv_drivers,
};
