// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A driver that faults, or spins without ever calling an entry, ends its run
 * and not the process. The spin is found by processor time, the only real
 * clock here: it can turn an endless run into a finding, nothing else.
 */
#define _GNU_SOURCE /* sigabbrev_np(), REG_RIP */
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <ucontext.h>

#include <os/test-sim/engine.h>
#include <os/test-sim/symbol.h>

/* Two ticks with no entry between them is a hang: 2 to 4 seconds of processor time. */
#define TICK_SECONDS 2

static char handler_stack[256 << 10] __attribute__((aligned(16)));

static struct {
	bool installed;
	volatile bool armed;
	volatile bool handling;
	u64 runs;
	u64 tick_run, tick_steps; /* as the last tick saw them */
} crash;

/* The line that was running; asked for as if it were a call, whose return address is behind it. */
static const struct sim_site *running(const void *context)
{
	const ucontext_t *uc = context;

#if defined(__x86_64__)
	return sim_site_of_pc((const char *)uc->uc_mcontext.gregs[REG_RIP] + 1);
#elif defined(__aarch64__)
	return sim_site_of_pc((const char *)uc->uc_mcontext.pc + 1);
#else
	return NULL;
#endif
}

/* Not the driver's doing: let the signal have its usual effect when it comes again. */
static void give_back(int sig)
{
	signal(sig, SIG_DFL);
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	if (!crash.armed || crash.handling) {
		give_back(sig);
		return;
	}
	crash.handling = true;
	sim_fail(SIM_CRASH, running(context), "SIG%s at address %p", sigabbrev_np(sig),
		 info->si_addr);
}

static void on_tick(int sig, siginfo_t *info, void *context)
{
	u64 steps = sim_steps();

	if (!crash.armed || crash.handling)
		return;
	if (crash.tick_run != crash.runs || crash.tick_steps != steps) {
		crash.tick_run = crash.runs;
		crash.tick_steps = steps;
		return;
	}
	crash.handling = true;
	sim_about(SIM_ABOUT_WAIT, NULL, 0, 0);
	sim_fail(SIM_HANG, running(context), "no call into the OS for %d seconds of processor time",
		 TICK_SECONDS);
}

static void install(void)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };
	const struct itimerval tick = { { TICK_SECONDS, 0 }, { TICK_SECONDS, 0 } };
	const stack_t stack = { .ss_sp = handler_stack, .ss_size = sizeof(handler_stack) };
	/* NODEFER: the handler is left by a jump, with no signal mask to put back. */
	struct sigaction sa = { .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };

	crash.installed = true;
	sigaltstack(&stack, NULL);
	sa.sa_sigaction = on_fault;
	for (size_t i = 0; i < TRV_ARRAY_SIZE(faults); i++)
		sigaction(faults[i], &sa, NULL);
	sa.sa_sigaction = on_tick;
	sa.sa_flags |= SA_RESTART;
	sigaction(SIGVTALRM, &sa, NULL);
	setitimer(ITIMER_VIRTUAL, &tick, NULL);
}

void sim_crash_arm(void)
{
	if (!crash.installed)
		install();
	crash.runs++;
	crash.handling = false;
	crash.armed = true;
}

void sim_crash_forked(void)
{
	crash.installed = false;
}

void sim_crash_disarm(void)
{
	crash.armed = false;
	crash.handling = false;
}
