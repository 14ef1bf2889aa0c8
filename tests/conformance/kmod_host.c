// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The suite as a kernel module, on QEMU's edu. Before it is loaded, driver_override of one edu
 * says trivet_conf, and of another one on its line and of an IDE function trivet_conf_companion.
 * Reading /sys/kernel/debug/trivet_conf/run runs it, and is the KTAP.
 *
 * Interrupts are delivered on CPU 0 (default_smp_affinity is 1 before that); the clause's task is
 * on the same CPU, or on another when it asks for them far away.
 */
#include <linux/debugfs.h>
#include <linux/glob.h>
#include <linux/kmsg_dump.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include <os/linux-kmod/kmod.h>
#include <os/linux-kmod/trace.h>
#include <tests/conformance/conf.h>

static char *only = "*";
module_param(only, charp, 0444);
MODULE_PARM_DESC(only, "run the clauses whose names match this glob");

/** struct conf_run - one line of the report */
struct conf_run {
	const struct conf_clause *clause;
	u32 kinds;
	const char *suffix;
	char *text; /* once it has run */
};

enum { EVENTS = 64 };

static struct {
	struct conf_run *runs;
	u32 n_runs, failures;
	struct pci_dev *edu, *sharer, *ide;
	struct mutex lock; /* one clause at a time */
	struct dentry *dir;
	bool far_runs;
	struct completion far;
	spinlock_t events_lock;
	u32 n_events;
	struct {
		const char *event;
		u64 a, b;
	} events[EVENTS];
} env;

/* ---- the drivers --------------------------------------------------------- */

static int idle_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	return -ENODEV;
}

/* Between clauses nobody wants the device. */
static const struct trv_driver idle = {
	.name = "conf",
	.description = "no clause at the moment",
	.probe = idle_probe,
};

static struct trv_kmod_driver conf_driver = { .drv = &idle };
static struct trv_kmod_driver companion_driver = { .drv = &conf_companion };

/* ---- what the leg does for the suite ------------------------------------- */

static void pin(unsigned int cpu)
{
	if (cpu_online(cpu))
		set_cpus_allowed_ptr(current, cpumask_of(cpu));
}

static void irq_far(struct trv_dev *dev, bool far)
{
	pin(far);
}

struct far_call {
	void (*fn)(void *arg);
	void *arg;
};

static int far_main(void *data)
{
	struct far_call call = *(struct far_call *)data;

	kfree(data);
	call.fn(call.arg);
	kthread_complete_and_exit(&env.far, 0);
}

static void far_join(void)
{
	if (env.far_runs)
		wait_for_completion(&env.far);
	env.far_runs = false;
}

static bool elsewhere(void (*fn)(void *arg), void *arg)
{
	unsigned int cpu = !raw_smp_processor_id();
	struct task_struct *task;
	struct far_call *call;

	far_join();
	call = kmalloc(sizeof(*call), GFP_KERNEL);
	if (!call)
		return false;
	*call = (struct far_call){ fn, arg };
	reinit_completion(&env.far);
	task = kthread_create(far_main, call, "trivet_conf");
	if (IS_ERR(task)) {
		kfree(call);
		return false;
	}
	if (cpu_online(cpu))
		kthread_bind(task, cpu);
	env.far_runs = true;
	wake_up_process(task);
	return true;
}

static void option(struct trv_dev *dev, const char *name, u32 val)
{
	struct kmod_dev *kd = kmod_dev(dev);
	char *text, *all;
	size_t size;

	/* Entries end in a zero each; of two for one name the later one counts. */
	text = kasprintf(GFP_KERNEL, "%s/%s=%u", trv_dev_name(dev), name, val);
	if (!text)
		return;
	size = kd->options_len + 1 + strlen(text) + 1;
	all = krealloc(kd->options, size, GFP_KERNEL);
	if (all) {
		strscpy(all + kd->options_len + 1, text, size - kd->options_len - 1);
		kd->options = all;
		kd->options_len = size - 1;
	}
	kfree(text);
}

/* Lines of the kernel's log, of this device or with this text or both. */
static u32 count_log(const char *device, const char *text)
{
	struct kmsg_dump_iter iter;
	static char record[1024];
	char *rest, *line;
	size_t len;
	u32 n = 0;

	kmsg_dump_rewind(&iter);
	while (kmsg_dump_get_line(&iter, false, record, sizeof(record) - 1, &len)) {
		record[len] = '\0';
		rest = record;
		while ((line = strsep(&rest, "\n")))
			n += *line && (!device || strstr(line, device)) &&
			     (!text || strstr(line, text));
	}
	return n;
}

static u32 logged(struct trv_dev *dev, const char *text)
{
	return count_log(trv_dev_name(dev), text);
}

