// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Posted writes. A write to a memory BAR may stay in a bridge for a while; a
 * read of the device, or an access that cannot be posted, pushes it ahead.
 * Nothing but that and time moves it: not a delay that is too short, not a
 * call that never reaches the device.
 */
#include <os/test-sim/mem.h>
#include <os/test-sim/pci.h>
#include <os/test-sim/sabotage.h>
#include <os/test-sim/trace.h>

enum {
	DEPTH = 16,
	LINGER_NS = 2000, /* the longest a write stays by itself */
};

struct sim_posted {
	struct sim_event event;
	u32 n;
	struct {
		u32 bar, off, bytes;
		u64 val;
	} writes[DEPTH];
};

static void arrive(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val)
{
	if (SIM_SAB("write-splits") && bytes == 4) {
		dev->model->write(dev, bar, off, 2, val & 0xffff);
		dev->model->write(dev, bar, off + 2, 2, val >> 16);
		return;
	}
	dev->model->write(dev, bar, off, bytes, val);
}

void sim_post_flush(struct trv_dev *dev)
{
	struct sim_posted *p = dev->posted;
	u32 n = p->n;

	if (!n)
		return;
	p->n = 0;
	sim_event_cancel(&p->event);
	for (u32 i = 0; i < n && !dev->gone; i++) {
		/* It may be the one before that resets. */
		sim_reset_check(dev, "a posted write arrives");
		sim_trace_note(SIM_T_ARRIVE, dev, NULL,
			       (u64)p->writes[i].bar << 32 | p->writes[i].off, p->writes[i].val,
			       p->writes[i].bytes);
		arrive(dev, p->writes[i].bar, p->writes[i].off, p->writes[i].bytes,
		       p->writes[i].val);
	}
}

static void linger_end(void *arg)
{
	sim_post_flush(arg);
}

void sim_post_init(struct trv_dev *dev)
{
	dev->posted = sim_own(sizeof(*dev->posted));
	sim_event_init(&dev->posted->event, "posted write", linger_end, dev);
}

void sim_post_drop(struct trv_dev *dev)
{
	dev->posted->n = 0;
	sim_event_cancel(&dev->posted->event);
}

static bool posts(const struct trv_dev *dev, u32 bar, bool relaxed)
{
	if (dev->bars[bar].kind != SIM_BAR_MEM32 && dev->bars[bar].kind != SIM_BAR_MEM64)
		return false;
	if (dev->posted->n || SIM_SAB("read-passes-write"))
		return true;
	if (relaxed ? SIM_SAB("write-relaxed-passes") || SIM_SAB("read-relaxed-passes") :
		      SIM_SAB("write-reorders"))
		return true;
	if (!sim_choose(SIM_K_POST, 2, sim_here()))
		return false;
	sim_means("this write stays in flight until a read pushes it, or %u us have passed",
		  LINGER_NS / 1000);
	return true;
}

void sim_post_write(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val, bool relaxed)
{
	struct sim_posted *p = dev->posted;
	u32 at;

	if (!posts(dev, bar, relaxed)) {
		sim_post_flush(dev);
		arrive(dev, bar, off, bytes, val);
		return;
	}
	if (p->n == DEPTH)
		sim_post_flush(dev);
	if (!p->n)
		sim_event_in(&p->event, LINGER_NS);
	at = p->n++;
	if (at && (relaxed ? SIM_SAB("write-relaxed-passes") : SIM_SAB("write-reorders"))) {
		p->writes[at] = p->writes[at - 1];
		at--;
	}
	p->writes[at].bar = bar;
	p->writes[at].off = off;
	p->writes[at].bytes = bytes;
	p->writes[at].val = val;
}
