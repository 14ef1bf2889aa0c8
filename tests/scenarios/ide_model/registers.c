// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Registers, selection, interrupts and resets of an ATA channel. */
#include "model.h"

SIM_SCENARIO(m_scratch, "ide_model/registers",
	     "both drives see every write; each has its own error")
{
	struct ide_raw *r = model_up(TWO);

	raw_select(r, 1);
	raw_out(r, ATA_COUNT, 0x12);
	raw_out(r, ATA_LBA_LOW, 0x34);
	raw_out(r, ATA_LBA_MID, 0x56);
	raw_out(r, ATA_LBA_HIGH, 0x78);
	raw_select(r, 0);
	sim_expect_eq(raw_in(r, ATA_COUNT), 0x12);
	sim_expect_eq(raw_in(r, ATA_LBA_LOW), 0x34);
	sim_expect_eq(raw_in(r, ATA_LBA_MID), 0x56);
	sim_expect_eq(raw_in(r, ATA_LBA_HIGH), 0x78);
	sim_expect_eq(raw_in(r, ATA_DEVICE) & ATA_DEVICE_DEV, 0);
	sim_expect(raw_nondata(r, 1, ATA_OP_NOP, 0, 0) & ATA_STATUS_ERR);
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_ERROR_ABRT);
	raw_select(r, 0);
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_DIAG_PASSED);
	model_down(r);
}

SIM_SCENARIO(m_hob, "ide_model/hob",
	     "HOB shows the values written before; any write to the block clears it")
{
	struct ide_raw *r = model_up(ONE);

	raw_task48(r, 0, 0x665544332211ULL, 0x8877);
	sim_expect_eq(raw_in(r, ATA_LBA_LOW), 0x11);
	sim_expect_eq(raw_in(r, ATA_LBA_HIGH), 0x33);
	raw_ctl(r, ATA_DEVCTL_HOB);
	sim_expect_eq(raw_in(r, ATA_COUNT), 0x88);
	sim_expect_eq(raw_in(r, ATA_LBA_LOW), 0x44);
	sim_expect_eq(raw_in(r, ATA_LBA_MID), 0x55);
	sim_expect_eq(raw_in(r, ATA_LBA_HIGH), 0x66);
	raw_out(r, ATA_FEATURES, 0);
	sim_expect_eq(raw_in(r, ATA_LBA_MID), 0x22);
	model_down(r);
}

SIM_SCENARIO(m_absent1, "ide_model/absent-slave",
	     "device 0 answers for device 1: Status 00h, and takes no commands for it")
{
	struct ide_raw *r = model_up(ONE);

	raw_out(r, ATA_DEVICE, ATA_DEVICE_DEV);
	raw_wait_400ns();
	sim_expect_eq(raw_in(r, ATA_STATUS), 0);
	sim_expect_eq(raw_alt(r), 0);
	raw_out(r, ATA_COUNT, 0x5a);
	sim_expect_eq(raw_in(r, ATA_COUNT), 0x5a);
	raw_command(r, ATA_OP_IDENTIFY);
	trv_sleep_us(10000);
	sim_expect_eq(raw_in(r, ATA_STATUS), 0);
	sim_expect_eq(ide_stats(r->dev, 0)->commands, 0);
	model_down(r);
}

SIM_SCENARIO(m_floating, "ide_model/empty-channel",
	     "nobody there: the bus floats with DD7 low, whatever is written")
{
	struct ide_raw *r = model_up(ONE);

	r->ch = 1;
	sim_expect_eq(raw_in(r, ATA_STATUS), ATA_FLOATING);
	raw_out(r, ATA_COUNT, 0x55);
	sim_expect(raw_in(r, ATA_COUNT) != 0x55);
	raw_out(r, ATA_COMMAND, ATA_OP_IDENTIFY);
	sim_expect_eq(raw_in(r, ATA_STATUS), ATA_FLOATING);
	sim_expect_eq(raw_alt(r), ATA_FLOATING);
	model_down(r);
}

