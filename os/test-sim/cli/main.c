// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <os/test-sim/scenario.h>

int main(int argc, char **argv)
{
	return sim_main(argc, argv);
}
