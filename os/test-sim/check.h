/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Findings. A checker that sees a broken contract calls sim_complain(): the run
 * ends there and then, its world is thrown away, and the report says who,
 * where and why. Checkers are absolute: no run is expected to have a finding,
 * except the ones in tests/checkers/ that name it.
 */
#ifndef TRIVET_SIM_CHECK_H
#define TRIVET_SIM_CHECK_H

#include <trivet/os.h>

/* X(enumerator, id, what it means) - ids are what reports, tests and docs use */
#define SIM_CHECKS(X)                                                                    \
	X(EXPECT, "expect", "a scenario's own expectation failed")                       \
	X(CRASH, "crash", "the driver faulted (SIGSEGV, SIGBUS, SIGFPE, SIGILL)")        \
	X(HANG, "hang", "no progress within the run's operation or time budget")         \
	X(DEADLOCK, "deadlock", "every context waits and nothing is due")                \
	X(CONTEXT, "sleep-in-atomic", "a sleeping call where sleeping is forbidden")     \
	X(API, "api-misuse", "an argument that breaks an entry's contract")              \
	X(LOCK_RECURSION, "lock-recursion", "a lock taken twice by its holder")          \
	X(LOCK_UNHELD, "lock-not-held", "released or asserted by a non-holder")          \
	X(LOCK_HELD, "lock-held", "still held when an entry point returned")             \
	X(LOCK_ORDER, "lock-order", "two locks taken in both orders")                    \
	X(LOCK_IRQ, "lock-irq", "taken in interrupt context and with interrupts on")     \
	X(LOCK_UNINIT, "lock-uninit", "a lock, event, timer or work never initialised")  \
	X(MEM_OOB, "mem-oob", "access outside any live allocation")                      \
	X(MEM_UAF, "use-after-free", "access to freed memory")                           \
	X(MEM_UNINIT, "mem-uninit", "read of bytes nobody wrote")                        \
	X(MEM_FREE, "bad-free", "double free, foreign pointer, or wrong size")           \
	X(MEM_LEAK, "leak-mem", "memory still allocated after remove or failed probe")   \
	X(DMA_OWNER, "dma-owner", "CPU touched bytes the device owns")                   \
	X(DMA_STALE, "dma-stale", "device access outside any live mapping")              \
	X(DMA_DIR, "dma-dir", "device access against the mapping's direction")           \
	X(DMA_UNMAP, "dma-unmap", "unmap or sync that does not match the map")           \
	X(DMA_SRC, "dma-src", "mapping of memory that must not be mapped")               \
	X(DMA_OVERLAP, "dma-overlap", "bytes mapped twice at once")                      \
	X(DMA_UNINIT, "dma-uninit", "uninitialised bytes given to the device")           \
	X(DMA_ORDER, "dma-order", "coherent memory used without the barrier it needs")   \
	X(DOUBLE_FETCH, "double-fetch", "device memory loaded twice, trusted twice")     \
	X(DMA_MASTER, "dma-master", "device access while bus master is off")             \
	X(DMA_LEAK, "leak-dma", "DMA memory or mapping left at remove")                  \
	X(BAR_BOUNDS, "bar-bounds", "register access outside the mapped window")         \
	X(BAR_STALE, "bar-stale", "register access through an unmapped handle")          \
	X(BAR_DECODE, "bar-decode", "access while the decode bit is off")                \
	X(BAR_LEAK, "leak-bar", "BAR still mapped at remove")                            \
	X(REG_WIDTH, "reg-width", "wrong width or misaligned register access")           \
	X(REG_ACCESS, "reg-access", "write to read-only or read of write-only register") \
	X(REG_UNKNOWN, "reg-unknown", "no register at that offset")                      \
	X(REG_RESERVED, "reg-reserved", "reserved bit written as one")                   \
	X(REG_CLEAR, "reg-clear", "a read-to-clear register read behind its handler")    \
	X(REG_RESET, "reg-reset", "register access while the device resets")             \
	X(RULE, "rule", "the device model's rule from the datasheet was broken")         \
	X(IRQ_STORM, "irq-storm", "a level interrupt nobody quiets")                     \
	X(IRQ_LEAK, "leak-irq", "vectors or handlers left at remove")                    \
	X(TIMER_LEAK, "leak-timer", "timer or work live at remove, or its memory freed") \
	X(TEARDOWN, "teardown-order", "teardown steps out of os.h's order")              \
	X(CLASS, "class-misuse", "a class call that breaks its contract")                \
	X(DATA, "data", "data differ from an independent expectation")

