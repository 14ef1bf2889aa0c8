// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * os.h: interrupts. Handlers are instantiated in the driver's module (TRV_IRQ_HANDLER) and called
 * by the kernel itself; a deferred function is the handler's thread.
 *
 * A mask holds back one device. Messages and the ISA lines are this device's alone, so the kernel
 * masks them, counts, and delivers an edge afterwards. An INTx line may be shared: it is held
 * back at the device (PCI 2.3, 6.2.2: Interrupt Disable), and the handler, which may still be
 * called for the others, passes. A device that has no such bit takes its whole line with it.
 */
#include <linux/interrupt.h>
#include <linux/slab.h>

#include <os/linux-kmod/kmod.h>

#define KINDS (TRV_IRQ_MSIX | TRV_IRQ_MSI | TRV_IRQ_INTX | TRV_IRQ_LEGACY)

/* Programming interface of an IDE function (PCI IDE 1.0): channels in native mode. */
enum { IDE_PRIMARY_NATIVE = 0x01, IDE_SECONDARY_NATIVE = 0x04, IDE_CHANNELS = 2 };

/* And the ISA lines of those that are not. */
enum { IDE_PRIMARY_IRQ = 14, IDE_SECONDARY_IRQ = 15 };

static struct trv_kmod_vec *vec_of(struct kmod_dev *kd, u32 vec)
{
	return vec < kd->n_vecs ? &kd->vecs[vec] : NULL;
}

static bool masked_at_device(const struct kmod_dev *kd)
{
	return kd->irq_kind == TRV_IRQ_INTX && !kd->dev.pdev->broken_intx_masking;
}

/* ---- vectors ------------------------------------------------------------- */

static int legacy_count(const struct pci_dev *pdev)
{
	const u32 native = IDE_PRIMARY_NATIVE | IDE_SECONDARY_NATIVE;

	if (pdev->class >> 8 != PCI_CLASS_STORAGE_IDE || (pdev->class & native) == native)
		return -EOPNOTSUPP;
	return IDE_CHANNELS;
}

static int pci_flag(enum trv_irq_kind kind)
{
	switch (kind) {
	case TRV_IRQ_MSIX:
		return PCI_IRQ_MSIX;
	case TRV_IRQ_MSI:
		return PCI_IRQ_MSI;
	default:
		return TRV_PCI_IRQ_INTX;
	}
}

static int alloc_kind(struct kmod_dev *kd, u32 min, u32 max, enum trv_irq_kind kind)
{
	struct pci_dev *pdev = kd->dev.pdev;
	int n;

	if (kind == TRV_IRQ_LEGACY) {
		n = legacy_count(pdev);
		if (n < 0)
			return n;
		return n < (int)min ? -EOPNOTSUPP : min_t(int, n, max);
	}
	n = pci_alloc_irq_vectors(pdev, min, max, pci_flag(kind));
	return n == -ENOMEM || n > 0 ? n : -EOPNOTSUPP;
}

static void free_kind(struct kmod_dev *kd)
{
	if (kd->irq_kind != TRV_IRQ_LEGACY)
		pci_free_irq_vectors(kd->dev.pdev);
}

static int irq_number(struct kmod_dev *kd, u32 vec)
{
	if (kd->irq_kind != TRV_IRQ_LEGACY)
		return pci_irq_vector(kd->dev.pdev, vec);
	return vec ? IDE_SECONDARY_IRQ : IDE_PRIMARY_IRQ;
}

int trv_irq_alloc(struct trv_dev *dev, u32 min, u32 max, u32 kinds, enum trv_irq_kind *kind)
{
	struct kmod_dev *kd = kmod_dev(dev);
	int n = -EOPNOTSUPP;

	might_sleep();
	if (!min || max < min || !kinds || kinds & ~(u32)KINDS)
		return -EINVAL;
	if (kd->n_vecs)
		return -EBUSY;
	for (u32 k = TRV_IRQ_MSIX; k <= TRV_IRQ_LEGACY && n == -EOPNOTSUPP; k <<= 1) {
		if (!(kinds & k))
			continue;
		n = alloc_kind(kd, min, max, k);
		if (n > 0)
			kd->irq_kind = k;
	}
	if (n < 0)
		return n;
	kd->vecs = kcalloc(n, sizeof(*kd->vecs), GFP_KERNEL);
	if (!kd->vecs) {
		free_kind(kd);
		return -ENOMEM;
	}
	for (int i = 0; i < n; i++) {
		kd->vecs[i].irq = irq_number(kd, i);
		kd->vecs[i].nr = i;
		kd->vecs[i].dev = dev;
	}
	kd->n_vecs = n;
	*kind = kd->irq_kind;
	return n;
}
EXPORT_SYMBOL_GPL(trv_irq_alloc);

