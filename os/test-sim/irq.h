/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Interrupts, between the hardware side (irq.c), the CPUs (irq_take.c) and os.h's
 * entries (irq_os.c).
 * A source is what a CPU sees: a line, shared by the vectors attached to it,
 * or one message.
 */
#ifndef TRIVET_SIM_IRQ_H
#define TRIVET_SIM_IRQ_H

#include <os/test-sim/machine_priv.h>

#define SIM_INTX_LINES 4
#define SIM_ISA_LINES 2

struct sim_irq_src {
	char name[24];
	u32 number;
	bool edge;     /* latched when raised; else it lasts as long as the level */
	bool pending;  /* the latch */
	bool listed;   /* in the machine's list of what may be deliverable */
	bool held;     /* a choice: not at this boundary */
	bool doubled;  /* sabotage: the next interrupt comes twice */
	bool phantom;  /* the next one comes of nothing: a choice, or sabotage */
	bool disabled; /* nobody cared, and the device is known to be hostile */
	u8 stop;       /* enum sim_stop: the next handler is stopped there */
	bool prompt;   /* the CPU was interrupted before: its handler begins, and is quick */
	s8 target;     /* a choice: this CPU; -1: as the device's affinity says */
	u8 running;    /* CPU + 1 */
	struct sim_irq_src *next;
	struct sim_event late;
	/* attached, in order */
	struct sim_irq_vec *vecs;
};

/** struct sim_irq_vec - one vector of one device */
struct sim_irq_vec {
	struct trv_dev *dev;
	u32 index;
	const struct trv_irq_handler *h; /* NULL: not attached */
	void (*deferred)(void *arg);
	void *arg;
	const char *name;
	const struct sim_site *site;
	struct sim_irq_src *src;
	struct sim_irq_vec *next;
	u32 masked;
	u32 in_handler;
	u32 rounds; /* handler calls since the level was last low */
	bool going; /* being detached: no call begins any more */
	bool deferring;
	u64 count, runs;
	u64 asked, served; /* calls of the deferred function */
	struct sim_task *thread;
};

/** struct sim_irq_state - a device's interrupts */
struct sim_irq_state {
	struct trv_dev *dev;
	enum trv_irq_kind kind;
	u32 n, max;
	u32 affinity;
	s8 wire;   /* INTx line; -1: by slot and pin */
	bool intx; /* levels the device drives */
	bool lost; /* a choice: nobody sees this assertion */
	bool isa[SIM_ISA_LINES];
	bool attached_once;
	bool exact; /* see sim_irq_exact() */
	struct sim_irq_vec *vecs;
	struct sim_irq_src *msgs;
	struct sim_irq_state *next;
};

/** sim_irq_state_of() - made at first need */
struct sim_irq_state *sim_irq_state_of(struct trv_dev *dev);
/** sim_irq_states() - of every device that ever had to do with interrupts */
struct sim_irq_state *sim_irq_states(void);
struct sim_irq_src *sim_irq_intx_src(struct sim_irq_state *st);
struct sim_irq_src *sim_irq_isa_src(u32 channel);
void sim_irq_src_init(struct sim_irq_src *src, u32 number, bool edge);
/** sim_irq_shared() - the INTx lines by number; NULL behind the last */
struct sim_irq_src *sim_irq_shared(u32 n);
/** sim_irq_is_exact() - see sim_irq_exact() */
bool sim_irq_is_exact(const struct sim_irq_src *src);
bool sim_irq_any_masked(const struct sim_irq_src *src);
/** sim_irqs_offer_again() - a stage of a device's life begins: interrupts without a reason are new to it */
void sim_irqs_offer_again(void);
/** sim_irqs_forget() - nothing is deliverable in the world that begins */
void sim_irqs_forget(void);

/** sim_irq_asserted() - does the device drive its line high, as far as the driver lets it? */
static inline bool sim_irq_asserted(const struct trv_dev *dev)
{
	u32 command = dev->cfg[TRV_PCI_COMMAND] | (u32)dev->cfg[TRV_PCI_COMMAND + 1] << 8;

	return dev->irq->intx && !dev->irq->lost && !dev->gone && !(command & TRV_PCI_CMD_INTX_OFF);
}

/** sim_irq_hears() - is the handler called, when there is something? */
static inline bool sim_irq_hears(const struct sim_irq_vec *vec)
{
	return !vec->going && (!vec->masked || SIM_SAB("mask-ignored"));
}

/** sim_irq_changed() - @src may have become deliverable */
void sim_irq_changed(struct sim_irq_src *src);
/** sim_irq_run() - call the handlers of @src, here and now */
void sim_irq_run(struct sim_irq_src *src);
/** sim_irq_link(), sim_irq_unlink() - a vector begins and ceases to hear its source */
void sim_irq_link(struct sim_irq_vec *vec);
void sim_irq_unlink(struct sim_irq_vec *vec);
/** sim_irq_defer() - the handler said TRV_IRQ_DEFER */
void sim_irq_defer(struct sim_irq_vec *vec);
/** sim_irq_quiet() - no handler or deferred function of @vec runs or is about to */
bool sim_irq_quiet(const struct sim_irq_vec *vec);

#endif /* TRIVET_SIM_IRQ_H */
