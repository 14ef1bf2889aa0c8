// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Coherent memory whose two sides do not see each other at once: "strict
 * order". The CPU's stores wait until an entry that os.h says orders them
 * publishes them to the device: dma_wmb, mb, a plain register write. Of what
 * the device writes in one go the last word is there for the CPU at once, as a
 * done bit would be, and the rest is collected by dma_rmb, mb, a plain register
 * read, or an interrupt. Barriers that are missing, or do nothing, show.
 *
 * Both sides see everything after LINGER_NS all the same: order is what a
 * barrier gives, not visibility.
 */
#include <string.h>

#include <os/test-sim/dma_impl.h>
#include <os/test-sim/order.h>

#define LINGER_NS 1000000
#define WORD 4

/**
 * struct sim_coherent - the second view of a coherent block
 * @agreed:  the bytes both sides know; what differs from it in the CPU's memory or the
 *           device's view is news from that side
 * @held:    sabotage: the CPU's memory at the last dma_wmb
 * @read_at: when the device first read round news of the CPU's; 0 when there is none
 * @settles: when the CPU sees all that the device wrote
 */
struct sim_coherent {
	struct sim_map *map;
	u8 *agreed;
	u8 *held;
	bool holds;
	u64 read_at;
	struct sim_event settles;
	struct sim_coherent *next;
};

static bool strict;
static struct sim_coherent *all;

void sim_coherent_strict(bool on)
{
	strict = on;
}

void sim_coherent_reset(void)
{
	strict = false;
	all = NULL;
}

/* ---- news of the CPU's --------------------------------------------------- */

static bool cpu_has_news(const struct sim_coherent *co)
{
	return memcmp(co->map->buf, co->agreed, co->map->len);
}

static void publish(struct sim_coherent *co)
{
	struct sim_map *m = co->map;

	co->holds = false;
	co->read_at = 0;
	if (!cpu_has_news(co) || SIM_SAB("coherent-never-syncs"))
		return;
	for (u64 i = 0; i < m->len; i++) {
		if (m->buf[i] != co->agreed[i])
			m->view[i] = co->agreed[i] = m->buf[i];
	}
}

/* Everything stored so far is the devices' to see. */
void sim_dma_publish(void)
{
	/* With one view it always was: only the host's compiler must not delay it. */
	__asm__ volatile("" ::: "memory");
	for (struct sim_coherent *co = all; co; co = co->next)
		publish(co);
}

/* Sabotage: of what was stored before the barrier the device will learn last. */
void sim_coherent_hold(void)
{
	for (struct sim_coherent *co = all; co; co = co->next) {
		memcpy(co->held, co->map->buf, co->map->len);
		co->holds = true;
	}
}

static void newest_first(struct sim_coherent *co)
{
	struct sim_map *m = co->map;

	for (u64 i = 0; i < m->len; i++) {
		if (m->buf[i] != co->held[i])
			m->view[i] = m->buf[i];
	}
}

void sim_coherent_fetch(const struct sim_map *m, u64 off, void *dst, u32 len)
{
	struct sim_coherent *co = m->second;

	if (co->holds)
		newest_first(co);
	if (!co->read_at && cpu_has_news(co))
		co->read_at = sim_now();
	else if (co->read_at && sim_now() - co->read_at >= LINGER_NS)
		publish(co);
	memcpy(dst, m->view + off, len);
}

/* ---- news of the device's ------------------------------------------------ */

/* Where both have news, the CPU's stay: nobody could know better. */
static void collect(struct sim_coherent *co, u64 from, u64 to)
{
	struct sim_map *m = co->map;

	if (SIM_SAB("coherent-never-syncs"))
		return;
	for (u64 i = from; i < to; i++) {
		if (m->view[i] != co->agreed[i] && m->buf[i] == co->agreed[i])
			m->buf[i] = co->agreed[i] = m->view[i];
	}
}

void sim_dma_collect(const struct trv_dev *dev)
{
	__asm__ volatile("" ::: "memory");
	for (struct sim_coherent *co = all; co; co = co->next) {
		if (!sim_event_pending(&co->settles) || (dev && co->map->dev != dev))
			continue;
		sim_event_cancel(&co->settles);
		collect(co, 0, co->map->len);
	}
}

static void settle(void *arg)
{
	struct sim_coherent *co = arg;

	collect(co, 0, co->map->len);
}

void sim_coherent_store(struct sim_map *m, u64 off, const void *src, u32 len)
{
	struct sim_coherent *co = m->second;
	u64 last = (off + len - 1) & ~(u64)(WORD - 1);

	memcpy(m->view + off, src, len);
	collect(co, last, off + len);
	sim_event_in(&co->settles, LINGER_NS);
}

/* ---- life ---------------------------------------------------------------- */

void sim_coherent_init(struct sim_map *m)
{
	struct sim_coherent *co;

	m->view = m->buf;
	if (!strict)
		return;
	co = sim_own(sizeof(*co));
	co->map = m;
	m->view = sim_own_raw(3 * m->len);
	co->agreed = m->view + m->len;
	co->held = co->agreed + m->len;
	memcpy(m->view, m->buf, m->len);
	memcpy(co->agreed, m->buf, m->len);
	sim_event_init(&co->settles, NULL, settle, co);
	co->next = all;
	all = co;
	m->second = co;
}

void sim_coherent_exit(struct sim_map *m)
{
	struct sim_coherent **at = &all;

	if (!m->second)
		return;
	while (*at != m->second)
		at = &(*at)->next;
	*at = m->second->next;
	sim_event_cancel(&m->second->settles);
	m->second = NULL;
}
