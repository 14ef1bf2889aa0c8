// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The trace: two multiplications per event for the hash, and a record of
 * everything when somebody wants to look. The hash knows no addresses, no
 * places in the source and no texts, so it is the same for every compiler,
 * every build and every address layout. It is kept in parts; the number of
 * the event in each of them says what came before it in the others.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/engine.h>
#include <os/test-sim/sabotage.h>
#include <os/test-sim/watch.h>

/* A long recording keeps its first and its last events; 80 bytes each. */
#define HALF ((size_t)1 << 19)

static struct {
	u64 part[SIM_N_PARTS];
	u64 events;
	bool recording;
	struct sim_trace *log;
	size_t n, room; /* of the first half, and of the second until it wraps */
	u64 total;
	struct sim_trace *last;
	u64 gap; /* events between the halves that were dropped */
	u64 run;

	const char **contexts;
	u32 n_contexts, contexts_room;
} tr;

static void *more(void *p, size_t n, size_t size)
{
	p = reallocarray(p, n, size);
	if (!p) {
		fputs("trivet-sim: no memory to record the trace\n", stderr);
		exit(4);
	}
	return p;
}

static u16 context_id(void)
{
	const char *where = sim_where();

	/* The running context is nearly always one of the last few seen. */
	for (u32 i = tr.n_contexts; i-- > 0;) {
		if (!strcmp(tr.contexts[i], where))
			return (u16)i;
	}
	if (tr.n_contexts == 0x7fff)
		return 0x7ffe;
	if (tr.n_contexts == tr.contexts_room) {
		tr.contexts_room = tr.contexts_room ? tr.contexts_room * 2 : 16;
		tr.contexts = more(tr.contexts, tr.contexts_room, sizeof(*tr.contexts));
	}
	tr.contexts[tr.n_contexts] = sim_own_strdup(where);
	return (u16)tr.n_contexts++;
}

const char *sim_trace_context(u16 ctx)
{
	ctx &= 0x7fff;
	return ctx < tr.n_contexts ? tr.contexts[ctx] : "?";
}

/* Where the next event goes: the second half is a ring. */
static struct sim_trace *place(void)
{
	u64 at = tr.total++;

	if (at >= 2 * HALF)
		return &tr.log[HALF + (at - HALF) % HALF];
	if (at == tr.room) {
		tr.room = tr.room ? tr.room * 2 : 4096;
		tr.log = more(tr.log, tr.room, sizeof(*tr.log));
	}
	tr.n = at + 1;
	return &tr.log[at];
}

/* What the driver itself does is done at a line of it; the rest at no line at all. */
static bool has_site(u8 kind)
{
	switch (kind) {
	case SIM_T_IRQ:
	case SIM_T_IRQ_END:
	case SIM_T_LINE:
	case SIM_T_DMA_READ:
	case SIM_T_DMA_WRITE:
	case SIM_T_TASK:
	case SIM_T_EVENT:
	case SIM_T_ENTRY:
	case SIM_T_ENTRY_END:
	case SIM_T_REQ:
	case SIM_T_REQ_END:
		return false;
	default:
		return true;
	}
}

static __attribute__((noinline)) void record(const struct sim_trace *t)
{
	struct sim_trace *r = place();

	*r = *t;
	r->cpu = (u8)sim_cpu();
	r->ctx = (u16)(context_id() | (sim_in_irq() ? 0x8000 : 0));
	r->site = has_site(r->kind) ? sim_here() : NULL;
	r->stack = sim_watch_stack();
	tr.last = r;
}

static const u8 part_of[] = {
	[SIM_T_READ] = SIM_P_REGISTERS,	    [SIM_T_WRITE] = SIM_P_REGISTERS,
	[SIM_T_READ_REP] = SIM_P_REGISTERS, [SIM_T_WRITE_REP] = SIM_P_REGISTERS,
	[SIM_T_CFG_READ] = SIM_P_REGISTERS, [SIM_T_CFG_WRITE] = SIM_P_REGISTERS,
	[SIM_T_IRQ] = SIM_P_IRQS,	    [SIM_T_IRQ_END] = SIM_P_IRQS,
	[SIM_T_LINE] = SIM_P_IRQS,	    [SIM_T_MAP] = SIM_P_DMA,
	[SIM_T_UNMAP] = SIM_P_DMA,	    [SIM_T_DMA_READ] = SIM_P_DMA,
	[SIM_T_DMA_WRITE] = SIM_P_DMA,	    [SIM_T_LOCK] = SIM_P_REST,
	[SIM_T_UNLOCK] = SIM_P_REST,	    [SIM_T_WORK] = SIM_P_REST,
	[SIM_T_TIMER] = SIM_P_REST,	    [SIM_T_TASK] = SIM_P_REST,
	[SIM_T_EVENT] = SIM_P_REST,	    [SIM_T_CHOICE] = SIM_P_CHOICES,
	[SIM_T_ENTRY] = SIM_P_RESULTS,	    [SIM_T_ENTRY_END] = SIM_P_RESULTS,
	[SIM_T_REQ] = SIM_P_RESULTS,	    [SIM_T_REQ_END] = SIM_P_RESULTS,
	[SIM_T_USER] = SIM_P_REST,	    [SIM_T_LOG] = SIM_P_REST,
	[SIM_T_FINDING] = SIM_P_RESULTS,
};

