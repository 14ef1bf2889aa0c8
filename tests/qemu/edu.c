// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The edu driver on the device it was written for. */
#include <drivers/edu/edu.h>

#include "help.h"

/* Not to the buffer's last byte: QEMU 7.2 takes that for out of bounds, and aborts. */
enum { LEN = 4000, ROUNDS = 3 };

/* All it can do; LEN bytes there and back, once in place and once through a copy. */
static void works(struct trv_dev *dev, u32 kind)
{
	u8 *in = trv_alloc(dev, LEN, TRV_SLEEP), *out = trv_user_dma_buf(dev, LEN);
	u32 result = 0;

	CU_ASSERT_EQUAL(edu_interrupts(dev), kind);
	CU_ASSERT_EQUAL(edu_liveness(dev), 0);
	CU_ASSERT_EQUAL(edu_factorial(dev, 10, &result), 0);
	CU_ASSERT_EQUAL(result, 3628800);
	for (u32 i = 0; i < ROUNDS; i++) {
		qt_fill(in, LEN, i);
		CU_ASSERT_EQUAL(edu_copy_in(dev, 0, in, LEN), 0);
		CU_ASSERT_EQUAL(edu_copy_out(dev, 0, out, LEN), 0);
		CU_ASSERT(qt_filled(out, LEN, i));
	}
	trv_user_dma_buf_free(dev, out, LEN);
	trv_free(dev, in, LEN);
}

static void by_message(void)
{
	struct trv_host *host = qt_open("qemu:edu");

	if (!host)
		return;
	works(trv_user_dev(host, 0), TRV_IRQ_MSI);
	trv_user_close(host);
}

/* A QEMU somebody else started has no doorbell for messages. */
static void by_line(const char *machine)
{
	struct trv_host *host;
	struct qt_qemu q;

	CU_ASSERT_FATAL(qt_start(&q, machine, "edu,addr=5"));
	host = qt_open("qtest:%s,addr=5.0,ram=%s", q.sock, q.ram);
	if (host) {
		works(trv_user_dev(host, 0), TRV_IRQ_INTX);
		trv_user_close(host);
	}
	qt_stop(&q);
}

static void by_line_q35(void)
{
	by_line("q35");
}

static void by_line_pc(void)
{
	by_line("pc");
}

static void bind_again(void)
{
	struct trv_host *host = qt_open("qemu:edu");
	struct trv_dev *dev;

	if (!host)
		return;
	dev = trv_user_dev(host, 0);
	CU_ASSERT_EQUAL(trv_user_bind(dev, NULL), -EBUSY);
	for (u32 i = 0; i < ROUNDS; i++) {
		trv_user_unbind(dev);
		CU_ASSERT_EQUAL(trv_user_bind(dev, NULL), 0);
		CU_ASSERT_EQUAL(edu_liveness(dev), 0);
	}
	CU_ASSERT_EQUAL(trv_user_suspend(dev), 0);
	CU_ASSERT_EQUAL(trv_user_resume(dev), 0);
	CU_ASSERT_EQUAL(edu_liveness(dev), 0);
	trv_user_shutdown(dev);
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

KTAP_SUITE(edu, KTAP_TEST(by_message), KTAP_TEST(by_line_q35), KTAP_TEST(by_line_pc),
	   KTAP_TEST(bind_again));
KTAP_MAIN(&edu);
