/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Scenarios: what happens to a driver, told as a short C function that runs
 * as a task in a fresh world. The same function is run once (functional test)
 * or ten thousand times with deviations (exploration).
 */
#ifndef TRIVET_SIM_SCENARIO_H
#define TRIVET_SIM_SCENARIO_H

#include <os/test-sim/check.h>
#include <os/test-sim/dev.h>
#include <os/test-sim/dma.h>
#include <os/test-sim/machine.h>
#include <os/test-sim/mem.h>
#include <os/test-sim/trace.h>

/**
 * struct sim_scenario - one scenario
 * @name:    "ide/udma-read"; [a-z0-9._/-]
 * @what:    what it shows, one line
 * @run:     the body
 * @expect:  0, or SIM_WANTS(check): the run must end with that finding
 * @rule:    with SIM_WANTS(RULE): the id of the rule, or NULL for any
 * @nice:    its driver is no example and knows no errors: not explored
 * @once:    too long for thousands of runs, and others come by the same places: explored on its
 *           nice day alone
 */
struct sim_scenario {
	const char *name;
	const char *what;
	void (*run)(void);
	int expect;
	const char *rule;
	bool nice, once;
};
#define SIM_WANTS(check) (SIM_##check + 1)

/* SIM_NICE_ONLY is 1 when compiling tests of the simulator itself, whose drivers break rules. */
#ifndef SIM_NICE_ONLY
#define SIM_NICE_ONLY 0
#endif

#define SIM_SCENARIO_ANY(id, scenario_name, desc, exp, rule_id, is_once)              \
	static void id(void);                                                         \
	static const struct sim_scenario sim_scenario_##id = {                        \
		scenario_name, desc, id, exp, rule_id, SIM_NICE_ONLY, is_once         \
	};                                                                            \
	const struct sim_scenario *const sim_scenario_ptr_##id                        \
		__attribute__((used, section("sim_scenarios"))) = &sim_scenario_##id; \
	static void id(void)
#define SIM_SCENARIO_FULL(id, name, desc, exp, rule_id) \
	SIM_SCENARIO_ANY(id, name, desc, exp, rule_id, false)
/** SIM_SCENARIO(ide_read, "ide/read", "reads a block") { ... } */
#define SIM_SCENARIO(id, name, desc) SIM_SCENARIO_FULL(id, name, desc, 0, NULL)
/** SIM_SCENARIO_LONG() - the same, and explored on its nice day alone */
#define SIM_SCENARIO_LONG(id, name, desc) SIM_SCENARIO_ANY(id, name, desc, 0, NULL, true)
/** SIM_TRIPS(trip_uaf, "checker/use-after-free/trips", "...", MEM_UAF) { ... } */
#define SIM_TRIPS(id, name, desc, check) SIM_SCENARIO_FULL(id, name, desc, SIM_WANTS(check), NULL)
#define SIM_TRIPS_RULE(id, name, desc, rule) \
	SIM_SCENARIO_FULL(id, name, desc, SIM_WANTS(RULE), rule)

/* Expectations: end the run as EXPECT, with both values. */
#define sim_expect(cond)                                                      \
	do {                                                                  \
		if (!(cond))                                                  \
			sim_fail(SIM_EXPECT, SIM_SITE, "expected %s", #cond); \
	} while (0)
#define sim_expect_eq(got, want)                                                                  \
	do {                                                                                      \
		long long __got = (long long)(got), __want = (long long)(want);                   \
		if (__got != __want)                                                              \
			sim_fail(SIM_EXPECT, SIM_SITE,                                            \
				 "%s is %lld (0x%llx), expected %s = %lld (0x%llx)", #got, __got, \
				 __got, #want, __want, __want);                                   \
	} while (0)

/* ---- running ------------------------------------------------------------- */

struct sim_result {
	bool ended;   /* the body returned */
	bool excused; /* an expectation failed, as it may under a hostile device: see @message */
	enum sim_class class; /* the worst among deviations taken */
	int check;	      /* finding: enum sim_check, or -1 */
	char rule[32];
	char message[512];
	const struct sim_site *site;
	char where[64]; /* context */
	/* stable failure id: <check>-<file>:<function>[-<rule>], or <check>-<question>@<scenario> */
	char id[224];
	char unmet[256]; /* which deviation was not taken, and why; empty: all were */
	u64 hash;	 /* of all of: */
	u64 part[SIM_N_PARTS];
	u64 points; /* choice points met */
	u64 steps;
	u64 time_ns;
	u32 deviations_used;
	bool pass; /* as the scenario expects */
};

/** sim_run() - one run in a fresh world */
void sim_run(const struct sim_scenario *s, const struct sim_deviation *dev, u32 n_dev, bool record,
	     struct sim_result *result);
const struct sim_scenario *sim_scenario_find(const char *name);
/** sim_scenario_each() - in order of name */
void sim_scenario_each(void (*fn)(const struct sim_scenario *s, void *arg), void *arg);

/** struct sim_point - one choice point of the last run, for listing and exploring */
struct sim_point {
	const struct sim_site *site;
	u8 kind;
	u8 n;
	u8 answer;
	u32 occurrence;
	u32 of; /* the run met as many of that name */
};
const struct sim_point *sim_points(size_t *n);
/** sim_point_format() - its durable name, "alloc@ide_probe.c:ide_probe#1"; length as snprintf() */
int sim_point_format(const struct sim_point *p, char *buf, size_t len);
/**
 * sim_class_reached() - the worst class among deviations taken so far in this run
 *
 * What a scenario may expect depends on it. SIM_SCHEDULE: that all works.
 * SIM_RESOURCE: that what failed says so, and the next attempt works.
 * SIM_HOSTILE: nothing; an expectation that fails then is no finding and ends
 * only the body, and everything is unbound and checked as after every run.
 */
enum sim_class sim_class_reached(void);
/**
 * sim_deviated() - has this run deviated, by more than a trait? Scenarios relax exact counts by it
 *
 * Another device of the same kind works as the first one did. Where a count depends on a trait, the
 * scenario says which one it wants.
 */
bool sim_deviated(void);

/**
 * sim_recover_with() - what must work on @dev once a resource fault is over
 *
 * Called after the body, with everything unbound, in runs that had a resource
 * fault and nothing worse, unless @dev was unplugged: @fn binds, tries what the
 * device is for, and unbinds. There are no more deviations then, and
 * sim_class_reached() says SIM_SCHEDULE: everything works. Test helpers call
 * this where they bind a device that must be bindable; NULL takes it back.
 */
void sim_recover_with(struct trv_dev *dev, void (*fn)(struct trv_dev *dev));

/** sim_main() - the trivet-sim command; main() of every program that links the simulator */
int sim_main(int argc, char **argv);

#endif /* TRIVET_SIM_SCENARIO_H */
