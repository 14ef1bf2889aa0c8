// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Findings: who complains, where, and the end of the run that did it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/engine.h>
#include <os/test-sim/machine.h>
#include <os/test-sim/story.h>
#include <os/test-sim/watch.h>

static const struct {
	const char *id;
	const char *what;
} checks[SIM_N_CHECKS] = {
#define SIM_CHECK_ROW(e, id, what) [SIM_##e] = { id, what },
	SIM_CHECKS(SIM_CHECK_ROW)
#undef SIM_CHECK_ROW
};

static const struct sim_site *here;
static u64 off; /* checks that are silent */

static struct {
	bool running;
	struct sim_finding finding;
} run;

const char *sim_check_id(enum sim_check check)
{
	return checks[check].id;
}

const char *sim_check_what(enum sim_check check)
{
	return checks[check].what;
}

int sim_check_parse(const char *id)
{
	for (int i = 0; i < SIM_N_CHECKS; i++) {
		if (!strcmp(checks[i].id, id))
			return i;
	}
	return -1;
}

void sim_at(const struct sim_site *site)
{
	here = site;
}

const struct sim_site *sim_here(void)
{
	return here;
}

const char *sim_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *sim_site_file(const struct sim_site *site)
{
	return site ? sim_basename(site->file) : "device";
}

const char *sim_site_func(const struct sim_site *site)
{
	return site ? site->func : "event";
}

void sim_check_begin(void)
{
	run.finding = (struct sim_finding){ .check = -1 };
	run.running = true;
	here = NULL;
	sim_crash_arm();
}

const struct sim_finding *sim_check_end(void)
{
	sim_crash_disarm();
	run.running = false;
	return &run.finding;
}

const struct sim_finding *sim_finding(void)
{
	return &run.finding;
}

void sim_about(enum sim_about what, const struct trv_dev *dev, u64 at, u64 len)
{
	struct sim_finding *f = &run.finding;

	if (f->n_about < SIM_MAX_ABOUT)
		f->about[f->n_about++] = (struct sim_subject){ what, dev, at, len };
}

void sim_because(const struct sim_site *site, u64 time, const char *fmt, ...)
{
	struct sim_finding *f = &run.finding;
	struct sim_cause *c = &f->because[f->n_because];
	va_list ap;

	if (!site || f->n_because == SIM_MAX_ABOUT)
		return;
	f->n_because++;
	c->site = site;
	c->time = time;
	va_start(ap, fmt);
	vsnprintf(c->text, sizeof(c->text), fmt, ap);
	va_end(ap);
}

/* The last event of a failed run's timeline. */
static void tell(const struct sim_finding *f)
{
	const char *why = sim_check_id(f->check);
	char text[640];

	if (sim_trace_recording()) {
		snprintf(text, sizeof(text), "%s: %s", why, f->message);
		why = sim_own_strdup(text);
	}
	here = f->site;
	sim_trace(SIM_T_FINDING, NULL, why, 0, 0, 0);
}

/* The message is complete: the world it speaks of ends here. */
static _Noreturn void found(enum sim_check check, const char *rule, const struct sim_site *site,
			    const char *message)
{
	const struct sim_blame *blame = sim_coherent_blame();
	struct sim_finding *f = &run.finding;

	if (!run.running) {
		/* A unit test that calls a checker by hand: there is no run to end. */
		fprintf(stderr, "trivet-sim: %s outside any run: %s\n", sim_check_id(check),
			message);
		abort();
	}
	if (check == SIM_EXPECT || check == SIM_DATA)
		sim_body_excuse(site ? site : here, message);
	f->check = check;
	f->site = site ? site : here;
	f->time_ns = sim_now();
	f->visit = sim_watch_visit();
	snprintf(f->rule, sizeof(f->rule), "%s", rule);
	snprintf(f->message, sizeof(f->message), "%s", message);
	/* With nothing else out of the ordinary, it would not have come to this. */
	if (blame && sim_checked(blame->check) && sim_choice_taken() <= 1) {
		f->check = blame->check;
		f->site = blame->site;
		f->rule[0] = '\0';
		snprintf(f->message, sizeof(f->message), "%s; so then %s: %s", blame->what,
			 sim_check_id(check), message);
	}
	snprintf(f->where, sizeof(f->where), "%s", sim_where());
	tell(f);
	sim_witness_finding(f->site);
	sim_machine_abort();
}

void sim_fail(enum sim_check check, const struct sim_site *site, const char *fmt, ...)
{
	char message[sizeof(run.finding.message)];
	va_list ap;

	va_start(ap, fmt);
	sim_question(run.finding.question, sizeof(run.finding.question), fmt, &ap);
	va_end(ap);
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	found(check, "", site, message);
}

void sim_complain(enum sim_check check, const struct sim_site *site, const char *fmt, ...)
{
	char message[sizeof(run.finding.message)];
	va_list ap;

	if (!sim_checked(check)) {
		/* Nobody hears of it, nor of its causes. */
		run.finding.n_about = run.finding.n_because = 0;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	found(check, "", site, message);
}

void sim_checks_off(u64 checks)
{
	off = checks;
}

bool sim_checked(enum sim_check check)
{
	return !(off >> check & 1);
}

void sim_rule_broken(struct trv_dev *dev, const struct sim_rule *rule, const char *fmt, ...)
{
	char message[sizeof(run.finding.message)];
	char why[320];
	va_list ap;

	if (!sim_checked(SIM_RULE))
		return;
	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	snprintf(message, sizeof(message), "%s: %s; %s says: %s", trv_dev_name(dev), why,
		 rule->section, rule->text);
	sim_about(SIM_ABOUT_DEVICE, dev, 0, 0);
	found(SIM_RULE, rule->id, NULL, message);
}
