// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What each kind of deviation does to the world, seen by a driver of a few
 * lines. What it saw is judged after the run: under a hostile device nothing
 * that a body expects is a finding.
 */
#include <os/test-sim/models/edu_test.h>
#include <os/test-sim/models/ide_test.h>
#include <trivet/disk.h>
#include <trivet/hw/ata.h>
#include <trivet/hw/edu.h>
#include <trivet/hw/piix.h>

#include "machine_test.h"

/* What a body saw. */
static struct {
	u64 a, b, c;
	u32 calls;
	int rc[4];
	enum sim_class class;
	bool hostile;
} saw;

static void run(void (*body)(void), const char *deviation)
{
	memset(&saw, 0, sizeof(saw));
	passes_with(body, deviation);
	CU_ASSERT(!deviation || !last.unmet[0]);
}

static void end(struct trv_dev *dev)
{
	saw.class = sim_class_reached();
	saw.hostile = dev->hostile;
}

/* ---- value --------------------------------------------------------------- */

static struct trv_mmio edu_map(struct trv_dev *dev)
{
	struct trv_mmio regs = { 0 };

	sim_expect_eq(trv_bar_map(dev, EDU_BAR, EDU_BAR_LEN, &regs), 0);
	return regs;
}

static void value_body(void)
{
	struct trv_dev *dev = plug("edu");
	struct trv_mmio regs = edu_map(dev);

	trv_write32(regs, EDU_LIVENESS, ~5u);
	saw.a = trv_read32(regs, EDU_LIVENESS);
	trv_write32(regs, EDU_LIVENESS, ~6u);
	saw.b = trv_read32(regs, EDU_LIVENESS);
	saw.c = trv_read32(regs, EDU_ID);
	end(dev);
	trv_bar_unmap(dev, &regs);
}

static void a_read_lies_once(void)
{
	run(value_body, NULL);
	CU_ASSERT(saw.a == 5 && saw.b == 6 && saw.c == 0x010000ed && !saw.hostile);
	run(value_body, "value@kinds.c:value_body#1");
	CU_ASSERT(saw.a == (u32)~5 && saw.b == 6 && saw.c == 0x010000ed);
	CU_ASSERT(saw.hostile && saw.class == SIM_HOSTILE);
}

static void a_register_is_stuck(void)
{
	run(value_body, "value@kinds.c:value_body#1=2");
	CU_ASSERT(saw.a == 5 && saw.b == 5 && saw.c == 0x010000ed && saw.hostile);
}

static u32 points_of(enum sim_kind kind)
{
	size_t n;
	const struct sim_point *p = sim_points(&n);
	u32 found = 0;

	for (size_t i = 0; i < n; i++)
		found += p[i].kind == kind;
	return found;
}

/* Ten reads of the same by the same line; in the second half something is written in between. */
static void loop_body(void)
{
	struct trv_dev *dev = plug("edu");
	struct trv_mmio regs = edu_map(dev);

	for (u32 i = 0; i < 10; i++) {
		if (i > 5)
			trv_write32(regs, EDU_LIVENESS, 0);
		saw.a = trv_read32(regs, EDU_ID);
	}
	end(dev);
	trv_bar_unmap(dev, &regs);
}

static void a_loop_is_lied_to_once(void)
{
	run(loop_body, NULL);
	CU_ASSERT_EQUAL(points_of(SIM_K_VALUE), 1 + 4);
	CU_ASSERT_EQUAL(points_of(SIM_K_GONE), 10);
}

enum { IDE_BM = 4, IDE_BM_LEN = 16 };

static void odd_body(void)
{
	struct trv_dev *dev = plug("piix4-ide,disk0=mem:1M");
	struct trv_port bm = { 0 };

	sim_expect_eq(trv_bar_map(dev, IDE_BM, IDE_BM_LEN, &bm), 0);
	trv_write8(bm, BM_STATUS, BM_STATUS_INTR | BM_STATUS_ERROR);
	saw.a = trv_read8(bm, BM_STATUS);
	end(dev);
	trv_bar_unmap(dev, &bm);
}

