// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The device of ring.h, from its datasheet there. */
#include <errno.h>
#include <string.h>

#include <os/test-sim/dev.h>
#include <os/test-sim/dma.h>
#include <os/test-sim/mem.h>

#include "ring.h"

TRV_REG_TABLE(ring_regs, RING_REGS, RING_FIELDS);

enum { PROCESS_NS = 800, LATE = 50 };

struct ring_state {
	u32 ctrl, cause, mask, next;
	u64 base;
	struct sim_event work;
};

static const struct sim_rule rule_length = {
	.id = "ring-length",
	.section = "ring 3",
	.text = "a buffer is not longer than 64 bytes",
};

static void update(struct trv_dev *dev)
{
	struct ring_state *s = dev->state;

	sim_intx_set(dev, s->cause & s->mask);
}

void ring_raise(struct trv_dev *dev)
{
	struct ring_state *s = dev->state;

	s->cause |= RING_CAUSE_DONE;
	update(dev);
}

static void process(struct trv_dev *dev, trv_iova at, const struct ring_desc *d)
{
	u32 len = trv_le32_to_cpu(d->len);
	trv_iova addr = trv_le64_to_cpu(d->addr);
	u8 bytes[RING_MOST];
	__le32 result[2];

	if (len > RING_MOST) {
		if (!dev->hostile)
			sim_rule_broken(dev, &rule_length, "a descriptor says %u", len);
		return;
	}
	if (sim_dma_read(dev, addr, bytes, len))
		return;
	len /= 2;
	for (u32 i = 0; i < len; i++)
		bytes[i]++;
	if (sim_dma_write(dev, addr, bytes, len))
		return;
	result[0] = trv_cpu_to_le32(len);
	result[1] = trv_cpu_to_le32(RING_DONE);
	if (sim_dma_write(dev, at + 8, result, sizeof(result)))
		return;
	ring_raise(dev);
}

static void work(void *arg)
{
	struct trv_dev *dev = arg;
	struct ring_state *s = dev->state;

	for (u32 i = 0; i < RING_SLOTS && s->ctrl & RING_CTRL_ENABLE; i++) {
		trv_iova at = s->base + s->next * sizeof(struct ring_desc);
		struct ring_desc d;

		if (!sim_pci_master(dev) || sim_dma_read(dev, at, &d, sizeof(d)) ||
		    !(trv_le32_to_cpu(d.flags) & RING_OWN))
			return;
		s->next = (s->next + 1) % RING_SLOTS;
		process(dev, at, &d);
	}
}

static void reset(struct trv_dev *dev)
{
	struct ring_state *s = dev->state;

	sim_event_cancel(&s->work);
	s->ctrl = s->cause = s->mask = s->next = 0;
	s->base = 0;
	update(dev);
}

static u64 reg_read(struct trv_dev *dev, u32 bar, u32 off, u32 bytes)
{
	struct ring_state *s = dev->state;
	u32 cause = s->cause;

	switch (off) {
	case RING_CTRL:
		return s->ctrl;
	case RING_BASE:
		return s->base;
	case RING_MASK:
		return s->mask;
	case RING_CAUSE:
		s->cause = 0;
		update(dev);
		return cause;
	default:
		return ~0ULL;
	}
}

static void control(struct trv_dev *dev, u32 val)
{
	struct ring_state *s = dev->state;

	if (val & RING_CTRL_RESET) {
		reset(dev);
		sim_reset_hold(dev, RING_RESET_NS, "ring 2");
		return;
	}
	if (val & ~s->ctrl & RING_CTRL_ENABLE)
		s->next = 0;
	s->ctrl = val;
}

static void reg_write(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val)
{
	struct ring_state *s = dev->state;
	u64 ns = PROCESS_NS;

	switch (off) {
	case RING_CTRL:
		control(dev, (u32)val);
		break;
	case RING_BASE:
		s->base = val;
		break;
	case RING_MASK:
		s->mask = (u32)val;
		update(dev);
		break;
	case RING_DOORBELL:
		if (sim_choose(SIM_K_LATE, 2, SIM_SITE))
			ns *= LATE;
		sim_event_in(&s->work, ns);
		break;
	default:
		break;
	}
}

static void unplug(struct trv_dev *dev)
{
	struct ring_state *s = dev->state;

	sim_event_cancel(&s->work);
}

static int create(struct trv_dev *dev, const char *opts)
{
	static const struct trv_pci_ident ident = { .vendor = 0x1234,
						    .device = 0xd001,
						    .class = TRV_PCI_CLASS_OTHER };
	struct ring_state *s = sim_own(sizeof(*s));

	if (!sim_opt_check(opts, ""))
		return -EINVAL;
	dev->state = s;
	sim_event_init(&s->work, "ring", work, dev);
	sim_pci_ident(dev, &ident);
	sim_pci_bar(dev, RING_BAR, SIM_BAR_MEM32, RING_BAR_LEN, &ring_regs);
	sim_pci_intx(dev, 1);
	return 0;
}

static const struct sim_model ring_model = {
	.name = "ring",
	.description = "descriptors in memory, for tests of the simulator",
	.options = "",
	.create = create,
	.reset = reset,
	.read = reg_read,
	.write = reg_write,
	.unplug = unplug,
};
SIM_MODEL(ring_model);
