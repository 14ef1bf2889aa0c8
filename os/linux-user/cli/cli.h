/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The trivet command: one verb per file, each a struct cli_verb that main.c lists. */
#ifndef TRIVET_USER_CLI_H
#define TRIVET_USER_CLI_H

#include <trivet/disk.h>
#include <trivet/user.h>
#include <os/cli/cli.h>
#include <os/linux-user/drivers.h>

extern const struct cli_verb cli_verb_list, cli_verb_run, cli_verb_regs, cli_verb_trace;
/* cli/hw: devices of this machine */
extern const struct cli_verb cli_verb_status, cli_verb_bind, cli_verb_unbind, cli_verb_reset;
extern const struct cli_verb cli_verb_doctor;

/* open.c: what several verbs begin with */

/** cli_drivers_find() - a built-in driver's name, or a path: CLI_OK, or an exit code after it complained */
int cli_drivers_find(const char *name, struct user_drivers *drivers);
/** cli_driver_for() - the one that takes @dev; NULL after it complained */
const struct trv_driver *cli_driver_for(const struct user_drivers *drivers, struct trv_dev *dev);
/** cli_open() - open @spec; CLI_OK, or an exit code after it complained */
int cli_open(const char *spec, struct trv_host **host);
/** cli_code() - the exit code for a negative error */
int cli_code(int rc);
/** cli_id() - "8086:7010" */
const char *cli_id(const struct trv_dev *dev);

/* sandbox.c */

enum { CLI_OPT_SANDBOX = 0x100, CLI_OPT_NO_SANDBOX, CLI_OPT_USER };

#define CLI_SANDBOX_LONGS                                        \
	{ "sandbox", no_argument, NULL, CLI_OPT_SANDBOX },       \
	{ "no-sandbox", no_argument, NULL, CLI_OPT_NO_SANDBOX }, \
	{ "user", required_argument, NULL, CLI_OPT_USER }

#define CLI_SANDBOX_HELP                                                                          \
	"  --user NAME            whom root becomes when the hardware is open; trivet, or nobody\n" \
	"  --sandbox              fail, rather than go on without a part of the sandbox\n"        \
	"  --no-sandbox           keep all privileges, files and system calls\n"

/** cli_sandbox_option() - one of those, from cli_getopt(); false when it is none */
bool cli_sandbox_option(int c);
/** cli_sandbox_check() - do they go together? CLI_OK, or an exit code after it complained */
int cli_sandbox_check(void);
/** cli_sandbox_enter() - all that is to be opened is open: CLI_OK, or an exit code after it complained */
int cli_sandbox_enter(void);

/* stop.c: when to give up */

/** cli_stop_catch() - signals end the work between two operations, and @seconds do; 0: no limit */
void cli_stop_catch(unsigned long seconds);
/** cli_stopped() - NULL, or why the work ends here */
const char *cli_stopped(void);
/** cli_stop_raise() - when a signal ended the work, it now ends the process */
void cli_stop_raise(void);

#endif /* TRIVET_USER_CLI_H */