static void a_model_knows_better_lies(void)
{
	u64 truth;

	run(odd_body, NULL);
	truth = saw.a;
	run(odd_body, "value@kinds.c:odd_body#1=3");
	CU_ASSERT_EQUAL(saw.a, truth | BM_STATUS_ERROR);
	run(odd_body, "value@kinds.c:odd_body#1=4");
	CU_ASSERT_EQUAL(saw.a, truth | BM_STATUS_INTR);
	/* That it be clear, which it is, is no lie and no answer. */
	run_with(odd_body, "value@kinds.c:odd_body#1=5");
	CU_ASSERT_PTR_NOT_NULL(strstr(last.unmet, "the point has 0 to 4"));
}

static void fifo_body(void)
{
	struct trv_dev *dev = plug("edu");
	struct trv_mmio regs = edu_map(dev);
	u32 *got = trv_alloc(dev, 8, TRV_SLEEP);

	sim_expect(got);
	trv_read_rep32(regs, EDU_ID, got, 2);
	saw.a = got[0];
	saw.b = got[1];
	end(dev);
	trv_free(dev, got, 8);
	trv_bar_unmap(dev, &regs);
}

static void data_lie(void)
{
	run(fifo_body, NULL);
	CU_ASSERT(saw.a == 0x010000ed && saw.b == 0x010000ed);
	run(fifo_body, "value@kinds.c:fifo_body#1");
	CU_ASSERT(saw.a == ~0x010000edu && saw.b == ~0x010000edu);
	run(fifo_body, "value@kinds.c:fifo_body#1=2");
	CU_ASSERT(saw.a == 0 && saw.b == 0 && saw.hostile);
}

/* The device writes a result into memory it shares with its driver. */
static void shared_body(void)
{
	struct trv_dev *dev = plug("edu");
	struct trv_dma_mem mem;
	const u32 result = 1234;

	sim_expect_eq(trv_bus_master(dev, true), 0);
	sim_expect_eq(trv_dma_alloc(dev, 64, 64, &mem), 0);
	sim_expect_eq(sim_dma_write(dev, mem.iova + 4, &result, sizeof(result)), 0);
	saw.a = trv_get_le32((const u8 *)mem.cpu + 4);
	end(dev);
	sim_expect_eq(trv_bus_master(dev, false), 0);
	trv_dma_free(dev, &mem);
}

static void shared_memory_lies(void)
{
	run(shared_body, NULL);
	CU_ASSERT_EQUAL(saw.a, 1234);
	run(shared_body, "value@kinds.c:shared_body#1");
	CU_ASSERT_EQUAL(saw.a, ~1234u);
	run(shared_body, "value@kinds.c:shared_body#1=2");
	CU_ASSERT(saw.a == 0 && saw.class == SIM_HOSTILE);
}

/* ---- lost, double -------------------------------------------------------- */

static enum trv_irq_ret hear(void *arg)
{
	struct trv_dev *dev = arg;

	saw.calls++;
	sim_intx_set(dev, false);
	return TRV_IRQ_HANDLED;
}
TRV_IRQ_HANDLER(handler, hear, NULL);

/* Rung three times; then what was heard of each. */
static void ring(const char *spec, u32 kind)
{
	struct trv_dev *dev = plug(spec);
	enum trv_irq_kind got;
	u32 before[3];

	sim_expect_eq(trv_irq_alloc(dev, 1, 1, kind, &got), 1);
	sim_expect_eq(trv_bus_master(dev, true), 0);
	sim_expect_eq(trv_irq_attach(dev, 0, &handler, dev, "ear"), 0);
	for (u32 i = 0; i < 3; i++) {
		before[i] = saw.calls;
		if (kind == TRV_IRQ_INTX)
			sim_intx_set(dev, true);
		else
			sim_msi_fire(dev, 0);
		trv_delay_us(5);
		before[i] = saw.calls - before[i];
		sim_intx_set(dev, false);
	}
	saw.a = before[0];
	saw.b = before[1];
	saw.c = before[2];
	end(dev);
	trv_irq_detach(dev, 0);
	trv_irq_free(dev);
	sim_expect_eq(trv_bus_master(dev, false), 0);
}

static void line_body(void)
{
	ring("bell", TRV_IRQ_INTX);
}

static void message_body(void)
{
	ring("bell,msi=4", TRV_IRQ_MSI);
}

static void an_interrupt_is_lost(void)
{
	static void (*const bodies[])(void) = { line_body, message_body };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(bodies); i++) {
		run(bodies[i], NULL);
		CU_ASSERT(saw.a == 1 && saw.b == 1 && saw.c == 1);
		run(bodies[i], "lost@kinds.c:ring#2");
		CU_ASSERT(saw.a == 1 && saw.b == 0 && saw.c == 1);
		CU_ASSERT(saw.class == SIM_RESOURCE && !saw.hostile);
	}
}

