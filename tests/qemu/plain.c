// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who runs these tests: by the level, a user with no privilege and no network
 * (ci/plainly), and so does the QEMU under it. What /proc says is what counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "help.h"

enum { NOBODY = 65534 };

static struct trv_host *host;

static void up(void)
{
	host = qt_open("qemu:edu");
}

static void down(void)
{
	trv_user_close(host);
}

/* What could be taken away here, of "uid privileges network". */
static bool promised(const char *what)
{
	return strstr(getenv("TRIVET_PLAINLY") ?: "", what);
}

/* Does the line of /proc/@pid/status that begins with @key go on with @val and nothing else? */
static bool status_is(int pid, const char *key, const char *val)
{
	char path[64], line[256], want[128];
	bool same = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	snprintf(want, sizeof(want), "%s:\t%s\n", key, val);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, key, strlen(key)) || line[strlen(key)] != ':')
			continue;
		same = !strcmp(line, want);
		if (!same)
			ktap_note("%d: %.200s", pid, line);
	}
	if (f)
		fclose(f);
	return same;
}

/* Interfaces there: the loopback alone, which has not moved a byte. */
static void no_network_of(int pid)
{
	char path[64], line[256], name[32];
	unsigned long long bytes;
	u32 n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/net/dev", pid);
	f = fopen(path, "re");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %31[^:]: %llu", name, &bytes) != 2)
			continue;
		n++;
		CU_ASSERT_STRING_EQUAL(name, "lo");
		CU_ASSERT_EQUAL(bytes, 0);
	}
	fclose(f);
	CU_ASSERT_EQUAL(n, 1);
}

static void no_root(void)
{
	const int who[] = { getpid(), qt_child() };

	if (!promised("uid"))
		KTAP_SKIP("not run by ci/plainly as root");
	for (u32 i = 0; i < TRV_ARRAY_SIZE(who); i++) {
		char all[64];

		snprintf(all, sizeof(all), "%d\t%d\t%d\t%d", NOBODY, NOBODY, NOBODY, NOBODY);
		CU_ASSERT(status_is(who[i], "Uid", all));
		CU_ASSERT(status_is(who[i], "Gid", all));
		CU_ASSERT(status_is(who[i], "CapBnd", "0000000000000000"));
	}
}

static void no_privilege(void)
{
	static const char *const sets[] = { "CapInh", "CapPrm", "CapEff", "CapAmb" };
	const int who[] = { getpid(), qt_child() };

	if (!promised("privileges"))
		KTAP_SKIP("not run by ci/plainly");
	for (u32 i = 0; i < TRV_ARRAY_SIZE(who); i++) {
		CU_ASSERT(status_is(who[i], "NoNewPrivs", "1"));
		for (u32 s = 0; s < TRV_ARRAY_SIZE(sets); s++)
			CU_ASSERT(status_is(who[i], sets[s], "0000000000000000"));
	}
}

static void no_network(void)
{
	if (!promised("network"))
		KTAP_SKIP("not run by ci/plainly, or no network namespaces here");
	no_network_of(getpid());
	no_network_of(qt_child());
}

/* Its standard error is for its last words: a log of every access would push them out. */
static void keeps_no_log(void)
{
	char path[64], line[128];
	unsigned long long pos = ~0ULL;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/2", qt_child());
	f = fopen(path, "re");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	while (fgets(line, sizeof(line), f))
		sscanf(line, "pos: %llu", &pos);
	fclose(f);
	CU_ASSERT_EQUAL(pos, 0);
}

KTAP_SUITE_WITH(plain, up, down, KTAP_TEST(no_root), KTAP_TEST(no_privilege), KTAP_TEST(no_network),
		KTAP_TEST(keeps_no_log));
KTAP_MAIN(&plain);
