// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet: its verbs. */
#include <os/linux-user/cli/cli.h>
#include <os/linux-user/probes.h>

static const struct cli_verb *const verbs[] = {
	&cli_verb_list, &cli_verb_run,	  &cli_verb_regs,  &cli_verb_trace,  &cli_verb_status,
	&cli_verb_bind, &cli_verb_unbind, &cli_verb_reset, &cli_verb_doctor,
};

static char built_in[256];

static const struct cli_command command = {
	.name = "trivet",
	.what = "Run device drivers in an ordinary process, on hardware that is named by a line\n"
		"such as qemu:piix3-ide,disk=d.img; lend devices of this machine to them.",
	.examples = "  trivet list\n"
		    "  trivet run ide -d qemu:piix3-ide,disk=d.img\n"
		    "  trivet regs -d qemu:edu\n"
		    "  trivet trace edu -d qemu:edu\n"
		    "  trivet status\n"
		    "  trivet doctor qemu\n",
	.built_in = built_in,
	.verbs = verbs,
	.n_verbs = TRV_ARRAY_SIZE(verbs),
};

int main(int argc, char **argv)
{
	const char *sandbox = trv_user_sandbox_built();

	snprintf(built_in, sizeof(built_in),
		 "hardware: qemu, qtest, vfio, uio\nprobes: " USER_PROBES_BUILT
		 "\nsandbox: %s%sLandlock\n",
		 sandbox, *sandbox ? " " : "");
	return cli_main(&command, argc, argv);
}