SIM_SCENARIO(m_only1, "ide_model/slave-only",
	     "with no device 0, its registers float and device 1 works")
{
	struct ide_raw *r = model_up("piix4-ide,disk1=mem:1M");

	sim_expect_eq(raw_in(r, ATA_STATUS), ATA_FLOATING);
	raw_out(r, ATA_DEVICE, ATA_DEVICE_DEV);
	raw_wait_400ns();
	sim_expect_eq(raw_in(r, ATA_STATUS), IDLE);
	model_down(r);
}

SIM_SCENARIO(m_settle, "ide_model/settle",
	     "within 400 ns Alternate Status still shows the state before")
{
	struct ide_raw *r = model_up(ONE);

	raw_select(r, 0);
	raw_out(r, ATA_COMMAND, ATA_OP_CHECK_POWER);
	sim_expect_eq(raw_alt(r), IDLE);
	raw_wait_400ns();
	sim_expect_eq(raw_alt(r), ATA_STATUS_BSY);
	sim_expect_eq(raw_wait(r), IDLE);
	sim_expect_eq(raw_in(r, ATA_COUNT), 0xff);
	model_down(r);
}

SIM_SCENARIO(m_srst, "ide_model/srst",
	     "a software reset: busy, then the signature in both, device 0 selected, no interrupt")
{
	struct ide_raw *r = model_up(TWO);

	raw_select(r, 1);
	raw_command(r, ATA_OP_CHECK_POWER); /* an interrupt that nobody fetches */
	raw_wait(r);
	raw_bm_out(r, BM_STATUS, BM_STATUS_INTR);
	raw_ctl(r, ATA_DEVCTL_SRST);
	trv_delay_us(5);
	sim_expect_eq(raw_alt(r), ATA_STATUS_BSY);
	raw_ctl(r, 0);
	trv_sleep_us(2000);
	sim_expect_eq(raw_alt(r), ATA_STATUS_BSY);
	sim_expect_eq(raw_wait(r), IDLE);
	for (u32 i = 0; i < 2; i++) {
		sim_expect_eq(raw_in(r, ATA_ERROR), ATA_DIAG_PASSED);
		sim_expect_eq(raw_in(r, ATA_COUNT), 1);
		sim_expect_eq(raw_in(r, ATA_LBA_LOW), 1);
		sim_expect_eq(raw_in(r, ATA_LBA_MID), ATA_SIG_ATA_MID);
		sim_expect_eq(raw_in(r, ATA_LBA_HIGH), ATA_SIG_ATA_HIGH);
		if (!i) {
			sim_expect_eq(raw_in(r, ATA_DEVICE), 0);
			raw_select(r, 1);
		}
	}
	sim_expect_eq(raw_bm(r, BM_STATUS) & BM_STATUS_INTR, 0);
	sim_expect(ide_quiet(r->dev));
	sim_expect_eq(ide_stats(r->dev, 1)->resets, 1);
	model_down(r);
}

SIM_SCENARIO(m_srst_busy, "ide_model/srst-busy", "a reset ends a command that hangs")
{
	const struct ide_fault f = { .kind = IDE_F_HANG };
	struct ide_raw *r = model_up(ONE);

	ide_fault_add(r->dev, &f);
	raw_select(r, 0);
	raw_command(r, ATA_OP_CHECK_POWER);
	trv_sleep_us(60000000);
	sim_expect_eq(raw_alt(r), ATA_STATUS_BSY);
	ide_faults_clear(r->dev);
	sim_expect_eq(raw_reset(r), IDLE);
	sim_expect_eq(raw_nondata(r, 0, ATA_OP_CHECK_POWER, 0, 0), IDLE);
	model_down(r);
}

SIM_SCENARIO(m_srst_defaults, "ide_model/srst-settings",
	     "a software reset takes MULTIPLE and the cache setting unless 66h was sent; modes stay")
{
	struct ide_raw *r = model_up(ONE);

	for (u32 keep = 0; keep < 2; keep++) {
		raw_nondata(r, 0, ATA_OP_SET_MULTIPLE, 0, 8);
		raw_nondata(r, 0, ATA_OP_SET_FEATURES, ATA_SF_XFER_MODE, ATA_XFER_UDMA | 1);
		raw_nondata(r, 0, ATA_OP_SET_FEATURES, keep ? ATA_SF_REVERT_OFF : ATA_SF_REVERT_ON,
			    0);
		raw_reset(r);
		sim_expect_eq(ide_multiple(r->dev, 0), keep ? 8 : 0);
		sim_expect_eq(ide_xfer_mode(r->dev, 0), ATA_XFER_UDMA | 1);
	}
	model_down(r);
}

