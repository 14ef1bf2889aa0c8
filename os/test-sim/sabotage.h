/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Deliberate defects, for testing the tests: in the sabotage flavour one named
 * clause of os.h at a time is broken, and the conformance suite must notice.
 * Other flavours contain none of this.
 */
#ifndef TRIVET_SIM_SABOTAGE_H
#define TRIVET_SIM_SABOTAGE_H

#ifdef SIM_SABOTAGE
/** sim_sabotaged() - is the defect @name the one to show in this run? */
bool sim_sabotaged(const char *name);
/** sim_sabotage_set() - @name, kept, is; NULL: none */
void sim_sabotage_set(const char *name);
/** sim_sabotaged_sleep() - is the defect that @entry, which may not, sleeps? */
bool sim_sabotaged_sleep(const char *entry);
/**
 * sim_noise() - something that is never the same twice, when the noise @name is on; else 0
 *
 * For what must not depend on it: the determinism test has to notice.
 */
u64 sim_noise(const char *name);
#define SIM_NOISE(name) sim_noise(name)
#define SIM_SAB(name) sim_sabotaged(name)
#define SIM_SAB_SLEEPS(entry) sim_sabotaged_sleep(entry)
#else
#define SIM_NOISE(name) 0
#define SIM_SAB(name) false
#define SIM_SAB_SLEEPS(entry) false
#endif

#endif /* TRIVET_SIM_SABOTAGE_H */
