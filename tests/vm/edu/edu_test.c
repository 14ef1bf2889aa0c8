// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The edu driver, unchanged, in a module that lets a script call it:
 *
 *	/bin/echo DEVICE OPERATION >/sys/module/trivet_edu_test/parameters/run
 *
 * works	all the device can do, with answers that are known; with the device's lock held
 * long		something that takes the device some 0.5 s; the driver may be unbound meanwhile
 * raise	RAISES interrupts, one after the other, each of which has to come; EILSEQ: without one
 *
 * An error of the driver's is the write's; an answer that is wrong is EILSEQ.
 */
#include <drivers/edu/edu.c>

#include <linux/string.h>

#include <os/linux-kmod/kmod.h>

/* Not to the buffer's last byte: QEMU 7.2 takes that for out of bounds, and aborts. */
enum { LEN = 4000, ROUNDS = 2 };

enum { RAISES = 100, RAISE_US = 30000000 };

/* So many multiplications. */
#define LONG_NUMBER (1U << 29)

static int there_and_back(struct trv_dev *dev, u8 *in, u8 *out, u8 round)
{
	int rc;

	for (u32 i = 0; i < LEN; i++)
		in[i] = (u8)(i * 7 + i / 256 + round);
	memset(out, 0, LEN);
	rc = edu_copy_in(dev, 0, in, LEN);
	if (!rc)
		rc = edu_copy_out(dev, 0, out, LEN);
	return rc ?: memcmp(in, out, LEN) ? -EILSEQ : 0;
}

static int copies(struct trv_dev *dev)
{
	u8 *in = trv_alloc(dev, LEN, TRV_SLEEP), *out = trv_alloc(dev, LEN, TRV_SLEEP);
	int rc = in && out ? 0 : -ENOMEM;

	for (u8 round = 0; !rc && round < ROUNDS; round++)
		rc = there_and_back(dev, in, out, round);
	trv_free(dev, in, LEN);
	trv_free(dev, out, LEN);
	return rc;
}

static int works(struct trv_dev *dev)
{
	u32 result = 0;
	int rc = edu_liveness(dev);

	if (!rc)
		rc = edu_factorial(dev, 12, &result);
	if (!rc && result != 479001600)
		rc = -EILSEQ;
	return rc ?: copies(dev);
}

/* Each is waited for, by nothing else than its handler. */
static int raise_many(struct trv_dev *dev)
{
	struct edu *edu = trv_drvdata(dev);
	int rc = edu->irq ? 0 : -EILSEQ;

	for (u32 i = 0; !rc && i < RAISES; i++) {
		rc = edu_begin(edu);
		if (rc)
			break;
		trv_write32(edu->regs, EDU_IRQ_RAISE, EDU_IRQ_STATUS_FACTORIAL);
		rc = trv_event_wait(&edu->done, RAISE_US);
		edu_end(edu);
	}
	return rc;
}

static int run_on(struct device *d, const char *operation)
{
	struct kmod_dev *kd;
	u32 result;
	int rc = -EINVAL;

	device_lock(d);
	kd = d->driver && d->driver->owner == THIS_MODULE ? dev_get_drvdata(d) : NULL;
	if (!kd)
		rc = -ENODEV;
	else if (sysfs_streq(operation, "works"))
		rc = works(&kd->dev);
	else if (sysfs_streq(operation, "raise"))
		rc = raise_many(&kd->dev);
	device_unlock(d);
	/* Its end is before the driver's. */
	if (kd && sysfs_streq(operation, "long"))
		rc = edu_factorial(&kd->dev, LONG_NUMBER, &result);
	return rc;
}

static int run_set(const char *val, const struct kernel_param *param)
{
	char name[32], operation[32];
	struct device *d;
	int rc;

	if (sscanf(val, "%31s %31s", name, operation) != 2)
		return -EINVAL;
	d = bus_find_device_by_name(&pci_bus_type, NULL, name);
	if (!d)
		return -ENODEV;
	rc = run_on(d, operation);
	put_device(d);
	return rc;
}

static const struct kernel_param_ops run_ops = { .set = run_set };
module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "DEVICE works|long|raise");
