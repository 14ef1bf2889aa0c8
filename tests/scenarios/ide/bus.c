// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Controllers in every mode, drives on every position, with and without interrupts. */
#include "ide_scn.h"

static void all_four(const char *spec, u32 irq, u32 dma)
{
	struct scn s = scn_plug(spec);

	scn_option(&s, "irq", irq);
	scn_option(&s, "dma", dma);
	if (!scn_bind(&s))
		return;
	if (!sim_deviated())
		sim_expect_eq(scn_disks(&s), 4);
	for (u32 i = 0; i < IDE_DRIVES; i++) {
		scn_rw_ok(&s, i, 5 + i, 1);
		scn_rw_ok(&s, i, 500 + i, 64);
	}
	if (!sim_deviated()) {
		u64 calls = sim_irq_count(s.dev, 0) + sim_irq_count(s.dev, 1);

		if (irq)
			sim_expect(calls >= 16);
		else
			sim_expect_eq(calls, 0);
	}
	scn_down(&s);
}

SIM_SCENARIO(piix3, "ide/piix3", "four drives on PIIX3, ISA interrupts 14 and 15")
{
	all_four(PIIX3 FOUR_DISKS, 1, 1);
}

SIM_SCENARIO(piix4, "ide/piix4", "four drives on PIIX4, ISA interrupts 14 and 15")
{
	all_four(PIIX4 FOUR_DISKS, 1, 1);
}

SIM_SCENARIO(native, "ide/native",
	     "four drives in native mode, one PCI interrupt for both channels")
{
	all_four(NATIVE FOUR_DISKS, 1, 1);
}

SIM_SCENARIO(native_pio, "ide/native-pio", "the same by PIO")
{
	all_four(NATIVE FOUR_DISKS, 1, 0);
}

SIM_SCENARIO(prdt, "ide/prdt-moves", "a bus master that does not keep the pointer to its table")
{
	struct scn s = scn_plug(NATIVE TWO_DISKS);

	ide_prdt_moves(s.dev);
	if (!scn_bind(&s))
		return;
	for (u32 i = 0; i < 4; i++)
		scn_rw_ok(&s, i & 1, 100 * i, 64);
	scn_down(&s);
}

SIM_SCENARIO(compat, "ide/compat", "a controller of no make in compatibility mode")
{
	all_four("pci-ide,mode=compat," FOUR_DISKS, 1, 1);
}

SIM_SCENARIO(switchable, "ide/switchable", "one that could be switched to native mode")
{
	all_four("pci-ide,mode=switchable," FOUR_DISKS, 1, 1);
}

SIM_SCENARIO(native_switchable, "ide/native-switchable", "one that was switched to native mode")
{
	all_four("pci-ide,mode=native-switchable," FOUR_DISKS, 1, 1);
}

SIM_SCENARIO(mixed, "ide/mixed-mode", "a native primary and a compatible secondary channel")
{
	struct scn s;

	if (!scn_up(&s, "pci-ide,mode=mixed," FOUR_DISKS))
		return;
	for (u32 i = 0; i < IDE_DRIVES; i++)
		scn_rw_ok(&s, i, 500 + i, 64);
	scn_down(&s);
}

SIM_SCENARIO(poll_dma, "ide/poll-dma", "no interrupt: DMA, polled")
{
	all_four(PIIX4 FOUR_DISKS, 0, 1);
}

SIM_SCENARIO(poll_pio, "ide/poll-pio", "no interrupt: PIO, polled")
{
	all_four(PIIX4 FOUR_DISKS, 0, 0);
}

SIM_SCENARIO(poll_native, "ide/poll-native", "no interrupt in native mode")
{
	all_four(NATIVE FOUR_DISKS, 0, 1);
}

SIM_SCENARIO(master_slave, "ide/master-slave",
	     "two drives of a channel, turn by turn: each gets its own data")
{
	struct scn s;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	for (u32 i = 0; i < 20; i++) {
		scn_rw_ok(&s, i & 1, 40 * i, 1 + i);
		scn_ok(scn_read(&s, 1 - (i & 1), 40 * i, 1 + i), "a read of the other");
	}
	scn_down(&s);
}

SIM_SCENARIO(queued, "ide/queued", "requests for both drives of a channel submitted at once")
{
	struct scn_io io[16];
	struct scn s;
	u32 n = 0;

	if (!scn_up(&s, PIIX4 TWO_DISKS))
		return;
	for (; n < TRV_ARRAY_SIZE(io); n++) {
		enum trv_req_op op = n & 2 ? TRV_REQ_WRITE : TRV_REQ_READ;

		if (!scn_ok(scn_submit(&s, &io[n], n & 1, op, 300 * n, 1 + 7 * n), "submit"))
			break;
	}
	while (n--)
		scn_ok(scn_wait(&io[n]), "a queued request");
	scn_down(&s);
}

/* The command is where the fault holds it, or some deviation ended it before. */
static bool held_or_done(void *arg)
{
	struct scn_io *io = arg;

	return ide_held(io->s->dev, io->unit) || scn_is_done(io);
}

