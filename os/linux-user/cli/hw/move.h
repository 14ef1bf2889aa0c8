/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* move.c, give.c: from one driver to another, and back. CLI_OK, or an exit code after it complained. */
#ifndef TRIVET_USER_CLI_HW_MOVE_H
#define TRIVET_USER_CLI_HW_MOVE_H

#include <os/linux-user/cli/hw/hw.h>

/**
 * hw_take() - have @driver drive @dev; who did before is recorded. Undone when it fails.
 * @to: hw_give() follows, to that user, so owners are recorded as well; NULL: it does not
 */
int hw_take(const struct hw_dev *dev, const char *driver, const uid_t *to);
/** hw_record_owners() - hw_give() follows, and @dev has @driver already: hw_take() was not called */
int hw_record_owners(const struct hw_dev *dev, const char *driver, uid_t uid);
/**
 * hw_owners() - into @rec: who owns the files that hw_give() will give @uid and that outlive the binding
 * @before: what was on record of them, and is true again once it was taken back
 */
int hw_owners(const struct hw_dev *dev, const char *driver, uid_t uid, const struct hw_list *before,
	      struct hw_record *rec);
/** hw_give() - @dev, which that driver has, may be opened by @uid */
int hw_give(const struct hw_dev *dev, const char *driver, uid_t uid);
/** hw_give_back() - everything as @rec has it; NULL: as the kernel likes it */
int hw_give_back(const struct hw_dev *dev, const struct hw_record *rec);

#endif /* TRIVET_USER_CLI_HW_MOVE_H */
