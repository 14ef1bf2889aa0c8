// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One run: a fresh world, the scenario as its main task, and the verdict. */
#include <stdio.h>
#include <string.h>

#include <os/test-sim/engine.h>
#include <os/test-sim/story.h>

static void fresh_world(const struct sim_deviation *dev, u32 n_dev, bool record)
{
	sim_dev_reset_all();
	sim_mem_reset();
	sim_dma_reset();
	sim_machine_reset();
	sim_trace_reset(record);
	sim_witness_reset();
	sim_choice_begin(dev, n_dev);
	sim_check_begin();
}

static bool same_function(const struct sim_site *a, const struct sim_site *b)
{
	return !strcmp(sim_site_func(a), sim_site_func(b)) &&
	       !strcmp(sim_site_file(a), sim_site_file(b));
}

/* The other place a finding is about, where it is in another function. */
static const struct sim_site *other_site(const struct sim_finding *f)
{
	for (u32 i = 0; i < f->n_because; i++) {
		if (!same_function(f->because[i].site, f->site))
			return f->because[i].site;
	}
	return NULL;
}

/* Which of the two came second, and was noticed, is a matter of the run. */
static bool symmetric(int check)
{
	return check == SIM_LOCK_ORDER || check == SIM_LOCK_IRQ;
}

/*
 * An expectation tells what went wrong, but not where: all of a scenario end in the same few
 * helpers. So: what was asked, and who asked. Two defects are two then, wherever they show.
 */
static void name_unmet(const struct sim_scenario *s, struct sim_result *r)
{
	const char *question = sim_finding()->question;

	snprintf(r->id, sizeof(r->id), "%s-%.40s%s%s%s@%.80s", sim_check_id(r->check),
		 sim_site_func(r->site), question[0] ? "-" : "", question,
		 sim_body_recovering() ? "-recovering" : "", s->name);
}

/*
 * The same for the same defect, whatever run met it and wherever its lines have moved: the
 * check and the functions it happened in.
 */
static void name_failure(struct sim_result *r)
{
	const struct sim_site *other = other_site(sim_finding());
	char here[160], there[160] = "";
	bool swap;

	snprintf(here, sizeof(here), "-%s:%s", sim_site_file(r->site), sim_site_func(r->site));
	if (other)
		snprintf(there, sizeof(there), "-%s:%s", sim_site_file(other),
			 sim_site_func(other));
	swap = other && symmetric(r->check) && strcmp(there, here) < 0;
	snprintf(r->id, sizeof(r->id), "%s%.80s%s%s%.80s", sim_check_id(r->check),
		 swap ? there : here, r->rule[0] ? "-" : "", r->rule, swap ? here : there);
}

static void judge(const struct sim_scenario *s, struct sim_result *r)
{
	int want = s->expect - 1;

	r->pass = r->check == want && (!s->rule || !strcmp(s->rule, r->rule));
	if (r->check == SIM_EXPECT || r->check == SIM_DATA) {
		name_unmet(s, r);
	} else if (r->check >= 0) {
		name_failure(r);
	} else if (want >= 0) {
		snprintf(r->message, sizeof(r->message),
			 "the run ended well, but this scenario must end with a %s%s%s",
			 sim_check_id(want), s->rule ? ": " : "", s->rule ? s->rule : "");
		snprintf(r->id, sizeof(r->id), "missed-%s-%s", sim_check_id(want), s->name);
	}
}

static u64 images(void)
{
	u64 hash = 0;

	for (struct trv_dev *dev = sim_dev_first(); dev; dev = dev->next) {
		if (dev->model && dev->model->image)
			hash = sim_mix(hash, dev->model->image(dev));
	}
	return hash;
}

static void hash_all(struct sim_result *r)
{
	for (u32 i = 0; i < SIM_N_PARTS; i++)
		r->part[i] = sim_trace_part((enum sim_part)i);
	r->part[SIM_P_CHOICES] = sim_mix(r->part[SIM_P_CHOICES], sim_choice_hash());
	r->part[SIM_P_RESULTS] = sim_mix(r->part[SIM_P_RESULTS], (u64)r->check);
	r->part[SIM_P_IMAGES] = images();
	r->part[SIM_P_REST] = sim_mix(r->part[SIM_P_REST], sim_mix(r->time_ns, r->steps));
	r->hash = sim_digest(r->part, sizeof(r->part));
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
	hash_all(r);
	judge(s, r);
}
