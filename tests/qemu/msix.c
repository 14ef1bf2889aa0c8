// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * MSI-X on two devices that have it: each of e1000e's vectors can be fired by
 * a register (82574 datasheet, 7.1 and 10.2.4), and NVMe has a function reset,
 * which forgets the table. And several messages without it.
 */
#include <os/linux-user/qemu/qemu.h>

#include "help.h"

enum {
	REGS = 0x20000,
	ICR = 0xc0,
	ICS = 0xc8,
	IMS = 0xd0,
	IMC = 0xd8,
	EIAC = 0xdc,
	IVAR = 0xe4,
	/* RxQ0, RxQ1, TxQ0, TxQ1, other: cause bits 20 to 24, and vectors 0 to 4 of four bits each. */
	FIRST_CAUSE = 20,
	CAUSES = 0x1f << FIRST_CAUSE,
	IVAR_IN_ORDER = 0xcba98,
	VECTORS = 5,
	ROUNDS = 20,
	THROTTLE_US = 5000, /* many times the 128 us it is at least */
};

static int nothing(struct trv_dev *dev, const struct trv_pci_id *id)
{
	return 0;
}

static const struct trv_driver any = { .name = "any", .probe = nothing };

/** struct nic - an e1000e, and how often each of its vectors was handled */
struct nic {
	struct trv_dev *dev;
	struct trv_mmio h;
	u32 handled[VECTORS];
	struct arg {
		struct nic *nic;
		u32 vec;
	} args[VECTORS];
};

static enum trv_irq_ret handle(void *arg)
{
	struct arg *a = arg;

	(void)trv_fetch_add(&a->nic->handled[a->vec], 1);
	return TRV_IRQ_HANDLED;
}

TRV_IRQ_HANDLER(handler, handle, NULL);

static bool attach(struct nic *nic, struct trv_dev *dev, u32 want)
{
	enum trv_irq_kind kind = 0;

	*nic = (struct nic){ .dev = dev };
	CU_ASSERT_EQUAL_FATAL(trv_user_bind(dev, &any), 0);
	CU_ASSERT_EQUAL(trv_bus_master(dev, true), 0);
	CU_ASSERT_EQUAL(trv_irq_alloc(dev, want, VECTORS, TRV_IRQ_MSIX, &kind), VECTORS);
	CU_ASSERT_EQUAL(kind, TRV_IRQ_MSIX);
	CU_ASSERT_EQUAL_FATAL(trv_bar_map(dev, 0, REGS, &nic->h), 0);
	for (u32 vec = 0; vec < VECTORS; vec++) {
		nic->args[vec] = (struct arg){ nic, vec };
		CU_ASSERT_EQUAL(trv_irq_attach(dev, vec, &handler, &nic->args[vec], "nic"), 0);
	}
	trv_write32(nic->h, IVAR, IVAR_IN_ORDER);
	trv_write32(nic->h, EIAC, CAUSES);
	trv_write32(nic->h, IMS, CAUSES);
	return kind == TRV_IRQ_MSIX;
}

static void detach(struct nic *nic)
{
	trv_write32(nic->h, IMC, ~0U);
	trv_sleep_us(THROTTLE_US);
	for (u32 vec = 0; vec < VECTORS; vec++)
		trv_irq_detach(nic->dev, vec);
	trv_irq_free(nic->dev);
	trv_bar_unmap(nic->dev, &nic->h);
	CU_ASSERT_EQUAL(trv_bus_master(nic->dev, false), 0);
}

static void becomes(const u32 *n, u32 want)
{
	for (u32 i = 0; i < 4000 && trv_load_acquire(n) < want; i++)
		trv_sleep_us(1000);
	CU_ASSERT_EQUAL_FATAL(trv_load_acquire(n), want);
}

/*
 * What is sent is also switched off, until the next time (EIAC; QEMU does so without EIAME).
 * And then a timer runs that holds back the next one; QEMU aborts when MSI-X is off at its end.
 */
static void fire(struct nic *nic, u32 vec)
{
	trv_sleep_us(THROTTLE_US);
	trv_write32(nic->h, IMS, CAUSES);
	trv_write32(nic->h, ICS, TRV_BIT(FIRST_CAUSE + vec));
}

/* Each cause is its own vector's, and nobody else's. */
static void fires(struct nic *nic)
{
	u32 before[VECTORS];

	for (u32 round = 0; round < ROUNDS; round++) {
		u32 vec = round * 3 % VECTORS;

		for (u32 i = 0; i < VECTORS; i++)
			before[i] = trv_load_acquire(&nic->handled[i]);
		fire(nic, vec);
		becomes(&nic->handled[vec], before[vec] + 1);
		for (u32 i = 0; i < VECTORS; i++)
			CU_ASSERT_EQUAL(trv_load_acquire(&nic->handled[i]), before[i] + (i == vec));
	}
}

