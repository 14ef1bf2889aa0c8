// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * os.h: options. Each driver's module has one parameter,
 *
 *	options=[DEVICE/]NAME=NUMBER[,...]
 *
 * read when a device is bound. A later entry wins, so those of one device stand last.
 */
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <os/linux-kmod/kmod.h>

int kmod_options_take(struct kmod_dev *kd, struct trv_kmod_driver *drv)
{
	char *p;

	kernel_param_lock(drv->pci.driver.owner);
	kd->options = kstrdup(strim(drv->options), GFP_KERNEL);
	kernel_param_unlock(drv->pci.driver.owner);
	if (!kd->options)
		return -ENOMEM;
	kd->options_len = strlen(kd->options);
	for (p = kd->options; *p; p++) {
		if (*p == ',')
			*p = '\0';
	}
	kd->asked = 0;
	return 0;
}

void kmod_options_free(struct kmod_dev *kd)
{
	kfree(kd->options);
	kd->options = NULL;
}

/* Entry after entry: from NULL to NULL. */
static const char *next_entry(const struct kmod_dev *kd, const char *entry)
{
	if (!entry)
		return kd->options;
	entry += strlen(entry) + 1;
	return entry < kd->options + kd->options_len ? entry : NULL;
}

/* What follows the device's name; NULL when it is another one's. */
static const char *for_device(const struct kmod_dev *kd, const char *entry)
{
	const char *name = pci_name(kd->dev.pdev), *slash = strchr(entry, '/');
	size_t len = strlen(name);

	if (!slash)
		return entry;
	return slash == entry + len && !strncmp(entry, name, len) ? slash + 1 : NULL;
}

u32 trv_option(struct trv_dev *dev, const char *name, u32 def, u32 min, u32 max)
{
	struct kmod_dev *kd = kmod_dev(dev);
	const char *entry = NULL, *text;
	size_t len = strlen(name);
	u32 val = def, given, nr = 0;

	while ((entry = next_entry(kd, entry))) {
		text = for_device(kd, entry);
		if (text && !strncmp(text, name, len) && text[len] == '=') {
			if (nr < 64)
				kd->asked |= BIT_ULL(nr);
			if (kstrtou32(text + len + 1, 0, &given)) {
				trv_warn(dev, "option %s: not a number: %u is used", text, val);
			} else {
				val = clamp(given, min, max);
				if (val != given)
					trv_warn(dev,
						 "option %s=%u is outside %u to %u: %u is used",
						 name, given, min, max, val);
			}
		}
		nr++;
	}
	return val;
}
EXPORT_SYMBOL_GPL(trv_option);

void kmod_options_check(struct kmod_dev *kd)
{
	const char *entry = NULL;
	u32 nr = 0;

	while ((entry = next_entry(kd, entry))) {
		const char *text = for_device(kd, entry);

		if (text && *text && nr < 64 && !(kd->asked & BIT_ULL(nr)))
			trv_warn(&kd->dev, "option %s: this driver knows no such option", text);
		nr++;
	}
}
