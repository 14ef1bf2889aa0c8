/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The one source of uncertainty. Whatever could go one way or another in the
 * world asks here; 0 is the nice day. A run is described entirely by its
 * deviations from 0.
 */
#ifndef TRIVET_SIM_CHOICE_H
#define TRIVET_SIM_CHOICE_H

#include <trivet/os.h>

/**
 * enum sim_class - what is asked of the driver afterwards; the worst class of a run counts
 *
 * All checkers and the datasheet's rules hold in the first two, and in all
 * three: no checker of memory, DMA, locks or context trips, nothing hangs or
 * crashes, the driver can be removed, and then nothing is left of it.
 *
 * @SIM_SCHEDULE: legal behaviour. Every expectation of the scenario holds.
 * @SIM_RESOURCE: something was refused, got lost or failed, as it may. What
 *                was asked for works or ends with an error. After the body,
 *                with everything unbound and no more deviations, each device
 *                is bound again and everything works: sim_recover_with().
 * @SIM_HOSTILE:  the hardware is broken, lies, or is gone. The scenario's
 *                expectations are void, and so are the datasheet's rules: whoever
 *                is lied to may err. Within the time and the steps of any run
 *                everything is unbound.
 */
enum sim_class {
	SIM_SCHEDULE,
	SIM_RESOURCE,
	SIM_HOSTILE,
};

/* X(enumerator, name, class, what deviating means) */
#define SIM_KINDS(X)                                                                            \
	X(K_IRQ, "irq", SIM_SCHEDULE, "a pending interrupt is taken late, or on the other CPU") \
	X(K_SPURIOUS, "spurious", SIM_SCHEDULE, "the shared line fires without this device")    \
	X(K_SWITCH, "switch", SIM_SCHEDULE, "another runnable context goes first")              \
	X(K_LATE, "late", SIM_SCHEDULE, "the device takes longer than usual")                   \
	X(K_EARLY, "early", SIM_SCHEDULE, "an operation ends at this very entry of os.h")       \
	X(K_DOUBLE, "double", SIM_SCHEDULE, "an interrupt comes twice")                         \
	X(K_POST, "post", SIM_SCHEDULE, "a posted write stays in flight")                       \
	X(K_ORDER, "order", SIM_SCHEDULE, "coherent memory is seen late, or in another order")  \
	X(K_TRAIT, "trait", SIM_SCHEDULE, "the device is another one of its kind")              \
	X(K_TIMER, "timer", SIM_SCHEDULE, "a timer fires late")                                 \
	X(K_ALLOC, "alloc", SIM_RESOURCE, "an allocation fails")                                \
	X(K_DMA_ALLOC, "dma_alloc", SIM_RESOURCE, "a DMA allocation fails")                     \
	X(K_DMA_MAP, "dma_map", SIM_RESOURCE, "a DMA mapping fails")                            \
	X(K_IRQ_REQ, "irq_req", SIM_RESOURCE, "an interrupt request fails")                     \
	X(K_BAR, "bar", SIM_RESOURCE, "mapping a BAR fails")                                    \
	X(K_CFG, "cfg", SIM_RESOURCE, "a configuration access fails")                           \
	X(K_FAULT, "fault", SIM_RESOURCE, "a named fault point fires")                          \
	X(K_LOST, "lost", SIM_RESOURCE, "an interrupt never arrives")                           \
	X(K_ERROR, "error", SIM_RESOURCE, "the device reports an error, as it may")             \
	X(K_RACE, "race", SIM_RESOURCE, "an operation ends as the driver's patience does")      \
	X(K_MEDIA, "media", SIM_RESOURCE, "the medium is changed, or taken for a while")        \
	X(K_GONE, "gone", SIM_HOSTILE,                                                          \
	  "the device is gone from this read on, or one read is all ones")                      \
	X(K_VALUE, "value", SIM_HOSTILE,                                                        \
	  "a read lies: once, or the register is stuck from here on")                           \
	X(K_NEVER, "never", SIM_HOSTILE, "an operation never ends, or never says so")           \
	X(K_TWICE, "twice", SIM_HOSTILE, "an operation ends twice")                             \
	X(K_DEVICE, "device", SIM_HOSTILE, "the model breaks its datasheet otherwise")

enum sim_kind {
#define SIM_KIND_ENUM(e, name, cls, what) SIM_##e,
	SIM_KINDS(SIM_KIND_ENUM)
#undef SIM_KIND_ENUM
		SIM_N_KINDS
};

/**
 * sim_choose() - one of @n ways, 0 the nice one
 *
 * A choice point is one call: its name is kind@file:function#occurrence, with
 * the occurrence counted from 1 within the run, so that names survive edits
 * elsewhere. @n of 1 is not a point.
 */
u32 sim_choose(enum sim_kind kind, u32 n, const struct sim_site *site);

/**
 * sim_means() - what the deviation just taken does, in the report's words
 *
 * Whoever asked says it, once the answer is not 0; otherwise the report says what its kind means.
 */
void sim_means(const char *fmt, ...) TRV_PRINTF(1, 2);

const char *sim_kind_name(enum sim_kind kind);
enum sim_class sim_kind_class(enum sim_kind kind);
/** sim_kind_what() - what deviating means, one line */
const char *sim_kind_what(enum sim_kind kind);

/**
 * struct sim_deviation - one answer that is not 0
 * @index: the point's number in the run, or SIM_BY_NAME
 * @alt:   the answer
 */
struct sim_deviation {
	u32 index;
	u32 alt;
	enum sim_kind kind;
	char where[96]; /* "ide_probe.c:ide_probe" */
	u32 occurrence;
};
#define SIM_BY_NAME 0xffffffffu
#define SIM_MAX_DEVIATIONS 64

/**
 * sim_deviations_parse() - "alloc@ide_probe.c:ide_probe#1,#542=2"
 *
 * Comma-separated kind@file:function#occurrence or #index, each with an
 * optional =alternative (default 1). Returns the count, or -EINVAL with a
 * message naming the item and position in @err.
 */
int sim_deviations_parse(const char *text, struct sim_deviation *out, u32 max, char *err,
			 size_t errlen);
/** sim_deviation_format() - the text sim_deviations_parse() reads; length as snprintf() */
int sim_deviation_format(const struct sim_deviation *d, char *buf, size_t len);

#endif /* TRIVET_SIM_CHOICE_H */
