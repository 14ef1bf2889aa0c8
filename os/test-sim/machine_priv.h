/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The machine, to itself.
 *
 * A coroutine is a task, or a CPU's own context for what happens while it is
 * idle. On it levels of execution are stacked as plain calls: the task, a
 * softirq on top, an interrupt on top of that. Every action of the world
 * happens in order of virtual time: whoever is furthest behind goes next, and
 * an entry's work begins only when nothing else is earlier.
 */
#ifndef TRIVET_SIM_MACHINE_PRIV_H
#define TRIVET_SIM_MACHINE_PRIV_H

#include <os/test-sim/dev.h>
#include <os/test-sim/machine.h>
#include <os/test-sim/sabotage.h>

#define SIM_NEVER (~0ULL)

/* ---- coroutines (ctx.c) -------------------------------------------------- */

/** struct sim_co - a stack to run on */
struct sim_co {
	void *sp;
	void *fake; /* AddressSanitizer's shadow of it */
	char *base; /* lowest usable byte; NULL: the process's own stack */
	size_t size;
	void (*fn)(void *arg);
	void *arg;
};

/** sim_co_new() - prepare @co to call @fn(@arg), which never returns, on a stack of its own */
void sim_co_new(struct sim_co *co, void (*fn)(void *arg), void *arg);
/** sim_co_switch() - leave @from, go on in @to. @last: @from will never run again. */
void sim_co_switch(struct sim_co *from, struct sim_co *to, bool last);
/** sim_co_free() - give the stack back; not while running on it */
void sim_co_free(struct sim_co *co);
/** sim_co_reset() - every stack is free again, whatever ran on it */
void sim_co_reset(void);

/* ---- handles (handle.c) -------------------------------------------------- */

enum sim_obj_kind {
	SIM_O_SPIN = 1,
	SIM_O_MUTEX,
	SIM_O_EVENT,
	SIM_O_WORK,
	SIM_O_TIMER,
};

enum sim_lock_form { SIM_PLAIN, SIM_BH, SIM_IRQSAVE, SIM_MUTEX };

struct sim_exec;
struct sim_task;

/** struct sim_obj - the truth about one lock, event, work or timer of a driver */
struct sim_obj {
	const void *addr; /* where the driver keeps its handle */
	u32 id;
	enum sim_obj_kind kind;
	const char *name;
	const struct sim_site *site; /* initialised here; or armed, queued, taken */
	struct trv_dev *dev;
	void (*fn)(void *arg);
	void *arg;
	union {
		struct {
			struct sim_exec *owner;
			struct sim_task *task; /* the owner's coroutine */
			const struct sim_site *taken;
			u64 since;
			unsigned long flags; /* what irqsave returned */
			enum sim_lock_form form;
			u8 class;
		} lock;
		struct {
			bool on;
			u32 waiters;
		} event;
		struct {
			struct sim_obj *next;
			struct sim_task *runner;
			u32 cancelling;
			bool queued;
			bool again; /* sabotage: run once more */
		} work;
		struct {
			struct sim_event due;
			struct sim_obj *next;
			u32 cpu;
			u32 cancelling;
			u8 running; /* CPU + 1 */
			bool armed, expired, late;
			bool patient; /* a time-out, by its length */
			u64 since;    /* when it was armed */
		} timer;
	};
};

/** sim_obj_init() - a handle of @size bytes at @h is initialised, perhaps again */
struct sim_obj *sim_obj_init(enum sim_obj_kind kind, void *h, const char *name,
			     struct trv_dev *dev);
/** sim_obj_get() - the object behind @h, or LOCK_UNINIT */
struct sim_obj *sim_obj_get(enum sim_obj_kind kind, const void *h);
/** sim_obj_each() - all of a kind, in order of initialisation */
void sim_obj_each(enum sim_obj_kind kind, void (*fn)(struct sim_obj *o, void *arg), void *arg);
void sim_obj_reset(void);
/** sim_obj_busy() - does somebody hold, await, or run it, or is it pending? */
bool sim_obj_busy(const struct sim_obj *o);

/* ---- levels of execution (exec.c) ---------------------------------------- */

enum sim_level { SIM_L_TASK, SIM_L_SOFTIRQ, SIM_L_IRQ, SIM_LEVELS };

#define SIM_MAX_HELD 16
#define SIM_MAX_FRAMES 16

/**
 * enum sim_stop - where a handler is stopped
 *
 * What it does after its first lock may be in the wrong order, so that one call of it is done
 * and the next is not.
 */
enum sim_stop {
	SIM_STOP_NOT,
	SIM_STOP_UNLOCKED, /* behind its first lock */
	SIM_STOP_SECOND,   /* and before the second call after that */
};

