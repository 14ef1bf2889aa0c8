// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Coherent memory has two sides that need not see each other's stores at once,
 * nor in order. The memory itself is the CPU's side; where the device's side
 * differs, the view has the device's byte and a flag says why:
 *
 * - The CPU stored, and no entry that os.h says orders stores (dma_wmb, mb, a
 *   plain register write) came since: the bytes are unsent. When the device
 *   fetches some, a choice decides whether it sees them, or not yet, or only
 *   those of the newest store.
 * - The device stored: a choice decides whether the CPU sees it at once, or of
 *   each piece the last word first (as a done bit would be), or the first, or
 *   none. The rest is unseen until dma_rmb, mb, a plain register read, or an
 *   interrupt.
 * - A device that lies may store again what it stored before: after the first
 *   load of such restless bytes every other one yields something else.
 *
 * Both sides see everything after LINGER_NS all the same: order is what a
 * barrier gives, not visibility. On the nice day there is one memory.
 */
#include <stdio.h>
#include <string.h>

#include <os/test-sim/dma_impl.h>
#include <os/test-sim/engine.h>
#include <os/test-sim/order.h>

#define LINGER_NS 1000000
#define WORD 4

/* Of each byte; none: the sides agree. */
enum {
	UNSENT = 0x01,
	UNSEEN = 0x02,
	HELD = 0x04,	 /* sabotage: unsent, and the device learns it last */
	RESTLESS = 0x08, /* the device will change it once it was loaded */
	LOADED = 0x10,	 /* it was */
};
/* The CPU's loads of these matter: its hooks are told by SIM_M_ODD. */
#define ODD (UNSEEN | RESTLESS)

/**
 * struct sim_coherent - the second side of a coherent block
 * @flags:   of each byte, as long as somebody may look; those set lie from @lo to before @hi
 * @odd:     some of them are ODD, or were
 * @read_at: when the device first read round the CPU's stores; 0 when it did not
 * @restless: what the device puts in place of restless bytes
 * @settles: when the CPU sees all that the device wrote
 */
struct sim_coherent {
	struct sim_map *map;
	u8 *flags;
	u64 lo, hi;
	bool odd;
	u8 restless;
	u64 read_at;
	struct sim_event settles;
	struct sim_coherent *next; /* of those with flags */
};

/*
 * Flags and views of the whole arena, at the same distance everywhere: a driver allocates more
 * coherent memory in each world than it uses, and nothing here is worth clearing twice.
 */
static u8 *all_flags, *all_views;
static u64 flags_lo, flags_hi; /* outside all are 0 */

static struct {
	struct sim_coherent *flagged;
	enum sim_order order; /* instead of choices */
	bool restless;
	bool held;
	struct {
		const struct sim_coherent *in;
		u64 from, to;
		const struct sim_site *site;
		const void *pc;
	} newest; /* store of the CPU's */
	struct sim_blame blame;
} co_all;

void sim_coherent_order(enum sim_order order)
{
	co_all.order = order;
}

void sim_coherent_restless(bool on)
{
	co_all.restless = on;
}

void sim_coherent_reset(void)
{
	memset(&co_all, 0, sizeof(co_all));
	if (flags_lo < flags_hi)
		memset(all_flags + flags_lo, 0, flags_hi - flags_lo);
	flags_lo = flags_hi = 0;
}

/* ---- what came of it, for the report ------------------------------------- */

const struct sim_blame *sim_coherent_blame(void)
{
	return co_all.blame.what[0] ? &co_all.blame : NULL;
}

static void blame(enum sim_check check, const struct sim_site *site, const char *what,
		  const struct sim_map *m, u64 off)
{
	struct sim_blame *b = &co_all.blame;

	if (b->what[0])
		return;
	b->check = (int)check;
	b->site = site;
	snprintf(b->what, sizeof(b->what), "%s, at +0x%llx of %s", what, (unsigned long long)off,
		 sim_map_describe(m));
	sim_trace(SIM_T_EVENT, m->dev, what, m->iova + off, 0, 0);
}

