// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * When to give up. A first signal lets the operation under way end, so that
 * the device is left quiet; a second one does what signals do, and the QEMU we
 * started dies with us.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <os/linux-user/cli/cli.h>

static volatile sig_atomic_t caught;
static u64 deadline; /* 0: none */
static unsigned long limit;

static void catch_it(int sig)
{
	caught = sig;
}

void cli_stop_catch(unsigned long seconds)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction act = { .sa_handler = catch_it, .sa_flags = SA_RESETHAND | SA_RESTART };
	struct sigaction now;

	sigemptyset(&act.sa_mask);
	for (u32 i = 0; i < TRV_ARRAY_SIZE(signals); i++) {
		/* What the caller ignores (nohup) stays ignored. */
		if (!sigaction(signals[i], NULL, &now) && now.sa_handler != SIG_IGN)
			sigaction(signals[i], &act, NULL);
	}
	limit = seconds;
	deadline = seconds ? trv_time_ns() + seconds * 1000000000ULL : 0;
}

const char *cli_stopped(void)
{
	static char text[64];

	if (caught)
		return "interrupted";
	if (!deadline || trv_time_ns() < deadline)
		return NULL;
	snprintf(text, sizeof(text), "not done after %lu s; --timeout gives it longer", limit);
	return text;
}

void cli_stop_raise(void)
{
	if (!caught)
		return;
	fflush(stdout);
	signal(caught, SIG_DFL);
	raise(caught);
}
