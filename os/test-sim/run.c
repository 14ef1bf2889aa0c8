// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One run: a fresh world, the scenario as its main task, and the verdict. */
#include <stdio.h>
#include <string.h>

#include <os/test-sim/engine.h>

static void fresh_world(const struct sim_deviation *dev, u32 n_dev, bool record)
{
	sim_dev_reset_all();
	sim_mem_reset();
	sim_dma_reset();
	sim_machine_reset();
	sim_trace_reset(record);
	sim_choice_begin(dev, n_dev);
	sim_check_begin();
}

/* The same for the same defect, whatever run met it and wherever the line has moved. */
static void name_failure(struct sim_result *r)
{
	snprintf(r->id, sizeof(r->id), "%s-%s:%s%s%s", sim_check_id(r->check),
		 sim_site_file(r->site), sim_site_func(r->site), r->rule[0] ? "-" : "", r->rule);
}

static void judge(const struct sim_scenario *s, struct sim_result *r)
{
	int want = s->expect - 1;

	r->pass = r->check == want && (!s->rule || !strcmp(s->rule, r->rule));
	if (r->check >= 0) {
		name_failure(r);
	} else if (want >= 0) {
		snprintf(r->message, sizeof(r->message),
			 "the run ended well, but this scenario must end with a %s%s%s",
			 sim_check_id(want), s->rule ? ": " : "", s->rule ? s->rule : "");
		snprintf(r->id, sizeof(r->id), "missed-%s-%s", sim_check_id(want), s->name);
	}
}

void sim_run(const struct sim_scenario *s, const struct sim_deviation *dev, u32 n_dev, bool record,
	     struct sim_result *r)
{
	const struct sim_finding *f;
	const struct sim_body *body;

	memset(r, 0, sizeof(*r));
	fresh_world(dev, n_dev, record);
	sim_machine_run(sim_body_run, (void *)s);
	r->time_ns = sim_now();
	f = sim_check_end();

	body = sim_body_result();
	r->ended = body->ended;
	r->excused = body->excused;
	r->class = sim_choice_worst();
	r->check = f->check;
	r->site = f->site;
	memcpy(r->rule, f->rule, sizeof(r->rule));
	memcpy(r->message, f->check >= 0 ? f->message : body->message, sizeof(r->message));
	memcpy(r->where, f->where, sizeof(r->where));
	if (f->check >= 0)
		r->time_ns = f->time_ns;
	r->points = sim_choice_count();
	r->steps = sim_steps();
	r->deviations_used = sim_choice_taken();
	sim_choice_trouble(r->unmet, sizeof(r->unmet));
	r->hash = sim_mix(sim_mix(sim_trace_hash(), sim_choice_hash()),
			  sim_mix(r->time_ns, r->steps << 8 | (u8)r->check));
	judge(s, r);
}