static void an_interrupt_comes_twice(void)
{
	static void (*const bodies[])(void) = { line_body, message_body };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(bodies); i++) {
		run(bodies[i], "double@kinds.c:ring#2");
		CU_ASSERT(saw.a == 1 && saw.b == 2 && saw.c == 1);
		CU_ASSERT(saw.class == SIM_SCHEDULE && !saw.hostile);
	}
}

/* ---- never, twice -------------------------------------------------------- */

static void factorial_body(void)
{
	struct trv_dev *dev = plug("edu");
	struct trv_mmio regs = edu_map(dev);

	trv_write32(regs, EDU_STATUS, EDU_STATUS_RAISE_IRQ);
	for (u32 i = 0; i < 10; i++) {
		if (!i)
			trv_write32(regs, EDU_FACTORIAL, 4);
		/* Told already, not done yet; done and told; told again after it was taken. */
		saw.a += trv_read32(regs, EDU_IRQ_STATUS) && sim_edu_busy(dev);
		if (trv_read32(regs, EDU_IRQ_STATUS))
			saw.calls++;
		trv_write32(regs, EDU_IRQ_ACK, ~0u);
		trv_delay_us(10);
	}
	saw.b = trv_read32(regs, EDU_STATUS) & EDU_STATUS_COMPUTING;
	end(dev);
	trv_bar_unmap(dev, &regs);
}

static void an_operation_never_ends(void)
{
	run(factorial_body, NULL);
	CU_ASSERT(!saw.a && saw.calls == 1 && !saw.b);
	run(factorial_body, "never@edu.c:never#1");
	CU_ASSERT(!saw.calls && saw.b && saw.class == SIM_HOSTILE && saw.hostile);
}

static void an_operation_ends_twice(void)
{
	run(factorial_body, "twice@edu.c:maybe_twice#1=2");
	CU_ASSERT(saw.calls == 2 && !saw.b && saw.class == SIM_HOSTILE && saw.hostile);
}

/* ---- early, race --------------------------------------------------------- */

static void early_body(void)
{
	struct trv_dev *dev = plug("edu");
	struct trv_mmio regs = edu_map(dev);

	trv_write32(regs, EDU_FACTORIAL, 4);
	/* It takes two microseconds and ends before this; once, in a loop. */
	for (u32 i = 0; i < 3; i++)
		saw.a += trv_read32(regs, EDU_STATUS) & EDU_STATUS_COMPUTING;
	saw.b = sim_now();
	end(dev);
	trv_bar_unmap(dev, &regs);
}

static void an_operation_ends_early(void)
{
	run(early_body, NULL);
	/* In the loop, and at bar_unmap. */
	CU_ASSERT(saw.a == 3 && points_of(SIM_K_EARLY) == 2);
	run(early_body, "early@kinds.c:early_body#1");
	CU_ASSERT(saw.a == 0 && saw.class == SIM_SCHEDULE && !saw.hostile);
}

static struct trv_event done;

static enum trv_irq_ret edu_done(void *arg)
{
	struct trv_mmio *regs = arg;

	trv_write32(*regs, EDU_IRQ_ACK, ~0u);
	saw.calls++;
	saw.c = sim_cpu();
	trv_event_signal(&done);
	return TRV_IRQ_HANDLED;
}
TRV_IRQ_HANDLER(edu_handler, edu_done, NULL);

static void race_body(void)
{
	struct trv_dev *dev = plug("edu");
	struct trv_mmio regs = edu_map(dev);
	enum trv_irq_kind kind;

	trv_event_init(&done);
	sim_expect_eq(trv_irq_alloc(dev, 1, 1, TRV_IRQ_INTX, &kind), 1);
	sim_expect_eq(trv_irq_attach(dev, 0, &edu_handler, &regs, "edu"), 0);
	trv_write32(regs, EDU_STATUS, EDU_STATUS_RAISE_IRQ);
	trv_write32(regs, EDU_FACTORIAL, 4);
	saw.rc[0] = trv_event_wait(&done, 1000000);
	saw.a = saw.calls;
	saw.b = sim_edu_busy(dev);
	trv_delay_us(10);
	end(dev);
	trv_irq_detach(dev, 0);
	trv_irq_free(dev);
	trv_bar_unmap(dev, &regs);
}

