/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The conformance suite: os.h, sentence by sentence, written once against
 * os.h alone and run on every leg. A clause is a function that uses the OS as
 * a driver does, as the driver of an edu device; clauses.h is their table.
 */
#ifndef TRIVET_CONF_H
#define TRIVET_CONF_H

#include <trivet/driver.h>
#include <trivet/hw/edu.h>

#include <tests/conformance/clauses.h>

struct conf;

/* ---- what a clause is ---------------------------------------------------- */

/*
 * What a clause needs of its leg beyond an edu device that runs. A leg that
 * lacks one skips the clause and says so.
 */
enum {
	CONF_UNPLUG = 0x001,  /* leg->unplug */
	CONF_OPTION = 0x002,  /* leg->option */
	CONF_FORCE = 0x004,   /* leg->cfg_force */
	CONF_LOG = 0x008,     /* leg->logged */
	CONF_TRACE = 0x010,   /* leg->traced */
	CONF_FAULT = 0x020,   /* leg->fault */
	CONF_REPORT = 0x040,  /* leg->reports */
	CONF_SCRATCH = 0x080, /* leg->scratch */
	CONF_SHARER = 0x100,  /* leg->sharer */
	CONF_IDE = 0x200,     /* leg->ide */
	CONF_RESET = 0x400,   /* the device has a function reset: leg->has_reset */
	CONF_IRQ = 0x800,     /* the leg has an interrupt for the device: leg->irq_kinds */
	CONF_UNHELD = 0x1040, /* CONF_REPORT, of a lock that is not held */
};

/**
 * struct conf_clause - one sentence of os.h
 * @entry:    the family of TRV_OS_ENTRIES it belongs to
 * @id:       with @entry its name
 * @text:     the sentence
 * @sabotage: defects of a backend that this clause must notice, separated by spaces
 * @needs:    CONF_*
 * @run:      uses the OS, in probe, and calls conf_check() on what it sees
 */
struct conf_clause {
	const char *entry;
	const char *id;
	const char *text;
	const char *sabotage;
	u32 needs;
	void (*run)(struct conf *c);
};

/** struct conf_group - the clauses of one file */
struct conf_group {
	const char *name;
	const struct conf_clause *clauses;
	u32 n;
};

