// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * os.h: interrupts. A transport writes an eventfd; the vector's thread, or the
 * device's loop, takes the device's turn and calls the handler: so no two of
 * its handlers run at a time, and beside task context as they do on the other
 * CPU of a kernel.
 *
 * INTx is a level. It is held back by the transport from the write on and
 * looked at again (irq_rearm) when the handler has returned, is attached or
 * unmasked. Messages and the ISA lines are edges: what comes while a vector
 * is masked is remembered here, once.
 */
#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <os/linux-user/record.h>

/* A line whose interrupts nobody wants, so many in a row and for so long, is off. */
enum { STORM = 10000 };
#define STORM_NS 1000000000ULL

#define KINDS (TRV_IRQ_MSIX | TRV_IRQ_MSI | TRV_IRQ_INTX | TRV_IRQ_LEGACY)

/* What whoever waits is told: the vector, and which allocation it belongs to. */
static u32 tag_of(const struct trv_dev *dev, u32 vec)
{
	return dev->irq_generation << 8 | vec;
}

/* NULL when there is no such vector. */
static struct user_vec *vec_of(struct trv_dev *dev, u32 vec)
{
	return vec < dev->n_vecs ? &dev->vecs[vec] : NULL;
}

static bool is_level(const struct trv_dev *dev)
{
	return dev->irq_kind == TRV_IRQ_INTX;
}

/* ---- delivery ------------------------------------------------------------ */

/* Did this one put an end to our patience? With the lock held. */
static bool storms(struct user_vec *v, enum trv_irq_ret ret)
{
	if (ret != TRV_IRQ_NONE) {
		v->unhandled = 0;
		return false;
	}
	if (!v->unhandled++)
		v->unhandled_since = trv_time_ns();
	if (v->unhandled < STORM || trv_time_ns() - v->unhandled_since < STORM_NS)
		return false;
	v->disabled = true;
	return true;
}

static void raised(const struct trv_dev *dev, u32 vec, bool held)
{
	user_probe(irq_raise, dev, vec, held);
	user_record(dev, TRV_FACT_IRQ_RAISE, .vec = vec, .val = held);
}

void user_irq_fire(struct trv_dev *dev, u32 tag)
{
	const u32 vec = tag & 0xff;
	struct user_vec *v;
	const struct trv_irq_handler *h;
	bool rearm, deferred, storm;
	enum trv_irq_ret ret;
	const char *name;
	void *arg;

	pthread_mutex_lock(&dev->lock);
	v = vec_of(dev, vec);
	if (!v || tag != tag_of(dev, vec) || !v->handler || v->disabled) {
		pthread_mutex_unlock(&dev->lock);
		raised(dev, vec, true);
		return;
	}
	if (v->masked) {
		v->pending = true;
		pthread_mutex_unlock(&dev->lock);
		raised(dev, vec, true);
		return;
	}
	h = v->handler;
	arg = v->arg;
	name = v->name;
	v->running = true;
	v->calls++; /* now: who is woken by the handler finds it counted */
	pthread_mutex_unlock(&dev->lock);
	raised(dev, vec, false);

	user_ctx_enter(USER_HANDLER);
	user_self()->irqs_off++;
	user_probe(irq, dev, vec, name);
	user_record(dev, TRV_FACT_IRQ, .vec = vec, .name = name);
	ret = h->fn(arg);
	user_probe(irq_done, dev, vec, name, ret);
	user_record(dev, TRV_FACT_IRQ_DONE, .vec = vec, .name = name, .val = ret);
	user_self()->irqs_off--;
	user_ctx_leave();

	pthread_mutex_lock(&dev->lock);
	v->unwanted += ret == TRV_IRQ_NONE;
	storm = storms(v, ret);
	deferred = ret == TRV_IRQ_DEFER && h->deferred && v->handler == h;
	/* Before detach can go on: after it, no deferred function starts any more. */
	if (deferred) {
		pthread_mutex_unlock(&dev->lock);
		trv_work_queue(&v->deferred);
		pthread_mutex_lock(&dev->lock);
	}
	rearm = is_level(dev) && v->handler && !v->masked && !v->disabled;
	if (is_level(dev) && v->masked)
		v->pending = true;
	v->running = false;
	pthread_cond_broadcast(&dev->settled);
	pthread_mutex_unlock(&dev->lock);

	if (storm)
		trv_err(dev,
			"vector %u (%s): %u interrupts in a row that no handler wanted: "
			"it is switched off",
			vec, v->name, STORM);
	if (ret == TRV_IRQ_DEFER && !h->deferred)
		user_misuse(dev, "handler %s defers to nothing", h->name);
	if (rearm)
		dev->ops->irq_rearm(dev, vec);
}

