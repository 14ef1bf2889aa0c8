// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which of our calls fails next: see fault.h. No part of a product. */
#include <linux/export.h>
#include <linux/fault-inject.h>
#include <linux/moduleparam.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include <os/linux-kmod/fault.h>

static DEFINE_SPINLOCK(lock);

/**
 * struct said - what the parameter says
 * @what:   a name; empty: nothing fails
 * @left:   so many times more
 * @failed: so often since
 */
static struct said {
	char what[96];
	u32 left;
	u32 failed;
} said;

/* Set before the module's own init, and after it. */
static int said_set(const char *val, const struct kernel_param *param)
{
	struct said new = { .left = 1 };
	unsigned long flags;
	char *last;

	if (strscpy(new.what, val, sizeof(new.what)) < 0)
		return -EINVAL;
	memmove(new.what, skip_spaces(new.what), strlen(skip_spaces(new.what)) + 1);
	last = strrchr(strim(new.what), ' ');
	if (last && !kstrtou32(last + 1, 0, &new.left))
		*last = '\0';
	spin_lock_irqsave(&lock, flags);
	said = new;
	spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static int said_get(char *buf, const struct kernel_param *param)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(said.failed));
}

static const struct kernel_param_ops said_ops = { .set = said_set, .get = said_get };
module_param_cb(fault, &said_ops, NULL, 0600);
MODULE_PARM_DESC(fault, "NAME [TIMES]: the call that fails next, and how often");

static bool is(const char *site, const char *func)
{
	const char *call = strchr(site, ' ');

	return !strcmp(said.what, site) || !strcmp(said.what, func) ||
	       (call && !strcmp(said.what, call + 1));
}

bool kmod_fault_said(const char *site, const char *func)
{
	unsigned long flags;
	bool fails;

	if (!READ_ONCE(said.left))
		return false;
	spin_lock_irqsave(&lock, flags);
	fails = said.left && is(site, func);
	if (fails) {
		said.left--;
		said.failed++;
	}
	spin_unlock_irqrestore(&lock, flags);
	if (fails)
		pr_info("trivet: fault: %s in %s\n", site, func);
	return fails;
}
EXPORT_SYMBOL_GPL(kmod_fault_said);

#ifdef CONFIG_FAULT_INJECTION
static DECLARE_FAULT_ATTR(attr);

static bool kernel_says(void)
{
	return should_fail(&attr, 1);
}
#else
static bool kernel_says(void)
{
	return false;
}
#endif

bool kmod_fault(const char *site, const char *func)
{
	return kmod_fault_said(site, func) || kernel_says();
}
EXPORT_SYMBOL_GPL(kmod_fault);
