// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The child that unlinks and kills for a process that is no longer who it was: what it is told, and
 * what it could not do if it were somebody else's.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <os/linux-user/sandbox/sandbox.h>

#include "help.h"

/** struct place - a directory of its own, and a file in it */
struct place {
	char dir[256];
	char file[288];
};

static void place_make(struct place *p)
{
	int fd;

	snprintf(p->dir, sizeof(p->dir), "%.200s/trv-steward.XXXXXX", getenv("TMPDIR") ?: "/tmp");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(p->dir));
	snprintf(p->file, sizeof(p->file), "%s/file", p->dir);
	fd = open(p->file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
}

static bool there(const struct place *p)
{
	return !access(p->file, F_OK);
}

static void place_remove(const struct place *p)
{
	unlink(p->file);
	CU_ASSERT_EQUAL(rmdir(p->dir), 0);
}

/* This thread's only child; 0: the kernel does not say. */
static s32 only_child(void)
{
	char path[64];
	int pid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)gettid());
	f = fopen(path, "re");
	if (f && fscanf(f, "%d", &pid) != 1)
		pid = 0;
	if (f)
		fclose(f);
	return pid;
}

/* Whoever asks frees a name when it is done with: another may be where it was. */
static void names_of_its_own(void)
{
	struct place first, second;
	struct user_needs needs = { 0 };

	place_make(&first);
	place_make(&second);
	user_needs_unlink(&needs, first.file);
	user_needs_unlink(&needs, second.file);
	CU_ASSERT_EQUAL_FATAL(user_steward_start(&needs, NULL), 0);
	CU_ASSERT_EQUAL(user_unlink(first.file), 0);
	CU_ASSERT(!there(&first));
	rmdir(first.dir);
	strcpy(first.file, second.file);
	CU_ASSERT_EQUAL(user_unlink(second.file), 0);
	CU_ASSERT(!there(&second));
	place_remove(&second);
	user_steward_stop();
}

/* The name leads elsewhere by now: Landlock holds it to the directory that was meant. */
static void confined(void)
{
	struct place ours, others;
	struct user_needs needs = { 0 };
	char moved[sizeof(ours.dir) + 8];

	if (user_landlock_abi() < 0)
		KTAP_SKIP("this kernel has no Landlock");
	place_make(&ours);
	place_make(&others);
	user_needs_unlink(&needs, ours.file);
	CU_ASSERT_EQUAL_FATAL(user_steward_start(&needs, NULL), 0);
	snprintf(moved, sizeof(moved), "%s.moved", ours.dir);
	CU_ASSERT_EQUAL(rename(ours.dir, moved), 0);
	CU_ASSERT_EQUAL(symlink(others.dir, ours.dir), 0);
	CU_ASSERT_EQUAL(user_unlink(ours.file), -EACCES);
	CU_ASSERT(there(&others));
	unlink(ours.dir);
	CU_ASSERT_EQUAL(rename(moved, ours.dir), 0);
	CU_ASSERT_EQUAL(user_unlink(ours.file), 0);
	user_steward_stop();
	place_remove(&ours);
	place_remove(&others);
}

/* An answer that came too late is not the next one's. */
static void late(void)
{
	struct place first, second;
	struct user_needs needs = { 0 };
	s32 pid;

	place_make(&first);
	place_make(&second);
	user_needs_unlink(&needs, first.file);
	user_needs_unlink(&needs, second.file);
	CU_ASSERT_EQUAL_FATAL(user_steward_start(&needs, NULL), 0);
	pid = only_child();
	unlink(first.file);
	if (pid) {
		kill(pid, SIGSTOP);
		CU_ASSERT_EQUAL(user_unlink(first.file), -ETIMEDOUT);
		kill(pid, SIGCONT);
		CU_ASSERT_EQUAL(user_unlink(second.file), 0);
		CU_ASSERT(!there(&second));
	}
	user_steward_stop();
	place_remove(&first);
	place_remove(&second);
	if (!pid)
		KTAP_SKIP("the kernel does not say who a thread's children are");
}

/* Whoever ends a whole service tells each process of it; this one is wanted until the other has closed. */
static void told_to_end(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct user_needs needs = { 0 };
	struct place p;
	s32 pid;

	place_make(&p);
	user_needs_unlink(&needs, p.file);
	CU_ASSERT_EQUAL_FATAL(user_steward_start(&needs, NULL), 0);
	pid = only_child();
	for (u32 i = 0; pid && i < TRV_ARRAY_SIZE(signals); i++)
		CU_ASSERT_EQUAL(kill(pid, signals[i]), 0);
	CU_ASSERT_EQUAL(user_unlink(p.file), 0);
	user_steward_stop();
	place_remove(&p);
	if (!pid)
		KTAP_SKIP("the kernel does not say who a thread's children are");
}

KTAP_SUITE(steward, KTAP_TEST(names_of_its_own), KTAP_TEST(confined), KTAP_TEST(late),
	   KTAP_TEST(told_to_end));
KTAP_MAIN(&steward);