SIM_SCENARIO(m_power, "ide_model/power-on",
	     "after power-on: busy, then the signature without DRDY, then ready; no mode is set")
{
	struct ide_raw *r = model_up(ONE);
	u8 status;

	raw_nondata(r, 0, ATA_OP_CHECK_POWER, 0, 0);
	ide_power_cut(r->dev);
	sim_expect_eq(raw_alt(r), ATA_STATUS_BSY);
	sim_expect_eq(raw_bm(r, BM_STATUS), 0);
	sim_expect_eq(raw_wait(r) & ATA_STATUS_DRDY, 0);
	sim_expect_eq(trv_poll_timeout(raw_alt(r), status, status & ATA_STATUS_DRDY, 1000, 1000000),
		      0);
	sim_expect_eq(ide_xfer_mode(r->dev, 0), ATA_XFER_PIO);
	sim_expect_eq(ide_multiple(r->dev, 0), 0);
	model_down(r);
}

SIM_SCENARIO(m_diag, "ide_model/diagnostic",
	     "EXECUTE DEVICE DIAGNOSTIC: both drives obey, device 0 answers")
{
	struct ide_raw *r = model_up(TWO);

	raw_select(r, 1);
	raw_command(r, ATA_OP_DIAGNOSTIC);
	sim_expect_eq(raw_wait(r), IDLE);
	sim_expect_eq(raw_bm(r, BM_STATUS) & BM_STATUS_INTR, BM_STATUS_INTR);
	raw_in(r, ATA_STATUS);
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_DIAG_PASSED);
	/* The signature's Device is 00h: LBA, which raw_select() sets, does not stay (V1, signatures) */
	sim_expect_eq(raw_in(r, ATA_DEVICE), 0);
	sim_expect_eq(ide_count_op(r->dev, 1, ATA_OP_DIAGNOSTIC), 1);
	model_down(r);
}

/* ---- INTRQ ---------------------------------------------------------------- */

static bool intr(struct ide_raw *r)
{
	u8 status = raw_bm(r, BM_STATUS);

	raw_bm_out(r, BM_STATUS, BM_STATUS_INTR);
	return status & BM_STATUS_INTR;
}

static void power_check(struct ide_raw *r, u32 drive)
{
	raw_select(r, drive);
	raw_command(r, ATA_OP_CHECK_POWER);
	raw_wait(r);
}

SIM_SCENARIO(m_intrq, "ide_model/intrq",
	     "Status clears INTRQ, Alternate Status does not, nIEN keeps it off the line")
{
	struct ide_raw *r = model_up(TWO);

	power_check(r, 0);
	sim_expect(intr(r));
	raw_alt(r); /* the line is still asserted: no new edge, so no new status bit */
	sim_expect(!intr(r));
	sim_expect(!ide_quiet(r->dev));
	raw_in(r, ATA_STATUS);
	sim_expect(ide_quiet(r->dev));

	raw_ctl(r, ATA_DEVCTL_NIEN);
	power_check(r, 0);
	sim_expect(!intr(r));
	raw_ctl(r, 0); /* pending all the while */
	sim_expect(intr(r));
	raw_in(r, ATA_STATUS);
	model_down(r);
}

SIM_SCENARIO(m_intrq_select, "ide_model/intrq-select",
	     "a drive that is not selected does not drive INTRQ")
{
	struct ide_raw *r = model_up(TWO);

	power_check(r, 0);
	sim_expect(intr(r));
	raw_select(r, 1);
	sim_expect(ide_quiet(r->dev));
	raw_in(r, ATA_STATUS); /* of device 1: device 0's stays pending */
	raw_select(r, 0);
	sim_expect(intr(r));
	raw_select(r, 1);
	raw_command(r, ATA_OP_CHECK_POWER);
	raw_wait(r);
	sim_expect(intr(r));
	raw_in(r, ATA_STATUS);
	sim_expect(!intr(r));
	model_down(r);
}

