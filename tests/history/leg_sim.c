// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Histories of the simulator's device models, which are told what drives QEMU has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/models/ide_test.h>
#include <os/test-sim/scenario.h>

#include "history.h"
#include "qemu_drive.h"
#include "record.h"

static const struct hist_scenario *now;

int hist_bind(struct trv_dev *dev, const struct trv_driver *drv)
{
	int rc = drv ? sim_bind_to(dev, drv) : sim_bind(dev);

	rec_line("bind = %d", rc);
	return rc;
}

void hist_unbind(struct trv_dev *dev)
{
	sim_unbind(dev);
}

int hist_suspend(struct trv_dev *dev)
{
	int rc = sim_suspend(dev);

	rec_line("suspend = %d", rc);
	return rc;
}

int hist_resume(struct trv_dev *dev)
{
	int rc = sim_resume(dev);

	rec_line("resume = %d", rc);
	return rc;
}

/* ---- the hardware --------------------------------------------------------- */

static void add_drive(char *spec, size_t len, u32 i)
{
	size_t n = strlen(spec);

	switch (now->drive[i].kind) {
	case HIST_NONE:
		break;
	case HIST_EMPTY_CD:
		snprintf(spec + n, len - n, ",disk%u=cd:", i);
		break;
	case HIST_CD:
		snprintf(spec + n, len - n, ",disk%u=cd:%s", i, hist_image(now, i));
		break;
	case HIST_DISK:
		snprintf(spec + n, len - n, ",disk%u=file:%s", i, hist_image(now, i));
		break;
	}
}

static void add_fault(struct trv_dev *dev)
{
	bool cd = now->drive[now->bad.drive].kind == HIST_CD;
	u64 at = cd ? now->bad.sector / 4 : now->bad.sector;

	if (now->bad.any)
		ide_fault_add(dev, &(struct ide_fault){ .kind = IDE_F_UNC,
							.drive = now->bad.drive,
							.first = at,
							.last = at });
}

static void body(void)
{
	char spec[1024];
	struct trv_dev *dev;

	snprintf(spec, sizeof(spec), "%s", now->model);
	for (u32 i = 0; i < HIST_DRIVES; i++)
		add_drive(spec, sizeof(spec), i);
	dev = sim_plug(spec);
	if (!dev)
		sim_fail(SIM_EXPECT, SIM_SITE, "%s: %s", spec, sim_opt_error_text());
	if (strcmp(now->model, "edu")) {
		ide_clean(dev);
		for (u32 i = 0; i < HIST_DRIVES; i++)
			qemu_drive(dev, i);
		qemu_firmware(dev);
		add_fault(dev);
	}
	dev->hostile = now->rude;
	if (now->option.name)
		sim_option_set(dev, now->option.name, now->option.val);
	now->run(dev);
	sim_unbind(dev);
}

static int run(const struct hist_scenario *s)
{
	static const struct sim_scenario scenario = { .name = "history", .run = body };
	struct sim_result r;

	now = s;
	rec_begin(s->model);
	sim_run(&scenario, NULL, 0, false, &r);
	if (r.check >= 0 || !r.ended) {
		fprintf(stderr, "%s: %s\n", s->name, r.message);
		rec_line("the simulator: %s", r.message);
	}
	hist_media(s);
	return r.check >= 0 || !r.ended;
}

int main(int argc, char **argv)
{
	return hist_main(argc, argv, run);
}
