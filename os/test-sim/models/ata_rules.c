// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The rules of the IDE models, by name. */
#include <os/test-sim/models/ata_model.h>

#define ATA_RULE(e, id, section, text) [e] = { id, section, text },
const struct sim_rule ata_rules[ATA_N_RULES] = { ATA_RULES(ATA_RULE) };