enum sim_check {
#define SIM_CHECK_ENUM(e, id, what) SIM_##e,
	SIM_CHECKS(SIM_CHECK_ENUM)
#undef SIM_CHECK_ENUM
		SIM_N_CHECKS
};

const char *sim_check_id(enum sim_check check);
const char *sim_check_what(enum sim_check check);
/** sim_check_parse() - by id; -1 when there is none */
int sim_check_parse(const char *id);

/** sim_fail() - end the run with a finding at @site (NULL: the current entry's caller) */
_Noreturn void sim_fail(enum sim_check check, const struct sim_site *site, const char *fmt, ...)
	TRV_PRINTF(3, 4);

/**
 * sim_complain() - the same, for what only a checker sees
 *
 * Returns when that check is off: what follows is what a machine does on which
 * nobody checks. What every machine notices (a crash, a wait without end, memory
 * freed twice) and what cannot be gone on from is sim_fail()'s.
 */
void sim_complain(enum sim_check check, const struct sim_site *site, const char *fmt, ...)
	TRV_PRINTF(3, 4);
/** sim_checks_off() - sim_complain() is silent about these, one bit each, until told otherwise */
void sim_checks_off(u64 checks);
/** sim_checked() - is this check on? */
bool sim_checked(enum sim_check check);

/**
 * sim_about() - what the finding that follows is about, for the report to tell its history
 *
 * The report looks in the recording for who had it, since when, and what was
 * done with it. Called right before sim_complain() or sim_fail(); several make several histories.
 */
enum sim_about {
	SIM_ABOUT_BYTES,  /* @at: an address of the driver's memory */
	SIM_ABOUT_IOVA,	  /* @at: an address of @dev's */
	SIM_ABOUT_DEVICE, /* what was last done to @dev; NULL: to the last one used */
	SIM_ABOUT_BAR,	  /* @at: its number */
	SIM_ABOUT_LINE,	  /* @dev's interrupt */
	SIM_ABOUT_WAIT,	  /* the loop that does not end */
	SIM_ABOUT_LEFT,	  /* all that @dev's driver has not given back */
};
void sim_about(enum sim_about what, const struct trv_dev *dev, u64 at, u64 len);

/**
 * sim_because() - one more cause, at a line of the driver that is known
 * @time: when; SIM_SOMETIME: when something was last recorded there
 *
 * The first one's function, if it is another than the finding's, becomes part
 * of the failure's id.
 */
void sim_because(const struct sim_site *site, u64 time, const char *fmt, ...) TRV_PRINTF(3, 4);
#define SIM_SOMETIME (~0ULL)

/** sim_here() - the line of the driver that made the entry call under way */
const struct sim_site *sim_here(void);

/**
 * struct sim_rule - one sentence of a datasheet that the driver must obey
 * @id:      "ata-400ns"
 * @section: "ATA/ATAPI-7 vol 2, 9.7"
 * @text:    what it says
 */
struct sim_rule {
	const char *id;
	const char *section;
	const char *text;
};
/** sim_rule_broken() - sim_complain() as check RULE */
void sim_rule_broken(struct trv_dev *dev, const struct sim_rule *rule, const char *fmt, ...)
	TRV_PRINTF(3, 4);

#endif /* TRIVET_SIM_CHECK_H */