static void let_go(struct scn_io *io, const char *what)
{
	sim_expect(sim_wait(held_or_done, io, 60000000000ULL));
	ide_release(io->s->dev, io->unit);
	scn_ok(scn_wait(io), what);
}

SIM_SCENARIO(simplex, "ide/simplex",
	     "both channels at work on a controller whose bus master can serve one at a time")
{
	struct scn_io io[6];
	u32 n = 0;
	struct scn s;

	if (!scn_up(&s, NATIVE "simplex=1,disk0=mem:2M,disk2=mem:2M"))
		return;
	for (; n < TRV_ARRAY_SIZE(io); n++)
		if (!scn_ok(scn_submit(&s, &io[n], n & 1 ? 2 : 0,
				       n & 2 ? TRV_REQ_WRITE : TRV_REQ_READ, 30 * n, 4 + n),
			    "submit"))
			break;
	while (n--)
		scn_ok(scn_wait(&io[n]), "one of many");
	scn_down(&s);
}

SIM_SCENARIO(both, "ide/both-channels", "both channels at work at the same time, truly")
{
	const struct ide_fault hold0 = { .kind = IDE_F_HOLD, .drive = 0, .first = 9, .last = 999 };
	const struct ide_fault hold2 = { .kind = IDE_F_HOLD, .drive = 2, .first = 9, .last = 999 };
	struct scn_io a, b;
	struct scn s;

	if (!scn_up(&s, PIIX4 FOUR_DISKS))
		return;
	ide_fault_add(s.dev, &hold0);
	ide_fault_add(s.dev, &hold2);
	if (!scn_ok(scn_submit(&s, &a, 0, TRV_REQ_READ, 900, 32), "submit"))
		goto out;
	if (!scn_ok(scn_submit(&s, &b, 2, TRV_REQ_WRITE, 900, 32), "submit")) {
		let_go(&a, "the read on the primary channel");
		goto out;
	}
	sim_expect(sim_wait(held_or_done, &a, 60000000000ULL));
	sim_expect(sim_wait(held_or_done, &b, 60000000000ULL));
	if (!sim_deviated()) {
		sim_expect(ide_held(s.dev, 0));
		sim_expect(ide_held(s.dev, 2));
	}
	/* The second to begin is the first to end. */
	let_go(&b, "the write on the secondary channel");
	let_go(&a, "the read on the primary channel");
out:
	scn_down(&s);
}

SIM_SCENARIO(msi, "ide/msi", "four drives in native mode, one message for both channels")
{
	all_four(MESSAGE FOUR_DISKS, 1, 1);
}

/* Both commands end in the same moment, between two interrupts. */
static void together(const char *spec, u32 first, u32 second, u32 dma)
{
	const struct ide_fault hold[] = {
		{ .kind = IDE_F_HOLD, .drive = first, .first = 9, .last = 999 },
		{ .kind = IDE_F_HOLD, .drive = second, .first = 9, .last = 999 },
	};
	struct scn s = scn_plug(spec);
	struct scn_io a, b;

	scn_option(&s, "timeout_ms", 500);
	scn_option(&s, "dma", dma);
	if (!scn_bind(&s))
		return;
	ide_fault_add(s.dev, &hold[0]);
	ide_fault_add(s.dev, &hold[1]);
	if (!scn_ok(scn_submit(&s, &a, first, TRV_REQ_WRITE, 900, 32), "submit"))
		goto out;
	if (!scn_ok(scn_submit(&s, &b, second, TRV_REQ_WRITE, 900, 32), "submit")) {
		let_go(&a, "the write on the first channel");
		goto out;
	}
	sim_expect(sim_wait(held_or_done, &a, 60000000000ULL));
	sim_expect(sim_wait(held_or_done, &b, 60000000000ULL));
	ide_release(s.dev, first);
	ide_release(s.dev, second);
	scn_ok(scn_wait(&a), "the write on the first channel");
	scn_ok(scn_wait(&b), "the write on the second channel");
	ide_faults_clear(s.dev);
	scn_workout(&s);
out:
	scn_down(&s);
}

SIM_SCENARIO(msi_both, "ide/msi-together",
	     "both channels end in the same moment, and one message tells it")
{
	together(MESSAGE FOUR_DISKS, 0, 2, 1);
}

SIM_SCENARIO(msi_both_slaves, "ide/msi-together-slaves", "the same with the other drives")
{
	together(MESSAGE FOUR_DISKS, 3, 1, 1);
}

SIM_SCENARIO(intx_both, "ide/native-together", "the same with a level instead of the message")
{
	together(NATIVE FOUR_DISKS, 0, 2, 1);
}

SIM_SCENARIO(two_controllers, "ide/two-controllers",
	     "two controllers: nothing of one is in the other")
{
	struct scn a, b;

	if (!scn_up(&a, PIIX4 TWO_DISKS))
		return;
	if (!scn_up(&b, NATIVE TWO_DISKS)) {
		scn_down(&a);
		return;
	}
	for (u32 i = 0; i < 4; i++) {
		scn_rw_ok(&a, i & 1, 10 * i, 9);
		scn_rw_ok(&b, i & 1, 10 * i, 9);
	}
	scn_down(&a);
	scn_rw_ok(&b, 0, 77, 9);
	scn_down(&b);
}