void sim_trace(enum sim_trace_kind kind, const struct trv_dev *dev, const char *name, u64 a, u64 b,
	       u64 c)
{
	u64 now = sim_now();
	u64 who = kind | (dev ? (u64)dev->slot + 1 : 0) << 8 | tr.events++ << 32;
	u64 *hash = &tr.part[part_of[kind]];

	a ^= SIM_NOISE("address");
	if (kind == SIM_T_USER)
		*hash = sim_mix(*hash ^ who, now);
	else
		*hash = sim_mix(sim_mix(*hash ^ who, a ^ now << 20), b + (c << 32 | c >> 32));
	if (__builtin_expect(tr.recording, 0))
		record(&(struct sim_trace){ .time = now,
					    .a = a,
					    .b = b,
					    .c = c,
					    .name = name,
					    .dev = dev,
					    .kind = (u8)kind });
}

void sim_trace_note(enum sim_trace_kind kind, const struct trv_dev *dev, const char *name, u64 a,
		    u64 b, u64 aux)
{
	if (!tr.recording)
		return;
	record(&(struct sim_trace){ .time = sim_now(),
				    .a = a,
				    .b = b,
				    .aux = aux,
				    .name = name,
				    .dev = dev,
				    .kind = (u8)kind });
}

void sim_trace_aux(u64 aux)
{
	if (tr.recording && tr.last)
		tr.last->aux = aux;
}

/* Four chains side by side: a multiplication need not wait for the one before. */
static u64 digest_lanes(const u8 **p, size_t *n, u64 digest)
{
	u64 lane[4] = { digest, 1, 2, 3 }, word[4];

	for (; *n >= sizeof(word); *n -= sizeof(word), *p += sizeof(word)) {
		memcpy(word, *p, sizeof(word));
		for (u32 i = 0; i < TRV_ARRAY_SIZE(lane); i++)
			lane[i] = sim_mix(lane[i], word[i]);
	}
	return sim_mix(sim_mix(lane[0], lane[1]), sim_mix(lane[2], lane[3]));
}

u64 sim_digest(const void *p, size_t n)
{
	const u8 *bytes = p;
	u64 digest = n, last = SIM_NOISE("heap"), word;

	if (n >= 64)
		digest = digest_lanes(&bytes, &n, digest);
	for (; n >= 8; n -= 8, bytes += 8) {
		memcpy(&word, bytes, 8);
		digest = sim_mix(digest, word);
	}
	memcpy(&last, bytes, n);
	return sim_mix(digest, last);
}

void (*sim_tap)(enum sim_trace_kind kind, const struct trv_dev *dev, const char *text, u64 a,
		u64 b);

void sim_trace_reset(bool record)
{
	sim_tap = NULL;
	memset(tr.part, 0, sizeof(tr.part));
	tr.events = 0;
	tr.recording = record;
	tr.n = 0;
	tr.total = 0;
	tr.last = NULL;
	tr.gap = 0;
	tr.n_contexts = 0;
	tr.run++;
	sim_watch_reset(record);
	if (tr.room > HALF / 4) {
		free(tr.log);
		tr.log = NULL;
		tr.room = 0;
	}
}

u64 sim_trace_run(void)
{
	return tr.run;
}

bool sim_trace_recording(void)
{
	return tr.recording;
}

u64 sim_trace_part(enum sim_part part)
{
	return tr.part[part];
}

u64 sim_trace_hash(void)
{
	return sim_digest(tr.part, sizeof(tr.part));
}

static void reverse(struct sim_trace *t, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct sim_trace swap = t[i];

		t[i] = t[n - 1 - i];
		t[n - 1 - i] = swap;
	}
}

/* Turn the ring so that it begins with its oldest event. */
static void straighten(void)
{
	size_t first;

	if (tr.total <= 2 * HALF)
		return;
	first = (tr.total - HALF) % HALF;
	reverse(tr.log + HALF, first);
	reverse(tr.log + HALF + first, HALF - first);
	reverse(tr.log + HALF, HALF);
	tr.gap += tr.total - 2 * HALF;
	tr.total = 2 * HALF;
}

const struct sim_trace *sim_trace_log(size_t *n)
{
	if (!tr.recording) {
		*n = 0;
		return NULL;
	}
	straighten();
	*n = tr.n;
	return tr.log;
}

u64 sim_trace_gap(size_t *at)
{
	straighten();
	*at = HALF;
	return tr.gap;
}
