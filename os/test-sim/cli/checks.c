// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet-sim checks: what a finding means and what usually causes it. */
#define _GNU_SOURCE /* strchrnul() */
#include <string.h>

#include <os/test-sim/cli/cli.h>

/* Wrapped at 76 columns; the cure is in the last sentence. */
static const char *const docs[SIM_N_CHECKS] = {
	[SIM_EXPECT] =
		"The scenario compared something and it was not so. The report shows both\n"
		"values; the line is the scenario's, the cause is before it in the timeline.",
	[SIM_CRASH] =
		"The processor refused: an address that is not mapped, a division by zero, a\n"
		"stack used up by recursion. Memory of the simulator itself is outside the\n"
		"checkers' view, so a wild pointer is often a finding only here.",
	[SIM_HANG] =
		"The run used up its budget of entries or of virtual time, or the driver span\n"
		"without calling anything at all. Every wait needs an end: use\n"
		"trv_poll_timeout(), and believe -ETIMEDOUT and -ENODEV.",
	[SIM_DEADLOCK] =
		"Every context waits and no timer, event or interrupt is due. Look at what the\n"
		"contexts wait for in the timeline: typically an interrupt that was masked,\n"
		"lost as an edge, or acknowledged before its cause was read.",
	[SIM_CONTEXT] =
		"An entry that may sleep was called from an interrupt handler, a timer, under a\n"
		"spinlock, or from a class op marked atomic. Use the atomic form of the entry,\n"
		"or defer to a work function.",
	[SIM_API] = "An argument that the entry's comment in os.h forbids. The message says which.",
	[SIM_LOCK_RECURSION] =
		"The context that holds a spinlock or mutex took it again: on a real machine it\n"
		"stops here for ever. Split the function into a locked and an unlocked half.",
	[SIM_LOCK_UNHELD] =
		"A lock was released, or asserted to be held, by a context that does not hold\n"
		"it: an error path that unlocks twice, or a caller that forgot to lock.",
	[SIM_LOCK_HELD] =
		"A callback returned with a lock it took: an early return between lock and\n"
		"unlock. Leave through one label that unlocks.",
	[SIM_LOCK_ORDER] =
		"Two locks were taken in one order here and in the other order there. The two\n"
		"never met in this run, but they can: decide on one order.",
	[SIM_LOCK_IRQ] =
		"A lock that an interrupt handler takes was taken with interrupts on: the\n"
		"handler may arrive on the same processor and spin for ever. Use the irqsave\n"
		"form everywhere outside the handler (bh, against timers and polls).",
	[SIM_LOCK_UNINIT] =
		"A lock, event, timer or work was used before its init call, or after its\n"
		"memory was overwritten. Initialise in probe, before anything can call back.",
	[SIM_MEM_OOB] =
		"A load or store outside every live allocation. The message names the nearest\n"
		"allocation and who made it.",
	[SIM_MEM_UAF] =
		"A load or store of freed memory. The message says where it was freed; who\n"
		"still holds the pointer is often a work, a timer or a handler not cancelled.",
	[SIM_MEM_UNINIT] =
		"The driver read bytes that nobody wrote since they were allocated. trv_alloc()\n"
		"does not clear, trv_zalloc() does.",
	[SIM_MEM_FREE] =
		"trv_free() of something that is not the start of a live allocation, or with a\n"
		"size other than the one asked for.",
	[SIM_MEM_LEAK] =
		"Memory outlived the driver's remove, or a probe that failed. The message names\n"
		"the allocation; look for the error path that skips a label.",
	[SIM_DMA_OWNER] =
		"The processor touched bytes that are mapped for the device. Between dma_map\n"
		"and dma_unmap they are the device's, except between sync_for_cpu and\n"
		"sync_for_device.",
	[SIM_DMA_STALE] =
		"The device read or wrote an address with no live mapping: the driver unmapped\n"
		"or freed too early, gave a wrong address or length, or did not stop the device\n"
		"first.",
	[SIM_DMA_DIR] =
		"The device wrote to a mapping made TO_DEVICE, or read one made FROM_DEVICE.",
	[SIM_DMA_UNMAP] =
		"An unmap or sync that does not match a live mapping: twice, a range outside\n"
		"it, or a struct trv_dma_map that was copied or moved while mapped.",
	[SIM_DMA_SRC] =
		"Only memory from the driver's or class's allocators can be mapped: no stack,\n"
		"no constants, nothing freed.",
	[SIM_DMA_OVERLAP] =
		"Bytes are in two live mappings at once, so nobody knows who owns them.",
	[SIM_DMA_UNINIT] =
		"The device read bytes that were never written: a padded descriptor or a short\n"
		"buffer leaks old memory to the outside. Clear what is not filled.",
	[SIM_DMA_ORDER] =
		"Device and CPU saw each other's stores to coherent memory late or in another\n"
		"order, as they may where no barrier forbids it, and that alone broke the run.\n"
		"trv_dma_wmb() goes between what is stored and what announces it, trv_dma_rmb()\n"
		"between the done bit and what it announces.",
	[SIM_DOUBLE_FETCH] =
		"Bytes that the device may write were loaded twice, changed in between, and that\n"
		"alone broke the run. Load once with trv_read_once() or copy, check the copy, use\n"
		"the copy.",
	[SIM_REG_CLEAR] =
		"A read-to-clear register was read while its interrupt was on the way to a\n"
		"handler: the bits are gone and the handler finds nothing. Mask the vector or\n"
		"hold the handler's irqsave lock around such a read, and act on what it returns.",
	[SIM_REG_RESET] =
		"A register was touched within the time the device needs to reset itself. Writes\n"
		"are posted: the time counts from when the reset bit arrives.",
	[SIM_DMA_MASTER] =
		"The device started DMA while the driver had bus master off. Turn it on before\n"
		"the first DMA or MSI; stop the device before it goes off.",
	[SIM_DMA_LEAK] = "A mapping or DMA memory outlived remove, or a probe that failed.",
	[SIM_BAR_BOUNDS] = "A register access outside the window that was mapped or bound.",
	[SIM_BAR_STALE] =
		"A register access through a handle that was unmapped, or never mapped. A\n"
		"handler or timer that outlives trv_bar_unmap() does this.",
	[SIM_BAR_DECODE] =
		"The function does not decode this kind of BAR: the memory or I/O bit of its\n"
		"command register is off.",
	[SIM_BAR_LEAK] = "A BAR was still mapped after remove, or after a probe that failed.",
	[SIM_REG_WIDTH] =
		"The register is of another width, or the offset is not aligned to the access.\n"
		"Real devices answer such accesses as they like.",
	[SIM_REG_ACCESS] =
		"A write to a read-only register, or a read of a write-only one, according to\n"
		"the driver's register table.",
	[SIM_REG_UNKNOWN] = "The register table has nothing at this offset.",
	[SIM_REG_RESERVED] =
		"A reserved bit was written as one. Keep reserved bits as they were read, or\n"
		"zero where the datasheet says so.",
	[SIM_RULE] =
		"The model of the device knows a sentence of its datasheet that the driver did\n"
		"not obey. The report names the rule and its section.",
	[SIM_IRQ_STORM] =
		"A level interrupt stayed asserted although handlers said they were done:\n"
		"the cause was not cleared at the device, or not by the right register.",
	[SIM_IRQ_LEAK] = "Vectors or handlers outlived remove, or a probe that failed.",
	[SIM_TIMER_LEAK] =
		"A timer or work was still pending or running when its device was removed, or\n"
		"its memory was freed. Use the cancel_sync forms, in os.h's order.",
	[SIM_TEARDOWN] =
		"Stop the device; bus master off; mask and detach interrupts; cancel timers;\n"
		"cancel work; unmap and free DMA; unmap BARs; free memory. This run did it in\n"
		"another order.",
	[SIM_CLASS] =
		"A call into the class layer that breaks its contract, for example completing\n"
		"a request that is not the driver's.",
	[SIM_DATA] = "What was read is not what was written, by a record kept independently of\n"
		     "driver and model.",
};

