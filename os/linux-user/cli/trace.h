/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* trivet trace, to itself: facts, as they come or from a file, in one of several forms. */
#ifndef TRIVET_USER_CLI_TRACE_H
#define TRIVET_USER_CLI_TRACE_H

#include <stdio.h>

#include <os/linux-user/cli/cli.h>

/* trace_names.c: what facts are about */

/** trace_names_begin() - drivers are looked for among these first */
void trace_names_begin(const struct user_drivers *drivers);
/** trace_learn() - devices and their drivers, by the facts that tell; before anything else is asked */
void trace_learn(const struct trv_fact *f);
/** trace_n_devs() - how many devices were heard of */
u32 trace_n_devs(void);
/** trace_dev_name() - "0000:00:03.0" */
const char *trace_dev_name(u32 dev);
/** trace_ns() - since the first fact */
u64 trace_ns(const struct trv_fact *f);
/** trace_is_write(), trace_is_fifo(), trace_is_reg() - of accesses to registers */
bool trace_is_reg(const struct trv_fact *f);
bool trace_is_write(const struct trv_fact *f);
bool trace_is_fifo(const struct trv_fact *f);

/**
 * struct trace_reg - a register, as it is read or as it is written
 * @name:  by the driver's table; "BAR1+0x2" when it has none, "EDU_ID+0x2" of a part of one
 * @where: "BAR2 " when the driver has such a register in several of them, else ""
 * @table, @desc: to decode values by, when the access is of the register's width; else NULL
 * @known: it was accessed before, with the value @last
 */
struct trace_reg {
	u64 key;
	bool used;
	char name[48];
	char where[8];
	const struct trv_regtable *table;
	const struct trv_regdesc *desc;
	bool known;
	u64 last;
	void *own; /* the form's */
};

/** trace_cfg_name() - "COMMAND", of configuration space; NULL */
const char *trace_cfg_name(u32 off);
/** trace_reg() - of an access; NULL when there are more of them than anybody would read */
struct trace_reg *trace_reg(const struct trv_fact *f);
/** trace_reg_text() - "0x51 (DRDY DSC ERR)" */
void trace_reg_text(const struct trace_reg *reg, const struct trv_fact *f, char *buf, size_t len);
/** trace_reg_changes() - "+DRQ -BSY MODE:1>2" since the last time; "" when there is nothing to say */
void trace_reg_changes(const struct trace_reg *reg, u64 val, char *buf, size_t len);

const char *trace_ctx_word(u32 ctx);
const char *trace_op_word(u32 op);
const char *trace_dir_word(u32 dir);
const char *trace_irq_ret_word(u64 ret);
const char *trace_irq_kind_word(u64 kind);

/** trace_took() - for the second of a pair of facts, how long ago the first was; 0: it was not seen */
u64 trace_took(const struct trv_fact *f);

/**
 * struct trace_form - a way to write facts down
 * @whole: it must have seen all facts once, by @look, before the first is written
 */
struct trace_form {
	const char *name;
	bool whole;
	void (*look)(const struct trv_fact *f);
	void (*begin)(FILE *out);
	void (*fact)(FILE *out, const struct trv_fact *f);
	void (*end)(FILE *out);
};

extern const struct trace_form trace_text, trace_json, trace_vcd;
/** trace_text_fold - text: many reads alike are one line */
extern bool trace_text_fold;

#endif /* TRIVET_USER_CLI_TRACE_H */
