/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What may be asked of the edu driver on which kind of day: on a nice one, or
 * when the hardware is merely slow, everything works; when a resource was
 * refused, the call fails and the next one works; when the hardware lies, all
 * is allowed but a wrong result.
 */
#ifndef TRIVET_TESTS_EDU_TRY_H
#define TRIVET_TESTS_EDU_TRY_H

#include <string.h>

#include <drivers/edu/edu.h>
#include <os/test-sim/models/edu_test.h>
#include <os/test-sim/scenario.h>
#include <trivet/hw/edu.h>

enum { EDU_TRIES = 4 };

/* Longer than any driver waits. */
#define EDU_STUCK_NS (10ULL * 1000 * 1000 * 1000)

/** edu_try() - call into the driver, again after a refused resource; its result */
#define edu_try(call)                                                                           \
	({                                                                                      \
		int __rc;                                                                       \
		u32 __tries = 0;                                                                \
                                                                                                \
		do {                                                                            \
			sim_entry_begin(#call, NULL);                                           \
			__rc = (call);                                                          \
			sim_entry_end();                                                        \
		} while (__rc && sim_class_reached() == SIM_RESOURCE && ++__tries < EDU_TRIES); \
		if (__rc && sim_class_reached() < SIM_HOSTILE)                                  \
			sim_fail(SIM_EXPECT, SIM_SITE, "%s returned %d", #call, __rc);          \
		__rc;                                                                           \
	})

static inline void edu_recovery(struct trv_dev *dev);

static inline int edu_bind(struct trv_dev *dev)
{
	int rc;
	u32 tries = 0;

	sim_recover_with(dev, edu_recovery);

	do {
		rc = sim_bind(dev);
	} while (rc && sim_class_reached() == SIM_RESOURCE && ++tries < EDU_TRIES);
	if (rc && sim_class_reached() < SIM_HOSTILE)
		sim_fail(SIM_EXPECT, SIM_SITE, "probe returned %d", rc);
	return rc;
}

/* A device with its driver; NULL when hostile hardware kept it from binding. */
static inline struct trv_dev *edu_up(const char *spec)
{
	struct trv_dev *dev = sim_plug(spec);

	if (!dev)
		sim_fail(SIM_EXPECT, SIM_SITE, "%s: %s", spec, sim_opt_error_text());
	return edu_bind(dev) ? NULL : dev;
}

/* Factorials by another way than the driver's and the model's: from a table. */
static inline void edu_check_factorial(struct trv_dev *dev, u32 n)
{
	static const u32 known[] = { 1,	   1,	  2,	  6,	   24,	     120,	720,
				     5040, 40320, 362880, 3628800, 39916800, 479001600, 1932053504 };
	u32 result = 0;

	if (!edu_try(edu_factorial(dev, n, &result)))
		sim_expect_eq(result, n < TRV_ARRAY_SIZE(known) ? known[n] : 0);
}

static inline void edu_fill(u8 *p, u32 len, u32 seed)
{
	for (u32 i = 0; i < len; i++)
		p[i] = (u8)(seed + i * 7 + (i >> 8));
}

/* A round trip through the device's memory, checked against the pattern at both ends. */
static inline void edu_check_copy(struct trv_dev *dev, u32 off, u32 len, u32 seed)
{
	u8 *out = sim_buf(len), *back = sim_buf(len), *want = sim_own(len);

	edu_fill(want, len, seed);
	memcpy(out, want, len);
	if (edu_try(edu_copy_in(dev, off, out, len)))
		return;
	if (memcmp(sim_edu_buf(dev) + off, want, len))
		sim_fail(SIM_DATA, SIM_SITE, "%u bytes at %u arrived differently", len, off);
	if (edu_try(edu_copy_out(dev, off, back, len)))
		return;
	if (memcmp(back, want, len))
		sim_fail(SIM_DATA, SIM_SITE, "%u bytes at %u came back differently", len, off);
}

/* The driver is in order: one of everything. */
static inline void edu_check_all(struct trv_dev *dev)
{
	(void)edu_try(edu_liveness(dev));
	edu_check_factorial(dev, 12);
	edu_check_copy(dev, 256, 512, 3);
}

/* After a resource fault, with everything unbound, and stalled for as long as a scenario stalls it. */
static inline void edu_recovery(struct trv_dev *dev)
{
	sim_sleep(2 * EDU_STUCK_NS);
	if (!edu_bind(dev))
		edu_check_all(dev);
	sim_unbind(dev);
}

#endif /* TRIVET_TESTS_EDU_TRY_H */
