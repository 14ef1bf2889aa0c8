// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * /sys/kernel/debug/trivet/DEVICE/, for root:
 *
 *	regs		registers, read and decoded by the driver's tables; those that a read changes
 *			are named and left alone
 *	counters	what went wrong so far, by disk, and the interrupt vectors
 *	errors		the last requests that ended in an error, oldest first
 *
 * The files come after a successful probe and go before remove, so a device that has them is its
 * driver's. Removing them waits for readers: none of these takes the device's lock.
 */
#include <linux/debugfs.h>
#include <linux/sched/clock.h>
#include <linux/seq_file.h>

#include <os/linux-kmod/blk.h>

static struct dentry *kmod_debug;

/* ---- registers ----------------------------------------------------------- */

/** struct window - a BAR for as long as it takes to read it */
struct window {
	void __iomem *mem; /* NULL: ports */
	unsigned long port;
	resource_size_t len;
};

static bool window_open(struct kmod_dev *kd, int bar, struct window *w)
{
	struct pci_dev *pdev = kd->dev.pdev;

	/* What the driver has not mapped may not even be decoded. */
	if (!(READ_ONCE(kd->bars) & BIT(bar)))
		return false;
	*w = (struct window){ .len = pci_resource_len(pdev, bar) };
	if (pci_resource_flags(pdev, bar) & IORESOURCE_IO) {
		w->port = pci_resource_start(pdev, bar);
		return true;
	}
	w->mem = pci_iomap(pdev, bar, 0);
	return w->mem;
}

static void window_close(struct kmod_dev *kd, struct window *w)
{
	if (w->mem)
		pci_iounmap(kd->dev.pdev, w->mem);
}

static bool inside(const struct window *w, const struct trv_regdesc *reg)
{
	const u32 bytes = reg->bits / 8;

	return bytes <= w->len && reg->off <= w->len - bytes && (w->mem || bytes < 8);
}

static u64 window_read(const struct window *w, const struct trv_regdesc *reg)
{
	switch (reg->bits) {
	case 8:
		return w->mem ? readb(w->mem + reg->off) : inb(w->port + reg->off);
	case 16:
		return w->mem ? readw(w->mem + reg->off) : inw(w->port + reg->off);
	case 32:
		return w->mem ? readl(w->mem + reg->off) : inl(w->port + reg->off);
	default:
		return readq(w->mem + reg->off);
	}
}

/* Why it is better not read; NULL when there is nothing against it. */
static const char *objection(const struct trv_regdesc *reg)
{
	switch (reg->access) {
	case TRV_REG_WO:
		return "write-only";
	case TRV_REG_RC:
		return "a read clears it";
	case TRV_REG_RX:
		return "a read has side effects";
	default:
		return NULL;
	}
}

static void show_reg(struct seq_file *s, const struct trv_regtable *t,
		     const struct trv_regdesc *reg, const struct window *w)
{
	const char *why_not = objection(reg);
	char text[128];

	if (why_not) {
		seq_printf(s, "  %#05x  %s: %s\n", reg->off, reg->name, why_not);
		return;
	}
	trv_reg_decode(t, reg->off, window_read(w, reg), text, sizeof(text));
	seq_printf(s, "  %#05x  %s\n", reg->off, text);
}