static void each_vector(void)
{
	struct trv_user_error err;
	struct trv_host *host;
	struct nic nic[2];

	CU_ASSERT_EQUAL_FATAL(trv_user_open(qt_hardware("e1000e+e1000e"), &err, &host), 0);
	for (u32 i = 0; i < 2; i++)
		CU_ASSERT_FATAL(attach(&nic[i], trv_user_dev(host, i), 1));
	fires(&nic[0]);
	fires(&nic[1]);
	fires(&nic[0]);
	/* Again, with other messages: the second one's are taken. */
	detach(&nic[0]);
	trv_user_unbind(trv_user_dev(host, 0));
	CU_ASSERT(attach(&nic[0], trv_user_dev(host, 0), VECTORS));
	fires(&nic[0]);
	fires(&nic[1]);
	for (u32 i = 0; i < 2; i++)
		detach(&nic[i]);
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

/* What comes while a vector is masked is remembered, once; the others are heard. */
static void masked(void)
{
	struct trv_user_error err;
	struct trv_host *host;
	struct nic nic;

	CU_ASSERT_EQUAL_FATAL(trv_user_open(qt_hardware("e1000e"), &err, &host), 0);
	CU_ASSERT_FATAL(attach(&nic, trv_user_dev(host, 0), 1));
	trv_irq_mask(nic.dev, 1);
	for (u32 i = 0; i < 3; i++)
		fire(&nic, 1);
	fire(&nic, 4);
	becomes(&nic.handled[4], 1);
	CU_ASSERT_EQUAL(trv_load_acquire(&nic.handled[1]), 0);
	trv_irq_unmask(nic.dev, 1);
	becomes(&nic.handled[1], 1);
	fires(&nic);
	detach(&nic);
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

/* It comes before the other kinds, and only where it is wanted. */
static void first_of_kinds(void)
{
	struct trv_user_error err;
	enum trv_irq_kind kind;
	struct trv_host *host;
	struct trv_dev *dev;

	CU_ASSERT_EQUAL_FATAL(trv_user_open(qt_hardware("e1000e+edu"), &err, &host), 0);
	dev = trv_user_dev(host, 0);
	CU_ASSERT_EQUAL_FATAL(trv_user_bind(dev, &any), 0);
	CU_ASSERT_EQUAL(trv_irq_alloc(dev, 1, 2, TRV_IRQ_MSIX | TRV_IRQ_MSI | TRV_IRQ_INTX, &kind),
			2);
	CU_ASSERT_EQUAL(kind, TRV_IRQ_MSIX);
	trv_irq_free(dev);
	CU_ASSERT_EQUAL(trv_irq_alloc(dev, 1, 1, TRV_IRQ_MSI | TRV_IRQ_INTX, &kind), 1);
	CU_ASSERT_EQUAL(kind, TRV_IRQ_MSI);
	trv_irq_free(dev);
	CU_ASSERT_EQUAL(trv_irq_alloc(dev, VECTORS + 1, VECTORS + 1, TRV_IRQ_MSIX, &kind),
			-EOPNOTSUPP);
	dev = trv_user_dev(host, 1);
	CU_ASSERT_EQUAL_FATAL(trv_user_bind(dev, &any), 0);
	CU_ASSERT_EQUAL(trv_irq_alloc(dev, 1, 1, TRV_IRQ_MSIX, &kind), -EOPNOTSUPP);
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

/* xHCI has 16 messages of the older kind; the machine may have fewer, and then there are so many vectors. */
static void several_messages(void)
{
	struct trv_user_error err;
	enum trv_irq_kind kind = 0;
	struct trv_host *host;
	struct nic nic = { 0 };
	struct trv_dev *dev;
	int n;

	CU_ASSERT_EQUAL_FATAL(
		trv_user_open(qt_hardware("nec-usb-xhci,msi=on,msix=off"), &err, &host), 0);
	dev = trv_user_dev(host, 0);
	CU_ASSERT_EQUAL_FATAL(trv_user_bind(dev, &any), 0);
	n = trv_irq_alloc(dev, 1, 4, TRV_IRQ_MSI, &kind);
	ktap_note("%d vectors", n);
	CU_ASSERT_FATAL(n >= 1 && n <= 4);
	CU_ASSERT_EQUAL(kind, TRV_IRQ_MSI);
	nic.args[0] = (struct arg){ &nic, 0 };
	CU_ASSERT_EQUAL(trv_irq_attach(dev, (u32)n, &handler, &nic.args[0], "any"), -ERANGE);
	CU_ASSERT_EQUAL_FATAL(trv_irq_attach(dev, (u32)n - 1, &handler, &nic.args[0], "any"), 0);
	trv_irq_detach(dev, (u32)n - 1);
	trv_irq_free(dev);
	/* As many, or none. */
	if (n < 4) {
		CU_ASSERT_EQUAL(trv_irq_alloc(dev, 4, 4, TRV_IRQ_MSI, &kind), -EOPNOTSUPP);
	}
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

/* The first entry of NVMe's table, at 0x2000 of its BAR 0 there, from the bus. */
static u64 first_entry(struct trv_dev *dev)
{
	u64 val = 0;

	CU_ASSERT_EQUAL(qtest_cmd(qemu_of(dev), &val, "readq 0x%llx",
				  (unsigned long long)dev->bars[0].addr + 0x2000),
			0);
	return val;
}

static void after_a_reset(void)
{
	struct trv_user_error err;
	enum trv_irq_kind kind;
	struct trv_host *host;
	struct trv_dev *dev;
	u64 entry;

	CU_ASSERT_EQUAL_FATAL(trv_user_open("qemu:nvme,serial=1", &err, &host), 0);
	dev = trv_user_dev(host, 0);
	CU_ASSERT_EQUAL_FATAL(trv_user_bind(dev, &any), 0);
	CU_ASSERT_EQUAL(trv_irq_alloc(dev, 4, 4, TRV_IRQ_MSIX, &kind), 4);
	entry = first_entry(dev);
	CU_ASSERT_EQUAL(entry, qemu_of(dev)->doorbell);
	CU_ASSERT_EQUAL(trv_dev_reset(dev), 0);
	CU_ASSERT_EQUAL(first_entry(dev), entry);
	trv_irq_free(dev);
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

KTAP_SUITE(msix, KTAP_TEST(each_vector), KTAP_TEST(masked), KTAP_TEST(first_of_kinds),
	   KTAP_TEST(several_messages), KTAP_TEST(after_a_reset));
KTAP_MAIN(&msix);
