// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Program counters as lines: hundreds of them for one report, looked up together. */
#include <stdio.h>
#include <string.h>

#include <os/test-sim/engine.h>
#include <os/test-sim/story.h>
#include <os/test-sim/symbol.h>

#define MAX_KNOWN 2048
#define MAX_INLINED 5

static struct known {
	const void *pc;
	u32 n;
	struct sim_frame_line frame[MAX_INLINED];
} known[MAX_KNOWN];

static struct known *slot_of(const void *pc)
{
	u32 at = (u32)(sim_mix((u64)(uintptr_t)pc, 1) % MAX_KNOWN);

	for (u32 tries = 0; tries < 32; tries++, at = (at + 1) % MAX_KNOWN) {
		if (known[at].pc == pc || !known[at].pc)
			return &known[at];
	}
	known[at].pc = NULL;
	return &known[at];
}

static void take_frames(struct known *k, char **rest)
{
	char *func, *file;
	u32 line;

	k->n = 0;
	while (sim_addr2line_next(rest, &func, &file, &line)) {
		struct sim_frame_line *f = &k->frame[k->n];

		if (!line || func[0] == '?' || k->n == MAX_INLINED || strstr(file, "os/test-sim/"))
			continue;
		*f = (struct sim_frame_line){ .line = line };
		snprintf(f->path, sizeof(f->path), "%s", sim_short_path(file));
		snprintf(f->file, sizeof(f->file), "%s", sim_basename(file));
		snprintf(f->func, sizeof(f->func), "%.*s", (int)strcspn(func, "."), func);
		k->n++;
	}
}

static void learn(const void *const *pc, u32 n)
{
	static char text[512 << 10];
	uintptr_t addr[SIM_ADDR2LINE], bias = sim_load_bias();
	char *rest = text;

	for (u32 i = 0; i < n; i++)
		addr[i] = (uintptr_t)pc[i] - 1 - bias;
	if (!sim_addr2line(addr, n, text, sizeof(text)))
		text[0] = '\0';
	for (u32 i = 0; i < n; i++) {
		struct known *k = slot_of(pc[i]);

		k->pc = pc[i];
		if (rest && *rest)
			strsep(&rest, "\n"); /* the address */
		take_frames(k, &rest);
	}
}

void sim_frames_learn(const void *const *pc, u32 n)
{
	const void *some[SIM_ADDR2LINE];
	u32 n_some = 0;

	for (u32 i = 0; i < n; i++) {
		struct known *k = pc[i] ? slot_of(pc[i]) : NULL;

		if (!k || k->pc == pc[i])
			continue;
		/* Claimed, so that it is asked for once. */
		k->pc = pc[i];
		k->n = 0;
		some[n_some++] = pc[i];
		if (n_some == SIM_ADDR2LINE) {
			learn(some, n_some);
			n_some = 0;
		}
	}
	if (n_some)
		learn(some, n_some);
}

u32 sim_frames_of(const void *pc, const struct sim_frame_line **out)
{
	const struct known *k;

	sim_frames_learn(&pc, 1);
	k = slot_of(pc);
	*out = k->frame;
	return pc && k->pc == pc ? k->n : 0;
}

bool sim_frame_is_class(const struct sim_frame_line *f)
{
	const char *core = strstr(f->path, "core/");

	return core && (core == f->path || core[-1] == '/');
}

const struct sim_frame_line *sim_driver_frame(const void *pc)
{
	const struct sim_frame_line *f;
	u32 n = sim_frames_of(pc, &f);

	/* Of what a public header does, its caller is meant. */
	while (n && strstr(f->path, "include/trivet/")) {
		f++;
		n--;
	}
	return n && !sim_frame_is_class(f) ? f : NULL;
}

const char *sim_frame_source(const struct sim_frame_line *f)
{
	static char text[4][100];
	static u32 turn;
	char *buf = text[turn++ % 4];
	struct sim_site site = { .file = f->path, .func = f->func, .line = f->line };

	if (!sim_source_line(&site, buf, sizeof(text[0])))
		buf[0] = '\0';
	return buf;
}

const char *sim_function_name(const void *fn)
{
	const struct sim_frame_line *f;
	u32 n = fn ? sim_frames_of((const char *)fn + 1, &f) : 0;

	return n ? f[n - 1].func : "?";
}
