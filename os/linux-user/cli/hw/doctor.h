/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* trivet doctor: what it asks. A check says one thing, by doctor_say(). */
#ifndef TRIVET_USER_CLI_HW_DOCTOR_H
#define TRIVET_USER_CLI_HW_DOCTOR_H

#include <os/linux-user/cli/hw/hw.h>

enum doctor_verdict { DOCTOR_PASS, DOCTOR_WARN, DOCTOR_FAIL };

/** struct doctor_finding - @fix: a command, or what else to do; empty with PASS */
struct doctor_finding {
	enum doctor_verdict verdict;
	char text[512];
	char fix[256];
};

/**
 * struct doctor_check - one
 * @area: what it is needed for: a transport, or "debug"
 * @find: looks, and calls doctor_say() once
 */
struct doctor_check {
	const char *area;
	const char *name;
	void (*find)(struct doctor_finding *f);
};

void doctor_say(struct doctor_finding *f, enum doctor_verdict verdict, const char *fix,
		const char *fmt, ...) TRV_PRINTF(4, 5);

/* Arrays, the last one without a name. */
extern const struct doctor_check doctor_tools[], doctor_vfio[], doctor_uio[];

/* doctor_proc.c: what the kernel says of this process and of itself */

/** doctor_memlock() - bytes, UINT64_MAX: no limit; -errno when it does not say */
int doctor_memlock(u64 *bytes);
/** doctor_capable() - has this process that capability? */
bool doctor_capable(u32 cap);
/** doctor_lockdown() - "none", "integrity", "confidentiality"; empty: the kernel does not say */
void doctor_lockdown(char *mode, size_t len);
/** doctor_module() - a check of a PCI driver, by its name */
void doctor_module(struct doctor_finding *f, const char *driver);

#endif /* TRIVET_USER_CLI_HW_DOCTOR_H */
