// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * QEMU's educational device, and the referee of who drives it. Registers and
 * behaviour follow docs/specs/edu.rst; where that is silent, QEMU's hw/misc/edu.c.
 */
#include <stdlib.h>
#include <string.h>

#include <trivet/hw/edu.h>
#include <os/test-sim/dev.h>
#include <os/test-sim/dma.h>
#include <os/test-sim/mem.h>
#include <os/test-sim/models/edu_test.h>
#include <os/test-sim/op.h>
#include <os/test-sim/sabotage.h>
#include <os/test-sim/trace.h>

TRV_REG_TABLE(edu_regs, EDU_REGS, EDU_FIELDS);

enum {
	FACT_NS = 2000, /* plus so much per factor */
	FACT_STEP_NS = 10,
	FACT_MOST = 100000, /* factors that count for the time */
	DMA_NS = 5000,	    /* plus one per byte */
	AGAIN_NS = 20000,   /* from an end to the next one */
	LATE = 50,	    /* times longer when the device is late */
};

struct edu_state {
	u32 liveness, factorial, number, status, irq_status;
	u64 src, dst, count, cmd;
	u64 dma_mask;
	u64 stall; /* a test's: so much longer, once */
	u32 id;	   /* a test's; 0: its own */
	bool dirty;
	bool master; /* at the start of the transfer */
	u8 buf[EDU_BUF_LEN];
	u32 cause; /* of an interrupt too many */
	struct sim_event computed, transferred, again;
	struct sim_op op_compute, op_transfer;
};

/* ---- rules --------------------------------------------------------------- */

static const struct sim_rule fact_busy = {
	"edu-fact-busy", "edu.rst 0x08",
	"the factorial register is written only while the device is not computing"
};
static const struct sim_rule fact_early = {
	"edu-fact-early", "edu.rst 0x08",
	"the result is there only after the computing bit is cleared"
};
static const struct sim_rule dma_busy = {
	"edu-dma-busy", "edu.rst 0x98",
	"DMA registers are written only while no transfer is under way"
};
static const struct sim_rule dma_range = {
	"edu-dma-range", "edu.rst, DMA controller",
	"one side of a transfer lies in the 4096 bytes at 0x40000"
};
static const struct sim_rule dma_mask = {
	"edu-dma-mask", "edu.rst, dma_mask",
	"addresses in memory are not above the DMA mask, by default 28 bits"
};

/* A device that misbehaved before has confused its driver: no referee then. */
#define BROKEN(dev, rule, ...)                                   \
	do {                                                     \
		if (!(dev)->hostile)                             \
			sim_rule_broken(dev, rule, __VA_ARGS__); \
	} while (0)

/* ---- interrupts ---------------------------------------------------------- */

/* By line or by message, whichever the driver has; bit k asks for message k, or the last. */
static void raise(struct trv_dev *dev, u32 causes)
{
	struct edu_state *s = dev->state;
	u32 n = sim_pci_messages(dev);

	s->irq_status |= causes;
	if (!s->irq_status)
		return;
	if (n)
		sim_msi_fire(dev, causes ? trv_min((u32)__builtin_ctz(causes), n - 1) : 0);
	else if (dev->has_intx)
		sim_intx_set(dev, true);
}

static void acknowledge(struct trv_dev *dev, u32 causes)
{
	struct edu_state *s = dev->state;

	s->irq_status &= SIM_SAB("model-edu-ack-bit") ? ~causes | 1 : ~causes;
	if (!s->irq_status && dev->has_intx)
		sim_intx_set(dev, false);
}

/* It is done in @ns, or later; and if no test says how much later, whenever it likes. */
static void take(struct trv_dev *dev, struct sim_op *op, struct sim_event *done, u64 ns)
{
	struct edu_state *s = dev->state;

	if (sim_choose(SIM_K_LATE, 2, SIM_SITE))
		ns *= LATE;
	sim_event_in(done, ns + s->stall);
	if (!s->stall)
		sim_op(op, dev, done);
	s->stall = 0;
}

/* Does it do what it is told? */
static bool never(struct trv_dev *dev)
{
	if (!sim_choose(SIM_K_NEVER, 2, SIM_SITE))
		return false;
	dev->hostile = true;
	return true;
}

static void again(void *arg)
{
	struct trv_dev *dev = arg;
	struct edu_state *s = dev->state;

	raise(dev, s->cause);
}

