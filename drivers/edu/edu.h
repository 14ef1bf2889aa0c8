/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the edu driver can do for others. Call between probe and remove, in
 * task context; all of it sleeps, is bounded, and does one thing at a time.
 *
 * Errors: -ERANGE for arguments the device cannot meet, -ETIMEDOUT when it
 * did not finish, -ENODEV when it is gone, -EIO when it answers nonsense or
 * was given up on, -ECANCELED when the driver is being stopped.
 */
#ifndef TRIVET_DRIVERS_EDU_H
#define TRIVET_DRIVERS_EDU_H

#include <trivet/os.h>

/** edu_liveness() - 0 when the device inverts what it is told */
int edu_liveness(struct trv_dev *dev) TRV_MUST_CHECK;

/** edu_factorial() - *@result is @n! modulo 2^32 */
int edu_factorial(struct trv_dev *dev, u32 n, u32 *result) TRV_MUST_CHECK;

/**
 * edu_copy_in() - @len bytes at @src go to the device's memory at @off, by DMA
 * edu_copy_out() - and from there to @dst
 *
 * Memory is from trv_alloc(); off + len is at most EDU_BUF_LEN, len at least 1.
 */
int edu_copy_in(struct trv_dev *dev, u32 off, void *src, u32 len) TRV_MUST_CHECK;
int edu_copy_out(struct trv_dev *dev, u32 off, void *dst, u32 len) TRV_MUST_CHECK;

/** edu_interrupts() - the kind in use; 0 when the driver polls */
u32 edu_interrupts(struct trv_dev *dev);

#endif /* TRIVET_DRIVERS_EDU_H */
