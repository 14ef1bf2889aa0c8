// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The life of a device: in which order driver and class are called, and what
 * the core does itself in between. The same in every leg.
 *
 *	UNBOUND --probe--> BOUND --suspend--> SUSPENDED --resume--> BOUND
 *	BOUND --shutdown--> STOPPED, SUSPENDED --failed resume--> STOPPED
 *	any --remove--> UNBOUND
 */
#include <core/core.h>

/* A device that cannot be told any more cannot do DMA either, unless it lies. */
static void bus_master_off(struct trv_dev *dev)
{
	int rc = trv_bus_master(dev, false);

	if (rc && rc != -ENODEV)
		trv_err(dev, "bus master cannot be turned off: error %d", -rc);
}

static void forget(struct trv_dev *dev, struct trv_dev_core *core)
{
	if (core->priv)
		trv_free(dev, core->priv, core->drv->priv_size);
	trv_set_drvdata(dev, NULL);
	core->priv = NULL;
	core->drv = NULL;
	core->id = NULL;
	core->state = TRV_DEV_UNBOUND;
}

int trv_core_probe(struct trv_dev *dev, const struct trv_driver *drv)
{
	struct trv_dev_core *core = trv_dev_core(dev);
	const struct trv_pci_id *id = NULL;
	int rc;

	if (core->state != TRV_DEV_UNBOUND)
		return -EBUSY;
	if (drv)
		id = trv_pci_match(drv->ids, trv_dev_ident(dev));
	else
		drv = trv_driver_find(trv_dev_ident(dev), &id);
	if (!drv || (drv->ids && !id))
		return -ENODEV;

	core->drv = drv;
	core->id = id;
	if (drv->priv_size) {
		core->priv = trv_zalloc(dev, drv->priv_size, TRV_SLEEP);
		if (!core->priv) {
			forget(dev, core);
			return -ENOMEM;
		}
	}
	trv_set_drvdata(dev, core->priv);

	rc = drv->probe(dev, id);
	if (rc) {
		bus_master_off(dev);
		forget(dev, core);
		return rc;
	}
	core->state = TRV_DEV_BOUND;
	return 0;
}

/* The device is quiet afterwards, by its own means and then by the bus's. */
static void stop(struct trv_dev *dev, struct trv_dev_core *core)
{
	if (core->drv->stop)
		core->drv->stop(dev);
	bus_master_off(dev);
}

void trv_core_remove(struct trv_dev *dev)
{
	struct trv_dev_core *core = trv_dev_core(dev);

	if (core->state == TRV_DEV_UNBOUND)
		return;
	trv_blk_drain_dev(dev);
	stop(dev, core);
	if (core->drv->remove)
		core->drv->remove(dev);
	forget(dev, core);
}

void trv_core_shutdown(struct trv_dev *dev)
{
	struct trv_dev_core *core = trv_dev_core(dev);

	if (core->state != TRV_DEV_BOUND && core->state != TRV_DEV_SUSPENDED)
		return;
	trv_blk_drain_dev(dev);
	stop(dev, core);
	core->state = TRV_DEV_STOPPED;
}

int trv_core_suspend(struct trv_dev *dev)
{
	struct trv_dev_core *core = trv_dev_core(dev);
	int rc;

	if (core->state != TRV_DEV_BOUND)
		return -EINVAL;
	if (!core->drv->suspend || !core->drv->resume)
		return -EOPNOTSUPP;
	trv_blk_quiesce_dev(dev);
	rc = core->drv->suspend(dev);
	if (rc) {
		trv_blk_resume_dev(dev);
		return rc;
	}
	bus_master_off(dev);
	core->state = TRV_DEV_SUSPENDED;
	return 0;
}

int trv_core_resume(struct trv_dev *dev)
{
	struct trv_dev_core *core = trv_dev_core(dev);
	int rc;

	if (core->state != TRV_DEV_SUSPENDED)
		return -EINVAL;
	rc = trv_bus_master(dev, true);
	if (!rc)
		rc = core->drv->resume(dev);
	if (rc) {
		stop(dev, core);
		core->state = TRV_DEV_STOPPED;
		trv_blk_drain_dev(dev);
		return rc;
	}
	core->state = TRV_DEV_BOUND;
	trv_blk_resume_dev(dev);
	return 0;
}