/* ---- flags --------------------------------------------------------------- */

static u64 in_arena(const struct sim_coherent *co)
{
	return (u64)(uintptr_t)co->map->buf - SIM_ARENA;
}

static void flag_range(struct sim_coherent *co, u64 from, u64 to)
{
	if (flags_lo == flags_hi)
		flags_lo = in_arena(co) + from;
	flags_lo = trv_min(flags_lo, in_arena(co) + from);
	flags_hi = trv_max(flags_hi, in_arena(co) + to);
	if (co->lo == co->hi) {
		co->lo = from;
		co->hi = to;
		co->next = co_all.flagged;
		co_all.flagged = co;
		return;
	}
	co->lo = trv_min(co->lo, from);
	co->hi = trv_max(co->hi, to);
}

static bool meets(const struct sim_coherent *co, u64 from, u64 to)
{
	return from < co->hi && co->lo < to;
}

/* The one shadow flag follows the others. */
static void set_flags(struct sim_coherent *co, u64 i, u8 flags)
{
	u8 *s = co->map->state + i;

	co->flags[i] = flags;
	*s = flags & ODD ? *s | SIM_M_ODD : *s & (u8)~SIM_M_ODD;
	co->odd |= !!(flags & ODD);
}

/* Nothing is flagged any more: off the list; *@at is @co. */
static void settle_down(struct sim_coherent **at)
{
	struct sim_coherent *co = *at;

	if (co->odd)
		sim_bytes_set(co->map->state + co->lo, co->hi - co->lo, (u8)~SIM_M_ODD, 0);
	memset(co->flags + co->lo, 0, co->hi - co->lo);
	co->lo = co->hi = 0;
	co->odd = false;
	co->read_at = 0;
	*at = co->next;
}

/* ---- stores of the CPU's ------------------------------------------------- */

void sim_coherent_storing(void *p, size_t n, const struct sim_site *site, const void *pc)
{
	const struct sim_block *b = sim_block_find(p);
	struct sim_map *m = b->maps;
	u64 from = (u64)((u8 *)p - m->buf), to = from + n;
	struct sim_coherent *co = m->second;

	if (!meets(co, from, to)) {
		memcpy(m->view + from, m->buf + from, n);
		memset(co->flags + from, UNSENT, n);
	} else {
		for (u64 i = from; i < to; i++) {
			if (!(co->flags[i] & (UNSENT | UNSEEN)))
				m->view[i] = m->buf[i];
			set_flags(co, i, UNSENT);
		}
	}
	flag_range(co, from, to);
	co_all.newest.in = co;
	co_all.newest.from = from;
	co_all.newest.to = to;
	co_all.newest.site = site;
	co_all.newest.pc = pc;
}

/* True when none of its bytes is flagged any more. */
static bool send(struct sim_coherent *co)
{
	bool left = false;

	if (!co->odd)
		return true;
	co->read_at = 0;
	for (u64 i = co->lo; i < co->hi; i++) {
		set_flags(co, i, co->flags[i] & (u8) ~(UNSENT | HELD));
		left |= co->flags[i];
	}
	return !left;
}

/* Everything stored so far is the devices' to see. */
void sim_dma_publish(void)
{
	struct sim_coherent **at = &co_all.flagged;

	/* The host's compiler must not delay it either. */
	__asm__ volatile("" ::: "memory");
	if (sim_likely(!*at) || SIM_SAB("coherent-never-syncs"))
		return;
	co_all.held = false;
	while (*at) {
		if (send(*at))
			settle_down(at);
		else
			at = &(*at)->next;
	}
}

/* Sabotage: of what was stored before the barrier the device will learn last. */
void sim_coherent_hold(void)
{
	co_all.held = true;
	for (struct sim_coherent *co = co_all.flagged; co; co = co->next) {
		for (u64 i = co->lo; i < co->hi; i++)
			co->flags[i] |= co->flags[i] & UNSENT ? HELD : 0;
	}
}

