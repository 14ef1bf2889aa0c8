// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The suite as a whole: its groups, and that they cover os.h. */
#include <tests/conformance/conf.h>

#define ADDRESS(group) &conf_group_##group,
const struct conf_group *const conf_groups[] = { CONF_GROUPS(ADDRESS) };
const u32 conf_n_groups = TRV_ARRAY_SIZE(conf_groups);

/* A bit for each entry of os.h, and one for each that has a clause. */
#define NUMBER(entry) ENTRY_##entry,
enum { TRV_OS_ENTRIES(NUMBER) N_ENTRIES };
#define COVERED(entry, id, needs, sabotage, text) | 1ULL << ENTRY_##entry

TRV_BUILD_ASSERT(N_ENTRIES < 64, "one bit per entry");
TRV_BUILD_ASSERT((0 CONF_CLAUSES(COVERED)) == (1ULL << N_ENTRIES) - 1,
		 "an entry of os.h has no clause");

const char *conf_missing(const struct conf_leg *leg, const struct conf_clause *clause)
{
	u32 needs = clause->needs;

	if (needs & CONF_UNPLUG && !leg->unplug)
		return "cannot unplug a device here";
	if (needs & CONF_OPTION && !leg->option)
		return "cannot give options here";
	if (needs & CONF_FORCE && !leg->cfg_force)
		return "cannot change configuration space from the device's side here";
	if (needs & CONF_LOG && !leg->logged)
		return "cannot read the log here";
	if (needs & CONF_TRACE && !leg->traced)
		return "cannot read the trace here";
	if (needs & CONF_FAULT && !leg->fault)
		return "fault points cannot be armed here";
	if (needs & CONF_REPORT && !leg->reports)
		return "cannot see reports of misuse here";
	if (needs & CONF_SCRATCH && !leg->scratch)
		return "no device with registers of every width";
	if (needs & CONF_SHARER && !leg->sharer)
		return "no second device on the interrupt line";
	if (needs & CONF_IDE && !leg->ide)
		return "no IDE function in compatibility mode";
	if (needs & CONF_RESET && !leg->has_reset)
		return "the device has no function reset";
	if (needs & CONF_IRQ && !leg->irq_kinds)
		return "no interrupt for this device here";
	return NULL;
}