/* Does it say so once, at the end of it? Or before, or some time after as well? */
static void maybe_twice(struct trv_dev *dev, u32 cause, u64 ns)
{
	struct edu_state *s = dev->state;
	u32 answer = sim_choose(SIM_K_TWICE, 3, SIM_SITE);

	if (!answer)
		return;
	sim_means(answer == 1 ? "its interrupt comes half-way, too" :
				"its interrupt comes once more, after the end");
	dev->hostile = true;
	s->cause = cause;
	sim_event_in(&s->again, answer == 1 ? ns / 2 : ns + AGAIN_NS);
}

/* ---- the factorial ------------------------------------------------------- */

static void computed(void *arg)
{
	struct trv_dev *dev = arg;
	struct edu_state *s = dev->state;
	u32 result = 1;

	sim_trace(SIM_T_EVENT, dev, "factorial", s->number, 0, 0);
	/* Modulo 2^32 nothing is left of it after 33 factors. */
	for (u32 n = s->number; n > 1 && result; n--)
		result *= n;
	s->factorial = result;
	s->status &= ~(u32)EDU_STATUS_COMPUTING;
	if (s->status & EDU_STATUS_RAISE_IRQ)
		raise(dev, EDU_IRQ_STATUS_FACTORIAL);
}

static void compute(struct trv_dev *dev, u32 n)
{
	struct edu_state *s = dev->state;
	u64 ns = FACT_NS + FACT_STEP_NS * (u64)trv_min(n, (u32)FACT_MOST);

	if (s->status & EDU_STATUS_COMPUTING) {
		BROKEN(dev, &fact_busy, "%u written while it computes %u!", n, s->number);
		return;
	}
	s->number = n;
	s->factorial = n;
	s->status |= EDU_STATUS_COMPUTING;
	if (never(dev))
		return;
	maybe_twice(dev, EDU_IRQ_STATUS_FACTORIAL, ns);
	take(dev, &s->op_compute, &s->computed, ns);
}

/* ---- DMA ----------------------------------------------------------------- */

static void transferred(void *arg)
{
	struct trv_dev *dev = arg;
	struct edu_state *s = dev->state;
	bool to_ram = s->cmd & EDU_DMA_CMD_TO_RAM;
	u64 in_buf = (to_ram ? s->src : s->dst) - EDU_BUF;
	u64 in_ram = to_ram ? s->dst : s->src;
	u32 len = (u32)s->count;
	bool cut_off = s->master && !sim_pci_master(dev);

	sim_trace(SIM_T_EVENT, dev, "transfer", in_ram, len, to_ram);
	/* An error is the bus's to count. A device that lost the bus on the way does not try. */
	if (cut_off)
		len = 0;
	if (len && to_ram)
		(void)sim_dma_write(dev, in_ram, s->buf + in_buf,
				    SIM_SAB("model-edu-dma-short") ? len - 1 : len);
	else if (len)
		(void)sim_dma_read(dev, in_ram, s->buf + in_buf, len);
	s->cmd &= ~(u64)EDU_DMA_CMD_START;
	if (s->cmd & EDU_DMA_CMD_RAISE_IRQ)
		raise(dev, EDU_IRQ_STATUS_DMA);
}

static void transfer(struct trv_dev *dev)
{
	struct edu_state *s = dev->state;
	bool to_ram = s->cmd & EDU_DMA_CMD_TO_RAM;
	u64 in_buf = to_ram ? s->src : s->dst;
	u64 in_ram = to_ram ? s->dst : s->src;

	if (in_buf < EDU_BUF || in_buf > EDU_BUF + EDU_BUF_LEN ||
	    s->count > EDU_BUF + EDU_BUF_LEN - in_buf) {
		BROKEN(dev, &dma_range, "%llu bytes at 0x%llx of its memory",
		       (unsigned long long)s->count, (unsigned long long)in_buf);
		s->cmd &= ~(u64)EDU_DMA_CMD_START;
		return;
	}
	if (in_ram > s->dma_mask || (s->count && s->count - 1 > s->dma_mask - in_ram)) {
		BROKEN(dev, &dma_mask, "%llu bytes at 0x%llx, the mask is 0x%llx",
		       (unsigned long long)s->count, (unsigned long long)in_ram,
		       (unsigned long long)s->dma_mask);
		s->cmd &= ~(u64)EDU_DMA_CMD_START;
		return;
	}
	if (never(dev))
		return;
	maybe_twice(dev, EDU_IRQ_STATUS_DMA, DMA_NS + s->count);
	s->master = sim_pci_master(dev);
	take(dev, &s->op_transfer, &s->transferred, DMA_NS + s->count);
}

static bool dma_set(struct trv_dev *dev, u64 *reg, const char *name, u64 val)
{
	struct edu_state *s = dev->state;

	if (s->cmd & EDU_DMA_CMD_START) {
		BROKEN(dev, &dma_busy, "%s written", name);
		return false;
	}
	*reg = val;
	return true;
}

