// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The processes of trivet-sim twice. Each is started afresh, not forked: what
 * a fork inherits is the very state that must not matter.
 */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <os/test-sim/cli/twice.h>

extern char **environ;

/* ---- being one ----------------------------------------------------------- */

int cli_twice_one(const char *name, const char *list)
{
	struct cli_twice_outcome o = { .ran = true };
	struct sim_deviation dev[SIM_MAX_DEVIATIONS];
	const struct sim_scenario *s = cli_scenario(name);
	void *heap = malloc(1);
	struct sim_result r;
	int n;

	if (!s || !heap)
		return CLI_USAGE;
	n = cli_deviations(list, dev);
	if (n < 0)
		return CLI_USAGE;
	sim_run(s, dev, (u32)n, false, &r);
	memcpy(o.part, r.part, sizeof(o.part));
	o.said = sim_digest(r.message, strlen(r.message)) + sim_digest(r.id, strlen(r.id));
	o.all_taken = !r.unmet[0];
	o.address[CLI_A_STACK] = (u64)(uintptr_t)&o;
	o.address[CLI_A_HEAP] = (u64)(uintptr_t)heap;
	o.address[CLI_A_PROGRAM] = (u64)(uintptr_t)cli_twice_one;
	free(heap);
	return fwrite(&o, sizeof(o), 1, stdout) == 1 && !fflush(stdout) ? CLI_OK : CLI_FAILED;
}

/* ---- starting them ------------------------------------------------------- */

/* Where nothing should look: variables, and through their length where stacks begin. */
static char **other_environment(u32 nth)
{
	static char padding[300] = "TRIVET_TWICE=";
	static char *changed[] = { "TZ=Asia/Kathmandu", "LC_ALL=C", "LANG=tr_TR.UTF-8", padding };
	static char **env;
	u32 n = 0;

	if (!env) {
		while (environ[n])
			n++;
		env = calloc(n + TRV_ARRAY_SIZE(changed) + 1, sizeof(*env));
		if (!env)
			return NULL;
		memcpy(env, changed, sizeof(changed));
		memcpy(env + TRV_ARRAY_SIZE(changed), environ, n * sizeof(*env));
	}
	n = (u32)strlen("TRIVET_TWICE=");
	memset(padding + n, 'x', sizeof(padding) - n);
	padding[n + nth % (sizeof(padding) - n)] = '\0';
	return env;
}

/* All of what one process said, which must be an outcome and no more. */
static bool hear(int fd, struct cli_twice_outcome *o)
{
	char buf[sizeof(*o) + 1];
	size_t n = 0;

	for (;;) {
		ssize_t got = read(fd, buf + n, sizeof(buf) - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		n += (size_t)got;
		if (n == sizeof(buf))
			return false;
	}
	if (n == sizeof(*o))
		memcpy(o, buf, sizeof(*o));
	return n == sizeof(*o);
}

static void one_process(const char *program, const struct cli_twice_run *run, char **env,
			struct cli_twice_outcome *out)
{
	char *const argv[] = { (char *)program,
			       (char *)"twice",
			       (char *)"--" CLI_TWICE_ONE,
			       run->list,
			       (char *)run->scenario->name,
			       NULL };
	posix_spawn_file_actions_t actions;
	struct cli_twice_outcome o = { 0 };
	int fd[2], status = -1, rc;
	bool whole;
	pid_t pid;

	if (pipe(fd))
		return;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fd[1], STDOUT_FILENO);
	posix_spawn_file_actions_addclose(&actions, fd[0]);
	posix_spawn_file_actions_addclose(&actions, fd[1]);
	rc = posix_spawn(&pid, program, &actions, NULL, argv, env);
	posix_spawn_file_actions_destroy(&actions);
	close(fd[1]);
	if (rc) {
		close(fd[0]);
		return;
	}
	whole = hear(fd[0], &o);
	close(fd[0]); /* whoever says more than that ends of it */
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	o.ran = whole && o.ran && WIFEXITED(status) && !WEXITSTATUS(status);
	*out = o;
}

/* A worker: takes the next run that nobody has taken, until there is none. */
static void work(const struct cli_twice *how, const char *self, u32 *next)
{
	for (;;) {
		u32 i = __atomic_fetch_add(next, 1, __ATOMIC_RELAXED);
		char **env;

		if (i >= how->n)
			return;
		env = other_environment(i);
		if (!env)
			return;
		one_process(self, &how->runs[i], environ, &how->outcome[2 * i]);
		one_process(how->with ?: self, &how->runs[i], env, &how->outcome[2 * i + 1]);
	}
}

static void *shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

int cli_twice_processes(struct cli_twice *how)
{
	u32 *next = shared(sizeof(*next)), started = 0;
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	how->outcome = shared(2 * how->n * sizeof(*how->outcome));
	if (n < 0 || !next || !how->outcome)
		return cli_error(CLI_LIMIT, "no memory to share, or no /proc: %s", strerror(errno));
	self[n] = '\0';
	fflush(NULL);
	for (u32 i = 0; i < how->jobs; i++) {
		pid_t pid = fork();

		if (!pid) {
			work(how, self, next);
			_exit(0);
		}
		started += pid > 0;
	}
	if (!started)
		return cli_error(CLI_LIMIT, "no worker process: %s", strerror(errno));
	for (u32 i = 0; i < started; i++) {
		while (wait(NULL) < 0 && errno == EINTR)
			;
	}
	munmap(next, sizeof(*next));
	return CLI_OK;
}
