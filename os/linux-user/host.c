// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which kind of host a specification means. */
#include <errno.h>
#include <string.h>

#include <os/linux-user/qemu/qemu.h>

static const struct {
	const char *prefix;
	int (*open)(struct user_spec *spec, struct trv_user_error *err, struct trv_host **host);
} kinds[] = {
	{ "qemu:", qemu_open },
	{ "qtest:", qemu_attach },
};

int trv_user_open(const char *text, struct trv_user_error *err, struct trv_host **host)
{
	struct user_spec spec;
	int rc;

	if (err)
		err->text[0] = '\0';
	for (u32 i = 0; i < TRV_ARRAY_SIZE(kinds); i++) {
		const size_t n = strlen(kinds[i].prefix);

		if (strncmp(text, kinds[i].prefix, n))
			continue;
		rc = user_spec_parse(text + n, &spec, err);
		if (rc)
			return rc;
		rc = kinds[i].open(&spec, err, host);
		user_spec_free(&spec);
		if (rc && err && !err->text[0])
			user_error(err, rc, "%s: %s", text, strerror(-rc));
		return rc;
	}
	return user_error(err, -EINVAL, "'%s' names no hardware; try qemu:edu", text);
}
