// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The slots: models, plugging, surprise removal, and what a device is called. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/mem.h>
#include <os/test-sim/pci.h>
#include <os/test-sim/sabotage.h>

enum {
	FIRST_SLOT = 3,
	MOST_SLOTS = 32,
	FIRST_MEM = 0xe0000000,
	FIRST_IO = 0xc000,
};

extern const struct sim_model *const __start_sim_models[] __attribute__((weak));
extern const struct sim_model *const __stop_sim_models[] __attribute__((weak));

static struct {
	struct trv_dev *first, **last;
	struct sim_pci_space space;
	u32 slots;
	int status; /* why the last sim_plug() failed */
} bus;

/* ---- models -------------------------------------------------------------- */

static const struct sim_model *find_model(const char *name, size_t len)
{
	const struct sim_model *const *m;

	for (m = __start_sim_models; m < __stop_sim_models; m++) {
		if (strlen((*m)->name) == len && !memcmp((*m)->name, name, len))
			return *m;
	}
	return NULL;
}

const struct sim_model *sim_model_find(const char *name)
{
	return find_model(name, strlen(name));
}

/* Link order is nobody's order: the next name after @after, NULL at the end. */
static const struct sim_model *model_after(const char *after)
{
	const struct sim_model *const *m, *next = NULL;

	for (m = __start_sim_models; m < __stop_sim_models; m++) {
		if (after && strcmp((*m)->name, after) <= 0)
			continue;
		if (!next || strcmp((*m)->name, next->name) < 0)
			next = *m;
	}
	return next;
}

void sim_model_each(void (*fn)(const struct sim_model *model, void *arg), void *arg)
{
	const struct sim_model *m;

	for (m = model_after(NULL); m; m = model_after(m->name))
		fn(m, arg);
}

static void no_such_model(const char *name, size_t len)
{
	char all[160] = "";
	size_t at = 0;
	const struct sim_model *m;

	for (m = model_after(NULL); m && at < sizeof(all); m = model_after(m->name))
		at += (size_t)snprintf(all + at, sizeof(all) - at, " %s", m->name);
	sim_opt_error("no device model '%.*s'; there are:%s", (int)trv_min(len, (size_t)40), name,
		      all);
}

/* ---- plugging ------------------------------------------------------------ */

void sim_dev_reset_all(void)
{
	for (struct trv_dev *dev = bus.first; dev; dev = dev->next) {
		if (dev->model->close)
			dev->model->close(dev);
	}
	bus.first = NULL;
	bus.last = &bus.first;
	bus.space = (struct sim_pci_space){ .mem = FIRST_MEM, .io = FIRST_IO };
	bus.slots = 0;
}

struct trv_dev *sim_dev_first(void)
{
	return bus.first;
}

static void prepare_tables(struct trv_dev *dev)
{
	for (u32 i = 0; i < TRV_PCI_BARS; i++) {
		struct sim_bar *bar = &dev->bars[i];

		if (!bar->regs)
			continue;
		bar->index = sim_regindex(bar->regs);
		bar->seen = sim_own(bar->regs->n_regs * sizeof(*bar->seen));
		for (u32 r = 0; r < bar->regs->n_regs; r++)
			bar->clears |= bar->regs->regs[r].access == TRV_REG_RC;
	}
}

int sim_plug_status(void)
{
	return bus.status;
}

/* The next one; after the last, one whose device was pulled out and has no driver any more. */
static u32 free_slot(void)
{
	u32 taken = 0, slot = FIRST_SLOT;

	if (bus.slots < MOST_SLOTS - FIRST_SLOT)
		return FIRST_SLOT + bus.slots;
	for (const struct trv_dev *d = bus.first; d; d = d->next)
		if (!d->gone || d->core.state != TRV_DEV_UNBOUND)
			taken |= 1u << d->slot;
	while (slot < MOST_SLOTS && taken >> slot & 1)
		slot++;
	return slot;
}

struct trv_dev *sim_plug(const char *spec)
{
	size_t len = strcspn(spec, ",");
	const struct sim_model *model = find_model(spec, len);
	u32 slot = free_slot();
	struct trv_dev *dev;
	int rc;