SIM_SCENARIO(m_intrq_command, "ide_model/intrq-command",
	     "a new command drops an interrupt nobody fetched")
{
	struct ide_raw *r = model_up(ONE);

	power_check(r, 0);
	sim_expect(intr(r));
	raw_command(r, ATA_OP_CHECK_POWER);
	sim_expect(!intr(r));
	raw_wait(r);
	sim_expect(intr(r));
	model_down(r);
}

static void irq_arrives(const char *spec)
{
	struct ide_raw *r = model_up(spec);

	sim_expect(raw_irq(r));
	for (u32 ch = 0; ch < 2; ch++) {
		r->ch = ch;
		power_check(r, 0);
		trv_sleep_us(100);
		sim_expect_eq(r->irqs[ch], 1);
		sim_expect_eq(r->irqs[1 - ch], ch);
	}
	sim_expect(ide_quiet(r->dev));
	model_down(r);
}

SIM_SCENARIO(m_irq_isa, "ide_model/irq-isa",
	     "compatibility mode: ISA line 14 for the primary, 15 for the secondary")
{
	irq_arrives("piix3-ide,disk0=mem:1M,disk2=mem:1M");
}

SIM_SCENARIO(m_irq_native, "ide_model/irq-native", "native mode: one PCI line for both")
{
	irq_arrives("pci-ide,mode=native,disk0=mem:1M,disk2=mem:1M");
}

SIM_SCENARIO(m_switch, "ide_model/switch",
	     "a switchable controller goes native when its interface byte is written")
{
	struct trv_dev *dev = sim_plug("pci-ide,mode=switchable,disk0=mem:1M");

	sim_expect(dev);
	sim_expect_eq(dev->bars[0].kind, SIM_BAR_LEGACY);
	sim_expect_eq(dev->bars[1].size, 1);
	sim_expect_eq(sim_pci_cfg_get(dev, TRV_PCI_CLASS_PROG, 1), 0x8a);
	sim_expect_eq(trv_cfg_write8(dev, TRV_PCI_CLASS_PROG, 0xff), 0);
	sim_expect_eq(sim_pci_cfg_get(dev, TRV_PCI_CLASS_PROG, 1), 0x8f);
	sim_expect_eq(dev->bars[0].kind, SIM_BAR_IO);
	sim_expect_eq(dev->bars[1].size, 4);
}

SIM_SCENARIO(m_decode, "ide_model/decode",
	     "a PIIX channel whose IDETIM does not decode reads all ones")
{
	struct ide_raw *r = model_up(TWO);
	u16 idetim;

	sim_expect_eq(trv_cfg_read16(r->dev, PIIX_IDETIM0, &idetim), 0);
	sim_expect_eq(trv_cfg_write16(r->dev, PIIX_IDETIM0, idetim & ~PIIX_IDETIM0_DECODE), 0);
	sim_expect_eq(raw_in(r, ATA_STATUS), 0xff);
	raw_out(r, ATA_COUNT, 0x77);
	sim_expect_eq(trv_cfg_write16(r->dev, PIIX_IDETIM0, idetim), 0);
	sim_expect_eq(raw_in(r, ATA_STATUS), IDLE);
	sim_expect(raw_in(r, ATA_COUNT) != 0x77);
	model_down(r);
}

SIM_SCENARIO(m_dirt, "ide_model/dirt",
	     "a fresh model is as firmware leaves it: stale interrupt and status, modes set")
{
	struct trv_dev *dev = sim_plug(ONE);

	sim_expect(dev);
	sim_expect(!ide_quiet(dev));
	sim_expect_eq(ide_xfer_mode(dev, 0), ATA_XFER_UDMA | 2);
	sim_expect_eq(sim_pci_cfg_get(dev, PIIX_UDMACTL, 1), PIIX_UDMACTL_PSDE0);
	sim_expect_eq(sim_pci_cfg_get(dev, PIIX_UDMATIM, 2), 2);
	dev = sim_plug("piix3-ide,disk0=mem:1M");
	sim_expect(dev);
	sim_expect_eq(ide_xfer_mode(dev, 0), ATA_XFER_MWDMA | 2);
}
