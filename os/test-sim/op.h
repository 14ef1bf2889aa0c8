/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For models: the end of an operation that the driver waits for. */
#ifndef TRIVET_SIM_OP_H
#define TRIVET_SIM_OP_H

#include <os/test-sim/dev.h>

#define SIM_OP_SITES 8

/** struct sim_op - an operation under way; of the model's own memory, all its fields op.c's */
struct sim_op {
	struct trv_dev *dev;
	struct sim_event *ev;
	u32 seq; /* of the event, when it was armed */
	u64 begun;
	u64 awaited; /* until then, by the last one who began to wait */
	bool asked;  /* whether it races */
	u8 race;
	u8 n_sites;
	const struct sim_site *sites[SIM_OP_SITES]; /* where the end was offered */
	struct sim_op *next;
};

/**
 * sim_op() - @ev, armed just now, ends something the driver waits for
 *
 * Then it may happen sooner, at any entry of os.h (SIM_K_EARLY); or at the driver's next time-out (SIM_K_RACE). Nothing
 * else changes: the event is cancelled or armed again as any other.
 */
void sim_op(struct sim_op *op, struct trv_dev *dev, struct sim_event *ev);
/** sim_op_goes_on() - the same for a further step of what @op was last about */
void sim_op_goes_on(struct sim_op *op, struct trv_dev *dev, struct sim_event *ev);

#endif /* TRIVET_SIM_OP_H */
