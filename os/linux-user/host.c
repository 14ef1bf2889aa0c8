// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which kind of host a specification means. */
#include <errno.h>
#include <string.h>

#include <os/linux-user/qemu/qemu.h>
#include <os/linux-user/uio/uio.h>
#include <os/linux-user/vfio/vfio.h>

static const struct {
	struct trv_user_transport about;
	int (*open)(struct user_spec *spec, struct trv_user_error *err, struct trv_host **host);
} kinds[] = {
	{ { "qemu:", "MODEL[,key=value...][+MODEL...]", "a stock QEMU, started for the occasion" },
	  qemu_open },
	{ { "qtest:", "SOCKET,addr=SLOT.FUNCTION,ram=FILE[,key=value...]",
	    "a QEMU somebody else started, by its test socket" },
	  qemu_attach },
	{ { "vfio:", "DOMAIN:BUS:SLOT.FUNCTION[,key=value...][+...]",
	    "devices of this machine behind its IOMMU, bound to vfio-pci" },
	  vfio_open },
	{ { "uio:", "DOMAIN:BUS:SLOT.FUNCTION[,key=value...][+...]",
	    "the same without an IOMMU, bound to uio_pci_generic" },
	  uio_open },
};

const struct trv_user_transport *trv_user_transport(u32 index)
{
	return index < TRV_ARRAY_SIZE(kinds) ? &kinds[index].about : NULL;
}

int trv_user_open(const char *text, struct trv_user_error *err, struct trv_host **host)
{
	struct user_spec spec;
	int rc;

	if (err)
		err->text[0] = '\0';
	for (u32 i = 0; i < TRV_ARRAY_SIZE(kinds); i++) {
		const size_t n = strlen(kinds[i].about.prefix);

		if (strncmp(text, kinds[i].about.prefix, n))
			continue;
		rc = user_spec_parse(text + n, &spec, err);
		if (rc)
			return rc;
		rc = user_clock_get();
		if (!rc) {
			rc = kinds[i].open(&spec, err, host);
			if (!rc)
				user_host_opened(*host);
			else
				user_clock_put();
		}
		user_spec_free(&spec);
		if (rc && err && !err->text[0])
			user_error(err, rc, "%s: %s%s", text, strerror(-rc),
				   rc == -ENOMEM ? ", or threads, or open files; see: ulimit -a" :
						   "");
		return rc;
	}
	return user_error(err, -EINVAL, "'%s' names no hardware; try qemu:edu", text);
}