bool trv_user_interrupts(struct trv_dev *dev, u32 vec, struct trv_user_interrupts *counts)
{
	struct user_vec *v;

	pthread_mutex_lock(&dev->lock);
	v = vec_of(dev, vec);
	if (v)
		*counts = (struct trv_user_interrupts){ v->calls, v->unwanted };
	pthread_mutex_unlock(&dev->lock);
	return v;
}

/* Wait until the handler that runs now has returned; with the lock held. */
static void wait_handler(struct trv_dev *dev, struct user_vec *v)
{
	while (v->running && !user_has_turn(dev))
		pthread_cond_wait(&dev->settled, &dev->lock);
}

static void run_deferred(void *arg);

void user_irq_name_work(const struct trv_dev *dev, const struct trv_work *w, struct trv_fact *fact)
{
	const struct user_vec *v = w->arg;

	if (w->fn != run_deferred)
		return;
	fact->name = v->name;
	fact->vec = (u32)(v - dev->vecs);
	fact->id = user_record_fn(v->deferred_fn);
}

static void run_deferred(void *arg)
{
	struct user_vec *v = arg;

	/* Neither changes before detach has waited for this function. */
	v->deferred_fn(v->arg);
	pthread_mutex_lock(&v->dev->lock);
	v->rounds++;
	pthread_mutex_unlock(&v->dev->lock);
}

/* ---- vectors ------------------------------------------------------------- */

/* Since a message is an edge, what came before somebody waits is not lost: an eventfd counts. */
static int watch_all(struct trv_dev *dev, u32 n)
{
	int rc = 0;

	for (u32 i = 0; i < n && !rc; i++) {
		if (dev->ops->irq_bytes)
			rc = user_listen(dev, i, tag_of(dev, i), &dev->vecs[i].listener);
		else
			rc = user_loop_watch(dev, dev->vecs[i].fd, tag_of(dev, i));
	}
	return rc;
}

static void give_back(struct trv_dev *dev)
{
	u32 n = dev->n_vecs;

	user_record(dev, TRV_FACT_IRQ_FREE);
	dev->ops->irq_teardown(dev);
	pthread_mutex_lock(&dev->lock);
	dev->n_vecs = 0;
	pthread_mutex_unlock(&dev->lock);
	for (u32 i = 0; i < n; i++) {
		if (dev->vecs[i].listener)
			user_listen_end(dev->vecs[i].listener);
		else
			user_loop_unwatch(dev, dev->vecs[i].fd);
		dev->vecs[i].listener = NULL;
		close(dev->vecs[i].fd);
	}
}

static int alloc_kind(struct trv_dev *dev, u32 min, u32 max, enum trv_irq_kind kind)
{
	u32 n = trv_min(trv_min(dev->ops->irq_max(dev, kind), max), (u32)USER_VECS);
	int fds[USER_VECS];
	int rc;

	if (!n || n < min)
		return -EOPNOTSUPP;
	rc = dev->ops->irq_setup(dev, kind, n, fds);
	if (rc > 0) { /* the machine has not as many as the device */
		n = (u32)rc;
		rc = n < min ? -EOPNOTSUPP : dev->ops->irq_setup(dev, kind, n, fds);
	}
	if (rc)
		return rc > 0 ? -EOPNOTSUPP : rc;
	pthread_mutex_lock(&dev->lock);
	dev->irq_generation++;
	dev->irq_kind = kind;
	dev->n_vecs = n;
	for (u32 i = 0; i < n; i++)
		dev->vecs[i] = (struct user_vec){ .dev = dev, .fd = fds[i] };
	pthread_mutex_unlock(&dev->lock);
	user_record(dev, TRV_FACT_IRQ_ALLOC, .count = n, .val = kind);
	rc = watch_all(dev, n);
	if (!rc)
		return (int)n;
	give_back(dev);
	return rc;
}

int trv_irq_alloc(struct trv_dev *dev, u32 min, u32 max, u32 kinds, enum trv_irq_kind *kind)
{
	int rc = -EOPNOTSUPP;

	user_may_sleep(dev, "irq_alloc");
	if (!min || max < min || !kinds || kinds & ~(u32)KINDS)
		return -EINVAL;
	if (dev->n_vecs)
		return -EBUSY;
	for (u32 k = TRV_IRQ_MSIX; k <= TRV_IRQ_LEGACY && rc == -EOPNOTSUPP; k <<= 1) {
		if (!(kinds & k))
			continue;
		rc = alloc_kind(dev, min, max, k);
		if (rc > 0)
			*kind = k;
	}
	return rc;
}

