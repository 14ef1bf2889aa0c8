// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the core asks of its leg beyond os.h: limits, and the checkers' annotations. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <os/test-sim/dma_impl.h>
#include <os/test-sim/engine.h>
#include <os/test-sim/watch.h>

const struct trv_dma_limits *trv_dev_dma_limits(const struct trv_dev *dev)
{
	/* The state is made at first use, whoever asks. */
	return &sim_dma_state((struct trv_dev *)dev)->lim;
}

void trv_check_enter(const char *what, bool atomic)
{
	sim_class_begin(what, atomic ? what : NULL);
}

void trv_check_leave(void)
{
	sim_entry_end();
}

void trv_check_answer(int rc)
{
	sim_entry_returned(rc);
}

void trv_check_outside(void)
{
	sim_body_goes_on();
}

void trv_check_misuse(struct trv_dev *dev, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	sim_complain(SIM_CLASS, NULL, "%s: %s", dev->name, text);
}

/*
 * A request that is offered again is the same one, until it ends; what comes next in its memory
 * is another. Only a recording needs to know.
 */
static u64 number_of(const struct trv_req *req, bool end)
{
	static struct {
		const struct trv_req *req;
		u64 nr;
	} live[256];
	static u64 given, run;
	u32 i = 0;

	if (run != sim_trace_run()) {
		run = sim_trace_run();
		given = 0;
		memset(live, 0, sizeof(live));
	}
	while (i < TRV_ARRAY_SIZE(live) && live[i].req != req)
		i++;
	if (i < TRV_ARRAY_SIZE(live)) {
		live[i].req = end ? NULL : req;
		return live[i].nr;
	}
	given++;
	for (i = 0; i < TRV_ARRAY_SIZE(live) && live[i].req; i++)
		;
	if (i < TRV_ARRAY_SIZE(live) && !end) {
		live[i].req = req;
		live[i].nr = given;
	}
	return given;
}

void trv_check_req(const struct trv_req *req, bool end, int status)
{
	static const char *const names[] = { "read", "write", "flush", "discard" };

	if (end)
		sim_trace(SIM_T_REQ_END, req->q->dev, names[req->op], req->tag, (u64)(s64)status,
			  req->lba);
	else
		sim_trace(SIM_T_REQ, req->q->dev, names[req->op], req->op, req->lba, req->blocks);
	if (sim_trace_recording())
		sim_trace_aux(number_of(req, end) | (u64)(end ? sim_watch_visit() : 0) << 32);
}
