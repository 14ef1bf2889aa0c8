// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Somebody leaves, or wants to sleep, or asks for the disc, while a mishap is
 * under way, or what it calls for is due and has not begun. At many moments, on
 * nice days alone.
 */
#include "aftermath.h"

/* From the request on, in microseconds; the first is not waited for, and AT_ITS_END is not a time. */
#define AT_ITS_END (~0ULL)
static const u64 moments[] = {
	0,	20,	150,	400,	2000,	5000,	 60000,	  300000,  499000,  500100,
	501000, 502500, 503500, 560000, 700000, 1200000, 3000000, 6000000, 9000000, AT_ITS_END,
};

static const struct am_rig *const rigs[] = { &am_disks,	 &am_cd_first, &am_cd_second,
					     &am_by_pio, &am_polled,   &am_shared };

/* Under way: the mishap, and a request to the other drive and one to the other channel. */
struct crowd {
	struct scn_io io[3];
	u32 n;
	struct sim_task *task;
	struct trv_disk *cd;
	bool asked;
};

static void ask(void *arg)
{
	struct crowd *c = arg;

	(void)!trv_disk_check_events(c->cd);
	c->asked = true;
}

static bool over(void *arg)
{
	return scn_is_done(arg);
}

static void gather(struct am *a, struct crowd *c, const struct am_mishap *m, u32 unit, u64 us)
{
	*c = (struct crowd){ 0 };
	am_is(a, am_begin(a, m, unit, &c->io[c->n++]), 0, "submit");
	am_is(a, scn_submit(&a->s, &c->io[c->n++], !unit, TRV_REQ_READ, 40, 4), 0, "submit");
	am_is(a, scn_submit(&a->s, &c->io[c->n++], 2, TRV_REQ_WRITE, 40, 4), 0, "submit");
	for (struct trv_disk *d = trv_disk_first(a->s.dev); d; d = trv_disk_next(d))
		if (trv_disk_info(d)->flags & TRV_DISK_REMOVABLE)
			c->cd = d;
	if (c->cd)
		c->task = sim_task_start("events", 1, ask, c);
	if (us == AT_ITS_END)
		sim_expect(sim_wait(over, &c->io[0], 60000 * AM_MS));
	else if (us)
		sim_sleep(us * 1000);
}

/* All of them are over; @only is what they may have failed with, beside what the mishap ends with. */
static void disperse(struct am *a, struct crowd *c, const struct am_mishap *m, int only)
{
	while (c->n--) {
		int rc = scn_end(&c->io[c->n]);
		bool own = !c->n && rc == m->rc;

		/* It waits behind the mishap, and for no longer than a request may. */
		if (rc && rc != only && !own && rc != -ETIMEDOUT)
			sim_fail(SIM_EXPECT, SIM_SITE, "%s: request %u returned %d", m->name, c->n,
				 rc);
	}
	if (c->task)
		sim_task_join(c->task);
	am_idle(a);
}

static void dirty_all(struct am *a)
{
	for (u32 unit = 0; unit < IDE_DRIVES; unit++)
		if (ide_caps(a->s.dev, unit)->present && !ide_is_cd(a->s.dev, unit))
			am_is(a, am_write(a, unit, 60, 4), 0, "a write");
}

static void all_flushed(struct am *a, const struct am_mishap *m)
{
	for (u32 unit = 0; unit < IDE_DRIVES; unit++)
		if (ide_caps(a->s.dev, unit)->write_cache && !ide_is_cd(a->s.dev, unit) &&
		    ide_stats(a->s.dev, unit)->dirty && m->lasts != AM_LOST)
			sim_fail(SIM_EXPECT, SIM_SITE, "%s: the cache of drive %u was not flushed",
				 m->name, unit);
}

static void took(u64 since, u64 ms, const char *what, const struct am_mishap *m)
{
	if (sim_now() - since > ms * AM_MS)
		sim_fail(SIM_EXPECT, SIM_SITE, "%s took %llu ms, during %s", what,
			 (unsigned long long)((sim_now() - since) / AM_MS), m->name);
}

/* ---- the ways out ------------------------------------------------------------- */

enum { GONE_MS = 3 * AM_TIMEOUT_MS, LEAVE_MS = 90000 };

