// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Histories of QEMU's device models: each scenario on a QEMU of its own. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <trivet/user.h>

#include "history.h"
#include "record.h"

/** struct spec - a specification of hardware under construction */
struct spec {
	char text[2048];
	size_t n;
};

static void add(struct spec *spec, const char *fmt, ...) TRV_PRINTF(2, 3);
static void add(struct spec *spec, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	spec->n += (size_t)vsnprintf(spec->text + spec->n, sizeof(spec->text) - spec->n, fmt, ap);
	va_end(ap);
	if (spec->n >= sizeof(spec->text))
		abort();
}

/* blkdebug's file of rules, beside the image. */
static const char *rules(const struct hist_scenario *s, const char *image)
{
	static char path[200];
	FILE *f;

	snprintf(path, sizeof(path), "%s.rules", image);
	f = fopen(path, "w");
	if (!f)
		abort();
	fprintf(f, "[inject-error]\nevent = \"%s_aio\"\nerrno = \"5\"\nsector = \"%llu\"\n",
		s->bad.write ? "write" : "read", (unsigned long long)s->bad.sector);
	fclose(f);
	return path;
}

static void add_drive(struct spec *spec, const struct hist_scenario *s, u32 i, char *to_unlink)
{
	const bool cd = s->drive[i].kind == HIST_CD;
	const char *image;

	switch (s->drive[i].kind) {
	case HIST_NONE:
		break;
	case HIST_EMPTY_CD:
		add(spec, ",cd%u=,cd%u.serial=HIST%u", i, i, i);
		break;
	case HIST_CD:
	case HIST_DISK:
		image = hist_image(s, i);
		add(spec, ",drive%u=%s", i, cd ? "media=cdrom,,readonly=on,," : "discard=unmap,,");
		if (s->bad.any && s->bad.drive == i) {
			strcpy(to_unlink, rules(s, image));
			add(spec,
			    "driver=raw,,file.driver=blkdebug,,file.config=%s,,"
			    "file.image.driver=file,,file.image.filename=%s",
			    to_unlink, image);
		} else {
			add(spec, "format=raw,,file=%s", image);
		}
		add(spec, ",drive%u.serial=HIST%u", i, i);
	}
}

int hist_bind(struct trv_dev *dev, const struct trv_driver *drv)
{
	int rc = trv_user_bind(dev, drv);

	rec_line("bind = %d", rc);
	return rc;
}

void hist_unbind(struct trv_dev *dev)
{
	trv_user_unbind(dev);
}

int hist_suspend(struct trv_dev *dev)
{
	int rc = trv_user_suspend(dev);

	rec_line("suspend = %d", rc);
	return rc;
}

int hist_resume(struct trv_dev *dev)
{
	int rc = trv_user_resume(dev);

	rec_line("resume = %d", rc);
	return rc;
}

static int run(const struct hist_scenario *s)
{
	struct spec spec = { .n = 0 };
	char unlink_too[200] = "";
	struct trv_user_error err;
	struct trv_host *host;
	u32 misuses = trv_user_misuses();
	int rc;

	add(&spec, "qemu:%s", s->model);
	for (u32 i = 0; i < HIST_DRIVES; i++)
		add_drive(&spec, s, i, unlink_too);
	rc = trv_user_open(spec.text, &err, &host);
	rec_begin(s->model); /* after what the leg itself does with it */
	if (rc)
		fprintf(stderr, "%s: %s\n", spec.text, err.text);
	if (!rc && s->option.name)
		rc = trv_user_option(trv_user_dev(host, 0), s->option.name, s->option.val);
	if (!rc) {
		s->run(trv_user_dev(host, 0));
		trv_user_close(host);
	}
	if (*unlink_too)
		unlink(unlink_too);
	hist_media(s);
	return rc ?: trv_user_misuses() != misuses;
}

int main(int argc, char **argv)
{
	trv_user_log_level(TRV_LOG_ERR);
	return hist_main(argc, argv, run) ? 1 : 0;
}
