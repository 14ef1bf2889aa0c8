/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The backend that declares everything and provides nothing: a driver that
 * compiles against it depends on the public headers alone. Never linked.
 */
#ifndef TRIVET_OS_NONE_H
#define TRIVET_OS_NONE_H

struct trv_mmio {
	u32 none;
};
struct trv_port {
	u32 none;
};
struct trv_spin {
	u32 none;
};
struct trv_mutex {
	u32 none;
};
struct trv_event {
	u32 none;
};
struct trv_work {
	u32 none;
};
struct trv_timer {
	u32 none;
};
struct trv_refcount {
	u32 none;
};
struct trv_irq_handler {
	enum trv_irq_ret (*fn)(void *arg);
	void (*deferred)(void *arg);
};

#define TRV_IRQ_HANDLER(name, fn, deferred) \
	static const struct trv_irq_handler name = { fn, deferred }

#define TRV_DRIVER(drv) \
	static const struct trv_driver *const trv_driver_##drv __attribute__((used)) = &(drv)

#endif /* TRIVET_OS_NONE_H */
