// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Lines of source, where the source is at hand. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <os/test-sim/story.h>

#define PARENTS 4 /* a program in build/bin of its source tree, or deeper */

/*
 * Sites have names as the compiler was given them: relative to the top of a
 * source tree, which is here, or some directories above the program.
 */
static FILE *open_source(const char *file)
{
	char path[2048];
	FILE *f = fopen(file, "r");
	ssize_t n;

	if (f || file[0] == '/')
		return f;
	n = readlink("/proc/self/exe", path, sizeof(path) / 2);
	for (u32 i = 0; i < PARENTS && n > 0 && !f; i++) {
		while (n > 0 && path[n - 1] != '/')
			n--;
		if (n <= 0)
			break;
		snprintf(path + n, sizeof(path) - (size_t)n, "%s", file);
		f = fopen(path, "r");
		n--;
	}
	return f;
}

bool sim_source_line(const struct sim_site *site, char *buf, size_t len)
{
	char line[512];
	bool found = false;
	u32 nr = 0;
	FILE *f;

	if (!site || !site->line)
		return false;
	f = open_source(site->file);
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		size_t n = strcspn(line, "\n");

		if (line[n] == '\n')
			nr++;
		if (nr != site->line)
			continue;
		line[n] = '\0';
		snprintf(buf, len, "%s", line + strspn(line, " \t"));
		found = buf[0] != '\0';
		break;
	}
	fclose(f);
	return found;
}