static int regs_show(struct seq_file *s, void *unused)
{
	struct kmod_dev *kd = s->private;
	const struct trv_driver *drv = kd->core.drv;
	struct window w;

	if (READ_ONCE(kd->core.state) != TRV_DEV_BOUND || trv_dev_gone(&kd->dev))
		return -ENODEV;
	for (int bar = 0; bar < TRV_PCI_BARS; bar++) {
		const struct trv_regtable *t = drv->regs[bar];

		if (!t || !window_open(kd, bar, &w))
			continue;
		seq_printf(s, "BAR %d (%s)\n", bar, t->name);
		for (u32 i = 0; i < t->n_regs; i++)
			if (inside(&w, &t->regs[i]))
				show_reg(s, t, &t->regs[i], &w);
		window_close(kd, &w);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(regs);

/* ---- counters ------------------------------------------------------------ */

static void show_disk(struct seq_file *s, const struct trv_disk *disk)
{
	seq_printf(s, "%s errors=%u timeouts=%u requeues=%u late=%u refused=%u unmapped=%u\n",
		   disk->gd->disk_name, atomic_read(&disk->errors), atomic_read(&disk->timeouts),
		   atomic_read(&disk->requeues), atomic_read(&disk->late),
		   atomic_read(&disk->refused), atomic_read(&disk->unmapped));
}

static int counters_show(struct seq_file *s, void *unused)
{
	struct kmod_dev *kd = s->private;
	unsigned long flags;

	spin_lock_irqsave(&kd->disks_lock, flags);
	for (struct trv_disk *disk = kd->core.disks; disk; disk = disk->next)
		show_disk(s, disk);
	spin_unlock_irqrestore(&kd->disks_lock, flags);

	spin_lock_irqsave(&kd->irq_lock, flags);
	for (u32 i = 0; i < kd->n_vecs; i++)
		seq_printf(s, "vector%u irq=%d attached=%d masks=%u\n", i, kd->vecs[i].irq,
			   !!kd->vecs[i].handler, kd->vecs[i].masks);
	spin_unlock_irqrestore(&kd->irq_lock, flags);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counters);

/* ---- errors -------------------------------------------------------------- */

static const char *const op_names[] = { "read", "write", "flush", "discard" };

void kmod_error_note(const struct trv_req *req, int status)
{
	const struct trv_disk *disk = trv_req_disk(req);
	struct kmod_dev *kd = kmod_dev(disk->q->dev);
	unsigned long flags;

	spin_lock_irqsave(&kd->errors_lock, flags);
	kd->errors[kd->n_errors++ % KMOD_ERRORS] = (struct kmod_error){
		.when = local_clock(),
		.lba = kmod_req_lba(req),
		.blocks = trv_req_blocks(req),
		.unit = disk->info.unit,
		.op = trv_req_op(req),
		.status = status,
	};
	spin_unlock_irqrestore(&kd->errors_lock, flags);
}

static void show_error(struct seq_file *s, const struct kmod_error *e)
{
	u64 seconds = e->when;
	u32 ns = do_div(seconds, NSEC_PER_SEC);

	seq_printf(s, "[%5llu.%06lu] disk %u: %s of %u blocks at %llu: %pe\n", seconds,
		   ns / NSEC_PER_USEC, e->unit, op_names[e->op], e->blocks, e->lba,
		   ERR_PTR(e->status));
}

static int errors_show(struct seq_file *s, void *unused)
{
	struct kmod_dev *kd = s->private;
	struct kmod_error e;
	unsigned long flags;
	u32 first, end;

	spin_lock_irqsave(&kd->errors_lock, flags);
	end = kd->n_errors;
	spin_unlock_irqrestore(&kd->errors_lock, flags);
	first = end > KMOD_ERRORS ? end - KMOD_ERRORS : 0;
	for (; first != end; first++) {
		spin_lock_irqsave(&kd->errors_lock, flags);
		e = kd->errors[first % KMOD_ERRORS];
		spin_unlock_irqrestore(&kd->errors_lock, flags);
		show_error(s, &e);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(errors);

/* ---- the files ----------------------------------------------------------- */

/* As its users should, none of these asks whether debugfs works. */
void kmod_debug_add(struct kmod_dev *kd)
{
	kd->debug = debugfs_create_dir(pci_name(kd->dev.pdev), kmod_debug);
	debugfs_create_file("regs", 0400, kd->debug, kd, &regs_fops);
	debugfs_create_file("counters", 0400, kd->debug, kd, &counters_fops);
	debugfs_create_file("errors", 0400, kd->debug, kd, &errors_fops);
}

void kmod_debug_del(struct kmod_dev *kd)
{
	debugfs_remove_recursive(kd->debug);
	kd->debug = NULL;
}

void kmod_debug_init(void)
{
	kmod_debug = debugfs_create_dir("trivet", NULL);
}

void kmod_debug_exit(void)
{
	debugfs_remove_recursive(kmod_debug);
}