static void an_operation_ends_elsewhere(void)
{
	run(race_body, NULL);
	CU_ASSERT(!saw.rc[0] && saw.calls == 1 && saw.c == 0);
	run(race_body, "early@kinds.c:race_body#1=2");
	CU_ASSERT(!saw.rc[0] && saw.calls == 1 && saw.c == 1);
}

/* Before its time-out, with it, and after it. */
static void an_operation_races(void)
{
	run(race_body, "race@kinds.c:race_body#1=1");
	CU_ASSERT(!saw.rc[0] && saw.a == 1);
	run(race_body, "race@kinds.c:race_body#1=2");
	CU_ASSERT(saw.rc[0] == -ETIMEDOUT && !saw.b);
	run(race_body, "race@kinds.c:race_body#1=3");
	CU_ASSERT(saw.rc[0] == -ETIMEDOUT && saw.b && !saw.a && saw.calls == 1);
	CU_ASSERT(saw.class == SIM_RESOURCE && !saw.hostile);
}

static struct trv_spin lock;
static bool in_handler;

/* Takes a lock, lets it go, and has not said yet that it is done. */
static enum trv_irq_ret locking(void *arg)
{
	unsigned long flags = trv_spin_lock_irqsave(&lock);

	in_handler = true;
	trv_spin_unlock_irqrestore(&lock, flags);
	edu_done(arg);
	in_handler = false;
	return TRV_IRQ_HANDLED;
}
TRV_IRQ_HANDLER(locking_handler, locking, NULL);

/* A time-out that does it itself, and one that leaves it to a work, as the block class has it. */
static void give_up(void *arg)
{
	saw.b = in_handler;
}

static void lose_patience(void *arg)
{
	saw.a = in_handler;
	(void)trv_work_queue(arg);
}

static void stopped_body(void)
{
	struct trv_work work;
	struct trv_timer timer;
	struct trv_dev *dev = plug("edu");
	struct trv_mmio regs = edu_map(dev);
	enum trv_irq_kind kind;

	in_handler = false;
	trv_spin_init(&lock, "lock");
	trv_event_init(&done);
	trv_work_init(dev, &work, give_up, NULL);
	trv_timer_init(dev, &timer, lose_patience, &work);
	sim_expect_eq(trv_irq_alloc(dev, 1, 1, TRV_IRQ_INTX, &kind), 1);
	sim_expect_eq(trv_irq_attach(dev, 0, &locking_handler, &regs, "edu"), 0);
	trv_write32(regs, EDU_STATUS, EDU_STATUS_RAISE_IRQ);
	trv_write32(regs, EDU_FACTORIAL, 4);
	trv_timer_arm(&timer, 1000000);
	sim_sleep(2000000000);
	end(dev);
	trv_timer_cancel_sync(&timer);
	trv_work_cancel_sync(&work);
	trv_irq_detach(dev, 0);
	trv_irq_free(dev);
	trv_bar_unmap(dev, &regs);
}

/* On the other CPU the timer's function meets it, and on the timer's its work, which is elsewhere. */
static void a_handler_is_stopped(void)
{
	run(stopped_body, NULL);
	CU_ASSERT(!saw.a && !saw.b && saw.calls == 1);
	run(stopped_body, "race@kinds.c:stopped_body#1=4");
	CU_ASSERT(saw.a && !saw.b && saw.calls == 1 && saw.c == 1);
	CU_ASSERT(saw.class == SIM_RESOURCE && !saw.hostile);
	run(stopped_body, "race@kinds.c:stopped_body#1=5");
	CU_ASSERT(!saw.a && saw.b && saw.calls == 1 && saw.c == 0);
	CU_ASSERT(saw.class == SIM_RESOURCE && !saw.hostile);
	run(stopped_body, "race@kinds.c:stopped_body#1=6");
	CU_ASSERT(!saw.a && saw.b && saw.calls == 1 && saw.c == 0);
	CU_ASSERT(saw.class == SIM_RESOURCE && !saw.hostile);
}

/* Somebody else wakes the driver, which looks for itself as long as it would have waited. */
static void wake(void *arg)
{
	trv_event_signal(&done);
}