/* What kernels have for misuse: reference counts tell, and with lockdep locks that are not held. */
static u32 reports(struct trv_dev *dev)
{
	return count_log(NULL, "refcount_t: ") + count_log(NULL, "os_impl.h:");
}

static void on_trace(void *data, const char *dev, const char *event, u64 a, u64 b)
{
	unsigned long flags;

	spin_lock_irqsave(&env.events_lock, flags);
	env.events[env.n_events % EVENTS].event = event;
	env.events[env.n_events % EVENTS].a = a;
	env.events[env.n_events % EVENTS].b = b;
	env.n_events++;
	spin_unlock_irqrestore(&env.events_lock, flags);
}

static u32 traced(struct trv_dev *dev, const char *event, u64 a, u64 b)
{
	u32 n = 0;

	for (u32 i = 0; i < min_t(u32, env.n_events, EVENTS); i++)
		n += !strcmp(env.events[i].event, event) && env.events[i].a == a &&
		     env.events[i].b == b;
	return n;
}

/* ---- one clause ---------------------------------------------------------- */

static struct trv_dev *trv_dev_of(struct pci_dev *pdev)
{
	struct kmod_dev *kd = pdev ? pci_get_drvdata(pdev) : NULL;

	return kd ? &kd->dev : NULL;
}

static const char *missing_here(const struct conf_leg *leg, const struct conf_clause *clause)
{
	if (leg->irq_kinds == TRV_IRQ_MSI && !pci_msi_enabled())
		return "this kernel was started without MSI";
	if ((clause->needs & CONF_UNHELD) == CONF_UNHELD && !IS_ENABLED(CONFIG_LOCKDEP))
		return "this kernel has no lockdep";
	return conf_missing(leg, clause);
}

/* Bind the clause as the driver of edu, unbind it; NULL, or why it was skipped. */
static const char *run_clause(struct conf *c, const struct conf_run *run)
{
	struct conf_leg leg = {
		.name = "linux-kmod",
		.irq_kinds = run->kinds,
		.irq_far = num_online_cpus() > 1 ? irq_far : NULL,
		.elsewhere = elsewhere,
		.option = option,
		.logged = logged,
		.traced = traced,
		.reports = reports,
		.sharer = trv_dev_of(env.sharer),
		.ide = trv_dev_of(env.ide),
	};
	const char *why = missing_here(&leg, run->clause);
	int rc;

	if (why)
		return why;
	conf_begin(c, run->clause, &leg);
	pin(0);
	conf_driver.drv = &c->drv;
	rc = device_driver_attach(&conf_driver.pci.driver, &env.edu->dev);
	if (!rc)
		device_release_driver(&env.edu->dev);
	conf_driver.drv = &idle;
	far_join();
	if (rc && !c->failed)
		conf_fail(c, CONF_FAILURE("the suite's driver is bound", true, rc, 0));
	return c->failed ? NULL : c->skipped;
}

static void run_one(struct conf_run *run, u32 nr)
{
	const struct conf_clause *clause = run->clause;
	const struct conf_failure *f;
	char why[256] = "";
	const char *skipped;
	struct conf *c;

	pr_info("clause %s/%s%s\n", clause->entry, clause->id, run->suffix);
	c = kzalloc(sizeof(*c), GFP_KERNEL);
	if (!c)
		return;
	skipped = run_clause(c, run);
	f = &c->failure;
	env.failures += c->failed;
	if (c->failed && f->has_values)
		snprintf(why, sizeof(why), "# %s:%u: %s: %lld, not %lld\n", kbasename(f->file),
			 f->line, f->what, f->got, f->want);
	else if (c->failed)
		snprintf(why, sizeof(why), "# %s:%u: expected %s\n", kbasename(f->file), f->line,
			 f->what);
	run->text = kasprintf(GFP_KERNEL, "%s%s%s%sok %u - %s/%s%s%s%s\n", why,
			      c->failed ? "# os.h: " : "", c->failed ? clause->text : "",
			      c->failed ? "\nnot " : "", nr, clause->entry, clause->id, run->suffix,
			      skipped ? " # SKIP " : "", skipped ?: "");
	kfree(c);
}

/* ---- the report ---------------------------------------------------------- */

static void *run_start(struct seq_file *m, loff_t *pos)
{
	return *pos < env.n_runs ? &env.runs[*pos] : NULL;
}

static void *run_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return run_start(m, pos);
}

static void run_stop(struct seq_file *m, void *v)
{
}