	sim_opt_error("%s", "");
	bus.status = -EINVAL;
	if (!model) {
		no_such_model(spec, len);
		return NULL;
	}
	if (spec[len] && !spec[len + 1]) {
		sim_opt_error("%s: an option is missing after the comma", model->name);
		return NULL;
	}
	if (slot == MOST_SLOTS) {
		bus.status = -ENOMEM;
		sim_opt_error("all %u slots are taken", MOST_SLOTS - FIRST_SLOT);
		return NULL;
	}
	dev = sim_own(sizeof(*dev));
	dev->model = model;
	dev->slot = slot;
	snprintf(dev->name, sizeof(dev->name), "0000:00:%02x.0", dev->slot);
	sim_pci_init(dev);
	sim_post_init(dev);
	sim_lie_init(dev);
	rc = model->create(dev, spec[len] ? spec + len + 1 : "");
	bus.status = rc;
	if (rc) {
		if (!*sim_opt_error_text())
			sim_opt_error("%s: cannot be created: error %d", model->name, -rc);
		return NULL;
	}
	sim_pci_power_on(dev, &bus.space);
	prepare_tables(dev);
	model->reset(dev);
	bus.slots += slot == FIRST_SLOT + bus.slots;
	if (!bus.last)
		bus.last = &bus.first;
	*bus.last = dev;
	bus.last = &dev->next;
	return dev;
}

void sim_unplug(struct trv_dev *dev)
{
	if (dev->gone)
		return;
	sim_post_drop(dev);
	if (dev->has_intx)
		sim_intx_set(dev, false);
	if (dev->has_legacy) {
		sim_isa_set(dev, 0, false);
		sim_isa_set(dev, 1, false);
	}
	dev->gone = true;
	if (dev->model->unplug)
		dev->model->unplug(dev);
}

/* ---- what a device is ---------------------------------------------------- */

const char *trv_dev_name(const struct trv_dev *dev)
{
	static u32 calls;

	/* Sabotage: its memory is soon used for something else. */
	if (SIM_SAB("name-reused") && ++calls % 4 == 0)
		return "";
	return SIM_SAB("name-same") ? dev->model->name : dev->name;
}

const struct trv_pci_ident *trv_dev_ident(const struct trv_dev *dev)
{
	static const struct trv_pci_ident nobody;

	return SIM_SAB("ident-empty") ? &nobody : &dev->ident;
}

void *trv_drvdata(const struct trv_dev *dev)
{
	if (!dev->core.drvdata && SIM_SAB("drvdata-stale"))
		return dev->state;
	return dev->core.drvdata;
}

void trv_set_drvdata(struct trv_dev *dev, void *data)
{
	if (!SIM_SAB("drvdata-forgets"))
		dev->core.drvdata = data;
}

struct trv_dev_core *trv_dev_core(struct trv_dev *dev)
{
	return &dev->core;
}

/* ---- options ------------------------------------------------------------- */

static u32 *find_option(struct trv_dev *dev, const char *name, bool asked)
{
	for (u32 i = 0; i < dev->n_options; i++) {
		if (!strcmp(dev->options[i].name, name)) {
			dev->options[i].asked |= asked;
			return &dev->options[i].val;
		}
	}
	return NULL;
}

void sim_option_set(struct trv_dev *dev, const char *name, u32 val)
{
	u32 *have = find_option(dev, name, false);
	u32 n = dev->n_options;

	if (have) {
		*have = val;
		return;
	}
	if (n == TRV_ARRAY_SIZE(dev->options) || strlen(name) >= sizeof(dev->options[0].name))
		sim_fail(SIM_API, NULL, "sim_option_set: no room for option '%s'", name);
	strcpy(dev->options[n].name, name);
	dev->options[n].val = val;
	dev->n_options++;
}

u32 trv_option(struct trv_dev *dev, const char *name, u32 def, u32 min, u32 max)
{
	const u32 *given;
	u32 val;

	sim_enter("option", SIM_SLEEPS, SIM_COST_CALL);
	if (def < min || def > max)
		sim_fail(SIM_API, NULL, "option: the default %u of '%s' is outside %u to %u", def,
			 name, min, max);
	given = find_option(dev, name, true);
	if (!given)
		return SIM_SAB("option-no-default") ? min : def;
	if (SIM_SAB("option-no-clamp"))
		return *given;
	if (SIM_SAB("option-ignored"))
		return def;
	val = trv_max(min, trv_min(max, *given));
	if (val != *given && !SIM_SAB("option-no-warning"))
		trv_warn(dev, "option %s=%u is outside %u to %u, taken as %u", name, *given, min,
			 max, val);
	return val;
}