void trv_irq_free(struct trv_dev *dev)
{
	u32 n = dev->n_vecs;

	user_may_sleep(dev, "irq_free");
	for (u32 i = 0; i < n; i++) {
		if (dev->vecs[i].handler) {
			user_misuse(dev, "trv_irq_free() with vector %u attached", i);
			trv_irq_detach(dev, i);
		}
	}
	if (n)
		give_back(dev);
}

/* ---- handlers ------------------------------------------------------------ */

int trv_irq_attach(struct trv_dev *dev, u32 vec, const struct trv_irq_handler *h, void *arg,
		   const char *name)
{
	struct user_vec *v = vec_of(dev, vec);

	user_may_sleep(dev, "irq_attach");
	if (!v)
		return -ERANGE;
	pthread_mutex_lock(&dev->lock);
	if (v->handler) {
		pthread_mutex_unlock(&dev->lock);
		return -EBUSY;
	}
	trv_work_init(dev, &v->deferred, run_deferred, v);
	v->handler = h;
	v->deferred_fn = h->deferred;
	v->arg = arg;
	v->name = name;
	v->pending = false;
	v->disabled = false;
	v->unhandled = 0;
	pthread_mutex_unlock(&dev->lock);
	user_record(dev, TRV_FACT_IRQ_ATTACH, .vec = vec, .name = name);
	if (is_level(dev))
		dev->ops->irq_rearm(dev, vec);
	return 0;
}

void trv_irq_detach(struct trv_dev *dev, u32 vec)
{
	struct user_vec *v = vec_of(dev, vec);
	bool attached;

	user_may_sleep(dev, "irq_detach");
	if (v)
		user_record(dev, TRV_FACT_IRQ_DETACH, .vec = vec);
	pthread_mutex_lock(&dev->lock);
	attached = v && v->handler;
	if (attached) {
		v->handler = NULL;
		wait_handler(dev, v);
	}
	pthread_mutex_unlock(&dev->lock);
	if (attached)
		(void)trv_work_cancel_sync(&v->deferred);
	else
		user_misuse(dev, "trv_irq_detach() of vector %u, which is not attached", vec);
}

void trv_irq_sync(struct trv_dev *dev, u32 vec)
{
	struct user_vec *v = vec_of(dev, vec);
	u32 until;

	user_may_sleep(dev, "irq_sync");
	pthread_mutex_lock(&dev->lock);
	if (v && v->handler) {
		wait_handler(dev, v);
		until = v->rounds + user_work_load(&v->deferred);
		while ((s32)(until - v->rounds) > 0 && user_work_load(&v->deferred))
			pthread_cond_wait(&dev->settled, &dev->lock);
	}
	pthread_mutex_unlock(&dev->lock);
}

/* ---- masks --------------------------------------------------------------- */

void trv_irq_mask(struct trv_dev *dev, u32 vec)
{
	struct user_vec *v = vec_of(dev, vec);
	bool first;

	if (!v) {
		user_misuse(dev, "trv_irq_mask() of vector %u, of which there are %u", vec,
			    dev->n_vecs);
		return;
	}
	user_record(dev, TRV_FACT_IRQ_MASK, .vec = vec);
	pthread_mutex_lock(&dev->lock);
	first = !v->masked++;
	pthread_mutex_unlock(&dev->lock);
	/* On a shared line the others go on being heard only if this one is silent. */
	if (first && is_level(dev))
		dev->ops->irq_mask(dev, vec, true);
}

void trv_irq_unmask(struct trv_dev *dev, u32 vec)
{
	struct user_vec *v = vec_of(dev, vec);
	bool last, again;

	if (v)
		user_record(dev, TRV_FACT_IRQ_UNMASK, .vec = vec);
	pthread_mutex_lock(&dev->lock);
	if (!v || !v->masked) {
		pthread_mutex_unlock(&dev->lock);
		user_misuse(dev, "trv_irq_unmask() of vector %u, which is not masked", vec);
		return;
	}
	last = !--v->masked;
	again = last && v->pending;
	if (last)
		v->pending = false;
	pthread_mutex_unlock(&dev->lock);
	if (!last)
		return;
	if (is_level(dev)) {
		dev->ops->irq_mask(dev, vec, false);
		dev->ops->irq_rearm(dev, vec);
	} else if (again) {
		eventfd_write(v->fd, 1);
	}
}
