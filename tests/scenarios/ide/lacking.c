// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Controllers that lack something: a bus master, its registers, an interrupt. */
#include "ide_scn.h"

/* All four drives go by PIO; with an interrupt if @irq. */
static void by_pio(const char *spec, bool irq)
{
	struct scn s = scn_plug(spec);
	struct scn_io io[IDE_DRIVES];
	u64 calls;
	u32 n = 0;

	if (!scn_bind(&s))
		return;
	if (!sim_deviated())
		sim_expect_eq(scn_disks(&s), 4);
	for (u32 i = 0; i < IDE_DRIVES; i++) {
		scn_rw_ok(&s, i, 500 + i, 40);
		scn_ok(scn_flush(&s, i), "a flush");
		sim_expect_eq(ide_stats(s.dev, i)->dma_commands, 0);
	}
	/* Both channels at once, on what may be one line. */
	for (; n < IDE_DRIVES; n++) {
		if (!scn_ok(scn_submit(&s, &io[n], n, n & 1 ? TRV_REQ_READ : TRV_REQ_WRITE, 900,
				       64),
			    "submit"))
			break;
	}
	while (n--)
		scn_ok(scn_wait(&io[n]), "a request beside others");
	calls = sim_irq_count(s.dev, 0) + sim_irq_count(s.dev, 1);
	if (!sim_deviated())
		sim_expect(irq ? calls > 0 : !calls);
	scn_down(&s);
}

SIM_SCENARIO(no_bm, "ide/no-bus-master",
	     "no bus master: PIO, and status alone tells whose interrupt it is")
{
	by_pio("pci-ide,mode=native,bm=0," FOUR_DISKS, true);
}

SIM_SCENARIO(no_bm_compat, "ide/no-bus-master-compat", "the same with a line for each channel")
{
	by_pio("pci-ide,mode=compat,bm=0," FOUR_DISKS, true);
}

SIM_SCENARIO(no_bm_bar, "ide/no-bus-master-bar",
	     "a bus master that is announced and has no registers is none")
{
	by_pio("pci-ide,mode=native,bm_bar=0," FOUR_DISKS, true);
}

SIM_SCENARIO(no_pin, "ide/no-interrupt-pin", "no interrupt at all: polled")
{
	by_pio("pci-ide,mode=native,bm=0,intx=0," FOUR_DISKS, false);
}

SIM_SCENARIO(no_bm_timeout, "ide/no-bus-master-timeout",
	     "a command that hangs without a bus master: time-out, reset, and on it goes")
{
	const struct ide_fault f = { .kind = IDE_F_HANG, .first = 5000, .last = 5000, .times = 1 };
	struct scn s = scn_plug("pci-ide,mode=native,bm=0," TWO_DISKS);

	scn_option(&s, "timeout_ms", 500);
	if (!scn_bind(&s))
		return;
	ide_fault_add(s.dev, &f);
	scn_fails(scn_read(&s, 0, 5000, 8), -ETIMEDOUT, "a read that never ends");
	scn_rw_ok(&s, 0, 5000, 8);
	scn_rw_ok(&s, 1, 5000, 8);
	if (scn_ok(sim_suspend(s.dev), "suspend")) {
		ide_power_cut(s.dev);
		if (scn_ok(sim_resume(s.dev), "resume"))
			scn_rw_ok(&s, 1, 300, 8);
	}
	scn_down(&s);
}

/* The handler knows by Status alone whose the interrupt is, also while a task has the channel. */
SIM_SCENARIO(no_bm_power, "ide/no-bus-master-power",
	     "without a bus master: suspended and resumed, on a line that others use")
{
	struct scn s;

	if (!scn_up(&s, "pci-ide,mode=native,bm=0," TWO_DISKS))
		return;
	scn_rw_ok(&s, 0, 5000, 8);
	if (scn_ok(sim_suspend(s.dev), "suspend") && scn_ok(sim_resume(s.dev), "resume"))
		scn_rw_ok(&s, 1, 300, 8);
	scn_down(&s);
}

SIM_SCENARIO(one_channel, "ide/one-channel", "a function that has ports for one channel alone")
{
	struct scn s;

	if (!scn_up(&s, "pci-ide,mode=native,channels=1," TWO_DISKS))
		return;
	if (!sim_deviated())
		sim_expect_eq(scn_disks(&s), 2);
	scn_rw_ok(&s, 0, 100, 20);
	scn_rw_ok(&s, 1, 100, 20);
	scn_down(&s);
}

SIM_SCENARIO(none_enabled, "ide/channels-off",
	     "firmware enabled neither channel: nobody used them, and both are switched on")
{
	struct scn s = scn_plug(PIIX4 FOUR_DISKS);

	sim_pci_cfg_set(s.dev, PIIX_IDETIM0, 2, 0);
	sim_pci_cfg_set(s.dev, PIIX_IDETIM1, 2, 0);
	if (!scn_bind(&s))
		return;
	if (!sim_deviated())
		sim_expect_eq(scn_disks(&s), 4);
	for (u32 i = 0; i < IDE_DRIVES; i++)
		scn_rw_ok(&s, i, 100, 8);
	scn_down(&s);
}

/* 0x7f, 0xff, 0x00, or what was on the bus last: nobody is there, and nobody is waited for. */
SIM_SCENARIO(empty_channel, "ide/empty-channel",
	     "whatever an empty channel reads as, a second is enough to see that it is empty")
{
	for (u32 i = 0; i < 4; i++) {
		struct scn s = scn_plug(PIIX4 TWO_DISKS);
		u64 start;

		scn_hurry(&s, 500);
		ide_trait_set(s.dev, 2, IDE_T_FLOATING, i);
		start = sim_now();
		if (!scn_bind(&s))
			return;
		if (!sim_deviated()) {
			sim_expect(sim_now() - start < 1000000000);
			sim_expect_eq(scn_disks(&s), 2);
		}
		scn_rw_ok(&s, 0, 100, 8);
		scn_down(&s);
	}
}
