// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What happens to an edu device while its driver is at work. */
#include "edu_try.h"

enum { LONG = 100000 }; /* a factorial that takes a millisecond */

/** struct job - an operation in a task of its own */
struct job {
	struct trv_dev *dev;
	u8 *buf;
	int rc;
	u32 result;
	bool done;
};

static void factorial_task(void *arg)
{
	struct job *job = arg;

	sim_entry_begin("edu_factorial", NULL);
	job->rc = edu_factorial(job->dev, LONG, &job->result);
	sim_entry_end();
	job->done = true;
}

static void copy_task(void *arg)
{
	struct job *job = arg;

	sim_entry_begin("edu_copy_out", NULL);
	job->rc = edu_copy_out(job->dev, 0, job->buf, EDU_BUF_LEN);
	sim_entry_end();
	job->done = true;
}

static bool under_way(void *arg)
{
	struct job *job = arg;

	return job->done || sim_edu_busy(job->dev);
}

/* Start it on the other CPU; come back when the device is at it. */
static struct sim_task *start(struct job *job, void (*fn)(void *arg))
{
	struct sim_task *task = sim_task_start("job", 1, fn, job);

	sim_wait(under_way, job, ~0ULL);
	return task;
}

static void remove_while(const char *spec, void (*fn)(void *arg), int want)
{
	struct job job = { .dev = edu_up(spec), .buf = sim_buf(EDU_BUF_LEN) };
	struct sim_task *task;

	if (!job.dev)
		return;
	task = start(&job, fn);
	sim_unbind(job.dev);
	sim_task_join(task);
	if (!sim_deviated())
		sim_expect_eq(job.rc, want);
	if (!edu_bind(job.dev)) {
		edu_check_all(job.dev);
		sim_unbind(job.dev);
	}
}

SIM_SCENARIO(edu_remove_factorial, "edu/remove-during-factorial",
	     "removal withdraws a factorial under way, and the next driver finds the device usable")
{
	remove_while("edu", factorial_task, -ECANCELED);
}

SIM_SCENARIO(edu_remove_poll, "edu/remove-during-poll", "the same where the driver polls")
{
	remove_while("edu,intx=off,msi=off", factorial_task, -ECANCELED);
}

SIM_SCENARIO(edu_remove_dma, "edu/remove-during-dma",
	     "removal waits for a transfer, which succeeds")
{
	remove_while("edu", copy_task, 0);
}

static void unplug_while(const char *spec, void (*fn)(void *arg))
{
	struct job job = { .dev = edu_up(spec), .buf = sim_buf(EDU_BUF_LEN) };
	struct sim_task *task;
	u32 result;
	int rc;

	if (!job.dev)
		return;
	task = start(&job, fn);
	sim_unplug(job.dev);
	sim_task_join(task);
	sim_expect(job.rc == -ENODEV || sim_deviated());
	sim_expect(edu_factorial(job.dev, 3, &result));
	sim_expect(edu_liveness(job.dev));
	sim_unbind(job.dev);
	rc = sim_bind(job.dev);
	sim_expect(rc == -ENODEV || (rc && sim_deviated()));
}

SIM_SCENARIO(edu_unplug, "edu/unplug", "the device leaves while it computes: -ENODEV, for ever")
{
	unplug_while("edu", factorial_task);
}

SIM_SCENARIO(edu_unplug_poll, "edu/unplug-poll", "the same where the driver polls")
{
	unplug_while("edu,intx=off,msi=off", factorial_task);
}

SIM_SCENARIO(edu_unplug_dma, "edu/unplug-dma", "the device leaves during a transfer")
{
	unplug_while("edu,msi=off", copy_task);
}

SIM_SCENARIO(edu_shared, "edu/shared-line", "two devices on one line, both at work")
{
	struct trv_dev *a = sim_plug("edu,msi=off"), *b = sim_plug("edu,msi=off");
	struct job job = { .dev = b, .buf = sim_buf(EDU_BUF_LEN) };
	struct sim_task *task;

	sim_irq_wire(a, 2);
	sim_irq_wire(b, 2);
	if (edu_bind(a))
		return;
	if (!edu_bind(b)) {
		task = start(&job, factorial_task);
		edu_check_all(a);
		sim_task_join(task);
		sim_expect(!job.rc || sim_class_reached() > SIM_SCHEDULE);
		/* Each handler heard the other's interrupts too. */
		if (!sim_deviated())
			sim_expect(sim_irq_count(a, 0) > 4);
		sim_unbind(b);
	}
	edu_check_all(a);
	sim_unbind(a);
}

