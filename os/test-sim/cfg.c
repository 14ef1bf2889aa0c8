// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Configuration space, bus master, presence and reset: the entries of os.h. */
#include <string.h>

#include <os/test-sim/machine_priv.h>
#include <os/test-sim/mem.h>
#include <os/test-sim/pci.h>
#include <os/test-sim/sabotage.h>
#include <os/test-sim/trace.h>

enum {
	CAP_FIRST = 0x40,
	CAP_MOST = (SIM_CFG_SIZE - CAP_FIRST) / 4,
	FLR_NS = 100 * 1000 * 1000, /* PCIe 2.0, 6.6.2 */
};

/* -EINVAL, -ERANGE or -ENODEV, or a bad day. */
static int refused(struct trv_dev *dev, u32 off, u32 bytes)
{
	if (off & (bytes - 1) && !SIM_SAB("cfg-unaligned-ok"))
		return -EINVAL;
	if (off >= SIM_CFG_SIZE || bytes > SIM_CFG_SIZE - off)
		return SIM_SAB("cfg-past-end-ok") ? 0 : -ERANGE;
	if (dev->gone)
		return SIM_SAB("cfg-gone-ok") ? 0 : -ENODEV;
	return 0;
}

static int cfg_read(struct trv_dev *dev, const char *entry, u32 off, u32 bytes, u32 *val)
{
	int rc;

	sim_enter(entry, SIM_ANY, SIM_COST_CFG);
	dev->cfg_accesses++;
	*val = SIM_SAB("cfg-gone-zero") ? 0 : ~0U;
	rc = refused(dev, off, bytes);
	if (!rc && sim_choose(SIM_K_CFG, 2, sim_here()))
		rc = -EIO;
	if (!rc && !dev->gone) {
		sim_post_flush(dev);
		*val = off < SIM_CFG_SIZE ? sim_pci_read(dev, off, bytes) : 0;
		if (off < SIM_CFG_SIZE)
			dev->cfg_reader[off / 4] = sim_m.cur;
		if (SIM_SAB("cfg-swaps-bytes") && bytes > 1)
			*val = __builtin_bswap32(*val) >> (32 - 8 * bytes);
	}
	sim_trace(SIM_T_CFG_READ, dev, NULL, off, *val, bytes);
	return rc;
}

static int cfg_write(struct trv_dev *dev, const char *entry, u32 off, u32 bytes, u32 val)
{
	int rc;

	sim_enter(entry, SIM_ANY, SIM_COST_CFG);
	dev->cfg_accesses++;
	/* What it read may be old by the time it is written back, changed: unless a lock sees to it. */
	if (off < SIM_CFG_SIZE && dev->cfg_reader[off / 4] == sim_m.cur) {
		dev->cfg_reader[off / 4] = NULL;
		sim_stand();
	}
	rc = refused(dev, off, bytes);
	if (!rc && sim_choose(SIM_K_CFG, 2, sim_here()))
		rc = -EIO;
	sim_trace(SIM_T_CFG_WRITE, dev, NULL, off, val, bytes);
	if (rc == -EINVAL && SIM_SAB("cfg-write-on-error"))
		sim_pci_write(dev, off & ~(bytes - 1) & (SIM_CFG_SIZE - 1), bytes, val);
	if (rc || dev->gone || off >= SIM_CFG_SIZE || SIM_SAB("cfg-write-drops"))
		return rc;
	sim_post_flush(dev);
	if (SIM_SAB("cfg-write-wide") && bytes < 4)
		sim_pci_write(dev, off & ~3U, 4, val);
	else
		sim_pci_write(dev, off, bytes, val);
	return 0;
}

