// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Virtual time: what is due when, and the entries that read or spend it. */
#include <os/test-sim/machine_priv.h>
#include <os/test-sim/trace.h>

#define MAX_EVENTS 4096
#define MAX_DELAY_NS 1000000u
/*
 * trv_time_ns() starts somewhere: long after 0, which means that something never happened, and as
 * Linux's jiffies do, soon before a common way to keep it overflows: milliseconds in 32 bits.
 */
#define EPOCH_NS ((1ULL << 32) * 1000000 - 5000000000ULL)
#define RELAX_NS 50

/* A binary heap from 1; ties in order of arming. */
struct sim_event *sim_heap[MAX_EVENTS + 1];
u32 sim_heap_n;

static bool earlier(const struct sim_event *a, const struct sim_event *b)
{
	return a->due != b->due ? a->due < b->due : (s32)(a->seq - b->seq) < 0;
}

static void place(struct sim_event *ev, u32 at)
{
	sim_heap[at] = ev;
	ev->slot = at;
}

static void sift_up(struct sim_event *ev, u32 at)
{
	for (; at > 1 && earlier(ev, sim_heap[at / 2]); at /= 2)
		place(sim_heap[at / 2], at);
	place(ev, at);
}

static void sift_down(struct sim_event *ev, u32 at)
{
	u32 child;

	for (; (child = 2 * at) <= sim_heap_n; at = child) {
		if (child < sim_heap_n && earlier(sim_heap[child + 1], sim_heap[child]))
			child++;
		if (!earlier(sim_heap[child], ev))
			break;
		place(sim_heap[child], at);
	}
	place(ev, at);
}

static void take_out(struct sim_event *ev)
{
	struct sim_event *last = sim_heap[sim_heap_n--];
	u32 at = ev->slot;

	ev->slot = 0;
	if (last == ev)
		return;
	if (at > 1 && earlier(last, sim_heap[at / 2]))
		sift_up(last, at);
	else
		sift_down(last, at);
}

void sim_event_init(struct sim_event *ev, const char *name, void (*fn)(void *arg), void *arg)
{
	*ev = (struct sim_event){ .fn = fn, .arg = arg, .name = name };
}

void sim_event_in(struct sim_event *ev, u64 delay_ns)
{
	if (ev->slot)
		take_out(ev);
	if (sim_heap_n == MAX_EVENTS)
		sim_fail(SIM_API, NULL, "more than %u events pending", MAX_EVENTS);
	ev->due = sim_m.now + delay_ns + SIM_NOISE("clock") % 2;
	if (ev->due < sim_m.now)
		ev->due = SIM_NEVER - 1;
	ev->seq = ++sim_m.event_seq;
	sift_up(ev, ++sim_heap_n);
	if (ev->due < sim_m.horizon)
		sim_m.horizon = ev->due;
}

bool sim_event_cancel(struct sim_event *ev)
{
	if (!ev->slot)
		return false;
	take_out(ev);
	return true;
}

void sim_event_run(void)
{
	struct sim_event *ev = sim_heap[1];

	take_out(ev);
	if (++sim_m.steps >= sim_m.steps_max)
		sim_hang();
	sim_m.clock = sim_m.now = ev->due;
	sim_m.device = ev;
	sim_m.horizon = 0; /* an entry called from there is noticed */
	sim_at(NULL);
	if (ev->name)
		sim_trace(SIM_T_EVENT, NULL, ev->name, 0, 0, 0);
	ev->fn(ev->arg);
	sim_m.device = NULL;
}

void sim_clock_reset(void)
{
	for (u32 i = 1; i <= sim_heap_n; i++)
		sim_heap[i] = NULL;
	sim_heap_n = 0;
}

u64 sim_now(void)
{
	return sim_m.now;
}

u64 sim_steps(void)
{
	return sim_m.steps;
}

void sim_budget(u64 steps, u64 ns)
{
	sim_m.steps_max = steps;
	sim_m.time_max = ns;
	sim_poke();
}

u64 sim_saturate(u64 us)
{
	return us > SIM_NEVER / 1000 ? SIM_NEVER : us * 1000;
}

/* ---- entries ------------------------------------------------------------- */

#undef trv_time_ns
#undef trv_cpu_relax

u64 trv_time_ns(void)
{
	sim_enter("time_ns", SIM_ANY, SIM_COST_CALL);
	if (SIM_SAB("time-stands"))
		return EPOCH_NS;
	if (SIM_SAB("time-backwards"))
		return EPOCH_NS - sim_m.now;
	if (SIM_SAB("time-per-cpu"))
		return EPOCH_NS + sim_m.now - 50000000 * sim_cpu();
	return EPOCH_NS + sim_m.now;
}

void trv_cpu_relax(void)
{
	if (SIM_SAB("relax-alone"))
		return;
	sim_enter("cpu_relax", SIM_ANY, RELAX_NS);
	sim_yield();
}

static void delay(const char *entry, u64 ns)
{
	u64 begun;

	sim_enter(entry, SIM_ANY, SIM_COST_CALL);
	begun = sim_m.now;
	if (ns > MAX_DELAY_NS)
		sim_fail(SIM_API, NULL, "trv_%s() of %llu us: more than 1,000 are slept, not spun",
			 entry, (unsigned long long)(ns / 1000));
	sim_busy_until(sim_m.now + ns);
	sim_trace_note(SIM_T_WAIT, NULL, "out a delay", sim_m.exec->n_frames, sim_m.now - begun, 0);
}

void trv_delay_ns(u32 ns)
{
	delay("delay_ns", SIM_SAB("delay-ns-short") ? ns / 2 : ns);
}

void trv_delay_us(u32 us)
{
	delay("delay_us", (u64)us * (SIM_SAB("delay-us-short") ? 500 : 1000));
}

void trv_sleep_us(u64 us)
{
	sim_enter("sleep_us", SIM_SLEEPS, SIM_COST_CALL);
	if (SIM_SAB("sleep-short"))
		us /= 2;
	if (SIM_SAB("sleep-spins")) {
		sim_busy_until(sim_m.now + sim_saturate(us));
		sim_m.cpu->slice_end = sim_m.now + 1000000;
		sim_m.cpu->woken = false;
		return;
	}
	sim_sleep(sim_saturate(us));
}

void sim_sleep(u64 ns)
{
	if (ns == SIM_NEVER)
		ns--;
	sim_wait(NULL, NULL, ns);
}
