/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The edu model's other face: what a test sees of it. */
#ifndef TRIVET_SIM_EDU_TEST_H
#define TRIVET_SIM_EDU_TEST_H

#include <os/test-sim/dev.h>

/** sim_edu_busy() - does it compute, or transfer? */
bool sim_edu_busy(struct trv_dev *dev);
/** sim_edu_stall() - the next operation takes so much longer */
void sim_edu_stall(struct trv_dev *dev, u64 ns);
/** sim_edu_pose() - it identifies as @id from now on; 0 ends that */
void sim_edu_pose(struct trv_dev *dev, u32 id);
/** sim_edu_buf() - the device's memory, which no register shows */
const u8 *sim_edu_buf(struct trv_dev *dev);

#endif /* TRIVET_SIM_EDU_TEST_H */