static void pulled_out(struct am *a, const struct am_mishap *m, u32 unit, u64 us)
{
	struct crowd c;
	u64 since;

	gather(a, &c, m, unit, us);
	since = sim_now();
	sim_unplug(a->s.dev);
	disperse(a, &c, m, -ENODEV);
	took(since, GONE_MS, "the end of all requests", m);
	since = sim_now();
	sim_expect(scn_read(&a->s, 2, 3, 1) < 0);
	sim_expect(scn_read(&a->s, !unit, 3, 1) < 0);
	if (c.cd)
		sim_expect(trv_disk_check_events(c.cd) < 0);
	took(since, GONE_MS, "a new request's end", m);
	since = sim_now();
	sim_unbind(a->s.dev);
	took(since, GONE_MS, "the removal", m);
}

static void shut_down(struct am *a, const struct am_mishap *m, u32 unit, u64 us)
{
	struct crowd c;
	u64 since;

	dirty_all(a);
	gather(a, &c, m, unit, us);
	since = sim_now();
	sim_shutdown(a->s.dev);
	took(since, LEAVE_MS, "the shutdown", m);
	all_flushed(a, m);
	disperse(a, &c, m, -ENODEV);
	scn_quiet(&a->s);
	sim_unbind(a->s.dev);
}

static void removed(struct am *a, const struct am_mishap *m, u32 unit, u64 us)
{
	struct crowd c;
	u64 since;

	dirty_all(a);
	gather(a, &c, m, unit, us);
	if (c.task)
		sim_task_join(c.task);
	c.task = NULL;
	since = sim_now();
	sim_unbind(a->s.dev);
	took(since, LEAVE_MS, "the removal", m);
	all_flushed(a, m);
	disperse(a, &c, m, -ENODEV);
	scn_quiet(&a->s);
	ide_faults_clear(a->s.dev);
	if (scn_bind(&a->s)) {
		am_life(a);
		am_down(a);
	}
}

static void slept(struct am *a, const struct am_mishap *m, u32 unit, u64 us)
{
	struct crowd c;

	dirty_all(a);
	gather(a, &c, m, unit, us);
	am_is(a, sim_suspend(a->s.dev), 0, "suspend");
	all_flushed(a, m);
	ide_power_cut(a->s.dev);
	am_is(a, sim_resume(a->s.dev), 0, "resume");
	disperse(a, &c, m, -ENOMEDIUM);
	am_sleep(a);
	/* Awake it is survived as before. CRC errors are remembered, by right. */
	if (m->fault[0].kind != IDE_F_ICRC && am_suits(a, m, unit))
		am_happen(a, m, unit);
	am_life(a);
	am_down(a);
}

/* ---- all moments ---------------------------------------------------------------- */

/* Each mishap, at each @step-th moment, not always the same ones. */
static void sweep(void (*leave)(struct am *a, const struct am_mishap *m, u32 unit, u64 us),
		  u32 step)
{
	u32 turn = 0;

	for (u32 i = 0; i < am_n_mishaps; i++) {
		const struct am_mishap *m = &am_mishaps[i];

		for (u32 t = i % step; t < TRV_ARRAY_SIZE(moments); t += step, turn++) {
			const struct am_rig *rig = rigs[turn % TRV_ARRAY_SIZE(rigs)];
			struct am a;

			if (!am_up(&a, rig))
				return;
			if (am_suits(&a, m, turn / 2 % 2))
				leave(&a, m, turn / 2 % 2, moments[t]);
			else if (am_suits(&a, m, !(turn / 2 % 2)))
				leave(&a, m, !(turn / 2 % 2), moments[t]);
			else
				am_down(&a);
			/* The slot is the next one's. */
			sim_unplug(a.s.dev);
		}
	}
}

SIM_SCENARIO_LONG(leave_gone, "ide/aftermath-unplug",
		  "pulled out at many moments of each mishap: all ends, and soon")
{
	sweep(pulled_out, 1);
}

SIM_SCENARIO_LONG(leave_down, "ide/aftermath-shutdown",
		  "shut down at many moments of each mishap: the caches are flushed")
{
	sweep(shut_down, 3);
}

SIM_SCENARIO_LONG(leave_unbind, "ide/aftermath-remove",
		  "removed at many moments of each mishap, and bound again")
{
	sweep(removed, 3);
}

SIM_SCENARIO_LONG(leave_sleep, "ide/aftermath-sleep",
		  "put to sleep at many moments of each mishap, and once more after it")
{
	sweep(slept, 3);
}
