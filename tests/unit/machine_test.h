/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the tests of the machine share: runs of a function, and a device that is only interrupts. */
#ifndef TRIVET_TESTS_MACHINE_TEST_H
#define TRIVET_TESTS_MACHINE_TEST_H

#include <string.h>

#include <os/test-sim/engine.h>
#include "ktap.h"

/* ---- a device with every kind of interrupt and nothing else -------------- */

static int bell_create(struct trv_dev *dev, const char *opts)
{
	static const struct trv_pci_ident ident = { .vendor = 0x1234,
						    .device = 0xbe11,
						    .class = TRV_PCI_CLASS_OTHER };

	sim_pci_ident(dev, &ident);
	sim_pci_intx(dev, 1);
	if (opts && strstr(opts, "msi=4"))
		sim_pci_msi(dev, 4);
	if (opts && strstr(opts, "legacy=1"))
		sim_pci_legacy_irq(dev);
	return 0;
}

static void bell_reset(struct trv_dev *dev)
{
}

static u64 bell_read(struct trv_dev *dev, u32 bar, u32 off, u32 bytes)
{
	return 0;
}

static void bell_write(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val)
{
}

static const struct sim_model bell_model = {
	.name = "bell",
	.description = "a device that is only interrupts",
	.options = "msi legacy",
	.create = bell_create,
	.reset = bell_reset,
	.read = bell_read,
	.write = bell_write,
};
SIM_MODEL(bell_model);

static inline struct trv_dev *plug(const char *spec)
{
	struct trv_dev *dev = sim_plug(spec);

	if (!dev)
		sim_fail(SIM_EXPECT, SIM_SITE, "cannot plug %s: %s", spec, sim_opt_error_text());
	return dev;
}

/* ---- runs ---------------------------------------------------------------- */

static struct sim_result last;

/** run_with() - @body as the scenario of a fresh world; true when nothing was found */
static inline bool run_with(void (*body)(void), const char *deviations)
{
	static struct sim_deviation dev[8];
	struct sim_scenario s = { .name = "unit/body", .what = "", .run = body };
	char err[128];
	int n = 0;

	if (deviations) {
		n = sim_deviations_parse(deviations, dev, 8, err, sizeof(err));
		CU_ASSERT_FATAL(n > 0);
	}
	sim_run(&s, dev, (u32)n, false, &last);
	return last.check < 0;
}

/** passes() - assert that nothing is found */
#define passes(body) passes_with(body, NULL)
#define passes_with(body, deviations)                                                    \
	do {                                                                             \
		bool __ok = run_with(body, deviations);                                  \
		if (!__ok)                                                               \
			ktap_note("%s: %s (%s)", sim_check_id(last.check), last.message, \
				  last.where);                                           \
		CU_ASSERT(__ok);                                                         \
	} while (0)

/** trips() - assert that the run ends with @wanted, in the words of @text */
#define trips(body, wanted, text)                                                                  \
	do {                                                                                       \
		bool __ok = !run_with(body, NULL) && last.check == SIM_##wanted &&                 \
			    strstr(last.message, text);                                            \
		if (!__ok)                                                                         \
			ktap_note("%s: %s", last.check < 0 ? "nothing" : sim_check_id(last.check), \
				  last.message);                                                   \
		CU_ASSERT(__ok);                                                                   \
	} while (0)

#endif /* TRIVET_TESTS_MACHINE_TEST_H */