#define CONF_CLAUSE(entry, id, needs, sabotage, text) \
	{ #entry, #id, text, sabotage, needs, conf_##entry##_##id },
/** CONF_GROUP() - at the end of a group's file: a clause without a function does not compile */
#define CONF_GROUP(group, CLAUSES)                                                    \
	static const struct conf_clause group##_clauses[] = { CLAUSES(CONF_CLAUSE) }; \
	const struct conf_group conf_group_##group = { #group, group##_clauses,       \
						       TRV_ARRAY_SIZE(group##_clauses) }

#define CONF_DECLARE(group) extern const struct conf_group conf_group_##group;
CONF_GROUPS(CONF_DECLARE)
#undef CONF_DECLARE

/** conf_groups - all of them; conf_n_groups long */
extern const struct conf_group *const conf_groups[];
extern const u32 conf_n_groups;

/* ---- what a leg provides ------------------------------------------------- */

/**
 * struct conf_leg - what the suite cannot do by os.h; any pointer may be NULL
 * @name:      for people
 * @irq_kinds: kinds of interrupt to try, 0 for none
 * @has_reset: trv_dev_reset() works for this device
 * @irq_far:   deliver the device's interrupts on another CPU than the caller's (or the same)
 * @elsewhere: run @fn(@arg) in task context on another CPU; false when it cannot
 * @unplug:    pull the device out of its slot, without a word to the driver
 * @option:    what trv_option() of that name will find
 * @cfg_force: change a byte of configuration space from the device's side
 * @logged:    lines logged about the device so far that contain @text (NULL: all)
 * @traced:    events traced so far with this name and these words
 * @fault:     make the named fault point fire from now on, or not
 * @reports:   misuses reported so far
 * @fail:      a clause failed: called before its things are taken away; need not return
 * @scratch:   a device of tests/checkers' dummy kind, bound to conf_companion
 * @sharer:    another edu on the same interrupt line, bound to conf_companion
 * @ide:       a PCI IDE function in compatibility mode, bound to conf_companion
 */
struct conf_leg {
	const char *name;
	u32 irq_kinds;
	bool has_reset;
	void (*irq_far)(struct trv_dev *dev, bool far);
	bool (*elsewhere)(void (*fn)(void *arg), void *arg);
	void (*unplug)(struct trv_dev *dev);
	void (*option)(struct trv_dev *dev, const char *name, u32 val);
	void (*cfg_force)(struct trv_dev *dev, u32 off, u8 val);
	u32 (*logged)(struct trv_dev *dev, const char *text);
	u32 (*traced)(struct trv_dev *dev, const char *event, u64 a, u64 b);
	void (*fault)(struct trv_dev *dev, const char *name, bool on);
	u32 (*reports)(struct trv_dev *dev);
	void (*fail)(struct conf *c);
	struct trv_dev *scratch;
	struct trv_dev *sharer;
	struct trv_dev *ide;
};

/** conf_missing() - what @leg lacks for @clause, in words; NULL when it can run */
const char *conf_missing(const struct conf_leg *leg, const struct conf_clause *clause);

/** conf_companion - the driver of the other devices: does nothing and holds nothing */
extern const struct trv_driver conf_companion;

/* ---- one run ------------------------------------------------------------- */

enum {
	CONF_WORKS = 2,
	CONF_TIMERS = 2,
	CONF_MEMS = 4,
	CONF_BUFS = 4,
	CONF_MAPS = 4,
};

/** struct conf_failure - the first thing that was not as the clause says */
struct conf_failure {
	const char *file;
	u32 line;
	const char *what;
	bool has_values;
	s64 got, want;
};

/**
 * struct conf - one clause in one run, and everything it uses
 *
 * Filled by conf_begin(), read after the driver was removed. What a clause
 * takes through the helpers below is given back when it is over.
 */
struct conf {
	const struct conf_clause *clause;
	const struct conf_leg *leg;
	struct trv_pci_id ids[2];
	struct trv_driver drv;

	/* The verdict. */
	u32 failed;
	struct conf_failure failure;
	const char *skipped; /* why the clause could not be tried after all */

	/* The devices: edu, its registers; scratch's and the sharer's when the clause maps them. */
	struct trv_dev *dev;
	struct trv_mmio regs, smem, xregs;
	struct trv_port sport;
	void *drvdata_before; /* what trv_drvdata() said when probe began */
	bool mapped, smem_mapped, sport_mapped, xmapped;
	bool irq_alloced, irq_attached, xalloced, xattached;
	enum trv_irq_kind irq_kind;

	/* What the clause took, through the helpers; how many of each. */
	struct trv_work work[CONF_WORKS];
	struct trv_timer timer[CONF_TIMERS];
	struct trv_dma_mem mem[CONF_MEMS];
	struct trv_dma_map map[CONF_MAPS];
	struct {
		void *p;
		size_t size;
	} buf[CONF_BUFS];
	u32 works, timers, mems, maps, bufs;

	/* What needs no giving back. */
	struct trv_spin spin, inner;
	struct trv_mutex mutex;
	struct trv_event event;
	struct trv_refcount ref;

	/* The common handler: what it returns, how long it stays, what it saw. */
	enum trv_irq_ret irq_ret;
	u32 irq_spin_us, deferred_sleep_us;
	u32 irq_calls, irqs, irq_in, irq_overlap;
	u32 deferred, deferred_in, deferred_overlap;

	/* Whatever runs beside the clause, or instead of it. */
	void (*far_fn)(struct conf *c);
	u32 far_state; /* CONF_FAR_* */
	struct trv_work far_work;
	bool far_by_work;
	void (*atomic_fn)(struct conf *c);
	u32 atomic_runs;
	void (*at_remove)(struct conf *c); /* called when remove begins */

	/* The clause's own, all 0. */
	u32 a, b, d, in;
	unsigned long word;
	u64 t0, t1;
};

/** conf_begin() - prepare @c for a run of @clause; then bind c->drv to the device and unbind it */
void conf_begin(struct conf *c, const struct conf_clause *clause, const struct conf_leg *leg);

/* ---- checking ------------------------------------------------------------ */

/** conf_fail() - note a failure; the first counts. Any context. */
void conf_fail(struct conf *c, const struct conf_failure *failure);

#define CONF_FAILURE(text, values, g, w) \
	(&(const struct conf_failure){ __FILE__, __LINE__, text, values, (s64)(g), (s64)(w) })

/** conf_note() - record that @cond does not hold, and go on; tells whether it holds */
#define conf_note(c, cond)                                              \
	({                                                              \
		bool __holds = (cond);                                  \
		if (!__holds)                                           \
			conf_fail(c, CONF_FAILURE(#cond, false, 0, 0)); \
		__holds;                                                \
	})
/** conf_check() - the clause is over when @cond does not hold */
#define conf_check(c, cond)              \
	do {                             \
		if (!conf_note(c, cond)) \
			return;          \
	} while (0)
/** conf_eq() - the clause is over when the two differ */
#define conf_eq(c, got, want)                                                               \
	do {                                                                                \
		s64 __got = (s64)(got), __want = (s64)(want);                               \
		if (__got != __want) {                                                      \
			conf_fail(c, CONF_FAILURE(#got " == " #want, true, __got, __want)); \
			return;                                                             \
		}                                                                           \
	} while (0)
/** conf_ok() - the clause is over when a call inside a helper failed already */
#define conf_ok(c)               \
	do {                     \
		if ((c)->failed) \
			return;  \
	} while (0)
/** conf_skip() - this device or leg cannot show it */
#define conf_skip(c, why)             \
	do {                          \
		(c)->skipped = (why); \
		return;               \
	} while (0)

/* ---- waiting: always bounded --------------------------------------------- */

/** CONF_LONG_US - longer than anything takes on a slow emulated machine */
#define CONF_LONG_US 3000000ULL

/* Looks again after an eighth of the time that it took so far: what never comes is no long wait. */
#define CONF_WAIT(cond, us, pause)                                                   \
	({                                                                           \
		const u64 __from = trv_time_ns(), __until = __from + 1000ULL * (us); \
		bool __met = (cond);                                                 \
		u64 __now;                                                           \
		while (!__met && (__now = trv_time_ns()) < __until) {                \
			const u64 __step = (__now - __from) / 8000;                  \
			pause;                                                       \
			__met = (cond);                                              \
		}                                                                    \
		__met;                                                               \
	})
/** conf_wait() - sleep until @cond, at most @us; true when it came */
#define conf_wait(cond, us) CONF_WAIT(cond, us, trv_sleep_us(10 + (u32)__step))
/** conf_spin() - the same in atomic context */
#define conf_spin(cond, us) \
	CONF_WAIT(cond, us, (trv_cpu_relax(), trv_delay_us(2 + (u32)trv_min(__step, (u64)100))))

/* ---- the device ---------------------------------------------------------- */

/** conf_raise() - make edu interrupt; one bit of its status. Atomic. */
void conf_raise(struct conf *c, u32 bit);
/** conf_quiet() - no interrupt is asserted any more */
void conf_quiet(struct conf *c);
/** conf_dma_setup() - program a transfer without starting it; CPU memory is addressed by IOVA */
void conf_dma_setup(struct conf *c, trv_iova ram, u32 len, bool to_ram);
/** conf_dma_go() - start it by a plain register write and wait for its end */
void conf_dma_go(struct conf *c, bool to_ram);
/** conf_dma_wait() - wait for its end, by plain reads */
void conf_dma_wait(struct conf *c);
/** conf_to_edu(), conf_from_edu() - move bytes between memory and edu's buffer */
void conf_to_edu(struct conf *c, trv_iova from, u32 len);
void conf_from_edu(struct conf *c, trv_iova to, u32 len);
/** conf_edu_limits() - state edu's 28 bits, and bus master on: before any DMA */
void conf_edu_limits(struct conf *c);

/* ---- things that are given back by themselves ---------------------------- */

struct trv_dma_mem *conf_mem(struct conf *c, size_t size, size_t align);
void *conf_buf(struct conf *c, size_t size);
/** conf_map() - of a buffer of conf_buf(); conf_unmap() takes the last one back */
struct trv_dma_map *conf_map(struct conf *c, void *buf, u32 len, enum trv_dma_dir dir);
void conf_unmap(struct conf *c);
struct trv_work *conf_work(struct conf *c, void (*fn)(void *arg));
struct trv_timer *conf_timer(struct conf *c, void (*fn)(void *arg));

/** conf_scratch() - map the scratch device's memory and ports */
void conf_scratch(struct conf *c);

/** conf_irq_alloc() - one vector of the leg's best kind; conf_irq() also attaches the common handler */
void conf_irq_alloc(struct conf *c);
void conf_irq(struct conf *c);
void conf_irq_attach(struct conf *c, const struct trv_irq_handler *h);
void conf_irq_close(struct conf *c);
/** conf_common_handler - counts in c->irqs, acknowledges at edu, obeys c->irq_* */
extern const struct trv_irq_handler *const conf_common_handler;
/** conf_irq_far() - interrupts on another CPU, where the leg can */
void conf_irq_far(struct conf *c);

/* ---- company ------------------------------------------------------------- */

enum { CONF_FAR_IDLE, CONF_FAR_STARTED, CONF_FAR_DONE };

/** conf_far() - run @fn(@c) in task context on another CPU, or at least as another task */
void conf_far(struct conf *c, void (*fn)(struct conf *c));
/** conf_far_join() - wait until it has returned */
void conf_far_join(struct conf *c);

/** conf_in_atomic() - run @fn where sleeping is forbidden: lock held, timer, interrupt handler */
void conf_in_atomic(struct conf *c, void (*fn)(struct conf *c));

#define conf_get(p) trv_load_acquire(p)
#define conf_set(p, val) trv_store_release(p, val)

/** conf_fill() - a pattern that differs for each @seed; conf_filled(): is it there? */
void conf_fill(void *buf, size_t len, u32 seed);
bool conf_filled(const void *buf, size_t len, u32 seed);
/** conf_zero() - are they all zero? */
bool conf_zero(const void *buf, size_t len);

#endif /* TRIVET_CONF_H */
