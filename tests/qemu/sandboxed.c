// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What an application can go on doing in its sandbox, that the leg and its drivers do not. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "help.h"

static void *exits(void *arg)
{
	pthread_exit(arg);
}

static void *waits(void *arg)
{
	for (;;)
		pause();
	return NULL;
}

static const char *threads(void)
{
	static int mark;
	pthread_t t;
	void *end;

	if (pthread_create(&t, NULL, exits, &mark) || pthread_join(t, &end) || end != &mark)
		return "one that exits";
	if (pthread_create(&t, NULL, waits, NULL) || pthread_cancel(t) || pthread_join(t, &end) ||
	    end != PTHREAD_CANCELED)
		return "one that is cancelled";
	return NULL;
}

/* By a process of its own: there is no way back. */
static void threads_end_in_every_way(void)
{
	struct trv_user_sandbox how = { .user = NULL };
	struct trv_user_error err;
	const char *wrong;
	char user[16];
	int status = -1;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid) {
		trv_user_log_level(TRV_LOG_ERR);
		snprintf(user, sizeof(user), "%u", (unsigned)geteuid());
		how.user = user;
		wrong = trv_user_sandbox(&how, &err) ? err.text : threads();
		if (wrong)
			fprintf(stderr, "# %s\n", wrong);
		_exit(wrong != NULL);
	}
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(status, 0);
}

KTAP_SUITE(sandboxed, KTAP_TEST(threads_end_in_every_way));
KTAP_MAIN(&sandboxed);
