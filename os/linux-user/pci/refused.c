// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Why the kernel refuses: whose a file is, and whether it lets anybody at hardware. */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <os/linux-user/pci/pci.h>

const char *pci_owner(const char *path, char text[64])
{
	const struct passwd *pw;
	struct stat st;

	if (stat(path, &st)) {
		snprintf(text, 64, "it cannot be looked at");
		return text;
	}
	pw = getpwuid(st.st_uid);
	if (pw)
		snprintf(text, 64, "it is %.32s's, mode %04o", pw->pw_name, st.st_mode & 07777);
	else
		snprintf(text, 64, "it is user %u's, mode %04o", (unsigned)st.st_uid,
			 st.st_mode & 07777);
	return text;
}

/* "none [integrity] confidentiality" */
void pci_lockdown(const struct pci_roots *roots, char mode[32])
{
	char path[PCI_PATH + 32], line[128] = "", *in;
	FILE *f;

	mode[0] = '\0';
	snprintf(path, sizeof(path), "%.*s/kernel/security/lockdown", PCI_PATH, roots->sysfs);
	f = fopen(path, "re");
	if (!f)
		return;
	in = fgets(line, sizeof(line), f) ? strchr(line, '[') : NULL;
	fclose(f);
	if (in)
		snprintf(mode, 32, "%.*s", (int)trv_min(strcspn(in + 1, "]"), (size_t)31), in + 1);
}
