/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The checked mem functions that hooked objects call instead of libc's. */
#ifndef TRIVET_SIM_MEMFN_H
#define TRIVET_SIM_MEMFN_H

#include <stddef.h>

void *sim_memcpy(void *dst, const void *src, size_t n);
void *sim_memmove(void *dst, const void *src, size_t n);
void *sim_memset(void *dst, int c, size_t n);
int sim_memcmp(const void *a, const void *b, size_t n);

#endif /* TRIVET_SIM_MEMFN_H */
