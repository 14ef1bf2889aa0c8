// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet run, for a disk: how fast. One request at a time; what it shows is never a verdict. */
#include <string.h>

#include <os/linux-user/cli/run.h>

/**
 * struct arm - one way to use the disk
 * @step: what its line is called
 * @len:  bytes of a request, 0: one block
 */
struct arm {
	const char *step;
	const char *what;
	enum trv_req_op op;
	u32 len;
	bool random;
};

/* The same places every time. */
static u64 next_random(u64 *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return *state >> 16;
}

static bool measure(struct trv_disk *disk, const struct arm *arm, unsigned long seconds, void *buf)
{
	const struct trv_disk_info *info = trv_disk_info(disk);
	const u64 most = trv_min(info->blocks, (u64)trv_max(arm->len / info->block_size, 1U));
	const u64 start = trv_time_ns(), end = start + seconds * 1000000000ULL;
	u64 n = 0, lba = 0, state = 1, ns;
	const char *why = NULL;
	double rate, mib;

	do {
		int rc;

		why = cli_stopped();
		if (why)
			return run_step(arm->step, (int)info->unit, RUN_FAILED, NULL, 0, "%s", why);
		if (arm->random)
			lba = next_random(&state) % (info->blocks - most + 1);
		else if (lba + most > info->blocks)
			lba = 0;
		if (arm->op == TRV_REQ_WRITE)
			run_pattern(buf, info->block_size, lba, (u32)most);
		rc = trv_disk_rw(disk, arm->op, lba, (u32)most, buf);
		if (rc)
			return run_step(arm->step, (int)info->unit, RUN_FAILED, NULL, 0,
					"%llu blocks at %llu: %s", (unsigned long long)most,
					(unsigned long long)lba, strerror(-rc));
		lba += most;
		n++;
		ns = trv_time_ns();
	} while (ns < end);

	rate = (double)n * 1e9 / (double)(ns - start);
	mib = rate * (double)most * info->block_size / 1048576;
	return run_step(arm->step, (int)info->unit, RUN_OK,
			(const struct run_fact[]){ { "requests_per_s", NULL, rate },
						   { "mib_per_s", NULL, mib } },
			2, "%s, %llu bytes each: %.0f requests/s, %.1f MiB/s", arm->what,
			(unsigned long long)most * info->block_size, rate, mib);
}

bool run_bench(struct trv_disk *disk, const struct run_how *how, void *buf, u32 len)
{
	const struct arm arms[] = {
		{ "bench", "sequential reads", TRV_REQ_READ, len, false },
		{ "bench", "random reads", TRV_REQ_READ, 0, true },
		{ "bench", "sequential writes", TRV_REQ_WRITE, len, false },
	};
	const bool writes = how->write && !(trv_disk_info(disk)->flags & TRV_DISK_READ_ONLY);

	for (u32 i = 0; how->seconds && i < TRV_ARRAY_SIZE(arms); i++) {
		if (arms[i].op == TRV_REQ_WRITE && !writes)
			continue;
		if (!measure(disk, &arms[i], how->seconds, buf))
			return false;
	}
	return true;
}