/** struct sim_exec - one level: what it may do and what it holds */
struct sim_exec {
	enum sim_level level;
	const char *name;
	struct sim_path *path; /* watch.c */
	u32 atomic;	       /* reasons not to sleep, counted */
	u32 bh_off;
	bool irqs_off;
	u8 stop;	/* a handler, in its middle: enum sim_stop, or before that at a choice */
	bool stop_soon; /* it has let go of its first lock */
	bool quick;	/* its register reads take no longer than they must */
	u32 n_held, n_frames;
	struct sim_obj *held[SIM_MAX_HELD];
	struct sim_frame {
		const char *what;
		const char *atomic;
		u32 n_held, bh_off;
		bool irqs_off;
		bool of_class; /* the class called */
	} frames[SIM_MAX_FRAMES];
};

/** sim_frame_begin(), sim_frame_end() - as sim_entry_begin() and _end(), but not traced */
void sim_frame_begin(const char *what, const char *atomic);
void sim_frame_end(void);
void sim_exec_push(enum sim_level level, const char *name);
void sim_exec_pop(void);
/** sim_irqs_admitted(), sim_softirqs_admitted() - would @x (NULL: idle) be interrupted? */
static inline bool sim_irqs_admitted(const struct sim_exec *x)
{
	return !x || !x->irqs_off;
}
static inline bool sim_softirqs_admitted(const struct sim_exec *x)
{
	return !x || (x->level == SIM_L_TASK && !x->irqs_off && !x->bh_off);
}

/* ---- tasks and CPUs ------------------------------------------------------ */

enum sim_state {
	SIM_RUN,    /* wants its CPU, or has it */
	SIM_DELAY,  /* busy until a time, interruptible */
	SIM_SPIN,   /* busy until a condition, interruptible */
	SIM_WAIT,   /* off its CPU until woken, a condition, or a time */
	SIM_READY,  /* off its CPU, would like it */
	SIM_PARKED, /* a CPU's idle context with nothing to do */
};

struct sim_task {
	struct sim_co co;
	u32 id;
	u32 cpu;
	const char *name;
	void (*fn)(void *arg);
	void *arg;
	enum sim_state state;
	bool done;
	bool gave_up;	      /* goes no further; its stack may still be in use */
	bool service;	      /* of the machine: no deadlock, no leftover */
	bool idle;	      /* a worker without work */
	struct sim_obj *work; /* a worker's present one */

	const struct sim_site *site; /* where it stopped */
	const char *what;	     /* and for what */
	const void *on;		     /* what wakes it */
	bool (*cond)(void *arg);
	void *cond_arg;
	u64 until;
	u64 since; /* it waits */
	u32 wait_seq;
	bool woken, timed_out;
	struct sim_event timeout;

	struct sim_exec *exec;
	struct sim_exec execs[SIM_LEVELS];
	struct sim_task *next;	    /* of all, in order of id */
	struct sim_task *run_next;  /* in its CPU's queue */
	struct sim_task *poll_next; /* waiting for a condition, on its CPU */
};

struct sim_cpu {
	u32 id;
	u64 now;
	struct sim_task *cur;
	struct sim_task *idle_task;
	struct sim_task *run_head, **run_tail;
	struct sim_task *polled;
	u64 slice_end;
	bool woken; /* a task became ready since it was last asked whether it goes first */
	struct sim_obj *soft_head, **soft_tail; /* timers that expired here */
};

struct sim_irq_src;

/* Who calls when nothing runs: a unit test by itself. */
extern struct sim_exec sim_outside[];

extern struct sim_machine {
	/* what sim_enter() looks at */
	u64 now;     /* of whatever runs now: a context, or the device */
	u64 horizon; /* up to here nothing else can happen */
	u64 steps, steps_max;
	struct sim_exec *exec;
	const char *entry;

	u64 clock; /* everything that happened, happened by then */
	u64 time_max;
	struct sim_cpu *cpu;
	struct sim_task *cur;
	const struct sim_event *device; /* running event */
	bool running, aborted;

	struct sim_cpu cpus[SIM_CPUS];
	struct sim_task *tasks, **tasks_tail;
	struct sim_task *zombie;
	u32 n_tasks, wait_seq, event_seq;
	struct sim_co host;

	struct sim_irq_src *irq_list, **irq_tail; /* perhaps deliverable */
	bool irq_held;
	u32 patient; /* timers armed that are somebody's patience */
	u64 patience_end;
	u64 stop_by;	/* until then a time-out waits for a handler to be stopped in its middle */
	bool under_way; /* some operation is, and may end at any entry */
	bool shared;	/* some line with a handler may fire for another device's reason */
	bool bus_known, bus_quick; /* a trait of the machine, once it showed */
} sim_m;

/** sim_poke() - something changed that may concern others: look around at the next entry */
static inline void sim_poke(void)
{
	sim_m.horizon = 0;
}