/* ---- registers ----------------------------------------------------------- */

static bool width_ok(u32 off, u32 bytes)
{
	return bytes == 4 || (bytes == 8 && off >= EDU_DMA_SRC);
}

static u64 edu_read(struct trv_dev *dev, u32 bar, u32 off, u32 bytes)
{
	struct edu_state *s = dev->state;

	if (!width_ok(off, bytes))
		return ~0ULL;
	switch (off) {
	case EDU_ID:
		return s->id ?: 0x010000ed;
	case EDU_LIVENESS:
		return s->liveness;
	case EDU_FACTORIAL:
		if (s->status & EDU_STATUS_COMPUTING)
			BROKEN(dev, &fact_early, "read while it computes %u!", s->number);
		return s->factorial;
	case EDU_STATUS:
		return s->status;
	case EDU_IRQ_STATUS:
		return s->irq_status;
	case EDU_DMA_SRC:
		return s->src;
	case EDU_DMA_DST:
		return s->dst;
	case EDU_DMA_COUNT:
		return s->count;
	case EDU_DMA_CMD:
		return s->cmd;
	default:
		return ~0ULL;
	}
}

static void edu_write(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val)
{
	struct edu_state *s = dev->state;

	if (!width_ok(off, bytes))
		return;
	switch (off) {
	case EDU_LIVENESS:
		s->liveness = ~(u32)val ^ SIM_SAB("model-edu-liveness-bit");
		break;
	case EDU_FACTORIAL:
		compute(dev, (u32)val);
		break;
	case EDU_STATUS:
		s->status = (s->status & EDU_STATUS_COMPUTING) | ((u32)val & EDU_STATUS_RAISE_IRQ);
		break;
	case EDU_IRQ_RAISE:
		raise(dev, (u32)val);
		break;
	case EDU_IRQ_ACK:
		acknowledge(dev, (u32)val);
		break;
	case EDU_DMA_SRC:
		dma_set(dev, &s->src, "source", val);
		break;
	case EDU_DMA_DST:
		dma_set(dev, &s->dst, "destination", val);
		break;
	case EDU_DMA_COUNT:
		dma_set(dev, &s->count, "count", val);
		break;
	case EDU_DMA_CMD:
		if (dma_set(dev, &s->cmd, "command", val) && val & EDU_DMA_CMD_START)
			transfer(dev);
		break;
	default:
		break;
	}
}

/* ---- the test's face ----------------------------------------------------- */

bool sim_edu_busy(struct trv_dev *dev)
{
	const struct edu_state *s = dev->state;

	return s->status & EDU_STATUS_COMPUTING || s->cmd & EDU_DMA_CMD_START;
}

void sim_edu_stall(struct trv_dev *dev, u64 ns)
{
	struct edu_state *s = dev->state;

	s->stall = ns;
}

void sim_edu_pose(struct trv_dev *dev, u32 id)
{
	struct edu_state *s = dev->state;

	s->id = id;
}

const u8 *sim_edu_buf(struct trv_dev *dev)
{
	const struct edu_state *s = dev->state;

	return s->buf;
}

/* ---- life ---------------------------------------------------------------- */

/* What a datasheet does not promise is never zero; with dirty=on firmware was here before. */
static void edu_reset(struct trv_dev *dev)
{
	struct edu_state *s = dev->state;

	sim_event_cancel(&s->computed);
	sim_event_cancel(&s->transferred);
	sim_event_cancel(&s->again);
	s->liveness = 0x5a5a5a5a;
	s->factorial = 0x5a5a5a5a;
	s->status = 0;
	s->irq_status = 0;
	s->src = s->dst = s->count = 0x5a5a5a5a;
	s->cmd = 0;
	memset(s->buf, 0x5a, sizeof(s->buf));
	if (dev->has_intx)
		sim_intx_set(dev, false);
	if (!s->dirty)
		return;
	s->status = EDU_STATUS_COMPUTING | EDU_STATUS_RAISE_IRQ;
	s->number = 12;
	sim_event_in(&s->computed, FACT_NS);
	raise(dev, EDU_IRQ_STATUS_DMA | 0x10);
}

static void edu_unplug(struct trv_dev *dev)
{
	struct edu_state *s = dev->state;

	sim_event_cancel(&s->computed);
	sim_event_cancel(&s->transferred);
	sim_event_cancel(&s->again);
}

static u64 edu_image(struct trv_dev *dev)
{
	const struct edu_state *s = dev->state;

	return s ? sim_digest(s->buf, sizeof(s->buf)) : 0;
}