static bool any(const struct sim_coherent *co, u64 from, u64 to, u8 flag)
{
	from = trv_max(from, co->lo);
	to = trv_min(to, co->hi);
	for (u64 i = from; i < to; i++) {
		if (co->flags[i] & flag)
			return true;
	}
	return false;
}

/* How much of what is unsent does the device see? */
static enum sim_order fetch_order(struct sim_coherent *co, u64 from, u64 to)
{
	bool lingered = co->read_at && sim_now() - co->read_at >= LINGER_NS;
	enum sim_order order;

	if (!any(co, from, to, UNSENT) || (lingered && !SIM_SAB("coherent-never-syncs")))
		return SIM_ORDER_CHOSEN;
	if (co_all.order)
		return co_all.order;
	order = (enum sim_order)sim_choose(SIM_K_ORDER, 3, co->map->site);
	if (order == SIM_ORDER_LATE)
		sim_means("the device does not see yet what the CPU stored and no barrier ordered");
	else if (order)
		sim_means("the device sees the CPU's newest store before those that came earlier");
	return order;
}

static bool hidden(const struct sim_coherent *co, u64 i, enum sim_order order)
{
	if (!(co->flags[i] & UNSENT))
		return false;
	if (co_all.held)
		return co->flags[i] & HELD;
	if (order == SIM_ORDER_NEWEST)
		return co_all.newest.in != co || i < co_all.newest.from || i >= co_all.newest.to;
	return order == SIM_ORDER_LATE;
}

void sim_coherent_fetch(const struct sim_map *m, u64 off, void *dst, u32 len)
{
	struct sim_coherent *co = m->second;
	const struct sim_site *site = co_all.newest.site;
	u8 *bytes = dst;
	enum sim_order order;
	u64 missed = m->len;

	memcpy(bytes, m->buf + off, len);
	if (sim_likely(!meets(co, off, off + len)))
		return;
	order = fetch_order(co, off, off + len);
	for (u64 i = trv_max(off, co->lo); i < trv_min(off + len, co->hi); i++) {
		bool hide = hidden(co, i, order);

		if (hide || co->flags[i] & UNSEEN)
			bytes[i - off] = m->view[i];
		if (hide)
			missed = trv_min(missed, i);
		else
			set_flags(co, i, co->flags[i] & (u8) ~(UNSENT | HELD));
	}
	if (missed == m->len)
		return;
	co->read_at = co->read_at ?: sim_now();
	blame(SIM_DMA_ORDER, site ?: sim_site_of_pc(co_all.newest.pc),
	      order == SIM_ORDER_NEWEST ?
		      "the device saw the newest store here or elsewhere, not earlier ones" :
		      "the device did not see yet what was stored",
	      m, missed);
}

/* ---- stores of the device's ---------------------------------------------- */

static void collect(struct sim_coherent *co)
{
	struct sim_map *m = co->map;

	if (SIM_SAB("coherent-never-syncs"))
		return;
	for (u64 i = co->lo; i < co->hi; i++) {
		if (!(co->flags[i] & UNSEEN))
			continue;
		m->buf[i] = m->view[i];
		set_flags(co, i, co->flags[i] & (u8)~UNSEEN);
	}
}

void sim_dma_collect(const struct trv_dev *dev)
{
	__asm__ volatile("" ::: "memory");
	for (struct sim_coherent *co = co_all.flagged; co; co = co->next) {
		if (!sim_event_pending(&co->settles) || (dev && co->map->dev != dev))
			continue;
		sim_event_cancel(&co->settles);
		collect(co);
	}
}

static void lingered(void *arg)
{
	collect(arg);
}

/* How much of @len bytes is there for the CPU at once: from *@from to before *@to of them. */
static void arrive_at_once(const struct sim_map *m, u32 len, u32 *from, u32 *to)
{
	static const char *const first_seen[] = { "", "the last word", "the first word",
						  "nothing" };
	enum { ALL, LAST, FIRST, NONE } how = ALL;

	*from = 0;
	*to = len;
	if (co_all.order)
		how = len > WORD ? LAST : ALL;
	else if (len > WORD)
		how = sim_choose(SIM_K_ORDER, 4, m->site);
	else if (sim_choose(SIM_K_ORDER, 2, m->site))
		how = NONE;
	if (how && !co_all.order)
		sim_means("of what the device wrote the CPU sees %s at first", first_seen[how]);
	if (how == LAST)
		*from = (len - 1) & ~(u32)(WORD - 1);
	else if (how == FIRST)
		*to = WORD;
	else if (how == NONE)
		*to = 0;
}

