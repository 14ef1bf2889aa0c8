// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How verbs that open hardware give up what they do not need afterwards: options, and the moment. */
#include <errno.h>

#include <os/linux-user/cli/cli.h>

static struct {
	struct trv_user_sandbox how;
	bool off;
} sandbox;

bool cli_sandbox_option(int c)
{
	switch (c) {
	case CLI_OPT_SANDBOX:
		sandbox.how.demand = true;
		return true;
	case CLI_OPT_NO_SANDBOX:
		sandbox.off = true;
		return true;
	case CLI_OPT_USER:
		sandbox.how.user = optarg;
		return true;
	default:
		return false;
	}
}

int cli_sandbox_check(void)
{
	if (sandbox.off && sandbox.how.demand)
		return cli_error(CLI_USAGE, "--sandbox and --no-sandbox: one of them");
	if (sandbox.off && sandbox.how.user)
		return cli_error(
			CLI_USAGE,
			"--user is a part of the sandbox; without --no-sandbox there is one");
	return CLI_OK;
}

int cli_sandbox_enter(void)
{
	struct trv_user_error err;
	int rc = sandbox.off ? 0 : trv_user_sandbox(&sandbox.how, &err);

	if (!rc)
		return CLI_OK;
	/* What is not there is a limit of this machine, or of this build. */
	return cli_error(rc == -EOPNOTSUPP ? CLI_LIMIT : cli_code(rc), "%s%s", err.text,
			 sandbox.how.demand ? "" : "; --no-sandbox goes without");
}