/* "off", or a number from 1 to @most. */
static int parse_count(const char *text, const char *key, u32 most, u32 *n)
{
	char *end;
	unsigned long val;

	if (!text)
		return 0;
	if (!strcmp(text, "off")) {
		*n = 0;
		return 0;
	}
	val = strtoul(text, &end, 10);
	if (*end || end == text || !val || val > most) {
		sim_opt_error("edu: %s=%s is neither 'off' nor a number from 1 to %u", key, text,
			      most);
		return -EINVAL;
	}
	*n = (u32)val;
	return 0;
}

static int parse_switch(const char *text, const char *key, bool *on)
{
	if (!text)
		return 0;
	if (strcmp(text, "on") && strcmp(text, "off")) {
		sim_opt_error("edu: %s=%s is neither 'on' nor 'off'", key, text);
		return -EINVAL;
	}
	*on = !strcmp(text, "on");
	return 0;
}

static int parse_mask(const char *text, u64 *mask)
{
	char *end;

	if (!text)
		return 0;
	*mask = strtoull(text, &end, 0);
	if (*end || end == text || !*mask || *mask & (*mask + 1)) {
		sim_opt_error("edu: dma_mask=%s is not a power of two less one", text);
		return -EINVAL;
	}
	return 0;
}

/* A capability list that ends where it began, or points where there is none. */
static int break_caps(struct trv_dev *dev, const char *how)
{
	if (!how)
		return 0;
	if (!strcmp(how, "loop")) {
		sim_pci_cfg(dev, dev->cap_last, 1, sim_pci_cfg_get(dev, TRV_PCI_CAP_PTR, 1), 0);
		return 0;
	}
	if (!strcmp(how, "wild")) {
		sim_pci_cfg(dev, TRV_PCI_CAP_PTR, 1, 0x08, 0);
		return 0;
	}
	sim_opt_error("edu: caps=%s is neither 'loop' nor 'wild'", how);
	return -EINVAL;
}

static int edu_create(struct trv_dev *dev, const char *opts)
{
	static const struct trv_pci_ident ident = {
		.vendor = EDU_VENDOR_ID,
		.device = EDU_DEVICE_ID,
		.subvendor = 0x1af4,
		.subdevice = 0x1100,
		.class = TRV_PCI_CLASS_OTHER,
		.revision = EDU_REVISION,
	};
	struct edu_state *s = sim_own(sizeof(*s));
	bool intx = true, flr = false, bar64 = false;
	u32 msi = 1, msix = 0;

	s->dma_mask = EDU_DMA_MASK;
	if (!sim_opt_check(opts, "intx msi msix flr bar64 dma_mask dirty caps") ||
	    parse_switch(sim_opt(opts, "intx"), "intx", &intx) ||
	    parse_switch(sim_opt(opts, "flr"), "flr", &flr) ||
	    parse_switch(sim_opt(opts, "bar64"), "bar64", &bar64) ||
	    parse_switch(sim_opt(opts, "dirty"), "dirty", &s->dirty) ||
	    parse_count(sim_opt(opts, "msi"), "msi", 32, &msi) ||
	    parse_count(sim_opt(opts, "msix"), "msix", 32, &msix) ||
	    parse_mask(sim_opt(opts, "dma_mask"), &s->dma_mask))
		return -EINVAL;

	dev->state = s;
	sim_event_init(&s->computed, "edu factorial", computed, dev);
	sim_event_init(&s->again, "edu interrupt again", again, dev);
	sim_event_init(&s->transferred, "edu transfer", transferred, dev);
	sim_pci_ident(dev, &ident);
	sim_pci_bar(dev, EDU_BAR, bar64 ? SIM_BAR_MEM64 : SIM_BAR_MEM32, EDU_BAR_LEN, &edu_regs);
	if (intx)
		sim_pci_intx(dev, 1);
	if (msi)
		sim_pci_msi(dev, msi);
	if (msix)
		sim_pci_msix(dev, msix);
	if (flr)
		sim_pci_flr(dev);
	return break_caps(dev, sim_opt(opts, "caps"));
}

static const struct sim_model edu_model = {
	.name = "edu",
	.description = "QEMU's educational device",
	.options = "intx=on|off msi=N|off msix=N|off flr=on|off bar64=on|off dma_mask=0x... "
		   "dirty=on|off caps=loop|wild",
	.create = edu_create,
	.reset = edu_reset,
	.read = edu_read,
	.write = edu_write,
	.unplug = edu_unplug,
	.image = edu_image,
};

SIM_MODEL(edu_model);