static void called_off_body(void)
{
	struct trv_dev *dev = plug("edu");
	struct trv_mmio regs = edu_map(dev);
	struct trv_timer timer;

	trv_event_init(&done);
	trv_timer_init(dev, &timer, wake, NULL);
	trv_timer_arm(&timer, 1);
	trv_write32(regs, EDU_FACTORIAL, 4);
	saw.rc[0] = trv_event_wait(&done, 1000000);
	trv_sleep_us(999000);
	saw.a = sim_edu_busy(dev);
	trv_sleep_us(1001);
	saw.b = sim_edu_busy(dev);
	end(dev);
	trv_timer_cancel_sync(&timer);
	trv_bar_unmap(dev, &regs);
}

static void a_race_may_be_called_off(void)
{
	for (u32 way = 1; way <= 5; way++) {
		char deviation[40];

		snprintf(deviation, sizeof(deviation), "race@kinds.c:called_off_body#1=%u", way);
		run(called_off_body, deviation);
		CU_ASSERT(!saw.rc[0] && saw.a && !saw.b);
	}
}

/* A disk's request: the class gives up after its time-out, or the drive ends it just in time. */
static void race_disk_body(void)
{
	struct trv_dev *dev = plug("piix4-ide,disk0=mem:1M");
	u8 *buf = sim_buf(ATA_SECTOR);

	sim_expect_eq(sim_bind(dev), 0);
	for (u32 i = 0; i < 2; i++)
		saw.rc[i] = trv_disk_rw(trv_disk_first(dev), TRV_REQ_READ, i, 1, buf);
	saw.a = ide_stats(dev, 0)->resets;
	end(dev);
	sim_unbind(dev);
}

static void a_request_races(void)
{
	u64 resets;

	run(race_disk_body, NULL);
	resets = saw.a;
	run(race_disk_body, "race@op.c:begin#1=1");
	CU_ASSERT(!saw.rc[0] && !saw.rc[1] && saw.a == resets);
	/* The command, and the data. */
	run(race_disk_body, "race@blk_timeout.c:trv_blkq_watch#1=3");
	CU_ASSERT(saw.rc[0] == -ETIMEDOUT && !saw.rc[1] && saw.a > resets);
	run(race_disk_body, "race@op.c:begin#1=3");
	CU_ASSERT(saw.rc[0] == -ETIMEDOUT && !saw.rc[1] && saw.a > resets);
}

/* ---- an IDE disk's ------------------------------------------------------- */

static void disk_body(void)
{
	struct trv_dev *dev = plug("piix4-ide,disk0=mem:1M");
	u8 *buf = sim_buf(8 * ATA_SECTOR), *want = sim_own(8 * ATA_SECTOR);

	ide_medium_pattern(dev, 0, 7);
	if (!sim_bind(dev)) {
		/* The third is as good as new, whatever became of the first. */
		for (u32 i = 0; i < 3; i++)
			saw.rc[i] = trv_disk_rw(trv_disk_first(dev), TRV_REQ_READ, 8 * i, 8, buf);
		ide_pattern(7, 16, 8, want);
		saw.a = !memcmp(buf, want, 8 * ATA_SECTOR);
		saw.b = ide_stats(dev, 0)->resets;
	}
	end(dev);
	sim_unbind(dev);
}

/* How many commands the probe sends: the next one is the first read. */
static u32 probe_commands;

static void count_body(void)
{
	struct trv_dev *dev = plug("piix4-ide,disk0=mem:1M");

	sim_expect_eq(sim_bind(dev), 0);
	probe_commands = (u32)ide_stats(dev, 0)->commands;
	sim_unbind(dev);
}

static void read_with(const char *kind, const char *function, u32 nth, u32 answer)
{
	char text[96];

	snprintf(text, sizeof(text), "%s@ata_fate.c:%s#%u=%u", kind, function, nth, answer);
	run(disk_body, text);
}

static void a_disk_reports_errors(void)
{
	/* Refused, faulty, a bad checksum (and tried again), the bus. */
	static const int want[] = { -EIO, -EIO, 0, -ETIMEDOUT };

	passes(count_body);
	for (u32 i = 0; i < TRV_ARRAY_SIZE(want); i++) {
		read_with("error", "may_fail", probe_commands + 1, i + 1);
		CU_ASSERT_EQUAL(saw.rc[0], want[i]);
		CU_ASSERT(!saw.rc[1] && !saw.rc[2] && saw.a);
		CU_ASSERT(saw.class == SIM_RESOURCE && !saw.hostile);
	}
}

