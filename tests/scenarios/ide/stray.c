// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Interrupts that nobody asked for, of drives that have nothing to do: a cable that is touched, a
 * moment without power. They are taken back, and what comes next does not end by them.
 */
#include "ide_scn.h"

enum { SOON_NS = 200000 };

#define ONE_EACH "disk0=mem:4M,disk2=mem:2M"

/* Nobody is at work, and the line must not stay up. */
static void idle(struct scn *s, u32 unit)
{
	ide_interrupt(s->dev, unit);
	sim_sleep(SOON_NS);
	if (!sim_deviated())
		sim_expect(ide_silent(s->dev));
	scn_ok(scn_flush(s, unit), "a flush after an interrupt for nothing");
}

/* The other channel is, and shares the line, perhaps. */
static void beside(struct scn *s, u32 unit, u32 busy)
{
	struct scn_io io;

	if (!scn_ok(scn_submit(s, &io, busy, TRV_REQ_READ, 900, 16), "submit"))
		return;
	ide_interrupt(s->dev, unit);
	scn_ok(scn_wait(&io), "a read beside it");
	scn_ok(scn_read(s, unit, 40, 4), "a read after it");
}

static void strays(const char *spec)
{
	struct scn s;

	if (!scn_up(&s, spec))
		return;
	idle(&s, 0);
	idle(&s, 2);
	beside(&s, 0, 2);
	beside(&s, 2, 0);
	scn_down(&s);
}

SIM_SCENARIO(stray_native, "ide/stray-native",
	     "a drive with nothing to do interrupts, one line for both channels")
{
	strays(NATIVE ONE_EACH);
}

SIM_SCENARIO(stray_message, "ide/stray-message", "the same with a message instead of the line")
{
	strays(MESSAGE ONE_EACH);
}

SIM_SCENARIO(stray_compat, "ide/stray-compat", "the same with a line for each channel")
{
	strays(PIIX4 ONE_EACH);
}

SIM_SCENARIO(stray_no_bm, "ide/stray-no-bus-master",
	     "the same without a bus master, where status alone tells")
{
	strays("pci-ide,mode=native,bm=0," ONE_EACH);
}
