/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The declaration-only block class, see os_none.h. */
#ifndef TRIVET_BLK_NONE_H
#define TRIVET_BLK_NONE_H

struct trv_blkq {
	u32 none;
};
struct trv_disk {
	u32 none;
};
struct trv_req {
	u32 none;
};
struct trv_seg_iter {
	struct trv_seg seg;
};

#define TRV_BLK_DRIVER(drv, ops) \
	TRV_DRIVER(drv);         \
	static const struct trv_blk_ops *const trv_blk_ops_##drv __attribute__((used)) = &(ops)

#endif /* TRIVET_BLK_NONE_H */
