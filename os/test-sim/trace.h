/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What happened, for hashes, timelines and histories. Always hashed; recorded
 * in full only when a run asks for it.
 */
#ifndef TRIVET_SIM_TRACE_H
#define TRIVET_SIM_TRACE_H

#include <os/test-sim/check.h>

enum sim_trace_kind {
	SIM_T_READ, /* a = bar << 32 | off, b = value, c = bytes */
	SIM_T_WRITE,
	SIM_T_READ_REP, /* b = digest of the data, c = bytes << 32 | n */
	SIM_T_WRITE_REP,
	SIM_T_CFG_READ, /* a = off */
	SIM_T_CFG_WRITE,
	SIM_T_IRQ,     /* handler called: a = vector */
	SIM_T_IRQ_END, /* b = result, aux = sim_watch_visit() */
	SIM_T_LINE,    /* a = line, b = level */
	SIM_T_MAP,     /* a = iova, b = len, c = dir */
	SIM_T_UNMAP,
	SIM_T_DMA_READ, /* a = iova, b = digest, c = len */
	SIM_T_DMA_WRITE,
	SIM_T_LOCK, /* a = lock id */
	SIM_T_UNLOCK,
	SIM_T_WORK, /* deferred function begins: aux = it */
	SIM_T_TIMER,
	SIM_T_TASK,	 /* context switched to: a = task id */
	SIM_T_EVENT,	 /* the device does something on its own */
	SIM_T_CHOICE,	 /* a = index, b = answer: deviations only */
	SIM_T_ENTRY,	 /* driver entered: name; SIM_T_ENTRY_END left */
	SIM_T_ENTRY_END, /* b = what it returned, if c; aux = sim_watch_visit() */
	SIM_T_REQ,	 /* block request: a = op, b = lba, c = blocks */
	SIM_T_REQ_END,	 /* b = status; of both aux = its number, and sim_watch_visit() << 32 */
	SIM_T_USER,	 /* trv_trace(): name, a, b */
	SIM_T_LOG,	 /* name is the text */
	SIM_T_FINDING,	 /* the end: name says why */

	/* Recorded for reports alone, and never hashed. */
	SIM_T_TAKE,	 /* the driver has got name: a = address or number, b = bytes, aux = iova */
	SIM_T_GIVE,	 /* and has given it back */
	SIM_T_SYNC,	 /* name = for whom, a = iova, b = offset << 32 | bytes */
	SIM_T_ARRIVE,	 /* a write that was in flight: as SIM_T_WRITE, aux = bytes */
	SIM_T_WAIT,	 /* name = for what, a = calls deep: 1 is nobody's call, b = nanoseconds */
	SIM_T_TIMER_END, /* aux = sim_watch_visit() */
	SIM_T_DEFER,	 /* name = "arm", "queue" or "cancel", b = ns, aux = the function */
};

/** enum sim_part - what the hash of a run is made of: two runs that differ differ somewhere */
enum sim_part {
	SIM_P_CHOICES,
	SIM_P_REGISTERS,
	SIM_P_IRQS,
	SIM_P_DMA,
	SIM_P_RESULTS, /* what the driver returned, of requests and entries, and the verdict */
	SIM_P_IMAGES,  /* what the run leaves in the devices */
	SIM_P_REST,    /* locks, tasks, timers, the time */
	SIM_N_PARTS
};

struct sim_trace {
	u64 time;
	u64 a, b, c;
	u64 aux;	  /* not hashed: the CPU's address of a mapping, the first bytes of DMA */
	const char *name; /* literal or world lifetime */
	const struct trv_dev *dev;
	const struct sim_site *site;
	u8 kind;
	u8 cpu;
	u16 ctx;   /* task id; bit 15: interrupt context */
	u32 stack; /* sim_watch_stack() */
};

/** sim_trace() - one more; cheap when not recording. Device-side calls have no site. */
void sim_trace(enum sim_trace_kind kind, const struct trv_dev *dev, const char *name, u64 a, u64 b,
	       u64 c);
/** sim_trace_note() - a SIM_T_TAKE or later: nothing at all unless recording */
void sim_trace_note(enum sim_trace_kind kind, const struct trv_dev *dev, const char *name, u64 a,
		    u64 b, u64 aux);
/** sim_trace_aux() - of the event just traced */
void sim_trace_aux(u64 aux);
/** sim_digest() - of data, for the trace */
u64 sim_digest(const void *p, size_t n);

/** sim_tap - sees each line a driver logs, prefix included, and each of its own events; NULL in a new run */
extern void (*sim_tap)(enum sim_trace_kind kind, const struct trv_dev *dev, const char *text, u64 a,
		       u64 b);

void sim_trace_reset(bool record);
bool sim_trace_recording(void);
/** sim_trace_run() - a number of this run's own, for who keeps something for its recording */
u64 sim_trace_run(void);
u64 sim_trace_hash(void);
/** sim_trace_part() - the same of one part alone */
u64 sim_trace_part(enum sim_part part);
/** sim_trace_log() - the recording; NULL when not recording */
const struct sim_trace *sim_trace_log(size_t *n);
/** sim_trace_gap() - a long recording keeps its two ends: how many are missing before entry *@at */
u64 sim_trace_gap(size_t *at);
/** sim_trace_context() - "task main, CPU0": what an entry's ctx stands for */
const char *sim_trace_context(u16 ctx);

/** sim_timeline_svg(), sim_timeline_text() - the recording as a picture: a lane per context, device, line */
int sim_timeline_svg(const char *path, const char *title);
void sim_timeline_text(void *file);
/**
 * sim_timeline_excerpt() - what is worth reading of it onto a FILE
 * @last: so many lines of its end; and those around deviations
 * @look: and these events, each with all of the call into a driver that it is part of
 */
void sim_timeline_excerpt(void *file, size_t last, const size_t *look, u32 n_look);

#endif /* TRIVET_SIM_TRACE_H */
