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

#define SIM_ADDR2LINE 512 /* addresses at a time */
/**
 * sim_addr2line() - its output for some addresses into @buf; false when it cannot be had
 *
 * Each address comes back on a line of its own, followed by its functions.
 */
bool sim_addr2line(const uintptr_t *addr, u32 n_addr, char *buf, size_t len);
/** sim_addr2line_next() - one function of that; false at the next address, and at the end */
bool sim_addr2line_next(char **text, char **func, char **file, u32 *line);
/** sim_short_path() - as the compiler was told to call it, where this is the directory it ran in */
const char *sim_short_path(const char *file);
/** sim_load_bias() - by how much this program was moved when it was loaded */
uintptr_t sim_load_bias(void);

/** sim_site_text() - "ide_io.c:136 in ide_start"; one of a few buffers used in turn */
const char *sim_site_text(const struct sim_site *site);

#endif /* TRIVET_SIM_SYMBOL_H */
