/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Deliberate defects of what os.h and os_generic.h define as macros. Included
 * by os_impl.h in the sabotage flavour, where nothing is meant to be fast.
 */
#ifndef TRIVET_SIM_SABOTAGE_IMPL_H
#define TRIVET_SIM_SABOTAGE_IMPL_H

#include <os/test-sim/sabotage.h>

/* ---- trv_read_once(), trv_write_once() ----------------------------------- */

/** sim_sab_read() - where to read the @n bytes of @p from */
const void *sim_sab_read(const volatile void *p, size_t n);
/** sim_sab_write() - was there something else to do with the @n bytes of @val than to store them? */
bool sim_sab_write(volatile void *p, const void *val, size_t n);

#undef trv_read_once
#undef trv_write_once
#define trv_read_once(x) (*(const volatile typeof(x) *)sim_sab_read(&(x), sizeof(x)))
#define trv_write_once(x, val)                             \
	({                                                 \
		typeof(x) __val = (val);                                    \
		if (!sim_sab_write(&(x), &__val, sizeof(__val)))            \
			*(volatile typeof(x) *)&(x) = __val;                \
	})

/* ---- trv_poll_timeout() and its atomic form ------------------------------ */

#undef TRV_POLL
#define TRV_POLL(read, var, cond, delay_us, timeout_us, pause)                               \
	({                                                                                   \
		const u32 __delay = SIM_SAB("poll-no-pause") ? 0 : (delay_us);               \
		const u64 __len = (u64)(timeout_us) * (SIM_SAB("poll-gives-up-early") ? 500 : 1000); \
		const u64 __end = trv_time_ns() + __len;                                     \
		typeof(var) __val;                                                           \
		int __rc = 1;                                                                \
		while (__rc > 0) {                                                           \
			bool __last = trv_time_ns() >= __end;                                \
			__val = (read);                                                      \
			if (SIM_SAB("poll-reads-twice"))                                     \
				__val = (read);                                              \
			if (SIM_SAB("poll-no-last-read"))                                    \
				__last = trv_time_ns() >= __end;                             \
			(var) = __val;                                                       \
			if (SIM_SAB("poll-ones-first") && __val == (typeof(var))~0ULL)       \
				__rc = -ENODEV;                                              \
			else if ((cond) && (!SIM_SAB("poll-keeps-polling") || __last))       \
				__rc = 0;                                                    \
			else if (__val == (typeof(var))~0ULL && !SIM_SAB("poll-ignores-ones") && \
				 (sizeof(__val) >= 4 || !SIM_SAB("poll-ones-wide")))         \
				__rc = -ENODEV;                                              \
			else if (__last)                                                     \
				__rc = SIM_SAB("poll-no-timeout-error") ? 0 : -ETIMEDOUT;    \
			else if (__delay && SIM_SAB("poll-atomic-sleeps"))                   \
				trv_sleep_us(__delay);                                       \
			else if (__delay)                                                    \
				pause(__delay);                                              \
			else                                                                 \
				trv_cpu_relax();                                             \
		}                                                                            \
		if (SIM_SAB("poll-stale-var"))                                               \
			(var) = (typeof(var))0x5a;                                           \
		__rc;                                                                        \
	})

#endif /* TRIVET_SIM_SABOTAGE_IMPL_H */
