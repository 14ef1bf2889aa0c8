/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For programs of ours that are told of a driver: the command, nbdkit's plugin. */
#ifndef TRIVET_USER_DRIVERS_H
#define TRIVET_USER_DRIVERS_H

#include <trivet/user.h>

/** struct user_drivers - those a name or file stands for; all zero: the built-in ones */
struct user_drivers {
	const struct trv_driver *const *first;
	const struct trv_driver *const *end;
	const struct trv_driver *one; /* the table of a built-in one */
};

/** user_drivers_find() - a built-in driver's name, or a path. 0, or an error and a sentence in @err */
int user_drivers_find(const char *name, struct user_drivers *drivers, struct trv_user_error *err);
/** user_driver_for() - the one that takes @dev; NULL and a sentence in @err */
const struct trv_driver *user_driver_for(const struct user_drivers *drivers, struct trv_dev *dev,
					 struct trv_user_error *err);

#endif /* TRIVET_USER_DRIVERS_H */
