// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the edu driver does, with every kind of interrupt and with none. */
#include "edu_try.h"

static void with_interrupt(const char *spec, u32 kind)
{
	struct trv_dev *dev = edu_up(spec);
	u64 before;

	if (!dev)
		return;
	if (!sim_deviated())
		sim_expect_eq(edu_interrupts(dev), kind);
	before = sim_irq_count(dev, 0);
	edu_check_all(dev);
	/* One for the factorial, one for each copy. */
	if (!sim_deviated())
		sim_expect_eq(sim_irq_count(dev, 0) - before, kind ? 3 : 0);
	sim_unbind(dev);
}

SIM_SCENARIO(edu_probe, "edu/probe",
	     "probe and remove, twice: the second finds what the first left")
{
	struct trv_dev *dev = edu_up("edu");

	if (!dev)
		return;
	sim_unbind(dev);
	if (!edu_bind(dev))
		sim_unbind(dev);
}

SIM_SCENARIO(edu_alive, "edu/liveness", "the device inverts what it is told")
{
	struct trv_dev *dev = edu_up("edu");

	if (!dev)
		return;
	(void)edu_try(edu_liveness(dev));
	sim_unbind(dev);
}

SIM_SCENARIO(edu_factorials, "edu/factorial", "factorials of 0 to 13 and of numbers too large")
{
	struct trv_dev *dev = edu_up("edu");

	if (!dev)
		return;
	for (u32 n = 0; n <= 13; n++)
		edu_check_factorial(dev, n);
	edu_check_factorial(dev, 34);
	edu_check_factorial(dev, 0xffffffff);
	sim_unbind(dev);
}

SIM_SCENARIO(edu_intx, "edu/intx", "factorial and DMA completed by the shared line")
{
	with_interrupt("edu,msi=off", TRV_IRQ_INTX);
}

SIM_SCENARIO(edu_msi, "edu/msi", "factorial and DMA completed by MSI")
{
	with_interrupt("edu,msi=4", TRV_IRQ_MSI);
}

SIM_SCENARIO(edu_msix, "edu/msix", "factorial and DMA completed by MSI-X, the better of three")
{
	with_interrupt("edu,msix=4", TRV_IRQ_MSIX);
}

SIM_SCENARIO(edu_poll, "edu/poll", "factorial and DMA without any interrupt")
{
	with_interrupt("edu,intx=off,msi=off", 0);
}

SIM_SCENARIO(edu_cpu1, "edu/other-cpu", "the interrupt is taken by the other CPU")
{
	struct trv_dev *dev = sim_plug("edu,msi=off");

	sim_irq_affinity(dev, 1);
	if (edu_bind(dev))
		return;
	edu_check_all(dev);
	sim_unbind(dev);
}

SIM_SCENARIO(edu_bar64, "edu/bar64", "a 64-bit BAR")
{
	with_interrupt("edu,bar64=on", TRV_IRQ_MSI);
}

SIM_SCENARIO(edu_dma, "edu/dma",
	     "round trips of all sizes that are special, at both ends of the memory")
{
	static const u32 sizes[] = { 1, 3, 4, 511, 512, 4095, 4096 };
	struct trv_dev *dev = edu_up("edu");

	if (!dev)
		return;
	for (u32 i = 0; i < TRV_ARRAY_SIZE(sizes); i++) {
		edu_check_copy(dev, 0, sizes[i], i);
		edu_check_copy(dev, EDU_BUF_LEN - sizes[i], sizes[i], i + 100);
	}
	sim_unbind(dev);
}

SIM_SCENARIO(edu_range, "edu/range",
	     "arguments the device cannot meet are refused, and nothing is started")
{
	struct trv_dev *dev = edu_up("edu");
	u8 *buf = sim_buf(EDU_BUF_LEN + 1);
	u64 writes;

	if (!dev)
		return;
	writes = dev->writes;
	sim_expect_eq(edu_copy_in(dev, 0, buf, 0), -ERANGE);
	sim_expect_eq(edu_copy_in(dev, 0, buf, EDU_BUF_LEN + 1), -ERANGE);
	sim_expect_eq(edu_copy_in(dev, 1, buf, EDU_BUF_LEN), -ERANGE);
	sim_expect_eq(edu_copy_out(dev, EDU_BUF_LEN, buf, 1), -ERANGE);
	sim_expect_eq(edu_copy_out(dev, 0xffffffff, buf, 2), -ERANGE);
	sim_expect_eq(dev->writes, writes);
	edu_check_all(dev);
	sim_unbind(dev);
}
