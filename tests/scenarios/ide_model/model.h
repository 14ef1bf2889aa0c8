/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The IDE models against the standards: registers in bare hands, and what the
 * datasheets say must come back. No driver of the product takes part.
 */
#ifndef TRIVET_TESTS_IDE_MODEL_H
#define TRIVET_TESTS_IDE_MODEL_H

#include <string.h>

#include <os/test-sim/models/ide_test.h>
#include <os/test-sim/scenario.h>
#include <tests/checkers/ide_raw.h>

enum { SEED = 0xa7a };
enum { IDLE = ATA_STATUS_DRDY | ATA_STATUS_DSC };

#define ONE "piix4-ide,disk0=mem:16M"
#define TWO "piix4-ide,disk0=mem:16M,disk1=mem:8M"

/** model_up() - plugged, no firmware's dirt, patterned, the registers in hand */
static inline struct ide_raw *model_up(const char *spec)
{
	struct trv_dev *dev = sim_plug(spec);

	if (!dev)
		sim_fail(SIM_EXPECT, SIM_SITE, "%s: %s", spec, sim_opt_error_text());
	ide_clean(dev);
	for (u32 i = 0; i < IDE_DRIVES; i++) {
		if (ide_caps(dev, i)->present)
			ide_medium_pattern(dev, i, SEED + i);
	}
	sim_expect_eq(sim_bind_to(dev, &ide_raw_driver), 0);
	return ide_raw(dev);
}

static inline void model_down(struct ide_raw *r)
{
	sim_unbind(r->dev);
}

/** model_is() - are these @n sectors what @drive has at @lba? */
static inline void model_is(struct ide_raw *r, u32 drive, u64 lba, u32 n, const void *got)
{
	u8 *want = sim_own(n * ATA_SECTOR);

	ide_medium_read(r->dev, drive, lba, n, want);
	if (memcmp(got, want, n * ATA_SECTOR))
		sim_fail(SIM_DATA, SIM_SITE, "%u sectors at %llu differ from the medium", n,
			 (unsigned long long)lba);
}

/** model_buf() - so many sectors in the simulator's own memory */
static inline u8 *model_buf(u32 sectors)
{
	return sim_own(sectors * ATA_SECTOR);
}

#endif /* TRIVET_TESTS_IDE_MODEL_H */