/* cpu.c */
void sim_resched(void);
/** sim_boundary() - whatever is earlier happens, and interrupts are taken, here */
void sim_boundary(void);
/** sim_stand() - a task may be kept off its CPU here, for as long as a time-out works: a choice */
void sim_stand(void);
/** sim_deliver() - take one interrupt or softirq on this CPU; false when there was none */
bool sim_deliver(void);
/** sim_busy_until() - occupy the CPU until virtual time @end */
void sim_busy_until(u64 end);
/** sim_spin_while() - occupy the CPU while @cond(@arg) */
void sim_spin_while(bool (*cond)(void *arg), void *arg, const char *what);
/** sim_stop_begin() - stop the handler that begins, once, where it holds no lock */
void sim_stop_begin(enum sim_stop where);
/** sim_stop_let_go() - it has let go of a lock */
void sim_stop_let_go(void);
/** sim_stop_now() - this is the place */
void sim_stop_now(void);
/** sim_yield() - let another task of this CPU go first, if the running one may be preempted */
void sim_yield(void);
void sim_cpus_reset(void);
_Noreturn void sim_hang(void);

/* task.c */
struct sim_task *sim_task_new(const char *name, u32 cpu, void (*fn)(void *arg), void *arg);
/** sim_service_start() - a task of the machine's own: it may wait for ever */
struct sim_task *sim_service_start(const char *name, u32 cpu, void (*fn)(void *arg), void *arg);
void sim_task_ready(struct sim_task *t);
/** sim_task_resumed() - the running coroutine has its CPU (again) */
void sim_task_resumed(struct sim_task *t);
/** sim_block() - off the CPU until sim_wake(@on), or @timeout_ns passed: then false */
bool sim_block(const void *on, u64 timeout_ns, const char *what);
/** sim_wake() - everybody who waits on @on; sim_wake_first(): the one who waits longest */
void sim_wake(const void *on);
struct sim_task *sim_wake_first(const void *on);
/** sim_promote() - tasks of @c whose condition has come true become ready */
void sim_promote(struct sim_cpu *c);
void sim_tasks_reset(void);

/* clock.c */
extern struct sim_event *sim_heap[];
extern u32 sim_heap_n;
static inline u64 sim_next_due(void)
{
	return sim_heap_n ? sim_heap[1]->due : SIM_NEVER;
}
/** sim_event_run() - let the earliest event happen */
void sim_event_run(void);
void sim_clock_reset(void);
/** sim_saturate() - @us in nanoseconds, for ever when it does not fit */
u64 sim_saturate(u64 us);

/* irq.c */
bool sim_irq_deliverable(const struct sim_cpu *c, const struct sim_exec *x);
/** sim_irq_take() - deliver one here, unless a choice sends it elsewhere or holds it back */
bool sim_irq_take(struct sim_cpu *c);
void sim_irq_unhold(struct sim_cpu *c);
void sim_irq_reset(void);
void sim_irq_leftovers(struct trv_dev *dev);
/** sim_irq_spurious() - a shared line may fire for no reason of this device's */
void sim_irq_spurious(void);

/** sim_irq_elsewhere() - what @dev asks for next goes to the other CPU; or that is over */
void sim_irq_elsewhere(struct trv_dev *dev, bool on);
/** sim_irq_stop() - the handler of @dev's next interrupt runs on @cpu and is stopped there */
void sim_irq_stop(struct trv_dev *dev, u32 cpu, enum sim_stop where);
/** sim_irq_spurious_anywhere() - the same at every entry while a shared line has a handler */
void sim_irq_spurious_anywhere(void);
/** sim_irq_spurious_beside() - the same on the other CPU, while this one has a lock just taken */
void sim_irq_spurious_beside(void);

/* op.c */
/** sim_op_hasten() - one of the operations under way may end here and now */
void sim_op_hasten(void);
/** sim_op_is_patience() - is a time-out of that length one after which a device is given up? */
bool sim_op_is_patience(u64 ns);
/** sim_op_awaited() - the driver will wait no longer than @ns from now */
void sim_op_awaited(u64 ns);
/** sim_op_woken() - who waited @ns from @since was woken before that */
void sim_op_woken(u64 since, u64 ns);
/** sim_op_time_out() - @cpu has waited since @since: for how long to put the end of that off */
u64 sim_op_time_out(u64 since, u32 cpu);
/** sim_op_until_stopped() - look again in so long whether a handler was stopped; 0: go on */
u64 sim_op_until_stopped(void);
void sim_ops_reset(void);

/* lock.c, lockdep.c */
/** sim_lock_left() - a frame of the running level ends: finds locks it should not hold, or lost */
void sim_lock_left(const struct sim_frame *f);
const char *sim_lock_describe(const struct sim_obj *o);
void sim_lockdep_class(struct sim_obj *o);
/** sim_lockdep_take() - the running level is about to take @o */
void sim_lockdep_take(struct sim_obj *o);
void sim_lockdep_reset(void);

/* timer.c, work.c */
void sim_timer_run(struct sim_cpu *c);
void sim_timer_leftovers(struct trv_dev *dev);
void sim_work_leftovers(struct trv_dev *dev);
/** sim_work_asleep() - a worker goes to sleep in a work function, or comes back */
void sim_work_asleep(bool asleep);
void sim_work_reset(void);

#endif /* TRIVET_SIM_MACHINE_PRIV_H */
