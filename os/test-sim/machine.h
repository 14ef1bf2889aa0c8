/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The machine: a virtual clock, two CPUs, and coroutines on them.
 *
 * Time passes only in entries: each costs a little, delays and sleeps cost
 * what they say. A busy-wait occupies its CPU while the other one runs; the
 * context that is furthest behind in time goes next, so two CPUs really run
 * side by side, and always in the same way. Interrupts nest on the context
 * they interrupt, as a plain call. Nothing here reads a real clock.
 */
#ifndef TRIVET_SIM_MACHINE_H
#define TRIVET_SIM_MACHINE_H

#include <os/test-sim/check.h>
#include <os/test-sim/choice.h>

#define SIM_CPUS 2

/* ---- the clock and what is due ------------------------------------------- */

/** sim_now() - nanoseconds since the run began, as the running context sees them */
u64 sim_now(void);

/**
 * struct sim_event - something hardware does at a time; embedded in models
 *
 * @fn runs between contexts, as the device: it may raise interrupts, do DMA
 * and schedule events, and calls no entry of os.h.
 */
struct sim_event {
	u64 due;
	void (*fn)(void *arg);
	void *arg;
	const char *name;
	u32 slot; /* 0: idle */
	u32 seq;
};
void sim_event_init(struct sim_event *ev, const char *name, void (*fn)(void *arg), void *arg);
/** sim_event_in() - @delay_ns from now; moves one that is pending. Equal times keep their order. */
void sim_event_in(struct sim_event *ev, u64 delay_ns);
bool sim_event_cancel(struct sim_event *ev);
static inline bool sim_event_pending(const struct sim_event *ev)
{
	return ev->slot != 0;
}

/* ---- entries ------------------------------------------------------------- */

/** enum sim_need - what an entry of os.h demands of its caller's context */
enum sim_need { SIM_ANY, SIM_SLEEPS };

/**
 * sim_enter() - first thing in every entry of os.h
 * @entry:   its name, without trv_
 * @cost_ns: virtual time it takes
 *
 * Checks the context (CONTEXT), charges time, lets due events happen, delivers
 * interrupts that are pending on this CPU, runs softirqs, and lets the other
 * CPU catch up. Counts against the run's budget (HANG). When it returns the
 * caller's own work begins, and nothing else runs until it is done.
 */
void sim_enter(const char *entry, enum sim_need need, u32 cost_ns);

/* Typical costs, in nanoseconds. */
enum { SIM_COST_CALL = 20, SIM_COST_READ = 500, SIM_COST_WRITE = 100, SIM_COST_CFG = 1000 };

/**
 * sim_read_ns() - what a register read takes in whatever runs now
 *
 * SIM_COST_READ; or less, where a choice made the bus a quick one: nothing may rely on reads being
 * slow. It is charged before the model is asked, so the read began that long ago.
 */
u32 sim_read_ns(void);

/** sim_atomic() - is the running context forbidden to sleep? Why, for messages (NULL: it may) */
const char *sim_atomic(void);
/** sim_where() - "task main, CPU0", "irq 11, CPU1": the running context, for messages */
const char *sim_where(void);
u32 sim_cpu(void);
bool sim_in_irq(void);
bool sim_irqs_off(void);

/* ---- contexts ------------------------------------------------------------ */

struct sim_task;

/** sim_task_start() - a new task context on @cpu; runnable at once, runs later */
struct sim_task *sim_task_start(const char *name, u32 cpu, void (*fn)(void *arg), void *arg);
/** sim_task_service() - @task may wait for ever and outlive everything: no leftover */
void sim_task_service(struct sim_task *task);
/** sim_task_join() - wait (as a task) until it has returned */
void sim_task_join(struct sim_task *task);