static void a_disk_breaks(void)
{
	passes(count_body);
	for (u32 answer = 1; answer <= 2; answer++) {
		read_with("never", "may_never_end", probe_commands + 1, answer);
		CU_ASSERT_EQUAL(saw.rc[0], -ETIMEDOUT);
		CU_ASSERT(!saw.rc[1] && !saw.rc[2] && saw.a && saw.hostile);
		read_with("twice", "may_end_twice", probe_commands + 1, answer);
		/* An end in the middle of the next command's data is taken for that one's. */
		CU_ASSERT(!saw.rc[0] && saw.rc[1] == (answer == 2 ? -EIO : 0));
		CU_ASSERT(!saw.rc[2] && saw.a && saw.hostile);
		/* The bus master: always active; moves the half. */
		read_with("device", "ata_fate_dma", 1, answer);
		CU_ASSERT_EQUAL(saw.rc[0], -EIO);
		CU_ASSERT(!saw.rc[1] && !saw.rc[2] && saw.a && saw.hostile);
	}
}

/* The last words are still in the bus master when the drive's status says that all is over. */
static void a_chip_holds_data(void)
{
	run(disk_body, "late@ata_disk.c:is_held_in_chip#1");
	CU_ASSERT(!saw.rc[0] && !saw.rc[1] && !saw.rc[2] && saw.a);
	CU_ASSERT(saw.class == SIM_SCHEDULE && !saw.hostile);
}

/* ---- media --------------------------------------------------------------- */

static void cd_body(void)
{
	struct trv_dev *dev = plug("piix4-ide,disk0=cdmem:1M");
	u8 *buf = sim_buf(2048), *want = sim_own(2048);
	struct trv_disk *disk;

	ide_medium_pattern(dev, 0, 7);
	sim_expect_eq(sim_bind(dev), 0);
	disk = trv_disk_first(dev);
	sim_expect(disk);
	for (u32 i = 0; i < 200 && !saw.a; i++) {
		int rc = trv_disk_rw(disk, TRV_REQ_READ, 0, 1, buf);

		saw.calls += rc != 0;
		if (rc) /* it is looked at again only when somebody asks */
			(void)!trv_disk_check_events(disk);
		/* It may be another one by now, with other contents. */
		ide_pattern(ide_cd_seed(dev, 0), 0, 4, want);
		saw.a = !rc && !memcmp(buf, want, 2048);
		sim_sleep(20000000);
	}
	saw.b = ide_cd_seed(dev, 0) != 7;
	end(dev);
	sim_unbind(dev);
}

static void a_disc_is_changed(void)
{
	u32 n;
	char text[64];

	run(cd_body, NULL);
	CU_ASSERT(saw.a && !saw.calls);
	n = points_of(SIM_K_MEDIA);
	CU_ASSERT_FATAL(n > 2);
	for (u32 i = 1; i <= n; i++) {
		for (u32 answer = 1; answer <= 2; answer++) {
			snprintf(text, sizeof(text), "media@atapi_medium.c:cd_fate#%u=%u", i,
				 answer);
			run(cd_body, text);
			CU_ASSERT(saw.a && saw.class == SIM_RESOURCE && !saw.hostile);
			CU_ASSERT_EQUAL(saw.b, answer == 1);
		}
	}
}

KTAP_SUITE(value, KTAP_TEST(a_read_lies_once), KTAP_TEST(a_register_is_stuck),
	   KTAP_TEST(a_loop_is_lied_to_once), KTAP_TEST(a_model_knows_better_lies),
	   KTAP_TEST(data_lie), KTAP_TEST(shared_memory_lies));
KTAP_SUITE(interrupts, KTAP_TEST(an_interrupt_is_lost), KTAP_TEST(an_interrupt_comes_twice));
KTAP_SUITE(operations, KTAP_TEST(an_operation_never_ends), KTAP_TEST(an_operation_ends_twice),
	   KTAP_TEST(an_operation_ends_early), KTAP_TEST(an_operation_ends_elsewhere),
	   KTAP_TEST(an_operation_races), KTAP_TEST(a_handler_is_stopped),
	   KTAP_TEST(a_race_may_be_called_off), KTAP_TEST(a_request_races));
KTAP_SUITE(disks, KTAP_TEST(a_disk_reports_errors), KTAP_TEST(a_disk_breaks),
	   KTAP_TEST(a_chip_holds_data), KTAP_TEST(a_disc_is_changed));
KTAP_MAIN(&value, &interrupts, &operations, &disks);
