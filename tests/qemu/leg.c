// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The leg itself, without a QEMU: BARs that are plain memory, and what it
 * reports when a driver breaks a contract. Each report has a counterpart that
 * must not be reported.
 */
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <tests/checkers/dummy.h>
#include <tests/conformance/user_dummy.h>

#include "help.h"

static struct trv_host *host;
static struct trv_dev *dev;

static int probe(struct trv_dev *d, const struct trv_pci_id *id)
{
	return 0;
}

static const struct trv_driver idle = { .name = "idle", .probe = probe };

static void up(void)
{
	host = user_dummy_open(true);
	dev = trv_user_dev(host, 0);
	if (trv_user_bind(dev, &idle))
		abort();
}

static void down(void)
{
	trv_user_close(host);
}

/* How many misuses does @fn bring? */
static u32 reported(void (*fn)(void))
{
	u32 before = trv_user_misuses();

	fn();
	return trv_user_misuses() - before;
}

static void wait_for(const u32 *flag)
{
	for (u32 i = 0; i < 4000 && !trv_load_acquire(flag); i++)
		trv_sleep_us(1000);
	CU_ASSERT(trv_load_acquire(flag));
}

/* ---- mapped registers ---------------------------------------------------- */

static void mapped_bar(void)
{
	u8 *mem = user_dummy_memory(host), fifo[7] = { 0 };
	struct trv_mmio h, reg;

	CU_ASSERT_EQUAL_FATAL(trv_bar_map(dev, DUMMY_BAR_MEM, 64, &h), 0);
	trv_write64(h, 0x10, 0x0123456789abcdefULL);
	CU_ASSERT_EQUAL(mem[0x10], 0xef);
	CU_ASSERT_EQUAL(mem[0x17], 0x01);
	CU_ASSERT_EQUAL(trv_read8(h, 0x11), 0xcd);
	CU_ASSERT_EQUAL(trv_read16(h, 0x12), 0x89ab);
	CU_ASSERT_EQUAL(trv_read32(h, 0x14), 0x01234567);
	CU_ASSERT_EQUAL(trv_read64(h, 0x10), 0x0123456789abcdefULL);
	trv_write8(h, 0x10, 0x5a);
	trv_write16(h, 0x12, 0x1234);
	trv_write32_relaxed(h, 0x14, 0x89abcdef);
	CU_ASSERT_EQUAL(trv_read64_relaxed(h, 0x10), 0x89abcdef1234cd5aULL);
	CU_ASSERT_EQUAL(trv_reg_bind(h, 0x10, 8, &reg), 0);
	CU_ASSERT_EQUAL(trv_read32(reg, 4), 0x89abcdef);
	CU_ASSERT_EQUAL(trv_reg_bind(h, DUMMY_MEM_SIZE - 4, 8, &reg), -ERANGE);

	/* One register, again and again, to a buffer of odd alignment. */
	trv_read_rep16(h, 0x12, fifo + 1, 3);
	for (u32 i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(trv_get_le16(fifo + 1 + 2 * i), 0x1234);
	memcpy(fifo, "\0abcdef", 7);
	trv_write_rep32(h, 0x14, fifo + 1, 1);
	CU_ASSERT_EQUAL(memcmp(mem + 0x14, "abcd", 4), 0);
	trv_bar_unmap(dev, &h);
}

/* ---- misuse -------------------------------------------------------------- */

static struct trv_spin lock;
static struct trv_timer timer;
static u32 fired;

static void takes_lock(void *arg)
{
	trv_spin_lock(&lock);
	trv_spin_unlock(&lock);
	trv_store_release(&fired, 1);
}

static void sleeps(void *arg)
{
	trv_sleep_us(1);
	trv_store_release(&fired, 1);
}

static void run_timer(void (*fn)(void *arg))
{
	fired = 0;
	trv_timer_init(dev, &timer, fn, NULL);
	trv_timer_arm(&timer, 10);
	wait_for(&fired);
	(void)trv_timer_cancel_sync(&timer);
}

static void lock_plain_and_timer(void)
{
	trv_spin_init(&lock, "plain");
	trv_spin_lock(&lock);
	trv_spin_unlock(&lock);
	run_timer(takes_lock);
}

static void lock_bh_and_timer(void)
{
	unsigned long flags;

	trv_spin_init(&lock, "bh");
	trv_spin_lock_bh(&lock);
	trv_spin_unlock_bh(&lock);
	flags = trv_spin_lock_irqsave(&lock);
	trv_spin_unlock_irqrestore(&lock, flags);
	run_timer(takes_lock);
}

static void sleep_in_timer(void)
{
	run_timer(sleeps);
}

static void sleep_under_lock(void)
{
	trv_spin_init(&lock, "held");
	trv_spin_lock(&lock);
	trv_sleep_us(1);
	trv_spin_unlock(&lock);
}

static void sleep_after_lock(void)
{
	trv_spin_lock(&lock);
	trv_spin_unlock(&lock);
	trv_sleep_us(1);
}

static void wrong_size(void)
{
	trv_free(dev, trv_alloc(dev, 10, TRV_SLEEP), 11);
}

static void right_size(void)
{
	trv_free(dev, trv_alloc(dev, 10, TRV_SLEEP), 10);
}

static void beyond_bar(void)
{
	struct trv_port h;

	CU_ASSERT_EQUAL(trv_bar_map(dev, DUMMY_BAR_PORT, 0, &h), 0);
	CU_ASSERT_EQUAL(trv_read32(h, DUMMY_PORT_SIZE), ~0U);
	trv_write32(h, DUMMY_PORT_SIZE - 2, 0);
	trv_bar_unmap(dev, &h);
}

static void locks(void)
{
	CU_ASSERT_EQUAL(reported(lock_plain_and_timer), 1);
	CU_ASSERT_EQUAL(reported(lock_bh_and_timer), 0);
}

static void sleeping(void)
{
	CU_ASSERT_EQUAL(reported(sleep_in_timer), 1);
	CU_ASSERT_EQUAL(reported(sleep_under_lock), 1);
	CU_ASSERT_EQUAL(reported(sleep_after_lock), 0);
}

static void memory(void)
{
	CU_ASSERT_EQUAL(reported(wrong_size), 1);
	CU_ASSERT_EQUAL(reported(right_size), 0);
	CU_ASSERT_EQUAL(reported(beyond_bar), 2);
}

/* ---- what a driver leaves behind ----------------------------------------- */

static struct {
	void *p;
	struct trv_dma_mem mem;
	struct trv_mmio h;
} left;

static int leaves(struct trv_dev *d, const struct trv_pci_id *id)
{
	left.p = trv_alloc(d, 100, TRV_SLEEP);
	return trv_dma_alloc(d, 100, 8, &left.mem) ?: trv_bar_map(d, DUMMY_BAR_MEM, 0, &left.h);
}

static const struct trv_driver careless = { .name = "careless", .probe = leaves };

static void bind_careless(void)
{
	trv_user_unbind(dev);
	CU_ASSERT_EQUAL(trv_user_bind(dev, &careless), 0);
	trv_user_unbind(dev);
}

static void bind_idle(void)
{
	CU_ASSERT_EQUAL(trv_user_bind(dev, &idle), 0);
	trv_user_unbind(dev);
}

static void leftovers(void)
{
	CU_ASSERT_EQUAL(reported(bind_careless), 3);
	CU_ASSERT_EQUAL(reported(bind_idle), 0);
	/* It forgot them; the sanitizers need not. */
	trv_dma_free(dev, &left.mem);
	trv_free(dev, left.p, 100);
}

/* ---- many works ---------------------------------------------------------- */

enum { WORKS = 24 };

static struct trv_work works[WORKS];
static u32 met;

/* All wait for each other, as far as there are workers. */
static void meets(void *arg)
{
	(void)trv_fetch_add(&met, 1);
	for (u32 i = 0; i < 4000 && trv_load_acquire(&met) < 8; i++)
		trv_sleep_us(1000);
}

static void works_that_wait(void)
{
	met = 0;
	for (u32 i = 0; i < WORKS; i++) {
		trv_work_init(dev, &works[i], meets, NULL);
		CU_ASSERT(trv_work_queue(&works[i]));
	}
	for (u32 i = 0; i < 4000 && trv_load_acquire(&met) < WORKS; i++)
		trv_sleep_us(1000);
	CU_ASSERT_EQUAL(met, WORKS);
	for (u32 i = 0; i < WORKS; i++)
		CU_ASSERT(!trv_work_cancel_sync(&works[i]));
}

enum { GATHERING = 8, GATHERINGS = 50 };

static u32 expected;

/* Each waits for all of its round. */
static void gathers(void *arg)
{
	u32 *missed = arg;

	(void)trv_fetch_add(&met, 1);
	for (u32 i = 0; i < 2000 && trv_load_acquire(&met) < expected; i++)
		trv_sleep_us(1000);
	if (trv_load_acquire(&met) < expected)
		(void)trv_fetch_add(missed, 1);
}

/*
 * On one CPU no worker wakes up between two calls of this thread: those which
 * have been told about a work look idle while the next one is queued.
 */
static void works_in_one_breath(void)
{
	cpu_set_t before, one;
	u32 missed = 0;

	CU_ASSERT_EQUAL_FATAL(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&one);
	for (u32 cpu = 0; cpu < CPU_SETSIZE && !CPU_COUNT(&one); cpu++) {
		if (CPU_ISSET(cpu, &before))
			CPU_SET(cpu, &one);
	}
	/* The threads of a new host have what this one has. */
	down();
	CU_ASSERT_EQUAL_FATAL(sched_setaffinity(0, sizeof(one), &one), 0);
	up();
	trv_sleep_us(1000); /* its worker goes to sleep */
	for (u32 i = 0; i < WORKS; i++)
		trv_work_init(dev, &works[i], gathers, &missed);
	for (u32 round = 0; round < GATHERINGS && !missed; round++) {
		met = 0;
		expected = 2 + round % (GATHERING - 1);
		for (u32 i = 0; i < expected; i++)
			CU_ASSERT(trv_work_queue(&works[i]));
		for (u32 i = 0; i < 4000 && trv_load_acquire(&met) < expected; i++)
			trv_sleep_us(1000);
		CU_ASSERT_EQUAL(met, expected);
		for (u32 i = 0; i < expected; i++)
			CU_ASSERT(!trv_work_cancel_sync(&works[i]));
	}
	CU_ASSERT_EQUAL(missed, 0);
	CU_ASSERT_EQUAL(sched_setaffinity(0, sizeof(before), &before), 0);
}

KTAP_SUITE_WITH(leg, up, down, KTAP_TEST(mapped_bar), KTAP_TEST(locks), KTAP_TEST(sleeping),
		KTAP_TEST(memory), KTAP_TEST(leftovers), KTAP_TEST(works_that_wait),
		KTAP_TEST(works_in_one_breath));
KTAP_MAIN(&leg);
