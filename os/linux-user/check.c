// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who may sleep, and what was done wrong: the leg's own few checks. The
 * simulator has the many. A report is a line in the log and one more misuse;
 * the program goes on, since a debugger is the better place to look around.
 */
#include <stdarg.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <os/linux-user/record.h>

static __thread struct user_thread self;
static u32 misuses;

struct user_thread *user_self(void)
{
	return &self;
}

s32 user_tid(void)
{
	if (!self.tid)
		self.tid = (s32)syscall(SYS_gettid);
	return self.tid;
}

void user_ctx_enter(enum user_ctx ctx)
{
	self.ctx = ctx;
}

void user_ctx_leave(void)
{
	const char *what = self.ctx == USER_TIMER ? "a timer function" : "an interrupt handler";

	if (self.atomic) {
		user_misuse(NULL, "%s returned with a spinlock held", what);
		self.atomic = 0;
	}
	self.ctx = USER_TASK;
}

void user_may_sleep(struct trv_dev *dev, const char *what)
{
	if (self.ctx == USER_HANDLER)
		user_misuse(dev, "trv_%s() sleeps, called from an interrupt handler", what);
	else if (self.ctx == USER_TIMER)
		user_misuse(dev, "trv_%s() sleeps, called from a timer function", what);
	else if (self.atomic && self.n_ops)
		user_misuse(dev, "trv_%s() sleeps, called from %s(), or under a spinlock", what,
			    self.op[self.n_ops - 1]);
	else if (self.atomic)
		user_misuse(dev, "trv_%s() sleeps, called under a spinlock", what);
}

void user_misuse(const struct trv_dev *dev, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	__atomic_fetch_add(&misuses, 1, __ATOMIC_RELAXED);
	trv_log(dev, TRV_LOG_ERR, "misuse: %s", text);
}

u32 trv_user_misuses(void)
{
	return __atomic_load_n(&misuses, __ATOMIC_RELAXED);
}

/* ---- what the core asks -------------------------------------------------- */

struct trv_dev_core *trv_dev_core(struct trv_dev *dev)
{
	return &dev->core;
}

const struct trv_dma_limits *trv_dev_dma_limits(const struct trv_dev *dev)
{
	return &dev->lim;
}

void trv_check_enter(const char *what, bool atomic)
{
	if (self.n_ops < TRV_ARRAY_SIZE(self.op)) {
		self.op[self.n_ops] = what;
		self.op_atomic[self.n_ops] = atomic;
		self.atomic += atomic;
	}
	self.n_ops++;
}

void trv_check_leave(void)
{
	self.n_ops--;
	if (self.n_ops < TRV_ARRAY_SIZE(self.op))
		self.atomic -= self.op_atomic[self.n_ops];
}

void trv_check_answer(int rc)
{
	trv_check_leave();
}

void trv_check_misuse(struct trv_dev *dev, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	user_misuse(dev, "%s", text);
}

void trv_check_outside(void)
{
}

void trv_check_req(const struct trv_req *req, bool end, int status)
{
	struct trv_dev *dev = req->q->dev;

	user_trace(dev, end ? "request end" : "request", req->lba,
		   end ? (u64)(s64)status : (u64)req->op << 32 | req->blocks);
	if (end)
		user_probe(req_done, dev, req->disk->info.unit, req->tag, req->op, req->lba,
			   req->blocks, status);
	else
		user_probe(req_start, dev, req->disk->info.unit, req->tag, req->op, req->lba,
			   req->blocks);
	user_record(dev, end ? TRV_FACT_REQ_DONE : TRV_FACT_REQ_START, .vec = req->tag,
		    .unit = (u8)req->disk->info.unit, .op = (u8)req->op, .lba = req->lba,
		    .count = req->blocks, .rc = end ? status : 0);
}

/* ---- reference counts ---------------------------------------------------- */

void trv_user_refcount_get(struct trv_refcount *r)
{
	u32 n = __atomic_load_n(&r->n, __ATOMIC_RELAXED);

	do {
		if (!n) {
			user_misuse(NULL, "trv_refcount_get() on zero");
			return;
		}
	} while (!__atomic_compare_exchange_n(&r->n, &n, n + 1, true, __ATOMIC_RELAXED,
					      __ATOMIC_RELAXED));
}

bool trv_user_refcount_put(struct trv_refcount *r)
{
	u32 n = __atomic_load_n(&r->n, __ATOMIC_RELAXED);

	do {
		if (!n) {
			user_misuse(NULL, "trv_refcount_put() below zero");
			return false;
		}
	} while (!__atomic_compare_exchange_n(&r->n, &n, n - 1, true, __ATOMIC_ACQ_REL,
					      __ATOMIC_RELAXED));
	return n == 1;
}
