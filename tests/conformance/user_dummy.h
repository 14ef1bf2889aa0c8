/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tests/checkers' dummy device in the user leg: a transport of its own, in
 * this process. Registers of every width, ports, FIFOs; no interrupt, no DMA.
 */
#ifndef TRIVET_USER_DUMMY_H
#define TRIVET_USER_DUMMY_H

#include <trivet/user.h>

/** user_dummy_open() - @mapped: its memory BAR is plain memory, without side effects */
struct trv_host *user_dummy_open(bool mapped);
/** user_dummy_memory() - what a mapped BAR is made of */
u8 *user_dummy_memory(struct trv_host *host);

#endif /* TRIVET_USER_DUMMY_H */
