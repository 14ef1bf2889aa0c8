/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Places in the source: from a program counter, and as text. */
#ifndef TRIVET_SIM_SYMBOL_H
#define TRIVET_SIM_SYMBOL_H

#include <os/test-sim/check.h>

/**
 * sim_site_of_pc() - the source line of the call that returns to @pc
 *
 * Slow the first time a line is asked for; for findings only. Never NULL, and
 * the same pointer for the same @pc.
 */
const struct sim_site *sim_site_of_pc(const void *pc);

/** sim_site_text() - "ide_io.c:136 in ide_start"; one of a few buffers used in turn */
const char *sim_site_text(const struct sim_site *site);

#endif /* TRIVET_SIM_SYMBOL_H */