void trv_irq_free(struct trv_dev *dev)
{
	struct kmod_dev *kd = kmod_dev(dev);

	might_sleep();
	if (!kd->n_vecs)
		return;
	for (u32 i = 0; i < kd->n_vecs; i++) {
		if (WARN_ONCE(kd->vecs[i].handler, "%s: trv_irq_free() with vector %u attached\n",
			      trv_dev_name(dev), i))
			trv_irq_detach(dev, i);
		/* Nobody is left who would. */
		while (kd->vecs[i].masks)
			trv_irq_unmask(dev, i);
	}
	kd->n_vecs = 0;
	free_kind(kd);
	kfree(kd->vecs);
	kd->vecs = NULL;
}
EXPORT_SYMBOL_GPL(trv_irq_free);

bool kmod_irq_leftover(struct kmod_dev *kd)
{
	bool left = kd->n_vecs;

	for (u32 i = 0; i < kd->n_vecs; i++) {
		if (kd->vecs[i].handler)
			trv_irq_detach(&kd->dev, i);
	}
	trv_irq_free(&kd->dev);
	return !left;
}

/* ---- handlers ------------------------------------------------------------ */

int trv_irq_attach(struct trv_dev *dev, u32 vec, const struct trv_irq_handler *h, void *arg,
		   const char *name)
{
	struct kmod_dev *kd = kmod_dev(dev);
	struct trv_kmod_vec *v = vec_of(kd, vec);
	bool shared = kd->irq_kind == TRV_IRQ_INTX || kd->irq_kind == TRV_IRQ_LEGACY;
	int rc;

	might_sleep();
	if (!v)
		return -ERANGE;
	if (v->handler)
		return -EBUSY;
	v->arg = arg;
	v->handler = h;
	v->name = name;
	rc = request_threaded_irq(v->irq, h->hard, h->thread, shared ? IRQF_SHARED : 0, name, v);
	if (!rc)
		return 0;
	v->handler = NULL;
	return rc == -ENOMEM ? rc : -EBUSY;
}
EXPORT_SYMBOL_GPL(trv_irq_attach);

void trv_irq_detach(struct trv_dev *dev, u32 vec)
{
	struct trv_kmod_vec *v = vec_of(kmod_dev(dev), vec);

	if (WARN_ONCE(!v || !v->handler,
		      "%s: trv_irq_detach() of vector %u, which is not attached\n",
		      trv_dev_name(dev), vec))
		return;
	free_irq(v->irq, v);
	v->handler = NULL;
}
EXPORT_SYMBOL_GPL(trv_irq_detach);

void trv_irq_sync(struct trv_dev *dev, u32 vec)
{
	struct trv_kmod_vec *v = vec_of(kmod_dev(dev), vec);

	might_sleep();
	if (v && v->handler)
		synchronize_irq(v->irq);
}
EXPORT_SYMBOL_GPL(trv_irq_sync);

/* ---- masks --------------------------------------------------------------- */

/* With irq_lock held. */
static void hold_back(struct kmod_dev *kd, struct trv_kmod_vec *v, bool hold)
{
	if (!masked_at_device(kd)) {
		if (hold)
			disable_irq_nosync(v->irq);
		else
			enable_irq(v->irq);
		return;
	}
	/* Heard by the handler before the line says so, and the other way round. */
	if (!hold)
		WRITE_ONCE(v->held, false);
	pci_intx(kd->dev.pdev, !hold);
	if (hold)
		WRITE_ONCE(v->held, true);
}

void trv_irq_mask(struct trv_dev *dev, u32 vec)
{
	struct kmod_dev *kd = kmod_dev(dev);
	struct trv_kmod_vec *v = vec_of(kd, vec);
	unsigned long flags;

	if (WARN_ONCE(!v, "%s: trv_irq_mask() of vector %u, of which there are %u\n",
		      trv_dev_name(dev), vec, kd->n_vecs))
		return;
	spin_lock_irqsave(&kd->irq_lock, flags);
	if (!v->masks++)
		hold_back(kd, v, true);
	spin_unlock_irqrestore(&kd->irq_lock, flags);
}
EXPORT_SYMBOL_GPL(trv_irq_mask);

void trv_irq_unmask(struct trv_dev *dev, u32 vec)
{
	struct kmod_dev *kd = kmod_dev(dev);
	struct trv_kmod_vec *v = vec_of(kd, vec);
	unsigned long flags;

	if (WARN_ONCE(!v || !v->masks, "%s: trv_irq_unmask() of vector %u, which is not masked\n",
		      trv_dev_name(dev), vec))
		return;
	spin_lock_irqsave(&kd->irq_lock, flags);
	if (!--v->masks)
		hold_back(kd, v, false);
	spin_unlock_irqrestore(&kd->irq_lock, flags);
}
EXPORT_SYMBOL_GPL(trv_irq_unmask);
