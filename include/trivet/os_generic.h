/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The generic names of os.h: one verb for both kinds of handle, chosen at
 * compile time, and the poll loop. Included by os.h; contracts are there.
 */
#ifndef TRIVET_OS_GENERIC_H
#define TRIVET_OS_GENERIC_H

#define TRV_IO(h, op) \
	_Generic((h), struct trv_mmio : trv_mmio_##op, struct trv_port : trv_port_##op)
#define TRV_IO_MEM(h, op) _Generic((h), struct trv_mmio : trv_mmio_##op)
#define TRV_BAR(h, op) \
	_Generic((h), struct trv_mmio * : trv_mmio_##op, struct trv_port * : trv_port_##op)

#define trv_bar_map(dev, bar, min_len, h) TRV_BAR(h, map)(dev, bar, min_len, h)
#define trv_bar_unmap(dev, h) TRV_BAR(h, unmap)(dev, h)
#define trv_reg_bind(h, off, len, reg) TRV_IO(h, bind)(h, off, len, reg)

#define trv_read8(h, off) TRV_IO(h, read8)(h, off)
#define trv_read16(h, off) TRV_IO(h, read16)(h, off)
#define trv_read32(h, off) TRV_IO(h, read32)(h, off)
#define trv_read64(h, off) TRV_IO_MEM(h, read64)(h, off)
#define trv_write8(h, off, val) TRV_IO(h, write8)(h, off, val)
#define trv_write16(h, off, val) TRV_IO(h, write16)(h, off, val)
#define trv_write32(h, off, val) TRV_IO(h, write32)(h, off, val)
#define trv_write64(h, off, val) TRV_IO_MEM(h, write64)(h, off, val)

#define trv_read32_relaxed(h, off) TRV_IO_MEM(h, read32_relaxed)(h, off)
#define trv_read64_relaxed(h, off) TRV_IO_MEM(h, read64_relaxed)(h, off)
#define trv_write32_relaxed(h, off, val) TRV_IO_MEM(h, write32_relaxed)(h, off, val)
#define trv_write64_relaxed(h, off, val) TRV_IO_MEM(h, write64_relaxed)(h, off, val)

#define trv_read_rep16(h, off, buf, n) TRV_IO(h, read_rep16)(h, off, buf, n)
#define trv_read_rep32(h, off, buf, n) TRV_IO(h, read_rep32)(h, off, buf, n)
#define trv_write_rep16(h, off, buf, n) TRV_IO(h, write_rep16)(h, off, buf, n)
#define trv_write_rep32(h, off, buf, n) TRV_IO(h, write_rep32)(h, off, buf, n)
#define trv_peek32(h, off, val) TRV_IO(h, peek32)(h, off, val)

#define trv_poll_timeout(read, var, cond, delay_us, timeout_us) \
	TRV_POLL(read, var, cond, delay_us, timeout_us, trv_sleep_us)
#define trv_poll_timeout_atomic(read, var, cond, delay_us, timeout_us) \
	TRV_POLL(read, var, cond, delay_us, timeout_us, trv_delay_us)

/* The clock is asked before the read: whichever read decides came after the deadline. */
#define TRV_POLL(read, var, cond, delay_us, timeout_us, pause)               \
	({                                                                   \
		const u32 __delay = (delay_us);                              \
		const u64 __end = trv_time_ns() + (u64)(timeout_us) * 1000U; \
		int __rc = 1;                                                \
		while (__rc > 0) {                                           \
			bool __last = trv_time_ns() >= __end;                \
			(var) = (read);                                      \
			if (cond)                                            \
				__rc = 0;                                    \
			else if ((var) == (typeof(var))~0ULL)                \
				__rc = -ENODEV;                              \
			else if (__last)                                     \
				__rc = -ETIMEDOUT;                           \
			else if (__delay)                                    \
				pause(__delay);                              \
			else                                                 \
				trv_cpu_relax();                             \
		}                                                            \
		__rc;                                                        \
	})

#endif /* TRIVET_OS_GENERIC_H */