/* Will the device store something else there when it was seen? */
static bool restless(struct sim_map *m)
{
	u32 how = co_all.restless ? 1 : sim_choose(SIM_K_VALUE, 3, m->site);

	if (!how)
		return false;
	sim_means("what the device wrote becomes %s once it was loaded",
		  how == 1 ? "all ones" : "zero");
	m->dev->hostile = true;
	m->second->restless = how == 1 ? 0xff : 0x00;
	return true;
}

void sim_coherent_store(struct sim_map *m, u64 off, const void *src, u32 len)
{
	struct sim_coherent *co = m->second;
	const u8 *bytes = src;
	u8 flag = restless(m) ? RESTLESS : 0;
	bool unseen = false;
	u32 from, to;

	arrive_at_once(m, len, &from, &to);
	if (sim_likely(!flag && to - from == len && !meets(co, off, off + len))) {
		memcpy(m->buf + off, src, len);
		return;
	}
	flag_range(co, off, off + len);
	for (u32 i = 0; i < len; i++) {
		u64 at = off + i;

		if (i >= from && i < to) {
			m->buf[at] = bytes[i];
			set_flags(co, at, flag);
		} else {
			/* Where both have news, the CPU's stay: nobody could know better. */
			m->view[at] = bytes[i];
			set_flags(co, at, co->flags[at] & UNSENT ? UNSENT : UNSEEN | flag);
			unseen = true;
		}
	}
	if (unseen)
		sim_event_in(&co->settles, LINGER_NS);
}

/* The CPU is about to load bytes of which some are odd. */
void sim_coherent_loading(const void *p, size_t n, const struct sim_site *site, const void *pc)
{
	const struct sim_block *b = sim_block_find(p);
	struct sim_map *m = b->maps;
	struct sim_coherent *co = m->second;
	u64 from = (u64)((const u8 *)p - m->buf);

	for (u64 i = trv_max(from, co->lo); i < trv_min(from + n, co->hi); i++) {
		u8 flags = co->flags[i];

		if (flags & UNSEEN) {
			blame(SIM_DMA_ORDER, site ?: sim_site_of_pc(pc),
			      "the CPU did not see yet what the device wrote", m, i);
		} else if (flags & LOADED) {
			m->buf[i] = co->restless;
			set_flags(co, i, 0);
			blame(SIM_DOUBLE_FETCH, site ?: sim_site_of_pc(pc),
			      "loaded again, and the device had changed it meanwhile", m, i);
		} else if (flags & RESTLESS) {
			co->flags[i] |= LOADED;
		}
	}
}

/* ---- life ---------------------------------------------------------------- */

void sim_coherent_init(struct sim_map *m)
{
	struct sim_coherent *co = sim_own(sizeof(*co));

	if (!all_flags) {
		all_flags = sim_reserve(NULL, SIM_ARENA_SIZE, "the flags of coherent memory");
		all_views = sim_reserve(NULL, SIM_ARENA_SIZE, "the devices' side of memory");
	}
	co->map = m;
	co->flags = all_flags + in_arena(co);
	m->view = all_views + in_arena(co);
	sim_event_init(&co->settles, NULL, lingered, co);
	m->second = co;
}

void sim_coherent_exit(struct sim_map *m)
{
	struct sim_coherent *co = m->second;
	struct sim_coherent **at = &co_all.flagged;

	sim_event_cancel(&co->settles);
	while (*at && *at != co)
		at = &(*at)->next;
	if (*at)
		settle_down(at);
	if (co_all.newest.in == co)
		co_all.newest.in = NULL;
	m->second = NULL;
}