/* Called again where the text did not fit: each clause runs once. */
static int run_show(struct seq_file *m, void *v)
{
	struct conf_run *run = v;
	u32 nr = run - env.runs + 1;

	mutex_lock(&env.lock);
	if (!run->text)
		run_one(run, nr);
	mutex_unlock(&env.lock);
	if (nr == 1)
		seq_printf(m, "KTAP version 1\n1..%u\n", env.n_runs);
	if (run->text)
		seq_puts(m, run->text);
	else
		seq_printf(m, "# out of memory\nnot ok %u - %s/%s\n", nr, run->clause->entry,
			   run->clause->id);
	return 0;
}

static const struct seq_operations run_sops = {
	.start = run_start,
	.next = run_next,
	.stop = run_stop,
	.show = run_show,
};
DEFINE_SEQ_ATTRIBUTE(run);

static bool wanted(const struct conf_clause *clause)
{
	char name[128];

	snprintf(name, sizeof(name), "%s/%s", clause->entry, clause->id);
	return glob_match(only, name);
}

/* With @runs NULL: how many there are. */
static u32 list_runs(struct conf_run *runs)
{
	const u32 all = TRV_IRQ_MSIX | TRV_IRQ_MSI | TRV_IRQ_INTX;
	u32 n = 0;

	for (u32 g = 0; g < conf_n_groups; g++) {
		const struct conf_group *group = conf_groups[g];
		bool by_kind = !strcmp(group->name, "irq") || !strcmp(group->name, "mask");

		for (u32 i = 0; i < group->n; i++) {
			const struct conf_clause *clause = &group->clauses[i];

			if (!wanted(clause))
				continue;
			if (runs && by_kind) {
				runs[n] = (struct conf_run){ clause, TRV_IRQ_INTX, "/intx" };
				runs[n + 1] = (struct conf_run){ clause, TRV_IRQ_MSI, "/msi" };
			} else if (runs) {
				runs[n] = (struct conf_run){ clause, all, "" };
			}
			n += by_kind ? 2 : 1;
		}
	}
	return n;
}

/* ---- the module ---------------------------------------------------------- */

static void find_devices(void)
{
	struct pci_dev *pdev = NULL;

	for_each_pci_dev(pdev) {
		if (trv_pci_given_to(pdev, conf_driver.pci.name))
			env.edu = pci_dev_get(pdev);
		else if (pdev->dev.driver != &companion_driver.pci.driver)
			continue;
		else if (pdev->vendor == EDU_VENDOR_ID)
			env.sharer = pci_dev_get(pdev);
		else
			env.ide = pci_dev_get(pdev);
	}
}

static void put_devices(void)
{
	pci_dev_put(env.edu);
	pci_dev_put(env.sharer);
	pci_dev_put(env.ide);
}

static int __init conf_init(void)
{
	int rc;

	mutex_init(&env.lock);
	init_completion(&env.far);
	spin_lock_init(&env.events_lock);
	env.n_runs = list_runs(NULL);
	env.runs = kcalloc(env.n_runs ?: 1, sizeof(*env.runs), GFP_KERNEL);
	if (!env.runs)
		return -ENOMEM;
	(void)list_runs(env.runs);
	rc = register_trace_trivet_event(on_trace, NULL);
	if (rc)
		goto err_runs;
	rc = trv_kmod_register(&conf_driver, THIS_MODULE, "trivet_conf");
	if (rc)
		goto err_trace;
	rc = trv_kmod_register(&companion_driver, THIS_MODULE, "trivet_conf_companion");
	if (rc)
		goto err_conf;
	find_devices();
	rc = -ENODEV;
	if (!env.edu) {
		pr_err("no device's driver_override says trivet_conf\n");
		goto err_companion;
	}
	env.dir = debugfs_create_dir("trivet_conf", NULL);
	debugfs_create_file("run", 0400, env.dir, NULL, &run_fops);
	return 0;

err_companion:
	put_devices();
	trv_kmod_unregister(&companion_driver);
err_conf:
	trv_kmod_unregister(&conf_driver);
err_trace:
	unregister_trace_trivet_event(on_trace, NULL);
	tracepoint_synchronize_unregister();
err_runs:
	kfree(env.runs);
	return rc;
}
module_init(conf_init);

static void __exit conf_exit(void)
{
	debugfs_remove(env.dir);
	put_devices();
	trv_kmod_unregister(&companion_driver);
	trv_kmod_unregister(&conf_driver);
	unregister_trace_trivet_event(on_trace, NULL);
	tracepoint_synchronize_unregister();
	for (u32 i = 0; i < env.n_runs; i++)
		kfree(env.runs[i].text);
	kfree(env.runs);
}
module_exit(conf_exit);

MODULE_DESCRIPTION("Trivet: the conformance suite");
MODULE_LICENSE("Dual BSD/GPL");