/** sim_task_running() - the one that runs, or is interrupted */
struct sim_task *sim_task_running(void);
/** sim_task_is_service() - is it the machine's own? */
bool sim_task_is_service(const struct sim_task *task);
/** sim_task_in_driver() - has any but @but called a driver itself, and not a class? */
bool sim_task_in_driver(const struct sim_task *but);
/** sim_task_at_base() - does it run its own code: no call of driver or class, nothing held? */
bool sim_task_at_base(void);
/** sim_task_give_up() - the running task, at its base, goes no further; to others it returned */
_Noreturn void sim_task_give_up(void);
/** sim_task_abandon() - the same to @task, if it waits at its base for what a task of its kind does */
bool sim_task_abandon(struct sim_task *task);
/** sim_tasks_settle() - wait until all others have returned, but no longer than @ns; then abandon() */
void sim_tasks_settle(u64 ns);

/**
 * sim_wait() - block the running task until @cond(@arg), or @timeout_ns passed
 *
 * True when the condition held. @cond is asked again after everything that
 * happens. Timeout ~0 is for ever: then nothing due at all is a DEADLOCK.
 */
bool sim_wait(bool (*cond)(void *arg), void *arg, u64 timeout_ns);

/** sim_sleep() - let virtual time pass in task context, serving everything due */
void sim_sleep(u64 ns);

/**
 * sim_entry_begin(), sim_entry_end() - around each call into driver or class code
 * @atomic: the callee may not sleep, for the reason named (NULL: it may)
 *
 * At the end no lock may be held that was not held before (LOCK_HELD).
 */
void sim_entry_begin(const char *what, const char *atomic);
/** sim_class_begin() - sim_entry_begin() of a call that the class makes */
void sim_class_begin(const char *what, const char *atomic);
void sim_entry_end(void);
/** sim_entry_returned() - the same where the callee gave an answer */
void sim_entry_returned(s64 rc);

/* ---- interrupts: the hardware side --------------------------------------- */

/** sim_intx_set() - drive the function's INTx level; shared lines are ORed */
void sim_intx_set(struct trv_dev *dev, bool asserted);
/** sim_isa_set() - drive legacy line 14 (@channel 0) or 15 (@channel 1): each rise is one interrupt */
void sim_isa_set(struct trv_dev *dev, u32 channel, bool asserted);
/** sim_msi_fire() - one MSI or MSI-X message; lost when masked in the device, as in PCI */
void sim_msi_fire(struct trv_dev *dev, u32 vector);
/** sim_irq_affinity() - which CPU takes @dev's interrupts; CPU 0 unless told */
void sim_irq_affinity(struct trv_dev *dev, u32 cpu);
/** sim_irq_exact() - @dev's interrupts are counted: none is lost, comes twice or of nothing */
void sim_irq_exact(struct trv_dev *dev);
/** sim_irq_wire() - connect the function's pin to INTx line 0-3; by slot and pin unless told */
void sim_irq_wire(struct trv_dev *dev, u32 line);
/** sim_irq_count() - handler calls of @dev's vector so far, for tests and tables */
u64 sim_irq_count(struct trv_dev *dev, u32 vector);
/** sim_irq_attached() - has any vector of @dev a handler? */
bool sim_irq_attached(const struct trv_dev *dev);

/* ---- the world ----------------------------------------------------------- */

/** sim_machine_reset() - CPUs, tasks, events, locks, lines as at power-on */
void sim_machine_reset(void);
/** sim_machine_run() - run @fn as the main task on CPU 0 until it returns; false if the run was ended by sim_fail() */
bool sim_machine_run(void (*fn)(void *arg), void *arg);
/** sim_machine_go_on() - @fn, in a new task, takes over as the main one: the run ends when it returns */
void sim_machine_go_on(void (*fn)(void *arg), void *arg);
/** sim_machine_abort() - leave the run from any context; sim_machine_run() returns false */
_Noreturn void sim_machine_abort(void);
/** sim_machine_leftovers() - report timers, work, handlers, tasks that outlived @dev (NULL: everything) */
void sim_machine_leftovers(struct trv_dev *dev);

/** sim_steps() - entries so far in this run, all contexts */
u64 sim_steps(void);
/** sim_budget() - limits of this run: entries and virtual time, above which it is a HANG */
void sim_budget(u64 steps, u64 ns);

#endif /* TRIVET_SIM_MACHINE_H */