#define CFG_WIDTH(bits)                                                       \
	int trv_cfg_read##bits(struct trv_dev *dev, u32 off, u##bits *val)    \
	{                                                                     \
		u32 v;                                                        \
		int rc = cfg_read(dev, "cfg_read" #bits, off, bits / 8, &v);  \
                                                                              \
		sim_mem_write(val, sizeof(*val), sim_here());                 \
		*val = (u##bits)v;                                            \
		return rc;                                                    \
	}                                                                     \
	int trv_cfg_write##bits(struct trv_dev *dev, u32 off, u##bits val)    \
	{                                                                     \
		return cfg_write(dev, "cfg_write" #bits, off, bits / 8, val); \
	}

CFG_WIDTH(8)
CFG_WIDTH(16)
CFG_WIDTH(32)

u32 trv_find_cap(struct trv_dev *dev, enum trv_pci_cap cap)
{
	u32 off, hops = 0;

	sim_enter("find_cap", SIM_ANY, SIM_COST_CFG);
	if (dev->gone || SIM_SAB("findcap-misses"))
		return 0;
	if (SIM_SAB("findcap-finds-all"))
		return CAP_FIRST;
	if (!(sim_pci_read(dev, TRV_PCI_STATUS, 2) & TRV_PCI_STATUS_CAPS))
		return 0;
	off = sim_pci_read(dev, TRV_PCI_CAP_PTR, 1) & 0xfc;
	/* As many hops as there is room for capabilities; a longer list bites its tail. */
	while (off >= CAP_FIRST && hops++ < CAP_MOST) {
		u32 id = sim_pci_read(dev, off, 1);

		dev->cfg_accesses += 2;
		if (id == cap)
			return off;
		if (id == 0xff)
			return 0;
		off = sim_pci_read(dev, off + 1, 1) & 0xfc;
		if (SIM_SAB("findcap-loops")) {
			sim_enter("find_cap", SIM_ANY, SIM_COST_CFG);
			hops = 0;
		}
	}
	return SIM_SAB("findcap-broken") && off ? off : 0;
}

int trv_bus_master(struct trv_dev *dev, bool on)
{
	u32 cmd;

	sim_enter("bus_master", SIM_SLEEPS, SIM_COST_CFG);
	dev->cfg_accesses += 2;
	if (!on)
		sim_teardown_step(dev, SIM_STEP_MASTER_OFF);
	if (dev->gone)
		return -ENODEV;
	/* Only on may fail: off is how everything ends. */
	if (on && sim_choose(SIM_K_CFG, 2, sim_here()))
		return -EIO;
	if (on ? SIM_SAB("busmaster-on-lost") : SIM_SAB("busmaster-off-stays"))
		return 0;
	sim_post_flush(dev);
	cmd = sim_pci_read(dev, TRV_PCI_COMMAND, 2);
	cmd = on ? cmd | TRV_PCI_CMD_MASTER : cmd & ~(u32)TRV_PCI_CMD_MASTER;
	if (SIM_SAB("busmaster-clobbers"))
		cmd &= TRV_PCI_CMD_MASTER;
	sim_trace(SIM_T_CFG_WRITE, dev, "bus_master", TRV_PCI_COMMAND, cmd, 2);
	sim_pci_write(dev, TRV_PCI_COMMAND, 2, cmd);
	return 0;
}

bool trv_dev_gone(struct trv_dev *dev)
{
	sim_enter("dev_gone", SIM_ANY, SIM_COST_CFG);
	dev->cfg_accesses++;
	if (SIM_SAB("gone-forgets") || (SIM_SAB("gone-once") && dev->cfg_accesses & 1))
		return false;
	return dev->gone || SIM_SAB("gone-always");
}

int trv_dev_reset(struct trv_dev *dev)
{
	u8 cfg[SIM_CFG_SIZE];

	sim_enter("dev_reset", SIM_SLEEPS, SIM_COST_CFG);
	if (dev->gone)
		return -ENODEV;
	if (!dev->has_flr)
		return SIM_SAB("reset-no-method-ok") ? 0 : -EOPNOTSUPP;
	sim_post_flush(dev);
	memcpy(cfg, dev->cfg, sizeof(cfg));
	if (SIM_SAB("reset-keeps-registers"))
		return 0;
	sim_pci_function_reset(dev);
	sim_sleep(FLR_NS);
	if (dev->gone)
		return -ENODEV;
	if (!SIM_SAB("reset-loses-config"))
		sim_pci_restore(dev, cfg);
	return 0;
}
