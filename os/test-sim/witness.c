// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Deviations and the finding as they happen: the context, the stack, a place for a debugger to stop. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unwind.h>

#include <os/test-sim/machine.h>
#include <os/test-sim/story.h>
#include <os/test-sim/trace.h>

static struct sim_witness seen[SIM_MAX_DEVIATIONS + 1];
static u32 n_seen;

/* Not optimised away: the operand is as good as used. */
__attribute__((noinline)) void sim_deviation_here(const struct sim_site *site)
{
	__asm__ volatile("" : : "r"(site) : "memory");
}

__attribute__((noinline)) void sim_finding_here(const struct sim_site *site)
{
	__asm__ volatile("" : : "r"(site) : "memory");
}

static _Unwind_Reason_Code take_frame(struct _Unwind_Context *context, void *arg)
{
	struct sim_witness *w = arg;
	int before = 0;
	uintptr_t pc = _Unwind_GetIPInfo(context, &before);

	if (!pc || w->n_pc == SIM_MAX_STACK)
		return _URC_END_OF_STACK;
	/* Behind a signal there is the instruction itself, and everywhere else what follows the call. */
	w->pc[w->n_pc++] = (const void *)(pc + (before ? 1 : 0));
	return _URC_NO_REASON;
}

static struct sim_witness *witness(const struct sim_site *site, enum sim_kind kind)
{
	struct sim_witness *w = &seen[n_seen++];

	w->site = site;
	w->kind = kind;
	w->index = w->answer = w->n = w->n_pc = 0;
	w->time = sim_now();
	w->who[0] = w->what[0] = '\0';
	if (sim_trace_recording()) {
		snprintf(w->who, sizeof(w->who), "%s", sim_where());
		_Unwind_Backtrace(take_frame, w);
	}
	return w;
}

void sim_witness_reset(void)
{
	n_seen = 0;
}

void sim_witness_deviation(const struct sim_site *site, enum sim_kind kind, u32 index, u32 answer,
			   u32 n)
{
	struct sim_witness *w = witness(site, kind);

	w->index = index;
	w->answer = answer;
	w->n = n;
	if (sim_trace_recording())
		snprintf(w->what, sizeof(w->what), "%s", sim_kind_what(kind));
	sim_deviation_here(site);
}

void sim_means(const char *fmt, ...)
{
	struct sim_witness *w = n_seen ? &seen[n_seen - 1] : NULL;
	va_list ap;

	if (!w || w->kind == SIM_N_KINDS || !sim_trace_recording())
		return;
	va_start(ap, fmt);
	vsnprintf(w->what, sizeof(w->what), fmt, ap);
	va_end(ap);
}

void sim_witness_finding(const struct sim_site *site)
{
	witness(site, SIM_N_KINDS);
	sim_finding_here(site);
}

const struct sim_witness *sim_witnesses(u32 *n)
{
	*n = n_seen;
	return seen;
}