SIM_SCENARIO(edu_two, "edu/two-tasks", "two tasks want the same device")
{
	struct job job = { .dev = edu_up("edu") };
	struct sim_task *task;

	if (!job.dev)
		return;
	task = start(&job, factorial_task);
	edu_check_all(job.dev);
	sim_task_join(task);
	sim_expect(!job.rc || sim_class_reached() > SIM_SCHEDULE);
	if (!job.rc)
		sim_expect_eq(job.result, 0);
	sim_unbind(job.dev);
}

SIM_SCENARIO(edu_dirty, "edu/dirty", "firmware left it computing, with its interrupt asserted")
{
	struct trv_dev *dev = edu_up("edu,msi=off,dirty=on");

	if (!dev)
		return;
	edu_check_all(dev);
	sim_unbind(dev);
}

static void settle(struct trv_dev *dev)
{
	sim_sleep(2 * EDU_STUCK_NS);
	sim_unbind(dev);
	if (!edu_bind(dev)) {
		edu_check_all(dev);
		sim_unbind(dev);
	}
}

SIM_SCENARIO(edu_stuck_dma, "edu/stuck-dma",
	     "a transfer that does not end writes to nobody's memory later")
{
	struct trv_dev *dev = edu_up("edu");
	u8 *buf = sim_buf(EDU_BUF_LEN);
	u32 result;
	int rc;

	if (!dev)
		return;
	sim_edu_stall(dev, EDU_STUCK_NS);
	rc = edu_copy_out(dev, 0, buf, EDU_BUF_LEN);
	sim_expect(rc == -ETIMEDOUT || (rc && sim_deviated()));
	/* It was given up on, unless the transfer was never started. */
	rc = edu_factorial(dev, 3, &result);
	sim_expect(rc == -EIO || sim_deviated());
	settle(dev);
}

SIM_SCENARIO(edu_stuck_factorial, "edu/stuck-factorial",
	     "a factorial that does not end keeps the next from starting, until it does")
{
	struct trv_dev *dev = edu_up("edu");
	u32 result;

	if (!dev)
		return;
	sim_edu_stall(dev, EDU_STUCK_NS);
	for (u32 i = 0; i < 2; i++) {
		int rc = edu_factorial(dev, 3, &result);

		sim_expect(rc == -ETIMEDOUT || (rc && sim_class_reached() == SIM_HOSTILE));
	}
	sim_sleep(2 * EDU_STUCK_NS);
	edu_check_all(dev);
	settle(dev);
}

SIM_SCENARIO(edu_sleep, "edu/suspend", "suspend, power lost, resume; twice")
{
	struct trv_dev *dev = edu_up("edu,dirty=on");
	u32 result;

	if (!dev)
		return;
	for (u32 i = 0; i < 2; i++) {
		if (sim_suspend(dev)) {
			sim_expect(sim_class_reached() == SIM_HOSTILE);
			break;
		}
		sim_expect_eq(edu_factorial(dev, 3, &result), -ECANCELED);
		dev->model->reset(dev);
		if (sim_resume(dev)) {
			sim_expect(sim_class_reached() > SIM_SCHEDULE);
			break;
		}
		edu_check_all(dev);
	}
	sim_unbind(dev);
}

SIM_SCENARIO(edu_down, "edu/shutdown", "after shutdown nothing moves, and remove still works")
{
	struct trv_dev *dev = edu_up("edu");
	u32 result;

	if (!dev)
		return;
	sim_shutdown(dev);
	sim_expect(!sim_edu_busy(dev) || sim_deviated());
	sim_expect(edu_factorial(dev, 3, &result));
	sim_unbind(dev);
}

SIM_SCENARIO(edu_flr, "edu/reset", "a function reset keeps configuration space, not the registers")
{
	struct trv_dev *dev = edu_up("edu,flr=on");

	if (!dev)
		return;
	sim_expect_eq(trv_dev_reset(dev), dev->gone ? -ENODEV : 0);
	edu_check_all(dev);
	sim_unbind(dev);
}

SIM_SCENARIO(edu_other, "edu/not-edu", "a device that says it is something else is left alone")
{
	struct trv_dev *dev = sim_plug("edu");

	sim_edu_pose(dev, 0x010000ee);
	sim_expect(sim_bind(dev) < 0);
	sim_expect(!sim_pci_master(dev));
	sim_edu_pose(dev, 0);
	if (edu_bind(dev))
		return;
	edu_check_all(dev);
	sim_unbind(dev);
}