static void explain(enum sim_check check)
{
	const char *text = docs[check];

	printf("%s: %s\n\n", sim_check_id(check), sim_check_what(check));
	for (const char *end; *text; text = *end ? end + 1 : end) {
		end = strchrnul(text, '\n');
		printf("  %.*s\n", (int)(end - text), text);
	}
}

static int checks(int argc, char **argv)
{
	static const struct option longs[] = { { "help", no_argument, NULL, 'h' }, { 0 } };
	int c, check;

	while ((c = cli_getopt(argc, argv, ":h", longs)) != -1)
		return c == 'h' ? CLI_OK : CLI_USAGE;
	if (optind < argc) {
		if (!cli_one_argument(argc, argv, "check"))
			return CLI_USAGE;
		check = sim_check_parse(argv[optind]);
		if (check < 0)
			return cli_error(CLI_USAGE, "no check '%s'; see: trivet-sim list --checks",
					 argv[optind]);
		explain((enum sim_check)check);
		return CLI_OK;
	}
	for (int i = 0; i < SIM_N_CHECKS; i++) {
		if (i)
			putchar('\n');
		explain((enum sim_check)i);
	}
	return CLI_OK;
}

const struct sim_verb cli_verb_checks = {
	.name = "checks",
	.args = "[CHECK]",
	.what = "explain what a run can be failed for, and what usually causes it",
	.help = "Examples:\n"
		"  trivet-sim checks dma-owner\n"
		"  trivet-sim checks\n",
	.run = checks,
};
