// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Interrupts by a line, one after the other: line HARDWARE COUNT [FILE]
 *
 * Of each edu of HARDWARE, in a thread of its own, COUNT interrupts are raised and waited for, one
 * after the other; and then more, until there is the FILE. "ready" says that the COUNT is reached;
 * at the end, "NAME raised N handled N unwanted N". 1: one did not come, within WAIT_US; or some
 * came twice. 3: the device has no interrupt.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <trivet/hw/edu.h>
#include <trivet/user.h>

enum { STEP_US = 1000000, WAIT_US = 30 * STEP_US, TOTAL_S = 240 };

struct line {
	struct trv_dev *dev;
	struct trv_mmio regs;
	struct trv_event came;
	u64 raised, handled; /* the latter atomic */
	pthread_t thread;
	bool runs;
	int rc;
};

static u64 count;
static const char *until;

static enum trv_irq_ret on_irq(void *arg)
{
	struct line *line = arg;
	const u32 causes = trv_read32(line->regs, EDU_IRQ_STATUS);

	if (!causes || causes == ~0U)
		return TRV_IRQ_NONE;
	trv_write32(line->regs, EDU_IRQ_ACK, causes);
	(void)trv_read32(line->regs, EDU_IRQ_STATUS);
	__atomic_fetch_add(&line->handled, 1, __ATOMIC_RELAXED);
	trv_event_signal(&line->came);
	return TRV_IRQ_HANDLED;
}

TRV_IRQ_HANDLER(handler, on_irq, NULL);

static int probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	struct line *line = trv_drvdata(dev);
	enum trv_irq_kind kind;
	int rc = trv_bar_map(dev, EDU_BAR, EDU_BAR_LEN, &line->regs);

	if (rc)
		return rc;
	line->dev = dev;
	trv_event_init(&line->came);
	trv_write32(line->regs, EDU_STATUS, 0);
	trv_write32(line->regs, EDU_IRQ_ACK, ~0U);
	rc = trv_irq_alloc(dev, 1, 1, TRV_IRQ_INTX, &kind);
	if (rc < 0)
		goto err_unmap;
	rc = trv_irq_attach(dev, 0, &handler, line, "line");
	if (!rc)
		return 0;
	trv_irq_free(dev);
err_unmap:
	trv_bar_unmap(dev, &line->regs);
	return rc;
}

static void stop(struct trv_dev *dev)
{
	struct line *line = trv_drvdata(dev);

	trv_write32(line->regs, EDU_IRQ_ACK, ~0U);
}

static void remove_line(struct trv_dev *dev)
{
	struct line *line = trv_drvdata(dev);

	trv_irq_detach(dev, 0);
	trv_irq_free(dev);
	trv_bar_unmap(dev, &line->regs);
}

static const struct trv_driver driver = {
	.name = "line",
	.priv_size = sizeof(struct line),
	.probe = probe,
	.stop = stop,
	.remove = remove_line,
};

static bool goes_on(const struct line *line, u64 start)
{
	if (line->raised < count)
		return true;
	return until && access(until, F_OK) && trv_time_ns() - start < TOTAL_S * 1000000000ULL;
}

static int wait(struct line *line)
{
	int rc = -ETIMEDOUT;

	for (u32 us = 0; rc == -ETIMEDOUT && us < WAIT_US; us += STEP_US) {
		rc = trv_event_wait(&line->came, STEP_US);
		if (rc && trv_dev_gone(line->dev))
			rc = -ENODEV;
	}
	return rc;
}

static void *raise_all(void *arg)
{
	const u64 start = trv_time_ns();
	struct line *line = arg;

	while (!line->rc && goes_on(line, start)) {
		trv_event_reset(&line->came);
		trv_write32(line->regs, EDU_IRQ_RAISE, EDU_IRQ_STATUS_FACTORIAL);
		line->raised++;
		line->rc = wait(line);
		if (line->raised == count)
			puts("ready");
	}
	return NULL;
}

/* Did as many come as were raised, and not one more? */
static bool report(struct line *line)
{
	struct trv_user_interrupts irqs = { 0 };

	if (!trv_user_interrupts(line->dev, 0, &irqs))
		line->rc = line->rc ?: -ENODEV;
	printf("%s raised %llu handled %llu unwanted %llu%s%s\n", trv_dev_name(line->dev),
	       (unsigned long long)line->raised, (unsigned long long)line->handled,
	       (unsigned long long)irqs.unwanted, line->rc ? ": " : "",
	       line->rc ? strerror(-line->rc) : "");
	return !line->rc && line->handled == line->raised;
}

static int use(struct trv_host *host)
{
	struct trv_dev *dev;
	struct line *line;
	bool ok = true;
	int rc;

	for (u32 i = 0; (dev = trv_user_dev(host, i)); i++) {
		rc = trv_user_bind(dev, &driver);
		if (rc) {
			fprintf(stderr, "line: %s: %s\n", trv_dev_name(dev),
				rc == -EOPNOTSUPP ? "no interrupt line" : strerror(-rc));
			return rc == -EOPNOTSUPP ? 3 : 1;
		}
	}
	for (u32 i = 0; (dev = trv_user_dev(host, i)); i++) {
		line = trv_drvdata(dev);
		line->runs = !pthread_create(&line->thread, NULL, raise_all, line);
		ok &= line->runs;
	}
	for (u32 i = 0; (dev = trv_user_dev(host, i)); i++) {
		line = trv_drvdata(dev);
		if (line->runs)
			pthread_join(line->thread, NULL);
		ok &= report(line);
	}
	return !ok;
}

int main(int argc, char **argv)
{
	struct trv_user_error err = { 0 };
	struct trv_host *host;
	char *end = NULL;
	int rc;

	if (argc == 3 || argc == 4)
		count = strtoull(argv[2], &end, 10);
	if (!end || *end || !count) {
		fputs("usage: line HARDWARE COUNT [FILE]\n", stderr);
		return 2;
	}
	until = argv[3];
	setvbuf(stdout, NULL, _IOLBF, 0);
	rc = trv_user_open(argv[1], &err, &host);
	if (rc) {
		fprintf(stderr, "line: %s\n", err.text);
		return 1;
	}
	rc = use(host);
	trv_user_close(host);
	return rc ?: trv_user_misuses() != 0;
}
